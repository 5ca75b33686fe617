"""The course's source notebooks, and their exercises with the points that the notebooks give them."""

from pathlib import Path

import nbformat

from autograders.release import exercises_of

ROOT = Path(__file__).parents[2]
NOTEBOOKS = {
    path.stem: path for path in sorted((ROOT / "notebooks").glob("*/*.ipynb")) if path.parent.name == path.stem
}


def exercises(name):
    """Return {name: Exercise} of an assignment."""
    return exercises_of(nbformat.read(NOTEBOOKS[name], as_version=4), ROOT)


def settings(notebook, kind, cell_type="code"):
    """Return {grade_id: cell} of the cells of a type whose nbgrader metadata says `kind`."""
    cells = [c for c in notebook.cells if c.cell_type == cell_type and c.metadata.get("nbgrader", {}).get(kind)]
    return {cell.metadata.nbgrader.grade_id: cell for cell in cells}
