"""`helpers.glove` and what it stands on: what is read is what was written, and faults are named."""

import gzip
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import glove, vector_store, vector_text

ROOT = Path(__file__).parents[1]
REAL_GLOVE = ROOT.parent / "shared" / "glove" / "glove.6B.50d.top50k.txt.gz"
LINES = ["the 1 0 0.5", "café -2.5 1e-3 7", '" 1 2 3', "nan 4 5 6", "null 0 0 1", "\u00a0 9 9 9", "12 3 4 5"]
WORDS = [line.split(" ")[0] for line in LINES]
VECTORS = np.array([[float(x) for x in line.split(" ")[1:]] for line in LINES])


@pytest.fixture
def read(tmp_path):
    """Write a text to a file, by default plain, and read it with a cache of the test's own."""

    def write_and_read(text, name="vectors.txt", **options):
        raw = text if isinstance(text, bytes) else text.encode("utf-8")
        path = tmp_path / name
        if name.endswith(".gz"):
            path.write_bytes(gzip.compress(raw))
        elif name.endswith(".zip"):
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("vectors.50d.txt", raw)
                archive.writestr("vectors.100d.txt", b"other 1\n")
        else:
            path.write_bytes(raw)
        return glove.read_glove_vecs(path, cache=tmp_path / "cache", **options)

    return write_and_read


def lines(*texts):
    return "".join(text + "\n" for text in texts)


@pytest.mark.parametrize("name", ["vectors.txt", "vectors.gz", "vectors.zip"])
@pytest.mark.parametrize("head", ["", "\ufeff", "7 3\n"], ids=["plain", "BOM", "word2vec header"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_read_glove_vecs_reads_what_was_written(read, name, head, end):
    text = (head + lines(*LINES)).replace("\n", end)
    for _ in ("parsed", "from the cache"):
        word_to_index, index_to_word, word_to_vec_map = read(text, name)
        assert list(word_to_index) == list(word_to_vec_map) == WORDS
        assert [word_to_index[word] for word in WORDS] == list(index_to_word) == list(range(1, 8))
        assert [index_to_word[i] for i in index_to_word] == WORDS
        np.testing.assert_allclose(np.stack(list(word_to_vec_map.values())), VECTORS, rtol=1e-6)


def test_index_0_is_kept_for_padding(read):
    word_to_index, index_to_word, _ = read(lines(*LINES))
    assert 0 not in index_to_word
    assert min(word_to_index.values()) == 1
    with pytest.raises(KeyError):
        index_to_word[0]


def test_the_mappings_are_read_only_mappings(read):
    for mapping in read(lines(*LINES)):
        assert isinstance(mapping, Mapping)
        assert len(mapping) == 7
        assert "7 words" in repr(mapping)
        with pytest.raises(TypeError):
            mapping["new"] = 1
    vector = mapping["the"]
    assert vector.dtype == np.float32 and vector.shape == (3,) and type(vector) is np.ndarray
    with pytest.raises(ValueError):
        vector[0] = 1


def test_unknown_keys_are_missing_and_no_error(read):
    word_to_index, index_to_word, word_to_vec_map = read(lines(*LINES))
    for word in ["", "The", "thee", "🍴", "\ud800", None, 3, b"the", ("the",)]:
        assert word not in word_to_vec_map
        assert word_to_index.get(word) is None
    for index in [8, -1, 1.5, "the", None]:
        assert index not in index_to_word
    assert index_to_word[np.int32(1)] == "the"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1), unique=True, min_size=1, max_size=50))
def test_every_word_is_found_in_its_row(words):
    store = vector_store.VectorStore.of(words, np.arange(len(words))[:, None])
    assert list(store.words()) == words
    assert [store.row(word) for word in words] == list(range(len(words)))


def test_words_with_equal_hashes_are_told_apart():
    words = ["plumless", "buckeroo"]  # the textbook collision of CRC-32
    store = vector_store.VectorStore.of(words, np.zeros((2, 1)))
    assert store.hashes[0] == store.hashes[1]
    assert [store.row(word) for word in words] == [0, 1]


