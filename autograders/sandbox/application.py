"""ipykernel's application, made ready before the fork, and without what no grader asks of a kernel."""

import os
import sys
import tempfile
from pathlib import Path

from ipykernel.iostream import OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp

SETTINGS = (
    "--HistoryManager.enabled=False", "--IPKernelApp.log_level=50",
    "--IPythonKernel._execute_sleep=0",  # ipykernel's pause after each cell
)  # fmt: skip


class Stream(OutStream):
    """An output stream that hands over to its thread, and waits for it, only when something was written."""

    def flush(self):
        """Send what was written; ipykernel asks for it four times for each cell."""
        with self._buffer_lock:
            written = bool(self._buffers)
        if written:
            super().flush()


class Kernel(IPythonKernel):
    """A kernel that can be given its sockets when it exists."""

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


class Application(IPKernelApp):
    """`prepare` makes the kernel and its shell in the parent; `open` gives them sockets and threads in its fork.

    There are no threads for subshells and for a heartbeat.
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
        self.init_shell()
        self.init_gui_pylab()
        self.init_extensions()
        self.init_code()
        sys.stdout.flush()
        sys.stderr.flush()

    def init_control(self, context):
        """Open the control channel; requests come straight to the main thread, not by way of one for subshells."""
        super().init_control(context)
        self.shell_channel_thread = None
