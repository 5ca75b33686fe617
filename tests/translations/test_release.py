"""One class in two languages: the same cells and points, one gradebook, one grader; a learner may hand in either."""

import base64
import re

import nbformat
import pytest
from babel.messages.pofile import write_po
from nbformat.v4 import new_markdown_cell
from small_course import ANSWER, ANSWER_POINTS, FULL, HONEST, NAME, Class, cell, course_command
from traitlets.config import Config

from autograders.course import Course
from autograders.release.translations import update
from autograders.results import class_report
from helpers.catalogues import FOLDER, read
from helpers.language import speaking

pytestmark = pytest.mark.slow

LANGUAGE = "zh_CN"
DRAWN = '<svg xmlns="http://www.w3.org/2000/svg"><title>{}</title></svg>'
LOCKED = new_markdown_cell(
    "Some words.",
    metadata={"nbgrader": {"grade_id": "told", "grade": False, "solution": False, "locked": True, "schema_version": 3}},
    id="told",
)
FIGURE = new_markdown_cell("![A drawing of words](figures/drawing.svg)", id="figure")


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """A class whose every message is marked in the other language, released in both."""
    made = Class(tmp_path_factory.mktemp("school") / "course", cells=[LOCKED, FIGURE, ANSWER])
    source = made.course.path("source", NAME) / f"{NAME}.ipynb"
    notebook = nbformat.read(source, as_version=4)
    notebook.metadata.course["tensorflow"] = False  # a lighter kernel
    nbformat.write(notebook, source)
    folder = source.parent / "figures"
    folder.mkdir()
    (folder / "drawing.svg").write_text(DRAWN.format("Some words"), encoding="utf-8")
    path = update(made.course, NAME, LANGUAGE).path
    catalog = read(path)
    for message in catalog:
        if message.id:
            message.string = f"⟦{message.id}⟧"
    with open(path, "wb") as stream:
        write_po(stream, catalog)
    Course(made.course.root, language=LANGUAGE).release(NAME)
    return made


def released(school, language=None):
    folder = Course(school.course.root, language=language).path("release", NAME)
    return nbformat.read(folder / f"{NAME}.ipynb", as_version=4)


def test_only_what_learners_read_differs(school):
    english, other = released(school), released(school, LANGUAGE)
    said = {"language": LANGUAGE, "tensorflow": False}
    assert other.metadata.pop("course") == {**english.metadata.pop("course"), **said}
    assert other.metadata == english.metadata
    for one, two in zip(english.cells, other.cells, strict=True):
        settings = [dict(each.metadata.get("nbgrader", {}), checksum=None) for each in (one, two)]
        assert (one.id, one.cell_type, settings[0]) == (two.id, two.cell_type, settings[1])
    assert cell(other, "told").source == "⟦Some words.⟧"
    assert '"""⟦Return x times factor.⟧"""\n    # ⟦YOUR CODE HERE⟧\n' in cell(other, "scale").source
    drawn = school.course.root / "release_zh_CN" / NAME / "figures" / "drawing.svg"
    assert drawn.read_text(encoding="utf-8") == DRAWN.format("⟦Some words⟧")
    assert (school.course.root / "release_zh_CN" / NAME / f"{NAME}.checks.zip").is_file()


@pytest.mark.parametrize("language", [None, LANGUAGE])
def test_either_language_is_graded_alike_and_its_page_speaks_it(school, language):
    words = "⟦Some words.⟧" if language else "Some words."
    notebook = released(school, language)
    blank = school.grade(f"blank-{language}", notebook)
    assert (blank.score, blank.waiting) == (0, 0), "an answer that was left as it came waits for nobody"
    for name, source in HONEST.items():
        cell(notebook, name).source = source
    cell(notebook, "answer").source = "我的回答 my answer"
    cell(notebook, "told").source = "changed"
    result = school.grade(f"done-{language}", notebook)
    assert (result.score, result.waiting) == (FULL, ANSWER_POINTS)
    judged = school.judged(f"done-{language}")
    assert cell(judged, "told").source == words and judged.metadata.course.get("language") == language
    page = school.page(f"done-{language}")
    assert words in page and f'<html lang="{"zh-CN" if language else "en"}">' in page
    drawn = base64.b64decode(re.search('src="data:image/svg.xml;base64,(.*?)"', page)[1]).decode("utf-8")
    assert drawn == DRAWN.format("⟦Some words⟧" if language else "Some words")


