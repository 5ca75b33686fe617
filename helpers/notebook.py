"""A notebook's file as plain data: what in it is the course's, and what the learner's. No Jupyter is needed."""

import hashlib
import json
import re

SKIPPED_TAGS = ("training", "listening", "plotting")  # of locked cells that are not run to judge a notebook
CHECK = re.compile(r"^check\((\w+)\)\s*$", re.M)


def read(path):
    """Read a notebook.

    Parameters
    ----------
    path : Path

    Returns
    -------
    dict
        As in the file, but for sources: they are never lists.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no notebook of format 4.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no file {path}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path}: expected a notebook, got a file that is not text in UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(
            f"{path}: expected a notebook, got what is not JSON: {error.msg} in line {error.lineno}"
        ) from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or notebook.get("nbformat") != 4:
        raise ValueError(f"{path}: expected a notebook of format 4, got other JSON")
    for number, cell in enumerate(cells, start=1):
        source = cell.get("source") if isinstance(cell, dict) else None
        source = "".join(map(str, source)) if isinstance(source, list) else source
        if not isinstance(source, str) or not isinstance(cell.get("metadata"), dict):
            raise ValueError(f"{path}, cell {number}: expected source and metadata")
        cell["source"] = source
    return notebook


def write(notebook, path):
    """Write a notebook as Jupyter does."""
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def language_of(notebook):
    """Return the language of a notebook's text, such as "zh_CN"; None for English."""
    return notebook["metadata"].get("course", {}).get("language")


def settings(cell):
    """Return nbgrader's metadata of a cell; empty for a cell that it does not know."""
    return cell["metadata"].get("nbgrader", {})


def checked(cell):
    """Return the name of the exercise that a cell grades; None for any other cell."""
    match = CHECK.search(cell["source"]) if settings(cell).get("grade") and not settings(cell).get("solution") else None
    return match[1] if match else None


def skipped(cell, tags=SKIPPED_TAGS):
    """Whether a cell is left out when its notebook is run to be judged: a locked one that trains, plays or draws."""
    own = settings(cell)
    locked = own.get("locked") and not own.get("solution") and not own.get("grade")
    return bool(locked and set(cell["metadata"].get("tags", ())) & set(tags))


def record(cell):
    """At release, write down in a cell that nbgrader does not know which one it is and what it says."""
    if not settings(cell):
        cell["metadata"]["course"] = {"cell": cell["id"], "text": _digest(cell["source"])}


def recorded(cell):
    """Return what `record` wrote; empty for other cells."""
    return cell["metadata"].get("course", {})


def untouched(cell):
    """Whether a cell is as it was released; None where nothing tells, as in a cell that the learner added."""
    if known := recorded(cell).get("text"):
        return known == _digest(cell["source"])
    if known := settings(cell).get("checksum"):
        return known == _checksum(cell)
    return None


def _checksum(cell):
    """Return what nbgrader writes as the checksum of a cell that it releases."""
    own = settings(cell)
    grade, solution = bool(own.get("grade")), bool(own.get("solution"))
    locked = not solution and (grade or bool(own.get("locked")))
    points = [float(own["points"])] if grade else []
    facts = (cell["source"], cell["cell_type"], grade, solution, locked, own.get("grade_id"), *points)
    return _digest("".join(map(str, facts)))


def _digest(text):
    return hashlib.md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def sort_out(cells, known, name_of):
    """Tell a learner's cells apart: the course's own, and those that were added or copied.

    Parameters
    ----------
    cells : iterable of dict
    known : container of str
        The names of the course's cells.
    name_of : callable
        Returns the name of a cell, or None.

    Returns
    -------
    own : dict of str to dict
        The first cell of each known name.
    followers : dict of (str or None) to list of dict
        For each known cell, and for the beginning (None), the other cells that follow it. They belong to the learner,
        so the marks of the course's cells are taken off them.
    """
    own, followers, place = {}, {None: []}, None
    for cell in cells:
        name = name_of(cell)
        if name in known and name not in own:
            own[name], followers[name], place = cell, [], name
        else:
            for marks in ("nbgrader", "course"):
                cell["metadata"].pop(marks, None)
            if cell.get("id") in known:  # of a copy
                del cell["id"]
            followers[place].append(cell)
    return own, followers
