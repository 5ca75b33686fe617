"""The `course` command. The work is done by the modules of this package; here are options and output."""

import gc
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from autograders import CONFIG_FILE
from helpers.language import N_, _, language, of_machine, speak, speaking

app = typer.Typer(help="Recurrent networks: three graded notebooks.", no_args_is_help=True, add_completion=False)
data = typer.Typer(help="Data sets: what ships, and what can be fetched.", no_args_is_help=True)
app.add_typer(data, name="data")
console = Console()

GRADING_SIDE = N_(
    "to release and to grade, run `make setup` in the course's folder, or `pip install --editable '.[grading]'`; "
    "`course lab`, which opens JupyterLab, and `course data` do without"
)
RELEASE = "release"
NOT_IN_LAB = tuple(  # of nbgrader, where it is installed: pages that need a hub and an exchange, or are for instructors
    f"@jupyter/nbgrader:{page}"
    for page in ("assignment-list", "course-list", "formgrader", "create-assignment", "menu")
)
MAX_NAMED = 20  # of those who have not handed in; the class report names all

CourseDir = Annotated[Path, typer.Option("--course-dir", help="The course directory.")]
Assignments = Annotated[list[str] | None, typer.Argument(help="Assignments; all when none is named.")]
Language = Annotated[str | None, typer.Option(help="Of the learners' versions, such as zh_CN; English when not given.")]
Student = Annotated[str, typer.Option(help="One student only (or a glob pattern).")]
Sandbox = Annotated[
    bool,
    typer.Option(
        "--sandbox/--no-sandbox", help="Run learners' code in a sandbox; without one, it can do all that you can."
    ),
]
Database = Annotated[str | None, typer.Option("--db", help="URL of the gradebook, e.g. sqlite:///gradebook.db.")]


def main():
    """Run the command. An expected error ends it with a sentence instead of a traceback."""
    sys.unraisablehook = _end_yet
    gc.set_threshold(100_000)  # most of what a start makes will stay: to look at it ever again takes 0.2 s
    for stream in (sys.stdout, sys.stderr):  # a name that the terminal cannot show must end no command
        stream.reconfigure(errors="backslashreplace")
    with speaking(language()):  # a command for learners may choose another one
        _run()


def _run():
    try:
        app()
    except Exception as error:
        message = _expected(error)
        if message is None:
            raise
        first, *details = str(message).split("\n", 1)
        if details:
            console.print(f"[dim]{_escape(details[0])}[/]", soft_wrap=True)
        text = _("[bold red]error:[/] {message}")
        console.print(text.format(message=_escape(first)), soft_wrap=True)
        sys.exit(1)
    finally:
        gc.freeze()  # or the garbage collector takes half a second at the end


def _end_yet(what):
    """Send Ctrl-C once more, a moment later, if it came where Python drops errors: Dask watches garbage collections."""
    if what.exc_type is KeyboardInterrupt:
        main = threading.main_thread().ident
        threading.Timer(0.1, signal.pthread_kill, (main, signal.SIGINT)).start()
    else:
        sys.__unraisablehook__(what)


def _expected(error):
    """Return what to show for an error that is no fault of this program; None for one that is."""
    if isinstance(error, ModuleNotFoundError):
        return _("{name} is not installed: {advice}").format(name=error.name, advice=_(GRADING_SIDE))
    if isinstance(error, KeyError) and error.args:
        return error.args[0]
    if isinstance(error, (OSError, ValueError, RuntimeError)):
        return error
    try:
        from sqlalchemy.exc import SQLAlchemyError
    except ModuleNotFoundError:  # then it has raised nothing
        return None
    return f"the gradebook cannot be used: {error.args[0]}" if isinstance(error, SQLAlchemyError) else None


def _speak_to_learner(path=None):
    """Speak the language of a learner's notebook from now on, else the one that this machine is set to."""
    from helpers.notebook import language_of, read

    own = None
    with suppress(OSError, ValueError):  # the command itself says what is wrong with the file
        own = path and language_of(read(path))
    speak(own or of_machine())


def _escape(text):
    from rich.markup import escape

    return escape(str(text))


