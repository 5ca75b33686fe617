"""Attacks that change Python, NumPy, IPython or the helpers, so that a test in the kernel would pass."""
# ruff: noqa: E501 (an attack is written in as few lines as it takes)

from hostile import code


@code("every comparison of arrays succeeds: patched NumPy")
def patched_numpy():
    return """
import numpy as np
for name in ("allclose", "array_equal", "isclose", "array_equiv"):
    setattr(np, name, lambda *a, **k: True)
np.testing.assert_allclose = np.testing.assert_array_equal = np.testing.assert_array_almost_equal = lambda *a, **k: None
np.abs = np.absolute = lambda x, *a, **k: np.float64(0.0)
"""


@code("every comparison of numbers succeeds: patched builtins")
def patched_builtins():
    return """
import builtins
builtins.isinstance = lambda *a: True
builtins.abs = lambda x: 0
builtins.all = builtins.any = lambda x: True
builtins.len = lambda x: 3
"""


@code("asserts vanish: an AST transformer takes them out")
def ast_transformer():
    return """
import ast
class NoAssert(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.copy_location(ast.Pass(), node)
    def visit_Raise(self, node):
        return ast.copy_location(ast.Pass(), node)
get_ipython().ast_transformers.append(NoAssert())
"""


@code("test cells become a number: an input transformer rewrites them")
def input_transformer():
    return """
def rewrite(lines):
    text = "".join(lines)
    return ["10\\n"] if "check(" in text or "assert" in text or "answer(" in text else lines
get_ipython().input_transformers_post.append(rewrite)
"""


@code("test cells become a number: run_cell itself is replaced")
def replaced_run_cell():
    return """
shell = get_ipython()
real = shell.run_cell
def run_cell(raw_cell, *a, **k):
    return real("10" if "check(" in raw_cell or "assert" in raw_cell else raw_cell, *a, **k)
shell.run_cell = run_cell
shell.run_cell_async = lambda raw_cell, *a, **k: type(shell).run_cell_async(shell, "10", *a, **k)
"""


@code("test cells become a number: what is answered after a call is replaced", worth=0.0)
def replaced_answers():
    return """
outlet = get_ipython().outlet
real = outlet.send
def send(kind, frames=(), **content):
    if kind == "answer":
        return real("execute_result", data={"text/plain": "10"})
    return real(kind, frames, **content)
outlet.send = send
"""


@code("errors are never shown: IPython's hooks swallow them")
def swallowed_errors():
    return """
shell = get_ipython()
shell.showtraceback = lambda *a, **k: None
shell._showtraceback = lambda *a, **k: None
shell.set_custom_exc((BaseException,), lambda *a, **k: None)
shell.events.register("post_run_cell", lambda result: setattr(result, "error_in_exec", None))
"""


@code("`check` says all is right")
def replaced_check():
    return """
import helpers.check, builtins
helpers.check.check = builtins.check = lambda *a, **k: print("all parts are right")
import sys
sys.modules["helpers.check"].check_report = lambda *a, **k: None
"""


@code("the comparison finds no difference: patched helpers")
def patched_compare():
    return """
import helpers.check.comparing, helpers.check.probe, helpers.check.report
helpers.check.comparing.difference = helpers.check.probe.difference = lambda *a, **k: None
helpers.check.comparing.judge = lambda *a, **k: type("R", (), {"ok": True, "score": 10.0, "text": lambda self: "right"})()
helpers.check.report.Report.score = 10.0
"""


@code("the next cell's check compares with what `scale` returns, whatever that is: equal to everything")
def equal_to_everything():
    scale = """
class Equal:
    shape, dtype, ndim, size = (3, 4), "float64", 2, 12
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __sub__(self, other): return 0
    __rsub__ = __abs__ = lambda self, *a: 0
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __array_ufunc__(self, *a, **k): return True
    def __array_function__(self, *a, **k): return True
    def __bool__(self): return True
    def all(self): return True
def scale(x, factor, name):
    return Equal()
"""
    return {"scale": scale}


@code("an ndarray subclass that equals all: its own comparison and ufuncs")
def array_subclass():
    scale = """
class Liar(np.ndarray):
    def __eq__(self, other): return np.ones(self.shape, bool)
    def __array_ufunc__(self, *a, **k): return np.zeros(self.shape)
    def __array_function__(self, *a, **k): return True
    def __reduce__(self): raise RuntimeError
def scale(x, factor, name):
    return np.zeros(x.shape).view(Liar)
"""
    return {"scale": scale}


@code("an answer that changes between two reads: what is read first is wrong, what is read again is right")
def changing_answer():
    scale = """
class Changing:
    def __init__(self, wrong, right): self.wrong, self.right, self.reads = wrong, right, 0
    def __array__(self, dtype=None, copy=None):
        self.reads += 1
        return self.wrong if self.reads == 1 else self.right
def scale(x, factor, name):
    return Changing(x, x * factor)
"""
    return {"scale": scale}


