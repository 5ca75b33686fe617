"""A kernel that runs a learner's cells under limits. The verdict asks it for outputs only, and believes nothing else.

This is the one place where learners' code is started: a kernelspec whose provisioner puts the kernel into a sandbox
changes `kernel_name`, nothing more.
"""

import base64
import binascii
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from subprocess import DEVNULL

from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbformat.v4 import new_output, output_from_msg

from autograders.sandbox.limits import REASONS
from helpers.probe import MIME
from helpers.wire import MAX_BYTES, pack, unpack

SANDBOX = "course_sandbox"  # the kernelspec of jailed kernels
SANDBOX_KERNELS = Path(__file__).with_name("sandbox") / "kernels"
START_SECONDS = 60
INTERRUPT_SECONDS = 5  # how long an interrupted cell may take to end before the kernel is killed
POLL_SECONDS = 0.25
MAX_OUTPUT_BYTES = 2**20
OUTPUT_TYPES = {"stream", "display_data", "execute_result", "error"}
NO_HISTORY = ["--HistoryManager.enabled=False"]


@dataclass
class Reply:
    """What came of running code: `status` is "ok", "error", "timeout", "flood" or "died"."""

    status: str = "ok"
    outputs: list = field(default_factory=list)
    answer: str | None = None  # base64, as helpers.probe.answer publishes it
    seconds: float = 0.0


class Kernel:
    """A running kernel; use it in a `with` statement.

    Parameters
    ----------
    kernel_name : str
        The kernelspec.
    cwd : str or Path
        The folder it works in.
    limits : Limits, optional
        For the sandbox's kernelspec: what the kernel may use.
    """

    def __init__(self, kernel_name="python3", cwd=".", limits=None):
        self.kernel_name = kernel_name
        self.options = {"cwd": str(cwd)} | ({"limits": limits} if limits else {"extra_arguments": NO_HISTORY})
        self.manager = None
        self.client = None
        self.fresh = False  # set when the kernel had to be started anew: what ran before is gone

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exception):
        self.stop()

    def start(self):
        """Start the kernel and wait until it answers."""
        specs = KernelSpecManager()
        specs.kernel_dirs.insert(0, str(SANDBOX_KERNELS))
        self.manager = KernelManager(kernel_name=self.kernel_name, kernel_spec_manager=specs)
        self.manager.start_kernel(stdout=DEVNULL, stderr=DEVNULL, **self.options)
        self.client = self.manager.client()
        self.client.start_channels()
        try:
            self.client.wait_for_ready(timeout=START_SECONDS)
        except RuntimeError:
            self.stop()
            raise

    def stop(self):
        """Kill the kernel and close its channels."""
        if self.client is not None:
            self.client.stop_channels()
            self.client = None
        self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()

    def restart(self):
        """Kill the kernel and start a fresh one, with nothing in it."""
        self.stop()
        self.start()

    def execute(self, code, timeout):
        """Run code and gather what it shows.

        Parameters
        ----------
        code : str
        timeout : float
            Seconds; then the code is interrupted, and the kernel restarted if that does not help.

        Returns
        -------
        Reply
        """
        begin = time.monotonic()
        reply = self._gather(code, timeout)
        reply.seconds = time.monotonic() - begin
        return reply

    def _gather(self, code, timeout):
        request = self.client.execute(code, store_history=False, allow_stdin=False, stop_on_error=False)
        reply, size = Reply(), 0
        deadline = time.monotonic() + timeout
        while True:
            message = self._next(deadline)
            if message is None:
                reply.status = "timeout" if self.manager.is_alive() else "died"
                break
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content.get("execution_state") == "idle":
                return reply
            if kind not in OUTPUT_TYPES:
                continue
            if MIME in content.get("data", {}):
                reply.answer = content["data"][MIME]
                continue
            size += sum(len(str(value)) for value in (content.get("data") or content).values())
            if size > MAX_OUTPUT_BYTES:
                reply.status = "flood"
                break
            reply.status = "error" if kind == "error" else reply.status
            with suppress(ValueError, KeyError):
                reply.outputs.append(output_from_msg(message))
        reason = getattr(getattr(self.manager.provisioner, "process", None), "reason", None)
        self._end(request, reply.status)
        reply.outputs.append(_limit_output(reply.status, timeout, reason))
        return reply

    def _next(self, deadline):
        """Return the next message, or None at the deadline or when the kernel is dead."""
        while (left := deadline - time.monotonic()) > 0:
            try:
                return self.client.get_iopub_msg(timeout=min(left, POLL_SECONDS))
            except Empty:
                if not self.manager.is_alive():
                    return None
        return None

    def _end(self, request, status):
        """Stop what is running: interrupt it, or start a new kernel."""
        if status != "died":
            self.manager.interrupt_kernel()
            deadline = time.monotonic() + INTERRUPT_SECONDS
            while (message := self._next(deadline)) is not None:
                idle = message["msg_type"] == "status" and message["content"].get("execution_state") == "idle"
                if idle and message["parent_header"].get("msg_id") == request:
                    return
        self.fresh = True
        self.restart()

    def call(self, name, cases, probe, timeout):
        """Run a function of the notebook on cases.

        Parameters
        ----------
        name : str
        cases : list of dict
            The inputs of each case.
        probe : str
            See `helpers.probe.find`.
        timeout : float
            Seconds for all cases together.

        Returns
        -------
        list of dict
            An outcome for each case, as `helpers.probe.run` returns them. Whatever else comes, or nothing, is an
            outcome with an error.
        """
        payload = base64.b64encode(pack({"probe": probe, "cases": cases})).decode("ascii")
        code = f"__import__('helpers.probe', fromlist=['answer']).answer({name!r}, {payload!r}, globals())"
        reply = self.execute(code, timeout)
        if reply.answer is None:
            error = next((o for o in reply.outputs if o.output_type == "error"), None)
            message = error.evalue if error else "the call gave no answer"
            return [failure(error.ename if error else "NoAnswer", message)] * len(cases)
        return read_outcomes(reply.answer, len(cases))


