"""What holds for every notebook of the course: its cells, their order and metadata, its figures."""

import ast
import re
import textwrap

import nbformat
import pytest
import sources
from sources import NOTEBOOKS, settings

from autograders.engine.kernel import Kernel
from autograders.engine.sealed import needs_tensorflow
from autograders.sandbox.limits import Limits
from autograders.shells import RunAndJudge

SHOWN = set(RunAndJudge.skipped_tags.default())
SETUP = (ast.Import, ast.ImportFrom, ast.Assign, ast.AugAssign)  # imports, and constants like those of the environment
WORDS_OF_AN_ALTERNATIVE_TEXT = 6
SECONDS = 60


@pytest.fixture(params=NOTEBOOKS)
def name(request):
    return request.param


@pytest.fixture
def path(name):
    return NOTEBOOKS[name]


@pytest.fixture
def notebook(path):
    return nbformat.read(path, as_version=4)


@pytest.fixture
def exercises(name):
    return sources.exercises(name)


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
    for name in exercises:
        solution, grade = solutions[name], grades[f"test_{name}"]
        assert "### BEGIN SOLUTION" in solution.source and "### END SOLUTION" in solution.source
        assert ast.get_docstring(ast.parse(solution.source).body[0])
        assert order.index(name) < order.index(f"test_{name}")
        assert grade.source.startswith("# Checks ")
        assert [line for line in grade.source.splitlines() if not line.startswith("#")] == [f"check({name})"]
        assert grade.metadata.nbgrader.locked and not grade.metadata.nbgrader.solution
        assert not solution.metadata.nbgrader.locked and not solution.metadata.nbgrader.grade


def assigned(code):
    """List what a piece of code assigns to, in order; appending to a list or adding to a variable does not count."""
    found = [node for node in ast.walk(ast.parse(textwrap.dedent(code))) if isinstance(node, ast.Assign)]
    return [ast.unparse(node.targets[0]) for node in sorted(found, key=lambda node: node.lineno)]


def test_exercises_have_a_skeleton_that_leaves_every_right_hand_side_open(notebook, exercises):
    solutions = settings(notebook, "solution")
    for name in exercises:
        idea = notebook.cells[notebook.cells.index(solutions[name]) - 1]
        if "<details>" not in idea.source:  # a locked cell with the start of the sampler stands between
            idea = notebook.cells[notebook.cells.index(solutions[name]) - 2]
        (skeleton,) = re.findall(
            r"<details><summary>.*?</summary>\n\n```python\n(.*?)```\n\n</details>", idea.source, re.S
        )
        (solution,) = re.findall("### BEGIN SOLUTION\n(.*?)### END SOLUTION", solutions[name].source, re.S)
        assert assigned(skeleton) == assigned(solution), name
        for node in ast.walk(ast.parse(skeleton)):
            if isinstance(node, (ast.Assign, ast.Expr)):
                assert ast.unparse(node.value) in ("...", "[]"), (name, ast.unparse(node))


def test_sections_are_numbered_and_the_first_cell_lists_them(notebook):
    text = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    titles = re.findall(r"^## (\d .*)$", "\n".join(text), re.M)
    assert [int(title[0]) for title in titles] == list(range(1, len(titles) + 1))
    assert re.findall(r"^\| (\d [^|]*) \|", text[0], re.M) == titles
    for number, title in enumerate(titles, 1):
        parts = re.findall(rf"^### {number}\.(\d) ", "\n".join(text), re.M)
        assert [int(part) for part in parts] == list(range(1, len(parts) + 1)), title


def test_setup_cells_import_by_name_and_are_locked(notebook):
    cells = [cell for cell in notebook.cells if "setup" in tags(cell)]
    assert cells
    for cell in cells:
        assert "*" not in cell.source
        assert cell.metadata.nbgrader.locked
        others = [ast.unparse(node) for node in ast.parse(cell.source).body if not isinstance(node, SETUP)]
        assert others in ([], ["describe_pictures()"]), cell.id


def test_pictures_are_described_from_the_first_cell_on(notebook):
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    assert first.source.endswith("\n\ndescribe_pictures()")


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
@pytest.mark.usefixtures("jail")
def test_kernels_have_tensorflow_if_a_cell_that_is_run_imports_it(notebook, path):
    """So that no submission waits for the import, and none pays for a parent that has it for nothing."""
    with Kernel(path.parent, Limits(), tensorflow=False) as kernel:

        def imported():
            (output,) = kernel.execute("import sys\nprint('tensorflow' in sys.modules)", SECONDS).outputs
            return output.text == "True\n"

        cells = [cell for cell in notebook.cells if cell.cell_type == "code" and not tags(cell) & SHOWN]
        cells = [cell.source for cell in cells if not cell.metadata.get("nbgrader", {}).get("grade")]
        found = any(kernel.execute(source, SECONDS) and imported() for source in cells)
    assert found == needs_tensorflow(notebook)
