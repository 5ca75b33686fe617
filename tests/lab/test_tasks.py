"""The tasks of the comparison lab are what they say they are."""

import numpy as np
import pytest

from helpers.lab import tasks
from helpers.lab.task import DrawnTask
from helpers.music import jazz
from helpers.words import sentences

M = 400
LAGS = [4, 5, 10, 37, 200]


def marks(X):
    """The two marked steps of each sequence, shape (m, 2)."""
    return np.argsort(-X[:, :, 1], axis=1, kind="stable")[:, :2]


@pytest.mark.parametrize("lag", LAGS)
@pytest.mark.parametrize("early", [False, True])
def test_adding_asks_for_the_sum_of_two_marked_numbers(lag, early):
    X, Y = tasks.adding(lag, early).draw(np.random.default_rng(0), M, training=True)
    assert X.shape == (M, lag, 2) and X[:, :, 0].min() >= 0 and X[:, :, 0].max() <= 1
    assert set(np.unique(X[:, :, 1])) == {0, 1} and (X[:, :, 1].sum(axis=1) == 2).all()
    picked = np.take_along_axis(X[:, :, 0], marks(X), axis=1)
    np.testing.assert_allclose(Y, picked.sum(axis=1), rtol=1e-6)


@pytest.mark.parametrize("lag", LAGS)
def test_adding_marks_one_step_in_each_half(lag):
    X, _ = tasks.adding(lag).draw(np.random.default_rng(0), M, training=True)
    first, second = np.sort(marks(X), axis=1).T
    assert first.max() < lag // 2 <= second.min()


@pytest.mark.parametrize("lag", LAGS)
def test_early_marks_stand_in_the_first_half_one_of_them_in_the_first_ten_steps(lag):
    X, _ = tasks.adding(lag, early=True).draw(np.random.default_rng(0), M, training=True)
    first, second = np.sort(marks(X), axis=1).T
    assert first.max() < 10 and second.max() < lag // 2


def test_who_answers_the_mean_of_the_adding_problem_has_the_variance_of_the_sum_as_error():
    task = tasks.adding(50)
    score = task.score(task.baseline("mean"), task.test.Y)
    assert abs(score - 1 / 6) < 0.015  # four standard errors over 2000 examples


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("lag, symbols", [(1, 1), (1, 3), (10, 3), (200, 2)])
def test_copy_gives_the_symbols_back_after_the_pause(lag, symbols, training):
    task = tasks.delayed_copy(lag, symbols)
    X, Y = task.draw(np.random.default_rng(0), M, training)
    said = X.argmax(axis=-1)
    assert (X.sum(axis=-1) == 1).all() and X.shape == (M, lag + 2 * symbols, task.n_x)
    assert (said[:, -symbols:] == task.sign).all() and (said[:, :-symbols] != task.sign).all()
    pauses = []
    for row, answer in zip(said, Y, strict=True):
        where = np.flatnonzero(row < task.n_y)
        assert row[where].tolist() == answer.tolist() and (np.diff(where) == 1).all()
        pauses.append(task.T_x - symbols - 1 - where[-1])
    assert set(pauses) <= set(range(1, lag + 1)) if training else set(pauses) == {lag}
    if training:
        assert max(pauses) > 0.9 * lag and min(pauses) <= max(1, 0.1 * lag)


def test_equal_logits_have_the_loss_of_a_uniform_guess():
    task = tasks.delayed_copy(5)
    outputs = task.baseline("uniform")
    assert np.isclose(task.loss(outputs, task.test.Y), np.log(task.n_y))
    assert abs(task.score(outputs, task.test.Y) - 1 / task.n_y) < 0.03


def test_loss_and_perplexity_survive_extreme_logits():
    task = tasks.delayed_copy(5)
    Y = task.test.Y
    sure = np.where(np.eye(task.n_y, dtype=bool)[Y], 1e4, -1e4).astype(np.float32)
    assert task.loss(sure, Y) == 0 and task.score(sure, Y) == 1
    assert np.isfinite(task.loss(-sure, Y)) and task.score(-sure, Y) == 0


@pytest.mark.parametrize("make", [lambda: tasks.adding(20), lambda: tasks.delayed_copy(20)])
def test_every_network_is_tested_on_the_same_examples(make):
    one, other = make(), make()
    np.testing.assert_array_equal(one.test.X, other.test.X)
    np.testing.assert_array_equal(one.validation.Y, other.validation.Y)
    assert isinstance(one, DrawnTask) and len(one.test.X) == one.held_back[1]
    X, _ = one.epoch(np.random.default_rng(0), 4)
    again, _ = one.epoch(np.random.default_rng(0), 4)
    np.testing.assert_array_equal(X, again)
    assert not np.array_equal(X, one.epoch(np.random.default_rng(1), 4)[0])


