"""Say what is wrong with an answer that is no known mistake: by its kind, by its numbers, or by the error it ends in.

All that is said here is a fact about the answer on the cases, so it needs no declaration and fits every exercise.
"""

import difflib
import re
from itertools import permutations

import numpy as np

from helpers.check.comparing import INPUTS, difference
from helpers.check.errors import meaning
from helpers.check.lines import INPUT_SIZES, NUMBER_IN_CODE, WHAT_IS_IT, WHERE_FROM, joined, kinds_of, said, same_size
from helpers.check.nested import flatten
from helpers.check.probe import error_of
from helpers.check.report import Hint, sound
from helpers.check.wire import Unknown
from helpers.language import N_, Told, as_told, listed

DOCSTRING = N_("the docstring of the function: what it takes, and what it returns")
LINE = re.compile(r"line \d+: (.*)")
CALL = re.compile(r"\w+, line \d+: (.*)")
RETURNED = re.compile(r"expected \d+ values \(([\w, ]+)\), got ([\w ]+)")
CAST = re.compile(r"from dtype\('(float\d+)'\) to dtype\('(int\d+)'\)")
SIZE = re.compile(r"size (\d+) along axis (\d+)")
UNDEFINED = re.compile(r"name '(\w+)' is not defined")
UNSET = re.compile(r"cannot access local variable '(\w+)'")
MISSING_KEY = re.compile(r"'(\w+)'")
COUNTED = re.compile(r"for (\w+) in (?:reversed\()?range\((?:\d+, ?)?(\d+)\)")  # so many steps, whatever the inputs
MOST_WORDS, MOST_NAMES = 80, 4  # of a hint, and of names in a line that it tells of
MOST_LINES = 2  # that set the names in a line: of more, all is as likely
MOST_VALUES = 5  # of an answer whose values are tried in every order
OF_KIND = {
    "NoneType": (
        "nothing is returned",
        N_("What does a function give back that ends without return? Look at its last line."),
        N_("the function returns nothing (None): its return line is missing, or it prints the result."),
    ),
    "generator": (
        "a generator is returned",
        N_("What is the difference between yield and return?"),
        N_("yield stands in place of return: what comes back is a generator, which has computed nothing yet."),
    ),
}
QUESTION_OF_TIME = N_("Compare its slices with each other, one by one. Which step or column does each belong to?")
WHICH_VALUES = N_("Which values does the docstring list? Which of them does your last line return, in which order?")
STEPS = ("last step", N_("only the last step is wrong.")), ("first step", N_("only the first step is wrong."))
COLUMNS = ("last column", N_("only the last column is wrong.")), ("first column", N_("only the first column is wrong."))
MISSING_VALUES = "values are missing or too many"


def explain(spec, cases, expected, got, parts):
    """Explain wrong parts of an answer.

    Parameters
    ----------
    spec : Spec
    cases : list of Case
        The task's own.
    expected, got : list of dict
        Outcomes of the reference and of the learner's function, one for each case.
    parts : list of str
        The wrong parts that no known mistake explains.

    Returns
    -------
    list of Hint
        Empty where nothing is known.
    """
    for case, right, mine in zip(cases, expected, got, strict=True):
        if "error" in mine:
            return _of_error(_errors(cases, got), case.inputs if spec.probe == "call" else {}, tuple(parts))
        hint = _of_whole(spec, case, right["value"], mine["value"], tuple(parts))
        if hint:
            return [hint]
    if any(isinstance(spec.split(one["value"]), str) for one in got):
        return []
    pairs = [(spec.split(right["value"]), spec.split(mine["value"])) for right, mine in zip(expected, got, strict=True)]
    found = [_changed(got)] if INPUTS in parts else []
    # In an answer that a probe puts together, None stands for what could not be computed: another part says why.
    silent = () if spec.returns else {part for part in parts for _, mine in pairs if mine.get(part, 0) is None}
    parts = [part for part in parts if part != INPUTS]
    return [*found, *_of_parts(cases, pairs, [part for part in parts if part not in silent] or parts)]


def _hint(name, question, text, parts):
    return Hint(sound(name), sound(question), sound(text), DOCSTRING, tuple(parts))


def whole_answer(report, name, question, text):
    """Return a hint that explains all wrong parts of a report.

    Parameters
    ----------
    report : Report
    name, question, text : str

    Returns
    -------
    Hint
    """
    return _hint(name, question, text, [part.part for part in report.parts if not part.ok])


