"""The grader is graded: every small change of a reference solution is rejected, or listed as equivalent and explained.

The hidden cases of two gradings and the public cases of `check` must each reject it; `python tests/support/mutants.py`
prints the counts by exercise. `make test` tries a few of each exercise, `make test-long` all of them.
"""

import ast
import random
from dataclasses import replace

import mutants as course
import pytest
from mutants import NOTEBOOKS, PUBLIC, WHICH, Assignment, assignment, equivalents, fate, survey
from mutation import mutants, sample

from autograders.engine.verdict import judge_outcomes

MUTANTS_AT_LEAST = 400
EXERCISES = [(name, exercise) for name in NOTEBOOKS for exercise in assignment(name).exercises]
RNN = "step_by_step_rnn"
SOURCE = '''
def mix(a, b, names=("x", "y")):
    """Not to be changed."""
    total = 0.5
    for i in range(len(a)):
        if a[i] < b[i] and a[i] > 1:
            total += a[i] * b[i]
    rows = a[1:, i].T @ b
    return {"x": total, "y": np.sum(rows, axis=0)}
'''

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("name", "exercise"), [one for one in EXERCISES if not assignment(one[0]).slow(one[1])])
def test_a_few_mutants_are_rejected_or_explained(name, exercise):
    assert survivors(survey(name, exercise, count=4)) == []


@pytest.mark.long
@pytest.mark.parametrize(("name", "exercise"), EXERCISES)
def test_every_mutant_is_rejected_or_explained(name, exercise):
    tally = survey(name, exercise)
    assert tally.rejected
    assert survivors(tally) == []


def survivors(tally):
    """Return what those did that were let through."""
    return [f"{mutant.kind}: {mutant.change}\n{mutant.source}" for mutant in tally.survivors]


@pytest.mark.long
@pytest.mark.parametrize(("name", "exercise"), EXERCISES)
def test_no_listed_equivalent_is_stale(name, exercise):
    listed = equivalents(name).get(exercise, {})
    assert not set(listed) - {mutant.change for mutant in survey(name, exercise).equivalent}
    assert all(len(why.split()) >= 3 and "\n" not in why for why in listed.values())


def test_the_list_names_exercises_of_the_course_only():
    listed = course.tomllib.loads(course.EQUIVALENT.read_text(encoding="utf-8"))
    assert {(name, exercise) for name in listed for exercise in listed[name]} <= set(EXERCISES)


@pytest.mark.long
def test_there_are_enough_mutants_that_run_to_the_end_and_are_rejected():
    assert sum(survey(name, exercise).rejected for name, exercise in EXERCISES) >= MUTANTS_AT_LEAST


@pytest.mark.long
@pytest.mark.parametrize(("name", "exercise"), EXERCISES)
def test_the_verdict_itself_agrees(name, exercise):
    """`fate` keeps what `verdict` computes anew each time: the two say the same of a few mutants."""
    exercises, reference = assignment(name).exercises, assignment(name).reference
    declared, seed = exercises[exercise], WHICH[-1]
    cases = declared.hidden_cases(seed)
    tally = survey(name, exercise)
    tried = course.population(name)[exercise]
    count = 1 if assignment(name).slow(exercise) else 2
    for mutant in [*sample(tried, count, random.Random(0)), *tally.equivalent[:count]]:
        changed = ((exercise, mutant.source),)
        standing = reference.outcomes(declared, cases, changed, declared.stand_ins) if declared.stand_ins else None
        report = judge_outcomes(declared, reference, cases, reference.outcomes(declared, cases, changed), standing)
        assert report.ok == (fate(name, exercise, mutant, seed) in ("accepted", "remarked")), mutant.change
        assert report.ok or not declared.points or report.score < declared.points


