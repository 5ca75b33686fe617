"""The exercises of `emojify`: what each function must do, and how learners get it wrong."""

import numpy as np

from autograders.exercise import Case, Exercise, Mistake
from helpers.check.comparing import INPUTS

N_Y = 5
SHIPPED_N_X = 50  # numbers in a vector, as shipped
OTHER_N_X = 61
COPIES = 64  # of a sentence: that dropout at any sensible rate treats all of them alike is out of the question
ALWAYS_KNOWN = ("cucumber", "i", "a")  # a word to look up the size of a vector with, and words of one letter
WORDS = (
    "you we they it the my your this that is was are am not never no so very really love hug kiss miss sweet happy "
    "glad funny laugh smile great sad cry lonely awful bad good worst lunch dinner pizza soup cake hungry noodles game "
    "ball team run pitch home won lost don't i'm can't café tonight friend heart rain 10 b4"
).split()
LEARNED, PRINTED = ["pred", "W", "b"], ["costs"]  # what a case of `model` asks for

# What a mistake does when the shapes of its arrays do not fit is told by the error alone; so no two of the sizes that
# a case draws are equal.


# ---------------------------------------------------------------------------------------------------------------------
# Cases. The core is what the course's own data can contain: vectors of 50 numbers, and sentences whose words all have
# one. What goes beyond is marked with the section that teaches it. Indices stand in no particular order.
# ---------------------------------------------------------------------------------------------------------------------


def _words(rng, count):
    """Return `count` known words, among them `ALWAYS_KNOWN`, and the rest, in an order drawn anew."""
    drawn = [str(word) for word in rng.permutation(WORDS)]
    free = count - len(ALWAYS_KNOWN)
    return [str(word) for word in rng.permutation([*ALWAYS_KNOWN, *drawn[:free]])], drawn[free:]


def _vectors(rng, words, n_x=SHIPPED_N_X):
    """Draw vectors of single precision, as the shipped ones are; so answers may be computed in it, too."""
    return {word: rng.standard_normal(n_x).astype(np.float32) for word in words}


def _indices(rng, words):
    """Number the words from 1 in an order of their own."""
    return {word: int(index) + 1 for word, index in zip(words, rng.permutation(len(words)), strict=True)}


def _sentence(rng, words, count):
    return " ".join(str(word) for word in rng.choice(words, count))


def _mixed(rng, known, unknown, known_count, unknown_count=2):
    """Return a sentence that begins with an unknown word and has more of them between known ones."""
    words = [str(word) for word in rng.choice(known, known_count)]
    for _ in range(unknown_count - 1):
        words.insert(int(rng.integers(len(words) + 1)), str(rng.choice(unknown)))
    return " ".join([str(rng.choice(unknown)), *words])


def _capitals(rng, words, count):
    """Return a sentence of distinct words in which the first two are written with capitals."""
    letters = [word for word in words if word.isalpha() and len(word) > 1]
    drawn = [str(word) for word in rng.permutation(letters)[:count]]
    return " ".join([drawn[0].upper(), drawn[1].title(), *drawn[2:]])


def _nothing_known(rng, unknown):
    return ["", _sentence(rng, unknown, 1), f"{_sentence(rng, unknown, 2)} 🍕 !?"]


def _average_cases(rng):
    def case(label, kinds, words, n_x=SHIPPED_N_X, beyond=""):
        return Case(label, {"word_to_vec_map": _vectors(rng, words, n_x), "sentences": kinds}, beyond)

    def ordinary(words):
        twice = str(rng.choice([word for word in words if word not in ALWAYS_KNOWN]))
        return [
            twice,
            f"{twice} {_sentence(rng, words, 3)} {twice}",
            _sentence(rng, words, 7),
            f" {_sentence(rng, words, 2)}  {_sentence(rng, words, 2)} ",
        ]

    found = []
    for label in ("a first map", "a second map"):
        known, _ = _words(rng, int(rng.integers(18, 24)))
        capitals = [_capitals(rng, known, count) for count in (2, 5)]
        found.append(case(label, {"known words": ordinary(known), "capital letters": capitals}, known))
    known, unknown = _words(rng, int(rng.integers(18, 24)))
    mixed = [_mixed(rng, known, unknown, 3), _mixed(rng, known, unknown, 5, 3)]
    return [
        *found,
        case("unknown words", {"unknown words": mixed}, known, beyond="section 1.3"),
        case("no known word", {"no known word": _nothing_known(rng, unknown)}, known, beyond="section 1.3"),
        case(f"vectors of {OTHER_N_X} numbers", {"known words": ordinary(known)}, known, OTHER_N_X,
             beyond="section 1.3"),
    ]  # fmt: skip


