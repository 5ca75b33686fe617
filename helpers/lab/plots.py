"""Pictures of comparisons and sweeps. Each function draws on the axes it is given, or on a new figure; it returns them.

Colours are those of Okabe and Ito, which people who see colours differently can tell apart; markers differ as well.
Bands and bars are 95% intervals over the seeds. On a logarithmic axis, mean and interval are those of the logarithms.
"""

from helpers.lab.results import GROUPS, curves, summarise
from helpers.lab.tuning import LOGARITHMIC
from helpers.language import N_, _
from helpers.plotting import pyplot

#: variant -> colour, marker; baselines are grey
STYLES = {
    "SimpleRNN": ("#D55E00", "s"),
    "LSTM": ("#0072B2", "o"),
    "GRU": ("#009E73", "^"),
    N_("bidirectional LSTM"): ("#56B4E9", "D"),
    N_("bidirectional GRU"): ("#CC79A7", "v"),
    N_("stacked LSTM"): ("#000000", "P"),
    N_("LSTM, forget bias 0"): ("#E69F00", "X"),
    N_("LSTM, set to keep"): ("#7A4FBF", "p"),
    N_("SimpleRNN, Glorot start"): ("#B8A800", "*"),
}
BASELINE_STYLE = ("#777777", "_")
DASHES = ("--", ":", "-.")  # of baselines
BAND, GRID, TOP_MARGIN = 0.2, 0.3, 0.02
UNITS = {
    "mean squared error": N_("mean squared error"),
    "perplexity": N_("perplexity (tokens)"),
    "accuracy": N_("accuracy"),
}
COSTS = {
    "seconds_per_epoch": N_("seconds per epoch (one thread)"),
    "seconds": N_("seconds of training, in all"),
    "parameters": N_("parameters that are trained"),
}
CELLS = 6  # of a heat map, along a range
SUBSETS = {"score": N_("all")}


def style(variant):
    """Colour and marker of a variant, the same in every picture."""
    return STYLES.get(variant, BASELINE_STYLE)


def is_baseline(frame):
    """Which rows are no recurrent networks."""
    return ~frame["variant"].isin(STYLES)


def plot_scores(frame, values=("score",), ax=None):
    """Draw the mean score of each variant with its 95% interval, and every seed as a small dot.

    Parameters
    ----------
    frame : pandas.DataFrame
        As ``compare`` and ``load_results`` return it, one task.
    values : sequence of str
        Columns to draw side by side, such as ``("score", "order", "unseen")``.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None means a new figure.
    """
    import numpy as np

    frame = one_task(frame)
    metric = frame["metric"].iloc[0]
    variants = sorted(dict.fromkeys(frame["variant"]), key=lambda name: name not in STYLES)  # baselines last
    ax = ax or new_axes(height=1.2 + 0.18 * len(variants) * len(values))
    colours = ("#000000", "#D55E00", "#0072B2", "#009E73")
    for number, value in enumerate(values):
        places = np.arange(len(variants)) + 0.7 * ((number + 0.5) / len(values) - 0.5)
        table = summarise(frame, value, by=("variant",)).set_index("variant").loc[variants]
        colour = colours[number % len(colours)]
        half = (table["high"] - table["low"]).fillna(0) / 2
        for place, variant in zip(places, variants, strict=True):
            seeds = frame.loc[frame["variant"] == variant, value]
            ax.plot(seeds, np.full(len(seeds), place), ".", color=colour, alpha=0.3, markersize=5)
        name = SUBSETS.get(value, value)
        ax.errorbar(table["mean"], places, xerr=half, fmt="o", color=colour, capsize=3, label=_(name))
    ax.set_yticks(range(len(variants)), [_(one) for one in variants])
    ax.invert_yaxis()
    ax.set_xlabel(_("{metric}, test").format(metric=_(UNITS[metric])))
    if len(values) > 1:
        ax.legend(title=_("test examples"))
    ax.grid(axis="x", alpha=GRID)
    return ax


def plot_curves(frame, value="score", ax=None):
    """Draw the curves of each variant: the mean over the seeds, with a band of its 95% interval.

    A run that ended early, because the task was solved, counts on with its last value.

    Parameters
    ----------
    frame : pandas.DataFrame
        As ``compare`` and ``load_results`` return it, one task.
    value : str
        "score" (in validation) or "loss" (in training).
    ax : matplotlib.axes.Axes, optional
        Where to draw; None means a new figure.
    """
    frame = one_task(frame)
    metric = frame["metric"].iloc[0]
    ax = ax or new_axes()
    for variant, runs in frame[~is_baseline(frame)].groupby("variant", sort=False):
        long = curves(runs)
        table = long.pivot(index="epoch", columns="seed", values=value).ffill()
        filled = table.stack().rename(value).reset_index()
        summary = centre(filled.assign(metric=metric), value, by=("epoch",))
        colour = style(variant)[0]
        ax.plot(summary["epoch"], summary["mean"], color=colour, label=_(variant))
        ax.fill_between(summary["epoch"], summary["low"], summary["high"], color=colour, alpha=BAND, linewidth=0)
    if value == "score":
        draw_baselines(frame, ax)
    score = _("{metric}, validation").format(metric=_(UNITS[metric]))
    ax.set(xlabel=_("epoch"), ylabel=score if value == "score" else _("training loss"))
    bound(ax, metric if value == "score" else "loss")
    ax.legend(fontsize="small")
    ax.grid(alpha=GRID)
    return ax


