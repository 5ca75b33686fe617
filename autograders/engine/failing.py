"""The smallest case on which an answer is wrong, for the feedback page: what went in, what was expected, how to try it.

Hidden inputs are drawn anew at each run of the grader, so a page may show those of a run that is over.
"""

from functools import lru_cache

import numpy as np

from helpers.check.comparing import INPUTS, describe, differing_entries
from helpers.check.judging import Run, part_faults
from helpers.check.nested import flatten
from helpers.check.report import FailingCase
from helpers.language import _, language

MAX_ENTRIES = 5  # numbers that are set beside the expected ones
MAX_CALL_LETTERS = 8_000  # of a call that can be tried in the notebook
LINE_LETTERS = 110
MAX_SHOWN_LETTERS = 60
MAX_SHOWN_KEYS = 12
KEPT_CASES = 256


def failing_case(spec, cases, run, parts):
    """Return the smallest case, of those that points are given for, on which one of some parts is wrong.

    Parameters
    ----------
    spec : helpers.check.comparing.Spec
    cases : sequence of Case
    run : helpers.check.judging.Run
    parts : list of str

    Returns
    -------
    FailingCase or None
        None where they are right on every case.
    """
    for case, expected, got in sorted(zip(cases, run.expected, run.got, strict=True), key=lambda one: _size(one[0])):
        faults = part_faults(spec, [case], Run([expected], [got], list))
        wrong = [part for part in parts if faults[part]]
        if wrong:
            inputs = _inputs(spec.name, spec.probe, case, language())
            return FailingCase(case.label, *inputs, _entries(spec, case, expected, got, wrong))
    return None


def _entries(spec, case, expected, got, wrong):
    """Return the first numbers that differ, over the wrong parts of an answer."""
    want, have = (spec.split(one.get("value")) for one in (expected, got))
    entries = []
    for part in [] if isinstance(have, str) else wrong:
        if part != INPUTS and part in have:
            named, most = spec.fields.get(part, ()), MAX_ENTRIES - len(entries)
            entries += differing_entries(want[part], have[part], case.tolerance, part, named, most)
    return entries


@lru_cache(maxsize=KEPT_CASES)  # a whole class is judged on the same cases
def _size(case):
    """Return how many numbers and texts a case has."""
    return sum(np.size(node) for node in flatten(case.inputs)[1] if not isinstance(node, (dict, list, tuple)))


@lru_cache(maxsize=KEPT_CASES)  # a whole class is judged on the same cases
def _inputs(name, probe, case, _language):
    """Return what the inputs of a case are in short, in a language, and Python that calls a function on them."""
    short = {one: _in_short(value) for one, value in case.inputs.items()}
    code = call(name, case) if probe == "call" and _size(case) < MAX_CALL_LETTERS else ""
    return short, code if len(code) <= MAX_CALL_LETTERS else ""


def _in_short(value):
    """Return what an input is: the shape of an array, what a dict holds, anything else as it is written."""
    if isinstance(value, np.ndarray) and value.ndim:
        return describe(value)
    if isinstance(value, dict):
        held = [f"{key} {one.shape if isinstance(one, np.ndarray) else _in_short(one)}" for key, one in value.items()]
        more = len(held) > MAX_SHOWN_KEYS
        text = _("a dict with {entries} and {count} more") if more else _("a dict with {entries}")
        return text.format(entries=_(", ").join(held[:MAX_SHOWN_KEYS]), count=len(held) - MAX_SHOWN_KEYS)
    text = repr(value)
    return text if len(text) <= MAX_SHOWN_LETTERS else describe(value)


def call(function, case, digits=4):
    """Return lines of Python that call a function on a case; empty where an input has no form that Python could read.

    Parameters
    ----------
    function : str
    case : Case
    digits : int
        That the numbers of arrays have: 4 to be read, 17 to be the very same.
    """
    try:
        lines = [f"{name} = {_as_code(value, digits)}" for name, value in case.inputs.items()]
    except TypeError:
        return ""
    return "\n".join([*lines, f"{function}({', '.join(case.inputs)})"])


def _as_code(value, digits):
    """Return a value as Python writes it.

    Raises
    ------
    TypeError
        If it holds something that has no such form.
    """
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf" and np.isfinite(value).all():
        rounded = {"float_kind": f"{{:.{digits}g}}".format}
        numbers = np.array2string(value, LINE_LETTERS, separator=", ", formatter=rounded, threshold=value.size + 1)
        numbers = numbers if value.size else f"np.zeros({value.shape})"
        return f'np.array({numbers}, dtype="{value.dtype.name}")'
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {_as_code(one, digits)}' for key, one in value.items())}}}"
    if isinstance(value, (list, tuple)):
        items = ", ".join(_as_code(one, digits) for one in value)
        return f"[{items}]" if isinstance(value, list) else f"({items}{',' * (len(value) == 1)})"
    if value is None or isinstance(value, (bool, int, float, str)):
        return repr(value)
    raise TypeError(f"no way to write {describe(value)}")
