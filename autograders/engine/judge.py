"""The judge: a function from a handed-in notebook to its marks. It knows no course directory, gradebook or nbgrader."""

import re
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograders.engine.exercise import KEPT_EXERCISES
from autograders.engine.handed_in import MISSING, Unreadable, grade_id, parse, set_into_frame
from autograders.engine.kernel import LIMIT_NAMES, Kernel, KernelFailed, failure, payload
from autograders.engine.outputs import new_output
from autograders.engine.verdict import judge_outcomes, run_of
from helpers.check.judging import is_right
from helpers.check.report import PartResult, Report
from helpers.check.syntax import syntax_fault
from helpers.language import N_, _, speaking
from helpers.notebook import checked, language_of, skipped

TENSORFLOW = re.compile("tensorflow|keras")
MAX_RESTARTS = 8
MAX_SHOWN_BYTES = 8 * 2**20  # by all cells of a notebook together
MAX_ERROR_LETTERS = 1000  # of the text of an error that comes later
NO_ROOM = N_("(This notebook has shown more than {size} MiB before: only errors are kept.)")
TIMEOUT, DEAD = LIMIT_NAMES["timeout"], LIMIT_NAMES["died"]
NO_MARK = "NoMark"  # the error's name on the page, where the last value of a test cell is no mark
NO_START = N_("Python does not start beside the files that were handed in with it")
PATIENCE = 0.25  # the least share of its time limit that a cell or call gets after earlier ones ran into theirs


@dataclass(frozen=True)
class Verdict:
    """What is recorded of a judging.

    Attributes
    ----------
    seed : int
        Of the hidden inputs.
    sandbox : bool
        Whether the learner's code ran in the sandbox.
    problem : str or None
        Why the notebook could not be judged, if so.
    reports : tuple of Report
        One for each exercise.
    seconds : float
        That the notebook took.
    exercise_seconds : dict of str to float
        That the calls of each exercise took.
    waited : bool
        Whether code was stopped that had not used the processor time it might: it may do better on a free machine.
    """

    seed: int
    sandbox: bool
    problem: str | None = None
    reports: tuple = ()
    seconds: float = 0.0
    exercise_seconds: dict = field(default_factory=dict)
    waited: bool = False

    def metadata(self):
        """Return what the judged notebook's metadata keep for the page, the class report and a replay."""
        return {
            "verdict": {
                "seed": self.seed, "sandbox": self.sandbox, "problem": self.problem, "waited": self.waited,
                "exercises": [report.plain() for report in self.reports],
            },
            "took": {"notebook": self.seconds, "exercises": self.exercise_seconds},
        }  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """A judged notebook.

    Attributes
    ----------
    notebook : NotebookNode
        The instructor's cells with the learner's work in them, and what came of running them.
    marks : dict of str to float or None
        For the id of each cell with points, its mark; None where a person decides.
    unanswered : frozenset of str
        Ids of solution cells that are as they were released.
    verdict : Verdict
    log : tuple of str
        What the operator should know.
    """

    notebook: NotebookNode
    marks: dict
    unanswered: frozenset
    verdict: Verdict
    log: tuple = ()


def judge_submission(submission, sealed, seed, limits):
    """Judge all notebooks of a submission.

    Parameters
    ----------
    submission : Submission
    sealed : SealedAssignment
    seed : int
    limits : Limits

    Returns
    -------
    dict of str to Judged
        For each notebook's name.
    """
    files = submission.files | sealed.files  # the instructor's own files are the instructor's
    return {one.name: judge(submission.notebooks[one.name], files, one, seed, limits) for one in sealed.notebooks}


def judge(handed_in, files, sealed, seed, limits):
    """Judge a notebook: run the learner's cells in a kernel, call the learner's functions there, compare here.

    Parameters
    ----------
    handed_in : bytes or Unreadable
        The file's content, whatever it is, or why there is none.
    files : dict of str to bytes
        What lies beside the notebook, by relative path.
    sealed : SealedNotebook
    seed : int
        Of the hidden inputs.
    limits : Limits
        What a jailed kernel may use.

    Returns
    -------
    Judged

    Raises
    ------
    RuntimeError
        If no kernel starts on this machine, or the machine ended one.
    """
    try:
        submitted, unreadable = _parsed(handed_in), None
    except Unreadable as error:
        submitted, unreadable = NotebookNode(cells=[], metadata=NotebookNode()), str(error)
    frame = sealed.frames.get(submitted.metadata.get("language"), sealed.frame)
    with speaking(language_of(frame)):
        return _judged(submitted, unreadable, frame, files, sealed, seed, limits)


