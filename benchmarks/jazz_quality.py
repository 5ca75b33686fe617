"""Is the generated music any good? Train, let the model improvise, compare with the corpus and with random notes.

    python benchmarks/jazz_quality.py [--seeds 2 3 4] [--epochs 30] [--tunes] [--folder DIR]

Trains as the notebook does, once for each seed, and prints the perplexities and the table of
`helpers.music.compare_with_corpus` as Markdown. It checks the bars: perplexity on held-out choruses below 15 and, at
the end, within a tenth of its lowest; chord tones on strong beats at least 0.85; nearer the corpus than random notes in
harmony, pitch, note lengths and repetition; no more repeated bars and no more copied runs than the corpus. The sampler
takes the most probable token at every step.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from notebook_jazz import djmodel, layers, music_inference_model, predict_and_sample

SEEDS = (2, 3, 4)
HELD_OUT = 0.1  # the notebook's
TY = 50
EPOCHS, PATIENCE = 30, 5  # the notebook's
HIGHEST_PERPLEXITY, ABOVE_LOWEST, FEWEST_CHORD_TONES = 15, 1.1, 0.85


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--solos", type=int, default=24, help="how many solos to make, over as many choruses")
    parser.add_argument("--tunes", action="store_true", help="learn from the tunes alone, to the last epoch")
    parser.add_argument("--folder", type=Path, help="write the solos as MIDI and the plot as PNG here")
    options = parser.parse_args()
    return max([one_seed(seed, options) for seed in options.seeds])


def one_seed(seed, options):
    from helpers.music import jazz, measuring, training
    from helpers.quiet_keras import keras

    rng = np.random.default_rng(seed)
    keras.utils.set_random_seed(seed)
    songs = jazz.load_corpus(jazz.CORPUS if options.tunes else None)
    kept, held_out = jazz.hold_out(songs, HELD_OUT, rng)
    vocabulary = jazz.build_vocabulary(songs)
    X, Y, n_values, _, _ = jazz.load_music_utils(kept, stride=jazz.T_X, indices_values=vocabulary)
    X_out, Y_out, *_ = jazz.load_music_utils(held_out, stride=jazz.T_X, indices_values=vocabulary)
    cell, densor, reshaper = layers(n_values)
    model = djmodel(X.shape[1], cell, densor, reshaper)
    patience = None if options.tunes else PATIENCE
    history = training.train_djmodel(
        model, X, Y, options.epochs, held_out=(X_out, Y_out), rng=rng, live=False, patience=patience
    )
    best = min(history.held_out, key=history.held_out.get)
    lowest = history.held_out[best]
    end = training.perplexity(model, X_out, Y_out)
    print(f"\nseed {seed}: {len(kept)} choruses, {len(held_out)} held out, {len(X)} windows, {n_values} values")
    print(f"{history}; {history.seconds:.0f} s")
    print(f"perplexity on the held-out choruses: lowest {lowest:.1f} (epoch {best}), of the final weights {end:.1f}")

    inference = music_inference_model(cell, densor, TY)
    seeds = jazz.phrase_seeds(kept, vocabulary)
    choruses = (held_out + kept)[: options.solos]
    sampled = []

    def sample(*arguments):
        results, indices = predict_and_sample(*arguments)
        sampled.append(indices[:, 0].tolist())
        return results, indices

    solos = [
        jazz.improvise(sample, inference, vocabulary, c.chords, rng, seeds, c.bars, c.tempo, f"solo_{i}")
        for i, c in enumerate(choruses, 1)
    ]
    table = measuring.compare_with_corpus(solos, kept, rng)
    print("\n| measure | " + " | ".join(table.columns) + " |\n|---|" + "---|" * len(table.columns))
    for name, row in table.iterrows():
        print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in row) + " |")
    print(f"\nruns of eight tokens as sampled: {raw_copies(sampled, kept, vocabulary):.3f} copied")
    if options.folder:
        save(options.folder, solos, table, rng)
    failed = failures(table)
    if lowest >= HIGHEST_PERPLEXITY:
        failed.append(f"lowest perplexity {lowest:.1f}")
    if end > ABOVE_LOWEST * lowest:
        failed.append(f"perplexity at the end {end:.1f}")
    print("\nbars: " + ("all met" if not failed else "MISSED: " + "; ".join(failed)), flush=True)
    return 1 if failed else 0


def raw_copies(sampled, kept, vocabulary):
    """The share of the runs of eight sampled tokens that a training chorus has: what the network knows by heart."""
    from helpers.music import measuring

    known = {run for song in kept for run in measuring.token_runs(song)}
    length = measuring.SEQUENCE
    runs = [
        tuple(vocabulary[index] for index in indices[i : i + length])
        for indices in sampled
        for i in range(len(indices) - length + 1)
    ]
    return sum(run in known for run in runs) / len(runs)


def failures(table):
    """The bars that a table of `helpers.music.measuring.compare_with_corpus` misses."""
    failed = []
    for name in table.index:
        corpus, generated, random = table.loc[name, ["corpus", "generated", "random"]]
        if name == "chord tones on strong beats" and generated < FEWEST_CHORD_TONES:
            failed.append(f"{name}: {generated:.2f} is below {FEWEST_CHORD_TONES}")
        if name.startswith(("copied", "repeated bars")):
            if generated > corpus:
                failed.append(f"{name}: {generated:.3f} exceeds the corpus' {corpus:.3f}")
        elif abs(generated - corpus) >= abs(random - corpus):
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
