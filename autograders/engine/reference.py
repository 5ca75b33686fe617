"""The reference implementation, read from the source notebook: no second copy of a solution exists."""

import ast
import linecache
from functools import lru_cache
from pathlib import Path

import nbformat
import numpy as np

from helpers.check import probe

KEPT_CELLS = 1024  # compiled, those of mistakes among them
SETUP_TAG = "setup"  # on cells that every solution needs first: imports, constants


class Reference:
    """The solutions of one source notebook.

    Parameters
    ----------
    path : Path
        The source notebook: its cells tagged `setup` and its solution cells are used, nothing else is run.
    notebook : NotebookNode, optional
        Its content, where that was read already.

    Raises
    ------
    ValueError
        If two solution cells define the same function, or one is no Python.
    """

    def __init__(self, path, notebook=None):
        self.path = Path(path)
        notebook = notebook or nbformat.read(self.path, as_version=4)
        self.setup, self.solutions = [], []
        self.cell_of = {}
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            if SETUP_TAG in cell.metadata.get("tags", []):
                self.setup.append(cell.source)
            elif cell.metadata.get("nbgrader", {}).get("solution"):
                for node in self._parsed(cell).body:
                    if isinstance(node, ast.FunctionDef):
                        if node.name in self.cell_of:
                            raise ValueError(f"{self.path}: expected one solution cell with {node.name}, got two")
                        self.cell_of[node.name] = len(self.solutions)
                self.solutions.append(cell.source)
        self.namespace = lru_cache(maxsize=64)(self._namespace)

    def _parsed(self, cell):
        try:
            return ast.parse(cell.source)
        except SyntaxError as error:
            place = f"{self.path}, cell {cell.get('id')}, line {error.lineno}"
            raise ValueError(f"{place}: expected Python, got {error.text!r} ({error.msg})") from None

    def source(self, name):
        """Return the source of the solution cell that defines a function.

        Parameters
        ----------
        name : str

        Raises
        ------
        KeyError
            If no solution cell defines it.
        """
        if name not in self.cell_of:
            there = ", ".join(self.cell_of) or "none"
            raise KeyError(f"{self.path}: expected a solution cell that defines {name}, got {there}")
        return self.solutions[self.cell_of[name]]

    def edited(self, name, edits):
        """Return the source of a solution cell with edits made.

        Parameters
        ----------
        name : str
        edits : iterable of (str, str)
            Pairs (old, new); each `old` must stand exactly once.

        Raises
        ------
        ValueError
            If an `old` text does not stand there exactly once.
        """
        source = self.source(name)
        for old, new in edits:
            if source.count(old) != 1:
                raise ValueError(f"{name}: expected {old!r} once in the solution, got it {source.count(old)} times")
            source = source.replace(old, new)
        return source

    def function(self, name, changed=()):
        """Return a reference function.

        Parameters
        ----------
        name : str
        changed : tuple of (str, str)
            Pairs (function, source): solution cells that replace the notebook's own, for mistakes and variants.

        Returns
        -------
        callable
        """
        return self.namespace(tuple(changed))[name]

    def _namespace(self, changed):
        cells = list(self.solutions)
        for name, source in changed:
            cells[self.cell_of[name]] = source
        scope = {"__name__": "reference"}
        for number, source in enumerate([*self.setup, *cells]):
            exec(_compiled(source, f"{self.path.stem} {number}"), scope)  # the instructor's own notebook
        return scope

    def outcomes(self, exercise, cases, changed=(), stand_ins=(), given=None):
        """Run a reference function, or a changed one, on cases, in the same way as a learner's.

        Parameters
        ----------
        exercise : Exercise
        cases : list of Case
        changed : tuple of (str, str)
            As for `function`.
        stand_ins : dict of str to str
            They replace earlier functions (see `helpers.check.probe.standing_in`).
        given : list of dict, optional
            For each case, the values that edits of `Exercise.given` ask for.

        Returns
        -------
        list of dict
            As `helpers.check.probe.run` returns them.
        """
        function, found = self.function(exercise.name, changed), []
        with np.errstate(all="ignore"), probe.standing_in(function, stand_ins):  # some mistakes overflow on purpose
            for case, values in zip(cases, given or [{}] * len(cases), strict=True):
                function.__globals__["given"] = values
                found += probe.run(function, [case.inputs], exercise.probe)
        return found

    def mistakes(self, exercise):
        """Yield (mistake, `changed` as for `function`) for every known mistake in an exercise."""
        for mistake in exercise.mistakes:
            yield mistake, ((exercise.name, self.edited(exercise.name, mistake.edits)),)


@lru_cache(maxsize=KEPT_CELLS)
def _compiled(source, cell):
    """Return a cell's code; its lines are kept for the words of exceptions."""
    name = f"<reference {cell} {hash(source):x}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    return compile(source, name, "exec")
