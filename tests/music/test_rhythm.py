"""Quantising and swing are inverse on written music."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.music.notes import Note
from helpers.music.rhythm import SHORTEST_REST, one_voice, quantise, swing

#: What may stand in one beat: onsets within it.
BEATS = st.sampled_from(
    ["", "0", "1/2", "0 1/2", "0 1/4 1/2 3/4", "0 1/4 1/2", "0 1/2 3/4", "0 1/3 2/3", "1/3 2/3", "0 1/3"]
)


def quarters(low, high):
    return st.integers(low, high).map(lambda i: Fraction(i, 4))


@st.composite
def written(draw):
    """Notes of one voice, each held to the next onset or to the end of its beat."""
    onsets = [
        beat + Fraction(part)
        for beat, parts in enumerate(draw(st.lists(BEATS, min_size=1, max_size=8)))
        for part in parts.split()
    ]
    notes = []
    for onset, following in zip(onsets, [*onsets[1:], None], strict=False):
        end = following if following is not None else onset // 1 + 1
        notes.append(Note(onset, end - onset, draw(st.integers(50, 90))))
    return tuple(notes)


@settings(deadline=None)
@given(written(), st.sampled_from([Fraction(1, 2), Fraction(58, 100), Fraction(6, 10), Fraction(2, 3)]))
def test_quantise_takes_swing_out(notes, ratio):
    assert one_voice(quantise(swing(notes, ratio))) == notes


@settings(deadline=None)
@given(written(), st.integers(0, 2**32 - 1))
def test_quantise_forgives_a_little_unsteadiness(notes, seed):
    import random

    shake = random.Random(seed)
    played = [
        Note(max(Fraction(0), n.onset + Fraction(shake.randint(-25, 25), 1000)), n.duration, n.pitch)
        for n in swing(notes)
    ]
    assert [n.onset for n in one_voice(quantise(played))] == [n.onset for n in notes]


@settings(deadline=None)
@given(st.lists(st.builds(Note, quarters(0, 60), quarters(1, 20), st.integers(40, 90)), max_size=30))
def test_one_voice_never_overlaps_and_keeps_the_highest(notes):
    voice = one_voice(notes)
    for before, after in pairwise(voice):
        assert before.end <= after.onset
        assert before.end == after.onset or after.onset - before.end >= SHORTEST_REST
    if notes:
        first = min(note.onset for note in notes)
        assert voice[0].pitch == max(note.pitch for note in notes if note.onset == first)


def test_swing_moves_quavers_and_leaves_triplets():
    straight = [Note(Fraction(0), Fraction(1, 2), 60), Note(Fraction(1, 2), Fraction(1, 2), 62)]
    assert [note.onset for note in swing(straight)] == [0, Fraction(2, 3)]
    triplet = [Note(Fraction(i, 3), Fraction(1, 3), 60) for i in range(3)]
    assert swing(triplet) == tuple(triplet)
    with pytest.raises(ValueError, match="swing ratio"):
        swing(straight, Fraction(9, 10))
