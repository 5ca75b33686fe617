"""Search for good settings with Optuna, and keep every trial on disk."""

from dataclasses import fields
from numbers import Integral, Real

from helpers.lab import tasks, variants
from helpers.lab.experiment import WIDTH, TrainingRun, execute
from helpers.lab.results import Store, to_frame
from helpers.lab.settings import Settings
from helpers.language import _

SEQUENCE_LENGTH = "T_x"
NAMES = tuple(field.name for field in fields(Settings)) + (SEQUENCE_LENGTH,)
LOGARITHMIC = ("learning_rate", "width", "batch_size", "clip")  # what is searched by factors, not by steps
#: What is worth a search: width, depth, dropout, learning rate, optimiser, frozen or trainable word vectors.
SPACE = {
    "width": (8, 128),
    "depth": [1, 2],
    "dropout": (0.0, 0.6),
    "learning_rate": (3e-4, 3e-2),
    "optimiser": ["adam", "rmsprop", "sgd"],
}


def check_space(space):
    """Raise ValueError unless a space names settings, each with choices or a range that is not empty."""
    if not space:
        raise ValueError(f"space: expected some of {', '.join(NAMES)}, got none")
    for name, values in space.items():
        if name not in NAMES:
            raise ValueError(f"space: expected settings among {', '.join(NAMES)}, got {name!r}")
        if isinstance(values, list) and values:
            continue
        if not (isinstance(values, tuple) and len(values) == 2 and all(isinstance(one, Real) for one in values)):
            raise ValueError(f"{name}: expected a list of choices or a range (low, high), got {values!r}")
        if not values[0] < values[1]:
            raise ValueError(f"{name}: expected a range (low, high) with low < high, got {values!r}")
        if name in LOGARITHMIC and values[0] <= 0:
            raise ValueError(f"{name}: expected a range that begins above 0, got {values!r}")


