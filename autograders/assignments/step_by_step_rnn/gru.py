"""Section 4 of `step_by_step_rnn` (optional): the GRU, a cell and its loop."""

from autograders.assignments.step_by_step_rnn.cases import cell_cases, sequence_cases
from autograders.assignments.step_by_step_rnn.shared import (
    STACK,
    STAND_INS,
    prediction_given,
    prediction_mistakes,
    sequence_mistakes,
)
from autograders.exercise import Exercise, Mistake
from helpers.check.comparing import INPUTS

GRU_CACHE = ("a_next", "a_prev", "zt", "rt", "cct", "xt", "parameters")
RESET = "reset = np.concatenate([rt * a_prev, xt], axis=0)"
GRU_CANDIDATE = 'cct = np.tanh(parameters["Wc"] @ reset + parameters["bc"])'
BLEND = "a_next = zt * a_prev + (1 - zt) * cct"
GRU_CACHE_LINE = "cache = (a_next, a_prev, zt, rt, cct, xt, parameters)"

gru_cell_forward = Exercise(
    name="gru_cell_forward",
    returns=("a_next", "yt_pred", "cache"),
    parts={"a_next": 0.4, "yt_pred": 0.3, "cache": 0.25, INPUTS: 0.05},
    fields={"cache": GRU_CACHE},
    given={
        "a_next": (BLEND, 'a_next = given["a_next"]'),
        "yt_pred": prediction_given('parameters["Wy"]', 'parameters["by"]'),
    },
    cases=cell_cases("gru", ("a_prev",)),
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
        *prediction_mistakes('parameters["Wy"]', 'parameters["by"]', "a_prev"),
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
    returns=("a", "y_pred", "caches"),
    parts={"a": 0.4, "y_pred": 0.3, "caches": 0.25, INPUTS: 0.05},
    fields={"caches": GRU_CACHE},
    stand_ins={"gru_cell_forward": STAND_INS + "gru_cell_forward"},
    cases=sequence_cases("gru"),
    mistakes=sequence_mistakes("gru_cell_forward"),
)
