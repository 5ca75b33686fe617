"""pyproject.toml, requirements.lock and environment.yml name the same packages and versions."""

import re
import subprocess
import tomllib

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.version import Version

SMALL_BUILD = {"tensorflow": "tensorflow-cpu"}
LOCKS = {"requirements.lock": ("dev",), "requirements-lab.lock": ("lab",)}
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


def lines_of_lock(root, lock="requirements.lock"):
    text = (root / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if re.match(r"[a-z0-9]", line)]


def locked(root, platform, python, lock="requirements.lock"):
    found = {}
    for line in lines_of_lock(root, lock):
        requirement = Requirement(line.split("--hash")[0].strip())
        if requirement.marker is None or requirement.marker.evaluate(environment(platform, python)):
            found[requirement.name] = Version(next(iter(requirement.specifier)).version)
    return found


def project(root):
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def declared(root, platform, python, extras=("dev",)):
    """What is declared, the extras that an extra names with it."""
    own = project(root)
    found = [Requirement(text) for text in own["dependencies"]]
    extras = list(extras)
    for extra in extras:
        for requirement in map(Requirement, own["optional-dependencies"][extra]):
            extras += requirement.extras if requirement.name == own["name"] else ()
            found += [requirement] if requirement.name != own["name"] else ()
    return [r for r in found if r.marker is None or r.marker.evaluate(environment(platform, python))]


def version_of(versions, requirement):
    """The locked version; where the lock has TensorFlow's small build, that is TensorFlow."""
    return versions.get(requirement.name) or versions[SMALL_BUILD[requirement.name]]


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_lock_fulfils_what_is_declared(root, platform, python, lock):
    versions = locked(root, platform, python, lock)
    for requirement in declared(root, platform, python, LOCKS[lock]):
        assert version_of(versions, requirement) in requirement.specifier


@pytest.mark.parametrize("platform", PLATFORMS)
def test_learners_have_the_versions_that_grade_and_no_grading_side(root, platform):
    versions, whole = (locked(root, platform, "3.12", lock) for lock in reversed(LOCKS))
    assert versions.items() <= whole.items()
    assert not versions.keys() & {"nbgrader", "pytest", "selenium"}


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_each_platform_gets_one_tensorflow(root, platform, lock):
    names = {name for name in locked(root, platform, "3.12", lock) if name.startswith("tensorflow")}
    assert names & {"tensorflow", "tensorflow-cpu"} == {
        "tensorflow-cpu" if platform == "linux x86-64" else "tensorflow"
    }


def test_pip_gets_one_tensorflow(root):
    """pip takes the dependencies without asking which extras are wanted, so no extra can take one away."""
    texts = [
        text
        for some in (project(root)["dependencies"], *project(root)["optional-dependencies"].values())
        for text in some
    ]
    assert {Requirement(text).name for text in texts if text.startswith("tensorflow")} == {"tensorflow"}
    assert not [text for text in texts if "extra" in text]


def test_learners_install_is_free_of_the_grading_side(root):
    base = {r.name for r in declared(root, "linux x86-64", "3.12", extras=())}
    assert not base & {"nbgrader", "nbconvert", "jupyterlab", "notebook", "ipykernel", "jupyter-client", "traitlets"}


def test_libraries_whose_inside_is_touched_have_upper_bounds(root):
    touched = {"nbgrader", "nbconvert", "nbformat", "traitlets", "ipython"}
    found = {r.name: str(r.specifier) for r in map(Requirement, project(root)["optional-dependencies"]["grading"])}
    assert all("<" in found[name] for name in touched)


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_has_hashes_and_no_addresses(root, lock):
    assert all("--hash=sha256:" in line for line in lines_of_lock(root, lock))
    assert "://" not in (root / lock).read_text(encoding="utf-8")


def test_environment_file_pins_what_the_lock_pins(root):
    content = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))
    python, pip = f"python={CONDA_PYTHON}", content["dependencies"][-1]["pip"]
    assert python in content["dependencies"]
    assert pip[-1] == "--editable ."
    for platform in PLATFORMS:
        versions = locked(root, platform, CONDA_PYTHON)
        pins = [Requirement(line) for line in pip[:-1]]
        pins = [pin for pin in pins if pin.marker is None or pin.marker.evaluate(environment(platform, CONDA_PYTHON))]
        wanted = {
            r.name: f"=={version_of(versions, r)}" for r in declared(root, platform, CONDA_PYTHON, ("lab", "grading"))
        }
        assert {pin.name: str(pin.specifier) for pin in pins} == wanted


def test_conda_python_is_one_that_is_supported(root):
    for python in PYTHONS:
        assert f"{python}.0" in Requirement(f"x{project(root)['requires-python']}").specifier


@pytest.mark.parametrize("target", ["setup", "demo", "test", "lab", "wheel", "bench"])
def test_make_knows_its_targets_and_sets_up_first(root, target):
    result = subprocess.run(["make", "--dry-run", "--always-make", target], cwd=root, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert f"--require-hashes -r {'requirements-lab' if target == 'lab' else 'requirements'}.lock" in result.stdout


def test_no_file_names_this_machine_or_a_registry(root):
    names = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True).stdout.split("\0")
    pattern = re.compile(rb"python" rb"hosted|pypi" rb"\.org|registry\." rb"npmjs|/(root|work|farm)/")
    for name in filter(None, names):
        assert not pattern.search((root / name).read_bytes()), name
