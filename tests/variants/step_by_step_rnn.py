"""Correct ways to write the exercises of `step_by_step_rnn`, truly different ones.

A function `exercise__variant` takes the place of the solution cell: it may use only the names of the notebook's
packages cell and the other exercises' functions.
"""
# ruff: noqa: F821, B905  (np, sigmoid, softmax and the exercises come from the notebook; learners write plain zip)


# --- rnn_cell_forward -------------------------------------------------------------------------------------------------


def rnn_cell_forward__einsum(xt, a_prev, parameters):
    z = np.einsum("ij,jm->im", parameters["Wax"], xt) + np.einsum("ij,jm->im", parameters["Waa"], a_prev)
    a_next = np.tanh(z + parameters["ba"])
    yt_pred = softmax(np.einsum("ij,jm->im", parameters["Wya"], a_next) + parameters["by"])
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


def rnn_cell_forward__stacked_weights(xt, a_prev, parameters):
    W = np.hstack([parameters["Waa"], parameters["Wax"]])
    a_next = np.tanh(W @ np.vstack([a_prev, xt]) + parameters["ba"])
    yt_pred = softmax(parameters["Wya"] @ a_next + parameters["by"], axis=0)
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


def rnn_cell_forward__dot(xt, a_prev, parameters):
    a_next = np.tanh(np.dot(parameters["Waa"], a_prev) + np.dot(parameters["Wax"], xt) + parameters["ba"])
    yt_pred = softmax(np.dot(parameters["Wya"], a_next) + parameters["by"])
    cache = (a_next, a_prev, xt, parameters)
    return a_next, yt_pred, cache


def rnn_cell_forward__own_softmax(xt, a_prev, parameters):
    a_next = np.tanh(np.matmul(parameters["Wax"], xt) + np.matmul(parameters["Waa"], a_prev) + parameters["ba"])
    logits = np.matmul(parameters["Wya"], a_next) + parameters["by"]
    exponentials = np.exp(logits - logits.max(axis=0))
    yt_pred = exponentials / exponentials.sum(axis=0)
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


def rnn_cell_forward__in_place(xt, a_prev, parameters):
    a_next = parameters["Wax"] @ xt
    a_next += parameters["Waa"] @ a_prev
    a_next += parameters["ba"]
    np.tanh(a_next, out=a_next)
    logits = parameters["Wya"] @ a_next
    logits += parameters["by"]
    return a_next, softmax(logits), (a_next, a_prev, xt, parameters)


def rnn_cell_forward__column_by_column(xt, a_prev, parameters):
    Wax, Waa, Wya, ba, by = (parameters[name] for name in ("Wax", "Waa", "Wya", "ba", "by"))
    states, predictions = [], []
    for j in range(xt.shape[1]):
        state = np.tanh(Wax @ xt[:, j] + Waa @ a_prev[:, j] + ba[:, 0])
        states.append(state)
        predictions.append(softmax(Wya @ state + by[:, 0]))
    a_next, yt_pred = np.stack(states, axis=1), np.stack(predictions, axis=1)
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


def rnn_cell_forward__tanh_from_sigmoid(xt, a_prev, parameters):
    a_next = 2 * sigmoid(2 * (parameters["Wax"] @ xt + parameters["Waa"] @ a_prev + parameters["ba"])) - 1
    yt_pred = softmax((a_next.T @ parameters["Wya"].T + parameters["by"].T).T)
    return a_next, yt_pred, (a_next.copy(), a_prev.copy(), xt.copy(), dict(parameters))


# --- rnn_forward ------------------------------------------------------------------------------------------------------


def rnn_cell_forward__as_the_report_writes_it(xt, a_prev, parameters):
    Wax = parameters["Wax"]
    Waa = parameters["Waa"]
    Wya = parameters["Wya"]
    ba = parameters["ba"]
    by = parameters["by"]
    a_next = np.tanh(np.dot(Waa, a_prev) + np.dot(Wax, xt) + ba)
    yt_pred = softmax(np.dot(Wya, a_next) + by)
    cache = (a_next, a_prev, xt, parameters)
    return a_next, yt_pred, cache


def rnn_cell_forward__plain_softmax(xt, a_prev, parameters):
    a_next = np.tanh(parameters["Wax"] @ xt + parameters["Waa"] @ a_prev + parameters["ba"])
    exponentials = np.exp(parameters["Wya"] @ a_next + parameters["by"])
    return a_next, exponentials / np.sum(exponentials, axis=0), (a_next, a_prev, xt, parameters)


def rnn_cell_forward__a_list_for_a_tuple(xt, a_prev, parameters):
    a_next = np.tanh(sum([parameters["Wax"] @ xt, parameters["Waa"] @ a_prev, parameters["ba"]]))
    return [a_next, softmax(parameters["Wya"] @ a_next + parameters["by"]), [a_next, a_prev, xt, parameters]]


def rnn_forward__as_the_report_writes_it(x, a0, parameters):
    caches = []
    n_x, m, T_x = x.shape
    n_y, n_a = parameters["Wya"].shape
    a = np.zeros([n_a, m, T_x])
    y_pred = np.zeros([n_y, m, T_x])
    a_next = a0
    for t in range(T_x):
        a_next, yt_pred, cache = rnn_cell_forward(x[:, :, t], a_next, parameters)
        a[:, :, t] = a_next
        y_pred[:, :, t] = yt_pred
        caches.append(cache)
    caches = (caches, x)
    return a, y_pred, caches


def rnn_forward__array_of_caches(x, a0, parameters):
    T_x, steps, a, y_pred = x.shape[2], np.empty(x.shape[2], dtype=object), [], []
    state = a0
    for t in range(T_x):
        state, prediction, steps[t] = rnn_cell_forward(x[..., t], state, parameters)
        a, y_pred = [*a, state], [*y_pred, prediction]
    return np.dstack(a), np.dstack(y_pred), [steps, x]


def rnn_forward__array_of_caches_that_grows(x, a0, parameters):
    n_a, m = a0.shape
    a, y_pred, steps = np.empty((n_a, m, 0)), np.empty((parameters["by"].size, m, 0)), np.empty(0, dtype=object)
    state = a0
    for t in range(x.shape[2]):
        state, prediction, cache = rnn_cell_forward(x[:, :, t], state, parameters)
        one = np.empty(1, dtype=object)
        one[0] = cache
        a = np.append(a, state[:, :, np.newaxis], axis=2)
        y_pred = np.append(y_pred, prediction[:, :, np.newaxis], axis=2)
        steps = np.append(steps, one)
    return a, y_pred, (steps, x)


