"""docs/coverage.md: every place that it names is in the notebooks, and no exercise is left out."""

import re

import nbformat

from autograders.engine.exercise import load

PLACE = re.compile(r"`(\w+) § ([^`]+)`")


def headings(root, name):
    notebook = nbformat.read(root / "notebooks" / name / f"{name}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return re.findall(r"^#+ (.+)$", text, re.M)


def test_every_place_is_there(root):
    text = (root / "docs" / "coverage.md").read_text(encoding="utf-8")
    places = PLACE.findall(text)
    known = {name: headings(root, name) for name in {name for name, _ in places}}
    assert len(places) > 40
    lost = [(n, s) for n, s in places if not any(one == s or one.startswith(f"{s} ") for one in known[n])]
    assert not lost
    assert {exercise for name in known for exercise in load(name)} <= set(re.findall(r"`(\w+)`", text))
