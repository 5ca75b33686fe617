"""How long until a kernel can be asked: forked from the warm parent into a jail, and started cold. Prints a table.

    python benchmarks/kernel_start.py [--kernels N]

In turn, a jailed kernel without TensorFlow, one with it, and a plain kernel that imports it. A kernel is ready when it
has run a first cell that uses the packages. Beside the seconds stands the memory that one more kernel takes while N of
them are alive: proportional set size, where a page that n processes share counts as 1/n in each.
"""

import argparse
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from autograders.engine.kernel import Kernel  # noqa: E402
from autograders.sandbox.limits import Limits  # noqa: E402

LIGHT = "import numpy, pandas, matplotlib.pyplot"
HEAVY = f"{LIGHT}, tensorflow, keras"
KINDS = {
    "jailed, without TensorFlow": (LIGHT, {"limits": Limits(), "tensorflow": False}),
    "jailed, with TensorFlow": (HEAVY, {"limits": Limits(), "tensorflow": True}),
    "plain, with TensorFlow": (HEAVY, {}),
}
SECONDS = 120


def start(stack, folder, code, settings):
    """Start a kernel and run a cell in it; return (seconds, the kernel)."""
    begin = time.perf_counter()
    kernel = stack.enter_context(Kernel(folder, **settings))
    reply = kernel.execute(code, SECONDS)
    if reply.status != "ok":
        raise RuntimeError(f"the cell {code!r} ended with {reply.status}: {reply.outputs}")
    return time.perf_counter() - begin, kernel


def memory(kernel):
    """Return the proportional set size of a kernel's process in MiB."""
    lines = Path(f"/proc/{kernel.process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kernels", type=int, default=8, help="of each kind")
    options = parser.parse_args()
    print("| kernel | seconds until ready, median | slowest | MiB each |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, (code, settings) in KINDS.items():
            with ExitStack() as stack:
                start(stack, folder, code, settings)  # the first one starts the parent, and reads files from the disk
                started = [start(stack, folder, code, settings) for _ in range(options.kernels)]
                seconds, kernels = zip(*started, strict=True)
                each = statistics.mean(map(memory, kernels))
            print(f"| {name} | {statistics.median(seconds):.2f} | {max(seconds):.2f} | {each:.0f} |", flush=True)


if __name__ == "__main__":
    main()
