"""`helpers.words.vector_files`: every kind of file gives what was written, or a true reason why not."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile

import numpy as np
import pytest

from helpers.words import vector_files

WORDS = ["the", "café", '"', "nan", "null", "\u00a0", "\u0085", "12", ". . .", "at name@domain.com"]
VECTORS = np.random.default_rng(0).normal(size=(len(WORDS), 3)).astype(np.float32)


def rows(words=WORDS, vectors=VECTORS, between=" ", end="\n"):
    """The lines of a text file; a number is written so that float32 gives the same one back."""
    return "".join(
        between.join([word, *map(str, row)]) + end for word, row in zip(words, vectors.tolist(), strict=True)
    )


def binary(words=WORDS, vectors=VECTORS, end=b"\n"):
    """word2vec's binary file, whose words end at the first space."""
    return b"%d %d\n" % vectors.shape + b"".join(
        word.replace(" ", "_").encode() + b" " + row.astype("<f4").tobytes() + end
        for word, row in zip(words, vectors, strict=True)
    )


def archive(members):
    """A zip file of some names and their bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return file.getvalue()


def tarball(content):
    """A tar archive with one file."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as target:
        member = tarfile.TarInfo("vectors.txt")
        member.size = len(content)
        target.addfile(member, io.BytesIO(content))
    return file.getvalue()


@pytest.fixture
def read(tmp_path):
    """Write bytes or a text to a file and read it: words and vectors."""

    def write_and_read(content, name="vectors.txt", dimension=None):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        words, vectors = zip(*vector_files.read_blocks(path, dimension), strict=True)
        return sum(words, []), np.concatenate(vectors)

    return write_and_read


def same(found, words=WORDS):
    """Whether what was read is what was written, to the last bit."""
    names, vectors = found
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors, VECTORS)
    return names == words


