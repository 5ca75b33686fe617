"""Seconds per graded submission: this course's verdict against stock `nbgrader autograde`, and against the floor.

    python benchmarks/grading.py [--assignment NAME] [--submissions N] [--rounds N]

Both grade the same class by the same command, `nbgrader autograde`, and differ in the configuration alone: ours runs
each notebook in a sandbox, without its training, plotting and listening cells, and judges outside; stock runs every
cell. They take turns, round by round, so that a drift of the machine's speed touches both; ratios are formed within
each round. The floor is what no grader can go below: the learner's own cells, run once in an interpreter that has
imported everything. Memory is the most that the command's processes held together (proportional set size, sampled).
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
import psutil

from autograders.course import CONFIG_FILE, Course
from autograders.demo import Desk, make_course

ROOT = Path(__file__).parents[1]
SAMPLE_SECONDS = 0.3
STOCK = """
from autograders.course import put_environment_on_path
put_environment_on_path()
c = get_config()
c.CourseDirectory.course_id = "recurrent_networks"
c.CourseDirectory.source_directory = "notebooks"
c.Execute.timeout = 300
"""


def hand_in(course, assignment, count):
    """Hand in `count` notebooks: right ones and ones with mistakes, in turn."""
    desk = Desk(course, assignment)
    kinds = [[], [(0, 0)], [(1, 1)], []]
    for number in range(count):
        folder = course.path("submitted", assignment, f"learner{number:03}")
        folder.mkdir(parents=True)
        nbformat.write(desk.notebook(kinds[number % len(kinds)]), folder / f"{assignment}.ipynb")


def seconds_and_memory(course, assignment):
    """Return how long grading the whole class takes, and the most memory that its processes held together, in MiB."""
    command = [sys.executable, "-m", "nbgrader", "autograde", assignment, "--create", "--force"]
    begin = time.perf_counter()
    process = subprocess.Popen(command, cwd=course.root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    peak = [0.0]
    watcher = threading.Thread(target=_watch, args=(process, peak), daemon=True)
    watcher.start()
    _, errors = process.communicate()
    taken = time.perf_counter() - begin
    if process.returncode:
        sys.exit(errors[-3000:])
    watcher.join()
    return taken, peak[0]


def _watch(process, peak):
    while process.poll() is None:
        total = 0
        try:
            for one in [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]:
                total += one.memory_full_info().pss
        except psutil.Error:
            continue
        peak[0] = max(peak[0], total / 2**20)
        time.sleep(SAMPLE_SECONDS)


FLOOR = """
import json, os, sys, time, warnings
warnings.simplefilter("ignore")
import numpy, pandas, matplotlib.pyplot, tensorflow, keras
sources = json.load(sys.stdin)
names = {"__name__": "__main__", "display": lambda *things: None}
exec(sources[0], names)  # the packages: imported, so warm
begin = time.perf_counter()
for source in sources[1:]:
    try:
        exec(compile(source, "<cell>", "exec"), names)
    except Exception:
        pass
print("seconds", time.perf_counter() - begin)
"""


def floor(course, assignment, student):
    """Return the seconds that one learner's own cells take in a warm interpreter, nothing else."""
    folder = course.path("submitted", assignment, student)
    notebook = nbformat.read(folder / f"{assignment}.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    code = [cell for cell in code if not cell.metadata.get("nbgrader", {}).get("grade")]
    code = [cell for cell in code if not set(cell.metadata.get("tags", [])) & {"training", "plotting", "listening"}]
    sources = json.dumps([cell.source for cell in code])
    command = [sys.executable, "-c", FLOOR]
    release = course.path("release", assignment)
    result = subprocess.run(command, cwd=release, input=sources, capture_output=True, text=True, check=True)
    return float(result.stdout.split("seconds")[-1])


def main():
    """Run the benchmark and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assignment", action="append", help="may be given several times; all when not given")
    parser.add_argument("--submissions", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print("| assignment | grader | seconds each: median | min | max | peak memory, MiB |\n|---|---|---|---|---|---|")
    for assignment in options.assignment or Course(ROOT).assignments():
        compare(assignment, options.submissions, options.rounds)


def compare(assignment, submissions, rounds):
    """Time both graders and the floor on one assignment, and print the rows of the table."""
    with tempfile.TemporaryDirectory() as folder:
        ours = make_course(Path(folder, "ours"), ROOT)
        ours.release(assignment)
        hand_in(ours, assignment, submissions)
        shutil.copytree(ours.root, Path(folder, "stock"))
        Path(folder, "stock", CONFIG_FILE).write_text(STOCK, encoding="utf-8")
        courses = {"ours": ours, "stock": Course(Path(folder, "stock"))}
        times, memory = {"ours": [], "stock": [], "floor": []}, {"ours": 0, "stock": 0, "floor": 0}
        for _ in range(rounds):
            for name, course in courses.items():
                taken, peak = seconds_and_memory(course, assignment)
                times[name].append(taken / submissions)
                memory[name] = max(memory[name], peak)
            times["floor"].append(floor(ours, assignment, "learner000"))
    for name, values in times.items():
        figures = f"{statistics.median(values):.2f} | {min(values):.2f} | {max(values):.2f}"
        print(f"| {assignment} | {name} | {figures} | {f'{memory[name]:.0f}' if memory[name] else ''} |")
    for one, other in (("stock", "ours"), ("ours", "floor")):
        ratios = [a / b for a, b in zip(times[one], times[other], strict=True)]
        spread = f"{statistics.median(ratios):.1f} | {min(ratios):.1f} | {max(ratios):.1f}"
        print(f"| {assignment} | {one} / {other} | {spread} | |", flush=True)


if __name__ == "__main__":
    main()
