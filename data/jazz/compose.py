"""Compose the jazz corpus of the course: `python data/jazz/compose.py` writes the same files each time.

How a chorus comes about, from large to small:

1. a form (a lead sheet in C) is transposed to the key of the tune;
2. every four bars get a *plan*: which phrases, of which kind, from which beat, how long; what remains is rest;
3. a phrase gets its rhythm from cells of one or two beats; then *goals*: chord tones, thirds and sevenths first, on
   strong beats, each near the last and near a contour; then the notes between two goals, by the cheapest of the devices
   that jazz players practise: scale runs, arpeggios, enclosures, chromatic approaches;
4. motifs and riffs come back: moved along the scale to the new chord, with the tail changed;
5. a player has habits: devices that he likes, and a few rhythms for each kind of phrase, which come back all the time.

All music here is made by these rules and by nobody's tune; it is given to the public domain (CC0 1.0).
"""

import argparse
import itertools
import json
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np

from helpers.music.band import close, prune, save_solo, with_accents
from helpers.music.grammar import COMFORT, sounding_chord
from helpers.music.harmony import OCTAVE, chord_tones, colour_tones, parse_chord, scale_tones, transpose_chord
from helpers.music.notes import GRID, Note, Song, chords_per_bar, regular_bars

SEED = 2010
HERE = Path(__file__).resolve().parent
HALF = Fraction(1, 2)
BAR, SEGMENT = Fraction(4), Fraction(16)  # quarter notes: a bar, and the four bars that one plan covers

RHYTHM_A = ["C6 A7b9", "Dm7 G7", "Em7 A7b9", "Dm7 G7", "Gm7 C7", "Fmaj7 Bb7", "Em7 A7b9", "Dm7 G7"]
RHYTHM_A_END = [*RHYTHM_A[:6], "Dm7 G7", "C6"]
FORMS = {
    "blues": ["C7", "F7", "C7", "Gm7 C7", "F7", "F#dim7", "C7", "Em7b5 A7b9", "Dm7", "G7", "C7 A7b9", "Dm7 G7"],
    "minor blues": ["Cm7", "Fm7", "Cm7", "C7alt", "Fm7", "Fm7", "Cm7", "Cm7", "Ab7", "G7alt", "Cm7", "Dm7b5 G7b9"],
    "ii-V-I": [
        *["Dm7", "G7", "Cmaj7", "Am7", "Dm7", "G7", "Em7b5", "A7b9"],
        *["Dm7", "Fm6", "Em7", "A7b9", "Dm7", "G7", "C6", "Em7 A7b9"],
    ],
    "rhythm": [*RHYTHM_A, *RHYTHM_A_END, "E7", "E7", "A7", "A7", "D7", "D7", "G7", "G7", *RHYTHM_A_END],
    "modal": ["Cm7"] * 8 + ["Ebm7"] * 4 + ["Cm7"] * 4,
}
TONIC = {"blues": "C7", "minor blues": "Cm6", "ii-V-I": "C6", "rhythm": "C6", "modal": "Cm7"}


@dataclass(frozen=True)
class Tune:
    """What is to be composed.

    file, form; key (semitones above C); tempo (quarter notes per minute); how many choruses; the number of the player,
    0 for someone without habits.
    """

    file: str
    form: str
    key: int
    tempo: int
    choruses: int
    player: int = 0


TUNES = (
    Tune("blues_f_forget_gate", "blues", 5, 138, 3),
    Tune("blues_bb_learning_rate", "blues", 10, 160, 3),
    Tune("blues_c_small_batch", "blues", 0, 120, 3),
    Tune("blues_eb_late_epoch", "blues", 3, 148, 3),
    Tune("minor_blues_c_cold_cache", "minor blues", 0, 132, 3),
    Tune("minor_blues_g_saddle_point", "minor blues", 7, 152, 3),
    Tune("two_five_one_c_carry_bit", "ii-V-I", 0, 140, 3),
    Tune("two_five_one_f_hidden_state", "ii-V-I", 5, 126, 3),
    Tune("two_five_one_ab_soft_maximum", "ii-V-I", 8, 154, 3),
    Tune("rhythm_bb_unrolled", "rhythm", 10, 176, 2),
    Tune("rhythm_f_clipped", "rhythm", 5, 168, 2),
    Tune("modal_d_plateau", "modal", 2, 144, 3),
    Tune("modal_g_slow_descent", "modal", 7, 128, 3),
)
#: The players, and how many rhythms each has for a phrase of one kind.
PLAYERS = ("ada", "bela", "cleo", "dan", "eve", "finn", "gita", "hugo")
RHYTHMS = 3


