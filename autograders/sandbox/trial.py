"""Try whether this machine can run the sandbox: `python -m autograders.sandbox.trial`, or `why_not`."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

TRIAL_SECONDS = 60  # the warm parent imports a lot first
MESSAGE_BYTES = 2**12
NUMBERS = 2**18  # 2 MiB


def main():
    """Try a jail, then a kernel in one. Exit status 0 if both work, else 1 with the reason on standard error."""
    sys.exit(why_no_jail() or why_no_answer())


def why_no_jail():
    """Lock a process in, and look into its jail from outside, as the grader does to reach a kernel.

    Returns
    -------
    str or None
        Why that fails; None if it works.
    """
    from autograders.sandbox import jail

    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with tempfile.TemporaryDirectory() as work, tempfile.TemporaryDirectory() as root:
        guard = os.fork()
        if guard == 0:
            ours.close()
            _guard(theirs, Path(work), Path(root))
        theirs.close()
        told = {}
        while {"number", "fault"} - told.keys() and (data := ours.recv(MESSAGE_BYTES)):
            told |= json.loads(data)
        fault = told.get("fault", "the process ended")
        if not fault:
            try:
                os.listdir(f"/proc/{told['number']}/root{jail.SOCKETS}")
            except OSError as error:
                fault = f"a jail cannot be looked into from outside ({error.strerror}): is CAP_SYS_PTRACE missing?"
        ours.close()
        os.waitpid(guard, 0)
    return fault


def why_no_answer():
    """Start a kernel in a jail, and have it send a large answer.

    Returns
    -------
    str or None
        Why that fails; None if it works.
    """
    from autograders.kernel import SANDBOX, Kernel
    from autograders.sandbox.limits import Limits

    try:
        with tempfile.TemporaryDirectory() as work, Kernel(SANDBOX, work, Limits(), tensorflow=False) as kernel:
            return None if kernel.answers(NUMBERS) else f"an answer of {NUMBERS} numbers does not arrive from a jail"
    except (RuntimeError, OSError) as error:
        return str(error)


def _guard(report, work, root):
    """Lock a child in, and send its process number; never returns."""
    from autograders.sandbox import jail
    from autograders.sandbox.limits import Limits

    def tell(**message):
        report.send(json.dumps(message).encode("utf-8"))

    try:
        places = jail.readable_places([], work)
        jail.enter_namespaces()
        child = os.fork()
        if child == 0:
            jail.lock_in(places, work, Limits(), root)
            tell(fault=None)
            report.recv(1)  # wait until its jail has been looked into
            os._exit(0)
        tell(number=child)
        os.waitpid(child, 0)
    except BaseException as error:
        tell(fault=str(error), number=0)
    os._exit(0)


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
