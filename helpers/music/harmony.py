"""Chord names, chord tones, colour tones and scales; and the chord that a bar of notes most resembles.

music21 spells the chords and the scales; the one table here says which scale and which colour tones jazz players put
over each kind of chord (the usual chord-scale choices, as in Impro-Visor's vocabulary file).
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise

from helpers.music.notes import NO_CHORD, Chord, as_written

OCTAVE = 12
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
ROOT_NAMES = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")


@dataclass(frozen=True)
class Quality:
    """A kind of chord: music21's abbreviation, the chord scale, and the colour tones in semitones above the root."""

    figure: str
    scale: str
    colours: tuple[int, ...]


#: Canonical spelling of each kind of chord that the helpers know.
QUALITIES = {
    "": Quality("", "major", (2, 9)),
    "6": Quality("6", "major", (2, 11)),
    "maj7": Quality("maj7", "major", (2, 6, 9)),
    "m": Quality("m", "dorian", (2, 5, 10)),
    "m6": Quality("m6", "melodic minor", (2, 5, 11)),
    "m7": Quality("m7", "dorian", (2, 5)),
    "mM7": Quality("mM7", "melodic minor", (2, 5, 9)),
    "7": Quality("7", "mixolydian", (2, 9)),
    "7b9": Quality("7b9", "phrygian dominant", (3, 8)),
    "7#9": Quality("7#9", "altered", (1, 8)),
    "7alt": Quality("7#5", "altered", (1, 3, 6)),
    "+7": Quality("+7", "whole tone", (2, 6)),
    "7sus4": Quality("7sus4", "mixolydian", (2, 9)),
    "sus4": Quality("sus4", "mixolydian", (2, 9)),
    "sus2": Quality("sus2", "mixolydian", (4, 9)),
    "m7b5": Quality("m7b5", "locrian", (5, 8)),
    "dim": Quality("dim", "diminished", (2, 5, 8, 11)),
    "dim7": Quality("dim7", "diminished", (2, 5, 8, 11)),
    "+": Quality("+", "whole tone", (2, 10)),
}

#: Other spellings that follow no rule, of lead sheets and of the Weimar Jazz Database (there "j" is a major seventh,
#: "-" minor, "o" diminished, and a sharp or flat stands behind its number).
ALIASES = {
    "j": "maj7", "Δ": "maj7", "mmaj7": "mM7", "-j7": "mM7", "79b": "7b9", "79b13": "7b9", "79b13b": "7b9", "79#": "7#9",
    "alt": "7alt", "aug7": "+7", "7+": "+7", "aug": "+", "sus": "sus4", "sus7": "7sus4", "sus79": "7sus4",
    "sus7913": "7sus4", "7sus": "7sus4", "9sus4": "7sus4", "9sus": "7sus4", "13sus4": "7sus4",
    "ø": "m7b5", "ø7": "m7b5", "h7": "m7b5", "o": "dim", "°": "dim", "o7": "dim7", "°7": "dim7",
}  # fmt: skip

_NAME = re.compile(r"^(?P<step>[A-G])(?P<accidental>[#b♯♭]?)(?P<quality>.*?)(?:/(?P<bass>[A-G][#b♯♭]?))?$")
#: The spellings that follow the rule: a third, a sixth or seventh (9, 11 and 13 hold one), and tensions above it.
_STACK = re.compile(
    r"(?P<third>(?P<minor>m|-|min|mi)|maj|ma|M|j|Δ|)"
    r"(?:(?P<sixth>69|6/9|6)|(?P<seventh>7|9|11|13)|(?=$|add))"
    r"(?P<tensions>(?:(?:add)?[#b]?(?:2|4|5|6|9|11|13)[#b]?)*)"
)
#: Tensions that make another kind of chord; the first that is there decides.
ALTERED = {"7": {"b9": "7b9", "#9": "7#9", "#5": "+7"}, "m7": {"b5": "m7b5"}}


@cache
def parse_chord(name):
    """Read a chord name to its root (pitch class 0 to 11) and its kind (a key of `QUALITIES`).

    Tensions that make no other kind are dropped (``C13#11`` is read as ``C7``, ``Cadd9`` as ``C``); a slash bass is
    ignored.

    Raises
    ------
    ValueError
        When the name is no chord name.
    """
    match = _NAME.match(name.strip())
    quality = None
    if match:
        text = re.sub(r"[(), ]", "", match["quality"]).replace("♯", "#").replace("♭", "b")
        quality = text if text in QUALITIES else ALIASES.get(text) or _stacked(text)
    if quality is None:
        raise ValueError(f"expected a chord name that the course knows, such as Cmaj7, F#m7b5 or Bb7b9, got {name!r}")
    return _pitch_class(match["step"], match["accidental"]), quality


def _stacked(text):
    """Return the kind of chord whose name is built of a third, a seventh and tensions; None for any other `text`."""
    match = _STACK.fullmatch(text)
    if not match:
        return None
    third = "m" if match["minor"] else "maj" if match["third"] else ""
    if match["seventh"]:
        quality = third + "7"
    else:
        quality = third.replace("maj", "") + ("6" if match["sixth"] else "")
    changes = ALTERED.get(quality, {})
    return next((changed for sign, changed in changes.items() if sign in match["tensions"]), quality)


def is_chord_name(text):
    """Return whether `text` reads as a chord name, or says that there is no chord (``NC``, ``N.C.``)."""
    try:
        return as_written(text) == NO_CHORD or bool(parse_chord(text))
    except ValueError:
        return False


def root_name(name):
    """The root as the chord name spells it, with ``#`` or ``b``: ``F#`` of ``F#m7``, where `parse_chord` gives 6."""
    parse_chord(name)
    match = _NAME.match(name.strip())
    return match["step"] + match["accidental"].replace("♯", "#").replace("♭", "b")


