"""Section 2 of `step_by_step_rnn`: the LSTM, a cell and its loop."""

from autograders.assignments.step_by_step_rnn.cases import cell_cases, sequence_cases
from autograders.assignments.step_by_step_rnn.shared import (
    LSTM_CACHE,
    STACK,
    STAND_INS,
    prediction_given,
    prediction_mistakes,
)
from autograders.exercise import Exercise, Mistake
from helpers.check.comparing import INPUTS

F_GATE = 'ft = sigmoid(parameters["Wf"] @ stacked + parameters["bf"])'
I_GATE = 'it = sigmoid(parameters["Wi"] @ stacked + parameters["bi"])'
CANDIDATE = 'cct = np.tanh(parameters["Wc"] @ stacked + parameters["bc"])'
O_GATE = 'ot = sigmoid(parameters["Wo"] @ stacked + parameters["bo"])'
CELL_STATE = "c_next = ft * c_prev + it * cct"
LSTM_STATE = "a_next = ot * np.tanh(c_next)"
LSTM_CACHE_LINE = "cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)"


def _overflowing(line):
    """Return a gate's line with the sigmoid exp(z) / (1 + exp(z)), which is NaN for large z."""
    name, logits = line.removesuffix(")").split(" = sigmoid(")
    return line, f"{name} = np.exp({logits}) / (1 + np.exp({logits}))"


