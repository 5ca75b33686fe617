"""What was judged before: beside a judged submission lies a stamp that says what it was made of."""

import hashlib
import importlib.metadata
import json
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

FILE = ".judged.json"
CODE = Path(__file__).parents[1]  # where `helpers` and `autograders` lie
JUDGING = ("helpers", "autograders/assignments", "autograders/engine", "autograders/sandbox")
LIBRARIES = ("numpy", "keras", "tensorflow", "tensorflow-cpu", "ipython", "distributed")  # that marks may depend on


@dataclass(frozen=True)
class Stamp:
    """What a judged submission was made of.

    Attributes
    ----------
    work : str
        Checksum of what was handed in, of what it was judged with, and of the engine.
    dates : str
        When it was handed in and when it is due, and the rule for late penalties.
    read : float
        When it was read, in seconds since 1970: of two runs that judge the same, the later one stands.
    problem : str or None
        Why it could not be judged, if so: a file that is no notebook.
    """

    work: str
    dates: str
    read: float
    problem: str | None = None

    def plain(self):
        """Return it as bytes, for its file."""
        return json.dumps(asdict(self)).encode("utf-8")


def read(folder):
    """Return the Stamp of a judged submission's folder; None if there is none that can be read."""
    try:
        return Stamp(**json.loads((folder / FILE).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def checksum(*parts):
    """Return the checksum of texts and bytes, one after the other."""
    found = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass")
        found.update(len(data).to_bytes(8, "big") + data)
    return found.hexdigest()


@cache
def engine_version():
    """Return the checksum of all code that judges, and of the libraries that marks may depend on."""
    files = sorted(file for part in JUDGING for file in (CODE / part).rglob("*.py"))
    code = [part for file in files for part in (file.relative_to(CODE).as_posix(), file.read_bytes())]
    return checksum(sys.version, *map(_installed, LIBRARIES), *code)


def _installed(library):
    with suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version(library)
