"""The tasks to compare networks on, by name."""

import inspect

from helpers.lab.memory_tasks import SYMBOLS, Adding, DelayedCopy
from helpers.lab.task import Task


def emoji():
    """Emoji sentences: which of five labels? Accuracy; subsets ``order`` and ``unseen``."""
    from helpers.lab.emoji_task import Emoji

    return Emoji()


def jazz(T_x=None):
    """Jazz: which token comes next? Perplexity on choruses that were held out. T_x: tokens of a window."""
    from helpers.lab.jazz_task import Jazz

    return Jazz() if T_x is None else Jazz(T_x)


def adding(lag, early=False):
    """The adding problem (Hochreiter and Schmidhuber 1997) over T_x = lag steps: mean squared error.

    early: both marked numbers stand in the first half, so nothing can be learnt from short lags.
    """
    return Adding(lag, early)


def delayed_copy(lag, symbols=SYMBOLS):
    """Delayed copy: give some symbols back after a pause of lag steps: accuracy."""
    return DelayedCopy(lag, symbols)


NAMES = {"emoji": emoji, "jazz": jazz, "adding": adding, "copy": delayed_copy}


def named(name, **options):
    """Make a task by name, with its options, such as ``named("adding", lag=100)``.

    Raises
    ------
    ValueError
        There is no such task, or it does not take these options; lists what there is.
    """
    if name not in NAMES:
        raise ValueError(f"expected a task among {', '.join(NAMES)}, got {name!r}")
    signature = inspect.signature(NAMES[name])
    try:
        signature.bind(**options)
    except TypeError as error:
        raise ValueError(f"{name}: expected the options {signature}, got {options} ({error})") from error
    return NAMES[name](**options)


def chosen(task):
    """A task that was given as such or by name; ValueError for anything else lists what there is."""
    if isinstance(task, Task):
        return task
    if isinstance(task, str):
        return named(task)
    raise ValueError(f"expected a task, such as tasks.adding(lag=100), or the name of one, got {task!r}")
