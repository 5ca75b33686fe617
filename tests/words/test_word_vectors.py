"""`helpers.words.word_vectors`: the three dictionaries of a file, and what lies near what."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from helpers.data import download
from helpers.words import word_vectors

ROOT = Path(__file__).parents[2]
REAL_GLOVE = ROOT.parent / "shared" / "glove" / "glove.6B.50d.top50k.txt.gz"
TEXT = "the 1 0 0.5\ncafé -2.5 1e-3 7\nnan 4 5 6\n. . . 9 9 9\n"
WORDS = ["the", "café", "nan", ". . ."]
VECTORS = [[1, 0, 0.5], [-2.5, 1e-3, 7], [4, 5, 6], [9, 9, 9]]


@pytest.fixture
def read(tmp_path):
    """Write a text to a file and read it with a cache of the test's own."""

    def write_and_read(text):
        (tmp_path / "vectors.txt").write_text(text, encoding="utf-8")
        return word_vectors.read_glove_vecs(tmp_path / "vectors.txt", cache=tmp_path / "cache")

    return write_and_read


def test_read_glove_vecs_gives_three_dictionaries(read):
    for _ in ("parsed", "from the copy"):
        word_to_index, index_to_word, word_to_vec_map = read(TEXT)
        assert word_to_index == {word: index for index, word in enumerate(WORDS, 1)}  # 0 is kept for padding
        assert index_to_word == dict(enumerate(WORDS, 1))
        assert list(word_to_vec_map) == WORDS
        np.testing.assert_array_equal(list(word_to_vec_map.values()), np.array(VECTORS, np.float32))
        assert {type(mapping) for mapping in (word_to_index, index_to_word, word_to_vec_map)} == {dict}


def test_the_map_is_a_dictionary_of_vectors(read):
    word_to_vec_map = read(TEXT)[2]
    assert len(word_to_vec_map) == 4 and "café" in word_to_vec_map and "Café" not in word_to_vec_map
    assert word_to_vec_map.get("unknown") is None
    for word, vector in word_to_vec_map.items():
        assert vector is word_to_vec_map[word]
        assert type(vector) is np.ndarray and vector.dtype == np.float32 and vector.shape == (3,)
    with pytest.raises(KeyError):
        word_to_vec_map["unknown"]


@pytest.mark.parametrize("cached", [True, False])
def test_a_vector_cannot_be_changed_by_mistake(read, tmp_path, cached):
    if not cached:
        (tmp_path / "cache").touch()
    word_to_vec_map = read(TEXT)[2]
    avg = word_to_vec_map["the"]
    with pytest.raises(ValueError, match="read-only"):
        avg += word_to_vec_map["nan"]
    assert word_to_vec_map["the"].tolist() == read(TEXT)[2]["the"].tolist() == VECTORS[0]


def test_dictionaries_of_one_learner_are_their_own(read):
    word_to_index, _, word_to_vec_map = read(TEXT)
    word_to_index["<unk>"], word_to_vec_map["<unk>"] = 5, np.zeros(3)
    again, _, map_again = read(TEXT)
    assert "<unk>" not in again and "<unk>" not in map_again


