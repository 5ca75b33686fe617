"""The labelled sentences of the Emojify notebook: m sentences of at most max_len words, each with one of n_y labels."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from helpers.data import data_path
from helpers.language import N_

if TYPE_CHECKING:
    import numpy as np

DATA = data_path("emoji")
TRAIN_SENTENCES = DATA / "train.csv"
TEST_SENTENCES = DATA / "test.csv"
SECOND_TEST_SENTENCES = DATA / "second_test.csv"
LABELS = {0: N_("heart"), 1: N_("baseball"), 2: N_("smile"), 3: N_("disappointed"), 4: N_("fork and knife")}
N_Y = len(LABELS)
COLUMNS = ("sentence", "label")
SUBSET = "subset"


class Sentences(NamedTuple):
    """Labelled sentences.

    Attributes
    ----------
    X : ndarray of str objects, shape (m,)
        The sentences.
    Y : ndarray of int, shape (m,)
        Their labels, from 0 to n_y - 1.
    subset : ndarray of str objects, shape (m,)
        The mark of each: ``"order"``, ``"unseen"`` or ``""``; always ``""`` where the file has no such column.
    """

    X: np.ndarray
    Y: np.ndarray
    subset: np.ndarray


def read_sentences(path):
    """Read a CSV file with the columns ``sentence`` and ``label``, and perhaps ``subset``; others are ignored.

    Parameters
    ----------
    path : path
        UTF-8, with or without a byte-order mark.

    Returns
    -------
    Sentences
        (X, Y, subset), m of each.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        A column is missing, a label is none of 0 to 4, a sentence is empty or holds a quotation mark, a line has too
        many or too few fields, or the bytes are not UTF-8. The message names file, line and what was expected.
    """
    import numpy as np

    path = Path(path)
    rows = []
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            check_columns(reader.fieldnames or ())
            line = reader.line_num + 1
            for row in reader:
                rows.append(parse_row(row))
                line = reader.line_num + 1
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise ValueError(f"{path}, after line {line - 1}: expected UTF-8, got the byte {byte:#04x}") from error
    except csv.Error as error:
        raise ValueError(f"{path}, line {line}: expected a sentence without stray quotation marks ({error})") from error
    except ValueError as error:
        raise ValueError(f"{path}, line {line}: {error}") from error
    if not rows:
        raise ValueError(f"{path}, line {line}: expected at least one sentence, got the end of the file")
    sentences, labels, subsets = zip(*rows, strict=True)
    return Sentences(np.array(sentences, dtype=object), np.array(labels), np.array(subsets, dtype=object))


def check_columns(found):
    """Raise ValueError unless the header names the columns that are needed."""
    found = list(found)
    missing = [name for name in COLUMNS if name not in found]
    if missing:
        raise ValueError(f"expected the columns {' and '.join(COLUMNS)}, got {', '.join(found) or 'nothing'}")


def parse_row(row):
    """Turn one row into sentence, label and subset; ValueError says what was expected."""
    if None in row or None in row.values():
        raise ValueError(f"expected {len([name for name in row if name])} fields, got {sum_fields(row)}")
    sentence, label = row["sentence"].strip(), row["label"].strip()
    if not sentence:
        raise ValueError("expected a sentence, got an empty one")
    if '"' in sentence or "\n" in sentence:
        raise ValueError(f"expected a sentence without stray quotation marks, got {sentence!r}")
    if label not in map(str, LABELS):
        raise ValueError(f"expected a label from 0 to {N_Y - 1}, got {label!r}")
    return sentence, int(label), (row.get(SUBSET) or "").strip()


def sum_fields(row):
    """Count the fields that a row of ``csv.DictReader`` had in the file."""
    return sum(value is not None for name, value in row.items() if name is not None) + len(row.get(None) or ())


def word_count(sentences):
    """Return max_len, the number of words of the longest sentence; 0 if there is no sentence."""
    return max((len(sentence.split()) for sentence in sentences), default=0)


def words_of(sentences):
    """Yield every word of the sentences in lower case, in order, repeated ones, too."""
    for sentence in sentences:
        yield from sentence.lower().split()
