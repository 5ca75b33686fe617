"""The feedback page: nbgrader's own, with figures that fit, readable tables, and nothing of a learner's that could run.

The same filters clean the formgrader's pages: `nbgrader_config.py` sets them for nbconvert's HTML exporter.
"""

import builtins
import html
import re
from pathlib import Path
from urllib.parse import unquote

import bleach
import jinja2
from bleach.css_sanitizer import CSSSanitizer
from markupsafe import escape
from nbconvert.filters import Highlight2HTML, ansi2html, strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat.v4 import new_markdown_cell
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked, is_solution, is_task
from pygments.token import STANDARD_TYPES

from autograders.gradebook import NO_RESPONSE
from autograders.judge import NO_MARK
from autograders.kernel import BROKEN_LIMIT, LIMIT_NAMES
from autograders.outputs import new_output
from autograders.pictures import SUFFIXES, Room, pixels, pixels_of_text
from autograders.strict_files import fault
from helpers.notebook import checked

CSS = """
#toc { display: none; }
#notebook-container img, #notebook-container svg { max-width: 100%; height: auto; }
.rendered_html th, .rendered_html td { padding: .25em .7em; vertical-align: top; }
.rendered_html tr { border-bottom: 1px solid #d0d7de; }
"""
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em", "hr", "i", "img",
    "kbd", "li", "ol", "p", "pre", "q", "s", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "th",
    "thead", "tr", "tt", "u", "ul", *HEADINGS,
}  # fmt: skip
ATTRIBUTES = {"*": {"class", "style", "title"}, "img": {"alt", "width", "height"}, "td": {"colspan"}, "th": {"colspan"}}
STYLES = ("border-left", "color", "display", "margin", "padding-left", "text-align")  # ours; learners align text
LINK = re.compile(r"(https?://|mailto:|#)", re.I)
EMBEDDED = re.compile(r"data:image/(?:png|jpeg|gif);base64,([A-Za-z0-9+/=]+)")
BESIDE = re.compile(r"[\w()+,@-][\w.()+,@ -]*(/[\w()+,@-][\w.()+,@ -]*)*")  # a file's name: no scheme, no root, no ".."
CLASSES = {"highlight", *STANDARD_TYPES.values()}  # what colours code
MACROS = re.compile(  # of TeX, those that write attributes, load packages, or change later formulas
    r"\\(href|url|style|class|cssId|data|bbox|mmlToken|require|unicode|includegraphics|action|toggle|mathtip|texttip|tip"
    r"|csname|[egx]?def|let|futurelet|global|begingroup|newextarrow|(re)?new(command|environment)|providecommand"
    r"|Declare[a-zA-Z]*)(?![a-zA-Z])",
    re.I,
)
PROTOCOLS = ("http", "https", "mailto", "data")
MAX_CELL_LETTERS = 50_000
MAX_PAGE_LETTERS = 500_000
MAX_TEXT_LETTERS, MAX_TEXT_MARKS = 5_000, 200  # of a learner's text cell, and brackets: above, it is source
MAX_CODE_LETTERS, MAX_LINE_LETTERS = 20_000, 500  # of code that is coloured
MAX_OUTPUT_LETTERS, MAX_COLOURS = 20_000, 500  # of an output's text and its colour sequences
WITHHELD = "(Output that came after hidden inputs were tried is not shown here.)"


def _allowed(tag, name, value):
    """Whether an attribute may stay in HTML that the course itself wrote."""
    if name == "href":
        return tag == "a" and bool(LINK.match(value))
    if name == "src":
        return tag == "img" and bool(EMBEDDED.fullmatch(value) or BESIDE.fullmatch(unquote(value)))
    if name == "id":
        return tag in HEADINGS
    return name in ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set())


def _allowed_of_learners(folder, room):
    """Return the same function for HTML that a learner wrote: no ids, few classes, and pictures as long as they fit."""

    def allowed(tag, name, value):
        if name == "class":
            return set(value.split()) <= CLASSES
        if name == "src" and _allowed(tag, name, value):
            embedded, path = EMBEDDED.fullmatch(value), Path(folder, unquote(value))
            if embedded:
                return room.takes(pixels_of_text(embedded[1]))
            return path.suffix.lower() in SUFFIXES and not fault(path) and room.takes(pixels(path))
        return name != "id" and _allowed(tag, name, value)

    return allowed


