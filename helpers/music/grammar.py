"""The abstract jazz grammar: a melody as tokens that say what a note *does* over its chord, not which note it is.

Source: J. Gillick, K. Tang and R. M. Keller, "Machine Learning of Jazz Grammars", Computer Music Journal 34(3), 2010.
Their terminals are kinds of tone with a duration, grouped into *slopes* that bound the next interval. Here each token
carries its own bound, so that a sequence model can read one token at a time:

    C 1/2 +1..+2 strong    a chord tone on a strong beat, a quaver long, one or two semitones above the last note
    R 1 weak               a rest of a quarter note that begins on a weak beat

The last word is no part of theirs. It says where in the bar the token begins: on a strong beat (1 or 3), a weak one (2
or 4), or off the beat. Lengths add up to the same, but only for a reader who never loses count.

Kinds, the first that fits: C chord tone; L colour tone (outside the chord, sounds well with it); A approach tone (leads
by a semitone into a chord tone that follows at once); S scale tone; X any other pitch; R rest.
"""

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from helpers.language import N_
from helpers.music.harmony import OCTAVE, chord_tones, colour_tones, scale_tones
from helpers.music.notes import GRID, Note, chord_index, regular_bars

CHORD, COLOUR, APPROACH, SCALE, ARBITRARY, REST = "C", "L", "A", "S", "X", "R"
KINDS = (CHORD, COLOUR, APPROACH, SCALE, ARBITRARY, REST)
KIND_WORDS = (
    N_("chord tone"), N_("colour tone"), N_("approach tone"), N_("scale tone"), N_("any other pitch"), N_("rest"),
)  # fmt: skip
KIND_NAMES = dict(zip(KINDS, KIND_WORDS, strict=True))

#: Interval from the last note in semitones: repeat, step, third to fifth, wider; down and up.
WINDOWS = ((-24, -8), (-7, -3), (-2, -1), (0, 0), (1, 2), (3, 7), (8, 24))
#: Where in the bar a token begins.
STRONG, WEAK, OFF = PLACES = ("strong", "weak", "off")
#: The first note's interval is counted from here (the B flat above middle C).
REFERENCE_PITCH = 70
LOWEST_PITCH, HIGHEST_PITCH = 52, 88
COMFORT = (60, 84)  # middle C and two octaves above, which a vibraphone and a flute have
#: A note that begins at most this long before a chord change and sounds past it belongs to the new chord.
ANTICIPATION = Fraction(1, 2)
LONGEST_REST = Fraction(4)


@dataclass(frozen=True)
class Token:
    """One symbol of the grammar.

    `kind`, `duration` in quarter notes, window `low`..`high` (0, 0 for a rest), and `place`, one of `PLACES`, or ""
    where nothing is said of it.
    """

    kind: str
    duration: Fraction
    low: int = 0
    high: int = 0
    place: str = ""

    def __str__(self):
        window = "" if self.kind == REST else f" {self.low:+d}..{self.high:+d}"
        return f"{self.kind} {self.duration}{window} {self.place}".rstrip()

    def __lt__(self, other):
        return self._key() < other._key()

    def _key(self):
        return KINDS.index(self.kind), self.duration, self.low, self.high, self.place

    @classmethod
    def parse(cls, text):
        """The inverse of `str`.

        Raises
        ------
        ValueError
            When `text` is no token of the grammar.

        >>> str(Token.parse("C 1/2 +1..+2"))
        'C 1/2 +1..+2'
        """
        fields = text.split()
        place = fields.pop() if fields[-1:] and fields[-1] in PLACES else ""
        try:
            duration = Fraction(fields[1])
            if fields[0] == REST and len(fields) == 2:
                window = (0, 0)
            elif fields[0] in KINDS and fields[0] != REST and len(fields) == 3:
                window = tuple(int(bound) for bound in fields[2].split(".."))
            else:
                raise ValueError
            if duration <= 0 or window not in WINDOWS:
                raise ValueError
        except (ValueError, IndexError, ZeroDivisionError):
            raise ValueError(f"unknown token: expected one such as 'C 1/2 +1..+2' or 'R 1', got {text!r}") from None
        return cls(fields[0], duration, *window, place)


