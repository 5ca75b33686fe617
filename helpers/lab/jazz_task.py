"""Jazz as a task: which token comes next?"""

from collections import defaultdict
from functools import cached_property

import numpy as np

from helpers.lab.settings import Settings
from helpers.lab.task import PERPLEXITY, Examples, FixedTask
from helpers.language import N_
from helpers.music.jazz import T_X, build_vocabulary, hold_out, load_corpus, load_music_utils, song_tokens

HELD_OUT_SHARE, TEST_SEED, VALIDATION_SEED = 0.1, 2, 3  # the test choruses are those of the notebook
SMALLEST_T_X, LARGEST_T_X = 5, 40
LONGEST_HISTORY = 2
SHRINKAGE = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)  # tried for the n-gram counts, chosen on the validation choruses


class Jazz(FixedTask):
    """The tokens of the course's corpus; the score is the perplexity on choruses that were set aside.

    A tenth of the choruses is for testing, the same as in the notebook; a tenth of the others chooses the epoch.
    Training examples are windows of T_x tokens, one after the other. Test windows have T_X = 30 tokens whatever T_x is,
    and do not overlap but for the last of each chorus, so that scores of networks trained on other windows can be
    compared.

    Parameters
    ----------
    T_x
        Tokens of a training window.
    """

    name = "jazz"
    metric = PERPLEXITY
    settings = Settings(width=64, epochs=40, batch_size=16, learning_rate=5e-3, dropout=0.5)
    level = 50.0
    baselines = (N_("unigram counts"), N_("bigram counts"), N_("trigram counts"))
    refused = {
        f"bidirectional {kind}": "a network that also reads backwards sees the very token that it is to predict; for"
        " jazz take one that reads forwards"
        for kind in ("LSTM", "GRU")
    }

    def __init__(self, T_x=T_X):
        if not SMALLEST_T_X <= T_x <= LARGEST_T_X:
            raise ValueError(f"jazz: expected T_x from {SMALLEST_T_X} to {LARGEST_T_X} tokens, got {T_x!r}")
        songs = load_corpus()
        values = build_vocabulary(songs)
        known, test = hold_out(songs, HELD_OUT_SHARE, np.random.default_rng(TEST_SEED))
        training, validation = hold_out(known, HELD_OUT_SHARE, np.random.default_rng(VALIDATION_SEED))
        X, Y, self.n_x, *_ = load_music_utils(training, T_x=T_x, stride=T_x, indices_values=values)
        self.n_y, self.T_x, self.T_y = self.n_x, T_x, T_x
        self.training = Examples(X, _indices(Y))
        numbers = {text: number for number, text in values.items()}
        self.sequences = [
            [numbers[str(token)] for token in tokens] for song in training for tokens in song_tokens(song)
        ]
        self.validation, self.test = (self._held_out(part, values) for part in (validation, test))

    def resized(self, T_x):
        """Trained on windows of another length; tested on the same windows."""
        return Jazz(T_x)

    @property
    def options(self):
        """T_x where it is not the notebook's."""
        return {} if self.T_x == T_X else {"T_x": self.T_x}

    @staticmethod
    def _held_out(songs, values):
        X, Y, *_ = load_music_utils(songs, T_x=T_X, stride=T_X, indices_values=values)
        return Examples(X, _indices(Y))

    def baseline(self, name):
        """Logarithms of n-gram probabilities, (m, T_x, n_y), interpolated with those of shorter histories.

        p(y | h) = (count(h, y) + k p(y | shorter h)) / (count(h) + k), with 1/n_y where there is no history left
        (MacKay and Peto, "A hierarchical Dirichlet language model", 1995); k is chosen on the validation choruses.
        """
        length = self.baselines.index(name)
        losses = {k: self._loss_of(self.validation, length, k) for k in SHRINKAGE}
        return self._n_grams(self.test, length, min(losses, key=losses.get))

    @cached_property
    def counts(self):
        """{history of up to two tokens: how often each token followed it, (n_y,)} in the training choruses."""
        counts = defaultdict(lambda: np.zeros(self.n_y))
        for sequence in self.sequences:
            for t, token in enumerate(sequence):
                for length in range(min(t, LONGEST_HISTORY) + 1):
                    counts[tuple(sequence[t - length : t])][token] += 1
        return dict(counts)

    def _loss_of(self, part, length, k):
        return self.loss(self._n_grams(part, length, k), part.Y)

    def _n_grams(self, part, length, k):
        """Log-probabilities after histories of at most `length` tokens, all of them inside the window."""
        tokens = part.X.argmax(axis=-1)
        table = _Probabilities(self.counts, self.n_y, k)
        return np.log([[table(tuple(row[max(0, t + 1 - length) : t + 1])) for t in range(len(row))] for row in tokens])


class _Probabilities:
    """Interpolated n-gram probabilities."""

    def __init__(self, counts, n_y, k):
        self.counts, self.n_y, self.k = counts, n_y, k
        self.known = {}

    def __call__(self, history):
        """Probabilities of the next token, shape (n_y,)."""
        history = tuple(map(int, history))
        if history not in self.known:
            shorter = self(history[1:]) if history else np.full(self.n_y, 1 / self.n_y)
            counts = self.counts.get(history, np.zeros(self.n_y))
            self.known[history] = (counts + self.k * shorter) / (counts.sum() + self.k)
        return self.known[history]


def _indices(Y):
    """One-hot targets (T_y, m, n_y) as numbers (m, T_y)."""
    return Y.argmax(axis=-1).T.astype(np.int32)
