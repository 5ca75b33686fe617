"""Slips: mistakes that nobody has to declare, since they can be read off the solution itself.

A slip changes one place of a solution in a way that happens to everybody: one variable for another, a term left out, a
matrix transposed, a time step off by one. Its words are made of the names in that place. What it does to the answer is
found out by running it, as for a declared mistake.
"""

import ast
import re
from itertools import combinations, pairwise

from autograders.engine.exercise import Mistake

SPELLING = re.compile(r"\s+|\((?=-?\w+\))|(?<=\w)\)")  # what two edits of the same place may differ in
ACTIVATIONS = {"np.tanh": "tanh", "sigmoid": "sigmoid", "softmax": "softmax"}
OTHER_FUNCTIONS = {"np.sum": "np.mean", "np.mean": "np.sum", "np.zeros": "np.ones"}
WRONG_INDICES = {
    "0": "always the first step is taken",
    "-1": "always the last step is taken",
    "{} - 1": "the step before is taken",
    "{} + 1": "the step after is taken",
}
SAME_KIND = {ast.Add: "term", ast.Sub: "term", ast.Mult: "factor", ast.MatMult: "factor"}


def slips_in(reference, exercise):
    """Yield the slips in the solution of an exercise.

    Parameters
    ----------
    reference : Reference
    exercise : Exercise
        Its declared mistakes say where the notebook teaches which line; without any there are no slips.

    Yields
    ------
    Mistake
        With one edit, which may be the only difference between several of them. Some do not change what the function
        returns, and some raise errors: whoever runs them leaves those out.
    """
    source = reference.source(exercise.name)
    reader, seen = _Reader(source, exercise.name), {SPELLING.sub("", source)}
    sections = {old: mistake.section for mistake in reversed(exercise.mistakes) for old, _ in mistake.edits}
    for node, statement in reader.places() if sections else ():
        line = reader.lines[statement.lineno - 1].strip()
        place = next((where for old, where in sections.items() if old in line or line in old), [*sections.values()][-1])
        for new, label, question, hint in reader.changes(node, statement):
            changed = reader.replaced(node, new)
            if (plain := SPELLING.sub("", changed)) not in seen:
                seen.add(plain)
                yield Mistake(label, question, hint, place, ((source, changed),))


def merged(source, one, other):
    """Return a source with the edits of two mistakes made, or None where they overlap.

    Parameters
    ----------
    source : str
    one, other : Mistake
        The edits of each fit the source.
    """
    spans = sorted(_span(source, *edit) for mistake in (one, other) for edit in mistake.edits)
    if any(end > start or (begin, end) == (start, stop) for (begin, end, _), (start, stop, _) in pairwise(spans)):
        return None
    for start, end, new in reversed(spans):
        source = source[:start] + new + source[end:]
    return source


def _span(source, old, new):
    """Return (start, end, text) of what an edit really changes: without what `old` and `new` begin and end with."""
    start, head = source.index(old), 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return start + head, start + len(old) - tail, new[head : len(new) - tail]


