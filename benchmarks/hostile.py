"""The hostile class against this grader and against stock nbgrader: how many reach a goal. Prints a table.

    python benchmarks/hostile.py [--kinds lies files ...] [--side ours|stock] [--json FILE]

Stock nbgrader runs contained, in bubblewrap: no network, a small file system in memory, a plain user's rights, limits
on processes, memory and time, all of it killed when it takes too much. Nothing of the class runs outside. Each hostile
submission is graded between two honest ones, and feedback is written. A goal is reached when it gets points that its
honest part is not worth; when a secret stands in what was written for it; when it says that it got past a wall, or has
visited a service; when a neighbour's mark or somebody else's file is not what it was; when the run ends, hangs or takes
all memory; when a process or file is left behind; or when script is on its page.

Both sides are looked at by the same code (tests/support/hostile/found.py), with two differences. Stock may take 70
seconds for each of its two steps with three submissions, this grader for one what the attack says, which is less. Of
stock, the memory of all processes counts; of this grader its own process's growth, and all that its jail may use.
"""

import argparse
import atexit
import collections
import concurrent.futures
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from hostile import MARKER, found, load  # noqa: E402
from hostile.assignment import NAME, POINTS, Desk, cell, source_notebook  # noqa: E402

BEFORE, ATTACKER, AFTER = "aa_honest", "mm_attack", "zz_honest"
PORT = 45_454
CELL_SECONDS = 10  # nbgrader's own default is 30
RUN_SECONDS = 100
PLAIN_USER = 65_533
MEMORY_BYTES, FILE_SYSTEM_BYTES = 3 * 2**30, 300 * 2**20
PROCESSES, ADDRESS_SPACE = 80, 6 * 2**30
HANDED_IN = {"submitted", "autograded"}  # folders where a file of that name is the submission's own
TESTS = {
    "scale": """x = np.arange(6.0).reshape(2, 3)
assert np.allclose(scale(x, 2.0, "a"), 2 * x)
### BEGIN HIDDEN TESTS
x = np.linspace(-1, 1, 8).reshape(2, 4)
assert np.allclose(scale(x, 3.5, "b"), 3.5 * x)
### END HIDDEN TESTS""",
    "total": """x = np.arange(6.0).reshape(2, 3)
assert np.allclose(total(x), [3.0, 12.0])
### BEGIN HIDDEN TESTS
assert np.allclose(total(np.ones((3, 4))), [4.0, 4.0, 4.0])
### END HIDDEN TESTS""",
}
CONFIG = f"""c = get_config()
c.CourseDirectory.course_id = "hostile"
c.CourseDirectory.source_directory = "notebooks"
c.ExecutePreprocessor.timeout = {CELL_SECONDS}
"""


def make_stock_course(folder):
    """Make a course whose tests run in the notebook, as nbgrader's users write them; release it."""
    import nbformat
    from nbgrader.api import Gradebook

    source = folder / "notebooks" / NAME
    source.mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    nbformat.write(source_notebook(TESTS), source / f"{NAME}.ipynb")
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", NAME, "--create"]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env=dict(os.environ, PATH=path))
    with Gradebook(f"sqlite:///{folder}/gradebook.db", "hostile") as gradebook:
        gradebook.add_student(BEFORE, last_name=found.OF_GRADEBOOK)


def hand_in(folder, attack):
    """Write the three submissions."""
    for student in (BEFORE, ATTACKER, AFTER):
        place = folder / "submitted" / student / NAME
        place.mkdir(parents=True)
        desk = Desk(folder, BEFORE, found.ports(folder.parent, PORT), student)
        if student == ATTACKER:
            attack.hand_in(desk, place)
            continue
        notebook = desk.honest()
        if student == BEFORE:
            cell(notebook, "scale").source += f"    # {found.OTHERS_WORK}\n"
        desk.write(place, notebook)


