"""Word vectors for the notebook: read them (fast from the second time on), and see which words lie near which."""

from pathlib import Path

import numpy as np

from helpers.data import data_path, download
from helpers.data.cache import cache_folder
from helpers.language import _
from helpers.plotting import pyplot
from helpers.words.vector_cache import open_vectors

SHIPPED_VECTORS = data_path("vectors", "minilm-words.50d.txt.gz")
DEFAULT_DIMENSION = 50
PLANE = 2
LABEL_OFFSET = (4, 4)


def read_glove_vecs(source=None, *, dimension=DEFAULT_DIMENSION, cache=None):
    """Read word vectors of GloVe, word2vec or fastText.

    The first reading of a file leaves a copy in the user's cache folder, and every later one, in every kernel, opens
    that copy, whose numbers all kernels share. When the file changes it is read anew.

    Parameters
    ----------
    source : path or str, optional
        A file as ``vector_files.read_blocks`` describes it, or the name of a data set that ``course data get``
        has fetched, such as ``"glove"``. None means the vectors that ship with the course.
    dimension : int
        n_x, to choose among the files of a ``.zip`` archive such as Stanford's ``glove.6B.zip``.
    cache : path, optional
        Folder for the copies; None means the user's cache folder. Where it cannot be written the vectors stay in
        memory.

    Returns
    -------
    word_to_index : dict of str to int
        From 1 to V in the order of the file; index 0 is kept for padding.
    index_to_word : dict of int to str
        The inverse.
    word_to_vec_map : dict of str to ndarray of float32, shape (n_x,)
        Each vector is a read-only row of one matrix: ``+=`` on it raises ValueError and changes nothing.

    Raises
    ------
    FileNotFoundError
        There is no such file, or the data set is not fetched yet.
    ValueError
        The file is broken; the message names file, line and what was expected.
    """
    words, vectors = open_vectors(file_of(source), dimension, cache or cache_folder("vectors"))
    word_to_index = {word: index for index, word in enumerate(words, start=1)}
    return word_to_index, dict(enumerate(words, start=1)), dict(zip(words, vectors, strict=True))


def file_of(source):
    """Find the file that a path, the name of a data set, or None means; FileNotFoundError if there is none."""
    if source is None:
        return SHIPPED_VECTORS
    fetched = {each.name: each.path for each in download.list_data()}
    path = fetched.get(source, Path(source).expanduser())
    if not path.is_file():
        cure = f"; fetch it with: course data get {source}" if source in fetched else ""
        raise FileNotFoundError(f"{path}: expected a file of word vectors, got none{cure}")
    return path


def nearest_words(target, word_to_vec_map, count=10, leave_out=()):
    """Find the words whose vectors point most nearly the same way.

    Parameters
    ----------
    target : str or ndarray
        A word of the map, or any vector of shape (n_x,). A word is not its own neighbour.
    word_to_vec_map : mapping of str to ndarray
        word -> vector of shape (n_x,).
    count : int
        How many to return, at most.
    leave_out : iterable of str
        Words that do not count.

    Returns
    -------
    list of (str, float)
        Words and their cosine similarity to the target, the nearest first.

    Raises
    ------
    ValueError
        The target is a word that is not in the map, or a vector of zeros or of another length.
    """
    if isinstance(target, str):
        leave_out = {target, *leave_out}
        target = known_vectors([target], word_to_vec_map)[0]
    words, vectors = list(word_to_vec_map), np.array(list(word_to_vec_map.values()))
    target = np.asarray(target, dtype=vectors.dtype)
    if target.shape != vectors.shape[1:] or not target.any():
        raise ValueError(f"expected a vector of {vectors.shape[1]} numbers, not all zero, got shape {target.shape}")
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors)) * np.linalg.norm(target)
    similarities = np.divide(vectors @ target, lengths, out=np.full_like(lengths, -1.0), where=lengths > 0)
    leave_out = set(leave_out)
    ranked = np.argsort(-similarities, kind="stable")[: count + len(leave_out)]
    found = [(words[row], float(similarities[row])) for row in ranked.tolist()]
    return [(word, similarity) for word, similarity in found if word not in leave_out][:count]


def analogy(a, b, c, word_to_vec_map, count=5):
    """Answer "a is to b as c is to ...?" with the words nearest to the vector of b - a + c.

    Parameters
    ----------
    a, b, c : str
        Words of the map; they are not answers themselves.
    word_to_vec_map : mapping of str to ndarray
        word -> vector of shape (n_x,).
    count : int
        How many answers, at most.

    Returns
    -------
    list of (str, float)
        Words and their cosine similarity to b - a + c, the best first. The vectors are scaled to length 1 first, as in
        the 3CosAdd rule of Mikolov, Yih and Zweig 2013, "Linguistic regularities in continuous space word
        representations".

    Raises
    ------
    ValueError
        One of the words is not in the map.
    """
    vectors = np.stack(known_vectors([a, b, c], word_to_vec_map))
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    start, end, other = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return nearest_words(end - start + other, word_to_vec_map, count, leave_out={a, b, c})


def known_vectors(words, word_to_vec_map):
    """Return the vectors of some words; ValueError names the words that have none."""
    unknown = [word for word in words if word not in word_to_vec_map]
    if unknown:
        raise ValueError(f"expected words that have a vector, in lower case, got some without: {', '.join(unknown)}")
    return [np.asarray(word_to_vec_map[word], dtype=float) for word in words]


def plane_coordinates(vectors):
    """Project m vectors, shape (m, n_x), on the plane in which they vary most: shape (m, 2)."""
    centred = np.asarray(vectors, dtype=float) - np.mean(vectors, axis=0)
    axes = np.linalg.svd(centred, full_matrices=False)[2][:PLANE]
    flat = centred @ axes.T
    return np.pad(flat, ((0, 0), (0, PLANE - flat.shape[1])))


def plot_words(words, word_to_vec_map, ax=None):
    """Draw chosen words where their vectors lie, on the plane in which these words vary most.

    Parameters
    ----------
    words : sequence of str
        At least one word of the map.
    word_to_vec_map : mapping of str to ndarray
        word -> vector of shape (n_x,).
    ax : matplotlib.axes.Axes, optional
        Where to draw; None means a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        A word is not in the map, or there is none.
    """
    plt = pyplot()

    if not words:
        raise ValueError("expected at least one word to draw, got none")
    places = plane_coordinates(np.stack(known_vectors(words, word_to_vec_map)))
    ax = ax or plt.subplots(layout="constrained")[1]
    ax.scatter(*places.T)
    for word, place in zip(words, places, strict=True):
        ax.annotate(word, place, xytext=LABEL_OFFSET, textcoords="offset points")
    ax.set(
        xlabel=_("first principal component"), ylabel=_("second principal component"), title=_("Words by their vectors")
    )
    return ax
