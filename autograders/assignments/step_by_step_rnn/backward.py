"""Section 3 of `step_by_step_rnn` (optional): back through cells and sequences."""

from autograders.assignments.step_by_step_rnn.cases import (
    lstm_backward_cases,
    lstm_cell_backward_cases,
    rnn_backward_cases,
    rnn_cell_backward_cases,
)
from autograders.assignments.step_by_step_rnn.shared import LSTM_CACHE, STACK, STAND_INS
from autograders.engine.exercise import Exercise, Mistake
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
            "What is the derivative of tanh, written with the value of tanh itself? Which power of the state is in it?",
            "the derivative of tanh is taken as 1 minus the state; it is 1 minus the square of the state.",
            "section 3.1, the equation for dz⟨t⟩",
            ((DZ, "dz = (1 - a_next) * da_next"),),
        ),
        Mistake(
            "difference_squared_in_place_of_the_state",
            "In the derivative of tanh, what is squared: the state, or 1 minus the state?",
            "1 minus the state is squared as a whole; square the state alone, and subtract that from 1.",
            "section 3.1, the equation for dz⟨t⟩",
            ((DZ, "dz = (1 - a_next) ** 2 * da_next"),),
        ),
        Mistake(
            "tanh_taken_twice",
            "The cache holds the state after the activation. How many times does the forward pass use tanh, and how "
            "many times do you?",
            "the derivative takes tanh of a_next, but a_next is already the tanh: square it as it is.",
            "section 3.1, the equation for dz⟨t⟩",
            ((DZ, "dz = (1 - np.tanh(a_next) ** 2) * da_next"),),
        ),
        Mistake(
            "derivative_of_sigmoid",
            "Which function made the state on the way forward? Is the derivative that you use the one of that "
            "function?",
            "the derivative is that of sigmoid; the state comes from tanh, whose derivative is 1 minus the square of "
            "the state.",
            "section 3.1, the equation for dz⟨t⟩",
            ((DZ, "dz = a_next * (1 - a_next) * da_next"),),
        ),
        Mistake(
            "derivative_from_the_previous_state",
            "Which of the two states in the cache is what came out of tanh at this step?",
            "the derivative of tanh is taken at a_prev; it is taken at a_next.",
            "section 3.1, the equation for dz⟨t⟩",
            ((DZ, "dz = (1 - a_prev**2) * da_next"),),
        ),
        Mistake(
            "tanh_left_out",
            "On the way forward the sum goes through one more function before it becomes the state. Where does your "
            "gradient pass that function?",
            "the gradient does not pass tanh: multiply da_next by the derivative of tanh first.",
            "section 3.1, the equation for dz⟨t⟩",
            ((DZ, "dz = da_next"),),
        ),
        Mistake(
            "bias_not_summed",
            "What shape does ba have, and what shape does your dba have? What happened to the one column of the bias "
            "on the way forward?",
            "dba keeps its m columns; the bias was added to each of them, so sum over axis 1, and keep that axis.",
            "section 3.1, the equations for dWax, dWaa and dba",
            ((DBA, "dba = dz"),),
        ),
        Mistake(
            "bias_loses_its_column",
            "How many dimensions does ba have, and how many does your dba have?",
            "dba has shape (n_a,); with keepdims it is (n_a, 1), as ba is.",
            "section 3.1, the equations for dWax, dWaa and dba",
            ((DBA, "dba = np.sum(dz, axis=1)"),),
        ),
        Mistake(
            "bias_averaged",
            "If one more sequence were processed with the others, should the gradient of the bias grow, or stay about "
            "the same?",
            "dba is the mean over the m columns; it is their sum.",
            "section 3.1, the equations for dWax, dWaa and dba",
            ((DBA, "dba = np.mean(dz, axis=1, keepdims=True)"),),
        ),
        Mistake(
            "recurrent_weights_from_the_new_state",
            "What did Waa multiply on the way forward? Is that what your dWaa is made with?",
            "dWaa uses a_next; Waa was multiplied by a_prev on the way forward.",
            "section 3.1, the equations for dWax, dWaa and dba",
            (("dWaa = dz @ a_prev.T", "dWaa = dz @ a_next.T"),),
        ),
        Mistake(
            "gradients_in_place_of_weights",
            "Through which matrices did the input and the state go on the way forward? Are these the ones in your "
            "equations for their gradients?",
            "the gradient of the weights, dWax or dWaa, stands where the weights themselves are due: Wax and Waa.",
            "section 3.1, the equations for dx⟨t⟩ and da⟨t-1⟩",
            (
                ('parameters["Wax"].T @ dz', "(dz @ xt.T).T @ dz"),
                ('parameters["Waa"].T @ dz', "(dz @ a_prev.T).T @ dz"),
            ),
        ),
        Mistake(
            "weights_transposed",
            "What shape does Wax have? Does your dWax have the same one for every size, even where n_a and n_x differ?",
            "dWax and dWaa are transposed: with dz as the first factor dWax has the shape of Wax.",
            "section 3.1, the equations for dWax, dWaa and dba",
            (("dWax = dz @ xt.T", "dWax = xt @ dz.T"), ("dWaa = dz @ a_prev.T", "dWaa = a_prev @ dz.T")),
        ),
        Mistake(
            "recurrent_weights_not_transposed",
            "Waa leads from the old state to the new one. What has to be done with a matrix to go through it the "
            "other way?",
            "da_prev is Waa times dz; on the way back the matrix is transposed.",
            "section 3.1, the equation for da⟨t-1⟩",
            (('da_prev = parameters["Waa"].T @ dz', 'da_prev = parameters["Waa"] @ dz'),),
        ),
        Mistake(
            "gradient_changed_in_place",
            "Print the gradient that the function is given before and after the call. Is it still the same?",
            "da_next is changed in place; whoever gave it needs it. Make a new array.",
            "section 3.1, the task of the cell",
            ((DZ, "da_next *= 1 - a_next**2\n    dz = da_next"),),
        ),
    ),
)

