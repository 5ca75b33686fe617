"""How many plausible wrong answers get a true name? A table of kinds, for the NumPy exercises.

    python benchmarks/wrong_answers.py [--exercise NAME] [--count N] [--seed N] [--show]

A wrong answer is the solution with one edit that beginners make, or with two that do not overlap. It is judged as
`check` judges a learner's function. Programs that a declared mistake has as its own edit are left out. A name counts as
right only where it is one of the edits that were made: it changes a line that the program changed, to the same line or
with the same results on fresh inputs; or it blames what the edit put there or took away (`BLAMED`). Counted apart are a
name for another place that is the same function on fresh inputs, and what is true of the answer without saying where it
comes from ("fact": all zeros, shapes that do not fit). docs/names.md says it in full.
"""

import argparse
import ast
import collections
import contextlib
import copy
import difflib
import io
import random
import re
import sys
import time
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from grading import ASSIGNMENTS, REFERENCES, judged  # noqa: E402
from mutation import mutants  # noqa: E402

from autograders.engine.exercise import Mistake  # noqa: E402
from autograders.release.slips import merged, slips_in  # noqa: E402
from helpers.check.comparing import INPUTS  # noqa: E402
from helpers.check.naming import PLACE, fingerprint, same_sketch  # noqa: E402

EXERCISES = {name: "step_by_step_rnn" for name in ASSIGNMENTS["step_by_step_rnn"]} | dict.fromkeys(
    ("sentence_to_avg", "model", "sentences_to_indices"), "emojify"
)
SEED, FRESH = 16, 77  # of the draw of programs, and of the inputs that a name is verified on
COUNT = {"model": 40}  # programs of an exercise: so many of single edits, and as many of pairs
DEFAULT_COUNT = 110
UNLIKELY = {"condition", "function", "loop"}  # mutants that no beginner writes; the likely ones of them are below
TRUE = ("rightly", "same function", "fact")
FATES = (*TRUE, "wrongly", "not named")
ACTIVATIONS = ("np.tanh", "sigmoid", "softmax")
FROM_OTHER_CELLS = {
    "xt": "x", "x": "xt", "a_prev": "a0", "a0": "a_prev", "a_next": "a", "parameters": "params", "da_next": "da",
    "da": "da_next", "cache": "caches", "caches": "cache", "c_prev": "c0", "sentence": "X_train",
    "word_to_vec_map": "word_to_vec", "word_to_index": "word_to_vec_map", "max_len": "maxLen",
}  # fmt: skip
SIZES = {"n_a": 5, "n_x": 3, "n_y": 2, "m": 10, "T_x": 4, "max_len": 10}  # those of many a published example
# Kinds of wrong answers that are told without a declared mistake: by the start of the name, the edits it is true of.
TOLD_BY_KIND = {
    "nothing is returned": ("nothing returned",),
    "a generator is returned": ("generator",),
    "values in another order": ("order of the answer", "swapped order", "swapped arguments"),
    "values are missing or too many": ("one value", "dropped element"),
    "a list": ("list for array",),
    "transposed": ("transposed answer", "transpose"),
    "axis of length 1": ("axis squeezed away",),
    "whole numbers": ("whole numbers",),
    "fractions into whole numbers": ("whole numbers",),
    "missing": ("dropped element", "text"),
}
# What is said of the line of an error, by the start of the name: what an edit must have done for it to be that edit.
# Of an edit there are the tokens that it took away and put there, its new lines, and whether they set the subject.
ALONE = "no such variable", "no value yet"  # their subject is the whole of what is wrong
BLAMED = {
    "no function": lambda e, what: what in e.added and f"{what}(" in e.new,
    "no range": lambda e, what: "range" in e.removed and what in e.words,
    "unpacked": lambda e, what: e.sets(what) and not e.moved,
    "index": lambda e, what: what in e.added or (e.sets(what) and "[" in e.removed),
    "looked up in": lambda e, what: what in e.added,
    "no array": lambda e, what: e.sets(what) and "(" in e.removed,
    "np.append": lambda e, what: "np" in e.added and "append" in e.words,
    "axis": lambda e, what: what in e.added,
    "size as a number": lambda e, what: what in e.added,
    "too far": lambda e, what: {*re.findall(r"\w+|[-+]", what.partition(" in ")[0])} & {*e.added} or e.loops_over(what),
    "no numbers": lambda e, what: what in e.added or ("[" in e.removed and (what in e.words or e.sets(what))),
    "index on another axis": lambda e, what: f"{what}[" in e.new and (e.moved or {":", ","} & {*e.removed}),
    "sizes in another order": lambda e, what: e.moved and (e.sets(what) or ".shape" in e.new),  # taken from there
    "axes": lambda e, what: e.sets(what) and not e.added,
    "transposed or not": lambda e, what: "T" in {*e.added, *e.removed} and what in e.words,
    "in the other order": lambda e, what: e.moved and {one.split()[0] for one in what.split(" and ")} <= e.words,
    "missing": lambda e, what: {*what.split(", ")} <= {*e.removed},
    "no such key": lambda e, what: what in e.added,
}
CAUSES = ("size as a number", "index on another axis", "sizes in another order")  # false where they are not the edit
WORD = re.compile(r"\w+")
SETS = re.compile(r"\s*(?:for (.+?) in (?=.*:)|(.+?) [-+*/]?= )(.+)")  # a line that sets names
# Facts about numbers: true by their own test, which holds on all cases; they name a part, not a place.
FACTS = re.compile(
    r"a list|fractions into whole numbers|an input is changed: .*|[\w, ]+: (missing|axes"
    r"|size .*|(last|first) column|holds \w+|is \w+|is the (first|last) step of \w+|transposed|axis of length 1"
    r"|whole numbers|all zeros|sign"
    r"|mirrored in time|one step late|one step early|all steps alike|last step|first step)"
)


