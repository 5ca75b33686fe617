"""What `check`, plots and pages say in another language, and that matplotlib can draw it on any machine."""

import os
import pickle
import re
import time
import warnings
from datetime import timedelta
from gettext import GNUTranslations

import matplotlib
import numpy as np
import pytest
from fontTools.ttLib import TTFont
from sources import ROOT

from autograders.collect.deadlines import spoken
from autograders.engine.exercise import load
from helpers import language
from helpers.catalogues import FOLDER, read
from helpers.check.judging import Run, judge_runs
from helpers.language import VARIABLE, Told, _, compiled, said, speaking, with_numbers
from helpers.plotting import FONTS, pyplot
from helpers.words import plot_confusion_matrix

matplotlib.use("Agg")
HAN = re.compile(r"[\u3400-\u9fff]")
WIDE = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")  # Chinese; matplotlib's own font has the rest
ASSIGNMENTS = ("step_by_step_rnn", "jazz_lstm", "emojify")


def test_the_environment_says_the_language_and_a_with_block_another_one(monkeypatch):
    assert _("right") == "right"
    monkeypatch.setenv(VARIABLE, "zh_CN")
    assert _("right") == "对"
    with speaking(None):
        assert _("right") == "right"
        with speaking("zh_CN"):
            assert _("right") == "对" and _("what no catalogue has") == "what no catalogue has" and _("") == ""
    assert language.language() == "zh_CN"


def test_words_are_never_older_than_the_catalogue(tmp_path, monkeypatch):
    path = tmp_path / "sources" / "ia" / "messages.po"
    path.parent.mkdir(parents=True)
    monkeypatch.setattr(language, "SOURCES", tmp_path / "sources")
    monkeypatch.setattr(language, "CATALOGUES", tmp_path / "compiled")
    for age, word in ((9, "old"), (5, "new")):  # in seconds
        path.write_text(f'msgid "right"\nmsgstr "{word}"\n', encoding="utf-8")
        with open(compiled("ia"), "rb") as stream:
            assert GNUTranslations(stream).gettext("right") == word
        os.utime(compiled("ia"), (time.time() - age,) * 2)
    path.write_text('msgid "right"\nmsgstr "cut off\n', encoding="utf-8")
    with pytest.raises(ValueError, match=f"{path}, line 2: expected msgid, msgstr or a text"), speaking("ia"):
        _("right")


@pytest.mark.parametrize("name", ["xx", "../zh_CN", "zh CN"])
def test_a_language_without_a_catalogue_is_english(name):
    with speaking(name):
        assert _("right") == "right"


def test_what_was_told_in_english_is_said_in_another_language_by_another_process():
    note = Told("{when}, {duration} late", when="2026-11-28 18:00", duration=spoken(timedelta(hours=27)))
    assert note == "2026-11-28 18:00, 1 day 3 hours late"
    with speaking("zh_CN"):
        assert said(pickle.loads(pickle.dumps(note))) == "2026-11-28 18:00，迟交 1 天 3 小时"
        assert said("not graded yet") == "还没有评分" and said(None) is None
    assert said(Told("{sentence} {next}", sentence="{", next="}")) == "{ }"


def test_numbers_in_the_name_of_a_case_stay():
    with speaking("zh_CN"):
        assert with_numbers("logits of 10,000") == "大小为 10,000 的 logits"
        assert with_numbers("n_x = 3, m = 2") == "n_x = 3, m = 2"


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_hint_of_every_mistake_is_chinese(assignment):
    with speaking("zh_CN"):
        for exercise in load(assignment).values():
            for one in exercise.mistakes:
                for text in (one.question, one.hint, one.section):
                    assert HAN.search(_(text)), f"{exercise.name}, {one.name}: {text}"


def test_a_report_is_chinese_and_names_the_same_mistake():
    exercise = load("step_by_step_rnn")["rnn_cell_forward"]
    spec, cases = exercise.spec, exercise.public_cases()[:1]
    right = {"value": (np.ones((2, 3)), np.ones((2, 3)), ()), "changed": []}
    wrong = {"value": (np.zeros((2, 3)), np.ones((2, 3)), ()), "changed": ["xt"]}
    english = judge_runs(spec, cases, Run([right], [wrong], list))
    with speaking("zh_CN"):
        chinese = judge_runs(spec, cases, Run([right], [wrong], list))
        told = chinese.text(hint=3)
    assert [hint.mistake for hint in chinese.hints] == [hint.mistake for hint in english.hints]
    assert "a_next：6 个位置中有 6 个的值不同；在 [0, 0] 处应为 1，得到 0（情况：" in told
    assert "可能的原因：a_next：它全是零" in told and "函数把输入 xt 原地改掉了" in told


def test_the_font_has_every_character_of_the_chinese_messages():
    known = TTFont(FONTS["zh_CN"]).getBestCmap()
    found = [one.string for one in read(ROOT / FOLDER / "zh_CN" / "messages.po") if one.id]
    texts = "".join(one if isinstance(one, str) else "".join(one) for one in found)
    missing = sorted({letter for letter in WIDE.findall(texts) if ord(letter) not in known})
    assert not missing, "run translations/subset_font.py again"


def test_matplotlib_draws_chinese_without_boxes(tmp_path):
    with speaking("zh_CN"), warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of each glyph that no font has
        plt = pyplot()
        with plt.rc_context():
            ax = plot_confusion_matrix([0, 1, 2, 3, 4], [0, 1, 2, 3, 3])
            ax.set_title("遗忘门与困惑度：a⟨t⟩，95 %")
            ax.figure.savefig(tmp_path / "drawn.png")
            assert [one.get_text() for one in ax.get_xticklabels()][:2] == ["爱心", "棒球"]
        plt.close(ax.figure)
