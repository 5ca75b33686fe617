"""A classroom of `deploy/`, and people in it who use it over HTTP as their browsers would."""

import contextlib
import csv
import json
import re
import shutil
import subprocess
import sys
import time
import uuid
from pathlib import Path

import requests
import websocket
from requests.cookies import get_cookie_header

SECONDS = 120
PYTHON = "/usr/bin/python3"
FOLDER = Path("/var/tmp/recurrent-networks-test-classroom")  # not in a folder of pytest's: other accounts must enter it
KEPT = FOLDER.with_name(f"{FOLDER.name}-environment")  # it takes minutes to install, and is checked against its lock
GRADER, INSTRUCTOR = "rnntest-grader", "rnntest-instructor"
LEARNERS = ADA, BEN, CHEN = "rnntest-ada", "rnntest-ben", "rnntest-chen"
COURSE = "recurrent_networks"
PORT = 18800


def why_not():
    """Return why no classroom can be opened here; None if it can."""
    if not sys.platform.startswith("linux") or subprocess.run(["id", "-u"], capture_output=True).stdout.strip() != b"0":
        return "needs root: a classroom has accounts of its own"
    for program in ("npm", "useradd", "runuser"):
        if not shutil.which(program):
            return f"needs {program}"
    if subprocess.run([PYTHON, "-c", "import ensurepip, venv"], capture_output=True).returncode:
        return f"needs {PYTHON} with venv (Debian: python3-venv)"
    return None


class Classroom:
    """A classroom with three learners, started from a checkout by its own commands.

    Attributes
    ----------
    checkout : Path
        A copy of the project that learners cannot read.
    settings : Path
        Its settings.
    """

    address = f"http://127.0.0.1:{PORT}"
    course = FOLDER / "home" / GRADER / COURSE

    def __init__(self, checkout):
        self.checkout = checkout
        self.settings = checkout / "classroom.toml"
        self.write_settings()

    def write_settings(self, **more):
        """Write the settings; `more` of them than a classroom needs."""
        table = {
            "folder": str(FOLDER), "python": PYTHON, "port": PORT,
            "grader": GRADER, "instructors": [INSTRUCTOR], "learners": LEARNERS,
        }  # fmt: skip
        lines = [f"{name} = {json.dumps(value)}\n" for name, value in (table | more).items()]
        self.settings.touch(mode=0o600)
        self.settings.write_text("".join(lines), encoding="utf-8")

    def do(self, what):
        """Say start, stop or remove; return what it printed, errors too."""
        return self.begin(what).communicate()[0]

    def begin(self, *what):
        """Say something that may take long; return the process."""
        command = [sys.executable, "-u", self.checkout / "deploy" / "classroom.py", *what, "--settings", self.settings]
        return subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    @contextlib.contextmanager
    def opened(self):
        """Start it anew; in the end delete it, but for the environment. Two runs on one machine take turns."""
        import fcntl  # Linux has it

        with FOLDER.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._clear()
            FOLDER.mkdir()
            if KEPT.is_dir():
                KEPT.rename(FOLDER / "environment")
            try:
                said = self.do("start")
                assert "the classroom is open" in said, said
                yield self
            finally:
                self._clear()

    def _clear(self):
        """Delete it; a run that was broken off may have left one."""
        self.do("stop")
        if (FOLDER / "environment").is_dir():
            (FOLDER / "environment").rename(KEPT)
        self.do("remove")
        shutil.rmtree(FOLDER, ignore_errors=True)

    def log_in(self, name):
        """Return a Person who has just logged in."""
        return Person(self.address, name, self.password(name))

    def password(self, name):
        """Return the password of an account."""
        with (FOLDER / "passwords.csv").open(encoding="utf-8", newline="") as lines:
            return {row["account"]: row["password"] for row in csv.DictReader(lines)}[name]


