"""A look inside a trained LSTM: gates and cell state at every token, and the tokens on which the forget gate clears.

Nothing is computed anew: a Keras cell with the weights of the learner's own layer reads the sequence, and what its
activation functions return on the way is kept. These are the gates and the candidate.
"""

from dataclasses import dataclass

import numpy as np

from helpers.language import N_, _
from helpers.rnn.against_keras import styled

IN_ORDER = ("i", "f", "candidate", "o")  # Keras's cell asks for them in the order of its weights
PADDING = "(padding)"
GATES = {"f": N_("forget gate f"), "i": N_("input gate i"), "o": N_("output gate o")}
VALUES = {"candidate": N_("candidate"), "c": N_("cell state c"), "a": N_("hidden state a")}
SHORT = 16  # so many tokens fit beside each other three times
TOP, PANEL = 1.3, 1.5  # inches: the bars on top, and a heat map
DPI = 80  # on the page, which shows twice as many: a notebook with outputs must stay small
AT_LEAST = 5  # times that a token must occur to stand in the table


@dataclass(frozen=True)
class Inside:
    """What went on in one LSTM while it read one sequence; every array is (T_x, n_a).

    tokens : the T_x words or tokens that were read; f, i, o : forget, input and output gate, from 0 to 1;
    candidate : from -1 to 1; c : the cell state after each step; a : the hidden state after each step;
    c_before : the cell state before each step.
    """

    tokens: tuple[str, ...]
    f: np.ndarray
    i: np.ndarray
    o: np.ndarray
    candidate: np.ndarray
    c: np.ndarray
    a: np.ndarray
    c_before: np.ndarray

    @property
    def kept(self):
        """How much of the old cell state comes through each step, |f * c_before| / |c_before|; NaN if that is 0."""
        before = np.linalg.norm(self.c_before, axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.linalg.norm(self.f * self.c_before, axis=1) / np.where(before > 0, before, np.nan)


def gates(layer, x, start=None):
    """Watch the gates of a Keras LSTM at every step.

    Parameters
    ----------
    layer : keras.layers.LSTM
        With weights: it has been called or built.
    x : ndarray (m, T_x, n_x)
        What the layer reads.
    start : a0 and c0, each ndarray (m, n_a), optional
        By default zeros.

    Returns
    -------
    dict
        "f", "i", "o", "candidate", "c", "a" and "c_before", each ndarray (m, T_x, n_a), computed in float64.

    Raises
    ------
    ValueError
        The layer is no LSTM, has no weights, or other activations than sigmoid for its gates and tanh for its states;
        x or start has the wrong shape.
    """
    import keras

    if not isinstance(layer, keras.layers.LSTM):
        raise ValueError(f"expected a keras.layers.LSTM layer, got {type(layer).__name__}")
    if not layer.get_weights():
        raise ValueError(f"the layer {layer.name}: expected weights, got none yet; call it, or its model, first")
    names = [getattr(one, "__name__", str(one)) for one in (layer.recurrent_activation, layer.activation)]
    if names != ["sigmoid", "tanh"]:
        raise ValueError(
            f"the layer {layer.name}: expected the activation sigmoid for the gates and tanh for the states, got"
            f" {' and '.join(names)}"
        )
    n_x, n_a = layer.get_weights()[0].shape[0], layer.units
    x = np.asarray(x, dtype=float)
    if x.ndim != 3 or x.shape[2] != n_x:
        raise ValueError(f"the layer {layer.name}: expected x of shape (m, T_x, {n_x}), got {x.shape}")
    state = (len(x), n_a)
    a0, c0 = np.zeros((2, *state)) if start is None else (np.asarray(given, dtype=float) for given in start)
    if a0.shape != state or c0.shape != state:
        raise ValueError(f"start: expected a0 and c0 of shape {state}, got {a0.shape} and {c0.shape}")
    seen = []

    def watched(activation):
        def watch(z):
            seen.append(activation(z))
            return seen[-1]

        return watch

    class WatchedCell(keras.layers.LSTMCell):
        def call(self, inputs, states, training=False):
            seen.clear()
            _first, after = super().call(inputs, states, training)
            *gates_and_candidate, _last = seen  # the last one is the tanh of the new cell state
            return keras.ops.stack([*gates_and_candidate, *after, states[1]], axis=1), after

    cell = WatchedCell(
        n_a,
        activation=watched(layer.activation),
        recurrent_activation=watched(layer.recurrent_activation),
        use_bias=layer.use_bias,
        dtype="float64",
    )
    cell.build((None, n_x))
    cell.set_weights(layer.get_weights())
    outputs = keras.layers.RNN(cell, return_sequences=True, dtype="float64")(
        x, initial_state=[keras.ops.convert_to_tensor(given) for given in (a0, c0)]
    )
    values = np.moveaxis(keras.ops.convert_to_numpy(outputs), 2, 0)  # (7, m, T_x, n_a)
    return dict(zip((*IN_ORDER, "a", "c", "c_before"), values, strict=True))


def inside_tokens(layer, X, indices_values, start=None):
    """Look inside the jazz LSTM while it reads windows of tokens.

    Parameters
    ----------
    layer : keras.layers.LSTM
        The learner's `LSTM_cell`.
    X : ndarray (m, T_x, n_values)
        One-hot tokens.
    indices_values : mapping of int to str
        The token text of each index.
    start : a0 and c0, each ndarray (m, n_a), optional
        By default zeros.

    Returns
    -------
    list of Inside
        One for each of the m windows.
    """
    found = gates(layer, X, start)
    tokens = [tuple(indices_values[int(index)] for index in row) for row in np.argmax(X, axis=2)]
    return [Inside(row, **{name: values[j] for name, values in found.items()}) for j, row in enumerate(tokens)]


def inside_solo(layer, indices_values, x_initializer, a_initializer, c_initializer, results):
    """Look inside the jazz LSTM while it composes: it reads its start, then its own choices.

    Parameters
    ----------
    layer : keras.layers.LSTM
        The learner's `LSTM_cell`.
    indices_values : mapping of int to str
        The token text of each index.
    x_initializer : ndarray (1, 1, n_values)
    a_initializer, c_initializer : ndarray (1, n_a)
        What `predict_and_sample` was given.
    results : ndarray (T_y, n_values)
        What it returned first: the chosen tokens, one-hot. The last one is read by nobody.

    Returns
    -------
    Inside
        Of T_y steps.
    """
    read = np.concatenate([np.reshape(x_initializer, (1, -1)), np.asarray(results)[:-1]])
    return inside_tokens(layer, read[np.newaxis], indices_values, [a_initializer, c_initializer])[0]


def inside_sentences(model, X_indices, index_to_word, layer=1):
    """Look inside an LSTM of Emojifier-V2 while the network reads sentences.

    Parameters
    ----------
    model : keras.Model
        The learner's network.
    X_indices : ndarray of int (m, max_len)
        What the learner's `sentences_to_indices` returned: 0 is padding.
    index_to_word : mapping of int to str
        The word of each index.
    layer : int
        1 for the first LSTM of the network, 2 for the second.

    Returns
    -------
    list of Inside
        One for each sentence. Padding is among the tokens, for the network reads it, unless its embedding masks it.

    Raises
    ------
    ValueError
        There is no such LSTM, or as `gates`.
    """
    import keras

    found = [one for one in model.layers if isinstance(one, keras.layers.LSTM)]
    if layer not in range(1, len(found) + 1):
        names = ", ".join(f"{one.name} ({type(one).__name__})" for one in model.layers)
        raise ValueError(
            f"layer: expected the number of an LSTM, from 1 to {len(found)}, got {layer!r}; the layers are {names}"
        )
    chosen = found[layer - 1]
    X_indices = np.asarray(X_indices)
    read = chosen.input[0] if isinstance(chosen.input, list) else chosen.input  # behind a mask comes a list
    x = keras.ops.convert_to_numpy(keras.Model(model.input, read)(X_indices))
    values = gates(chosen, x)
    masked = any(getattr(one, "mask_zero", False) for one in model.layers)
    insides = []
    for j, row in enumerate(X_indices):
        length = int(np.count_nonzero(row)) if masked else len(row)
        tokens = tuple(index_to_word[int(index)] if index else PADDING for index in row[:length])
        insides.append(Inside(tokens, **{name: value[j, :length] for name, value in values.items()}))
    return insides


def forgets(insides, at_least=AT_LEAST):
    """Which tokens the forget gate clears on: a table of tokens over many sequences.

    Parameters
    ----------
    insides : sequence of Inside
        As `inside_sentences` or `inside_tokens` returned them.
    at_least : int
        Tokens that occur less often are left out.

    Returns
    -------
    pandas.DataFrame
        A row for each token, the one on which most is cleared first: times (how often it was read), place (the mean
        step at which, from 1), forget and input (mean gates over all units and times), kept (mean share of the old
        cell state that comes through, where there is one).

    Raises
    ------
    ValueError
        No token occurs so often.
    """
    import pandas as pd

    columns = {
        "token": [token for one in insides for token in one.tokens],
        "place": [step for one in insides for step in range(1, len(one.tokens) + 1)],
        "forget": [value for one in insides for value in one.f.mean(axis=1)],
        "input": [value for one in insides for value in one.i.mean(axis=1)],
        "kept": [value for one in insides for value in one.kept],
    }
    groups = pd.DataFrame(columns).groupby("token")
    table = groups.mean()
    table.insert(0, "times", groups.size())
    most = int(table["times"].max()) if len(table) else 0
    table = table[table["times"] >= at_least]
    if table.empty:
        raise ValueError(f"expected a token that occurs {at_least} times, got at most {most} times; lower at_least")
    return table.sort_values("forget")


def plot_inside(inside, title=""):
    """Draw gates and states as heat maps over the tokens, and on top how much of the cell state is kept at each.

    Parameters
    ----------
    inside : Inside
        One sequence.
    title : str
        Above the picture; by default the tokens of a short sequence.

    Returns
    -------
    matplotlib.figure.Figure
        Units are sorted by their mean forget gate, those that keep most at the top. Save it with its `savefig`.
    """
    T_x, order = len(inside.tokens), np.argsort(inside.f.mean(axis=0), kind="stable")
    names = [*GATES, *VALUES]
    if T_x <= SHORT:
        rows, width = [["top"] * 3, names[:3], names[3:]], max(9.0, 3 * (1.2 + 0.32 * T_x))
    else:
        rows, width = [["top"], *([name] for name in names)], 2.0 + 0.16 * T_x
    heights = [TOP, *[PANEL] * (len(rows) - 1)]
    with styled(**{"axes.grid": False}) as plt:
        figure, axes = plt.subplot_mosaic(
            rows, figsize=(width, sum(heights) + 1), dpi=DPI, height_ratios=heights, layout="constrained"
        )
        _draw_kept(axes["top"], inside)
        largest = float(np.abs(inside.c).max())
        for name in names:
            limits = {"cmap": "viridis", "vmin": 0, "vmax": 1}
            if name in VALUES:
                limit = largest if name == "c" else 1.0
                limits = {"cmap": "PuOr", "vmin": -limit, "vmax": limit}
            ax = axes[name]
            image = ax.imshow(
                getattr(inside, name)[:, order].T, aspect="auto", origin="lower", interpolation="nearest", **limits
            )
            figure.colorbar(image, ax=ax, pad=0.01)
            ax.set(title=_({**GATES, **VALUES}[name]), yticks=[])
            last = name in rows[-1]
            ax.set_xticks(range(T_x), inside.tokens if last else [], rotation=90, fontsize=8)
        for row in rows[1:]:
            axes[row[0]].set_ylabel(_("{count} units").format(count=inside.f.shape[1]))
        words = [token for token in inside.tokens if token != PADDING]
        figure.suptitle(title or (" ".join(words) if T_x <= SHORT else ""), fontsize="large")
        plt.close(figure)  # the notebook shows what the cell returns, once
    return figure


def _draw_kept(ax, inside):
    """Draw for each token the mean forget gate as a bar and the share of the cell state that is kept as a dot."""
    steps = range(len(inside.tokens))
    ax.bar(steps, inside.f.mean(axis=1), color="#56B4E9", label=_("mean forget gate"))
    ax.plot(steps, inside.kept, "o", color="#222222", markersize=4, label=_("share of the cell state kept"))
    ax.set(ylim=(0, 1.05), xlim=(-0.5, len(inside.tokens) - 0.5), ylabel=_("kept"))
    ax.set_xticks(steps, inside.tokens, rotation=90, fontsize=8)
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, fontsize=8, frameon=False)


def plot_forgets(table, count=12):
    """Draw the tokens on which most and on which least is cleared, as bars.

    Parameters
    ----------
    table : pandas.DataFrame
        From `forgets`.
    count : int
        Tokens at each end.

    Returns
    -------
    matplotlib.figure.Figure
    """
    ends = {_("most is cleared on"): table.head(count), _("least is cleared on"): table.tail(count)[::-1]}
    with styled() as plt:
        figure, axes = plt.subplots(1, 2, figsize=(9.6, 0.8 + 0.27 * count), layout="constrained", sharex=True)
        for ax, (title, part), colour in zip(axes, ends.items(), ("#D55E00", "#0072B2"), strict=True):
            ax.barh(range(len(part)), part["forget"], color=colour)
            ax.set_yticks(range(len(part)), [f"{token} ({times})" for token, times in part["times"].items()])
            ax.invert_yaxis()
            ax.set(title=title, xlabel=_("mean forget gate (times read in brackets)"), xlim=(0, 1))
            ax.grid(axis="y", visible=False)
        plt.close(figure)
    return figure
