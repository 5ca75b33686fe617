"""How many plausible wrong Keras answers get a true name? A table of kinds, for the exercises that build or run models.

    python benchmarks/wrong_models.py [--exercise NAME] [--count N] [--seed N] [--show]

As `wrong_answers.py`, with edits that beginners make in Keras: a layer not called, an option of an LSTM forgotten, a
function of NumPy on a symbolic tensor, the habits of Keras 2. A name counts as right only where it is the edit that
was made; where an error is explained by its kind, it must be an error of that kind of edit, and name the layer,
function or keyword of a line that was changed.
"""

import argparse
import ast
import collections
import contextlib
import copy
import io
import random
import time
import warnings
from functools import cache, partial

import numpy as np
import wrong_answers
from wrong_answers import FACTS, Program, hunks, pair, table

from autograders.release.preprocessors import checks_of
from helpers.check.judging import Run, judge_runs, part_faults

from grading import ASSIGNMENTS, REFERENCES  # isort: skip  (found by what wrong_answers adds to the path)
from mutation import mutants  # isort: skip

EXERCISES = dict.fromkeys(("djmodel", "music_inference_model", "predict_and_sample"), "jazz_lstm") | dict.fromkeys(
    ("pretrained_embedding_layer", "Emojify_V2"), "emojify"
)
SEED, FRESH, DEFAULT_COUNT = 23, 77, 40
UNLIKELY = {"condition", "function", "loop", "name", "constant", "arithmetic", "text", "swapped operands", "assignment"}
GIVEN = {  # a layer that the function is given -> what beginners make in its place
    "LSTM_cell": ("LSTM(n_a, return_state=True)", "LSTM(64)"),
    "densor": ('Dense(n_values, activation="softmax")', "Dense(n_values)"),
}
# Declared mistakes whose words speak of more than their own edit, and the kinds of edits that these are.
ALSO = {
    "reads_past_the_end": ("loop", "size", "slice"),
    "states_are_no_inputs": ("model", "returned states", "variable", "dropped element"),
    "loop_over_a_symbolic_tensor": ("append", "layer left out", "new layer", "loop"),
    "slice_of_the_tokens": ("shape of an input",),
    "only_the_first_step": ("one-hot", "swapped order", "dropped element"),
    "results_and_indices_swapped": ("variable",),
    "start_not_in_a_list": ("call", "dropped element", "dropped call"),
    "one_hot_of_another_vocabulary": ("size", "one-hot"),
    "nothing_appended": ("append", "dropped call", "dropped statement"),
    "one_state_only": ("initial state", "dropped element"),
    "numpy_on_a_symbolic_tensor": ("NumPy function", "append"),
    "numpy_function": ("NumPy function",),
    "to_categorical_on_a_symbolic_tensor": ("to_categorical",),
    "tensorflow_on_a_symbolic_tensor": ("TensorFlow function",),
    "tensorflow_function": ("TensorFlow function",),
    "function_in_a_lambda_fails": ("lambda",),
    "not_built": ("call", "dropped statement", "dropped call"),
    "one_row_too_few": ("dropped operand", "row", "index", "variable"),
    **dict.fromkeys(("LSTM_not_called", "Dropout_not_called", "Dense_not_called"), ("layer not called",)),
    "number_as_input_shape": ("size", "shape of an input"),
    **dict.fromkeys(("one_hot_of_another_length", "one_hot_of_a_state"), ("variable", "layer left out")),
    "one_hot_without_time_axis": ("shape of an input", "dropped element"),
    "matrix_on_its_side": ("matrix", "row"),
    "matrix_of_one_axis": ("matrix", "dropped element", "row"),
    "index_and_word_swapped": ("loop", "swapped order", "index"),
    "softmax_of_section_1": ("function of section 1",),
}
OF_THE_ANSWER = {
    "nothing returned",
    "answer",
    "after the model",
    "variable",
    "dropped element",
}  # edits of what is returned
LAYERS = {"LSTM", "Dense", "Dropout", "Activation", "Embedding", *GIVEN, "reshaper", "pretrained_embedding_layer"}
SIZES = {
    "Tx": ("30", "60"),
    "Ty": ("50", "100"),
    "n_values": ("78", "90", "n_a"),
    "n_a": ("128", "n_values"),
    "n_x": ("50", "300"),
    "n_rows": ("400001", "n_x"),
    "input_shape": ("(10,)", "10", "input_shape[0]", "(None, 50)"),
}
OTHER_KEYWORDS = {  # as earlier versions of Keras, or a slip of the pen, spell them
    "initial_state": ("initial_states", "states"),
    "return_sequences": ("return_sequence", "return_state"),
    "inputs": ("input",),
    "outputs": ("output",),
    "trainable": ("train",),
    "shape": ("input_shape", "dim"),
    "dtype": ("type",),
    "num_classes": ("nb_classes",),
}
HABITS = {  # an expression of the solution -> what beginners write in its place
    "reshaper(x)": {
        "NumPy function": ("np.reshape(x, (1, 1, n_values))", "np.expand_dims(x, axis=1)", "np.array(x)"),
        "TensorFlow function": ("tf.reshape(x, (-1, 1, n_values))", "tf.expand_dims(x, axis=1)"),
        "backend function": ("keras.backend.reshape(x, (-1, 1, n_values))", "keras.backend.expand_dims(x, 1)"),
        "method of arrays": ("x.reshape((1, 1, n_values))", "x.numpy()"),
    },
    "one_hot(out)": {
        "NumPy function": ("np.eye(n_values)[np.argmax(out)]", "np.argmax(out, axis=-1)", "np.array(out)"),
        "TensorFlow function": (
            "tf.one_hot(tf.argmax(out, axis=-1), n_values)",
            "RepeatVector(1)(tf.one_hot(ops.argmax(out, axis=-1), n_values))",
            "tf.argmax(out, axis=-1)",
        ),
        "backend function": ("keras.backend.one_hot(keras.backend.argmax(out), n_values)", "keras.backend.argmax(out)"),
        "method of arrays": ("out.argmax()", "out.numpy()", "one_hot(out.numpy())"),
        "to_categorical": (
            "to_categorical(out)",
            "to_categorical(ops.argmax(out, axis=-1), n_values)",
            "to_categorical(np.argmax(out), num_classes=n_values)",
        ),
        "choice of the token": (
            "RepeatVector(1)(ops.one_hot(ops.argmax(out, axis=0), n_values))",
            "RepeatVector(1)(ops.one_hot(ops.argmax(out, axis=1), 78))",
            "ops.one_hot(ops.argmax(out, axis=-1), n_values)",
            "ops.argmax(out, axis=-1)",
            "RepeatVector(1)(out)",
            "RepeatVector(1)(ops.argmax(out, axis=-1))",
            "RepeatVector(1)(one_hot(out))",
        ),
        "lambda": ("Lambda(lambda z: one_hot(out))(out)", "Lambda(lambda z: np.argmax(z))(out)", "Lambda(one_hot)"),
    },
    "densor(a)": {
        "predict inside": ("densor.predict(a)",),
        "softmax twice": ("ops.softmax(densor(a))",),
        "NumPy function": ("np.argmax(densor(a))",),
    },
    "X[:, t, :]": {
        "lambda": (
            "Lambda(lambda z: z[:, t, :])(X)",
            "Lambda(lambda x: X[:, t, :])(X)",
            "Lambda(lambda z: z[:, t, :])",
        ),
        "slice": (
            "X[t]",
            "X[t, :, :]",
            "X[:, :, t]",
            "X[:, 0, :]",
            "X[:, -1, :]",
            "X[:, t - 1, :]",
            "X[:, t + 1, :]",
            "X[:, :t, :]",
            "X[:, t:, :]",
            "X[:, t]",
            "X",
            "X[:, Tx, :]",
            "X[:, :, :]",
        ),
        "NumPy function": ("np.array(X)[:, t, :]", "np.squeeze(X[:, t, :])"),
        "TensorFlow function": ("tf.gather(X, t, axis=1)", "tf.slice(X, [0, t, 0], [-1, 1, -1])"),
    },
    "Activation('softmax')(A)": {
        "NumPy function": ("np.exp(A) / np.sum(np.exp(A))",),
        "TensorFlow function": ("tf.nn.softmax(A)",),
        "backend function": ("keras.backend.softmax(A)",),
        "function of section 1": ("softmax(A)", "Activation(softmax)(A)"),
        "activation": (
            "Activation('sigmoid')(A)",
            "Activation('relu')(A)",
            "Activation('tanh')(A)",
            "Activation('softmx')(A)",
            "Activation('linear')(A)",
        ),
    },
    "Dense(5)(A)": {
        "units": ("Dense(1)(A)", "Dense(4)(A)", "Dense(128)(A)", "Dense(6)(A)", "Dense()(A)"),
        "activation": (
            "Dense(5, activation='softmax')(A)",
            "Dense(5, activation='relu')(A)",
            "Dense(5, activation='sigmoid')(A)",
            "Dense(5, activation='tanh')(A)",
        ),
        "NumPy function": ("Dense(5)(np.array(A))",),
        "predict inside": ("Dense(5).predict(A)",),
    },
    "Dropout(0.5)(A)": {
        "dropout": ("Dropout(0.5)(A, training=True)", "Dropout(5)(A)", "Dropout()(A)"),
        "NumPy function": ("np.where(np.random.rand(*A.shape) > 0.5, A, 0)",),
        "TensorFlow function": ("tf.nn.dropout(A, 0.5)",),
    },
    "LSTM(128)(A)": {
        "units": ("LSTM(64)(A)", "LSTM(5)(A)", "LSTM()(A)"),
        "options": ("LSTM(128, return_sequences=True)(A)", "LSTM(128, return_state=True)(A)"),
        "old keyword": ("LSTM(output_dim=128)(A)", "LSTM(128, input_dim=50)(A)"),
    },
    "LSTM(128, return_sequences=True)(A)": {
        "units": ("LSTM(64, return_sequences=True)(A)",),
        "options": (
            "LSTM(128, return_sequences=False)(A)",
            "LSTM(128, return_sequences=True, return_state=True)(A)",
            "LSTM(128, return_sequences='True')(A)",
        ),
    },
    "pretrained_embedding_layer(word_to_vec_map, word_to_index)(sentence_indices)": {
        "own embedding": (
            "Embedding(len(word_to_index) + 1, 50)(sentence_indices)",
            "Embedding(len(word_to_index), 50, trainable=False)(sentence_indices)",
            "Embedding(len(word_to_index) + 1, 50, input_length=10)(sentence_indices)",
        ),
        "arguments": (
            "pretrained_embedding_layer(word_to_index, word_to_vec_map)(sentence_indices)",
            "pretrained_embedding_layer(word_to_vec_map)(sentence_indices)",
            "pretrained_embedding_layer(word_to_vec_map, word_to_index, sentence_indices)",
        ),
        "predict inside": ("pretrained_embedding_layer(word_to_vec_map, word_to_index).predict(sentence_indices)",),
    },
    "Embedding(n_rows, n_x, trainable=False)": {
        "options": (
            "Embedding(n_rows, n_x)",
            "Embedding(n_rows, n_x, trainable=True)",
            "Embedding(n_rows, n_x, weights=[matrix])",
            "Embedding(n_rows, n_x, weights=matrix, trainable=False)",
            "Embedding(n_rows, trainable=False)",
            "Embedding(n_x, n_rows, trainable=False)",
            "Embedding((n_rows, n_x), trainable=False)",
            "Embedding(matrix, trainable=False)",
            "Embedding(n_rows, n_x, trainable='False')",
            "Embedding(n_rows, n_x, input_length=10)",
        ),
    },
    "embedding_layer.build((None,))": {
        "call": ("embedding_layer.build()", "embedding_layer.build", "embedding_layer(word_to_index)"),
    },
    "embedding_layer.set_weights([matrix])": {
        "call": (
            "embedding_layer.set_weights(matrix)",
            "embedding_layer.set_weights([matrix.T])",
            "embedding_layer.weights",
            "embedding_layer.set_weights([word_to_vec_map])",
            "embedding_layer.set_weights([matrix, n_x])",
            "embedding_layer.get_weights()",
            "embedding_layer.set_weight([matrix])",
        ),
    },
    "len(next(iter(word_to_vec_map.values())))": {
        "size": (
            "len(word_to_vec_map)",
            "word_to_vec_map['cucumber'].shape",
            "len(word_to_vec_map.values())",
            "len(next(iter(word_to_vec_map)))",
            "word_to_vec_map.shape[1]",
        ),
    },
    "np.zeros((n_rows, n_x))": {
        "matrix": (
            "np.zeros(n_rows, n_x)",
            "np.zeros((n_x, n_rows))",
            "np.ones((n_rows, n_x))",
            "np.zeros(n_rows)",
            "np.zeros((n_rows, n_x), dtype=int)",
            "np.random.rand(n_rows, n_x)",
            "[]",
        ),
    },
    "word_to_index.items()": {
        "loop": (
            "word_to_index",
            "enumerate(word_to_index)",
            "word_to_vec_map.items()",
            "word_to_index.values()",
            "enumerate(word_to_vec_map, 1)",
        ),
    },
    "matrix[index]": {
        "row": (
            "matrix[index - 1]",
            "matrix[index + 1]",
            "matrix[word]",
            "matrix[:, index]",
            "matrix[0]",
            "matrix[index, 0]",
        ),
    },
    "inference_model([x_initializer, a_initializer, c_initializer])": {
        "call": (
            "inference_model(x_initializer, a_initializer, c_initializer)",
            "inference_model.predict(x_initializer)",
            "inference_model([x_initializer])",
            "inference_model.outputs",
            "inference_model",
            "inference_model([np.zeros((1, 1, 78)), a_initializer, c_initializer])",
            "inference_model.fit([x_initializer, a_initializer, c_initializer])",
            "inference_model([x_initializer, np.zeros((1, 64)), np.zeros((1, 64))])",
            "inference_model([np.zeros((1, 1, n_values)), a_initializer, c_initializer])",
        ),
    },
    "np.array(predictions).reshape(-1, n_values)": {
        "reshape": (
            "predictions",
            "np.array(predictions)",
            "np.array(predictions).reshape(n_values, -1)",
            "np.array(predictions).reshape(-1)",
            "np.squeeze(predictions[0])",
            "predictions.reshape(-1, n_values)",
            "np.array(predictions).reshape(-1, 78)",
            "np.array(predictions[-1])",
            "predictions.numpy()",
        ),
    },
    "np.argmax(probabilities, axis=-1)": {
        "argmax": (
            "np.argmax(probabilities)",
            "np.argmax(probabilities, axis=0)",
            "np.argmin(probabilities, axis=-1)",
            "np.max(probabilities, axis=-1)",
            "probabilities",
            "np.argmax(predictions, axis=-1)",
            "keras.backend.argmax(probabilities)",
            "np.argmax(probabilities, axis=2)",
            "probabilities.argmax(axis=-1) + 1",
            "np.argsort(probabilities, axis=-1)",
        ),
    },
    "np.argmax(probabilities, axis=-1)[:, np.newaxis]": {
        "column": ("np.argmax(probabilities, axis=-1)", "np.argmax(probabilities, axis=-1)[np.newaxis]"),
    },
    "np.eye(n_values)[indices[:, 0]]": {
        "one-hot": (
            "to_categorical(indices)",
            "to_categorical(indices, num_classes=78)",
            "np.eye(78)[indices[:, 0]]",
            "to_categorical(probabilities, num_classes=n_values)",
            "probabilities",
            "to_categorical(indices, n_values + 1)",
            "np.zeros((len(indices), n_values))",
            "np.ones((len(indices), n_values))",
            "np.eye(len(indices))[indices[:, 0]]",
            "np.eye(n_values)",
            "np.eye(n_values)[probabilities]",
            "np_utils.to_categorical(indices, n_values)",
            "keras.backend.one_hot(indices, n_values)",
            "one_hot(indices)",
            "tf.keras.utils.np_utils.to_categorical(indices)",
            "np.eye(n_values)[indices[0]]",
        ),
    },
}