def _judged(submitted, unreadable, frame, files, sealed, seed, limits):
    """Judge a notebook in the language that is spoken."""
    begin = time.monotonic()
    log, asked, seconds, waited = [], [], {}, False
    notebook, problem = set_into_frame(submitted.cells, frame), unreadable
    if not problem:
        try:
            with _started(notebook, files, sealed, limits, log) as kernel:
                run = NotebookRun(kernel, sealed.cell_seconds, sealed.settings.notebook_timeout)
                asked, seconds = run_cells(notebook, run, sealed, seed), run.seconds
                waited = kernel.waited
                if kernel.fault:
                    raise RuntimeError(kernel.fault)  # no learner is to blame
        except KernelFailed:
            problem = _(NO_START)
    reports = []
    if problem:
        for cell in notebook.cells:
            if exercise := _exercise(cell, sealed.exercises):
                reports.append(_write(cell, _unread(exercise, problem)))
    else:  # the learner's process is gone before anything is compared
        for cell, exercise, cases, *runs in asked:
            missing = _missing(notebook, exercise, runs[0])
            report = missing or judge_outcomes(exercise, sealed.reference, cases, *runs)
            reports.append(_write(cell, report))
    took = round(time.monotonic() - begin, 3)
    verdict = Verdict(seed, sealed.settings.sandbox, problem, tuple(reports), took, seconds, waited)
    marks, unanswered = _marks(notebook, frame, bool(unreadable))
    notebook.metadata.update(verdict.metadata())
    if unreadable:
        notebook.metadata["problem"] = unreadable
        head = _("This file could not be graded.")
        text = _("{file}: {fault}. Hand in the notebook again.")
        text = f"**{head}**\n\n{text.format(file=f'`{sealed.name}.ipynb`', fault=unreadable)}"
        notebook.cells.insert(0, new_markdown_cell(text, id="problem"))
    return Judged(notebook, marks, unanswered, verdict, tuple(log))


def _parsed(handed_in):
    if isinstance(handed_in, Unreadable):
        raise handed_in
    return parse(handed_in)


@contextmanager
def _started(notebook, files, sealed, limits, log):
    """Start a kernel in a folder with the files. If that fails, try one in an empty folder.

    Raises
    ------
    KernelFailed
        If it does not start beside the learner's files.
    RuntimeError
        If none starts at all: then no learner is to blame.
    """
    tensorflow = sealed.tensorflow or _names_tensorflow(notebook)

    def kernel(folder):
        if sealed.settings.sandbox:
            return Kernel(folder, limits, tensorflow)
        return Kernel(folder)

    if not sealed.settings.sandbox:
        log.append("NO SANDBOX: the learner's code runs with all rights of this process")
    with tempfile.TemporaryDirectory(prefix="judge-") as folder:
        for name, content in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        running = kernel(folder)
        try:
            running.start()
        except KernelFailed:
            with tempfile.TemporaryDirectory() as empty:
                try:
                    with kernel(empty):
                        pass
                except KernelFailed as error:
                    raise RuntimeError(f"no kernel starts on this machine: {error}") from error
            running.start()
        try:
            yield running
        finally:
            running.stop()


def _names_tensorflow(notebook):
    """Whether cells that the learner can change name TensorFlow: then it is imported before their time runs."""
    cells = (cell for cell in notebook.cells if cell.cell_type == "code")
    own = (cell.source for cell in cells if not cell.metadata.get("nbgrader", {}).get("locked"))
    return any(TENSORFLOW.search(source) for source in own)


def _exercise(cell, exercises):
    """Return the exercise that a cell grades, with the cell's points; None for any other cell."""
    name = checked(cell)
    return exercises[name].worth(float(cell.metadata.nbgrader["points"])) if name in exercises else None


