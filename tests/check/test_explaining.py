"""What is said of a wrong answer that is no known mistake is true of the function that gave it."""

import linecache

import numpy as np
import pytest

from helpers.check import probe
from helpers.check.comparing import INPUTS, Case, Spec
from helpers.check.explaining import explain
from helpers.check.judging import Run, part_faults

RIGHT = """
def f(x, W, parameters):
    a = W @ x + parameters["b"]
    s = np.zeros((a.shape[0], a.shape[1], 3))
    for t in range(3):
        s[:, :, t] = a * (t + 1.5)
    return a, s
"""
CELL = """
def cell(x, W):
    return W @ x
"""
SPEC = Spec("f", 10, {"a": 0.5, "s": 0.4, INPUTS: 0.1}, ("a", "s"))


def case(seed, n=4, m=5):
    rng = np.random.default_rng(seed)
    return Case(
        str(seed),
        {"x": rng.standard_normal((3, m)), "W": rng.standard_normal((n, 3)), "parameters": {"b": rng.random((n, 1))}},
    )


CASES = [case(1), case(2, 6, 7)]


def outcomes(source):
    name = f"<answer {hash(source):x}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    scope = {"np": np}
    exec(compile(source, name, "exec"), scope)
    return probe.run(scope["f"], [one.inputs for one in CASES])


def hints(old, new, before=""):
    """Return the hints for the right function with an edit made."""
    assert RIGHT.count(old) == 1
    expected, got = outcomes(RIGHT), outcomes(before + RIGHT.replace(old, new))
    wrong = [part for part, fault in part_faults(SPEC, CASES, Run(expected, got, list)).items() if fault]
    assert wrong
    return explain(SPEC, CASES, expected, got, wrong)


