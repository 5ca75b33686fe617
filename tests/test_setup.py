"""pyproject.toml, requirements.lock and environment.yml name the same packages and versions."""

import re
import subprocess
import tomllib

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.version import Version

PYTHONS = ("3.11", "3.12", "3.13")
CONDA_PYTHON = "3.12"
PLATFORMS = {
    "linux x86-64": {"sys_platform": "linux", "platform_machine": "x86_64", "platform_system": "Linux"},
    "linux arm": {"sys_platform": "linux", "platform_machine": "aarch64", "platform_system": "Linux"},
    "windows": {"sys_platform": "win32", "platform_machine": "AMD64", "platform_system": "Windows"},
    "macos": {"sys_platform": "darwin", "platform_machine": "arm64", "platform_system": "Darwin"},
}


def environment(platform, python, extra=""):
    version = {"python_version": python, "python_full_version": f"{python}.1"}
    return default_environment() | PLATFORMS[platform] | version | {"extra": extra}


def lines_of_lock(root):
    text = (root / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if re.match(r"[a-z0-9]", line)]


def locked(root, platform, python):
    found = {}
    for line in lines_of_lock(root):
        requirement = Requirement(line.split("--hash")[0].strip())
        if requirement.marker is None or requirement.marker.evaluate(environment(platform, python)):
            found[requirement.name] = Version(next(iter(requirement.specifier)).version)
    return found


def declared(root, platform, python, extras=("dev",)):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = project["dependencies"] + [text for extra in extras for text in project["optional-dependencies"][extra]]
    requirements = [Requirement(text) for text in texts]
    return [r for r in requirements if r.marker is None or r.marker.evaluate(environment(platform, python))]


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_lock_fulfils_what_is_declared(root, platform, python):
    versions = locked(root, platform, python)
    for requirement in declared(root, platform, python):
        assert requirement.name in versions
        assert versions[requirement.name] in requirement.specifier


@pytest.mark.parametrize("platform", PLATFORMS)
def test_each_platform_gets_one_tensorflow(root, platform):
    small = platform in ("linux x86-64", "windows")
    names = {name for name in locked(root, platform, "3.12") if name.startswith("tensorflow")}
    assert names & {"tensorflow", "tensorflow-cpu"} == {"tensorflow-cpu" if small else "tensorflow"}


def test_gpu_extra_replaces_the_small_tensorflow(root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = [Requirement(text) for text in project["dependencies"] + project["optional-dependencies"]["gpu"]]
    with_gpu = environment("linux x86-64", "3.12", extra="gpu")
    names = [r.name for r in requirements if r.marker is None or r.marker.evaluate(with_gpu)]
    assert [name for name in names if name.startswith("tensorflow")] == ["tensorflow"]


def test_lock_has_hashes_and_no_addresses(root):
    assert all("--hash=sha256:" in line for line in lines_of_lock(root))
    assert "://" not in (root / "requirements.lock").read_text(encoding="utf-8")


def test_environment_file_pins_what_the_lock_pins(root):
    content = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))
    python, pip = f"python={CONDA_PYTHON}", content["dependencies"][-1]["pip"]
    assert python in content["dependencies"]
    assert pip[-1] == "--editable ."
    for platform in PLATFORMS:
        versions = locked(root, platform, CONDA_PYTHON)
        pins = [Requirement(line) for line in pip[:-1]]
        pins = [pin for pin in pins if pin.marker is None or pin.marker.evaluate(environment(platform, CONDA_PYTHON))]
        wanted = {r.name: f"=={versions[r.name]}" for r in declared(root, platform, CONDA_PYTHON, extras=())}
        assert {pin.name: str(pin.specifier) for pin in pins} == wanted


def test_conda_python_is_one_that_is_supported(root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for python in PYTHONS:
        assert f"{python}.0" in Requirement(f"x{project['requires-python']}").specifier


@pytest.mark.parametrize("target", ["setup", "demo", "test", "lab", "bench"])
def test_make_knows_its_targets_and_sets_up_first(root, target):
    result = subprocess.run(["make", "--dry-run", "--always-make", target], cwd=root, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "--require-hashes -r requirements.lock" in result.stdout


def test_no_file_names_this_machine_or_a_registry(root):
    names = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True).stdout.split("\0")
    pattern = re.compile(rb"python" rb"hosted|pypi" rb"\.org|registry\." rb"npmjs|/(root|work|farm)/")
    for name in filter(None, names):
        assert not pattern.search((root / name).read_bytes()), name
