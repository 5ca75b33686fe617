"""What an archive says of itself is not believed: no path leads out, no size is more than was looked at."""

import io
import stat
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograders.collect import archive

WORDS = st.sampled_from(["..", ".", "", "a", "~", "C:", "C:x", "\u202e", " ", "a.ipynb", "con"])
PATHS = st.lists(WORDS, min_size=1, max_size=6).flatmap(
    lambda words: st.sampled_from(["/", "\\", "//"]).map(lambda slash: slash.join(words))
)


@given(st.lists(PATHS, min_size=1, max_size=4))
def test_every_path_that_is_let_through_stays_inside(tmp_path_factory, paths):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for path in dict.fromkeys(filter(None, paths)):
            made.writestr(path, b"")
    try:
        members = archive.members(buffer, "x.zip")
    except ValueError as error:
        assert "leads out of the archive" in str(error)
        return
    top = tmp_path_factory.getbasetemp()
    for one in members:
        place = top.joinpath(*one.parts)
        assert place.resolve().is_relative_to(top) and place.resolve() != top
        assert not {"", ".", ".."} & set(one.parts)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_only_files_are_let_through(kind):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        entry = zipfile.ZipInfo("a.ipynb")
        entry.external_attr = (kind | 0o777) << 16
        made.writestr(entry, b"/etc/passwd")
    with pytest.raises(ValueError, match="is a link or a device, not a file"):
        archive.members(buffer, "x.zip")


def test_size_that_is_a_lie_gets_no_more_than_it_says():
    """The directory says ten bytes, of which there are ten million."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.ipynb", bytes(10_000_000))
    data = bytearray(buffer.getvalue())
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    (member,) = archive.members(io.BytesIO(bytes(data)), "x.zip")
    assert member.size == 10
    with pytest.raises(ValueError, match="cannot be unpacked"):
        member.read()


def test_clutter_of_operating_systems_is_left():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for path in ("__MACOSX/a.ipynb", ".DS_Store", "b/._a.ipynb", "b/.ipynb_checkpoints/a.ipynb", "b/a.ipynb", "b/"):
            made.writestr(path, b"")
    assert [one.path for one in archive.members(buffer, "x.zip")] == ["b/a.ipynb"]
