"""Marks do not depend on what else a machine does, and what fails because of the machine is no learner's 0."""

import os
import select
import signal
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest
from small_course import FULL, HONEST, NAME, POINTS, Class, course_command, marks_of

from autograders import workers
from autograders.engine.kernel import Kernel, KernelFailed
from autograders.sandbox.forks import SandboxError, WarmParent
from autograders.sandbox.limits import FAULTS, Limits
from autograders.sandbox.usage import Meter, processor_seconds

pytestmark = pytest.mark.slow

QUICK = 20  # seconds that nothing here should need
BUSY = "while True: pass"


@pytest.fixture
def load():
    """Twice as many busy processes as there are processors: at least four."""
    with ExitStack() as stack:
        for _ in range(max(4, 2 * os.cpu_count())):
            process = stack.enter_context(subprocess.Popen([sys.executable, "-c", BUSY]))
            stack.callback(process.kill)
        yield


class TestMeter:
    @pytest.mark.long
    def test_it_counts_neither_less_than_the_work_nor_what_others_work(self, load):
        with subprocess.Popen([sys.executable, "-c", BUSY]) as busy:
            meter = Meter(busy.pid)
            time.sleep(3)
            worked, counted, passed = meter.worked(), meter.seconds(), meter.passed()
            busy.kill()
        assert worked - 0.1 < counted < worked + 0.5 < passed - 0.5

    def test_waiting_counts(self):
        with subprocess.Popen(["sleep", "100"]) as idle:
            meter = Meter(idle.pid)
            time.sleep(1)
            assert meter.worked() < 0.1
            assert meter.seconds() == pytest.approx(meter.passed(), abs=0.3)
            idle.kill()

    @pytest.mark.long
    def test_a_wait_that_goes_on_counts_for_nothing_yet(self):
        """A process that gets a processor only when nobody else wants it waits for seconds at a time."""
        code = f"import os\nos.sched_setaffinity(0, {{{min(os.sched_getaffinity(0))}}})\n"
        idle = "os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))\n"
        with ExitStack() as stack:
            busy = [subprocess.Popen([sys.executable, "-c", code + first + BUSY]) for first in (idle, "", "")]
            for process in map(stack.enter_context, busy):
                stack.callback(process.kill)
            meter, usual, sure = Meter(busy[0].pid), [], []
            while meter.passed() < 8:
                time.sleep(0.02)
                usual.append(meter.seconds() - meter.worked())
                sure.append(meter.sure_seconds() - meter.worked())
        assert max(sure) < 0.1 < max(usual)  # the system tells of a wait when it is over

    @pytest.mark.long
    def test_many_threads_or_processes_do_not_make_time_stand_still(self):
        code = f"import os\nfor _ in range(3): os.fork()\n{BUSY}"
        with subprocess.Popen([sys.executable, "-c", code], start_new_session=True) as many:
            meter = Meter(many.pid)
            time.sleep(2)
            own, counted = processor_seconds(many.pid), meter.seconds()
            os.killpg(many.pid, signal.SIGKILL)
        assert counted > 3 * own  # that of all eight counts


@pytest.fixture(scope="module")
def klass(tmp_path_factory):
    return Class(tmp_path_factory.mktemp("machine") / "course")


def test_what_has_come_in_time_is_read_by_a_grader_that_was_late(tmp_path, monkeypatch):
    """The grader looks before the cell is done, and once more when its time is over."""

    def slowly(*arguments, select=select.select):
        found = select(*arguments)
        time.sleep(1)
        return found

    with Kernel(tmp_path, Limits(), tensorflow=False) as kernel:
        monkeypatch.setattr("autograders.engine.kernel.select.select", slowly)
        reply = kernel.execute("import time; time.sleep(0.4); 'done'", 0.6)
    assert (reply.status, kernel.restarts) == ("ok", 0)


