"""A classroom on one machine: accounts, folders, the course, and a JupyterHub over them.

`make classroom` starts it, `make classroom-stop` stops it, and what is in its folder outlives both. Only root can do
this, since the hub starts everybody's server under the own account. docs/operator.md says how to run a class with it.
"""

import argparse
import contextlib
import csv
import json
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import tomllib
import urllib.request
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
LOCK = "requirements-hub.lock"
PROXY = "proxy/node_modules/.bin/configurable-http-proxy"
START_SECONDS, STOP_SECONDS = 120, 90
ENGINE = ("autograders", "helpers", "data")  # renewed at each start; what an instructor may change is laid down once
CLASSROOM = "classroom_config.py"  # what the classroom adds to the course's nbgrader_config.py
NOT_COPIED = shutil.ignore_patterns("__pycache__", ".*", "my_*", "*.checks.zip")
ACCOUNT = re.compile(r"[a-z][a-z0-9_-]{0,31}")


class Refused(Exception):
    """What hinders, and what to do about it, in one line."""


@dataclass
class Settings:
    """The table `classroom.toml`, which explains each of them."""

    folder: str
    python: str
    grader: str
    instructors: list
    learners: list
    address: str = "127.0.0.1"
    port: int = 8000
    hub_db: str = ""
    gradebook_db: str = ""
    course: str = field(default="", init=False)  # nbgrader_config.py says it

    @property
    def course_folder(self):
        """Where the course lies: in the grader's home, which no other account can enter."""
        return Path(pwd.getpwnam(self.grader).pw_dir, "recurrent_networks")

    @property
    def accounts(self):
        """All accounts of the classroom."""
        return [self.grader, *self.instructors, *self.learners]

    @property
    def hub_port(self):
        """Where browsers go."""
        return f"http://127.0.0.1:{self.port}"


def read_settings(path):
    """Read the settings.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Settings

    Raises
    ------
    Refused
        If the file is no such table; with the file, the setting, what was expected and what came.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(f"{path}: {error}") from error
    known = {one.name: one.type for one in fields(Settings) if one.init}
    for name, value in table.items():
        if name not in known:
            raise Refused(f"{path}: expected one of the settings {', '.join(known)}, got {name!r}")
        if not isinstance(value, known[name]):
            raise Refused(f"{path}: expected {name} to be of type {known[name].__name__}, got {value!r}")
    try:
        settings = Settings(**table)
    except TypeError as error:
        raise Refused(f"{path}: {str(error).replace('Settings.__init__() ', '')}") from error
    names = settings.accounts
    for name in names:
        if not isinstance(name, str) or not ACCOUNT.fullmatch(name) or name == "root":
            raise Refused(f"{path}: expected the name of an account, small letters, digits, - and _, got {name!r}")
        if names.count(name) > 1:
            raise Refused(f"{path}: expected each account once, got {name!r} {names.count(name)} times")
    if not os.path.isabs(settings.folder):
        raise Refused(f"{path}: expected folder to begin with a slash, got {settings.folder!r}")
    if any((settings.hub_db, settings.gradebook_db)) and path.stat().st_mode & 0o077:
        raise Refused(f"{path}: names a database, and others can read it: chmod 600 {path}")
    return settings


def start(settings):
    """Make what is missing, and start the hub."""
    folder = Path(settings.folder)
    if _running(folder):
        return print(f"the classroom runs already, at {settings.hub_port}")
    for port in range(settings.port, settings.port + 4):
        with socket.socket() as free:
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if free.connect_ex(("127.0.0.1", port)) == 0:
                raise Refused(f"port {port} is taken by another program: choose another `port` in the settings")
    os.umask(0o022)
    for part, mode in (("", 0o755), ("home", 0o755), ("settings", 0o755), ("hub", 0o700), ("exchange", 0o1777)):
        (folder / part).mkdir(parents=True, exist_ok=True)
        (folder / part).chmod(mode)
    _make_accounts(settings)
    _refuse_open_doors(settings)
    _install(settings)
    _lay_down_course(settings)
    _open_exchange(settings)
    _start_hub(settings)
    print(f"the classroom is open at {settings.hub_port}; accounts and passwords: {folder / 'passwords.csv'}")


def stop(settings):
    """Stop the hub, and with it everybody's server. What is in the classroom's folder stays."""
    folder = Path(settings.folder)
    hub = _running(folder)
    _end(_running, folder)
    _end(_left, folder)  # a hub that was killed leaves its proxy and the servers
    print("the classroom is closed" if hub else "the classroom was not running")


def wait(settings):
    """Wait until the hub ends, or this process is told to: then close the classroom. So it is run in a container."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        while _running(Path(settings.folder)):
            time.sleep(1)
        raise Refused(f"the hub ended; its words are in {settings.folder}/hub/hub.log")
    finally:
        stop(settings)


