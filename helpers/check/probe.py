"""Call a learner's function on cases and return plain data.

This runs in the learner's kernel, so the grader trusts nothing that it returns.
"""

import ast
import contextlib
import copy
import importlib
import inspect
import linecache
import re
import traceback

import numpy as np

from helpers.check.comparing import difference
from helpers.check.wire import MAX_BYTES, Packer, Unknown, plain, same, unpack

MOST_LINES = 5  # of an expression that are shown together
LARGEST = 10**9  # a whole number that is told; of a larger one only that it is a number
SYMBOLIC = "KerasTensor"  # the type of what a Keras model is built from; named, since Keras may not be imported
VARIABLE = re.compile(r"""(\b([A-Za-z_]\w*)(?:\[['"](\w+)['"]\])?)""")  # a name, or an entry of a dict


def call(function, inputs):
    """Call the function with the case's inputs as keyword arguments: the probe of every NumPy exercise.

    Parameters
    ----------
    function : callable
    inputs : dict

    Returns
    -------
    object
        What the function returns.
    """
    return function(*inputs.values())


def find(name):
    """Return a probe by its name: `call`, or "module:function" for the probes of an assignment of its own.

    Parameters
    ----------
    name : str

    Returns
    -------
    callable
        probe(function, inputs) -> answer.
    """
    if name == "call":
        return call
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


def whole_numbers(value):
    """Return an array of whole numbers as integers, whatever its type; anything else as it is.

    Parameters
    ----------
    value : object

    Returns
    -------
    object
    """
    if not hasattr(value, "__array__"):
        return value
    array = np.asarray(value)
    whole = array.dtype.kind in "iuf" and np.isfinite(array).all() and (array == np.rint(array)).all()
    return array.astype(np.int64) if whole else array


@contextlib.contextmanager
def as_globals(function, values):
    """Let a function find values as globals of its notebook; afterwards the notebook has its own ones again.

    Parameters
    ----------
    function : callable
    values : dict of str to object
        From a global's name to its value.
    """
    scope = getattr(inspect.unwrap(function), "__globals__", {})
    before = {name: scope[name] for name in values if name in scope}
    scope.update(values)
    try:
        yield
    finally:
        for name in values:
            scope.pop(name, None)
        scope.update(before)


def standing_in(function, stand_ins):
    """Put stand-ins into the place of the earlier functions that a function calls by their names.

    A stand-in takes the same parameters and returns the same shapes as the function whose place it takes, but computes
    other numbers: it gives no answer away. So a function can be right though an earlier one that it calls is wrong.

    Parameters
    ----------
    function : callable
    stand_ins : dict of str to str
        From a name to "module:function"; empty to change nothing.

    Returns
    -------
    context manager
    """
    return as_globals(function, {name: find(place) for name, place in dict(stand_ins).items()})


def run(function, cases, probe="call", keep=plain):
    """Call a function on each case and return what came of it.

    Parameters
    ----------
    function : callable
    cases : list of dict
        The inputs of each case, in the order of the function's parameters.
    probe : str
        See `find`.
    keep : callable
        Called with each answer at once; returns a copy, which nothing that runs later can alter.

    Returns
    -------
    list of dict
        For each case {"value": answer, "changed": names of inputs that the call altered} as plain data, or
        {"error": {"type", "message", "where"}}.
    """
    caller = find(probe)
    return [_outcome(caller, function, inputs, keep) for inputs in cases]


def _outcome(caller, function, inputs, keep):
    given = copy.deepcopy(inputs)
    try:
        value = keep(caller(function, given))
    except (Exception, SystemExit) as error:
        return {"error": describe(error)}
    return {"value": value, "changed": [] if same(inputs, given) else _changed(inputs, given)}


def _changed(inputs, given):
    """Return the names of the inputs that are no longer what they were."""
    return [name for name in inputs if difference(plain(inputs[name]), plain(given[name]), tol=(0, 0))]


