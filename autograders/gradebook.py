"""What grading takes from nbgrader's gradebook, and what it writes there. No other step of grading opens it."""

import copy
import logging
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Assignment, Base, Comment, Course, Grade, SubmittedAssignment, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties, OverwriteCells, OverwriteKernelspec
from nbgrader.utils import compute_checksum, find_all_files
from sqlalchemy import Index, create_engine, inspect, select
from sqlalchemy.orm import joinedload, selectinload, undefer

from autograders.collect import deadlines
from autograders.coursedir import expected_notebooks, source_notebook
from autograders.engine.declared import declaration
from autograders.engine.handed_in import grade_id
from autograders.engine.sealed import SealedAssignment, SealedNotebook
from autograders.release.languages import languages, translator
from helpers.language import N_

NO_RESPONSE = N_("No response.")  # nbgrader's comment on a cell that was left as it was released
NO_COURSE = {"", "default_course"}  # ids that nbgrader writes where no course is configured
# nbgrader's tables have none: without them a submission's marks take longer to write, the more submissions there are.
INDEXES = (
    Index("course_notebooks_of_submission", SubmittedNotebook.assignment_id),
    Index("course_grades_of_notebook", Grade.notebook_id),
    Index("course_comments_of_notebook", Comment.notebook_id),
)
QUIET = logging.getLogger(f"{__name__}.quiet")  # nbgrader's steps warn of what is no fault here
QUIET.propagate = False
QUIET.addHandler(logging.NullHandler())


def seal(gradebook, coursedir, assignment, settings, own=()):
    """Make the sealed form of an assignment that was released.

    Parameters
    ----------
    gradebook : Gradebook
        Open.
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
    KeyError
        If the gradebook does not know the assignment.
    """
    released = {
        notebook.name: {cell.name: cell.source for cell in notebook.source_cells}
        for notebook in deadlines.released(gradebook, assignment).notebooks
    }
    notebooks = []
    for name in expected_notebooks(coursedir, assignment):
        if name not in released:  # written after the release
            continue
        path = source_notebook(coursedir, assignment, name)
        text = path.read_text(encoding="utf-8")
        frame = nbformat.convert(nbformat.reader.reads(text), 4)  # unchecked: it was released
        frame.cells = [cell for cell in frame.cells if grade_id(cell) in released[name]]
        ids = {"notebook": name, "assignment": assignment, "db_url": coursedir.db_url}
        for step in (OverwriteKernelspec, OverwriteCells):  # what was edited after the release is as it was
            frame, _ = step(log=QUIET).preprocess(frame, {"nbgrader": ids})
        for cell in frame.cells:
            cell.source = released[name][grade_id(cell)]
        frames = {one: _in_language(frame, coursedir.root, one, assignment) for one in languages(coursedir.root)}
        root = Path(coursedir.root)
        declared = declaration(frame, root)
        notebooks.append(SealedNotebook(path, text, frame, settings, root, frames, declared))
    folder = Path(coursedir.format_path(coursedir.source_directory, ".", assignment))
    paths = [Path(path) for path in find_all_files(str(folder), [*coursedir.ignore, "*.ipynb"])]
    files = {str(path.relative_to(folder)): path.read_bytes() for path in paths}
    return SealedAssignment(tuple(notebooks), {name: data for name, data in files.items() if name not in own})


def _in_language(frame, root, language, assignment):
    """Return a frame as learners had it in another language: the gradebook has the English text only."""
    from autograders.release import segments  # most courses need none

    translate = translator(root, language, assignment)
    frame = copy.deepcopy(frame)
    for cell in frame.cells:
        cell.source = segments.of_cell(cell, translate)
        cell.metadata.nbgrader.checksum = compute_checksum(cell)
    frame.metadata["course"] = {**frame.metadata.get("course", {}), "language": language}
    return frame


def expect_ours(db_url, course_id):
    """Look at a gradebook before nbgrader opens it, which would write into any.

    Raises
    ------
    ValueError
        If it has an older schema, or is that of another course.
    """
    engine = create_engine(db_url)
    try:
        found = inspect(engine)
        tables = found.get_table_names()
        if not tables:  # a new one
            return
        columns = {name: {column["name"] for column in found.get_columns(name)} for name in tables}
        wanted = {name: set(table.columns.keys()) for name, table in Base.metadata.tables.items()}
        if not all(names <= columns.get(name, set()) for name, names in wanted.items()):
            text = "was made by another version of nbgrader: make a copy of it, then run `nbgrader db upgrade`"
            raise ValueError(f"the gradebook {engine.url} {text}")
        with engine.connect() as connection:
            courses = set(connection.execute(select(Course.id)).scalars()) - NO_COURSE
        if courses and course_id not in courses:
            text = f"is that of {', '.join(sorted(courses))}, expected that of {course_id}: name ours with --db"
            raise ValueError(f"the gradebook {engine.url} {text}")
    finally:
        engine.dispose()


def hasten(gradebook):
    """Give a gradebook what it needs to find one submission's rows as quickly among 10,000 as among ten."""
    for index in INDEXES:
        index.create(gradebook.engine, checkfirst=True)


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
    submitted = {one.name: one for one in submission.notebooks if one.name in judged}
    for name, notebook in submitted.items():
        for grade in notebook.grades:
            if grade.name in judged[name].marks:
                grade.auto_score = judged[name].marks[grade.name]
                grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
        for comment in notebook.comments:
            comment.auto_comment = NO_RESPONSE if comment.name in judged[name].unanswered else None
    return penalise(gradebook, coursedir, config, submission, submitted)


def penalise(gradebook, coursedir, config, submission, names=None):
    """Work out the late penalties of a SubmittedAssignment anew: of the notebooks that are named, or of all.

    Returns
    -------
    SubmittedAssignment
        As `submissions` returns it.
    """
    assignment, student = submission.assignment.name, submission.student.id
    deadlines.extend(coursedir.root, submission)
    late = [one for one in submission.notebooks if names is None or one.name in names]
    for notebook in late:
        notebook.late_submission_penalty = None
    gradebook.db.commit()
    if submission.total_seconds_late > 0:
        for name in [one.name for one in late]:
            ids = {"notebook": name, "assignment": assignment, "student": student, "db_url": coursedir.db_url}
            step = AssignLatePenalties(config=config, log=QUIET)
            step.preprocess(NotebookNode(cells=[]), {"nbgrader": ids})
    return submissions(gradebook, assignment, student)[0]


def known(gradebook, assignment):
    """Return the students of whom the gradebook has a submission of an assignment."""
    query = gradebook.db.query(SubmittedAssignment.student_id).join(Assignment).filter(Assignment.name == assignment)
    return {student for (student,) in query}


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
