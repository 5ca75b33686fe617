"""Section 2 of `jazz_lstm`: the model that is trained."""

from autograders.assignments.jazz_lstm.cases import djmodel_cases
from autograders.assignments.jazz_lstm.shared import MODEL_PARTS, SLICE, TIMEOUT, step_mistakes
from autograders.exercise import Exercise, Mistake

DJMODEL_MISTAKES = (
    Mistake(
        "late_bound_lambda",
        "every step reads the last slice of X. A lambda in the loop does that: it looks up t when it is called, not "
        "when it is written, and the model calls it after the loop, when t is T_x - 1. Write X[:, t, :] without a "
        "lambda, or bind t at once: lambda z, t=t: z[:, t, :].",
        ((SLICE, "x = Lambda(lambda z: z[:, t, :])(X)\n"),),
    ),
    Mistake(
        "lambda_reaches_past_its_argument",
        "a lambda ignores its own argument and takes X from outside: lambda x: X[:, t, :]. X is symbolic, a "
        "placeholder without numbers; in Keras 3 it stays one inside the lambda, whatever the model is fed with. "
        "Write X[:, t, :] without a lambda, or let the lambda use its argument and bind t at once: "
        "lambda z, t=t: z[:, t, :].",
        ((SLICE, "x = Lambda(lambda x: X[:, t, :])(X)\n"),),
    ),
    *step_mistakes("model", "X"),
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
        "step t reads slice t + 1, the very token that it must predict; it reads slice t.",
        ((SLICE, "x = X[:, min(t + 1, Tx - 1), :]\n"),),
    ),
    Mistake(
        "reads_past_the_end",
        "step t reads slice t + 1, and there is none after the last step; it reads slice t, from 0 to T_x - 1.",
        ((SLICE, "x = X[:, t + 1, :]\n"),),
    ),
    Mistake(
        "first_slice_at_every_step",
        "every step reads the first slice, X[:, 0, :]; step t reads X[:, t, :].",
        ((SLICE, "x = X[:, 0, :]\n"),),
    ),
    Mistake(
        "time_runs_backward",
        "step t reads slice T_x - 1 - t, from the last to the first; step t reads slice t.",
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
        "the loop ends one step early: range(Tx) already stops before T_x.",
        (("for t in range(Tx):", "for t in range(Tx - 1):"), ("outputs = []", "outputs, out = [], densor(a0)")),
    ),
    Mistake(
        "first_step_missing",
        "the loop begins with step 1; it begins with step 0.",
        (("for t in range(Tx):", "for t in range(1, Tx):"), ("outputs = []", "outputs, out = [], densor(a0)")),
    ),
    Mistake(
        "length_written_as_a_number",
        "the input X is made for 30 steps; it has T_x steps, whatever T_x is.",
        (("Input(shape=(Tx, n_values))", "Input(shape=(30, n_values))"),),
    ),
)

djmodel = Exercise(
    name="djmodel",
    parts=MODEL_PARTS,
    cases=djmodel_cases,
    mistakes=DJMODEL_MISTAKES,
    probe="helpers.music.probes:djmodel",
    timeout=TIMEOUT,
)
