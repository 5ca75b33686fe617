"""The line that tells how far something is: in a notebook only, with the time left, one line when all is done."""

from types import SimpleNamespace

import pytest

from helpers import live


@pytest.fixture
def page(monkeypatch):
    """What a notebook's page shows, by the order in which the places were made."""
    shown = []

    def display(content, raw=False, display_id=None):
        place = len(shown)
        shown.append(content)
        return SimpleNamespace(update=lambda content, raw=False: shown.__setitem__(place, content))

    monkeypatch.setattr("IPython.display.display", display)
    return shown


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test sets."""
    now = SimpleNamespace(seconds=100.0)
    monkeypatch.setattr(live.time, "perf_counter", lambda: now.seconds)
    return now


def test_the_line_tells_the_time_left_and_ends_with_the_time_taken(page, clock):
    progress = live.Progress(4, "{done} of {total} epochs", live=True)
    clock.seconds += 10
    progress.update("loss < 3")
    assert page[0]["text/plain"] == "1 of 4 epochs, about 30 s left: loss < 3"
    assert "<progress" in page[0]["text/html"] and "loss &lt; 3" in page[0]["text/html"]
    for _ in range(3):
        progress.update("loss 1")
    clock.seconds += 5
    progress.close()
    assert page == [{"text/plain": "4 of 4 epochs, 15 s: loss 1", "text/html": "4 of 4 epochs, 15 s: loss 1"}]


def test_parts_of_one_count(page, clock):
    progress = live.Progress(2, "{done} of {total} networks", live=True)
    for _ in range(3):
        clock.seconds += 1
        progress.update("GRU", by=1 / 3)
    assert page[0]["text/plain"] == "1 of 2 networks, about 3 s left: GRU"


def test_the_picture_grows_and_is_the_last_one_after_an_interruption(page, clock):
    from matplotlib import pyplot as plt

    drawn = []

    def draw():
        drawn.append(progress.done)
        return plt.subplots()[1]

    progress = live.Progress(9, "{done} of {total} epochs", draw, live=True)
    for seconds in (0, live.PICTURE_SECONDS + 1, 0):
        clock.seconds += seconds
        progress.update("")
    progress.close()
    assert drawn == [2, 3] and len(page) == 2 and not plt.get_fignums()


def test_nothing_is_shown_outside_a_notebook(page, capsys):
    progress = live.Progress(1, "{done} of {total} epochs", lambda: 1 / 0)
    progress.update("loss 1")
    progress.close()
    assert not live.in_notebook() and not page and capsys.readouterr() == ("", "")
