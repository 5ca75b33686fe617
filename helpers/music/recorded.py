"""For a learner who is stuck: the weights of a network that was trained before, and phrases that it composed.

`python -m studies.recorded_jazz` made both with the notebook's solutions and settings. Nothing here computes a step of
a network: the weights go into the learner's layers, and the phrases are played as they were composed.
"""

from itertools import cycle

import numpy as np

from helpers.data import data_path

RECORDED = data_path("jazz") / "recorded.npz"
CELL_WEIGHTS = ("kernel", "recurrent_kernel", "bias")  # Keras' names, in its order
DENSOR_WEIGHTS = ("dense_kernel", "dense_bias")


def set_recorded_weights(LSTM_cell, densor, indices_values):
    """Give the notebook's two layers the weights that training gave them elsewhere.

    Parameters
    ----------
    LSTM_cell : keras.layers.LSTM
        With as many units as the recorded one: 64.
    densor : keras.layers.Dense
    indices_values : dict of int to str
        The vocabulary.

    Raises
    ------
    ValueError
        The layers have another size, or the vocabulary is another one.
    """
    recorded = _read(indices_values)
    n_values, units = len(indices_values), recorded["recurrent_kernel"].shape[0]
    if (LSTM_cell.units, densor.units) != (units, n_values):
        raise ValueError(
            f"{RECORDED.name}: expected an LSTM of {units} units and a Dense layer of {n_values}, got {LSTM_cell.units}"
            f" and {densor.units}"
        )
    for layer, shape, names in (
        (LSTM_cell, (None, 1, n_values), CELL_WEIGHTS),
        (densor, (None, units), DENSOR_WEIGHTS),
    ):
        if not layer.built:
            layer.build(shape)
        layer.set_weights([recorded[name] for name in names])


class RecordedModel:
    """In place of a learner's model that composes: it answers each start with the next of the recorded phrases.

    Parameters
    ----------
    indices_values : dict of int to str
        The vocabulary.

    Attributes
    ----------
    inputs : list of ndarray
        Of the shapes of x0, a0 and c0.

    Raises
    ------
    ValueError
        If the vocabulary is another one than that of the course's corpus.
    """

    def __init__(self, indices_values):
        recorded = _read(indices_values)
        self.phrases = cycle(recorded["phrases"])
        self.rows = np.eye(len(indices_values), dtype=np.float32)
        state = np.zeros((1, len(recorded["recurrent_kernel"])))
        self.inputs = [self.rows[np.newaxis, :1], state, state]

    def __call__(self, start):
        """Return T_y arrays (1, n_values) with a 1 for the token that was composed; the start is not looked at."""
        return list(self.rows[next(self.phrases)][:, np.newaxis])

    def predict(self, start, **options):
        """Return what a call returns, whatever options Keras would take."""
        return self(start)

    def sample(self, inference_model, x_initializer, a_initializer, c_initializer):
        """Return results and indices in the form of `predict_and_sample`; what it is given is not looked at."""
        phrase = next(self.phrases)
        return self.rows[phrase], phrase[:, np.newaxis]


def _read(indices_values):
    """Return the arrays of the file by name, once the vocabulary is seen to be the one that they belong to."""
    with np.load(RECORDED) as file:
        recorded = dict(file)
    if recorded["tokens"].tolist() != list(indices_values.values()):
        raise ValueError(
            f"{RECORDED.name}: expected the vocabulary of the course's corpus, {len(recorded['tokens'])} tokens, got"
            f" another one of {len(indices_values)}; build it from load_corpus()"
        )
    return recorded
