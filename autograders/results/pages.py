"""The feedback page: what a learner got for each exercise and why, then the notebook; one file that needs no other.

Nothing in it runs, and nothing is loaded: figures and formulas are in the page.
"""

import re
import sys
from functools import cache, lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import escape
from nbconvert.exporters import Exporter
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked, is_solution, is_task

from autograders.coursedir import course_directory, read_source, source_notebook
from autograders.engine.outputs import PICTURES, new_output
from autograders.gradebook import NO_RESPONSE
from autograders.results.markup import ColourCode, Pictures, clean, colour_text, is_ours, markdown
from helpers import language
from helpers.check.report import NOT_WRITTEN
from helpers.language import N_, _
from helpers.notebook import checked, language_of

TEMPLATES = Path(__file__).parent / "templates"
MAX_CELL_LETTERS = 50_000
MAX_PAGE_LETTERS = 500_000
MAX_OUTPUT_LETTERS = 20_000  # of an output's text
WITHHELD = N_("(Output that came after hidden tests is not shown here.)")
HEADING_SHIFT = 2  # the page has a heading of the first and of the second level above the notebook's own
MACHINE = (str(Path(__file__).parents[2]), sys.prefix)  # places that are nobody's concern, in tracebacks for example
NO_COLOUR = re.compile('<span class="[nopw]">([^<]*)</span>')  # names and the like are shown as the text is
KEPT_CELLS = 1024  # of the course, which are in the page of every learner


def page(notebook, source, files=".", figures=".", penalty=0.0, handed_in=None):
    """Return the feedback page of a judged notebook.

    Parameters
    ----------
    notebook : NotebookNode
        With the verdict in its metadata, and in the metadata of its cells the marks and comments of the gradebook, as
        nbgrader's GetGrades puts them there; `waits` where a person has not decided yet.
    source : NotebookNode
        The source notebook. Texts that stand in it are the course's own, and may show its figures.
    files, figures : str or Path
        The folders of the pictures that learners and the course show in their texts.
    penalty : float
        Points that are taken off, since it was handed in late.
    handed_in : str, optional
        When it came, and how late.

    Returns
    -------
    str
        HTML. It does not need another file, nor a network.
    """
    with language.speaking(language_of(notebook)):
        return _page(notebook, source, files, figures, penalty, handed_in)


def _page(notebook, source, files, figures, penalty, handed_in):
    """Return the feedback page in the language that is spoken."""
    verdicts = {one["exercise"]: one for one in notebook.metadata.get("verdict", {}).get("exercises", [])}
    pictures, room = Pictures(files, figures), {"source": MAX_PAGE_LETTERS, "output": MAX_PAGE_LETTERS}
    texts = {cell.source for cell in source.cells if cell.cell_type == "markdown"}
    cells = [_Cell(cell, verdicts.get(checked(cell)), cell.source in texts, pictures, room) for cell in notebook.cells]
    waiting = []
    for cell in cells:  # a comment stands at the learner's cell; the mark, mostly at the next one
        waiting += [cell.id] * bool(cell.comment)
        if cell.is_marked:
            cell.comments, waiting = waiting, []
    text = _template().render(
        title=_title(notebook),
        language=(language_of(notebook) or "en").replace("_", "-"),
        cells=cells,
        marked=[cell for cell in cells if cell.is_marked],
        problem=notebook.metadata.get("problem"),
        penalty=penalty,
        handed_in=handed_in,
    )
    for place in MACHINE:
        text = text.replace(place, "...")
    return text


def _title(notebook):
    """Return the first heading of a notebook's text."""
    lines = (line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.split("\n"))
    return next((line.removeprefix("# ") for line in lines if line.startswith("# ")), _("Feedback"))


@cache
def _template():
    # What is not HTML is escaped; the macros and the style lie beside the page.
    loader = FileSystemLoader(TEMPLATES / "feedback")
    environment = Environment(loader=loader, autoescape=True, trim_blocks=True, undefined=StrictUndefined)
    language.of_templates(environment)
    environment.filters["points"] = "{:g}".format
    return environment.get_template("page.html")


