"""ipykernel's application, made ready before the fork, and without what no grader asks of a kernel."""

import os
import re
import tempfile
import threading
import time
from pathlib import Path

import zmq
from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from traitlets import Type

SETTINGS = ("--HistoryManager.enabled=False", "--IPKernelApp.log_level=50")
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


class Stream(OutStream):
    """An output stream for a `Publisher`: what was written leaves at a flush, or when the last one is long ago."""

    _sent = 0.0

    def _flush(self):
        self._sent = time.monotonic()
        super()._flush()

    def _schedule_flush(self):
        if time.monotonic() - self._sent > self.flush_interval:
            self._flush()


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
        """Run a cell; its source is not shown again, and there is no reply, which no grader reads."""
        content = parent["content"]
        await self.do_execute(
            content["code"], silent=False, store_history=False, user_expressions=content["user_expressions"]
        )

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
        self.ipython_dir = self.kernel.shell.ipython_dir = folder
        self.profile_dir._location_isset = False
        self.profile_dir.location = str(Path(folder, "profile_default"))  # which makes its folders
        self.connection_file = connection
        self.init_connection_file()
        self.init_sockets()
        self.log_connection_info()
        self.init_io()
        self.init_signal()
        self.init_kernel()

    def init_control(self, context):
        """Open the control channel; requests come straight to the main thread, not by way of one for subshells."""
        super().init_control(context)
        self.shell_channel_thread = None

    def init_iopub(self, context):
        """Open the channel for what is shown."""
        socket = context.socket(zmq.PUB)
        self.iopub_port = self._bind_socket(socket, self.iopub_port)
        self.configure_tornado_logger()
        self.iopub_thread = Publisher(socket, session=self.session)
        self.iopub_socket = self.iopub_thread.background_socket
