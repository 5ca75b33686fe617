"""The jail of a learner's kernel: what it shows, what it limits, and that it ends."""

import fcntl
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import sysconfig
import time
import venv
from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from small_course import FULL, HONEST, NAME, POINTS, Class

from autograders.engine import sealed
from autograders.engine.kernel import MORE, Kernel, KernelFailed, payload
from autograders.sandbox import forks, jail, trial
from autograders.sandbox.limits import Limits

ROOT = Path(__file__).parents[2]
QUICK = 20
MIB = 2**20
SMALL = Limits(
    wall_seconds=120, cpu_seconds=60, memory_bytes=400 * MIB, tmp_bytes=8 * MIB, home_bytes=8 * MIB, file_bytes=4 * MIB,
    processes=60, open_files=100,
)  # fmt: skip
FORKS = "import os, time\nfor _ in range(6):\n    if os.fork() == 0:\n"
PLAIN_USER = 12_345

pytestmark = [pytest.mark.usefixtures("jail"), pytest.mark.slow]


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """A submission's folder, with a file, a link that leads out, and a pipe."""
    folder = tmp_path_factory.mktemp("work")
    (folder / "mine.txt").write_text("mine", encoding="ascii")
    (folder / "deep").mkdir()
    (folder / "deep" / "too.txt").write_text("too", encoding="ascii")
    (folder / "link.txt").symlink_to(ROOT / "nbgrader_config.py")
    os.mkfifo(folder / "pipe")
    (folder / "large.bin").write_bytes(bytes(5 * MIB))
    return folder


@pytest.fixture(scope="module")
def kernel(work):
    """A jailed kernel under small limits, for tests that leave it as it is."""
    with Kernel(work, SMALL) as running:
        yield running


@pytest.fixture
def fresh(work):
    """A jailed kernel of the test's own, without TensorFlow, which has most of that memory from its start."""
    with Kernel(work, SMALL, tensorflow=False) as running:
        yield running


def value(kernel, code):
    """Return what code prints, as Python data."""
    reply = kernel.execute(f"{code.rpartition(chr(10))[0]}\nprint(repr(({code.rpartition(chr(10))[2]})))", QUICK)
    assert reply.status == "ok", reply.outputs
    return eval(reply.outputs[0].text)


def refusal(kernel, attempt):
    """Return the system's words when it refuses what the code attempts; None when it does not."""
    code = f"import socket\ndef attempt():\n    try: {attempt}\n"
    code += "    except OSError as error: return error.strerror\nattempt()"
    return value(kernel, code)