RNN_STEP = "gradients = rnn_cell_backward(da[:, :, t] + da_back, steps[t])"
BACK_LOOP = "for t in reversed(range(T_x)):"
BACK_LOOP_MISTAKES = (
    Mistake(
        "loop_runs_forward",
        "At which step does nothing come back from a later one? Is that the step with which your loop starts?",
        "the loop runs from the first step to the last; going back starts with the last.",
        "section 3.1, what goes into the cell at step t",
        ((BACK_LOOP, "for t in range(T_x):"),),
    ),
    Mistake(
        "first_step_missing",
        "Print t in your loop. Which steps does it visit, and which one is left?",
        "the loop stops before step 0; step 0 belongs to it.",
        "section 3.1, what goes into the cell at step t",
        ((BACK_LOOP, "for t in range(T_x - 1, 0, -1):"),),
    ),
)
INPUTS_MIRRORED = Mistake(
    "inputs_mirrored_in_time",
    "The loop goes back in time. Into which slice of dx does the gradient of the last step belong?",
    "dx is the wrong way round in time: the gradient of step t belongs in slice t of dx.",
    "section 3.1, the paragraph below the equation of the sequence",
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
            "A state matters to its own loss and to the next step. Which of these two does the gradient that you give "
            "the cell contain?",
            "each step gets its slice of da alone; add da_prev, which the step after it handed back.",
            "section 3.1, what goes into the cell at step t",
            ((RNN_STEP, "gradients = rnn_cell_backward(da[:, :, t], steps[t])"),),
        ),
        Mistake(
            "given_gradient_left_out",
            "There is a loss at every step. Where does your loop use the slices of da that belong to the earlier "
            "steps?",
            "only the last step gets its slice of da; every step gets its own, plus what the step after it handed "
            "back.",
            "section 3.1, what goes into the cell at step t",
            (
                (RNN_STEP, "gradients = rnn_cell_backward(da_back, steps[t])"),
                ("da_back = np.zeros((n_a, m))", "da_back = da[:, :, -1]"),
            ),
        ),
        Mistake(
            "weights_not_added_up",
            "The same weights are used at every step. What is left of the later steps in your weights' gradients when "
            "the loop has ended?",
            "the weights' gradients are those of the first step alone; they add up over all steps.",
            "section 3.1, the paragraph below the equation of the sequence",
            (
                ('dWax += gradients["dWax"]', 'dWax = gradients["dWax"]'),
                ('dWaa += gradients["dWaa"]', 'dWaa = gradients["dWaa"]'),
                ('dba += gradients["dba"]', 'dba = gradients["dba"]'),
            ),
        ),
        Mistake(
            "bias_not_added_up",
            "Compare how you keep dWax and dba from one step to the next. What is different?",
            "dba is that of the first step alone; it adds up over all steps.",
            "section 3.1, the paragraph below the equation of the sequence",
            (('dba += gradients["dba"]', 'dba = gradients["dba"]'),),
        ),
        *BACK_LOOP_MISTAKES,
        Mistake(
            "start_gets_no_gradient",
            "Where does the first step's own da_prev go in your function?",
            "da0 stays zero; it is the da_prev that the first step hands back.",
            "section 3.1, the paragraph below the equation of the sequence",
            (("da0 = da_back", "da0 = np.zeros((n_a, m))"),),
        ),
        Mistake(
            "start_gets_the_first_states_gradient",
            "Is the initial state one of the states in a? Does the first slice of da belong to it?",
            "da0 holds also the first slice of da, which belongs to the first step's own state; da0 is what the first "
            "step hands back.",
            "section 3.1, the paragraph below the equation of the sequence",
            (("da0 = da_back", "da0 = da_back + da[:, :, 0]"),),
        ),
        INPUTS_MIRRORED,
        Mistake(
            "gradient_changed_in_place",
            "Print da before and after the call. Which line of yours changes it?",
            "da is changed in place: its slices are views, so adding to one of them adds to da. Make a new array of "
            "the sum.",
            "section 3.1, the task of the sequence",
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
            "The cell state is used twice: by the next step, and by what else? Does its gradient have both shares?",
            "the cell state's gradient is dc_next alone; add what comes through the hidden state, by the output gate "
            "and the derivative of tanh.",
            "section 3.2, the first equation, the whole gradient of the cell state",
            ((DC, "dc = dc_next"),),
        ),
        Mistake(
            "cell_state_gets_no_gradient_from_the_next_step",
            "The cell state is used twice: by this step's hidden state, and by what else? Does its gradient have both "
            "shares?",
            "the cell state's gradient lacks dc_next, which the next step handed back.",
            "section 3.2, the first equation, the whole gradient of the cell state",
            ((DC, "dc = da_next * ot * (1 - tanh_c**2)"),),
        ),
        Mistake(
            "state_way_without_output_gate",
            "Follow the arrows from the hidden state back to the cell state. What two things lie on that way?",
            "the way from the hidden state to the cell state lacks the output gate: da_next passes it, and the "
            "derivative of tanh.",
            "section 3.2, the first equation, the whole gradient of the cell state",
            ((DC, "dc = dc_next + da_next * (1 - tanh_c**2)"),),
        ),
        Mistake(
            "cell_state_slope_wrongly_squared",
            "In the derivative of tanh, what is squared: the value of tanh, or the whole difference?",
            "in the derivative of tanh the whole difference is squared; only the tanh of c_next is.",
            "section 3.2, the first equation, the whole gradient of the cell state",
            ((DC, "dc = dc_next + da_next * ot * (1 - tanh_c) ** 2"),),
        ),
        Mistake(
            "cell_state_slope_without_tanh",
            "The derivative of tanh is written with the value of tanh. Is c_next such a value, or what went into it?",
            "the derivative of tanh squares c_next; c_next is not the tanh, so square the tanh of it.",
            "section 3.2, the first equation, the whole gradient of the cell state",
            ((DC, "dc = dc_next + da_next * ot * (1 - c_next**2)"),),
        ),
        Mistake(
            "candidate_slope_wrongly_squared",
            "In the derivative of tanh, what is squared: the value of tanh, or the whole difference? Look at the "
            "candidate.",
            "in the candidate's derivative the whole difference is squared; only cct is.",
            "section 3.2, the equation for dz_c",
            ((DZC, "dzc = dc * it * (1 - cct) ** 2"),),
        ),
        Mistake(
            "candidate_tanh_taken_twice",
            "Is the candidate in the cache what went into tanh, or what came out of it?",
            "the candidate's derivative takes tanh of cct, but cct is already the tanh: square it as it is.",
            "section 3.2, the equation for dz_c",
            ((DZC, "dzc = dc * it * (1 - np.tanh(cct) ** 2)"),),
        ),
        Mistake(
            "output_gate_without_tanh",
            "What exactly did the output gate multiply on the way forward?",
            "the output gate's gradient uses c_next; what it multiplied on the way forward was the tanh of c_next.",
            "section 3.2, the equation for dz_o",
            ((DZO, "dzo = da_next * c_next * ot * (1 - ot)"),),
        ),
        Mistake(
            "gates_without_their_slope",
            "Each gate came out of a function. Where in your gradients of the gates is the derivative of that "
            "function?",
            "the gates' gradients stop before sigmoid: multiply each by the gate, and by 1 minus the gate.",
            "section 3.2, the equations for the gradients before each activation",
            ((DZO, "dzo = da_next * tanh_c"), (DZF, "dzf = dc * c_prev"), (DZI, "dzi = dc * cct")),
        ),
        Mistake(
            "forget_gate_from_the_new_cell_state",
            "Which cell state did the forget gate multiply on the way forward, the old one or the new one?",
            "the forget gate's gradient uses c_next; what it multiplied on the way forward was c_prev.",
            "section 3.2, the equation for dz_f",
            ((DZF, "dzf = dc * c_next * ft * (1 - ft)"),),
        ),
        Mistake(
            "forget_and_input_swapped",
            "Two gates make the new cell state. What did each of them multiply on the way forward?",
            "the partners of the forget gate and the input gate are swapped: the forget gate multiplied c_prev, the "
            "input gate cct.",
            "section 3.2, the equations for dz_f and dz_i",
            ((DZF, "dzf = dc * cct * ft * (1 - ft)"), (DZI, "dzi = dc * c_prev * it * (1 - it)")),
        ),
        Mistake(
            "gates_see_only_the_next_cell_state_gradient",
            "You have two gradients for the cell state: the one that came in, and the whole one. Which of them do "
            "your gates use?",
            "the gradients of the forget gate, the input gate and the candidate use dc_next; they use the whole "
            "gradient of the cell state.",
            "section 3.2, the equations for the gradients before each activation",
            (
                (DZF, "dzf = dc_next * c_prev * ft * (1 - ft)"),
                (DZI, "dzi = dc_next * cct * it * (1 - it)"),
                (DZC, "dzc = dc_next * it * (1 - cct**2)"),
            ),
        ),
        Mistake(
            "cell_state_handed_back_without_forget_gate",
            "On the way from the old cell state to the new one, what multiplies it? Does the gradient pass that, too?",
            "dc_prev lacks the forget gate, which multiplied c_prev on the way forward.",
            "section 3.2, the last equation, for dc⟨t-1⟩",
            (('"dc_prev": dc * ft', '"dc_prev": dc'),),
        ),
        Mistake(
            "cell_state_handed_back_from_the_next_step_alone",
            "Which gradient of the cell state do you hand back: the one that came in, or the whole one?",
            "dc_prev is made of dc_next; it is the whole gradient of the cell state times the forget gate.",
            "section 3.2, the last equation, for dc⟨t-1⟩",
            (('"dc_prev": dc * ft', '"dc_prev": dc_next * ft'),),
        ),
        Mistake(
            "input_and_state_swapped",
            "In the stack, which comes first, the state or the input? How many rows does each have?",
            "dxt and da_prev are cut from the wrong rows: the first n_a rows belong to the state, the others to the "
            "input.",
            "section 3.2, the equation for the gradient of the stack, and the sentence below it",
            (
                (
                    '{"da_prev": dstacked[:n_a], "dxt": dstacked[n_a:]',
                    '{"da_prev": dstacked[xt.shape[0]:], "dxt": dstacked[:xt.shape[0]]',
                ),
            ),
        ),
        Mistake(
            "gradients_in_place_of_weights",
            "Through which matrices did the stack go on the way forward? Are these the ones in your equation for its "
            "gradient?",
            "the gradients of the weights, dWf and its like, stand where the weights themselves are due: Wf, Wi, Wc "
            "and Wo.",
            "section 3.2, the equation for the gradient of the stack, and the sentence below it",
            tuple((f'parameters["W{g}"].T @ dz{g}', f"(dz{g} @ stacked.T).T @ dz{g}") for g in "fico"),
        ),
        Mistake(
            "output_gate_hands_nothing_back",
            "How many matrices read the stack on the way forward? How many of them are in the sum for its gradient?",
            "da_prev and dxt lack the output gate's share, which comes back through Wo.",
            "section 3.2, the equation for the gradient of the stack, and the sentence below it",
            (('        + parameters["Wo"].T @ dzo\n', ""),),
        ),
        Mistake(
            "bias_not_summed",
            "What shape does each bias have, and what shape do your gradients of the biases have?",
            "the biases' gradients keep their m columns; sum over axis 1, and keep that axis.",
            "section 3.2, the equations for dW_g and db_g",
            ((LSTM_BIAS, 'gradients["db" + gate] = dz'),),
        ),
        Mistake(
            "bias_loses_its_column",
            "How many dimensions does each bias have, and how many do your gradients of the biases have?",
            "the biases' gradients have shape (n_a,); with keepdims it is (n_a, 1).",
            "section 3.2, the equations for dW_g and db_g",
            ((LSTM_BIAS, 'gradients["db" + gate] = np.sum(dz, axis=1)'),),
        ),
        Mistake(
            "weights_stacked_input_first",
            "In which order were state and input stacked on the way forward? And in your backward pass?",
            "the weights' gradients use [xt; a_prev]; the order is [a_prev; xt].",
            "section 3.2, the equations for dW_g and db_g",
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
            "A hidden state matters to its own loss and to the next step. Which of the two does the gradient that you "
            "give the cell contain?",
            "each step gets its slice of da alone; add da_prev, which the step after it handed back.",
            "section 3.3, what goes into the cell at step t",
            ((LSTM_STEP, "step = lstm_cell_backward(da[:, :, t], dc_back, steps[t])"),),
        ),
        Mistake(
            "cell_state_carry_left_out",
            "What does each step of the backward pass hand back for the cell state, and where does your loop use it?",
            "each step gets zeros for the cell state; give it the dc_prev that the step after it handed back.",
            "section 3.3, what goes into the cell at step t",
            (('        dc_back = step["dc_prev"]\n', ""),),
        ),
        Mistake(
            "both_carries_left_out",
            "Two gradients travel from each step to the one before it. Can you find both of them in your loop?",
            "nothing is handed from step to step: add da_prev to the slice of da, and pass dc_prev on.",
            "section 3.3, the paragraph on the two carries",
            (
                (LSTM_STEP, "step = lstm_cell_backward(da[:, :, t], dc_back, steps[t])"),
                ('        dc_back = step["dc_prev"]\n', ""),
            ),
        ),
        Mistake(
            "cell_state_carry_is_the_hidden_states",
            "Each step hands back two gradients of the same shape. Does each of them go where it belongs in the next "
            "call?",
            "the cell state's carry is set to da_prev; it is dc_prev.",
            "section 3.3, what goes into the cell at step t",
            (('dc_back = step["dc_prev"]', 'dc_back = step["da_prev"]'),),
        ),
        Mistake(
            "weights_not_added_up",
            "All steps share the weights. What is left of the later steps in your weights' gradients when the loop "
            "has ended?",
            "the weights' gradients are those of the first step alone; they add up over all steps.",
            "section 3.3, the paragraph below the equation",
            ((LSTM_ADD, "sums[name] = step[name]"),),
        ),
        *BACK_LOOP_MISTAKES,
        Mistake(
            "start_gets_no_gradient",
            "Where does the da_prev of the very first step go in your function?",
            "da0 stays zero; it is the da_prev that the first step hands back.",
            "section 3.3, the paragraph below the equation",
            ((LSTM_RESULT, 'gradients = {"dx": dx, "da0": np.zeros((n_a, m)), **sums}'),),
        ),
        Mistake(
            "start_gets_the_cell_states_gradient",
            "The first step hands back two gradients. Which of them belongs to a0, the start of the hidden states?",
            "da0 is the gradient of the first cell state; it is that of the first hidden state, the da_prev that the "
            "first step hands back.",
            "section 3.3, the paragraph below the equation",
            ((LSTM_RESULT, 'gradients = {"dx": dx, "da0": dc_back, **sums}'),),
        ),
        INPUTS_MIRRORED,
        Mistake(
            "gradient_changed_in_place",
            "Print da before and after the call. Which line of yours changes it?",
            "da is changed in place: its slices are views, so adding to one of them adds to da. Make a new array of "
            "the sum.",
            "section 3.1, the task of the sequence, which holds for the LSTM, too",
            (
                (
                    LSTM_STEP,
                    "da[:, :, t] += da_back\n        step = lstm_cell_backward(da[:, :, t], dc_back, steps[t])",
                ),
            ),
        ),
    ),
)
