"""The few musical records that every music helper shares: a note, a chord span, a song.

Time is counted in quarter notes from the beginning of the piece, as exact fractions: a quaver is ``Fraction(1, 2)``.
Pitch is a MIDI number: 60 is middle C, 12 to the octave.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from fractions import Fraction

#: Every written onset and duration is a multiple of 1 / GRID of a quarter note: semiquavers and triplets both fit.
GRID = 12
DEFAULT_VELOCITY = 80
BEATS_PER_BAR = Fraction(4)


@dataclass(frozen=True, order=True)
class Note:
    """One note: `onset` and `duration` in quarter notes, `pitch` and `velocity` as MIDI numbers (0 to 127)."""

    onset: Fraction
    duration: Fraction
    pitch: int
    velocity: int = DEFAULT_VELOCITY

    @property
    def end(self) -> Fraction:
        return self.onset + self.duration


@dataclass(frozen=True, order=True)
class Chord:
    """A chord name such as ``Bb7`` that holds from `onset` for `duration` quarter notes."""

    onset: Fraction
    duration: Fraction
    name: str

    @property
    def end(self) -> Fraction:
        return self.onset + self.duration


@dataclass(frozen=True)
class Part:
    """Notes for one instrument: `program` is the General MIDI number, `drums` puts them on the percussion channel."""

    name: str
    notes: tuple[Note, ...]
    program: int = 0
    drums: bool = False


@dataclass(frozen=True)
class Song:
    """A melody over its chords, as read from a file or a database.

    Attributes
    ----------
    name : str
        The file or the tune, for messages.
    melody : tuple of Note
        One note at a time, on the grid, swing taken out.
    chords : tuple of Chord
        In order, without overlap.
    bars : tuple of Fraction
        The onset of every bar and, as last element, the end of the last bar.
    choruses : tuple of Fraction
        The onset of every chorus (one pass through the form); at least one.
    tempo : float
        Quarter notes per minute.
    """

    name: str
    melody: tuple[Note, ...]
    chords: tuple[Chord, ...]
    bars: tuple[Fraction, ...]
    choruses: tuple[Fraction, ...]
    tempo: float

    def bar_number(self, onset: Fraction) -> int:
        """The number of the bar that holds `onset`, counted from 1."""
        return max(1, min(bisect_right(self.bars, onset), len(self.bars) - 1))

    def split_choruses(self) -> list[Song]:
        """One song for each chorus, each beginning at time 0; a note that crosses the border is cut there."""
        ends = (*self.choruses[1:], self.bars[-1])
        return [
            self._cut(start, end, number)
            for number, (start, end) in enumerate(zip(self.choruses, ends, strict=True), 1)
        ]

    def _cut(self, start: Fraction, end: Fraction, number: int) -> Song:
        notes = tuple(
            replace(note, onset=note.onset - start, duration=min(note.end, end) - note.onset)
            for note in self.melody
            if start <= note.onset < end
        )
        chords = tuple(
            Chord(max(chord.onset, start) - start, min(chord.end, end) - max(chord.onset, start), chord.name)
            for chord in self.chords
            if chord.onset < end and chord.end > start
        )
        bars = tuple(bar - start for bar in self.bars if start <= bar < end) + (end - start,)
        name = f"{self.name}, chorus {number}"
        return Song(name, notes, chords, bars, (Fraction(0),), self.tempo)


def chord_index(chords, onset: Fraction) -> int:
    """The index of the chord that sounds at `onset`: the last that began by then, the first if none has."""
    return max(0, bisect_right([chord.onset for chord in chords], onset) - 1)


def regular_bars(length: Fraction, bar: Fraction = BEATS_PER_BAR) -> tuple[Fraction, ...]:
    """Bar onsets of equal `bar` length that cover `length` quarter notes, and the end of the last bar."""
    count = max(1, -(-Fraction(length) // bar))
    return tuple(bar * i for i in range(int(count) + 1))


def chords_per_bar(bars_of_names, bar: Fraction = BEATS_PER_BAR) -> tuple[Chord, ...]:
    """Chords from a lead sheet: one entry per bar, names parted by spaces share the bar equally.

    >>> [(str(c.onset), c.name) for c in chords_per_bar(["Dm7 G7", "Cmaj7"])]
    [('0', 'Dm7'), ('2', 'G7'), ('4', 'Cmaj7')]
    """
    chords = []
    for index, names in enumerate(bars_of_names):
        names = names.split()
        if not names:
            raise ValueError(f"bar {index + 1} names no chord; write for instance 'Dm7 G7', or 'NC' for none")
        share = bar / len(names)
        chords += [Chord(bar * index + share * i, share, name) for i, name in enumerate(names)]
    return tuple(chords)
