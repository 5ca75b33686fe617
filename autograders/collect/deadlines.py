"""When work is due: for everybody in the gradebook, as nbgrader keeps it, for one student in `extensions.csv`.

nbgrader can keep an extension only with a submission that it knows already. So the course keeps them, and hands each to
nbgrader when the submission is graded (`extend`), before late penalties are worked out.
"""

import re
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from nbgrader.api import MissingEntry

from autograders import locks
from autograders.collect import collecting as collect
from autograders.collect import roster, tables
from helpers.language import N_, Told

FILE = "extensions.csv"
COLUMNS = ("assignment", "student", "due")
DAYS_LATER = re.compile(r"\+(\d{1,3})")
DAY, HOUR, MINUTE = 86_400, 3_600, 60


def parse(text, common=None):
    """Return the time that an instructor wrote.

    Parameters
    ----------
    text : str
        A date, which means its last minute, or date and time; in this machine's time zone unless it has its own. Or
        "+2": two days after everybody's.
    common : datetime, optional
        When it is due for everybody.

    Returns
    -------
    datetime
        With a time zone.

    Raises
    ------
    ValueError
        If it is no date.
    """
    if days := DAYS_LATER.fullmatch(text.strip()):
        if common is None:
            raise ValueError(f"expected a date, since there is none that {text} days could follow")
        local = common.astimezone().replace(tzinfo=None)  # at the same time of the day when clocks change, too
        return (local + timedelta(days=int(days[1]))).astimezone()
    try:
        due = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"expected a date as 2026-12-01, '2026-12-01 18:00' or +2 for days, got {text!r}") from None
    if ":" not in text:
        due = datetime.combine(due.date(), time(23, 59, 59))
    return due if due.tzinfo else due.astimezone()


UNITS = (
    (DAY, N_("{count:.0f} day"), N_("{count:.0f} days")),
    (HOUR, N_("{count:.0f} hour"), N_("{count:.0f} hours")),
    (MINUTE, N_("{count:.0f} minute"), N_("{count:.0f} minutes")),
)


def spoken(late):
    """Return a duration in words, e.g. "1 day 3 hours"."""
    seconds, parts = late.total_seconds(), []
    for size, one, many in UNITS:
        count, seconds = divmod(seconds, size)
        if count and len(parts) < 2:
            parts.append(Told(many if count > 1 else one, count=count))
    if len(parts) > 1:
        return Told(N_("{larger} {smaller}"), larger=parts[0], smaller=parts[1])
    return parts[0] if parts else Told(N_("less than a minute"))


def told(handed_in, late):
    """Say when work came, and how late that was, e.g. "2026-12-01 18:00 CET, 3 hours late".

    Parameters
    ----------
    handed_in : datetime
        With a time zone.
    late : timedelta or None

    Returns
    -------
    str
    """
    when = f"{handed_in.astimezone():%Y-%m-%d %H:%M %Z}"
    return Told(N_("{when}, {duration} late"), when=when, duration=spoken(late)) if late else when


def lateness(submission):
    """Return when a submission of the gradebook was handed in, in UTC, and how late; None where it is not.

    An extension counts.
    """
    seconds = submission.total_seconds_late
    handed_in = submission.timestamp and submission.timestamp.replace(tzinfo=UTC)
    return handed_in, timedelta(seconds=seconds) if seconds > 0 else None


def due_dates(course, assignment):
    """Return (when an assignment is due, {student: when for them}); None if it is never due."""
    with course.gradebook() as gradebook:
        due = released(gradebook, assignment).duedate
    return due and due.replace(tzinfo=UTC), _extended(course.root, assignment)


def _extended(root, assignment):
    """Return {student: when an assignment is due for them} of those who have more time."""
    rows = tables.read(Path(root, FILE), COLUMNS)
    return {row["student"]: datetime.fromisoformat(row["due"]) for row in rows if row["assignment"] == assignment}


def set_due(course, assignment, due, student=None):
    """Set when an assignment is due: for everybody, or for one student.

    Parameters
    ----------
    course : Course
    assignment : str
    due : datetime or None
        With a time zone. None: no due date; for one student, that of everybody.
    student : str, optional

    Returns
    -------
    list of str
        Whom this concerns and who is graded already: a late penalty is worked out at grading.

    Raises
    ------
    KeyError
        If the assignment was not released, or the course has no such student.
    ValueError
        If a student is to have less time than everybody, or more for what is never due.
    """
    path = course.root / FILE
    with locks.writing(course.root, "tables"), course.gradebook() as gradebook:
        common = released(gradebook, assignment).duedate
        if student is None:
            gradebook.update_or_create_assignment(assignment, duedate=due and due.astimezone(UTC))
        elif student not in roster.of(course).students and student not in course.submissions(assignment):
            raise KeyError(f"expected a student of the roster, got {student!r}")
        elif due and (common is None or due.astimezone(UTC).replace(tzinfo=None) < common):
            everybody = f"{common.replace(tzinfo=UTC).astimezone():%Y-%m-%d %H:%M}" if common else "never"
            raise ValueError(f"expected a time after everybody's ({everybody}) for {student}, got {due:%Y-%m-%d %H:%M}")
        else:
            rows = tables.read(path, COLUMNS)
            rows = [row for row in rows if (row["assignment"], row["student"]) != (assignment, student)]
            if due:
                rows.append({"assignment": assignment, "student": student, "due": due.isoformat()})
            tables.write(path, COLUMNS, rows)
        graded = [one for one in released(gradebook, assignment).submissions if student in (one.student.id, None)]
        for submission in graded:
            extend(course.root, submission, reset=student is not None)
        gradebook.db.commit()
        return sorted(one.student.id for one in graded)


def released(gradebook, assignment):
    """Return an assignment of an open gradebook; raise KeyError if it was never released."""
    try:
        return gradebook.find_assignment(assignment)
    except MissingEntry:
        raise KeyError(f"expected a released assignment, got {assignment!r}; run `course release`") from None


def extend(root, submission, reset=False):
    """Give a submission the time that the course's `extensions.csv` says.

    Parameters
    ----------
    root : str or Path
        The course directory.
    submission : SubmittedAssignment
        Of an open gradebook.
    reset : bool
        Whether an extension that was given in nbgrader goes.
    """
    due = _extended(root, submission.assignment.name).get(submission.student.id)
    if submission.assignment.duedate and due:
        submission.extension = max(due - submission.assignment.duedate.replace(tzinfo=UTC), timedelta())
    elif reset or not submission.assignment.duedate:  # nbgrader cannot add an extension to no date
        submission.extension = None


def told_late(root, assignment):
    """Return {student: words} of work that came late as a system says without telling when."""
    rows = tables.read(Path(root, collect.FILE), collect.COLUMNS)
    late = [row for row in rows if row["assignment"] == assignment and row["late"]]
    text = N_("handed in late, as {system} says; when is not known")
    return {row["student"]: Told(text, system=row["system"].title()) for row in late}
