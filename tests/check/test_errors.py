"""What is said of an error in a line of Keras, NumPy or plain Python: a line, and words that the hint must have."""

import linecache

import numpy as np
import pytest

from helpers.check import probe
from helpers.check.comparing import Case, Spec
from helpers.check.errors import MEANINGS, meaning
from helpers.check.explaining import explain
from helpers.language import said, speaking

pytestmark = pytest.mark.slow  # Keras

IMPORTS = """
from helpers.quiet_keras import keras
import tensorflow as tf
from keras import Input, Model, layers, ops
from keras.layers import LSTM, Activation, Dense, Dropout, Embedding, Lambda, RepeatVector, Reshape
from keras.optimizers import Adam
from keras.utils import to_categorical
"""
PROGRAM = """
def f(words):
    X, a0, c0 = Input((3, 7)), Input((4,)), Input((4,))
    LSTM_cell, densor, reshaper = LSTM(4, return_state=True), Dense(7, activation="softmax"), Reshape((1, 7))
    x = reshaper(X[:, 0, :])
    out, outputs, indices = densor(a0), [], np.zeros((5, 1))
    {line}
"""
STATES = "initial_state=[a0, c0]"


@pytest.fixture(scope="module")
def scope():
    names = {"np": np}
    exec(IMPORTS, names)
    return names


def hint(scope, line, arguments=({"a": 1},)):
    """Return what is said of the error that a line ends in."""
    source, name = PROGRAM.format(line=line), f"<answer {line}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    exec(compile(source, name, "exec"), scope)
    with pytest.raises(Exception) as caught:  # noqa: PT011  (of any type)
        scope["f"](*arguments)
    error = probe.describe(caught.value)
    spec, case = Spec("f", 10, {"model": 1.0}, (), probe="of:models"), Case("a case", {})
    (found,) = explain(spec, [case], [{"value": {"model": 1}}], [{"error": error}], ["model"])
    assert len(found.question.split()) <= 80 and len(found.text.split()) <= 80
    assert "?" in found.question and "{" not in found.mistake + found.text.partition("In that line")[0]
    return found


@pytest.mark.parametrize(
    ("line", "words"),
    [
        # habits of Keras 2 and of older notebooks
        (f"LSTM_cell(inputs=x, {STATES})", "takes its input first, without a name"),
        ("tf.one_hot(out, 7)", "tf.one_hot is a function of TensorFlow"),
        ("tf.argmax(out, axis=-1)", "tf.argmax is a function of TensorFlow"),
        ("keras.backend.argmax(out)", "keras.backend, often called K, has no argmax any more"),
        ("keras.backend.one_hot(out, 7)", "keras.backend, often called K, has no one_hot any more"),
        ("Adam(lr=0.01)", "no argument lr. It is called learning_rate now"),
        ("Model(input=[X], output=[out])", "it calls them inputs and outputs, both with an s"),
        ("Model(inputs=[X], output=[out])", "it calls them inputs and outputs, both with an s"),
        ("LSTM(4, return_sequence=True)", "It is called return_sequences, with an s"),
        (f"LSTM_cell(x, {STATES.replace('state', 'states')})", "It is called initial_state, without an s"),
        ("LSTM(output_dim=4)", "LSTM is made with other arguments than it takes"),
        ("keras.utils.np_utils.to_categorical(3)", "keras.utils has no np_utils"),
        ("from keras.utils.np_utils import to_categorical", "keras.utils has no np_utils"),
        ("from keras.layers.embeddings import Embedding", "keras.layers has no embeddings"),
        ("from keras.optimizers import adam", "keras.optimizers has no adam"),
        # a placeholder taken for numbers
        ("np.argmax(out, axis=-1)", "np.argmax wants numbers"),
        ("np.reshape(x, (1, 1, 7))", "np.reshape wants numbers"),
        ("np.exp(out)", "np.exp wants numbers"),
        ("to_categorical(out)", "to_categorical wants numbers"),
        ("int(ops.argmax(out))", "int wants numbers"),
        ("out.numpy()", "numpy belongs to arrays"),
        ("out.argmax()", "argmax belongs to arrays"),
        ("x.reshape(1, 1, 7)", "reshape is called as for an array"),
        ("for z in X: pass", "taken apart as if it were a list"),
        (f"a, _, c = LSTM(4)(x, {STATES})", "an LSTM does with return_state set to True"),
        ("print('long' if out > 0.5 else 'short')", "asks whether a symbolic tensor is true"),
        ("densor.predict(a0)", "Dense has no predict, which only a finished model has. In a model call the layer"),
        ("Model([X, a0], out).predict([X, a0])", "type None stands where a number is due"),
        # layers
        ("densor(Dropout(0.5))", "a layer Dropout itself is handed on. Call it on a tensor"),
        ("Model([X], densor)", "a layer Dense itself is handed on. Call it on a tensor"),
        ("a, _, c = LSTM_cell", "something of type LSTM is taken apart"),
        ("densor([a0, c0])", "expected 1 input(s), got 2"),
        (f"LSTM_cell(X[:, 0, :], {STATES})", "The axis of steps is missing"),
        ("RepeatVector(1)(x)", "wants a tensor of 2 axes, and got one of 3"),
        ("densor(x)", "its axis -1 must have size 4, and its shape is (None, 1, 7)"),
        ("LSTM()(x)", "missing 1 required positional argument 'units'"),
        ("LSTM(a0)", "asks whether a symbolic tensor is true"),
        ("Dense(out)", "the first thing that this layer takes is a number"),
        ("Dropout(5)(a0)", "a number between 0 and 1"),
        ("Activation('softmx')(a0)", "Keras knows no activation softmx"),
        ("Input(shape=10)", "10 is given as a shape. A shape is a tuple"),
        ("Input()", "without a shape"),
        ("X[:, 5, :]", "a slice past the end"),
        ("a0[:, 0, :]", "more axes are asked for than there are"),
        ("Embedding(5, 4).set_weights([np.zeros((5, 4))])", "the layer has 0 arrays of weights and was given 1"),
        (
            "densor.set_weights([np.zeros((7, 4)), np.zeros(7)])",
            "weights of shape (4, 7), and was given",
        ),
        ("Embedding(5)", "missing 1 required positional argument 'output_dim'"),
        # models
        ("Model([X, c0], out)", "the model's outputs do not follow from its inputs"),
        ("Model([X, a0], outputs)", "the list of outputs is empty"),
        ("Model([X, a0], None)", "must be tensors, and something of type None"),
        ("Model([X, a0], out).fit(X, out)", "a model that is not compiled cannot be trained"),
        ("Model([X, a0], out)(np.zeros((1, 3, 7)))", "expected 2 input(s), got 1"),
        ("layers.Concatenate()([x, a0])", "whose sizes do not agree"),
        # lists, dicts, arrays
        ("outputs = outputs.append(out); outputs.append(out)", "such as append or compile, gives nothing back"),
        ("outputs[0] = out", "an entry is asked for that is not there"),
        ("outputs += out", "To put a tensor at the end of a list, append it"),
        ("words.shape", "words is a dict, which has no shape. One of its entries is due"),
        ("for word, index in words: pass", "a dict gives keys alone, and pairs only by its items"),
        ("words[3]", "the dict has no key 3"),
        ("words(3)", "words is a dict: no function. The name of a function is due"),
        ("np.zeros(5, 3)", "a shape of several sizes is one tuple, in brackets of its own. Look at the values"),
        ("indices[np.array([0.5])]", "entries are taken at whole numbers"),
        ("indices[7]", "place 7 is asked for along axis 0, which has 5, counted from 0"),
        ("indices[:, 0, 0]", "more axes are asked for than there are. In that line indices has shape (5, 1)."),
        ("np.argmax(indices, axis=2)", "there is no axis 2: the axes of an array that has 2 are counted from 0"),
        ("indices[0] = np.zeros(7)", "an array of shape (7,) is to be stored in a place of shape (1,)"),
        ("indices[0, 0] = np.zeros(7)", "the array was made with too few axes"),
        ("indices.reshape(-1, 78)", "5 numbers do not go into the shape (78): 78 is written as a number"),
        ("words + 1", "words is a dict, and cannot be calculated with. One of its entries is due"),
        ("len(3)", "something of type number is asked for its length"),
        ("x = 3; x[0] = 1", "x is 3, into which nothing can be written; an array is due"),
        ("float(words)", "something of type dict stands where a number is due"),
    ],
)
def test_an_error_is_told_with_its_cure(scope, line, words):
    found = hint(scope, line)
    assert words in found.text, found