@dataclass(frozen=True)
class Program:
    """A wrong answer: the kind or kinds of its edits, its source, and the source with each edit alone."""

    kinds: tuple
    source: str
    edits: tuple

    @property
    def kind(self):
        """What the table calls it."""
        return self.kinds[0] if len(self.kinds) == 1 else "two at once"


class Edit:
    """What an edit did to the lines of a solution."""

    def __init__(self, base, source):
        lines, tokens = base.splitlines(), re.compile(r"\w+|[^\w\s]")
        changed = hunks(base, source)
        self.new = " ".join(line for new in changed.values() for line in new)
        before = collections.Counter(tokens.findall(" ".join(line for i, j in changed for line in lines[i:j])))
        after = collections.Counter(tokens.findall(self.new))
        self.removed, self.added, self.words = before - after, after - before, set(after)
        self.moved = not self.removed and not self.added
        self.setting = [SETS.match(line) for new in changed.values() for line in new]

    def sets(self, names):
        """Whether one of its new lines sets these names."""
        return any(match and {*WORD.findall(names)} <= {*WORD.findall(match[1] or match[2])} for match in self.setting)

    def loops_over(self, names):
        """Whether one of its new lines is the loop of one of these names."""
        return any(
            {*WORD.findall(match[1])} & {*WORD.findall(names.partition(" in ")[0])}
            for match in self.setting
            if match and match[1]
        )


# --- Edits that beginners make ----------------------------------------------------------------------------------------


def _expression(text):
    return ast.parse(text, mode="eval").body


def _beginners(node, bound, keys):
    """Yield (kind, node in its place), beyond those of `mutation.mutants`."""
    text = ast.unparse(node)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        for other, line in bound.items():
            if other != node.id and line < node.lineno:
                yield "variable", ast.Name(other, ast.Load())
        if node.id in FROM_OTHER_CELLS and FROM_OTHER_CELLS[node.id] not in bound:
            yield "name of another cell", ast.Name(FROM_OTHER_CELLS[node.id], ast.Load())
        if node.id in SIZES:
            yield "size as a number", ast.Constant(SIZES[node.id])
    elif isinstance(node, ast.Constant) and node.value in keys:
        for key in keys - {node.value}:
            if key[0] == node.value[0]:
                yield "weights", ast.Constant(key)
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value in keys:
        yield "name of another cell", ast.Name(node.slice.value, ast.Load())  # Wf for parameters["Wf"]
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple) and len(node.slice.elts) == 3:
        yield "axis", _expression(text.replace("[:, :, t]", "[:, t, :]"))
        yield "axis", _expression(text.replace("[:, :, t]", "[t]"))
    elif isinstance(node, ast.Subscript) and text == "steps[t]":
        yield "index", node.value
    elif isinstance(node, ast.Call):
        yield from _beginners_calls(node, text)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and isinstance(node.right, ast.BinOp):
        if isinstance(node.right.op, ast.Pow):
            yield "square", _expression(f"({ast.unparse(node.left)} - {ast.unparse(node.right.left)}) ** 2")
    elif isinstance(node, ast.Return) and node.value:
        yield from _beginners_returns(node, text.removeprefix("return "))


