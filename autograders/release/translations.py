"""The course in another language: catalogues of translated messages, and the step of release that uses them.

`translations/LANGUAGE/ASSIGNMENT.po` is a gettext catalogue. Its messages are read out of the source notebook and its
figures (`segments`); a message without a translation, or with one that is marked as fuzzy, stays English.
"""

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import nbformat
from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor
from traitlets import Unicode

from autograders.coursedir import course_directory
from autograders.release import segments, wording
from autograders.release.languages import FOLDER, expect_language
from autograders.release.preprocessors import OpenDoor

GLOSSARY = "glossary.csv"
LINE = re.compile(r'(?:(msgid|msgstr) )?"(?:[^"\\]|\\[nt"\\])*"|#.*|')
KEPT = 8  # catalogues in memory


@dataclass(frozen=True)
class State:
    """How far the catalogue of an assignment is.

    Attributes
    ----------
    path : Path
    translated, messages : int
        How many messages have a translation that is not fuzzy, and how many there are.
    faults : list of str
        What is wrong with translations: file, line, what was expected and what came.
    """

    path: Path
    translated: int
    messages: int
    faults: list


def read(path):
    """Read a catalogue.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Catalog

    Raises
    ------
    ValueError
        With file and line, if it is not UTF-8, a line is none of a catalogue, a message has no translation line, or
        it comes twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        got = f"the byte {error.object[error.start]:#04x}"
        raise ValueError(f"{path}, line {line}: expected UTF-8, got {got}") from None
    before, begun = "msgstr", []
    for number, line in enumerate(text.splitlines(), 1):  # Babel leaves such lines out without a word
        found = LINE.fullmatch(line.strip())
        if not found:
            raise ValueError(f'{path}, line {number}: expected msgid, msgstr or a text in "...", got {line[:60]!r}')
        if found[1] == before:
            wanted = "msgid" if before == "msgstr" else "msgstr"
            raise ValueError(f"{path}, line {number}: expected {wanted} after {before}, got {line[:60]!r}")
        if found[1] == "msgid":
            begun.append(number)
        before = found[1] or before
    if before == "msgid":
        raise ValueError(f"{path}, line {begun[-1]}: expected msgstr after msgid, got the end of the file")
    try:
        catalog = read_po(text.splitlines(), locale=path.parent.name, abort_invalid=True)
    except PoFileError as error:
        raise ValueError(f"{path}, line {error.lineno + 1}: {error}") from None
    if again := set(begun[1:]) - {one.lineno for one in catalog}:
        raise ValueError(f"{path}, line {min(again)}: expected each message once, got this one in another line, too")
    return catalog


def translator(root, language, assignment):
    """Return the function that translates a message of an assignment; what has no translation is returned as it is.

    Parameters
    ----------
    root : str or Path
        The course directory.
    language, assignment : str

    Returns
    -------
    callable
        str to str.

    Raises
    ------
    ValueError
        If the language is unknown, or as `read`.
    """
    expect_language(root, language)
    path = Path(root, FOLDER, language, f"{assignment}.po")
    known = _translated(path, path.stat().st_mtime_ns) if path.is_file() else {}
    return lambda message: known.get(message, message)


@lru_cache(maxsize=KEPT)
def _translated(path, _modified):
    return {one.id: one.string for one in read(path) if one.id and one.string and not one.fuzzy}


def learners_version(source, config):
    """Return a source notebook with what learners find in the place of solutions, and with the cell that comes first.

    Parameters
    ----------
    source : Path
        The notebook.
    config : Config
        nbgrader's.

    Returns
    -------
    NotebookNode
        Its cells are of text and code only.
    """
    notebook = nbformat.read(source, as_version=4)
    for step in (ClearSolutions, OpenDoor):
        notebook = step(config=config).preprocess(notebook, {})[0]
    notebook.cells = _cells(notebook)
    return notebook


def template(source, config):
    """Return the catalogue of the messages of a source notebook and of its figures, without translations.

    Parameters
    ----------
    source, config
        As for `learners_version`.

    Returns
    -------
    Catalog
        In the order in which a learner reads; each message says in which cell or file it stands.
    """
    catalog = Catalog()

    def keep(place):
        return lambda message: catalog.add(message, locations=[(place, None)]) and message

    for cell in learners_version(source, config).cells:
        segments.of_cell(cell, keep(cell.id))
    for path in figures(source.parent):
        segments.of_figure(path.read_text(encoding="utf-8"), keep(path.name))
    return catalog


def figures(folder):
    """Return the SVG files of an assignment, sorted."""
    return sorted(Path(folder).rglob("*.svg"))


def _cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type in ("markdown", "code")]


def update(course, assignment, language):
    """Bring the catalogue of an assignment up to date with its source, as `msgmerge` does, and look for faults.

    A message that is new takes the translation of one that was like it, marked as fuzzy. What the source no longer has
    goes.

    Parameters
    ----------
    course : Course
    assignment, language : str

    Returns
    -------
    State

    Raises
    ------
    ValueError
        If there can be no such language, or as `read`.
    """
    try:
        Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        raise ValueError(f"expected a language such as zh_CN or de, got {language!r}") from None
    folder = course.root / FOLDER / language
    path = folder / f"{assignment}.po"
    begun = f"# {assignment} in {language}. How to work on it: docs/translating.md"
    catalog = read(path) if path.is_file() else Catalog(language, header_comment=begun, project=assignment, fuzzy=False)
    source = course.path("source", assignment) / f"{assignment}.ipynb"
    catalog.update(template(source, course.config), update_creation_date=False)
    for message in catalog:
        message.flags -= {
            "python-format",
            "python-brace-format",
        }  # Babel's guess, from a % or from braces in an equation
    folder.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as stream:
        write_po(stream, catalog, width=100, ignore_obsolete=True)
    return state(path)


def state(path):
    """Return the State of a catalogue."""
    messages = [one for one in read(path) if one.id]
    done = [one for one in messages if one.string and not one.fuzzy]
    terms, faults, met = glossary(path.parent), [], set()
    for one in done:
        found = wording.faults(one.id, one.string, terms, met)
        faults += [f"{path}, line {one.lineno}: {text}" for text in found]
    return State(path, len(done), len(messages), faults)


def glossary(folder):
    """Return {English term: its translation}, from the file in a language's folder; empty if there is none.

    Raises
    ------
    ValueError
        With file and line, if a line is no pair of terms.
    """
    path = folder / GLOSSARY
    if not path.is_file():
        return {}
    with open(path, encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    for number, row in enumerate(rows, 1):
        if len(row) != 2 or not all(row):
            raise ValueError(f"{path}, line {number}: expected an English term, a comma and its translation, got {row}")
    return dict(rows[1:])


class Translate(NbGraderPreprocessor):
    """Step of `nbgrader generate_assignment`, after SaveCells: translates what learners read, figures included.

    The gradebook keeps the English cells, so one gradebook serves all languages. Ids, points and tags stay; the
    notebook's metadata say the language, {"course": {"language": "zh_CN"}}.
    """

    language = Unicode(help="Of the learners' version, such as zh_CN; where empty, it stays English.").tag(config=True)

    def preprocess(self, nb, resources):
        """Translate the cells; hand the figures to nbconvert's writer for the release folder."""
        if self.language:
            folder = Path(resources["metadata"]["path"])
            translate = translator(course_directory(self).root, self.language, resources["nbgrader"]["assignment"])
            for cell in _cells(nb):
                cell.source = segments.of_cell(cell, translate)
            nb.metadata.setdefault("course", {})["language"] = self.language
            for path in figures(folder):
                drawn = segments.of_figure(path.read_text(encoding="utf-8"), translate)
                resources.setdefault("outputs", {})[str(path.relative_to(folder))] = drawn.encode("utf-8")
        return nb, resources
