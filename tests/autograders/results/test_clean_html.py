"""What a learner's text keeps on a page, and what it loses; the course's own text keeps more."""

import base64
import re

import pytest
from hostile.page import Page
from hostile.pictures import png
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

from autograders.engine.pictures import MAX_PIXELS
from autograders.results.markup import clean_html, formula, markdown_to_html

OURS = {"metadata": {"nbgrader": {"locked": True}}}
ENVIRONMENT = Environment()
ENVIRONMENT.filters |= {"clean": clean_html, "set": markdown_to_html}
SET = ENVIRONMENT.from_string("{{ source | set }}")
CLEAN = ENVIRONMENT.from_string("{{ source | clean }}")
SMALL = f"data:image/png;base64,{base64.b64encode(png(2, 2)).decode('ascii')}"


@pytest.fixture
def page(tmp_path):
    """A function that returns what becomes of sources on one page, beside which a picture lies."""
    (tmp_path / "mine.png").write_bytes(png(30, 20))
    (tmp_path / "drawing.svg").write_text("<svg></svg>", encoding="ascii")
    resources = {"metadata": {"path": str(tmp_path)}}

    def fill(*sources, template=SET, cell=None):
        return "".join(template.render(source=one, resources=resources, cell=cell or {}) for one in sources)

    return fill


@pytest.mark.parametrize(
    "source",
    [
        r"$a^{\langle t \rangle} = \tanh(W_{aa} a + b)$",
        r"$$\frac{\partial J}{\partial \hat{y}} \left( x \right) \text{if } \color{red}{x} \operatorname{softmax}$$",
        r"\begin{align} \Gamma_f &= \sigma(x) \\ \tilde{c} &\leftarrow \mathbf{c} \end{align}",
    ],
)
def test_ordinary_formulas_are_set(page, source):
    text = page(source)
    assert "<math" in text and "<code" not in text and "tex2jax_ignore" not in text


def test_lines_of_an_equation_stand_below_each_other():
    shown = formula(r"\begin{aligned} a &= 1 \\[4pt] b &= 2 \end{aligned}", "block")
    assert shown.count("<mtr>") == 2 and "&</mi>" not in shown and "pt" not in re.sub("<[^>]*>", "", shown)


def test_names_that_begin_like_a_macro_are_none(page):
    assert "tex2jax_ignore" not in page(r"$\label{a} \eqref{a} \classical \styles$")


@pytest.mark.parametrize(
    "source",
    [r"\href{javascript:a()}{x}", r"\style{position:fixed}{x}", "x" * 3_000, r"\frac{", r"\left(", "{" * 1_900],
)
def test_what_is_no_formula_or_no_harmless_one_is_shown_as_it_is_written(source):
    assert formula(source, "inline") == f"<code>{source}</code>"


@pytest.mark.parametrize(
    "source", [r"$\text{<script>attack()</script><b onclick=attack()>x</b>}$", r"$x \hspace{-400em} \hspace{90em} y$"]
)
def test_a_formula_cannot_run_or_reach_out(page, source):
    text = page(source)
    assert "<math" in text and Page(text).found == []
    assert not re.search(r'width="-?\d\d', text) and "onclick" not in text


@pytest.mark.parametrize("cell", [None, OURS])
@pytest.mark.parametrize("template", [SET, CLEAN])
def test_a_formula_that_reaches_further_is_shown_as_it_is_written(page, template, cell):
    source = r"$\href{javascript:attack()}{x}$"
    text = page(source, template=template, cell=cell)
    assert "tex2jax_ignore" in text and r"\href{javascript:attack()}{x}" in text
    mathjax = "<script></script>"
    assert ("formula", r"\href") not in Page(mathjax + text).found
    assert ("formula", r"\href") in Page(f"{mathjax}<p>{source}</p>").found  # so it would be seen


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        (f'<img src="{SMALL}">', SMALL),
        ("![x](mine.png)", "mine.png"),
        ('<img src="./mine.png">', None),
        ('<img src="drawing.svg">', None),
        ('<img src="missing.png">', None),
        ('<img src="data:image/svg+xml;base64,AAAA">', None),
        (f'<img src=" {SMALL}">', None),
    ],
)
def test_a_learners_picture_is_in_the_page_or_beside_it(page, source, kept):
    assert re.findall('src="(.*?)"', page(source)) == ([kept] if kept else [])


def test_the_course_shows_its_drawings(page):
    assert 'src="figures/drawing.svg"' in page("![x](figures/drawing.svg)", cell=OURS)


@given(st.text(st.sampled_from(" \t\n\x00\x1f\u200b\ufeff\xa0./\\%2ef:xhtp&#;9Tab"), max_size=8), st.booleans())
def test_no_spelling_of_an_address_leads_elsewhere(begin, ours):
    resources = {"metadata": {"path": "."}}
    cell = OURS if ours else {}
    for address in (f"{begin}//tracker.example/p.png", f"http{begin}://tracker.example/p", f"{begin}../logout.png"):
        text = CLEAN.render(source=f'<img src="{address}">', resources=resources, cell=cell)
        assert Page(text).found == []


def test_pictures_have_room_on_the_page_together(page):
    side = int((MAX_PIXELS // 3) ** 0.5)
    data = base64.b64encode(png(side, side)).decode("ascii")
    source = f'<img src="data:image/png;base64,{data}">'
    assert len(source) < 5_000
    assert page(*[source] * 5).count("src=") == 3


def test_a_learners_text_has_few_classes_and_no_style_but_its_alignment(page):
    text = page(
        '<p class="navbar-fixed-top" style="margin:-4000px;color:red" id="notebook">x</p>\n\n|a|\n|-:|\n|1|\n\n'
        "```python\nx = 1\n```"
    )
    assert not any(word in text for word in ("navbar", "margin", "color", "id="))
    assert 'style="text-align:right' in text and '<span class="n">x</span>' in text
    assert text.startswith('<div style="contain: paint">')


def test_the_verdict_keeps_its_style(page):
    verdict = '<div class="verdict" style="border-left:4px solid #1a7f37;padding-left:.8em">x</div>'
    text = page(verdict, template=CLEAN, cell=OURS)
    assert "verdict" in text and "border-left" in text and "contain" not in text
