"""Memory tasks: two tasks made of random numbers, which ask a network to remember for as long as one chooses."""

import numpy as np

from helpers.lab.settings import Settings
from helpers.lab.task import SQUARED_ERROR, DrawnTask, check_lag
from helpers.language import N_

EARLY_STEPS = 10  # in which the first mark stands, of the adding problem with early marks
SYMBOLS = 3  # to be copied


class Adding(DrawnTask):
    """The adding problem: add the two marked numbers of a sequence.

    An input has two channels: a number, uniform from 0 to 1, and a mark, 0 or 1. Two of the T_x = lag steps are marked,
    one anywhere in the first half and one anywhere in the second. The answer, after the last step, is the sum of the
    two marked numbers. So the first number has to be kept for lag/2 to lag - 1 steps, past numbers that look alike.
    A network that always answers 1, the mean, has a mean squared error of 1/6 = 0.167, the variance of the sum.

    The problem is Hochreiter and Schmidhuber's ("Long short-term memory", 1997, experiment 4). There numbers go from
    -1 to 1, the answer is scaled to 0.5 + (X1 + X2)/4, lengths vary by a tenth, both marks stand in the first half.
    This simpler form, with its baseline of 0.167, is that of Arjovsky, Shah and Bengio ("Unitary evolution recurrent
    neural networks", 2016). Here the second mark is often near the end, and a network can learn from that first.

    Parameters
    ----------
    lag
        T_x, at least 4.
    early
        Put the marks where the paper of 1997 has them: one in the first ten steps, the other anywhere else in the first
        half. No number is then nearer to the answer than lag/2, and nothing can be learnt from short lags.
    """

    metric = SQUARED_ERROR
    settings = Settings(width=32, epochs=60, batch_size=32, learning_rate=5e-3)
    level = 0.01
    solved = 0.001
    n_x, n_y = 2, 1
    baselines = (N_("mean"),)

    def __init__(self, lag, early=False):
        self.name = "adding, early marks" if early else "adding"
        self.early = early
        self.lag = self.T_x = check_lag(lag, 4, self.name)
        super().__init__()

    def draw(self, rng, m, training):
        """X (m, T_x, 2) and Y (m,)."""
        X = np.zeros((m, self.T_x, self.n_x), dtype=np.float32)
        X[:, :, 0] = rng.random((m, self.T_x), dtype=np.float32)
        half, rows = self.T_x // 2, np.arange(m)
        first = rng.integers(min(half, EARLY_STEPS) if self.early else half, size=m)
        if self.early:
            second = rng.integers(half - 1, size=m)
            second += second >= first  # any other step of the first half
        else:
            second = rng.integers(half, self.T_x, size=m)
        X[rows, first, 1] = X[rows, second, 1] = 1
        return X, (X[:, :, 0] * X[:, :, 1]).sum(axis=1)

    def baseline(self, name):
        """The mean of the answers, 1, for every test example."""
        return np.ones((len(self.test.Y), 1))


class DelayedCopy(DrawnTask):
    """Delayed copy: say again what was said, after a pause.

    The network reads `symbols` symbols out of n_y different ones, then blanks, then as many signs that ask for an
    answer, at which it has to give the symbols in order. Inputs are one-hot: n_y symbols, a blank, the sign. In
    training the pause is drawn anew for each example, 1 to lag steps (blanks before the symbols make up for the rest),
    so that short pauses can be learnt first; validation and test have the whole lag. A guess is right once in n_y.

    After the copy task of Hochreiter and Schmidhuber's tradition as Arjovsky, Shah and Bengio (2016) write it, who
    take ten symbols and one length only.

    Parameters
    ----------
    lag
        Steps between the last symbol and the first sign, at least 1.
    symbols
        How many to keep.
    """

    name = "copy"
    settings = Settings(width=32, epochs=150, batch_size=32, learning_rate=5e-3)
    level = 0.99
    solved = 0.999
    n_y = 8
    n_x = n_y + 2
    blank, sign = n_y, n_y + 1
    baselines = (N_("uniform"),)

    def __init__(self, lag, symbols=SYMBOLS):
        if symbols < 1:
            raise ValueError(f"{self.name}: expected at least 1 of symbols, got {symbols!r}")
        self.lag = check_lag(lag, 1, self.name)
        self.T_y = symbols
        self.T_x = self.lag + 2 * symbols
        super().__init__()

    @property
    def options(self):
        """The lag, and the number of symbols where it is not the usual one."""
        return {"lag": self.lag} | ({} if self.T_y == SYMBOLS else {"symbols": self.T_y})

    def draw(self, rng, m, training):
        """X (m, T_x, n_x) and Y (m, symbols)."""
        Y = rng.integers(self.n_y, size=(m, self.T_y))
        start = rng.integers(self.lag, size=m) if training else np.zeros(m, dtype=int)
        indices = np.full((m, self.T_x), self.blank)
        np.put_along_axis(indices, start[:, None] + np.arange(self.T_y), Y, axis=1)
        indices[:, -self.T_y :] = self.sign
        return np.eye(self.n_x, dtype=np.float32)[indices], Y

    def baseline(self, name):
        """Equal logits: the loss is log n_y. (As the answer it names is always the first symbol, so the score is 1/n_y
        up to chance.)"""
        return np.zeros((*self.test.Y.shape, self.n_y))
