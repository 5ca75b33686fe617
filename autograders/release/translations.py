"""The course in another language: catalogues of translated messages, and the step of release that uses them.

`translations/LANGUAGE/ASSIGNMENT.po` is a gettext catalogue. Its messages are read out of the source notebook and its
figures (`segments`); a message without a translation, or with one that is marked as fuzzy, stays English.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import nbformat
from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor
from traitlets import Unicode

from autograders.coursedir import course_directory
from autograders.release import messages, segments, wording
from autograders.release.languages import translator
from autograders.release.preprocessors import DOOR_ID, OpenDoor, public_checks
from helpers.catalogues import FOLDER, read
from helpers.check.public import SUFFIX
from helpers.language import DOMAIN, VARIABLE, speaking

GLOSSARY = "glossary.csv"
SAY_LANGUAGE = """

import os

os.environ[{variable!r}] = {language!r}"""  # at the end of the first cell: `helpers` speak it


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
    """Bring a catalogue up to date with its source, as `msgmerge` does, and look for faults.

    A message that is new takes the translation of one that was like it, marked as fuzzy. What the source no longer has
    goes.

    Parameters
    ----------
    course : Course
    assignment : str
        Or "messages": what `check`, plots and pages say.
    language : str

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
    if assignment == DOMAIN:
        found = messages.template(course.root)
    else:
        found = template(course.path("source", assignment) / f"{assignment}.ipynb", course.config)
    catalog.update(found, update_creation_date=False)
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
    found = [one for one in read(path) if one.id]
    done = [one for one in found if one.string and one.string != ("",) and not one.fuzzy]
    terms, faults = glossary(path.parent), []
    met = set(terms) if path.stem == DOMAIN else set()  # nobody reads messages in the order of the catalogue
    for one in done:
        forms = (one.id[-1], *one.string) if isinstance(one.id, tuple) else (one.id, one.string)
        for said in forms[1:]:
            faults += [f"{path}, line {one.lineno}: {text}" for text in wording.faults(forms[0], said, terms, met)]
    return State(path, len(done), len(found), faults)


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
                if cell.id == DOOR_ID:
                    cell.source += SAY_LANGUAGE.format(variable=VARIABLE, language=self.language)
            nb.metadata.setdefault("course", {})["language"] = self.language
            source = folder / f"{resources['metadata']['name']}.ipynb"
            with speaking(self.language):
                checks = public_checks(nb, source, course_directory(self).root)
            if checks:
                resources["outputs"][source.with_suffix(SUFFIX).name] = checks
            for path in figures(folder):
                drawn = segments.of_figure(path.read_text(encoding="utf-8"), translate)
                resources.setdefault("outputs", {})[str(path.relative_to(folder))] = drawn.encode("utf-8")
        return nb, resources
