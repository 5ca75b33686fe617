"""Probes for functions that take or return Keras models: they run the model and return plain data.

Each probe builds small new Keras layers and lets the learner's function work with them. Only then does it give the
layers the weights of the case, so that a model with copies or layers of its own computes something else. A model is
judged by what it computes, by the shapes of its inputs, and by whose weights it would train; never by the names of its
layers. Probes run in the learner's kernel, so the grader trusts nothing that they return.

Notation: m examples, T_x or T_y time steps (Tx and Ty in code), n_values different tokens, n_a units of the LSTM.
"""

import contextlib
import inspect
import random
import re

import numpy as np

from helpers.check.probe import as_globals, whole_numbers

SEED = 1  # of the first weights of layers that a learner makes: a mistake gives the same numbers every time
EARLIER_SPELLINGS = {"reshapor": "reshaper"}
WRAPPED = "Exception encountered when calling"
NOISE = re.compile(
    r"\x1b\[[0-9;]*m|\{\{.*?\}\} ?|\[Op:\w+\].*"  # colours, and TensorFlow's names for its own parts
    r"|(?<=[a-z])_\d+(?=')"  # how many layers of this kind there were before
    r"| \([^()]*__init__\.py\)"  # where a package lies on this machine
    r"|: (?:\[<KerasTensor.*?\]|<KerasTensor.*?>)"  # the value of a keyword that Keras does not know
)


def djmodel(function, inputs):
    """Build the learner's training model and run it.

    Parameters
    ----------
    function : callable
        djmodel(Tx, LSTM_cell, densor, reshaper) -> keras.Model, or one that finds some of them as globals.
    inputs : dict
        Tx; X (m, T_x, n_values), a0 and c0 (m, n_a), float32; LSTM_weights and densor_weights, lists of arrays as
        `Layer.set_weights` takes them; as_arguments, whether the function must take all that it is given.

    Returns
    -------
    dict
        See `_examine`; expected are T_x outputs of shape (m, n_values).
    """
    with _in_one_line(), _same_first_weights():
        cell, densor, reshaper = _layers(inputs)
        given = {"Tx": inputs["Tx"], "LSTM_cell": cell, "densor": densor, "reshaper": reshaper}
        others = _others(cell, densor, reshaper)
        model = _call(function, given, others, inputs["as_arguments"])
        return _examine(model, [cell, densor], inputs, [inputs["X"], inputs["a0"], inputs["c0"]])


def music_inference_model(function, inputs):
    """Build the learner's composing model and run it.

    Parameters
    ----------
    function : callable
        music_inference_model(LSTM_cell, densor, Ty) -> keras.Model, or one that finds some of them as globals.
    inputs : dict
        Ty; x0 (m, 1, n_values), a0 and c0 (m, n_a), float32; LSTM_weights, densor_weights and as_arguments as for
        `djmodel`.

    Returns
    -------
    dict
        See `_examine`; expected are T_y outputs of shape (m, n_values).
    """
    with _in_one_line(), _same_first_weights():
        cell, densor, reshaper = _layers(inputs)
        given = {"LSTM_cell": cell, "densor": densor, "Ty": inputs["Ty"]}
        others = _others(cell, densor, reshaper)
        model = _call(function, given, others, inputs["as_arguments"])
        return _examine(model, [cell, densor], inputs, [inputs["x0"], inputs["a0"], inputs["c0"]])


def predict_and_sample(function, inputs):
    """Give the learner's sampler a small model to sample from: two Dense layers, cut into T_y outputs.

    Parameters
    ----------
    function : callable
        predict_and_sample(inference_model, x_initializer, a_initializer, c_initializer) -> results, indices.
    inputs : dict
        x_initializer (1, 1, n_values), a_initializer and c_initializer (1, n_a), float32; the model's weights: first
        (n_values + 2 n_a, n_h), second (n_h, T_y * n_values) and bias (T_y * n_values,).

    Returns
    -------
    object
        What the function returns, in one form where the task allows several: one-hot rows may be real numbers,
        integers or booleans, with or without the axis of the one example; indices may be whole real numbers.
    """
    starts = {name: inputs[name] for name in ("x_initializer", "a_initializer", "c_initializer")}
    n_values, n_a = (starts[name].shape[-1] for name in ("x_initializer", "a_initializer"))
    with _in_one_line(), _same_first_weights():
        given = {"inference_model": _small_model(inputs, n_values, n_a), **starts}
        value = _call(function, given, {"n_values": n_values, "n_a": n_a}, False)
    if isinstance(value, (tuple, list)) and len(value) == 2 and all(hasattr(one, "__array__") for one in value):
        value = _as_rows(np.asarray(value[0])), whole_numbers(value[1])
    return value


