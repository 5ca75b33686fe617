"""What this course asks of its own notebooks, beyond what the grader needs: points, mistakes, a written answer."""

import re

import nbformat
import pytest
import sources
from sources import NOTEBOOKS, ROOT, settings

from autograders.release.authoring import variants
from helpers.notebook import skipped

POINTS_OF_A_NOTEBOOK, POINTS_BY_HAND = 100, 10
MISTAKES_AT_LEAST, VARIANTS_AT_LEAST = 8, 6


@pytest.fixture(params=NOTEBOOKS)
def name(request):
    return request.param


@pytest.fixture
def exercises(name):
    return sources.exercises(name)


@pytest.fixture
def notebook(name):
    return nbformat.read(NOTEBOOKS[name], as_version=4)


def test_points_sum_to_a_hundred(exercises):
    assert sum(exercise.points for exercise in exercises.values()) == POINTS_OF_A_NOTEBOOK


def test_there_are_enough_mistakes_and_variants(exercises, name):
    right = variants(name, ROOT)
    for exercise in exercises.values():
        assert len(exercise.mistakes) >= (MISTAKES_AT_LEAST if exercise.points else 1), exercise.name
        assert len(right[exercise.name]) >= VARIANTS_AT_LEAST, exercise.name


def test_it_ends_with_one_answer_that_a_person_marks(notebook):
    answers, tasks = settings(notebook, "grade", "markdown"), settings(notebook, "task", "markdown")
    assert list(answers) == list(settings(notebook, "solution", "markdown")) == ["compare_reflection"] and not tasks
    cell = answers["compare_reflection"]
    assert cell.metadata.nbgrader.points == POINTS_BY_HAND and not cell.metadata.nbgrader.locked
    at = notebook.cells.index(cell)
    before, after = notebook.cells[at - 1], notebook.cells[at + 1 :]
    assert before.metadata.nbgrader.locked and before.metadata.nbgrader.grade_id == "compare_task"
    parts = re.findall(r"^\| \*\*(\w+)\*\* \| (\d+) \|", before.source, re.M)
    assert sum(int(points) for _, points in parts) == POINTS_BY_HAND
    assert re.findall(r"^\*\*(\w+)", cell.source, re.M) == [name for name, _ in parts]
    assert cell.source.count("BEGIN SOLUTION") == cell.source.count("END SOLUTION") == len(parts)
    text, code = after[:-1], after[-1]
    assert [one.source.splitlines()[0] for one in text] == ["## You have built", "## Glossary", "## Before you hand in"]
    assert code.source == "from helpers.ready import ready\n\nready()" and skipped(code)


def test_readme_says_how_many_points(name):
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if f"| `{name}` |" in line]
    assert line.split("|")[3].strip() == f"{POINTS_OF_A_NOTEBOOK} + {POINTS_BY_HAND}"
