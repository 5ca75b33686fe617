"""The exercises of `jazz_lstm`: what each function must do, and how learners get it wrong.

Models are judged by what they compute with given weights, by the shapes of their inputs, and by whose weights they
would train (see `helpers.music.probes`).
"""

import numpy as np

from autograders.exercise import Case, Exercise, Mistake

SINGLE = np.float32  # what Keras computes with: comparison is as wide as that needs
N_VALUES, N_A = 131, 64  # the notebook's own: how many tokens its corpus has, and how many units its cell
OTHER_VOCABULARIES = (78, 90)  # how many tokens other editions of this notebook have
HIDDEN = 8  # units of the small model that a sampler is tried on
NEVER = -30.0  # a bias that no logit makes good
TIMEOUT = 60.0  # seconds: a learner may use `predict`, which compiles


# ---------------------------------------------------------------------------------------------------------------------
# Cases. Points come from cases with the notebook's own n_values and n_a, so that a function which reads them as
# globals, or writes them as numbers, is right. Other sizes, a single step and several starts go beyond that.
# ---------------------------------------------------------------------------------------------------------------------


def _draw(rng, *shape):
    return rng.standard_normal(shape).astype(SINGLE)


def _one_hot(rng, *shape):
    """Return one-hot vectors along the last axis."""
    return np.eye(shape[-1], dtype=SINGLE)[rng.integers(shape[-1], size=shape[:-1])]


def _model_case(rng, label, given, m, n_values=N_VALUES, n_a=N_A, beyond=""):
    """Return a case of a function that builds a model.

    The weights are large enough that every mistake shows in the probabilities, and small enough that no token has all
    the probability. Beyond the notebook's own sizes, what the function is given must come in as arguments.
    """
    states = {"a0": _draw(rng, m, n_a), "c0": _draw(rng, m, n_a)}
    spread = SINGLE(np.sqrt(n_a))
    weights = {
        "LSTM_weights": [_draw(rng, n_values, 4 * n_a), 2 * _draw(rng, n_a, 4 * n_a) / spread, _draw(rng, 4 * n_a)],
        "densor_weights": [6 * _draw(rng, n_a, n_values) / spread, _draw(rng, n_values)],
    }
    return Case(label, given | states | weights | {"as_arguments": (n_values, n_a) != (N_VALUES, N_A)}, beyond)


def _djmodel_cases(rng):
    def case(label, Tx, m, n_values=N_VALUES, n_a=N_A, beyond=""):
        given = {"Tx": Tx, "X": _one_hot(rng, m, Tx, n_values)}
        return _model_case(rng, label, given, m, n_values, n_a, beyond)

    Tx, n_a, n_values = (int(low + rng.integers(2)) for low in (3, 6, 8))
    return [
        case("a few steps", Tx, 2),
        case("more steps and examples", Tx + 2, 3),
        case("Tx = 1", 1, 2, beyond="section 2"),
        case("layers of other sizes", Tx, 2, n_values, n_a, beyond="sections 4.2 and 4.3"),
    ]


def _inference_cases(rng):
    def case(label, Ty, m, n_values=N_VALUES, n_a=N_A, beyond=""):
        given = {"Ty": Ty, "x0": _one_hot(rng, m, 1, n_values)}
        return _model_case(rng, label, given, m, n_values, n_a, beyond)

    Ty, n_a, n_values = (int(low + rng.integers(2)) for low in (3, 6, 8))
    return [
        case("a few steps", Ty, 1),
        case("more steps", Ty + 2, 1),
        case("Ty = 1", 1, 1, beyond="section 3.1"),
        case("several starts side by side", Ty, 3, beyond="section 3.1"),
        case("layers of other sizes", Ty, 1, n_values, n_a, beyond="sections 4.2 and 4.3"),
    ]


