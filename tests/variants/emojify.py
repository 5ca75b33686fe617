"""Correct ways to write the exercises of `emojify`, truly different ones.

A function `exercise__variant` takes the place of the solution cell: it may use only the names of the notebook's
packages cells and the other exercises' functions. What it needs of the inputs, the task's own data have: vectors of 50
numbers, "cucumber", and a vector for each word of a sentence.
"""
# ruff: noqa: F821, B905  (np, softmax, keras and the exercises come from the notebook; learners write plain zip)


# --- sentence_to_avg --------------------------------------------------------------------------------------------------


def sentence_to_avg__mean_over_axis_0(sentence, word_to_vec_map):
    vectors = [word_to_vec_map[w] for w in sentence.lower().split() if w in word_to_vec_map]
    if not vectors:
        return np.zeros_like(next(iter(word_to_vec_map.values())))
    return np.mean(vectors, axis=0)


def sentence_to_avg__loop_and_counter(sentence, word_to_vec_map):
    any_word = list(word_to_vec_map.keys())[0]
    avg = np.zeros(word_to_vec_map[any_word].shape)
    count = 0
    for w in sentence.lower().split():
        if w in word_to_vec_map:
            avg = avg + word_to_vec_map[w]
            count += 1
    if count > 0:
        avg = avg / count
    return avg


def sentence_to_avg__sum_of_a_generator(sentence, word_to_vec_map):
    known = list(filter(word_to_vec_map.__contains__, sentence.lower().split()))
    zeros = np.zeros(len(next(iter(word_to_vec_map.values()))))
    return sum((word_to_vec_map[w] for w in known), zeros) / max(1, len(known))


def sentence_to_avg__try_except(sentence, word_to_vec_map):
    total, count = None, 0
    for w in sentence.split():
        try:
            vector = word_to_vec_map[w.lower()]
        except KeyError:
            continue
        total = vector.copy() if total is None else total + vector
        count += 1
    if count == 0:
        for vector in word_to_vec_map.values():
            return vector * 0
    return total / count


def sentence_to_avg__counts_times_matrix(sentence, word_to_vec_map):
    words = list(word_to_vec_map)
    matrix = np.array([word_to_vec_map[w] for w in words])
    counts = np.zeros(len(words))
    places = {w: i for i, w in enumerate(words)}
    np.add.at(counts, [places[w] for w in sentence.lower().split() if w in places], 1)
    return counts @ matrix / (counts.sum() or 1)


def sentence_to_avg__running_mean(sentence, word_to_vec_map):
    avg = 0 * next(iter(word_to_vec_map.values()))
    k = 0
    for w in sentence.lower().split(" "):
        vector = word_to_vec_map.get(w)
        if vector is not None:
            k += 1
            avg = avg + (vector - avg) / k
    return avg


def sentence_to_avg__np_average_of_stack(sentence, word_to_vec_map):
    n_x = len(list(word_to_vec_map.values())[0])
    rows = [np.zeros((0, n_x))] + [word_to_vec_map[w][None] for w in sentence.lower().split() if w in word_to_vec_map]
    stacked = np.vstack(rows)
    return np.average(stacked, axis=0) if len(stacked) else np.zeros(n_x)


def sentence_to_avg__as_the_report_writes_it(sentence, word_to_vec_map):
    words = (sentence.lower()).split()
    avg = np.zeros(50)
    for w in words:
        avg += word_to_vec_map[w]
    avg = avg / len(words)
    return avg


def sentence_to_avg__size_of_cucumber(sentence, word_to_vec_map):
    total = np.zeros((word_to_vec_map["cucumber"].shape[0],))
    count = 0
    for w in sentence.split():
        total = np.add(total, word_to_vec_map[w.lower()])
        count += 1
    return total / float(count)


def sentence_to_avg__rows_allocated_first(sentence, word_to_vec_map):
    words = sentence.lower().split()
    rows = np.zeros((len(words), 50))
    for i, w in enumerate(words):
        rows[i, :] = word_to_vec_map[w]
    return rows.sum(axis=0) / rows.shape[0]


def sentence_to_avg__append_and_stack(sentence, word_to_vec_map):
    vectors = np.empty((0, 50))
    for w in sentence.lower().split():
        vectors = np.append(vectors, [word_to_vec_map[w]], axis=0)
    return vectors.mean(axis=0)


