"""The words and marks of a verdict: what is right passes, what is wrong is said, mistakes are named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from helpers.compare import INPUTS, Spec, difference, digest, fingerprint, judge, same_digest, tolerance

SPEC = Spec("f", 10, {"a": 0.5, "cache": 0.4, INPUTS: 0.1}, ("a", "cache"), {"cache": ("first", "second")})
floats = hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-1e6, 1e6))


def outcome(a=None, cache=None, changed=()):
    a = np.arange(6.0).reshape(2, 3) if a is None else a
    return {"value": (a, (a, [a + 1]) if cache is None else cache), "changed": list(changed)}


def judged(got, known=(), spec=SPEC):
    return judge(spec, ["one"], [{}], [outcome()], [got], lambda: list(known))


@given(floats)
def test_an_answer_agrees_with_itself_and_not_with_another(array):
    assert difference({"x": (array, [array])}, {"x": (array.copy(), [array])}) is None
    other = array.copy()
    other.flat[-1] += 1 + np.linalg.norm(array)
    assert difference(array, other)
    assert same_digest(digest(array), digest(array * (1 + 1e-9)))
    assert not same_digest(digest(array), digest(other))


@pytest.mark.parametrize(
    ("got", "words"),
    [
        (np.zeros((3, 2)), "shape (2, 3) is expected, (3, 2) came"),
        (np.zeros((2, 3), dtype=int), "real numbers are expected, int64 came"),
        (np.full((2, 3), np.nan), "NaN or infinity came"),
        (np.zeros((2, 3)), "values differ in 5 of 6 places; at [0, 1] 1 is expected, 0 came"),
        (None, "an array of shape (2, 3) (real numbers) is expected, None came"),
        ([1.0], "a list of 1 came"),
    ],
)
def test_difference_is_said_in_words(got, words):
    assert words in difference(np.arange(6.0).reshape(2, 3), got, where="a")


def test_hidden_values_are_not_shown():
    text = difference(np.full(3, 123.456), np.full(3, 654.321), show_values=False)
    assert "values differ in 3 of 3 places" in text
    assert "123" not in text and "654" not in text


def test_place_in_a_named_tuple_is_named():
    report = judged(outcome(cache=(np.zeros((2, 3)), [np.zeros((2, 3))])))
    assert "cache.first: values differ" in report.text()


def test_right_answer_gets_all_points():
    report = judged(outcome())
    assert report.ok and report.score == 10
    assert report.text() == "f: all 3 parts are right"


def test_each_part_counts_by_its_share():
    assert judged(outcome(changed=["x"])).score == 9
    assert judged(outcome(cache=())).score == 6


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.zeros(3), "2 values are expected (a, cache), an array of shape (3,) (real numbers) came"),
        ((1, 2, 3), "2 values are expected (a, cache), 3 came"),
        (None, "2 values are expected (a, cache), None came"),
    ],
)
def test_wrong_number_of_values_is_said_once(value, words):
    report = judged({"value": value, "changed": []})
    assert report.text().count(words) == 1
    assert report.score == 0


def test_error_is_said_once_with_its_place():
    error = {"type": "TypeError", "message": "no", "where": "f, line 3: x + 'a'"}
    report = judged({"error": error})
    assert report.score == 0
    assert report.text().count("TypeError in f, line 3: x + 'a': no") == 1


def test_stub_is_called_not_written():
    report = judged({"error": {"type": "NotImplementedError", "message": "", "where": ""}})
    assert "not written yet" in report.text()


def known(name, got, carried=None):
    return {"name": name, "hint": f"because of {name}", "carried": carried, "cases": [fingerprint(SPEC, got)]}


def test_mistake_is_named_by_its_output():
    wrong = outcome(a=np.ones((2, 3)))
    report = judged(wrong, [known("other", outcome(a=np.zeros((2, 3)))), known("this", wrong)])
    assert [hint.mistake for hint in report.hints] == ["this"]
    assert "Likely reason: because of this" in report.text()


def test_two_mistakes_in_two_parts_are_both_named():
    a, cache = np.ones((2, 3)), (np.zeros((2, 3)), [np.zeros((2, 3))])
    right = outcome()["value"]
    report = judged(
        outcome(a=a, cache=cache),
        [known("in a", outcome(a=a, cache=right[1])), known("in cache", outcome(cache=cache))],
    )
    assert {hint.mistake for hint in report.hints} == {"in a", "in cache"}


def test_inherited_mistake_costs_nothing_but_is_no_success():
    wrong = outcome(a=np.ones((2, 3)))
    report = judged(wrong, [known("earlier", wrong, carried="g")])
    assert report.score == 10
    assert not report.ok
    assert "this repeats a mistake of your g" in report.text()


def test_mistake_that_changes_nothing_explains_nothing():
    report = judged(outcome(a=np.ones((2, 3))), [known("harmless", outcome())])
    assert not report.hints


def test_float32_inputs_widen_the_tolerance():
    assert tolerance({"p": {"W": np.zeros(2, np.float32)}, "x": np.zeros(2)}) > tolerance({"x": np.zeros(2)})


def test_page_escapes_what_the_learner_wrote():
    error = {"type": "<script>alert(1)</script>", "message": "<b>", "where": ""}
    page = judged({"error": error}).html()
    assert "<script" not in page and "&lt;script" in page
