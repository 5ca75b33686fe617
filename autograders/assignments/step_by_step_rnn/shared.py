"""What several exercises of `step_by_step_rnn` share: predictions, loops over a sequence, and how they go wrong."""

from autograders.exercise import Mistake

STAND_INS = "helpers.rnn.stand_ins:"
STACK = "stacked = np.concatenate([a_prev, xt], axis=0)"
LSTM_CACHE = ("a_next", "c_next", "a_prev", "c_prev", "ft", "it", "cct", "ot", "xt", "parameters")


def _prediction(weights, bias):
    return f"yt_pred = softmax({weights} @ a_next + {bias})"


def prediction_given(weights, bias):
    return _prediction(weights, bias), 'yt_pred = given["yt_pred"]'


def prediction_mistakes(weights, bias, read):
    """Return mistakes in `softmax(weights @ a_next + bias)`; `read` is what a learner reads it from instead."""
    right = _prediction(weights, bias)
    logits = f"{weights} @ a_next + {bias}"
    return (
        Mistake(
            "prediction_softmax_axis_1",
            "the softmax runs over axis 1, across the sequences; the classes lie along axis 0, and each column sums to "
            "1.",
            ((right, f"yt_pred = softmax({logits}, axis=1)"),),
        ),
        Mistake(
            "prediction_softmax_over_everything",
            "the softmax divides by the sum of the whole array; sum over axis 0 with keepdims=True, one sum for each "
            "column.",
            ((right, f"scores = np.exp({logits} - np.max({logits}))\n    yt_pred = scores / np.sum(scores)"),),
        ),
        Mistake(
            "prediction_softmax_overflows",
            "np.exp of a large logit is infinite, and infinity / infinity is NaN. Use softmax from the packages cell, "
            "or "
            "subtract each column's largest logit first.",
            ((right, f"scores = np.exp({logits})\n    yt_pred = scores / np.sum(scores, axis=0, keepdims=True)"),),
        ),
        Mistake(
            "prediction_without_softmax",
            "the prediction stops at the logits; send them through softmax.",
            ((right, f"yt_pred = {logits}"),),
        ),
        Mistake(
            "prediction_with_sigmoid",
            "the prediction uses sigmoid, which treats each class on its own; softmax makes the classes share 1.",
            ((right, f"yt_pred = sigmoid({logits})"),),
        ),
        Mistake(
            "prediction_without_bias",
            "the bias by is missing from the prediction.",
            ((right, f"yt_pred = softmax({weights} @ a_next)"),),
        ),
        Mistake(
            "prediction_from_" + read,
            f"the prediction is read from {read}; it is read from the new state a_next.",
            ((right, f"yt_pred = softmax({weights} @ {read} + {bias})"),),
        ),
    )


def sequence_mistakes(cell):
    """Return mistakes in the loop over a sequence, which is alike for the basic RNN and the GRU."""
    call = f"a_next, yt_pred, cache = {cell}(x[:, :, t], a_next, parameters)"
    return (
        Mistake(
            "a0_at_every_step",
            "every step starts from a0; only the first one does. Each later step starts from the state that the step "
            "before "
            "returned.",
            ((call, call.replace("a_next, parameters", "a0, parameters")),),
        ),
        Mistake(
            "start_from_zeros",
            "the first step starts from zeros; it starts from a0.",
            (("a_next = a0\n", "a_next = np.zeros((n_a, m))\n"),),
        ),
        Mistake(
            "states_sized_n_a",
            "a is made with n_a time steps; its shape is (n_a, m, T_x).",
            (("a = np.zeros((n_a, m, T_x))", "a = np.zeros((n_a, m, n_a))"),),
        ),
        Mistake(
            "predictions_sized_n_a",
            "y_pred is made with n_a time steps; its shape is (n_y, m, T_x).",
            (("y_pred = np.zeros((n_y, m, T_x))", "y_pred = np.zeros((n_y, m, n_a))"),),
        ),
        Mistake(
            "predictions_sized_by_inputs",
            "y_pred is made with n_x rows, one for each input; it has n_y rows, one for each class.",
            (("y_pred = np.zeros((n_y, m, T_x))", "y_pred = np.zeros((n_x, m, T_x))"),),
        ),
        Mistake(
            "first_input_at_every_step",
            "every step reads the first input, x[:, :, 0]; step t reads x[:, :, t].",
            ((call, call.replace("x[:, :, t]", "x[:, :, 0]")),),
        ),
        Mistake(
            "last_input_at_every_step",
            "every step reads the last input, x[:, :, -1]; step t reads x[:, :, t].",
            ((call, call.replace("x[:, :, t]", "x[:, :, -1]")),),
        ),
        Mistake(
            "steps_along_axis_1",
            "step t reads x[:, t, :], which is one of the m sequences; time is the last axis, x[:, :, t].",
            ((call, call.replace("x[:, :, t]", "x[:, t, :]")),),
        ),
        Mistake(
            "time_runs_backward",
            "the loop runs from the last step to the first; the forward pass starts with the first.",
            (("for t in range(T_x):", "for t in reversed(range(T_x)):"),),
        ),
        Mistake(
            "last_step_missing",
            "the loop ends one step early: range(T_x) already stops before T_x.",
            (("for t in range(T_x):", "for t in range(T_x - 1):"),),
        ),
        Mistake(
            "first_step_missing",
            "the loop starts at 1; in NumPy the first time step is 0.",
            (("for t in range(T_x):", "for t in range(1, T_x):"),),
        ),
        Mistake(
            "state_stored_before_the_step",
            "a[:, :, t] holds the state before step t; it holds the one after it, so call the cell first.",
            ((f"        {call}\n        a[:, :, t] = a_next\n", f"        a[:, :, t] = a_next\n        {call}\n"),),
        ),
        Mistake(
            "prediction_of_the_last_step_everywhere",
            "all steps of y_pred hold the last prediction; y_pred[:, :, t] = yt_pred inside the loop keeps each one.",
            (
                ("        y_pred[:, :, t] = yt_pred\n", ""),
                ("    caches = (steps, x)", "    y_pred[:] = yt_pred[:, :, None]\n    caches = (steps, x)"),
            ),
        ),
        Mistake(
            "state_is_a_view",
            "the start is written into a[:, :, 0] and read from there, but a slice is a view: when the first state is "
            "stored, "
            "the first cache's a_prev changes with it. Start from a0 itself.",
            (("a_next = a0\n", "a[:, :, 0] = a0\n    a_next = a[:, :, 0]\n"),),
        ),
        Mistake(
            "state_written_over_a0",
            "each new state is written into the array of a0 (a_next[:] = ...), so the caches' a_prev all end up the "
            "same and "
            "the caller's a0 is lost. Let the name a_next point to the new array.",
            ((call, call.replace("a_next, yt_pred", "a_next[:], yt_pred", 1)),),
        ),
        Mistake(
            "caches_without_x",
            "caches is only the list; it is the tuple (list of caches, x).",
            (("caches = (steps, x)", "caches = steps"),),
        ),
        Mistake(
            "only_the_last_cache",
            "the list holds one cache, the last; append each step's cache to one list made before the loop.",
            (("steps.append(cache)", "steps = [cache]"),),
        ),
    )
