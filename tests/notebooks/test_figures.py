"""The figures: SVG files that are safe to embed, legible in both themes, and in the letters of their notebook."""

import re
from itertools import combinations, product
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
PATHS = {path.stem: path for path in sorted((ROOT / "notebooks").glob("*/figures/*"))}
SVG = "{http://www.w3.org/2000/svg}"
WIDTH, MAX_BYTES = 1000, 20_000
ELEMENTS = "svg title desc style defs marker g use rect circle path text tspan".split()
ATTRIBUTES = """class id d x y dx dy cx cy r rx width height href transform viewBox role
    orient refX refY markerUnits markerWidth markerHeight""".split()
QUANTITIES = "x a c y gate grad param plain empty".split()
MIN_TEXT_CONTRAST, MIN_LINE_CONTRAST = 4.5, 3  # WCAG 2.2, level AA
MARKS = {"sub": "_", "sup": "^"}


def classes(element):
    return element.get("class", "").split()


def theme(style, dark=False):
    """Return {class: {property: value}} as the style sheet sets them on a light or on a dark page."""
    light, _, rest = style.partition("@media (prefers-color-scheme: dark) {")
    night, _, forms = rest.partition("\n    }")
    rules = {}
    for names, body in re.findall(r"([^{}]+)\{([^{}]*)\}", light + (night if dark else "") + forms):
        properties = re.findall(r"([\w-]+): ([^;]+?)\s*(?:;|$)", body)
        for name in names.split(","):
            rules.setdefault(name.strip().removeprefix("."), {}).update(properties)
    return rules


def shown(element):
    """Return the text of an element; `_` and `^` stand before what is lowered or raised, white space is one space."""
    marks = "".join(MARKS.get(name, "") for name in classes(element))
    inner = "".join(shown(child) + (child.tail or "") for child in element)
    return re.sub(r"\s+", " ", marks + (element.text or "") + inner)


def place(text, rules):
    """Return (left, top, right, bottom) of a line of text; the width is an estimate: half its size a letter."""
    names = classes(text)
    sizes = [rules[name]["font-size"] for name in names if "font-size" in rules.get(name, {})]
    size = float(sizes[-1].removesuffix("px")) if sizes else 14
    small = [span for span in text.iter(SVG + "tspan") if {"sub", "sup"} & set(classes(span))]
    letters = len(re.sub("[_^]", "", shown(text))) - 0.28 * sum(len("".join(span.itertext())) for span in small)
    width = letters * size * (0.6 if "code" in names else 0.5)
    left = float(text.get("x")) - width * (0 if {"start", "title"} & set(names) else 1 if "end" in names else 0.5)
    baseline = float(text.get("y"))
    return left, baseline - 0.7 * size, left + width, baseline + 0.1 * size


def inside(one, other):
    return one[0] >= other[0] and one[1] >= other[1] and one[2] <= other[2] and one[3] <= other[3]


def faults(source):
    """Return what is wrong with the SVG text of a figure, one sentence for each fault."""
    root = ElementTree.fromstring(source)
    style = root.findtext(SVG + "style", "")
    rules = theme(style)
    known = set(re.findall(r"\.([a-z]\w*)", style))
    texts = list(root.iter(SVG + "text"))
    found = []
    if [child.tag for child in root[:3]] != [SVG + "title", SVG + "desc", SVG + "style"]:
        return ["the figure does not begin with title, desc and style"]
    if root.findtext(SVG + "title") not in [shown(text) for text in texts if "title" in classes(text)]:
        found.append("the title is not the one that is shown")
    if len(root.findtext(SVG + "desc").split()) < 20:
        found.append("the description is short")
    height = root.get("height")
    if (root.get("width"), root.get("viewBox"), root.get("role")) != (str(WIDTH), f"0 0 {WIDTH} {height}", "img"):
        found.append("width, viewBox or role is not that of the other figures")
    ids = {f"#{element.get('id')}" for element in root.iter() if element.get("id")}
    for element in root.iter():
        tag = element.tag.removeprefix(SVG)
        found += [f"element {tag}"] * (tag not in ELEMENTS)
        found += [f"attribute {key} of {tag}" for key in element.attrib if key not in ATTRIBUTES]
        found += [f"class {name} is not in the style" for name in classes(element) if name not in known]
        found += [f"{tag} points to {element.get('href')}"] * (element.get("href", "#head") not in ids)
    links = set(re.findall(r"url\([^)]*\)|@import|<!(?!--)|<\?|\w+://[^\s\"]*", source))
    found += [f"link or instruction {link}" for link in links - {"url(#head)", "http://www.w3.org/2000/svg"}]

    boxes = [(tuple(float(rect.get(key)) for key in ("x", "y", "width", "height")), classes(rect))
             for rect in root.iter(SVG + "rect")]  # fmt: skip
    for text in texts:
        at, x, y = place(text, rules), float(text.get("x")), float(text.get("y"))
        if not inside(at, (5, 5, WIDTH - 5, float(height) - 5)):
            found.append(f"{shown(text)!r} leaves the figure")
        for (left, top, w, h), names in boxes:
            own = left < x < left + w and top < y < top + h and not {"card", "frame"} & set(names)
            if own and not inside(at, (left, top, left + w, top + h)):
                found.append(f"{shown(text)!r} leaves its box")
    for one, other in combinations(texts, 2):
        (a, b, c, d), (left, top, right, bottom) = place(one, rules), place(other, rules)
        if a < right and left < c and b < bottom and top < d:
            found.append(f"{shown(one)!r} touches {shown(other)!r}")
    return found


