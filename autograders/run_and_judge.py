"""The step of `nbgrader autograde` that runs a restored notebook and judges it, in place of nbgrader's Execute."""

import re
import secrets
import tempfile
import time
from contextlib import contextmanager
from functools import lru_cache
from weakref import WeakKeyDictionary

from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets import Bool, Dict, Float, Integer, List, Unicode

from autograders.exercise import KEPT_EXERCISES
from autograders.intake import converter_of, course_directory, needs_tensorflow, read_source, source_notebook
from autograders.kernel import LIMIT_NAMES, SANDBOX, Kernel, KernelFailed, failure, payload
from autograders.outputs import new_output
from autograders.reference import Reference
from autograders.release import checked, exercises_of
from autograders.sandbox.limits import Limits
from autograders.syntax import syntax_fault
from autograders.verdict import judge_outcomes, run_of
from helpers.check.judging import is_right
from helpers.check.report import PartResult, Report

TENSORFLOW = re.compile("tensorflow|keras")
SEED_BITS = 32
SEEDS = WeakKeyDictionary()  # {converter: seed}, one for each run of the grader that is going on
MAX_RESTARTS = 8
MAX_SHOWN_BYTES = 8 * 2**20  # by all cells of a notebook together
MAX_ERROR_LETTERS = 1000  # of the text of an error that comes later
NO_ROOM = f"(This notebook has shown more than {MAX_SHOWN_BYTES // 2**20} MiB before: only errors are kept.)\n"
TIMEOUT, DEAD = LIMIT_NAMES["timeout"], LIMIT_NAMES["died"]
NO_MARK = "NoMark"  # the error's name on the page, where the last value of a test cell is no mark
PATIENCE = 0.25  # the least share of its time limit that a cell or call gets after earlier ones ran into theirs


@lru_cache(maxsize=8)
def _assignment(path, _modified, root):
    """Return (exercises, reference, source notebook) of a notebook's file, read anew only when it was modified."""
    source = read_source(path)
    exercises = exercises_of(source, root)
    return exercises, Reference(path) if exercises else None, source


@lru_cache(maxsize=KEPT_EXERCISES)
def _payload(exercise, cases, standing):
    """Pack the cases of an exercise once for a class."""
    return payload(exercise.probe, [case.inputs for case in cases], exercise.stand_ins if standing else {})


