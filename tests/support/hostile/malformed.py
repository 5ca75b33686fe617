"""Attacks by notebooks that are broken, huge, or deeply nested."""

import gzip
import json

import nbformat
from nbformat.v4 import new_code_cell

from hostile import edit
from hostile.assignment import cell


@edit("the run ended: twenty thousand cells", worth=0.0)
def twenty_thousand_cells(notebook):
    notebook.cells += [new_code_cell("pass", id=f"n{number}") for number in range(20_000)]


@edit("the run ended: a hundred thousand brackets, one in another", worth=0.0)
def deep_json(notebook):
    return b'{"nbformat": 4, "cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@edit("the run ended: metadata nested five hundred levels deep")
def deep_metadata(notebook):
    deep = '{"a": ' * 500 + "1" + "}" * 500
    return nbformat.writes(notebook).replace('"metadata": {}', f'"metadata": {{"deep": {deep}}}').encode("utf-8")


@edit("the run slowed down: twenty megabytes of metadata")
def huge_metadata(notebook):
    notebook.metadata["huge"] = "x" * 20_000_000


@edit("the run ended: a file of a hundred megabytes", worth=0.0)
def huge_file(notebook):
    return b'{"nbformat": 4, "cells": [' + b" " * 100_000_000 + b"]}"


@edit("the page never done: a cell of ten megabytes of text", worth=0.0)
def huge_cell(notebook):
    cell(notebook, "scale").source = "x = 1\n" * 1_700_000


@edit("the page never done: text that a slow pattern chews on for ever")
def slow_markdown(notebook):
    for number, text in enumerate(
        ("[" * 50_000, "*a" * 30_000, "<" * 50_000, "`" * 50_001, "> " * 20_000, "$" * 50_001, "![" * 30_000)
    ):
        notebook.cells.append(nbformat.v4.new_markdown_cell(text, id=f"slow{number}"))


@edit("the page never done: formatting that never closes and that each paragraph opens anew, six hundred times each")
def formatting_bomb(notebook):
    text = "<p>" + "".join(f"<b c={number}>" for number in range(600)) + "<p>x" * 600
    notebook.cells += [nbformat.v4.new_markdown_cell(text, id=f"bomb{number}") for number in range(5)]


@edit("the page never done: a hundred thousand headings")
def slow_headings(notebook):
    text = "# a\n" * 12_000
    notebook.cells += [nbformat.v4.new_markdown_cell(text, id=f"headings{number}") for number in range(9)]


@edit("the page never done: code that takes long to colour")
def slow_colouring(notebook):
    notebook.cells += [new_code_cell("." * 49_000, id=f"dots{number}") for number in range(2)]


@edit("the page never done: outputs full of sequences that begin a colour and never say which")
def slow_colours(notebook):
    source = "print('\\x1b[' * 500_000)"
    notebook.cells[2:2] = [new_code_cell(source, id=f"colours{number}") for number in range(6)]


@edit("the page never done and the grader's memory full: six hundred cells that each print what one may", exact=False)
def many_outputs(notebook):
    source = "print('x' * 1_000_000)"
    notebook.cells[2:2] = [new_code_cell(source, id=f"output{number}") for number in range(600)]


@edit("the page never done: a dozen cells that each show as many empty outputs as one may", exact=False)
def many_empty_outputs(notebook):
    source = "from IPython.display import display\nfor _ in range(9_000): display({'text/plain': ''}, raw=True)"
    notebook.cells[2:2] = [new_code_cell(source, id=f"empty{number}") for number in range(12)]


@edit("the grader's memory full: metadata of eight million dicts, which are huge when they are read, and never used")
def metadata_tree(notebook):
    deep = '{"":{}},' * 3_900_000
    return nbformat.writes(notebook).replace('"metadata": {}', f'"metadata": {{"x": [{deep}1]}}', 1).encode("utf-8")


@edit("the run ended: a version from the future", worth=0.0)
def future_version(notebook):
    notebook["nbformat"] = "<script>alert(1)</script>" * 1000
    return json.dumps(notebook).encode("utf-8")


@edit("the run ended: no JSON, but compressed", worth=0.0)
def compressed(notebook):
    return gzip.compress(b"x" * 50_000_000)


@edit("the run ended: bytes that are no UTF-8", worth=0.0)
def no_text(notebook):
    return b"\xff\xfe\x00" * 1000


@edit("the run ended: cells that are no cells", worth=0.0)
def no_cells(notebook):
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": [], "cells": [None, 1, "x", [], {"cell_type": []}]}
    ).encode()


@edit("the run ended: sources of wrong types, lone surrogates, null characters")
def odd_sources(notebook):
    raw = json.loads(nbformat.writes(notebook))
    raw["cells"] += [
        {"cell_type": "code", "source": ["a", 1, None, "\ud800 = '\x00'"], "metadata": None, "outputs": "none"},
        {"cell_type": "markdown", "source": "\udfff \x00 \x1b]0;title\x07", "metadata": {}},
        {"cell_type": "code", "source": {"a": 1}, "metadata": {}},
    ]
    return json.dumps(raw).encode("utf-8")


@edit("the run ended: numbers that JSON does not have, and keys that stand twice")
def odd_json(notebook):
    text = nbformat.writes(notebook)
    return text.replace('"metadata": {}', '"metadata": {"a": NaN, "a": -Infinity, "b": 1e999}', 1).encode("utf-8")


@edit("the run ended: format 3 with worksheets that are none", worth=0.0)
def old_format(notebook):
    return json.dumps({"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": 5}]}, None, 7]}).encode()
