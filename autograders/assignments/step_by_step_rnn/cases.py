"""The cases of `step_by_step_rnn`.

All sizes are different, so that a size in the wrong place shows; in two cases, some are equal on purpose.
"""

import numpy as np

from autograders.engine.exercise import Case
from helpers.rnn import initialise_parameters, sigmoid

BIG = 1e4  # logits of this size overflow a softmax or a sigmoid written without care
BEYOND = {"logits of 10,000": "the packages section", "float32": "the packages section"}  # they cost no points


def _sizes(rng, sequence=True):
    """Yield (label, n_x, n_a, n_y, m, T_x, scale of the weights, dtype) of each case; a cell has no T_x."""
    short, n_x, m, n_y, n_a, long = (int(low + rng.integers(2)) for low in (3, 5, 7, 9, 11, 13))
    all_different = f"n_x = {n_x}, n_a = {n_a}, n_y = {n_y}, m = {m}"
    yield all_different + f", T_x = {short}" * sequence, n_x, n_a, n_y, m, short, 1.0, np.float64
    if sequence:
        yield f"more steps than units: n_a = {n_y}, T_x = {long}", n_x, n_y, n_a, m, long, 1.0, np.float64
        yield "T_x = 1", n_x, n_a, n_y, m, 1, 1.0, np.float64
    yield "m = 1", n_x, n_a, n_y, 1, short, 1.0, np.float64
    yield "n_a = n_x", n_a, n_a, n_y, m, short, 1.0, np.float64
    yield "n_a = n_y = m" + " = T_x" * sequence, n_x, short, short, short, short, 1.0, np.float64
    yield "logits of 10,000", n_x, n_a, n_y, m, 3, BIG, np.float64
    yield "float32", n_x, n_a, n_y, m, short, 1.0, np.float32


def _case(label, inputs):
    return Case(label, inputs, BEYOND.get(label, ""))


def _scaled(parameters, scale):
    return {
        name: array * array.dtype.type(scale) if name.startswith("W") else array for name, array in parameters.items()
    }


def cell_cases(cell, states):
    """Return cases(rng) for a forward cell with inputs xt, the given states and parameters."""

    def cases(rng):
        found = []
        for label, n_x, n_a, n_y, m, _, scale, dtype in _sizes(rng, sequence=False):
            draws = {"xt": rng.standard_normal((n_x, m)).astype(dtype)}
            draws |= {state: rng.standard_normal((n_a, m)).astype(dtype) for state in states}
            parameters = _scaled(initialise_parameters(cell, n_x, n_a, n_y, rng, dtype), scale)
            found.append(_case(label, draws | {"parameters": parameters}))
        return found

    return cases


def sequence_cases(cell):
    """Return cases(rng) for a forward function over sequences."""

    def cases(rng):
        found = []
        for label, n_x, n_a, n_y, m, T_x, scale, dtype in _sizes(rng):
            x = rng.standard_normal((n_x, m, T_x)).astype(dtype)
            a0 = rng.standard_normal((n_a, m)).astype(dtype)
            parameters = _scaled(initialise_parameters(cell, n_x, n_a, n_y, rng, dtype), scale)
            found.append(_case(label, {"x": x, "a0": a0, "parameters": parameters}))
        return found

    return cases


def _rnn_cache(xt, a_prev, parameters):
    """Return the cache that these inputs give, as input of the backward exercises."""
    a_next = np.tanh(parameters["Wax"] @ xt + parameters["Waa"] @ a_prev + parameters["ba"])
    return a_next, a_prev, xt, parameters


def _lstm_cache(xt, a_prev, c_prev, parameters):
    """Return the cache that these inputs give, as input of the backward exercises."""
    both = np.vstack([a_prev, xt])
    ft, it, cct, ot = (
        activation(parameters[f"W{gate}"] @ both + parameters[f"b{gate}"])
        for gate, activation in (("f", sigmoid), ("i", sigmoid), ("c", np.tanh), ("o", sigmoid))
    )
    c_next = ft * c_prev + it * cct
    return ot * np.tanh(c_next), c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters


def _backward_draws(cell, rng, sequence=True):
    """Yield (label, x, a0, a random gradient of a's shape, parameters) for the backward cases.

    Large logits come from large inputs here: large weights would make gradients explode, and rounding errors, too.
    """
    for label, n_x, n_a, n_y, m, T_x, scale, dtype in _sizes(rng, sequence):
        x = (scale * rng.standard_normal((n_x, m, T_x))).astype(dtype)
        a0 = rng.standard_normal((n_a, m)).astype(dtype)
        da = rng.standard_normal((n_a, m, T_x)).astype(dtype)
        yield label, x, a0, da, initialise_parameters(cell, n_x, n_a, n_y, rng, dtype)


def rnn_cell_backward_cases(rng):
    return [
        _case(label, {"da_next": da[:, :, 0].copy(), "cache": _rnn_cache(x[:, :, 0].copy(), a0, parameters)})
        for label, x, a0, da, parameters in _backward_draws("rnn", rng, sequence=False)
    ]


def lstm_cell_backward_cases(rng):
    found = []
    for label, x, a0, da, parameters in _backward_draws("lstm", rng, sequence=False):
        c_prev, dc_next = (rng.standard_normal(a0.shape).astype(a0.dtype) for _ in range(2))
        cache = _lstm_cache(x[:, :, 0].copy(), a0, c_prev, parameters)
        found.append(_case(label, {"da_next": da[:, :, 0].copy(), "dc_next": dc_next, "cache": cache}))
    return found


def rnn_backward_cases(rng):
    found = []
    for label, x, a0, da, parameters in _backward_draws("rnn", rng):
        steps, a_prev = [], a0
        for t in range(x.shape[2]):
            steps.append(_rnn_cache(x[:, :, t].copy(), a_prev, parameters))
            a_prev = steps[-1][0]
        found.append(_case(label, {"da": da, "caches": (steps, x)}))
    return found


def lstm_backward_cases(rng):
    found = []
    for label, x, a0, da, parameters in _backward_draws("lstm", rng):
        steps, a_prev, c_prev = [], a0, np.zeros_like(a0)
        for t in range(x.shape[2]):
            steps.append(_lstm_cache(x[:, :, t].copy(), a_prev, c_prev, parameters))
            a_prev, c_prev = steps[-1][:2]
        found.append(_case(label, {"da": da, "caches": (steps, x)}))
    return found
