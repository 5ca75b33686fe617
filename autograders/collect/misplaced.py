"""Find notebooks in `submitted/` that lie where the grader does not look, so that no work is silently ignored."""

import os
from dataclasses import dataclass

from autograders.collect.intake import is_missing
from autograders.collect.strict_files import MAX_FILES, printable
from autograders.coursedir import expected_notebooks

MAX_DEPTH = 4  # of folders inside folders
ENDING = ".ipynb"


@dataclass(frozen=True)
class Misplaced:
    """A notebook that lies in the wrong place.

    Attributes
    ----------
    path : str
        Where it lies, relative to the course directory.
    belongs : str
        The folder that it belongs in; STUDENT and ASSIGNMENT stand for names that are not known.
    assignment : str or None
        Its assignment, as far as names tell.
    """

    path: str
    belongs: str
    assignment: str | None


def find(course):
    """Return what is misplaced in a course, sorted by path.

    A notebook belongs in `submitted/STUDENT/ASSIGNMENT/`, under whatever name. One in a folder below that counts as
    misplaced only if it has the name of one that is missing there.

    Parameters
    ----------
    course : Course

    Returns
    -------
    list of Misplaced
    """
    top = course.root / course.directory.submitted_directory
    notebooks = {name: expected_notebooks(course.directory, name) for name in course.assignments()}
    known = assignment_names(course)
    found = []
    for first in sorted(top.iterdir()) if top.is_dir() else []:
        for parts in _notebooks_below(first, top):
            stem = parts[-1][: -len(ENDING)]
            if len(parts) >= 3 and parts[1] in notebooks:
                there = top.joinpath(*parts[:2], f"{stem}{ENDING}")
                if len(parts) == 3 or stem not in notebooks[parts[1]] or not is_missing(there):
                    continue
            words = [plain(word) for word in (*parts[:-1], stem)]
            assignment = next((known[word] for word in words if word in known), None)
            student = next((part for part in parts[:-1] if plain(part) not in known), "STUDENT")
            place = f"{top.name}/{printable(student)}/{assignment or 'ASSIGNMENT'}/"
            found.append(Misplaced("/".join(map(printable, (top.name, *parts))), place, assignment))
    return found


def _notebooks_below(folder, top):
    """Yield the paths of notebooks in a folder, or of one file, as tuples of names below `top`; stop at MAX_FILES."""
    if folder.is_file() and folder.name.lower().endswith(ENDING):
        yield (folder.name,)
    seen = 0
    for place, folders, names in os.walk(folder):
        parts = os.path.relpath(place, top).split(os.sep)
        folders[:] = sorted(name for name in folders if not name.startswith(".")) if len(parts) < MAX_DEPTH else []
        seen += len(folders) + len(names)
        if seen > MAX_FILES:
            return
        yield from ((*parts, name) for name in sorted(names) if name.lower().endswith(ENDING))


def assignment_names(course):
    """Return {name: assignment} for the names of all assignments and of their notebooks, as `plain` makes them."""
    names = {name: expected_notebooks(course.directory, name) for name in course.assignments()}
    return {plain(word): name for name, stems in names.items() for word in (*stems, name)}


def plain(word):
    """Return a name without what people tend to change: capitals, spaces, hyphens."""
    return word.casefold().replace("-", "_").replace(" ", "_")