def test_emoji_tests_on_the_whole_test_file_and_its_subsets(emoji):
    test = sentences.read_sentences(sentences.TEST_SENTENCES)
    assert emoji.test.Y.tolist() == test.Y.tolist() and emoji.test.subset.tolist() == test.subset.tolist()
    perfect = np.eye(emoji.n_y)[emoji.test.Y]
    assert emoji.subset_scores(perfect) == {"order": 1, "unseen": 1}


def test_emoji_rows_hold_the_vectors_of_the_words(emoji):
    from helpers.words.word_vectors import read_glove_vecs

    known = sentences.read_sentences(sentences.TRAIN_SENTENCES)
    word_to_vec_map = read_glove_vecs()[2]
    rows = {tuple(row) for row in (*emoji.training.X.tolist(), *emoji.validation.X.tolist())}
    assert not emoji.vectors[0].any() and len(emoji.training.X) + len(emoji.validation.X) == len(known.X)
    for sentence in known.X[:20]:
        words = [word for word in sentence.lower().split() if word in word_to_vec_map]
        wanted = np.stack([word_to_vec_map[word] for word in words])
        candidates = [row for row in rows if sum(index > 0 for index in row) == len(words)]
        assert any(np.array_equal(emoji.vectors[list(row[: len(words)])], wanted) for row in candidates)


def test_an_epoch_shows_each_training_example_at_most_once(emoji):
    X, Y = emoji.epoch(np.random.default_rng(0), 32)
    assert len(X) == len(Y) == emoji.steps(32) * 32 <= len(emoji.training.X)
    assert len(X) > len(emoji.training.X) - 32
    known = {(*row, label) for row, label in zip(map(tuple, emoji.training.X), emoji.training.Y, strict=True)}
    assert {(*row, label) for row, label in zip(map(tuple, X), Y, strict=True)} <= known
    with pytest.raises(ValueError, match="batch_size: expected at most .*, all training examples, got 5000"):
        emoji.steps(5000)


def test_jazz_tests_on_the_choruses_that_the_notebook_holds_out(jazz_task):
    songs = jazz.load_corpus()
    values = jazz.build_vocabulary(songs)
    _, held_out = jazz.hold_out(songs, share=0.1, rng=np.random.default_rng(2))
    X, Y, *_ = jazz.load_music_utils(held_out, stride=jazz.T_X, indices_values=values)
    np.testing.assert_array_equal(jazz_task.test.X, X)
    np.testing.assert_array_equal(np.eye(jazz_task.n_y)[jazz_task.test.Y], Y.transpose(1, 0, 2))


def test_jazz_windows_of_another_length_are_tested_on_the_same_windows(jazz_task):
    other = jazz_task.resized(12)
    assert other.training.X.shape[1:] == (12, jazz_task.n_x) and other.options == {"T_x": 12}
    np.testing.assert_array_equal(other.test.X, jazz_task.test.X)
    with pytest.raises(ValueError, match="expected T_x from 5 to 40 tokens, got 500"):
        jazz_task.resized(500)
    with pytest.raises(ValueError, match="copy: expected T_x as it is, since it is part of the task"):
        tasks.delayed_copy(5).resized(7)


def test_n_grams_are_probabilities_and_beat_the_uniform_guess(jazz_task):
    scores = {}
    for name in jazz_task.baselines:
        outputs = jazz_task.baseline(name)
        np.testing.assert_allclose(np.exp(outputs).sum(axis=-1), 1)
        scores[name] = jazz_task.score(outputs, jazz_task.test.Y)
    assert scores["bigram counts"] < scores["unigram counts"] < jazz_task.n_y


@pytest.mark.parametrize(
    "name, options, words",
    [
        ("chess", {}, "expected a task among emoji, jazz, adding, copy, got 'chess'"),
        ("adding", {}, "adding: expected the options"),
        ("emoji", {"lag": 3}, "emoji: expected the options"),
        ("adding", {"lag": 0}, "expected a lag of at least 4, a whole number, got 0"),
        ("adding", {"lag": 10.5}, "got 10.5"),
        ("copy", {"lag": 0}, "at least 1"),
        ("copy", {"lag": 5, "symbols": 0}, "expected at least 1 of symbols, got 0"),
        ("jazz", {"T_x": 1}, "tokens, got 1"),
    ],
)
def test_a_task_that_does_not_exist_is_refused_with_what_there_is(name, options, words):
    with pytest.raises(ValueError) as caught:
        tasks.named(name, **options)
    assert words in str(caught.value)
