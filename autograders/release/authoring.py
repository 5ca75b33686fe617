"""For authors: create a new assignment, and find what is wrong with one before learners do."""

import ast
import contextlib
import copy
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
import numpy as np
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor

from autograders.coursedir import course_directory
from autograders.engine.declared import own_folder
from autograders.engine.exercise import exercises_of
from autograders.engine.reference import SETUP_TAG, Reference
from autograders.engine.verdict import judge_outcomes
from autograders.release.remembered import remembered
from helpers.check import probe
from helpers.check.comparing import INPUTS, describe
from helpers.check.wire import pack
from helpers.notebook import checked

TEMPLATES = Path(__file__).with_name("templates")
PLACEHOLDER = "ASSIGNMENT"  # in the templates, in place of the assignment's name
PUBLIC, SEED = "the public cases", 1
SLIPS = {"NameError", "UnboundLocalError", "SyntaxError"}  # errors that a faulty edit leads to
HINT_WORDS = 80  # at most, in each of the three hints of a mistake
CODE = re.compile(r"[=@*`]|\w[\[(]|\w\.T\b")  # an assignment, a product, an index or a call, a transposed matrix
SECTION = r"(\d+(?:\.\d+)*)\b"  # its number: 1, 2.3


@dataclass(frozen=True)
class Finding:
    """Something missing or inconsistent: where it is, and a text that says what was expected and what came."""

    place: str
    text: str

    def __str__(self):
        return f"{self.place}: {self.text}"


# --- course new -------------------------------------------------------------------------------------------------------


def files_of(course, assignment):
    """Return {template: file} of an assignment in a course directory: its notebook, declaration and variants."""
    return {
        "notebook.ipynb": course.path("source", assignment) / f"{assignment}.ipynb",
        "declaration.py": own_folder(assignment, course.root) / "__init__.py",
        "variants.py": variants_file(assignment, course.root),
    }


def create(course, assignment):
    """Create an assignment of one small exercise that passes `check`.

    Parameters
    ----------
    course : Course
    assignment : str
        Its name, which is also that of its first function.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ValueError
        If the name is no Python name in small letters.
    FileExistsError
        If one of the files is there already; then none is written.
    """
    if not assignment.isidentifier() or assignment != assignment.lower():
        raise ValueError(f"expected a name of small letters, digits and _, such as attention, got {assignment!r}")
    files = files_of(course, assignment)
    for path in files.values():
        if path.exists():
            raise FileExistsError(f"expected the name of a new assignment, got {assignment!r}: {path} exists")
    for template, path in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        text = (TEMPLATES / template).read_text(encoding="utf-8")
        path.write_text(text.replace(PLACEHOLDER, assignment), encoding="utf-8")
    return list(files.values())


# --- course check -----------------------------------------------------------------------------------------------------


def check(course, assignment, exercise=None):
    """Find all that is missing or inconsistent in an assignment.

    Mistakes and variants are tried only where nothing is found that would spoil a release.

    Parameters
    ----------
    course : Course
    assignment : str
    exercise : str, optional
        Try the mistakes and variants of this one only: models take seconds each.

    Returns
    -------
    list of Finding
    """
    found = []
    with contextlib.redirect_stdout(io.StringIO()):  # answers may print
        for path in sorted(course.path("source", assignment).glob("*.ipynb")):
            found += list(faults_of_release(path, course.root, course.config)) or _tried(path, course.root, exercise)
    return found


def faults_of_release(path, root, config):
    """Yield what would cost a right answer points, or give points to an unwritten one.

    Parameters
    ----------
    path : Path
        The source notebook.
    root : Path
        The course directory.
    config : Config
        nbgrader's.

    Yields
    ------
    Finding
    """
    source = nbformat.read(path, as_version=4)
    try:
        exercises, reference = exercises_of(source, root), Reference(path)
        released = ClearSolutions(config=config).preprocess(copy.deepcopy(source), {})[0]
    except (KeyError, ValueError, RuntimeError) as error:  # nbgrader's RuntimeError: a BEGIN SOLUTION without its END
        yield Finding(str(path), str(error.args[0]))
        return
    if exercises:
        yield from _cells(path, source, exercises, reference)
        for exercise in exercises.values():
            yield from _exercise(path, exercise, reference, released)
    elif any(checked(cell) for cell in source.cells):
        text = f'expected {{"course": {{"exercises": "{path.parent.name}"}}}} in the notebook\'s metadata, got none'
        yield Finding(f"{path}, metadata", f"{text}: its check(...) cells would give no points")