#: Every tune again as each player plays it: in another key, a little faster or slower.
TAKES = tuple(
    replace(tune, file=f"{tune.file}_{name}", key=(tune.key + 5 * player) % OCTAVE, tempo=tune.tempo + 6 * player - 24,
            player=player)
    for player, name in enumerate(PLAYERS, 1)
    for tune in TUNES
)  # fmt: skip

# ---------------------------------------------------------------- rhythm

#: Cells: how long, and onset and length of each note. A quaver is 1/2.
EVEN = ("1", [("0", "1/2"), ("1/2", "1/2")])
TRIPLET = ("1", [("0", "1/3"), ("1/3", "1/3"), ("2/3", "1/3")])
QUARTER = ("1", [("0", "1")])
TURN = ("1", [("0", "1/4"), ("1/4", "1/4"), ("1/2", "1/2")])
OFFBEAT = ("1", [("1/2", "1/2")])
SYNCOPE = ("2", [("0", "1/2"), ("1/2", "1"), ("3/2", "1/2")])
DOTTED = ("2", [("0", "3/2"), ("3/2", "1/2")])
PUSH = ("2", [("0", "1/2"), ("1/2", "3/2")])
HALF_NOTE = ("2", [("0", "2")])
LONG = ("3", [("0", "3")])
PICKUP = ("1", [("1/2", "1/2")])
SHORT_END = ("1", [("0", "1/2"), ("1/2", "1/2")])
HELD_END = ("2", [("0", "1/2"), ("1/2", "3/2")])

#: Which cells a phrase of each kind is made of, with weights; and how it may begin and end.
CELLS = {
    "line": [(EVEN, 14), (TRIPLET, 2), (QUARTER, 1.5), (TURN, 0.8), (SYNCOPE, 1)],
    "riff": [(EVEN, 3), (QUARTER, 2), (OFFBEAT, 3), (SYNCOPE, 3), (DOTTED, 2)],
    "motif": [(EVEN, 4), (QUARTER, 2), (SYNCOPE, 3), (DOTTED, 2), (OFFBEAT, 1.5), (TRIPLET, 1)],
    "lyrical": [(QUARTER, 2), (DOTTED, 4), (HALF_NOTE, 3), (LONG, 1), (EVEN, 2), (SYNCOPE, 1)],
    "cell": [(EVEN, 1)],
}
BEGINNINGS = {
    "line": [(EVEN, 2), (PICKUP, 4)],
    "riff": [(EVEN, 1), (PICKUP, 1), (QUARTER, 1)],
    "motif": [(EVEN, 1), (PICKUP, 2), (DOTTED, 1)],
    "lyrical": [(DOTTED, 2), (PICKUP, 1), (HALF_NOTE, 1)],
    "cell": [(EVEN, 1)],
}
ENDINGS = {
    "line": [(SHORT_END, 3), (QUARTER, 2), (HELD_END, 2), (DOTTED, 1)],
    "riff": [(QUARTER, 2), (HELD_END, 2), (SHORT_END, 1)],
    "motif": [(QUARTER, 1), (HELD_END, 2), (HALF_NOTE, 1)],
    "lyrical": [(HALF_NOTE, 2), (LONG, 1)],
    "cell": [(QUARTER, 1), (HALF_NOTE, 1), (SHORT_END, 1)],
}


def pick(weighted, rng):
    """One of (item, weight) pairs."""
    weights = np.cumsum([weight for _, weight in weighted])
    return weighted[int(np.searchsorted(weights, rng.random() * weights[-1], side="right"))][0]


