"""What is one message: every word that a learner reads is part of one, and what is not translated stays as it is."""

import re

import pytest
from sources import NOTEBOOKS

from autograders.release import segments
from autograders.release.translations import figures, learners_version

MARKED = re.compile(r"⟦.*?⟧", re.S)


def mark(message):
    """Translate into a language that marks every message."""
    return f"⟦{message}⟧"


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("# A title\n\nTwo lines\nof it.", "# ⟦A title⟧\n\n⟦Two lines of it.⟧"),
        ("1. one thing\n   more\n2. two\n   - inner thing", "1. ⟦one thing more⟧\n2. ⟦two⟧\n   - ⟦inner thing⟧"),
        ("> quoted\n> words", "> ⟦quoted words⟧"),
        ("| a | words |\n|---|---|\n| `x` | $y$ |\n| it | |", "| ⟦a | words⟧ |\n|---|---|\n| `x` | $y$ |\n| ⟦it |⟧ |"),
        ("Words $x$ and `y`, [there](a.html).", "⟦Words $x$ and `y`, [there](a.html).⟧"),
        ("$$\nfoo\n- bar\n+ \\mathrm{words}\n$$", "$$\nfoo\n- bar\n+ \\mathrm{words}\n$$"),
        ("`code` $equation$, `n_values`", "`code` $equation$, `n_values`"),
        ("<details><summary>Stuck?</summary>", "<details><summary>⟦Stuck?⟧</summary>"),
        ("```python\nx = 1  # some words\n```", "```python\nx = 1  # ⟦some words⟧\n```"),
        ("```\nsome words\n```", "```\nsome words\n```"),
        ("<!-- some words -->", "<!-- some words -->"),
    ],
)  # fmt: skip
def test_a_message_of_markdown_is_a_paragraph_a_heading_an_item_a_row(text, marked):
    assert segments.of_markdown(text, mark) == marked


PYTHON = '''\
import numpy as np  # two words


def f(x, n_values):
    """Say something
    in two lines.

    Parameters
    ----------
    x, n_values : ndarray (m, n), integers
        What comes
        in.

    Returns
    -------
    y : dict
        What goes out."""
    # one comment
    # in two lines
    # YOUR CODE HERE
    print("# no comment")  # (m, n_values)
    # y = f(x)  # if it works


def g():
    """One line."""
'''


def test_a_message_of_code_is_a_comment_or_a_sentence_of_a_docstring():
    found = []
    segments.of_python(PYTHON, lambda message: found.append(message) or message)
    assert sorted(found) == sorted([
        "two words", "Say something in two lines.", "What comes in.", "What goes out.", "one comment in two lines",
        "YOUR CODE HERE", "if it works", "One line.",
    ])  # fmt: skip


def test_translated_code_does_what_it_did_and_a_line_break_begins_a_line_of_the_comment():
    translated = segments.of_python(PYTHON, lambda message: f"«{message}»\n«more»")
    scope = {}
    exec(translated.replace('print("# no comment")', "return x"), scope)
    assert scope["f"](3, 4) == 3
    assert "    # «one comment in two lines»\n    # «more»\n    # «YOUR CODE HERE»\n    # «more»\n" in translated
    assert scope["g"].__doc__ == "«One line.»\n    «more»"
    assert "        «What comes in.»\n        «more»\n\n    Returns\n    -------\n    y : dict\n" in translated


def test_a_cell_with_magics_stays_as_it_is():
    assert segments.of_python("%time x  # some words", mark) == "%time x  # some words"


@pytest.mark.parametrize("path", NOTEBOOKS.values(), ids=NOTEBOOKS)
def test_what_is_not_translated_stays_as_it_is(path):
    for cell in learners_version(path, None).cells:
        assert segments.of_cell(cell, lambda message: message) == cell.source
    for figure in figures(path.parent):
        svg = figure.read_text(encoding="utf-8")
        assert segments.of_figure(svg, lambda message: message) == svg


def unmarked(text, kind):
    """Return the words of a translated text that are in no message, where they are no code and no equation."""
    rest = MARKED.sub(" ", text)
    if kind == "code":
        rest = " ".join(re.findall(r"(?<![\"'{\w])#(?!.*  # )(.*)", rest) + re.findall(r'""".*?"""', rest, re.S))
        rest = re.sub(r"^ *(Parameters|Returns|Raises|[\w*, ]+ : .*)$|^ *-+$", "", rest, flags=re.M)
    elif kind == "svg":
        rest = re.sub(r"<style>.*?</style>|<text[^>]*\b(math|code|shape)\b.*?</text>", "", rest, flags=re.S)
    else:
        rest = re.sub(r"```.*?```|<!--.*?-->", "", rest, flags=re.S)
    return segments.words(rest)


@pytest.mark.parametrize("path", NOTEBOOKS.values(), ids=NOTEBOOKS)
def test_a_language_that_marks_every_message_leaves_no_word_unmarked(path):
    for cell in learners_version(path, None).cells:
        assert not unmarked(segments.of_cell(cell, mark), cell.cell_type), cell.id
    for figure in figures(path.parent):
        assert not unmarked(segments.of_figure(figure.read_text(encoding="utf-8"), mark), "svg"), figure.name
