"""Functions have no type hints: their docstrings say types, shapes and units. Fields of dataclasses keep theirs."""

import ast

import pytest

PACKAGES = ("helpers", "autograders", "studies", "benchmarks", "data")


def hinted(source):
    """Return the lines where a function or a variable has a type hint; of commands, Typer reads them."""
    tree = ast.parse(source)
    fields = {field for one in ast.walk(tree) if isinstance(one, ast.ClassDef) for field in one.body}
    lines = []
    for one in ast.walk(tree):
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            read = any(
                ast.unparse(decorator).partition("(")[0].endswith(".command") for decorator in one.decorator_list
            )
            arguments = [argument for argument in ast.walk(one.args) if isinstance(argument, ast.arg)]
            if not read and (one.returns or any(argument.annotation for argument in arguments)):
                lines.append(one.lineno)
        elif isinstance(one, ast.AnnAssign) and one not in fields:
            lines.append(one.lineno)
    return lines


@pytest.mark.parametrize("signature", ["x: int", "*x: int", "*, x: int", "**x: int", "x, /, y: int", ") -> (int"])
def test_a_hint_is_found(signature):
    assert hinted(f"def f({signature}): ...") == hinted(f"async def f({signature}): ...") == [1]
    assert hinted(f"@app.command()\ndef f({signature}): ...") == []


def test_variables_have_none_and_fields_may():
    assert hinted("x: int = 0\nclass C:\n    y: int\n    def f(self):\n        z: int = 1") == [1, 5]


def test_no_function_has_type_hints(root):
    paths = sorted(path for package in PACKAGES for path in (root / package).rglob("*.py"))
    assert len(paths) > 100
    found = [f"{path.relative_to(root)}:{line}" for path in paths for line in hinted(path.read_text(encoding="utf-8"))]
    assert found == []
