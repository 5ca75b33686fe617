"""Characters as tokens, and how sure a share of right answers is."""

import numpy as np
import pytest
from scipy.stats import binomtest

from helpers.words.characters import characters_to_indices, index_characters, share_interval


def test_characters_are_indexed_in_order_from_one_on_whatever_the_sentences_order():
    assert index_characters(["ba", "c"]) == index_characters(["c", "ab"]) == {"a": 1, "b": 2, "c": 3}


def test_sentences_become_rows_that_are_cut_or_padded_and_unknown_characters_are_left_out():
    known = {"我": 1, "饿": 2}
    rows = characters_to_indices(["我饿", "很饿", "", "我我饿饿"], known, 3)
    assert np.array_equal(rows, [[1, 2, 0], [2, 0, 0], [0, 0, 0], [1, 1, 2]])


@pytest.mark.parametrize(("right", "count"), [(0, 50), (24, 50), (50, 50), (1, 1)])
def test_the_interval_is_wilsons(right, count):
    wanted = binomtest(right, count).proportion_ci(0.95, "wilson")
    assert share_interval(right, count) == pytest.approx(tuple(wanted), abs=1e-12)
