"""Plausible wrong answers get a true name: a sample of what `benchmarks/wrong_answers.py` tries."""

import ast
import sys

import pytest
from grading import ASSIGNMENTS
from sources import ROOT

from helpers.check.report import Hint

sys.path.append(str(ROOT / "benchmarks"))

import wrong_answers  # noqa: E402

pytestmark = pytest.mark.slow

COUNT = 12  # programs with one edit, and as many with two


@pytest.mark.parametrize("exercise", ["gru_cell_forward", "lstm_cell_forward", "rnn_forward", "rnn_backward"])
def test_wrong_answers_get_a_true_name(exercise):
    rows = wrong_answers.survey(exercise, COUNT)
    assert len({program.source for program, *_ in rows}) == 2 * COUNT
    rejected = [(program, fate, names) for program, fate, names in rows if fate != "right answer"]
    true = [row for row in rejected if row[1] in wrong_answers.TRUE]
    assert not [(program.source, names) for program, fate, names in rejected if fate == "wrongly"]
    assert len(true) >= 0.9 * len(rejected)


def test_a_false_name_counts_as_wrong():
    exercise = "rnn_cell_forward"
    base = wrong_answers.REFERENCES["step_by_step_rnn"].source(exercise)
    source = ast.unparse(ast.parse(base.replace("np.tanh(Wax @ xt", "np.tanh(-Wax @ xt")))
    program = wrong_answers.Program(("sign",), source, (source,))
    other = next(one for one in ASSIGNMENTS["step_by_step_rnn"][exercise].mistakes if "softmax" in one.edits[0][0])
    hint = Hint(other.name, other.question, other.hint, other.section, ("yt_pred",))
    assert wrong_answers.truth(exercise, program, hint) == "wrongly"
