"""Emoji sentences as a task: which of five labels does a sentence get?"""

import numpy as np

from helpers.lab.settings import Settings
from helpers.lab.task import Examples, FixedTask
from helpers.language import N_
from helpers.words.sentences import N_Y, TEST_SENTENCES, TRAIN_SENTENCES, read_sentences, words_of
from helpers.words.word_vectors import known_vectors, read_glove_vecs

VALIDATION_SHARE = 0.1
SPLIT_SEED = 5


class Emoji(FixedTask):
    """The sentences and word vectors of the Emojify notebook.

    Inputs are word indices, padded with zeros behind the sentence as in the notebook. A tenth of the training sentences
    is set aside for validation. Test sentences marked ``order`` turn on negation or the order of words, those marked
    ``unseen`` on a word that training never shows. Only words of these sentences get a row in ``vectors``; all of them
    have a vector.
    """

    name = "emoji"
    settings = Settings(width=64, epochs=30, batch_size=32, learning_rate=3e-3, schedule="cosine", dropout=0.5)
    level = 0.85
    n_y = N_Y
    baselines = (N_("averaged vectors"),)
    baseline_settings = Settings(epochs=60, batch_size=32, learning_rate=3e-2, schedule="cosine")

    def __init__(self):
        from helpers.quiet_keras import keras

        known, test = read_sentences(TRAIN_SENTENCES), read_sentences(TEST_SENTENCES)
        sentences = [list(words_of([sentence])) for sentence in (*known.X, *test.X)]
        vocabulary, numbers = np.unique(np.concatenate(sentences), return_inverse=True)
        ends = np.cumsum([len(sentence) for sentence in sentences])
        X = keras.utils.pad_sequences(np.split(numbers + 1, ends[:-1]), padding="post")
        self.vectors = np.pad(known_vectors(vocabulary, read_glove_vecs()[2]), ((1, 0), (0, 0)))
        self.T_x, self.n_x = X.shape[1], self.vectors.shape[1]
        order = np.random.default_rng(SPLIT_SEED).permutation(len(known.X))
        aside, rest = np.split(order, [round(VALIDATION_SHARE * len(order))])
        self.validation, self.training = (Examples(X[part], known.Y[part]) for part in (aside, rest))
        self.test = Examples(X[len(known.X) :], test.Y, test.subset)
