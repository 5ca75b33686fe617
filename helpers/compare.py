"""Set a learner's answer against the expected one, part by part, and put the differences into words.

`check` in the notebook and the grader both call `judge`, so that a learner reads the same words from both.
"""

import math
import zlib
from dataclasses import dataclass, field, replace

import numpy as np

from helpers.report import Hint, PartResult, Report
from helpers.wire import Unknown

INPUTS = "inputs left unchanged"  # the name of the part that every exercise may give a share to
KIND_NAMES = {
    "b": "booleans",
    "i": "integers",
    "u": "integers",
    "f": "real numbers",
    "c": "complex numbers",
    "U": "text",
}
NUMBERS = (bool, int, float)
RTOL, ATOL = 1e-6, 1e-9
RTOL_SINGLE, ATOL_SINGLE = 1e-3, 1e-4  # where an input is float32
DIGEST_SEED, DIGEST_DIGITS = 20_001, 10


@dataclass(frozen=True)
class Spec:
    """What `check` and the grader both need to know of an exercise; holds no answer.

    Attributes
    ----------
    name : str
        The learner's function.
    points : float
    parts : dict of str to float
        What of the answer is compared, each part with its share of the points; the shares sum to 1.
    returns : tuple of str
        Names of the values that the function returns, in order; empty where it returns a dict.
    fields : dict of str to tuple of str
        Names of the entries of the tuples inside a part, for messages: {"cache": ("a_next", "a_prev", ...)}.
    """

    name: str
    points: float
    parts: dict
    returns: tuple = ()
    fields: dict = field(default_factory=dict)
    probe: str = "call"

    def split(self, value):
        """Return the answer as a dict of its named values, or a sentence that says why it cannot be.

        Parameters
        ----------
        value : object
            What the learner's function returned.

        Returns
        -------
        dict or str
        """
        if not self.returns:
            return value if isinstance(value, dict) else f"a dict is expected, {describe(value)} came"
        if len(self.returns) == 1:
            return {self.returns[0]: value}
        wanted = f"{len(self.returns)} values are expected ({', '.join(self.returns)})"
        if not isinstance(value, (tuple, list)):
            return f"{wanted}, {describe(value)} came"
        if len(value) != len(self.returns):
            return f"{wanted}, {len(value)} came"
        return dict(zip(self.returns, value, strict=True))


def describe(value):
    """Say in a few words what kind of value this is.

    Parameters
    ----------
    value : object

    Returns
    -------
    str
    """
    if isinstance(value, np.ndarray):
        kind = KIND_NAMES.get(value.dtype.kind, str(value.dtype))
        return f"an array of shape {value.shape} ({kind})" if value.ndim else f"a single number ({value.dtype})"
    if isinstance(value, (list, tuple)):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, NUMBERS):
        return f"a single number ({type(value).__name__})"
    if isinstance(value, Unknown):  # an exception in a probe that goes on after it is "KeyError: ..."
        name = value.type_name
        return name if name.partition(": ")[0].endswith("Error") else f"a value of type {name}"
    return "None" if value is None else f"a {type(value).__name__}"


def tolerance(inputs):
    """Return (rtol, atol) for answers computed from these inputs: wide where an input is float32, else narrow.

    Parameters
    ----------
    inputs : object
        Nested dicts, lists and arrays.

    Returns
    -------
    tuple of float
    """
    if isinstance(inputs, dict):
        inputs = list(inputs.values())
    if isinstance(inputs, (list, tuple)):
        return max((tolerance(item) for item in inputs), default=(RTOL, ATOL))
    single = isinstance(inputs, np.ndarray) and inputs.dtype == np.float32
    return (RTOL_SINGLE, ATOL_SINGLE) if single else (RTOL, ATOL)


def difference(expected, got, tol=(RTOL, ATOL), where="", fields=(), show_values=True):
    """Describe the first difference between two answers.

    Parameters
    ----------
    expected, got : object
        Nested dicts, lists, tuples, arrays, text and None, as `wire.unpack` gives them.
    tol : tuple of float
        (rtol, atol).
    where : str
        The name of the value, put before the message.
    fields : tuple of str
        Names for the entries of tuples of that length.
    show_values : bool
        Whether the message may show numbers of the answer; the grader, on hidden cases, shows none.

    Returns
    -------
    str or None
        A sentence, or None where the two agree.
    """
    return None if _agree(expected, got, tol) else _in_words(expected, got, tol, where, fields, show_values)


