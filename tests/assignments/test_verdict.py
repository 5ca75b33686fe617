"""The verdict of the grader names the same mistakes as the full comparison, though it looks at likely ones only."""

import numpy as np
import pytest
import sources

from autograders.engine.reference import Reference
from autograders.engine.verdict import hash_of_answer, judge_outcomes
from autograders.release.preprocessors import checks_of
from helpers.check.judging import Run, judge_runs

pytestmark = pytest.mark.slow

NAME = "step_by_step_rnn"
EXERCISES = sources.exercises(NAME)
LIKE_RNN_FORWARD = ("lstm_forward", "gru_forward")  # the same code is tried, and they take longest


@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=pytest.mark.long if one in LIKE_RNN_FORWARD else []) for one in EXERCISES]
)
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
        long_way = judge_runs(exercise.spec, cases, *known)
        short_way = judge_outcomes(exercise, reference, cases, *runs)
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
    report = judge_outcomes(exercise, reference, cases, [stub] * len(cases))
    assert report.score == 0 and not report.hints


@pytest.fixture(scope="module")
def asked(root):
    """An exercise, its reference and cases."""
    exercise = EXERCISES["rnn_cell_forward"]
    return exercise, Reference(root / "notebooks" / NAME / f"{NAME}.ipynb"), exercise.hidden_cases(5)


class TestHashOfAnswer:
    """By it the class report puts wrong answers together that are no known mistake."""

    def test_equal_up_to_rounding_means_the_same_hash(self, asked):
        exercise, reference, cases = asked
        hashes = set()
        for noise in (0.0, 1e-12, -1e-12):
            outcomes = reference.outcomes(exercise, cases)
            noisy = [one | {"value": _times(one["value"], 1 + noise)} for one in outcomes]
            hashes.add(hash_of_answer(exercise.spec, cases, noisy))
        assert len(hashes) == 1

    def test_different_answers_have_different_hashes(self, asked):
        exercise, reference, cases = asked
        wrong = [reference.outcomes(exercise, cases, changed) for _, changed in reference.mistakes(exercise)]
        wrong.append([one | {"value": _times(one["value"], 1.001)} for one in reference.outcomes(exercise, cases)])
        wrong += [[{"error": {"type": kind, "message": "no"}}] * len(cases) for kind in ("TypeError", "ValueError")]
        assert len(wrong) > 10
        assert len({hash_of_answer(exercise.spec, cases, one) for one in wrong}) == len(wrong)

    def test_one_whole_number_among_many_makes_a_difference(self, asked):
        exercise, _, cases = asked
        tokens = np.arange(100_000)
        other = np.where(tokens == 278, 279, tokens)
        pair = [[{"value": (one, one, one), "changed": []}] for one in (tokens, other)]
        assert len({hash_of_answer(exercise.spec, cases[:1], one) for one in pair}) == 2

    def test_is_recorded_where_no_declared_mistake_explains_what_is_wrong_and_nowhere_else(self, asked):
        exercise, reference, cases = asked
        right = reference.outcomes(exercise, cases)
        assert judge_outcomes(exercise, reference, cases, right).sketch == ""
        _, changed = next(iter(reference.mistakes(exercise)))
        report = judge_outcomes(exercise, reference, cases, reference.outcomes(exercise, cases, changed))
        assert report.hints and report.sketch == ""
        strange = [one | {"value": _times(one["value"], 1.001)} for one in right]
        report = judge_outcomes(exercise, reference, cases, strange)
        core = [index for index, case in enumerate(cases) if not case.beyond]
        same = hash_of_answer(exercise.spec, [cases[i] for i in core], [strange[i] for i in core])
        assert not report.hints and report.plain()["sketch"] == same
        nothing = [{"value": None, "changed": []}] * len(cases)  # a fact is told of it, which is no declared mistake
        report = judge_outcomes(exercise, reference, cases, nothing)
        assert report.hints and report.sketch


def _times(value, factor):
    """Return a value with all its arrays of fractions multiplied."""
    if isinstance(value, dict):
        return {key: _times(one, factor) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_times(one, factor) for one in value)
    return value * factor if getattr(value, "dtype", None) == np.float64 else value
