"""The traps of stock nbgrader, each under its name and its number in nbgrader's list of issues.

Under nbgrader's own settings such submissions get a wrong mark, no mark, or end the run for everybody.
"""

import json
import os

import nbformat
import pytest
from grading import VARIANTS, judged
from nbformat.v4 import new_code_cell
from nbgrader.apps import NbGraderAPI
from small_course import ANSWER, FULL, NAME, POINTS, WRONG, Class, cell, graded_cell, marks_of, nbgrader

pytestmark = pytest.mark.slow

OWN = 6.0  # points of a grade cell with tests of nbgrader's own kind
MARKS = {  # the last value of such a cell -> its mark
    "2.5": 2.5, "0": 0.0, "6": 6.0, "'all is right'": 0.0, "True": 0.0, "float('nan')": 0.0, "float('inf')": 0.0,
    "-1": 0.0, "7": 0.0, "None": OWN,
}  # fmt: skip
NOISY = "import sys, warnings\ndef scale(x, factor, name):\n    warnings.warn('slow'); print('!', file=sys.stderr)\n"
NATIVE = "import os\nos.write(2, b'native text\\n')\n"  # past Python's own stream, as libraries in C write
LOGGER = "import tensorflow as tf\ntf.get_logger().warning('a warning')\n"  # what TensorFlow warns with
PRINTS = "import sys, tensorflow as tf\ntf.print('from C++', output_stream=sys.stderr)\n"
STDERR = {"native text": NATIVE, "a warning": LOGGER, "from C++": PRINTS}  # what is to be read -> what writes it
PAUSE = "import time\ntime.sleep(0.5)\n"  # native text comes by another way, and what comes after a cell is not shown
SECRET = "hidden test 7b774eff"
HIDDEN_TESTS = f"assert scale(2, 3, '') == 6\n### BEGIN HIDDEN TESTS\nassert scale(2, 9, '') == 18, '{SECRET}'"


@pytest.fixture(scope="module")
def klass(tmp_path_factory):
    """The small course as it is."""
    return Class(tmp_path_factory.mktemp("traps") / "course")


@pytest.fixture(scope="module")
def with_tests(tmp_path_factory):
    """The small course with grade cells of nbgrader's own kind, and an answer that a person marks."""
    cells = [
        graded_cell("import sys\nprint('a warning', file=sys.stderr)\nassert scale(2, 3, '') == 6", "noisy"),
        graded_cell(f"{HIDDEN_TESTS}\n### END HIDDEN TESTS", "hidden"),
        *[graded_cell(value, f"value{number}") for number, value in enumerate(MARKS)],
        ANSWER,
    ]
    return Class(tmp_path_factory.mktemp("traps") / "course", cells)


@pytest.fixture(scope="module")
def with_libraries(tmp_path_factory):
    """The small course with grade cells of nbgrader's own kind in which libraries write."""
    sources = [f"{code}{PAUSE}assert scale(2, 3, '') == 6" for code in STDERR.values()]
    cells = [graded_cell(source, f"library{number}") for number, source in enumerate(sources)]
    return Class(tmp_path_factory.mktemp("traps") / "course", cells)


def own_marks(klass, student):
    """Return {grade_id: mark} as the gradebook has them."""
    with klass.course.gradebook() as gradebook:
        (submission,) = gradebook.find_submission(NAME, student).notebooks
        return {grade.name: grade.score for grade in submission.grades}


def state(klass, student):
    """Return what the formgrader's list says of a submission."""
    return NbGraderAPI(config=klass.course.config).get_submission(NAME, student)


class TestTextOnStderr:
    """Any text on stderr in a grade cell gives 0: a warning of TensorFlow's is enough."""

    def test_that_the_function_writes(self, klass):
        assert klass.grade("noisy", klass.notebook(scale=f"{NOISY}    return x * factor")).score == FULL

    def test_that_a_test_cell_writes(self, with_tests):
        with_tests.grade("noisy")
        assert own_marks(with_tests, "noisy")["noisy"] == OWN

    @pytest.mark.parametrize("place", ["function", "cell"])
    def test_that_libraries_write(self, klass, place):
        lines = "".join(STDERR.values()).splitlines(keepends=True)
        if place == "function":
            source = f"def scale(x, factor, name):\n    {'    '.join(lines)}    return x * factor"
        else:
            source = f"{''.join(lines)}{PAUSE}def scale(x, factor, name):\n    return x * factor"
        assert klass.grade(f"library_{place}", klass.notebook(scale=source)).score == FULL
        shown = "".join(output.text for output in cell(klass.judged(f"library_{place}"), "scale").outputs)
        assert all((text in shown) == (place == "cell") for text in STDERR)

    def test_that_libraries_write_in_a_test_cell(self, with_libraries):
        with_libraries.grade("ada")
        marks, notebook = own_marks(with_libraries, "ada"), with_libraries.judged("ada")
        for number, text in enumerate(STDERR):
            assert marks[f"library{number}"] == OWN
            shown = cell(notebook, f"library{number}").outputs
            assert text in "".join(output.text for output in shown)  # it did arrive
            assert {output.name for output in shown} == {"stdout"}

    def test_and_failing_still_costs(self, with_tests):
        with_tests.grade("noisy_and_wrong", with_tests.notebook(scale=WRONG))
        assert own_marks(with_tests, "noisy_and_wrong")["noisy"] == 0


