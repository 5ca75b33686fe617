"""The pictures of the comparison lab show what the frames say."""

import numpy as np
import pandas as pd
import pytest

from helpers.lab import plots, summarise, variants

SEEDS = 3


@pytest.fixture(autouse=True)
def no_window():
    import matplotlib.pyplot as plt

    plt.switch_backend("agg")
    yield
    plt.close("all")


def made_up(metric="accuracy", lags=(np.nan,), names=("SimpleRNN", "LSTM", "bigram counts"), matches=("width",)):
    """A frame as `compare` returns it."""
    rng = np.random.default_rng(0)
    rows = []
    for lag in lags:
        for match in matches:
            for number, name in enumerate(names):
                for seed in range(SEEDS if name in plots.STYLES else 1):
                    epochs = 4 - seed if name in plots.STYLES else 0
                    scores = rng.uniform(0.1, 0.9, epochs).tolist()
                    values = {"score": rng.uniform(0.1, 0.9), "order": 0.5, "losses": scores, "scores": scores}
                    values |= {"parameters": 100 * (number + 1), "width": 3, "seconds_per_epoch": 0.1 * (number + 1)}
                    rows.append({"task": "t", "lag": lag, "variant": name, "match": match, "seed": seed} | values)
    return pd.DataFrame(rows).assign(metric=metric)


def labels(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_every_variant_has_a_look_of_its_own():
    assert set(plots.STYLES) == set(variants.NAMES)
    assert len(set(plots.STYLES.values())) == len(plots.STYLES)
    assert len({marker for _, marker in plots.STYLES.values()}) == len(plots.STYLES)


def test_scores_stand_at_their_means():
    frame = made_up()
    ax = plots.plot_scores(frame, ["score", "order"])
    assert labels(ax) == ["all", "order"] and ax.get_xlabel() == "accuracy, test"
    assert [text.get_text() for text in ax.get_yticklabels()] == ["SimpleRNN", "LSTM", "bigram counts"]
    drawn = ax.containers[0].lines[0].get_xdata(orig=False)
    np.testing.assert_allclose(drawn, summarise(frame, by=("variant",))["mean"])


@pytest.mark.parametrize("metric, scale", [("accuracy", "linear"), ("mean squared error", "log")])
def test_curves_have_a_line_and_a_band_for_each_network(metric, scale):
    frame = made_up(metric)
    ax = plots.plot_curves(frame)
    assert labels(ax) == ["SimpleRNN", "LSTM", "baseline: bigram counts (test)"] and ax.get_yscale() == scale
    assert ax.get_xlabel() == "epoch" and metric in ax.get_ylabel() and len(ax.collections) == 2
    x, y = ax.lines[0].get_data()
    runs = frame[frame["variant"] == "SimpleRNN"]["scores"]
    last = [scores[-1] for scores in runs]  # a run that ended counts on with its last value
    mean = np.exp(np.mean(np.log(last))) if scale == "log" else np.mean(last)
    assert list(x) == [1, 2, 3, 4] and np.isclose(y[-1], mean)
    assert plots.plot_curves(frame, "loss").get_ylabel() == "training loss"


@pytest.mark.parametrize("cost, words", [("parameters", "parameters"), ("seconds_per_epoch", "seconds per epoch")])
def test_cost_tells_both_matches_apart(cost, words):
    ax = plots.plot_cost(made_up(matches=("width", "parameters")), cost)
    assert words in ax.get_xlabel() and "open: equal number of parameters" in ax.get_title()
    faces = {container.lines[0].get_markerfacecolor() for container in ax.containers}
    assert "white" in faces and len(ax.containers) == 4
    with pytest.raises(ValueError, match="cost: expected one of seconds_per_epoch, seconds, parameters, got 'money'"):
        plots.plot_cost(made_up(), "money")


def test_lag_runs_along_the_axis():
    frame = made_up("mean squared error", lags=(10.0, 100.0))
    ax = plots.plot_lag(frame)
    assert ax.get_xlabel() == "lag (time steps)" and ax.get_yscale() == "log"
    assert [list(line.get_xdata()) for line in ax.lines] == [[10, 100]] * 3
    with pytest.raises(ValueError, match="expected runs with a lag, as of adding or copy, got "):
        plots.plot_lag(made_up())


def test_mixed_frames_are_refused():
    frame = made_up()
    with pytest.raises(ValueError, match="one task, got t, u"):
        plots.plot_scores(pd.concat([frame, frame.assign(task="u")]))
    with pytest.raises(ValueError, match="one lag"):
        plots.plot_curves(made_up(lags=(10.0, 100.0)))
    with pytest.raises(ValueError, match="one task, got none"):
        plots.plot_scores(frame[:0])


@pytest.mark.parametrize("metric", ["accuracy", "perplexity"])
def test_a_sweep_is_coloured_by_the_best_trial_of_a_cell(metric):
    rng = np.random.default_rng(0)
    chosen = [
        {"learning_rate": float(10 ** rng.uniform(-4, -1)), "width": int(rng.integers(8, 128)), "depth": int(depth)}
        for depth in rng.integers(1, 3, size=30)
    ]
    frame = pd.DataFrame({"chosen": chosen, "validation": rng.uniform(size=30), "metric": metric})
    ax = plots.plot_sweep(frame)
    shown = ax.images[0].get_array()
    best = frame["validation"].max() if metric == "accuracy" else frame["validation"].min()
    assert shown.shape == (plots.CELLS, plots.CELLS)
    assert np.isclose(best, shown.max() if metric == "accuracy" else shown.min())
    assert len(ax.lines[0].get_xdata()) == 30 and (ax.get_xlabel(), ax.get_ylabel()) == ("learning rate", "width")
    ax = plots.plot_sweep(frame, "depth", "learning_rate")
    assert [text.get_text() for text in ax.get_xticklabels()] == ["1", "2"]
    with pytest.raises(ValueError, match="this sweep searched, learning_rate, width, depth, got 'T_x'"):
        plots.plot_sweep(frame, "T_x")


def test_axes_that_are_given_are_drawn_on():
    ax = plots.new_axes()
    assert plots.plot_scores(made_up(), ax=ax) is ax
    assert plots.plot_lag(made_up("mean squared error", lags=(10.0, 20.0)), plots.new_axes()) is not ax
