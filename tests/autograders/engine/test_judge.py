"""What of a notebook is run when it is graded and what is not, what is said of that, and whose points count."""

import json
import pickle
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from feedback_pages import rows
from hostile.assignment import BY_NAME, source_notebook
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from nbformat.v4 import new_code_cell
from plain_data import answers
from small_course import FULL, NAME, POINTS, WRONG, Class, cell

from autograders.collect.intake import take_in
from autograders.engine import judge
from autograders.engine.exercise import load
from autograders.engine.handed_in import grade_id, parse, set_into_frame
from autograders.engine.kernel import Reply, failure, read_outcomes
from autograders.engine.reference import Reference
from autograders.engine.sealed import SealedNotebook
from autograders.engine.verdict import judge_outcomes
from autograders.sandbox.limits import Limits
from autograders.shells import RunAndJudge
from helpers.check.naming import sketch
from helpers.check.wire import pack

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
PATHS = {path.stem: path for path in sorted((ROOT / "notebooks").glob("*/*.ipynb")) if path.parent.name == path.stem}
TAGS = ("training", "listening", "plotting")
SECONDS = 60.0


class Stub:
    """In place of a kernel: notes what it is to run and to call; dies at chosen sources."""

    def __init__(self, deadly=()):
        self.sources, self.called, self.deadly = [], [], set(deadly)
        self.fresh, self.restarts, self.seconds = False, 0, 0.0

    def execute(self, source, seconds):
        self.seconds += 1e-6
        self.sources.append(source)
        if source in self.deadly:
            self.fresh, self.restarts = True, self.restarts + 1
            error = judge.new_output("error", ename="DeadKernel", evalue="died", traceback=["died"])
            return Reply("died", [error])
        return Reply()

    def call(self, name, payload, count, seconds):
        self.called.append(name)
        return [failure("NoAnswer", "a stub")] * count


@pytest.fixture(params=sorted(PATHS))
def name(request):
    return request.param


@pytest.fixture
def frame(name):
    """The instructor's notebook."""
    return nbformat.read(PATHS[name], as_version=4)


def submission(frame):
    """Return a copy of a notebook, to be changed and handed in."""
    return nbformat.from_dict(json.loads(json.dumps(frame)))


def run(name, frame, handed_in):
    """Grade what is handed in with a stub for a kernel; return the stub."""
    notebook, stub = set_into_frame(parse(nbformat.writes(handed_in).encode("utf-8")).cells, frame), Stub()
    sealed = SealedNotebook(PATHS[name], nbformat.writes(frame), frame, RunAndJudge().settings(), ROOT)
    judge.run_cells(notebook, judge.NotebookRun(stub, SECONDS, SECONDS), sealed, seed=1)
    return stub


def shown_only(one):
    """Whether a cell of the instructor's only trains, plays or draws."""
    return bool(set(one.metadata.get("tags", [])) & set(TAGS))


def to_be_run(frame):
    """Return the sources that grading must run: of all code cells that are not judged and do more than show."""
    cells = [one for one in frame.cells if one.cell_type == "code" and not shown_only(one)]
    return [one.source for one in cells if not one.metadata.get("nbgrader", {}).get("grade")]


