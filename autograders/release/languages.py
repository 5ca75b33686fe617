"""Which languages a course directory has catalogues in, and what these say: `translations/LANGUAGE/ASSIGNMENT.po`."""

from functools import lru_cache
from pathlib import Path

from helpers.catalogues import FOLDER, read

KEPT = 8  # catalogues in memory


def languages(root):
    """Return the languages that a course directory has catalogues in, sorted, such as ["zh_CN"]."""
    return sorted({path.parent.name for path in Path(root, FOLDER).glob("*/*.po")})


def expect_language(root, language):
    """Raise a ValueError that names the languages there are, if `language` is none of them."""
    if language not in (known := languages(root)):
        there = ", ".join(known) or "none yet"
        raise ValueError(f"expected a language of {Path(root, FOLDER)} ({there}), got {language!r}")


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
        If the language is unknown, or as `helpers.catalogues.read`.
    """
    expect_language(root, language)
    path = Path(root, FOLDER, language, f"{assignment}.po")
    known = _translated(path, path.stat().st_mtime_ns) if path.is_file() else {}
    return lambda message: known.get(message, message)


@lru_cache(maxsize=KEPT)
def _translated(path, _modified):
    return {one.id: one.string for one in read(path) if one.id and one.string and not one.fuzzy}
