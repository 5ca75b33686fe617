"""Is it any good? Measure solos beside the corpus that the model was trained on, and beside random notes.

Every measure is a plain number on `Song` objects; `compare_with_corpus` makes a table of them, and
`plot_comparison` draws it.
"""

from collections import Counter
from fractions import Fraction
from itertools import pairwise

import numpy as np

from helpers.language import N_, _
from helpers.music.grammar import HIGHEST_PITCH, LOWEST_PITCH, sounding_chord
from helpers.music.harmony import NO_CHORD, OCTAVE, chord_tones, parse_chord, scale_tones
from helpers.music.jazz import song_tokens
from helpers.music.notes import Note, Song
from helpers.plotting import pyplot

STRONG_BEATS = 2  # every second quarter note of a bar: the first and the third
SEQUENCE = 8  # so many notes or tokens in a row count as copied when the corpus has them too
RANDOM_LENGTHS = tuple(Fraction(steps, 4) for steps in range(1, 9))  # a semiquaver to a half note

MEASURES = {
    N_("chord tones on strong beats"): "share of the notes that begin on beat 1 or 3 and belong to the chord",
    N_("notes in the scale"): "share of the notes that belong to the scale of their chord",
    N_("pitch classes"): "overlap with the corpus of how often each degree above the chord's root is played",
    N_("note lengths"): "overlap with the corpus of how often each note length is played",
    N_("repeated rhythms"): "share of the bars with notes that repeat the rhythm of an earlier bar of the same chorus",
    N_("repeated bars"): "share of the bars with notes that repeat an earlier bar of the same chorus, rhythm and pitch",
    N_("copied intervals"): "share of the runs of eight notes whose intervals the corpus has (itself: elsewhere)",
    N_("copied tokens"): "share of the runs of eight tokens that the corpus has (itself: in another chorus)",
}


def chord_tone_rate(songs):
    """The share of the notes that begin on a strong beat (1 or 3) and are chord tones."""
    hits = [
        note.pitch % OCTAVE in chord_tones(name)
        for song in songs
        for note, name in _over_chords(song)
        if (note.onset - _bar_start(song, note)) % STRONG_BEATS == 0
    ]
    return float(np.mean(hits)) if hits else 0.0


def scale_consistency(songs):
    """The share of the notes that belong to the scale of the chord they sound over."""
    hits = [note.pitch % OCTAVE in scale_tones(name) for song in songs for note, name in _over_chords(song)]
    return float(np.mean(hits)) if hits else 0.0


def degree_histogram(songs):
    """How often each pitch class above the root of its chord is played, keys 0 to 11."""
    return Counter((note.pitch - parse_chord(name)[0]) % OCTAVE for song in songs for note, name in _over_chords(song))


def length_histogram(songs):
    """How often each note length (in quarter notes) is played."""
    return Counter(note.duration for song in songs for note in song.melody)


def overlap(one, two):
    """Return the common area of two histograms of total 1 each: 1 if they are alike, 0 if they share nothing."""
    total_one, total_two = sum(one.values()), sum(two.values())
    if not total_one or not total_two:
        return 0.0
    return float(sum(min(one[key] / total_one, two[key] / total_two) for key in one.keys() & two.keys()))


def repetition(songs, pitches=True):
    """Return the share of bars with notes that repeat an earlier one of the chorus, in rhythm and, if asked, pitch."""
    repeated = total = 0
    for song in songs:
        for chorus in song.split_choruses():
            seen = set()
            for start, end in pairwise(chorus.bars):
                inside = [note for note in chorus.melody if start <= note.onset < end]
                bar = tuple((note.onset - start, note.duration, note.pitch * pitches) for note in inside)
                if bar:
                    total += 1
                    repeated += bar in seen
                    seen.add(bar)
    return repeated / total if total else 0.0


def interval_runs(chorus, length=SEQUENCE):
    """List every `length` notes in a row by the intervals between them, in semitones: key and rhythm play no part."""
    pitches = [note.pitch for note in chorus.melody]
    steps = tuple(after - before for before, after in pairwise(pitches))
    return [steps[i : i + length - 1] for i in range(len(steps) - length + 2)]