def plot_cost(frame, cost="seconds_per_epoch", ax=None):
    """Draw the score against what it costs, with 95% intervals.

    Parameters
    ----------
    frame : pandas.DataFrame
        As ``compare`` and ``load_results`` return it, one task. Open markers are networks of an equal number of
        parameters, where there are both.
    cost : str
        "seconds_per_epoch", "seconds" or "parameters".
    ax : matplotlib.axes.Axes, optional
        Where to draw; None means a new figure.

    Raises
    ------
    ValueError
        There is no such cost.
    """
    if cost not in COSTS:
        raise ValueError(f"cost: expected one of {', '.join(COSTS)}, got {cost!r}")
    frame = one_task(frame)
    ax = ax or new_axes()
    by = ("variant", "match")
    networks = frame[~is_baseline(frame)]
    costs = networks.groupby(list(by))[cost].median()
    for row in centre(networks, by=by).itertuples():
        colour, marker = style(row.variant)
        ends = None if row.n < 2 else [[row.mean - row.low], [row.high - row.mean]]
        label = _(row.variant) if row.match == networks["match"].iloc[0] else None
        filled = colour if row.match == "width" else "white"
        place = costs[row.variant, row.match]
        ax.errorbar(
            place, row.mean, yerr=ends, fmt=marker, color=colour, markerfacecolor=filled, capsize=3, label=label
        )
    draw_baselines(frame, ax)
    metric = frame["metric"].iloc[0]
    ax.set(xlabel=_(COSTS[cost]), ylabel=_("{metric}, test").format(metric=_(UNITS[metric])))
    logarithmic(ax, "x")
    bound(ax, frame["metric"].iloc[0])
    title = _("filled: equal width, open: equal number of parameters") if networks["match"].nunique() > 1 else ""
    ax.set_title(title, fontsize="medium")
    ax.legend(fontsize="small")
    ax.grid(alpha=GRID)
    return ax


def plot_lag(frame, ax=None):
    """Draw the score of each variant against the lag of the task, with bands of 95% intervals.

    Parameters
    ----------
    frame : pandas.DataFrame
        As ``compare`` and ``load_results`` return it: runs of one task at several lags.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None means a new figure.

    Raises
    ------
    ValueError
        The runs have no lag.
    """
    if frame["lag"].isna().any():
        raise ValueError(
            f"expected runs with a lag, as of adding or copy, got {', '.join(dict.fromkeys(frame['task']))}"
        )
    frame = one_task(frame, lags=True)
    ax = ax or new_axes()
    dashes = iter(DASHES)
    for variant, rows in centre(frame).groupby("variant", sort=False):
        rows = rows.sort_values("lag")
        colour, marker = style(variant)
        if variant in STYLES:
            ax.plot(rows["lag"], rows["mean"], color=colour, marker=marker, label=_(variant))
            ax.fill_between(rows["lag"], rows["low"], rows["high"], color=colour, alpha=BAND, linewidth=0)
        else:
            label = _("baseline: {variant}").format(variant=_(variant))
            ax.plot(rows["lag"], rows["mean"], color=colour, linestyle=next(dashes, ":"), label=label)
    metric = frame["metric"].iloc[0]
    logarithmic(ax, "x")
    ax.set_xticks(sorted(frame["lag"].unique()))
    bound(ax, metric)
    ax.set(xlabel=_("lag (time steps)"), ylabel=_("{metric}, test").format(metric=_(UNITS[metric])))
    ax.legend(fontsize="small")
    ax.grid(alpha=GRID)
    return ax


