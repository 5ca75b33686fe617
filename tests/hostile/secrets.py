"""Attacks that read what the learner must not see, or write where the learner must not write."""
# ruff: noqa: E501 (an attack is written in as few lines as it takes)

from hostile import code

READ = """
def read(path):
    try:
        with open(path, "rb") as file: return file.read(2_000_000).decode("latin-1")
    except Exception as error:
        return f"{path}: {error}"
"""


@code("the solutions: read from the source notebook, and run", worth=10.0)
def source_notebook(desk):
    scale = f"""
import json
text = read({str(desk.source)!r}); print(text)
try:
    for one in json.loads(text)["cells"]:
        if "def scale" in "".join(one["source"]): exec("".join(one["source"]))
except ValueError: pass
"""
    return {"scale": READ + scale}


@code("the grader's declarations: hidden cases imported and printed")
def graders_modules(desk):
    return (
        READ
        + f"""
import sys
sys.path.insert(0, {str(desk.repository)!r})
for name in ("autograders.small", "autograders.exercise", "autograders.step_by_step_rnn", "hostile.assignment"):
    try:
        module = __import__(name, fromlist=["x"]); print(name, module.EXERCISES, module.CANARY)
    except Exception as error: print(error)
print(read({str(desk.repository / "autograders" / "step_by_step_rnn.py")!r}))
print(read({str(desk.repository / "tests" / "hostile" / "assignment.py")!r}))
"""
    )


@code("everybody's marks: the gradebook read and printed")
def gradebook_read(desk):
    return READ + f"text = read({str(desk.gradebook)!r}); print(text[:200000])"


@code("full marks for oneself, none for others: the gradebook written")
def gradebook_written(desk):
    return f"""
import sqlite3
try:
    base = sqlite3.connect({str(desk.gradebook)!r}, timeout=2)
    base.execute("update grade set auto_score = max_score_cell_id * 0 + 10")
    base.execute("update grade set manual_score = 0")
    base.commit()
except Exception as error: print(error)
try: open({str(desk.gradebook)!r}, "wb").write(b"gone")
except Exception as error: print(error)
"""


@code("another's work: a neighbour's submission found, printed and run")
def neighbours_work(desk):
    return (
        READ
        + f"""
import glob
print(read({str(desk.other)!r}))
for folder in ("..", "../..", "../../..", {str(desk.root)!r}):
    for path in glob.glob(folder + "/**/*.ipynb", recursive=True): print(path, read(path)[:5000])
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
    print(path, read(path)[:5000])
print(dict(os.environ))
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
    print(way, read(way + {str(desk.source)!r})[:3000])
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
import helpers.compare
try: open(helpers.compare.__file__, "a").write("\\n# {desk.marker}\\n")
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