def rnn_forward__one_pool(x, a0, parameters):
    n_a, n_y = len(a0), len(parameters["by"])
    pool = np.zeros((n_a + n_y, x.shape[1], x.shape[2]))
    a, y_pred, caches, state = pool[:n_a], pool[n_a:], [], a0
    for t in range(x.shape[2]):
        state, y_pred[:, :, t], cache = rnn_cell_forward(x[:, :, t], state, parameters)
        a[:, :, t] = state
        caches += [cache]
    return a, y_pred, (caches, x)


def rnn_forward__list_then_stack(x, a0, parameters):
    states, predictions, steps, a_next = [], [], [], a0
    for t in range(x.shape[2]):
        a_next, yt_pred, cache = rnn_cell_forward(x[:, :, t], a_next, parameters)
        states.append(a_next)
        predictions.append(yt_pred)
        steps.append(cache)
    return np.stack(states, axis=-1), np.stack(predictions, axis=-1), (steps, x)


def rnn_forward__move_time_first(x, a0, parameters):
    steps = []
    for t, xt in enumerate(np.moveaxis(x, 2, 0)):
        steps.append(rnn_cell_forward(xt, a0 if t == 0 else steps[-1][0], parameters))
    a = np.moveaxis(np.array([step[0] for step in steps]), 0, 2)
    y_pred = np.moveaxis(np.array([step[1] for step in steps]), 0, 2)
    return a, y_pred, ([step[2] for step in steps], x)


def rnn_forward__state_read_back_from_a(x, a0, parameters):
    m, T_x = x.shape[1:]
    a = np.empty((a0.shape[0], m, T_x))
    y_pred = np.empty((parameters["by"].shape[0], m, T_x))
    caches = []
    for t in range(T_x):
        a_prev = a0 if t == 0 else a[:, :, t - 1]
        a[:, :, t], y_pred[:, :, t], cache = rnn_cell_forward(x[:, :, t], a_prev, parameters)
        caches.append(cache)
    return a, y_pred, (caches, x)


def rnn_forward__room_for_the_start(x, a0, parameters):
    T_x = x.shape[-1]
    with_start = np.zeros((*a0.shape, T_x + 1))
    with_start[..., 0] = a0
    y_pred = np.zeros((len(parameters["Wya"]), x.shape[1], T_x))
    steps = [None] * T_x
    for t in range(T_x):
        with_start[..., t + 1], y_pred[..., t], steps[t] = rnn_cell_forward(
            x[..., t], with_start[..., t].copy(), parameters
        )
    return with_start[..., 1:], y_pred, (steps, x)


def rnn_forward__while_loop(x, a0, parameters):
    a_next, t, caches = a0.copy(), 0, []
    a = np.zeros(a0.shape + x.shape[2:])
    y_pred = np.zeros(parameters["by"].shape[:1] + x.shape[1:])
    while t < x.shape[2]:
        a_next, yt_pred, cache = rnn_cell_forward(x[:, :, t].copy(), a_next, parameters)
        a[:, :, t], y_pred[:, :, t] = a_next, yt_pred
        caches += [cache]
        t += 1
    return a, y_pred, (caches, x)


def rnn_forward__concatenate(x, a0, parameters):
    a = np.zeros((a0.shape[0], a0.shape[1], 0))
    y_pred = np.zeros((parameters["Wya"].shape[0], a0.shape[1], 0))
    steps = []
    for t in range(x.shape[2]):
        a0, yt_pred, cache = rnn_cell_forward(x[:, :, t], a0, parameters)
        a = np.concatenate([a, a0[:, :, np.newaxis]], axis=2)
        y_pred = np.concatenate([y_pred, yt_pred[:, :, np.newaxis]], axis=2)
        steps.append(cache)
    return a, y_pred, (steps, x)


def rnn_forward__own_cell(x, a0, parameters):
    Wax, Waa, Wya, ba, by = (parameters[name] for name in ("Wax", "Waa", "Wya", "ba", "by"))
    from_inputs = np.einsum("ax,xmt->amt", Wax, x) + ba[:, :, None]
    states = [a0]
    for t in range(x.shape[2]):
        states.append(np.tanh(from_inputs[:, :, t] + Waa @ states[-1]))
    a = np.stack(states[1:], axis=2)
    y_pred = softmax(np.einsum("ya,amt->ymt", Wya, a) + by[:, :, None], axis=0)
    steps = [(states[t + 1], states[t], x[:, :, t], parameters) for t in range(x.shape[2])]
    return a, y_pred, (steps, x)


# --- lstm_cell_forward ------------------------------------------------------------------------------------------------


def lstm_cell_forward__stacked_weights(xt, a_prev, c_prev, parameters):
    n_a = a_prev.shape[0]
    W = np.concatenate([parameters["Wf"], parameters["Wi"], parameters["Wo"], parameters["Wc"]])
    b = np.concatenate([parameters["bf"], parameters["bi"], parameters["bo"], parameters["bc"]])
    z = W @ np.concatenate((a_prev, xt)) + b
    ft, it, ot = np.split(sigmoid(z[: 3 * n_a]), 3)
    cct = np.tanh(z[3 * n_a :])
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    yt_pred = softmax(parameters["Wy"] @ a_next + parameters["by"])
    return a_next, c_next, yt_pred, (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)


def lstm_cell_forward__split_weights(xt, a_prev, c_prev, parameters):
    n_a = a_prev.shape[0]
    z = {
        g: parameters["W" + g][:, :n_a] @ a_prev + parameters["W" + g][:, n_a:] @ xt + parameters["b" + g]
        for g in "fico"
    }
    ft, it, ot = sigmoid(z["f"]), sigmoid(z["i"]), sigmoid(z["o"])
    cct = np.tanh(z["c"])
    c_next = np.multiply(ft, c_prev) + np.multiply(it, cct)
    a_next = np.multiply(ot, np.tanh(c_next))
    yt_pred = softmax(np.dot(parameters["Wy"], a_next) + parameters["by"])
    return a_next, c_next, yt_pred, (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)


