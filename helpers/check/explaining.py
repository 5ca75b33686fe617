"""Say what is wrong with an answer that is no known mistake: by its kind, by its numbers, or by the error it ends in.

All that is said here is a fact about the answer on the cases, so it needs no declaration and fits every exercise.
"""

import ast
import difflib
import re
from itertools import permutations

import numpy as np

from helpers.check.comparing import INPUTS, difference
from helpers.check.errors import meaning
from helpers.check.probe import SYMBOLIC, error_of
from helpers.check.report import Hint, sound
from helpers.check.wire import Unknown
from helpers.language import N_, _, ngettext

DOCSTRING = N_("the docstring of the function: what it takes, and what it returns")
LINE = re.compile(r"line \d+: (.*)")
CALL = re.compile(r"\w+, line \d+: (.*)")
RETURNED = re.compile(r"expected \d+ values \(([\w, ]+)\), got ([\w ]+)")
CAST = re.compile(r"from dtype\('(float\d+)'\) to dtype\('(int\d+)'\)")
UNDEFINED = re.compile(r"name '(\w+)' is not defined")
UNSET = re.compile(r"cannot access local variable '(\w+)'")
MISSING_KEY = re.compile(r"'(\w+)'")
NAMED = re.compile(r"([A-Za-z_]\w*(?:\[['\"]\w+['\"]\])?) (\([\d, ]*\)|\w+(?:\([\w, ]*\))?)")  # see helpers.check.probe
KINDS = {
    "dict": N_("{name} is a dict"), "list": N_("{name} is a list"), "tuple": N_("{name} is a tuple"),
    "int": N_("{name} is a number"), "float": N_("{name} is a number"), "NoneType": N_("{name} is None"),
    "str": N_("{name} is a text"), "function": N_("{name} is a function"),
    "Functional": N_("{name} is a model"),
}  # fmt: skip
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
FIRST_TURNED = (
    N_("The first would fit, were it transposed."),
    N_("The first would fit, were it not transposed."),
)
SECOND_TURNED = (
    N_("The second would fit, were it transposed."),
    N_("The second would fit, were it not transposed."),
)
MISSING_VALUES = "values are missing or too many"
WHAT_FITS = N_(
    "Which shapes stand on the two sides of the operator in that line? Write them down. Do they fit together?"
)


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
            return _of_error(mine["error"], case.inputs if spec.probe == "call" else {}, tuple(parts))
        hint = _of_whole(spec, case, right["value"], mine["value"], tuple(parts))
        if hint:
            return [hint]
    if any(isinstance(spec.split(one["value"]), str) for one in got):
        return []
    pairs = [(spec.split(right["value"]), spec.split(mine["value"])) for right, mine in zip(expected, got, strict=True)]
    found = [_changed(got)] if INPUTS in parts else []
    # In an answer that a probe puts together, None stands for what could not be computed: another part says why.
    silent = () if spec.returns else {part for part in parts for _, mine in pairs if mine.get(part, 0) is None}
    return [*found, *_of_parts(cases, pairs, [part for part in parts if part != INPUTS and part not in silent])]


def _hint(name, question, text, parts):
    return Hint(sound(name), sound(question), sound(text), DOCSTRING, tuple(parts))


# --- An answer that ends in an error ----------------------------------------------------------------------------------


