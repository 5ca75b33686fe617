"""The verdict of the grader names the same mistakes as the full comparison, though it looks at likely ones only."""

import pytest

from autograders.exercise import load
from autograders.reference import Reference
from autograders.verdict import fingerprints, verdict
from helpers.compare import judge

NAME = "step_by_step_rnn"
EXERCISES = load(NAME)


@pytest.mark.parametrize("name", EXERCISES)
def test_shortcut_names_what_the_long_way_names(root, name):
    reference = Reference(root / "notebooks" / NAME / f"{NAME}.ipynb")
    exercise = EXERCISES[name]
    cases = exercise.hidden_cases(5)
    known = fingerprints(exercise, EXERCISES, reference, cases)
    right = reference.outcomes(exercise, cases)
    labels, inputs = [case.label for case in cases], [case.inputs for case in cases]
    for _, _, changed in reference.mistakes(exercise, EXERCISES):
        outcomes = reference.outcomes(exercise, cases, changed)
        long_way = judge(exercise.spec, labels, inputs, right, outcomes, lambda: known, show_values=False)
        assert verdict(exercise, EXERCISES, reference, cases, outcomes) == long_way


def test_nothing_is_looked_for_where_nothing_is_written(root):
    reference = Reference(root / "notebooks" / NAME / f"{NAME}.ipynb")
    exercise = EXERCISES["lstm_forward"]
    cases = exercise.hidden_cases(5)
    stub = {"error": {"type": "NotImplementedError", "message": "", "where": "lstm_forward, line 3"}}
    report = verdict(exercise, EXERCISES, reference, cases, [stub] * len(cases))
    assert report.score == 0 and not report.hints
