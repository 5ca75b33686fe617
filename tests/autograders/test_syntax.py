"""A cell that is no Python: the character, the line and the cell are named, and it costs its own points only."""

import pytest
from small_course import FULL, POINTS, Class

from autograders.syntax import syntax_fault

pytestmark = pytest.mark.slow

LINES = "def scale(x, factor, name):\n    y = x{}factor{}\n    return y\n"


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("def scale（x, factor, name):\n    return x\n", 1, "U+FF08), FULLWIDTH LEFT PARENTHESIS"),
        (LINES.format(" *\u00a0", ""), 2, "U+00A0, NO-BREAK SPACE"),
        (LINES.format(" * ", " + \u201cz\u201d"), 2, "U+201C), LEFT DOUBLE QUOTATION MARK"),
        (LINES.format(" * ", "\uff0c 1"), 2, "U+FF0C), FULLWIDTH COMMA"),
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
