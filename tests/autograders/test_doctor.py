"""A machine on which no jail can be had: `course doctor` says how to get one, and every way to grade refuses."""

import re
import subprocess
import sys

import pytest
from small_course import FULL, NAME, Class, marks_of
from typer.testing import CliRunner

from autograders import doctor
from autograders.cli import app
from autograders.sandbox import trial

pytestmark = pytest.mark.slow

REASON = "[Errno 1] unshare: Operation not permitted"
# The jail's own filter refuses namespaces to a program and all that it starts, as some containers do.
WITHOUT_NAMESPACES = """
import os, sys
from autograders.sandbox import linux, seccomp
linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
linux.set_filter(seccomp.program(linux.machine()))
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
WAYS = {  # in each of which a jail may be had after all
    "root": "as root",
    "user namespaces": "kernel.unprivileged_userns_clone=1",
    "AppArmor": "kernel.apparmor_restrict_unprivileged_userns=0",
    "container": "--privileged",
    "none": "`course grade --no-sandbox`",
}
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="simulated by a filter of system calls")


def sandbox_finding():
    (finding,) = [one for one in doctor.examine() if "sandbox" in one.what]
    return finding


def test_jail_that_can_be_had_is_said(monkeypatch):
    monkeypatch.setattr(trial, "why_not", lambda: None)
    assert (sandbox_finding().state, sandbox_finding().advice) == ("ok", "")


@pytest.mark.parametrize("way", WAYS)
def test_without_a_jail_doctor_says_why_and_how_to_get_one(monkeypatch, way):
    monkeypatch.setattr(trial, "why_not", lambda: REASON)
    finding = sandbox_finding()
    assert finding.state == "note"  # all else works
    assert finding.what == f"no sandbox for learners' code: {REASON}"
    assert WAYS[way] in finding.advice


def test_command_shows_it_and_is_content(monkeypatch):
    monkeypatch.setattr(trial, "why_not", lambda: REASON)
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 0
    (line,) = [line for line in result.output.splitlines() if "sandbox" in line]
    assert line.startswith("note") and REASON in line
    assert all(words in line for words in WAYS.values())


def test_other_systems_are_told_what_is_needed(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert trial.why_not() == "it needs Linux, this is darwin"


@pytest.fixture(scope="module")
def klass(tmp_path_factory):
    """One learner's work, not graded yet."""
    made = Class(tmp_path_factory.mktemp("doctor") / "course")
    made.hand_in("ada")
    return made


def without_namespaces(klass, *arguments):
    """Run a module where namespaces are refused; return its exit status and all that it says, on one line."""
    command = [sys.executable, "-c", WITHOUT_NAMESPACES, "-m", *arguments]
    done = subprocess.run(command, cwd=klass.course.root, capture_output=True, text=True)
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def is_ungraded(klass):
    """Whether nobody has a mark, and nothing lies in `autograded/`."""
    waiting = [one.waiting for one in klass.course.results(NAME).values()]
    return set(waiting) <= {FULL} and not list(klass.course.path("autograded", NAME, "ada").rglob("*.ipynb"))


@pytest.fixture(scope="module")
def refused(klass):
    """What became of `nbgrader autograde`."""
    return without_namespaces(klass, "nbgrader", "autograde", NAME)


@on_linux
class TestWithoutNamespaces:
    def test_doctor_finds_out(self, klass):
        status, text = without_namespaces(klass, "autograders.cli", "doctor")
        assert status == 0
        assert f"no sandbox for learners' code: {REASON}" in text
        assert doctor.NO_SANDBOX in text

    @pytest.mark.parametrize("command", [["grade"], ["regrade", NAME, "scale"]])
    def test_course_refuses(self, klass, command):
        status, text = without_namespaces(klass, "autograders.cli", *command)
        assert status == 1
        assert f"no sandbox can be had here ({REASON}): see `course doctor`, or say --no-sandbox" in text
        assert is_ungraded(klass)

    @pytest.mark.long
    def test_nbgrader_autograde_refuses(self, klass, refused):
        status, text = refused
        assert status != 0
        assert re.search(f"no sandbox .*: {re.escape(REASON)}", text)
        assert is_ungraded(klass)

    @pytest.mark.long
    def test_nbgrader_autograde_says_where_to_read_on(self, refused):
        assert "course doctor" in refused[1]

    @pytest.mark.long
    def test_course_grade_goes_on_if_told_to(self, klass):
        status, text = without_namespaces(klass, "autograders.cli", "grade", "--no-sandbox")
        assert status == 0, text
        assert "NO SANDBOX" in text
        assert marks_of(klass.course) == {"ada": (FULL, FULL)}