def _of_error(error, inputs, parts):
    """Return hints for an exception, from its type, its text, the line that raised it and those that set its names."""
    text = error["message"]
    line = LINE.search(error.get("where", ""))
    line = line[1] if line else ""
    if match := UNDEFINED.search(text):
        return [_undefined(match[1], inputs, parts)]
    if match := UNSET.search(text):
        question = _("In which line does {name} get its value? Is that line reached before the one that reads it?")
        hint = _("{name} is read before it has a value: the line that sets it is missing, or stands too late.")
        both = (one.format(name=match[1]) for one in (question, hint))
        return [_hint(f"no value yet: {match[1]}", *both, parts)]
    if error["type"] == "KeyError" and (match := MISSING_KEY.fullmatch(text)):
        question = N_("Which keys does the dict have that you read from? Print them.")
        keys = sorted({str(key) for value in inputs.values() if isinstance(value, dict) for key in value})
        few = 0 < len(keys) < 20
        hint = _("there is no key {key}. The dict has {keys}.") if few else _("there is no key {key}.")
        hint = hint.format(key=match[1], keys=", ".join(keys))
        return [_hint(f"no such key: {match[1]}", question, hint, parts)]
    if match := RETURNED.fullmatch(text):  # what a probe says that needs several values
        if match[2] in OF_KIND:
            return [_hint(*OF_KIND[match[2]], parts)]
        hint = _("expected {wanted}, got {got}.").format(wanted=match[1], got=match[2])
        return [_hint(MISSING_VALUES, WHICH_VALUES, hint, parts)]
    names = dict(NAMED.findall(error.get("names", "")))
    if match := CAST.search(text):
        question = N_("Which type do the entries of the array have that the result is written into? Print its dtype.")
        hint = _("the array holds whole numbers ({whole}), and numbers with fractions ({fractions}) do not go into it.")
        hint = hint.format(whole=match[2], fractions=match[1])
        return [_hint("fractions into whole numbers", question, hint, parts)]
    if call := CALL.fullmatch(error.get("call", "")):
        other = error["where"].partition(",")[0]
        question = _("Which values does {name} take, in which order? What does the line that calls it give to it?")
        hint = _("{name} ends in an error, called with {kinds}.").format(name=other, kinds=_kinds(names))
        return [_hint(f"cannot be done: {call[1]}", question.format(name=other), hint, parts)]
    shapes = {name.replace('"', "'"): _sizes(what) for name, what in names.items() if what.startswith("(")}
    try:
        found = _misfit(ast.parse(line.strip().rstrip(":")), shapes)
    except (
        SyntaxError,
        ValueError,
        OverflowError,
        RecursionError,
    ):  # no line of Python, or one that was made to be odd
        found = None
    lines = [one for one in error.get("set", "").split("\t") if one]
    before = _(" Its names come from: {lines}").format(lines="; ".join(lines)) if 0 < len(lines) <= MOST_LINES else ""
    told = [f"shapes do not fit: {line}", WHAT_FITS, found] if found else None
    told = told or meaning(error, line, _kinds(dict(list(names.items())[:MOST_NAMES])))
    if names and not told:
        question = N_(
            "What is each name in that line: an array, a dict, a list, a number? Which of them should it not be?"
        )
        told = f"cannot be done: {line}", question, _("in the line of the error {kinds}.").format(kinds=_kinds(names))
    if not told:
        return []
    *rest, text = told
    return [_hint(*rest, text + before if len(f"{text}{before}".split()) <= MOST_WORDS else text, parts)]


def _kinds(names):
    """Say what each name is: "xt has shape (3, 10), t is a number"."""
    others = _("{name} has shape {what}"), _("{name} is of type {what}")
    kinds = [_(KINDS.get(what, "")) or others[not what.startswith("(")] for what in names.values()]
    told = _(", ").join(
        one.format(name=_plain(name), what=what) for one, (name, what) in zip(kinds, names.items(), strict=True)
    )
    return told.replace(f"is of type {SYMBOLIC}(", "is symbolic, of shape (").replace("(None, ", "(m, ")


def _plain(name):
    """Return how words call a variable or an entry of a dict: Wf for parameters['Wf'], "xt transposed" for xt.T."""
    name = re.sub(r"\w+\[['\"](\w+)['\"]\]", r"\1", name)
    return _("{name} transposed").format(name=name.removesuffix(".T")) if name.endswith(".T") else name


def _undefined(name, inputs, parts):
    keys = {key: parameter for parameter, value in inputs.items() if isinstance(value, dict) for key in value}
    close = difflib.get_close_matches(name, list(inputs), 1, 0.5)
    question = _("Where does {name} get its value? Is that inside this function?").format(name=name)
    hint = _(
        "this function has no variable {name}: it is none of its parameters, and no line before sets it. "
        "What other cells or functions have is not for it to use."
    ).format(name=name)
    more = ""
    if name in keys:
        more = _("{name} is an entry of {held}: take it out first.").format(name=name, held=keys[name])
    elif close:
        more = _("Is {name} meant?").format(name=close[0])
    hint = _("{sentence} {next}").format(sentence=hint, next=more) if more else hint
    return _hint(f"no such variable: {name}", question, hint, parts)


