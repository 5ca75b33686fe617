"""The few musical records that every music helper shares: a note, a chord span, a song.

Time is counted in quarter notes from the beginning of the piece, as exact fractions: a quaver is ``Fraction(1, 2)``.
Pitch is a MIDI number: 60 is middle C, 12 to the octave.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, wraps
from itertools import pairwise

#: Every written onset and duration is a multiple of 1 / GRID of a quarter note: semiquavers and triplets both fit.
GRID = 12
DEFAULT_VELOCITY = 80
BEATS_PER_BAR = Fraction(4)
#: What stands in place of a chord name where none sounds, and how lead sheets write it; and the sign for "as before".
NO_CHORD = "NC"
NO_CHORD_SPELLINGS = ("NC", "N.C.", "N.C")
REPEAT = "%"


@dataclass(frozen=True, order=True)
class Note:
    """One note: `onset` and `duration` in quarter notes, `pitch` and `velocity` as MIDI numbers (0 to 127)."""

    onset: Fraction
    duration: Fraction
    pitch: int
    velocity: int = DEFAULT_VELOCITY

    @property
    def end(self):
        return self.onset + self.duration


@dataclass(frozen=True, order=True)
class Chord:
    """A chord name such as ``Bb7`` that holds from `onset` for `duration` quarter notes."""

    onset: Fraction
    duration: Fraction
    name: str

    @property
    def end(self):
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

    def bar_number(self, onset):
        """The number of the bar that holds `onset`, counted from 1."""
        return max(1, min(bisect_right(self.bars, onset), len(self.bars) - 1))

    def meters(self):
        """Where the meter begins and changes: (onset, (numerator, denominator)) pairs, such as (0, (4, 4)).

        Raises
        ------
        ValueError
            A bar's length is no multiple of a 64th note.
        """
        changes, last = [], None
        for start, end in pairwise(self.bars):
            length = Fraction(end - start) / 4  # in whole notes, as meters count
            if 64 % length.denominator:
                bar = self.bar_number(start)
                raise ValueError(f"{self.name}, bar {bar}: expected whole 64th notes, got {end - start} quarter notes")
            if length != last:
                denominator = max(4, length.denominator)
                changes.append((start, (int(length * denominator), denominator)))
            last = length
        return changes

    def split_choruses(self):
        """One song for each chorus, each beginning at time 0; a note that crosses the border is cut there."""
        return [*self._choruses_apart]

    @cached_property
    def _choruses_apart(self):
        if len(self.choruses) == 1 and self.choruses[0] == 0:
            named = ", chorus " in self.name  # it is a chorus already: whoever keeps results by song finds them again
            return [self if named else replace(self, name=f"{self.name}, chorus 1")]
        ends = (*self.choruses[1:], self.bars[-1])
        return [
            self._cut(start, end, f"{self.name}, chorus {number}")
            for number, (start, end) in enumerate(zip(self.choruses, ends, strict=True), 1)
        ]

    def excerpt(self, first, last):
        """The bars `first` to `last`, both included and counted from 1, as a song that begins at time 0.

        Raises
        ------
        ValueError
            The song has no such bars.
        """
        if not 1 <= first <= last < len(self.bars):
            raise ValueError(f"{self.name}: expected bars between 1 and {len(self.bars) - 1}, got {first} to {last}")
        return self._cut(self.bars[first - 1], self.bars[last], f"{self.name}, bars {first} to {last}")

    def _cut(self, start, end, name):
        first, last = (bisect_left(self.melody, time, key=lambda note: note.onset) for time in (start, end))
        notes = tuple(
            replace(note, onset=note.onset - start, duration=min(note.end, end) - note.onset)
            for note in self.melody[first:last]
        )
        chords = tuple(
            Chord(max(chord.onset, start) - start, min(chord.end, end) - max(chord.onset, start), chord.name)
            for chord in self.chords
            if chord.onset < end and chord.end > start
        )
        bars = tuple(bar - start for bar in self.bars if start <= bar < end) + (end - start,)
        choruses = tuple(chorus - start for chorus in self.choruses if start < chorus < end)
        return Song(name, notes, chords, bars, (Fraction(0), *choruses), self.tempo)


def takes_a_song(function):
    """Let a function say what to do when an old copy of a notebook gives it a song in pieces; goes with version 0.3."""

    @wraps(function)
    def checked(*given, **options):
        if not any(isinstance(value, Song) for value in (*given, *options.values())):
            raise TypeError(
                f"{function.__name__}: expected a Song, got its pieces; write solo in place of solo.melody, solo.chords"
                " and so on, or fetch the notebook again"
            )
        return function(*given, **options)

    return checked


def chord_index(chords, onset):
    """The index of the chord that sounds at `onset`: the last that began by then, the first if none has."""
    return max(0, bisect_right(chords, onset, key=lambda chord: chord.onset) - 1)


def regular_bars(length, bar=BEATS_PER_BAR):
    """Return the onsets of bars of equal length that cover `length` quarter notes, and the end of the last bar."""
    count = max(1, -(-Fraction(length) // bar))
    return tuple(bar * i for i in range(int(count) + 1))


def as_written(name):
    """Return a chord name without space around it; every way of writing "no chord" becomes `NO_CHORD`."""
    name = name.strip()
    return NO_CHORD if name.upper() in NO_CHORD_SPELLINGS else name


def names_by_bar(lead_sheet):
    """The chord names of each bar of a lead sheet: one entry per bar, several names separated by spaces.

    ``%`` alone repeats the bar before, beside other names the name before.

    Raises
    ------
    ValueError
        A bar names no chord, or ``%`` has nothing to repeat.
    """
    bars = []
    for number, entry in enumerate(lead_sheet, 1):
        names = [as_written(name) for name in entry.split()]
        if names == [REPEAT] and bars:
            names = bars[-1]
        if not names:
            raise ValueError(f"bar {number}: expected chord names, as in 'Dm7 G7', or 'NC' for none, got {entry!r}")
        if names[0] == REPEAT:
            raise ValueError(f"bar {number}: expected a chord name before the first {REPEAT!r}, got {entry!r}")
        for index, name in enumerate(names):
            if name == REPEAT:
                names[index] = names[index - 1]
        bars.append(names)
    return bars


def chords_per_bar(bars_of_names, bar=BEATS_PER_BAR):
    """Chords from a lead sheet (see `names_by_bar`): names in one entry share the bar equally.

    >>> [(str(c.onset), c.name) for c in chords_per_bar(["Dm7 G7", "Cmaj7", "%"])]
    [('0', 'Dm7'), ('2', 'G7'), ('4', 'Cmaj7'), ('8', 'Cmaj7')]
    """
    return tuple(
        Chord(bar * (index + Fraction(i, len(names))), bar / len(names), name)
        for index, names in enumerate(names_by_bar(bars_of_names))
        for i, name in enumerate(names)
    )
