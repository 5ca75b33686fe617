"""How the gradient travels back through the learner's own NumPy cells: vanishing, exploding, clipped.

The loss is one entry of the last hidden state a⟨T_x⟩, so its gradient there has norm 1. Lag k is the number of steps
from the end: the norm at lag k says how much of that gradient arrives at the state (for an LSTM: hidden and cell state)
k steps before. The learner's backward cell is used where it is written; else small changes of the forward cell serve.
"""

import numpy as np

from helpers.language import N_, _
from helpers.rnn.against_keras import KEEPING_BIAS, backward_by_cell, backward_by_differences, styled
from helpers.rnn.cells import initialise_parameters
from helpers.rnn.gradient_check import numerical_gradients

STARTS = (N_("Gaussian"), N_("orthogonal"))
N_A, N_X, N_Y = 32, 1, 2
LSTM_RADIUS = 0.5  # of each gate; Keras makes one orthogonal matrix for the four of them, which gives about this
STEPS, DRAWS = 100, 3
LOUDNESS = 0.1  # standard deviation of the inputs: soft, so that the slopes of tanh stay near 1
SMALLEST, LARGEST = 1e-12, 1e15  # what the axes show
BAND = (10, 50, 90)  # percentiles over losses and draws: the band and its middle

# The one-unit network of the cliff: a⟨t⟩ = tanh(w a⟨t-1⟩ + b), from a⟨0⟩, and its loss (a⟨T_x⟩ - target)².
CLIFF_STEPS, CLIFF_A0, CLIFF_TARGET = 50, 0.5, -0.6
CLIFF_W, CLIFF_B = (0.0, 2.5), (-1.2, 1.2)
CLIFF_GRID = 121


def spectral_radius(matrix):
    """Return the largest modulus of the eigenvalues of a square matrix (n, n)."""
    return float(np.abs(np.linalg.eigvals(matrix)).max())


def recurrent_start(start, n_a, radius, rng):
    """Draw the weights from state to state with a given spectral radius.

    Parameters
    ----------
    start : str
        "Gaussian": independent normal entries, divided by their spectral radius. "orthogonal": a random rotation (or
        reflection), in which every direction keeps its length (Saxe, McClelland and Ganguli, 2014).
    n_a : int
        Entries of the hidden state.
    radius : float
        Spectral radius of the result, above 0.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray (n_a, n_a)

    Raises
    ------
    ValueError
        If `start` is none of the two or `radius` is not above 0.
    """
    if start not in STARTS:
        raise ValueError(f"start: expected {' or '.join(STARTS)}, got {start!r}")
    if not radius > 0:
        raise ValueError(f"radius: expected a number above 0, got {radius!r}")
    drawn = rng.standard_normal((n_a, n_a))
    if start == "Gaussian":
        return radius * drawn / spectral_radius(drawn)
    rotation, triangle = np.linalg.qr(drawn)
    return radius * rotation * np.sign(np.diag(triangle))  # the signs make every rotation equally likely


def start_parameters(cell, start, radius, rng, keep=0.0, n_a=N_A):
    """Draw the parameters of a cell with recurrent weights of a given start.

    Parameters
    ----------
    cell : str
        "rnn", "lstm" or "gru".
    start, radius, rng
        As for `recurrent_start`; every gate of a gated cell gets recurrent weights of its own.
    keep : float
        Bias of the gate that keeps (an LSTM's forget gate, a GRU's update gate); all other biases are 0.
    n_a : int

    Returns
    -------
    dict of str to ndarray
        With n_x = 1 and n_y = 2.
    """
    parameters = initialise_parameters(cell, N_X, n_a, N_Y, rng)
    for name, array in parameters.items():
        if name.startswith("b"):
            array[:] = keep if name == KEEPING_BIAS.get(cell) else 0.0
        elif array.shape[0] == n_a and array.shape[1] >= n_a:  # the columns that read the state come first
            array[:, :n_a] = recurrent_start(start, n_a, radius, rng)
    return parameters


