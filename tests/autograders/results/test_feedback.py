"""The feedback page as its learner reads it: the result on top, what is wrong and why; one file, for every screen."""

import html
import os
import re
import sys
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from feedback_pages import rows, score, verdicts
from hostile.assignment import BY_NAME
from hostile.page import Page
from hostile.pictures import png
from nbformat import read
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from small_course import ANSWER, FULL, NAME, WRONG, Class, cell
from sources import NOTEBOOKS

from autograders.engine.judge import MAX_SHOWN_BYTES, NO_ROOM
from autograders.engine.kernel import Kernel
from autograders.results import pages as feedback
from autograders.results.pages import MAX_OUTPUT_LETTERS, TEMPLATES

pytestmark = pytest.mark.slow

ADDS = "def scale(x, factor, name):\n    return x + factor\n"
NO_COLON = "def scale(x, factor, name)\n    return x * factor\n"
QUICK = 20
SLIGHTLY_WRONG = "def total(x):\n    return x.sum(axis=1) + 1e-3"
VALUES = re.compile(r"; (?:at \[[\d, ]*\] )?expected [^;]*, got [^;]*(?= \(case)")  # drawn anew for each grading
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
        assert f'href="#{name}"' in text and f'id="{name}"' in text


def test_untouched_release_is_not_called_wrong(klass):
    notebook = klass.notebook()
    for name in ("scale", "total"):
        cell(notebook, name).source = f"def {name}(*inputs):\n    raise NotImplementedError()"
    assert [row[2] for row in rows(page(klass, notebook))] == ["not written yet", "not written yet", "No response."]


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
    assert score(text).endswith(f" of {FULL + 5:g}")


@pytest.fixture(scope="module")
def notebook_kernel(klass):
    """The learner's own kernel, where the release lies; the cells before the exercises have been run."""
    with Kernel(klass.course.path("release", NAME)) as kernel:
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
    """A function that returns the page of a fault, and the record of its verdict; each is graded once."""

    @cache
    def grade(body):
        text = page(klass, klass.notebook(scale=scale_that(body), total=SLIGHTLY_WRONG))
        ((_, record),) = klass.course.verdicts(NAME, "ada")
        return text, record

    return grade


@pytest.mark.parametrize("body", FAULTS)
def test_check_and_the_page_say_the_same_of_a_fault(faulty, notebook_kernel, body):
    """But for numbers of the answer, since the inputs are others; the shapes here are the same for all seeds."""
    notebook_kernel.execute(scale_that(body), QUICK)
    (output,) = notebook_kernel.execute("check(scale, hint=3)", QUICK).outputs
    assert output.ename == "CheckFailed"
    said = [line for line in output.evalue.splitlines() if not line.startswith("No hint: ")]
    shown = verdicts(faulty(body)[0])["scale"]
    assert [VALUES.sub("", line) for line in said] == [VALUES.sub("", line) for line in shown]
    assert FAULTS[body] in "\n".join(shown)
    assert len(shown) >= 2


def test_the_learners_own_exception_is_on_the_page_with_its_line(faulty):
    body = "raise ValueError(f'factor is {factor:.3f}')"
    text, record = faulty(body)
    factor = BY_NAME["scale"].hidden_cases(record["seed"])[0].inputs["factor"]
    line = f"ValueError in scale, line 2: {body}: factor is {factor:.3f} (case: shape (3, 4))"
    assert line in "\n".join(verdicts(text)["scale"])


def test_the_smallest_failing_case_is_shown_beside_what_is_expected_and_can_be_tried(faulty):
    text, record = faulty("return x + factor")
    case = BY_NAME["scale"].hidden_cases(record["seed"])[1]
    verdict = re.search(r'<div class="verdict".*?</div>', text, re.S)[0]
    assert f"The smallest case that fails: <b>{case.label}</b>. <code>x</code>: an array of shape (5,)" in verdict
    entries = re.findall(r"<td>(result\[\d\])</td>\s*<td>(.*?)</td>\s*<td>(.*?)</td>", verdict)
    x, factor = case.inputs["x"], case.inputs["factor"]
    assert entries == [(f"result[{i}]", f"{x[i] * factor:.6g}", f"{x[i] + factor:.6g}") for i in range(5)]
    call = html.unescape(re.search(r"<pre>(.*?)</pre></details>", verdict, re.S)[1])
    given = []
    exec(call, {"np": np, "scale": lambda *values: given.append(values)})
    ((x_again, *others),) = given
    assert np.allclose(x_again, x, rtol=1e-3) and others == [factor, case.inputs["name"]]


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


def test_nothing_of_the_machine_is_shown(klass):
    source = f"import sys\nprint(sys.prefix)\nraise ValueError({str(TEMPLATES)!r})"
    notebook = klass.notebook(scale=scale_that(f"raise OSError({sys.prefix!r} + '/x')"))
    notebook.cells.append(new_code_cell(source))
    text = page(klass, notebook)
    assert sys.prefix in str(klass.judged("ada").cells)
    assert "OSError in scale" in text and "ValueError" in text
    assert sys.prefix not in text and str(TEMPLATES) not in text


