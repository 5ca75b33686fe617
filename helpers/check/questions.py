"""Kinds of questions about a learner's own code.

Each kind is a function that looks at a `helpers.check.observing.Code` and yields questions with their answers. It
finds the answer by running the code, and yields nothing where there is more than one answer, or where a comment or
the exercise's text tells it.
"""

import ast
import random
import re
import zlib
from dataclasses import dataclass
from functools import partial
from itertools import islice

import numpy as np

from helpers.check.nested import flatten
from helpers.check.observing import COMPREHENSIONS, COPY, INNER, LOOPS, SIMPLE, names_set, own_nodes, place_of, shape_of
from helpers.language import _, ngettext

QUESTIONS = 3
TRIES = 8  # changed functions that are run for one question
MOST_NAMES = 3  # in an answer
CHANCE = re.compile(r"empty|random\.(?!default_rng\(\d)")  # such code may return other values at each call
ROOM = re.compile(r"\b(?:zeros|empty|ones|full)\(")  # the shape stands in the line
SIZES = {
    "xt": "n_x m", "x": "n_x m T_x", "a0": "n_a m", "a_prev": "n_a m", "da_next": "n_a m", "da": "n_a m T_x",
    "Wax": "n_a n_x", "Wya": "n_y n_a", "Wy": "n_y n_a", "Wf": "n_a n_a+n_x",
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """A question and its answer.

    Attributes
    ----------
    text : str
    answer : tuple of str
        The words and numbers of the right answer.
    why : str
        One sentence, with what was observed.
    ordered : bool
        Whether the order of the answer counts.
    """

    text: str
    answer: tuple
    why: str
    ordered: bool = True

    def accepts(self, answer):
        """Whether an answer is right; brackets, commas, quotes and capital letters do not matter."""
        given, right = re.findall(r"\w+", str(answer).casefold()), [str(word).casefold() for word in self.answer]
        return given == right if self.ordered else sorted(set(given)) == sorted(right)


# --- Shapes -----------------------------------------------------------------------------------------------------------


def shape_of_a_variable(code, rng):
    """Ask for the shape of a variable after a line."""
    for place, name, shape in _shapes(code, rng):
        if name not in (*code.spec.returns, "_"):
            text = _("What is the shape of `{name}` after line {line}?")
            if None in shape:
                text = _("What is the shape of `{name}` after line {line}? (None is the number of examples)")
            yield Question(
                text.format(name=name, line=place[0]),
                shape,
                _("after line {line}, `{name}` has shape {shape}").format(line=place[0], name=name, shape=shape),
            )


def line_that_first_makes_a_shape(code, rng):
    """Ask which line is the first to give a variable an array of some shape."""
    if any(isinstance(node, INNER) for node in ast.walk(code.tree) if node is not code.tree):
        return
    known = {shape_of(node) for node in flatten(code.arguments)[1] if shape_of(node)}
    first = {}
    for trace in code.traces:
        for name, shape in trace.shapes.items():
            first.setdefault(shape, (trace.place, name))
    for shape, (place, name) in _shuffled(rng, first.items()):
        if shape and shape not in known and _stands_alone(code, place) and not _is_told(code, place):
            yield Question(
                _("Which line is the first that gives a variable the shape {shape}? Answer with its number.").format(
                    shape=shape
                ),
                (place[0],),
                _("line {line} gives `{name}` the shape {shape}, and no variable has it before").format(
                    line=place[0], name=name, shape=shape
                ),
            )


def shape_of_a_result_for_one(code, rng):
    """Ask for the shape of a returned value where there is one sequence, or one step, only."""
    cases = [case for case in code.cases if case.label in ("m = 1", "T_x = 1")]
    for case in _shuffled(rng, cases):
        seen = code.run(case)
        for name, value in _shuffled(rng, code.values(seen).items() if seen.ok else ()):
            if isinstance(value, np.ndarray) and 1 in value.shape:
                sizes = _(", ").join(_sizes(case.inputs))
                text = _("Now other sizes: {sizes}. What is the shape of the `{name}` that your function returns?")
                yield Question(
                    text.format(sizes=sizes, name=name),
                    value.shape,
                    _("for these sizes, the shape of `{name}` is {shape}").format(name=name, shape=value.shape),
                )


# --- Turns of a loop --------------------------------------------------------------------------------------------------


def how_often_a_line_runs(code, rng):
    """Ask how often a line in a loop runs."""
    if not code.is_numpy:
        return
    for place in _shuffled(rng, code.statements):
        count = sum(trace.place == place for trace in code.traces)
        if count > 1 and isinstance(code.statements[place], SIMPLE) and _stands_alone(code, place):
            yield Question(
                _("How often does line {line} run in the example, all turns of all loops together?").format(
                    line=place[0]
                ),
                (count,),
                _("line {line} ran {count} times").format(line=place[0], count=count),
            )


def variable_that_carries_the_state(code, rng):
    """Ask which variables a turn of a loop takes over from the turn before.

    Each variable is set back at the start of each turn to what it was before the loop. If that changes what other
    variables of the loop hold, then the loop computes with what the turn before left in it.
    """
    loops = [node for node in code.tree.body if isinstance(node, LOOPS)]
    if not code.is_numpy or len(loops) != 1:
        return
    (loop,) = loops
    inside = {place_of(node) for node in ast.walk(loop) if isinstance(node, (*SIMPLE, *LOOPS))} & set(code.statements)
    outside = (trace for trace in code.traces if trace.place not in inside)
    before = {name for trace in outside for name in trace.contents} | set(code.arguments)
    names = {name for place in inside for name in names_set(code.statements[place])} & before
    changed = {name: _others_change(code, loop, inside, name) for name in names}
    carriers = sorted(name for name in names if changed[name])
    arrays = {name for trace in code.traces for name in trace.shapes}
    if carriers and None not in changed.values() and set(carriers) <= arrays and len(carriers) <= MOST_NAMES:
        text = ngettext(
            "Each turn of the loop in line {line} computes with something that the turn before left behind "
            "(sums and lists that only collect do not count). In which variable of yours?",
            "Each turn of the loop in line {line} computes with something that the turn before left behind "
            "(sums and lists that only collect do not count). In which {count} variables of yours?",
            len(carriers),
        )
        why = _(
            "with {names} set back to the start at each turn, other variables of the loop change; "
            "with any other variable set back, they do not"
        )
        yield Question(
            text.format(line=loop.lineno, count=len(carriers)),
            tuple(carriers),
            why.format(names=_and(carriers)),
            ordered=False,
        )


def _others_change(code, loop, inside, name):
    """Whether other variables of a loop change if one is set back at each turn; None if that is an error."""

    def reset(statement):
        if place_of(statement) != place_of(loop):
            return [statement]
        statement.body[:0] = ast.parse(f"{name} = {COPY}(__before__)").body
        return [*ast.parse(f"__before__ = {COPY}({name})").body, statement]

    def others(traces):
        traces = [trace for trace in traces if trace.place in inside]
        return [[held for other, held in trace.contents.items() if other != name] for trace in traces]

    seen = code.run(code.cases[0], reset)
    if seen.end == "never":  # what was set back counts the turns
        return False
    return others(seen.traces) != others(code.traces) if seen.ok else None


# --- What if ----------------------------------------------------------------------------------------------------------


def lines_swapped(code, rng):
    """Ask what would happen if two lines that follow each other changed places."""
    bodies = [getattr(node, "body", None) for node in [code.tree, *own_nodes(code.tree)]]
    pairs = [pair for body in bodies if isinstance(body, list) for pair in zip(body, body[1:], strict=False)]
    pairs = [pair for pair in pairs if all(_may_be_changed(code, place_of(one)) for one in pair)]

    def changes():
        for one, two in _shuffled(rng, pairs):
            other = {place_of(one): two, place_of(two): one}
            swap = lambda node, other=other: [other.get(place_of(node), node)]  # noqa: E731
            text = _("If lines {first} and {second} changed places, {what}")
            yield partial(text.format, first=one.lineno, second=two.lineno), [swap]

    yield from _what_if(code, changes())


def line_left_out(code, rng):
    """Ask what would happen without a line.

    A variable that no line sets any more may still be found among the notebook's own variables. There the answer
    depends on other cells, and nothing is asked: with `if False`, the variable stays one of the function.
    """
    places = [place for place in code.statements if _may_be_changed(code, place)]

    def changes():
        for place in _shuffled(rng, places):
            never = ast.If(ast.Constant(False), [code.statements[place]], [])
            yield (
                partial(_("If line {line} were left out, {what}").format, line=place[0]),
                [
                    lambda node, place=place, instead=instead: [instead if place_of(node) == place else node]
                    for instead in (ast.Pass(), never)
                ],
            )

    yield from _what_if(code, changes())


def _what_if(code, ways):
    """Yield questions on changes; first those after which other values are returned: they are the hardest to see.

    Parameters
    ----------
    code : Code
    ways : iterable of (callable, list of callable)
        A sentence that begins with the change and goes on with `what`; and ways to make it, all with the same effect.
    """
    easier = []
    for text, changes in islice(ways, TRIES):
        found, *others = [code.compare(change) for change in changes]
        if found is None or any(other != found for other in others):
            continue
        word = "error" if found == {"error"} else "other" if found else "same"
        why = {
            "error": _("Python stops with an error"),
            "other": _("your function returns another {names}").format(names=_and(sorted(found)))
            if code.is_numpy
            else _("what it returns is different"),
            "same": _("your function still returns the same"),
        }
        asked = _(
            "would your function return the same, return other values, or stop with an error? "
            "Answer: same, other or error."
        )
        told = text(what=why[word])
        question = Question(text(what=asked), (word,), told[0].lower() + told[1:])
        if word == "other":
            yield question
        else:
            easier.append(question)
    yield from easier


def results_that_depend_on_a_variable(code, rng):
    """Ask which returned values would change if a variable held zeros only."""
    for place, name, _shape in islice(_shapes(code, rng) if code.is_numpy else (), TRIES):
        there = code.values(code.right[code.cases[0]])
        # Zeros in a new array, and zeros in the array itself, which other variables may hold, too.
        found, same = (
            code.compare(lambda node, place=place, zeros=zeros: [node, *(zeros if place_of(node) == place else [])])
            for zeros in (ast.parse(f"{name} = 0 * {name}").body, ast.parse(f"{name}[...] = 0").body)
        )
        telling = found and found == same and found < set(there) and found != {name}
        if telling and len(found) <= MOST_NAMES:
            text = _(
                "If all numbers in `{name}` were 0 after line {line}, which of the values that your function "
                "returns would change? There are: {names}."
            )
            why = _("with zeros in `{name}`, {names} would change and nothing else")
            yield Question(
                text.format(name=name, line=place[0], names=", ".join(there)),
                tuple(sorted(found)),
                why.format(name=name, names=_and(sorted(found))),
                ordered=False,
            )


# --- Reading ----------------------------------------------------------------------------------------------------------


def lines_that_use_an_argument(code, rng):
    """Ask which lines use an argument."""
    nodes = [node for node in ast.walk(code.tree) if isinstance(node, ast.Name)]
    names = [node.arg for node in ast.walk(code.tree) if isinstance(node, ast.arg)]  # those of inner functions, too
    for name in _shuffled(rng, [name for name in code.arguments if names.count(name) == 1]):
        uses = [node for node in nodes if node.id == name]
        lines = sorted({node.lineno for node in uses})
        alone = all(_on_one_line(code, line) for line in lines)
        if 1 < len(lines) <= MOST_NAMES and alone and all(isinstance(node.ctx, ast.Load) for node in uses):
            text = _("Which lines after the one with `def` use the argument `{name}`? Answer with their numbers.")
            why = _("`{name}` stands in lines {lines}")
            yield Question(
                text.format(name=name),
                tuple(map(str, lines)),
                why.format(name=name, lines=_and(lines, quote="")),
                ordered=False,
            )


FIRST = (  # these look deepest; the others come where too few of them have a question
    shape_of_a_variable,
    line_that_first_makes_a_shape,
    how_often_a_line_runs,
    variable_that_carries_the_state,
    lines_swapped,
    results_that_depend_on_a_variable,
)
THEN = (shape_of_a_result_for_one, line_left_out, lines_that_use_an_argument)
KINDS = (*FIRST, *THEN)


def make_questions(code):
    """Return questions about a function, each of another kind: always the same ones for the same code.

    Parameters
    ----------
    code : Code

    Returns
    -------
    list of Question
        At most QUESTIONS.
    """
    rng = random.Random(zlib.crc32(code.text.encode("utf-8")))
    found = (next(kind(code, rng), None) for kind in [*_shuffled(rng, FIRST), *_shuffled(rng, THEN)])
    return list(islice(filter(None, found), QUESTIONS))


# --- Small helpers ----------------------------------------------------------------------------------------------------


def example(code):
    """Return the example's sizes in words, for all questions that do not name sizes of their own."""
    return _(", ").join(_sizes(code.arguments))


def _sizes(arguments):
    """Return "n_a = 5" and the like: the sizes that the notebook has letters for, and small arguments as they are."""
    paths, nodes = flatten(arguments)
    found = {}
    for path, node in zip(paths, nodes, strict=True):
        letters = SIZES.get(path[-1] if path else "", "").split()
        if letters and len(letters) == len(shape_of(node) or ()):
            found |= dict(zip(letters, shape_of(node), strict=True))
    if "n_a+n_x" in found:
        found["n_x"] = found.pop("n_a+n_x") - found["n_a"]
    sizes = [f"{letter} = {found[letter]}" for letter in ("n_x", "n_a", "n_y", "m", "T_x") if letter in found]
    for name, value in arguments.items():
        if isinstance(value, (int, float, str)):
            sizes.append(f"{name} = {value!r}")
        elif hasattr(value, "units"):
            sizes.append(_("{name} with {count} units").format(name=name, count=value.units))
        elif not found and shape_of(value):
            sizes.append(_("{name} of shape {shape}").format(name=name, shape=shape_of(value)))
        elif isinstance(value, dict) and not found:
            shapes = {shape_of(one) for one in value.values()} - {None}
            text = _("{name} with {count} entries of shape {shape}") if shapes else _("{name} with {count} entries")
            shape = _(" and ").join(map(str, shapes))
            sizes.append(text.format(name=name, count=len(value), shape=shape))
    return sizes


def _shapes(code, rng):
    """Yield (place, variable, shape), once for each variable that a line computes, if its shape is always the same."""
    shapes = {}
    for trace in code.traces:
        for name, shape in trace.shapes.items():
            shapes.setdefault((trace.place, name), set()).add(shape)
    for (place, name), found in _shuffled(rng, shapes.items()):
        statement = code.statements[place]
        computed = isinstance(statement, ast.Assign) and any(
            isinstance(node, (ast.BinOp, ast.Call)) for node in ast.walk(statement.value)
        )
        names = [node for node in own_nodes(statement) if isinstance(node, ast.Name)]
        stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        alone = _stands_alone(code, place) and not _is_told(code, place)
        if computed and alone and name in stored and len(found) == 1 and () not in found:
            yield place, name, *found


def _is_told(code, place):
    """Whether the line itself tells a shape, in a comment or where it makes room for an array."""
    line = code.lines[place[0]]
    return "#" in line or bool(ROOM.search(line))


def _stands_alone(code, place):
    """Whether a statement fills one line, and loops over nothing itself."""
    statement = code.statements[place]
    loops = any(isinstance(node, COMPREHENSIONS) for node in ast.walk(statement))
    return statement.lineno == _last_line(statement) and _on_one_line(code, place[0]) and not loops


def _on_one_line(code, line):
    """Whether a line holds one statement and no part of another one."""
    statements = [node for node in ast.walk(code.tree) if isinstance(node, ast.stmt) and node is not code.tree]
    return sum(one.lineno <= line <= _last_line(one) for one in statements) == 1


def _last_line(statement):
    """Return the last line of a statement; of a loop and the like, that of its head."""
    body = getattr(statement, "body", None)
    return statement.end_lineno if not body else max(statement.lineno, body[0].lineno - 1)


def _may_be_changed(code, place):
    """Whether it can be told what happens without a line."""
    simple = place in code.statements and isinstance(code.statements[place], SIMPLE)
    return simple and not CHANCE.search(code.text) and _stands_alone(code, place)


def _shuffled(rng, things):
    things = list(things)
    return rng.sample(things, len(things))


def _and(names, quote="`"):
    *first, last = [f"{quote}{name}{quote}" for name in names] or [""]
    return _(" and ").join([_(", ").join(first), last]) if first else last
