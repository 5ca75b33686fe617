"""Read files of word vectors: the text of GloVe, word2vec and fastText, word2vec's binary files, packed or not.

A file's kind is told by its first bytes, not by its name: a browser may unpack a file and keep the old name.
"""

import bz2
import csv
import gzip
import io
import lzma
import re
import statistics
import zipfile
import zlib
from itertools import islice
from pathlib import PurePosixPath

import numpy as np

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
HEADER = re.compile(rb"(\d{1,12})[ \t]+([1-9]\d{0,5})\s*")
UNPRINTABLE = re.compile(rb"[^\t\r\n -~]")  # in ASCII, and so in the text of a number
BLOCK_WORDS = 10_000
START_BYTES = 512
BUFFER_BYTES = 1 << 20
SHOWN_CHARACTERS = 40
CUT_WORD_BYTES = 90  # word2vec cuts words to 99 bytes, GloVe to 999; two may then be the same, or end in half a letter
LETTER_BYTES = 4  # of one letter in UTF-8, at most
FLOAT = np.dtype("<f4")
FLOAT_MAX = float(np.finfo(FLOAT).max)
TEXT_SUFFIXES, BINARY_SUFFIX = (".txt", ".vec"), ".bin"
PACKED_SUFFIX = re.compile(r"\.(gz|bz2|xz)$")
NO_VECTORS = re.compile(r"^(\.|readme|licen[cs]e)")  # names of files that lie beside the vectors in an archive

PACKINGS = {
    rb"\x1f\x8b": gzip.open,
    rb"BZh[1-9](1AY&SY|\x17rE8P\x90)": bz2.open,
    rb"\xfd7zXZ\0|\]\0\0": lzma.open,
}
ZIP = rb"PK(\x03\x04|\x05\x06)"
OTHER_KINDS = {
    rb"\xba\x16\x4f\x2f": "a model of fastText; take the .vec file that comes with it",
    rb"\x80[\x02-\x05]": "a pickle, perhaps of gensim; write it there with save_word2vec_format",
    rb"7z\xbc\xaf'\x1c": "a 7z archive; unpack it first",
    rb"Rar!\x1a\x07": "a RAR archive; unpack it first",
    rb"\x28\xb5\x2f\xfd": "a Zstandard file; unpack it first",
    rb".{257}ustar": "a tar archive; unpack it first",
    rb"\x93NUMPY": "a NumPy array, which holds no words",
    rb"\x89HDF": "an HDF5 file; write its vectors as text",
    rb"\xff\xfe|\xfe\xff": "text in UTF-16; save it as UTF-8",
    rb"(?i)\s*<(!doctype html|html\b[^\d]*<head)": "a web page; the download did not give the file",
    rb"version https://git-lfs": "a pointer of Git LFS; fetch the file itself with git lfs pull",
    rb"(?!\d+[ \t]+\d+\s).*\0": "binary data of an unknown kind; a binary file of word2vec begins with its sizes",
}


def read_blocks(path, dimension=None):
    """Read a file of word vectors, some thousand words at a time.

    Parameters
    ----------
    path : path
        Text in UTF-8 with a word and n_x numbers in each line, separated by spaces or tabs; or a binary file of
        word2vec. Both may begin with word2vec's header line "V n_x"; a binary one must. The file may be packed as
        ``.gz``, ``.bz2``, ``.xz`` or ``.zip``.
    dimension : int, optional
        Which file of a ``.zip`` with several to read: the one with ``50d`` in its name for 50.

    Yields
    ------
    words : list of str
        The next k words, in the order of the file. A word may hold spaces, like ``. . .`` in GloVe 840B.
    vectors : ndarray of float32, shape (k, n_x)
        The file is sound only if no exception ends the iteration.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        The file is broken or of another kind. The message names file, line and what was expected.
    """
    with path.open("rb") as packed:
        try:
            file = unpacked(packed, dimension)
            header = read_header(file)
            if header and is_binary(file):
                yield from checked(binary_blocks(file, header), header, "word {}".format, first=1)
            else:
                yield from checked(text_blocks(file, header), header, "line {}".format, first=2 if header else 1)
        except (EOFError, OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile) as error:
            if getattr(error, "errno", None) is not None:  # the disk's fault, not the file's
                raise
            raise ValueError(f"{path}: expected a whole packed file, got a damaged one ({error})") from error
        except (RuntimeError, NotImplementedError) as error:  # a password, or a packing that Python does not know
            raise ValueError(
                f"{path}: expected an archive that Python can unpack, got another ({error}); unpack it with another"
                " program"
            ) from error
        except ValueError as error:
            raise ValueError(f"{path}, {error}") from error


