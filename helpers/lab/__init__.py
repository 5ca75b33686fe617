"""The comparison lab: which recurrent network, when?

    from helpers.lab import compare, load_results, plots, summarise, sweep, tasks, variants

Compare networks over seeds; the frame has one row for each trained network, with its curves in it:

    frame = compare(["SimpleRNN", "LSTM", "GRU"], tasks.adding(lag=30), seeds=range(3))
    summarise(frame)                                # mean and 95% interval over the seeds
    plots.plot_curves(frame)                        # also: plot_scores, plot_cost, plot_lag

Search for settings:

    trials = sweep({"width": (8, 64), "learning_rate": (1e-3, 3e-2)}, tasks.jazz(), budget=20)
    plots.plot_sweep(trials, x="learning_rate", y="width")
    importance(trials)

Look at the full study, which ran once (``python -m studies.study``) and ships in ``data/lab``:

    frame = load_results("emoji")    # adding, copy, rates, emoji, jazz, sweep_emoji, sweep_jazz, timing
    plots.plot_scores(frame[frame["match"] == "width"], ["score", "order", "unseen"])

Tasks are ``tasks.emoji()``, ``tasks.jazz()``, ``tasks.adding(lag)`` and ``tasks.delayed_copy(lag)``; variants are
``variants.NAMES``, and "baseline" for those of the task (averaged vectors, n-gram counts, the mean, a uniform guess).

| module | holds |
|---|---|
| `settings`, `variants` | how a network is built and trained; the kinds of network, and their sizes |
| `task`, `memory_tasks`, `emoji_task`, `jazz_task`, `tasks` | what every task has; the tasks; the tasks by name |
| `training`, `experiment`, `tuning` | one run; many runs (`compare`); a search (`sweep`) |
| `results` | runs on disk, frames, means and intervals |
| `plots` | pictures; the full study and its findings are in `studies/` |
| `inside`, `gradients` | a look into gates and states; gradient norms against lag |
"""

from helpers.lab.experiment import compare
from helpers.lab.results import curves, load_results, summarise
from helpers.lab.tuning import importance, sweep

__all__ = ["compare", "curves", "importance", "load_results", "summarise", "sweep"]