def interval_window(semitones):
    """Return the window of `WINDOWS` that holds an interval; one wider than two octaves falls into the widest."""
    semitones = max(WINDOWS[0][0], min(WINDOWS[-1][1], semitones))
    return next(window for window in WINDOWS if window[0] <= semitones <= window[1])


def place_in_bar(bars, onset):
    """Say where an onset lies in its bar: one of `PLACES`.

    Parameters
    ----------
    bars : sequence of Fraction
        The onset of every bar, in order.
    onset : Fraction
    """
    beat = onset - bars[max(0, bisect_right(bars, onset) - 1)]
    if beat.denominator > 1:
        return OFF
    return WEAK if beat % 2 else STRONG


def sounding_chord(chords, onset, duration):
    """The name of the chord a note belongs to: the one at its onset, or the next if the note anticipates it."""
    index = chord_index(chords, onset)
    if index + 1 < len(chords):
        change = chords[index + 1].onset
        if change - ANTICIPATION <= onset < change < onset + duration:
            index += 1
    return chords[index].name


def kind_of(pitch, chord, following=None, following_chord=None):
    """Return the kind of a note over a chord; a rest or the end follows where `following` is None.

    Parameters
    ----------
    pitch, following : int
        MIDI numbers of the note and of the one that follows without a rest.
    chord, following_chord : str
        The names of the chords that they sound over.
    """
    pitch_class = pitch % OCTAVE
    if pitch_class in chord_tones(chord):
        return CHORD
    if pitch_class in colour_tones(chord):
        return COLOUR
    if following is not None and abs(following - pitch) == 1 and following % OCTAVE in chord_tones(following_chord):
        return APPROACH
    return SCALE if pitch_class in scale_tones(chord) else ARBITRARY


def encode(notes, chords, start=Fraction(0), end=None, bars=None):
    """Write a melody as tokens that follow one another from `start` to `end`, rests included.

    Parameters
    ----------
    notes : sequence of Note
        One voice, in order, on the grid (multiples of 1/12 of a quarter note).
    chords : sequence of Chord
    start, end : Fraction
        Where the first token begins, and how far rests fill up; by default to the end of the last note.
    bars : sequence of Fraction, optional
        The onset of every bar; by default bars of four beats from 0.

    Returns
    -------
    list of Token

    Raises
    ------
    ValueError
        When there are no chords, or a note overlaps the one before, or lies off the grid.
    """
    if not chords:
        raise ValueError("expected chords to hear the melody over, got none")
    names = [sounding_chord(chords, note.onset, note.duration) for note in notes]
    tokens = []
    now, last_pitch = start, REFERENCE_PITCH
    bars = bars or regular_bars(max([note.end for note in notes] + [end or start]))

    def rest_until(time):
        """Rests from `now` on, none longer than `LONGEST_REST`."""
        begin = now
        while begin < time:
            length = min(LONGEST_REST, time - begin)
            tokens.append(Token(REST, length, place=place_in_bar(bars, begin)))
            begin += length

    for index, note in enumerate(notes):
        if note.onset < now:
            raise ValueError(f"note {index}: expected one voice, in order, so an onset from {now} on, got {note.onset}")
        if (note.onset * GRID).denominator > 1 or (note.duration * GRID).denominator > 1:
            raise ValueError(
                f"note {index}: expected it on the grid, got it at {note.onset}; quantise the melody first"
            )
        rest_until(note.onset)
        tied = index + 1 < len(notes) and notes[index + 1].onset == note.end
        following = (notes[index + 1].pitch, names[index + 1]) if tied else ()
        kind = kind_of(note.pitch, names[index], *following)
        window = interval_window(note.pitch - last_pitch)
        tokens.append(Token(kind, note.duration, *window, place_in_bar(bars, note.onset)))
        now, last_pitch = note.end, note.pitch
    if end is not None:
        rest_until(end)
    return tokens


# ---------------------------------------------------------------- tokens back to notes

# What `decode` pays. One broken kind outweighs any interval; intervals outweigh taste.
KIND_COST = 100.0
DISSONANCE = {CHORD: 0.0, COLOUR: 2.0, SCALE: 8.0, APPROACH: 8.0, ARBITRARY: 20.0}  # on top, when the kind is broken
WINDOW_COST = 6.0  # per semitone outside the window
LEAP_COST = 0.5  # per semitone beyond an octave
TASTE = 1.0  # the random part, which makes every decoding another one


