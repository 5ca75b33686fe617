"""Which handed-in files are opened: plain ones, and not too many."""

import os
import re
import stat
from pathlib import Path

MAX_FILES = 2_000
MAX_TOTAL_BYTES = 128 * 2**20
SECRET = "submission_secret.txt"  # nbgrader's exchange makes it, and names the learner's page by it
SECRET_FORM = re.compile(rb"[0-9a-f]{128}")
MAX_TIMESTAMP_BYTES = 100  # of timestamp.txt


def fault(path):
    """Say why a handed-in file is not opened.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    str or None
        None for a plain file without a second name (hard link): that one is opened.
    """
    try:
        kind = os.lstat(path)
    except OSError:
        return "cannot be read"
    if stat.S_ISLNK(kind.st_mode):
        return "is a symbolic link, not a file"
    if stat.S_ISDIR(kind.st_mode):
        return "is a folder, not a file"
    if not stat.S_ISREG(kind.st_mode):
        return "is a pipe or a device, not a file"
    return "is a hard link, another name of a file that is elsewhere" if kind.st_nlink > 1 else None


def is_secret(path):
    """Whether a file holds what nbgrader's exchange writes into it, and nothing else."""
    return not fault(path) and os.path.getsize(path) == 128 and bool(SECRET_FORM.fullmatch(Path(path).read_bytes()))


def folder_fault(folder):
    """Say why a submission's folder is not entered; None for a folder that is no symbolic link, nor inside one."""
    folder = Path(folder)
    linked = folder.is_symlink() or folder.parent.is_symlink()
    return "was handed in as a symbolic link, not a folder" if linked else None


def plain_files(folder, exclude=None):
    """Return the plain files below a folder: none if there are too many, and as many as MAX_TOTAL_BYTES allow."""
    from nbgrader.utils import find_all_files  # here, since workers, which read no folder, do without nbgrader

    if folder_fault(folder):
        return []
    files, left = [], MAX_TOTAL_BYTES
    count = 0
    for _, folders, names in os.walk(folder):
        count += len(folders) + len(names)
        if count > MAX_FILES:
            return []
    for path in find_all_files(folder, exclude):
        if not fault(path) and (size := os.path.getsize(path)) <= left:
            files.append(path)
            left -= size
    return files


def contents(folder, exclude=None):
    """Return {relative path: bytes} of the `plain_files` below a folder."""
    paths = map(Path, plain_files(folder, exclude))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def as_text(name):
    """Return a text with a file's name so that it can be written: bytes that are no UTF-8 become `\\udc..`."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def printable(name):
    """Return a file's name in characters that every terminal and page can show."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:100]
