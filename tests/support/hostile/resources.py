"""Attacks that use up the machine: processes, memory, disk, output, time."""

from nbformat.v4 import new_code_cell

from hostile import code, edit

LONG = 40.0


@code("a fork bomb", seconds=LONG, exact=False)
def fork_bomb():
    return "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass\n"


@code("all memory, in one process")
def memory():
    return "blocks = []\nwhile True: blocks.append(bytearray(100_000_000))\n"


@code("all memory, in many processes, each of them under its own limit", worth=10.0, seconds=LONG)
def memory_of_many():
    return """
import os, time
for _ in range(60):
    if os.fork() == 0:
        try:
            block = bytearray(300_000_000)
            for i in range(0, len(block), 4096): block[i] = 1
            time.sleep(30)
        finally: os._exit(0)
time.sleep(20)
"""


@code("all memory, shared and anonymous, so that it is nobody's")
def shared_memory():
    return """
import ctypes, mmap, os
kept = []
try:
    while True:
        block = mmap.mmap(-1, 100_000_000); block.write(b"x" * 100_000_000); kept.append(block)
except (OSError, MemoryError): pass
files = []
while True:
    file = os.memfd_create("x"); os.write(file, b"x" * 100_000_000); files.append(file)
"""


@code("all memory, in System V segments and queues that stay when their maker is gone")
def system_v():
    return """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for _ in range(100):
    number = libc.shmget(0, 10**9, 0o1600); libc.shmat.restype = ctypes.c_void_p; print(number)
    libc.msgget(0, 0o1600)
"""


@code("the disk full: /tmp, the working folder, shared memory, the folder of sockets")
def disk():
    return """
import os
for place in ("/tmp", ".", "/dev/shm", "/var/tmp", "/dev", "/"):
    written = 0
    try:
        for number in range(10_000):
            with open(f"{place}/fill{number}", "wb") as file:
                for _ in range(100): written += file.write(bytes(1_000_000))
    except OSError as error: print(place, written, error)
"""


@code("no names left: as many empty files as there may be")
def inodes():
    return """
for place in ("/tmp", ".", "/dev/shm"):
    try:
        for number in range(10**7): open(f"{place}/{number}", "w").close()
    except OSError as error: print(place, number, error)
"""


@code("a flood of printed text")
def text_flood():
    return "while True: print('x' * 1_000)\n"


@code("a flood of empty outputs, which have no size")
def empty_flood():
    return "from IPython.display import display\nwhile True: display({'text/plain': ''}, raw=True)\n"


@code("one output of three hundred megabytes")
def giant_output():
    return "print('x' * 300_000_000)\n"


@code("a flood of raw bytes on standard output and standard error, past Python")
def raw_flood():
    return "import os\nfor _ in range(20_000):\n    os.write(1, b'x' * 10_000); os.write(2, b'y' * 10_000)\n"


@code("an endless loop")
def endless_loop():
    return "while True: pass\n"


@code("an endless loop in the graded function")
def endless_function():
    return {"scale": "def scale(x, factor, name):\n    while True: pass\n"}


@code("an endless loop that catches the interruption", seconds=LONG)
def caught_interrupt():
    return "while True:\n    try:\n        while True: pass\n    except BaseException: pass\n"


@code("an endless loop that no signal stops", seconds=LONG)
def ignored_signals():
    return """
import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: pass
"""


@code("a loop in C that never looks at signals", seconds=LONG)
def loop_in_c():
    return "import itertools\nsum(itertools.repeat(1))\n"


@code("every processor busy: threads and processes that count", seconds=LONG)
def busy_threads():
    return """
import os, threading
for _ in range(8):
    if os.fork() == 0:
        while True: pass
for _ in range(20): threading.Thread(target=lambda: [None for _ in iter(int, 1)], daemon=True).start()
"""


@code("time made to stand still: children keep the processor busy, and their end is seen by nobody", seconds=2 * LONG)
def unseen_children():
    return """
import os, signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _ in range(30):
    if os.fork() == 0:
        while True:
            if os.fork() == 0:
                sum(range(10**6))
                os._exit(0)
while True: pass
"""


@code("not to be graded: its own CPU time cut, so that it is the system that ends it", reason="more processor time")
def own_limit():
    return "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass\n"


@edit("every cell kills Python, so that all is run again and again: two hundred times", worth=0.0, seconds=LONG)
def dying_cells(notebook):
    notebook.cells[2:2] = [new_code_cell("import os; os._exit(1)", id=f"dying-{number}") for number in range(200)]


@edit("the class slowed down: two hundred cells that sleep just under their limit", worth=0.0, seconds=LONG)
def slow_cells(notebook):
    notebook.cells[2:2] = [new_code_cell("import time; time.sleep(2.5)", id=f"slow-{number}") for number in range(200)]


@code("a crash of the interpreter, deep in recursion")
def crash():
    return "import sys, ctypes\nsys.setrecursionlimit(10**8)\ndef f(): return f()\nctypes.string_at(0)\n"


@code("no descriptor left: all files, pipes and sockets that there are")
def descriptors():
    return """
import os, socket
kept = []
try:
    while True: kept += [os.pipe(), socket.socketpair()]
except OSError: pass
for one in kept:
    for end in one:
        end.close() if hasattr(end, "close") else os.close(end)
"""


FILL = """
import mmap, os, socket, struct, time
counts = mmap.mmap(-1, 8 * 100)
for number in range(%d):
    if os.fork() == 0:
        try:
            kept, sent = [], 0
            %s
            while True:
                kept.append(socket.socketpair())
                for one in kept[-1]:
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 10**8); one.setblocking(False)
                    try:
                        while True:
                            sent += one.send(bytes(100_000))
                            counts[8 * number : 8 * number + 8] = struct.pack("q", sent)
                    except OSError: pass
        except OSError: time.sleep(30)
        finally: os._exit(0)
for _ in range(300):
    total = sum(struct.unpack("100q", counts[:]))
    if total > 3 * 2**29: print("ESCAPED the limit on memory:", total, flush=True); break
    time.sleep(0.1)
"""


@code("memory past the limit, in buffers of sockets, which no process shows as its own", seconds=LONG)
def socket_buffers():
    return FILL % (60, "")


@code("the same, with the guard slowed by processes that change all their memory", seconds=LONG)
def socket_buffers_slow_guard():
    return FILL % (90, "if number > 45: block = bytearray(5_000_000); [block.__setitem__(0, 1) for _ in iter(int, 1)]")
