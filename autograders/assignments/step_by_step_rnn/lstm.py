"""Section 2 of `step_by_step_rnn`: the LSTM, a cell and its loop."""

from autograders.assignments.step_by_step_rnn.cases import cell_cases, sequence_cases
from autograders.assignments.step_by_step_rnn.shared import (
    LSTM_CACHE,
    STACK,
    STAND_INS,
    prediction_given,
    prediction_mistakes,
)
from autograders.engine.exercise import Exercise, Mistake
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
            "In the stack that the gates read, which comes first, the state or the input?",
            "the gates read [xt; a_prev]; the order is [a_prev; xt].",
            "section 2.1, the equations for the gates, and the paragraph on the order of the stack",
            ((STACK, "stacked = np.concatenate([xt, a_prev], axis=0)"),),
        ),
        Mistake(
            "stacked_along_axis_1",
            "What shape should the stack of state and input have? Which of the two sizes grows when you stack, the "
            "rows or the columns?",
            "a_prev and xt are put side by side; stack them on top of each other, along axis 0.",
            "section 2.1, the shapes above the equations, and the paragraph on the order of the stack",
            ((STACK, "stacked = np.concatenate([a_prev, xt], axis=1)"),),
        ),
        Mistake(
            "candidate_with_sigmoid",
            "Can what is written into the cell state be negative? Which function allows that?",
            "the candidate uses sigmoid; it needs tanh.",
            "section 2.1, the equation for the candidate",
            ((CANDIDATE, CANDIDATE.replace("np.tanh", "sigmoid")),),
        ),
        Mistake(
            "forget_gate_with_tanh",
            "Between which two numbers does a gate lie? Does your forget gate stay between them?",
            "the forget gate uses tanh; a gate lies between 0 and 1 and needs sigmoid.",
            "section 2.1, the equation for f⟨t⟩",
            ((F_GATE, F_GATE.replace("sigmoid", "np.tanh")),),
        ),
        Mistake(
            "input_gate_with_tanh",
            "Between which two numbers does a gate lie? Does your input gate stay between them?",
            "the input gate uses tanh; a gate lies between 0 and 1 and needs sigmoid.",
            "section 2.1, the equation for i⟨t⟩",
            ((I_GATE, I_GATE.replace("sigmoid", "np.tanh")),),
        ),
        Mistake(
            "output_gate_with_tanh",
            "Between which two numbers does a gate lie? Does your output gate stay between them?",
            "the output gate uses tanh; a gate lies between 0 and 1 and needs sigmoid.",
            "section 2.1, the equation for o⟨t⟩",
            ((O_GATE, O_GATE.replace("sigmoid", "np.tanh")),),
        ),
        Mistake(
            "gate_overflows",
            "What does your gate give for a logit of 1000? Try it on that single number.",
            "np.exp of a large logit is infinite, and infinity / infinity is NaN. Use sigmoid from the packages cell.",
            "section 2.1, the equations for the gates and the candidate",
            (_overflowing(F_GATE), _overflowing(I_GATE), _overflowing(O_GATE)),
        ),
        Mistake(
            "gates_without_bias",
            "Compare the line of one gate with its equation, term by term. What is added to the product there?",
            "the gates lack their biases bf, bi, bc and bo.",
            "section 2.1, the equations for the gates and the candidate",
            tuple(
                (line, line.replace(f' + parameters["b{gate}"]', ""))
                for gate, line in (("f", F_GATE), ("i", I_GATE), ("c", CANDIDATE), ("o", O_GATE))
            ),
        ),
        Mistake(
            "forget_gate_without_bias",
            "Compare the lines of your three gates with each other. What do two of them have that the third has not?",
            "the forget gate lacks its bias bf.",
            "section 2.1, the equation for f⟨t⟩",
            ((F_GATE, F_GATE.replace(' + parameters["bf"]', "")),),
        ),
        Mistake(
            "forget_and_input_swapped",
            "Which gate says how much of the old entry stays, and which says how much of the candidate is written?",
            "the forget gate and the input gate are swapped: ft weakens the old cell state, it lets the candidate in.",
            "section 2.1, the equation for the new cell state",
            ((CELL_STATE, "c_next = it * c_prev + ft * cct"),),
        ),
        Mistake(
            "input_gate_from_output_weights",
            "Each gate has weights of its own. Whose weights does your input gate use?",
            "the input gate is computed from Wo and bo; it has weights of its own, Wi and bi.",
            "section 2.1, the equation for i⟨t⟩",
            ((I_GATE, 'it = sigmoid(parameters["Wo"] @ stacked + parameters["bo"])'),),
        ),
        Mistake(
            "nothing_is_forgotten",
            "How could your cell ever cross out an entry of the old cell state?",
            "the old cell state is kept whole; the forget gate multiplies it.",
            "section 2.1, the equation for the new cell state",
            ((CELL_STATE, "c_next = c_prev + it * cct"),),
        ),
        Mistake(
            "everything_is_written",
            "How could your cell decide that a candidate is not worth writing?",
            "the candidate is written whole; the input gate multiplies it.",
            "section 2.1, the equation for the new cell state",
            ((CELL_STATE, "c_next = ft * c_prev + cct"),),
        ),
        Mistake(
            "old_cell_state_lost",
            "If you change c_prev and keep everything else, does your new cell state change?",
            "the new cell state does not depend on c_prev: what the forget gate keeps of it is missing.",
            "section 2.1, the equation for the new cell state",
            ((CELL_STATE, "c_next = it * cct"),),
        ),
        Mistake(
            "input_gate_is_one_minus_forget",
            "How many gates does an LSTM have? Where do you use the one that says how much is written?",
            "the candidate is let in by 1 - ft, as in a GRU; the LSTM has an input gate of its own, it.",
            "section 2.1, the equation for the new cell state",
            ((CELL_STATE, "c_next = ft * c_prev + (1 - ft) * cct"),),
        ),
        Mistake(
            "cell_state_from_the_hidden_state",
            "Two vectors come from the step before. Which of them does the forget gate multiply?",
            "the forget gate multiplies a_prev; it multiplies the cell state c_prev.",
            "section 2.1, the equation for the new cell state",
            ((CELL_STATE, "c_next = ft * a_prev + it * cct"),),
        ),
        Mistake(
            "state_without_tanh",
            "Can your hidden state become larger than 1? Through which function does the cell state go before it is "
            "shown?",
            "the hidden state is the output gate times c_next; the cell state goes through tanh first.",
            "section 2.1, the equation for the new hidden state",
            ((LSTM_STATE, "a_next = ot * c_next"),),
        ),
        Mistake(
            "state_without_output_gate",
            "Which gate decides how much of the cell state shows? Do you use it?",
            "the hidden state shows the whole cell state; the output gate multiplies it, after tanh.",
            "section 2.1, the equation for the new hidden state",
            ((LSTM_STATE, "a_next = np.tanh(c_next)"),),
        ),
        Mistake(
            "state_from_the_old_cell_state",
            "Should the hidden state already know what this step has written? Which cell state do you read it from?",
            "the hidden state is read from c_prev; it is read from the new cell state c_next.",
            "section 2.1, the equation for the new hidden state",
            ((LSTM_STATE, "a_next = ot * np.tanh(c_prev)"),),
        ),
        Mistake(
            "state_from_the_candidate",
            "From which vector is the hidden state read: from what could be written, or from what stands there now?",
            "the hidden state is read from the candidate; it is read from the new cell state c_next.",
            "section 2.1, the equation for the new hidden state",
            ((LSTM_STATE, "a_next = ot * np.tanh(cct)"),),
        ),
        *prediction_mistakes('parameters["Wy"]', 'parameters["by"]', "c_next", "section 2.1"),
        Mistake(
            "cell_state_changed_in_place",
            "Print c_prev before and after the call. Is it still the old cell state?",
            "the cell state is changed in place: the caller's c_prev is lost, and the cache holds the new cell state "
            "twice. Make a new array for c_next.",
            "section 2.1, the task, which lists the cache in order",
            ((CELL_STATE, "c_prev *= ft\n    c_prev += it * cct\n    c_next = c_prev"),),
        ),
        Mistake(
            "hidden_state_and_cell_state_swapped",
            "In which order does the function return its values? Compare your last line with the docstring.",
            "c_next is returned before a_next; the order is a_next, c_next, yt_pred, cache.",
            "section 2.1, the task and the docstring below it",
            (("return a_next, c_next, yt_pred, cache", "return c_next, a_next, yt_pred, cache"),),
        ),
        Mistake(
            "cache_gates_out_of_order",
            "Compare your cache with the task, place by place. Does each gate stand where its name says?",
            "the gates stand in another order in the cache; it is ft, it, cct, ot.",
            "section 2.1, the task, which lists the cache in order",
            ((LSTM_CACHE_LINE, LSTM_CACHE_LINE.replace("ft, it, cct, ot", "it, ft, ot, cct")),),
        ),
        Mistake(
            "cache_candidate_after_output",
            "Compare your cache with the task, place by place. Which two of its ten entries have changed places?",
            "the cache has ot before cct; its order is (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, "
            "parameters).",
            "section 2.1, the task, which lists the cache in order",
            ((LSTM_CACHE_LINE, LSTM_CACHE_LINE.replace("cct, ot", "ot, cct")),),
        ),
        Mistake(
            "cache_previous_states_swapped",
            "Compare the third and the fourth place of your cache with the task. What stands there?",
            "the cache has c_prev before a_prev; its order is (a_next, c_next, a_prev, c_prev, ft, ...).",
            "section 2.1, the task, which lists the cache in order",
            ((LSTM_CACHE_LINE, LSTM_CACHE_LINE.replace("a_prev, c_prev", "c_prev, a_prev")),),
        ),
        Mistake(
            "cache_without_input",
            "How many entries does the cache have in the task, and how many does yours have?",
            "the cache lacks xt; it ends with ot, xt, parameters.",
            "section 2.1, the task, which lists the cache in order",
            ((LSTM_CACHE_LINE, LSTM_CACHE_LINE.replace(" xt,", "")),),
        ),
        Mistake(
            "cache_with_the_stack",
            "Look at the shape of the last but one entry of your cache. Which array of the step has n_x rows?",
            "the cache holds the stack [a_prev; xt] in the place of xt.",
            "section 2.1, the task, which lists the cache in order",
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
            "A slice of an array shows a part of it. When a new cell state is stored there, what happens to a cache "
            "that kept the slice?",
            "the cell state starts as the first slice of c, which is a view: when the first cell state is stored, the "
            "first cache's c_prev changes with it. The outputs are right and the cache is not. Start from new zeros.",
            "section 2.2, the trap below the task",
            ((EMPTY_CELL_STATE, "c_next = c[:, :, 0]\n"),),
        ),
        Mistake(
            "state_is_a_view",
            "A slice of an array shows a part of it. When the first new state is stored there, what happens to a "
            "cache that kept the slice?",
            "the start is written into the first slice of a and read from there, but a slice is a view: when the "
            "first state is stored, the first cache's a_prev changes with it. Start from a0 itself.",
            "section 2.2, the trap below the task",
            (("a_next = a0\n", "a[:, :, 0] = a0\n    a_next = a[:, :, 0]\n"),),
        ),
        Mistake(
            "cell_state_starts_as_a0",
            "What does the notebook on the listener's knee hold before the first note? What does your cell state hold "
            "then?",
            "the cell state starts as a0; it starts as zeros.",
            "section 2.2, the idea, and the start in the equations",
            ((EMPTY_CELL_STATE, "c_next = a0\n"),),
        ),
        Mistake(
            "cell_state_of_one_column",
            "How many sequences run side by side? How many columns does your first cell state have?",
            "the cell state starts with one column, whatever m is; it has one for each sequence, (n_a, m).",
            "section 2.2, the idea, and the start in the equations",
            ((EMPTY_CELL_STATE, "c_next = np.zeros((n_a, 1))\n"),),
        ),
        Mistake(
            "cell_state_not_carried",
            "What happens, in your loop, to the cell state that a step returns? Does the next step ever see it?",
            "every step starts from a cell state of zeros; only the first one does. Hand c_next on to the next step.",
            "section 2.2, the equation",
            ((LSTM_CALL, LSTM_CALL.replace("c_next, parameters", "np.zeros((n_a, m)), parameters")),),
        ),
        Mistake(
            "a0_at_every_step",
            "What happens, in your loop, to the hidden state that a step returns? Does the next step ever see it?",
            "every step starts from a0; only the first one does. Each later step starts from the state that the step "
            "before returned.",
            "section 2.2, the equation",
            ((LSTM_CALL, LSTM_CALL.replace("a_next, c_next, parameters", "a0, c_next, parameters")),),
        ),
        Mistake(
            "nothing_is_carried",
            "A step returns two states. Which of them does your next step start from?",
            "every step starts from a0 and a cell state of zeros; only the first one does. Hand on what the cell "
            "returned.",
            "section 2.2, the equation",
            ((LSTM_CALL, LSTM_CALL.replace("a_next, c_next, parameters", "a0, np.zeros((n_a, m)), parameters")),),
        ),
        Mistake(
            "start_from_zeros",
            "The caller gives a start for the hidden state. Where do you use it?",
            "the first step starts from a state of zeros; it starts from a0.",
            "section 2.2, the idea, and the start in the equations",
            (("a_next = a0\n", "a_next = np.zeros((n_a, m))\n"),),
        ),
        Mistake(
            "hidden_state_and_cell_state_swapped_in_the_call",
            "The cell takes two states of the same shape. In which order does it expect them, and in which do you "
            "give them?",
            "the hidden state and the cell state are swapped in the call of the cell; its order is xt, a_prev, c_prev.",
            "section 2.2, the equation",
            ((LSTM_CALL, LSTM_CALL.replace("a_next, c_next, parameters", "c_next, a_next, parameters")),),
        ),
        Mistake(
            "states_sized_n_a",
            "How many time steps are there? Which size of your array for the hidden states should say so?",
            "a is made with n_a time steps; its shape is (n_a, m, T_x).",
            "section 1.2, the shapes below the equations; the LSTM has the same ones",
            (("    a = np.zeros((n_a, m, T_x))", "    a = np.zeros((n_a, m, n_a))"),),
        ),
        Mistake(
            "cell_states_sized_n_a",
            "How many time steps are there? Which size of your array for the cell states should say so?",
            "c is made with n_a time steps; its shape is (n_a, m, T_x).",
            "section 1.2, the shapes below the equations; the LSTM has the same ones",
            (("    c = np.zeros((n_a, m, T_x))", "    c = np.zeros((n_a, m, n_a))"),),
        ),
        Mistake(
            "predictions_sized_n_a",
            "How many time steps are there? Which size of your array for the predictions should say so?",
            "y is made with n_a time steps; its shape is (n_y, m, T_x).",
            "section 1.2, the shapes below the equations; the LSTM has the same ones",
            (("y = np.zeros((n_y, m, T_x))", "y = np.zeros((n_y, m, n_a))"),),
        ),
        Mistake(
            "predictions_sized_by_inputs",
            "How many numbers does one prediction have? How many rows does your array for the predictions have?",
            "y is made with n_x rows, one for each input; it has n_y rows, one for each class.",
            "section 1.2, the shapes below the equations; the LSTM has the same ones",
            (("y = np.zeros((n_y, m, T_x))", "y = np.zeros((n_x, m, T_x))"),),
        ),
        Mistake(
            "first_input_at_every_step",
            "Print which slice of x the cell gets at each step. Does it change with t?",
            "every step reads the first slice of x; step t reads slice t.",
            "section 2.2, the equation",
            ((LSTM_CALL, LSTM_CALL.replace("x[:, :, t]", "x[:, :, 0]")),),
        ),
        Mistake(
            "last_input_at_every_step",
            "Print which slice of x the cell gets at each step. Does it change with t?",
            "every step reads the last slice of x; step t reads slice t.",
            "section 2.2, the equation",
            ((LSTM_CALL, LSTM_CALL.replace("x[:, :, t]", "x[:, :, -1]")),),
        ),
        Mistake(
            "steps_along_axis_1",
            "x has three axes. Which one is time, and along which one does your loop step?",
            "step t reads along axis 1 of x, where the m sequences lie; time is the last axis.",
            "section 2.2, the equation, and the notation table, the row of x",
            ((LSTM_CALL, LSTM_CALL.replace("x[:, :, t]", "x[:, t, :]")),),
        ),
        Mistake(
            "steps_along_axis_0",
            "x has three axes. Which one is time, and on which one does the t of your loop stand?",
            "step t reads along axis 0 of x, where the numbers of one input lie; time is the last axis.",
            "section 2.2, the equation, and the notation table, the row of x",
            ((LSTM_CALL, LSTM_CALL.replace("x[:, :, t]", "x[t]")),),
        ),
        Mistake(
            "time_runs_backward",
            "At which step is the given start a0 needed? At which step does your loop use it?",
            "the loop runs from the last step to the first; the forward pass starts with the first.",
            "section 2.2, the equation",
            ((LOOP, "for t in reversed(range(T_x)):"),),
        ),
        Mistake(
            "last_step_missing",
            "Print t in your loop. Which steps does it visit, and which one is left out?",
            "the loop ends one step early: range already stops before its end, so it takes T_x itself.",
            "section 2.2, the equation",
            ((LOOP, "for t in range(T_x - 1):"),),
        ),
        Mistake(
            "first_step_missing",
            "Print t in your loop. What is the number of the first time step in NumPy?",
            "the loop starts at 1; in NumPy the first time step is 0.",
            "section 2.2, the equation",
            ((LOOP, "for t in range(1, T_x):"),),
        ),
        Mistake(
            "cell_state_stored_as_hidden_state",
            "Print a and c after the loop. Should they be the same? Which line fills a?",
            "a holds the cell states: either c_next was stored in it, or a and c are two names of one array (setting "
            "c to a makes no copy), so that what is stored in c stands in a, too.",
            "section 2.2, the task, which lists what is returned",
            (("a[:, :, t] = a_next", "a[:, :, t] = c_next"),),
        ),
        Mistake(
            "hidden_state_stored_as_cell_state",
            "Print a and c after the loop. Should they be the same? Which line fills c?",
            "c holds the hidden states: either a_next was stored in it, or a and c are two names of one array "
            "(setting c to a makes no copy), so that what is stored in a stands in c, too.",
            "section 2.2, the task, which lists what is returned",
            (("c[:, :, t] = c_next", "c[:, :, t] = a_next"),),
        ),
        Mistake(
            "cell_states_never_stored",
            "Print c after the loop. In which line would its entries have changed?",
            "c stays zero: store each step's c_next in its slice of c.",
            "section 2.2, the task, which lists what is returned",
            (("        c[:, :, t] = c_next\n", ""),),
        ),
        Mistake(
            "prediction_of_the_last_step_everywhere",
            "Compare your predictions of two different steps. When are they stored: in each step, or once after the "
            "loop?",
            "all steps of y hold the last prediction; store each one inside the loop, in slice t.",
            "section 2.2, the equation",
            (
                ("        y[:, :, t] = yt_pred\n", ""),
                ("    caches = (steps, x)", "    y[:] = yt_pred[:, :, None]\n    caches = (steps, x)"),
            ),
        ),
        Mistake(
            "predictions_and_cell_states_swapped",
            "In which order does the function return its four values? Compare your last line with the docstring.",
            "c is returned before y; the order is a, y, c, caches.",
            "section 2.2, the task, which lists what is returned",
            (("return a, y, c, caches", "return a, c, y, caches"),),
        ),
        Mistake(
            "state_written_over_a0",
            "Print a0 before and after the call. Is it still the start that you were given?",
            "each new state is written into the array of a0, so the caches' a_prev all end up the same and the "
            "caller's a0 is lost. Let the name a_next point to the new array.",
            "section 2.2, the trap below the task",
            ((LSTM_CALL, LSTM_CALL.replace("a_next, c_next, yt_pred", "a_next[:], c_next, yt_pred")),),
        ),
        Mistake(
            "caches_without_x",
            "The task says that caches is a pair. What is the second half of it?",
            "caches is only the list; it is the tuple (list of caches, x).",
            "section 2.2, the task, which lists what is returned",
            (("caches = (steps, x)", "caches = steps"),),
        ),
        Mistake(
            "only_the_last_cache",
            "How many caches does your list hold after the loop? How many steps were there?",
            "the list holds one cache, the last; append each step's cache to one list made before the loop.",
            "section 2.2, the task, which lists what is returned",
            (("steps.append(cache)", "steps = [cache]"),),
        ),
    ),
)
