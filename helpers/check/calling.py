"""Say what shows only when a wrong function is called once more: that its answer depends on more than its inputs."""

import dis
import types

import numpy as np

from helpers.check import probe
from helpers.check.comparing import difference
from helpers.check.wire import same
from helpers.language import N_, Told


def beyond_the_inputs(function, inputs, name, before):
    """Find what an answer depends on beside the inputs.

    Parameters
    ----------
    function : callable
        The learner's.
    inputs : dict
        Those of one case.
    name : str
        The probe (see `helpers.check.probe.find`).
    before : dict
        The outcome of the case when it was run first.

    Returns
    -------
    tuple of str or None
        (name of the mistake, question, text); None where calling it again shows nothing.
    """

    def differs():
        again = probe.run(function, [inputs], name)[0]
        return not same(before, again) and difference(before, again, tol=(0, 0)) is not None

    if differs():
        question = N_("Call it twice with the same inputs and compare. What does your function keep from call to call?")
        text = N_(
            "called again with the same inputs, it gives another answer: something is kept from call to call, "
            "outside the function or as a default value, or drawn at random."
        )
        return "depends on earlier calls", question, text
    for variable in _data_read(function):
        with probe.as_globals(function, {variable: None}):
            used = differs()
        if used:
            question = N_("Which names in your function are none of its parameters, and set in none of its lines?")
            text = Told(
                "the function reads {name}, a variable of the notebook and none of its own: right on the notebook's "
                "example, wrong on other inputs.",
                name=variable,
            )
            return f"a variable of the notebook: {variable}", question, text
    return None


def _data_read(function):
    """Return the names of the arrays, dicts, lists and whole numbers of the notebook that a function reads."""
    codes, names = [getattr(function, "__code__", None)], []
    for code in filter(None, codes):  # it grows: functions and comprehensions inside are codes of their own
        names += [one.argval for one in dis.get_instructions(code) if one.opname in ("LOAD_GLOBAL", "LOAD_NAME")]
        codes += [one for one in code.co_consts if isinstance(one, types.CodeType)]
    scope = getattr(function, "__globals__", {})
    data = {name: scope[name] for name in dict.fromkeys(names) if name in scope and not name.isupper()}
    return [name for name, value in data.items() if isinstance(value, (np.ndarray, dict, list, int))]