def make_rhythm(kind, start, length, player, rng):
    """Onsets and lengths of a phrase of about `length` quarter notes; of a player's, one of the few that he has."""
    if player:
        rng = np.random.default_rng([SEED, player, list(CELLS).index(kind), int(rng.integers(RHYTHMS))])
    ending = pick(ENDINGS[kind], rng)
    cells = [pick(BEGINNINGS[kind], rng)]
    while sum(Fraction(cell[0]) for cell in cells) + Fraction(ending[0]) < length:
        cells.append(pick(CELLS[kind], rng))
    slots, now = [], start
    for size, notes in [*cells, ending]:
        slots += [(now + Fraction(onset), Fraction(duration)) for onset, duration in notes]
        now += Fraction(size)
    return slots


# ---------------------------------------------------------------- pitch

LOW, HIGH = COMFORT
MIDDLE = 71


def ladder(tones, low=LOW - OCTAVE, high=HIGH + OCTAVE):
    """All pitches of the given classes between low and high, in order."""
    return [pitch for pitch in range(low, high + 1) if pitch % OCTAVE in tones]


def climb(rungs, pitch, steps):
    """The rung `steps` above (below) the one nearest to `pitch`."""
    here = min(range(len(rungs)), key=lambda i: (abs(rungs[i] - pitch), i))
    return rungs[max(0, min(len(rungs) - 1, here + steps))]


def degree_cost(pitch, chord):
    """How little a pitch tells of its chord: thirds and sevenths cost nothing, the root is plain."""
    interval = (pitch - parse_chord(chord)[0]) % OCTAVE
    if interval in (3, 4, 10, 11):
        return 0.0
    if interval == 0:
        return 1.6
    return 0.9 if pitch % OCTAVE in chord_tones(chord) else 2.0


def is_goal(slots, index):
    """Goals stand on the first and third beat, on long notes, on pushes over the bar line, and at both ends."""
    onset, duration = slots[index]
    return index in (0, len(slots) - 1) or onset % 2 == 0 or duration >= 1


def choose_goals(slots, chords, start_near, shape, rng):
    """Pitches for the goal slots, each near the contour `shape` and within reach of the goal before."""
    goals = {}
    first, last = slots[0][0], slots[-1][0]
    previous_index, previous, before = None, start_near, None
    for index in range(len(slots)):
        if not is_goal(slots, index):
            continue
        chord = sounding_chord(chords, *slots[index])
        along = float((slots[index][0] - first) / (last - first)) if last > first else 0.0
        wanted = start_near + shape(along)
        reach = 5 if previous_index is None else 3 + 2 * (index - previous_index)
        allowed = ladder(chord_tones(chord), LOW, HIGH)
        if index == len(slots) - 1 or slots[index][1] >= 1:
            allowed = ladder(chord_tones(chord) | colour_tones(chord), LOW, HIGH)
        cost = []
        for pitch in allowed:
            distance = abs(pitch - previous)
            value = 0.35 * abs(pitch - wanted) + degree_cost(pitch, chord) + 1.2 * max(0, distance - reach)
            value += 3.0 * (pitch == previous) + 2.0 * (pitch == before) + 1.6 * rng.random()
            cost.append(value)
        pitch = allowed[int(np.argmin(cost))]
        goals[index] = pitch
        previous_index, previous, before = index, pitch, previous
    return goals


LEAP_COST = (2.5, 0.0, 0.0, 0.3, 0.4, 1.0, 2.2, 1.3, 2.6, 3.0, 4.0, 5.0, 3.5)  # by semitones; 0 is a repeated note
FAR_LEAP_COST = 9.0


def line_cost(pitches, onsets, chord_names):
    """What a player's ear would mind in a short run: repeats, leaps, zigzag, foreign notes on the beat."""
    cost = 0.0
    steps = [b - a for a, b in pairwise(pitches)]
    for step in steps:
        cost += LEAP_COST[abs(step)] if abs(step) < len(LEAP_COST) else FAR_LEAP_COST
    for one, two in pairwise(steps):
        cost += 0.35 * (one * two < 0) + 1.5 * (abs(one) > 5 and abs(two) > 5)
    for a, _, c in zip(pitches, pitches[1:], pitches[2:], strict=False):
        cost += 1.8 * (a == c)
    for pitch, onset, chord in list(zip(pitches, onsets, chord_names, strict=True))[1:-1]:
        on_beat = onset.denominator == 1
        tone = pitch % OCTAVE
        if tone not in scale_tones(chord):
            cost += 2.2 if on_beat else 0.4
        elif on_beat and tone not in chord_tones(chord):
            cost += 0.3 if tone in colour_tones(chord) else 0.9
        cost += 1.5 * max(0, LOW - pitch, pitch - HIGH)
    return cost - 0.5 * (abs(steps[-1]) <= 1)


