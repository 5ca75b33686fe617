"""Probes for the Emojify exercises: call the learner's function on plain data, and bring plain data back.

Each probe asks for several things one by one, so that an error in one of them costs that one only. Of a Keras layer or
model it is judged what it computes, the shapes of its weights and which of them it would train; never a layer's name.
Runs in the learner's kernel: nothing is believed.

Notation: m sentences of max_len words, vectors of n_x numbers, n_y classes, V words in the vocabulary.
"""

from __future__ import annotations

import contextlib
import io
import random
import re
import warnings

import numpy as np

from helpers.wire import Unknown, plain

SEED = 1  # of the first weights of layers that a learner makes: a mistake gives the same numbers every time
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:nan|inf)")
ITERATION_AND_COST = 2  # numbers that a printed line must have at least
KERAS_NAME = re.compile(r"\b([a-z]+(?:_[a-z]+)*)_\d+\b")
MODEL_RETURNS = ("pred", "W", "b")
WEIGHTS_OF_TWO_LSTMS_AND_A_DENSE = 8
SAME_DECIMALS = 5


def attempt(function, *arguments):
    """Call a function and return its value as plain data; of an exception, its type and message.

    Parameters
    ----------
    function : callable
    *arguments : object

    Returns
    -------
    object
        The value, or `Unknown("KeyError: ...")`.

    Raises
    ------
    NotImplementedError
        What is not written yet is not written for any input.
    """
    try:
        return plain(function(*arguments))
    except NotImplementedError:
        raise
    except Exception as error:
        message = _without_numbers(str(error)).strip().splitlines()
        return Unknown(f"{type(error).__name__}: {message[0][:200] if message else 'no message'}")


def sentence_to_avg(function, inputs):
    """Average sentences of several kinds.

    Parameters
    ----------
    function : callable
        sentence_to_avg(sentence, word_to_vec_map) -> average vector.
    inputs : dict
        word_to_vec_map; sentences, a dict from a kind to a list of sentences.

    Returns
    -------
    dict
        For each kind a dict from numbered sentence, "1: ...", to vector.
    """
    return {
        kind: {
            f"{number}: {sentence}": attempt(function, sentence, inputs["word_to_vec_map"])
            for number, sentence in enumerate(sentences, start=1)
        }
        for kind, sentences in inputs["sentences"].items()
    }


def model(function, inputs):
    """Train Emojifier-V1, and read what it prints.

    Parameters
    ----------
    function : callable
        model(X, Y, word_to_vec_map, learning_rate, num_iterations) -> pred, W, b.
    inputs : dict
        Its arguments, in order.

    Returns
    -------
    dict
        pred, W, b; iterations and costs, the first and the last number of each printed line that has two.
    """
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        values = function(*inputs.values())
    if not isinstance(values, (tuple, list)) or len(values) != len(MODEL_RETURNS):
        came = f"{len(values)} values" if isinstance(values, (tuple, list)) else type(values).__name__
        raise TypeError(f"model returns {', '.join(MODEL_RETURNS)}; {came} came")
    lines = [NUMBER.findall(line) for line in printed.getvalue().splitlines()]
    lines = [numbers for numbers in lines if len(numbers) >= ITERATION_AND_COST]
    return dict(zip(MODEL_RETURNS, values, strict=True)) | {
        "iterations": np.array([float(numbers[0]) for numbers in lines]),
        "costs": np.array([float(numbers[-1]) for numbers in lines]),
    }


def sentences_to_indices(function, inputs):
    """Turn groups of sentences of several kinds into indices.

    Parameters
    ----------
    function : callable
        sentences_to_indices(X, word_to_index, max_len) -> array (m, max_len).
    inputs : dict
        word_to_index; max_len; sentences, a dict from a kind to an array X of sentences.

    Returns
    -------
    dict
        For each kind the array.
    """
    return {
        kind: attempt(function, X, inputs["word_to_index"], inputs["max_len"])
        for kind, X in inputs["sentences"].items()
    }


def pretrained_embedding_layer(function, inputs):
    """Make an embedding layer, and look words up in it.

    Parameters
    ----------
    function : callable
        pretrained_embedding_layer(word_to_vec_map, word_to_index) -> keras.layers.Embedding.
    inputs : dict
        Its arguments; indices (m, max_len), to look up.

    Returns
    -------
    dict
        output (m, max_len, n_x); matrix shape; row 0; vectors, the other rows; frozen.
    """
    import keras

    with _same_circumstances():
        layer = function(inputs["word_to_vec_map"], inputs["word_to_index"])
        if not isinstance(layer, keras.layers.Layer):
            raise TypeError(f"a Keras Embedding layer is expected, {type(layer).__name__} came")
        output = attempt(lambda: np.asarray(layer(inputs["indices"])))  # also builds a layer that is not built yet
        weights = layer.get_weights()
    matrix = weights[0] if weights else np.zeros((0, 0), np.float32)
    return {
        "output": output,
        "matrix shape": [list(array.shape) for array in weights],
        "row 0": matrix[:1],
        "vectors": matrix[1:],
        "frozen": {"trainable": bool(layer.trainable), "weights to train": len(layer.trainable_weights)},
    }