def test_weak_cases_are_found_out():
    """With cases of one time step alone, what only later steps show survives."""
    whole = assignment(RNN)
    declared = whole.exercises["rnn_forward"]

    def one_step(rng):
        return [case for case in declared.cases(rng) if case.label == "T_x = 1"]

    weak = Assignment("weak", whole.exercises | {"rnn_forward": replace(declared, cases=one_step)}, whole.reference)
    found = {mutant.change for mutant in course.population(RNN)["rnn_forward"]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(course, "assignment", lambda name: weak if name == "weak" else whole)
        patch.setattr(course, "NOTEBOOKS", {"weak": NOTEBOOKS[RNN]})
        survivors = {mutant.change for mutant in survey("weak", "rnn_forward").survivors}
    assert "for t in range(T_x): => for t in reversed(range(T_x)):" in survivors & found
    assert not {change for change in survivors if "y_pred[:, :, t] = yt_pred => pass" in change}


@pytest.mark.skipif(not hasattr(course.signal, "SIGVTALRM"), reason="the bound needs SIGVTALRM")
def test_a_mutant_that_does_not_end_is_stopped(monkeypatch):
    class Endless:
        def function(self, name, changed):
            def forever(*_):
                while True:
                    pass

            return forever

    whole = assignment(RNN)
    quick = replace(whole.exercises["rnn_forward"], timeout=0.2)
    mutant = course.population(RNN)["rnn_forward"][0]
    fate(RNN, "rnn_forward", mutant, PUBLIC)  # what it keeps is computed with the true reference
    monkeypatch.setattr(course, "assignment", lambda name: Assignment(name, {"rnn_forward": quick}, Endless()))
    assert fate(RNN, "rnn_forward", mutant, PUBLIC) == "raised"


# --- The pass itself --------------------------------------------------------------------------------------------------


def test_mutants_are_python_distinct_and_in_the_same_order_each_time():
    found = mutants(SOURCE)
    assert found == mutants(SOURCE)
    assert len({m.source for m in found}) == len({m.change for m in found}) == len(found)
    for mutant in found:
        assert ast.dump(ast.parse(mutant.source)) != ast.dump(ast.parse(SOURCE))
        assert "Not to be changed." in mutant.source and 'names=("x", "y")' in mutant.source.replace("'", '"')


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("arithmetic", "total += a[i] * b[i] => total += a[i] / b[i]"),
        ("arithmetic", "total += a[i] * b[i] => total -= a[i] * b[i]"),
        ("assignment", "total += a[i] * b[i] => total = a[i] * b[i]"),
        ("sign", "total += a[i] * b[i] => total += -(a[i] * b[i])"),
        ("dropped operand", "total += a[i] * b[i] => total += b[i]"),
        ("comparison", "if a[i] < b[i] and a[i] > 1: => if a[i] <= b[i] and a[i] > 1:"),
        ("condition", "if a[i] < b[i] and a[i] > 1: => if a[i] < b[i] or a[i] > 1:"),
        ("condition", "if a[i] < b[i] and a[i] > 1: => if a[i] < b[i]:"),
        ("constant", "if a[i] < b[i] and a[i] > 1: => if a[i] < b[i] and a[i] > 2:"),
        ("constant", "total = 0.5 => total = 1.0"),
        ("loop", "for i in range(len(a)): => for i in range(1, len(a)):"),
        ("loop", "nothing => break"),
        ("index", "total += a[i] * b[i] => total += a[i - 1] * b[i]"),
        ("slice", "rows = a[1:, i].T @ b => rows = a[:1, i].T @ b"),
        ("transpose", "rows = a[1:, i].T @ b => rows = a[1:, i] @ b"),
        ("transpose", "rows = a[1:, i].T @ b => rows = a[1:, i].T @ b.T"),
        ("swapped operands", "rows = a[1:, i].T @ b => rows = b @ a[1:, i].T"),
        ("swapped order", "rows = a[1:, i].T @ b => rows = a[i, 1:].T @ b"),
        ("name", "rows = a[1:, i].T @ b => rows = a[1:, i].T @ a"),
        ("axis", "=> return {'x': total, 'y': np.sum(rows, axis=1)}"),
        ("dropped keyword", "=> return {'x': total, 'y': np.sum(rows)}"),
        ("function", "=> return {'x': total, 'y': np.mean(rows, axis=0)}"),
        ("text", "return {'x': total, 'y': np.sum(rows, axis=0)} => return {'y': total, 'y': np.sum(rows, axis=0)}"),
        ("dropped element", "=> return {'x': total}"),
        ("dropped statement", "total = 0.5 => pass"),
        ("swapped statements", "return {'x': total, 'y': np.sum(rows, axis=0)} ; rows = a[1:, i].T @ b"),
    ],
)
def test_kinds_of_mutants(kind, change):
    found = [mutant.change for mutant in mutants(SOURCE) if mutant.kind == kind]
    assert [one for one in found if change in one], found


def test_sample_is_repeatable_and_meets_every_kind():
    every = mutants(SOURCE)
    kinds = {mutant.kind for mutant in every}
    drawn = sample(every, len(kinds), random.Random(1))
    assert drawn == sample(every, len(kinds), random.Random(1)) != sample(every, len(kinds), random.Random(2))
    assert {mutant.kind for mutant in drawn} == kinds and len(drawn) == len(kinds)
    assert sample(every, 10**6, random.Random(1)) == every