class Person:
    """Somebody with a browser's cookies.

    Attributes
    ----------
    home : str
        Path of the own server.
    """

    def __init__(self, address, name, password):
        self.address, self.name, self.home = address, name, f"/user/{name}/"
        self.session = requests.Session()
        self.session.get(f"{address}/hub/login")
        form = {"username": name, "password": password, "_xsrf": self._xsrf("/hub/login")}
        self.answer = self.session.post(f"{address}/hub/login", data=form)

    def open(self, path):
        """Go to a page, and wait until its server has started; return the answer."""
        deadline = time.monotonic() + SECONDS
        while True:
            answer = self.session.get(self.address + path)
            if "/hub/spawn-pending/" not in answer.url or time.monotonic() > deadline:
                return answer
            time.sleep(0.5)

    def call(self, method, path, **options):
        """Send a request as the page's script would; return the answer."""
        return self.session.request(method, self.address + path, headers={"X-XSRFToken": self._xsrf(path)}, **options)

    def ask(self, method, path, **options):
        """Send a request that must succeed; return its data."""
        answer = self.call(method, path, **options)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text[:2000]}"
        data = answer.json() if answer.content else None
        assert not isinstance(data, dict) or data.get("success", True), f"{method} {path}: {data}"
        return data

    def assignments(self, action="", **values):
        """Use the Assignment List of the own server; return {status: entry} of an assignment."""
        values = {"course_id": COURSE, **values}
        place = f"{self.home}assignments{action}"
        data = self.ask("POST", place, data=values) if action else self.ask("GET", place, params=values)
        return {entry["status"]: entry for entry in data["value"]}

    def formgrader(self, method, path):
        """Use the formgrader's buttons."""
        return self.ask(method, f"/services/{COURSE}/formgrader/api/{path}")

    def run(self, cells):
        """Run cells in a new kernel of the own server; return what each showed, as text."""
        kernel = self.ask("POST", f"{self.home}api/kernels", json={"name": "python3"})["id"]
        try:
            with contextlib.closing(self._socket(f"{self.home}api/kernels/{kernel}/channels")) as channels:
                return [self._run(channels, source) for source in cells]
        finally:
            self.call("DELETE", f"{self.home}api/kernels/{kernel}")

    def _run(self, channels, source):
        number = uuid.uuid4().hex
        content = {"code": source, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        header = {"msg_id": number, "msg_type": "execute_request", "username": "", "session": "s", "version": "5.3"}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        channels.send(json.dumps(message | {"buffers": []}))
        deadline = time.monotonic() + SECONDS
        shown = []
        while True:
            assert time.monotonic() < deadline, f"no end of:\n{source}"
            message = json.loads(channels.recv())
            if message["parent_header"].get("msg_id") != number:
                continue
            content = message["content"]
            if content.get("execution_state") == "idle":
                return "\n".join(shown)
            data = content.get("data", {})
            shown.append(content.get("text") or data.get("text/plain", "") + data.get("text/html", ""))
            shown.append("\n".join(content.get("traceback", [])))

    def terminal(self, *commands, server=None):
        """Type commands into a terminal, by default of the own server; return (exit status, what was shown) of each."""
        server = server or self.home
        name = self.ask("POST", f"{server}api/terminals")["name"]
        with contextlib.closing(self._socket(f"{server}terminals/websocket/{name}")) as screen:
            return [self._type(screen, command) for command in commands]

    def _type(self, screen, command):
        shown = ""
        screen.send(json.dumps(["stdin", f"{command}; echo 'status'=$?=\r"]))
        deadline = time.monotonic() + SECONDS  # the server's pings keep the connection from timing out
        while not (end := re.search(r"status=(\d+)=", shown)):
            assert time.monotonic() < deadline, f"{command}: no end\n{shown}"
            kind, *text = json.loads(screen.recv())
            if kind == "stdout":
                shown += text[0]
        return int(end[1]), shown

    def _socket(self, path):
        address = self.address + path
        cookies = get_cookie_header(self.session.cookies, requests.Request("GET", address).prepare())
        place = f"ws{address.removeprefix('http')}?_xsrf={self._xsrf(path)}"
        return websocket.create_connection(place, cookie=cookies, timeout=SECONDS)

    def _xsrf(self, path):
        found = [cookie for cookie in self.session.cookies if cookie.name == "_xsrf" and path.startswith(cookie.path)]
        return max(found, key=lambda cookie: len(cookie.path)).value if found else ""
