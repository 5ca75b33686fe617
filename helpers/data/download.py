"""Fetch the data sets that are too large to ship. A transfer that broke off goes on later; what came is checked."""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from helpers.data import data_path
from helpers.data.cache import CACHE_VARIABLE, cache_folder
from helpers.language import _

MANIFEST = data_path("manifest.json")
CONNECT_SECONDS, READ_SECONDS = 10, 30
RETRIES, RETRY_PAUSE_SECONDS = 3, 0.5  # where no answer came to a request; the pause doubles each time
BUSY_STATUS = (429, 500, 502, 503, 504)
CHUNK_BYTES = 1 << 14  # no more than this is lost where a connection stalls


class DownloadError(OSError):
    """No mirror gave the file that the manifest describes."""


@dataclass(frozen=True)
class Source:
    """One data set of the manifest's ``downloads``."""

    name: str  # what the user types
    path: Path  # in the cache folder
    entry: dict  # of the manifest: file, urls (mirrors in their order), size in bytes, sha256 or md5, licence, about

    @property
    def part(self):
        """Where the file grows until it is complete."""
        return self.path.with_name(self.path.name + ".part")


def list_data(manifest=MANIFEST):
    """List the data sets that can be fetched, in the order of their names."""
    entries = json.loads(manifest.read_text(encoding="utf-8"))["downloads"]
    return [Source(name, cache_folder("downloads") / entry["file"], entry) for name, entry in sorted(entries.items())]


def find(name, manifest=MANIFEST):
    """Find a data set by name; ValueError that lists the names when there is none."""
    sources = {source.name: source for source in list_data(manifest)}
    if name not in sources:
        text = _("expected the name of a data set ({names}), got {got}")
        raise ValueError(text.format(names=", ".join(sources), got=repr(name)))
    return sources[name]


def get(name, progress=True, manifest=MANIFEST):
    """Fetch a data set into the cache folder, unless it is there already.

    A transfer that was broken off goes on where it stopped, also days later and from another mirror. The file takes
    its name only when size and checksum are right. Two processes may fetch the same file at once.

    Raises
    ------
    ValueError
        There is no data set of this name.
    DownloadError
        No mirror gave it; one line for each mirror says why not, and what to do.
    """
    source = find(name, manifest)
    path, part, entry = source.path, source.part, source.entry
    if not fault_of(path, entry):
        return path
    lines = []
    for url in entry["urls"]:
        try:
            transfer(source, url, progress)
            if fault := fault_of(part, entry):
                part.unlink()
                text = _("{fault}; it is deleted: try again, and if this happens again, the file has changed there")
                fault = text.format(fault=fault)
            else:
                os.replace(part, path)
        except DownloadError as error:
            fault = str(error)
        except OSError as error:
            text = _("{path} cannot be written ({reason}): make room, or set {variable} to another folder")
            fault = text.format(path=part, reason=error.strerror, variable=CACHE_VARIABLE)
        if not fault or not fault_of(path, entry):  # another process may have brought it meanwhile
            return path
        lines.append(_("could not fetch {name} from {url}: {fault}").format(name=path.name, url=url, fault=fault))
    raise DownloadError("\n".join(lines))


def transfer(source, url, progress):
    """Bring the part to its full size from one mirror; as long as bytes come, a broken connection is opened again.

    DownloadError says why the mirror does not give the file, any other OSError that the part cannot be written.
    """
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.exceptions import HTTPError
    from urllib3.util import Retry

    part, size = source.part, source.entry["size"]
    part.parent.mkdir(parents=True, exist_ok=True)
    part.touch()
    if part.stat().st_size >= size and fault_of(part, source.entry):
        os.truncate(part, 0)  # left by an older edition of the file
    retry = Retry(
        RETRIES,
        status_forcelist=BUSY_STATUS,
        backoff_factor=RETRY_PAUSE_SECONDS,
        respect_retry_after_header=False,  # nobody waits an hour before an empty progress bar
        raise_on_status=False,
    )
    with requests.Session() as session:
        for scheme in ("https://", "http://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry))
        while (have := part.stat().st_size) < size:
            reason = _("the server sends nothing")
            try:
                receive(session, source, url, have, progress)
            except (requests.RequestException, HTTPError) as error:
                reason = type(error).__name__
            if part.stat().st_size == have:
                text = _(
                    "stopped at {have} of {size} bytes ({reason}): check the network and try again, it goes on there"
                )
                raise DownloadError(text.format(have=have, size=size, reason=reason))


def receive(session, source, url, have, progress):
    """Ask once for all bytes from ``have`` on, and write what comes into the part."""
    from tqdm.auto import tqdm

    size = source.entry["size"]
    headers = {"Range": f"bytes={have}-", "Accept-Encoding": "identity"}  # the range counts the file's own bytes
    with session.get(url, headers=headers, stream=True, timeout=(CONNECT_SECONDS, READ_SECONDS)) as response:
        if not response.ok:
            text = _("the server answered {code} {reason}: try again later")
            raise DownloadError(text.format(code=response.status_code, reason=response.reason))
        if "Content-Range" in response.headers:
            start, expected, offered = have, f"bytes {have}-{size - 1}/{size}", response.headers["Content-Range"]
        else:  # some servers send the whole file, whatever is asked
            start, expected, offered = 0, str(size), response.headers.get("Content-Length", _("an unknown number"))
        if offered != expected:  # the bytes of another file would spoil the part
            text = _(
                "expected {expected} bytes, got {got}: "
                "the file has changed there, or the network shows a login page in its place"
            )
            raise DownloadError(text.format(expected=expected, got=offered))
        with (
            source.part.open("r+b") as file,
            tqdm.wrapattr(file, "write", size, initial=start, desc=source.name, disable=not progress) as counted,
        ):
            file.seek(start)  # not appended: what two processes fetch at once, they write to the same place
            shutil.copyfileobj(response.raw, counted, CHUNK_BYTES)


def fault_of(path, entry):
    """Say how a file differs from its entry in the manifest; empty when it does not."""
    if not path.is_file():
        return _("expected a file at {path}, there is none").format(path=path)
    if path.stat().st_size != entry["size"]:
        return _("expected {expected} bytes, got {got}").format(expected=entry["size"], got=path.stat().st_size)
    algorithm = "sha256" if "sha256" in entry else "md5"
    with path.open("rb") as file:
        found = hashlib.file_digest(file, algorithm).hexdigest()
    text = _("expected {algorithm} {wanted}, got {got}")
    return "" if found == entry[algorithm] else text.format(algorithm=algorithm, wanted=entry[algorithm], got=found)


def verify(names=(), manifest=MANIFEST):
    """Compare files on this machine with the manifest; return by name how each differs, empty when it does not.

    Downloads go by their names, shipped files by their paths; ValueError for a name that is not in the manifest.
    Where none is given, all that ships and all that was fetched is compared.
    """
    known = {  # named from the repository on, where the folder of the manifest is data/; installed, it has another name
        name: (manifest.parent / name.removeprefix("data/"), entry)
        for name, entry in json.loads(manifest.read_text(encoding="utf-8"))["shipped"].items()
    }
    known |= {source.name: (source.path, source.entry) for source in list_data(manifest)}
    here = [name for name, (path, entry) in known.items() if path.exists() or "urls" not in entry]
    if unknown := sorted(set(names) - set(known)):
        text = _("expected names out of {known}, got {got}")
        raise ValueError(text.format(known=", ".join(known), got=", ".join(unknown)))
    return {name: fault_of(*known[name]) for name in names or here}
