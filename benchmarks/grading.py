"""Seconds per graded submission: this course's grader against stock `nbgrader autograde`, and against the floor.

    python benchmarks/grading.py [--assignment NAME] [--submissions N] [--stock N] [--rounds N]

All grade the same class, start-up included; stock, which takes minutes for each, grades its first few only. Stock is
`nbgrader autograde` as it comes, which runs every cell. Ours runs each notebook in a sandbox, without its training,
plotting and listening cells, and judges outside: by `course grade`, one worker for each processor, and by
`nbgrader autograde` with this course's configuration, one submission after the other. They take turns, round by round,
so that a drift of the machine's speed touches all; ratios are formed within each round. The floor is one learner's own
cells, run once in an interpreter that has imported everything. Memory is the most that the command's processes held
together (proportional set size), sampled in a round before the timed ones, since sampling slows what it looks at. Exit
status 1 when a bar is missed.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import psutil

from autograders.course import CONFIG_FILE, Course
from autograders.demo import Desk, make_course

ROOT = Path(__file__).parents[1]
SAMPLE_SECONDS = 0.3
STOCK_BARS = {"step_by_step_rnn": 5, "jazz_lstm": 15, "emojify": 15}  # times stock's seconds over ours, at least
FLOOR_BAR = 2  # times the floor, at most
CLASS = {"step_by_step_rnn": 100}  # submissions that take little are graded in larger classes, beside the start
USUAL_CLASS = 16
FLOOR_RUNS = 3
OURS, SERIAL, STOCK, FLOOR = "course grade", "nbgrader autograde", "stock nbgrader", "floor"
STOCK_CONFIG = """
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


def grade(course, assignment, module, watch):
    """Have the whole class graded; return what `watch` finds out about the process."""
    arguments = {"autograders.cli": ["grade"], "nbgrader": ["autograde", "--create", "--force"]}[module]
    command = [sys.executable, "-m", module, *arguments, assignment]
    with tempfile.TemporaryFile("w+") as errors:
        found = watch(subprocess.Popen(command, cwd=course.root, stdout=subprocess.DEVNULL, stderr=errors))
        if found is None:
            errors.seek(0)
            sys.exit(errors.read()[-3000:])
    return found


def seconds(process):
    """Return how long a process takes; None if it fails."""
    begin = time.perf_counter()
    return time.perf_counter() - begin if process.wait() == 0 else None


def memory(process):
    """Return the most memory that a process and its children hold together, in MiB; None if it fails."""
    peak = 0
    while process.poll() is None:
        try:
            family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
            peak = max(peak, sum(one.memory_full_info().pss for one in family))
        except psutil.Error:  # one of them has just ended
            continue
        time.sleep(SAMPLE_SECONDS)
    return peak / 2**20 if process.returncode == 0 else None


FLOOR_CODE = """
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
    command = [sys.executable, "-c", FLOOR_CODE]
    release = course.path("release", assignment)
    result = subprocess.run(command, cwd=release, input=sources, capture_output=True, text=True, check=True)
    return float(result.stdout.split("seconds")[-1])


def main():
    """Run the benchmark and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assignment", action="append", help="may be given several times; all when not given")
    parser.add_argument("--submissions", type=int, help=f"{USUAL_CLASS} when not given, but {CLASS}")
    parser.add_argument("--stock", type=int, default=2, help="how many of them stock grades")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print("| assignment, class | grader | seconds each: median | min | max | peak memory, MiB |")
    print("|---|---|---|---|---|---|")
    reached = True
    for assignment in options.assignment or Course(ROOT).assignments():
        count = options.submissions or CLASS.get(assignment, USUAL_CLASS)
        reached = compare(assignment, count, min(options.stock, count), options.rounds) and reached
    sys.exit(not reached)


def compare(assignment, submissions, of_stock, rounds):
    """Time the graders and the floor on one assignment, print the rows of the table; return whether the bars hold."""
    times = {OURS: [], SERIAL: [], STOCK: [], FLOOR: []}
    with tempfile.TemporaryDirectory() as folder:
        course = make_course(Path(folder, "ours"), ROOT)
        course.release(assignment)
        hand_in(course, assignment, submissions)
        shutil.copytree(course.root, Path(folder, "stock"))
        Path(folder, "stock", CONFIG_FILE).write_text(STOCK_CONFIG, encoding="utf-8")
        stock = Course(Path(folder, "stock"))
        for student in stock.submissions(assignment)[of_stock:]:
            shutil.rmtree(stock.path("submitted", assignment, student))
        graders = {OURS: (course, "autograders.cli"), SERIAL: (course, "nbgrader"), STOCK: (stock, "nbgrader")}
        peaks = {name: grade(where, assignment, module, memory) for name, (where, module) in graders.items()}
        for _ in range(rounds):
            for name, (where, module) in graders.items():
                taken = grade(where, assignment, module, seconds)
                times[name].append(taken / len(where.submissions(assignment)))
            times[FLOOR].append(statistics.median(floor(course, assignment, "learner000") for _ in range(FLOOR_RUNS)))
    for name, values in times.items():
        peak = f"{peaks[name]:.0f}" if name in peaks else ""
        print(f"| {assignment}, {submissions} | {name} | {_spread(values, 2)} | {peak} |")
    to_stock, to_floor = _ratios(times[STOCK], times[OURS]), _ratios(times[OURS], times[FLOOR])
    print(f"| {assignment} | {STOCK} / {OURS} | {_spread(to_stock, 1)} | |")
    print(f"| {assignment} | {OURS} / {FLOOR} | {_spread(to_floor, 1)} | |")
    bars = {
        f"{STOCK} / {OURS} at least {STOCK_BARS[assignment]}": statistics.median(to_stock) >= STOCK_BARS[assignment],
        f"{OURS} / {FLOOR} at most {FLOOR_BAR}": statistics.median(to_floor) <= FLOOR_BAR,
    }
    for bar, holds in bars.items():
        print(f"| {assignment} | {bar} | {'reached' if holds else 'MISSED'} | | | |", flush=True)
    return all(bars.values())


def _ratios(ones, others):
    return [one / other for one, other in zip(ones, others, strict=True)]


def _spread(values, digits):
    return " | ".join(f"{value:.{digits}f}" for value in (statistics.median(values), min(values), max(values)))


if __name__ == "__main__":
    main()
