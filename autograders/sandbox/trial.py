"""Try whether this machine can run the sandbox: `python -m autograders.sandbox.trial`, or `why_not`."""

import subprocess
import sys
import tempfile
from pathlib import Path

TRIAL_SECONDS = 60  # the warm parent imports a lot first
NUMBERS = 2**18  # 2 MiB


def main():
    """Exit with status 0 if a jail works, else with 1 and the reason on standard error."""
    sys.exit(why_no_answer())


def why_no_answer():
    """Start an interpreter in a jail, and have it send a large answer.

    Returns
    -------
    str or None
        Why that fails; None if it works.
    """
    from autograders.kernel import Kernel, payload
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
