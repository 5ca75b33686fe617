"""Whatever is handed in is read or refused with a reason; the learner's work is set into the instructor's frame."""

import base64
import gzip
import io
import json
import zipfile

import nbformat
import pytest
from hostile.pictures import png
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograders.collect.intake import MAX_SEARCH_BYTES, find_renamed, take_in
from autograders.engine.handed_in import DELETED, Unreadable, grade_id, kind_of, parse, set_into_frame
from autograders.engine.pictures import MAX_PIXELS


def graded(name, source="", points=1, tags=()):
    meta = {"grade": True, "solution": False, "locked": True, "points": points, "grade_id": name, "schema_version": 3}
    return new_code_cell(source, metadata={"nbgrader": meta | {"task": False}, "tags": list(tags)})


def solution(name, source=""):
    meta = {"grade": False, "solution": True, "locked": False, "grade_id": name, "schema_version": 3, "task": False}
    return new_code_cell(source, metadata={"nbgrader": meta})


FRAME = new_notebook(
    cells=[
        new_markdown_cell("story"),
        solution("one", "def one():\n    pass"),
        graded("test_one", "check(one)", points=4),
        solution("two", "def two():\n    pass"),
        graded("test_two", "check(two)", points=6),
    ],
    metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}, "course": {"exercises": "x"}},
)
IDS = ["one", "test_one", "two", "test_two"]


def handed_in(*cells):
    return parse(json.dumps(new_notebook(cells=list(cells))).encode("utf-8")).cells


def merged(*cells):
    return set_into_frame(handed_in(*cells) if cells else [], FRAME)


def sources(notebook):
    return [cell.source for cell in notebook.cells]


def test_answers_are_taken_and_everything_else_is_the_frames():
    altered = graded("test_one", "print('passed')", 99, ["skip-execution"])
    notebook = merged(solution("one", "def one(): return 1"), altered)
    assert [grade_id(cell) for cell in notebook.cells] == IDS
    assert sources(notebook) == ["def one(): return 1", "check(one)", f"# {DELETED}", "check(two)"]
    assert notebook.cells[1].metadata.nbgrader.points == 4
    assert "skip-execution" not in notebook.cells[1].metadata.tags
    assert notebook.metadata.course == FRAME.metadata.course


def test_added_cells_stay_where_they_were():
    extra, before = new_code_cell("import math"), new_markdown_cell("my notes")
    assert sources(merged(before, solution("one", "1"), extra, solution("two", "2"))) == [
        "my notes", "1", "import math", "check(one)", "2", "check(two)",
    ]  # fmt: skip


def test_copied_cells_keep_their_code_and_lose_their_id():
    copies = [solution("one", "first"), solution("one", "second"), graded("test_one"), graded("test_one", "copy")]
    notebook = merged(*copies)
    assert [grade_id(cell) for cell in notebook.cells if grade_id(cell)] == IDS
    assert sources(notebook)[:3] == ["first", "second", "check(one)"]


def test_moved_cells_return_to_the_frames_order():
    notebook = merged(graded("test_two"), solution("two", "2"), graded("test_one"), solution("one", "1"))
    assert sources(notebook) == ["1", "check(one)", "2", "check(two)"]


def test_work_without_any_ids_runs_before_the_first_grade_cell():
    assert sources(merged(new_code_cell("def one(): ..."), new_code_cell("def two(): ...")))[:2] == [
        "def one(): ...", "def two(): ...",
    ]  # fmt: skip


def test_unknown_ids_are_dropped():
    notebook = merged(solution("three", "x"), graded("bonus", "y", 100))
    assert [grade_id(cell) for cell in notebook.cells if grade_id(cell)] == IDS


def test_nothing_handed_in_gives_the_bare_frame():
    assert [grade_id(cell) for cell in merged().cells] == IDS


def as_bytes(value):
    return json.dumps(value).encode("utf-8")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is a PNG picture, not a notebook"),
        (b"\x93\x00", "not text in UTF-8"),
        ("caf\u00e9".encode("latin-1"), "not text in UTF-8"),
        (b'{"cells": [', "not valid JSON"),
        (b"[" * 100_000, "not readable JSON"),
        (b"7", "no notebook"),
        (as_bytes({"cells": []}), "no known notebook format"),
        (as_bytes({"nbformat": 5, "cells": []}), "format 5"),
        (as_bytes({"nbformat": 4, "cells": []}), "no cells"),
        (as_bytes({"nbformat": 4, "cells": "x"}), "no cells"),
        (as_bytes({"nbformat": 4, "cells": [{}] * 20_000}), "20000 cells"),
    ],
)
def test_file_that_is_no_notebook_is_refused_with_the_reason(data, words):
    with pytest.raises(Unreadable, match=words):
        parse(data)


