"""Run a learner's cells in a kernel, under limits, and read what it sends, which may be anything.

This is the one place where learners' code is started. Whether the kernel is in a jail depends on its kernelspec alone.
"""

import mmap
import time
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from subprocess import DEVNULL

import numpy as np
import zmq
from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.session import json_unpacker

from autograders.outputs import clean_output, new_output, size
from autograders.sandbox.limits import REASONS
from helpers.check.probe import MIME
from helpers.check.wire import MAX_BYTES, pack, unpack

SANDBOX = "course_sandbox"  # the kernelspec of jailed kernels
SANDBOX_KERNELS = Path(__file__).with_name("sandbox") / "kernels"
START_SECONDS = 30
INTERRUPT_SECONDS = 5  # in which an interrupted cell must end, or the kernel is killed
POLL_SECONDS = 0.25
DEATH_SECONDS = 0.5  # in which the guard of a dead kernel reports its death
MAX_OUTPUT_BYTES = 2**20  # of a cell; of what comes later, only errors are kept
OUTPUT_BYTES = 4000  # that an output counts beside its content: a page of many small ones takes long to make
MAX_SENT_BYTES = 32 * MAX_OUTPUT_BYTES  # by a cell, kept or not; then it is stopped
MORE = f"\n(There was more output than {MAX_OUTPUT_BYTES // 2**20} MiB: the rest is not shown.)\n"
SEND_SECONDS = 2
MAX_MESSAGE_BYTES = 128 * 2**20  # one frame of a message; a longer one ends the connection
MAX_JSON_BYTES = 8 * 2**20  # one part of a message; as Python objects it may take thirty times as much
MAX_WAITING_MESSAGES = 16
MAX_GROWTH_BYTES = 2**30  # of this process's memory, by messages that nobody has read yet
PARTS = {"msg_type": str, "parent_header": dict, "content": dict}  # of a message, those that are read
ERROR_TEXTS = ("type", "message", "where", "call", "names")  # of an exception: see helpers.check.probe
OUTPUT_TYPES = {"stream", "display_data", "execute_result", "error"}
LIMIT_NAMES = {  # status -> name on the page
    "timeout": "TimeoutError", "flood": "OutputLimit", "died": "DeadKernel", "full": "MemoryLimit",
}  # fmt: skip
FULL = 0.75  # the share of its memory that code may leave in use: later code needs some, too
BROKEN_LIMIT = "Limit"  # the name on the page, where code is refused something at a limit and may go on
PAGE_BYTES = mmap.PAGESIZE
ANSWER = "__import__('helpers.check.probe', fromlist=['answer']).answer"
# Numbers of an answer that every jailed kernel must give first: libraries send 64 KiB and more in another way.
LARGE = 2**14
NO_HISTORY = ["--HistoryManager.enabled=False"]


class KernelFailed(RuntimeError):
    """The kernel has started, but does not answer as it should."""


