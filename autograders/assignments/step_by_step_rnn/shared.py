"""What several exercises of `step_by_step_rnn` share: predictions, loops over a sequence, and how they go wrong."""

from autograders.engine.exercise import Mistake

STAND_INS = "helpers.rnn.stand_ins:"
STACK = "stacked = np.concatenate([a_prev, xt], axis=0)"
LSTM_CACHE = ("a_next", "c_next", "a_prev", "c_prev", "ft", "it", "cct", "ot", "xt", "parameters")


def _prediction(weights, bias):
    return f"yt_pred = softmax({weights} @ a_next + {bias})"


def prediction_given(weights, bias):
    return _prediction(weights, bias), 'yt_pred = given["yt_pred"]'


def prediction_mistakes(weights, bias, read, section):
    """Return mistakes in `softmax(weights @ a_next + bias)`; `read` is what a learner reads it from instead."""
    right = _prediction(weights, bias)
    logits = f"{weights} @ a_next + {bias}"
    return (
        Mistake(
            "prediction_softmax_axis_1",
            "Add up each column of your prediction, then each row. Which of these sums should be 1?",
            "the softmax runs over axis 1, across the sequences; the classes lie along axis 0, and each column sums to "
            "1.",
            f"{section}, the equation for the prediction",
            ((right, f"yt_pred = softmax({logits}, axis=1)"),),
        ),
        Mistake(
            "prediction_softmax_over_everything",
            "Add up one column of your prediction. Should the probabilities of one sequence depend on the other "
            "sequences?",
            "the softmax divides by the sum of the whole array; sum over axis 0 and keep that axis, one sum for each "
            "column.",
            f"{section}, the equation for the prediction",
            ((right, f"scores = np.exp({logits} - np.max({logits}))\n    yt_pred = scores / np.sum(scores)"),),
        ),
        Mistake(
            "prediction_softmax_overflows",
            "What does your softmax give when one logit is 1000? Try it on a single column.",
            "np.exp of a large logit is infinite, and infinity / infinity is NaN. Use softmax from the packages cell, "
            "or subtract each column's largest logit first.",
            f"{section}, the equation for the prediction",
            ((right, f"scores = np.exp({logits})\n    yt_pred = scores / np.sum(scores, axis=0, keepdims=True)"),),
        ),
        Mistake(
            "prediction_without_softmax",
            "Are the entries of your prediction probabilities? Are they positive, and does each column sum to 1?",
            "the prediction stops at the logits; send them through softmax.",
            f"{section}, the equation for the prediction",
            ((right, f"yt_pred = {logits}"),),
        ),
        Mistake(
            "prediction_with_sigmoid",
            "Add up one column of your prediction. Which function makes the classes share one whole among them?",
            "the prediction uses sigmoid, which treats each class on its own; softmax makes the classes share 1.",
            f"{section}, the equation for the prediction",
            ((right, f"yt_pred = sigmoid({logits})"),),
        ),
        Mistake(
            "prediction_without_bias",
            "Compare your prediction with its equation, term by term. Is there one that you do not have?",
            "the bias by is missing from the prediction.",
            f"{section}, the equation for the prediction",
            ((right, f"yt_pred = softmax({weights} @ a_next)"),),
        ),
        Mistake(
            "prediction_from_" + read,
            "What is the prediction read from? Must what was read at this step count in it?",
            f"the prediction is read from {read}; it is read from the new state a_next.",
            f"{section}, the equation for the prediction",
            ((right, f"yt_pred = softmax({weights} @ {read} + {bias})"),),
        ),
    )


