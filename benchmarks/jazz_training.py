"""Training the jazz model: the learner's loop of T_x steps against the fused graph over the same layers.

    python benchmarks/jazz_training.py [--epochs 100]

Both start from the same weights, see the same examples in the same order and train with the same optimiser; it reports
the seconds from the built model to the last epoch, and the total loss (summed over the steps). The bar: at most a
quarter of the time, the same loss.
"""

import argparse
import sys
import time

import numpy as np
from notebook_jazz import djmodel, layers

BAR = 0.25
LOSS_TOLERANCE = 0.02  # relative: sums are rounded in another order, and training carries the difference on
LAST_EPOCHS = 10  # the losses compared are means over so many, for single epochs jump
LEARNING_RATE = 0.005
SEED = 3


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--order", choices=["plain-first", "fused-first"], default="plain-first")
    parser.add_argument("--plain-jit", choices=["auto", "off"], default="auto", help="Keras' default, or no XLA")
    options = parser.parse_args()
    from helpers.music import jazz, training
    from helpers.quiet_keras import keras

    X, Y, n_values, _, _ = jazz.load_music_utils()
    T_x = X.shape[1]
    keras.utils.set_random_seed(SEED)
    start = [weights.copy() for layer in layers_built(n_values, T_x)[:2] for weights in layer.get_weights()]

    def fresh_model():
        cell, densor, reshaper, model = layers_built(n_values, T_x)
        cell.set_weights(start[:3])
        densor.set_weights(start[3:])
        return model

    def plain():
        model = fresh_model()
        begun = time.perf_counter()
        model.compile(
            optimizer=keras.optimizers.Adam(learning_rate=LEARNING_RATE),
            loss=["categorical_crossentropy"] * T_x,
            jit_compile="auto" if options.plain_jit == "auto" else False,
        )
        zeros = np.zeros((len(X), model.inputs[1].shape[-1]), dtype=np.float32)
        first = _FirstEpoch(begun)
        log = model.fit(
            [X, zeros, zeros],
            list(Y),
            epochs=options.epochs,
            batch_size=training.BATCH_SIZE,
            verbose=0,
            callbacks=[first],
            shuffle=False,
        )
        return time.perf_counter() - begun, first.seconds, log.history["loss"]

    def fused():
        model = fresh_model()
        begun = time.perf_counter()
        history = training.train_djmodel(model, X, Y, options.epochs, learning_rate=LEARNING_RATE, live=False)
        return time.perf_counter() - begun, None, history.loss

    class _FirstEpoch(keras.callbacks.Callback):
        def __init__(self, begun):
            super().__init__()
            self.begun, self.seconds = begun, None

        def on_epoch_end(self, epoch, logs=None):
            self.seconds = self.seconds or time.perf_counter() - self.begun

    runs = {"plain": plain, "fused": fused}
    order = ["plain", "fused"] if options.order == "plain-first" else ["fused", "plain"]
    print(f"{len(X)} windows of {T_x} tokens, {n_values} values, {options.epochs} epochs", flush=True)
    results = {}
    for name in order:
        results[name] = runs[name]()
        seconds, first, loss = results[name]
        extra = f" (first epoch done after {first:.1f} s)" if first else ""
        print(
            f"{name}: {seconds:.1f} s{extra}, loss {loss[0]:.3f} at epoch 1, {loss[-1]:.3f} at epoch {len(loss)}",
            flush=True,
        )
    share = results["fused"][0] / results["plain"][0]
    losses = [np.mean(results[name][2][-LAST_EPOCHS:]) for name in ("plain", "fused")]
    difference = abs(losses[0] - losses[1]) / losses[0]
    passed = share <= BAR and difference <= LOSS_TOLERANCE
    print(
        f"fused takes {share:.0%} of the time (bar {BAR:.0%}); losses differ by {difference:.2%}:"
        f" {'met' if passed else 'MISSED'}"
    )
    return 0 if passed else 1


def layers_built(n_values, T_x):
    cell, densor, reshaper = layers(n_values)
    return cell, densor, reshaper, djmodel(T_x, cell, densor, reshaper)


if __name__ == "__main__":
    sys.exit(main())
