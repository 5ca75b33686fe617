"""`ask(f)`: questions about a learner's own code, whose answers were found by running it."""

import functools
import linecache
import random
import re

import numpy as np
import pytest
import sources
from grading import ASSIGNMENTS, EXERCISES, REFERENCES, VARIANTS

from helpers.check import ask
from helpers.check.asking import conversation
from helpers.check.comparing import Case, Spec
from helpers.check.observing import TRACE, Code, NoQuestions
from helpers.check.questions import KINDS, QUESTIONS, Question, line_left_out, make_questions

pytestmark = pytest.mark.slow

NAME = "step_by_step_rnn"
OWN = "the solution"
WRITTEN = [(name, variant) for name in ASSIGNMENTS[NAME] for variant in (OWN, *VARIANTS[NAME][name])]
FORMS = 10  # differently written right answers that each kind must have a question for, at least
SUMS = """
def sums(x, start, gain):
    total = gain * start
    kept = []
    count = 0
    for t in range(x.shape[1]):
        total = total + x[:, t]
        pair = np.append(total, total / 2)
        kept.append(pair)
        count = count + 1
    table = np.stack(kept, axis=1)
    return table, total
"""
COUNTED = SUMS.replace("for t in range(x.shape[1]):", "while count < x.shape[1]:").replace("x[:, t]", "x[:, count]")


def written(name, variant, assignment=NAME):
    """Return a right function: the notebook's solution, or a variant."""
    changed = () if variant == OWN else ((name, VARIANTS[assignment][name][variant]),)
    return REFERENCES[assignment].function(name, changed)


def observed(name, variant, assignment=NAME):
    exercise = ASSIGNMENTS[assignment][name]
    cases = [case for case in exercise.public_cases() if not case.beyond]
    return Code(written(name, variant, assignment), exercise.spec, cases)


def defined(source, name):
    """Return a function whose source can be read, like that of a notebook's cell."""
    file, scope = f"<cell {hash(source):x}>", {"np": np}
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    exec(compile(source, file, "exec"), scope)
    return scope[name]


def sums(source=SUMS):
    x, start = np.arange(15.0).reshape(5, 3) + 1, np.ones(5)
    spec = Spec("sums", 1, {"table": 0.5, "total": 0.5}, returns=("table", "total"))
    cases = [
        Case("typical sizes", {"x": x, "start": start, "gain": 2.0}),
        Case("T_x = 1", {"x": x[:, :1], "start": start, "gain": 2.0}),
    ]
    return Code(defined(source.lstrip(), "sums"), spec, cases)


def answers(kind, source=SUMS):
    """Return {name or line that a question is about: answer} of all questions of a kind about `sums`."""
    (kind,) = [one for one in KINDS if one.__name__ == kind]
    found = {}
    for question in kind(sums(source), random.Random(1)):
        places = (
            re.search(where, question.text)
            for where in (r"(?<=`)(?!def)\w+(?=`)", r"lines? \d+( and \d+)?", r"shape .*\)")
        )
        about = next(filter(None, places))[0]
        assert about not in found, question.text
        found[about] = question.answer
    return found


@pytest.mark.parametrize(
    ("name", "variant"),
    [pytest.param(*one, marks=[pytest.mark.long] if number % 3 else []) for number, one in enumerate(WRITTEN)],
)
def test_every_right_answer_has_questions_that_know_a_right_answer_from_a_wrong_one(name, variant):
    questions = make_questions(observed(name, variant))
    assert 2 <= len(questions) <= QUESTIONS
    for question in questions:
        assert question.accepts(", ".join(map(str, question.answer)))
        assert (
            not question.accepts("") and not question.accepts("999") and not question.accepts((*question.answer, 999))
        )
    assert len({question.text for question in questions}) == len(questions)


@pytest.mark.parametrize(("assignment", "name"), [one for one in EXERCISES if one[0] != NAME])
def test_the_other_notebooks_have_questions_too(assignment, name):
    questions = make_questions(observed(name, OWN, assignment))
    assert len(questions) >= 2
    assert all(question.accepts(question.answer) and not question.accepts("999") for question in questions)


