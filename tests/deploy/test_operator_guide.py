"""`docs/operator.md` is followed line by line, as far as nothing is installed; test_classroom.py opens a classroom."""

import re
import runpy
import stat
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
LINES = [line.strip() for line in re.findall(r"^ {4,}(\S.*)$", GUIDE, re.M)]  # what is to be typed
BY_ANOTHER_TEST = ("runuser -u postgres", "c.")  # test_classroom.py: PostgreSQL, Moodle
CONTAINER = LINES[LINES.index("cd deploy/container") :][:4]
NOT_TRIED = ("docker compose ", "kubectl ", "helm ")  # as the guide says


@pytest.fixture(scope="module")
def deployed():
    """What `deploy/classroom.py` defines."""
    return runpy.run_path(str(ROOT / "deploy" / "classroom.py"))


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """The checkout after the first steps: cloned, closed, with settings of its own."""
    place = tmp_path_factory.mktemp("srv") / "course"
    begin = LINES.index("git clone ADDRESS /srv/course")
    script = "\n".join(LINES[begin : LINES.index("chmod 700 .") + 1])
    script = script.replace("ADDRESS", str(ROOT)).replace("/srv/course", str(place))
    subprocess.run(["bash", "-e"], input=f"{script}\ncp deploy/classroom.toml class.toml\n", text=True, check=True)
    return place


def test_every_line_is_followed_here_or_named():
    known = ("git clone", "cd /srv/course", "chmod 700", "make classroom", "hub_db =", "gradebook_db =")
    assert len(LINES) >= 15
    assert [line for line in LINES if not line.startswith((*known, *CONTAINER, *BY_ANOTHER_TEST, *NOT_TRIED))] == []


def test_the_checkout_is_closed_and_its_settings_are_read(checkout, deployed):
    assert stat.S_IMODE(checkout.stat().st_mode) == 0o700
    settings = deployed["read_settings"](checkout / "class.toml")
    assert settings.folder == "/srv/classroom" and len(settings.learners) == 3  # as the guide says of a trial
    assert f"`address` is `{settings.address}` at first" in GUIDE


@pytest.mark.parametrize("line", [line for line in LINES if line.startswith("make ")])
def test_make_says_what_is_meant(checkout, line):
    words = ["env", "-u", "MAKEFLAGS", "-u", "MAKELEVEL", *line.split(), "-n"]  # as typed, even below `make test`
    said = subprocess.run(words, cwd=checkout, capture_output=True, text=True, check=True).stdout
    what = {"classroom": "start", "classroom-stop": "stop"}[line.split()[1]]
    assert said.splitlines()[-1].endswith(f"deploy/classroom.py {what} --settings class.toml")


def test_lines_for_postgresql_are_settings(checkout, deployed):
    lines = [line for line in LINES if line.startswith(("hub_db", "gradebook_db"))]
    own = checkout / "database.toml"
    text = re.sub(r"^(hub|gradebook)_db.*$", "", (checkout / "class.toml").read_text(encoding="utf-8"), flags=re.M)
    own.write_text("\n".join([text, *lines, ""]), encoding="utf-8")
    own.chmod(0o600)
    settings = deployed["read_settings"](own)
    assert {"hub_db": settings.hub_db, "gradebook_db": settings.gradebook_db} == tomllib.loads("\n".join(lines))
    made = {database for line in LINES for database in re.findall(r"createdb --owner rnn (\w+)", line)}
    assert {settings.hub_db.rpartition("/")[2], settings.gradebook_db.rpartition("/")[2]} == made


def test_lines_for_a_container(checkout, deployed):
    subprocess.run(["bash", "-e"], input="\n".join(CONTAINER), text=True, check=True, cwd=checkout)
    folder = checkout / "deploy" / "container"
    assert re.fullmatch(r"[0-9a-f]{32}", (folder / "database_password").read_text(encoding="utf-8"))
    settings = deployed["read_settings"](folder / "class.toml")
    assert [line for line in LINES if line.startswith(NOT_TRIED) and settings.folder in line] != []
    told = subprocess.run(["git", "status", "--porcelain", "deploy"], cwd=checkout, capture_output=True, text=True)
    assert told.stdout == ""  # no password is ever committed


def test_lines_for_moodle_are_a_configuration():
    lines = [line for line in LINES if line.startswith("c.")]
    assert len(lines) > 3 and compile("\n".join(lines), "own_config.py", "exec")


def test_messages_are_those_of_the_programs():
    from nbgrader.server_extensions.assignment_list import handlers

    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "deploy" / "classroom.py", Path(handlers.__file__))]
    said = " ".join(re.sub(r"\{[^}\n]*\}", "...", "\n".join(texts)).split())
    table = GUIDE[GUIDE.index("## When something does not work") :]
    messages = re.findall(r"^\| (?:the browser: \"|`)(.*?)(?:\"|`) \|", table, re.M)
    assert len(messages) >= 8
    for message in set(messages) - {"no sandbox"}:  # `course doctor` says it
        parts = re.split(r"\bada\b|\b8000\b|\.\.\.", message)
        assert all(part.strip() in said for part in parts), message