def _agree(expected, got, tol):
    """Whether two answers of the same types agree: all their numbers are compared at once, which is quick."""
    pairs = {}  # dtype -> [(expected, got) of each array]

    def gather(e, g):
        if type(e) is not type(g):
            return False
        if isinstance(e, np.ndarray):
            pairs.setdefault(e.dtype, []).append((e.reshape(-1), g.reshape(-1)))
            return e.dtype == g.dtype and e.shape == g.shape
        if isinstance(e, dict):
            return e.keys() == g.keys() and all(gather(e[key], g[key]) for key in e)
        if isinstance(e, (list, tuple)):
            return len(e) == len(g) and all(map(gather, e, g))
        return e == g

    if not gather(expected, got):
        return False
    sides = ([np.concatenate(side) for side in zip(*ones, strict=True)] for ones in pairs.values())
    return all(_close(*both, tol).all() for both in sides)


def _in_words(expected, got, tol, where, fields, show_values):
    """Describe the first difference; see `difference`."""

    def inner(e, g, place):
        return _in_words(e, g, tol, place, fields, show_values)

    def public(key):  # a name such as dWf; anything else may be made of a hidden input
        return show_values or key.isidentifier()

    if isinstance(expected, dict):
        if not isinstance(got, dict):
            return f"{where}: a dict with the keys {_name_keys(expected, public)} is expected, {describe(got)} came"
        missing = [key for key in expected if key not in got]
        surplus = [key for key in got if key not in expected]
        if missing or surplus:
            both = (("lacks", missing, public), ("has a surplus", surplus, lambda key: show_values))
            texts = [f"{text} {_name_keys(keys, shown)}" for text, keys, shown in both if keys]
            return f"{where}: the dict {' and '.join(texts)}"
        places = {key: f"{where}[{repr(key) if public(key) else number}]" for number, key in enumerate(expected)}
        found = (inner(expected[key], got[key], places[key]) for key in expected)
        return next((text for text in found if text), None)
    if isinstance(expected, (list, tuple)):
        if not isinstance(got, (list, tuple)) or len(got) != len(expected):
            names = fields if isinstance(expected, tuple) and len(fields) == len(expected) else ()
            wanted = f"({', '.join(names)})" if names else describe(expected)
            return f"{where}: {wanted} is expected, {describe(got)} came"
        named = fields if isinstance(expected, tuple) and len(fields) == len(expected) else ()
        places = [f"{where}.{name}" for name in named] or [f"{where}[{i}]" for i in range(len(expected))]
        found = (inner(e, g, place) for e, g, place in zip(expected, got, places, strict=True))
        return next((text for text in found if text), None)
    if isinstance(expected, (np.ndarray, *NUMBERS)):
        got = np.asarray(got) if isinstance(got, NUMBERS) else got
        return _array_difference(np.asarray(expected), got, tol, where, show_values)
    if type(expected) is not type(got):
        return f"{where}: {describe(expected)} is expected, {describe(got)} came"
    if expected != got:
        return (
            f"{where}: {expected!r} is expected, {got!r} came" if show_values else f"{where}: another value is expected"
        )
    return None


def _name_keys(keys, shown):
    """List keys for a message: those that may be shown by name, the others by their number."""
    named = [key for key in keys if shown(key)]
    return ", ".join(named + [f"key ({len(keys) - len(named)} in all)"] * (len(named) < len(keys)))


def _close(expected, got, tol):
    """Where two arrays of the same shape and kind agree."""
    if expected.dtype.kind not in "fc":
        return got == expected
    rtol, atol = tol
    with np.errstate(invalid="ignore", over="ignore"):
        return (np.abs(got - expected) <= atol + rtol * np.abs(expected)) | (got == expected)


def _array_difference(expected, got, tol, where, show_values):
    if not isinstance(got, np.ndarray):
        return f"{where}: {describe(expected)} is expected, {describe(got)} came"
    if got.shape != expected.shape:
        return f"{where}: shape {expected.shape} is expected, {got.shape} came"
    kinds = {"i": "iu", "u": "iu"}.get(expected.dtype.kind, expected.dtype.kind)
    if got.dtype.kind not in kinds:
        return f"{where}: {KIND_NAMES[expected.dtype.kind]} are expected, {got.dtype} came"
    wrong = ~_close(expected, got, tol)
    if not wrong.any():
        return None
    count = f"values differ in {int(wrong.sum())} of {wrong.size} places"
    if got.dtype.kind in "fc" and not np.isfinite(got).all():
        count += " (NaN or infinity came)"
    if not show_values:
        return f"{where}: {count}"
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    place = f"at {list(first)} " if first else ""
    return (
        f"{where}: {count}; {place}{expected[first]:.6g} is expected, {got[first]:.6g} came"
        if expected.dtype.kind in "fc"
        else f"{where}: {count}; {place}{expected[first]} is expected, {got[first]} came"
    )


