"""Comparing networks: one row a network, the same again from the same seed, nothing lost when interrupted."""

import json

import numpy as np
import pytest

from helpers.lab import compare, curves, experiment, tasks, training
from helpers.lab.settings import Settings

pytestmark = pytest.mark.slow

TINY = Settings(width=3, epochs=2, batch_size=4, learning_rate=0.01)
TIMES = {"seconds", "seconds_per_epoch"}


@pytest.fixture(scope="module")
def task():
    """The adding problem in very small."""
    made = tasks.adding(4)
    made.updates, made.level, made.solved = 3, 0.0, None
    return made


def frame_of(task, names=("SimpleRNN", "GRU"), seeds=(0, 1), **options):
    return compare(list(names), task, seeds, **({"settings": TINY, "progress": False} | options))


def untimed(record):
    return {name: value for name, value in record.items() if name not in TIMES}


def test_a_row_for_each_network_with_its_curves(task):
    frame = frame_of(task, ["SimpleRNN", "LSTM", "baseline"])
    assert frame[["variant", "seed"]].to_numpy().tolist() == [
        *(["SimpleRNN", 0], ["SimpleRNN", 1], ["LSTM", 0], ["LSTM", 1], ["mean", 0])
    ]
    assert (frame["metric"] == "mean squared error").all() and (frame["lag"] == 4).all()
    assert frame["width"].tolist() == [3, 3, 3, 3, 0] and frame["parameters"].tolist() == [22, 22, 76, 76, 0]
    assert frame["scores"].map(len).tolist() == frame["losses"].map(len).tolist() == [2, 2, 2, 2, 0]
    assert np.isfinite(frame["score"]).all() and frame["order"].isna().all()
    long = curves(frame)
    assert len(long) == 8 and long["epoch"].tolist() == [1, 2] * 4
    assert long["score"].tolist() == [score for scores in frame["scores"] for score in scores]


@pytest.mark.long
def test_equal_parameters_means_another_width(task):
    frame = frame_of(task, ["SimpleRNN", "LSTM", "GRU"], [0], match="parameters", width=8)
    assert frame["width"].tolist() == [17, 8, 9] and frame["parameters"].tolist() == [358, 361, 361]
    assert (frame["match"] == "parameters").all()


@pytest.mark.long
def test_the_same_seed_gives_the_same_network_whatever_ran_before(task):
    settings = TINY.changed(dropout=0.5)
    first = training.run(task, "LSTM", settings, seed=5)
    training.run(task, "LSTM", settings, seed=6)
    assert untimed(training.run(task, "LSTM", settings, seed=5)) == untimed(first)
    training._compiled.cache_clear()
    assert untimed(training.run(task, "LSTM", settings, seed=5)) == untimed(first)
    assert training.run(task, "LSTM", settings, seed=7)["score"] != first["score"]


