"""Take in a submitted notebook, whatever it is, and set the learner's work into the instructor's frame.

The frame is the source notebook: its graded and locked cells, in its order. From the submission come only the sources
of solution cells, and cells that the learner added. Points, tags, ids and the kernel's name never do.
"""

import copy
import json
import os
import re
import stat
from functools import lru_cache
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import nbformat_minor, new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import default

from autograders.languages import languages
from autograders.outputs import PICTURES
from autograders.pictures import Room, pixels_of_text
from autograders.strict_files import fault, folder_fault
from helpers.notebook import sort_out

MAX_FILE_BYTES = 32 * 2**20
MAX_CELLS = 2_000
MAX_SOURCE_BYTES = 2**20  # of all cells together
MAX_NAME_LETTERS = 200
MAX_NAMED, BEGIN_BYTES = 3, 2**16  # of other files: so many are named, so much of each is read to tell its kind
MAX_SEARCH_BYTES = MAX_FILE_BYTES  # of notebooks under other names that are read to find the right one
CELL_KINDS = ("code", "markdown", "raw")
DELETED = "This cell was missing in the submission."
PUT_AT = 86_398 * 10**9  # nanoseconds since 1970: the date of files that the grader puts into submissions
MISSING = "missing"  # in the metadata of a restored cell: it was missing
KINDS = (  # (how a file begins, what is in it, what it is); the first that fits counts
    (b"PK\x03\x04", b"word/", "a Word document"),
    (b"PK\x03\x04", b"ppt/", "a PowerPoint presentation"),
    (b"PK\x03\x04", b"xl/", "an Excel workbook"),
    (b"PK\x03\x04", b"opendocument", "an OpenDocument file"),
    (b"PK\x03\x04", b"", "a zip archive"),
    (b"\xd0\xcf\x11\xe0", b"", "an old Office document"),
    (b"%PDF", b"", "a PDF document"),
    (b"{\\rtf", b"", "an RTF document"),
    (b"\x1f\x8b", b"", "a gzip archive"),
    (b"7z\xbc\xaf", b"", "a 7z archive"),
    (b"Rar!", b"", "a RAR archive"),
    (b"\x89PNG", b"", "a PNG picture"),
    (b"\xff\xd8\xff", b"", "a JPEG picture"),
    (b"GIF8", b"", "a GIF picture"),
    (b"<", b"<svg", "an SVG picture"),
    (b"<", b"", "a web page or XML"),
    (b"\xff\xfe", b"", "text in UTF-16"),
    (b"\xfe\xff", b"", "text in UTF-16"),
)


class Unreadable(ValueError):
    """A submitted file is no notebook; the message tells the learner why."""


def parse(data):
    """Read a notebook from bytes; keep only its language and its cells, of them only type, source and nbgrader's id.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    NotebookNode
        Its cells are of version 4, without outputs; their `metadata.nbgrader` holds at most `grade_id`. Its metadata
        hold at most the language that it claims to be in.

    Raises
    ------
    Unreadable
        If the bytes are no notebook.
    """
    if not data.strip():
        raise Unreadable("the file is empty")
    if kind := kind_of(data):
        raise Unreadable(f"the file is {kind}, not a notebook")
    if len(data) > MAX_FILE_BYTES:
        raise Unreadable(f"the file has {len(data) / 2**20:.0f} MiB; at most {MAX_FILE_BYTES / 2**20:.0f} are read")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"the file is not text in UTF-8 (byte {error.start} is {data[error.start]:#04x})") from None
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"the file is not valid JSON: {error.msg} in line {error.lineno}, column {error.colno}"
        ) from None
    except (RecursionError, ValueError) as error:
        raise Unreadable(f"the file is not readable JSON ({type(error).__name__})") from None
    if not isinstance(raw, dict):
        raise Unreadable("the file holds JSON, but no notebook")
    major = raw.get("nbformat")
    if major == 3:
        cells = [
            cell
            for sheet in _list(raw.get("worksheets"))
            if isinstance(sheet, dict)
            for cell in _list(sheet.get("cells"))
        ]
    elif major == 4:
        cells = _list(raw.get("cells"))
    else:
        known = f"notebook format {major}" if type(major) is int and 0 <= major < 100 else "no known notebook format"
        raise Unreadable(f"the file has {known}; formats 3 and 4 are read")
    if len(cells) > MAX_CELLS:
        raise Unreadable(f"the notebook has {len(cells)} cells; at most {MAX_CELLS} are read")
    room = Room()
    kept = [cell for raw in cells if (cell := _cell(raw, room)) is not None]
    for number, cell in enumerate(kept):
        cell["id"] = f"cell-{number}"
    if not kept:
        raise Unreadable("the notebook has no cells")
    size = sum(len(cell.source) for cell in kept)
    if size > MAX_SOURCE_BYTES:
        limit = MAX_SOURCE_BYTES / 2**20
        raise Unreadable(f"the notebook's cells hold {size / 2**20:.0f} MiB of text; at most {limit:.0f} are read")
    course = (raw.get("metadata") or {}).get("course") if isinstance(raw.get("metadata"), dict) else None
    language = course.get("language") if isinstance(course, dict) else None
    return _notebook(kept, **({"language": language} if isinstance(language, str) else {}))


