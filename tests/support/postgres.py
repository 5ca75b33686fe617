"""A PostgreSQL server of a test's own."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

PROGRAMS = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda path: float(path.parent.name))


class Server(str):
    """The address of a server, which ends with a slash; `stop` and `start` it as one likes."""

    folder: Path
    port: int

    def run(self, program, *arguments):
        """Run one of its programs, as the account that has the right to."""
        command = ["runuser", "-u", "postgres", "--", PROGRAMS / program, *map(str, arguments)]
        subprocess.run(command, cwd="/", check=True, stdout=subprocess.DEVNULL)

    def start(self):
        """Start it, and wait until it answers."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self.run("pg_ctl", "-D", self.folder / "data", "-o", options, "-l", self.folder / "log", "-w", "start")

    def stop(self, how="fast"):
        """Stop it; immediate is as if it were killed."""
        self.run("pg_ctl", "-D", self.folder / "data", "-m", how, "stop")


@pytest.fixture
def postgres():
    """A Server with the databases `hub` and `gradebook`."""
    if not PROGRAMS:
        pytest.skip("needs PostgreSQL (Debian: postgresql)")
    with socket.socket() as free:  # two tests may have a server each at the same time
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(f"postgresql://postgres@127.0.0.1:{port}/")
    server.port = port
    server.folder = Path(tempfile.mkdtemp(prefix="course-postgres-", dir="/var/tmp"))
    shutil.chown(server.folder, "postgres")
    try:
        server.run("initdb", "--auth", "trust", "--no-sync", server.folder / "data")
        server.start()
        for name in ("hub", "gradebook"):
            server.run("createdb", "-h", "127.0.0.1", "-p", port, name)
        yield server
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            server.stop()
        shutil.rmtree(server.folder)