def test_training_does_what_keras_does(task):
    """The compiled loop against Keras' own `train_on_batch`."""
    import keras

    network = training._compiled(task, "GRU", TINY)
    network.restart(3)
    model = keras.models.clone_model(network.model)
    model.set_weights(network.model.get_weights())
    model.compile(TINY.make_optimiser(task.updates), "mse", jit_compile=False)
    X, Y = task.epoch(np.random.default_rng(0), TINY.batch_size)
    loss = network.update(*(training._batches(values, TINY.batch_size) for values in (X, Y)))
    losses = []
    for first in range(0, len(X), TINY.batch_size):
        model.reset_metrics()
        batch = slice(first, first + TINY.batch_size)
        losses.append(model.train_on_batch(X[batch], Y[batch, None]))
    for ours, theirs in zip(network.model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    assert np.isclose(float(loss), np.mean(losses), atol=1e-5)


def test_the_weights_of_the_best_epoch_are_tested(task, monkeypatch):
    scores = iter([0.5, 0.1, 0.3, 0.1, 0.4, 9.0])  # validation by epoch, then the test
    weights = []

    def score(outputs, Y):
        weights.append(np.array(outputs))
        return next(scores)

    monkeypatch.setattr(task, "score", score, raising=False)
    monkeypatch.setattr(task, "test", task.validation)
    record = training.run(task, "SimpleRNN", TINY.changed(epochs=5), seed=0, level=0.2)
    assert record["best_epoch"] == 4 and record["epochs_to_level"] == 2 and record["score"] == 9.0
    np.testing.assert_allclose(weights[-1], weights[3], rtol=1e-6)


def test_a_solved_task_ends_early(task, monkeypatch):
    monkeypatch.setattr(task, "solved", 100.0)
    assert training.run(task, "SimpleRNN", TINY.changed(epochs=9), seed=0)["epochs"] == training.SOLVED_EPOCHS


def test_a_loss_that_is_no_number_ends_the_run_not_the_comparison(task, monkeypatch):
    monkeypatch.setattr(task, "draw", lambda rng, m, training: (np.full((m, 4, 2), np.nan, "f"), np.ones(m, "f")))
    frame = frame_of(task, ["SimpleRNN"], [0])
    assert frame["epochs"].tolist() == [1] and frame["scores"].tolist() == [[]]
    assert frame["epochs_to_level"].isna().all()


def test_what_is_in_the_store_is_not_done_again(task, tmp_path, monkeypatch):
    path = tmp_path / "new" / "runs.jsonl"
    first = frame_of(task, store=path)
    before = path.read_text(encoding="utf-8")
    assert len(before.splitlines()) == 1 + len(first)
    calls = []
    monkeypatch.setattr(experiment, "execute", lambda task, one, *more: calls.append(one) or {})
    again = frame_of(task, store=path)
    assert not calls
    assert again.drop(columns=["losses", "scores"]).equals(first.drop(columns=["losses", "scores"]))
    assert path.read_text(encoding="utf-8").splitlines()[1:] == before.splitlines()[1:]


def test_other_settings_are_other_runs(task, tmp_path):
    path = tmp_path / "runs.jsonl"
    frame_of(task, ["SimpleRNN"], [0], store=path)
    frame_of(task, ["SimpleRNN"], [0], store=path, epochs=1)
    frame_of(task, ["SimpleRNN"], [1], store=path)
    assert len(path.read_text(encoding="utf-8").splitlines()) == 1 + 3


def test_a_kept_run_is_measured_by_the_level_that_is_asked_for(task, tmp_path):
    path = tmp_path / "runs.jsonl"
    assert frame_of(task, ["SimpleRNN"], [0], store=path)["epochs_to_level"].isna().all()
    assert frame_of(task, ["SimpleRNN"], [0], store=path, level=100.0)["epochs_to_level"].tolist() == [1]


def test_an_interruption_keeps_what_is_done_and_the_same_call_goes_on(task, tmp_path, monkeypatch, capsys):
    path = tmp_path / "runs.jsonl"
    whole = frame_of(task)
    done = []

    def interrupted(task, one, *more):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(one)
        return whole_run(task, one, *more)

    whole_run = experiment.execute
    monkeypatch.setattr(experiment, "execute", interrupted)
    part = frame_of(task, store=path)
    assert len(part) == 2 and "2 of 4 networks are done and kept" in "".join(capsys.readouterr())
    monkeypatch.setattr(experiment, "execute", whole_run)
    rest = frame_of(task, store=path)
    assert rest["score"].tolist() == whole["score"].tolist()


def test_an_interruption_before_anything_is_done_is_passed_on(task, monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(experiment, "execute", interrupted)
    with pytest.raises(KeyboardInterrupt):
        frame_of(task)


@pytest.mark.parametrize(
    "options, words",
    [
        ({"names": ["RNN"]}, "got 'RNN'"),
        ({"names": []}, "names: expected some of SimpleRNN"),
        ({"seeds": []}, "seeds: expected at least one whole number, such as seeds=range(3), got none"),
        ({"seeds": 3}, "seeds: expected the seeds themselves, such as range(3), got the number 3"),
        ({"widht": 3}, "expected settings among width"),
        ({"widht": 3}, "got widht"),
        ({"seeds": [1, 1]}, "expected different whole numbers"),
        ({"seeds": [-1]}, "whole numbers from 0"),
        ({"seeds": [0.5]}, "whole numbers from 0"),
        ({"match": "speed"}, "match: expected 'width' or 'parameters', got 'speed'"),
        ({"width": 0}, "width: expected at least 1, got 0"),
    ],
)
def test_an_impossible_comparison_is_refused_before_anything_is_trained(task, options, words, monkeypatch):
    monkeypatch.setattr(experiment, "execute", lambda *arguments: pytest.fail("trained"))
    with pytest.raises(ValueError) as caught:
        frame_of(task, **options)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "task, words", [("chess", "among emoji, jazz, adding, copy, got 'chess'"), (100, "such as tasks.adding")]
)
def test_an_unknown_task_is_refused_with_those_there_are(task, words):
    with pytest.raises(ValueError, match=words):
        compare(["LSTM"], task, [0])


def test_seeds_may_come_from_numpy_and_are_written_as_plain_numbers(task, tmp_path):
    path = tmp_path / "runs.jsonl"
    frame_of(task, ["SimpleRNN"], np.arange(1), store=path)
    assert json.loads(path.read_text(encoding="utf-8").splitlines()[1])["seed"] == 0


@pytest.mark.long
def test_gated_networks_solve_adding_where_the_simple_one_stays_at_the_mean():
    """The study's first result in small: lag 100, one seed, enough epochs for the GRU."""
    task = tasks.adding(100)
    frame = compare(["SimpleRNN", "GRU"], task, [0], epochs=15, progress=False).set_index("variant")
    assert frame.loc["GRU", "score"] < 0.01 < 0.14 < frame.loc["SimpleRNN", "score"]
