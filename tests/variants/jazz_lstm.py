"""Correct ways to write the exercises of `jazz_lstm`, truly different ones.

A function `exercise__variant` takes the place of the solution cell: it may use the names of the notebook's packages
cell, the other exercises' functions, and the layers and sizes that the notebook has as globals.
"""
# ruff: noqa: F821, B905, B007  (np, keras, n_a ... come from the notebook; learners write plain zip)


# --- djmodel ----------------------------------------------------------------------------------------------------------


def djmodel__lambda_that_binds_t(Tx, LSTM_cell, densor, reshaper):
    n_values, n_a = densor.units, LSTM_cell.units
    X, a0, c0 = Input((Tx, n_values)), Input((n_a,), name="a0"), Input((n_a,), name="c0")
    a, c, outputs = a0, c0, []
    for t in range(Tx):
        x = Lambda(lambda z, t=t: z[:, t, :])(X)
        a, _, c = LSTM_cell(reshaper(x), initial_state=[a, c])
        outputs.append(densor(a))
    return Model(inputs=[X, a0, c0], outputs=outputs)


def djmodel__take_and_expand(Tx, LSTM_cell, densor, reshaper):
    X = keras.Input(shape=(Tx, densor.units))
    a0 = keras.Input(shape=(LSTM_cell.units,))
    c0 = keras.Input(shape=(LSTM_cell.units,))
    a, c = a0, c0
    outputs = []
    for t in range(Tx):
        x = ops.expand_dims(ops.take(X, t, axis=1), 1)
        _, a, c = LSTM_cell(x, initial_state=(a, c))
        outputs += [densor(a)]
    return keras.models.Model([X, a0, c0], outputs)


def djmodel__slice_that_keeps_its_axis(Tx, LSTM_cell, densor, reshaper):
    X, a0, c0 = Input((Tx, densor.units)), Input((LSTM_cell.units,)), Input((LSTM_cell.units,))
    states, outputs = [a0, c0], []
    for t in range(Tx):
        out, *states = LSTM_cell(X[:, t : t + 1], initial_state=states)
        outputs.append(densor(out))
    return Model([X, a0, c0], outputs)


def djmodel__unstack(Tx, LSTM_cell, densor, reshaper):
    X, a0, c0 = Input((Tx, densor.units)), Input((LSTM_cell.units,)), Input((LSTM_cell.units,))
    a, c = a0, c0
    states = []
    for x in ops.unstack(X, num=Tx, axis=1):
        a, _, c = LSTM_cell(reshaper(x), initial_state=[a, c])
        states.append(a)
    return Model([X, a0, c0], [densor(state) for state in states])


def djmodel__permute_and_split(Tx, LSTM_cell, densor, reshaper):
    n_values, n_a = densor.units, LSTM_cell.units
    X, a0, c0 = Input((Tx, n_values)), Input((n_a,)), Input((n_a,))
    by_value = keras.layers.Permute((2, 1))(X)
    a, c, outputs = a0, c0, []
    for x in ops.split(by_value, Tx, axis=2):
        x = keras.layers.Reshape((1, n_values))(x)
        a, _, c = LSTM_cell(x, initial_state=[a, c])
        outputs.append(densor(a))
    return Model([X, a0, c0], outputs)


def djmodel__one_recurrent_layer(Tx, LSTM_cell, densor, reshaper):
    X, a0, c0 = Input((Tx, densor.units)), Input((LSTM_cell.units,)), Input((LSTM_cell.units,))
    states = keras.layers.RNN(LSTM_cell.cell, return_sequences=True)(X, initial_state=[a0, c0])
    return Model([X, a0, c0], [densor(states[:, t]) for t in range(Tx)])


def djmodel__dense_over_all_steps(Tx, LSTM_cell, densor, reshaper):
    X, a0, c0 = Input((Tx, densor.units)), Input((LSTM_cell.units,)), Input((LSTM_cell.units,))
    a, c, steps = a0, c0, []
    for t in range(Tx):
        a, _, c = LSTM_cell(RepeatVector(1)(X[:, t]), initial_state=[a, c])
        steps.append(a)
    together = keras.layers.TimeDistributed(densor)(ops.stack(steps, axis=1))
    return Model([X, a0, c0], ops.unstack(together, Tx, axis=1))


def djmodel__a_function_for_a_step(Tx, LSTM_cell, densor, reshaper):
    X, a0, c0 = Input((Tx, densor.units)), Input((LSTM_cell.units,)), Input((LSTM_cell.units,))

    def steps(t, a, c):
        if t == Tx:
            return []
        a, _, c = LSTM_cell(reshaper(X[:, t, :]), initial_state=[a, c])
        return [densor(a), *steps(t + 1, a, c)]

    return Model([X, a0, c0], steps(0, a0, c0))