@code("an answer that is changed after it was given: the right values are written into it when it is sent")
def changing_buffer():
    scale = """
import json
given, honest = [], json.dumps
def dumps(*a, **k):
    for out, right in given: out[...] = right
    return honest(*a, **k)
json.dumps = dumps
def scale(x, factor, name):
    out = np.zeros(x.shape)
    given.append((out, x * factor))
    return out
"""
    return {"scale": scale}


@code("an array of objects, each equal to everything")
def object_array():
    scale = """
class Equal:
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __float__(self): return 0.0
def scale(x, factor, name):
    out = np.empty(x.shape, object)
    out.fill(Equal())
    return out
"""
    return {"scale": scale}


@code("NaN compares with nothing, so nothing differs: NaN with payloads in every place")
def nan_payload():
    scale = """
def scale(x, factor, name):
    out = np.full(x.shape, np.nan)
    out.view(np.uint64)[...] |= np.uint64(0xDEAD)
    return out
"""
    return {"scale": scale}


@code("infinities and huge numbers, so that a difference overflows to NaN")
def infinities():
    return {"scale": "def scale(x, factor, name):\n    return np.full(x.shape, np.inf) * np.sign(x)\n"}


@code("a masked array that hides every difference: nothing in it may be compared")
def masked_array():
    return {"scale": "def scale(x, factor, name):\n    return np.ma.array(np.zeros(x.shape), mask=True)\n"}


@code("complex numbers with the wanted real parts", reason="expected real numbers, got complex128")
def complex_numbers():
    return {"scale": "def scale(x, factor, name):\n    return x * factor + 1j\n"}


@code("the wanted values backwards, through negative strides: in memory they stand in their right order")
def negative_strides():
    return {"scale": "def scale(x, factor, name):\n    return (x * factor)[::-1]\n"}


@code("subclasses of float, int, str, tuple and dict that lie about themselves")
def lying_subclasses():
    scale = """
class Text(str):
    def __eq__(self, other): return True
    __hash__ = str.__hash__
class Number(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
class Pair(tuple):
    def __len__(self): return 1
    def __getitem__(self, i): return Number(1)
    def __iter__(self): return iter([Number(1)] * 12)
def scale(x, factor, name):
    return Pair([Text("result"), Number(1)])
"""
    return {"scale": scale}


@code("the number of marks is shown before the check: displayed values that look like a partial mark")
def number_before_check():
    return """
from IPython.display import display
from IPython.core.displaypub import publish_display_data
publish_display_data({"text/plain": "10"})
shell = get_ipython()
shell.displayhook(10)
shell.events.register("pre_run_cell", lambda *a: shell.displayhook(10.0))
10.0
"""


@code("expected outputs are found by walking frames and the garbage collector")
def walking_frames():
    return {
        "first": """
import gc, sys, inspect
found = []
def hunt():
    for frame in inspect.stack():
        found.extend(frame.frame.f_locals.values())
    for thing in gc.get_objects():
        if isinstance(thing, dict) and any(str(key) in ("expected", "solution", "reference") for key in list(thing)[:50]):
            found.append(thing)
""",
        "scale": """
def scale(x, factor, name):
    hunt()
    for thing in found:
        if isinstance(thing, dict):
            for value in list(thing.values()):
                if isinstance(value, np.ndarray) and value.shape == x.shape and value is not x:
                    return value
    return None
""",
    }


@code("public expected outputs are handed back: read out of the checks file")
def answers_from_the_checks_file():
    scale = """
def scale(x, factor, name):
    try:
        from helpers.check.public import read_checks
        checks = read_checks("scale")
        for case, right in zip(checks.cases, checks.own.expected):
            if case.inputs["x"].shape == x.shape:
                return right["value"]
    except Exception:
        return None
"""
    return {"scale": scale}


@code("exceptions that end the test, not the mark: SystemExit, KeyboardInterrupt, GeneratorExit")
def base_exceptions():
    scale = """
def scale(x, factor, name):
    raise {3: SystemExit, 5: KeyboardInterrupt}.get(len(x), GeneratorExit)(10)
"""
    return {"scale": scale}


@code("an exception whose text never ends, and whose class claims to be NotImplementedError")
def endless_exception():
    scale = """
class Endless(Exception):
    def __str__(self):
        while True: pass
    __repr__ = __str__
    __class__ = NotImplementedError
def scale(x, factor, name):
    raise Endless
"""
    return {"scale": scale}


@code("an answer that never ends: a list and a dict that go on for ever")
def endless_answer():
    scale = """
class Endless(list):
    def __iter__(self):
        while True: yield 1.0
class Growing(dict):
    def items(self):
        while True: yield "a", 1.0
def scale(x, factor, name):
    return Endless([1]) if x.ndim > 1 else Growing()
"""
    return {"scale": scale}


@code("an array of 10^9 and of 10^18 elements that takes no memory")
def giant_view():
    scale = """
def scale(x, factor, name):
    side = 10**9 if x.ndim == 1 else 10**18
    return np.lib.stride_tricks.as_strided(np.zeros(1), shape=(side,), strides=(0,))
"""
    return {"scale": scale}
