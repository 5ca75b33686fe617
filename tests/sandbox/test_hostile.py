"""The hostile class: none gains a point, reads a secret, harms a neighbour, lives on, or takes longer than it may."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import nbformat
import pytest
import small_course
from hostile import MARKER, found, load
from hostile.assignment import GRADERS, NAME, POINTS, ROOT, Desk, cell, make_course
from hostile.found import CANARIES, Growth, Kept, Service
from hostile.page import VERDICT, Page

from autograders import workers
from autograders.course import CONFIG_FILE, Result
from autograders.engine import kernel
from autograders.sandbox.forks import WARM_PARENT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
KINDS = os.environ.get("HOSTILE_KINDS", "").split()  # for work on some of them; all when not set
ATTACKS = [attack for attack in load() if not KINDS or attack.kind in KINDS]
SIDE_BY_SIDE = (
    "fork_bomb", "memory", "disk", "text_flood", "loop_in_c", "crash", "dying_cells", "daemon", "kill_everything",
    "stop_others", "cut_line",
)  # fmt: skip
FULL = 2 * POINTS
SETTLE_SECONDS = 5
SAMPLE_SECONDS = 0.1  # of computing, to see how busy the machine is
MAX_GROWTH_BYTES = 2**31  # at 2**30 the grader notices that a kernel floods it; meanwhile some more comes
MAX_TEXT_BYTES = 50 * 2**20
REPOSITORY = [ROOT / name for name in ("autograders", "helpers", "notebooks", "tests", "data")]
HANDED_IN = ("submitted", "autograded")  # there a file may be called what a learner likes
LIMITS = {
    "wall_seconds": 60.0, "cpu_seconds": 40.0, "memory_bytes": 1024 * 2**20, "tmp_bytes": 32 * 2**20,
    "home_bytes": 32 * 2**20, "file_bytes": 16 * 2**20, "processes": 100, "open_files": 256,
}  # fmt: skip


@dataclass
class Attempt:
    """What became of one hostile submission.

    Attributes
    ----------
    result : Result
    before, after : Result
        Of the honest submission that was graded before it, as the gradebook has it after the attack; of the one after.
    seconds : float
        What grading and the feedback page took, counted as on a machine that does nothing else.
    growth : int
        Bytes by which the grader's process grew meanwhile, at most.
    ended : str or None
        What came out of grading that should never raise.
    left_behind, files, altered : list
        Processes and files that it left, and files of others that are not what they were.
    visits : int
        At the services of the machine.
    texts : dict
        File -> text, of all that was written for the learner.
    said : list of str
        What the grader said of it, be it to the learner or not.
    marks : list of (str, str, str) or None
        Of each verdict that the grader recorded: exercise, score, points; None where the notebook was not read.
    """

    result: Result
    before: Result | None = None
    after: Result | None = None
    seconds: float = 0.0
    growth: int = 0
    ended: str | None = None
    left_behind: list = field(default_factory=list)
    files: list = field(default_factory=list)
    altered: list = field(default_factory=list)
    visits: int = 0
    texts: dict = field(default_factory=dict, repr=False)
    said: list = field(default_factory=list)
    marks: list | None = None

    @property
    def words_of_success(self):
        """What the attack printed of having succeeded."""
        notebooks = [text for name, text in self.texts.items() if name.endswith(".ipynb")]
        return [word for text in notebooks for word in found.words_of_success(text)]


def slowdown():
    """Return how many times longer than alone a computation takes, because of what else keeps the machine busy."""
    passed, worked = time.monotonic(), time.process_time()
    end = worked + SAMPLE_SECONDS
    while time.process_time() < end:
        pass
    return max(1.0, (time.monotonic() - passed) / (time.process_time() - worked))


class Class:
    """The whole class: hostile submissions, and an honest one before and after each of them."""

    def __init__(self, folder, attacks):
        self.folder, self.attacks = folder, attacks
        self.course = make_course(folder / "course")
        self.course.config.RunAndJudge.limits = LIMITS
        self.source = self.course.root / "notebooks" / NAME / f"{NAME}.ipynb"
        self.gradebook = self.course.root / "gradebook.db"
        self.service = Service(folder)
        self.honest, self.attempts, self.refused = [], {}, []
        self.kept = Kept()
        self.kept.add(*(self.course.root / name for name in ("notebooks", "release", CONFIG_FILE)))
        self.repository = found.markers(*REPOSITORY)
        with self.course.gradebook() as gradebook:
            gradebook.add_student(self._name(0), last_name=found.OF_GRADEBOOK)
        listening = mock.patch.object(kernel, "unpack", self._unpack)
        with self._operator() as self.operator, found.adopting_orphans(), listening:
            WARM_PARENT.stop()  # it must start with the operator's secret around
            WARM_PARENT.start()
            self._neighbour()
            for attack in attacks:
                self.attempts[attack.name] = attempt = self._attack(attack, attack.name)
                if attempt.seconds >= attack.seconds:  # of a machine that was busy with something else, say
                    attempt.seconds = self._attack(attack, f"{attack.name}_again").seconds
            self.canaries = self._canaries()

    @contextlib.contextmanager
    def _operator(self):
        """Yield a process whose environment holds a secret, as this one's does."""
        with mock.patch.dict(os.environ, {"HOSTILE_TEST_SECRET": found.OF_ENVIRONMENT}):
            process = subprocess.Popen(["sleep", "infinity"])
            try:
                yield process
            finally:
                process.kill()
                process.wait()

    def _unpack(self, data, unpack=kernel.unpack):
        """Read an answer as the grader does, and note why it is refused: no page says so."""
        try:
            return unpack(data)
        except ValueError as error:
            self.refused.append(str(error))
            raise

    @staticmethod
    def _name(number):
        return f"honest{number}"

    def _neighbour(self):
        """Grade an honest submission."""
        name = self._name(len(self.honest))
        folder = self._folder(name)
        desk = self._desk(name)
        notebook = desk.honest()
        if not self.honest:
            cell(notebook, "scale").source += f"    # {found.OTHERS_WORK}\n"
        desk.write(folder, notebook)
        self.kept.add(folder)
        self.honest.append(self.course.grade(NAME, name))
        self.kept.add(self.course.path("autograded", NAME, name))
        return self.honest[-1]

    def _attack(self, attack, student):
        """Grade a hostile submission, and an honest one after it; look at what became of both, and of all else."""
        folder = self._folder(student)
        attack.hand_in(self._desk(student), folder)
        attempt = Attempt(Result(student, NAME))
        own, files, visits, refused = found.children(), self._marked(), len(self.service.visits), len(self.refused)
        whole = self.gradebook.read_bytes()
        growth, slow, begin = Growth(), slowdown(), time.monotonic()
        try:
            attempt.result = self.course.grade(NAME, student)
            if attempt.result.score is not None:
                self.course.feedback(NAME, student)
        except (Exception, SystemExit) as error:
            attempt.ended = f"{type(error).__name__}: {error}"
        seconds, attempt.growth = time.monotonic() - begin, growth.bytes()
        attempt.seconds = seconds / max(slow, slowdown())
        attempt.left_behind = found.left_behind(own | {WARM_PARENT.process.pid}, SETTLE_SECONDS)
        attempt.visits = len(self.service.visits) - visits
        attempt.files = sorted(self._marked() - files)
        attempt.before = self._result(self.honest[-1].student)
        attempt.altered = self.kept.altered()
        if MARKER.encode() in self.gradebook.read_bytes():
            attempt.altered.append(self.gradebook)
        if attempt.altered or attempt.before.score != FULL:  # who comes later finds all in order
            self.gradebook.write_bytes(whole)
        attempt.after = self._neighbour()
        attempt.said = self.refused[refused:] + [str(attempt.result.problem)]
        self._read(student, attempt)
        return attempt

    def _result(self, student):
        try:
            return self.course.result(NAME, student)
        except Exception as error:  # whatever becomes of a gradebook or a notebook that was spoiled
            return Result(student, NAME, problem=f"{type(error).__name__}: {error}")

    def _read(self, student, attempt):
        """Read what was written for a learner."""
        for step in ("autograded", "feedback"):
            for path in self.course.path(step, NAME, student).rglob("*"):
                if path.is_file():
                    with open(path, encoding="utf-8", errors="replace") as file:
                        attempt.texts[f"{step}/{path.name}"] = file.read(MAX_TEXT_BYTES)
        with contextlib.suppress(ValueError):  # a huge one was not read to its end
            notebook = json.loads(attempt.texts.get(f"autograded/{NAME}.ipynb", "{}"))
            outputs = [output for one in notebook.get("cells", []) for output in one.get("outputs", [])]
            attempt.said += [output["evalue"] for output in outputs if output["output_type"] == "error"]
            if verdict := notebook.get("metadata", {}).get("verdict"):
                attempt.said += [str(part["message"]) for one in verdict["exercises"] for part in one["parts"]]
                attempt.marks = [(x["exercise"], f"{x['score']:g}", f"{x['points']:g}") for x in verdict["exercises"]]

    def _folder(self, student):
        folder = self.course.path("submitted", NAME, student)
        folder.mkdir(parents=True)
        return folder

    def _desk(self, student):
        return Desk(self.course.root, self._name(0), self.service.ports, student)

    def _marked(self):
        """Return the files that bear the marker in their name, but those that were handed in under it."""
        home = Path.home()
        near = (self.folder, Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), home, home / ".ipython", ROOT)
        deep = [path for path in self.course.root.iterdir() if path.is_dir() and path.name not in HANDED_IN]
        marked = [path for place in (*near, *self.course.root.iterdir()) for path in place.glob(f"*{MARKER}*")]
        return {*marked, *(path for place in deep for path in place.rglob(f"*{MARKER}*"))}

    def _canaries(self):
        """Return the canaries that stand where attacks look for them."""
        with contextlib.closing(self.service.visit()) as visit:
            answer = visit.recv(100)
        files = (
            self.source, self._desk("nobody").other, self.gradebook, GRADERS,
            Path(f"/proc/{self.operator.pid}/environ"),
        )  # fmt: skip
        return found.secrets([one.decode("latin-1") for one in (answer, *(path.read_bytes() for path in files))])

    def altered_repository(self):
        """Return files of the repository that are gone, or into which the marker came: others may be at work there."""
        before, now = self.repository, found.markers(*REPOSITORY)
        return sorted({path for path in now if now[path] > before.get(path, 0)} | before.keys() - now.keys())


