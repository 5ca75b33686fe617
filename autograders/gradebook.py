"""What grading takes from nbgrader's gradebook, and what it writes there. No other step of grading opens it."""

import copy
import logging
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Assignment, Comment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties, OverwriteCells, OverwriteKernelspec
from nbgrader.utils import compute_checksum, find_all_files
from sqlalchemy.orm import joinedload, selectinload, undefer

from autograders.collect import deadlines
from autograders.coursedir import expected_notebooks, source_notebook
from autograders.engine.handed_in import grade_id
from autograders.engine.sealed import SealedAssignment, SealedNotebook
from autograders.release.languages import languages
from helpers.language import N_

NO_RESPONSE = N_("No response.")  # nbgrader's comment on a cell that was left as it was released
QUIET = logging.getLogger(f"{__name__}.quiet")  # nbgrader's steps warn of what is no fault here
QUIET.propagate = False
QUIET.addHandler(logging.NullHandler())


def seal(coursedir, assignment, settings, own=()):
    """Make the sealed form of an assignment that was released.

    Parameters
    ----------
    coursedir : CourseDirectory
    assignment : str
    settings : Settings
    own : iterable of str
        Files of the assignment that learners may replace by their own ones.

    Returns
    -------
    SealedAssignment

    Raises
    ------
    MissingEntry
        If the gradebook does not know the assignment.
    """
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        released = {
            notebook.name: {cell.name: cell.source for cell in notebook.source_cells}
            for notebook in gradebook.find_assignment(assignment).notebooks
        }
    notebooks = []
    for name in expected_notebooks(coursedir, assignment):
        if name not in released:  # written after the release
            continue
        path = source_notebook(coursedir, assignment, name)
        text = path.read_text(encoding="utf-8")
        frame = nbformat.reads(text, as_version=4)
        frame.cells = [cell for cell in frame.cells if grade_id(cell) in released[name]]
        ids = {"notebook": name, "assignment": assignment, "db_url": coursedir.db_url}
        for step in (OverwriteKernelspec, OverwriteCells):  # what was edited after the release is as it was
            frame, _ = step(log=QUIET).preprocess(frame, {"nbgrader": ids})
        for cell in frame.cells:
            cell.source = released[name][grade_id(cell)]
        frames = {one: _in_language(frame, coursedir.root, one, assignment) for one in languages(coursedir.root)}
        notebooks.append(SealedNotebook(path, text, frame, settings, Path(coursedir.root), frames))
    folder = Path(coursedir.format_path(coursedir.source_directory, ".", assignment))
    paths = [Path(path) for path in find_all_files(str(folder), [*coursedir.ignore, "*.ipynb"])]
    files = {str(path.relative_to(folder)): path.read_bytes() for path in paths}
    return SealedAssignment(tuple(notebooks), {name: data for name, data in files.items() if name not in own})


def _in_language(frame, root, language, assignment):
    """Return a frame as learners had it in another language: the gradebook has the English text only."""
    from autograders.release import segments, translations  # most courses need none

    translate = translations.translator(root, language, assignment)
    frame = copy.deepcopy(frame)
    for cell in frame.cells:
        cell.source = segments.of_cell(cell, translate)
        cell.metadata.nbgrader.checksum = compute_checksum(cell)
    frame.metadata["course"] = {**frame.metadata.get("course", {}), "language": language}
    return frame


def record(gradebook, coursedir, config, assignment, student, judged):
    """Write the marks of judged notebooks, and late penalties. A mark that a person gave stays.

    Parameters
    ----------
    gradebook : Gradebook
        Open; it knows the submission.
    coursedir : CourseDirectory
    config : Config
        Of the course, which may have a rule for late penalties.
    assignment, student : str
    judged : dict of str to Judged
        By the notebook's name.

    Returns
    -------
    SubmittedAssignment
        As `submissions` returns it.
    """
    (submission,) = submissions(gradebook, assignment, student)
    deadlines.extend(coursedir.root, submission)
    submitted = {one.name: one for one in submission.notebooks if one.name in judged}
    for name, notebook in submitted.items():
        for grade in notebook.grades:
            if grade.name in judged[name].marks:
                grade.auto_score = judged[name].marks[grade.name]
                grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
        for comment in notebook.comments:
            comment.auto_comment = NO_RESPONSE if comment.name in judged[name].unanswered else None
        notebook.late_submission_penalty = None
    gradebook.db.commit()
    if submission.total_seconds_late > 0:
        for name in submitted:
            ids = {"notebook": name, "assignment": assignment, "student": student, "db_url": coursedir.db_url}
            step = AssignLatePenalties(config=config, log=QUIET)
            step.preprocess(NotebookNode(cells=[]), {"nbgrader": ids})
    return submissions(gradebook, assignment, student)[0]


def submissions(gradebook, assignment, student=None):
    """Return submissions of an assignment with their marks, which takes a few queries instead of one for each cell.

    Parameters
    ----------
    gradebook : Gradebook
        Open.
    assignment : str
    student : str, optional
        Everybody's when not given.

    Returns
    -------
    list of SubmittedAssignment
    """
    query = gradebook.db.query(SubmittedAssignment).join(Assignment).filter(Assignment.name == assignment)
    if student is not None:
        query = query.filter(SubmittedAssignment.student_id == student)
    of_submission = (
        undefer(SubmittedAssignment.score),
        undefer(SubmittedAssignment.max_score),
        undefer(SubmittedAssignment.late_submission_penalty),
        joinedload(SubmittedAssignment.student),
        joinedload(SubmittedAssignment.assignment),
    )
    of_notebooks = selectinload(SubmittedAssignment.notebooks).options(
        joinedload(SubmittedNotebook.notebook),
        selectinload(SubmittedNotebook.grades).options(undefer(Grade.max_score), joinedload(Grade.cell)),
        selectinload(SubmittedNotebook.comments).joinedload(Comment.cell),
    )
    return query.options(*of_submission, of_notebooks).all()
