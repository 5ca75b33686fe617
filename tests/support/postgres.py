"""A PostgreSQL server of a test's own."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

PORT = 18850
PROGRAMS = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda path: float(path.parent.name))


@pytest.fixture
def postgres():
    """A server with the databases `hub` and `gradebook`; gives its address, which ends with a slash."""
    if not PROGRAMS:
        pytest.skip("needs PostgreSQL (Debian: postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="course-postgres-", dir="/var/tmp"))
    shutil.chown(folder, "postgres")

    def run(program, *arguments):
        command = ["runuser", "-u", "postgres", "--", PROGRAMS / program, *map(str, arguments)]
        subprocess.run(command, cwd="/", check=True, stdout=subprocess.DEVNULL)

    try:
        run("initdb", "--auth", "trust", "--no-sync", folder / "data")
        options = f"-p {PORT} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        run("pg_ctl", "-D", folder / "data", "-o", options, "-l", folder / "log", "-w", "start")
        for name in ("hub", "gradebook"):
            run("createdb", "-h", "127.0.0.1", "-p", PORT, name)
        yield f"postgresql://postgres@127.0.0.1:{PORT}/"
    finally:
        subprocess.run(
            ["runuser", "-u", "postgres", "--", PROGRAMS / "pg_ctl", "-D", folder / "data", "-m", "fast", "stop"]
        )
        shutil.rmtree(folder)
