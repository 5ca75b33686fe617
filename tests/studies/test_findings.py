"""docs/findings.md says what the shipped results say."""

import re

import pytest

from studies import findings

PAGE = findings.DOCS / "findings.md"


@pytest.fixture(scope="module")
def page():
    return PAGE.read_text(encoding="utf-8")


def test_the_tables_are_those_of_the_results(page):
    assert findings.filled(page) == page
    assert {found.group(1) for found in findings.IN_BLOCK.finditer(page)} == set(findings.TABLES)


def test_every_figure_is_there_and_shown_with_words_for_those_who_cannot_see_it(page):
    shown = dict(re.findall(r"!\[([^]]+)\]\(images/(\w+)\.png\)", page))
    assert set(shown.values()) == set(findings.FIGURES)
    for words, name in shown.items():
        assert len(words.split()) > 5 and (findings.DOCS / "images" / f"{name}.png").stat().st_size > 1000


def test_an_unknown_table_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="expected a table among adding, far.*, got 'chess'"):
        findings.filled("<!-- table: chess -->\n<!-- end -->")


def test_every_figure_can_be_drawn():
    import matplotlib.pyplot as plt

    plt.switch_backend("agg")
    for name, draw in findings.FIGURES.items():
        ax = draw()
        assert ax.get_xlabel() and (ax.get_ylabel() or ax.get_yticklabels()), name
        plt.close(ax.figure)