def gradient_norms(
    cell, cell_forward, cell_backward=None, *, start="orthogonal", radius=1.0, keep=0.0,
    loudness=LOUDNESS, steps=STEPS, draws=DRAWS, n_a=N_A, seed=0,
):  # fmt: skip
    """Measure the norm of the gradient at every lag, in one of the learner's own cells.

    Parameters
    ----------
    cell : str
        "rnn", "lstm" or "gru".
    cell_forward : callable
        The learner's forward cell.
    cell_backward : callable, optional
        The learner's backward cell, used where it is written.
    start, radius, keep, n_a
        As for `start_parameters`.
    loudness : float
        Standard deviation of the normal inputs, from 0.
    steps : int
        T_x, the largest lag.
    draws : int
        How many times weights and inputs are drawn.
    seed : int

    Returns
    -------
    ndarray (steps + 1, draws * n_a)
        The norms at lag 0 (all 1) to `steps`, a column for each draw and each entry of a⟨T_x⟩ taken as the loss.

    Raises
    ------
    ValueError
        If steps or draws is below 1, or as `recurrent_start`.
    NotImplementedError
        If the forward cell is not written yet.
    """
    if steps < 1 or draws < 1:
        raise ValueError(f"steps and draws: expected at least 1, got {steps} and {draws}")
    rng = np.random.default_rng(seed)
    columns = []
    for _step in range(draws):
        parameters = start_parameters(cell, start, radius, rng, keep, n_a)
        xs = loudness * rng.standard_normal((N_X, steps))
        gradients = _follow_back(cell, cell_forward, cell_backward, xs, parameters)
        columns.append(np.stack([np.ones(n_a), *(np.linalg.norm(gradient, axis=0) for gradient in gradients)]))
    return np.concatenate(columns, axis=1)


def _follow_back(cell, cell_forward, cell_backward, xs, parameters):
    """Return the gradient at each lag, with the backward cell where it is written."""
    if cell_backward is not None:
        try:
            return backward_by_cell(cell, cell_forward, cell_backward, xs, parameters)
        except NotImplementedError:
            pass
    return backward_by_differences(cell, cell_forward, xs, parameters)


def clip_norms(norms, limit):
    """Return the norms that are left when the gradient is clipped to a largest norm after every step back.

    Clipping keeps the direction, and going back is linear in the gradient: so each step multiplies the clipped norm by
    the same factor as the unclipped one.

    Parameters
    ----------
    norms : ndarray (steps + 1, losses)
        As `gradient_norms` returns them.
    limit : float
        The largest norm, above 0.

    Returns
    -------
    ndarray (steps + 1, losses)

    Raises
    ------
    ValueError
        If `limit` is not above 0.
    """
    if not limit > 0:
        raise ValueError(f"limit: expected a norm above 0, got {limit!r}")
    tiny = np.finfo(float).tiny
    clipped = [np.minimum(norms[0], limit)]
    for before, after in zip(norms[:-1], norms[1:], strict=True):
        clipped.append(np.minimum(clipped[-1] * (after / np.maximum(before, tiny)), limit))
    return np.stack(clipped)


