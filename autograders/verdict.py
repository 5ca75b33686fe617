"""The verdict on an exercise: the reference's outcomes against the learner's, with the known mistakes named."""

from functools import lru_cache

from autograders.exercise import KEPT_EXERCISES
from helpers.compare import fingerprint, judge, same_digest, tolerance

KEPT_FINGERPRINTS = 4096


def fingerprints(exercise, exercises, reference, cases, possible=None):
    """Return what each known mistake gives on the cases.

    Parameters
    ----------
    exercise : Exercise
    exercises : dict of str to Exercise
        All of the assignment.
    reference : Reference
    cases : list of Case
    possible : callable, optional
        possible(fingerprint of the first case) -> bool: whether a mistake is worth running on the other cases.

    Returns
    -------
    list of dict
        {"name", "hint", "carried", "cases"}, as `helpers.compare.judge` takes them. An inherited mistake that leaves
        this exercise's outcomes as they are is left out.
    """

    def prints(some, changed=()):
        return list(_prints(reference, exercise, tuple(some), changed))

    right = prints(cases)
    known = []
    for mistake, carried, changed in reference.mistakes(exercise, exercises):
        found = prints(cases[:1], changed)
        if possible and not possible(found[0]):
            continue
        found += prints(cases[1:], changed)
        if carried and found == right:
            continue
        known.append({"name": mistake.name, "hint": mistake.hint, "carried": carried, "cases": found})
    return known


# A whole class is judged on the same cases: what the reference and its mistakes make of them is computed once.


@lru_cache(maxsize=KEPT_EXERCISES)
def _right(reference, exercise, cases):
    return reference.outcomes(exercise, cases)


@lru_cache(maxsize=KEPT_FINGERPRINTS)
def _prints(reference, exercise, cases, changed):
    outcomes = _right(reference, exercise, cases) if not changed else reference.outcomes(exercise, cases, changed)
    return tuple(fingerprint(exercise.spec, outcome) for outcome in outcomes)


def _likely(exercise, exercises, reference, cases, outcomes):
    """Return the fingerprints of those mistakes that may explain the outcomes; none where nothing was written yet."""
    if all(outcome.get("error", {}).get("type") == "NotImplementedError" for outcome in outcomes):
        return []
    spec = exercise.spec
    tols = [tolerance(case.inputs) for case in cases]
    mine = [fingerprint(spec, outcome) for outcome in outcomes]
    expected = _prints(reference, exercise, tuple(cases), ())
    wrong = [
        part
        for part in spec.parts
        if any(
            "error" in m or not same_digest(m[part], e[part], t) for m, e, t in zip(mine, expected, tols, strict=True)
        )
    ]

    def possible(first):
        if "error" in first or "error" in mine[0]:
            return first.get("error", [""])[0] == mine[0].get("error", [""])[0]
        return any(same_digest(first[part], mine[0][part], tols[0]) for part in wrong)

    return fingerprints(exercise, exercises, reference, cases, possible)


def verdict(exercise, exercises, reference, cases, outcomes, show_values=False):
    """Judge a learner's outcomes on cases.

    Parameters
    ----------
    exercise : Exercise
    exercises : dict of str to Exercise
    reference : Reference
    cases : list of Case
    outcomes : list of dict
        What came from the learner's function, as `helpers.probe.run` returns it.
    show_values : bool
        Whether messages may show numbers; never on hidden cases.

    Returns
    -------
    Report
    """
    right = _right(reference, exercise, tuple(cases))
    return judge(
        exercise.spec,
        [case.label for case in cases],
        [case.inputs for case in cases],
        right,
        outcomes,
        lambda: _likely(exercise, exercises, reference, cases, outcomes),
        show_values,
    )
