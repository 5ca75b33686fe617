"""Every declared exercise: the reference is right, each mistake is rejected and named, each variant accepted."""

import numpy as np
import pytest
from grading import ASSIGNMENTS, EXERCISES, REFERENCES, VARIANTS, cases_of, judged, named, outcomes_of, rows

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("assignment", "name", "which"), rows())
def test_reference_is_right(assignment, name, which):
    report = judged(assignment, name, (), which)
    assert report.ok and not report.remarks, report.text()
    assert report.score == ASSIGNMENTS[assignment][name].points


@pytest.mark.parametrize(("assignment", "name"), EXERCISES)
def test_the_first_case_is_the_tasks_own(assignment, name):
    cases = cases_of(assignment, name, "public")
    assert not cases[0].beyond
    assert all(not case.beyond or "section" in case.beyond for case in cases)


@pytest.mark.parametrize(
    ("assignment", "name", "mistake", "which"),
    rows(lambda assignment, name: [(one.name,) for one in ASSIGNMENTS[assignment][name].mistakes]),
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
    rows(lambda assignment, name: [(variant,) for variant in VARIANTS[assignment].get(name, ())]),
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