TEXTS = {
    "GloVe": rows(),
    "a header, as word2vec and fastText write it": "10 3\n" + rows(end=" \n"),
    "a space at the end": rows(end=" \n"),
    "no newline at the end": rows()[:-1],
    "no newline, but a space": rows(end=" \n")[:-1],
    "CRLF": "10 3\r\n" + rows(end="\r\n"),
    "a mark of the byte order": "\ufeff" + rows(),
    "mark and header": "\ufeff10 3\n" + rows(),
    "tabs": "10\t3\n" + rows(between="\t"),
    "a tab, then spaces": rows().replace(" ", "\t", 1),
    "two spaces": rows(between="  "),
    "leading spaces": "  " + rows(),
    "empty lines at the end": rows() + "\n \n",
}
PACKINGS = {
    "plain": lambda raw: raw,
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda raw: lzma.compress(raw, lzma.FORMAT_ALONE),
    "zip": lambda raw: archive({"glove/vectors.50d.txt": raw}),
    "zip from macOS": lambda raw: archive(
        {"words/": b"", "words/a.vec": raw, "__MACOSX/words/._a.vec": b"\0\5\x16\7", "words/.DS_Store": b"\0"}
    ),
    "zip with a text beside": lambda raw: archive({"README.txt": b"read", "LICENSE": b"PDDL", "WIKI.VEC": raw}),
    "gz in a zip": lambda raw: archive({"vectors.txt.gz": gzip.compress(raw)}),
    "zip in a zip": lambda raw: archive({"inner.zip": archive({"vectors": raw})}),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_text_of_every_tool_is_read(read, text):
    assert same(read(text))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("block_words", [1, 3, 10])
def test_blocks_come_together_in_order(read, monkeypatch, text, block_words):
    monkeypatch.setattr(vector_files, "BLOCK_WORDS", block_words)
    assert same(read(text))


@pytest.mark.parametrize("pack", PACKINGS.values(), ids=PACKINGS)
@pytest.mark.parametrize(
    "content, words",
    [(rows().encode(), WORDS), (binary(), [word.replace(" ", "_") for word in WORDS])],
    ids=["text", "binary"],
)
@pytest.mark.parametrize("name", ["vectors.txt", "VECTORS.GZ", "vectors.zip", "vectors"])
def test_a_packed_file_is_read_whatever_its_name(read, pack, content, words, name):
    assert same(read(pack(content), name), words)


@pytest.mark.parametrize("end", [b"\n", b""], ids=["word2vec", "gensim"])
@pytest.mark.parametrize("n_x", [1, 3, 300])
@pytest.mark.parametrize("block_words", [1, 10_000])
def test_a_binary_file_gives_the_same_numbers(read, monkeypatch, end, n_x, block_words):
    monkeypatch.setattr(vector_files, "BLOCK_WORDS", block_words)
    words = [f"w{number}é" for number in range(40)]
    vectors = np.random.default_rng(1).normal(size=(40, n_x)).astype(np.float32)
    vectors[0] = 1  # with a NUL among its bytes, whatever n_x is
    found, numbers = read(binary(words, vectors, end), "vectors.bin")
    assert found == words
    np.testing.assert_array_equal(numbers, vectors)


@pytest.mark.parametrize("number", ["18446744073709551616", "-0", "1", "7.", "1E2", "+3"])
def test_numbers_of_every_kind_are_read(read, number):
    assert read(f"a {number} 1\nb {number} 1\n")[1][0, 0] == np.float32(number)


@pytest.mark.parametrize("chosen", ["glove.6B.50d.txt", "v/GLOVE.50D.VEC", "crawl-50d-2M.vec", "a.50d.txt.gz"])
def test_the_file_with_the_wanted_dimension_is_chosen(read, chosen):
    raw = gzip.compress(b"right 1\n") if chosen.endswith("gz") else b"right 1\n"
    others = {name: b"wrong 1\n" for name in ("glove.6B.100d.txt", "glove.150d.txt", "x.50dim.txt", "model.50d.bin")}
    assert read(archive(others | {chosen: raw}), dimension=50)[0] == ["right"]


@pytest.mark.parametrize("write", [rows, binary])
def test_of_cut_words_that_became_the_same_the_first_stands(read, write):
    """GloVe 840B has such a pair in the lines 138,701 and 140,649."""
    cut = "\ufffd" * 330
    assert read(write(["a", cut, "b", cut], VECTORS[:4]))[0] == ["a", cut, "b"]
    np.testing.assert_array_equal(read(write(["a", cut, "b", cut], VECTORS[:4]))[1], VECTORS[:3])


@pytest.mark.parametrize("pad", ["", "a", "ab"])
def test_half_a_letter_at_the_end_of_a_cut_word_is_left_out(read, pad):
    """word2vec keeps the first 98 bytes of a long word and then its last byte."""
    whole = pad + "語" * 40
    cut = whole.encode()[:98] + whole.encode()[-1:]
    (word,) = read(b"1 2\n" + cut + b" 1 2\n")[0]
    assert whole.startswith(word) and len(word.encode()) > 94
    with pytest.raises(
        ValueError, match="line 2: expected UTF-8, got 0xe8 as byte"
    ):  # no tool cuts a word as short as that
        read(b"1 2\n" + (pad + "語").encode()[:-1] + b" 1 2\n")


FAULTS = {
    "an underscore in a number": ("a 1_0 2\nb 1 2\n", "line 1: expected a finite number in field 2, got '1_0'"),
    "too few numbers": ("a 1 2\nb 1\nc 1 2\n", "line 2: expected a word and 2 numbers, 3 fields, got 2: 'b 1'"),
    "too many numbers": ("a 1 2\nb 1 2 3\n", "line 2: expected .* 3 fields, got 4"),
    "one short and one long": ("a 1 2\nb 1\nc 1 2 3\n", "line 2: expected .* 3 fields, got 2"),
    "short under a header": ("2 2\na 1\nb 1 2\n", "line 2: expected .* 3 fields, got 2"),
    "a phrase with a number missing": (
        "a 1 2\nnew york 1\n",
        "line 2: expected a finite number in field 2, got 'york'",
    ),
    "an empty line": ("a 1 2\n\nb 1 2\n", "line 2: expected .* 3 fields, got 0"),
    "a word without numbers": ("a\nb\n", "line 1: expected .* 2 fields, got 1"),
    "no word": ("a 1 2\n 1 2\n", "line 2: expected .* 3 fields, got 2"),
    "commas": ("a,1,2\n", "line 1: expected a word and its numbers, 2 fields, got 1: 'a,1,2'"),
    "nothing": ("", "line 1: expected .* got an empty file"),
    "empty lines": ("\n\n", "line 1: expected .* got an empty file"),
    "no number": ("a 1 2\nb 1 two\n", "line 2: expected a finite number in field 3, got 'two'"),
    "an empty number": ("a 1 2\nb  2\n", "line 2: expected a finite number in field 2, got ''"),
    "not a number": ("a 1 2\nb nan 2\n", "line 2: expected a finite number in field 2, got 'nan'"),
    "truth": ("a True 2\nb True 2\n", "line 1: expected a finite number in field 2, got 'True'"),
    "infinity": ("a 1 2\nb 1 1e99\n", "line 2: expected a finite number in field 3, got '1e99'"),
    "a cut last line": ("a 1 2\nb 1", "line 2: expected .* 3 fields, got 2"),
    "a cut last number": ("a 1.25 2.25\nb 1.25 2.", "line 2: expected digits after the last point, got .* cut off"),
    "a duplicate": ("a 1 2\nb 1 2\na 3 4\n", "line 3: expected each word once, got 'a', .* at line 1"),
    "a duplicate under a header": ("2 1\na 1\na 1\n", "line 3: expected each word once, got 'a', .* at line 2"),
    "bad UTF-8": (b"a 1 2\nb\xff 1 2\n", "line 2: expected UTF-8, got 0xff as byte 2"),
    "bad UTF-8 under a header": (b"1 2\nb\xff 1 2\n", "line 2: expected UTF-8, got 0xff as byte 2"),
    "fewer words than declared": ("3 2\na 1 2\nb 1 2\n", "line 1: expected 3 words, .*, got 2"),
    "more words than declared": ("1 2\na 1 2\nb 1 2\n", "line 1: expected 1 words, .*, got 2"),
    "a header alone": ("3 2\n", "line 1: expected 3 words, .*, got 0"),
    "other size than declared": ("1 3\na 1 2\n", "line 2: expected .* 4 fields, got 3"),
    "a cut binary file": (binary()[:-3], "word 10: expected 12 bytes of numbers, got 10 and the end"),
    "a binary file cut in a word": (b"2 1\na \0\0\0\0b", "word 2: expected 4 bytes of numbers, got 0 and the end"),
    "a longer binary file": (binary() + b"more", "line 1: expected 10 words, .*, got more"),
    "a binary NaN": (
        binary(["a", "b"], np.array([[1, 2], [3, np.nan]])),
        "word 2: expected finite numbers, got others for 'b'",
    ),
    "a binary duplicate": (binary(["a", "b", "a"], VECTORS[:3]), "word 3: expected each word once, .* at word 1"),
    "binary without a word": (binary(["a", ""], VECTORS[:2]), "word 2: expected a word, got ''"),
    "other binary size": (b"2 2\n" + binary(["a", "b"], VECTORS[:2])[4:], "word 2: expected"),
}


@pytest.mark.parametrize("content, message", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("pack", [lambda raw: raw, gzip.compress], ids=["plain", "gz"])
def test_a_broken_file_is_named_with_its_place(read, pack, content, message):
    raw = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(ValueError, match=f"vectors.txt, {message}"):
        read(pack(raw))


def test_the_place_is_right_in_every_block(read, monkeypatch):
    monkeypatch.setattr(vector_files, "BLOCK_WORDS", 4)
    for broken in range(1, 30):
        lines = [f"w{number} {number} 1" for number in range(1, 30)]
        lines[broken - 1] = "broken 1 x"
        with pytest.raises(ValueError, match=f"line {broken}: expected a finite number in field 3, got 'x'"):
            read("\n".join(lines))


OTHERS = {
    "fastText": (struct.pack("<ii", 793712314, 12) + bytes(100), "model of fastText; take the .vec file"),
    "pickle": (b"\x80\x04\x95\x10" + bytes(50), "pickle"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(50), "7z archive"),
    "RAR": (b"Rar!\x1a\x07\x01\x00", "RAR archive"),
    "Zstandard": (b"\x28\xb5\x2f\xfd" + bytes(50), "Zstandard"),
    "tar": (tarball(rows().encode()), "tar archive"),
    "NumPy": (b"\x93NUMPY\x01\x00", "NumPy array"),
    "HDF5": (b"\x89HDF\r\n\x1a\n", "HDF5"),
    "UTF-16": (rows().encode("utf-16"), "text in UTF-16"),
    "a web page": (b"\n<!DOCTYPE html>\n<html lang='en'><head>", "web page"),
    "a pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n", "Git LFS"),
    "binary GloVe": (VECTORS.astype(float).tobytes() + bytes(8), "binary data of an unknown kind"),
}


@pytest.mark.parametrize("content, kind", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("pack", [lambda raw: raw, gzip.compress], ids=["plain", "gz"])
def test_another_kind_is_refused_by_its_name(read, pack, content, kind):
    with pytest.raises(ValueError, match=f"vectors.txt, first bytes: expected word vectors, got .*{kind}"):
        read(pack(content))


@pytest.mark.parametrize("name", ["gz", "bz2", "xz", "zip"])
def test_a_damaged_packing_is_named(read, name):
    whole = PACKINGS[name](rows().encode())
    middle = len(whole) // 2
    for damaged in (whole[:middle], whole[:middle] + bytes(20) + whole[middle + 20 :]):
        with pytest.raises(ValueError, match="vectors.txt: expected a whole packed file, got a damaged one"):
            read(damaged)


def test_a_locked_archive_is_named(read):
    raw = bytearray(archive({"vectors.txt": b"a 1\n"}))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(signature) + flags] |= 1  # the bit that says "encrypted"
    with pytest.raises(
        ValueError,
        match="expected an archive that Python can unpack, got another .*password.*; unpack it with another program",
    ):
        read(bytes(raw))


@pytest.mark.parametrize("names", [[], ["a.50d.txt", "b.50d.txt"], ["a.100d.txt", "a.200d.txt"], ["readme.txt"]])
def test_an_archive_without_one_file_to_choose_is_named(read, names):
    with pytest.raises(ValueError, match=f"one with 50d in its name, got {', '.join(names) or 'nothing'}"):
        read(archive(dict.fromkeys(names, b"a 1\n")), "vectors.zip", dimension=50)
