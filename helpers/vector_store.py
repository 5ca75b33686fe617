"""Word vectors as read-only mappings over a few flat arrays, which many kernels can share from one file.

A Python dictionary of 400,000 words and vectors takes some hundred megabytes in every kernel. Here the words lie end
to end in one array of bytes, the vectors in one matrix, and a sorted array of hashes finds a word's row. Kept in a
file and memory-mapped, all of it belongs to the operating system's page cache: each kernel pays only for what it reads.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np

LENGTH_BYTES = 8
FIRST_INDEX = 1  # index 0 is kept for padding
ALIGNMENT = 64  # bytes; NumPy copies a whole array before it searches one that does not lie on its own grid


@dataclass(frozen=True, eq=False)
class WordBlock:
    """Some words on the way into a store: k words in UTF-8, the CRC-32 of each, and vectors of shape (k, n_x)."""

    encoded: list[bytes]
    hashes: np.ndarray
    vectors: np.ndarray | None

    @classmethod
    def of(cls, words: list[str], vectors: np.ndarray) -> WordBlock:
        """Encode k words."""
        encoded = [word.encode("utf-8") for word in words]
        hashes = np.fromiter(map(crc32, encoded), dtype=np.uint32, count=len(encoded))
        return cls(encoded, hashes, np.asarray(vectors, dtype=np.float32))

    def bare(self) -> WordBlock:
        """The same without vectors, which are large."""
        return WordBlock(self.encoded, self.hashes, None)


def have_twins(blocks: list[WordBlock]) -> bool:
    """Say whether a word stands in some blocks twice; only words with equal hashes are compared."""
    hashes = np.concatenate([block.hashes for block in blocks])
    order = np.argsort(hashes)
    alike = np.flatnonzero(np.diff(hashes[order]) == 0)
    words = [key for block in blocks for key in block.encoded]
    suspects = {*order[alike].tolist(), *order[alike + 1].tolist()}
    return len({words[row] for row in suspects}) < len(suspects)


@dataclass(frozen=True, eq=False)
class WordTable:
    """The words of a store without their vectors; the attributes are those of ``VectorStore``."""

    text: np.ndarray
    ends: np.ndarray
    hashes: np.ndarray
    rows: np.ndarray

    @classmethod
    def of(cls, blocks: list[WordBlock]) -> WordTable:
        """Lay out the words of some blocks one after the other."""
        encoded = [key for block in blocks for key in block.encoded]
        ends = np.zeros(len(encoded) + 1, dtype=np.int64)
        np.cumsum(np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded)), out=ends[1:])
        hashes = np.concatenate([block.hashes for block in blocks])
        rows = np.argsort(hashes).astype(np.int32)
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), ends, hashes[rows], rows)


@dataclass(frozen=True, eq=False)
class VectorStore:
    """V words and their vectors.

    Attributes
    ----------
    vectors : ndarray of float32, shape (V, n_x)
        Row r is the vector of word r, whose index is r + 1.
    text : ndarray of uint8
        The words in UTF-8, end to end.
    ends : ndarray of int64, shape (V + 1,)
        Word r is ``text[ends[r]:ends[r + 1]]``.
    hashes : ndarray of uint32, shape (V,)
        The CRC-32 of every word, sorted; equal ones stand side by side.
    rows : ndarray of int32, shape (V,)
        The row of the word that each hash belongs to.
    """

    vectors: np.ndarray
    text: np.ndarray
    ends: np.ndarray
    hashes: np.ndarray
    rows: np.ndarray

    @classmethod
    def of(cls, words: list[str], vectors: np.ndarray) -> VectorStore:
        """Lay out V words and their vectors, shape (V, n_x)."""
        return cls.joined([WordBlock.of(words, vectors)])

    @classmethod
    def joined(cls, blocks: list[WordBlock]) -> VectorStore:
        """Lay out the words of some blocks one after the other, in memory."""
        vectors = np.concatenate([block.vectors for block in blocks])
        vectors.flags.writeable = False
        return cls(vectors, **vars(WordTable.of(blocks)))

    def __len__(self) -> int:
        return len(self.rows)

    def word(self, row: int) -> str:
        """The word of a row."""
        return self.text[self.ends[row] : self.ends[row + 1]].tobytes().decode("utf-8")

    def row(self, word: object) -> int:
        """The row of a word; KeyError when it is not there."""
        if isinstance(word, str):
            try:
                key = word.encode("utf-8")
            except UnicodeEncodeError:
                raise KeyError(word) from None
            wanted = np.uint32(crc32(key))
            at = int(self.hashes.searchsorted(wanted))
            while at < len(self.hashes) and self.hashes[at] == wanted:
                row = int(self.rows[at])
                if self.text[self.ends[row] : self.ends[row + 1]].tobytes() == key:
                    return row
                at += 1
        raise KeyError(word)

    def words(self) -> Iterator[str]:
        """All words in the order of their rows."""
        return map(self.word, range(len(self)))


class StoreMapping(Mapping):
    """What the three mappings over a store have in common."""

    def __init__(self, store: VectorStore) -> None:
        self.store = store

    def __len__(self) -> int:
        return len(self.store)

    def __iter__(self) -> Iterator:
        return self.store.words()

    def __contains__(self, key: object) -> bool:
        try:
            self.store.row(key)
        except KeyError:
            return False
        return True

    def __repr__(self) -> str:
        count, n_x = self.store.vectors.shape
        return f"<{type(self).__name__}: {count} words, vectors of {n_x} numbers, read-only>"


class WordToIndex(StoreMapping):
    """word -> index, from 1 to V."""

    def __getitem__(self, word: str) -> int:
        return self.store.row(word) + FIRST_INDEX


class IndexToWord(StoreMapping):
    """index -> word, for the indices 1 to V."""

    def __getitem__(self, index: int) -> str:
        if index not in self:
            raise KeyError(index)
        return self.store.word(int(index) - FIRST_INDEX)

    def __iter__(self) -> Iterator[int]:
        return iter(self.keys_range())

    def __contains__(self, index: object) -> bool:
        return isinstance(index, (int, np.integer)) and int(index) in self.keys_range()

    def keys_range(self) -> range:
        """All indices."""
        return range(FIRST_INDEX, FIRST_INDEX + len(self.store))


class WordToVec(StoreMapping):
    """word -> its vector, ndarray of float32, shape (n_x,), read-only."""

    def __getitem__(self, word: str) -> np.ndarray:
        return self.store.vectors[self.store.row(word)]


def write_blocks(blocks: Iterable[WordBlock], path: Path) -> None:
    """Write a store to a file while its blocks come: raw arrays, then a table of contents in JSON, then its length.

    The file appears whole or not at all, however many processes write it at once and whenever one is killed. Whatever
    the blocks' iterator raises comes through, and leaves no file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            kept, n_x = [], 0
            for block in blocks:
                file.write(block.vectors.data)
                kept.append(block.bare())
                n_x = block.vectors.shape[1]
            contents = {"vectors": ("float32", (sum(len(block.encoded) for block in kept), n_x), 0)}
            for field, array in vars(WordTable.of(kept)).items():
                file.write(bytes(-file.tell() % ALIGNMENT))
                contents[field] = (str(array.dtype), array.shape, file.tell())
                file.write(array.data)
            length = file.write(json.dumps(contents).encode("ascii"))
            file.write(length.to_bytes(LENGTH_BYTES, "little"))
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def open_store(path: Path) -> VectorStore:
    """Open a file of ``write_blocks`` as memory maps; ValueError or OSError when it is none."""
    with path.open("rb") as file:
        file.seek(-LENGTH_BYTES, os.SEEK_END)
        length = int.from_bytes(file.read(), "little")
        file.seek(-LENGTH_BYTES - length, os.SEEK_END)
        contents = json.loads(file.read(length))
    if not isinstance(contents, dict) or contents.keys() != VectorStore.__dataclass_fields__.keys():
        raise ValueError(f"{path}: expected a file of word vectors, got another")
    return VectorStore(
        **{
            field: np.asarray(np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=tuple(shape)))
            for field, (dtype, shape, offset) in contents.items()
        }
    )