def plot_gradient_norms(
    rnn_cell_forward, lstm_cell_forward, rnn_cell_backward=None, lstm_cell_backward=None, *,
    radii=(0.5, 0.9, 1.0, 1.5, 3.0), keep=(0.0, 1.0, 3.0, 5.0), loudness=LOUDNESS, clip=None, steps=STEPS, seed=0,
):  # fmt: skip
    """Draw the gradient's norm against lag: the basic RNN from two starts, the LSTM with several forget biases.

    Parameters
    ----------
    rnn_cell_forward, lstm_cell_forward : callable
        The learner's own; a cell that is not written yet leaves its panel empty, with a word why.
    rnn_cell_backward, lstm_cell_backward : callable, optional
        Used where they are written.
    radii : sequence of float
        Spectral radii of the basic RNN's recurrent weights, a line each.
    keep : sequence of float
        Biases of the LSTM's forget gate, a line each; the recurrent weights of each gate are orthogonal, radius 0.5.
    loudness : float
        Standard deviation of the inputs.
    clip : float, optional
        Clip the gradient to this norm after every step back; the norms without clipping stay as dotted lines.
    steps : int
        The largest lag.
    seed : int

    Returns
    -------
    matplotlib.figure.Figure
        Lines are medians over 3 draws and all entries of the last state as losses, bands reach from the 10th to the
        90th percentile.
    """
    panels = {}
    for start in STARTS:
        panels[_("basic RNN, {start} start").format(start=_(start))] = {
            _("radius {radius:g}").format(radius=radius): lambda start=start, radius=radius: gradient_norms(
                "rnn", rnn_cell_forward, rnn_cell_backward,
                start=start, radius=radius, loudness=loudness, steps=steps, seed=seed,
            )
            for radius in radii
        }  # fmt: skip
    panels[_("LSTM, orthogonal start, radius {radius:g}").format(radius=LSTM_RADIUS)] = {
        _("forget bias {bias:g}").format(bias=bias): lambda bias=bias: gradient_norms(
            "lstm", lstm_cell_forward, lstm_cell_backward,
            radius=LSTM_RADIUS, keep=bias, loudness=loudness, steps=steps, seed=seed,
        )
        for bias in keep
    }  # fmt: skip
    return draw_norms(panels, clip)


