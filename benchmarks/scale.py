"""What many submissions cost: the scheduler's share, and whether rate and memory stay as they are.

    python benchmarks/scale.py overhead [--tasks N]
    python benchmarks/scale.py run [--count 10000] [--workers N]
    python benchmarks/scale.py again [--count 300]

`overhead` has Dask's workers do nothing: submissions as large as step_by_step_rnn's go there and come back as they are,
by the same way as in `course grade`. For a submission, with 1, 2, 4 and 8 worker processes: milliseconds of the clock,
and of the processor for the process in which command and scheduler are, which is the first bottleneck.

`run` generates submissions of step_by_step_rnn, right ones and ones with mistakes in turn, and grades them in one run.
It prints for each tenth of the run how many were judged in a second, the processor seconds that one took, of all
processes and of the command alone, and the memory of all processes (proportional set size) at its end. Exit status 1 if
one takes a tenth more in the last tenth than in the second: the first has the start.

`again` generates as many submissions, has `course grade` judge them, and gives the same command again, ROUNDS times.
Nothing is new then: exit status 1 if each of them takes two seconds of the clock or more.
"""

import argparse
import contextlib
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import FIRST_COMPLETED, wait
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
from grading import ROOT, hand_in

from autograders import cluster, workers
from autograders.collect.intake import Submission
from autograders.demo import make_course

ASSIGNMENT = "step_by_step_rnn"
PROCESSES = (1, 2, 4, 8)
ROUNDS, MOST_SECONDS = 5, 2.0  # of a command that finds nothing new, and how long its quickest round may take
WORST = 1.1  # processor seconds a submission in the last tenth, over those in the second


def nothing(run, assignment, submission):
    """Judge nothing."""
    return submission


def overhead(tasks):
    """Print the seconds that a submission takes which nobody judges."""
    content = (ROOT / "notebooks" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_bytes()
    submission = Submission({ASSIGNMENT: content}, {})
    cluster.judge_one = nothing
    print("| workers | milliseconds | of the processor |\n|---|---|---|")
    for count in PROCESSES:
        with cluster.engine(workers.Orders({}, 0, {}, sandbox=False), count) as engine:
            seconds = _passed_through(engine, submission, tasks)
        print(f"| {count} | " + " | ".join(f"{1000 * one / tasks:.1f}" for one in seconds) + " |", flush=True)


def _passed_through(engine, submission, tasks):
    """Return the seconds for some tasks, of the clock and of this process, when the workers have warmed up."""
    for number in (engine.capacity(), tasks):
        begin, used, running = time.perf_counter(), time.process_time(), set()
        for _ in range(number):
            running.add(engine.submit(ASSIGNMENT, submission))
            if len(running) >= workers.IN_HAND * engine.capacity():
                running = wait(running, return_when=FIRST_COMPLETED).not_done
        wait(running)
    return time.perf_counter() - begin, time.process_time() - used


@contextmanager
def a_class(count):
    """Yield a course in which so many have handed in."""
    with tempfile.TemporaryDirectory() as folder:
        course = make_course(Path(folder, "course"), ROOT)
        course.release(ASSIGNMENT)
        hand_in(course, ASSIGNMENT, count)
        yield course


def again(count):
    """Print what `course grade` takes when nothing is new, in seconds; return whether it is quick enough."""
    command, took = [sys.executable, "-m", "autograders.cli", "grade", "--quiet", ASSIGNMENT], []
    with a_class(count) as course:
        subprocess.run(command, cwd=course.root, check=True)
        print("| of the clock | of the processor |\n|---|---|")
        for _ in range(ROUNDS):
            begin, used = time.perf_counter(), _used_by_children()
            subprocess.run(command, cwd=course.root, check=True)
            took.append(time.perf_counter() - begin)
            print(f"| {took[-1]:.2f} | {_used_by_children() - used:.2f} |", flush=True)
    return min(took) < MOST_SECONDS


def _used_by_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(count, processes):
    """Grade generated submissions and print how it went; return whether the rate held."""
    workers.get_ready()
    with a_class(count) as course:
        todo = [(ASSIGNMENT, student) for student in course.submissions(ASSIGNMENT)]
        taken, tenth, done = [], max(count // 10, 1), 0
        columns = ["judged", "submissions a second", "processor seconds each", "of the command", "memory, MiB"]
        print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
        with closing(workers.grade(course, todo, processes)) as results:
            problems, before = 0, _clocks()
            for done, result in enumerate(results, 1):
                problems += result.problem is not None
                if done % tenth == 0:
                    now = _clocks()
                    wall, everything, command = ((end - begin) / tenth for begin, end in zip(before, now, strict=True))
                    taken.append(everything)
                    before = now
                    each = f"{everything:.3f} | {command:.3f}"
                    print(f"| {done} | {1 / wall:.2f} | {each} | {_memory():.0f} |", flush=True)
    print(f"{done} judged, {problems} of them with a problem")
    return not problems and taken[-1] <= WORST * taken[1]


def _processes():
    return [psutil.Process(), *psutil.Process().children(recursive=True)]


def _clocks():
    """Seconds: of the clock, of the processors for all processes and those that have ended, and for this one."""
    everything = 0
    for one in _processes():
        with contextlib.suppress(psutil.Error):  # it has just ended
            everything += sum(one.cpu_times()[:4])
    return time.perf_counter(), everything, time.process_time()


def _memory():
    total = 0
    for one in _processes():
        with contextlib.suppress(psutil.Error):
            total += one.memory_full_info().pss
    return total / 2**20


def main():
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("overhead", "run", "again"))
    parser.add_argument("--tasks", type=int, default=400)
    parser.add_argument("--count", type=int)
    parser.add_argument("--workers", type=int)
    options = parser.parse_args()
    if options.what == "overhead":
        overhead(options.tasks)
    elif options.what == "run":
        sys.exit(not run(options.count or 10_000, options.workers))
    else:
        sys.exit(not again(options.count or 300))


if __name__ == "__main__":
    main()
