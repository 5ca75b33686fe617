"""Say which name or number in the line of an error is wrong, and what is due there.

Only what the line, the error's words and the kinds of the names in the line prove is said. Where an array has the same
size on every case, whatever the inputs, that size is a number in the code.

`helpers.check.errors` says which rule is for which error. A rule is called with the line's syntax tree, what the names
in it stood for on each case (the first case's error is the one to explain) and the match of the error's words. It
returns (name of the mistake, question, text), or None where it proves nothing.
"""

import ast
import contextlib
import re
from itertools import permutations

import numpy as np

from helpers.check.probe import SYMBOLIC
from helpers.language import N_, Told

KINDS = {
    "dict": N_("{name} is a dict"), "list": N_("{name} is a list"), "tuple": N_("{name} is a tuple"),
    "float": N_("{name} is a number"), "NoneType": N_("{name} is None"), "str": N_("{name} is a text"),
    "function": N_("{name} is a function"), "builtin_function_or_method": N_("{name} is a function"),
    "int": N_("{name} is a number"), "Functional": N_("{name} is a model"),
}  # fmt: skip
# As `helpers.check.probe.describe` says what names stand for.
NAMED = re.compile(r"([A-Za-z_]\w*(?:\[['\"]\w+['\"]\])?) (\([\d, ]*\)|-?\w+(?:\([\w, ]*\))?)")
NUMBER_IN_CODE = "size as a number"
INPUT_SIZES = "sizes of the inputs"  # among the kinds of names; no name has spaces
WHAT_FITS = N_(
    "Which shapes stand on the two sides of the operator in that line? Write them down. Do they fit together?"
)
WHAT_IS_IT = N_("What is each name in that line: an array, a dict, a list, a number? Which of them should it not be?")
WHERE_FROM = N_("Which line makes it, and from which sizes? Compare them one by one with its shape in the docstring.")
FIRST_TURNED = (
    N_("The first would fit, were it transposed."),
    N_("The first would fit, were it not transposed."),
)
SECOND_TURNED = (
    N_("The second would fit, were it transposed."),
    N_("The second would fit, were it not transposed."),
)


def proven(rule, line, cases, found):
    """Return what a rule says of a line; None where it proves nothing, or where this is no whole line of Python."""
    with contextlib.suppress(SyntaxError, ValueError, OverflowError, RecursionError):  # or it is made to be odd
        tree = ast.parse(f"{line.strip()} pass" if line.rstrip().endswith(":") else line.strip())
        return rule(tree, cases, found) if tree.body else None


def kinds_of(names):
    """Return {name: shape, number or the word for its type} of what `helpers.check.probe.describe` says of a line."""
    return {name.replace('"', "'"): _kind(what) for name, what in NAMED.findall(names)}


def _kind(what):
    if what.startswith("("):
        return tuple(map(int, re.findall(r"\d+", what)))
    return int(what) if what.lstrip("-").isdecimal() else what


def said(name, kind):
    """Say in words what a name stands for: "Wf has shape (5, 8)", "t is 3"."""
    words = KINDS.get(kind, N_("{name} is of type {what}"))
    if isinstance(kind, int):
        words = N_("{name} is {what}")
    elif isinstance(kind, tuple):
        words = N_("{name} has shape {what}")
    elif kind.startswith(f"{SYMBOLIC}("):
        words = N_("{name} is symbolic, of shape {what}")
        kind = kind.removeprefix(SYMBOLIC).replace("(None, ", "(m, ")
    return Told(words, name=plain(name), what=kind)


def plain(name):
    """Return how words call a variable or an entry of a dict: Wf for parameters['Wf'], "xt transposed" for xt.T."""
    name = _short(name)
    return Told("{name} transposed", name=name.removesuffix(".T")) if name.endswith(".T") else name


def _short(name):
    return re.sub(r"\w+\[['\"](\w+)['\"]\]", r"\1", name)


