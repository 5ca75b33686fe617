"""Section 3 of `jazz_lstm`: the model that composes."""

from autograders.assignments.jazz_lstm.cases import inference_cases
from autograders.assignments.jazz_lstm.shared import MODEL_PARTS, STEP, TIMEOUT, step_mistakes
from autograders.exercise import Exercise, Mistake

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
    *step_mistakes("inference_model", "x0"),
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
        "the model has T_y - 1 outputs: range(Ty) already stops before T_y.",
        (("for t in range(Ty):", "for t in range(Ty - 1):"), ("outputs = []", "outputs, out = [], densor(a0)")),
    ),
    Mistake(
        "one_step_too_many",
        "the model has T_y + 1 outputs; the loop takes T_y steps.",
        (("for t in range(Ty):", "for t in range(Ty + 1):"),),
    ),
)

music_inference_model = Exercise(
    name="music_inference_model",
    parts=MODEL_PARTS,
    cases=inference_cases,
    mistakes=INFERENCE_MISTAKES,
    probe="helpers.music.probes:music_inference_model",
    timeout=TIMEOUT,
)