def remove(settings):
    """Stop the classroom, and delete its folder with all work, and the accounts that were made for it."""
    folder = Path(settings.folder)
    passwords = folder / "passwords.csv"
    if not passwords.is_file():
        raise Refused(f"expected the folder of a classroom, got {folder}")
    stop(settings)
    with passwords.open(encoding="utf-8", newline="") as lines:
        made = [row["account"] for row in csv.DictReader(lines)]
    for name in made:
        _run("userdel", name)
    shutil.rmtree(folder)
    print(f"deleted: {folder}, and the accounts {', '.join(made)}")


def _make_accounts(settings):
    """Make the accounts that are missing, each with a home of its own and, but for the grader's, a password.

    Where the folder has outlived its machine, as a container's does, they get their homes, numbers and passwords back.
    """
    passwords = Path(settings.folder, "passwords.csv")
    if not passwords.exists():
        passwords.touch(mode=0o600)
        passwords.write_text("account,password\n", encoding="utf-8")
    with passwords.open(encoding="utf-8", newline="") as lines:
        made = {row["account"]: row["password"] for row in csv.DictReader(lines)}
    known = {entry.pw_name for entry in pwd.getpwall()}
    missing = [(name, Path(settings.folder, "home", name)) for name in settings.accounts if name not in known]
    for name, home in sorted(missing, key=lambda one: not one[1].exists()):  # first those whose numbers are given
        number = ("--uid", str(home.stat().st_uid)) if home.exists() else ("--create-home", "--key", "HOME_MODE=0700")
        _run("useradd", "--home-dir", home, *number, "-s", "/bin/bash", name)
        if name not in made:
            made[name] = "" if name == settings.grader else secrets.token_urlsafe(9)
            with passwords.open("a", encoding="utf-8", newline="") as lines:
                csv.writer(lines, lineterminator="\n").writerow([name, made[name]])
        if made[name]:
            _run("chpasswd", input=f"{name}:{made[name]}\n")


def _refuse_open_doors(settings):
    """Refuse where a learner could read what is not for learners, or could not run Python."""
    for name in settings.accounts:
        home = Path(pwd.getpwnam(name).pw_dir)
        if not home.is_dir():
            raise Refused(f"the account {name} has no home: expected the folder {home}")
        if stat.S_IMODE(home.stat().st_mode) & 0o077:
            raise Refused(f"others can look into the home of {name}: chmod 700 {home}")
    for name in settings.learners:
        if _may(name, "test", "-r", ROOT / "notebooks"):
            raise Refused(f"the account {name} can read the solutions in {ROOT}: chmod 700 {ROOT}")
        if not _may(name, settings.python, "-c", ""):
            raise Refused(f"the account {name} cannot run {settings.python}: choose another `python` in the settings")


