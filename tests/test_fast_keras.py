"""A learner's model that is compiled once computes what it computed before, and follows its weights."""

import numpy as np
import pytest

from helpers.fast_keras import compiled, unrolled

pytestmark = pytest.mark.slow


@pytest.fixture
def model():
    import keras

    X = keras.Input((2, 3))
    return keras.Model(X, [keras.layers.LSTM(4, name="reader")(X), keras.layers.Flatten()(X)])


def test_it_computes_the_same_by_call_and_by_predict_and_follows_training(model):
    X = np.random.default_rng(0).normal(size=(5, 2, 3)).astype(np.float32)
    fast = compiled(model)
    for _ in range(2):
        for expected, called, predicted in zip(model(X), fast(X), fast.predict(X, verbose=0), strict=True):
            np.testing.assert_allclose(called, expected, atol=1e-6)
            assert isinstance(predicted, np.ndarray) and np.array_equal(predicted, called)
        model.set_weights([2 * weights for weights in model.get_weights()])


def test_it_is_compiled_once_and_is_otherwise_the_model(model):
    fast, X = compiled(model), np.zeros((1, 2, 3), dtype=np.float32)
    assert compiled(model) is fast and fast.outputs is model.outputs
    fast(X), fast(X)
    assert fast.compute.experimental_get_tracing_count() == 1
    assert compiled("no model") == "no model"


def test_layers_get_their_loop_back(model):
    with pytest.raises(KeyError), unrolled(model):
        assert model.get_layer("reader").unroll
        raise KeyError
    assert not model.get_layer("reader").unroll
