"""Call a learner's function on cases and bring back plain data. Runs in the learner's kernel: nothing is believed."""

import base64
import copy
import importlib
import traceback

from helpers.compare import difference
from helpers.wire import pack, plain, same, unpack

MIME = "application/vnd.course.answer+base64"


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


def run(function, cases, probe="call"):
    """Call a function on each case and note what came of it.

    Parameters
    ----------
    function : callable
    cases : list of dict
        The inputs of each case, in the order of the function's parameters.
    probe : str
        See `find`.

    Returns
    -------
    list of dict
        For each case {"value": answer, "changed": names of inputs that the call altered} as plain data, or
        {"error": {"type", "message", "where"}}.
    """
    caller = find(probe)
    return [_outcome(caller, function, inputs) for inputs in cases]


def _outcome(caller, function, inputs):
    given = copy.deepcopy(inputs)
    try:
        value = caller(function, given)
        # Plain data at once is a copy: nothing that runs later can alter the answer.
        value = plain(value)
    except (Exception, SystemExit) as error:
        return {"error": _describe(error)}
    return {"value": value, "changed": [] if same(inputs, given) else _changed(inputs, given)}


def _changed(inputs, given):
    """Return the names of the inputs that are no longer what they were."""
    return [name for name in inputs if difference(plain(inputs[name]), plain(given[name]), tol=(0, 0))]


def _describe(error):
    """Return type, message and the innermost line of the learner's own code (a notebook cell) of an exception."""
    frames = [
        f for f in traceback.extract_tb(error.__traceback__) if "ipykernel" in f.filename or f.filename.startswith("<")
    ]
    where = ""
    if frames:
        frame = frames[-1]
        where = f"{frame.name}, line {frame.lineno}" + (f": {frame.line}" if frame.line else "")
    message = str(error).strip().splitlines()
    return {"type": type(error).__name__, "message": message[0][:500] if message else "", "where": where}


def answer(name, payload, namespace):
    """Answer the grader: run the function `name` of the notebook's namespace on packed cases and publish the outcome.

    Parameters
    ----------
    name : str
    payload : str
        Base64 of `wire.pack({"probe": str, "cases": [...]})`.
    namespace : dict
        The notebook's globals.
    """
    from IPython.display import publish_display_data

    request = unpack(base64.b64decode(payload))
    if name in namespace:
        outcomes = run(namespace[name], request["cases"], request["probe"])
    else:
        outcomes = [{"error": {"type": "NameError", "message": f"{name} is not defined", "where": ""}}] * len(
            request["cases"]
        )
    publish_display_data({MIME: base64.b64encode(pack(outcomes)).decode("ascii")})
