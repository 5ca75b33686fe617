"""The numbers that the notebooks' texts state are those that their code gives."""

import json
import math
import re

import numpy as np
import pytest
from sources import NOTEBOOKS

from helpers.lab.gradients import gradient_norms
from helpers.lab.results import load_results, summarise
from helpers.words import TEST_SENTENCES, TRAIN_SENTENCES, initialise_softmax, read_glove_vecs, read_sentences
from helpers.words.word_vectors import known_vectors

pytestmark = pytest.mark.slow

WORDS = {
    "a seventh": 1 / 7, "a quarter": 1 / 4, "a fifth": 1 / 5, "a twentieth": 1 / 20, "a fortieth": 1 / 40,
    "nine tenths": 9 / 10, "two fifths": 2 / 5, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8,
    "thirteen": 13, "twentieth": 20, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "twelve": 12,
    "a hundred": 100,
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
        from autograders.engine.reference import Reference

        function = Reference(NOTEBOOKS["step_by_step_rnn"]).function
        return lambda cell, **options: np.median(
            gradient_norms(cell, function(f"{cell}_cell_forward"), function(f"{cell}_cell_backward"), **options), axis=1
        )

    def test_how_gradients_fade_and_grow(self, cells, norms):
        text = cells["step_by_step_rnn"]["lab-radius-read"]
        (left,) = stated(text, r"after forty steps about (a \w+) is left")
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

    def test_what_a_forget_gate_leaves(self, cells):
        gate, left, steps = stated(
            cells["step_by_step_rnn"]["section-2"],
            r"\$f\$ is ([\d.]+), (nine tenths) of an entry are left after (a hundred) steps",
        )
        assert round(gate**steps, 1) == left

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
        [
            ("padding", "pizza for everyone i love you we won the game by one"),
            ("emojifier_v2", "not feeling happy"),
            ("embedding", "a you love win"),
        ],
    )
    def test_figures_show_the_indices_that_the_cells_print(self, figure, text):
        drawn = (NOTEBOOKS["emojify"].parent / "figures" / f"{figure}.svg").read_text(encoding="utf-8")
        index = read_glove_vecs()[0]
        assert all(f">{index[word]}<" in drawn for word in text.split())

    def test_the_network_has_as_many_weights_as_the_text_says(self, cells):
        (claim,) = stated(cells["emojify"]["network-try-text"], r"the ([\d,]+) parameters of the first LSTM")
        first, second = (4 * ((read + 128) * 128 + 128) for read in (50, 128))
        assert claim == first
        (claim,) = stated(cells["emojify"]["network-why"], r"The price is ([\d,]+) weights")
        assert claim == first + second + (128 + 1) * 5


