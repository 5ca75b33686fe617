"""Seconds per graded submission: this course's verdict against stock `nbgrader autograde`, same notebooks, one run.

    python benchmarks/grading.py [--submissions N] [--rounds N] [--assignment NAME]

Both grade the same class by the same command, `nbgrader autograde`, and differ in the configuration alone. They take
turns, round by round, so that a drift of the machine's speed touches both; the ratio is formed within each round.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from autograders.course import CONFIG_FILE, Course
from autograders.demo import Desk, make_course

ROOT = Path(__file__).parents[1]
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


def seconds(course, assignment):
    """Return how long grading the whole class takes."""
    command = [sys.executable, "-m", "nbgrader", "autograde", assignment, "--create", "--force"]
    begin = time.perf_counter()
    result = subprocess.run(command, cwd=course.root, capture_output=True, text=True)
    if result.returncode:
        sys.exit(result.stderr[-3000:])
    return time.perf_counter() - begin


def main():
    """Run the benchmark and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assignment", default="step_by_step_rnn")
    parser.add_argument("--submissions", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ours = make_course(Path(folder, "ours"), ROOT)
        ours.release(options.assignment)
        hand_in(ours, options.assignment, options.submissions)
        shutil.copytree(ours.root, Path(folder, "stock"))
        Path(folder, "stock", CONFIG_FILE).write_text(STOCK, encoding="utf-8")
        stock = Course(Path(folder, "stock"))
        times = {"ours": [], "stock": []}
        for _ in range(options.rounds):
            for name, course in (("ours", ours), ("stock", stock)):
                times[name].append(seconds(course, options.assignment) / options.submissions)
    ratios = [stock / ours for stock, ours in zip(times["stock"], times["ours"], strict=True)]
    print(f"{options.assignment}, {options.submissions} submissions, {options.rounds} rounds")
    print("| grader | seconds per submission: median | min | max |\n|---|---|---|---|")
    for name, values in times.items():
        print(f"| {name} | {statistics.median(values):.2f} | {min(values):.2f} | {max(values):.2f} |")
    print(f"stock / ours: median {statistics.median(ratios):.1f} (min {min(ratios):.1f}, max {max(ratios):.1f})")


if __name__ == "__main__":
    main()
