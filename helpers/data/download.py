"""Fetch the data sets that are too large to ship: resumable, checked, from a list of mirrors."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from helpers.data import data_path
from helpers.data.cache import cache_folder

MANIFEST = data_path("manifest.json")
PART_SUFFIX = ".part"
RECORD_SUFFIX = ".recorded.json"  # beside a download whose size and checksum the manifest leaves open
CHUNK_BYTES = 1 << 18
CONNECT_SECONDS, READ_SECONDS = 10, 30
RETRIES = 3  # of one request, with growing pauses, when a server is busy or cannot be reached
RETRY_PAUSE_SECONDS = 0.5
BUSY_STATUS = (429, 500, 502, 503, 504)
ATTEMPTS = 8  # broken transfers in a row, none of which brought a byte, before a mirror is given up
PLAIN = {"Accept-Encoding": "identity"}  # no compression on the way: byte ranges count the file's own bytes
OK, PARTIAL_CONTENT, RANGE_NOT_SATISFIABLE = 200, 206, 416


class DownloadError(OSError):
    """No mirror gave the file that the manifest describes."""


@dataclass(frozen=True)
class Source:
    """One data set of the manifest's ``downloads``.

    Attributes
    ----------
    name
        What the user types.
    file
        Name of the file in the cache folder.
    urls
        Mirrors, tried in this order.
    size
        Bytes; None for a file that its publisher may change, which is then recorded at the first download.
    checksum
        ``"sha256:..."`` or ``"md5:..."``, hexadecimal; None as above.
    licence, about
        For people.
    """

    name: str
    file: str
    urls: tuple[str, ...]
    size: int | None
    checksum: str | None
    licence: str = ""
    about: str = ""

    @property
    def path(self):
        """Where it lies, or will lie, in the cache folder."""
        return cache_folder("downloads") / self.file

    def known_by(self, path):
        """Size and checksum that a file at ``path`` must have: the manifest's, or what was recorded beside it."""
        record = path.with_name(path.name + RECORD_SUFFIX)
        if self.checksum is None and record.exists():
            found = json.loads(record.read_text(encoding="utf-8"))
            return found["size"], found["checksum"]
        return self.size, self.checksum


@dataclass(frozen=True)
class FileState:
    """What ``verify`` found about one file; ``fault`` is empty when the file is as the manifest says."""

    name: str
    path: Path
    fault: str = ""
    missing: bool = False


def read_manifest(manifest=None):
    """Read ``data/manifest.json``, or another file of the same layout."""
    return json.loads((manifest or MANIFEST).read_text(encoding="utf-8"))


def list_data(manifest=None):
    """List the data sets that can be fetched, in the order of their names."""
    entries = read_manifest(manifest)["downloads"]
    return [source_of(name, entries[name]) for name in sorted(entries)]


def source_of(name, entry):
    """Make a ``Source`` of one entry of the manifest, which names its checksum by the algorithm."""
    checksum = next((f"{name}:{entry[name]}" for name in ("sha256", "md5") if entry.get(name)), None)
    about = entry.get("about") or entry.get("origin", "")
    return Source(
        name, entry["file"], tuple(entry["urls"]), entry.get("size"), checksum, entry.get("licence", ""), about
    )


def find(name, manifest=None):
    """Find a data set by name; ValueError that lists the names when there is none."""
    sources = {source.name: source for source in list_data(manifest)}
    if name not in sources:
        raise ValueError(f"expected the name of a data set ({', '.join(sources)}), got {name!r}")
    return sources[name]


def get(name, dest=None, urls=None, progress=True, manifest=None):
    """Fetch a data set, unless it is there already.

    A transfer that was broken off goes on where it stopped, also days later and from another mirror. The file takes
    its name only when size and checksum are right. Where the manifest leaves these open, the size is the one that the
    server tells, and both are recorded beside the file, so that ``verify`` can say later whether it is still the same.

    Parameters
    ----------
    name : str
        A name that ``list_data`` gives.
    dest : path, optional
        The file to write; None means the user's cache folder.
    urls : sequence of str, optional
        Mirrors to use in place of the listed ones.
    progress : bool
        Show a progress bar.
    manifest : path, optional
        None means the course's own.

    Returns
    -------
    Path
        The checked file.

    Raises
    ------
    ValueError
        There is no data set of this name.
    DownloadError
        No mirror gave it; the message says for each mirror why not.
    """
    source = find(name, manifest)
    path = Path(dest) if dest is not None else source.path
    if not fault_of(path, *source.known_by(path)):
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    reasons = []
    for url in urls or source.urls:
        try:
            fault = get_from(url, source, path, progress)
        except (ConnectionError, TimeoutError) as error:
            fault = str(error)
        if not fault:
            return path
        reasons.append(f"{url}: {fault}")
    raise DownloadError(f"could not fetch {name}:\n  " + "\n  ".join(reasons))


def get_from(url, source, path, progress):
    """Fetch a data set from one mirror; say what was wrong with the file that came, empty when nothing was."""
    part = path.with_name(path.name + PART_SUFFIX)
    size, checksum = source.known_by(path)
    if checksum is None:  # nothing could tell whether what is left of an earlier transfer is of the same file
        part.unlink(missing_ok=True)
        size = size_told_by(url)
    with progress_bar(source.name, size, shown=progress) as bar:
        transfer(url, part, size, bar)
    fault = fault_of(part, size, checksum)
    if fault:
        part.unlink()
        return fault
    if source.checksum is None:
        record = {"size": size, "checksum": f"sha256:{digest(part, 'sha256')}", "url": url}
        path.with_name(path.name + RECORD_SUFFIX).write_text(json.dumps(record), encoding="utf-8")
    os.replace(part, path)
    return ""