lstm_cell_forward = Exercise(
    name="lstm_cell_forward",
    returns=("a_next", "c_next", "yt_pred", "cache"),
    parts={"a_next": 0.25, "c_next": 0.3, "yt_pred": 0.15, "cache": 0.25, INPUTS: 0.05},
    fields={"cache": LSTM_CACHE},
    given={
        "c_next": (CELL_STATE, 'c_next = given["c_next"]'),
        "a_next": (LSTM_STATE, 'a_next = given["a_next"]'),
        "yt_pred": prediction_given('parameters["Wy"]', 'parameters["by"]'),
    },
    cases=cell_cases("lstm", ("a_prev", "c_prev")),
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
            "input_gate_with_tanh",
            "the input gate uses tanh; a gate lies between 0 and 1 and needs sigmoid.",
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
            "forget_and_input_swapped",
            "the forget gate and the input gate are swapped: ft weakens the old cell state, it lets the candidate in.",
            ((CELL_STATE, "c_next = it * c_prev + ft * cct"),),
        ),
        Mistake(
            "input_gate_from_output_weights",
            "the input gate is computed from Wo and bo; it has weights of its own, Wi and bi.",
            ((I_GATE, 'it = sigmoid(parameters["Wo"] @ stacked + parameters["bo"])'),),
        ),
        Mistake(
            "nothing_is_forgotten",
            "the old cell state is kept whole; the forget gate multiplies it: ft * c_prev.",
            ((CELL_STATE, "c_next = c_prev + it * cct"),),
        ),
        Mistake(
            "everything_is_written",
            "the candidate is written whole; the input gate multiplies it: it * cct.",
            ((CELL_STATE, "c_next = ft * c_prev + cct"),),
        ),
        Mistake(
            "old_cell_state_lost",
            "the new cell state does not depend on c_prev: the term ft * c_prev is missing.",
            ((CELL_STATE, "c_next = it * cct"),),
        ),
        Mistake(
            "input_gate_is_one_minus_forget",
            "the candidate is let in by 1 - ft, as in a GRU; the LSTM has an input gate of its own, it.",
            ((CELL_STATE, "c_next = ft * c_prev + (1 - ft) * cct"),),
        ),
        Mistake(
            "cell_state_from_the_hidden_state",
            "the forget gate multiplies a_prev; it multiplies the cell state c_prev.",
            ((CELL_STATE, "c_next = ft * a_prev + it * cct"),),
        ),
        Mistake(
            "state_without_tanh",
            "the hidden state is ot * c_next; the cell state goes through tanh first.",
            ((LSTM_STATE, "a_next = ot * c_next"),),
        ),
        Mistake(
            "state_without_output_gate",
            "the hidden state shows the whole cell state; the output gate multiplies it: ot * np.tanh(c_next).",
            ((LSTM_STATE, "a_next = np.tanh(c_next)"),),
        ),
        Mistake(
            "state_from_the_old_cell_state",
            "the hidden state is read from c_prev; it is read from the new cell state c_next.",
            ((LSTM_STATE, "a_next = ot * np.tanh(c_prev)"),),
        ),
        Mistake(
            "state_from_the_candidate",
            "the hidden state is read from the candidate; it is read from the new cell state c_next.",
            ((LSTM_STATE, "a_next = ot * np.tanh(cct)"),),
        ),
        *prediction_mistakes('parameters["Wy"]', 'parameters["by"]', "c_next"),
        Mistake(
            "cell_state_changed_in_place",
            "the cell state is changed in place (c_prev *= ft and so on): the caller's c_prev is lost, and the cache "
            "holds the new cell state twice. Make a new array: c_next = ft * c_prev + it * cct.",
            ((CELL_STATE, "c_prev *= ft\n    c_prev += it * cct\n    c_next = c_prev"),),
        ),
        Mistake(
            "hidden_state_and_cell_state_swapped",
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
EMPTY_CELL_STATE = "c_next = np.zeros((n_a, m))\n"
LOOP = "for t in range(T_x):"

lstm_forward = Exercise(
    name="lstm_forward",
    returns=("a", "y", "c", "caches"),
    parts={"a": 0.25, "y": 0.2, "c": 0.25, "caches": 0.25, INPUTS: 0.05},
    fields={"caches": LSTM_CACHE},
    stand_ins={"lstm_cell_forward": STAND_INS + "lstm_cell_forward"},
    cases=sequence_cases("lstm"),
    mistakes=(
        Mistake(
            "cell_state_is_a_view",
            "the cell state starts as c[:, :, 0], which is a view: when the first cell state is stored, the first "
            "cache's c_prev changes with it. The outputs are right and the cache is not. Start from np.zeros((n_a, "
            "m)).",
            ((EMPTY_CELL_STATE, "c_next = c[:, :, 0]\n"),),
        ),
        Mistake(
            "state_is_a_view",
            "the start is written into a[:, :, 0] and read from there, but a slice is a view: when the first state is "
            "stored, "
            "the first cache's a_prev changes with it. Start from a0 itself.",
            (("a_next = a0\n", "a[:, :, 0] = a0\n    a_next = a[:, :, 0]\n"),),
        ),
        Mistake(
            "cell_state_starts_as_a0",
            "the cell state starts as a0; it starts as zeros.",
            ((EMPTY_CELL_STATE, "c_next = a0\n"),),
        ),
        Mistake(
            "cell_state_not_carried",
            "every step starts from a cell state of zeros; only the first one does. Hand c_next on to the next step.",
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
            "every step starts from a0 and a cell state of zeros; only the first one does. Hand on what the cell "
            "returned.",
            ((LSTM_CALL, LSTM_CALL.replace("a_next, c_next, parameters", "a0, np.zeros((n_a, m)), parameters")),),
        ),
        Mistake(
            "start_from_zeros",
            "the first step starts from a state of zeros; it starts from a0.",
            (("a_next = a0\n", "a_next = np.zeros((n_a, m))\n"),),
        ),
        Mistake(
            "hidden_state_and_cell_state_swapped_in_the_call",
            "the hidden state and the cell state are swapped in the call of the cell; its order is xt, a_prev, c_prev.",
            ((LSTM_CALL, LSTM_CALL.replace("a_next, c_next, parameters", "c_next, a_next, parameters")),),
        ),
        Mistake(
            "states_sized_n_a",
            "a is made with n_a time steps; its shape is (n_a, m, T_x).",
            (("    a = np.zeros((n_a, m, T_x))", "    a = np.zeros((n_a, m, n_a))"),),
        ),
        Mistake(
            "cell_states_sized_n_a",
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
            "cell_state_stored_as_hidden_state",
            "a holds the cell states: either a[:, :, t] was given c_next, or a and c are two names of one array (c = a "
            "makes no copy), so that what is stored in c stands in a, too.",
            (("a[:, :, t] = a_next", "a[:, :, t] = c_next"),),
        ),
        Mistake(
            "hidden_state_stored_as_cell_state",
            "c holds the hidden states: either c[:, :, t] was given a_next, or a and c are two names of one array (c = "
            "a makes no copy), so that what is stored in a stands in c, too.",
            (("c[:, :, t] = c_next", "c[:, :, t] = a_next"),),
        ),
        Mistake(
            "cell_states_never_stored",
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
            "predictions_and_cell_states_swapped",
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
