"""docs/authoring.md, followed line by line; what `course check` and `course release` say where something is wrong."""

import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest

from autograders import cli
from autograders.course import Course
from autograders.engine import exercise
from autograders.release import authoring

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
NAME, POINTS = "attention", 10
NOTEBOOK, DECLARATION = f"notebooks/{NAME}/{NAME}.ipynb", f"assignments/{NAME}/__init__.py"
VARIANTS = f"tests/variants/{NAME}.py"


def course(*arguments):
    """Run the `course` command in this process; return its exit status and what it said."""
    from typer.testing import CliRunner

    result = CliRunner().invoke(cli.app, arguments)
    text = result.output
    if result.exception and not isinstance(result.exception, SystemExit):
        text += str(result.exception)
    return result.exit_code, text


def cell(notebook, name):
    """Return a cell by its nbgrader id, or its own."""
    return next(c for c in notebook.cells if name in (c.metadata.get("nbgrader", {}).get("grade_id"), c.id))


def follow(folder):
    """Make a course directory and do in it what the guide says."""
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    authoring.create(Course(folder), NAME)
    path = folder / NOTEBOOK
    for kind, place, code in re.findall(r"^In (the cell )?`([^`]+)`:\n\n```python\n(.*?)```$", GUIDE, re.M | re.S):
        if kind:
            notebook = nbformat.read(path, as_version=4)
            cell(notebook, place).source = code.rstrip()
            nbformat.write(notebook, path)
        else:
            (folder / place).write_text(code, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    return follow(tmp_path_factory.mktemp("guide"))


@pytest.fixture
def folder(followed, tmp_path):
    """A copy of the guide's course, for a test that breaks it."""
    return shutil.copytree(followed, tmp_path / "course")


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def edit_cell(folder, name, change):
    path = folder / NOTEBOOK
    notebook = nbformat.read(path, as_version=4)
    change(cell(notebook, name) if name else notebook)
    nbformat.write(notebook, path)


class TestGuide:
    def test_what_new_lays_down_passes_at_once_and_is_overwritten_by_nothing(self, tmp_path, monkeypatch):
        shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
        monkeypatch.chdir(tmp_path)
        assert course("new", "convolution")[0] == 0
        status, text = course("check")
        assert (status, "convolution: all is well" in text) == (0, True), text
        (tmp_path / NOTEBOOK).parent.mkdir(parents=True)
        (tmp_path / NOTEBOOK).write_text("mine")
        status, text = course("new", NAME)
        assert status and f"{NAME}.ipynb exists" in text
        assert not (tmp_path / DECLARATION).exists() and (tmp_path / NOTEBOOK).read_text() == "mine"

    @pytest.mark.parametrize("name", ["no-name", "../up", "Upper", "class x", ""])
    def test_a_name_that_cannot_be_is_refused(self, tmp_path, name):
        shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
        status, text = course("new", name, "--course-dir", str(tmp_path))
        assert status and "expected a name" in text
        assert [path.name for path in tmp_path.iterdir()] == ["nbgrader_config.py"]

    def test_the_finished_assignment_passes(self, followed):
        assert authoring.check(Course(followed), NAME) == []
        made = authoring.exercises_of(nbformat.read(followed / NOTEBOOK, as_version=4), followed)[NAME]
        assert (len(made.mistakes), made.points) == (8, POINTS)

    @pytest.mark.long
    @pytest.mark.usefixtures("jail")
    def test_right_and_wrong_answers_are_graded(self, folder):
        made = Course(folder)
        made.release(NAME)
        solution = cell(nbformat.read(folder / NOTEBOOK, as_version=4), NAME).source
        answers = {
            "right": authoring.variants(NAME, folder)[NAME]["loops"],
            "wrong": solution.replace("np.sqrt(keys.shape[1])", "keys.shape[1]"),
            "none": None,
        }
        for student, answer in answers.items():
            notebook = nbformat.read(made.path("release", NAME) / f"{NAME}.ipynb", as_version=4)
            assert "### BEGIN" not in json.dumps(notebook) and "np.sqrt" not in json.dumps(notebook)
            cell(notebook, NAME).source = answer or cell(notebook, NAME).source
            target = made.path("submitted", NAME, student)
            target.mkdir(parents=True)
            nbformat.write(notebook, target / f"{NAME}.ipynb")
        results = {student: made.grade(NAME, student) for student in answers}
        assert [one.problem for one in results.values()] == [None] * 3
        assert {student: one.score for student, one in results.items()} == {"right": 10, "wrong": 5, "none": 0}
        ((_, verdict),) = made.verdicts(NAME, "wrong")
        assert verdict["exercises"][0]["mistakes"] == ["scores_scaled_by_d"]


def no_marks(cell):
    cell.source = "\n".join(line for line in cell.source.split("\n") if "###" not in line)


def one_mark(cell):
    cell.source = cell.source.replace("    ### END SOLUTION\n", "")


def renamed(cell):
    cell.source = cell.source.replace("def attention(", "def attend(")


def marks_round_nothing(cell):
    no_marks(cell)
    cell.source += "\n    ### BEGIN SOLUTION\n    ### END SOLUTION"


SIZES = "((2, 3, 4, 5), (1, 6, 2, 3), (3, 3, 3, 3), (5, 4, 7, 7))"
NO_RNG = "def cases(_):\n    import numpy\n    rng = numpy.random.default_rng(0)"
IN_DECLARATION = {  # what would spoil a release: the change, where it is, what is said
    "typo in a part": ('"context": 0.4', '"contxt": 0.4', "attention", "'contxt': expected one of context, weights"),
    "no returns": ('    returns=("context", "weights"),\n', "", "attention", "returns: expected names"),
    "fewer returns": ('("context", "weights")', '("context", "w", "x")', "attention", "returns: expected names"),
    "shares": ('"weights": 0.5', '"weights": 0.6', "__init__.py, line", "sum to 1, got 1.1"),
    "typo in an import": ("import Case,", "import Cases,", "__init__.py, line 3", "'Cases'"),
    "no Python": ("def cases(rng):", "def cases(rng:", "__init__.py, line", "SyntaxError"),
    "no exercises": ("EXERCISES =", "EXERCISE =", "__init__.py", "expected EXERCISES"),
    "no cases": (SIZES, "()", "attention", "expected cases"),
    "only cases beyond": ("},\n        )", "},\n            beyond='section 1',\n        )", "", "not `beyond`"),
    "cases that fail": ("rng.standard_normal((n_q, d))", "rng.normals((n_q, d))", "attention", "AttributeError"),
    "cases that draw nothing": ("def cases(rng):", NO_RNG, "attention", "the same ones from two seeds"),
    "unknown probe": ("=cases,", "=cases, probe='helpers.no:call',", "attention", "helpers.no"),
    "an edit that does not apply": ('"weights @ values"', '"weight @ values"', "_from_the_keys", "got it 0 times"),
    "given that does not apply": ('"weights": (W', '"weights": ("# " + W', "given weights", "got it 0 times"),
}  # fmt: skip
IN_NOTEBOOK = {  # the cell, the change, where it is, what is said
    "no exercises": (None, lambda nb: nb.metadata.pop("course"), "metadata", "got none"),
    "unknown exercises": (None, lambda nb: nb.metadata.course.update(exercises="atention"), "", "'atention'"),
    "no setup tag": ("packages", lambda c: c.metadata.pop("tags"), NOTEBOOK, "expected the tag 'setup'"),
    "typo": ("test_attention", lambda c: c.update(source="check(at)"), "cell test-exercise", "got check(at)"),
    "no line": ("test_attention", lambda c: c.update(source="_ = check(attention)"), "test-exercise", "another line"),
    "no grade cell": ("test_attention", lambda c: c.metadata.pop("nbgrader"), NOTEBOOK, "check(attention), got 0"),
    "renamed function": (NAME, renamed, NOTEBOOK, "a solution cell that defines attention, got attend"),
    "no Python": (NAME, lambda c: c.update(source="def attention(:"), "cell exercise, line 1", "expected Python"),
    "no solution marks": (NAME, no_marks, f"{NAME}.ipynb, attention", "expected ### BEGIN SOLUTION"),
    "one solution mark": (NAME, one_mark, NOTEBOOK, "no end solution statement"),
    "marks round nothing": (NAME, marks_round_nothing, f"{NAME}.ipynb, attention", "expected 0 points"),
    "no import": ("packages", lambda c: c.update(source="xp = 1"), "the public cases", "lack the tag 'setup'"),
}


def findings(folder):
    return [str(one) for one in authoring.check(Course(folder), NAME)]


@pytest.mark.parametrize("kind", IN_DECLARATION)
def test_fault_of_a_declaration_is_found(folder, kind):
    old, new, place, text = IN_DECLARATION[kind]
    edit(folder / DECLARATION, old, new)
    assert place in findings(folder)[0] and text in findings(folder)[0]


@pytest.mark.parametrize("kind", IN_NOTEBOOK)
def test_fault_of_a_notebook_is_found(folder, kind):
    name, change, place, text = IN_NOTEBOOK[kind]
    edit_cell(folder, name, change)
    found = findings(folder)
    assert any(place in one and text in one for one in found), found


def test_a_grade_cell_comes_after_its_solution(folder):
    def move(notebook):
        grade_cell = cell(notebook, "test_attention")
        notebook.cells.remove(grade_cell)
        notebook.cells.insert(2, grade_cell)

    edit_cell(folder, None, move)
    assert "expected check(attention) after the cell that defines attention" in findings(folder)[0]


def test_what_is_found_is_said_and_stops_the_release_in_one_line(folder):
    edit(folder / DECLARATION, '"context": 0.4', '"contxt": 0.4')
    for command in ("check", "release"):
        status, said = course(command, "--course-dir", str(folder))
        assert status == 1 and "'contxt': expected one of context, weights" in said, said
    with pytest.raises(RuntimeError) as error:
        Course(folder).release(NAME)
    assert "'contxt': expected one of context, weights" in str(error.value).splitlines()[0]
    assert not (folder / "release" / NAME).exists() and not (folder / NOTEBOOK).with_suffix(".checks.zip").exists()


def test_a_release_that_is_refused_leaves_the_former_one(folder):
    made = Course(folder)
    made.release(NAME)
    before = {path.name: path.read_bytes() for path in made.path("release", NAME).iterdir()}
    edit_cell(folder, "packages", lambda one: one.metadata.pop("tags"))
    with pytest.raises(RuntimeError, match="expected the tag 'setup'"):
        made.release(NAME)
    assert {path.name: path.read_bytes() for path in made.path("release", NAME).iterdir()} == before


QUESTION = "Add up one row of the weights. Is it 1?"
BARE = '"np.exp(scores)"), (WEIGHTS, "weights = '
WEAK = {  # what a release does not stop for: the file, the change, where it is, what is said
    "typo in an edit": (DECLARATION, '"weights @ keys"', '"weights @ key"', "context_from_the_keys", "NameError"),
    "mistake that no case shows": (
        DECLARATION, SIZES, "((2, 4, 4, 5), (3, 3, 3, 3))", "scores_scaled_by_the_number_of_keys", "full marks",
    ),
    "mistake not named": (
        DECLARATION, BARE + "powers", BARE + "scores", "not_normalised", "to be named, got weights_without_softmax",
    ),
    "no question": (DECLARATION, f'"{QUESTION}"', '""', "not_normalised", "question: expected a sentence"),
    "a hint for a question": (DECLARATION, QUESTION, "Add them up.", "not_normalised", "to the mistake, got 'Add"),
    "code in a question": (DECLARATION, QUESTION, "Is weights.sum(axis=1) 1?", "not_normalised", "code, got 'm('"),
    "a long question": (DECLARATION, QUESTION, "Is it 1? " * 27, "not_normalised", "at most 80 words, got 81"),
    "no such section": (
        DECLARATION, "section 1, the equation of the context", "section 1.1", "context_from_the_keys",
        "section: expected 'section' and one of 1, got 'section 1.1'",
    ),
    "no section": (
        DECLARATION, "section 1, the equation of the context", "the equation", "context_from_the_keys", "got 'the equ",
    ),
    "variant refused": (VARIANTS, "len(key) ** 0.5", "len(key)", "attention__loops", "full marks, got weights:"),
    "variant that does not run": (VARIANTS, "np.einsum", "npp.einsum", "attention__einsum", "NameError"),
    "variant of no exercise": (VARIANTS, "attention__e", "atention__e", VARIANTS, "expected one of attention"),
    "no variant": (VARIANTS, "attention__", "attention_", VARIANTS, "expected a right answer in other words"),
}  # fmt: skip


@pytest.mark.parametrize("kind", WEAK)
def test_what_is_inconsistent_is_found(folder, kind):
    file, old, new, place, text = WEAK[kind]
    edit(folder / file, old, new)
    found = findings(folder)
    assert any(place in one and text in one for one in found), found


@pytest.mark.parametrize("assignment", ["step_by_step_rnn", "jazz_lstm", "emojify"])
def test_all_mistakes_of_the_course_have_hints_that_climb(assignment):
    source = nbformat.read(ROOT / "notebooks" / assignment / f"{assignment}.ipynb", as_version=4)
    exercises, sections = exercise.load(assignment), authoring.sections_of(source)
    mistakes = [mistake for one in exercises.values() for mistake in one.mistakes]
    assert len(mistakes) > 90 and len(sections) > 10
    assert not [(one.name, text) for one in mistakes for text in authoring.faults_of_hints(one, sections)]


def test_two_courses_may_have_an_assignment_of_the_same_name(folder, followed):
    edit(folder / DECLARATION, '"scores_not_scaled"', '"bare_scores"')
    ours, theirs = (
        authoring.exercises_of(nbformat.read(root / NOTEBOOK, as_version=4), root)[NAME] for root in (folder, followed)
    )
    assert (ours.mistakes[0].name, theirs.mistakes[0].name) == ("bare_scores", "scores_not_scaled")


def test_an_assignment_without_variants_is_found_and_stops_no_other_test(folder):
    (folder / VARIANTS).unlink()
    assert authoring.variants(NAME, folder) == {}
    (finding,) = authoring.check(Course(folder), NAME)
    assert finding.place.endswith(VARIANTS)


def test_one_exercise_is_tried_alone(folder):
    (folder / VARIANTS).unlink()
    assert authoring.check(Course(folder), NAME, NAME) == authoring.check(Course(folder), NAME)
    (finding,) = authoring.check(Course(folder), NAME, "atention")
    assert "expected an exercise, one of attention, got atention" in str(finding)