def archive(*names):
    """Return a zip archive; office documents are such ones."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in names:
            packed.writestr(name, "x" * 1000)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (archive("[Content_Types].xml", "word/document.xml"), "a Word document"),
        (archive("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook"),
        (archive("[Content_Types].xml", "ppt/presentation.xml"), "a PowerPoint presentation"),
        (archive("my work.ipynb"), "a zip archive"),
        (b"%PDF-1.7\n", "a PDF document"),
        (gzip.compress(b"{}", mtime=0), "a gzip archive"),
        (b"\n<!DOCTYPE html><html></html>", "a web page or XML"),
        ("{}".encode("utf-16"), "text in UTF-16"),
    ],
)
def test_file_of_another_kind_is_called_by_its_kind(data, kind):
    with pytest.raises(Unreadable, match=f"the file is {kind}, not a notebook"):
        parse(data)
    assert kind_of(as_bytes({"nbformat": 4, "cells": [{"source": "%PDF <svg> word/"}]})) is None


def test_attached_pictures_are_kept_while_there_is_room_for_their_pixels():
    data = base64.b64encode(png(4_000, 4_000)).decode("ascii")
    raw = {
        "cell_type": "markdown",
        "source": "",
        "attachments": {"a.png": {"image/png": data, "image/svg+xml": "<svg>"}},
    }
    kept = [cell.get("attachments") for cell in parse(as_bytes({"nbformat": 4, "cells": [raw] * 5})).cells]
    assert kept == [{"a.png": {"image/png": data}}] * 3 + [None] * 2
    assert 3 * 16_000_000 <= MAX_PIXELS < 4 * 16_000_000


def test_of_notebooks_under_other_names_only_so_many_bytes_are_read(tmp_path, monkeypatch):
    handed, one = [], new_notebook(cells=[solution("one")])
    monkeypatch.setattr("autograders.collect.intake.read", lambda path: handed.append(path.name) or one)
    for name, size in {"a": 7, "b": 6, "c": 2, "d": 1}.items():
        (tmp_path / f"{name}.ipynb").write_bytes(b" " * (size * MAX_SEARCH_BYTES // 10))
    found = find_renamed(sorted(tmp_path.glob("*.ipynb")), ["right"], {"right": FRAME})
    assert handed == ["d.ipynb", "c.ipynb", "b.ipynb"]
    assert found == {"right": tmp_path / "b.ipynb"}


def test_byte_order_mark_is_no_fault():
    data = b"\xef\xbb\xbf" + as_bytes(new_notebook(cells=[new_code_cell("x = 1")]))
    assert parse(data).cells[0].source == "x = 1"


def test_notebook_format_3_is_read():
    old = {"nbformat": 3, "worksheets": [{"cells": [
        {"cell_type": "code", "input": ["x = 1\n", "y = 2"], "metadata": {"nbgrader": {"grade_id": "one"}}},
        {"cell_type": "heading", "source": "Title", "level": 1},
    ]}]}  # fmt: skip
    cells = parse(as_bytes(old)).cells
    assert [(cell.cell_type, cell.source) for cell in cells] == [("code", "x = 1\ny = 2"), ("markdown", "Title")]
    assert grade_id(cells[0]) == "one"


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)
odd_cell = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.one_of(st.sampled_from(["code", "markdown", "raw", "heading"]), json_values),
        "source": json_values,
        "id": json_values,
        "outputs": json_values,
        "metadata": st.one_of(json_values, st.fixed_dictionaries({"nbgrader": json_values})),
    },
)


@settings(max_examples=200)
@given(
    st.lists(st.one_of(odd_cell, json_values), max_size=6),
    st.one_of(
        json_values,
        st.fixed_dictionaries({"course": st.one_of(json_values, st.fixed_dictionaries({"language": json_values}))}),
    ),
)
def test_any_json_gives_a_valid_notebook_or_a_reason(cells, metadata):
    try:
        kept = parse(as_bytes({"nbformat": 4, "cells": cells, "metadata": metadata})).cells
    except Unreadable:
        return
    notebook = set_into_frame(kept, FRAME)
    nbformat.validate(notebook)
    assert [grade_id(cell) for cell in notebook.cells if grade_id(cell)] == IDS


class TestSubmission:
    """What a learner's folder holds, read without writing anything there."""

    def test_nothing_is_written(self, tmp_path):
        (tmp_path / "a.ipynb").write_text(nbformat.writes(new_notebook(cells=[solution("one")])), encoding="utf-8")
        (tmp_path / "b.csv").write_text("1", encoding="utf-8")
        before = {path: path.stat().st_mtime_ns for path in (tmp_path, *tmp_path.iterdir())}
        submission = take_in(tmp_path, {"right": FRAME, "other": FRAME})
        assert submission.files == {"b.csv": b"1"}
        assert "no such notebook was handed in, but a.ipynb, b.csv" in str(submission.notebooks["other"])
        assert {path: path.stat().st_mtime_ns for path in (tmp_path, *tmp_path.iterdir())} == before
