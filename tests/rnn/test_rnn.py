"""`helpers.rnn`: extreme logits, parameters, validation, measured gradients."""

import math

import numpy as np
import pytest

from helpers.rnn.cells import CELLS, initialise_parameters, parameter_shapes, sigmoid, softmax, validate_parameters
from helpers.rnn.gradient_check import gradient_check, numerical_gradients, relative_error

EXTREMES = np.array([-1e300, -1e4, -710.0, -37.0, -1.0, 0.0, 1.0, 37.0, 710.0, 1e4, 1e300])


def test_sigmoid_is_its_definition_and_never_overflows():
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        values = sigmoid(EXTREMES)
    assert ((values >= 0) & (values <= 1)).all()
    assert (np.diff(values) >= 0).all()
    moderate = EXTREMES[np.abs(EXTREMES) < 100]
    np.testing.assert_allclose(sigmoid(moderate), [1 / (1 + math.exp(-z)) for z in moderate], rtol=1e-14)
    np.testing.assert_allclose(sigmoid(EXTREMES) + sigmoid(-EXTREMES), 1, rtol=1e-15)


@pytest.mark.parametrize("axis", [0, 1])
def test_softmax_is_its_definition_and_never_overflows(axis):
    rng = np.random.default_rng(1)
    z = rng.standard_normal((4, 6))
    exponentials = np.exp(z)
    np.testing.assert_allclose(softmax(z, axis), exponentials / exponentials.sum(axis, keepdims=True), rtol=1e-14)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        extreme = softmax(1e4 * z, axis)
    assert np.isfinite(extreme).all()
    np.testing.assert_allclose(extreme.sum(axis), 1)
    assert (extreme.argmax(axis) == z.argmax(axis)).all()


def test_softmax_does_not_care_for_a_shift_of_its_logits():
    z = np.random.default_rng(2).standard_normal((3, 5))
    np.testing.assert_allclose(softmax(z + 1e4), softmax(z), rtol=1e-11)


@pytest.mark.parametrize("function", [sigmoid, softmax])
def test_activations_keep_float32_and_their_input(function):
    z = np.array([[-3, 4], [5, -6]], dtype=np.float32)
    kept = z.copy()
    assert function(z).dtype == np.float32
    assert function(z).shape == z.shape
    np.testing.assert_array_equal(z, kept)
    assert np.isfinite(function([[1, 2], [3, 4]])).all()  # integers in a plain list


@pytest.mark.parametrize("cell", CELLS)
def test_parameters_have_their_shapes_and_pass_validation(cell):
    parameters = initialise_parameters(cell, 3, 5, 2, np.random.default_rng(3))
    assert {name: array.shape for name, array in parameters.items()} == parameter_shapes(cell, 3, 5, 2)
    validate_parameters(cell, parameters, 3, 5)
    validate_parameters(cell, parameters, 3, 5, 2)


@pytest.mark.parametrize("cell", CELLS)
def test_the_same_generator_gives_the_same_parameters(cell):
    one, other, third = (initialise_parameters(cell, 3, 5, 2, np.random.default_rng(seed)) for seed in (4, 4, 5))
    assert all(np.array_equal(one[name], other[name]) for name in one)
    assert not any(np.array_equal(one[name], third[name]) for name in one)
    single = initialise_parameters(cell, 3, 5, 2, np.random.default_rng(4), np.float32)
    assert {array.dtype for array in single.values()} == {np.dtype(np.float32)}


@pytest.mark.parametrize("cell", CELLS)
def test_validation_names_every_missing_key(cell):
    for name in parameter_shapes(cell, 3, 5, 2):
        parameters = initialise_parameters(cell, 3, 5, 2, np.random.default_rng(6))
        del parameters[name]
        with pytest.raises(ValueError, match=rf"{cell} cell: expected {name}, too"):
            validate_parameters(cell, parameters, 3, 5)


@pytest.mark.parametrize("cell", CELLS)
def test_validation_names_key_expected_and_actual_shape(cell):
    for name, shape in parameter_shapes(cell, 3, 5, 2).items():
        parameters = initialise_parameters(cell, 3, 5, 2, np.random.default_rng(7))
        parameters[name] = np.zeros((*shape, 1))
        with pytest.raises(ValueError) as caught:
            validate_parameters(cell, parameters, 3, 5, 2)
        for word in (repr(name), str(shape), str((*shape, 1))):
            assert word in str(caught.value)


def test_validation_refuses_what_is_no_dict_and_no_cell():
    with pytest.raises(TypeError, match="list"):
        validate_parameters("rnn", [], 3, 5)
    with pytest.raises(ValueError, match="'transformer'"):
        parameter_shapes("transformer", 3, 5, 2)
    with pytest.raises(ValueError, match="at least 1"):
        initialise_parameters("rnn", 3, 0, 2, np.random.default_rng(8))


def quadratic(arrays):
    """A loss whose gradients are known: 2 u, and the constant 3."""
    return np.sum(arrays["u"] ** 2) + 3 * np.sum(arrays["v"])


def test_numerical_gradients_measure_a_known_gradient():
    arrays = {"u": np.arange(6.0).reshape(2, 3), "v": np.ones(4)}
    measured = numerical_gradients(quadratic, arrays)
    np.testing.assert_allclose(measured["u"], 2 * arrays["u"], atol=1e-8)
    np.testing.assert_allclose(measured["v"], 3, rtol=1e-8)
    np.testing.assert_array_equal(arrays["u"], np.arange(6.0).reshape(2, 3))


def test_gradient_check_agrees_with_a_right_gradient():
    arrays = {"u": np.arange(6.0).reshape(2, 3), "v": np.ones(4)}
    report = gradient_check(quadratic, arrays, {"du": 2 * arrays["u"], "dv": np.full(4, 3.0), "dw": None})
    assert report.ok and report.wrong == []
    assert "every gradient agrees" in str(report)


def test_gradient_check_names_what_is_off():
    arrays = {"u": np.arange(6.0).reshape(2, 3), "v": np.ones(4)}
    report = gradient_check(quadratic, arrays, {"du": 2.001 * arrays["u"], "dv": np.full(4, 3.0)})
    assert report.wrong == ["du"]
    assert "IS OFF" in str(report).splitlines()[0]
    assert "look at du" in str(report)


def test_gradient_check_names_missing_gradients_wrong_shapes_and_nan():
    arrays = {"u": np.ones((2, 3)), "v": np.ones(4)}
    report = gradient_check(quadratic, arrays, {"du": np.ones((3, 2))})
    assert report.wrong == ["du", "dv"]
    assert "expected shape (2, 3), got (3, 2)" in str(report)
    assert "missing" in str(report)
    assert not gradient_check(quadratic, arrays, {"du": np.full((2, 3), np.nan), "dv": np.full(4, 3.0)}).ok
    with pytest.raises(TypeError, match="tuple"):
        gradient_check(quadratic, arrays, ())


def test_relative_error_is_symmetric_and_knows_zero():
    one, other = np.array([1.0, 2.0]), np.array([1.0, 2.5])
    assert relative_error(one, other) == relative_error(other, one) > 0
    assert relative_error(np.zeros(3), np.zeros(3)) == 0
    assert relative_error(np.zeros(3), np.ones(3)) == 1