def _model_cases(rng):
    # Whoever predicts at iterations 0, 100, 200 ... has predicted after the last one: after 1 iteration, or after 101.
    runs = (  # label, asked, m, n_x, learning rate, iterations, where it is taught if it goes beyond
        ("one iteration", LEARNED, 23, SHIPPED_N_X, 0.2, 1, ""),
        ("one sentence", LEARNED, 1, SHIPPED_N_X, 0.3, 1, ""),
        ("101 iterations", LEARNED, 17, SHIPPED_N_X, 0.03, 101, ""),
        ("what is printed", PRINTED, 4, SHIPPED_N_X, 0.02, 301, "section 1.3"),
        (f"vectors of {OTHER_N_X} numbers", LEARNED, 6, OTHER_N_X, 0.2, 1, "section 1.3"),
    )
    found = []
    for label, asked, m, n_x, learning_rate, num_iterations, beyond in runs:
        known, _ = _words(rng, 24)
        inputs = {
            "X": np.array([_sentence(rng, known, int(count)) for count in rng.integers(1, 6, m)]),
            "Y": rng.permutation(np.arange(1, m + 1) % N_Y),
            "word_to_vec_map": _vectors(rng, known, n_x),
            "learning_rate": learning_rate,
            "num_iterations": num_iterations,
            "asked": asked,
        }
        found.append(Case(label, inputs, beyond))
    return found


def _indices_cases(rng):
    def case(label, max_len, kinds, words, beyond=""):
        sentences = {kind: np.array(X) for kind, X in kinds.items()}
        inputs = {"word_to_index": _indices(rng, words), "max_len": max_len, "sentences": sentences}
        return Case(label, inputs, beyond)

    found = []
    for max_len in (6, 10, 3):
        known, _ = _words(rng, int(rng.integers(18, 24)))
        short = [_sentence(rng, known, count) for count in (1, max_len - 1, max_len, max_len)]
        capitals = [_capitals(rng, known, count) for count in (2, 3, 3, 2, 3)]
        kinds = {"short sentences": short, "capital letters": capitals}
        found.append(case(f"max_len {max_len}", max_len, kinds, known))
    known, unknown = _words(rng, int(rng.integers(18, 24)))
    max_len = 8
    long = [_sentence(rng, known, count) for count in (max_len + 1, *[3 * max_len] * 4)]
    mixed = [_mixed(rng, known, unknown, count, 5) for count in (1, max_len - 3, *[max_len] * 10)]
    return [
        *found,
        case("unknown words", max_len, {"unknown words": mixed}, known, "section 2.2"),
        case("long sentences", max_len, {"long sentences": long}, known, "section 2.2"),
        case("no known word", max_len, {"no known word": _nothing_known(rng, unknown)}, known, "section 2.2"),
    ]


