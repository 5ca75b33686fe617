"""`course update`: what the learner wrote is in the new release afterwards, or at its end; a copy is kept."""

import copy
import random

import nbformat
import pytest
from small_course import ANSWER, HONEST, NAME, Class, cell, course_command

from autograders.release.update import merge, update
from helpers import notebook as notebooks

pytestmark = pytest.mark.slow

FILE = f"{NAME}.ipynb"
KINDS = ("solution", "locked", "open", "text")


@pytest.fixture(scope="module")
def klass(tmp_path_factory):
    return Class(tmp_path_factory.mktemp("update") / "course", [ANSWER])


def released(folder, klass, **sources):
    """Write a release in which cells have other sources; return its notebook's file."""
    notebook = nbformat.read(klass.course.path("release", NAME) / FILE, as_version=4)
    for grade_id, source in sources.items():
        cell(notebook, grade_id).source = source
    folder.mkdir(exist_ok=True)
    nbformat.write(notebook, folder / FILE)
    (folder / f"{NAME}.checks.zip").write_bytes(b"new")
    return folder / FILE


class TestFiles:
    @pytest.fixture
    def mine(self, klass, tmp_path):
        folder = tmp_path / "mine"
        folder.mkdir()
        nbformat.write(klass.notebook(answer="So."), folder / FILE)
        (folder / f"{NAME}.checks.zip").write_bytes(b"old")
        return folder / FILE

    def test_the_copy_is_as_it_was_and_no_copy_is_overwritten(self, klass, mine, tmp_path):
        versions = []
        for number in (1, 2):
            versions.append(mine.read_bytes())
            new = released(tmp_path / f"release-{number}", klass, packages=f"import numpy as np  # {number}")
            done = course_command("update", FILE, "--release", str(new), cwd=mine.parent)
            assert done.returncode == 0, done.stdout
        names = [f"{NAME}.before-update.ipynb", f"{NAME}.before-update-2.ipynb"]
        assert [(mine.parent / name).read_bytes() for name in names] == versions
        assert names[1] in done.stdout
        notebook = nbformat.read(mine, as_version=4)
        nbformat.validate(notebook)
        assert cell(notebook, "packages").source.endswith("# 2")
        assert {name: cell(notebook, name).source for name in HONEST} == HONEST
        assert cell(notebook, "answer").source == "So."

    def test_files_beside_it_come_along_and_the_learners_are_kept(self, klass, mine, tmp_path):
        new = released(tmp_path / "release", klass)
        for name, text in (("figures/a.svg", "new"), ("own.txt", "the course's")):
            (new.parent / name).parent.mkdir(exist_ok=True)
            (new.parent / name).write_text(text, encoding="utf-8")
        (mine.parent / "own.txt").write_text("mine", encoding="utf-8")
        assert update(mine, new).files == ["figures/a.svg", "own.txt", f"{NAME}.checks.zip"]
        assert (mine.parent / f"{NAME}.checks.zip").read_bytes() == b"new"
        assert (mine.parent / "own.before-update.txt").read_text(encoding="utf-8") == "mine"
        assert update(mine, new).files == []

    def test_up_to_date_already(self, klass, mine, tmp_path):
        new = released(tmp_path / "release", klass)
        before = mine.read_bytes()
        assert update(mine, new).copy is None and mine.read_bytes() == before
        assert not list(mine.parent.glob("*before-update*"))

    def test_the_release_is_found_where_course_lab_makes_its_copies(self, klass, mine, tmp_path, monkeypatch):
        (tmp_path / "release").mkdir()
        released(tmp_path / "release" / NAME, klass, packages="import numpy as np  # new")
        work = tmp_path / "my_notebooks" / NAME
        work.parent.mkdir()
        mine.parent.rename(work)
        monkeypatch.chdir(work)
        assert update(work / FILE).copy

    def test_what_cannot_be_done_is_said(self, klass, mine, tmp_path, monkeypatch):
        monkeypatch.chdir(mine.parent)
        new = released(tmp_path / "release", klass)
        before = mine.read_bytes()
        other = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Other")])
        nbformat.write(other, tmp_path / "other.ipynb")
        (tmp_path / "broken.ipynb").write_text("{", encoding="utf-8")
        for path, release, words in (
            (mine, None, "no new release of small.ipynb found: say where it is, with --release FILE"),
            (mine, tmp_path / "nowhere.ipynb", "there is no file"),
            (tmp_path / "nowhere.ipynb", new, "there is no file"),
            (mine, tmp_path / "other.ipynb", "is no release of small.ipynb: they have no cell in common"),
            (mine, tmp_path / "broken.ipynb", "broken.ipynb: expected a notebook, got what is not JSON"),
            (new, new, "is the release itself"),
        ):
            with pytest.raises((FileNotFoundError, ValueError), match=words):
                update(path, release)
        assert mine.read_bytes() == before and not list(mine.parent.glob("*before-update*"))


