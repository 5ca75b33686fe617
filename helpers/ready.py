"""`ready()`, the last cell of a notebook: what would the grader find in the file? Nothing is sent or changed."""

import ast
import inspect
import json
import os
import subprocess
import sys
import tempfile
import textwrap
import time
import traceback
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from wcwidth import wcswidth

from helpers import notebook as notebooks
from helpers.check.checking import CheckFailed, check_report
from helpers.check.public import SUFFIX, read_checks
from helpers.language import N_, _
from helpers.live import Progress

SECONDS = 180  # that the whole run may take, as when grading
LOOK_SECONDS = 0.2  # between two looks at how far it is
EXECUTION = "NBGRADER_EXECUTION"  # set where nbgrader, its Validate or this module run a notebook
RIGHT, WRONG, EMPTY, WRITTEN, UNKNOWN = N_("right"), N_("wrong"), N_("empty"), N_("written"), N_("not tried")
RUNS = N_("The notebook runs from top to bottom (what trains, plays or draws was left out).")
BY_HAND = N_("your answer")
OTHER = N_(
    "The {name} that you ran last is not the one in the file: save (Ctrl-S, on a Mac Cmd-S), then run this cell again."
)


@dataclass(frozen=True)
class Row:
    """What the grader would find of one thing that has points: `score` is None where a person decides."""

    name: str
    state: str
    points: float
    score: float | None
    words: str = ""


@dataclass(frozen=True)
class Findings:
    """What `examine` found.

    Attributes
    ----------
    path : Path
    saved : datetime
    rows : list of Row
    faults : list of str
        Cells that raise an error or do not end, a line each.
    notes : list of str
        Functions that are other ones in the learner's kernel, a line each.
    stubs : int
        How many cells stop at a function that is not written yet.
    """

    path: Path
    saved: datetime
    rows: list
    faults: list
    notes: list
    stubs: int

    @property
    def ready(self):
        """Whether all that has points is there and right as far as this can tell, and the notebook runs to its end."""
        done = all(row.state in (RIGHT, WRITTEN) for row in self.rows if row.points)
        return done and not self.faults and not self.notes

    def text(self):
        """Return the findings as a table with a line above and one below."""
        rows = [
            (_(BY_HAND) if row.name == BY_HAND else row.name, _(row.state), _points(row), row.words)
            for row in self.rows
        ]
        table = [(_("exercise"), _("state"), _("points"), ""), *rows]
        wide = [max(map(wcswidth, column)) for column in zip(*table, strict=True)]  # a Chinese character takes two
        pad = [[" " * (most - wcswidth(text)) for text, most in zip(line, wide, strict=True)] for line in table]
        lines = ("  ".join(map(str.__add__, *both)).rstrip() for both in zip(table, pad, strict=True))
        stubs = _("Cells that stop at a function which is not written yet: {count}.").format(count=self.stubs)
        stubs = [stubs] if self.stubs else []
        saved = _("{file}, saved {when}. What you changed after that is not looked at.")
        return "\n".join(
            [
                saved.format(file=self.path.name, when=_when(self.saved)),
                *self.notes,
                "",
                *lines,
                "",
                *([*self.faults, *stubs] or [_(RUNS)]),
                self._sum(),
                _("Nothing was sent: hand in the file the way your instructor says."),
            ]
        )

    def _sum(self):
        if any(row.state == UNKNOWN for row in self.rows):
            return _("Mend that cell first: what comes after it is not known.")
        judged = [row for row in self.rows if row.score is not None]
        score, points = sum(row.score for row in judged), sum(row.points for row in judged)
        by_hand = sum(row.points for row in self.rows) - points
        text = _("The grader would find about {score:g} of {points:g} points.")
        if by_hand:
            text = _("The grader would find about {score:g} of {points:g} points; {more:g} more are given by a person.")
        end = _("All is done.") if self.ready else _("You can go on, or hand in what you have.")
        text = text.format(score=score, points=points, more=by_hand)
        return _("{sentence} {next}").format(sentence=text, next=end)


def _points(row):
    if not row.points:
        return _("optional")
    text = _("{points:g} points") if row.score is None else _("{score:g} of {points:g} points")
    return text.format(score=row.score or 0, points=row.points)


