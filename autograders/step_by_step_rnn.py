"""The exercises of `step_by_step_rnn`: what each function must do, and how learners get it wrong."""

import numpy as np

from autograders.exercise import Case, Exercise, Mistake
from helpers.check.comparing import INPUTS
from helpers.rnn.cells import initialise_parameters, sigmoid

BIG = 1e4  # logits of this size overflow a softmax or a sigmoid written without care
BEYOND = {"logits of 10,000": "the packages section", "float32": "the packages section"}  # what costs no points
STAND_INS = "helpers.rnn.stand_ins:"

RNN_CACHE = ("a_next", "a_prev", "xt", "parameters")
LSTM_CACHE = ("a_next", "c_next", "a_prev", "c_prev", "ft", "it", "cct", "ot", "xt", "parameters")
GRU_CACHE = ("a_next", "a_prev", "zt", "rt", "cct", "xt", "parameters")
LSTM_WEIGHTS = ("Wf", "bf", "Wi", "bi", "Wc", "bc", "Wo", "bo")


# ---------------------------------------------------------------------------------------------------------------------
# Cases. Sizes are all different, so that one in the place of another shows; two cases set traps by equal sizes.
# ---------------------------------------------------------------------------------------------------------------------


def _sizes(rng):
    """Yield (label, n_x, n_a, n_y, m, T_x, scale of the weights, dtype) of the forward cases."""
    short, n_x, m, n_y, n_a, long = (int(low + rng.integers(2)) for low in (3, 5, 7, 9, 11, 13))
    yield "typical sizes", n_x, n_a, n_y, m, short, 1.0, np.float64
    yield "more steps than units", n_x, n_y, n_a, m, long, 1.0, np.float64
    yield "m = 1", n_x, n_a, n_y, 1, short, 1.0, np.float64
    yield "T_x = 1", n_x, n_a, n_y, m, 1, 1.0, np.float64
    yield "n_a = n_x", n_a, n_a, n_y, m, short, 1.0, np.float64
    yield "n_a = n_y = m = T_x", n_x, short, short, short, short, 1.0, np.float64
    yield "logits of 10,000", n_x, n_a, n_y, m, 3, BIG, np.float64
    yield "float32", n_x, n_a, n_y, m, short, 1.0, np.float32


def _case(label, inputs):
    return Case(label, inputs, BEYOND.get(label, ""))


def _scaled(parameters, scale):
    return {
        name: array * array.dtype.type(scale) if name.startswith("W") else array for name, array in parameters.items()
    }


def _cell_cases(cell, states):
    """Return cases(rng) for a forward cell with inputs xt, the given states and parameters."""

    def cases(rng):
        found = []
        for label, n_x, n_a, n_y, m, _, scale, dtype in _sizes(rng):
            if label in ("T_x = 1", "more steps than units"):
                continue  # a cell knows no T_x
            draws = {"xt": rng.standard_normal((n_x, m)).astype(dtype)}
            draws |= {state: rng.standard_normal((n_a, m)).astype(dtype) for state in states}
            parameters = _scaled(initialise_parameters(cell, n_x, n_a, n_y, rng, dtype), scale)
            found.append(_case(label, draws | {"parameters": parameters}))
        return found

    return cases


def _sequence_cases(cell):
    """Return cases(rng) for a forward function over sequences."""

    def cases(rng):
        found = []
        for label, n_x, n_a, n_y, m, T_x, scale, dtype in _sizes(rng):
            x = rng.standard_normal((n_x, m, T_x)).astype(dtype)
            a0 = rng.standard_normal((n_a, m)).astype(dtype)
            parameters = _scaled(initialise_parameters(cell, n_x, n_a, n_y, rng, dtype), scale)
            found.append(_case(label, {"x": x, "a0": a0, "parameters": parameters}))
        return found

    return cases


def _rnn_cache(xt, a_prev, parameters):
    """Return a cache that is true to its parameters, as input of the backward exercises."""
    a_next = np.tanh(parameters["Wax"] @ xt + parameters["Waa"] @ a_prev + parameters["ba"])
    return a_next, a_prev, xt, parameters


def _lstm_cache(xt, a_prev, c_prev, parameters):
    """Return a cache that is true to its parameters, as input of the backward exercises."""
    both = np.vstack([a_prev, xt])
    ft, it, cct, ot = (
        activation(parameters[f"W{gate}"] @ both + parameters[f"b{gate}"])
        for gate, activation in (("f", sigmoid), ("i", sigmoid), ("c", np.tanh), ("o", sigmoid))
    )
    c_next = ft * c_prev + it * cct
    return ot * np.tanh(c_next), c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters


def _backward_draws(cell, rng):
    """Yield (label, x, a0, a random gradient of a's shape, parameters) for the backward cases.

    Large logits come from large inputs here: large weights would make the gradient explode, and rounding with it.
    """
    for label, n_x, n_a, n_y, m, T_x, scale, dtype in _sizes(rng):
        x = (scale * rng.standard_normal((n_x, m, T_x))).astype(dtype)
        a0 = rng.standard_normal((n_a, m)).astype(dtype)
        da = rng.standard_normal((n_a, m, T_x)).astype(dtype)
        yield label, x, a0, da, initialise_parameters(cell, n_x, n_a, n_y, rng, dtype)


def _rnn_cell_backward_cases(rng):
    return [
        _case(label, {"da_next": da[:, :, 0].copy(), "cache": _rnn_cache(x[:, :, 0].copy(), a0, parameters)})
        for label, x, a0, da, parameters in _backward_draws("rnn", rng)
        if label not in ("T_x = 1", "more steps than units")
    ]


def _lstm_cell_backward_cases(rng):
    found = []
    for label, x, a0, da, parameters in _backward_draws("lstm", rng):
        if label in ("T_x = 1", "more steps than units"):
            continue
        c_prev, dc_next = (rng.standard_normal(a0.shape).astype(a0.dtype) for _ in range(2))
        cache = _lstm_cache(x[:, :, 0].copy(), a0, c_prev, parameters)
        found.append(_case(label, {"da_next": da[:, :, 0].copy(), "dc_next": dc_next, "cache": cache}))
    return found