def _sampler_cases(rng):
    def case(label, Ty, n_values=N_VALUES, n_a=N_A, beyond=""):
        bias = np.zeros((Ty, n_values), SINGLE)
        bias[:, -1] = NEVER
        return Case(
            label,
            {
                "x_initializer": _one_hot(rng, 1, 1, n_values),
                "a_initializer": _draw(rng, 1, n_a),
                "c_initializer": _draw(rng, 1, n_a),
                "first": _draw(rng, n_values + 2 * n_a, HIDDEN),
                "second": _draw(rng, HIDDEN, Ty * n_values) / SINGLE(HIDDEN),
                "bias": bias.ravel(),
            },
            beyond,
        )

    Ty, n_a, n_values = (int(low + rng.integers(2)) for low in (12, 4, 8))
    return [
        case("the last token is never chosen", Ty),
        case("more steps", Ty + 3),
        case("Ty = 1", 1, beyond="section 3.1"),
        case("a model of other sizes", Ty, n_values, n_a, beyond="sections 4.2 and 4.3"),
    ]


# ---------------------------------------------------------------------------------------------------------------------
# Mistakes.
# ---------------------------------------------------------------------------------------------------------------------

SLICE = "x = X[:, t, :]\n"
STEP = "a, _, c = LSTM_cell(x, initial_state=[a, c])"
MAKE_CELL = "LSTM(n_a, return_state=True)(x, initial_state=[a, c])"
MAKE_DENSOR = 'Dense(n_values, activation="softmax")(a)'
SHARING = (
    "A layer that is made in the function has weights of its own, which nobody trains, or which no other step shares."
)


