"""Searching for settings: seeded, resumable, and strict about its space."""

import json
import math

import optuna
import pytest

from helpers.lab import importance, sweep, tasks, tuning

pytestmark = pytest.mark.slow

SPACE = {"width": (2, 5), "learning_rate": (1e-3, 1e-1), "optimiser": ["adam", "sgd"], "batch_size": [2, 4]}


@pytest.fixture(scope="module")
def task():
    """The adding problem in very small."""
    made = tasks.adding(4)
    made.updates, made.solved = 2, None
    return made


@pytest.fixture
def fast(monkeypatch):
    """Instead of training, a made-up score: the nearer the learning rate to 0.01, the better."""
    calls = []

    def execute(task, one):
        calls.append(one)
        score = (math.log10(one.settings.learning_rate) + 2) ** 2
        return one.key(task) | {"metric": task.metric, "scores": [score + 1, score], "score": score, "losses": [1, 1]}

    monkeypatch.setattr(tuning, "execute", execute)
    return calls


def search(task, budget=3, space=None, **options):
    return sweep(space or SPACE, task, budget, **({"epochs": 1, "progress": False} | options))


@pytest.mark.long
def test_a_row_for_each_trial_and_all_within_the_space(task):
    frame = search(task, variant="SimpleRNN", space=SPACE | {"depth": [1, 2], "dropout": (0.0, 0.5)})
    assert frame["trial"].tolist() == [0, 1, 2] and (frame["epochs"] == 1).all()
    for chosen, width in zip(frame["chosen"], frame["width"], strict=True):
        assert 2 <= chosen["width"] <= 5 and chosen["width"] == width and chosen["optimiser"] in ("adam", "sgd")
        assert 1e-3 <= chosen["learning_rate"] <= 1e-1 and 0 <= chosen["dropout"] <= 0.5
    assert (frame["validation"] == frame["scores"].map(min)).all()


def test_the_search_is_seeded_and_finds_what_is_good(task, fast):
    first = search(task, 30)
    assert search(task, 30)["chosen"].tolist() == first["chosen"].tolist()
    assert search(task, 3, seed=1)["chosen"].tolist() != first["chosen"].tolist()[:3]
    assert first["validation"].min() < 0.01
    late, early = first["validation"][20:].mean(), first["validation"][:10].mean()
    assert late < early


def test_a_search_that_was_interrupted_goes_on(task, tmp_path, fast, monkeypatch, capsys):
    path = tmp_path / "sweep.jsonl"
    execute = tuning.execute

    def interrupted(*arguments):
        if len(fast) == 4:
            raise KeyboardInterrupt
        return execute(*arguments)

    monkeypatch.setattr(tuning, "execute", interrupted)
    assert len(search(task, 6, store=path)) == 4 and "4 of 6 trials" in capsys.readouterr().out
    monkeypatch.setattr(tuning, "execute", execute)
    frame = search(task, 6, store=path)
    assert len(frame) == 6 and len(fast) == 6 and frame["trial"].tolist() == list(range(6))
    assert len({json.dumps(chosen) for chosen in frame["chosen"]}) == 6  # the continued search repeats no trial
    assert len(search(task, 6, store=path)) == 6 and len(fast) == 6


def test_a_store_of_another_search_is_refused(task, tmp_path, fast):
    path = tmp_path / "sweep.jsonl"
    search(task, 2, store=path)
    for other in ({"space": SPACE | {"width": (2, 9)}}, {"seed": 5}, {"variant": "GRU"}):
        with pytest.raises(ValueError, match="expected trials of .*, got "):
            search(task, 3, store=path, **other)


def test_higher_is_better_for_accuracy(fast):
    frame = search(tasks.delayed_copy(2), 3)
    assert (frame["validation"] == frame["scores"].map(max)).all()


def test_a_sequence_length_can_be_searched_where_there_is_one(task, fast, monkeypatch):
    seen = []
    monkeypatch.setattr(task, "resized", lambda T_x: seen.append(T_x) or task)
    frame = search(task, 4, {"T_x": [5, 9], "width": (2, 3)})
    assert seen == [chosen["T_x"] for chosen in frame["chosen"]] and set(seen) <= {5, 9}
    with pytest.raises(ValueError, match="copy: expected T_x as it is, since it is part of the task"):
        search(tasks.delayed_copy(2), 1, {"T_x": [5, 9]})


def test_the_setting_that_decides_is_the_most_important(task, fast):
    shares = importance(search(task, 30))
    assert shares.idxmax() == "learning_rate" and abs(shares.sum() - 1) < 1e-6 and set(shares.index) == set(SPACE)


@pytest.mark.parametrize(
    "space, words",
    [
        ({}, "space: expected some of width"),
        ({"units": (1, 2)}, "expected settings among width"),
        ({"width": (5, 5)}, "width: expected a range (low, high) with low < high, got (5, 5)"),
        ({"width": (9, 3)}, "expected a range (low, high) with low < high, got (9, 3)"),
        ({"optimiser": []}, "expected a list of choices or a range"),
        ({"width": (1, 2, 3)}, "expected a list of choices or a range"),
        ({"optimiser": ("adam", "sgd")}, "expected a list of choices or a range"),
        ({"learning_rate": (0.0, 0.1)}, "expected a range that begins above 0, got (0.0, 0.1)"),
        ({"dropout": (0.1, math.nan)}, "with low < high, got ("),
    ],
)
def test_an_impossible_space_is_refused(task, space, words):
    with pytest.raises(ValueError) as caught:
        sweep(space, task, 3)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "options, words", [({"budget": 0}, "at least 1 trial, got 0"), ({"variant": "RNN"}, "got 'RNN'")]
)
def test_an_impossible_search_is_refused(task, options, words):
    with pytest.raises(ValueError, match=words):
        search(task, **options)


def test_optuna_is_asked_for_the_direction_of_the_metric(task, fast, monkeypatch):
    directions = []
    create = optuna.create_study

    def remember(**options):
        directions.append(options["direction"])
        return create(**options)

    monkeypatch.setattr(optuna, "create_study", remember)
    search(task, 1), search(tasks.delayed_copy(2), 1)
    assert directions == ["minimize", "maximize"]
