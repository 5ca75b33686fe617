"""Settings of a classroom that cannot be: each is refused in one line that says what to do."""

import os
import runpy
import socket

import pytest

GOOD = {
    "folder": '"/nowhere/classroom"', "python": '"/usr/bin/python3"', "grader": '"grader"',
    "instructors": '["ivy"]', "learners": '["ada", "ben"]',
}  # fmt: skip
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def write(path, **changes):
    """Write settings; one that is changed to "" is left out."""
    lines = [f"{name} = {value}\n" for name, value in (GOOD | changes).items() if value]
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def say(root, monkeypatch):
    """A function that says start, stop or remove, and returns the one line that the program ends with."""

    def end(what, path):
        monkeypatch.setattr("sys.argv", ["classroom.py", what, "--settings", str(path)])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(root / "deploy" / "classroom.py"), run_name="__main__")
        assert "\n" not in ended.value.code
        return ended.value.code

    return end


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"learners": ""}, "missing 1 required positional argument: 'learners'"),
        ({"learners": '"ada"'}, "expected learners to be of type list, got 'ada'"),
        ({"learners": "[1]"}, "expected the name of an account, small letters, digits, - and _, got 1"),
        ({"learners": '["a+b"]'}, "got 'a+b'"),
        ({"learners": '["root"]'}, "got 'root'"),
        ({"learners": '["ivy"]'}, "expected each account once, got 'ivy' 2 times"),
        ({"port": '"8000"'}, "expected port to be of type int, got '8000'"),
        ({"folder": '"classroom"'}, "expected folder to begin with a slash, got 'classroom'"),
        ({"colour": '"red"'}, "expected one of the settings folder, python, grader"),
        ({"learners": "["}, "Invalid value"),
    ],
)
def test_wrong_settings(say, tmp_path, changes, told):
    path = write(tmp_path / "class.toml", **changes)
    said = say("start", path)
    assert said.startswith(f"error: {path}: ") and told in said


def test_absent_settings(say, tmp_path):
    assert "No such file or directory" in say("start", tmp_path / "none.toml")


def test_a_password_that_others_can_read(say, tmp_path):
    path = write(tmp_path / "class.toml", hub_db='"postgresql://hub:secret@localhost/hub"')
    path.chmod(0o644)
    assert f"chmod 600 {path}" in say("start", path)


def test_who_is_not_root_is_told_so(say, tmp_path, monkeypatch):
    path = write(tmp_path / "class.toml")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert "only root can start or stop it" in say("start", path)


@ROOT_ONLY
def test_a_port_that_is_taken(say, tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"port {port} is taken" in say("start", write(tmp_path / "class.toml", port=port))
    assert not os.path.exists("/nowhere")


@ROOT_ONLY
def test_only_the_folder_of_a_classroom_is_deleted(say, tmp_path):
    path = write(tmp_path / "class.toml", folder=f'"{tmp_path}"')
    assert f"expected the folder of a classroom, got {tmp_path}" in say("remove", path)
    assert path.exists()
