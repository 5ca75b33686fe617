"""`course grade --replay`: same submission, same seed, same marks; and nothing in the course is changed by it."""

from itertools import islice

import nbformat
import numpy as np
import pytest
from hostile.assignment import BY_NAME
from small_course import ANSWER, FULL, NAME, POINTS, WRONG, Class, marks_of
from typer.testing import CliRunner

from autograders.cli import app
from autograders.engine.replay import replay

pytestmark = pytest.mark.slow

LUCKY = "def scale(x, factor, name):\n    return x * factor if factor < 4 else x\n"  # right for 1 seed of 40
PARTS = ("part1", "part2")


@pytest.fixture(scope="module")
def klass(tmp_path_factory):
    """Two notebooks, so two seeds; some learners, graded."""
    made = Class(tmp_path_factory.mktemp("replay") / "course", [ANSWER], PARTS)
    for student, answers in {"ada": {}, "ben": {"scale": WRONG}, "lucky": {"scale": LUCKY}}.items():
        for part in PARTS:
            made.hand_in(student, made.notebook(part, answer="So.", **answers), part)
        if student != "lucky":
            made.course.grade(NAME, student)
    for part, seed in zip(PARTS, lucky_seeds(2), strict=True):
        made.course.config.RunAndJudge.seed = seed
        made.course.grade(NAME, "lucky", part)
    assert marks_of(made.course)["lucky"][0] == 2 * FULL
    del made.course.config.RunAndJudge.seed
    made.hand_in("milo", b"{", "part1")
    made.course.grade(NAME, "milo")
    return made


def lucky_seeds(count):
    """Return seeds whose hidden inputs LUCKY is right for."""

    def is_lucky(seed):
        return all(case.inputs["factor"] < 4 for case in BY_NAME["scale"].hidden_cases(seed))

    return list(islice(filter(is_lucky, range(10_000)), count))


def again(klass, student):
    return replay(klass.course, NAME, student)


def everything(klass):
    """Return the gradebook, entry by entry, and what lies in `submitted/` and `autograded/`."""
    with klass.course.gradebook() as gradebook:
        notebooks = [notebook for one in gradebook.find_assignment(NAME).submissions for notebook in one.notebooks]
        entries = [grade.to_dict() for notebook in notebooks for grade in notebook.grades]
    folders = [klass.course.root / name for name in ("submitted", "autograded", "release")]
    return entries, {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("student", ["ada", "ben", "lucky"])
def test_same_seed_gives_the_same_marks(klass, student):
    recorded = {path.stem: record for path, record in klass.course.verdicts(NAME, student)}
    done = {one.notebook: one for one in again(klass, student)}
    assert set(done) == set(PARTS)
    for name, one in done.items():
        assert one.agrees and not one.changed and one.problem is None
        assert one.seed == recorded[name]["seed"]
        assert [(row.exercise, row.replayed) for row in one.rows] == [
            (exercise["exercise"], exercise["score"]) for exercise in recorded[name]["exercises"]
        ]
    assert student != "lucky" or done["part1"].seed != done["part2"].seed


def test_the_failing_case_of_one_learner_is_told_in_full(klass):
    first, _ = again(klass, "ben")
    case = BY_NAME["scale"].hidden_cases(first.seed)[1]
    row = next(row for row in first.rows if row.exercise == "scale")
    assert row.case == case.label
    given = []
    exec(row.call, {"np": np, "scale": lambda *values: given.append(values)})
    assert np.array_equal(given[0][0], case.inputs["x"]) and given[0][1:] == (
        case.inputs["factor"],
        case.inputs["name"],
    )
    ran = CliRunner().invoke(
        app, ["grade", NAME, "--student", "ben", "--replay", "--course-dir", str(klass.course.root)]
    )
    assert f"scale: the smallest case that fails is {case.label}" in ran.stdout and row.call in ran.stdout


def test_unreadable_file_is_told_again(klass):
    first, second = again(klass, "milo")
    assert first.agrees and "not valid JSON" in first.problem
    assert second.agrees and "no such notebook was handed in" in second.problem


def test_nothing_is_changed(klass):
    with klass.course.gradebook() as gradebook:
        grade = gradebook.find_grade("test_scale", "part1", NAME, "ben")
        grade.manual_score, grade.needs_manual_grade = 4, False
        gradebook.db.commit()
    before = everything(klass)
    again(klass, "ben")
    assert everything(klass) == before


def test_other_marks_are_told(klass):
    """A verdict that says more than was earned, as after a fault of the grader's that was mended since."""
    path = klass.course.path("autograded", NAME, "ben") / "part2.ipynb"
    original = path.read_bytes()
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.verdict.exercises[0]["score"] = POINTS
    path.chmod(0o644)
    nbformat.write(notebook, path)
    first, second = again(klass, "ben")
    path.write_bytes(original)
    assert first.agrees
    assert not second.agrees
    assert [(row.recorded, row.replayed) for row in second.rows if not row.agrees] == [(POINTS, 0)]


def test_another_file_than_was_graded_is_told(klass):
    klass.hand_in("lucky", klass.notebook("part2"), "part2")
    first, second = again(klass, "lucky")
    assert (first.changed, second.changed) == (False, True)


class TestCommand:
    def run(self, klass, *options):
        return CliRunner().invoke(app, ["grade", "--course-dir", str(klass.course.root), "--replay", *options])

    def test_shows_old_and_new_marks_of_each_exercise(self, klass):
        result = self.run(klass, NAME, "--student", "ada")
        assert result.exit_code == 0, result.output
        assert result.output.count("the marks agree") == 2
        for words in ("exercise", "recorded", "replayed", "scale", "total", "part2.ipynb, seed"):
            assert words in result.output

    def test_marks_that_differ_end_with_status_1(self, klass):
        path = klass.course.path("autograded", NAME, "ada") / "part1.ipynb"
        original = path.read_text(encoding="utf-8")
        path.chmod(0o644)
        path.write_text(original.replace('"score": 10.0', '"score": 9.0'), encoding="utf-8")
        result = self.run(klass, "--student", "ada")
        path.write_text(original, encoding="utf-8")
        assert result.exit_code == 1
        assert "the marks differ" in result.output and "the marks agree" in result.output

    def test_without_a_verdict_there_is_a_clear_error(self, klass):
        klass.hand_in("nobody", klass.notebook("part1"), "part1")
        result = self.run(klass, NAME, "--student", "nobody")
        assert result.exit_code == 1
        assert "nothing to replay: expected a verdict on small of nobody, got none" in " ".join(result.output.split())
        assert "run `course grade` first" in " ".join(result.output.split())
        assert NAME not in [path.name for path in klass.course.path("autograded", NAME, "nobody").parent.glob("*")]
