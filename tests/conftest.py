"""Fixtures that several test files share."""

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def root():
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    """A course directory with `step_by_step_rnn` released; tests copy it before they change it."""
    from autograders.demo import make_course

    course = make_course(tmp_path_factory.mktemp("course") / "course", ROOT)
    course.release("step_by_step_rnn")
    return course


@pytest.fixture
def course(released, tmp_path):
    """A released course directory of the test's own."""
    from autograders.course import Course

    shutil.copytree(released.root, tmp_path / "course")
    return Course(tmp_path / "course")
