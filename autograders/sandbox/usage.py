"""What a jail uses, seen from outside: by its guard, and by the grader between two cells.

What the system tells of a process is cut at line feeds only: a learner chooses its name, and it may hold others.
"""

import os
import socket
from functools import lru_cache
from pathlib import Path

QUICK = ("status", "RssAnon:", "RssShmem:")
EXACT = ("smaps_rollup", "Pss_Anon:", "Pss_Shmem:")  # a page that n processes share counts as 1/n in each
RESERVED = ("status", "VmData:")  # what RLIMIT_DATA limits, be it used or not


def family(child):
    """Return the processes of the jail: the kernel and everything below it."""
    found, todo = [], [child]
    while todo:
        process = todo.pop()
        found.append(process)
        try:
            for thread in os.listdir(f"/proc/{process}/task"):
                text = Path(f"/proc/{process}/task/{thread}/children").read_text(encoding="ascii")
                todo += [int(number) for number in text.split()]
        except (OSError, ValueError):
            continue
    return found


def memory(process, fields):
    """Return a process's memory in bytes, without what it shares with files on disk: QUICK, EXACT or RESERVED."""
    name, *wanted = fields
    try:
        lines = Path(f"/proc/{process}/{name}").read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(tuple(wanted)))


def buffers(child):
    """Return how many bytes the sockets of a jail may hold: no process shows them as its own."""
    try:
        first = Path(f"/proc/{child}/net/sockstat").read_text(encoding="ascii").split("\n")[0]
    except OSError:
        return 0
    return int(first.split()[-1]) * _socket_bytes()


@lru_cache(maxsize=1)
def _socket_bytes():
    """Return what one socket may hold: its buffer, which no jail can enlarge, and a message that overfills it."""
    with socket.socket(socket.AF_UNIX) as one:
        return one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) * 3 // 2


def exceeds(child, limit, spare=0):
    """Whether a jail uses more memory than it may.

    The quick count takes what processes share for each one's own, so it is the exact one that decides. That is slow:
    it stops as soon as there is enough, and looks again at what can be filled meanwhile.

    Parameters
    ----------
    child : int
        The first process of the jail.
    limit : int
        Bytes.
    spare : int
        What the jail may have beside it in the exact count: it had that much at its start.

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
        # A process can make itself unreadable for the exact count, not for the quick one.
        total += memory(one, EXACT) or memory(one, QUICK)
        if total + buffers(child) > limit + spare:
            return True
    return False


def processor_seconds(process):
    """Return the time that a process has had, with its children that have ended."""
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0.0
    fields = text.rpartition(")")[2].split()
    user_and_system = sum(int(number) for number in fields[11:15])
    return user_and_system / os.sysconf("SC_CLK_TCK")