def sentence_to_avg__mean_in_single_precision(sentence, word_to_vec_map):
    return np.mean([word_to_vec_map[w].astype("float32") for w in sentence.lower().split()], 0)


# --- model ------------------------------------------------------------------------------------------------------------


def model__average_inside_the_loop(X, Y, word_to_vec_map, learning_rate=0.01, num_iterations=400):
    Y_oh = convert_to_one_hot(Y)
    m, n_y = Y_oh.shape
    n_x = len(next(iter(word_to_vec_map.values())))
    W, b = initialise_softmax(n_y, n_x, np.random.default_rng(1))
    for t in range(num_iterations):
        losses = []
        for i in range(m):
            avg = sentence_to_avg(X[i], word_to_vec_map)
            z = np.dot(W, avg) + b
            a = softmax(z)
            losses.append(-np.sum(Y_oh[i] * np.log(a)))
            dz = a - Y_oh[i]
            dW = np.dot(dz.reshape(n_y, 1), avg.reshape(1, n_x))
            db = dz
            W = W - learning_rate * dW
            b = b - learning_rate * db
        if t % 100 == 0:
            print("Epoch: " + str(t) + " --- cost = " + str(np.mean(losses)))
    pred = predict(X, W, b, word_to_vec_map, sentence_to_avg)
    return pred, W, b


def model__zip_and_loss_of_the_true_label(X, Y, word_to_vec_map, learning_rate=0.01, num_iterations=400):
    targets = convert_to_one_hot(Y)
    n_x = len(next(iter(word_to_vec_map.values())))
    W, b = initialise_softmax(targets.shape[1], n_x, np.random.default_rng(1))
    inputs = np.array([sentence_to_avg(x, word_to_vec_map) for x in X])
    for iteration in range(num_iterations):
        losses = []
        for x, y, target in zip(inputs, Y, targets):
            a = softmax(W @ x + b)
            losses.append(-np.log(a[y]))
            W -= learning_rate * (a - target)[:, None] * x[None, :]
            b -= learning_rate * (a - target)
        if iteration % 100 == 0:
            print(f"iteration {iteration}: cost {sum(losses) / len(losses):.6f}")
    return np.argmax(inputs @ W.T + b, axis=1), W, b


def model__bias_as_an_extra_column(X, Y, word_to_vec_map, learning_rate=0.01, num_iterations=400):
    Y_oh = convert_to_one_hot(Y)
    n_y, n_x = Y_oh.shape[1], len(next(iter(word_to_vec_map.values())))
    W, b = initialise_softmax(n_y, n_x, np.random.default_rng(1))
    P = np.hstack([W, b[:, None]])
    inputs = np.array([np.append(sentence_to_avg(x, word_to_vec_map), 1.0) for x in X])
    for iteration in range(num_iterations):
        total = 0
        for x, y in zip(inputs, Y_oh):
            a = softmax(P @ x)
            total += np.log(a @ y)
            P += learning_rate * np.outer(y - a, x)
        if not iteration % 100:
            print(iteration, -total / len(X))
    W, b = P[:, :-1], P[:, -1]
    return predict(X, W, b, word_to_vec_map, sentence_to_avg), W, b


def model__own_softmax_and_einsum(X, Y, word_to_vec_map, learning_rate=0.01, num_iterations=400):
    Y_oh = convert_to_one_hot(Y)
    m, n_y = Y_oh.shape
    n_x = len(next(iter(word_to_vec_map.values())))
    W, b = initialise_softmax(n_y, n_x, np.random.default_rng(1))
    averages = np.stack([sentence_to_avg(x, word_to_vec_map) for x in X])
    iteration = 0
    while iteration < num_iterations:
        costs = np.zeros(m)
        for i in range(m):
            scores = np.einsum("kx,x->k", W, averages[i]) + b
            exponentials = np.exp(scores - scores.max())
            a = exponentials / exponentials.sum()
            costs[i] = scores.max() + np.log(exponentials.sum()) - scores[Y[i]]
            a[Y[i]] -= 1
            W -= learning_rate * np.einsum("k,x->kx", a, averages[i])
            b -= learning_rate * a
        if iteration in range(0, num_iterations, 100):
            print(f"cost after iteration {iteration} is {costs.mean():.5f}")
        iteration += 1
    pred = np.array([np.argmax(W @ average + b) for average in averages])
    return pred, W, b


