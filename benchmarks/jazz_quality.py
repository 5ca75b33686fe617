"""Is the generated music any good? Train, let the model improvise, compare with the corpus and with random notes.

    python benchmarks/jazz_quality.py [--epochs 100] [--folder DIR]

Prints the table of `helpers.music.compare` as Markdown and checks the bars: nearer the corpus than random notes in
harmony, pitch, note lengths and repetition; no more repeated bars than the corpus; less than half copied. The sampler
takes the most probable token at every step, as the exercise prescribes.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from notebook_jazz import djmodel, layers, music_inference_model, predict_and_sample

SEED = 2
HELD_OUT = 0.15
TY = 50
COPY_BAR = 0.5


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--solos", type=int, default=24, help="how many solos to make, over as many choruses")
    parser.add_argument("--folder", type=Path, help="write the solos as MIDI and the plot as PNG here")
    options = parser.parse_args()
    from helpers.music import jazz, measuring, training
    from helpers.quiet_keras import keras

    rng = np.random.default_rng(options.seed)
    keras.utils.set_random_seed(options.seed)
    kept, held_out = jazz.hold_out(jazz.load_corpus(), HELD_OUT, rng)
    vocabulary = jazz.build_vocabulary(kept + held_out)
    X, Y, n_values, _, _ = jazz.load_music_utils(kept, indices_values=vocabulary)
    X_out, Y_out, *_ = jazz.load_music_utils(held_out, indices_values=vocabulary)
    cell, densor, reshaper = layers(n_values)
    model = djmodel(X.shape[1], cell, densor, reshaper)
    history = training.train_djmodel(model, X, Y, options.epochs, held_out=(X_out, Y_out), rng=rng, live=False)
    print(f"{len(kept)} choruses, {len(held_out)} held out, {len(X)} windows, {n_values} values; {history}")
    best = min(history.held_out, key=history.held_out.get)
    print(f"perplexity on the held-out choruses is lowest at epoch {best}: {history.held_out[best]:.1f}")

    inference = music_inference_model(cell, densor, TY)
    seeds = jazz.phrase_seeds(training, vocabulary)
    choruses = (training + held_out)[: options.solos]
    sampled = []

    def sample(*arguments):
        results, indices = predict_and_sample(*arguments)
        sampled.append(indices[:, 0].tolist())
        return results, indices

    solos = [
        jazz.improvise(sample, inference, vocabulary, c.chords, rng, seeds, c.bars, c.tempo, f"solo_{i}")
        for i, c in enumerate(choruses, 1)
    ]
    table = measuring.compare(solos, training, rng)
    print("\n| measure | " + " | ".join(table.columns) + " |\n|---|" + "---|" * len(table.columns))
    for name, row in table.iterrows():
        print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in row) + " |")
    raw = raw_copies(sampled, training, vocabulary)
    print(f"\nruns of eight tokens as sampled, before they become notes: {raw:.3f} copied")
    if options.folder:
        save(options.folder, solos, table, rng)
    failed = failures(table)
    print("\nbars: " + ("all met" if not failed else "MISSED: " + "; ".join(failed)))
    return 1 if failed else 0


def raw_copies(sampled, training, vocabulary):
    """The share of the runs of eight sampled tokens that a training chorus has: what the network knows by heart."""
    from helpers.music import measuring

    known = {run for song in training for run in measuring.token_runs(song)}
    length = measuring.SEQUENCE
    runs = [
        tuple(vocabulary[index] for index in indices[i : i + length])
        for indices in sampled
        for i in range(len(indices) - length + 1)
    ]
    return sum(run in known for run in runs) / len(runs)


def failures(table):
    """The bars that a table of `helpers.music.measuring.compare` misses."""
    failed = []
    for name in table.index:
        corpus, generated, random = table.loc[name, ["corpus", "generated", "random"]]
        if name.startswith("copied"):
            if generated >= COPY_BAR:
                failed.append(f"{name}: {generated:.2f} is not below {COPY_BAR}")
            continue
        if name == "repeated bars" and generated > corpus:
            failed.append(f"{name}: {generated:.3f} exceeds the corpus' {corpus:.3f}")
        if abs(generated - corpus) >= abs(random - corpus):
            failed.append(f"{name}: {generated:.2f} is no nearer {corpus:.2f} than random's {random:.2f}")
    return failed


def save(folder, solos, table, rng):
    """The solos with a band as MIDI files, and the table as a picture."""
    from helpers.music import band, measuring

    folder.mkdir(parents=True, exist_ok=True)
    for solo in solos:
        band.save_solo(folder / f"{solo.name}.mid", solo, rng)
    measuring.plot_comparison(table).figure.savefig(folder / "comparison.png", dpi=100)


if __name__ == "__main__":
    sys.exit(main())
