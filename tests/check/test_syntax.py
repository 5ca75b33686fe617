"""A cell that is no Python: the character, the line and the cell are named, and it costs its own points only."""

from types import SimpleNamespace

import pytest
from small_course import FULL, NAME, POINTS, Class

from helpers.check import tell_of_cells_not_run
from helpers.check.syntax import syntax_fault

pytestmark = pytest.mark.slow

LINES = "def scale(x, factor, name):\n    y = x{}factor{}\n    return y\n"


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("def scale（x, factor, name):\n    return x\n", 1, "U+FF08), FULLWIDTH LEFT PARENTHESIS; type '(' instead: "),
        (LINES.format(" *\u00a0", ""), 2, "U+00A0, NO-BREAK SPACE; type ' ' instead: "),
        (LINES.format(" * ", " + \u201cz\u201d"), 2, "U+201C), LEFT DOUBLE QUOTATION MARK; type '\"' instead: "),
        (LINES.format(" * ", "\uff0c 1"), 2, "U+FF0C), FULLWIDTH COMMA; type ',' instead: "),
        (LINES.format(" * ", "\u3002"), 2, "U+3002), IDEOGRAPHIC FULL STOP; type '.' instead: "),
        (LINES.format(" × ", ""), 2, "U+00D7), MULTIPLICATION SIGN: "),
        (LINES.format(" * ", " +"), 2, "invalid syntax"),
        ("def scale(x, factor, name):\nreturn x\n", 2, "expected an indented block"),
        ("def scale(x, factor, name):\n\treturn x\n        return x\n", 3, ""),
    ],
)
def test_character_and_line_are_named(source, line, words):
    fault = syntax_fault(source, "scale")
    assert f"in the cell that defines scale, line {line}: " in fault
    assert words in fault
    assert source.splitlines()[line - 1].strip() in fault


@pytest.mark.parametrize(
    "source",
    ["%time 1\ndef scale(x, y):\n    !ls\n    return x\n", "def other(:\n", "scale = (", "def scale(x): pass"],
)
def test_what_is_python_to_a_notebook_or_defines_something_else_is_left_alone(source):
    assert syntax_fault(source, "scale") is None


@pytest.mark.parametrize("text", ["(" * 5000, "-" * 50_000 + "1", "[" * 150 + "]" * 150, "x" + ".y" * 40_000])
def test_a_cell_that_is_nested_too_deeply_does_no_harm(text):
    syntax_fault(f"def scale(x):\n    return {text}\n", "scale")


def test_the_verdict_says_it_and_the_other_function_keeps_its_points(tmp_path):
    course = Class(tmp_path / "course")
    result = course.grade("li", course.notebook(scale="def scale（x, factor, name):\n    return x * factor\n"))
    assert result.score == FULL - POINTS
    page = course.page("li")
    assert "FULLWIDTH LEFT PARENTHESIS" in page and "the cell that defines scale, line 1" in page
    assert "scale is not defined" not in page


def told(cells, monkeypatch):
    """Return what a notebook says to `check(scale)` after these cells, where none of them has defined scale."""
    shown, handlers = [], []
    shell = SimpleNamespace(
        user_ns={"In": ["", *cells, "check(scale)"]},
        set_custom_exc=lambda kinds, handler: handlers.append(handler),
        showtraceback=lambda error, tb_offset: shown.append(str(error[1])),
    )
    monkeypatch.setattr("helpers.check.checking.read_checks", lambda name: None)
    tell_of_cells_not_run(shell)
    handlers[0](shell, NameError, NameError("name 'scale' is not defined", name="scale"), None)
    return shown[0]


def test_check_names_the_character_too_where_the_cell_could_not_be_run(monkeypatch):
    text = told(["x = 1", "def scale(x, factor, name)：\n    return x\n"], monkeypatch)
    assert text.startswith("SyntaxError in the cell that defines scale, line 1: ") and "type ':' instead" in text
    assert told(["x = （"], monkeypatch).startswith("scale is not defined yet: run the cell")


def test_chinese_names_comments_and_files_are_graded_like_any_others(tmp_path):
    course = Class(tmp_path / "course")
    scale = "def scale(x, factor, name):\n    # 按系数放大，逐个元素\n    结果 = x * factor\n    return 结果\n"
    assert course.grade("张伟", course.notebook(scale=scale), 说明__txt="我的作业").score == FULL
    assert "按系数放大，逐个元素" in course.page("张伟")
    course.hand_in("li-na", course.notebook(scale=scale), name="第一次作业")
    assert course.course.grade(NAME, "li-na").score == FULL