class TestWalls:
    def test_it_is_process_1_and_sees_no_other(self, kernel):
        assert value(kernel, "import os\nos.getpid(), [n for n in os.listdir('/proc') if n.isdigit()]") == (1, ["1"])

    @pytest.mark.parametrize("name", ["mnt", "pid", "net", "ipc", "uts", "user", "cgroup"])
    def test_namespaces_are_its_own(self, kernel, name):
        assert value(kernel, f"import os\nos.readlink('/proc/self/ns/{name}')") != os.readlink(f"/proc/self/ns/{name}")

    def test_identity_is_nobodys(self, kernel):
        assert value(kernel, "import os\nos.getresuid(), os.getresgid()") == ((jail.NOBODY,) * 3, (jail.NOBODY,) * 3)
        assert set(value(kernel, "import os\nos.getgroups()")) <= {jail.NOBODY}

    def test_there_are_no_capabilities_and_no_new_privileges(self, kernel):
        lines = dict(
            line.split(":\t")
            for line in value(kernel, "open('/proc/self/status').read()").splitlines()
            if ":\t" in line
        )
        assert {int(lines[f"Cap{which}"], 16) for which in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {0}
        assert (lines["NoNewPrivs"], lines["Seccomp"]) == ("1", "2")

    def test_environment_is_the_short_list(self, kernel, monkeypatch):
        names = set(value(kernel, "import os\nlist(os.environ)"))
        assert names <= set(jail.ENVIRONMENT) | {
            "JPY_PARENT_PID", "CLICOLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "PAGER", "GIT_PAGER", "TERM", "MPLBACKEND",
            "PYDEVD_USE_FRAME_EVAL", "KMP_DUPLICATE_LIB_OK", "KMP_INIT_AT_FORK", "TF2_BEHAVIOR", "TPU_ML_PLATFORM",
        }  # fmt: skip
        start = value(kernel, "open('/proc/self/environ').read()").split("\0")
        assert {one.partition("=")[0] for one in start if one} <= {
            *forks.KEPT_VARIABLES,
            *forks.STARTING_VARIABLES,
        }

    def test_of_the_repository_helpers_and_data_are_seen(self, kernel):
        assert set(value(kernel, f"import os\nos.listdir({str(ROOT)!r})")) <= {"helpers", "data", Path(sys.prefix).name}
        for path in (
            ROOT / "autograders",
            ROOT / "notebooks",
            ROOT / "tests",
            Path("/etc/shadow"),
            Path("/var"),
            Path("/sys"),
        ):
            assert not value(kernel, f"import os\nos.path.exists({str(path)!r})")

    def test_working_folder_holds_a_copy_of_the_plain_files(self, kernel, work):
        assert value(kernel, "import os\nos.getcwd(), sorted(os.listdir('.'))") == (jail.HOME, ["deep", "mine.txt"])
        assert value(kernel, "open('deep/too.txt').read()") == "too"
        kernel.execute("open('mine.txt', 'w').write('changed')", QUICK)
        assert (work / "mine.txt").read_text(encoding="ascii") == "mine"

    @pytest.mark.parametrize(
        "place", ["/", "/usr", "/etc", "/dev", "/proc", str(ROOT / "helpers"), sys.prefix, sys.base_prefix]
    )
    def test_it_writes_nowhere_else(self, kernel, place):
        assert refusal(kernel, f"open({place + '/x'!r}, 'w')")

    def test_there_is_no_network(self, kernel):
        for family, address in (("AF_INET", "127.0.0.1"), ("AF_INET", "1.1.1.1"), ("AF_INET6", "::1")):
            error = refusal(kernel, f"socket.socket(socket.{family}, socket.SOCK_STREAM).connect(({address!r}, 80))")
            assert error in ("Network is unreachable", "Cannot assign requested address")

    @pytest.mark.parametrize("family", ["AF_PACKET", "AF_VSOCK", "AF_ALG", "AF_CAN"])
    def test_odd_sockets_are_refused(self, kernel, family):
        assert refusal(kernel, f"socket.socket(socket.{family}, socket.SOCK_RAW)")

    @pytest.mark.parametrize(
        "call",
        [
            "unshare(0x10000000)",
            "mount(b'a', b'/tmp', b'tmpfs', 0, None)",
            "ptrace(0, 0, 0, 0)",
            "memfd_create(b'x', 0)",
            "shmget(0, 4096, 0o1600)",
        ],
    )
    def test_calls_that_nobody_needs_are_refused(self, kernel, call):
        assert value(kernel, f"import ctypes\nctypes.CDLL(None).{call}") == -1

    @pytest.mark.parametrize("lock", ["flock(file, fcntl.LOCK_EX)", "lockf(file, fcntl.LOCK_SH)"])
    def test_a_lock_on_a_file_that_all_see_is_seen_by_nobody_else(self, kernel, lock):
        assert value(kernel, f"import fcntl, os\nfile = open(os.__file__)\nfcntl.{lock}") is None
        with open(os.__file__, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            asked = fcntl.fcntl(file, fcntl.F_GETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))
        assert struct.unpack_from("h", asked) == (fcntl.F_UNLCK,)

    @pytest.mark.parametrize("number", [fcntl.F_SETLEASE, fcntl.F_GETLEASE, fcntl.F_NOTIFY])
    def test_nobody_is_told_what_others_do_to_a_file(self, kernel, number):
        assert refusal(kernel, f"__import__('fcntl').fcntl(open('/usr', opener=__import__('os').open), {number}, 0)")
        assert value(kernel, "import ctypes\nctypes.CDLL(None).inotify_init1(0)") == -1

    def test_libraries_that_lock_their_files_work(self, light):
        code = (
            "import sqlite3\nfor mode in ('delete', 'wal'):\n    with sqlite3.connect(f'{mode}.db') as base:\n"
            "        base.execute(f'pragma journal_mode={mode}')\n        base.execute('create table t (a)')\n"
            "        base.execute('insert into t values (1)')\n"
            "    assert sqlite3.connect(f'{mode}.db').execute('select a from t').fetchall() == [(1,)]\n"
            "import h5py\nwith h5py.File('a.h5', 'w') as file: file['x'] = [1, 2]\n"
            "with h5py.File('a.h5') as file: assert list(file['x']) == [1, 2]\n"
            "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.savefig('a.png')"
        )
        assert light.execute(code, QUICK).status == "ok"

    @pytest.mark.parametrize("name", ["mountinfo", "mounts", "mountstats"])
    def test_the_list_of_mounts_names_no_path_of_the_host(self, kernel, name):
        assert value(kernel, f"open('/proc/self/{name}').read()") == ""

    def test_a_sockets_buffer_cannot_be_enlarged(self, kernel):
        code = "import socket\none, _ = socket.socketpair()\nsize = lambda: one.getsockopt(socket.SOL_SOCKET, {0})\n"
        code += "before = size()\none.setsockopt(socket.SOL_SOCKET, {0}, 2 * before)\nsize() - before"
        for name in ("socket.SO_SNDBUF", "socket.SO_RCVBUF"):
            assert value(kernel, code.format(name)) == 0


class TestLimits:
    def test_memory_in_buffers_of_sockets(self, fresh):
        """No process shows it as its own."""
        code = "import os, socket, time\nfor _ in range(50):\n    if os.fork() == 0:\n        kept = []\n"
        code += "        for _ in range(40):\n            kept.append(socket.socketpair())\n"
        code += "            for one in kept[-1]:\n                one.setblocking(False)\n                try:\n"
        code += "                    while True: one.send(bytes(50_000))\n                except OSError: pass\n"
        reply = fresh.execute(code + "        time.sleep(60)\ntime.sleep(60)", QUICK)
        assert (reply.status, "more memory" in reply.outputs[-1].evalue) == ("died", True)

    def test_memory_of_one_process(self, fresh):
        reply = fresh.execute("x = bytearray(4 * 10**9)", QUICK)
        assert reply.outputs[-2].ename == "MemoryError"

    def test_memory_of_many_processes(self, fresh):
        code = FORKS + "        x = b'x' * 150_000_000; time.sleep(60)\ntime.sleep(60)"
        reply = fresh.execute(code, QUICK)
        assert reply.status == "died"
        assert "more memory" in reply.outputs[-1].evalue

    def test_memory_that_forks_share_counts_once(self, fresh):
        code = "x = b'x' * 150_000_000\n" + FORKS + "        time.sleep(60)\ntime.sleep(2)"
        assert fresh.execute(code, QUICK).status == "ok"

    @pytest.mark.parametrize("place", ["/tmp", "/dev/shm", "."])
    def test_room_for_files(self, fresh, place):
        code = f"for n in range(1000): open(f'{place}/{{n}}', 'wb').write(bytes(1_000_000))"
        reply = fresh.execute(code, QUICK)
        assert "No space left" in reply.outputs[-2].evalue
        assert fresh.execute("print('alive')", QUICK).status == "ok"

    def test_size_of_one_file(self, fresh):
        assert (
            "File too large" in fresh.execute("open('/tmp/x', 'wb').write(bytes(5 * 2**20))", QUICK).outputs[-2].evalue
        )

    def test_number_of_processes(self, fresh):
        code = "import os, time\nfor _ in range(200):\n    if os.fork() == 0: time.sleep(60)"
        assert "BlockingIOError" in [output.get("ename") for output in fresh.execute(code, QUICK).outputs]

    def test_processors(self, work):
        some = os.sched_getaffinity(0).pop()
        with Kernel(work, Limits(processors=(some,)), tensorflow=False) as kernel:
            assert value(kernel, "import os\nos.sched_getaffinity(0)") == {some}
            assert refusal(kernel, "os.sched_setaffinity(0, range(os.cpu_count()))") == "Operation not permitted"

    def test_number_of_open_files(self, fresh):
        assert (
            "Too many open files"
            in fresh.execute("kept = [open('/dev/null') for _ in range(200)]", QUICK).outputs[-2].evalue
        )

    def test_processor_time(self, work):
        with Kernel(work, Limits(cpu_seconds=2)) as kernel:
            reply = kernel.execute("import os\nos.fork()\nwhile True: pass", QUICK)
        assert reply.status == "died"
        assert "processor time" in reply.outputs[-1].evalue

    def test_wall_time(self, work):
        with Kernel(work, Limits(wall_seconds=2)) as kernel:
            reply = kernel.execute("import time; time.sleep(60)", QUICK)
        assert reply.status == "died"
        assert "longer than it may" in reply.outputs[-1].evalue


CELLS = {
    "awaits": "import asyncio\nawait asyncio.sleep(0.01)\nprint('awaited')",
    "awaits a value": "await asyncio.sleep(0, 'value')",
    "awaits in a block": "async with asyncio.timeout(5):\n    print('in time')",
    "awaits what fails": "await undefined",
    "line magic": "%precision 2",
    "cell magic": "%%capture kept\nprint('kept')",
    "value": "kept.stdout",
    "nothing": "\n",
    "prompt": ">>> 6 * 7",
    "no Python": "1 +",
    "no Python, awaiting": "await asyncio.sleep(",
    "error": "def broken():\n    return 1 / 0\nbroken()",
    "input": "input('? ')",
    "error stream": "import sys\nprint('on error', file=sys.stderr, flush=True)\nprint('on output')\n'value'",
    "own transformer": "ip, swap = get_ipython(), lambda lines: [line.replace('seven', '7') for line in lines]\n"
    "ip.input_transformers_cleanup.append(swap)",
    "transformed": "seven",
    "transformer that fails": "ip.input_transformers_cleanup.append(lambda t: t[0] / 0 if 'fail' in t[0] else t)",
    "not transformed": "print('fail')",
    "hook": "ip.events.register('post_run_cell', lambda result: print('done'))",
    "hooked": "8",
    "hooked, awaiting": "await asyncio.sleep(0)",
    "command": "n = 2\n!echo $n {n + 1}; echo out of order >&2\n_exit_code",
    "command that fails": "!python -c 'import sys; sys.exit(3)'\n_exit_code",
    "command whose output is kept": "!!echo one; echo two",
    "command in the background": "!sleep 10 &",
    "cell of a shell": "%%bash\necho one",
    "magic that runs a command": "%pip --version",
    "picture": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nawait asyncio.sleep(0)",
    "display": "display('one', 2)\nraise SystemExit",
}


@pytest.fixture(scope="module")
def light(tmp_path_factory):
    """A jailed kernel without TensorFlow, under the usual limits."""
    with Kernel(tmp_path_factory.mktemp("light"), Limits(), tensorflow=False) as kernel:
        yield kernel


class TestCells:
    """A cell shows in a jail what it shows in Jupyter, whose kernel is ipykernel."""

    def test_they_show_what_they_show_in_jupyter(self, work):
        def plain(outputs):
            parts = []
            for one in outputs:
                data = sorted((one.get("data") or {}).items())
                parts.append([*(one.get(key) for key in ("output_type", "name", "text", "evalue")), data])
                if len(parts) > 1 and one.output_type == "stream" and parts[-2][:2] == parts[-1][:2]:
                    parts[-2:] = [[*parts[-2][:2], parts[-2][2] + parts[-1][2], None, []]]  # it came in pieces
            by_chance = r"at 0x\w+|\((<ipython-input[^>]*>|\d+\.py), |<Figure .*>|'image/png', '[^']*'|\\r(?=\\n)"
            return re.sub(by_chance, "", str(sorted(parts, key=lambda part: part[1] == "stderr")))  # two streams

        notebook = new_notebook(cells=[new_code_cell(code) for code in CELLS.values()])
        NotebookClient(notebook, allow_errors=True, resources={"metadata": {"path": work}}).execute()
        with Kernel(work, Limits(), tensorflow=False) as jailed:
            for name, cell in zip(CELLS, notebook.cells, strict=True):
                outputs = jailed.execute(cell.source, QUICK).outputs
                assert (name, plain(outputs)) == (name, plain(cell.outputs))

    def test_one_that_awaits_for_ever_is_interrupted_and_the_names_stay(self, light):
        light.execute("import asyncio\nkept = 1", QUICK)
        assert light.execute("await asyncio.sleep(1000)", 1).status == "timeout"
        assert light.execute("print(kept)", QUICK).outputs[0].text == "1\n"

    def test_an_interrupt_ends_a_command_and_all_that_it_started(self, light):
        assert light.execute("!sleep 1000 & sleep 1000", 1).status == "timeout"
        code = "import glob\n[open(name).read().rpartition(')')[2][1] for name in glob.glob('/proc/[0-9]*/stat')]"
        assert set(value(light, code)[1:]) <= {"Z"}  # dead, if not yet buried

    def test_what_threads_print_is_whole(self, light):
        code = "import threading\ndef count():\n    for i in range(200): print(f'<{i}>', end='', flush=i % 7 == 0)\n"
        code += "threads = [threading.Thread(target=count) for _ in range(4)]\nfor one in threads: one.start()\n"
        reply = light.execute(code + "count()\nfor one in threads: one.join()", QUICK)
        text = "".join(output.text for output in reply.outputs)
        assert all(text.count(f"<{i}>") == 5 for i in range(200))

    def test_what_was_shown_before_the_end_is_kept(self, work):
        with Kernel(work, SMALL, tensorflow=False) as kernel:
            reply = kernel.execute(
                "import os, time\nprint('a'); time.sleep(1); print('b'); time.sleep(0.3); os._exit(1)", QUICK
            )
        assert "".join(output.get("text", "") for output in reply.outputs) == "a\nb\n"
        assert reply.status == "died"

    def test_thousands_of_outputs_arrive(self, light):
        reply = light.execute("for i in range(5000): print('.', end='', flush=True)", QUICK)
        assert (reply.status, [output.text for output in reply.outputs]) == ("ok", ["." * 5000])
        reply = light.execute("for i in range(5000): display(i)\nkept = i", QUICK)
        assert (reply.status, reply.outputs[-1].text) == ("ok", MORE)
        assert [output.data["text/plain"] for output in reply.outputs[:250]] == [*map(str, range(250))]
        assert len(reply.outputs) < 300
        assert value(light, "kept") == 4999

    def test_an_interrupt_in_the_middle_of_a_message_spoils_no_other(self, light):
        for number in range(20):
            code = f"import time\nwhile True: print('x', flush=True); time.sleep({number} / 100_000)"
            assert light.execute(code, 0.15).status == "timeout"
            assert not light.fresh

    def test_a_light_kernel_has_no_tensorflow_yet_and_can_import_it(self, light):
        assert not value(light, "import sys\nany(name in sys.modules for name in ('tensorflow', 'keras'))")
        reply = light.execute("from helpers.quiet_keras import keras\nprint(float(keras.ops.sum([1.0, 2.0])))", 60)
        assert reply.outputs[-1].text == "3.0\n"

    def test_the_other_kind_has_it(self, kernel):
        assert value(kernel, "import sys\n'tensorflow' in sys.modules and 'helpers.quiet_keras' in sys.modules")


class TestOddCells:
    """What an honest learner may do, and a kernel with less around a cell could stumble over."""

    @pytest.mark.parametrize(
        "code",
        [
            "print('\\ud83d\\ude00')", "display('\\ud83d')", "'\\ud83d'", "raise ValueError('\\ud83d')",
            "get_ipython().outlet.send('stream', name='stdout', text='\\ud83d')",
        ],
    )  # fmt: skip
    def test_half_a_surrogate_pair_is_shown_as_something_else(self, light, code):
        assert light.execute(code, QUICK).status in ("ok", "error")
        assert not light.fresh

    def test_exit_is_no_end(self, light):
        assert light.execute("kept = 1\nexit()", QUICK).status == "ok"
        time.sleep(0.5)
        assert light.execute("quit()\nprint(kept)", QUICK).outputs[0].text == "1\n"
        assert not light.fresh

    def test_what_forks_print_is_shown(self, light):
        code = "import multiprocessing, os, time\ndef show(i): print(f'<{i}>')\n"
        code += "with multiprocessing.get_context('fork').Pool(2) as pool: pool.map(show, range(5))\n"
        code += "if os.fork() == 0: print('<5>'); os._exit(0)\nos.wait(); time.sleep(0.5)"
        text = "".join(output.text for output in light.execute(code, QUICK).outputs)
        assert sorted(text.split()) == [f"<{i}>" for i in range(6)]

    def test_the_notebooks_folder_is_where_it_starts(self, light):
        light.execute("%cd /tmp\n%cd -", QUICK)
        assert value(light, "import os\n(os.getcwd(), str(_dh[0]))") == (jail.HOME,) * 2


class TestSilence:
    """A kernel that hears no more is replaced at once, whatever it waits for."""

    @pytest.mark.parametrize(
        "code",
        [
            "import socket; get_ipython().outlet.stream.shutdown(socket.SHUT_RD)",
            "import os, threading; threading.Timer(0.1, os._exit, [0]).start()",
        ],
    )
    def test_the_next_cell_is_told_and_the_one_after_runs(self, fresh, code):
        fresh.execute(code, QUICK)
        time.sleep(0.5)
        assert fresh.execute("print(1)", QUICK).status == "died"
        assert fresh.execute("print(2)", QUICK).outputs[0].text == "2\n"


class TestGuard:
    @pytest.mark.parametrize("name", [r"\x0bRssAnon: x", r"\x1eRssAnon: -999999999", r"\u2028RssAnon: x", ") R 1 (x"])
    def test_the_name_of_a_process_misleads_nobody(self, fresh, name):
        code = f"open('/proc/self/comm', 'w').write('{name}'[:15])\n{FORKS}"  # forks have its name, too
        reply = fresh.execute(code + "        x = b'x' * 150_000_000; time.sleep(60)\ntime.sleep(60)", QUICK)
        assert "more memory" in reply.outputs[-1].evalue

    def test_a_process_that_cannot_be_read_is_limited_too(self, fresh):
        code = "import ctypes\nctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\n" + FORKS
        reply = fresh.execute(code + "        x = b'x' * 150_000_000; time.sleep(60)\ntime.sleep(60)", QUICK)
        assert (reply.status, "more memory" in reply.outputs[-1].evalue) == ("died", True)

    def test_a_jail_does_not_outlive_its_guard(self, work):
        with Kernel(work, SMALL) as kernel:
            number = kernel.process.pid
            kernel.execute("import ctypes\nctypes.CDLL(None).prctl(1, 0, 0, 0, 0)", QUICK)
            guard = int(Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[1])
            os.kill(guard, signal.SIGKILL)
            assert wait_until(lambda: kernel.process.poll() is not None)
            assert wait_until(lambda: not Path(f"/proc/{number}").exists())
            assert kernel.execute("print(1)", QUICK).status == "died"
            assert kernel.execute("print(2)", QUICK).outputs[0].text == "2\n"


class TestWarmParents:
    @pytest.mark.long
    def test_a_second_warm_parent_that_ends_is_replaced(self, work):
        with Kernel(work, SMALL) as kernel:
            guard = int(Path(f"/proc/{kernel.process.pid}/stat").read_text().rpartition(")")[2].split()[1])
            second = int(Path(f"/proc/{guard}/stat").read_text().rpartition(")")[2].split()[1])
        assert second != forks.WARM_PARENT.process.pid
        os.kill(second, signal.SIGKILL)
        assert wait_until(lambda: not Path(f"/proc/{second}").exists())
        for tensorflow in (False, True):
            with Kernel(work, SMALL, tensorflow) as kernel:
                assert value(kernel, "import sys\n'tensorflow' in sys.modules") is tensorflow

    def test_one_that_cannot_fork_says_so_and_goes_on(self):
        code = "import os, socket, sys\nfrom autograders.sandbox import warm_parent\n"
        code += "def refused(): raise BlockingIOError(11, 'no more processes')\nos.fork = refused\n"
        code += "warm_parent.serve(socket.socket(fileno=int(sys.argv[1])))"
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-c", code, str(theirs.fileno())]
        with subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()]) as warm:
            for tensorflow in (False, True, False):
                answers, report = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                request = json.dumps({"work": ".", "tensorflow": tensorflow}).encode()
                socket.send_fds(ours, [request], [report.fileno()])
                report.close()
                assert "no more processes" in json.loads(answers.recv(4096))["fault"]
            ours.close()
            theirs.close()
            assert warm.wait(QUICK) == 0


