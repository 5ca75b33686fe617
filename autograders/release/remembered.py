"""What release works out and what comes out the same every time, kept until something that it depends on changes."""

import contextlib
import hashlib
import importlib.metadata
import inspect
import json
import os
import sys
from functools import cache
from pathlib import Path

from autograders.coursedir import read_source
from autograders.engine.declared import FOLDER, own_folder
from helpers.data import data_path
from helpers.data.cache import cache_folder, whole_file

KEPT = 50  # results; of more, those that were not asked for the longest go
CODE = Path(__file__).parents[2]  # where `helpers` and `autograders` lie


def remembered(what, make, path, exercises, root=None, also=""):
    """Return what `make` returns, from the user's cache if it was made of the same things before.

    Parameters
    ----------
    what : str
        Names the result: letters only.
    make : callable
        make() returns bytes. Where it raises an error nothing is kept.
    path : Path
        The source notebook.
    exercises : iterable of Exercise
        Its exercises.
    root : str or Path, optional
        The course directory.
    also : str
        Whatever else the result depends on.

    Returns
    -------
    bytes
    """
    folder = cache_folder("release")
    file = folder / f"{what}-{_state(Path(path), exercises, root, also)}"
    with contextlib.suppress(OSError):
        os.utime(file)
        return file.read_bytes()
    data = make()
    with contextlib.suppress(OSError):  # a cache that cannot be written stops no release
        with whole_file(file) as stream:
            stream.write(data)
        for old in sorted(folder.iterdir(), key=os.path.getmtime)[:-KEPT]:
            old.unlink(missing_ok=True)
    return data


def _state(path, exercises, root, also):
    """Return a checksum of a notebook's exercises, of all code that judges them, of the data and the libraries."""
    course = CODE / "autograders" / FOLDER
    files = {file for part in ("helpers", "autograders") for file in (CODE / part).rglob("*.py")}
    declared = {Path(inspect.getsourcefile(one.cases)) for one in exercises}
    own = {course / path.parent.name, *(file.parent for file in declared)}  # what others declare changes nothing
    files = {file for file in files if not file.is_relative_to(course) or own & set(file.parents)}
    for folder in (path.parent, *([own_folder(path.parent.name, root)] if root else [])):
        files |= set(folder.rglob("*.py"))
    files |= declared | {data_path("manifest.json")}
    state = hashlib.sha256(f"{_versions()} {also} {path.name} {_exercises(path)}".encode())
    for file in sorted(files):
        state.update(f"{file.name} {file.stat().st_size} ".encode() + file.read_bytes())
    return state.hexdigest()


def _exercises(path):
    """Return what of a notebook can change its checks, as JSON: a text between them may be mended at no cost."""
    notebook = read_source(path)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" or cell.metadata.get("nbgrader")]
    kept = [(cell.get("id"), cell.source, cell.metadata) for cell in cells]
    return json.dumps((notebook.metadata, kept), sort_keys=True)


@cache
def _versions():
    """Return the versions of Python and of all that is installed with it."""
    return [sys.version, *sorted(f"{one.name} {one.version}" for one in importlib.metadata.distributions())]