class RunAndJudge(NbGraderPreprocessor):
    """Runs the learner's cells in a kernel, which at each grade cell calls the learner's function on hidden inputs.

    What it answers is judged here, when the kernel is gone. The mark becomes the cell's result, a number, as nbgrader
    expects it; the report stands beside it. The seed of the hidden inputs is recorded in the notebook's metadata.
    """

    sandbox = Bool(True, help="Run learners' code in a jail; where that cannot be, refuse").tag(config=True)
    limits = Dict(help="What a jailed kernel may use: see autograders.sandbox.limits.Limits").tag(config=True)
    plain_kernel = Unicode("python3", help="The kernelspec used without the sandbox").tag(config=True)
    cell_timeout = Float(
        60.0, help="Seconds that one cell may take, unless the source notebook's metadata say course.cell_seconds"
    ).tag(config=True)
    notebook_timeout = Float(180.0, help="Seconds that cells and calls of one notebook may take").tag(config=True)
    skipped_tags = List(
        ["training", "listening", "plotting"], help="Tags of locked cells that are not run when grading"
    ).tag(config=True)
    seed = Integer(None, allow_none=True, help="Seed of the hidden cases; one for each run when None").tag(config=True)

    def preprocess(self, nb, resources):
        """Run and judge one notebook. One that names no exercises is run in the same way; nbgrader judges it."""
        ids = resources["nbgrader"]
        course = course_directory(self)
        path = source_notebook(course, ids["assignment"], ids["notebook"])
        exercises, reference, source = _assignment(path, path.stat().st_mtime_ns, course.root)
        seed = self._fresh_seed() if self.seed is None else self.seed
        begin = time.monotonic()
        reports, seconds = [], {}
        problem = nb.metadata.get("problem")
        if not problem:
            try:
                cell_seconds = float(source.metadata.get("course", {}).get("cell_seconds", self.cell_timeout))
                tensorflow = needs_tensorflow(source) or self._names_tensorflow(nb)
                with self._started(resources["metadata"]["path"] or ".", tensorflow) as kernel:
                    run = _NotebookRun(kernel, cell_seconds, self.notebook_timeout)
                    asked, seconds = self._run(nb, run, exercises, reference, seed), run.seconds
            except KernelFailed:
                problem = "Python does not start beside the files that were handed in with it"
        if problem:
            for cell, exercise in self._graded(nb, exercises):
                self._write(cell, self._unread(exercise, problem), reports)
        else:  # the learner's process is gone before anything is compared
            for cell, exercise, cases, *runs in asked:
                missing = self._missing(nb, exercise, runs[0])
                self._write(cell, missing or judge_outcomes(exercise, reference, cases, *runs), reports)
        nb.metadata["verdict"] = {
            "seed": seed,
            "sandbox": self.sandbox,
            "problem": problem,
            "exercises": [report.plain() for report in reports],
        }
        nb.metadata["took"] = {"notebook": round(time.monotonic() - begin, 3), "exercises": seconds}  # seconds
        return nb, resources

    def _fresh_seed(self):
        """Return this grader run's seed: all get the same hidden inputs, and the reference is run on them once."""
        return SEEDS.setdefault(converter_of(self), secrets.randbits(SEED_BITS))

    @contextmanager
    def _started(self, folder, tensorflow):
        """Start a kernel. If that fails, try one in an empty folder: if that fails, too, no learner is to blame.

        Raises
        ------
        KernelFailed
            If it does not start beside the learner's files.
        RuntimeError
            If none starts at all.
        """
        kernel = self._kernel(folder, tensorflow)
        try:
            kernel.start()
        except KernelFailed:
            with tempfile.TemporaryDirectory() as empty:
                try:
                    with self._kernel(empty, tensorflow):
                        pass
                except KernelFailed as error:
                    raise RuntimeError(f"no kernel starts on this machine: {error}") from error
            kernel.start()
        try:
            yield kernel
        finally:
            kernel.stop()

    def _kernel(self, folder, tensorflow):
        if self.sandbox:
            return Kernel(SANDBOX, folder, Limits(**self.limits), tensorflow)
        self.log.warning("NO SANDBOX: the learner's code runs with all rights of this process")
        return Kernel(self.plain_kernel, folder)

    @staticmethod
    def _names_tensorflow(nb):
        """Whether cells that the learner can change name TensorFlow: then it is imported before their time runs."""
        cells = (cell for cell in nb.cells if cell.cell_type == "code")
        own = (cell.source for cell in cells if not cell.metadata.get("nbgrader", {}).get("locked"))
        return any(TENSORFLOW.search(source) for source in own)

    def _graded(self, nb, exercises):
        """Yield (grade cell, exercise); the exercise has the points that the gradebook gives it."""
        for cell in nb.cells:
            exercise = self._exercise(cell, exercises)
            if exercise:
                yield cell, exercise

    @staticmethod
    def _exercise(cell, exercises):
        name = checked(cell)
        return exercises[name].worth(float(cell.metadata.nbgrader["points"])) if name in exercises else None

    def _run(self, nb, run, exercises, reference, seed):
        """Run the cells; return (cell, exercise, cases, outcomes[, outcomes over stand-ins]) of each grade cell."""
        asked = []
        for cell in nb.cells:
            if cell.cell_type != "code":
                continue
            exercise = self._exercise(cell, exercises)
            if exercise:
                cases = exercise.hidden_cases(seed)
                outcomes = [run.call(exercise, cases)]
                # While the learner's process lives, this alone is decided: whether to call once more, over stand-ins.
                if exercise.stand_ins and not self._is_right(exercise, reference, cases, outcomes[0]):
                    outcomes.append(run.call(exercise, cases, standing=True))
                asked.append((cell, exercise, cases, *outcomes))
            elif not self._skipped(cell):
                cell.outputs = run.cell(cell.source)
        return asked

    @staticmethod
    def _is_right(exercise, reference, cases, outcomes):
        if any("error" in one for one, case in zip(outcomes, cases, strict=True) if not case.beyond):
            return False
        return is_right(exercise.spec, cases, run_of(exercise, reference, cases, outcomes))

    def _skipped(self, cell):
        settings = cell.metadata.get("nbgrader", {})
        locked = settings.get("locked") and not settings.get("solution") and not settings.get("grade")
        return bool(locked and set(cell.metadata.get("tags", [])) & set(self.skipped_tags))

    @staticmethod
    def _unread(exercise, problem):
        """Return the report of an exercise that could not be tried at all."""
        return Report(
            exercise.name, exercise.points, [PartResult(p, s, False, problem) for p, s in exercise.parts.items()], []
        )

    def _missing(self, nb, exercise, outcomes):
        """Return a report that says why a function is missing, if the cell that defines it is no Python; else None."""
        if any(outcome.get("error", {}).get("message") != f"{exercise.name} is not defined" for outcome in outcomes):
            return None
        faults = (syntax_fault(cell.source, exercise.name) for cell in nb.cells if is_solution(cell))
        fault = next((fault for fault in faults if fault), None)
        return self._unread(exercise, fault) if fault else None

    @staticmethod
    def _write(cell, report, reports):
        """Put the mark and the report into a grade cell."""
        reports.append(report)
        cell.outputs = [
            new_output("display_data", data={"text/html": report.html(), "text/plain": report.text()}),
            new_output("execute_result", data={"text/plain": f"{report.score:g}"}, execution_count=None),
        ]