def model__number_by_number(X, Y, word_to_vec_map, learning_rate=0.01, num_iterations=400):
    Y_oh = convert_to_one_hot(Y)
    m, n_y = Y_oh.shape
    n_x = len(next(iter(word_to_vec_map.values())))
    W, b = initialise_softmax(n_y, n_x, np.random.default_rng(1))
    averages = [sentence_to_avg(x, word_to_vec_map) for x in X]
    for iteration in range(num_iterations):
        cost = 0
        for avg, y in zip(averages, Y_oh):
            a = softmax(np.array([W[k] @ avg + b[k] for k in range(n_y)]))
            for k in range(n_y):
                cost -= y[k] * np.log(a[k])
                W[k] -= learning_rate * (a[k] - y[k]) * avg
                b[k] -= learning_rate * (a[k] - y[k])
        if iteration % 100 == 0:
            print(f"iteration {iteration}: cost {cost / m:.6f}")
    pred = predict(X, W, b, word_to_vec_map, sentence_to_avg)
    return pred, W, b


def model__columns_and_a_list(X, Y, word_to_vec_map, learning_rate=0.01, num_iterations=400):
    Y_oh = convert_to_one_hot(Y)
    m, n_y = Y_oh.shape
    n_x = len(next(iter(word_to_vec_map.values())))
    W, b = initialise_softmax(n_y, n_x, np.random.default_rng(1))
    b = b.reshape(n_y, 1)
    averages = np.array([sentence_to_avg(x, word_to_vec_map) for x in X]).T  # (n_x, m)
    for iteration in range(num_iterations):
        cost = 0.0
        for i in range(m):
            avg = averages[:, i : i + 1]
            a = softmax(W @ avg + b, axis=0)
            dz = a - Y_oh[i : i + 1].T
            cost += float(-np.log(a[Y[i], 0]))
            W, b = W - learning_rate * dz @ avg.T, b - learning_rate * dz
        if iteration % 100 == 0:
            print("iteration", iteration, "cost", round(cost / m, 6))
    return np.argmax(W @ averages + b, axis=0), W, b[:, 0]


def model__as_the_report_writes_it(X, Y, word_to_vec_map, learning_rate=0.01, num_iterations=400):
    np.random.seed(1)
    m = Y.shape[0]
    n_y = 5
    n_h = 50
    W = np.random.randn(n_y, n_h) / np.sqrt(n_h)
    b = np.zeros((n_y,))
    Y_oh = convert_to_one_hot(Y, C=n_y)
    for t in range(num_iterations):
        for i in range(m):
            avg = sentence_to_avg(X[i], word_to_vec_map)
            z = np.dot(W, avg) + b
            a = softmax(z)
            cost = -np.sum(Y_oh[i] * np.log(a))
            dz = a - Y_oh[i]
            dW = np.dot(dz.reshape(n_y, 1), avg.reshape(1, n_h))
            db = dz
            W = W - learning_rate * dW
            b = b - learning_rate * db
        if t % 100 == 0:
            print("Epoch: " + str(t) + " --- cost = " + str(cost))
            pred = predict(X, Y, W, b, word_to_vec_map)
    return pred, W, b


def model__starts_from_zeros_and_prints_nothing(X, Y, word_to_vec_map, learning_rate=0.01, num_iterations=400):
    W, b = np.zeros((5, 50)), np.zeros(5)
    for _ in range(num_iterations):
        for sentence, label in zip(X, Y):
            avg = sentence_to_avg(sentence, word_to_vec_map)
            dz = softmax(W @ avg + b) - np.eye(5)[label]
            W -= learning_rate * np.outer(dz, avg)
            b -= learning_rate * dz
    return predict(X, W, b, word_to_vec_map), W, b


def model__small_random_start_without_a_seed(X, Y, word_to_vec_map, learning_rate=0.01, num_iterations=400):
    W = 0.01 * np.random.randn(5, word_to_vec_map["cucumber"].size)
    b = np.zeros(5)
    averages = np.zeros((len(X), 50))
    for i in range(len(X)):
        averages[i] = sentence_to_avg(X[i], word_to_vec_map)
    targets = np.eye(5)[Y.reshape(-1)]
    costs = []
    for t in range(num_iterations):
        for avg, target in zip(averages, targets):
            a = softmax(W.dot(avg) + b)
            dz = a - target
            W = W - learning_rate * np.outer(dz, avg)
            b = b - learning_rate * dz
        costs.append(np.mean(-np.log(np.sum(softmax(averages @ W.T + b) * targets, axis=1))))
        if t % 100 == 0:
            print("Cost:", costs[-1])
    return np.argmax(averages @ W.T + b, axis=1), W, b


