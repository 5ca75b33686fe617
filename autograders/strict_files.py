"""Make nbgrader take only plain files of what was handed in: it opens and copies them before any step of ours runs.

Otherwise a pipe would stop nbgrader for ever; a symbolic link would be copied as the file that it points to; a
`timestamp.txt` that is no date would end the whole run; a web page that was handed in would lie among the feedback
pages; a learner's name with brackets would be taken for a pattern. `nbgrader_config.py` calls `install`.
"""

import glob
import os
import stat
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from types import SimpleNamespace

import nbgrader.converters.base as converters
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files

MAX_FILES = 2_000
MAX_TOTAL_BYTES = 128 * 2**20
MAX_TIMESTAMP_BYTES = 100


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


def folder_fault(folder):
    """Say why a submission's folder is not entered; None for a folder that is no symbolic link, nor inside one."""
    folder = Path(folder)
    linked = folder.is_symlink() or folder.parent.is_symlink()
    return "was handed in as a symbolic link, not a folder" if linked else None


def plain_files(folder, exclude=None, find=find_all_files):
    """Return the plain files below a folder: none if there are too many, and as many as MAX_TOTAL_BYTES allow."""
    if folder_fault(folder):
        return []
    files, left = [], MAX_TOTAL_BYTES
    count = 0
    for _, folders, names in os.walk(folder):
        count += len(folders) + len(names)
        if count > MAX_FILES:
            return []
    for path in find(folder, exclude):
        if not fault(path) and (size := os.path.getsize(path)) <= left:
            files.append(path)
            left -= size
    return files


def _timestamp(original):
    @wraps(original)
    def get_existing_timestamp(self, dest_path):
        path = Path(dest_path, "timestamp.txt")
        if not os.path.lexists(path):
            return None
        if fault(path) or path.stat().st_size > MAX_TIMESTAMP_BYTES:
            self.log.warning("not a timestamp, and not read: %s", path)
            return None
        try:
            return original(self, dest_path)
        except (SystemExit, Exception):  # versions of nbgrader fail in different ways
            self.log.warning("not a timestamp: %s", path)
            return None

    return get_existing_timestamp


@contextmanager
def _in_place_of(name, ours):
    """Replace a name in nbgrader's module of converters for a while."""
    theirs = getattr(converters, name)
    setattr(converters, name, ours)
    try:
        yield
    finally:
        setattr(converters, name, theirs)


def _autograde(original):
    @wraps(original)
    def init_assignment(self, assignment_id, student_id):
        # The gradebook cannot look up a name that is not in UTF-8; no notebook of the course has such a name.
        self.notebooks = [path for path in self.notebooks if path == path.encode("utf-8", "replace").decode("utf-8")]
        with _in_place_of("find_all_files", plain_files):
            return original(self, assignment_id, student_id)

    return init_assignment


def _feedback(original):
    @wraps(original)
    def init_assignment(self, assignment_id, student_id):
        def timestamp(folder, exclude=None):
            """Find what is copied beside a page, which needs no other file: the date, by which nbgrader knows it."""
            dated = self.coursedir.get_existing_timestamp(folder) is not None
            return [os.path.join(folder, "timestamp.txt")] if dated else []

        with _in_place_of("find_all_files", timestamp):
            return original(self, assignment_id, student_id)

    return init_assignment


def _init_notebooks(original):
    def find(pattern):
        """Find files by a pattern. In one for notebooks, the folder is a real name, which may look like a pattern."""
        folder, name = os.path.split(pattern)
        return glob.glob(os.path.join(glob.escape(folder), name) if name.endswith(".ipynb") else pattern)

    @wraps(original)
    def init_notebooks(self):
        with _in_place_of("glob", SimpleNamespace(glob=find)):
            return original(self)

    return init_notebooks


def install():
    """Wrap the functions of nbgrader that open or copy handed-in files; a second call does nothing."""
    for owner, name, wrap in (
        (Autograde, "init_assignment", _autograde),
        (GenerateFeedback, "init_assignment", _feedback),
        (CourseDirectory, "get_existing_timestamp", _timestamp),
        (converters.BaseConverter, "init_notebooks", _init_notebooks),
    ):
        if not hasattr(getattr(owner, name), "__wrapped__"):
            setattr(owner, name, wrap(getattr(owner, name)))