def test_the_lines_are_shown_that_set_the_names(scope):
    found = hint(scope, "one = RepeatVector(1)\n    z = X[:, 0, :]\n    z = X[:, :, 0:2]\n    y = one(z)\n    z = out")
    assert found.text.endswith(" Its names come from: one = RepeatVector(1); z = X[:, :, 0:2]")
    assert "Its names come from" not in hint(scope, "words(X, out, reshaper)").text  # too many lines to be of use


def test_long_lines_and_many_names_leave_a_hint_short(scope):
    line = f"z = [{'1, ' * 90}X]\n    z = reshaper(X, out, x, a0, c0, indices, outputs, words, densor, z)"
    assert "Its names come from" not in hint(scope, line).text


@pytest.mark.parametrize("arguments", [(), (1, 2)])
def test_a_function_with_other_parameters_is_told_to_keep_its_line_with_def(scope, arguments):
    assert "leave that line as it was" in hint(scope, "pass", arguments).text


@pytest.mark.parametrize("message", ["{0} {line}", "'{x}' object is not callable", "no such thing", "", "%s {"])
def test_an_error_of_odd_words_is_no_fault_of_the_machine(message):
    for line in ("", "{x} = {", "np.{}("):
        told = meaning({"type": "ValueError", "message": message}, line, "{what}")
        assert told is None or len(told) == 3


@pytest.mark.parametrize(
    ("kind", "message", "line", "what", "words"),
    [
        ("AttributeError", "'int' object has no attribute 'mean'", "", "", "类型为“数”的东西没有 mean。"),
        ("AttributeError", "module 'keras.backend' has no attribute 'mean'", "K.mean(x)", "", "没有 mean 了"),
        ("ValueError", "too many values to unpack (expected 2)", "a, b = x", "x …", "右边来的值太多。"),
        ("TypeError", "object of type 'int' has no len()", "len(3)", "", "看看那一行里写的值。"),
        ("TypeError", "f() takes 2 positional arguments but 3 were given", "", "", "调用 f 时"),
        ("ValueError", "A KerasTensor is symbolic", "", "", "要的是数"),
        ("KeyError", "'mean'", "x['mean']", "x …", "字典里没有键 'mean'。"),
    ],
)
def test_chinese_says_the_same_and_the_name_stays_english(kind, message, line, what, words):
    error = {"type": kind, "message": message}
    name, *_ = meaning(error, line, what)
    with speaking("zh_CN"):
        told, *both = meaning(error, line, what)
        question, text = map(said, both)
    assert told == name and question.endswith(("？", "。")) and words in text


def test_every_question_asks_and_no_text_is_long():
    for words, _, question, text in (row for row in MEANINGS if len(row) > 2):  # the others are rules
        assert "?" in question and len(question.split()) <= 30 and len(text.split()) <= 60, words
