"""Graded side by side: the same marks, the same inputs for all, and a worker that dies takes nobody along."""

import pytest
from small_course import FULL, NAME, WRONG, Class

from autograders.workers import ENDED, grade

# A grader whose process ends when it meets one learner: no kernel does that to it, but a machine may.
DEADLY = """
import os
from autograders.judge import Judge
honest = Judge.preprocess
def preprocess(self, nb, resources):
    if resources["nbgrader"]["student"] == "doom":
        os._exit(1)
    return honest(self, nb, resources)
Judge.preprocess = preprocess
"""


def side_by_side(klass, workers):
    todo = [(NAME, student) for student in klass.course.submissions(NAME)]
    outcomes = list(grade(klass.course, todo, workers))
    assert len(outcomes) == len(todo)
    return {outcome.student: outcome for outcome in outcomes}


@pytest.fixture(scope="module")
def klass(tmp_path_factory):
    """Ten learners, every third one with a mistake, and one unreadable file."""
    made = Class(tmp_path_factory.mktemp("workers") / "course")
    for number in range(10):
        answers = {"scale": WRONG} if number % 3 == 0 else {}
        made.hand_in(f"learner{number}", made.notebook(**answers))
    made.hand_in("unreadable", b"{")
    return made


@pytest.mark.slow
def test_the_marks_do_not_depend_on_the_number_of_workers(klass):
    several = side_by_side(klass, 3)
    seeds = {klass.judged(student).metadata.verdict["seed"] for student in several}
    assert len(seeds) == 1  # everybody got the same hidden inputs
    alone = side_by_side(klass, 1)
    assert seeds != {klass.judged("learner0").metadata.verdict["seed"]}  # and each run draws anew
    assert {name: one.score for name, one in several.items()} == {name: one.score for name, one in alone.items()}
    assert several["learner1"].score == FULL > several["learner0"].score
    assert several["unreadable"].problem


@pytest.mark.slow
def test_a_worker_that_dies_takes_nobody_along(tmp_path):
    klass = Class(tmp_path / "course", config=DEADLY)
    for student in ("anna", "bert", "doom", "emma"):
        klass.hand_in(student)
    outcomes = side_by_side(klass, 2)
    assert outcomes.pop("doom").problem == ENDED
    assert {one.score for one in outcomes.values()} == {FULL}


def test_no_worker_is_an_error(klass):
    with pytest.raises(ValueError, match="a worker at least, not 0"):
        list(grade(klass.course, [(NAME, "learner0")], 0))