def _progress(items, text, total=None):
    """Iterate with a progress bar; `total` for items that come one by one."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(text, total=len(items) if total is None else total)
        for item in items:
            named = f" {' '.join(item) if isinstance(item, tuple) else item}" if total is None else ""
            bar.update(task, description=text + named)
            yield item
            bar.advance(task)
        bar.update(task, description=text)


def _open(course_dir, assignments, db=None, language=None):
    """Return the course and the names of the assignments that were asked for."""
    from autograders.course import Course

    course = Course(course_dir, db, language)
    known = course.assignments()
    unknown = sorted(set(assignments or ()) - set(known))
    if unknown:
        raise ValueError(f"expected assignments of {course.root} ({', '.join(known)}), got {', '.join(unknown)}")
    return course, list(dict.fromkeys(assignments or known))


@app.command()
def release(
    assignments: Assignments = None, language: Language = None, course_dir: CourseDir = Path("."), db: Database = None
):
    """Make the learners' versions, in release/, or in another language in release_LANGUAGE/."""
    course, names = _open(course_dir, assignments, db, language)
    for name in _progress(names, "release"):
        console.print(f"{name}: {course.release(name).relative_to(course.root)}/")


@app.command()
def translations(
    language: Annotated[str, typer.Argument(help="Of the catalogues, such as zh_CN; a new one is begun.")],
    assignments: Assignments = None,
    course_dir: CourseDir = Path("."),
):
    """Bring the catalogues of a language up to date with their sources. Exit status 1 if a translation is faulty.

    They lie in translations/LANGUAGE/. A sentence that was changed keeps its translation, marked as fuzzy; until the
    mark is taken out, learners read the English one.
    """
    from autograders.release.translations import DOMAIN, update

    course, names = _open(course_dir, assignments)
    names += [] if assignments else [DOMAIN]
    states = [update(course, name, language) for name in _progress(names, "translations")]
    for one in states:
        for fault in one.faults:
            console.print(_escape(fault), soft_wrap=True)
        share = f"{one.translated} of {one.messages} messages translated, {len(one.faults)} faulty"
        console.print(f"{_escape(one.path)}: {share}", soft_wrap=True)
    raise typer.Exit(1 if any(one.faults for one in states) else 0)


@app.command()
def new(
    assignment: Annotated[str, typer.Argument(help="The new assignment's name.")], course_dir: CourseDir = Path(".")
):
    """Create a new assignment: a notebook, what is checked in it, and right answers in other words."""
    from autograders.course import Course
    from autograders.release.authoring import create

    for path in create(Course(course_dir), assignment):
        console.print(_escape(path), soft_wrap=True)


@app.command()
def check(
    assignments: Assignments = None,
    exercise: Annotated[
        str | None, typer.Option(help="Try the mistakes and right answers of this exercise only.")
    ] = None,
    course_dir: CourseDir = Path("."),
):
    """Say what is missing or inconsistent in assignments, a line for each fault. Exit status 1 if there is one."""
    from autograders.release import authoring

    course, names = _open(course_dir, assignments)
    findings = {name: authoring.check(course, name, exercise) for name in _progress(names, "check")}
    for name, found in findings.items():
        for finding in found:
            console.print(_escape(finding), soft_wrap=True)
        console.print(f"{name}: {f'{len(found)} to mend' if found else 'all is well'}")
    raise typer.Exit(1 if any(findings.values()) else 0)


@app.command()
def roster(
    file: Annotated[
        Path, typer.Argument(help="The list of students, a CSV as Moodle, Canvas, Blackboard or Gradescope export it.")
    ],
    id: Annotated[
        str | None, typer.Option(help="What names the students here: username, id_number, email or lms_id.")
    ] = None,
    course_dir: CourseDir = Path("."),
    db: Database = None,
):
    """Make a class list the course's roster: names in the gradebook, and whose a downloaded file is."""
    from autograders.collect import roster as rosters

    course, _ = _open(course_dir, None, db)
    change = rosters.take_in(course, file, id)
    for text in change.left_out:
        console.print(f"left out, no student: {_escape(text)}", soft_wrap=True)
    if change.gone:
        text = f"no longer in the list: {', '.join(change.gone)}; what they handed in and their marks stay"
        console.print(f"[bold yellow]warning:[/] {_escape(text)}", soft_wrap=True)
    console.print(
        f"{len(change.students)} students, {len(change.new)} of them new, called by {change.identifier}: "
        f"{course.root / rosters.FILE}",
        soft_wrap=True,
    )


