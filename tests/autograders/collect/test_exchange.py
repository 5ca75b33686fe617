"""nbgrader's exchange with submissions that are not as it makes them."""

import pytest
from nbgrader.auth import Authenticator
from nbgrader.exchange import ExchangeFactory
from traitlets.config import Config

from autograders.demo import make_course

NAME = "step_by_step_rnn"
SECRET = "0a" * 64


@pytest.fixture
def course(root, tmp_path):
    """A course directory of which nothing has been released."""
    return make_course(tmp_path / "course", root)


@pytest.fixture
def release(course, tmp_path):
    """A function that releases the feedback of the class; returns the pages that are in the exchange then."""
    exchange = tmp_path / "exchange"
    exchange.mkdir()

    def feedback():
        config = Config(course.config)
        config.Exchange.root = str(exchange)
        course.directory.assignment_id = NAME
        parts = {"coursedir": course.directory, "config": config, "authenticator": Authenticator(config=config)}
        ExchangeFactory(config=config).ReleaseFeedback(**parts).start()
        pages = (exchange / course.directory.course_id / "feedback").glob("*.html")
        return sorted(page.read_text(encoding="utf-8") for page in pages)

    return feedback


def page(course, student, **beside):
    folder = course.path("feedback", NAME, student)
    folder.mkdir(parents=True)
    (folder / f"{NAME}.html").write_text(student, encoding="utf-8")
    for name, text in beside.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")


def test_who_has_no_secret_stops_nobody(course, release):
    when = "2026-11-28 14:20:50 UTC"
    page(course, "ada", timestamp=when, submission_secret=SECRET)
    page(course, "ben", timestamp=when)
    page(course, "chen", submission_secret=SECRET[::-1])
    page(course, "dora", timestamp=when, submission_secret=SECRET.replace("0", "1"))
    page(course, "emil")
    assert release() == ["ada", "dora"]


@pytest.mark.parametrize(
    ("secret", "taken"),
    [(SECRET, True), (SECRET + "\n", False), (SECRET[1:], False), (SECRET.upper(), False), ("ä" * 64, False)],
)
def test_only_what_the_exchange_wrote_is_a_secret(tmp_path, secret, taken):
    from autograders.collect import strict_files

    path = tmp_path / strict_files.SECRET
    path.write_text(secret, encoding="utf-8")
    assert strict_files.is_secret(path) == taken
    (tmp_path / "link").symlink_to(path)
    assert not strict_files.is_secret(tmp_path / "link")
