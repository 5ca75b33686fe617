"""Similar code: names, comments and layout make no difference; what was given or is usual tells nothing."""

import keyword

import numpy as np
import pytest
from made_up_class import renamed

from autograders.results.similar import PASSAGE, WINDOW, pairs, passages, tokens

WORDS = ("+", "-", "*", "@", "(", ")", "[", "]", ".dot", ".T", "for", "in", "if", "name", "len", "range", "0", "1")
CODE = '''def f(x, weights):
    """Say what it does."""
    total = np.zeros((3, x.shape[1]))
    for step in range(x.shape[1]):  # each step
        total[:, step] = np.tanh(weights["W"] @ x[:, step] + 0.5 * weights["b"])
    if total.sum() > 7:
        total -= np.mean(total, axis=0, keepdims=True)
    return total, {"sum": total.sum(), "largest": max(abs(total.ravel()))}
'''


def own(seed, length=120):
    """Return code of so many tokens that nobody else has."""
    return " ".join(np.random.default_rng(seed).choice(WORDS, length))


def learners_of(found):
    return {pair.learners for pair in found}


@pytest.mark.parametrize(
    "changed",
    [
        renamed(CODE, np.random.default_rng(3)),
        CODE.replace("    ", "\t").replace(", ", " ,"),
        CODE.replace('"""Say what it does."""\n', "# Nothing\n\n\n"),
        CODE.replace('"', "'").replace("'''Say what it does.'''", ""),
        CODE.replace("step", "__t").replace("total", "größe"),
    ],
)
def test_names_comments_and_layout_make_no_difference(changed):
    assert changed != CODE
    assert passages(changed).keys() == passages(CODE).keys()
    assert learners_of(pairs({"ada": {"f": CODE}, "ben": {"f": changed}})) == {("ada", "ben")}


@pytest.mark.parametrize("old, new", [("tanh", "exp"), ("@", "*"), ("0.5", "0.25"), ("range", "len"), ('"W"', '"V"')])
def test_what_the_code_does_makes_one(old, new):
    assert passages(CODE.replace(old, new, 1)).keys() != passages(CODE).keys()


@pytest.mark.parametrize("seed", range(20))
def test_any_equal_stretch_that_is_long_enough_is_found(seed):
    """The promise of winnowing: of so many equal tokens, at least one passage is kept on both sides."""
    rng = np.random.default_rng(seed)
    same = " ".join(rng.choice(WORDS, PASSAGE + WINDOW - 1))
    sides = [f"{own(seed + 100, rng.integers(50))} {same} {own(seed + 200)}", f"{own(seed + 300)} {same}"]
    assert passages(sides[0]).keys() & passages(sides[1]).keys()


def test_copies_make_a_pair_and_others_do_not():
    codes = {f"s{n}": {"f": own(n), "g": own(n + 1000)} for n in range(30)}
    codes["thief"] = {"f": own(7), "g": own(5000)}  # one exercise of two
    (pair,) = pairs(codes)
    assert pair.learners == ("s7", "thief")
    assert list(pair.exercises) == ["f"]
    assert pair.exercises["f"].share == 1


def test_the_same_code_in_different_exercises_is_no_pair():
    assert pairs({"ada": {"f": CODE}, "ben": {"g": CODE}}) == []


@pytest.mark.parametrize("given", [[{"f": CODE}], [{"f": "pass"}, {"f": CODE + own(1)}]])
def test_what_everybody_was_given_makes_no_pair(given):
    codes = {"ada": {"f": CODE}, "ben": {"f": renamed(CODE, np.random.default_rng(3))}}
    assert pairs(codes)
    assert pairs(codes, given) == []
    copied = {learner: {"f": code["f"] + own(2)} for learner, code in codes.items()}
    assert learners_of(pairs(copied, given)) == {("ada", "ben")}


def test_what_many_wrote_makes_no_pair():
    codes = {f"s{n:02}": {"f": CODE + own(n)} for n in range(40)}
    assert pairs(codes) == []
    codes["s01"] = codes["s00"]
    assert learners_of(pairs(codes)) == {("s00", "s01")}


def test_a_ring_of_four_is_found():
    codes = {f"s{n:02}": {name: own((n, place)) for place, name in enumerate("fgh")} for n in range(40)}
    for n in (1, 2, 3):
        codes[f"s{n:02}"] = codes["s00"]
    assert {name for pair in learners_of(pairs(codes)) for name in pair} == {"s00", "s01", "s02", "s03"}


def test_the_lines_are_those_that_both_have():
    copy = "import this\n\n" + renamed(CODE, np.random.default_rng(3))
    (pair,) = pairs({"ada": {"f": CODE + "x = 1\n" * 9}, "ben": {"f": copy}})
    mine, theirs = pair.exercises["f"].lines
    assert mine <= set(range(CODE.count("\n"))) and len(mine) > 5
    words = [{token for token, *_ in tokens(copy.split("\n")[line])} for line in theirs]
    assert not any("import" in line for line in words) and any("for" in line for line in words)


@pytest.mark.parametrize("code", ["", "pass", "def f(:\n  '''never closed", "\udcff" * 50, "é" * 10_000, "#" * 10_000])
def test_anything_can_be_handed_in(code):
    assert pairs({"ada": {"f": code}, "ben": {"f": code}, "chen": {}}) == []


def test_keywords_and_builtins_are_told_apart():
    code = "yield from sorted(x) if not x else None"
    assert [token for token, *_ in tokens(code)] == [
        "yield", "from", "sorted", "(", "name", ")", "if", "not", "name", "else", "None",
    ]  # fmt: skip
    assert {token for token, *_ in tokens(" ".join(keyword.kwlist))} == set(keyword.kwlist)


@pytest.mark.parametrize("code", [CODE, renamed(CODE, np.random.default_rng(1))])
def test_tokens_stand_where_they_say(code):
    for token, begin, end in tokens(code):
        assert token in (code[begin:end], "name", f'"{code[begin + 1 : end - 1]}"')
