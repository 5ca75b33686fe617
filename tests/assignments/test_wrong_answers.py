"""Plausible wrong answers get a true name: a sample of what `benchmarks/wrong_answers.py` tries."""

import ast
import sys

import pytest
from grading import ASSIGNMENTS, judged
from sources import ROOT

from helpers.check.report import Hint

sys.path.append(str(ROOT / "benchmarks"))

import wrong_answers  # noqa: E402

pytestmark = pytest.mark.slow

COUNT = 12  # programs with one edit, and as many with two


@pytest.mark.parametrize("exercise", ["gru_cell_forward", "lstm_cell_forward", "rnn_forward", "rnn_backward"])
def test_wrong_answers_get_a_true_name(exercise):
    rows = wrong_answers.survey(exercise, COUNT)
    assert len({program.source for program, *_ in rows}) == 2 * COUNT
    rejected = [(program, fate, names) for program, fate, names in rows if fate != "right answer"]
    true = [row for row in rejected if row[1] in wrong_answers.TRUE]
    assert not [(program.source, names) for program, fate, names in rejected if fate == "wrongly"]
    assert len(true) >= 0.9 * len(rejected)


def test_a_false_name_counts_as_wrong():
    exercise = "rnn_cell_forward"
    base = wrong_answers.REFERENCES["step_by_step_rnn"].source(exercise)
    source = ast.unparse(ast.parse(base.replace("np.tanh(Wax @ xt", "np.tanh(-Wax @ xt")))
    program = wrong_answers.Program(("sign",), source, (source,))
    other = next(one for one in ASSIGNMENTS["step_by_step_rnn"][exercise].mistakes if "softmax" in one.edits[0][0])
    hint = Hint(other.name, other.question, other.hint, other.section, ("yt_pred",))
    assert wrong_answers.truth(exercise, program, hint) == "wrongly"


@pytest.mark.parametrize(
    ("old", "new", "name", "truth"),
    [
        ("np.zeros((n_a, m, T_x))", "np.zeros((n_a, 10, T_x))", "size as a number: 10", "rightly"),
        ("np.zeros((n_a, m, T_x))", "np.zeros((n_a, n_x, T_x))", "size as a number: 5", "wrongly"),
        ("np.zeros((n_a, m, T_x))", "np.zeros((m, n_a, T_x))", "sizes in another order: a", "rightly"),
        ("np.zeros((n_y, m, T_x))", "np.zeros((m, n_y, T_x))", "sizes in another order: a", "wrongly"),
        ("range(T_x)", "T_x", "no range: T_x", "rightly"),
        ("a[:, :, t]", "a[:, t]", "index on another axis: a", "rightly"),
        ("a[:, :, t]", "a[:, :, 0]", "index on another axis: y_pred", "wrongly"),
        ("rnn_cell_forward(x", "x(x", "no function: x", "rightly"),
        ("rnn_cell_forward(x", "x(x", "no function: a_next", "fact"),
    ],
)
def test_what_is_said_of_a_line_is_right_only_where_the_edit_did_it(old, new, name, truth):
    base = wrong_answers.REFERENCES["step_by_step_rnn"].source("rnn_forward")
    assert base.count(old) == 1
    source = ast.unparse(ast.parse(base.replace(old, new)))
    program = wrong_answers.Program(("some kind",), source, (source,))
    assert wrong_answers.truth("rnn_forward", program, Hint(name, "", "", "", ("a",))) == truth


RNN, LSTM, BACK = "rnn_cell_forward", "lstm_cell_forward", "rnn_cell_backward"
LAST = "return a_next, yt_pred, cache"


