"""Keep word vectors as a file that opens at once: a matrix, which all kernels share by memory-mapping, and its words.

A copy holds the matrix as raw float32, then the words in UTF-8, a line each, then three numbers: V, n_x and
how many bytes the words take.
"""

import hashlib
import os
import struct

import numpy as np

from helpers.data.cache import whole_file
from helpers.words.vector_files import read_blocks

CACHE_FORMAT = 2  # raise it when the layout of the copies changes
CACHE_SUFFIX = ".vectors"
KEY_LENGTH = 16
SIZES = struct.Struct("<qqq")


def open_vectors(path, dimension, folder):
    """Open a file of word vectors by its copy in a folder, after making the copy where it is missing or damaged.

    Parameters
    ----------
    path, dimension
        As in ``helpers.words.vector_files.read_blocks``.
    folder : path
        Where copies are kept. If it cannot be written, the vectors stay in memory.

    Returns
    -------
    words : list of str
        All V words, in the order of the file.
    vectors : ndarray of float32, shape (V, n_x)
        Read-only.

    Raises
    ------
    FileNotFoundError, ValueError
        As ``read_blocks``.
    """
    copy = copy_of(path, dimension, folder)
    try:
        return open_copy(copy)
    except (OSError, ValueError):
        pass
    try:
        write_copy(read_blocks(path, dimension), copy)
        opened = open_copy(copy)
    except OSError:  # a full or read-only disk, or, on Windows, another kernel that holds the same copy open
        words, vectors = zip(*read_blocks(path, dimension), strict=True)
        opened = [word for block in words for word in block], np.concatenate(vectors)
        opened[1].flags.writeable = False
    else:
        remove_outdated(copy)
    return opened


def copy_of(path, dimension, folder):
    """Return where the copy of a file lies; the name changes with the file's size and time of modification."""
    state = path.stat()
    source = digest(path.resolve(), dimension)
    return folder / f"{source}.{digest(state.st_size, state.st_mtime_ns, CACHE_FORMAT)}{CACHE_SUFFIX}"


def digest(*parts):
    """Short hexadecimal digest of some values, the same in every process."""
    return hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:KEY_LENGTH]


def remove_outdated(copy):
    """Remove the copies of earlier versions of the same file; kernels that have them open keep them."""
    source = copy.name.partition(".")[0]
    for other in copy.parent.glob(f"{source}.*{CACHE_SUFFIX}"):
        if other != copy:
            try:
                other.unlink(missing_ok=True)
            except OSError:  # Windows does not remove a file that is open
                continue


def write_copy(blocks, copy):
    """Write a copy while its blocks come."""
    with whole_file(copy) as file:
        words, n_x = [], 0
        for more, vectors in blocks:
            file.write(np.ascontiguousarray(vectors).data)
            words += more
            n_x = vectors.shape[1]
        length = file.write("".join(f"{word}\n" for word in words).encode("utf-8"))
        file.write(SIZES.pack(len(words), n_x, length))


def open_copy(copy):
    """Open a file of ``write_copy``, the matrix as a memory map; ValueError or OSError when it is none."""
    with copy.open("rb") as file:
        end = file.seek(-SIZES.size, os.SEEK_END)
        count, n_x, length = SIZES.unpack(file.read())
        if count < 1 or n_x < 1 or count * n_x * np.float32().nbytes + length != end:
            raise ValueError(f"{copy}: expected a whole copy of word vectors, got another file")
        vectors = np.asarray(np.memmap(file, dtype=np.float32, mode="r", shape=(count, n_x)))
        file.seek(vectors.nbytes)
        words = file.read(length).decode("utf-8").split("\n")[:-1]
    if len(words) != count:
        raise ValueError(f"{copy}: expected {count} words, got {len(words)}")
    return words, vectors
