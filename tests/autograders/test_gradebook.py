"""The gradebook: what a class's size must not make slower."""

import sqlite3
from contextlib import closing

import pytest
from small_course import NAME, Class
from sqlalchemy import event, text

from autograders.course import Course
from autograders.gradebook import INDEXES, submissions

pytestmark = pytest.mark.slow

OF_ALL = ("submitted_notebook", "grade", "comment")  # tables with rows of each submission


def plans(gradebook, student):
    """How SQLite finds the rows when one submission's marks are read: a line for each table of each query."""
    asked = []
    event.listen(gradebook.engine, "before_cursor_execute", lambda *sent: asked.append(sent[2:4]))
    assert submissions(gradebook, NAME, student)
    with closing(sqlite3.connect(gradebook.engine.url.database)) as book:
        return [row[-1] for query, values in asked for row in book.execute(f"EXPLAIN QUERY PLAN {query}", values)]


def test_one_submission_is_found_without_reading_all(tmp_path):
    klass = Class(tmp_path / "course")
    with klass.course.gradebook() as gradebook:
        gradebook.update_or_create_student("ada")
        gradebook.update_or_create_submission(NAME, "ada")
        for index in INDEXES:  # a gradebook that nbgrader alone has made
            gradebook.db.execute(text(f"DROP INDEX {index.name}"))
        gradebook.db.commit()
    with Course(klass.course.root).gradebook() as gradebook:
        found = plans(gradebook, "ada")
    ways = {tuple(line.split()[:2]) for line in found}  # ("SEARCH", "grade"), say
    assert {("SEARCH", table) for table in OF_ALL} <= ways
    assert not {("SCAN", table) for table in OF_ALL} & ways
