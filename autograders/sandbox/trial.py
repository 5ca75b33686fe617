"""Try whether this machine can run the sandbox: `python -m autograders.sandbox.trial`, or `why_not`."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

TRIAL_SECONDS = 60  # the warm parent imports a lot first
MESSAGE_BYTES = 2**12
WORKS = "it works"
NUMBERS = 2**18  # 2 MiB


def main():
    """Try a jail, then an interpreter in one. Exit status 0 if both work, else 1 with the reason on standard error."""
    sys.exit(why_no_jail() or why_no_answer())


def why_no_jail():
    """Lock a process in.

    Returns
    -------
    str or None
        Why that fails; None if it works.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with tempfile.TemporaryDirectory() as work, tempfile.TemporaryDirectory() as root:
        guard = os.fork()
        if guard == 0:
            ours.close()
            _guard(theirs, Path(work), Path(root))
        theirs.close()
        fault = ours.recv(MESSAGE_BYTES).decode("utf-8", "replace") or "the process ended"
        ours.close()
        os.waitpid(guard, 0)
    return None if fault == WORKS else fault


def _guard(report, work, root):
    """Lock a child in, which says that it is; never returns."""
    from autograders.sandbox import jail
    from autograders.sandbox.limits import Limits

    try:
        places = jail.readable_places([], work)
        jail.enter_namespaces()
        child = os.fork()
        if child == 0:
            jail.lock_in(places, work, Limits(), root)
            report.send(WORKS.encode("utf-8"))
            os._exit(0)
        os.waitpid(child, 0)
    except BaseException as error:
        report.send(str(error).encode("utf-8"))
    os._exit(0)


def why_no_answer():
    """Start an interpreter in a jail, and have it send a large answer.

    Returns
    -------
    str or None
        Why that fails; None if it works.
    """
    from autograders.engine.kernel import Kernel, payload
    from autograders.sandbox.limits import Limits

    try:
        with tempfile.TemporaryDirectory() as work, Kernel(work, Limits(), tensorflow=False) as kernel:
            kernel.execute("from numpy import arange", TRIAL_SECONDS)
            (outcome,) = kernel.call("arange", payload("call", [{"stop": NUMBERS}]), 1, TRIAL_SECONDS)
    except (RuntimeError, OSError) as error:
        return str(error)
    return None if len(outcome.get("value", ())) == NUMBERS else f"{NUMBERS} numbers do not arrive from a jail"


def why_not():
    """Return why this machine cannot run the sandbox; None if it can."""
    if not sys.platform.startswith("linux"):
        return f"it needs Linux, this is {sys.platform}"
    command = [sys.executable, "-m", "autograders.sandbox.trial"]
    root = Path(__file__).parents[2]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=TRIAL_SECONDS)
    except subprocess.TimeoutExpired:
        return "the trial did not end"
    return None if done.returncode == 0 else (done.stderr.strip().splitlines() or ["unknown reason"])[-1]


if __name__ == "__main__":
    main()
