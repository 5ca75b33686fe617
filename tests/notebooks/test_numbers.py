"""The numbers that the notebooks' texts state are those that their code gives."""

import json
import math
import re

import numpy as np
import pytest
from sources import NOTEBOOKS

from helpers.lab.gradients import gradient_norms
from helpers.words import TEST_SENTENCES, TRAIN_SENTENCES, initialise_softmax, read_glove_vecs, read_sentences
from helpers.words.word_vectors import known_vectors

pytestmark = pytest.mark.slow

WORDS = {
    "a seventh": 1 / 7, "a quarter": 1 / 4, "a fifth": 1 / 5, "a fortieth": 1 / 40, "five hundredths": 5 / 100,
    "two fifths": 2 / 5,
}  # fmt: skip


@pytest.fixture(scope="module")
def cells():
    """{notebook: {cell id: source}}"""
    return {
        name: {cell["id"]: "".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]}
        for name, path in NOTEBOOKS.items()
    }


def stated(source, pattern):
    """Return the numbers that a text states where a pattern's groups match, written as figures or in words."""
    found = re.search(pattern.replace(" ", r"\s+"), source, re.S)
    assert found, pattern
    return [
        WORDS[" ".join(one.lower().split())] if one[0].isalpha() else float(one.replace(",", ""))
        for one in found.groups()
    ]


def close(number, claim):
    """Whether a number may be told as the claim: within a fifth."""
    return math.isclose(number, claim, rel_tol=0.2)


class TestStepByStep:
    @pytest.fixture
    def norms(self):
        from autograders.reference import Reference

        function = Reference(NOTEBOOKS["step_by_step_rnn"]).function
        return lambda cell, **options: np.median(
            gradient_norms(cell, function(f"{cell}_cell_forward"), function(f"{cell}_cell_backward"), **options), axis=1
        )

    def test_how_gradients_fade_and_grow(self, cells, norms):
        text = cells["step_by_step_rnn"]["lab-radius-read"]
        (left,) = stated(text, r"after forty steps some (\w+ \w+) are left")
        assert close((norms("rnn", start="Gaussian")[40] + norms("rnn")[40]) / 2, left)
        near, grown = stated(text, r"near (\d) again after a hundred steps.*?it has grown to about (\d+)")
        assert close(norms("rnn", radius=1.5)[100], grown)
        assert close(norms("rnn", start="Gaussian", radius=1.5)[100], near)
        assert norms("rnn", radius=0.5)[40] < 1e-10 and norms("rnn", radius=3.0)[100] > 1e6
        for bias, pattern, lag in (
            (3.0, r"With 3 (a \w+) of it is left after twenty steps", 20),
            (5.0, "with 5 only (a .*?)\\.", 20),
        ):
            assert close(norms("lstm", radius=0.5, keep=bias)[lag], *stated(text, pattern))
        for bias, claim in zip((3.0, 5.0), stated(text, r"to about (\d+) and (\d+) at lag 100"), strict=True):
            assert close(norms("lstm", radius=0.5, keep=bias)[100], claim)

    def test_saying_the_mean_has_the_error_that_the_text_says(self, cells):
        u = np.random.default_rng(1).random((2, 10**6))
        (claim,) = stated(cells["step_by_step_rnn"]["lab-memory-text"], r"1/6 = (0\.\d+)\$")
        assert np.mean((u.sum(axis=0) - 1) ** 2) == pytest.approx(claim, abs=1e-3)

    def test_what_follows_e(self, cells):
        scope = {}
        exec(cells["step_by_step_rnn"]["descent-settings"], scope)
        tune = scope["tune"]
        follow = [after for note, after in zip(tune, tune[1:], strict=False) if note == "E"]
        assert "E is followed by G twice, by a rest twice, and once by D" in cells["step_by_step_rnn"]["descent-text"]
        assert [follow.count(note) for note in ("G", ".", "D")] == [2, 2, 1] and len(follow) == 5


class TestEmojify:
    def test_costs_before_training(self, cells):
        text = cells["emojify"]["model-try-text"]
        assert stated(text, r"\\log 5 = ([\d.]+)\$")[0] == round(math.log(5), 2)

    def test_training_sentences_are_harder_for_averages(self, cells):
        shares = []
        for path in (TRAIN_SENTENCES, TEST_SENTENCES):
            X, _, _ = read_sentences(path)
            turning = re.compile(r"\b(not|no|never|nothing|but|without|than|less|hardly|cannot|nobody|instead)\b", re.I)
            shares.append(np.mean([bool(turning.search(sentence)) for sentence in X]))
        text = cells["emojify"]["confusion-text"]
        assert all(map(close, shares, stated(text, r"(A quarter) of them .*? in the test set (a seventh)")))
        weights = initialise_softmax(5, 50, np.random.default_rng(1))
        count = [sum(array.size for array in weights), len(read_sentences(TRAIN_SENTENCES)[0])]
        assert stated(text, r"(\d+) numbers cannot hold ([\d,]+) sentences") == count

    def test_the_plane_of_words(self, cells):
        source = cells["emojify"]["words-picture"]
        words = re.findall(r'"(\w+)"', source)
        vectors = np.stack(known_vectors(words, read_glove_vecs()[2]))
        variances = np.linalg.svd(vectors - vectors.mean(axis=0), compute_uv=False) ** 2
        (claim,) = stated(cells["emojify"]["words-picture-text"], r"it shows (two fifths) of the variation")
        assert close(variances[:2].sum() / variances.sum(), claim)

    @pytest.mark.parametrize(
        ("figure", "text"),
        [("padding", "pizza for everyone i love you we won the game by one"), ("emojifier_v2", "not feeling happy")],
    )
    def test_figures_show_the_indices_that_the_cells_print(self, figure, text):
        drawn = (NOTEBOOKS["emojify"].parent / "figures" / f"{figure}.svg").read_text(encoding="utf-8")
        index = read_glove_vecs()[0]
        assert all(f">{index[word]}<" in drawn for word in text.split())

    def test_the_first_lstm_has_as_many_weights_as_the_text_says(self, cells):
        (claim,) = stated(cells["emojify"]["network-try-text"], r"the ([\d,]+) numbers of the first LSTM")
        assert claim == 4 * ((50 + 128) * 128 + 128)
