"""From a written melody to a band: tidy the line, add bass, piano and ride cymbal, swing all of it, write it as MIDI.

Everything is made in written time (even quavers); `arrange` swings all parts together at the end.
"""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from helpers.music.grammar import COMFORT, HIGHEST_PITCH, LOWEST_PITCH, sounding_chord
from helpers.music.harmony import NO_CHORD, OCTAVE, chord_tones, colour_tones, parse_chord, scale_tones
from helpers.music.midi import write_midi
from helpers.music.notes import Note, Part, takes_a_song
from helpers.music.rhythm import SHORTEST_NOTE, SWING_RATIO, one_voice, swing

# General MIDI programs and percussion keys.
VIBRAPHONE, PIANO, ACOUSTIC_BASS = 11, 0, 32
RIDE, PEDAL_HAT = 51, 44
MAX_STRIKES = 2  # a pitch is played at most this often in a row; the last of them is held for the rest
WIDEST_LEAP = 12  # semitones; wider leaps are folded by an octave


def prune(notes, end=None):
    """Make a line playable on one horn: one voice, in range, nothing shorter than a semiquaver, no leap over an octave.

    A pitch played more than twice in a row without a rest is held instead. Pitches move by whole octaves only, so each
    note keeps its kind over its chord.

    Parameters
    ----------
    notes : iterable of Note
    end : Fraction, optional
        In quarter notes; what lies past it is cut off.

    Returns
    -------
    tuple of Note
    """
    line = []
    strikes = 0
    for note in one_voice(notes):
        if end is not None:
            if note.onset >= end:
                break
            note = replace(note, duration=min(note.duration, end - note.onset))
        if note.duration < SHORTEST_NOTE:
            continue
        pitch = note.pitch
        if line:
            while pitch - line[-1].pitch > WIDEST_LEAP:
                pitch -= OCTAVE
            while line[-1].pitch - pitch > WIDEST_LEAP:
                pitch += OCTAVE
        pitch = _into_range(pitch)
        strikes = strikes + 1 if line and line[-1].pitch == pitch and line[-1].end == note.onset else 1
        if strikes > MAX_STRIKES:
            line[-1] = replace(line[-1], duration=line[-1].duration + note.duration)
        else:
            line.append(replace(note, pitch=pitch))
    return tuple(line)


def _into_range(pitch):
    while pitch < LOWEST_PITCH:
        pitch += OCTAVE
    while pitch > HIGHEST_PITCH:
        pitch -= OCTAVE
    return pitch


def close(melody, chord):
    """End a melody on a long note: the root of the last chord, near the last pitch before, as long as the chord lasts.

    Parameters
    ----------
    melody : sequence of Note
        What it plays from the chord's onset on is left out.
    chord : Chord
        Not `helpers.music.harmony.NO_CHORD`.

    Returns
    -------
    list of Note
    """
    before = [
        replace(note, duration=min(note.duration, chord.onset - note.onset))
        for note in melody
        if note.onset < chord.onset
    ]
    around = before[-1].pitch if before else sum(COMFORT) // 2
    return [*before, Note(chord.onset, chord.duration, _near(parse_chord(chord.name)[0], around, *COMFORT))]


SOLO_VELOCITY, SOLO_ACCENT = 82, 12


def with_accents(melody, rng):
    """Make a melody louder off the beat and at the top of a line, as horn players tongue it; a list of Note."""
    shaped = []
    for before, note, after in zip([None, *melody], melody, [*melody[1:], None], strict=False):
        top = before is not None and after is not None and before.pitch < note.pitch >= after.pitch
        off = note.onset.denominator > 1
        velocity = SOLO_VELOCITY + SOLO_ACCENT * top + SOLO_ACCENT // 2 * off + int(rng.integers(-4, 5))
        shaped.append(replace(note, velocity=velocity))
    return shaped


# ---------------------------------------------------------------- the rhythm section