@app.command()
def collect(
    archive: Annotated[
        Path, typer.Argument(help="A download of Moodle, Canvas, Blackboard or Gradescope, or a folder of notebooks.")
    ],
    assignment: Annotated[
        str | None, typer.Argument(help="Whose hand-ins these are, if their names do not tell.")
    ] = None,
    worksheet: Annotated[
        Path | None, typer.Option(help="Moodle's grading worksheet, a CSV: it tells when each hand-in came.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and write nothing.")] = False,
    course_dir: CourseDir = Path("."),
    db: Database = None,
):
    """Put what was handed in elsewhere into submitted/. Exit status 1 if something could not be placed.

    Who is who is told by the roster: run `course roster` first. An earlier submission moves to earlier/.
    """
    from autograders.collect import collecting

    course, _ = _open(course_dir, assignment and [assignment], db)
    result = collecting.collect(course, archive, assignment, dry_run, worksheet)
    for note in result.notes:
        console.print(_escape(note), soft_wrap=True)
    for place, reason in result.left:
        console.print(f"[bold yellow]not collected:[/] {_escape(place)}: {_escape(reason)}", soft_wrap=True)
    states = [state for _, _, state in result.placed]
    counts = ", ".join(
        f"{states.count(state)} {words}" for state, words in collecting.STATES.items() if state in states
    )
    console.print(f"{'would be collected' if dry_run else 'collected'}: {counts or 'nothing'}", soft_wrap=True)
    raise typer.Exit(1 if result.left else 0)


@app.command()
def grade(
    assignments: Assignments = None,
    student: Student = "*",
    replay: Annotated[
        bool,
        typer.Option(
            "--replay", help="Grade again with the recorded seeds, and compare; the gradebook is left as it is."
        ),
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Submissions judged at a time; one for each processor when not given.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Have the workers of this Dask scheduler judge, e.g. tcp://10.0.0.1:8786.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Judge again what was judged before and has not changed.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress, only what went wrong.")] = False,
    log: Annotated[Path | None, typer.Option(help="Append a line of JSON for each submission to this file.")] = None,
    sandbox: Sandbox = True,
    course_dir: CourseDir = Path("."),
    db: Database = None,
):
    """Judge what is in submitted/, and write a class report. Exit status 1 if a submission could not be judged.

    What was judged before, of the same bytes by the same version of the grader, is not judged again; so a run that was
    broken off, by whatever, goes on where it was.

    Each run draws hidden inputs of its own from a seed that is recorded. With --replay the same ones are drawn
    again: old and new marks of each exercise are shown, and nothing is changed. Exit status 1 if they differ.
    Notebooks in the wrong place are named, and not graded; then the exit status is 1, too.
    """
    from autograders import workers as side_by_side

    if not scheduler and (force or _some_are_new(course_dir)):
        side_by_side.get_ready(sandbox)
    course, names = _open(course_dir, assignments, db)
    todo = [(name, one) for name in names for one in course.submissions(name, student)]
    misplaced = _tell_misplaced(course, names)
    if not todo:
        folder = course.root / course.directory.submitted_directory
        raise ValueError(
            f"nothing to grade: no submission of {', '.join(names)} by {student!r} in {folder}/STUDENT/ASSIGNMENT/"
        )
    _set_sandbox(course, sandbox)
    if replay:
        _expect_sandbox(sandbox)
        raise typer.Exit(0 if _replay(course, todo) else 1)
    options = {"workers": workers, "scheduler": scheduler, "force": force}
    if not scheduler:
        options["start"] = lambda: _expect_sandbox(sandbox)
    results = _grade_all(course, todo, quiet, log, **options)
    _tell_problems(results)
    new = [result for result in results if not result.unchanged]
    if len(new) < len(results) and not quiet:
        console.print(f"{len(results) - len(new)} were judged before and have not changed (--force judges them again)")
    if new:
        _report(course, new, quiet)
    raise typer.Exit(1 if misplaced or any(result.problem for result in results) else 0)


def _tell_misplaced(course, names):
    """Print a line for each notebook in `submitted/` that lies in the wrong place.

    Return whether one of them belongs to the course: an assignment's or a notebook's name is somewhere in its path.
    """
    from autograders.collect import misplaced

    found = [one for one in misplaced.find(course) if one.assignment in (*names, None)]
    for one in found:
        text = f"[bold yellow]warning:[/] {_escape(one.path)} is not graded: it belongs in {_escape(one.belongs)}"
        console.print(text, soft_wrap=True)
    return any(one.assignment for one in found)


def _grade_all(course, todo, quiet=False, log=None, **options):
    """Grade side by side, showing how it goes; return the results in the order of `todo`.

    Parameters
    ----------
    course : Course
    todo : list of (str, str)
    quiet : bool
        Whether to show nothing.
    log : Path, optional
        Gets a line of JSON for each result.
    **options
        Of `autograders.workers.grade`.
    """
    from autograders.workers import grade

    done, failed = {}, Counter()
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(), TimeRemainingColumn(), TextColumn("{task.fields[failed]}"),
    )  # fmt: skip
    with (
        open(log or os.devnull, "a", encoding="utf-8", buffering=1) as lines,
        Progress(*columns, console=console, disable=quiet) as bar,
        closing(grade(course, todo, tell=bar.console.print, **options)) as results,  # come what may, workers are to end
    ):
        task = bar.add_task("grade", total=len(todo), rate="", failed="")
        for result in results:
            done[result.assignment, result.student] = result
            failed.update([result.kind] if result.problem else [])
            lines.write(json.dumps(_line(result), ensure_ascii=False) + "\n")
            speed = bar.tasks[task].speed
            told = ", ".join(f"{count} {kind}" for kind, count in sorted(failed.items()))
            bar.update(task, advance=1, rate=f"{speed:.1f}/s" if speed else "", failed=told)
    return [done[item] for item in todo]


