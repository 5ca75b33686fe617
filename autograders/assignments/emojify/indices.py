"""Section 2 of `emojify`: sentences as indices, and the embedding layer."""

from autograders.assignments.emojify.cases import embedding_cases, indices_cases
from autograders.engine.exercise import Exercise, Mistake

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
            "Does the word Happy with a capital letter have an index?",
            "words with capital letters are not found: the keys are in lower case, so put the sentence into lower "
            "case first.",
            "section 2.2, the rule",
            ((ROWS, ROWS.replace(".lower()", "")),),
        ),
        Mistake(
            "unknown_words_leave_a_gap",
            "Where in the row does the word go that follows an unknown one?",
            "an unknown word leaves a 0 between the others; skip it, so that the next word takes its place.",
            "section 2.2, the rule",
            (
                (ROWS, "words = sentence.lower().split()"),
                (FILL, "X_indices[i, j] = word_to_index[word] if word in word_to_index else 0"),
            ),
        ),
        Mistake(
            "unknown_word_raises",
            "What does your function do with a word that has no index?",
            "a word that has no index ends in a KeyError; skip it.",
            "section 2.2, the rule",
            ((ROWS, "words = sentence.lower().split()"),),
        ),
        Mistake(
            "long_sentence_raises",
            "Into which column would your function write the last word of a very long sentence? Is there such a "
            "column?",
            "a sentence of more than max_len words ends in an IndexError; keep its first max_len words.",
            "section 2.2, the rule",
            ((CUT, "for j, word in enumerate(words):"),),
        ),
        Mistake(
            "long_sentences_keep_their_end",
            "If a sentence is too long, which of its words are kept: those at its start, or those at its end?",
            "of a long sentence the last max_len words are kept; keep the first ones.",
            "section 2.2, the rule",
            ((CUT, "for j, word in enumerate(words[-max_len:]):"),),
        ),
        Mistake(
            "cut_before_skipping",
            "The rule has three things to do in order. Which do you do first, skip or cut?",
            "the sentence is cut before its unknown words are skipped, so that known words are lost; skip first.",
            "section 2.2, the rule",
            ((ROWS, ROWS.replace(".split()", ".split()[:max_len]")),),
        ),
        Mistake(
            "padding_in_front",
            "On which side of the row do the words of a short sentence stand?",
            "the zeros stand in front of the words; the words begin at the left, and the zeros follow.",
            "section 2.2, the rule",
            ((FILL, "X_indices[i, max_len - len(words[:max_len]) + j] = word_to_index[word]"),),
        ),
        Mistake(
            "indices_one_too_small",
            "Which index does the map give the first word, and which do you write? What does 0 mean?",
            "all indices are one too small; they begin at 1 on purpose, and 0 means padding.",
            "section 2.2, the idea, on why index 0 was kept free",
            ((FILL, "X_indices[i, j] = word_to_index[word] - 1"),),
        ),
        Mistake(
            "first_place_left_empty",
            "What is the number of the first column in NumPy? What stands there in your rows?",
            "the first column stays 0; in NumPy the first column is 0, not 1.",
            "section 2.2, the rule",
            (
                (CUT, "for j, word in enumerate(words[: max_len - 1]):"),
                (FILL, "X_indices[i, j + 1] = word_to_index[word]"),
            ),
        ),
        Mistake(
            "position_not_reset",
            "In which column does the first word of the second sentence go?",
            "the position goes on counting from one sentence to the next; set it to 0 for each sentence.",
            "section 2.2, the rule",
            (
                ("    for i, sentence", "    position = 0\n    for i, sentence"),
                (FILL, "X_indices[i, position] = word_to_index[word]\n            position += 1"),
            ),
        ),
        Mistake(
            "as_wide_as_the_longest_sentence",
            "Does the width of your array depend on the sentences, or on what the caller asks for?",
            "the array is as wide as the longest sentence; it has max_len columns.",
            "section 2.2, the rule",
            ((TABLE, "X_indices = np.zeros((len(X), max(len(x.split()) for x in X)), dtype=int)"),),
        ),
        Mistake(
            "transposed",
            "Three sentences go in. How many rows does your array have?",
            "the array has a column for each sentence; it has a row for each, (m, max_len).",
            "section 2.2, the rule, and the shape below it",
            ((FILL, FILL + "\n    X_indices = X_indices.T"),),
        ),
        Mistake(
            "letters_in_place_of_words",
            "Print what your loop runs over. Are those words?",
            "the loop runs over the letters of the sentence; split it into words first.",
            "section 2.2, the rule",
            ((ROWS, ROWS.replace(".split()", "")),),
        ),
        Mistake(
            "padding_of_minus_one",
            "Which index was kept free for places where there is no word?",
            "the padding is -1; it is 0.",
            "section 2.2, the idea, on why index 0 was kept free",
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
            "Would training change the vectors of your layer? Should it?",
            "the layer would be trained; make it with trainable set to False.",
            "section 2.3, the paragraph on why the layer is frozen",
            ((LAYER, "embedding_layer = Embedding(n_rows, n_x)"),),
        ),
        Mistake(
            "one_row_too_few",
            "If the indices run from 1 to V, what is the smallest table in which row V exists?",
            "a row is asked for that the matrix does not have. It needs V + 1 rows, as the indices begin at 1 and row "
            "0 is for the padding; and the row of a word is its index itself.",
            "section 2.3, the paragraph on why there are V + 1 rows",
            ((N_ROWS, "n_rows = len(word_to_index)"),),
        ),
        Mistake(
            "rows_begin_at_0",
            "Which row does the layer look up for index 5? In which row did you put that word's vector?",
            "every vector stands one row too early, in row index - 1; row 0 is for the padding.",
            "section 2.3, the shapes of the embedding matrix",
            ((ROW, "matrix[index - 1] = word_to_vec_map[word]"),),
        ),
        Mistake(
            "rows_one_too_late",
            "Which row does the layer look up for index 5? In which row did you put that word's vector?",
            "every vector stands one row too late; the indices begin at 1 already, so the row is the index itself.",
            "section 2.3, the shapes of the embedding matrix",
            ((N_ROWS, "n_rows = len(word_to_index) + 2"), (ROW, "matrix[index + 1] = word_to_vec_map[word]")),
        ),
        Mistake(
            "rows_in_the_order_of_the_words",
            "What decides which row a word gets: its place in the map, or its index?",
            "the rows follow the order of the words in the dict; row i belongs to the word whose index is i.",
            "section 2.3, the shapes of the embedding matrix",
            ((FILL_ROWS, "for index, word in enumerate(word_to_index, start=1):"),),
        ),
        Mistake(
            "matrix_not_put_into_the_layer",
            "Look at the layer's weights. Are they the numbers of your matrix?",
            "the layer still has its random first weights; put the matrix into it.",
            "section 2.3, the task of the embedding layer",
            ((SET, "pass"),),
        ),
        Mistake(
            "matrix_not_filled",
            "Print a row of your matrix that belongs to a word. Where in your function is it written?",
            "the matrix stays zero; write the vectors into its rows.",
            "section 2.3, the equation of the embedding matrix",
            ((ROW, "pass"),),
        ),
        *(
            Mistake(
                f"row_0_{name}",
                "What should the network see where there is no word? What stands in row 0 of your matrix?",
                "row 0 is not zero; it stands for the padding, which means nothing.",
                "section 2.3, the paragraph on why there are V + 1 rows",
                ((MATRIX, f"matrix = {numbers}"),),
            )
            for name, numbers in (
                ("random", "np.random.default_rng(0).standard_normal((n_rows, n_x))"),
                ("uniform", "np.random.rand(n_rows, n_x)"),
                ("ones", "np.ones((n_rows, n_x))"),
            )
        ),
        Mistake(
            "size_50_fixed",
            "What happens in your function if the vectors of another map have 100 numbers?",
            "the vectors are taken to have 50 numbers; take the size from a vector of the map.",
            "section 2.3, the task of the embedding layer",
            ((N_X, "n_x = 50"),),
        ),
        Mistake(
            "size_from_the_number_of_words",
            "How many numbers does one vector hold? Is that what your function takes as their size?",
            "the number of words is taken for the size of a vector; take the length of one vector of the map.",
            "section 2.3, the task of the embedding layer",
            ((N_X, "n_x = len(word_to_vec_map)"),),
        ),
        Mistake(
            "matrix_on_its_side",
            "Which of the two sizes of your matrix is the number of rows? How long is one row?",
            "vectors are to be written into columns of the matrix; it has a row for each index, as long as a vector, "
            "and the index of the row comes first.",
            "section 2.3, the shapes of the embedding matrix",
            ((MATRIX, "matrix = np.zeros((n_x, n_rows))"),),
        ),
        Mistake(
            "matrix_of_one_axis",
            "How many axes does your matrix have, and how many numbers do you write into one place of it?",
            "several numbers are written into a place for one. The matrix needs two axes, a row for each index and a "
            "column for each number; a row is written as a whole, without a second index.",
            "section 2.3, the shapes of the embedding matrix",
            ((MATRIX, "matrix = np.zeros(n_rows)"),),
        ),
        Mistake(
            "index_and_word_swapped",
            "Print the two names of your loop. Which of them is a word, and which a number?",
            "a number stands where the word is due: it is written there, the two names of the loop are in each other's "
            "place, or enumerate puts a number first. The items of word_to_index give the word first, then its index.",
            "section 2.3, the equation of the embedding matrix",
            ((FILL_ROWS, FILL_ROWS.replace("word, index", "index, word")),),
        ),
        Mistake(
            "matrix_of_whole_numbers",
            "Which type do the entries of your matrix have? Can it hold a fraction?",
            "the matrix is made for whole numbers, so that the fractions of the vectors are cut off.",
            "section 2.3, the equation of the embedding matrix",
            ((MATRIX, "matrix = np.zeros((n_rows, n_x), dtype=int)"),),
        ),
        Mistake(
            "only_one_row_filled",
            "Print the rows of your matrix. In how many of them is there anything but zeros?",
            "only one row is written: the loop ends after its first word.",
            "section 2.3, the equation of the embedding matrix",
            ((ROW, f"{ROW}\n        break"),),
        ),
        Mistake(
            "rows_and_columns_swapped",
            "Which of the two sizes of the table is the number of words, and which does the layer take first?",
            "rows and columns are swapped: Embedding takes the number of rows first, with a row for each index, then "
            "the number of columns.",
            "section 2.3, the task of the embedding layer",
            ((LAYER, "embedding_layer = Embedding(n_x, n_rows, trainable=False)"),),
        ),
        Mistake(
            "not_built",
            "Does a new layer of Keras have weights before it knows the shape of its input? When does yours get to "
            "know it?",
            "the layer has no weights to be replaced yet; build it first.",
            "section 2.3, the task of the embedding layer",
            ((BUILD, "pass"),),
        ),
        Mistake(
            "matrix_without_a_list",
            "A layer may have several arrays of weights. In what form does Keras take them all at once?",
            "set_weights is given the matrix; it takes a list of arrays, here a list of one.",
            "section 2.3, the task of the embedding layer",
            ((SET, "embedding_layer.set_weights(matrix)"),),
        ),
        Mistake(
            "matrix_returned",
            "What should the function return, an array or a layer?",
            "the matrix is returned; return the layer.",
            "section 2.3, the task of the embedding layer, and the docstring below it",
            ((SET, SET + "\n    embedding_layer = matrix"),),
        ),
    ),
)
