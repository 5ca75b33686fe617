"""What a learner who is stuck goes on with: weights into their own layers, and recorded phrases."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
from notebook_jazz import djmodel, layers, predict_and_sample  # noqa: E402

from helpers.music import jazz  # noqa: E402
from helpers.music.notes import chords_per_bar  # noqa: E402
from helpers.music.recorded import RecordedModel, set_recorded_weights  # noqa: E402
from helpers.music.training import perplexity  # noqa: E402

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def songs():
    return jazz.load_corpus()


@pytest.fixture(scope="module")
def values(songs):
    return jazz.build_vocabulary(songs)


@pytest.mark.parametrize("built", [False, True])
def test_recorded_weights_predict_choruses_that_were_held_out(songs, values, built):
    _, held_out = jazz.hold_out(songs, share=0.1, rng=np.random.default_rng(2))
    X, Y, n_values, *_ = jazz.load_music_utils(held_out, indices_values=values, stride=jazz.T_X)
    cell, densor, reshaper = layers(n_values)
    if built:
        djmodel(1, cell, densor, reshaper)
    set_recorded_weights(cell, densor, values)
    assert perplexity(djmodel(jazz.T_X, cell, densor, reshaper), X, Y) < 15


def test_recorded_phrases_play_through_an_own_sampler_or_the_recorded_one(values):
    model = RecordedModel(values)
    start = jazz.initializers([0], len(values), 64, np.random.default_rng(0))
    mine, recorded = predict_and_sample(model, *start), RecordedModel(values).sample(None, *start)
    for one, other in zip(mine, recorded, strict=True):
        np.testing.assert_array_equal(one, other)
    assert mine[1].shape == (50, 1) and mine[0].shape == (50, len(values))
    assert not np.array_equal(np.argmax(model.predict(start, verbose=0), axis=-1), mine[1])  # the next phrase
    chords = chords_per_bar(["Dm7", "G7", "Cmaj7", "Cmaj7"])
    for sampler in (predict_and_sample, model.sample):
        solo = jazz.improvise(sampler, model, values, chords, np.random.default_rng(0))
        assert len(solo.melody) > 8


def test_other_sizes_and_vocabularies_are_refused(values):
    cell, densor, _ = layers(len(values), n_a=32)
    with pytest.raises(ValueError, match="expected an LSTM of 64 units and a Dense layer of 344, got 32 and 344"):
        set_recorded_weights(cell, densor, values)
    with pytest.raises(
        ValueError, match="expected the vocabulary of the course's corpus, 344 tokens, got another .* 1;"
    ):
        RecordedModel({0: "C 1 +1..+2"})
