"""The full study: every comparison of the course, by one command.

    python -m studies.study                       all parts, two workers, into data/lab
    python -m studies.study --part adding         one part
    python -m studies.study --quick --out FOLDER  every part in small, to try it

Each finished network is one more line in a file of its part. Ctrl-C, or a switched-off machine, loses the runs in
progress; the same command goes on. Every worker has one thread. Seconds per epoch are measured in the part ``timing``,
one network after the other with nothing beside it.
"""

import argparse
import hashlib
import json
import multiprocessing
import os
import signal
import sys
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from helpers.data.download import MANIFEST
from helpers.lab import results, tasks, tuning, variants
from helpers.lab.experiment import MATCHES, PARAMETERS, WIDTH, TrainingRun, execute, plan

ORIGIN = "networks trained by a program of this course; machine and versions stand in the first line"
WORKERS = 2
LAGS = (10, 30, 50, 100, 200)
COPY_LAGS = (10, 30, 100, 200)
MEMORY_VARIANTS = ("SimpleRNN", "LSTM", "GRU", variants.BASELINE)
RATES, EARLY_RATES = (1e-2, 5e-3, 1e-3, 3e-4), (5e-3, 1e-3)
LONG_EPOCHS = 200
TRIALS = 40
JAZZ_LENGTHS = [10, 20, 30, 40]
TIMED_EPOCHS = 6
QUICK_EPOCHS, QUICK_SEEDS, QUICK_TRIALS, QUICK_LAG = 2, 2, 3, 30


class Job(NamedTuple):
    """One run of one part."""

    task: str
    options: tuple[tuple[str, int], ...]
    run: TrainingRun


@dataclass(frozen=True)
class RunSet:
    """Some variants on one task."""

    task: str
    variants: tuple[str, ...]
    seeds: int
    options: tuple[tuple[str, int], ...] = ()
    matches: tuple[str, ...] = (WIDTH,)
    changes: tuple[tuple[str, object], ...] = ()

    def jobs(self):
        """Every run."""
        task = opened(self.task, self.options)
        for match in self.matches:
            settings = task.settings.changed(**dict(self.changes))
            for one in plan(self.variants, task, range(self.seeds), match, settings):
                if not (one.variant in task.baselines and match != self.matches[0]):
                    yield Job(self.task, self.options, one)

    def quick(self):
        """The same in small."""
        changes = dict(self.changes) | {"epochs": QUICK_EPOCHS}
        return replace(self, seeds=min(self.seeds, QUICK_SEEDS), changes=tuple(changes.items()))


READERS = ("SimpleRNN", "LSTM", "GRU", "stacked LSTM")
BOTH_WAYS = ("bidirectional LSTM", "bidirectional GRU")


def comparisons(part):
    """What a part of the study compares."""
    if part in ("emoji", "jazz"):
        names = (*READERS, *BOTH_WAYS) if part == "emoji" else READERS
        return [
            RunSet(part, (*names, variants.BASELINE), 5, matches=MATCHES),
            RunSet(part, ("LSTM, forget bias 0",), 5),
        ]
    if part == "adding":
        far = (("lag", 100),)
        return [
            *(RunSet("adding", MEMORY_VARIANTS, 5, (("lag", lag),)) for lag in LAGS),
            RunSet("adding", tuple(variants.OPTIONS), 5, far),
            RunSet("adding", ("SimpleRNN", "GRU"), 5, far, (PARAMETERS,)),
            RunSet("adding", (*MEMORY_VARIANTS, "LSTM, set to keep"), 3, (*far, ("early", True))),
        ]
    if part == "rates":
        far = (("lag", 100),)
        wanted = [
            *((("SimpleRNN", "SimpleRNN, Glorot start", "LSTM", "GRU"), rate, far) for rate in RATES),
            *((("SimpleRNN", "LSTM"), rate, (*far, ("early", True))) for rate in EARLY_RATES),
        ]
        return [
            RunSet("adding", names, 3, options, changes=(("learning_rate", rate), ("epochs", LONG_EPOCHS)))
            for names, rate, options in wanted
        ]
    if part == "copy":
        return [RunSet("copy", MEMORY_VARIANTS, 3, (("lag", lag),)) for lag in COPY_LAGS]
    if part == "timing":
        short = (("epochs", TIMED_EPOCHS),)
        named = {"emoji": (*READERS, *BOTH_WAYS), "jazz": READERS}
        fixed = [RunSet(name, kinds, 1, (), MATCHES, short) for name, kinds in named.items()]
        return [*fixed, RunSet("adding", MEMORY_VARIANTS[:-1], 1, (("lag", 100),), MATCHES, short)]
    raise ValueError(f"expected a part among {', '.join(PARTS)}, got {part!r}")