class _Cell:
    """A cell as the template shows it.

    Parameters
    ----------
    cell : NotebookNode
    verdict : dict or None
        On its exercise, if it is the cell that checks one.
    ours : bool
        Whether its text is the course's.
    pictures : Pictures
    room : dict of str to int
        How many letters of sources and of outputs the page has room for; it shrinks.
    """

    def __init__(self, cell, verdict, ours, pictures, room):
        settings = cell.metadata.get("nbgrader", {})
        self.id = settings.get("grade_id")
        self.is_code = cell.cell_type == "code"
        self.is_marked = is_grade(cell) or is_task(cell)
        self.is_answer = is_solution(cell) or is_task(cell)
        self.verdict = verdict
        self.is_code_name = bool(verdict) or not is_solution(cell)
        self.name = checked(cell) if verdict else self.id if self.is_code_name else _("written answer")
        self.score, self.points = settings.get("score"), settings.get("points")
        self.waits = bool(cell.metadata.get("waits"))
        self.comment, self.comments = None, []  # and the ids of the cells whose comments belong to this mark
        self.is_unanswered = settings.get("comment") == NO_RESPONSE
        if settings.get("comment") and not self.is_unanswered:
            self.comment = markdown(settings.comment, pictures, False, shift=HEADING_SHIFT)
        source = _cut(cell.source, min(MAX_CELL_LETTERS, room["source"]))
        room["source"] -= len(source)
        if self.is_code:
            self.html = "" if verdict else _coloured(source)
        elif cell.cell_type != "markdown":
            self.html = f"<pre>{escape(source)}</pre>"
        elif ours or is_ours(cell):
            self.html = _text_of_ours(source, pictures.figures)
        else:
            self.html = markdown(source, pictures, False, cell.get("attachments"), HEADING_SHIFT)
        self.outputs = []
        for output in cell.get("outputs", []) if self.is_code else ():
            if verdict and output.output_type == "execute_result":
                continue  # the bare mark
            data = output.get("data", {})
            picture = next((kind for kind in PICTURES if kind in data), None)
            if verdict and "text/html" in data:
                self.outputs.append(clean(data["text/html"], pictures, True))
            elif picture:
                told = escape(_("What this cell draws"))
                self.outputs.append(f'<img src="data:{picture};base64,{data[picture]}" alt="{told}">')
            else:
                text = output.get("text") or "\n".join(output.get("traceback", ())) or data.get("text/plain", "")
                text = _cut(text, min(MAX_OUTPUT_LETTERS, room["output"]))
                room["output"] -= len(text)
                self.outputs.append(f"<pre>{colour_text(text)}</pre>")

    @property
    def state(self):
        """Which colour the mark has: "good", "bad" or "some"; an optional exercise that is not right has none."""
        if self.waits:
            return "some"
        if not self.points:
            return "good" if self.verdict and all(part["ok"] for part in self.verdict["parts"]) else ""
        return "good" if self.score >= self.points else "some" if self.score else "bad"

    @property
    def words(self):
        """What the grader found, in a few plain words."""
        if not self.verdict:
            return _(NO_RESPONSE) if self.is_unanswered else ""
        parts = self.verdict["parts"]
        right = sum(part["ok"] for part in parts)
        if right == len(parts):
            given = _("{state}, given your {names}") if self.verdict["given"] else _("all is right")
            given = given.format(state=_("right"), names=_(", ").join(self.verdict["given"]))
            return _("{state}, with a remark").format(state=given) if self.verdict["remarks"] else given
        if all(part["message"] and _(NOT_WRITTEN) in part["message"] for part in parts):
            return _(NOT_WRITTEN)
        text = _("{right} of {count} parts are right")
        if self.verdict["mistakes"]:
            text = _("{right} of {count} parts are right; with hints")
        return text.format(right=right, count=len(parts))


@lru_cache(maxsize=KEPT_CELLS)
def _text_of_ours(source, figures):
    return markdown(source, Pictures(figures, figures), True, shift=HEADING_SHIFT)


@lru_cache(maxsize=KEPT_CELLS)
def _coloured(source):
    return NO_COLOUR.sub(r"\1", ColourCode()(source))


class PageExporter(Exporter):
    """The exporter of `nbgrader generate_feedback`: writes the page, after the preprocessors have put the marks in."""

    file_extension = ".html"

    def from_notebook_node(self, nb, resources=None, **options):
        """Return (page, resources) of a graded notebook."""
        nb, resources = super().from_notebook_node(nb, resources, **options)
        ids = resources["nbgrader"]
        path = source_notebook(course_directory(self), ids["assignment"], ids["notebook"])
        if language := language_of(nb):  # texts and figures are those of the translated release, while there is one
            released = Path(course_directory(self).root, f"release_{language}", ids["assignment"], path.name)
            path = released if released.is_file() else path
        files = resources["metadata"]["path"] or "."
        return page(nb, read_source(path), files, path.parent, ids["late_penalty"], ids["handed_in"]), resources


class HideTests(NbGraderPreprocessor):
    """Step of `nbgrader generate_feedback`: keeps hidden tests of nbgrader's own kind off the page.

    Unlike our hidden inputs, they are the same at each grading. The learner's process has seen them, so of what that
    cell and later ones showed, the grader's own words are left; the instructor sees all in `autograded/`.
    """

    def preprocess(self, nb, resources):
        """Change the notebook that the page is made of, not the one in `autograded/`."""
        clear, seen = ClearHiddenTests(parent=self), False  # it knows the delimiters
        for index, cell in enumerate(nb.cells):
            if is_grade(cell) and is_locked(cell):
                source = cell.source
                clear.preprocess_cell(cell, resources, index)
                seen = seen or cell.source != source
            if seen and cell.cell_type == "code" and not checked(cell):
                note = [new_output("stream", name="stdout", text=_(WITHHELD))] if cell.outputs else []
                cell.outputs = [output for output in cell.outputs if _is_of_the_grader(output)] or note
        return nb, resources


def _is_of_the_grader(output):
    """Whether an output is an error in the grader's words; `clean_output` sees to it that no other has one line."""
    return output.output_type == "error" and output.traceback in ([output.evalue], [f"{output.ename}: {output.evalue}"])


def _cut(text, length):
    more = _("({count} letters in all)").format(count=len(text))
    return text if len(text) <= length else f"{text[: max(length, 0)]}\n... {more}"
