"""ipykernel's application: prepared before the fork, and without what grading does not need."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import zmq
from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.jsonutil import json_clean, json_default
from jupyter_client.session import json_packer
from traitlets import Type

# Buffers of every size are copied. To send a large one without a copy, pyzmq starts a thread and imports a module; if
# it cannot (no memory left, a package that the jail does not show), it silently sends nothing.
NEVER = sys.maxsize
SETTINGS = ("--HistoryManager.enabled=False", "--IPKernelApp.log_level=50", f"--Session.copy_threshold={NEVER}")
MUCH = 2**16  # letters of output; with more waiting, it is sent at once
AWAITS = re.compile(r"\b(await|async)\b")


class Publisher(IOPubThread):
    """Sends output from the thread that makes it. ipykernel's own thread would have to wake up for each message."""

    def __init__(self, *arguments, **settings):
        super().__init__(*arguments, **settings)
        self._turn = threading.RLock()

    def start(self):
        """Start no thread."""

    def schedule(self, f):
        """Call `f` at once; other threads wait their turn."""
        with self._turn:
            f()

    def _really_send(self, msg, *arguments, **settings):
        try:
            super()._really_send(msg, *arguments, **settings)
        except BaseException:
            # An interrupt may have cut the message: end it, or the next one would be read as its rest.
            self.socket.send(b"")
            raise


class Stream(OutStream):
    """An output stream for a `Publisher`. No thread flushes it, so it flushes itself now and then, after a line.

    So little is lost when the process is killed, and too much output is noticed early.
    """

    _sent, _waiting = 0.0, 0

    def write(self, string):
        """Write; flush if the last time is long ago or much is waiting."""
        count = super().write(string)
        self._waiting += len(string)
        late = string.endswith("\n") and time.monotonic() - self._sent > self.flush_interval
        if late or self._waiting > MUCH:
            self.flush()
        return count

    def _flush(self):
        self._sent, self._waiting = time.monotonic(), 0
        super()._flush()

    def _schedule_flush(self):
        """Do nothing: `write` flushes."""


def packer(content):
    """Return a message's content as JSON. Half a surrogate pair, which UTF-8 cannot hold, becomes an escape."""
    try:
        return json_packer(content)
    except UnicodeEncodeError:
        return json.dumps(json_clean(content), default=json_default).encode("ascii")


def _print_to_the_system():
    """In a fork of the kernel, print to descriptors 1 and 2, which the kernel reads: the sockets are not for forks."""
    sys.stdout = open(1, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)
    sys.stderr = open(2, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)


class Shell(ZMQInteractiveShell):
    """A shell that transforms a cell once; IPython and ipykernel do so two or three times."""

    _last_transformed = None, None

    def transform_cell(self, raw_cell):
        """Return the cell as Python. ipykernel asks, to see whether it awaits something, and IPython, to run it."""
        if self._last_transformed[0] != raw_cell:
            self._last_transformed = raw_cell, super().transform_cell(raw_cell)
        return self._last_transformed[1]

    def should_run_async(self, raw_cell, *, transformed_cell=None, preprocessing_exc_tuple=None):
        """Whether a cell awaits something. Only one with the word `await` or `async` is compiled to find out."""
        return bool(AWAITS.search(transformed_cell or "")) and super().should_run_async(
            raw_cell, transformed_cell=transformed_cell, preprocessing_exc_tuple=preprocessing_exc_tuple
        )

    def ask_exit(self):
        """Do nothing after `exit()` or `quit()`: the kernel runs to the end of the notebook."""

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


