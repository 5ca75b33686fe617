"""What an exercise is: its cases, what is compared, and the mistakes that learners make. `load` finds exercises."""

import importlib
import importlib.util
import math
import sys
import traceback
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from autograders.engine.declared import FOLDER, own_folder
from helpers.check.comparing import Case, Spec
from helpers.notebook import checked

__all__ = ["Case", "Exercise", "Mistake", "exercises_of", "load"]

KEPT_EXERCISES = 64  # of so many, what is computed from the hidden cases is remembered while a class is graded


@dataclass(frozen=True)
class Mistake:
    """An error that learners really make: an edit of the reference solution, and three hints, each saying more.

    The hints are plain English without code, 80 words at most (see `autograders.release.authoring.faults_of_hints`).

    Attributes
    ----------
    name : str
    question : str
        First hint: what a tutor would ask, so that the learner looks at the right place.
    hint : str
        Second hint: what the mistake is.
    section : str
        Third hint: where the notebook teaches it, "section 1.1, the equation for the new state".
    edits : tuple of (str, str)
        Pairs (old, new); each `old` stands exactly once in the exercise's solution cell.
    raises : str
        "NameError" or "SyntaxError" where that is the mistake. Where it is not, such an error means a faulty edit.
    """

    name: str
    question: str
    hint: str
    section: str
    edits: tuple
    raises: str = ""


@dataclass(frozen=True, eq=False)
class Exercise:
    """One graded function. It is equal only to itself (`eq=False`), so it can be the key of what is remembered.

    Attributes
    ----------
    name : str
        The learner's function; its solution stands in the one solution cell that defines it.
    returns : tuple of str
        Names of the returned values in order; empty where the function (or the probe) returns a dict.
    parts : dict of str to float
        What is compared, each with its share of the points; shares sum to 1. The key `comparing.INPUTS` means "the
        inputs are left unchanged".
    cases : callable
        cases(rng) -> list of Case, drawing shapes and values from the numpy Generator. Called with a fixed seed for
        the learner's `check`, with a fresh one at every grading.
    mistakes : tuple of Mistake
    fields : dict
        Names of tuple entries inside a part, for messages (see `helpers.check.comparing.Spec`).
    stand_ins : dict of str to str
        For each earlier exercise whose function this one calls, a stand-in, "module:function". An answer that is not
        right over the learner's own function is judged over the stand-in, so that an earlier mistake costs once.
    given : dict of str to (str, str)
        For a part, the edit of the solution that puts the learner's own value there, `given["<part>"]`; in the order
        in which the solution computes the parts. A part that follows rightly from a wrong one gets its points.
    probe : str
        How the function is called (see `helpers.check.probe.find`).
    slips : bool
        Whether slips are tried (see `autograders.release.trying`): hundreds of calls. Not for what trains a model.
    timeout : float
        Seconds that all hidden cases together may take.
    points : float
        Marks; 0 for an optional exercise. Never declared: the notebook's grade cell says them (see
        `exercises_of`).
    """

    name: str
    parts: dict
    cases: Callable
    mistakes: tuple = ()
    returns: tuple = ()
    fields: dict = field(default_factory=dict)
    stand_ins: dict = field(default_factory=dict)
    given: dict = field(default_factory=dict)
    probe: str = "call"
    slips: bool = True
    timeout: float = 10.0
    points: float = 0.0

    def __post_init__(self):
        if not math.isclose(sum(self.parts.values()), 1.0):
            raise ValueError(f"{self.name}: expected shares of the parts that sum to 1, got {sum(self.parts.values())}")
        names = [mistake.name for mistake in self.mistakes]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"{self.name}: expected mistakes of different names, got two called {', '.join(twice)}")

    @property
    def spec(self):
        """The part of the declaration that a learner may see."""
        return Spec(
            self.name, self.points, dict(self.parts), tuple(self.returns), dict(self.fields), self.probe,
            dict(self.stand_ins),
        )  # fmt: skip

    def public_cases(self):
        """Return the cases that `check` uses: the same ones for everybody, drawn from the exercise's name."""
        return self.cases(np.random.default_rng(zlib.crc32(self.name.encode("utf-8"))))

    def hidden_cases(self, seed):
        """Return the cases of a seed for grading, as a tuple; the same tuple as long as it is remembered.

        Parameters
        ----------
        seed : int
            The seed recorded with the grading; the exercise's name is mixed in.
        """
        return _hidden_cases(self, seed)

    def worth(self, points):
        """Return this exercise with other points; the same object for the same points."""
        return _worth(self, points)


@lru_cache(maxsize=KEPT_EXERCISES)
def _worth(exercise, points):
    return replace(exercise, points=points)


@lru_cache(maxsize=KEPT_EXERCISES)
def _hidden_cases(exercise, seed):
    return tuple(exercise.cases(np.random.default_rng([seed, zlib.crc32(exercise.name.encode("utf-8"))])))


def load(assignment, root=None):
    """Return the exercises of an assignment, without points: the notebook has those.

    Parameters
    ----------
    assignment : str
        Its name. `assignments/<assignment>/__init__.py` of the course directory, or else the package
        `autograders.assignments.<assignment>`, declares `EXERCISES`, a tuple in the notebook's order.
    root : str or Path, optional
        The course directory.

    Returns
    -------
    dict of str to Exercise

    Raises
    ------
    KeyError
        If the course declares no exercises under that name.
    ValueError
        If the declaration cannot be imported; the message says in which file and line.
    """
    name = f"autograders.{FOLDER}.{assignment}"
    own = own_folder(assignment, root) if root else None
    try:
        module = _import_folder(own) if own and own.is_dir() else importlib.import_module(name)
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and error.name == name:
            also = f", and no folder {own}" if own else ""
            raise KeyError(f"no exercises are declared for {assignment!r}: there is no {name}{also}") from None
        raise ValueError(f"{_place(error)}: {type(error).__name__}: {error}") from error
    if not getattr(module, "EXERCISES", ()):
        raise KeyError(f"{module.__file__}: expected EXERCISES, all exercises in the notebook's order, got none")
    return {exercise.name: exercise for exercise in module.EXERCISES}


def exercises_of(notebook, root=None):
    """Return the exercises that a source notebook names in its metadata, {"course": {"exercises": "<assignment>"}}.

    Parameters
    ----------
    notebook : NotebookNode
        Its grade cells say how many points each exercise has.
    root : str or Path, optional
        The course directory, which may hold assignments of its own.

    Returns
    -------
    dict of str to Exercise
        Empty for a notebook that names no exercises.

    Raises
    ------
    KeyError, ValueError
        As `load`.
    """
    name = notebook.metadata.get("course", {}).get("exercises")
    points = {checked(cell): cell.metadata.nbgrader.get("points", 0.0) for cell in notebook.cells if checked(cell)}
    return {one: found.worth(float(points.get(one, 0.0))) for one, found in load(name, root).items()} if name else {}


@cache
def _import_folder(folder):
    """Import an assignment's folder as a package, under a name that no assignment of another course has."""
    name = f"{folder.name}_{zlib.crc32(str(folder).encode('utf-8')):08x}"
    inside = [str(folder)]
    spec = importlib.util.spec_from_file_location(name, folder / "__init__.py", submodule_search_locations=inside)
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def _place(error):
    """Return the file and line of an assignment at which its import failed."""
    if isinstance(error, SyntaxError):
        return f"{error.filename}, line {error.lineno}"
    frames = [one for one in traceback.extract_tb(error.__traceback__) if FOLDER in Path(one.filename).parts]
    return f"{frames[-1].filename}, line {frames[-1].lineno}" if frames else FOLDER
