"""The interpreter of a learner's notebook: IPython's shell, spoken to over one stream.

In a jail it is a fork of the warm parent, which has called `prepare`. The grader asks {"number": n, "code": text}, or
{"number": n, "call": name} with one frame, the cases. It gets any number of messages with what is shown, as a notebook
holds it, each with the number of the request. After a call one of the kind "answer" comes, whose frame has the
outcomes. The last one is of the kind "done".
"""

import builtins
import codecs
import io
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError, UsageError
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Any, Type
from traitlets.config import Config

from autograders.sandbox.messages import LENGTH, send

MUCH = 2**16  # letters of output; with more waiting, it is sent at once
FLUSH_SECONDS = 0.2
STANDARD_OUTPUT, STANDARD_ERROR = 1, 2


class Outlet:
    """Sends messages, whole even if an interrupt comes: it is held back meanwhile."""

    def __init__(self):
        self.stream = None  # a socket, once there is one
        self.lock = threading.RLock()
        self.busy = self.interrupted = False
        self.number = 0  # of the request that is being answered
        self.name, self.waiting, self.length = "stdout", [], 0  # text that is not sent yet, and how much
        self.sent = 0.0

    def interrupt(self, number, frame):
        """Handle SIGINT: raise KeyboardInterrupt, now or as soon as a message is out."""
        self.interrupted = self.busy
        if not self.busy:
            raise KeyboardInterrupt

    @contextmanager
    def _whole(self):
        with self.lock:
            before, self.busy = self.busy, threading.current_thread() is threading.main_thread()
            try:
                yield
            finally:
                self.busy = before
                late, self.interrupted = self.interrupted and not before, self.interrupted and before
        if late:
            raise KeyboardInterrupt

    def send(self, kind, frames=(), **content):
        """Send a message, after the text that waits."""
        with self._whole():
            self._flush()
            self._send(kind, frames, content)

    def write(self, name, text):
        """Take text for the stream `name`; send it if the last time is long ago or much is waiting."""
        with self._whole():
            if name != self.name:
                self._flush()
            self.name = name
            self.waiting.append(text)
            self.length += len(text)
            if self.length > MUCH or (text.endswith("\n") and time.monotonic() - self.sent > FLUSH_SECONDS):
                self._flush()

    def flush(self):
        """Send the text that waits."""
        with self._whole():
            self._flush()

    def _flush(self):
        self.sent = time.monotonic()
        if self.waiting:
            text, self.waiting, self.length = "".join(self.waiting), [], 0
            self._send("stream", (), {"name": self.name, "text": text})

    def _send(self, kind, frames, content):
        send(self.stream, content | {"kind": kind, "number": self.number}, frames)


class Stream(io.TextIOBase):
    """Standard output or error of the notebook's code."""

    encoding, errors = "utf-8", "replace"

    def __init__(self, outlet, echo, name, descriptor):
        self.outlet, self.echo, self.name, self.descriptor = outlet, echo, name, descriptor

    def write(self, text):
        """Write a text; return its length."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if text:
            self.echo.drain()  # what another process wrote before comes before
            self.outlet.write(self.name, text)
        return len(text)

    def flush(self):
        """Send what waits."""
        self.outlet.flush()

    def writable(self):
        """Return that it can be written to."""
        return True

    def fileno(self):
        """Return the descriptor, for programs that are started with it."""
        return self.descriptor


class Display(DisplayPublisher):
    """Sends what `display` shows."""

    outlet = Any()

    def publish(self, data, metadata=None, source=None, *, transient=None, update=False, **kwargs):
        """Send data for display; an update of an earlier one is left out."""
        if not update:
            self.shell.outlet.send("display_data", data=_plain(data))

    def clear_output(self, wait=False):
        """Have the cell's output cleared, now or when there is something to put in its place."""
        self.shell.outlet.send("clear_output", wait=wait)


class Result(DisplayHook):
    """Sends the value of a cell's last line."""

    def write_output_prompt(self):
        """Write no prompt."""

    def write_format_data(self, format_dict, md_dict=None):
        """Send the value in its forms."""
        self.shell.outlet.send("execute_result", data=_plain(format_dict))


def _plain(data):
    """Return the forms of something to show that are texts; pictures, which are bytes, as base64."""
    from base64 import b64encode

    forms = data.items() if isinstance(data, dict) else ()
    return {kind: b64encode(form).decode() if isinstance(form, bytes) else form for kind, form in forms}