def devices(count, start, goal, chord, goal_chord):
    """Ways to go from `start` to `goal` through `count` notes: (name, notes)."""
    scale, arpeggio = ladder(scale_tones(chord)), ladder(chord_tones(chord))
    goal_scale = ladder(scale_tones(goal_chord))
    above, below = climb(goal_scale, goal + 1, 0), goal - 1
    above = above if above > goal else climb(goal_scale, goal, 1)
    endings = [("run", [])]
    if count >= 2:
        endings += [("enclosure", [above, below]), ("enclosure", [below, above])]
        endings += [("chromatic", [goal + 2, goal + 1]), ("chromatic", [goal - 2, goal - 1])]
    if count >= 1:
        endings += [("approach", [goal - 1]), ("approach", [goal + 1])]
    for name, ending in endings:
        free = count - len(ending)
        for moves in itertools.product((-2, -1, 1, 2), repeat=free):
            notes = [climb(scale, start, total) for total in itertools.accumulate(moves)]
            yield name, notes + ending
        for direction in (-1, 1):
            notes = [climb(arpeggio, start, direction * (i + 1)) for i in range(free)]
            if free >= 2:
                yield "arpeggio", notes + ending


def fill(start, goal, slots, first, last, chords, taste, rng):
    """The notes strictly between two goals, by the device that costs least."""
    count = last - first - 1
    if count <= 0:
        return []
    names = [sounding_chord(chords, *slots[i]) for i in range(first, last + 1)]
    onsets = [slots[i][0] for i in range(first, last + 1)]
    if count > 3:  # set a goal on the way
        middle = first + (count + 1) // 2
        allowed = ladder(chord_tones(names[middle - first]), LOW, HIGH)
        wanted = (start + goal) / 2 + 8 * (rng.random() - 0.5)
        between = min(allowed, key=lambda pitch: abs(pitch - wanted) + 6 * (pitch in (start, goal)))
        return [
            *fill(start, between, slots, first, middle, chords, taste, rng),
            between,
            *fill(between, goal, slots, middle, last, chords, taste, rng),
        ]
    best, best_cost = None, np.inf
    noise = {name: rng.random() for name in ("run", "enclosure", "chromatic", "approach", "arpeggio")}
    for name, notes in devices(count, start, goal, names[0], names[-1]):
        cost = line_cost([start, *notes, goal], onsets, names) - taste[name] - 1.5 * noise[name] + 0.6 * rng.random()
        if cost < best_cost:
            best, best_cost = notes, cost
    return best


def make_shape(rng):
    """A contour over a phrase, in semitones from its beginning: an arch, a valley, a climb or a fall."""
    height = 4 + 6 * rng.random()
    return (
        lambda x: height * 4 * x * (1 - x),
        lambda x: -height * 4 * x * (1 - x),
        lambda x: height * x,
        lambda x: -height * x,
    )[int(rng.integers(4))]


def make_phrase(kind, start, length, chords, near, player, rng):
    """A new phrase of a kind: rhythm, goals, and the notes between them."""
    slots = make_rhythm(kind, start, length, player, rng)
    if kind == "cell":
        return cell_phrase(slots, chords, near, rng)
    habit = np.random.default_rng([SEED, player]) if player else rng
    taste = {name: 1.2 * habit.random() for name in ("run", "enclosure", "chromatic", "approach", "arpeggio")}
    near += (MIDDLE - near) // 3 + int(rng.integers(-3, 4))  # drift back to the middle of the range
    goals = choose_goals(slots, chords, near, make_shape(rng), rng)
    pitches = []
    for (first, start_pitch), (last, goal) in pairwise([*goals.items()]):
        pitches += [start_pitch, *fill(start_pitch, goal, slots, first, last, chords, taste, rng)]
    pitches.append(goals[len(slots) - 1])
    return [Note(onset, duration, pitch) for (onset, duration), pitch in zip(slots, pitches, strict=True)]


