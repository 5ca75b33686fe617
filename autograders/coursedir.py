"""Which notebooks a course directory holds, as nbgrader is configured to find them."""

from functools import lru_cache
from pathlib import Path

import nbformat


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
