"""What every task of the lab has, so that one training loop serves them all."""

from typing import NamedTuple

import numpy as np

from helpers.lab.settings import Settings

ACCURACY, PERPLEXITY, SQUARED_ERROR = "accuracy", "perplexity", "mean squared error"


class Examples(NamedTuple):
    """Examples of a task.

    Attributes
    ----------
    X : ndarray, shape (m, T_x, n_x) of float, or (m, T_x) of int where the task has word vectors
    Y : ndarray, shape (m,) or (m, T_y); classes (int) or numbers (float)
    subset : ndarray of str objects, shape (m,), or None
        Marks examples that are also scored by themselves.
    """

    X: np.ndarray
    Y: np.ndarray
    subset: np.ndarray | None = None


class Task:
    """A task: its examples, how they are scored, and the settings that suit it.

    Attributes
    ----------
    name : str
    metric : str
        What the score is: "accuracy", "perplexity" or "mean squared error".
    settings : Settings
        Used where the caller names no others.
    level : float
        A validation score that counts as having got there.
    solved : float or None
        Training ends early once the validation score has been as good as this for a few epochs.
    T_x, n_x, n_y : int
        Time steps, size of an input, number of classes (1 for a number).
    T_y : int or None
        How many of the last time steps have an answer; None means one answer for the whole sequence.
    lag : int or None
        How far back the answer lies.
    vectors : ndarray, shape (V + 1, n_x), or None
        Word vectors, where the inputs are word indices.
    baselines : tuple of str
        What to compare networks with.
    baseline_settings : Settings or None
        How they are trained; None means that they need no training.
    refused : dict of str to str
        Variants that make no sense here -> why.
    validation, test : Examples
        Validation examples choose the epoch; test examples give the score. Neither is ever trained on.
    """

    name: str
    metric: str = ACCURACY
    settings: Settings = Settings()
    level: float = 0.9
    solved: float | None = None
    T_x: int
    n_x: int
    n_y: int
    T_y: int | None = None
    lag: int | None = None
    vectors: np.ndarray | None = None
    baselines: tuple[str, ...] = ()
    baseline_settings: Settings | None = None
    refused: dict[str, str] = {}
    validation: Examples
    test: Examples

    def epoch(self, rng, batch_size):
        """X and Y of one epoch, in the order in which they are used."""
        raise NotImplementedError

    def steps(self, batch_size):
        """Updates in one epoch."""
        raise NotImplementedError

    def baseline(self, name):
        """What a baseline that needs no training answers on the test examples, in the form of a network's outputs."""
        raise NotImplementedError

    def resized(self, T_x):
        """The same task with training sequences of another length; ValueError where that cannot be chosen."""
        raise ValueError(f"{self.name}: expected T_x as it is, since it is part of the task, got {T_x}")

    @property
    def options(self):
        """What, besides the name, makes this task."""
        return {} if self.lag is None else {"lag": self.lag}

    @property
    def higher_is_better(self):
        """Whether the score is an accuracy."""
        return self.metric == ACCURACY

    def better(self, score, other):
        """Whether a score is at least as good as another; NaN never is."""
        return score >= other if self.higher_is_better else score <= other

    def loss(self, outputs, Y):
        """Mean squared error, or mean cross-entropy in nats; outputs are numbers (m, 1) or logits (..., n_y)."""
        if self.metric == SQUARED_ERROR:
            return float(np.mean((outputs[..., 0] - Y) ** 2))
        outputs = outputs.astype(float)
        top = outputs.max(axis=-1)
        log_sum = top + np.log(np.exp(outputs - top[..., None]).sum(axis=-1))
        return float(np.mean(log_sum - np.take_along_axis(outputs, Y[..., None], axis=-1)[..., 0]))

    def score(self, outputs, Y):
        """The metric, for outputs as of ``loss``."""
        if self.metric == ACCURACY:
            return float(np.mean(outputs.argmax(axis=-1) == Y))
        loss = self.loss(outputs, Y)
        return float(np.exp(loss)) if self.metric == PERPLEXITY else loss

    def subset_scores(self, outputs):
        """The metric on each marked subset of the test examples."""
        if self.test.subset is None:
            return {}
        marks = sorted(set(self.test.subset.tolist()) - {""})
        chosen = {mark: self.test.subset == mark for mark in marks}
        return {mark: self.score(outputs[where], self.test.Y[where]) for mark, where in chosen.items()}


class FixedTask(Task):
    """A task with a training set of its own, shuffled anew for every epoch; what fills no batch waits for the next."""

    training: Examples

    def epoch(self, rng, batch_size):
        """X and Y of one epoch, in a fresh order."""
        order = rng.permutation(len(self.training.X))[: self.steps(batch_size) * batch_size]
        return self.training.X[order], self.training.Y[order]

    def steps(self, batch_size):
        """Full batches in the training set; ValueError where there is none."""
        if batch_size > len(self.training.X):
            raise ValueError(
                f"batch_size: expected at most {len(self.training.X)}, all training examples, got {batch_size}"
            )
        return len(self.training.X) // batch_size


class DrawnTask(Task):
    """A task whose examples are drawn at random: no example is seen twice, so nothing can be learnt by heart."""

    updates: int = 100  # that make an epoch
    held_back: tuple[int, int] = (500, 2000)  # validation and test examples
    held_back_seed: int = 20

    def __init__(self):
        # the same for every network and every seed of training, so that scores can be compared
        rng = np.random.default_rng([self.held_back_seed, self.lag])
        self.validation, self.test = (Examples(*self.draw(rng, m, training=False)) for m in self.held_back)

    def draw(self, rng, m, training):
        """m examples, X and Y."""
        raise NotImplementedError

    def epoch(self, rng, batch_size):
        """X and Y of one epoch, freshly drawn."""
        return self.draw(rng, self.updates * batch_size, training=True)

    def steps(self, batch_size):
        """Updates in one epoch."""
        return self.updates


def check_lag(lag, smallest, name):
    """The lag, as an int; ValueError where it is none or too small."""
    if not isinstance(lag, (int, np.integer)) or isinstance(lag, bool) or lag < smallest:
        raise ValueError(f"{name}: expected a lag of at least {smallest}, a whole number, got {lag!r}")
    return int(lag)