def _rnn_backward_cases(rng):
    found = []
    for label, x, a0, da, parameters in _backward_draws("rnn", rng):
        steps, a_prev = [], a0
        for t in range(x.shape[2]):
            steps.append(_rnn_cache(x[:, :, t].copy(), a_prev, parameters))
            a_prev = steps[-1][0]
        found.append(_case(label, {"da": da, "caches": (steps, x)}))
    return found


def _lstm_backward_cases(rng):
    found = []
    for label, x, a0, da, parameters in _backward_draws("lstm", rng):
        steps, a_prev, c_prev = [], a0, np.zeros_like(a0)
        for t in range(x.shape[2]):
            steps.append(_lstm_cache(x[:, :, t].copy(), a_prev, c_prev, parameters))
            a_prev, c_prev = steps[-1][:2]
        found.append(_case(label, {"da": da, "caches": (steps, x)}))
    return found


# ---------------------------------------------------------------------------------------------------------------------
# Mistakes that several exercises share.
# ---------------------------------------------------------------------------------------------------------------------


def _prediction(weights, bias):
    return f"yt_pred = softmax({weights} @ a_next + {bias})"


def _prediction_given(weights, bias):
    return _prediction(weights, bias), 'yt_pred = given["yt_pred"]'


def _prediction_mistakes(weights, bias, read):
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


def _sequence_mistakes(cell):
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


# ---------------------------------------------------------------------------------------------------------------------
# 1 The basic RNN
# ---------------------------------------------------------------------------------------------------------------------

STATE = "a_next = np.tanh(Wax @ xt + Waa @ a_prev + ba)"

rnn_cell_forward = Exercise(
    name="rnn_cell_forward",
    points=20,
    returns=("a_next", "yt_pred", "cache"),
    parts={"a_next": 0.4, "yt_pred": 0.3, "cache": 0.25, INPUTS: 0.05},
    fields={"cache": RNN_CACHE},
    given={"a_next": (STATE, 'a_next = given["a_next"]'), "yt_pred": _prediction_given("Wya", "by")},
    cases=_cell_cases("rnn", ("a_prev",)),
    mistakes=(
        Mistake(
            "state_with_sigmoid",
            "the state uses sigmoid; it needs tanh.",
            ((STATE, "a_next = sigmoid(Wax @ xt + Waa @ a_prev + ba)"),),
        ),
        Mistake(
            "state_without_activation",
            "the state lacks its tanh.",
            ((STATE, "a_next = Wax @ xt + Waa @ a_prev + ba"),),
        ),
        Mistake(
            "state_without_bias",
            "the bias ba is missing from the state.",
            ((STATE, "a_next = np.tanh(Wax @ xt + Waa @ a_prev)"),),
        ),
        Mistake(
            "state_without_the_previous_one",
            "the new state does not depend on a_prev: the term Waa @ a_prev is missing, and with it the memory.",
            ((STATE, "a_next = np.tanh(Wax @ xt + ba)"),),
        ),
        Mistake(
            "state_without_the_input",
            "the new state does not depend on xt: the term Wax @ xt is missing.",
            ((STATE, "a_next = np.tanh(Waa @ a_prev + ba)"),),
        ),
        Mistake(
            "tanh_before_the_bias",
            "the bias is added after tanh; it belongs inside.",
            ((STATE, "a_next = np.tanh(Wax @ xt + Waa @ a_prev) + ba"),),
        ),
        Mistake(
            "weights_swapped",
            "Wax and Waa are swapped: Wax takes the input xt, Waa takes the state a_prev.",
            ((STATE, "a_next = np.tanh(Waa @ xt + Wax @ a_prev + ba)"),),
        ),
        Mistake(
            "recurrent_weights_transposed",
            "Waa is transposed; the product is Waa @ a_prev as it stands.",
            ((STATE, "a_next = np.tanh(Wax @ xt + Waa.T @ a_prev + ba)"),),
        ),
        Mistake(
            "product_entry_by_entry",
            "* multiplies entry by entry; the matrix product is @ (or np.dot).",
            ((STATE, "a_next = np.tanh(Wax @ xt + Waa * a_prev + ba)"),),
        ),
        *_prediction_mistakes("Wya", "by", "a_prev"),
        Mistake(
            "state_written_over_the_previous_one",
            "the new state is written into the array a_prev (a_prev[:] = ...): the caller's state changes, and the "
            "cache holds "
            "the new state twice. Give the new state an array of its own.",
            ((STATE, "a_prev[:] = np.tanh(Wax @ xt + Waa @ a_prev + ba)\n    a_next = a_prev"),),
        ),
        Mistake(
            "cache_states_swapped",
            "the cache has a_prev before a_next; its order is (a_next, a_prev, xt, parameters).",
            (("cache = (a_next, a_prev, xt, parameters)", "cache = (a_prev, a_next, xt, parameters)"),),
        ),
        Mistake(
            "cache_without_parameters",
            "the cache lacks the parameters; it is (a_next, a_prev, xt, parameters).",
            (("cache = (a_next, a_prev, xt, parameters)", "cache = (a_next, a_prev, xt)"),),
        ),
        Mistake(
            "cache_without_input",
            "the cache lacks xt; it is (a_next, a_prev, xt, parameters).",
            (("cache = (a_next, a_prev, xt, parameters)", "cache = (a_next, a_prev, parameters)"),),
        ),
    ),
)

rnn_forward = Exercise(
    name="rnn_forward",
    points=20,
    returns=("a", "y_pred", "caches"),
    parts={"a": 0.4, "y_pred": 0.3, "caches": 0.25, INPUTS: 0.05},
    fields={"caches": RNN_CACHE},
    stand_ins={"rnn_cell_forward": STAND_INS + "rnn_cell_forward"},
    cases=_sequence_cases("rnn"),
    mistakes=_sequence_mistakes("rnn_cell_forward"),
)

# ---------------------------------------------------------------------------------------------------------------------
# 2 The LSTM
# ---------------------------------------------------------------------------------------------------------------------