@dataclass
class Reply:
    """What came of running code: `status` is "ok", "error", "timeout", "flood", "died" or "full"."""

    status: str = "ok"
    outputs: list = field(default_factory=list)
    answer: list | None = None  # the buffers that `helpers.check.probe.answer` sent
    size: int = 0  # of the outputs
    cut: bool = False  # whether some outputs were left out
    texts: list = field(default_factory=list)  # pieces of the last output, if that is a stream

    def keep(self, output):
        """Keep an output while there is room, then say once that there were more; errors have more room."""
        kind = output.output_type
        error, goes_on = kind == "error", bool(self.texts) and kind == "stream" and output.name == self.outputs[-1].name
        needed = size(output) + (0 if goes_on else OUTPUT_BYTES)
        if self.size + needed > MAX_OUTPUT_BYTES * (1 + error) or (self.cut and not error):
            if not self.cut:
                self.close()
                self.outputs.append(new_output("stream", name="stdout", text=MORE))
                self.cut = True
            return
        self.size += needed
        if not goes_on:
            self.close()
            self.outputs.append(output)
        if kind == "stream":
            self.texts.append(output.text)

    def close(self):
        """Join the pieces of a stream."""
        if self.texts:
            self.outputs[-1].text = "".join(self.texts)
            self.texts.clear()

    def clear(self):
        """Forget the outputs."""
        self.outputs.clear()
        self.texts.clear()
        self.size, self.cut = 0, False


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
    tensorflow : bool
        For the sandbox's kernelspec: whether the kernel has imported TensorFlow already.
    """

    def __init__(self, kernel_name="python3", cwd=".", limits=None, tensorflow=True):
        self.kernel_name = kernel_name
        self.limits = limits
        jailed = {"limits": limits, "tensorflow": tensorflow}
        self.options = {"cwd": str(cwd)} | (jailed if limits else {"extra_arguments": NO_HISTORY})
        self.manager = None
        self.client = None
        self.context = None
        self.lost = None  # a socket that reports when the connection is lost
        self.overlong = False  # set when a part of a message was too long to be read
        self.size = 0  # of this process when the kernel started
        self.fresh = False  # set when the kernel was restarted: what earlier cells did is lost
        self.restarts = 0
        self.dead = False  # set when it could not be restarted

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exception):
        self.stop()

    def start(self):
        """Start the kernel and wait until it answers."""
        specs = KernelSpecManager()
        specs.kernel_dirs.insert(0, str(SANDBOX_KERNELS))
        self.context = zmq.Context()
        self.context.setsockopt(zmq.MAXMSGSIZE, MAX_MESSAGE_BYTES)
        self.context.setsockopt(zmq.RCVHWM, MAX_WAITING_MESSAGES)
        self.context.setsockopt(zmq.SNDTIMEO, 1000 * SEND_SECONDS)  # a kernel can close its sockets and live on
        if self.kernel_name == SANDBOX:  # its sockets exist already; to later ones it must not connect
            self.context.setsockopt(zmq.RECONNECT_IVL, -1)
        self.size = _own_size()
        self.manager = KernelManager(kernel_name=self.kernel_name, kernel_spec_manager=specs, context=self.context)
        self.manager.start_kernel(stdout=DEVNULL, stderr=DEVNULL, **self.options)
        self.client = self.manager.client(context=self.context)
        self.overlong, self.client.session.unpack = False, self._read_json
        self.client.start_channels(hb=False)
        self.lost = self.client.iopub_channel.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        try:
            self._wait_until_ready()
            if self.kernel_name == SANDBOX and not self.answers(LARGE):
                raise ValueError(f"an answer of {LARGE} numbers arrives cut")
        except Exception as error:  # a learner's file may have taken over the kernel: anything can come
            self.stop()
            raise KernelFailed(f"the kernel does not answer: {type(error).__name__}: {error}") from error

    def _wait_until_ready(self):
        """Ask until something that the kernel publishes arrives here, so that no output of the first cell is missed.

        jupyter_client's `wait_for_ready` does the same, but returns only after 0.2 seconds without a message.
        """
        asked = set()
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.manager.is_alive() and not self._swamped():
            asked.add(self.client.kernel_info())
            until = min(deadline, time.monotonic() + POLL_SECONDS)
            while (message := self._next(until)) is not None:
                if message["parent_header"].get("msg_id") in asked:
                    return
        raise TimeoutError(f"no answer in {START_SECONDS} seconds")

    def answers(self, count):
        """Whether an answer of `count` numbers, made by NumPy's `arange`, arrives whole. It restarts nothing."""
        message = self._request("", f"{ANSWER}('arange', vars(__import__('numpy')))")
        request, deadline = message["header"]["msg_id"], time.monotonic() + START_SECONDS
        self.client.shell_channel.send(message | {"buffers": [payload("call", [{"stop": count}])]})
        while (message := self._next(deadline)) is not None:
            if message["parent_header"].get("msg_id") == request and MIME in message["content"].get("data", ()):
                (outcome,) = read_outcomes(message["buffers"], 1)
                return np.array_equal(outcome.get("value"), np.arange(count))
        return False

    def _request(self, code, expression=None):
        """Return a message that asks the kernel to run code, then to evaluate an expression."""
        content = {
            "code": code, "silent": False, "store_history": False, "allow_stdin": False, "stop_on_error": False,
            "user_expressions": {"": expression} if expression else {},
        }  # fmt: skip
        return self.client.session.msg("execute_request", content)

    def stop(self):
        """Kill the kernel and close its channels."""
        if self.client is not None:
            self.client.stop_channels()
            self.client = None
        if self.manager is not None and self.manager.has_kernel:
            self.manager.provisioner.process.kill()  # `shutdown_kernel` alone waits up to 0.1 seconds
            self.manager.provisioner.process.wait()
            self.manager.shutdown_kernel(now=True)
            self.manager.cleanup_resources()
        self.context.destroy(linger=0)

    def restart(self):
        """Kill the kernel and start a new one."""
        self.stop()
        self.start()

    def execute(self, code, timeout, expression=None, buffers=()):
        """Run code and gather what it shows.

        Parameters
        ----------
        code : str
        timeout : float
            Seconds; then the code is interrupted, and the kernel restarted if that does not help.
        expression : str, optional
            Evaluated after the code, as plain Python: IPython does not transform it.
        buffers : iterable of bytes
            Sent along, for the expression.

        Returns
        -------
        Reply
        """
        message = self._request(code, expression)
        request = message["header"]["msg_id"]
        reply, sent, clear = Reply(), 0, False
        try:
            self.client.shell_channel.send(message | {"buffers": buffers})
        except zmq.Again:
            return self._stopped(reply, "died", request, timeout)
        deadline = time.monotonic() + timeout
        while True:
            message = self._next(deadline)
            if message is None:
                return self._stopped(reply, self._why_silent(), request, timeout)
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content.get("execution_state") == "idle":
                reply.close()
                return self._stopped(reply, "full", request, timeout) if self._is_full() else reply
            if kind == "clear_output" and content.get("wait"):
                clear = True  # when there is something to put in its place
            elif kind == "clear_output":
                reply.clear()
            if kind not in OUTPUT_TYPES:
                continue
            if isinstance(content.get("data"), dict) and MIME in content["data"]:
                reply.answer = message["buffers"]
                continue
            reply.status = "error" if kind == "error" else reply.status
            output = clean_output(kind, content)
            sent += size(output or {})
            if sent > MAX_SENT_BYTES:
                return self._stopped(reply, "flood", request, timeout)
            if output and clear:
                reply.clear()
                clear = False
            if output:
                reply.keep(output)
            words = self._limit_words(output.ename, output.evalue) if kind == "error" else None
            if words:
                reply.keep(_own_error(BROKEN_LIMIT, words))

    def _stopped(self, reply, status, request, timeout):
        """Stop what is running; return the reply, with the reason as its last output."""
        reply.close()
        reply.status = status
        reason = getattr(getattr(self.manager.provisioner, "process", None), "reason", None)
        self._end(request, status)
        reply.outputs.append(_limit_output(status, timeout, reason))
        return reply

    def _next(self, deadline):
        """Return the next well-formed message; None at the deadline, or when the kernel is dead or sends too much."""
        while (left := deadline - time.monotonic()) > 0 and not self._swamped():
            try:
                message = self.client.iopub_channel.get_msg(timeout=min(left, POLL_SECONDS))
                if all(isinstance(message[part], kind) for part, kind in PARTS.items()):
                    return message
            except Empty:
                if not self.manager.is_alive():
                    return None
            except Exception:  # forged: a wrong signature, no JSON, parts missing
                continue
        return None

    def _read_json(self, data):
        """Read a part of a message; the session's own function, which this one replaces, has no limit."""
        if len(data) > MAX_JSON_BYTES:
            self.overlong = True
            raise ValueError(f"expected at most {MAX_JSON_BYTES} bytes in a part of a message, got {len(data)}")
        return json_unpacker(data)

    def _swamped(self):
        """Whether the kernel sends too much: a message was too long, or unread ones take too much memory here.

        A frame that is too long ends the connection. A few messages can fill the memory: one may have many frames.
        """
        return self.overlong or bool(self.lost.poll(0)) or _own_size() - self.size > MAX_GROWTH_BYTES

    def _why_silent(self):
        """Return the status of a cell that no message comes from any more."""
        if not self._swamped():
            return "timeout" if self.manager.is_alive() else "died"
        end = time.monotonic() + DEATH_SECONDS  # a dead kernel's connection is lost before its death is reported
        while time.monotonic() < end:
            if not self.manager.is_alive():
                return "died"
            time.sleep(POLL_SECONDS / 10)
        return "flood"

    def _end(self, request, status):
        """Stop what is running: interrupt it; if that does not help, start a new kernel."""
        if status == "timeout":
            self.manager.interrupt_kernel()
            deadline = time.monotonic() + INTERRUPT_SECONDS
            while (message := self._next(deadline)) is not None:
                idle = message["msg_type"] == "status" and message["content"].get("execution_state") == "idle"
                if idle and message["parent_header"].get("msg_id") == request:
                    break
            if message is not None and not self._is_full():
                return
        self.fresh = True
        self.restarts += 1
        try:
            self.restart()
        except KernelFailed:
            self.dead = True

    def _is_full(self):
        """Whether the code has left so much memory in use that later code may lack it."""
        return self.limits is not None and self.manager.provisioner.process.has_used(FULL, self.limits.memory_bytes)

    def call(self, name, payload, count, timeout):
        """Run a function of the notebook on cases.

        Parameters
        ----------
        name : str
        payload : bytes
            The cases, packed by the function `payload`.
        count : int
            The number of cases.
        timeout : float
            Seconds for all cases together.

        Returns
        -------
        list of dict
            An outcome for each case, as `helpers.check.probe.run` returns them. Whatever else comes, or nothing, is an
            outcome with an error.
        """
        reply = self.execute("", timeout, f"{ANSWER}({name!r}, globals())", [payload])
        answered = reply.status == "full" and reply.answer is not None
        if reply.status in LIMIT_NAMES and not answered:
            error = reply.outputs[-1]
            return [failure(error.ename, error.evalue)] * count
        if reply.answer is None:
            error = next((o for o in reply.outputs if o.output_type == "error"), None)
            if error is None:
                return [failure("NoAnswer", "the call gave no answer")] * count
            outcomes = [_outcome({"error": {"type": error.ename, "message": error.evalue}})] * count
        else:
            outcomes = read_outcomes(reply.answer, count)
        for error in (outcome["error"] for outcome in outcomes if "error" in outcome):
            words = self._limit_words(error["type"], error["message"])
            if words:
                error["message"] = words
        return outcomes

    def _limit_words(self, kind, message):
        return self.limits.words(kind, message) if self.limits else None


