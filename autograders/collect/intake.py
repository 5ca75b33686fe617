"""Read what a learner handed in: which file is which notebook, and the files beside them. Nothing is written."""

import re
import stat
from dataclasses import dataclass

from autograders.collect.strict_files import contents, fault, folder_fault, printable
from autograders.engine.handed_in import MAX_FILE_BYTES, Unreadable, grade_id, kind_of, parse
from helpers.language import N_, Told

MAX_NAMED, BEGIN_BYTES = 3, 2**16  # of other files: so many are named, so much of each is read to tell its kind
MAX_SEARCH_BYTES = MAX_FILE_BYTES  # of notebooks under other names that are read to find the right one


@dataclass(frozen=True)
class Submission:
    """What one learner handed in.

    Attributes
    ----------
    notebooks : dict of str to (bytes or Unreadable)
        For each notebook of the assignment, the file's content, or why there is none.
    files : dict of str to bytes
        The other files, by relative path.
    notes : tuple of str
        What a reader of the mark should know, a sentence each.
    """

    notebooks: dict
    files: dict
    notes: tuple = ()

    @property
    def parts(self):
        """All that it consists of, as texts and bytes: what a checksum is made of."""
        for name, content in (*sorted(self.notebooks.items()), *sorted(self.files.items())):
            yield from (name, type(content).__name__, content)


def take_in(folder, frames, ignored=()):
    """Read a submission; nothing is written.

    Parameters
    ----------
    folder : Path
        The learner's submission.
    frames : dict of str to NotebookNode
        The assignment's notebooks. For one that is not there by name, a file under another name is taken: see
        `find_renamed`.
    ignored : iterable of str
        Patterns of files that are left out.

    Returns
    -------
    Submission
    """
    if problem := folder_fault(folder):
        return Submission(dict.fromkeys(frames, Unreadable(f"the file {problem}")), {})
    missing = [name for name in frames if is_missing(folder / f"{name}.ipynb")]
    others = [path for path in sorted(folder.glob("*.ipynb")) if path.stem not in frames and not fault(path)]
    renamed = find_renamed(others, missing, frames) if missing else {}
    only = others[0] if len(frames) == len(others) == 1 else None  # if unreadable, its page says why
    notebooks, notes = {}, []
    for name in frames:
        path = folder / f"{name}.ipynb"
        source = renamed.get(name, only) if name in missing else path
        if source is None and path.exists():
            source = path  # empty
        elif source is None:
            notebooks[name] = Unreadable(f"no such notebook was handed in, but {_others(folder)}")
            notes.append(Told(N_("{file} was not handed in"), file=path.name))
            continue
        elif source != path:
            notes.append(Told(N_("{file} was taken for {wanted}"), file=printable(source.name), wanted=path.name))
        try:
            notebooks[name] = content(source)
        except Unreadable as error:
            notebooks[name] = error
    return Submission(notebooks, contents(folder, [*ignored, "*.ipynb"]), tuple(notes))


def read(path):
    """Read a handed-in notebook with `parse`.

    Raises
    ------
    Unreadable
        If it is no plain file, or no notebook.
    """
    return parse(content(path))


def content(path):
    """Return what is in a handed-in file, or a little more than is read of a notebook; open plain files only.

    Raises
    ------
    Unreadable
        If it is none.
    """
    problem = folder_fault(path.parent) or fault(path)
    if problem:
        raise Unreadable(f"the file {problem}")
    try:
        with open(path, "rb") as stream:
            return stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"the file cannot be read ({type(error).__name__})") from None


def _others(folder):
    """Name some of a submission's files, and say of which kind they are."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.name == "timestamp.txt" or fault(path):
            continue
        with open(path, "rb") as stream:
            kind = kind_of(stream.read(BEGIN_BYTES))
        found.append(f"{printable(path.name)} ({kind})" if kind else printable(path.name))
        if len(found) == MAX_NAMED:
            break
    return ", ".join(found) or "no file at all"


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


def is_missing(path):
    """Whether a notebook is absent or empty."""
    try:
        state = path.lstat()
    except FileNotFoundError:
        return True
    return stat.S_ISREG(state.st_mode) and state.st_size == 0
