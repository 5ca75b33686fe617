"""The pictures of the music: they show every note, and cover bar lines, triplets and odd meters."""

import itertools
import re
from fractions import Fraction
from xml.etree import ElementTree

import matplotlib
import pytest

from helpers.music import engraving, jazz, midi
from helpers.music.notes import Note, Song, chords_per_bar, regular_bars

matplotlib.use("Agg")


def song(notes, chords=(), bars=None):
    bars = bars or regular_bars(max((item.end for item in (*notes, *chords)), default=4))
    return Song("a tune", tuple(notes), chords, bars, bars[:1], 90.0)


@pytest.fixture(scope="module")
def chorus():
    return midi.read_midi(jazz.CORPUS / "blues_f_forget_gate.mid").split_choruses()[0]


def test_sheet_music_shows_every_note_bar_and_chord(chorus):
    svg = engraving.song_sheet(chorus)
    assert svg.lstrip().startswith("<svg")
    heads = len(re.findall(r'class="notehead"', svg))
    tied = len(re.findall(r'class="tie"', svg))
    assert heads - tied == len(chorus.melody)
    assert len(re.findall(r'class="measure"', svg)) == len(chorus.bars) - 1
    assert len(re.findall(r'class="harm"', svg)) == len(chorus.chords)


def test_odd_meters_and_all_kinds_of_chord_are_engraved():
    from helpers.music.harmony import QUALITIES

    bars = (Fraction(0), Fraction(3), Fraction(13, 2))
    notes = [
        Note(Fraction(0), Fraction(1, 3), 60),
        Note(Fraction(1, 3), Fraction(2, 3), 63),
        Note(Fraction(3, 2), Fraction(4), 71),
    ]
    chords = chords_per_bar(["C7", "NC"], Fraction(3))
    assert "<svg" in engraving.song_sheet(song(notes, chords, bars))
    many = chords_per_bar(["Eb" + quality for quality in QUALITIES])
    assert engraving.song_sheet(song(notes, many)).count('class="harm"') == len(QUALITIES)


def test_spelling_follows_the_chord_and_the_key():
    assert engraving.spell(61, "A7", 0).startswith("C#")
    assert engraving.spell(61, "Db7", 0).startswith("D-")
    assert engraving.spell(71, "Abm", 0) == "C-5"
    assert engraving.spell(60, "NC", 0) == "C4"
    scale = [Note(Fraction(i), Fraction(1), pitch) for i, pitch in enumerate((62, 64, 66, 67, 69, 71, 73))]
    assert engraving.key_signature(scale) == 2


SHARPS = {"C": 0, "F": -1, "B-": -2, "E-": -3, "A-": -4, "D": 2, "G": 1, "E": 4}


@pytest.mark.parametrize("key", SHARPS)
def test_a_blues_has_the_signature_of_its_key(key):
    """Whatever its melody plays: most of the blues scale, like the sevenths below it, lies outside the key."""
    from music21 import pitch

    from helpers.music.harmony import transpose_chord

    tonic = pitch.Pitch(key).pitchClass
    form = ["C7", "F7", "C7", "C7", "F7", "F7", "C7", "A7", "Dm7", "G7", "C7", "G7"]
    chords = chords_per_bar([transpose_chord(name, tonic) for name in form])
    steps = (0, 3, 5, 6, 7, 10) * 8
    melody = [Note(Fraction(i), Fraction(1), 60 + tonic + step) for i, step in enumerate(steps)]
    assert engraving.key_signature(melody, chords) == SHARPS[key]


def test_every_chorus_of_the_corpus_has_the_signature_of_its_key():
    keys = {"c": 0, "f": -1, "bb": -2, "eb": -3, "ab": -4, "d": 2, "g": 1}
    for song in map(midi.read_midi, sorted(jazz.CORPUS.glob("*.mid"))):  # the takes are in all keys
        key = next(word for word in song.name.split("_") if word in keys)
        flatter = 3 if "minor" in song.name else 2 if "modal" in song.name else 0  # minor, Dorian
        for chorus in song.split_choruses():
            assert engraving.key_signature(chorus.melody, chorus.chords) == keys[key] - flatter, chorus.name


def test_without_harmony_the_melody_makes_the_signature():
    scale = [Note(Fraction(i), Fraction(1), pitch) for i, pitch in enumerate((62, 64, 66, 67, 69, 71, 73))]
    assert engraving.key_signature(scale, chords_per_bar(["NC", "NC"])) == 2


def test_an_approach_tone_stands_a_letter_away_from_its_target():
    """From below it is the letter below, from above the letter above: C sharp or E flat to D, B flat to C flat."""
    from music21 import pitch

    from helpers.music.grammar import APPROACH, kind_of
    from helpers.music.harmony import chord_tones

    tried = 0
    for chord in ("C", "F6", "Bb", "Ebmaj7", "G", "Dm", "A6", "E", "Abm", "Dbm", "Gb7", "C#7", "F#m"):
        for target in (p for p in range(60, 72) if p % 12 in chord_tones(chord)):
            for step, signature in itertools.product((-1, 1), (-3, 0, 3)):
                melody = [Note(Fraction(0), Fraction(1), target + step), Note(Fraction(1), Fraction(1), target)]
                names = engraving.spell_melody(melody, chords_per_bar([chord]), signature)
                before, after = map(pitch.Pitch, names)
                assert (before.ps, after.ps) == (target + step, target)
                approach = kind_of(target + step, chord, target, chord) == APPROACH
                if approach and before.alter:  # a white key keeps its plain name, as B to B flat
                    assert before.diatonicNoteNum - after.diatonicNoteNum == step, (chord, names)
                    tried += 1
    assert tried > 30


def test_sharp_chords_are_spelled_sharp():
    assert engraving.spell(66, "F#m7", 2) == "F#4" and engraving.spell(73, "F#m7", -1) == "C#5"
    assert engraving.spell(66, "Gbmaj7", 2) == "G-4"
    svg = engraving.song_sheet(song([Note(Fraction(0), Fraction(4), 61)], chords_per_bar(["F#m7"])))
    printed = "".join(re.findall(r">([^<>\s]+)<", re.search(r'class="harm".*?</text>', svg, re.DOTALL)[0]))
    assert printed[0] == "F" and printed.endswith("m7")


def test_sheet_music_is_black_on_white_in_any_theme(chorus):
    """The first thing drawn is paper over the whole picture; nothing is drawn in the colour of the page around."""
    root = ElementTree.fromstring(engraving.song_sheet(chorus))
    drawn = [element for element in root if element.tag.split("}")[1] not in ("title", "desc", "defs", "style")]
    paper, page = drawn[0], drawn[1]
    assert paper.tag.endswith("rect") and paper.get("fill") == "white" and paper.get("x") is None
    assert paper.get("width") == paper.get("height") == "100%"
    assert page.get("color") == "black"


def test_piano_roll_draws_one_bar_for_each_note(chorus):
    ax = engraving.piano_roll(chorus)
    assert len(ax.patches) == len(chorus.melody)
    assert ax.get_xlim() == (0, 48)
    assert ax.get_title() == chorus.name
    matplotlib.pyplot.close(ax.figure)


def test_nothing_to_show_is_said():
    for show in (engraving.song_sheet, engraving.piano_roll):
        with pytest.raises(ValueError, match="a tune: expected notes to .*, got none"):
            show(song([]))
