"""What holds for every notebook of the course: its cells, their order and metadata, its figures."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

from autograders.exercise import load
from autograders.intake import needs_tensorflow
from autograders.judge import Judge
from autograders.kernel import SANDBOX, Kernel
from autograders.sandbox.limits import Limits
from autograders.sandbox.trial import why_not

ROOT = Path(__file__).parents[1]
PATHS = {path.stem: path for path in sorted((ROOT / "notebooks").glob("*/*.ipynb")) if path.parent.name == path.stem}
POINTS_OF_A_NOTEBOOK, POINTS_BY_HAND = 100, 10
SHOWN = set(Judge.skipped_tags.default())
SETUP = (ast.Import, ast.ImportFrom, ast.Assign, ast.AugAssign)  # imports, and constants like those of the environment
WORDS_OF_AN_ALTERNATIVE_TEXT = 6
SECONDS = 60


@pytest.fixture(params=sorted(PATHS))
def name(request):
    return request.param


@pytest.fixture
def path(name):
    return PATHS[name]


@pytest.fixture
def notebook(path):
    return nbformat.read(path, as_version=4)


@pytest.fixture
def exercises(name):
    return load(name)


def settings(notebook, kind, cell_type="code"):
    """Return {grade_id: cell} of the cells of a type whose nbgrader metadata says `kind`."""
    cells = [c for c in notebook.cells if c.cell_type == cell_type and c.metadata.get("nbgrader", {}).get(kind)]
    return {cell.metadata.nbgrader.grade_id: cell for cell in cells}


def tags(cell):
    return set(cell.metadata.get("tags", []))


def test_it_has_no_outputs_and_readable_unique_ids(notebook, name):
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.course.exercises == name
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z][a-z0-9-]+", one) for one in ids)
    grade_ids = [cell.metadata.nbgrader.grade_id for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert len(set(grade_ids)) == len(grade_ids)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None


def test_every_exercise_has_its_cells_in_order(notebook, exercises):
    solutions, grades = settings(notebook, "solution"), settings(notebook, "grade")
    assert list(solutions) == list(exercises)
    assert list(grades) == [f"test_{name}" for name in exercises]
    order = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    for name, exercise in exercises.items():
        solution, grade = solutions[name], grades[f"test_{name}"]
        assert "### BEGIN SOLUTION" in solution.source and "### END SOLUTION" in solution.source
        assert ast.get_docstring(ast.parse(solution.source).body[0])
        assert order.index(name) < order.index(f"test_{name}")
        assert grade.source.startswith("# Checks ")
        assert [line for line in grade.source.splitlines() if not line.startswith("#")] == [f"check({name})"]
        assert grade.metadata.nbgrader.locked and not grade.metadata.nbgrader.solution
        assert grade.metadata.nbgrader.points == exercise.points
        assert not solution.metadata.nbgrader.locked and not solution.metadata.nbgrader.grade


def test_points_sum_to_a_hundred(exercises):
    assert sum(exercise.points for exercise in exercises.values()) == POINTS_OF_A_NOTEBOOK


def test_sections_are_numbered_and_the_first_cell_lists_them(notebook):
    text = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    titles = re.findall(r"^## (\d .*)$", "\n".join(text), re.M)
    assert [int(title[0]) for title in titles] == list(range(1, len(titles) + 1))
    assert re.findall(r"^\| (\d [^|]*) \|", text[0], re.M) == titles
    for number, title in enumerate(titles, 1):
        parts = re.findall(rf"^### {number}\.(\d) ", "\n".join(text), re.M)
        assert [int(part) for part in parts] == list(range(1, len(parts) + 1)), title


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
    assert [one.source.splitlines()[0] for one in after] == ["## You have built", "## Glossary"]


def test_readme_says_how_many_points(name):
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if f"| `{name}` |" in line]
    assert line.split("|")[3].strip() == f"{POINTS_OF_A_NOTEBOOK} + {POINTS_BY_HAND}"


def test_setup_cells_import_by_name_and_are_locked(notebook):
    cells = [cell for cell in notebook.cells if "setup" in tags(cell)]
    assert cells
    for cell in cells:
        assert "*" not in cell.source
        assert cell.metadata.nbgrader.locked
        assert all(isinstance(node, SETUP) for node in ast.parse(cell.source).body), cell.id


def test_cells_that_are_not_run_at_grading_are_locked(notebook):
    shown = [cell for cell in notebook.cells if SHOWN & tags(cell)]
    assert shown
    for cell in shown:
        nbgrader = cell.metadata.nbgrader
        assert nbgrader.locked and not nbgrader.grade and not nbgrader.solution and nbgrader.grade_id


def test_every_figure_is_shown_and_has_an_alternative_text(notebook, path):
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    figures = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", text)
    assert {target for _, target in figures} == {f"figures/{one.name}" for one in (path.parent / "figures").iterdir()}
    assert all(len(alternative.split()) >= WORDS_OF_AN_ALTERNATIVE_TEXT for alternative, _ in figures)


@pytest.mark.slow
@pytest.mark.skipif(why_not() is not None, reason="no sandbox here")
def test_kernels_have_tensorflow_if_a_cell_that_is_run_imports_it(notebook, path):
    """So that no submission waits for the import, and none pays for a parent that has it for nothing."""
    with Kernel(SANDBOX, path.parent, Limits(), tensorflow=False) as kernel:

        def imported():
            (output,) = kernel.execute("import sys\nprint('tensorflow' in sys.modules)", SECONDS).outputs
            return output.text == "True\n"

        cells = [cell for cell in notebook.cells if cell.cell_type == "code" and not tags(cell) & SHOWN]
        cells = [cell.source for cell in cells if not cell.metadata.get("nbgrader", {}).get("grade")]
        found = any(kernel.execute(source, SECONDS) and imported() for source in cells)
    assert found == needs_tensorflow(notebook)