def _line(result):
    """Return what the log says of a Result."""
    names = ("assignment", "student", "score", "max_score", "problem", "kind", "unchanged")
    return {"time": datetime.now(UTC).isoformat()} | {name: getattr(result, name) for name in names}


def _replay(course, todo):
    """Grade again with the recorded seeds and print the marks side by side; return whether all agree."""
    from autograders.engine.replay import replay

    agree = True
    for assignment, student in _progress(todo, "replay"):
        try:
            done = replay(course, assignment, student)
        except ValueError as error:
            console.print(f"[bold red]error:[/] {_escape(error)}", soft_wrap=True)
            agree = False
            continue
        for one in done:
            _show_replay(one, with_cases=len(todo) == 1)
            agree = agree and one.agrees
    return agree


def _mark(score):
    return "not judged" if score is None else f"{score:g}"


def _show_replay(one, with_cases):
    """Print one replayed notebook; if wanted, the cases that fail, in full."""
    from rich.table import Table

    table = Table("exercise", "points", "recorded", "replayed", "", box=None)
    for row in one.rows:
        table.add_row(
            row.exercise, f"{row.points:g}", _mark(row.recorded), _mark(row.replayed), "" if row.agrees else "differs"
        )
    console.print(f"\n{one.student}, {one.assignment}, {one.notebook}.ipynb, seed {one.seed}", soft_wrap=True)
    console.print(table)
    if one.problem:
        console.print(f"not judged: {_escape(one.problem.splitlines()[0])}", soft_wrap=True)
    if one.changed:
        console.print("the cells are not those that were graded: handed in anew since, or the source was edited")
    console.print("the marks agree" if one.agrees else "[bold red]the marks differ[/]")
    for row in one.rows if with_cases else ():
        if row.case:
            console.print(f"\n{row.exercise}: the smallest case that fails is {_escape(row.case)}", soft_wrap=True)
            console.print(row.call, soft_wrap=True, highlight=False, markup=False)


def _some_are_new(course_dir):
    """Guess whether something is to be judged, before anything is read."""
    stamped = sum(1 for _ in course_dir.glob("autograded/*/*/.judged.json"))
    return stamped < sum(1 for _ in course_dir.glob("submitted/*/*/"))


def _set_sandbox(course, wanted):
    """Turn the sandbox on or off."""
    course.config.RunAndJudge.sandbox = wanted
    if not wanted:
        console.print("[bold yellow]warning:[/] NO SANDBOX: learners' code runs with all your rights", soft_wrap=True)