BASS_RANGE = (28, 50)
COMP_RANGE = (52, 70)
COMP_SIZE = 4
COMP_VELOCITY, BASS_VELOCITY, RIDE_VELOCITY, HAT_VELOCITY = 58, 76, 62, 48
ACCENT = 10
#: Onset and length, in quarter notes, of the piano's chords in a bar of four. A chord that sounds over the bar line
#: is already the chord of the next bar.
COMP_PATTERNS = (
    ((0, "1"), ("3/2", "1/2")),
    (("1/2", "1/2"), (2, "1")),
    ((1, "1/2"), ("5/2", "1/2")),
    (("3/2", "1/2"), ("7/2", "1")),
    ((0, "2"), ("5/2", "1/2")),
    (("1/2", "1"), ("5/2", "1/2")),
    ((0, "3"),),
)
#: The same for a bar in which the harmony changes halfway.
COMP_TWO_CHORDS = (((0, "1"), ("3/2", "1")), ((0, "3/2"), (2, "3/2")), (("1/2", "1/2"), (2, "1/2")))
RIDE_PATTERN = tuple(Fraction(beat) for beat in ("0", "1", "3/2", "2", "3", "7/2"))


def _comping(chords, bars, rng):
    centre = sum(COMP_RANGE) / 2
    for index, (start, end) in enumerate(pairwise(bars)):
        inner = any(start < chord.onset < end for chord in chords)
        patterns = COMP_TWO_CHORDS if inner else COMP_PATTERNS
        pattern = patterns[int(rng.integers(len(patterns)))]
        if index == len(bars) - 2:
            pattern = ((0, str(end - start)),)
        for beat, length in pattern:
            onset, duration = start + Fraction(beat), Fraction(length)
            name = sounding_chord(chords, onset, duration)
            if onset >= end or name == NO_CHORD:
                continue
            voicing = _voicing(name, centre)
            centre = sum(voicing) / len(voicing)
            velocity = COMP_VELOCITY + int(rng.integers(ACCENT))
            duration = min(duration, bars[-1] - onset)
            yield from (Note(onset, duration, pitch, velocity) for pitch in voicing)


def _voicing(name, centre):
    """Return four pitches without the root (third, fifth, seventh, a colour tone), close together and near `centre`."""
    root, _ = parse_chord(name)
    tones = sorted(chord_tones(name) - {root}, key=lambda tone: (tone - root) % OCTAVE)
    ninth = (root + 2) % OCTAVE
    colours = sorted(colour_tones(name), key=lambda tone: (tone != ninth, (tone - root) % OCTAVE))
    tones = (tones + colours)[:COMP_SIZE]
    stacks = []
    for lowest in range(COMP_RANGE[0], COMP_RANGE[0] + OCTAVE):
        if lowest % OCTAVE in tones:
            stacks.append(sorted(lowest + (tone - lowest) % OCTAVE for tone in tones))
    inside = [stack for stack in stacks if stack[-1] <= COMP_RANGE[1]] or stacks
    return min(inside, key=lambda stack: abs(sum(stack) / len(stack) - centre))