def contained(place):
    """Return the command that runs this file on a prepared course, contained."""
    command = [
        "bwrap", "--die-with-parent", "--new-session",
        "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts",
        "--ro-bind", "/", "/", "--tmpfs", "/root", "--proc", "/proc", "--dev", "/dev",
        "--size", str(64 * 2**20), "--perms", "1777", "--tmpfs", "/dev/shm",
        "--size", str(64 * 2**20), "--perms", "1777", "--tmpfs", "/var/tmp",
    ]  # fmt: skip
    for needed in {sys.base_prefix, sys.prefix}:
        if Path(needed).is_relative_to("/root"):
            for parent in list(Path(needed).parents)[-3::-1]:
                command += ["--perms", "0755", "--dir", str(parent)]
            command += ["--ro-bind", needed, needed]
    seed = "/mnt"
    command += ["--ro-bind", str(place), seed]
    command += ["--size", str(64 * 2**20), "--perms", "1777", "--tmpfs", "/tmp"]
    command += [
        "--ro-bind",
        str(ROOT),
        str(ROOT),
        "--size",
        str(FILE_SYSTEM_BYTES),
        "--perms",
        "0777",
        "--tmpfs",
        str(place),
    ]
    command += ["--clearenv"]
    names = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": "/tmp/home",
        "LANG": "C.UTF-8",
        "X": found.OF_ENVIRONMENT,
    }
    for name, text in names.items():
        command += ["--setenv", name, text]
    inner = [sys.executable, str(Path(__file__).resolve()), "--inside", str(place), "--seed", seed]
    limits = ["prlimit", f"--nproc={PROCESSES}", f"--as={ADDRESS_SPACE}", "--core=0", "--"]
    if os.geteuid() == 0:  # a real root's processes are not counted: be a plain user inside
        command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"]
        become = [
            "--reuid",
            str(PLAIN_USER),
            "--regid",
            str(PLAIN_USER),
            "--clear-groups",
            "--no-new-privs",
            "--bounding-set",
            "-all",
        ]
        return [*command, "setpriv", *become, "--inh-caps", "-all", *limits, *inner]
    return [*command, "--unshare-user", *limits, *inner]


def inside(place, seed):
    """Grade the class with stock nbgrader; runs contained. Prints what became of it as JSON."""
    os.makedirs("/tmp/home", exist_ok=True)
    subprocess.run(["cp", "-a", "--no-preserve=ownership", f"{seed}/.", str(place)], check=False)
    os.chdir(place / "course")
    service = found.Service(place, PORT)
    log = open("/tmp/log", "w")
    done = {}
    for step in ("autograde", "generate_feedback"):
        command = [sys.executable, "-m", "nbgrader", step, NAME]
        try:
            done[step] = subprocess.run(command, stdout=log, stderr=log, timeout=RUN_SECONDS * 0.7).returncode
        except subprocess.TimeoutExpired:
            done[step] = "hangs"
    print(json.dumps({"done": done} | _found(place, seed, service)), flush=True)


def _found(place, seed, service):
    from nbgrader.api import Gradebook, MissingEntry

    course = place / "course"
    scores = {}
    try:
        with Gradebook(f"sqlite:///{course}/gradebook.db", "hostile") as gradebook:
            for student in (BEFORE, ATTACKER, AFTER):
                try:
                    submission = gradebook.find_submission(NAME, student)
                    scores[student] = submission.score if not submission.needs_manual_grade else "by hand"
                except MissingEntry:
                    scores[student] = None
    except Exception as error:
        scores = {"error": str(error)[:200]}
    texts = {}
    for step in ("autograded", "feedback"):
        for path in (course / step / ATTACKER).rglob("*"):
            if path.is_file() and path.stat().st_size < 50 * 2**20:
                texts[f"{step}/{path.name}"] = path.read_text(encoding="utf-8", errors="replace")
    pages = [text for name, text in texts.items() if name == f"feedback/{NAME}.html"]
    neighbours = course / "feedback" / BEFORE / NAME / f"{NAME}.html"
    usual = found.running(neighbours.read_text(encoding="utf-8")) if neighbours.exists() else None
    places = [course, Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), place]
    ours = {os.getpid(), 1, os.getppid()}
    alive = [
        name for name in os.listdir("/proc")
        if name.isdigit() and int(name) not in ours and Path(f"/proc/{name}/cmdline").read_bytes()
    ]  # fmt: skip
    return {
        "scores": scores,
        "secrets": found.secrets(texts.values()),
        "passed": [*found.words_of_success(texts.get(f"autograded/{NAME}.ipynb", "")), *map(str, service.visits)],
        "script": usual is not None and any(found.running(page) != usual for page in pages),
        "left": [str(path) for one in places for path in one.rglob(f"*{MARKER}*") if not HANDED_IN & set(path.parts)],
        "alive": alive,
        "altered": _others_files(course) != _others_files(Path(seed, "course")),
    }  # fmt: skip


