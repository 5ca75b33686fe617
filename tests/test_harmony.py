"""Chord names, chord tones and chords inferred from notes."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import harmony
from helpers.notes import Note, regular_bars

names = st.builds(str.__add__, st.sampled_from(harmony.ROOT_NAMES), st.sampled_from(sorted(harmony.QUALITIES)))


@settings(deadline=None)
@given(names, st.integers(-24, 24))
def test_transposing_a_chord_moves_its_tones(name, semitones):
    for tones in (harmony.chord_tones, harmony.colour_tones, harmony.scale_tones):
        moved = {(tone + semitones) % 12 for tone in tones(name)}
        assert tones(harmony.transpose_chord(name, semitones)) == moved


@settings(deadline=None)
@given(names)
def test_scale_holds_chord_and_colours_lie_outside_the_chord(name):
    assert harmony.chord_tones(name) <= harmony.scale_tones(name)
    assert not harmony.colour_tones(name) & harmony.chord_tones(name)
    assert len(harmony.chord_tones(name)) >= 3


@pytest.mark.parametrize("alias, quality", sorted(harmony.ALIASES.items()))
def test_every_alias_leads_to_a_known_kind(alias, quality):
    assert harmony.parse_chord("Eb" + alias) == (3, quality)


@pytest.mark.parametrize("text", ["", "H7", "C+++", "Cx", "7", "c7", "NC"])
def test_what_is_no_chord_name_is_refused(text):
    with pytest.raises(ValueError, match="not a chord name"):
        harmony.parse_chord(text)


def test_no_chord_has_no_tones():
    assert harmony.chord_tones("NC") == harmony.scale_tones("NC") == harmony.colour_tones("NC") == frozenset()


@settings(deadline=None)
@given(st.integers(0, 11), st.sampled_from(harmony.INFERRED_QUALITIES))
def test_a_chord_played_plainly_over_its_root_is_recognised(root, quality):
    name = harmony.ROOT_NAMES[root] + quality
    weights = [1 if tone in harmony.chord_tones(name) else 0 for tone in range(12)]
    found = harmony.infer_chord(weights, bass=root)
    assert harmony.parse_chord(found)[0] == root
    assert harmony.chord_tones(found) == harmony.chord_tones(name)


def test_bars_without_harmony_keep_the_chord_before():
    notes = [Note(Fraction(8), Fraction(4), pitch) for pitch in (48, 52, 55, 58)]
    chords = harmony.infer_chords(notes, regular_bars(Fraction(16)))
    assert [chord.name for chord in chords] == ["C7"] * 4
    assert harmony.infer_chords([], regular_bars(Fraction(8))) == ()
