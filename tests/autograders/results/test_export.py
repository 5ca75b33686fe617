"""Marks and feedback go back to where the work came from: what leaves comes home to the same students."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from unittest import mock

import downloads
import pytest
from class_lists import ADA, BEN, CHI, CLASS, ZOE
from small_course import ANSWER, FULL, NAME, POINTS, WRONG, Class, course_command

from autograders.collect import collecting as collect
from autograders.collect import deadlines, roster, tables
from autograders.course import Result
from autograders.results import handback
from autograders.results.export import marks_table

pytestmark = pytest.mark.slow

PAGES = {"index.html": b"<p>", "part2.html": b"<p>"}


@pytest.fixture(scope="module")
def klass(tmp_path_factory):
    """A class of four. Ada and Ben are graded; Ben was wrong in one exercise; both wait for a mark by hand."""
    made = Class(tmp_path_factory.mktemp("export") / "course", [ANSWER])
    tables.write(made.course.root / roster.FILE, roster.COLUMNS, [vars(one) for one in CLASS])
    made.grade("ada", made.notebook(answer="So."))
    made.grade("ben", made.notebook(answer="So.", scale=WRONG))
    made.course.feedback(NAME, "ada")
    return made


@pytest.fixture
def everybody(klass):
    """The class with a mark for each."""
    marks = {one.student: Result(one.student, NAME, float(place), 20.0) for place, one in enumerate(CLASS)}
    with mock.patch.object(klass.course, "results", return_value=marks):
        yield klass.course


def rows_of(table):
    return list(csv.DictReader(io.StringIO(table.to_csv(index=False), newline="")))


class TestMarks:
    """Tables of marks: each system finds its own students in them."""

    def test_moodle_finds_each_by_any_of_its_names(self, everybody):
        rows = rows_of(marks_table(everybody, [NAME], "moodle"))
        found = [(row["ID number"], row["Email address"], row["Username"]) for row in rows]
        assert found == [(one.id_number, one.email, one.username) for one in CLASS]
        assert [float(row[NAME]) for row in rows] == [0, 1, 2, 3]

    def test_canvas_finds_each_by_any_of_its_names(self, everybody):
        table = marks_table(everybody, [NAME], "canvas")
        assert tuple(table.columns[:5]) == ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
        points, *rows = rows_of(table)
        assert (points["Student"], float(points[NAME])) == ("    Points Possible", 20)
        found = [(row["ID"], row["SIS User ID"], row["SIS Login ID"], row["Section"]) for row in rows]
        assert found == [(one.lms_id, one.id_number, one.username, one.group) for one in CLASS]

    @pytest.mark.parametrize("format", ["moodle", "canvas"])
    def test_table_is_itself_a_class_list_of_the_same_students(self, everybody, format, tmp_path):
        path = tmp_path / "marks.csv"
        path.write_text(marks_table(everybody, [NAME], format).to_csv(index=False), encoding="utf-8")
        students, _, _ = roster.parse(path, "username")
        assert [(one.student, one.last_name) for one in students] == [(one.student, one.last_name) for one in CLASS]

    def test_moodle_gets_no_number_that_it_does_not_know(self, everybody, tmp_path):
        people = roster.Roster(roster.Student(one.student, one.first_name, one.last_name, one.email) for one in CLASS)
        with mock.patch.object(roster, "of", return_value=people):
            (ada, *_) = rows_of(marks_table(everybody, [NAME], "moodle"))
        assert ada == {"First name": "Ada", "Last name": "Lovelace", "Email address": ADA.email, NAME: "0.0"}

    @pytest.mark.parametrize("format", ["csv", "moodle", "canvas"])
    def test_each_exercise_may_have_its_column(self, klass, format):
        rows = rows_of(marks_table(klass.course, [NAME], format, "exercises"))
        columns = [column for column in rows[0] if column.startswith(f"{NAME}: ")]
        assert len(columns) == 3
        first, second, answer = columns
        assert answer == f"{NAME}: answer"
        marks = [[row[column] for column in columns] for row in rows[-2:]]
        assert [float(mark) for mark in marks[0][:2]] == [POINTS, POINTS]
        assert sorted(float(mark) for mark in marks[1][:2]) == [0, POINTS]
        assert [mark[2] for mark in marks] == ["", ""]  # both wait
        if format == "canvas":
            assert [float(rows[0][column]) for column in columns] == [POINTS, POINTS, 5]

    def test_other_columns_are_refused(self, klass):
        result = course_command("export", "--columns", "parts", cwd=klass.course.root)
        assert "error: expected one of the kinds of columns total, exercises, got 'parts'" in result.stdout


def moodle_takes(names):
    """Return {participant: file} as Moodle reads an archive of feedback (mod/assign/feedback/file/importziplib.php)."""
    taken = {}
    for name in names:
        parts = name.split("/")
        info = parts[0].split("_", 4)
        assert len(info) == 5 and info[1].isdecimal() and info[2:4] == ["assignsubmission", "file"]
        taken[int(info[1]), "/".join(filter(None, (info[4], *parts[1:])))] = name
    return taken


def canvas_takes(names):
    """Return {(user, attachment): file} as Canvas reads one (Assignment#infer_comment_context_from_filename)."""
    taken = {}
    for name in names:
        user, attachment = [part for part in name.split("_") if part.isdecimal()][:2]
        taken[user, int(attachment)] = name
    return taken


class TestFeedback:
    """Feedback pages go back by the names that the work came with."""

    @pytest.fixture
    def back(self, klass, tmp_path):
        """Collect from a system, give everybody a page, and export; return the result and the archive's names."""

        def export(system, students=CLASS):
            path = tmp_path / "download.zip"
            path.write_bytes(downloads.zipped(downloads.LAYOUTS[system](dict.fromkeys(CLASS, b"{}"))))
            collect.collect(klass.course, path)
            for one in students:
                for name, data in PAGES.items():
                    page = klass.course.path("feedback", NAME, one.student) / name
                    page.parent.mkdir(parents=True, exist_ok=True)
                    page.write_bytes(data)
            result = course_command("export", NAME, "--feedback", str(tmp_path / "pages.zip"), cwd=klass.course.root)
            with zipfile.ZipFile(tmp_path / "pages.zip") as archive:
                names = [name for name in archive.namelist() if not name.endswith(f"{NAME}.html")]
            return result, names

        return export

    @pytest.mark.parametrize("system", ["moodle", "old_moodle", "flat_moodle"])
    def test_moodle_takes_everybodys_files(self, back, system):
        result, names = back(system)
        assert result.returncode == 0, result.stdout
        assert set(moodle_takes(names)) == {(5000 + place, name) for place in range(4) for name in PAGES}

    def test_canvas_takes_everybodys_page(self, back):
        result, names = back("canvas")
        assert result.returncode == 0, result.stdout
        assert set(canvas_takes(names)) == {(one.lms_id, 9000 + place) for place, one in enumerate(CLASS)}

    def test_who_is_left_out_is_told(self, klass, back):
        klass.hand_in("eve")
        for path in klass.course.path("feedback", NAME, "zoe").rglob("*.html"):
            path.unlink()
        result, names = back("moodle", (ADA, BEN, CHI))
        assert result.returncode == 1
        assert f"left out: eve, {NAME}: not collected from Moodle or Canvas" in result.stdout
        assert f"left out: zoe, {NAME}: has no feedback page: run `course feedback`" in result.stdout
        assert {number for number, _ in moodle_takes(names)} == {5000, 5001, 5002}


class TestRecord:
    """One learner's whole record, and nothing of anybody else."""

    @pytest.fixture
    def record(self, klass, tmp_path):
        result = course_command(
            "export", "--student", "ben", "--output", str(tmp_path / "b.zip"), cwd=klass.course.root
        )
        assert result.returncode == 0, result.stdout
        with zipfile.ZipFile(tmp_path / "b.zip") as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def test_has_marks_verdicts_feedback_and_work(self, klass, record):
        (row,) = csv.DictReader(io.StringIO(record["marks.csv"].decode()))
        assert (row["student"], float(row["score"])) == ("ben", FULL - POINTS)
        exercises = list(csv.DictReader(io.StringIO(record["exercises.csv"].decode())))
        assert sum(float(one["score"] or 0) for one in exercises) == FULL - POINTS
        (verdict,) = [json.loads(data) for name, data in record.items() if name.startswith(f"{NAME}/verdicts/")]
        assert sum(one["score"] for one in verdict["exercises"]) == FULL - POINTS
        work = klass.course.path("submitted", NAME, "ben") / f"{NAME}.ipynb"
        assert record[f"{NAME}/submitted/{NAME}.ipynb"] == work.read_bytes()

    def test_has_the_lines_of_the_courses_tables(self, klass, tmp_path):
        for module in (deadlines, collect):
            rows = [dict.fromkeys(module.COLUMNS, "x") | {"student": student} for student in ("ada", "ben")]
            tables.write(klass.course.root / module.FILE, module.COLUMNS, rows)
        handback.record(klass.course, "ben", tmp_path / "b.zip")
        with zipfile.ZipFile(tmp_path / "b.zip") as archive:
            for module in (deadlines, collect):
                (row,) = csv.DictReader(io.StringIO(archive.read(module.FILE).decode()))
                assert row == dict.fromkeys(module.COLUMNS, "x") | {"student": "ben"}
                (klass.course.root / module.FILE).unlink()

    def test_names_nobody_else(self, record):
        text = b"".join([*record.values(), *map(str.encode, record)])
        assert b"ben" in text
        for other in (ADA, CHI, ZOE):
            assert other.email.encode() not in text and other.last_name.encode() not in text

    def test_its_tables_hold_no_formula(self, klass, tmp_path):
        eve = replace(ADA, student="ben", first_name="=1+1", group="a;@SUM(A1)")
        with mock.patch.object(roster, "of", return_value=roster.Roster([eve])):
            handback.record(klass.course, "ben", tmp_path / "b.zip")
        with zipfile.ZipFile(tmp_path / "b.zip") as archive:
            (row,) = csv.DictReader(io.StringIO(archive.read("student.csv").decode()))
        assert (row["first_name"], row["group"]) == ("'=1+1", "a;'@SUM(A1)")

    def test_of_nobody_is_told(self, klass):
        result = course_command("export", "--student", "nobody", cwd=klass.course.root)
        assert (result.returncode, result.stdout.strip()) == (
            1,
            "error: expected a student of this course, got 'nobody'",
        )
        assert not list(klass.course.root.glob("*.zip*"))

    def test_follows_no_link(self, klass, tmp_path):
        folder = klass.hand_in("zoe")
        (folder / "passwords.txt").symlink_to("/etc/passwd")
        course_command("export", "--student", "zoe", "--output", str(tmp_path / "z.zip"), cwd=klass.course.root)
        with zipfile.ZipFile(tmp_path / "z.zip") as archive:
            assert not [name for name in archive.namelist() if "passwords" in name]
