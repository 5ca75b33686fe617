"""`ready()` and `course ready`: the table says what the grader would find in the file, and what went wrong where."""

import re
import shutil

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from small_course import ANSWER, FULL, HONEST, NAME, WRONG, Class, cell, course_command

from helpers import ready as module
from helpers.check import CheckFailed
from helpers.check.public import SUFFIX, VERSION
from helpers.ready import EXECUTION, examine, find_file, ready

pytestmark = pytest.mark.slow

FILE = f"{NAME}.ipynb"
CHANGES_X = "def scale(x, factor, name):\n    x *= factor\n    return x\n"  # right, but for the input


@pytest.fixture(scope="module")
def klass(tmp_path_factory):
    return Class(tmp_path_factory.mktemp("ready") / "course", [ANSWER])


@pytest.fixture
def folder(klass, tmp_path):
    """A learner's folder, with the assignment as it was released."""
    return shutil.copytree(klass.course.path("release", NAME), tmp_path / "mine")


def save(folder, notebook, *added):
    notebook.cells += added
    nbformat.write(notebook, folder / FILE)
    return folder / FILE


def state_of(findings):
    return {row.name: (row.state, row.score) for row in findings.rows}


def test_all_done(klass, folder):
    save(folder, klass.notebook(answer="The second one."), new_code_cell("assert total(np.ones((2, 3)))[0] == 3"))
    done = course_command("ready", FILE, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^scale +right +10 of 10 points$", done.stdout, re.M)
    assert re.search(r"^your answer +written +5 points +a person reads and marks it$", done.stdout, re.M)
    assert f"about {FULL:g} of {FULL:g} points; 5 more are given by a person. All is done." in done.stdout
    assert "saved at" in done.stdout and "just now" in done.stdout
    assert "runs from top to bottom" in done.stdout and "Nothing was sent" in done.stdout


def test_the_line_counts_every_cell_that_is_run(klass, folder, monkeypatch):
    class Line(module.Progress):
        def close(self):
            lines.append(self)

    lines = []
    monkeypatch.setattr(module, "Progress", Line)
    examine(save(folder, klass.notebook(), new_code_cell("last = 1")))
    (line,) = lines
    assert line.done == line.total > 2 and line.text.endswith("(last = 1)")


def test_each_thing_that_is_not_done_has_its_words(klass, folder):
    """A wrong function, a stub, an answer not written, an own cell that fails, one that meets the stub."""
    notebook = klass.notebook(scale=CHANGES_X)
    cell(notebook, "total").source = cell(nbformat.read(folder / FILE, as_version=4), "total").source
    path = save(folder, notebook, new_code_cell("1 / 0"), new_code_cell("total(np.ones((2, 3)))"))
    findings = examine(path)
    assert state_of(findings) == {"scale": ("wrong", 8.0), "total": ("empty", 0), "your answer": ("empty", 0)}
    assert "1 of 2 parts are right" in findings.text()
    assert len(findings.faults) == 1 and findings.faults[0].endswith("(1 / 0): ZeroDivisionError: division by zero")
    assert "a function which is not written yet: 1." in findings.text()
    assert "about 8 of 25 points." in findings.text() and not findings.ready
    assert course_command("ready", FILE, cwd=folder).returncode == 1


def test_a_cell_that_ends_python_is_named(klass, folder):
    notebook = klass.notebook()
    notebook.cells.insert(5, new_code_cell("import os\nos._exit(0)"))
    findings = examine(save(folder, notebook))
    assert state_of(findings) == {"scale": ("right", 10), "total": ("not tried", 0), "your answer": ("empty", 0)}
    (fault,) = findings.faults
    assert fault.startswith("Cell 6 (import os): Python ended in this cell")
    assert "Mend that cell first" in findings.text() and "of 25 points" not in findings.text()


def test_a_cell_that_does_not_end_is_named(klass, folder, monkeypatch):
    monkeypatch.setattr(module, "SECONDS", 6)
    notebook = klass.notebook()
    notebook.cells.insert(1, new_code_cell("import time\nwhile True:\n    time.sleep(1)"))
    (fault,) = examine(save(folder, notebook)).faults
    assert fault.startswith("Cell 2 (import time): ") and "were over in this cell" in fault


def function(source, folder):
    """Return a function whose source Python can find, as it can in a kernel."""
    path = folder / "ran.py"
    path.write_text(source, encoding="utf-8")
    namespace = {}
    exec(compile(source, path, "exec"), namespace)
    return namespace["scale"]


class TestWithoutARun:
    """What is known before the notebook runs, and what keeps it from running."""

    @pytest.fixture(autouse=True)
    def no_run(self, monkeypatch):
        monkeypatch.setattr(module, "_run", lambda path: [{"end": True}])

    @pytest.mark.parametrize(
        ("ran", "notes"),
        [(HONEST["scale"], 0), ("\n" + HONEST["scale"].replace("x, factor)\n", "x,  factor)  # so\n"), 0), (WRONG, 1)],
    )
    def test_a_function_that_is_not_the_one_in_the_file(self, klass, folder, ran, notes, tmp_path):
        path = save(folder, klass.notebook())
        found = examine(path, {"scale": function(ran, tmp_path), "total": len}).notes
        assert len(found) == notes and all("scale that you ran last is not the one in the file" in one for one in found)

    def test_the_file_is_found(self, folder, monkeypatch):
        path = folder / FILE
        monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
        assert find_file({}, folder) == path  # the one beside its checks file
        shutil.copy(path, folder / "copy.ipynb")
        monkeypatch.setenv("JPY_SESSION_NAME", str(folder / "copy.ipynb"))
        assert find_file({}, folder) == folder / "copy.ipynb"  # Jupyter says
        monkeypatch.setenv("JPY_SESSION_NAME", str(folder / "renamed.ipynb"))
        assert find_file({}, folder) == path
        assert find_file({"__vsc_ipynb_file__": str(folder / "copy.ipynb")}, folder) == folder / "copy.ipynb"
        path.unlink()
        with pytest.raises(FileNotFoundError, match=r'which file is this notebook\? Say so, as in ready\("'):
            find_file({}, folder)

    def test_in_the_notebook_it_prints_the_table_or_one_line(self, folder, monkeypatch, capsys):
        monkeypatch.chdir(folder)
        monkeypatch.delenv(EXECUTION, raising=False)
        ready(FILE)
        assert "total" in capsys.readouterr().out
        with pytest.raises(CheckFailed, match="there is no file .*nowhere.ipynb") as failure:
            ready("nowhere.ipynb")
        assert "\n" not in str(failure.value)

    def test_where_a_notebook_is_judged_it_does_nothing(self, monkeypatch, capsys):
        monkeypatch.setenv(EXECUTION, "autograde")
        ready("nowhere.ipynb")
        assert capsys.readouterr().out == ""

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "not JSON: .* in line 1"),
            (b"\xff\xfe\x00", "not text in UTF-8"),
            (b'{"cells": []}', "a notebook of format 4, got other JSON"),
            (b'{"cells": [1], "nbformat": 4}', "cell 1: expected source and metadata"),
            (b'{"cells": [], "nbformat": 4}', "a notebook of the course, found no exercise in it"),
        ],
    )
    def test_a_file_that_is_no_notebook_of_the_course(self, folder, content, words):
        (folder / FILE).write_bytes(content)
        with pytest.raises(ValueError, match=words) as failure:
            examine(folder / FILE)
        assert str(folder / FILE) in str(failure.value)

    def test_no_checks_file_or_that_of_another_assignment_or_release(self, klass, folder):
        path, checks = folder / FILE, folder / f"{NAME}{SUFFIX}"
        notebook = klass.notebook()
        for one in notebook.cells:
            one.source = one.source.replace("check(total)", "check(totals)")
        other = save(folder, notebook).rename(folder / "other.ipynb")
        with pytest.raises(ValueError, match="totals is not in the checks file beside it"):
            examine(other)
        save(folder, klass.notebook())
        _with_version(checks, VERSION - 1)
        with pytest.raises(ValueError, match="fetch the assignment again"):
            examine(path)
        checks.unlink()
        with pytest.raises(FileNotFoundError, match="it belongs beside the notebook"):
            examine(path)


def _with_version(checks, version):
    """Let a checks file say that it is of another version."""
    import json
    import zipfile

    with zipfile.ZipFile(checks) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(checks, "w") as archive:
        for name, data in content.items():
            if name.endswith(".json"):
                data = json.dumps(json.loads(data) | {"version": version})
            archive.writestr(name, data)
