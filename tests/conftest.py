"""Fixtures that several test files share."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def root():
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def clean_copy(tmp_path_factory):
    """A copy of the files that are in the repository, which no other account can read."""
    folder = tmp_path_factory.mktemp("checkout")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def wheel(clean_copy):
    """The wheel, built from a copy: setuptools would take along what an earlier build left in `build/`."""
    build = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", clean_copy / "dist"]
    subprocess.run([sys.executable, "-m", "pip", *build, clean_copy], check=True)
    return next((clean_copy / "dist").glob("*.whl"))


@pytest.fixture(scope="session")
def jail():
    """A machine on which kernels can be jailed; tried once, when the first test asks for it."""
    from autograders.sandbox import trial

    if reason := trial.why_not():
        pytest.skip(f"no sandbox here: {reason}")


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    """A course directory with `step_by_step_rnn` released; tests copy it before they change it."""
    from autograders.demo import make_course

    course = make_course(tmp_path_factory.mktemp("course") / "course", ROOT)
    course.release("step_by_step_rnn")
    return course


@pytest.fixture
def course(released, tmp_path):
    """A released course directory of the test's own."""
    from autograders.course import Course

    shutil.copytree(released.root, tmp_path / "course")
    return Course(tmp_path / "course")


@pytest.fixture(scope="module")
def path(root, request):
    """The source notebook of the assignment that the test file calls NAME."""
    name = request.module.NAME
    return root / "notebooks" / name / f"{name}.ipynb"


@pytest.fixture(scope="module")
def reference(path):
    """Its solutions."""
    from autograders.engine.reference import Reference

    return Reference(path)


@pytest.fixture(scope="module")
def notebook(path):
    """Its cells."""
    import nbformat

    return nbformat.read(path, as_version=4)


@pytest.fixture(scope="session")
def emoji():
    """The lab's task of sentences."""
    from helpers.lab import tasks

    return tasks.emoji()


@pytest.fixture(scope="session")
def jazz_task():
    """The lab's task of tokens."""
    from helpers.lab import tasks

    return tasks.jazz()


SLOW_AS_A_WHOLE = re.compile(r"^pytestmark = .*\bslow\b", re.M)


def pytest_ignore_collect(collection_path, config):
    """`make test-fast` does not even import a file that is slow as a whole: several of them import TensorFlow."""
    fast = "not slow" in config.option.markexpr and collection_path.suffix == ".py"
    return True if fast and SLOW_AS_A_WHOLE.search(collection_path.read_text(encoding="utf-8")) else None


def pytest_collection_modifyitems(items):
    """Begin with the slow files that have most tests: no process is to start on one when the other is done."""
    slow = Counter(item.path for item in items if item.get_closest_marker("slow"))
    items.sort(key=lambda item: -slow[item.path])


MAY_BE_ABSENT = "shared/glove"  # development data that no clone has


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """In continuous integration nothing skips in silence: what is missing there is a failure of .ci/run."""
    outcome = yield
    report = outcome.get_result()
    reason = str(report.longrepr[-1]) if isinstance(report.longrepr, tuple) else ""
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        if MAY_BE_ABSENT not in reason:
            report.outcome, report.longrepr = "failed", f"skipped in CI: {reason}"
