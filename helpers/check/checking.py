"""`check(f)`: learners check an exercise themselves, right in the notebook."""

import warnings

from helpers.check import probe
from helpers.check.judging import Run, is_right, judge_runs
from helpers.check.public import read_checks


class CheckFailed(AssertionError):
    """A part of an answer is wrong. The notebook shows the report alone, without a traceback into the helpers."""

    def _render_traceback_(self):  # IPython asks an exception for its own display under this name
        return str(self).splitlines()


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
        If `function` cannot be called.
    FileNotFoundError, KeyError, ValueError
        As `helpers.check.public.read_checks`.
    """
    if not callable(function):
        raise TypeError(
            f"check() takes the function itself, as in check(rnn_cell_forward); got {type(function).__name__}"
        )
    name = name or getattr(function, "__name__", type(function).__name__)
    checks = read_checks(name, folder)
    spec, cases = checks.spec, checks.cases
    inputs = [case.inputs for case in cases]

    def run(answers, stand_ins=()):
        # The report says what is wrong. NumPy's warnings would only alarm, above all on unusual inputs.
        with probe.standing_in(function, stand_ins), warnings.catch_warnings(action="ignore"):
            got = probe.run(function, inputs, spec.probe)
        return Run(answers.expected, got, lambda: answers.mistakes)

    own = run(checks.own)
    if is_right(spec, cases, own) or not spec.stand_ins:
        return judge_runs(spec, cases, own)
    return judge_runs(spec, cases, own, run(checks.standing, spec.stand_ins))


def check(function, name=None):
    """Check an exercise on the public cases, and say what is wrong and the likely reason.

    Parameters
    ----------
    function : callable
        The function you wrote.
    name : str, optional
        The exercise, where the function's own name differs from it.

    Raises
    ------
    CheckFailed
        An AssertionError, if a part of the answer is wrong: the message names the part, what was expected, what came,
        and, where the output is that of a known mistake, which one.
    """
    report = check_report(function, name)
    if not report.ok:
        raise CheckFailed(report.text())
    print(report.text())
