"""What a learner who is stuck in the jazz notebook goes on with: `python -m studies.recorded_jazz` (half a minute).

It trains with the notebook's solutions and settings, and writes the weights and some composed phrases for
`helpers.music.recorded`, and their entry in the manifest.
"""

import numpy as np

from autograders.engine.reference import Reference
from helpers.music import jazz, recorded
from helpers.music.training import train_djmodel
from studies.study import MANIFEST, record

NOTEBOOK = MANIFEST.parents[1] / "notebooks" / "jazz_lstm" / "jazz_lstm.ipynb"
N_A, T_Y, EPOCHS, PATIENCE = 64, 50, 40, 5  # the notebook's
PHRASES = 96


def main():
    """Train, compose and write."""
    from helpers.quiet_keras import keras

    reference = Reference(NOTEBOOK)
    songs = jazz.load_corpus()
    training, held_out = jazz.hold_out(songs, share=0.1, rng=np.random.default_rng(2))
    vocabulary = jazz.build_vocabulary(songs)
    X, Y, n_values, *_ = jazz.load_music_utils(training, stride=jazz.T_X, indices_values=vocabulary)
    X_out, Y_out, *_ = jazz.load_music_utils(held_out, stride=jazz.T_X, indices_values=vocabulary)
    keras.utils.set_random_seed(1)
    cell = keras.layers.LSTM(N_A, return_state=True)
    densor = keras.layers.Dense(n_values, activation="softmax")
    model = reference.function("djmodel")(jazz.T_X, cell, densor, keras.layers.Reshape((1, n_values)))
    rng = np.random.default_rng(3)
    print(train_djmodel(model, X, Y, EPOCHS, held_out=(X_out, Y_out), rng=rng, patience=PATIENCE))

    inference = reference.function("music_inference_model")(cell, densor, T_Y)
    sample, seeds = reference.function("predict_and_sample"), jazz.phrase_seeds(training, vocabulary)
    starts = [jazz.initializers(seeds, n_values, N_A, rng) for _ in range(PHRASES)]
    names = (*recorded.CELL_WEIGHTS, *recorded.DENSOR_WEIGHTS)
    weights = dict(zip(names, cell.get_weights() + densor.get_weights(), strict=True))
    np.savez_compressed(
        recorded.RECORDED,
        tokens=np.array(list(vocabulary.values())),
        phrases=np.array([sample(inference, *start)[1][:, 0] for start in starts], dtype=np.uint16),
        **{name: array.astype(np.float16) for name, array in weights.items()},  # half the size, and no change to hear
    )
    record([recorded.RECORDED], MANIFEST, "a network trained on the corpus of this course", "studies/recorded_jazz.py")


if __name__ == "__main__":
    main()
