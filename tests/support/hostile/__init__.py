"""A class of hostile submissions, each of which says what it tries.

tests/sandbox/test_hostile.py and benchmarks/hostile.py grade it.

Unless an attack says otherwise, its code stands in a first cell of its own, `scale` is wrong, and `total` is
honestly solved: worth 10 of 20 points. Nothing here runs at import; what does harm is text until it is handed in.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass

KINDS = (
    "lies", "answers", "edits", "secrets", "forgeries", "plants", "resources", "survival", "escapes", "network",
    "files", "malformed", "markup",
)  # fmt: skip
HONEST_HALF = 10.0
MARKER = "HOSTILE_WAS_HERE"
SECONDS = 20.0


@dataclass(frozen=True)
class Attack:
    """One hostile submission.

    Attributes
    ----------
    name, kind, goal : str
        What to call it, what sort it is of, and in one sentence what it wants.
    hand_in : callable
        hand_in(desk, folder) writes the submission.
    worth : float
        Points of its honest part: what it must get; where it spoils its own work by chance, the most it may get.
    seconds : float
        How long grading it and writing its feedback page may take together.
    exact : bool
        Whether it must get what its honest part is worth.
    reason : str
        A pattern of what the grader says of it: whether it is stopped by what it aims at, or fails for its own faults.
    """

    name: str
    kind: str
    goal: str
    hand_in: Callable
    worth: float = HONEST_HALF
    seconds: float = SECONDS
    exact: bool = True
    reason: str = ""


ATTACKS = []


def _declare(function, goal, hand_in, **options):
    kind = function.__module__.rpartition(".")[2]
    ATTACKS.append(Attack(function.__name__, kind, goal, hand_in, **options))
    return function


def code(goal, **options):
    """Declare an attack by what its function returns: the source of a first cell, or a dict of place to source.

    Places: "first" and "last" are cells of their own, "scale" and "total" take the place of a solution. Options are
    those attributes of an Attack that have a default.
    """

    def declare(function):
        def hand_in(desk, folder):
            text = function(desk) if function.__code__.co_argcount else function()
            places = {"first": text} if isinstance(text, str) else text
            desk.write(folder, desk.notebook(**places))

        return _declare(function, goal, hand_in, **options)

    return declare


def edit(goal, **options):
    """Declare an attack whose function changes the notebook, or returns bytes to hand in in its place."""

    def declare(function):
        def hand_in(desk, folder):
            notebook = desk.notebook()
            desk.write(folder, function(notebook) or notebook)

        return _declare(function, goal, hand_in, **options)

    return declare


def files(goal, **options):
    """Declare an attack whose function writes the submission's folder itself."""

    def declare(function):
        return _declare(function, goal, function, **options)

    return declare


def load():
    """Return all attacks."""
    if not ATTACKS:
        for kind in KINDS:
            importlib.import_module(f"{__name__}.{kind}")
    return list(ATTACKS)
