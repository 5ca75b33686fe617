"""Section 3 of `step_by_step_rnn` (optional): back through cells and sequences."""

from autograders.assignments.step_by_step_rnn.cases import (
    lstm_backward_cases,
    lstm_cell_backward_cases,
    rnn_backward_cases,
    rnn_cell_backward_cases,
)
from autograders.assignments.step_by_step_rnn.shared import LSTM_CACHE, STACK, STAND_INS
from autograders.exercise import Exercise, Mistake
from helpers.check.comparing import INPUTS

RNN_CACHE = ("a_next", "a_prev", "xt", "parameters")
LSTM_WEIGHTS = ("Wf", "bf", "Wi", "bi", "Wc", "bc", "Wo", "bo")
DZ = "dz = (1 - a_next**2) * da_next"
DBA = "dba = np.sum(dz, axis=1, keepdims=True)"

rnn_cell_backward = Exercise(
    name="rnn_cell_backward",
    parts={"dxt": 0.2, "da_prev": 0.2, "dWax": 0.2, "dWaa": 0.2, "dba": 0.15, INPUTS: 0.05},
    cases=rnn_cell_backward_cases,
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
BACK_LOOP_MISTAKES = (
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
)
INPUTS_MIRRORED = Mistake(
    "inputs_mirrored_in_time",
    "dx is the wrong way round in time: the gradient of step t belongs in dx[:, :, t].",
    (("dx[:, :, t] =", "dx[:, :, T_x - 1 - t] ="),),
)

rnn_backward = Exercise(
    name="rnn_backward",
    parts={"dx": 0.2, "da0": 0.2, "dWax": 0.2, "dWaa": 0.2, "dba": 0.15, INPUTS: 0.05},
    fields={"caches": RNN_CACHE},
    stand_ins={"rnn_cell_backward": STAND_INS + "rnn_cell_backward"},
    cases=rnn_backward_cases,
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
        *BACK_LOOP_MISTAKES,
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
        INPUTS_MIRRORED,
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
    parts={"dxt": 0.12, "da_prev": 0.12, "dc_prev": 0.11, **GATE_PARTS, INPUTS: 0.05},
    cases=lstm_cell_backward_cases,
    mistakes=(
        Mistake(
            "cell_state_gets_no_gradient_from_the_hidden_state",
            "the cell state's gradient is dc_next alone; add what comes through the hidden state, da_next * ot * (1 - "
            "tanh(c_next)**2).",
            ((DC, "dc = dc_next"),),
        ),
        Mistake(
            "cell_state_gets_no_gradient_from_the_next_step",
            "the cell state's gradient lacks dc_next, which the next step handed back.",
            ((DC, "dc = da_next * ot * (1 - tanh_c**2)"),),
        ),
        Mistake(
            "state_way_without_output_gate",
            "the way from the hidden state to the cell state lacks the output gate: da_next * ot * (1 - "
            "tanh(c_next)**2).",
            ((DC, "dc = dc_next + da_next * (1 - tanh_c**2)"),),
        ),
        Mistake(
            "cell_state_slope_wrongly_squared",
            "the slope of tanh is taken as (1 - tanh(c_next))**2; it is 1 - tanh(c_next)**2.",
            ((DC, "dc = dc_next + da_next * ot * (1 - tanh_c) ** 2"),),
        ),
        Mistake(
            "cell_state_slope_without_tanh",
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
            "forget_gate_from_the_new_cell_state",
            "the forget gate's gradient uses c_next; what it multiplied on the way forward was c_prev.",
            ((DZF, "dzf = dc * c_next * ft * (1 - ft)"),),
        ),
        Mistake(
            "forget_and_input_swapped",
            "the partners of the forget gate and the input gate are swapped: the forget gate multiplied c_prev, the "
            "input gate cct.",
            ((DZF, "dzf = dc * cct * ft * (1 - ft)"), (DZI, "dzi = dc * c_prev * it * (1 - it)")),
        ),
        Mistake(
            "gates_see_only_the_next_cell_state_gradient",
            "the gradients of the forget gate, the input gate and the candidate use dc_next; they use the whole "
            "gradient of the cell state.",
            (
                (DZF, "dzf = dc_next * c_prev * ft * (1 - ft)"),
                (DZI, "dzi = dc_next * cct * it * (1 - it)"),
                (DZC, "dzc = dc_next * it * (1 - cct**2)"),
            ),
        ),
        Mistake(
            "cell_state_handed_back_without_forget_gate",
            "dc_prev lacks the forget gate, which multiplied c_prev on the way forward.",
            (('"dc_prev": dc * ft', '"dc_prev": dc'),),
        ),
        Mistake(
            "cell_state_handed_back_from_the_next_step_alone",
            "dc_prev is dc_next * ft; it is the whole gradient of the cell state times ft.",
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
    parts={"dx": 0.2, "da0": 0.15, **GATE_PARTS, INPUTS: 0.05},
    fields={"caches": LSTM_CACHE},
    stand_ins={"lstm_cell_backward": STAND_INS + "lstm_cell_backward"},
    cases=lstm_backward_cases,
    mistakes=(
        Mistake(
            "state_carry_left_out",
            "each step gets da[:, :, t] alone; add da_prev, which the step after it handed back.",
            ((LSTM_STEP, "step = lstm_cell_backward(da[:, :, t], dc_back, steps[t])"),),
        ),
        Mistake(
            "cell_state_carry_left_out",
            "each step gets zeros for the cell state; give it the dc_prev that the step after it handed back.",
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
            "cell_state_carry_is_the_hidden_states",
            "the cell state's carry is set to da_prev; it is dc_prev.",
            (('dc_back = step["dc_prev"]', 'dc_back = step["da_prev"]'),),
        ),
        Mistake(
            "weights_not_added_up",
            "the weights' gradients are those of the first step alone; they add up over all steps: +=.",
            ((LSTM_ADD, "sums[name] = step[name]"),),
        ),
        *BACK_LOOP_MISTAKES,
        Mistake(
            "start_gets_no_gradient",
            "da0 stays zero; it is the da_prev that the first step hands back.",
            ((LSTM_RESULT, 'gradients = {"dx": dx, "da0": np.zeros((n_a, m)), **sums}'),),
        ),
        Mistake(
            "start_gets_the_cell_states_gradient",
            "da0 is the gradient of the first cell state; it is that of the first hidden state, the da_prev that the "
            "first step hands back.",
            ((LSTM_RESULT, 'gradients = {"dx": dx, "da0": dc_back, **sums}'),),
        ),
        INPUTS_MIRRORED,
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
