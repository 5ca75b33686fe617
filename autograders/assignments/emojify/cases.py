"""The cases of `emojify`.

Points come from what the course's own data can contain: vectors of 50 numbers, and sentences whose words all have one.
A case that goes beyond that names the section that teaches it. Indices are in no particular order.
"""

import numpy as np

from autograders.engine.exercise import Case

N_Y = 5
SHIPPED_N_X = 50  # numbers in a vector, as shipped
OTHER_N_X = 61
COPIES = 64  # of a sentence: so many that dropout cannot treat all of them alike
ALWAYS_KNOWN = ("cucumber", "i", "a")  # the word that solutions take to find the vectors' size, and words of one letter
WORDS = (
    "you we they it the my your this that is was are am not never no so very really love hug kiss miss sweet happy "
    "glad funny laugh smile great sad cry lonely awful bad good worst lunch dinner pizza soup cake hungry noodles game "
    "ball team run pitch home won lost don't i'm can't café tonight friend heart rain 10 b4"
).split()
LEARNED, PRINTED = ["pred", "W", "b"], ["costs"]  # what a case of `model` asks for

# No two sizes of a case are equal: so a mistake in which shapes do not fit always raises the error that it is known by.


def _words(rng, count):
    """Return `count` known words, among them `ALWAYS_KNOWN`, and the rest, in an order drawn anew."""
    drawn = [str(word) for word in rng.permutation(WORDS)]
    free = count - len(ALWAYS_KNOWN)
    return [str(word) for word in rng.permutation([*ALWAYS_KNOWN, *drawn[:free]])], drawn[free:]


def _vectors(rng, words, n_x=SHIPPED_N_X):
    """Draw vectors in single precision, like the shipped ones: then answers may be computed in it, too."""
    return {word: rng.standard_normal(n_x).astype(np.float32) for word in words}


def _indices(rng, words):
    """Number the words from 1, in an order drawn at random."""
    return {word: int(index) + 1 for word, index in zip(words, rng.permutation(len(words)), strict=True)}


def _sentence(rng, words, count):
    return " ".join(str(word) for word in rng.choice(words, count))


def _mixed(rng, known, unknown, known_count, unknown_count=2):
    """Return a sentence that begins with an unknown word and has more of them between known ones."""
    words = [str(word) for word in rng.choice(known, known_count)]
    for _ in range(unknown_count - 1):
        words.insert(int(rng.integers(len(words) + 1)), str(rng.choice(unknown)))
    return " ".join([str(rng.choice(unknown)), *words])


def _capitals(rng, words, count):
    """Return a sentence of distinct words in which the first two are written with capitals."""
    letters = [word for word in words if word.isalpha() and len(word) > 1]
    drawn = [str(word) for word in rng.permutation(letters)[:count]]
    return " ".join([drawn[0].upper(), drawn[1].title(), *drawn[2:]])


def _nothing_known(rng, unknown):
    return ["", _sentence(rng, unknown, 1), f"{_sentence(rng, unknown, 2)} 🍕 !?"]


def average_cases(rng):
    def case(label, kinds, words, n_x=SHIPPED_N_X, beyond=""):
        return Case(label, {"word_to_vec_map": _vectors(rng, words, n_x), "sentences": kinds}, beyond)

    def ordinary(words):
        twice = str(rng.choice([word for word in words if word not in ALWAYS_KNOWN]))
        return [
            twice,
            f"{twice} {_sentence(rng, words, 3)} {twice}",
            _sentence(rng, words, 7),
            f" {_sentence(rng, words, 2)}  {_sentence(rng, words, 2)} ",
        ]

    found = []
    for label in ("a first map", "a second map"):
        known, _ = _words(rng, int(rng.integers(18, 24)))
        capitals = [_capitals(rng, known, count) for count in (2, 5)]
        found.append(case(label, {"known words": ordinary(known), "capital letters": capitals}, known))
    known, unknown = _words(rng, int(rng.integers(18, 24)))
    mixed = [_mixed(rng, known, unknown, 3), _mixed(rng, known, unknown, 5, 3)]
    return [
        *found,
        case("unknown words", {"unknown words": mixed}, known, beyond="section 1.3"),
        case("no known word", {"no known word": _nothing_known(rng, unknown)}, known, beyond="section 1.3"),
        case(f"vectors of {OTHER_N_X} numbers", {"known words": ordinary(known)}, known, OTHER_N_X,
             beyond="section 1.3"),
    ]  # fmt: skip


