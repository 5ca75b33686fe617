"""Plain data crosses unchanged; anything else is named, and nothing hostile is believed."""

import copy
import io
import json
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_data import archive, forged_archives, json_leaves, json_values, leaves, npy, sizes, values

from helpers.check import wire
from helpers.check.comparing import difference
from helpers.check.wire import MAX_ARRAYS, MAX_DEPTH, MAX_NODES, MAX_TREE_BYTES, Unknown, pack, unpack


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


@pytest.mark.parametrize("value", [object(), len, Liar(), np.array([[object()]], dtype=object), 2**70])
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


# Archives that are whole, so that no checksum turns them down, but were written by nobody honest.

FEW = 2**16  # bytes that the arrays of a forged answer may have together
LITTLE = 2**23  # bytes of memory that reading one may take, most of it for taking a header to pieces


def read_or_refused(data):
    """Unpack; see to it that nothing but plain data within the limits comes, or a ValueError, and little memory goes.

    Returns
    -------
    bool
        Whether it was read.
    """
    tracemalloc.start()
    try:
        value = unpack(data, max_bytes=FEW)
    except ValueError:
        return False
    finally:
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < LITTLE + 10 * len(data)
    found = list(leaves(value))
    assert len(found) <= MAX_NODES
    assert sum(leaf.nbytes for leaf in found if isinstance(leaf, np.ndarray)) <= FEW
    return True


@settings(max_examples=300, deadline=None)
@given(forged_archives())
def test_forged_tree_is_read_or_refused(data):
    read_or_refused(data)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (str(2**63 - 1), True), (str(2**63), False), (str(-(2**63)), False), ("1" * 4000, False), ("1" * 5000, False),
        ("NaN", True), ("-Infinity", True), ("1e999", True), ('"nan"', True), ('"x"', False), ("null", False),
        ("[]", False), ("{}", False), ("true", True),
    ],
)  # fmt: skip
def test_numbers_are_of_64_bits(text, read):
    assert read_or_refused(archive(tree=npy(np.frombuffer(f'{{"x": {text}}}'.encode(), np.uint8)))) is read


def test_forged_trees_are_of_both_sorts():
    """Else the test above would show little: some must be read, arrays among them."""
    tree = {"d": [["x", {"l": [{"a": [0, 1, [2]]}, {"x": float("nan")}]}], [7, {"u": [1]}]]}
    data = archive(tree=npy(np.frombuffer(json.dumps(tree).encode(), np.uint8)), **{"0": npy(np.arange(3.0))})
    assert read_or_refused(data)
    value = unpack(data)
    assert value["x"][0].tolist() == [1, 2] and value["7"] == Unknown("[1]")


@settings(deadline=None)
@given(st.sampled_from(["l", "t", "d"]), st.one_of(st.integers(0, 40), st.integers(0, 200_000)), st.booleans())
def test_depth_is_bounded(kind, depth, closed):
    before, after = ('{"d": [["x", ', "]]}") if kind == "d" else (f'{{"{kind}": [', "]}")
    text = before * depth + '{"n": null}' + after * (depth if closed else 0)
    assert read_or_refused(archive(tree=npy(np.frombuffer(text.encode(), np.uint8)))) == (
        (closed or depth == 0) and depth <= MAX_DEPTH + 1
    )


descriptions = st.one_of(
    st.sampled_from([
        "<f8", ">f8", "<f2", "<c16", "|b1", "|u1", "<U3", "<U0", ">U1", "<U2147483647", "|O", "O", "<M8[s]", "|V8",
        "|S4", "f8,f8", "(2,)f8", "(1000000000,)f8", "f16", "object", "x", "", [("a", "<f8")], [("a", "|O")], [],
        ("<f8", (3,)),
    ]),
    json_values,
)  # fmt: skip
shapes = st.one_of(
    st.lists(sizes, max_size=4).map(tuple), st.lists(st.integers(0, 3), max_size=3).map(tuple), json_values
)
texts = st.one_of(
    st.sampled_from(["{'descr': '<f8', 'fortran_order': False, 'shape': (3L,)}", "__import__('os')", "[" * 5000]),
    st.integers(0, 20_000).map(lambda count: "1" * count),
    st.text(max_size=40),
)
FORGED = {"descr": descriptions, "shape": shapes, "fortran_order": json_leaves, "more": json_leaves}
lies = st.lists(
    st.sampled_from(["descr", "shape", "fortran_order", "more", "text", "length", "version", "body"]), max_size=2
)


@st.composite
def forged_array(draw):
    """An .npy file, sound but for some lies, and how many numbers it seems to have."""
    sound = draw(st.sampled_from([np.dtype(one) for one in ("<f8", ">f4", "<c16", "|b1", "<U3", "<i2")]))
    count = draw(st.integers(0, 4))
    told = draw(lies)
    header = {"descr": sound.str, "fortran_order": draw(st.booleans()), "shape": (count,)}
    header |= {key: draw(values) for key, values in FORGED.items() if key in told}
    text = (draw(texts) if "text" in told else repr(header)).encode("utf-8", "replace") + b"\n"
    version = draw(st.sampled_from([(1, 0), (2, 0)] if "version" not in told else [(3, 0), (0, 0), (9, 9)]))
    length = draw(st.sampled_from([0, 1, 2**16 - 1, 2**32 - 1])) if "length" in told else len(text)
    packed = struct.pack("<H", min(length, 2**16 - 1)) if version == (1, 0) else struct.pack("<I", length)
    body = draw(st.binary(max_size=64)) if "body" in told else bytes(count * sound.itemsize)
    return b"\x93NUMPY" + bytes(version) + packed + text + body, count


