"""The feedback page as its learner reads it: a table on top, what is wrong and why, and no bare numbers."""

import html
import re
from functools import cache

import numpy as np
import pytest
from feedback_pages import hidden_on, hidden_values, rows, told, verdicts
from hostile.assignment import BY_NAME, source_notebook
from nbformat import write
from nbformat.v4 import new_code_cell, new_markdown_cell
from small_course import ANSWER, FULL, NAME, WRONG, Class, cell

from autograders.feedback import MAX_CELL_LETTERS, MAX_OUTPUT_LETTERS, MAX_PAGE_LETTERS, WITHHELD
from autograders.judge import NO_ROOM
from autograders.kernel import Kernel
from autograders.messages import Cleaner
from autograders.reference import Reference
from autograders.verdict import judge_outcomes

pytestmark = pytest.mark.slow

ADDS = "def scale(x, factor, name):\n    return x + factor\n"
NO_COLON = "def scale(x, factor, name)\n    return x * factor\n"
QUICK = 20
SLIGHTLY_WRONG = "def total(x):\n    return x.sum(axis=1) + 1e-3"
VALUES = re.compile(r"; (?:at \[[\d, ]*\] )?expected [^;]*, got [^;]*(?= \(case)")  # which only `check` shows
FAULTS = {  # what `scale` may do -> a few words that must be said of it
    "return x + factor": "the factor is added; it multiplies",
    "return x + 1": "values differ in 12 of 12 places",
    "return (x * factor).reshape(-1)": "result: expected shape (3, 4), got (12,)",
    "return (x * factor)[None]": "result: expected shape (3, 4), got (1, 3, 4)",
    "return (x * factor).astype(int)": "expected real numbers, got int64",
    "return x * np.nan": "(NaN or infinity among them)",
    "return [x * factor, 1]": "expected an array of shape (3, 4) (real numbers), got a list of 2",
    "return 'x'": ", got a str",
    "return lambda: x": ", got a value of type function",
    "x *= factor; return x": "the function changes its input x in place",
    "pass": ", got None",
    "raise NotImplementedError()": "not written yet (scale, line 2",
    "return x[7]": "IndexError in scale, line 2: return x[7]: index 7 is out of bounds for axis 0 with size 3",
    "return x @ x": "ValueError in scale, line 2: return x @ x: matmul: Input operand 1 has a mismatch",
    "return {}['x']": "KeyError in scale, line 2: return {}['x']: 'x'",
    "return y": "NameError in scale, line 2: return y: name 'y' is not defined",
    "return 1 / 0": "ZeroDivisionError in scale, line 2: return 1 / 0: division by zero",
    "return scale(x, factor, name)": "RecursionError in scale, line 2: return scale(x, factor, name)",
}


def scale_that(body):
    """Return a solution cell."""
    return f"def scale(x, factor, name):\n    {body}\n"


@pytest.fixture(scope="module")
def klass(tmp_path_factory):
    """The small course with an answer that a person marks."""
    return Class(tmp_path_factory.mktemp("feedback") / "course", [ANSWER])


def page(klass, notebook):
    klass.grade("ada", notebook)
    return klass.page("ada")


def test_table_has_every_exercise_with_its_mark_and_gives_no_hint_away(klass):
    assert rows(page(klass, klass.notebook(scale=ADDS, answer="So."))) == [
        ["scale", "0 of 10", "0 of 2 parts are right; with hints"],
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
    told = "SyntaxError in the cell that defines scale, line 1: expected ':': def scale(x, factor, name)"
    assert told in html.unescape(text)


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


@pytest.fixture(scope="module")
def notebook_kernel(klass):
    """The learner's own kernel, where the release lies; the cells before the exercises have been run."""
    with Kernel(cwd=klass.course.path("release", NAME)) as kernel:
        kernel.execute(cell(klass.notebook(), "packages").source, QUICK)
        yield kernel


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("total", "CheckFailed", "total is not defined yet: run the cell that defines it, then this one again"),
        ("totl", "NameError", "name 'totl' is not defined"),
    ],
)
def test_check_before_the_cell_of_the_function_says_what_to_do(notebook_kernel, name, error, words):
    (output,) = notebook_kernel.execute(f"check({name})", QUICK).outputs
    assert (output.ename, output.evalue) == (error, words)
    shown = "\n".join(output.traceback).strip()
    assert shown == words if error == "CheckFailed" else shown.endswith(words) and "Traceback" in shown


@pytest.fixture(scope="module")
def faulty(klass):
    """A function that returns the page of a fault, and the seed of its hidden inputs; each is graded once."""

    @cache
    def grade(body):
        text = page(klass, klass.notebook(scale=scale_that(body), total=SLIGHTLY_WRONG))
        ((_, record),) = klass.course.verdicts(NAME, "ada")
        return text, record["seed"]

    return grade


@pytest.mark.parametrize("body", FAULTS)
def test_check_and_the_page_say_the_same_of_a_fault(faulty, notebook_kernel, body):
    """But for numbers of the answer, which the page keeps to itself; the shapes here are the same for all seeds."""
    notebook_kernel.execute(scale_that(body), QUICK)
    (output,) = notebook_kernel.execute("check(scale, hint=3)", QUICK).outputs
    assert output.ename == "CheckFailed"
    said = [line for line in output.evalue.splitlines() if not line.startswith("No hint: ")]
    shown = verdicts(faulty(body)[0])["scale"]
    assert [VALUES.sub("", line) for line in said] == shown
    assert FAULTS[body] in "\n".join(shown)
    assert len(shown) >= 2