def plot_sweep(frame, x="learning_rate", y="width", value="validation", ax=None):
    """Draw a sweep as a heat map: the best validation score among the trials of each cell; every trial is a dot.

    Parameters
    ----------
    frame : pandas.DataFrame
        As ``sweep`` returns it.
    x, y : str
        Two settings of the sweep.
    value : str
        The column to colour by.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None means a new figure.

    Raises
    ------
    ValueError
        A setting that was not searched.
    """
    import numpy as np

    searched = list(frame["chosen"].iloc[0])
    for name in (x, y):
        if name not in searched:
            raise ValueError(f"expected a setting that this sweep searched, {', '.join(searched)}, got {name!r}")
    ax = ax or new_axes(height=4.0)
    metric = frame["metric"].iloc[0]
    better, colours, extend = (np.fmax, "viridis", "min") if metric == "accuracy" else (np.fmin, "viridis_r", "max")
    across, up = (Cells([chosen[name] for chosen in frame["chosen"]], name) for name in (x, y))
    best = np.full((up.count, across.count), np.nan)
    values = frame[value].to_numpy(dtype=float)
    for row, column, one in zip(up.places.astype(int), across.places.astype(int), values, strict=True):
        best[row, column] = better(best[row, column], one)
    # a few bad trials must not use up the colours
    low, high = (np.quantile(values, 0.25), values.max()) if metric == "accuracy" else (values.min(), np.median(values))
    extent = (0, across.count, 0, up.count)
    picture = ax.imshow(best, origin="lower", aspect="auto", cmap=colours, vmin=low, vmax=high, extent=extent)
    ax.set_facecolor("#EEEEEE")
    ax.plot(across.places, up.places, "o", color="black", markeredgecolor="white", markersize=5)
    ax.set_xticks(across.ticks, across.labels)
    ax.set_yticks(up.ticks, up.labels)
    ax.set(xlabel=_(x.replace("_", " ")), ylabel=_(y.replace("_", " ")))
    bar = ax.figure.colorbar(picture, ax=ax, extend=extend)
    bar.set_label(_("best {metric}, {part}").format(metric=_(UNITS[metric]), part=_(value)))
    return ax


class Cells:
    """How the values of a setting lie along an axis of a heat map: one cell a choice, or a range in equal parts.

    Attributes
    ----------
    places : ndarray
        Where each value lies, in cells; those of one choice lie side by side.
    count : int
        How many cells there are.
    ticks, labels : list
        Middles of choices, or ends of the parts of a range.
    """

    def __init__(self, values, name):
        import numpy as np

        choices = sorted(set(values))
        if len(choices) <= CELLS:
            aside = np.random.default_rng(0).uniform(-0.3, 0.3, len(values))
            self.places = np.array([choices.index(one) for one in values]) + 0.5 + aside
            self.count = len(choices)
            self.ticks, self.labels = [number + 0.5 for number in range(self.count)], list(map(str, choices))
            return
        scale, back = (np.log, np.exp) if name in LOGARITHMIC else (np.array, np.array)
        scaled = scale(values)
        edges = np.linspace(scaled.min(), scaled.max(), CELLS + 1)
        self.places = np.minimum(np.interp(scaled, edges, range(CELLS + 1)), np.nextafter(CELLS, 0))
        self.count = CELLS
        self.ticks = list(range(CELLS + 1))
        self.labels = [f"{edge:.0f}" if edge >= 10 else f"{edge:.2g}" for edge in back(edges)]


def centre(frame, value="score", by=GROUPS):
    """``summarise``, by the logarithms of the values where smaller is better: such scores are drawn on a log axis."""
    import numpy as np

    if frame["metric"].iloc[0] == "accuracy":
        return summarise(frame, value, by)
    table = summarise(frame.assign(**{value: np.log(frame[value].astype(float))}), value, by)
    return table.assign(**{name: np.exp(table[name]) for name in ("mean", "low", "high")})


def draw_baselines(frame, ax):
    """Draw a grey line across for the mean test score of each baseline."""
    for dashes, row in zip(DASHES, summarise(frame[is_baseline(frame)], by=("variant",)).itertuples(), strict=False):
        label = _("baseline: {variant} (test)").format(variant=_(row.variant))
        ax.axhline(row.mean, color=BASELINE_STYLE[0], linestyle=dashes, label=label)


def one_task(frame, lags=False):
    """The frame; ValueError when it mixes tasks, or, unless allowed, lags."""
    tasks = list(dict.fromkeys(frame["task"]))
    if len(tasks) != 1:
        raise ValueError(f"expected the runs of one task, got {', '.join(tasks) or 'none'}; choose by frame['task']")
    if not lags and frame["lag"].nunique() > 1:
        raise ValueError(f"expected runs of one lag, got {sorted(frame['lag'].unique())}; choose by frame['lag']")
    return frame


def bound(ax, metric):
    """Let an axis of accuracies end where they do, though an interval may go on; scale any other by factors."""
    if metric != "accuracy":
        logarithmic(ax, "y")
    elif ax.get_ylim()[1] > 1:
        ax.set_ylim(top=1 + TOP_MARGIN)


def logarithmic(ax, which):
    """Scale an axis by factors, with plain numbers at its ticks."""
    from matplotlib.ticker import LogLocator, NullFormatter

    axis = getattr(ax, f"{which}axis")
    getattr(ax, f"set_{which}scale")("log")
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(NullFormatter())


def new_axes(height=3.6):
    """Axes of a new figure."""
    plt = pyplot()

    return plt.subplots(figsize=(6.4, height), layout="constrained")[1]