class _Reader:
    """Reads a function and says in words what can go wrong at each place of it."""

    def __init__(self, source, name):
        self.source = source
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.lines = source.splitlines()
        body = ast.parse(source).body
        self.function = next(one for one in body if isinstance(one, ast.FunctionDef) and one.name == name)
        self.bound = {one.arg: 0 for one in self.function.args.args}
        self.keys = {}
        for node in ast.walk(self.function):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self.bound[node.id] = min(self.bound.get(node.id, node.lineno), node.lineno)
            elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
                if isinstance(node.slice.value, str):
                    self.keys.setdefault(ast.unparse(node.value), set()).add(node.slice.value)

    def places(self):
        """Yield (node, the statement that it belongs to), each statement before what is in it."""
        for statement in ast.walk(self.function):
            if isinstance(statement, ast.stmt) and statement is not self.function and not _is_text(statement):
                yield statement, statement
                yield from ((node, statement) for node in _expressions(statement))

    def offset(self, line, column):
        return self.starts[line - 1] + len(self.lines[line - 1].encode("utf-8")[:column].decode("utf-8"))

    def text(self, node):
        return self.source[
            self.offset(node.lineno, node.col_offset) : self.offset(node.end_lineno, node.end_col_offset)
        ]

    def replaced(self, node, new):
        start, end = self.offset(node.lineno, node.col_offset), self.offset(node.end_lineno, node.end_col_offset)
        return self.source[:start] + new + self.source[end:]

    def changes(self, node, statement):
        """Yield (new text of the node, name of the mistake, question, hint)."""
        where = _where(statement)
        look = f"Compare {where} with its equation, name by name. Which name in it is not the one that is due?"
        terms = f"Compare {where} with its equation, term by term. What does not agree?"
        handler = getattr(self, f"_{type(node).__name__.lower()}", None)
        for new, label, hint in handler(node, where) if handler else ():
            yield new, f"{label}, {where}", look if " stands where " in hint else terms, f"in {where}, {hint}"

    def _name(self, node, where):
        if isinstance(node.ctx, ast.Load) and node.id in self.bound:
            for other, line in self.bound.items():
                if other != node.id and line < node.lineno:
                    yield other, f"{other} for {node.id}", f"{other} stands where {node.id} is due."

    def _constant(self, node, where):
        if type(node.value) is int:
            for other in (node.value - 1, node.value + 1):
                yield f"({other})", f"{other} for {node.value}", f"{other} stands where {node.value} is due."
        elif isinstance(node.value, str):
            alike = [keys for keys in self.keys.values() if node.value in keys]
            for key in sorted(set().union(*alike) - {node.value}):
                yield repr(key).replace("'", '"'), f"{key} for {node.value}", f"{key} stands where {node.value} is due."

    def _call(self, node, where):
        function = ast.unparse(node.func)
        inside = ", ".join(map(self.text, node.args))
        if function in ACTIVATIONS:
            mine = ACTIVATIONS[function]
            yield f"({inside})", f"{mine} left out", f"the {mine} is missing."
            for other, called in ACTIVATIONS.items():
                if other != function:
                    hint = f"{called} is used where {mine} is due."
                    yield f"{other}({inside})", f"{called} for {mine}", hint
                both = f"{called} comes before {mine}; only {mine} is due."
                yield f"{function}({other}({inside}))", f"{called} before {mine}", both
                both = f"{called} comes after {mine}; only {mine} is due."
                yield f"{other}({function}({inside}))", f"{called} after {mine}", both
        elif function in OTHER_FUNCTIONS:
            one, other = function.removeprefix("np."), OTHER_FUNCTIONS[function].removeprefix("np.")
            new = self.text(node).replace(function, OTHER_FUNCTIONS[function], 1)
            yield new, f"{other} for {one}", f"{other} is used where {one} is due."
        elif function == "range" and len(node.args) == 1:
            for new, hint in (
                (f"range({inside} - 1)", "the last step is left out."),
                (f"range(1, {inside})", "the first step is left out."),
                (f"range({inside} + 1)", "there is one step too many."),
                (f"reversed(range({inside}))", "the steps are taken backwards."),
            ):
                yield new, hint.rstrip("."), hint
        elif function == "reversed":
            yield inside, "steps forwards", "the steps are taken forwards; the last one comes first."
        if function not in ACTIVATIONS and function != "reversed" and inside:
            called = function.removeprefix("np.").rpartition(".")[2]
            yield f"({inside})", f"{called} left out", f"{called} is missing."
        if function.endswith(".append"):
            lost = "np.append leaves a list as it is: it gives back a new array, which is thrown away here."
            yield f"np.append({function.removesuffix('.append')}, {inside})", "np.append", lost
        if not function.startswith("np."):
            for i, j in pairwise(range(len(node.args))):
                new = [self.text(one) for one in node.args]
                new[i], new[j] = new[j], new[i]
                both = f"{_names(node.args[i])} and {_names(node.args[j])}"
                hint = f"{both} stand in each other's place."
                yield f"{function}({', '.join(new)})", f"{both} in each other's place", hint
        for keyword in node.keywords:
            if keyword.arg == "axis":
                for axis in ("0", "1", "None"):
                    new = self.text(node).replace(self.text(keyword), f"axis={axis}", 1)
                    wrong = "over all entries" if axis == "None" else f"along axis {axis}"
                    yield new, wrong, f"it goes {wrong}; axis {ast.unparse(keyword.value)} is due."
            elif keyword.arg == "keepdims":
                new = self.text(node).replace(", " + self.text(keyword), "", 1)
                yield new, "axis lost", "the axis that is summed over is lost; keep it, with length 1."

    def _binop(self, node, where):
        left, right, kind = self.text(node.left), self.text(node.right), SAME_KIND.get(type(node.op))
        plain = isinstance(node.left, ast.Constant)
        if kind:
            for rest, gone in ((left, node.right), (right, node.left)):
                if isinstance(node.op, ast.Sub) and rest == right:
                    continue
                yield f"({rest})", f"{_names(gone)} left out", f"the {kind} of {_names(gone)} is missing."
        if isinstance(node.op, (ast.Add, ast.Sub)):
            sign = "-" if isinstance(node.op, ast.Add) else "+"
            yield (
                f"({left} {sign} {right})",
                f"sign of {_names(node.right)}",
                (f"the sign of the term of {_names(node.right)} is the wrong one."),
            )
        if isinstance(node.op, ast.Sub):
            turned = f"the difference of {_names(node.left)} and {_names(node.right)} is taken the wrong way round."
            yield f"({right} - {left})", "difference turned round", turned
            if plain:
                alone = f"{_names(node.right)} is used as it is; its difference from {left} is due."
                yield f"({right})", f"{left} minus left out", alone
            if isinstance(node.right, ast.BinOp) and isinstance(node.right.op, ast.Pow):
                base, power = self.text(node.right.left), self.text(node.right.right)
                hint = f"the whole difference is squared; only {_names(node.right.left)} is to be."
                yield f"({left} - {base}) ** {power}", "difference squared", hint
        elif isinstance(node.op, ast.Pow):
            yield left, f"{_names(node.left)} not squared", f"{_names(node.left)} is not squared."
        elif isinstance(node.op, ast.MatMult):
            both = f"{_names(node.left)} and {_names(node.right)}"
            hint = f"{both} are multiplied entry by entry; a matrix product is due."
            yield f"({left} * {right})", f"entry by entry: {both}", hint
            yield f"({right} @ {left})", f"order of the product of {both}", f"{both} are multiplied in the wrong order."
            yield f"(-{left} @ {right})", f"sign of the product of {both}", f"the product of {both} has the wrong sign."
            for side, other in ((node.left, right), (node.right, left)):
                if not (isinstance(side, ast.Attribute) and side.attr == "T"):
                    turned = f"({left}).T @ {other}" if side is node.left else f"{other} @ ({right}).T"
                    hint = f"{_names(side)} is transposed; it is due as it stands."
                    yield f"({turned})", f"{_names(side)} transposed", hint
        elif isinstance(node.op, ast.Mult):
            both = f"{_names(node.left)} and {_names(node.right)}"
            hint = f"a matrix product of {both} is taken; they are multiplied entry by entry."
            yield f"({left} @ {right})", f"matrix product: {both}", hint
            yield f"({left} + {right})", f"sum for product: {both}", f"{both} are added up where a product is due."
            yield f"({left} / {right})", f"quotient: {both}", f"one of {both} is divided by the other; multiply them."
            yield f"(-({left} * {right}))", f"sign of {both}", f"the product of {both} has the wrong sign."
        elif isinstance(node.op, ast.Div):
            yield (
                f"({left})",
                f"not divided by {_names(node.right)}",
                f"the division by {_names(node.right)} is missing.",
            )

    def _attribute(self, node, where):
        if node.attr == "T":
            name = _names(node.value)
            yield self.text(node.value), f"{name} not transposed", f"{name} is used as it stands; it is due transposed."

    def _subscript(self, node, where):
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        base = self.text(node.value)
        if isinstance(node.slice, (ast.Constant, ast.Name)) and isinstance(node.ctx, ast.Load):
            whole, entry = _names(node.value), _names(node) if _is_key(node) else "one of its entries"
            yield base, f"the whole of {whole}", f"the whole of {whole} is taken; {entry} is due."
        for number, part in enumerate(parts):
            if isinstance(part, ast.Name) and part.id in self.bound:
                texts = [self.text(one) for one in parts]
                for form, hint in WRONG_INDICES.items():
                    new = [*texts[:number], form.format(part.id), *texts[number + 1 :]]
                    yield f"{base}[{', '.join(new)}]", f"{base}: {hint}", f"of {base} {hint}."
                if len(parts) == 3:  # rows, sequences, steps
                    hint = f"{base} is read along the wrong axis; time is the last one."
                    yield f"{base}[:, {part.id}, :]", f"{base}: axis 1 for time", hint
                    yield f"{base}[{part.id}]", f"{base}: axis 0 for time", hint
                    yield f"{base}[:, :]", f"{base}: no step", f"{base} is taken whole; one step of it is due."
        if isinstance(node.slice, ast.Slice) and isinstance(node.ctx, ast.Load):
            ends = [self.text(end) if end else "" for end in (node.slice.lower, node.slice.upper)]
            yield f"{base}[{ends[1]}:{ends[0]}]", f"{base}: the other rows", f"the other rows of {base} are due."

    def _tuple(self, node, where):
        yield from self._listed(node, "()")

    def _list(self, node, where):
        yield from self._listed(node, "[]")

    def _listed(self, node, brackets):
        texts = [self.text(one) for one in node.elts]
        if any(isinstance(one, ast.Slice) for one in node.elts):
            return
        for i, j in combinations(range(len(texts)), 2):
            new = list(texts)
            new[i], new[j] = new[j], new[i]
            both = f"{_names(node.elts[i])} and {_names(node.elts[j])}"
            yield (
                f"{brackets[0]}{', '.join(new)}{brackets[1]}",
                f"{both} in each other's place",
                (f"{both} stand in each other's place."),
            )
        if isinstance(node.ctx, ast.Load) and len(texts) > 1:
            for i, one in enumerate(node.elts):
                rest = ", ".join(texts[:i] + texts[i + 1 :]) + ("," if len(texts) == 2 else "")
                yield f"{brackets[0]}{rest}{brackets[1]}", f"{_names(one)} left out", f"{_names(one)} is missing."

    def _assign(self, node, where):
        value = self.text(node.value)
        yield "pass", "line left out", "nothing happens: the line is missing, or comes too late."
        if isinstance(node.targets[0], ast.Subscript):
            yield f"{self.text(node.targets[0])} += {value}", "added up", "what is stored is added to what was there."

    def _augassign(self, node, where):
        target, value = self.text(node.target), self.text(node.value)
        yield "pass", "line left out", "nothing happens: the line is missing, or comes too late."
        lost = "the new value takes the place of the old one; it is to change the old one."
        yield f"{target} = {value}", "old value lost", lost
        if isinstance(node.op, (ast.Add, ast.Sub)):
            sign = "-=" if isinstance(node.op, ast.Add) else "+="
            yield f"{target} {sign} {value}", "sign of the step", "the step has the wrong sign."
        elif isinstance(node.op, ast.Div):
            yield f"{target} *= {value}", "multiplied", "it is multiplied; divide it."

    def _expr(self, node, where):
        yield "pass", "line left out", "nothing happens: the line is missing, or comes too late."


