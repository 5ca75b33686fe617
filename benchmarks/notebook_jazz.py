"""The functions of the notebook `jazz_lstm`, read out of it, for the benchmarks and the tests of the jazz helpers."""

from pathlib import Path

from autograders.engine.reference import Reference

N_A = 64

reference = Reference(Path(__file__).parents[1] / "notebooks" / "jazz_lstm" / "jazz_lstm.ipynb")
djmodel = reference.function("djmodel")
music_inference_model = reference.function("music_inference_model")
predict_and_sample = reference.function("predict_and_sample")


def layers(n_values, n_a=N_A, kind="LSTM"):
    """The shared cell, the shared Dense layer and the shared Reshape layer."""
    import keras

    return (
        getattr(keras.layers, kind)(n_a, return_state=True),
        keras.layers.Dense(n_values, activation="softmax"),
        keras.layers.Reshape((1, n_values)),
    )