def test_a_store_comes_back_from_its_file_on_its_grid(tmp_path):
    words, vectors = ["a", "bcd", "é"], np.arange(6).reshape(3, 2)
    store = vector_store.VectorStore.of(words, vectors)
    blocks = [vector_store.WordBlock.of(words[:1], vectors[:1]), vector_store.WordBlock.of(words[1:], vectors[1:])]
    vector_store.write_blocks(blocks, tmp_path / "store")
    back = vector_store.open_store(tmp_path / "store")
    for name, array in vars(store).items():
        np.testing.assert_array_equal(getattr(back, name), array)
        assert getattr(back, name).flags.aligned and not getattr(back, name).flags.writeable


def test_a_disk_that_fills_up_midway_loses_nothing(read, tmp_path, monkeypatch):
    monkeypatch.setattr(vector_text, "PART_BYTES", 10)

    def full_disk(blocks, path):
        next(iter(blocks))
        raise OSError("no space left")

    monkeypatch.setattr(glove, "write_blocks", full_disk)
    assert list(read(lines(*LINES))[0]) == WORDS


@pytest.mark.parametrize("number", ["18446744073709551616", "-0", "1", "7.", "1E2"])
def test_numbers_of_every_kind_are_read(read, number):
    assert read(lines(f"a {number} 1", f"b {number} 1"))[2]["a"][0] == np.float32(number)


@pytest.mark.parametrize("block_words", [1, 7, 10_000])
@pytest.mark.parametrize("part_bytes", [10, 1000, 10**8])
def test_the_parts_of_a_long_text_come_together_in_order(read, monkeypatch, part_bytes, block_words):
    monkeypatch.setattr(vector_text, "PART_BYTES", part_bytes)
    monkeypatch.setattr(vector_text, "BLOCK_WORDS", block_words)
    texts = [f"w{i} {i} {-i}" for i in range(500)]
    word_to_index, _, word_to_vec_map = read(lines(*texts))
    assert all(word_to_index[f"w{i}"] == i + 1 for i in range(500))
    assert all(word_to_vec_map[f"w{i}"].tolist() == [i, -i] for i in range(500))


def test_words_with_the_same_hash_are_told_apart(read):
    words = ["plumless", "buckeroo"]  # the best known pair whose CRC-32 is the same
    assert crc32(words[0].encode()) == crc32(words[1].encode())
    assert list(read(lines("plumless 1 2", "buckeroo 3 4"))[0]) == words
    with pytest.raises(ValueError, match="line 3: expected each word once, 'plumless'"):
        read(lines("plumless 1 2", "buckeroo 3 4", "plumless 5 6"))


FAULTS = {
    "an underscore in a number": (lines("a 1_0 2", "b 1 2"), "line 1: expected a finite number in field 2, got '1_0'"),
    "too few numbers": (lines("a 1 2", "b 1", "c 1 2"), "line 2: expected .* 3 fields, got 2: 'b 1'"),
    "too many numbers": (lines("a 1 2", "b 1 2 3"), "line 2: expected .* 3 fields, got 4"),
    "one short and one long": (lines("a 1 2", "b 1", "c 1 2 3"), "line 2: expected .* 3 fields, got 2"),
    "two spaces": (lines("a 1 2", "b 1  2"), "line 2: expected .* 3 fields, got 4"),
    "a trailing space": (lines("a 1 2", "b 1 2 "), "line 2: expected .* 3 fields, got 4"),
    "a blank line": (lines("a 1 2", "", "b 1 2"), "line 2: expected .* 3 fields, got 0"),
    "a word without numbers": (lines("a", "b"), "line 1: expected .* 2 fields, got 1"),
    "no word": (lines("a 1 2", " 1 2"), "line 2: expected .* 3 fields, got 2"),
    "tabs": (lines("a\t1\t2"), "line 1: expected a word and its numbers with single spaces"),
    "nothing": ("", "line 1: expected .* the file is empty"),
    "no number": (lines("a 1 2", "b 1 two"), "line 2: expected a finite number in field 3, got 'two'"),
    "an empty number": (lines("a 1 2", "b  2"), "line 2: expected a finite number in field 2, got ''"),
    "not a number": (lines("a 1 2", "b nan 2"), "line 2: expected a finite number in field 2, got 'nan'"),
    "truth": (lines("a True 2", "b True 2"), "line 1: expected a finite number in field 2, got 'True'"),
    "infinity": (lines("a 1 2", "b 1 1e99"), "line 2: expected a finite number in field 3, got '1e99'"),
    "a cut last line": (lines("a 1 2") + "b 1", "line 2: expected .* 3 fields, got 2"),
    "a cut last number": (lines("a 1.25 2.25") + "b 1.25 2.", "line 2: expected a newline .* cut off"),
    "a duplicate": (lines("a 1 2", "b 1 2", "a 3 4"), "line 3: expected each word once, 'a' .* in line 1"),
    "bad UTF-8": (b"a 1 2\nb\xff 1 2\n", "line 2: expected UTF-8, byte 2 of the line is 0xff"),
    "fewer words than declared": (lines("3 2", "a 1 2", "b 1 2"), "line 1: expected 3 words .* ends after 2"),
    "other size than declared": (lines("1 3", "a 1 2"), "line 2: expected .* 4 fields, got 3"),
}