def sequence_mistakes(cell, section):
    """Return mistakes in the loop over a sequence, which is alike for the basic RNN and the GRU."""
    call = f"a_next, yt_pred, cache = {cell}(x[:, :, t], a_next, parameters)"
    return (
        Mistake(
            "a0_at_every_step",
            "What happens, in your loop, to the state that a step returns? Does the next step ever see it?",
            "every step starts from a0; only the first one does. Each later step starts from the state that the step "
            "before returned.",
            f"{section}, the idea and the equation",
            ((call, call.replace("a_next, parameters", "a0, parameters")),),
        ),
        Mistake(
            "start_from_zeros",
            "The caller gives a start for the state. Where do you use it?",
            "the first step starts from zeros; it starts from a0.",
            f"{section}, the start of the equations",
            (("a_next = a0\n", "a_next = np.zeros((n_a, m))\n"),),
        ),
        Mistake(
            "states_sized_n_a",
            "How many time steps are there? Which size of your array for the states should say so?",
            "a is made with n_a time steps; its shape is (n_a, m, T_x).",
            f"{section}, the shape of a in the equations",
            (("a = np.zeros((n_a, m, T_x))", "a = np.zeros((n_a, m, n_a))"),),
        ),
        Mistake(
            "predictions_sized_n_a",
            "How many time steps are there? Which size of your array for the predictions should say so?",
            "y_pred is made with n_a time steps; its shape is (n_y, m, T_x).",
            f"{section}, the shape of the predictions in the equations",
            (("y_pred = np.zeros((n_y, m, T_x))", "y_pred = np.zeros((n_y, m, n_a))"),),
        ),
        Mistake(
            "predictions_sized_by_inputs",
            "How many numbers does one prediction have? How many rows does your array for the predictions have?",
            "y_pred is made with n_x rows, one for each input; it has n_y rows, one for each class.",
            f"{section}, the shape of the predictions in the equations",
            (("y_pred = np.zeros((n_y, m, T_x))", "y_pred = np.zeros((n_x, m, T_x))"),),
        ),
        Mistake(
            "first_input_at_every_step",
            "Print which slice of x the cell gets at each step. Does it change with t?",
            "every step reads the first slice of x; step t reads slice t.",
            f"{section}, the equation of one step",
            ((call, call.replace("x[:, :, t]", "x[:, :, 0]")),),
        ),
        Mistake(
            "last_input_at_every_step",
            "Print which slice of x the cell gets at each step. Does it change with t?",
            "every step reads the last slice of x; step t reads slice t.",
            f"{section}, the equation of one step",
            ((call, call.replace("x[:, :, t]", "x[:, :, -1]")),),
        ),
        Mistake(
            "steps_along_axis_1",
            "x has three axes. Which one is time, and along which one does your loop step?",
            "step t reads along axis 1 of x, where the m sequences lie; time is the last axis.",
            f"{section}, the equation of one step, and the notation table, the row of x",
            ((call, call.replace("x[:, :, t]", "x[:, t, :]")),),
        ),
        Mistake(
            "steps_along_axis_0",
            "x has three axes. Which one is time, and on which one does the t of your loop stand?",
            "step t reads along axis 0 of x, where the numbers of one input lie; time is the last axis.",
            f"{section}, the equation of one step, and the notation table, the row of x",
            ((call, call.replace("x[:, :, t]", "x[t]")),),
        ),
        Mistake(
            "time_runs_backward",
            "At which step is the given start a0 needed? At which step does your loop use it?",
            "the loop runs from the last step to the first; the forward pass starts with the first.",
            f"{section}, the start of the equations",
            (("for t in range(T_x):", "for t in reversed(range(T_x)):"),),
        ),
        Mistake(
            "last_step_missing",
            "Print t in your loop. Which steps does it visit, and which one is left out?",
            "the loop ends one step early: range already stops before its end, so it takes T_x itself.",
            f"{section}, the equation of one step, for t from 1 to T_x",
            (("for t in range(T_x):", "for t in range(T_x - 1):"),),
        ),
        Mistake(
            "first_step_missing",
            "Print t in your loop. What is the number of the first time step in NumPy?",
            "the loop starts at 1; in NumPy the first time step is 0.",
            f"{section}, the equation of one step, for t from 1 to T_x",
            (("for t in range(T_x):", "for t in range(1, T_x):"),),
        ),
        Mistake(
            "state_stored_before_the_step",
            "At the moment when you store a state, has the cell of this step been called yet?",
            "slice t of a holds the state before step t; it holds the one after it, so call the cell first.",
            "section 1.2, the paragraph below the equations: what stands in slice t of a",
            ((f"        {call}\n        a[:, :, t] = a_next\n", f"        a[:, :, t] = a_next\n        {call}\n"),),
        ),
        Mistake(
            "prediction_of_the_last_step_everywhere",
            "Compare your predictions of two different steps. When are they stored: in each step, or once after the "
            "loop?",
            "all steps of y_pred hold the last prediction; store each one inside the loop, in slice t.",
            f"{section}, the equations, and the shape of the predictions",
            (
                ("        y_pred[:, :, t] = yt_pred\n", ""),
                ("    caches = (steps, x)", "    y_pred[:] = yt_pred[:, :, None]\n    caches = (steps, x)"),
            ),
        ),
        Mistake(
            "state_is_a_view",
            "A slice of an array shows a part of it. When the first new state is stored there, what happens to a "
            "cache that kept the slice?",
            "the start is written into the first slice of a and read from there, but a slice is a view: when the "
            "first state is stored, the first cache's a_prev changes with it. Start from a0 itself.",
            "section 2.2, the trap below the task: there the same happens to the cell state",
            (("a_next = a0\n", "a[:, :, 0] = a0\n    a_next = a[:, :, 0]\n"),),
        ),
        Mistake(
            "state_written_over_a0",
            "Print a0 before and after the call. Is it still the start that you were given?",
            "each new state is written into the array of a0, so the caches' a_prev all end up the same and the "
            "caller's a0 is lost. Let the name a_next point to the new array.",
            f"{section}, the start of the equations",
            ((call, call.replace("a_next, yt_pred", "a_next[:], yt_pred", 1)),),
        ),
        Mistake(
            "caches_without_x",
            "The task says that caches is a pair. What is the second half of it?",
            "caches is only the list; it is the tuple (list of caches, x).",
            f"{section}, the task, which says what caches is",
            (("caches = (steps, x)", "caches = steps"),),
        ),
        Mistake(
            "only_the_last_cache",
            "How many caches does your list hold after the loop? How many steps were there?",
            "the list holds one cache, the last; append each step's cache to one list made before the loop.",
            f"{section}, the task, which says what caches is",
            (("steps.append(cache)", "steps = [cache]"),),
        ),
    )