@pytest.mark.filterwarnings("ignore:Reading `.npy` or `.npz` file required additional header parsing")
@settings(max_examples=300, deadline=None)
@given(forged_array(), st.booleans())
def test_forged_array_is_read_or_refused(forged, as_tree):
    content, count = forged
    tree = npy(np.frombuffer(json.dumps({"a": [0, 0, [count]]}).encode(), np.uint8))
    read_or_refused(archive(tree=content if as_tree else tree, **{"0": content}))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("description", "shape", "body", "read"),
    [
        ("<f8", (3,), 24, True), (">f8", (3,), 24, True), ("<U2", (3,), 24, True), ("<f8", (3, 1), 24, False),
        ("<f8", (-3,), 24, False), ("<f8", (-3, -1), 24, False), ("<f8", (4,), 24, False), ("|O", (3,), 24, False),
        ("<U0", (10**9,), 0, False), ("<f8", (2**61, 8), 24, False), ("<M8[s]", (3,), 24, False),
        ([("a", "<f8")], (3,), 24, False), ("<f8", (0, 10**12), 0, False), ("<U2147483647", (1,), 8, False),
    ],
)  # fmt: skip
def test_header_is_believed_if_it_fits_its_bytes(description, shape, body, read):
    """The tree asks for three numbers in a row, so that only a sound array of three is read."""
    header = repr({"descr": description, "fortran_order": False, "shape": shape}).encode()
    content = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header) + 1) + header + b"\n" + bytes(body)
    tree = npy(np.frombuffer(b'{"a": [0, 0, [3]]}', np.uint8))
    assert read_or_refused(archive(tree=tree, **{"0": content})) is read


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damage_inside_a_whole_archive_is_read_or_refused(data):
    """As `test_damaged_archive_is_read_or_refused`, with the checksums made anew, so that the damage is met."""
    with zipfile.ZipFile(io.BytesIO(pack({"a": np.arange(5.0), "b": ["x", (1, None), np.ones((2, 2), int)]}))) as whole:
        entries = {name.removesuffix(".npy"): bytearray(whole.read(name)) for name in whole.namelist()}
    for _ in range(data.draw(st.integers(1, 8))):
        content = entries[data.draw(st.sampled_from(sorted(entries)))]
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    read_or_refused(archive(**{name: bytes(content) for name, content in entries.items()}))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED])
def test_archive_that_says_less_than_it_holds_does_not_swell(method):
    """bzip2 makes a kilobyte of a gigabyte, and zipfile unpacks all of it before it looks at the size."""
    buffer, size = io.BytesIO(), 2**25
    with zipfile.ZipFile(buffer, "w", method) as out:
        out.writestr("tree.npy", npy(np.frombuffer(b'{"n": null}', np.uint8)), zipfile.ZIP_DEFLATED)
        out.writestr("0.npy", bytes(size))
    data = buffer.getvalue().replace(struct.pack("<L", size), struct.pack("<L", 1000))
    assert len(data) < FEW
    assert not read_or_refused(data)


def test_archive_of_very_many_entries_is_refused_before_they_are_objects():
    fields = b"PK\x01\x02", 20, 3, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    many = struct.pack("<4s4B4HL2L5H2L", *fields) * (MAX_ARRAYS + 1)
    data = many + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2**16 - 1, 2**16 - 1, len(many), 0, 0)
    tracemalloc.start()
    with pytest.raises(ValueError, match="arrays at most"):
        unpack(data)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < LITTLE


def test_tree_of_very_many_parts_is_refused_before_they_are_objects():
    text = '{"l": [' + '{"":0},' * (MAX_TREE_BYTES // 7) + "{}]}"
    data = archive(tree=npy(np.frombuffer(text.encode(), np.uint8)))
    tracemalloc.start()
    with pytest.raises(ValueError, match="bytes at most"):
        unpack(data)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 * MAX_TREE_BYTES


def test_text_that_stands_in_many_places_counts_in_each():
    """An array of one long text is one number's place, but who puts it into words meets all its letters."""
    with pytest.raises(ValueError, match="at most"):
        unpack(pack([np.array(["x" * 1000])] * 100), max_bytes=FEW)
    assert len(unpack(pack([np.array(["x" * 1000])] * 10), max_bytes=FEW)) == 10


def test_an_array_that_keeps_tuples_is_as_good_as_a_list():
    steps = np.empty(2, dtype=object)
    steps[0], steps[1] = (np.zeros(2), {"a": 1}), (np.ones(2), {"a": 2})
    assert difference(list(steps), unpack(pack(steps))) is None