def failure(kind, message):
    """Return an outcome that holds an error."""
    return {"error": {"type": str(kind), "message": str(message)[:500], "where": ""}}


def read_outcomes(answer, count):
    """Read an answer from the kernel, in which anything may stand.

    Parameters
    ----------
    answer : object
        What was published under `helpers.probe.MIME`.
    count : int
        The number of cases asked about.

    Returns
    -------
    list of dict
        `count` well-formed outcomes.
    """
    try:
        if not isinstance(answer, str) or len(answer) > MAX_BYTES:
            raise ValueError("too large, or no text")
        outcomes = unpack(base64.b64decode(answer, validate=True))
    except (ValueError, binascii.Error, MemoryError) as error:
        return [failure("UnreadableAnswer", error)] * count
    if not isinstance(outcomes, (list, tuple)) or len(outcomes) != count:
        return [failure("UnreadableAnswer", f"{count} outcomes were asked for")] * count
    return [_outcome(outcome) for outcome in outcomes]


def _outcome(outcome):
    if isinstance(outcome, dict) and isinstance(outcome.get("error"), dict):
        error = outcome["error"]
        texts = {key: error.get(key) if isinstance(error.get(key), str) else "" for key in ("type", "message", "where")}
        return {"error": {key: text[:500] for key, text in texts.items()}}
    if isinstance(outcome, dict) and "value" in outcome:
        changed = outcome.get("changed")
        names = [str(name)[:100] for name in changed] if isinstance(changed, (list, tuple)) else []
        return {"value": outcome["value"], "changed": names}
    return failure("UnreadableAnswer", "no outcome")


def _limit_output(status, timeout, reason):
    name, text = {
        "timeout": ("TimeoutError", f"stopped after {timeout:g} seconds: an endless loop?"),
        "flood": ("OutputLimit", f"stopped after {MAX_OUTPUT_BYTES // 2**20} MiB of output"),
        "died": ("DeadKernel", REASONS.get(reason, "the Python process ended while running this cell")),
    }[status]
    return new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])
