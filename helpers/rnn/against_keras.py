"""Compare the learner's own cells with Keras's layers, and show how their gradients fade through time."""

import contextlib
from dataclasses import dataclass

import numpy as np

from helpers.language import N_, _
from helpers.plotting import pyplot
from helpers.rnn.cells import initialise_parameters, validate_parameters

KERAS_LAYERS = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
KERAS_GATES = {"lstm": ("i", "f", "c", "o"), "gru": ("z", "r", "c")}  # the order side by side in Keras's matrices
KEEPING_BIAS = {"lstm": "bf", "gru": "bz"}  # the bias of the gate that keeps
AGREEMENT = 1e-9  # largest difference, in float64, that rounding can explain
JACOBIAN_STEP = 1e-5
SMALLEST_SHOWN, LARGEST_SHOWN = 1e-14, 1e2

# Colours after Okabe and Ito (2008), told apart by colour-blind readers too; a white ground for light and dark pages.
NAMES = {"rnn": N_("basic RNN"), "lstm": "LSTM", "gru": "GRU"}
WHAT = {"a": N_("{cell}, state a"), "c": N_("{cell}, cell state c")}
LINES = {("rnn", "a"): "-", ("lstm", "a"): ":", ("lstm", "c"): "-", ("gru", "a"): "--"}
COLOURS = {"rnn": "#0072B2", "lstm": "#D55E00", "gru": "#009E73"}
STYLE = {
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "axes.facecolor": "white",
    "axes.edgecolor": "#333333",
    "axes.labelcolor": "#222222",
    "axes.titlecolor": "#222222",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "text.color": "#222222",
    "xtick.color": "#222222",
    "ytick.color": "#222222",
    "legend.facecolor": "white",
    "font.size": 10,
}


@contextlib.contextmanager
def styled(**more):
    """Draw in the course's style: `with styled() as plt`.

    Matplotlib loads its backend with the first figure, and a notebook's backend then turns interactive mode on. Within
    the style that would end with it, and no later figure would show by itself: so the backend is loaded before.
    """
    plt = pyplot()
    plt.draw_if_interactive()
    with plt.rc_context(STYLE | more):
        yield plt


def _sides(parameters, name):
    """Return rows and columns of a weight matrix; if it is missing, (1, 2), and `validate_parameters` then says so."""
    shape = np.shape(parameters[name]) if name in parameters else (1, 2)
    if len(shape) != 2:
        raise ValueError(f"parameters[{name!r}]: expected an array of rows and columns, got shape {shape}")
    return shape


def keras_weights(cell, parameters):
    """Put the notebook's parameters into the order of a Keras layer.

    Parameters
    ----------
    cell : str
        "rnn", "lstm" or "gru".
    parameters : dict of str to ndarray
        As `helpers.rnn.cells.parameter_shapes` names them; Keras's layer has no part in the prediction.

    Returns
    -------
    list of ndarray
        kernel (n_x, g n_a), recurrent kernel (n_a, g n_a), bias (g n_a,), with g = 1, 4 or 3 gates side by side;
        for `keras.layers.SimpleRNN`, `LSTM` and `GRU(reset_after=False)`.

    Raises
    ------
    ValueError
        If a parameter is missing or has the wrong shape.
    """
    if cell == "rnn":
        n_a, n_x = _sides(parameters, "Wax")
        validate_parameters(cell, parameters, n_x, n_a)
        return [parameters["Wax"].T, parameters["Waa"].T, parameters["ba"][:, 0]]
    gates = KERAS_GATES[cell]
    n_a, columns = _sides(parameters, f"W{gates[0]}")
    validate_parameters(cell, parameters, columns - n_a, n_a)
    weights = [parameters[f"W{gate}"] for gate in gates]
    kernel = np.concatenate([weight[:, n_a:].T for weight in weights], axis=1)
    recurrent_kernel = np.concatenate([weight[:, :n_a].T for weight in weights], axis=1)
    bias = np.concatenate([parameters[f"b{gate}"][:, 0] for gate in gates])
    return [kernel, recurrent_kernel, bias]