@lru_cache(maxsize=KEPT_EXERCISES)
def _payload(exercise, cases, standing):
    """Pack the cases of an exercise once for a class."""
    return payload(exercise.probe, [case.inputs for case in cases], exercise.stand_ins if standing else {})


def run_cells(notebook, run, sealed, seed):
    """Run the cells of a notebook, and put what they show into it.

    Parameters
    ----------
    notebook : NotebookNode
    run : NotebookRun
    sealed : SealedNotebook
    seed : int

    Returns
    -------
    list of tuple
        (cell, exercise, cases, outcomes[, outcomes over stand-ins]) of each grade cell.
    """
    asked = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        exercise = _exercise(cell, sealed.exercises)
        if exercise:
            cases = exercise.hidden_cases(seed)
            outcomes = [run.call(exercise, cases)]
            # While the learner's process lives, this alone is decided: whether to call once more, over stand-ins.
            if exercise.stand_ins and not _is_right(exercise, sealed.reference, cases, outcomes[0]):
                outcomes.append(run.call(exercise, cases, standing=True))
            asked.append((cell, exercise, cases, *outcomes))
        elif not skipped(cell, sealed.settings.skipped_tags):
            cell.outputs = run.cell(cell.source)
    return asked


def _is_right(exercise, reference, cases, outcomes):
    if any("error" in one for one, case in zip(outcomes, cases, strict=True) if not case.beyond):
        return False
    return is_right(exercise.spec, cases, run_of(exercise, reference, cases, outcomes))


def _unread(exercise, problem):
    """Return the report of an exercise that could not be tried at all."""
    parts = [PartResult(part, share, False, problem) for part, share in exercise.parts.items()]
    return Report(exercise.name, exercise.points, parts, [])


