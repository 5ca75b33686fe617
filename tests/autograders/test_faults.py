"""Whatever breaks a run off: the same command again goes on where it was, nothing is lost and nothing done twice."""

import errno
import gc
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from functools import partial

import pytest
from dask_cluster import cluster  # noqa: F401 (a fixture)
from postgres import postgres  # noqa: F401 (a fixture)
from small_course import FULL, HONEST, NAME, WRONG, Class, course_command, marks_of

from autograders import cli, locks, stamps, workers
from autograders.course import Course

pytestmark = pytest.mark.slow

STUDENTS = ("ada", "bea", "cleo")
SLOW = f"import time\ntime.sleep(1.5)\n{HONEST['scale']}"
EXPECTED = {"ada": (FULL, FULL), "bea": (FULL, FULL), "cleo": (FULL / 2, FULL)}


@pytest.fixture
def klass(tmp_path):
    """Three learners, the last with a mistake; nothing is graded."""
    made = Class(tmp_path / "course")
    for student in STUDENTS:
        made.hand_in(student, made.notebook(scale=WRONG if student == "cleo" else SLOW))
    return made


def grade(klass, *options):
    """Grade as an instructor does; return the exit status, what was said, and who was judged in this run."""
    log = klass.course.root / "log"
    log.unlink(missing_ok=True)
    done = course_command("grade", "--log", str(log), *options, cwd=klass.course.root)
    return done.returncode, " ".join(done.stdout.split()), judged(log)


def judged(log):
    """Return who was judged, by the log of a run, in the order of the alphabet."""
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    entries = [json.loads(line) for line in lines]
    return sorted(one["student"] for one in entries if one["score"] is not None)


class TestAgain:
    def test_it_imports_neither_the_judge_nor_numpy(self):
        """Where they are imported, a class with nothing new waits half a second longer."""
        code = "import sys, autograders.cli, autograders.books, autograders.release.segments"
        code += "; print({'numpy', 'autograders.engine.judge', 'json'} & set(sys.modules))"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert (done.stdout, done.stderr) == ("{'json'}\n", "")

    def test_nothing_new_starts_no_worker(self, klass, monkeypatch):
        assert grade(klass)[::2] == (0, ["ada", "bea", "cleo"])
        with monkeypatch.context() as patch:
            patch.setattr(workers, "_engine", None)
            status, said, again = grade(klass)
        assert (status, again) == (0, []) and "3 were judged before" in said
        klass.hand_in("bea", klass.notebook(scale=WRONG))
        assert grade(klass)[::2] == (0, ["bea"])
        assert marks_of(klass.course) == EXPECTED | {"bea": (FULL / 2, FULL)}
        assert grade(klass, "--force", "--student", "ada")[::2] == (0, ["ada"])
        with (klass.course.root / "assignments" / NAME / "__init__.py").open("a", encoding="utf-8") as declaration:
            declaration.write("# another version of the exercises\n")
        assert grade(klass, "--student", "a*")[::2] == (0, ["ada"])

    def test_what_cannot_be_read_is_told_again(self, klass):
        klass.hand_in("ada", b"{")
        for _ in range(2):
            status, said, _ = grade(klass, "--student", "ada")
            assert status == 1 and "ada, small: not judged: small.ipynb: the file is not valid JSON" in said

    def test_a_new_due_date_is_worked_out_without_judging(self, klass):
        (klass.course.path("submitted", NAME, "ada") / "timestamp.txt").write_text("2026-01-02 00:00:00 UTC")
        grade(klass, "--student", "ada")
        course_command("due", NAME, "2026-01-01", cwd=klass.course.root)
        assert grade(klass, "--student", "ada")[0] == 0
        assert klass.course.result(NAME, "ada").late
        assert marks_of(klass.course) == {"ada": (FULL, FULL)}


