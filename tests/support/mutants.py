"""Which mutants of the reference solutions does the verdict let through? Counts and survivors for each exercise.

    python tests/support/mutants.py [--assignment NAME] [--all] [--survivors]

`tests/assignments/test_mutants.py` asserts what this prints.
"""

import argparse
import contextlib
import random
import signal
import sys
import time
import tomllib
import warnings
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import sources
from mutation import mutants, sample
from sources import NOTEBOOKS

from autograders.engine.reference import Reference
from autograders.engine.verdict import expected
from helpers.check import probe
from helpers.check.judging import Run, judge_runs
from helpers.check.public import Answers, PublicChecks, read_checks

ROOT = Path(__file__).parents[2]
EQUIVALENT = Path(__file__).with_name("mutants_equivalent.toml")
PUBLIC = "public"  # the cases of the learner's `check`
WHICH = (PUBLIC, 1, 2)  # and those of two gradings, by their seeds
CAPS = {"jazz_lstm": 60, "emojify": 60}  # mutants to try of all exercises that build models; of others, all
SAMPLE_SEED = 5
PATIENCE = 3  # times the exercise's own limit, in seconds of computing on all cores together


@dataclass(frozen=True)
class Assignment:
    """One assignment, as the grader sees it."""

    name: str
    exercises: dict
    reference: Reference

    def slow(self, exercise):
        """Whether an exercise is judged by more than a call of a function: its probe builds and runs a model."""
        return self.exercises[exercise].probe != "call"