def test_an_error_that_an_exercises_own_probe_catches_is_told_as_an_error():
    """Without the line that makes room for indices, each sentence stops with an error, and the probe goes on."""
    code = observed("sentences_to_indices", OWN, "emojify")
    (room,) = [number for number, line in code.lines.items() if "np.zeros" in line]
    told = [one.answer for one in line_left_out(code, random.Random(1)) if f"line {room} " in one.text]
    assert told == [("error",)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_kind_has_questions_for_code_written_in_different_ways(kind):
    count = 0
    for name, variant in WRITTEN:
        count += next(kind(observed(name, variant), random.Random(1)), None) is not None
        if count == FORMS:
            return
    pytest.fail(f"{count} of {len(WRITTEN)} right answers")


def test_questions_stay_the_same_for_the_same_code_and_not_for_another():
    def texts(source):
        return [question.text for question in make_questions(sums(source))]

    assert texts(SUMS) == texts(SUMS)
    assert texts(SUMS) == texts(SUMS.replace("kept = []", "kept = []  # one for each step"))
    assert texts(SUMS) != texts(SUMS.replace("pair", "both")) != texts(COUNTED)


# --- Answers that were worked out by hand for `sums` ------------------------------------------------------------------


def test_shapes():
    assert answers("shape_of_a_variable") == {"pair": (10,)}
    assert answers("line_that_first_makes_a_shape") == {"shape (10,)": (7,), "shape (10, 3)": (10,)}
    assert answers("shape_of_a_result_for_one") == {"table": (10, 1)}


@pytest.mark.parametrize("told", ["np.append(total, total / 2)  # (10,)", "np.zeros(10) + total[0]"])
def test_a_shape_that_the_line_tells_is_not_asked_for(told):
    source = SUMS.replace("np.append(total, total / 2)", told)
    assert answers("shape_of_a_variable", source) == {}
    assert "shape (10,)" not in answers("line_that_first_makes_a_shape", source)


def test_a_statement_of_several_lines_is_not_asked_for():
    source = SUMS.replace("total, total / 2)", "total,\n            total / 2)")
    assert answers("shape_of_a_variable", source) == {}
    assert set(answers("lines_swapped", source)) == {"lines 2 and 3", "lines 3 and 4", "lines 9 and 10"}


def test_a_shape_that_changes_is_not_asked_for():
    longer = SUMS.replace("total / 2)", "np.ones(t))").replace("append(pair)", "append(pair[:5])")
    assert answers("shape_of_a_variable", longer) == {}


def test_turns_of_the_loop():
    assert answers("how_often_a_line_runs") == {f"line {line}": (3,) for line in (6, 7, 8, 9)}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (SUMS, ("total",)),
        (COUNTED, ("total",)),
        (SUMS.replace("total / 2)", "start)").replace("count = count + 1", "start = start / 2"), ("start", "total")),
        (SUMS.replace("total = total + x[:, t]", "total = x[:, t] + (kept[-1][:5] if kept else start)"), None),
        (SUMS.replace("total = total + x[:, t]", "total = x[:, t] * gain"), None),
    ],
)
def test_what_a_turn_takes_over_from_the_one_before(source, names):
    assert answers("variable_that_carries_the_state", source) == ({"line 5": names} if names else {})


def test_what_if():
    same, other, error = ("same",), ("other",), ("error",)
    lines = {"2 and 3": same, "3 and 4": same, "6 and 7": other, "7 and 8": error, "8 and 9": same}
    assert answers("lines_swapped") == {f"lines {two}": answer for two, answer in lines.items()}
    lines = {2: error, 3: error, 4: error, 6: other, 7: error, 8: error, 9: same, 10: error}
    assert answers("line_left_out") == {f"line {line}": answer for line, answer in lines.items()}


def test_what_has_no_end_or_no_fixed_values_is_not_asked_for():
    assert "line 9" not in answers("line_left_out", COUNTED)  # without it the loop goes on for ever
    caught = COUNTED.replace("kept.append(pair)", "try: kept.append(pair)\n        except Exception: pass")
    assert "line 10" not in answers("line_left_out", caught)
    for chance in ("np.empty(3)", "np.random.default_rng()", "np.random.rand(3)"):
        assert answers("line_left_out", SUMS.replace("kept = []", f"kept, table = [], {chance}")) == {}
    assert answers("line_left_out", SUMS.replace("kept = []", "kept, table = [], np.random.default_rng(1)"))


def test_a_line_is_not_asked_for_if_the_notebook_has_a_variable_of_that_name():
    code = sums()
    code.function.__globals__["table"] = np.zeros((10, 3))  # of another cell: without line 10 it would be returned
    left_out = [question.text for question in line_left_out(code, random.Random(1))]
    assert left_out and not [text for text in left_out if "line 10 " in text]


def test_what_depends_on_a_variable():
    assert answers("results_that_depend_on_a_variable") == {"pair": ("table",)}  # of `table` itself, anyone can tell


def test_zeros_in_an_array_that_another_variable_shares_are_not_asked_for():
    shared = SUMS.replace("pair = np.append(total, total / 2)", "pair = np.asarray(total)")
    assert "pair" not in answers("results_that_depend_on_a_variable", shared)


def test_lines_that_use_an_argument():
    assert answers("lines_that_use_an_argument") == {"x": ("5", "6")}
    rebound = SUMS.replace("kept = []", "x = x + 0; kept = []")
    assert answers("lines_that_use_an_argument", rebound) == {}


