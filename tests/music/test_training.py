"""Training through the fused graph: the same function, the same weights, and refusals in plain words."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from notebook_jazz import djmodel, layers, music_inference_model, predict_and_sample  # noqa: E402

from helpers.music import (
    jazz,
    training,  # noqa: E402
)
from helpers.music.notes import chords_per_bar  # noqa: E402

pytestmark = pytest.mark.slow

T_X, N_VALUES, N_A = 4, 6, 5


def data(m=24, T_x=T_X, n_values=N_VALUES, seed=0):
    """Sequences that count up from a random start: easy to learn."""
    starts = np.random.default_rng(seed).integers(n_values, size=(m, 1))
    tokens = (starts + np.arange(T_x + 1)) % n_values
    one_hot = np.eye(n_values, dtype=np.float32)[tokens]
    return one_hot[:, :-1], one_hot[:, 1:].transpose(1, 0, 2)


@pytest.fixture
def parts():
    import keras

    keras.utils.set_random_seed(1)
    return layers(N_VALUES, N_A)


@pytest.mark.parametrize("T_x", [1, 2, 4])
def test_fused_graph_computes_the_same(parts, T_x):
    model = djmodel(T_x, *parts)
    assert training.check_equal(model, training.fuse(model)) < training.TOLERANCE


def test_training_the_fused_graph_trains_the_learners_layers(parts):
    cell, densor, reshaper = parts
    model = djmodel(T_X, cell, densor, reshaper)
    X, Y = data()
    before = [weights.copy() for weights in model.get_weights()]
    history = training.train_djmodel(
        model, X, Y, epochs=60, held_out=data(6, seed=1), batch_size=8, rng=np.random.default_rng(0)
    )
    assert any((a != b).any() for a, b in zip(before, model.get_weights(), strict=True))
    assert len(history.loss) == 60 and history.loss[-1] < history.loss[0] / 2
    assert history.perplexity[-1] == pytest.approx(np.exp(history.loss[-1] / T_X))
    assert history.loss_per_token[-1] == pytest.approx(history.loss[-1] / T_X)
    assert max(history.held_out) == 60
    # what the learner's own model says agrees with what was reported for the fused one
    assert training.perplexity(model, *data(6, seed=1)) == pytest.approx(history.held_out[60], rel=1e-3)
    assert "perplexity" in str(history)


@pytest.mark.long
def test_same_loss_as_the_plain_loop(parts):
    import keras

    X, Y = data()
    model = djmodel(T_X, *parts)
    start = model.get_weights()
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=["categorical_crossentropy"] * T_X)
    zeros = np.zeros((len(X), N_A), dtype=np.float32)
    plain = model.fit([X, zeros, zeros], list(Y), epochs=5, batch_size=len(X), verbose=0).history["loss"]
    model.set_weights(start)
    history = training.train_djmodel(model, X, Y, epochs=5, batch_size=len(X), learning_rate=0.01)
    assert history.loss == pytest.approx(plain, rel=1e-4)


def test_early_stopping_sets_back_the_weights_of_the_lowest_held_out_perplexity(parts):
    model = djmodel(T_X, *parts)
    held_out = data(6, seed=1)
    noise = np.eye(held_out[0].shape[-1], dtype=np.float32)[
        np.random.default_rng(1).integers(held_out[0].shape[-1], size=(T_X, 6))
    ]
    history = training.train_djmodel(model, *data(), epochs=60, held_out=(held_out[0], noise), patience=3)
    best = min(history.held_out, key=history.held_out.get)
    assert len(history.loss) == max(history.held_out) == best + 3 < 60
    assert training.perplexity(model, held_out[0], noise) == pytest.approx(history.held_out[best], rel=1e-3)
    with pytest.raises(ValueError, match="patience: expected at least 1 epoch, and held-out examples"):
        training.train_djmodel(model, *data(), epochs=2, patience=3)


def test_training_is_repeatable(parts):
    X, Y = data()
    model = djmodel(T_X, *parts)
    start = model.get_weights()
    losses = []
    for _ in range(2):
        model.set_weights(start)
        losses.append(training.train_djmodel(model, X, Y, epochs=3, batch_size=8, rng=np.random.default_rng(4)).loss)
    assert losses[0] == losses[1]


def test_gru_trains_too():
    import keras

    cell, densor, reshaper = layers(N_VALUES, N_A, kind="GRU")
    X_in, a0 = keras.Input((T_X, N_VALUES)), keras.Input((N_A,))
    a, outputs = a0, []
    for t in range(T_X):
        a, _ = cell(reshaper(X_in[:, t, :]), initial_state=a)
        outputs.append(densor(a))
    history = training.train_djmodel(keras.Model([X_in, a0], outputs), *data(), epochs=2)
    assert len(history.loss) == 2


def wrong_model(parts, mistake):
    """A loop with one of the mistakes that learners make."""
    import keras

    cell, densor, reshaper = parts
    X, a0, c0 = keras.Input((T_X, N_VALUES)), keras.Input((N_A,)), keras.Input((N_A,))
    a, c, outputs = a0, c0, []
    for t in range(T_X):
        step = T_X - 1 if mistake == "last slice" else t
        initial = [a0, c0] if mistake == "state not passed on" else [a, c]
        used = keras.layers.LSTM(N_A, return_state=True) if mistake == "new cell each step" else cell
        a, _, c = used(reshaper(X[:, step, :]), initial_state=initial)
        outputs.append(densor(c if mistake == "output from c" else a))
    return keras.Model([X, a0, c0], outputs[:-1] if mistake == "one output short" else outputs)


@pytest.mark.parametrize(
    "mistake, message",
    [
        ("last slice", r"got a difference of up to .*t = 0.*slice"),
        ("state not passed on", r"got a difference of up to .*t = 1"),
        ("output from c", r"got a difference of up to .*t = 0"),
        ("new cell each step", "expected one recurrent and one Dense layer, got 4 and 1"),
        ("one output short", "expected a list of T_x = 4 outputs, .*, got 3"),
    ],
)
def test_a_wrong_loop_is_refused_with_the_difference(parts, mistake, message):
    with pytest.raises(ValueError, match=message):
        training.train_djmodel(wrong_model(parts, mistake), *data(), epochs=1)


def test_wrong_shapes_are_refused(parts):
    model = djmodel(T_X, *parts)
    X, Y = data()
    with pytest.raises(ValueError, match=r"^X and Y: expected the shapes"):
        training.train_djmodel(model, X, Y.transpose(1, 0, 2), epochs=1)
    with pytest.raises(ValueError, match="^the held-out X and Y: expected the shapes"):
        training.train_djmodel(model, X, Y, epochs=1, held_out=(X[:, :2], Y))
    with pytest.raises(ValueError, match="at least 1 epoch, got 0"):
        training.train_djmodel(model, X, Y, epochs=0)


def test_quiet_outside_notebooks(parts, capsys):
    training.train_djmodel(djmodel(T_X, *parts), *data(), epochs=1)
    captured = capsys.readouterr()
    assert captured.out == "" and "epoch" not in captured.err


def test_live_curve_and_line(parts, monkeypatch):
    import matplotlib

    matplotlib.use("Agg")
    shown = []
    monkeypatch.setattr(training.Progress, "update", lambda self, text: shown.append(text))
    history = training.train_djmodel(djmodel(T_X, *parts), *data(), epochs=2, held_out=data(6), live=True)
    assert len(shown) == 2 and all("perplexity" in text for text in shown)
    axes = training.plot_history(history)
    assert len(axes.lines) == 2
    matplotlib.pyplot.close(axes.figure)


@pytest.mark.long
def test_a_model_trained_on_the_corpus_improvises_over_any_chords():
    X, Y, n_values, values, _ = jazz.load_music_utils(jazz.CORPUS)  # the tunes without the takes
    cell, densor, reshaper = layers(n_values)
    model = djmodel(X.shape[1], cell, densor, reshaper)
    history = training.train_djmodel(model, X, Y, epochs=10, rng=np.random.default_rng(0))
    assert history.perplexity[-1] < history.perplexity[0] / 2
    inference = music_inference_model(cell, densor, Ty=30)
    chords = chords_per_bar(["Am7b5 D7b9", "Gm6"] * 4)
    songs = [
        jazz.improvise(predict_and_sample, inference, values, chords, np.random.default_rng(seed)) for seed in (0, 1, 0)
    ]
    assert len(songs[0].melody) > 8 and songs[0].melody != songs[1].melody
    assert songs[0] == songs[2]
