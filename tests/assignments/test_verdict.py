"""The verdict of the grader names the same mistakes as the full comparison, though it looks at likely ones only."""

import pytest
import sources

from autograders.reference import Reference
from autograders.release import checks_of
from autograders.verdict import verdict
from helpers.check.judging import Run, judge_runs

pytestmark = pytest.mark.slow

NAME = "step_by_step_rnn"
EXERCISES = sources.exercises(NAME)


@pytest.mark.parametrize("name", EXERCISES)
def test_shortcut_names_what_the_long_way_names(root, name):
    reference = Reference(root / "notebooks" / NAME / f"{NAME}.ipynb")
    exercise = EXERCISES[name]
    cases = exercise.hidden_cases(5)
    checks = checks_of(exercise, reference, cases)
    for _, changed in reference.mistakes(exercise):
        runs = [reference.outcomes(exercise, cases, changed)]
        if exercise.stand_ins:
            runs.append(reference.outcomes(exercise, cases, changed, exercise.stand_ins))
        known = [
            Run(
                answers.expected,
                outcomes,
                lambda answers=answers: answers.mistakes,
                lambda answers=answers: answers.slips,
            )
            for answers, outcomes in zip((checks.own, checks.standing), runs, strict=False)
        ]
        long_way = judge_runs(exercise.spec, cases, *known, show_values=False)
        short_way = verdict(exercise, reference, cases, *runs)
        assert (short_way.hints, short_way.remarks, short_way.given) == (
            long_way.hints,
            long_way.remarks,
            long_way.given,
        )


def test_nothing_is_looked_for_where_nothing_is_written(root):
    reference = Reference(root / "notebooks" / NAME / f"{NAME}.ipynb")
    exercise = EXERCISES["lstm_forward"]
    cases = exercise.hidden_cases(5)
    stub = {"error": {"type": "NotImplementedError", "message": "", "where": "lstm_forward, line 3"}}
    report = verdict(exercise, reference, cases, [stub] * len(cases))
    assert report.score == 0 and not report.hints