STACK = "stacked = np.concatenate([a_prev, xt], axis=0)"
F_GATE = 'ft = sigmoid(parameters["Wf"] @ stacked + parameters["bf"])'
I_GATE = 'it = sigmoid(parameters["Wi"] @ stacked + parameters["bi"])'
CANDIDATE = 'cct = np.tanh(parameters["Wc"] @ stacked + parameters["bc"])'
O_GATE = 'ot = sigmoid(parameters["Wo"] @ stacked + parameters["bo"])'
MEMORY = "c_next = ft * c_prev + it * cct"
LSTM_STATE = "a_next = ot * np.tanh(c_next)"
LSTM_CACHE_LINE = "cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)"


def _overflowing(line):
    """Return a gate's line with the sigmoid exp(z) / (1 + exp(z)), which is NaN for large z."""
    name, logits = line.removesuffix(")").split(" = sigmoid(")
    return line, f"{name} = np.exp({logits}) / (1 + np.exp({logits}))"


lstm_cell_forward = Exercise(
    name="lstm_cell_forward",
    points=30,
    returns=("a_next", "c_next", "yt_pred", "cache"),
    parts={"a_next": 0.25, "c_next": 0.3, "yt_pred": 0.15, "cache": 0.25, INPUTS: 0.05},
    fields={"cache": LSTM_CACHE},
    given={
        "c_next": (MEMORY, 'c_next = given["c_next"]'),
        "a_next": (LSTM_STATE, 'a_next = given["a_next"]'),
        "yt_pred": _prediction_given('parameters["Wy"]', 'parameters["by"]'),
    },
    cases=_cell_cases("lstm", ("a_prev", "c_prev")),
    mistakes=(
        Mistake(
            "gates_read_input_first",
            "the gates read [xt; a_prev]; the order is [a_prev; xt].",
            ((STACK, "stacked = np.concatenate([xt, a_prev], axis=0)"),),
        ),
        Mistake(
            "stacked_along_axis_1",
            "a_prev and xt are put side by side; stack them on top of each other, axis=0.",
            ((STACK, "stacked = np.concatenate([a_prev, xt], axis=1)"),),
        ),
        Mistake(
            "candidate_with_sigmoid",
            "the candidate uses sigmoid; it needs tanh.",
            ((CANDIDATE, CANDIDATE.replace("np.tanh", "sigmoid")),),
        ),
        Mistake(
            "forget_gate_with_tanh",
            "the forget gate uses tanh; a gate lies between 0 and 1 and needs sigmoid.",
            ((F_GATE, F_GATE.replace("sigmoid", "np.tanh")),),
        ),
        Mistake(
            "update_gate_with_tanh",
            "the update gate uses tanh; a gate lies between 0 and 1 and needs sigmoid.",
            ((I_GATE, I_GATE.replace("sigmoid", "np.tanh")),),
        ),
        Mistake(
            "output_gate_with_tanh",
            "the output gate uses tanh; a gate lies between 0 and 1 and needs sigmoid.",
            ((O_GATE, O_GATE.replace("sigmoid", "np.tanh")),),
        ),
        Mistake(
            "gate_overflows",
            "np.exp of a large logit is infinite, and infinity / infinity is NaN. Use sigmoid from the packages cell.",
            (_overflowing(F_GATE), _overflowing(I_GATE), _overflowing(O_GATE)),
        ),
        Mistake(
            "gates_without_bias",
            "the gates lack their biases bf, bi, bc and bo.",
            tuple(
                (line, line.replace(f' + parameters["b{gate}"]', ""))
                for gate, line in (("f", F_GATE), ("i", I_GATE), ("c", CANDIDATE), ("o", O_GATE))
            ),
        ),
        Mistake(
            "forget_gate_without_bias",
            "the forget gate lacks its bias bf.",
            ((F_GATE, F_GATE.replace(' + parameters["bf"]', "")),),
        ),
        Mistake(
            "forget_and_update_swapped",
            "the forget gate and the update gate are swapped: ft weakens the old memory, it lets the candidate in.",
            ((MEMORY, "c_next = it * c_prev + ft * cct"),),
        ),
        Mistake(
            "update_gate_from_output_weights",
            "the update gate is computed from Wo and bo; it has weights of its own, Wi and bi.",
            ((I_GATE, 'it = sigmoid(parameters["Wo"] @ stacked + parameters["bo"])'),),
        ),
        Mistake(
            "nothing_is_forgotten",
            "the old memory is kept whole; the forget gate multiplies it: ft * c_prev.",
            ((MEMORY, "c_next = c_prev + it * cct"),),
        ),
        Mistake(
            "everything_is_written",
            "the candidate is written whole; the update gate multiplies it: it * cct.",
            ((MEMORY, "c_next = ft * c_prev + cct"),),
        ),
        Mistake(
            "old_memory_lost",
            "the new memory does not depend on c_prev: the term ft * c_prev is missing.",
            ((MEMORY, "c_next = it * cct"),),
        ),
        Mistake(
            "update_is_one_minus_forget",
            "the candidate is let in by 1 - ft, as in a GRU; the LSTM has an update gate of its own, it.",
            ((MEMORY, "c_next = ft * c_prev + (1 - ft) * cct"),),
        ),
        Mistake(
            "memory_from_the_state",
            "the forget gate multiplies a_prev; it multiplies the memory c_prev.",
            ((MEMORY, "c_next = ft * a_prev + it * cct"),),
        ),
        Mistake(
            "state_without_tanh",
            "the state is ot * c_next; the memory goes through tanh first.",
            ((LSTM_STATE, "a_next = ot * c_next"),),
        ),
        Mistake(
            "state_without_output_gate",
            "the state shows the whole memory; the output gate multiplies it: ot * np.tanh(c_next).",
            ((LSTM_STATE, "a_next = np.tanh(c_next)"),),
        ),
        Mistake(
            "state_from_the_old_memory",
            "the state is read from c_prev; it is read from the new memory c_next.",
            ((LSTM_STATE, "a_next = ot * np.tanh(c_prev)"),),
        ),
        Mistake(
            "state_from_the_candidate",
            "the state is read from the candidate; it is read from the new memory c_next.",
            ((LSTM_STATE, "a_next = ot * np.tanh(cct)"),),
        ),
        *_prediction_mistakes('parameters["Wy"]', 'parameters["by"]', "c_next"),
        Mistake(
            "memory_changed_in_place",
            "the memory is changed in place (c_prev *= ft and so on): the caller's c_prev is lost, and the cache holds "
            "the new "
            "memory twice. Make a new array: c_next = ft * c_prev + it * cct.",
            ((MEMORY, "c_prev *= ft\n    c_prev += it * cct\n    c_next = c_prev"),),
        ),
        Mistake(
            "state_and_memory_swapped",
            "c_next is returned before a_next; the order is a_next, c_next, yt_pred, cache.",
            (("return a_next, c_next, yt_pred, cache", "return c_next, a_next, yt_pred, cache"),),
        ),
        Mistake(
            "cache_gates_out_of_order",
            "the gates stand in another order in the cache; it is ft, it, cct, ot.",
            ((LSTM_CACHE_LINE, LSTM_CACHE_LINE.replace("ft, it, cct, ot", "it, ft, ot, cct")),),
        ),
        Mistake(
            "cache_candidate_after_output",
            "the cache has ot before cct; its order is (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, "
            "parameters).",
            ((LSTM_CACHE_LINE, LSTM_CACHE_LINE.replace("cct, ot", "ot, cct")),),
        ),
        Mistake(
            "cache_previous_states_swapped",
            "the cache has c_prev before a_prev; its order is (a_next, c_next, a_prev, c_prev, ft, ...).",
            ((LSTM_CACHE_LINE, LSTM_CACHE_LINE.replace("a_prev, c_prev", "c_prev, a_prev")),),
        ),
        Mistake(
            "cache_without_input",
            "the cache lacks xt; it ends with ot, xt, parameters.",
            ((LSTM_CACHE_LINE, LSTM_CACHE_LINE.replace(" xt,", "")),),
        ),
        Mistake(
            "cache_with_the_stack",
            "the cache holds the stack [a_prev; xt] in the place of xt.",
            ((LSTM_CACHE_LINE, LSTM_CACHE_LINE.replace(" xt,", " stacked,")),),
        ),
    ),
)

