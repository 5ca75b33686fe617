"""Train the learner's loop of LSTM steps fast: the same layers, fused into one recurrent layer.

A Keras model made by a Python loop holds T_x copies of every operation; compiling it takes longer than training. Keras
can run the same cell over all steps by itself: ``keras.layers.RNN(LSTM_cell.cell, return_sequences=True)``. Both use
the very same weights, so what one learns the other knows. Before training, both are computed on a batch and compared.
"""

import time
from dataclasses import dataclass, field

import numpy as np

from helpers.language import N_, _
from helpers.live import Progress
from helpers.plotting import pyplot

EPOCHS = 100
BATCH_SIZE = 32
LEARNING_RATE = 0.02
TOLERANCE = 1e-5
PROBE_EXAMPLES = 3
PROBE_SEED = 0


@dataclass
class History:
    """What training reported, one entry for each epoch.

    loss : cross-entropy in nats, summed over the T_x steps and averaged over the examples (the total that the plain
        model reports); loss_per_token : the same averaged over the steps; perplexity : exp(loss_per_token);
        held_out : perplexity on the held-out examples, by epoch (counted from 1); seconds : the whole training.
    """

    loss: list[float] = field(default_factory=list)
    loss_per_token: list[float] = field(default_factory=list)
    perplexity: list[float] = field(default_factory=list)
    held_out: dict[int, float] = field(default_factory=dict)
    seconds: float = 0.0

    def __str__(self):
        if not self.loss:
            return _("no epoch yet")
        return _("epoch {epoch}: {numbers}").format(epoch=len(self.loss), numbers=self.numbers())

    def numbers(self):
        """Return the last numbers in words."""
        text = _("loss {loss:.2f}, per token {share:.3f}, perplexity {perplexity:.2f}")
        told = text.format(loss=self.loss[-1], share=self.loss_per_token[-1], perplexity=self.perplexity[-1])
        if not self.held_out:
            return told
        epoch, value = list(self.held_out.items())[-1]
        return _("{numbers}, held out {value:.2f} (epoch {epoch})").format(numbers=told, value=value, epoch=epoch)


def fuse(model):
    """Build a model with one output (m, T_x, n_values) out of the very layers of the learner's model of T_x outputs.

    Raises
    ------
    ValueError
        When the model does not have one shared recurrent layer and one shared Dense layer, or both models disagree.
    """
    import keras

    recurrent = [layer for layer in model.layers if isinstance(layer, (keras.layers.LSTM, keras.layers.GRU))]
    dense = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    if len(recurrent) != 1 or len(dense) != 1:
        raise ValueError(
            f"expected one recurrent and one Dense layer, got {len(recurrent)} and {len(dense)}; all steps must share"
            " the LSTM_cell and the densor that djmodel is given"
        )
    sequence, states = model.inputs[0], model.inputs[1:]
    if len(sequence.shape) != 3:
        raise ValueError(f"expected a first input X of shape (None, T_x, n_values), got {sequence.shape}")
    T_x, n_values = sequence.shape[1:]
    if len(model.outputs) != T_x:
        raise ValueError(f"expected a list of T_x = {T_x} outputs, one for each step, got {len(model.outputs)}")
    cell = recurrent[0].cell
    count = len(cell.state_size) if isinstance(cell.state_size, (list, tuple)) else 1
    if len(states) < count:
        raise ValueError(f"expected X and {count} initial states as inputs, got {len(model.inputs)} inputs")
    X = keras.Input((T_x, n_values))
    initial = [keras.Input(tuple(state.shape[1:])) for state in states]
    hidden = keras.layers.RNN(cell, return_sequences=True)(X, initial_state=initial[:count])
    fused = keras.Model([X, *initial], dense[0](hidden))
    check_equal(model, fused)
    return fused


def check_equal(model, fused, tolerance=TOLERANCE):
    """Compute both models on one random batch and compare; returns the largest difference.

    Raises
    ------
    ValueError
        With the largest difference and the first step that differs, when it exceeds `tolerance`.
    """
    rng = np.random.default_rng(PROBE_SEED)
    T_x, n_values = model.inputs[0].shape[1:]
    X = np.eye(n_values, dtype=np.float32)[rng.integers(n_values, size=(PROBE_EXAMPLES, T_x))]
    states = [rng.normal(size=(PROBE_EXAMPLES, state.shape[-1])).astype(np.float32) for state in model.inputs[1:]]
    outputs = model([X, *states])
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    plain = np.stack([np.asarray(output) for output in outputs], axis=1)
    together = np.asarray(fused([X, *states]))
    if plain.shape != together.shape:
        raise ValueError(f"expected outputs that stack to (m, T_x, n_values) = {together.shape}, got {plain.shape}")
    by_step = np.abs(plain - together).max(axis=(0, 2))
    if by_step.max() > tolerance:
        step = int(np.argmax(by_step > tolerance))
        raise ValueError(
            "expected your loop to compute what one recurrent layer with the same weights does, got a difference of"
            f" up to {by_step.max():.2g}, first at step t = {step}; each step must read its own slice X[:, t, :] and"
            " take a and c from the step before"
        )
    return float(by_step.max())