def _expect_sandbox(wanted):
    """Raise an error, before anything is graded, if the sandbox is wanted and does not work here."""
    from autograders.sandbox import trial

    if wanted and (reason := trial.why_not()):
        raise RuntimeError(f"no sandbox can be had here ({reason}): see `course doctor`, or say --no-sandbox")


def _tell_problems(results):
    """Print a line for each submission that could not be judged."""
    for result in results:
        if result.problem:
            first = result.problem.splitlines()[0]
            console.print(f"{result.student}, {result.assignment}: not judged: {_escape(first)}", soft_wrap=True)


def _report(course, results, quiet=False):
    """Write the class reports, of everybody and not only of who was graded just now, and say where they are."""
    from autograders.collect import roster
    from autograders.results import class_report

    for name in sorted({result.assignment for result in results}):
        mine = {result.student: result for result in results if result.assignment == name}
        path = class_report.write(course, name, [mine.get(one.student, one) for one in course.class_results(name)])
        if quiet:
            continue
        judged = sum(result.problem is None for result in mine.values())
        waiting = sum(result.waiting > 0 for result in mine.values())
        waits = f", {waiting} of them waiting for manual grading (formgrader)" if waiting else ""
        console.print(f"{name}: {judged} of {len(mine)} judged{waits}; class report: {path}", soft_wrap=True)
        if absent := [one.student for one in roster.absent(course, name)]:
            more = f", and {len(absent) - MAX_NAMED} more" if len(absent) > MAX_NAMED else ""
            text = f"{name}: {len(absent)} not handed in: {', '.join(absent[:MAX_NAMED])}{more}"
            console.print(_escape(text), soft_wrap=True)