def _others_files(course):
    """Return what the course's own files and the neighbours' hold."""
    names = ("notebooks", "release", "nbgrader_config.py", f"submitted/{BEFORE}", f"submitted/{AFTER}")
    contents = found.contents(*(course / name for name in names))
    return {str(path.relative_to(course)): content for path, content in contents.items()}


def run_stock(attack):
    """Run one attack against stock nbgrader; return the goals that it reached."""
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        shutil.copytree(_stock_course(), place / "course")
        hand_in(place / "course", attack)
        os.chmod(place / "course", 0o777)
        process = subprocess.Popen(
            contained(place), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        text, end = _watch(process)
    return _goals_of_stock(attack, text, end)


@functools.cache
def _stock_course():
    """Return the stock course's folder, made once; it goes with this process."""
    folder = Path(tempfile.mkdtemp(prefix="hostile-stock-"))
    atexit.register(shutil.rmtree, folder)
    make_stock_course(folder)
    return folder


def _watch(process):
    """Wait for a contained run; kill it when it takes too much time or memory. Returns (output, why it was killed)."""
    lines, end = [], None
    reader = threading.Thread(target=lambda: lines.append(process.stdout.read(2**20)), daemon=True)
    reader.start()
    begin = time.monotonic()
    while process.poll() is None:
        time.sleep(0.2)
        end = (
            "hangs"
            if time.monotonic() - begin > RUN_SECONDS * 1.5
            else "memory"
            if _memory(process.pid) > MEMORY_BYTES
            else None
        )
        if end:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            break
    reader.join(5)
    return (lines or [b""])[0].decode("utf-8", "replace"), end


def _memory(number):
    """Return the memory of a process and all below it."""
    total, todo = 0, [number]
    while todo:
        one = todo.pop()
        try:
            total += int(Path(f"/proc/{one}/statm").read_text(encoding="ascii").split()[1]) * 4096
            for task in os.listdir(f"/proc/{one}/task"):
                todo += map(int, Path(f"/proc/{one}/task/{task}/children").read_text(encoding="ascii").split())
        except OSError:
            continue
    return total


def _goals_of_stock(attack, text, end):
    if end:
        return _goals(attack, hangs=end == "hangs", memory=end == "memory")
    line = next((line for line in text.splitlines()[::-1] if line.startswith('{"done"')), None)
    if line is None:
        return _goals(attack, ended=True)
    seen = json.loads(line)
    scores = seen["scores"]
    return _goals(
        attack, score=scores.get(ATTACKER), neighbours=[scores.get(BEFORE), scores.get(AFTER)], altered=seen["altered"],
        secrets=seen["secrets"], passed=seen["passed"],
        left=seen["left"] or seen["alive"], script=seen["script"], hangs="hangs" in seen["done"].values(),
    )  # fmt: skip


def run_ours(attacks):
    """Grade all with this grader; return {name: goals}, by what tests/sandbox/test_hostile.py looks at."""
    import test_hostile as tests

    tests.ATTACKS[:] = attacks
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        graded = tests.Class(Path(folder))
        usual = found.running(tests.graded_page(graded))
        if altered := graded.altered_repository():
            print("in the repository are gone or marked:", *altered, file=sys.stderr)
        return {attack.name: _goals_of_ours(tests, attack, graded.attempts[attack.name], usual) for attack in attacks}


def _goals_of_ours(tests, attack, attempt, usual):
    page = attempt.texts.get(f"feedback/{NAME}.html")
    return _goals(
        attack, score=attempt.result.score, neighbours=[attempt.before.score, attempt.after.score],
        altered=attempt.altered, secrets=found.secrets(attempt.texts.values()),
        forged=page and tests.verdicts_on(page) != attempt.marks,
        passed=attempt.words_of_success or attempt.visits, left=attempt.left_behind or attempt.files,
        script=page and found.running(page) != usual, hangs=attempt.seconds > attack.seconds,
        memory=attempt.growth + tests.LIMITS["memory_bytes"] > MEMORY_BYTES, ended=attempt.ended,
    )  # fmt: skip


def _goals(attack, score=None, neighbours=(), **reached):
    """Return the goals that were reached, for either side by the same measure."""
    names = {
        "secrets": "secret read", "passed": "wall passed", "left": "left behind", "script": "script on the page",
        "forged": "verdict forged",
        "altered": "others' files altered", "hangs": "run hangs", "memory": "memory taken", "ended": "run ended",
    }  # fmt: skip
    goals = {names[key] for key, yes in reached.items() if yes}
    goals |= {"points"} if isinstance(score, (int, float)) and score > attack.worth else set()
    goals |= {"neighbour harmed"} if any(one != 2 * POINTS for one in neighbours) else set()
    return goals


def table(attacks, results):
    """Return the table: for each kind how many there are, and how many reached a goal on each side."""
    sides = list(results)
    lines = [f"| kind | attacks | {' | '.join(sides)} |", f"|---|---|{'---|' * len(sides)}"]
    for kind in dict.fromkeys(attack.kind for attack in attacks):
        names = [attack.name for attack in attacks if attack.kind == kind]
        cells = [str(sum(bool(results[side][name]) for name in names)) for side in sides]
        lines.append(f"| {kind} | {len(names)} | {' | '.join(cells)} |")
    totals = [str(sum(bool(results[side][attack.name]) for attack in attacks)) for side in sides]
    lines.append(f"| **all** | **{len(attacks)}** | {' | '.join(f'**{total}**' for total in totals)} |")
    lines += ["", f"| goal reached | {' | '.join(sides)} |", f"|---|{'---|' * len(sides)}"]
    counts = {side: collections.Counter(goal for goals in results[side].values() for goal in goals) for side in sides}
    for goal in sorted({goal for counter in counts.values() for goal in counter}):
        lines.append(f"| {goal} | {' | '.join(str(counts[side][goal]) for side in sides)} |")
    return "\n".join(lines)


def main():
    """Run the class on the sides asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kinds", nargs="*")
    parser.add_argument("--side", choices=("ours", "stock"))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--seed", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        return inside(options.inside, options.seed)
    attacks = [attack for attack in load() if not options.kinds or attack.kind in options.kinds]
    results = {}
    if options.side != "stock":
        results["this grader"] = run_ours(attacks)
    if options.side != "ours":
        _stock_course()
        stock = {}
        with concurrent.futures.ThreadPoolExecutor(options.workers) as pool:
            for attack, goals in zip(attacks, pool.map(run_stock, attacks), strict=True):
                stock[attack.name] = goals
                print(
                    f"{attack.kind}/{attack.name}: {', '.join(sorted(goals)) or 'nothing'}", file=sys.stderr, flush=True
                )
        results["nbgrader, stock"] = stock
    if options.json:
        options.json.write_text(
            json.dumps({s: {n: sorted(g) for n, g in r.items()} for s, r in results.items()}, indent=1)
        )
    print(table(attacks, results))


if __name__ == "__main__":
    main()
