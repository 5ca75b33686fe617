"""Text cells, code and outputs as HTML of which nothing can run, load or cover something, whoever wrote it.

The feedback page is made with these functions, and `nbgrader_config.py` gives them to nbconvert as filters, so that the
formgrader's pages are as clean.
"""

import base64
import html
import re
from pathlib import Path
from urllib.parse import unquote

import jinja2
import nh3
from latex2mathml.converter import convert
from markupsafe import escape
from nbconvert.filters import Highlight2HTML, ansi2html, strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.token import STANDARD_TYPES

from autograders.collect.strict_files import fault
from autograders.engine.pictures import SUFFIXES, Room, pixels, pixels_of_text

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
FORMULAS = {
    "math", "merror", "mfrac", "mi", "mn", "mo", "mover", "mroot", "mrow", "mspace", "msqrt", "mstyle", "msub",
    "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover",
}  # fmt: skip
TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em", "hr", "i", "img",
    "kbd", "li", "ol", "p", "pre", "q", "s", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "th",
    "thead", "tr", "tt", "u", "ul", *HEADINGS, *FORMULAS,
}  # fmt: skip
ATTRIBUTES = {
    "*": {"class", "id", "style", "title"}, "a": {"href"}, "img": {"alt", "src", "width", "height"},
    "span": {"tabindex"}, "td": {"colspan"}, "th": {"colspan", "scope"},
    **dict.fromkeys(FORMULAS, {
        "accent", "columnalign", "display", "displaystyle", "linebreak", "linethickness", "mathvariant", "maxsize",
        "minsize", "scriptlevel", "stretchy", "width",
    }),
}  # fmt: skip
STYLES = {"border-left", "color", "display", "margin", "padding-left", "text-align"}  # of ours
ALIGNED = re.compile(r"text-align: ?(left|center|right)")  # of learners', as Markdown writes it
LINK = re.compile(r"(https?://|mailto:|#)", re.I)
SPACE = re.compile(r"-?[012]?(\.\d+)?em")  # in a formula
EMBEDDED = re.compile(r"data:image/(?:png|jpeg|gif);base64,([A-Za-z0-9+/=]+)")
BESIDE = re.compile(r"[\w()+,@-][\w.()+,@ -]*(/[\w()+,@-][\w.()+,@ -]*)*")  # a file's name: no scheme, no root, no ".."
CLASSES = {"formula", "highlight", *STANDARD_TYPES.values()}  # the latter colour code
MACROS = re.compile(  # of TeX, those by which MathJax writes attributes, loads packages, or changes later formulas
    r"\\(href|url|style|class|cssId|data|bbox|mmlToken|require|unicode|includegraphics|action|toggle|mathtip|texttip|tip"
    r"|csname|[egx]?def|let|futurelet|global|begingroup|newextarrow|(re)?new(command|environment)|providecommand"
    r"|Declare[a-zA-Z]*)(?![a-zA-Z])",
    re.I,
)
PROTOCOLS = {"http", "https", "mailto", "data"}
KINDS = {".svg": "svg+xml", ".png": "png", ".gif": "gif", ".jpg": "jpeg", ".jpeg": "jpeg"}  # of pictures
MAX_TEXT_LETTERS, MAX_TEXT_MARKS = 5_000, 200  # of a learner's text cell, and brackets: above, it is source
ROW_END = re.compile(r"\\\\\[[\d.]+[a-z]+\]")  # of an equation of several lines, with a distance
MAX_FORMULA_LETTERS = 2_000  # of a formula that is set
MAX_CODE_LETTERS, MAX_LINE_LETTERS = 20_000, 500  # of code that is coloured
MAX_COLOURS = 500  # of colour sequences in an output's text
MAX_PICTURE_BYTES = 2**20  # of one picture beside the notebook


class Pictures:
    """The pictures that the texts of one page show: in the text, or in files beside the notebook.

    Parameters
    ----------
    folder : str or Path
        Where the learner's files lie.
    figures : str or Path, optional
        Where the course's own lie. If it is given, files are put into the page; otherwise they stay beside it.
    """

    def __init__(self, folder, figures=None):
        self.folder, self.figures, self.room = folder, figures, Room()

    def address(self, value, ours):
        """Return the address under which a picture is shown; None if it is not to be shown.

        Parameters
        ----------
        value : str
            As it stands in the text.
        ours : bool
            Whether the course wrote the text. Of learners' pictures, there may be so many pixels on a page.
        """
        if embedded := EMBEDDED.fullmatch(value):
            return value if ours or self.room.takes(pixels_of_text(embedded[1])) else None
        name = unquote(value)
        if not BESIDE.fullmatch(name):
            return None
        path = Path(self.figures if ours and self.figures else self.folder, name)
        if not ours and (path.suffix.lower() not in SUFFIXES or fault(path) or not self.room.takes(pixels(path))):
            return None
        return _embedded(path) if self.figures else value


def _embedded(path):
    """Return a picture's file as an address that holds it all; None if it is missing, large or of another kind."""
    kind = KINDS.get(path.suffix.lower())
    if not kind or not path.is_file() or path.stat().st_size > MAX_PICTURE_BYTES:
        return None
    return f"data:image/{kind};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


