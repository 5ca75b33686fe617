"""What one submission may use, and the words when it wanted more."""

from dataclasses import asdict, dataclass

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """Limits on one jailed kernel and everything it starts.

    Attributes
    ----------
    wall_seconds, cpu_seconds : float
        Of the kernel's whole life; CPU time is counted over all processes.
    memory_bytes : int
        Private memory of all processes together, beyond what is shared with the warm parent.
    tmp_bytes, home_bytes, file_bytes : int
        Size of /tmp, of the working folder, and of any one file.
    processes, open_files : int
        Processes and threads; open files of each process.
    """

    wall_seconds: float = 900.0
    cpu_seconds: float = 900.0
    memory_bytes: int = 3072 * MIB
    tmp_bytes: int = 256 * MIB
    home_bytes: int = 256 * MIB
    file_bytes: int = 128 * MIB
    processes: int = 256
    open_files: int = 512

    def plain(self):
        """Return the limits as a dict that JSON can carry."""
        return asdict(self)


REASONS = {
    "memory": "stopped: the code wanted more memory than a submission may use",
    "wall": "stopped: the submission took longer than it may in all",
    "cpu": "stopped: the submission used more processor time than it may in all",
    "jail": "the sandbox could not be set up",
}
