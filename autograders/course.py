"""A course directory: release, grade, feedback and marks, each through nbgrader's own machinery."""

import glob
import io
import json
import logging
import os
import re
import shutil
import sys
import tempfile
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader

from autograders import CONFIG_FILE, intake

NO_NAME = "the name of the learner's folder is not text in UTF-8: rename the folder, and grade again"


def put_environment_on_path():
    """Let nbgrader find `alembic` and other programs of this Python's environment by name, activated or not."""
    folder = str(Path(sys.executable).parent)
    if folder not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = folder + os.pathsep + os.environ.get("PATH", "")


@dataclass
class Outcome:
    """What became of one submission.

    Attributes
    ----------
    student, assignment : str
    score, max_score : float or None
        The mark, a late penalty taken off; None where the gradebook has none.
    penalty : float
        Points taken off for lateness.
    waiting : float
        Points of `max_score` that nobody has decided on yet: they wait for manual grading.
    by_hand : dict
        {(notebook, cell): (score, points)} of the cells that a person marks; the score is None where it waits.
    problem : str or None
        Why it could not be judged.
    notes : list of str
        What whoever reads the mark should know.
    """

    student: str
    assignment: str
    score: float | None = None
    max_score: float | None = None
    penalty: float = 0.0
    waiting: float = 0.0
    by_hand: dict = field(default_factory=dict)
    problem: str | None = None
    notes: list = field(default_factory=list)

    @property
    def percent(self):
        """The mark in percent of the points that were decided on; None where there are none."""
        decided = (self.max_score or 0.0) - self.waiting
        return 100 * self.score / decided if decided > 0 else None


class Course:
    """One nbgrader course directory.

    Parameters
    ----------
    root : str or Path
        The folder that holds `nbgrader_config.py` and the source folder.
    db_url : str, optional
        Where the gradebook is, if not where the configuration says.

    Raises
    ------
    FileNotFoundError
        If the folder holds no `nbgrader_config.py`.
    """

    def __init__(self, root=".", db_url=None):
        put_environment_on_path()
        self.root = Path(root).resolve()
        if not (self.root / CONFIG_FILE).is_file():
            raise FileNotFoundError(f"{self.root} is no course directory: it holds no {CONFIG_FILE}")
        self.config = PyFileConfigLoader(CONFIG_FILE, path=str(self.root)).load_config()
        extra = Config()
        extra.CourseDirectory.root = str(self.root)
        if db_url:
            extra.CourseDirectory.db_url = db_url
        self.config.merge(extra)
        self.directory = CourseDirectory(config=self.config)

    def path(self, step, assignment, student="."):
        """Return a folder of the course, e.g. path("submitted", "step_by_step_rnn", "alice")."""
        return Path(self.directory.format_path(getattr(self.directory, f"{step}_directory"), student, assignment))

    def assignments(self):
        """Return the names of the assignments in the source folder, sorted."""
        source = Path(self.directory.format_path(self.directory.source_directory, ".", "."))
        return sorted({path.parent.name for path in source.glob("[!.]*/*.ipynb")})

    def needs_tensorflow(self, assignment):
        """Whether a notebook of an assignment is to find TensorFlow imported when it is graded; it says so if not."""
        names = intake.expected_notebooks(self.directory, assignment)
        paths = [intake.source_notebook(self.directory, assignment, name) for name in names]
        return any(intake.needs_tensorflow(intake.read_source(path)) for path in paths)

    def submissions(self, assignment, student="*"):
        """Return the students who handed something in for an assignment, sorted; `student` is a name or a pattern."""
        if not student or Path(student).name != student:
            raise ValueError(f"{student!r} is no learner's name, nor a pattern of names")
        folder = self.root / self.directory.submitted_directory
        if student != "*" and (folder / student / assignment).is_dir():  # a name may look like a pattern: y[2]
            return [student]
        return sorted(path.parent.name for path in folder.glob(f"{student}/{assignment}") if path.is_dir())

    def gradebook(self):
        """Open the gradebook; use it in a `with` statement."""
        return Gradebook(self.directory.db_url, self.directory.course_id)

    def release(self, assignment):
        """Make the learners' version of an assignment, as `nbgrader generate_assignment` does.

        Parameters
        ----------
        assignment : str

        Returns
        -------
        Path
            The folder in `release/`.

        Raises
        ------
        RuntimeError
            With nbgrader's log, if it failed; what was released before is then still there.
        """
        folder = self.path("release", assignment)
        with tempfile.TemporaryDirectory() as kept:
            if folder.is_dir():
                shutil.copytree(folder, kept, dirs_exist_ok=True)
            try:
                self._convert(GenerateAssignment, assignment, ".")
            except RuntimeError:
                if any(Path(kept).iterdir()):  # nbgrader removes it when it fails
                    shutil.copytree(kept, folder, dirs_exist_ok=True)
                raise
        return folder

    def grade(self, assignment, student, notebook="*"):
        """Judge one submission, as `nbgrader autograde` does; no submission makes it raise.

        Parameters
        ----------
        assignment, student : str
        notebook : str
            One of the assignment's notebooks; all by default.

        Returns
        -------
        Outcome
        """
        notes = []
        if student != intake.as_text(student):
            return Outcome(student, assignment, problem=NO_NAME)
        try:
            notes = intake.prepare(self.path("submitted", assignment, student), self.directory, assignment)
            self._convert(Autograde, assignment, student, notebook)
            outcome = self.outcome(assignment, student)
        except (Exception, SystemExit) as error:  # one bad submission never stops the others
            text = f"{type(error).__name__}: {error}"
            outcome = Outcome(student, assignment)
            outcome.problem = intake.as_text(text)
        outcome.notes = notes + outcome.notes
        return outcome

    def outcome(self, assignment, student):
        """Return what stands in the gradebook and in `autograded/` for one submission, marks by hand included.

        Parameters
        ----------
        assignment, student : str

        Returns
        -------
        Outcome

        Raises
        ------
        MissingEntry
            If the gradebook knows of no such submission.
        """
        with self.gradebook() as gradebook:
            outcome = _outcome(gradebook.find_submission(assignment, student))
        outcome.problem = self._problem(assignment, student)
        return outcome

    def _problem(self, assignment, student):
        """Return why notebooks of a submission could not be read; None where all could."""
        problems = {path.stem: one["problem"] for path, one in self.verdicts(assignment, student) if one["problem"]}
        return "; ".join(f"{name}.ipynb: {problem}" for name, problem in problems.items()) or None

    def class_outcomes(self, assignment):
        """Return the Outcome of everybody who handed something in, sorted by name, as it stands now."""
        known = self.outcomes(assignment)
        found = []
        for student in sorted({*known, *self.submissions(assignment)}):
            graded = student in known and self.path("autograded", assignment, student).is_dir()
            outcome = known[student] if graded else Outcome(student, assignment)
            if graded:
                outcome.problem = self._problem(assignment, student)
            else:
                outcome.problem = "not graded yet" if student == intake.as_text(student) else NO_NAME
            found.append(outcome)
        return found

    def verdicts(self, assignment, student):
        """Yield (path, verdict record) of each judged notebook of a submission, from `autograded/`."""
        for path in sorted(self.path("autograded", assignment, student).glob("*.ipynb")):
            record = json.loads(path.read_text(encoding="utf-8"))["metadata"].get("verdict")
            if record:
                yield path, record

    def feedback(self, assignment, student):
        """Write the feedback pages of one submission; return their folder."""
        self._convert(GenerateFeedback, assignment, student)
        return self.path("feedback", assignment, student)

    def outcomes(self, assignment):
        """Return {student: Outcome} of an assignment as the gradebook has it; `problem` is not looked up.

        Raises
        ------
        KeyError
            If the gradebook does not know the assignment: it was never released.
        """
        with self.gradebook() as gradebook:
            try:
                submissions = gradebook.find_assignment(assignment).submissions
            except MissingEntry:
                raise KeyError(f"the gradebook knows no assignment {assignment!r}; run `course release`") from None
            return {one.student.id: _outcome(one) for one in submissions}

    def marks(self, assignment):
        """Return {student: (score, max_score)} of an assignment; see `outcomes`."""
        return {name: (one.score, one.max_score) for name, one in self.outcomes(assignment).items()}

    def _convert(self, converter_class, assignment, student, notebook="*"):
        """Run one of nbgrader's converters on one submission."""
        log = io.StringIO()
        logger = logging.getLogger(f"course.{converter_class.__name__}")
        logger.handlers, logger.propagate = [logging.StreamHandler(log)], False
        logger.setLevel(logging.INFO)
        directory = CourseDirectory(config=self.config)
        directory.assignment_id, directory.notebook_id = assignment, notebook
        directory.student_id = glob.escape(student)  # nbgrader takes it for a pattern
        converter = converter_class(coursedir=directory, config=self.config)
        converter.log, converter.force = logger, True
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SQLAlchemy's, about nbgrader's own queries: nothing a user could mend
            try:
                converter.start()
            except Exception as error:
                raise RuntimeError(f"{_cause(log.getvalue()) or error}\n{log.getvalue()}") from error


