"""`course update`: brings a started notebook up to date; nothing of the learner's is lost. It needs no nbgrader."""

import os
import shutil
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from helpers import notebook as notebooks
from helpers.check.public import SUFFIX
from helpers.language import N_, _

SHOWN = ("outputs", "execution_count", "attachments")
LEFT = N_(
    "## From your earlier copy\n\n"
    "You had changed the cells below, and the new release does not have them, or has changed them itself. Take over "
    "what you need, then delete them."
)


@dataclass(frozen=True)
class Updated:
    """What `update` did.

    Attributes
    ----------
    copy : Path or None
        The notebook as it was; None if it was up to date already.
    left : int
        How many cells could not be placed: they stand at the notebook's end.
    files : list of str
        Files beside the notebook that are new.
    """

    copy: Path | None
    left: int
    files: list


def update(path, release=None):
    """Set a learner's work into a new release of its notebook.

    Parameters
    ----------
    path : Path
        The learner's notebook, which is replaced. A copy is kept beside it.
    release : Path, optional
        The new release's notebook, with its other files beside it. When not given, it is looked for in `release/`
        here and where `course lab` makes its copies.

    Returns
    -------
    Updated

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If one of them is no notebook, or they are not of the same assignment.
    """
    old = notebooks.read(path)
    release = release or _find_release(path, notebooks.language_of(old))
    new = notebooks.read(release)
    if path.resolve() == release.resolve():
        text = _("{path} is the release itself: say which notebook is to be brought up to date")
        raise ValueError(text.format(path=path))
    if not {_name(cell) for cell in old["cells"] if notebooks.settings(cell)} & set(map(_name, new["cells"])):
        text = _("{release} is no release of {name}: they have no cell in common")
        raise ValueError(text.format(release=release, name=path.name))
    before = path.read_bytes()
    left = merge(old, new)
    copy = None
    if new != notebooks.read(path):
        copy = _keep(path, before)
        part = path.with_name(path.name + ".part")
        notebooks.write(new, part)
        os.replace(part, path)
    return Updated(copy, left, _bring_files(release.parent, path.parent))


def _find_release(path, language):
    """Return the release of a notebook in a language: in `release/` here, or beside the folder `my_notebooks/`."""
    name = f"release_{language}" if language else "release"
    places = [folder / name / path.stem / path.name for folder in (Path(), *path.resolve().parents[1:3])]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        text = _("no new release of {name} found: say where it is, with --release FILE")
        raise FileNotFoundError(text.format(name=path.name))
    return found


def _name(cell):
    """Return what a cell is known by: as recorded at release, else nbgrader's name or the cell's own."""
    return notebooks.recorded(cell).get("cell") or notebooks.settings(cell).get("grade_id") or cell.get("id")


def merge(old, new):
    """Put a learner's work into a new release.

    Parameters
    ----------
    old, new : dict
        The learner's notebook and the release, which is changed: solution cells, and other cells that the learner may
        change and the course has not, get what the learner wrote; cells that were added follow the cells that they
        followed.

    Returns
    -------
    int
        How many cells could not be placed. They stand at the end.
    """
    frame = {_name(cell): cell for cell in new["cells"]}
    gone = [cell for cell in old["cells"] if _name(cell) not in frame and _is_courses(cell)]
    left = [cell for cell in gone if not notebooks.untouched(cell)]
    own, followers = notebooks.sort_out((cell for cell in old["cells"] if cell not in gone), frame, _name)
    merged = list(followers[None])
    for name, cell in frame.items():
        if name in own and not _fill(cell, own[name]):
            left.append(own[name])
        merged += [cell, *followers.get(name, [])]
    if left:
        merged += [{"cell_type": "markdown", "metadata": {}, "source": _(LEFT)}, *map(_as_text, left)]
    _identify(merged)
    new["cells"] = merged
    new["metadata"] |= {
        name: old["metadata"][name] for name in ("kernelspec", "language_info") if name in old["metadata"]
    }
    return len(left)


def _is_courses(cell):
    return bool(notebooks.recorded(cell) or notebooks.settings(cell))


def _fill(cell, mine):
    """Put what the learner wrote into a cell of the new release; return whether nothing is left over."""
    own, text = notebooks.settings(cell), notebooks.recorded(cell).get("text")
    learners = own.get("solution") or (not own and text == notebooks.recorded(mine).get("text"))
    if cell["source"] != mine["source"] and (notebooks.untouched(mine) or not learners):
        return bool(notebooks.untouched(mine))
    if cell["cell_type"] == mine["cell_type"]:
        cell |= {name: mine[name] for name in SHOWN if name in mine}
    cell["source"] = mine["source"]
    return True


def _as_text(cell):
    """Return a cell that could not be placed: code as plain text, so that it is not run."""
    kept = {"cell_type": "raw" if cell["cell_type"] == "code" else cell["cell_type"], "metadata": {}}
    return kept | {name: cell[name] for name in ("source", "attachments") if name in cell}


def _identify(cells):
    """Give each cell an id of its own, as the notebook's format wants it."""
    taken, numbers = set(), count(1)
    for cell in cells:
        while cell.get("id") in taken | {None}:
            cell["id"] = f"added-{next(numbers)}"
        taken.add(cell["id"])


def _keep(path, content):
    """Write the earlier content of a file beside it, under a name that no file has yet; return the name."""
    for number in count(1):
        copy = path.with_name(f"{path.stem}.before-update{f'-{number}' if number > 1 else ''}{path.suffix}")
        try:
            with open(copy, "xb") as stream:
                stream.write(content)
            return copy
        except FileExistsError:
            continue


def _bring_files(source, target):
    """Copy what lies beside the release; a file that has another content is kept, unless it is the checks file."""
    brought = []
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source)
        mine = target / name
        if not path.is_file() or path.suffix == ".ipynb" or (mine.is_file() and mine.read_bytes() == path.read_bytes()):
            continue
        if mine.is_file() and not mine.name.endswith(SUFFIX):
            _keep(mine, mine.read_bytes())
        mine.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, mine)
        brought.append(str(name))
    return brought