def clean(text, pictures, ours):
    """Remove from HTML whatever could run, load or cover something.

    What a learner wrote is put into a box, outside of which it cannot draw.

    Parameters
    ----------
    text : str
    pictures : Pictures
    ours : bool
        Whether the course wrote it. A learner's text has no ids, few classes, and no style but its alignment.

    Returns
    -------
    str
    """

    def kept(tag, name, value):
        """Return an attribute's value; None if it is left out."""
        if name == "src":
            return pictures.address(value, ours)
        if tag in FORMULAS:
            fits = name != "width" or SPACE.fullmatch(value)
            return value if fits and name in ATTRIBUTES["math"] else None
        allowed = {
            "href": lambda: LINK.match(value),
            "id": lambda: ours and tag in HEADINGS,
            "class": lambda: ours or set(value.split()) <= CLASSES,
            "style": lambda: ours or ALIGNED.fullmatch(value),
            "tabindex": lambda: value == "0",
        }
        return value if allowed.get(name, lambda: True)() else None

    text = nh3.clean(
        text, TAGS, attributes=ATTRIBUTES, attribute_filter=kept, link_rel=None, url_schemes=PROTOCOLS,
        filter_style_properties=STYLES,
    )  # fmt: skip
    return text if ours else f'<div style="contain: paint">{text}</div>'


class _Renderer(IPythonRenderer):
    """Writes Markdown as HTML, with formulas as MathML, which browsers set without a script.

    Parameters
    ----------
    shift : int
        By how many levels headings are lowered.
    """

    def __init__(self, shift, **options):
        super().__init__(escape=False, **options)
        self.shift = shift

    def heading(self, text, level, **attributes):
        """Write a heading, at a level that fits the page round it."""
        return super().heading(text, min(level + self.shift, len(HEADINGS)), **attributes)

    def inline_math(self, body):
        """Write a formula in a line of text."""
        return formula(body, "inline")

    def block_math(self, body):
        """Write a formula with a line of its own. A long one scrolls, by the keyboard as well."""
        return f'<span class="formula" tabindex="0">{formula(body, "block")}</span>'

    def latex_environment(self, name, body):
        r"""Write \begin{name}body\end{name}."""
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")


def formula(source, display):
    """Return a formula as MathML; as it is written, where it is very long or no TeX, or reaches beyond itself.

    Parameters
    ----------
    source : str
        TeX, without dollar signs.
    display : str
        "inline" or "block".
    """
    if len(source) <= MAX_FORMULA_LETTERS and not MACROS.search(source):
        try:
            known = ROW_END.sub(r"\\\\", source.replace("{aligned}", "{align*}"))  # it knows neither
            return convert(known, display=display).replace(r"\_", "_")  # which it leaves as it is inside of text
        except Exception:  # nobody knows all that may be raised over a learner's TeX
            pass
    return f"<code>{escape(source)}</code>"


def markdown(source, pictures, ours, attachments=None, shift=0):
    """Turn a text cell into clean HTML.

    Parameters
    ----------
    source : str
        Markdown; if it cannot be turned into HTML, it is shown as it is written.
    pictures : Pictures
    ours : bool
        Whether the course wrote it.
    attachments : dict, optional
        The pictures in the cell.
    shift : int
        By how many levels headings are lowered.

    Returns
    -------
    str
    """
    if not ours and (len(source) > MAX_TEXT_LETTERS or source.count("<") + source.count("[") > MAX_TEXT_MARKS):
        return f"<pre>{escape(source)}</pre>"
    try:
        renderer = _Renderer(shift, attachments=attachments or {}, exclude_anchor_links=True)
        return clean(MarkdownWithMath(renderer=renderer).render(source), pictures, ours)
    except Exception:  # nested too deeply, a picture that is not there
        return f"<pre>{escape(source)}</pre>"


class ColourCode(Highlight2HTML):
    """Colours code: the filter `highlight_code` of nbconvert's templates. Their own one takes hours for some code."""

    def __call__(self, source, language=None, metadata=None):
        """Return code as HTML; without colours if it or one of its lines is very long."""
        if len(source) > MAX_CODE_LETTERS or max(map(len, source.split("\n"))) > MAX_LINE_LETTERS:
            return f'<div class="highlight hl-{self.pygments_lexer}"><pre>{escape(source)}</pre></div>'
        return super().__call__(source, language, metadata)


def colour_text(text):
    """Turn an output's text into HTML: the filter `ansi2html`; without colours if there are too many."""
    return ansi2html(strip_ansi(text) if text.count("\x1b") > MAX_COLOURS else text)


# The filters of the formgrader's pages. There, MathJax still sets what looks like a formula to it.


def is_ours(cell):
    """Whether a cell is locked, so that its text comes from the course, not from a learner."""
    return bool(cell.get("metadata", {}).get("nbgrader", {}).get("locked"))


@jinja2.pass_context
def clean_html(context, source):
    """Clean HTML: the filter `clean_html` of nbconvert's templates.

    If something looks like a formula with a macro whose effect goes beyond it, MathJax is to set none; in the course's
    cells, too, since a verdict may quote a learner.

    Parameters
    ----------
    context : jinja2.runtime.Context
    source : str or bytes

    Returns
    -------
    str
    """
    text = source.decode("utf-8", "replace") if isinstance(source, bytes) else str(source)
    return _without_mathjax(clean(text, _pictures(context), is_ours(context.get("cell") or {})))


@jinja2.pass_context
def markdown_to_html(context, source):
    """Turn a text cell into clean HTML: the filter `markdown2html` of nbconvert's templates."""
    cell = context.get("cell") or {}
    return _without_mathjax(markdown(source, _pictures(context), is_ours(cell), cell.get("attachments")))


def _pictures(context):
    resources = context["resources"]
    return resources.setdefault("pictures", Pictures(resources["metadata"]["path"]))


def _without_mathjax(text):
    read = html.unescape(re.sub("<[^>]*>", "", text))  # as MathJax reads it: entities decoded, comments gone
    return f'<div class="tex2jax_ignore mathjax_ignore">{text}</div>' if MACROS.search(read) else text


def keep_links(source):
    """Leave links as they are: the filter `strip_files_prefix`. Only old formats of notebooks need nbconvert's own."""
    return source
