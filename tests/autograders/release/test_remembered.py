"""What release works out is kept as long as it would come out the same, and made anew as soon as something changed."""

import os
from types import SimpleNamespace

import nbformat
import pytest
from hostile.assignment import BY_NAME
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from small_course import NAME, Class

from autograders.release import preprocessors as release
from autograders.release import remembered
from helpers.data.cache import CACHE_VARIABLE

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """A cache of the test's own."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache" / "release"


@pytest.fixture
def notebook(tmp_path):
    path = tmp_path / "notebooks" / "own" / "own.ipynb"
    path.parent.mkdir(parents=True)
    write(path)
    return path


def write(path, code="", text="", **metadata):
    """Write a notebook of a cell with code and one with text."""
    cells = [new_code_cell(code, id="code", metadata=metadata), new_markdown_cell(text, id="text")]
    nbformat.write(new_notebook(cells=cells), path)


def made(path, text, **options):
    return remembered.remembered("test", lambda: text.encode(), path, BY_NAME.values(), **options).decode()


def test_it_is_made_once(folder, notebook):
    assert [made(notebook, text) for text in ("first", "second")] == ["first", "first"]


def test_it_is_made_anew_when_something_changes(folder, notebook, tmp_path):
    declaration = tmp_path / "assignments" / "own" / "__init__.py"

    def put(file, text):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    changes = [
        lambda: None, lambda: write(notebook, "x = 1"), lambda: write(notebook, "x = 1", tags=["setup"]),
        lambda: put(notebook.with_name("beside.py"), "x = 1"), lambda: put(declaration, "x = 1"),
        lambda: put(declaration, "x = 2"),
    ]  # fmt: skip
    for number, change in enumerate(changes):
        change()
        assert [made(notebook, f"{number}{again}", root=tmp_path) for again in "ab"] == [f"{number}a"] * 2
    assert made(notebook, "other settings", root=tmp_path, also="x") == "other settings"


def test_a_text_that_is_mended_changes_nothing(folder, notebook):
    assert made(notebook, "first") == "first"
    write(notebook, text="A sentence.")
    assert made(notebook, "second") == "first"
    mark = {"solution": True, "grade": True, "grade_id": "answer", "points": 5}
    with_answer = nbformat.read(notebook, as_version=4)
    with_answer.cells[1].metadata["nbgrader"] = mark
    nbformat.write(with_answer, notebook)
    assert made(notebook, "third") == "third"


def test_another_assignments_declarations_change_nothing(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(remembered, "CODE", tmp_path)
    notebook = tmp_path / "notebooks" / "mine" / "mine.ipynb"
    declared = [tmp_path / "autograders" / "assignments" / name / "__init__.py" for name in ("mine", "other")]
    for file in (notebook, *declared):
        file.parent.mkdir(parents=True)
        file.touch()
    write(notebook)
    assert [made(notebook, "first"), declared[1].write_text("x"), made(notebook, "second")] == ["first", 1, "first"]
    declared[0].write_text("x")
    assert made(notebook, "third") == "third"


def test_declarations_count_for_a_notebook_in_a_folder_of_another_name(folder, notebook, tmp_path, monkeypatch):
    monkeypatch.setattr(remembered, "CODE", tmp_path)
    cases, mistakes = (tmp_path / "autograders" / "assignments" / "mine" / f"{name}.py" for name in ("cases", "other"))
    cases.parent.mkdir(parents=True)
    cases.write_text("def cases(rng): return []", encoding="utf-8")
    exec(compile(cases.read_text(encoding="utf-8"), cases, "exec"), scope := {})
    for text in ("x = 1", "x = 2"):
        mistakes.write_text(text, encoding="utf-8")
        assert remembered.remembered("test", text.encode, notebook, [SimpleNamespace(**scope)]).decode() == text


def test_an_error_is_not_kept(folder, notebook):
    with pytest.raises(ZeroDivisionError):
        remembered.remembered("test", lambda: 1 / 0, notebook, ())
    assert made(notebook, "sound") == "sound"


def test_no_more_than_so_many_are_kept(folder, notebook, monkeypatch):
    monkeypatch.setattr(remembered, "KEPT", 3)
    for number in range(5):
        write(notebook, str(number))
        made(notebook, str(number))
        for age, file in enumerate(sorted(folder.iterdir(), key=os.path.getmtime, reverse=True)):
            os.utime(file, (1e9 - age, 1e9 - age))
    assert sorted(file.read_text(encoding="utf-8") for file in folder.iterdir()) == ["2", "3", "4"]


def test_a_cache_that_cannot_be_written_stops_nothing(monkeypatch, notebook, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "file"))
    assert made(notebook, "all the same") == "all the same"


def test_a_second_release_works_nothing_out(folder, tmp_path, monkeypatch):
    klass = Class(tmp_path / "course")
    target = klass.course.path("release", NAME) / f"{NAME}.checks.zip"
    first = target.read_bytes()
    target.unlink()
    with monkeypatch.context() as patch:
        patch.setattr(release, "checks_of", None)
        klass.course.release(NAME)
        assert target.read_bytes() == first
    source = klass.course.path("source", NAME) / f"{NAME}.ipynb"
    edited = nbformat.read(source, as_version=4)
    next(cell for cell in edited.cells if cell.metadata.get("nbgrader", {}).get("solution")).source += "\n"
    nbformat.write(edited, source)
    with monkeypatch.context() as patch:
        patch.setattr(release, "checks_of", None)
        with pytest.raises(RuntimeError, match="'NoneType' object is not callable"):
            klass.course.release(NAME)
