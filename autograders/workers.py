"""Grade many submissions side by side: workers judge, this process alone reads what was handed in and writes marks."""

import gc
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
import uuid
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, ProcessPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import forkserver

from autograders import locks, stamps
from autograders.sandbox.limits import MOST_PROCESSORS, Limits, usable_processors
from helpers.language import N_

FEW = 64  # submissions, for which a pool of processes does: a cluster of Dask's takes a second more to start
IN_HAND = 2  # submissions for each worker, so that none waits for its next one
TRIES = 3  # of a submission whose judging fails: one beside others, the rest alone
ENDED = N_("the process that graded it ended, however often it was tried: was there too little memory?")
OTHER_VERSION = "the workers judge with another version of the course or its libraries: install the same everywhere"
GONE = "the scheduler is gone; what was judged is kept: start it, and run the same command again"


def get_ready(sandbox=True):
    """Start in the background what takes long to start; a second call does nothing.

    Parameters
    ----------
    sandbox : bool
        Whether kernels will be jailed.

    Returns
    -------
    str or None
        The address of the warm parent of jailed kernels.
    """
    # Workers are forked from a process that imports what they need and does nothing else.
    forkserver.set_forkserver_preload(["autograders.engine.judge", "autograders.engine.sealed"])
    forkserver.ensure_running()
    if not sandbox:
        return None
    from autograders.sandbox.forks import WARM_PARENT

    return WARM_PARENT.address()


def grade(course, todo, workers=None, scheduler=None, force=False, start=lambda: None, tell=lambda text: None):
    """Grade submissions, all with the same hidden inputs.

    Parameters
    ----------
    course : Course
    todo : list of (str, str)
        Assignment and student.
    workers : int, optional
        How many are judged at a time on this machine; one for each processor by default.
    scheduler : str, optional
        The address of a Dask scheduler whose workers judge, such as tcp://10.0.0.1:8786. Of the runs that share it,
        those of one submission have priority.
    force : bool
        Whether to judge again what was judged before, of the same bytes by the same engine.
    start : callable
        start() is called before the first is judged; not where there is nothing new.
    tell : callable
        tell(text) is called with what an operator may like to know.

    Yields
    ------
    Result
        In the order in which they are done. Whatever happens to one, the others are graded. What fails, or was
        stopped while it waited for the machine, is judged once more when all others are done, alone.

    Raises
    ------
    ValueError
        If there is nothing to grade, or no worker for it.
    KeyError
        If the gradebook does not know one of the assignments.
    ConnectionError
        If the scheduler does not answer, or is gone before all are judged.
    CannotWrite
        If the disk or the gradebook takes no more marks.
    RuntimeError
        If another run grades the same.
    """
    workers = min(len(todo), len(usable_processors()) if workers is None else workers)
    if workers < 1:
        raise ValueError(f"expected submissions and at least one worker, got {len(todo)} and {workers}")
    from autograders.books import Books

    settings = course.settings()
    sealed = {name: course.seal(name) for name in {assignment for assignment, _ in todo}}
    orders = Orders(sealed, settings.seed_of_run(), dict(settings.limits), settings.sandbox)
    again = []
    with locks.grading(course.root, todo), course.gradebook() as gradebook, ExitStack() as stack:
        books = Books(course, gradebook, sealed, (settings.seed, sorted(orders.limits.items())), force)

        @cache
        def engine():
            """Start it when it is needed: there may be nothing new."""
            start()
            started = stack.enter_context(_engine(orders, len(todo), workers, scheduler))
            if started.dashboard:
                tell(f"workers: {started.dashboard}")
            return started

        for work, outcome in _side_by_side(engine, books, todo):
            waited = isinstance(outcome, dict) and any(one.verdict.waited for one in outcome.values())
            if work.submission and (isinstance(outcome, Exception) or waited and workers > 1):
                again.append(work.item)
            else:
                yield books.settle(work, outcome)
        for item in again:
            for _ in range(TRIES - 1):
                ((work, outcome),) = _side_by_side(engine, books, [item])
                if not isinstance(outcome, Exception):
                    break
            yield books.settle(work, outcome)


