"""What the course needs on this machine, and whether it is there."""

import importlib.metadata
import importlib.util
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from autograders.sandbox import trial

PYTHON_FROM, PYTHON_TO = (3, 11), (3, 13)
PACKAGES = ("numpy", "pandas", "matplotlib", "keras", "music21", "jupyterlab", "nbgrader", "verovio")
TENSORFLOW = ("tensorflow-cpu", "tensorflow")
MEMORY_GIB = 4
NO_SANDBOX = (
    "grade on Linux as root, or where user namespaces are allowed (sysctl kernel.unprivileged_userns_clone=1, "
    "kernel.apparmor_restrict_unprivileged_userns=0; in a container: --privileged), or, if you trust the class, "
    "with `course grade --no-sandbox`"
)
SETUP = "run `make setup` (or `conda env create -f environment.yml`)"


@dataclass(frozen=True)
class Item:
    """One thing that was looked for: `state` is "ok", "note" (the course works without it) or "missing"."""

    state: str
    what: str
    advice: str = ""


def examine():
    """Look at Python, packages, programs and the machine.

    Returns
    -------
    list of Item
    """
    version = ".".join(map(str, sys.version_info[:3]))
    fits = PYTHON_FROM <= sys.version_info[:2] <= PYTHON_TO
    items = [Item("ok" if fits else "missing", f"Python {version}", "" if fits else "Python 3.11 to 3.13 is needed")]
    items += [_package(name) for name in PACKAGES]
    flow = [_package(name) for name in TENSORFLOW]
    items.append(next((one for one in flow if one.state == "ok"), flow[0]))
    items += [_alembic(), _sandbox(), _memory()]
    return [item for item in items if item]


def _package(name):
    try:
        return Item("ok", f"{name} {importlib.metadata.version(name)}")
    except importlib.metadata.PackageNotFoundError:
        return Item("missing", name, SETUP)


def _alembic():
    """nbgrader calls this program by name when it makes a gradebook; `Course` puts its folder on PATH."""
    beside = Path(sys.executable).with_name("alembic")
    if shutil.which("alembic") or beside.exists():
        return Item("ok", "alembic")
    return Item("missing", "alembic", SETUP)


def _sandbox():
    """Try the sandbox: no single setting of the system says whether it works here."""
    reason = trial.why_not()
    if reason is None:
        return Item("ok", "sandbox for learners' code")
    return Item("note", f"no sandbox for learners' code: {reason}", NO_SANDBOX)


def _memory():
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return None
    gib = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    what, advice = f"{gib:.0f} GiB of memory", f"{MEMORY_GIB} GiB or more make training comfortable"
    return Item("ok", what) if gib >= MEMORY_GIB else Item("note", what, advice)