def lstm_cell_forward__as_the_report_writes_it(xt, a_prev, c_prev, parameters):
    Wf, bf, Wi, bi = parameters["Wf"], parameters["bf"], parameters["Wi"], parameters["bi"]
    Wc, bc, Wo, bo = parameters["Wc"], parameters["bc"], parameters["Wo"], parameters["bo"]
    n_x, m = xt.shape
    n_y, n_a = parameters["Wy"].shape
    concat = np.zeros([n_a + n_x, m])
    concat[:n_a, :] = a_prev
    concat[n_a:, :] = xt
    ft = sigmoid(np.dot(Wf, concat) + bf)
    it = sigmoid(np.dot(Wi, concat) + bi)
    cct = np.tanh(np.dot(Wc, concat) + bc)
    c_next = ft * c_prev + it * cct
    ot = sigmoid(np.dot(Wo, concat) + bo)
    a_next = ot * np.tanh(c_next)
    yt_pred = softmax(np.dot(parameters["Wy"], a_next) + parameters["by"])
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, yt_pred, cache


def lstm_cell_forward__plain_sigmoid(xt, a_prev, c_prev, parameters):
    stack = np.r_[a_prev, xt]
    logits = {gate: parameters["W" + gate] @ stack + parameters["b" + gate] for gate in "fico"}
    ft, it, ot = (1 / (1 + np.exp(-logits[gate])) for gate in "fio")
    cct = np.tanh(logits["c"])
    c_next = np.add(np.multiply(ft, c_prev), np.multiply(it, cct))
    a_next = ot * np.tanh(c_next)
    yt_pred = softmax(parameters["Wy"] @ a_next + parameters["by"])
    return a_next, c_next, yt_pred, (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)


def lstm_cell_forward__filled_stack(xt, a_prev, c_prev, parameters):
    n_x, m = xt.shape
    n_a = a_prev.shape[0]
    concat = np.zeros((n_a + n_x, m))
    concat[:n_a, :] = a_prev
    concat[n_a:, :] = xt
    ft = sigmoid(np.dot(parameters["Wf"], concat) + parameters["bf"])
    it = sigmoid(np.dot(parameters["Wi"], concat) + parameters["bi"])
    cct = np.tanh(np.dot(parameters["Wc"], concat) + parameters["bc"])
    c_next = it * cct + ft * c_prev
    ot = sigmoid(np.dot(parameters["Wo"], concat) + parameters["bo"])
    a_next = np.tanh(c_next) * ot
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, softmax(np.dot(parameters["Wy"], a_next) + parameters["by"]), cache


def lstm_cell_forward__einsum(xt, a_prev, c_prev, parameters):
    W = np.stack([parameters["W" + gate] for gate in "fico"])
    b = np.stack([parameters["b" + gate] for gate in "fico"])
    z = np.einsum("gij,jm->gim", W, np.vstack([a_prev, xt])) + b
    ft, it, ot = sigmoid(z[[0, 1, 3]])
    cct = np.tanh(z[2])
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    yt_pred = softmax(np.einsum("ya,am->ym", parameters["Wy"], a_next) + parameters["by"])
    return a_next, c_next, yt_pred, (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)


def lstm_cell_forward__in_place_on_new_arrays(xt, a_prev, c_prev, parameters):
    both = np.r_[a_prev, xt]
    ft, it, cct, ot = (parameters["W" + gate] @ both for gate in "fico")
    for z, gate in ((ft, "f"), (it, "i"), (cct, "c"), (ot, "o")):
        z += parameters["b" + gate]
        z[...] = np.tanh(z) if gate == "c" else sigmoid(z)
    c_next = c_prev.copy()
    c_next *= ft
    c_next += it * cct
    a_next = np.tanh(c_next)
    a_next *= ot
    return (
        a_next,
        c_next,
        softmax(parameters["Wy"] @ a_next + parameters["by"]),
        (
            a_next,
            c_next,
            a_prev,
            c_prev,
            ft,
            it,
            cct,
            ot,
            xt,
            parameters,
        ),
    )


def lstm_cell_forward__own_activations(xt, a_prev, c_prev, parameters):
    def gate(name):
        return parameters[f"W{name}"] @ np.append(a_prev, xt, axis=0) + parameters[f"b{name}"]

    ft, it, ot = (0.5 + 0.5 * np.tanh(0.5 * gate(name)) for name in "fio")
    cct = np.tanh(gate("c"))
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    logits = parameters["Wy"] @ a_next + parameters["by"]
    logits = logits - np.max(logits, axis=0, keepdims=True)
    yt_pred = np.exp(logits) / np.sum(np.exp(logits), axis=0, keepdims=True)
    return a_next, c_next, yt_pred, (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)


# --- lstm_forward -----------------------------------------------------------------------------------------------------


def lstm_forward__list_then_stack(x, a0, parameters):
    a_next, c_next, steps, outputs = a0, np.zeros_like(a0), [], []
    for t in range(x.shape[2]):
        a_next, c_next, yt_pred, cache = lstm_cell_forward(x[:, :, t], a_next, c_next, parameters)
        outputs.append((a_next, yt_pred, c_next))
        steps.append(cache)
    a, y, c = (np.stack(pieces, axis=2) for pieces in zip(*outputs))
    return a, y, c, (steps, x)


def lstm_forward__as_the_report_writes_it(x, a0, parameters):
    caches = []
    n_x, m, T_x = x.shape
    n_y, n_a = parameters["Wy"].shape
    a = np.zeros([n_a, m, T_x])
    c = np.zeros([n_a, m, T_x])
    y = np.zeros([n_y, m, T_x])
    a_next = a0
    c_next = np.zeros([n_a, m])
    for t in range(T_x):
        a_next, c_next, yt, cache = lstm_cell_forward(x[:, :, t], a_next, c_next, parameters)
        a[:, :, t] = a_next
        y[:, :, t] = yt
        c[:, :, t] = c_next
        caches.append(cache)
    caches = (caches, x)
    return a, y, c, caches


def lstm_forward__array_of_caches(x, a0, parameters):
    T_x, steps, slices = x.shape[2], np.empty(x.shape[2], dtype=object), []
    state, memory = a0, 0 * a0
    for t in range(T_x):
        state, memory, prediction, steps[t] = lstm_cell_forward(x[:, :, t], state, memory, parameters)
        slices.append((state, prediction, memory))
    a, y, c = (np.stack(some, axis=-1) for some in zip(*slices))
    return a, y, c, (steps, x)


