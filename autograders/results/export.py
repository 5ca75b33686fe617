"""Marks as tables that learning management systems import."""

import re

import pandas as pd

from autograders.collect import roster
from autograders.coursedir import expected_notebooks, read_source, source_notebook
from autograders.engine.handed_in import grade_id

FORMATS = ("csv", "moodle", "canvas")
COLUMN_KINDS = ("total", "exercises")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the last four are full-width
WAITING = "waits_for_manual_grading"
COLUMNS = ("assignment", "student", "score", "max_score", "late_penalty", WAITING, "handed_in", "hours_late")
# A spreadsheet set to another separator begins a new cell there.
BEGINS_FORMULA = re.compile(f"(^|[;,|])(?=[{re.escape(''.join(FORMULA))}])")
# How each system finds a student: its header, and what the roster calls it.
MOODLE = {
    "First name": "first_name", "Last name": "last_name", "ID number": "id_number", "Email address": "email",
    "Username": "username",
}  # fmt: skip
CANVAS = {"ID": "lms_id", "SIS User ID": "id_number", "SIS Login ID": "username", "Section": "group"}


def marks_table(course, assignments, format="csv", columns="total"):
    """Return everybody's marks.

    Parameters
    ----------
    course : Course
    assignments : list of str
    format : {"csv", "moodle", "canvas"}
        "csv": a row for each student and assignment, with the late penalty (the score is without it already), the
        points that wait for manual grading, when it was handed in, and how late. "moodle": for Moodle's grade import,
        "canvas": for Canvas' gradebook import, with a first row of possible points; in these two, a row for each
        student with all that the roster knows to find them by, and a column for each assignment. There, a mark that
        waits is left empty; both then leave theirs as it is. In all three, a name that a spreadsheet would run as a
        formula gets an apostrophe in front.
    columns : {"total", "exercises"}
        "exercises": a row for each student in "csv", too, and a column for each exercise with points. A late penalty
        belongs to no exercise: these marks are as they were before it.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    ValueError
        If the format or the kind of columns is unknown.
    KeyError
        If the gradebook does not know an assignment.
    """
    for got, known, what in ((format, FORMATS, "formats"), (columns, COLUMN_KINDS, "kinds of columns")):
        if got not in known:
            raise ValueError(f"expected one of the {what} {', '.join(known)}, got {got!r}")
    found = {name: dict(sorted(course.results(name).items())) for name in assignments}
    if format == "csv" and columns == "total":
        rows = [
            (name, inert(student), one.score, one.max_score, one.penalty, one.waiting, one.handed_in, hours_late(one))
            for name, results in found.items()
            for student, one in results.items()
        ]
        return pd.DataFrame(rows, columns=COLUMNS)
    students = sorted({student for results in found.values() for student in results})
    marks, possible = {}, {}
    for name, results in found.items():
        for column, points, values in _marks(course, name, results, columns):
            marks[column], possible[column] = [values.get(student) for student in students], points
    people = _people(course, students, format)
    table = pd.DataFrame(people | marks)
    if format != "canvas":
        return table
    head = dict.fromkeys(people, "") | {"Student": "    Points Possible"} | possible
    return pd.concat([pd.DataFrame([head]), table], ignore_index=True)


def hours_late(result):
    """Return how late a submission was, in hours; None if it was in time, or that is not known."""
    return result.late and round(result.late.total_seconds() / 3600, 2)


def _marks(course, assignment, results, columns):
    """Yield (column, possible points, {student: mark}) of an assignment; the mark is None while it waits."""
    if columns == "total":
        points = max((one.max_score for one in results.values()), default=None)
        yield assignment, points, {student: None if one.waiting else one.score for student, one in results.items()}
        return
    notebooks = expected_notebooks(course.directory, assignment)
    for notebook in notebooks:
        for cell in read_source(source_notebook(course.directory, assignment, notebook)).cells:
            key = (notebook, grade_id(cell))
            marks = {student: one.exercises[key] for student, one in results.items() if key in one.exercises}
            points = max((points for _, points in marks.values()), default=0)
            if points:
                place = assignment if len(notebooks) == 1 else f"{assignment}, {notebook}"
                column = f"{place}: {key[1].removeprefix('test_')}"
                yield column, points, {student: mark for student, (mark, _) in marks.items()}


def _people(course, students, format):
    """Return {header: a text for each student} of the columns by which a system finds a student."""
    people = roster.of(course)
    known = [people.get(student) for student in students]
    if format == "csv":
        return {"student": list(map(inert, students)), "name": [inert(one.name) for one in known]}
    headers = MOODLE if format == "moodle" else CANVAS
    columns = {header: [inert(getattr(one, kind)) for one in known] for header, kind in headers.items()}
    if not any(any(columns[header]) for header, kind in headers.items() if kind in roster.IDENTIFIERS):
        columns["ID number" if format == "moodle" else "SIS Login ID"] = list(map(inert, students))
    if format == "moodle":
        return {header: texts for header, texts in columns.items() if any(texts)}
    names = [inert(f"{one.last_name}, {one.first_name}" if one.last_name else one.name) for one in known]
    return {"Student": names} | columns


def inert(text):
    """Return a text that no spreadsheet takes for a formula: an apostrophe is put before a formula."""
    return BEGINS_FORMULA.sub(r"\1'", text)
