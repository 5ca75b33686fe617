"""Where nbgrader's own code is replaced: it opens and copies handed-in files before any step of ours runs.

Otherwise a pipe would stop nbgrader for ever; a symbolic link would be copied as the file that it points to; a
`timestamp.txt` that is no date would end the whole run; a web page that was handed in would lie among the feedback
pages; a learner's name with brackets would be taken for a pattern. `nbgrader_config.py` calls `install`.

Tried with nbgrader 0.9.6; `pyproject.toml` allows 0.9 only. `tests/autograders/test_overrides.py` names the inside that
changed.
"""

import glob
import os
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from types import SimpleNamespace

import nbgrader.converters.base as converters
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.coursedir import CourseDirectory

from autograders.collect.strict_files import MAX_TIMESTAMP_BYTES, SECRET, fault, is_secret, plain_files


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
        def beside(folder, exclude=None):
            """Find what is copied beside a page, which needs no other file: the date, and the exchange's secret."""
            dated, secret = self.coursedir.get_existing_timestamp(folder) is not None, os.path.join(folder, SECRET)
            return [os.path.join(folder, "timestamp.txt")] * dated + [secret] * (
                os.path.lexists(secret) and is_secret(secret)
            )

        with _in_place_of("find_all_files", beside):
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
