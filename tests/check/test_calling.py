"""What an answer depends on beside its inputs is found by calling the function once more."""

import numpy as np
import pytest

from helpers.check import probe
from helpers.check.calling import beyond_the_inputs

INPUTS = {"x": np.ones((2, 3)), "W": np.full((4, 2), 0.5)}
NOTEBOOK = {"np": np, "x0": np.ones((2, 3)), "EPSILON": 1, "parameters": {"b": 1.0}, "kept": [], "n_a": 4}


def found(body):
    scope = dict(NOTEBOOK)
    exec(f"def f(x, W, seen=[]):\n    {body}", scope)
    (before,) = probe.run(scope["f"], [INPUTS])
    return (beyond_the_inputs(scope["f"], INPUTS, "call", before) or [None])[0]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("return W @ x", None),
        ("return W @ x + EPSILON", None),  # a constant
        ("if False: x0\n    return W @ x", None),  # read in a line that is not run
        ("x0 = x\n    return W @ x0", None),  # a variable of its own
        ("return W @ x0", "a variable of the notebook: x0"),
        ("return [W @ x0 for _ in range(2)]", "a variable of the notebook: x0"),
        ('return W @ x + parameters["b"]', "a variable of the notebook: parameters"),
        ("return np.zeros((n_a, 3))", "a variable of the notebook: n_a"),
        ("seen.append(1)\n    return x * len(seen)", "depends on earlier calls"),
        ("kept.append(1)\n    return x * len(kept)", "depends on earlier calls"),
        ("return W @ x0.T", "a variable of the notebook: x0"),  # it ends in an error
    ],
)
def test_what_an_answer_depends_on(body, name):
    assert found(body) == name


def test_what_is_no_function_of_python_reads_nothing():
    (before,) = probe.run(np.dot, [{"x": 1.0, "W": 2.0}])
    assert beyond_the_inputs(np.dot, {"x": 1.0, "W": 2.0}, "call", before) is None