class Settle(NbGraderPreprocessor):
    """Step of `nbgrader autograde`, after IgnorePattern: prevents two wrong marks for tests of nbgrader's own kind.

    nbgrader gives 0 if there is any text on stderr, even a warning, and all points if the last value is no mark.
    """

    def preprocess_cell(self, cell, resources, index):
        """In a test cell, move stderr to stdout, and turn a last value that is no mark into an error."""
        if cell.cell_type != "code" or not is_grade(cell) or is_solution(cell):
            return cell, resources
        points = float(cell.metadata.nbgrader["points"])
        for output in cell.outputs:
            if output.output_type == "stream":
                output.name = "stdout"
            elif output.output_type == "execute_result" and not _is_mark(output, points):
                output.output_type = "display_data"
                output.pop("execution_count", None)
                text = f"the last value of a test cell is its mark: expected a number from 0 to {points:g}"
                cell.outputs.append(new_output("error", ename=NO_MARK, evalue=text, traceback=[text]))
                break
        return cell, resources


def _is_mark(output, points):
    """Whether the last value of a test cell is a mark that it may give."""
    try:
        return 0 <= float(output.data.get("text/plain", "")) <= points  # never true of NaN
    except ValueError:
        return False


class _NotebookRun:
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
            text = f"not run: the cells of this notebook took more than {self.notebook_seconds:g} seconds"
            return [new_output("error", ename="TimeoutError", evalue=text, traceback=[text])]
        if self.given_up:
            return [new_output("error", ename=DEAD, evalue=self.given_up, traceback=[self.given_up])]
        begin = time.monotonic()
        reply = self.kernel.execute(source, min(self.cell_seconds * self.patience, self.left))
        if reply.status in ("ok", "error"):
            self.done.append(source)
        self.left -= time.monotonic() - begin
        self._after(reply.status == "timeout")
        return self._outputs(reply)

    def _outputs(self, reply):
        """Return what a cell showed; once the notebook has no more room, return only its last error."""
        self.shown += reply.size
        if self.shown <= MAX_SHOWN_BYTES or not reply.outputs:
            return reply.outputs
        outputs = [new_output("stream", name="stdout", text=NO_ROOM)]
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
        question, begin = _payload(exercise, cases, standing), time.monotonic()
        # When the notebook's time is used up, a function still gets a little: it may be quick.
        seconds = min(exercise.timeout * self.patience, max(self.left, exercise.timeout * PATIENCE))
        outcomes = self.kernel.call(exercise.name, question, len(cases), seconds)
        took = time.monotonic() - begin
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
            if self.kernel.dead or self.kernel.restarts > MAX_RESTARTS:
                self.given_up = "not run: the Python process ended too often before"
                return
            begin = time.monotonic()
            self._repeat()
            self.left -= time.monotonic() - begin

    def _repeat(self):
        end = time.monotonic() + self.left
        for number, source in enumerate(self.done):
            seconds = min(self.cell_seconds * self.patience, end - time.monotonic())
            if seconds <= 0:
                self.given_up = "not run: the time of this notebook was used up"
                return
            self.kernel.execute(source, seconds)
            if self.kernel.fresh:  # this one ended the kernel: leave it out, and begin again
                del self.done[number]
                return