def lstm_forward__enumerate(x, a0, parameters):
    n_a, m = a0.shape
    T_x = x.shape[2]
    a, c = np.zeros((2, n_a, m, T_x))
    y = np.zeros((parameters["Wy"].shape[0], m, T_x))
    at, ct, steps = a0, np.zeros(a0.shape), []
    for t, xt in enumerate(x.transpose(2, 0, 1)):
        at, ct, y[:, :, t], cache = lstm_cell_forward(xt, at, ct, parameters)
        a[:, :, t], c[:, :, t] = at, ct
        steps.append(cache)
    return a, y, c, (steps, x)


def lstm_forward__in_place_of_copies(x, a0, parameters):
    T_x = x.shape[2]
    a = np.zeros((a0.shape[0], a0.shape[1], T_x))
    c = np.zeros_like(a)
    y = np.zeros((parameters["by"].size, a0.shape[1], T_x))
    steps = []
    state, memory = a0.copy(), np.zeros(a0.shape)
    for t in range(T_x):
        a_next, c_next, yt_pred, cache = lstm_cell_forward(x[:, :, t], state.copy(), memory.copy(), parameters)
        state[:], memory[:] = a_next, c_next
        a[:, :, t] = state
        c[:, :, t] = memory
        y[:, :, t] = yt_pred
        steps.append(cache)
    return a, y, c, (steps, x)


def lstm_forward__copied_view(x, a0, parameters):
    n_x, m, T_x = x.shape
    n_y, n_a = parameters["Wy"].shape
    a, c, y = np.zeros((n_a, m, T_x)), np.zeros((n_a, m, T_x)), np.zeros((n_y, m, T_x))
    a_next, c_next, caches = a0, c[:, :, 0].copy(), []
    for t in range(T_x):
        a_next, c_next, yt, cache = lstm_cell_forward(x[:, :, t], a_next, c_next, parameters)
        a[:, :, t], c[:, :, t], y[:, :, t] = a_next, c_next, yt
        caches.append(cache)
    return a, y, c, (caches, x)


def lstm_forward__read_back(x, a0, parameters):
    m, T_x = x.shape[1:]
    n_a = parameters["bf"].shape[0]
    a, c = np.empty((n_a, m, T_x)), np.empty((n_a, m, T_x))
    y = np.empty((parameters["Wy"].shape[0], m, T_x))
    steps = []
    for t in range(T_x):
        before = (a0, np.zeros((n_a, m))) if t == 0 else (a[:, :, t - 1], c[:, :, t - 1])
        a[:, :, t], c[:, :, t], y[:, :, t], cache = lstm_cell_forward(x[:, :, t], *before, parameters)
        steps.append(cache)
    return a, y, c, (steps, x)


def lstm_forward__from_the_caches(x, a0, parameters):
    steps, predictions = [], []
    before = a0, 0 * a0
    for t in range(x.shape[-1]):
        *before, yt_pred, cache = lstm_cell_forward(x[..., t], *before, parameters)
        steps.append(cache)
        predictions.append(yt_pred[..., None])
    a = np.stack([cache[0] for cache in steps], axis=-1)
    c = np.stack([cache[1] for cache in steps], axis=-1)
    return a, np.concatenate(predictions, axis=-1), c, (steps, x)


# --- rnn_cell_backward ------------------------------------------------------------------------------------------------


