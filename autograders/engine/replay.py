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
    judged, problem = None, f"{name}.ipynb belongs to the assignment no more"
    try:
        if judged := judge_submission(submission, sealed, record["seed"], limits).get(name):
            problem = judged.verdict.problem
    except RuntimeError as error:  # a fault of the machine's
        problem = str(error)
    old = {one["exercise"]: one for one in record["exercises"]}
    new = {report.name: report for report in judged.verdict.reports} if judged else {}
    rows = [
        Row(
            one, new[one].points if one in new else old[one]["points"], old[one]["score"] if one in old else None,
            new[one].score if one in new else None, *_failing(sealed, new.get(one), record["seed"]),
        )
        for one in old | new
    ]  # fmt: skip
    changed = bool(judged) and _sources(judged.notebook) != _sources(recorded)
    return Replay(student, assignment, name, record["seed"], rows, changed, problem)


def _failing(sealed, report, seed):
    """Return (label, call) of the smallest case that fails, if one does; no call where a probe does more than call."""
    if not report or not report.failing:
        return ()
    exercise = sealed.notebooks[0].exercises[report.name]
    case = next(case for case in exercise.hidden_cases(seed) if case.label == report.failing.label)
    return case.label, call(report.name, case, EXACT_DIGITS) if exercise.probe == "call" else ""


def _sources(notebook):
    return [cell["source"] for cell in notebook["cells"]]
