"""nbgrader opens and copies what was handed in before any step of ours: here it is made to take plain files only.

A pipe would hold nbgrader up for ever, a symbolic link would be copied as the file that it points to, a `timestamp.txt`
that is no date would end the whole run. `nbgrader_config.py` calls `install`.
"""

import os
import stat
from functools import wraps
from pathlib import Path

import nbgrader.converters.base as converters
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory

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
        None for a plain file that has one name only.
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
    """Say why a submission's folder is not entered; None for a folder that lies where it seems to lie."""
    folder = Path(folder)
    linked = folder.is_symlink() or folder.parent.is_symlink()
    return "was handed in as a symbolic link, not a folder" if linked else None


def plain_files(folder, exclude=None, find=converters.find_all_files):
    """Return the plain files below a folder, as `nbgrader.utils.find_all_files` does, up to a number and total size."""
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
        except (SystemExit, Exception):  # nbgrader's own way to fail is not the same in every version
            self.log.warning("not a timestamp: %s", path)
            return None

    return get_existing_timestamp


def _init_assignment(original):
    @wraps(original)
    def init_assignment(self, assignment_id, student_id):
        # A name that is no UTF-8 cannot be looked up in the gradebook, so no notebook of the course has one.
        self.notebooks = [path for path in self.notebooks if path == path.encode("utf-8", "replace").decode("utf-8")]
        converters.find_all_files = plain_files
        try:
            return original(self, assignment_id, student_id)
        finally:
            converters.find_all_files = plain_files.__defaults__[1]

    return init_assignment


def install():
    """Replace the two functions of nbgrader's that open handed-in files; once is enough, and more does nothing."""
    if not hasattr(Autograde.init_assignment, "__wrapped__"):
        Autograde.init_assignment = _init_assignment(Autograde.init_assignment)
    if not hasattr(CourseDirectory.get_existing_timestamp, "__wrapped__"):
        CourseDirectory.get_existing_timestamp = _timestamp(CourseDirectory.get_existing_timestamp)