def rnn_cell_backward__einsum(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    dz = da_next * (1 - np.square(a_next))
    return {
        "dxt": np.einsum("ax,am->xm", parameters["Wax"], dz),
        "da_prev": np.einsum("ab,am->bm", parameters["Waa"], dz),
        "dWax": np.einsum("am,xm->ax", dz, xt),
        "dWaa": np.einsum("am,bm->ab", dz, a_prev),
        "dba": np.einsum("am->a", dz)[:, None],
    }


def rnn_cell_backward__recompute_tanh(da_next, cache):
    _, a_prev, xt, parameters = cache
    z = parameters["Wax"] @ xt + parameters["Waa"] @ a_prev + parameters["ba"]
    dz = (1 - np.tanh(z) ** 2) * da_next
    return {
        "dxt": parameters["Wax"].T @ dz,
        "da_prev": parameters["Waa"].T @ dz,
        "dWax": dz @ xt.T,
        "dWaa": dz @ a_prev.T,
        "dba": dz.sum(axis=1, keepdims=True),
    }


def rnn_cell_backward__stacked_weights(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    n_a = a_prev.shape[0]
    dz = (1 - a_next) * (1 + a_next) * da_next
    back = np.hstack([parameters["Waa"], parameters["Wax"]]).T @ dz
    dW = dz @ np.vstack([a_prev, xt]).T
    dba = dz @ np.ones((dz.shape[1], 1))
    return {"dxt": back[n_a:], "da_prev": back[:n_a], "dWax": dW[:, n_a:], "dWaa": dW[:, :n_a], "dba": dba}


def rnn_cell_backward__example_by_example(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    Wax, Waa = parameters["Wax"], parameters["Waa"]
    dxt, da_prev = np.zeros(xt.shape), np.zeros(a_prev.shape)
    dWax, dWaa, dba = np.zeros(Wax.shape), np.zeros(Waa.shape), np.zeros((Waa.shape[0], 1))
    for j in range(xt.shape[1]):
        dz = (1 - a_next[:, j] ** 2) * da_next[:, j]
        dxt[:, j], da_prev[:, j] = dz @ Wax, dz @ Waa
        dWax += np.outer(dz, xt[:, j])
        dWaa += np.outer(dz, a_prev[:, j])
        dba[:, 0] += dz
    return {"dxt": dxt, "da_prev": da_prev, "dWax": dWax, "dWaa": dWaa, "dba": dba}


def rnn_cell_backward__dot_reshape(da_next, cache):
    (a_next, a_prev, xt, parameters) = cache
    dtanh = da_next - a_next * a_next * da_next
    gradients = {"dxt": np.dot(parameters["Wax"].T, dtanh), "dWax": np.dot(dtanh, xt.T)}
    gradients["da_prev"] = np.dot(parameters["Waa"].T, dtanh)
    gradients["dWaa"] = np.dot(dtanh, a_prev.T)
    gradients["dba"] = np.sum(dtanh, 1).reshape(-1, 1)
    return gradients


def rnn_cell_backward__copies_in_place(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    dz = a_next.copy()
    dz *= a_next
    np.subtract(1, dz, out=dz)
    dz *= da_next
    return dict(
        da_prev=(dz.T @ parameters["Waa"]).T,
        dxt=(dz.T @ parameters["Wax"]).T,
        dWaa=(a_prev @ dz.T).T,
        dWax=(xt @ dz.T).T,
        dba=np.add.reduce(dz, axis=1, keepdims=True),
    )


# --- rnn_backward -----------------------------------------------------------------------------------------------------


def rnn_backward__counting_down(da, caches):
    caches, x = caches
    T_x = da.shape[2]
    dx = np.zeros_like(x)
    da_prevt = np.zeros(da.shape[:2])
    dWax, dWaa, dba = 0, 0, 0
    for t in range(T_x - 1, -1, -1):
        g = rnn_cell_backward(da[:, :, t] + da_prevt, caches[t])
        da_prevt = g["da_prev"]
        dx[:, :, t] = g["dxt"]
        dWax, dWaa, dba = dWax + g["dWax"], dWaa + g["dWaa"], dba + g["dba"]
    return {"dx": dx, "da0": da_prevt, "dWax": dWax, "dWaa": dWaa, "dba": dba}


def rnn_backward__list_then_stack(da, caches):
    steps, x = caches
    back, found = 0, []
    for dat, cache in zip(np.moveaxis(da, 2, 0)[::-1], steps[::-1]):
        found.append(rnn_cell_backward(dat + back, cache))
        back = found[-1]["da_prev"]
    total = {name: np.sum([g[name] for g in found], axis=0) for name in ("dWax", "dWaa", "dba")}
    return {"dx": np.stack([g["dxt"] for g in found[::-1]], axis=2), "da0": back, **total}


def rnn_backward__own_cell(da, caches):
    steps, x = caches
    parameters = steps[0][3]
    dzs, back = [], np.zeros(da.shape[:2])
    for t in range(len(steps) - 1, -1, -1):
        dz = (1 - steps[t][0] ** 2) * (da[:, :, t] + back)
        back = parameters["Waa"].T @ dz
        dzs.insert(0, dz)
    dz = np.stack(dzs, axis=2)
    before = np.stack([cache[1] for cache in steps], axis=2)
    return {
        "dx": np.einsum("ax,amt->xmt", parameters["Wax"], dz),
        "da0": back,
        "dWax": np.einsum("amt,xmt->ax", dz, x),
        "dWaa": np.einsum("amt,bmt->ab", dz, before),
        "dba": dz.sum(axis=(1, 2))[:, None],
    }


def rnn_backward__recursion(da, caches):
    steps, x = caches

    def back(t):
        """Return the gradients of the steps from t on."""
        if t == len(steps):
            return [], np.zeros(da.shape[:2])
        later, carry = back(t + 1)
        g = rnn_cell_backward(da[:, :, t] + carry, steps[t])
        return [g, *later], g["da_prev"]

    gradients, da0 = back(0)
    sums = {name: sum(g[name] for g in gradients) for name in ("dWax", "dWaa", "dba")}
    return {"dx": np.dstack([g["dxt"] for g in gradients]), "da0": da0} | sums


def rnn_backward__on_a_copy(da, caches):
    steps, x = caches
    da = da.copy()
    dx = np.empty(x.shape)
    sums = {}
    for t in reversed(range(da.shape[2])):
        g = rnn_cell_backward(da[:, :, t], steps[t])
        if t:
            da[:, :, t - 1] += g["da_prev"]
        else:
            da0 = g["da_prev"]
        dx[:, :, t] = g["dxt"]
        for name in ("dWax", "dWaa", "dba"):
            sums[name] = sums.get(name, 0) + g[name]
    return {"dx": dx, "da0": da0, **sums}


def rnn_backward__gradients_dict(da, caches):
    (steps, x) = caches
    n_a, m, T_x = da.shape
    gradients = {"dx": np.zeros(x.shape), "da0": np.zeros((n_a, m))}
    for name in ("Wax", "Waa", "ba"):
        gradients["d" + name] = np.zeros_like(steps[0][3][name])
    while T_x:
        T_x -= 1
        step = rnn_cell_backward(np.add(da[..., T_x], gradients["da0"]), steps[T_x])
        gradients["dx"][..., T_x] = step["dxt"]
        gradients["da0"] = step["da_prev"]
        for name in ("dWax", "dWaa", "dba"):
            gradients[name] += step[name]
    return gradients


# --- lstm_cell_backward -----------------------------------------------------------------------------------------------


def lstm_cell_backward__stacked_weights(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    n_a = len(a_next)
    dc = dc_next + da_next * ot * (1 - np.tanh(c_next) ** 2)
    dz = np.concatenate(
        [
            dc * c_prev * ft * (1 - ft),
            dc * cct * it * (1 - it),
            dc * it * (1 - cct**2),
            da_next * np.tanh(c_next) * ot * (1 - ot),
        ]
    )
    W = np.concatenate([parameters["W" + gate] for gate in "fico"])
    back, dW, db = W.T @ dz, dz @ np.concatenate([a_prev, xt]).T, dz.sum(axis=1, keepdims=True)
    gradients = {"dxt": back[n_a:], "da_prev": back[:n_a], "dc_prev": ft * dc}
    for gate, weights, bias in zip("fico", np.split(dW, 4), np.split(db, 4)):
        gradients["dW" + gate], gradients["db" + gate] = weights, bias
    return gradients


def lstm_cell_backward__one_long_expression_each(da_next, dc_next, cache):
    (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters) = cache
    n_a = a_next.shape[0]
    slope = 1 - np.square(np.tanh(c_next))
    dot = da_next * np.tanh(c_next) * ot * (1 - ot)
    dcct = (dc_next * it + ot * slope * it * da_next) * (1 - np.square(cct))
    dit = (dc_next * cct + ot * slope * cct * da_next) * it * (1 - it)
    dft = (dc_next * c_prev + ot * slope * c_prev * da_next) * ft * (1 - ft)
    Wf, Wi, Wc, Wo = parameters["Wf"], parameters["Wi"], parameters["Wc"], parameters["Wo"]
    concat = np.concatenate((a_prev, xt), axis=0).T
    return {
        "dxt": Wf[:, n_a:].T @ dft + Wi[:, n_a:].T @ dit + Wc[:, n_a:].T @ dcct + Wo[:, n_a:].T @ dot,
        "da_prev": Wf[:, :n_a].T @ dft + Wi[:, :n_a].T @ dit + Wc[:, :n_a].T @ dcct + Wo[:, :n_a].T @ dot,
        "dc_prev": dc_next * ft + ot * slope * ft * da_next,
        "dWf": dft @ concat,
        "dWi": dit @ concat,
        "dWc": dcct @ concat,
        "dWo": dot @ concat,
        "dbf": np.sum(dft, axis=1, keepdims=True),
        "dbi": np.sum(dit, axis=1, keepdims=True),
        "dbc": np.sum(dcct, axis=1, keepdims=True),
        "dbo": np.sum(dot, axis=1, keepdims=True),
    }


def lstm_cell_backward__einsum(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    th = np.tanh(c_next)
    dc = dc_next + da_next * ot * (1 - th * th)
    dz = {
        "f": dc * c_prev * (ft - ft**2),
        "i": dc * cct * (it - it**2),
        "c": dc * it * (1 - cct) * (1 + cct),
        "o": da_next * th * (ot - ot**2),
    }
    both = np.vstack([a_prev, xt])
    back = sum(np.einsum("as,am->sm", parameters["W" + gate], dz[gate]) for gate in dz)
    da_prev, dxt = np.split(back, [a_prev.shape[0]])
    gradients = {"dW" + gate: np.einsum("am,sm->as", dz[gate], both) for gate in dz}
    gradients |= {"db" + gate: np.einsum("am->a", dz[gate])[:, np.newaxis] for gate in dz}
    return gradients | {"dxt": dxt, "da_prev": da_prev, "dc_prev": dc * ft}


def lstm_cell_backward__gate_by_gate(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    n_a = a_prev.shape[0]
    th = np.tanh(c_next)
    whole = dc_next + ot * (1 - th**2) * da_next
    gradients = {"dc_prev": whole * ft, "da_prev": np.zeros(a_prev.shape), "dxt": np.zeros(xt.shape)}
    for gate, value, partner, incoming in (
        ("f", ft, c_prev, whole),
        ("i", it, cct, whole),
        ("c", cct, it, whole),
        ("o", ot, th, da_next),
    ):
        slope = 1 - value**2 if gate == "c" else value * (1 - value)
        dz = incoming * partner * slope
        W = parameters["W" + gate]
        gradients["da_prev"] += W[:, :n_a].T @ dz
        gradients["dxt"] += W[:, n_a:].T @ dz
        gradients["dW" + gate] = np.hstack([dz @ a_prev.T, dz @ xt.T])
        gradients["db" + gate] = dz.sum(1, keepdims=True)
    return gradients


def lstm_cell_backward__example_by_example(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    n_a, m = a_next.shape
    sums = {"d" + kind + gate: 0 for gate in "fico" for kind in "Wb"}
    columns = {"dxt": [], "da_prev": [], "dc_prev": []}
    for j in range(m):
        f, i, g, o, th = ft[:, j], it[:, j], cct[:, j], ot[:, j], np.tanh(c_next[:, j])
        dc = dc_next[:, j] + da_next[:, j] * o * (1 - th**2)
        dz = {
            "f": dc * c_prev[:, j] * f * (1 - f),
            "i": dc * g * i * (1 - i),
            "c": dc * i * (1 - g**2),
            "o": da_next[:, j] * th * o * (1 - o),
        }
        both = np.concatenate([a_prev[:, j], xt[:, j]])
        back = sum(dz[gate] @ parameters["W" + gate] for gate in dz)
        for gate in dz:
            sums["dW" + gate] = sums["dW" + gate] + np.outer(dz[gate], both)
            sums["db" + gate] = sums["db" + gate] + dz[gate][:, None]
        columns["dxt"].append(back[n_a:])
        columns["da_prev"].append(back[:n_a])
        columns["dc_prev"].append(dc * f)
    return sums | {name: np.column_stack(pieces) for name, pieces in columns.items()}


def lstm_cell_backward__from_a_next(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    n_a = a_next.shape[0]
    dc = np.array(dc_next)
    dc += da_next * ot * (1 - np.tanh(c_next) ** 2)
    dzo = da_next * a_next * (1 - ot)  # a_next = ot * tanh(c_next)
    dzf = dc * c_prev * ft * (1 - ft)
    dzi = dc * cct * it * (1 - it)
    dzc = dc * it * (1 - cct * cct)
    dzs = dict(zip("fico", (dzf, dzi, dzc, dzo)))
    back = np.sum([np.dot(parameters["W" + gate].T, dz) for gate, dz in dzs.items()], axis=0)
    gradients = dict(dxt=back[n_a:, :], da_prev=back[:n_a, :], dc_prev=np.multiply(dc, ft))
    for gate, dz in dzs.items():
        gradients.update({f"dW{gate}": np.inner(dz, np.r_[a_prev, xt]), f"db{gate}": dz.sum(axis=-1).reshape(n_a, 1)})
    return gradients


# --- lstm_backward ----------------------------------------------------------------------------------------------------


def lstm_backward__counting_down(da, caches):
    caches, x = caches
    n_a, m, T_x = da.shape
    dx = np.zeros(x.shape)
    da_prevt, dc_prevt = np.zeros((n_a, m)), np.zeros((n_a, m))
    dWf = dWi = dWc = dWo = dbf = dbi = dbc = dbo = 0
    for t in range(T_x - 1, -1, -1):
        g = lstm_cell_backward(da[:, :, t] + da_prevt, dc_prevt, caches[t])
        da_prevt, dc_prevt = g["da_prev"], g["dc_prev"]
        dx[:, :, t] = g["dxt"]
        dWf, dWi, dWc, dWo = dWf + g["dWf"], dWi + g["dWi"], dWc + g["dWc"], dWo + g["dWo"]
        dbf, dbi, dbc, dbo = dbf + g["dbf"], dbi + g["dbi"], dbc + g["dbc"], dbo + g["dbo"]
    return {
        "dx": dx,
        "da0": da_prevt,
        "dWf": dWf,
        "dbf": dbf,
        "dWi": dWi,
        "dbi": dbi,
        "dWc": dWc,
        "dbc": dbc,
        "dWo": dWo,
        "dbo": dbo,
    }


def lstm_backward__list_then_stack(da, caches):
    steps, x = caches
    da_back, dc_back, found = 0 * da[:, :, 0], 0 * da[:, :, 0], []
    for dat, cache in zip(da.transpose(2, 0, 1)[::-1], reversed(steps)):
        found.append(lstm_cell_backward(dat + da_back, dc_back, cache))
        da_back, dc_back = found[-1]["da_prev"], found[-1]["dc_prev"]
    gradients = {name: sum(g[name] for g in found) for name in found[0] if name[1] in "Wb"}
    gradients["dx"] = np.stack([g["dxt"] for g in reversed(found)], axis=2)
    gradients["da0"] = da_back
    return gradients


def lstm_backward__recursion(da, caches):
    steps, x = caches

    def back(t):
        """Return the gradients of the steps from t on."""
        if t == len(steps):
            return [], np.zeros(da.shape[:2]), np.zeros(da.shape[:2])
        later, da_carry, dc_carry = back(t + 1)
        g = lstm_cell_backward(da[:, :, t] + da_carry, dc_carry, steps[t])
        return [g, *later], g["da_prev"], g["dc_prev"]

    gradients, da0, _ = back(0)
    sums = {"d" + kind + gate: sum(g["d" + kind + gate] for g in gradients) for kind in "Wb" for gate in "fico"}
    return {"dx": np.dstack([g["dxt"] for g in gradients]), "da0": da0} | sums


def lstm_backward__own_cell(da, caches):
    steps, x = caches
    n_a, m, T_x = da.shape
    parameters = steps[0][-1]
    W = np.concatenate([parameters["W" + gate] for gate in "fico"])
    dW, db, dx = np.zeros(W.shape), np.zeros((4 * n_a, 1)), np.zeros(x.shape)
    da_back, dc = np.zeros((n_a, m)), np.zeros((n_a, m))
    for t in range(T_x)[::-1]:
        _, c_next, a_prev, c_prev, ft, it, cct, ot, xt, _ = steps[t]
        incoming, th = da[:, :, t] + da_back, np.tanh(c_next)
        dc = dc + incoming * ot * (1 - th**2)
        dz = np.vstack(
            [
                dc * c_prev * ft * (1 - ft),
                dc * cct * it * (1 - it),
                dc * it * (1 - cct**2),
                incoming * th * ot * (1 - ot),
            ]
        )
        dW += dz @ np.vstack([a_prev, xt]).T
        db += dz.sum(axis=1, keepdims=True)
        da_back, dx[:, :, t] = np.split(W.T @ dz, [n_a])
        dc = dc * ft
    gradients = {"dx": dx, "da0": da_back}
    for number, gate in enumerate("fico"):
        gradients["dW" + gate] = dW[number * n_a : (number + 1) * n_a]
        gradients["db" + gate] = db[number * n_a : (number + 1) * n_a]
    return gradients


def lstm_backward__on_a_copy(da, caches):
    steps, x = caches
    da = da.copy()
    dc = np.zeros_like(da)
    dx, total = np.empty(x.shape), {}
    for t in reversed(range(da.shape[2])):
        g = lstm_cell_backward(da[:, :, t], dc[:, :, t], steps[t])
        if t:
            da[:, :, t - 1] += g["da_prev"]
            dc[:, :, t - 1] = g["dc_prev"]
        dx[:, :, t] = g["dxt"]
        for name in ("dWf", "dbf", "dWi", "dbi", "dWc", "dbc", "dWo", "dbo"):
            total[name] = total.get(name, 0) + g[name]
    return {"dx": dx, "da0": g["da_prev"], **total}


def lstm_backward__gradients_dict(da, caches):
    (steps, x) = caches
    gradients = {"d" + name: np.zeros_like(value) for name, value in steps[0][9].items() if name not in ("Wy", "by")}
    gradients["dx"] = np.zeros_like(x)
    gradients["da0"] = memory = np.zeros(da.shape[:2])
    for t, cache in list(enumerate(steps))[::-1]:
        step = lstm_cell_backward(gradients["da0"] + da[..., t], memory, cache)
        gradients["dx"][..., t] = step.pop("dxt")
        gradients["da0"], memory = step.pop("da_prev"), step.pop("dc_prev")
        for name, value in step.items():
            gradients[name] = gradients[name] + value
    return gradients


# --- gru_cell_forward -------------------------------------------------------------------------------------------------


def gru_cell_forward__split_weights(xt, a_prev, parameters):
    n_a = a_prev.shape[0]

    def logits(gate, state):
        return parameters["W" + gate][:, :n_a] @ state + parameters["W" + gate][:, n_a:] @ xt + parameters["b" + gate]

    zt, rt = sigmoid(logits("z", a_prev)), sigmoid(logits("r", a_prev))
    cct = np.tanh(logits("c", rt * a_prev))
    a_next = zt * a_prev + (1 - zt) * cct
    yt_pred = softmax(parameters["Wy"] @ a_next + parameters["by"])
    return a_next, yt_pred, (a_next, a_prev, zt, rt, cct, xt, parameters)


def gru_cell_forward__stacked_weights(xt, a_prev, parameters):
    gates = np.vstack([parameters["Wz"], parameters["Wr"]]) @ np.vstack([a_prev, xt])
    zt, rt = np.split(sigmoid(gates + np.vstack([parameters["bz"], parameters["br"]])), 2)
    cct = np.tanh(parameters["Wc"] @ np.vstack([rt * a_prev, xt]) + parameters["bc"])
    a_next = cct + zt * (a_prev - cct)
    yt_pred = softmax(parameters["Wy"] @ a_next + parameters["by"])
    return a_next, yt_pred, (a_next, a_prev, zt, rt, cct, xt, parameters)


def gru_cell_forward__einsum(xt, a_prev, parameters):
    both = np.concatenate([a_prev, xt])
    zt = sigmoid(np.einsum("as,sm->am", parameters["Wz"], both) + parameters["bz"])
    rt = sigmoid(np.einsum("as,sm->am", parameters["Wr"], both) + parameters["br"])
    reset = np.concatenate([rt * a_prev, xt])
    cct = np.tanh(np.einsum("as,sm->am", parameters["Wc"], reset) + parameters["bc"])
    a_next = (1 - zt) * cct + zt * a_prev
    yt_pred = softmax(np.einsum("ya,am->ym", parameters["Wy"], a_next) + parameters["by"])
    return a_next, yt_pred, (a_next, a_prev, zt, rt, cct, xt, parameters)


def gru_cell_forward__filled_stack(xt, a_prev, parameters):
    n_a, m = a_prev.shape
    concat = np.zeros((n_a + xt.shape[0], m))
    concat[:n_a], concat[n_a:] = a_prev, xt
    zt = sigmoid(np.dot(parameters["Wz"], concat) + parameters["bz"])
    rt = sigmoid(np.dot(parameters["Wr"], concat) + parameters["br"])
    concat[:n_a] *= rt
    cct = np.tanh(np.dot(parameters["Wc"], concat) + parameters["bc"])
    a_next = zt * a_prev + (1 - zt) * cct
    return (
        a_next,
        softmax(np.dot(parameters["Wy"], a_next) + parameters["by"]),
        (
            a_next,
            a_prev,
            zt,
            rt,
            cct,
            xt,
            parameters,
        ),
    )


def gru_cell_forward__in_place_on_new_arrays(xt, a_prev, parameters):
    both = np.append(a_prev, xt, axis=0)
    zt, rt = parameters["Wz"] @ both, parameters["Wr"] @ both
    zt += parameters["bz"]
    rt += parameters["br"]
    zt[:], rt[:] = sigmoid(zt), sigmoid(rt)
    cct = np.tanh(parameters["Wc"] @ np.append(rt * a_prev, xt, axis=0) + parameters["bc"])
    a_next = a_prev.copy()
    a_next -= cct
    a_next *= zt
    a_next += cct
    logits = parameters["Wy"] @ a_next + parameters["by"]
    yt_pred = np.exp(logits - logits.max(0))
    yt_pred /= yt_pred.sum(0)
    return a_next, yt_pred, (a_next, a_prev, zt, rt, cct, xt, parameters)


def gru_cell_forward__column_by_column(xt, a_prev, parameters):
    P = parameters
    columns = []
    for x, a in zip(xt.T, a_prev.T):
        z = sigmoid(P["Wz"] @ np.concatenate([a, x]) + P["bz"].ravel())
        r = sigmoid(P["Wr"] @ np.concatenate([a, x]) + P["br"].ravel())
        g = np.tanh(P["Wc"] @ np.concatenate([r * a, x]) + P["bc"].ravel())
        new = z * a + (1 - z) * g
        columns.append((new, softmax(P["Wy"] @ new + P["by"].ravel()), z, r, g))
    a_next, yt_pred, zt, rt, cct = (np.column_stack(pieces) for pieces in zip(*columns))
    return a_next, yt_pred, (a_next, a_prev, zt, rt, cct, xt, parameters)


# --- gru_forward ------------------------------------------------------------------------------------------------------


def gru_forward__list_then_stack(x, a0, parameters):
    states, predictions, steps, a_next = [], [], [], a0
    for t in range(x.shape[2]):
        a_next, yt_pred, cache = gru_cell_forward(x[:, :, t], a_next, parameters)
        states.append(a_next)
        predictions.append(yt_pred)
        steps.append(cache)
    return np.stack(states, axis=-1), np.stack(predictions, axis=-1), (steps, x)


def gru_forward__enumerate(x, a0, parameters):
    steps = []
    for t, xt in enumerate(np.moveaxis(x, -1, 0)):
        steps.append(gru_cell_forward(xt, steps[-1][0] if t else a0, parameters))
    a, y_pred = (np.stack([step[k] for step in steps], axis=2) for k in (0, 1))
    return a, y_pred, ([step[2] for step in steps], x)


def gru_forward__state_read_back_from_a(x, a0, parameters):
    m, T_x = x.shape[1:]
    a = np.empty((a0.shape[0], m, T_x))
    y_pred = np.empty((parameters["by"].shape[0], m, T_x))
    caches = []
    for t in range(T_x):
        a_prev = a0 if t == 0 else a[:, :, t - 1]
        a[:, :, t], y_pred[:, :, t], cache = gru_cell_forward(x[:, :, t], a_prev, parameters)
        caches.append(cache)
    return a, y_pred, (caches, x)


def gru_forward__while_loop(x, a0, parameters):
    a_next, t, caches = a0.copy(), 0, []
    a = np.zeros(a0.shape + x.shape[2:])
    y_pred = np.zeros(parameters["by"].shape[:1] + x.shape[1:])
    while t < x.shape[2]:
        a_next, yt_pred, cache = gru_cell_forward(x[:, :, t].copy(), a_next, parameters)
        a[:, :, t], y_pred[:, :, t] = a_next, yt_pred
        caches += [cache]
        t += 1
    return a, y_pred, (caches, x)


def gru_forward__concatenate(x, a0, parameters):
    a = np.zeros((a0.shape[0], a0.shape[1], 0))
    y_pred = np.zeros((parameters["Wy"].shape[0], a0.shape[1], 0))
    steps = []
    for t in range(x.shape[2]):
        a0, yt_pred, cache = gru_cell_forward(x[:, :, t], a0, parameters)
        a = np.concatenate([a, a0[:, :, np.newaxis]], axis=2)
        y_pred = np.concatenate([y_pred, yt_pred[:, :, np.newaxis]], axis=2)
        steps.append(cache)
    return a, y_pred, (steps, x)


def gru_forward__room_for_the_start(x, a0, parameters):
    T_x = x.shape[-1]
    with_start = np.zeros((*a0.shape, T_x + 1))
    with_start[..., 0] = a0
    y_pred = np.zeros((len(parameters["Wy"]), x.shape[1], T_x))
    steps = [None] * T_x
    for t in range(T_x):
        with_start[..., t + 1], y_pred[..., t], steps[t] = gru_cell_forward(
            x[..., t], with_start[..., t].copy(), parameters
        )
    return with_start[..., 1:], y_pred, (steps, x)
