"""Judge what a learner's function returned for the cases of an exercise.

`check` in the notebook and the grader both call `judge_runs`, so that a learner reads the same words from both.
"""

import re
from dataclasses import dataclass, replace

from helpers.check.comparing import INPUTS, difference
from helpers.check.error_words import in_words
from helpers.check.explaining import explain, number_in_code
from helpers.check.naming import ANSWER, Evidence, name_mistakes
from helpers.check.report import NOT_WRITTEN, PartResult, Remark, Report, sound
from helpers.language import _, with_numbers

PLACE = re.compile(r"(?P<function>[^,]*), line (?P<line>\d+)(?P<code>.*)", re.S)  # see helpers.check.probe
MAX_LETTERS = 600  # of what a line of the report says of an answer


@dataclass(frozen=True)
class Run:
    """What came of all cases, with the learner's own earlier functions or with stand-ins for them.

    Attributes
    ----------
    expected, got : list of dict
        Outcomes of the reference and of the learner's function (see `probe.run`), one for each case.
    known, slips : callable
        Called without arguments, and only where something is wrong: return the declared mistakes, and, where these do
        not explain all, slips and pairs of mistakes, as `helpers.check.naming.name_mistakes` takes them.
    """

    expected: list
    got: list
    known: callable
    slips: callable = list


def judge_runs(spec, cases, own, standing=None):
    """Judge a learner's function by its runs.

    Parameters
    ----------
    spec : Spec
    cases : list of Case
        Points are given for those that the task's own data can contain; on the others there are remarks.
    own : Run
        With the learner's own earlier functions.
    standing : Run, optional
        With stand-ins for them: a function that is right gets its points even over an earlier one that is wrong, raises
        errors or does not end. The better of the two runs counts.

    Returns
    -------
    Report
    """
    report = _judge_run(spec, cases, own)
    if standing is None or report.ok:
        return report
    given = replace(_judge_run(spec, cases, standing), given=tuple(spec.stand_ins))
    return max(report, given, key=_worth)


def _worth(report):
    """Rank a report: first by its points, then by how many parts its hints explain, then by how few hints it needs."""
    explained = len({part for hint in report.hints for part in hint.parts})
    return sum(part.share for part in report.parts if part.ok), explained, -len(report.hints)


def is_right(spec, cases, run):
    """Whether a run is right in all that points are given for.

    Parameters
    ----------
    spec : Spec
    cases : list of Case
    run : Run

    Returns
    -------
    bool
    """
    return not any(part_faults(spec, cases, run).values())


def part_faults(spec, cases, run):
    """Return for each part what is wrong with it on the first case that shows it, or None; `beyond` cases do not count.

    Parameters
    ----------
    spec : Spec
    cases : list of Case
    run : Run

    Returns
    -------
    dict of str to (str or None)
    """
    return {part: _part_fault(spec, part, cases, run) for part in spec.parts}


def _judge_run(spec, cases, run):
    core = [index for index, case in enumerate(cases) if not case.beyond]
    faults = part_faults(spec, cases, run)
    wrong = [part for part, fault in faults.items() if fault]
    results = [PartResult(part, spec.parts[part], fault is None, fault) for part, fault in faults.items()]
    hints, remarks = [], []
    if wrong:
        evidence = _evidence(spec, cases, run, core)
        known = _on(run.known(), core)
        hints = name_mistakes(evidence, spec.parts, wrong, known)
        if (_left(wrong, hints) or evidence.ends_in_error) and (slips := _on(run.slips(), core)):
            hints = name_mistakes(evidence, spec.parts, wrong, known, slips)
        of_core = [[of[index] for index in core] for of in (cases, run.expected, run.got)]
        if evidence.ends_in_error or any("expected shape" in faults[part] for part in wrong):
            proven = number_in_code(spec, *of_core, wrong)  # by all cases: a slip has been tried on the first
            hints = [
                *proven,
                *(one for one in hints if not {*one.parts} & {part for two in proven for part in two.parts}),
            ]
        if left := _left(wrong, hints):
            hints += explain(spec, *of_core, left)
    else:
        remarks = list(_remarks(spec, cases, run))
    return Report(spec.name, spec.points, [_unless_alone(result, results) for result in results], hints, remarks)


