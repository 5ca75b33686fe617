"""Grade again with the recorded seeds, for when a mark is disputed. Nothing in the course is changed by it."""

from dataclasses import dataclass

from autograders.engine.failing import call
from autograders.engine.judge import judge_submission
from autograders.sandbox.limits import Limits

EXACT_DIGITS = 17  # by which a number is read back as the very same


@dataclass(frozen=True)
class Row:
    """An exercise's marks, as recorded and as given now on the same hidden inputs; None where it was not judged.

    `case` and `call` are the smallest case that fails, and Python that calls the function on it; else empty.
    """

    exercise: str
    points: float
    recorded: float | None
    replayed: float | None
    case: str = ""
    call: str = ""

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


def replay(course, assignment, student):
    """Judge a submission again with the seeds of its recorded verdicts.

    Parameters
    ----------
    course : Course
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
    recorded = list(course.judged(assignment, student))
    if not recorded:
        raise ValueError(
            f"nothing to replay: expected a verdict on {assignment} of {student}, got none in "
            f"{course.path('autograded', assignment, student)}; run `course grade` first"
        )
    sealed, limits = course.seal(assignment), Limits(**course.settings().limits)
    submission = course.take_in(assignment, student, sealed)
    return [
        _replay(assignment, student, path.stem, notebook, submission, sealed.only(path.stem), limits)
        for path, notebook in recorded
    ]


def _replay(assignment, student, name, recorded, submission, sealed, limits):
    record = recorded["metadata"]["verdict"]
    now, problem, failing = None, f"{name}.ipynb belongs to the assignment no more", {}
    try:
        if judged := judge_submission(submission, sealed, record["seed"], limits).get(name):
            now, problem = judged.verdict.metadata()["verdict"]["exercises"], judged.verdict.problem
            failing = _failing(judged.verdict, sealed)
    except RuntimeError as error:  # a fault of the machine's
        judged, problem = None, str(error)
    changed = judged and _sources(judged.notebook) != _sources(recorded)
    rows = _rows(record["exercises"], now or [], failing)
    return Replay(student, assignment, name, record["seed"], rows, bool(changed), problem)


def _failing(verdict, sealed):
    """Return {exercise: (label, call)} of the smallest case that fails; no call where a probe does more than call."""
    (notebook,), found = sealed.notebooks, {}
    for report in verdict.reports:
        exercise = notebook.exercises[report.name]
        for case in exercise.hidden_cases(verdict.seed) if report.failing else ():
            if case.label == report.failing.label:
                code = call(report.name, case, EXACT_DIGITS) if exercise.probe == "call" else ""
                found[report.name] = (case.label, code)
    return found


def _rows(old, new, failing):
    """Return a row for each exercise of the recorded verdict, then for new ones."""
    before, now = ({one["exercise"]: one for one in some} for some in (old, new))
    return [
        Row(
            name, (now.get(name) or before[name])["points"], before.get(name, {}).get("score"),
            now.get(name, {}).get("score"), *failing.get(name, ()),
        )
        for name in before | now
    ]  # fmt: skip


def _sources(notebook):
    return [cell["source"] for cell in notebook["cells"]]