#: Four-note cells on the steps of the scale, and how the next cell is moved, for the modal tunes.
CELL_STEPS = ((0, 1, 2, 4), (4, 2, 1, 0), (0, 3, 2, 1), (0, 2, 4, 6), (2, 1, 0, -1), (0, 3, 6, 4))
CELL_MOVES = (-2, -1, 1, 2, 3)


def cell_phrase(slots, chords, near, rng):
    """A phrase that takes a small pattern through the scale."""
    pattern = CELL_STEPS[int(rng.integers(len(CELL_STEPS)))]
    move = CELL_MOVES[int(rng.integers(len(CELL_MOVES)))]
    notes, anchor = [], None
    for index, (onset, duration) in enumerate(slots):
        chord = sounding_chord(chords, onset, duration)
        rungs = ladder(scale_tones(chord))
        if anchor is None:
            anchor = climb(ladder(chord_tones(chord), LOW, HIGH - 6), near, 0)
        elif index % len(pattern) == 0:
            anchor = climb(rungs, anchor, move)
            if not LOW <= anchor <= HIGH - 8:
                move = -move
                anchor = climb(rungs, anchor, 3 * move)
        pitch = climb(rungs, anchor, pattern[index % len(pattern)])
        if index == len(slots) - 1 or (onset % 2 == 0 and rng.random() < 0.5):
            pitch = climb(ladder(chord_tones(chord)), pitch, 0)
        if notes and notes[-1].pitch == pitch:
            pitch = climb(rungs, pitch, 1 if move > 0 else -1)
        notes.append(Note(onset, duration, pitch))
    return notes


#: Blues ladders in semitones above the key: the minor and the major one.
BLUES_LADDERS = ((0, 3, 5, 6, 7, 10), (0, 2, 3, 4, 7, 9))


def riff_phrase(start, length, key, near, player, rng):
    """A short figure on a blues ladder that comes to rest on the root or the fifth."""
    slots = make_rhythm("riff", start, length, player, rng)
    steps = BLUES_LADDERS[int(rng.integers(len(BLUES_LADDERS)))]
    rungs = ladder({(key + step) % OCTAVE for step in steps}, LOW, HIGH - 3)
    pitch = climb(rungs, near, int(rng.integers(-1, 3)))
    notes = []
    for index, (onset, duration) in enumerate(slots):
        if index == len(slots) - 1:
            pitch = climb(ladder({key % OCTAVE, (key + 7) % OCTAVE}, LOW, HIGH), pitch, 0)
        elif index:
            pitch = climb(rungs, pitch, pick([(1, 3), (-1, 4), (2, 1), (-2, 1), (0, 0.8)], rng))
        notes.append(Note(onset, duration, pitch))
    return notes


def develop(phrase, old_chords, new_chords, shift, rng):
    """A motif again, `shift` later: moved along the scale to the chords that sound now, strong notes on chord tones."""
    old_first = phrase[0]
    old_rungs = ladder(scale_tones(sounding_chord(old_chords, old_first.onset, old_first.duration)))
    moved = [replace(note, onset=note.onset + shift) for note in phrase]
    here = sounding_chord(new_chords, moved[0].onset, moved[0].duration)
    anchor = climb(ladder(chord_tones(here), LOW + 2, HIGH - 2), old_first.pitch + int(rng.integers(-4, 5)), 0)
    answer = []
    for old, note in zip(phrase, moved, strict=True):
        chord = sounding_chord(new_chords, note.onset, note.duration)
        steps = len([p for p in old_rungs if min(old_first.pitch, old.pitch) < p <= max(old_first.pitch, old.pitch)])
        steps = steps if old.pitch >= old_first.pitch else -steps
        pitch = climb(ladder(scale_tones(chord)), anchor, steps)
        if note.onset % 2 == 0 or note.duration >= 1:
            pitch = climb(ladder(chord_tones(chord)), pitch, 0)
        answer.append(replace(note, pitch=max(LOW, min(HIGH, pitch))))
    for index in range(len(answer) - 1):  # chromatic notes still lean on the note after them
        lean = phrase[index].pitch - phrase[index + 1].pitch
        foreign = phrase[index].pitch % OCTAVE not in scale_tones(
            sounding_chord(old_chords, phrase[index].onset, phrase[index].duration)
        )
        if foreign and abs(lean) == 1:
            answer[index] = replace(answer[index], pitch=answer[index + 1].pitch + lean)
    return answer


