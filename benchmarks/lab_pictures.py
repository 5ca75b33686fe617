"""Draw `helpers.lab`'s pictures with the notebooks' reference functions; print which tokens the forget gate clears on.

    python benchmarks/lab_pictures.py [--out docs/images]

Writes gradients.png, gradients_clipped.png, cliff.png, inside_sentence.png, inside_solo.png, forgets_words.png and
forgets_tokens.png, and prints what `docs/inside.md` quotes. Both models are trained as in
their notebooks, from three seeds each: some minutes.
"""

import argparse
from pathlib import Path

import numpy as np

from autograders.engine.reference import Reference
from helpers.lab import gradients, inside
from helpers.quiet_keras import keras

ROOT = Path(__file__).parents[1]
SENTENCE = "the food was not good at all"
LAGS = (1, 10, 40, 100)
SHOWN = 12  # rows of a table at either end
SEEDS = (1, 2, 3)


def reference(name):
    """The function that reads a reference function out of a notebook."""
    return Reference(ROOT / "notebooks" / name / f"{name}.ipynb").function


def gradient_pictures():
    """Norms against lag, without and with clipping, and the cliff."""
    cell = reference("step_by_step_rnn")
    names = ("rnn_cell_forward", "lstm_cell_forward", "rnn_cell_backward", "lstm_cell_backward")
    cells = [cell(name) for name in names]
    for start in gradients.STARTS:
        for radius in (0.5, 1.0, 1.5, 3.0):
            told("rnn", cells[0], cells[2], start=start, radius=radius)
    told("rnn", cells[0], cells[2], radius=1.0, loudness=1.0)
    for keep in (0.0, 1.0, 3.0, 5.0):
        told("lstm", cells[1], cells[3], radius=gradients.LSTM_RADIUS, keep=keep)
    return {
        "gradients": gradients.plot_gradient_norms(*cells),
        "gradients_clipped": gradients.plot_gradient_norms(*cells, clip=1.0),
        "cliff": gradients.plot_cliff(cells[0]),
    }


def told(cell, forward, backward, **settings):
    """Print the median norm at a few lags."""
    middle = np.median(gradients.gradient_norms(cell, forward, backward, **settings), axis=1)
    lags = ", ".join(f"{middle[lag]:.1e} at lag {lag}" for lag in LAGS)
    print(f"{cell} {settings}: {lags}; from {middle.min():.1e} to {middle.max():.1e}")


def sentence_pictures():
    """Inside Emojifier-V2: a sentence, and the words on which most and least is cleared."""
    from helpers.words.labels import convert_to_one_hot
    from helpers.words.sentences import TRAIN_SENTENCES, read_sentences, word_count
    from helpers.words.training import train_classifier
    from helpers.words.word_vectors import read_glove_vecs

    function = reference("emojify")
    X, Y, _ = read_sentences(TRAIN_SENTENCES)
    max_len = word_count(X)
    word_to_index, index_to_word, word_to_vec_map = read_glove_vecs()
    indices = function("sentences_to_indices")(X, word_to_index, max_len)
    tables, figures = [], {}
    for seed in SEEDS:
        keras.utils.set_random_seed(seed)
        model = function("Emojify_V2")((max_len,), word_to_vec_map, word_to_index)
        curve = train_classifier(model, indices, convert_to_one_hot(Y), live=False)
        tables.append(inside.forgets(inside.inside_sentences(model, indices, index_to_word)))
        report(f"first LSTM of Emojifier-V2, seed {seed} ({curve.accuracy[-1]:.1%} in training)", tables[-1])
        if seed == SEEDS[0]:
            mine = function("sentences_to_indices")(np.array([SENTENCE]), word_to_index, max_len)
            (one,) = inside.inside_sentences(model, mine, index_to_word)
            figures = {"inside_sentence": inside.plot_inside(one), "forgets_words": inside.plot_forgets(tables[0])}
    agreement(tables)
    return figures


def solo_pictures():
    """Inside the jazz LSTM: a phrase that it composes, and the tokens on which most and least is cleared."""
    from helpers.music import jazz
    from helpers.music.training import train_djmodel

    function = reference("jazz_lstm")
    songs = jazz.load_corpus()
    values = jazz.build_vocabulary(songs)
    training, other = jazz.hold_out(songs, share=0.1, rng=np.random.default_rng(2))
    X, Y, n_values, indices_values, _ = jazz.load_music_utils(training, stride=jazz.T_X, indices_values=values)
    held_out = jazz.load_music_utils(other, stride=jazz.T_X, indices_values=values)[:2]
    tables, figures = [], {}
    for seed in SEEDS:
        keras.utils.set_random_seed(seed)
        cell = keras.layers.LSTM(64, return_state=True)
        densor = keras.layers.Dense(n_values, activation="softmax")
        model = function("djmodel")(jazz.T_X, cell, densor, keras.layers.Reshape((1, n_values)))
        rng = np.random.default_rng(3)
        history = train_djmodel(model, X, Y, 40, held_out=held_out, rng=rng, patience=5, live=False)
        tables.append(inside.forgets(inside.inside_tokens(cell, X, indices_values)))
        report(f"jazz LSTM, seed {seed} (perplexity {history.perplexity[-1]:.2f} in training)", tables[-1])
        if seed == SEEDS[0]:
            start = jazz.initializers(
                jazz.phrase_seeds(training, indices_values), n_values, 64, np.random.default_rng(5)
            )
            results, _ = function("predict_and_sample")(function("music_inference_model")(cell, densor, Ty=50), *start)
            one = inside.inside_solo(cell, indices_values, *start, results)
            print(
                "largest entry of the cell state, step 1, 10, 30, 50:",
                np.abs(one.c).max(axis=1)[[0, 9, 29, 49]].round(1),
            )
            figures = {
                "inside_solo": inside.plot_inside(one, "fifty tokens of a solo"),
                "forgets_tokens": inside.plot_forgets(tables[0]),
            }
    agreement(tables)
    return figures


def report(title, table):
    """Print both ends of a table of tokens, and what else the order of its rows goes with."""
    print(f"\n{title}: {len(table)} tokens\n{table.head(SHOWN).round(2)}\n...\n{table.tail(SHOWN).round(2)}")
    for rival in ("times", "place"):
        value = table["forget"].corr(table[rival], method="spearman")
        print(f"rank correlation of the forget gate with {rival}: {value:.2f}")


def agreement(tables):
    """Print how well the seeds agree on the order of the tokens (Spearman's rank correlation of each pair)."""
    for first in range(len(tables)):
        for second in range(first + 1, len(tables)):
            value = tables[first]["forget"].corr(tables[second]["forget"], method="spearman")
            print(f"rank correlation of seeds {SEEDS[first]} and {SEEDS[second]}: {value:.2f}")


def main():
    """Parse the command line, draw, save."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images", help="folder for the pictures")
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    for draw in (gradient_pictures, sentence_pictures, solo_pictures):
        for name, figure in draw().items():
            figure.savefig(folder / f"{name}.png", dpi=80)


if __name__ == "__main__":
    main()
