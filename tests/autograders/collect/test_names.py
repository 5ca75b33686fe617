"""Names that learners have, and places where they put their work: nothing is passed over, nothing stops the others."""

import csv
import io
import os
import re
import subprocess
import sys
from unittest import mock

import pytest
from feedback_pages import score
from hostile.pictures import png
from nbformat.v4 import new_markdown_cell
from small_course import FULL, NAME, WRONG, Class, course_command, marks_of, nbgrader_autograde

from autograders.collect import misplaced
from autograders.course import NO_NAME
from autograders.results import class_report
from autograders.results.export import FORMATS, FORMULA, inert, marks_table

pytestmark = pytest.mark.slow

CHINESE = "\u5f20\u4f1f"
NO_TEXT = os.fsdecode(b"y\xff")
PLACES = {  # where it lies -> where it belongs
    f"ada/{NAME}.ipynb": f"submitted/ada/{NAME}/",
    f"{NAME}/ben/{NAME}.ipynb": f"submitted/ben/{NAME}/",
    f"cy/{NAME.title()}/{NAME}.ipynb": f"submitted/cy/{NAME}/",
    f"dan/{NAME.upper()}/my work.IPYNB": f"submitted/dan/{NAME}/",
    f"eve/{NAME}/{NAME}/{NAME}.ipynb": f"submitted/eve/{NAME}/",
    f"{NAME}.ipynb": f"submitted/STUDENT/{NAME}/",
    "finn/homework/a.ipynb": "submitted/finn/ASSIGNMENT/",
}
RIGHT = (
    f"gil/{NAME}/{NAME}.ipynb", f"gil/{NAME}/old/{NAME}.ipynb", f"hal/{NAME}/other name.ipynb",
    f"ida/{NAME}/data.csv", "jo/notes.txt", f"kim/{NAME}/.ipynb_checkpoints/{NAME}.ipynb",
)  # fmt: skip
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\uff1d1")


@pytest.fixture(scope="module")
def klass(tmp_path_factory):
    """Learners with odd names, graded; `y2` is wrong, `y[2]` is right."""
    made = Class(tmp_path_factory.mktemp("names") / "course")
    for student in ("y[2]", "y2", "50% #1", CHINESE, NO_TEXT):
        made.hand_in(student, made.notebook(scale=WRONG) if student == "y2" else None)
    made.results = {one: made.course.grade(NAME, one) for one in made.course.submissions(NAME)}
    return made


def test_name_that_looks_like_a_pattern_is_a_name(klass):
    marks = {student: klass.results[student].score for student in ("y[2]", "y2")}
    assert marks == {"y[2]": FULL, "y2": FULL / 2}
    assert klass.course.submissions(NAME, "y[2]") == ["y[2]"]
    assert klass.course.submissions(NAME, "y?") == ["y2", NO_TEXT]
    assert score(klass.page("y[2]")) == f"{FULL:g} of {FULL:g}"


def test_nbgrader_itself_grades_it_too(klass):
    klass.hand_in("z[2]")
    assert nbgrader_autograde(klass.course, "z[[]2]")["success"]
    assert marks_of(klass.course)["z[2]"] == (FULL, FULL)


def test_name_that_is_no_text_is_told_and_stops_nothing(klass):
    assert klass.results[NO_TEXT].problem == NO_NAME
    klass.course.feedback(NAME, "50% #1")
    page = class_report.write(klass.course, NAME, klass.course.class_results(NAME)).read_text(encoding="utf-8")
    assert NO_NAME.partition(":")[0] in page.replace("&#39;", "'")
    assert "y\\udcff" in page and CHINESE in page
    assert f'href="../feedback/50%25%20%231/{NAME}/{NAME}.html"' in page


def test_report_links_to_the_graders_pages_only(klass):
    folder = klass.course.feedback(NAME, "y2")
    (folder / "other.html").write_text("<script>attack()</script>", encoding="ascii")
    page = class_report.write(klass.course, NAME, klass.course.class_results(NAME)).read_text(encoding="utf-8")
    assert f"y2/{NAME}/{NAME}.html" in page and "other.html" not in page