def kind_of(data):
    """Say what a file is, if it begins like one of KINDS; else return None.

    Parameters
    ----------
    data : bytes
    """
    data = data.lstrip()
    return next((kind for begin, inside, kind in KINDS if data.startswith(begin) and inside in data), None)


def read(path):
    """Read a handed-in notebook with `parse`; open it only if it is a plain file.

    Raises
    ------
    Unreadable
        If it is none, or no notebook.
    """
    problem = folder_fault(path.parent) or fault(path)
    if problem:
        raise Unreadable(f"the file {problem}")
    try:
        with open(path, "rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
        if not data and path.stat().st_mtime_ns == PUT_AT:
            raise Unreadable(f"no such notebook was handed in, but {_others(path.parent)}")
        return parse(data)
    except OSError as error:
        raise Unreadable(f"the file cannot be read ({type(error).__name__})") from None


def _others(folder):
    """Name some of a submission's files, and say of which kind they are."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.name == "timestamp.txt" or fault(path) or path.stat().st_mtime_ns == PUT_AT:
            continue
        with open(path, "rb") as stream:
            kind = kind_of(stream.read(BEGIN_BYTES))
        found.append(f"{printable(path.name)} ({kind})" if kind else printable(path.name))
        if len(found) == MAX_NAMED:
            break
    return ", ".join(found) or "no file at all"


def _list(value):
    return value if isinstance(value, list) else []


def _cell(raw, room):
    """Make a clean cell of a raw one, with as many pictures as fit into `room`; None if it is no cell."""
    if not isinstance(raw, dict):
        return None
    source = raw.get("source", raw.get("input", ""))  # nbformat 3 calls the source of a code cell "input"
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    kind = raw.get("cell_type")
    kind = "markdown" if kind in ("heading", "html") else kind
    if not isinstance(source, str) or not isinstance(kind, str) or kind not in CELL_KINDS:
        return None
    # A lone surrogate is valid in JSON but can be written in no file.
    source = source.encode("utf-8", "replace").decode("utf-8")
    # nbformat's `new_code_cell` would check each cell; all are checked with the notebook, anyway.
    cell = nbformat.from_dict({"cell_type": kind, "metadata": {}, "source": source})
    if kind == "code":
        cell.outputs, cell.execution_count = [], None
    pictures = _pictures(raw.get("attachments"), room) if kind == "markdown" else {}
    if pictures:
        cell["attachments"] = pictures
    metadata = raw.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    if isinstance(grade_id, str):
        cell.metadata["nbgrader"] = {"grade_id": grade_id}
    return cell


def _pictures(attachments, room):
    """Return the attachments of a text cell that are pictures made of pixels, as many as fit into `room`."""
    if not isinstance(attachments, dict):
        return {}
    kept = {}
    for name, data in attachments.items():
        for kind in PICTURES if isinstance(data, dict) and len(name) < MAX_NAME_LETTERS else ():
            if room.takes(pixels_of_text(data.get(kind))):
                kept[name] = {kind: "".join(data[kind].split())}
                break
    return kept


def grade_id(cell):
    """Return nbgrader's id of a cell, or None."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _notebook(cells, **metadata):
    """Return a notebook, as nbformat's `new_notebook` does, but unchecked: nbconvert checks it before it is written."""
    return NotebookNode(nbformat=4, nbformat_minor=nbformat_minor, metadata=NotebookNode(metadata), cells=cells)


def set_into_frame(cells, frame):
    """Put the learner's cells into the source notebook's frame.

    Parameters
    ----------
    cells : list of NotebookNode
        From `parse`.
    frame : NotebookNode
        The source notebook.

    Returns
    -------
    NotebookNode
        The frame's graded and locked cells, in the frame's order. A solution cell holds what the learner wrote there,
        or a line that says it was missing. A cell that the learner added or copied follows the same cell of the frame
        as in the submission.
    """
    known = {grade_id(cell): cell for cell in frame.cells if grade_id(cell)}
    own, followers = sort_out(cells, known, grade_id)
    merged = list(followers[None])
    for name, original in known.items():
        cell = nbformat.from_dict(original)
        settings = cell.metadata["nbgrader"]
        if settings.get("solution"):
            if name in own:
                cell.source = own[name].source
                if cell.cell_type == "markdown" and "attachments" in own[name]:  # a figure pasted into an answer
                    cell["attachments"] = own[name]["attachments"]
            else:
                cell.source = f"# {DELETED}" if cell.cell_type == "code" else DELETED
                cell.metadata[MISSING] = True
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        merged += [cell, *followers.get(name, [])]
    notebook = _notebook(merged)
    for key in ("kernelspec", "language_info", "course"):
        if key in frame.metadata:
            notebook.metadata[key] = nbformat.from_dict(frame.metadata[key])
    taken = set()
    for number, cell in enumerate(notebook.cells):
        name = grade_id(cell)
        cell["id"] = re.sub(r"[^a-zA-Z0-9_-]", "-", name)[:64] if name else f"added-{number}"
        if cell["id"] in taken:
            cell["id"] = f"cell-{number}"
        taken.add(cell["id"])
    return notebook


class SubmissionExporter(NotebookExporter):
    """Reads submissions for `nbgrader autograde` (`c.Autograde.exporter_class`); no file makes it fail.

    A file that is no notebook becomes an empty notebook, whose metadata say why: {"problem": "..."}.
    """

    @default("optimistic_validation")
    def _check_once(self):
        """Have nbconvert check a notebook after the last preprocessor only, not after each."""
        return True

    def from_filename(self, filename, resources=None, **kw):
        """Read a submitted notebook with `read`, and one that is restored already as nbconvert does."""
        if not getattr(self.parent, "_sanitizing", True):
            return super().from_filename(filename, resources=resources, **kw)
        path = Path(filename)
        try:
            notebook = read(path)
        except Unreadable as error:
            notebook = _notebook([], problem=str(error))
        resources = resources if resources is not None else {}
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        return self.from_notebook_node(notebook, resources=resources, **kw)


def converter_of(configurable):
    """Return the nbgrader converter that a preprocessor belongs to."""
    while not hasattr(configurable, "coursedir"):
        configurable = configurable.parent
    return configurable


def course_directory(configurable):
    """Return the nbgrader CourseDirectory that a preprocessor works for."""
    return converter_of(configurable).coursedir


def source_notebook(coursedir, assignment, notebook):
    """Return the path of a source notebook."""
    folder = coursedir.format_path(coursedir.source_directory, ".", assignment)
    return Path(folder, f"{notebook}.ipynb")


def read_source(path):
    """Return a source notebook, which callers must not change: it is read anew only when its file was modified."""
    return _read_source(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read_source(path, _modified):
    return nbformat.read(path, as_version=4)


def needs_tensorflow(source):
    """Whether the kernel that grades a notebook is to have imported TensorFlow.

    Parameters
    ----------
    source : NotebookNode
        The source notebook. Its metadata may say `course.tensorflow: false`, for a lighter kernel.
    """
    return bool(source.metadata.get("course", {}).get("tensorflow", True))


class Restore(NbGraderPreprocessor):
    """First step of nbgrader's sanitising: puts altered, deleted, copied and moved cells right."""

    def preprocess(self, nb, resources):
        """Set the submission into the frame; if it could not be read, say so in a first cell."""
        ids = resources["nbgrader"]
        path = source_notebook(course_directory(self), ids["assignment"], ids["notebook"])
        frame = copy.copy(read_source(path))
        with Gradebook(ids["db_url"]) as gradebook:
            released = {cell.name for cell in gradebook.find_notebook(ids["notebook"], ids["assignment"]).source_cells}
        frame.cells = [cell for cell in frame.cells if grade_id(cell) in released]  # later ones are not part of it
        restored = set_into_frame(nb.cells, frame)
        language = nb.metadata.get("language")
        if language and language in languages(course_directory(self).root):
            restored.metadata["course"] = {**restored.metadata.get("course", {}), "language": language}
        problem = nb.metadata.get("problem")
        if problem:
            restored.metadata["problem"] = problem
            note = (
                f"## This file could not be graded\n\n`{ids['notebook']}.ipynb`: {problem}. Hand in the notebook again."
            )
            restored.cells.insert(0, new_markdown_cell(note, id="problem"))
        return restored, resources


def expected_notebooks(coursedir, assignment):
    """Return the names of an assignment's notebooks, from the source folder."""
    folder = Path(coursedir.format_path(coursedir.source_directory, ".", assignment))
    return sorted(path.stem for path in folder.glob("*.ipynb"))


def find_renamed(others, missing, frames):
    """Find which handed-in file is an expected notebook under another name.

    Parameters
    ----------
    others : list of Path
        Handed-in notebooks under other names.
    missing : list of str
        Expected notebooks that are not there by name.
    frames : dict of str to NotebookNode
        All source notebooks of the assignment.

    Returns
    -------
    dict of str to Path
        For each missing notebook that was found, the file: that which shares most cell ids and function names with
        it. Small files are read first, and no more than MAX_SEARCH_BYTES in all.
    """
    candidates = {}
    left = MAX_SEARCH_BYTES
    for path in sorted(others, key=lambda path: path.stat().st_size):
        left -= path.stat().st_size
        if left < 0:
            break
        try:
            candidates[path] = _marks(read(path).cells)
        except Unreadable:
            continue
    found = {}
    for name in missing:
        marks = _marks(frames[name].cells)
        best = max(sorted(candidates), key=lambda path: len(marks & candidates[path]), default=None)
        if best and marks & candidates[best]:
            found[name] = best
            del candidates[best]
    return found


def _marks(cells):
    """Return what a notebook is recognised by: the ids of its cells, and the functions that it defines."""
    defined = {match for cell in cells for match in re.findall(r"^def \w+\(", cell.source, re.M)}
    return ({grade_id(cell) for cell in cells} | defined) - {None}


def prepare(folder, coursedir, assignment):
    """Add to a submission a file for each expected notebook that it lacks; no file of the learner's is changed.

    Parameters
    ----------
    folder : Path
        The learner's submission.
    coursedir : CourseDirectory
    assignment : str

    Returns
    -------
    list of str
        What was done, a sentence each. A notebook under another name is copied to its right name. For one that was not
        handed in, an empty file is added: it gets 0, and the feedback page says why. Files that an earlier call added
        are made anew: something else may have been handed in since.
    """
    if folder_fault(folder):
        return []  # `read` will say why it is not entered
    names = expected_notebooks(coursedir, assignment)
    missing = [name for name in names if is_missing(folder / f"{name}.ipynb")]
    if not missing:
        return []
    frames = {name: read_source(source_notebook(coursedir, assignment, name)) for name in names}
    others = [path for path in sorted(folder.glob("*.ipynb")) if path.stem not in frames and not fault(path)]
    renamed = find_renamed(others, missing, frames)
    only = others[0] if len(frames) == len(others) == 1 else None  # if unreadable, its page says why
    done = []
    for name in missing:
        target = folder / f"{name}.ipynb"
        source = renamed.get(name, only)
        if source:
            with open(source, "rb") as stream:
                _put(target, stream.read(MAX_FILE_BYTES + 1))  # `read` reads no more
            done.append(f"{printable(source.name)} was taken for {target.name}")
        elif not os.path.lexists(target) or target.lstat().st_mtime_ns == PUT_AT:
            _put(target, b"")
            done.append(f"{target.name} was not handed in")
    return done


def is_missing(path):
    """Whether a notebook is absent or empty, or was added by an earlier call of `prepare`."""
    try:
        state = path.lstat()
    except FileNotFoundError:
        return True
    return stat.S_ISREG(state.st_mode) and (state.st_size == 0 or state.st_mtime_ns == PUT_AT)


def _put(path, content):
    """Write a file, with the date that marks it as the grader's."""
    path.unlink(missing_ok=True)
    with open(path, "xb") as stream:
        stream.write(content)
    os.utime(path, ns=(PUT_AT, PUT_AT))


def as_text(name):
    """Return a text with a file's name so that it can be written: bytes that are no UTF-8 become `\\udc..`."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def printable(name):
    """Return a file's name in characters that every terminal and page can show."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:100]


def prepare_hook(assignment, student, notebooks):
    """`c.Autograde.pre_convert_hook`: run `prepare` for plain `nbgrader autograde` as well.

    Parameters
    ----------
    assignment, student : str
        As nbgrader passes them; may be globs.
    notebooks : list of str
        The submission's files; those that `prepare` adds are appended.
    """
    from autograders.course import Course

    folder = Path(notebooks[0]).parent
    course = Course(".")
    expected = [folder / f"{name}.ipynb" for name in expected_notebooks(course.directory, folder.name)]
    absent = [path for path in expected if not os.path.lexists(path)]
    prepare(folder, course.directory, folder.name)
    notebooks.extend(map(str, absent))
