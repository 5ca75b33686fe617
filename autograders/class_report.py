"""The class report: marks first, then a page for each exercise, and pairs of submissions to look at; static HTML."""

import base64
import copy
import hashlib
import os
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from statistics import mean, median
from urllib.parse import quote

import numpy as np
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from nbgrader.preprocessors import ClearSolutions

from autograders import misplaced, similar
from autograders.intake import as_text, expected_notebooks, read_source, source_notebook
from autograders.release import checked

TEMPLATES = Path(__file__).parent / "templates" / "report"
BIN_PERCENT = 10
MOST_PAIRS = 60  # whose code is shown
MOST_MISTAKES = 15  # on the first page
SMALLEST = 0.01  # points: the grader rounds to this
NOT_WRITTEN = "not written yet"


@dataclass
class Answer:
    """What one learner has for one exercise.

    Attributes
    ----------
    student : str
    score : float or None
        The mark, a person's before the grader's; None while it waits for a person.
    points : float
    verdict : dict or None
        The grader's record of the exercise (see `helpers.check.report.Report.plain`); None for what a person marks.
    seed : int or None
        Of the hidden inputs on which it was judged.
    code : str
        The solution cell.
    seconds : float or None
        What calling it took, if that is known.
    by_hand : bool
        Whether a person gave the mark.
    unread : bool
        Whether the notebook could not be read, so that the mark says nothing of the exercise.
    """

    student: str
    score: float | None
    points: float
    verdict: dict | None = None
    seed: int | None = None
    code: str = ""
    seconds: float | None = None
    by_hand: bool = False
    unread: bool = False

    @property
    def parts(self):
        """The grader's verdicts on the parts; none for what a person marks."""
        return self.verdict["parts"] if self.verdict else []

    @property
    def share(self):
        """The share of the points that was won; of an optional exercise, of its parts; None while it waits."""
        if self.points:
            return None if self.score is None else self.score / self.points
        return sum(part["share"] for part in self.parts if part["ok"])

    @property
    def written(self):
        """Whether something was handed in for it that could be judged."""
        return not self.unread and not (self.parts and all(NOT_WRITTEN in (p["message"] or "") for p in self.parts))

    @property
    def mistakes(self):
        """The known mistakes that were found, in plain words."""
        found = self.verdict or {"mistakes": []}
        return found.get("reasons") or [name.replace("_", " ") for name in found["mistakes"]]

    @property
    def text(self):
        """What stands in the table of marks."""
        if self.points:
            return "waits" if self.score is None else f"{self.score:g}"
        if not self.written:
            return "–"
        return f"{sum(part['ok'] for part in self.parts)} of {len(self.parts)}"

    @property
    def colour(self):
        """The class of its cell in the table of marks."""
        if self.share is None or not (self.points or self.share):
            return "left"
        return "full" if self.share >= 1 else "some" if self.share else "none"


@dataclass
class Group:
    """Answers that are wrong in the same way, which no known mistake explains."""

    answers: list

    @property
    def students(self):
        """The learners whose answers these are."""
        return [one.student for one in self.answers]

    @property
    def size(self):
        """How many they are."""
        return len(self.answers)

    @property
    def specimen(self):
        """The shortest of them, to be read."""
        return min(self.answers, key=lambda one: (len(one.code), one.student))

    @property
    def faults(self):
        """What the grader says of the specimen's wrong parts: {message: parts}."""
        found = {}
        for part in self.specimen.parts:
            if not part["ok"]:
                found.setdefault(part["message"], []).append(part["part"])
        return found