def test_a_released_cell_is_untouched_until_something_is_written(klass):
    """Ours agrees with nbgrader's checksum, and with the record of cells that nbgrader does not know."""
    cells = notebooks.read(klass.course.path("release", NAME) / FILE)["cells"]
    assert all(notebooks.untouched(cell) is True for cell in cells) and len(cells) > 6
    for one in cells:
        one["source"] += "."
    assert all(notebooks.untouched(cell) is False for cell in cells)
    assert notebooks.untouched({"metadata": {}, "source": "mine", "cell_type": "code"}) is None


def a_cell(name, kind, source):
    """Return a cell as a release has it."""
    made = {"cell_type": "markdown" if kind == "text" else "code", "id": name, "metadata": {}, "source": source}
    if kind in ("solution", "locked"):
        made["metadata"]["nbgrader"] = {"grade_id": name, "solution": kind == "solution", "locked": kind == "locked"}
        made["metadata"]["nbgrader"]["checksum"] = notebooks._checksum(made)
    notebooks.record(made)
    return made


def a_release(cells):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [a_cell(*one) for one in cells]}


@pytest.mark.parametrize("seed", range(200))
def test_nothing_is_lost_whatever_was_changed(seed):
    """Random releases, random work: each text of the learner's is there, the frame is the new release's."""
    rng = random.Random(seed)
    names = [f"c{number}" for number in range(rng.randint(2, 8))]
    kinds = {name: rng.choice(KINDS) for name in names}
    first = [(name, kinds[name], f"old {name}") for name in names]
    second = [(name, kinds[name], rng.choice([f"old {name}", f"new {name}"])) for name in names if rng.random() < 0.8]
    second += [("fresh", "text", "fresh")]
    mine, work = a_release(first), []
    for one in list(mine["cells"]):
        if rng.random() < 0.4:
            one["source"] = f"my {one['id']}"
            work.append(one["source"])
        if rng.random() < 0.3:
            added = {"cell_type": "code", "id": f"own{len(work)}", "metadata": {}, "source": f"added {len(work)}"}
            mine["cells"].insert(mine["cells"].index(one) + rng.randint(0, 1), added)
            work.append(added["source"])
        if rng.random() < 0.1:
            twin = copy.deepcopy(one) | {"source": f"copy {len(work)}"}
            mine["cells"].append(twin)
            work.append(twin["source"])
        if rng.random() < 0.1:
            mine["cells"].remove(one)
            work = [text for text in work if text != one["source"]]
    new = a_release(second)
    merge(copy.deepcopy(mine), new)
    sources = [one["source"] for one in new["cells"]]
    assert sorted(set(work) - set(sources)) == []
    ids = [one["id"] for one in new["cells"]]
    assert len(set(ids)) == len(ids)
    known = {one["metadata"].get("nbgrader", {}).get("grade_id") for one in new["cells"]} - {None}
    assert known == {name for name, kind, _ in second if kind in ("solution", "locked")}
    for name, kind, source in second:
        at = next(one for one in new["cells"] if one["id"] == name)
        assert at["source"] in (source, f"my {name}", *(text for text in work if text.startswith("copy")))
        if kind == "locked":
            assert at["source"] == source
    again = a_release(second)
    assert merge(copy.deepcopy(new), again) == 0 and [one["source"] for one in again["cells"]] == sources


def test_each_thing_has_its_place():
    kinds = (
        ("intro", "text"),
        ("f", "solution"),
        ("dial", "open"),
        ("dial2", "open"),
        ("test", "locked"),
        ("gone", "solution"),
    )
    mine = a_release([(name, kind, f"old {name}") for name, kind in kinds])
    for one in mine["cells"]:
        if one["id"] != "intro":
            one["source"] = f"my {one['id']}"
            one["outputs"] = ["shown"]
    mine["cells"].insert(3, {"cell_type": "markdown", "id": "note", "metadata": {}, "source": "a note"})
    texts = {"dial": "old dial"}  # all the others are new
    new = a_release([(name, kind, texts.get(name, f"new {name}")) for name, kind in kinds[:-1]])
    assert merge(mine, new) == 3
    sources = [one["source"] for one in new["cells"]]
    assert sources[:6] == ["new intro", "my f", "my dial", "a note", "new dial2", "new test"]
    assert sources[6].startswith("## From your earlier copy") and sources[7:] == ["my gone", "my dial2", "my test"]
    assert [one["cell_type"] for one in new["cells"][6:]] == ["markdown", "raw", "raw", "raw"]  # nothing of it runs
    assert new["cells"][1]["outputs"] == ["shown"] and "outputs" not in new["cells"][4]


def test_a_release_without_records_keeps_what_may_be_the_learners():
    """Where nothing tells whether a text is the course's old one or the learner's, it is shown at the end."""
    mine = a_release([("intro", "text", "old intro"), ("same", "text", "same"), ("f", "solution", "old f")])
    for one in mine["cells"]:
        one["metadata"].pop("course", None)
    new = a_release([("intro", "text", "new intro"), ("same", "text", "same"), ("f", "solution", "new f")])
    assert merge(mine, new) == 1
    assert [one["source"] for one in new["cells"] if one["id"] in ("intro", "same", "f")] == [
        "new intro",
        "same",
        "new f",
    ]
    assert new["cells"][-1]["source"] == "old intro"
