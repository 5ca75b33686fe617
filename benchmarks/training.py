"""Training the notebooks' networks: our way against Keras' `fit` on the graph as the learner wrote it.

    python benchmarks/training.py [--epochs N]

For jazz_lstm the loop of thirty steps, for emojify Emojifier-V2. Both ways have the notebook's data, seed, epochs,
batches and optimiser; the plain way leaves everything else to Keras and TensorFlow. Each runs in a process of its own.
Prints wall and processor seconds, what our way takes of the plain one's, and how good the networks are on examples that
were held out: perplexity for jazz, accuracy for emojify.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
SEED = 1
JAZZ_EPOCHS = 15


def jazz(ours, epochs):
    """Train the jazz model; return (seconds, processor seconds, held-out perplexity)."""
    from notebook_jazz import djmodel, layers

    from helpers.music import build_vocabulary, hold_out, load_corpus, load_music_utils
    from helpers.music.training import BATCH_SIZE, LEARNING_RATE, perplexity, train_djmodel
    from helpers.quiet_keras import keras

    songs = load_corpus()
    known, held_out = hold_out(songs, share=0.1, rng=np.random.default_rng(2))
    values = build_vocabulary(songs)
    (X, Y, n_values, *_), (X_out, Y_out, *_) = (
        load_music_utils(part, stride=30, indices_values=values) for part in (known, held_out)
    )
    keras.utils.set_random_seed(SEED)
    cell, densor, reshaper = layers(n_values)
    model = djmodel(X.shape[1], cell, densor, reshaper)
    epochs, begun = epochs or JAZZ_EPOCHS, clocks()
    if ours:
        train_djmodel(model, X, Y, epochs, rng=np.random.default_rng(3), live=False)
    else:
        model.compile(keras.optimizers.Adam(LEARNING_RATE), loss=["categorical_crossentropy"] * X.shape[1])
        zeros = np.zeros((len(X), cell.units), dtype=np.float32)
        model.fit([X, zeros, zeros], list(Y), batch_size=BATCH_SIZE, epochs=epochs, verbose=0)
    return (*np.subtract(clocks(), begun), perplexity(model, X_out, Y_out))


def emojify(ours, epochs):
    """Train Emojifier-V2; return (seconds, processor seconds, accuracy on the test sentences)."""
    from autograders.engine.reference import Reference
    from helpers.quiet_keras import keras
    from helpers.words import (
        TEST_SENTENCES,
        TRAIN_SENTENCES,
        accuracy,
        convert_to_one_hot,
        read_glove_vecs,
        read_sentences,
        word_count,
    )
    from helpers.words.training import TrainingSettings, train_classifier

    written = Reference(NOTEBOOKS / "emojify" / "emojify.ipynb").function
    index, _, vectors = read_glove_vecs()
    (X, Y, _), (X_test, Y_test, _) = read_sentences(TRAIN_SENTENCES), read_sentences(TEST_SENTENCES)
    length = word_count(X)
    X, X_test = (written("sentences_to_indices")(part, index, length) for part in (X, X_test))
    keras.utils.set_random_seed(SEED)
    model = written("Emojify_V2")((length,), vectors, index)
    settings = TrainingSettings(**({"epochs": epochs} if epochs else {}))
    begun = clocks()
    if ours:
        train_classifier(model, X, convert_to_one_hot(Y), settings, live=False)
    else:
        steps = settings.epochs * -(-len(X) // settings.batch_size)
        rate = keras.optimizers.schedules.CosineDecay(settings.learning_rate, steps)
        model.compile(keras.optimizers.Adam(rate), loss="categorical_crossentropy", metrics=["accuracy"])
        model.fit(X, convert_to_one_hot(Y), batch_size=settings.batch_size, epochs=settings.epochs, verbose=0)
    return (*np.subtract(clocks(), begun), accuracy(Y_test, np.argmax(model.predict(X_test, verbose=0), axis=1)))


def clocks():
    """Return wall and processor seconds so far."""
    return time.perf_counter(), time.process_time()


NETWORKS = {"jazz_lstm": jazz, "emojify": emojify}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=0, help="by default those of the notebook; for jazz, about those")
    parser.add_argument("--one", nargs=2, metavar=("NETWORK", "WAY"), help=argparse.SUPPRESS)  # in a process of its own
    options = parser.parse_args()
    if options.one:
        name, way = options.one
        print(json.dumps([float(one) for one in NETWORKS[name](way == "ours", options.epochs)]))
        return
    print("| network | way | wall | processor | held out |\n|---|---|---|---|---|")
    for name in NETWORKS:
        taken = {}
        for way in ("plain", "ours"):
            threads = {"TF_NUM_INTRAOP_THREADS": "0"} if way == "plain" else {}  # 0: as TensorFlow has it
            command = [sys.executable, __file__, "--epochs", str(options.epochs), "--one", name, way]
            done = subprocess.run(command, env=os.environ | threads, check=True, stdout=subprocess.PIPE, text=True)
            wall, processor, quality = json.loads(done.stdout.splitlines()[-1])
            taken[way] = processor
            print(f"| {name} | {way} | {wall:.0f} | {processor:.0f} | {quality:.3g} |", flush=True)
        print(f"| {name} | **ours / plain** | | **{taken['ours'] / taken['plain']:.0%}** | |", flush=True)


if __name__ == "__main__":
    main()
