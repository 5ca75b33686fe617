"""Slips: mistakes that nobody has to declare, since they can be read off the solution itself.

A slip changes one place of a solution in a way that happens to everybody: one variable for another, a term left out, a
matrix transposed, a time step off by one. Its words are made of the names in that place. What it does to the answer is
found out by running it, as for a declared mistake.
"""

import ast
import re
from itertools import combinations, pairwise

from autograders.engine.exercise import Mistake
from helpers.language import N_, _

SPELLING = re.compile(r"\s+|\((?=-?\w+\))|(?<=\w)\)")  # what two edits of the same place may differ in
ACTIVATIONS = {"np.tanh": "tanh", "sigmoid": "sigmoid", "softmax": "softmax"}
OTHER_FUNCTIONS = {"np.sum": "np.mean", "np.mean": "np.sum", "np.zeros": "np.ones"}
WRONG_INDICES = {
    "0": N_("always the first step is taken"),
    "-1": N_("always the last step is taken"),
    "{} - 1": N_("the step before is taken"),
    "{} + 1": N_("the step after is taken"),
}
MISSING_TERM, MISSING_FACTOR = N_("the term of {names} is missing."), N_("the factor of {names} is missing.")
SAME_KIND = {ast.Add: MISSING_TERM, ast.Sub: MISSING_TERM, ast.Mult: MISSING_FACTOR, ast.MatMult: MISSING_FACTOR}
STANDS = N_("{other} stands where {name} is due.")
FORM = re.compile(r"'[^']*'")  # the names and keys in an expression; without them, lines of one form are alike
LEFT_OUT = N_("nothing happens: the line is missing, or comes too late.")


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
        self.keys, self.held, self.values = {}, {}, {}
        for node in ast.walk(self.function):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self.bound[node.id] = min(self.bound.get(node.id, node.lineno), node.lineno)
            elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
                if isinstance(node.slice.value, str):
                    self.keys.setdefault(ast.unparse(node.value), set()).add(node.slice.value)
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self.values.setdefault(FORM.sub("", ast.dump(node.value)), []).append(node)
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
                self.held |= dict.fromkeys(ast.unparse(node.targets[0]).strip("()").split(", "), node.value.id)

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
        text = _("Compare {where} with its equation, term by term. What does not agree?")
        if isinstance(node, (ast.Name, ast.Constant)):
            text = _("Compare {where} with its equation, name by name. Which name in it is not the one that is due?")
        question, placed = text.format(where=where), _("in {where}, {hint}")
        handler = getattr(self, f"_{type(node).__name__.lower()}", None)
        for new, label, hint, *names in handler(node, where) if handler else ():  # names: what {names} stands for
            hint = hint.format(names=names[0]) if names else hint
            yield new, f"{label}, {where}", question, placed.format(where=where, hint=hint)

    def _name(self, node, where):
        if isinstance(node.ctx, ast.Load) and node.id in self.bound:
            for other, line in self.bound.items():
                if other != node.id and line < node.lineno:
                    yield other, f"{other} for {node.id}", _(STANDS).format(other=other, name=node.id)

    def _constant(self, node, where):
        if type(node.value) is int:
            for other in (node.value - 1, node.value + 1):
                yield f"({other})", f"{other} for {node.value}", _(STANDS).format(other=other, name=node.value)
        elif isinstance(node.value, str):
            alike = [keys for keys in self.keys.values() if node.value in keys]
            for key in sorted(set().union(*alike) - {node.value}):
                hint = _(STANDS).format(other=key, name=node.value)
                yield repr(key).replace("'", '"'), f"{key} for {node.value}", hint

    def _call(self, node, where):
        function = ast.unparse(node.func)
        inside = ", ".join(map(self.text, node.args))
        if function in ACTIVATIONS:
            mine = ACTIVATIONS[function]
            yield f"({inside})", f"{mine} left out", _("the {name} is missing.").format(name=mine)
            for other, called in ACTIVATIONS.items():
                if other != function:
                    hint = _("{other} is used where {name} is due.").format(other=called, name=mine)
                    yield f"{other}({inside})", f"{called} for {mine}", hint
                both = _("{other} comes before {name}; only {name} is due.").format(other=called, name=mine)
                yield f"{function}({other}({inside}))", f"{called} before {mine}", both
                both = _("{other} comes after {name}; only {name} is due.").format(other=called, name=mine)
                yield f"{other}({function}({inside}))", f"{called} after {mine}", both
        elif function in OTHER_FUNCTIONS:
            one, other = function.removeprefix("np."), OTHER_FUNCTIONS[function].removeprefix("np.")
            new = self.text(node).replace(function, OTHER_FUNCTIONS[function], 1)
            yield new, f"{other} for {one}", _("{other} is used where {name} is due.").format(other=other, name=one)
        elif function == "range" and len(node.args) == 1:
            for new, hint in (
                (f"range({inside} - 1)", _("the last step is left out.")),
                (f"range(1, {inside})", _("the first step is left out.")),
                (f"range({inside} + 1)", _("there is one step too many.")),
                (f"reversed(range({inside}))", _("the steps are taken backwards.")),
            ):
                yield new, hint.rstrip("."), hint
        elif function == "reversed":
            yield inside, "steps forwards", _("the steps are taken forwards; the last one comes first.")
        if function not in ACTIVATIONS and function != "reversed" and inside:
            called = function.removeprefix("np.").rpartition(".")[2]
            yield f"({inside})", f"{called} left out", _("{names} is missing."), called
        if function.endswith(".append"):
            lost = _("NumPy's append leaves a list as it is: it gives back a new array, which is thrown away here.")
            yield f"np.append({function.removesuffix('.append')}, {inside})", "np.append", lost
        if not function.startswith("np."):
            for i, j in pairwise(range(len(node.args))):
                new = [self.text(one) for one in node.args]
                new[i], new[j] = new[j], new[i]
                both = _(" and ").join((_names(node.args[i]), _names(node.args[j])))
                hint = _("{names} stand in each other's place.")
                yield f"{function}({', '.join(new)})", f"{both} in each other's place", hint, both
        for keyword in node.keywords:
            if keyword.arg == "axis":
                for axis in ("0", "1", "None"):
                    new = self.text(node).replace(self.text(keyword), f"axis={axis}", 1)
                    text = _("it goes along axis {axis}; axis {due} is due.")
                    if axis == "None":
                        text = _("it goes over all entries; axis {due} is due.")
                    yield new, f"axis {axis}", text.format(axis=axis, due=ast.unparse(keyword.value))
            elif keyword.arg == "keepdims":
                new = self.text(node).replace(", " + self.text(keyword), "", 1)
                yield new, "axis lost", _("the axis that is summed over is lost; keep it, with length 1.")

    def _binop(self, node, where):
        left, right, kind = self.text(node.left), self.text(node.right), SAME_KIND.get(type(node.op))
        first, second = _names(node.left), _names(node.right)
        both = _(" and ").join((first, second))
        if kind:
            for rest, gone in ((left, node.right), (right, node.left)):
                if isinstance(node.op, ast.Sub) and rest == right:
                    continue
                yield f"({rest})", f"{_names(gone)} left out", _(kind), _names(gone)
        if isinstance(node.op, (ast.Add, ast.Sub)):
            sign = "-" if isinstance(node.op, ast.Add) else "+"
            hint = _("the sign of the term of {names} is the wrong one.")
            yield f"({left} {sign} {right})", f"sign of {second}", hint, second
        if isinstance(node.op, ast.Sub):
            turned = _("the difference of {first} and {second} is taken the wrong way round.")
            yield f"({right} - {left})", "difference turned round", turned.format(first=first, second=second)
            if isinstance(node.left, ast.Constant):
                alone = _("{names} is used as it is; its difference from {number} is due.")
                yield f"({right})", f"{left} minus left out", alone.format(names=second, number=left)
            if isinstance(node.right, ast.BinOp) and isinstance(node.right.op, ast.Pow):
                base, power = self.text(node.right.left), self.text(node.right.right)
                hint = _("the whole difference is squared; only {names} is to be.")
                yield f"({left} - {base}) ** {power}", "difference squared", hint, _names(node.right.left)
        elif isinstance(node.op, ast.Pow):
            yield left, f"{first} not squared", _("{names} is not squared."), first
            hint = _("{names} is multiplied by {number}; it is to be raised to that power.")
            yield f"({left} * {right})", f"{first} times {right}", hint.format(names=first, number=right)
        elif isinstance(node.op, ast.MatMult):
            hint = _("{names} are multiplied entry by entry; a matrix product is due.")
            yield f"({left} * {right})", f"entry by entry: {both}", hint, both
            hint = _("{names} are multiplied in the wrong order.")
            yield f"({right} @ {left})", f"order of the product of {both}", hint, both
            hint = _("the product of {names} has the wrong sign.")
            yield f"(-{left} @ {right})", f"sign of the product of {both}", hint, both
            for side, other in ((node.left, right), (node.right, left)):
                if not (isinstance(side, ast.Attribute) and side.attr == "T"):
                    turned = f"({left}).T @ {other}" if side is node.left else f"{other} @ ({right}).T"
                    hint = _("{names} is transposed; it is due as it stands.")
                    yield f"({turned})", f"{_names(side)} transposed", hint, _names(side)
        elif isinstance(node.op, ast.Mult):
            hint = _("a matrix product of {names} is taken; they are multiplied entry by entry.")
            yield f"({left} @ {right})", f"matrix product: {both}", hint, both
            hint = _("{names} are added up where a product is due.")
            yield f"({left} + {right})", f"sum for product: {both}", hint, both
            hint = _("one of {names} is divided by the other; multiply them.")
            yield f"({left} / {right})", f"quotient: {both}", hint, both
            hint = _("the product of {names} has the wrong sign.")
            yield f"(-({left} * {right}))", f"sign of {both}", hint, both
        elif isinstance(node.op, ast.Div):
            yield f"({left})", f"not divided by {second}", _("the division by {names} is missing."), second

    def _attribute(self, node, where):
        if node.attr == "T":
            name = _names(node.value)
            hint = _("{name} is used as it stands; it is due transposed.")
            yield self.text(node.value), f"{name} not transposed", hint.format(name=name)

    def _subscript(self, node, where):
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        base = self.text(node.value)
        if isinstance(node.slice, (ast.Constant, ast.Name)) and isinstance(node.ctx, ast.Load):
            hint = _("the whole of {name} is taken; one of its entries is due.")
            if _is_key(node):
                hint = _("the whole of {name} is taken; {entry} is due.")
            whole = _names(node.value)
            yield base, f"the whole of {whole}", hint.format(name=whole, entry=_names(node))
            if base in self.held:
                holder = self.held[base]
                hint = _("the whole of {name} is taken; one entry of {base} is due.").format(name=holder, base=base)
                yield holder, f"the whole of {holder}", hint
            for name, line in self.bound.items() if _is_key(node) else ():  # Wf and ft, dzf
                if len(name) <= len("dzf") and node.slice.value[-1] in name and line < node.lineno:
                    yield name, f"{name} for {node.slice.value}", _(STANDS).format(other=name, name=node.slice.value)
        for number, part in enumerate(parts):
            if isinstance(part, ast.Name) and part.id in self.bound:
                texts = [self.text(one) for one in parts]
                for form, hint in WRONG_INDICES.items():
                    new = ", ".join([*texts[:number], form.format(part.id), *texts[number + 1 :]])
                    yield f"{base}[{new}]", f"{base}: {hint}", _("{name}: {hint}.").format(name=base, hint=_(hint))
                if len(parts) == 3:  # rows, sequences, steps
                    hint = _("{name} is read along the wrong axis; time is the last one.").format(name=base)
                    yield f"{base}[:, {part.id}, :]", f"{base}: axis 1 for time", hint
                    yield f"{base}[{part.id}]", f"{base}: axis 0 for time", hint
                    hint = _("{name} is taken whole; one step of it is due.").format(name=base)
                    yield f"{base}[:, :]", f"{base}: no step", hint
        if isinstance(node.slice, ast.Slice) and isinstance(node.ctx, ast.Load):
            lower, upper = (self.text(end) if end else "" for end in (node.slice.lower, node.slice.upper))
            hint = _("the other rows of {name} are due.").format(name=base)
            yield f"{base}[{upper}:{lower}]", f"{base}: the other rows", hint

    def _dict(self, node, where):
        keys, values = ([self.text(one) for one in some if one] for some in (node.keys, node.values))
        for i, j in combinations(range(len(keys)), 2) if len(keys) == len(values) else ():
            new = list(values)
            new[i], new[j] = new[j], new[i]
            both = _(" and ").join(keys[place].strip("\"'") for place in (i, j))
            entries = ", ".join(map(": ".join, zip(keys, new, strict=True)))
            yield f"{{{entries}}}", f"{both} in each other's place", _("{names} stand in each other's place."), both

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
            both = _(" and ").join((_names(node.elts[i]), _names(node.elts[j])))
            hint = _("{names} stand in each other's place.")
            yield f"{brackets[0]}{', '.join(new)}{brackets[1]}", f"{both} in each other's place", hint, both
        if isinstance(node.ctx, ast.Load) and len(texts) > 1:
            for i, one in enumerate(node.elts):
                rest = ", ".join(texts[:i] + texts[i + 1 :]) + ("," if len(texts) == 2 else "")
                gone = _names(one)
                yield f"{brackets[0]}{rest}{brackets[1]}", f"{gone} left out", _("{names} is missing."), gone

    def _assign(self, node, where):
        value = self.text(node.value)
        yield "pass", "line left out", _(LEFT_OUT)
        text = ast.dump(node.value)
        for other in self.values.get(FORM.sub("", text), ()) if isinstance(node.targets[0], ast.Name) else ():
            both = zip(FORM.findall(text), FORM.findall(ast.dump(other.value)), strict=True)
            if sum(one != due for one, due in both) > 1:  # one name for another is a slip of its own
                name = _names(other.targets[0])
                hint = _("what is due for {name} stands on the right of the equals sign: a copy that was not changed.")
                new = f"{self.text(node.targets[0])} = {self.text(other.value)}"
                yield new, f"copy of the line for {name}", hint.format(name=name)
        if isinstance(node.targets[0], ast.Subscript):
            hint = _("what is stored is added to what was there.")
            yield f"{self.text(node.targets[0])} += {value}", "added up", hint

    def _augassign(self, node, where):
        target, value = self.text(node.target), self.text(node.value)
        yield "pass", "line left out", _(LEFT_OUT)
        lost = _("the new value takes the place of the old one; it is to change the old one.")
        yield f"{target} = {value}", "old value lost", lost
        if isinstance(node.op, (ast.Add, ast.Sub)):
            sign = "-=" if isinstance(node.op, ast.Add) else "+="
            yield f"{target} {sign} {value}", "sign of the step", _("the step has the wrong sign.")
        elif isinstance(node.op, ast.Div):
            yield f"{target} *= {value}", "multiplied", _("it is multiplied; divide it.")

    def _expr(self, node, where):
        yield "pass", "line left out", _(LEFT_OUT)


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
            return _("the line that stores {names}").format(names=_names(target.value))
        return _("the line for {names}").format(names=_names(target))
    if isinstance(statement, ast.Expr):
        return _("the line with {names}").format(names=_names(statement))
    return {ast.For: _("the line of the loop"), ast.Return: _("what is returned")}.get(
        type(statement), _("the function")
    )


def _names(node):
    """Name the variables and weights in an expression: "Waa and a_prev"."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and isinstance(node.left, ast.Constant):
        return _("{number} minus {names}").format(number=node.left.value, names=_names(node.right))
    found = []
    for one in ast.walk(node):
        if isinstance(one, ast.Subscript) and isinstance(one.slice, ast.Constant):
            found.append(str(one.slice.value))
        elif isinstance(one, ast.Name) and one.id not in ("np", "parameters", *ACTIVATIONS):
            found.append(one.id)
        elif isinstance(one, ast.Constant) and isinstance(one.value, (int, float)) and one is node:
            found.append(str(one.value))
    found = list(dict.fromkeys(found)) or ["parameters"]
    return found[0] if len(found) == 1 else _(" and ").join([_(", ").join(found[:-1]), found[-1]])
