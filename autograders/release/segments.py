"""What is one message of a notebook or a figure: a paragraph, a heading, a table row, a comment, a label.

Each function here walks through a text and hands its messages, one by one, to `translate`, which returns what is to
stand there. So the same walk collects messages (by a `translate` that writes them down and returns them) and puts
translations in their place. What `translate` returns unchanged stays as it is written, line breaks included. Equations,
code and links are part of a message where they stand in a sentence; a text without words beside them is no message.
"""

import ast
import io
import re
import tokenize

from markdown_it import MarkdownIt

MARKDOWN = MarkdownIt("commonmark").enable("table")
CODE = r"`[^`]*`"
EQUATION = r"\$\$.*?\$\$|\$[^$]*\$"
NO_WORDS = re.compile(rf"{CODE}|{EQUATION}|\]\([^)]*\)|<[^>]*>", re.S)  # code, equations, addresses, HTML
WORD = re.compile(r"\b[^\W\d_]{2,}\b")  # n_values is a name
DRAWN_WORDS = re.compile(r"<(title|desc|text\b(?![^>]*\b(?:math|code|shape)\b)[^>]*)>(.+?)</", re.S)
PARAMETER = re.compile(r"[\w*, ]+ : ")  # in a docstring: its name and its type, which stay as they are
RULE = re.compile(r"\s*-{3,}$")  # in a docstring: under the title of a section, which stays as it is


def words(text):
    """Return the words of a text that stand in no code, equation, address or tag."""
    return WORD.findall(NO_WORDS.sub(" ", text))


def of_cell(cell, translate):
    """Return the source of a cell of text or code, translated.

    Parameters
    ----------
    cell : NotebookNode
    translate : callable
        translate(message) returns a str; see above.
    """
    return (of_markdown if cell.cell_type == "markdown" else of_python)(cell.source, translate)


def of_markdown(text, translate):
    """Return a text in Markdown, translated: paragraphs, headings, list items, table rows, summaries, comments."""
    lines, edits, row = text.split("\n"), [], False
    # What looks like a list inside an equation is none.
    masked = re.sub(r"\$\$.*?\$\$", lambda found: re.sub(r"[^$\n]", "x", found[0]), text, flags=re.S)
    for token in MARKDOWN.parse(masked):
        if token.type in ("tr_open", "tr_close"):
            row = token.type == "tr_open"
        if not token.map:
            continue
        first, last = token.map
        if token.type == "tr_open":
            found = re.fullmatch(r"(\s*\|\s*)(.*?)(\s*\|\s*)", lines[first])
            edits.append((first, last, _said([found[2]], translate, found[1], found[3]) if found else None))
        elif token.type == "inline" and not row:
            begin = token.content.split("\n")[0]
            last = first + token.content.count("\n") + 1
            place = masked.split("\n")[first].index(begin)
            paragraph = [lines[first][place:], *(line.lstrip(" >") for line in lines[first + 1 : last])]
            edits.append((first, last, _said(paragraph, translate, lines[first][:place])))
        elif token.type == "fence" and token.info == "python":
            code = "\n".join(lines[first + 1 : last - 1])
            edits.append((first + 1, last - 1, of_python(code, translate).split("\n")))
        elif token.type == "html_block":
            html = "\n".join(lines[first:last])
            new = re.sub(r"(?<=>)[^<>]+(?=<)", lambda found: _one(found[0], translate), html)
            edits.append((first, last, new.split("\n")))
    return _edited(lines, edits)


def of_python(source, translate):
    """Return Python code with its comments and the sentences of its docstrings translated.

    A line that is commented out keeps its code; what stands behind it, after another #, is a message. Titles of
    sections, names and types of parameters stay as they are. So does a cell with magics: it is no Python.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source
    lines, edits = source.split("\n"), []

    def in_a_line(message):  # behind code
        return translate(message).replace("\n", " ")

    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node):
            edits += _docstring(lines, node.body[0], translate)
    block = []  # lines of one comment
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start[0] - 1, token.start[1]
            head, text = token.line[:column], token.string
            code, mark, note = text[1:].rpartition("  # ")
            if mark:
                edits.append((row, row + 1, _said([note], in_a_line, f"{head}#{code}{mark}")))
            elif head.strip():
                edits.append((row, row + 1, _said([text[1:]], in_a_line, f"{head}# ")))
            elif block and block[-1] == (row - 1, head) and not text.isupper():  # YOUR CODE HERE stands for itself
                block.append((row, head))
            else:
                edits += _comment(lines, block, translate)
                block = [(row, head)]
    edits += _comment(lines, block, translate)
    return _edited(lines, edits)


def of_figure(svg, translate):
    """Return the text of an SVG file with its title, description and labels translated; formulas and code stay."""
    return DRAWN_WORDS.sub(lambda found: f"<{found[1]}>{_one(found[2], translate)}</", svg)


def _comment(lines, block, translate):
    """Return the edit of a comment that has lines of its own, (line, indentation) each."""
    if not block:
        return []
    (first, head), last = block[0], block[-1][0] + 1
    return [(first, last, _said([line.strip()[1:] for line in lines[first:last]], translate, f"{head}# "))]


def _docstring(lines, node, translate):
    """Return the edits of a docstring: of its paragraphs, which end at an empty line or another indentation."""
    first, last, indent = node.lineno - 1, node.end_lineno, " " * node.col_offset
    opening, closing = re.match(r'\s*\w?"""', lines[first])[0], '"""'
    texts = {number: lines[number] for number in range(first, last)}
    texts[first] = indent + texts[first][len(opening) :]
    texts[last - 1] = texts[last - 1].removesuffix(closing)
    edits, paragraph = [], []
    for number in range(first, last + 1):
        text = texts.get(number, "")
        title = RULE.match(texts.get(number + 1, "")) or RULE.match(text) or PARAMETER.match(text.strip())
        head = text[: len(text) - len(text.lstrip())]
        if paragraph and (not text.strip() or title or head != paragraph[0][1]):
            (begin, front), end = paragraph[0], paragraph[-1][0] + 1
            back = closing if end == last else ""
            said = _said([texts[one] for one, _ in paragraph], translate, opening if begin == first else front, back)
            edits.append((begin, end, said))
            paragraph = []
        if text.strip() and not title:
            paragraph.append((number, head))
    return edits


def _said(lines, translate, front, back=""):
    """Return the lines that say a message, each after `front`, the last before `back`; None if nothing is new."""
    message = " ".join(" ".join(lines).split())
    said = _one(message, translate)
    if said == message:
        return None
    again = front if front.strip() == "#" else re.sub(r"\S", " ", front.replace('"""', ""))
    return f"{front}{said}{back}".replace("\n", f"\n{again}").split("\n")


def _one(text, translate):
    """Return the translation of a text, with the spaces round it; the text itself if it has no words."""
    message = " ".join(text.split())
    if not words(message):
        return text
    said = translate(message)
    return text if said == message else text.replace(text.strip(), said)


def _edited(lines, edits):
    """Return the text of lines with edits, (first, last, new lines) each, made from the end to the beginning."""
    for first, last, new in sorted(edits, key=lambda edit: edit[0], reverse=True):
        if new is not None:
            lines[first:last] = new
    return "\n".join(lines)