@pytest.mark.parametrize(
    ("exercise", "old", "new", "words"),
    [
        # The wrong kind of answer.
        (RNN, LAST, "pass", "returns nothing"),
        (RNN, LAST, "print(a_next, yt_pred, cache)", "prints the result"),
        (RNN, LAST, "yield a_next, yt_pred, cache", "a generator"),
        (RNN, LAST, "return a_next", "got a_next without yt_pred, cache"),
        (RNN, LAST, "return yt_pred, a_next, cache", "a_next and yt_pred stand in each other's place"),
        (RNN, LAST, "return a_next.tolist(), yt_pred, cache", "expected an array, got a list"),
        (RNN, LAST, f"xt += 1\n    {LAST}", "xt is changed in place"),
        (RNN, LAST, "return a_next.astype(int), yt_pred, cache", "the fractions are cut off"),
        (RNN, LAST, "return np.squeeze(a_next), yt_pred, cache", "an axis of length 1 is lost"),
        ("model", "return pred, W, b", "return W, b, pred", "pred and W stand in each other's place"),
        ("sentences_to_indices", "return X_indices", "pass", "returns nothing"),
        ("rnn_backward", '"dx": dx, "da0": da0', '"dx": da0, "da0": dx', "dx and da0 stand in each other's place"),
        # A size that is written as a number.
        ("rnn_forward", "np.zeros((n_a, m, T_x))", "np.zeros((n_a, 10, T_x))", "has size 10"),
        ("rnn_forward", "np.zeros((n_a, m, T_x))", "np.zeros((n_a, m, 40))", "a size 40 along axis 2"),
        ("rnn_forward", "np.zeros((n_a, m, T_x))", "np.zeros((4, m, T_x))", "has size 4"),
        ("rnn_forward", "range(T_x)", "range(10)", "the loop or the index goes too far"),
        (BACK, "np.sum(dz, axis=1, keepdims=True)", "np.sum(dz, axis=1).reshape(5, 1)", "5 is written as a number"),
        ("sentences_to_indices", "(len(X), max_len)", "(len(X), 25)", "a size 25 along axis 1"),
        ("rnn_forward", "range(T_x)", "range(4)", "the loop ends at 4, written as a number"),
        ("sentence_to_avg", "avg /= len(words)", "avg //= len(words)", "each is rounded down"),
        # Time.
        ("rnn_forward", "(x[:, :, t]", "(x[:, :, t - 1]", "the step before is taken"),
        ("rnn_forward", "(x[:, :, t]", "(x[:, :, 0]", "every step reads the first slice"),
        ("rnn_forward", "(x[:, :, t]", "(x[t]", "time is the last axis"),
        ("rnn_forward", "t], a_next, parameters)", "t], a0, parameters)", "every step starts from a0"),
        ("rnn_forward", "a[:, :, t] = a_next", "a[:, t] = a_next", "time is the last one"),
        ("rnn_forward", "range(T_x)", "T_x", "range is missing"),
        ("rnn_backward", "da0 = da_back", "da0 = da[:, :, 0]", "holds also the first slice of da"),
        # One thing for another.
        (RNN, "softmax(Wya @ a_next + by)", "softmax(np.tanh(Wya @ a_next + by))", "tanh comes before softmax"),
        (RNN, "Wax @ xt", "Wax * xt", "multiplied entry by entry"),
        (RNN, "Wax @ xt", "Waa(xt)", "no function"),
        (RNN, 'ba, by = parameters["ba"]', "ba, by = parameters", "the whole of parameters is taken; ba is due"),
        (LSTM, "ft * c_prev", "ft @ c_prev", "a matrix product of ft and c_prev"),
        (LSTM, 'parameters["Wo"] @ stacked + parameters["bo"]', 'parameters["Wf"] @ stacked + parameters["bf"]', "ft"),
        (LSTM, 'Wi"] @ stacked + parameters["bi"', 'Wf"] @ stacked + parameters["bf"', "what is due for ft stands on"),
        (BACK, "dz @ a_prev.T", "dz @ da_prev.T", "da_prev stands where a_prev is due"),
        (BACK, "(1 - a_next**2)", "(1 - a_next) ** 2", "squared as a whole"),
        (BACK, "(1 - a_next**2)", "(1 - a_next * 2)", "a_next is multiplied by 2"),
        ("lstm_cell_backward", 'parameters["Wf"].T', 'parameters["dWf"].T', "there is no key dWf"),
        ("lstm_cell_backward", 'parameters["Wf"].T @', "ft.T @", "ft stands where Wf is due"),
        ("rnn_backward", "steps[t])", "caches)", "the whole of caches is taken; one entry of steps is due"),
        ("rnn_backward", "steps[t])", "steps)", "the whole of steps is taken"),
        ("rnn_forward", "steps.append(cache)", "np.append(steps, cache)", "leaves a list as it is"),
        ("rnn_forward", "np.zeros((n_y, m, T_x))", "(n_y, m, T_x)", "zeros is missing"),
    ],
)
def test_each_kind_is_told(exercise, old, new, words):
    assignment = wrong_answers.EXERCISES[exercise]
    source = wrong_answers.REFERENCES[assignment].source(exercise)
    assert source.count(old) == 1
    report = judged(assignment, exercise, ((exercise, source.replace(old, new)),), "public")
    assert words.casefold() in " ".join(hint.text for hint in report.hints).casefold()