def keras_states(cell, x, a0, parameters):
    """Run a Keras layer with the notebook's weights on the notebook's arrays.

    Parameters
    ----------
    cell : str
        "rnn", "lstm" or "gru".
    x : ndarray (n_x, m, T_x)
    a0 : ndarray (n_a, m)
        The hidden state before the first step; an LSTM's cell state starts at zero.
    parameters : dict of str to ndarray

    Returns
    -------
    ndarray (n_a, m, T_x)
        The hidden state after each step, in float64.
    """
    from helpers.quiet_keras import keras  # here, since it takes seconds and hundreds of megabytes

    options = {"reset_after": False} if cell == "gru" else {}
    layer_type = getattr(keras.layers, KERAS_LAYERS[cell])
    layer = layer_type(a0.shape[0], return_sequences=True, dtype="float64", **options)
    inputs = np.ascontiguousarray(x.transpose(1, 2, 0))  # (m, T_x, n_x)
    layer.build(inputs.shape)
    layer.set_weights(keras_weights(cell, parameters))
    start = [a0.T, np.zeros_like(a0.T)] if cell == "lstm" else [a0.T]
    states = layer(inputs, initial_state=[keras.ops.convert_to_tensor(state) for state in start])
    return keras.ops.convert_to_numpy(states).transpose(2, 0, 1)


@dataclass(frozen=True)
class Comparison:
    """How one of the learner's functions compares with Keras's layer."""

    cell: str
    sentence: str
    largest: float | None = None  # largest difference of a hidden state; None where there is nothing to compare
    own: np.ndarray | None = None
    keras: np.ndarray | None = None

    @property
    def ok(self):
        """Whether the two agree up to rounding."""
        return self.largest is not None and self.largest <= AGREEMENT


def compare_cell(cell, forward, x, a0, parameters):
    """Set one of the learner's functions against the Keras layer with the same weights.

    Parameters
    ----------
    cell : str
        "rnn", "lstm" or "gru".
    forward : callable
        The learner's forward function over a sequence: its first result is a (n_a, m, T_x).
    x : ndarray (n_x, m, T_x)
    a0 : ndarray (n_a, m)
    parameters : dict of str to ndarray

    Returns
    -------
    Comparison
        With a sentence to read, whatever the learner's function does.
    """
    layer, own_name = KERAS_LAYERS[cell], getattr(forward, "__name__", _("your function"))
    name = _("{layer} against {function}").format(layer=f"{layer:<9}", function=own_name)
    try:
        own = np.asarray(forward(x.copy(), a0.copy(), {key: array.copy() for key, array in parameters.items()})[0])
    except NotImplementedError:
        return Comparison(cell, _("{name}: not written yet, so there is nothing to compare.").format(name=name))
    except Exception as error:  # whatever a half-written function raises is a sentence here, not a traceback
        text = _("{name}: your function stops with {error}: {message}")
        return Comparison(cell, text.format(name=name, error=type(error).__name__, message=error))
    states = keras_states(cell, x, a0, parameters)
    if own.shape != states.shape:
        text = _("{name}: the states have shape {shape}; Keras gives {wanted}.")
        return Comparison(cell, text.format(name=name, shape=own.shape, wanted=states.shape))
    largest = float(np.abs(own - states).max())  # NaN where the learner's states hold one, and then not the same
    text = _("{name}: NOT the same function; {count} hidden states differ by {most:.1e} at most.")
    if largest <= AGREEMENT:
        text = _("{name}: the same function; {count} hidden states differ by {most:.1e} at most.")
    return Comparison(cell, text.format(name=name, count=own.size, most=largest), largest, own, states)