def _sizes(text):
    return tuple(map(int, re.findall(r"\d+", text)))


def _misfit(tree, shapes):
    """Say which two arrays in a line do not fit together, and what would make them fit; None if all do."""
    for node in ast.walk(tree):
        product = isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)
        sides = (node.left, node.right) if isinstance(node, ast.BinOp) else ()
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("np.dot", "np.matmul") and len(node.args) == 2:
            product, sides = True, node.args
        found = [_shape(side, shapes) for side in sides]
        if len(found) != 2 or None in found:
            continue
        names = [_plain(ast.unparse(side)) for side in sides]
        one, other = found
        both = {"first": names[0], "shape": one, "second": names[1], "other": other}
        if product and len(one) == len(other) == 2 and one[1] != other[0]:
            turned = [isinstance(side, ast.Attribute) and side.attr == "T" for side in sides]
            fits = {
                _("In the other order they would fit."): other[1] == one[0],
                _(FIRST_TURNED[turned[0]]): one[0] == other[0],
                _(SECOND_TURNED[turned[1]]): one[1] == other[1],
            }
            text = _(
                "{first} has shape {shape} and {second} has shape {other}: "
                "no matrix product, which needs as many columns as rows."
            ).format(**both)
            for cure in [one for one, does in fits.items() if does] or [
                _("One of the two is not the one that is due.")
            ]:
                text = _("{sentence} {next}").format(sentence=text, next=cure)
            return text
        if not product:
            try:
                np.broadcast_shapes(one, other)
            except ValueError:
                return _(
                    "{first} has shape {shape} and {second} has shape {other}: they do not fit entry by entry. "
                    "Is one of them not the one that is due, or transposed?"
                ).format(**both)
    return None


def _shape(node, shapes):
    """Return the shape of an expression of names, transposes and products; None where it cannot be told."""
    text = ast.unparse(node)
    if text in shapes:
        return shapes[text]
    if isinstance(node, ast.Attribute) and node.attr == "T":
        inner = _shape(node.value, shapes)
        return inner and inner[::-1]
    if isinstance(node, ast.BinOp):
        one, other = _shape(node.left, shapes), _shape(node.right, shapes)
        if one is None or other is None:
            return one or other if isinstance(node.left, ast.Constant) or isinstance(node.right, ast.Constant) else None
        if isinstance(node.op, ast.MatMult):
            return (one[0], other[1]) if len(one) == len(other) == 2 and one[1] == other[0] else None
        try:
            return np.broadcast_shapes(one, other)
        except ValueError:
            return None
    return None


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
        count = ngettext("expected {wanted}, got {count} value.", "expected {wanted}, got {count} values.", len(values))
        text = _("expected {wanted}, got {there} without {missing}.") if there and missing else count
        text = text.format(wanted=names, there=", ".join(there), missing=", ".join(missing), count=len(values))
        return _hint(MISSING_VALUES, WHICH_VALUES, text, parts)
    if len(mine) <= MOST_VALUES and not any(same(*pair) for pair in zip(right, mine, strict=True) if len(mine) == 2):
        for order in permutations(range(len(mine))):
            if order != tuple(range(len(mine))) and all(same(right[j], mine[i]) for i, j in enumerate(order)):
                came = ", ".join(spec.returns[j] for j in order)
                text = _("expected the values in the order {wanted}, got {got}.").format(wanted=names, got=came)
                return _hint("values in another order", WHICH_VALUES, text, parts)
    return None


def _type_name(value):
    return "NoneType" if value is None else getattr(value, "type_name", "")


# --- Numbers ----------------------------------------------------------------------------------------------------------