def _left(wrong, hints):
    """Return the wrong parts that no hint explains."""
    return [part for part in wrong if not any(part in hint.parts for hint in hints)]


def _evidence(spec, cases, run, indices):
    return Evidence(spec, *([of[index] for index in indices] for of in (cases, run.expected, run.got)))


def _on(known, indices):
    """Return known mistakes with their fingerprints on some of the cases: those that were run on any of them."""
    on = [mistake | {"cases": [mistake["cases"][i] for i in indices if i < len(mistake["cases"])]} for mistake in known]
    return [mistake for mistake in on if mistake["cases"]]


def _part_fault(spec, part, cases, run):
    for case, right, outcome in zip(cases, run.expected, run.got, strict=True):
        if case.beyond:
            continue
        _raise_if_reference_failed(spec, case, right)
        text = _part_difference(spec, part, case.tolerance, right, outcome)
        if text is not None:
            return _("{fault} (case: {case})").format(fault=_cut(text), case=with_numbers(case.label))
    return None


def _raise_if_reference_failed(spec, case, right):
    if "error" in right:
        raise RuntimeError(f"{spec.name}: the reference fails on the case {case.label!r}: {right['error']}")


def _part_difference(spec, part, tol, right, outcome):
    if "error" in outcome:
        return _error_in_words(outcome["error"])
    if part == INPUTS:
        changed = ", ".join(outcome["changed"])
        return _("the function changes its input {names} in place").format(names=changed) if changed else None
    values = spec.split(outcome["value"])
    if isinstance(values, str):
        return values
    if part not in values:
        return _("the dict lacks {missing}").format(missing=repr(part))
    want = spec.split(right["value"])[part]
    return difference(want, values[part], tol, _(part), spec.fields.get(part, ()))


def _cut(text):
    """Return a text short enough for a line: what a learner's function gives or says may be of any length."""
    return sound(text if len(text) <= MAX_LETTERS else f"{text[:MAX_LETTERS]} ...")


def _error_in_words(error):
    if error["type"] == "NotImplementedError":
        where = _place(error)
        return _("not written yet ({where})").format(where=where) if where else _(NOT_WRITTEN)
    text = _("{error} in {where}: {message}") if error.get("where") else "{error}: {message}"
    told = text.format(error=error["type"] or "Error", where=_place(error), message=in_words(error["message"]))
    return told.removesuffix(": ")  # never empty: that means right


def _place(error):
    """Return where an error is: "rnn_forward, line 3: a_next = ..."; empty if that is not known."""
    found = PLACE.fullmatch(error.get("where", ""))
    return _("{function}, line {line}").format(**found.groupdict()) + found["code"] if found else error.get("where", "")


def _remarks(spec, cases, run):
    """Yield a remark for each case beyond the task's own data on which the answer is wrong."""
    for index, case in enumerate(cases):
        if not case.beyond:
            continue
        right, outcome, tol = run.expected[index], run.got[index], case.tolerance
        _raise_if_reference_failed(spec, case, right)
        values = spec.split(outcome["value"]) if "value" in outcome else {}
        if "error" in outcome:
            text = _error_in_words(outcome["error"])
        elif isinstance(values, str):
            text = values
        else:
            want = spec.split(right["value"])
            found = (difference(want[p], values.get(p), tol, _(p), spec.fields.get(p, ())) for p in want)
            text = next((one for one in found if one), None)
        if text:
            evidence = _evidence(spec, cases, run, [index])
            hints = name_mistakes(evidence, [ANSWER], [ANSWER], _on(run.known(), [index]))
            yield Remark(case.label, _cut(text), case.beyond, hints[0] if hints else None)


def _unless_alone(result, results):
    """Give no points for unchanged inputs alone: a function that does nothing leaves them unchanged, too."""
    others = [other for other in results if other.part != INPUTS]
    if result.part != INPUTS or not result.ok or any(other.ok for other in others):
        return result
    messages = {other.message for other in others}
    text = messages.pop() if len(messages) == 1 else _("not judged while every other part is wrong")
    return replace(result, ok=False, message=text)