def compare_with_keras(rnn_forward, lstm_forward, gru_forward, seed=0, show=True):
    """Set the learner's three forward functions against Keras's layers with the same weights, in words and a picture.

    Parameters
    ----------
    rnn_forward, lstm_forward, gru_forward : callable
        The learner's own; one that raises NotImplementedError is left out.
    seed : int
        Draws weights and inputs.
    show : bool
        Whether to print the sentences.

    Returns
    -------
    matplotlib.figure.Figure or None
        A panel for each function that could be compared; None where there is none.
    """
    rng = np.random.default_rng(seed)
    n_x, n_a, n_y, m, T_x = 3, 4, 2, 5, 24
    x, a0 = rng.standard_normal((n_x, m, T_x)), rng.standard_normal((n_a, m))
    results = []
    for cell, forward in (("rnn", rnn_forward), ("lstm", lstm_forward), ("gru", gru_forward)):
        parameters = initialise_parameters(cell, n_x, n_a, n_y, rng)
        results.append(compare_cell(cell, forward, x, a0, parameters))
        if show:
            print(results[-1].sentence)
    return draw_comparison(results)


def draw_comparison(results):
    """Draw the hidden states of one sequence: a line for the learner's function, dots for Keras.

    Parameters
    ----------
    results : list of Comparison

    Returns
    -------
    matplotlib.figure.Figure or None
        None where nothing could be compared.
    """
    drawn = [result for result in results if result.own is not None]
    if not drawn:
        return None
    with styled() as plt:
        figure, axes = plt.subplots(
            1, len(drawn), figsize=(3.6 * len(drawn), 3.2), layout="constrained", sharey=True, squeeze=False
        )
        for ax, result in zip(axes[0], drawn, strict=True):
            steps = np.arange(1, result.own.shape[2] + 1)
            ax.plot(steps, result.own[:, 0].T, color=COLOURS[result.cell])
            ax.plot(steps, result.keras[:, 0].T, ".", color="#222222", markersize=4)
            ax.set_title(KERAS_LAYERS[result.cell])
            ax.set_xlabel(_("time step t"))
        axes[0, 0].set_ylabel(_("hidden states of one sequence"))
        figure.suptitle(_("lines: your function, dots: Keras with the same weights"), fontsize="medium")
        plt.close(figure)  # the notebook shows what the cell returns, once
    return figure


def _states_through_time(cell, cell_forward, xs, parameters):
    """Run the learner's cell over one sequence; return the states before each step, each (n_a,) or, LSTM, (2 n_a,)."""
    n_a = parameters["Waa" if cell == "rnn" else "Wc"].shape[0]
    state = np.zeros((2 if cell == "lstm" else 1) * n_a)
    states = []
    for t in range(xs.shape[1]):
        states.append(state)
        state = _step(cell, cell_forward, xs[:, t], state[:, None], parameters)[:, 0]
    return states


def _step(cell, cell_forward, x, states, parameters):
    """Take one step from many states, one in each column of `states`, with the same input x (n_x,)."""
    xt = np.repeat(x[:, None], states.shape[1], axis=1)
    if cell == "lstm":
        a_prev, c_prev = np.split(states, 2)
        return np.concatenate(cell_forward(xt, a_prev, c_prev, parameters)[:2])
    return np.asarray(cell_forward(xt, states, parameters)[0])