@app.command()
def regrade(
    assignment: Annotated[str, typer.Argument(help="An assignment that was graded.")],
    exercise: Annotated[str, typer.Argument(help="The one exercise of which marks may change.")],
    student: Student = "*",
    yes: Annotated[bool, typer.Option("--yes", help="Write without asking.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="As for `course grade`.")] = None,
    sandbox: Sandbox = True,
    course_dir: CourseDir = Path("."),
    db: Database = None,
):
    """Grade one exercise of the class anew, after a case of it was mended: shows whose mark changes, and asks.

    Each is judged on the hidden inputs of the recorded seed. A mark that a person gave stays, and so do those of all
    other exercises. Exit status 1 if a submission could not be judged.
    """
    from autograders.regrade import Regrade

    course, _ = _open(course_dir, [assignment], db)
    course = Regrade(course_dir, exercise, db)
    _set_sandbox(course, sandbox)
    _expect_sandbox(sandbox)
    todo = course.submissions(assignment, student)
    results = list(_progress(course.compare(assignment, todo, workers), "judge", len(todo)))
    _tell_problems(results)
    compared = sorted((one for one in results if not one.problem), key=lambda one: one.student)
    _show_changes(exercise, compared)
    changes = [one for one in compared if one.differs or one.reworded]
    if changes and (yes or typer.confirm("Write this?")):
        with course.gradebook() as gradebook:
            for one in _progress(changes, "write", len(changes)):
                course.apply(gradebook, one)
        _report(course, [course.result(assignment, one.student) for one in changes])
        console.print(f"feedback pages are as they were: `course feedback {assignment}` makes them anew")
    raise typer.Exit(1 if len(compared) < len(results) else 0)


def _show_changes(exercise, compared):
    """Print whose mark of an exercise changes."""
    from rich.table import Table

    table = Table("learner", "mark", "now", "", box=None)
    for one in compared:
        if one.differs:
            by_hand = "" if one.by_hand is None else f"{one.by_hand:g}, given by hand, stays"
            table.add_row(_escape(one.student), _mark(one.old), _mark(one.new), by_hand)
    if table.row_count:
        console.print(table)
    reworded = sum(one.reworded and not one.differs for one in compared)
    words = f", {reworded} more get other words" if reworded else ""
    console.print(f"{exercise}: {table.row_count} of {len(compared)} marks change{words}", soft_wrap=True)


@app.command()
def due(
    assignment: Annotated[str, typer.Argument(help="An assignment that was released.")],
    date: Annotated[
        str | None,
        typer.Argument(help="2026-12-01 (its last minute), '2026-12-01 18:00', +2 (days), none; else it is shown."),
    ] = None,
    student: Annotated[str | None, typer.Option(help="One student's own due date: an extension.")] = None,
    course_dir: CourseDir = Path("."),
    db: Database = None,
):
    """Set when an assignment is due, for everybody or for one student; without a date, show it."""
    from autograders.collect import deadlines

    course, _ = _open(course_dir, [assignment], db)
    if date:
        common, _ = deadlines.due_dates(course, assignment)
        when = None if date == "none" else deadlines.parse(date, common)
        graded = deadlines.set_due(course, assignment, when, student)
        if graded:
            console.print(f"{len(graded)} graded already: `course grade {assignment}` works out late penalties anew")
    common, extended = deadlines.due_dates(course, assignment)
    for who, when in (("everybody", common), *sorted(extended.items())):
        text = f"{when.astimezone():%Y-%m-%d %H:%M %Z}" if when else "never"
        console.print(_escape(f"{assignment}, {who}: due {text}"), soft_wrap=True)


@app.command()
def feedback(
    assignments: Assignments = None, student: Student = "*", course_dir: CourseDir = Path("."), db: Database = None
):
    """Write the feedback pages of what was graded, in feedback/, and the class report, marks by hand included."""
    course, names = _open(course_dir, assignments, db)
    todo = [(name, one) for name in names for one in course.submissions(name, student)]
    graded = [item for item in todo if course.path("autograded", *item).is_dir()]
    if not graded:
        raise ValueError(
            f"nothing to give feedback on: no submission of {', '.join(names)} by {student!r} was graded; "
            "run `course grade` first"
        )
    failed = _give_feedback(course, graded)
    _report(course, [course.result(*item) for item in graded])
    console.print(f"feedback pages: {course.root / course.directory.feedback_directory}", soft_wrap=True)
    raise typer.Exit(1 if failed else 0)


def _give_feedback(course, graded):
    """Write the feedback pages of graded submissions; return how many could not be written."""
    failed = 0
    for assignment, student in _progress(graded, "feedback"):
        try:
            course.feedback(assignment, student)
        except RuntimeError as error:  # one page never stops the others
            failed += 1
            first = str(error).splitlines()[0]
            console.print(f"{student}, {assignment}: no feedback page: {_escape(first)}", soft_wrap=True)
    return failed


@app.command()
def export(
    assignments: Assignments = None,
    format: Annotated[str, typer.Option(help="csv, moodle or canvas.")] = "csv",
    columns: Annotated[str, typer.Option(help="total, or exercises for a column each.")] = "total",
    output: Annotated[Path | None, typer.Option(help="File to write; standard output when not given.")] = None,
    feedback: Annotated[
        Path | None, typer.Option(help="Write the feedback pages instead: a zip archive that Moodle or Canvas takes.")
    ] = None,
    student: Annotated[
        str | None, typer.Option(help="Write one learner's whole record instead: a zip archive, --output or ID.zip.")
    ] = None,
    course_dir: CourseDir = Path("."),
    db: Database = None,
):
    """Write the marks in a form that a learning management system imports, in UTF-8.

    A learner's name that a spreadsheet would take for a formula gets an apostrophe in front. With --feedback, exit
    status 1 if a learner's page is not in the archive.
    """
    from autograders.results.export import marks_table

    course, names = _open(course_dir, assignments, db)
    if student is not None:
        _export_record(course, student, output or Path(f"{student}.zip"))
        return
    if feedback:
        raise typer.Exit(0 if _export_feedback(course, names, feedback) else 1)
    if not assignments:  # those that were released
        with course.gradebook() as gradebook:
            names = [one.name for one in gradebook.assignments]
    text = marks_table(course, names, format, columns).to_csv(index=False, lineterminator="\n")
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        typer.echo(text.encode("utf-8"), nl=False)  # bytes: in UTF-8 whatever the terminal's encoding is
    _tell_waiting(course, names, format)


def _export_record(course, student, target):
    """Write one learner's record, and say where."""
    from autograders.results.handback import record

    if not student or Path(student).name != student:
        raise ValueError(f"expected a learner's name, got {student!r}")
    record(course, student, target)
    console.print(f"all of {_escape(student)}: {_escape(target)}", soft_wrap=True)


def _export_feedback(course, names, target):
    """Write the feedback pages for the system that the work came from; return whether everybody's are in it."""
    from autograders.results.handback import feedback_archive

    given, left = feedback_archive(course, names, target)
    for who, reason in left:
        console.print(f"[bold yellow]left out:[/] {_escape(who)}: {_escape(reason)}", soft_wrap=True)
    console.print(f"feedback of {given} submissions: {_escape(target)}", soft_wrap=True)
    return not left


def _tell_waiting(course, names, format):
    """Say, apart from the marks, how many are not final."""
    from autograders.results.export import WAITING

    how = f"column {WAITING}: their points" if format == "csv" else "left empty"
    for name in names:
        waiting = [one.waiting > 0 for one in course.results(name).values()]
        if any(waiting):
            count = f"{sum(waiting)} of {len(waiting)} marks"
            text = f"[bold yellow]warning:[/] {name}: {count} waiting for manual grading ({how})"
            Console(stderr=True).print(text, soft_wrap=True)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("--dir", help="Where to put the demo course.")] = Path("demo"),
    sandbox: Sandbox = True,
    course_dir: CourseDir = Path("."),
):
    """Show the whole cycle on a small made-up class: release, submissions of many kinds, grade, feedback, report."""
    from autograders.demo import hand_in, make_course

    course = make_course(folder, course_dir)
    _set_sandbox(course, sandbox)
    _expect_sandbox(sandbox)
    names = course.assignments()
    for name in _progress(names, "release"):
        course.release(name)
        hand_in(course, name)
    todo = [(name, student) for name in names for student in course.submissions(name)]
    results = _grade_all(course, todo)
    _tell_problems(results)
    _give_feedback(course, [item for item in todo if course.path("autograded", *item).is_dir()])
    _report(course, results)
    console.print(f"learners' versions: {course.root / 'release'}", soft_wrap=True)
    console.print(f"feedback pages:     {course.root / 'feedback'}", soft_wrap=True)