class TestFaultsOfTheMachine:
    """Each leaves a submission ungraded: no mark in the gradebook, said in the report, and told by the exit status."""

    def assert_ungraded(self, klass, student, result, reason):
        assert result.score is None and reason in result.problem
        (seen,) = [one for one in klass.course.class_results(NAME) if one.student == student]
        assert seen.score is None and seen.problem
        assert student not in marks_of(klass.course)  # of which exports are made
        assert not klass.course.path("autograded", NAME, student).is_dir()

    def test_no_memory_for_a_fork(self, klass, monkeypatch):
        def refused(*arguments):
            raise SandboxError("no sandbox on this machine: [Errno 12] Cannot allocate memory")

        monkeypatch.setattr(WarmParent, "fork", refused)
        self.assert_ungraded(klass, "ada", klass.grade("ada"), "Cannot allocate memory")

    def test_no_jail(self, tmp_path):
        klass = Class(tmp_path / "course", config="c.RunAndJudge.limits = {'processors': (10**6,)}  # there is none")
        klass.hand_in("ada")
        done = course_command("grade", NAME, cwd=klass.course.root)
        assert done.returncode == 1
        assert "ada, small: not judged: SandboxError: no sandbox on this machine" in " ".join(done.stdout.split())
        assert "0 of 1 judged" in done.stdout

    def test_no_kernel_in_the_middle(self, klass, monkeypatch):
        """The learner's own code has ended the first, but whether a second one starts is not up to it."""
        starts = []

        def start(kernel, start=Kernel.start):
            starts.append(kernel)
            if len(starts) > 1:
                raise KernelFailed("no answer")
            start(kernel)

        monkeypatch.setattr(Kernel, "start", start)
        result = klass.grade("bea", klass.notebook(scale=HONEST["scale"] + "import os; os._exit(1)"))
        assert len(starts) == 2
        self.assert_ungraded(klass, "bea", result, "no kernel starts any more: no answer")

    @pytest.mark.parametrize("fault", FAULTS)
    def test_the_system_ends_a_process(self, klass, monkeypatch, fault):
        """As it does when there is too little memory: that of the learner's code, or that of its guard."""

        def execute(kernel, *arguments, execute=Kernel.execute):
            number = kernel.process.pid if fault == "killed" else parent(kernel.process.pid)
            os.kill(number, signal.SIGKILL)
            while state(number) not in "ZX":  # on a busy machine it takes its time
                time.sleep(0.01)
            return execute(kernel, *arguments)

        monkeypatch.setattr(Kernel, "execute", execute)
        self.assert_ungraded(klass, "cleo", klass.grade("cleo"), FAULTS[fault])

    @pytest.mark.parametrize(
        "code", ["import os; os._exit(9)", "import os; os.kill(os.getpid(), 9)", "import ctypes; ctypes.string_at(0)"]
    )
    def test_what_a_learner_can_do_to_itself_is_none(self, klass, code):
        result = klass.grade("dora", klass.notebook(scale=f"{HONEST['scale']}\n{code}"))
        assert result.score in (FULL - POINTS, FULL) and result.problem is None

    def test_processor_time_that_a_learner_has_cut_is_none(self, tmp_path):
        code = "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))"
        with Kernel(tmp_path, Limits(), tensorflow=False) as kernel:
            reply = kernel.execute(f"{code}\n{BUSY}", QUICK)
            assert (reply.status, kernel.fault) == ("died", None)
            assert "more processor time" in reply.outputs[-1].evalue


def parent(number):
    """Return the number of a process's parent."""
    return int(_stat(number)[1])


def state(number):
    """Return the letter of a process's state; Z and X are dead."""
    try:
        return _stat(number)[0]
    except (FileNotFoundError, ProcessLookupError):
        return "X"


def _stat(number):
    with open(f"/proc/{number}/stat", encoding="utf-8") as stream:
        return stream.read().rpartition(")")[2].split()


@pytest.mark.long
def test_what_was_stopped_while_it_waited_is_judged_once_more_alone(klass, monkeypatch):
    runs = []

    def noted(engine, books, todo, original=workers._side_by_side):
        runs.append([student for _, student in todo])
        return original(engine, books, todo)

    monkeypatch.setattr(workers, "_side_by_side", noted)
    klass.hand_in("ada")
    klass.hand_in("loops", klass.notebook(scale=f"{HONEST['scale']}\n{BUSY}"))
    klass.hand_in("waits", klass.notebook(scale=f"{HONEST['scale']}\nimport time; time.sleep(1000)"))
    names = ["waits", "loops", "ada"]
    results = {one.student: one for one in workers.grade(klass.course, [(NAME, name) for name in names], 2)}
    assert runs == [names, ["waits"]]  # a loop has had what it may
    assert results["ada"].score == FULL
    waited = {name: [record["waited"] for _, record in klass.course.verdicts(NAME, name)] for name in names}
    assert waited == {"waits": [True], "loops": [False], "ada": [False]}


# The course gives a cell three seconds. Beside others, two seconds of work take longer by the clock.
WORKS = "import time\nwhile time.process_time() < {}: pass\n"


@pytest.mark.long
def test_marks_are_the_same_on_a_busy_machine(tmp_path, load):
    """With four busy loops beside; and with more judged at a time than there are processors."""
    klass = Class(tmp_path / "course")
    for number in range(6):
        work = WORKS.format(2) if number % 2 else BUSY
        klass.hand_in(f"learner{number}", klass.notebook(scale=f"{work}\n{HONEST['scale']}"))
    todo = [(NAME, f"learner{number}") for number in range(6)]
    for number in (1, 4):
        marks = {one.student: one.score for one in workers.grade(klass.course, todo, number, force=True)}
        assert [marks[student] for _, student in todo] == [FULL - POINTS, FULL] * 3