def token_runs(chorus, length=SEQUENCE):
    """List every `length` tokens in a row, rests included: what the model itself reads and writes."""
    tokens = [str(token) for sequence in song_tokens(chorus) for token in sequence]
    return [tuple(tokens[i : i + length]) for i in range(len(tokens) - length + 1)]


def copied(songs, corpus, runs_of=interval_runs):
    """Return the share of the runs in `songs` that the corpus has, too; `runs_of` lists the runs of a chorus."""
    known = {run for song in corpus for chorus in song.split_choruses() for run in runs_of(chorus)}
    runs = [run for song in songs for chorus in song.split_choruses() for run in runs_of(chorus)]
    return sum(run in known for run in runs) / len(runs) if runs else 0.0


def copied_within(corpus, runs_of=interval_runs):
    """Return the share of the runs in the corpus that another of its choruses has, too: the measure for `copied`."""
    choruses = [Counter(runs_of(chorus)) for song in corpus for chorus in song.split_choruses()]
    owners = Counter(run for runs in choruses for run in runs)
    total = sum(sum(runs.values()) for runs in choruses)
    return sum(count for runs in choruses for run, count in runs.items() if owners[run] > 1) / total if total else 0.0


def random_song(like, rng):
    """Make a song of notes of random pitch and length over the chords of the song `like`."""
    notes, now = [], like.bars[0]
    while now < like.bars[-1]:
        length = min(RANDOM_LENGTHS[int(rng.integers(len(RANDOM_LENGTHS)))], like.bars[-1] - now)
        notes.append(Note(now, length, int(rng.integers(LOWEST_PITCH, HIGHEST_PITCH + 1))))
        now += length
    return Song("random notes", tuple(notes), like.chords, like.bars, like.choruses, like.tempo)


def measure(songs, corpus):
    """Return every measure of `MEASURES` for some songs, as a dict of name to number from 0 to 1."""
    return {
        "chord tones on strong beats": chord_tone_rate(songs),
        "notes in the scale": scale_consistency(songs),
        "pitch classes": overlap(degree_histogram(songs), degree_histogram(corpus)),
        "note lengths": overlap(length_histogram(songs), length_histogram(corpus)),
        "repeated rhythms": repetition(songs, pitches=False),
        "repeated bars": repetition(songs),
        "copied intervals": copied_within(corpus) if songs is corpus else copied(songs, corpus),
        "copied tokens": copied_within(corpus, token_runs) if songs is corpus else copied(songs, corpus, token_runs),
    }


def compare_with_corpus(generated, corpus, rng):
    """Measure solos, the corpus and random notes, side by side.

    Parameters
    ----------
    generated : list of Song
        Solos to judge.
    corpus : list of Song
        What they were learnt from.
    rng : numpy.random.Generator
        For the random notes, made over the chords of the generated solos.

    Returns
    -------
    pandas.DataFrame
        A row for each of `MEASURES`; the columns corpus, generated and random; numbers from 0 to 1.
    """
    import pandas as pd

    noise = [random_song(song, rng) for song in generated]
    columns = {
        N_("corpus"): measure(corpus, corpus),
        N_("generated"): measure(generated, corpus),
        N_("random"): measure(noise, corpus),
    }
    return pd.DataFrame(columns).loc[list(MEASURES)]


def plot_comparison(table, ax=None):
    """Draw the table of `compare_with_corpus` as bars, a group for each measure; return the axes, `ax` or new ones."""
    plt = pyplot()
    if ax is None:
        ax = plt.subplots(figsize=(9.0, 4.0), layout="constrained")[1]
    height = 0.8 / len(table.columns)
    rows = np.arange(len(table))
    for number, (column, colour) in enumerate(zip(table.columns, ("#0072B2", "#E69F00", "#999999"), strict=True)):
        bars = ax.barh(rows + number * height, table[column], height, label=_(column), color=colour)
        ax.bar_label(bars, fmt="%.2f", fontsize=8, padding=2)
    ax.set_yticks(rows + height, [_(one) for one in table.index])
    ax.invert_yaxis()
    ax.set_xlim(0, 1.1)
    ax.set_xlabel(_("share or overlap"))
    ax.legend()
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _over_chords(song):
    for note in song.melody:
        name = sounding_chord(song.chords, note.onset, note.duration)
        if name != NO_CHORD:
            yield note, name


def _bar_start(song, note):
    return song.bars[song.bar_number(note.onset) - 1]