def test_a_fetched_data_set_is_found_by_its_name(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    fetched = download.find("glove").path
    with pytest.raises(
        FileNotFoundError,
        match=f"{fetched.name}: expected a file of word vectors, got none; fetch it with: course data get glove",
    ):
        word_vectors.read_glove_vecs("glove")
    fetched.parent.mkdir(parents=True)
    fetched.write_text(TEXT, encoding="utf-8")
    assert list(word_vectors.read_glove_vecs("glove")[0]) == WORDS


def test_a_missing_file_is_named(tmp_path):
    for path in (tmp_path / "none.txt", str(tmp_path / "none.txt"), tmp_path):
        with pytest.raises(FileNotFoundError, match=f"{Path(path).name}: expected a file of word vectors, got none$"):
            word_vectors.read_glove_vecs(path, cache=tmp_path)


def test_importing_the_readers_is_light():
    code = "import sys, helpers.words, helpers.data.download; print(*sys.modules)"
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


@pytest.fixture(params=["dictionary", "read"])
def word_to_vec_map(request, read):
    """The same small vocabulary as a plain dictionary and as what `read_glove_vecs` returns."""
    if request.param == "dictionary":
        return {word: np.array(vector, dtype=float) for word, vector in SMALL.items()}
    return read("".join(f"{word} {' '.join(map(str, vector))}\n" for word, vector in SMALL.items()))[2]


def test_nearest_words_agrees_with_a_loop(word_to_vec_map):
    found = word_vectors.nearest_words("king", word_to_vec_map, count=4)
    vectors = {word: np.array(vector) / np.linalg.norm(vector) for word, vector in SMALL.items() if np.any(vector)}
    loop = {word: float(vectors["king"] @ vector) for word, vector in vectors.items() if word != "king"}
    assert [word for word, _ in found] == sorted(loop, key=loop.get, reverse=True)
    assert [similarity for _, similarity in found] == pytest.approx(sorted(loop.values(), reverse=True))


def test_nearest_words_takes_any_vector(word_to_vec_map):
    assert word_vectors.nearest_words(np.array([-2.0, 0, 0]), word_to_vec_map, count=1)[0][0] == "bread"
    for bad in (np.zeros(3), np.ones(2)):
        with pytest.raises(ValueError, match="expected a vector of 3 numbers"):
            word_vectors.nearest_words(bad, word_to_vec_map)


def test_analogy_completes_the_parallelogram(word_to_vec_map):
    assert word_vectors.analogy("man", "woman", "king", word_to_vec_map, count=1)[0][0] == "queen"
    with pytest.raises(ValueError, match="got some without: King, sultan"):
        word_vectors.analogy("man", "King", "sultan", word_to_vec_map)


def test_plane_coordinates_keep_distances_in_a_plane():
    rng = np.random.default_rng(0)
    flat = rng.normal(size=(6, 2))
    lifted = flat @ np.linalg.qr(rng.normal(size=(5, 2)))[0].T + rng.normal(size=5)
    places = word_vectors.plane_coordinates(lifted)
    for i in range(6):
        np.testing.assert_allclose(
            np.linalg.norm(places - places[i], axis=1), np.linalg.norm(flat - flat[i], axis=1), atol=1e-12
        )


@pytest.mark.parametrize("count", [1, 2, 5])
def test_plot_words_writes_each_word_where_it_lies(word_to_vec_map, count):
    import matplotlib

    matplotlib.use("agg")
    ax = word_vectors.plot_words(list(SMALL)[:count], word_to_vec_map)
    assert [text.get_text() for text in ax.texts] == list(SMALL)[:count]
    assert len(ax.collections[0].get_offsets()) == count


def test_plot_words_names_what_it_does_not_know(word_to_vec_map):
    with pytest.raises(ValueError, match="sultan"):
        word_vectors.plot_words(["king", "sultan"], word_to_vec_map)
    with pytest.raises(ValueError, match="at least one"):
        word_vectors.plot_words([], word_to_vec_map)


@pytest.mark.skipif(not REAL_GLOVE.exists(), reason=f"needs {REAL_GLOVE.relative_to(ROOT.parent)}")
def test_real_glove_knows_its_neighbours(tmp_path):
    word_to_index, _, word_to_vec_map = word_vectors.read_glove_vecs(REAL_GLOVE, cache=tmp_path)
    assert len(word_to_index) == 50_000
    assert {"germany", "belgium"} & {word for word, _ in word_vectors.nearest_words("france", word_to_vec_map)}
    assert "queen" in [word for word, _ in word_vectors.analogy("man", "king", "woman", word_to_vec_map)]