def _is_ours(context):
    """Whether a page's text comes from a locked cell, and thus from the course, not from a learner."""
    return bool((context.get("cell") or {}).get("metadata", {}).get("nbgrader", {}).get("locked"))


@jinja2.pass_context
def clean_html(context, source):
    """Remove from HTML whatever could run, load or cover something: the filter `clean_html` of nbconvert's templates.

    What a learner wrote is put into a box, outside of which it cannot draw. If a formula has a macro whose effect goes
    beyond it, all formulas are shown as source; in the course's cells, too, since a verdict may quote a learner.

    Parameters
    ----------
    context : jinja2.runtime.Context
    source : str or bytes

    Returns
    -------
    str
    """
    text = source.decode("utf-8", "replace") if isinstance(source, bytes) else str(source)
    if _is_ours(context):
        text = bleach.clean(text, TAGS, _allowed, PROTOCOLS, css_sanitizer=CSSSanitizer(STYLES))
    else:
        resources = context["resources"]
        allowed = _allowed_of_learners(resources["metadata"]["path"], resources.setdefault("room_for_pictures", Room()))
        text = bleach.clean(text, TAGS, allowed, PROTOCOLS, css_sanitizer=CSSSanitizer(("text-align",)))
        text = f'<div style="contain: paint">{text}</div>'
    read = html.unescape(re.sub("<[^>]*>", "", text))  # as MathJax reads it: entities decoded, comments gone
    return f'<div class="tex2jax_ignore mathjax_ignore">{text}</div>' if MACROS.search(read) else text


@jinja2.pass_context
def markdown_to_html(context, source):
    """Turn a text cell into clean HTML: the filter `markdown2html` of nbconvert's templates.

    Parameters
    ----------
    context : jinja2.runtime.Context
    source : str
        Markdown; if it cannot be turned into HTML, it is shown as source.
    """
    ours = _is_ours(context)
    if not ours and (len(source) > MAX_TEXT_LETTERS or source.count("<") + source.count("[") > MAX_TEXT_MARKS):
        return f"<pre>{escape(source)}</pre>"
    attachments = (context.get("cell") or {}).get("attachments", {})
    try:
        renderer = IPythonRenderer(escape=False, attachments=attachments, exclude_anchor_links=not ours)
        return clean_html(context, MarkdownWithMath(renderer=renderer).render(source))
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


def keep_links(source):
    """Leave links as they are: the filter `strip_files_prefix`. Only old formats of notebooks need nbconvert's own."""
    return source


class FeedbackStyle(NbGraderPreprocessor):
    """Step of `nbgrader generate_feedback`: adds the course's style to the page; comes after nbconvert's own CSS."""

    def preprocess(self, nb, resources):
        """Append it to the style sheets that the template writes into the page's head."""
        resources.setdefault("inlining", {}).setdefault("css", []).append(CSS)
        return nb, resources


class Summary(NbGraderPreprocessor):
    """Step of `nbgrader generate_feedback`, after TellWaiting: a table on top of the page, an exercise in each row.

    It replaces nbgrader's list, which calls every exercise "Test cell". The marks are the gradebook's, so they include
    those that a person gave.
    """

    def preprocess(self, nb, resources):
        """Insert the table; remove the bare number below each verdict, whose heading says it already."""
        verdicts = {one["exercise"]: one for one in nb.metadata.get("verdict", {}).get("exercises", [])}
        rows, comments = [], []
        for cell in nb.cells:
            settings = cell.metadata.get("nbgrader", {})
            if settings.get("comment") not in (None, "", NO_RESPONSE):
                comments.append(f"[comment](#comment-{settings.grade_id})")
            if not (is_grade(cell) or is_task(cell)):
                continue
            exercise = checked(cell)
            verdict = verdicts.get(exercise)
            if verdict:
                cell.outputs = [output for output in cell.outputs if output.output_type != "execute_result"]
            name = f"`{exercise}`" if verdict else "written answer" if is_solution(cell) else f"`{settings.grade_id}`"
            mark = f"{settings.score:g} of {settings.points:g}" if settings.points else "optional"
            if cell.metadata.get("waits"):
                mark = f"waits (of {settings.points:g})"
            remarks = "; ".join([*([_remark(verdict)] if verdict else []), *comments])
            rows.append(f"| [{name}](#{settings.grade_id}) | {mark} | {remarks} |")
            comments = []
        penalty = resources["nbgrader"]["late_penalty"]
        if penalty:
            rows.append(f"| handed in late | -{penalty:g} | |")
        if rows and not nb.metadata.get("problem"):
            table = "\n".join(["| your marks | points | |", "|---|---|---|", *rows])
            nb.cells.insert(0, new_markdown_cell(table, id="summary"))
        return nb, resources


