"""The pictures of the music: they show every note, and cover bar lines, triplets and odd meters."""

import re
from fractions import Fraction

import matplotlib
import pytest

from helpers import jazz, midi, score
from helpers.notes import Note, chords_per_bar

matplotlib.use("Agg")


@pytest.fixture(scope="module")
def chorus():
    return midi.read_midi(jazz.CORPUS / "blues_f_forget_gate.mid").split_choruses()[0]


def test_sheet_music_shows_every_note_bar_and_chord(chorus):
    svg = score.song_sheet(chorus)
    assert svg.lstrip().startswith("<svg")
    heads = len(re.findall(r'class="notehead"', svg))
    tied = len(re.findall(r'class="tie"', svg))
    assert heads - tied == len(chorus.melody)
    assert len(re.findall(r'class="measure"', svg)) == len(chorus.bars) - 1
    assert len(re.findall(r'class="harm"', svg)) == len(chorus.chords)


def test_odd_meters_and_all_kinds_of_chord_are_engraved():
    from helpers.harmony import QUALITIES

    bars = (Fraction(0), Fraction(3), Fraction(13, 2))
    notes = [
        Note(Fraction(0), Fraction(1, 3), 60),
        Note(Fraction(1, 3), Fraction(2, 3), 63),
        Note(Fraction(3, 2), Fraction(4), 71),
    ]
    chords = chords_per_bar(["C7", "NC"], Fraction(3))
    assert "<svg" in score.sheet_music(notes, chords, "odd", bars, 90)
    many = chords_per_bar(["Eb" + quality for quality in QUALITIES])
    assert score.sheet_music(notes, many).count('class="harm"') == len(QUALITIES)


def test_spelling_follows_the_chord_and_the_key():
    assert score.spell(61, "A7", 0).startswith("C#")
    assert score.spell(61, "Db7", 0).startswith("D-")
    assert score.spell(71, "Abm", 0) == "C-5"
    assert score.spell(60, "NC", 0) == "C4"
    scale = [Note(Fraction(i), Fraction(1), pitch) for i, pitch in enumerate((62, 64, 66, 67, 69, 71, 73))]
    assert score.key_signature(scale) == 2


def test_piano_roll_draws_one_bar_for_each_note(chorus):
    axes = score.piano_roll(chorus.melody, chorus.chords, chorus.bars, "title")
    assert len(axes.patches) == len(chorus.melody)
    assert axes.get_xlim() == (0, 48)
    matplotlib.pyplot.close(axes.figure)


def test_svg_is_saved_as_utf8(tmp_path):
    path = score.save_svg(tmp_path / "a.svg", "<svg>♭</svg>")
    assert path.read_text(encoding="utf-8") == "<svg>♭</svg>"


def test_nothing_to_show_is_said():
    with pytest.raises(ValueError, match="no notes"):
        score.sheet_music([], ())
    with pytest.raises(ValueError, match="no notes"):
        score.piano_roll([], ())
