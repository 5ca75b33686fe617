"""The interpreter of a learner's notebook: IPython's shell, spoken to over one stream.

In a jail it is a fork of the warm parent, which has called `prepare`. The grader asks {"number": n, "code": text}, or
{"number": n, "call": name} with one frame, the cases. It gets any number of messages with what is shown, as a notebook
holds it, each with the number of the request. After a call one of the kind "answer" comes, whose frame has the
outcomes. The last one is of the kind "done".
"""

import builtins
import codecs
import fcntl
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
from contextlib import suppress
from functools import partial
from pathlib import Path

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError, UsageError
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Any, Type
from traitlets.config import Config

from autograders.sandbox.messages import packed, read_frame

PIPE_BYTES, MESSAGE_BYTES = 2**20, 2**16  # what a pipe may hold, where the system lets it; what is sent at a time
REST_SECONDS = 0.005  # between two looks at the pipes: what is printed in many small pieces is sent in a few large ones


class Outlet:
    """Sends messages; among them, in its place, what was written to descriptors 1 and 2."""

    def __init__(self):
        self.stream = None  # a socket, once there is one
        self.number = 0  # of the request that is being answered
        self.pipes = {}  # a descriptor to read from -> its name and decoder
        self.lock = threading.RLock()
        self.held = self.interrupted = False  # whether an interrupt has to wait, and whether one does

    def take_prints(self):
        """Take what this process prints, its libraries write in C, and processes that it starts write."""
        for descriptor, name in enumerate(("stdout", "stderr"), 1):
            source, sink = os.pipe()
            os.set_blocking(source, False)
            with suppress(AttributeError, OSError):
                fcntl.fcntl(source, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
            os.dup2(sink, descriptor)
            os.close(sink)
            self.pipes[source] = name, codecs.getincrementaldecoder("utf-8")("replace").decode
            raw = io.FileIO(descriptor, "w", closefd=False)
            stream = io.TextIOWrapper(raw, encoding="utf-8", errors="replace", write_through=True)
            setattr(sys, name, stream)
            # Forks share the pipe: each writes whole lines, so that none stands in the middle of another's.
            by_line = partial(stream.reconfigure, write_through=False, line_buffering=True)
            os.register_at_fork(after_in_child=by_line)
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self):
        while True:
            select.select(self.pipes, [], [])
            time.sleep(REST_SECONDS)
            with self.lock:
                self._send_prints()

    def _send_prints(self):
        for source, (name, decode) in self.pipes.items():
            with suppress(BlockingIOError):  # it is empty
                while data := os.read(source, MESSAGE_BYTES):
                    head = {"kind": "stream", "number": self.number, "name": name, "text": decode(data)}
                    self.stream.sendall(packed(head))

    def send(self, kind, frames=(), **content):
        """Send a message, after what was printed before. An interrupt waits until it is out: half of one spoils all."""
        data = packed({"kind": kind, "number": self.number} | content, frames)
        with self.lock:
            self.held = threading.current_thread() is threading.main_thread()
            try:
                self._send_prints()
                self.stream.sendall(data)
            finally:
                self.held = False
        if self.interrupted and threading.current_thread() is threading.main_thread():
            self.interrupt()

    def interrupt(self, *_):
        """Raise KeyboardInterrupt, now or as soon as a message is out: the handler of SIGINT."""
        self.interrupted = self.held
        if not self.held:
            raise KeyboardInterrupt


class Display(DisplayPublisher):
    """Sends what `display` shows."""

    def publish(self, data, metadata=None, source=None, *, transient=None, update=False, **kwargs):
        """Send data for display; an update of an earlier one is left out."""
        if not update:
            self.shell.outlet.send("display_data", data=data)

    def clear_output(self, wait=False):
        """Have the cell's output cleared, now or when there is something to put in its place."""
        self.shell.outlet.send("clear_output", wait=wait)


class Result(DisplayHook):
    """Sends the value of a cell's last line."""

    def write_output_prompt(self):
        """Write no prompt."""

    def write_format_data(self, format_dict, md_dict=None):
        """Send the value in its forms."""
        self.shell.outlet.send("execute_result", data=format_dict)


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
        try:
            if isinstance(value, SyntaxError):
                lines = self.SyntaxTB.structured_traceback(kind, value, [])
            elif isinstance(value, UsageError):
                return self.show_usage_error(value)
            elif exception_only:
                lines = self.InteractiveTB.get_exception_only(kind, value)
            elif hasattr(value, "_render_traceback_"):
                lines = value._render_traceback_()
            else:
                lines = self.InteractiveTB.structured_traceback(kind, value, trace, tb_offset)
            text, lines = str(value), [*map(str, lines)]
        except Exception:  # of the learner's own: a message that cannot be made, a source that cannot be read
            text, lines = "", [kind.__name__]
        self.outlet.send("error", ename=kind.__name__, evalue=text, traceback=lines)

    def showsyntaxerror(self, filename=None, running_compiled_code=False):
        """Send a syntax error."""
        self.showtraceback()

    def ask_exit(self):
        """Do nothing after `exit()` or `quit()`: the notebook runs to its end."""

    def system(self, cmd):
        """Run `!cmd`; what it writes is shown like all that is written. A jail has none of IPython's terminals."""
        if cmd.rstrip().endswith("&"):
            raise OSError("Background processes not supported.")  # IPython's words
        command = self.var_expand(cmd, depth=1)
        process = subprocess.Popen(
            command, shell=True, stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            self.user_ns["_exit_code"] = process.wait()
        except BaseException:  # an interrupt
            os.killpg(process.pid, signal.SIGKILL)
            raise


def prepare():
    """Make the shell; in the warm parent this is done before the fork."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"HistoryManager": {"enabled": False}}
        Shell.instance(config=Config(settings), ipython_dir=folder, outlet=Outlet())


def rehearse():
    """Show an error and a figure to nobody: at their first time both import much."""
    shell = Shell.instance()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        shell.outlet.stream = ours
        for code in ("1 / 0", "__import__('matplotlib.pyplot').pyplot.plot([0]);"):
            shell.run_cell(code)


def serve(channel):
    """Run what is asked for until the channel closes.

    Parameters
    ----------
    channel : socket
        A stream.
    """
    shell, outlet, requests = Shell.instance(), Shell.instance().outlet, channel.makefile("rb")
    outlet.stream = channel
    outlet.take_prints()
    shell.user_ns["_dh"][:] = [Path.cwd()]  # where `%cd -` leads back to
    builtins.input = _refuse_input
    while head := read_frame(requests):
        request = json.loads(head)
        frames = [read_frame(requests) for _ in range(request["frames"])]
        outlet.number = request["number"]
        signal.signal(signal.SIGINT, outlet.interrupt)
        try:
            if "code" in request:
                shell.run_cell(request["code"])
            else:
                _answer(shell, request["call"], *frames)
        except BaseException:  # of the call; an interrupt that came late
            shell.showtraceback()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # what is asked next is read whole
        outlet.send("done")


def _refuse_input(*prompt):
    """Take the place of `input`: nobody is there to answer."""
    raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")


def _answer(shell, name, question):
    """Call a function of the notebook, and send its outcomes."""
    with shell.builtin_trap:  # as in a cell: what is imported now for the first time finds a notebook around it
        from helpers.check.probe import answer

        outcomes = answer(name, shell.user_ns, question)
    shell.outlet.send("answer", [outcomes])


def main(number, folder):
    """Serve without a jail, in a process of its own: `number` is the channel's descriptor."""
    prepare()
    os.chdir(folder)
    serve(socket.socket(fileno=int(number)))
