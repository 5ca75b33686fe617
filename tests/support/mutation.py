"""Small changes of a function's source, one at a time: the errors that a grader of that function must notice.

A pure AST pass: the same source gives the same mutants in the same order, and nothing is run.
"""

import ast
from dataclasses import dataclass
from itertools import pairwise

ARITHMETIC = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add, ast.Div),
    ast.Div: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
}
COMMUTATIVE = (ast.Add, ast.Mult)
COMPARISONS = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
FUNCTIONS = {
    "np.tanh": "np.arctan",
    "np.exp": "np.expm1",
    "np.log": "np.log1p",
    "np.sqrt": "np.square",
    "np.sum": "np.mean",
    "np.mean": "np.sum",
    "np.max": "np.min",
    "np.min": "np.max",
    "np.argmax": "np.argmin",
    "np.argmin": "np.argmax",
    "np.zeros": "np.ones",
    "np.ones": "np.zeros",
    "np.zeros_like": "np.ones_like",
    "np.ones_like": "np.zeros_like",
    "sigmoid": "np.tanh",
    "softmax": "np.exp",
}
STATEMENTS = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Return, ast.For, ast.If, ast.With, ast.While)
DROPPED = "nothing"


@dataclass(frozen=True)
class Mutant:
    """One change of one function.

    Attributes
    ----------
    function : str
        The function that is changed.
    kind : str
        What kind of change it is, "arithmetic" or "dropped statement" for instance.
    change : str
        The lines before and after, "old => new": unique within its source, it names the mutant.
    source : str
        The whole source with the change made.
    """

    function: str
    kind: str
    change: str
    source: str


def mutants(source):
    """Return every mutant of every function in a source.

    Parameters
    ----------
    source : str
        Python: a solution cell, for instance. Docstrings, signatures and code outside functions stay as they are.

    Returns
    -------
    list of Mutant
        No two of the same source, and none of the source that was given. They may still mean the same.

    Raises
    ------
    SyntaxError
        If the source is no Python.
    """
    tree = ast.parse(source)
    original = ast.unparse(tree)
    seen, found, names = {original}, [], {}
    for place, function in enumerate(tree.body):
        if not isinstance(function, ast.FunctionDef):
            continue
        scope = _Scope(function)
        for owner, field, index, node in [(tree, "body", place, function), *_sites(function)]:
            for kind, new in list(_changes(node, scope)):
                _put(owner, field, index, new)
                text = ast.unparse(tree)
                _put(owner, field, index, node)
                if text in seen:
                    continue
                seen.add(text)
                change = _change(original, text)
                names[change] = names.get(change, 0) + 1
                change += f" (no. {names[change]})" if names[change] > 1 else ""
                found.append(Mutant(function.name, kind, change, text))
    return found


def sample(population, count, rng):
    """Draw from a list of mutants so that every function and kind is met.

    Parameters
    ----------
    population : list of Mutant
    count : int
        How many; all of them where there are no more.
    rng : random.Random
        Seeded by the caller: the same seed, the same sample.

    Returns
    -------
    list of Mutant
        In their order in the population: one of each function and kind in turn, until `count` are reached.
    """
    strata = {}
    for number in rng.sample(range(len(population)), len(population)):
        mutant = population[number]
        strata.setdefault((mutant.function, mutant.kind), []).append(number)
    queues = [strata[key] for key in sorted(strata)]
    rng.shuffle(queues)
    rounds = [queue[level] for level in range(len(population)) for queue in queues if level < len(queue)]
    return [population[number] for number in sorted(rounds[:count])]


# --- Where a function can be changed ----------------------------------------------------------------------------------


