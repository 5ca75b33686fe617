"""`check(f)`: learners check an exercise themselves, right in the notebook."""

import contextlib
import inspect
import os
import warnings
from dataclasses import replace

from helpers.check import probe
from helpers.check.calling import beyond_the_inputs
from helpers.check.explaining import whole_answer
from helpers.check.judging import Run, is_right, judge_runs
from helpers.check.public import read_checks
from helpers.check.report import LAST_HINT, wrapped
from helpers.check.syntax import syntax_fault
from helpers.language import _

VALIDATING = "NBGRADER_VALIDATING"  # set by nbgrader's Validate


class CheckFailed(AssertionError):
    """An answer is wrong, or cannot be checked. The notebook shows the text alone, without a traceback."""

    def _render_traceback_(self):  # IPython asks an exception for its own display under this name
        return wrapped(str(self))


def tell_of_cells_not_run(shell):
    """Let a notebook say what to do where `check(f)` comes before the cell that defines f.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
        Every other NameError is shown as usual.
    """

    def show(shell, kind, error, traceback, tb_offset=None):
        with contextlib.suppress(FileNotFoundError, KeyError, ValueError):
            read_checks(error.name)
            faults = (syntax_fault(cell, error.name) for cell in reversed(shell.user_ns.get("In", [])))
            unrun = _("{name} is not defined yet: run the cell that defines it, then this one again")
            text = next(filter(None, faults), unrun.format(name=error.name))
            kind, error, traceback = CheckFailed, CheckFailed(text), None
        shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)

    shell.set_custom_exc((NameError,), show)


def check_report(function, name=None, folder="."):
    """Judge a learner's function on the public cases.

    Parameters
    ----------
    function : callable
    name : str, optional
        The exercise, where the function's own name differs from it.
    folder : str or Path
        Where the notebook and its checks file lie.

    Returns
    -------
    Report

    Raises
    ------
    TypeError
        If `function` is no function, or takes other arguments than the exercise's.
    FileNotFoundError, KeyError, ValueError
        As `helpers.check.public.read_checks`.
    """
    return _report(function, _checks_for(function, name, folder))


def _checks_for(function, name, folder="."):
    """Return the checks for a function; raise an error of one line that says what to do where there can be none."""
    if not callable(function):
        text = _(
            "check() takes the function itself, without quotes or arguments, as in check(rnn_cell_forward); got {kind}"
        )
        raise TypeError(text.format(kind=type(function).__name__))
    own = getattr(function, "__name__", type(function).__name__)
    if inspect.isclass(function):
        raise TypeError(_("{name} is a class; write a function, with def").format(name=own))
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        text = _("{name} is written with async def, so that a call returns no answer; leave out async")
        raise TypeError(text.format(name=own))
    if own == "<lambda>" and not name:
        text = _("a lambda has no name; say which exercise it answers, as in {call}")
        raise TypeError(text.format(call='check(f, "rnn_cell_forward")'))
    checks = read_checks(name or own, folder)
    wanted = list(checks.cases[0].inputs)
    if checks.spec.probe == "call" and not _takes(function, wanted):
        wanted, got = f"{own}({', '.join(wanted)})", f"{own}{inspect.signature(function)}"
        raise TypeError(_("expected {wanted}, got {got}").format(wanted=wanted, got=got))
    return checks


def _takes(function, wanted):
    """Whether a function can be called with arguments in this order; its parameters may have other names."""
    try:
        signature = inspect.signature(function)
        signature.bind(*wanted)
    except TypeError:
        return False
    except ValueError:  # a function written in C may not say what it takes
        return True
    names = list(signature.parameters)[: len(wanted)]
    return names == wanted or set(names) != set(wanted)


def _report(function, checks):
    spec, cases = checks.spec, checks.cases
    inputs = [case.inputs for case in cases]

    def run(answers, stand_ins=()):
        # The report says what is wrong. NumPy's warnings would only alarm, above all on unusual inputs.
        with probe.standing_in(function, stand_ins), warnings.catch_warnings(action="ignore"):
            got = probe.run(function, inputs, spec.probe)
        return Run(answers.expected, got, lambda: answers.mistakes, lambda: answers.slips)

    own = run(checks.own)
    right = is_right(spec, cases, own)
    report = judge_runs(spec, cases, own, None if right or not spec.stand_ins else run(checks.standing, spec.stand_ins))
    if report.ok or not checks.own.slips:  # not for what builds a model: that takes seconds
        return report
    with warnings.catch_warnings(action="ignore"):
        found = beyond_the_inputs(function, inputs[0], spec.probe, own.got[0])
    return replace(report, hints=[whole_answer(report, *found), *report.hints]) if found else report


def check(function, name=None, hint=1):
    """Check an exercise on the public cases, and say what is wrong. Where the mistake is a known one, give hints.

    Parameters
    ----------
    function : callable
        The function you wrote.
    name : str, optional
        The exercise, where the function's own name differs from it.
    hint : int
        1 asks a question that leads to the mistake, 2 also names it, 3 also says where the notebook explains it.

    Raises
    ------
    CheckFailed
        An AssertionError, if a part of the answer is wrong: the message names the part, what was expected, and what
        came. Or if there is nothing to check with: the message is one line that says what to do.
    ValueError
        If there is no such hint.
    """
    if hint not in range(1, LAST_HINT + 1):
        raise ValueError(_("hint: expected 1, 2 or 3, got {got}").format(got=repr(hint)))
    try:
        checks = _checks_for(function, name)
    except (FileNotFoundError, KeyError, TypeError, ValueError) as error:
        raise CheckFailed(error.args[0]) from None
    report = _report(function, checks)
    # nbgrader's Validate says of every check that fails that it costs points: one without points does not fail there.
    if not report.ok and (report.points or VALIDATING not in os.environ):
        raise CheckFailed(report.text(hint))
    print(*wrapped(report.text(hint)), sep="\n")