@pytest.mark.parametrize("text, message", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("name", ["vectors.txt", "vectors.gz"])
def test_a_broken_file_is_named_with_its_line(read, name, text, message):
    with pytest.raises(ValueError, match=rf"{name}, {message}"):
        read(text, name)


def test_a_cut_archive_is_named(tmp_path):
    whole = gzip.compress(lines(*LINES).encode())
    for name, raw in {"a.gz": whole[:-9], "b.zip": b"PK\x03\x04", "c.gz": b"no gzip"}.items():
        (tmp_path / name).write_bytes(raw)
        with pytest.raises(ValueError, match=rf"{name}: expected a whole"):
            glove.read_glove_vecs(tmp_path / name, cache=tmp_path)


def test_an_archive_without_the_wanted_file_is_named(read):
    with pytest.raises(ValueError, match=r"one file named \.\.\.\.300d\.txt .* vectors\.50d\.txt"):
        read(lines(*LINES), "vectors.zip", dimension=300)


def test_a_missing_file_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        glove.read_glove_vecs(tmp_path / "none.txt", cache=tmp_path)


def test_the_cache_is_used_and_rebuilt_when_the_source_changes(read, tmp_path, monkeypatch):
    read(lines("a 1 2"))
    (first,) = (tmp_path / "cache").iterdir()
    with monkeypatch.context() as patch:
        patch.setattr(glove, "read_blocks", None)
        read_again = glove.read_glove_vecs(tmp_path / "vectors.txt", cache=tmp_path / "cache")[2]
    later = time.time() + 10
    (tmp_path / "vectors.txt").write_text(lines("b 3 4"), encoding="utf-8")
    os.utime(tmp_path / "vectors.txt", (later, later))
    changed = glove.read_glove_vecs(tmp_path / "vectors.txt", cache=tmp_path / "cache")[2]
    (second,) = (tmp_path / "cache").iterdir()
    assert (list(read_again), list(changed)) == (["a"], ["b"])
    assert first != second
    assert read_again["a"].tolist() == [1, 2]  # a kernel that has the old copy open keeps it


@pytest.mark.parametrize("damage", [b"", b"rubbish", None], ids=["empty", "rubbish", "cut"])
def test_a_damaged_cache_is_replaced(read, tmp_path, damage):
    read(lines(*LINES))
    (copy,) = (tmp_path / "cache").iterdir()
    copy.write_bytes(copy.read_bytes()[:-3] if damage is None else damage)
    assert list(read(lines(*LINES))[0]) == WORDS


def test_without_a_place_for_the_cache_the_vectors_stay_in_memory(tmp_path):
    (tmp_path / "vectors.txt").write_text(lines(*LINES), encoding="utf-8")
    (tmp_path / "file").touch()
    word_to_index, _, _ = glove.read_glove_vecs(tmp_path / "vectors.txt", cache=tmp_path / "file" / "cache")
    assert list(word_to_index) == WORDS


def open_and_sum(path, cache):
    return float(sum(vector.sum() for vector in glove.read_glove_vecs(path, cache=cache)[2].values()))


def test_many_processes_may_open_a_new_file_at_once(tmp_path):
    (tmp_path / "vectors.txt").write_text(lines(*(f"w{i} {i} 1" for i in range(2000))), encoding="utf-8")
    with ProcessPoolExecutor(4) as pool:
        jobs = [pool.submit(open_and_sum, tmp_path / "vectors.txt", tmp_path / "cache") for _ in range(8)]
        assert {job.result() for job in jobs} == {sum(range(2000)) + 2000.0}
    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".vectors"]


