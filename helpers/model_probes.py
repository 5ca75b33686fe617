"""Probes for functions that take or return Keras models: the model is run, and plain data comes back.

Each probe builds fresh, small Keras layers, lets the learner's function work with them, and only then gives the layers
the case's weights: a model that uses copies, or layers of its own, computes something else. Judged is what a model
computes, the shapes of its inputs, and whose weights it would train; never the names of its layers. Runs in the
learner's kernel: nothing is believed.

Notation: m examples, Tx or Ty time steps, n_values different tokens, n_a units of the LSTM.
"""

import contextlib
import inspect
import random
import re

import numpy as np

SEED = 1  # of the first weights of layers that a learner makes: a mistake gives the same numbers every time
WRAPPED = "Exception encountered when calling"
NOISE = re.compile(r"\x1b\[[0-9;]*m|\{\{.*?\}\} ?|\[Op:\w+\].*")  # colours, and TensorFlow's names for its own parts


def djmodel(function, inputs):
    """Build the learner's training model and run it.

    Parameters
    ----------
    function : callable
        djmodel(Tx, LSTM_cell, densor, reshaper) -> keras.Model.
    inputs : dict
        Tx; X (m, Tx, n_values), a0 and c0 (m, n_a), float32; LSTM_weights and densor_weights, lists of arrays as
        `Layer.set_weights` takes them.

    Returns
    -------
    dict
        See `_examine`; expected are Tx outputs of shape (m, n_values).
    """
    with _in_one_line(), _same_first_weights():
        cell, densor, reshaper = _layers(inputs)
        given = {"Tx": inputs["Tx"], "LSTM_cell": cell, "densor": densor, "reshaper": reshaper}
        model = _call(function, given, {"n_values": densor.units, "n_a": cell.units})
        return _examine(model, [cell, densor], inputs, [inputs["X"], inputs["a0"], inputs["c0"]])


def music_inference_model(function, inputs):
    """Build the learner's composing model and run it.

    Parameters
    ----------
    function : callable
        music_inference_model(LSTM_cell, densor, Ty) -> keras.Model.
    inputs : dict
        Ty; x0 (m, 1, n_values), a0 and c0 (m, n_a), float32; LSTM_weights and densor_weights as for `djmodel`.

    Returns
    -------
    dict
        See `_examine`; expected are Ty outputs of shape (m, n_values).
    """
    with _in_one_line(), _same_first_weights():
        cell, densor, _ = _layers(inputs)
        given = {"LSTM_cell": cell, "densor": densor, "Ty": inputs["Ty"]}
        model = _call(function, given, {"n_values": densor.units, "n_a": cell.units})
        return _examine(model, [cell, densor], inputs, [inputs["x0"], inputs["a0"], inputs["c0"]])


def predict_and_sample(function, inputs):
    """Give the learner's sampler a small model to sample from: one Dense layer, cut into Ty outputs.

    Parameters
    ----------
    function : callable
        predict_and_sample(inference_model, x_initializer, a_initializer, c_initializer) -> results, indices.
    inputs : dict
        x_initializer (1, 1, n_values), a_initializer and c_initializer (1, n_a), float32; table
        (n_values + 2 n_a, Ty * n_values) and bias (Ty * n_values,), the weights of the model.

    Returns
    -------
    object
        What the function returns; a one-hot array of integers or booleans as real numbers.
    """
    starts = {name: inputs[name] for name in ("x_initializer", "a_initializer", "c_initializer")}
    with _in_one_line(), _same_first_weights():
        model = _table_model(inputs["table"], inputs["bias"], *(start.shape[-1] for start in starts.values()))
        value = _call(function, {"inference_model": model, **starts}, {})
    if isinstance(value, (tuple, list)) and len(value) == 2 and hasattr(value[0], "__array__"):
        results = np.asarray(value[0])
        value = (results.astype(float) if results.dtype.kind in "biu" else results, value[1])
    return value


