"""A plain model and sampler for the benchmarks and tests. The learner's own stand in the notebook; nothing imports this
from `helpers`."""

from __future__ import annotations

import numpy as np

N_A = 64


def layers(n_values: int, n_a: int = N_A, kind: str = "LSTM"):
    """The shared cell, the shared Dense layer and the shared Reshape layer."""
    import keras

    return (
        getattr(keras.layers, kind)(n_a, return_state=True),
        keras.layers.Dense(n_values, activation="softmax"),
        keras.layers.Reshape((1, n_values)),
    )


def djmodel(Tx: int, cell, densor, reshaper):
    """Tx steps of one cell, written as a loop."""
    import keras

    n_values, n_a = densor.units, cell.units
    X, a0, c0 = keras.Input((Tx, n_values)), keras.Input((n_a,)), keras.Input((n_a,))
    a, c, outputs = a0, c0, []
    for t in range(Tx):
        a, _, c = cell(reshaper(X[:, t, :]), initial_state=[a, c])
        outputs.append(densor(a))
    return keras.Model([X, a0, c0], outputs)


def music_inference_model(cell, densor, Ty: int = 100):
    """Ty steps, each fed the one-hot argmax of the last."""
    import keras

    n_values, n_a = densor.units, cell.units
    x0, a0, c0 = keras.Input((1, n_values)), keras.Input((n_a,)), keras.Input((n_a,))
    x, a, c, outputs = x0, a0, c0, []
    for _ in range(Ty):
        a, _, c = cell(x, initial_state=[a, c])
        outputs.append(densor(a))
        x = keras.layers.Lambda(
            lambda out: keras.ops.one_hot(keras.ops.argmax(out, axis=-1), n_values)[:, None, :],
            output_shape=(1, n_values),
        )(outputs[-1])
    return keras.Model([x0, a0, c0], outputs)


def predict_and_sample(model, x_initializer, a_initializer, c_initializer):
    """One-hot results (Ty, n_values) and indices (Ty, 1)."""
    predicted = np.stack([np.asarray(out)[0] for out in model([x_initializer, a_initializer, c_initializer])])
    indices = predicted.argmax(axis=-1)[:, None]
    return np.eye(predicted.shape[-1], dtype=np.float32)[indices[:, 0]], indices