def _pitch_class(step, accidental):
    return (STEPS[step] + {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}[accidental]) % OCTAVE


def transpose_chord(name, semitones):
    """The same kind of chord, `semitones` higher."""
    if name == NO_CHORD:
        return name
    root, quality = parse_chord(name)
    return ROOT_NAMES[(root + semitones) % OCTAVE] + quality


@cache
def chord_tones(name):
    """The pitch classes of the chord, as music21 spells it; empty for ``NC``."""
    if name == NO_CHORD:
        return frozenset()
    root, quality = parse_chord(name)
    return frozenset((root + step) % OCTAVE for step in _chord_steps(quality))


@cache
def colour_tones(name):
    """The pitch classes outside the chord that sound well with it (Gillick, Tang and Keller 2010, "colour tones")."""
    if name == NO_CHORD:
        return frozenset()
    root, quality = parse_chord(name)
    return frozenset((root + step) % OCTAVE for step in QUALITIES[quality].colours) - chord_tones(name)


@cache
def scale_tones(name):
    """The pitch classes of the scale that goes with the chord (it holds the chord); empty for ``NC``."""
    if name == NO_CHORD:
        return frozenset()
    root, quality = parse_chord(name)
    steps = _scale_steps(QUALITIES[quality].scale)
    return frozenset((root + step) % OCTAVE for step in steps) | chord_tones(name)


@cache
def _chord_steps(quality):
    from music21 import harmony

    return frozenset(pitch.pitchClass for pitch in harmony.ChordSymbol("C" + QUALITIES[quality].figure).pitches)


@cache
def _scale_steps(scale_name):
    from music21 import scale

    built = {
        "major": lambda: scale.MajorScale("C"),
        "dorian": lambda: scale.DorianScale("C"),
        "mixolydian": lambda: scale.MixolydianScale("C"),
        "locrian": lambda: scale.LocrianScale("C"),
        "melodic minor": lambda: scale.MelodicMinorScale("C"),
        "phrygian dominant": lambda: scale.HarmonicMinorScale("F"),
        "altered": lambda: scale.MelodicMinorScale("D-"),
        "diminished": lambda: scale.OctatonicScale("C", 2),
        "whole tone": lambda: scale.WholeToneScale("C"),
    }[scale_name]()
    return frozenset(pitch.pitchClass for pitch in built.getPitches("C4", "C5", direction=scale.Direction.ASCENDING))


# ---------------------------------------------------------------- chords from notes

#: Kinds of chord that `infer_chord` chooses from, simplest first: on equal score the first wins.
INFERRED_QUALITIES = ("", "m", "7", "maj7", "m7", "6", "m6", "m7b5", "dim7", "+")
OUTSIDE_COST = 1.0  # per unit of weight that the chord does not explain
MISSING_COST = 0.12  # per chord tone that does not sound
BASS_BONUS = 0.5  # when the first bass note of the bar is the root
MINIMUM_PITCH_CLASSES = 2


def infer_chord(weights, bass=None):
    """Name the chord that best explains how long each pitch class sounds.

    Each chord (12 roots, the kinds of `INFERRED_QUALITIES`) is scored: by the weight of its tones, less the weight of
    other tones, less something for each of its tones that does not sound.

    Parameters
    ----------
    weights : sequence of 12 numbers
        How long (times how loud, if you like) each pitch class sounds.
    bass : int, optional
        The pitch class of the lowest note.

    Returns
    -------
    str or None
        None when fewer than two pitch classes sound: no chord to speak of.
    """
    total = float(sum(weights))
    if sum(weight > 0 for weight in weights) < MINIMUM_PITCH_CLASSES:
        return None
    best, best_score = None, -float("inf")
    for quality in INFERRED_QUALITIES:
        steps = _chord_steps(quality)
        for root in range(OCTAVE):
            tones = {(root + step) % OCTAVE for step in steps}
            inside = sum(weights[tone] for tone in tones) / total
            missing = sum(weights[tone] == 0 for tone in tones)
            score = inside - OUTSIDE_COST * (1 - inside) - MISSING_COST * missing + BASS_BONUS * (root == bass)
            if score > best_score + 1e-9:
                best, best_score = ROOT_NAMES[root] + quality, score
    return best


def infer_chords(notes, bars):
    """Name one chord for each bar by the notes of the accompaniment; a bar without harmony has the chord before it.

    Parameters
    ----------
    notes : iterable of Note
        All pitched notes of the accompaniment, melody left out.
    bars : sequence of Fraction
        Bar onsets and the end of the last bar.

    Returns
    -------
    tuple of Chord
        One per bar; empty when no bar holds a chord.
    """
    spans = list(pairwise(bars))
    sounding = [[] for _ in spans]
    ordered = sorted(notes)
    first = 0
    for note in ordered:
        while first < len(spans) - 1 and spans[first][1] <= note.onset:
            first += 1
        for index in range(first, len(spans)):
            start, end = spans[index]
            if start >= note.end:
                break
            overlap = min(note.end, end) - max(note.onset, start)
            if overlap > 0:
                sounding[index].append((note, overlap, start))
    names = []
    for bar in sounding:
        weights = [Fraction(0)] * OCTAVE
        for note, overlap, _ in bar:
            weights[note.pitch % OCTAVE] += overlap
        first_bass = min(bar, key=lambda item: (max(item[0].onset, item[2]), item[0].pitch), default=None)
        name = infer_chord(weights, first_bass[0].pitch % OCTAVE) if bar else None
        names.append(name or (names[-1] if names else None))
    known = next((name for name in names if name), None)
    if known is None:
        return ()
    return tuple(Chord(start, end - start, name or known) for (start, end), name in zip(spans, names, strict=True))
