"""A language that marks every message: whatever a learner or an instructor reads has no word that is not marked."""

import html
import re
import shutil

import nbformat
import numpy as np
import pytest
from babel.messages.pofile import write_po
from small_course import ANSWER, FULL, HONEST, NAME, WRONG, Class, cell, course_command

from autograders.course import Course
from autograders.release.segments import words
from autograders.release.translations import update
from autograders.results import class_report
from helpers.catalogues import compile_catalogue, read
from helpers.check import probe
from helpers.check.asking import conversation
from helpers.check.checking import CheckFailed, check
from helpers.check.error_words import in_words
from helpers.language import DOMAIN, VARIABLE, compiled, speaking
from helpers.ready import examine

pytestmark = pytest.mark.slow

LANGUAGE = "eo"  # in which nobody has translated the course
CHANGES_X = "def scale(x, factor, name):\n    x *= factor\n    return x\n"
LOOP = (
    "def total(x):\n    result = []\n    for row in x:\n        result.append(row.sum())\n    return np.array(result)\n"
)
RAISES = (  # lines at which beginners' functions end, as Python and NumPy tell of them
    "missing", "x @ x", "x + np.ones((9, 8, 7))", "np.zeros((2, 2))[5]", "x.mean(axis=7)", "x[0, 0, 0, 0]", "[][1]",
    "1 / 0", "1 + 'text'", "x.rows", "x()", "len(3)", "a, b = [1]", "a, b = [1, 2, 3]",
    "np.concatenate([np.ones((1, 2)), np.ones((2, 1))])", "x['a']", "list(x)['a']", "import nothing", "x.ndim[0]",
    "np.reshape(x, (7, 7, 7))", "np.zeros((2, 2))[0] = np.ones(3)", "np.dot(np.ones((1, 2)), np.ones((1, 2)))",
)  # fmt: skip
MARKED = re.compile(r"⟦[^⟦⟧]*⟧")
NO_TEXT = re.compile(r"<(style|script|pre|code)\b.*?</\1>", re.S)
SAID = re.compile(r'<[^>]*?\b(?:alt|aria-label|title|data-count)="([^"]*)"[^>]*>|<[^>]*>')
# Names of functions, values, learners, files and modules, and what Python itself says.
OF_NOBODY = set(f"{NAME} scale total result factor name numpy ada bob eve answer check ask ipynb".split())


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """A class whose every message is marked, released in that language."""
    made = Class(tmp_path_factory.mktemp("marked") / "course", [ANSWER])
    for name in (NAME, DOMAIN):
        path = update(made.course, name, LANGUAGE).path
        catalog = read(path)
        for one in catalog:
            if one.id:
                one.string = tuple(f"⟦{form}⟧" for form in one.id) if isinstance(one.id, tuple) else f"⟦{one.id}⟧"
        with open(path, "wb") as stream:
            write_po(stream, catalog)
    compile_catalogue(path, compiled(LANGUAGE))  # the last one, of messages
    Course(made.course.root, language=LANGUAGE).release(NAME)
    yield made
    shutil.rmtree(compiled(LANGUAGE).parents[1])


def unmarked(text):
    """Return the words of a text that are in no marked message; of a page, of its attributes, too."""
    text = html.unescape(SAID.sub(lambda tag: f" {tag[1] or ''} ", NO_TEXT.sub(" ", text)))
    while MARKED.search(text):
        text = MARKED.sub(" ", text)
    return set(words(text)) - OF_NOBODY


def notebook(school, **answers):
    """Return the marked notebook with cells filled in."""
    folder = Course(school.course.root, language=LANGUAGE).path("release", NAME)
    found = nbformat.read(folder / f"{NAME}.ipynb", as_version=4)
    for grade_id, source in answers.items():
        cell(found, grade_id).source = source
    return found


def function(source):
    """Define a function as a cell does."""
    scope = {}
    exec("import numpy as np\n" + source, scope)
    return next(value for name, value in scope.items() if name in HONEST)


def test_a_wrong_word_is_found():
    assert unmarked("<p>⟦One ⟦two⟧⟧ three <code>four</code></p>") == {"three"}
    assert unmarked('<img alt="⟦A plot⟧"><a title="five"></a>') == {"five"}


def test_pages(school):
    for student, answers in {"ada": HONEST, "bob": {"scale": WRONG, "total": "total = 3"}, "eve": {}}.items():
        result = school.grade(student, notebook(school, answer="⟦my answer⟧", **answers))
        assert result.problem is None and (result.score == FULL) == (student == "ada")
        page = school.page(student)
        assert "⟦" in page and unmarked(page) == set(), student
    school.course.config.ClassReport.language = LANGUAGE
    report = class_report.write(school.course, NAME, school.course.class_results(NAME))
    pages = [report, *report.with_suffix("").glob("*.html")]
    assert len(pages) == 4 + 1  # the class, two functions, the written answer, similar code
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert f'<html lang="{LANGUAGE}">' in text and unmarked(text) - {"UTC"} == set(), page.name


@pytest.mark.parametrize(("name", "source"), [("scale", WRONG), ("scale", CHANGES_X), ("total", "def total(x): pass")])
@pytest.mark.parametrize("hint", [1, 2, 3])
def test_check(school, monkeypatch, name, source, hint):
    monkeypatch.chdir(Course(school.course.root, language=LANGUAGE).path("release", NAME))
    with speaking(LANGUAGE), pytest.raises(CheckFailed) as told:
        check(function(source), name, hint)
    assert "⟦" in str(told.value) and unmarked(str(told.value)) == set()


@pytest.mark.parametrize("line", RAISES)
def test_the_words_of_an_error(school, line):
    with pytest.raises(Exception) as raised:  # noqa: PT011 (of any kind)
        exec(line, {"np": np, "x": np.ones((2, 3))})
    with speaking(LANGUAGE):
        told = in_words(probe.describe(raised.value)["message"])
    assert "⟦" in told and unmarked(told) == set()


def test_ask(school, tmp_path, monkeypatch):
    folder = Course(school.course.root, language=LANGUAGE).path("release", NAME)
    with speaking(LANGUAGE):
        told = conversation(function(LOOP), name="total", folder=folder)
    assert "⟦" in told and unmarked(told) == set()


@pytest.mark.parametrize(
    "command",
    [
        ["ready", f"{NAME}.ipynb"], ["ready", "none.ipynb"], ["update", f"{NAME}.ipynb"],
        ["update", f"{NAME}.ipynb", "--release", f"{NAME}.ipynb"], ["lab"], ["data", "list"],
        ["data", "get", "nothing"], ["data", "verify", "data/emoji/test.csv"], ["data", "verify", "nothing"],
    ],
)  # fmt: skip
def test_commands_for_learners(school, tmp_path, monkeypatch, command):
    monkeypatch.setenv("LANGUAGE", LANGUAGE)
    if command[0] != "lab":
        nbformat.write(notebook(school, scale=WRONG), tmp_path / f"{NAME}.ipynb")
        released = Course(school.course.root, language=LANGUAGE).path("release", NAME)
        shutil.copy(released / f"{NAME}.checks.zip", tmp_path)
    told = course_command(*command, cwd=tmp_path).stdout
    assert "⟦" in told and unmarked(told) == set(), told


def test_ready(school, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, LANGUAGE)
    folder = shutil.copytree(Course(school.course.root, language=LANGUAGE).path("release", NAME), tmp_path / "mine")
    nbformat.write(notebook(school, scale=WRONG), folder / f"{NAME}.ipynb")
    told = examine(folder / f"{NAME}.ipynb").text()
    assert "⟦" in told and unmarked(told) == set()
