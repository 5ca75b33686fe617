"""Every limit has its words on the feedback page: in a learner's cell, and in a function that is judged."""

import html
import re

import pytest
from hostile.assignment import HONEST
from nbformat.v4 import new_code_cell
from small_course import FULL, POINTS, Class

MIB = 2**20
LIMITS = {
    "wall_seconds": 120.0, "cpu_seconds": 60.0, "memory_bytes": 512 * MIB, "tmp_bytes": 9 * MIB, "home_bytes": 8 * MIB,
    "file_bytes": 4 * MIB, "processes": 24, "open_files": 100,
}  # fmt: skip
FOR_ALL = "import os, time, socket, threading, numpy as np\n"
BREAKS = {  # what code does, and what the page says of it
    "memory": ("np.ones(10**9)", "a submission may use 512 MiB of memory"),
    "large files": ("open('x', 'wb').write(bytes(5 * 2**20))", "a file may have 4 MiB"),
    "room in the folder": (
        "[open(f'x{i}', 'wb').write(bytes(10**6)) for i in range(20)]", "its folder 8 MiB, /tmp 9 MiB",
    ),
    "room in /tmp": (
        "[open(f'/tmp/x{i}', 'wb').write(bytes(10**6)) for i in range(20)]", "its folder 8 MiB, /tmp 9 MiB",
    ),
    "open files": ("[open('/dev/null') for _ in range(200)]", "100 files open at a time"),
    "processes": ("[os.fork() or time.sleep(60) for _ in range(200)]", "24 processes and threads"),
    "threads": (
        "[threading.Thread(target=time.sleep, args=(2,), daemon=True).start() for _ in range(200)]",
        "24 processes and threads",
    ),
    "other places": ("open('/usr/x', 'w')", "in its folder and in /tmp only"),
    "network": ("socket.create_connection(('192.0.2.1', 80))", "no network"),
    "names of the network": ("socket.getaddrinfo('example.org', 80)", "no network"),
}  # fmt: skip
ENDS = {  # what the grader stops, with the limit that is made small for it
    "processor time": ("os.fork()\n    while True: pass", {"cpu_seconds": 1.0}, "more processor time than it may"),
    "wall time": ("time.sleep(60)", {"wall_seconds": 1.5}, "took longer than it may in all"),
    "memory of all": (
        "for _ in range(6):\n        if os.fork() == 0:\n            kept = b'x' * 150_000_000; time.sleep(60)\n"
        "    time.sleep(60)",
        {}, "more memory than a submission may use",
    ),
    "output": ("while True: print('x' * 10_000)", {}, "stopped after 32 MiB of output"),
    "time of a call": ("while True: pass", {}, "an endless loop?"),
}  # fmt: skip

pytestmark = [pytest.mark.usefixtures("jail"), pytest.mark.slow]


@pytest.fixture(scope="module")
def klass(tmp_path_factory):
    """The small course under small limits."""
    return Class(tmp_path_factory.mktemp("limits") / "course")


def hand_in(klass, body, limits):
    """Grade a notebook with a function that runs the body, called in a cell of its own and when it is judged."""
    klass.course.config.RunAndJudge.limits = LIMITS | limits
    scale = f"{FOR_ALL}def scale(x, factor, name):\n    {body}\n    return x * factor\n"
    notebook = klass.notebook(scale=scale)
    place = next(i for i, one in enumerate(notebook.cells) if one.id == "scale") + 1
    notebook.cells.insert(place, new_code_cell("scale(1, 1, '')", id="own"))
    result = klass.grade("ada", notebook)
    own, judged = klass.page("ada").split('class="verdict"')[:2]
    return result, *(html.unescape(re.sub(r"<[^>]*>", "", one)) for one in (own, judged))


@pytest.mark.parametrize("limit", BREAKS)
def test_code_that_runs_into_a_limit_is_told_which(klass, limit):
    body, words = BREAKS[limit]
    result, own, judged = hand_in(klass, body, {})
    assert words in own
    assert words in judged
    assert result.score == POINTS  # the other exercise is judged as if nothing had been


@pytest.mark.parametrize("limit", ENDS)
def test_code_that_is_stopped_is_told_why(klass, limit):
    body, limits, words = ENDS[limit]
    result, own, judged = hand_in(klass, body, limits)
    assert words in own
    assert words in judged
    assert result.score <= POINTS


def test_honest_work_under_the_same_limits_has_full_marks(klass):
    klass.course.config.RunAndJudge.limits = LIMITS
    assert klass.grade("ben", klass.notebook(**HONEST)).score == FULL
