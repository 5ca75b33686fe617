"""Section 1 of `emojify`: averaged word vectors and softmax regression."""

from autograders.assignments.emojify.cases import average_cases, model_cases
from autograders.engine.exercise import Exercise, Mistake
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
            "Does the map have a key for the word Happy with a capital letter?",
            "words with capital letters are not found: the keys of the map are in lower case, so put the sentence "
            "into lower case first.",
            "section 1.3, the idea of the average",
            ((KNOWN_WORDS, KNOWN_WORDS.replace(".lower()", "")),),
        ),
        Mistake(
            "divided_by_50",
            "What is the average of two vectors? By which number do you divide their sum?",
            "the sum is divided by 50, the length of a vector; divide by the number of words that you added up.",
            "section 1.3, the equation of the average",
            ((AVERAGE, "    avg /= 50\n"),),
        ),
        Mistake(
            "divided_by_all_words",
            "In a sentence of three words of which two are known, what should the sum be divided by?",
            "the sum is divided by the number of all words; words without a vector do not count.",
            "section 1.3, the equation of the average",
            ((AVERAGE, "    avg /= max(len(sentence.split()), 1)\n"),),
        ),
        Mistake(
            "divided_by_the_number_of_letters",
            "Print the number that you divide by, for a sentence of two words. What does it count?",
            "the sum is divided by the length of the sentence, which counts letters; divide by the number of words "
            "that you added.",
            "section 1.3, the equation of the average",
            ((AVERAGE, "    avg /= max(len(sentence), 1)\n"),),
        ),
        Mistake(
            "divided_by_one_word_too_many",
            "For a sentence of a single word, the average is that word's vector. What does your function give?",
            "the sum is divided by one more than the number of words; guard against zero words with an if instead.",
            "section 1.3, the equation of the average",
            ((AVERAGE, "    avg /= len(words) + 1\n"),),
        ),
        Mistake(
            "sum_not_divided",
            "For a sentence of the same word twice, the average is that word's vector. What does your function give?",
            "the vectors are added up, but not divided by their number.",
            "section 1.3, the equation of the average",
            ((AVERAGE, ""),),
        ),
        Mistake(
            "unknown_word_raises",
            "What does your function do with a word that is not in the map, such as a name?",
            "a word that is not in the map ends in a KeyError; ask first whether the map has it.",
            "section 1.3, the idea of the average",
            ((KNOWN_WORDS, "words = sentence.lower().split()"),),
        ),
        Mistake(
            "zeros_of_size_50",
            "How long are your zeros if the vectors of another map have 100 numbers?",
            "the zeros are made for 50 numbers; take the size from a vector of the map.",
            "section 1.3, the task of the average",
            (("avg = np.zeros(any_vector.shape)", "avg = np.zeros(50)"),),
        ),
        Mistake(
            "nan_without_known_words",
            "What is the average of no words at all? What does your function divide by then?",
            "without a known word the sum is divided by zero; return zeros then.",
            "section 1.3, the equation of the average, where k is 0",
            ((AVERAGE, "    avg = avg / len(words) if words else avg * np.nan\n"),),
        ),
        Mistake(
            "division_by_zero",
            "Try your function on an empty sentence. What does it divide by then?",
            "without a known word the division by their number raises an error; return zeros then.",
            "section 1.3, the equation of the average, where k is 0",
            ((AVERAGE, "    avg *= 1 / len(words)\n"),),
        ),
        Mistake(
            "single_number_without_known_words",
            "What shape does your answer have for an empty sentence, and what shape should it have?",
            "without a known word a single 0 comes back; return zeros of the shape of a vector.",
            "section 1.3, the equation of the average, where k is 0",
            ((AVERAGE, "    avg = avg / len(words) if words else 0.0\n"),),
        ),
        Mistake(
            "only_the_last_word",
            "After the loop, what is left of the first word of the sentence?",
            "each word replaces the one before; add them up.",
            "section 1.3, the equation of the average",
            (("avg += word_to_vec_map[word]", "avg = word_to_vec_map[word].copy()"),),
        ),
        Mistake(
            "only_the_last_word_and_the_map_changed",
            "After the loop, what is left of the first word of the sentence? And to whom does the array belong "
            "that you divide?",
            "each word replaces the one before, and the division then changes the vector of the last word in the map "
            "itself; add the vectors up in new zeros.",
            "section 1.3, the task of the average",
            (("avg += word_to_vec_map[word]", "avg = word_to_vec_map[word]"),),
        ),
        Mistake(
            "repeated_words_once",
            "If a word stands twice in the sentence, how often does it count in your sum?",
            "a word that occurs twice counts once; do not make a set of the words.",
            "section 1.3, the equation of the average",
            ((KNOWN_WORDS, KNOWN_WORDS + "\n    words = sorted(set(words))"),),
        ),
        Mistake(
            "letters_in_place_of_words",
            "Print what your loop runs over. Are those words?",
            "the loop runs over the letters of the sentence; split it into words first.",
            "section 1.3, the idea of the average",
            ((KNOWN_WORDS, KNOWN_WORDS.replace(".split()", "")),),
        ),
        Mistake(
            "map_changed",
            "Look up the first word of a sentence in the map, before and after the call. Is its vector the same?",
            "the sum is written into the vector of the first word, which is the map's own; start from new zeros, or "
            "from a copy.",
            "section 1.3, the task of the average",
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
            "What shape does W have? What shape does the gradient have that you subtract from it?",
            "np.outer has its arguments in the wrong order: dW has the shape of W, (n_y, n_x), so dz comes first and "
            "the average second.",
            "section 1.3, the paragraph below the equations, on the product of a column and a row",
            ((STEP_W, "W -= learning_rate * np.outer(averages[i], dz)"),),
        ),
        Mistake(
            "step_uphill",
            "Does your cost fall or rise from one iteration to the next? What does the sign of your step say?",
            "the step goes uphill: subtract the gradient, or check the sign of dz, which is the probabilities minus "
            "the truth.",
            "section 1.3, the equations of the gradients and of the step",
            ((DZ, "dz = Y_oh[i] - a"),),
        ),
        Mistake(
            "bias_not_updated",
            "Print b after training. Has it moved from where it started?",
            "b stays as it was; it takes a step, too.",
            "section 1.3, the equations of the step",
            ((STEP_B, "pass"),),
        ),
        Mistake(
            "weights_not_updated",
            "Print W before and after training. Has it moved?",
            "W stays as it was; it takes a step, too.",
            "section 1.3, the equations of the step",
            ((STEP_W, "pass"),),
        ),
        Mistake(
            "one_step_for_all_sentences",
            "How many steps does your model take in one pass over the sentences? How many are asked for?",
            "the gradients of all sentences are added up for one step; take a step after each sentence.",
            "section 1.3, the paragraph below the equations, what one iteration is",
            (
                ("        cost = 0.0\n", "        cost = 0.0\n        dW, db = np.zeros(W.shape), np.zeros(b.shape)\n"),
                (STEP_W, "dW += np.outer(dz, averages[i])"),
                (STEP_B, "db += dz"),
                (PRINT, "        W -= learning_rate * dW\n        b -= learning_rate * db\n" + PRINT),
            ),
        ),
        Mistake(
            "one_step_with_the_mean_gradient",
            "How many steps does your model take in one pass over the sentences? Does each sentence lead to a step of "
            "its own?",
            "the gradients of all sentences are averaged for one step; take a step after each sentence.",
            "section 1.3, the paragraph below the equations, what one iteration is",
            (
                ("        cost = 0.0\n", "        cost = 0.0\n        dW, db = np.zeros(W.shape), np.zeros(b.shape)\n"),
                (STEP_W, "dW += np.outer(dz, averages[i]) / m"),
                (STEP_B, "db += dz / m"),
                (PRINT, "        W -= learning_rate * dW\n        b -= learning_rate * db\n" + PRINT),
            ),
        ),
        Mistake(
            "step_outside_the_loop_over_sentences",
            "How often are W and b changed in one pass? Look at how far those lines are indented.",
            "the step stands behind the loop over the sentences, so only the last sentence of a pass leads to one; "
            "indent it.",
            "section 1.3, the paragraph below the equations, what one iteration is",
            (
                (f"            {STEP_W}\n            {STEP_B}\n", ""),
                (PRINT, f"        {STEP_W}\n        {STEP_B}\n" + PRINT),
            ),
        ),
        Mistake(
            "label_in_place_of_one_hot",
            "Of what shape is the truth in the equation of the gradient? What do you subtract?",
            "dz takes the label itself, a number from 0 to 4; subtract the one-hot row of the sentence.",
            "section 1.3, the equations of the gradients",
            ((DZ, "dz = a - Y[i]"),),
        ),
        Mistake(
            "truth_not_subtracted",
            "When the model is quite sure of the right label, the gradient should be nearly zero. Is yours?",
            "dz is only a; it is a minus the one-hot row.",
            "section 1.3, the equations of the gradients",
            ((DZ, "dz = a"),),
        ),
        Mistake(
            "learning_rate_left_out",
            "If you call the function with a learning rate half as large, do W and b move less?",
            "the steps are not multiplied by the learning rate.",
            "section 1.3, the equations of the step",
            ((STEP_W, "W -= np.outer(dz, averages[i])"), (STEP_B, "b -= dz")),
        ),
        Mistake(
            "learning_rate_fixed",
            "If you call the function with another learning rate, does anything change?",
            "the learning rate is always 0.01; use the argument.",
            "section 1.3, the equations of the step",
            ((STEP_W, STEP_W.replace("learning_rate", "0.01")), (STEP_B, STEP_B.replace("learning_rate", "0.01"))),
        ),
        Mistake(
            "softmax_missing",
            "Do your five numbers sum to 1, and is each of them positive?",
            "the probabilities are only W avg + b; they need softmax.",
            "section 1.3, the equation of the five probabilities",
            ((PROBABILITIES, "a = W @ averages[i] + b"),),
        ),
        Mistake(
            "bias_missing",
            "Compare your line for the probabilities with the equation, term by term. Is there one that you do not "
            "have?",
            "the bias b is missing from the probabilities.",
            "section 1.3, the equation of the five probabilities",
            ((PROBABILITIES, "a = softmax(W @ averages[i])"),),
        ),
        Mistake(
            "weights_start_again",
            "What do W and b hold at the beginning of the second iteration? What has become of the first one?",
            "W and b start again at every iteration; start them once, before the loops.",
            "section 1.3, the task of the model, on the start",
            ((LOOP, LOOP + "\n        W, b = initialise_softmax(n_y, n_x, np.random.default_rng(1))"),),
        ),
        Mistake(
            "last_sentence_missing",
            "Print i in your loop. Which sentence does it never reach?",
            "the loop ends one sentence early: range already stops before its end, so it takes m itself.",
            "section 1.3, the paragraph below the equations, what one iteration is",
            ((SENTENCES, "for i in range(m - 1):"),),
        ),
        Mistake(
            "cost_without_log",
            "What is the loss if the true label has the probability 1? What does your line give then?",
            "the cost lacks the logarithm: it is minus the logarithm of the probability of the true label.",
            "section 1.3, the equation of the loss, and the sentence on the cost of an iteration",
            ((COST, "cost += -np.sum(Y_oh[i] * a) / m"),),
        ),
        Mistake(
            "cost_without_minus",
            "Is the logarithm of a probability positive or negative? What sign does your cost have?",
            "the cost lacks its minus: the logarithm of a probability is negative.",
            "section 1.3, the equation of the loss, and the sentence on the cost of an iteration",
            ((COST, "cost += np.sum(Y_oh[i] * np.log(a)) / m"),),
        ),
        Mistake(
            "cost_of_the_last_sentence",
            "How many sentences does your cost of an iteration look at?",
            "the cost is that of the last sentence only; it is the mean over the m sentences of the iteration.",
            "section 1.3, the equation of the loss, and the sentence on the cost of an iteration",
            ((COST, "cost = -np.sum(Y_oh[i] * np.log(a))"),),
        ),
        Mistake(
            "gradients_added_up_over_the_sentences",
            "Each sentence gives a gradient, and a step follows. Which sentences have a share in your step?",
            "each step takes the sum of all gradients so far; it takes that of its own sentence alone.",
            "section 1.3, the paragraph below the equations, what one iteration is",
            (
                ("        cost = 0.0\n", "        cost, dW, db = 0.0, np.zeros(W.shape), np.zeros(b.shape)\n"),
                (STEP_W, "dW += np.outer(dz, averages[i])\n            db += dz\n            W -= learning_rate * dW"),
                (STEP_B, "b -= learning_rate * db"),
            ),
        ),
        Mistake(
            "cost_not_divided_by_m",
            "If there were twice as many sentences like these, should the cost be twice as large?",
            "the cost is the sum over the sentences; it is their mean.",
            "section 1.3, the equation of the loss, and the sentence on the cost of an iteration",
            ((COST, "cost += -np.sum(Y_oh[i] * np.log(a))"),),
        ),
        Mistake(
            "cost_over_all_iterations",
            "Why might the printed cost grow although the model gets better? What does it hold when an iteration "
            "begins?",
            "the cost is added up over all iterations; set it to 0 at the beginning of each one.",
            "section 1.3, the equation of the loss, and the sentence on the cost of an iteration",
            (("        cost = 0.0\n", ""), (LOOP, "cost = 0.0\n    " + LOOP)),
        ),
        Mistake(
            "cost_at_every_iteration",
            "How many lines does your function print for 400 iterations? How many are asked for?",
            "the cost is printed at every iteration; print it at 0, 100, 200 and so on.",
            "section 1.3, the task of the model, what is printed and when",
            (("if iteration % 100 == 0:", "if True:"),),
        ),
        Mistake(
            "cost_not_printed",
            "What should the function print while it trains, and when? What does yours print?",
            "no cost is printed, at 0, 100, 200 and so on.",
            "section 1.3, the task of the model, what is printed and when",
            ((PRINT, ""),),
        ),
        Mistake(
            "cost_at_100_in_place_of_0",
            "Which is the first iteration whose cost your function prints?",
            "the cost is printed at the wrong iterations; it is printed at 0, 100, 200 and so on, counted from 0.",
            "section 1.3, the task of the model, what is printed and when",
            (("if iteration % 100 == 0:", "if iteration % 100 == 99:"),),
        ),
        Mistake(
            "pred_are_probabilities",
            "For each sentence there should be one label. How many numbers does your answer have for each?",
            "pred holds probabilities; it holds, for each sentence, the label with the largest one.",
            "section 1.3, the task of the model, its last paragraph",
            ((PREDICT, "pred = np.array([softmax(W @ average + b) for average in averages])"),),
        ),
        Mistake(
            "pred_before_training",
            "With which W and b are your predictions made: with those of the start, or those of the end?",
            "pred comes from the weights before training; predict at the end.",
            "section 1.3, the task of the model, its last paragraph",
            ((f"    {PREDICT}\n", ""), (f"    {LOOP}", f"    {PREDICT}\n    {LOOP}")),
        ),
    ),
)