@pytest.fixture(scope="module", params=NOTEBOOKS)
def whole(request):
    """The page of a course's notebook, as if nothing had been handed in yet."""
    path = NOTEBOOKS[request.param]
    notebook = read(path, as_version=4)
    for one in notebook.cells:
        if "nbgrader" in one.metadata:
            one.metadata.nbgrader.update(score=0.0)
    return feedback.page(notebook, notebook, figures=path.parent), path


class TestOneFile:
    """A page needs no other file and no network, and is as small as a message may be."""

    def test_formulas_and_figures_are_in_it(self, whole):
        text, path = whole
        assert len(text.encode()) < 400_000
        assert text.count("data:image/svg+xml;base64,") == len(os.listdir(path.parent / "figures"))
        assert text.count("<math") > 10
        shown = re.sub(r"<(pre|code)\b.*?</\1>", "", text, flags=re.S)
        assert "$" not in shown and not re.search(r"\\[a-z]+", shown)

    def test_nothing_runs_and_nothing_is_loaded(self, whole):
        text, _ = whole
        found = [one for one in Page(text).found if not str(one[-1]).startswith("data:image/svg+xml;base64,")]
        assert [one[0] for one in found] == ["meta"] * 4 + ["style"]
        assert set(re.findall(r'\bsrc="(.{5})', text)) == {"data:"}
        assert "url(" not in text and "@import" not in text

    def test_headings_are_in_order(self, whole):
        levels = [int(level) for level in re.findall(r"<h(\d)", whole[0])]
        assert levels[:3] == [1, 2, 2] and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))

    def test_every_picture_says_what_it_shows(self, whole):
        assert all(re.search(r'alt="[^"]{20,}"', one) for one in re.findall("<img[^>]*>", whole[0]))

    def test_it_has_a_language_a_main_part_and_fits_a_phone(self, whole):
        for part in ('<html lang="en">', "<main>", 'name="viewport" content="width=device-width'):
            assert part in whole[0]

    def test_nothing_lies_beside_it(self, klass):
        klass.grade("tidy", klass.notebook(), data__csv="1,2", timestamp__txt="2026-01-02 03:04:05 UTC")
        beside = {path.name for path in klass.course.feedback(NAME, "tidy").rglob("*")}
        assert beside == {f"{NAME}.html", "timestamp.txt"}

    def test_a_learners_picture_is_in_it_and_files_elsewhere_are_not(self, tmp_path):
        (tmp_path / "mine.png").write_bytes(png(30, 20))
        (tmp_path / "figures").mkdir()
        (tmp_path / "figures" / "own.svg").write_text("<svg></svg>", encoding="ascii")
        text = "![drawing](mine.png) ![up](../mine.png) ![place](/etc/hostname.png) ![own](own.svg)"
        notebook = new_notebook(cells=[new_markdown_cell(text)])
        theirs = feedback.page(notebook, new_notebook(), tmp_path, tmp_path / "figures")
        assert re.findall(r'src="(data:[^,]*)', theirs) == ["data:image/png;base64"]
        ours = feedback.page(notebook, notebook, tmp_path, tmp_path / "figures")
        assert re.findall(r'src="(data:[^,]*)', ours) == ["data:image/svg+xml;base64"]


def _luminance(colour):
    """Return the relative luminance of a colour: WCAG 2.2."""
    digits = colour.lstrip("#")
    digits = "".join(2 * one for one in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_text_has_enough_contrast_by_day_and_by_night():
    style = (TEMPLATES / "feedback" / "page.css").read_text(encoding="utf-8")
    light, dark = (dict(re.findall(r"--(\w+): (#\w+)", block)) for block in re.findall(r":root \{(.*?)\}", style, re.S))
    assert light.keys() == dark.keys() and len(light) > 10
    for colours in (light, dark):
        for name in colours.keys() - {"paper", "tint", "line"}:
            for ground in ("paper", "tint"):
                one, other = sorted(_luminance(colours[each]) for each in (name, ground))
                assert (other + 0.05) / (one + 0.05) >= 4.5, (name, ground)


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
        text = html.unescape(page(klass, klass.notebook(scale=f"y = 1\n{long}\n", total="z = '<b>'")))
        assert long in text
        assert f'<span class="s1">{long[4:]}' not in text and "<span class=\"s1\">'<b>'</span>" in text

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
        told = NO_ROOM.format(size=MAX_SHOWN_BYTES // 2**20)
        assert told not in str(judged[7].outputs) and judged[9].outputs[0].text == f"{told}\n"
        assert all(one.outputs[-1].ename == "NameError" for one in judged)
