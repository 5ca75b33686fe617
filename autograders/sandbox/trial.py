"""Try the sandbox on this machine: `python -m autograders.sandbox.trial` locks one process in, or says what hinders."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

TRIAL_SECONDS = 30


def main():
    """Lock a child in; exit status 0 where that worked, else 1 with the reason on standard error."""
    from autograders.sandbox import jail
    from autograders.sandbox.limits import Limits

    with tempfile.TemporaryDirectory() as work:
        places = jail.readable_places([])
        jail.enter_namespaces()
        child = os.fork()
        if child == 0:
            try:
                jail.lock_in(places, Path(work), Limits())
                os._exit(0)
            except BaseException as error:
                os.write(2, str(error).encode("utf-8"))
                os._exit(1)
        _, status = os.waitpid(child, 0)
    sys.exit(os.waitstatus_to_exitcode(status) != 0)


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
    try:
        main()
    except OSError as error:
        sys.exit(str(error))
