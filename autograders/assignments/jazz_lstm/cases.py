"""The cases of `jazz_lstm`.

Points come from cases with the notebook's own n_values and n_a, so that a function may read them as globals or write
them as numbers. Other sizes, a single step and several starts go beyond that.
"""

import numpy as np

from autograders.engine.exercise import Case

SINGLE = np.float32  # Keras computes in it: the comparison has the tolerance for that
N_VALUES, N_A = 344, 64  # the notebook's own: how many tokens its corpus has, and how many units its cell
HIDDEN = 8  # units of the small model that a sampler is tried on
NEVER = -30.0  # a bias so low that no logit makes up for it


def _draw(rng, *shape):
    return rng.standard_normal(shape).astype(SINGLE)


def _one_hot(rng, *shape):
    """Return one-hot vectors along the last axis."""
    return np.eye(shape[-1], dtype=SINGLE)[rng.integers(shape[-1], size=shape[:-1])]


def _model_case(rng, label, given, m, n_values=N_VALUES, n_a=N_A, beyond=""):
    """Return a case of a function that builds a model.

    The weights are large enough that every mistake shows in the probabilities, and small enough that no token has all
    the probability. Beyond the notebook's own sizes, what the function is given must come in as arguments.
    """
    states = {"a0": _draw(rng, m, n_a), "c0": _draw(rng, m, n_a)}
    spread = SINGLE(np.sqrt(n_a))
    weights = {
        "LSTM_weights": [_draw(rng, n_values, 4 * n_a), 2 * _draw(rng, n_a, 4 * n_a) / spread, _draw(rng, 4 * n_a)],
        "densor_weights": [6 * _draw(rng, n_a, n_values) / spread, _draw(rng, n_values)],
    }
    return Case(label, given | states | weights | {"as_arguments": (n_values, n_a) != (N_VALUES, N_A)}, beyond)


def djmodel_cases(rng):
    def case(label, Tx, m, n_values=N_VALUES, n_a=N_A, beyond=""):
        given = {"Tx": Tx, "X": _one_hot(rng, m, Tx, n_values)}
        return _model_case(rng, label, given, m, n_values, n_a, beyond)

    Tx, n_a, n_values = (int(low + rng.integers(2)) for low in (3, 6, 8))
    return [
        case("a few steps", Tx, 2),
        case("more steps and examples", Tx + 2, 3),
        case("T_x = 1", 1, 2, beyond="section 2"),
        case("layers of other sizes", Tx, 2, n_values, n_a, beyond="sections 4.2 and 4.3"),
    ]


def inference_cases(rng):
    def case(label, Ty, m, n_values=N_VALUES, n_a=N_A, beyond=""):
        given = {"Ty": Ty, "x0": _one_hot(rng, m, 1, n_values)}
        return _model_case(rng, label, given, m, n_values, n_a, beyond)

    Ty, n_a, n_values = (int(low + rng.integers(2)) for low in (3, 6, 8))
    return [
        case("a few steps", Ty, 1),
        case("more steps", Ty + 2, 1),
        case("T_y = 1", 1, 1, beyond="section 3.1"),
        case("several starts side by side", Ty, 3, beyond="section 3.1"),
        case("layers of other sizes", Ty, 1, n_values, n_a, beyond="sections 4.2 and 4.3"),
    ]


def sampler_cases(rng):
    def case(label, Ty, n_values=N_VALUES, n_a=N_A, beyond=""):
        bias = np.zeros((Ty, n_values), SINGLE)
        bias[:, -1] = NEVER
        return Case(
            label,
            {
                "x_initializer": _one_hot(rng, 1, 1, n_values),
                "a_initializer": _draw(rng, 1, n_a),
                "c_initializer": _draw(rng, 1, n_a),
                "first": _draw(rng, n_values + 2 * n_a, HIDDEN),
                "second": _draw(rng, HIDDEN, Ty * n_values) / SINGLE(HIDDEN),
                "bias": bias.ravel(),
            },
            beyond,
        )

    Ty, n_a, n_values = (int(low + rng.integers(2)) for low in (12, 4, 8))
    return [
        case("the last token is never chosen", Ty),
        case("more steps", Ty + 3),
        case("T_y = 1", 1, beyond="section 3.1"),
        case("a model of other sizes", Ty, n_values, n_a, beyond="sections 4.2 and 4.3"),
    ]