class TestJazz:
    @pytest.fixture
    def cells(self, cells):
        return cells["jazz_lstm"]

    def test_the_corpus(self, cells):
        from helpers.music.jazz import CORPUS, load_corpus, load_takes

        tunes, takes = load_corpus(CORPUS), load_takes()
        text = cells["data-text"]
        count, players = stated(text, r"There are (\w+) tunes, .*? and (\w+) players")
        assert (len(tunes), len(takes)) == (count, players * count)
        bars = {take.name.split()[0]: len(take.split_choruses()[0].bars) - 1 for take in takes}
        assert stated(text, r"progression of (\d+) bars .*? form, (\w+) bars for a blues") == [
            bars["rhythm"],
            bars["blues"],
        ]
        choruses = sum(len(song.choruses) for song in tunes)
        assert stated(cells["train-read"], r"on the (\w+) tunes alone, (\d+) choruses") == [count, choruses]
        named = re.search(r"alone: (\w+)\. The others are (.*?)\.", cells["corpus-text"]).groups()
        assert set(re.findall(r"[A-Z]\w+", " ".join(named))) == {take.name.split()[-1].capitalize() for take in takes}

    def test_the_texts_say_what_the_cells_set(self, cells):
        from helpers.lab.jazz_task import Jazz

        (T_x,), (T_y,) = stated(cells["examples"], r"T_x = (\d+)"), stated(cells["inference-try"], r"Ty=(\d+)")
        for cell, pattern in (
            ("examples-text", r"T_x = (\d+)\$ tokens"),
            ("examples-text", r"further than (\d+) steps"),
            ("section-2", r"If you call `LSTM_cell` (\w+) times"),
            ("djmodel-try-text", r"model over (\d+) steps"),
            ("lab-solo-read", r"every window had (\w+) tokens"),
        ):
            assert stated(cells[cell], pattern) == [T_x], pattern
        assert stated(cells["inference-try-text"], r"(Fifty) steps") == [T_y]
        assert stated(cells["lab-inside-text"], r"shows (fifty) tokens") == [T_y]
        (patience,) = stated(cells["train"], r"patience=(\d+)")
        assert stated(cells["train-text"], r"`patience=(\d+)` .*? has not fallen for (\w+) epochs") == [patience] * 2
        count, units, seeds, epochs = stated(
            cells["lab-next-text"], r"(Three) networks of (\d+) units, from (\w+) seeds each, for (\w+) epochs"
        )
        live = stated(cells["lab-next"], r"range\((\d)\), epochs=(\d), batch_size=(\d+), learning_rate=([\d.]+)")
        (factor,) = stated(cells["lab-next-text"], r"learning rate are (\w+) times those of the full study")
        assert live == [seeds, epochs, factor * Jazz.settings.batch_size, factor * Jazz.settings.learning_rate]
        assert cells["lab-next"].count('"') / 2 == count + 1  # and the baseline
        assert stated(cells["layers"], r"n_a = (\d+)") == [units]

    def test_the_full_study(self, cells):
        from helpers.lab.jazz_task import HELD_OUT_SHARE
        from helpers.music.jazz import load_corpus

        study = load_results("jazz").query("match == 'width'")
        runs = {name: study[study.variant == name] for name in ("SimpleRNN", "LSTM", "GRU")}
        seeds, epochs = stated(cells["lab-study-text"], r"(Five) seeds and (\w+) epochs")
        assert all(len(run) == seeds and set(run.epochs) == {epochs} for run in runs.values())
        epochs, lowest = stated(cells["lab-next-read"], r"over (\w+) epochs, the GRU and .*? near the (\w+) and rise")
        for name in ("GRU", "SimpleRNN"):
            assert close(runs[name].best_epoch.mean(), lowest) and runs[name].best_epoch.max() < epochs
        assert runs["LSTM"].best_epoch.mean() > 0.95 * epochs
        claim = cells["compare-reflection"]
        for name, pattern in (
            ("GRU", r"GRU's perplexity is ([\d.]+) \(95% interval ([\d.]+) to ([\d.]+), (\w+) seeds\)"),
            ("LSTM", r"LSTM's ([\d.]+) \(([\d.]+) to ([\d.]+)\)"),
        ):
            row = summarise(runs[name]).iloc[0]
            told = [row["mean"], row.low, row.high, row.n]
            assert [round(one, 1) for one in told][: re.compile(pattern).groups] == stated(claim, pattern)
        (trigram,) = study[study.variant == "trigram counts"].score
        assert stated(claim, r"trigram counts are at ([\d.]+),") == [round(trigram, 1)]
        choruses = sum(len(song.choruses) for song in load_corpus())
        assert stated(claim, r"(\d+) choruses are the whole test set") == [round(HELD_OUT_SHARE * choruses)]

    @pytest.mark.long
    def test_tunes_alone_are_learnt_by_heart(self, cells):
        """The cells of the notebook, with the tunes for a corpus and without early stopping."""
        from autograders.engine.reference import Reference
        from helpers.music import jazz
        from helpers.music.training import train_djmodel
        from helpers.quiet_keras import keras

        songs = jazz.load_corpus(jazz.CORPUS)
        kept, held_out = jazz.hold_out(songs, share=0.1, rng=np.random.default_rng(2))
        values = jazz.build_vocabulary(songs)
        X, Y, n_values, *_ = jazz.load_music_utils(kept, stride=jazz.T_X, indices_values=values)
        other = jazz.load_music_utils(held_out, stride=jazz.T_X, indices_values=values)[:2]
        keras.utils.set_random_seed(1)
        cell, densor = keras.layers.LSTM(64, return_state=True), keras.layers.Dense(n_values, activation="softmax")
        model = Reference(NOTEBOOKS["jazz_lstm"]).function("djmodel")(
            30, cell, densor, keras.layers.Reshape((1, n_values))
        )
        history = train_djmodel(model, X, Y, 100, held_out=other, rng=np.random.default_rng(3), live=False)
        lowest, epoch, end, own = stated(
            cells["train-read"],
            r"about (\d+), around epoch (\d+)\. At the end it was above (\d+), .*? own choruses it was ([\d.]+):",
        )
        best = min(history.held_out, key=history.held_out.get)
        assert close(history.held_out[best], lowest) and close(best, epoch)
        assert history.held_out[100] > end and close(history.perplexity[-1], own)
