"""Graded side by side: the same marks, the same inputs for all, and a worker that dies takes nobody along."""

import os
import pickle
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from small_course import FULL, HONEST, NAME, WRONG, Class

from autograders import workers
from autograders.engine.judge import judge_submission
from autograders.sandbox.limits import Limits
from autograders.workers import ENDED, grade, share_of

pytestmark = pytest.mark.slow

# A worker whose process ends when it meets one notebook: no kernel does that to it, but a machine may.
DEADLY = """
import multiprocessing, os
from autograders.engine import judge
honest = judge._missing  # called when the notebook has been run; the worker has read this file by then
def missing(notebook, *others):
    if any("DOOM" in cell.source for cell in notebook.cells):
        os._exit(1)
    return honest(notebook, *others)
if multiprocessing.parent_process():
    judge._missing = missing
"""


@pytest.fixture(params=["pool", pytest.param("cluster", marks=pytest.mark.long)])
def engine(request, monkeypatch):
    """What judges: a few processes, or a cluster of Dask's, as it does for many submissions."""
    if request.param == "cluster":
        monkeypatch.setattr(workers, "FEW", 0)


def side_by_side(klass, number):
    todo = [(NAME, student) for student in klass.course.submissions(NAME)]
    results = list(grade(klass.course, todo, number, force=True))
    assert len(results) == len(todo)
    return {result.student: result for result in results}


@pytest.fixture(scope="module")
def klass(tmp_path_factory):
    """Ten learners, every third one with a mistake, and one unreadable file."""
    made = Class(tmp_path_factory.mktemp("workers") / "course")
    for number in range(10):
        answers = {"scale": WRONG} if number % 3 == 0 else {}
        made.hand_in(f"learner{number}", made.notebook(**answers))
    made.hand_in("unreadable", b"{")
    return made


@pytest.mark.filterwarnings("error::sqlalchemy.exc.SAWarning")  # of half a submission: an instructor would see it
@pytest.mark.parametrize("many", [3, pytest.param(8, marks=pytest.mark.long)])
def test_the_marks_do_not_depend_on_the_number_of_workers(klass, engine, many):
    several = side_by_side(klass, many)
    seeds = {klass.judged(student).metadata.verdict["seed"] for student in several}
    assert len(seeds) == 1  # everybody got the same hidden inputs
    alone = side_by_side(klass, 1)
    assert seeds != {klass.judged("learner0").metadata.verdict["seed"]}  # and each run draws anew
    assert several.keys() == alone.keys()
    assert all(one.exercises == alone[name].exercises for name, one in several.items())
    assert several["learner1"].score == FULL > several["learner0"].score
    assert several["unreadable"].problem


def test_a_worker_that_dies_takes_nobody_along(tmp_path, engine):
    klass = Class(tmp_path / "course", declaration=DEADLY)
    for student in ("anna", "bert", "doom", "emma"):
        klass.hand_in(student, klass.notebook(scale=f"{HONEST['scale']}# DOOM") if student == "doom" else None)
    results = side_by_side(klass, 2)
    doom = results.pop("doom")
    assert (doom.score, doom.problem) == (None, ENDED)  # it stays ungraded
    assert {one.score for one in results.values()} == {FULL}


@pytest.mark.parametrize("workers", [1, 2, 3, 5, 8, 20])
def test_workers_share_the_processors(workers):
    processors = [1, 2, 5, 6, 7]
    shares = [share_of(processors, number, workers) for number in range(workers)]
    assert all(shares) and {one for share in shares for one in share} == set(processors)
    if workers <= len(processors):
        assert sum(map(len, shares)) == len(processors)


def test_a_kernel_gets_no_more_than_it_needs():
    assert len(share_of(list(range(128)), 0, 1)) == len(Limits(processors=range(8)).plain()["processors"])


def test_a_worker_needs_no_course_directory(klass, tmp_path):
    sealed = klass.course.seal(NAME)
    submission = klass.course.take_in(NAME, "learner1", sealed)
    elsewhere = replace(sealed, notebooks=tuple(replace(one, root=tmp_path) for one in sealed.notebooks))
    (judged,) = judge_submission(submission, pickle.loads(pickle.dumps(elsewhere)), 1, Limits()).values()
    assert sum(judged.marks.values()) == FULL


@pytest.mark.long
def test_workers_end_with_a_killed_command(klass):
    """Started with a mark in its environment, which forks inherit: what bears it afterwards was left behind."""
    mark = f"WORKERS_TEST={os.getpid()}"
    code = f"import sys\nsys.path[:0] = {sys.path!r}\nfrom autograders.course import Course\n"
    code += "from autograders.workers import grade\n"
    code += f"course = Course({str(klass.course.root)!r})\n"
    code += f"todo = [({NAME!r}, student) for student in course.submissions({NAME!r})]\n"
    # What earlier tests had judged is judged again, and so often that the run is never over before it is killed.
    code += "for one in grade(course, todo * 1000, 2, force=True): print(one.student, flush=True)"
    name, _, text = mark.partition("=")
    command = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=os.environ | {name: text})

    def alive():
        return [path.parent.name for path in Path("/proc").glob("[0-9]*/environ") if mark in _read(path)]

    def comes_true(condition):
        end = time.monotonic() + 20
        while not condition() and time.monotonic() < end:
            time.sleep(0.1)
        return condition()

    assert command.stdout.readline()
    assert comes_true(lambda: len(alive()) >= 3), alive()
    assert command.poll() is None
    command.kill()
    command.wait()
    assert comes_true(lambda: not alive()), alive()


def _read(path):
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def test_no_worker_is_an_error(klass):
    with pytest.raises(ValueError, match="at least one worker, got 1 and 0"):
        list(grade(klass.course, [(NAME, "learner0")], 0))