LSTM_CALL = "a_next, c_next, yt_pred, cache = lstm_cell_forward(x[:, :, t], a_next, c_next, parameters)"
EMPTY_MEMORY = "c_next = np.zeros((n_a, m))\n"
LOOP = "for t in range(T_x):"

lstm_forward = Exercise(
    name="lstm_forward",
    points=30,
    returns=("a", "y", "c", "caches"),
    parts={"a": 0.25, "y": 0.2, "c": 0.25, "caches": 0.25, INPUTS: 0.05},
    fields={"caches": LSTM_CACHE},
    stand_ins={"lstm_cell_forward": STAND_INS + "lstm_cell_forward"},
    cases=_sequence_cases("lstm"),
    mistakes=(
        Mistake(
            "memory_is_a_view",
            "the memory starts as c[:, :, 0], which is a view: when the first memory is stored, the first cache's "
            "c_prev changes "
            "with it. The outputs are right and the cache is not. Start from np.zeros((n_a, m)).",
            ((EMPTY_MEMORY, "c_next = c[:, :, 0]\n"),),
        ),
        Mistake(
            "state_is_a_view",
            "the start is written into a[:, :, 0] and read from there, but a slice is a view: when the first state is "
            "stored, "
            "the first cache's a_prev changes with it. Start from a0 itself.",
            (("a_next = a0\n", "a[:, :, 0] = a0\n    a_next = a[:, :, 0]\n"),),
        ),
        Mistake(
            "memory_starts_as_a0",
            "the memory starts as a0; it starts empty, as zeros.",
            ((EMPTY_MEMORY, "c_next = a0\n"),),
        ),
        Mistake(
            "memory_not_carried",
            "every step starts from an empty memory; only the first one does. Hand c_next on to the next step.",
            ((LSTM_CALL, LSTM_CALL.replace("c_next, parameters", "np.zeros((n_a, m)), parameters")),),
        ),
        Mistake(
            "a0_at_every_step",
            "every step starts from a0; only the first one does. Each later step starts from the state that the step "
            "before "
            "returned.",
            ((LSTM_CALL, LSTM_CALL.replace("a_next, c_next, parameters", "a0, c_next, parameters")),),
        ),
        Mistake(
            "nothing_is_carried",
            "every step starts from a0 and an empty memory; only the first one does. Hand on what the cell returned.",
            ((LSTM_CALL, LSTM_CALL.replace("a_next, c_next, parameters", "a0, np.zeros((n_a, m)), parameters")),),
        ),
        Mistake(
            "start_from_zeros",
            "the first step starts from a state of zeros; it starts from a0.",
            (("a_next = a0\n", "a_next = np.zeros((n_a, m))\n"),),
        ),
        Mistake(
            "state_and_memory_swapped_in_the_call",
            "the cell is given the memory as the state and the state as the memory; its order is xt, a_prev, c_prev.",
            ((LSTM_CALL, LSTM_CALL.replace("a_next, c_next, parameters", "c_next, a_next, parameters")),),
        ),
        Mistake(
            "states_sized_n_a",
            "a is made with n_a time steps; its shape is (n_a, m, T_x).",
            (("    a = np.zeros((n_a, m, T_x))", "    a = np.zeros((n_a, m, n_a))"),),
        ),
        Mistake(
            "memories_sized_n_a",
            "c is made with n_a time steps; its shape is (n_a, m, T_x).",
            (("    c = np.zeros((n_a, m, T_x))", "    c = np.zeros((n_a, m, n_a))"),),
        ),
        Mistake(
            "predictions_sized_n_a",
            "y is made with n_a time steps; its shape is (n_y, m, T_x).",
            (("y = np.zeros((n_y, m, T_x))", "y = np.zeros((n_y, m, n_a))"),),
        ),
        Mistake(
            "predictions_sized_by_inputs",
            "y is made with n_x rows, one for each input; it has n_y rows, one for each class.",
            (("y = np.zeros((n_y, m, T_x))", "y = np.zeros((n_x, m, T_x))"),),
        ),
        Mistake(
            "first_input_at_every_step",
            "every step reads the first input, x[:, :, 0]; step t reads x[:, :, t].",
            ((LSTM_CALL, LSTM_CALL.replace("x[:, :, t]", "x[:, :, 0]")),),
        ),
        Mistake(
            "last_input_at_every_step",
            "every step reads the last input, x[:, :, -1]; step t reads x[:, :, t].",
            ((LSTM_CALL, LSTM_CALL.replace("x[:, :, t]", "x[:, :, -1]")),),
        ),
        Mistake(
            "steps_along_axis_1",
            "step t reads x[:, t, :], which is one of the m sequences; time is the last axis, x[:, :, t].",
            ((LSTM_CALL, LSTM_CALL.replace("x[:, :, t]", "x[:, t, :]")),),
        ),
        Mistake(
            "time_runs_backward",
            "the loop runs from the last step to the first; the forward pass starts with the first.",
            ((LOOP, "for t in reversed(range(T_x)):"),),
        ),
        Mistake(
            "last_step_missing",
            "the loop ends one step early: range(T_x) already stops before T_x.",
            ((LOOP, "for t in range(T_x - 1):"),),
        ),
        Mistake(
            "first_step_missing",
            "the loop starts at 1; in NumPy the first time step is 0.",
            ((LOOP, "for t in range(1, T_x):"),),
        ),
        Mistake(
            "memory_stored_as_state",
            "a holds the cell states: either a[:, :, t] was given c_next, or a and c are two names of one array (c = a "
            "makes no copy), so that what is stored in c stands in a, too.",
            (("a[:, :, t] = a_next", "a[:, :, t] = c_next"),),
        ),
        Mistake(
            "state_stored_as_memory",
            "c holds the hidden states: either c[:, :, t] was given a_next, or a and c are two names of one array (c = "
            "a makes no copy), so that what is stored in a stands in c, too.",
            (("c[:, :, t] = c_next", "c[:, :, t] = a_next"),),
        ),
        Mistake(
            "memories_never_stored",
            "c stays zero: store each step's c_next in c[:, :, t].",
            (("        c[:, :, t] = c_next\n", ""),),
        ),
        Mistake(
            "prediction_of_the_last_step_everywhere",
            "all steps of y hold the last prediction; y[:, :, t] = yt_pred inside the loop keeps each one.",
            (
                ("        y[:, :, t] = yt_pred\n", ""),
                ("    caches = (steps, x)", "    y[:] = yt_pred[:, :, None]\n    caches = (steps, x)"),
            ),
        ),
        Mistake(
            "predictions_and_memories_swapped",
            "c is returned before y; the order is a, y, c, caches.",
            (("return a, y, c, caches", "return a, c, y, caches"),),
        ),
        Mistake(
            "state_written_over_a0",
            "each new state is written into the array of a0 (a_next[:] = ...), so the caches' a_prev all end up the "
            "same and "
            "the caller's a0 is lost. Let the name a_next point to the new array.",
            ((LSTM_CALL, LSTM_CALL.replace("a_next, c_next, yt_pred", "a_next[:], c_next, yt_pred")),),
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
    ),
)

# ---------------------------------------------------------------------------------------------------------------------
# 3 Backward
# ---------------------------------------------------------------------------------------------------------------------

DZ = "dz = (1 - a_next**2) * da_next"
DBA = "dba = np.sum(dz, axis=1, keepdims=True)"

rnn_cell_backward = Exercise(
    name="rnn_cell_backward",
    points=0,
    parts={"dxt": 0.2, "da_prev": 0.2, "dWax": 0.2, "dWaa": 0.2, "dba": 0.15, INPUTS: 0.05},
    cases=_rnn_cell_backward_cases,
    mistakes=(
        Mistake(
            "state_not_squared",
            "the derivative of tanh is taken as 1 - a_next; it is 1 - a_next**2.",
            ((DZ, "dz = (1 - a_next) * da_next"),),
        ),
        Mistake(
            "tanh_taken_twice",
            "the derivative is taken as 1 - tanh(a_next)**2; a_next is already the tanh, so 1 - a_next**2.",
            ((DZ, "dz = (1 - np.tanh(a_next) ** 2) * da_next"),),
        ),
        Mistake(
            "derivative_of_sigmoid",
            "the derivative is that of sigmoid, a (1 - a); the state comes from tanh: 1 - a_next**2.",
            ((DZ, "dz = a_next * (1 - a_next) * da_next"),),
        ),
        Mistake(
            "derivative_from_the_previous_state",
            "the derivative of tanh is taken at a_prev; it is taken at a_next.",
            ((DZ, "dz = (1 - a_prev**2) * da_next"),),
        ),
        Mistake(
            "tanh_left_out",
            "the gradient does not pass tanh: multiply da_next by 1 - a_next**2 first.",
            ((DZ, "dz = da_next"),),
        ),
        Mistake(
            "bias_not_summed",
            "dba keeps its m columns; the bias was stretched over them, so sum over axis 1 with keepdims=True.",
            ((DBA, "dba = dz"),),
        ),
        Mistake(
            "bias_loses_its_column",
            "dba has shape (n_a,); with keepdims=True it is (n_a, 1), as ba is.",
            ((DBA, "dba = np.sum(dz, axis=1)"),),
        ),
        Mistake(
            "bias_averaged",
            "dba is the mean over the m columns; it is their sum.",
            ((DBA, "dba = np.mean(dz, axis=1, keepdims=True)"),),
        ),
        Mistake(
            "recurrent_weights_from_the_new_state",
            "dWaa uses a_next; Waa was multiplied by a_prev on the way forward.",
            (("dWaa = dz @ a_prev.T", "dWaa = dz @ a_next.T"),),
        ),
        Mistake(
            "weights_transposed",
            "dWax and dWaa are transposed: dz @ xt.T has the shape of Wax.",
            (("dWax = dz @ xt.T", "dWax = xt @ dz.T"), ("dWaa = dz @ a_prev.T", "dWaa = a_prev @ dz.T")),
        ),
        Mistake(
            "recurrent_weights_not_transposed",
            "da_prev is Waa @ dz; on the way back the matrix is transposed: Waa.T @ dz.",
            (('da_prev = parameters["Waa"].T @ dz', 'da_prev = parameters["Waa"] @ dz'),),
        ),
        Mistake(
            "gradient_changed_in_place",
            "da_next is changed in place (da_next *= ...); whoever gave it needs it. Make a new array.",
            ((DZ, "da_next *= 1 - a_next**2\n    dz = da_next"),),
        ),
    ),
)

RNN_STEP = "gradients = rnn_cell_backward(da[:, :, t] + da_back, steps[t])"
BACK_LOOP = "for t in reversed(range(T_x)):"

rnn_backward = Exercise(
    name="rnn_backward",
    points=0,
    parts={"dx": 0.2, "da0": 0.2, "dWax": 0.2, "dWaa": 0.2, "dba": 0.15, INPUTS: 0.05},
    fields={"caches": RNN_CACHE},
    stand_ins={"rnn_cell_backward": STAND_INS + "rnn_cell_backward"},
    cases=_rnn_backward_cases,
    mistakes=(
        Mistake(
            "carry_left_out",
            "each step gets da[:, :, t] alone; add da_prev, which the step after it handed back.",
            ((RNN_STEP, "gradients = rnn_cell_backward(da[:, :, t], steps[t])"),),
        ),
        Mistake(
            "given_gradient_left_out",
            "only the last step gets its da[:, :, t]; every step gets its own, plus what the step after it handed "
            "back.",
            (
                (RNN_STEP, "gradients = rnn_cell_backward(da_back, steps[t])"),
                ("da_back = np.zeros((n_a, m))", "da_back = da[:, :, -1]"),
            ),
        ),
        Mistake(
            "weights_not_added_up",
            "the weights' gradients are those of the first step alone; they add up over all steps: +=.",
            (
                ('dWax += gradients["dWax"]', 'dWax = gradients["dWax"]'),
                ('dWaa += gradients["dWaa"]', 'dWaa = gradients["dWaa"]'),
                ('dba += gradients["dba"]', 'dba = gradients["dba"]'),
            ),
        ),
        Mistake(
            "bias_not_added_up",
            "dba is that of the first step alone; it adds up over all steps: +=.",
            (('dba += gradients["dba"]', 'dba = gradients["dba"]'),),
        ),
        Mistake(
            "loop_runs_forward",
            "the loop runs from the first step to the last; going back starts with the last.",
            ((BACK_LOOP, "for t in range(T_x):"),),
        ),
        Mistake(
            "first_step_missing",
            "the loop stops before step 0; reversed(range(T_x)) has all steps.",
            ((BACK_LOOP, "for t in range(T_x - 1, 0, -1):"),),
        ),
        Mistake(
            "start_gets_no_gradient",
            "da0 stays zero; it is the da_prev that the first step hands back.",
            (("da0 = da_back", "da0 = np.zeros((n_a, m))"),),
        ),
        Mistake(
            "start_gets_the_first_states_gradient",
            "da0 holds also da[:, :, 0], which belongs to the first step's own state; da0 is what the first step hands "
            "back.",
            (("da0 = da_back", "da0 = da_back + da[:, :, 0]"),),
        ),
        Mistake(
            "inputs_mirrored_in_time",
            "dx is the wrong way round in time: the gradient of step t belongs into dx[:, :, t].",
            (("dx[:, :, t] =", "dx[:, :, T_x - 1 - t] ="),),
        ),
        Mistake(
            "gradient_changed_in_place",
            "da is changed in place (da[:, :, t] += ...): slices are views. Make a new array: da[:, :, t] + da_back.",
            ((RNN_STEP, "da[:, :, t] += da_back\n        gradients = rnn_cell_backward(da[:, :, t], steps[t])"),),
        ),
    ),
)

DC = "dc = dc_next + da_next * ot * (1 - tanh_c**2)"
DZO = "dzo = da_next * tanh_c * ot * (1 - ot)"
DZF = "dzf = dc * c_prev * ft * (1 - ft)"
DZI = "dzi = dc * cct * it * (1 - it)"
DZC = "dzc = dc * it * (1 - cct**2)"
LSTM_BIAS = 'gradients["db" + gate] = np.sum(dz, axis=1, keepdims=True)'
GATE_PARTS = {f"d{name}": 0.08 if name.startswith("W") else 0.07 for name in LSTM_WEIGHTS}

lstm_cell_backward = Exercise(
    name="lstm_cell_backward",
    points=0,
    parts={"dxt": 0.12, "da_prev": 0.12, "dc_prev": 0.11, **GATE_PARTS, INPUTS: 0.05},
    cases=_lstm_cell_backward_cases,
    mistakes=(
        Mistake(
            "memory_gets_no_gradient_from_the_state",
            "the memory's gradient is dc_next alone; add what comes through the state, da_next * ot * (1 - "
            "tanh(c_next)**2).",
            ((DC, "dc = dc_next"),),
        ),
        Mistake(
            "memory_gets_no_gradient_from_the_next_step",
            "the memory's gradient lacks dc_next, which the next step handed back.",
            ((DC, "dc = da_next * ot * (1 - tanh_c**2)"),),
        ),
        Mistake(
            "state_way_without_output_gate",
            "the way from the state to the memory lacks the output gate: da_next * ot * (1 - tanh(c_next)**2).",
            ((DC, "dc = dc_next + da_next * (1 - tanh_c**2)"),),
        ),
        Mistake(
            "memory_slope_wrongly_squared",
            "the slope of tanh is taken as (1 - tanh(c_next))**2; it is 1 - tanh(c_next)**2.",
            ((DC, "dc = dc_next + da_next * ot * (1 - tanh_c) ** 2"),),
        ),
        Mistake(
            "memory_slope_without_tanh",
            "the slope of tanh is taken as 1 - c_next**2; c_next is not the tanh: 1 - np.tanh(c_next)**2.",
            ((DC, "dc = dc_next + da_next * ot * (1 - c_next**2)"),),
        ),
        Mistake(
            "candidate_slope_wrongly_squared",
            "the candidate's slope is taken as (1 - cct)**2; it is 1 - cct**2.",
            ((DZC, "dzc = dc * it * (1 - cct) ** 2"),),
        ),
        Mistake(
            "candidate_tanh_taken_twice",
            "the candidate's slope is taken as 1 - tanh(cct)**2; cct is already the tanh: 1 - cct**2.",
            ((DZC, "dzc = dc * it * (1 - np.tanh(cct) ** 2)"),),
        ),
        Mistake(
            "output_gate_without_tanh",
            "the output gate's gradient uses c_next; what it multiplied on the way forward was tanh(c_next).",
            ((DZO, "dzo = da_next * c_next * ot * (1 - ot)"),),
        ),
        Mistake(
            "gates_without_their_slope",
            "the gates' gradients stop before sigmoid: multiply by gate * (1 - gate).",
            ((DZO, "dzo = da_next * tanh_c"), (DZF, "dzf = dc * c_prev"), (DZI, "dzi = dc * cct")),
        ),
        Mistake(
            "forget_gate_from_the_new_memory",
            "the forget gate's gradient uses c_next; what it multiplied on the way forward was c_prev.",
            ((DZF, "dzf = dc * c_next * ft * (1 - ft)"),),
        ),
        Mistake(
            "forget_and_update_swapped",
            "the partners of the forget and update gates are swapped: the forget gate multiplied c_prev, the update "
            "gate cct.",
            ((DZF, "dzf = dc * cct * ft * (1 - ft)"), (DZI, "dzi = dc * c_prev * it * (1 - it)")),
        ),
        Mistake(
            "gates_see_only_the_next_memory_gradient",
            "the forget, update and candidate gradients use dc_next; they use the whole gradient of the memory.",
            (
                (DZF, "dzf = dc_next * c_prev * ft * (1 - ft)"),
                (DZI, "dzi = dc_next * cct * it * (1 - it)"),
                (DZC, "dzc = dc_next * it * (1 - cct**2)"),
            ),
        ),
        Mistake(
            "memory_handed_back_without_forget_gate",
            "dc_prev lacks the forget gate, which multiplied c_prev on the way forward.",
            (('"dc_prev": dc * ft', '"dc_prev": dc'),),
        ),
        Mistake(
            "memory_handed_back_from_the_next_step_alone",
            "dc_prev is dc_next * ft; it is the whole gradient of the memory times ft.",
            (('"dc_prev": dc * ft', '"dc_prev": dc_next * ft'),),
        ),
        Mistake(
            "input_and_state_swapped",
            "dxt and da_prev are cut from the wrong rows: the first n_a rows belong to the state, the others to the "
            "input.",
            (
                (
                    '{"da_prev": dstacked[:n_a], "dxt": dstacked[n_a:]',
                    '{"da_prev": dstacked[xt.shape[0]:], "dxt": dstacked[:xt.shape[0]]',
                ),
            ),
        ),
        Mistake(
            "output_gate_hands_nothing_back",
            "da_prev and dxt lack the output gate's share, Wo.T @ dzo.",
            (('        + parameters["Wo"].T @ dzo\n', ""),),
        ),
        Mistake(
            "bias_not_summed",
            "the biases' gradients keep their m columns; sum over axis 1 with keepdims=True.",
            ((LSTM_BIAS, 'gradients["db" + gate] = dz'),),
        ),
        Mistake(
            "bias_loses_its_column",
            "the biases' gradients have shape (n_a,); with keepdims=True it is (n_a, 1).",
            ((LSTM_BIAS, 'gradients["db" + gate] = np.sum(dz, axis=1)'),),
        ),
        Mistake(
            "weights_stacked_input_first",
            "the weights' gradients use [xt; a_prev]; the order is [a_prev; xt].",
            ((STACK, "stacked = np.concatenate([xt, a_prev], axis=0)"),),
        ),
    ),
)

LSTM_STEP = "step = lstm_cell_backward(da[:, :, t] + da_back, dc_back, steps[t])"
LSTM_ADD = "sums[name] += step[name]"
LSTM_RESULT = 'gradients = {"dx": dx, "da0": da_back, **sums}'

lstm_backward = Exercise(
    name="lstm_backward",
    points=0,
    parts={"dx": 0.2, "da0": 0.15, **GATE_PARTS, INPUTS: 0.05},
    fields={"caches": LSTM_CACHE},
    stand_ins={"lstm_cell_backward": STAND_INS + "lstm_cell_backward"},
    cases=_lstm_backward_cases,
    mistakes=(
        Mistake(
            "state_carry_left_out",
            "each step gets da[:, :, t] alone; add da_prev, which the step after it handed back.",
            ((LSTM_STEP, "step = lstm_cell_backward(da[:, :, t], dc_back, steps[t])"),),
        ),
        Mistake(
            "memory_carry_left_out",
            "each step gets zeros for the memory; give it the dc_prev that the step after it handed back.",
            (('        dc_back = step["dc_prev"]\n', ""),),
        ),
        Mistake(
            "both_carries_left_out",
            "nothing is handed from step to step: add da_prev to da[:, :, t], and pass dc_prev on.",
            (
                (LSTM_STEP, "step = lstm_cell_backward(da[:, :, t], dc_back, steps[t])"),
                ('        dc_back = step["dc_prev"]\n', ""),
            ),
        ),
        Mistake(
            "memory_carry_is_the_states",
            "the memory's carry is set to da_prev; it is dc_prev.",
            (('dc_back = step["dc_prev"]', 'dc_back = step["da_prev"]'),),
        ),
        Mistake(
            "weights_not_added_up",
            "the weights' gradients are those of the first step alone; they add up over all steps: +=.",
            ((LSTM_ADD, "sums[name] = step[name]"),),
        ),
        Mistake(
            "loop_runs_forward",
            "the loop runs from the first step to the last; going back starts with the last.",
            ((BACK_LOOP, "for t in range(T_x):"),),
        ),
        Mistake(
            "first_step_missing",
            "the loop stops before step 0; reversed(range(T_x)) has all steps.",
            ((BACK_LOOP, "for t in range(T_x - 1, 0, -1):"),),
        ),
        Mistake(
            "start_gets_no_gradient",
            "da0 stays zero; it is the da_prev that the first step hands back.",
            ((LSTM_RESULT, 'gradients = {"dx": dx, "da0": np.zeros((n_a, m)), **sums}'),),
        ),
        Mistake(
            "start_gets_the_memorys_gradient",
            "da0 is the gradient of the first memory; it is that of the state, the da_prev that the first step hands "
            "back.",
            ((LSTM_RESULT, 'gradients = {"dx": dx, "da0": dc_back, **sums}'),),
        ),
        Mistake(
            "inputs_mirrored_in_time",
            "dx is the wrong way round in time: the gradient of step t belongs into dx[:, :, t].",
            (("dx[:, :, t] =", "dx[:, :, T_x - 1 - t] ="),),
        ),
        Mistake(
            "gradient_changed_in_place",
            "da is changed in place (da[:, :, t] += ...): slices are views. Make a new array: da[:, :, t] + da_back.",
            (
                (
                    LSTM_STEP,
                    "da[:, :, t] += da_back\n        step = lstm_cell_backward(da[:, :, t], dc_back, steps[t])",
                ),
            ),
        ),
    ),
)

# ---------------------------------------------------------------------------------------------------------------------
# 4 The GRU
# ---------------------------------------------------------------------------------------------------------------------

RESET = "reset = np.concatenate([rt * a_prev, xt], axis=0)"
GRU_CANDIDATE = 'cct = np.tanh(parameters["Wc"] @ reset + parameters["bc"])'
BLEND = "a_next = zt * a_prev + (1 - zt) * cct"
GRU_CACHE_LINE = "cache = (a_next, a_prev, zt, rt, cct, xt, parameters)"

gru_cell_forward = Exercise(
    name="gru_cell_forward",
    points=0,
    returns=("a_next", "yt_pred", "cache"),
    parts={"a_next": 0.4, "yt_pred": 0.3, "cache": 0.25, INPUTS: 0.05},
    fields={"cache": GRU_CACHE},
    given={
        "a_next": (BLEND, 'a_next = given["a_next"]'),
        "yt_pred": _prediction_given('parameters["Wy"]', 'parameters["by"]'),
    },
    cases=_cell_cases("gru", ("a_prev",)),
    mistakes=(
        Mistake(
            "update_gate_replaces",
            "zt and 1 - zt are swapped: here zt keeps the old state and 1 - zt lets the candidate in, as in Keras.",
            ((BLEND, "a_next = (1 - zt) * a_prev + zt * cct"),),
        ),
        Mistake(
            "reset_after_the_product",
            "the reset gate multiplies the product Wc @ a_prev (Keras's reset_after=True); here it multiplies a_prev "
            "before.",
            (
                (
                    GRU_CANDIDATE,
                    'n_a = a_prev.shape[0]\n    cct = np.tanh(rt * (parameters["Wc"][:, :n_a] @ a_prev) '
                    '+ parameters["Wc"][:, n_a:] @ xt + parameters["bc"])',
                ),
            ),
        ),
        Mistake(
            "reset_left_out",
            "the candidate reads a_prev whole; the reset gate multiplies it first: [rt * a_prev; xt].",
            ((RESET, "reset = stacked"),),
        ),
        Mistake(
            "reset_with_the_update_gate",
            "the candidate's a_prev is multiplied by zt; it is multiplied by the reset gate rt.",
            ((RESET, "reset = np.concatenate([zt * a_prev, xt], axis=0)"),),
        ),
        Mistake(
            "candidate_with_sigmoid",
            "the candidate uses sigmoid; it needs tanh.",
            ((GRU_CANDIDATE, GRU_CANDIDATE.replace("np.tanh", "sigmoid")),),
        ),
        Mistake(
            "candidate_without_bias",
            "the candidate lacks its bias bc.",
            ((GRU_CANDIDATE, GRU_CANDIDATE.replace(' + parameters["bc"]', "")),),
        ),
        Mistake(
            "gates_read_input_first",
            "the gates and the candidate read the input first; the order is [a_prev; xt].",
            (
                (STACK, "stacked = np.concatenate([xt, a_prev], axis=0)"),
                (RESET, "reset = np.concatenate([xt, rt * a_prev], axis=0)"),
            ),
        ),
        Mistake(
            "old_state_kept_whole",
            "the old state is added whole; the update gate multiplies it: zt * a_prev.",
            ((BLEND, "a_next = a_prev + (1 - zt) * cct"),),
        ),
        *_prediction_mistakes('parameters["Wy"]', 'parameters["by"]', "a_prev"),
        Mistake(
            "state_changed_in_place",
            "a_prev is changed in place (a_prev *= zt and so on): the caller's state is lost, and the cache holds the "
            "new state "
            "twice. Make a new array.",
            ((BLEND, "a_prev *= zt\n    a_prev += (1 - zt) * cct\n    a_next = a_prev"),),
        ),
        Mistake(
            "cache_gates_swapped",
            "the cache has rt before zt; its order is (a_next, a_prev, zt, rt, cct, xt, parameters).",
            ((GRU_CACHE_LINE, GRU_CACHE_LINE.replace("zt, rt", "rt, zt")),),
        ),
    ),
)

gru_forward = Exercise(
    name="gru_forward",
    points=0,
    returns=("a", "y_pred", "caches"),
    parts={"a": 0.4, "y_pred": 0.3, "caches": 0.25, INPUTS: 0.05},
    fields={"caches": GRU_CACHE},
    stand_ins={"gru_cell_forward": STAND_INS + "gru_cell_forward"},
    cases=_sequence_cases("gru"),
    mistakes=_sequence_mistakes("gru_cell_forward"),
)

EXERCISES = (
    rnn_cell_forward,
    rnn_forward,
    lstm_cell_forward,
    lstm_forward,
    rnn_cell_backward,
    rnn_backward,
    lstm_cell_backward,
    lstm_backward,
    gru_cell_forward,
    gru_forward,
)