def Emojify_V2(function, inputs):
    """Build Emojifier-V2, give its LSTM and Dense layers known weights, and run it.

    Parameters
    ----------
    function : callable
        Emojify_V2(input_shape, word_to_vec_map, word_to_index) -> keras.Model.
    inputs : dict
        word_to_vec_map, word_to_index; indices (m, max_len) of sentences without padding, as with padding the answer
        depends on whether the embedding masks it, and either is right; padded (m, max_len), with padding; copies of
        one sentence, how many, to see whether dropout treats them alike; 0 leaves that out.

    Returns
    -------
    dict
        output shape (of padded sentences); probabilities, whether each sentence's sum to 1; trained weights and frozen
        weights, lists of shapes; computation, the output for known weights; dropout, where it acts.
    """
    import keras

    indices, index = inputs["indices"], inputs["word_to_index"]
    with _same_circumstances():
        network = function((indices.shape[1],), inputs["word_to_vec_map"], index)
        if not isinstance(network, keras.Model):
            raise TypeError(f"a keras Model is expected, {type(network).__name__} came")
        first = attempt(lambda: np.asarray(network(inputs["padded"])))  # also builds a model that is not built yet
        table = (len(index) + 1, len(next(iter(inputs["word_to_vec_map"].values()))))
        weights = [one for one in network.weights if tuple(one.shape) != table]
        rng = np.random.default_rng(SEED)
        for one in weights:
            one.assign(rng.standard_normal(one.shape) / np.sqrt(one.shape[0]))
        output = attempt(lambda: np.asarray(network(indices)))
        shaped = isinstance(output, np.ndarray) and output.ndim > 0
        return {
            "output shape": list(first.shape) if isinstance(first, np.ndarray) else first,
            "probabilities": bool(shaped and np.allclose(output.sum(axis=-1), 1, atol=1e-4) and output.min() >= 0),
            "trained weights": [list(one.shape) for one in network.trainable_weights],
            "frozen weights": [list(one.shape) for one in network.non_trainable_weights if tuple(one.shape) == table],
            "computation": output,
            "dropout": attempt(_dropout, network, weights, np.repeat(indices[:1], inputs["copies"], axis=0)),
        }


def _dropout(network, weights, copies):
    """Return after which LSTM dropout acts, and whether it rests when the model is not in training.

    The weights are set so that copies of one sentence can only differ by dropout: the first LSTM's state depends on
    its bias alone, and two outputs show one unit of the second LSTM. Dropout after the first makes that unit's value
    differ from copy to copy; dropout after the second one makes it its value or nothing, in both outputs at once
    (dropout after the dense layer would switch them off one by one).
    """
    if not len(copies):
        return None
    if len(weights) != WEIGHTS_OF_TWO_LSTMS_AND_A_DENSE:
        raise ValueError(f"two LSTMs and a Dense layer have 8 arrays of weights, not {len(weights)}")
    kernel_1, recurrent_1, _, kernel_2, recurrent_2, bias_2, kernel_dense, bias_dense = weights
    for one in (kernel_1, recurrent_1, recurrent_2, bias_dense):
        one.assign(np.zeros(one.shape))
    one_unit = np.zeros(kernel_dense.shape)
    one_unit[0, :2] = (5.0, 3.0)[: one_unit.shape[1]]
    kernel_dense.assign(one_unit)

    def values(training):
        output = np.asarray(network(copies, training=training)).reshape(len(copies), -1)
        return len(np.unique(output.round(SAME_DECIMALS), axis=0))

    by_both, at_rest = values(True), values(False)
    kernel_2.assign(np.zeros(kernel_2.shape))
    bias_2.assign(np.ones(bias_2.shape))
    by_second = values(True)
    return {
        "after the first LSTM": by_both > 2,
        "after the second LSTM": by_second == 2,
        "only in training": at_rest == 1,
    }


@contextlib.contextmanager
def _same_circumstances():
    """Let the same code give the same numbers and the same messages each time it builds something with Keras.

    New layers draw the same first weights; the learner's own random numbers go on as they were. Errors call a layer by
    its kind, without the number that Keras counts up. Warnings are left to the learner's own cells.
    """
    state = random.getstate()
    random.seed(SEED)  # Keras takes the seed of an initialiser from here
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Exception as error:
        if error.args and isinstance(error.args[0], str):
            error.args = (_without_numbers(error.args[0]), *error.args[1:])
        raise
    finally:
        random.setstate(state)


def _without_numbers(message):
    """Return an error message in which 'lstm_115' is 'lstm'."""
    return KERAS_NAME.sub(r"\1", message)
