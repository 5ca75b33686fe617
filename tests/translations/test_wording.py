"""Faults of a translation: each is found, and a good translation has none."""

import pytest

from autograders.release.wording import faults

TERMS = {"cell state": "细胞状态", "step": "步"}


def found(message, translation, met=("cell state", "step")):
    return list(faults(message, translation, TERMS, set(met)))


@pytest.mark.parametrize(
    ("message", "translation"),
    [
        ("Take `x` and **add 3 to it**.", "取 `x`，**给它加上 3**。"),
        ("The *cell state* $c$ | of `LSTM`", "*细胞状态* $c$ | 属于 `LSTM`"),
        ("See [there](a.html#b), (2010), 95% of 1.5.", "见[那里](a.html#b)（2010），1.5 的 95%。"),
        ("Two steps: `f(x)`, ...", "两步：`f(x)`……"),
        ("Set {package} to <b>it</b>.", "把 {package} 设为<b>它</b>。"),
        ("one two\nthree", "一二\n三"),
    ],
)
def test_a_good_translation_has_none(message, translation):
    assert found(message, translation) == []


@pytest.mark.parametrize(
    ("message", "translation", "words"),
    [
        ("Take `x`.", "取 `y`。", "code: expected `x`, got `y` in"),
        ("Take `x` or `x`.", "取 `x`。", "code: expected `x`, got nothing else"),
        ("It is $a_1$.", "它是 $a_2$。", "equations: expected $a_1$, got $a_2$"),
        ("See [it](a.html).", "见[它](b.html)。", "links: expected ](a.html), got ](b.html)"),
        ("<b>It</b>", "<b>它", "tags: expected </b>, got nothing else"),
        ("here | it", "这里，它", "columns"),
        ("Call {name}.", "叫做 {nom}。", "placeholders: expected {name}, got {nom}"),
        ("In 30 steps", "3 步", "numbers: expected 30, got 3"),
        ("In **steps**", "用步", "strong: expected 1 places between asterisks, got 0"),
        ("A **gate (it)** is", "**门（它）**是", "strong: expected 1 places between asterisks, got 0"),
        ("Some *steps*", "若干**步**", "em: expected 1"),
        ("The cell state", "状态", "term: expected 细胞状态 for 'cell state', got none"),
        ("Well, good", "好,好", "typography: expected a full-width mark"),
        ("Good.", "好.", "typography: expected 。"),
        ("a GRU", "一个GRU", "typography: expected a space between"),
        ("`x` is", "`x`是", "typography: expected a space between"),
        ("so so", "好 好", "typography: expected no space between Chinese"),
        ("so, a GRU", "好， GRU", "typography: expected no space beside"),
    ],
)
def test_each_fault_is_named(message, translation, words):
    assert any(text.startswith(words) for text in found(message, translation)), found(message, translation)


def test_a_term_has_the_english_one_beside_it_where_it_comes_first():
    met = set()
    assert list(faults("The cell state", "细胞状态（cell state）", TERMS, met)) == []
    assert list(faults("Cell states", "细胞状态", TERMS, met)) == []
    (text,) = found("The cell state", "细胞状态", met=())
    assert text.startswith("term: expected 'cell state' beside 细胞状态 where it comes first")
