"""The `course` command: each subcommand calls what a notebook or nbgrader would call."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

app = typer.Typer(help="Recurrent networks: three graded notebooks.", no_args_is_help=True, add_completion=False)
data = typer.Typer(help="Data sets: what ships, and what can be fetched.", no_args_is_help=True)
app.add_typer(data, name="data")
console = Console()

CourseDir = Annotated[Path, typer.Option("--course-dir", help="The course directory.")]
Assignments = Annotated[list[str] | None, typer.Argument(help="Assignments; all when none is named.")]
Sandbox = Annotated[
    bool, typer.Option("--sandbox/--no-sandbox", help="Lock learners' code in; without, it can do all that you can.")
]
Database = Annotated[str | None, typer.Option("--db", help="URL of the gradebook, e.g. sqlite:///gradebook.db.")]


def main():
    """Run the command; end with a readable sentence, not a traceback, on an expected error."""
    try:
        app()
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        message = error.args[0] if isinstance(error, KeyError) and error.args else error
        console.print(f"[bold red]error:[/] {_escape(message)}", soft_wrap=True)
        sys.exit(1)


def _escape(text):
    from rich.markup import escape

    return escape(str(text))


def _progress(items, text):
    """Iterate with a progress bar."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(text, total=len(items))
        for item in items:
            bar.update(task, description=f"{text} {' '.join(item) if isinstance(item, tuple) else item}")
            yield item
            bar.advance(task)
        bar.update(task, description=text)


def _open(course_dir, assignments, db=None):
    """Return the course and the names of the assignments that were asked for."""
    from autograders.course import Course

    course = Course(course_dir, db)
    known = course.assignments()
    unknown = sorted(set(assignments or ()) - set(known))
    if unknown:
        raise ValueError(f"there is no assignment {', '.join(unknown)} in {course.root}; there are: {', '.join(known)}")
    return course, assignments or known


@app.command()
def release(assignments: Assignments = None, course_dir: CourseDir = Path("."), db: Database = None):
    """Make the learners' versions, in release/."""
    course, names = _open(course_dir, assignments, db)
    for name in _progress(names, "release"):
        console.print(f"{name}: {course.release(name).relative_to(course.root)}/")


@app.command()
def grade(
    assignments: Assignments = None,
    student: Annotated[str, typer.Option(help="One student only (or a glob pattern).")] = "*",
    sandbox: Sandbox = True,
    course_dir: CourseDir = Path("."),
    db: Database = None,
):
    """Judge what is in submitted/, and write a class report. Exit status 1 if a submission could not be judged."""
    course, names = _open(course_dir, assignments, db)
    todo = [(name, one) for name in names for one in course.submissions(name, student)]
    if not todo:
        raise ValueError(
            f"nothing to grade: no submission of {', '.join(names)} by {student!r} in {course.root}/submitted"
        )
    _set_sandbox(course, sandbox)
    outcomes = [course.grade(*item) for item in _progress(todo, "grade")]
    _tell_problems(outcomes)
    _report(course, outcomes)
    raise typer.Exit(1 if any(outcome.problem for outcome in outcomes) else 0)


def _set_sandbox(course, wanted):
    """Turn the sandbox on or off; refuse, before anything is graded, where it is wanted and cannot be had."""
    from autograders.sandbox import trial

    course.config.Judge.sandbox = wanted
    if not wanted:
        console.print("[bold yellow]warning:[/] NO SANDBOX: learners' code runs with all your rights", soft_wrap=True)
    elif reason := trial.why_not():
        raise RuntimeError(f"no sandbox can be had here ({reason}): see `course doctor`, or say --no-sandbox")


def _tell_problems(outcomes):
    """Print a line for each submission that could not be judged."""
    for outcome in outcomes:
        if outcome.problem:
            first = outcome.problem.splitlines()[0]
            console.print(f"{outcome.student}, {outcome.assignment}: not judged: {_escape(first)}", soft_wrap=True)


def _report(course, outcomes):
    """Write the class reports and say where they are."""
    from autograders import class_report

    for name in sorted({outcome.assignment for outcome in outcomes}):
        mine = [outcome for outcome in outcomes if outcome.assignment == name]
        path = class_report.write(course, name, mine)
        judged = sum(outcome.problem is None for outcome in mine)
        console.print(f"{name}: {judged} of {len(mine)} judged; class report: {path}", soft_wrap=True)


