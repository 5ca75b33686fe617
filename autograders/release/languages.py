"""Which languages a course directory has catalogues in: `translations/LANGUAGE/ASSIGNMENT.po`, and `messages.po`."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from helpers.language import DOMAIN, compiled

FOLDER = "translations"


def languages(root):
    """Return the languages that a course directory has catalogues in, sorted, such as ["zh_CN"]."""
    return sorted({path.parent.name for path in Path(root, FOLDER).glob("*/*.po")})


def expect_language(root, language):
    """Raise a ValueError that names the languages there are, if `language` is none of them."""
    if language not in (known := languages(root)):
        there = ", ".join(known) or "none yet"
        raise ValueError(f"expected a language of {Path(root, FOLDER)} ({there}), got {language!r}")


def compile_messages(root):
    """Compile what `check`, plots and pages say in each language, where it was changed.

    Parameters
    ----------
    root : str or Path
        The checkout.
    """
    for path in Path(root, FOLDER).glob(f"*/{DOMAIN}.po"):
        target = compiled(path.parent.name)
        if not target.is_file() or target.stat().st_mtime < path.stat().st_mtime:
            target.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "rb") as source, open(target, "wb") as stream:
                write_mo(stream, read_po(source, locale=path.parent.name))
