"""What learners install holds no piece of a solution.

The search works as programs that find copied homework do (Schleimer, Wilkerson and Aiken, "Winnowing", 2003). Whatever
is easy to change is left out: names, numbers, texts and brackets. The *words* of a program stay, in their order: what
it calls, the keywords of arguments, operators, `for` and `if`. Four words in a row are a *piece*. A piece of a solution
is secret, unless a notebook shows it outside its solutions or it is plain arithmetic.
"""

import ast
import re
import textwrap
from pathlib import Path

import nbformat
import pytest
from sources import NOTEBOOKS, ROOT

WORD = re.compile(r"\w+(?=\()|\w+(?==[^=])|\b(?:for|if)\b|[-+*/%@]+")  # in code as `ast.unparse` writes it
LENGTH = 4
ARITHMETIC = {"+", "-", "*", "/", "//", "%", "**"}
MARK = re.compile(r"^ *### (?:BEGIN|END) SOLUTION\n?", re.MULTILINE)


def pieces(tree):
    """Return all pieces of a module's or a function's body."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    words = WORD.findall("\n".join(map(ast.unparse, tree.body)))
    rows = zip(*(words[start:] for start in range(LENGTH)), strict=False)
    return {" ".join(row) for row in rows if not ARITHMETIC.issuperset(row)}


def read_notebooks():
    """Return {id of a solution's cell: its source}, and the pieces that the notebooks show outside solutions."""
    solutions, shown = {}, set()
    for path in NOTEBOOKS.values():
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                parts = MARK.split(cell.source)
                shown |= pieces(ast.parse("".join(parts[::2])))
                if len(parts) > 1:
                    solutions[cell.id] = textwrap.dedent("".join(parts[1::2]))
    return solutions, shown


SOLUTIONS, SHOWN = read_notebooks()
SECRET = {name: pieces(ast.parse(source)) - SHOWN for name, source in SOLUTIONS.items()}


def given_away(folder):
    """Return a line for each function of a folder and each solution that it has a piece of."""
    lines = []
    for path in sorted(Path(folder).rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                place, own = f"{path.relative_to(folder)}, line {function.lineno}, {function.name}", pieces(function)
                found = {name: ", ".join(sorted(own & secret)) for name, secret in SECRET.items()}
                lines += [f"{place}: {piece!r} of {name}" for name, piece in found.items() if piece]
    return lines


@pytest.mark.parametrize("folder", ["helpers", "data"])
def test_no_function_holds_a_piece_of_a_solution(folder):
    assert list((ROOT / folder).rglob("*.py"))
    lines = given_away(ROOT / folder)
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("name", SOLUTIONS)
def test_a_copy_with_other_names_is_found(name, tmp_path):
    tree = ast.parse(SOLUTIONS[name])
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in names:
            node.id = f"my_{node.id}"
    module = f'def copied():\n    """Do something else."""\n{textwrap.indent(ast.unparse(tree), "    ")}\n'
    (tmp_path / "module.py").write_text(module, encoding="utf-8")
    assert any(line.endswith(f" of {name}") for line in given_away(tmp_path))
