"""A made-up class that hands in work of many kinds, to show a course from release to report in a few minutes."""

import json
import shutil
from pathlib import Path

import nbformat

from autograders.course import CONFIG_FILE, Course
from autograders.engine.declared import FOLDER
from autograders.engine.exercise import exercises_of
from autograders.engine.reference import Reference
from helpers.catalogues import FOLDER as TRANSLATIONS
from helpers.notebook import checked, settings

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
        return next(one for one in notebook.cells if settings(one).get("solution") and f"def {name}(" in one.source)

    def answer(self, notebook, text):
        """Write the same text into every answer cell that a person marks; return the notebook."""
        for cell in notebook.cells:
            if cell.cell_type == "markdown" and settings(cell).get("grade") and settings(cell).get("solution"):
                cell.source = text
        return notebook

    def first_replaced(self, old, new):
        """Return the notebook without optional exercises, with a text in the solution of the first one replaced."""
        notebook = self.notebook(optional=False)
        cell = self.solution_cell(notebook, next(iter(self.exercises)))
        cell.source = cell.source.replace(old, new, 1)
        return notebook


def _june(desk):
    """A grade cell deleted, another one altered to pass."""
    notebook = desk.notebook([(0, 1)], optional=False)
    checks = [cell for cell in notebook.cells if checked(cell)]
    notebook.cells.remove(checks[0])
    for cell in checks[1:2]:  # an assignment may have one exercise only
        cell.source = "print('all parts are right')"
    return notebook


def _nour(desk):
    """A copied solution and a copied grade cell, as a slip of the keyboard makes them."""
    notebook = desk.notebook(optional=False)
    kinds = ("solution", "grade")
    firsts = [next(cell for cell in notebook.cells if settings(cell).get(kind)) for kind in kinds]
    copies = [nbformat.from_dict(cell) for cell in firsts]
    for number, copy in enumerate(copies):
        copy["id"] = f"copy-{number}"
    notebook.cells += copies
    return notebook


CLASS = {
    "ada": lambda desk: desk.answer(desk.notebook(), ANSWER),  # everything right, the written answer, too
    "ben": lambda desk: desk.notebook(optional=False),  # everything right, optional exercises left out
    "chen": lambda desk: desk.notebook([(0, 0)]),  # one mistake, in the first exercise
    "dora": lambda desk: desk.notebook([(0, 0), (2, 1)]),  # the same mistake as Chen, and another one later
    "emre": lambda desk: desk.notebook([(1, 1), (2, 0)], optional=False),  # a mistake in each of two exercises
    "fatou": lambda desk: desk.notebook([(1, 2)], range(2, len(desk.exercises))),  # stopped half-way
    "goro": lambda desk: nbformat.read(desk.released, as_version=4),  # the released notebook, untouched
    "hana": lambda desk: desk.first_replaced(":\n", "\n"),  # a syntax error in the first exercise
    "ivan": lambda desk: desk.first_replaced(
        '    """\n', '    """\n    while True:\n        pass\n'
    ),  # an endless loop
    "june": _june,
    "kofi": lambda desk: desk.notebook(optional=False),  # all right, under another file name
    "lena": lambda desk: json.dumps(desk.notebook())[:20_000].encode("utf-8"),  # a file cut off in the middle
    "milo": lambda desk: b"",  # an empty file
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