def _when(saved):
    minutes = int((datetime.now() - saved).total_seconds() // 60)
    if minutes < 1:
        return _("at {time}, just now").format(time=f"{saved:%H:%M}")
    if minutes < 60:
        return _("at {time}, {minutes} min ago").format(time=f"{saved:%H:%M}", minutes=minutes)
    return _("at {time}, on {date}").format(time=f"{saved:%H:%M}", date=f"{saved:%Y-%m-%d}")


def ready(file=None):
    """Say in one table what the grader would find in this notebook's file. In a notebook that is judged, do nothing.

    Parameters
    ----------
    file : str, optional
        The notebook's file, where it cannot be found out.

    Raises
    ------
    CheckFailed
        If the file cannot be examined: one line that says what to do.
    """
    if EXECUTION in os.environ:
        return
    namespace = inspect.currentframe().f_back.f_globals
    try:
        path = Path(file).resolve() if file else find_file(namespace)
        text = _("Running {file} from its file, in a Python of its own. This may take half a minute.")
        print(text.format(file=path.name), flush=True)
        print(examine(path, namespace).text())
    except (OSError, KeyError, ValueError) as error:
        raise CheckFailed(error.args[-1] if isinstance(error, KeyError) else str(error)) from None


def find_file(namespace, folder="."):
    """Return the file of the notebook that runs here.

    Parameters
    ----------
    namespace : dict
        The variables of the notebook.
    folder : str or Path
        Where its kernel works.

    Returns
    -------
    Path

    Raises
    ------
    FileNotFoundError
        If neither Jupyter nor Visual Studio Code says, and not exactly one notebook lies beside its checks file.
    """
    for told in (namespace.get("__vsc_ipynb_file__"), os.environ.get("JPY_SESSION_NAME")):
        if told and told.endswith(".ipynb") and Path(told).is_file():
            return Path(told).resolve()
    found = [path.with_name(path.name.removesuffix(SUFFIX) + ".ipynb") for path in Path(folder).glob(f"*{SUFFIX}")]
    found = [path for path in found if path.is_file()]
    if len(found) == 1:
        return found[0].resolve()
    text = _("which file is this notebook? Say so, as in {call}")
    raise FileNotFoundError(text.format(call='ready("my_notebook.ipynb")'))


def examine(path, namespace=None):
    """Run a notebook from its file in a fresh Python, check its exercises, and look at what a person will read.

    Locked cells that train, play or draw are left out, as when grading.

    Parameters
    ----------
    path : Path
    namespace : dict, optional
        The variables of the learner's kernel: a function that is another one there than in the file is named.

    Returns
    -------
    Findings

    Raises
    ------
    FileNotFoundError
        If there is no such file, or no checks file beside it.
    KeyError, ValueError
        If it is no notebook, holds no exercises, or other ones than the checks file.
    """
    path = Path(path).resolve()
    notebook = notebooks.read(path)
    cells = notebook["cells"]
    exercises = [name for cell in cells if (name := notebooks.checked(cell))]
    if not exercises:
        raise ValueError(_("{path}: expected a notebook of the course, found no exercise in it").format(path=path))
    try:
        for name in exercises:
            read_checks(name, path.parent)
    except KeyError:
        text = _("{path}: {name} is not in the checks file beside it; fetch the assignment again")
        raise ValueError(text.format(path=path, name=name)) from None
    saved = datetime.fromtimestamp(path.stat().st_mtime)
    told = _run(path)
    verdicts = {one["exercise"]: one for one in told if "exercise" in one}
    notes = [_(OTHER).format(name=name) for name in exercises if _differs(name, cells, namespace or {})]
    faults = [one["fault"] for one in told if "fault" in one]
    rows = [row for cell in cells if (row := _row(cell, cells, verdicts))]
    return Findings(path, saved, rows, faults, notes, sum("stub" in one for one in told))


def _row(cell, cells, verdicts):
    """Return what there is to say of a cell that has points, or could have; None for any other."""
    own, name = notebooks.settings(cell), notebooks.checked(cell)
    points = own.get("points", 0)
    if name:
        definition, verdict = _definition(cells, name), verdicts.get(name)
        if definition and notebooks.untouched(definition):
            return Row(name, EMPTY, points, 0)
        if verdict is None:
            return Row(name, UNKNOWN, points, 0, _("the run ended before it came to this one"))
        return Row(name, RIGHT if verdict["ok"] else WRONG, points, points * verdict["share"], verdict["words"])
    if not (own.get("grade") and own.get("solution")):
        return None
    if notebooks.untouched(cell) or not cell["source"].strip():
        return Row(BY_HAND, EMPTY, points, 0)
    return Row(BY_HAND, WRITTEN, points, None, _("a person reads and marks it"))


def _definition(cells, name):
    """Return the last code cell that defines a function; None if there is none."""
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    return next((cell for cell in reversed(code) if f"def {name}(" in cell["source"]), None)


def _differs(name, cells, namespace):
    """Whether the function in the learner's kernel is written in another way than in the file."""
    cell = _definition(cells, name)
    try:
        (mine,) = ast.parse(textwrap.dedent(inspect.getsource(namespace[name]))).body
        filed = [node for node in ast.walk(ast.parse(cell["source"])) if getattr(node, "name", None) == name]
    except (KeyError, OSError, SyntaxError, TypeError, ValueError):  # not run here, or nothing to compare with
        return False
    return ast.dump(mine) not in map(ast.dump, filed)


def _run(path):
    """Run a notebook in a fresh Python, and show how far it is.

    Returns what `_tell_all` told, and if it did not come to its end, why.
    """
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        log.touch()
        command = [sys.executable, "-P", "-m", "helpers.ready", str(path), str(log)]
        environment = os.environ | {"MPLBACKEND": "agg", EXECUTION: "validate"}
        nothing = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        progress = Progress(len(_to_run(path)), N_("{done} of {total} cells"))
        child = subprocess.Popen(command, cwd=path.parent, env=environment, **nothing)
        running, deadline = True, time.monotonic() + SECONDS
        try:
            while running and time.monotonic() < deadline:
                time.sleep(LOOK_SECONDS)
                running = child.poll() is None
                begun = [one["at"] for one in _told(log) if "at" in one]
                done = len(begun) - 1 if running else len(begun)
                if done > progress.done:
                    progress.update(begun[-1], by=done - progress.done)
        finally:
            child.kill()
            child.wait()
            progress.close()
        told = _told(log)
    if running:
        end = _(
            "{place}: the {minutes} minutes that a notebook has were over in this cell. "
            "What comes after it was not tried."
        )
        none = _("no Python starts within {minutes} minutes here to run {file}")
    else:
        end = _("{place}: Python ended in this cell. What comes after it was not tried.")
        none = _("no Python starts here to run {file}")
    if not told:
        raise OSError(none.format(file=path.name, minutes=SECONDS // 60))
    if "end" not in told[-1]:
        at = [one["at"] for one in told if "at" in one][-1]
        told.append({"fault": end.format(place=at, minutes=SECONDS // 60)})
    return told


def _told(log):
    """Read what `_tell_all` has told so far; it may be in the middle of a line."""
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines(keepends=True) if line[-1] == "\n"]


def _to_run(path):
    """List the cells of a notebook that are run, with their numbers."""
    return [
        (number, cell)
        for number, cell in enumerate(notebooks.read(path)["cells"], start=1)
        if cell["cell_type"] == "code" and not notebooks.skipped(cell) and cell["source"].strip()
    ]


def _tell_all(path, log):
    """Run the cells of a notebook, and write a line of JSON for all that is to be known into a file."""
    from IPython.core.interactiveshell import InteractiveShell

    def tell(**facts):
        with open(log, "a", encoding="utf-8") as stream:
            stream.write(json.dumps(facts) + "\n")

    sys.path.insert(0, "")  # a learner's own modules are found, as in a kernel
    shell = InteractiveShell.instance()
    for number, cell in _to_run(path):
        name = notebooks.checked(cell)
        place = f"check({name})"
        if not name:
            place = _("Cell {number} ({line})").format(number=number, line=cell["source"].strip().splitlines()[0])
        tell(at=place)
        if name:
            tell(exercise=name, **_verdict(shell.user_ns, name))
            continue
        done = shell.run_cell(cell["source"])
        error = done.error_before_exec or done.error_in_exec
        if isinstance(error, NotImplementedError):
            tell(stub=place)
        elif error:
            told = traceback.format_exception_only(error)[-1].strip()
            tell(fault=_("{part}: {fault}").format(part=place, fault=told))
    tell(end=True)


def _verdict(namespace, name):
    """Check an exercise of a notebook that runs; return {"ok", "share" of its points, "words"}."""
    try:
        report = check_report(namespace[name], name)
    except KeyError:
        text = _("there is no {name}: no cell defines it without an error")
        return {"ok": False, "share": 0, "words": text.format(name=name)}
    except (TypeError, ValueError) as error:
        return {"ok": False, "share": 0, "words": str(error)}
    share = sum(part.share for part in report.parts if part.ok)
    words = report.state()
    return {"ok": report.ok, "share": share, "words": "" if words == _(RIGHT) else words}


if __name__ == "__main__":
    _tell_all(Path(sys.argv[1]), sys.argv[2])
