"""Plain data crosses unchanged; anything else is named, and nothing hostile is believed."""

import copy
import io
import json
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from helpers import wire
from helpers.compare import difference
from helpers.wire import MAX_DEPTH, MAX_NODES, MAX_TREE_BYTES, Unknown, pack, unpack

arrays = hnp.arrays(
    st.sampled_from([np.float64, np.float32, np.int64, np.uint8, np.bool_, np.complex128, "U5"]),
    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(-(2**62), 2**62), st.floats(), st.text(max_size=8))
values = st.recursive(
    st.one_of(arrays, scalars),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.text(max_size=4), inner, max_size=4),
    ),
    max_leaves=12,
)


def same(one, other):
    if isinstance(one, dict):
        return isinstance(other, dict) and list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == np.asarray(other).tobytes()
    return type(one) is type(other) and (one == other or one != one)


@given(values, st.booleans())
def test_round_trip(value, compressed):
    assert same(value, unpack(pack(value, compressed)))


@given(st.binary(max_size=200))
def test_noise_is_a_value_error(data):
    with pytest.raises(ValueError):
        unpack(data)


@given(st.data())
def test_damaged_archive_is_read_or_refused(data):
    whole = bytearray(pack({"a": np.arange(5.0), "b": ["x", (1, None)]}))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        unpack(bytes(whole))
    except ValueError:
        pass


class Liar:
    """Equals everything, and pretends to be an array."""

    def __eq__(self, other):
        return True

    __hash__ = None

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("no array after all")


class Always(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, dtype=bool)

    __hash__ = None


@pytest.mark.parametrize("value", [object(), len, Liar(), np.array([object()], dtype=object), 2**70])
def test_no_plain_data_is_named_not_sent(value):
    assert isinstance(unpack(pack(value)), Unknown)


def test_subclass_arrives_as_a_plain_array():
    arrived = unpack(pack(np.zeros(3).view(Always)))
    assert type(arrived) is np.ndarray
    assert difference(np.ones(3), arrived)


def test_views_of_any_stride_arrive_as_values():
    base = np.arange(24.0).reshape(2, 3, 4)
    for view in (base[::-1, :, ::2], base.T, np.broadcast_to(base[0, 0], (5, 4)), np.asfortranarray(base)):
        np.testing.assert_array_equal(unpack(pack(view)), view)


def test_too_many_and_too_deep_values_are_refused():
    with pytest.raises(ValueError, match="at most"):
        pack([0] * (MAX_NODES + 1))
    deep = []
    for _ in range(MAX_DEPTH + 2):
        deep = [deep]
    with pytest.raises(ValueError, match="levels"):
        pack(deep)


def archive(**entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in entries.items():
            out.writestr(f"{name}.npy", content)
    return buffer.getvalue()


def npy(array, **header):
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, np.lib.format.header_data_from_array_1_0(array) | header)
    return buffer.getvalue() + array.tobytes()


TREE_OF_TWO = npy(np.frombuffer(b'{"a": [0, 0, [2]]}', np.uint8))


def test_an_archive_as_the_tests_make_it_is_read():
    assert unpack(archive(tree=TREE_OF_TWO, **{"0": npy(np.zeros(2))})).shape == (2,)


@pytest.mark.parametrize("shape", [(10**9,), (10**9, 10**9), (2**62, 4), (3,), (-1,)])
def test_shape_that_lies_is_refused_without_memory(shape):
    with pytest.raises(ValueError):
        unpack(archive(tree=TREE_OF_TWO, **{"0": npy(np.zeros(2), shape=shape)}))


@pytest.mark.parametrize(
    "place",
    [[1, 0, [2]], [0, 1, [2]], [0, -1, [1]], [0, 0, [-1]], [0, 0, [10**9, 10**9]], [0, 0, [1.0]], [0, 0, [True]], [0]],
)
def test_place_that_is_not_there_is_refused(place):
    tree = np.frombuffer(json.dumps({"a": place}).encode(), np.uint8)
    with pytest.raises(ValueError):
        unpack(archive(tree=npy(tree), **{"0": npy(np.zeros(2))}))


def test_numbers_that_stand_in_many_places_count_in_each():
    tree = np.frombuffer(json.dumps({"l": [{"a": [0, 0, [1000]]}] * 1000}).encode(), np.uint8)
    with pytest.raises(ValueError, match="bytes at most"):
        unpack(archive(tree=npy(tree), **{"0": npy(np.zeros(1000))}), max_bytes=2**20)


def test_a_long_text_that_stands_in_many_places_counts_in_each():
    tree = np.frombuffer(json.dumps({"l": [{"a": [0, 0, [1]]}] * 300}).encode(), np.uint8)
    with pytest.raises(ValueError, match="bytes at most"):
        unpack(archive(tree=npy(tree), **{"0": npy(np.array(["x" * 10**5]))}), max_bytes=2**25)


def test_a_large_tree_is_refused_before_it_is_read():
    tree = np.frombuffer(b"[" + b"[]," * (MAX_TREE_BYTES // 3) + b"[]]", np.uint8)
    with pytest.raises(ValueError, match="beside its arrays"):
        unpack(archive(tree=npy(tree)))


def test_archive_that_swells_is_refused():
    bomb = archive(tree=npy(np.frombuffer(b'{"n": null}', np.uint8)), **{"0": npy(np.zeros(2**20))})
    with pytest.raises(ValueError, match="at most"):
        unpack(bomb, max_bytes=2**20)


def test_pickles_are_never_opened():
    buffer = io.BytesIO()
    np.savez(buffer, tree=np.array([{"n": None}], dtype=object))
    with pytest.raises(ValueError):
        unpack(buffer.getvalue())


@given(values)
def test_copy_is_sent_as_the_same(value):
    assert wire.same(value, copy.deepcopy(value))


@pytest.mark.parametrize(
    "one, other",
    [
        (1, True), (0.0, -0.0), ([1], (1,)), ({"a": 1, "b": 2}, {"b": 2, "a": 1}), ("1", 1),
        (np.zeros(2), np.zeros((2, 1))), (np.zeros(2), np.zeros(2, np.float32)), (np.zeros(2), np.array([0, 1e-300])),
        (np.zeros(2), np.array([0.0, -0.0])), ({"x": np.ones(2)}, {"x": np.ones(2), "y": None}),
    ],
)  # fmt: skip
def test_what_is_not_the_same_is_not_taken_for_it(one, other):
    assert not wire.same(one, other) and not wire.same(other, one)
