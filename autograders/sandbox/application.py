"""ipykernel's application, made ready before the fork, and without what no grader asks of a kernel."""

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

# Large buffers are copied, too: to send them as they are, pyzmq starts a thread and imports a module, and where either
# cannot be had (little memory, packages out of sight) it sends nothing in their place, without a word.
NEVER = sys.maxsize
SETTINGS = ("--HistoryManager.enabled=False", "--IPKernelApp.log_level=50", f"--Session.copy_threshold={NEVER}")
MUCH = 2**16  # letters
AWAITS = re.compile(r"\b(await|async)\b")


class Publisher(IOPubThread):
    """What a kernel shows leaves from the thread that shows it: one of its own would be woken up for each message."""

    def __init__(self, *arguments, **settings):
        super().__init__(*arguments, **settings)
        self._turn = threading.RLock()

    def start(self):
        """Start no thread."""

    def schedule(self, f):
        """Call at once, one thread at a time."""
        with self._turn:
            f()

    def _really_send(self, msg, *arguments, **settings):
        try:
            super()._really_send(msg, *arguments, **settings)
        except BaseException:
            # An interrupt cut it in two: what is sent next must not be taken for its rest.
            self.socket.send(b"")
            raise


class Stream(OutStream):
    """An output stream for a `Publisher`, which no thread flushes: it does so itself now and then, after a line.

    So little is lost when the process is killed, and a flood is noticed.
    """

    _sent, _waiting = 0.0, 0

    def write(self, string):
        """Write, and send if the last time is long ago or much is waiting."""
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
        """Leave it to `write`."""


def packer(content):
    """Return a message's content as JSON; half of a surrogate pair, which no UTF-8 has, stands there as an escape."""
    try:
        return json_packer(content)
    except UnicodeEncodeError:
        return json.dumps(json_clean(content), default=json_default).encode("ascii")


def _print_to_the_system():
    """In a fork of the kernel, print to the system's output, which the kernel reads: the sockets are its own."""
    sys.stdout = open(1, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)
    sys.stderr = open(2, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)


class Shell(ZMQInteractiveShell):
    """A shell that looks at a cell once where IPython and ipykernel look two and three times."""

    _last_transformed = None, None

    def transform_cell(self, raw_cell):
        """Return the cell as Python: ipykernel asks to see whether it awaits, IPython to run it."""
        if self._last_transformed[0] != raw_cell:
            self._last_transformed = raw_cell, super().transform_cell(raw_cell)
        return self._last_transformed[1]

    def should_run_async(self, raw_cell, *, transformed_cell=None, preprocessing_exc_tuple=None):
        """Whether a cell awaits: it is compiled to find out, if it has a word for that."""
        return bool(AWAITS.search(transformed_cell or "")) and super().should_run_async(
            raw_cell, transformed_cell=transformed_cell, preprocessing_exc_tuple=preprocessing_exc_tuple
        )

    def ask_exit(self):
        """Leave the kernel running after `exit()` or `quit()`: it ends with the notebook."""

    def system(self, cmd):
        """Run `!cmd` and show what it writes: through a pipe, since a jail has no terminals."""
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


class Kernel(IPythonKernel):
    """A kernel that can be given its sockets when it exists, and says of a cell what it shows and when it is done."""

    shell_class = Type(Shell)

    @classmethod
    def instance(cls, **settings):
        """Return the one kernel; ipykernel's `init_kernel` asks for it with all that belongs to it."""
        ready = cls.initialized()
        kernel = super().instance(**settings)
        if ready:
            for name, value in settings.items():
                setattr(kernel, name, value)
            kernel.shell.displayhook.pub_socket = kernel.shell.display_pub.pub_socket = kernel.iopub_socket
        return kernel

    async def execute_request(self, stream, ident, parent):
        """Run a cell, then evaluate expressions. No copy of the cell and no reply are sent: no grader reads them."""
        self._forward_input(allow_stdin=False)
        try:
            result = await self._run(parent["content"]["code"])
        finally:
            self._restore_input()
        if result.success:
            self.shell.user_expressions(parent["content"]["user_expressions"])

    async def _run(self, code):
        """Run a cell as ipykernel's `do_execute` does: one that awaits as a task of the running loop."""
        shell, fault = self.shell, None
        try:
            python = shell.transform_cell(code)
        except Exception:  # whatever a transformer of the learner's raises: `run_cell` meets it again, and shows it
            python, fault = code, sys.exc_info()
        if not shell.should_run_async(code, transformed_cell=python, preprocessing_exc_tuple=fault):
            return shell.run_cell(code, store_history=False)
        task = asyncio.ensure_future(shell.run_cell_async(code, store_history=False, transformed_cell=python))
        loop, result = asyncio.get_running_loop(), None
        loop.add_signal_handler(signal.SIGINT, task.cancel)  # an interrupt, which wakes the loop up
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
    """`prepare` makes the kernel and its shell in the parent; `open` gives them sockets in its fork.

    There are no threads for output, for subshells and for a heartbeat.
    """

    kernel_class = Kernel
    outstream_class = f"{__name__}.{Stream.__name__}"

    def prepare(self):
        """Make what needs neither a socket nor a thread."""
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
        """Take the steps of ipykernel's `initialize` that are left.

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
        """Open the control channel; requests come straight to the main thread, not by way of one for subshells."""
        super().init_control(context)
        self.shell_channel_thread = None

    def init_iopub(self, context):
        """Open the channel for what is shown."""
        socket = context.socket(zmq.PUB)
        socket.sndhwm = 0  # no message is dropped, be there thousands: what limits them is the kernel's memory
        self.iopub_port = self._bind_socket(socket, self.iopub_port)
        self.configure_tornado_logger()
        self.iopub_thread = Publisher(socket, session=self.session)
        self.iopub_socket = self.iopub_thread.background_socket
