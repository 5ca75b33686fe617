"""The course's source notebooks, and their exercises with the points that the notebooks give them."""

import tempfile
from functools import cache
from pathlib import Path

import nbformat

from autograders.engine.exercise import exercises_of
from autograders.release.preprocessors import write_public_checks

ROOT = Path(__file__).parents[2]
NOTEBOOKS = {
    path.stem: path for path in sorted((ROOT / "notebooks").glob("*/*.ipynb")) if path.parent.name == path.stem
}


def exercises(name):
    """Return {name: Exercise} of an assignment."""
    return exercises_of(nbformat.read(NOTEBOOKS[name], as_version=4), ROOT)


@cache
def checks_folder(name):
    """Return a folder with the checks file of an assignment as learners get it; it lasts as long as the process."""
    folder = tempfile.TemporaryDirectory()
    copy = Path(folder.name, NOTEBOOKS[name].name)
    copy.write_bytes(NOTEBOOKS[name].read_bytes())
    write_public_checks(nbformat.read(copy, as_version=4), copy, ROOT)
    return folder


def settings(notebook, kind, cell_type="code"):
    """Return {grade_id: cell} of the cells of a type whose nbgrader metadata says `kind`."""
    cells = [c for c in notebook.cells if c.cell_type == cell_type and c.metadata.get("nbgrader", {}).get(kind)]
    return {cell.metadata.nbgrader.grade_id: cell for cell in cells}
