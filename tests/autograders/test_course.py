"""The whole cycle on a real nbgrader course: release, hand in, grade, feedback, report."""

import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path

import nbformat
import pytest
import small_course
from feedback_pages import verdicts
from small_course import course_command, marks_of

from autograders.course import Course
from autograders.demo import ANSWER, CLASS, Desk, hand_in
from helpers.check import check_report

pytestmark = pytest.mark.slow

NAME = "step_by_step_rnn"
ROOT = Path(__file__).parents[2]
FULL, BY_HAND = 100, 10  # points that the grader gives, and those of the written answer
ALL_RIGHT = {"ada", "ben", "kofi", "nour"}
UNREADABLE = {"lena": "not valid JSON", "milo": "empty"}
ONE_MISTAKE = {"chen": "rnn_cell_forward", "june": "rnn_cell_forward"}


@pytest.fixture(scope="module")
def graded(released, tmp_path_factory):
    """The demo's class, graded once for all tests: (course, {student: Result})."""
    course = Course(shutil.copytree(released.root, tmp_path_factory.mktemp("demo") / "demo"))
    hand_in(course, NAME)
    results = [course.grade(NAME, student) for student in course.submissions(NAME)]
    for result in results:
        course.feedback(NAME, result.student)
    return course, {result.student: result for result in results}


def page(course, student):
    return (course.path("feedback", NAME, student) / f"{NAME}.html").read_text(encoding="utf-8")


def record(course, student):
    ((_, verdict),) = course.verdicts(NAME, student)
    return verdict


