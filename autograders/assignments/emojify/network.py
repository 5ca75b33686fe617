"""Section 2 of `emojify`: the network of two LSTMs."""

from autograders.assignments.emojify.cases import network_cases
from autograders.engine.exercise import Exercise, Mistake

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
    probe="helpers.words.probes:Emojify_V2",
    slips=False,
    parts={
        "output shape": 0.1, "probabilities": 0.1, "trained weights": 0.2, "frozen weights": 0.15,
        "computation": 0.3, "dropout": 0.15,
    },  # fmt: skip
    cases=network_cases,
    stand_ins={"pretrained_embedding_layer": "helpers.words.probes:random_embedding_layer"},
    timeout=60.0,
    mistakes=(
        Mistake(
            "first_lstm_without_sequences",
            "The second LSTM reads a sequence. Does the first one hand on a state for each step, or only its last?",
            "the first LSTM gives its last state only, and the second one has no steps to read; set return_sequences "
            "to True in the first.",
            "section 2.3, the idea of the network",
            ((LSTM_1, LSTM_2.replace("(A)", "(A)  # first")),),
        ),
        Mistake(
            "second_lstm_with_sequences",
            "Should there be five probabilities for each sentence, or for each word?",
            "the second LSTM gives its state at every step, so that there are probabilities for each word; leave "
            "return_sequences out in the second.",
            "section 2.3, the idea of the network",
            ((LSTM_2, LSTM_1),),
        ),
        Mistake(
            "softmax_twice",
            "Through how many activation functions do the sums go on their way to the probabilities?",
            "the dense layer has an activation of its own, and softmax comes after it; softmax alone is enough.",
            "section 2.3, the table of layers, the last row",
            ((DENSE, 'A = Dense(5, activation="softmax")(A)'),),
        ),
        Mistake(
            "softmax_missing",
            "Add up one row of the network's output. Is it 1?",
            "the output is made of sums, not of probabilities; end with softmax.",
            "section 2.3, the table of layers, the last row",
            ((SOFTMAX, "pass"),),
        ),
        Mistake(
            "sigmoid_in_place_of_softmax",
            "Add up one row of the network's output. Which function makes the labels share one whole among them?",
            "sigmoid treats each label on its own; softmax makes the five probabilities share 1.",
            "section 2.3, the table of layers, the last row",
            ((SOFTMAX, 'A = Activation("sigmoid")(A)'),),
        ),
        Mistake(
            "dropout_missing",
            "Compare your layers with the table, row by row. Which kind of layer is not there at all?",
            "there is no dropout, neither after the first LSTM nor after the second.",
            "section 2.3, the table of layers, the rows of Dropout",
            ((f"    {DROPOUT}\n    {LSTM_2}\n    {DROPOUT}\n", f"    {LSTM_2}\n"),),
        ),
        Mistake(
            "first_dropout_missing",
            "The table has two rows of dropout. After which LSTM is there none in yours?",
            "the dropout after the first LSTM is missing.",
            "section 2.3, the table of layers, the rows of Dropout",
            ((f"    {DROPOUT}\n    {LSTM_2}\n", f"    {LSTM_2}\n"),),
        ),
        Mistake(
            "second_dropout_missing",
            "How many rows of dropout does the table have? Where is each of them in your network?",
            "the dropout after the second LSTM is missing.",
            "section 2.3, the table of layers, the rows of Dropout",
            ((f"    {LSTM_2}\n    {DROPOUT}\n", f"    {LSTM_2}\n"),),
        ),
        Mistake(
            "dropout_always_on",
            "Ask the network twice for the same sentence. Does it give the same answer?",
            "dropout is on outside training, too, since the layer is called with training set to True; leave that to "
            "Keras.",
            "section 2.1, the sentences on dropout, and the figure",
            (
                (
                    f"    {DROPOUT}\n    {LSTM_2}\n    {DROPOUT}\n",
                    f"    A = Dropout(0.5)(A, training=True)\n    {LSTM_2}\n    A = Dropout(0.5)(A, training=True)\n",
                ),
            ),
        ),
        Mistake(
            "dense_of_one",
            "How many labels are there? How many numbers does your dense layer give?",
            "the dense layer has 1 unit; it has 5, one for each label.",
            "section 2.3, the table of layers, the row of Dense",
            ((DENSE, "A = Dense(1)(A)"),),
        ),
        Mistake(
            "dense_of_128",
            "How many labels are there, and how many units does your dense layer have?",
            "the dense layer has 128 units; it has 5, one for each label.",
            "section 2.3, the table of layers, the row of Dense",
            ((DENSE, "A = Dense(128)(A)"),),
        ),
        Mistake(
            "one_lstm_only",
            "How many LSTMs are in the figure, and how many are in your network?",
            "there is only one LSTM; the second one reads what the first one says.",
            "section 2.1, the figure, and section 2.3, the table of layers",
            ((f"    {LSTM_1}\n    {DROPOUT}\n", ""),),
        ),
        Mistake(
            "second_lstm_missing",
            "How many LSTMs are in the figure, and how many are in your network?",
            "there is only one LSTM, which gives its state at every step; a second one reads these, and gives its "
            "last.",
            "section 2.1, the figure, and section 2.3, the table of layers",
            ((f"    {DROPOUT}\n    {LSTM_2}\n    {DROPOUT}\n", f"    {DROPOUT}\n    {DROPOUT}\n"),),
        ),
        Mistake(
            "dense_layer_missing",
            "How many numbers does your network give for a sentence, and how many labels are there?",
            "there is no dense layer, so that there are 128 numbers for a sentence; it makes five of them.",
            "section 2.3, the table of layers, the row of Dense",
            ((f"    {DENSE}\n", ""),),
        ),
        *(
            Mistake(
                f"{which}_lstm_of_{units}",
                "How many units does the table give each LSTM? How many have yours?",
                f"the {which} LSTM has {units} units; it has 128, as the other one.",
                "section 2.3, the table of layers, the rows of LSTM",
                ((line, line.replace("128", str(units))),),
            )
            for which, line in (("first", LSTM_1), ("second", LSTM_2))
            for units in (64, 5)
        ),
        *(
            Mistake(
                f"{name}_at_the_end",
                "Add up one row of the network's output. Which function makes the labels share one whole among them?",
                f"the network ends with {name}; softmax makes the five probabilities share 1.",
                "section 2.3, the table of layers, the last row",
                ((SOFTMAX, f'A = Activation("{name}")(A)'),),
            )
            for name in ("relu", "tanh")
        ),
        Mistake(
            "tanh_in_the_dense_layer",  # sigmoid there gives nearly what a second softmax gives
            "What may the sums be before softmax: of either sign, and of any size? What does your dense layer let "
            "through?",
            "the dense layer has an activation of its own before softmax; leave it out.",
            "section 2.3, the table of layers, the rows of Dense and Activation",
            ((DENSE, 'A = Dense(5, activation="tanh")(A)'),),
        ),
        *(
            Mistake(
                f"dense_of_{units}",
                "How many labels are there? How many numbers does your dense layer give?",
                f"the dense layer has {units} units; it has 5, one for each label.",
                "section 2.3, the table of layers, the row of Dense",
                ((DENSE, f"A = Dense({units})(A)"),),
            )
            for units in (4, 6)
        ),
        Mistake(
            "embedding_of_its_own_one_row_short",
            "Where do the word vectors of your network come from? And how many rows are there?",
            "the network has a new Embedding with random vectors, and not one row more than there are words; use "
            "pretrained_embedding_layer.",
            "section 2.3, the table of layers, the row of the embedding layer",
            ((EMBEDDED, "A = Embedding(len(word_to_index), len(next(iter(word_to_vec_map.values()))), "
              "trainable=False)(sentence_indices)"),),
        ),
        Mistake(
            "input_as_output",
            "Between which two tensors does your Model lie? Is there any layer between them?",
            "the network's output is its own input, the indices; it is what the last layer gives.",
            "section 2.3, the task of the network",
            ((MODEL, MODEL.replace("outputs=A", "outputs=sentence_indices")),),
        ),
        Mistake(
            "lstms_of_64",
            "How many units does the table give each LSTM?",
            "the LSTMs have 64 units; they have 128.",
            "section 2.3, the table of layers, the rows of LSTM",
            (("LSTM(128, r", "LSTM(64, r"), (LSTM_2, "A = LSTM(64)(A)")),
        ),
        Mistake(
            "embedding_of_its_own",
            "Where do the word vectors of your network come from? Do they know anything of the map?",
            "the network has a new Embedding with random vectors; use pretrained_embedding_layer.",
            "section 2.3, the table of layers, the row of the embedding layer",
            ((EMBEDDED, "A = Embedding(len(word_to_index) + 1, len(next(iter(word_to_vec_map.values()))), "
              "trainable=False)(sentence_indices)"),),
        ),
        Mistake(
            "embedding_of_its_own_and_trained",
            "Where do the word vectors of your network come from? Would training change them?",
            "the network has a new Embedding with random vectors, and trains them; use pretrained_embedding_layer.",
            "section 2.3, the table of layers, the row of the embedding layer",
            ((EMBEDDED, "A = Embedding(len(word_to_index) + 1, len(next(iter(word_to_vec_map.values()))))"
              "(sentence_indices)"),),
        ),
        Mistake(
            "embedding_thawed",
            "Which weights would training change in your network? Are the word vectors among them?",
            "the word vectors would be trained, too: leave the layer frozen as pretrained_embedding_layer gives it.",
            "section 2.3, the paragraph on why the layer is frozen",
            ((f"    {EMBEDDED}\n", "    vectors = pretrained_embedding_layer(word_to_vec_map, word_to_index)\n"
              "    vectors.trainable = True\n    A = vectors(sentence_indices)\n"),),
        ),
        Mistake(
            "everything_frozen",
            "Which weights would training change in your network? Is there any?",
            "nothing would be trained: the whole network is frozen; freeze the embedding only.",
            "section 2.3, the table of layers, the row of the embedding layer",
            ((MODEL, MODEL + "\n    network.trainable = False"),),
        ),
        Mistake(
            "length_10_fixed",
            "What happens in your network if sentences have 20 places?",
            "the input always has 10 words; use input_shape.",
            "section 2.3, the table of layers, the first row",
            ((INPUT, 'sentence_indices = Input(shape=(10,), dtype="int32")'),),
        ),
        Mistake(
            "relu_in_the_dense_layer",
            "What may the sums be before softmax: of either sign, or only positive? What does your dense layer let "
            "through?",
            "the dense layer has an activation of its own before softmax; leave it out.",
            "section 2.3, the table of layers, the rows of Dense and Activation",
            ((DENSE, 'A = Dense(5, activation="relu")(A)'),),
        ),
        # Habits of earlier versions of Keras, which the present one refuses.
        Mistake(
            "model_of_input_and_output",
            "How are the two arguments of Model spelt in the task? Look at their last letters.",
            "the arguments of Model are called inputs and outputs, with an s.",
            "section 2.3, the task of the network",
            ((MODEL, "network = Model(input=sentence_indices, output=A)"),),
        ),
        Mistake(
            "lr_in_place_of_learning_rate",
            "Is the network to be compiled here? And what does this version of Keras call the size of a step?",
            "the argument lr of the optimiser is called learning_rate now. Nothing needs to be compiled here.",
            "section 2.3, the task of the network",
            ((MODEL, f"{MODEL}\n    {COMPILE}"),),
        ),
        Mistake(
            "number_as_input_shape",
            "Of what kind is a shape in Keras: a number, or a tuple? Of which kind is the argument that you were "
            "given?",
            "Input is given a number as its shape; a shape is a tuple, and input_shape is one already.",
            "section 2.3, the table of layers, the first row",
            ((INPUT, 'sentence_indices = Input(shape=input_shape[0], dtype="int32")'),),
        ),
        Mistake(
            "return_sequence_without_s",
            "How is the argument spelt that makes an LSTM hand on every step? Compare it letter by letter.",
            "the argument of the LSTM is called return_sequences, with an s.",
            "section 2.3, the idea of the network",
            ((LSTM_1, LSTM_1.replace("sequences", "sequence")),),
        ),
        Mistake(
            "embedding_not_called",
            "A layer is made first, and then called on its input. On what is your embedding layer called?",
            "the embedding layer is handed on itself; call it on the indices of the sentences, and hand on what it "
            "gives.",
            "section 2.2, the first paragraph, how a layer is made and called",
            ((EMBEDDED, EMBEDDED.removesuffix("(sentence_indices)")),),
        ),
        *(
            Mistake(
                f"{kind}_not_called",
                "A layer is made first, and then called on its input. Which layer of yours is made, and called on "
                "nothing?",
                f"a layer {kind} is made, but not called: call it on A, and hand on what it gives.",
                "section 2.2, the first paragraph, how a layer is made and called",
                ((line + "\n" + after, line.removesuffix("(A)") + "\n" + after),),
            )
            for kind, line, after in (
                ("LSTM", LSTM_2, f"    {DROPOUT}\n    {DENSE}"), ("Dropout", DROPOUT, f"    {LSTM_2}"),
                ("Dense", DENSE, f"    {SOFTMAX}"),
            )
        ),
        Mistake(
            "numpy_function",
            "While the network is being built, are there numbers yet? Can the function that you call work without "
            "them?",
            "a function of NumPy needs numbers, and while a network is built there are none yet; use a layer in its "
            "place, such as Activation with softmax, or leave the line out if the table has none for it.",
            "section 2.3, the table of layers",
            ((SOFTMAX, "A = np.exp(A) / np.sum(np.exp(A))"),),
        ),
        Mistake(
            "softmax_of_section_1",
            "You have met two things called softmax: a function for arrays and a layer. Which of them can be a part "
            "of a network?",
            "the function softmax of section 1 is NumPy; in a network use the layer Activation with softmax.",
            "section 2.3, the table of layers, the last row",
            ((SOFTMAX, "A = softmax(A)"),),
        ),
        Mistake(
            "tensorflow_function",
            "Which library does your softmax come from? Does Keras take it when a network is put together?",
            "functions of TensorFlow such as tf.nn.softmax do not take what Keras builds a network from; use a layer, "
            "such as Activation with softmax.",
            "section 2.3, the table of layers, the last row",
            ((SOFTMAX, "A = tf.nn.softmax(A)"),),
        ),
        Mistake(
            "backend_function",
            "Which library does the function that you call come from, and does this version of Keras still have it?",
            "keras.backend, often called K, has no such function any more; use a layer, such as Activation with "
            "softmax, or keras.ops.",
            "section 2.3, the table of layers, the last row",
            ((SOFTMAX, "A = keras.backend.softmax(A)"),),
        ),
    ),
)  # fmt: skip