def _changed(got):
    names = ", ".join(sorted({name for one in got for name in one["changed"]}))
    return _hint(
        f"an input is changed: {names}",
        _("Print {names} before and after the call. Which of your lines changes it?").format(names=names),
        _(
            "{names} is changed in place: a line writes into its array, or adds to it. Make a new array for the result."
        ).format(names=names),
        [INPUTS],
    )


def _of_parts(cases, pairs, parts):
    """Return a hint for each wrong part about whose numbers something is true on all cases where it is wrong."""
    found = {}
    for part in parts:
        told = [
            list(_facts(part, right, mine, case))
            for case, (right, mine) in zip(cases, pairs, strict=True)
            if part not in mine or difference(right[part], mine[part], case.tolerance)
        ]
        if facts := _common(told):
            found.setdefault(min(facts), []).append(part)
    hints = []
    for (rank, name, question, text), where in found.items():
        if rank:  # the kind of an answer needs no part
            name = f"{', '.join(where)}: {name}"
            text = _("{part}: {fault}").format(part=_(", ").join(map(_, where)), fault=_(text))
        hints.append(_hint(name, question, text, where))
    return hints


def _common(told):
    """Return the facts in the first of several lists that have the same rank and name in all of them."""
    names = [{fact[:2] for fact in facts} for facts in told]
    return [fact for fact in told[0] if all(fact[:2] in one for one in names)] if told else []


def _facts(part, right, mine, case):
    """Yield (rank, name, question, text) of what is true of a wrong value; the same words for every case."""
    if part not in mine:
        question = N_("Which names are expected? Compare them one by one with those that you give.")
        text = _("nothing of that name is among what came ({count} in all).").format(count=len(mine))
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
        for hint in _of_error(error_of(have), {}, ()):
            yield 0, hint.mistake, hint.question, hint.text
    if isinstance(want, list) and isinstance(have, list) and len(want) == len(have):
        for place, (due, got) in enumerate(zip(want, have, strict=True)):
            if isinstance(due, str) and isinstance(got, str) and due != got:  # numbers are compared below
                text = _("the entry at {place}, counted from 0, is {got}; {due} is due.")
                text = text.format(place=place, got=got[: len(due) + 20], due=due)
                question = N_("Compare the entries one by one. From which line does each follow?")
                yield 4, f"entry {place}", question, text
    elif isinstance(want, list) and isinstance(have, list):
        text = _("expected a list of {want}, got one of {have}.").format(want=len(want), have=len(have))
        yield 4, "length", N_("Which line adds an entry, and how often is it reached?"), text
    if isinstance(have, list) and isinstance(want, np.ndarray):
        yield 0, "a list", N_("What type does it have? Print it."), N_("expected an array, got a list.")
    for other, value in right.items():
        if isinstance(value, np.ndarray) and other != part and same(value, have):
            question = N_("Which of your variables goes where? Compare the names with the docstring.")
            yield 1, f"holds {other}", question, _("what came is {name}.").format(name=other)
    for name, value in case.inputs.items():
        if same(value, have):
            question = N_("Does what you return differ from what was given?")
            yield 1, f"is {name}", question, _("it is {name}, as it was given.").format(name=name)
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
            yield 6, "axes", question, _("expected {wanted} axes, got {got}.").format(wanted=want.ndim, got=have.ndim)
        for axis, (due, size) in enumerate(zip(want.shape, have.shape, strict=False) if have.ndim == want.ndim else ()):
            if size != due:
                text = _("its size along axis {axis} is {size}, which is not the one that follows from these inputs.")
                question = N_("From which input does this size follow? Print both.")
                yield 6, f"size {size} along axis {axis}", question, text.format(axis=axis, size=size)
        return
    if not np.isfinite(have).all():
        return
    if have.dtype.kind != want.dtype.kind and (
        np.array_equal(have, np.trunc(want)) or np.array_equal(have, np.rint(want))
    ):
        text = N_("it holds whole numbers: the fractions are cut off. The array was made for integers.")
        yield 2, "whole numbers", N_("Which type do its entries have? Can that type hold a fraction?"), text
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
