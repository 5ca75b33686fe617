"""The files of a classroom in a container, as far as they can be tried without an engine that runs it."""

import json
import re
import runpy
import shutil
import subprocess
import tomllib

import pytest

COMPOSE = shutil.which("docker-compose")


@pytest.fixture
def folder(root):
    return root / "deploy" / "container"


@pytest.fixture
def command(folder):
    """What the container runs: the last line of the Dockerfile."""
    return json.loads(folder.joinpath("Dockerfile").read_text(encoding="utf-8").splitlines()[-1].removeprefix("CMD "))


@pytest.mark.skipif(not COMPOSE, reason="docker-compose is not installed")
def test_compose_accepts_its_file(folder, tmp_path):
    for name in ("compose.yml", "gradebook.sql"):
        shutil.copy(folder / name, tmp_path)
    for name in ("class.toml", "database_password"):
        (tmp_path / name).touch()
    done = subprocess.run([COMPOSE, "-f", tmp_path / "compose.yml", "config"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert {"classroom", "database"} == set(re.findall(r"^  (\w+):\n    (?=build|environment)", done.stdout, re.M))


def test_the_example_of_settings_fits_the_container(folder, root, tmp_path):
    program = runpy.run_path(str(root / "deploy" / "classroom.py"))
    path = tmp_path / "class.toml"
    path.touch(mode=0o600)
    path.write_bytes((folder / "class.example.toml").read_bytes())
    settings = program["read_settings"](path)
    compose = (folder / "compose.yml").read_text(encoding="utf-8")
    databases = (folder / "gradebook.sql").read_text(encoding="utf-8") + compose
    assert f"classroom:{settings.folder}" in compose
    assert f":{settings.port}:{settings.port}" in compose
    for address in (settings.hub_db, settings.gradebook_db):
        user, host, database = re.fullmatch(r"postgresql://(\w+):PASSWORD@(\w+)/(\w+)", address).groups()
        assert f"POSTGRES_USER: {user}" in compose and f"\n  {host}:\n" in compose and database in databases


def test_the_container_starts_the_classroom_and_waits(command, root, monkeypatch):
    python, program, *arguments = command
    assert python == "python"
    monkeypatch.setattr("sys.argv", [program, *arguments])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(root / program), run_name="__main__")
    assert ended.value.code == "error: /run/secrets/classroom.toml: [Errno 2] No such file or directory: " + repr(
        "/run/secrets/classroom.toml"
    )


def test_no_image_holds_secrets(folder, root):
    ignored = {name: (root / name).read_text(encoding="utf-8").splitlines() for name in (".gitignore", ".dockerignore")}
    for secret in re.findall(r"file: \./(\S+)", (folder / "compose.yml").read_text(encoding="utf-8")):
        assert f"/deploy/container/{secret}" in ignored[".gitignore"]
        assert f"deploy/container/{secret}" in ignored[".dockerignore"]


def test_the_versions_are_those_that_are_tried(folder, root):
    image = re.search(r"^FROM python:(\d+)\.(\d+)-", (folder / "Dockerfile").read_text(encoding="utf-8"), re.M)
    wanted = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    low, high = map(int, re.fullmatch(r">=3\.(\d+),<3\.(\d+)", wanted.replace(" ", "")).groups())
    assert image[1] == "3" and low <= int(image[2]) < high
