"""What a jail uses, seen from outside: by its guard, and by the grader between two cells.

Files of /proc are split at line feeds only: they hold the process's name, which a learner may fill with odd characters.
"""

import os
import socket
import time
from contextlib import suppress
from functools import lru_cache

QUICK = ("status", "RssAnon:", "RssShmem:")
EXACT = ("smaps_rollup", "Pss_Anon:", "Pss_Shmem:")  # a page that n processes share counts 1/n for each
QUICK_SECONDS = 0.2  # so much is not worth a closer look
RESERVED = ("status", "VmData:")  # what RLIMIT_DATA limits: memory asked for, used or not


def family(child):
    """Return the processes of the jail: the kernel and everything below it."""
    found, todo = [], [child]
    while todo:
        process = todo.pop()
        found.append(process)
        with suppress(OSError):  # it has ended
            for thread in os.listdir(f"/proc/{process}/task"):
                todo += map(int, _read(process, f"task/{thread}/children").split())
    return found


def _read(process, name):
    """Return what a file in a process's folder in /proc holds; "" when the process is gone, or forbids it."""
    try:
        with open(f"/proc/{process}/{name}", "rb", buffering=0) as stream:  # twice as fast as pathlib
            return stream.read().decode("utf-8", "replace")
    except OSError:
        return ""


def memory(process, fields):
    """Return a process's memory in bytes, counted in one of the ways above; mapped files are left out."""
    name, *wanted = fields
    lines = _read(process, name).split("\n")
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(tuple(wanted)))


def buffers(child):
    """Return how many bytes the sockets of a jail may hold: /proc counts them for no process."""
    words = _read(child, "net/sockstat").split("\n")[0].split()
    return int(words[-1]) * _socket_bytes() if words else 0


@lru_cache(maxsize=1)
def _socket_bytes():
    """Return how many bytes one socket may hold: its buffer, and the last message, which may exceed it."""
    with socket.socket(socket.AF_UNIX) as one:
        return one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) * 3 // 2


def exceeds(child, limit, spare=0):
    """Whether a jail uses more memory than it may.

    The quick count counts shared memory once for each process, so it may be too high; then the exact count decides. It
    is slow, and the jail goes on meanwhile: the sockets are counted again after each process.

    Parameters
    ----------
    child : int
        The first process of the jail.
    limit : int
        Bytes.
    spare : int
        Bytes that the exact count may show beyond the limit: the jail had them at its start.

    Returns
    -------
    bool
    """
    if buffers(child) > limit:
        return True
    processes = family(child)
    if sum(memory(one, QUICK) for one in processes) + buffers(child) <= limit:
        return False
    total = 0
    for one in processes:
        # A process can forbid others to read its exact count, but not its quick one.
        total += memory(one, EXACT) or memory(one, QUICK)
        if total + buffers(child) > limit + spare:
            return True
    return False


class Meter:
    """Counts seconds from now on, but not those in which a process is ready to run and others have the processors.

    So code that is busy gets as much on a loaded machine, and code that only waits gets no more.

    Parameters
    ----------
    process : int
        The first process of a jail, or any other.
    """

    def __init__(self, process):
        self.process, self.begin = process, time.monotonic()
        self.used, self.starved = processor_seconds(process), starved_seconds(process)

    def passed(self):
        """Return the seconds that a clock shows."""
        return time.monotonic() - self.begin

    def worked(self):
        """Return the CPU time of the process and everything below it."""
        return sum(map(processor_seconds, family(self.process))) - self.used

    def seconds(self):
        """Return the seconds that count: at least the CPU time, at most those that passed."""
        passed = self.passed()
        if passed < QUICK_SECONDS:
            return passed
        return self._counted(passed)

    def sure_seconds(self):
        """Return the seconds that count for sure; of a process that is ready to run, only the CPU time.

        It may be waiting for a processor at this moment, and the system tells of a wait when it is over. On a loaded
        machine one wait may take seconds. A process that sleeps now and then is soon seen when it does.
        """
        passed = self.passed()
        if _fields(self.process)[0] == "R":
            return min(passed, self.worked())
        return self._counted(passed)

    def _counted(self, passed):
        return min(passed, max(passed - starved_seconds(self.process) + self.starved, self.worked()))


def starved_seconds(process):
    """Return how long a process's first thread was ready to run while others had the processors; 0 if not told."""
    words = _read(process, "schedstat").split()
    return int(words[1]) / 10**9 if words else 0.0


def processor_seconds(process):
    """Return a process's CPU time, that of its children that have ended included."""
    user_and_system = sum(int(number) for number in _fields(process)[11:15])
    return user_and_system / os.sysconf("SC_CLK_TCK")


def _fields(process):
    """Return what the system tells of a process: its state, and numbers; one empty word when it is gone."""
    return _read(process, "stat").rpartition(")")[2].split() or [""]