class _Scope:
    """What a function's names and texts are, in the order in which they first appear."""

    def __init__(self, function):
        arguments = function.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        self.bound = {argument.arg: 0 for argument in every}  # name -> the last line of the statement that binds it
        self.texts, self.called = [], []
        for node in _walk(function):
            if isinstance(node, (ast.Assign, ast.For)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                line = node.end_lineno if isinstance(node, ast.Assign) else node.lineno
                for name in [n for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]:
                    if isinstance(name.ctx, ast.Store):
                        self.bound.setdefault(name.id, line)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in self.texts:
                self.texts.append(node.value)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id not in self.called:
                self.called.append(node.func.id)

    def siblings(self, name, line):
        """Return the names bound before a line that stand next to `name` in the order of binding."""
        order = [other for other, bound in self.bound.items() if bound < line]
        return _neighbours(order, name)


def _neighbours(order, item):
    if item not in order:
        return []
    place = order.index(item)
    return list(dict.fromkeys(order[i % len(order)] for i in (place - 1, place + 1) if order[i % len(order)] != item))


def _walk(function):
    return (node for _, _, _, node in _sites(function))


def _sites(node, keep_docstring=True):
    """Yield (owner, field, index or None, node) for the function's body, outermost and first in the text first."""
    fields = ["body"] if keep_docstring else node._fields
    for field in fields:
        value = getattr(node, field, None)
        if isinstance(value, ast.AST):
            children = [(None, value)]
        elif isinstance(value, list):
            children = [(i, child) for i, child in enumerate(value) if isinstance(child, ast.AST)]
        else:
            continue
        for i, child in children:
            text = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            if text or isinstance(child, (ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop)):
                continue
            yield node, field, i, child
            yield from _sites(child, keep_docstring=False)


def _put(owner, field, index, node):
    if index is None:
        setattr(owner, field, node)
    else:
        getattr(owner, field)[index] = node


def _like(node, **changed):
    new = type(node)(**({field: getattr(node, field, None) for field in node._fields} | changed))
    return ast.copy_location(new, node)


def _expression(text):
    return ast.parse(text, mode="eval").body


# --- How it can be changed --------------------------------------------------------------------------------------------


def _changes(node, scope):
    """Yield (kind, node in its place)."""
    if isinstance(node, STATEMENTS):
        yield "dropped statement", ast.Pass()
    yield from _blocks(node, scope)
    handler = {
        ast.AugAssign: _augmented,
        ast.BinOp: _binary,
        ast.BoolOp: _boolean,
        ast.Compare: _compared,
        ast.UnaryOp: _unary,
        ast.IfExp: _condition,
        ast.Subscript: _subscript,
        ast.Slice: _slice,
        ast.Constant: _constant,
        ast.Call: _called,
        ast.Attribute: _attribute,
        ast.Tuple: _listed,
        ast.List: _listed,
        ast.Dict: _dict,
        ast.Name: _name,
        ast.Assign: _assigned,
    }.get(type(node))
    if handler:
        yield from handler(node, scope)


def _blocks(node, scope):
    if isinstance(node, (ast.If, ast.While)):
        yield from _condition(node, scope)
    if isinstance(node, (ast.For, ast.While)):
        yield "loop", _like(node, body=[*node.body, ast.Break()])
    body = node.body if isinstance(getattr(node, "body", None), list) else []
    for i, (one, other) in enumerate(pairwise(body)):
        if _depends(one, other):
            yield "swapped statements", _like(node, body=[*body[:i], other, one, *body[i + 2 :]])


def _depends(one, other):
    """Whether one statement writes a name that the other reads or writes, or the other way round."""

    def names(statement, contexts):
        found = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, contexts)}
        if ast.Store in contexts:  # x[i] = ... and x.append(...) write x
            for n in ast.walk(statement):
                if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store):
                    found |= {inner.id for inner in ast.walk(n.value) if isinstance(inner, ast.Name)}
        return found

    write, any_ = (ast.Store,), (ast.Store, ast.Load)
    return bool(names(one, write) & names(other, any_) or names(other, write) & names(one, any_))


def _condition(node, scope):
    for value in (True, False):
        yield "condition", _like(node, test=ast.Constant(value))


def _augmented(node, scope):
    for operator in ARITHMETIC.get(type(node.op), ()):
        yield "arithmetic", _like(node, op=operator())
    yield "assignment", ast.Assign(targets=[node.target], value=node.value, lineno=node.lineno)


def _assigned(node, scope):
    if len(node.targets) == 1 and isinstance(node.targets[0], ast.Subscript):
        yield "assignment", ast.AugAssign(target=node.targets[0], op=ast.Add(), value=node.value)


def _binary(node, scope):
    for operator in ARITHMETIC.get(type(node.op), ()):
        yield "arithmetic", _like(node, op=operator())
    yield "dropped operand", node.left
    yield "dropped operand", node.right
    if not isinstance(node.op, COMMUTATIVE):
        yield "swapped operands", _like(node, left=node.right, right=node.left)
    if isinstance(node.op, (ast.Mult, ast.MatMult, ast.Div)):
        yield "sign", ast.UnaryOp(op=ast.USub(), operand=node)
    if isinstance(node.op, ast.MatMult):
        for side in ("left", "right"):
            if getattr(getattr(node, side), "attr", None) != "T":
                turned = ast.Attribute(value=getattr(node, side), attr="T", ctx=ast.Load())
                yield "transpose", _like(node, **{side: turned})


