"""The words and marks of a verdict: what is right passes, what is wrong is said, mistakes are named."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from helpers.check.comparing import INPUTS, Case, Spec, difference, differing_entries
from helpers.check.judging import MAX_LETTERS, Run, judge_runs
from helpers.check.naming import ENOUGH_WHOLE_NUMBERS, fingerprint, same_sketch, sketch
from helpers.check.wire import Unknown

SPEC = Spec("f", 10, {"a": 0.5, "cache": 0.4, INPUTS: 0.1}, ("a", "cache"), {"cache": ("first", "second")})
floats = hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-1e6, 1e6))


def outcome(a=None, cache=None, changed=()):
    a = np.arange(6.0).reshape(2, 3) + 0.25 if a is None else a
    return {"value": (a, (a, [a + 1]) if cache is None else cache), "changed": list(changed)}


CASE = Case("one", {})
BEYOND = Case("a word that is unknown", {}, "section 1.3")


def judged(got, known=(), spec=SPEC, cases=(CASE,), standing=None):
    """Judge an answer that is the same on all cases, and the same or another one with stand-ins."""

    def run(outcomes):
        return Run([outcome()] * len(cases), outcomes, lambda: list(known))

    got = got if isinstance(got, list) else [got] * len(cases)
    return judge_runs(spec, list(cases), run(got), run([standing] * len(cases)) if standing else None)


@given(floats)
def test_an_answer_agrees_with_itself_and_not_with_another(array):
    assert difference({"x": (array, [array])}, {"x": (array.copy(), [array])}) is None
    other = array.copy()
    other.flat[-1] += 1 + np.linalg.norm(array)
    assert difference(array, other)
    assert same_sketch(sketch(array), sketch(array * (1 + 1e-9)))
    assert not same_sketch(sketch(array), sketch(other))


@pytest.mark.parametrize(
    ("got", "words"),
    [
        (np.zeros((3, 2)), "expected shape (2, 3), got (3, 2)"),
        (np.zeros((2, 3), dtype=int), "expected real numbers, got int64"),
        (np.full((2, 3), np.nan), "NaN or infinity among them"),
        (np.zeros((2, 3)), "values differ in 5 of 6 places; at [0, 1] expected 1, got 0"),
        (None, "expected an array of shape (2, 3) (real numbers), got None"),
        ([1.0], "got a list of 1"),
    ],
)
def test_difference_is_said_in_words(got, words):
    assert words in difference(np.arange(6.0).reshape(2, 3), got, where="a")


@pytest.mark.parametrize("kind", ["", "ValueError"])
def test_an_error_without_words_is_wrong(kind):
    report = judged({"error": {"type": kind, "message": ""}})
    assert report.score == 0 and f"{kind or 'Error'} (case: one)" in report.text()


def test_what_an_answer_says_is_cut():
    text = judged({"error": {"type": "ValueError", "message": "x" * 10_000}}).text()
    assert "xxx ... (case: one)" in text and len(text) < 2 * MAX_LETTERS


class TestFirstNumbersThatDiffer:
    def test_are_set_side_by_side_with_their_places(self):
        right = {"a": np.zeros((2, 2)), "b": (np.arange(3), 0.5)}
        got = {"a": np.array([[0, 1], [0, 2.0]]), "b": (np.array([0, 7, 2]), 0.25)}
        assert differing_entries(right, got, where="g") == [
            ("g['a'][0, 1]", "0", "1"), ("g['a'][1, 1]", "0", "2"),
            ("g['b'][0][1]", "1", "7"), ("g['b'][1]", "0.5", "0.25"),
        ]  # fmt: skip
        assert len(differing_entries(np.zeros(9), np.ones(9), most=4)) == 4

    @pytest.mark.parametrize("got", [np.zeros((3, 1)), np.zeros(3, int), [1.0], None, "x", Unknown("f")])
    def test_are_none_where_no_place_is_the_same(self, got):
        assert differing_entries(np.ones(3), got) == []


def test_words_are_named_as_words_and_keys_as_keys():
    said = difference({"known words": {"1: so sweet": 1.0}}, {"known words": {"1: so sweet": 2.0}}, where="averages")
    assert said.startswith("averages, known words, 1: so sweet: ") and "[" not in said
    assert "grads['dW']" in difference({"dW": 1.0}, {"dW": 2.0}, where="grads")


def test_place_in_a_named_tuple_is_named():
    report = judged(outcome(cache=(np.zeros((2, 3)), [np.zeros((2, 3))])))
    assert "cache.first: values differ" in report.text()


def test_right_answer_gets_all_points():
    report = judged(outcome())
    assert report.ok and report.score == 10
    assert report.text() == "f: right"


def test_each_part_counts_by_its_share():
    assert judged(outcome(changed=["x"])).score == 9
    assert judged(outcome(cache=())).score == 6


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.zeros(3), "expected 2 values (a, cache), got an array of shape (3,) (real numbers)"),
        ((1, 2, 3), "expected 2 values (a, cache), got 3"),
        (None, "expected 2 values (a, cache), got None"),
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


def known(name, got, cases=(CASE,)):
    hints = {"question": f"Why {name}?", "hint": f"because of {name}", "section": "section 1"}
    return {"name": name, **hints, "cases": [fingerprint(SPEC, case, got) for case in cases]}


def test_mistake_is_named_by_its_output():
    wrong = outcome(a=np.full((2, 3), 1.5))
    report = judged(wrong, [known("other", outcome(a=np.full((2, 3), 2.5))), known("this", wrong)])
    assert [hint.mistake for hint in report.hints] == ["this"]
    steps = ["Question: Why this?", "Likely reason: because of this", "Read again: section 1"]
    for hint in (1, 2, 3):
        lines = report.text(hint).splitlines()
        shown = [line for line in lines if line in steps]
        assert shown == steps[:hint]
        assert (lines[-1] == f"check(f, hint={hint + 1}) says more.") == (hint < 3)


def test_where_no_mistake_is_known_a_further_hint_says_so():
    report = judged(outcome(a=np.full((2, 3), 1.5)))
    assert "hint" not in report.text().lower()
    assert report.text(2) == report.text(3)
    assert report.text(2).splitlines()[-1].startswith("No hint: this answer is none of the known mistakes.")


def test_a_right_answer_needs_no_hint():
    report = judged(outcome())
    assert report.text() == report.text(3) == report.headline()


def test_two_mistakes_in_two_parts_are_both_named():
    a, cache = np.full((2, 3), 1.5), (np.full((2, 3), 2.5), [np.zeros((2, 3))])
    right = outcome()["value"]
    report = judged(
        outcome(a=a, cache=cache),
        [known("in a", outcome(a=a, cache=right[1])), known("in cache", outcome(cache=cache))],
    )
    assert {hint.mistake for hint in report.hints} == {"in a", "in cache"}


LABELS = Spec("f", 10, {"labels": 1.0}, ("labels",))
HINTS = {"question": "Why?", "hint": "because", "section": "section 1"}


@pytest.mark.parametrize(("count", "named"), [(ENOUGH_WHOLE_NUMBERS - 1, False), (ENOUGH_WHOLE_NUMBERS, True)])
def test_a_few_labels_that_agree_prove_nothing(count, named):
    """Labels are few, so those of two mistakes are soon the same; numbers with fractions are not."""
    right, wrong = np.zeros(50, int), np.zeros(50, int)
    wrong[:count] = 3
    run = Run(
        [{"value": right, "changed": []}], [{"value": wrong, "changed": []}],
        lambda: [{"name": "m", **HINTS, "cases": [{"labels": sketch(wrong)}]}],
    )  # fmt: skip
    assert bool(judge_runs(LABELS, [CASE], run).hints) == named


def test_labels_that_agree_name_no_mistake_that_makes_another_part_wrong():
    spec = Spec("f", 10, {"W": 0.5, "labels": 0.5}, ("W", "labels"))
    W, labels = np.full(9, 0.5), np.zeros(50, int)

    def named(W_of_the_mistake):
        prints = {"W": sketch(W_of_the_mistake), "labels": sketch(labels + 1)}
        run = Run(
            [{"value": (W, labels), "changed": []}], [{"value": (W, labels + 1), "changed": []}],
            lambda: [{"name": "m", **HINTS, "cases": [prints]}],
        )  # fmt: skip
        return bool(judge_runs(spec, [CASE], run).hints)

    assert named(W) and not named(W + 0.25)


class TestBeyondTheTasksData:
    """What only shows there is remarked and costs nothing."""

    def test_it_costs_nothing_and_says_where_it_is_taught(self):
        error = {"error": {"type": "KeyError", "message": "'zebra'", "where": ""}}
        report = judged([outcome(), error], cases=(CASE, BEYOND))
        assert report.ok and report.score == 10
        assert "costs nothing" in report.text()
        assert "a word that is unknown: KeyError: 'zebra' (see section 1.3)" in report.text()
        assert "a word that is unknown" in report.html()

    def test_a_known_mistake_is_named_in_it(self):
        cases, wrong = (CASE, BEYOND), outcome(a=np.full((2, 3), 0.5))
        mistake = known("m", outcome()) | {
            "cases": [fingerprint(SPEC, CASE, outcome()), fingerprint(SPEC, BEYOND, wrong)]
        }
        report = judged([outcome(), wrong], [mistake], cases=cases)
        assert report.ok and "Because of m" in report.text()

    def test_it_is_not_told_while_something_else_is_wrong(self):
        report = judged(outcome(a=np.zeros((2, 3))), cases=(CASE, BEYOND))
        assert not report.ok and not report.remarks


class TestStandIns:
    """An earlier function that is wrong, or raises, costs its own points only."""

    @pytest.mark.parametrize(
        "own", [outcome(a=np.zeros((2, 3))), {"error": {"type": "ValueError", "message": "", "where": ""}}]
    )
    def test_right_over_the_stand_in_is_right(self, own):
        report = judged(own, spec=replace(SPEC, stand_ins={"g": ""}), standing=outcome())
        assert report.ok and report.score == 10
        assert report.headline() == "f: right, given your g"

    def test_right_over_the_own_function_is_right(self):
        """Who writes the earlier function out once more calls no stand-in."""
        report = judged(outcome(), spec=replace(SPEC, stand_ins={"g": ""}), standing=outcome(a=np.zeros((2, 3))))
        assert report.ok and not report.given

    def test_wrong_over_both_is_wrong(self):
        wrong = outcome(a=np.full((2, 3), 0.5))
        report = judged(wrong, [known("m", wrong)], replace(SPEC, stand_ins={"g": ""}), standing=wrong)
        assert not report.ok and [hint.mistake for hint in report.hints] == ["m"]


def test_mistake_that_changes_nothing_explains_nothing():
    report = judged(outcome(a=np.ones((2, 3))), [known("harmless", outcome())])
    assert not report.hints


def test_float32_inputs_widen_the_tolerance():
    single, double = {"p": {"W": np.zeros(2, np.float32)}, "x": np.zeros(2)}, {"x": np.zeros(2)}
    assert Case("single", single).tolerance > Case("double", double).tolerance


def test_page_escapes_what_the_learner_wrote():
    error = {"type": "<script>alert(1)</script>", "message": "<b>", "where": ""}
    page = judged({"error": error}).html()
    assert "<script" not in page and "&lt;script" in page


def test_tokens_that_lie_side_by_side_are_not_the_same_answer():
    """However many they are, and whatever is let pass as rounding of other numbers."""
    tokens = np.arange(270, 290)[:, np.newaxis]
    assert same_sketch(sketch(tokens), sketch(tokens.copy()), (1e-2, 1e-2))
    assert not same_sketch(sketch(tokens), sketch(tokens + 1), (1e-2, 1e-2))