def digest(value):
    """Boil an answer down to its structure and two numbers, which tell it from any other answer.

    Parameters
    ----------
    value : object
        Nested dicts, lists, tuples, arrays, text and None.

    Returns
    -------
    list
        [structure, projection, norm]: the nesting and shapes as text; a fixed random projection of all numbers in
        order; their Euclidean norm. Two answers are the same mistake when these agree (see `same_digest`).
    """
    leaves = []

    def walk(item):
        if isinstance(item, dict):
            return "{" + ",".join(f"{key}:{walk(item[key])}" for key in sorted(item)) + "}"
        if isinstance(item, (list, tuple)):
            return "[" + ",".join(walk(inner) for inner in item) + "]"
        item = np.asarray(item) if isinstance(item, NUMBERS) else item
        if isinstance(item, np.ndarray) and item.dtype.kind in "biuf":
            leaves.append(item.astype(np.float64).ravel())
            kind = "i" if item.dtype.kind in "iu" else item.dtype.kind
            return f"{kind}{item.shape}"
        if isinstance(item, np.ndarray) and item.dtype.kind == "c":
            leaves.append(np.ascontiguousarray(item, np.complex128).view(np.float64).ravel())
            return f"c{item.shape}"
        if isinstance(item, np.ndarray):  # text: it may be long, and stand in many places
            text = "\0".join(map(str, item.ravel().tolist()))
            return f"{item.dtype.kind}{item.shape}{zlib.crc32(text.encode('utf-8', 'surrogatepass'))}"
        if isinstance(item, Unknown):  # of an exception only its kind: its words are not always shown
            return f"Unknown({item.type_name.partition(': ')[0]})"
        return repr(item)

    structure = walk(value)
    numbers = np.concatenate(leaves) if leaves else np.zeros(0)
    odd = ~np.isfinite(numbers)
    weights = np.random.default_rng(DIGEST_SEED).standard_normal(numbers.size)
    finite = np.where(odd, 0.0, numbers)
    structure += f" not finite: {np.flatnonzero(odd)[:5].tolist()} of {int(odd.sum())}" if odd.any() else ""
    scale = np.abs(finite).max(initial=0.0) or 1.0  # so that squares of extreme logits do not overflow
    projection, norm = weights @ (finite / scale) * scale, np.linalg.norm(finite / scale) * scale
    return [structure, *(float(f"{number:.{DIGEST_DIGITS}g}") for number in (projection, norm))]


def same_digest(one, other, tol=(RTOL, ATOL)):
    """Tell whether two digests come from the same answer, up to rounding.

    Parameters
    ----------
    one, other : list
        As `digest` returns them.
    tol : tuple of float
        (rtol, atol) of the single values.

    Returns
    -------
    bool
    """
    if one[0] != other[0]:
        return False
    rtol, atol = tol
    slack = 10 * (rtol * max(one[2], other[2]) + atol)
    return math.isclose(one[1], other[1], rel_tol=0, abs_tol=slack) and math.isclose(
        one[2], other[2], rel_tol=0, abs_tol=slack
    )


def fingerprint(spec, outcome):
    """Boil one outcome of a probe down to what names it again: a digest for each part, or the error.

    Parameters
    ----------
    spec : Spec
    outcome : dict
        As `probe.run` returns it: {"value": ..., "changed": [...]} or {"error": {...}}.

    Returns
    -------
    dict
        {"error": [type, message]}, or {part: digest}.
    """
    if "error" in outcome:
        return {"error": [outcome["error"]["type"], outcome["error"]["message"]]}
    values = spec.split(outcome["value"])
    if isinstance(values, str):
        return {"error": ["structure", values]}
    prints = {part: digest(values.get(part)) for part in spec.parts if part != INPUTS}
    if INPUTS in spec.parts:
        prints[INPUTS] = [",".join(sorted(outcome["changed"])), 0.0, 0.0]
    return prints


def judge(spec, labels, inputs, expected, got, fingerprints, show_values=True):
    """Judge a learner's outcomes on a list of cases.

    Parameters
    ----------
    spec : Spec
    labels : list of str
        What to call each case in a message.
    inputs : list of dict
        The inputs of each case.
    expected, got : list of dict
        Outcomes of the reference and of the learner's function (see `probe.run`), one for each case.
    fingerprints : callable
        Called without arguments, and only when a part is wrong: returns the known mistakes, a list of dicts
        {"name", "hint", "carried", "cases": [fingerprint of each case]}. `carried` names the function of an earlier
        exercise whose mistake this is: the answer is then right but for what it inherits.
    show_values : bool
        Whether messages may show numbers.

    Returns
    -------
    Report
    """
    tols = [tolerance(item) for item in inputs]
    parts = {part: _judge_part(spec, part, labels, tols, expected, got, show_values) for part in spec.parts}
    wrong = [part for part, text in parts.items() if text is not None]
    hints, carried = [], {}
    if wrong:
        hints, carried = _name_mistakes(spec, wrong, tols, expected, got, fingerprints())
    results = [
        PartResult(part, spec.parts[part], text is None or part in carried, carried.get(part, text))
        for part, text in parts.items()
    ]
    return Report(spec.name, spec.points, [_with_company(result, results) for result in results], hints)