def backward_by_differences(cell, cell_forward, xs, parameters):
    """Follow the gradient of the last hidden state back through time, by small changes of the learner's forward cell.

    Parameters
    ----------
    cell : str
        "rnn", "lstm" or "gru".
    cell_forward : callable
        The learner's forward cell.
    xs : ndarray (n_x, T_x)
        The inputs of one sequence, which starts from zero states.
    parameters : dict of str to ndarray

    Returns
    -------
    list of ndarray
        For k = 1 ... T_x the gradient of the entries of a⟨T_x⟩ by the states k steps before: (n_a, n_a), or
        (2 n_a, n_a) for an LSTM, whose state is a on top of c; column j belongs to entry j of a⟨T_x⟩.
    """

    def back(x, state, gradient):
        moves = JACOBIAN_STEP * np.eye(state.size)
        above = _step(cell, cell_forward, x, state[:, None] + moves, parameters)
        below = _step(cell, cell_forward, x, state[:, None] - moves, parameters)
        jacobian = (above - below) / (2 * JACOBIAN_STEP)  # [i, j]: entry i after the step by entry j before it
        return jacobian.T @ gradient

    return _step_by_step(back, cell, cell_forward, xs, parameters)


def backward_by_cell(cell, cell_forward, cell_backward, xs, parameters):
    """Follow the gradient of the last hidden state back through time with the learner's own backward cell.

    Parameters
    ----------
    cell : str
        "rnn" or "lstm".
    cell_forward, cell_backward : callable
        The learner's cell, forward and backward.
    xs, parameters
        As for `backward_by_differences`.

    Returns
    -------
    list of ndarray
        As for `backward_by_differences`.
    """

    def back(x, state, gradient):
        xt, before = (np.repeat(values[:, None], gradient.shape[1], axis=1) for values in (x, state))
        if cell == "lstm":
            cache = cell_forward(xt, *np.split(before, 2), parameters)[-1]
            step = cell_backward(*np.split(gradient, 2), cache)
            return np.concatenate([step["da_prev"], step["dc_prev"]])
        return cell_backward(gradient, cell_forward(xt, before, parameters)[-1])["da_prev"]

    return _step_by_step(back, cell, cell_forward, xs, parameters)