class TestEnd:
    def test_everything_ends_with_the_kernel(self, work):
        with Kernel(work, SMALL) as kernel:
            code = "import ctypes, os, time\nfor _ in range(5):\n    if os.fork() == 0:\n"
            code += "        os.setsid(); ctypes.CDLL(None).prctl(1, 0); time.sleep(1000)"
            kernel.execute(code, QUICK)
            inside = children(kernel.process.pid)
            assert len(inside) == 5
        assert wait_until(lambda: not any(Path(f"/proc/{number}").exists() for number in inside))

    @pytest.mark.long
    def test_everything_ends_with_a_killed_grader(self, work):
        code = (
            "import sys; from autograders.engine.kernel import *; from autograders.sandbox.limits import Limits\n"
            f"kernel = Kernel({str(work)!r}, Limits()); kernel.start()\n"
            "kernel.execute('import ctypes; ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)', 10)\n"
            "print(kernel.process.pid, flush=True); import time; time.sleep(1000)"
        )
        grader = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        number = int(grader.stdout.readline())
        assert Path(f"/proc/{number}").exists()
        grader.send_signal(signal.SIGKILL)
        grader.wait()
        assert wait_until(lambda: not Path(f"/proc/{number}").exists())

    def test_stopped_kernel_is_replaced(self, fresh):
        assert fresh.execute("kept = 1", QUICK).status == "ok"
        os.kill(fresh.process.pid, signal.SIGSTOP)
        assert fresh.execute("print(1)", 1).status == "timeout"
        assert fresh.execute("print(2)", QUICK).outputs[0].text == "2\n"

    def test_nothing_is_left_for_the_next(self, work):
        for expected in (False, False):
            with Kernel(work, SMALL) as kernel:
                assert (
                    value(kernel, "import os\nany(os.path.exists(p) for p in ('/tmp/x', 'x', '/dev/shm/x'))")
                    is expected
                )
                kernel.execute("for p in ('/tmp/x', 'x', '/dev/shm/x'): open(p, 'w').close()", QUICK)

    def test_a_fork_is_ready_at_once_and_shares_its_memory(self, work):
        with Kernel(work, SMALL):
            begin = time.monotonic()
            with Kernel(work, SMALL) as kernel:
                assert time.monotonic() - begin < 3  # 0.5 s on a free machine; see benchmarks/
                number = kernel.process.pid
                lines = Path(f"/proc/{number}/smaps_rollup").read_text(encoding="ascii").splitlines()
                sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
        assert sizes["Pss"] < 0.7 * sizes["Rss"]


