"""The hostile class: none gains a point, reads a secret, harms a neighbour, lives on, or takes longer than it may."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest
from hostile import MARKER, load
from hostile.assignment import CANARY, EXERCISES, NAME, POINTS, ROOT, Desk, cell, make_course
from hostile.page import Page

from autograders.course import Outcome
from autograders.sandbox.provisioner import PARENT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]
KINDS = os.environ.get("HOSTILE_KINDS", "").split()  # for work on some of them; all when not set
ATTACKS = [attack for attack in load() if not KINDS or attack.kind in KINDS]
NEIGHBOUR_EVERY = 8
OTHERS_WORK = "canary-neighbour-7b774eff"  # stands in the neighbour's submission
OF_ENVIRONMENT = "canary-environment-9e107d9d"
OF_SERVICE = "canary-service-e4d909c2"
SETTLE_SECONDS = 5
LIMITS = {
    "wall_seconds": 60.0, "cpu_seconds": 40.0, "memory_bytes": 1024 * 2**20, "tmp_bytes": 32 * 2**20,
    "home_bytes": 32 * 2**20, "file_bytes": 16 * 2**20, "processes": 100, "open_files": 256,
}  # fmt: skip


def why_no_jail():
    """Return why no sandbox can be had here, or None."""
    try:
        from autograders.doctor import try_sandbox
    except ImportError:
        return None
    return try_sandbox()


@dataclass
class Service:
    """Listens where a submission must not reach: TCP on the loopback, a Unix socket, an abstract one."""

    folder: Path
    visits: list = field(default_factory=list)

    def __post_init__(self):
        tcp = socket.create_server(("127.0.0.1", 0))
        unix, abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        unix.bind(str(self.folder / "service.sock"))
        abstract.bind(f"\0hostile-{os.getpid()}")
        self.sockets = [tcp, unix, abstract]
        self.ports = {"tcp": tcp.getsockname()[1], "unix": unix.getsockname(), "abstract": f"\0hostile-{os.getpid()}"}
        for one in self.sockets:
            one.listen()
            threading.Thread(target=self._answer, args=(one,), daemon=True).start()

    def _answer(self, listener):
        while True:
            try:
                visitor, _ = listener.accept()
            except OSError:
                return
            self.visits.append(listener)
            with visitor:
                visitor.sendall(OF_SERVICE.encode("ascii"))


@dataclass
class Result:
    """What became of one hostile submission."""

    outcome: Outcome
    seconds: float
    left_behind: list
    visits: int
    texts: dict = field(default_factory=dict)  # file -> text, of all that was written for the learner
    seed: int | None = None


class Class:
    """The whole class: hostile submissions, and an honest one before and after every few of them."""

    def __init__(self, folder):
        os.environ["HOSTILE_TEST_SECRET"] = OF_ENVIRONMENT
        PARENT.stop()  # the parent must start with that variable around
        self.folder = folder
        self.course = make_course(folder / "course")
        self.course.config.Judge.limits = LIMITS
        self.service = Service(folder)
        self.honest, self.results = [], {}
        self.before = self._outside()
        self._neighbour()
        for number, attack in enumerate(ATTACKS):
            self.results[attack.name] = self._attack(attack)
            if number % NEIGHBOUR_EVERY == NEIGHBOUR_EVERY - 1:
                self._neighbour()
        self._neighbour()

    def _neighbour(self):
        name = f"honest{len(self.honest)}"
        folder = self._folder(name)
        desk = self._desk()
        notebook = desk.honest()
        if len(self.honest) == 0:
            cell(notebook, "scale").source += f"    # {OTHERS_WORK}\n"
        desk.write(folder, notebook)
        self.honest.append((name, self.course.grade(NAME, name)))

    def _attack(self, attack):
        folder = self._folder(attack.name)
        attack.hand_in(self._desk(), folder)
        visits, begin = len(self.service.visits), time.monotonic()
        outcome = self.course.grade(NAME, attack.name)
        seconds = time.monotonic() - begin
        result = Result(outcome, seconds, self._left_behind(), len(self.service.visits) - visits)
        if outcome.score is not None:
            self.course.feedback(NAME, attack.name)
        for step in ("autograded", "feedback"):
            for path in self.course.path(step, NAME, attack.name).rglob("*"):
                if path.is_file():
                    result.texts[f"{step}/{path.name}"] = path.read_text(encoding="utf-8", errors="replace")
        for _, record in self.course.verdicts(NAME, attack.name):
            result.seed = record["seed"]
        return result

    def _folder(self, student):
        folder = self.course.path("submitted", NAME, student)
        folder.mkdir(parents=True)
        return folder

    def _desk(self):
        return Desk(self.course.root, "honest0", self.service.ports)

    def _left_behind(self):
        """Return the processes that a kernel left, once guards had time to end."""
        end = time.monotonic() + SETTLE_SECONDS
        while (found := jailed_processes()) and time.monotonic() < end:
            time.sleep(0.05)
        return found

    def _outside(self):
        """Return sizes and times of the files that no submission may change."""
        places = [ROOT / name for name in ("autograders", "helpers", "notebooks", "tests", "data")]
        places += [self.course.root / "notebooks", self.course.root / "release"]
        files = [
            path for place in places for path in place.rglob("*") if path.is_file() and "__pycache__" not in path.parts
        ]
        return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in files}

    def altered(self):
        """Return the files outside that are gone or bear the marker (others may be at work in the repository)."""
        return [
            path
            for path, state in self.before.items()
            if not path.exists() or MARKER in path.read_text("utf-8", "ignore") and "hostile" not in str(path)
        ]


def jailed_processes():
    """Return (number, command) of the processes in a process namespace below ours, from the warm parent."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        numbers = re.search(r"^NSpid:\s+(.*)$", text, re.M)
        if numbers and len(numbers[1].split()) > 1 and _is_ours(int(numbers[1].split()[0])):
            found.append((numbers[1], re.search(r"^Name:\s+(.*)$", text, re.M)[1]))
    return found


