"""The catalogues that a course directory has: `translations/LANGUAGE/ASSIGNMENT.po`, and `messages.po`."""

import re
from functools import lru_cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from helpers.language import DOMAIN, compiled

FOLDER = "translations"
KEPT = 8  # catalogues in memory
LINE = re.compile(r'(?:(msgid(?:_plural)?|msgstr(?:\[\d\])?) )?"(?:[^"\\]|\\[nrt"\\])*"|#.*|')


def languages(root):
    """Return the languages that a course directory has catalogues in, sorted, such as ["zh_CN"]."""
    return sorted({path.parent.name for path in Path(root, FOLDER).glob("*/*.po")})


def expect_language(root, language):
    """Raise a ValueError that names the languages there are, if `language` is none of them."""
    if language not in (known := languages(root)):
        there = ", ".join(known) or "none yet"
        raise ValueError(f"expected a language of {Path(root, FOLDER)} ({there}), got {language!r}")


def read(path):
    """Read a catalogue.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Catalog

    Raises
    ------
    ValueError
        With file and line, if it is not UTF-8, a line is none of a catalogue, a message has no translation line, or
        it comes twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        got = f"the byte {error.object[error.start]:#04x}"
        raise ValueError(f"{path}, line {line}: expected UTF-8, got {got}") from None
    before, begun = "msgstr", []
    for number, line in enumerate(text.splitlines(), 1):  # Babel leaves such lines out without a word
        found = LINE.fullmatch(line.strip())
        if not found:
            raise ValueError(f'{path}, line {number}: expected msgid, msgstr or a text in "...", got {line[:60]!r}')
        word = found[1] and found[1].partition("[")[0]
        if word == before and "[" not in found[1]:
            wanted = "msgid" if before == "msgstr" else "msgstr"
            raise ValueError(f"{path}, line {number}: expected {wanted} after {before}, got {line[:60]!r}")
        if word == "msgid":
            begun.append(number)
        before = word or before
    if before.startswith("msgid"):
        raise ValueError(f"{path}, line {begun[-1]}: expected msgstr after msgid, got the end of the file")
    try:
        catalog = read_po(text.splitlines(), locale=path.parent.name, abort_invalid=True)
    except PoFileError as error:
        raise ValueError(f"{path}, line {error.lineno + 1}: {error}") from None
    if again := set(begun[1:]) - {one.lineno for one in catalog}:
        raise ValueError(f"{path}, line {min(again)}: expected each message once, got this one in another line, too")
    return catalog


def translator(root, language, assignment):
    """Return the function that translates a message of an assignment; what has no translation is returned as it is.

    Parameters
    ----------
    root : str or Path
        The course directory.
    language, assignment : str

    Returns
    -------
    callable
        str to str.

    Raises
    ------
    ValueError
        If the language is unknown, or as `read`.
    """
    expect_language(root, language)
    path = Path(root, FOLDER, language, f"{assignment}.po")
    known = _translated(path, path.stat().st_mtime_ns) if path.is_file() else {}
    return lambda message: known.get(message, message)


@lru_cache(maxsize=KEPT)
def _translated(path, _modified):
    return {one.id: one.string for one in read(path) if one.id and one.string and not one.fuzzy}


def compile_messages(root):
    """Compile what `check`, plots and pages say in each language, where it was changed.

    Parameters
    ----------
    root : str or Path
        The checkout.

    Raises
    ------
    ValueError
        As `read`.
    """
    for path in Path(root, FOLDER).glob(f"*/{DOMAIN}.po"):
        target = compiled(path.parent.name)
        if not target.is_file() or target.stat().st_mtime < path.stat().st_mtime:
            target.parent.mkdir(parents=True, exist_ok=True)
            catalog = read(path)
            with open(target, "wb") as stream:
                write_mo(stream, catalog)