def _side_by_side(engine, books, todo):
    """Have submissions judged; few of them are in memory at a time.

    Yields
    ------
    Work, dict or Exception or Result
        What was to be done, and the judged notebooks, or why there are none, or that nothing was to be judged.
    """
    running = {}

    def done(how_many):
        for future in wait(running, return_when=how_many).done:
            work = running.pop(future)
            try:
                yield work, future.result()
            except CancelledError:
                raise ConnectionError(GONE) from None
            except Exception as error:
                yield work, _told(error)

    try:
        for item in todo:
            work, outcome = books.open(item)
            if outcome is not None:
                yield work, outcome
                continue
            running[engine().submit(item[0], work.submission)] = work
            if len(running) >= IN_HAND * max(engine().capacity(), 1):
                yield from done(FIRST_COMPLETED)
        while running:
            yield from done(FIRST_COMPLETED)
    finally:
        for future in running:  # after Ctrl-C
            future.cancel()


def _told(error):
    """Return an exception as the report is to say it: for a worker that is gone, in our words."""
    from autograders.course import LostWorker

    if isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker":  # the latter is Dask's
        return LostWorker(ENDED)
    return error


@dataclass(frozen=True)
class Engine:
    """What judges: `submit(assignment, submission)` returns a future; `capacity()` is how many it judges at a time."""

    submit: callable
    capacity: callable
    dashboard: str | None = None  # the address of a page that shows the workers


@dataclass(frozen=True)
class Orders:
    """What a worker must know of a run: it has no course directory and no gradebook."""

    sealed: dict  # {name: SealedAssignment}
    seed: int
    limits: dict
    sandbox: bool
    version: str = field(default_factory=lambda: stamps.engine_version())
    run: str = field(default_factory=lambda: f"course-grade-{uuid.uuid4()}")

    @property
    def tensorflow(self):
        """Whether kernels will need TensorFlow, jailed as they are."""
        return self.sandbox and any(one.tensorflow for name in self.sealed.values() for one in name.notebooks)


def _engine(orders, count, workers, scheduler):
    """Return the Engine for a number of submissions, to be entered."""
    if not scheduler and count <= FEW:
        return _few(orders, workers)
    from autograders import cluster

    return cluster.engine(orders, workers, scheduler, priority=int(count == 1))


def warm_parent(orders):
    """Start the warm parent that the workers of this machine share; return its address, None without a sandbox."""
    address = get_ready(orders.sandbox)
    if orders.tensorflow:
        from autograders.sandbox.forks import WARM_PARENT

        WARM_PARENT.get_warm()
    return address


@contextmanager
def _few(orders, workers):
    """Yield an Engine of a few processes. After one of them is lost, new ones are started."""
    address, context = warm_parent(orders), multiprocessing.get_context("forkserver")

    def start():
        return ProcessPoolExecutor(workers, context, _begin_here, (orders, address, workers, context.Value("i", 0)))

    pool = start()

    def submit(*work):
        nonlocal pool
        try:
            return pool.submit(judge_one, orders.run, *work)
        except BrokenExecutor:
            pool = start()
            return pool.submit(judge_one, orders.run, *work)

    try:
        yield Engine(submit, lambda: workers)
    finally:
        pool.shutdown(cancel_futures=True)  # after Ctrl-C, what is being judged is finished


def _begin_here(orders, address, workers, count):
    """Make this process one of a few workers; `count`, which all of them share, gives it its number."""
    with count.get_lock():
        number = count.value
        count.value += 1
    threading.Thread(target=_end_when_orphaned, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the main process
    begin(orders, address, share_of(usable_processors(), number, workers))


ORDERS = {}  # {run: (Orders, Limits)}, in a worker
ONE_AT_A_TIME = threading.Lock()  # a worker of Dask's may have several threads; a judge has the process to itself


def begin(orders, address=None, processors=()):
    """Make this process a worker of a run.

    Parameters
    ----------
    orders : Orders
    address : str, optional
        Of the warm parent to use; the process starts one of its own when not given.
    processors : tuple of int
        For its kernels; any when empty.
    """
    if address or orders.tensorflow:
        from autograders.sandbox.forks import WARM_PARENT

        WARM_PARENT.adopt(address) if address else WARM_PARENT.get_warm()
    ORDERS[orders.run] = orders, Limits(**{"processors": processors} | orders.limits)
    gc.collect()
    gc.freeze()  # the modules will all stay: the garbage collector need not look at them again


def judge_one(run, assignment, submission):
    """Judge a submission, in a worker; return {notebook: Judged}."""
    from autograders.engine.judge import judge_submission

    orders, limits = ORDERS[run]
    with ONE_AT_A_TIME:
        return judge_submission(submission, orders.sealed[assignment], orders.seed, limits)


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
