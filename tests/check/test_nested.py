"""Nested values are taken apart and put together again, within limits."""

import numpy as np
import pytest
from hypothesis import given
from plain_data import values

from helpers.check.comparing import difference
from helpers.check.nested import MAX_DEPTH, MAX_NODES, flatten, pair_up, unflatten
from helpers.check.wire import same


@given(values)
def test_each_path_leads_to_its_node_and_all_nodes_make_the_value(value):
    paths, nodes = flatten(value)
    assert len(set(paths)) == len(paths)
    for path, node in zip(paths, nodes, strict=True):
        found = value
        for step in path:
            found = found[step]
        assert found is node
    assert same(unflatten(nodes), value)


def test_what_holds_a_node_stands_before_it():
    paths, _ = flatten({"b": [1, (2,)], 3: None})
    assert paths == [(), ("b",), ("b", 0), ("b", 1), ("b", 1, 0), ("3",)]


def test_leaves_and_groups_are_replaced():
    _, nodes = flatten({"a": [1, (2,)]})
    assert unflatten(nodes, lambda node: -node) == {"a": [-1, (-2,)]}
    assert unflatten(nodes, group=lambda kind, items: (kind, items)) == (dict, [("a", (list, [1, (tuple, [2])]))])


def nested(levels):
    value = 0
    for _ in range(levels):
        value = [value]
    return value


def endless():
    value = []
    value.append(value)
    return value


def test_limits_are_the_last_that_pass():
    assert len(flatten(nested(MAX_DEPTH))[0]) == MAX_DEPTH + 1
    assert len(flatten([0] * (MAX_NODES - 1))[0]) == MAX_NODES


@pytest.mark.parametrize(
    "value",
    [nested(MAX_DEPTH + 1), endless(), [0] * MAX_NODES, [[0] * (MAX_NODES // 2)] * 2, [[0] * 60_000, *[0] * 50_000]],
    ids=["deep", "endless", "long", "two halves", "short before long"],
)
def test_beyond_the_limits_is_an_error(value):
    with pytest.raises(ValueError, match=f"{MAX_NODES} values in {MAX_DEPTH} levels at most"):
        flatten(value)


def test_leaves_in_the_same_places_are_paired():
    assert pair_up({"a": [1, (2, "x")]}, {"a": [3, (4, "y")]}) == [(1, 3), (2, 4), ("x", "y")]


@pytest.mark.parametrize(
    "other",
    [{"a": [1, [2]]}, {"a": [1]}, {"a": [1, (2.0,)]}, {"b": [1, (2,)]}, {"a": [1, (2,)], "b": 0}, [1, (2,)]],
)
def test_values_of_other_structure_or_types_are_not_paired(other):
    assert pair_up({"a": [1, (2,)]}, other) is None and pair_up(other, {"a": [1, (2,)]}) is None


def test_order_of_a_dicts_keys_makes_no_difference_between_answers():
    one, other = {"a": np.zeros(2), "b": np.ones(2)}, {"b": np.ones(2), "a": np.zeros(2)}
    assert difference(one, other, where="x") is None
    assert difference(one, other | {"a": np.ones(2)}, where="x").startswith("x['a']: values differ in 2 of 2 places")