def payload(probe, cases, stand_ins=None):
    """Return a probe's name, the inputs of cases, and stand-ins, as `helpers.check.probe.answer` reads them."""
    return pack({"probe": probe, "cases": cases, "stand_ins": stand_ins or {}})


def failure(kind, message):
    """Return an outcome that holds an error of the grader's own wording."""
    return {"error": {"type": kind, "message": str(message)[:500], "where": ""}}


def read_outcomes(answer, count):
    """Read an answer from the kernel, in which anything may stand.

    Parameters
    ----------
    answer : list of buffer
        What was published under `helpers.check.probe.MIME`.
    count : int
        The number of cases asked about.

    Returns
    -------
    list of dict
        `count` well-formed outcomes.
    """
    try:
        (data,) = answer
        if len(data) > MAX_BYTES:
            raise ValueError("too large")
        outcomes = unpack(bytes(data))
    except (ValueError, MemoryError):
        return [failure("UnreadableAnswer", "it is no plain data, or too large")] * count
    if not isinstance(outcomes, (list, tuple)) or len(outcomes) != count:
        return [failure("UnreadableAnswer", f"{count} outcomes were asked for")] * count
    return [_outcome(outcome) for outcome in outcomes]


def _outcome(outcome):
    if isinstance(outcome, dict) and isinstance(outcome.get("error"), dict):
        error = outcome["error"]
        texts = {key: error.get(key) if isinstance(error.get(key), str) else "" for key in ERROR_TEXTS}
        return {"error": {key: text[:500] for key, text in texts.items()}}
    if isinstance(outcome, dict) and "value" in outcome:
        changed = outcome.get("changed")
        names = changed if isinstance(changed, (list, tuple)) else []
        # Nothing but text becomes text here: that of an array is long, and one array may stand in many places.
        return {"value": outcome["value"], "changed": [name[:100] for name in names if isinstance(name, str)]}
    return failure("UnreadableAnswer", "no outcome")


def _own_size():
    """Return the resident size of this process in bytes; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb", buffering=0) as stream:
            return int(stream.read().split()[1]) * PAGE_BYTES
    except OSError:
        return 0


def _limit_output(status, timeout, reason):
    text = {
        "timeout": f"stopped after {max(round(timeout, 1), 0.1):g} seconds: an endless loop?",
        "full": "it left too much memory in use: Python was started anew, and this is not run again",
        "flood": f"stopped after {MAX_SENT_BYTES // 2**20} MiB of output",
        "died": REASONS.get(reason, "the Python process ended, or answers no more"),
    }[status]
    return _own_error(LIMIT_NAMES[status], text)


def _own_error(name, text):
    """Return an error in the grader's own words."""
    return new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])