def _missing(notebook, exercise, outcomes):
    """Return a report that says why a function is missing, if the cell that defines it is no Python; else None."""
    if any(outcome.get("error", {}).get("message") != f"{exercise.name} is not defined" for outcome in outcomes):
        return None
    solutions = (cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution"))
    faults = (syntax_fault(cell.source, exercise.name) for cell in solutions)
    fault = next((fault for fault in faults if fault), None)
    return _unread(exercise, fault) if fault else None


def _write(cell, report):
    """Put a report and its mark into a grade cell: as nbgrader expects it, the mark is the cell's last value."""
    cell.outputs = [
        new_output("display_data", data={"text/html": report.html(), "text/plain": report.text()}),
        new_output("execute_result", data={"text/plain": f"{report.score:g}"}, execution_count=None),
    ]
    return report


def _marks(notebook, frame, unreadable):
    """Return the mark of each cell with points, None where a person decides, and the ids of unanswered cells.

    What was not handed in, be it deleted, left blank or in a file that cannot be read, gets 0 and waits for nobody.
    """
    released = {grade_id(cell): cell.source for cell in frame.cells}
    marks, unanswered = {}, set()
    for cell in notebook.cells:
        settings = cell.metadata.get("nbgrader", {})
        name = settings.get("grade_id")
        if settings.get("solution") and cell.source == released[name]:
            unanswered.add(name)
        if not settings.get("grade") and not settings.get("task"):
            continue
        empty = unreadable or cell.metadata.get(MISSING) or not cell.source.strip() or name in unanswered
        by_hand = settings.get("solution") or settings.get("task") or cell.cell_type != "code"
        marks[name] = 0.0 if empty else None if by_hand else _mark_of_tests(cell, float(settings["points"]))
    return marks, frozenset(unanswered)


def _mark_of_tests(cell, points):
    """Return the mark of a test cell: none for an error, else its last value if that is a number, else all points.

    nbgrader's own rule gives all points where the last value is no mark, too; here that becomes an error.
    """
    for output in cell.outputs:
        if output.output_type == "error":
            return 0.0
        if output.output_type == "execute_result":
            try:
                mark = float(output.data.get("text/plain", ""))
            except ValueError:
                mark = -1.0
            if 0 <= mark <= points:  # never true of NaN
                return mark
            output.output_type = "display_data"
            output.pop("execution_count", None)
            text = _("the last value of a test cell is its mark: expected a number from 0 to {points:g}")
            text = text.format(points=points)
            cell.outputs.append(new_output("error", ename=NO_MARK, evalue=text, traceback=[text]))
            return 0.0
    return points


class NotebookRun:
    """The run of one notebook in a kernel: which cells have run, what time is left, how much of it one cell gets."""

    def __init__(self, kernel, cell_seconds, notebook_seconds):
        self.kernel = kernel
        self.cell_seconds = cell_seconds
        self.notebook_seconds = self.left = notebook_seconds
        self.patience = 1.0  # the share of its time limit that a cell or call gets
        self.shown = 0  # bytes, by all cells so far
        self.seconds = {}  # that the calls of each exercise took
        self.done = []  # sources that ran to their end
        self.given_up = None  # why nothing more is run

    def cell(self, source):
        """Run a cell of the learner's; return its outputs."""
        if self.left <= 0:
            text = _("not run: the cells of this notebook took more than {seconds:g} seconds")
            text = text.format(seconds=self.notebook_seconds)
            return [new_output("error", ename="TimeoutError", evalue=text, traceback=[text])]
        if self.given_up:
            return [new_output("error", ename=DEAD, evalue=self.given_up, traceback=[self.given_up])]
        begin = self.kernel.seconds
        reply = self.kernel.execute(source, min(self.cell_seconds * self.patience, self.left))
        if reply.status in ("ok", "error"):
            self.done.append(source)
        self.left -= self.kernel.seconds - begin
        self._after(reply.status == "timeout")
        return self._outputs(reply)

    def _outputs(self, reply):
        """Return what a cell showed; once the notebook has no more room, return only its last error."""
        self.shown += reply.size
        if self.shown <= MAX_SHOWN_BYTES or not reply.outputs:
            return reply.outputs
        outputs = [new_output("stream", name="stdout", text=_(NO_ROOM).format(size=MAX_SHOWN_BYTES // 2**20) + "\n")]
        for error in [output for output in reply.outputs if output.output_type == "error"][-1:]:
            if len("".join(error.traceback)) > MAX_ERROR_LETTERS:
                error.evalue = error.evalue[:MAX_ERROR_LETTERS]
                error.traceback = [f"{error.ename[:MAX_ERROR_LETTERS]}: {error.evalue}", ""]
            outputs.append(error)
        return outputs

    def call(self, exercise, cases, standing=False):
        """Call the learner's function on cases, over stand-ins or its own earlier ones; return the outcomes."""
        if self.given_up:
            return [failure(DEAD, self.given_up)] * len(cases)
        question, begin = _payload(exercise, cases, standing), self.kernel.seconds
        # When the notebook's time is used up, a function still gets a little: it may be quick.
        seconds = min(exercise.timeout * self.patience, max(self.left, exercise.timeout * PATIENCE))
        outcomes = self.kernel.call(exercise.name, question, len(cases), seconds)
        took = self.kernel.seconds - begin
        self.left -= took
        self.seconds[exercise.name] = round(self.seconds.get(exercise.name, 0.0) + took, 3)
        self._after(any(outcome.get("error", {}).get("type") == TIMEOUT for outcome in outcomes))
        return outcomes

    def _after(self, timed_out):
        """After a timeout, give what follows less time; after a restart of the kernel, run the earlier cells again."""
        if timed_out:
            self.patience = max(self.patience / 2, PATIENCE)
        while self.kernel.fresh:
            self.kernel.fresh = False
            if self.kernel.restarts > MAX_RESTARTS:
                self.given_up = _("not run: the Python process ended too often before")
                return
            begin = self.kernel.seconds
            self._repeat()
            self.left -= self.kernel.seconds - begin

    def _repeat(self):
        end = self.kernel.seconds + self.left
        for number, source in enumerate(self.done):
            seconds = min(self.cell_seconds * self.patience, end - self.kernel.seconds)
            if seconds <= 0:
                self.given_up = _("not run: the time of this notebook was used up")
                return
            self.kernel.execute(source, seconds)
            if self.kernel.fresh:  # this one ended the kernel: leave it out, and begin again
                del self.done[number]
                return
