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
    """Start in the background what takes long to start; a second call does nothing.

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
    from autograders.sandbox.forks import WARM_PARENT

    return WARM_PARENT.start()


@dataclass(frozen=True)
class Orders:
    """What a worker must know of the course, apart from its `nbgrader_config.py`."""

    root: str
    db_url: str
    settings: dict  # of RunAndJudge

    def course(self):
        """Open the course."""
        from autograders.course import Course

        course = Course(self.root, self.db_url)
        course.config.RunAndJudge.update(self.settings)
        return course


def grade(course, todo, workers=None):
    """Grade submissions, all with the same freshly drawn hidden inputs.

    Parameters
    ----------
    course : Course
    todo : list of (str, str)
        Assignment and student.
    workers : int, optional
        How many are graded at a time; one for each processor by default.

    Yields
    ------
    Result
        In the order in which they are done. Whatever happens to one, the others are graded.

    Raises
    ------
    ValueError
        If there is nothing to grade, or no worker for it.
    """
    from autograders.course import Result
    from autograders.run_and_judge import SEED_BITS

    workers = min(len(todo), len(usable_processors()) if workers is None else workers)
    if workers < 1:
        raise ValueError(f"expected submissions and at least one worker, got {len(todo)} and {workers}")
    settings = {"seed": secrets.randbits(SEED_BITS)} | dict(course.config.RunAndJudge)
    orders = Orders(str(course.root), course.directory.db_url, settings)
    if settings.get("sandbox", True) and any(map(course.needs_tensorflow, {assignment for assignment, _ in todo})):
        from autograders.sandbox.forks import WARM_PARENT

        WARM_PARENT.get_warm()
    left, waited = set(todo), []
    for result in _side_by_side(orders, todo, workers):
        left.remove((result.assignment, result.student))
        if result.waited and workers > 1:  # for the machine, perhaps: judged once more, beside no other
            waited.append((result.assignment, result.student))
        else:
            yield result
    for item in [*sorted(left), *waited]:  # a worker died and broke the pool: grade each of the rest by itself
        yield next(_side_by_side(orders, [item], 1), Result(item[1], item[0], problem=ENDED))


def _side_by_side(orders, todo, workers):
    """Yield results as they come; stop early when a worker dies."""
    channel = get_ready(orders.settings.get("sandbox", True))
    context = multiprocessing.get_context("forkserver")
    arguments = orders, channel, workers, context.Value("i", 0)
    with ProcessPoolExecutor(workers, context, _begin, arguments) as pool:
        try:
            for future in as_completed([pool.submit(_grade, *item) for item in todo]):
                yield future.result()
        except BrokenProcessPool:
            return
        finally:
            pool.shutdown(cancel_futures=True)  # after Ctrl-C, what is being graded is finished


def _begin(orders, channel, workers, count):
    """Make this process a worker; `count`, which all workers share, gives it its number."""
    global _course
    with count.get_lock():
        number = count.value
        count.value += 1
    threading.Thread(target=_end_when_orphaned, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the main process
    if channel is not None:
        from autograders.sandbox.forks import WARM_PARENT

        WARM_PARENT.adopt(channel)
    _course = orders.course()
    share = share_of(usable_processors(), number, workers)
    _course.config.RunAndJudge.limits = {"processors": share} | _course.config.RunAndJudge.get("limits", {})
    _settle_in()


def share_of(processors, number, workers):
    """Return the processors for the kernels of one worker; no two workers share any while there are enough.

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


def _end_when_orphaned():
    """End this process, and its kernel with it, when the main process has ended, perhaps because it was killed."""
    multiprocessing.connection.wait([multiprocessing.parent_process().sentinel])
    os._exit(1)


def _settle_in():
    """Save a process that grades many submissions from work that is done again for each.

    nbgrader opens the gradebook a dozen times for each. A new engine of SQLAlchemy compiles all queries anew and looks
    for the tables: one is kept. And the garbage collector leaves the modules alone, which will all stay.
    """
    import nbgrader.api

    nbgrader.api.create_engine = lru_cache(nbgrader.api.create_engine)
    tables = nbgrader.api.Base.metadata
    tables.create_all = lru_cache(tables.create_all)
    gc.collect()
    gc.freeze()


def _grade(assignment, student):
    return _course.grade(assignment, student)
