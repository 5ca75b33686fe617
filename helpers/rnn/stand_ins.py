"""Stand-ins for the cells of the Step-by-Step notebook, so that a loop over a sequence is judged apart from its cell.

Each takes and returns what the true cell does, in the same shapes, and computes something else: no answer is in here.
n_x inputs, n_a units, n_y classes, m sequences.
"""

import numpy as np


def _mix(rows, *arrays):
    """Blend arrays (any, m) into one of shape (rows, m) whose entries all depend on every row of each."""
    total = sum(np.sum(np.sin(array + weight), axis=0) for weight, array in enumerate(arrays, start=1))  # (m,)
    return np.cos(np.arange(1, rows + 1)[:, np.newaxis] / rows + total)


def _step(rows_of, parameters, *arrays):
    """Return stand-ins for a_next (n_a, m) and yt_pred (n_y, m); the weight matrix `rows_of` has n_y rows."""
    bias = sum(float(np.sum(array)) for array in parameters.values())
    a_next = _mix(arrays[1].shape[0], *arrays) + bias / (1 + abs(bias))
    return a_next, np.abs(_mix(parameters[rows_of].shape[0], a_next))


def rnn_cell_forward(xt, a_prev, parameters):
    """Stand in for the RNN's cell: xt (n_x, m), a_prev (n_a, m) -> a_next (n_a, m), yt_pred (n_y, m), cache."""
    a_next, yt_pred = _step("Wya", parameters, xt, a_prev)
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    """Stand in for the LSTM's cell: as for the RNN, with the cell state c_prev (n_a, m) and four gates in the cache."""
    a_next, yt_pred = _step("Wy", parameters, xt, a_prev, c_prev)
    c_next = _mix(len(c_prev), c_prev, xt)
    ft, it, cct, ot = (_mix(len(a_prev), a_next + shift, c_next) for shift in range(4))
    return a_next, c_next, yt_pred, (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)


def gru_cell_forward(xt, a_prev, parameters):
    """Stand in for the GRU's cell: as for the RNN, with two gates and a candidate in the cache."""
    a_next, yt_pred = _step("Wy", parameters, xt, a_prev)
    zt, rt, cct = (_mix(len(a_prev), a_next + shift) for shift in range(3))
    return a_next, yt_pred, (a_next, a_prev, zt, rt, cct, xt, parameters)


def rnn_cell_backward(da_next, cache):
    """Stand in for the RNN cell's way back: da_next (n_a, m) and a cache -> a dict of five gradients."""
    a_next, a_prev, xt, parameters = cache
    gradients = {"dxt": _mix(len(xt), xt, da_next), "da_prev": _mix(len(a_prev), a_prev, da_next)}
    return gradients | _weights(("Wax", "Waa", "ba"), parameters, da_next, a_next)


def lstm_cell_backward(da_next, dc_next, cache):
    """Stand in for the LSTM cell's way back: da_next, dc_next (n_a, m) and a cache -> a dict of eleven gradients."""
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    gradients = {
        "dxt": _mix(len(xt), xt, da_next, dc_next),
        "da_prev": _mix(len(a_prev), a_prev, da_next),
        "dc_prev": _mix(len(c_prev), c_prev, dc_next),
    }
    names = [f"{kind}{gate}" for gate in "fico" for kind in "Wb"]
    return gradients | _weights(names, parameters, da_next + dc_next, c_next)


def _weights(names, parameters, gradient, state):
    """Return stand-ins for the gradients of some parameters, each of the parameter's shape."""
    total = float(np.sum(np.sin(gradient)) + np.sum(np.sin(state)))
    return {f"d{name}": np.cos(parameters[name] + number + total) for number, name in enumerate(names)}
