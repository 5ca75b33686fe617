"""The Chinese sentences of the Emojify notebook: no spaces between words, so a character is a token."""

from statistics import NormalDist

from helpers.words.sentences import DATA

CHINESE_TRAIN = DATA / "zh_train.csv"
CHINESE_TEST = DATA / "zh_test.csv"
CONFIDENCE = 0.95


def index_characters(sentences):
    """Return {character: index} of all characters in sentences, sorted; from 1 on, since 0 is the padding."""
    return {one: index for index, one in enumerate(sorted(set("".join(sentences))), start=1)}


def characters_to_indices(sentences, char_to_index, max_len):
    """Turn sentences into indices, padded with 0 at their end.

    Parameters
    ----------
    sentences : sequence of str, length m
    char_to_index : dict of str to int
    max_len : int
        What comes after so many characters is cut off.

    Returns
    -------
    ndarray of int, shape (m, max_len)
        A character that is not in `char_to_index` is left out.
    """
    from helpers.quiet_keras import keras

    known = [[char_to_index[one] for one in sentence if one in char_to_index] for sentence in sentences]
    return keras.utils.pad_sequences(known, maxlen=max_len, padding="post", truncating="post")


def share_interval(right, count):
    """Return the 95% interval of a share (Wilson, 1927): in what range it may lie on many more sentences of the kind.

    Parameters
    ----------
    right, count : int
        How many of how many were right.

    Returns
    -------
    (float, float)
    """
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    share, wide = right / count, z * z / count
    half = z * ((share * (1 - share) + wide / 4) / count) ** 0.5
    return (share + wide / 2 - half) / (1 + wide), (share + wide / 2 + half) / (1 + wide)