def no_function(tree, cases, found):
    for node in ast.walk(tree):
        name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        if name in cases[0]:
            question = N_("Which name stands before the parenthesis? Is it that of a function?")
            text = N_("{kind}: no function. The name of a function is due before the parenthesis.")
            return f"no function: {name}", question, Told(text, kind=said(name, cases[0][name]))
    return None


def no_attribute(tree, cases, found):
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == found[1] and ast.unparse(node.value) in cases[0]:
            name = ast.unparse(node.value)
            kind = cases[0][name]
            if kind not in KINDS and isinstance(kind, str) or kind == "NoneType":
                return None  # of Keras, or never set: its words tell more
            text = N_("{kind}, which has no {attribute}. Another name is due.")
            if kind in ("dict", "list", "tuple"):
                text = N_("{kind}, which has no {attribute}. One of its entries is due.")
            elif callable(getattr(np, node.attr, None)):
                text = N_("{kind}, which has no {attribute}. Is np.{attribute} meant?")
            return f"no {node.attr}: {name}", WHAT_IS_IT, Told(text, kind=said(name, kind), attribute=node.attr)
    return None


def no_range(tree, cases, found):
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(cases[0].get(node.id), int) and isinstance(node.ctx, ast.Load):
            question = N_("Over which values does the loop go? Can a loop go over one number?")
            text = N_("{name} is a number, {number}; a loop goes over the range of it.")
            return f"no range: {node.id}", question, Told(text, name=node.id, number=cases[0][node.id])
    return None


def other_count(tree, cases, found):
    if isinstance(statement := tree.body[0], ast.Assign):
        names = ast.unparse(statement.targets[0]).strip("()")
        question = N_("How many names stand on the left of the equals sign, and how many values come from the right?")
        text = N_("{count} values are due on the right, for {names}; more came.")
        if found[2]:
            text = N_("{count} values are due on the right, for {names}; {got} came.")
        return f"unpacked: {names}", question, Told(text, count=found[1], names=names, got=found[2])
    return None