def _embedding_cases(rng):
    def case(label, words, n_x=SHIPPED_N_X, beyond=""):
        lookup = rng.permutation([0, *range(len(words) + 1)])[: 2 * (len(words) // 2)].reshape(2, -1)
        inputs = {"word_to_vec_map": _vectors(rng, words, n_x), "word_to_index": _indices(rng, words)}
        return Case(label, inputs | {"indices": lookup}, beyond)

    known, _ = _words(rng, int(rng.integers(9, 14)))
    more, _ = _words(rng, int(rng.integers(17, 24)))
    return [
        case(f"{len(known)} words", known),
        case(f"{len(more)} words", more),
        case(f"vectors of {OTHER_N_X} numbers", known, OTHER_N_X, "section 2.3"),
        case('a map without "cucumber"', [word for word in more if word != "cucumber"], beyond="section 2.3"),
    ]


def _network_cases(rng):
    found = []
    for label, max_len, m, copies in (("max_len 3", 3, 4, COPIES), ("max_len 4", 4, 2, 0)):
        known, _ = _words(rng, int(rng.integers(13, 17)))
        indices = rng.integers(1, len(known) + 1, (m, max_len)).astype(np.int32)
        padded = indices.copy()
        padded[0, max_len // 2 :] = 0
        inputs = {"word_to_vec_map": _vectors(rng, known), "word_to_index": _indices(rng, known)}
        found.append(Case(label, inputs | {"indices": indices, "padded": padded, "copies": copies}))
    return found


# ---------------------------------------------------------------------------------------------------------------------
# 1 Emojifier-V1
# ---------------------------------------------------------------------------------------------------------------------

KNOWN_WORDS = "words = [word for word in sentence.lower().split() if word in word_to_vec_map]"
AVERAGE = "    if words:\n        avg /= len(words)\n"

sentence_to_avg = Exercise(
    name="sentence_to_avg",
    points=15,
    probe="helpers.words.probes:sentence_to_avg",
    parts={"known words": 0.65, "capital letters": 0.3, INPUTS: 0.05},
    cases=_average_cases,
    mistakes=(
        Mistake(
            "no_lower_casing",
            "words with capital letters are not found: the keys of the map are in lower case; use sentence.lower().",
            ((KNOWN_WORDS, KNOWN_WORDS.replace(".lower()", "")),),
        ),
        Mistake(
            "divided_by_50",
            "the sum is divided by 50, the length of a vector; divide by the number of words that you added up.",
            ((AVERAGE, "    avg /= 50\n"),),
        ),
        Mistake(
            "divided_by_all_words",
            "the sum is divided by the number of all words; words without a vector do not count.",
            ((AVERAGE, "    avg /= max(len(sentence.split()), 1)\n"),),
        ),
        Mistake(
            "divided_by_the_number_of_letters",
            "the sum is divided by len(sentence), which counts letters; divide by the number of words that you added.",
            ((AVERAGE, "    avg /= max(len(sentence), 1)\n"),),
        ),
        Mistake(
            "divided_by_one_word_too_many",
            "the sum is divided by one more than the number of words; guard against zero words with an if instead.",
            ((AVERAGE, "    avg /= len(words) + 1\n"),),
        ),
        Mistake("sum_not_divided", "the vectors are added up, but not divided by their number.", ((AVERAGE, ""),)),
        Mistake(
            "unknown_word_raises",
            "a word that is not in the map ends in a KeyError; ask `if word in word_to_vec_map` first.",
            ((KNOWN_WORDS, "words = sentence.lower().split()"),),
        ),
        Mistake(
            "zeros_of_size_50",
            "the zeros are made for 50 numbers; take the size from a vector of the map.",
            (("avg = np.zeros(any_vector.shape)", "avg = np.zeros(50)"),),
        ),
        Mistake(
            "nan_without_known_words",
            "without a known word the sum is divided by zero; return zeros then.",
            ((AVERAGE, "    avg = avg / len(words) if words else avg * np.nan\n"),),
        ),
        Mistake(
            "division_by_zero",
            "without a known word the division by their number raises an error; return zeros then.",
            ((AVERAGE, "    avg *= 1 / len(words)\n"),),
        ),
        Mistake(
            "single_number_without_known_words",
            "without a known word a single 0 comes back; return zeros of the shape of a vector.",
            ((AVERAGE, "    avg = avg / len(words) if words else 0.0\n"),),
        ),
        Mistake(
            "only_the_last_word",
            "each word replaces the one before (avg = ...); add them up (avg += ...).",
            (("avg += word_to_vec_map[word]", "avg = word_to_vec_map[word].copy()"),),
        ),
        Mistake(
            "repeated_words_once",
            "a word that occurs twice counts once; do not make a set of the words.",
            ((KNOWN_WORDS, KNOWN_WORDS + "\n    words = sorted(set(words))"),),
        ),
        Mistake(
            "letters_in_place_of_words",
            "the loop runs over the letters of the sentence; split() gives its words.",
            ((KNOWN_WORDS, KNOWN_WORDS.replace(".split()", "")),),
        ),
        Mistake(
            "map_changed",
            "the sum is written into the vector of the first word, which is the map's own; start from new zeros, or "
            "from a copy.",
            (
                (
                    "    for word in words:\n        avg += word_to_vec_map[word]\n",
                    "    if words:\n        avg = word_to_vec_map[words[0]]\n"
                    "    for word in words[1:]:\n        avg += word_to_vec_map[word]\n",
                ),
            ),
        ),
    ),
)

PROBABILITIES = "a = softmax(W @ averages[i] + b)"
COST = "cost += -np.sum(Y_oh[i] * np.log(a)) / m"
DZ = "dz = a - Y_oh[i]"
STEP_W = "W -= learning_rate * np.outer(dz, averages[i])"
STEP_B = "b -= learning_rate * dz"
PRINT = '        if iteration % 100 == 0:\n            print(f"iteration {iteration}: cost {cost:.6f}")\n'
PREDICT = "pred = predict(X, W, b, word_to_vec_map)"
LOOP = "for iteration in range(num_iterations):"
SENTENCES = "for i in range(m):"

model = Exercise(
    name="model",
    points=25,
    probe="helpers.words.probes:model",
    parts={"W": 0.55, "b": 0.35, "pred": 0.1},  # a few labels are soon right by chance
    cases=_model_cases,
    stand_ins={"sentence_to_avg": "helpers.words.probes:vector_by_letters"},
    mistakes=(
        Mistake(
            "gradient_transposed",
            "np.outer has its arguments in the wrong order: dW has the shape of W, (n_y, n_x), so it is "
            "np.outer(dz, avg).",
            ((STEP_W, "W -= learning_rate * np.outer(averages[i], dz)"),),
        ),
        Mistake(
            "step_uphill",
            "the step goes uphill: subtract the gradient, or check the sign of dz = a - y.",
            ((DZ, "dz = Y_oh[i] - a"),),
        ),
        Mistake("bias_not_updated", "b stays as it was; it takes a step, too.", ((STEP_B, "pass"),)),
        Mistake("weights_not_updated", "W stays as it was; it takes a step, too.", ((STEP_W, "pass"),)),
        Mistake(
            "one_step_for_all_sentences",
            "the gradients of all sentences are added up for one step; take a step after each sentence.",
            (
                ("        cost = 0.0\n", "        cost = 0.0\n        dW, db = np.zeros(W.shape), np.zeros(b.shape)\n"),
                (STEP_W, "dW += np.outer(dz, averages[i])"),
                (STEP_B, "db += dz"),
                (PRINT, "        W -= learning_rate * dW\n        b -= learning_rate * db\n" + PRINT),
            ),
        ),
        Mistake(
            "one_step_with_the_mean_gradient",
            "the gradients of all sentences are averaged for one step; take a step after each sentence.",
            (
                ("        cost = 0.0\n", "        cost = 0.0\n        dW, db = np.zeros(W.shape), np.zeros(b.shape)\n"),
                (STEP_W, "dW += np.outer(dz, averages[i]) / m"),
                (STEP_B, "db += dz / m"),
                (PRINT, "        W -= learning_rate * dW\n        b -= learning_rate * db\n" + PRINT),
            ),
        ),
        Mistake(
            "step_outside_the_loop_over_sentences",
            "the step stands behind the loop over the sentences, so only the last sentence of a pass leads to one; "
            "indent it.",
            (
                (f"            {STEP_W}\n            {STEP_B}\n", ""),
                (PRINT, f"        {STEP_W}\n        {STEP_B}\n" + PRINT),
            ),
        ),
        Mistake(
            "label_in_place_of_one_hot",
            "dz takes the label itself, a number from 0 to 4; subtract the one-hot row Y_oh[i].",
            ((DZ, "dz = a - Y[i]"),),
        ),
        Mistake("truth_not_subtracted", "dz is only a; it is a minus the one-hot row.", ((DZ, "dz = a"),)),
        Mistake(
            "learning_rate_left_out",
            "the steps are not multiplied by the learning rate.",
            ((STEP_W, "W -= np.outer(dz, averages[i])"), (STEP_B, "b -= dz")),
        ),
        Mistake(
            "learning_rate_fixed",
            "the learning rate is always 0.01; use the argument.",
            ((STEP_W, STEP_W.replace("learning_rate", "0.01")), (STEP_B, STEP_B.replace("learning_rate", "0.01"))),
        ),
        Mistake(
            "softmax_missing",
            "the probabilities are only W avg + b; they need softmax.",
            ((PROBABILITIES, "a = W @ averages[i] + b"),),
        ),
        Mistake(
            "bias_missing",
            "the bias b is missing from the probabilities.",
            ((PROBABILITIES, "a = softmax(W @ averages[i])"),),
        ),
        Mistake(
            "weights_start_again",
            "W and b start again at every iteration; start them once, before the loops.",
            ((LOOP, LOOP + "\n        W, b = initialise_softmax(n_y, n_x, np.random.default_rng(1))"),),
        ),
        Mistake(
            "last_sentence_missing",
            "the loop ends one sentence early: range(m) already stops before m.",
            ((SENTENCES, "for i in range(m - 1):"),),
        ),
        Mistake(
            "cost_without_log",
            "the cost lacks the logarithm: it is -sum(y * log(a)).",
            ((COST, "cost += -np.sum(Y_oh[i] * a) / m"),),
        ),
        Mistake(
            "cost_without_minus",
            "the cost lacks its minus: the logarithm of a probability is negative.",
            ((COST, "cost += np.sum(Y_oh[i] * np.log(a)) / m"),),
        ),
        Mistake(
            "cost_of_the_last_sentence",
            "the cost is that of the last sentence only; it is the mean over the m sentences of the iteration.",
            ((COST, "cost = -np.sum(Y_oh[i] * np.log(a))"),),
        ),
        Mistake(
            "cost_not_divided_by_m",
            "the cost is the sum over the sentences; it is their mean.",
            ((COST, "cost += -np.sum(Y_oh[i] * np.log(a))"),),
        ),
        Mistake(
            "cost_over_all_iterations",
            "the cost is added up over all iterations; set it to 0 at the beginning of each one.",
            (("        cost = 0.0\n", ""), (LOOP, "cost = 0.0\n    " + LOOP)),
        ),
        Mistake(
            "cost_at_every_iteration",
            "the cost is printed at every iteration; print it at 0, 100, 200 and so on.",
            (("if iteration % 100 == 0:", "if True:"),),
        ),
        Mistake("cost_not_printed", "no cost is printed, at 0, 100, 200 and so on.", ((PRINT, ""),)),
        Mistake(
            "cost_at_100_in_place_of_0",
            "the cost is printed at the wrong iterations; it is printed at 0, 100, 200 and so on, counted from 0.",
            (("if iteration % 100 == 0:", "if iteration % 100 == 99:"),),
        ),
        Mistake(
            "pred_are_probabilities",
            "pred holds probabilities; it holds, for each sentence, the label with the largest one.",
            ((PREDICT, "pred = np.array([softmax(W @ average + b) for average in averages])"),),
        ),
        Mistake(
            "pred_before_training",
            "pred comes from the weights before training; predict at the end.",
            ((f"    {PREDICT}\n", ""), (f"    {LOOP}", f"    {PREDICT}\n    {LOOP}")),
        ),
    ),
)

# ---------------------------------------------------------------------------------------------------------------------
# 2 Emojifier-V2
# ---------------------------------------------------------------------------------------------------------------------

ROWS = "words = [word for word in sentence.lower().split() if word in word_to_index]"
CUT = "for j, word in enumerate(words[:max_len]):"
FILL = "X_indices[i, j] = word_to_index[word]"
TABLE = "X_indices = np.zeros((len(X), max_len), dtype=int)"

sentences_to_indices = Exercise(
    name="sentences_to_indices",
    points=15,
    probe="helpers.words.probes:sentences_to_indices",
    parts={"short sentences": 0.7, "capital letters": 0.3},
    cases=_indices_cases,
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
    points=20,
    probe="helpers.words.probes:pretrained_embedding_layer",
    parts={"matrix shape": 0.15, "row 0": 0.15, "vectors": 0.35, "output": 0.2, "frozen": 0.15},
    cases=_embedding_cases,
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

INPUT = 'sentence_indices = Input(shape=input_shape, dtype="int32")'
EMBEDDED = "A = pretrained_embedding_layer(word_to_vec_map, word_to_index)(sentence_indices)"
LSTM_1 = "A = LSTM(128, return_sequences=True)(A)"
LSTM_2 = "A = LSTM(128)(A)"
DENSE = "A = Dense(5)(A)"
SOFTMAX = 'A = Activation("softmax")(A)'
DROPOUT = "A = Dropout(0.5)(A)"
MODEL = "network = Model(inputs=sentence_indices, outputs=A)"
COMPILE = 'network.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(lr=0.01))'

Emojify_V2 = Exercise(
    name="Emojify_V2",
    points=25,
    probe="helpers.words.probes:Emojify_V2",
    parts={
        "output shape": 0.1, "probabilities": 0.1, "trained weights": 0.2, "frozen weights": 0.15,
        "computation": 0.3, "dropout": 0.15,
    },  # fmt: skip
    cases=_network_cases,
    stand_ins={"pretrained_embedding_layer": "helpers.words.probes:random_embedding_layer"},
    timeout=60.0,
    mistakes=(
        Mistake(
            "first_lstm_without_sequences",
            "the first LSTM gives its last state only, and the second one has no steps to read; use "
            "return_sequences=True in the first.",
            ((LSTM_1, LSTM_2.replace("(A)", "(A)  # first")),),
        ),
        Mistake(
            "second_lstm_with_sequences",
            "the second LSTM gives its state at every step, so that there are probabilities for each word; leave "
            "return_sequences out in the second.",
            ((LSTM_2, LSTM_1),),
        ),
        Mistake(
            "softmax_twice",
            "softmax is applied twice, in the dense layer and after it; once is enough.",
            ((DENSE, 'A = Dense(5, activation="softmax")(A)'),),
        ),
        Mistake(
            "softmax_missing",
            "the output is made of sums, not of probabilities; end with softmax.",
            ((SOFTMAX, "pass"),),
        ),
        Mistake(
            "sigmoid_in_place_of_softmax",
            "sigmoid treats each label on its own; softmax makes the five probabilities share 1.",
            ((SOFTMAX, 'A = Activation("sigmoid")(A)'),),
        ),
        Mistake(
            "dropout_missing",
            "there is no dropout, neither after the first LSTM nor after the second.",
            ((f"    {DROPOUT}\n    {LSTM_2}\n    {DROPOUT}\n", f"    {LSTM_2}\n"),),
        ),
        Mistake(
            "first_dropout_missing",
            "the dropout after the first LSTM is missing.",
            ((f"    {DROPOUT}\n    {LSTM_2}\n", f"    {LSTM_2}\n"),),
        ),
        Mistake(
            "second_dropout_missing",
            "the dropout after the second LSTM is missing.",
            ((f"    {LSTM_2}\n    {DROPOUT}\n", f"    {LSTM_2}\n"),),
        ),
        Mistake(
            "dropout_always_on",
            "dropout is on outside training, too (training=True); leave that to Keras.",
            (
                (
                    f"    {DROPOUT}\n    {LSTM_2}\n    {DROPOUT}\n",
                    f"    A = Dropout(0.5)(A, training=True)\n    {LSTM_2}\n    A = Dropout(0.5)(A, training=True)\n",
                ),
            ),
        ),
        Mistake(
            "dense_of_one",
            "the dense layer has 1 unit; it has 5, one for each label.",
            ((DENSE, "A = Dense(1)(A)"),),
        ),
        Mistake(
            "dense_of_128",
            "the dense layer has 128 units; it has 5, one for each label.",
            ((DENSE, "A = Dense(128)(A)"),),
        ),
        Mistake(
            "one_lstm_only",
            "there is only one LSTM; the second one reads what the first one says.",
            ((f"    {LSTM_1}\n    {DROPOUT}\n", ""),),
        ),
        Mistake(
            "lstms_of_64",
            "the LSTMs have 64 units; they have 128.",
            (("LSTM(128, r", "LSTM(64, r"), (LSTM_2, "A = LSTM(64)(A)")),
        ),
        Mistake(
            "embedding_of_its_own",
            "the network has a new Embedding with random vectors; use pretrained_embedding_layer.",
            ((EMBEDDED, "A = Embedding(len(word_to_index) + 1, len(next(iter(word_to_vec_map.values()))), "
              "trainable=False)(sentence_indices)"),),
        ),
        Mistake(
            "embedding_thawed",
            "the embedding is trained, too: the layer was frozen, and something has set trainable to True again.",
            ((f"    {EMBEDDED}\n", "    vectors = pretrained_embedding_layer(word_to_vec_map, word_to_index)\n"
              "    vectors.trainable = True\n    A = vectors(sentence_indices)\n"),),
        ),
        Mistake(
            "everything_frozen",
            "nothing would be trained: the whole network is frozen; freeze the embedding only.",
            ((MODEL, MODEL + "\n    network.trainable = False"),),
        ),
        Mistake(
            "length_10_fixed",
            "the input always has 10 words; use input_shape.",
            ((INPUT, 'sentence_indices = Input(shape=(10,), dtype="int32")'),),
        ),
        Mistake(
            "relu_in_the_dense_layer",
            "the dense layer has an activation of its own before softmax; leave it out.",
            ((DENSE, 'A = Dense(5, activation="relu")(A)'),),
        ),
        # Habits of earlier versions of Keras, which the present one refuses.
        Mistake(
            "model_of_input_and_output",
            "the arguments of Model are called inputs and outputs, with an s.",
            ((MODEL, "network = Model(input=sentence_indices, output=A)"),),
        ),
        Mistake(
            "lr_in_place_of_learning_rate",
            "the argument lr of the optimiser is called learning_rate now. Nothing needs to be compiled here.",
            ((MODEL, f"{MODEL}\n    {COMPILE}"),),
        ),
        Mistake(
            "number_as_input_shape",
            "a shape is a tuple, as input_shape is one: Input(shape=input_shape).",
            ((INPUT, 'sentence_indices = Input(shape=input_shape[0], dtype="int32")'),),
        ),
        Mistake(
            "return_sequence_without_s",
            "the argument of the LSTM is called return_sequences, with an s.",
            ((LSTM_1, LSTM_1.replace("sequences", "sequence")),),
        ),
        Mistake(
            "embedding_not_called",
            "the embedding layer is handed on itself; call it on the indices: embedding_layer(sentence_indices).",
            ((EMBEDDED, EMBEDDED.removesuffix("(sentence_indices)")),),
        ),
        Mistake(
            "numpy_function",
            "a function of NumPy needs numbers, and while a network is built there are none yet; use a layer, such as "
            'Activation("softmax").',
            ((SOFTMAX, "A = np.exp(A) / np.sum(np.exp(A))"),),
        ),
        Mistake(
            "softmax_of_section_1",
            'the function softmax of section 1 is NumPy; in a network use the layer Activation("softmax").',
            ((SOFTMAX, "A = softmax(A)"),),
        ),
        Mistake(
            "tensorflow_function",
            "functions of TensorFlow such as tf.nn.softmax do not take what Keras builds a network from; use a layer, "
            'such as Activation("softmax").',
            ((SOFTMAX, "A = tf.nn.softmax(A)"),),
        ),
        Mistake(
            "backend_function",
            "keras.backend, often called K, has no such function any more; use a layer, such as "
            'Activation("softmax"), or keras.ops.',
            ((SOFTMAX, "A = keras.backend.softmax(A)"),),
        ),
    ),
)  # fmt: skip

EXERCISES = (sentence_to_avg, model, sentences_to_indices, pretrained_embedding_layer, Emojify_V2)
