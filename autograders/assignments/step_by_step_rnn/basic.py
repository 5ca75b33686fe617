"""Section 1 of `step_by_step_rnn`: the basic RNN, a cell and its loop."""

from autograders.assignments.step_by_step_rnn.cases import cell_cases, sequence_cases
from autograders.assignments.step_by_step_rnn.shared import (
    STAND_INS,
    prediction_given,
    prediction_mistakes,
    sequence_mistakes,
)
from autograders.engine.exercise import Exercise, Mistake
from helpers.check.comparing import INPUTS

RNN_CACHE = ("a_next", "a_prev", "xt", "parameters")
STATE = "a_next = np.tanh(Wax @ xt + Waa @ a_prev + ba)"

rnn_cell_forward = Exercise(
    name="rnn_cell_forward",
    returns=("a_next", "yt_pred", "cache"),
    parts={"a_next": 0.4, "yt_pred": 0.3, "cache": 0.25, INPUTS: 0.05},
    fields={"cache": RNN_CACHE},
    given={"a_next": (STATE, 'a_next = given["a_next"]'), "yt_pred": prediction_given("Wya", "by")},
    cases=cell_cases("rnn", ("a_prev",)),
    mistakes=(
        Mistake(
            "state_with_sigmoid",
            "Which function keeps the hidden state between -1 and 1? In which range does yours keep it?",
            "the state uses sigmoid; it needs tanh.",
            "section 1.1, the equation for a⟨t⟩",
            ((STATE, "a_next = sigmoid(Wax @ xt + Waa @ a_prev + ba)"),),
        ),
        Mistake(
            "state_without_activation",
            "How large can the entries of your hidden state become? What bounds them in the equation?",
            "the state lacks its tanh.",
            "section 1.1, the equation for a⟨t⟩",
            ((STATE, "a_next = Wax @ xt + Waa @ a_prev + ba"),),
        ),
        Mistake(
            "state_without_bias",
            "The sum inside the activation has three terms. Which of them can you find in your line?",
            "the bias ba is missing from the state.",
            "section 1.1, the equation for a⟨t⟩",
            ((STATE, "a_next = np.tanh(Wax @ xt + Waa @ a_prev)"),),
        ),
        Mistake(
            "state_without_the_previous_one",
            "If you change a_prev and keep xt, does your new state change?",
            "the new state does not depend on a_prev: the term of Waa and a_prev is missing, so that each step knows "
            "nothing of the steps before it.",
            "section 1.1, the equation for a⟨t⟩",
            ((STATE, "a_next = np.tanh(Wax @ xt + ba)"),),
        ),
        Mistake(
            "state_without_the_input",
            "If you change xt and keep a_prev, does your new state change?",
            "the new state does not depend on xt: the term of Wax and xt is missing.",
            "section 1.1, the equation for a⟨t⟩",
            ((STATE, "a_next = np.tanh(Waa @ a_prev + ba)"),),
        ),
        Mistake(
            "tanh_before_the_bias",
            "Can your hidden state become larger than 1? Which term is outside the brackets, and which is inside?",
            "the bias is added after tanh; it belongs inside.",
            "section 1.1, the equation for a⟨t⟩",
            ((STATE, "a_next = np.tanh(Wax @ xt + Waa @ a_prev) + ba"),),
        ),
        Mistake(
            "weights_swapped",
            "Read the names from right to left: which matrix takes an x, and which takes an a?",
            "Wax and Waa are swapped: Wax takes the input xt, Waa takes the state a_prev.",
            "section 1.1, the equation for a⟨t⟩",
            ((STATE, "a_next = np.tanh(Waa @ xt + Wax @ a_prev + ba)"),),
        ),
        Mistake(
            "recurrent_weights_transposed",
            "Compare each matrix in your line with the equation. Is every one used just as it stands?",
            "Waa is transposed; it multiplies a_prev as it stands.",
            "section 1.1, the equation for a⟨t⟩",
            ((STATE, "a_next = np.tanh(Wax @ xt + Waa.T @ a_prev + ba)"),),
        ),
        Mistake(
            "product_entry_by_entry",
            "In the product of a matrix with the old state, what does each entry of the result add up? Does your "
            "operator do that?",
            "the product is taken entry by entry; a matrix product is due.",
            "section 1.1, the equation for a⟨t⟩",
            ((STATE, "a_next = np.tanh(Wax @ xt + Waa * a_prev + ba)"),),
        ),
        *prediction_mistakes("Wya", "by", "a_prev", "section 1.1"),
        Mistake(
            "state_written_over_the_previous_one",
            "Print a_prev before and after the call. Is it still the old state?",
            "the new state is written into the array a_prev: the caller's state changes, and the cache holds the new "
            "state twice. Give the new state an array of its own.",
            "section 1.1, the task, which lists the cache in order",
            ((STATE, "a_prev[:] = np.tanh(Wax @ xt + Waa @ a_prev + ba)\n    a_next = a_prev"),),
        ),
        Mistake(
            "cache_states_swapped",
            "Compare your cache with the task, place by place. Does each place hold what its name says?",
            "the cache has a_prev before a_next; its order is (a_next, a_prev, xt, parameters).",
            "section 1.1, the task, which lists the cache in order",
            (("cache = (a_next, a_prev, xt, parameters)", "cache = (a_prev, a_next, xt, parameters)"),),
        ),
        Mistake(
            "cache_without_parameters",
            "How many things does the backward pass need to know about a step? How many does your cache hold?",
            "the cache lacks the parameters; it is (a_next, a_prev, xt, parameters).",
            "section 1.1, the task, which lists the cache in order",
            (("cache = (a_next, a_prev, xt, parameters)", "cache = (a_next, a_prev, xt)"),),
        ),
        Mistake(
            "cache_without_input",
            "How many things does the backward pass need to know about a step? Which of them is not in your cache?",
            "the cache lacks xt; it is (a_next, a_prev, xt, parameters).",
            "section 1.1, the task, which lists the cache in order",
            (("cache = (a_next, a_prev, xt, parameters)", "cache = (a_next, a_prev, parameters)"),),
        ),
    ),
)

rnn_forward = Exercise(
    name="rnn_forward",
    returns=("a", "y_pred", "caches"),
    parts={"a": 0.4, "y_pred": 0.3, "caches": 0.25, INPUTS: 0.05},
    fields={"caches": RNN_CACHE},
    stand_ins={"rnn_cell_forward": STAND_INS + "rnn_cell_forward"},
    cases=sequence_cases("rnn"),
    mistakes=sequence_mistakes("rnn_cell_forward", "section 1.2"),
)
