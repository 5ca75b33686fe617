"""Attacks that carry hidden inputs out on the feedback page, for the learner or the next one to keep."""
# ruff: noqa: E501 (an attack is written in as few lines as it takes)

from nbformat.v4 import new_code_cell

from hostile import code, edit
from hostile.assignment import cell


@code("hidden inputs as the message of an exception")
def exception_message():
    return {"scale": "def scale(x, factor, name):\n    raise ValueError(f'{name} {factor!r} {x.tolist()}')\n"}


@code("hidden inputs as a KeyError, which honest code raises, too")
def key_error():
    return {"scale": "def scale(x, factor, name):\n    return {}[name]\n"}


@code("hidden inputs as the name of an exception's class")
def exception_type():
    return {"scale": "def scale(x, factor, name):\n    raise type(name, (Exception,), {})(factor)\n"}


@code("hidden inputs as the place of an exception: a code object with a name and lines of its own")
def exception_place():
    scale = """
import linecache
def scale(x, factor, name):
    file = "<ipython-input-1>"
    text = f"raise ValueError()  # {factor!r} {name}"
    linecache.cache[file] = (len(text), None, [text], file)
    space = {}
    exec(compile(f"def {name}():\\n    {text}", file, "exec"), space)
    space[name]()
"""
    return {"scale": scale}


@code("hidden inputs printed by a later cell, which knows them by then")
def later_cell():
    return {
        "scale": "seen = []\ndef scale(x, factor, name):\n    seen.append((name, factor, x.tolist()))\n",
        "last": "print(seen)\nseen",
    }


@code("hidden inputs as a later cell's error, its name and its traceback")
def later_error():
    return {
        "scale": "seen = []\ndef scale(x, factor, name):\n    seen.append((name, factor))\n",
        "last": "raise type(seen[0][0], (Exception,), {'__module__': 'builtins'})(repr(seen))",
    }


@code("hidden inputs as a later cell's error that has the form of the grader's own: its name, one line of traceback")
def later_error_of_the_graders():
    last = """
class OutputLimit(Exception):
    def _render_traceback_(self):
        return [repr(seen)]
raise OutputLimit(repr(seen))
"""
    return {"scale": "seen = []\ndef scale(x, factor, name):\n    seen.append((name, factor))\n", "last": last}


@code("expected outputs printed by a later cell, from the solution that is right")
def later_outputs():
    total = "seen = []\ndef total(x):\n    seen.append(x.sum(axis=1).tolist())\n    return x.sum(axis=1)\n"
    return {"total": total, "last": "print(seen)\nseen"}


@code("hidden inputs drawn: as a figure's title, and as the picture's own bytes")
def later_picture():
    last = """
from IPython.display import Image, display, SVG
import base64
display({"image/png": base64.b64encode(repr(seen).encode()).decode()}, raw=True)
display(SVG(data=f"<svg xmlns='http://www.w3.org/2000/svg'><text>{seen}</text></svg>"))
"""
    return {"scale": "seen = []\ndef scale(x, factor, name):\n    seen.append((name, factor))\n", "last": last}


@code("hidden inputs printed during the call, and shown in the call's own outputs")
def printed_in_the_call():
    scale = """
from IPython.display import display
import sys
def scale(x, factor, name):
    print(name, factor, x); print(name, factor, file=sys.stderr); display({"text/plain": name}, raw=True)
"""
    return {"scale": scale}


@code("hidden inputs as keys of a dict, as the name of a type, as text")
def answer_names():
    scale = """
def scale(x, factor, name):
    return {1: {name: 1, repr(factor): 2}, 2: type(name, (), {})(), 3: name + repr(factor)}[min(x.ndim, 3)]
"""
    return {"scale": scale}


@code("hidden inputs as names of altered inputs, in a forged answer")
def changed_names():
    first = """
from helpers.check import probe
real = probe._outcome
def outcome(caller, function, inputs, keep):
    if "factor" not in inputs: return real(caller, function, inputs, keep)
    text = inputs["name"] + repr(inputs["factor"])
    return {"value": inputs["x"], "changed": [text], "error": {"type": text, "message": text, "where": text + ", line 3: " + text}}
probe._outcome = outcome
"""
    return {"first": first, "scale": "def scale(x, factor, name):\n    return x\n"}


@code("hidden inputs kept for the next learner: in /tmp, in shared memory, in the working folder")
def kept_for_later(desk):
    scale = f"""
def scale(x, factor, name):
    for place in ("/tmp", "/dev/shm", "/var/tmp", ".", {str(desk.root)!r}):
        try:
            with open(place + "/{desk.marker}", "a") as file: file.write(repr((name, factor, x.tolist())))
        except OSError: pass
"""
    return {"scale": scale}


@edit("hidden inputs on a page that is so long that its cells are cut, the check of the function among them")
def long_page(notebook):
    cell(notebook, "scale").source = "seen = []\ndef scale(x, factor, name):\n    seen.append((name, factor))\n"
    notebook.cells[1:1] = [new_code_cell(f"# {'long ' * 12_000}", id=f"long{i}") for i in range(12)]
    notebook.cells.append(new_code_cell("print(seen)", id="last"))
