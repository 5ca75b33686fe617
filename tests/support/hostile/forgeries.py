"""Attacks on what the feedback page says: words of a learner's that look like the grader's, in all that a page shows."""
# ruff: noqa: E501 (an attack is written in as few lines as it takes)

from nbformat.v4 import new_markdown_cell

from hostile import code, edit
from hostile.assignment import cell
from hostile.page import VERDICT


@code("a verdict in the message of an exception")
def exception_message():
    return {"scale": f"def scale(x, factor, name):\n    raise ValueError({VERDICT!r})\n"}


@code("a verdict as the key that is missing, in a message that honest code has, too")
def key_error():
    return {"scale": f"def scale(x, factor, name):\n    return {{}}[{VERDICT!r}]\n"}


@code("a verdict as the name of an exception's class, after a line's end")
def exception_type():
    return {"scale": f"def scale(x, factor, name):\n    raise type('\\n' + {VERDICT!r}, (Exception,), {{}})(factor)\n"}


@code("a verdict as the place of an exception: a code object with lines of its own")
def exception_place():
    scale = f"""
import linecache
def scale(x, factor, name):
    file = "<ipython-input-1>"
    text = "raise ValueError()  # " + {VERDICT!r}
    linecache.cache[file] = (len(text), None, [text], file)
    space = {{}}
    exec(compile(f"def right():\\n    {{text}}", file, "exec"), space)
    space["right"]()
"""
    return {"scale": scale}


@code("a verdict shown by a later cell, and the words of one of the grader's limits")
def later_cell():
    last = f"""
from IPython.display import display
display({{"text/html": {VERDICT!r}, "text/plain": {VERDICT!r}}}, raw=True)
print({VERDICT!r})
class OutputLimit(Exception):
    def _render_traceback_(self):
        return [{VERDICT!r}]
raise OutputLimit({VERDICT!r})
"""
    return {"last": last}


@code("a verdict as keys of a dict, as the name of a type, as text")
def answer_names():
    scale = f"""
def scale(x, factor, name):
    return {{1: {{{VERDICT!r}: 1, repr(factor): 2}}, 2: type({VERDICT!r}, (), {{}})(), 3: {VERDICT!r}}}[min(x.ndim, 3)]
"""
    return {"scale": scale}


@code("a verdict as names of altered inputs, in a forged answer")
def changed_names():
    first = f"""
from helpers.check import probe
real = probe._outcome
def outcome(caller, function, inputs, keep):
    if "factor" not in inputs: return real(caller, function, inputs, keep)
    text = {VERDICT!r}
    return {{"value": inputs["x"], "changed": [text], "error": {{"type": text, "message": text, "where": text + ", line 3: " + text, "names": text, "set": text}}}}
probe._outcome = outcome
"""
    return {"first": first, "scale": "def scale(x, factor, name):\n    return x\n"}


@code("a page of gigabytes: messages, names and texts without an end", reason="TypeError|ValueError|expected")
def endless_words():
    scale = """
def scale(x, factor, name):
    if x.ndim == 1: raise ValueError("x" * 10**6)
    return {f"{i}" * 1000: "x" * 1000 for i in range(1000)} if x.ndim == 2 else "x" * 10**6
"""
    return {"scale": scale}


@code("hidden inputs kept for the next learner of the same run: in /tmp, in shared memory, in the working folder")
def kept_for_later(desk):
    scale = f"""
def scale(x, factor, name):
    for place in ("/tmp", "/dev/shm", "/var/tmp", ".", {str(desk.root)!r}, "/run/kernel"):
        try:
            with open(place + "/{desk.marker}", "a") as file: file.write(repr((name, factor, x.tolist())))
        except OSError: pass
"""
    return {"scale": scale}


@edit("a table of marks and a verdict in text cells, with the page's own tags and classes, before its own ones")
def marks_in_text_cells(notebook):
    marks = '<h2>Exercise by exercise</h2><table class="marks"><tr class="good"><td>scale</td><td>10 of 10</td><td>all is right</td></tr></table>'
    texts = (VERDICT, f"<p class='score'><b>20</b> of 20 points</p>{marks}", f"</div></section></main>{marks}{VERDICT}")
    notebook.cells[0:0] = [new_markdown_cell(text, id=f"text{number}") for number, text in enumerate(texts)]
    cell(notebook, "scale").source += f'\n"""{VERDICT}"""\n'