@pytest.fixture(params=PATHS)
def path(request):
    return PATHS[request.param]


@pytest.fixture(scope="module")
def style():
    return ElementTree.parse(PATHS["rnn_cell"]).getroot().findtext(SVG + "style")


def test_every_figure_is_an_svg_file_of_its_own_name():
    assert len(PATHS) == len(list((ROOT / "notebooks").glob("*/figures/*")))
    assert {path.suffix for path in PATHS.values()} == {".svg"}


def test_a_figure_is_small_and_has_no_fault(path):
    assert path.stat().st_size < MAX_BYTES
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "old, new, fault",
    [
        ("<title>A basic RNN cell", "<title>A cell", "the title is not"),
        ('role="img"', "", "viewBox or role"),
        ('class="frame"', 'class="fame"', "class fame"),
        ('class="frame"', 'style="fill: red"', "attribute style"),
        ('class="frame"', 'onclick="go()"', "attribute onclick"),
        ('href="#plus"', 'href="https://example.org/plus.svg"', "use points to https"),
        ('href="#plus"', 'href="#minus"', "use points to #minus"),
        ("</svg>", "<script>go()</script></svg>", "element script"),
        ("<style>", "<style>@import 'more.css';", "instruction @import"),
        (">a_prev<", ">a_prev_of_the_step_before<", "leaves the figure"),
        (">softmax</text>", ">softmax over the classes</text>", "leaves its box"),
        ('y="410">a_prev', 'y="430">a_prev', "touches"),
    ],
)
def test_each_fault_is_found(old, new, fault):
    source = PATHS["rnn_cell"].read_text(encoding="utf-8")
    assert old in source
    assert any(fault in one for one in faults(source.replace(old, new)))


def test_all_figures_share_one_style_and_use_all_of_it(style):
    roots = [ElementTree.parse(path).getroot() for path in PATHS.values()]
    for name in ("style", "defs"):
        assert len({ElementTree.tostring(root.find(SVG + name)) for root in roots}) == 1
    used = {name for root in roots for element in root.iter() for name in classes(element)}
    assert used == set(re.findall(r"\.([a-z]\w*)", style))


def test_the_page_on_figures_names_every_class(style):
    page = (ROOT / "docs" / "figures.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\.([a-z]\w*)", style)) <= set(re.findall(r"`(\w+)`", page))


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


@pytest.mark.parametrize("dark", [False, True])
def test_text_and_lines_stand_out_in_both_themes(style, dark):
    rules = theme(style, dark)
    assert (luminance(rules["card"]["fill"]) < 0.1) == dark
    fills = ["card", "frame", *QUANTITIES]
    faint = [
        (text, fill)
        for text, fill in product(["svg", "note", *QUANTITIES], fills)
        if contrast(rules[text]["color"], rules[fill]["fill"]) < MIN_TEXT_CONTRAST
    ]
    faint += [
        (line, fill)
        for line, fill in product(QUANTITIES, ["card", "frame"])
        if line != "empty" and contrast(rules[line]["stroke"], rules[fill]["fill"]) < MIN_LINE_CONTRAST
    ]
    assert faint == []


def letters_of(notebook):
    """Return the formulas of a notebook in the writing of `shown`, without spaces."""
    text = "".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    formulas = "".join(re.findall(r"\$+([^$]+)\$", text))
    for tex, letter in {r"\hat y": "ŷ", r"\tilde c": "c˜", r"\sigma": "σ", r"\delta": "δ", r"\mathrm": ""}.items():
        formulas = formulas.replace(tex, letter)
    return re.sub(r"[{}\\\s]", "", formulas)


def test_letters_and_names_in_a_figure_are_those_of_its_notebook(path):
    notebook = nbformat.read(path.parents[1] / f"{path.parents[1].name}.ipynb", as_version=4)
    source, formulas = "\n".join(cell.source for cell in notebook.cells), letters_of(notebook)
    for text in ElementTree.parse(path).getroot().iter(SVG + "text"):
        if {"math", "shape"} & set(classes(text)):
            for letter in re.findall(r"[A-Za-zŷ]_[a-z]+", shown(text)):
                assert letter in formulas, f"{letter} in {path.name} is not in the notebook's formulas"
        if "code" in classes(text):
            for name in re.findall(r"[A-Za-z_]\w*", shown(text)):
                assert re.search(rf"\b{name}\b", source), f"{name} in {path.name} is not in the notebook"
