"""Submissions whose code is nearly the same, as pairs to look at. It proves nothing: friends learn together.

Winnowing (Schleimer, Wilkerson and Aiken 2003, "Winnowing: local algorithms for document fingerprinting", algorithm 1):
of every few neighbouring passages of a program one is kept, and programs that share kept passages are similar.
"""

import builtins
import keyword
import re
import zlib
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np

PASSAGE = 10  # tokens: shorter ones agree by chance
WINDOW = 4  # neighbouring passages of which one is kept: of PASSAGE + WINDOW - 1 equal tokens, some passage is found
USUAL_SHARE, USUAL_COUNTS = 0.02, (4, 20)  # what more of the learners wrote is usual; the least and the most of them
MUCH = 0.5  # of what is unusual in one's code of an exercise
ENOUGH = 8.0  # passages, of all exercises of which two learners share much
TOKEN = re.compile(r'#.*|("""|\'\'\')[\s\S]*?\1|"[^"\n]*"|\'[^\'\n]*\'|\.?\w+|[^\s\w]')
TOLD_APART = {*keyword.kwlist, *dir(builtins)}  # every other name becomes the same one
MULTIPLIER = 0x9E3779B97F4A7C15  # odd, with bits of all sizes: it mixes tokens into one number


@dataclass(frozen=True)
class Shared:
    """What two submissions share of one exercise.

    Attributes
    ----------
    weight : float
        How many unusual passages they share; one that k others have as well counts as 1 / (k + 1) only.
    share : float
        The same as a share of all unusual passages of that one who has fewer, from 0 to 1.
    lines : tuple of frozenset of int
        On which lines of each one's code these passages stand, counted from 0.
    """

    weight: float
    share: float
    lines: tuple


@dataclass(frozen=True)
class Pair:
    """Two learners whose code of some exercises shares much of what is unusual in it.

    Attributes
    ----------
    learners : tuple of str
    exercises : dict of str to Shared
        Only those of which they share much.
    """

    learners: tuple
    exercises: dict

    @property
    def weight(self):
        """How many unusual passages they share in all of these exercises."""
        return sum(one.weight for one in self.exercises.values())


def tokens(code):
    """Split code into tokens, in which names, comments, docstrings and layout make no difference.

    Parameters
    ----------
    code : str
        Python, or what a learner took for it.

    Returns
    -------
    list of (str, int, int)
        Tokens, and where they begin and end in the code. Names of attributes, such as `.dot`, stay, and so do keywords,
        builtins, numbers and short texts.
    """
    found = []
    for match in TOKEN.finditer(code):
        token = match[0]
        if token.startswith("#") or match[1]:
            continue
        if token[0] in "'\"":
            token = f'"{token[1:-1]}"'
        elif token.isidentifier() and token not in TOLD_APART:
            token = "name"
        found.append((token, *match.span()))
    return found


@lru_cache(maxsize=4096)  # many hand in the same: the code that they were given
def passages(code):
    """Return the passages of a program that winnowing keeps.

    Parameters
    ----------
    code : str

    Returns
    -------
    dict of int to list of (int, int)
        For each fingerprint, the positions in the code at which its passages begin and end.
    """
    found = tokens(code)
    if len(found) < PASSAGE:
        return {}
    numbers = np.array([zlib.crc32(token.encode("utf-8", "backslashreplace")) for token, *_ in found], dtype=np.uint64)
    factors = np.full(PASSAGE, MULTIPLIER, dtype=np.uint64).cumprod()  # whole numbers modulo 2**64
    prints = np.lib.stride_tricks.sliding_window_view(numbers, PASSAGE) @ factors
    windows = np.lib.stride_tricks.sliding_window_view(prints, min(WINDOW, len(prints)))
    kept = {}
    for index in np.unique(np.arange(len(windows)) + windows.argmin(axis=1)).tolist():
        kept.setdefault(int(prints[index]), []).append((found[index][1], found[index + PASSAGE - 1][2]))
    return kept


def most_of_unusual(learners):
    """Return how many of a class may have the same passage; what more of them wrote is usual, and tells nothing."""
    return int(np.clip(USUAL_SHARE * learners, *USUAL_COUNTS))


def pairs(codes, given=()):
    """Find submissions that share much of what is unusual in them.

    Parameters
    ----------
    codes : dict of str to dict of str to str
        {learner: {exercise: code}}.
    given : iterable of dict of str to str
        {exercise: code} that every learner may have had before: the code they start from, the model solution.

    Returns
    -------
    list of Pair
        The most similar first.
    """
    owners = {}
    for learner, code in sorted(codes.items()):
        for exercise, text in code.items():
            for one in passages(text):
                owners.setdefault((exercise, one), []).append(learner)
    known = {(exercise, one) for code in given for exercise, text in code.items() for one in passages(text)}
    limit = most_of_unusual(len(codes))
    unusual = {key: found for key, found in owners.items() if key not in known and len(found) <= limit}
    total, shared, found = Counter(), Counter(), {}
    for (exercise, _), learners in unusual.items():
        weight = 1 / max(len(learners) - 1, 1)
        for learner in learners:
            total[learner, exercise] += weight
        for pair in combinations(learners, 2):
            shared[pair, exercise] += weight
    for (pair, exercise), weight in shared.items():
        share = weight / min(total[learner, exercise] for learner in pair)
        if share >= MUCH:
            both = [passages(codes[learner][exercise]) for learner in pair]
            same = [one for one in both[0].keys() & both[1].keys() if (exercise, one) in unusual]
            lines = tuple(_lines(codes[learner][exercise], same) for learner in pair)
            found.setdefault(pair, {})[exercise] = Shared(weight, share, lines)
    candidates = [Pair(*one) for one in found.items()]
    return sorted((one for one in candidates if one.weight >= ENOUGH), key=lambda pair: (-pair.weight, pair.learners))


def _lines(code, prints):
    """Return the numbers of the lines on which passages stand."""
    spans = [span for one in prints for span in passages(code)[one]]
    return frozenset(
        line for begin, end in spans for line in range(code.count("\n", 0, begin), code.count("\n", 0, end) + 1)
    )
