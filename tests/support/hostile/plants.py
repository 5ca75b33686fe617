"""Attacks by files handed in beside the notebook, which Python, IPython, Jupyter or the grader might run."""

import io
import zipfile
import zlib

from helpers.check.public import Answers, PublicChecks, write_checks
from hostile import files
from hostile.assignment import BY_NAME

EVIL = """
import builtins
open("/tmp/HOSTILE_WAS_HERE", "w").close()
try:
    import numpy
    numpy.allclose = numpy.array_equal = lambda *a, **k: True
except Exception: pass
"""


def _plant(desk, folder, **contents):
    desk.write(folder, desk.notebook())
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))


@files("code in the grader's Python: sitecustomize, usercustomize, a .pth file")
def site_files(desk, folder):
    names = ("sitecustomize.py", "usercustomize.py", "_virtualenv.py", "__init__.py")
    _plant(
        desk, folder, **dict.fromkeys(names, EVIL), **{"evil.pth": "import os; exec(open('sitecustomize.py').read())\n"}
    )


@files("code at IPython's start: profile, start-up files, configuration in the working folder")
def ipython_files(desk, folder):
    config = "c.InteractiveShellApp.exec_lines = ['import builtins; builtins.check = print']\n"
    start = ".ipython/profile_default/startup/00-evil.py"
    names = ("ipython_config.py", "ipython_kernel_config.py", "profile_default/ipython_config.py", "jupyter_config.py")
    _plant(desk, folder, **dict.fromkeys(names, config), **{start: EVIL, "profile_default/startup/00-evil.py": EVIL})


@files("another NumPy, other helpers: packages of the same names in the working folder")
def shadow_packages(desk, folder):
    lie = "def check(*a, **k): return True\ndef __getattr__(name): return check\n"
    names = (
        "numpy.py",
        "helpers/__init__.py",
        "helpers/check/checking.py",
        "helpers/check/probe.py",
        "helpers/check/wire.py",
        "tensorflow.py",
    )
    _plant(desk, folder, **dict.fromkeys(names, lie))


@files("a standard library module in the way, so that Python does not start")
def shadow_standard_library(desk, folder):
    hang = "while True: pass\n"
    names = (
        "json.py",
        "ast.py",
        "tokenize.py",
        "comm.py",
        "psutil.py",
        "debugpy.py",
        "jedi.py",
        "random.py",
        "uuid.py",
    )
    _plant(desk, folder, **dict.fromkeys(names, hang))


@files("settings for the grader: nbgrader_config.py, conftest.py, a kernelspec, a gradebook")
def grader_settings(desk, folder):
    config = "open('/tmp/HOSTILE_WAS_HERE', 'w').close()\nc = get_config()\nc.RunAndJudge.sandbox = False\n"
    names = ("nbgrader_config.py", "conftest.py", "setup.py", "pyproject.toml", "jupyter_nbconvert_config.py")
    spec = '{"argv": ["touch", "/tmp/HOSTILE_WAS_HERE"], "display_name": "Python 3", "language": "python"}'
    _plant(
        desk, folder, **dict.fromkeys(names, config), **{"kernel.json": spec, "kernels/python3/kernel.json": spec},
        **{"gradebook.db": b"SQLite format 3\0", "autograders/small.py": config},
    )  # fmt: skip


@files("other expected outputs: a checks file of the learner's own, by which the wrong solution is right")
def own_checks(desk, folder):
    scale = BY_NAME["scale"]
    cases = scale.public_cases()
    wrong = [{"value": case.inputs["x"] + 1, "changed": []} for case in cases]
    checks = write_checks([PublicChecks(scale.spec, cases, Answers(wrong, []))])
    _plant(desk, folder, **{"small.checks.zip": checks, "aaa.checks.zip": checks})


@files("a fault in who reads the checks file: an empty zip, and what is none")
def broken_checks(desk, folder):
    _plant(desk, folder, **{"small.checks.zip": b"PK\5\6" + bytes(18), "aaa.checks.zip": b"not a zip"})


@files("the memory of who reads the checks file: a zip that never ends", reason="MiB of memory|stopped after 3")
def endless_checks(desk, folder):
    squeeze = zlib.compressobj(9, wbits=-15)
    part = squeeze.compress(bytes(10**7)) + squeeze.flush(zlib.Z_FULL_FLUSH)  # may be repeated; says nowhere "the end"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("scale.json", "total.json"):
            archive.writestr(name, part * 400)
            entry = archive.getinfo(name)
            entry.compress_type, entry.file_size = zipfile.ZIP_DEFLATED, 400 * 10**7
    _plant(desk, folder, **dict.fromkeys(("small.checks.zip", "aaa.checks.zip"), out.getvalue()))
    desk.write(folder, desk.notebook(last="from helpers.check import check\ncheck(scale)"))


@files("a template and a style for the feedback page")
def own_template(desk, folder):
    page = "<script>alert('attack-template')</script>"
    _plant(
        desk, folder, **{"feedback/index.html.j2": page, "templates/feedback/index.html.j2": page, "custom.css": page}
    )


@files("modules of the grader's under their names, beside the notebook")
def shadow_graders(desk, folder):
    names = ("autograders/__init__.py", "autograders/engine/judge.py", "nbgrader/__init__.py", "nbformat.py", "zmq.py")
    _plant(desk, folder, **dict.fromkeys(names, EVIL))
