"""Recognise a known mistake by its output on the same inputs, never by its source code.

A mistake is named on strong evidence only. Numbers with fractions, shapes and error messages do not agree by chance.
Whole numbers such as labels do, so many of them must agree. Of an error, what the names in its line stood for tells
more than its words; the line itself decides only between mistakes that agree in all that.
"""

import hashlib
import math
import re
import zlib
from dataclasses import replace
from operator import itemgetter

import numpy as np

from helpers.check.comparing import ATOL, INPUTS, NUMBERS, RTOL
from helpers.check.nested import flatten
from helpers.check.probe import error_of
from helpers.check.report import Hint
from helpers.check.wire import Unknown
from helpers.language import Told, as_told, speaking

SKETCH_SEED, SKETCH_DIGITS, STRUCTURE_BYTES = 20_001, 10, 6
WHOLE_RTOL = 10.0**-SKETCH_DIGITS  # a sketch itself is rounded
ENOUGH_FRACTIONS = 4  # numbers that must agree, over all cases
ENOUGH_WHOLE_NUMBERS = 20  # of them that must differ from the right ones, over all cases
HINT = ("name", "question", "hint", "section")  # of a known mistake, in the order of `Hint`
SPELLING = re.compile(r"#.*|[\s'\"()]")  # what two lines of the same code may differ in
OUT_OF_BOUNDS = re.compile(r"index -?\d+ is out of bounds ")
NUMBER, SHAPE = re.compile(r"\d+(?:\.\d+)?"), re.compile(r"\(\d+,|, \d+\)")
PLACE = "place of the errors"  # in a fingerprint, beside the parts
ANSWER = "answer"  # the one part that a case beyond the task's own data has: all of it


def sketch(value):
    """Reduce an answer to its structure and three numbers, which tell it from any other answer.

    Parameters
    ----------
    value : object
        Nested dicts, lists, tuples, arrays, text and None.

    Returns
    -------
    list
        [structure, projection, norm, fractions]: a checksum of the nesting and shapes; a fixed random projection of all
        numbers in order; their Euclidean norm; how many of them are no whole numbers. Two answers are the same
        mistake when the first three agree (see `same_sketch`); the last says how much that proves.
    """
    structure, leaves = [], []
    paths_and_nodes = zip(*flatten(value), strict=True)
    for path, node in sorted(paths_and_nodes, key=itemgetter(0)):  # dicts may have the same keys in another order
        node = np.asarray(node) if isinstance(node, NUMBERS) else node
        kind = node.dtype.kind if isinstance(node, np.ndarray) else ""
        if isinstance(node, (dict, list, tuple)):
            text = "{}" if isinstance(node, dict) else "[]"
        elif kind and kind in "biufc":
            leaves.append(node.ravel() if kind != "c" else node.astype(np.complex128).ravel().view(np.float64))
            text = f"{kind.replace('u', 'i')}{node.shape}"
        elif kind:  # an array of text: it may be long, and stand in many places
            letters = "\0".join(map(str, node.ravel().tolist()))
            text = f"{kind}{node.shape}{zlib.crc32(letters.encode('utf-8', 'surrogatepass'))}"
        elif isinstance(node, Unknown):  # of an exception only its type: its message is not always shown
            text = f"Unknown({node.type_name.partition(': ')[0]})"
        else:
            text = repr(node)
        structure.append(f"{len(path)}{path[-1:]}{text}")  # not the whole path: that could become very long
    numbers = np.concatenate([np.zeros(0), *leaves], dtype=np.float64)
    odd = ~np.isfinite(numbers)
    weights = np.random.default_rng(SKETCH_SEED).standard_normal(numbers.size)
    finite = np.where(odd, 0.0, numbers)
    if odd.any():
        structure.append(f"not finite: {np.flatnonzero(odd)[:5].tolist()} of {int(odd.sum())}")
    scale = np.abs(finite).max(initial=0.0) or 1.0  # so that squares of extreme logits do not overflow
    projection, norm = weights @ (finite / scale) * scale, np.linalg.norm(finite / scale) * scale
    fractions = int((finite != np.round(finite)).sum())
    text = " ".join(structure).encode("utf-8", "surrogatepass")
    shape = hashlib.blake2b(text, digest_size=STRUCTURE_BYTES).hexdigest()
    return [shape, *(float(f"{number:.{SKETCH_DIGITS}g}") for number in (projection, norm)), fractions]


NOTHING = sketch(None)  # of a part that is missing; many mistakes have it in common