def _with_company(result, results):
    """Inputs left unchanged earn nothing alone: a function that does nothing leaves them so, too."""
    others = [other for other in results if other.part != INPUTS]
    if result.part != INPUTS or not result.ok or any(other.ok for other in others):
        return result
    messages = {other.message for other in others}
    text = messages.pop() if len(messages) == 1 else "counts only beside a part that is right"
    return replace(result, ok=False, message=text)


def _judge_part(spec, part, labels, tols, expected, got, show_values):
    for label, tol, right, outcome in zip(labels, tols, expected, got, strict=True):
        if "error" in right:
            raise RuntimeError(f"{spec.name}: the reference fails on the case {label!r}: {right['error']}")
        text = _part_difference(spec, part, tol, right, outcome, show_values)
        if text:
            return f"{text} (case: {label})"
    return None


def _part_difference(spec, part, tol, right, outcome, show_values):
    if "error" in outcome:
        error = outcome["error"]
        if error["type"] == "NotImplementedError":
            return "not written yet" if not error.get("where") else f"not written yet ({error['where']})"
        place = f" in {error['where']}" if error.get("where") else ""
        text = error["message"] if show_values else error.get("shown", "")
        return f"{error['type']}{place}: {text}" if text else f"{error['type']}{place}; run `check` to read more of it"
    if part == INPUTS:
        return (
            f"the function changes its input {', '.join(outcome['changed'])} in place" if outcome["changed"] else None
        )
    values = spec.split(outcome["value"])
    if isinstance(values, str):
        return values
    if part not in values:
        return f"the dict lacks {part!r}"
    want = spec.split(right["value"])[part]
    return difference(want, values[part], tol, part, spec.fields.get(part, ()), show_values)


def _name_mistakes(spec, wrong, tols, expected, got, known):
    """Return the hints for the wrong parts, and for each part that is wrong by inheritance alone, a sentence."""
    mine = [fingerprint(spec, outcome) for outcome in got]
    right = [fingerprint(spec, outcome) for outcome in expected]

    def explains(mistake, part):
        """Whether the mistake gives this very output in this part, on every case, and the reference another one."""
        tells = False
        for tol, learner, reference, print_ in zip(tols, mine, right, mistake["cases"], strict=True):
            if "error" in learner or "error" in print_:
                (kind, message), (other_kind, other_message) = (one.get("error", ("", "")) for one in (learner, print_))
                if kind != other_kind:
                    return False
                # The same error in other words (np.dot and @ say it differently) speaks neither for nor against.
                tells = tells or message == other_message
                continue
            if not same_digest(learner[part], print_[part], tol):
                return False
            tells = tells or not same_digest(reference[part], print_[part], tol)
        return tells

    def contradicted(mistake, part):
        """Whether the mistake would make this part wrong, which is right."""
        return any(
            "error" in print_ or not same_digest(reference[part], print_[part], tol)
            for tol, reference, print_ in zip(tols, right, mistake["cases"], strict=True)
        )

    explained = [(mistake, [part for part in wrong if explains(mistake, part)]) for mistake in known]
    explained = [(mistake, parts) for mistake, parts in explained if parts]
    right_parts = [part for part in spec.parts if part not in wrong]
    against = [sum(contradicted(mistake, part) for part in right_parts) for mistake, _ in explained]
    explained = [(mistake, parts, count) for (mistake, parts), count in zip(explained, against, strict=True)]
    hints, carried, open_parts = [], {}, list(wrong)
    while open_parts and explained:
        # The mistake that explains most; of equals the one that right parts speak against least, then the exercise's
        # own before an inherited one, then the first declared.
        mistake, parts, _ = max(
            explained, key=lambda one: (len(set(one[1]) & set(open_parts)), -one[2], not one[0]["carried"])
        )
        new = [part for part in parts if part in open_parts]
        if not new:
            break
        # An inherited error of raising nothing is told apart from one that stops everything: nothing ran, no marks.
        ran = all("error" not in outcome for outcome in got)
        if mistake["carried"] and ran:
            carried.update({part: f"right, given your {mistake['carried']}" for part in new})
        hints.append(Hint(mistake["name"], mistake["hint"], tuple(new), mistake["carried"]))
        open_parts = [part for part in open_parts if part not in new]
    return hints, carried