def distributions(space):
    """The space as Optuna has it."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    def distribution(name, values):
        if isinstance(values, list):
            return CategoricalDistribution(values)
        kind = IntDistribution if all(isinstance(one, Integral) for one in values) else FloatDistribution
        return kind(*values, log=name in LOGARITHMIC)

    return {name: distribution(name, values) for name, values in space.items()}


def sweep(space, task, budget, *, variant=variants.REFERENCE, seed=0, epochs=None, store=None, progress=True):
    """Search for the settings with the best validation score.

    Optuna's TPE (Bergstra, Bardenet, Bengio and Kegl, "Algorithms for hyper-parameter optimization", 2011) draws the
    first trials at random and the later ones near those that were good. Each trial trains one network.

    Parameters
    ----------
    space : mapping of str to sequence
        Setting -> what it may be: a list of choices, or a range (low, high); whole numbers give whole numbers, and
        width and learning rate are searched by factors. Settings are those of ``helpers.lab.settings.Settings``, and
        T_x for a task whose sequence length can be chosen. ``SPACE`` is a good start.
    task : Task or str
        From ``helpers.lab.tasks``, or its name where it needs no options.
    budget : int
        Number of trials, those in the store included.
    variant : str
        The kind of network.
    seed : int
        Of the search, and of the training in every trial.
    epochs : int, optional
        Of each trial; None means what the task suggests.
    store : path, optional
        A ``.jsonl`` file that keeps every finished trial. The same call goes on where an earlier one was interrupted.
    progress : bool
        Show Optuna's bar.

    Returns
    -------
    pandas.DataFrame
        One row for each trial: trial, the settings, ``validation`` (what was optimised), and the columns of
        ``compare``. The test score is told, but has no part in the search. After Ctrl-C: the trials that are done.

    Raises
    ------
    ValueError
        An unknown setting, variant or task, an empty range, a budget below 1, a store of another space, task or
        version.
    """
    optuna = _optuna()
    check_space(space)
    task = tasks.chosen(task)
    variants.check(variant, task)
    if not isinstance(budget, Integral) or budget < 1:
        raise ValueError(f"budget: expected at least 1 trial, got {budget!r}")
    ranges = distributions(space)
    where = {"task": task.name, **task.options, "variant": variant, "seed": seed}
    what = where | {"space": {name: _described(values) for name, values in space.items()}}
    kept = Store(store)
    _check_same(kept, what)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    # the sampler's own state is not kept; another seed for a continued search, lest it draw the same trials again
    sampler = optuna.samplers.TPESampler(seed=seed + len(kept.records))
    study = optuna.create_study(sampler=sampler, direction="maximize" if task.higher_is_better else "minimize")
    for record in kept.records:
        study.add_trial(_as_trial(record, ranges))

    def objective(trial):
        chosen = {name: _suggest(trial, name, one) for name, one in ranges.items()}
        place = task.resized(chosen[SEQUENCE_LENGTH]) if SEQUENCE_LENGTH in chosen else task
        settings = {name: value for name, value in chosen.items() if name != SEQUENCE_LENGTH}
        one = TrainingRun(variant, WIDTH, task.settings.changed(epochs=epochs).changed(**settings), seed)
        record = execute(place, one)
        if not record["scores"]:
            raise optuna.TrialPruned("the loss was no number")
        value = max(record["scores"]) if task.higher_is_better else min(record["scores"])
        kept.add(record | {"trial": trial.number, "validation": value, "chosen": chosen, "sweep": what})
        return value

    try:
        study.optimize(objective, n_trials=max(0, budget - len(kept.records)), show_progress_bar=progress)
    except KeyboardInterrupt:
        if not kept.records:
            raise
        text = _("interrupted: {done} of {total} trials are done and kept")
        print(text.format(done=len(kept.records), total=budget))
    finally:
        kept.close()
    return to_frame(kept.records[:budget])


def _described(values):
    """Choices or a range, in a form that JSON gives back unchanged."""
    return {"choices" if isinstance(values, list) else "range": list(values)}


def _suggest(trial, name, distribution):
    """A value out of a distribution, by Optuna's names for the ways to ask."""
    if hasattr(distribution, "choices"):
        return trial.suggest_categorical(name, distribution.choices)
    ask = trial.suggest_int if isinstance(distribution.low, int) else trial.suggest_float
    return ask(name, distribution.low, distribution.high, log=distribution.log)


def _as_trial(record, ranges):
    """A finished trial as Optuna has it."""
    import optuna

    return optuna.trial.create_trial(params=record["chosen"], distributions=dict(ranges), value=record["validation"])


def _check_same(kept, what):
    """Raise ValueError where a store holds trials of another search."""
    for record in kept.records:
        if record.get("sweep") != what:
            raise ValueError(f"{kept.path}: expected trials of {what}, got {record.get('sweep', 'other runs')}")


def _optuna():
    """Import Optuna, which not every learner has: it comes with the extra `lab`."""
    try:
        import optuna
    except ModuleNotFoundError:
        raise ModuleNotFoundError("sweep and importance need Optuna: pip install optuna", name="optuna") from None
    return optuna


def importance(frame):
    """How much each setting mattered in a sweep.

    Shares that sum to 1, by PED-ANOVA (Watanabe, Bansal and Hutter 2023): how differently a setting is distributed
    among the better trials and among all.

    Parameters
    ----------
    frame : pandas.DataFrame
        As ``sweep`` returns it, at least two trials.

    Returns
    -------
    pandas.Series
        Setting -> share, the largest first.
    """
    import pandas as pd

    optuna = _optuna()
    described = frame["sweep"].iloc[0]["space"]
    space = {name: one.get("choices") or tuple(one["range"]) for name, one in described.items()}
    higher = frame["metric"].iloc[0] == "accuracy"
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(direction="maximize" if higher else "minimize")
    for row in frame.to_dict("records"):
        study.add_trial(_as_trial(row, distributions(space)))
    shares = optuna.importance.get_param_importances(study, evaluator=optuna.importance.PedAnovaImportanceEvaluator())
    return pd.Series(shares, name="importance")