class QuietKernel(IPythonKernel):
    """A kernel that gets its sockets after it was made. Of a cell it sends the output and that it is done, no more."""

    shell_class = Type(Shell)

    @classmethod
    def instance(cls, **settings):
        """Return the one kernel, with new settings if it exists: so ipykernel's `init_kernel` hands it the sockets."""
        ready = cls.initialized()
        kernel = super().instance(**settings)
        if ready:
            for name, value in settings.items():
                setattr(kernel, name, value)
            kernel.shell.displayhook.pub_socket = kernel.shell.display_pub.pub_socket = kernel.iopub_socket
        return kernel

    async def execute_request(self, stream, ident, parent):
        """Run a cell, then evaluate expressions. Send no copy of the cell and no reply: the grader reads neither."""
        self._forward_input(allow_stdin=False)
        try:
            result = await self._run(parent["content"]["code"])
        finally:
            self._restore_input()
        if result.success:
            self.shell.user_expressions(parent["content"]["user_expressions"])

    async def _run(self, code):
        """Run a cell as ipykernel's `do_execute` does: one that awaits something is a task of the event loop."""
        shell, fault = self.shell, None
        try:
            python = shell.transform_cell(code)
        except Exception:  # the learner may have added a transformer: `run_cell` shows its error
            python, fault = code, sys.exc_info()
        if not shell.should_run_async(code, transformed_cell=python, preprocessing_exc_tuple=fault):
            return shell.run_cell(code, store_history=False)
        task = asyncio.ensure_future(shell.run_cell_async(code, store_history=False, transformed_cell=python))
        loop, result = asyncio.get_running_loop(), None
        loop.add_signal_handler(signal.SIGINT, task.cancel)  # so that an interrupt wakes the loop
        try:
            result = await task
        finally:
            loop.remove_signal_handler(signal.SIGINT)
            shell.events.trigger("post_execute")
            shell.events.trigger("post_run_cell", result)
        return result

    def _publish_status(self, status, channel, parent=None):
        if status != "busy":
            super()._publish_status(status, channel, parent)


class Application(IPKernelApp):
    """`prepare` makes the kernel and its shell in the warm parent; `open` gives them sockets in the fork.

    It starts no threads: ipykernel has some for output, for subshells and for a heartbeat.
    """

    kernel_class = QuietKernel
    outstream_class = f"{__name__}.{Stream.__name__}"

    def prepare(self):
        """Make everything that needs no socket."""
        with tempfile.TemporaryDirectory() as folder:
            os.environ["IPYTHONDIR"] = folder  # a jail has an environment of its own
            super(IPKernelApp, self).initialize(list(SETTINGS))
            self.init_pdb()
            self.kernel = self.kernel_class.instance(
                parent=self, session=self.session, log=self.log, profile_dir=self.profile_dir, user_ns=self.user_ns
            )
            self.init_shell()
            self.init_gui_pylab()
            self.init_extensions()
            self.init_code()

    def open(self, connection, folder):
        """Take those steps of ipykernel's `initialize` that `prepare` leaves out.

        Parameters
        ----------
        connection : str
            The connection file.
        folder : str
            Where IPython keeps its files.
        """
        self.session.pid = os.getpid()
        self.session.pack = packer
        self.ipython_dir = self.kernel.shell.ipython_dir = folder
        self.profile_dir._location_isset = False
        self.profile_dir.location = str(Path(folder, "profile_default"))  # which makes its folders
        self.connection_file = connection
        self.init_connection_file()
        self.init_sockets()
        self.log_connection_info()
        self.init_io()
        os.register_at_fork(after_in_child=_print_to_the_system)
        self.init_signal()
        self.init_kernel()

    def init_control(self, context):
        """Open the control channel, without ipykernel's thread for subshells: the main thread reads the requests."""
        super().init_control(context)
        self.shell_channel_thread = None

    def init_iopub(self, context):
        """Open the channel for output."""
        socket = context.socket(zmq.PUB)
        socket.sndhwm = 0  # drop no message, however many wait: the kernel's memory limits them
        self.iopub_port = self._bind_socket(socket, self.iopub_port)
        self.configure_tornado_logger()
        self.iopub_thread = Publisher(socket, session=self.session)
        self.iopub_socket = self.iopub_thread.background_socket