def _beginners_calls(node, text):
    name = ast.unparse(node.func)
    inside = ", ".join(map(ast.unparse, node.args))
    if name in ACTIVATIONS:
        for other in ACTIVATIONS:
            if other != name:
                yield "activation", _expression(f"{other}({inside})")
                yield "activation twice", _expression(f"{name}({other}({inside}))")
    elif name == "range":
        for new in (
            f"range({inside} - 1)",
            f"range(1, {inside})",
            f"range({inside} + 1)",
            f"reversed(range({inside}))",
        ):
            yield "loop", _expression(new)
    elif name == "reversed":
        yield "loop", node.args[0]
    elif name == "np.zeros":
        yield "whole numbers", _expression(f"np.zeros({inside}, dtype=int)")
    elif name == "np.sum" and node.keywords:
        yield "size as a number", _expression(f"np.sum({inside}, axis=1).reshape(5, 1)")
    elif name.endswith(".append"):
        yield "result thrown away", _expression(f"np.append({name.removesuffix('.append')}, {inside})")


def _beginners_returns(node, text):
    yield "nothing returned", ast.Pass()
    yield "nothing returned", ast.Expr(_expression(f"print({text})"))
    yield "generator", ast.Expr(ast.Yield(node.value))
    if isinstance(node.value, ast.Tuple):
        names = [ast.unparse(one) for one in node.value.elts]
        yield "one value", ast.Return(node.value.elts[0])
        yield "order of the answer", ast.Return(_expression(", ".join(reversed(names))))
        for number, one in enumerate(names[:-1]):
            for new in (f"{one}.tolist()", f"np.squeeze({one})", f"{one}.T", f"{one}.astype(int)"):
                kind = {"t": "list for array", "T": "transposed answer", "a": "whole numbers"}.get(new[len(one) + 1])
                values = _expression(", ".join([*names[:number], new, *names[number + 1 :]]))
                yield kind if new.startswith(f"{one}.") else "axis squeezed away", ast.Return(values)


def _bound(function):
    """Return {name: the line in which it is first bound} of a function's arguments and variables."""
    bound = dict.fromkeys((one.arg for one in function.args.args), 0)
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound[node.id] = min(bound.get(node.id, node.lineno), node.lineno)
    return bound


def _with_extra(source, name):
    """Yield (kind, source) of each edit of a function that `_beginners` knows."""
    tree = ast.parse(source)
    function = next(one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == name)
    keys = {
        node.slice.value
        for node in ast.walk(function)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)
        if isinstance(node.slice.value, str)
    }
    bound = _bound(function)
    for parent in list(ast.walk(function)):
        for field, value in ast.iter_fields(parent):
            for place, node in enumerate(value if isinstance(value, list) else [value]):
                if not isinstance(node, ast.AST):
                    continue
                for kind, new in _beginners(node, bound, keys):
                    changed = value[:place] + [new] + value[place + 1 :] if isinstance(value, list) else new
                    setattr(parent, field, changed)
                    yield kind, ast.unparse(ast.fix_missing_locations(copy.copy(tree)))
                    setattr(parent, field, value)


def singles(source, name):
    """Return the programs with one edit of a function, each once, none the solution itself."""
    found = {}
    likely = [(one.kind, one.source) for one in mutants(source) if one.function == name and one.kind not in UNLIKELY]
    for kind, text in [*_with_extra(source, name), *likely]:
        found.setdefault(text, kind)
    found.pop(ast.unparse(ast.parse(source)), None)
    return [Program((kind,), text, (text,)) for text, kind in found.items()]


def hunks(base, source):
    """Return the edits between two sources: {(first line, behind the last): new lines}."""
    one, other = base.splitlines(), source.splitlines()
    codes = difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return {(i, j): tuple(other[k:n]) for tag, i, j, k, n in codes if tag != "equal"}


def _overlap(one, other):
    return any(a < max(d, c + 1) and c < max(b, a + 1) for a, b in one for c, d in other)


def pair(base, one, other):
    """Return the program with the edits of both, or None where they overlap."""
    edits = [Mistake("", "", "", "", ((base, single.source),)) for single in (one, other)]
    both = merged(base, *edits)
    try:
        both = both and ast.unparse(ast.parse(both))
    except SyntaxError:
        return None
    return Program((*one.kinds, *other.kinds), both, (one.source, other.source)) if both else None


