"""The tables and figures of docs/findings.md, made from the results of the full study by one command.

    python -m studies.findings

rewrites every table between ``<!-- table: NAME -->`` and ``<!-- end -->`` in docs/findings.md, and every figure
docs/images/lab_*.png.
"""

import argparse
import re
import sys
from pathlib import Path

from helpers.lab import plots
from helpers.lab.results import SHIPPED, SUFFIX, load_results, read_records, summarise
from helpers.lab.tuning import importance

DOCS = Path(__file__).resolve().parents[1] / "docs"
BLOCK = "<!-- table: {name} -->\n{table}\n<!-- end -->"
IN_BLOCK = re.compile(r"<!-- table: (\w+) -->\n.*?\n?<!-- end -->", re.DOTALL)
BEST = 5  # trials of a sweep that are listed
DOTS_PER_INCH = 110


# ---------------------------------------------------------------- tables


def table(head, rows):
    """A Markdown table."""
    lines = [list(head), ["---"] * len(list(head)), *map(list, rows)]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def interval(row, metric):
    """Mean and 95% interval of a row of ``summarise``: accuracies in percent."""
    scale, digits = {"accuracy": (100, 1), "perplexity": (1, 1), "mean squared error": (1, 4)}.get(metric, (1, 1))
    mean, low, high = (f"{scale * value:.{digits}f}" for value in (row.mean, row.low, row.high))
    return mean if row.n < 2 else f"{mean} [{low}, {high}]"


def shown(value):
    """Three digits of a number, anything else as it is."""
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def kept(name, **values):
    """Results whose columns have these values."""
    frame = load_results(name)
    for column, value in values.items():
        frame = frame[frame[column] == value]
    return frame


def by_lag(name, task):
    """Scores by variant (rows) and lag (columns), equal width."""
    frame = kept(name, task=task, match="width")
    summary = {(row.variant, row.lag): row for row in summarise(frame).itertuples()}
    metric = frame["metric"].iloc[0]
    lags = sorted(frame["lag"].unique())
    full = frame.groupby("variant", sort=False)["lag"].nunique()
    names = [name for name in full.index if full[name] == len(lags)]
    rows = [[name, *(interval(summary[name, lag], metric) for lag in lags)] for name in names]
    return table(["variant", *(f"lag {lag:.0f}" for lag in lags)], rows)


def far():
    """Everything on the adding problem at lag 100."""
    rows = []
    for row in summarise(kept("adding", lag=100)).itertuples():
        epochs = kept("adding", lag=100, task=row.task, variant=row.variant, match=row.match)["epochs_to_level"]
        reached = f"{epochs.median():.0f}" if epochs.notna().all() else f"{epochs.notna().sum()} of {row.n} got there"
        names = [row.task, row.variant, row.match if row.width else "", row.width or "", row.parameters or "", row.n]
        rows.append([*names, interval(row, "mean squared error"), reached if row.width else ""])
    head = ["task", "variant", "equal", "width", "parameters", "seeds", "mean squared error", "epochs to 0.01 (median)"]
    return table(head, rows)


def rates():
    """The adding problem at lag 100, by learning rate, with many more updates."""
    frame = load_results("rates")
    by = ("task", "variant", "learning_rate")
    cells = {tuple(getattr(row, name) for name in by): row for row in summarise(frame, by=by).itertuples()}
    chosen = sorted(frame["learning_rate"].unique(), reverse=True)
    rows = [
        [*pair, *(interval(cells[*pair, one], "mean squared error") if (*pair, one) in cells else "" for one in chosen)]
        for pair in dict.fromkeys(zip(frame["task"], frame["variant"], strict=True))
    ]
    return table(["task", "variant", *(f"rate {rate:g}" for rate in chosen)], rows)


def scores(name, values):
    """Scores of every variant and match, with sizes."""
    frame = load_results(name)
    metric = frame["metric"].iloc[0]
    rows = []
    for key, runs in frame.groupby(["variant", "match"], sort=False):
        width, parameters = runs["width"].iloc[0], runs["parameters"].iloc[0]
        cells = [interval(next(summarise(runs, value).itertuples()), metric) for value in values]
        epoch = runs["best_epoch"].median()
        best = "" if epoch != epoch else f"{epoch:.0f}"
        rows.append([key[0], key[1] if width else "", width or "", parameters or "", len(runs), *cells, best])
    named = [plots.SUBSETS.get(value, value) if len(list(values)) > 1 else metric for value in values]
    head = ["variant", "equal", "width", "parameters", "seeds", *named, "best epoch (median)"]
    return table(head, rows)


