"""Cached word vectors: a copy gives back what was read, is made anew when it must be, and is never half a copy."""

import os
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.words import vector_cache, vector_files

WORDS, VECTORS = ["the", "é", ". . ."], np.array([[1, 2], [-3.5, 0], [1e-8, 3]], np.float32)
TEXT = "the 1 2\né -3.5 0\n. . . 1e-8 3\n"


@pytest.fixture
def source(tmp_path):
    """A small file of vectors."""
    path = tmp_path / "vectors.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path):
    """An empty place for copies."""
    return tmp_path / "cache"


def same(found):
    words, vectors = found
    np.testing.assert_array_equal(vectors, VECTORS)
    assert vectors.dtype == np.float32 and not vectors.flags.writeable and type(vectors) is np.ndarray
    return words == WORDS


def test_the_copy_gives_what_was_read(source, folder, monkeypatch):
    assert same(vector_cache.open_vectors(source, 2, folder))
    monkeypatch.setattr(vector_cache, "read_blocks", None)  # the file is not read again
    assert same(vector_cache.open_vectors(source, 2, folder))


WORD = st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1)


@settings(max_examples=15, deadline=None)
@given(words=st.lists(WORD, unique=True, min_size=1, max_size=20), parts=st.integers(1, 5))
def test_every_word_comes_back_with_its_row(tmp_path_factory, words, parts):
    copy = tmp_path_factory.mktemp("copy") / "copy"
    vectors = np.arange(3 * len(words), dtype=np.float32).reshape(-1, 3)
    blocks = ((words[at : at + parts], vectors[at : at + parts]) for at in range(0, len(words), parts))
    vector_cache.write_copy(blocks, copy)
    found, rows = vector_cache.open_copy(copy)
    assert found == words
    np.testing.assert_array_equal(rows, vectors)


def test_a_changed_file_is_read_anew_and_its_old_copy_goes(source, folder):
    _, before = vector_cache.open_vectors(source, 2, folder)
    (first,) = folder.iterdir()
    source.write_text("b 3 4\n", encoding="utf-8")
    later = time.time() + 10
    os.utime(source, (later, later))
    assert vector_cache.open_vectors(source, 2, folder)[0] == ["b"]
    (second,) = folder.iterdir()
    assert first != second
    np.testing.assert_array_equal(before, VECTORS)  # a kernel that has the old copy open keeps it


DAMAGES = {
    "empty": lambda raw: b"",
    "rubbish": lambda raw: b"rubbish",
    "long rubbish": lambda raw: b"\xff" * 1000,
    "zeros": lambda raw: bytes(1000),
    "end cut": lambda raw: raw[:-3],
    "start cut": lambda raw: raw[3:],
    "words cut": lambda raw: raw[:-30] + raw[-24:],
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_copy_is_replaced(source, folder, damage):
    vector_cache.open_vectors(source, 2, folder)
    (copy,) = folder.iterdir()
    sound = copy.read_bytes()
    copy.write_bytes(damage(sound))
    assert same(vector_cache.open_vectors(source, 2, folder))
    assert copy.read_bytes() == sound


def test_a_broken_file_leaves_no_copy(source, folder):
    source.write_text("a 1 2\nb 1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2"):
        vector_cache.open_vectors(source, 2, folder)
    assert not list(folder.iterdir())


def test_without_a_place_for_copies_the_vectors_stay_in_memory(source, tmp_path):
    (tmp_path / "file").touch()
    assert same(vector_cache.open_vectors(source, 2, tmp_path / "file" / "cache"))


def test_a_disk_that_fills_up_midway_loses_nothing(source, folder, monkeypatch):
    monkeypatch.setattr(vector_files, "BLOCK_WORDS", 1)

    def full_disk(blocks, path):
        next(iter(blocks))
        raise OSError("no space left")

    monkeypatch.setattr(vector_cache, "write_copy", full_disk)
    assert same(vector_cache.open_vectors(source, 2, folder))


def open_and_sum(path, cache):
    return float(vector_cache.open_vectors(path, 2, cache)[1].sum())


def test_many_processes_may_open_a_new_file_at_once(source, folder):
    source.write_text("".join(f"w{i} {i} 1\n" for i in range(2000)), encoding="utf-8")
    with ProcessPoolExecutor(4) as pool:
        jobs = [pool.submit(open_and_sum, source, folder) for _ in range(8)]
        assert {job.result() for job in jobs} == {sum(range(2000)) + 2000.0}
    assert [path.suffix for path in folder.iterdir()] == [".vectors"]