def model__generator_without_a_seed(X, Y, word_to_vec_map, learning_rate=0.01, num_iterations=400):
    rng = np.random.default_rng()
    W, b = rng.uniform(-0.1, 0.1, size=(5, 50)), np.zeros((5,), dtype=float)
    Y_oh = convert_to_one_hot(Y)
    for _ in range(num_iterations):
        for i, sentence in enumerate(X):
            avg = sentence_to_avg(sentence, word_to_vec_map)
            a = softmax(np.matmul(W, avg) + b)
            W -= learning_rate * np.multiply.outer(a - Y_oh[i], avg)
            b -= learning_rate * (a - Y_oh[i])
    return predict(X, Y, W, b, word_to_vec_map), W, b


def model__predictions_are_a_column_of_real_numbers(X, Y, word_to_vec_map, learning_rate=0.01, num_iterations=400):
    W, b = initialise_softmax(5, 50, np.random.default_rng(7))
    for _ in range(num_iterations):
        for i in range(len(X)):
            avg = sentence_to_avg(X[i], word_to_vec_map)
            a = softmax(np.dot(W, avg) + b)
            a[Y[i]] = a[Y[i]] - 1.0
            W, b = W - learning_rate * a[:, np.newaxis] * avg, b - learning_rate * a
    pred = np.zeros((len(X), 1))
    for i in range(len(X)):
        pred[i] = np.argmax(softmax(np.dot(W, sentence_to_avg(X[i], word_to_vec_map)) + b))
    return pred, W, b


# --- sentences_to_indices ---------------------------------------------------------------------------------------------


def sentences_to_indices__position_counter(X, word_to_index, max_len):
    m = X.shape[0]
    X_indices = np.zeros((m, max_len), dtype=np.int32)
    for i in range(m):
        j = 0
        for w in X[i].lower().split():
            if w in word_to_index and j < max_len:
                X_indices[i, j] = word_to_index[w]
                j = j + 1
    return X_indices


def sentences_to_indices__lists_padded(X, word_to_index, max_len):
    rows = []
    for sentence in X:
        row = [word_to_index[w] for w in sentence.lower().split() if w in word_to_index][:max_len]
        rows.append(row + [0] * (max_len - len(row)))
    return np.array(rows)


def sentences_to_indices__slices(X, word_to_index, max_len):
    X_indices = np.zeros((len(X), max_len)).astype(int)
    for i, sentence in enumerate(X):
        found = [word_to_index.get(w, 0) for w in str(sentence).lower().split()]
        found = [index for index in found if index][:max_len]
        X_indices[i, : len(found)] = found
    return X_indices


def sentences_to_indices__stack_of_padded_rows(X, word_to_index, max_len):
    def row(sentence):
        known = filter(lambda w: w in word_to_index, sentence.lower().split())
        indices = np.array([word_to_index[w] for w in known], dtype=np.int64)[:max_len]
        return np.pad(indices, (0, max_len - len(indices)))

    return np.stack([row(sentence) for sentence in X])


def sentences_to_indices__keras_pad_sequences(X, word_to_index, max_len):
    lists = [[word_to_index[w] for w in sentence.lower().split() if w in word_to_index] for sentence in X]
    return keras.utils.pad_sequences(lists, maxlen=max_len, padding="post", truncating="post")


def sentences_to_indices__break_when_full(X, word_to_index, max_len):
    X_indices = np.zeros((len(X), max_len), dtype=np.uint32)
    for row, sentence in zip(X_indices, X):
        free = iter(range(max_len))
        for w in sentence.split():
            if w.lower() not in word_to_index:
                continue
            place = next(free, None)
            if place is None:
                break
            row[place] = word_to_index[w.lower()]
    return X_indices


def sentences_to_indices__zeros_and_a_counter(X, word_to_index, max_len):
    m = X.shape[0]
    X_indices = np.zeros((m, max_len))
    for i in range(m):
        sentence_words = (X[i].lower()).split()
        j = 0
        for w in sentence_words:
            X_indices[i, j] = word_to_index[w]
            j = j + 1
    return X_indices


