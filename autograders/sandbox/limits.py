"""What one submission may use, and what it is told when it wanted more."""

import errno
import os
import random
import re
from dataclasses import asdict, dataclass

from helpers.language import N_

MIB = 2**20
ERROR_NUMBER = re.compile(r"\[Errno (-?\d+)\]")
MOST_PROCESSORS = 8  # of one kernel: TensorFlow starts two threads on each
NO_NAMES = -3  # EAI_AGAIN: what the resolver says without a network


@dataclass(frozen=True)
class Limits:
    """Limits on one jailed kernel and everything it starts.

    Attributes
    ----------
    wall_seconds, cpu_seconds : float
        For the kernel's whole life; CPU time is that of all processes together. On a loaded machine a notebook takes
        long by the clock: so it has ten times as much wall time as its cells and calls may take (`usage.Meter`).
    memory_bytes : int
        Memory of all processes together: their own, not what they share with the warm parent, and what their sockets
        may hold. A single process may have as much, less what it shares at its start.
    tmp_bytes, home_bytes, file_bytes : int
        Size of /tmp, of the working folder, and of any one file.
    processes, open_files : int
        Processes and threads; open files of each process.
    processors : tuple of int
        Their numbers; if empty, some of those that the grader may use are drawn.
    """

    wall_seconds: float = 1800.0
    cpu_seconds: float = 900.0
    memory_bytes: int = 3072 * MIB
    tmp_bytes: int = 256 * MIB
    home_bytes: int = 256 * MIB
    file_bytes: int = 128 * MIB
    processes: int = 256
    open_files: int = 512
    processors: tuple = ()

    def plain(self):
        """Return the limits as a dict that JSON can carry."""
        return asdict(self) | {"processors": list(self.processors) or some_processors()}

    def words(self, kind, message):
        """Say which limit an exception means.

        Parameters
        ----------
        kind, message : str
            The name of its type, and its text, which is the system's.

        Returns
        -------
        str or None
            None if it means no limit.
        """
        if kind in ("MemoryError", "_ArrayMemoryError", "ResourceExhaustedError"):
            return f"a submission may use {self.memory_bytes // MIB} MiB of memory"
        processes = f"a submission may have {self.processes} processes and threads"
        if kind == "RuntimeError" and message == "can't start new thread":
            return processes
        number = ERROR_NUMBER.search(message)
        places = f"its folder {self.home_bytes // MIB} MiB, /tmp {self.tmp_bytes // MIB} MiB"
        no_network = "a submission has no network when it is graded"
        return {
            errno.EAGAIN: processes,
            errno.EMFILE: f"a submission may have {self.open_files} files open at a time",
            errno.EFBIG: f"a file may have {self.file_bytes // MIB} MiB",
            errno.ENOSPC: f"there is no more room for files: {places}",
            errno.EROFS: "a submission can write in its folder and in /tmp only",
            errno.ENETUNREACH: no_network,
            NO_NAMES: no_network,
        }.get(number and int(number[1]))


def usable_processors():
    """Return the numbers of the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def some_processors():
    """Return as many usable processors as one kernel may have, drawn at random: others may grade at the same time."""
    usable = usable_processors()
    return random.sample(usable, min(len(usable), MOST_PROCESSORS))


REASONS = {
    "memory": N_("stopped: the code wanted more memory than a submission may use"),
    "wall": N_("stopped: the submission took longer than it may in all"),
    "cpu": N_("stopped: the submission used more processor time than it may in all"),
    "jail": N_("the sandbox could not be set up"),
}
FAULTS = {  # of the machine: no learner's code can bring them about
    "killed": "the system has ended a learner's process: is there too little memory?",
    "lost": "the process that watches over a learner's has ended: is there too little memory?",
}