class TestLastValueThatIsNoNumber:
    """A grade cell whose last value is no number gives full marks."""

    def test_only_a_mark_is_taken_for_one(self, with_tests):
        with_tests.grade("values")
        marks = own_marks(with_tests, "values")
        assert {value: marks[f"value{number}"] for number, value in enumerate(MARKS)} == MARKS

    def test_and_the_page_says_why(self, with_tests):
        with_tests.grade("why")
        assert with_tests.page("why").count("a number from 0 to 6") == list(MARKS.values()).count(0.0) - 1

    def test_what_check_is_made_to_return_is_no_mark(self, klass):
        notebook = klass.notebook(scale=WRONG + "\ncheck = lambda function: 'full marks'\n")
        assert klass.grade("returns", notebook).score == FULL - POINTS


def test_1399_marks_and_message_both(klass):
    changes = "def scale(x, factor, name):\n    y = x * factor\n    x += 1\n    return y\n"
    result = klass.grade("partly", klass.notebook(scale=changes))
    assert FULL - POINTS < result.score < FULL
    page = klass.page("partly")
    assert "1 of 2 parts are right" in page
    assert "(8 of 10 points)" in page


class TestHiddenTestsInTheFeedback:
    """Hidden tests are shown in the feedback: #917, #1363."""

    def test_of_nbgraders_own_kind(self, with_tests):
        with_tests.grade("curious", with_tests.notebook(scale="def scale(x, factor, name):\n    return 6"))
        assert own_marks(with_tests, "curious")["hidden"] == 0
        judged = json.dumps(with_tests.judged("curious"))
        assert SECRET in judged  # the instructor sees all
        assert SECRET not in with_tests.page("curious")

    def test_shown_by_a_later_cell(self, with_tests):
        notebook = with_tests.notebook()
        notebook.cells.append(new_code_cell("print(In)\nraise ValueError(In)"))
        with_tests.grade("later", notebook)
        assert SECRET in json.dumps(with_tests.judged("later"))
        assert SECRET not in with_tests.page("later")


class TestDeletedGradeCell:
    """A deleted grade cell waits for manual grading for ever: #1682."""

    def test_1682_tests(self, klass):
        notebook = klass.notebook()
        notebook.cells.remove(cell(notebook, "test_scale"))
        assert klass.grade("deleted", notebook).score == FULL
        assert not state(klass, "deleted")["needs_manual_grade"]

    @pytest.mark.parametrize("how", ["deleted", "blank", "untouched", "unreadable"])
    def test_1682_answer(self, with_tests, how):
        notebook = with_tests.notebook()
        if how == "deleted":
            notebook.cells.remove(cell(notebook, "answer"))
        elif how == "blank":
            cell(notebook, "answer").source = " \n"
        result = with_tests.grade(f"answer_{how}", b"{" if how == "unreadable" else notebook)
        assert result.waiting == 0
        assert own_marks(with_tests, f"answer_{how}")["answer"] == 0
        assert not state(with_tests, f"answer_{how}")["needs_manual_grade"]

    def test_but_an_answer_waits(self, with_tests):
        result = with_tests.grade("answers", with_tests.notebook(answer="This."))
        assert result.waiting == 5
        assert state(with_tests, "answers")["needs_manual_grade"]


@pytest.mark.parametrize("copied", ["scale", "test_scale", "packages"])
def test_1083_copied_cell_has_the_same_id_twice(klass, copied):
    notebook = klass.notebook()
    copy = nbformat.from_dict(cell(notebook, copied))
    copy["id"] = "copy"
    notebook.cells.insert(3, copy)
    result = klass.grade(f"copy_of_{copied}", notebook)
    assert (result.score, result.problem, result.notes) == (FULL, None, [])


