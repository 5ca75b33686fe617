"""Run a learner's cells in an interpreter, under limits, and read what it sends, which may be anything.

This is the one place where learners' code is started. It runs in a jail if there are limits.
`autograders.sandbox.interpreter` says what it is asked, and how it answers.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from autograders.engine.outputs import clean_output, new_output, size
from autograders.sandbox.forks import WARM_PARENT, SandboxError
from autograders.sandbox.limits import FAULTS, REASONS
from autograders.sandbox.messages import LENGTH, packed
from autograders.sandbox.usage import Meter
from helpers.check.wire import MAX_BYTES, pack, unpack
from helpers.language import _

START_SECONDS = 30
INTERRUPT_SECONDS = 5  # in which an interrupted cell must end, or the kernel is killed
LEAST_SECONDS, POLL_SECONDS = 0.02, 0.25  # for which it waits before it looks at the time again
DEATH_SECONDS = 0.5  # in which the guard of a dead kernel reports its death
MAX_OUTPUT_BYTES = 2**20  # of a cell; of what comes later, only errors are kept
OUTPUT_BYTES = 4000  # that an output counts beside its content: a page of many small ones takes long to make
MAX_SENT_BYTES = 32 * MAX_OUTPUT_BYTES  # by a cell, kept or not; then it is stopped
MORE = f"\n(There was more output than {MAX_OUTPUT_BYTES // 2**20} MiB: the rest is not shown.)\n"
SEND_SECONDS = 10
READ_BYTES = 2**20
UNJAILED = "import sys; from autograders.sandbox.interpreter import main; main(*sys.argv[1:])"
INLINE = "module://matplotlib_inline.backend_inline"
ROOT = Path(__file__).parents[2]
MAX_JSON_BYTES = 8 * 2**20  # one part of a message; as Python objects it may take thirty times as much
ERROR_TEXTS = ("type", "message", "where", "call", "names", "set")  # of an exception: see helpers.check.probe
OUTPUT_TYPES = {"stream", "display_data", "execute_result", "error"}
LIMIT_NAMES = {  # status -> name on the page
    "timeout": "TimeoutError", "flood": "OutputLimit", "died": "DeadKernel", "full": "MemoryLimit",
}  # fmt: skip
FULL = 0.75  # the share of its memory that code may leave in use: later code needs some, too
BROKEN_LIMIT = "Limit"  # the name on the page, where code is refused something at a limit and may go on


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
    """A running interpreter; use it in a `with` statement.

    Parameters
    ----------
    cwd : str or Path
        The folder it works in.
    limits : Limits, optional
        What it may use, in a jail; without, it has all rights of this process.
    tensorflow : bool
        For a jail: whether the interpreter has imported TensorFlow already.
    """

    def __init__(self, cwd=".", limits=None, tensorflow=True):
        self.cwd = Path(cwd).resolve()
        self.limits = limits
        self.tensorflow = tensorflow
        self.process = None
        self.channel = None  # a stream socket
        self.buffer, self.messages = bytearray(), None  # what came and is not read yet, and its reader
        self.number = 0  # of the last request
        self.overlong = self.closed = False  # set when a message was too long to be read, when the channel was closed
        self.fresh = False  # set when the interpreter was restarted: what earlier cells did is lost
        self.restarts = 0
        self.meter, self.seconds = None, 0.0  # of the last request; what requests took so far by their meters
        self.late = False  # set when the time of a request is over: what has come by then is still read
        self.waited = False  # set when something was stopped that had not used the processor time that it might
        self.fault = None  # what the machine did to it, if it did

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exception):
        self.stop()

    def start(self):
        """Start the interpreter and wait until it answers.

        Raises
        ------
        KernelFailed
            If it starts, but does not answer.
        """
        self.overlong = self.closed = False
        self.buffer, self.messages = bytearray(), self._read()
        self.channel, theirs = socket.socketpair()
        self.channel.settimeout(SEND_SECONDS)  # it may read nothing and live on
        try:
            self.process = self._started(theirs)
        finally:
            theirs.close()
        # A function that is not there: what asks and answers works beside the files that were handed in.
        reply = self._run({"call": ""}, START_SECONDS, [payload("call", [{}])])
        if reply.status != "ok" or reply.answer is None:
            self.stop()
            raise KernelFailed(f"the interpreter does not answer: {reply.status} {reply.outputs[-1:]}")

    def _started(self, channel):
        if self.limits is None:
            command = [sys.executable, "-c", UNJAILED, str(channel.fileno()), str(self.cwd)]
            return subprocess.Popen(
                command, pass_fds=[channel.fileno()], cwd=ROOT, env=os.environ | {"MPLBACKEND": INLINE},
                start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        return WARM_PARENT.fork(self.cwd, self.limits, self.tensorflow, channel)

    def stop(self):
        """Kill the interpreter and close the channel."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        if self.channel is not None:
            self.channel.close()
            self.channel = None

    def restart(self):
        """Kill the interpreter and start a new one."""
        self.stop()
        self.start()

    def execute(self, code, timeout):
        """Run code and gather what it shows.

        Parameters
        ----------
        code : str
        timeout : float
            Seconds; then the code is interrupted, and the interpreter restarted if that does not help.

        Returns
        -------
        Reply
        """
        return self._settled(self._run({"code": code}, timeout), timeout)

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
        reply = self._settled(self._run({"call": name}, timeout, [payload]), timeout)
        answered = reply.status == "full" and reply.answer is not None
        if reply.status in LIMIT_NAMES and not answered:
            error = reply.outputs[-1]
            return [failure(error.ename, error.evalue)] * count
        if reply.answer is None:
            error = next((o for o in reply.outputs if o.output_type == "error"), None)
            if error is None:
                return [failure("NoAnswer", _("the call gave no answer"))] * count
            outcomes = [_outcome({"error": {"type": error.ename, "message": error.evalue}})] * count
        else:
            outcomes = read_outcomes(reply.answer, count)
        for error in (outcome["error"] for outcome in outcomes if "error" in outcome):
            words = self._limit_words(error["type"], error["message"])
            if words:
                error["message"] = words
        return outcomes

    def _run(self, request, timeout, frames=()):
        """Ask, and gather what comes until it is done; the reply's status says why if it is not."""
        self.number += 1
        reply, sent, clear = Reply(), 0, False
        self.meter = meter = Meter(self.process.pid)
        self.late = False
        try:
            self.channel.sendall(packed(request | {"number": self.number}, frames))
        except OSError:
            reply.status = "died"
            return reply
        while (message := self._next(meter, timeout)) is not None:
            kind, content, frames = message
            if kind == "done":
                return reply
            if kind == "answer":
                reply.answer = frames
            elif kind == "clear_output" and content.get("wait"):
                clear = True  # when there is something to put in its place
            elif kind == "clear_output":
                reply.clear()
            if kind not in OUTPUT_TYPES:
                continue
            reply.status = "error" if kind == "error" else reply.status
            output = clean_output(kind, content)
            sent += size(output or {})
            if sent > MAX_SENT_BYTES:
                reply.status = "flood"
                return reply
            if output and clear:
                reply.clear()
                clear = False
            if output:
                reply.keep(output)
            words = self._limit_words(output.ename, output.evalue) if kind == "error" else None
            if words:
                reply.keep(_own_error(BROKEN_LIMIT, words))
        reply.status = "flood" if self.overlong else "died" if self.closed else "timeout"
        return reply

    def _settled(self, reply, timeout):
        """Return the reply; if something was wrong, with the reason as its last output, after that was put right."""
        reply.close()
        self.seconds += self.meter.seconds()
        if reply.status in ("ok", "error") and self._is_full():
            reply.status = "full"
        if reply.status in LIMIT_NAMES:
            if reply.status == "died":
                self._wait_for_the_end()
            reason = getattr(self.process, "reason", None)
            self.fault = FAULTS.get(reason, self.fault)
            if reason == "wall" or (reply.status == "timeout" and self.meter.worked() < timeout / 2):
                self.waited = True
            self._end(reply.status)
            reply.outputs.append(_limit_output(reply.status, timeout, reason))
        return reply

    def _wait_for_the_end(self):
        """Wait a little until the system, or the jail's guard, says why the process has ended."""
        end = time.monotonic() + DEATH_SECONDS
        while self.process.poll() is None and time.monotonic() < end:
            time.sleep(POLL_SECONDS / 10)

    def _next(self, meter, limit):
        """Return the next message about the last request: its kind, content and frames.

        None comes when the meter has reached the limit, and when no more can come.
        """
        while True:
            while (message := next(self.messages)) is not None:
                head, frames = message
                if head.get("number") == self.number and isinstance(head.get("kind"), str):
                    return head["kind"], head, frames
            left = limit - meter.passed()
            if left <= 0:
                left = limit - meter.sure_seconds()
            if self.late or self.overlong or self.closed:
                return None
            self.late = left <= 0  # this process may have waited for a processor as well: one more look
            patience = 0 if self.late else min(max(left, LEAST_SECONDS), POLL_SECONDS)
            if select.select([self.channel], [], [], patience)[0]:
                try:
                    data = self.channel.recv(READ_BYTES)
                except OSError:
                    data = b""
                self.closed = not data
                self.buffer += data
            elif self.process.poll() is not None:
                self.closed = True

    def _read(self):
        """Yield the messages in the buffer, (dict, list of bytes), and None where more must come first."""
        while True:
            data = yield from self._frame(MAX_JSON_BYTES)
            try:
                head = json.loads(data)
            except (ValueError, RecursionError):  # forged
                continue
            if isinstance(head, dict):
                frames = []
                for _ in range(head.get("frames") == 1):  # an answer has one
                    frames.append((yield from self._frame(MAX_BYTES)))
                yield head, frames

    def _frame(self, limit):
        (length,) = LENGTH.unpack((yield from self._take(LENGTH.size)))
        self.overlong = length > limit
        return (yield from self._take(length))

    def _take(self, count):
        while len(self.buffer) < count or self.overlong:
            yield None
        data = bytes(self.buffer[:count])
        del self.buffer[:count]
        return data

    def _end(self, status):
        """Stop what is running: interrupt it; if that does not help, start a new interpreter."""
        if status == "timeout":
            self.process.send_signal(signal.SIGINT)
            meter = Meter(self.process.pid)
            self.late = False
            while (message := self._next(meter, INTERRUPT_SECONDS)) is not None:
                if message[0] == "done":
                    break
            if message is not None and not self._is_full():
                return
        self.fresh = True
        self.restarts += 1
        try:
            self.restart()
        except KernelFailed as error:  # beside the same files it has started before
            raise SandboxError(f"no kernel starts any more: {error}") from error

    def _is_full(self):
        """Whether the code has left so much memory in use that later code may lack it."""
        return self.limits is not None and self.process.has_used(FULL, self.limits.memory_bytes)

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
        return [failure("UnreadableAnswer", _("it is no plain data, or too large"))] * count
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


def _limit_output(status, timeout, reason):
    text = {
        "timeout": _("stopped after {seconds:g} seconds: an endless loop?"),
        "full": _("it left too much memory in use: Python was started anew, and this is not run again"),
        "flood": _("stopped after {size} MiB of output"),
        "died": _(REASONS.get(reason, "")) or _("the Python process ended, or answers no more"),
    }[status].format(seconds=max(round(timeout, 1), 0.1), size=MAX_SENT_BYTES // 2**20)
    return _own_error(LIMIT_NAMES[status], text)


def _own_error(name, text):
    """Return an error in the grader's own words."""
    return new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])
