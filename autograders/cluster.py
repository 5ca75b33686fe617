"""A Dask cluster that judges: one of its own on this machine, or any that runs."""

import importlib.util
import logging
import signal
import threading
import warnings
from contextlib import contextmanager, suppress
from functools import partial

import dask
from distributed import Client, LocalCluster, WorkerPlugin

from autograders import stamps
from autograders.sandbox.limits import usable_processors
from autograders.workers import ORDERS, OTHER_VERSION, Engine, begin, judge_one, share_of, warm_parent

CONNECT_SECONDS = 10
WORKER_SECONDS = 60  # for a first worker to come
OWN = {
    # Workers are forked from the process that `workers.get_ready` has started.
    "distributed.worker.multiprocessing-method": "forkserver",
    "distributed.worker.profile.enabled": False,
    "distributed.scheduler.http.routes": [],  # there one can ask it to send workers away
    # What was judged when a worker died is judged again at the end, alone: others beside it are not to blame.
    "distributed.scheduler.allowed-failures": 0,
}
MANY_BYTES = {"distributed.admin.large-graph-warning-threshold": "1GiB"}  # a submission may have large files


class Judge(WorkerPlugin):
    """Makes a worker of Dask's one of a run: those that are there, and those that come later.

    Parameters
    ----------
    orders : Orders
    address : str, optional
        Of the warm parent, and
    workers : int, optional
        how many there are, if they are all on this machine and numbered.
    """

    def __init__(self, orders, address=None, workers=None):
        self.orders, self.address, self.workers = orders, address, workers

    def setup(self, worker):
        """Take the run's orders."""
        if self.orders.version != stamps.engine_version():
            raise RuntimeError(OTHER_VERSION)
        mine = ()
        if self.workers:
            mine = share_of(usable_processors(), worker.name, self.workers)
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command
        begin(self.orders, self.address, mine)

    def teardown(self, worker):
        """Forget them."""
        ORDERS.pop(self.orders.run, None)


@contextmanager
def engine(orders, workers, scheduler=None, priority=0):
    """Yield an Engine.

    Parameters
    ----------
    orders : Orders
    workers : int
        How many, if the cluster is one of this machine's own.
    scheduler : str, optional
        The address of a scheduler that runs, whose workers judge.
    priority : int
        Those with a higher one are judged first.

    Raises
    ------
    ConnectionError
        If there is no scheduler at the address, or it has no workers.
    RuntimeError
        If its workers have other versions of the course or of its libraries.
    """
    address = None if scheduler else warm_parent(orders)
    with dask.config.set(MANY_BYTES), _client(workers, scheduler) as client:
        judge = partial(client.get_executor(pure=False).submit, judge_one, orders.run, priority=priority)
        try:
            client.register_plugin(Judge(orders, address, None if scheduler else workers), name=orders.run)
            yield Engine(judge, lambda: sum(client.nthreads().values()), client.dashboard_link)
        finally:
            with suppress(Exception):  # the scheduler may be gone
                client.unregister_worker_plugin(orders.run)


@contextmanager
def _client(workers, scheduler):
    if not scheduler:
        dashboard = "127.0.0.1:0" if importlib.util.find_spec("bokeh") else None
        with (
            dask.config.set(OWN),
            # Its ports are open to all accounts of this machine: without keys, each could run code as the grader.
            LocalCluster(
                n_workers=workers, threads_per_worker=1, memory_limit=0, security=True, dashboard_address=dashboard,
                silence_logs=logging.CRITICAL,
            ) as own,
            Client(own) as client,
        ):  # fmt: skip
            yield client
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of other versions: below it is an error
            client = Client(scheduler, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise ConnectionError(f"no scheduler answers at {scheduler}: {error}") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=WORKER_SECONDS)
        except TimeoutError:
            raise ConnectionError(f"the scheduler at {scheduler} has no worker: start one, `dask worker`") from None
        try:
            client.get_versions(check=True)
        except ValueError as error:
            raise RuntimeError(f"{OTHER_VERSION}\n{error}") from None
        yield client
