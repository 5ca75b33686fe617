"""The verdict on an exercise: the reference's outcomes against the learner's, with the known mistakes named."""

import hashlib
from dataclasses import replace
from functools import lru_cache

from autograders.engine.exercise import KEPT_EXERCISES
from autograders.engine.failing import failing_case
from helpers.check.comparing import difference
from helpers.check.judging import Run, judge_runs, part_faults
from helpers.check.naming import HINT, PLACE, fingerprint, same_sketch, sketch
from helpers.language import _

KEPT_FINGERPRINTS = 4096
SAME_DIGITS = 5  # of numbers that count as the same answer's; different wrong answers seldom agree in so many


def fingerprints(exercise, reference, cases, standing=False, possible=None):
    """Return what each known mistake gives on the cases.

    Parameters
    ----------
    exercise : Exercise
    reference : Reference
    cases : list of Case
    standing : bool
        Whether stand-ins take the place of earlier functions.
    possible : callable, optional
        possible(fingerprint of the first case) -> bool: whether a mistake is worth running on the other cases.

    Returns
    -------
    list of dict
        {"name", "question", "hint", "section", "cases"}, as `helpers.check.naming.name_mistakes` takes them.
    """
    known = []
    for mistake, changed in reference.mistakes(exercise):
        found = list(_prints(reference, exercise, tuple(cases[:1]), changed, standing))
        if possible and not possible(found[0]):
            continue
        found += _prints(reference, exercise, tuple(cases[1:]), changed, standing)
        known.append(entry(mistake) | {"cases": found})
    return known


# A whole class is judged on the same cases: what the reference and its mistakes make of them is computed once.


@lru_cache(maxsize=KEPT_EXERCISES)
def expected(reference, exercise, cases, standing=False):
    """Return the reference's outcomes; the same list while it is remembered.

    Parameters
    ----------
    reference : Reference
    exercise : Exercise
    cases : tuple of Case
    standing : bool
        Whether stand-ins take the place of earlier functions.
    """
    return reference.outcomes(exercise, cases, stand_ins=exercise.stand_ins if standing else {})


@lru_cache(maxsize=KEPT_FINGERPRINTS)
def _prints(reference, exercise, cases, changed, standing):
    outcomes = reference.outcomes(exercise, cases, changed, exercise.stand_ins if standing else {})
    return tuple(fingerprint(exercise.spec, case, outcome) for case, outcome in zip(cases, outcomes, strict=True))


def entry(mistake):
    """Return the words of a mistake, as `helpers.check.naming.name_mistakes` takes them."""
    return {key: getattr(mistake, key) for key in HINT}


def _likely(exercise, reference, cases, outcomes, standing):
    """Return the fingerprints of those mistakes that may explain the outcomes; none where nothing was written yet."""
    if all(outcome.get("error", {}).get("type") == "NotImplementedError" for outcome in outcomes):
        return []
    run = Run(expected(reference, exercise, cases, standing), outcomes, list)
    wrong = [part for part, fault in part_faults(exercise.spec, cases, run).items() if fault]
    tol, mine = cases[0].tolerance, fingerprint(exercise.spec, cases[0], outcomes[0])

    def possible(first):
        """Whether the first case speaks for a mistake in a part that is wrong; where none is, in all of them."""
        if "error" in first or "error" in mine:
            return first.get("error", [""])[0] == mine.get("error", [""])[0]
        same = [same_sketch(first[part], mine[part], tol) for part in wrong or exercise.parts]
        return any(same) if wrong else all(same)

    return fingerprints(exercise, reference, cases, standing, possible)


def run_of(exercise, reference, cases, outcomes, standing=False):
    """Return a learner's outcomes beside what is expected and what known mistakes give.

    Parameters
    ----------
    exercise : Exercise
    reference : Reference
    cases : tuple of Case
    outcomes : list of dict
        What came from the learner's function, as `helpers.check.probe.run` returns it.
    standing : bool
        Whether stand-ins took the place of earlier functions.

    Returns
    -------
    Run
    """
    cases = tuple(cases)
    return Run(
        expected(reference, exercise, cases, standing),
        outcomes,
        lambda: _likely(exercise, reference, cases, outcomes, standing),
    )