def timing():
    """Seconds per epoch, one thread, nothing beside it."""
    frame = kept("timing", match="width")
    names = list(dict.fromkeys(frame["variant"]))
    tasks = list(dict.fromkeys(frame["task"]))
    seconds = frame.set_index(["task", "variant"])["seconds_per_epoch"]
    rows = [
        [name, *(f"{seconds[task, name]:.3f}" if (task, name) in seconds.index else "" for task in tasks)]
        for name in names
    ]
    return table(["variant", *tasks], rows)


def best_trials(name):
    """The best trials of a sweep, by validation score."""
    frame = load_results(name)
    ordered = frame.sort_values("validation", ascending=frame["metric"].iloc[0] != "accuracy", kind="stable")
    searched = list(frame["chosen"].iloc[0])
    rows = [
        [row["trial"], *map(shown, row["chosen"].values()), shown(row["validation"]), shown(row["score"])]
        for row in ordered.head(BEST).to_dict("records")
    ]
    return table(["trial", *(one.replace("_", " ") for one in searched), "validation", "test"], rows)


def important():
    """How much each setting mattered in both sweeps."""
    shares = {name: importance(load_results(name)) for name in ("sweep_emoji", "sweep_jazz")}
    names = list(dict.fromkeys(setting for one in shares.values() for setting in one.index))
    rows = [
        [name.replace("_", " "), *(f"{one[name]:.2f}" if name in one else "" for one in shares.values())]
        for name in names
    ]
    return table(["setting", *shares], rows)


def machine():
    """How long each part took, and with what it was made."""
    rows, made_with = [], {}
    for path in sorted(SHIPPED.glob(f"*{SUFFIX}")):
        header, records = read_records(path)
        rows.append([path.stem, len(records), f"{header['seconds'] / 60:.1f}"])
        versions = ", ".join(f"{name} {version}" for name, version in header["versions"].items())
        made_with[f"{header['cores']} cores ({header['processor']}), {header['system']}, {versions}."] = None
    return "\n\n".join([table(["part", "runs", "minutes"], rows), *made_with])


TABLES = {
    "adding": lambda: by_lag("adding", "adding"),
    "far": far,
    "rates": rates,
    "copy": lambda: by_lag("copy", "copy"),
    "emoji": lambda: scores("emoji", ("score", "order", "unseen")),
    "jazz": lambda: scores("jazz", ("score",)),
    "timing": timing,
    "sweep_emoji": lambda: best_trials("sweep_emoji"),
    "sweep_jazz": lambda: best_trials("sweep_jazz"),
    "importance": important,
    "machine": machine,
}


# ---------------------------------------------------------------- figures


def lag_figure(name):
    """Score against lag, the three plain variants."""
    frame = kept(name, task=name, match="width")
    full = frame.groupby("variant")["lag"].nunique()
    return plots.plot_lag(frame[frame["variant"].map(full) == full.max()])


def curves_figure():
    """The way to the solution at lag 100; of the two kinds of SimpleRNN, which lie on each other, one."""
    frame = kept("adding", task="adding", lag=100, match="width")
    return plots.plot_curves(frame[frame["variant"] != "SimpleRNN, Glorot start"])


FIGURES = {
    "lab_adding_lag": lambda: lag_figure("adding"),
    "lab_adding_curves": curves_figure,
    "lab_copy_lag": lambda: lag_figure("copy"),
    "lab_emoji_scores": lambda: plots.plot_scores(kept("emoji", match="width"), ["score", "order", "unseen"]),
    "lab_emoji_cost": lambda: plots.plot_cost(load_results("emoji"), "parameters"),
    "lab_jazz_scores": lambda: plots.plot_scores(kept("jazz", match="width")),
    "lab_jazz_curves": lambda: plots.plot_curves(kept("jazz", match="width")),
    "lab_sweep_emoji": lambda: plots.plot_sweep(load_results("sweep_emoji")),
    "lab_sweep_jazz": lambda: plots.plot_sweep(load_results("sweep_jazz")),
}


def filled(text):
    """The text with its tables as the results have them; ValueError where it asks for one that there is not."""

    def block(found):
        name = found.group(1)
        if name not in TABLES:
            raise ValueError(f"expected a table among {', '.join(TABLES)}, got {name!r}")
        return BLOCK.format(name=name, table=TABLES[name]())

    return IN_BLOCK.sub(block, text)


def main(arguments=None):
    """The command; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--docs", type=Path, default=DOCS, help="folder of findings.md and images/")
    chosen = parser.parse_args(arguments)
    import matplotlib.pyplot as plt

    plt.switch_backend("agg")
    page = chosen.docs / "findings.md"
    page.write_text(filled(page.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    for name, draw in FIGURES.items():
        figure = draw().figure
        figure.savefig(chosen.docs / "images" / f"{name}.png", dpi=DOTS_PER_INCH, metadata={"Software": None})
        plt.close(figure)
    return 0


if __name__ == "__main__":
    sys.exit(main())
