"""The sentences and the word vectors that ship: the checks of their scripts hold, and the checks do find faults."""

import hashlib
import importlib.util
import re
import sys

import numpy as np
import pytest

from helpers.words import characters, sentences, word_vectors

FILES = [sentences.TRAIN_SENTENCES, sentences.TEST_SENTENCES, sentences.SECOND_TEST_SENTENCES]
MAX_MEGABYTES, MIN_WORDS, DIMENSION = 8, 25_000, 50


@pytest.fixture(scope="module")
def script(root):
    """`data/emoji/check_sentences.py` as a module."""
    path = root / "data" / "emoji" / "check_sentences.py"
    spec = importlib.util.spec_from_file_location("check_sentences", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def vectors():
    return word_vectors.read_glove_vecs()


@pytest.mark.slow
def test_the_sentences_keep_every_rule(script, capsys):
    assert script.main([]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_sentences_can_be_read(path):
    X, Y, subset = sentences.read_sentences(path)
    assert len(X) == len(Y) == len(subset)
    assert set(Y) == set(sentences.LABELS)
    assert sentences.word_count(X) == 10


def test_the_chinese_sentences_are_even_short_and_each_once():
    train, test = (sentences.read_sentences(path) for path in (characters.CHINESE_TRAIN, characters.CHINESE_TEST))
    assert np.bincount(train.Y).tolist() == [30] * 5 and np.bincount(test.Y).tolist() == [10] * 5
    both = [*train.X, *test.X]
    assert len(set(both)) == 200 and all(re.fullmatch("[\u4e00-\u9fff，]{3,18}", one) for one in both)


def distance_slowly(a, b):
    """The definition of the edit distance, as a recursion."""
    if not a or not b:
        return len(a) + len(b)
    return min(
        distance_slowly(a[1:], b) + 1,
        distance_slowly(a, b[1:]) + 1,
        distance_slowly(a[1:], b[1:]) + (a[0] != b[0]),
    )


def test_word_distance_is_the_edit_distance(script):
    rng = np.random.default_rng(0)
    for _ in range(200):
        a, b = (tuple(rng.choice(list("abc"), size=rng.integers(0, 6))) for _ in range(2))
        distance = script.word_distance(a, b)
        assert distance == distance_slowly(a, b) == script.word_distance(b, a)
        if script.surely_further(a, b, 2):
            assert distance > 2


FAULTS = {
    "a leak": ({"sentence": "I am not very sad"}, "is 1 words from"),
    "a long sentence": ({"sentence": "a b c d e f g h i j k"}, "expected 1 to 10 words, got 11"),
    "a comma": ({"sentence": "well, I am not so sure"}, "expected plain words"),
    "two spaces": ({"sentence": "well  I am not so sure"}, "expected plain words"),
    "a label": ({"label": "5"}, "expected a label"),
    "a subset": ({"subset": "easy"}, "expected a subset"),
    "a mark without decisive words": ({"subset": "unseen"}, "expected decisive words exactly"),
    "a decisive word that was seen": ({"subset": "unseen", "decisive": "balls"}, "'balls' occurs in training"),
    "a decisive word that is missing": ({"subset": "unseen", "decisive": "oar"}, "'oar' is not in"),
}


@pytest.mark.parametrize("change, message", FAULTS.values(), ids=FAULTS)
def test_the_check_finds(script, change, message):
    sound = {"sentence": "one two three four balls six", "label": "1", "subset": "", "decisive": ""}
    train = [script.Row("train.csv:2", "I am not sad", "3"), script.Row("train.csv:3", "the ball is here", "1")]
    rules = script.Rules(min_train=0, min_test=0, min_second_test=0, min_subset=0, balance=1.0)
    assert script.check(train, [script.Row("test.csv:2", **sound)], [], rules) == []
    broken = script.check(train, [script.Row("test.csv:2", **sound | change)], [], rules)
    assert any("test.csv:2" in line and message in line for line in broken), broken


@pytest.mark.parametrize(
    "sentence, is_leak",
    [("Be mine", True), ("be yours", False), ("the bat is here", True), ("a bat is here", False), ("we lost it", True)],
)
def test_the_second_test_set_keeps_clear_of_both_others(script, sentence, is_leak):
    train = [script.Row("train.csv:2", "the ball is here", "1"), script.Row("train.csv:3", "be mine", "0")]
    test = [script.Row("test.csv:2", "we lost him", "3")]
    rules = script.Rules(min_train=0, min_test=0, min_second_test=0, min_subset=0, forbidden_distance=1, balance=1.0)
    broken = script.check(train, test, [script.Row("second_test.csv:2", sentence, "0")], rules)
    assert bool(broken) == is_leak == any("second_test.csv:2" in line and "words from" in line for line in broken)


def test_the_second_test_set_is_frozen():
    """Its checksum stands here so that nobody changes it and the manifest together; results would no longer compare."""
    digest = hashlib.sha256(sentences.SECOND_TEST_SENTENCES.read_bytes()).hexdigest()
    assert digest == "c918c1fe93619cd5bb75a5420564010091f7759cf2f72a0bca542880e62b2c98"


def test_the_check_finds_repetition_imbalance_and_want(script):
    rows = [script.Row("train.csv:2", "I am here", "1"), script.Row("train.csv:3", "i am here", "1")]
    broken = "\n".join(script.check(rows, [], []))
    for message in [
        "stands already in train.csv:2",
        "label 0: expected a share",
        "at least 800",
        "at least 200",
        "marked 'order'",
    ]:
        assert message in broken


def test_the_vectors_cover_every_sentence(vectors):
    word_to_index, _, _ = vectors
    for path in FILES:
        unknown = {word for word in sentences.words_of(sentences.read_sentences(path).X) if word not in word_to_index}
        assert not unknown, f"{path.name}: make the vectors anew, they lack {sorted(unknown)}"


def test_the_vectors_are_many_small_and_finite(vectors):
    word_to_index, _, word_to_vec_map = vectors
    assert word_vectors.SHIPPED_VECTORS.stat().st_size <= MAX_MEGABYTES * 10**6
    assert len(word_to_index) >= MIN_WORDS
    matrix = np.array(list(word_to_vec_map.values()))
    assert matrix.shape == (len(word_to_index), DIMENSION)
    assert np.isfinite(matrix).all() and matrix.any(axis=1).all()


def test_the_vectors_know_ordinary_words(vectors):
    """Among them "cucumber", which many programs ask for how long a vector is."""
    word_to_index, index_to_word, word_to_vec_map = vectors
    for word in ["cucumber", "the", "a", "i", "you", "not", "love", "happy", "sad", "baseball", "pizza", "lunch"]:
        assert index_to_word[word_to_index[word]] == word
        assert word_to_vec_map[word].shape == (DIMENSION,)


@pytest.mark.parametrize(
    "word, kin", [("happy", "happier"), ("pizza", "pizzas"), ("france", "germany"), ("six", "seven")]
)
def test_the_vectors_know_neighbours(vectors, word, kin):
    assert kin in [near for near, _ in word_vectors.nearest_words(word, vectors[2])]
