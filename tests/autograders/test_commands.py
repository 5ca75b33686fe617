"""The `course` command in busy hands: wrong arguments, things that are missing, a source edited late."""

import nbformat
import pytest
from small_course import ANSWER, FULL, NAME, Class, course_command

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def klass(tmp_path_factory):
    """One learner's work, graded; another one's, not yet."""
    made = Class(tmp_path_factory.mktemp("commands") / "course", [ANSWER])
    made.grade("ada", made.notebook(answer="So."))
    made.hand_in("ben")
    return made


def words(result):
    text = result.stdout + result.stderr
    assert "Traceback" not in text.partition("error:")[2]
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["grade", "--student", "nobody"], "no submission of small by 'nobody' in"),
        (["grade", "--student", ""], "expected a learner's name or a pattern of names, got ''"),
        (["grade", "--student", "../ada"], "expected a learner's name or a pattern of names, got '../ada'"),
        (["grade", "--db", "nonsense"], "the gradebook cannot be used"),
        (["grade", "--db", "sqlite:///nowhere/at/all.db"], "the gradebook cannot be used"),
        (["grade", "--db", "sqlite://"], "expected a released assignment, got 'small'; run `course release`"),
        (["feedback", "--student", "ben"], "no submission of small by 'ben' was graded; run `course grade` first"),
        (["grade", "--student", "ben", "--replay"], "nothing to replay"),
        (["export", "--output", "nowhere/marks.csv"], "No such file or directory"),
        (["release", "smal"], "(small), got smal"),
        (["grade", "--course-dir", "nowhere"], "expected a course directory, with nbgrader_config.py in it, got"),
    ],
)
def test_command_that_cannot_be_done_ends_with_a_sentence(klass, arguments, expected):
    result = course_command(*arguments, cwd=klass.course.root)
    assert result.returncode == 1
    assert expected in words(result)


def test_class_report_has_everybody_though_one_was_graded(klass):
    result = course_command("feedback", "--student", "ada", cwd=klass.course.root)
    assert result.returncode == 0, result.stdout
    assert "1 of 1 judged, 1 of them waiting for manual grading" in words(result)
    page = (klass.course.root / "reports" / f"{NAME}.html").read_text(encoding="utf-8")
    assert ">ada</a>" in page
    assert "ben" in page and "not graded yet" in page


def test_export_warns_of_marks_that_wait(klass):
    result = course_command("export", NAME, cwd=klass.course.root)
    assert result.returncode == 0
    assert f"small,ada,{FULL},25.0,0.0,5.0" in result.stdout
    assert "1 of 1 marks waiting for manual grading" in result.stderr
    assert "warning" not in result.stdout


class TestSourceEditedAfterRelease:
    """A cell comes in when learners have handed in already: nbgrader takes it no more."""

    @pytest.fixture
    def edited(self, tmp_path):
        klass = Class(tmp_path / "course")
        klass.grade("ada")
        path = klass.course.root / "notebooks" / NAME / f"{NAME}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.append(ANSWER)
        nbformat.write(notebook, path)
        return klass

    def test_release_is_refused_and_the_former_one_stays(self, edited):
        before = sorted(path.name for path in edited.course.path("release", NAME).iterdir())
        result = course_command("release", cwd=edited.course.root)
        assert result.returncode == 1
        assert result.stdout.strip().splitlines()[-1].startswith("error: Cannot add or remove cells")
        assert sorted(path.name for path in edited.course.path("release", NAME).iterdir()) == before

    def test_grading_goes_on_with_what_was_released(self, edited):
        result = edited.grade("ben")
        assert (result.score, result.max_score, result.problem) == (FULL, FULL, None)
