"""Grade many submissions: judged side by side, in a few processes with one warm parent for all their kernels."""

import gc
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import forkserver

from autograders.sandbox.limits import MOST_PROCESSORS, Limits, usable_processors

IN_HAND = 2  # submissions for each worker, so that none waits for its next one
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
    forkserver.set_forkserver_preload(["autograders.engine.judge", "autograders.engine.sealed"])
    forkserver.ensure_running()
    if not sandbox:
        return None
    from autograders.sandbox.forks import WARM_PARENT

    return WARM_PARENT.start()


def grade(course, todo, workers=None):
    """Grade submissions, all with the same hidden inputs. Workers judge; this process alone reads and writes.

    Parameters
    ----------
    course : Course
    todo : list of (str, str)
        Assignment and student.
    workers : int, optional
        How many are judged at a time; one for each processor by default.

    Yields
    ------
    Result
        In the order in which they are done. Whatever happens to one, the others are graded.

    Raises
    ------
    ValueError
        If there is nothing to grade, or no worker for it.
    MissingEntry
        If the gradebook does not know one of the assignments.
    """
    from autograders.course import Ungraded

    workers = min(len(todo), len(usable_processors()) if workers is None else workers)
    if workers < 1:
        raise ValueError(f"expected submissions and at least one worker, got {len(todo)} and {workers}")
    settings = course.settings()
    sealed = {name: course.seal(name) for name in {assignment for assignment, _ in todo}}
    if settings.sandbox and any(one.tensorflow for assignment in sealed.values() for one in assignment.notebooks):
        from autograders.sandbox.forks import WARM_PARENT

        WARM_PARENT.get_warm()
    orders = Orders(sealed, settings.seed_of_run(), dict(settings.limits), settings.sandbox)
    left = set(todo)
    with course.gradebook() as gradebook:
        for result in _side_by_side(course, gradebook, orders, todo, workers):
            left.remove((result.assignment, result.student))
            yield result
        for item in sorted(left):  # a worker died and broke the pool, or the machine was too busy: each by itself
            alone = list(_side_by_side(course, gradebook, orders, [item], 1))
            yield alone[0] if alone else course.refuse(*item, Ungraded(ENDED))


@dataclass(frozen=True)
class Orders:
    """What a worker must know: it has no course directory and no gradebook."""

    sealed: dict  # {name: SealedAssignment}
    seed: int
    limits: dict
    sandbox: bool


def _side_by_side(course, gradebook, orders, todo, workers):
    """Yield results as they come; stop early when a worker dies. Few submissions are in memory at a time."""
    channel = get_ready(orders.sandbox)
    context = multiprocessing.get_context("forkserver")
    arguments = orders, channel, workers, context.Value("i", 0)
    running = {}

    def write(done):
        for future in done:
            assignment, student, submission = running.pop(future)
            try:
                judged = future.result()
                if workers > 1 and any(one.verdict.waited for one in judged.values()):
                    continue  # for the machine, perhaps: it is judged once more, beside no other
                yield course.write(gradebook, assignment, student, orders.sealed[assignment], submission, judged)
            except BrokenProcessPool:
                raise
            except Exception as error:  # one bad submission never stops the others
                yield course.refuse(assignment, student, error)

    with ProcessPoolExecutor(workers, context, _begin, arguments) as pool:
        try:
            for assignment, student in todo:
                try:
                    submission = course.take_in(assignment, student, orders.sealed[assignment])
                except Exception as error:
                    yield course.refuse(assignment, student, error)
                    continue
                running[pool.submit(_judge, assignment, submission)] = assignment, student, submission
                if len(running) == IN_HAND * workers:
                    yield from write(wait(running, return_when=FIRST_COMPLETED).done)
            while running:
                yield from write(wait(running, return_when=FIRST_COMPLETED).done)
        except BrokenProcessPool:
            return
        finally:
            pool.shutdown(cancel_futures=True)  # after Ctrl-C, what is being judged is finished


def _begin(orders, channel, workers, count):
    """Make this process a worker; `count`, which all workers share, gives it its number."""
    global _orders, _limits
    with count.get_lock():
        number = count.value
        count.value += 1
    threading.Thread(target=_end_when_orphaned, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the main process
    if channel is not None:
        from autograders.sandbox.forks import WARM_PARENT

        WARM_PARENT.adopt(channel)
    _orders = orders
    _limits = Limits(**{"processors": share_of(usable_processors(), number, workers)} | orders.limits)
    gc.collect()
    gc.freeze()  # the modules will all stay: the garbage collector need not look at them again


def _judge(assignment, submission):
    from autograders.engine.judge import judge_submission

    return judge_submission(submission, _orders.sealed[assignment], _orders.seed, _limits)


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