def same_sketch(one, other, tol=(RTOL, ATOL)):
    """Whether two sketches are of the same answer, up to rounding.

    Parameters
    ----------
    one, other : list
        As `sketch` returns them.
    tol : tuple of float
        (rtol, atol) of the single values.

    Returns
    -------
    bool
    """
    if one[0] != other[0]:
        return False
    whole = not (one[3] or other[3])  # of whole numbers none is rounded, and 279 is another token than 278
    rtol, atol = (WHOLE_RTOL, WHOLE_RTOL) if whole else tol
    slack = 10 * (rtol * max(one[2], other[2]) + atol)
    return math.isclose(one[1], other[1], rel_tol=0, abs_tol=slack) and math.isclose(
        one[2], other[2], rel_tol=0, abs_tol=slack
    )


def fingerprint(spec, case, outcome):
    """Reduce one outcome of a probe to what is needed to recognise it: a sketch of each part, or the error.

    Parameters
    ----------
    spec : Spec
    case : Case
        Of an answer to a case beyond the task's own data there is one sketch, not one for each part.
    outcome : dict
        As `probe.run` returns it: {"value": ..., "changed": [...]} or {"error": {...}}.

    Returns
    -------
    dict
        {part: sketch}; or {"error": [type, message, names, line]}, the last two as checksums: what the names in the
        line of the error stood for, and the line. Where errors stand for values, PLACE has a checksum of them.
    """
    if "error" in outcome:
        error = outcome["error"]
        line = (error.get("call") or error.get("where", "")).partition(": ")[2]
        return {"error": [error["type"], error["message"], _checksum(error.get("names", "")), _checksum(line)]}
    with speaking(""):  # so that fingerprints are the same in every language
        values = spec.split(outcome["value"])
    if isinstance(values, str):
        return {"error": ["structure", values, "", ""]}
    if case.beyond:
        return {ANSWER: sketch(values)}
    prints = {part: sketch(values.get(part)) for part in spec.parts if part != INPUTS}
    errors = [error_of(node) for node in flatten(values)[1] if isinstance(node, Unknown)]
    if errors:
        prints[PLACE] = [_checksum(" ".join(one[key] for one in errors)) for key in ("message", "names")]
    if INPUTS in spec.parts:
        prints[INPUTS] = [",".join(sorted(outcome["changed"])), 0.0, 0.0, 0]
    return prints


def _checksum(code):
    text = SPELLING.sub("", code).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=STRUCTURE_BYTES).hexdigest()


class Evidence:
    """How far the outcomes of a learner's function speak for or against a known mistake.

    Parameters
    ----------
    spec : Spec
    cases : list of Case
        Either the task's own, or one that is beyond them.
    expected, got : list of dict
        Outcomes of the reference and of the learner's function, one for each case.
    """

    def __init__(self, spec, cases, expected, got):
        self.tolerances = [case.tolerance for case in cases]
        self.right = [fingerprint(spec, case, one) for case, one in zip(cases, expected, strict=True)]
        self.mine = [fingerprint(spec, case, one) for case, one in zip(cases, got, strict=True)]
        self.ends_in_error = any("error" in one or PLACE in one for one in self.mine)
        self.values = [
            [spec.split(one["value"]) if "value" in one else {} for one in pair]
            for pair in zip(expected, got, strict=True)
        ]

    def _beside(self, prints):
        """Yield (tolerance, print of the right answer, of mine, of the mistake) of each case that it was run on."""
        for tol, right, mine, print_ in zip(self.tolerances, self.right, self.mine, prints, strict=False):
            yield tol, right, mine, print_ if "error" in print_ else right | print_

    def strength(self, prints, part, exactly=False):
        """Say how strongly the outputs of a mistake speak for it in one part.

        Parameters
        ----------
        prints : list of dict
            Its fingerprint on each case, or on the first ones; a part that is not in it is right.
        part : str
        exactly : bool
            Whether the names in the line of an error must stand for the same.

        Returns
        -------
        int or None
            None where they do not agree on every case; ENOUGH_FRACTIONS and more is proof.
        """
        strength = 0
        for tol, right, mine, print_ in self._beside(prints):
            if "error" in mine or "error" in print_:
                one, other = (print_.get("error", ["", "", "", ""]) for print_ in (mine, print_))
                if one[0] != other[0] or (exactly and one[2] != other[2]):
                    return None
                if exactly and one[0] != "ValueError" and one[1] != other[1]:  # NumPy says a ValueError in several ways
                    return None
                # The same error in other words (np.dot and @ say it differently) speaks neither for nor against.
                if exactly or _same_words(one[1], other[1]):
                    numbers = zip(NUMBER.findall(one[1]), NUMBER.findall(other[1]), strict=False)
                    alike = [*zip(one[1:], other[1:], strict=True), *numbers]  # of several, the one that has most of it
                    strength += ENOUGH_FRACTIONS + sum(a == b for a, b in alike)
            elif not (_same_place(mine, print_, exactly) and same_sketch(mine[part], print_[part], tol)):
                return None
            elif not same_sketch(right[part], print_[part], tol) and print_[part] != NOTHING:
                shape_differs = right[part][0] != print_[part][0]
                strength += ENOUGH_FRACTIONS if shape_differs else print_[part][3]
                strength += PLACE in mine and mine[PLACE] == print_.get(PLACE)
        return strength

    def differing_numbers(self, part, count):
        """Return how many whole numbers of a part differ from the right ones, over the first `count` cases."""
        return sum(
            _differing(right[name], mine.get(name))
            for right, mine in self.values[:count]
            for name in (right if part == ANSWER else {part} & set(right))
        )

    def contradicted(self, prints, part):
        """Whether the mistake would make this part wrong, though it is right."""
        return any(
            "error" in print_ or not same_sketch(right[part], print_[part], tol)
            for tol, right, _, print_ in self._beside(prints)
        )


