"""How long does a learner wait? Every cell of a notebook with right answers, in a kernel as JupyterLab starts it.

    python benchmarks/cells.py [NOTEBOOK ...] [--all] [--save FOLDER]

Runs the source notebooks, all by default, each from top to bottom in a folder with nothing but its checks. Prints
the cells that take more than a second, the dearest first (--all: every cell), the sums, and the size of the notebook
with its outputs, which --save keeps. Wall seconds depend on what else runs on the machine; processor seconds, of all
threads of the kernel, hardly do.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient

from autograders.release.preprocessors import write_public_checks

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = {path.stem: path for path in sorted((ROOT / "notebooks").glob("*/*.ipynb"))}
SHORTEST = 1.0  # seconds of a cell that gets a line


class Timed(NotebookClient):
    """A client that runs every cell and notes what it took: `cells` has rows (wall, processor seconds, cell id)."""

    def __init__(self, notebook, folder):
        super().__init__(notebook, timeout=None, resources={"metadata": {"path": str(folder)}})
        self.cells = []
        self.on_cell_execute = lambda cell, cell_index: setattr(self, "begun", self.clocks())
        self.on_cell_executed = lambda cell, cell_index, execute_reply: self.note(cell)

    def clocks(self):
        """Return wall and processor seconds so far, the latter of the kernel's process."""
        times = psutil.Process(self.km.provisioner.pid).cpu_times()
        return time.perf_counter(), times.user + times.system

    def note(self, cell):
        """Keep what the cell that has just been run took."""
        self.cells.append((*(now - then for now, then in zip(self.clocks(), self.begun, strict=True)), cell.id))


def run(path, save=None):
    """Run a notebook; return its rows (wall, processor seconds, cell id) and how many bytes it has with its outputs."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, path.name)
        copy.write_bytes(path.read_bytes())
        notebook = nbformat.read(copy, as_version=4)
        write_public_checks(notebook, copy, ROOT)
        client = Timed(notebook, folder)
        client.execute()
    text = nbformat.writes(notebook)
    if save:
        save.mkdir(parents=True, exist_ok=True)
        (save / path.name).write_text(text, encoding="utf-8")
    return client.cells, len(text.encode())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="*", choices=NOTEBOOKS, metavar="NOTEBOOK", default=list(NOTEBOOKS))
    parser.add_argument("--all", action="store_true", help="a line for every cell")
    parser.add_argument("--save", type=Path, help="a folder for the notebooks with their outputs")
    options = parser.parse_args()
    os.environ["PYTHONPATH"] = str(ROOT)
    for name in options.notebooks:
        rows, size = run(NOTEBOOKS[name], options.save)
        print(f"\n| {name} | wall | processor |\n|---|---|---|")
        for wall, processor, cell in sorted(rows, reverse=True):
            if options.all or max(wall, processor) >= SHORTEST:
                print(f"| {cell} | {wall:.1f} | {processor:.1f} |")
        walls, processors, _ = zip(*rows, strict=True)
        print(f"| **{len(rows)} cells** | **{sum(walls):.1f}** | **{sum(processors):.1f}** |")
        print(f"\n{size / 1e6:.1f} MB with outputs", flush=True)


if __name__ == "__main__":
    main()
