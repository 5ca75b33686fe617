"""Section 4 of `step_by_step_rnn` (optional): the GRU, a cell and its loop."""

from autograders.assignments.step_by_step_rnn.cases import cell_cases, sequence_cases
from autograders.assignments.step_by_step_rnn.shared import (
    STACK,
    STAND_INS,
    prediction_given,
    prediction_mistakes,
    sequence_mistakes,
)
from autograders.engine.exercise import Exercise, Mistake
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
            "Suppose the update gate is 1 everywhere. Should the new state be the old one or the candidate? What is "
            "it with you?",
            "zt and 1 - zt are swapped: here zt keeps the old state and 1 - zt lets the candidate in, as in Keras.",
            "section 4.1, the equation for the new state, and the paragraph on which GRU this is",
            ((BLEND, "a_next = (1 - zt) * a_prev + zt * cct"),),
        ),
        Mistake(
            "reset_after_the_product",
            "Does the reset gate act before or after the matrix product? Both exist; which one is asked for here?",
            "the reset gate multiplies the product of Wc and a_prev, as Keras does with reset_after; here it "
            "multiplies a_prev before.",
            "section 4.1, the equation for the candidate, and the paragraph on which GRU this is",
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
            "Suppose the reset gate is 0 everywhere. What may the candidate still know of the old state? What does "
            "yours know?",
            "the candidate reads a_prev whole; the reset gate multiplies it first.",
            "section 4.1, the equation for the candidate",
            ((RESET, "reset = stacked"),),
        ),
        Mistake(
            "reset_with_the_update_gate",
            "There are two gates. Which of them decides how much of the old state the candidate sees?",
            "the candidate's a_prev is multiplied by zt; it is multiplied by the reset gate rt.",
            "section 4.1, the equation for the candidate",
            ((RESET, "reset = np.concatenate([zt * a_prev, xt], axis=0)"),),
        ),
        Mistake(
            "candidate_with_sigmoid",
            "In which range does the candidate lie, and which function keeps it there?",
            "the candidate uses sigmoid; it needs tanh.",
            "section 4.1, the equation for the candidate",
            ((GRU_CANDIDATE, GRU_CANDIDATE.replace("np.tanh", "sigmoid")),),
        ),
        Mistake(
            "candidate_without_bias",
            "Compare your candidate with its equation, term by term. Is there one that you do not have?",
            "the candidate lacks its bias bc.",
            "section 4.1, the equation for the candidate",
            ((GRU_CANDIDATE, GRU_CANDIDATE.replace(' + parameters["bc"]', "")),),
        ),
        Mistake(
            "gates_read_input_first",
            "In the stack that the gates read, which comes first, the state or the input?",
            "the gates and the candidate read the input first; the order is [a_prev; xt].",
            "section 4.1, the equations for the gates and the candidate",
            (
                (STACK, "stacked = np.concatenate([xt, a_prev], axis=0)"),
                (RESET, "reset = np.concatenate([xt, rt * a_prev], axis=0)"),
            ),
        ),
        Mistake(
            "old_state_kept_whole",
            "The new state is a blend: as much as comes in from the candidate must go from what? Look at the old "
            "state's share.",
            "the old state is added whole; the update gate multiplies it.",
            "section 4.1, the equation for the new state",
            ((BLEND, "a_next = a_prev + (1 - zt) * cct"),),
        ),
        *prediction_mistakes('parameters["Wy"]', 'parameters["by"]', "a_prev", "section 4.1"),
        Mistake(
            "state_changed_in_place",
            "Print a_prev before and after the call. Is it still the old state?",
            "a_prev is changed in place: the caller's state is lost, and the cache holds the new state twice. Make a "
            "new array.",
            "section 4.1, the task, which lists the cache in order",
            ((BLEND, "a_prev *= zt\n    a_prev += (1 - zt) * cct\n    a_next = a_prev"),),
        ),
        Mistake(
            "cache_gates_swapped",
            "Compare your cache with the task, place by place. Does each place hold what its name says?",
            "the cache has rt before zt; its order is (a_next, a_prev, zt, rt, cct, xt, parameters).",
            "section 4.1, the task, which lists the cache in order",
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
    mistakes=sequence_mistakes("gru_cell_forward", "section 4.2"),
)
