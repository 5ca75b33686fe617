"""The full study: one command, in parts, that goes on where it stopped."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from helpers.lab import load_results, results
from studies import study

QUICK_SECONDS = 300


def command(out, *more):
    return [sys.executable, "-m", "studies.study", "--out", str(out), *more]


@pytest.mark.parametrize("part", [part for part in study.PARTS if part != "sweep"])
def test_every_run_of_a_part_is_another_one(part):
    jobs = [job for one in study.comparisons(part) for job in one.jobs()]
    keys = [json.dumps(job.run.key(study.opened(job.task, job.options)), sort_keys=True) for job in jobs]
    assert len(set(keys)) == len(keys) > 10


def test_the_study_has_what_the_course_asks_for():
    jobs = {part: [job for one in study.comparisons(part) for job in one.jobs()] for part in ("emoji", "adding")}
    assert {job.run.variant for job in jobs["emoji"]} >= {
        *("SimpleRNN", "LSTM", "GRU", "bidirectional LSTM", "stacked LSTM", "averaged vectors")
    }
    assert {job.run.match for job in jobs["emoji"]} == {"width", "parameters"}
    lags = {dict(job.options)["lag"] for job in jobs["adding"]}
    assert min(lags) == 10 and max(lags) == 200 and 100 in lags


def test_an_unknown_part_is_refused_with_those_there_are(capsys):
    with pytest.raises(ValueError, match="expected a part among adding, emoji.*, got 'chess'"):
        study.comparisons("chess")
    for arguments, words in [
        (["--part", "chess"], "invalid choice"),
        (["--workers", "0"], "expected at least 1"),
        (["--quick"], "name a folder"),
    ]:
        with pytest.raises(SystemExit) as caught:
            study.main(arguments)
        assert caught.value.code == 2 and words in capsys.readouterr().err


def test_results_of_another_version_end_the_command_with_a_sentence(tmp_path, capsys):
    (tmp_path / "adding.jsonl").write_text('{"format": 0}\n', encoding="utf-8")
    assert study.main(["--part", "adding", "--out", str(tmp_path)]) == 1
    assert "expected results of format 1, got 0" in capsys.readouterr().err


@pytest.mark.long
def test_a_study_that_was_killed_goes_on(tmp_path):
    """In small, with real workers: ended in the middle, started again, complete, and nothing done twice."""
    path = tmp_path / f"adding{results.SUFFIX}"
    arguments = command(tmp_path, "--part", "adding", "--quick")
    first = subprocess.Popen(arguments, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + QUICK_SECONDS
    while not (path.exists() and len(path.read_text(encoding="utf-8").splitlines()) > 2):
        assert first.poll() is None and time.monotonic() < deadline
        time.sleep(0.1)
    first.send_signal(signal.SIGTERM if os.name == "posix" else signal.SIGBREAK)
    first.wait(timeout=QUICK_SECONDS)
    kept = path.read_text(encoding="utf-8").splitlines()[1:]
    assert len(kept) >= 2
    subprocess.run(arguments, check=True, stderr=subprocess.DEVNULL, timeout=QUICK_SECONDS)
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    assert lines[: len(kept)] == kept
    frame = load_results(path)
    assert not frame.duplicated(["task", "lag", "variant", "match", "seed"]).any()
    assert len(frame) == 14 and set(frame["lag"]) == {10, 30}
