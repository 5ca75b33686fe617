"""Many learners at once in the classroom of one machine: does each hand-in arrive, and how long does one wait for it?

    python benchmarks/classroom.py [--learners 30] [--minutes 10]

Needs root, and what `make classroom` needs. It opens a classroom of its own, with accounts of its own, and removes it
in the end. Each learner logs in over HTTP, as a browser does, starts a server and fetches step_by_step_rnn. Until the
time is over they all do the same again and again, with pauses in between as people make them: run the first cells in a
kernel, save the notebook, validate it, hand it in. The simulated browsers use the same processors as the hub.

Prints how long each step took, the memory that a learner's server takes while nothing runs (proportional set size), and
how many hand-ins were lost: those that are not in the exchange in the end. Exit status 1 if one is lost, or if more
than 5 of 100 took longer than 2 seconds.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path

import nbformat
import numpy as np
import psutil

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from classroom import COURSE, FOLDER, INSTRUCTOR, Classroom  # noqa: E402

from autograders.course import Course  # noqa: E402
from autograders.demo import Desk  # noqa: E402

NAME = "step_by_step_rnn"
NOTEBOOK = f"{NAME}/{NAME}.ipynb"
CELLS = 6  # as many are run before each hand-in
PAUSES = 5, 25  # seconds between two steps, drawn evenly
START_SECONDS = 900  # until all servers have started
BAR = 2  # seconds
MARK = "handed_in"  # in the notebook's metadata: by whom, for which time


class Learner(threading.Thread):
    """Somebody who logs in, and hands in until the time is over."""

    def __init__(self, classroom, name, notebook, ready):
        super().__init__()
        self.classroom, self.name, self.notebook, self.ready = classroom, name, notebook, ready
        self.took = defaultdict(list)  # seconds of each step
        self.handed_in, self.failed = [], []
        self.pauses = random.Random(name)
        self.deadline = None  # set before `ready` lets all of them begin

    @contextmanager
    def step(self, name):
        """Measure a step; keep what went wrong in it; then pause."""
        begin = time.monotonic()
        try:
            yield
            self.took[name].append(time.monotonic() - begin)
        except (AssertionError, OSError) as error:
            self.failed.append(f"{self.name}: {name}: {error}")
        if self.deadline:
            time.sleep(self.pauses.uniform(*PAUSES))

    def run(self):
        """Do what this class says."""
        with self.step("log in"):
            person = self.classroom.log_in(self.name)
        with self.step("start a server"):
            assert person.open(f"{person.home}lab").url.endswith("/lab"), "no JupyterLab"
        with self.step("fetch"):
            person.assignments("/fetch", assignment_id=NAME)
        self.ready.wait()  # the servers' memory is measured
        self.ready.wait()
        cells = [cell.source for cell in self.notebook.cells if cell.cell_type == "code"][:CELLS]
        time.sleep(self.pauses.uniform(0, sum(PAUSES)))
        while time.monotonic() < self.deadline:
            mark = f"{self.name}, {len(self.handed_in)}"
            with self.step("run cells"):
                person.run([f"%cd {NAME}", *cells])
            with self.step("save"):
                notebook = json.loads(json.dumps(self.notebook))
                notebook["metadata"][MARK] = mark
                content = {"type": "notebook", "format": "json", "content": notebook}
                person.ask("PUT", f"{person.home}api/contents/{NOTEBOOK}", json=content)
            with self.step("validate"):
                person.ask("POST", f"{person.home}assignments/validate", data={"path": NOTEBOOK})
            self.handed_in.append(mark)
            with self.step("hand in"):
                person.assignments("/submit", assignment_id=NAME)


def checkout(folder):
    """A copy of the project's files, with the learners' package, that no other account can read."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    build = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", folder / "dist"]
    subprocess.run([sys.executable, "-m", "pip", *build, folder], check=True)
    return folder


def release(classroom):
    """Release the notebook as an instructor; return it as learners have it in the end, with all exercises done."""
    instructor = classroom.log_in(INSTRUCTOR)
    instructor.open(f"/services/{COURSE}/lab")
    instructor.formgrader("POST", f"assignment/{NAME}/assign")
    instructor.formgrader("POST", f"assignment/{NAME}/release")
    return Desk(Course(classroom.course), NAME).notebook(optional=False)


def memory(names):
    """Return the MiB that all processes of some accounts take."""
    own = [process for process in psutil.process_iter(["username"]) if process.info["username"] in names]
    return sum(process.memory_full_info().pss for process in own) / 2**20


def arrived():
    """Return the marks of all notebooks in the exchange."""
    found = (FOLDER / "exchange" / COURSE / "inbound").glob(f"*+{NAME}+*/{NAME}.ipynb")
    return {nbformat.read(path, as_version=4).metadata.get(MARK) for path in found}


def main():
    """Open a classroom, let the learners work, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--learners", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=10)
    given = parser.parse_args()
    names = [f"rnntest-{number:02}" for number in range(given.learners)]
    with tempfile.TemporaryDirectory() as folder:
        classroom = Classroom(checkout(Path(folder)))
        classroom.write_settings(learners=names)
        with classroom.opened():
            notebook = release(classroom)
            ready = threading.Barrier(len(names) + 1, timeout=START_SECONDS)
            learners = [Learner(classroom, name, notebook, ready) for name in names]
            for one in learners:
                one.start()
            ready.wait()
            idle = memory(names) / len(names)
            for one in learners:
                one.deadline = time.monotonic() + 60 * given.minutes
            ready.wait()
            for one in learners:
                one.join()
            lost = {mark for one in learners for mark in one.handed_in} - arrived()
    for one in learners:
        print(*one.failed, sep="\n", end="\n" if one.failed else "")
    print("| step | times | median, s | 95 of 100 within, s |\n|---|---|---|---|")
    for step in learners[0].took:
        took = [seconds for one in learners for seconds in one.took[step]]
        middle, most = np.percentile(took, (50, 95))  # in the end those of handing in, the last step
        print(f"| {step} | {len(took)} | {middle:.2f} | {most:.2f} |")
    print(f"memory of a learner's server while nothing runs: {idle:.0f} MiB")
    print(f"lost: {len(lost)} of {sum(len(one.handed_in) for one in learners)}", *sorted(lost))
    sys.exit(1 if lost or most > BAR else 0)


if __name__ == "__main__":
    main()
