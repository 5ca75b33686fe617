"""Give work back: feedback pages as archives that Moodle and Canvas take, and one learner's whole record."""

import json
import os
import zipfile
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from autograders.collect import collecting as collect
from autograders.collect import deadlines, roster, tables
from autograders.collect.strict_files import plain_files
from autograders.results.export import COLUMNS, inert, marks_table

EXERCISE_COLUMNS = ("assignment", "notebook", "exercise", "score", "points")


def feedback_archive(course, assignments, target):
    """Write the feedback pages into an archive, called as the system that the work came from expects them.

    Parameters
    ----------
    course : Course
    assignments : list of str
    target : Path

    Returns
    -------
    given : int
        How many learners' pages are in it.
    left : list of (str, str)
        Learners (with the assignment) whose pages are not, and why.

    Raises
    ------
    ValueError
        If the work came from both systems: no archive fits both.
    """
    rows = [row for row in tables.read(course.root / collect.FILE, collect.COLUMNS) if row["assignment"] in assignments]
    records = {(row["assignment"], row["student"]): row for row in rows if row["back"]}
    systems = sorted({row["system"] for row in records.values()})
    if len(systems) > 1:
        raise ValueError(f"the work came from {' and '.join(systems)}: export the feedback of one assignment at a time")
    wanted = sorted({*records, *((name, student) for name in assignments for student in course.submissions(name))})
    given, left, written = 0, [], set()
    with _new_archive(target) as archive:
        for assignment, student in wanted:
            pages = sorted(course.path("feedback", assignment, student).glob("*.html"))
            if (assignment, student) not in records:
                left.append((f"{student}, {assignment}", "not collected from Moodle or Canvas (`course collect`)"))
            elif not pages:
                left.append((f"{student}, {assignment}", "has no feedback page: run `course feedback`"))
            else:
                given += 1
                back = records[assignment, student]["back"] + "/" * (systems[0] == "moodle")  # Canvas knows no folders
                for page in pages if back not in written else ():  # else of a team: the system gives it to all
                    archive.write(page, f"{back}{page.name}")
                written.add(back)
    return given, left


def record(course, student, target):
    """Write all that the course has of one learner, and nothing of anybody else, into an archive.

    Marks of each assignment and exercise, verdicts, feedback pages, all that was handed in, earlier or now, extensions,
    and the lines of the course's tables.

    Parameters
    ----------
    course : Course
    student : str
    target : Path

    Raises
    ------
    KeyError
        If the course knows nobody of that name.
    """
    with course.gradebook() as gradebook:
        released = [one.name for one in gradebook.assignments]
    people = roster.of(course)
    names = sorted({*released, *course.assignments()})
    handed_in = [name for name in names if student in course.submissions(name)]
    if student not in people.students and not handed_in:
        raise KeyError(f"expected a student of this course, got {student!r}")
    table = marks_table(course, released)
    exercises = [
        dict(zip(EXERCISE_COLUMNS, (name, *cell, *mark), strict=True))
        for name in released
        if (result := course.results(name).get(student))
        for cell, mark in result.exercises.items()
    ]
    with _new_archive(target) as archive:
        _table(archive, "student.csv", roster.COLUMNS, [asdict(people.get(student))])
        _table(archive, "marks.csv", COLUMNS, table[table["student"] == inert(student)].to_dict("records"))
        _table(archive, "exercises.csv", EXERCISE_COLUMNS, exercises)
        for module in (deadlines, collect):
            rows = tables.read(course.root / module.FILE, module.COLUMNS)
            _table(archive, module.FILE, module.COLUMNS, [row for row in rows if row["student"] == student])
        for name in names:
            for step in ("submitted", "feedback"):
                _add(archive, course.path(step, name, student), f"{name}/{step}/")
            _add(archive, course.root / collect.EARLIER / student / name, f"{name}/{collect.EARLIER}/")
            for path, verdict in course.verdicts(name, student):
                text = json.dumps(verdict, indent=1, ensure_ascii=False)
                archive.writestr(f"{name}/verdicts/{path.stem}.json", text)


@contextmanager
def _new_archive(target):
    """Open a zip archive for writing, which takes its place only when it is whole."""
    draft = target.with_name(f".{target.name}.new")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
            yield archive
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)


def _add(archive, folder, front):
    """Add the plain files of a folder, none that is a link to somewhere else."""
    for path in plain_files(folder) if folder.is_dir() else ():
        archive.write(path, front + Path(path).relative_to(folder).as_posix())


def _table(archive, name, columns, rows):
    rows = [{key: inert(value) if isinstance(value, str) else value for key, value in row.items()} for row in rows]
    archive.writestr(name, pd.DataFrame(rows, columns=columns).to_csv(index=False, lineterminator="\n"))