def test_export_to_a_stream_of_another_encoding_is_utf_8(klass):
    command = [sys.executable, "-m", "autograders.cli", "export", NAME]
    environment = os.environ | {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    result = subprocess.run(command, cwd=klass.course.root, capture_output=True, env=environment)
    assert result.returncode == 0, result.stderr
    assert f"{NAME},{CHINESE},{FULL}" in result.stdout.decode("utf-8")


@pytest.mark.parametrize("format", FORMATS)
def test_no_name_in_a_table_is_a_formula(klass, format):
    mark = next(iter(klass.course.results(NAME).values()))
    with mock.patch.object(klass.course, "results", return_value={name: mark for name in (*FORMULAS, "ada")}):
        text = marks_table(klass.course, [NAME], format).to_csv(index=False)
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(FORMULA)]
    assert {f"'{name}" for name in FORMULAS} | {"ada"} <= set(cells)


@pytest.mark.parametrize("separator", ";,|")
def test_no_name_is_a_formula_behind_another_separator(separator):
    assert inert(f"Ada{separator}=1+1") == f"Ada{separator}'=1+1"


@pytest.mark.parametrize("name", ["ada", "50% #1", CHINESE, "a=1", "'x", "", "Okri, Ben", "A;B"])
def test_other_names_stay_as_they_are(name):
    assert inert(name) == name


@pytest.fixture(scope="module")
def scattered(tmp_path_factory):
    """A course in which much lies in the wrong place, and some in the right one."""
    made = Class(tmp_path_factory.mktemp("places") / "course")
    for place in (*PLACES, *RIGHT):
        path = made.course.root / "submitted" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}", encoding="ascii")
    return made


class TestMisplaced:
    """Work that lies where the grader does not look."""

    def test_each_is_found_with_the_place_where_it_belongs(self, scattered):
        found = {one.path: one.belongs for one in misplaced.find(scattered.course)}
        assert found == {f"submitted/{path}": belongs for path, belongs in PLACES.items()}

    def test_the_class_report_tells_it(self, scattered):
        page = class_report.write(scattered.course, NAME, []).read_text(encoding="utf-8")
        for path, belongs in PLACES.items():
            assert f"<code>submitted/{path}</code> belongs in <code>{belongs}</code>" in page

    def test_it_is_told_when_there_is_nothing_else_to_grade(self, scattered):
        result = course_command("grade", "--student", "ada", cwd=scattered.course.root)
        assert result.returncode == 1
        assert f"submitted/ada/{NAME}.ipynb is not graded: it belongs in submitted/ada/{NAME}/" in result.stdout


class TestBesideThePage:
    """What is handed in beside the notebook, and what of it lies beside the feedback page."""

    def test_pictures_that_a_text_shows_stay_and_other_files_do_not(self, klass):
        notebook = klass.notebook()
        notebook.cells.append(new_markdown_cell("![mine](my%20figure.png) ![no](evil.png)", id="figure"))
        folder = klass.hand_in("pia", notebook, evil__png="<svg onload='attack()'>", page__html="<script>", a__csv="1")
        (folder / "my figure.png").write_bytes(png(30, 20))
        (folder / "timestamp.txt").write_text("2030-01-02 03:04:05 UTC", encoding="ascii")
        assert klass.course.grade(NAME, "pia").score == FULL
        text = klass.page("pia")
        assert re.search(r'<img[^>]* src="data:image/png;base64,[^"]+" alt="mine"', text)
        assert "evil.png" not in text and "attack()" not in text
        page = klass.course.path("feedback", NAME, "pia")
        beside = {str(path.relative_to(page)) for path in page.rglob("*") if path.is_file()}
        assert beside == {f"{NAME}.html", "timestamp.txt"}