def train_djmodel(
    model,
    X,
    Y,
    epochs=EPOCHS,
    held_out=None,
    batch_size=BATCH_SIZE,
    learning_rate=LEARNING_RATE,
    rng=None,
    live=None,
    patience=None,
):
    """Train the weights of the learner's model with Adam, through `fuse`.

    Parameters
    ----------
    model : keras Model
        Inputs [X, a0, c0], a list of T_x outputs.
    X : ndarray (m, T_x, n_values)
    Y : ndarray (T_y, m, n_values)
        T_y = T_x.
    epochs, batch_size, learning_rate : int
    held_out : (X, Y), optional
        Examples from choruses that are not trained on; their perplexity is reported after each epoch.
    rng : numpy.random.Generator, optional
        Shuffles the examples anew for every epoch; by default they keep their order.
    live : bool, optional
        Show a progress bar and a loss curve while training; by default only in a notebook.
    patience : int, optional
        Early stopping: end when the held-out perplexity has not fallen for so many epochs, and set back the weights of
        the epoch where it was lowest. By default all epochs are trained and the last weights stay.

    Returns
    -------
    History
        The weights of `model` are trained in place.
    """
    import keras

    _check_shapes(model, X, Y, "X and Y")
    if epochs < 1:
        raise ValueError(f"expected at least 1 epoch, got {epochs}")
    if patience is not None and (held_out is None or patience < 1):
        raise ValueError(f"patience: expected at least 1 epoch, and held-out examples to watch, got {patience}")
    if held_out is not None:
        _check_shapes(model, *held_out, "the held-out X and Y")
    begun = time.perf_counter()
    fused = fuse(model)
    T_x = X.shape[1]
    optimizer = keras.optimizers.Adam(learning_rate=learning_rate)
    optimizer.build(fused.trainable_variables)  # a first step that has to make these variables is compiled twice
    fused.compile(
        optimizer=optimizer,
        loss="categorical_crossentropy",
        loss_weights=[float(T_x)],  # the sum over the steps, as the plain model has it
        jit_compile=False,
    )
    history = History()
    progress = Progress(epochs, N_("{done} of {total} epochs"), lambda: plot_history(history), live)
    inputs, targets = _inputs(model, X), Y.transpose(1, 0, 2)
    try:
        for epoch in range(1, epochs + 1):
            order = np.arange(len(X)) if rng is None else rng.permutation(len(X))
            total = 0.0
            for first in range(0, len(X), batch_size):  # half the time of `fit`, which prepares every epoch anew
                batch = order[first : first + batch_size]
                fused.reset_metrics()
                loss = fused.train_on_batch([values[batch] for values in inputs], targets[batch])
                total += float(np.ravel(loss)[0]) * len(batch) / len(X)
            history.loss.append(total)
            history.loss_per_token.append(total / T_x)
            history.perplexity.append(float(np.exp(total / T_x)))
            if held_out is not None:
                fused.reset_metrics()
                loss = fused.test_on_batch(_inputs(model, held_out[0]), held_out[1].transpose(1, 0, 2))
                history.held_out[epoch] = float(np.exp(np.ravel(loss)[0] / T_x))
            progress.update(history.numbers())
            if patience is not None:
                best = min(history.held_out, key=history.held_out.get)
                if best == epoch:
                    best_weights = fused.get_weights()
                if epoch - best == patience:
                    break
        if patience is not None:
            fused.set_weights(best_weights)
    finally:
        history.seconds = time.perf_counter() - begun
        progress.close()
    return history


def _inputs(model, X):
    return [X] + [np.zeros((len(X), state.shape[-1]), dtype=np.float32) for state in model.inputs[1:]]


def _check_shapes(model, X, Y, names):
    T_x, n_values = model.inputs[0].shape[1:]
    if X.ndim != 3 or X.shape[1:] != (T_x, n_values) or Y.shape != (T_x, len(X), n_values):
        raise ValueError(
            f"{names}: expected the shapes (m, {T_x}, {n_values}) and ({T_x}, m, {n_values}), got {X.shape} and"
            f" {Y.shape}"
        )


def perplexity(model, X, Y):
    """Return exp(mean cross-entropy per token) of a model with T_x outputs: among how many tokens it hesitates.

    Parameters
    ----------
    model : keras.Model
        Inputs [X, a0, c0], a list of T_x outputs (m, n_values).
    X : ndarray (m, T_x, n_values)
    Y : ndarray (T_y, m, n_values)
        One-hot; T_y = T_x.
    """
    _check_shapes(model, X, Y, "X and Y")
    predicted = np.stack([np.asarray(output) for output in model(_inputs(model, X))])  # (T_x, m, n_values)
    likelihood = np.maximum((predicted * Y).sum(axis=-1), np.finfo(np.float32).tiny)
    return float(np.exp(-np.log(likelihood).mean()))


# ---------------------------------------------------------------- showing it


def plot_history(history, ax=None):
    """Draw the perplexity of training and held-out choruses by epoch, on `ax` or a new figure; return the axes."""
    from matplotlib.ticker import LogLocator, NullFormatter

    plt = pyplot()
    if ax is None:
        ax = plt.subplots(figsize=(6.4, 3.2), layout="constrained")[1]
    ax.plot(range(1, len(history.perplexity) + 1), history.perplexity, label=_("training choruses"))
    if history.held_out:
        ax.plot(list(history.held_out), list(history.held_out.values()), "o-", label=_("choruses held out"))
    ax.set_yscale("log")
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.set_xlabel(_("epoch"))
    ax.set_ylabel(_("perplexity (tokens)"))
    ax.legend()
    ax.grid(alpha=0.3)
    return ax