def _cause(log):
    """Return the last error that nbgrader's log tells of; it says itself only that there was one."""
    errors = re.findall(r"^[A-Za-z_.]*(?:Error|Exception|Entry): (.+)$", log, re.M)
    return errors[-1] if errors else None


def _outcome(submission):
    """Return the Outcome of a gradebook's submission."""
    penalty = submission.late_submission_penalty or 0.0
    grades = [(one.name, grade) for one in submission.notebooks for grade in one.grades]
    of_a_person = {
        (one.name, cell.name)
        for one in submission.notebooks
        for cell in (*one.notebook.solution_cells, *one.notebook.task_cells)
    }
    waiting = [grade for _, grade in grades if grade.needs_manual_grade and grade.manual_score is None]
    by_hand = {
        (name, grade.name): (None if grade in waiting else grade.score, grade.max_score)
        for name, grade in grades
        if (name, grade.name) in of_a_person
    }
    outcome = Outcome(
        submission.student.id, submission.assignment.name, max(submission.score - penalty, 0.0), submission.max_score,
        penalty=penalty, waiting=sum((grade.max_score for grade in waiting), 0.0), by_hand=by_hand,
    )  # fmt: skip
    if outcome.waiting:
        outcome.notes.append(f"{outcome.waiting:g} points wait for manual grading")
    for name, grade in grades:
        if grade.manual_score is not None and (name, grade.name) not in by_hand:
            outcome.notes.append(f"{grade.name}: {grade.manual_score:g} of {grade.max_score:g}, given by hand")
    again = sorted(grade.name for _, grade in grades if grade.needs_manual_grade and grade.manual_score is not None)
    if again:
        outcome.notes.append(f"graded anew after a mark by hand, which stays: look again at {', '.join(again)}")
    if penalty:
        outcome.notes.append(f"{penalty:g} points taken off: handed in late")
    return outcome