def _cells(path, source, exercises, reference):
    """Yield what is wrong with the cells of a notebook."""
    cells = [cell for cell in source.cells if cell.cell_type == "code"]
    names = ", ".join(exercises)
    if not any(SETUP_TAG in cell.metadata.get("tags", []) for cell in cells):
        yield Finding(
            str(path), f"expected the tag {SETUP_TAG!r} on the cells that import what solutions need, got none"
        )
    written, graded = set(), []
    for cell in cells:
        settings, name, place = cell.metadata.get("nbgrader", {}), checked(cell), f"{path}, cell {cell.get('id')}"
        if settings.get("solution"):
            written |= _functions(cell.source)
        elif name in exercises:
            graded.append(name)
            if name not in written and name in reference.cell_of:
                yield Finding(place, f"expected check({name}) after the cell that defines {name}, got it before")
            if "points" not in settings:
                yield Finding(place, "expected points in the cell's nbgrader metadata, got none")
        elif name or (settings.get("grade") and "check(" in cell.source):
            got = f"check({name})" if name else "another line with check("
            yield Finding(place, f"expected a line check(NAME) with one of {names}, got {got}")
    for name in exercises:
        if graded.count(name) != 1:
            yield Finding(str(path), f"expected one grade cell with check({name}), got {graded.count(name)}")


def _functions(source):
    """Return the names of the functions that a cell defines."""
    return {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}


def _exercise(path, exercise, reference, released):
    """Yield what is wrong with a declaration, with the solution, or with the released cell."""
    place = f"{path}, {exercise.name}"
    try:
        reference.source(exercise.name)
        for name in exercise.stand_ins:
            reference.source(name)
        for where in (exercise.probe, *exercise.stand_ins.values()):
            if where != "call":
                probe.find(where)
    except (KeyError, ImportError, AttributeError, ValueError) as error:
        yield Finding(place, str(error.args[0]))
        return
    edits = {f"mistake {one.name}": one.edits for one in exercise.mistakes}
    edits |= {f"given {part}": (edit,) for part, edit in exercise.given.items()}
    for what, some in edits.items():
        try:
            ast.parse(reference.edited(exercise.name, some))
        except (ValueError, SyntaxError) as error:
            yield Finding(f"{place}, {what}", f"expected edits that fit the solution: {error}")
            return
    try:
        draws = {PUBLIC: exercise.public_cases(), f"the cases of seed {SEED}": exercise.hidden_cases(SEED)}
        again = [
            pack([case.inputs for case in exercise.cases(np.random.default_rng(seed)) or ()]) for seed in (1, 1, 2)
        ]
    except Exception as error:
        yield Finding(place, f"expected cases(rng) to return a list of Case, got {type(error).__name__}: {error}")
        return
    if not all(draws.values()) or any(cases[0].beyond for cases in draws.values()):
        yield Finding(place, "expected cases, a first one among them that is not `beyond`, got none")
        return
    if again[0] != again[1] or again[0] == again[2]:
        got = "the same ones from two seeds" if again[0] == again[1] else "others from the same seed"
        yield Finding(place, f"expected cases(rng) to draw all inputs from rng, got {got}")
    for which, cases in draws.items():
        findings = list(_reference_on(exercise, reference, cases))
        yield from (Finding(f"{place}, {which}", text) for text in findings)
        if findings:
            return
    yield from (Finding(place, text) for text in _unwritten(exercise, reference, released, draws[PUBLIC]))


def _reference_on(exercise, reference, cases):
    """Yield why the reference would not get full marks on cases."""
    try:
        outcomes = reference.outcomes(exercise, cases)
    except Exception as error:
        yield f"expected setup and solution cells that run, got {_words(error)}"
        return
    for case, outcome in zip(cases, outcomes, strict=True):
        if "error" in outcome:
            yield f"expected a solution that runs on the case {case.label!r}, got {_words(outcome['error'])}"
            return
        values = exercise.spec.split(outcome["value"])
        if isinstance(values, str):
            got = describe(outcome["value"])
            yield f"returns: expected names for what the function returns, got {exercise.returns!r} for {got}"
            return
        unknown = [part for part in (*exercise.parts, *exercise.given) if part not in (INPUTS, *values)]
        if unknown and not case.beyond:
            yield f"part {unknown[0]!r}: expected one of {', '.join(values)}, which the function returns"
            return
    report = judge_outcomes(exercise, reference, tuple(cases), outcomes)
    if not report.ok or report.remarks:
        yield f"expected full marks for the solution, got {_first_line(report)}"