# --- An answer that ends in an error ----------------------------------------------------------------------------------


def _of_error(errors, inputs, parts):
    """Return hints for the first of some (exception, sizes of the inputs), from its words and the lines it names."""
    error = errors[0][0]
    alike = [one for one in errors if one[0].get("where") == error.get("where")]
    on_each = [kinds_of(one.get("names", "")) | {INPUT_SIZES: sizes} for one, sizes in alike]
    text = error["message"]
    line = LINE.search(error.get("where", ""))
    line = line[1] if line else ""
    if match := UNDEFINED.search(text):
        return [_undefined(match[1], inputs, parts)]
    if match := UNSET.search(text):
        question = N_("In which line does {name} get its value? Is that line reached before the one that reads it?")
        hint = N_("{name} is read before it has a value: the line that sets it is missing, or stands too late.")
        both = (Told(one, name=match[1]) for one in (question, hint))
        return [_hint(f"no value yet: {match[1]}", *both, parts)]
    if error["type"] == "KeyError" and (match := MISSING_KEY.fullmatch(text)):
        question = N_("Which keys does the dict have that you read from? Print them.")
        names = {name.partition("[")[0] for name in kinds_of(error.get("names", ""))}
        keys = sorted(str(key) for name in names if isinstance(inputs.get(name), dict) for key in inputs[name])
        few = 0 < len(keys) < 20
        hint = N_("there is no key {key}. The dict has {keys}.") if few else N_("there is no key {key}.")
        hint = Told(hint, key=match[1], keys=", ".join(keys))
        return [_hint(f"no such key: {match[1]}", question, hint, parts)]
    if match := RETURNED.fullmatch(text):  # what a probe says that needs several values
        if match[2] in OF_KIND:
            return [_hint(*OF_KIND[match[2]], parts)]
        hint = Told("expected {wanted}, got {got}.", wanted=match[1], got=match[2])
        return [_hint(MISSING_VALUES, WHICH_VALUES, hint, parts)]
    if match := CAST.search(text):
        question = N_("Which type do the entries of the array have that the result is written into? Print its dtype.")
        hint = N_(
            "the array holds whole numbers ({whole}), and numbers with fractions ({fractions}) do not go into it."
        )
        hint = Told(hint, whole=match[2], fractions=match[1])
        return [_hint("fractions into whole numbers", question, hint, parts)]
    kinds = [said(*one) for one in kinds_of(error.get("names", "")).items()]
    if call := CALL.fullmatch(error.get("call", "")):
        other = error["where"].partition(",")[0]
        question = N_("Which values does {name} take, in which order? What does the line that calls it give to it?")
        hint = Told("{name} ends in an error, called with {kinds}.", name=other, kinds=listed(kinds))
        name = f"cannot be done: {call[1]}"
        if number := same_size(on_each):
            name, always = number
            question = WHERE_FROM
            hint = joined(Told("{name} is called with {kinds}.", name=other, kinds=listed(kinds)), always)
        return [_hint(name, Told(question, name=other), hint, parts)]
    told = meaning(error, line, listed(kinds[:MOST_NAMES]), on_each)
    if kinds and not told:
        hint = Told("in the line of the error {kinds}.", kinds=listed(kinds))
        told = f"cannot be done: {line}", WHAT_IS_IT, hint
    if not told:
        return []
    *rest, text = told
    lines = [one for one in error.get("set", "").split("\t") if one]
    counted = COUNTED.search(error.get("set", ""))
    words = rest[0].split()  # too far: t in x
    if counted and words[:2] == ["too", "far:"] and counted[1] in words and words[-1] in inputs:
        rest[0] = f"{NUMBER_IN_CODE}: {counted[2]}"
        more = N_("The loop ends at {number}, written as a number; how many steps there are follows from the inputs.")
        text = joined(as_told(text), Told(more, number=counted[2]))
    if 0 < len(lines) <= MOST_LINES:
        more = Told("{text} Its names come from: {lines}", text=as_told(text), lines="; ".join(lines))
        text = more if len(more.split()) <= MOST_WORDS else text
    return [_hint(*rest, text, parts)]


def _errors(cases, got):
    """Return (error, the sizes of the inputs) of each case that ends in one."""
    return [(one["error"], _sizes_of(case.inputs)) for case, one in zip(cases, got, strict=True) if "error" in one]