def _expression(text):
    return ast.parse(text, mode="eval").body


def _statements(text):
    return ast.parse(text).body


def _of_a_call(node, text):
    """Yield (kind, node in its place) of a call: layers and options."""
    name = ast.unparse(node.func)
    inner = node.func.func.id if isinstance(node.func, ast.Call) and isinstance(node.func.func, ast.Name) else name
    if inner in LAYERS and (inner in (*GIVEN, "reshaper") or isinstance(node.func, ast.Call)):
        yield "layer not called", node.func
        yield "layer left out", node.args[0]
    for layer in GIVEN.get(name, ()):
        rest = text.removeprefix(name)
        yield "new layer", _expression(layer + rest)
    for number, keyword in enumerate(node.keywords):
        others = node.keywords[:number], node.keywords[number + 1 :]
        for other in OTHER_KEYWORDS.get(keyword.arg, ()):
            new = copy.copy(node)
            new.keywords = [*others[0], ast.keyword(other, keyword.value), *others[1]]
            yield "old keyword", new
        if keyword.arg == "initial_state":
            for states in ("[c, a]", "[a0, c0]", "[a, a]", "[a]", "a", "[a0, c]", "None", "[a, c, a]"):
                new = copy.copy(node)
                new.keywords = [*others[0], ast.keyword(keyword.arg, _expression(states)), *others[1]]
                yield "initial state", new
    if name == "LSTM_cell":
        yield "old keyword", _expression(text.replace("(x,", "(inputs=x,"))
    if name == "Input" and isinstance(node.keywords[0].value, ast.Tuple):
        sizes = [ast.unparse(one) for one in node.keywords[0].value.elts]
        for shape in (
            ", ".join(sizes[::-1]),
            ", ".join(sizes[1:]),
            f"None, {', '.join(sizes)}",
            f"1, {', '.join(sizes)}",
        ):
            if shape and shape != ", ".join(sizes):
                yield "shape of an input", _expression(f"Input(shape=({shape},))")
        yield "shape of an input", _expression(f"Input(shape={sizes[-1]})")
        yield "shape of an input", _expression(f"Input({', '.join(sizes)})")
    if name in ("LSTM", "Dense"):
        yield "old keyword", _expression(f"{text[:-1]}, input_shape=(10, 50))")
    if name == "range":
        inside = text.removeprefix("range(")[:-1]
        for new in (f"range({inside} - 1)", f"range(1, {inside})", f"range({inside} + 1)", inside, f"reversed({text})"):
            yield "loop", _expression(new)
    if name == "Model":
        yield "model", _expression(text.replace("outputs=outputs", "outputs=out").replace("outputs=A", "outputs=[]"))
        yield "model", _expression(text.replace("outputs=outputs", "outputs=[out]"))
        yield "model", _expression(text.replace("inputs=[X, a0, c0]", "inputs=X").replace("[x0, a0, c0]", "x0"))
        yield "model", _expression(text.replace("a0, c0]", "a, c]"))
        yield "model", _expression("Model()")


