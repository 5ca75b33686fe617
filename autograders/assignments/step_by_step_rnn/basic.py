"""Section 1 of `step_by_step_rnn`: the basic RNN, a cell and its loop."""

from autograders.assignments.step_by_step_rnn.cases import cell_cases, sequence_cases
from autograders.assignments.step_by_step_rnn.shared import (
    STAND_INS,
    prediction_given,
    prediction_mistakes,
    sequence_mistakes,
)
from autograders.exercise import Exercise, Mistake
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
            "the new state does not depend on a_prev: the term Waa @ a_prev is missing, so that each step knows "
            "nothing of the steps before it.",
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
        *prediction_mistakes("Wya", "by", "a_prev"),
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
    returns=("a", "y_pred", "caches"),
    parts={"a": 0.4, "y_pred": 0.3, "caches": 0.25, INPUTS: 0.05},
    fields={"caches": RNN_CACHE},
    stand_ins={"rnn_cell_forward": STAND_INS + "rnn_cell_forward"},
    cases=sequence_cases("rnn"),
    mistakes=sequence_mistakes("rnn_cell_forward"),
)