def test_what_is_wrong_is_counted_together_in_a_class_of_two_languages_and_told_in_the_reports(school):
    students = {None: "late-en", LANGUAGE: "late-zh"}
    for language, student in students.items():
        notebook = released(school, language)
        cell(notebook, "total").source = "def total(x):\n    return x.sum(axis=1)[None]\n"
        assert school.grade(student, notebook).problem is None
    for language, words in {"": "an axis of length 1 is lost or added", LANGUAGE: "长度为 1 的轴"}.items():
        with speaking(language):
            items = class_report.collect(school.course, NAME, school.course.class_results(NAME))["items"]
            (who,) = (who for item in items for text, who in item.mistakes.items() if words in text)
        assert set(who) >= {*students.values()}


@pytest.mark.parametrize("claimed", ["fr", "../zh_CN", 7, ["zh_CN"]])
def test_a_notebook_that_claims_a_language_there_is_none_of_is_graded_in_english(school, claimed):
    notebook = school.notebook()
    notebook.metadata["course"] = {"language": claimed}
    assert school.grade("eve", notebook).score == FULL
    assert "language" not in school.judged("eve").metadata.course


def test_chinese_in_names_of_learners_files_and_variables_is_graded(school):
    notebook = released(school, LANGUAGE)
    cell(
        notebook, "scale"
    ).source = "def scale(x, factor, name):\n    结果 = x * factor  # 逐元素相乘\n    return 结果\n"
    cell(notebook, "total").source = "def total(x):\n    return np.sum（x, axis=1）\n"
    result = school.grade("李雷", notebook, 我的笔记__txt="记一下，（想法）")
    assert (result.score, result.problem) == (FULL / 2, None)
    told = cell(school.judged("李雷"), "test_total").outputs[0].data["text/plain"]
    assert "total" in told and "2" in told and "FULLWIDTH LEFT PARENTHESIS" in told and "'('" in told
    assert "李雷" in class_report.write(school.course, NAME, school.course.class_results(NAME)).read_text("utf-8")


def test_a_report_in_an_unknown_language_is_refused_with_those_there_are(school, monkeypatch):
    monkeypatch.setitem(school.course.config, "ClassReport", Config(language="fr"))
    with pytest.raises(ValueError, match=r"\(zh_CN\), got 'fr'"):
        class_report.write(school.course, NAME, [])


def test_the_commands_tell_the_share_the_faults_a_broken_catalogue_and_the_languages(school):
    ran = course_command("translations", LANGUAGE, cwd=school.course.root)
    assert "messages translated, 0 faulty" in ran.stdout and ran.returncode == 0
    path = school.course.root / FOLDER / LANGUAGE / f"{NAME}.po"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace('msgstr "⟦Some words.⟧"', 'msgstr "词,词"'), encoding="utf-8")
    line = whole[: whole.index('msgid "Some words."')].count("\n") + 1
    ran = course_command("translations", LANGUAGE, cwd=school.course.root)
    assert f"{path}, line {line}: typography: expected a full-width mark" in ran.stdout and ran.returncode == 1
    path.write_text(whole + 'msgid "cut off\n', encoding="utf-8")
    for command in (["translations", LANGUAGE], ["release", "--language", LANGUAGE]):
        ran = course_command(*command, cwd=school.course.root)
        broken = f"{path}, line {whole.count(chr(10)) + 1}: expected msgid, msgstr or a text"
        assert f"error: {broken}" in ran.stdout and ran.returncode == 1
    path.write_text(whole, encoding="utf-8")
    ran = course_command("release", "--language", "fr", cwd=school.course.root)
    assert "(zh_CN), got 'fr'" in ran.stdout and ran.returncode == 1
