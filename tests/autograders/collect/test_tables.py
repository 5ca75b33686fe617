"""Two commands that change a table at once: no line is lost."""

import contextlib
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import downloads
import pytest
from class_lists import ADA, BEN, CLASS, ZOE
from hostile.assignment import NAME, source_notebook
from nbformat import write as write_notebook
from small_course import empty_gradebook

from autograders import locks
from autograders.collect import collecting, deadlines, roster, tables
from autograders.course import CONFIG_FILE, Course

pytestmark = pytest.mark.slow

PATIENCE = 0.5  # seconds in which one command waits for the other, after each reading of a table
DUE = deadlines.parse("2030-01-31")


@pytest.fixture
def course(tmp_path):
    """A course with a roster, and one assignment that the gradebook knows."""
    root = tmp_path / "course"
    (root / "notebooks" / NAME).mkdir(parents=True)
    write_notebook(source_notebook(), root / "notebooks" / NAME / f"{NAME}.ipynb")
    (root / CONFIG_FILE).write_text("c = get_config()\nc.CourseDirectory.source_directory = 'notebooks'\n")
    shutil.copy(empty_gradebook(), root)
    tables.write(root / roster.FILE, roster.COLUMNS, map(asdict, CLASS))
    found = Course(root)
    with found.gradebook() as gradebook:
        gradebook.add_assignment(NAME, duedate=DUE)
    return found


def collect(course, student):
    path = course.root.parent / f"{student.student}.zip"
    path.write_bytes(downloads.zipped(downloads.moodle({student: b"{}"})))
    collecting.collect(course, path)


def extend(course, student):
    deadlines.set_due(course, NAME, deadlines.parse("+1", DUE), student.student)


@pytest.mark.parametrize(("change", "module"), [(collect, collecting), (extend, deadlines)])
def test_of_two_at_once_no_line_is_lost(course, monkeypatch, change, module):
    both, read = threading.Barrier(2), tables.read

    def read_and_wait(path, columns):
        """Read; then let the other command read, too, if nothing keeps it from that."""
        rows = read(path, columns)
        if path.name == module.FILE:
            with contextlib.suppress(threading.BrokenBarrierError):
                both.wait(PATIENCE)
        return rows

    monkeypatch.setattr(tables, "read", read_and_wait)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda student: change(course, student), (ADA, BEN)))
    rows = read(course.root / module.FILE, module.COLUMNS)
    assert sorted(row["student"] for row in rows) == [ADA.student, BEN.student]


def test_the_roster_waits_for_its_turn(course, tmp_path):
    (tmp_path / "list.csv").write_text("Full name,Username\nZoe X,zoe\n", encoding="utf-8")
    with ThreadPoolExecutor(1) as pool:
        with locks.writing(course.root, "tables"):
            waiting = pool.submit(roster.take_in, course, tmp_path / "list.csv")
            with pytest.raises(TimeoutError):
                waiting.result(PATIENCE)
        assert [one.student for one in waiting.result().students] == [ZOE.student]