def _of_a_statement(node, text):
    """Yield (kind, statements in its place) of a statement."""
    if text == "outputs.append(out)":
        for kind, new in (
            ("append", "outputs.append(a)"),
            ("append", "outputs.append(x)"),
            ("append", "outputs = outputs.append(out)"),
            ("append", "outputs = out"),
            ("append", "outputs = [out]"),
            ("append", "outputs += out"),
            ("append", "outputs.append"),
            ("append", "outputs.append([out])"),
            ("append", "outputs.append(c)"),
            ("append", "outputs.extend(out)"),
            ("append", "outputs[t] = out"),
            ("append", "np.append(outputs, out)"),
        ):
            yield kind, _statements(new)
    elif text.startswith("a, _, c = "):
        for target in ("a, c, _", "c, _, a", "a, c", "a", "a, _, _", "_, c, a", "c, a, _", "a0, _, c0"):
            yield "returned states", _statements(text.replace("a, _, c", target, 1).replace("(a, _, c)", target, 1))
    elif isinstance(node, ast.Return):
        value = ast.unparse(node.value)
        others = {
            "results, indices": (
                "indices, results",
                "results",
                "indices",
                "results, indices.T",
                "results.T, indices",
                "results, indices[:, 0]",
                "[results, indices]",
                "predictions, indices",
            )
        }
        yield "nothing returned", _statements(f"print({value})")
        yield "nothing returned", [ast.Pass()]
        for other in others.get(
            value,
            (f"{value}, 0", "outputs", "A", f"{value}.summary()", f"{value}.predict", f"{value}.outputs", "matrix"),
        ):
            yield "answer", [ast.Return(_expression(other))]
    elif isinstance(node, ast.Assign) and text.startswith(("model = ", "network = ", "inference_model = ")):
        name = text.partition(" ")[0]
        compiled = f"{name}.compile(loss='categorical_crossentropy', optimizer=keras.optimizers.Adam(lr=0.01))"
        for more in (
            compiled,
            f"{name}.trainable = False",
            f"{name}.predict(X)",
            f"{name}.fit(sentence_indices, A)",
            f"{name} = {name}.compile(loss='categorical_crossentropy')",
        ):
            yield "after the model", [node, *_statements(more)]
    elif isinstance(node, ast.For):
        yield "inside the loop", [_for(node, [*node.body, ast.Break()])]
        yield "dedented", [_for(node, node.body[:-1]), node.body[-1]] if len(node.body) > 1 else [node]
        yield "inside the loop", [_for(node, [*_statements("outputs = []"), *node.body])]
        yield "inside the loop", [_for(node, [*_statements("a, c = a0, c0"), *node.body])]


