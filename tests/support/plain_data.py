"""Plain data as hypothesis draws it, and forged archives and answers: what may cross from a learner's process."""

import io
import json
import zipfile

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from helpers.check.wire import MAX_DEPTH, PLAIN_KINDS, Unknown, pack

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


sizes = st.one_of(
    st.integers(-2, 6), st.sampled_from([2**31, 2**32 + 1, 2**62, 2**63, 2**64, 10**30]), st.booleans(), st.floats()
)
json_leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), sizes)
json_values = st.recursive(
    json_leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=8,
)
references = st.one_of(
    st.builds(
        lambda *place: {"a": list(place)},
        st.one_of(st.integers(-1, 4), sizes), sizes, st.one_of(st.lists(sizes, max_size=4), json_values),
    ),
    st.builds(lambda n, start, shape: {"a": [n, start, shape]}, st.integers(0, 3), st.integers(0, 4),
              st.lists(st.integers(0, 3), max_size=3)),
    st.builds(lambda ones: {"a": [0, 0, [1] * ones]}, st.integers(30, 70)),
    st.builds(lambda number: {"x": number}, sizes),
)  # fmt: skip
nodes = st.recursive(
    st.one_of(
        references, json_values, st.builds(lambda kind, value: {kind: value}, st.sampled_from("nsxuadltz"), json_values)
    ),
    lambda inner: st.one_of(
        st.builds(lambda kind, items: {kind: items}, st.sampled_from("lt"), st.lists(inner, max_size=4)),
        st.builds(
            lambda keys, items: {"d": [list(pair) for pair in zip(keys, items, strict=False)]},
            st.lists(json_leaves, max_size=4), st.lists(inner, max_size=4),
        ),
        st.builds(lambda one, other: {"l": [one], "t": [other]}, inner, inner),
    ),
    max_leaves=10,
)  # fmt: skip


@st.composite
def forged_archives(draw):
    """An archive of sound arrays, and a tree that refers to them as it likes."""
    pools = draw(st.lists(arrays, max_size=4))
    names = draw(st.lists(st.sampled_from(["0", "1", "2", "3", "x", ""]), min_size=4, max_size=4, unique=True))
    entries = {name: npy(array) for name, array in zip(names, pools, strict=False)}
    tree = json.dumps(draw(nodes)).encode()
    return archive(tree=npy(np.frombuffer(tree, np.uint8)), **entries)


def leaves(value, depth=0):
    """Yield what stands at the ends of plain data; fail on anything that is none."""
    assert depth <= MAX_DEPTH + 1
    if type(value) is dict:
        assert all(type(key) is str for key in value)
        value = list(value.values())
    if type(value) in (list, tuple):
        for item in value:
            yield from leaves(item, depth + 1)
        return
    assert type(value) in (bool, int, float, str, type(None), Unknown, np.ndarray)
    assert type(value) is not int or abs(value) < 2**63
    assert type(value) is not np.ndarray or (value.dtype.kind in PLAIN_KINDS and not value.dtype.hasobject)
    yield value


letters = st.text(st.sampled_from("ab \x00<\ud800"), max_size=20).map(lambda text: text * 50)
anything = st.one_of(values, letters)
errors = st.fixed_dictionaries(
    {}, optional={key: st.one_of(letters, anything) for key in ("type", "message", "where", "shown")}
)
any_outcome = st.integers(0, 5).flatmap(
    lambda number: [
        anything,
        st.fixed_dictionaries({"error": anything}, optional={"value": values, "changed": anything}),
        *[st.fixed_dictionaries({"error": errors})] * 2,
        *[st.fixed_dictionaries({"value": values, "changed": st.lists(st.one_of(letters, anything), max_size=3)})] * 2,
    ][number]
)


@st.composite
def answers(draw, count):
    """A packed answer to a question about `count` cases, or something in its place."""
    which = draw(st.integers(0, 9))
    if which == 0:
        return draw(st.one_of(st.binary(max_size=40), any_outcome.map(pack)))
    if which == 1:
        return draw(forged_archives())
    kind = draw(st.sampled_from([list, tuple]))
    size = draw(st.integers(0, 4)) if which == 2 else count
    return pack(kind(draw(any_outcome) for _ in range(size)))
