"""One run: a network trained on a task from a seed.

Short sequences and small networks leave a processor waiting for Python and for single operations, so all updates of an
epoch are one compiled function. Where a sequence is long, XLA compiles it, on Linux, and fuses a time step into one
kernel: with an LSTM of 32 units over 100 steps this took a quarter of the time of Keras' ``train_on_batch``. XLA needs
four more seconds to compile, though, and over ten steps it is no faster than TensorFlow.
"""

import math
import sys
import time
from functools import lru_cache

import numpy as np

from helpers.lab import variants
from helpers.lab.task import SQUARED_ERROR

COMPILED_BY_XLA = sys.platform == "linux"  # the only system where it was tried
STEPS_FOR_XLA = 32  # time steps
SOLVED_EPOCHS = 3  # so many in a row
# what the record of a computed baseline has in place of a network's
NOT_TRAINED = {"parameters": 0, "width": 0, "epochs": 0, "best_epoch": None, "losses": [], "scores": []}
NOT_TRAINED |= {"seconds_per_epoch": None, "epochs_to_level": None}


def run(task, variant, settings, seed, level=None, report=None):
    """Train one network, or compute one baseline.

    The weights of the epoch with the best validation score (the latest of equals) are the ones that are tested.

    Parameters
    ----------
    task, variant, settings
        What is trained on what, and how.
    seed : int
        Decides on the first weights, the examples and their order, and dropout. Keras' and NumPy's global generators
        are set from it.
    level : float, optional
        Validation score to reach; None means the task's.
    report : callable, optional
        Called after each epoch with its number and the validation score.

    Returns
    -------
    dict
        A record as ``helpers.lab.results`` keeps it: score, loss, subset scores, parameters, curves, seconds.
    """
    level = task.level if level is None else level
    begun = time.perf_counter()
    if variant not in task.baselines or task.baseline_settings:
        record = _train(task, variant, settings, seed, level, report)
    else:
        record = _tested(task, task.baseline(variant)) | NOT_TRAINED
    return record | {"level": level, "seconds": round(time.perf_counter() - begun, 3)}


def epochs_to_level(task, scores, level):
    """The first epoch whose validation score is as good as a level; None where there is none."""
    return next((number for number, score in enumerate(scores, 1) if task.better(score, level)), None)


def _tested(task, outputs):
    loss = task.loss(outputs, task.test.Y)
    scores = {"score": task.score(outputs, task.test.Y), "loss": loss, "subsets": task.subset_scores(outputs)}
    return scores if math.isfinite(loss) else {"score": None, "loss": None, "subsets": {}}


def _train(task, variant, settings, seed, level, report):
    network = _compiled(task, variant, settings)
    network.restart(seed)
    model, rng = network.model, np.random.default_rng(seed)
    best_epoch, best_weights, losses, scores, seconds = None, None, [], [], []
    for number in range(1, settings.epochs + 1):
        X, Y = task.epoch(rng, settings.batch_size)
        begun = time.perf_counter()
        losses.append(float(network.update(_batches(X, settings.batch_size), _batches(Y, settings.batch_size))))
        seconds.append(time.perf_counter() - begun)
        if not math.isfinite(losses[-1]):
            break
        scores.append(task.score(np.asarray(network.answer(task.validation.X)), task.validation.Y))
        if all(task.better(scores[-1], other) for other in scores):
            best_epoch, best_weights = number, model.get_weights()
        if report:
            report(number, scores[-1])
        if task.solved is not None and number >= SOLVED_EPOCHS:
            if all(task.better(score, task.solved) for score in scores[-SOLVED_EPOCHS:]):
                break
    if best_weights is not None:
        model.set_weights(best_weights)
    return _tested(task, _in_pieces(network.answer, task.test.X, len(task.validation.X))) | {
        "parameters": sum(int(np.prod(weights.shape)) for weights in model.trainable_weights),
        "width": 0 if variant in task.baselines else settings.width,
        "epochs": len(losses),
        "best_epoch": best_epoch,
        "losses": [_rounded(loss) for loss in losses],
        "scores": [_rounded(score) for score in scores],
        "seconds_per_epoch": _rounded(float(np.median(seconds[1:] or seconds))),  # the first one compiles
        "epochs_to_level": epochs_to_level(task, scores, level),
    }


class _Network:
    """A network with its optimiser and two compiled functions.

    ``update`` does all updates of an epoch and gives the mean loss; ``answer`` gives the outputs for some examples.
    """

    def __init__(self, task, variant, settings):
        import tensorflow as tf

        tf.get_logger().setLevel("ERROR")  # it warns that many networks are compiled, which is what is wanted here
        self.make = lambda: variants.build(task, variant, settings)
        model = self.model = self.make()
        steps = task.steps(settings.batch_size)
        by_xla = COMPILED_BY_XLA and task.T_x >= STEPS_FOR_XLA
        optimiser = self.optimiser = settings.make_optimiser(steps)
        optimiser.build(model.trainable_variables)
        self.start = [variable.numpy() for variable in optimiser.variables]

        def loss_of(outputs, Y):
            if task.metric == SQUARED_ERROR:
                return tf.reduce_mean((outputs[..., 0] - Y) ** 2)
            return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(Y, outputs))

        @tf.function(jit_compile=by_xla)
        def update(X, Y):
            total = tf.constant(0.0)
            for step in tf.range(steps):
                with tf.GradientTape() as tape:
                    loss = loss_of(model(X[step], training=True), Y[step])
                optimiser.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
                total += loss
            return total / steps

        @tf.function  # by XLA it would take longer to compile than it has to do
        def answer(X):
            return model(X, training=False)

        self.update, self.answer = update, answer

    def restart(self, seed):
        """Start again from a seed: first weights, dropout, and an optimiser that remembers nothing."""
        from helpers.quiet_keras import keras

        keras.utils.set_random_seed(seed)
        for variable, value in zip(self.model.variables, self.make().variables, strict=True):
            variable.assign(value)
        for variable, value in zip(self.optimiser.variables, self.start, strict=True):
            variable.assign(value)


@lru_cache(maxsize=2)
def _compiled(task, variant, settings):
    """The network, compiled once for all seeds: compiling takes longer than training some of them."""
    return _Network(task, variant, settings)


def _batches(values, batch_size):
    """(steps * batch_size, ...) as (steps, batch_size, ...)."""
    return values.reshape(-1, batch_size, *values.shape[1:])


def _in_pieces(answer, X, size):
    """Outputs for many examples, piece by piece of the size that is compiled already; the last one is filled up."""
    pieces = []
    for first in range(0, len(X), size):
        piece = X[first : first + size]
        filled = np.concatenate([piece, np.repeat(piece[:1], size - len(piece), axis=0)])
        pieces.append(np.asarray(answer(filled))[: len(piece)])
    return np.concatenate(pieces)


def _rounded(value):
    """Five significant digits, to keep files small; None for what is no number."""
    return float(f"{value:.5g}") if math.isfinite(value) else None
