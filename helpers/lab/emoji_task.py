"""Emoji sentences as a task: which of five labels does a sentence get?"""

import numpy as np

from helpers.lab.settings import Settings
from helpers.lab.task import Examples, FixedTask
from helpers.words.sentences import N_Y, TEST_SENTENCES, TRAIN_SENTENCES, read_sentences, word_count, words_of
from helpers.words.word_vectors import read_glove_vecs

VALIDATION_SHARE = 0.1
SPLIT_SEED = 5


class Emoji(FixedTask):
    """The sentences and word vectors of the Emojify notebook.

    Inputs are word indices, padded with zeros behind the sentence as in the notebook; words without a vector are left
    out. A tenth of the training sentences is set aside for validation. Test sentences marked ``order`` turn on negation
    or the order of words, those marked ``unseen`` on a word that training never shows. Only words of these sentences
    get a row in ``vectors``.
    """

    name = "emoji"
    settings = Settings(width=64, epochs=30, batch_size=32, learning_rate=3e-3, schedule="cosine", dropout=0.5)
    level = 0.85
    n_y = N_Y
    baselines = ("averaged vectors",)
    baseline_settings = Settings(epochs=60, batch_size=32, learning_rate=3e-2, schedule="cosine")

    def __init__(self):
        known, test = read_sentences(TRAIN_SENTENCES), read_sentences(TEST_SENTENCES)
        word_to_vec_map = read_glove_vecs()[2]
        words = sorted({word for word in words_of([*known.X, *test.X]) if word in word_to_vec_map})
        index = {word: number for number, word in enumerate(words, 1)}
        self.vectors = np.stack([np.zeros_like(word_to_vec_map[words[0]]), *(word_to_vec_map[word] for word in words)])
        self.T_x, self.n_x = word_count([*known.X, *test.X]), self.vectors.shape[1]
        order = np.random.default_rng(SPLIT_SEED).permutation(len(known.X))
        aside = round(VALIDATION_SHARE * len(order))
        X = self._indices(known.X, index)
        self.validation = Examples(X[order[:aside]], known.Y[order[:aside]])
        self.training = Examples(X[order[aside:]], known.Y[order[aside:]])
        self.test = Examples(self._indices(test.X, index), test.Y, test.subset)

    def _indices(self, sentences, index):
        """Rows of word indices, shape (m, T_x)."""
        X = np.zeros((len(sentences), self.T_x), dtype=np.int32)
        for row, sentence in zip(X, sentences, strict=True):
            numbers = [index[word] for word in words_of([sentence]) if word in index]
            row[: len(numbers)] = numbers
        return X