def _sizes_of(inputs):
    """Return all sizes that follow from inputs: of arrays, lengths, whole numbers, and the words in each text."""
    arrays = [one for one in flatten(inputs)[1] if isinstance(one, np.ndarray)]
    sizes = {size for one in arrays for size in one.shape}
    texts = [*inputs.values(), *(text for one in arrays if one.dtype.kind == "U" for text in one.flat)]
    sizes |= {len(one.split()) for one in texts if isinstance(one, str)}
    sizes |= {len(one) for one in inputs.values() if isinstance(one, (dict, list, str))}
    return sizes | {one for one in inputs.values() if type(one) is int}


def number_in_code(spec, cases, expected, got, parts):
    """Find wrong parts that have one size on all cases, where the inputs have others: it is a number in the code.

    Parameters
    ----------
    spec, cases, expected, got, parts
        As for `explain`.

    Returns
    -------
    list of Hint
    """
    if errors := _errors(cases, got):
        given = next(case.inputs for case, one in zip(cases, got, strict=True) if "error" in one)
        hints = _of_error(errors, given if spec.probe == "call" else {}, tuple(parts))
    else:
        hints = explain(spec, cases, expected, got, [part for part in parts if part != INPUTS])
    return [one for one in hints if NUMBER_IN_CODE in one.mistake]


def _undefined(name, inputs, parts):
    keys = {key: parameter for parameter, value in inputs.items() if isinstance(value, dict) for key in value}
    close = difflib.get_close_matches(name, list(inputs), 1, 0.5)
    question = Told("Where does {name} get its value? Is that inside this function?", name=name)
    hint = Told(
        "this function has no variable {name}: it is none of its parameters, and no line before sets it. "
        "What other cells or functions have is not for it to use.",
        name=name,
    )
    if name in keys:
        hint = joined(hint, Told("{name} is an entry of {held}: take it out first.", name=name, held=keys[name]))
    elif close:
        hint = joined(hint, Told("Is {name} meant?", name=close[0]))
    return _hint(f"no such variable: {name}", question, hint, parts)


# --- An answer of the wrong kind --------------------------------------------------------------------------------------


def _of_whole(spec, case, right, mine, parts):
    """Return a hint for an answer that is as a whole of the wrong kind; None where it is not."""
    if right is not None and (kind := _type_name(mine)) in OF_KIND:
        return _hint(*OF_KIND[kind], parts)
    names = ", ".join(spec.returns)
    if len(spec.returns) < 2:
        return None

    def same(one, other):
        return difference(one, other, case.tolerance) is None

    if not isinstance(mine, (tuple, list)) or len(mine) != len(spec.returns):
        values = list(mine) if isinstance(mine, (tuple, list)) else [mine]
        some = values[: 2 * len(spec.returns)]  # of what may be millions
        there = [name for name, one in zip(spec.returns, right, strict=True) if any(same(one, v) for v in some)]
        missing = [name for name in spec.returns if name not in there]
        text = N_("expected {wanted}, got {count} values.")
        if there and missing:
            text = N_("expected {wanted}, got {there} without {missing}.")
        elif len(values) == 1:
            text = N_("expected {wanted}, got {count} value.")
        text = Told(text, wanted=names, there=", ".join(there), missing=", ".join(missing), count=len(values))
        return _hint(MISSING_VALUES, WHICH_VALUES, text, parts)
    if len(mine) <= MOST_VALUES and not any(same(*pair) for pair in zip(right, mine, strict=True) if len(mine) == 2):
        for order in permutations(range(len(mine))):
            if order != tuple(range(len(mine))) and all(same(right[j], mine[i]) for i, j in enumerate(order)):
                came = ", ".join(spec.returns[j] for j in order)
                text = Told("expected the values in the order {wanted}, got {got}.", wanted=names, got=came)
                return _hint("values in another order", WHICH_VALUES, text, parts)
    return None


def _type_name(value):
    return "NoneType" if value is None else getattr(value, "type_name", "")


# --- Numbers ----------------------------------------------------------------------------------------------------------


