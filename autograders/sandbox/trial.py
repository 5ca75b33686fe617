"""Try the sandbox on this machine: `python -m autograders.sandbox.trial` locks one process in, or says what hinders."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

TRIAL_SECONDS = 30
MESSAGE_BYTES = 2**12


def main():
    """Lock a process in, and look into its jail from outside, as a grader does to reach its kernel.

    Exit status 0 where that worked, else 1 with the reason on standard error.
    """
    from autograders.sandbox import jail

    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with tempfile.TemporaryDirectory() as work:
        guard = os.fork()
        if guard == 0:
            ours.close()
            _guard(theirs, Path(work))
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
    sys.exit(fault)


def _guard(report, work):
    """Lock a child in; tell its number. Never returns."""
    from autograders.sandbox import jail
    from autograders.sandbox.limits import Limits

    def tell(**message):
        report.send(json.dumps(message).encode("utf-8"))

    try:
        places = jail.readable_places([])
        jail.enter_namespaces()
        child = os.fork()
        if child == 0:
            jail.lock_in(places, work, Limits())
            tell(fault=None)
            report.recv(1)  # until it was looked at
            os._exit(0)
        tell(number=child)
        os.waitpid(child, 0)
    except BaseException as error:
        tell(fault=str(error), number=0)
    os._exit(0)


def why_not():
    """Return why no sandbox can be had on this machine; None where one can."""
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
