"""Look into a downloaded archive, or a folder, without unpacking it: faults are found before a file is written."""

import os
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from autograders.collect.strict_files import fault

MAX_BYTES = 2 * 10**9  # of an archive, packed or unpacked
MAX_FILES = 100_000
MAX_RATIO, RATIO_FROM_BYTES = 200, 100 * 2**20  # a class of notebooks shrinks to a tenth, a bomb to a thousandth
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)  # the last: a password, a method that is not known
CLUTTER = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", ".ipynb_checkpoints")


@dataclass(frozen=True)
class Member:
    """A file in an archive or a folder.

    Attributes
    ----------
    parts : tuple of str
        Its path there: names, none of which is empty, `.` or `..`.
    size : int
        In bytes, unpacked.
    """

    parts: tuple
    size: int
    source: Any
    entry: Any = None

    @property
    def path(self):
        """The path as a text."""
        return "/".join(self.parts)

    def read(self):
        """Return the content; raise ValueError if it is damaged or locked by a password."""
        if self.entry is None:
            return self.source.read_bytes()
        try:
            return self.source.read(self.entry)  # no more than the size that was looked at before
        except DAMAGED as error:
            raise ValueError(f"cannot be unpacked: {error}") from None


def members(source, name=None):
    """Return the files of a zip archive or a folder, in their order there.

    Parameters
    ----------
    source : Path or file object
    name : str, optional
        What to call it in errors; the path's own name when not given.

    Returns
    -------
    list of Member
        Without what operating systems leave behind.

    Raises
    ------
    ValueError
        If it is no zip archive, if it is too large or a bomb, or if one of its paths climbs out of it or is a link.
    """
    name = name or Path(source).name
    found = _in_folder(source) if isinstance(source, Path) and source.is_dir() else _in_zip(source, name)
    total = sum(one.size for one in found)
    if total > MAX_BYTES or len(found) > MAX_FILES:
        raise ValueError(
            f"{name} holds {total / 1e9:.1f} GB in {len(found)} files: expected at most {MAX_BYTES / 1e9:g} GB in "
            f"{MAX_FILES} files; collect it in parts. Nothing was collected"
        )
    return [one for one in found if not any(part in CLUTTER or part.startswith("._") for part in one.parts)]


def _in_folder(folder):
    found = []
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names) + [name for name in folders if Path(place, name).is_symlink()]:
            path = Path(place, name)
            if reason := fault(path):
                raise ValueError(f"{path.relative_to(folder).as_posix()} {reason}. Nothing was collected")
            found.append(Member(path.relative_to(folder).parts, path.stat().st_size, path))
    return found


def _in_zip(source, name):
    if isinstance(source, Path) and (size := source.stat().st_size) > MAX_BYTES:
        raise ValueError(
            f"{name} is of {size / 1e9:.1f} GB: expected at most {MAX_BYTES / 1e9:g} GB; collect it in parts. "
            "Nothing was collected"
        )
    try:
        archive = zipfile.ZipFile(source)
    except zipfile.BadZipFile as error:
        raise ValueError(f"{name}: expected a zip archive or a folder, got a file that is none ({error})") from None
    entries = [one for one in archive.infolist() if not one.is_dir()]
    for one in entries:
        _refuse_unsafe(one, name)
    packed, unpacked = sum(one.compress_size for one in entries), sum(one.file_size for one in entries)
    if unpacked > max(RATIO_FROM_BYTES, MAX_RATIO * packed):
        raise ValueError(
            f"{name} would grow from {packed / 1e6:.1f} MB to {unpacked / 1e6:.0f} MB: that is a zip bomb. "
            "Nothing was collected"
        )
    return [Member(_parts(one.filename), one.file_size, archive, one) for one in entries]


def _parts(filename):
    """Return the parts of a path in an archive; some programs on Windows write backslashes."""
    return tuple(part for part in PurePosixPath(filename.replace("\\", "/")).parts if part != ".")


def _refuse_unsafe(entry, name):
    parts = _parts(entry.filename)
    if not parts or ".." in parts or parts[0].startswith("/") or parts[0][1:2] == ":":
        raise ValueError(f"{name}: the path {entry.filename!r} leads out of the archive. Nothing was collected")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise ValueError(f"{name}: {entry.filename!r} is a link or a device, not a file. Nothing was collected")