def _step_mistakes(model, first):
    """Return the mistakes in one step of the cell, its outputs and the list of inputs, which both models allow.

    Parameters
    ----------
    model : str
        The model's name in the solution.
    first : str
        Its first input.
    """
    steps = {"X": "Tx", "x0": "1"}[first]
    inputs = f"{model} = Model(inputs=[{first}, a0, c0], outputs=outputs)"
    return (
        Mistake(
            "states_not_passed_on",
            "every step starts from a0 and c0; only the first one does. Each later step starts from the a and c that "
            "the step before returned.",
            ((STEP, STEP.replace("[a, c]", "[a0, c0]")),),
        ),
        Mistake(
            "cell_state_not_passed_on",
            "every step starts from the cell state c0; the cell returns a new c, and the next step needs it.",
            ((STEP, "a, _, _ = LSTM_cell(x, initial_state=[a, c])"),),
        ),
        Mistake(
            "hidden_state_not_passed_on",
            "every step starts from the hidden state a0; the cell returns a new a, and the next step needs it.",
            ((STEP, "a, _, c = LSTM_cell(x, initial_state=[a0, c])"),),
        ),
        Mistake(
            "no_initial_state",
            "the cell is called without initial_state, so that every step starts from zeros; give it "
            "initial_state=[a, c].",
            ((STEP, "a, _, c = LSTM_cell(x)"),),
        ),
        Mistake(
            "first_step_from_zeros",
            "the first step starts from zeros; it starts from a0 and c0.",
            ((STEP, "a, _, c = LSTM_cell(x) if t == 0 else LSTM_cell(x, initial_state=[a, c])"),),
        ),
        Mistake(
            "cell_state_before_hidden_state",
            "initial_state is given as [c, a]; Keras takes the hidden state a first, then the cell state c: [a, c].",
            ((STEP, STEP.replace("[a, c]", "[c, a]")),),
        ),
        Mistake(
            "returned_states_swapped",
            "what the cell returns is taken for c and a; it returns its output, then the hidden state a, then the cell "
            "state c.",
            ((STEP, "c, _, a = LSTM_cell(x, initial_state=[a, c])"),),
        ),
        Mistake(
            "second_value_taken_for_c",
            "the second value that the cell returns is taken for the cell state c; it is the hidden state a once more. "
            "The cell returns its output, then the hidden state a, then the cell state c.",
            ((STEP, "a, c, _ = LSTM_cell(x, initial_state=[a, c])"),),
        ),
        Mistake(
            "prediction_from_cell_state",
            "the prediction is read from the cell state c; it is read from the hidden state a.",
            (("out = densor(a)", "out = densor(c)"),),
        ),
        Mistake(
            "softmax_twice",
            "the prediction goes through softmax twice; densor has it already.",
            (("out = densor(a)", "out = ops.softmax(densor(a))"),),
        ),
        Mistake(
            "states_as_outputs",
            "the outputs are the hidden states a; append the predictions, densor(a).",
            (("outputs.append(out)", "outputs.append(a)"),),
        ),
        Mistake(
            "new_cell_at_every_step",
            "a new LSTM is made in every step; call the LSTM_cell that is given. " + SHARING,
            ((STEP, f"a, _, c = {MAKE_CELL}"),),
        ),
        Mistake(
            "new_densor_at_every_step",
            "a new Dense layer is made in every step; call the densor that is given. " + SHARING,
            (("out = densor(a)", f"out = {MAKE_DENSOR}"),),
        ),
        Mistake(
            "one_new_cell",
            "a new LSTM is made before the loop; call the LSTM_cell that is given. " + SHARING,
            (
                ("    outputs = []\n", "    own = LSTM(n_a, return_state=True)\n    outputs = []\n"),
                (STEP, "a, _, c = own(x, initial_state=[a, c])"),
            ),
        ),
        Mistake(
            "states_before_" + first,
            f"the model's inputs are [a0, c0, {first}]; the order is [{first}, a0, c0].",
            ((inputs, inputs.replace(f"[{first}, a0, c0]", f"[a0, c0, {first}]")),),
        ),
        Mistake(
            "c0_before_a0",
            f"the model's inputs are [{first}, c0, a0]; the order is [{first}, a0, c0].",
            ((inputs, inputs.replace("a0, c0", "c0, a0")),),
        ),
        Mistake(
            "states_are_no_inputs",
            f"a0 and c0 are missing from the model's inputs; the list is [{first}, a0, c0].",
            ((inputs, inputs.replace(f"[{first}, a0, c0]", f"[{first}]")),),
        ),
        Mistake(
            "only_the_last_output",
            "the model has one output, the last step's; it needs the list of all of them.",
            ((inputs, inputs.replace("outputs=outputs", "outputs=out")),),
        ),
        Mistake(
            "cell_called_by_another_keyword",
            "the cell is given its input as inputs=...; Keras 3 calls that parameter sequences. Write the input first, "
            "without a name.",
            ((STEP, STEP.replace("(x,", "(inputs=x,")),),
        ),
        Mistake(
            "model_called_by_other_keywords",
            "Model is given input=... and output=..., as the first versions of Keras called them; the parameters are "
            "now inputs and outputs.",
            ((inputs, inputs.replace("inputs=", "input=").replace("outputs=", "output=")),),
        ),
        *(
            Mistake(
                f"tokens_written_as_{number}",
                "the number of tokens is written as a number that belongs to other music, such as 78 or 90; this "
                "corpus has n_values of them.",
                ((f"shape=({steps}, n_values)", f"shape=({steps}, {number})"),),
            )
            for number in OTHER_VOCABULARIES
        ),
        Mistake(
            "outputs_stacked",
            "the model has one output, in which all steps are stacked; it needs a list, one output for each step.",
            ((inputs, inputs.replace("outputs=outputs", "outputs=ops.stack(outputs, axis=1)")),),
        ),
    )


