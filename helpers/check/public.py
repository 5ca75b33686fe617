"""The checks file beside a released notebook: public cases, expected outputs, and fingerprints of known mistakes."""

import io
import json
import zipfile
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path

from helpers.check.comparing import Case, Spec
from helpers.check.wire import pack, unpack
from helpers.language import _

SUFFIX = ".checks.zip"
VERSION = 7  # of the file; raised whenever what `fingerprint` returns for an answer changes, too
EPOCH = (1980, 1, 1, 0, 0, 0)  # a fixed date, so that the same content gives the same bytes


class OtherVersion(ValueError):
    """A checks file of another version than these helpers read."""


@dataclass(frozen=True)
class Answers:
    """What the reference returns for the cases, and the known mistakes with theirs.

    Attributes
    ----------
    expected : list of dict
        The reference's outcome on each case.
    mistakes, slips : list of dict
        As `helpers.check.naming.name_mistakes` takes them: the declared ones; and those found by trying.
    """

    expected: list
    mistakes: list
    slips: list = field(default_factory=list)


@dataclass(frozen=True)
class PublicChecks:
    """What `check` needs for one exercise; `standing` holds the answers with stand-ins for earlier functions."""

    spec: Spec
    cases: list
    own: Answers
    standing: Answers | None = None


def write_checks(checks):
    """Return the bytes of a checks file.

    Parameters
    ----------
    checks : iterable of PublicChecks

    Returns
    -------
    bytes
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(name, content):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)

        for one in checks:
            answers = [one.own, *([one.standing] if one.standing else [])]
            hints = []  # of all slips, each once
            index = {
                "version": VERSION,
                "spec": asdict(one.spec),
                "cases": [{"label": case.label, "beyond": case.beyond} for case in one.cases],
                "mistakes": [some.mistakes for some in answers],
                "slips": [[_numbered(slip, hints) for slip in some.slips] for some in answers],
                "hints": hints,
            }
            data = {"inputs": [case.inputs for case in one.cases], "expected": [some.expected for some in answers]}
            add(f"{one.spec.name}.json", json.dumps(index))
            add(f"{one.spec.name}.npz", pack(data, compressed=True))
    return buffer.getvalue()


def _numbered(slip, hints):
    """Return a slip with the places of its hints in a list in their place; new ones are added to the list."""
    hints += [hint for hint in slip["hints"] if hint not in hints]
    return slip | {"hints": [hints.index(hint) for hint in slip["hints"]]}


def read_checks(name, folder="."):
    """Read the public checks of one exercise from the checks files in a folder.

    Parameters
    ----------
    name : str
        The exercise.
    folder : str or Path
        Where the notebook lies.

    Returns
    -------
    PublicChecks

    Raises
    ------
    FileNotFoundError
        If the folder holds no checks file.
    KeyError
        If none of them knows the exercise.
    ValueError
        If the file is damaged, or of another version (OtherVersion).
    """
    files = sorted(Path(folder).glob(f"*{SUFFIX}"))
    if not files:
        text = _(
            "no file {name} in {folder}: it belongs beside the notebook; fetch the assignment again "
            "(as the instructor: run `course release`)"
        )
        raise FileNotFoundError(text.format(name=f"*{SUFFIX}", folder=Path(folder).resolve()))
    known = []
    for path in files:
        try:
            with zipfile.ZipFile(path) as archive:
                exercises = [Path(entry).stem for entry in archive.namelist() if entry.endswith(".json")]
                known += exercises
                if name in exercises:
                    return _read_one(archive, name)
        except OtherVersion as error:
            raise OtherVersion(_("{part}: {fault}").format(part=path, fault=error)) from None
        except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
            text = _("{path}: damaged ({error}); fetch the assignment again")
            raise ValueError(text.format(path=path, error=error)) from None
    text = _(
        "{name} is no exercise of this notebook; there are: {known}. "
        "If yours has another name, say which one it answers, as in {call}"
    )
    raise KeyError(text.format(name=name, known=", ".join(known), call=f'check({name}, "{known[0]}")'))


def _read_one(archive, name):
    index = json.loads(archive.read(f"{name}.json"))
    if index["version"] != VERSION:
        newer = index["version"] > VERSION
        text = _("expected a checks file of version {wanted}, got version {got}; fetch the assignment again")
        if newer:
            text = _(
                "expected a checks file of version {wanted}, got version {got}; "
                "install the course's package again and restart the kernel"
            )
        raise OtherVersion(text.format(wanted=VERSION, got=index["version"]))
    data = unpack(archive.read(f"{name}.npz"))
    spec = index["spec"]
    spec["returns"] = tuple(spec["returns"])
    spec["fields"] = {part: tuple(names) for part, names in spec["fields"].items()}
    cases = [Case(inputs=inputs, **case) for inputs, case in zip(data["inputs"], index["cases"], strict=True)]
    for slip in chain(*index["slips"]):
        slip["hints"] = [index["hints"][number] for number in slip["hints"]]
    answers = [Answers(*some) for some in zip(data["expected"], index["mistakes"], index["slips"], strict=True)]
    return PublicChecks(Spec(**spec), cases, *answers)