def _changed(got):
    names = ", ".join(sorted({name for one in got for name in one["changed"]}))
    return _hint(
        f"an input is changed: {names}",
        Told("Print {names} before and after the call. Which of your lines changes it?", names=names),
        Told(
            "{names} is changed in place: a line writes into its array, or adds to it. "
            "Make a new array for the result.",
            names=names,
        ),
        [INPUTS],
    )


def _of_parts(cases, pairs, parts):
    """Return a hint for each wrong part about whose numbers something is true on all cases where it is wrong."""
    found = {}
    for part in parts:
        wrong = [
            (right, mine, case)
            for case, (right, mine) in zip(cases, pairs, strict=True)
            if part not in mine or difference(right[part], mine[part], case.tolerance)
        ]
        if facts := _common([list(_facts(part, *one)) for one in wrong]):
            fact = min(facts)
            found.setdefault(_number(part, fact, wrong) or fact, []).append(part)
    hints = []
    for (rank, name, question, text), where in found.items():
        if rank:  # the kind of an answer needs no part
            name = f"{', '.join(where)}: {name}"
            text = Told("{part}: {fault}", part=listed(map(Told, where)), fault=as_told(text))
        hints.append(_hint(name, question, text, where))
    return hints


def _number(part, fact, wrong):
    """Return the fact that a size is a number in the code; None where it may follow from the inputs."""
    size = SIZE.fullmatch(fact[1])
    if not size or all(int(size[1]) in {0, *_sizes_of(case.inputs)} for *_, case in wrong):
        return None
    arrays = [one for right, *_ in wrong for one in flatten(right[part])[1] if isinstance(one, np.ndarray)]
    if len({one.shape[int(size[2])] for one in arrays}) < 2:  # the right one is the same on all cases, too
        return None
    text = Told(
        "on every case there is a size {number} along axis {axis}, whatever the inputs: "
        "the size is written as a number.",
        number=size[1], axis=size[2],
    )  # fmt: skip
    return 0, f"{NUMBER_IN_CODE}: {size[1]}", WHERE_FROM, text


def _common(told):
    """Return the facts in the first of several lists that have the same rank and name in all of them."""
    names = [{fact[:2] for fact in facts} for facts in told]
    return [fact for fact in told[0] if all(fact[:2] in one for one in names)] if told else []