def _step_by_step(back, cell, cell_forward, xs, parameters):
    """Return the gradient of the last hidden state at every step before, each by back(x, state, gradient after it)."""
    states = _states_through_time(cell, cell_forward, xs, parameters)
    n = states[0].size
    gradient, gradients = np.eye(n)[:, : n // 2 if cell == "lstm" else n], []
    for x, state in zip(xs.T[::-1], states[::-1], strict=True):
        gradient = back(x, state, gradient)
        gradients.append(gradient)
    return gradients


@dataclass(frozen=True)
class Fade:
    """How a cell's gradient fades: norms for k = 1 ... T_x steps back, as shares of the first; or why none."""

    cell: str
    sentence: str
    norms: dict  # "a", and for an LSTM "c" -> ndarray (T_x,)


def fade_of(cell, cell_forward, cell_backward, xs, parameters):
    """Measure how the gradient of the last hidden state fades on its way back through one of the learner's cells.

    Parameters
    ----------
    cell : str
        "rnn", "lstm" or "gru".
    cell_forward : callable
    cell_backward : callable or None
        Used where it is written; else small changes of the forward cell serve.
    xs : ndarray (n_x, T_x)
    parameters : dict of str to ndarray

    Returns
    -------
    Fade
        Without norms where the forward cell is not written or stops with an error.
    """
    name = getattr(cell_forward, "__name__", _("your cell"))
    try:
        gradients, how = None, _("{name}: by small changes of the forward cell.").format(name=name)
        if cell_backward is not None:
            try:
                gradients = backward_by_cell(cell, cell_forward, cell_backward, xs, parameters)
                back = getattr(cell_backward, "__name__", _("your backward cell"))
                how = _("{name}: with {function}.").format(name=name, function=back)
            except NotImplementedError:
                gradients = None
        gradients = gradients or backward_by_differences(cell, cell_forward, xs, parameters)
    except NotImplementedError:
        return Fade(cell, _("{name}: not written yet, so it has no line in the picture.").format(name=name), {})
    except Exception as error:  # whatever a half-written function raises is a sentence here, not a traceback
        text = _("{name}: no line in the picture, since it stops with {error}: {message}")
        return Fade(cell, text.format(name=name, error=type(error).__name__, message=error), {})
    pieces = {"a": [gradient[: gradient.shape[1]] for gradient in gradients]}
    if cell == "lstm":
        pieces["c"] = [gradient[gradient.shape[1] :] for gradient in gradients]
    norms = {letter: np.array([np.linalg.norm(piece) for piece in rows]) for letter, rows in pieces.items()}
    return Fade(cell, how, {letter: values / (values[0] or 1.0) for letter, values in norms.items()})


def plot_gradient_fade(
    rnn_cell_forward,
    lstm_cell_forward,
    gru_cell_forward,
    rnn_cell_backward=None,
    lstm_cell_backward=None,
    steps=60,
    keeping_bias=4.0,
    seed=0,
    show=True,
):
    """Draw how the gradient of the last hidden state fades on its way back through the learner's own cells.

    Parameters
    ----------
    rnn_cell_forward, lstm_cell_forward, gru_cell_forward : callable
        The learner's own; one that raises NotImplementedError is left out.
    rnn_cell_backward, lstm_cell_backward : callable, optional
        Used where they are written; else small changes of the forward cells serve.
    steps : int
        T_x, how far back to look.
    keeping_bias : float
        In the second panel, the bias of the gate that keeps: an LSTM's forget gate, a GRU's update gate.
    seed : int
        Draws weights and inputs.
    show : bool
        Whether to print how each line was made.

    Returns
    -------
    matplotlib.figure.Figure or None
        None where no cell is written.
    """
    rng = np.random.default_rng(seed)
    n_x, n_a, n_y = 4, 16, 2
    xs = rng.standard_normal((n_x, steps))
    cells = (
        ("rnn", rnn_cell_forward, rnn_cell_backward),
        ("lstm", lstm_cell_forward, lstm_cell_backward),
        ("gru", gru_cell_forward, None),
    )
    kept = _("keeping gates open (bias {bias:g})").format(bias=keeping_bias)
    panels = {_("gates as drawn"): [], kept: []}
    for cell, forward, backward in cells:
        parameters = initialise_parameters(cell, n_x, n_a, n_y, rng)
        for number, fades in enumerate(panels.values()):
            if number and cell in KEEPING_BIAS:
                parameters = parameters | {KEEPING_BIAS[cell]: np.full((n_a, 1), float(keeping_bias))}
            fades.append(fade_of(cell, forward, backward, xs, parameters))
        if show:
            print(fades[-1].sentence)
    return draw_fades(panels)


def draw_fades(panels):
    """Draw the fading gradients, a panel for each setting.

    Parameters
    ----------
    panels : dict of str to list of Fade
        Under each panel's title the cells to draw.

    Returns
    -------
    matplotlib.figure.Figure or None
        None where there is no line to draw.
    """
    if not any(fade.norms for fades in panels.values() for fade in fades):
        return None
    with styled() as plt:
        figure, axes = plt.subplots(
            1, len(panels), figsize=(4.8 * len(panels), 3.8), layout="constrained", sharey=True, squeeze=False
        )
        for ax, (title, fades) in zip(axes[0], panels.items(), strict=True):
            for fade in fades:
                for letter, norms in fade.norms.items():
                    ax.semilogy(
                        np.arange(1, len(norms) + 1),
                        np.maximum(norms, SMALLEST_SHOWN),
                        color=COLOURS[fade.cell],
                        linestyle=LINES[fade.cell, letter],
                        label=_(WHAT[letter]).format(cell=_(NAMES[fade.cell])),
                    )
            ax.set_title(title)
            ax.set_xlabel(_("steps back, k"))
        axes[0, 0].set_ylabel(_("size of the gradient\nas a share of that one step back"))
        axes[0, 0].set_ylim(SMALLEST_SHOWN, LARGEST_SHOWN)
        axes[0, -1].legend(loc="lower left")
        plt.close(figure)  # the notebook shows what the cell returns, once
    return figure