def test_importing_the_readers_is_light():
    code = "import sys, helpers.glove, helpers.emoji, helpers.sentences, helpers.download; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"tensorflow", "keras", "pandas", "matplotlib", "requests"} & set(loaded)


SMALL = {
    "man": [1, 0, 0],
    "woman": [1, 1, 0],
    "king": [1, 0, 1],
    "queen": [1, 1, 1],
    "bread": [-1, 0, 0.1],
    "nothing": [0, 0, 0],
}


@pytest.fixture(params=["dictionary", "store"])
def word_to_vec_map(request):
    """The same small vocabulary as a plain dictionary and as what `read_glove_vecs` returns."""
    if request.param == "dictionary":
        return {word: np.array(vector, dtype=float) for word, vector in SMALL.items()}
    return vector_store.WordToVec(vector_store.VectorStore.of(list(SMALL), np.array(list(SMALL.values()))))


def test_nearest_words_agrees_with_a_loop(word_to_vec_map):
    found = glove.nearest_words("king", word_to_vec_map, count=4)
    loop = {w: glove.cosine_similarity(SMALL["king"], v) for w, v in SMALL.items() if w not in ("king", "nothing")}
    assert [word for word, _ in found] == sorted(loop, key=loop.get, reverse=True)
    assert [similarity for _, similarity in found] == pytest.approx(sorted(loop.values(), reverse=True))


def test_nearest_words_takes_any_vector(word_to_vec_map):
    assert glove.nearest_words(np.array([-2.0, 0, 0]), word_to_vec_map, count=1)[0][0] == "bread"
    for bad in (np.zeros(3), np.ones(2)):
        with pytest.raises(ValueError, match="expected a vector of 3 numbers"):
            glove.nearest_words(bad, word_to_vec_map)


def test_analogy_completes_the_parallelogram(word_to_vec_map):
    assert glove.analogy("man", "woman", "king", word_to_vec_map, count=1)[0][0] == "queen"
    with pytest.raises(ValueError, match="have none: King, sultan"):
        glove.analogy("man", "King", "sultan", word_to_vec_map)


def test_plane_coordinates_keep_distances_in_a_plane():
    rng = np.random.default_rng(0)
    flat = rng.normal(size=(6, 2))
    lifted = flat @ np.linalg.qr(rng.normal(size=(5, 2)))[0].T + rng.normal(size=5)
    places = glove.plane_coordinates(lifted)
    for i in range(6):
        np.testing.assert_allclose(
            np.linalg.norm(places - places[i], axis=1), np.linalg.norm(flat - flat[i], axis=1), atol=1e-12
        )


@pytest.mark.parametrize("count", [1, 2, 5])
def test_plot_words_writes_each_word_where_it_lies(word_to_vec_map, count):
    import matplotlib

    matplotlib.use("agg")
    ax = glove.plot_words(list(SMALL)[:count], word_to_vec_map)
    assert [text.get_text() for text in ax.texts] == list(SMALL)[:count]
    assert len(ax.collections[0].get_offsets()) == count


def test_plot_words_names_what_it_does_not_know(word_to_vec_map):
    with pytest.raises(ValueError, match="sultan"):
        glove.plot_words(["king", "sultan"], word_to_vec_map)
    with pytest.raises(ValueError, match="at least one"):
        glove.plot_words([], word_to_vec_map)


@pytest.mark.skipif(not REAL_GLOVE.exists(), reason=f"needs {REAL_GLOVE.relative_to(ROOT.parent)}")
def test_real_glove_knows_its_neighbours(tmp_path):
    word_to_index, _, word_to_vec_map = glove.read_glove_vecs(REAL_GLOVE, cache=tmp_path)
    assert len(word_to_index) == 50_000
    assert {"germany", "belgium"} & {word for word, _ in glove.nearest_words("france", word_to_vec_map)}
    assert "queen" in [word for word, _ in glove.analogy("man", "king", "woman", word_to_vec_map)]
