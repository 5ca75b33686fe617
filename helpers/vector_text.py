"""Read word vectors from text in GloVe's layout, and say exactly where a file is broken."""

from __future__ import annotations

import csv
import functools
import gzip
import math
import mmap
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.vector_store import WordBlock, have_twins

if TYPE_CHECKING:
    import pandas as pd

Text = bytes | mmap.mmap
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
WORD2VEC_HEADER = re.compile(rb"(\d+) (\d+)")
LAYOUT = "a word and its numbers with single spaces between them"
SHOWN_CHARACTERS = 40
PART_BYTES = 100_000_000  # at most so much of a file is parsed at once by one thread
BLOCK_WORDS = 10_000


def read_blocks(path: Path, dimension: int | None = None) -> Iterator[WordBlock]:
    """Read a file of word vectors: ``.txt``, ``.gz`` or ``.zip``, with or without word2vec's header line.

    Parameters
    ----------
    path
        The file. Each line holds one word and n_x numbers, separated by single spaces, in UTF-8.
    dimension
        Which member of a ``.zip`` with several to read: the one named ``...50d.txt`` for 50.

    Returns
    -------
    iterator of WordBlock
        The words and their vectors in the order of the file, a few thousand at a time, while threads read on. It
        raises ValueError like this function, so only what has come to its end is a sound file.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        The file is broken: wrong field count, a cut last line, bytes that are not UTF-8, a word that stands there
        twice, a number that is none. The message names file, line and what was expected.
    """
    text = read_bytes(path, dimension)
    start, declared = skip_header(text)
    n_x = text[start : line_end(text, start)].count(b" ")
    if n_x == 0 or text[-1:] != b"\n":
        raise first_fault(text[:], path)
    return sound_blocks(text, start, n_x, declared, path)


def sound_blocks(text: Text, start: int, n_x: int, declared: tuple[int, int] | None, path: Path) -> Iterator[WordBlock]:
    """Parse the text from ``start`` on in several threads; ValueError when it turns out to be broken."""
    seen: list[WordBlock] = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            for blocks in pool.map(functools.partial(parse_part, text, n_x=n_x), parts_of(text, start)):
                for block in blocks:
                    seen.append(block.bare())
                    yield block
            if have_twins(seen):
                raise ValueError("expected each word once")
            count = sum(len(block.encoded) for block in seen)
            if declared not in (None, (count, n_x)):
                raise ValueError(f"expected {declared}, got {(count, n_x)}")
        except ValueError as error:  # pandas' parser errors and UnicodeDecodeError are ValueErrors
            pool.shutdown(cancel_futures=True)
            raise first_fault(text[:], path) from error


def parts_of(text: Text, start: int) -> Iterator[slice]:
    """Cut the text from ``start`` on into parts of whole lines: equally many for each processor, none too large."""
    length, processors = len(text) - start, os.cpu_count() or 1
    count = processors * math.ceil(length / (processors * PART_BYTES))
    step = math.ceil(length / count)
    while start < len(text):
        end = line_end(text, min(start + step, len(text) - 1)) + 1
        yield slice(start, end)
        start = end


def parse_part(text: Text, lines: slice, n_x: int) -> list[WordBlock]:
    """Read some lines of a text with pandas' C reader, which lets other threads run meanwhile.

    Raises
    ------
    ValueError
        A line has not n_x + 1 fields, or a field is no finite number, or the text is not UTF-8.
    """
    import pandas as pd

    tables = pd.read_csv(
        ByteReader(memoryview(text)[lines]),
        dtype={0: object},  # numbers are read faster when their type is guessed
        chunksize=BLOCK_WORDS,
        sep=" ",
        header=None,
        lineterminator="\n",
        quoting=csv.QUOTE_NONE,
        na_filter=False,
        skip_blank_lines=False,
        encoding="utf-8",
        low_memory=False,
    )
    with tables:
        return [block_of(table, n_x) for table in tables]


def block_of(table: pd.DataFrame, n_x: int) -> WordBlock:
    """Check a table of words and numbers; ValueError as of ``parse_part``."""
    import numpy as np
    import pandas as pd

    words = table[0].tolist()
    if table.shape[1] != n_x + 1 or "" in words:
        raise ValueError(f"expected {n_x + 1} fields in each line")
    numbers = table.iloc[:, 1:]
    kinds = {column.kind for column in numbers.dtypes}
    if "b" in kinds:
        raise ValueError("expected numbers, got True or False")
    if not kinds <= set("iuf"):  # guessed wrong, or no numbers
        numbers = numbers.apply(pd.to_numeric).astype(float)
    with np.errstate(over="ignore"):  # what is too large for float32 becomes infinite
        vectors = np.asarray(numbers.to_numpy(), dtype=np.float32, order="C")
    if not np.isfinite(vectors).all():
        raise ValueError("expected finite numbers")
    return WordBlock.of(words, vectors)


