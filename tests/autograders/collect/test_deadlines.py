"""Due dates and extensions: one command each, honoured by late penalties, told on report and export."""

import time
from datetime import datetime, timedelta

import pytest
from class_lists import CLASS
from small_course import FULL, NAME, Class, course_command, nbgrader_autograde

from autograders.collect import collecting as collect
from autograders.collect import deadlines, roster, tables
from autograders.results import class_report
from autograders.results.export import marks_table

pytestmark = pytest.mark.slow

LATE_RULE = """
from nbgrader.plugins import BasePlugin
class PerHour(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return total_seconds_late // 3600
c.AssignLatePenalties.plugin_class = PerHour
"""


@pytest.fixture(scope="module")
def klass(tmp_path_factory):
    """Due at noon; ada hands in in time, ben three hours late, zoe as late but with two hours more; chi does not."""
    made = Class(tmp_path_factory.mktemp("deadlines") / "course", config=LATE_RULE)
    root = made.course.root
    tables.write(root / roster.FILE, roster.COLUMNS, [vars(one) for one in CLASS])
    assert course_command("due", NAME, "2030-01-31T12:00+00:00", cwd=root).returncode == 0
    assert course_command("due", NAME, "2030-01-31T14:00+00:00", "--student", "zoe", cwd=root).returncode == 0
    for student, stamp in {"ada": "11:59:59", "ben": "15:00:00", "zoe": "15:00:00"}.items():
        made.hand_in(student, timestamp__txt=f"2030-01-31 {stamp} UTC")
    made.result = course_command("grade", "--no-sandbox", "--workers", "1", cwd=root)
    assert made.result.returncode == 0, made.result.stdout
    return made


def test_late_penalty_honours_the_extension(klass):
    penalties = {student: one.penalty for student, one in klass.course.results(NAME).items()}
    assert penalties == {"ada": 0, "ben": 3, "zoe": 1}


def test_nbgrader_itself_honours_it_too(klass):
    assert nbgrader_autograde(klass.course, "zoe")["success"]
    assert klass.course.results(NAME)["zoe"].penalty == 1


def test_export_says_when_and_how_late(klass):
    rows = {row["student"]: row for row in marks_table(klass.course, [NAME]).to_dict("records")}
    assert [rows[student]["hours_late"] for student in ("ben", "zoe")] == [3, 1]
    assert not rows["ada"]["hours_late"] > 0
    assert f"{rows['ben']['handed_in']:%Y-%m-%d %H:%M %Z}" == "2030-01-31 15:00 UTC"


def test_class_report_says_how_late_and_who_is_absent(klass):
    page = class_report.write(klass.course, NAME, klass.course.class_results(NAME)).read_text(encoding="utf-8")
    for hours, points in (("3 hours", 3), ("1 hour", 1)):
        local = datetime.fromisoformat("2030-01-31T15:00+00:00").astimezone()
        assert f'{local:%Y-%m-%d %H:%M} <small class="below">{hours} late</small>' in page
        assert f'<small class="below">late: −{points}</small>' in page
    assert "Not handed in: 1" in page and "Chimamanda Ngozi Adichie (chi)" in page


@pytest.mark.parametrize(("student", "late"), [("ada", ""), ("ben", ", 3 hours late"), ("zoe", ", 1 hour late")])
def test_page_says_when_and_how_late(klass, student, late):
    local = datetime.fromisoformat("2030-01-31T15:00:00+00:00" if late else "2030-01-31T11:59:59+00:00").astimezone()
    page = klass.page(student)
    assert f"<p>Handed in: {local:%Y-%m-%d %H:%M %Z}{late}.</p>" in page
    assert ("<td>handed in late</td>" in page) == bool(late)


def test_grade_says_who_has_not_handed_in(klass):
    assert klass.result.stdout.strip().splitlines()[-1] == f"{NAME}: 1 not handed in: chi"


def test_system_that_says_late_without_a_time_is_quoted(klass):
    row = dict(zip(collect.COLUMNS, (NAME, "fay", "canvas", "", "yes"), strict=True))
    tables.write(klass.course.root / collect.FILE, collect.COLUMNS, [row])
    klass.hand_in("fay")
    (fay,) = [one for one in klass.course.class_results(NAME) if one.student == "fay"]
    assert fay.notes == ["handed in late, as Canvas says; when is not known"]