def _boolean(node, scope):
    yield "condition", _like(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    for i in range(len(node.values)):
        rest = node.values[:i] + node.values[i + 1 :]
        yield "condition", rest[0] if len(rest) == 1 else _like(node, values=rest)


def _compared(node, scope):
    for i, operator in enumerate(node.ops):
        for other in COMPARISONS.get(type(operator), ()):
            yield "comparison", _like(node, ops=[*node.ops[:i], other(), *node.ops[i + 1 :]])


def _unary(node, scope):
    if not isinstance(node.operand, ast.Constant):
        yield "arithmetic" if isinstance(node.op, ast.USub) else "condition", node.operand


def _subscript(node, scope):
    inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    for i, item in enumerate(inner):
        if isinstance(item, ast.Name) and item.id in scope.bound:
            for text in ("0", "-1", f"{item.id} - 1", f"{item.id} + 1"):
                new = [*inner[:i], _expression(text), *inner[i + 1 :]]
                yield "index", _like(node, slice=_like(node.slice, elts=new) if len(inner) > 1 else new[0])
    if isinstance(node.ctx, ast.Load):
        yield "index", node.value


def _slice(node, scope):
    if node.lower or node.upper:
        yield "slice", _like(node, lower=node.upper, upper=node.lower)
        yield "slice", _like(node, lower=None, upper=None)
    for side in ("lower", "upper"):
        if getattr(node, side):
            for operator in (ast.Add(), ast.Sub()):
                moved = ast.BinOp(left=getattr(node, side), op=operator, right=ast.Constant(1))
                yield "slice", _like(node, **{side: moved})


def _constant(node, scope):
    value = node.value
    if isinstance(value, bool):
        yield "constant", ast.Constant(not value)
    elif isinstance(value, int):
        yield "constant", ast.Constant(value + 1)
        yield "constant", ast.Constant(value - 1)
    elif isinstance(value, float):
        yield "constant", ast.Constant(2 * value + (value == 0))
        yield "constant", ast.Constant(-value)
    elif isinstance(value, str):
        alike = [text for text in scope.texts if len(text) == len(value)]
        for text in _neighbours(alike, value):
            yield "text", ast.Constant(text)


def _called(node, scope):
    name = ast.unparse(node.func)
    for i, (one, other) in enumerate(pairwise(node.args)):
        yield "swapped arguments", _like(node, args=[*node.args[:i], other, one, *node.args[i + 2 :]])
    for i, keyword in enumerate(node.keywords):
        yield "dropped keyword", _like(node, keywords=node.keywords[:i] + node.keywords[i + 1 :])
        if keyword.arg == "axis":
            for axis in (0, 1, -1):
                new = ast.keyword(arg="axis", value=ast.Constant(axis))
                yield "axis", _like(node, keywords=[*node.keywords[:i], new, *node.keywords[i + 1 :]])
    if len(node.args) == 1:
        yield "dropped call", node.args[0]
    elif isinstance(node.func, ast.Attribute) and not node.args:
        yield "dropped call", node.func.value
    if name == "range" and len(node.args) == 1:
        stop = ast.unparse(node.args[0])
        for text in (f"range({stop} - 1)", f"range(1, {stop})", f"reversed(range({stop}))"):
            yield "loop", _expression(text)
    elif name in FUNCTIONS:
        yield "function", _like(node, func=_expression(FUNCTIONS[name]))
    if isinstance(node.func, ast.Name):
        for other in _neighbours(scope.called, name):
            yield "function", _like(node, func=ast.Name(other, ast.Load()))


def _attribute(node, scope):
    if node.attr == "T":
        yield "transpose", node.value


def _listed(node, scope):
    for i, (one, other) in enumerate(pairwise(node.elts)):
        yield "swapped order", _like(node, elts=[*node.elts[:i], other, one, *node.elts[i + 2 :]])
    if len(node.elts) > 1 and isinstance(node.ctx, ast.Load):
        for i in range(len(node.elts)):
            yield "dropped element", _like(node, elts=node.elts[:i] + node.elts[i + 1 :])


def _dict(node, scope):
    for i in range(len(node.values)):
        rest = {"keys": node.keys[:i] + node.keys[i + 1 :], "values": node.values[:i] + node.values[i + 1 :]}
        yield "dropped element", _like(node, **rest)
    for i, (one, other) in enumerate(pairwise(node.values)):
        if None not in node.keys[i : i + 2]:  # None stands for **
            yield "swapped order", _like(node, values=[*node.values[:i], other, one, *node.values[i + 2 :]])


def _name(node, scope):
    if isinstance(node.ctx, ast.Load):
        for other in scope.siblings(node.id, node.lineno):
            yield "name", ast.Name(other, ast.Load())


def _change(before, after):
    """Put the lines in which two sources differ on one line."""
    old, new = before.splitlines(), after.splitlines()
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    sides = (lines[head : len(lines) - tail] for lines in (old, new))
    return " => ".join(" ; ".join(line.strip() for line in side) or DROPPED for side in sides)
