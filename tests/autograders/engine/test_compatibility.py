"""What nbgrader does beside running tests, through our configuration: it works as its users know it."""

import base64
import datetime
import shutil

import nbformat
import pytest
from feedback_pages import score
from hostile.pictures import png
from nbformat.v4 import new_code_cell
from nbgrader.apps import NbGraderAPI
from small_course import ANSWER, FULL, NAME, POINTS, TASK, WRONG, Class, cell, graded_cell, marks_of, nbgrader

from autograders.results import class_report
from autograders.results.export import marks_table

pytestmark = pytest.mark.slow

DUE = datetime.datetime(2030, 1, 31, 12, 0)
LATE_RULE = """
from nbgrader.plugins import BasePlugin
class PerHour(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 2 * (total_seconds_late // 3600)
c.AssignLatePenalties.plugin_class = PerHour
"""
PARTS = ("part1", "part2")


def autograde(klass, student, force=False):
    """Do what `nbgrader autograde` does for one student, in this process."""
    result = NbGraderAPI(config=klass.course.config).autograde(NAME, student, force=force)
    assert result["success"], result
    return result["log"]


def mark(klass, student, grade_id, points, comment=None, notebook=NAME):
    """Give a mark by hand, as the formgrader does."""
    with klass.course.gradebook() as gradebook:
        grade = gradebook.find_grade(grade_id, notebook, NAME, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        if comment:
            gradebook.find_comment(grade_id, notebook, NAME, student).manual_comment = comment
        gradebook.db.commit()


def table(klass, format="csv"):
    """Return the exported marks, a dict for each row, by student."""
    rows = marks_table(klass.course, [NAME], format).to_dict("records")
    key = {"csv": "student", "moodle": "ID number", "canvas": "SIS Login ID"}[format]
    return {row[key]: row for row in rows}


def report(klass):
    """Return the class report's page."""
    return class_report.write(klass.course, NAME, klass.course.class_results(NAME)).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The small course as it is."""
    return Class(tmp_path_factory.mktemp("plain") / "course")


@pytest.fixture(scope="module")
def late(tmp_path_factory):
    """A course with a rule of its own: two points for each hour."""
    klass = Class(tmp_path_factory.mktemp("late") / "course", config=LATE_RULE)
    with klass.course.gradebook() as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate=DUE)
    for student, stamp in {
        "early": "2030-01-31 11:59:59 UTC", "late": "2030-01-31 15:30:00 UTC", "zone": "2030-01-31T15:30:00+02:00",
        "very": "2030-03-01 00:00:00 UTC", "undated": None, "nonsense": "yesterday",
    }.items():  # fmt: skip
        klass.grade(student, **({"timestamp__txt": stamp} if stamp else {}))
    return klass


class TestLatePenalty:
    @pytest.mark.parametrize(
        ("student", "penalty"),
        [("early", 0), ("late", 6), ("zone", 2), ("very", FULL), ("undated", 0), ("nonsense", 0)],
    )
    def test_is_taken_off_everywhere(self, late, student, penalty):
        assert marks_of(late.course)[student] == (FULL - penalty, FULL)
        row = table(late)[student]
        assert (row["score"], row["late_penalty"]) == (FULL - penalty, penalty)
        assert table(late, "moodle")[student][NAME] == FULL - penalty
        page = late.page(student)
        assert ("handed in late" in page) == (penalty > 0)
        assert score(page) == f"{FULL - penalty:g} of {FULL:g}"

    def test_is_said_in_the_class_report(self, late):
        assert "late: −6</small>" in report(late)

    def test_extension_of_time_is_granted(self, late):
        late.hand_in("extended", timestamp__txt="2030-01-31 15:30:00 UTC")
        with late.course.gradebook() as gradebook:
            gradebook.add_student("extended")
            gradebook.add_submission(NAME, "extended")
            gradebook.grant_extension(NAME, "extended", hours=5)
        assert late.course.grade(NAME, "extended").penalty == 0


class TestIgnoring:
    def test_ignored_files_are_not_taken_along(self, tmp_path):
        klass = Class(tmp_path / "course", config='c.CourseDirectory.ignore = ["*.log", "private"]')
        look = (
            "import os\nfound = sorted(name for _, folders, names in os.walk('.') for name in folders + names)\nfound"
        )
        notebook = klass.notebook()
        notebook.cells.insert(1, new_code_cell(look))
        folder = klass.hand_in("ada", notebook, run__log="x", notes__txt="x")
        (folder / "private").mkdir()
        (folder / "private" / "diary.txt").write_text("x", encoding="utf-8")
        assert klass.course.grade(NAME, "ada").score == FULL
        there = {path.name for path in klass.course.path("autograded", NAME, "ada").rglob("*")}
        assert "notes.txt" in there
        assert not there & {"run.log", "diary.txt"}
        (shown,) = klass.judged("ada").cells[1].outputs
        assert "notes.txt" in shown.data["text/plain"]
        assert "diary" not in shown.data["text/plain"]

    def test_ignore_pattern_clears_stderr(self, tmp_path):
        klass = Class(tmp_path / "course", config='c.IgnorePattern.enabled = True\nc.IgnorePattern.pattern = "noise"')
        notebook = klass.notebook()
        notebook.cells.insert(2, new_code_cell("import sys\nprint('some noise', file=sys.stderr)"))
        notebook.cells.insert(3, new_code_cell("import sys\nprint('a word', file=sys.stderr)"))
        assert klass.grade("ada", notebook).score == FULL
        noisy, other = klass.judged("ada").cells[2:4]
        assert noisy.outputs == []
        assert other.outputs[0].text == "a word\n"


@pytest.fixture(scope="module")
def patterned(tmp_path_factory):
    """A course that ignores a pattern, with tests of nbgrader's own kind that write to stderr; one learner's work."""

    def test_cell(name, text, wanted=6):
        return graded_cell(f"import sys\nprint({text!r}, file=sys.stderr)\nassert scale(2, 3, '') == {wanted}", name)

    cells = [test_cell("noisy", "some noise"), test_cell("wordy", "a word"), test_cell("wrong", "some noise", 7)]
    config = 'c.IgnorePattern.enabled = True\nc.IgnorePattern.pattern = "noise"'
    klass = Class(tmp_path_factory.mktemp("patterned") / "course", cells, config=config)
    klass.grade("ada")
    return klass


class TestIgnorePatternInTestCells:
    """In nbgrader text on stderr costs such a cell all its points, unless it matches; here no text does."""

    def test_text_on_stderr_costs_nothing_matched_or_not(self, patterned):
        with patterned.course.gradebook() as gradebook:
            (notebook,) = gradebook.find_submission(NAME, "ada").notebooks
            marks = {grade.name: grade.score for grade in notebook.grades}
        assert marks == {"test_scale": POINTS, "test_total": POINTS, "noisy": 6, "wordy": 6, "wrong": 0}

    def test_what_does_not_match_is_kept(self, patterned):
        assert "a word" in [output.get("text", "").strip() for output in cell(patterned.judged("ada"), "wordy").outputs]

    def test_what_matches_is_cleared(self, patterned):
        assert cell(patterned.judged("ada"), "noisy").outputs == []


class TestGradingAgain:
    def test_what_was_graded_is_left_unless_forced(self, plain):
        plain.hand_in("again", plain.notebook(scale=WRONG))
        autograde(plain, "again")
        plain.hand_in("again")
        assert "Skipping existing assignment" in autograde(plain, "again")
        assert marks_of(plain.course)["again"] == (FULL - POINTS, FULL)
        autograde(plain, "again", force=True)
        assert marks_of(plain.course)["again"] == (FULL, FULL)

    def test_what_was_handed_in_later_is_graded(self, plain):
        plain.hand_in("later", plain.notebook(scale=WRONG), timestamp__txt="2030-01-01 00:00:00 UTC")
        autograde(plain, "later")
        plain.hand_in("later", timestamp__txt="2030-01-02 00:00:00 UTC")
        autograde(plain, "later")
        assert marks_of(plain.course)["later"] == (FULL, FULL)

    def test_the_same_gives_the_same_mark_with_other_inputs(self, plain):
        seeds = set()
        for _ in range(2):
            assert plain.grade("same", plain.notebook(scale=WRONG)).score == FULL - POINTS
            ((_, record),) = plain.course.verdicts(NAME, "same")
            seeds.add(record["seed"])
        assert len(seeds) == 2

    def test_mark_by_hand_stays_and_is_to_be_looked_at_again(self, plain):
        plain.grade("changed", plain.notebook(scale=WRONG))
        mark(plain, "changed", "test_scale", 7)
        assert marks_of(plain.course)["changed"] == (FULL - POINTS + 7, FULL)
        result = plain.grade("changed")
        assert (result.score, result.waiting) == (FULL - POINTS + 7, 0)
        assert "look again at test_scale" in " ".join(result.notes)
        assert "look again at test_scale" in report(plain)
        assert "test_scale: 7 of 10, given by hand" in report(plain)
        assert table(plain, "canvas")["changed"][NAME] == FULL - POINTS + 7


@pytest.fixture(scope="module")
def manual(tmp_path_factory):
    """A course with an answer and a task that a person marks."""
    return Class(tmp_path_factory.mktemp("manual") / "course", [ANSWER, TASK])


@pytest.fixture(scope="module")
def waiting(manual):
    """One that is all right as far as the grader can tell."""
    return manual.grade("ada", manual.notebook(answer="Gates help, see the first figure."))


class TestManualGrading:
    def test_mark_scheme_is_not_released(self, manual):
        assert "A line." not in nbformat.writes(manual.notebook())
        assert "YOUR ANSWER HERE" in cell(manual.notebook(), "answer").source

    def test_result_waits(self, waiting):
        assert (waiting.score, waiting.max_score, waiting.waiting) == (FULL, FULL + 9, 9)
        assert waiting.percent == 100
        assert waiting.notes == ["9 points wait for manual grading"]
        assert waiting.problem is None

    def test_exports_say_so(self, manual, waiting):
        row = table(manual)["ada"]
        assert (row["score"], row["waits_for_manual_grading"]) == (FULL, 9)
        for format in ("moodle", "canvas"):
            assert marks_table(manual.course, [NAME], format).to_csv(index=False).count(f"{FULL:g}") == 0

    def test_class_report_says_so(self, manual, waiting):
        page = report(manual)
        assert "9 points wait for manual grading" in page
        assert "<b>100 %</b> mean mark of the points decided on" in page

    def test_page_says_so(self, manual, waiting):
        page = manual.page("ada")
        assert "9 of 29 points wait for manual grading" in page
        assert page.count("This answer waits for manual grading") == 2
        assert "Gates help" in page

    def test_formgrader_says_so(self, manual, waiting):
        assert NbGraderAPI(config=manual.course.config).get_submission(NAME, "ada")["needs_manual_grade"]

    def test_picture_in_an_answer_stays(self, manual):
        notebook = manual.notebook(answer="![figure](attachment:f.png)")
        picture = base64.b64encode(png(30, 20)).decode("ascii")
        cell(notebook, "answer")["attachments"] = {"f.png": {"image/png": picture}}
        manual.grade("drawn", notebook)
        assert f"data:image/png;base64,{picture}" in manual.page("drawn")

    def test_mark_by_hand_is_in_everything(self, manual):
        manual.grade("ben", manual.notebook(answer="Gates help."))
        mark(manual, "ben", "answer", 3.5, "Which **figure**?")
        mark(manual, "ben", "task", 0)
        assert marks_of(manual.course)["ben"] == (FULL + 3.5, FULL + 9)
        assert table(manual)["ben"]["waits_for_manual_grading"] == 0
        assert table(manual, "moodle")["ben"][NAME] == FULL + 3.5
        assert "23.5 / 29" in report(manual)
        page = manual.page("ben")
        assert score(page) == "23.5 of 29"
        assert "Which <strong>figure</strong>?" in page
        assert 'href="#comment-answer"' in page
        assert "3.5 of 5" in page
        assert "waits for manual grading" not in page

    def test_mark_by_hand_outlives_grading_again(self, manual):
        notebook = manual.notebook(answer="Gates help.")
        manual.grade("cora", notebook)
        mark(manual, "cora", "answer", 4)
        result = manual.grade("cora", notebook)
        assert (result.score, result.waiting) == (FULL + 4, 4)  # the task still waits

    def test_unreadable_file_waits_for_nobody(self, manual):
        result = manual.grade("dan", b"")
        assert (result.score, result.max_score, result.waiting) == (0, FULL + 9, 0)
        assert "waits for manual grading" not in manual.page("dan")

    def test_mark_by_hand_on_a_file_that_became_unreadable_stays(self, manual):
        manual.grade("eve", manual.notebook(answer="Gates help."))
        mark(manual, "eve", "answer", 4)
        result = manual.grade("eve", b"")
        assert result.score == 4
        assert "look again at answer" in " ".join(result.notes)


class TestExtraFiles:
    def test_data_file_and_module_are_there(self, plain):
        use = (
            "import csv, mine\nfactors = [float(one) for one in next(csv.reader(open('table.csv', encoding='utf-8')))]"
        )
        notebook = plain.notebook(scale="def scale(x, factor, name):\n    return mine.times(x, factor) * factors[1]")
        notebook.cells.insert(1, new_code_cell(use))
        module = "def times(a, b):\n    return a * b\n"
        result = plain.grade("extra", notebook, table__csv="3,1", mine__py=module)
        assert (result.score, result.problem) == (FULL, None)

    def test_files_in_folders_too(self, plain):
        notebook = plain.notebook()
        notebook.cells.insert(
            1, new_code_cell("from tools.mine import one\nassert one == 1\nopen('out.txt', 'w').write('x')")
        )
        folder = plain.hand_in("deep", notebook)
        (folder / "tools").mkdir()
        (folder / "tools" / "mine.py").write_text("one = 1\n", encoding="utf-8")
        assert plain.course.grade(NAME, "deep").score == FULL
        assert plain.judged("deep").cells[1].outputs[-1].output_type != "error"
        assert not (plain.course.path("autograded", NAME, "deep") / "out.txt").exists()  # it wrote to a copy

    def test_files_of_the_assignment_are_the_instructors(self, plain):
        source = plain.course.root / "notebooks" / NAME / "given.txt"
        source.write_text("right", encoding="utf-8")
        notebook = plain.notebook()
        notebook.cells.insert(1, new_code_cell("print(open('given.txt').read())"))
        plain.grade("forger", notebook, given__txt="wrong")
        source.unlink()
        assert plain.judged("forger").cells[1].outputs[0].text == "right\n"


class TestOtherNames:
    def test_drafts_beside_the_notebook_are_no_matter(self, plain):
        plain.hand_in("drafts", plain.notebook(scale=WRONG), name="old draft")
        plain.hand_in("drafts", b"{", name="broken")
        result = plain.grade("drafts")
        assert (result.score, result.problem, result.notes) == (FULL, None, [])
        assert [path.name for path in plain.course.path("autograded", NAME, "drafts").glob("*.ipynb")] == [
            f"{NAME}.ipynb"
        ]

    def test_of_several_files_the_one_with_the_work_is_taken(self, plain):
        plain.hand_in("two", nbformat.v4.new_notebook(cells=[new_code_cell("x = 1")]), name="a scratchpad")
        plain.hand_in("two", name="my work")
        result = plain.course.grade(NAME, "two")
        assert result.score == FULL
        assert result.notes == [f"my work.ipynb was taken for {NAME}.ipynb"]

    def test_what_is_handed_in_later_under_a_wrong_name_is_graded(self, plain):
        plain.hand_in("corrected", plain.notebook(scale=WRONG), name="my work")
        assert plain.course.grade(NAME, "corrected").score == POINTS
        plain.hand_in("corrected", name="my work")
        result = plain.course.grade(NAME, "corrected")
        assert (result.score, result.notes) == (FULL, [f"my work.ipynb was taken for {NAME}.ipynb"])

    def test_nothing_then_a_notebook_of_the_wrong_name(self, plain):
        plain.hand_in("first", notes__txt="later").joinpath(f"{NAME}.ipynb").unlink()
        result = plain.course.grade(NAME, "first")
        assert (result.score, result.notes) == (0, [f"{NAME}.ipynb was not handed in"])
        assert plain.course.grade(NAME, "first").notes == result.notes
        plain.hand_in("first", name="my work")
        assert plain.course.grade(NAME, "first").score == FULL

    def test_an_empty_file_does_not_hide_the_work(self, plain):
        plain.hand_in("empty", b"")
        result = plain.course.grade(NAME, "empty")
        assert (result.score, result.notes) == (0, [])
        plain.hand_in("empty", name="my work")
        assert plain.course.grade(NAME, "empty").score == FULL

    def test_a_notebook_of_the_right_name_is_never_replaced(self, plain):
        plain.hand_in("both", plain.notebook(scale=WRONG))
        plain.hand_in("both", name="my work")
        result = plain.course.grade(NAME, "both")
        assert (result.score, result.notes) == (POINTS, [])

    @pytest.mark.parametrize("student", ["o'neil", "ada.b@c", "Ünï", "a b"])
    def test_names_of_learners(self, plain, student):
        assert plain.grade(student).score == FULL
        assert plain.page(student)


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    """An assignment of two notebooks, neither of which bears its name."""
    return Class(tmp_path_factory.mktemp("several") / "course", notebooks=PARTS)


class TestSeveralNotebooks:
    def hand_in(self, several, student, **notebooks):
        for name, notebook in notebooks.items():
            several.hand_in(student, notebook, name=name)

    def test_assignment_is_known(self, several):
        assert several.course.assignments() == [NAME]
        assert len(list(several.course.path("release", NAME).glob("*.checks.zip"))) == 2

    def test_marks_add_up(self, several):
        self.hand_in(several, "ada", part1=several.notebook("part1"), part2=several.notebook("part2", scale=WRONG))
        result = several.course.grade(NAME, "ada")
        assert (result.score, result.max_score, result.problem) == (2 * FULL - POINTS, 2 * FULL, None)
        assert score(several.page("ada", "part1")) == f"{FULL:g} of {FULL:g}"
        assert score(several.page("ada", "part2")) == f"{FULL - POINTS:g} of {FULL:g}"

    def test_class_report_tells_them_apart(self, several):
        self.hand_in(several, "ben", part1=several.notebook("part1", total=WRONG), part2=several.notebook("part2"))
        several.course.grade(NAME, "ben")
        several.course.feedback(NAME, "ben")
        page = report(several)
        assert "part1: scale" in page and "part2: scale" in page
        assert "ben/small/part1.html" in page and "ben/small/part2.html" in page

    def test_one_does_not_see_what_the_other_showed_when_it_was_judged(self, several):
        keeps = "seen = []\ndef scale(x, factor, name):\n    seen.append(name)\n    return x\n"
        part1, part2 = several.notebook("part1", scale=keeps), several.notebook("part2")
        part1.cells.append(new_code_cell("print(seen[0])"))
        part2.cells.insert(
            1, new_code_cell("import os\n[print(open(name).read()) for name in os.listdir() if 'part1' in name]")
        )
        self.hand_in(several, "spy", part1=part1, part2=part2)
        several.course.grade(NAME, "spy")
        shown = several.judged("spy", "part1").cells[-1].outputs[0].text.strip()
        assert len(shown) == 16
        assert shown in several.page("spy", "part1") and shown not in several.page("spy", "part2")

    def test_missing_one_gets_nothing_and_the_other_its_points(self, several):
        self.hand_in(several, "half", part2=several.notebook("part2"))
        result = several.course.grade(NAME, "half")
        assert (result.score, result.max_score) == (FULL, 2 * FULL)
        assert result.notes == ["part1.ipynb was not handed in"]
        assert "part1.ipynb: no such notebook was handed in, but part2.ipynb" in result.problem

    def test_one_alone_is_graded_on_demand(self, several):
        self.hand_in(several, "once", part1=several.notebook("part1"), part2=several.notebook("part2"))
        several.course.grade(NAME, "once", "part1")
        assert [path.stem for path, _ in several.course.verdicts(NAME, "once")] == ["part1"]


@pytest.mark.long
def test_nbgrader_command_does_the_whole_round(tmp_path):
    klass = Class(tmp_path / "course", [ANSWER, graded_cell("assert scale(2, 3, '') == 6")], PARTS, LATE_RULE)
    course = klass.course
    shutil.rmtree(course.path("release", NAME))
    for arguments in (
        ["generate_assignment", NAME, "--force"],
        ["db", "assignment", "add", NAME, "--duedate", "2030-01-31 12:00 UTC"],
    ):
        assert (done := nbgrader(course, *arguments)).returncode == 0, done.stderr[-2000:]
    klass.hand_in("ada", klass.notebook("part1", answer="So."), "part1", timestamp__txt="2030-01-31 13:00:00 UTC")
    klass.hand_in("ada", klass.notebook("part2", answer="So."), "part2")
    klass.hand_in("ben", klass.notebook("part1", scale=WRONG), "part 1 (2)")
    for step in ("autograde", "generate_feedback"):
        assert (done := nbgrader(course, step, NAME)).returncode == 0, done.stderr[-2000:]
    marks = course.results(NAME)
    assert (marks["ada"].score, marks["ada"].penalty, marks["ada"].waiting) == (2 * (FULL + 6 - 2), 4, 10)
    assert (marks["ben"].score, marks["ben"].waiting) == (FULL - POINTS, 0)
    assert {path.name for path in course.path("feedback", NAME, "ben").glob("*.html")} == {"part1.html", "part2.html"}
