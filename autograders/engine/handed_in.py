"""Read a submitted notebook, whatever it is, and set the learner's work into the instructor's frame.

The frame is the source notebook: its graded and locked cells, in its order. From the submission come only the sources
of solution cells, and cells that the learner added. Points, tags, ids and the kernel's name never do.
"""

import json
import re

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import nbformat_minor

from autograders.engine.outputs import PICTURES
from autograders.engine.pictures import Room, pixels_of_text
from helpers.notebook import sort_out

MAX_FILE_BYTES = 32 * 2**20
MAX_CELLS = 2_000
MAX_SOURCE_BYTES = 2**20  # of all cells together
MAX_NAME_LETTERS = 200
CELL_KINDS = ("code", "markdown", "raw")
DELETED = "This cell was missing in the submission."
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
        sheets = [sheet for sheet in _list(raw.get("worksheets")) if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets for cell in _list(sheet.get("cells"))]
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
