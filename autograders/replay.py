"""Grade again with the recorded seeds, for when a mark is disputed. Nothing in the course is changed by it."""

import copy
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.api import Base
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import create_engine, insert, select


@dataclass(frozen=True)
class Row:
    """An exercise's marks, as recorded and as given now on the same hidden inputs; None where it was not judged."""

    exercise: str
    points: float
    recorded: float | None
    replayed: float | None

    @property
    def agrees(self):
        """Whether the marks are the same."""
        return self.recorded == self.replayed


@dataclass
class Replay:
    """One notebook of a submission, graded again.

    Attributes
    ----------
    student, assignment, notebook : str
    seed : int
        As recorded.
    rows : list of Row
    changed : bool
        Whether something else was graded this time: another file was handed in since, or the source notebook changed.
    problem : str or None
        Why it could not be judged now.
    """

    student: str
    assignment: str
    notebook: str
    seed: int
    rows: list
    changed: bool = False
    problem: str | None = None

    @property
    def agrees(self):
        """Whether every exercise has the same marks."""
        return all(row.agrees for row in self.rows)


@contextmanager
def trial_course(course):
    """Give a course with the same sources and submissions, but with a gradebook and graded notebooks of its own.

    Parameters
    ----------
    course : Course

    Yields
    ------
    Course
        Its gradebook begins as a copy. It and the graded notebooks are deleted afterwards.
    """
    with tempfile.TemporaryDirectory(prefix="course-replay-") as folder:
        url = f"sqlite:///{Path(folder, 'gradebook.db').as_posix()}"
        _copy_gradebook(course.directory.db_url, url)
        trial = copy.copy(course)
        trial.config = copy.deepcopy(course.config)
        trial.config.CourseDirectory.autograded_directory = str(Path(folder, "autograded"))
        trial.config.CourseDirectory.db_url = url
        trial.directory = CourseDirectory(config=trial.config)
        yield trial


def _copy_gradebook(source, target):
    """Copy a gradebook table by table, which works from any kind of database."""
    reader, writer = create_engine(source), create_engine(target)
    try:
        Base.metadata.create_all(writer)
        with reader.connect() as old, writer.begin() as new:
            for table in Base.metadata.sorted_tables:
                rows = [dict(row) for row in old.execute(select(table)).mappings()]
                if rows:
                    new.execute(insert(table), rows)
    finally:
        reader.dispose()
        writer.dispose()


def replay(course, trial, assignment, student):
    """Grade a submission again with the seeds of its recorded verdicts.

    Parameters
    ----------
    course : Course
    trial : Course
        From `trial_course`.
    assignment, student : str

    Returns
    -------
    list of Replay
        One for each notebook that has a verdict.

    Raises
    ------
    ValueError
        If there is no recorded verdict.
    """
    recorded = {path.stem: (path, record) for path, record in course.verdicts(assignment, student)}
    if not recorded:
        raise ValueError(
            f"nothing to replay: expected a verdict on {assignment} of {student}, got none in "
            f"{course.path('autograded', assignment, student)}; run `course grade` first"
        )
    return [_replay(trial, assignment, student, path, record) for path, record in recorded.values()]


def _replay(trial, assignment, student, path, record):
    trial.config.RunAndJudge.seed = record["seed"]
    result = trial.grade(assignment, student, path.stem)
    found = {again.stem: (again, verdict) for again, verdict in trial.verdicts(assignment, student)}.get(path.stem)
    if found is None:
        rows = [Row(one["exercise"], one["points"], one["score"], None) for one in record["exercises"]]
        return Replay(student, assignment, path.stem, record["seed"], rows, problem=result.problem)
    again, verdict = found
    return Replay(
        student, assignment, path.stem, record["seed"], _rows(record["exercises"], verdict["exercises"]),
        changed=_sources(again) != _sources(path), problem=verdict["problem"],
    )  # fmt: skip


def _rows(old, new):
    """Return a row for each exercise of the recorded verdict, then for new ones."""
    before, now = ({one["exercise"]: one for one in some} for some in (old, new))
    return [
        Row(
            name, (now.get(name) or before[name])["points"], before.get(name, {}).get("score"),
            now.get(name, {}).get("score"),
        )
        for name in before | now
    ]  # fmt: skip


def _sources(path):
    return [cell.source for cell in nbformat.read(path, as_version=4).cells]