class ByteReader:
    """Bytes as a file that pandas' C reader takes as they are: a BytesIO would be decoded and encoded again first."""

    def __init__(self, content: memoryview) -> None:
        self.content = content

    def read(self, size: int) -> bytes:
        """Return the next ``size`` bytes, fewer at the end."""
        chunk, self.content = bytes(self.content[:size]), self.content[size:]
        return chunk

    def __iter__(self) -> Iterator[bytes]:
        """Pandas asks whether there is such a method; it is not called."""
        return iter(self.content.tobytes().splitlines(keepends=True))


def read_bytes(path: Path, dimension: int | None = None) -> Text:
    """Read the text of the file, unpacked; ValueError when the packing itself is broken."""
    try:
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                text = archive.read(choose_member(archive.namelist(), path, dimension))
        elif path.suffix == ".gz":
            with gzip.open(path) as file:
                text = file.read()
        else:
            text = map_file(path)
    except (EOFError, zipfile.BadZipFile, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path}: expected a whole {path.suffix} file, got a damaged one ({error})") from error
    if text[: len(BYTE_ORDER_MARK)] == BYTE_ORDER_MARK:
        text = text[len(BYTE_ORDER_MARK) :]
    made_on_windows = text[: line_end(text, 0)].endswith(b"\r")
    return text[:].replace(b"\r\n", b"\n") if made_on_windows else text


def map_file(path: Path) -> Text:
    """Map a plain file, which saves a copy of it; an empty one cannot be mapped."""
    with path.open("rb") as file:
        empty = not path.stat().st_size
        return b"" if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def choose_member(names: list[str], path: Path, dimension: int | None = None) -> str:
    """Choose the text file of an archive: the only one, or the one with the wanted dimension in its name."""
    texts = [name for name in names if name.endswith(".txt")]
    if len(texts) > 1 and dimension is not None:
        texts = [name for name in texts if name.endswith(f".{dimension}d.txt")]
    if len(texts) != 1:
        wanted = "one .txt file" if dimension is None else f"one file named ....{dimension}d.txt"
        raise ValueError(f"{path}: expected {wanted} in the archive, it holds {', '.join(names) or 'nothing'}")
    return texts[0]


def skip_header(text: Text) -> tuple[int, tuple[int, int] | None]:
    """Find where the vectors start, and the shape (V, n_x) that word2vec's header line declares, if there is one."""
    end = line_end(text, 0)
    header = WORD2VEC_HEADER.fullmatch(text[:end])
    return (end + 1, (int(header[1]), int(header[2]))) if header else (0, None)


def line_end(text: Text, start: int) -> int:
    """Index of the newline that ends the line at ``start``, or the length of the text."""
    end = text.find(b"\n", start)
    return len(text) if end < 0 else end


def first_fault(text: bytes, path: Path) -> ValueError:
    """Go through a broken file line by line, slowly, and describe the first fault.

    Returns
    -------
    ValueError
        To be raised by the caller; its text names file, line and expectation.
    """
    message = next(faults(text), "expected " + LAYOUT)
    return ValueError(f"{path}, {message}")


def faults(text: bytes) -> Iterator[str]:
    """Yield every fault of the text, first to last, each with its line number."""
    start, declared = skip_header(text)
    body = text[start:]
    first = 2 if declared else 1
    lines = body.split(b"\n")
    closed = lines.pop() == b""
    if not closed:
        lines.append(body[body.rfind(b"\n") + 1 :])
    if not lines:
        yield f"line {first}: expected {LAYOUT}, the file is empty"
        return
    n_x = declared[1] if declared else max(lines[0].count(b" "), 1)
    seen: dict[bytes, int] = {}
    for number, line in enumerate(lines, start=first):
        fault = fault_of_line(line, n_x, seen)
        if fault:
            yield f"line {number}: {fault}"
        seen.setdefault(line.split(b" ", 1)[0], number)
    last = first + len(lines) - 1
    if not closed:
        yield f"line {last}: expected a newline at the end of the last line; the file was probably cut off there"
    if declared and declared[0] != len(lines):
        yield f"line 1: expected {declared[0]} words as the header says, the file ends after {len(lines)}"


def fault_of_line(line: bytes, n_x: int, seen: dict[bytes, int]) -> str | None:
    """Say what is wrong with one line, or None; ``seen`` maps the words so far to their lines."""
    try:
        word, *numbers = line.decode("utf-8").split(" ")
    except UnicodeDecodeError as error:
        return f"expected UTF-8, byte {error.start + 1} of the line is {line[error.start]:#04x}"
    if len(numbers) != n_x or not word:
        shown = line.decode("utf-8")[:SHOWN_CHARACTERS]
        return f"expected {LAYOUT}, {n_x + 1} fields, got {len(numbers) + bool(word)}: {shown!r}"
    if word.encode() in seen:
        return f"expected each word once, {word!r} stands already in line {seen[word.encode()]}"
    for field, number in enumerate(numbers, start=2):
        if not is_number(number):
            return f"expected a finite number in field {field}, got {number[:SHOWN_CHARACTERS]!r}"
    return None


def is_number(field: str) -> bool:
    """Say that the field is a finite number that fits float32."""
    import numpy as np

    try:
        with np.errstate(over="ignore"):
            return "_" not in field and bool(np.isfinite(np.float32(field)))  # Python's own 1_000 is none here
    except ValueError:
        return False
