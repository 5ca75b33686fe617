"""Chord names, chord tones and chords inferred from notes."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.music import harmony
from helpers.music.notes import Note, chords_per_bar, regular_bars

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


SPELLINGS = {
    "": ["maj", "ma", "M", "add9", "(add9)", "majadd9"],
    "m": ["-", "min", "mi", "madd9", "m(add9)"],
    "6": ["69", "6/9", "6add9", "maj6", "69#11"],
    "m6": ["-6", "min6", "m69", "m6/9", "-69"],
    "maj7": ["j7", "M7", "ma7", "Δ7", "maj9", "maj13", "maj7#11", "maj9(#11)", "j7911#"],
    "m7": ["-7", "min7", "mi7", "m9", "m11", "m13", "-7911"],
    "7": ["9", "13", "11", "7#11", "13#11", "13♯11", "9(13)", "7911#", "7913"],
    "7b9": ["7(b9)", "13b9", "7b9b13", "7♭9", "7(b9,13)"],
    "7#9": ["7(#9)", "7#9b13"],
    "+7": ["7#5", "9#5", "aug7"],
    "m7b5": ["-7b5", "min7b5", "m9b5", "m11b5", "ø"],
    "sus2": ["sus2"],
}


@pytest.mark.parametrize("quality, text", [(quality, text) for quality in SPELLINGS for text in SPELLINGS[quality]])
def test_what_lead_sheets_write_leads_to_its_kind(quality, text):
    assert harmony.parse_chord("F#" + text) == (6, quality)
    assert harmony.parse_chord(f"F#{text}/C#") == (6, quality)
    assert harmony.root_name("F♯" + text) == "F#"


def test_a_second_in_place_of_the_third():
    assert harmony.chord_tones("Csus2") == {0, 2, 7}


@pytest.mark.parametrize("text", ["N.C.", "NC", "n.c.", " NC "])
def test_no_chord_is_written_in_several_ways(text):
    assert harmony.is_chord_name(text)
    assert [chord.name for chord in chords_per_bar([text.strip()])] == ["NC"]


def test_the_repeat_sign_stands_for_the_bar_or_the_name_before():
    plain = chords_per_bar(["Dm7 G7", "Dm7 G7", "Dm7 G7", "C C"])
    assert chords_per_bar(["Dm7 G7", "%", "%", "C %"]) == plain
    for sheet in (["%"], ["C", "% G7"], ["% C"]):
        with pytest.raises(ValueError, match="bar .: expected a chord name before the first '%'"):
            chords_per_bar(sheet)


@pytest.mark.parametrize(
    "text", ["C5", "C77", "Cadd", "Cmaj7maj7", "C#9#", "Csus3", "%", "", "H7", "C+++", "Cx", "7", "c7", "NC"]
)
def test_what_is_no_chord_name_is_refused(text):
    with pytest.raises(ValueError, match="expected a chord name .*, got "):
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