def _walking_bass(chords, end, rng):
    low, high = BASS_RANGE
    here = (low + high) // 2
    for index, chord in enumerate(chords):
        if chord.name == NO_CHORD:
            continue
        root, _ = parse_chord(chord.name)
        beats = max(1, int(chord.duration))
        following = chords[index + 1].name if index + 1 < len(chords) else None
        target_tone = parse_chord(following)[0] if following not in (None, NO_CHORD) else root
        repeated = index > 0 and chords[index - 1].name == chord.name
        tones = sorted(chord_tones(chord.name), key=lambda tone: (tone - root) % OCTAVE)[:3]  # root, third and fifth
        first_tone = tones[int(rng.integers(len(tones)))] if repeated else root
        line = [_near(first_tone, here, low, high)]
        target = _near(target_tone, line[0] + int(rng.integers(-7, 8)), low, high)
        if following is None:  # the last chord is held
            yield Note(chord.onset, chord.duration, line[0], BASS_VELOCITY)
            return
        for left in range(beats - 1, 0, -1):
            if left == 1:
                below = target - 1 >= low and (target + 1 > high or rng.random() < 0.5)
                step = 1 if rng.random() < 0.7 else 2
                pitch = target - step if below else target + step
                pitch = pitch if pitch != line[-1] else 2 * target - pitch
            else:
                pitch = _walk(line[-1], target, left, chord.name, rng)
            line.append(max(low, min(high, pitch)))
        here = target
        for beat, pitch in enumerate(line):
            onset = chord.onset + beat
            length = min(Fraction(1), end - onset) if beat + 1 < beats else chord.end - onset
            yield Note(onset, length, pitch, BASS_VELOCITY + int(rng.integers(ACCENT)))


def _walk(here, target, left, name, rng):
    """Return the next bass note: a tone of the scale, best of the chord, on the way to `target` in `left` beats."""
    ideal = here + (target - here) / (left + 1)
    ideal += 3 if abs(ideal - here) < 1 and here <= target else 0
    ideal -= 3 if abs(ideal - here) < 1 and here > target else 0
    candidates = [
        pitch
        for pitch in range(BASS_RANGE[0], BASS_RANGE[1] + 1)
        if pitch != here and pitch % OCTAVE in scale_tones(name)
    ]
    cost = [
        abs(pitch - ideal) + 1.5 * (pitch % OCTAVE not in chord_tones(name)) + 2 * rng.random() for pitch in candidates
    ]
    return candidates[int(np.argmin(cost))]


def _near(pitch_class, around, low, high):
    """The pitch of that class within low..high that is nearest to `around`."""
    return min((p for p in range(low, high + 1) if p % OCTAVE == pitch_class), key=lambda p: (abs(p - around), p))


def _ride(bars, rng):
    for start, end in pairwise(bars):
        for beat in RIDE_PATTERN:
            if start + beat < end:
                accent = ACCENT if beat % 2 == 1 else 0
                velocity = RIDE_VELOCITY + accent + int(rng.integers(ACCENT)) - (ACCENT if beat.denominator > 1 else 0)
                yield Note(start + beat, Fraction(1, 2), RIDE, velocity)
        for beat in range(1, int(end - start), 2):
            yield Note(start + beat, Fraction(1, 2), PEDAL_HAT, HAT_VELOCITY)


# ---------------------------------------------------------------- the whole band


def arrange(song, rng, ratio=SWING_RATIO, program=VIBRAPHONE):
    """Give a song a rhythm section and swing.

    Parameters
    ----------
    song : Song
        In written time; its melody is pruned (see `prune`), and gets accents if all its notes are equally loud.
    rng : numpy.random.Generator
    ratio : Fraction
        Where in the beat the second of two quavers sounds: 1/2 is straight, 2/3 swung.
    program : int
        General MIDI program of the melody, 0 to 127.

    Returns
    -------
    list of Part
        In playing time: melody, piano, walking bass and ride cymbal.
    """
    chords, bars = song.chords, song.bars
    melody = prune(song.melody, bars[-1])
    if len({note.velocity for note in melody}) == 1:
        melody = tuple(with_accents(melody, rng))
    parts = [
        Part("melody", melody, program),
        Part("piano", tuple(_comping(chords, bars, rng)), PIANO),
        Part("bass", tuple(_walking_bass(chords, bars[-1], rng)), ACOUSTIC_BASS),
        Part("ride", tuple(_ride(bars, rng)), drums=True),
    ]
    return [replace(part, notes=swing(part.notes, ratio)) for part in parts]


@takes_a_song
def save_solo(path, song, rng, **options):
    """Arrange a song (see `arrange` for the options), write it as a MIDI file for `read_midi`, and return the path."""
    return write_midi(path, song, arrange(song, rng, **options))
