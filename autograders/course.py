"""A course directory: release, grading, feedback and marks, all done by nbgrader itself."""

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
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import rmtree
from traitlets.config import Config, PyFileConfigLoader

from autograders import CONFIG_FILE, locks, stamps
from autograders.collect import deadlines
from autograders.collect.intake import take_in
from autograders.collect.strict_files import as_text
from autograders.coursedir import expected_notebooks
from autograders.gradebook import expect_ours, hasten, penalise, record, seal, submissions
from autograders.release.languages import expect_language
from autograders.sandbox.limits import Limits
from autograders.shells import RunAndJudge, tidied
from helpers.language import N_, Told
from helpers.notebook import read

NO_NAME = N_("the name of the learner's folder is not text in UTF-8: rename the folder, and grade again")


def put_environment_on_path():
    """Let nbgrader find `alembic` and other programs of this Python's environment by name, activated or not."""
    folder = str(Path(sys.executable).parent)
    if folder not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = folder + os.pathsep + os.environ.get("PATH", "")


@dataclass
class Result:
    """What became of one submission.

    Attributes
    ----------
    student, assignment : str
    score, max_score : float or None
        The mark, less a late penalty; None if the gradebook has none.
    penalty : float
        Points taken off for lateness.
    waiting : float
        How many points of `max_score` wait for manual grading.
    by_hand : dict
        {(notebook, cell): (score, points)} of cells that a person marks; the score is None while it waits.
    exercises : dict
        The same of every cell with points, before a late penalty.
    handed_in : datetime or None
        When it was handed in, in UTC, if that is known.
    late : timedelta or None
        How long after the learner's own due date, extension included; None if it was in time, or that is not known.
    problem : str or None
        Why it could not be judged, if so.
    notes : list of str
        What a reader of the mark should know.
    kind : str or None
        Of the problem, in a word or two.
    unchanged : bool
        Whether it was judged before, of the same bytes by the same engine: then there are no marks here.
    """

    student: str
    assignment: str
    score: float | None = None
    max_score: float | None = None
    penalty: float = 0.0
    waiting: float = 0.0
    by_hand: dict = field(default_factory=dict)
    exercises: dict = field(default_factory=dict)
    handed_in: datetime | None = None
    late: timedelta | None = None
    problem: str | None = None
    notes: list = field(default_factory=list)
    kind: str | None = None
    unchanged: bool = False

    @property
    def percent(self):
        """The mark in percent of the points that do not wait; None if all do."""
        decided = (self.max_score or 0.0) - self.waiting
        return 100 * self.score / decided if decided > 0 else None


class Ungraded(ValueError):
    """A submission cannot be graded; the message says why, and what to do."""


class LostWorker(Ungraded):
    """The process that judged a submission ended."""


class CannotWrite(RuntimeError):
    """Marks can be written nowhere at the moment. What was written before is kept."""


