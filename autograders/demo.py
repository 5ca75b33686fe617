"""A made-up class that hands in work of many kinds, to show a course from release to report in a few minutes."""

import json
import shutil
from pathlib import Path

import nbformat

from autograders.course import CONFIG_FILE, Course
from autograders.engine.exercise import FOLDER, exercises_of
from autograders.engine.reference import Reference
from helpers.catalogues import FOLDER as TRANSLATIONS
from helpers.notebook import checked

MARKER = ".made-by-course-demo"
ANSWER = "The gated networks keep what is far back, the simple one does not: the curves of the first figure show it."


class Desk:
    """What learners of the demo work with: the released notebook and, unlike real learners, the solutions."""

    def __init__(self, course, assignment):
        path = course.root / course.directory.source_directory / assignment / f"{assignment}.ipynb"
        self.name = f"{assignment}.ipynb"
        self.released = course.path("release", assignment) / self.name
        self.exercises = exercises_of(nbformat.read(path, as_version=4), course.root)
        self.reference = Reference(path)

    def notebook(self, mistakes=(), left_out=(), optional=True):
        """Return the released notebook with solutions filled in.

        Parameters
        ----------
        mistakes : iterable of (int, int)
            Pairs (number of the exercise, number of its mistake), from 0; other exercises are right.
        left_out : iterable of int
            Exercises that are left as stubs.
        optional : bool
            Whether the optional exercises are done.
        """
        notebook = nbformat.read(self.released, as_version=4)
        chosen = dict(mistakes)
        for number, exercise in enumerate(self.exercises.values()):
            if number in left_out or not (optional or exercise.points):
                continue
            known = exercise.mistakes if number in chosen else ()
            edits = known[chosen[number] % len(known)].edits if known else ()
            source = self.reference.edited(exercise.name, edits)
            lines = [line for line in source.split("\n") if "### BEGIN" not in line and "### END" not in line]
            self.solution_cell(notebook, exercise.name).source = "\n".join(lines)
        return notebook

    def solution_cell(self, notebook, name):
        """Return the solution cell of an exercise in a notebook."""
        return next(
            cell
            for cell in notebook.cells
            if cell.metadata.get("nbgrader", {}).get("solution") and f"def {name}(" in cell.source
        )

    def answer(self, notebook, text):
        """Write the same text into every answer cell that a person marks; return the notebook."""
        for cell in notebook.cells:
            settings = cell.metadata.get("nbgrader", {})
            if cell.cell_type == "markdown" and settings.get("grade") and settings.get("solution"):
                cell.source = text
        return notebook

    def first_replaced(self, old, new):
        """Return the notebook without optional exercises, with a text in the solution of the first one replaced."""
        notebook = self.notebook(optional=False)
        cell = self.solution_cell(notebook, next(iter(self.exercises)))
        cell.source = cell.source.replace(old, new, 1)
        return notebook


def _ada(desk):
    """Everything right, optional exercises and the written answer too."""
    return desk.answer(desk.notebook(), ANSWER)


def _ben(desk):
    """Everything right, optional exercises left out."""
    return desk.notebook(optional=False)


def _chen(desk):
    """One mistake, in the first exercise."""
    return desk.notebook([(0, 0)])


def _dora(desk):
    """The same mistake as Chen, and another one later."""
    return desk.notebook([(0, 0), (2, 1)])


def _emre(desk):
    """A mistake in each of two exercises; nothing optional."""
    return desk.notebook([(1, 1), (2, 0)], optional=False)


def _fatou(desk):
    """Stopped half-way: later exercises are untouched."""
    return desk.notebook([(1, 2)], left_out=range(2, len(desk.exercises)))


def _goro(desk):
    """The released notebook, untouched."""
    return nbformat.read(desk.released, as_version=4)


def _hana(desk):
    """A syntax error in the first exercise."""
    return desk.first_replaced(":\n", "\n")


def _ivan(desk):
    """An endless loop in the first exercise."""
    return desk.first_replaced('    """\n', '    """\n    while True:\n        pass\n')


def _june(desk):
    """A grade cell deleted, another one altered to pass."""
    notebook = desk.notebook([(0, 1)], optional=False)
    checks = [cell for cell in notebook.cells if checked(cell)]
    notebook.cells.remove(checks[0])
    for cell in checks[1:2]:  # an assignment may have one exercise only
        cell.source = "print('all parts are right')"
    return notebook


def _kofi(desk):
    """All right, under another file name."""
    return desk.notebook(optional=False)


def _lena(desk):
    """A file cut off in the middle."""
    return json.dumps(desk.notebook())[:20_000].encode("utf-8")


def _milo(desk):
    """An empty file."""
    return b""


def _nour(desk):
    """A copied solution and a copied grade cell, as a slip of the keyboard makes them."""
    notebook = desk.notebook(optional=False)
    kinds = [
        [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get(kind)]
        for kind in ("solution", "grade")
    ]
    copies = [nbformat.from_dict(cells[0]) for cells in kinds]
    for number, copy in enumerate(copies):
        copy["id"] = f"copy-{number}"
    notebook.cells += copies
    return notebook


CLASS = {
    "ada": _ada, "ben": _ben, "chen": _chen, "dora": _dora, "emre": _emre, "fatou": _fatou, "goro": _goro,
    "hana": _hana, "ivan": _ivan, "june": _june, "kofi": _kofi, "lena": _lena, "milo": _milo, "nour": _nour,
}  # fmt: skip
RENAMED = {"kofi": "my solution (final).ipynb"}


def make_course(folder, origin):
    """Make a course directory for the demo.

    Parameters
    ----------
    folder : Path
        Made new; a former demo there is replaced.
    origin : Path
        The course directory whose notebooks and settings are taken.

    Returns
    -------
    Course

    Raises
    ------
    FileExistsError
        If the folder holds something else than a former demo.
    """
    folder = Path(folder)
    if folder.exists():
        if any(folder.iterdir()) and not (folder / MARKER).exists():
            raise FileExistsError(f"expected a new folder or a former demo, got {folder}; choose another with --dir")
        shutil.rmtree(folder)
    source = Course(origin)
    folder.mkdir(parents=True)
    (folder / MARKER).touch()
    shutil.copy(source.root / CONFIG_FILE, folder)
    name = source.directory.source_directory
    shutil.copytree(source.root / name, folder / name, ignore=shutil.ignore_patterns(".*", "*.py", "*.zip"))
    for part in (FOLDER, TRANSLATIONS):
        if (source.root / part).is_dir():
            shutil.copytree(source.root / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    return Course(folder)


def hand_in(course, assignment):
    """Let the made-up class hand in an assignment; return the students' names."""
    desk = Desk(course, assignment)
    for student, make in CLASS.items():
        folder = course.path("submitted", assignment, student)
        folder.mkdir(parents=True)
        path = folder / RENAMED.get(student, desk.name)
        work = make(desk)
        if isinstance(work, bytes):
            path.write_bytes(work)
        else:
            nbformat.write(work, path)
    return list(CLASS)