def no_index(tree, cases, found):
    """The index of an array or list is no whole number; or a text is looked up in what is no dict."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Subscript):
            continue
        for part in node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]:
            name, base = ast.unparse(part), ast.unparse(node.value)
            if name in cases[0] and not isinstance(cases[0][name], int) and cases[0].get(base) != "dict":
                text = N_("{kind}, and stands as an index of {base}. An index is a whole number.")
                return f"index: {name}", WHAT_IS_IT, Told(text, kind=said(name, cases[0][name]), base=base)
            if isinstance(part, ast.Constant) and isinstance(part.value, str) and base in cases[0]:
                text = N_("{kind}: it has no entry {key}, which a dict has.")
                return f"looked up in: {base}", WHAT_IS_IT, Told(text, kind=said(base, cases[0][base]), key=part.value)
    return None


def not_made(tree, cases, found):
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) in cases[0]:
            name = ast.unparse(node.value)
            question = N_("Which line makes it? What does that line give: an array, or its sizes?")
            text = N_("{kind}, into which nothing can be written; an array is due.")
            return f"no array: {name}", question, Told(text, kind=said(name, cases[0][name]))
    return None


def np_append(tree, cases, found):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "np.append":
            text = N_("np.append joins arrays and leaves a list as it is. A list has an append of its own.")
            return "np.append", N_("What does np.append take and give back? Does it change the list?"), text
    return None


def other_axis(tree, cases, found):
    for node in ast.walk(tree):
        axis = [one.value for one in getattr(node, "keywords", []) if one.arg == "axis"]
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], (ast.List, ast.Tuple)) and axis:
            shapes = [shape_of(one, cases[0]) for one in node.args[0].elts]
            if None not in shapes and len({one[1:] for one in shapes}) == 1 and ast.unparse(axis[0]) != "0":
                question = N_("Which sizes must be the same where arrays are joined?")
                text = N_("the arrays cannot be joined along axis {axis}; along axis 0 they fit.")
                return f"axis: {ast.unparse(axis[0])}", question, Told(text, axis=ast.unparse(axis[0]))
    return None


def no_such_shape(tree, cases, found):
    numbers = [str(one.value) for one in ast.walk(tree) if isinstance(one, ast.Constant)]
    for number in re.findall(r"\d+", found[2]):
        if number in numbers and number not in ("0", "1"):
            text = Told(
                "{count} numbers do not go into the shape ({shape}): {number} is written as a number there. "
                "The size follows from the inputs.",
                count=found[1],
                shape=found[2],
                number=number,
            )
            return f"{NUMBER_IN_CODE}: {number}", WHERE_FROM, text
    return None


def past_the_end(tree, cases, found):
    for node in ast.walk(tree):
        for part in _parts(node) if isinstance(node, ast.Subscript) else ():
            if isinstance(part, (ast.Name, ast.BinOp)) and str(_value(part, cases[0])) == found[1]:
                name, base = ast.unparse(part), ast.unparse(node.value)
                question = N_("Which is the last value that the loop variable takes? Which is the last index there is?")
                text = Told(
                    "{name} is {index}; there are {size} along axis {axis} of {base}, counted from 0. "
                    "Either the loop or the index goes too far, or {base} is too small.",
                    name=name,
                    index=found[1],
                    size=found[3],
                    axis=found[2],
                    base=base,
                )
                return f"too far: {name} in {base}", question, text
    return None


def no_numbers(tree, cases, found):
    """One side of an operation, or what is stored, is no array and no number."""
    for node in ast.walk(tree):
        sides = [node.left, node.right] if isinstance(node, ast.BinOp) else []
        if isinstance(node, ast.AugAssign) or (
            isinstance(node, ast.Assign) and isinstance(_target(node), ast.Subscript)
        ):
            sides = [node.value]
        for side in sides:
            name = ast.unparse(side.value if isinstance(side, ast.Attribute) and side.attr == "T" else side)
            kind = cases[0].get(name)
            if kind in ("dict", "list", "tuple", "str", "NoneType", "function"):
                text = {
                    "dict": N_("{kind}, and cannot be calculated with. One of its entries is due."),
                    "list": N_("{kind}, and cannot be calculated with. One of its elements is due."),
                }.get(kind, N_("{kind}, and cannot be calculated with."))
                return f"no numbers: {name}", WHAT_IS_IT, Told(text, kind=said(name, kind))
            if isinstance(kind, int) and isinstance(getattr(node, "op", None), ast.MatMult):
                text = Told("{kind}; a matrix product takes arrays.", kind=said(name, kind))
                return f"no numbers: {name}", WHAT_IS_IT, text
    return None


def _target(statement):
    """Return what a statement writes into; None for one that does not."""
    if isinstance(statement, ast.Assign):
        return statement.targets[0]
    return statement.target if isinstance(statement, ast.AugAssign) else None


def does_not_go_in(tree, cases, found):
    """What is stored does not fit into the place that an index takes out of an array."""
    statement = tree.body[0]
    target = _target(statement)
    if not isinstance(target, ast.Subscript):
        return None
    name, value = ast.unparse(target.value), shape_of(statement.value, cases[0])
    array, place = cases[0].get(name), shape_of(target, cases[0])
    if value is None or not isinstance(array, tuple) or (place is not None and _broadcast(place, value) == place):
        return None
    what = ast.unparse(statement.value)
    text = N_("{name} has shape {shape}, and {stored}, which is stored in it, has shape {other}.")
    text = Told(text, name=name, shape=array, stored=plain(what), other=value)
    axes = [axis for axis in range(len(array)) if array[:axis] + array[axis + 1 :] == value]
    parts = _parts(target)
    if len(axes) == 1 and len(parts) == len(array) and not isinstance(parts[-1], ast.Slice):
        cure = Told("The sizes of {name} are in another order, or the index is due on another axis.", name=name)
        return f"sizes in another order: {name}", WHERE_FROM, joined(text, cure)
    if len(axes) == 1:
        question = N_("Along which axis of the array does the index run? Which axis is left out of what is stored?")
        cures = {
            0: N_("The one index is due on the axis that is first."),
            len(array) - 1: N_("The one index is due on the axis that is last."),
        }
        cure = cures.get(axes[0], N_("The one index is due on axis {axis}, counted from 0."))
        cure = Told(cure, axis=axes[0])
        return f"index on another axis: {name}", question, joined(text, cure)
    if place is None or len(place) != len(value):
        return f"axes: {name}", WHERE_FROM, joined(text, Told("It needs one axis more than what is stored."))
    return _sizes((name, target, place), (what, statement.value, value), cases, text)


def joined(sentence, following):
    """Put two sentences together, as the language does that is spoken."""
    return Told("{sentence} {next}", sentence=sentence, next=following)


def _sizes(target, stored, cases, text):
    """Say which size of two arrays that should have the same is wrong; each is given as (name, node, shape)."""
    (name, _node, mine), (*_rest, due) = target, stored
    if any(tuple(due[k] for k in order) == mine for order in permutations(range(len(due)))) and mine != due:
        cure = Told("The sizes of {name} are in the wrong order.", name=name)
        return f"sizes in another order: {name}", WHERE_FROM, joined(text, cure)
    for axis in range(len(due)):
        for (whose, node, _shape), (_whose, against, _against) in permutations((target, stored)):
            if number := _same_on_all(node, against, axis, cases):
                return f"{NUMBER_IN_CODE}: {number}", WHERE_FROM, joined(text, _always(whose, number))
    cure = Told("One of the sizes of {name} is not the one that is due.", name=plain(name))
    return f"sizes: {name}", WHERE_FROM, joined(text, cure)


def _always(name, number):
    """Say that an array has a size whatever the inputs."""
    text = N_("On every case {name} has size {number}, whatever the inputs: the size is written as a number.")
    return Told(text, name=plain(name), number=number)


def _same_on_all(node, other, axis, cases):
    """Return the size of an array along an axis if it is the same on all cases, and that of another one is not."""
    pairs = [(shape_of(node, one), shape_of(other, one)) for one in cases]
    pairs = [(a[axis], b[axis]) for a, b in pairs if a and b and len(a) == len(b) > axis]
    mine, due = ({pair[k] for pair in pairs} for k in (0, 1))
    return _number(mine, cases) if len(due) > 1 else None


def _number(found, cases):
    """Return the size that was found on all cases; None where it may be that of an input on each of them."""
    number = found.pop() if len(found) == 1 < len(cases) else None
    return number if any(number and number not in one.get(INPUT_SIZES, {number}) for one in cases) else None


def same_size(cases):
    """Find the one size that arrays have on all cases, where each other size changes from case to case.

    Parameters
    ----------
    cases : list of dict
        `kinds_of` the names, with INPUT_SIZES, the sizes of the inputs, among them.

    Returns
    -------
    tuple of str or None
        (name of the mistake, text); None unless there are several cases and exactly one such size.
    """
    shapes = {name: [one.get(name) for one in cases] for name, kind in cases[0].items() if isinstance(kind, tuple)}
    alike = [
        (name, number)
        for name, several in shapes.items()
        for axis, found in enumerate(zip(*several, strict=False) if None not in several else ())
        if (number := _number(set(found), cases))
    ]
    if len(alike) != 1 or len(shapes) < 2:
        return None
    name, number = alike[0]
    return f"{NUMBER_IN_CODE}: {number}", _always(name, number)


def does_not_fit(tree, cases, found):
    """Say which two arrays in a line do not fit together, and what would make them fit; None if all do."""
    for node in ast.walk(tree):
        product = isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)
        sides = (node.left, node.right) if isinstance(node, ast.BinOp) else ()
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("np.dot", "np.matmul") and len(node.args) == 2:
            product, sides = True, node.args
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            sides = (node.target, node.value)
        found = [shape_of(side, cases[0]) for side in sides]
        if len(found) != 2 or None in found:
            continue
        names = [_short(ast.unparse(side)) for side in sides]
        one, other = found
        both = {"first": plain(names[0]), "shape": one, "second": plain(names[1]), "other": other}
        if product and len(one) == len(other) == 2 and one[1] != other[0]:
            text = Told(
                "{first} has shape {shape} and {second} has shape {other}: "
                "no matrix product, which needs as many columns as rows.",
                **both,
            )
            fits = one[0] == other[0], one[1] == other[1]
            for name, does, cures in zip(names, fits, (FIRST_TURNED, SECOND_TURNED), strict=True):
                if does:
                    mistake = f"transposed or not: {name.removesuffix('.T')}"
                    return mistake, WHAT_FITS, joined(text, Told(cures[name.endswith(".T")]))
            if other[1] == one[0]:
                mistake = f"in the other order: {' and '.join(names)}"
                return mistake, WHAT_FITS, joined(text, Told("In the other order they would fit."))
            cure = Told("One of the two is not the one that is due.")
            return f"shapes do not fit: {ast.unparse(tree)}", WHAT_FITS, joined(text, cure)
        if not product and not _broadcast(one, other):
            text = Told(
                "{first} has shape {shape} and {second} has shape {other}: they do not fit entry by entry.", **both
            )
            for (mine, against), axis in ((pair, k) for k in range(len(one)) for pair in permutations(sides)):
                if len(one) == len(other) and (number := _same_on_all(mine, against, axis, cases)):
                    cure = _always(ast.unparse(mine), number)
                    return f"{NUMBER_IN_CODE}: {number}", WHERE_FROM, joined(text, cure)
            cure = Told("Is one of them not the one that is due, or transposed?")
            return f"shapes do not fit: {ast.unparse(tree)}", WHAT_FITS, joined(text, cure)
    return None


def _broadcast(one, other):
    try:
        return np.broadcast_shapes(one, other)
    except ValueError:
        return None


def _parts(node):
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def _value(node, kinds):
    """Return the number that a name, or a name and a number together, stands for; None where it cannot be told."""
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) is int else None
    if isinstance(node, ast.Name):
        return kinds.get(node.id)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        left, right = _value(node.left, kinds), _value(node.right, kinds)
        if isinstance(left, int) and isinstance(right, int):
            return left + right if isinstance(node.op, ast.Add) else left - right
    return None


def shape_of(node, kinds):
    """Return the shape of an expression of names, transposes, products and indices; None where it cannot be told."""
    text = ast.unparse(node)
    kind = kinds.get(text, getattr(node, "value", None) if isinstance(node, ast.Constant) else None)
    if isinstance(kind, (int, float)) or kind == "float":
        return ()
    if text in kinds:
        return kind if isinstance(kind, tuple) else None
    if isinstance(node, ast.Attribute) and node.attr == "T":
        inner = shape_of(node.value, kinds)
        return inner and inner[::-1]
    if isinstance(node, ast.Subscript):
        base, parts = shape_of(node.value, kinds), _parts(node)
        if base is None or len(parts) > len(base):
            return None
        left = []
        for size, part in zip(base, parts, strict=False):
            if isinstance(part, ast.Slice) and not (part.lower or part.upper or part.step):
                left.append(size)
            elif not isinstance(_value(part, kinds), int):
                return None
        return (*left, *base[len(parts) :])
    if isinstance(node, ast.BinOp):
        one, other = shape_of(node.left, kinds), shape_of(node.right, kinds)
        if one is None or other is None:
            return None
        if isinstance(node.op, ast.MatMult):
            return (one[0], other[1]) if len(one) == len(other) == 2 and one[1] == other[0] else None
        return _broadcast(one, other)
    return None