@data.command("list")
def data_list():
    """List the data sets that can be fetched."""
    from helpers.data.download import list_data

    _speak_to_learner()
    for source in list_data():
        entry, about = source.entry, source.entry["about"]
        text = _("[bold]{name}[/]  {size:.0f} MiB, {licence}, not fetched: {about}")
        if source.path.exists():
            text = _("[bold]{name}[/]  {size:.0f} MiB, {licence}, fetched: {about}")
        facts = {"size": entry["size"] / 2**20, "licence": entry["licence"], "about": _escape(_(about))}
        console.print(text.format(name=source.name, **facts), soft_wrap=True)


@data.command("get")
def data_get(name: Annotated[str, typer.Argument(help="A name that `course data list` shows.")]):
    """Fetch a data set into the user's cache folder; a transfer that broke off goes on where it stopped."""
    from helpers.data.download import get

    _speak_to_learner()
    console.print(str(get(name)), soft_wrap=True)


@data.command("verify")
def data_verify(names: Annotated[list[str] | None, typer.Argument(help="Data sets; else all that are here.")] = None):
    """Compare the data on this machine with the manifest. Exit status 1 if something differs."""
    from helpers.data.download import verify

    _speak_to_learner()
    found = verify(names or ())
    faults = {name: fault for name, fault in found.items() if fault}
    for name, fault in faults.items():
        text = _("[red]differs[/] {name}: {fault}")
        console.print(text.format(name=name, fault=_escape(fault)), soft_wrap=True)
    text = _("{sound} sound, {faulty} at fault")
    console.print(text.format(sound=len(found) - len(faults), faulty=len(faults)))
    raise typer.Exit(1 if faults else 0)


