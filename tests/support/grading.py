"""Every exercise of the course, its cases, and what the grader makes of an answer to it."""

from functools import cache, lru_cache

import pytest
import sources
from sources import NOTEBOOKS, ROOT

from autograders.authoring import variants
from autograders.reference import Reference
from autograders.release import checks_of
from helpers.check.judging import Run, judge_runs
from helpers.check.public import read_checks

SEEDS = (1, 2)
SEEDS_OF_MODELS = (1,)  # building Keras models takes longer than NumPy
ASSIGNMENTS = {name: sources.exercises(name) for name in NOTEBOOKS}
REFERENCES = {name: Reference(path) for name, path in NOTEBOOKS.items()}
VARIANTS = {name: variants(name, ROOT) for name in NOTEBOOKS}
EXERCISES = [(a, name) for a, exercises in ASSIGNMENTS.items() for name in exercises]


def dear(assignment, name):
    """Whether an exercise trains or builds a model."""
    return ASSIGNMENTS[assignment][name].probe != "call"


def draws(assignment, name):
    """Return which cases of an exercise to try: the public ones, and those of some seeds."""
    return ["public", *(SEEDS_OF_MODELS if dear(assignment, name) else SEEDS)]


DRAWN = [(a, name, which) for a, name in EXERCISES for which in draws(a, name)]


def rows(of_exercise=lambda assignment, name: [()]):
    """Return the parameters of a test: each exercise with what there is to try of it, and the cases to try it on.

    Training and Keras models on hidden cases are for `make test-long`: they take most of the time of all exercises.
    """
    return [
        pytest.param(a, name, *more, which, marks=[pytest.mark.long] if which != "public" and dear(a, name) else [])
        for a, name, which in DRAWN
        for more in of_exercise(a, name)
    ]


def cases_of(exercise, which):
    return exercise.public_cases() if which == "public" else exercise.hidden_cases(which)


@cache
def known(assignment, name, which):
    """Return the cases and what the grader knows of them: computed once, though many tests ask for it."""
    if which == "public":
        return read_checks(name, sources.checks_folder(assignment).name)
    exercise = ASSIGNMENTS[assignment][name]
    return checks_of(exercise, REFERENCES[assignment], cases_of(exercise, which))


@lru_cache(maxsize=1)  # a test asks for the report, then for what it was made of
def outcomes_of(assignment, name, changed, which):
    """Return the outcomes of a changed reference, and those with stand-ins where the exercise has some."""
    exercise, reference = ASSIGNMENTS[assignment][name], REFERENCES[assignment]
    cases = known(assignment, name, which).cases
    return [
        reference.outcomes(exercise, cases, changed, some)
        for some in ({}, exercise.stand_ins)[: 1 + bool(exercise.stand_ins)]
    ]


def judged(assignment, name, changed, which):
    """Judge a changed reference, just as `autograders.verdict.verdict` does."""
    checks = known(assignment, name, which)
    runs = [
        Run(answers.expected, outcomes, lambda answers=answers: answers.mistakes)
        for answers, outcomes in zip(
            (checks.own, checks.standing), outcomes_of(assignment, name, changed, which), strict=False
        )
    ]
    return judge_runs(checks.spec, checks.cases, *runs, show_values=which == "public")


def named(report):
    """Return the mistakes that a report names, those in its remarks among them."""
    return [hint.mistake for hint in [*report.hints, *(one.hint for one in report.remarks)] if hint]