def _is_text(statement):
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _is_key(node):
    return isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)


def _expressions(statement):
    """Yield the nodes of a statement that belong to no statement inside it."""
    for child in ast.iter_child_nodes(statement):
        if not isinstance(child, (ast.stmt, ast.expr_context, ast.operator)):
            yield child
            yield from _expressions(child)


def _where(statement):
    """Say in words which line is meant."""
    if isinstance(statement, (ast.Assign, ast.AugAssign)):
        target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
        if isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Constant):
            return f"the line that stores {_names(target.value)}"
        return f"the line for {_names(target)}"
    if isinstance(statement, ast.Expr):
        return f"the line with {_names(statement)}"
    return {ast.For: "the line of the loop", ast.Return: "what is returned"}.get(type(statement), "the function")


def _names(node):
    """Name the variables and weights in an expression: "Waa and a_prev"."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and isinstance(node.left, ast.Constant):
        return f"{node.left.value} minus {_names(node.right)}"
    found = []
    for one in ast.walk(node):
        if isinstance(one, ast.Subscript) and isinstance(one.slice, ast.Constant):
            found.append(str(one.slice.value))
        elif isinstance(one, ast.Name) and one.id not in ("np", "parameters", *ACTIVATIONS):
            found.append(one.id)
        elif isinstance(one, ast.Constant) and isinstance(one.value, (int, float)) and one is node:
            found.append(str(one.value))
    found = list(dict.fromkeys(found)) or ["parameters"]
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"
