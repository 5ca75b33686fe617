"""Between played and written time: quantise a performance, take swing out of it, put swing into a written part."""

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

HALF = Fraction(1, 2)
#: A swung pair of quavers sounds long-short, here as two to one.
SWING_RATIO = Fraction(2, 3)
BINARY_GRID = (Fraction(0), Fraction(1, 4), HALF, Fraction(3, 4), Fraction(1))
TERNARY_GRID = (Fraction(0), Fraction(1, 3), Fraction(2, 3), Fraction(1))
ANY_GRID = tuple(sorted({*BINARY_GRID, *TERNARY_GRID}))
SWING_GRID = (Fraction(0), SWING_RATIO, Fraction(1))
#: Where in the beat a lone second quaver is heard as swung, and where other notes show that the beat is no such pair.
SWUNG_FROM, SWUNG_TO = Fraction(54, 100), Fraction(71, 100)
INNER_FROM, INNER_TO = Fraction(15, 100), Fraction(88, 100)
#: Silence shorter than this between two notes is articulation, not a rest.
SHORTEST_REST = Fraction(1, 4)
SHORTEST_NOTE = Fraction(1, 4)


def swing(notes, ratio=SWING_RATIO):
    """Play written quavers swung: what stands on the half of a beat moves to `ratio` of it.

    Beats that hold semiquavers or triplets are left straight, as players do.

    Parameters
    ----------
    notes : iterable of Note
        Written notes.
    ratio : Fraction
        1/2 is straight, 2/3 the triplet feel; between 1/2 and 3/4.
    """
    if not HALF <= ratio <= Fraction(3, 4):
        raise ValueError(f"expected a swing ratio from 1/2 (straight) to 3/4 (dotted), got {ratio}")
    notes = tuple(notes)
    straight = _beats_with_onsets(notes, lambda part: part not in (0, HALF))

    def move(time):
        beat, part = divmod(time, 1)
        return beat + ratio if part == HALF and beat not in straight else time

    return tuple(replace(note, onset=move(note.onset), duration=move(note.end) - move(note.onset)) for note in notes)


def quantise(notes):
    """Write down played notes: onsets and ends go on the grid of semiquavers and triplets, swung quavers become even.

    Each beat is read on the grid that fits its onsets best: swung pair, semiquavers or triplets. A beat whose only
    inner onset comes between 54 and 71 hundredths of it is a swung pair. Notes faster than the grid fall together.
    """
    notes = sorted(notes)
    onsets = defaultdict(list)
    for note in notes:
        beat, part = divmod(note.onset, 1)
        onsets[beat].append(part)
    grids = {beat: _best_grid(tuple(parts)) for beat, parts in onsets.items()}
    written = []
    for note in notes:
        beat, part = divmod(note.onset, 1)
        onset = beat + _snap(part, grids[beat])
        beat, part = divmod(note.end, 1)
        inner = any(INNER_FROM < p < INNER_TO for p in onsets.get(beat, ()))
        grid = (SWING_GRID if SWUNG_FROM <= part <= SWUNG_TO else BINARY_GRID) if not inner else grids[beat]
        end = beat + _snap(part, grid if grid is SWING_GRID else ANY_GRID)
        written.append(replace(note, onset=onset, duration=max(end - onset, SHORTEST_NOTE)))
    return tuple(sorted(written))


def one_voice(notes):
    """Keep the upper voice: of notes that begin together the highest, and none under a higher one that lasts longer.

    Notes never overlap in the result, and gaps too short to be rests are filled.
    """
    voice = []
    for note in sorted(notes, key=lambda n: (n.onset, -n.pitch, -n.duration)):
        if voice and note.onset == voice[-1].onset:
            continue
        if voice and voice[-1].end >= note.end and voice[-1].pitch > note.pitch:
            continue
        if voice and (voice[-1].end > note.onset or note.onset - voice[-1].end < SHORTEST_REST):
            voice[-1] = replace(voice[-1], duration=note.onset - voice[-1].onset)
        voice.append(note)
    return tuple(voice)


@lru_cache(maxsize=10_000)
def _best_grid(parts):
    inner = [part for part in parts if INNER_FROM < part < INNER_TO]
    if inner and all(SWUNG_FROM <= part <= SWUNG_TO for part in inner):
        return SWING_GRID
    error = {grid: sum((part - _nearest(part, grid)) ** 2 for part in parts) for grid in (BINARY_GRID, TERNARY_GRID)}
    return min(error, key=error.get)


def _snap(part, grid):
    nearest = _nearest(part, grid)
    return HALF if grid is SWING_GRID and nearest == SWING_RATIO else nearest


@lru_cache(maxsize=10_000)  # a piece has few different places in the beat, and fractions are slow to compare
def _nearest(part, grid):
    return min(grid, key=lambda point: abs(point - part))


def _beats_with_onsets(notes, test):
    return {note.onset // 1 for note in notes if test(note.onset % 1)}