def unpacked(file, dimension):
    """Unpack a file, however often it is packed; ValueError if what is inside is plainly something else."""
    file = io.BufferedReader(file, BUFFER_BYTES)
    start = file.read(START_BYTES)
    file.seek(0)
    if re.match(ZIP, start):
        archive = zipfile.ZipFile(file)
        return unpacked(archive.open(choose_member(archive.namelist(), dimension)), dimension)
    for magic, unpack in PACKINGS.items():
        if re.match(magic, start):
            return unpacked(unpack(file), dimension)
    for magic, kind in OTHER_KINDS.items():
        if re.match(magic, start, re.DOTALL):
            raise ValueError(f"first bytes: expected word vectors, got {kind}")
    return file


def choose_member(names, dimension):
    """Choose the vectors in an archive: the only file, the only text, or the text with the wanted dimension."""
    files = [name for name in names if not name.endswith("/") and not name.startswith("__MACOSX/")]
    files = [name for name in files if not NO_VECTORS.match(PurePosixPath(name).name.lower())]
    plain = {name: PACKED_SUFFIX.sub("", name.lower()) for name in files}
    texts = [name for name in files if plain[name].endswith(TEXT_SUFFIXES)]
    candidates = texts or [name for name in files if plain[name].endswith(BINARY_SUFFIX)] or files
    if len(candidates) > 1 and dimension is not None:
        wanted = re.compile(rf"(?<!\d){dimension}d(?![a-z])")
        candidates = [name for name in candidates if wanted.search(plain[name])]
    if len(candidates) != 1:
        wanted = "one file of vectors" + (f", or one with {dimension}d in its name" if dimension else "")
        raise ValueError(f"archive: expected {wanted}, got {', '.join(names) or 'nothing'}")
    return candidates[0]


def read_header(file):
    """Read word2vec's header line, if there is one, and leave the file where the vectors begin."""
    begin = len(BYTE_ORDER_MARK) if file.read(len(BYTE_ORDER_MARK)) == BYTE_ORDER_MARK else 0
    file.seek(begin)
    header = HEADER.fullmatch(file.readline(START_BYTES))
    if header:
        return int(header[1]), int(header[2])
    file.seek(begin)
    return None


def is_binary(file):
    """Return whether the numbers after the header are binary; the position in the file does not change."""
    begin = file.tell()
    _, _, numbers = file.readline(BUFFER_BYTES).partition(b" ")
    file.seek(begin)
    return bool(UNPRINTABLE.search(numbers)) and not is_number(numbers.rstrip().rpartition(b" ")[2])


def checked(blocks, header, place, first):
    """Pass blocks on and make sure that each word comes once, and as many words as the header says.

    Of words that were cut when the vectors were made, and so became the same, the first one stands.

    Parameters
    ----------
    blocks, header
        What the file holds.
    place : callable
        Names the place of a word by its number.
    first : int
        The number of the first word's place.

    Raises
    ------
    ValueError
        A word comes twice, or the file ends too early or too late.
    """
    numbers = {}
    end = first
    for words, vectors in blocks:
        kept = []
        for row, word in enumerate(words):
            earlier = numbers.setdefault(word, end + row)
            if earlier == end + row:
                kept.append(row)
            elif len(word.encode("utf-8")) < CUT_WORD_BYTES:
                found = f"got {word!r}, which stands already at {place(earlier)}"
                raise ValueError(f"{place(end + row)}: expected each word once, {found}")
        end += len(words)
        yield (words, vectors) if len(kept) == len(words) else ([words[row] for row in kept], vectors[kept])
    if header and header[0] != end - first:
        raise ValueError(f"line 1: expected {header[0]} words, as the header says, got {end - first}")
    if not numbers:
        raise ValueError("line 1: expected a word and its numbers, got an empty file")


def binary_blocks(file, header):
    """Read what word2vec writes with ``-binary 1``: each word, a space, n_x numbers, and most often a newline."""
    count, n_x = header
    size = n_x * FLOAT.itemsize
    for first in range(1, count + 1, BLOCK_WORDS):
        words, rows = [], []
        for number in range(first, min(first + BLOCK_WORDS, count + 1)):
            word = bytearray()
            while (byte := file.read(1)) not in (b" ", b""):
                word += byte
            row = file.read(size)
            if len(row) < size:
                raise ValueError(
                    f"word {number}: expected {size} bytes of numbers, got {len(row)} and the end of the file"
                )
            rows.append(row)
            words.append(decoded(word.lstrip(b"\n"), f"word {number}"))
        vectors = np.frombuffer(b"".join(rows), FLOAT).reshape(-1, n_x)
        for number in first + np.flatnonzero(~np.isfinite(vectors).all(axis=1)):
            raise ValueError(f"word {number}: expected finite numbers, got others for {words[number - first]!r}")
        yield words, vectors
    if file.read(2).strip(b"\n"):
        raise ValueError(f"line 1: expected {count} words, as the header says, got more")