@pytest.mark.parametrize(
    ("old", "new", "name", "words"),
    [
        ("return a, s", "pass", "nothing is returned", "None"),
        ("return a, s", "print(a, s)", "nothing is returned", "None"),
        ("return a, s", "yield a, s", "a generator is returned", "yield"),
        ("return a, s", "return s, a", "values in another order", "in the order a, s, got s, a"),
        ("return a, s", "return a", "values are missing or too many", "got a without s"),
        ("return a, s", "return a.tolist(), s", "a list", "expected an array, got a list"),
        ("return a, s", "return a.T, s", "a: transposed", "axes have changed places"),
        ("return a, s", "return a, s.T", "s: transposed", "axes have changed places"),
        ("return a, s", "return a[:, None], s", "a: axis of length 1", "all numbers are right"),
        ("return a, s", "return -a, s", "a: sign", "wrong sign"),
        ("return a, s", "return a, s.astype(int)", "s: whole numbers", "fractions are cut off"),
        ("return a, s", "return a, np.floor(s)", "s: whole numbers", "rounded down"),
        ("return a, s", "return a, s[:, :, ::-1]", "s: mirrored in time", "reverse order"),
        ("return a, s", "return x, s", "a: is x", "it is x"),
        ("return a, s", "return a, s[:, :, :2]", "s: size 2 along axis 2", "along axis 2 is 2"),
        ("return a, s", "return a, s[:, :, 0]", "s: axes", "expected 3 axes, got 2"),
        ("return a, s", "x += 1; return a, s", "an input is changed: x", "x is changed in place"),
        ("s[:, :, t] =", "s[:, :, 0] =", None, None),  # wrong in two steps of three: no fact of ours
        ("s[:, :, t] =", "z =", "s: all zeros", "all zeros"),
        ("a * (t + 1.5)", "a * 1.5", "s: all steps alike", "same numbers"),
        ("a * (t + 1.5)", "a * (t + 1.5 if t < 2 else 0)", "s: last step", "only the last step is wrong"),
        ("range(3)", "range(1, 3)", "s: first step", "only the first step is wrong"),
        ("W @ x", "W @ y", "no such variable: y", "no variable y"),
        ("W @ x", "W @ x + b", "no such variable: b", "b is an entry of parameters"),
        ("a = W", "a = a @ W", "no value yet: a", "before it has a value"),
        ('["b"]', '["c"]', "no such key: c", "The dict has b."),
        ("W @ x", "x @ W", "in the other order: x and W", "In the other order they would fit"),
        ("W @ x", "W.T @ x", "transposed or not: W", "the first would fit, were it not transposed"),
        ('parameters["b"]', "parameters", "no numbers: parameters", "parameters is a dict"),
        ("W @ x", "W(x)", "no function: W", "no function"),
        ("s[:, :, t] =", "s[:, t] =", "index on another axis: s", "on the axis that is last"),
        ("s[:, :, t] =", "s[t] =", "index on another axis: s", "on the axis that is last"),
        ("(a.shape[0], a.shape[1], 3)", "(a.shape[1], a.shape[0], 3)", "sizes in another order: s", "wrong order"),
        ("(a.shape[0], a.shape[1], 3)", "(a.shape[0], 3, a.shape[1])", "sizes in another order: s", "in another order"),
        ("(a.shape[0], a.shape[1], 3)", "(9, a.shape[1], 3)", "size as a number: 9", "has size 9"),
        ("(a.shape[0], a.shape[1], 3)", "(a.shape[0], a.shape[0], 3)", "sizes: s", "is not the one that is due"),
        ("np.zeros((a.shape[0], a.shape[1], 3))", "(a.shape[0], 3)", "no array: s", "s is a tuple"),
        ("np.zeros(", "x.zeros(", "no zeros: x", "np.zeros meant"),
        ('parameters["b"]', "parameters.b", "no b: parameters", "one of its entries"),
        ("range(3)", "range(4)", "too far: t in s", "t is 3; there are 3 along axis 2 of s"),
        ("s[:, :, t] =", "s[:, :, x] =", "index: x", "an index is a whole number"),
        ("return a, s", "b, c = (a,); return a, s", "unpacked: b, c", "2 values are due"),
        ("return a, s", "np.sum(a, axis=2); return a, s", "axis: 2", "counted from 0"),
        ("a * (t + 1.5)", "a.reshape(7, 1)", "size as a number: 7", "7 is written as a number"),
        ("return a, s", "np.append([], (a, s)); return a, s", "np.append", "an append of its own"),
        ("return a, s", "return np.zeros((9, 5)), s", "size as a number: 9", "size 9 along axis 0"),
        ("3))\n", "3), dtype=int)\n    s += 0.5\n", "fractions into whole numbers", "float64"),
    ],
)
def test_a_wrong_answer_is_explained(old, new, name, words):
    found = hints(old, new)
    if name is None:
        assert not found
    else:
        assert found[0].mistake.startswith(name) and words.casefold() in found[0].text.casefold()
    assert all(len(f"{one.question} {one.text}".split()) <= 80 for one in found)


def test_an_error_in_an_earlier_function_is_told_by_the_call():
    (hint,) = hints("W @ x", "cell(W, x)", before=CELL)
    assert hint.mistake == 'cannot be done: a = cell(W, x) + parameters["b"]'
    assert "cell ends in an error, called with x has shape (4, 3), W has shape (3, 5)" in hint.text


def test_what_holds_on_one_case_only_is_not_said():
    assert not hints("return a, s", "return (a.T if a.shape[0] == 4 else a + 1), s")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("a = " + "-" * 400 + "x @ y", "x (3, 4); y (3, 4)"),
        ("a = x @ y", "x (1 2); y (03, 4)"),
        ("a = x + y", f"x (3, {'9' * 25}); y (4, 4)"),
        ("a = (", "x (3, 4)"),
        ("", "x (3, 4)"),
        ("a = x\0 @ y", "x (3, 4); y (3, 4)"),
    ],
)
def test_a_forged_error_is_no_fault_of_the_machine(line, names):
    error = {"type": "ValueError", "message": "odd", "where": f"f, line 1: {line}", "call": "", "names": names}
    found = explain(SPEC, CASES, outcomes(RIGHT), [{"error": error}] * 2, ["a", "s"])
    assert len(found) <= 1


def test_a_long_answer_takes_no_long_time():
    got = [{"value": [0.0] * 10**6, "changed": []}] * 2
    (hint,) = explain(SPEC, CASES, outcomes(RIGHT), got, ["a", "s"])
    assert "got 1000000 values" in hint.text