def _words(error):
    """Say what an error is, given as an exception or as an outcome's record, and what may cure it."""
    kind, message = (error["type"], error["message"]) if isinstance(error, dict) else (type(error).__name__, error)
    cure = f" (does the cell that defines it lack the tag {SETUP_TAG!r}?)" if kind == "NameError" else ""
    return f"{kind}: {message}{cure}"


def _first_line(report):
    """Say the first thing that a report finds wrong."""
    wrong = [f"{one.part}: {one.message}" for one in report.parts if not one.ok]
    return (wrong + [f"{one.case}: {one.text}" for one in report.remarks])[0]


def _unwritten(exercise, reference, released, cases):
    """Yield why the released cell is no stub, or gets points."""
    number = reference.cell_of[exercise.name]
    cells = [cell for cell in released.cells if cell.cell_type == "code" and cell.metadata.get("nbgrader")]
    source = [cell.source for cell in cells if cell.metadata.nbgrader.get("solution")][number]
    if exercise.name not in _functions(source):
        yield (
            "expected ### BEGIN SOLUTION and ### END SOLUTION round the solution, got none: the release would lack "
            "the function's signature and docstring"
        )
        return
    report, _ = _judged(exercise, reference, cases, ((exercise.name, source),))
    if any(part.ok for part in report.parts):
        yield "expected 0 points for the released cell as it is, got some: is the solution between the marks?"


def _judged(exercise, reference, cases, changed):
    """Judge a changed reference as a submission is judged; return the report and all outcomes."""
    outcomes = reference.outcomes(exercise, cases, changed)
    report = judge_outcomes(exercise, reference, tuple(cases), outcomes)
    if report.ok or not exercise.stand_ins:
        return report, outcomes
    standing = reference.outcomes(exercise, cases, changed, exercise.stand_ins)
    return judge_outcomes(exercise, reference, tuple(cases), outcomes, standing), outcomes + standing


def _tried(path, root, only):
    """Return what `_trials` finds; it is kept until the assignment, its variants or the grader change."""
    file = variants_file(path.parent.name, root)

    def make():
        return json.dumps([(one.place, one.text) for one in _trials(path, root, only)]).encode()

    source = nbformat.read(path, as_version=4)
    exercises, sections = exercises_of(source, root), sorted(sections_of(source))
    if only and only not in exercises:
        return [Finding(str(path), f"expected an exercise, one of {', '.join(exercises)}, got {only}")]
    right = file.read_text(encoding="utf-8") if file.is_file() else ""
    also = f"{only} {path} {sections} {right}"  # findings name the path
    return [Finding(*one) for one in json.loads(remembered("trials", make, path, exercises.values(), root, also))]


def _trials(path, root, only):
    """Yield which mistakes go unnoticed or get no name, and which right answers are refused."""
    source = nbformat.read(path, as_version=4)
    exercises, reference, sections = exercises_of(source, root), Reference(path), sections_of(source)
    file = variants_file(path.parent.name, root)
    right = variants(path.parent.name, root)
    for name in [name for name in right if exercises and name not in exercises]:
        yield Finding(str(file), f"{name}__...: expected one of {', '.join(exercises)}")
    for name, exercise in exercises.items():
        if only not in (None, name):
            continue
        cases = exercise.public_cases()
        for mistake in exercise.mistakes:
            place = f"{path}, {name}, mistake {mistake.name}"
            yield from (Finding(place, text) for text in faults_of_hints(mistake, sections))
            text = _mistake(exercise, reference, cases, mistake)
            if text:
                yield Finding(place, text)
        if name not in right:
            yield Finding(str(file), f"expected a right answer in other words, def {name}__...(), got none")
        for variant, source in right.get(name, {}).items():
            text = _variant(exercise, reference, cases, source)
            if text:
                yield Finding(f"{file}, {name}__{variant}", f"expected full marks, got {text}")


