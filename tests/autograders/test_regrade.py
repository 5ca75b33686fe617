"""`course regrade`: a case was mended, so marks of one exercise change, and what else is recorded stays."""

import copy
import json
import shutil
from unittest import mock

import pytest
from small_course import NAME, POINTS, WRONG, Class, course_command, marks_of

from autograders.course import Course
from autograders.regrade import HANDED_IN_ANEW, NOT_GRADED, Regrade

pytestmark = pytest.mark.slow

UP_TO_100 = {  # right until the cases are mended
    "scale": "def scale(x, factor, name):\n    return x * factor if factor < 100 else x\n",
    "total": "def total(x):\n    return np.sum(x, axis=1) if len(x) < 100 else None\n",
}
MENDED = """
from dataclasses import replace

def _large(cases):
    return lambda rng: [replace(one, inputs=one.inputs | {"factor": 200.0}) for one in cases(rng)]

def _long(cases):
    return lambda rng: [replace(one, inputs={"x": rng.standard_normal((200, 2))}) for one in cases(rng)]

SCALE, TOTAL = EXERCISES
EXERCISES = (replace(SCALE, cases=_large(SCALE.cases)), replace(TOTAL, cases=_long(TOTAL.cases)))
"""
STUDENTS = ("ada", "bad", "by_hand", "ned")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Graded in two runs, so on two seeds; then cases of both exercises are mended, and somebody new hands in."""
    made = Class(tmp_path_factory.mktemp("regrade") / "course")
    for student in STUDENTS:
        made.hand_in(student, made.notebook(**UP_TO_100 | ({"scale": WRONG} if student == "bad" else {})))
    run(made, "grade", "--student", "[a-b]*")
    run(made, "grade", "--student", "ned")
    with made.course.gradebook() as gradebook:
        grade = gradebook.find_grade("test_scale", NAME, NAME, "by_hand")
        grade.manual_score, grade.needs_manual_grade = 7, False
        gradebook.db.commit()
    with open(made.course.root / "assignments" / NAME / "__init__.py", "a", encoding="utf-8") as stream:
        stream.write(MENDED)
    made.hand_in("new")
    return made


@pytest.fixture
def klass(graded, tmp_path):
    """A copy of that course."""
    made = copy.copy(graded)
    made.course = Course(shutil.copytree(graded.course.root, tmp_path / "course"))
    return made


def run(klass, command, *arguments):
    return course_command(command, NAME, *arguments, "--no-sandbox", "--workers", "1", cwd=klass.course.root)


def verdict(klass, student):
    return json.loads(json.dumps(klass.judged(student).metadata.verdict))


def rows(result):
    found = [line.split() for line in result.stdout.splitlines()]
    return [words for words in found if words and words[0] in STUDENTS]


def test_only_marks_of_the_exercise_change_and_each_is_shown(klass):
    before = {student: verdict(klass, student) for student in STUDENTS}
    result = run(klass, "regrade", "scale", "--yes")
    assert f"new, {NAME}: not judged: {NOT_GRADED}" in result.stdout
    assert result.returncode == 1  # for the new one
    assert rows(result) == [
        ["ada", "10", "0"], ["by_hand", "10", "0", "7,", "given", "by", "hand,", "stays"], ["ned", "10", "0"]
    ]  # fmt: skip
    assert "scale: 3 of 4 marks change" in result.stdout and "Compared(" not in result.stdout
    marks = {student: score for student, (score, _) in marks_of(klass.course).items()}
    assert marks == {"ada": POINTS, "bad": POINTS, "by_hand": POINTS + 7, "ned": POINTS}
    for student, old in before.items():
        new = verdict(klass, student)
        assert new["seed"] == old["seed"]
        assert new["exercises"][1] == old["exercises"][1]
    assert "200.0" in klass.page("ada")
    assert "look again at test_scale" in " ".join(klass.course.result(NAME, "by_hand").notes)
    again = run(klass, "regrade", "scale", "--yes", "--student", "ada")
    assert "scale: 0 of 1 marks change" in again.stdout and again.returncode == 0


def test_nothing_is_written_before_the_answer(klass):
    before = marks_of(klass.course), klass.judged("ada")
    with mock.patch("typer.confirm", return_value=False) as asked:
        result = run(klass, "regrade", "scale", "--student", "ada")
    assert asked.called and rows(result) == [["ada", "10", "0"]]
    assert (marks_of(klass.course), klass.judged("ada")) == before


@pytest.mark.parametrize("files", [{}, {"own__py": "x = 1"}])
def test_other_work_than_was_graded_stays_as_it_is(klass, files):
    klass.hand_in("ned", klass.notebook(**UP_TO_100 if files else {"scale": WRONG}), **files)
    before = marks_of(klass.course), klass.judged("ned")
    result = run(klass, "regrade", "scale", "--yes", "--student", "ned")
    assert (result.returncode, f"ned, {NAME}: not judged: {HANDED_IN_ANEW}" in result.stdout) == (1, True)
    assert (marks_of(klass.course), klass.judged("ned")) == before


def test_unknown_exercise_is_told(klass):
    result = run(klass, "regrade", "scales", "--yes")
    expected = f"error: expected an exercise of one notebook of {NAME} (scale, total), got 'scales'"
    assert (result.returncode, result.stdout.splitlines()[-1]) == (1, expected)


def test_exercise_of_several_notebooks_is_told(tmp_path):
    made = Class(tmp_path / "course", notebooks=("part1", "part2"))
    with pytest.raises(ValueError, match=r"\(scale, total\), got one of part1 and part2$"):
        list(Regrade(made.course.root, "scale").compare(NAME, []))
