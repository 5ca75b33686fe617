"""Which part of the course may import which: learners need no grading side, and the judge no course."""

import ast

import pytest
from sources import ROOT

NOT_THE_JUDGES = {"nbgrader", "nbconvert", "traitlets", "sqlalchemy"}


def imported(folder):
    """Yield (file, module) for every import in a folder, wherever in the file it stands."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((path, one.name) for one in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((path, f"{node.module}.{one.name}") for one in node.names)


def test_helpers_do_not_name_the_grading_side():
    for path in (ROOT / "helpers").rglob("*.py"):
        assert "autograders" not in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize("room", ["engine", "sandbox"])
def test_the_judge_knows_no_course(room):
    own = tuple(f"autograders.{name}." for name in ("engine", "sandbox", "assignments"))
    found = list(imported(f"autograders/{room}"))
    assert len(found) > 20
    assert [one for one in found if one[1].startswith("autograders.") and not one[1].startswith(own)] == []
    if room == "engine":  # the shell in the jail is IPython's, which is set by traitlets
        assert [one for one in found if one[1].split(".")[0] in NOT_THE_JUDGES] == []