def _for(node, body):
    new = copy.copy(node)
    new.body = body
    return new


def _edits(node, bound):
    """Yield (kind, node or statements in its place)."""
    text = ast.unparse(node)
    for kind, others in (HABITS.get(text, {}) if isinstance(node, ast.expr) else {}).items():
        for other in others:
            yield kind, _expression(other)
    if isinstance(node, ast.stmt):
        yield from _of_a_statement(node, text)
    elif isinstance(node, ast.Call):
        yield from _of_a_call(node, text)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        for other, line in bound.items():
            if other != node.id and line < node.lineno and _alike(other, node.id):
                yield "variable", ast.Name(other, ast.Load())
        for size in SIZES.get(node.id, ()):
            yield "size", _expression(size)


STATES, NUMBERS = (
    {"a", "c", "a0", "c0", "x", "x0", "X", "out", "A", "sentence_indices"},
    {"Tx", "Ty", "n_a", "n_values", "t"},
)
ALIKE = (
    STATES,
    {"LSTM_cell", "densor", "reshaper"},
    {"n_x", "n_rows", "index"},
    {"word_to_index", "word_to_vec_map"},
    {"results", "indices", "probabilities", "predictions"},
    {"x_initializer", "a_initializer", "c_initializer"},
    {"matrix", "embedding_layer"},
)


