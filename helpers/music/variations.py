"""Layers for the optional part of the jazz notebook: they stand in for the LSTM or the densor, and hold no answer."""

import keras
from keras import ops

SMALLEST = 1e-20  # keeps the logarithm of a probability finite


class TemperedDense(keras.layers.Layer):
    """A densor whose most probable token is a random draw at a temperature.

    The logarithms of the densor's probabilities are divided by the temperature, and Gumbel noise is added: the argmax
    of the sum is then a draw from the probabilities, each raised to 1 / temperature (Maddison, Tarlow and Minka, "A*
    sampling", 2014). The noise is new at every call.

    Parameters
    ----------
    densor : keras.layers.Dense
        With softmax; its weights are used, not copied.
    temperature : float
        1 draws as the densor says; smaller is more careful, larger is bolder.
    seed : int, optional
        For the same draws again.

    Raises
    ------
    ValueError
        If the temperature is not above 0.
    """

    def __init__(self, densor, temperature=1.0, seed=None, **options):
        super().__init__(**options)
        if not temperature > 0:
            raise ValueError(f"expected a temperature above 0 (0.01 is as good as the argmax), got {temperature}")
        self.densor, self.temperature = densor, temperature
        self.units = densor.units
        self.noise = keras.random.SeedGenerator(seed)

    def call(self, a):
        """Turn states (m, n_a) into rows (m, n_values) that sum to 1; the largest number of a row is the draw."""
        uniform = keras.random.uniform((ops.shape(a)[0], self.units), minval=SMALLEST, maxval=1.0, seed=self.noise)
        gumbel = -ops.log(-ops.log(uniform))
        return ops.softmax(ops.log(self.densor(a) + SMALLEST) / self.temperature + gumbel)

    def compute_output_shape(self, shape):
        """Return the shape of the densor's output."""
        return (*shape[:-1], self.units)


class GRUAsLSTM(keras.layers.GRU):
    """Keras' GRU called like an LSTM with return_state=True: states [a, c] in; output, a and c out, c unchanged.

    Parameters
    ----------
    units : int
        n_a.
    """

    def __init__(self, units, **options):
        super().__init__(units, return_state=True, **options)

    def call(self, sequences, initial_state=None, mask=None, training=False):
        """Take the steps; c is returned unchanged."""
        a, c = initial_state
        output, a = super().call(sequences, initial_state=[a], mask=mask, training=training)
        return output, a, c

    def compute_output_shape(self, sequences_shape, initial_state_shape=None):
        """Return the shapes of output, a and c."""
        state = (sequences_shape[0], self.units)
        return state, state, state


GRUWithMemory = GRUAsLSTM  # its name until version 0.1, which old copies of the notebook import; to go with version 0.3