def _without_rivals(found):
    """Leave out the slips that explain an error best, where there are several: any may have led to it."""
    best = max((one[3] for one in found), default=0)
    slips = [one for one in found if "hints" in one[0] and one[3] == best]
    names = {one[0]["hints"][0]["name"] for one in slips}
    return found if len(names) < 2 else [one for one in found if "hints" not in one[0]]


def _hints(mistake, parts):
    """Return the hints of a known mistake; two for a pair of mistakes."""
    both = [Hint(*(one[key] for key in HINT), parts) for one in mistake.get("hints", [mistake])]
    if len(both) > 1:
        first, second = (as_told(hint.question) for hint in both)
        both[0] = replace(both[0], question=Told("Two things are wrong at once. The first: {question}", question=first))
        both[1] = replace(both[1], question=Told("The second: {question}", question=second))
    return both


def _same_place(one, other, exactly):
    """Whether errors that stand for values have the same words; if exactly, the names in their lines count as well."""
    if PLACE not in one or PLACE not in other:
        return not exactly or (PLACE in one) == (PLACE in other)
    return one[PLACE] == other[PLACE] if exactly else one[PLACE][0] == other[PLACE][0]


def _same_words(message, other):
    """Whether two error messages agree; numbers may differ, except shapes and indices: these tell mistakes apart."""
    if message == other or SHAPE.search(message):
        return message == other
    if index := OUT_OF_BOUNDS.match(message):  # of which axis, and how long that is, depends on how it is written
        return other.startswith(index[0])
    return NUMBER.sub("0", message) == NUMBER.sub("0", other)


def _differing(expected, got):
    """Return how many entries of two arrays of one shape differ; 0 for anything else."""
    if not isinstance(expected, np.ndarray) or not isinstance(got, np.ndarray) or expected.shape != got.shape:
        return 0
    return int((expected != got).sum())


def name_mistakes(evidence, parts, wrong, known, slips=()):
    """Find the known mistakes that explain the wrong parts of an answer.

    Parameters
    ----------
    evidence : Evidence
    parts : iterable of str
        All parts.
    wrong : list of str
        Those that are wrong.
    known : list of dict
        The declared mistakes: {"name", "question", "hint", "section", "cases": [fingerprint on each case]}.
    slips : sequence of dict
        Found by trying, so no right part may speak against them: {"hints": [{"name", "question", "hint", "section"}],
        "cases": [fingerprint on each of the first cases]}. Two hints stand for two mistakes at once.

    Returns
    -------
    list of Hint
        The mistake that explains most comes first; each explains parts that those before it leave open.
    """
    right_parts = [part for part in parts if part not in wrong]
    found = []
    for mistake in [*known, *slips]:
        prints, slip = mistake["cases"], "hints" in mistake
        strengths = {part: evidence.strength(prints, part, exactly=slip) for part in wrong}
        strengths = {part: strength for part, strength in strengths.items() if strength is not None}
        against = sum(evidence.contradicted(prints, part) for part in right_parts)
        if (against and slip) or (list(strengths) == [INPUTS] != wrong):  # many change an input, along with other parts
            continue
        if sum(strengths.values()) >= ENOUGH_FRACTIONS:
            found.append((mistake, list(strengths), against, sum(strengths.values())))
        elif len(strengths) == len(wrong) and not against:  # whole numbers, or an error in other words
            if sum(evidence.differing_numbers(part, len(prints)) for part in wrong) >= ENOUGH_WHOLE_NUMBERS:
                found.append((mistake, wrong, against, 0))
    found = _without_rivals(found) if evidence.ends_in_error else found
    hints, unexplained = [], list(wrong)
    while unexplained and found:
        # The mistake that explains most; of equals the one that right parts speak against least, then the one whose
        # errors have the very same words, then the first.
        mistake, explained, *_ = max(found, key=lambda one: (len(set(one[1]) & set(unexplained)), -one[2], one[3]))
        new = [part for part in explained if part in unexplained]
        if not new:
            break
        hints += _hints(mistake, tuple(new))
        unexplained = [part for part in unexplained if part not in new]
    return hints
