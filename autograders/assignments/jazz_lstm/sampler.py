"""Section 3 of `jazz_lstm`: predict and sample."""

from autograders.assignments.jazz_lstm.cases import sampler_cases
from autograders.assignments.jazz_lstm.shared import TIMEOUT
from autograders.engine.exercise import Exercise, Mistake

CALL = "predictions = inference_model([x_initializer, a_initializer, c_initializer])"
INDICES = "indices = np.argmax(probabilities, axis=-1)[:, np.newaxis]"
RESULTS = "results = np.eye(n_values)[indices[:, 0]]"
RETURN = "return results, indices"

SAMPLER_MISTAKES = (
    Mistake(
        "argmax_over_time",
        "Should there be one choice for each step, or one for each token? How many numbers does your argmax give?",
        "the argmax runs over axis 0, the time steps; the tokens lie along the last axis.",
        "section 3.1, the task of the sampler",
        ((INDICES, INDICES.replace("axis=-1", "axis=0")),),
    ),
    Mistake(
        "a_list_even_of_one_step",
        "What does Keras return if a model has a single output? Does your function treat it in the same way as a list?",
        "for a single step Keras returns the bare array, not a list of one, and the axis of time is missing. Bring the "
        "answer to the shape (T_y, n_values) before you take the argmax.",
        "section 3.1, the table of shapes of the sampler",
        (
            (".reshape(-1, n_values)", ""),
            (INDICES, "indices = np.argmax(probabilities, axis=-1)"),
            (RESULTS, "results = to_categorical(indices, num_classes=n_values)"),
        ),
    ),
    Mistake(
        "axis_of_the_example_kept",
        "How many axes has the array from which you choose? Which of them has length 1?",
        "the axis of the one example is still there, so that indices has an axis too many. Bring the probabilities to "
        "the shape (T_y, n_values) before you take the argmax.",
        "section 3.1, the table of shapes of the sampler",
        ((".reshape(-1, n_values)", ""),),
    ),
    Mistake(
        "argmax_over_the_examples",
        "Write down the shape of the array from which you choose. How long is the axis along which your argmax runs?",
        "every step has token 0: the argmax runs over axis 1 of an array of shape (T_y, 1, n_values), where there is "
        "nothing to choose from; the tokens lie along the last axis.",
        "section 3.1, the task of the sampler",
        (
            (".reshape(-1, n_values)", ""),
            (INDICES, "indices = np.argmax(probabilities, axis=1)"),
            (RESULTS, "results = np.eye(n_values)[indices]"),
        ),
    ),
    Mistake(
        "argmax_over_everything",
        "How many steps does the model have, and how many tokens does your argmax give?",
        "the argmax is taken without an axis, over all steps at once; take one for each step, along the last axis.",
        "section 3.1, the task of the sampler",
        (
            (INDICES, "indices = np.argmax(probabilities)"),
            (RESULTS, "results = np.eye(probabilities.size)[indices]"),
        ),
    ),
    Mistake(
        "results_and_indices_swapped",
        "Two things are returned. What is the shape of the first, and is it the one that the docstring names first?",
        "indices stand where results are due, or the other way round; first results, then indices.",
        "section 3.1, the table of shapes of the sampler",
        ((RETURN, "return indices, results"),),
    ),
    Mistake(
        "results_are_probabilities",
        "Look at one row of your results. How many entries are not zero, and how many should there be?",
        "results holds the probabilities; it holds one-hot rows, a single 1 for the chosen token.",
        "section 3.1, the table of shapes of the sampler",
        ((RESULTS, "results = probabilities"),),
    ),
    Mistake(
        "indices_flat",
        "How many axes do your indices have, and how many are in the table?",
        "indices has shape (T_y,); it is a column, (T_y, 1).",
        "section 3.1, the table of shapes of the sampler",
        ((RETURN, "return results, indices[:, 0]"),),
    ),
    Mistake(
        "indices_as_row",
        "Do your indices lie in a row or in a column? In which do they lie in the table?",
        "indices has shape (1, T_y); it is a column, (T_y, 1).",
        "section 3.1, the table of shapes of the sampler",
        ((RETURN, "return results, indices.T"),),
    ),
    Mistake(
        "one_hot_as_long_as_the_highest_token",
        "How wide are your results if the last token of the vocabulary was never chosen?",
        "the rows of results end with the highest token that was chosen; they have n_values places, whether or not "
        "the last token comes up. num_classes says so to to_categorical.",
        "section 3.1, the task of the sampler",
        ((RESULTS, "results = to_categorical(indices)"),),
    ),
    Mistake(
        "one_hot_of_another_vocabulary",
        "How many tokens does this corpus have? How wide are the rows that you make?",
        "the rows of results have too few places, such as 78 or 90, as many as other music has tokens, and a token "
        "beyond them was chosen; each row has n_values places.",
        "section 3.1, the task of the sampler",
        ((RESULTS, "results = to_categorical(indices, num_classes=78)"),),
    ),
    Mistake(
        "np_utils_is_gone",
        "Where does your function for one-hot rows come from? Does this version of Keras still have that place?",
        "np_utils no longer exists; to_categorical stands in keras.utils, and this notebook has imported it.",
        "section 3.1, the task of the sampler",
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
        "Where does your function for one-hot rows come from? Does this version of Keras still have that place?",
        "keras.utils.np_utils no longer exists; to_categorical stands in keras.utils, and this notebook has imported "
        "it.",
        "section 3.1, the task of the sampler",
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
        "Does this version of Keras still have the function that makes your one-hot rows? What does the task offer in "
        "its place?",
        "keras.backend, often called K, has no one_hot any more; to_categorical does the work here, or keras.ops.",
        "section 3.1, the task of the sampler",
        ((RESULTS, "results = keras.backend.one_hot(indices[:, 0], n_values)"),),
    ),
    Mistake(
        "backend_has_no_argmax",
        "Is the model's answer made of numbers, or of placeholders? Which library's argmax is enough for it?",
        "keras.backend, often called K, has no argmax any more; the model's answer is numbers, so that np.argmax does.",
        "section 3.1, the task of the sampler",
        ((INDICES, "indices = keras.backend.argmax(probabilities, axis=-1)[:, np.newaxis]"),),
    ),
    Mistake(
        "start_not_in_a_list",
        "How many arguments does the model take when you call it, and of what kind is it?",
        "the model is not given its three starts in one list: it takes one argument, a list of three arrays: "
        "[x_initializer, a_initializer, c_initializer].",
        "section 3.1, the task of the sampler",
        ((CALL, CALL.replace("[", "").replace("]", "")),),
    ),
    Mistake(
        "one_hot_as_long_as_the_piece",
        "How long is one row of your results: as long as the piece, or as the list of all tokens?",
        "the rows of results have T_y places, one for each step; they have n_values places, one for each token.",
        "section 3.1, the table of shapes of the sampler",
        ((RESULTS, "results = (np.arange(len(indices)) == indices).astype(float)"),),
    ),
    Mistake(
        "one_hot_one_too_long",
        "If there are eight tokens and the first has number 0, what is the number of the last? How wide must a row be?",
        "the rows of results have n_values + 1 places; tokens are counted from 0, so there are n_values.",
        "section 3.1, the table of shapes of the sampler",
        ((RESULTS, "results = np.eye(n_values + 1)[indices[:, 0]]"),),
    ),
    Mistake(
        "results_lie_on_their_side",
        "Which axis of your results is time? Which one is it in the table?",
        "results has shape (n_values, T_y); its shape is (T_y, n_values).",
        "section 3.1, the table of shapes of the sampler",
        ((RETURN, "return results.T, indices"),),
    ),
    Mistake(
        "only_the_last_step",
        "How many outputs does the model have, and how many rows do your results have?",
        "only the last output of the model is used; results and indices have a row for each of the T_y outputs.",
        "section 3.1, the table of shapes of the sampler",
        (("np.array(predictions)", "np.array(predictions[-1])"),),
    ),
    Mistake(
        "only_the_first_step",
        "How many outputs does the model have, and how many rows do your results have?",
        "only the first step is used: the first output of the model, or the first of the indices; results and indices "
        "have a row for each of the T_y outputs.",
        "section 3.1, the table of shapes of the sampler",
        (("np.array(predictions)", "np.array(predictions[0])"),),
    ),
    Mistake(
        "cell_state_before_hidden_state",
        "The start has two states of the same shape. In which order does the model expect them?",
        "the model is given c_initializer before a_initializer; the order is x, a, c.",
        "section 3.1, the task of the sampler",
        ((CALL, CALL.replace("a_initializer, c_initializer", "c_initializer, a_initializer")),),
    ),
    Mistake(
        "starts_from_zeros",
        "Two calls with other states to start from should give other music. Do they, with your function?",
        "the model is given zeros as hidden state and cell state; give it a_initializer and c_initializer.",
        "section 3.1, the paragraph on a start",
        (
            (
                CALL,
                CALL.replace(
                    "a_initializer, c_initializer", "np.zeros_like(a_initializer), np.zeros_like(c_initializer)"
                ),
            ),
        ),
    ),
    *(
        Mistake(
            f"{state}_given_twice",
            "The model starts from a hidden state and a cell state. Do you give it both?",
            f"the model is given {state} twice; the order is x, a, c.",
            "section 3.1, the task of the sampler",
            ((CALL, CALL.replace("a_initializer, c_initializer", f"{state}, {state}")),),
        )
        for state in ("a_initializer", "c_initializer")
    ),
    Mistake(
        "least_probable_tokens",
        "Print one row of the probabilities and the token that you choose. What is special about its probability?",
        "the least probable token is chosen at each step; take the argmax.",
        "section 3.1, the task of the sampler",
        ((INDICES, INDICES.replace("argmax", "argmin")),),
    ),
    Mistake(
        "one_is_added_to_the_choice",
        "What is the number of the first token? What would your function call it?",
        "one is added to the numbers that argmax gives; tokens are counted from 0, as it does.",
        "section 3.1, the table of shapes of the sampler",
        ((INDICES, f"{INDICES} + 1"),),
    ),
    Mistake(
        "rows_of_tokens_in_place_of_steps",
        "How many rows has the array from which you choose: one for each step, or one for each token?",
        "the probabilities are reshaped to n_values rows; they have a row for each step, and n_values columns.",
        "section 3.1, the table of shapes of the sampler",
        ((".reshape(-1, n_values)", ".reshape(n_values, -1)"),),
    ),
    Mistake(
        "row_before_the_one_hot",
        "Do your indices lie in a row or in a column? In which do they lie in the table?",
        "indices has shape (1, T_y), so that results has a row for the first one alone; it is a column, (T_y, 1).",
        "section 3.1, the table of shapes of the sampler",
        ((INDICES, INDICES.replace("[:, np.newaxis]", "[np.newaxis]")),),
    ),
    Mistake(
        "one_hot_rows_all_zero",
        "How many ones does each row of your results hold? Which line writes them?",
        "results stays zero everywhere; each row has a 1 at the place of its token.",
        "section 3.1, the table of shapes of the sampler",
        ((RESULTS, "results = np.zeros((len(indices), n_values))"),),
    ),
    Mistake(
        "one_hot_of_the_probabilities",
        "What are the one-hot rows made of: of the numbers of the chosen tokens, or of something else?",
        "the one-hot rows are made of the probabilities; they are made of indices, the numbers of the chosen tokens.",
        "section 3.1, the table of shapes of the sampler",
        ((RESULTS, "results = to_categorical(probabilities, num_classes=n_values)"),),
    ),
    Mistake(
        "all_one_hot_rows",
        "How many rows do your results have, and how many steps does the model have?",
        "results holds the one-hot rows of all tokens; it holds those of the chosen ones, a row for each step.",
        "section 3.1, the table of shapes of the sampler",
        ((RESULTS, "results = np.eye(n_values)"),),
    ),
    Mistake(
        "tokens_counted_from_1",
        "What is the number of the first token? What would your function call it?",
        "indices counts the tokens from 1; the first token is number 0.",
        "section 3.1, the table of shapes of the sampler",
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
    slips=False,
    timeout=TIMEOUT,
)