def _as_rows(results):
    results = results.astype(float) if results.dtype.kind in "biu" else results
    return results[:, 0] if results.ndim == 3 and results.shape[1] == 1 else results


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


def _others(cell, densor, reshaper):
    """Return what earlier versions of the exercises took as parameters or found as globals."""
    return {"reshaper": reshaper, "reshapor": reshaper, "n_values": densor.units, "n_a": cell.units}


def _small_model(inputs, n_values, n_a):
    """Return a model with inputs x0 (1, n_values), a0 (n_a,), c0 (n_a,) and a list of T_y outputs (n_values,)."""
    import keras
    from keras import layers

    starts = [keras.Input((1, n_values)), keras.Input((n_a,)), keras.Input((n_a,))]
    first = layers.Dense(inputs["first"].shape[1], use_bias=False)
    second = layers.Dense(inputs["second"].shape[1])
    together = second(first(layers.Concatenate()([layers.Flatten()(starts[0]), *starts[1:]])))
    steps = layers.Softmax()(layers.Reshape((-1, n_values))(together))
    first.set_weights([inputs["first"]])
    second.set_weights([inputs["second"], inputs["bias"]])
    return keras.Model(starts, [steps[:, t] for t in range(steps.shape[1])], name="inference_model")


@contextlib.contextmanager
def _same_first_weights():
    """Let new layers draw the same first weights each time, without a change to the learner's own random numbers."""
    state = random.getstate()
    random.seed(SEED)  # Keras takes the seed of an initialiser from here
    try:
        yield
    finally:
        random.setstate(state)


@contextlib.contextmanager
def _in_one_line():
    """Move the reason, which Keras writes below the words "Exception encountered ...", into an error's first line.

    What only fills the line, or differs from machine to machine, is taken out. A NotImplementedError with a message
    comes from Keras and becomes a TypeError; the one of an exercise that is not written yet has no message.
    """
    try:
        yield
    except Exception as error:
        lines = [NOISE.sub("", line).strip() for line in str(error).splitlines() if line.strip()]
        if len(lines) > 1 and lines[0].startswith(WRAPPED):
            layer = lines[0].removeprefix(WRAPPED).strip(" .").removesuffix("()")
            clear = ValueError(f"{layer}: {lines[1]}")
        elif lines and isinstance(error, NotImplementedError):
            clear = TypeError(lines[0])
        elif lines and type(error) in (ValueError, ImportError):
            clear = type(error)(lines[0])
        else:
            raise
        raise clear.with_traceback(error.__traceback__) from None


def _call(function, given, others, as_arguments):
    """Call a function by the names of its parameters, or by their order where it has as many under other names.

    Parameters
    ----------
    function : callable
    given : dict
        The exercise's parameters and what they get.
    others : dict
        What earlier versions of the exercise took as parameters or found as globals.
    as_arguments : bool
        Whether the function must take all that is `given`; otherwise it may find some of it as globals.
    """
    parameters = inspect.signature(function).parameters
    needed = {name for name, parameter in parameters.items() if parameter.default is parameter.empty}
    offered = given | others
    complete = set(given) <= {EARLIER_SPELLINGS.get(name, name) for name in parameters}
    by_name = needed <= set(offered) if complete else set(parameters) <= set(offered)
    if not complete and (as_arguments if by_name else len(parameters) != len(given)):
        raise TypeError(
            f"expected a function of ({', '.join(given)}), yours takes ({', '.join(parameters)}): "
            "leave the line with `def` as it was"
        )
    with as_globals(function, offered):
        if by_name:
            return function(**{name: offered[name] for name in parameters if name in offered})
        return function(*given.values())


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
        raise TypeError(f"expected a keras Model, got {type(model).__name__}: end with Model(inputs=..., outputs=...)")
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
        outputs = keras.tree.flatten(model(feeds))
        if any(map(keras.utils.is_keras_tensor, outputs)):
            raise TypeError("the model gives symbolic tensors, though it was fed with numbers")
        outputs = [np.asarray(output) for output in outputs]
    return {"inputs": shapes, "outputs": outputs, "shared weights": text}


def _shape(shape):
    return f"({', '.join('m' if side is None else str(side) for side in shape)})"