class Course:
    """One nbgrader course directory.

    Parameters
    ----------
    root : str or Path
        The folder that holds `nbgrader_config.py` and the source folder.
    db_url : str, optional
        Where the gradebook is; by default, where the configuration says.
    language : str, optional
        Of the learners' versions, such as zh_CN. They lie in a folder of their own, `release_zh_CN/`; in English when
        not given. Everything else is the same for all languages.

    Raises
    ------
    FileNotFoundError
        If the folder holds no `nbgrader_config.py`.
    ValueError
        If there are no catalogues of the language.
    """

    def __init__(self, root=".", db_url=None, language=None):
        put_environment_on_path()
        self.root = Path(root).resolve()
        if not (self.root / CONFIG_FILE).is_file():
            raise FileNotFoundError(f"expected a course directory, with {CONFIG_FILE} in it, got {self.root}")
        self.config = PyFileConfigLoader(CONFIG_FILE, path=str(self.root)).load_config()
        extra = Config()
        extra.CourseDirectory.root = str(self.root)
        if db_url:
            extra.CourseDirectory.db_url = db_url
        if language:
            expect_language(self.root, language)
            extra.Translate.language = language
            extra.CourseDirectory.release_directory = f"release_{language}"
        self.config.merge(extra)
        self.directory = CourseDirectory(config=self.config)
        self.looked_at = False  # the gradebook

    def path(self, step, assignment, student="."):
        """Return a folder of the course, e.g. path("submitted", "step_by_step_rnn", "alice")."""
        return Path(self.directory.format_path(getattr(self.directory, f"{step}_directory"), student, assignment))

    def assignments(self):
        """Return the names of the assignments in the source folder, sorted."""
        source = Path(self.directory.format_path(self.directory.source_directory, ".", "."))
        return sorted({path.parent.name for path in source.glob("[!.]*/*.ipynb")})

    def submissions(self, assignment, student="*"):
        """Return the students who handed in something for an assignment, sorted; `student` is a name or a pattern."""
        if not student or Path(student).name != student:
            raise ValueError(f"expected a learner's name or a pattern of names, got {student!r}")
        folder = self.root / self.directory.submitted_directory
        if student != "*" and (folder / student / assignment).is_dir():  # a name may look like a pattern: y[2]
            return [student]
        return sorted(path.parent.name for path in folder.glob(f"{student}/{assignment}") if path.is_dir())

    def gradebook(self):
        """Open the gradebook; use it in a `with` statement."""
        address = self.directory.db_url, self.directory.course_id
        if self.looked_at:
            return Gradebook(*address)
        expect_ours(*address)
        gradebook = Gradebook(*address)
        hasten(gradebook)
        self.looked_at = True
        return gradebook

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
            If it failed; with nbgrader's log. What was released before is then still there.
        """
        folder = self.path("release", assignment)
        with tempfile.TemporaryDirectory() as kept:
            if folder.is_dir():
                shutil.copytree(folder, kept, dirs_exist_ok=True)
            try:
                self._convert(GenerateAssignment, assignment, ".")
            except RuntimeError:
                if any(Path(kept).iterdir()):  # when nbgrader fails, it deletes the folder
                    shutil.copytree(kept, folder, dirs_exist_ok=True)
                raise
        return folder

    def grade(self, assignment, student, notebook="*"):
        """Judge one submission in this process. Whatever was handed in, it raises no error.

        Parameters
        ----------
        assignment, student : str
        notebook : str
            One of the assignment's notebooks; all by default.

        Returns
        -------
        Result
        """
        from autograders.engine.judge import judge_submission  # here: a run with nothing new does without it

        settings = self.settings()
        try:
            sealed = self.seal(assignment)
            submission = self.take_in(assignment, student, sealed)
            wanted = sealed if notebook == "*" else sealed.only(notebook)
            judged = judge_submission(submission, wanted, settings.seed_of_run(), Limits(**settings.limits))
            with self.gradebook() as gradebook:
                return self.write(gradebook, assignment, student, sealed, submission, judged)
        except Exception as error:  # one bad submission never stops the others
            return self.refuse(assignment, student, error)

    def settings(self):
        """Return the settings of grading, as the configuration has them now."""
        return RunAndJudge(config=self.config)

    @cached_property
    def _autograde(self):
        """nbgrader's converter: for its settings, and to set permissions as it does."""
        return Autograde(coursedir=self.directory, config=self.config)

    def seal(self, assignment):
        """Return the SealedAssignment that submissions of an assignment are judged with.

        Raises
        ------
        KeyError
            If the gradebook does not know the assignment: it was never released.
        """
        own = self._autograde.exclude_overwriting.get(assignment, ())
        with self.gradebook() as gradebook:
            return seal(gradebook, self.directory, assignment, self.settings().settings(), own)

    def take_in(self, assignment, student, sealed):
        """Read what a learner handed in; return the Submission.

        Raises
        ------
        Ungraded
            If the learner's name can be written nowhere.
        """
        if student != as_text(student):
            raise Ungraded(NO_NAME)
        return take_in(self.path("submitted", assignment, student), sealed.frames, self.directory.ignore)

    def write(self, gradebook, assignment, student, sealed, submission, judged, stamp=None):
        """Put a judged submission into `autograded/` and into the gradebook. Nothing else of grading writes there.

        The files are complete before the gradebook is touched, and the stamp is last in its place: a run that ends
        anywhere between leaves a submission that the next run judges.

        Parameters
        ----------
        gradebook : Gradebook
            Open.
        assignment, student : str
        sealed : SealedAssignment
        submission : Submission
        judged : dict of str to Judged
            As `judge_submission` returns it.
        stamp : Stamp, optional
            Without one, the next run judges again.

        Returns
        -------
        Result
            If another run has judged the submission meanwhile and read it later, that one stands.
        """
        folder = self.path("autograded", assignment, student)
        with locks.writing(self.root), tempfile.TemporaryDirectory(dir=self.root / locks.FOLDER) as place:
            made = Path(place, "judged")
            before = stamps.read(folder)
            if stamp and before and before.read > stamp.read:
                return Result(student, assignment, problem=before.problem, unchanged=True)
            if folder.exists() and judged.keys() != submission.notebooks.keys():
                shutil.copytree(folder, made)
            self._write_files(made, sealed, submission, judged)
            result = self._write_marks(gradebook, assignment, student, submission, judged)
            if stamp:
                (made / stamps.FILE).write_bytes(replace(stamp, problem=result.problem).plain())
            if folder.exists():
                (folder / stamps.FILE).unlink(missing_ok=True)  # first: no stamp is to vouch for what is half gone
                rmtree(str(folder))
            folder.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(made, folder)
            self._autograde.set_permissions(assignment, student)
        return result

    def _write_files(self, folder, sealed, submission, judged):
        files = submission.files | sealed.files
        for name, one in judged.items():
            files[f"{name}.ipynb"] = encoded(tidied(one.notebook, self.config))
        for name, content in files.items():
            put(folder / name, content)

    def _write_marks(self, gradebook, assignment, student, submission, judged):
        (gradebook.update_or_create_student if self._autograde.create_student else gradebook.find_student)(student)
        self._hand_in(gradebook, assignment, student)
        result = _result(record(gradebook, self.directory, self.config, assignment, student, judged))
        problems = {name: one.verdict.problem for name, one in judged.items() if one.verdict.problem}
        result.problem, result.kind = _told(problems), "unreadable file" if problems else None
        result.notes[:0] = submission.notes
        return result

    def handed_in(self, assignment, student):
        """Return when a submission was handed in, in UTC without saying so; None if that is not known."""
        return self.directory.get_existing_timestamp(str(self.path("submitted", assignment, student)))

    def _hand_in(self, gradebook, assignment, student):
        """Tell the gradebook of a submission."""
        handed_in = self.handed_in(assignment, student)
        when = {"timestamp": handed_in} if handed_in else {}
        with gradebook.db.no_autoflush:  # nbgrader makes row after row; SQLAlchemy would warn of half a submission
            gradebook.update_or_create_submission(assignment, student, **when)

    def date(self, gradebook, assignment, student, stamp):
        """Work out anew how late a judged submission is; its new stamp says so."""
        with locks.writing(self.root):
            self._hand_in(gradebook, assignment, student)
            penalise(gradebook, self.directory, self.config, submissions(gradebook, assignment, student)[0])
            path = self.path("autograded", assignment, student) / stamps.FILE
            path.unlink()  # read-only
            path.write_bytes(stamp.plain())
            return self.result(assignment, student)

    def refuse(self, assignment, student, error):
        """Leave a submission ungraded, because of an exception; return the Result that says why."""
        if student == as_text(student):
            shutil.rmtree(self.path("autograded", assignment, student), ignore_errors=True)
        kind = re.sub("(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower()
        return Result(student, assignment, problem=reason(error), kind=kind)

    def result(self, assignment, student):
        """Return what the gradebook and `autograded/` say of one submission, marks by hand included.

        Parameters
        ----------
        assignment, student : str

        Returns
        -------
        Result

        Raises
        ------
        MissingEntry
            If the gradebook knows of no such submission.
        """
        with self.gradebook() as gradebook:
            gradebook.find_submission(assignment, student)
            result = _result(*submissions(gradebook, assignment, student))
        result.problem = self._problem(assignment, student)
        return result

    def _problem(self, assignment, student):
        """Return why notebooks of a submission could not be read; None if all could."""
        if stamp := stamps.read(self.path("autograded", assignment, student)):
            return stamp.problem  # a judged notebook is large
        return _told({path.stem: one["problem"] for path, one in self.verdicts(assignment, student) if one["problem"]})

    def class_results(self, assignment):
        """Return the present Result of everybody who handed in something, sorted by name."""
        known = self.results(assignment)
        late = deadlines.told_late(self.root, assignment)
        found = []
        for student in sorted({*known, *self.submissions(assignment)}):
            graded = student in known and self.path("autograded", assignment, student).is_dir()
            result = known[student] if graded else Result(student, assignment)
            if graded:
                result.problem = self._problem(assignment, student)
            else:
                result.problem = N_("not graded yet") if student == as_text(student) else NO_NAME
            if student in late and not result.handed_in:
                result.notes.append(late[student])
            found.append(result)
        return found

    def judged(self, assignment, student):
        """Yield (path, notebook as JSON data) of each judged notebook of a submission, from `autograded/`."""
        for path in sorted(self.path("autograded", assignment, student).glob("*.ipynb")):
            notebook = read(path)
            if notebook["metadata"].get("verdict"):
                yield path, notebook

    def verdicts(self, assignment, student):
        """Yield (path, verdict record) of each judged notebook of a submission, from `autograded/`."""
        return ((path, notebook["metadata"]["verdict"]) for path, notebook in self.judged(assignment, student))

    def feedback(self, assignment, student):
        """Write the feedback pages of one submission; return their folder."""
        self._convert(GenerateFeedback, assignment, student)
        return self.path("feedback", assignment, student)

    def results(self, assignment):
        """Return {student: Result} of an assignment from the gradebook, of what was judged; it leaves `problem` out.

        Raises
        ------
        KeyError
            If the gradebook does not know the assignment: it was never released.
        """
        with self.gradebook() as gradebook:
            deadlines.released(gradebook, assignment)
            return {one.student.id: _result(one) for one in submissions(gradebook, assignment) if _is_judged(one)}

    def _convert(self, converter_class, assignment, student, notebook="*"):
        """Run one of nbgrader's converters on one submission."""
        log = io.StringIO()
        logger = logging.getLogger(f"course.{converter_class.__name__}")
        logger.handlers, logger.propagate = [logging.StreamHandler(log)], False
        logger.setLevel(logging.INFO)
        directory = CourseDirectory(config=self.config)
        directory.assignment_id, directory.notebook_id = assignment, notebook
        directory.student_id = glob.escape(student)  # nbgrader reads it as a pattern
        converter = converter_class(coursedir=directory, config=self.config)
        converter.log, converter.force = logger, True
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SQLAlchemy warns of nbgrader's own queries: no user can change them
            try:
                converter.start()
            except Exception as error:
                raise RuntimeError(f"{_cause(log.getvalue()) or error}\n{log.getvalue()}") from error


def reason(error):
    """Return why a submission could not be judged, as text that any file can hold."""
    return as_text(str(error) if isinstance(error, Ungraded) else f"{type(error).__name__}: {error}")


def encoded(notebook):
    """Return a notebook as a file's content; with an indent, Python's fast encoder is not used: ten times as long."""
    return json.dumps(notebook, ensure_ascii=False).encode("utf-8")


def put(path, content):
    """Write a file in place of an earlier grading's, which is read-only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def _told(problems):
    """Return {notebook: problem} as one text; None if there is no problem."""
    return "; ".join(f"{name}.ipynb: {problem}" for name, problem in problems.items()) or None


def _cause(log):
    """Return the last error in nbgrader's log: what nbgrader raises says only that there was one."""
    errors = re.findall(r"^[A-Za-z_.]*(?:Error|Exception|Entry): (.+)$", log, re.M)
    return errors[-1] if errors else None


def _cells_of_a_person(submission):
    """Return (notebook, cell) of the cells that a person marks."""
    return {(one.name, comment.name) for one in submission.notebooks for comment in one.comments}


def _is_judged(submission):
    """Whether the grader has given marks, if any are its to give. If the machine failed, nbgrader would count 0."""
    of_a_person = _cells_of_a_person(submission)
    all_grades = ((one.name, grade) for one in submission.notebooks for grade in one.grades)
    grades = [grade for name, grade in all_grades if (name, grade.name) not in of_a_person]
    return not grades or any(one.auto_score is not None or one.manual_score is not None for one in grades)


def _result(submission):
    """Return the Result of a gradebook's submission."""
    penalty = submission.late_submission_penalty or 0.0
    grades = [(one.name, grade) for one in submission.notebooks for grade in one.grades]
    of_a_person = _cells_of_a_person(submission)
    waiting = [grade for _, grade in grades if grade.needs_manual_grade and grade.manual_score is None]
    exercises = {
        (name, grade.name): (None if grade in waiting else grade.score, grade.max_score) for name, grade in grades
    }
    by_hand = {cell: mark for cell, mark in exercises.items() if cell in of_a_person}
    handed_in, late = deadlines.lateness(submission)
    result = Result(
        submission.student.id, submission.assignment.name, max(submission.score - penalty, 0.0), submission.max_score,
        penalty=penalty, waiting=sum((grade.max_score for grade in waiting), 0.0), by_hand=by_hand, exercises=exercises,
        handed_in=handed_in, late=late,
    )  # fmt: skip
    if result.waiting:
        result.notes.append(Told(N_("{points:g} points wait for manual grading"), points=result.waiting))
    for name, grade in grades:
        if grade.manual_score is not None and (name, grade.name) not in by_hand:
            text = N_("{name}: {score:g} of {points:g}, given by hand")
            note = Told(text, name=grade.name, score=grade.manual_score, points=grade.max_score)
            result.notes.append(note)
    again = sorted(grade.name for _, grade in grades if grade.needs_manual_grade and grade.manual_score is not None)
    if again:
        text = N_("graded anew after a mark by hand, which stays: look again at {names}")
        result.notes.append(Told(text, names=", ".join(again)))
    return result


def name_notebooks(assignment, student, notebooks):
    """Have `nbgrader autograde` ask for each notebook of an assignment, also for those that are not there by name.

    Parameters
    ----------
    assignment, student : str
        As nbgrader passes them to `c.Autograde.pre_convert_hook`; may be patterns.
    notebooks : list of str
        The submission's files; absent ones are appended.
    """
    folder = Path(notebooks[0]).parent
    expected = [str(folder / f"{name}.ipynb") for name in expected_notebooks(Course(".").directory, folder.name)]
    notebooks.extend(path for path in expected if path not in notebooks)