def text_blocks(file, header):
    """Read lines of text; without a header, n_x is the count of numbers that most of the first lines have."""
    n_x = header[1] if header else None
    number = 2 if header else 1
    while lines := list(islice(file, BLOCK_WORDS)):
        if lines[-1].isspace() and not file.read().strip():  # empty lines at the end do no harm
            while lines and lines[-1].isspace():
                lines.pop()
        if lines:
            n_x = n_x or max(statistics.mode(len(line.split()) for line in lines) - 1, 1)
            yield parse_lines(lines, n_x, number)
            number += len(lines)


def parse_lines(lines, n_x, first):
    """Parse lines, of which the first has the number ``first``; ValueError names the line that is broken."""
    words, rows = [], []
    for number, line in enumerate(lines, first):
        word, row = split_line(line, n_x, number)
        words.append(decoded(word, f"line {number}"))
        rows.append(row)
    if line[-1:] != b"\n" and row[-1:] == b".":
        raise ValueError(
            f"line {number}: expected digits after the last point, got the end; the file was probably cut off there"
        )
    vectors = quick_numbers(rows, n_x)
    if vectors is None:  # there is a fault, or a number that pandas does not know
        vectors = [careful_numbers(row, f"line {number}") for number, row in enumerate(rows, first)]
    return words, np.asarray(vectors, dtype=np.float32)


def split_line(line, n_x, number):
    """Split a line into its word, which may hold spaces, and its n_x numbers with single spaces between them."""
    word, _, row = line.partition(b" ")
    row = row.rstrip()
    if word and row and row.count(b" ") == n_x - 1 and b"\t" not in line:  # the usual case, which is fast
        return word, row
    word, *fields = line.strip().rsplit(None, n_x) or [b""]
    *begin, end = word.split() or [b""]
    if len(fields) != n_x or (begin and is_number(end)):
        wanted = f"a word and {'its numbers' if n_x == 1 else f'{n_x} numbers'}, {n_x + 1} fields"
        raise ValueError(f"line {number}: expected {wanted}, got {len(line.split())}: {shown(line.rstrip())}")
    return word, b" ".join(fields)


def decoded(word, place):
    """Decode a word; half a letter at the end of a cut word is left out, other bad bytes raise ValueError."""
    try:
        text = word.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < max(CUT_WORD_BYTES, len(word) - LETTER_BYTES):
            found = f"got {word[error.start]:#04x} as byte {error.start + 1}"
            raise ValueError(f"{place}: expected UTF-8, {found}: {shown(word)}") from error
        text = word[: error.start].decode("utf-8")
    if not text or "\n" in text:
        raise ValueError(f"{place}: expected a word, got {shown(word)}")
    return text


def quick_numbers(rows, n_x):
    """Parse rows of n_x numbers with pandas' C reader; None when it finds anything else in them."""
    import pandas as pd

    try:
        table = pd.read_csv(
            io.BytesIO(b"\n".join(rows)),
            sep=" ",
            header=None,
            quoting=csv.QUOTE_NONE,
            na_filter=False,
            skip_blank_lines=False,
            low_memory=False,
        )
    except ValueError:  # pandas' own errors are ValueErrors
        return None
    if table.shape != (len(rows), n_x) or not {column.kind for column in table.dtypes} <= set("iuf"):
        return None
    with np.errstate(over="ignore"):  # what is too large for float32 becomes infinite
        vectors = table.to_numpy(dtype=np.float32)
    return vectors if np.isfinite(vectors).all() else None


def careful_numbers(row, place):
    """Parse the numbers of one word one by one; ValueError names the field that is none."""
    fields = row.split(b" ")
    for number, field in enumerate(fields, start=2):
        if not is_number(field):
            raise ValueError(f"{place}: expected a finite number in field {number}, got {shown(field)}")
    return [float(field) for field in fields]


def is_number(field):
    """Return whether a field is a finite number that fits float32."""
    try:
        return b"_" not in field and abs(float(field)) <= FLOAT_MAX  # Python's own 1_000 is none here
    except ValueError:
        return False


def shown(field):
    """Return the beginning of some bytes as text for a message."""
    return repr(field.decode("utf-8", "backslashreplace")[:SHOWN_CHARACTERS])
