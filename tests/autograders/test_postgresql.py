"""Marks in PostgreSQL: `course grade` writes them there, nbgrader's formgrader reads them, and gives some by hand."""

import pytest
import requests
from browsing import jupyter
from postgres import postgres  # noqa: F401 (a fixture)
from small_course import ANSWER, FULL, NAME, POINTS, WRONG, Class, course_command, marks_of

from autograders.course import Course

pytestmark = [pytest.mark.slow, pytest.mark.long]


class Formgrader:
    """The instructor's screen, as its scripts ask for data."""

    def __init__(self, address):
        self.address, self.session = f"{address}/formgrader", requests.Session()
        self.session.get(self.address).raise_for_status()
        self.session.headers["X-XSRFToken"] = self.session.cookies["_xsrf"]

    def ask(self, path, method="GET", **options):
        """Return the answer's data."""
        answer = self.session.request(method, f"{self.address}/api/{path}", **options)
        answer.raise_for_status()
        return answer.json()


def test_formgrader_reads_what_the_command_wrote(tmp_path, postgres):  # noqa: F811
    klass = Class(tmp_path / "course", [ANSWER])
    klass.hand_in("ada", klass.notebook(answer="Gates help."))
    klass.hand_in("ben", klass.notebook(scale=WRONG))
    root, url = klass.course.root, f"{postgres}gradebook"
    for command in ("release", "grade"):
        done = course_command(command, NAME, f"--db={url}", cwd=root)
        assert done.returncode == 0, done.stdout
    assert marks_of(klass.course) == {}  # the other gradebook, in a file, knows of nothing

    with (root / "nbgrader_config.py").open("a", encoding="utf-8") as settings:
        settings.write(f"c.CourseDirectory.db_url = {url!r}\n")
    with jupyter("server", root, tmp_path / "server.log", tmp_path / "settings") as address:
        formgrader = Formgrader(address)
        seen = {one["student"]: one for one in formgrader.ask(f"submissions/{NAME}")}
        assert {student: one["score"] for student, one in seen.items()} == {"ada": FULL, "ben": FULL - POINTS}
        assert {student: one["needs_manual_grade"] for student, one in seen.items()} == {"ada": True, "ben": False}
        notebooks = {one["student"]: one for one in formgrader.ask(f"submitted_notebooks/{NAME}/{NAME}")}
        assert set(notebooks) == {"ada", "ben"}
        grades = formgrader.ask("grades", params={"submission_id": notebooks["ada"]["id"]})
        (answer,) = [one for one in grades if one["needs_manual_grade"]]
        formgrader.ask(f"grade/{answer['id']}", "PUT", json={"manual_score": 3})

    assert marks_of(Course(root))["ada"][0] == FULL + 3  # the configuration names it now
    done = course_command("grade", NAME, cwd=root)
    assert done.returncode == 0 and "2 were judged before and have not changed" in done.stdout, done.stdout
