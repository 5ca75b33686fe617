"""Activations, parameter shapes and starting values shared by the notebooks' recurrent cells."""

import numpy as np

CELLS = ("rnn", "lstm", "gru")
GATES = {"lstm": ("f", "i", "c", "o"), "gru": ("z", "r", "c")}  # each has a W and a b that act on [a_prev; xt]


def sigmoid(z):
    """Return 1 / (1 + exp(-z)), elementwise, without overflow.

    Parameters
    ----------
    z : array_like
        Logits of any size; 1e4 is no problem.

    Returns
    -------
    ndarray
        Values from 0 to 1, of the shape of `z`.
    """
    return np.exp(-np.logaddexp(0, -np.asarray(z)))


def softmax(z, axis=0):
    """Return exp(z) / sum(exp(z)) along an axis, without overflow.

    Parameters
    ----------
    z : array_like
        Logits, shape (n_y, m) in the notebooks: classes along axis 0.
    axis : int
        The axis that the classes lie along.

    Returns
    -------
    ndarray
        Values from 0 to 1 that sum to 1 along `axis`, of the shape of `z`.
    """
    z = np.asarray(z)
    shifted = np.exp(z - np.max(z, axis=axis, keepdims=True))
    return shifted / np.sum(shifted, axis=axis, keepdims=True)


def parameter_shapes(cell, n_x, n_a, n_y):
    """Return the name and shape of every parameter of a cell.

    Parameters
    ----------
    cell : str
        "rnn", "lstm" or "gru".
    n_x, n_a, n_y : int
        Entries of one input x⟨t⟩, of the hidden state a⟨t⟩, of one prediction y⟨t⟩.

    Returns
    -------
    dict of str to tuple of int

    Raises
    ------
    ValueError
        If `cell` is none of the three.
    """
    if cell not in CELLS:
        raise ValueError(f"cell: expected one of {', '.join(CELLS)}, got {cell!r}")
    if cell == "rnn":
        return {"Wax": (n_a, n_x), "Waa": (n_a, n_a), "Wya": (n_y, n_a), "ba": (n_a, 1), "by": (n_y, 1)}
    shapes = {}
    for gate in GATES[cell]:
        shapes |= {f"W{gate}": (n_a, n_a + n_x), f"b{gate}": (n_a, 1)}
    return shapes | {"Wy": (n_y, n_a), "by": (n_y, 1)}


def initialise_parameters(cell, n_x, n_a, n_y, rng, dtype=np.float64):
    """Draw the parameters of a cell: normal weights of variance 1 / (columns), small normal biases.

    Parameters
    ----------
    cell : str
        "rnn", "lstm" or "gru".
    n_x, n_a, n_y : int
        As for `parameter_shapes`.
    rng : numpy.random.Generator
        Where the numbers come from: the same generator gives the same parameters.
    dtype : dtype
        Of the arrays.

    Returns
    -------
    dict of str to ndarray

    Raises
    ------
    ValueError
        If `cell` is none of the three, or a size is less than 1.
    """
    if min(n_x, n_a, n_y) < 1:
        raise ValueError(f"n_x, n_a and n_y: expected at least 1, got {n_x}, {n_a} and {n_y}")
    shapes = parameter_shapes(cell, n_x, n_a, n_y)
    return {
        name: (rng.standard_normal(shape) / np.sqrt(shape[1] if name.startswith("W") else 4.0)).astype(dtype)
        for name, shape in shapes.items()
    }


def validate_parameters(cell, parameters, n_x, n_a, n_y=None):
    """Make sure that a parameter dict has every key, each with an array of the right shape.

    Parameters
    ----------
    cell : str
        "rnn", "lstm" or "gru".
    parameters : dict of str to ndarray
    n_x, n_a : int
        As for `parameter_shapes`.
    n_y : int, optional
        Read from the rows of `by` where it is not given.

    Raises
    ------
    TypeError
        If `parameters` is not a dict.
    ValueError
        Naming the missing keys, or the key with the expected and the actual shape.
    """
    if not isinstance(parameters, dict):
        raise TypeError(f"parameters: expected a dict of arrays, got a {type(parameters).__name__}")
    missing = [name for name in parameter_shapes(cell, n_x, n_a, 1) if name not in parameters]
    if missing:
        raise ValueError(
            f"parameters of the {cell} cell: expected {', '.join(missing)}, too, got {', '.join(parameters)}"
        )
    if n_y is None:
        n_y = np.shape(parameters["by"])[0] if np.ndim(parameters["by"]) else 1
    for name, shape in parameter_shapes(cell, n_x, n_a, n_y).items():
        actual = np.shape(parameters[name])
        if actual != shape:
            raise ValueError(f"parameters[{name!r}] of the {cell} cell: expected shape {shape}, got {actual}")