def verdicts_on(page):
    """Return (exercise, score, points) of each verdict on a page."""
    begin, mark = r"<div [^>]*class=.verdict[\"' ]", r".*?<b>(\w+): .*?</b> <span[^>]*>\(([\d.]+) of ([\d.]+) points"
    found = re.findall(begin + mark, page, re.S)
    assert len(found) == len(re.findall(begin, page))
    return found


def graded_page(graded):
    """Return an honest learner's page, in which only the template's own runs."""
    folder = graded.course.path("feedback", NAME, graded.honest[0].student)
    if not folder.exists():
        graded.course.feedback(NAME, graded.honest[0].student)
    return (folder / f"{NAME}.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def graded(request, jail, tmp_path_factory):
    """The class, graded once for all tests: the submissions whose tests are to be run."""
    wanted = {item.callspec.params.get("attack") for item in request.session.items if hasattr(item, "callspec")}
    return Class(tmp_path_factory.mktemp("hostile"), [attack for attack in ATTACKS if attack in wanted])


# `make test` tries one in sixteen; `make test-long` the others.
@pytest.fixture(
    params=[
        pytest.param(attack, id=f"{attack.kind}-{attack.name}", marks=[pytest.mark.long] if number % 16 else [])
        for number, attack in enumerate(ATTACKS)
    ]
)
def attack(request):
    """One hostile submission."""
    return request.param


@pytest.fixture
def attempt(graded, attack):
    """What became of it."""
    return graded.attempts[attack.name]


def test_there_are_enough():
    assert len(load()) >= 80
    assert len({attack.goal for attack in ATTACKS}) == len({attack.name for attack in ATTACKS}) == len(ATTACKS)


def test_no_point_is_gained_and_the_honest_part_counts(attempt, attack):
    score = attempt.result.score
    if score is None:
        assert attack.worth == 0 and attempt.result.problem
    else:
        assert score == attack.worth if attack.exact else score <= attack.worth


def test_it_is_stopped_by_what_it_aims_at(attempt, attack):
    assert re.search(attack.reason, "\n".join(attempt.said))


def test_time_is_bounded(attempt, attack):
    assert attempt.seconds < attack.seconds


def test_memory_of_the_grader_is_bounded(attempt):
    assert attempt.growth < MAX_GROWTH_BYTES


def test_the_run_goes_on(attempt):
    assert attempt.ended is None


def test_neighbours_beside_it_keep_their_marks(attempt):
    assert [(one.score, one.problem) for one in (attempt.before, attempt.after)] == [(FULL, None)] * 2


def test_nothing_of_others_is_altered(attempt):
    assert attempt.altered == []


def test_nothing_is_left_behind(attempt):
    assert attempt.left_behind == [] and attempt.files == []


def test_nobody_is_reached(attempt):
    assert attempt.visits == 0
    assert attempt.words_of_success == []


def test_no_secret_is_read(attempt):
    assert found.secrets(attempt.texts.values()) == []


def test_the_verdicts_on_the_page_are_the_graders(attempt):
    page = attempt.texts.get(f"feedback/{NAME}.html")
    assert page is None or attempt.marks is None or verdicts_on(page) == attempt.marks


def test_page_runs_nothing(graded, attempt):
    for name, text in attempt.texts.items():
        if name == f"feedback/{NAME}.html":
            assert found.running(text) == found.running(graded_page(graded))


def test_beside_the_page_lies_nothing(graded, attack):
    folder = graded.course.path("feedback", NAME, attack.name)
    assert {path.name for path in folder.rglob("*")} <= {f"{NAME}.html", "timestamp.txt"}


@pytest.mark.parametrize("run", ["make test", pytest.param("make test-long", marks=pytest.mark.long)])
class TestWholeClass:
    def test_honest_marks_are_whole_to_the_end(self, graded, run):
        assert len(graded.honest) > len(graded.attacks) > 0
        marks = small_course.marks_of(graded.course)
        assert {marks[one.student] for one in graded.honest} == {(FULL, FULL)}

    def test_marks_in_the_gradebook_are_those_that_were_given(self, graded, run):
        marks = small_course.marks_of(graded.course)
        for name, attempt in graded.attempts.items():
            if attempt.result.score is not None:
                assert marks[name] == (attempt.result.score, FULL)

    def test_nothing_is_written_outside(self, graded, run):
        assert graded.altered_repository() == []
        places = [graded.course.root, ROOT / "helpers", sys.prefix]
        marked = subprocess.run(["find", *places, "-name", f"*{MARKER}*"], capture_output=True, text=True)
        assert marked.stdout == ""

    def test_class_report_is_written(self, graded, run):
        from autograders.results import class_report

        first = class_report.write(graded.course, NAME, [attempt.result for attempt in graded.attempts.values()])
        pages = [first, *first.with_suffix("").glob("*.html")]
        assert len(pages) > 2
        for page in pages:  # the script is the report's own: its policy names the hash of that one alone
            text = page.read_text(encoding="utf-8")
            kinds = [one[0] for one in Page(text).found if one[0] != "formula"]  # nothing in it sets formulas
            assert kinds == ["meta", "meta", "meta", "style", "script"]
            assert text.index("Content-Security-Policy") < text.index("<title>")


@pytest.mark.long
def test_side_by_side_honest_marks_stay_whole(jail, tmp_path):
    hostile = [attack for attack in ATTACKS if attack.name in SIDE_BY_SIDE]
    if not hostile:
        pytest.skip("none of them is among the kinds that were asked for")
    klass = small_course.Class(tmp_path / "course")
    klass.course.config.RunAndJudge.update({"limits": LIMITS, "notebook_timeout": 12.0})
    todo = []
    for attack in hostile:
        klass.hand_in(f"honest-{attack.name}")
        folder = klass.course.path("submitted", NAME, attack.name)
        folder.mkdir(parents=True)
        attack.hand_in(Desk(klass.course.root, f"honest-{attack.name}", student=attack.name), folder)
        todo += [(NAME, f"honest-{attack.name}"), (NAME, attack.name)]
    workers.get_ready()
    with found.adopting_orphans():
        own, begin = found.children(), time.monotonic()
        results = {one.student: one for one in workers.grade(klass.course, todo, 2)}
        assert (time.monotonic() - begin) / slowdown() < sum(attack.seconds for attack in hostile)
        assert found.left_behind(own, SETTLE_SECONDS) == []
    assert {one.score for name, one in results.items() if name.startswith("honest")} == {FULL}
    for attack in hostile:
        score = results[attack.name].score
        assert score == attack.worth if attack.exact else score <= attack.worth


class TestDetection:
    """What looks for a goal that was reached would see it."""

    def test_canaries_stand_where_they_are_looked_for(self, graded):
        assert graded.canaries == list(CANARIES)

    def test_a_service_counts_its_visits(self, tmp_path):
        service = Service(tmp_path)
        with contextlib.closing(service.visit()) as visit:
            assert visit.recv(100).decode() == found.OF_SERVICE
        assert len(service.visits) == 1

    def test_a_forged_verdict(self, graded):
        page = graded_page(graded)
        assert [name for name, *_ in verdicts_on(page)] == ["scale", "total"]
        assert verdicts_on(page.replace("</main>", f"{VERDICT}</main>"))[2:] == [("scale", "10", "10")]

    @pytest.mark.parametrize("text", ["ESCAPED mount", "REACHED: interface is up", "OPENED"])
    def test_words_of_success(self, text):
        outputs = [nbformat.v4.new_output("stream", text=f"so it is\n{text}\n")]
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=outputs)])
        assert found.words_of_success(nbformat.writes(notebook)) == [text]

    def test_files_that_are_changed_new_and_gone(self, tmp_path):
        names = ("gone", "kept", "changed", "linked")
        for name in names:
            (tmp_path / name).write_text(name, encoding="ascii")
        kept = Kept()
        kept.add(tmp_path)
        assert kept.altered() == []
        (tmp_path / "gone").unlink()
        state = (tmp_path / "changed").stat()
        (tmp_path / "changed").write_text("CHANGED", encoding="ascii")  # of the same size, and as old as it was
        os.utime(tmp_path / "changed", ns=(state.st_atime_ns, state.st_mtime_ns))
        (tmp_path / "linked").unlink()
        (tmp_path / "linked").symlink_to("kept")
        os.mkfifo(tmp_path / "new")
        assert [path.name for path in kept.altered()] == ["changed", "gone", "linked", "new"]
        assert found.contents(tmp_path) == {tmp_path / name: name.encode() for name in names}
        assert kept.altered() == []

    def test_markers(self, tmp_path):
        (tmp_path / "file").write_text(f"{MARKER} and {MARKER}", encoding="ascii")
        assert found.markers(tmp_path) == {tmp_path / "file": 2}

    def test_orphans_are_seen(self, jail):
        code = """
import os, subprocess, sys
from autograders.sandbox import jail
program = [sys.executable, "-c", "print(flush=True); import time; time.sleep(600)"]
apart = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "start_new_session": True}
free = subprocess.Popen(program, **apart)
jail.enter_namespaces()
jailed = subprocess.Popen(program, **apart)
free.stdout.readline(), jailed.stdout.readline()
print(free.pid, jailed.pid, flush=True)
os._exit(0)
"""
        with found.adopting_orphans():
            own = found.children()
            run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
            numbers = {int(number) for number in run.stdout.split()}
            seen = found.left_behind(own, 0)
            for number in numbers:
                os.kill(number, signal.SIGKILL)
            assert {number for number, _ in seen} == numbers
            assert found.left_behind(own, SETTLE_SECONDS) == []
            assert found.children() == own

    def test_growth(self):
        growth = Growth()
        block = b"x" * 2**27
        del block
        assert 0.9 * 2**27 < growth.bytes() < 2**28
