"""Training data from songs, and solos from what a trained model samples.

The model and the sampler are the learner's: `improvise` calls the ``predict_and_sample`` that it is given.

Notation: m examples, T_x time steps, n_values different tokens; X is (m, T_x, n_values), Y is (T_y, m, n_values).
"""

import json
import warnings
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import numpy as np

from helpers.data import data_path
from helpers.fast_keras import compiled
from helpers.music.band import close, prune
from helpers.music.grammar import COMFORT, REST, Token, decode, encode
from helpers.music.harmony import NO_CHORD
from helpers.music.midi import read_midi
from helpers.music.notes import BEATS_PER_BAR, GRID, Note, Song, chords_per_bar, regular_bars

T_X = 30
STRIDE = 10  # tokens between the beginnings of two windows
MIDI_SUFFIXES = (".mid", ".midi", ".kar", ".rmi")  # .kar is MIDI with words to sing, .rmi is MIDI wrapped in RIFF
CORPUS = data_path("jazz")
TAKES = CORPUS / "takes.jsonl"


def load_corpus(folder=None, **options):
    """Read every MIDI file of a folder, in order of name; by default the corpus that the course ships, with its takes.

    A file that cannot be used is left out, and a warning says which and why.

    Parameters
    ----------
    folder : path, optional
    **options
        For `helpers.music.midi.read_midi`.

    Returns
    -------
    list of Song

    Raises
    ------
    ValueError
        The folder holds no MIDI file, or none that can be used.
    """
    if folder is None and not options:
        return list(_own_corpus())
    return _read_folder(Path(folder or CORPUS), options) + (load_takes() if folder is None else [])


@lru_cache(maxsize=1)  # it takes a second to read, and to write as tokens another two
def _own_corpus():
    return (*_read_folder(CORPUS, {}), *load_takes())


def warm_up():
    """Read the course's corpus and write it as tokens, so that forks of this process find that done."""
    build_vocabulary(load_corpus())


def _read_folder(folder, options):
    paths = sorted(path for path in folder.glob("*") if path.suffix.lower() in MIDI_SUFFIXES and path.is_file())
    if not paths:
        raise ValueError(f"{folder}: expected MIDI files ({', '.join(MIDI_SUFFIXES)}) in this folder, got none")
    songs, reasons = [], []
    for path in paths:
        try:
            songs.append(read_midi(path, **options))
        except ValueError as error:
            reasons.append(str(error))
    if not songs:
        raise ValueError(
            f"{folder}: expected a MIDI file that can be used, got {len(paths)} that cannot:\n" + "\n".join(reasons)
        )
    for reason in reasons:
        warnings.warn(f"left out: {reason}", stacklevel=3)
    return songs


