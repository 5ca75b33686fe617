"""Section 2 of `emojify`: sentences as indices, and the embedding layer."""

from autograders.assignments.emojify.cases import embedding_cases, indices_cases
from autograders.exercise import Exercise, Mistake

ROWS = "words = [word for word in sentence.lower().split() if word in word_to_index]"
CUT = "for j, word in enumerate(words[:max_len]):"
FILL = "X_indices[i, j] = word_to_index[word]"
TABLE = "X_indices = np.zeros((len(X), max_len), dtype=int)"

sentences_to_indices = Exercise(
    name="sentences_to_indices",
    probe="helpers.words.probes:sentences_to_indices",
    parts={"short sentences": 0.7, "capital letters": 0.3},
    cases=indices_cases,
    mistakes=(
        Mistake(
            "no_lower_casing",
            "words with capital letters are not found: the keys are in lower case; use sentence.lower().",
            ((ROWS, ROWS.replace(".lower()", "")),),
        ),
        Mistake(
            "unknown_words_leave_a_gap",
            "an unknown word leaves a 0 between the others; skip it, so that the next word takes its place.",
            (
                (ROWS, "words = sentence.lower().split()"),
                (FILL, "X_indices[i, j] = word_to_index[word] if word in word_to_index else 0"),
            ),
        ),
        Mistake(
            "unknown_word_raises",
            "a word that has no index ends in a KeyError; skip it.",
            ((ROWS, "words = sentence.lower().split()"),),
        ),
        Mistake(
            "long_sentence_raises",
            "a sentence of more than max_len words ends in an IndexError; keep its first max_len words.",
            ((CUT, "for j, word in enumerate(words):"),),
        ),
        Mistake(
            "long_sentences_keep_their_end",
            "of a long sentence the last max_len words are kept; keep the first ones.",
            ((CUT, "for j, word in enumerate(words[-max_len:]):"),),
        ),
        Mistake(
            "cut_before_skipping",
            "the sentence is cut before its unknown words are skipped, so that known words are lost; skip first.",
            ((ROWS, ROWS.replace(".split()", ".split()[:max_len]")),),
        ),
        Mistake(
            "padding_in_front",
            "the zeros stand in front of the words; the words begin at the left, and the zeros follow.",
            ((FILL, "X_indices[i, max_len - len(words[:max_len]) + j] = word_to_index[word]"),),
        ),
        Mistake(
            "indices_one_too_small",
            "all indices are one too small; they begin at 1 on purpose, and 0 means padding.",
            ((FILL, "X_indices[i, j] = word_to_index[word] - 1"),),
        ),
        Mistake(
            "first_place_left_empty",
            "the first column stays 0; in NumPy the first column is 0, not 1.",
            (
                (CUT, "for j, word in enumerate(words[: max_len - 1]):"),
                (FILL, "X_indices[i, j + 1] = word_to_index[word]"),
            ),
        ),
        Mistake(
            "position_not_reset",
            "the position goes on counting from one sentence to the next; set it to 0 for each sentence.",
            (
                ("    for i, sentence", "    position = 0\n    for i, sentence"),
                (FILL, "X_indices[i, position] = word_to_index[word]\n            position += 1"),
            ),
        ),
        Mistake(
            "as_wide_as_the_longest_sentence",
            "the array is as wide as the longest sentence; it has max_len columns.",
            ((TABLE, "X_indices = np.zeros((len(X), max(len(x.split()) for x in X)), dtype=int)"),),
        ),
        Mistake(
            "transposed",
            "the array has a column for each sentence; it has a row for each, (m, max_len).",
            ((FILL, FILL + "\n    X_indices = X_indices.T"),),
        ),
        Mistake(
            "letters_in_place_of_words",
            "the loop runs over the letters of the sentence; split() gives its words.",
            ((ROWS, ROWS.replace(".split()", "")),),
        ),
        Mistake(
            "padding_of_minus_one",
            "the padding is -1; it is 0.",
            ((TABLE, "X_indices = np.full((len(X), max_len), -1)"),),
        ),
    ),
)

