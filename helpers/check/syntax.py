"""Say why a learner's cell is no valid Python: the line, what stands there, and the name of an odd character."""

import ast
import re
import unicodedata
import warnings

from helpers.language import _

# What a Chinese keyboard gives where another character is meant; full-width ones are known to Unicode.
TYPED = {"。": ".", "、": ",", "“": '"', "”": '"', "‘": "'", "’": "'", "「": '"', "」": '"'}
MAX_LETTERS = 100_000  # of a cell; a longer one is not parsed
SHOWN_LETTERS = 80  # of the line at fault


def syntax_fault(source, name):
    """Return what keeps a cell that defines a function from being Python, or None.

    Parameters
    ----------
    source : str
        The cell, magics included.
    name : str
        The function.

    Returns
    -------
    str or None
        "SyntaxError in the cell that defines rnn_forward, line 3: invalid character '（' (U+FF08), FULLWIDTH LEFT
        PARENTHESIS; type '(' instead: ..."; None if the cell is Python, is too long to be parsed, or does not define
        the function.
    """
    if len(source) > MAX_LETTERS or not re.search(rf"^\s*def\s+{re.escape(name)}\b", source, re.M):
        return None
    from IPython.core.inputtransformer2 import TransformerManager  # where there are cells, it is loaded

    try:
        with warnings.catch_warnings(action="ignore"):
            ast.parse(TransformerManager().transform_cell(source))
    except SyntaxError as error:
        lines = source.splitlines()
        line = lines[error.lineno - 1].strip() if error.lineno and error.lineno <= len(lines) else ""
        text = _("{error} in the cell that defines {name}, line {number}: {message}: {line}")
        return text.format(
            error=type(error).__name__, name=name, number=error.lineno, message=_called(error.msg),
            line=line[:SHOWN_LETTERS],
        )  # fmt: skip
    except (RecursionError, MemoryError, ValueError) as error:
        text = _("the cell that defines {name} cannot be read as Python ({error})")
        return text.format(name=name, error=type(error).__name__)
    return None


def _called(message):
    """Add to Python's message the name of the character it complains of, as it may look like another, and its cure."""
    code = re.search(r"U\+([0-9A-F]{4,6})", message)
    if not code:
        return message
    letter = chr(int(code[1], 16))
    plain = TYPED.get(letter) or unicodedata.normalize("NFKC", letter)
    named = f"{message}, {unicodedata.name(letter, 'unnamed')}"
    return _("{fault}; type {plain} instead").format(fault=named, plain=repr(plain)) if plain.isascii() else named