def load_takes(path=TAKES):
    """Read the players' takes: melodies over chords, one in each line of JSON (see data/README.md); a list of Song."""
    songs = []
    for line in path.read_text(encoding="utf-8").splitlines():
        take = json.loads(line)
        melody = tuple(Note(Fraction(on, GRID), Fraction(length, GRID), pitch) for on, length, pitch in take["melody"])
        chords, bars = chords_per_bar(take["chords"]), regular_bars(BEATS_PER_BAR * len(take["chords"]))
        choruses = bars[: -1 : len(take["chords"]) // take["choruses"]]
        songs.append(Song(take["name"], melody, chords, bars, choruses, take["tempo"]))
    return songs


def hold_out(songs, share, rng):
    """Split songs into choruses and set some whole choruses aside for validation.

    Parameters
    ----------
    songs : sequence of Song
    share : float
        Which share of the choruses to set aside, above 0 and below 1.
    rng : numpy.random.Generator

    Returns
    -------
    training, held_out : lists of Song
        One song per chorus.
    """
    if not 0 < share < 1:
        raise ValueError(f"share: expected a part of the choruses between 0 and 1, for instance 0.2, got {share}")
    choruses = [chorus for song in songs for chorus in song.split_choruses()]
    count = max(1, round(share * len(choruses)))
    if count == len(choruses):
        raise ValueError(f"expected choruses enough to hold some out, got {len(choruses)}")
    chosen = set(rng.permutation(len(choruses))[:count].tolist())
    return (
        [chorus for i, chorus in enumerate(choruses) if i not in chosen],
        [chorus for i, chorus in enumerate(choruses) if i in chosen],
    )


def song_tokens(song):
    """Write the melody of each chorus as tokens, with rests up to the end of the chorus.

    Returns
    -------
    list of list of Token
        One list for each chorus.

    Raises
    ------
    ValueError
        The melody is not one voice on the grid, or has no chords; the message names the chorus.
    """
    sequences = []
    for chorus in song.split_choruses():
        try:
            sequences.append(list(_tokens(chorus)))
        except ValueError as error:
            raise ValueError(f"{chorus.name}: {error}") from error
    return sequences


@lru_cache(maxsize=1000)  # vocabulary, examples and measures ask for the same choruses
def _tokens(chorus):
    return tuple(encode(chorus.melody, chorus.chords, end=chorus.bars[-1], bars=chorus.bars))


def build_vocabulary(songs):
    """Collect the tokens of some songs, sorted, so that a token has the same index in every process.

    Returns
    -------
    dict of int to str
        The text of each token by its index, from 0.
    """
    tokens = {token for song in songs for sequence in song_tokens(song) for token in sequence}
    return {index: str(token) for index, token in enumerate(sorted(tokens))}


def load_music_utils(source=None, T_x=T_X, stride=STRIDE, indices_values=None):
    """Turn songs into training examples for a sequence model.

    Each chorus becomes a sequence of tokens; each example is a window of it, and its target the same window one token
    later. No window crosses the border of a chorus and no target is padding: all are tokens that really follow.

    Parameters
    ----------
    source : path or list of Song, optional
        A MIDI file, a folder of them, or songs (for instance from `hold_out` or `helpers.music.weimar.load_weimar`); by
        default the corpus of the course.
    T_x : int
        Time steps of an example.
    stride : int
        Windows begin every `stride` tokens.
    indices_values : dict, optional
        The vocabulary to use; by default it is made from these songs. Held-out songs need the one of all songs.

    Returns
    -------
    X : ndarray (m, T_x, n_values), float32, one-hot
    Y : ndarray (T_y, m, n_values), float32, one-hot, T_y = T_x: ``Y[t, i]`` is the token after ``X[i, t]``
    n_values : int
        How many different tokens there are.
    indices_values : dict
        The token text of each index, in sorted order.
    chords : list of tuple of Chord
        The chords of each chorus.

    Raises
    ------
    ValueError
        No chorus is longer than T_x tokens; a token is not in `indices_values` (with song and bar).
    """
    if T_x < 1 or stride < 1:
        raise ValueError(f"T_x and stride: expected at least 1 for both, got {T_x} and {stride}")
    songs = _songs(source)
    indices_values = indices_values or build_vocabulary(songs)
    n_values = len(indices_values)
    sequences, chords = [], []
    for song in songs:
        for chorus, tokens in zip(song.split_choruses(), song_tokens(song), strict=True):
            sequences.append(_to_indices(tokens, indices_values, chorus))
            chords.append(chorus.chords)
    windows = []
    for sequence in sequences:
        last = len(sequence) - T_x - 1
        if last >= 0:
            windows += [sequence[start : start + T_x + 1] for start in sorted({*range(0, last, stride), last})]
    if not windows:
        longest = max(map(len, sequences), default=0)
        raise ValueError(
            f"T_x = {T_x}: expected a chorus of at least {T_x + 1} tokens, got {longest} in the longest; lower T_x"
        )
    one_hot = np.eye(n_values, dtype=np.float32)[np.array(windows)]  # (m, T_x + 1, n_values)
    return one_hot[:, :-1], one_hot[:, 1:].transpose(1, 0, 2).copy(), n_values, indices_values, chords


def _songs(source):
    if source is None:
        return load_corpus()
    if isinstance(source, (str, Path)):
        return load_corpus(source) if Path(source).is_dir() else [read_midi(source)]
    return list(source)


def _to_indices(tokens, indices_values, song):
    values_indices = {text: index for index, text in indices_values.items()}
    indices, now = [], Fraction(0)
    for token in tokens:
        index = values_indices.get(str(token))
        if index is None:
            raise ValueError(
                f"{song.name}, bar {song.bar_number(now)}: expected a token of the vocabulary, got '{token}'; build the"
                " vocabulary from all songs: build_vocabulary(training + held_out)"
            )
        indices.append(index)
        now += token.duration
    return indices


def to_tokens(indices, indices_values):
    """Turn indices, such as the second result of `predict_and_sample`, into tokens.

    Parameters
    ----------
    indices : array_like of int, (T_y, 1) or any other shape
    indices_values : dict of int to str

    Returns
    -------
    list of Token
        As many as there are indices.

    Raises
    ------
    ValueError
        An index is not in `indices_values`; the message names the step.
    """
    tokens = []
    for step, index in enumerate(np.asarray(indices).reshape(-1).tolist()):
        if index not in indices_values:
            raise ValueError(
                f"step {step}: expected the index of a token, from 0 to {len(indices_values) - 1}, got {index}"
            )
        tokens.append(Token.parse(indices_values[index]))
    return tokens


def one_hot(probabilities):
    """What the next step reads: the most probable token of each example, one-hot, as a sequence of one step.

    It works on numbers and on the symbolic tensors of a Keras model, called as it is or inside a Lambda layer.

    Parameters
    ----------
    probabilities : array or tensor (m, n_values)

    Returns
    -------
    tensor (m, 1, n_values), float32
    """
    from keras import ops  # here, so that reading music waits for no TensorFlow

    tokens = ops.argmax(probabilities, axis=-1, keepdims=True)  # (m, 1)
    return ops.one_hot(tokens, probabilities.shape[-1])


# ---------------------------------------------------------------- solos

#: How many bars one sampled phrase lasts, and how far the initial states lie from zero. The further, the more rhythms
#: a network has that always takes the most probable token, and the fewer chord tones (see docs/jazz.md).
PHRASE_BARS = (2, 3, 4)
TRIES = 2  # so often the sampler is asked for each phrase
STATE_SCALE = 0.6
#: The share of phrases that start with the first bar of an earlier one. Over other chords: a motif comes back.
RECALL = 0.2


def phrase_seeds(songs, indices_values):
    """Find tokens after which a new phrase may begin: those that end on a bar line in the songs.

    Parameters
    ----------
    songs : sequence of Song
    indices_values : dict of int to str
        The vocabulary.

    Returns
    -------
    list of int
        Their indices, each as often as it ends a bar, so that a random one of the list is a likely one.
    """
    seeds = []
    for song in songs:
        for chorus, tokens in zip(song.split_choruses(), song_tokens(song), strict=True):
            bars, now = set(chorus.bars), Fraction(0)
            for token, index in zip(tokens, _to_indices(tokens, indices_values, chorus), strict=True):
                now += token.duration
                if now in bars:
                    seeds.append(index)
    return seeds


def initializers(seeds, n_values, n_a, rng, scale=STATE_SCALE):
    """Draw a start for `predict_and_sample`: a token to follow and random states.

    With zeros every solo would be the same: a sampler that takes the most probable token draws nothing by itself.

    Parameters
    ----------
    seeds : sequence of int
        Indices of tokens to choose from, such as `phrase_seeds` returns.
    n_values, n_a : int
        How many tokens and units the model has.
    rng : numpy.random.Generator
    scale : float
        Standard deviation of the states.

    Returns
    -------
    x_initializer : ndarray (1, 1, n_values), one-hot
    a_initializer, c_initializer : ndarray (1, n_a), normal with standard deviation `scale`
    """
    x_initializer = np.zeros((1, 1, n_values), dtype=np.float32)
    x_initializer[0, 0, seeds[int(rng.integers(len(seeds)))]] = 1.0
    a_initializer, c_initializer = (rng.normal(scale=scale, size=(1, n_a)).astype(np.float32) for _ in range(2))
    return x_initializer, a_initializer, c_initializer


def improvise(
    predict_and_sample,
    inference_model,
    indices_values,
    chords,
    rng,
    seeds=None,
    bars=None,
    tempo=140.0,
    name="improvised",
):
    """Make one solo over a chord progression out of several phrases, each sampled anew by the learner's functions.

    The first phrase starts from states of zeros, as every window did in training, the others from random ones. A phrase
    lasts two to four bars. The sampler is asked twice and returns more than that: what is played begins at a bar
    line, the one from which the fewest rhythms were heard before. Now and then the first bar of an earlier phrase comes
    back first, over other chords. Where a phrase outlasts what the sampler returns, the rest is silence. The last
    chord's root ends the solo.

    Parameters
    ----------
    predict_and_sample : callable
        ``(inference_model, x_initializer, a_initializer, c_initializer) -> results (T_y, n_values), indices (T_y, 1)``.
    inference_model : keras Model
        Inputs x0 (1, n_values), a0 (n_a,), c0 (n_a,).
    indices_values : dict
        Token text of each index.
    chords : sequence of Chord
        The progression to play over, from time 0.
    rng : numpy.random.Generator
    seeds : list of int, optional
        Tokens that a phrase may follow (`phrase_seeds`); by default the rests of the vocabulary.
    bars : sequence of Fraction, optional
        Bar onsets and the end of the last bar; by default bars of four beats over all chords.

    Returns
    -------
    Song
    """
    n_values = len(indices_values)
    n_a = int(inference_model.inputs[1].shape[-1])
    if not chords:
        raise ValueError("expected chords to improvise over, such as chords_per_bar(['Dm7 G7', 'Cmaj7']), got none")
    bars = tuple(bars or regular_bars(max(chord.end for chord in chords), BEATS_PER_BAR))
    seeds = seeds or [index for index, text in indices_values.items() if text.startswith(REST)]
    ready = compiled(inference_model)
    tokens, motifs, heard = [], [], set()
    first = 0
    while first < len(bars) - 1:
        last = min(len(bars) - 1, first + int(rng.choice(PHRASE_BARS)))
        bar = bars[first + 1] - bars[first]
        tries = []
        for _ in range(TRIES):
            start = initializers(seeds, n_values, n_a, rng, scale=STATE_SCALE if tokens else 0.0)
            _, indices = predict_and_sample(ready, *start)
            if np.size(indices) == 0:
                raise ValueError(
                    "predict_and_sample: expected tokens, got none (T_y = 0); build the inference model with Ty=1 or"
                    " more"
                )
            tries.append(to_tokens(indices, indices_values))
        if motifs and last - first > 1 and rng.random() < RECALL:
            tokens += fit_to_length(motifs[int(rng.integers(len(motifs)))], bar)
            first += 1
        phrase = freshest(tries, bars[last] - bars[first], bar, heard)
        motifs.append(phrase)
        heard.update(bar_rhythms(phrase, bar))
        tokens += phrase
        first = last
    melody = decode(tokens, chords, rng, start=bars[0], within=COMFORT)
    sounding = [chord for chord in chords if chord.onset < bars[-1] and chord.name != NO_CHORD]
    if sounding:
        onset = max(sounding[-1].onset, bars[-2])
        melody = close(melody, replace(sounding[-1], onset=onset, duration=bars[-1] - onset))
    return Song(name, prune(melody, bars[-1]), tuple(chords), bars, (bars[0],), tempo)


def freshest(tries, length, bar, heard):
    """Choose a stretch of a try that begins on a bar line: the first of those with the fewest rhythms heard before.

    Parameters
    ----------
    tries : list of lists of Token
    length, bar : Fraction
        Of the stretch and of a bar, in quarter notes. A try that lasts less than the stretch is filled up with a rest.
    heard : set
        Rhythms of bars, as `bar_rhythms` lists them.

    Returns
    -------
    list of Token
    """
    stretches = []
    for tokens in tries:
        stretches.append(fit_to_length(tokens, length))
        now, end = Fraction(0), sum(token.duration for token in tokens)
        for index, token in enumerate(tokens, start=1):
            now += token.duration
            if now % bar == 0 and now + length <= end:
                stretches.append(fit_to_length(tokens[index:], length))

    def repeats(stretch):
        rhythms = bar_rhythms(stretch, bar)
        return len(rhythms) - len(set(rhythms) - heard)

    return min(stretches, key=repeats)


def bar_rhythms(tokens, bar):
    """List the rhythm of each bar with notes: pairs of the onset in the bar and the length of each note."""
    rhythms, now = {}, Fraction(0)
    for token in tokens:
        if token.kind != REST:
            rhythms.setdefault(now // bar, []).append((now % bar, token.duration))
        now += token.duration
    return [tuple(rhythm) for rhythm in rhythms.values()]


def fit_to_length(tokens, length):
    """Cut tokens to an exact `length` in quarter notes, or fill them up with a rest; a list of Token is returned."""
    fitted, now = [], Fraction(0)
    for token in tokens:
        if now + token.duration >= length:
            fitted.append(replace(token, duration=length - now))
            return fitted
        fitted.append(token)
        now += token.duration
    return [*fitted, Token(REST, length - now)] if now < length else fitted
