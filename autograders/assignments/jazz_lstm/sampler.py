"""Section 3 of `jazz_lstm`: predict and sample."""

from autograders.assignments.jazz_lstm.cases import sampler_cases
from autograders.assignments.jazz_lstm.shared import TIMEOUT
from autograders.exercise import Exercise, Mistake

CALL = "predictions = inference_model([x_initializer, a_initializer, c_initializer])"
INDICES = "indices = np.argmax(probabilities, axis=-1)[:, np.newaxis]"
RESULTS = "results = np.eye(n_values)[indices[:, 0]]"
RETURN = "return results, indices"

SAMPLER_MISTAKES = (
    Mistake(
        "argmax_over_time",
        "the argmax runs over axis 0, the time steps; the tokens lie along the last axis, axis=-1.",
        ((INDICES, INDICES.replace("axis=-1", "axis=0")),),
    ),
    Mistake(
        "a_list_even_of_one_step",
        "for a single step Keras returns the bare array, not a list of one, and the axis of time is missing. Bring the "
        "answer to the shape (T_y, n_values) before you take the argmax.",
        (
            (".reshape(-1, n_values)", ""),
            (INDICES, "indices = np.argmax(probabilities, axis=-1)"),
            (RESULTS, "results = to_categorical(indices, num_classes=n_values)"),
        ),
    ),
    Mistake(
        "argmax_over_the_examples",
        "the argmax runs over axis 1 of an array (T_y, 1, n_values), where there is nothing to choose from; the tokens "
        "lie along the last axis, axis=-1.",
        (
            (".reshape(-1, n_values)", ""),
            (INDICES, "indices = np.argmax(probabilities, axis=1)"),
            (RESULTS, "results = np.eye(n_values)[indices]"),
        ),
    ),
    Mistake(
        "argmax_over_everything",
        "the argmax is taken without an axis, over all steps at once; take one for each step, axis=-1.",
        (
            (INDICES, "indices = np.argmax(probabilities)"),
            (RESULTS, "results = np.eye(probabilities.size)[indices]"),
        ),
    ),
    Mistake(
        "results_and_indices_swapped",
        "indices and results are returned in the wrong order; first results, then indices.",
        ((RETURN, "return indices, results"),),
    ),
    Mistake(
        "results_are_probabilities",
        "results holds the probabilities; it holds one-hot rows, a single 1 for the chosen token.",
        ((RESULTS, "results = probabilities"),),
    ),
    Mistake(
        "indices_flat",
        "indices has shape (T_y,); it is a column, (T_y, 1).",
        ((RETURN, "return results, indices[:, 0]"),),
    ),
    Mistake(
        "indices_as_row",
        "indices has shape (1, T_y); it is a column, (T_y, 1).",
        ((RETURN, "return results, indices.T"),),
    ),
    Mistake(
        "one_hot_as_long_as_the_highest_token",
        "the rows of results end with the highest token that was chosen; they have n_values places, whether or not the "
        "last token comes up: num_classes=n_values.",
        ((RESULTS, "results = to_categorical(indices)"),),
    ),
    Mistake(
        "one_hot_of_another_vocabulary",
        "the rows of results have as many places as other music has tokens, such as 78 or 90, and a token beyond them "
        "was chosen; there are n_values tokens: num_classes=n_values.",
        ((RESULTS, "results = to_categorical(indices, num_classes=78)"),),
    ),
    Mistake(
        "np_utils_is_gone",
        "np_utils no longer exists; to_categorical stands in keras.utils, and this notebook has imported it.",
        (
            (
                RESULTS,
                "from keras.utils import np_utils\n"
                "    results = np_utils.to_categorical(indices, num_classes=n_values)",
            ),
        ),
    ),
    Mistake(
        "module_np_utils_is_gone",
        "keras.utils.np_utils no longer exists; to_categorical stands in keras.utils, and this notebook has imported "
        "it.",
        (
            (
                RESULTS,
                "from keras.utils.np_utils import to_categorical\n"
                "    results = to_categorical(indices, num_classes=n_values)",
            ),
        ),
    ),
    Mistake(
        "backend_has_no_one_hot",
        "keras.backend, often called K, has no one_hot any more; to_categorical does the work here, or keras.ops.",
        ((RESULTS, "results = keras.backend.one_hot(indices[:, 0], n_values)"),),
    ),
    Mistake(
        "backend_has_no_argmax",
        "keras.backend, often called K, has no argmax any more; the model's answer is numbers, so that np.argmax does.",
        ((INDICES, "indices = keras.backend.argmax(probabilities, axis=-1)[:, np.newaxis]"),),
    ),
    Mistake(
        "start_not_in_a_list",
        "the model is given three arguments; it takes one, a list of three arrays: [x_initializer, a_initializer, "
        "c_initializer].",
        ((CALL, CALL.replace("[", "").replace("]", "")),),
    ),
    Mistake(
        "one_hot_as_long_as_the_piece",
        "the rows of results have T_y places, one for each step; they have n_values places, one for each token.",
        ((RESULTS, "results = (np.arange(len(indices)) == indices).astype(float)"),),
    ),
    Mistake(
        "one_hot_one_too_long",
        "the rows of results have n_values + 1 places; tokens are counted from 0, so there are n_values.",
        ((RESULTS, "results = np.eye(n_values + 1)[indices[:, 0]]"),),
    ),
    Mistake(
        "results_lie_on_their_side",
        "results has shape (n_values, T_y); its shape is (T_y, n_values).",
        ((RETURN, "return results.T, indices"),),
    ),
    Mistake(
        "only_the_last_step",
        "only the last output of the model is used; results and indices have a row for each of the T_y outputs.",
        (("np.array(predictions)", "np.array(predictions[-1])"),),
    ),
    Mistake(
        "only_the_first_step",
        "only the first output of the model is used; results and indices have a row for each of the T_y outputs.",
        (("np.array(predictions)", "np.array(predictions[0])"),),
    ),
    Mistake(
        "cell_state_before_hidden_state",
        "the model is given c_initializer before a_initializer; the order is x, a, c.",
        ((CALL, CALL.replace("a_initializer, c_initializer", "c_initializer, a_initializer")),),
    ),
    Mistake(
        "starts_from_zeros",
        "the model is given zeros as hidden state and cell state; give it a_initializer and c_initializer.",
        (
            (
                CALL,
                CALL.replace(
                    "a_initializer, c_initializer", "np.zeros_like(a_initializer), np.zeros_like(c_initializer)"
                ),
            ),
        ),
    ),
    Mistake(
        "tokens_counted_from_1",
        "indices counts the tokens from 1; the first token is number 0.",
        ((RETURN, "return results, indices + 1"),),
    ),
)

predict_and_sample = Exercise(
    name="predict_and_sample",
    parts={"results": 0.6, "indices": 0.4},
    returns=("results", "indices"),
    cases=sampler_cases,
    mistakes=SAMPLER_MISTAKES,
    probe="helpers.music.probes:predict_and_sample",
    timeout=TIMEOUT,
)