def _alike(one, other):
    """Whether a beginner takes one name for the other: they are of one kind."""
    return any({one, other} <= names for names in ALIKE)


def singles(source, name):
    """Return the programs with one edit of a function, each once, none the solution itself."""
    tree = ast.parse(source)
    function = next(one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == name)
    bound, found = wrong_answers._bound(function), {}
    for parent in list(ast.walk(function)):
        for field, value in ast.iter_fields(parent):
            for place, node in enumerate(value if isinstance(value, list) else [value]):
                if not isinstance(node, ast.AST) or field == "args" and parent is function:
                    continue
                for kind, new in _edits(node, bound):
                    news = new if isinstance(new, list) else [new]
                    setattr(
                        parent, field, value[:place] + news + value[place + 1 :] if isinstance(value, list) else new
                    )
                    found.setdefault(ast.unparse(ast.fix_missing_locations(copy.copy(tree))), kind)
                    setattr(parent, field, value)
    for one in mutants(source):
        if one.function == name and one.kind not in UNLIKELY:
            found.setdefault(one.source, one.kind)
    found.pop(ast.unparse(ast.parse(source)), None)
    return [Program((kind,), text, (text,)) for text, kind in found.items()]


def programs(exercise, count, seed=SEED):
    """Return distinct wrong programs: `count` with one edit, all kinds alike, and half as many with two."""
    rng, reference = random.Random(f"{seed} {exercise}"), REFERENCES[EXERCISES[exercise]]
    base = ast.unparse(ast.parse(reference.source(exercise)))
    own = {ast.unparse(ast.parse(changed[0][1])) for _, changed in reference.mistakes(_declared(exercise))}
    queues = collections.defaultdict(list)
    pool = singles(reference.source(exercise), exercise)
    for one in rng.sample(pool, len(pool)):
        queues[one.kind].append(one)
    order = [queue[level] for level in range(len(pool)) for queue in queues.values() if level < len(queue)]
    chosen, kinds, pairs = [one for one in order if one.source not in own][:count], sorted(queues), {}
    while len(pairs) < count // 2:
        both = pair(base, *(rng.choice(queues[rng.choice(kinds)]) for _ in range(2)))
        if both and both.source not in own:
            pairs[both.source] = both
    return [*chosen, *pairs.values()]


