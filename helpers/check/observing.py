"""A learner's function taken apart: its statements, what happens when it runs, and what would happen after a change.

Every answer to a question of `helpers.check.questions` comes from here: the function is run, nothing is guessed.
"""

import ast
import contextlib
import copy
import functools
import inspect
import io
import math
import textwrap
import warnings
from dataclasses import dataclass

from helpers.check import probe
from helpers.check.comparing import difference
from helpers.check.wire import pack
from helpers.language import _

TRACE, COPY = "__trace__", "__copy__"  # what changed functions call
MANY, SOME = 20, 100  # a changed function may take so many times the steps that it took before, and some more
SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr)
LOOPS = (ast.For, ast.While)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
INNER = (ast.FunctionDef, ast.Lambda, *COMPREHENSIONS)  # they have variables of their own
NOT_FOLLOWED = (ast.NamedExpr, ast.Match, ast.Yield, ast.YieldFrom, ast.Global, ast.Nonlocal)


class NoQuestions(ValueError):
    """A function that no questions can be made for; the message says why."""


class NoEnd(SystemExit):
    """Ends a function that takes too many steps; a learner's `except` seldom catches it, and the next step ends it."""


@dataclass(frozen=True)
class Trace:
    """What a statement left behind at one of the times when it ran.

    Attributes
    ----------
    place : tuple of int
        (line, column) of the statement.
    shapes : dict of str to tuple
        The shapes of the arrays (or Keras tensors) among the variables that it sets or changes.
    contents : dict of str to bytes
        What those variables hold, for comparisons.
    """

    place: tuple
    shapes: dict
    contents: dict


@dataclass(frozen=True)
class Seen:
    """What was seen when a function ran on a case.

    Attributes
    ----------
    end : str
        How its calls ended: all with a "value" or all with an "error", "mixed", or "never", with no end in sight.
    outcome : dict
        As `helpers.check.probe.run` returns it.
    arguments : dict of str to object
    traces : list of Trace
        Both of the first call, where the exercise's probe makes several. Traces are taken of the example only, and of a
        changed function no more than one above the number that there were before.
    """

    end: str
    outcome: dict
    arguments: dict
    traces: list

    @property
    def ok(self):
        """Whether there is a value, and no error on the way to it."""
        return self.end == "value" and "value" in self.outcome