def programs(exercise, count, seed=SEED):
    """Return distinct wrong answers: `count` with one edit, all kinds alike, and `count` with two."""
    rng = random.Random(f"{seed} {exercise}")
    reference = REFERENCES[EXERCISES[exercise]]
    base = ast.unparse(ast.parse(reference.source(exercise)))
    declared = {ast.unparse(ast.parse(changed[0][1])) for _, changed in reference.mistakes(_declared(exercise))}
    pool = singles(reference.source(exercise), exercise)
    queues = collections.defaultdict(list)
    for one in rng.sample(pool, len(pool)):
        queues[one.kind].append(one)
    order = [queue[level] for level in range(len(pool)) for queue in queues.values() if level < len(queue)]
    chosen = [one for one in order if one.source not in declared][:count]
    kinds, pairs = sorted(queues), {}
    for _ in range(20 * count):
        both = pair(base, *(rng.choice(queues[rng.choice(kinds)]) for _ in range(2)))
        if both and both.source not in declared and len(pairs) < count:
            pairs[both.source] = both
    return [*chosen, *pairs.values()]


# --- Whether they are named, and truly --------------------------------------------------------------------------------


def _declared(exercise):
    return ASSIGNMENTS[EXERCISES[exercise]][exercise]


@cache
def _named_sources(exercise):
    """Return {(name, hint) of a mistake: its sources}; of slips several may be the same in words."""
    reference, known = REFERENCES[EXERCISES[exercise]], collections.defaultdict(list)
    sources = [(mistake, changed[0][1]) for mistake, changed in reference.mistakes(_declared(exercise))]
    sources += [(slip, slip.edits[0][1]) for slip in slips_in(reference, _declared(exercise))]
    for mistake, source in sources:
        with contextlib.suppress(SyntaxError):
            known[mistake.name, mistake.hint].append(ast.unparse(ast.parse(source)))
    return known


@cache
def _fresh(exercise, source):
    """Return what a source gives on fresh inputs: fingerprints with the exercise's stand-ins."""
    declared, reference = _declared(exercise), REFERENCES[EXERCISES[exercise]]
    cases = [case for case in declared.hidden_cases(FRESH) if not case.beyond][:3]
    outcomes = reference.outcomes(declared, cases, ((exercise, source),), declared.stand_ins)
    return [(case, fingerprint(declared.spec, case, one)) for case, one in zip(cases, outcomes, strict=True)]


def _same(exercise, one, other, parts):
    """Whether two sources give the same on fresh inputs, in some parts."""
    for (case, mine), (_, theirs) in zip(_fresh(exercise, one), _fresh(exercise, other), strict=True):
        if "error" in mine or "error" in theirs:
            if mine.get("error", [])[:2] != theirs.get("error", [])[:2]:
                return False
        elif mine.get(PLACE) != theirs.get(PLACE):
            return False
        elif not all(same_sketch(mine[part], theirs[part], case.tolerance) for part in parts):
            return False
    return True


def fate(exercise, program):
    """Judge a program as `check` does, and its names against the edits that were made.

    Parameters
    ----------
    exercise : str
    program : Program

    Returns
    -------
    tuple
        ("right answer", "rightly", "same function", "fact", "wrongly" or "not named"; the names).
    """
    quiet = contextlib.redirect_stdout(io.StringIO())
    with quiet, warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
        report = judged(EXERCISES[exercise], exercise, ((exercise, program.source),), "public")
        if report.ok:
            return "right answer", []
        names = [hint.mistake for hint in report.hints]
        found = {truth(exercise, program, hint) for hint in report.hints}
    return next((one for one in ("wrongly", *TRUE) if one in found), "not named"), names


def truth(exercise, program, hint):
    """Say whether a hint is true of a program: "rightly", "same function", "fact" or "wrongly"."""
    sources = _named_sources(exercise).get((hint.mistake, hint.text), ())
    found = {_truth_of_an_edit(exercise, program, hint, source) for source in sources}
    if not sources:
        return _truth_of_a_kind(exercise, program, hint)
    return next(one for one in ("rightly", "same function", "wrongly") if one in found)


def _truth_of_an_edit(exercise, program, hint, source):
    base = ast.unparse(ast.parse(REFERENCES[EXERCISES[exercise]].source(exercise)))
    parts, named = [part for part in _declared(exercise).parts if part != INPUTS], hunks(base, source)
    for edit in program.edits:
        if edit == source or (_overlap(hunks(base, edit), named) and _same(exercise, source, edit, parts)):
            return "rightly"
    if _overlap(hunks(base, program.source), named):
        if _same(exercise, source, program.source, set(hint.parts) & set(parts)):
            return "rightly"
    alike = any(_same(exercise, source, one, parts) for one in (program.source, *program.edits))
    return "same function" if alike else "wrongly"


