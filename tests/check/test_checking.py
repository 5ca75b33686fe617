"""`check(f)` in the notebook, on a released assignment."""

import json
import subprocess
import sys
import zipfile
from functools import partial

import numpy as np
import pytest

from helpers.check import CheckFailed, check, check_report
from helpers.check.public import VERSION
from helpers.check.report import WIDTH

pytestmark = pytest.mark.slow

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
    assert text.splitlines()[1].startswith("Question: Add up each column")
    assert text.endswith("check(rnn_cell_forward, hint=2) says more.")
    assert "Likely reason" not in text and "axis" not in text
    with pytest.raises(AssertionError, match="Likely reason: the softmax runs over axis 1"):
        check(wrong, "rnn_cell_forward", hint=2)
    with pytest.raises(AssertionError, match="Read again: section 1.1, the equation for the prediction\n"):
        check(wrong, "rnn_cell_forward", hint=3)


a0 = np.zeros((5, 10))


def test_a_variable_of_the_notebook_in_the_place_of_an_argument_is_told(folder):
    def wrong(xt, a_prev, parameters):
        return rnn_cell_forward(xt, a0, parameters)

    report = check_report(wrong, "rnn_cell_forward")
    assert report.hints[0].mistake == "a variable of the notebook: a0"
    assert set(report.hints[0].parts) == {part.part for part in report.parts if not part.ok}


@pytest.mark.parametrize("hint", [0, 4, "2", None])
def test_there_are_three_hints(folder, hint):
    with pytest.raises(ValueError, match="hint: expected 1, 2 or 3, got"):
        check(rnn_cell_forward, hint=hint)


def test_report_alone_is_shown_in_the_notebook():
    assert CheckFailed("a\nb")._render_traceback_() == ["a", "b"]


def test_long_lines_are_broken_between_words():
    """JupyterLab breaks them in the middle of a word."""
    text = "  wrong a_next: " + "; at [0, 0] expected -0.335244, got 0.413692" * 4
    shown = CheckFailed(text)._render_traceback_()
    assert len(shown) > 1 and max(map(len, shown)) <= WIDTH
    assert " ".join(shown).split() == text.split()


class Cell:
    pass


async def waits(xt, a_prev, parameters):
    return rnn_cell_forward(xt, a_prev, parameters)


async def yields(xt, a_prev, parameters):
    yield rnn_cell_forward(xt, a_prev, parameters)


def needs_less(xt, a_prev):
    return xt


def needs_more(xt, a_prev, parameters, bias):
    return xt


def other_order(a_prev, xt, parameters):
    return rnn_cell_forward(xt, a_prev, parameters)


CALLED = r"expected {0}\(xt, a_prev, parameters\), got {0}\("


@pytest.mark.parametrize(
    ("function", "name", "error", "words"),
    [
        (7, None, TypeError, "takes the function itself, without quotes or arguments.*; got int"),
        ("rnn_cell_forward", None, TypeError, "takes the function itself, without quotes or arguments.*; got str"),
        (len, None, KeyError, "len is no exercise of this notebook.*say which one it answers, as in check.len, .rnn_c"),
        (Cell, "rnn_cell_forward", TypeError, "Cell is a class; write a function, with def"),
        (waits, "rnn_cell_forward", TypeError, "waits is written with async def.*; leave out async"),
        (yields, "rnn_cell_forward", TypeError, "yields is written with async def.*; leave out async"),
        (lambda *inputs: rnn_cell_forward(*inputs), None, TypeError, "a lambda has no name; say which exercise"),
        (needs_less, "rnn_cell_forward", TypeError, CALLED.format("needs_less") + r"xt, a_prev\)"),
        (needs_more, "rnn_cell_forward", TypeError, CALLED.format("needs_more") + r"xt, a_prev, parameters, bias\)"),
        (other_order, "rnn_cell_forward", TypeError, CALLED.format("other_order") + r"a_prev, xt, parameters\)"),
    ],
)
def test_what_cannot_be_checked_is_said_in_one_line(folder, function, name, error, words):
    with pytest.raises(error, match=words):
        check_report(function, name)
    with pytest.raises(CheckFailed, match=words) as caught:
        check(function, name)
    assert "\n" not in str(caught.value)


def other_names(x, state, p):
    return rnn_cell_forward(x, state, p)


def with_a_default(xt, a_prev, parameters, bias=0.0):
    return rnn_cell_forward(xt, a_prev, parameters)


@pytest.mark.parametrize(
    "function", [other_names, with_a_default, lambda *inputs: rnn_cell_forward(*inputs), partial(rnn_cell_forward)]
)
def test_a_right_answer_may_be_written_with_other_parameters(folder, capsys, function):
    check(function, "rnn_cell_forward")
    assert "rnn_cell_forward: right" in capsys.readouterr().out


def test_missing_and_damaged_checks_file_are_said(tmp_path):
    with pytest.raises(FileNotFoundError, match="belongs beside the notebook"):
        check_report(rnn_cell_forward, folder=tmp_path)
    (tmp_path / "x.checks.zip").write_bytes(b"PK no zip")
    with pytest.raises(ValueError, match="damaged"):
        check_report(rnn_cell_forward, folder=tmp_path)


@pytest.mark.parametrize(
    ("version", "cure"),
    [(VERSION - 1, "fetch the assignment again"), (VERSION + 1, "install the course's package again")],
)
def test_a_checks_file_of_another_version_is_said(tmp_path, monkeypatch, version, cure):
    with zipfile.ZipFile(tmp_path / "x.checks.zip", "w") as archive:
        archive.writestr("rnn_cell_forward.json", json.dumps({"version": version}))
    words = f"x.checks.zip: expected a checks file of version {VERSION}, got version {version}; {cure}"
    with pytest.raises(ValueError, match=words):
        check_report(rnn_cell_forward, folder=tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CheckFailed, match=words) as caught:
        check(rnn_cell_forward)
    assert "\n" not in str(caught.value)


def test_import_of_check_does_not_import_tensorflow():
    code = "import sys, helpers.check; sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
