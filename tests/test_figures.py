"""The figures are what their script draws, safe to embed, and legible."""

import importlib
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / "docs" / "figures"
SVG = "{http://www.w3.org/2000/svg}"
MAX_BYTES = 40_000
MIN_CONTRAST = 4.5  # WCAG 2.2, level AA, text
MIN_TEXT = 13  # in SVG units, at a figure width of 1000; sub- and superscripts are smaller
PICTURE_ELEMENTS = {"svg", "title", "desc", "g", "rect", "circle", "path", "polygon", "text", "tspan"}


def load(script):
    """Return the module of a script of drawings."""
    sys.path.insert(0, str(SCRIPTS))
    try:
        return importlib.import_module(script)
    finally:
        sys.path.remove(str(SCRIPTS))


MODULES = {path.stem: load(path.stem) for path in sorted(SCRIPTS.glob("draw_*.py"))}
FIGURES = {draw.__name__: (module, draw) for module in MODULES.values() for draw in module.DRAWINGS}
NAMES = list(FIGURES)


def committed(name):
    """Return the figure's file beside its notebook."""
    return FIGURES[name][0].FIGURES / f"{name}.svg"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """A folder for each script, with the figures that it draws just now."""
    folders = {}
    for script in MODULES:
        folders[script] = tmp_path_factory.mktemp(script)
        command = [sys.executable, "-B", SCRIPTS / f"{script}.py", "--out", folders[script]]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folders


def tree(name):
    return ElementTree.parse(committed(name)).getroot()


def test_every_notebook_has_its_own_figures_of_different_names():
    assert len(FIGURES) == sum(len(module.DRAWINGS) for module in MODULES.values())
    folders = [module.FIGURES for module in MODULES.values()]
    assert len(set(folders)) == len(folders)
    assert {folder.parent for folder in folders} <= {path.parent for path in (ROOT / "notebooks").glob("*/*.ipynb")}


@pytest.mark.parametrize("script", MODULES)
def test_script_draws_all_committed_figures_and_no_more(drawn, script):
    module = MODULES[script]
    names = {f"{draw.__name__}.svg" for draw in module.DRAWINGS}
    assert {p.name for p in drawn[script].iterdir()} == {p.name for p in module.FIGURES.glob("*.svg")} == names


@pytest.mark.parametrize("name", NAMES)
def test_script_reproduces_the_committed_bytes(drawn, name):
    script = FIGURES[name][0].__name__
    assert (drawn[script] / f"{name}.svg").read_bytes() == committed(name).read_bytes(), (
        f"{name}.svg is not what docs/figures/{script}.py draws: run the script and commit what it writes"
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
    path = committed(name)
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
    rects = [
        {key: float(r.get(key)) for key in ("x", "y", "width", "height")} | {"fill": r.get("fill")}
        for r in root.iter(SVG + "rect")
    ]
    card = rects[0]
    assert card["width"] >= float(root.get("width")) - 4 and card["height"] >= float(root.get("height")) - 4
    assert not [e for e in root.iter() if e.get("opacity") or e.get("fill-opacity")]
    texts = list(root.iter(SVG + "text"))
    assert texts
    for text in texts:
        x, y = float(text.get("x")), float(text.get("y")) - 0.33 * float(text.get("font-size"))
        behind = [
            r["fill"] for r in rects if r["x"] <= x <= r["x"] + r["width"] and r["y"] <= y <= r["y"] + r["height"]
        ][-1]
        assert float(text.get("font-size")) >= MIN_TEXT
        for colour in {text.get("fill")} | {span.get("fill") for span in text if span.get("fill")}:
            assert contrast(colour, behind) >= MIN_CONTRAST, ("".join(text.itertext()), colour, behind)


@pytest.mark.parametrize("name", NAMES)
def test_no_label_touches_a_line_a_box_or_another_label(name):
    assert FIGURES[name][1]().collisions() == []


def test_collisions_are_found():
    figure = MODULES["draw_step_by_step"].Figure("bad", 400, 300, "Bad", "A label on a line.")
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
