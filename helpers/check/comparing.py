"""Compare an answer with the expected one, and say in words where they first differ."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from helpers.check.nested import flatten, pair_up
from helpers.check.wire import Unknown
from helpers.language import N_, _

INPUTS = N_("use of the inputs")  # the name of a part that every exercise may have: they are left unchanged
KIND_NAMES = {
    "b": N_("booleans"),
    "i": N_("integers"),
    "u": N_("integers"),
    "f": N_("real numbers"),
    "c": N_("complex numbers"),
    "U": N_("text"),
}
NUMBERS = (bool, int, float)
RTOL, ATOL = 1e-6, 1e-9
RTOL_SINGLE, ATOL_SINGLE = 1e-3, 1e-4  # where an input is float32


@dataclass(frozen=True, eq=False)
class Case:
    """One input of an exercise.

    Attributes
    ----------
    label : str
        What messages call it: "m = 1", "an unknown word".
    inputs : dict
        The function's arguments, in their order, as plain data: arrays, numbers, text, dicts, lists.
    beyond : str
        Empty if the task's own data can contain such an input. Otherwise the section that teaches what to do with it
        ("section 1.3"): there a wrong answer costs no points, and the report has a remark on it.

    A case equals only itself (`eq=False`), so that it can be a key of the caches that hold the reference's answers.
    """

    label: str
    inputs: dict
    beyond: str = ""

    @cached_property
    def tolerance(self):
        """(rtol, atol) for answers to this case: wide if one of the inputs is float32, else narrow."""
        _, nodes = flatten(self.inputs)
        single = any(isinstance(node, np.ndarray) and node.dtype == np.float32 for node in nodes)
        return (RTOL_SINGLE, ATOL_SINGLE) if single else (RTOL, ATOL)


@dataclass(frozen=True)
class Spec:
    """What `check` and the grader both need to know of an exercise; holds no answer.

    Attributes
    ----------
    name : str
        The learner's function.
    points : float
    parts : dict of str to float
        The parts of the answer that are compared, each with its share of the points; the shares sum to 1.
    returns : tuple of str
        Names of the values that the function returns, in order; empty where it returns a dict.
    fields : dict of str to tuple of str
        Names of the entries of the tuples inside a part, for messages: {"cache": ("a_next", "a_prev", ...)}.
    probe : str
        How the function is called (see `helpers.check.probe.find`).
    stand_ins : dict of str to str
        For each earlier exercise that this one calls, a stand-in (see `helpers.check.probe.standing_in`).
    """

    name: str
    points: float
    parts: dict
    returns: tuple = ()
    fields: dict = field(default_factory=dict)
    probe: str = "call"
    stand_ins: dict = field(default_factory=dict)

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
            return value if isinstance(value, dict) else _("expected a dict, got {what}").format(what=describe(value))
        if len(self.returns) == 1:
            return {self.returns[0]: value}
        text = _("expected {count} values ({names}), got {what}")
        wanted = {"count": len(self.returns), "names": ", ".join(self.returns)}
        if not isinstance(value, (tuple, list)):
            return text.format(**wanted, what=describe(value))
        if len(value) != len(self.returns):
            return text.format(**wanted, what=len(value))
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
        kind = _(KIND_NAMES.get(value.dtype.kind, str(value.dtype)))
        if value.ndim:
            return _("an array of shape {shape} ({kind})").format(shape=value.shape, kind=kind)
        return _("a single number ({kind})").format(kind=value.dtype)
    if isinstance(value, (list, tuple)):
        return _("a {kind} of {count}").format(kind=type(value).__name__, count=len(value))
    if isinstance(value, NUMBERS):
        return _("a single number ({kind})").format(kind=type(value).__name__)
    if isinstance(value, Unknown):  # an exception in a probe that goes on after it is "KeyError: ..."
        name = value.type_name.partition("\n")[0]
        return name if name.partition(": ")[0].endswith("Error") else _("a value of type {kind}").format(kind=name)
    return "None" if value is None else _("a {kind}").format(kind=type(value).__name__)


def difference(expected, got, tol=(RTOL, ATOL), where="", fields=()):
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

    Returns
    -------
    str or None
        A sentence, or None where the two agree.
    """
    if _agree(expected, got, tol):
        return None
    found = dict(zip(*flatten(got), strict=True))
    for path, node in zip(*flatten(expected), strict=True):
        # what holds it has been compared before: `found` has the same path
        text = _node_difference(node, found[path], tol, fields)
        if text:
            return _("{part}: {fault}").format(part=_place(expected, path, where, fields), fault=text)
    return None


