"""Plots, sheets and players in a notebook have a text that says what they show."""

import re

import matplotlib
import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers import lab
from helpers.described import describe, describe_pictures
from helpers.lab import plots
from helpers.music import load_corpus, piano_roll, play, song_sheet
from helpers.words import plot_accuracies, plot_confusion_matrix

matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402 (after the choice)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def chorus():
    return load_corpus()[0].split_choruses()[0]


def words(drawn):
    """Describe a figure or the figure of axes, as a notebook does after it was drawn."""
    figure = drawn.figure
    figure.canvas.draw()
    return describe(figure)


def test_a_line_is_told_with_its_axes_and_its_ends():
    ax = plt.subplots()[1]
    ax.plot([1, 2, 3], [3.0, 1.5, 0.25])
    ax.set(title="Learning one tune", xlabel="step", ylabel="cross-entropy", xlim=(0, 4), ylim=(0, 5))
    assert words(ax) == "Learning one tune: cross-entropy (0 to 5) against step (0 to 4); a line from 3 to 0.25."


def test_lines_of_a_legend_are_told_by_name():
    ax = plt.subplots()[1]
    ax.plot([0, 1], [0.5, 0.75], label="LSTM")
    ax.plot([0, 1], [0.125, 0.125], label="mean")
    ax.legend()
    assert words(ax).endswith("; LSTM from 0.5 to 0.75; mean 0.125.")


def test_bars_are_told_by_the_names_below_them():
    said = words(plot_accuracies({"V1": {"all": 0.9, "order": 0.5}, "V2": {"all": 0.95, "order": 0.75}}))
    assert "accuracy (0 to 1.1) against x axis (all, order); V1 all 0.9, order 0.5; V2 all 0.95, order 0.75" in said


def test_means_are_told_by_the_names_beside_them():
    study = lab.load_results("jazz").query("match == 'width'")
    means = study.groupby("variant")["score"].mean()
    assert f"LSTM {means['LSTM']:.3g}," in words(plots.plot_scores(study))


def test_scales_of_colours_are_told():
    said = words(plots.plot_sweep(lab.load_results("sweep_emoji"), x="learning_rate", y="width"))
    assert "The colours show best accuracy, validation (0.9" in said


def test_titles_and_words_in_a_picture_are_told(chorus):
    labels = np.array([0, 1, 1])
    assert words(plot_confusion_matrix(labels, labels)).startswith("3 of 3 right: true (heart, baseball")
    roll = words(piano_roll(chorus))
    assert roll.startswith(f"{chorus.name}: pitch (") and "C: chord tone" in roll and "in it: Bb7, Eb7" in roll


def test_empty_axes_are_no_fault():
    assert words(plt.subplots()[1]) == "Plot: y axis (0 to 1) against x axis (0 to 1)."


def test_panels_that_share_an_axis_are_told_one_after_the_other():
    figure, (left, right) = plt.subplots(1, 2, sharey=True)
    left.set_title("one")
    right.set_title("other")
    said = words(left)
    assert said == "one: y axis (0 to 1) against x axis (0 to 1). other: y axis (0 to 1) against x axis (0 to 1)."


def test_a_sheet_has_a_title_that_says_what_is_played(chorus):
    title = re.search(r"<title>(.*?)</title>", song_sheet(chorus))[1]
    assert title.startswith(f"Sheet music of {chorus.name}: 12 bars, {len(chorus.melody)} notes from ")
    assert title.endswith(" ".join(chord.name for chord in chorus.chords))


def test_a_player_has_a_label(chorus):
    label = f'<audio aria-label="{chorus.name}, 1 seconds of music"'
    assert label in play(chorus, seconds=1)._repr_html_()


def test_outside_of_a_notebook_nothing_changes():
    assert describe_pictures() is None


@pytest.mark.slow
def test_a_notebook_shows_figures_and_drawings_with_their_words(root, tmp_path, monkeypatch):
    from nbclient import NotebookClient

    monkeypatch.setenv("PYTHONPATH", str(root))
    sources = (
        "from helpers.described import describe_pictures\nfrom helpers.music import load_corpus, piano_roll\n"
        "describe_pictures()\nchorus = load_corpus()[0].split_choruses()[0]",
        "piano_roll(chorus);",  # here matplotlib loads its backend
        "import matplotlib.pyplot as plt\nplt.plot([1, 2, 4])\nplt.title('a < b');",
        "figure = plt.figure(); figure.suptitle('returned'); plt.close(figure); figure",
        "from IPython.display import SVG as S\nS('<svg xmlns=\"http://www.w3.org/2000/svg\"><title>sheet</title></svg>')",
    )
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(tmp_path)}}).execute()
    nbformat.validate(notebook)
    shown = [output.data for cell in notebook.cells for output in cell.outputs]
    told = [re.match(r'<img alt="(.*?)" src="data:image/(.*?);base64,', data["text/html"]).groups() for data in shown]
    assert "C: chord tone" in told.pop(0)[0]
    assert told[0] == ("a &lt; b: y axis (0.85 to 4.15) against x axis (-0.1 to 2.1); a line from 1 to 4.", "png")
    assert told[1:] == [("returned.", "png"), ("sheet", "svg+xml")]
    assert not any("image/png" in data or "image/svg+xml" in data for data in shown)  # all is there once
