"""`check(f)` in the notebook, on a released assignment."""

import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from helpers.check import CheckFailed, check, check_report
from helpers.check.public import VERSION

NAME = "step_by_step_rnn"


@pytest.fixture
def folder(released, monkeypatch):
    monkeypatch.chdir(released.path("release", NAME))


def softmax(z):
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=0)


def rnn_cell_forward(xt, a_prev, parameters):
    p = parameters
    a_next = np.tanh(p["Wax"] @ xt + p["Waa"] @ a_prev + p["ba"])
    return a_next, softmax(p["Wya"] @ a_next + p["by"]), (a_next, a_prev, xt, parameters)


def test_right_answer_is_praised(folder, capsys):
    check(rnn_cell_forward)
    assert "rnn_cell_forward: right" in capsys.readouterr().out


def test_wrong_answer_raises_with_what_was_expected_what_came_and_why(folder):
    def wrong(xt, a_prev, parameters):
        a_next, _, cache = rnn_cell_forward(xt, a_prev, parameters)
        return a_next, softmax((parameters["Wya"] @ a_next + parameters["by"]).T).T, cache

    with pytest.raises(AssertionError) as caught:
        check(wrong, "rnn_cell_forward")
    text = str(caught.value)
    assert "right a_next" in text and "wrong yt_pred" in text
    assert "expected " in text and ", got " in text
    assert "Likely reason" in text and "axis" in text


def test_report_alone_is_shown_in_the_notebook():
    assert CheckFailed("a\nb")._render_traceback_() == ["a", "b"]


@pytest.mark.parametrize(
    ("function", "error", "words"),
    [(7, TypeError, "takes the function itself"), (len, KeyError, "len is no exercise of this notebook")],
)
def test_what_is_no_exercise_is_said(folder, function, error, words):
    with pytest.raises(error, match=words):
        check(function)


def test_missing_and_damaged_checks_file_are_said(tmp_path):
    with pytest.raises(FileNotFoundError, match="belongs beside the notebook"):
        check_report(rnn_cell_forward, folder=tmp_path)
    (tmp_path / "x.checks.zip").write_bytes(b"PK no zip")
    with pytest.raises(ValueError, match="damaged"):
        check_report(rnn_cell_forward, folder=tmp_path)


def test_a_checks_file_of_an_older_version_is_said(tmp_path):
    old = json.dumps({"version": VERSION - 1})
    with zipfile.ZipFile(tmp_path / "x.checks.zip", "w") as archive:
        archive.writestr("rnn_cell_forward.json", old)
    words = f"x.checks.zip: .*expected a checks file of version {VERSION}, got version {VERSION - 1}.*again"
    with pytest.raises(ValueError, match=words):
        check_report(rnn_cell_forward, folder=tmp_path)


def test_import_of_check_does_not_import_tensorflow():
    code = "import sys, helpers.check; sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_helpers_do_not_import_autograders(root):
    for path in (root / "helpers").rglob("*.py"):
        assert "autograders" not in path.read_text(encoding="utf-8"), path