def djmodel__as_the_report_writes_it(Tx, n_a, n_values):
    X = Input(shape=(Tx, n_values))
    a0 = Input(shape=(n_a,), name="a0")
    c0 = Input(shape=(n_a,), name="c0")
    a = a0
    c = c0
    outputs = []
    for t in range(Tx):
        x = Lambda(lambda x, t=t: x[:, t, :])(X)
        x = reshapor(x)
        a, _, c = LSTM_cell(x, initial_state=[a, c])
        out = densor(a)
        outputs.append(out)
    model = Model(inputs=[X, a0, c0], outputs=outputs)
    return model


def djmodel__sizes_from_outside(Tx, LSTM_cell, densor, reshapor):
    X = Input(shape=(Tx, n_values), name="X")
    a0, c0 = Input(shape=(n_a,), name="a0"), Input(shape=(n_a,), name="c0")
    a, c, outputs = a0, c0, []
    for t in range(Tx):
        a, _, c = LSTM_cell(reshapor(X[:, t, :]), initial_state=[a, c])
        outputs = outputs + [densor(a)]
    return Model(inputs=[X, a0, c0], outputs=outputs)


def djmodel__sizes_as_numbers(Tx, cell, dense, reshape):
    inputs = [Input(shape=(Tx, 344)), Input(shape=(64,)), Input(shape=(64,))]
    sequence, *states = inputs
    outputs = []
    for t in range(Tx):
        _, *states = cell(reshape(sequence[:, t]), initial_state=states)
        outputs.append(dense(states[0]))
    return Model(inputs=inputs, outputs=outputs)


def djmodel__tf_keras(Tx, LSTM_cell, densor, reshaper):
    n_values, n_a = densor.units, LSTM_cell.units
    X = tf.keras.layers.Input(shape=(Tx, n_values))
    a0 = tf.keras.layers.Input(shape=(n_a,), name="a0")
    c0 = tf.keras.layers.Input(shape=(n_a,), name="c0")
    a, c, outputs = a0, c0, []
    for t in range(Tx):
        x = tf.keras.layers.Lambda(lambda z, step=t: tf.gather(z, step, axis=1))(X)
        x = tf.keras.layers.Reshape((1, n_values))(x)
        a, _, c = LSTM_cell(x, [a, c])
        outputs.append(densor(a))
    return tf.keras.Model(inputs=[X, a0, c0], outputs=outputs)


# --- music_inference_model --------------------------------------------------------------------------------------------


def music_inference_model__lambda(LSTM_cell, densor, Ty=100):
    n_values, n_a = densor.units, LSTM_cell.units
    x0, a0, c0 = Input((1, n_values)), Input((n_a,)), Input((n_a,))
    a, c, x, outputs = a0, c0, x0, []
    for _ in range(Ty):
        a, _, c = LSTM_cell(x, initial_state=[a, c])
        out = densor(a)
        outputs.append(out)
        x = Lambda(lambda z: ops.one_hot(ops.argmax(z, axis=-1), n_values)[:, None, :], output_shape=(1, n_values))(out)
    return Model([x0, a0, c0], outputs)


def music_inference_model__expand_dims(LSTM_cell, densor, Ty=100):
    x0 = Input((1, densor.units))
    start = [Input((LSTM_cell.units,)), Input((LSTM_cell.units,))]
    x, states, outputs = x0, start, []
    while len(outputs) < Ty:
        out, *states = LSTM_cell(x, initial_state=states)
        outputs.append(densor(out))
        x = ops.expand_dims(ops.one_hot(ops.argmax(outputs[-1], -1), densor.units), axis=1)
    return Model([x0, *start], outputs)


def music_inference_model__category_encoding(LSTM_cell, densor, Ty=100):
    n_values = densor.units
    encode = keras.layers.CategoryEncoding(num_tokens=n_values, output_mode="one_hot")
    x0, a0, c0 = Input((1, n_values)), Input((LSTM_cell.units,)), Input((LSTM_cell.units,))
    x, a, c, outputs = x0, a0, c0, []
    for t in range(Ty):
        a, _, c = LSTM_cell(x, initial_state=[a, c])
        outputs.append(densor(a))
        index = ops.reshape(ops.argmax(outputs[t], axis=1), (-1, 1))
        x = ops.reshape(encode(index), (-1, 1, n_values))
    return Model([x0, a0, c0], outputs)