# --- Whether they are named, and truly --------------------------------------------------------------------------------


def _declared(exercise):
    return ASSIGNMENTS[EXERCISES[exercise]][exercise]


@cache
def _checks(exercise):
    """Return what `check` reads from the checks file, for the cases that points are given for."""
    declared = _declared(exercise)
    cases = [case for case in declared.public_cases() if not case.beyond]
    return checks_of(declared, REFERENCES[EXERCISES[exercise]], cases, search=True)


def report(exercise, source):
    """Judge a source as `check` judges a learner's function."""
    checks, declared = _checks(exercise), _declared(exercise)
    quiet = contextlib.redirect_stdout(io.StringIO())
    runs = []
    with quiet, warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
        for answers, stand_ins in ((checks.own, {}), (checks.standing, declared.stand_ins)):
            if answers and not (runs and not any(part_faults(checks.spec, checks.cases, runs[0]).values())):
                got = _outcomes(exercise, checks.cases, source, stand_ins)
                runs.append(Run(answers.expected, got, partial(list, answers.mistakes), partial(list, answers.slips)))
    return judge_runs(checks.spec, checks.cases, *runs)


def _outcomes(exercise, cases, source, stand_ins):
    return REFERENCES[EXERCISES[exercise]].outcomes(_declared(exercise), cases, ((exercise, source),), stand_ins)


