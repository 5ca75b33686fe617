"""A course directory: release, grade, feedback and marks, each through nbgrader's own machinery."""

import io
import logging
import os
import sys
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader

from autograders import intake

CONFIG_FILE = "nbgrader_config.py"


def put_environment_on_path():
    """Let nbgrader find `alembic` and other programs of this Python's environment by name, activated or not."""
    folder = str(Path(sys.executable).parent)
    if folder not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = folder + os.pathsep + os.environ.get("PATH", "")


@dataclass
class Outcome:
    """What became of one submission: `problem` is None where it was judged."""

    student: str
    assignment: str
    score: float | None = None
    max_score: float | None = None
    problem: str | None = None
    notes: list = field(default_factory=list)


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
        return sorted(path.parent.name for path in source.glob("*/*.ipynb") if path.stem == path.parent.name)

    def submissions(self, assignment, student="*"):
        """Return the students who handed something in for an assignment, sorted."""
        folder = self.root / self.directory.submitted_directory
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
            With nbgrader's log, if it failed.
        """
        self._convert(GenerateAssignment, assignment, ".")
        return self.path("release", assignment)

    def grade(self, assignment, student):
        """Judge one submission, as `nbgrader autograde` does; no submission makes it raise.

        Parameters
        ----------
        assignment, student : str

        Returns
        -------
        Outcome
        """
        outcome = Outcome(student, assignment)
        try:
            outcome.notes = intake.prepare(self.path("submitted", assignment, student), self.directory, assignment)
            self._convert(Autograde, assignment, student)
            with self.gradebook() as gradebook:
                submission = gradebook.find_submission(assignment, student)
                outcome.score, outcome.max_score = submission.score, submission.max_score
            problems = {path.stem: one["problem"] for path, one in self.verdicts(assignment, student) if one["problem"]}
            outcome.problem = "; ".join(f"{name}.ipynb: {problem}" for name, problem in problems.items()) or None
        except (Exception, SystemExit) as error:  # one bad submission never stops the others
            text = f"{type(error).__name__}: {error}"
            outcome.problem = text.encode("utf-8", "backslashreplace").decode("utf-8")  # file names may be no text
        return outcome

    def verdicts(self, assignment, student):
        """Yield (path, verdict record) of each judged notebook of a submission, from `autograded/`."""
        for path in sorted(self.path("autograded", assignment, student).glob("*.ipynb")):
            record = nbformat.read(path, as_version=4).metadata.get("verdict")
            if record:
                yield path, record

    def feedback(self, assignment, student):
        """Write the feedback pages of one submission; return their folder."""
        self._convert(GenerateFeedback, assignment, student)
        return self.path("feedback", assignment, student)

    def marks(self, assignment):
        """Return {student: (score, max_score)} of an assignment, from the gradebook.

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
            return {one.student.id: (one.score, one.max_score) for one in submissions}

    def _convert(self, converter_class, assignment, student):
        """Run one of nbgrader's converters on one submission."""
        log = io.StringIO()
        logger = logging.getLogger(f"course.{converter_class.__name__}")
        logger.handlers, logger.propagate = [logging.StreamHandler(log)], False
        logger.setLevel(logging.INFO)
        directory = CourseDirectory(config=self.config)
        directory.assignment_id, directory.student_id = assignment, student
        converter = converter_class(coursedir=directory, config=self.config)
        converter.log, converter.force = logger, True
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SQLAlchemy's, about nbgrader's own queries: nothing a user could mend
            try:
                converter.start()
            except Exception as error:
                raise RuntimeError(f"{error}\n{log.getvalue()}") from error
