"""Grade many submissions side by side, in a few processes with one warm parent for all their kernels."""

import gc
import multiprocessing
import multiprocessing.connection
import os
import secrets
import signal
import threading
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import forkserver

from autograders.sandbox.limits import MOST_PROCESSORS, usable_processors

ENDED = "the process that graded it ended: was there too little memory?"


def get_ready(sandbox=True):
    """Start what takes long, so that it goes on beside what its caller does next; more than once does nothing.

    Parameters
    ----------
    sandbox : bool
        Whether kernels will be jailed.

    Returns
    -------
    socket or None
        The channel to the warm parent of jailed kernels.
    """
    # Workers are forked from a process that imports what they need and does nothing else.
    forkserver.set_forkserver_preload(["autograders.course", "autograders.run_and_judge", "nbgrader.api"])
    forkserver.ensure_running()
    if not sandbox:
        return None
    from autograders.sandbox.provisioner import WARM_PARENT

    return WARM_PARENT.start()


@dataclass(frozen=True)
class Orders:
    """What a worker must know of the course, apart from its `nbgrader_config.py`."""

    root: str
    db_url: str
    judge: dict  # the configuration of the Judge

    def course(self):
        """Open the course."""
        from autograders.course import Course

        course = Course(self.root, self.db_url)
        course.config.RunAndJudge.update(self.judge)
        return course


def grade(course, todo, workers=None):
    """Grade submissions; all of them with the same hidden inputs, freshly drawn.

    Parameters
    ----------
    course : Course
    todo : list of (str, str)
        Assignment and student.
    workers : int, optional
        How many are graded at a time; one for each processor when not given.

    Yields
    ------
    Outcome
        As each is done. Whatever happens to one, the others are graded.

    Raises
    ------
    ValueError
        If there is to be less than one worker.
    """
    from autograders.course import Outcome
    from autograders.run_and_judge import SEED_BITS

    workers = min(len(todo), len(usable_processors()) if workers is None else workers)
    if workers < 1:
        raise ValueError(f"there must be something to grade and a worker at least, not {workers}")
    judge = {"seed": secrets.randbits(SEED_BITS)} | dict(course.config.RunAndJudge)
    orders = Orders(str(course.root), course.directory.db_url, judge)
    if judge.get("sandbox", True) and any(map(course.needs_tensorflow, {assignment for assignment, _ in todo})):
        from autograders.sandbox.provisioner import WARM_PARENT

        WARM_PARENT.get_warm()
    left = set(todo)
    for outcome in _side_by_side(orders, todo, workers):
        left.remove((outcome.assignment, outcome.student))
        yield outcome
    for item in sorted(left):  # a worker died, and took the others with it: each is tried by itself
        yield next(_side_by_side(orders, [item], 1), Outcome(item[1], item[0], problem=ENDED))


def _side_by_side(orders, todo, workers):
    """Yield outcomes as they come; stop early when a worker dies."""
    channel = get_ready(orders.judge.get("sandbox", True))
    context = multiprocessing.get_context("forkserver")
    settings = orders, channel, workers, context.Value("i", 0)
    with ProcessPoolExecutor(workers, context, _begin, settings) as pool:
        try:
            for future in as_completed([pool.submit(_grade, *item) for item in todo]):
                yield future.result()
        except BrokenProcessPool:
            return
        finally:
            pool.shutdown(cancel_futures=True)  # after Ctrl-C, what is in hand is brought to its end


def _begin(orders, channel, workers, count):
    """Make this process a worker, one of several that `count` themselves."""
    global _course
    with count.get_lock():
        number = count.value
        count.value += 1
    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that shares out the work
    if channel is not None:
        from autograders.sandbox.provisioner import WARM_PARENT

        WARM_PARENT.adopt(channel)
    _course = orders.course()
    share = share_of(usable_processors(), number, workers)
    _course.config.RunAndJudge.limits = {"processors": share} | _course.config.RunAndJudge.get("limits", {})
    _settle_in()


def share_of(processors, number, workers):
    """Return the processors for the kernels of one of so many workers: none in common while there are enough.

    Parameters
    ----------
    processors : list of int
    number, workers : int
        The worker's number, from 0, and how many there are.

    Returns
    -------
    tuple of int
    """
    if workers > len(processors):
        return (processors[number % len(processors)],)
    return tuple(processors[number::workers][:MOST_PROCESSORS])


def _end_with_parent():
    """End this process, and its kernel with it, when the one that shares out the work has ended, killed perhaps."""
    multiprocessing.connection.wait([multiprocessing.parent_process().sentinel])
    os._exit(1)


def _settle_in():
    """Spare a process that grades many what one that grades a single submission would not notice.

    nbgrader opens the gradebook a dozen times for each submission, and each engine of SQLAlchemy's compiles its
    queries anew and asks for its tables; the collector goes through all modules again and again.
    """
    import nbgrader.api

    nbgrader.api.create_engine = lru_cache(nbgrader.api.create_engine)
    tables = nbgrader.api.Base.metadata
    tables.create_all = lru_cache(tables.create_all)
    gc.collect()
    gc.freeze()


def _grade(assignment, student):
    return _course.grade(assignment, student)
