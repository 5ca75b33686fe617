"""A made-up class that hands in work of many kinds, to show the whole cycle in a few minutes."""

import json
import shutil
from pathlib import Path

import nbformat

from autograders.course import CONFIG_FILE, Course
from autograders.exercise import FOLDER
from autograders.reference import Reference
from autograders.release import checked, exercises_of

MARKER = ".made-by-course-demo"
ANSWER = "The gated networks keep what is far back, the simple one does not: the curves of the first figure show it."


class Desk:
    """What a learner of the demo has before them: the released notebook, and (unlike a real one) the solutions."""

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
            Pairs (number of the exercise, number of its mistake), counted from 0; what is not there is left right.
        left_out : iterable of int
            Exercises that stay the stub.
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

    def first(self):
        """Return the name of the first exercise."""
        return next(iter(self.exercises))


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
    notebook = desk.notebook(optional=False)
    cell = desk.solution_cell(notebook, desk.first())
    cell.source = cell.source.replace(":\n", "\n", 1)
    return notebook


def _ivan(desk):
    """An endless loop in the first exercise."""
    notebook = desk.notebook(optional=False)
    cell = desk.solution_cell(notebook, desk.first())
    cell.source = cell.source.replace('    """\n', '    """\n    while True:\n        pass\n', 1)
    return notebook


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
    "ada": _ada,
    "ben": _ben,
    "chen": _chen,
    "dora": _dora,
    "emre": _emre,
    "fatou": _fatou,
    "goro": _goro,
    "hana": _hana,
    "ivan": _ivan,
    "june": _june,
    "kofi": _kofi,
    "lena": _lena,
    "milo": _milo,
    "nour": _nour,
}
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
            raise FileExistsError(f"{folder} exists and is no former demo; choose another place with --dir")
        shutil.rmtree(folder)
    source = Course(origin)
    folder.mkdir(parents=True)
    (folder / MARKER).touch()
    shutil.copy(source.root / CONFIG_FILE, folder)
    name = source.directory.source_directory
    shutil.copytree(source.root / name, folder / name, ignore=shutil.ignore_patterns(".*", "*.py", "*.zip"))
    if (source.root / FOLDER).is_dir():
        shutil.copytree(source.root / FOLDER, folder / FOLDER, ignore=shutil.ignore_patterns("__pycache__"))
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