def differing_entries(expected, got, tol=(RTOL, ATOL), where="", fields=(), most=5):
    """Return the first numbers in which two answers differ.

    Parameters
    ----------
    expected, got, tol, where, fields
        As `difference` takes them.
    most : int
        How many are wanted.

    Returns
    -------
    list of (str, str, str)
        Place, expected number, number that came. Only numbers that stand at the same place in arrays of the same shape
        can be set side by side; where there are none, the list is empty.
    """
    entries, found = [], dict(zip(*flatten(got), strict=True))
    for path, node in zip(*flatten(expected), strict=True):
        have = found.get(path)
        if not isinstance(node, (np.ndarray, *NUMBERS)) or not isinstance(have, (np.ndarray, *NUMBERS)):
            continue
        node, have = np.asarray(node), np.asarray(have)
        if _array_kind_difference(node, have):
            continue
        place = _place(expected, path, where, fields)
        for index in np.argwhere(~_close(node, have, tol))[: most - len(entries)]:
            entries.append((f"{place}{index.tolist() or ''}", *_both_numbers(node, have, tuple(index))))
    return entries


def _agree(expected, got, tol):
    """Whether two answers agree, types included. All their numbers are compared at once, which is quick."""
    pairs, arrays = pair_up(expected, got), {}
    if pairs is None:
        return False
    for one, two in pairs:
        if isinstance(one, np.ndarray) and one.dtype == two.dtype and one.shape == two.shape:
            arrays.setdefault(one.dtype, []).append((one.reshape(-1), two.reshape(-1)))
        elif isinstance(one, np.ndarray) or one != two:
            return False
    sides = ([np.concatenate(side) for side in zip(*some, strict=True)] for some in arrays.values())
    return all(_close(*both, tol).all() for both in sides)


def _place(expected, path, where, fields):
    """Return what messages call a part of an answer: cache[0].c_next, gradients['dWf']; words, after a comma."""
    for step in path:
        if isinstance(expected, dict):
            where += f", {_(step)}" if " " in step else f"[{step!r}]"
        elif isinstance(expected, tuple) and len(fields) == len(expected):
            where += f".{fields[step]}"
        else:
            where += f"[{step}]"
        expected = expected[step]
    return where


def _node_difference(expected, got, tol, fields):
    """Describe how a node differs from the expected one, leaving aside what it holds; None where it does not."""
    if isinstance(expected, dict):
        if not isinstance(got, dict):
            text = _("expected a dict with the keys {keys}, got {what}")
            return text.format(keys=", ".join(expected), what=describe(got))
        missing = [key for key in expected if key not in got]
        surplus = [key for key in got if key not in expected]
        if not missing and not surplus:
            return None
        both = _("the dict lacks {missing} and has a surplus {surplus}")
        text = (
            both
            if missing and surplus
            else _("the dict lacks {missing}")
            if missing
            else _("the dict has a surplus {surplus}")
        )
        return text.format(missing=", ".join(missing), surplus=", ".join(surplus))
    if isinstance(expected, (list, tuple)):
        if isinstance(got, (list, tuple)) and len(got) == len(expected):
            return None
        named = fields and isinstance(expected, tuple) and len(fields) == len(expected)
        wanted = f"({', '.join(fields)})" if named else describe(expected)
        return _expected(wanted, describe(got))
    if isinstance(expected, (np.ndarray, *NUMBERS)):
        got = np.asarray(got) if isinstance(got, NUMBERS) else got
        return _array_difference(np.asarray(expected), got, tol)
    if type(expected) is not type(got):
        return _expected(describe(expected), describe(got))
    if expected != got:
        return _expected(repr(expected), repr(got))
    return None


def _expected(wanted, got):
    return _("expected {wanted}, got {got}").format(wanted=wanted, got=got)


def _close(expected, got, tol):
    """Where two arrays of the same shape and kind agree."""
    if expected.dtype.kind not in "fc":
        return got == expected
    rtol, atol = tol
    with np.errstate(invalid="ignore", over="ignore"):
        return (np.abs(got - expected) <= atol + rtol * np.abs(expected)) | (got == expected)


def _array_kind_difference(expected, got):
    """Say how an answer differs from an array in its type, its shape or its kind of numbers; None where it does not."""
    if not isinstance(got, np.ndarray):
        return _expected(describe(expected), describe(got))
    if got.shape != expected.shape:
        return _("expected shape {wanted}, got {got}").format(wanted=expected.shape, got=got.shape)
    kinds = {"i": "iu", "u": "iu"}.get(expected.dtype.kind, expected.dtype.kind)
    if got.dtype.kind not in kinds:
        return _expected(_(KIND_NAMES[expected.dtype.kind]), got.dtype)
    return None


def _array_difference(expected, got, tol):
    if text := _array_kind_difference(expected, got):
        return text
    wrong = ~_close(expected, got, tol)
    if not wrong.any():
        return None
    count = _("values differ in {count} of {size} places")
    if got.dtype.kind in "fc" and not np.isfinite(got).all():
        count = _("values differ in {count} of {size} places (NaN or infinity among them)")
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    number = _("at {place} expected {wanted}, got {got}") if first else _("expected {wanted}, got {got}")
    want, have = _both_numbers(expected, got, first)
    count = count.format(count=int(wrong.sum()), size=wrong.size)
    return _("{count}; {number}").format(count=count, number=number.format(place=list(first), wanted=want, got=have))


def _both_numbers(expected, got, index):
    digits = ".6g" if expected.dtype.kind in "fc" else ""
    return f"{expected[index]:{digits}}", f"{got[index]:{digits}}"