def sections_of(source):
    """Return the numbers of a notebook's sections, as its headings say them: a set of str."""
    texts = [cell.source for cell in source.cells if cell.cell_type == "markdown"]
    return {number for text in texts for number in re.findall(rf"^#+ {SECTION}", text, re.M)}


def faults_of_hints(mistake, sections):
    """Yield what is wrong with the question, the hint and the section of a mistake.

    Parameters
    ----------
    mistake : Mistake
    sections : set of str
        The numbers of the notebook's sections.

    Yields
    ------
    str
    """
    for what in ("question", "hint", "section"):
        text = getattr(mistake, what)
        if not text.strip():
            yield f"{what}: expected a sentence for the learner, got none"
        if (count := len(text.split())) > HINT_WORDS:
            yield f"{what}: expected at most {HINT_WORDS} words, got {count}"
        if code := CODE.search(text):
            yield f"{what}: expected words without code, got {code[0]!r} in {text!r}"
    if "?" not in mistake.question or mistake.question == mistake.hint:
        yield f"question: expected one that leads to the mistake, got {mistake.question!r}"
    named = re.findall(rf"\bsection {SECTION}", mistake.section)
    if not named or not sections.issuperset(named):
        yield f"section: expected 'section' and one of {', '.join(sorted(sections))}, got {mistake.section!r}"


def _mistake(exercise, reference, cases, mistake):
    """Return what is wrong with a known mistake; None if it costs points or gets a remark, and is named."""
    report, outcomes = _judged(
        exercise, reference, cases, ((exercise.name, reference.edited(exercise.name, mistake.edits)),)
    )
    errors = {outcome["error"]["type"] for outcome in outcomes if "error" in outcome}
    if errors & SLIPS and mistake.raises not in errors:
        return f"expected an edit that runs, got {' and '.join(sorted(errors & SLIPS))}; if that is meant, say raises="
    if report.ok and not report.remarks:
        return "expected cases that tell it from the solution, got full marks for it"
    named = [hint.mistake for hint in (*report.hints, *(one.hint for one in report.remarks)) if hint]
    if mistake.name not in named:
        return f"expected it to be named, got {', '.join(named) or 'no name'}: cases with more numbers tell more apart"
    return None


def _variant(exercise, reference, cases, source):
    """Return what is wrong with a variant, a right answer in other words; None if it gets full marks."""
    try:
        report, _ = _judged(exercise, reference, cases, ((exercise.name, source),))
    except Exception as error:
        return _words(error)
    return None if report.ok else _first_line(report)


def variants_file(assignment, root):
    """Return the file with the variants of an assignment."""
    return Path(root, "tests", "variants", f"{assignment}.py")


def variants(assignment, root):
    """Return the variants of an assignment: right answers in other words, functions named exercise__variant.

    Parameters
    ----------
    assignment : str
    root : Path
        The course directory.

    Returns
    -------
    dict of str to dict of str to str
        {exercise: {variant: source}}; empty where there is no file.
    """
    file, found = variants_file(assignment, root), {}
    source = file.read_text(encoding="utf-8") if file.is_file() else ""
    lines = source.split("\n")
    for node in ast.parse(source, str(file)).body:
        if isinstance(node, ast.FunctionDef) and "__" in node.name:
            exercise, variant = node.name.split("__", 1)
            text = "\n".join(lines[node.lineno - 1 : node.end_lineno])
            found.setdefault(exercise, {})[variant] = text.replace(f"def {node.name}(", f"def {exercise}(", 1)
    return found


# --- course release ---------------------------------------------------------------------------------------------------


class Prove(NbGraderPreprocessor):
    """First step of `nbgrader generate_assignment`: solutions must get full marks, and stubs none."""

    def preprocess(self, nb, resources):
        """Raise the first of `faults_of_release`, if there is one, before anything is written."""
        path = Path(resources["metadata"]["path"], resources["metadata"]["name"] + ".ipynb")
        root = course_directory(self).root

        def prove():
            for finding in faults_of_release(path, root, self.config):
                raise ValueError(str(finding))
            return b"all is well"

        try:
            exercises = exercises_of(nb, root).values()
        except (KeyError, ValueError):  # told among the faults
            exercises = ()
        remembered("proof", prove, path, exercises, root, repr(self.config.ClearSolutions))
        return nb, resources