@pytest.mark.long  # twelve real notebooks; `small_course` has the same for small ones
class TestClass:
    def test_everybody_has_a_mark_and_a_page(self, graded):
        course, results = graded
        assert set(results) == set(CLASS) == set(marks_of(course, NAME))
        for student, result in results.items():
            assert result.max_score == FULL + BY_HAND
            assert "<html" in page(course, student)

    @pytest.mark.parametrize("student", sorted(ALL_RIGHT))
    def test_right_work_gets_full_marks(self, graded, student):
        assert graded[1][student].score == FULL

    def test_only_a_written_answer_waits_for_its_points(self, graded):
        course, results = graded
        waiting = {student: result.waiting for student, result in results.items() if result.waiting}
        assert waiting == {"ada": BY_HAND}
        assert results["ada"].percent == FULL
        assert "waits for manual grading" in page(course, "ada")
        assert "No response." in page(course, "ben")

    def test_untouched_release_gets_nothing_and_says_so(self, graded):
        course, results = graded
        assert results["goro"].score == 0
        assert results["goro"].problem is None
        assert "not written yet" in page(course, "goro")

    @pytest.mark.parametrize("student", UNREADABLE)
    def test_unreadable_file_gets_nothing_and_the_reason(self, graded, student):
        course, results = graded
        assert results[student].score == 0
        assert UNREADABLE[student] in results[student].problem
        assert UNREADABLE[student] in page(course, student)

    @pytest.mark.parametrize("student", ONE_MISTAKE)
    def test_mistake_costs_points_in_its_own_exercise_only(self, graded, student):
        course, results = graded
        assert 0 < results[student].score < FULL
        lost = [one["exercise"] for one in record(course, student)["exercises"] if one["score"] < one["points"]]
        assert lost == [ONE_MISTAKE[student]]

    def test_mistake_is_named_on_the_feedback_page(self, graded):
        course, _ = graded
        first = next(iter(Desk(course, NAME).exercises.values()))
        assert ">Hint 2: likely reason</summary>" in page(course, "chen")
        named = {name for exercise in record(course, "chen")["exercises"] for name in exercise["mistakes"]}
        assert first.mistakes[0].name in named

    @pytest.mark.parametrize("student", ["hana", "ivan"])
    def test_fault_in_the_first_exercise_leaves_the_lstm_its_points(self, graded, student):
        course, _ = graded
        marks = {one["exercise"]: one for one in record(course, student)["exercises"]}
        assert marks["rnn_cell_forward"]["score"] == 0
        assert marks["lstm_forward"]["score"] == marks["lstm_forward"]["points"] > 0

    def test_endless_loop_is_told(self, graded):
        assert "endless loop" in page(graded[0], "ivan")

    def test_deleted_and_altered_grade_cells_are_back(self, graded):
        course, _ = graded
        ((path, _),) = course.verdicts(NAME, "june")
        graded_cells = [c for c in nbformat.read(path, 4).cells if c.metadata.get("nbgrader", {}).get("grade")]
        checks = [cell.source for cell in graded_cells if cell.cell_type == "code"]
        assert len(checks) == len(Desk(course, NAME).exercises)
        assert all("check(" in source for source in checks)

    def test_renamed_notebook_is_found_and_the_file_kept(self, graded):
        course, results = graded
        folder = course.path("submitted", NAME, "kofi")
        assert (folder / "my solution (final).ipynb").exists()
        assert results["kofi"].notes == [f"my solution (final).ipynb was taken for {NAME}.ipynb"]

    def test_optional_exercises_are_shown_and_cost_nothing(self, graded):
        course, _ = graded
        optional = [one for one in record(course, "ben")["exercises"] if one["points"] == 0]
        assert optional
        assert not any(part["ok"] for one in optional for part in one["parts"])

    @pytest.mark.parametrize("student", ["chen", "dora"])
    def test_wrong_answer_has_a_failing_case_with_its_sizes(self, graded, student):
        text = page(graded[0], student)
        assert re.search(r"The smallest case that fails: <b>.*?</b>. <code>.*an array of shape", text)

    @pytest.mark.parametrize("student", ["chen", "dora", "emre", "fatou", "june"])
    def test_check_in_the_notebook_gives_the_same_reasons(self, graded, student):
        """The inputs are others, so of the texts the reasons and the names of what is wrong are compared."""
        course, _ = graded
        desk, shown, scope = Desk(course, NAME), verdicts(page(course, student)), {}
        notebook = nbformat.read(course.path("submitted", NAME, student) / desk.name, as_version=4)
        for cell in notebook.cells:
            nbgrader = cell.metadata.get("nbgrader", {})
            if cell.cell_type == "code" and ("setup" in cell.metadata.get("tags", []) or nbgrader.get("solution")):
                exec(compile(cell.source, "<notebook>", "exec"), scope)
        for name in desk.exercises:
            report = check_report(scope[name], name, course.path("release", NAME))
            steps = [f"{heading}: {words}" for hint in report.hints for heading, words in hint.steps()]
            assert shown[name][1 : 1 + len(steps)] == steps
            assert sum(line.startswith("Likely reason: ") for line in shown[name]) == len(report.hints)
            (judged,) = [one for one in record(course, student)["exercises"] if one["exercise"] == name]
            assert [part.part for part in report.parts] == [part["part"] for part in judged["parts"]]
            # The grader has the reference, so that it also sees what follows rightly from an earlier part.
            right = [part["ok"] and "right, given" not in (part["message"] or "") for part in judged["parts"]]
            assert [part.ok for part in report.parts] == right

    def test_seed_is_recorded_and_fresh(self, graded):
        course, _ = graded
        seeds = {record(course, student)["seed"] for student in CLASS}
        assert len(seeds) == len(CLASS)

    def test_class_report_shows_everybody_and_the_commonest_mistake(self, graded):
        from autograders.results import class_report

        course, results = graded
        text = class_report.write(course, NAME, list(results.values())).read_text(encoding="utf-8")
        assert all(f">{student}</a>" in text for student in CLASS)
        first = next(iter(Desk(course, NAME).exercises.values()))
        assert f'<td class="text">{first.mistakes[0].hint}</td>' in unescape(text)
        assert "chen, dora" in text
        assert [int(one) for one in re.findall(r"<li><span>(\d+)</span> <i ", text)]

    @pytest.mark.parametrize("format", ["csv", "moodle", "canvas"])
    def test_marks_are_exported(self, graded, format):
        from autograders.results.export import marks_table

        course, results = graded
        text = marks_table(course, [NAME], format).to_csv(index=False)
        assert all(student in text for student in results)