@pytest.mark.parametrize("name", ["small(1)", "Ünïted [final]", "SMALL"])
def test_1302_renamed_notebook_is_graded(klass, name):
    student = f"renamed{len(name)}"
    klass.hand_in(student, name=name)
    result = NbGraderAPI(config=klass.course.config).autograde(NAME, student)  # what the formgrader's button calls
    assert result["success"], result
    assert marks_of(klass.course)[student] == (FULL, FULL)


def test_renamed_notebook_that_is_handed_in_again_is_graded_anew(klass):
    """Also after a copy of the course that lost all dates: nothing of the first grading is left in the submission."""
    folder = klass.hand_in("renamed_again", klass.notebook(scale=WRONG), name="my work")
    assert klass.course.grade(NAME, "renamed_again").score == FULL - POINTS
    for path in folder.iterdir():
        os.utime(path)
    klass.hand_in("renamed_again", name="my work")
    assert klass.course.grade(NAME, "renamed_again").score == FULL
    assert [path.name for path in folder.iterdir()] == ["my work.ipynb"]


class TestInterruptedKernel:
    """An interrupted kernel leaves "needs autograding": #1033."""

    @pytest.mark.parametrize(
        "code",
        [
            "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nwhile True: pass",
            "while True: pass",
            "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
        ],
        ids=["interrupts_itself", "hangs", "defies"],
    )
    def test_1033_the_rest_is_judged(self, klass, code, request):
        student = request.node.callspec.id
        notebook = klass.notebook()
        notebook.cells.insert(2, new_code_cell(code))
        result = klass.grade(student, notebook)
        assert (result.score, result.problem) == (FULL, None)
        assert state(klass, student)["autograded"]


class TestDeadKernel:
    """One dead kernel, and the instructor is told to edit the learner's code."""

    @pytest.mark.parametrize("place", ["cell", "function"])
    def test_the_rest_is_judged(self, klass, place):
        notebook = klass.notebook()
        if place == "cell":
            notebook.cells.insert(2, new_code_cell("import os\nos._exit(1)"))
        else:
            cell(notebook, "scale").source = "import os\ndef scale(x, factor, name):\n    os._exit(1)"
        result = klass.grade(f"dies_in_{place}", notebook)
        assert result.problem is None
        assert result.score == (FULL if place == "cell" else FULL - POINTS)
        assert state(klass, f"dies_in_{place}")["autograded"]
        assert "the Python process ended" in klass.page(f"dies_in_{place}")


@pytest.mark.long
def test_1941_unreadable_notebooks_do_not_stop_a_course(tmp_path):
    klass = Class(tmp_path / "course")
    good = nbformat.writes(klass.notebook()).encode("utf-8")
    bad = [b"", good[:400], b"\x80\x02", b"[]", b'{"nbformat": 9}', b"null"]
    work = [good, *bad, good]
    for number, content in enumerate(work):
        klass.hand_in(f"s{number}", content)
    done = nbgrader(klass.course, "autograde", NAME)
    assert done.returncode == 0, done.stderr[-2000:]
    marks = marks_of(klass.course)
    assert marks == {f"s{number}": (FULL if content == good else 0, FULL) for number, content in enumerate(work)}


class TestCorrectCodeOfAnotherForm:
    """Graders turn down correct code for its form."""

    @pytest.mark.parametrize(
        ("assignment", "exercise", "variant", "form"),
        [
            ("step_by_step_rnn", "lstm_forward", "enumerate", "in enumerate("),
            ("step_by_step_rnn", "gru_forward", "enumerate", "in enumerate("),
            ("emojify", "Emojify_V2", "softmax_in_the_dense_layer", 'Dense(units=5, activation="softmax")'),
        ],
    )
    def test_is_accepted(self, assignment, exercise, variant, form):
        source = VARIANTS[assignment][exercise][variant]
        assert form in source
        assert judged(assignment, exercise, ((exercise, source),), 3).ok

    def test_is_accepted_in_a_notebook(self, klass):
        loop = (
            "def total(x):\n    sums = np.zeros(len(x))\n    for i, row in enumerate(x):\n        for value in row:\n"
            "            sums[i] += value\n    return sums\n"
        )
        product = "scale = lambda x, factor, name: np.array([factor * v for v in x.ravel()]).reshape(x.shape)"
        assert klass.grade("other_form", klass.notebook(total=loop, scale=product)).score == FULL
