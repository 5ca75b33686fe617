"""Try slips and pairs of mistakes at release: what do they make of an exercise's first case?

It takes milliseconds for each, seconds for an exercise. So release does it once, for `check`. The grader, whose inputs
are new in each run, names the declared mistakes and says what is true of any answer (`helpers.check.explaining`).
"""

import json
from itertools import chain, combinations, islice, product

from autograders.engine.verdict import entry, expected
from autograders.release.slips import merged, slips_in
from helpers.check.naming import NOTHING, PLACE, fingerprint

MOST_PAIRS = 500  # of an exercise
DIGITS = 7  # of a number in a fingerprint


def slips_on(reference, exercise, cases, standing=False):
    """Return what slips give on the first case, and pairs of mistakes; of those that give the same only the first.

    Parameters
    ----------
    reference : Reference
    exercise : Exercise
    cases : tuple of Case
        The first one is used.
    standing : bool
        Whether stand-ins take the place of earlier functions.

    Returns
    -------
    list of dict
        As `helpers.check.naming.name_mistakes` takes them. A fingerprint lacks the parts that are right.
    """
    if not exercise.slips:
        return []
    case, stand_ins = cases[:1], exercise.stand_ins if standing else {}
    right = fingerprint(exercise.spec, case[0], expected(reference, exercise, cases, standing)[0])
    seen = {json.dumps(right)}

    def wrong(source, errors=False):
        """Return the parts that a source makes wrong, or its error; None where that tells it from no other one."""
        try:
            outcome = reference.outcomes(exercise, case, ((exercise.name, source),), stand_ins)[0]
        except SyntaxError:  # two edits that do not go together
            return None
        print_ = fingerprint(exercise.spec, case[0], outcome)
        if "error" in print_:  # several that end in the same error are told apart, or none of them is named
            return print_ if errors and "error" in outcome else None
        if PLACE in print_ and not errors:
            return None
        text = json.dumps(print_)
        if text in seen:
            return None
        seen.add(text)
        if PLACE in print_:
            return {PLACE: print_[PLACE]} | {p: print_[p] for p in exercise.parts if print_[p] != right[p]}
        parts = {part: _short(one) for part, one in print_.items() if one != right[part]}
        # Many lack the same part, or leave a table of whole numbers empty.
        return None if any(one == NOTHING or one[2] == right[part][3] == 0 for part, one in parts.items()) else parts

    source = reference.source(exercise.name)
    declared = [mistake for mistake, changed in reference.mistakes(exercise) if wrong(changed[0][1]) is not None]
    slips = ((slip, wrong(slip.edits[0][1], errors=True)) for slip in slips_in(reference, exercise))
    plain = [(slip, parts) for slip, parts in slips if parts is not None]
    found = [{"hints": [entry(slip)], "cases": [parts]} for slip, parts in plain]
    alone = [slip for slip, parts in plain if "error" not in parts and PLACE not in parts]
    pairs = chain(combinations(declared, 2), product(declared, alone), combinations(alone, 2))
    for one, other in islice(pairs, MOST_PAIRS):
        both = merged(source, one, other)
        parts = wrong(both) if both else None
        if parts is not None:
            found.append({"hints": [entry(one), entry(other)], "cases": [parts]})
    return found


def _short(one):
    """Return a sketch with fewer digits, for the sake of the file; those of whole numbers are not rounded."""
    shape, projection, norm, fractions = one
    return [shape, *(float(f"{n:.{DIGITS}g}") if fractions else n for n in (projection, norm)), fractions]