def decode(tokens, chords, rng, start=Fraction(0), within=(LOWEST_PITCH, HIGHEST_PITCH)):
    """Choose notes for tokens over any chords: the cheapest path through all pitches, ties broken at random.

    The choice looks at the whole phrase at once (the Viterbi algorithm), so whenever some melody obeys every token, one
    that does is found. Where none does, for instance because tokens learnt over one chord meet another, kinds are kept
    before intervals. Durations and rests are always exact.

    Encoding and decoding are inverse up to the freedom that the grammar leaves: for any melody within `LOWEST_PITCH` to
    `HIGHEST_PITCH`, ``encode(decode(encode(melody, chords), chords, rng), chords) == encode(melody, chords)``; the
    pitches themselves may differ.

    Parameters
    ----------
    tokens : iterable of Token
    chords : sequence of Chord
    rng : numpy.random.Generator
    start : Fraction
        When the first token begins.
    within : pair of int
        The lowest and the highest pitch to choose from.

    Returns
    -------
    list of Note
    """
    if not chords:
        raise ValueError("expected chords to play over, got none")
    placed, now = [], start
    for token in tokens:
        if token.kind not in KINDS:
            raise ValueError(f"unknown token {token}: expected a kind out of {', '.join(KINDS)}, got {token.kind!r}")
        if token.kind != REST:
            placed.append((now, token, sounding_chord(chords, now, token.duration)))
        now += token.duration
    if not placed:
        return []
    pitches = np.arange(within[0], within[1] + 1)
    arrive = _interval_cost(pitches[None, :] - REFERENCE_PITCH, placed[0][1])[0]
    choices = []
    for index, (onset, token, chord) in enumerate(placed):
        arrive = arrive + TASTE * rng.random(len(pitches))
        if index + 1 == len(placed):
            arrive = arrive + _kind_cost(token, pitches, chord)
            break
        next_onset, next_token, next_chord = placed[index + 1]
        tied = next_onset == onset + token.duration
        step = _interval_cost(pitches[None, :] - pitches[:, None], next_token)
        if tied:
            step = step + _kind_cost(token, pitches, chord, next_chord)
        else:
            step = step + _kind_cost(token, pitches, chord)[:, None]
        total = arrive[:, None] + step
        choices.append(total.argmin(axis=0))
        arrive = total.min(axis=0)
    path = [int(arrive.argmin())]
    for choice in reversed(choices):
        path.append(int(choice[path[-1]]))
    return [
        Note(onset, token.duration, int(pitches[i]))
        for (onset, token, _), i in zip(placed, reversed(path), strict=True)
    ]


def _interval_cost(intervals, token):
    low = -np.inf if token.low == WINDOWS[0][0] else token.low
    high = np.inf if token.high == WINDOWS[-1][1] else token.high
    outside = np.maximum(low - intervals, 0) + np.maximum(intervals - high, 0)
    return WINDOW_COST * outside + LEAP_COST * np.maximum(np.abs(intervals) - OCTAVE, 0)


def _kind_cost(token, pitches, chord, next_chord=None):
    """Return the cost of each pitch, (pitches,); with `next_chord` of each pair with the next, (pitches, pitches)."""

    def member(tones):
        return np.isin(pitches % OCTAVE, list(tones))

    chordal = member(chord_tones(chord))
    colour = member(colour_tones(chord)) & ~chordal
    scale = member(scale_tones(chord)) & ~chordal & ~colour
    other = ~(chordal | colour | scale)
    kinds = {CHORD: chordal, COLOUR: colour, SCALE: scale, ARBITRARY: other, APPROACH: np.zeros_like(other)}
    if next_chord is not None:
        semitone = np.abs(pitches[None, :] - pitches[:, None]) == 1
        leads = semitone & member(chord_tones(next_chord))[None, :] & (scale | other)[:, None]
        kinds = {kind: rows[:, None] & ~leads for kind, rows in kinds.items()}
        kinds[APPROACH] = leads
    cost = sum(rows * (KIND_COST + DISSONANCE[kind]) for kind, rows in kinds.items() if kind != token.kind)
    return np.where(kinds[token.kind], 0.0, cost)
