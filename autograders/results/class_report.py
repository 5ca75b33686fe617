"""The class report: marks first, then a page for each exercise, and pairs of submissions to look at; static HTML."""

import base64
import copy
import hashlib
import os
from datetime import datetime
from pathlib import Path
from statistics import mean, median
from urllib.parse import quote

import numpy as np
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from nbgrader.preprocessors import ClearSolutions

from autograders.collect import deadlines, misplaced, roster
from autograders.collect.strict_files import as_text
from autograders.coursedir import expected_notebooks, read_source, source_notebook
from autograders.release.languages import expect_language
from autograders.results import similar
from autograders.results.item_analysis import Answer, Item
from helpers import language
from helpers.notebook import checked

TEMPLATES = Path(__file__).parent / "templates" / "report"
BIN_PERCENT = 10
MOST_PAIRS = 60  # whose code is shown
MOST_MISTAKES = 15  # on the first page
SMALLEST = 0.01  # points: the grader rounds to this


def collect(course, assignment, results):
    """Gather what the report shows from the gradebook and the judged notebooks.

    Parameters
    ----------
    course : Course
    assignment : str
    results : list of Result
        As `Course.grade` returned them.

    Returns
    -------
    dict
        `items` (list of Item, those that a person marks last), `pairs` (list of similar.Pair), `codes`
        ({learner: {exercise: code}}), `unlocked` (how many notebooks were run without the sandbox), `seconds` (that
        judging each submission took).
    """
    notebooks = expected_notebooks(course.directory, assignment)
    frames = {
        name: _frame(course, read_source(source_notebook(course.directory, assignment, name))) for name in notebooks
    }
    items, of_people, codes, seconds, unlocked = {}, {}, {}, {}, 0
    for result in results:
        codes[result.student] = {}
        for path, notebook in course.judged(assignment, result.student):
            record, frame = notebook["metadata"]["verdict"], frames.get(path.stem, {})
            unlocked += not record.get("sandbox", True)
            took = notebook["metadata"].get("took", {"notebook": 0.0, "exercises": {}})  # an earlier version kept none
            seconds[result.student] = seconds.get(result.student, 0.0) + took["notebook"]
            sources = {
                cell["metadata"].get("nbgrader", {}).get("grade_id"): cell["source"] for cell in notebook["cells"]
            }
            sources.pop(None, None)  # of cells that are none of the course's
            for one in record["exercises"]:
                name = _label(notebooks, path.stem, one["exercise"])
                test, solution, *_ = frame.get(one["exercise"], (None, None))
                code = sources.get(solution, "")
                mark, _ = result.exercises.get((path.stem, test), (one["score"], None))
                by_hand = mark is not None and abs(mark - one["score"]) > SMALLEST / 2
                answer = Answer(
                    result.student, mark, one["points"], one, record["seed"], code,
                    took["exercises"].get(one["exercise"]), by_hand, bool(record["problem"]),
                )  # fmt: skip
                items.setdefault(name, Item(name, one["points"])).answers[result.student] = answer
                codes[result.student][name] = code
        for (notebook, cell), (score, points) in result.by_hand.items():
            name = _label(notebooks, notebook, cell)
            answer = Answer(result.student, score, points, by_hand=True)
            of_people.setdefault(name, Item(name, points)).answers[result.student] = answer
    given = [
        {
            _label(notebooks, notebook, name): one[which]
            for notebook, frame in frames.items()
            for name, one in frame.items()
        }
        for which in (2, 3)
    ]
    return {
        "items": [*items.values(), *of_people.values()],
        "pairs": similar.pairs(codes, given),
        "codes": codes,
        "unlocked": unlocked,
        "seconds": list(seconds.values()),
    }


def _label(notebooks, notebook, name):
    return f"{notebook}: {name}" if len(notebooks) > 1 else name


def _frame(course, source):
    """Return {exercise: (ids of its grade cell and solution cell, code that learners start from, model solution)}."""
    started, _ = ClearSolutions(config=course.config).preprocess(copy.deepcopy(source), {})
    found = {}
    for test in source.cells:
        if name := checked(test):
            for cell, start in zip(source.cells, started.cells, strict=True):
                if cell.metadata.get("nbgrader", {}).get("solution") and f"def {name}(" in cell.source:
                    ids = test.metadata.nbgrader.grade_id, cell.metadata.nbgrader.grade_id
                    found[name] = (*ids, start.source, cell.source)
    return found


def write(course, assignment, results):
    """Write the class report of an assignment, with a page for each exercise and one of similar submissions.

    Parameters
    ----------
    course : Course
    assignment : str
    results : list of Result

    Returns
    -------
    Path
        `reports/<assignment>.html` in the course directory; the other pages are in the folder `<assignment>` beside it.

    Raises
    ------
    ValueError
        If there are no catalogues of the language that the configuration names (`c.ClassReport.language`).
    """
    chosen = course.config.ClassReport.get("language", "")
    if chosen:
        expect_language(course.root, chosen)
    with language.speaking(chosen):
        return _write(course, assignment, results)


def _write(course, assignment, results):
    """Write the report in the language that is spoken."""
    target = course.root / "reports" / f"{assignment}.html"
    folder = target.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    data = collect(course, assignment, results)
    class_list = roster.of(course)
    percents = [result.percent for result in results if result.percent is not None]
    handed_in = {result.student for result in results}
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    language.of_templates(environment)
    environment.globals |= data | {
        "bins": bins,
        "assignment": assignment,
        "language": language.language(),
        "made": datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
        "mean": mean,
        "median": median,
        "spoken": deadlines.spoken,
        "script": Markup(script),
        "script_hash": base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii"),
    }
    pages = {
        target: ("class.html", {
            "results": results,
            "pages": {one.student: _feedback_pages(course, assignment, one.student, target.parent) for one in results},
            "percents": percents,
            "mistakes": _commonest(data["items"]),
            "waiting": sum(result.waiting > 0 for result in results),
            "class_list": class_list,
            "absent": [one for one in class_list if one.student not in handed_in],
            "misplaced": [one for one in misplaced.find(course) if one.assignment in (assignment, None)],
        }),
        folder / "similar-pairs.html": ("similar.html", {
            "most": MOST_PAIRS, "usual": similar.most_of_unusual(len(results)),
        }),
        **{folder / item.file: ("exercise.html", {"item": item}) for item in data["items"]},
    }  # fmt: skip
    for path, (template, more) in pages.items():
        path.write_text(as_text(environment.get_template(template).render(more)), encoding="utf-8")
    for old in set(folder.glob("*.html")) - set(pages):  # of exercises that are no more
        old.unlink()
    return target


def _feedback_pages(course, assignment, student, folder):
    """Return (notebook, address) of a learner's feedback pages, seen from a folder."""
    place = course.path("feedback", assignment, student)
    return [
        (name, quote(Path(os.path.relpath(page, folder)).as_posix()))
        for name in expected_notebooks(course.directory, assignment)
        if (page := place / f"{name}.html").is_file()
    ]


def _commonest(items):
    """Return (mistake, item, learners) of the commonest mistakes of all exercises."""
    found = [(mistake, item, students) for item in items for mistake, students in item.mistakes.items()]
    return sorted(found, key=lambda one: -len(one[2]))[:MOST_MISTAKES]


def bins(percents):
    """Count marks: [(from, to, learners)], in steps of BIN_PERCENT; full marks are in the last one."""
    counts, edges = np.histogram(np.clip(percents, 0, 100), bins=range(0, 101, BIN_PERCENT))
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), counts.tolist(), strict=True))
