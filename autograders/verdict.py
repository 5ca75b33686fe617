"""The verdict on an exercise: the reference's outcomes against the learner's, with the known mistakes named."""

from helpers.compare import fingerprint, judge


def fingerprints(exercise, exercises, reference, cases):
    """Return what each known mistake gives on the cases.

    Parameters
    ----------
    exercise : Exercise
    exercises : dict of str to Exercise
        All of the assignment.
    reference : Reference
    cases : list of Case

    Returns
    -------
    list of dict
        {"name", "hint", "carried", "cases"}, as `helpers.compare.judge` takes them. An inherited mistake that leaves
        this exercise's outcomes as they are is left out.
    """
    right = [fingerprint(exercise.spec, outcome) for outcome in reference.outcomes(exercise, cases)]
    known = []
    for mistake, carried, changed in reference.mistakes(exercise, exercises):
        prints = [fingerprint(exercise.spec, outcome) for outcome in reference.outcomes(exercise, cases, changed)]
        if carried and prints == right:
            continue
        known.append({"name": mistake.name, "hint": mistake.hint, "carried": carried, "cases": prints})
    return known


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
    return judge(
        exercise.spec,
        [case.label for case in cases],
        [case.inputs for case in cases],
        reference.outcomes(exercise, cases),
        outcomes,
        lambda: fingerprints(exercise, exercises, reference, cases),
        show_values,
    )