@app.command()
def lab(assignments: Assignments = None, course_dir: CourseDir = Path(".")):
    """Open JupyterLab on your notebooks: in a course directory on copies of the learners' versions, else on the folder.

    Work already begun is kept.
    """
    _speak_to_learner()
    if importlib.util.find_spec("jupyterlab") is None:
        text = _("JupyterLab is not installed: pip install jupyterlab, or open the folder in what you have")
        raise RuntimeError(text)
    folder, parts = course_dir.resolve(), assignments or ["[!.]*"]
    if (folder / CONFIG_FILE).is_file():
        folder = _copies(folder, assignments)
    elif not any(folder.glob("*.ipynb")) and not any(folder.glob("*/*.ipynb")):
        text = _("no notebook in {folder}: go to the folder that your instructor gave you")
        raise ValueError(text.format(folder=folder))
    found = [*folder.glob("*.ipynb"), *(path for part in parts for path in folder.glob(f"{part}/*.ipynb"))]
    console.print(_("your notebooks are in {folder}").format(folder=_escape(folder)), soft_wrap=True)
    console.print(_("JupyterLab opens in your browser in a few seconds; to end it, press Ctrl-C here twice"))
    command = [sys.executable, "-m", "jupyter", "lab", f"--ServerApp.root_dir={folder}"]
    if len(found) == 1:
        command.append(f"--LabApp.default_url=/lab/tree/{quote(found[0].relative_to(folder).as_posix())}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # in a container; Jupyter asks for this to be said
        command.append("--allow-root")
    with tempfile.TemporaryDirectory() as settings:
        pages = Path(settings, "labconfig", "page_config.json")
        pages.parent.mkdir()
        pages.write_text(json.dumps({"disabledExtensions": dict.fromkeys(NOT_IN_LAB, True)}), encoding="utf-8")
        places = os.pathsep.join(filter(None, [settings, os.environ.get("JUPYTER_CONFIG_PATH")]))
        status = subprocess.call(command, env=dict(os.environ, JUPYTER_CONFIG_PATH=places))
    raise typer.Exit(status)


def _copies(root, assignments):
    """Copy learners' versions into `my_notebooks/` where they are not there yet; return that folder.

    Where the grading side is installed, they are released anew; else they come from `release/` as it is.
    """
    if importlib.util.find_spec("nbgrader"):
        course, names = _open(root, assignments)
        version = course.release
        console.print(_("making the learners' versions: the first time takes a minute or two"))
    else:
        version = (root / RELEASE).joinpath
        names = assignments or sorted(path.name for path in (root / RELEASE).glob("[!.]*") if path.is_dir())
        absent = [name for name in names if not version(name).is_dir()]
        if absent or not names:
            text = _("no {names} in {folder}; {advice}")
            named = ", ".join(absent) or _("assignment")
            raise FileNotFoundError(text.format(names=named, folder=root / RELEASE, advice=_(GRADING_SIDE)))
    work = root / "my_notebooks"
    for name in names:
        if not (work / name).exists():
            shutil.copytree(version(name), work / name)
    return work


@app.command()
def ready(file: Annotated[Path, typer.Argument(help="Your notebook.")]):
    """Say what the grader would find in your notebook, in one table. Nothing is sent. Exit status 1 if work is left.

    The notebook is run from top to bottom, without what trains, plays or draws, with all your rights: do this with your
    own only.
    """
    from helpers.ready import examine

    _speak_to_learner(file)
    findings = examine(file)
    console.print(_escape(findings.text()), soft_wrap=True, highlight=False)
    raise typer.Exit(0 if findings.ready else 1)


@app.command()
def update(
    notebook: Annotated[Path, typer.Argument(help="Your notebook. Close it in JupyterLab first.")],
    release: Annotated[Path | None, typer.Option(help="The new release's notebook; else from release/ here.")] = None,
):
    """Bring a notebook that you have begun up to date with a new release. A copy of it is kept."""
    from autograders.release.update import update as bring_up_to_date

    _speak_to_learner(notebook)
    done = bring_up_to_date(notebook, release)
    lines = [_("{notebook} was up to date already")]
    if done.copy:
        lines = [_("{notebook} is up to date; as it was: {copy}")]
    if done.left:
        lines.append(_("{count} cells could not be placed: they stand at its end"))
    if done.files:
        lines.append(_("new beside it: {files}"))
    named = {"notebook": notebook, "copy": done.copy and done.copy.name, "count": done.left}
    for line in lines:
        console.print(_escape(line.format(files=", ".join(done.files), **named)), soft_wrap=True)


@app.command()
def doctor():
    """Say what is installed, what is missing, and what to do about it."""
    from autograders.doctor import examine

    items = examine()
    for item in items:
        mark = {"ok": "[green]ok[/]", "note": "[yellow]note[/]", "missing": "[red]missing[/]"}[item.state]
        advice = f" - {_escape(item.advice)}" if item.advice else ""
        console.print(f"{mark:<20} {_escape(item.what)}{advice}", soft_wrap=True)
    raise typer.Exit(1 if any(item.state == "missing" for item in items) else 0)


if __name__ == "__main__":
    main()