def judge_outcomes(exercise, reference, cases, outcomes, standing=None):
    """Judge a learner's outcomes on cases.

    Parameters
    ----------
    exercise : Exercise
    reference : Reference
    cases : list of Case
    outcomes : list of dict
        What came from the learner's function, as `helpers.check.probe.run` returns it.
    standing : list of dict, optional
        The same with stand-ins for earlier functions.

    Returns
    -------
    Report
    """
    own = run_of(exercise, reference, cases, outcomes)
    other = run_of(exercise, reference, cases, standing, True) if standing is not None else None
    report = judge_runs(exercise.spec, cases, own, other)
    core = [index for index, case in enumerate(cases) if not case.beyond]
    run = other if report.given else own
    core_cases, got = [cases[i] for i in core], [run.got[i] for i in core]
    report = _given_earlier_parts(report, exercise, reference, core_cases, got, run)
    if report.ok:
        return report
    wrong = [part.part for part in report.parts if not part.ok]
    core_run = Run([run.expected[i] for i in core], got, list)
    report = replace(report, failing=failing_case(exercise.spec, core_cases, core_run, wrong))
    if {hint.mistake for hint in report.hints} & {mistake.name for mistake in exercise.mistakes}:
        return report
    return replace(report, sketch=hash_of_answer(exercise.spec, core_cases, got))


def hash_of_answer(spec, cases, outcomes):
    """Return a short hash of what a function returned: the same for answers that are equal up to rounding.

    Parameters
    ----------
    spec : Spec
    cases : list of Case
    outcomes : list of dict
        As `helpers.check.probe.run` returns them, one for each case.

    Returns
    -------
    str
    """
    prints = [fingerprint(spec, case, one) for case, one in zip(cases, outcomes, strict=True)]
    rounded = [
        one["error"][:2] if "error" in one else {part: _rounded(*of) for part, of in one.items() if part != PLACE}
        for one in prints
    ]
    return hashlib.sha256(repr(rounded).encode("utf-8", "backslashreplace")).hexdigest()[:12]


def _rounded(structure, projection, norm, fractions):
    """Round a sketch's numbers; the projection in units of the norm, since its own rounding errors are of that size."""
    if not fractions:  # whole numbers are exact, and 279 is another token than 278
        return structure, projection, norm
    share = round(projection / norm, SAME_DIGITS) if norm else 0.0
    return structure, share + 0.0, float(f"{norm:.{SAME_DIGITS}g}")  # no -0.0


def _given_earlier_parts(report, exercise, reference, cases, outcomes, run):
    """Give a part its points where it follows rightly from an earlier part of the learner's that is wrong."""
    values = [exercise.spec.split(outcome.get("value")) for outcome in outcomes]
    if report.ok or not exercise.given or any(isinstance(value, str) for value in values):
        return report
    edits, given, parts = [], [{} for _ in cases], {one.part: one for one in report.parts}
    for part, edit in exercise.given.items():
        want = [exercise.spec.split(run.expected[index]["value"])[part] for index in range(len(cases))]
        if parts[part].ok or not all(_alike(one, value[part]) for one, value in zip(want, values, strict=True)):
            continue
        edits.append(edit)
        for one, value in zip(given, values, strict=True):
            one[part] = value[part]
        changed = ((exercise.name, reference.edited(exercise.name, edits)),)
        again = reference.outcomes(exercise, cases, changed, exercise.stand_ins if report.given else {}, given)
        for name, one in parts.items():
            if not one.ok and name not in given[0] and _follows(exercise.spec, name, cases, again, values):
                sentence = _("{state}, given your {names}").format(state=_("right"), names=_(" and ").join(given[0]))
                parts[name] = replace(one, ok=True, message=sentence)
    return replace(report, parts=list(parts.values()))


def _alike(expected, got):
    """Whether a value has the structure and shape of the expected one, and all its numbers are finite."""
    return sketch(expected)[0] == sketch(got)[0]


def _follows(spec, part, cases, again, values):
    """Whether a part of the learner's is what the reference makes of the parts that were given to it."""
    return all(
        "value" in one and not difference(spec.split(one["value"])[part], value[part], case.tolerance)
        for case, one, value in zip(cases, again, values, strict=True)
        if part in value
    )