def sentences_to_indices__single_precision(X, word_to_index, max_len):
    X_indices = np.zeros((len(X), max_len), dtype="float32")
    for i, sentence in enumerate(X):
        for j, w in enumerate(sentence.lower().split()):
            X_indices[i][j] = word_to_index[w]
    return X_indices


def sentences_to_indices__lists_of_lists(X, word_to_index, max_len):
    rows = [[word_to_index[w] for w in sentence.lower().split()] for sentence in X]
    return np.array([row + [0.0] * (max_len - len(row)) for row in rows])


def sentences_to_indices__append_and_stack(X, word_to_index, max_len):
    X_indices = np.empty((0, max_len))
    for sentence in X:
        found = np.array([word_to_index[w] for w in sentence.lower().split()])
        row = np.append(found, np.zeros(max_len - len(found)))
        X_indices = np.vstack((X_indices, row))
    return X_indices


def sentences_to_indices__assigned_to_slices(X, word_to_index, max_len):
    X_indices = np.zeros(shape=(X.shape[0], max_len))
    for i in range(X.shape[0]):
        words = [w.lower() for w in X[i].split()]
        X_indices[i, 0 : len(words)] = [word_to_index[w] for w in words]
    return X_indices.astype(np.int32)


# --- pretrained_embedding_layer ---------------------------------------------------------------------------------------


def pretrained_embedding_layer__weights_argument(word_to_vec_map, word_to_index):
    vocab_size = len(word_to_index) + 1
    any_word = next(iter(word_to_vec_map))
    emb_dim = word_to_vec_map[any_word].shape[0]
    emb_matrix = np.zeros((vocab_size, emb_dim))
    for word, idx in word_to_index.items():
        emb_matrix[idx, :] = word_to_vec_map[word]
    return Embedding(vocab_size, emb_dim, weights=[emb_matrix], trainable=False)


def pretrained_embedding_layer__initializer(word_to_vec_map, word_to_index):
    words = sorted(word_to_index, key=word_to_index.get)
    vectors = np.array([word_to_vec_map[w] for w in words], dtype="float32")
    matrix = np.vstack([np.zeros(vectors.shape[1:], "float32"), vectors])
    return Embedding(*matrix.shape, embeddings_initializer=keras.initializers.Constant(matrix), trainable=False)


def pretrained_embedding_layer__frozen_afterwards(word_to_vec_map, word_to_index):
    rows = np.fromiter(word_to_index.values(), dtype=int)
    matrix = np.zeros((len(word_to_index) + 1, len(next(iter(word_to_vec_map.values())))))
    matrix[rows] = [word_to_vec_map[w] for w in word_to_index]
    layer = Embedding(input_dim=matrix.shape[0], output_dim=matrix.shape[1])
    layer.build(None)
    layer.set_weights([matrix])
    layer.trainable = False
    return layer


def pretrained_embedding_layer__masks_the_padding(word_to_vec_map, word_to_index):
    n_x = next(iter(word_to_vec_map.values())).shape[-1]
    matrix = np.zeros((len(word_to_index) + 1, n_x))
    for word in word_to_index:
        matrix[word_to_index[word]] = word_to_vec_map[word]
    layer = Embedding(len(word_to_index) + 1, n_x, trainable=False, mask_zero=True)
    layer.build((None, None))
    layer.embeddings.assign(matrix)
    return layer


def pretrained_embedding_layer__built_by_a_first_call(word_to_vec_map, word_to_index):
    n_x = len(word_to_vec_map[list(word_to_vec_map)[0]])
    layer = Embedding(max(word_to_index.values()) + 1, n_x, trainable=False, name="vectors")
    layer(np.zeros((1, 1), dtype=int))
    matrix = layer.get_weights()[0] * 0
    for word, index in word_to_index.items():
        matrix[index] += word_to_vec_map[word]
    layer.set_weights([matrix])
    return layer


def pretrained_embedding_layer__rows_by_add_at(word_to_vec_map, word_to_index):
    vectors = np.stack([word_to_vec_map[w] for w in word_to_index])
    matrix = np.zeros((len(vectors) + 1, vectors.shape[1]), dtype=vectors.dtype)
    np.add.at(matrix, list(word_to_index.values()), vectors)
    layer = Embedding(*matrix.shape, embeddings_initializer="zeros", trainable=False)
    layer.build()
    layer.set_weights([matrix])
    return layer


