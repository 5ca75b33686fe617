"""Results: what is kept on disk, means and intervals, and what the shipped study shows."""

import json

import numpy as np
import pandas as pd
import pytest

from helpers.lab import load_results, results, summarise
from helpers.lab.results import FORMAT, SHIPPED, Store, read_records

RECORD = {"task": "adding", "variant": "LSTM", "match": "width", "seed": 0, "score": 0.5, "losses": [], "scores": []}
MAX_BYTES = 2_000_000


def scores(values):
    """A frame of one variant with these scores."""
    frame = pd.DataFrame({"score": values, "seed": range(len(values))})
    return frame.assign(task="t", lag=np.nan, variant="LSTM", match="width", metric="accuracy")


def test_the_interval_is_students():
    from scipy.stats import ttest_1samp

    values = np.array([0.2, 0.4, 0.7, 0.75])
    row = summarise(scores(values)).iloc[0]
    interval = ttest_1samp(values, 0).confidence_interval(0.95)
    assert row["n"] == 4 and np.isclose(row["mean"], values.mean())
    assert np.allclose([row["low"], row["high"]], [interval.low, interval.high])


def test_the_interval_holds_the_mean_of_the_population_nineteen_times_in_twenty():
    rng = np.random.default_rng(0)
    draws = [summarise(scores(rng.normal(size=3))).iloc[0] for _ in range(400)]
    assert 0.92 < np.mean([row["low"] < 0 < row["high"] for row in draws]) < 0.98


def test_one_seed_has_no_interval_and_no_value_no_mean():
    row = summarise(scores([0.5])).iloc[0]
    assert row["n"] == 1 and row["mean"] == 0.5 and np.isnan(row["low"]) and np.isnan(row["high"])
    row = summarise(scores([np.nan, np.nan])).iloc[0]
    assert row["n"] == 0 and np.isnan(row["mean"])
    assert summarise(scores([0.5, np.nan])).iloc[0]["n"] == 1


def test_groups_keep_their_order_and_what_is_unknown_is_refused():
    frame = pd.concat([scores([1.0, 2.0]).assign(variant=name) for name in ("b", "a")])
    assert summarise(frame)["variant"].tolist() == ["b", "a"]
    with pytest.raises(ValueError, match="expected columns among score, seed.*, got speed"):
        summarise(frame, "speed")


def test_a_store_grows_by_a_line_a_run(tmp_path):
    path = tmp_path / "a" / "runs.jsonl"
    store = Store(path)
    for seed in range(3):
        store.add(RECORD | {"seed": seed})
        assert len(path.read_text(encoding="utf-8").splitlines()) == 2 + seed
    header, records = read_records(path)
    assert header["format"] == FORMAT and header["cores"] >= 1 and "keras" in header["versions"]
    assert [record["seed"] for record in records] == [0, 1, 2]
    assert Store(path).find({"seed": 2, "task": "adding"})["seed"] == 2
    assert Store(path).find({"seed": 3}) is None


def test_a_header_names_no_person_and_no_place(tmp_path):
    Store(tmp_path / "runs.jsonl")
    header = json.loads((tmp_path / "runs.jsonl").read_text(encoding="utf-8"))
    assert set(header) == {"format", "cores", "processor", "system", "versions", "seconds"}


@pytest.mark.parametrize("cut", [1, 10, 60])
def test_a_last_line_that_was_cut_is_dropped(tmp_path, cut):
    path = tmp_path / "runs.jsonl"
    store = Store(path)
    store.add(RECORD)
    store.add(RECORD | {"seed": 1})
    path.write_bytes(path.read_bytes()[:-cut])
    assert [record["seed"] for record in read_records(path)[1]] == [0]
    Store(path).add(RECORD | {"seed": 2})
    assert [record["seed"] for record in read_records(path)[1]] == [0, 2]


def test_the_seconds_of_all_sessions_add_up(tmp_path):
    path = tmp_path / "runs.jsonl"
    for _ in range(2):
        store = Store(path)
        store.begun -= 100
        store.add(RECORD)
        store.close()
    Store(path).close()  # nothing was done
    assert 200 <= read_records(path)[0]["seconds"] < 210


@pytest.mark.parametrize(
    "text, words",
    [
        ('{"format": 999}\n', "expected results of format 1, got 999"),
        ('{"seed": 1}\n', "line 1: expected the header"),
        ("", "line 1: expected the header"),
        ('{"format": 1}\nnot JSON\n{}\n', "line 2: expected a JSON object, got 'not JSON'"),
        ('{"format": 1}\n[1]\n', "line 2: expected a JSON object, got '[1]'"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_name_and_line(tmp_path, text, words):
    path = tmp_path / "other.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError) as caught:
        load_results(path)
    assert words in str(caught.value) and "other.jsonl" in str(caught.value)


def test_a_store_of_another_version_is_left_alone(tmp_path):
    path = tmp_path / "other.jsonl"
    path.write_text('{"format": 0}\n', encoding="utf-8")
    with pytest.raises(ValueError, match="expected results of format 1, got 0"):
        Store(path)
    assert path.read_text(encoding="utf-8") == '{"format": 0}\n'


def test_unknown_results_are_refused_with_those_there_are():
    with pytest.raises(ValueError, match="expected results named adding, copy, emoji.*, got 'chess'"):
        load_results("chess")


def test_a_file_without_runs_is_an_empty_frame(tmp_path):
    Store(tmp_path / "runs.jsonl")
    assert load_results(tmp_path / "runs.jsonl").empty


# ---------------------------------------------------------------- the study that ships


def test_the_study_is_complete_and_small():
    from studies import study

    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < MAX_BYTES
    for part in study.PARTS:
        for name in study.SWEEPS if part == "sweep" else (part,):
            frame = load_results(name)
            assert frame.attrs["header"]["cores"] and frame["score"].notna().all(), name
            if part == "sweep":
                assert len(frame) == study.TRIALS
                continue
            store = Store(None)
            store.records = read_records(SHIPPED / f"{name}{results.SUFFIX}")[1]
            jobs = [job for one in study.comparisons(part) for job in one.jobs()]
            assert all(store.find(job.run.key(study.opened(job.task, job.options))) for job in jobs), name
            assert len(store.records) == len(jobs), name


def test_lstm_and_gru_solve_adding_at_lag_100_where_the_simple_one_stays_at_the_mean():
    frame = load_results("adding")
    far = frame[(frame["task"] == "adding") & (frame["lag"] == 100) & (frame["match"] == "width")]
    worst = far.groupby("variant")["score"].max()
    assert worst["LSTM"] < 0.01 and worst["GRU"] < 0.01
    row = summarise(far[far["variant"] == "SimpleRNN"]).iloc[0]
    assert row["low"] > 0.15 and abs(row["mean"] - 1 / 6) < 0.02