def test_dates_are_shown(klass):
    shown = course_command("due", NAME, cwd=klass.course.root).stdout.splitlines()
    local = datetime.fromisoformat("2030-01-31T14:00+00:00").astimezone()
    assert shown[0].startswith(f"{NAME}, everybody: due 2030-01-31")
    assert shown[1] == f"{NAME}, zoe: due {local:%Y-%m-%d %H:%M %Z}"


def test_date_may_move_after_grading(klass):
    """An extension is a date of its own: it does not move with everybody's."""
    root = klass.course.root
    result = course_command("due", NAME, "2030-01-31T13:00+00:00", cwd=root)
    assert "3 graded already" in result.stdout
    late = {student: one.late for student, one in klass.course.results(NAME).items()}
    assert late == {"ada": None, "ben": timedelta(hours=2), "zoe": timedelta(hours=1)}
    course_command("due", NAME, "none", "--student", "zoe", cwd=root)
    assert klass.course.results(NAME)["zoe"].late == timedelta(hours=2)
    course_command("due", NAME, "none", cwd=root)
    assert not any(one.late for one in klass.course.results(NAME).values())
    assert "everybody: due never" in course_command("due", NAME, cwd=root).stdout
    course_command("due", NAME, "2030-01-31T12:00+00:00", cwd=root)
    assert klass.course.results(NAME)["ben"].score == FULL - 3


def test_late_days_are_a_date_of_the_learners_own(klass):
    result = course_command("due", NAME, "+2", "--student", "ada", cwd=klass.course.root)
    local = datetime.fromisoformat("2030-02-02T12:00+00:00").astimezone()
    assert f"{NAME}, ada: due {local:%Y-%m-%d %H:%M %Z}" in result.stdout
    course_command("due", NAME, "none", "--student", "ada", cwd=klass.course.root)


@pytest.mark.parametrize("day", ["2030-03-30", "2030-10-26"])  # clocks change the day after
def test_late_days_end_at_the_same_time_of_the_day(monkeypatch, day):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    due = deadlines.parse("+1", deadlines.parse(day))
    monkeypatch.undo()
    time.tzset()
    assert f"{due:%d %H:%M:%S}" == f"{int(day[-2:]) + 1} 23:59:59"


def test_days_after_no_date_are_refused():
    with pytest.raises(ValueError, match=r"expected a date, since there is none that \+2 days could follow"):
        deadlines.parse("+2")


def test_page_quotes_the_system_that_says_late(klass):
    course_command("grade", "--student", "fay", "--no-sandbox", "--workers", "1", cwd=klass.course.root)
    assert "<p>Handed in late, as Canvas says; when is not known.</p>" in klass.page("fay")


BAD = {
    "no date": (["tomorrow"], "expected a date as 2026-12-01, '2026-12-01 18:00' or +2 for days, got 'tomorrow'"),
    "nobody": (["2031-01-01", "--student", "eve"], "expected a student of the roster, got 'eve'"),
    "earlier": (["2029-01-01", "--student", "ada"], "expected a time after everybody's (2030-01-31"),
}


@pytest.mark.parametrize(("arguments", "expected"), BAD.values(), ids=BAD)
def test_what_cannot_be_set_is_told_in_one_line(klass, arguments, expected):
    before = deadlines.due_dates(klass.course, NAME)
    result = course_command("due", NAME, *arguments, cwd=klass.course.root)
    assert (result.returncode, len(result.stdout.strip().splitlines())) == (1, 1)
    assert expected in result.stdout
    assert deadlines.due_dates(klass.course, NAME) == before


def test_date_alone_is_its_last_minute():
    assert deadlines.parse("2026-12-01") == datetime(2026, 12, 1, 23, 59, 59).astimezone()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "less than a minute"),
        (60, "1 minute"),
        (3600, "1 hour"),
        (90_000, "1 day 1 hour"),
        (180_060, "2 days 2 hours"),
    ],
)
def test_duration_in_words(seconds, words):
    assert deadlines.spoken(timedelta(seconds=seconds)) == words
