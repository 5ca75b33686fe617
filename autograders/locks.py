"""Locks on a course directory, by which commands keep out of each other's way; they end with the process."""

import fcntl
from contextlib import ExitStack, contextmanager

from autograders.stamps import checksum

FOLDER = ".grading"  # in the course directory; what is being written lies there, too


@contextmanager
def grading(root, todo):
    """Hold what a run grades: one submission, which may be done beside a run of the class, or whole assignments.

    Parameters
    ----------
    root : Path
        The course directory.
    todo : list of (str, str)
        Assignment and student.

    Raises
    ------
    RuntimeError
        If another run has it.
    """
    names = {checksum(*todo[0]) if len(todo) == 1 else assignment for assignment, _ in todo}
    with ExitStack() as stack:
        for name in sorted(names):
            file = stack.enter_context(_open(root, name))
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                what = " of ".join(reversed(todo[0])) if len(todo) == 1 else name
                raise RuntimeError(
                    f"another `course grade` is at work on {what} in {root}: wait until it has ended, or end it"
                ) from None
        yield


@contextmanager
def writing(root, what="marks"):
    """Wait until no other command writes marks, or the `"tables"`, of which lines would be lost."""
    with _open(root, f".{what}") as file:  # no assignment's name begins with a dot
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _open(root, name):
    (root / FOLDER).mkdir(exist_ok=True)
    return (root / FOLDER / f"{name}.lock").open("w")