def describe(error):
    """Return type, message and the innermost line of the learner's own code (a notebook cell) of an exception.

    Beside them what the names in that line are, and the lines that set them; or, where a function of the learner's
    called another one, the line of the call, and what the parameters of the other one are.

    Parameters
    ----------
    error : BaseException

    Returns
    -------
    dict of str to str
        type, message, where, call, names and set; the last four may be empty. Lines in `set` are parted by tabs.
    """
    both = zip(traceback.extract_tb(error.__traceback__), traceback.walk_tb(error.__traceback__), strict=True)
    own = [(p, frame) for p, (frame, _) in both if "ipykernel" in p.filename or p.filename.startswith("<")]
    own = [one for one in own if not one[0].name.startswith("<")] or own  # a comprehension is a line of its function
    places = [f"{p.name}, line {p.lineno}: {_lines(p)}".removesuffix(": ") for p, _ in own]
    names = _names(_lines(own[-1][0]), own[-1][1].f_locals) if own else ""
    setters = _setters(*own[-1]) if len(own) == 1 else []
    if len(own) > 1:
        code = own[1][1].f_code  # what an earlier function was given
        names = _names(" ".join(code.co_varnames[: code.co_argcount]), own[1][1].f_locals)
    message = str(error).strip().splitlines()
    return {
        "type": type(error).__name__,
        "message": message[0][:500] if message else "",
        "where": places[-1] if own else "",
        "call": places[0] if len(own) > 1 else "",
        "names": names,
        "set": "\t".join(setters)[:500],
    }


def as_value(error, message):
    """Return plain data for an exception that takes the place of one value of several; `error_of` reads it.

    Parameters
    ----------
    error : BaseException
    message : str
        One line that says what is wrong.
    """
    told = describe(error)
    lines = [f"{told['type']}: {message or 'no message'}", *(told[one] for one in ("where", "call", "names", "set"))]
    return Unknown("\n".join(lines).rstrip("\n"))


def error_of(value):
    """Return what `describe` said of an exception that stands for a value.

    Parameters
    ----------
    value : Unknown
        As `as_value` returns it; the grader leaves only its first line.
    """
    first, where, call, names, lines = [*value.type_name.split("\n"), "", "", "", ""][:5]
    kind, _, message = first.partition(": ")
    return {"type": kind, "message": message, "where": where, "call": call, "names": names, "set": lines}


def _lines(place):
    """Return the line of an error; where an expression goes over a few lines, all of them as one."""
    lines = linecache.getlines(place.filename)[place.lineno - 1 : place.end_lineno]
    return " ".join(one.strip() for one in lines) if 1 < len(lines) <= MOST_LINES else place.line or ""


def _names(line, variables):
    """Say of each variable in a line its shape, its number or its type: "xt (3, 10); a KerasTensor(None, 64); t 0"."""
    found = {}
    for text, name, key in VARIABLE.findall(line.partition("#")[0]):
        value = variables.get(name)
        if key and isinstance(value, dict):
            value = value.get(key)
        elif key:  # an array of text, or what is no dict though an entry is read
            text = name
        if name in variables:
            found[text] = _kind(value)
    return "; ".join(f"{text} {what}" for text, what in found.items())[:500]


def _kind(value):
    if type(value) is int and abs(value) < LARGEST:
        return str(value)
    kind = "" if isinstance(value, np.ndarray) else type(value).__name__
    return kind + (str(value.shape) if kind in ("", SYMBOLIC) else "")


def _setters(place, frame):
    """Return the lines of a function, above one of its lines, that last set the names in it; each once."""
    names = {name for _, name, _ in VARIABLE.findall(_lines(place))} & set(frame.f_locals)
    found = {}
    with contextlib.suppress(SyntaxError, ValueError, RecursionError):  # a cell with magics is no plain Python
        for node in ast.walk(ast.parse("".join(linecache.getlines(place.filename)))):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in names:
                if max(found.get(node.id, 0), frame.f_code.co_firstlineno) < node.lineno < place.lineno:
                    found[node.id] = node.lineno
    return [linecache.getline(place.filename, number).strip() for number in sorted(set(found.values()))]


def answer(name, namespace, question):
    """Run the function `name` of the notebook's namespace on the grader's cases.

    Parameters
    ----------
    name : str
    namespace : dict
        The notebook's globals.
    question : bytes
        ``wire.pack({"probe": str, "cases": [...], "stand_ins": {...}})``.

    Returns
    -------
    bytes
        The packed outcomes.
    """
    packer = Packer(MAX_BYTES)
    request = unpack(question)
    if name in namespace:
        with standing_in(namespace[name], request["stand_ins"]):
            outcomes = run(namespace[name], request["cases"], request["probe"], packer.keep)
    else:
        outcomes = [{"error": {"type": "NameError", "message": f"{name} is not defined", "where": ""}}] * len(
            request["cases"]
        )
    return packer.pack(outcomes)