DJMODEL_MISTAKES = (
    Mistake(
        "late_bound_lambda",
        "every step reads the last slice of X. A lambda in the loop does that: it looks up t when it is called, not "
        "when it is written, and the model calls it after the loop, when t is Tx - 1. Write X[:, t, :] without a "
        "lambda, or bind t at once: lambda z, t=t: z[:, t, :].",
        ((SLICE, "x = Lambda(lambda z: z[:, t, :])(X)\n"),),
    ),
    Mistake(
        "lambda_reaches_past_its_argument",
        "a lambda overlooks its own argument and takes X from outside: lambda x: X[:, t, :]. X is symbolic, a "
        "placeholder without numbers; in Keras 3 it stays one inside the lambda, whatever the model is fed with. "
        "Write X[:, t, :] without a lambda, or let the lambda use its argument and bind t at once: "
        "lambda z, t=t: z[:, t, :].",
        ((SLICE, "x = Lambda(lambda x: X[:, t, :])(X)\n"),),
    ),
    *_step_mistakes("model", "X"),
    Mistake(
        "numpy_on_a_symbolic_tensor",
        "a function of NumPy (np.) wants numbers, and a symbolic tensor has none until the model runs. Slice it as "
        "it is, and use layers, such as reshaper, or functions of keras.ops: Keras keeps them as steps of the model.",
        (("x = reshaper(x)", "x = np.reshape(x, (-1, 1, n_values))"),),
    ),
    Mistake(
        "tensorflow_on_a_symbolic_tensor",
        "a function of TensorFlow (tf.) is called on a symbolic tensor; Keras 3 refuses that outside of a layer. Use "
        "the reshaper, or the function of the same name in keras.ops, or call it inside a Lambda layer.",
        (("x = reshaper(x)", "x = tf.reshape(x, (-1, 1, n_values))"),),
    ),
    *(
        Mistake(
            f"backend_has_no_{function}",
            f"keras.backend, often called K, has no {function} any more; keras.ops has what it held. Here the reshaper "
            "does the work.",
            (("x = reshaper(x)", f"x = keras.backend.{call}"),),
        )
        for function, call in (("reshape", "reshape(x, (-1, 1, n_values))"), ("expand_dims", "expand_dims(x, axis=1)"))
    ),
    Mistake(
        "loop_over_a_symbolic_tensor",
        "the loop runs over X itself; a symbolic tensor cannot be gone through like a list. Loop over the numbers of "
        "the steps, range(Tx), and take slice t of X.",
        (("for t in range(Tx):", "for x in X:"), (f"        {SLICE}", "")),
    ),
    Mistake(
        "reads_one_step_ahead",
        "step t reads slice t + 1; that is what it shall predict. It reads slice t.",
        ((SLICE, "x = X[:, min(t + 1, Tx - 1), :]\n"),),
    ),
    Mistake(
        "reads_past_the_end",
        "step t reads slice t + 1, and there is none after the last step; it reads slice t, from 0 to Tx - 1.",
        ((SLICE, "x = X[:, t + 1, :]\n"),),
    ),
    Mistake(
        "first_slice_at_every_step",
        "every step reads the first slice, X[:, 0, :]; step t reads X[:, t, :].",
        ((SLICE, "x = X[:, 0, :]\n"),),
    ),
    Mistake(
        "time_runs_backward",
        "step t reads slice Tx - 1 - t, from the last to the first; step t reads slice t.",
        ((SLICE, "x = X[:, Tx - 1 - t, :]\n"),),
    ),
    Mistake(
        "whole_sequence_at_every_step",
        "every step reads all of X; step t reads the slice X[:, t, :] alone.",
        ((f"{SLICE}        x = reshaper(x)\n", "x = X\n"),),
    ),
    Mistake(
        "slice_not_reshaped",
        "the slice goes into the cell as it is, with shape (m, n_values); the cell wants a sequence of one step, "
        "(m, 1, n_values): send it through reshaper.",
        (("        x = reshaper(x)\n", ""),),
    ),
    Mistake(
        "last_step_missing",
        "the loop ends one step early: range(Tx) already stops before Tx.",
        (("for t in range(Tx):", "for t in range(Tx - 1):"), ("outputs = []", "outputs, out = [], densor(a0)")),
    ),
    Mistake(
        "first_step_missing",
        "the loop begins with step 1; it begins with step 0.",
        (("for t in range(Tx):", "for t in range(1, Tx):"), ("outputs = []", "outputs, out = [], densor(a0)")),
    ),
    Mistake(
        "length_written_as_a_number",
        "the input X is made for 30 steps; it has Tx steps, whatever Tx is.",
        (("Input(shape=(Tx, n_values))", "Input(shape=(30, n_values))"),),
    ),
)

CHOICE = "x = one_hot(out)"


def _choose(by, places="n_values"):
    """Return the edit that takes another choice of the next token."""
    return (CHOICE, f"x = RepeatVector(1)(ops.one_hot({by}, {places}))")


