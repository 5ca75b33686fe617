"""A course of two small exercises for tests of nbgrader's own behaviours: whatever else a test needs is added to it."""

import contextlib
import io
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import nbformat
from hostile.assignment import HONEST, NAME, POINTS, ROOT, WRONG, cell, source_notebook
from nbformat.v4 import new_code_cell, new_markdown_cell

__all__ = [
    "ANSWER", "FULL", "HONEST", "NAME", "POINTS", "TASK", "WRONG", "Class", "cell", "course_command", "graded_cell",
    "marks_of", "nbgrader", "nbgrader_autograde",
]  # fmt: skip

FULL = 2 * POINTS
SUPPORT = str(Path(__file__).parent)
DECLARATION = f"import sys\nsys.path.insert(0, {SUPPORT!r})\nfrom hostile.assignment import EXERCISES\n"
ANSWER_POINTS, TASK_POINTS = 5.0, 4.0


def _settings(grade_id, points, **flags):
    settings = {"grade": False, "solution": False, "task": False, "locked": True, "schema_version": 3}
    return {"nbgrader": settings | {"grade_id": grade_id, "points": points} | flags}


def graded_cell(source, grade_id="own_tests", points=6.0):
    """Return a cell with tests of nbgrader's own kind, which run in the notebook."""
    return new_code_cell(source, metadata=_settings(grade_id, points, grade=True), id=grade_id)


ANSWER = new_markdown_cell(
    "What did you find?\n\nYOUR ANSWER HERE",
    metadata=_settings("answer", ANSWER_POINTS, grade=True, solution=True, locked=False), id="answer",
)  # fmt: skip
TASK = new_markdown_cell(
    "Add cells below and draw something.\n\n=== BEGIN MARK SCHEME ===\n\nA line.\n\n=== END MARK SCHEME ===",
    metadata=_settings("task", TASK_POINTS, task=True), id="task",
)  # fmt: skip


@cache
def empty_gradebook():
    """Return the path of a gradebook with nothing in it: nbgrader runs a program to make one, which takes a second."""
    from autograders.course import CONFIG_FILE, Course

    root = Path(tempfile.mkdtemp())
    (root / CONFIG_FILE).touch()
    with Course(root).gradebook():
        return root / "gradebook.db"


class Class:
    """A released course in a folder, and what its learners hand in.

    Parameters
    ----------
    folder : Path
    cells : iterable of NotebookNode
        Added to every source notebook.
    notebooks : iterable of str
        Names of the assignment's notebooks.
    config : str
        Added to `nbgrader_config.py`.
    declaration : str
        Added to the declaration of the exercises, which workers import, too.
    """

    def __init__(self, folder, cells=(), notebooks=(NAME,), config="", declaration=""):
        from autograders.course import Course

        declared = Path(folder) / "assignments" / NAME
        declared.mkdir(parents=True)
        (declared / "__init__.py").write_text(DECLARATION + declaration, encoding="utf-8")
        source = Path(folder) / "notebooks" / NAME
        source.mkdir(parents=True)
        settings = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
        (Path(folder) / "nbgrader_config.py").write_text(f"{settings}{config}\n", encoding="utf-8")
        for name in notebooks:
            notebook = source_notebook()
            notebook.cells += [nbformat.from_dict(one) for one in cells]
            nbformat.write(notebook, source / f"{name}.ipynb")
        shutil.copy(empty_gradebook(), folder)
        self.course = Course(folder)
        self.course.release(NAME)

    def notebook(self, name=NAME, **answers):
        """Return a released notebook with cells filled in: both functions honestly, unless given by id."""
        notebook = nbformat.read(self.course.path("release", NAME) / f"{name}.ipynb", as_version=4)
        for grade_id, source in (HONEST | answers).items():
            cell(notebook, grade_id).source = source
        return notebook

    def hand_in(self, student, notebook=None, name=NAME, **files):
        """Write a submission: a notebook (or bytes) under a name, and files beside it; return its folder.

        Parameters
        ----------
        student : str
        notebook : NotebookNode or bytes, optional
            An honest one when not given.
        name : str
        **files : str
            Text of other files; in their names, `__` stands for a dot.
        """
        folder = self.course.path("submitted", NAME, student)
        folder.mkdir(parents=True, exist_ok=True)
        notebook = self.notebook() if notebook is None else notebook
        data = notebook if isinstance(notebook, bytes) else nbformat.writes(notebook).encode("utf-8")
        (folder / f"{name}.ipynb").write_bytes(data)
        for file, text in files.items():
            (folder / file.replace("__", ".")).write_text(text, encoding="utf-8")
        return folder

    def grade(self, student, notebook=None, **files):
        """Hand in and grade; return the Result."""
        self.hand_in(student, notebook, **files)
        return self.course.grade(NAME, student)

    def judged(self, student, name=NAME):
        """Return a graded notebook, which is a valid one."""
        notebook = nbformat.read(self.course.path("autograded", NAME, student) / f"{name}.ipynb", as_version=4)
        nbformat.validate(notebook)
        return notebook

    def page(self, student, name=NAME):
        """Return the feedback page, made anew."""
        return (self.course.feedback(NAME, student) / f"{name}.html").read_text(encoding="utf-8")


def marks_of(course, assignment=NAME):
    """Return {student: (score, max_score)}, as the gradebook has them."""
    return {name: (one.score, one.max_score) for name, one in course.results(assignment).items()}


def nbgrader(course, *arguments):
    """Run the `nbgrader` command in a course directory, as its users do."""
    command = [sys.executable, "-m", "nbgrader", *arguments]
    return subprocess.run(command, cwd=course.root, capture_output=True, text=True)


def nbgrader_autograde(course, student):
    """Grade by nbgrader alone, as the formgrader's button does; return what it says."""
    from nbgrader.apps import NbGraderAPI

    return NbGraderAPI(config=course.config).autograde(NAME, student)


def course_command(*arguments, cwd):
    """Run the `course` command in a folder as its users do, but in this process: starting one takes seconds.

    Returns
    -------
    SimpleNamespace
        `returncode`, `stdout` and `stderr`, as of a finished process.
    """
    from autograders import cli

    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2)]
    status = 0
    with (
        contextlib.chdir(cwd), contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]),
        mock.patch.object(sys, "argv", ["course", *arguments]),
        mock.patch.object(sys, "unraisablehook", sys.unraisablehook),  # to put it back
    ):  # fmt: skip
        try:
            cli.main()
        except SystemExit as end:
            status = end.code or 0
    texts = []
    for stream in streams:
        stream.flush()
        texts.append(stream.buffer.getvalue().decode("utf-8"))
    return SimpleNamespace(returncode=status, stdout=texts[0], stderr=texts[1])