@dataclass
class Tally:
    """What became of an exercise's mutants; `survivors`, `remarked` and `equivalent` are lists of Mutant."""

    tried: int = 0
    raised: int = 0
    rejected: int = 0
    remarked: list = field(default_factory=list)
    equivalent: list = field(default_factory=list)
    survivors: list = field(default_factory=list)
    seconds: float = 0.0

    def __add__(self, other):
        return Tally(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


@cache
def assignment(name):
    """Return an assignment of the course by its name."""
    return Assignment(name, sources.exercises(name), Reference(NOTEBOOKS[name]))


def population(name, everything=False):
    """Return the mutants of an assignment that are tried.

    Parameters
    ----------
    name : str
        The assignment.
    everything : bool
        Whether to try all mutants of the exercises that build models, not a sample.

    Returns
    -------
    dict of str to list of Mutant
        For each exercise its own.
    """
    course = assignment(name)
    cells = dict.fromkeys(course.reference.source(exercise) for exercise in course.exercises)
    found = [mutant for source in cells for mutant in mutants(source) if mutant.function in course.exercises]
    slow = [mutant for mutant in found if course.slow(mutant.function)]
    if name in CAPS and not everything:
        left_out = set(slow) - set(sample(slow, CAPS[name], random.Random(SAMPLE_SEED)))
        listed = equivalents(name)
        found = [m for m in found if m not in left_out or m.change in listed.get(m.function, ())]
    return {exercise: [m for m in found if m.function == exercise] for exercise in course.exercises}


@cache
def equivalents(name):
    """Return {exercise: {change: why it is equivalent on valid input}} of an assignment."""
    return tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get(name, {})


@cache
def _checks(name, exercise, which):
    """Return the cases and what is expected; the public ones as read from the checks file that learners get."""
    course = assignment(name)
    if which == PUBLIC and name in sources.NOTEBOOKS:
        return read_checks(exercise, sources.checks_folder(name).name)
    declared = course.exercises[exercise]
    cases = declared.public_cases() if which == PUBLIC else declared.hidden_cases(which)
    answers = (
        Answers(expected(course.reference, declared, tuple(cases), stood), [])
        for stood in ((False, True) if declared.stand_ins else (False,))
    )
    return PublicChecks(declared.spec, cases, *answers)


@contextlib.contextmanager
def _bounded(seconds):
    """Raise TimeoutError after so many seconds of computing (not of waiting), where the platform can."""
    if not hasattr(signal, "SIGVTALRM"):
        yield
        return

    def stop(*_):
        raise TimeoutError(f"no end within {seconds} s")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def fate(name, exercise, mutant, which):
    """Judge a mutant as a learner's function is judged, but in this process.

    Parameters
    ----------
    name, exercise : str
        The assignment and its exercise.
    mutant : Mutant
    which : int or str
        The seed of the hidden cases, or PUBLIC.

    Returns
    -------
    str
        "raised" (or did not end), "rejected", "remarked" (right on the task's own data, not beyond it) or "accepted".
    """
    checks = _checks(name, exercise, which)
    found = _fate(name, exercise, mutant, checks, checks.own, {})
    if found in ("raised", "rejected") and checks.standing:
        over_stand_ins = _fate(name, exercise, mutant, checks, checks.standing, checks.spec.stand_ins)
        found = found if over_stand_ins == "raised" else over_stand_ins
    return found


def _fate(name, exercise, mutant, checks, answers, stand_ins):
    timeout = assignment(name).exercises[exercise].timeout
    outcomes = []
    try:
        with _bounded(PATIENCE * timeout), warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
            function = assignment(name).reference.function(exercise, ((exercise, mutant.source),))
            with probe.standing_in(function, stand_ins):
                for case in checks.cases:
                    outcomes += probe.run(function, [case.inputs], checks.spec.probe)
                    if "error" in outcomes[-1] and not case.beyond:  # every part of a case that raises is wrong
                        return "raised"
    except TimeoutError:
        return "raised"
    report = judge_runs(checks.spec, checks.cases, Run(answers.expected, outcomes, list))
    return "rejected" if not report.ok else "remarked" if report.remarks else "accepted"


@cache
def survey(name, exercise, everything=False, count=None):
    """Try an exercise's mutants on the public cases and on those of two gradings.

    Parameters
    ----------
    name, exercise : str
        The assignment and its exercise.
    everything : bool
        As for `population`.
    count : int, optional
        So many of them, drawn with a seed; all when not given.

    Returns
    -------
    Tally
        A mutant that any of the case sets lets through, and that is not listed as equivalent, has survived; one that
        is listed is equivalent where all of them let it through.
    """
    tally = Tally()
    listed = equivalents(name).get(exercise, {})
    begin = time.perf_counter()
    tried = population(name, everything)[exercise]
    for mutant in tried if count is None else sample(tried, count, random.Random(SAMPLE_SEED)):
        fates = {fate(name, exercise, mutant, which) for which in WHICH}
        tally.tried += 1
        if mutant.change in listed and fates == {"accepted"}:
            tally.equivalent.append(mutant)
        elif "accepted" in fates and mutant.change not in listed:
            tally.survivors.append(mutant)
        elif "remarked" in fates:
            tally.remarked.append(mutant)
        elif "rejected" in fates:
            tally.rejected += 1
        else:
            tally.raised += 1
    tally.seconds = time.perf_counter() - begin
    return tally


def table(tallies):
    """Yield the lines of a table.

    Parameters
    ----------
    tallies : dict of str to Tally
        By the name of the row.
    """
    yield f"{'':36}{'mutants':>9}{'raise':>8}{'rejected':>10}{'remarked':>10}{'equivalent':>12}{'survive':>9}{'s':>7}"
    for name, tally in tallies.items():
        yield (
            f"{name:36}{tally.tried:9}{tally.raised:8}{tally.rejected:10}{len(tally.remarked):10}{len(tally.equivalent):12}"
            f"{len(tally.survivors):9}{tally.seconds:7.1f}"
        )


def main():
    """Print the table; return 1 if a mutant survives."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assignment", choices=NOTEBOOKS, action="append", help="only this one (may be repeated)")
    parser.add_argument("--all", action="store_true", help="all mutants of slow assignments, not a sample")
    parser.add_argument("--survivors", action="store_true", help="print each survivor")
    parser.add_argument("--remarked", action="store_true", help="print each mutant that costs no points")
    options = parser.parse_args()
    tallies = {}
    for name in options.assignment or NOTEBOOKS:
        for exercise in assignment(name).exercises:
            tallies[exercise] = survey(name, exercise, options.all)
            tally = tallies[exercise]
            for mutant in tally.survivors * options.survivors + tally.remarked * options.remarked:
                print(f"{exercise}\t{mutant.kind}\t{mutant.change}")
    tallies["all"] = sum(tallies.values(), Tally())
    print(*table(tallies), sep="\n")
    return int(bool(tallies["all"].survivors))


if __name__ == "__main__":
    sys.exit(main())