@app.command()
def feedback(
    assignments: Assignments = None,
    student: Annotated[str, typer.Option(help="One student only (or a glob pattern).")] = "*",
    course_dir: CourseDir = Path("."),
    db: Database = None,
):
    """Write the feedback pages of what was graded, in feedback/."""
    course, names = _open(course_dir, assignments, db)
    todo = [(name, one) for name in names for one in course.submissions(name, student)]
    _give_feedback(course, todo)
    console.print(f"feedback pages: {course.root / course.directory.feedback_directory}", soft_wrap=True)


def _give_feedback(course, todo):
    """Write the feedback pages of those submissions among `todo` that were graded."""
    graded = [item for item in todo if course.path("autograded", *item).is_dir()]
    if not graded:
        raise ValueError("nothing to give feedback on: run `course grade` first")
    for item in _progress(graded, "feedback"):
        course.feedback(*item)


@app.command()
def export(
    assignments: Assignments = None,
    format: Annotated[str, typer.Option(help="csv, moodle or canvas.")] = "csv",
    output: Annotated[Path | None, typer.Option(help="File to write; standard output when not given.")] = None,
    course_dir: CourseDir = Path("."),
    db: Database = None,
):
    """Write the marks in a form that a learning management system imports."""
    from autograders.export import marks_table

    course, names = _open(course_dir, assignments, db)
    if not assignments:  # those that were released
        with course.gradebook() as gradebook:
            names = [one.name for one in gradebook.assignments]
    text = marks_table(course, names, format).to_csv(index=False, lineterminator="\n")
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


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
    names = course.assignments()
    for name in _progress(names, "release"):
        course.release(name)
        hand_in(course, name)
    todo = [(name, student) for name in names for student in course.submissions(name)]
    outcomes = [course.grade(*item) for item in _progress(todo, "grade")]
    _tell_problems(outcomes)
    _give_feedback(course, todo)
    _report(course, outcomes)
    console.print(f"learners' versions: {course.root / 'release'}", soft_wrap=True)
    console.print(f"feedback pages:     {course.root / 'feedback'}", soft_wrap=True)


@data.command("list")
def data_list():
    """List the data sets that can be fetched."""
    from helpers.download import list_data

    for source in list_data():
        state = "fetched" if source.path.exists() else "not fetched"
        size = f"{source.size / 2**20:.0f} MiB" if source.size else "size unknown"
        console.print(
            f"[bold]{source.name}[/]  {size}, {source.licence}, {state}: {_escape(source.about)}", soft_wrap=True
        )


@data.command("get")
def data_get(name: Annotated[str, typer.Argument(help="A name that `course data list` shows.")]):
    """Fetch a data set into the user's cache folder; a transfer that broke off goes on where it stopped."""
    from helpers.download import get

    console.print(str(get(name)), soft_wrap=True)


@data.command("verify")
def data_verify(names: Annotated[list[str] | None, typer.Argument(help="Data sets; all when none is named.")] = None):
    """Compare the data on this machine with the manifest. Exit status 1 if something differs."""
    from helpers.download import verify

    states = verify(names or None)
    faults = [state for state in states if state.fault and not (state.missing and not names)]
    for state in faults:
        console.print(f"[red]differs[/] {state.name}: {_escape(state.fault)}", soft_wrap=True)
    missing = sum(state.missing for state in states)
    console.print(f"{len(states) - len(faults) - missing} sound, {missing} not fetched, {len(faults)} at fault")
    raise typer.Exit(1 if faults else 0)


@app.command()
def lab(assignments: Assignments = None, course_dir: CourseDir = Path(".")):
    """Open JupyterLab on the learners' versions; work already begun there is kept."""
    course, names = _open(course_dir, assignments)
    work = course.root / "my_notebooks"
    for name in names:
        if not (work / name).exists():
            import shutil

            shutil.copytree(course.release(name), work / name)
    console.print(f"your copies are in {work}", soft_wrap=True)
    command = [sys.executable, "-m", "jupyter", "lab", f"--ServerApp.root_dir={work}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # in a container; Jupyter asks for this to be said
        command.append("--allow-root")
    raise typer.Exit(subprocess.call(command, env=dict(os.environ)))


@app.command()
def doctor():
    """Say what is installed, what is missing, and what to do about it."""
    from autograders.doctor import examine

    findings = examine()
    for finding in findings:
        mark = {"ok": "[green]ok[/]", "note": "[yellow]note[/]", "missing": "[red]missing[/]"}[finding.state]
        advice = f" - {_escape(finding.advice)}" if finding.advice else ""
        console.print(f"{mark:<20} {_escape(finding.what)}{advice}", soft_wrap=True)
    raise typer.Exit(1 if any(finding.state == "missing" for finding in findings) else 0)


if __name__ == "__main__":
    main()