def size_told_by(url):
    """Ask a server for the size of a file; ConnectionError when it does not tell."""
    import requests

    try:
        with new_session() as session:
            response = session.head(url, allow_redirects=True, headers=PLAIN, timeout=(CONNECT_SECONDS, READ_SECONDS))
    except requests.RequestException as error:
        raise ConnectionError(str(error)) from error
    size = response.headers.get("Content-Length", "")
    if response.status_code != OK or not size.isdecimal():
        raise ConnectionError(f"the server answered {response.status_code} {response.reason} and told no size")
    return int(size)


def transfer(url, part, size, bar):
    """Bring ``part`` to ``size`` bytes from one mirror, going on wherever the connection breaks.

    Raises
    ------
    ConnectionError
        The mirror has no such file, or another size of it, or stopped giving bytes.
    """
    import requests
    from urllib3.exceptions import HTTPError

    idle, reason = 0, ""
    with new_session() as session:
        while idle < ATTEMPTS:
            before = length_of(part)
            try:
                receive(session, url, part, size, bar)
            except (requests.RequestException, HTTPError) as error:
                reason = str(error)
            if length_of(part) == size:
                return
            idle = 0 if length_of(part) > before else idle + 1
    raise ConnectionError(f"stopped at {length_of(part)} of {size} bytes {reason}".rstrip())


def receive(session, url, part, size, bar):
    """Make one request for what is missing and append what comes, as long as it comes and never beyond ``size``."""
    have = length_of(part)
    if have >= size:  # complete, or longer than it can be: a full one is checked by the caller, a longer one is rubbish
        part.unlink() if have > size else None
        return
    headers = PLAIN | {"Range": f"bytes={have}-"}
    with session.get(url, headers=headers, stream=True, timeout=(CONNECT_SECONDS, READ_SECONDS)) as response:
        if response.status_code == RANGE_NOT_SATISFIABLE:
            raise ConnectionError(f"expected {size} bytes, the server has no more than {have}")
        if response.status_code not in (OK, PARTIAL_CONTENT):
            raise ConnectionError(f"the server answered {response.status_code} {response.reason}")
        goes_on = response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
        resumed = response.status_code == PARTIAL_CONTENT and goes_on
        if response.status_code == PARTIAL_CONTENT and not resumed:
            part.unlink(missing_ok=True)
            raise ConnectionError(f"asked for bytes from {have}, got {response.headers.get('Content-Range')!r}")
        have = have if resumed else 0
        bar.n = have
        bar.refresh()
        with part.open("ab" if resumed else "wb") as file:
            while chunk := response.raw.read1(CHUNK_BYTES):  # what has come is kept, even when the rest never does
                have += len(chunk)
                if have > size:
                    break
                file.write(chunk)
                bar.update(len(chunk))
    if have > size:
        part.unlink()
        raise ConnectionError(f"expected {size} bytes, the server sends more")


def new_session():
    """Open a session that waits and asks again when a server is busy or cannot be reached."""
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.util import Retry

    retry = Retry(
        total=RETRIES, backoff_factor=RETRY_PAUSE_SECONDS, status_forcelist=BUSY_STATUS, raise_on_status=False
    )
    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry))
    return session


def progress_bar(name, size, shown):
    """Make the bar of one transfer."""
    from tqdm.auto import tqdm

    return tqdm(total=size, desc=name, unit="B", unit_scale=True, unit_divisor=1024, disable=not shown)


def length_of(path):
    """Bytes of a file, 0 when there is none."""
    return path.stat().st_size if path.exists() else 0


def fault_of(path, size, checksum):
    """Say how a file differs from size and checksum ``"algorithm:hexadecimal"``; empty when it does not.

    What is None is not compared.
    """
    if not path.is_file():
        return f"expected a file at {path}, there is none"
    if size is not None and path.stat().st_size != size:
        return f"expected {size} bytes, got {path.stat().st_size}"
    if checksum is None:
        return ""
    algorithm, _, expected = checksum.partition(":")
    found = digest(path, algorithm)
    return "" if found == expected else f"expected {algorithm} {expected}, got {found}"


def digest(path, algorithm):
    """The checksum of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def verify(names=None, manifest=None, report=None):
    """Compare the data sets on this machine with the manifest.

    Parameters
    ----------
    names : sequence of str, optional
        Data sets to look at, by name or, for what ships, by path; None means all. A download that was never fetched
        is reported as missing, which is no fault of an optional one.
    manifest : path, optional
        None means the course's own.
    report : callable, optional
        Called with each result as it comes.

    Returns
    -------
    list of FileState
        Shipped files first; one whose ``fault`` is empty is sound.

    Raises
    ------
    ValueError
        A name is not in the manifest.
    """
    manifest = manifest or MANIFEST
    shipped = read_manifest(manifest)["shipped"]
    known = {  # named from the repository on, where the folder of the manifest is data/; installed, it has another name
        name: (manifest.parent / name.removeprefix("data/"), entry["size"], f"sha256:{entry['sha256']}")
        for name, entry in shipped.items()
    }
    known |= {source.name: (source.path, *source.known_by(source.path)) for source in list_data(manifest)}
    states = []
    for name in known if names is None else names:
        if name not in known:
            raise ValueError(f"expected one of {', '.join(known)}, got {name!r}")
        path, size, checksum = known[name]
        never_fetched = name not in shipped and not path.is_file()
        states.append(FileState(name, path, fault_of(path, size, checksum), missing=never_fetched))
        if report:
            report(states[-1])
    return states