@pytest.mark.long
def test_nbgrader_autograde_gives_the_same_marks(graded, course):
    done, results = graded
    students = ["ada", "chen", "june", "kofi", "lena", "nour"]
    for student in students:
        folder = course.path("submitted", NAME, student)
        shutil.copytree(done.path("submitted", NAME, student), folder)
    command = [sys.executable, "-m", "nbgrader", "autograde", NAME, "--create"]
    result = subprocess.run(command, cwd=course.root, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"})
    assert result.returncode == 0, result.stderr[-3000:]
    assert {s: score for s, (score, _) in marks_of(course, NAME).items()} == {s: results[s].score for s in students}


def test_formgraders_button_gives_the_same_marks(course):
    from nbgrader.apps import NbGraderAPI

    desk = Desk(course, NAME)
    folder = course.path("submitted", NAME, "vera")
    folder.mkdir(parents=True)
    nbformat.write(desk.notebook([(0, 0)], optional=False), folder / f"{NAME}.ipynb")
    result = NbGraderAPI(config=course.config).autograde(NAME, "vera")  # what the button calls
    assert result["success"], result
    with_button = marks_of(course, NAME)["vera"]
    assert course.grade(NAME, "vera").score == with_button[0]
    assert 0 < with_button[0] < FULL


def validate(path):
    command = [sys.executable, "-m", "nbgrader", "validate", path.name]
    return subprocess.run(command, cwd=path.parent, capture_output=True, text=True).stdout


@pytest.mark.long
def test_nbgrader_validates_right_work_and_not_the_release(released, tmp_path):
    desk = Desk(released, NAME)
    right = desk.notebook()
    desk.answer(right, ANSWER)
    folder = shutil.copytree(released.path("release", NAME), tmp_path / "right")
    nbformat.write(right, folder / desk.name)
    assert "Success" in validate(folder / desk.name)
    text = validate(released.path("release", NAME) / f"{NAME}.ipynb")
    assert "VALIDATION FAILED ON" in text
    assert "not written yet" in text


def test_release_holds_no_solution(released):
    folder = released.path("release", NAME)
    for path in folder.rglob("*"):
        if path.suffix == ".ipynb":
            text = path.read_text(encoding="utf-8")
            assert "BEGIN SOLUTION" not in text
            assert "raise NotImplementedError()" in text
            assert "np.tanh(Wax" not in text
    assert (folder / f"{NAME}.checks.zip").is_file()
    assert (folder / "figures").is_dir()


def test_same_seed_gives_the_same_marks_and_words(course):
    desk = Desk(course, NAME)
    folder = course.path("submitted", NAME, "zoe")
    folder.mkdir(parents=True)
    nbformat.write(desk.notebook([(1, 1)], optional=False), folder / f"{NAME}.ipynb")
    course.config.RunAndJudge.seed = 7
    records = []
    for _ in range(2):
        assert course.grade(NAME, "zoe").problem is None
        records.append(record(course, "zoe"))
    assert records[0] == records[1]
    assert records[0]["seed"] == 7


def test_notebook_that_was_not_handed_in_gets_nothing(course):
    folder = course.path("submitted", NAME, "yan")
    folder.mkdir(parents=True)
    (folder / "essay.txt").write_text("sorry", encoding="utf-8")
    result = course.grade(NAME, "yan")
    assert result.score == 0
    assert "no such notebook was handed in, but essay.txt" in result.problem


def test_folder_that_is_no_course_is_said(tmp_path):
    with pytest.raises(FileNotFoundError, match="nbgrader_config.py"):
        Course(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["grade", "nonsense"], "), got nonsense"),
        (["grade"], "nothing to grade"),
        (["feedback"], "run `course grade` first"),
        (["export", "--format", "xml"], "expected one of the formats csv, moodle, canvas, got 'xml'"),
        (["demo", "--dir", "notebooks"], "expected a new folder or a former demo, got notebooks"),
    ],
)
def test_command_that_cannot_be_done_ends_with_a_sentence(released, arguments, words):
    result = course_command(*arguments, cwd=released.root)
    assert result.returncode == 1
    assert words in " ".join((result.stdout + result.stderr).split())
    assert "Traceback" not in result.stdout + result.stderr


def test_grade_ends_with_status_1_when_one_could_not_be_judged(tmp_path):
    klass = small_course.Class(tmp_path / "course")
    klass.hand_in("bad", b"\x00\x01")
    klass.hand_in("good")
    result = course_command("grade", "--workers", "1", cwd=klass.course.root)
    assert result.returncode == 1
    assert "bad, small: not judged" in result.stdout
    assert "1 of 2 judged" in result.stdout
    assert set(marks_of(klass.course)) == {"bad", "good"}