def model_cases(rng):
    # A solution may predict at iterations 0, 100, 200 ... only. So 1 and 101 iterations end with one of those.
    runs = (  # label, asked, m, n_x, learning rate, iterations, where it is taught if it goes beyond
        ("one iteration", LEARNED, 23, SHIPPED_N_X, 0.2, 1, ""),
        ("one sentence", LEARNED, 1, SHIPPED_N_X, 0.3, 1, ""),
        ("101 iterations", LEARNED, 17, SHIPPED_N_X, 0.03, 101, ""),
        ("what is printed", PRINTED, 4, SHIPPED_N_X, 0.02, 301, "section 1.3"),
        (f"vectors of {OTHER_N_X} numbers", LEARNED, 6, OTHER_N_X, 0.2, 1, "section 1.3"),
    )
    found = []
    for label, asked, m, n_x, learning_rate, num_iterations, beyond in runs:
        known, _ = _words(rng, 24)
        inputs = {
            "X": np.array([_sentence(rng, known, int(count)) for count in rng.integers(1, 6, m)]),
            "Y": rng.permutation(np.arange(1, m + 1) % N_Y),
            "word_to_vec_map": _vectors(rng, known, n_x),
            "learning_rate": learning_rate,
            "num_iterations": num_iterations,
            "asked": asked,
        }
        found.append(Case(label, inputs, beyond))
    return found


def indices_cases(rng):
    def case(label, max_len, kinds, words, beyond=""):
        sentences = {kind: np.array(X) for kind, X in kinds.items()}
        inputs = {"word_to_index": _indices(rng, words), "max_len": max_len, "sentences": sentences}
        return Case(label, inputs, beyond)

    found = []
    for max_len in (6, 10, 3):
        known, _ = _words(rng, int(rng.integers(18, 24)))
        short = [_sentence(rng, known, count) for count in (1, max_len - 1, max_len, max_len)]
        capitals = [_capitals(rng, known, count) for count in (2, 3, 3, 2, 3)]
        kinds = {"short sentences": short, "capital letters": capitals}
        found.append(case(f"max_len {max_len}", max_len, kinds, known))
    known, unknown = _words(rng, int(rng.integers(18, 24)))
    max_len = 8
    long = [_sentence(rng, known, count) for count in (max_len + 1, *[3 * max_len] * 4)]
    mixed = [_mixed(rng, known, unknown, count, 5) for count in (1, max_len - 3, *[max_len] * 10)]
    return [
        *found,
        case("unknown words", max_len, {"unknown words": mixed}, known, "section 2.2"),
        case("long sentences", max_len, {"long sentences": long}, known, "section 2.2"),
        case("no known word", max_len, {"no known word": _nothing_known(rng, unknown)}, known, "section 2.2"),
    ]


def embedding_cases(rng):
    def case(label, words, n_x=SHIPPED_N_X, beyond=""):
        lookup = rng.permutation([0, *range(len(words) + 1)])[: 2 * (len(words) // 2)].reshape(2, -1)
        inputs = {"word_to_vec_map": _vectors(rng, words, n_x), "word_to_index": _indices(rng, words)}
        return Case(label, inputs | {"indices": lookup}, beyond)

    known, _ = _words(rng, int(rng.integers(9, 14)))
    more, _ = _words(rng, int(rng.integers(17, 24)))
    return [
        case(f"{len(known)} words", known),
        case(f"{len(more)} words", more),
        case(f"vectors of {OTHER_N_X} numbers", known, OTHER_N_X, "section 2.3"),
        case('a map without "cucumber"', [word for word in more if word != "cucumber"], beyond="section 2.3"),
    ]


def network_cases(rng):
    found = []
    for label, max_len, m, copies in (("max_len 3", 3, 4, COPIES), ("max_len 4", 4, 2, 0)):
        known, _ = _words(rng, int(rng.integers(13, 17)))
        indices = rng.integers(1, len(known) + 1, (m, max_len)).astype(np.int32)
        padded = indices.copy()
        padded[0, max_len // 2 :] = 0
        inputs = {"word_to_vec_map": _vectors(rng, known), "word_to_index": _indices(rng, known)}
        found.append(Case(label, inputs | {"indices": indices, "padded": padded, "copies": copies}))
    return found
