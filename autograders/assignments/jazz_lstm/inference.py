"""Section 3 of `jazz_lstm`: the model that composes."""

from autograders.assignments.jazz_lstm.cases import inference_cases
from autograders.assignments.jazz_lstm.shared import MODEL_PARTS, STEP, TIMEOUT, step_mistakes
from autograders.engine.exercise import Exercise, Mistake

CHOICE = "x = one_hot(out)"


def _choose(by, places="n_values"):
    """Return the edit that takes another choice of the next token."""
    return (CHOICE, f"x = RepeatVector(1)(ops.one_hot({by}, {places}))")


INFERENCE_MISTAKES = (
    Mistake(
        "feeds_the_probabilities",
        "What kind of vector has the network read all through its training? Is that what your next step reads?",
        "the next step reads the probabilities; it reads the one token that was chosen: the one-hot vector of their "
        "argmax.",
        "section 3.1, the paragraph on feeding the probabilities",
        ((CHOICE, "x = RepeatVector(1)(out)"),),
    ),
    Mistake(
        "x0_at_every_step",
        "Does a step of your model ever learn what the step before has chosen?",
        "every step reads x0; only the first one does. Each later step reads the one-hot argmax of the step before.",
        "section 3.1, the last of the equations of the model that composes",
        ((STEP, STEP.replace("(x,", "(x0,")),),
    ),
    *step_mistakes("inference_model", "x0", "section 3.1"),
    Mistake(
        "numpy_on_a_symbolic_tensor",
        "While the model is being built, does the prediction hold numbers yet? Can the function that you call work "
        "without them?",
        "a function of NumPy (np.) wants numbers, and a symbolic tensor has none until the model runs. Use one_hot, or "
        "functions of keras.ops: Keras keeps them as steps of the model.",
        "section 3.1, the task of the model that composes, its second paragraph",
        ((CHOICE, "x = np.argmax(out, axis=-1)"),),
    ),
    Mistake(
        "tensorflow_on_a_symbolic_tensor",
        "While the model is being built, the prediction is a placeholder of Keras. Whose functions know what to do "
        "with it?",
        "a function of TensorFlow (tf.) is called on a symbolic tensor; Keras 3 refuses that outside of a layer. Use "
        "one_hot, or the functions of the same names in keras.ops, or call them inside a Lambda layer.",
        "section 3.1, the task of the model that composes, its second paragraph",
        ((CHOICE, "x = RepeatVector(1)(tf.one_hot(tf.argmax(out, axis=-1), n_values))"),),
    ),
    *(
        Mistake(
            f"backend_has_no_{function}",
            "Which library does the function that you call come from, and does this version of Keras still have it?",
            f"keras.backend, often called K, has no {function} any more; keras.ops has what it held.",
            "section 3.1, the task of the model that composes, its second paragraph",
            ((CHOICE, f"x = RepeatVector(1)(keras.backend.{call})"),),
        )
        for function, call in (("argmax", "argmax(out)"), ("one_hot", "one_hot(ops.argmax(out, axis=-1), n_values)"))
    ),
    Mistake(
        "to_categorical_on_a_symbolic_tensor",
        "While the model is being built, does the prediction hold numbers yet? Can the function that makes your one- "
        "hot vector work without them?",
        "to_categorical wants numbers, and a symbolic tensor has none until the model runs. Use one_hot, or "
        "ops.one_hot, which Keras keeps as a step of the model.",
        "section 3.1, the task of the model that composes, its second paragraph",
        ((CHOICE, "x = RepeatVector(1)(to_categorical(ops.argmax(out, axis=-1), n_values))"),),
    ),
    Mistake(
        "function_in_a_lambda_fails",
        "What happens if you call the function that is inside your Lambda by itself, on a small array of numbers?",
        "the function inside the Lambda layer raises an error, and Keras tells only what follows from it: that it "
        "cannot work out the shape. Call the function on an array of numbers and you see the error itself. Functions "
        "of K. are gone from Keras 3, and functions of np. do not take what a Lambda gives them; keras.ops has both.",
        "section 3.1, the task of the model that composes, its second paragraph",
        ((CHOICE, "x = Lambda(lambda z: keras.backend.one_hot(keras.backend.argmax(z), n_values))(out)"),),
    ),
    Mistake(
        "argmax_over_axis_0",
        "A prediction has one row for each example. Along which axis do the tokens lie, among which you choose?",
        "the argmax runs over axis 0, the examples; the tokens lie along the last axis.",
        "section 3.1, the last of the equations of the model that composes",
        (_choose("ops.argmax(out, axis=0)"),),
    ),
    Mistake(
        "argmax_over_everything",
        "With three starts side by side, how many tokens should be chosen at each step? How many does your argmax "
        "give?",
        "the argmax is taken without an axis, over the whole array; take one for each example, along the last axis.",
        "section 3.1, the last of the equations of the model that composes",
        (_choose("ops.reshape(ops.argmax(out), (1,))"),),
    ),
    Mistake(
        "token_chosen_from_the_state",
        "Which vector holds one probability for each token? Is it the one from which you choose?",
        "the argmax is taken of the hidden state a; it is taken of the prediction, out.",
        "section 3.1, the last of the equations of the model that composes",
        (_choose("ops.argmax(a, axis=-1)"),),
    ),
    Mistake(
        "least_probable_token",
        "Print one prediction and the token that you choose from it. What is special about that token's probability?",
        "the next step reads the least probable token; take the argmax.",
        "section 3.1, the last of the equations of the model that composes",
        (_choose("ops.argmin(out, axis=-1)"),),
    ),
    Mistake(
        "one_hot_of_another_length",
        "How many places has the vector that your next step reads, and how many has the start? Of what is it made?",
        "the vector that the next step reads has another number of places than x0, which has n_values: one more, as "
        "many as other music has tokens, such as 78 or 90, or as many as a state, if it is made of one and not of the "
        "prediction.",
        "section 3.1, the last of the equations of the model that composes",
        (_choose("ops.argmax(out, axis=-1)", "78"),),
    ),
    Mistake(
        "one_hot_of_a_state",
        "How many places has the vector that your next step reads? Which vectors have as many?",
        "what the next step reads has as many places as a state. It is the one-hot vector of the prediction, which has "
        "n_values; is the densor called?",
        "section 3.1, the last of the equations of the model that composes",
        ((CHOICE, "x = one_hot(a)"),),
    ),
    Mistake(
        "one_hot_without_time_axis",
        "The start has three axes. How many has the vector that your second step reads?",
        "x0 or the next x has shape (m, n_values); the cell wants a sequence of one step, (m, 1, n_values). That is "
        "the shape of x0, and of what one_hot gives; a RepeatVector of 1 makes it of the former.",
        "section 3.1, the last of the equations of the model that composes",
        ((CHOICE, "x = ops.one_hot(ops.argmax(out, axis=-1), n_values)"),),
    ),
    Mistake(
        "time_axis_twice",
        "What shape does the helper for one-hot vectors give already? What does one more axis make of it?",
        "RepeatVector gets a sequence of one step, (m, 1, n_values), which has a time axis already; what one_hot gives "
        "can go into the cell as it is.",
        "section 3.1, the task of the model that composes, its second paragraph",
        ((CHOICE, "x = RepeatVector(1)(one_hot(out))"),),
    ),
    Mistake(
        "one_hot_vectors_as_outputs",
        "Each step makes a prediction and a choice. Which of the two should the model hand out?",
        "the outputs are the one-hot vectors; the model's outputs are the probabilities, which the densor gives.",
        "section 3.1, the task of the model that composes, its first paragraph",
        (("        outputs.append(out)\n", ""), (CHOICE, f"{CHOICE}\n        outputs.append(x)")),
    ),
    Mistake(
        "one_step_missing",
        "For a piece of three steps, how often does your loop run, and how many outputs does the model have?",
        "the model has T_y - 1 outputs: range already stops before its end, so it takes T_y itself.",
        "section 3.1, the task of the model that composes, its first paragraph",
        (("for t in range(Ty):", "for t in range(Ty - 1):"), ("outputs = []", "outputs, out = [], densor(a0)")),
    ),
    Mistake(
        "one_step_too_many",
        "For a piece of three steps, how often does your loop run, and how many outputs does the model have?",
        "the model has T_y + 1 outputs; the loop takes T_y steps.",
        "section 3.1, the task of the model that composes, its first paragraph",
        (("for t in range(Ty):", "for t in range(Ty + 1):"),),
    ),
)

music_inference_model = Exercise(
    name="music_inference_model",
    parts=MODEL_PARTS,
    cases=inference_cases,
    mistakes=INFERENCE_MISTAKES,
    probe="helpers.music.probes:music_inference_model",
    slips=False,
    timeout=TIMEOUT,
)
