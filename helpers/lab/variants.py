"""The kinds of network that the lab compares: how they are built, and how many parameters they have."""

import numpy as np

KEEP = 5.0  # a gate with this bias is 99.3% open, with its negative 0.7%


def keeping_bias(shape, dtype=None):
    """Biases (i, f, c, o) of an LSTM that begins by keeping its cell state: forget gate open, input gate nearly shut.

    As the LSTM of 1997 did, which had no forget gate and negative biases at its input gates; Tallec and Ollivier ("Can
    recurrent neural networks warp time?", 2018) draw both biases from the lags that are to be expected.
    """
    return np.repeat([-KEEP, KEEP, 0.0, 0.0], shape[0] // 4).astype(dtype or "float32")


# variants that differ from their kind by an option of Keras' layer
OPTIONS = {
    "LSTM, forget bias 0": {"unit_forget_bias": False},
    "LSTM, set to keep": {"unit_forget_bias": False, "bias_initializer": keeping_bias},
    "SimpleRNN, Glorot start": {"recurrent_initializer": "glorot_uniform"},
}
NAMES = ("SimpleRNN", "LSTM", "GRU", "bidirectional LSTM", "bidirectional GRU", "stacked LSTM", *OPTIONS)
BASELINE = "baseline"  # stands for all baselines of a task
REFERENCE = "LSTM"  # equal number of parameters: as many as this one
STACK = 2  # layers of the stacked LSTM
LARGEST_WIDTH = 4096

# weights of a layer over n_x inputs with n_a units; Keras' GRU has two biases for each gate
PARAMETERS = {
    "SimpleRNN": lambda n_x, n_a: n_a * (n_x + n_a + 1),
    "LSTM": lambda n_x, n_a: 4 * n_a * (n_x + n_a + 1),
    "GRU": lambda n_x, n_a: 3 * n_a * (n_x + n_a + 2),
}


def check(variant, task):
    """Return the variant; ValueError when it is unknown or makes no sense for the task."""
    known = [*NAMES, *task.baselines]
    if variant not in known:
        raise ValueError(f"{task.name}: expected a variant among {', '.join(known)} and {BASELINE}, got {variant!r}")
    if variant in task.refused:
        raise ValueError(f"{variant}: {task.refused[variant]}")
    return variant


def parts(variant, depth):
    """The kind of layer, whether it reads both ways, and how many layers there are."""
    kind = variant.partition(",")[0].split()[-1]
    return kind, variant.startswith("bidirectional"), max(depth, STACK) if variant.startswith("stacked") else depth


def count_parameters(task, variant, settings):
    """How many numbers training may change.

    Parameters
    ----------
    task : Task
        Gives n_x and n_y.
    variant : str
        One of ``NAMES``.
    settings : Settings
        Width, depth and whether word vectors are trained.
    """
    kind, both_ways, depth = parts(variant, settings.depth)
    ways = 2 if both_ways else 1
    n_x, total = task.n_x, 0
    for _ in range(depth):
        total += ways * PARAMETERS[kind](n_x, settings.width)
        n_x = ways * settings.width
    if settings.trainable_embedding and task.vectors is not None:
        total += task.vectors.size
    return total + (n_x + 1) * task.n_y


def matched_width(task, variant, settings, parameters):
    """The width at which a variant's number of parameters is nearest to a given one."""
    low, high = 1, LARGEST_WIDTH
    while low < high:  # the smallest width with at least so many
        middle = (low + high) // 2
        if count_parameters(task, variant, settings.changed(width=middle)) < parameters:
            low = middle + 1
        else:
            high = middle
    around = [width for width in (low - 1, low) if width >= 1]
    return min(around, key=lambda n_a: abs(count_parameters(task, variant, settings.changed(width=n_a)) - parameters))


def build(task, variant, settings):
    """Build a network, not trained; initial weights follow ``keras.utils.set_random_seed``.

    Recurrent layers, with dropout after each, and a dense layer on the last state, or on every state that has an
    answer. Dropout clears the same units at every time step of a sequence (Gal and Ghahramani, "A theoretically
    grounded application of dropout in recurrent neural networks", 2016). Everything else is as Keras has it:
    Glorot-uniform input weights, orthogonal recurrent weights, forget gate bias 1; the variants of ``OPTIONS`` differ
    in one of these.

    Parameters
    ----------
    task : Task
        Gives the sizes, and the word vectors where it has such.
    variant : str
        One of ``NAMES``, or a baseline that is trained.
    settings : Settings
        Width, depth, dropout, trainable embedding.

    Returns
    -------
    keras.Model
        From X to outputs without activation: numbers or logits, (m, n_y), or (m, T_y, n_y).
    """
    from helpers.quiet_keras import keras

    layers = keras.layers
    if task.vectors is None:
        X = A = keras.Input((None, task.n_x))
    else:
        X = keras.Input((None,), dtype="int32")
        table = layers.Embedding(
            *task.vectors.shape, mask_zero=variant in task.baselines, trainable=settings.trainable_embedding
        )
        A = table(X)
        table.embeddings.assign(task.vectors)
    if variant in task.baselines:
        return keras.Model(X, layers.Dense(task.n_y)(layers.GlobalAveragePooling1D()(A)))
    kind, both_ways, depth = parts(variant, settings.depth)
    some_steps = task.T_y is not None and task.T_y < task.T_x
    for number in range(1, depth + 1):
        options = {"units": settings.width, **OPTIONS.get(variant, {})}
        sequences = number < depth or task.T_y is not None
        if number == depth and some_steps and not both_ways:
            A = last_states(A, getattr(layers, f"{kind}Cell")(**options), task.T_y)
        else:
            layer = getattr(layers, kind)(return_sequences=sequences, **options)
            A = (layers.Bidirectional(layer) if both_ways else layer)(A)
        if settings.dropout:
            A = (layers.SpatialDropout1D if sequences else layers.Dropout)(settings.dropout)(A)
    if some_steps and both_ways:
        A = layers.Cropping1D((task.T_x - task.T_y, 0))(A)
    return keras.Model(X, layers.Dense(task.n_y)(A))


def last_states(A, cell, T_y):
    """The states of a cell at the last T_y steps, (m, T_y, n_a), of sequences (m, T_x, ...).

    The steps before are read without keeping their states for the layer above: compiled by XLA, keeping them takes time
    that grows with the square of T_x.
    """
    from helpers.quiet_keras import keras

    _, *state = keras.layers.RNN(cell, return_state=True)(A[:, :-T_y])
    return keras.layers.RNN(cell, return_sequences=True)(A[:, -T_y:], initial_state=state)