class Code:
    """A function, its syntax tree, and one run of it on an example.

    Parameters
    ----------
    function : callable
    spec : Spec
        Of the exercise.
    cases : list of Case
        The first one is the example.

    Attributes
    ----------
    tree : ast.FunctionDef
        Its line numbers are those of the notebook's cell.
    lines : dict of int to str
        The function's lines, as the learner wrote them.
    statements : dict of tuple to ast.stmt
        The simple statements and loops, without those of inner functions, each under its (line, column).
    arguments : dict of str to object
        What the function was called with in the example.
    traces : list of Trace
        What happened in the example, in the order of time.

    Raises
    ------
    NoQuestions
        If the source cannot be had or cannot be followed, or the function cannot be run.
    """

    def __init__(self, function, spec, cases):
        self.function, self.spec, self.cases = inspect.unwrap(function), spec, cases
        try:
            source = textwrap.dedent(inspect.getsource(self.function))
            self.tree = ast.parse(source).body[0]
        except (OSError, TypeError, SyntaxError):
            reason = _("its source cannot be read; run the cell that defines it once more, then ask again")
            raise NoQuestions(reason) from None
        if not isinstance(self.tree, ast.FunctionDef) or self.function.__closure__:
            raise NoQuestions(_("it is not a function that stands by itself in a cell, with `def`"))
        first = self.function.__code__.co_firstlineno
        ast.increment_lineno(self.tree, first - 1)
        if any(isinstance(node, NOT_FOLLOWED) for node in ast.walk(self.tree)):
            raise NoQuestions(_("it uses parts of Python that the questions do not cover"))
        self.tree.decorator_list = []
        self.lines = dict(enumerate(source.splitlines(), start=first))
        self.text = ast.unparse(self.tree)
        found = [node for node in own_nodes(self.tree) if isinstance(node, (*SIMPLE, *LOOPS))]
        self.statements = {place_of(node): node for node in found if not _is_text(node)}
        self.most_steps = self.most_traces = math.inf  # the function itself comes to an end
        self.right = {cases[0]: self.run(cases[0])}
        self.arguments, self.traces = self.right[cases[0]].arguments, self.right[cases[0]].traces
        self.most_steps, self.most_traces = MANY * self.steps + SOME, len(self.traces) + 1
        if not self.right[cases[0]].ok:
            raise NoQuestions(_("it stops with an error on the example, perhaps in another function that it calls"))

    def run(self, case, change=None):
        """Run the function on a case, perhaps with a change.

        Parameters
        ----------
        case : Case
        change : callable, optional
            change(statement) -> list of statements that take its place; called for each of `statements`.

        Returns
        -------
        Seen
        """
        calls, ends, traces = [], set(), []
        self.steps = 0

        def trace(place, values):
            self.steps += 1
            if self.steps > self.most_steps:
                raise NoEnd
            if place is None:
                calls.append(dict(values))
            elif len(calls) == 1 and case is self.cases[0] and len(traces) < self.most_traces:
                named = {name: values[name] for name in names_set(self.statements[place]) if name in values}
                shapes = {name: shape_of(value) for name, value in named.items() if shape_of(value) is not None}
                contents = {name: pack(value) for name, value in named.items()} if self.is_numpy else {}
                traces.append(Trace(place, shapes, contents))

        scope = {**self.function.__globals__, TRACE: trace, COPY: copy.deepcopy}
        tree = _Noted(self.statements, change).module(self.tree)
        exec(compile(tree, f"<{self.spec.name}, observed>", "exec"), scope)  # the learner's own code
        changed = scope[self.tree.name]

        @functools.wraps(changed)
        def watched(*arguments, **named):
            try:
                value = changed(*arguments, **named)
            except Exception:  # passed on; a probe may catch it
                ends.add("error")
                raise
            ends.add("value")
            return value

        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(action="ignore"):
            (outcome,) = probe.run(watched, [case.inputs], self.spec.probe)
        end = "never" if self.steps > self.most_steps else ends.pop() if len(ends) == 1 else "mixed"
        return Seen(end, outcome, calls[0] if calls else {}, traces)

    @property
    def is_numpy(self):
        """Whether the exercise is a plain function of arrays; those of Keras models have probes of their own."""
        return self.spec.probe == "call"

    def compare(self, change):
        """Run a changed function on the cases, and compare what it returns.

        Parameters
        ----------
        change : callable
            As for `run`.

        Returns
        -------
        set of str or None
            The names of the returned values that are no longer the same, {"error"} if there is an error; None if that
            differs from case to case, if there is no end in sight, or if an input or the kind of answer changes.
        """
        found = set()
        for case in self.cases if self.is_numpy else self.cases[:1]:
            if case not in self.right:
                self.right[case] = self.run(case)
            right, got = self.right[case], self.run(case, change)
            if got.end == "error":
                found.add(frozenset({"error"}))
            elif right.ok and got.ok and right.outcome["changed"] == got.outcome["changed"]:
                found.add(self._differences(self.values(right), self.values(got)))
            else:
                return None
        (only, *others) = found
        return None if others or only is None else set(only)

    def values(self, seen):
        """Return {name: value} of what a run returned; a sentence where that cannot be told."""
        return self.spec.split(seen.outcome["value"])

    @staticmethod
    def _differences(one, two):
        """Return the names of the values that differ; None where the names do."""
        if isinstance(two, str) or list(one) != list(two):
            return None
        return frozenset(name for name in one if difference(one[name], two[name]) is not None)


class _Noted(ast.NodeTransformer):
    """Puts a trace after each simple statement and at the start of each turn of a loop, and makes a change."""

    def __init__(self, statements, change):
        self.statements, self.change = statements, change or (lambda statement: [statement])

    def module(self, tree):
        tree = copy.deepcopy(tree)
        self.generic_visit(tree)
        tree.body.insert(0, _trace(None))
        return ast.fix_missing_locations(ast.Module([tree], []))

    def generic_visit(self, node):
        super().generic_visit(node)
        if not isinstance(node, (*SIMPLE, *LOOPS)) or place_of(node) not in self.statements:
            return node
        if isinstance(node, LOOPS):
            node.body.insert(0, _trace(place_of(node)))
            return self.change(node)
        return [*self.change(node), _trace(place_of(node))]

    def visit_FunctionDef(self, node):
        return node  # an inner function has variables of its own


def own_nodes(tree):
    """Yield the nodes of a function or a statement, without what lies in functions and comprehensions inside it."""
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, INNER):
            yield from own_nodes(node)


def names_set(statement):
    """Return the names of the variables that a statement or the head of a loop sets or changes, in their order."""
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, (ast.AugAssign, ast.AnnAssign, ast.For)):
        targets = [statement.target]
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        targets = [statement.value.func]  # of `steps.append(cache)`, the list
    else:
        targets = []
    return list(dict.fromkeys(name for target in targets for name in _base_names(target)))


def _base_names(target):
    while isinstance(target, (ast.Subscript, ast.Attribute, ast.Starred)):
        target = target.value
    if isinstance(target, (ast.Tuple, ast.List)):
        return [name for one in target.elts for name in _base_names(one)]
    return [target.id] if isinstance(target, ast.Name) else []


def shape_of(value):
    """Return the shape of an array or a Keras tensor; None of anything else."""
    shape = getattr(value, "shape", None)
    return shape if isinstance(shape, tuple) else None


def place_of(node):
    """Return (line, column) of a node."""
    return node.lineno, node.col_offset


def _is_text(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _trace(place):
    return ast.parse(f"{TRACE}({place}, locals())").body[0]
