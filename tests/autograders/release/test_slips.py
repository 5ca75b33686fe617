"""Slips: what is read off a solution is one change, is told in words, and is named where it was made."""

import ast

import pytest

from autograders.engine.exercise import Mistake, load
from autograders.release.preprocessors import checks_of
from autograders.release.slips import merged, slips_in
from helpers.check.judging import Run, judge_runs
from helpers.check.public import read_checks, write_checks

NAME = "step_by_step_rnn"
CELLS = ("rnn_cell_forward", "rnn_cell_backward")
EXERCISES = load(NAME)


def edit(old, new):
    return Mistake("", "", "", "", ((old, new),))


@pytest.mark.parametrize("name", EXERCISES)
def test_a_slip_is_one_change_and_told_in_words(name, reference):
    source, slips = reference.source(name), list(slips_in(reference, EXERCISES[name]))
    assert len(slips) > 50
    for slip in slips:
        ((old, new),) = slip.edits
        assert old == source != new
        words = f"{slip.question} {slip.hint} {slip.section}"
        assert len(words.split()) <= 80 and slip.section.startswith("section")
        assert not any(sign in words for sign in ("@", "[", "np.", " = ", "**")), words


def test_two_edits_are_merged_where_they_do_not_overlap():
    source = "a = b + c\nd = e\n"
    assert merged(source, edit("b", "x"), edit("e", "y")) == "a = x + c\nd = y\n"
    assert merged(source, edit(source, "a = x + c\nd = e\n"), edit("c", "z")) == "a = x + z\nd = e\n"
    assert merged(source, edit("b + c", "b"), edit("c", "z")) is None
    assert merged(source, edit("b", "x"), edit("b", "y")) is None


@pytest.fixture(scope="module", params=CELLS)
def checks(request, reference, tmp_path_factory):
    """The checks of an exercise, written to a file and read from it."""
    exercise, folder = EXERCISES[request.param], tmp_path_factory.mktemp("checks")
    made = write_checks([checks_of(exercise, reference, exercise.public_cases(), search=True)])
    (folder / "some.checks.zip").write_bytes(made)
    return read_checks(exercise.name, folder)


def judged(checks, reference, source):
    exercise = EXERCISES[checks.spec.name]
    outcomes = reference.outcomes(exercise, checks.cases, ((exercise.name, source),))
    own = Run(checks.own.expected, outcomes, lambda: checks.own.mistakes, lambda: checks.own.slips)
    return judge_runs(checks.spec, checks.cases, own)


@pytest.mark.slow
def test_a_slip_is_rejected_and_named(checks, reference):
    name = checks.spec.name
    told = {hint["hint"] for slip in checks.own.slips if len(slip["hints"]) == 1 for hint in slip["hints"]}
    slips = [slip for slip in slips_in(reference, EXERCISES[name]) if slip.hint in told]
    assert len(slips) > 60
    named = 0
    for slip in slips:
        report = judged(checks, reference, slip.edits[0][1])
        assert not report.ok
        named += any(hint.text == slip.hint for hint in report.hints)
    assert named > 0.9 * len(slips)  # some do the same as another slip or a declared mistake, which is named then


@pytest.mark.slow
def test_two_mistakes_at_once_are_both_named(checks, reference):
    name = checks.spec.name
    source, pairs = reference.source(name), [slip["hints"] for slip in checks.own.slips if len(slip["hints"]) > 1]
    known = {one.hint: one for one in [*EXERCISES[name].mistakes, *slips_in(reference, EXERCISES[name])]}
    assert len(pairs) > 100
    named, tried = 0, pairs[:: len(pairs) // 40]
    for one, other in tried:
        report = judged(checks, reference, merged(source, known[one["hint"]], known[other["hint"]]))
        assert not report.ok
        named += {hint.text for hint in report.hints} == {one["hint"], other["hint"]}
    assert named > 0.9 * len(tried)  # some do the same as a single mistake


@pytest.mark.slow
def test_a_right_answer_in_another_form_is_no_slip(checks, reference):
    source = reference.source(checks.spec.name)
    assert judged(checks, reference, ast.unparse(ast.parse(source))).ok
