"""How long does a learner wait? Every cell of a notebook with right answers, in a kernel as JupyterLab starts it.

    python benchmarks/cells.py [NOTEBOOK ...] [--all] [--save FOLDER]

Runs the source notebooks, all by default, each from top to bottom in a folder with nothing but its checks. Prints
the cells that take more than a second, the dearest first (--all: every cell), the sums, the memory that was needed, and
the size of the notebook with its outputs, which --save keeps. Then it checks the bars: 20 processor seconds for a
cell, 90 for a notebook, 3 MB with outputs. Exit status 1 when a bar is missed.

Wall seconds depend on what else runs on the machine. Processor seconds, of all threads of the kernel and of what it
started, depend on it less: two programs that share a core's caches slow each other by up to a half.
"""

import argparse
import contextlib
import os
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient

from autograders.release.preprocessors import write_public_checks

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = {path.stem: path for path in sorted((ROOT / "notebooks").glob("*/*.ipynb"))}
SHORTEST = 1.0  # seconds of a cell that gets a line
CELL_SECONDS, NOTEBOOK_SECONDS, NOTEBOOK_MB = 20, 90, 3.0  # the bars
BETWEEN_LOOKS = 1.0  # seconds between two looks at the memory


@dataclass
class Run:
    """What one run of a notebook took.

    cells : rows (wall seconds, processor seconds, cell id); notebook : with its outputs; memory : bytes, the most that
    the kernel and the processes it had started held at once, a page that several of them share counted once.
    """

    cells: list
    notebook: nbformat.NotebookNode
    memory: int

    @property
    def size(self):
        """Bytes of the notebook with its outputs."""
        return len(nbformat.writes(self.notebook).encode())


class Timed(NotebookClient):
    """A client that runs every cell and notes what it took: `cells` and `memory` as `Run` has them."""

    def __init__(self, notebook, folder):
        super().__init__(notebook, timeout=None, resources={"metadata": {"path": str(folder)}})
        self.cells, self.memory, self.ended = [], 0, threading.Event()
        self.on_notebook_start = lambda notebook: threading.Thread(target=self.watch, daemon=True).start()
        self.on_cell_execute = lambda cell, cell_index: setattr(self, "begun", self.clocks())
        self.on_cell_executed = lambda cell, cell_index, execute_reply: self.note(cell)

    def clocks(self):
        """Return wall and processor seconds so far, the latter of the kernel and of what it waited for."""
        return time.perf_counter(), sum(psutil.Process(self.km.provisioner.pid).cpu_times()[:4])

    def note(self, cell):
        """Keep what the cell that has just been run took."""
        self.cells.append((*(now - then for now, then in zip(self.clocks(), self.begun, strict=True)), cell.id))

    def watch(self):
        """Look at the memory now and then, until the notebook has ended."""
        kernel = psutil.Process(self.km.provisioner.pid)
        with contextlib.suppress(psutil.NoSuchProcess):  # the kernel has ended, and with it the notebook
            while not self.ended.wait(BETWEEN_LOOKS):
                self.memory = max(self.memory, sum(map(held, [kernel, *kernel.children(recursive=True)])))


def held(process):
    """Bytes of memory that a process holds: on Linux its share of every page, so that a sum counts each page once."""
    try:
        memory = process.memory_full_info()
    except psutil.NoSuchProcess:  # it has just ended
        return 0
    return getattr(memory, "pss", memory.rss)


def run(path):
    """Run a notebook; return its `Run`."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, path.name)
        copy.write_bytes(path.read_bytes())
        notebook = nbformat.read(copy, as_version=4)
        write_public_checks(notebook, copy, ROOT)
        client = Timed(notebook, folder)
        try:
            client.execute()
        finally:
            client.ended.set()
    return Run(client.cells, notebook, client.memory)


def missed(result):
    """The bars that a `Run` misses."""
    seconds = {cell: processor for _, processor, cell in result.cells}
    over = [f"{cell} {taken:.0f} s" for cell, taken in seconds.items() if taken > CELL_SECONDS]
    if sum(seconds.values()) > NOTEBOOK_SECONDS:
        over.append(f"all cells {sum(seconds.values()):.0f} s")
    if result.size > NOTEBOOK_MB * 1e6:
        over.append(f"{result.size / 1e6:.1f} MB")
    return over


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="*", choices=NOTEBOOKS, metavar="NOTEBOOK")
    parser.add_argument("--all", action="store_true", help="a line for every cell")
    parser.add_argument("--save", type=Path, help="a folder for the notebooks with their outputs")
    options = parser.parse_args()
    os.environ["PYTHONPATH"] = str(ROOT)
    failed = []
    for name in options.notebooks or NOTEBOOKS:
        result = run(NOTEBOOKS[name])
        if options.save:
            options.save.mkdir(parents=True, exist_ok=True)
            nbformat.write(result.notebook, options.save / f"{name}.ipynb")
        print(f"\n| {name} | wall | processor |\n|---|---|---|")
        for wall, processor, cell in sorted(result.cells, key=lambda row: row[1], reverse=True):
            if options.all or max(wall, processor) >= SHORTEST:
                print(f"| {cell} | {wall:.1f} | {processor:.1f} |")
        walls, processors, _ = zip(*result.cells, strict=True)
        print(f"| **{len(walls)} cells** | **{sum(walls):.1f}** | **{sum(processors):.1f}** |")
        print(f"\n{result.memory / 2**20:.0f} MiB of memory; {result.size / 1e6:.1f} MB with outputs")
        over = missed(result)
        print("bars:", "MISSED: " + "; ".join(over) if over else "all met", flush=True)
        failed += over
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
