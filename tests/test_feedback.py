"""The feedback page as its learner reads it: a table on top, what is wrong and why, and no bare numbers."""

import html
import re

import pytest
from nbformat.v4 import new_code_cell
from small_course import ANSWER, FULL, NAME, WRONG, Class, cell

from autograders.feedback import MAX_CELL_LETTERS, MAX_PAGE_LETTERS, WITHHELD
from autograders.messages import Cleaner

ADDS = "def scale(x, factor, name):\n    return x + factor\n"
NO_COLON = "def scale(x, factor, name)\n    return x * factor\n"


@pytest.fixture(scope="module")
def klass(tmp_path_factory):
    """The small course with an answer that a person marks."""
    return Class(tmp_path_factory.mktemp("feedback") / "course", [ANSWER])


def rows(page):
    """Return the table on top of a page, a list of texts for each row."""
    table = re.search(r"<table>.*?your marks.*?</table>", page, re.S)
    if not table:
        return None
    found = re.findall(r"<tr>(.*?)</tr>", table[0], re.S)[1:]
    return [[re.sub(r"<[^>]*>", "", one).strip() for one in re.findall(r"<td.*?</td>", row, re.S)] for row in found]


def page(klass, notebook):
    klass.grade("ada", notebook)
    return klass.page("ada")


def test_table_has_every_exercise_with_its_mark_and_the_likely_reason(klass):
    assert rows(page(klass, klass.notebook(scale=ADDS, answer="So."))) == [
        ["scale", "0 of 10", "0 of 2 parts are right; likely reason: adds"],
        ["total", "10 of 10", "all is right"],
        ["written answer", "waits (of 5)", ""],
    ]


def test_table_links_to_the_cells(klass):
    text = page(klass, klass.notebook())
    for name in ("test_scale", "test_total", "answer"):
        assert f'href="#{name}"' in text and f'name="{name}"' in text


def test_untouched_release_is_not_called_wrong(klass):
    notebook = klass.notebook()
    for name in ("scale", "total"):
        cell(notebook, name).source = f"def {name}(*inputs):\n    raise NotImplementedError()"
    assert [row[2] for row in rows(page(klass, notebook))] == ["not written yet", "not written yet", ""]


def test_mark_that_a_person_gave_is_in_the_table(klass):
    klass.grade("ada", klass.notebook(scale=WRONG))
    with klass.course.gradebook() as gradebook:
        grade = gradebook.find_grade("test_scale", NAME, NAME, "ada")
        grade.manual_score, grade.needs_manual_grade = 6.5, False
        gradebook.db.commit()
    assert rows(klass.page("ada"))[0][:2] == ["scale", "6.5 of 10"]


def test_cell_that_does_not_run_is_said(klass):
    text = page(klass, klass.notebook(scale=NO_COLON))
    assert "SyntaxError" in text
    assert "NameError: scale is not defined" in text


def test_bare_marks_are_left_out(klass):
    assert "Out[" not in page(klass, klass.notebook())


def test_unreadable_file_has_the_reason_and_no_table(klass):
    text = page(klass, b"{")
    assert "This file could not be graded" in text
    assert rows(text) is None
    assert f"/ {FULL + 5}" in text


def test_hidden_inputs_stay_hidden_where_so_many_letters_come_before_that_the_rest_is_cut(klass):
    seen = "seen = []\ndef scale(x, factor, name):\n    seen.append(f'HIDDEN {factor}')\n    return x\n"
    notebook = klass.notebook(scale=seen)
    long = [new_code_cell(f"# {i} {'x' * MAX_CELL_LETTERS}") for i in range(MAX_PAGE_LETTERS // MAX_CELL_LETTERS + 1)]
    notebook.cells = [*long, *notebook.cells, new_code_cell("print(seen)")]
    text = page(klass, notebook)
    assert "HIDDEN" not in text
    assert WITHHELD in html.unescape(text)


def test_names_that_the_learner_did_not_write_are_not_shown():
    cleaner = Cleaner("def scale(x):\n    return x")
    assert cleaner.message("scale is not defined") == "scale is not defined"
    assert cleaner.message("kqzvwpxm is not defined") == ""