def children(number):
    return [int(text) for text in Path(f"/proc/{number}/task/{number}/children").read_text(encoding="ascii").split()]


def wait_until(happened, seconds=10):
    end = time.monotonic() + seconds
    while not happened() and time.monotonic() < end:
        time.sleep(0.05)
    return happened()


def test_trial_says_what_hinders():
    code = (
        "from autograders.sandbox import jail, linux\n"
        "def refused(flags): raise OSError(1, 'unshare: Operation not permitted')\n"
        "linux.unshare = refused\n"
        "from autograders.sandbox import trial\n"
        "trial.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode != 0
    assert "Operation not permitted" in done.stderr


class TestStart:
    """A kernel that does not start is the learner's fault only if one starts without the learner's files."""

    @pytest.mark.parametrize(
        ("fails", "score", "problem"),
        [
            (lambda kernel, count: True, None, "no kernel starts on this machine"),
            (lambda kernel, count: count == 1, FULL, None),
            (lambda kernel, count: any(kernel.cwd.iterdir()), 0, "does not start beside the files"),
        ],
        ids=["none starts", "the first does not", "none beside these files"],
    )
    def test_whose_fault_it_is(self, tmp_path, monkeypatch, fails, score, problem):
        starts = []

        def start(kernel):
            starts.append(kernel)
            if fails(kernel, len(starts)):
                raise KernelFailed("no answer")
            original(kernel)

        original = Kernel.start
        klass = Class(tmp_path / "course")
        monkeypatch.setattr(Kernel, "start", start)
        result = klass.grade("ada")
        assert result.score == score
        assert problem is None or problem in result.problem


GROWS = "while True: kept.append(numpy.ones(10**6))"
CATCHES = f"try:\n        {GROWS}\n    except MemoryError: pass"
NEEDS_MEMORY = HONEST["total"].replace("    return", "    import numpy; numpy.ones(10**6).sum()\n    return")
FORKED = (
    "import os, time\n    for _ in range(3):\n        if os.fork() == 0: kept.append(bytearray(b'x') * 110_000_000); "
    "time.sleep(60)\n    time.sleep(1)"
)


@pytest.fixture(scope="module")
def small_class(tmp_path_factory):
    """A class whose kernels may use little memory."""
    made = Class(tmp_path_factory.mktemp("runaway") / "course")
    made.course.config.RunAndJudge.limits = {"memory_bytes": 256 * MIB}
    return made


class TestRunaway:
    """Whatever one function or cell does to memory, the others get what they are worth, each time."""

    @pytest.fixture
    def klass(self, small_class, monkeypatch):
        monkeypatch.setattr(sealed, "needs_tensorflow", lambda source: False)  # it has more memory of its own
        return small_class

    @pytest.mark.parametrize(
        ("place", "grows", "worth"),
        [
            ("local", GROWS, FULL - POINTS), ("local", CATCHES, FULL),
            ("kept by the notebook", GROWS, FULL - POINTS), ("kept by the notebook", FORKED, FULL - POINTS),
        ],
        ids=["local", "caught", "kept", "in other processes"],
    )  # fmt: skip
    def test_in_a_function_costs_no_other_its_points(self, klass, place, grows, worth):
        first = "kept = []" if place == "local" else ""
        scale = HONEST["scale"].replace("    return", f"    {first}\n    {grows}\n    return")
        notebook = klass.notebook(scale=f"import numpy\nkept = []\n{scale}", total=NEEDS_MEMORY)
        assert [klass.grade("ada", notebook).score for _ in range(2)] == [worth] * 2

    @pytest.mark.parametrize("grows", [GROWS, CATCHES.replace("        ", "    ").replace("    except", "except")])
    def test_in_a_cell_is_said_and_all_else_is_judged(self, klass, grows):
        notebook = klass.notebook(total=NEEDS_MEMORY)
        notebook.cells.insert(1, new_code_cell(f"import numpy\nkept = []\n{grows}", id="grows"))
        assert klass.grade("ada", notebook).score == FULL
        (shown,) = [one for one in klass.judged("ada").cells if "kept = []" in one.source]
        assert shown.outputs[-1].ename in ("MemoryLimit", "TimeoutError")

    def test_one_process_meets_its_own_limit_and_never_the_guards(self, work):
        code = "import numpy, time\nkept = []\ntry:\n    while True: kept.append(numpy.ones(10**5))\n"
        code += "except MemoryError: print('met'); time.sleep(1); kept.clear()"
        with Kernel(work, SMALL, tensorflow=False) as kernel:
            reply = kernel.execute(code, QUICK)
        assert (reply.status, reply.outputs[0].text) == ("ok", "met\n")


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """The Python of an environment that reaches this one's packages by a `.pth` file, as hubs are often built."""
    folder = tmp_path_factory.mktemp("layers") / "env"
    venv.create(folder, with_pip=False, symlinks=True)
    packages = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    lower = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    Path(packages, "lower.pth").write_text(lower, encoding="utf-8")
    return folder / "bin" / "python"


class TestLayers:
    """Packages may lie outside of the environment that grades."""

    def run(self, python, code):
        done = subprocess.run([python, "-c", code], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def test_large_answer_arrives_whole(self, python, tmp_path):
        code = (
            "import numpy as np\nfrom autograders.engine.kernel import Kernel, payload\n"
            "from autograders.sandbox.limits import Limits\n"
            f"with Kernel({str(tmp_path)!r}, Limits(), tensorflow=False) as kernel:\n"
            "    kernel.execute('import numpy\\ndef f(n): return numpy.arange(int(n))', 20)\n"
            "    (outcome,) = kernel.call('f', payload('call', [{'n': 10**6}]), 1, 20)\n"
            "print(np.array_equal(outcome['value'], np.arange(10**6)))"
        )
        assert self.run(python, code) == "True\n"

    def test_packages_below_are_seen_in_the_jail(self, python, tmp_path):
        code = (
            "from autograders.engine.kernel import Kernel\nfrom autograders.sandbox.limits import Limits\n"
            f"with Kernel({str(tmp_path)!r}, Limits(), tensorflow=False) as kernel:\n"
            "    print(kernel.execute('import sys, bleach.sanitizer; print(sys.prefix)', 20).outputs[0].text)"
        )
        assert self.run(python, code).strip() == str(python.parents[1])

    def test_trial_is_content(self, python):
        assert self.run(python, "from autograders.sandbox import trial; print(trial.why_not())") == "None\n"


class TestLargeAnswers:
    def test_none_is_sent_by_a_thread_of_its_own(self, work):
        with Kernel(work, SMALL, tensorflow=False) as kernel:
            kernel.execute("import numpy, os\ndef f(): return numpy.zeros(10**6)", QUICK)
            before = value(kernel, "sorted(os.listdir('/proc/self/task'))")
            (outcome,) = kernel.call("f", payload("call", [{}]), 1, QUICK)
            assert outcome["value"].shape == (10**6,)
            assert value(kernel, "sorted(os.listdir('/proc/self/task'))") == before


def test_submission_in_a_place_that_the_jail_shows_is_refused(tmp_path):
    (tmp_path / "ada").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path / "ada")
    for work in ("ada", "linked"):
        with pytest.raises(ValueError, match="expected a course outside"):
            jail.readable_places([tmp_path], tmp_path / work)
    assert tmp_path / "linked" in jail.readable_places([tmp_path / "linked"], tmp_path)


def test_grader_refuses_without_a_jail_and_says_how_to_go_on(monkeypatch):
    from autograders import cli

    monkeypatch.setattr(trial, "why_not", lambda: "unshare: Operation not permitted")
    with pytest.raises(RuntimeError, match="unshare: Operation not permitted.*--no-sandbox"):
        cli._expect_sandbox(True)


def test_without_sandbox_is_told_in_record_and_report(tmp_path):
    from autograders import cli
    from autograders.results import class_report

    klass = Class(tmp_path / "course")
    cli._set_sandbox(klass.course, False)
    result = klass.grade("zoe")
    ((_, record),) = klass.course.verdicts(NAME, "zoe")
    assert record["sandbox"] is False
    assert "without a sandbox" in class_report.write(klass.course, NAME, [result]).read_text(encoding="utf-8")


@pytest.mark.skipif(os.geteuid() != 0 or not Path("/usr/bin/python3").exists(), reason="needs root and a system Python")
def test_plain_user_has_a_jail_too(tmp_path):
    """The other way in, by a new user namespace first; tried with the system's Python on a copy of the modules."""
    folder = tmp_path / "copy"
    shutil.copytree(ROOT / "autograders" / "sandbox", folder / "autograders" / "sandbox")
    (folder / "autograders" / "__init__.py").touch()
    (folder / "helpers").mkdir()
    for name in ("__init__.py", "language.py"):  # the words that limits are told in
        shutil.copy(ROOT / "helpers" / name, folder / "helpers")
    for path in (tmp_path, *tmp_path.parents):
        if path.is_relative_to("/tmp") and path != Path("/tmp"):
            path.chmod(0o755)
    code = """
import os, subprocess, sys
from autograders.sandbox import trial
print(os.geteuid(), trial.why_no_jail())
"""
    command = [
        "setpriv",
        "--reuid",
        str(PLAIN_USER),
        "--regid",
        str(PLAIN_USER),
        "--clear-groups",
        "/usr/bin/python3",
        "-c",
        code,
    ]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "HOME": "/tmp"}
    )
    assert done.stdout.split() == [str(PLAIN_USER), "None"], done