def _truth_of_a_kind(exercise, program, hint):
    """Judge a name that is no edit: of a kind of answer, of an error with its line or variable, or of numbers."""
    kinds = TOLD_BY_KIND.get(hint.mistake.rpartition(": ")[2], ())
    if set(kinds) & set(program.kinds):
        return "rightly"
    base = ast.unparse(ast.parse(REFERENCES[EXERCISES[exercise]].source(exercise)))
    kind, _, subject = hint.mistake.partition(": ")
    if hint.mistake.endswith(": missing"):
        kind, subject = "missing", hint.mistake.partition(": ")[0]
    is_edit = BLAMED.get("no numbers" if re.fullmatch(r"no \w+", kind) and kind not in BLAMED else kind)
    if is_edit and any(is_edit(Edit(base, edit), subject) for edit in program.edits):
        return "rightly"
    if kind in CAUSES:
        return "wrongly"
    if FACTS.fullmatch(hint.mistake):
        return "fact"
    made = [(base.splitlines()[i:j], new) for (i, j), new in hunks(base, program.source).items()]
    what = hint.mistake.partition(": ")[2].rstrip(":")
    told = "rightly" if kind in ALONE else "fact"  # the others blame what no edit did, or none of the line's names
    if any(what in line or line.strip() in what for _, new in made for line in new if line.strip()):
        return told  # the error comes from a line that was changed, or its variable stands there
    gone = {name for old, new in made for line in [*old, *new] for name in re.findall(r"\w+", line.partition("=")[0])}
    for line in 2 * program.source.splitlines():  # twice: a loop hands on what its last line sets
        match = SETS.match(line)
        if match and gone & set(re.findall(r"\w+", match[3])):
            gone |= set(re.findall(r"\w+", match[1] or match[2]))
    return told if gone & set(re.findall(r"\w+", what)) else "wrongly"  # or reads what follows from such a line


def survey(exercise, count=None, seed=SEED):
    """Return [(program, fate, names)] for an exercise."""
    chosen = programs(exercise, count or COUNT.get(exercise, DEFAULT_COUNT), seed)
    return [(program, *fate(exercise, program)) for program in chosen]


def table(rows):
    """Yield the lines of a table of [(label, fate)]."""
    yield f"{'':28}" + "".join(f"{one:>14}" for one in ("programs", "rejected", *FATES, "with a true name"))
    tallies = collections.defaultdict(collections.Counter)
    for label, what in rows:
        tallies[label][what] += 1
        tallies["all"][what] += 1
    for label, tally in sorted(tallies.items(), key=lambda item: (item[0] == "all", item[0])):
        wrong = tally.total() - tally["right answer"]
        numbers = (tally.total(), wrong, *(tally[one] for one in FATES))
        true = sum(tally[one] for one in TRUE) / max(wrong, 1)
        yield f"{label:28}" + "".join(f"{number:14}" for number in numbers) + f"{true:16.1%}"


def main():
    """Print a table by exercise and one by kind."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exercise", choices=EXERCISES, action="append", help="only this one (may be repeated)")
    parser.add_argument("--count", type=int, help="programs with one edit, and as many with two, of each exercise")
    parser.add_argument("--seed", type=int, default=SEED, help="of the draw of programs")
    parser.add_argument("--show", action="store_true", help="print each program that has no true name")
    options = parser.parse_args()
    begin, by_exercise, by_kind = time.perf_counter(), [], []
    for exercise in options.exercise or EXERCISES:
        base = ast.unparse(ast.parse(REFERENCES[EXERCISES[exercise]].source(exercise)))
        for program, what, names in survey(exercise, options.count, options.seed):
            by_exercise.append((exercise, what))
            by_kind.append((program.kind, what))
            if options.show and what in ("not named", "wrongly"):
                lines = base.splitlines()
                edits = [(lines[i:j], new) for (i, j), new in hunks(base, program.source).items()]
                print(exercise, what, program.kinds, edits, names, sep="\t")
    print(*table(by_exercise), "", *table(by_kind), f"{time.perf_counter() - begin:.0f} s", sep="\n")


if __name__ == "__main__":
    main()