def _is_ours(number):
    """Whether a process descends from this grader's warm parent, or from nobody any more."""
    while number > 1:
        if PARENT.process and number == PARENT.process.pid:
            return True
        try:
            number = int(Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
        except OSError:
            return False
    return False


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The class, graded once for all tests."""
    reason = why_no_jail()
    if reason:
        pytest.skip(f"no sandbox here: {reason}")
    return Class(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(params=ATTACKS, ids=[f"{attack.kind}-{attack.name}" for attack in ATTACKS])
def attack(request):
    """One hostile submission."""
    return request.param


@pytest.fixture
def result(graded, attack):
    """What became of it."""
    return graded.results[attack.name]


def test_there_are_enough():
    assert len(load()) >= 80
    assert len({attack.goal for attack in ATTACKS}) == len(ATTACKS)


def test_no_point_is_gained_and_the_honest_part_counts(result, attack):
    score = result.outcome.score
    if score is None:
        assert attack.worth == 0 and result.outcome.problem
    else:
        assert score == attack.worth if attack.exact else score <= attack.worth


def test_time_is_bounded(result, attack):
    assert result.seconds < attack.seconds


def test_nothing_lives_on(result):
    assert result.left_behind == []


def test_nobody_is_reached(result):
    assert result.visits == 0
    for name, text in result.texts.items():
        assert not name.endswith(".ipynb") or not re.search(
            r"^(ESCAPED|REACHED|OPENED) ", "\n".join(_printed(text)), re.M
        )


def _printed(text):
    """Return the printed lines of a judged notebook."""
    notebook = nbformat.reads(text, as_version=4)
    return [o.text for c in notebook.cells if c.cell_type == "code" for o in c.outputs if o.output_type == "stream"]


def test_no_secret_is_read(result, attack):
    for name, text in result.texts.items():
        for canary in (CANARY, OTHERS_WORK, OF_ENVIRONMENT, OF_SERVICE):
            assert canary not in text, name


def test_no_hidden_input_is_on_the_page(result):
    if result.seed is None:
        pytest.skip("nothing was judged")
    assert hidden_on_pages(result) == []


def hidden_on_pages(result):
    """Return the hidden inputs, as they would be written, that stand on the pages."""
    pages = [text for name, text in result.texts.items() if name.startswith("feedback/") and name.endswith(".html")]
    texts = []
    for case in (case for exercise in EXERCISES for case in exercise.hidden_cases(result.seed)):
        texts += [repr(float(number)) for number in case.inputs["x"].ravel()]
        texts += [str(case.inputs[name]) for name in ("name", "factor") if name in case.inputs]
    return [text for text in texts for page in pages if text[:9] in page]


def test_page_runs_nothing(graded, result):
    for name, text in result.texts.items():
        if name == f"feedback/{NAME}.html":
            assert sorted(map(str, Page(text).found)) == sorted(map(str, graded_page(graded)))


def graded_page(graded):
    """Return what runs in an honest learner's page: the template's own."""
    folder = graded.course.path("feedback", NAME, "honest0")
    if not folder.exists():
        graded.course.feedback(NAME, "honest0")
    return Page((folder / f"{NAME}.html").read_text(encoding="utf-8")).found


def test_neighbours_keep_their_marks(graded):
    assert len(graded.honest) > len(ATTACKS) / NEIGHBOUR_EVERY
    assert [(name, one.score, one.problem) for name, one in graded.honest] == [
        (name, 2 * POINTS, None) for name, _ in graded.honest
    ]
    marks = graded.course.marks(NAME)
    assert all(marks[name] == (2 * POINTS, 2 * POINTS) for name, _ in graded.honest)


def test_marks_in_the_gradebook_are_those_that_were_given(graded):
    marks = graded.course.marks(NAME)
    for name, result in graded.results.items():
        if result.outcome.score is not None:
            assert marks[name] == (result.outcome.score, 2 * POINTS)


def test_nothing_is_written_outside(graded):
    assert graded.altered() == []
    home = Path.home()
    places = [
        graded.course.root,
        graded.folder,
        Path("/tmp"),
        Path("/var/tmp"),
        Path("/dev/shm"),
        home,
        home / ".ipython",
        ROOT,
        Path(sys.prefix),
    ]
    for place in places:
        assert not [path for path in place.glob(f"*{MARKER}*")]
    inside = subprocess.run(
        ["find", str(graded.course.root), str(ROOT / "helpers"), sys.prefix, "-name", f"*{MARKER}*"],
        capture_output=True,
        text=True,
    )
    assert inside.stdout == ""


def test_class_report_is_written(graded):
    from autograders import class_report

    page = class_report.write(graded.course, NAME, [result.outcome for result in graded.results.values()])
    found = Page(page.read_text(encoding="utf-8")).found
    assert {one[0] for one in found} <= {"meta", "style", "svg"}