class TestNoNeedlessWork:
    """Training, playing and drawing cost time and earn nothing: their locked cells are not run."""

    def test_such_cells_are_left_out_and_all_others_run(self, name, frame):
        left_out = [one.source for one in frame.cells if one.cell_type == "code" and shown_only(one)]
        stub = run(name, frame, submission(frame))
        assert len(left_out) >= 3
        assert stub.sources == to_be_run(frame)
        assert not set(left_out) & set(stub.sources)
        assert list(dict.fromkeys(stub.called)) == list(load(name))  # some twice: over stand-ins as well

    @pytest.mark.parametrize("tag", TAGS)
    @pytest.mark.parametrize("forged", [{}, {"locked": True, "grade_id": "mine", "grade": False, "solution": False}])
    def test_a_learners_own_cell_is_run_whatever_its_tag(self, name, frame, tag, forged):
        handed_in = submission(frame)
        metadata = {"tags": [tag]} | ({"nbgrader": forged} if forged else {})
        places = sorted({1, len(handed_in.cells) // 2, len(handed_in.cells)}, reverse=True)
        for number, place in enumerate(places):
            handed_in.cells.insert(place, new_code_cell(f"mine = {number}", metadata=metadata, id=f"mine{number}"))
        stub = run(name, frame, handed_in)
        mine = [source for source in stub.sources if source.startswith("mine = ")]
        assert mine == [f"mine = {number}" for number in reversed(range(len(places)))]
        assert [source for source in stub.sources if source not in mine] == to_be_run(frame)

    def test_a_copy_of_such_a_cell_is_the_learners_own(self, name, frame):
        handed_in = submission(frame)
        one = next(one for one in handed_in.cells if shown_only(one))
        handed_in.cells.append(nbformat.from_dict(one | {"id": "copy"}))
        assert run(name, frame, handed_in).sources == [*to_be_run(frame), one.source]

    def test_tags_that_a_learner_takes_away_change_nothing(self, name, frame):
        handed_in = submission(frame)
        for one in handed_in.cells:
            one.metadata.pop("tags", None)
        assert run(name, frame, handed_in).sources == to_be_run(frame)

    @pytest.mark.parametrize("tag", TAGS)
    def test_tags_that_a_learner_adds_change_nothing(self, name, frame, tag):
        handed_in = submission(frame)
        for one in handed_in.cells:
            one.metadata.setdefault("tags", []).append(tag)
        stub = run(name, frame, handed_in)
        assert stub.sources == to_be_run(frame)
        assert list(dict.fromkeys(stub.called)) == list(load(name))  # some twice: over stand-ins as well

    def test_what_a_learner_writes_into_such_a_cell_is_not_run(self, name, frame):
        handed_in = submission(frame)
        for one in handed_in.cells:
            if one.metadata.get("nbgrader", {}).get("locked") and one.cell_type == "code":
                one.source = "mine = 0"
        assert run(name, frame, handed_in).sources == to_be_run(frame)


def locked(source, name, *tags):
    """Return a cell of the instructor's that is not judged."""
    flags = {"grade": False, "solution": False, "task": False, "locked": True, "schema_version": 3}
    return new_code_cell(source, metadata={"nbgrader": flags | {"grade_id": name}, "tags": list(tags)}, id=name)


@pytest.fixture(scope="module")
def tagged(tmp_path_factory):
    """The small course with cells that leave their names, one of each tag."""
    cells = [locked("ran = ['plain']", "plain"), *[locked(f"ran.append({tag!r})", tag, tag) for tag in TAGS]]
    return Class(tmp_path_factory.mktemp("tagged") / "course", cells)


class TestInAKernel:
    """The same by effect, with a kernel and the gradebook."""

    def ran(self, tagged, student, notebook):
        notebook.cells.append(new_code_cell("ran.append('mine')", metadata={"tags": list(TAGS)}, id="mine"))
        notebook.cells.append(new_code_cell("print(*ran)", id="look"))
        assert tagged.grade(student, notebook).score == FULL
        return tagged.judged(student).cells[-1].outputs[0].text.split()

    def test_only_what_is_not_tagged_runs(self, tagged):
        assert self.ran(tagged, "ada", tagged.notebook()) == ["plain", "mine"]

    def test_tags_of_the_submission_are_no_matter(self, tagged):
        notebook = tagged.notebook()
        for one in notebook.cells:
            if grade_id(one) in TAGS:
                one.metadata.tags = []
            else:
                one.metadata.tags = ["training"]
        assert self.ran(tagged, "ben", notebook) == ["plain", "mine"]

    def test_which_tags_is_the_instructors_to_say(self, tagged, monkeypatch):
        monkeypatch.setitem(tagged.course.config, "RunAndJudge", tagged.course.config.RunAndJudge.copy())
        tagged.course.config.RunAndJudge.skipped_tags = ["plotting"]
        assert self.ran(tagged, "eve", tagged.notebook()) == ["plain", "training", "listening", "mine"]


@pytest.fixture(scope="module")
def klass(tmp_path_factory):
    """The small course as it is."""
    return Class(tmp_path_factory.mktemp("judge") / "course")


@pytest.fixture
def strict(klass, monkeypatch):
    """The course's settings of RunAndJudge, to be changed for one test."""
    monkeypatch.setitem(klass.course.config, "RunAndJudge", klass.course.config.RunAndJudge.copy())
    return klass.course.config.RunAndJudge


class TestIsAFunction:
    """The judge depends on what is handed in, the sealed assignment, the seed and the limits, and on nothing else."""

    def test_same_arguments_give_the_same_and_nothing_is_written(self, klass):
        folder = klass.hand_in("pure", klass.notebook(scale=WRONG), notes__txt="x")
        before = {path: path.stat().st_mtime_ns for path in klass.course.root.rglob("*")}
        sealed = klass.course.seal(NAME)
        submission = take_in(folder, sealed.frames)
        first, again = (
            judge.judge_submission(submission, one, 7, Limits())[NAME]
            for one in (sealed, pickle.loads(pickle.dumps(sealed)))  # as a worker gets it
        )
        assert first.marks == again.marks == {"test_scale": 0, "test_total": POINTS}
        assert first.verdict.metadata()["verdict"] == again.verdict.metadata()["verdict"]
        assert (first.verdict.seed, first.verdict.problem, first.unanswered) == (7, None, frozenset())
        assert {path: path.stat().st_mtime_ns for path in klass.course.root.rglob("*")} == before

    def test_file_that_cannot_be_read_has_no_marks_and_the_reason(self, klass):
        (sealed,) = klass.course.seal(NAME).notebooks
        judged = judge.judge(b"{", {}, sealed, 7, Limits())
        assert judged.marks == {"test_scale": 0, "test_total": 0}
        assert "not valid JSON" in judged.verdict.problem

    def test_it_knows_no_nbgrader(self):
        """Workers, in which it runs, start faster without, and need no gradebook."""
        code = "import sys, autograders.engine.judge, autograders.engine.sealed, autograders.workers\n"
        code += "print(*{name.partition('.')[0] for name in sys.modules} & {'nbgrader', 'sqlalchemy', 'nbconvert'})"
        result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
        assert result.stdout.split() == []


def inserted(klass, *sources):
    """Return an honest notebook with cells before the first solution, and one after all that is judged."""
    notebook = klass.notebook()
    first = next(i for i, one in enumerate(notebook.cells) if one.metadata.get("nbgrader", {}).get("solution"))
    notebook.cells[first:first] = [new_code_cell(source, id=f"mine{number}") for number, source in enumerate(sources)]
    notebook.cells.append(new_code_cell("print('last')", id="last"))
    return notebook


def errors(notebook):
    """Return the texts of the errors that the cells of a judged notebook ended with."""
    outputs = [output for one in notebook.cells if one.cell_type == "code" for output in one.outputs]
    return [output.evalue for output in outputs if output.output_type == "error"]


class TestLimitsOnThePage:
    """Who ran into a limit reads which, and of what came after, why it was not run."""

    def test_time_of_the_notebook(self, klass, strict):
        strict.notebook_timeout = 2.0
        result = klass.grade("slow", inserted(klass, "import time; time.sleep(0.2)", "time.sleep(60)"))
        assert result.score == 0
        text = "not run: the cells of this notebook took more than 2 seconds"
        first, *others = errors(klass.judged("slow"))
        assert re.fullmatch(r"stopped after [01]\.\d seconds: an endless loop\?", first)  # what was left for it
        assert others == [text] * 3  # in both functions' cells and the last
        page = klass.page("slow")
        assert page.count(text) == 3
        assert "NameError: scale is not defined" in page

    def test_kernel_that_ends_too_often(self, klass, monkeypatch):
        monkeypatch.setattr(judge, "MAX_RESTARTS", 1)
        result = klass.grade("mortal", inserted(klass, *["import os; os._exit(1)"] * 2))
        assert result.score == 0
        died = "the Python process ended, or answers no more"
        text = "not run: the Python process ended too often before"
        assert errors(klass.judged("mortal")) == [died] * 2 + [text] * 3
        page = klass.page("mortal")
        assert page.count(died) == 2
        assert page.count(text) == 5  # in three cells, and as the reason of two verdicts
        assert "DeadKernel: " + text in page

    def test_flood(self, klass):
        notebook = inserted(klass, "while True: print('x' * 1000)")
        notebook.cells.append(new_code_cell("while True: print('y' * 1000)", id="flood"))
        assert klass.grade("loud", notebook).score == FULL
        page = klass.page("loud")
        assert page.count("OutputLimit: stopped after 32 MiB of output") == 2
        assert "x" * 1000 in page and "y" * 1000 in page

    def test_calls_take_of_the_notebooks_time_and_are_granted_a_little_when_it_is_used_up(self):
        granted = []
        stub = Stub()

        def call(name, payload, count, seconds):
            granted.append(seconds)
            stub.seconds += 1e-6
            return [{}] * count

        stub.call = call
        run = judge.NotebookRun(stub, SECONDS, SECONDS)
        for left in (SECONDS, 0.0):
            run.left = left
            run.call(BY_NAME["total"], BY_NAME["total"].hidden_cases(1)[:1])
            assert run.left < left
        assert granted == pytest.approx([BY_NAME["total"].timeout, judge.PATIENCE * BY_NAME["total"].timeout])

    def test_time_that_is_used_up_when_cells_are_run_once_more(self):
        stub = Stub(deadly=["b"])
        run = judge.NotebookRun(stub, SECONDS, SECONDS)
        run.cell("a")
        run.left = 1e-9
        assert run.cell("b")[0].ename == "DeadKernel"
        assert run.cell("c")[0].evalue.startswith("not run: ")
        (outcome,) = run.call(BY_NAME["total"], BY_NAME["total"].hidden_cases(1)[:1])
        assert outcome["error"]["message"] == "not run: the time of this notebook was used up"
        assert stub.sources == ["a", "b"]

    def test_what_is_fatal_the_second_time_is_left_out(self):
        stub = Stub()
        run = judge.NotebookRun(stub, SECONDS, SECONDS)
        for source in "abc":
            run.cell(source)
        stub.deadly = {"b", "d"}
        run.cell("d")
        assert stub.sources == [*"abc", "d", *"ab", *"ac"]
        assert run.done == ["a", "c"] and not run.given_up


class TestPointsAreTheGradebooks:
    """What the source notebook and the submission say after release is no matter."""

    @pytest.fixture
    def edited(self, klass):
        """The course with other points in the source notebook, for one test."""
        path = klass.course.root / "notebooks" / NAME / f"{NAME}.ipynb"
        original = path.read_bytes()
        source = nbformat.read(path, as_version=4)
        for name, points in (("test_scale", 3), ("test_total", 50)):
            cell(source, name).metadata.nbgrader.points = points
        nbformat.write(source, path)
        yield klass
        path.write_bytes(original)

    def test_when_the_source_was_edited(self, edited):
        result = edited.grade("honest")
        assert (result.score, result.max_score) == (FULL, FULL)
        ((_, record),) = edited.course.verdicts(NAME, "honest")
        assert [(one["score"], one["points"]) for one in record["exercises"]] == [(POINTS, POINTS)] * 2
        assert [row[1] for row in rows(edited.page("honest"))] == ["10 of 10"] * 2

    def test_when_the_submission_was_edited_too(self, edited):
        notebook = edited.notebook(scale=WRONG)
        for name in ("test_scale", "test_total"):
            cell(notebook, name).metadata.nbgrader.points = 99
        result = edited.grade("greedy", notebook)
        assert (result.score, result.max_score) == (FULL - POINTS, FULL)
        assert [row[1] for row in rows(edited.page("greedy"))] == ["0 of 10", "10 of 10"]

    def test_parts_have_their_share_of_them(self, edited):
        changes = "def scale(x, factor, name):\n    y = x * factor\n    x += 1\n    return y\n"
        assert edited.grade("partly", edited.notebook(scale=changes)).score == 0.8 * POINTS + POINTS


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    path = tmp_path_factory.mktemp("reference") / f"{NAME}.ipynb"
    nbformat.write(source_notebook(), path)
    return Reference(path)


CASES = BY_NAME["scale"].hidden_cases(1)
dtypes = st.sampled_from(["f8", "f4", "f2", ">f8", "g", "i8", "u1", "?", "c16", "U3"]).map(np.dtype)
near = st.tuples(*[dtypes.flatmap(lambda dtype, x=case.inputs["x"]: hnp.arrays(dtype, x.shape)) for case in CASES])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of numbers that overflow
@settings(max_examples=200, deadline=None)
@given(answers(len(CASES)) | near.map(lambda values: pack([{"value": value, "changed": []} for value in values])))
def test_any_answer_is_judged_and_earns_nothing(reference, answer):
    outcomes = read_outcomes([answer], len(CASES))
    report = judge_outcomes(BY_NAME["scale"], reference, CASES, outcomes)
    assert report.score == 0 and not report.ok
    for text in (report.text(), report.html(), json.dumps(report.plain(), ensure_ascii=False)):
        text.encode("utf-8")


def test_arrays_of_any_kind_are_not_written_out():
    """An array may stand in thousands of places, and a thousand complex numbers take hundredths of a second."""
    assert all(len(sketch(np.zeros(1000, kind))[0]) < 100 for kind in (float, int, bool, complex, "U9"))