@cache
def _fresh(exercise, source):
    """Return what a source gives on a fresh case, or its error in words."""
    declared, quiet = _declared(exercise), contextlib.redirect_stdout(io.StringIO())
    case = declared.hidden_cases(FRESH)[:1]
    with quiet, warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
        outcome = _outcomes(exercise, case, source, declared.stand_ins)[0]
    error = outcome.get("error")
    return wrong_answers.fingerprint(declared.spec, case[0], outcome), error and error["where"].partition(": ")[2]


def _same(exercise, one, other, parts):
    """Whether two sources give the same on a fresh case, in some parts; of two errors, the very same words."""
    mine, theirs = _fresh(exercise, one)[0], _fresh(exercise, other)[0]
    if "error" in mine or "error" in theirs:
        return mine == theirs
    tolerance = _declared(exercise).hidden_cases(FRESH)[0].tolerance
    return all(wrong_answers.same_sketch(mine[part], theirs[part], tolerance) for part in parts)


def truth(exercise, program, hint):
    """Say whether a hint is true of a program: "rightly", "same function", "fact" or "wrongly"."""
    base = ast.unparse(ast.parse(REFERENCES[EXERCISES[exercise]].source(exercise)))
    sources = wrong_answers._named_sources(exercise).get((hint.mistake, hint.text), ())
    parts, kinds = _declared(exercise).parts, set(program.kinds)
    for source in sources:
        named = hunks(base, source)
        for edit in (*program.edits, program.source):
            near = wrong_answers._overlap(hunks(base, edit), named)
            some = parts if edit != program.source or len(program.edits) == 1 else hint.parts
            if edit == source or (near and _same(exercise, source, edit, some)):
                return "rightly"
    if sources:
        values = "error" not in _fresh(exercise, program.source)[0]
        ends_alike = any(values == ("error" not in _fresh(exercise, source)[0]) for source in sources)
        if ends_alike and kinds & set(ALSO.get(hint.mistake, ())):
            return "rightly"
        alike = any(_same(exercise, source, program.source, parts) for source in sources)
        return "same function" if values and alike else "wrongly"
    made = {line.strip() for new in hunks(base, program.source).values() for line in new}
    what = hint.mistake.partition(": ")[2].rstrip(":")
    if FACTS.fullmatch(hint.mistake) or hint.mistake.endswith((": length", "no name")) or ": entry " in hint.mistake:
        of_inputs = ": entry " in hint.mistake and any("Input(" in line or "inputs=" in line for line in made)
        of_length = hint.mistake == "outputs: length" and any("range(" in line for line in made)
        return "rightly" if of_inputs or of_length else "fact"
    if hint.mistake.startswith("a layer in place of a tensor") and "layer not called" in kinds:
        return "rightly"
    told = hint.text.partition("Its names come from: ")[2]
    if any(line.removesuffix(":") in told for line in made):
        return "rightly"  # of at most two lines that are shown
    if "in the line of the error" in hint.text:
        return "fact"
    if hint.mistake.startswith(("nothing is returned", "another kind", "a model of nothing", "values ")):
        return "rightly" if kinds & OF_THE_ANSWER else "fact"
    if hint.mistake.startswith(("no such variable", "no value yet")):
        lines = [line for i, j in hunks(base, program.source) for line in base.splitlines()[i:j]]
        gone = {line.partition("=")[0].strip() for line in lines}
        if any(what in one.split(", ") for one in gone):
            return "rightly"  # the line that set the variable is the one that was changed
    where = _fresh(exercise, program.source)[1] or ""
    return "rightly" if where.strip() in made or any(what and what in line for line in made) else "fact"


