"""`ask(f)`: questions about the learner's own right answer, put and checked in the notebook. They cost no points."""

import ast

from helpers.check.checking import check_report
from helpers.check.observing import Code, NoQuestions
from helpers.check.public import read_checks
from helpers.check.questions import example, make_questions
from helpers.check.report import wrapped


def ask(function, *answers, name=None):
    """Put questions about a function of yours that is right, or check your answers to them.

    Parameters
    ----------
    function : callable
        The function you wrote.
    *answers : str
        Your answers, in the order of the questions; leave them out to read the questions.
    name : str, optional
        The exercise, where the function's own name differs from it.

    Raises
    ------
    TypeError, KeyError, ValueError
        As `helpers.check.check_report`.
    """
    print(*wrapped(conversation(function, answers, name)), sep="\n")


def conversation(function, answers=(), name=None, folder="."):
    """Return what `ask` prints.

    Parameters
    ----------
    function : callable
    answers : sequence of str
    name : str, optional
    folder : str or Path
        Where the notebook and its checks file lie.

    Returns
    -------
    str
    """
    try:
        report = check_report(function, name, folder)
    except FileNotFoundError:  # so it is where a notebook is graded: what a learner asks there is no error
        return "There are no questions here: the checks file (*.checks.zip) does not lie beside the notebook."
    if not report.ok:
        return f"{report.name} is not right yet. Questions come when check({report.name}) says that it is."
    checks = read_checks(report.name, folder)
    try:
        code = Code(function, checks.spec, [case for case in checks.cases if not case.beyond])
        questions = make_questions(code)
    except NoQuestions as reason:
        return f"There are no questions about this {report.name}: {reason}."
    if not questions:
        return f"There are no questions about this {report.name}: it is too short."
    if not answers:
        return _put(code, questions)
    if len(answers) != len(questions):
        return f"There are {len(questions)} questions, and {len(answers)} came as answers. Give one for each, in order."
    return "\n".join(
        f"{number}. {'right' if question.accepts(answer) else 'not right'}: {question.why}."
        for number, (question, answer) in enumerate(zip(questions, answers, strict=True), start=1)
    )


def _put(code, questions):
    """Return the learner's lines with their numbers, the questions, and how to answer them."""
    name, docstring = code.spec.name, ast.get_docstring(code.tree) and code.tree.body[0]
    hidden = range(docstring.lineno, docstring.end_lineno + 1) if docstring else ()
    lines = [f"{number:4d}  {line}" for number, line in code.lines.items() if line.strip() and number not in hidden]
    sizes = example(code)
    dots = ", ".join('"..."' for _ in questions)
    return "\n".join(
        [
            f"Questions about your {name}. They cost no points. Its lines, with their numbers in the cell:",
            "",
            *lines,
            "",
            *([f"The example: {sizes}."] if sizes else []),
            *(f"{number}. {question.text}" for number, question in enumerate(questions, start=1)),
            f"Answer them all at once, in their order: ask({name}, {dots})",
        ]
    )
