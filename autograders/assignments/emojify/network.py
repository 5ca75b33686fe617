"""Section 2 of `emojify`: the network of two LSTMs."""

from autograders.assignments.emojify.cases import network_cases
from autograders.exercise import Exercise, Mistake

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