def draw_norms(panels, clip=None):
    """Draw norms against lag, a panel for each title.

    Parameters
    ----------
    panels : dict of str to dict of str to callable
        Title -> label of a line -> function without arguments that returns norms (steps + 1, losses).
    clip : float, optional
        As for `plot_gradient_norms`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    with styled() as plt:
        figure, axes = plt.subplots(
            1, len(panels), figsize=(4.2 * len(panels), 4.0), layout="constrained", sharey=True, squeeze=False
        )
        for ax, (title, lines) in zip(axes[0], panels.items(), strict=True):
            colours = plt.colormaps["viridis"](np.linspace(0, 0.85, max(len(lines), 1)))
            for colour, (label, measure) in zip(colours, lines.items(), strict=True):
                try:
                    norms = measure()
                except NotImplementedError:
                    ax.text(0.5, 0.5, _("this cell is not written yet"), ha="center", transform=ax.transAxes)
                    break
                _draw_line(ax, norms, clip, colour, label)
            ax.axhline(1.0, color="#222222", linewidth=0.8)
            ax.set(title=title, xlabel=_("lag k (steps back from the end)"), yscale="log", ylim=(SMALLEST, LARGEST))
            if ax.lines[:-1]:
                ax.legend(loc="upper left", fontsize=8, ncols=2)
        axes[0, 0].set_ylabel(_("norm of the gradient at lag k\n(1 at lag 0)"))
        if clip is not None:
            text = _("clipped to norm {norm:g} after every step back; dotted: without")
            figure.suptitle(text.format(norm=clip), fontsize="medium")
        plt.close(figure)  # the notebook shows what the cell returns, once
    return figure


def _draw_line(ax, norms, clip, colour, label):
    """Draw the middle and the band of one setting; with clipping, the middle without it as dots."""
    lags = np.arange(len(norms))
    if clip is not None:
        ax.plot(lags, np.maximum(np.median(norms, axis=1), SMALLEST), ":", color=colour, linewidth=1)
        norms = clip_norms(norms, clip)
    low, middle, high = np.maximum(np.percentile(norms, BAND, axis=1), SMALLEST / 10)
    ax.plot(lags, middle, color=colour, label=label)
    ax.fill_between(lags, low, high, color=colour, alpha=0.15, linewidth=0)


def descend(rnn_cell_forward, w, b, learning_rate=0.1, iterations=60, clip=None):
    """Train the one-unit network a⟨t⟩ = tanh(w a⟨t-1⟩ + b) by plain gradient descent.

    Parameters
    ----------
    rnn_cell_forward : callable
        The learner's own cell; its gradient is taken by small changes, so no backward cell is needed.
    w, b : float
        Where to start.
    learning_rate : float
    iterations : int
    clip : float, optional
        Scale a gradient with a larger norm down to this one (Pascanu, Mikolov and Bengio, 2013, algorithm 1).

    Returns
    -------
    path : ndarray (iterations + 1, 2)
        w and b before each step and at the end.
    losses : ndarray (iterations + 1,)
    """

    def loss(arrays):
        return one_unit_loss(rnn_cell_forward, float(arrays["place"][0]), arrays["place"][1:])[0]

    place, path = np.array([w, b], dtype=float), []
    for _step in range(iterations):
        path.append(place)
        gradient = numerical_gradients(loss, {"place": place})["place"]
        norm = np.linalg.norm(gradient)
        if clip is not None and norm > clip:
            gradient = gradient * (clip / norm)
        place = place - learning_rate * gradient
    path = np.stack([*path, place])
    return path, np.array([loss({"place": one}) for one in path])


def one_unit_loss(rnn_cell_forward, w, bs):
    """Return the loss (a⟨T_x⟩ - target)² of the one-unit network for one weight and many biases.

    Parameters
    ----------
    rnn_cell_forward : callable
    w : float
    bs : ndarray (m,)
        A bias for each column: it enters as a constant input, with Wax = 1.

    Returns
    -------
    ndarray (m,)
    """
    zero = np.zeros((1, 1))
    parameters = {"Wax": np.ones((1, 1)), "Waa": np.full((1, 1), w), "Wya": zero, "ba": zero, "by": zero}
    xt, a = np.asarray(bs, dtype=float)[np.newaxis], np.full((1, len(bs)), CLIFF_A0)
    for _step in range(CLIFF_STEPS):
        a = rnn_cell_forward(xt, a, parameters)[0]
    return (a[0] - CLIFF_TARGET) ** 2


def plot_cliff(rnn_cell_forward, w=1.7, b=0.2, learning_rate=0.1, clip=1.0, iterations=60):
    """Draw the loss of the one-unit network over its two numbers, and two descents: without and with clipping.

    After Pascanu, Mikolov and Bengio (2013), figure 6: where the state flips from one end of tanh to the other, the
    loss is a cliff.

    Parameters
    ----------
    rnn_cell_forward : callable
        The learner's own.
    w, b, learning_rate, iterations
        As for `descend`.
    clip : float
        Norm to which the second descent clips its gradient.

    Returns
    -------
    matplotlib.figure.Figure
    """
    ws, bs = np.linspace(*CLIFF_W, CLIFF_GRID), np.linspace(*CLIFF_B, CLIFF_GRID)
    surface = np.stack([one_unit_loss(rnn_cell_forward, float(one), bs) for one in ws], axis=1)  # (bs, ws)
    clipped = _("clipped to {norm:g}").format(norm=clip)
    settings = rnn_cell_forward, w, b, learning_rate, iterations
    descents = {
        _("without clipping"): (*descend(*settings), "#D55E00", "o-"),
        clipped: (*descend(*settings, clip), "#0072B2", "s-"),
    }
    with styled() as plt:
        figure, (left, right) = plt.subplots(1, 2, figsize=(10.4, 4.2), layout="constrained")
        shades = left.contourf(ws, bs, surface, 20, cmap="Greys_r")
        figure.colorbar(shades, ax=left, label=_("loss"))
        for label, (path, losses, colour, line) in descents.items():
            farthest = np.linalg.norm(np.diff(path, axis=0), axis=1).max()
            name = _("{line}: longest step {step:.2g}").format(line=label, step=farthest)
            left.plot(path[:, 0], path[:, 1], line, color=colour, markersize=3, linewidth=1, label=name)
            right.semilogy(np.maximum(losses, SMALLEST), color=colour, label=label)
        left.grid(False)
        left.plot(w, b, "*", color="#222222", markersize=12)
        left.set(xlim=CLIFF_W, ylim=CLIFF_B, xlabel=_("recurrent weight w"), ylabel=_("bias b"))
        left.set_title(_("the way over the loss"))
        right.set(xlabel=_("step of gradient descent"), ylabel=_("loss"), title=_("the loss along the way"))
        left.legend(loc="lower left", fontsize=8)
        right.legend()
        plt.close(figure)
    return figure
