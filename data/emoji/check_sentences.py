"""Check the emoji sentences: run ``python data/emoji/check_sentences.py`` after every edit of the CSV files.

What must hold is written down in ``Rules``; each broken rule is printed with file, line and sentence, and the exit
status is 0 only when none is broken. With ``--record`` the manifest is brought up to date, but never the entry of
``second_test.csv``: that file is frozen, so a training sentence must keep clear of it. The word vectors must cover
every word: if they lack one, ``data/vectors/make_vectors.py`` makes them anew.
"""

import argparse
import csv
import hashlib
import json
import re
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

HERE = Path(__file__).resolve().parent
MANIFEST = HERE.parent / "manifest.json"
ORIGIN = "written for this course by its author, an AI system; no sentence is taken from anywhere"
FIRST_DATA_LINE = 2
PLAIN_SENTENCE = re.compile(r"[A-Za-z]+( [A-Za-z]+)*")
ENDINGS = ("ing", "ed", "es", "s", "ly")
SHORTEST_STEM = 4


@dataclass(frozen=True)
class Rules:
    """What the three files must obey."""

    labels: tuple[int, ...] = (0, 1, 2, 3, 4)
    min_train: int = 800
    min_test: int = 250
    min_second_test: int = 200
    max_words: int = 10
    forbidden_distance: int = 2  # a test sentence this close to a training sentence, counted in words, is a leak
    words_for_each_change: int = 3  # of the second test set, which has short messages: a leak of 3 words is 1 word away
    balance: float = 0.02  # a label's share of a file may differ from 1 / n_y by this much
    min_subset: int = 60
    subsets: tuple[str, ...] = ("", "order", "unseen")


@dataclass(frozen=True)
class Row:
    """One line of a file; ``subset`` and ``decisive`` are empty in the training file."""

    place: str
    sentence: str
    label: str
    subset: str = ""
    decisive: str = ""

    @cached_property
    def words(self):
        """The lower-cased words."""
        return tuple(self.sentence.lower().split())


def read_rows(path):
    """Read one CSV file as it stands; judging it is the checks' business."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Row(f"{path.name}:{number}", **line) for number, line in enumerate(csv.DictReader(file), FIRST_DATA_LINE)
        ]


def word_distance(a, b):
    """Count the words to insert, delete or replace to turn ``a`` into ``b`` (Levenshtein 1966, on words)."""
    row = list(range(len(b) + 1))
    for i, word_a in enumerate(a, start=1):
        diagonal, row[0] = row[0], i
        for j, word_b in enumerate(b, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word_a != word_b))
    return row[-1]


def surely_further(a, b, limit):
    """Say, without aligning them, that two sentences are more than ``limit`` words apart; False means unknown."""
    return max(len(a), len(b)) - sum(word in b for word in a) > limit


def stem(word):
    """Cut one common ending, so that *hugs* does not count as unseen when *hug* was seen."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word.removesuffix(ending)
    return word


def check_rows(rows, rules):
    """Check each row for itself, and the file for repeated sentences and balance."""
    seen = {}
    for row in rows:
        if not PLAIN_SENTENCE.fullmatch(row.sentence):
            yield f"{row.place}: expected plain words with single spaces between them, got {row.sentence!r}"
        if not 1 <= len(row.words) <= rules.max_words:
            yield f"{row.place}: expected 1 to {rules.max_words} words, got {len(row.words)}: {row.sentence!r}"
        if row.label not in map(str, rules.labels):
            yield f"{row.place}: expected a label of {rules.labels}, got {row.label!r}"
        if row.words in seen:
            yield f"{row.place}: {row.sentence!r} stands already in {seen[row.words]}"
        seen[row.words] = row.place
    shares = Counter(row.label for row in rows)
    for label in rules.labels:
        share, even = shares[str(label)] / max(len(rows), 1), 1 / len(rules.labels)
        if abs(share - even) > rules.balance:
            yield f"label {label}: expected a share of {even:.2f} ± {rules.balance}, got {share:.3f}"


def check_leaks(train, test, forbidden):
    """Check that no test sentence is nearly a training sentence; ``forbidden(row)`` is what is too close."""
    for row in test:
        limit = forbidden(row)
        for other in train:
            if surely_further(row.words, other.words, limit):
                continue
            distance = word_distance(row.words, other.words)
            if distance <= limit:
                yield (
                    f"{row.place}: {row.sentence!r} is {distance} words from {other.place} {other.sentence!r}; "
                    f"expected more than {limit}"
                )


def check_subsets(train, test, rules):
    """Check the marks of the test file: sizes, and that decisive words were never seen in training."""
    stems = {stem(word) for row in train for word in row.words}
    sizes = Counter(row.subset for row in test)
    for row in test:
        if row.subset not in rules.subsets:
            yield f"{row.place}: expected a subset of {rules.subsets}, got {row.subset!r}"
        decisive = row.decisive.split()
        if (row.subset == "unseen") != bool(decisive):
            yield f"{row.place}: expected decisive words exactly in the rows marked unseen, got {row.decisive!r}"
        for word in decisive:
            if word not in row.words:
                yield f"{row.place}: decisive word {word!r} is not in {row.sentence!r}"
            if stem(word) in stems:
                yield f"{row.place}: decisive word {word!r} occurs in training"
    for subset in filter(None, rules.subsets):
        if sizes[subset] < rules.min_subset:
            yield f"test file: expected at least {rules.min_subset} rows marked {subset!r}, got {sizes[subset]}"


def check(train, test, second_test, rules=None):
    """List every broken rule; an empty list means the data are fit to ship."""
    rules = rules or Rules()
    far, each = rules.forbidden_distance, rules.words_for_each_change
    broken = []
    for name, rows, least in (
        ("training", train, rules.min_train),
        ("test", test, rules.min_test),
        ("second test", second_test, rules.min_second_test),
    ):
        if len(rows) < least:
            broken.append(f"{name} file: expected at least {least} sentences, got {len(rows)}")
        broken += check_rows(rows, rules)
    broken += check_leaks(train, test, lambda row: far)
    broken += check_leaks([*train, *test], second_test, lambda row: min(far, len(row.words) // each))
    return [*broken, *check_subsets(train, test, rules)]


def record(paths):
    """Bring the files' entries in the manifest up to date."""
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    for path in paths:
        raw = path.read_bytes()
        manifest["shipped"][path.relative_to(HERE.parents[1]).as_posix()] = {
            "origin": ORIGIN,
            "licence": "CC-BY-4.0",
            "size": len(raw),
            "sha256": hashlib.sha256(raw).hexdigest(),
            "script": Path(__file__).resolve().relative_to(HERE.parents[1]).as_posix(),
        }
    MANIFEST.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main(arguments=None):
    """Check the files of a folder, print what is broken, return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true", help="write size and checksum into the manifest")
    options = parser.parse_args(arguments)
    train, test, second_test = files = [read_rows(HERE / name) for name in ("train.csv", "test.csv", "second_test.csv")]
    broken = check(*files)
    for line in broken:
        print(line)
    words = {word for row in (*train, *test, *second_test) for word in row.words}
    print(
        f"{len(train)} training and {len(test)} + {len(second_test)} test sentences, {len(words)} words, "
        f"{len(broken)} rules broken"
    )
    if options.record and not broken:
        record([HERE / "train.csv", HERE / "test.csv"])
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
