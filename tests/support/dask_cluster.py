"""A Dask scheduler and workers in processes of their own, as an operator starts them."""

import contextlib
import subprocess
import sys
import time

import pytest
from distributed import Client

SECONDS = 60


class Cluster:
    """A scheduler on the loopback, and the workers that are started with `add`.

    Attributes
    ----------
    address : str
        For `--scheduler`.
    scheduler : Popen
    workers : list of Popen
    """

    def __init__(self, stack, folder):
        self.stack, self.folder, self.workers = stack, folder, []
        self.scheduler, line = self._start("scheduler", "Scheduler at:", "--host", "127.0.0.1", "--port", "0")
        self.address = line.split()[-1]

    def add(self, count=1):
        """Start workers, and wait until the scheduler knows them; return the last."""
        for _ in range(count):
            worker, _ = self._start("worker", "Registered to:", self.address, "--nthreads", "1")
            self.workers.append(worker)
        return worker

    def client(self):
        """Return a Client, to ask the scheduler."""
        return Client(self.address, set_as_default=False)

    def _start(self, part, sign, *options):
        """Start a part; return it and the line by which it says that it is ready."""
        log = self.folder / f"{part}{len(self.workers)}.log"
        command = [sys.executable, "-m", "dask", part, "--no-dashboard", *options]
        with log.open("w", encoding="utf-8") as stream:
            process = subprocess.Popen(command, cwd=self.folder, stdout=stream, stderr=subprocess.STDOUT)
        self.stack.callback(process.wait)
        self.stack.callback(process.terminate)
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            for line in log.read_text(encoding="utf-8").splitlines():
                if sign in line:
                    return process, line
            time.sleep(0.1)
        raise AssertionError(f"no {part}: {log.read_text(encoding='utf-8')}")


@pytest.fixture
def cluster(tmp_path):
    """A scheduler without workers."""
    with contextlib.ExitStack() as stack:
        yield Cluster(stack, tmp_path)
