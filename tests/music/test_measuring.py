"""The measures: known values on made-up music, and the right order on the corpus."""

from collections import Counter
from fractions import Fraction

import matplotlib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.music import jazz, measuring
from helpers.music.notes import Note, Song, chords_per_bar, regular_bars

matplotlib.use("Agg")
histograms = st.dictionaries(st.integers(0, 11), st.integers(1, 50), min_size=1).map(Counter)


def song(pitches, sheet, duration=Fraction(1)):
    notes = tuple(Note(i * duration, duration, pitch) for i, pitch in enumerate(pitches))
    return Song("made up", notes, chords_per_bar(sheet), regular_bars(Fraction(4 * len(sheet))), (Fraction(0),), 120.0)


def test_strong_beats_and_scale():
    assert measuring.chord_tone_rate([song([60, 61, 64, 61], ["C"])]) == 1
    assert measuring.chord_tone_rate([song([61, 60, 64, 60], ["C"])]) == 0.5
    assert measuring.scale_consistency([song([60, 61, 64, 61], ["C"])]) == 0.5
    assert measuring.chord_tone_rate([]) == measuring.scale_consistency([]) == 0


def test_repetition_counts_equal_bars_and_equal_rhythms():
    tune = song([60, 62, 64, 65] * 2 + [72, 71, 69, 67], ["C"] * 3)
    assert measuring.repetition([tune]) == pytest.approx(1 / 3)
    assert measuring.repetition([tune], pitches=False) == pytest.approx(2 / 3)


def test_copying_is_heard_in_every_key_and_in_no_other_tune():
    rng = np.random.default_rng(0)
    tune = song(rng.integers(50, 80, 16), ["C"] * 4)
    higher = song([note.pitch + 5 for note in tune.melody], ["F"] * 4)
    other = song(rng.integers(50, 80, 16), ["C"] * 4)
    assert measuring.copied([higher], [tune]) == 1
    assert measuring.copied([other], [tune]) == 0
    assert measuring.copied_within([tune, higher, other]) == pytest.approx(2 / 3)
    assert measuring.copied([song([60], ["C"])], [tune]) == 0


@given(histograms, histograms)
def test_overlap_is_symmetric_and_one_only_for_equal_shapes(one, two):
    value = measuring.overlap(one, two)
    assert 0 <= value <= 1 + 1e-12 and value == pytest.approx(measuring.overlap(two, one))
    assert measuring.overlap(one, one) == pytest.approx(1)
    assert measuring.overlap(one, Counter({key: 3 * count for key, count in one.items()})) == pytest.approx(1)
    assert measuring.overlap(one, Counter()) == 0


@pytest.mark.slow
def test_random_notes_score_worse_than_the_corpus():
    corpus = jazz.load_corpus()
    table = measuring.compare_with_corpus(corpus[:4], corpus[4:], np.random.default_rng(0))
    assert list(table.index) == list(measuring.MEASURES) and list(table.columns) == ["corpus", "generated", "random"]
    for measure in list(measuring.MEASURES)[:5]:
        nearer = abs(table.loc[measure, "generated"] - table.loc[measure, "corpus"])
        assert nearer < abs(table.loc[measure, "random"] - table.loc[measure, "corpus"]), measure
    axes = measuring.plot_comparison(table)
    assert len(axes.patches) == 3 * len(table)
    matplotlib.pyplot.close(axes.figure)