def test_what_the_page_keeps_to_itself_is_to_be_read_in_check(faulty, notebook_kernel):
    body = "raise ValueError('of my own')"
    notebook_kernel.execute(scale_that(body), QUICK)
    (output,) = notebook_kernel.execute("check(scale)", QUICK).outputs
    place = f"ValueError in scale, line 2: {body}"
    assert f"{place}: of my own (case: " in output.evalue
    assert f"{place}; run `check` to read more of it (case: " in verdicts(faulty(body)[0])["scale"][1]


@pytest.mark.parametrize("name", ["scale", "total"])
def test_a_mistake_has_its_three_hints_on_the_page_and_only_folded_ones(klass, name):
    exercise = BY_NAME[name]
    (mistake,) = exercise.mistakes
    ((_, new),) = mistake.edits
    wrong = {"scale": scale_that(f"return {new}"), "total": f"def total(x):\n    return x.sum({new})"}
    text = page(klass, klass.notebook(**{name: wrong[name]}))
    steps = [f"Question: {mistake.question}", f"Likely reason: {mistake.hint}", f"Read again: {mistake.section}"]
    assert verdicts(text)[name][1:4] == steps
    (row,) = [row for row in rows(text) if row[0] == name]
    assert row[2].endswith("parts are right; with hints")
    unfolded = re.sub(r"<details>.*?</details>", "", text, flags=re.S)
    assert mistake.question in text and mistake.question not in unfolded and mistake.hint not in unfolded


def test_wrong_shape_is_on_the_page_with_the_right_one(klass):
    notebook = klass.notebook(total="def total(x):\n    return x.sum(axis=1, keepdims=True)")
    lines = verdicts(page(klass, notebook))["total"]
    assert "  wrong result: expected shape (3,), got (3, 1) (case: shape (3, 4))" in lines
    assert lines[1] == "Question: How many axes should it have? Count them where one size is 1."


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    path = tmp_path_factory.mktemp("reference") / f"{NAME}.ipynb"
    write(source_notebook(), path)
    return Reference(path)


@pytest.mark.parametrize("body", FAULTS)
def test_no_hidden_input_and_no_expected_value_is_on_the_page(faulty, reference, body):
    text, seed = faulty(body)
    assert hidden_on(told(text), hidden_values(BY_NAME.values(), reference, seed)) == set()


def test_such_a_value_would_be_found(reference):
    """Else the test above would show nothing: a report with values has what is expected in it, scalars too."""
    hidden = hidden_values(BY_NAME.values(), reference, 7)
    for exercise in BY_NAME.values():
        cases = exercise.hidden_cases(7)
        wrong = [{"value": outcome["value"] + 1e-3, "changed": []} for outcome in reference.outcomes(exercise, cases)]
        assert hidden_on(judge_outcomes(exercise, reference, cases, wrong, show_values=True).text(), hidden)
        assert not hidden_on(judge_outcomes(exercise, reference, cases, wrong).text(), hidden)
    case = BY_NAME["scale"].hidden_cases(7)[0]
    factor, x, name = case.inputs["factor"], np.abs(case.inputs["x"]), case.inputs["name"]
    for text in (repr(factor), f"-{x[0, 0]:.7g}", f"{x[1, 1]:.5e}", str(x[:1]).partition(" ")[0], f"<td>{name}</td>"):
        assert len(hidden_on(text, hidden)) == 1, text
    assert not hidden_on("3.14159265, 0.000001, 1.42857143, 100000.5, factor", hidden)


class TestWhatWouldTakeLong:
    """It is shown as it is written, without form or colours, and cut where it is long."""

    def test_text_cells(self, klass):
        notebook = klass.notebook()
        for number, text in enumerate(("**short**", "**long** " * 600, "[[" * 101 + "**brackets**")):
            notebook.cells.append(new_markdown_cell(text, id=f"text{number}"))
        text = page(klass, notebook)
        assert "<strong>short</strong>" in text
        assert "<pre>**long** **long**" in text and "[[**brackets**</pre>" in text

    def test_code(self, klass):
        long = f"x = '{'a' * 600}'"
        text = page(klass, klass.notebook(scale=f"y = 1\n{long}\n", total="z = '<b>'"))
        assert long in text
        assert '<span class="n">z</span>' in text and "'&lt;b&gt;'" in text

    def test_outputs(self, klass):
        notebook = klass.notebook()
        notebook.cells[1:1] = [new_code_cell(f"print({one})") for one in ("'x' * 30_000", "'\\x1b[31mred' * 600")]
        text = page(klass, notebook)
        assert "x" * MAX_OUTPUT_LETTERS in text and "x" * (MAX_OUTPUT_LETTERS + 1) not in text
        assert "30001 letters in all" in text
        assert "redredred" in text

    def test_outputs_of_a_notebook(self, klass):
        notebook = klass.notebook()
        notebook.cells[1:1] = [new_code_cell(f"print('x' * 1_000_000)\nx{i}") for i in range(10)]
        klass.grade("much", notebook)
        judged = [one for one in klass.judged("much").cells if one.source.startswith("print('x'")]
        assert NO_ROOM not in str(judged[7].outputs) and judged[9].outputs[0].text == NO_ROOM
        assert all(one.outputs[-1].ename == "NameError" for one in judged)