def music_inference_model__embedding(LSTM_cell, densor, Ty=100):
    n_values = densor.units
    table = keras.layers.Embedding(n_values, n_values, embeddings_initializer="identity", trainable=False)
    x0, a0, c0 = Input((1, n_values)), Input((LSTM_cell.units,)), Input((LSTM_cell.units,))
    x, a, c, outputs = x0, a0, c0, []
    for t in range(Ty):
        a, _, c = LSTM_cell(x, initial_state=[a, c])
        outputs.append(densor(a))
        x = table(ops.argmax(outputs[-1], axis=-1, keepdims=True))
    return Model([x0, a0, c0], outputs)


def music_inference_model__compare_with_the_largest(LSTM_cell, densor, Ty=100):
    n_values, n_a = densor.units, LSTM_cell.units
    x0, a0, c0 = Input((1, n_values)), Input((n_a,)), Input((n_a,))
    x, a, c, outputs = x0, a0, c0, []
    for t in range(Ty):
        a, _, c = LSTM_cell(x, initial_state=[a, c])
        out = densor(a)
        chosen = ops.cast(ops.equal(out, ops.max(out, axis=-1, keepdims=True)), "float32")
        x = Reshape((1, n_values))(chosen)
        outputs.append(out)
    return Model([x0, a0, c0], outputs)


def music_inference_model__matrix_of_ones(LSTM_cell, densor, Ty=100):
    n_values, n_a = densor.units, LSTM_cell.units
    x0, a0, c0 = Input((1, n_values)), Input((n_a,)), Input((n_a,))
    one_hot_rows = np.eye(n_values, dtype="float32")
    x, a, c, outputs = x0, a0, c0, []
    for t in range(Ty):
        _, a, c = LSTM_cell(x, initial_state=[a, c])
        outputs.append(densor(a))
        x = RepeatVector(1)(ops.take(one_hot_rows, ops.argmax(outputs[-1], axis=-1), axis=0))
    return Model([x0, a0, c0], outputs)


def music_inference_model__as_the_report_writes_it(LSTM_cell, densor, n_values=78, n_a=64, Ty=100):
    x0 = Input(shape=(1, n_values))
    a0 = Input(shape=(n_a,), name="a0")
    c0 = Input(shape=(n_a,), name="c0")
    a = a0
    c = c0
    x = x0
    outputs = []
    for t in range(Ty):
        a, _, c = LSTM_cell(x, initial_state=[a, c])
        out = densor(a)
        outputs.append(out)
        x = Lambda(one_hot)(out)
    inference_model = Model(inputs=[x0, a0, c0], outputs=outputs)
    return inference_model


def music_inference_model__argmax_one_hot_repeat(LSTM_cell, densor, Ty=100):
    x0, a0, c0 = Input(shape=(1, n_values)), Input(shape=(n_a,)), Input(shape=(n_a,))
    a, c, x = a0, c0, x0
    outputs = []
    for t in range(Ty):
        a, _, c = LSTM_cell(x, initial_state=[a, c])
        out = densor(a)
        outputs.append(out)
        x = ops.argmax(out, axis=-1)
        x = ops.one_hot(x, n_values)
        x = RepeatVector(1)(x)
    return Model(inputs=[x0, a0, c0], outputs=outputs)


def music_inference_model__tf_in_a_lambda(LSTM_cell, densor, Ty=100):
    def choose(probabilities):
        return tf.expand_dims(tf.one_hot(tf.argmax(probabilities, axis=-1), 344), axis=1)

    x0 = tf.keras.Input(shape=(1, 344))
    a0, c0 = tf.keras.Input(shape=(64,)), tf.keras.Input(shape=(64,))
    x, a, c, outputs = x0, a0, c0, []
    for t in range(Ty):
        a, _, c = LSTM_cell(x, initial_state=[a, c])
        outputs.append(densor(a))
        x = tf.keras.layers.Lambda(choose)(outputs[-1])
    return tf.keras.Model([x0, a0, c0], outputs)


def music_inference_model__for_one_start(LSTM_cell, densor, Ty=100):
    n_values = densor.units
    x0, a0, c0 = Input((1, n_values)), Input((LSTM_cell.units,)), Input((LSTM_cell.units,))
    x, a, c, outputs = x0, a0, c0, []
    for t in range(Ty):
        a, _, c = LSTM_cell(x, initial_state=[a, c])
        outputs.append(densor(a))
        x = ops.reshape(ops.one_hot(ops.argmax(outputs[t]), n_values), (1, 1, n_values))
    return Model([x0, a0, c0], outputs)


