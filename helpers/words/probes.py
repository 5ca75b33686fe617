"""Probes for the Emojify exercises: they call the learner's function on plain data and return plain data.

Each probe tries several things one by one, so that an error in one of them costs only that one. A Keras layer or model
is judged by what it computes, by the shapes of its weights and by which of them it would train; never by a layer's
name. Probes run in the learner's kernel, so the grader trusts nothing that they return. The stand-ins for functions of
earlier exercises are at the end.

Notation: m sentences of max_len words, vectors of n_x numbers, n_y classes, V words in the vocabulary.
"""

from __future__ import annotations

import contextlib
import copy
import io
import random
import re
import warnings
import zlib
from unittest import mock

import numpy as np

from helpers.check.probe import as_value, whole_numbers
from helpers.check.wire import plain

SEED = 1  # of all random numbers that a learner's function draws: the same code gives the same numbers every time
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
        The value, or what `helpers.check.probe.as_value` makes of the exception.

    Raises
    ------
    NotImplementedError
        This is passed on: a function that is not written yet is not written for any input.
    """
    try:
        return plain(function(*arguments))
    except NotImplementedError:
        raise
    except Exception as error:
        message = _without_numbers(str(error)).strip().splitlines()
        return as_value(error, message[0][:200] if message else "")


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

    Learners may start with any W; only what training does is judged. So all word vectors are rotated together such that
    the learner's first W gives 0 for every label of every word. Then training does not depend on where W started, and
    what it adds to W, rotated back, is the same for all. Labels may be real numbers, a list or a column.

    Parameters
    ----------
    function : callable
        model(X, Y, word_to_vec_map, learning_rate, num_iterations) -> pred, W, b.
    inputs : dict
        Its arguments, in order, with n_x - n_y words at most; asked, a list of keys of the answer.

    Returns
    -------
    dict
        Those of: pred (m,); W (n_y, n_x), what training added to it; b (n_y,); costs, from the first to the last number
        of each printed line that has two.
    """
    given = {name: inputs[name] for name in ("X", "Y", "word_to_vec_map", "learning_rate", "num_iterations")}
    vectors = inputs["word_to_vec_map"]
    first = _first_weights(function, given)
    matrix = np.array(list(vectors.values()))
    fits = first.ndim == 2 and first.shape[1] == matrix.shape[1] and np.isfinite(first).all()
    turn = _turn(matrix, first) if fits else np.eye(matrix.shape[1])
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        values = _train(function, given | {"word_to_vec_map": {word: turn @ one for word, one in vectors.items()}})
    W, pred = np.asarray(values["W"]), whole_numbers(np.asarray(values["pred"]))
    lines = [NUMBER.findall(line) for line in printed.getvalue().splitlines()]
    lines = [numbers for numbers in lines if len(numbers) >= ITERATION_AND_COST]
    answer = {
        "pred": pred[:, 0] if pred.shape[1:] == (1,) else pred,
        "W": (W - first) @ turn if fits and W.shape == first.shape else W,
        "b": values["b"],
        "costs": {f"{float(numbers[0]):g}": float(numbers[-1]) for numbers in lines},
    }
    return {name: answer[name] for name in inputs["asked"]}


def _train(function, given):
    """Call a learner's model on copies of its arguments; return {"pred": ..., "W": ..., "b": ...}."""
    with _same_circumstances(function):
        values = function(*copy.deepcopy(given).values())
    if not isinstance(values, (tuple, list)) or len(values) != len(MODEL_RETURNS):
        got = f"{len(values)} values" if isinstance(values, (tuple, list)) else type(values).__name__
        raise TypeError(f"expected {len(MODEL_RETURNS)} values ({', '.join(MODEL_RETURNS)}), got {got}")
    return dict(zip(MODEL_RETURNS, values, strict=True))


def _first_weights(function, given):
    """Return the W that a learner's model starts from, an array."""
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            values = _train(function, given | {"num_iterations": 0})
        except Exception:  # code that predicts inside the loop has nothing to return without an iteration
            values = _train(function, given | {"num_iterations": 1, "learning_rate": 0.0})
    return np.array(values["W"])


def _turn(vectors, W):
    """Return an orthogonal matrix T with W @ T @ v = 0 for each row v of vectors.

    Parameters
    ----------
    vectors : ndarray (V, n_x), with V <= n_x - n_y
    W : ndarray (n_y, n_x)

    Returns
    -------
    ndarray (n_x, n_x)
    """
    spanned = np.linalg.qr(vectors.T, mode="complete")[0]  # its first V columns span what the vectors do
    unseen = np.linalg.svd(W)[2][::-1].T  # its first n_x - n_y columns are what W maps to 0
    return unseen @ spanned.T


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
        For each kind the array. Whole numbers become integers, whatever their type: Keras takes them, too.
    """

    def indices(X):
        return whole_numbers(function(X, inputs["word_to_index"], inputs["max_len"]))

    return {kind: attempt(indices, X) for kind, X in inputs["sentences"].items()}


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
        output (m, max_len, n_x); matrix shape; row 0; vectors, the other rows; frozen, with the shapes of the weights
        that would be trained: none, if the layer is frozen.
    """
    import keras

    with _same_circumstances(function):
        layer = function(inputs["word_to_vec_map"], inputs["word_to_index"])
        if not isinstance(layer, keras.layers.Layer):
            raise TypeError(f"expected a Keras Embedding layer, got {type(layer).__name__}")
        output = attempt(lambda: np.asarray(layer(inputs["indices"])))  # also builds a layer that is not built yet
        weights = layer.get_weights()
    matrix = weights[0] if weights else np.zeros((0, 0), np.float32)
    return {
        "output": output,
        "matrix shape": [list(array.shape) for array in weights],
        "row 0": matrix[:1],
        "vectors": matrix[1:],
        "frozen": {"weights to train": [list(weights.shape) for weights in layer.trainable_weights]},
    }


