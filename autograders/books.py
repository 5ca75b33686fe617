"""What a run of the grader reads and writes: submissions, what was judged before, marks. Only one process does it."""

import errno
import time
from dataclasses import dataclass, replace

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from autograders import stamps
from autograders.collect import deadlines
from autograders.collect.intake import Submission
from autograders.course import CannotWrite, Result
from autograders.gradebook import known

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)  # errors that the next submission meets, too
KEPT = "what was judged is kept: run the same command again when it can be written"


@dataclass(frozen=True)
class Work:
    """One submission: `item` is (assignment, student); without a submission it could not be read."""

    item: tuple
    submission: Submission | None = None
    stamp: stamps.Stamp | None = None


class Books:
    """The submissions and the marks of a run.

    Parameters
    ----------
    course : Course
    gradebook : Gradebook
        Open.
    sealed : dict of str to SealedAssignment
    settings : object
        Whatever else marks depend on; its text is looked at.
    force : bool
        Whether what was judged before counts for nothing.
    """

    def __init__(self, course, gradebook, sealed, settings, force):
        self.course, self.gradebook, self.sealed, self.force = course, gradebook, sealed, force
        self.known = {name: known(gradebook, name) for name in sealed}
        self.due = {name: deadlines.due_dates(course, name) for name in sealed}
        rest = stamps.engine_version(), settings, course.directory.db_url
        self.base = {name: stamps.checksum(*rest, *one.parts) for name, one in sealed.items()}
        self.rule = str(course.config.get("AssignLatePenalties"))

    def open(self, item):
        """Read a submission.

        Returns
        -------
        Work
        Result or Exception or None
            None if it is to be judged. The Result of one that was judged before, or why it cannot be read.
        """
        assignment, student = item
        try:
            read = time.time()
            submission = self.course.take_in(*item, self.sealed[assignment])
            due, extended = self.due[assignment]
            dates = f"{self.course.handed_in(*item)}, {due}, {extended.get(student)}, {self.rule}"
            stamp = stamps.Stamp(stamps.checksum(self.base[assignment], *submission.parts), dates, read)
        except Exception as error:
            return Work(item), error
        work = Work(item, submission, stamp)
        before = stamps.read(self.course.path("autograded", *item))
        if self.force or not before or before.work != stamp.work or student not in self.known[assignment]:
            return work, None
        if before.dates == dates:
            kind = "unreadable file" if before.problem else None
            return work, Result(student, assignment, problem=before.problem, kind=kind, unchanged=True)
        return work, self._safely(self.course.date, self.gradebook, *item, replace(before, dates=dates))

    def settle(self, work, outcome):
        """Write what came of a submission; return its Result.

        Parameters
        ----------
        work : Work
        outcome : Result or dict of str to Judged or Exception

        Raises
        ------
        CannotWrite
            If no submission's marks can be written at the moment.
        """
        if isinstance(outcome, Result):
            return outcome
        if isinstance(outcome, Exception):
            return self.course.refuse(*work.item, outcome)
        sealed = self.sealed[work.item[0]]
        try:
            return self._safely(
                self.course.write, self.gradebook, *work.item, sealed, work.submission, outcome, work.stamp
            )
        except CannotWrite:
            raise
        except Exception as error:  # one bad submission never stops the others
            return self.course.refuse(*work.item, error)

    def _safely(self, write, *arguments):
        """Call what writes; tell a fault of disk or gradebook, which concerns all, from one of this submission."""
        try:
            return write(*arguments)
        except OSError as error:
            if error.errno in NO_ROOM:
                raise CannotWrite(f"{error.strerror}: {error.filename or self.course.root}; {KEPT}") from error
            raise
        except SQLAlchemyError as error:
            if isinstance(error, DBAPIError) and type(error).__name__ in ("OperationalError", "InterfaceError"):
                raise CannotWrite(f"the gradebook cannot be written ({first_line(error)}); {KEPT}") from error
            self.gradebook.db.rollback()
            raise


def first_line(error):
    """Return the first line of an error of the database's own words."""
    return str(error.args[0]).strip().splitlines()[0]
