"""A class of any size with verdicts and code, but without grading: what a class report is tried on.

    python tests/support/made_up_class.py FOLDER [SIZE]

writes the report of such a class.
"""

import ast
import json
import re
import shutil
import sys
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import numpy as np
from nbgrader.api import Student
from small_course import empty_gradebook
from sources import NOTEBOOKS, ROOT

from autograders.collect import roster, tables
from autograders.course import CONFIG_FILE, Course, Result
from autograders.engine.exercise import exercises_of
from autograders.engine.reference import Reference
from autograders.release.authoring import variants
from helpers.check.report import Hint, PartResult, Report
from helpers.notebook import checked

NAME = "step_by_step_rnn"
SEED = 1
DUE, LATE = datetime(2026, 11, 3, 22, 59, 59, tzinfo=UTC), timedelta(days=1, hours=3)
COPIED = 40  # one in so many has copied
FIRST = "Ada Ben Chen Dora Emre Fatou Goro Hana Ivan June Kofi Lena Milo Nour Omar Pia Quinn Rosa Sven Tara Ugo".split()
LAST = "Abebe Bauer Castro Dubois Eriksen Fischer Garcia Haddad Ito Jansen Kaya Lindqvist Mbeki Novak Okafor".split()
UNNAMED = (
    "return None",
    "return 0",
    "raise ValueError('shapes')",
)  # instead of an answer: the wrong ones without a name
LINES = (  # what learners leave in their code; the numbers make it their own
    'print("{a}", {b})', "check_{a} = np.zeros(({a}, {b}))", "assert {a} < {b} + 1000", "scale_{a} = {b} / {a}.0",
    "tmp = np.ones({a}) * {b}", "if {a} > {b}: print({a})", "n{a} = len([{a}, {b}])", "eps = 1e-{a}; eps = eps * {b}",
)  # fmt: skip


@dataclass
class MadeUp:
    """A made-up class, and what its report must find.

    Attributes
    ----------
    course : Course
    results : list of Result
    copies : set of (str, str)
        Pairs of learners of whom one has the other's code under other names.
    wrong : dict of (str, str) to set of str
        For each exercise and each way to be wrong that has no name, the learners.
    absent : list of str
        Those in the gradebook who handed in nothing.
    """

    course: Course
    results: list = field(default_factory=list)
    copies: set = field(default_factory=set)
    wrong: dict = field(default_factory=dict)
    absent: list = field(default_factory=list)


