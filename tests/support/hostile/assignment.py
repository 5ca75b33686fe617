"""A course of two small exercises, for hostile and honest learners; and the desk at which they fill it in."""

import shutil
import sys
import types
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograders.engine.exercise import Case, Exercise, Mistake
from helpers.check.comparing import INPUTS
from hostile import MARKER

NAME = "small"
ROOT = Path(__file__).parents[3]
POINTS = 10.0
CANARY = "canary-solution-5d41402a"  # stands in the source's solution, and nowhere else
GRADERS = ROOT / "autograders" / "engine" / "exercise.py"
OF_GRADERS = GRADERS.read_text(encoding="utf-8").partition("\n")[0].strip('"')  # the first line of the graders' code
CELL_SECONDS = 3
SCALE = '''def scale(x, factor, name):
    """Return x times factor."""
    ### BEGIN SOLUTION
    kept = "canary-solution-5d41402a"
    result = x * factor
    ### END SOLUTION
    return result
'''
TOTAL = '''def total(x):
    """Return the sum of each row."""
    ### BEGIN SOLUTION
    result = x.sum(axis=1)  # canary-solution-5d41402a
    ### END SOLUTION
    return result
'''
HONEST = {
    "scale": 'def scale(x, factor, name):\n    """Return x times factor."""\n    return np.multiply(x, factor)\n',
    "total": 'def total(x):\n    """Return the sum of each row."""\n    return np.sum(x, axis=1)\n',
}
WRONG = 'def scale(x, factor, name):\n    """Return x times factor."""\n    return x + 1\n'
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _scale_cases(rng):
    def name():
        return "".join(LETTERS[i] for i in rng.integers(0, len(LETTERS), 16))

    return [
        Case(f"shape {shape}", {"x": rng.standard_normal(shape), "factor": float(rng.uniform(2, 9)), "name": name()})
        for shape in ((3, 4), (5,), (2, 2, 2))
    ]


def _total_cases(rng):
    return [Case(f"shape {shape}", {"x": rng.standard_normal(shape)}) for shape in ((3, 4), (1, 6))]


EXERCISES = (
    Exercise(
        "scale", {"result": 0.8, INPUTS: 0.2}, _scale_cases, returns=("result",), timeout=5.0,
        mistakes=(
            Mistake(
                "adds", "What becomes of x if the factor is 1?", "the factor is added; it multiplies", "section 1",
                (("x * factor", "x + factor"),),
            ),
        ),
    ),
    Exercise(
        "total", {"result": 1.0}, _total_cases, returns=("result",), timeout=5.0,
        mistakes=(
            Mistake(
                "wrong_axis", "How many sums should there be?", "the columns are summed; rows are asked", "section 1",
                (("axis=1", "axis=0"),),
            ),
        ),
    ),
)  # fmt: skip
BY_NAME = {one.name: one.worth(POINTS) for one in EXERCISES}


def _cell(source, grade_id, points=None, solution=False, tags=()):
    settings = {
        "grade": points is not None, "grade_id": grade_id, "locked": not solution, "schema_version": 3,
        "solution": solution, "task": False,
    }  # fmt: skip
    if points is not None:
        settings["points"] = points
    return new_code_cell(source, metadata={"nbgrader": settings, "tags": list(tags)}, id=grade_id)


def source_notebook(tests=None):
    """Return the instructor's notebook.

    Parameters
    ----------
    tests : dict of str to str, optional
        Sources of the grade cells, for graders that run tests in the notebook; `check(...)` when not given.
    """
    tests = tests or {name: f"check({name})" for name in HONEST}
    imports = (
        "import numpy as np"
        if "check(" not in tests["scale"]
        else "import numpy as np\nfrom helpers.check import check"
    )
    cells = [
        new_markdown_cell("# Small\n\nTwo functions.", id="title"),
        _cell(imports, "packages", tags=["setup"]),
        _cell(SCALE, "scale", solution=True),
        _cell(tests["scale"], "test_scale", POINTS),
        _cell(TOTAL, "total", solution=True),
        _cell(tests["total"], "test_total", POINTS),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "course": {"exercises": NAME, "cell_seconds": CELL_SECONDS}}
    return new_notebook(cells=cells, metadata=metadata)


def declare():
    """Let `autograders.engine.exercise.load` find this assignment's exercises under its name."""
    module = types.ModuleType(f"autograders.assignments.{NAME}")
    module.EXERCISES = EXERCISES
    sys.modules[module.__name__] = module


def make_course(folder):
    """Make a course directory with this one assignment, released.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    Course
    """
    from autograders.course import Course

    declare()
    source = Path(folder) / "notebooks" / NAME
    source.mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    nbformat.write(source_notebook(), source / f"{NAME}.ipynb")
    course = Course(folder)
    course.config.RunAndJudge.cell_timeout = float(CELL_SECONDS)
    course.config.RunAndJudge.notebook_timeout = 12.0
    course.release(NAME)
    return course


class Desk:
    """What a learner has before them: the released notebook, and (too much) knowledge of where everything lies.

    Parameters
    ----------
    root : Path
        The course directory.
    neighbour : str
        A student whose submission is there already.
    ports : dict, optional
        Where services of the machine listen.
    student : str, optional
        Who sits at the desk.
    """

    def __init__(self, root, neighbour, ports=None, student="nobody"):
        self.root, self.neighbour, self.ports, self.student = Path(root), neighbour, ports or {}, student
        self.released = self.root / "release" / NAME / f"{NAME}.ipynb"
        self.source = self.root / "notebooks" / NAME / f"{NAME}.ipynb"
        self.gradebook = self.root / "gradebook.db"
        self.other = self.root / "submitted" / neighbour / NAME / f"{NAME}.ipynb"
        self.repository = ROOT
        self.marker = MARKER

    def notebook(self, first=None, scale=None, total=None, last=None):
        """Return the released notebook filled in: `total` honestly unless given, `scale` wrongly unless given."""
        notebook = nbformat.read(self.released, as_version=4)
        for name, source in (("scale", scale or WRONG), ("total", total or HONEST["total"])):
            cell(notebook, name).source = source
        if first is not None:
            notebook.cells.insert(2, new_code_cell(first, id="first"))
        if last is not None:
            notebook.cells.append(new_code_cell(last, id="last"))
        return notebook

    def honest(self):
        """Return the released notebook with both functions written."""
        return self.notebook(scale=HONEST["scale"])

    def write(self, folder, notebook):
        """Write a notebook, or bytes, under the expected name."""
        path = Path(folder) / f"{NAME}.ipynb"
        if isinstance(notebook, bytes):
            path.write_bytes(notebook)
        else:
            path.write_text(nbformat.writes(notebook), encoding="utf-8")


def cell(notebook, grade_id):
    """Return the cell with an nbgrader id."""
    return next(one for one in notebook.cells if one.metadata.get("nbgrader", {}).get("grade_id") == grade_id)
