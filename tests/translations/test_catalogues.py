"""The catalogues that ship fit the notebooks and their English; a broken one is refused with file and line."""

import shutil

import pytest
from sources import NOTEBOOKS, ROOT

from autograders.course import Course
from autograders.release import messages
from autograders.release.languages import languages, translator
from autograders.release.translations import glossary, state, template, update
from helpers.catalogues import FOLDER, read
from helpers.language import DOMAIN

CATALOGUES = {f"{path.parent.name}-{path.stem}": path for path in sorted((ROOT / FOLDER).glob("*/*.po"))}


@pytest.fixture(scope="module")
def course():
    return Course(ROOT)


@pytest.mark.parametrize("path", CATALOGUES.values(), ids=CATALOGUES)
def test_a_catalogue_has_no_message_that_its_notebook_lacks_and_no_fault(path, course):
    source = messages.template() if path.stem == DOMAIN else template(NOTEBOOKS[path.stem], course.config)
    known = {one.id for one in source}
    assert {one.id for one in read(path)} <= known, f"bring it up to date: course translations {path.parent.name}"
    assert state(path).faults == []


@pytest.mark.parametrize("name", [*NOTEBOOKS, DOMAIN])
def test_all_is_translated_into_chinese(name, course):
    path = ROOT / FOLDER / "zh_CN" / f"{name}.po"
    source = messages.template() if name == DOMAIN else template(NOTEBOOKS[name], course.config)
    done = {one.id for one in read(path) if one.string and one.string != ("",) and not one.fuzzy}
    assert [one.id for one in source if one.id and one.id not in done] == []


HEAD = 'msgid ""\nmsgstr ""\n"Language: zh_CN\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('msgid "a"\nmsgstr "b\n', r"line 7: expected msgid, msgstr or a text in \"...\", got 'msgstr \"b'"),
        ('msgid "a"\nmsgstr "b"c"\n', "line 7: expected msgid, msgstr or a text"),
        ('msgid "a"\nmsgstr b\n', "line 7: expected msgid, msgstr or a text"),
        ('msgid "a"\nmsgstr "b \\x"\n', "line 7: expected msgid, msgstr or a text"),
        ('<<<<<<< HEAD\nmsgid "a"\nmsgstr "b"\n', "line 6: expected msgid, msgstr or a text"),
        ('msgid "a"\nmsgid "b"\nmsgstr "c"\n', "line 7: expected msgstr after msgid"),
        ('msgid "a"\nmsgstr "b"\nmsgstr "c"\n', "line 8: expected msgid after msgstr"),
        ('msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"\n', "line 9: expected each message once"),
        ('msgid "a"\n', "line 6: expected msgstr after msgid, got the end"),
        ('msgid "a"\nmsgstr "\udcff"\n', "line 7: expected UTF-8, got the byte 0xff"),
    ],
)
def test_a_broken_catalogue_is_refused_with_file_and_line(text, words, tmp_path):
    path = tmp_path / "zh_CN" / "small.po"
    path.parent.mkdir()
    path.write_bytes((HEAD + text).encode("utf-8", "surrogateescape"))
    with pytest.raises(ValueError, match=f"{path}, {words}"):
        read(path)


@pytest.mark.parametrize("line", ["cell state", "cell state,细胞状态,more", "cell state,", ""])
def test_a_broken_glossary_is_refused_with_file_and_line(line, tmp_path):
    (tmp_path / "glossary.csv").write_text(f"English,Chinese\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="glossary.csv, line 2: expected an English term, a comma"):
        glossary(tmp_path)


@pytest.mark.parametrize("language", ["xx", "Chinese", "../zh_CN", ""])
def test_no_catalogue_is_begun_in_what_is_no_language(language, course):
    with pytest.raises(ValueError, match="expected a language such as zh_CN"):
        update(course, "jazz_lstm", language)


def test_an_unknown_language_is_answered_with_those_there_are(course):
    for refused in (lambda: Course(ROOT, language="fr"), lambda: translator(ROOT, "fr", "jazz_lstm")):
        with pytest.raises(ValueError, match=rf"\({', '.join(languages(ROOT))}\), got 'fr'"):
            refused()


def test_a_sentence_that_was_changed_keeps_its_translation_as_fuzzy_and_is_english_until_then(tmp_path):
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    source = tmp_path / "notebooks" / "jazz_lstm" / "jazz_lstm.ipynb"
    source.parent.mkdir(parents=True)
    text = NOTEBOOKS["jazz_lstm"].read_text(encoding="utf-8")
    source.write_text(text, encoding="utf-8")
    course, path = Course(tmp_path), tmp_path / FOLDER / "de" / "jazz_lstm.po"
    begun = update(course, "jazz_lstm", "de")
    assert (begun.path, begun.translated) == (path, 0) and begun.messages > 200

    message = "Everything you need is imported here. It takes a few seconds, because TensorFlow is large."
    done = "Alles Nötige wird hier importiert. Das dauert ein paar Sekunden."
    path.write_text(path.read_text().replace(f'msgid "{message}"\nmsgstr ""', f'msgid "{message}"\nmsgstr "{done}"'))
    assert update(course, "jazz_lstm", "de").translated == 1
    assert translator(tmp_path, "de", "jazz_lstm")(message) == done
    assert translator(tmp_path, "de", "jazz_lstm")("another") == "another"

    changed = message.replace("a few seconds", "some seconds")
    source.write_text(text.replace("It takes a few seconds", "It takes some seconds"), encoding="utf-8")
    assert update(course, "jazz_lstm", "de").translated == 0
    assert read(path)[changed].string == done and read(path)[changed].fuzzy and message not in read(path)
    assert translator(tmp_path, "de", "jazz_lstm")(changed) == changed