# ---------------------------------------------------------------- phrases over four bars

#: Plans: for every four bars the kinds of phrase, first beat (from 0) and length in beats. "again" develops the motif.
PLANS = {
    "state": [("motif", "0", "4"), ("again", "8", "4")],
    "state and run": [("again", "0", "4"), ("line", "6", "7")],
    "long line": [("line", "0", "13")],
    "late line": [("line", "4", "9")],
    "two lines": [("line", "1", "5"), ("line", "8", "6")],
    "three breaths": [("line", "0", "3"), ("line", "5", "4"), ("line", "11", "3")],
    "question": [("line", "2", "6"), ("lyrical", "10", "4")],
    "sing": [("lyrical", "1", "10")],
    "riff": [("riff", "0", "5"), ("riff again", "8", "5")],
    "riff and run": [("riff again", "0", "5"), ("line", "7", "6")],
    "cells": [("cell", "0", "6"), ("cell", "9", "5")],
    "cells and song": [("cell", "1", "7"), ("lyrical", "10", "4")],
}
#: Which plans a chorus uses, four bars after four bars: themes first, then lines, riffs or cells as the form suggests.
CHORUS_PLANS = {
    "blues": [
        ["riff", "riff and run", "long line"],
        ["two lines", "late line", "question"],
        ["state", "state and run", "three breaths"],
    ],
    "minor blues": [
        ["state", "state and run", "sing"],
        ["question", "long line", "two lines"],
        ["riff", "riff and run", "late line"],
    ],
    "ii-V-I": [
        ["state", "state and run", "question", "two lines"],
        ["long line", "three breaths", "late line", "sing"],
        ["two lines", "question", "state", "state and run"],
    ],
    "rhythm": [
        ["state", "state and run", "two lines", "long line", "sing", "late line", "state", "three breaths"],
        ["two lines", "long line", "question", "two lines", "sing", "state", "long line", "state and run"],
    ],
    "modal": [
        ["sing", "cells", "question", "state"],
        ["cells", "cells and song", "long line", "state and run"],
        ["state", "two lines", "cells", "cells and song"],
    ],
}


def shared_end(phrase, limit):
    """The phrase cut off at `limit`, so that the next one can begin."""
    return [replace(note, duration=min(note.duration, limit - note.onset)) for note in phrase if note.onset < limit]