def make(folder, size=300, seed=SEED):
    """Make a course directory in which a class was graded.

    Parameters
    ----------
    folder : Path
        Made new.
    size : int
        How many handed in; a fortieth more did not.
    seed : int

    Returns
    -------
    MadeUp
    """
    rng = np.random.default_rng(seed)
    source = Path(folder) / "notebooks" / NAME
    source.mkdir(parents=True)
    shutil.copy(ROOT / CONFIG_FILE, folder)
    shutil.copy(NOTEBOOKS[NAME], source)
    shutil.copy(empty_gradebook(), folder)
    made = MadeUp(Course(folder))
    notebook = nbformat.read(NOTEBOOKS[NAME], as_version=4)
    exercises, reference = exercises_of(notebook, ROOT), Reference(NOTEBOOKS[NAME])
    # Each form is one that many have: word for word the same in a few only would be a copy.
    several = max(1, size // 30)
    forms = {
        name: [reference.source(name), *variants(NAME, ROOT).get(name, {}).values()][:several] for name in exercises
    }
    ids = [f"s{1000 + number}" for number in range(size + size // 40)]
    with made.course.gradebook() as gradebook:
        names = [{"first_name": str(rng.choice(FIRST)), "last_name": str(rng.choice(LAST))} for _ in ids]
        gradebook.db.add_all(Student(id=one, **name) for one, name in zip(ids, names, strict=True))
        gradebook.db.commit()
    made.absent = ids[size:]
    codes = {}
    for number, student in enumerate(ids[:size]):
        skill, records, codes[student] = rng.normal(), [], {}
        copied = ids[number - 1] if number % COPIED == COPIED - 1 else None
        for place, (name, exercise) in enumerate(exercises.items()):
            report, code = _answer(rng, made, student, exercise, forms[name], reference, skill - 0.25 * place)
            if copied:
                code = renamed(codes[copied][name], rng)
            codes[student][name] = code
            records.append(report.plain())
        if copied:
            made.copies.add((copied, student))
        made.results.append(_hand_in(made.course, notebook, student, records, codes[student], rng))
        if made.results[-1].problem:
            for students in made.wrong.values():
                students.discard(student)
    return made


def write_roster(made):
    """Write the class's list: names in order of the ids, and two groups by turns."""
    ids = [*(one.student for one in made.results), *made.absent]
    rows = [asdict(roster.Student(one, f"First{n:03}", f"Last{n:03}", group="AB"[n % 2])) for n, one in enumerate(ids)]
    tables.write(made.course.root / roster.FILE, roster.COLUMNS, rows)


def _answer(rng, made, student, exercise, forms, reference, ease):
    """Return (report, code) of one learner for one exercise."""
    draw, code = rng.random(), str(rng.choice(forms))
    right = draw < 1 / (1 + np.exp(-1.2 - 1.5 * ease))
    parts = list(exercise.parts.items())
    if right:
        wrong, message, hints, sketch = set(), None, [], ""
    elif rng.random() < (0.15 if exercise.points else 0.7):
        code = f"def {exercise.name}():\n    raise NotImplementedError\n"
        wrong, message, hints, sketch = {part for part, _ in parts}, "not written yet", [], ""
    elif rng.random() < 0.6 and exercise.mistakes:
        weights = 0.6 ** np.arange(len(exercise.mistakes))
        mistake = exercise.mistakes[rng.choice(len(weights), p=weights / weights.sum())]
        code = reference.edited(exercise.name, mistake.edits)
        wrong = {parts[0][0]}
        hints = [Hint(mistake.name, mistake.question, mistake.hint, mistake.section, tuple(wrong))]
        message, sketch = "2 of 6 entries differ (case: several sequences)", ""
    else:
        kind = int(min(rng.geometric(0.4), len(UNNAMED)) - 1)
        last = ast.parse(code).body[-1].body[-1].lineno
        code = "\n".join([*code.split("\n")[: last - 1], f"    {UNNAMED[kind]}"])
        wrong, hints, sketch = {part for part, _ in parts}, [], f"{exercise.name}-{kind}"
        message = "expected a tuple of 3, got None (case: several sequences)"
        made.wrong.setdefault((exercise.name, sketch), set()).add(student)
    results = [PartResult(p, share, p not in wrong, message if p in wrong else None) for p, share in parts]
    return Report(exercise.name, exercise.points, results, hints, sketch=sketch), personal(code, rng)


def personal(code, rng):
    """Return code with some lines of a learner's own in it."""
    lines = code.split("\n")
    function = ast.parse(code).body[-1]
    first = function.body[1 if ast.get_docstring(function) is not None and len(function.body) > 1 else 0]
    start = first.lineno - 1 - len(getattr(first, "decorator_list", ()))
    for _ in range(rng.integers(0, 4)):
        line = str(rng.choice(LINES)).format(a=rng.integers(2, 90), b=rng.integers(2, 90))
        lines.insert(start, f"    {line}")
    return "\n".join(line for line in lines if "### " not in line)


def renamed(code, rng):
    """Return a copy as a cheat makes it: local names, comments and layout changed, and nothing else."""
    names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    stored = {
        node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name) and type(node.ctx) is ast.Store
    }
    for name in sorted(stored & names):
        code = re.sub(rf"(?<![.\w\"']){name}\b(?![\"'])", f"{name}_{rng.integers(1000)}", code)
    return "# my own work\n" + code.replace("\n", "\n\n", 3).replace(" = ", "  =  ")


def _hand_in(course, notebook, student, records, codes, rng):
    """Write a judged notebook; return the result."""
    cells = []
    for cell in notebook.cells:
        solved = cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
        mine = (code for name, code in codes.items() if f"def {name}(" in cell.source)
        cells.append({**cell, "source": next(mine)} if solved else cell)
    problem = "the file is empty" if rng.random() < 0.01 else None
    if problem:
        for one in records:
            parts = [part | {"ok": False, "message": problem} for part in one["parts"]]
            one |= {"score": 0.0, "parts": parts, "mistakes": [], "sketch": ""}
    verdict = {"seed": SEED, "sandbox": True, "problem": problem, "exercises": records}
    times = {name: round(float(rng.gamma(2, 0.01)), 3) for name in codes}
    took = {"notebook": round(sum(times.values()) + 0.2, 3), "exercises": {} if problem else times}
    judged = {**notebook, "cells": cells, "metadata": {**notebook.metadata, "verdict": verdict, "took": took}}
    folder = course.path("autograded", NAME, student)
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_text(json.dumps(judged), encoding="utf-8")
    answer = None if rng.random() < 0.1 else float(rng.integers(0, 11))
    result = Result(
        student, NAME, sum(one["score"] for one in records) + (answer or 0), 110.0,
        waiting=10.0 if answer is None else 0.0,
        by_hand={(NAME, "compare_reflection"): (answer, 10.0)}, problem=problem and f"{NAME}.ipynb: {problem}",
    )  # fmt: skip
    if rng.random() < 0.02:
        test = next(
            cell.metadata.nbgrader.grade_id for cell in notebook.cells if checked(cell) == records[0]["exercise"]
        )
        result.exercises[NAME, test] = 15.0, records[0]["points"]
        result.score += 15.0 - records[0]["score"]
        result.notes.append(f"{test}: 15 of {records[0]['points']:g}, given by hand")
    result.handed_in = DUE - timedelta(minutes=int(student[1:]) % 500)
    if rng.random() < 0.05:
        result.handed_in, result.late, result.penalty = DUE + LATE, LATE, 5.0
        result.score = max(result.score - result.penalty, 0.0)
    if answer is None:
        result.notes.append("10 points wait for manual grading")
    return result


if __name__ == "__main__":
    from autograders.results import class_report

    made_up = make(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 300)
    print(class_report.write(made_up.course, NAME, made_up.results))
