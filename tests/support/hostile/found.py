"""What hostile submissions reached: looked for in what was written for them, in files, and among processes.

tests/sandbox/test_hostile.py and both sides of benchmarks/hostile.py look with these.
"""

import contextlib
import ctypes
import gc
import os
import re
import shutil
import socket
import stat
import threading
import time
from pathlib import Path

import nbformat

from hostile import MARKER
from hostile.assignment import CANARY, OF_GRADERS
from hostile.page import Page

OTHERS_WORK = "canary-neighbour-7b774eff"  # stands in the first neighbour's submission
OF_ENVIRONMENT = "canary-environment-9e107d9d"  # in the environment of a process of the operator's
OF_GRADEBOOK = "canary-gradebook-1679091c"  # in the gradebook, as the first neighbour's name
OF_SERVICE = "canary-service-e4d909c2"  # what a service of the machine answers
CANARIES = (CANARY, OTHERS_WORK, OF_ENVIRONMENT, OF_GRADEBOOK, OF_SERVICE, OF_GRADERS)
WORDS = re.compile(r"^(ESCAPED|REACHED|OPENED)\b.*", re.M)  # what an attack prints when it has succeeded
PR_SET_CHILD_SUBREAPER = 36
POLL_SECONDS = 0.05


def secrets(texts):
    """Return the canaries that stand in texts.

    Parameters
    ----------
    texts : iterable of str
    """
    return [canary for canary in CANARIES if any(canary in text for text in texts)]


def words_of_success(notebook):
    """Return the lines with which attacks say that they succeeded, from what a judged notebook's cells printed.

    Parameters
    ----------
    notebook : str
        The notebook's file.
    """
    try:
        cells = nbformat.reads(notebook, as_version=4).cells
        outputs = [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    except Exception:  # a notebook that nobody can read, or that was not read to its end
        return []
    printed = "\n".join(str(output.text) for output in outputs if output.output_type == "stream")
    return [match[0] for match in WORDS.finditer(printed)]


def running(page):
    """Return what runs in a page, to be compared with a harmless one's: a template has scripts of its own."""
    return sorted(map(str, Page(page).found))


def contents(*places):
    """Return {path: bytes} of files, and of all that is in folders; of what is no plain file, its kind in words.

    Parameters
    ----------
    *places : Path
    """
    found = {}
    for place in places:
        for path in (place, *place.rglob("*")):
            with contextlib.suppress(OSError):  # gone meanwhile: then it is not there
                kind = path.lstat().st_mode
                if stat.S_ISREG(kind):
                    found[path] = path.read_bytes()
                elif not stat.S_ISDIR(kind):
                    found[path] = f"a link to {os.readlink(path)}" if stat.S_ISLNK(kind) else stat.filemode(kind)
    return found


def markers(*places):
    """Return {path: how many times the marker stands in it} of the plain files in folders."""
    files = [path for place in places for path in place.rglob("*") if "__pycache__" not in path.parts]
    return {path: path.read_bytes().count(MARKER.encode()) for path in files if path.is_file()}


class Kept:
    """Plain files that no submission may change."""

    def __init__(self):
        self.places, self.known = [], {}

    def add(self, *places):
        """Take files and folders in as they are now."""
        self.places += places
        self.known |= contents(*places)

    def altered(self):
        """Return what is gone, changed or new, sorted; and put it right, so that nobody who comes later meets it."""
        now = contents(*self.places)
        altered = sorted(path for path in self.known.keys() | now.keys() if self.known.get(path) != now.get(path))
        for path in altered:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            path.unlink(missing_ok=True)
            if path in self.known:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(self.known[path])
        return altered


class Service:
    """Listens where a submission must not reach: TCP on the loopback, a Unix socket, an abstract one.

    Parameters
    ----------
    folder : Path
        Where the Unix socket is.
    port : int, optional
        Of TCP; any free one when not given.
    """

    def __init__(self, folder, port=0):
        self.visits = []
        unix, abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        self.sockets = [socket.create_server(("127.0.0.1", port)), unix, abstract]
        self.ports = ports(folder, self.sockets[0].getsockname()[1])
        unix.bind(self.ports["unix"])
        abstract.bind(self.ports["abstract"])
        for one in self.sockets:
            one.listen()
            threading.Thread(target=self._answer, args=(one,), daemon=True).start()

    def visit(self):
        """Connect to it, as from anywhere on the machine."""
        return socket.create_connection(("127.0.0.1", self.ports["tcp"]))

    def _answer(self, listener):
        while True:
            try:
                visitor, _ = listener.accept()
            except OSError:
                return
            self.visits.append(listener)
            with visitor, contextlib.suppress(OSError):
                visitor.sendall(OF_SERVICE.encode("ascii"))


def ports(folder, port):
    """Return where the Service of a folder listens."""
    return {"tcp": port, "unix": str(folder / "service.sock"), "abstract": f"\0hostile-{port}"}


@contextlib.contextmanager
def adopting_orphans():
    """Let this process inherit the orphans among the processes below it: so they are still told from others'."""
    from autograders.sandbox import linux

    linux.prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        yield
    finally:
        linux.prctl(PR_SET_CHILD_SUBREAPER, 0)


def below(number=None):
    """Return {number: what its /proc/NUMBER/status says} of all processes below one; below this one by default."""
    states = {}
    for path in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):  # ended meanwhile
            lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
            states[int(path.parent.name)] = {name: text.strip() for name, _, text in (x.partition(":") for x in lines)}
    found, todo = {}, {number or os.getpid()}
    while todo:
        todo = {one for one, state in states.items() if int(state["PPid"]) in todo}
        found |= {one: states[one] for one in todo}
    return found


def children():
    """Return the numbers of this process's own children."""
    return {one for one, state in below().items() if int(state["PPid"]) == os.getpid()}


def left_behind(own, seconds):
    """Return the processes below this one that a kernel left; to be called while adopting orphans.

    Parameters
    ----------
    own : set of int
        This process's children that are no orphans.
    seconds : float
        How long they may take to end.

    Returns
    -------
    list of (int, str)
        Numbers and names of processes in a process namespace of their own, which jails have, and of orphans.
    """
    end = time.monotonic() + seconds
    while (left := _left_behind(own)) and time.monotonic() < end:
        time.sleep(POLL_SECONDS)
    return left


def _left_behind(own):
    found = []
    for number, state in below().items():
        orphan = int(state["PPid"]) == os.getpid() and number not in own
        if state["State"].startswith("Z"):  # dead: to be buried, if nobody else does
            if orphan:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(number, os.WNOHANG)
        elif orphan or len(state.get("NSpid", "").split()) > 1:
            found.append((number, state["Name"]))
    return found


class Growth:
    """How much this process grows: at its largest, and beyond what it was when this was made."""

    def __init__(self):
        gc.collect()
        with contextlib.suppress(AttributeError):  # not every C library has it
            ctypes.CDLL(None).malloc_trim(0)  # or what was left free by one attack would hide what the next one takes
        with contextlib.suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # begin a new maximum
        self.begin = self._size("VmRSS")

    def bytes(self):
        """Return it in bytes."""
        return self._size("VmHWM") - self.begin

    @staticmethod
    def _size(name):
        text = Path("/proc/self/status").read_text(encoding="ascii")
        return int(re.search(rf"^{name}:\s+(\d+) kB", text, re.M)[1]) * 1024
