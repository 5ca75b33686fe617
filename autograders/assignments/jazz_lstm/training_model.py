"""Section 2 of `jazz_lstm`: the model that is trained."""

from autograders.assignments.jazz_lstm.cases import djmodel_cases
from autograders.assignments.jazz_lstm.shared import MODEL_PARTS, SLICE, TIMEOUT, step_mistakes
from autograders.engine.exercise import Exercise, Mistake

DJMODEL_MISTAKES = (
    Mistake(
        "late_bound_lambda",
        "When does Python look up the value of t in a lambda: when you write it, or when the model calls it? What is "
        "t by then?",
        "every step reads the last slice of X. A lambda in the loop does that: it looks up t when it is called, not "
        "when it is written, and the model calls it after the loop, when t is T_x - 1. Take the slice of X without a "
        "lambda, or give the lambda t as the default of a second argument, which binds it at once.",
        "section 2, the two traps below the task",
        ((SLICE, "x = Lambda(lambda z: z[:, t, :])(X)\n"),),
    ),
    Mistake(
        "lambda_reaches_past_its_argument",
        "Your lambda has an argument of its own. Does it use that argument, or something from outside?",
        "a lambda ignores its own argument and takes X from outside. X is symbolic, a placeholder without numbers; in "
        "Keras 3 it stays one inside the lambda, whatever the model is fed with. Take the slice of X without a "
        "lambda, or let the lambda use its argument, and bind t at once as the default of a second one.",
        "section 2, the two traps below the task",
        ((SLICE, "x = Lambda(lambda x: X[:, t, :])(X)\n"),),
    ),
    *step_mistakes("model", "X", "section 2"),
    Mistake(
        "numpy_on_a_symbolic_tensor",
        "While the model is being built, does X hold numbers yet? Can the function that you call work without them?",
        "a function of NumPy (np.) wants numbers, and a symbolic tensor has none until the model runs. Slice it as "
        "it is, and use layers, such as reshaper, or functions of keras.ops: Keras keeps them as steps of the model.",
        "section 2, the task, its third point",
        (("x = reshaper(x)", "x = np.reshape(x, (-1, 1, n_values))"),),
    ),
    Mistake(
        "tensorflow_on_a_symbolic_tensor",
        "While the model is being built, X is a placeholder of Keras. Whose functions and layers know what to do with "
        "it?",
        "a function of TensorFlow (tf.) is called on a symbolic tensor; Keras 3 refuses that outside of a layer. Use "
        "the reshaper, or the function of the same name in keras.ops, or call it inside a Lambda layer.",
        "section 2, the task, its third point",
        (("x = reshaper(x)", "x = tf.reshape(x, (-1, 1, n_values))"),),
    ),
    *(
        Mistake(
            f"backend_has_no_{function}",
            "Which library does the function that you call come from, and does this version of Keras still have it? "
            "Which layer were you given for this?",
            f"keras.backend, often called K, has no {function} any more; keras.ops has what it held. Here the reshaper "
            "does the work.",
            "section 1.2, the list of the three layers, the third one",
            (("x = reshaper(x)", f"x = keras.backend.{call}"),),
        )
        for function, call in (("reshape", "reshape(x, (-1, 1, n_values))"), ("expand_dims", "expand_dims(x, axis=1)"))
    ),
    Mistake(
        "loop_over_a_symbolic_tensor",
        "Can you go through a placeholder as through a list? What else could your loop count?",
        "one symbolic tensor is taken apart like a list: a loop runs over it, several names are set from it, or a list "
        "is extended by it. Loop over the numbers of the T_x steps, and take slice t of X; an LSTM returns several "
        "values only with return_state set to True.",
        "section 2, the task, its third point",
        (("for t in range(Tx):", "for x in X:"), (f"        {SLICE}", "")),
    ),
    Mistake(
        "reads_one_step_ahead",
        "What is a step to predict? Does what it reads hold the answer already?",
        "step t reads slice t + 1, the very token that it must predict; it reads slice t.",
        "section 2, the first equation",
        ((SLICE, "x = X[:, min(t + 1, Tx - 1), :]\n"),),
    ),
    Mistake(
        "reads_past_the_end",
        "Which slice does your last step ask for, and how many slices are there? How often does your loop run?",
        "a step asks for a slice after the last one: it reads slice t + 1, or the loop runs too often. There are T_x "
        "steps; step t reads slice t, from 0 to T_x - 1.",
        "section 2, the first equation",
        ((SLICE, "x = X[:, t + 1, :]\n"),),
    ),
    Mistake(
        "reads_one_step_behind",
        "Which slice of X does your very first step read?",
        "step t reads slice t - 1, which for the first step is the last slice; step t reads slice t.",
        "section 2, the first equation",
        ((SLICE, "x = X[:, t - 1, :]\n"),),
    ),
    Mistake(
        "slice_of_the_examples",
        "X has three axes: examples, steps, tokens. Along which of them does your slice count?",
        "slice t is taken along the first axis of X, the examples; time is the second one.",
        "section 2, the first equation",
        ((SLICE, "x = X[t, :, :]\n"),),
    ),
    Mistake(
        "slice_of_the_tokens",
        "X has three axes: examples, steps, tokens. How many numbers does a slice of one step hold, and how many does "
        "yours?",
        "what goes into reshaper has T_x numbers, and not n_values: the slice is taken along the last axis, the "
        "tokens, or Input was given its two sizes in the wrong order.",
        "section 2, the task, its first point and the first equation",
        ((SLICE, "x = X[:, :, t]\n"),),
    ),
    Mistake(
        "first_slice_at_every_step",
        "Which slice of X does your second step read?",
        "every step reads the first slice of X; step t reads slice t.",
        "section 2, the first equation",
        ((SLICE, "x = X[:, 0, :]\n"),),
    ),
    Mistake(
        "second_slice_at_every_step",
        "Which slice of X does your first step read, and which one your second step? What should tell them apart?",
        "every step reads the same slice of X, since its index is a number; step t reads slice t.",
        "section 2, the first equation",
        ((SLICE, "x = X[:, 1, :]\n"),),
    ),
    Mistake(
        "time_runs_backward",
        "Which slice of X does your very first step read?",
        "step t reads slice T_x - 1 - t, from the last to the first; step t reads slice t.",
        "section 2, the first equation",
        ((SLICE, "x = X[:, Tx - 1 - t, :]\n"),),
    ),
    Mistake(
        "whole_sequence_at_every_step",
        "How many tokens should one step read, and how many does yours read?",
        "every step reads all of X; step t reads slice t alone.",
        "section 2, the first equation",
        ((f"{SLICE}        x = reshaper(x)\n", "x = X\n"),),
    ),
    Mistake(
        "slice_not_reshaped",
        "What shape has a slice of X, and what shape does the cell want?",
        "the slice goes into the cell as it is, with shape (m, n_values); the cell wants a sequence of one step, "
        "(m, 1, n_values): send it through reshaper.",
        "section 1.2, the list of the three layers, the third one",
        (("        x = reshaper(x)\n", ""),),
    ),
    Mistake(
        "last_step_missing",
        "For three time steps, how often does your loop run, and how many outputs does the model have?",
        "the loop ends one step early: range already stops before its end, so it takes T_x itself.",
        "section 2, the task, its third point",
        (("for t in range(Tx):", "for t in range(Tx - 1):"), ("outputs = []", "outputs, out = [], densor(a0)")),
    ),
    Mistake(
        "first_step_missing",
        "Print t in your loop. Which slice of X is never read?",
        "the loop begins with step 1; it begins with step 0.",
        "section 2, the task, its third point",
        (("for t in range(Tx):", "for t in range(1, Tx):"), ("outputs = []", "outputs, out = [], densor(a0)")),
    ),
    Mistake(
        "length_written_as_a_number",
        "If the function is asked for five steps, how long is the input that you make?",
        "the input X is made for 30 steps; it has T_x steps, whatever T_x is.",
        "section 2, the task, its first point",
        (("Input(shape=(Tx, n_values))", "Input(shape=(30, n_values))"),),
    ),
)

djmodel = Exercise(
    name="djmodel",
    parts=MODEL_PARTS,
    cases=djmodel_cases,
    mistakes=DJMODEL_MISTAKES,
    probe="helpers.music.probes:djmodel",
    slips=False,
    timeout=TIMEOUT,
)