@dataclass
class Item:
    """One exercise of the report, or one cell that a person marks, with everybody's answers.

    Attributes
    ----------
    name : str
        With the notebook's name before it, where there are several notebooks.
    points : float
        0 for an optional exercise.
    answers : dict of str to Answer
        By learner.
    """

    name: str
    points: float
    answers: dict = field(default_factory=dict)

    @property
    def file(self):
        """The name of its page."""
        return f"{re.sub(r'[^A-Za-z0-9_]+', '-', self.name)}.html"

    @cached_property
    def counted(self):
        """The answers that statistics are made of: all that could be read; of an optional exercise, those written."""
        return [one for one in self.answers.values() if not one.unread and (one.points or one.written)]

    @property
    def shares(self):
        """The share of the points that each counted answer has, but those that wait."""
        return [one.share for one in self.counted if one.share is not None]

    @property
    def percents(self):
        """The shares in percent."""
        return [100 * share for share in self.shares]

    @property
    def mean(self):
        """The mean mark; None where there is none."""
        return mean(self.shares) * self.points if self.shares and self.points else None

    @property
    def difficulty(self):
        """The share of the points that the class has won: 1 is easy, 0 is hard."""
        return mean(self.shares) if self.shares else None

    def discrimination(self, items):
        """Say whether those who solve this exercise are those who have many points elsewhere.

        Parameters
        ----------
        items : list of Item
            All of the report.

        Returns
        -------
        float or None
            The point-biserial correlation between "all points or not" here and the sum of the points of the other
            exercises, without what waits for a person; None where either is the same for everybody.
        """
        others = [item.answers for item in items if item is not self and item.points]
        decided = [one for one in self.counted if one.share is not None]
        solved = np.array([one.share >= 1 for one in decided], dtype=float)
        rest = np.array([sum(of[a.student].score or 0.0 for of in others if a.student in of) for a in decided])
        if len(decided) < 2 or not solved.std() or not rest.std():  # noqa: PLR2004
            return None
        return float(np.corrcoef(solved, rest)[0, 1])

    @cached_property
    def mistakes(self):
        """{mistake in plain words: learners}, the commonest first."""
        found = {}
        for one in self.answers.values():
            for mistake in dict.fromkeys(one.mistakes):
                found.setdefault(mistake, []).append(one.student)
        return dict(sorted(found.items(), key=lambda pair: -len(pair[1])))

    @cached_property
    def groups(self):
        """Wrong answers that no declared mistake explains, put together where they gave the same; the largest first."""
        found = {}
        for one in self.answers.values():
            wrong = tuple(part["message"] for part in one.parts if not part["ok"])
            if not wrong or not one.written:
                continue
            if sketch := one.verdict.get("sketch"):
                found.setdefault((one.seed, sketch), []).append(one)
            elif not one.mistakes:  # it was never called, since it is no Python
                found.setdefault(wrong, []).append(one)
        return sorted(map(Group, found.values()), key=lambda group: (-group.size, group.specimen.student))

    @property
    def not_written(self):
        """Who has left it as it was."""
        return [one.student for one in self.answers.values() if not one.unread and not one.written]

    @property
    def parts(self):
        """{part: share of those who have it right, of all who wrote something}."""
        found = {}
        for part in (part for one in self.counted if one.written for part in one.parts):
            found.setdefault(part["part"], []).append(part["ok"])
        return {part: mean(right) for part, right in found.items()}

    @property
    def verdicts(self):
        """The grader's records; none of a cell that a person marks."""
        return [one.verdict for one in self.answers.values() if one.verdict]

    @property
    def seconds(self):
        """What calling it took for each learner, in seconds."""
        return [one.seconds for one in self.answers.values() if one.seconds is not None]


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
                code = "".join(sources.get(solution, ""))
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
    """
    target = course.root / "reports" / f"{assignment}.html"
    folder = target.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    data = collect(course, assignment, results)
    students = course.students()
    percents = [result.percent for result in results if result.percent is not None]
    handed_in = {result.student for result in results}
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.globals |= data | {
        "bins": bins,
        "assignment": assignment,
        "made": datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
        "mean": mean,
        "median": median,
        "students": students,
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
            "missing": sorted(set(students) - handed_in),
            "misplaced": [one for one in misplaced.find(course) if one.assignment in (assignment, None)],
        }),
        folder / "similar-pairs.html": ("similar.html", {"most": MOST_PAIRS, "usual": similar.most_of_unusual(len(results))}),
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