N_ROWS = "n_rows = len(word_to_index) + 1"
N_X = "n_x = len(next(iter(word_to_vec_map.values())))"
MATRIX = "matrix = np.zeros((n_rows, n_x))"
FILL_ROWS = "for word, index in word_to_index.items():"
ROW = "matrix[index] = word_to_vec_map[word]"
LAYER = "embedding_layer = Embedding(n_rows, n_x, trainable=False)"
BUILD = "embedding_layer.build((None,))"
SET = "embedding_layer.set_weights([matrix])"

pretrained_embedding_layer = Exercise(
    name="pretrained_embedding_layer",
    probe="helpers.words.probes:pretrained_embedding_layer",
    parts={"matrix shape": 0.15, "row 0": 0.15, "vectors": 0.35, "output": 0.2, "frozen": 0.15},
    cases=embedding_cases,
    timeout=30.0,
    mistakes=(
        Mistake(
            "trainable_left_on",
            "the layer would be trained; make it with trainable=False.",
            ((LAYER, "embedding_layer = Embedding(n_rows, n_x)"),),
        ),
        Mistake(
            "one_row_too_few",
            "the matrix has V rows for indices up to V; it needs one more, as the indices begin at 1 and row 0 is for "
            "the padding.",
            ((N_ROWS, "n_rows = len(word_to_index)"),),
        ),
        Mistake(
            "rows_begin_at_0",
            "every vector stands one row too early, in row index - 1; row 0 is for the padding.",
            ((ROW, "matrix[index - 1] = word_to_vec_map[word]"),),
        ),
        Mistake(
            "rows_one_too_late",
            "every vector stands one row too late; the indices begin at 1 already, so the row is the index itself.",
            ((N_ROWS, "n_rows = len(word_to_index) + 2"), (ROW, "matrix[index + 1] = word_to_vec_map[word]")),
        ),
        Mistake(
            "rows_in_the_order_of_the_words",
            "the rows follow the order of the words in the dict; row i belongs to the word whose index is i.",
            ((FILL_ROWS, "for index, word in enumerate(word_to_index, start=1):"),),
        ),
        Mistake(
            "matrix_not_put_into_the_layer",
            "the layer still has its random first weights; put the matrix into it.",
            ((SET, "pass"),),
        ),
        Mistake("matrix_not_filled", "the matrix stays zero; write the vectors into its rows.", ((ROW, "pass"),)),
        Mistake(
            "row_0_random",
            "row 0 is not zero; it stands for the padding, which means nothing.",
            ((MATRIX, "matrix = np.random.default_rng(0).standard_normal((n_rows, n_x))"),),
        ),
        Mistake(
            "row_0_ones",
            "row 0 is not zero; it stands for the padding, which means nothing.",
            ((MATRIX, "matrix = np.ones((n_rows, n_x))"),),
        ),
        Mistake(
            "size_50_fixed",
            "the vectors are taken to have 50 numbers; take the size from a vector of the map.",
            ((N_X, "n_x = 50"),),
        ),
        Mistake(
            "rows_and_columns_swapped",
            "rows and columns are swapped: Embedding(rows, columns), with a row for each index.",
            ((LAYER, "embedding_layer = Embedding(n_x, n_rows, trainable=False)"),),
        ),
        Mistake(
            "not_built",
            "the layer has no weights to be replaced yet; build it first: embedding_layer.build((None,)).",
            ((BUILD, "pass"),),
        ),
        Mistake(
            "matrix_without_a_list",
            "set_weights takes a list of arrays: set_weights([matrix]).",
            ((SET, "embedding_layer.set_weights(matrix)"),),
        ),
        Mistake(
            "matrix_returned",
            "the matrix is returned; return the layer.",
            ((SET, SET + "\n    embedding_layer = matrix"),),
        ),
    ),
)