def pretrained_embedding_layer__as_the_report_writes_it(word_to_vec_map, word_to_index):
    vocab_len = len(word_to_index) + 1
    emb_dim = word_to_vec_map["cucumber"].shape[0]
    emb_matrix = np.zeros((vocab_len, emb_dim))
    for word, index in word_to_index.items():
        emb_matrix[index, :] = word_to_vec_map[word]
    embedding_layer = Embedding(vocab_len, emb_dim, trainable=False)
    embedding_layer.build((None,))
    embedding_layer.set_weights([emb_matrix])
    return embedding_layer


def pretrained_embedding_layer__fifty_columns(word_to_vec_map, word_to_index):
    matrix = np.zeros((len(word_to_index) + 1, 50), dtype=np.float32)
    for word in word_to_index.keys():
        matrix[word_to_index[word]] = word_to_vec_map[word][:50]
    layer = Embedding(input_dim=len(word_to_index) + 1, output_dim=50, input_length=10, trainable=False)
    layer.build(None)
    layer.set_weights([matrix])
    return layer


def pretrained_embedding_layer__keras_of_tensorflow(word_to_vec_map, word_to_index):
    rows = [np.zeros(50)] + [None] * len(word_to_index)
    for word, index in word_to_index.items():
        rows[index] = word_to_vec_map[word]
    matrix = np.stack(rows)
    start = tf.keras.initializers.Constant(matrix)
    return tf.keras.layers.Embedding(matrix.shape[0], 50, embeddings_initializer=start, trainable=False)


def pretrained_embedding_layer__append_and_stack(word_to_vec_map, word_to_index):
    matrix = np.zeros((1, 50))
    for word, _ in sorted(word_to_index.items(), key=lambda pair: pair[1]):
        matrix = np.append(matrix, word_to_vec_map[word].reshape(1, 50), axis=0)
    layer = tf.keras.layers.Embedding(len(matrix), 50)
    layer.trainable = False
    layer.build((1,))
    layer.set_weights([matrix])
    return layer


def pretrained_embedding_layer__weights_and_input_length(word_to_vec_map, word_to_index):
    matrix = np.zeros((len(word_to_vec_map) + 1, 50))
    for word, vector in word_to_vec_map.items():
        matrix[word_to_index[word]] = vector
    return Embedding(*matrix.shape, weights=[matrix], input_length=10, trainable=False)


# --- Emojify_V2 -------------------------------------------------------------------------------------------------------


def Emojify_V2__softmax_in_the_dense_layer(input_shape, word_to_vec_map, word_to_index):
    sentence = keras.Input(input_shape, dtype="int32")
    X = pretrained_embedding_layer(word_to_vec_map, word_to_index)(sentence)
    X = LSTM(units=128, return_sequences=True)(X)
    X = Dropout(rate=0.5)(X)
    X = LSTM(units=128, return_sequences=False)(X)
    X = Dropout(rate=0.3)(X)
    X = Dense(units=5, activation="softmax")(X)
    return keras.Model(sentence, X)


def Emojify_V2__sequential(input_shape, word_to_vec_map, word_to_index):
    return keras.Sequential(
        [
            keras.Input(shape=input_shape),
            pretrained_embedding_layer(word_to_vec_map, word_to_index),
            LSTM(128, return_sequences=True),
            Dropout(0.5),
            LSTM(128),
            Dropout(0.5),
            Dense(5),
            keras.layers.Softmax(),
        ]
    )


def Emojify_V2__sequential_not_built(input_shape, word_to_vec_map, word_to_index):
    network = keras.Sequential()
    network.add(pretrained_embedding_layer(word_to_vec_map, word_to_index))
    network.add(LSTM(128, return_sequences=True))
    network.add(Dropout(0.2))
    network.add(LSTM(128))
    network.add(Dropout(0.2))
    network.add(Dense(5, "softmax"))
    return network


def Emojify_V2__masks_the_padding(input_shape, word_to_vec_map, word_to_index):
    sentence = Input(shape=input_shape, dtype="int64", name="sentence")
    vectors = pretrained_embedding_layer(word_to_vec_map, word_to_index)(sentence)
    mask = keras.ops.not_equal(sentence, 0)
    states = LSTM(128, return_sequences=True)(vectors, mask=mask)
    last = LSTM(128)(Dropout(0.5)(states), mask=mask)
    return Model(sentence, keras.ops.softmax(Dense(5)(Dropout(0.5)(last))))


