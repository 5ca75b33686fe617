"""Notebooks that were released before the modules moved: their imports work for now, and name the new place."""

import json
import subprocess
import sys

import pytest

from helpers import MOVED

pytestmark = pytest.mark.slow

# What the three notebooks imported before the move.
OLD = {
    "answers": "show_answers",
    "emoji": "accuracy accuracy_by_subset convert_to_one_hot initialise_softmax label_sentences label_to_emoji "
    "plot_accuracies plot_confusion_matrix print_mistakes softmax",
    "evaluate": "compare plot_comparison",
    "glove": "analogy nearest_words plot_words read_glove_vecs",
    "gradient_check": "gradient_check",
    "jazz": "build_vocabulary hold_out improvise initializers load_corpus load_music_utils one_hot phrase_seeds "
    "song_tokens",
    "keras_compare": "compare_with_keras plot_gradient_fade",
    "notes": "chords_per_bar",
    "playing": "save_solo",
    "score": "piano_roll song_sheet",
    "sentences": "TEST_SENTENCES TRAIN_SENTENCES read_sentences word_count",
    "sound": "play",
    "train": "train_djmodel",
    "train_emojify": "TrainingSettings train_classifier",
    "variations": "GRUWithMemory TemperedDense",
}


@pytest.fixture(scope="module")
def outcomes():
    """{old module: (what is missing in it, where it says that it went)}, out of one process with fresh imports."""
    code = (
        "import importlib, json, sys, warnings\n"
        f"old, outcomes = {OLD!r}, {{}}\n"
        "for module, names in old.items():\n"
        "    with warnings.catch_warnings(record=True) as caught:\n"
        "        warnings.simplefilter('always')\n"
        "        found = importlib.import_module(f'helpers.{module}')\n"
        "    missing = [name for name in names.split() if not hasattr(found, name)]\n"
        "    told = [str(one.message) for one in caught if one.category is DeprecationWarning]\n"
        "    outcomes[module] = missing, [text for text in told if 'fetch the notebook' in text]\n"
        "print(json.dumps(outcomes))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("module", OLD)
def test_old_import_works_and_names_the_new_one(outcomes, module):
    missing, told = outcomes[module]
    assert missing == []
    assert told == [f"helpers.{module} is helpers.{MOVED[module]} now: fetch the notebook again"]


def test_a_learner_sees_the_warning():
    """Python shows it where the line stands that imports, if that is the learner's own."""
    done = subprocess.run([sys.executable, "-c", "import helpers.notes"], capture_output=True, text=True)
    assert done.returncode == 0
    assert "<string>:1: DeprecationWarning: helpers.notes is helpers.music.notes now" in done.stderr


def test_a_function_under_its_old_name_works_and_says_the_new_one():
    """Since 0.2, `compare` is a function of `helpers.lab` alone."""
    from helpers.music import compare_with_corpus

    with pytest.warns(DeprecationWarning, match="^helpers.music.compare is helpers.music.compare_with_corpus now: "):
        from helpers.music import compare
    assert compare is compare_with_corpus


def test_a_name_that_is_gone_says_what_to_do():
    with pytest.warns(DeprecationWarning), pytest.raises(ImportError) as caught:
        from helpers.notes import no_such_name  # noqa: F401
    assert str(caught.value) == (
        "helpers.notes.no_such_name is no more, nor is it in helpers.music.notes: fetch the notebook again"
    )


def test_a_module_that_never_was_is_missing():
    with pytest.raises(ModuleNotFoundError):
        import helpers.no_such_module  # noqa: F401


def test_a_song_in_pieces_says_what_to_do(tmp_path):
    """The piano roll and the saved solo took a melody, its chords and its bars until version 0.1."""
    from helpers.music import load_corpus, piano_roll, save_solo

    solo = load_corpus()[0]
    for function, given in (
        (piano_roll, (solo.melody, solo.chords, solo.bars, "my solo")),
        (save_solo, (tmp_path / "a.mid", solo.melody, solo.chords, solo.bars, solo.tempo, None)),
    ):
        with pytest.raises(TypeError, match=f"^{function.__name__}: expected a Song, got its pieces; write solo "):
            function(*given)
