"""`ask(f)`: questions about the learner's own right answer, put and checked in the notebook. They cost no points."""

import ast

from helpers.check.checking import check_report
from helpers.check.observing import Code, NoQuestions
from helpers.check.public import read_checks
from helpers.check.questions import example, make_questions
from helpers.check.report import wrapped
from helpers.language import _


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
        return _("There are no questions here: the checks file (*.checks.zip) does not lie beside the notebook.")
    if not report.ok:
        text = _("{name} is not right yet. Questions come when {call} says that it is.")
        return text.format(name=report.name, call=f"check({report.name})")
    checks = read_checks(report.name, folder)
    try:
        code = Code(function, checks.spec, [case for case in checks.cases if not case.beyond])
        questions = make_questions(code)
    except NoQuestions as reason:
        return _("There are no questions about this {name}: {reason}.").format(name=report.name, reason=reason)
    if not questions:
        return _("There are no questions about this {name}: it is too short.").format(name=report.name)
    if not answers:
        return _put(code, questions)
    if len(answers) != len(questions):
        text = _("There are {questions} questions, and {answers} came as answers. Give one for each, in order.")
        return text.format(questions=len(questions), answers=len(answers))
    right, not_right = _("{number}. right: {why}."), _("{number}. not right: {why}.")
    return "\n".join(
        (right if question.accepts(answer) else not_right).format(number=number, why=question.why)
        for number, (question, answer) in enumerate(zip(questions, answers, strict=True), start=1)
    )


def _put(code, questions):
    """Return the learner's lines with their numbers, the questions, and how to answer them."""
    name, docstring = code.spec.name, ast.get_docstring(code.tree) and code.tree.body[0]
    hidden = range(docstring.lineno, docstring.end_lineno + 1) if docstring else ()
    lines = [f"{number:4d}  {line}" for number, line in code.lines.items() if line.strip() and number not in hidden]
    sizes = example(code)
    dots = ", ".join('"..."' for _one in questions)
    return "\n".join(
        [
            _("Questions about your {name}. They cost no points. Its lines, with their numbers in the cell:").format(
                name=name
            ),
            "",
            *lines,
            "",
            *([_("The example: {sizes}.").format(sizes=sizes)] if sizes else []),
            *(f"{number}. {question.text}" for number, question in enumerate(questions, start=1)),
            _("Answer them all at once, in their order: {call}").format(call=f"ask({name}, {dots})"),
        ]
    )
