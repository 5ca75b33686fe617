"""The class report: a page with everybody's marks, the most common mistakes by name, and a histogram."""

import io
import os
from collections import Counter
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader

from autograders import misplaced, roster
from autograders.intake import as_text, expected_notebooks

TEMPLATES = Path(__file__).with_name("templates")
BIN_PERCENT = 10


def collect(course, assignment, results):
    """Gather what the report shows from the judged notebooks.

    Parameters
    ----------
    course : Course
    assignment : str
    results : list of Result
        As `Course.grade` returned them.

    Returns
    -------
    dict
        `absent` (the students of the roster who handed in nothing), `exercises` (points by name, in order, those that a
        person marks last; with several notebooks, the names include the notebook's), `rows` (a dict for each student;
        its `cells` are pairs of text and colour), `mistakes` (exercise, reason, students), `unlocked` (how many
        notebooks were run without the sandbox), `misplaced` (see `misplaced.find`).
    """
    exercises, rows, mistakes, unlocked = {}, [], {}, 0
    notebooks = expected_notebooks(course.directory, assignment)
    several = len(notebooks) > 1
    for result in results:
        cells = {}
        for path, record in course.verdicts(assignment, result.student):
            unlocked += not record.get("sandbox", True)
            for one in record["exercises"]:
                name = f"{path.stem}: {one['exercise']}" if several else one["exercise"]
                exercises.setdefault(name, one["points"])
                cells[name] = _exercise_cell(one)
                for reason in one.get("reasons", one["mistakes"]):  # a record of an earlier version has names alone
                    mistakes.setdefault((name, reason), []).append(result.student)
        for (notebook, cell), (score, points) in result.by_hand.items():
            name = f"{notebook}: {cell}" if several else cell
            exercises.setdefault(name, points)
            cells[name] = ("waits", "left") if score is None else (f"{score:g}", _colour(score, points))
        folder = course.path("feedback", assignment, result.student)
        pages = [page for name in notebooks if (page := folder / f"{name}.html").is_file()]
        rows.append({"result": result, "cells": cells, "feedback": pages})
    counts = Counter({key: len(students) for key, students in mistakes.items()})
    return {
        "absent": roster.absent(course, assignment),
        "exercises": exercises,
        "unlocked": unlocked,
        "rows": rows,
        "misplaced": [one for one in misplaced.find(course) if one.assignment in (assignment, None)],
        "mistakes": [(*key, mistakes[key]) for key, _ in counts.most_common()],
    }


def _exercise_cell(one):
    """Return the text and the colour of an exercise's cell in the table."""
    right, parts = sum(part["ok"] for part in one["parts"]), len(one["parts"])
    colour = _colour(right, parts)
    if one["points"]:
        return f"{one['score']:g}", colour
    return f"{right} of {parts}", "left" if colour == "none" else colour


def _colour(some, of):
    return "full" if some >= of else "some" if some else "none"


def histogram(percents):
    """Draw a histogram of marks.

    Parameters
    ----------
    percents : list of float
        Marks in percent.

    Returns
    -------
    str
        An SVG element.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 2.4), layout="constrained")
    axes = figure.subplots()
    axes.hist(percents, bins=range(0, 100 + BIN_PERCENT, BIN_PERCENT), color="#3b6ea5", edgecolor="white")
    axes.set(xlabel="mark (percent)", ylabel="learners", xlim=(0, 100), xticks=range(0, 101, 20))
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.spines[["top", "right"]].set_visible(False)
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]


def write(course, assignment, results):
    """Write the class report of an assignment.

    Parameters
    ----------
    course : Course
    assignment : str
    results : list of Result

    Returns
    -------
    Path
        `reports/<assignment>.html` in the course directory.
    """
    folder = course.root / "reports"
    folder.mkdir(exist_ok=True)
    data = collect(course, assignment, results)
    for row in data["rows"]:
        row["feedback"] = [
            (page.stem, quote(Path(os.path.relpath(page, folder)).as_posix())) for page in row["feedback"]
        ]
    percents = [result.percent for result in results if result.percent is not None]
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    page = environment.get_template("class_report.html").render(
        assignment=assignment,
        made=datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
        mean=sum(percents) / len(percents) if percents else None,
        waiting=sum(result.waiting > 0 for result in results),
        histogram=histogram(percents),
        **data,
    )
    target = folder / f"{assignment}.html"
    target.write_text(as_text(page), encoding="utf-8")
    return target
