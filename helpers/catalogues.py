"""Gettext catalogues: read one with all its faults told, and compile one. An installed course needs neither."""

import os
import re
import tempfile

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

FOLDER = "translations"
LINE = re.compile(r'(?:(msgid(?:_plural)?|msgstr(?:\[\d\])?) )?"(?:[^"\\]|\\[nrt"\\])*"|#.*|')


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


def compile_catalogue(source, target):
    """Compile a catalogue; whoever reads the target meanwhile finds the old one or the new one whole.

    Parameters
    ----------
    source, target : Path
        A .po file and a .mo file, whose folder is made.

    Raises
    ------
    ValueError
        As `read`.
    """
    catalog = read(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as stream:
        write_mo(stream, catalog)
    os.replace(stream.name, target)
    target.chmod(0o644)
