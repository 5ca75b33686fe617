"""Which languages a course directory has catalogues in: `translations/LANGUAGE/ASSIGNMENT.po`, and `messages.po`."""

from pathlib import Path

from helpers.catalogues import FOLDER


def languages(root):
    """Return the languages that a course directory has catalogues in, sorted, such as ["zh_CN"]."""
    return sorted({path.parent.name for path in Path(root, FOLDER).glob("*/*.po")})


def expect_language(root, language):
    """Raise a ValueError that names the languages there are, if `language` is none of them."""
    if language not in (known := languages(root)):
        there = ", ".join(known) or "none yet"
        raise ValueError(f"expected a language of {Path(root, FOLDER)} ({there}), got {language!r}")
