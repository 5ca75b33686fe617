"""The first cell of a released notebook: silent where the package is, one line where it is missing, Colab is helped."""

import sys
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from small_course import FULL, NAME, Class

from autograders.release.preprocessors import OpenDoor

pytestmark = pytest.mark.slow

ADDRESS = "https://example.org/course-0.1.0-py3-none-any.whl"


def cell(package=""):
    notebook = new_notebook(cells=[new_markdown_cell("# Title"), new_code_cell("from helpers.check import check")])
    return OpenDoor(package=package).preprocess(notebook, {})[0].cells[1]


def shown(package, monkeypatch, capsys, missing=True, colab=False):
    """Run the cell; return (what it prints, what it installs)."""
    installed = []
    shell = SimpleNamespace(run_line_magic=lambda name, line: installed.append((name, line)))
    with monkeypatch.context() as patch:
        if missing:
            patch.setitem(sys.modules, "helpers", None)
        if colab:
            patch.setitem(sys.modules, "google.colab", SimpleNamespace())
        exec(cell(package).source, {"get_ipython": lambda: shell})
    return capsys.readouterr().out, installed


def test_it_stands_before_the_imports():
    assert cell().id == "course-package"
    notebook = new_notebook(cells=[new_code_cell("1 + 1")])
    assert len(OpenDoor().preprocess(notebook, {})[0].cells) == 1  # a notebook that needs no helpers


@pytest.mark.parametrize("colab", [False, True])
@pytest.mark.parametrize("package", ["", ADDRESS])
def test_nothing_happens_where_the_package_is(package, colab, monkeypatch, capsys):
    assert shown(package, monkeypatch, capsys, missing=False, colab=colab) == ("", [])


@pytest.mark.parametrize("colab", [False, True])
def test_without_an_address_it_says_whom_to_ask(colab, monkeypatch, capsys):
    out, installed = shown("", monkeypatch, capsys, colab=colab)
    assert out.count("\n") == 1 and "ask your instructor" in out and not installed


def test_with_an_address_it_says_how_and_colab_does_it(monkeypatch, capsys):
    out, installed = shown(ADDRESS, monkeypatch, capsys)
    assert out.count("\n") == 1 and f"%pip install {ADDRESS}" in out and not installed
    assert shown(ADDRESS, monkeypatch, capsys, colab=True) == ("", [("pip", f"install --quiet {ADDRESS}")])


def test_release_has_it_and_grading_is_the_same_with_it_and_without(tmp_path):
    klass = Class(tmp_path / "course", config=f"c.OpenDoor.package = {ADDRESS!r}")
    notebook = klass.notebook()
    (door,) = [one for one in notebook.cells if one.id == "course-package"]
    assert ADDRESS in door.source
    klass.hand_in("with", notebook)
    without = nbformat.from_dict(notebook)
    without.cells.remove(door)
    klass.hand_in("without", without)
    assert {student: klass.course.grade(NAME, student).score for student in ("with", "without")} == {
        "with": FULL, "without": FULL,
    }  # fmt: skip