def _facts(part, right, mine, case):
    """Yield (rank, name, question, text) of what is true of a wrong value; the same words for every case."""
    if part not in mine:
        question = N_("Which names are expected? Compare them one by one with those that you give.")
        text = Told("nothing of that name is among what came ({count} in all).", count=len(mine))
        yield 1, "missing", question, text
        return
    want, have = right[part], mine[part]
    if isinstance(want, dict) and isinstance(have, dict) and want.keys() == have.keys():  # several answers in one part
        wrong = [key for key in want if difference(want[key], have[key], case.tolerance)]
        yield from _common([list(_facts(key, want, have, case)) for key in wrong])
        return

    def same(one, other):
        return difference(one, other, case.tolerance) is None

    if want is not None and _type_name(have) in OF_KIND:
        yield 0, *OF_KIND[_type_name(have)]
    elif isinstance(have, Unknown) and ": " in have.type_name:
        for hint in _of_error([(error_of(have), set())], {}, ()):
            yield 0, hint.mistake, hint.question, hint.text
    if isinstance(want, list) and isinstance(have, list) and len(want) == len(have):
        for place, (due, got) in enumerate(zip(want, have, strict=True)):
            if isinstance(due, str) and isinstance(got, str) and due != got:  # numbers are compared below
                text = N_("the entry at {place}, counted from 0, is {got}; {due} is due.")
                question = N_("Compare the entries one by one. From which line does each follow?")
                yield 4, f"entry {place}", question, Told(text, place=place, got=got[: len(due) + 20], due=due)
    elif isinstance(want, list) and isinstance(have, list):
        text = Told("expected a list of {wanted}, got one of {got}.", wanted=len(want), got=len(have))
        yield 4, "length", N_("Which line adds an entry, and how often is it reached?"), text
    if isinstance(have, list) and isinstance(want, np.ndarray):
        yield 0, "a list", N_("What type does it have? Print it."), N_("expected an array, got a list.")
    for other, value in right.items():
        if isinstance(value, np.ndarray) and other != part and same(value, have):
            question = N_("Which of your variables goes where? Compare the names with the docstring.")
            yield 1, f"holds {other}", question, Told("what came is {name}.", name=other)
    for name, value in case.inputs.items():
        if same(value, have):
            question = N_("Does what you return differ from what was given?")
            yield 1, f"is {name}", question, Told("it is {name}, as it was given.", name=name)
        steps = (
            ("first", 0, N_("it is the first step of {name}, as it was given.")),
            ("last", -1, N_("it is the last step of {name}, as it was given.")),
        )
        for which, step, text in steps if getattr(value, "ndim", 0) == 3 and value.size else ():
            if same(value[:, :, step], have):
                question = N_("What happens to what is given before it is returned?")
                yield 1, f"is the {which} step of {name}", question, Told(text, name=name)
    want, have = (
        np.asarray(one) if isinstance(one, (np.ndarray, float, int, np.generic)) else None for one in (want, have)
    )
    if want is None or have is None or want.dtype.kind not in "fi" or have.dtype.kind not in "fi":
        return
    orders = permutations(range(have.ndim)) if have.ndim == want.ndim < MOST_VALUES else ()
    if any(have.transpose(o).shape == want.shape and same(want, have.transpose(o)) for o in orders):
        text = N_("it is transposed: all numbers are right, but its axes have changed places.")
        yield 2, "transposed", N_("Which size comes first in its shape?"), text
    elif have.shape != want.shape and have.size == want.size and same(want, have.reshape(want.shape)):
        text = N_("an axis of length 1 is lost or added; all numbers are right.")
        yield 2, "axis of length 1", N_("How many axes should it have? Count them where one size is 1."), text
    if have.shape != want.shape:
        if have.ndim != want.ndim:
            question = N_("Print the shape of what you return. How many axes should it have?")
            yield 6, "axes", question, Told("expected {wanted} axes, got {got}.", wanted=want.ndim, got=have.ndim)
        for axis, (due, size) in enumerate(zip(want.shape, have.shape, strict=False) if have.ndim == want.ndim else ()):
            if size != due:
                text = N_("its size along axis {axis} is {size}, which is not the one that follows from these inputs.")
                question = N_("From which input does this size follow? Print both.")
                yield 6, f"size {size} along axis {axis}", question, Told(text, axis=axis, size=size)
        return
    if not np.isfinite(have).all():
        return
    if have.dtype.kind != want.dtype.kind and (
        np.array_equal(have, np.trunc(want)) or np.array_equal(have, np.rint(want))
    ):
        text = N_("it holds whole numbers: the fractions are cut off. The array was made for integers.")
        yield 2, "whole numbers", N_("Which type do its entries have? Can that type hold a fraction?"), text
    elif np.array_equal(have, np.floor(want)) and not np.array_equal(have, want):
        text = N_("it holds whole numbers: each is rounded down. Is // written where / is due?")
        yield 2, "whole numbers", N_("Which lines divide, and by what? Does that division keep the fractions?"), text
    want, have = want.astype(float), have.astype(float)
    if not have.any():
        text = N_("it is all zeros: nothing is ever stored in it, or what is stored is zero.")
        yield 3, "all zeros", N_("In which line would its zeros be replaced?"), text
    elif same(want, -have):
        question = N_("Is it too large or too small, or on the other side of zero?")
        yield 3, "sign", question, N_("every number has the wrong sign.")
    if want.ndim == 3 and want.shape[2] > 1:
        yield from _facts_of_time(want, have, same)
    last = want.shape[-1] - 1 if want.ndim > 1 else 0
    wrong = [t for t in range(last + 1) if not same(want[..., t], have[..., t])] if last else []
    ends = STEPS if want.ndim == 3 else COLUMNS
    for (name, text), number in zip(ends, (last, 0), strict=True):
        if wrong == [number]:
            yield 5, name, QUESTION_OF_TIME, text


def _facts_of_time(want, have, same):
    """Yield what is true of an array whose last axis is time."""
    question = QUESTION_OF_TIME
    if same(want[:, :, ::-1], have):
        yield 3, "mirrored in time", question, N_("the steps are in the reverse order.")
    if same(want[:, :, :-1], have[:, :, 1:]):
        yield 3, "one step late", question, N_("each slice holds the step before.")
    if same(want[:, :, 1:], have[:, :, :-1]):
        yield 3, "one step early", question, N_("each slice holds the step after.")
    if not np.diff(have, axis=2).any():
        yield 4, "all steps alike", question, N_("all steps hold the same numbers.")