# --- predict_and_sample -----------------------------------------------------------------------------------------------


def predict_and_sample__as_the_report_writes_it(inference_model, x_initializer, a_initializer, c_initializer):
    n_values = x_initializer.shape[2]
    pred = inference_model.predict([x_initializer, a_initializer, c_initializer])
    indices = np.argmax(np.array(pred), axis=-1)
    results = to_categorical(indices, num_classes=n_values)
    return results, indices


def predict_and_sample__tokens_as_a_number(inference_model, x_initializer, a_initializer, c_initializer):
    pred = inference_model([x_initializer, a_initializer, c_initializer])
    indices = np.argmax(pred, axis=-1)
    return to_categorical(indices, num_classes=344), indices


def predict_and_sample__axis_of_the_example_kept(inference_model, x_initializer, a_initializer, c_initializer):
    pred = inference_model.predict([x_initializer, a_initializer, c_initializer], verbose=0)
    indices = np.argmax(pred, axis=2)
    return np.eye(n_values)[indices], indices


def predict_and_sample__real_numbers_appended(inference_model, x_initializer, a_initializer, c_initializer):
    indices, results = [], []
    for out in inference_model([x_initializer, a_initializer, c_initializer]):
        indices.append([float(np.argmax(out))])
        results.append([1.0 if i == indices[-1][0] else 0.0 for i in range(x_initializer.shape[-1])])
    return np.array(results), np.array(indices)


def predict_and_sample__predict_and_to_categorical(inference_model, x_initializer, a_initializer, c_initializer):
    pred = inference_model.predict([x_initializer, a_initializer, c_initializer], verbose=0)
    indices = np.argmax(np.array(pred).reshape(len(inference_model.outputs), -1), axis=-1).reshape(-1, 1)
    results = keras.utils.to_categorical(indices, num_classes=x_initializer.shape[-1])
    return results, indices


def predict_and_sample__step_by_step(inference_model, x_initializer, a_initializer, c_initializer):
    outputs = inference_model([x_initializer, a_initializer, c_initializer])
    if not isinstance(outputs, list):
        outputs = [outputs]
    results = np.zeros((len(outputs), x_initializer.shape[2]))
    indices = np.zeros((len(outputs), 1), dtype=int)
    for t, out in enumerate(outputs):
        indices[t, 0] = int(np.argmax(out[0]))
        results[t, indices[t, 0]] = 1
    return results, indices


def predict_and_sample__keras_ops(inference_model, x_initializer, a_initializer, c_initializer):
    outputs = keras.tree.flatten(inference_model([x_initializer, a_initializer, c_initializer]))
    together = ops.concatenate(outputs, axis=0)
    indices = ops.argmax(together, axis=-1, keepdims=True)
    return ops.one_hot(indices[:, 0], together.shape[-1]), indices


def predict_and_sample__compare_with_a_range(inference_model, x_initializer, a_initializer, c_initializer):
    outputs = inference_model.predict_on_batch([x_initializer, a_initializer, c_initializer])
    probabilities = np.reshape(outputs, (-1, x_initializer.shape[-1]))
    indices = probabilities.argmax(axis=1)[:, None]
    return indices == np.arange(probabilities.shape[1]), indices


def predict_and_sample__sort(inference_model, x_initializer, a_initializer, c_initializer):
    n_values = x_initializer.shape[-1]
    outputs = inference_model([x_initializer, a_initializer, c_initializer], training=False)
    probabilities = np.asarray(outputs).reshape(-1, n_values)
    indices = probabilities.argsort(axis=-1)[:, -1:].astype(np.int32)
    return np.eye(n_values, dtype=int)[indices.ravel()], indices


def predict_and_sample__put_along_axis(inference_model, x_initializer, a_initializer, c_initializer):
    outputs = inference_model([x_initializer, a_initializer, c_initializer])
    probabilities = np.concatenate([np.atleast_2d(out) for out in keras.tree.flatten(outputs)])
    indices = np.expand_dims(np.argmax(probabilities, -1), 1)
    results = np.zeros_like(probabilities)
    np.put_along_axis(results, indices, 1.0, axis=1)
    return results, indices


def predict_and_sample__where_largest(inference_model, x_initializer, a_initializer, c_initializer):
    outputs = inference_model([x_initializer, a_initializer, c_initializer])
    probabilities = np.array(outputs).reshape(-1, x_initializer.shape[2])
    results = np.where(probabilities == probabilities.max(axis=1, keepdims=True), 1.0, 0.0)
    return results, np.nonzero(results)[1].reshape(-1, 1)