def _layers(inputs):
    """Return an LSTM, a Dense and a Reshape layer of the sizes that the weights have, with weights still to be set."""
    import keras

    n_a, n_values = inputs["densor_weights"][0].shape
    cell = keras.layers.LSTM(n_a, return_state=True, name="LSTM_cell")
    densor = keras.layers.Dense(n_values, activation="softmax", name="densor")
    reshaper = keras.layers.Reshape((1, n_values), name="reshaper")
    cell.build((None, 1, n_values))
    densor.build((None, n_a))
    return cell, densor, reshaper


def _table_model(table, bias, n_values, n_a, n_c):
    """Return a model with inputs x0 (1, n_values), a0 (n_a,), c0 (n_c,) and a list of Ty outputs (n_values,)."""
    import keras
    from keras import layers

    starts = [keras.Input((1, n_values)), keras.Input((n_a,)), keras.Input((n_c,))]
    dense = layers.Dense(len(bias))
    together = dense(layers.Concatenate()([layers.Flatten()(starts[0]), *starts[1:]]))
    steps = layers.Softmax()(layers.Reshape((-1, n_values))(together))
    dense.set_weights([table, bias])
    return keras.Model(starts, [steps[:, t] for t in range(len(bias) // n_values)])


@contextlib.contextmanager
def _same_first_weights():
    """Let new layers draw the same first weights each time; the learner's own random numbers go on as they were."""
    state = random.getstate()
    random.seed(SEED)  # Keras takes the seed of an initialiser from here
    try:
        yield
    finally:
        random.setstate(state)


@contextlib.contextmanager
def _in_one_line():
    """Bring the reason that Keras writes below the words "Exception encountered ..." into an error's first line."""
    try:
        yield
    except Exception as error:
        lines = [NOISE.sub("", line).strip() for line in str(error).splitlines() if line.strip()]
        if len(lines) < 2 or not lines[0].startswith(WRAPPED):
            raise
        layer = lines[0].removeprefix(WRAPPED).strip(" .").removesuffix("()")
        raise ValueError(f"{layer}: {lines[1]}").with_traceback(error.__traceback__) from None


def _call(function, given, sizes):
    """Call a function by the names of its parameters, or by their order where it has as many under other names.

    `sizes` are parameters that earlier forms of the exercises had beside those `given`.
    """
    parameters = inspect.signature(function).parameters
    if set(given) <= set(parameters):
        return function(**given, **{name: size for name, size in sizes.items() if name in parameters})
    if len(parameters) == len(given):
        return function(*given.values())
    raise TypeError(
        f"a function of ({', '.join(given)}) is expected, yours takes ({', '.join(parameters)}): "
        "leave the line with `def` as it was"
    )


def _examine(model, layers, inputs, feeds):
    """Run a model on inputs, with the case's weights in the given layers.

    Returns
    -------
    dict
        inputs : list of str, the shape of each input, m for the number of examples;
        outputs : list of ndarray, in order; None where the feeds do not fit the inputs;
        shared weights : str, how many arrays of weights training would change, and how many of them are the given
        layers' own.
    """
    import keras

    if not isinstance(model, keras.Model) or not hasattr(model, "inputs"):
        raise TypeError(
            f"{type(model).__name__} came; a keras Model is expected: end with Model(inputs=..., outputs=...)"
        )
    cell, densor = layers
    own = {id(weights) for layer in layers for weights in layer.weights}
    trained = model.trainable_weights
    count = sum(int(np.prod(weights.shape)) for weights in trained)
    shared = sum(id(weights) in own for weights in trained)
    text = f"{len(trained)} arrays of {count} numbers; {shared} are those of the given layers"
    cell.set_weights(inputs["LSTM_weights"])
    densor.set_weights(inputs["densor_weights"])
    shapes = [_shape(one.shape) for one in model.inputs]
    outputs = None
    if shapes == [_shape((None, *feed.shape[1:])) for feed in feeds]:
        outputs = [np.asarray(output) for output in keras.tree.flatten(model(feeds))]
    return {"inputs": shapes, "outputs": outputs, "shared weights": text}


def _shape(shape):
    return f"({', '.join('m' if side is None else str(side) for side in shape)})"