class Shell(InteractiveShell):
    """IPython's shell; what it shows goes to an `Outlet`."""

    displayhook_class = Type(Result)
    display_pub_class = Type(Display)
    outlet = Any()

    def showtraceback(
        self, exc_tuple=None, filename=None, tb_offset=None, exception_only=False, running_compiled_code=False
    ):
        """Send an exception; one may say by `_render_traceback_` how it is shown, as IPython documents it."""
        kind, value, trace = exc_tuple or sys.exc_info()
        if isinstance(value, SyntaxError):
            return self.showsyntaxerror(filename, running_compiled_code)
        if isinstance(value, UsageError):
            return self.show_usage_error(value)
        try:
            if exception_only:
                lines = self.InteractiveTB.get_exception_only(kind, value)
            elif hasattr(value, "_render_traceback_"):
                lines = value._render_traceback_()
            else:
                lines = self.InteractiveTB.structured_traceback(kind, value, trace, tb_offset)
        except Exception:  # of the learner's own: a message that cannot be made, a source that cannot be read
            lines = [f"{kind.__name__}"]
        self._send_error(kind, value, lines)

    def showsyntaxerror(self, filename=None, running_compiled_code=False):
        """Send a syntax error."""
        kind, value, _ = sys.exc_info()
        self._send_error(kind, value, self.SyntaxTB.structured_traceback(kind, value, []))

    def _send_error(self, kind, value, lines):
        try:
            text = str(value)
        except Exception:
            text = ""
        self.outlet.send("error", ename=kind.__name__, evalue=text, traceback=[str(line) for line in lines])

    def ask_exit(self):
        """Do nothing after `exit()` or `quit()`: the notebook runs to its end."""

    def system(self, cmd):
        """Run `!cmd` and show what it writes. It is read from a pipe: a jail has no terminals."""
        if cmd.rstrip().endswith("&"):
            raise OSError("Background processes not supported.")  # IPython's words
        with subprocess.Popen(
            self.var_expand(cmd, depth=1), shell=True, text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        ) as process:  # fmt: skip
            try:
                for line in process.stdout:
                    sys.stdout.write(line)
            except BaseException:  # an interrupt
                os.killpg(process.pid, signal.SIGKILL)
                raise
        self.user_ns["_exit_code"] = process.returncode


def prepare():
    """Make the shell; in the warm parent this is done before the fork."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"HistoryManager": {"enabled": False}}
        return Shell.instance(config=Config(settings), ipython_dir=folder, outlet=Outlet())


def rehearse():
    """Show an error and a figure to nobody: at their first time both import much."""
    shell = Shell.instance()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        shell.outlet.stream = ours
        for code in ("1 / 0", "__import__('matplotlib.pyplot').pyplot.plot([0]);"):
            shell.run_cell(code)
        shell.outlet.flush()


def serve(channel):
    """Run what is asked for until the channel closes.

    Parameters
    ----------
    channel : socket
        A stream.
    """
    shell, outlet = Shell.instance(), Shell.instance().outlet
    outlet.stream = channel
    shell.user_ns["_dh"][:] = [Path.cwd()]  # where `%cd -` leads back to
    signal.signal(signal.SIGINT, outlet.interrupt)
    echo = _Echo(outlet)
    sys.stdout, sys.stderr = (
        Stream(outlet, echo, name, descriptor)
        for name, descriptor in (("stdout", STANDARD_OUTPUT), ("stderr", STANDARD_ERROR))
    )
    builtins.input = _refuse_input
    os.register_at_fork(after_in_child=_print_to_the_system)
    while (request := _read(channel)) is not None:
        head, frames = request
        outlet.number = head["number"]
        try:
            if "code" in head:
                shell.run_cell(head["code"])
            else:
                _answer(shell, head["call"], frames[0])
        except BaseException:  # an interrupt that came late; whatever else, the notebook goes on
            shell.showtraceback()
        echo.drain()
        outlet.send("done")


def _refuse_input(*prompt):
    """Take the place of `input`: nobody is there to answer."""
    raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")


def _answer(shell, name, question):
    """Call a function of the notebook, and send its outcomes; or the exception that came instead."""
    from helpers.check.probe import answer

    try:
        with shell.builtin_trap:
            outcomes = answer(name, shell.user_ns, question)
    except BaseException:
        shell.showtraceback()
    else:
        shell.outlet.send("answer", [outcomes])


def _read(channel):
    """Return the next request and its frames; None when the channel is closed."""
    data = _frame(channel)
    if data is None:
        return None
    head = json.loads(data)
    return head, [_frame(channel) for _ in range(head["frames"])]


def _frame(channel):
    length = _exactly(channel, LENGTH.size)
    return None if length is None else _exactly(channel, *LENGTH.unpack(length))


def _exactly(channel, count):
    """Return so many bytes; None when the channel is closed before."""
    data = bytearray(count)
    view = memoryview(data)
    while view:
        try:
            got = channel.recv_into(view)
        except KeyboardInterrupt:  # of a cell that is done already
            continue
        if not got:
            return None
        view = view[got:]
    return bytes(data)


def _print_to_the_system():
    """In a fork of the interpreter, print to descriptors 1 and 2, which it reads: the channel is not for forks."""
    sys.stdout = open(STANDARD_OUTPUT, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)
    sys.stderr = open(STANDARD_ERROR, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)


class _Echo:
    """Shows what libraries and other processes write to descriptors 1 and 2."""

    def __init__(self, outlet):
        self.outlet, self.lock = outlet, threading.Lock()
        self.source, sink = os.pipe()
        os.set_blocking(self.source, False)
        self.decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        for descriptor in (STANDARD_OUTPUT, STANDARD_ERROR):
            os.dup2(sink, descriptor)
        os.close(sink)
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self):
        while True:
            select.select([self.source], [], [])
            self.drain()

    def drain(self):
        """Show what was written so far."""
        with self.lock:
            try:
                while data := os.read(self.source, MUCH):
                    self.outlet.write("stdout", self.decode(data))
            except BlockingIOError:
                return


def main(number, folder):
    """Serve without a jail, in a process of its own: `number` is the channel's descriptor."""
    prepare()
    os.chdir(folder)
    serve(socket.socket(fileno=int(number)))