def fate(exercise, program):
    """Judge a program, and its names against the edits that were made; return (fate, the names)."""
    found = report(exercise, program.source)
    if found.ok:
        return "right answer", []
    fates = {truth(exercise, program, hint) for hint in found.hints}
    order = ("wrongly", "rightly", "same function", "fact")
    return next((one for one in order if one in fates), "not named"), [hint.mistake for hint in found.hints]


def survey(exercise, count, seed=SEED):
    """Return [(program, fate, names)] for an exercise."""
    return [(program, *fate(exercise, program)) for program in programs(exercise, count, seed)]


def main():
    """Print a table by exercise and one by kind."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exercise", choices=EXERCISES, action="append", help="only this one (may be repeated)")
    parser.add_argument(
        "--count", type=int, default=DEFAULT_COUNT, help="programs with one edit; half as many with two"
    )
    parser.add_argument("--seed", type=int, default=SEED, help="of the draw of programs")
    parser.add_argument("--show", action="store_true", help="print each program that is not rightly named")
    options = parser.parse_args()
    begin, by_exercise, by_kind = time.perf_counter(), [], []
    for exercise in options.exercise or EXERCISES:
        lines = ast.unparse(ast.parse(REFERENCES[EXERCISES[exercise]].source(exercise))).splitlines()
        for program, what, names in survey(exercise, options.count, options.seed):
            by_exercise.append((exercise, what))
            by_kind.append((program.kind, what))
            if options.show and what in ("not named", "wrongly", "fact"):
                edits = [(lines[i:j], new) for (i, j), new in hunks("\n".join(lines), program.source).items()]
                print(exercise, what, program.kinds, edits, names, sep="\t", flush=True)
    print(*table(by_exercise), "", *table(by_kind), f"{time.perf_counter() - begin:.0f} s", sep="\n")


wrong_answers.EXERCISES.update(EXERCISES)  # so that it finds their declared mistakes

if __name__ == "__main__":
    main()
