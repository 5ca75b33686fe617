"""Which notebooks a course directory holds, as nbgrader is configured to find them."""

from functools import lru_cache
from pathlib import Path

import nbformat

FOLDER = "assignments"  # in a course directory and in this package: where assignments are declared


def converter_of(configurable):
    """Return the nbgrader converter that a preprocessor belongs to."""
    while not hasattr(configurable, "coursedir"):
        configurable = configurable.parent
    return configurable


def course_directory(configurable):
    """Return the nbgrader CourseDirectory that a preprocessor works for."""
    return converter_of(configurable).coursedir


def source_notebook(coursedir, assignment, notebook):
    """Return the path of a source notebook."""
    folder = coursedir.format_path(coursedir.source_directory, ".", assignment)
    return Path(folder, f"{notebook}.ipynb")


def read_source(path):
    """Return a source notebook, which callers must not change: it is read anew only when its file was modified."""
    return _read_source(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read_source(path, _modified):
    return nbformat.read(path, as_version=4)


def expected_notebooks(coursedir, assignment):
    """Return the names of an assignment's notebooks, from the source folder."""
    folder = Path(coursedir.format_path(coursedir.source_directory, ".", assignment))
    return sorted(path.stem for path in folder.glob("*.ipynb"))


def own_folder(assignment, root):
    """Return where a course directory declares an assignment of its own, whether the folder exists or not."""
    return Path(root, FOLDER, assignment).resolve()


def declaration(notebook, root):
    """Return the files in which a course directory declares a notebook's exercises, by relative path.

    Parameters
    ----------
    notebook : NotebookNode
        A source notebook.
    root : str or Path
        The course directory.

    Returns
    -------
    dict of str to bytes
        Empty where the exercises are declared in `autograders.assignments`, or none are.
    """
    name = notebook.metadata.get("course", {}).get("exercises")
    folder = own_folder(name, root) if name else Path(root)
    paths = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"] if name else []
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(paths)}
