"""The figures are what their script draws, safe to embed, and legible."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / "docs" / "figures"
FIGURES = ROOT / "notebooks" / "step_by_step_rnn" / "figures"
NAMES = (
    "rnn_cell", "rnn_unrolled", "lstm_cell", "lstm_unrolled",
    "rnn_backward", "lstm_backward", "gru_cell", "tensor_shapes",
)
SVG = "{http://www.w3.org/2000/svg}"
MAX_BYTES = 40_000
MIN_CONTRAST = 4.5  # WCAG 2.2, level AA, text
MIN_TEXT = 13  # in SVG units, at a figure width of 1000; sub- and superscripts are smaller
PICTURE_ELEMENTS = {"svg", "title", "desc", "g", "rect", "circle", "path", "polygon", "text", "tspan"}


@pytest.fixture(scope="module")
def drawing():
    """The module of drawings, imported from its file."""
    sys.path.insert(0, str(SCRIPTS))
    try:
        spec = importlib.util.spec_from_file_location("draw_step_by_step", SCRIPTS / "draw_step_by_step.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module  # dataclasses look their module up
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.path.remove(str(SCRIPTS))
        sys.modules.pop("draw_step_by_step", None)
        sys.modules.pop("drawing", None)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """A folder of figures drawn just now."""
    folder = tmp_path_factory.mktemp("figures")
    script = SCRIPTS / "draw_step_by_step.py"
    subprocess.run([sys.executable, "-B", script, "--out", folder], check=True, stdout=subprocess.DEVNULL)
    return folder


def tree(name):
    return ElementTree.parse(FIGURES / f"{name}.svg").getroot()


def test_script_draws_all_committed_figures_and_no_more(drawn):
    assert {p.name for p in drawn.iterdir()} == {p.name for p in FIGURES.glob("*.svg")} == {f"{n}.svg" for n in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_script_reproduces_the_committed_bytes(drawn, name):
    assert (drawn / f"{name}.svg").read_bytes() == (FIGURES / f"{name}.svg").read_bytes(), (
        f"{name}.svg is not what docs/figures/draw_step_by_step.py draws: run the script and commit what it writes"
    )


@pytest.mark.parametrize("name", NAMES)
def test_figure_says_what_it_shows_and_scales(name):
    root = tree(name)
    assert root.tag == SVG + "svg"
    width, height = float(root.get("width")), float(root.get("height"))
    assert root.get("viewBox") == f"0 0 {width:g} {height:g}"
    assert root.get("role") == "img"
    title, desc = root[0], root[1]
    assert (title.tag, desc.tag) == (SVG + "title", SVG + "desc")
    assert root.get("aria-labelledby").split() == [title.get("id"), desc.get("id")]
    assert len(title.text) > 8 and len(desc.text) > 80


@pytest.mark.parametrize("name", NAMES)
def test_figure_is_small_and_holds_nothing_but_a_picture(name):
    path = FIGURES / f"{name}.svg"
    assert path.stat().st_size < MAX_BYTES
    for element in tree(name).iter():
        assert element.tag.removeprefix(SVG) in PICTURE_ELEMENTS
        for key, value in element.attrib.items():
            assert not key.lower().startswith("on") and "href" not in key.lower() and key != "style", key
            assert "url(" not in value and "://" not in value, value
    assert not re.search(rb"<!|<\?|@import", path.read_bytes())


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_agrees_with_the_known_ends_of_the_scale():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", NAMES)
def test_text_stands_out_from_the_opaque_shape_behind_it(name):
    root = tree(name)
    rects = [{key: float(r.get(key)) for key in ("x", "y", "width", "height")} | {"fill": r.get("fill")}
             for r in root.iter(SVG + "rect")]
    card = rects[0]
    assert card["width"] >= float(root.get("width")) - 4 and card["height"] >= float(root.get("height")) - 4
    assert not [e for e in root.iter() if e.get("opacity") or e.get("fill-opacity")]
    texts = list(root.iter(SVG + "text"))
    assert texts
    for text in texts:
        x, y = float(text.get("x")), float(text.get("y")) - 0.33 * float(text.get("font-size"))
        behind = [r["fill"] for r in rects
                  if r["x"] <= x <= r["x"] + r["width"] and r["y"] <= y <= r["y"] + r["height"]][-1]
        assert float(text.get("font-size")) >= MIN_TEXT
        for colour in {text.get("fill")} | {span.get("fill") for span in text if span.get("fill")}:
            assert contrast(colour, behind) >= MIN_CONTRAST, ("".join(text.itertext()), colour, behind)


@pytest.mark.parametrize("name", NAMES)
def test_no_label_touches_a_line_a_box_or_another_label(drawing, name):
    assert getattr(drawing, name)().collisions() == []


def test_collisions_are_found(drawing):
    figure = drawing.Figure("bad", 400, 300, "Bad", "A label on a line.")
    figure.arrow((50, 150), (350, 150), kind="a")
    figure.text(200, 150, "a^{<t>}")
    figure.text(204, 152, "x")
    figure.text(390, 250, "c^{<t>}")
    figure.box(200, 220, "W_{ax} W_{aa} W_{ya}", w=30)
    found = " ".join(figure.collisions())
    for fault in ("touches the line", "touches 'x'", "leaves the card", "is wider than its box"):
        assert fault in found


def test_every_figure_shares_one_width():
    assert len({tree(name).get("width") for name in NAMES}) == 1
