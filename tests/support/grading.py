"""Every exercise of the course, its cases, and what the grader makes of an answer to it."""

from functools import cache, lru_cache

import pytest
import sources
from sources import NOTEBOOKS, ROOT

from autograders.engine.reference import Reference
from autograders.engine.verdict import judge_outcomes
from autograders.release.authoring import variants
from helpers.check.judging import Run, judge_runs
from helpers.check.public import read_checks

SEEDS = (1, 2)
SEEDS_OF_MODELS = (1,)  # building Keras models takes longer than NumPy
SAMPLE = 3
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

    Training and Keras models take most of the time of all exercises, so `make test` tries them on public cases only,
    and of these one in `SAMPLE`; `make test-long` tries the rest.
    """
    found = []
    for a, name, which in DRAWN:
        for more in of_exercise(a, name):
            later = dear(a, name) and (which != "public" or len(found) % SAMPLE)
            found.append(pytest.param(a, name, *more, which, marks=[pytest.mark.long] if later else []))
    return found


@cache
def cases_of(assignment, name, which):
    """Return the cases that one of `draws` says; of the public ones those that learners get."""
    if which == "public":
        return _public(assignment, name).cases
    return ASSIGNMENTS[assignment][name].hidden_cases(which)


@cache
def _public(assignment, name):
    return read_checks(name, sources.checks_folder(assignment).name)


@lru_cache(maxsize=1)  # a test asks for the report, then for what it was made of
def outcomes_of(assignment, name, changed, which):
    """Return the outcomes of a changed reference, and those with stand-ins where the exercise has some."""
    exercise, reference = ASSIGNMENTS[assignment][name], REFERENCES[assignment]
    cases = cases_of(assignment, name, which)
    return [
        reference.outcomes(exercise, cases, changed, some)
        for some in ({}, exercise.stand_ins)[: 1 + bool(exercise.stand_ins)]
    ]


def judged(assignment, name, changed, which):
    """Judge a changed reference: on the public cases as a learner's `check` does, on others as the grader does."""
    outcomes = outcomes_of(assignment, name, changed, which)
    if which != "public":
        exercise, reference = ASSIGNMENTS[assignment][name], REFERENCES[assignment]
        return judge_outcomes(exercise, reference, cases_of(assignment, name, which), *outcomes)
    checks = _public(assignment, name)
    runs = [
        Run(answers.expected, found, lambda answers=answers: answers.mistakes, lambda answers=answers: answers.slips)
        for answers, found in zip((checks.own, checks.standing), outcomes, strict=False)
    ]
    return judge_runs(checks.spec, checks.cases, *runs)


def named(report):
    """Return the mistakes that a report names, those in its remarks among them."""
    return [hint.mistake for hint in [*report.hints, *(one.hint for one in report.remarks)] if hint]