# --- The talk ---------------------------------------------------------------------------------------------------------


def talk(function, *given):
    return conversation(function, given, folder=sources.checks_folder(NAME).name)


def test_questions_are_put_with_the_lines_that_they_are_about():
    function = written("rnn_forward", "as_the_report_writes_it")
    text = talk(function)
    assert "   9          a_next, yt_pred, cache = rnn_cell_forward(x[:, :, t], a_next, parameters)\n" in text
    assert "The example: n_x = " in text and "T_x = " in text
    assert all(f"\n{number}. " in text for number in range(1, QUESTIONS + 1))
    assert text.endswith('ask(rnn_forward, "...", "...", "...")')
    assert text == talk(function) and TRACE not in function.__globals__


def test_a_docstring_is_left_out():
    text = talk(written("rnn_forward", OWN))
    assert "  def rnn_forward(" in text and "Run the basic RNN" not in text and "    a_next = a0\n" in text


def test_answers_are_checked_and_explained():
    function = written("rnn_forward", OWN)
    questions = make_questions(observed("rnn_forward", OWN))
    right = [question.answer for question in questions]
    assert [line.split(":")[0] for line in talk(function, *right).splitlines()] == ["1. right", "2. right", "3. right"]
    lines = talk(function, right[0], "999", right[2]).splitlines()
    assert [line.split(":")[0] for line in lines] == ["1. right", "2. not right", "3. right"]
    assert lines[1].endswith(f"{questions[1].why}.")
    assert talk(function, "4").startswith("There are 3 questions, and 1 came as answers.")


@pytest.mark.parametrize(
    ("answer", "given", "right"),
    [
        ((8, 10), "(8, 10)", True),
        ((8, 10), (8, 10), True),
        ((8, 10), "(10, 8)", False),
        ((3,), "3", True),
        ((None, 64), "(None, 64)", True),
        (("a_next",), "`a_next`", True),
        (("error",), "Error", True),
    ],
)
def test_brackets_quotes_and_capital_letters_do_not_matter(answer, given, right):
    assert Question("?", answer, "so").accepts(given) == right


def test_the_order_of_names_does_not_matter():
    question = Question("?", ("a_next", "c_next"), "so", ordered=False)
    assert question.accepts("c_next, a_next") and not question.accepts("c_next")


def unfinished(xt, a_prev, parameters):
    raise NotImplementedError


def test_a_function_that_is_not_right_has_no_questions_yet():
    text = conversation(unfinished, name="rnn_cell_forward", folder=sources.checks_folder(NAME).name)
    assert text == ("rnn_cell_forward is not right yet. Questions come when check(rnn_cell_forward) says that it is.")


def cell(xt, a_prev, parameters):
    return written("rnn_cell_forward", OWN)(xt, a_prev, parameters)


def without_source(function):
    exec(compile("def cell(*inputs): return function(*inputs)", "<nowhere>", "exec"), scope := {"function": function})
    return scope["cell"]


def inside_another(function):
    def inner(xt, a_prev, parameters):
        return function(xt, a_prev, parameters)

    return inner


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (without_source, "its source cannot be read; run the cell that defines it once more, then ask again"),
        (inside_another, "it is not a function that stands by itself in a cell, with `def`"),
        (functools.partial, "its source cannot be read"),
        (lambda function: lambda *inputs: cell(*inputs), "it is not a function that stands by itself"),
    ],
)
def test_where_there_can_be_no_questions_one_line_says_why(made, reason):
    text = conversation(made(cell), name="rnn_cell_forward", folder=sources.checks_folder(NAME).name)
    assert text.startswith(f"There are no questions about this rnn_cell_forward: {reason}") and "\n" not in text


def test_without_a_checks_file_one_line_says_so(tmp_path):
    text = conversation(cell, name="rnn_cell_forward", folder=tmp_path)
    assert text == "There are no questions here: the checks file (*.checks.zip) does not lie beside the notebook."


def test_parts_of_python_that_are_not_followed():
    with pytest.raises(NoQuestions, match="parts of Python"):
        sums(SUMS.replace("kept = []", "kept = (empty := [])"))


def test_ask_prints_in_the_folder_of_the_notebook(monkeypatch, capsys):
    monkeypatch.chdir(sources.checks_folder(NAME).name)
    ask(written("rnn_cell_forward", OWN))
    assert "Questions about your rnn_cell_forward" in capsys.readouterr().out


def test_what_a_function_prints_is_not_shown_again(capsys):
    assert make_questions(sums(SUMS.replace("count = 0", "count = 0; print('hello')")))
    assert capsys.readouterr().out == ""
