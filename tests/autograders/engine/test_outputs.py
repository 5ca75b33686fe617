"""What a kernel shows becomes text and pictures of points in a sound notebook, or nothing, whatever it is."""

import base64

import nbformat
import pytest
from drawing import picture
from hostile.page import Page
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from autograders.engine.outputs import PICTURES, STREAMS, clean_output, size
from autograders.results import pages as feedback

DOT = base64.b64encode(picture(1, 1)).decode("ascii")
SCRIPT = "<script>attack()</script><img src=x onerror=attack()><iframe src=javascript:attack()></iframe>"
KINDS = ("stream", "error", "display_data", "execute_result")
LETTERS = "ab <>&\"'=/\\\x00\x07\x1b\n\r\t{}%$`*_[]()\x85\u2028\ufffe\ud800\udfff\U0001f600"  # some of them no text
any_letters = st.one_of(st.text(st.sampled_from(LETTERS), max_size=12), st.text(max_size=6))
texts = st.one_of(
    any_letters,
    st.sampled_from([
        "", SCRIPT, f"'\">{SCRIPT}", f"</pre></div>{SCRIPT}", "\x1b[31m", "\x1b[38;5;", "\x1b]8;;javascript:a()\x07",
        "\x00", "\ud800", "\u2028", "&lt;", "{{ 7 * 7 }}", "%PDF", f"data:image/png;base64,{DOT}", "x\r\ny\x08",
    ]),
    st.builds("".join, st.lists(any_letters, max_size=3)),
)  # fmt: skip
pictures = st.one_of(
    st.sampled_from([DOT, f"{DOT[:4]}\n{DOT[4:]}\n", f"{DOT}\u2028", f'{DOT}" onerror="attack()', "", "====", "AAA"]),
    texts,
)
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts, pictures),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(any_letters, inner, max_size=3)),
    max_leaves=6,
)
MIME_TYPES = (
    *PICTURES, "text/plain", "text/html", "image/svg+xml", "application/javascript", "text/latex", "text/markdown",
    "application/vnd.jupyter.widget-view+json", "application/json", "application/pdf", SCRIPT, "",
)  # fmt: skip


def mostly(strategy):
    """Draw from a strategy, and now and then anything."""
    return st.integers(0, 4).flatmap(lambda number: strategy if number else anything)


bundles = st.fixed_dictionaries({}, optional={name: mostly(pictures) for name in MIME_TYPES})
usual = st.fixed_dictionaries(
    {
        "name": mostly(st.sampled_from(STREAMS)), "text": mostly(texts), "ename": mostly(texts),
        "evalue": mostly(texts), "traceback": mostly(st.lists(mostly(texts), max_size=3)), "data": mostly(bundles),
    },
    optional={"metadata": anything, "execution_count": anything, "output_type": anything, "transient": anything},
)  # fmt: skip
contents = st.one_of(usual, usual.flatmap(lambda known: st.sampled_from(sorted(known)).map(
    lambda lacking: {key: value for key, value in known.items() if key != lacking}
)), st.dictionaries(any_letters, anything, max_size=3))  # fmt: skip
kinds = st.sampled_from([*KINDS, *KINDS, *KINDS[2:], "update_display_data", "status", "clear_output", "", "\ud800"])


def show(outputs):
    """Return the feedback page of outputs."""
    notebook = new_notebook(cells=[new_code_cell("1", outputs=outputs, id="one")])
    nbformat.validate(notebook)
    return feedback.page(notebook, new_notebook())


BARE = Page(show([])).found  # what runs and loads in a page without outputs: the template's own


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(kinds, contents)
def test_anything_becomes_a_sound_output_or_nothing(kind, content):
    output = clean_output(kind, content)
    if output is None:
        assert kind not in ("stream", "error")
        return
    assert kind == output.output_type in KINDS
    assert set(output) <= {"output_type", "name", "text", "ename", "evalue", "traceback", "data", "metadata",
                           "execution_count"}  # fmt: skip
    assert output.get("metadata", {}) == {} and output.get("execution_count") is None
    assert set(output.get("data", {})) <= {"text/plain", *PICTURES}
    assert size(output) > 0
    nbformat.writes(new_notebook(cells=[new_code_cell("", outputs=[output])])).encode("utf-8")
    text = show([output])
    text.encode("utf-8")
    assert Page(text).found == BARE


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_of_points_and_text_stay(name):
    output = clean_output("display_data", {"data": {name: DOT, "text/plain": "a dot", "text/html": SCRIPT}})
    assert output.data == {name: DOT, "text/plain": "a dot"}
    assert f"data:{name};base64,{DOT}" in show([output])


@pytest.mark.parametrize("picture", [f'{DOT}" onerror="attack()', [DOT], None, {"a": DOT}, DOT + "\u00e4", "\ud800"])
def test_picture_that_is_none_is_left_out(picture):
    assert clean_output("display_data", {"data": {"image/png": picture}}) is None


def test_text_that_fits_no_file_is_made_to_fit():
    assert clean_output("stream", {"name": "stdout", "text": "\ud800x"}).text == "?x"


@pytest.mark.parametrize("name", ["stdin", ["stdout"], None, {}])
def test_unknown_stream_is_the_common_one(name):
    assert clean_output("stream", {"name": name, "text": "x"}).name == "stdout"


def test_an_error_cannot_look_like_the_graders_own():
    """A page shows an error of a single line as it is, even after hidden tests: see `feedback.HideTests`."""
    output = clean_output("error", {"ename": "OutputLimit", "evalue": "secret", "traceback": ["OutputLimit: secret"]})
    assert output.traceback not in ([output.evalue], [f"{output.ename}: {output.evalue}"])