INFERENCE_MISTAKES = (
    Mistake(
        "feeds_the_probabilities",
        "the next step reads the probabilities; it reads the one token that was chosen: the one-hot vector of their "
        "argmax.",
        ((CHOICE, "x = RepeatVector(1)(out)"),),
    ),
    Mistake(
        "x0_at_every_step",
        "every step reads x0; only the first one does. Each later step reads the one-hot argmax of the step before.",
        ((STEP, STEP.replace("(x,", "(x0,")),),
    ),
    *_step_mistakes("inference_model", "x0"),
    Mistake(
        "numpy_on_a_symbolic_tensor",
        "a function of NumPy (np.) wants numbers, and a symbolic tensor has none until the model runs. Use one_hot, or "
        "functions of keras.ops: Keras keeps them as steps of the model.",
        ((CHOICE, "x = np.argmax(out, axis=-1)"),),
    ),
    Mistake(
        "tensorflow_on_a_symbolic_tensor",
        "a function of TensorFlow (tf.) is called on a symbolic tensor; Keras 3 refuses that outside of a layer. Use "
        "one_hot, or the functions of the same names in keras.ops, or call them inside a Lambda layer.",
        ((CHOICE, "x = RepeatVector(1)(tf.one_hot(tf.argmax(out, axis=-1), n_values))"),),
    ),
    *(
        Mistake(
            f"backend_has_no_{function}",
            f"keras.backend, often called K, has no {function} any more; keras.ops has what it held.",
            ((CHOICE, f"x = RepeatVector(1)(keras.backend.{call})"),),
        )
        for function, call in (("argmax", "argmax(out)"), ("one_hot", "one_hot(ops.argmax(out, axis=-1), n_values)"))
    ),
    Mistake(
        "to_categorical_on_a_symbolic_tensor",
        "to_categorical wants numbers, and a symbolic tensor has none until the model runs. Use one_hot, or "
        "ops.one_hot, which Keras keeps as a step of the model.",
        ((CHOICE, "x = RepeatVector(1)(to_categorical(ops.argmax(out, axis=-1), n_values))"),),
    ),
    Mistake(
        "function_in_a_lambda_fails",
        "the function inside the Lambda layer raises an error, and Keras tells only what follows from it: that it "
        "cannot work out the shape. Call the function on an array of numbers and you see the error itself. Functions "
        "of K. are gone from Keras 3, and functions of np. do not take what a Lambda gives them; keras.ops has both.",
        ((CHOICE, "x = Lambda(lambda z: keras.backend.one_hot(keras.backend.argmax(z), n_values))(out)"),),
    ),
    Mistake(
        "argmax_over_axis_0",
        "the argmax runs over axis 0, the examples; the tokens lie along the last axis, axis=-1.",
        (_choose("ops.argmax(out, axis=0)"),),
    ),
    Mistake(
        "argmax_over_everything",
        "the argmax is taken without an axis, over the whole array; take one for each example, axis=-1.",
        (_choose("ops.reshape(ops.argmax(out), (1,))"),),
    ),
    Mistake(
        "token_chosen_from_the_state",
        "the argmax is taken of the hidden state a; it is taken of the prediction, out.",
        (_choose("ops.argmax(a, axis=-1)"),),
    ),
    Mistake(
        "least_probable_token",
        "the next step reads the least probable token; take the argmax.",
        (_choose("ops.argmin(out, axis=-1)"),),
    ),
    Mistake(
        "one_hot_of_another_length",
        "the one-hot vector has another number of places than x0, which has n_values: one more, or as many as other "
        "music has tokens, such as 78 or 90.",
        (_choose("ops.argmax(out, axis=-1)", "78"),),
    ),
    Mistake(
        "one_hot_without_time_axis",
        "the next x has shape (m, n_values); the cell wants a sequence of one step, (m, 1, n_values), which "
        "one_hot gives at once, and RepeatVector(1) makes of the former.",
        ((CHOICE, "x = ops.one_hot(ops.argmax(out, axis=-1), n_values)"),),
    ),
    Mistake(
        "time_axis_twice",
        "RepeatVector gets a sequence of one step, (m, 1, n_values), which has a time axis already; what one_hot gives "
        "can go into the cell as it is.",
        ((CHOICE, "x = RepeatVector(1)(one_hot(out))"),),
    ),
    Mistake(
        "one_hot_vectors_as_outputs",
        "the outputs are the one-hot vectors; the model's outputs are the probabilities, densor(a).",
        (("        outputs.append(out)\n", ""), (CHOICE, f"{CHOICE}\n        outputs.append(x)")),
    ),
    Mistake(
        "one_step_missing",
        "the model has Ty - 1 outputs: range(Ty) already stops before Ty.",
        (("for t in range(Ty):", "for t in range(Ty - 1):"), ("outputs = []", "outputs, out = [], densor(a0)")),
    ),
    Mistake(
        "one_step_too_many",
        "the model has Ty + 1 outputs; the loop takes Ty steps.",
        (("for t in range(Ty):", "for t in range(Ty + 1):"),),
    ),
)

