"""Marks as tables that learning management systems import."""

import pandas as pd

FORMATS = ("csv", "moodle", "canvas")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the last four are full-width
WAITING = "waits_for_manual_grading"
COLUMNS = ("assignment", "student", "score", "max_score", "late_penalty", WAITING)


def marks_table(course, assignments, format="csv"):
    """Return everybody's marks.

    Parameters
    ----------
    course : Course
    assignments : list of str
    format : {"csv", "moodle", "canvas"}
        "csv": a row for each student and assignment, with the late penalty (the score is without it already) and the
        points that wait for manual grading. "moodle": for Moodle's grade import, a row for each student, found by "ID
        number", and a column for each assignment. "canvas": for Canvas' gradebook import, students found by "SIS Login
        ID", with a first row of possible points. In these two, a mark that still waits is left empty; both then leave
        theirs as it is. In all three, a name that a spreadsheet would run as a formula gets an apostrophe in front.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    ValueError
        If the format is unknown.
    KeyError
        If the gradebook does not know an assignment.
    """
    if format not in FORMATS:
        raise ValueError(f"expected one of the formats {', '.join(FORMATS)}, got {format!r}")
    rows = [
        (name, inert(student), one.score, one.max_score, one.penalty, one.waiting)
        for name in assignments
        for student, one in sorted(course.results(name).items())
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    if format == "csv":
        return table
    table.loc[table[WAITING] > 0, "score"] = None
    wide = table.pivot(index="student", columns="assignment", values="score").reindex(columns=assignments)
    wide = wide.rename_axis(index=None, columns=None)
    if format == "moodle":
        return wide.reset_index(names="ID number")
    possible = table.groupby("assignment")["max_score"].max().reindex(assignments)
    students = wide.reset_index(names="SIS Login ID")
    for position, column in enumerate(("Student", "ID", "SIS User ID")):
        students.insert(position, column, students["SIS Login ID"] if column == "Student" else "")
    students.insert(4, "Section", "")
    head = {column: "" for column in students.columns} | {"Student": "    Points Possible"} | possible.to_dict()
    return pd.concat([pd.DataFrame([head]), students], ignore_index=True)


def inert(text):
    """Return a text that no spreadsheet takes for a formula: an apostrophe is put before a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