def Emojify_V2(function, inputs):
    """Build Emojifier-V2, give its LSTM and Dense layers known weights, and run it.

    Parameters
    ----------
    function : callable
        Emojify_V2(input_shape, word_to_vec_map, word_to_index) -> keras.Model.
    inputs : dict
        word_to_vec_map, word_to_index; indices (m, max_len) of sentences without padding, since with padding the answer
        depends on whether the embedding masks it, and both are right; padded (m, max_len), with padding; copies, how
        often one sentence is repeated to see whether dropout treats the copies alike; 0 leaves that out.

    Returns
    -------
    dict
        output shape (of padded sentences); probabilities, whether each sentence's sum to 1; trained weights and frozen
        weights, lists of shapes; computation, the output for known weights; dropout, where it acts.
    """
    import keras

    indices = inputs["indices"]
    with _same_circumstances(function):
        network = function((indices.shape[1],), inputs["word_to_vec_map"], inputs["word_to_index"])
        if not isinstance(network, keras.Model):
            raise TypeError(f"expected a keras Model, got {type(network).__name__}")
        first = attempt(lambda: np.asarray(network(inputs["padded"])))  # also builds a model that is not built yet
        V, n_x = np.shape(list(inputs["word_to_vec_map"].values()))
        table = (V + 1, n_x)
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
    """Return a dict whose keys say after which LSTM dropout acts, and whether it acts in training only.

    The weights are set so that copies of one sentence can differ by dropout alone: the state of the first LSTM depends
    only on its bias, and two outputs show one unit of the second LSTM. Dropout after the first LSTM gives that unit
    another value in each copy. Dropout after the second one leaves the unit its value or sets it to 0, in both outputs
    at once (dropout after the dense layer would set them to 0 one by one).
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
    found = {"after_first_LSTM": by_both > 2, "after_second_LSTM": by_second == 2, "only_in_training": at_rest == 1}
    return {place: True for place, holds in found.items() if holds}


@contextlib.contextmanager
def _same_circumstances(function):
    """Let the same code give the same numbers and the same messages each time it runs.

    Each run draws the same random numbers from Keras, from NumPy's global generator and from new ones without a seed.
    Afterwards those, and the generators among the notebook's globals, go on as if nothing had been drawn. Errors name
    a layer by its kind, without the number that Keras counts up. Warnings are shown in the learner's own cells only.
    """
    kept = getattr(function, "__globals__", {}).values()
    kept = [(one.bit_generator, one.bit_generator.state) for one in kept if isinstance(one, np.random.Generator)]
    state, numpy_state, new = random.getstate(), np.random.get_state(), np.random.default_rng
    random.seed(SEED)  # Keras takes the seed of an initialiser from here
    np.random.seed(SEED)
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            mock.patch.object(np.random, "default_rng", lambda seed=None: new(SEED if seed is None else seed)),
        ):
            yield
    except Exception as error:
        if error.args and isinstance(error.args[0], str):
            error.args = (_without_numbers(error.args[0]), *error.args[1:])
        raise
    finally:
        random.setstate(state)
        np.random.set_state(numpy_state)
        for generator, before in kept:
            generator.state = before


def _without_numbers(message):
    """Return an error message in which 'lstm_115' is 'lstm'."""
    return KERAS_NAME.sub(r"\1", message)


# --- Stand-ins for functions of earlier exercises: the same parameters and shapes, but no solution --------------------


def vector_by_letters(sentence, word_to_vec_map):
    """Stand in for sentence_to_avg: mix two vectors of the map that the sentence's letters choose.

    Parameters
    ----------
    sentence : str
    word_to_vec_map : mapping of str to ndarray (n_x,)

    Returns
    -------
    ndarray (n_x,)
    """
    vectors = list(word_to_vec_map.values())
    second, first = divmod(zlib.crc32(sentence.encode("utf-8")), len(vectors))
    return 0.5 * vectors[first] - 0.25 * vectors[second % len(vectors)]


def random_embedding_layer(word_to_vec_map, word_to_index):
    """Stand in for pretrained_embedding_layer: a frozen layer of the right size with random vectors.

    Parameters
    ----------
    word_to_vec_map : mapping of str to ndarray (n_x,)
    word_to_index : mapping of str to int

    Returns
    -------
    keras.layers.Embedding
        With weights of shape (V + 1, n_x).
    """
    import keras

    V, n_x = np.shape(list(word_to_vec_map.values()))
    normal = keras.initializers.RandomNormal(stddev=1.0, seed=SEED)
    layer = keras.layers.Embedding(V + 1, n_x, embeddings_initializer=normal)
    layer.trainable = False
    layer.build()
    return layer