def _remark(verdict):
    """Return the verdict on an exercise in a few words."""
    right = sum(part["ok"] for part in verdict["parts"])
    if right == len(verdict["parts"]):
        given = f"right, given your {', '.join(verdict['given'])}" if verdict["given"] else "all is right"
        return f"{given}, with a remark" if verdict["remarks"] else given
    if all(part["message"] and "not written yet" in part["message"] for part in verdict["parts"]):
        return "not written yet"
    hints = "; with hints" if verdict["mistakes"] else ""
    return f"{right} of {len(verdict['parts'])} parts are right{hints}"


class Withhold(NbGraderPreprocessor):
    """Step of `nbgrader generate_feedback`: keeps hidden inputs off the page.

    After the first grade cell, the learner's process has seen hidden inputs, and any later cell could show them. Of
    such a cell's outputs, only the kind of an error is shown; the instructor sees all in `autograded/`. Hidden tests of
    nbgrader's own kind are removed, and of what their cell showed, the mark is left. Very long cells are cut.
    """

    def preprocess(self, nb, resources):
        """Change the notebook that the page is made of, not the one in `autograded/`."""
        hidden_seen, left, output_left = False, MAX_PAGE_LETTERS, MAX_PAGE_LETTERS
        hidden_tests = ClearHiddenTests(parent=self)  # knows the delimiters
        for cell in nb.cells:
            if is_grade(cell) and is_locked(cell) and hidden_tests._remove_hidden_test_region(cell):
                hidden_seen = True
            is_check = checked(cell) is not None
            cell.source = _cut(cell.source, min(MAX_CELL_LETTERS, left))
            left -= len(cell.source)
            if cell.cell_type != "code":
                continue
            if is_check:
                hidden_seen = True
            elif hidden_seen:
                cell.outputs = [bare for output in cell.outputs if (bare := _bare(output))] or _note(cell)
            for output in cell.outputs:
                output_left -= _cut_output(output, min(MAX_OUTPUT_LETTERS, output_left))
        return nb, resources


def _cut(text, length):
    return text if len(text) <= length else f"{text[: max(length, 0)]}\n... ({len(text)} letters in all)"


def _cut_output(output, length):
    """Cut an output's text; return how many letters it has then."""
    if output.output_type == "stream":
        output.text = _cut(output.text, length)
        return len(output.text)
    if output.output_type == "error":
        output.traceback = _cut("\n".join(output.traceback), length).split("\n")
        return sum(map(len, output.traceback))
    text = output.data.get("text/plain")
    if text is None or "text/html" in output.data:  # only the grader's own outputs have HTML
        return 0
    output.data["text/plain"] = _cut(text, length)
    return len(output.data["text/plain"])


def _note(cell):
    return [new_output("stream", name="stdout", text=WITHHELD)] if cell.outputs else []


def _bare(output):
    """Return an error without its text, or unchanged if it is the grader's own; None for any other output."""
    if output.output_type != "error":
        return None
    ours = output.ename in {*LIMIT_NAMES.values(), BROKEN_LIMIT, NO_MARK} and output.traceback in (
        [output.evalue],
        [f"{output.ename}: {output.evalue}"],
    )
    if not ours:
        output.ename = output.ename if isinstance(getattr(builtins, output.ename, None), type) else "Error"
        output.evalue, output.traceback = "", [output.ename]
    return output