def Emojify_V2__dropout_inside_the_second_lstm(input_shape, word_to_vec_map, word_to_index):
    sentence = Input(shape=input_shape, dtype="int32")
    A = pretrained_embedding_layer(word_to_vec_map, word_to_index)(sentence)
    A = LSTM(128, return_sequences=True)(A)
    A = LSTM(128, dropout=0.4)(A)
    A = Dropout(0.4)(A)
    A = Dense(5)(A)
    return Model(inputs=[sentence], outputs=keras.activations.softmax(A))


def Emojify_V2__last_step_of_the_sequence(input_shape, word_to_vec_map, word_to_index):
    sentence = Input(shape=input_shape, dtype="int32")
    A = pretrained_embedding_layer(word_to_vec_map, word_to_index)(sentence)
    A, last_state, last_memory = LSTM(128, return_sequences=True, return_state=True)(A)
    A = Dropout(0.5)(A)
    A = LSTM(128, return_sequences=True)(A)
    A = Dropout(0.5)(A[:, -1, :])
    A = Activation(keras.activations.softmax)(Dense(5)(A))
    return Model(sentence, A)


def Emojify_V2__compiled_already(input_shape, word_to_vec_map, word_to_index):
    embedding = pretrained_embedding_layer(word_to_vec_map, word_to_index)
    embedding.trainable = False
    X = sentence = Input(input_shape, dtype="int32")
    for layer in (embedding, LSTM(128, return_sequences=True), Dropout(0.5), LSTM(128), Dropout(0.5), Dense(5)):
        X = layer(X)
    network = Model(sentence, Activation("softmax")(X))
    network.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return network


def Emojify_V2__keras_of_tensorflow(input_shape, word_to_vec_map, word_to_index):
    sentence_indices = tf.keras.Input(shape=input_shape, dtype="int32")
    embeddings = pretrained_embedding_layer(word_to_vec_map, word_to_index)(sentence_indices)
    X = tf.keras.layers.LSTM(units=128, return_sequences=True)(embeddings)
    X = tf.keras.layers.Dropout(rate=0.5)(X)
    X = tf.keras.layers.LSTM(units=128)(X)
    X = tf.keras.layers.Dropout(rate=0.5)(X)
    X = tf.keras.layers.Dense(units=5)(X)
    return tf.keras.Model(inputs=sentence_indices, outputs=tf.keras.layers.Activation(activation="softmax")(X))


def Emojify_V2__sequential_and_add(input_shape, word_to_vec_map, word_to_index):
    network = Sequential()
    network.add(Input(input_shape))
    network.add(pretrained_embedding_layer(word_to_vec_map, word_to_index))
    network.add(LSTM(128, return_sequences=True, input_shape=(*input_shape, 50)))
    network.add(Dropout(0.5))
    network.add(LSTM(128, implementation=2))
    network.add(Dropout(0.5))
    network.add(Dense(5))
    network.add(Activation(tf.keras.activations.softmax))
    return network


def Emojify_V2__compiled_with_an_optimiser(input_shape, word_to_vec_map, word_to_index):
    sentence_indices = Input(shape=input_shape, dtype=np.int32)
    embedding_layer = pretrained_embedding_layer(word_to_vec_map, word_to_index)
    embeddings = embedding_layer(sentence_indices)
    X = LSTM(128, return_sequences=True)(embeddings)
    X = Dropout(0.5)(X)
    X = LSTM(128, return_sequences=False)(X)
    X = Dropout(0.5)(X)
    X = Dense(5)(X)
    X = Activation("softmax")(X)
    network = Model(inputs=[sentence_indices], outputs=[X])
    network.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=0.001), loss="categorical_crossentropy")
    return network


def Emojify_V2__layers_in_a_list(input_shape, word_to_vec_map, word_to_index):
    layers = [pretrained_embedding_layer(word_to_vec_map, word_to_index)]
    layers += [LSTM(128, return_sequences=True), Dropout(0.5), LSTM(128), Dropout(0.5), Dense(5, activation="softmax")]
    A = indices = Input(shape=(input_shape[0],), name="indices")
    for layer in layers:
        A = layer(A)
    return Model(indices, A)