CALL = "predictions = inference_model([x_initializer, a_initializer, c_initializer])"
INDICES = "indices = np.argmax(probabilities, axis=-1)[:, np.newaxis]"
RESULTS = "results = np.eye(n_values)[indices[:, 0]]"
RETURN = "return results, indices"

SAMPLER_MISTAKES = (
    Mistake(
        "argmax_over_time",
        "the argmax runs over axis 0, the time steps; the tokens lie along the last axis, axis=-1.",
        ((INDICES, INDICES.replace("axis=-1", "axis=0")),),
    ),
    Mistake(
        "a_list_even_of_one_step",
        "for a single step Keras returns the bare array, not a list of one, and the axis of time is missing. Bring the "
        "answer to the shape (Ty, n_values) before you take the argmax.",
        (
            (".reshape(-1, n_values)", ""),
            (INDICES, "indices = np.argmax(probabilities, axis=-1)"),
            (RESULTS, "results = to_categorical(indices, num_classes=n_values)"),
        ),
    ),
    Mistake(
        "argmax_over_the_examples",
        "the argmax runs over axis 1 of an array (Ty, 1, n_values), where there is nothing to choose from; the tokens "
        "lie along the last axis, axis=-1.",
        (
            (".reshape(-1, n_values)", ""),
            (INDICES, "indices = np.argmax(probabilities, axis=1)"),
            (RESULTS, "results = np.eye(n_values)[indices]"),
        ),
    ),
    Mistake(
        "argmax_over_everything",
        "the argmax is taken without an axis, over all steps at once; take one for each step, axis=-1.",
        (
            (INDICES, "indices = np.argmax(probabilities)"),
            (RESULTS, "results = np.eye(probabilities.size)[indices]"),
        ),
    ),
    Mistake(
        "results_and_indices_swapped",
        "indices and results are returned in the wrong order; first results, then indices.",
        ((RETURN, "return indices, results"),),
    ),
    Mistake(
        "results_are_probabilities",
        "results holds the probabilities; it holds one-hot rows, a single 1 for the chosen token.",
        ((RESULTS, "results = probabilities"),),
    ),
    Mistake(
        "indices_flat",
        "indices has shape (Ty,); it is a column, (Ty, 1).",
        ((RETURN, "return results, indices[:, 0]"),),
    ),
    Mistake(
        "indices_as_row",
        "indices has shape (1, Ty); it is a column, (Ty, 1).",
        ((RETURN, "return results, indices.T"),),
    ),
    Mistake(
        "one_hot_as_long_as_the_highest_token",
        "the rows of results end with the highest token that was chosen; they have n_values places, whether or not the "
        "last token comes up: num_classes=n_values.",
        ((RESULTS, "results = to_categorical(indices)"),),
    ),
    Mistake(
        "one_hot_of_another_vocabulary",
        "the rows of results have as many places as other music has tokens, such as 78 or 90, and a token beyond them "
        "was chosen; there are n_values tokens: num_classes=n_values.",
        ((RESULTS, "results = to_categorical(indices, num_classes=78)"),),
    ),
    Mistake(
        "np_utils_is_gone",
        "np_utils no longer exists; to_categorical stands in keras.utils, and this notebook has imported it.",
        (
            (
                RESULTS,
                "from keras.utils import np_utils\n"
                "    results = np_utils.to_categorical(indices, num_classes=n_values)",
            ),
        ),
    ),
    Mistake(
        "module_np_utils_is_gone",
        "keras.utils.np_utils no longer exists; to_categorical stands in keras.utils, and this notebook has imported "
        "it.",
        (
            (
                RESULTS,
                "from keras.utils.np_utils import to_categorical\n"
                "    results = to_categorical(indices, num_classes=n_values)",
            ),
        ),
    ),
    Mistake(
        "backend_has_no_one_hot",
        "keras.backend, often called K, has no one_hot any more; to_categorical does the work here, or keras.ops.",
        ((RESULTS, "results = keras.backend.one_hot(indices[:, 0], n_values)"),),
    ),
    Mistake(
        "backend_has_no_argmax",
        "keras.backend, often called K, has no argmax any more; the model's answer is numbers, so that np.argmax does.",
        ((INDICES, "indices = keras.backend.argmax(probabilities, axis=-1)[:, np.newaxis]"),),
    ),
    Mistake(
        "start_not_in_a_list",
        "the model is given three arguments; it takes one, a list of three arrays: [x_initializer, a_initializer, "
        "c_initializer].",
        ((CALL, CALL.replace("[", "").replace("]", "")),),
    ),
    Mistake(
        "one_hot_as_long_as_the_piece",
        "the rows of results have Ty places, one for each step; they have n_values places, one for each token.",
        ((RESULTS, "results = (np.arange(len(indices)) == indices).astype(float)"),),
    ),
    Mistake(
        "one_hot_one_too_long",
        "the rows of results have n_values + 1 places; tokens are counted from 0, so there are n_values.",
        ((RESULTS, "results = np.eye(n_values + 1)[indices[:, 0]]"),),
    ),
    Mistake(
        "results_lie_on_their_side",
        "results has shape (n_values, Ty); its shape is (Ty, n_values).",
        ((RETURN, "return results.T, indices"),),
    ),
    Mistake(
        "only_the_last_step",
        "only the last output of the model is used; results and indices have a row for each of the Ty outputs.",
        (("np.array(predictions)", "np.array(predictions[-1])"),),
    ),
    Mistake(
        "only_the_first_step",
        "only the first output of the model is used; results and indices have a row for each of the Ty outputs.",
        (("np.array(predictions)", "np.array(predictions[0])"),),
    ),
    Mistake(
        "cell_state_before_hidden_state",
        "the model is given c_initializer before a_initializer; the order is x, a, c.",
        ((CALL, CALL.replace("a_initializer, c_initializer", "c_initializer, a_initializer")),),
    ),
    Mistake(
        "starts_from_zeros",
        "the model is given zeros as hidden state and cell state; give it a_initializer and c_initializer.",
        (
            (
                CALL,
                CALL.replace(
                    "a_initializer, c_initializer", "np.zeros_like(a_initializer), np.zeros_like(c_initializer)"
                ),
            ),
        ),
    ),
    Mistake(
        "tokens_counted_from_1",
        "indices counts the tokens from 1; the first token is number 0.",
        ((RETURN, "return results, indices + 1"),),
    ),
)

MODEL_PARTS = {"inputs": 0.1, "outputs": 0.7, "shared weights": 0.2}

EXERCISES = (
    Exercise(
        name="djmodel",
        points=40,
        parts=MODEL_PARTS,
        cases=_djmodel_cases,
        mistakes=DJMODEL_MISTAKES,
        probe="helpers.music.probes:djmodel",
        timeout=TIMEOUT,
    ),
    Exercise(
        name="music_inference_model",
        points=35,
        parts=MODEL_PARTS,
        cases=_inference_cases,
        mistakes=INFERENCE_MISTAKES,
        probe="helpers.music.probes:music_inference_model",
        timeout=TIMEOUT,
    ),
    Exercise(
        name="predict_and_sample",
        points=25,
        parts={"results": 0.6, "indices": 0.4},
        returns=("results", "indices"),
        cases=_sampler_cases,
        mistakes=SAMPLER_MISTAKES,
        probe="helpers.music.probes:predict_and_sample",
        timeout=TIMEOUT,
    ),
)
