"""Compare networks: the same task, the same seeds, equal width or an equal number of parameters."""

from dataclasses import asdict
from numbers import Integral
from typing import NamedTuple

from helpers.lab import tasks, training, variants
from helpers.lab.results import Store, to_frame
from helpers.lab.settings import Settings
from helpers.language import N_, _
from helpers.live import Progress

WIDTH, PARAMETERS = "width", "parameters"
MATCHES = (WIDTH, PARAMETERS)


class TrainingRun(NamedTuple):
    """One network to train."""

    variant: str
    match: str
    settings: Settings
    seed: int

    def key(self, task):
        """What tells this run from every other, as it stands in its record."""
        names = {"task": task.name, **task.options, "variant": self.variant, "match": self.match, "seed": self.seed}
        return names | {"settings": asdict(self.settings)}


def plan(names, task, seeds, match=WIDTH, settings=None):
    """All runs of a comparison; ValueError, before anything is trained, where one of them is impossible."""
    if isinstance(seeds, Integral):
        raise ValueError(f"seeds: expected the seeds themselves, such as range({seeds}), got the number {seeds}")
    names, seeds, settings = list(names), list(seeds), settings or task.settings
    if match not in MATCHES:
        raise ValueError(f"match: expected {' or '.join(map(repr, MATCHES))}, got {match!r}")
    if not names:
        raise ValueError(f"names: expected some of {', '.join(variants.NAMES)}, {variants.BASELINE}, got none")
    if not seeds:
        raise ValueError("seeds: expected at least one whole number, such as seeds=range(3), got none")
    if not all(isinstance(seed, Integral) and seed >= 0 for seed in seeds) or len(set(seeds)) < len(seeds):
        raise ValueError(f"seeds: expected different whole numbers from 0, got {seeds}")
    seeds = [int(seed) for seed in seeds]
    expanded = [one for name in names for one in (task.baselines if name == variants.BASELINE else (name,))]
    target = variants.count_parameters(task, variants.REFERENCE, settings)
    runs = []
    for name in dict.fromkeys(expanded):
        variants.check(name, task)
        if name in task.baselines:
            chosen, computed = task.baseline_settings or settings, task.baseline_settings is None
            runs += [TrainingRun(name, match, chosen, seed) for seed in (seeds[:1] if computed else seeds)]
            continue
        width = variants.matched_width(task, name, settings, target) if match == PARAMETERS else settings.width
        runs += [TrainingRun(name, match, settings.changed(width=width), seed) for seed in seeds]
    return runs


def execute(task, one, level=None, report=None):
    """Carry out one run; returns its record."""
    result = training.run(task, one.variant, one.settings, one.seed, level, report)
    return one.key(task) | {"metric": task.metric} | result


def compare(variants, task, seeds, *, match=WIDTH, level=None, settings=None, store=None, progress=True, **changes):
    """Train several kinds of network on a task, each from several seeds.

    Parameters
    ----------
    variants : sequence of str
        Names out of ``helpers.lab.variants.NAMES``; "baseline" stands for the baselines of the task.
    task : Task or str
        From ``helpers.lab.tasks``, or its name where it needs no options.
    seeds : iterable of int
        Different whole numbers. A baseline that needs no training is computed once.
    match : str
        "width": every network has the same n_a. "parameters": the width of each is chosen so that its number of
        trainable parameters is nearest to that of an LSTM of the given width; the frame tells the actual numbers.
    level : float, optional
        Validation score that counts as having got there, for ``epochs_to_level``; None means the task's.
    settings : Settings, optional
        How they are built and trained (``helpers.lab.settings.Settings``); None means what the task suggests.
    store : path, optional
        A ``.jsonl`` file that keeps every finished run. Runs that it has already are not done again, so the same call
        goes on where an earlier one was interrupted.
    progress : bool
        In a notebook, show how far it is.
    **changes
        Settings to change, such as ``width=32, epochs=10``.

    Returns
    -------
    pandas.DataFrame
        One row for each network. ``score`` is the task's metric on the test examples, ``loss`` the mean squared error
        or cross-entropy (nats) there; ``order`` and ``unseen`` the scores on these subsets; ``losses`` and ``scores``
        lists by epoch (training loss, validation score); ``seconds_per_epoch`` the median without the first epoch;
        ``epochs_to_level`` NaN where the level was never reached. After Ctrl-C: the runs that are done.

    Raises
    ------
    ValueError
        An unknown variant or task, a variant that makes no sense for the task, no seeds, an unknown match; a store of
        another version.
    """
    task = tasks.chosen(task)
    runs = plan(variants, task, seeds, match, (settings or task.settings).changed(**changes))
    kept = Store(store)
    done = []
    shown = Progress(len(runs), N_("{done} of {total} networks"), live=None if progress else False)
    try:
        for one in runs:
            record = kept.find(one.key(task))
            if record is None:
                record = execute(task, one, level, _reporter(one, task, shown))
                kept.add(record)
            elif level is not None:  # it may have been kept with another one
                reached = training.epochs_to_level(task, record["scores"], level)
                record = record | {"level": level, "epochs_to_level": reached}
            done.append(record)
            shown.done, shown.text = len(done), ""
    except KeyboardInterrupt:
        if not done:
            raise
        text = _("interrupted: {done} of {total} networks are done and kept")
        print(text.format(done=len(done), total=len(runs)))
    finally:
        shown.close()
        kept.close()
    return to_frame(done)


def _reporter(one, task, shown):
    """What a run reports to after each epoch."""

    def report(epoch, score):
        text = _("{variant}, seed {seed}, epoch {epoch} of {epochs}, {metric} {score:.3g}")
        words = text.format(
            variant=_(one.variant), seed=one.seed, epoch=epoch, epochs=one.settings.epochs, metric=_(task.metric),
            score=score,
        )  # fmt: skip
        shown.update(words, by=1 / one.settings.epochs)

    return report
