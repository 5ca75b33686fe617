"""Section 1 of `emojify`: averaged word vectors and softmax regression."""

from autograders.assignments.emojify.cases import average_cases, model_cases
from autograders.exercise import Exercise, Mistake
from helpers.check.comparing import INPUTS

KNOWN_WORDS = "words = [word for word in sentence.lower().split() if word in word_to_vec_map]"
AVERAGE = "    if words:\n        avg /= len(words)\n"

sentence_to_avg = Exercise(
    name="sentence_to_avg",
    probe="helpers.words.probes:sentence_to_avg",
    parts={"known words": 0.65, "capital letters": 0.3, INPUTS: 0.05},
    cases=average_cases,
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
    probe="helpers.words.probes:model",
    parts={"W": 0.55, "b": 0.35, "pred": 0.1},  # a few labels are soon right by chance
    cases=model_cases,
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