class TestNothingToWriteTo:
    def test_a_full_disk(self, klass, monkeypatch):
        def full(course, folder, sealed, submission, judged, write=Course._write_files):
            if any(WRONG in cell.source for cell in judged[NAME].notebook.cells):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
            write(course, folder, sealed, submission, judged)

        with monkeypatch.context() as patch:
            patch.setattr(Course, "_write_files", full)
            status, said, _ = grade(klass, "--workers", "1")
        assert status == 1 and "No space left on device" in said and "run the same command again" in said
        kept = set(marks_of(klass.course))
        assert "cleo" not in kept and not klass.course.path("autograded", NAME, "cleo").exists()
        assert grade(klass)[::2] == (0, sorted(set(STUDENTS) - kept))
        assert marks_of(klass.course) == EXPECTED

    def test_a_locked_gradebook(self, klass):
        with closing(sqlite3.connect(klass.course.root / "gradebook.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            status, said, _ = grade(klass)
        assert status == 1 and "gradebook cannot be used: (sqlite3.OperationalError) database is locked" in said
        assert grade(klass)[0] == 0


class TestBadInput:
    @pytest.mark.parametrize(
        "url, words",
        [
            ("nonsense", "gradebook cannot be used: Could not parse SQLAlchemy URL"),
            ("sqlite:////no/such/folder/book.db", "unable to open database file"),
            ("postgresql://nobody@127.0.0.1:9/marks", "connection"),
        ],
    )
    def test_wrong_database(self, klass, url, words):
        status, said, done = grade(klass, "--db", url)
        assert (status, done) == (1, []) and words in said and "Traceback" not in said

    @pytest.mark.parametrize(
        "change, words",
        [
            (
                "UPDATE course SET id = 'botany' WHERE id = 'recurrent_networks'",
                "is that of botany, expected that of recurrent_networks",
            ),
            ("ALTER TABLE student DROP COLUMN lms_user_id", "made by another version of nbgrader"),
        ],
    )
    def test_not_our_gradebook(self, klass, change, words):
        path = klass.course.root / "gradebook.db"
        with closing(sqlite3.connect(path)) as book:
            book.execute(change)
            book.commit()
        before = path.read_bytes()
        status, said, done = grade(klass)
        assert (status, done) == (1, []) and words in said
        assert path.read_bytes() == before

    def test_two_runs_at_once(self, klass):
        with locks.grading(klass.course.root, [(NAME, student) for student in STUDENTS]):
            status, said, done = grade(klass)
            assert (status, done) == (1, []) and f"another `course grade` is at work on {NAME}" in said
            assert grade(klass, "--student", "ada")[::2] == (0, ["ada"])  # one need not wait for a class
            with locks.grading(klass.course.root, [(NAME, "ada")]):
                assert "at work on ada of small" in grade(klass, "--student", "ada")[1]

    def test_no_scheduler(self, klass, monkeypatch):
        monkeypatch.setattr("autograders.cluster.CONNECT_SECONDS", 1)
        for address in ("tcp://127.0.0.1:9", "nonsense://x"):
            status, said, done = grade(klass, "--scheduler", address)
            assert (status, done) == (1, []) and f"no scheduler answers at {address}" in said

    @pytest.mark.long
    def test_no_workers_or_others(self, klass, monkeypatch, cluster):  # noqa: F811
        with monkeypatch.context() as patch:
            patch.setattr("autograders.cluster.WORKER_SECONDS", 1)
            assert "has no worker" in grade(klass, "--scheduler", cluster.address)[1]
        cluster.add()
        with monkeypatch.context() as patch:
            patch.setattr(stamps, "engine_version", lambda: "another")
            status, said, done = grade(klass, "--scheduler", cluster.address)
        assert (status, done) == (1, []) and "another version of the course" in said
        assert grade(klass, "--scheduler", cluster.address)[0] == 0  # nothing of the failed run is left there


def start(klass, *options):
    """Start `course grade` in a process of its own, and wait until it has judged one; return it and its log."""
    log = klass.course.root / "log"
    command = [sys.executable, "-m", "autograders.cli", "grade", "--log", log, "--workers", "1", *options]
    process = subprocess.Popen(
        command, cwd=klass.course.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True, preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # as in a terminal
    )  # fmt: skip
    while not judged(log):
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.05)
    return process, log


def test_ctrl_c_while_garbage_is_collected(monkeypatch):
    """Dask has a callback called then, in which Python drops the error."""
    monkeypatch.setattr(sys, "unraisablehook", cli._end_yet)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.callbacks.append(lambda phase, info: gc.callbacks.pop() and signal.raise_signal(signal.SIGINT))
    try:
        with pytest.raises(KeyboardInterrupt):
            gc.collect()
            time.sleep(10)
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.long
class TestBrokenOff:
    @pytest.fixture
    def klass(self, klass):
        for number in range(6):
            klass.hand_in(f"more{number}", klass.notebook(scale=SLOW))
        return klass

    def goes_on(self, klass, first, *options):
        """Grade again; nobody was judged twice, but for those whose marks had not been written."""
        written = {path.parent.parent.name for path in klass.course.root.glob(f"autograded/*/*/{stamps.FILE}")}
        assert set(first) <= written
        status, _, second = grade(klass, *options)
        everybody = set(klass.course.submissions(NAME))
        assert status == 0 and written.isdisjoint(second) and written | set(second) == everybody
        assert marks_of(klass.course) == dict.fromkeys(everybody, (FULL, FULL)) | EXPECTED

    @pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
    @pytest.mark.parametrize("few", [True, False])
    def test_the_command(self, klass, end, few, monkeypatch, tmp_path):
        if not few:
            (tmp_path / "sitecustomize.py").write_text("import autograders.workers as w\nw.FEW = 0\n")
            monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        process, log = start(klass)
        if end == signal.SIGINT:
            os.killpg(process.pid, end)  # as a terminal does
        else:
            process.kill()
        said, _ = process.communicate(timeout=120)
        assert process.returncode != 0, said
        self.goes_on(klass, judged(log))

    def test_a_worker(self, klass, cluster):  # noqa: F811
        cluster.add(2)
        process, log = start(klass, "--scheduler", cluster.address)
        subprocess.run(["pkill", "-KILL", "-P", str(cluster.workers[0].pid)], check=True)  # the nanny starts another
        assert process.wait(timeout=300) == 0
        assert judged(log) == sorted(klass.course.submissions(NAME))
        assert marks_of(klass.course) == dict.fromkeys(klass.course.submissions(NAME), (FULL, FULL)) | EXPECTED

    def test_the_scheduler(self, klass, cluster):  # noqa: F811
        cluster.add()
        process, log = start(klass, "--scheduler", cluster.address)
        cluster.scheduler.kill()
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 1 and "the scheduler is gone" in said
        self.goes_on(klass, judged(log))

    def test_postgresql(self, klass, postgres):  # noqa: F811
        database = f"--db={postgres}gradebook"
        assert course_command("release", NAME, database, cwd=klass.course.root).returncode == 0
        process, log = start(klass, database)
        postgres.stop("immediate")
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 1 and "the gradebook cannot be written" in said
        first = judged(log)
        postgres.start()
        klass.course = Course(klass.course.root, f"{postgres}gradebook")
        self.goes_on(klass, first, database)