def compose_melody(tune, chords, bars_per_chorus, rng):
    """The melody of all choruses, on the grid, in written time."""
    melody = []
    motif = []
    riff = []
    near = MIDDLE
    plans = CHORUS_PLANS[tune.form]
    for chorus in range(tune.choruses):
        for number, plan in enumerate(plans[(chorus + tune.player) % len(plans)]):
            origin = BAR * bars_per_chorus * chorus + SEGMENT * number
            for kind, beat, length in PLANS[plan]:
                start = origin + Fraction(beat)
                if melody and start < melody[-1].end + HALF:  # breathe before the next phrase
                    start = -(-(melody[-1].end + HALF) // 1)
                if kind == "again" and motif:
                    shift = (start - motif[0].onset) // 4 * 4
                    shift += 4 if melody and motif[0].onset + shift < melody[-1].end else 0
                    phrase = develop(motif, chords, chords, shift, rng)
                    if rng.random() < 0.5:
                        phrase = vary_tail(phrase, chords, rng)
                elif kind == "riff again" and riff:
                    shift = (start - riff[0].onset) // 4 * 4
                    shift += 4 if melody and riff[0].onset + shift < melody[-1].end else 0
                    phrase = [replace(note, onset=note.onset + shift) for note in riff]
                    if rng.random() < 0.5:
                        phrase = vary_tail(phrase, chords, rng)
                elif kind in ("riff", "riff again"):
                    phrase = riff = riff_phrase(start, Fraction(length), tune.key, near, tune.player, rng)
                else:
                    kind = "motif" if kind == "again" else kind
                    phrase = make_phrase(kind, start, Fraction(length), chords, near, tune.player, rng)
                    motif = phrase if kind == "motif" else motif
                phrase = shared_end(phrase, origin + SEGMENT)
                phrase = [note for note in phrase if not melody or note.onset >= melody[-1].end]
                melody += phrase
                near = melody[-1].pitch
    return melody


def vary_tail(phrase, chords, rng):
    """The same beginning with another last note or two."""
    keep = max(2, len(phrase) - int(rng.integers(1, 4)))
    tail = phrase[keep - 1 :]
    slots = [(note.onset, note.duration) for note in tail]
    if len(slots) < 2:
        return phrase
    allowed = ladder(chord_tones(sounding_chord(chords, *slots[-1])), LOW, HIGH)
    goal = climb(allowed, tail[0].pitch, pick([(1, 1), (-1, 1), (2, 1), (-2, 1)], rng))
    even = {name: 0.5 for name in ("run", "enclosure", "chromatic", "approach", "arpeggio")}
    inner = fill(tail[0].pitch, goal, slots, 0, len(slots) - 1, chords, even, rng)
    pitches = [tail[0].pitch, *inner, goal]
    return phrase[: keep - 1] + [
        Note(onset, length, pitch) for (onset, length), pitch in zip(slots, pitches, strict=True)
    ]


def release(melody, chords):
    """Let go of a note at a chord change when the new chord's scale does not hold it."""
    released = []
    for note in melody:
        for chord in chords:
            held_over = (
                note.onset < chord.onset < note.end and sounding_chord(chords, note.onset, note.duration) != chord.name
            )
            if held_over and note.pitch % OCTAVE not in scale_tones(chord.name):
                note = replace(note, duration=chord.onset - note.onset)
        released.append(note)
    return released


def compose_song(tune, rng):
    """The song of a tune."""
    form = [" ".join(transpose_chord(name, tune.key) for name in bar.split()) for bar in FORMS[tune.form]]
    tonic = transpose_chord(TONIC[tune.form], tune.key)
    sheet = form * tune.choruses
    sheet[-2:] = [tonic, tonic]  # the last chorus comes home
    chords = list(chords_per_bar(sheet))
    melody = release(compose_melody(tune, chords, len(form), rng), chords)
    if tune.player:
        melody = close(melody, chords[-1])
    melody = with_accents(melody, rng)
    choruses = [BAR * len(form) * i for i in range(tune.choruses)]
    bars = regular_bars(BAR * len(sheet))
    return Song(tune.file.replace("_", " "), melody, chords, bars, choruses, tune.tempo)


def compose(tune, folder, seed=SEED):
    """Write one tune as MIDI into `folder`, with a band."""
    rng = np.random.default_rng([seed, TUNES.index(tune) if tune in TUNES else len(TUNES)])
    return save_solo(folder / f"{tune.file}.mid", compose_song(tune, rng), rng)


def compose_takes(folder, takes=TAKES):
    """Write the players' takes into one file, a line of JSON for each; times are in twelfths of a quarter note."""
    path = folder / "takes.jsonl"
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for take in takes:
            song = compose_song(take, np.random.default_rng([SEED, take.player, TAKES.index(take)]))
            sheet = [" ".join(c.name for c in song.chords if bar <= c.onset < bar + BAR) for bar in song.bars[:-1]]
            melody = [[int(n.onset * GRID), int(n.duration * GRID), n.pitch] for n in prune(song.melody, song.bars[-1])]
            line = {
                "name": song.name,
                "tempo": song.tempo,
                "choruses": take.choruses,
                "chords": sheet,
                "melody": melody,
            }
            print(json.dumps(line), file=file)
    return path


def main():
    parser = argparse.ArgumentParser(description="Compose the jazz corpus of the course.")
    parser.add_argument("--out", type=Path, default=HERE, help="folder for the files (default: beside this script)")
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    for tune in TUNES:
        print(compose(tune, folder).name)
    print(compose_takes(folder).name)


if __name__ == "__main__":
    main()
