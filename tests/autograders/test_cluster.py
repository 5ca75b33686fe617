"""Graded by a scheduler and workers of Dask's that run somewhere: the same marks as here."""

from contextlib import closing

import pytest
from dask_cluster import cluster  # noqa: F401 (a fixture)
from distributed import Client, default_client
from small_course import FULL, NAME, WRONG, Class, course_command, marks_of

from autograders import workers

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def klass(tmp_path_factory):
    """Four learners, one with a mistake, and one whose file cannot be read."""
    made = Class(tmp_path_factory.mktemp("cluster") / "course")
    for number in range(4):
        made.hand_in(f"learner{number}", made.notebook(**({} if number else {"scale": WRONG})))
    made.hand_in("unreadable", b"{")
    return made


def test_workers_elsewhere_judge_as_those_here(klass, cluster):  # noqa: F811
    def graded(*options):
        return course_command("grade", *options, cwd=klass.course.root).returncode, marks_of(klass.course)

    here = graded()
    cluster.add()
    assert graded("--scheduler", cluster.address) == here
    assert here[1]["learner1"] == (FULL, FULL)
    with cluster.client() as client:  # nothing of the run stays there
        assert client.run(lambda: len(workers.ORDERS)) == dict.fromkeys(client.nthreads(), 0)


@pytest.mark.long
def test_nobody_else_on_this_machine_can_use_the_graders_own_cluster(klass, monkeypatch):
    monkeypatch.setattr(workers, "FEW", 0)
    todo = [(NAME, "learner1"), (NAME, "learner2")]
    with closing(workers.grade(klass.course, todo, 1)) as results:
        next(results)
        address = default_client().scheduler.address
        for stranger in (address, address.replace("tls://", "tcp://")):
            with pytest.raises((OSError, TypeError)):
                Client(stranger, timeout=2, set_as_default=False)