SWEEPS = {
    "sweep_emoji": ("emoji", tuning.SPACE | {"trainable_embedding": [False, True]}),
    "sweep_jazz": ("jazz", tuning.SPACE | {tuning.SEQUENCE_LENGTH: JAZZ_LENGTHS}),
}
PARTS = ("adding", "emoji", "jazz", "copy", "sweep", "rates", "timing")


@lru_cache
def opened(name, options):
    """A task, made once in each process."""
    return tasks.named(name, **dict(options))


def one_thread():
    """Prepare a worker: one thread, and Ctrl-C is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["OMP_NUM_THREADS"] = "1"
    from helpers.quiet_keras import keras  # noqa: F401
    import tensorflow as tf  # isort: skip

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)


def work(job):
    """Carry out one run, in a worker."""
    return execute(opened(job.task, job.options), job.run)


def search(call):
    """Carry out one sweep, in a worker; what is done is in its file."""
    name, path, trials, epochs = call
    task, space = SWEEPS[name]
    tuning.sweep(space, opened(task, ()), trials, epochs=epochs, store=path, progress=False)
    return name


def in_workers(function, calls, workers, text, done):
    """Do all calls in fresh processes, with a bar; an interruption ends them at once."""
    from tqdm import tqdm

    context = multiprocessing.get_context("spawn")  # TensorFlow does not survive a fork
    with tqdm(total=len(calls), desc=text) as bar, context.Pool(min(workers, len(calls)) or 1, one_thread) as pool:
        for result in pool.imap_unordered(function, calls):
            done(result)
            bar.update()


def run_part(part, out, workers=WORKERS, quick=False):
    """Do what is missing of one part.

    Parameters
    ----------
    part : str
        One of ``PARTS``.
    out : path
        Folder of the results.
    workers : int
        Processes.
    quick : bool
        A few epochs, seeds and trials only.
    """
    if part == "sweep":
        trials, epochs = (QUICK_TRIALS, QUICK_EPOCHS) if quick else (TRIALS, None)
        calls = [(name, out / f"{name}{results.SUFFIX}", trials, epochs) for name in SWEEPS]
        in_workers(search, calls, workers, part, done=lambda name: None)
        return
    chosen = comparisons(part)
    if quick:
        chosen = [one.quick() for one in chosen if dict(one.options).get("lag", QUICK_LAG) <= QUICK_LAG]
    store = results.Store(out / f"{part}{results.SUFFIX}")
    jobs = [job for one in chosen for job in one.jobs()]
    missing = [job for job in jobs if store.find(job.run.key(opened(job.task, job.options))) is None]
    try:
        if missing:
            in_workers(work, missing, 1 if part == "timing" else workers, part, store.add)
    finally:
        store.close()


def record(paths, manifest, origin, script):
    """Bring the manifest's entries for some shipped files up to date."""
    entries = json.loads(manifest.read_text(encoding="utf-8"))
    for path in paths:
        content = path.read_bytes()
        entries["shipped"][path.relative_to(manifest.parents[1]).as_posix()] = {
            "origin": origin,
            "licence": "CC0-1.0",
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "script": script,
        }
    manifest.write_text(json.dumps(entries, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def main(arguments=None):
    """The command; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--part", choices=PARTS, action="append", help="only this part; may be given more than once")
    parser.add_argument("--out", type=Path, default=results.SHIPPED, help="folder of the results")
    parser.add_argument("--workers", type=int, default=WORKERS, help="processes, each with one thread")
    parser.add_argument("--quick", action="store_true", help="a few epochs, seeds and lags, to try it")
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a kill ends the workers too, as Ctrl-C does
    if chosen.workers < 1:
        parser.error(f"--workers: expected at least 1, got {chosen.workers}")
    if chosen.quick and chosen.out == results.SHIPPED:
        parser.error("--quick gives no results worth keeping; name a folder for them with --out")
    try:
        for part in chosen.part or PARTS:
            run_part(part, chosen.out, chosen.workers, chosen.quick)
        if chosen.out == results.SHIPPED:
            record(sorted(results.SHIPPED.glob(f"*{results.SUFFIX}")), MANIFEST, ORIGIN, "studies/study.py")
    except KeyboardInterrupt:
        print("\ninterrupted; what is done is kept, and the same command goes on", file=sys.stderr)
        return 130
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
