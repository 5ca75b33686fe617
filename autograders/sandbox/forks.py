"""Interpreters forked from a warm parent, each in a jail, as the grader sees them."""

import atexit
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from autograders.sandbox import usage

START_SECONDS = 120
MESSAGE_BYTES = 2**16
KEPT_VARIABLES = ("HOME", "MPLCONFIGDIR", "PATH", "XDG_CACHE_HOME")  # no others: kernels can read them in /proc
STARTING_VARIABLES = {"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "4"}  # each heap takes address space, which is limited


class SandboxError(RuntimeError):
    """No kernel can be started in the sandbox on this machine; the message says why."""


class WarmParent:
    """The warm parent as its grader sees it; started when the first kernel is asked for."""

    def __init__(self):
        self.lock = threading.Lock()
        self.process = self.channel = self.listener = None
        self.adopted = None  # its address, if another process has started it

    def start(self):
        """Start the process, if it does not run, and return the socket to it; requests wait there until it is ready."""
        with self.lock:
            if self.adopted or (self.process is not None and self.process.poll() is None):
                return self.channel
            mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            command = [sys.executable, "-m", "autograders.sandbox.warm_parent", str(theirs.fileno())]
            root = str(Path(__file__).parents[2])
            kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
            self.process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], cwd=root, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, start_new_session=True, env=kept | STARTING_VARIABLES,
            )  # fmt: skip
            theirs.close()
            self.channel = mine
            atexit.register(self.stop)
            return mine

    def address(self):
        """Start the process, and return where other processes of this user can have the socket to it."""
        self.start()
        if self.listener is None:
            path = Path(tempfile.mkdtemp(prefix="warm-parent-"), "address")  # no other user may enter the folder
            atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(str(path))
            self.listener.listen()
            threading.Thread(target=self._hand_out, daemon=True).start()
        return self.listener.getsockname()

    def _hand_out(self):
        """Give the socket to whoever comes to the address."""
        while True:
            other, _ = self.listener.accept()
            with other, contextlib.suppress(OSError):  # the other may have gone
                socket.send_fds(other, [b"."], [self.start().fileno()])

    def adopt(self, address):
        """Use a warm parent that another process of the grader has started, as its `address` says."""
        with socket.socket(socket.AF_UNIX) as other:
            other.connect(address)
            _, descriptors, _, _ = socket.recv_fds(other, 1, 1)
        self.channel, self.adopted = socket.socket(fileno=descriptors[0]), address

    def stop(self):
        """End the process, and with it every kernel."""
        with self.lock:
            if self.process is not None:
                self.channel.close()
                self.process.kill()
                self.process.wait()
                self.process = None

    def get_warm(self):
        """Have TensorFlow imported now, so that the first kernel with it need not wait."""
        self._ask({"tensorflow": True}, [])

    def fork(self, folder, limits, tensorflow, channel):
        """Ask for an interpreter; return the JailedProcess.

        Parameters
        ----------
        folder : Path
            Its plain files are copied to the folder in which the interpreter works.
        limits : Limits
        tensorflow : bool
            Whether it is to have imported TensorFlow.
        channel : socket
            Where it is asked, and answers.
        """
        request = {"work": str(folder), "limits": limits.plain(), "tensorflow": tensorflow}
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            self._ask(request, [theirs.fileno(), channel.fileno()])
        finally:
            theirs.close()
        return JailedProcess(mine)

    def _ask(self, request, descriptors):
        message = json.dumps(request).encode("utf-8")
        self.start()
        try:
            with self.lock:
                try:
                    socket.send_fds(self.channel, [message], descriptors)
                except OSError:
                    if not self.adopted:
                        raise
                    self.adopt(self.adopted)  # it has ended; whoever started it has a new one
                    socket.send_fds(self.channel, [message], descriptors)
        except (OSError, IndexError) as error:
            raise SandboxError(f"the warm parent process has ended ({error})") from error


class JailedProcess:
    """A kernel in its jail, with methods of `subprocess.Popen`. `reason` says in a word why it has ended."""

    def __init__(self, report):
        self.report = report
        self.report.settimeout(START_SECONDS)
        self.reason = self.returncode = None
        message = self._receive()
        if "kernel" not in message:
            raise SandboxError(f"no sandbox on this machine: {message.get('fault', 'no answer')}; see `course doctor`")
        self.pid = message["kernel"]
        self.at_start = [usage.memory(self.pid, fields) for fields in (usage.RESERVED, usage.QUICK)]
        self.report.setblocking(False)
        try:
            self.handle = os.pidfd_open(self.pid)  # a number can become that of another process
        except ProcessLookupError:
            self.returncode, self.reason = 0, "exit"

    def _receive(self):
        data = self.report.recv(MESSAGE_BYTES)
        return json.loads(data) if data else {}

    def poll(self):
        """Return None while the kernel runs, else 0."""
        if self.returncode is None:
            try:
                message = self._receive()
            except (BlockingIOError, InterruptedError):
                return None
            except OSError:
                message = {}
            self._end(message)
        return self.returncode

    def _end(self, message):
        """Note that the kernel has ended. If only its guard has, which tells nothing then, kill the kernel."""
        self._signal(signal.SIGKILL)
        self.returncode, self.reason = 0, message.get("ended", "lost")
        self.report.close()
        os.close(self.handle)

    def has_used(self, share, limit):
        """Whether a share of the limit is in use by the jail, or reserved by its first process since it started."""
        reserved, used = self.at_start
        grown = usage.memory(self.pid, usage.RESERVED) - reserved
        return grown > share * (limit - used) or usage.exceeds(self.pid, share * limit)

    def _signal(self, number):
        with contextlib.suppress(ProcessLookupError):  # the kernel may have ended just now
            signal.pidfd_send_signal(self.handle, number)

    def send_signal(self, number):
        """Send a signal to the kernel."""
        if self.poll() is None:
            self._signal(number)

    def kill(self):
        """Kill the kernel and everything in its jail."""
        self.send_signal(signal.SIGKILL)

    def wait(self):
        """Wait until the kernel ends; return 0."""
        if self.returncode is None:
            self.report.setblocking(True)
        return self.poll()


WARM_PARENT = WarmParent()
