"""nbgrader's Validate on released notebooks: what need not run is left out, and our words say what is missing."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from nbgrader.validator import Validator
from small_course import NAME, WRONG, Class

from autograders.demo import ANSWER, Desk
from helpers.notebook import SKIPPED_TAGS

pytestmark = pytest.mark.slow

SKIP = "skip-execution"


def locked(tag):
    settings = {"grade": False, "solution": False, "task": False, "locked": True, "schema_version": 3}
    source = f"open({tag!r}, 'x').close()"
    return new_code_cell(source, metadata={"nbgrader": settings | {"grade_id": tag}, "tags": [tag]}, id=tag)


@pytest.fixture(scope="module")
def klass(tmp_path_factory):
    """The small course with locked cells that leave files: one of each tag, and one without."""
    return Class(tmp_path_factory.mktemp("validate") / "course", map(locked, ("plain", *SKIPPED_TAGS)))


def validate(folder, notebook, name=NAME):
    """Press the button: return {first line of a cell that failed: what is said of it}."""
    nbformat.write(notebook, folder / f"{name}.ipynb")
    result = Validator().validate(str(folder / f"{name}.ipynb"))
    assert set(result) <= {"failed"}, result
    return {one["source"].splitlines()[0]: one["raw_error"] for one in result.get("failed", [])}


def test_locked_cells_with_a_tag_are_left_out_and_the_learners_own_run(klass):
    folder, notebook = klass.course.path("release", NAME), klass.notebook(scale=WRONG)
    mine = {"tags": list(SKIPPED_TAGS)}
    notebook.cells.append(new_code_cell("open('mine', 'x').close()", metadata=mine, id="mine"))
    failed = validate(folder, notebook)
    assert {one.name for one in folder.iterdir() if not one.suffix} == {"plain", "mine"}
    assert list(failed) == ["check(scale)"] and failed["check(scale)"].startswith("scale: 0 of 2 parts are right\n")


@pytest.mark.long
@pytest.mark.parametrize("name", ["step_by_step_rnn", "jazz_lstm", "emojify"])
def test_a_right_notebook_succeeds_and_runs_no_training(course, name):
    course.release(name)
    desk = Desk(course, name)
    notebook = desk.answer(desk.notebook(), ANSWER)
    assert validate(course.path("release", name), notebook, name) == {}
    tags = [set(cell.metadata.get("tags", ())) for cell in notebook.cells if cell.cell_type == "code"]
    left_out = [SKIP in some for some in tags]
    assert left_out == [bool(some & set(SKIPPED_TAGS)) for some in tags] and any(left_out)


def test_what_fails_is_what_costs_points_and_our_words_say_why(course):
    """A mistake that others inherit fails once, what is optional and not written does not, an open answer does."""
    name = "step_by_step_rnn"
    notebook = Desk(course, name).first_replaced("np.tanh", "np.sin")
    failed = validate(course.path("release", name), notebook, name)
    wrong, answer = failed
    assert wrong.startswith("# Checks the new state") and failed[wrong].startswith("rnn_cell_forward: 0 of 4 parts are")
    assert answer == "*Your claim, 10 points: double-click here, and write it in the place of these lines.*"
