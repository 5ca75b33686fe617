"""The warm parent: a process that imports what notebooks import, once. Each kernel is a fork of it, in a jail.

Run as `python -m autograders.sandbox.warm_parent FD`, where FD is one end of a Unix socket (SOCK_SEQPACKET). A message
on it asks for a kernel, in JSON, and carries two sockets. On the first that kernel's guard reports: {"kernel": pid}
when the kernel runs, {"ended": reason} when it has ended. The second is the kernel's own, to be asked and to answer.
When the socket closes, the warm parent and all its kernels end.

There are two warm parents. The first has no TensorFlow: a fork of it costs a third. When a kernel with TensorFlow is
asked for, the first forks the second, which imports TensorFlow and answers all such requests from then on.
"""

import gc
import importlib
import json
import os
import re
import select
import signal
import socket
import sys
import tempfile
import time
import warnings
from contextlib import suppress
from pathlib import Path

from autograders.sandbox import interpreter, jail, linux, usage
from autograders.sandbox.limits import Limits

WARM = (
    "numpy", "pandas", "matplotlib.pyplot", "matplotlib_inline.backend_inline", "matplotlib.font_manager",
    "IPython.core.completerlib", "IPython.core.magics", "IPython.core.oinspect", "helpers.check.probe",
)  # fmt: skip
TENSORFLOW = ("tensorflow", "keras", "keras.layers")
READERS = ("helpers.music.jazz",)  # their warm_up() reads data that every notebook with TensorFlow of theirs reads
HELPERS = Path(__file__).parents[2] / "helpers"
DATA = Path(__file__).parents[2] / "data"
MESSAGE_BYTES = 2**16
GUARD_SECONDS = 0.1
TICK_SECONDS = 0.2  # by which the CPU time that is told may be behind
START_SECONDS = 60  # for a jail to be made
GRADING_MODULES = [name for name in sys.modules if name.startswith("autograders")]  # no kernel is to find them loaded


def warm_up():
    """Import what notebooks import, except TensorFlow."""
    os.environ.update({name: jail.ENVIRONMENT[name] for name in ("TF_CPP_MIN_LOG_LEVEL", "CUDA_VISIBLE_DEVICES")})
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    sys.modules.update(dict.fromkeys(TENSORFLOW))  # as if they were not installed
    interpreter.prepare()  # before matplotlib's backend, which looks for a shell to show figures in
    _import(WARM)
    interpreter.rehearse()
    for name in TENSORFLOW:
        del sys.modules[name]
    _freeze()


def add_tensorflow():
    """Import TensorFlow, and run none of its operations: they start threads, which a fork would not have."""
    _import(TENSORFLOW)
    for name in READERS:
        with suppress(Exception):  # a notebook that needs it will say what is wrong
            importlib.import_module(name).warm_up()
    _freeze()