def _install(settings):
    """Install the environment of all servers, the learners' package in it, and the hub's proxy."""
    folder = Path(settings.folder)
    environment = folder / "environment"
    pip = [environment / "bin" / "python", "-m", "pip", "install", "--quiet", "--root-user-action=ignore"]
    installed = environment / LOCK
    if not installed.is_file() or installed.read_bytes() != (ROOT / LOCK).read_bytes():
        print("installing what learners and the hub need: some minutes, the first time")
        _run(settings.python, "-m", "venv", environment)
        _run(*pip, "--require-hashes", "-r", ROOT / LOCK)
        shutil.copy(ROOT / LOCK, installed)
    wheels = sorted((ROOT / "dist").glob("*.whl"), key=lambda path: path.stat().st_mtime)
    if not wheels:
        raise Refused("expected the learners' package in dist/: say make wheel")
    _run(*pip, "--no-deps", "--force-reinstall", wheels[-1])
    if not (folder / PROXY).is_file():
        if not shutil.which("npm"):
            raise Refused("the hub's proxy needs Node.js 20 or later and npm: apt-get install nodejs npm")
        proxy = folder / "proxy"
        proxy.mkdir(exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(DEPLOY / name, proxy)
        _run("npm", "ci", "--silent", "--no-audit", "--no-fund", cwd=proxy)


def _lay_down_course(settings):
    """Give the grader the course: notebooks and settings once, the programs anew at each start."""
    course, folder = settings.course_folder, Path(settings.folder)
    course.mkdir(exist_ok=True)
    for name in ENGINE:
        shutil.rmtree(course / name, ignore_errors=True)
        shutil.copytree(ROOT / name, course / name, ignore=NOT_COPIED)
    if not (course / "nbgrader_config.py").exists():
        shutil.copytree(ROOT / "notebooks", course / "notebooks", ignore=NOT_COPIED)
        text = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
        own = f"\n# Exchange and gradebook of the classroom.\nload_subconfig({CLASSROOM!r})  # noqa: F821\n"
        (course / "nbgrader_config.py").write_text(text + own, encoding="utf-8")
    lines = [f"c.Exchange.root = {str(folder / 'exchange')!r}"]
    if settings.gradebook_db:
        lines.append(f"c.CourseDirectory.db_url = {settings.gradebook_db!r}")
    _write_config(course / CLASSROOM, lines)
    shutil.copytree(DEPLOY / "settings", folder / "settings", dirs_exist_ok=True)
    _run("chmod", "-R", "a+rX", folder / "settings")  # whatever the modes in the checkout
    _run("chown", "-R", "-h", f"{settings.grader}:", course)
    ask = "from autograders.course import Course; print(Course().directory.course_id)"
    settings.course = _run(
        *_as(settings.grader), folder / "environment" / "bin" / "python", "-c", ask,
        cwd=course, env=dict(os.environ, PYTHONPATH=str(course), HOME=str(course.parent)),
    ).strip()  # fmt: skip
    if not settings.course:
        raise Refused(f"{course / 'nbgrader_config.py'}: expected c.CourseDirectory.course_id, got none")


def _open_exchange(settings):
    """Give the exchange its modes, and tell nbgrader where it is.

    The sticky bit keeps learners from moving away what others have put there. Everyone can hand in; only the grader can
    see what was handed in.
    """
    exchange = Path(settings.folder, "exchange")
    grader = pwd.getpwnam(settings.grader)
    for part, mode in (("", 0o755), ("outbound", 0o755), ("inbound", 0o3733)):
        place = exchange / settings.course / part
        place.mkdir(exist_ok=True)
        os.chown(place, grader.pw_uid, grader.pw_gid)
        place.chmod(mode)
    lines = [f"c.CourseDirectory.course_id = {settings.course!r}", f"c.Exchange.root = {str(exchange)!r}"]
    _write_config(Path(settings.folder, "settings", "nbgrader_config.py"), lines)


def _write_config(path, lines):
    head = "# Written by `make classroom` at each start."
    path.write_text("\n".join([head, "c = get_config()", *lines, ""]), encoding="utf-8")


def _start_hub(settings):
    """Start the hub, and wait until it answers."""
    folder = Path(settings.folder)
    hub, log = folder / "hub", folder / "hub" / "hub.log"
    values = asdict(settings) | {"course_folder": str(settings.course_folder)}
    (hub / "settings.json").write_text(json.dumps(values, indent=1), encoding="utf-8")
    shutil.copy(DEPLOY / "jupyterhub_config.py", hub)
    with log.open("a", encoding="utf-8") as stream:
        process = subprocess.Popen(
            [folder / "environment" / "bin" / "jupyterhub", "-f", hub / "jupyterhub_config.py"],
            cwd=hub, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, start_new_session=True,
        )  # fmt: skip

    def answers():
        if process.poll() is not None:
            raise Refused(f"the hub ended; the last lines of {log}:\n" + "\n".join(_last_lines(log)))
        try:
            return urllib.request.urlopen(f"{settings.hub_port}/hub/health", timeout=1).status == 200
        except OSError:
            return False

    if not _holds(answers, START_SECONDS):
        raise Refused(f"the hub does not answer; its words are in {log}")


def _running(folder):
    """The numbers of the hub's processes: one, or none."""
    return _processes(f"{folder}/hub/jupyterhub_config.py", of_root=True)


def _left(folder):
    """The numbers of processes of the proxy and of people's servers."""
    proxy = _processes(f"{folder}/{PROXY}", of_root=True)
    return proxy + _processes(f"{folder}/environment/bin/jupyterhub-singleuser")


def _end(find, folder):
    """End processes, and kill those that do not end: a hub whose database is gone does not."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        for one in find(folder):
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, how)
        if _holds(lambda: not find(folder), STOP_SECONDS):
            return


def _processes(argument, of_root=False):
    """The numbers of processes that were started with an argument."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (place / "cmdline").read_bytes().split(b"\0")
            if argument.encode() in arguments and not (of_root and place.stat().st_uid):
                found.append(int(place.name))
        except OSError:
            pass  # it has ended meanwhile
    return found


def _as(account):
    return ["runuser", "-u", account, "--"]


def _may(account, *command):
    """Whether a command succeeds under an account."""
    return subprocess.run([*_as(account), *command], cwd="/", capture_output=True).returncode == 0


def _run(*command, **options):
    """Run a command; return what it prints."""
    done = subprocess.run(command, text=True, capture_output=True, **options)
    if done.returncode:
        raise Refused(f"{' '.join(map(str, command))}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def _holds(condition, seconds):
    """Wait until a condition holds; return whether it does."""
    deadline = time.monotonic() + seconds
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(0.3)
    return holds


def _last_lines(path, count=8):
    return path.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]


def main():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("do", choices=("start", "stop", "remove"))
    parser.add_argument("--settings", type=Path, default=DEPLOY / "classroom.toml")
    parser.add_argument("--wait", action="store_true", help="after the start: stay until SIGTERM, then stop")
    given = parser.parse_args()
    try:
        settings = read_settings(given.settings)
        if os.geteuid() != 0:
            raise Refused("a classroom has accounts and servers of several people, so only root can start or stop it")
        {"start": start, "stop": stop, "remove": remove}[given.do](settings)
        if given.wait:
            wait(settings)
    except Refused as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
