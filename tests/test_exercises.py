"""Every declared exercise: the reference is right, each mistake is rejected and named, each variant accepted."""

from functools import cache

import numpy as np
import pytest
import sources
from sources import NOTEBOOKS, ROOT

from autograders.authoring import variants
from autograders.reference import Reference
from autograders.release import checks_of
from helpers.check.judging import Run, judge

SEEDS = (1, 2)
SEEDS_OF_MODELS = (1,)  # building Keras models takes longer than NumPy

ASSIGNMENTS = {name: sources.exercises(name) for name in NOTEBOOKS}
REFERENCES = {name: Reference(path) for name, path in NOTEBOOKS.items()}
VARIANTS = {name: variants(name, ROOT) for name in NOTEBOOKS}
EXERCISES = [(a, name) for a, exercises in ASSIGNMENTS.items() for name in exercises]


def draws(assignment, name):
    """Return which cases of an exercise to try: the public ones, and those of some seeds."""
    return ["public", *(SEEDS if ASSIGNMENTS[assignment][name].probe == "call" else SEEDS_OF_MODELS)]


DRAWN = [(a, name, which) for a, name in EXERCISES for which in draws(a, name)]


def cases_of(exercise, which):
    return exercise.public_cases() if which == "public" else exercise.hidden_cases(which)


@cache
def known(assignment, name, which):
    """Return the cases and what the grader knows of them: computed once, though many tests ask for it."""
    exercise = ASSIGNMENTS[assignment][name]
    return checks_of(exercise, REFERENCES[assignment], cases_of(exercise, which))


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
    return judge(checks.spec, checks.cases, *runs, show_values=which == "public")


def named(report):
    """Return the mistakes that a report names, those in its remarks among them."""
    return [hint.mistake for hint in [*report.hints, *(one.hint for one in report.remarks)] if hint]


@pytest.mark.parametrize(("assignment", "name", "which"), DRAWN)
def test_reference_is_right(assignment, name, which):
    report = judged(assignment, name, (), which)
    assert report.ok and not report.remarks, report.text()
    assert report.score == ASSIGNMENTS[assignment][name].points


@pytest.mark.parametrize(("assignment", "name"), EXERCISES)
def test_the_first_case_is_the_tasks_own(assignment, name):
    cases = cases_of(ASSIGNMENTS[assignment][name], "public")
    assert not cases[0].beyond
    assert all(not case.beyond or "section" in case.beyond for case in cases)


@pytest.mark.parametrize(
    ("assignment", "name", "mistake", "which"),
    [(a, name, mistake.name, which) for a, name, which in DRAWN for mistake in ASSIGNMENTS[a][name].mistakes],
)
def test_mistake_is_rejected_or_remarked_and_named(assignment, name, mistake, which):
    exercise = ASSIGNMENTS[assignment][name]
    declared = next(m for m in exercise.mistakes if m.name == mistake)
    changed = ((name, REFERENCES[assignment].edited(name, declared.edits)),)
    report = judged(assignment, name, changed, which)
    assert not report.ok or report.remarks
    assert not exercise.points or (report.score < exercise.points) == (not report.ok)
    assert mistake in named(report), report.text()
    # An edit that went wrong leaves a name undefined: then the mistake is another one than its hint says.
    errors = [
        one["error"]["type"] for run in outcomes_of(assignment, name, changed, which) for one in run if "error" in one
    ]
    slips = {"NameError", "UnboundLocalError", "SyntaxError"}
    assert slips.isdisjoint(errors) or declared.raises in errors


@pytest.mark.parametrize(
    ("assignment", "name", "variant", "which"),
    [(a, name, variant, which) for a, name, which in DRAWN for variant in VARIANTS[a].get(name, ())],
)
def test_variant_is_accepted(assignment, name, variant, which):
    report = judged(assignment, name, ((name, VARIANTS[assignment][name][variant]),), which)
    assert report.ok, report.text()


@pytest.mark.parametrize(("assignment", "name"), EXERCISES)
def test_hidden_cases_are_fresh_and_repeatable(assignment, name):
    def numbers(cases):
        from helpers.check.wire import pack

        return [pack(case.inputs) for case in cases]

    exercise = ASSIGNMENTS[assignment][name]
    assert numbers(exercise.hidden_cases(7)) == numbers(exercise.hidden_cases(7))
    assert numbers(exercise.hidden_cases(7)) != numbers(exercise.hidden_cases(8))


@pytest.mark.parametrize(("assignment", "name"), EXERCISES)
def test_answers_stay_finite(assignment, name):
    def leaves(value):
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, (list, tuple)):
            for item in value:
                yield from leaves(item)
        elif isinstance(value, np.ndarray) and value.dtype.kind == "f":
            yield value

    exercise = ASSIGNMENTS[assignment][name]
    for outcome in REFERENCES[assignment].outcomes(exercise, exercise.hidden_cases(3)):
        assert all(np.isfinite(leaf).all() for leaf in leaves(outcome["value"]))