def _import(names):
    """Import modules, and all helpers; skip those that cannot be imported."""
    own = [path.relative_to(HELPERS.parent).with_suffix("") for path in sorted(HELPERS.rglob("[a-z]*.py"))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in (*names, *(".".join(path.parts) for path in own)):
            with suppress(ImportError):  # a notebook that needs it will say so
                importlib.import_module(name)


def _freeze():
    """Have the garbage collector leave alone what exists now: forks share that memory until somebody writes to it."""
    gc.collect()
    gc.freeze()


def serve(requests):
    """Answer requests for kernels until the socket closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is for the grader
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # so that guards that have ended need not be waited for
    tensorflow, second = False, None
    while True:
        message, descriptors, _, _ = socket.recv_fds(requests, MESSAGE_BYTES, 2)
        if not message:
            return
        request = json.loads(message)
        wanted = request["tensorflow"]
        try:
            if wanted and not tensorflow and not _passed_on(second, message, descriptors):
                ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                if os.fork() == 0:  # the second warm parent goes on from here, with this request
                    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
                    requests.close()
                    ours.close()
                    requests, second, tensorflow = theirs, None, True
                    add_tensorflow()
                else:
                    theirs.close()
                    second = ours
            mine = tensorflow or not wanted
            if mine and "work" in request and os.fork() == 0:  # a request without "work" only has TensorFlow imported
                requests.close()
                _guard(*(socket.socket(fileno=number) for number in descriptors), request)
        except OSError as error:  # no process can be made now; a later request may succeed
            for descriptor in descriptors[:1]:
                _tell(socket.socket(fileno=os.dup(descriptor)), {"ended": "jail", "fault": str(error)})
        for descriptor in descriptors:
            os.close(descriptor)


def _tell(report, message):
    """Send a message to the grader, if it is still there."""
    with suppress(OSError):
        report.send(json.dumps(message).encode("utf-8"))


def _passed_on(second, message, descriptors):
    """Pass a request on to the second warm parent; return whether there is one that took it."""
    try:
        return second is not None and bool(socket.send_fds(second, [message], descriptors))
    except OSError:
        return False


def _guard(report, channel, request):
    """Start the kernel in a jail and watch over it from outside; never returns.

    The guard outlives the warm parent. It ends when the kernel does, or when the grader closes its end of `report`;
    a grader that is killed closes it, too. So there is always a process that ends the kernel.
    """
    child, end = None, {"ended": "jail", "fault": "the guard failed"}
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        limits = Limits(**request["limits"])
        places = jail.readable_places([HELPERS, DATA], request["work"])
        ready, jailed = os.pipe()
        with tempfile.TemporaryDirectory() as root:
            jail.enter_namespaces()
            child = os.fork()
            if child == 0:
                report.close()
                os.close(ready)
                _kernel(jailed, channel, places, request, limits, Path(root))
            os.close(jailed)
            channel.close()
            started, _, _ = select.select([ready], [], [], START_SECONDS)
        fault = os.read(ready, MESSAGE_BYTES).decode("utf-8", "replace") if started else "the kernel does not start"
        os.close(ready)
        if fault:
            end = {"ended": "jail", "fault": fault}
        else:
            report.send(json.dumps({"kernel": child}).encode("utf-8"))
            end = {"ended": _watch(child, report, limits)}
    except Exception as error:
        end = {"ended": "jail", "fault": f"{type(error).__name__}: {error}"}
    finally:  # whatever happened, no jail goes on without its guard
        if child:
            with suppress(OSError):  # it has ended, and the system was told so
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
        _tell(report, end)
        os._exit(0)


def _watch(child, report, limits):
    """Wait until the kernel ends, the grader closes the socket, or a limit is exceeded; return which, in one word."""
    deadline = time.monotonic() + limits.wall_seconds
    over = os.pidfd_open(child)  # readable when the kernel has ended
    while True:
        ready, _, _ = select.select([report, over], [], [], GUARD_SECONDS)
        if report in ready:  # the grader sends nothing, so it has closed the socket
            return "closed"
        if over in ready:
            return _end_of(child)
        if time.monotonic() > deadline:
            return "wall"
        # The guard was forked from the same process: it has what memory the kernel had at its start.
        if usage.exceeds(child, limits.memory_bytes, usage.memory("self", usage.EXACT)):
            return "memory"
        if sum(map(usage.processor_seconds, usage.family(child))) > limits.cpu_seconds:
            return "cpu"


def _end_of(child):
    """Return in a word how the kernel has ended.

    Nothing in a jail can kill its first process. The system can: for its CPU time, or if there is too little memory.
    """
    end = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    if (end.si_code, end.si_status) != (os.CLD_KILLED, signal.SIGKILL):
        return "exit"
    limits = Path(f"/proc/{child}/limits").read_text(encoding="ascii")
    most = int(re.search(r"^Max cpu time +\d+ +(\d+)", limits, re.M)[1])  # a learner's code may have lowered it
    return "cpu" if usage.processor_seconds(child) + TICK_SECONDS > most else "killed"


def _kernel(jailed, channel, places, request, limits, root):
    """Lock this process in and become the kernel; never returns."""
    try:
        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
        _silence(keep=(jailed, channel.fileno()))
        os.sched_setaffinity(0, limits.processors)  # so that a busy jail does not slow down others
        jail.lock_in(places, request["work"], limits, root)
        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)  # again: the change of user has cleared it
        _become_kernel(jailed, channel)
    except Exception as error:
        os.write(jailed, f"{type(error).__name__}: {error}".encode())
        os._exit(1)


def _become_kernel(jailed, channel):
    """Close the pipe, which tells the guard that the jail is made, and serve; never returns.

    The working folder is entered last: before, no file of the learner's can be imported.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    sys.path[:] = ["", *filter(None, sys.path)]
    for name in GRADING_MODULES:
        del sys.modules[name]
    os.close(jailed)
    try:
        os.chdir(jail.HOME)
        interpreter.serve(channel)
    finally:
        os._exit(0)


def _silence(keep):
    """Close every inherited file except those in `keep`; connect standard input, output and error to /dev/null."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    for name in os.listdir("/proc/self/fd"):
        descriptor = int(name)
        if descriptor > 2 and descriptor not in keep:
            with suppress(OSError):
                os.close(descriptor)


if __name__ == "__main__":
    channel = socket.socket(fileno=int(sys.argv[1]))
    warm_up()
    serve(channel)
