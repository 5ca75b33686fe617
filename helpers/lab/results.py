"""Results on disk and in memory: one JSON line for each run, a header before them; frames, means and intervals.

A file is only ever appended to while runs finish, so that an interruption loses no more than the run in progress.
"""

import json
import os
import platform
import time
from importlib.metadata import version
from pathlib import Path

from helpers.data import data_path

SHIPPED = data_path("lab")
SUFFIX = ".jsonl"
FORMAT = 1  # raise it when the records change
PACKAGES = ("numpy", "keras", "tensorflow-cpu", "tensorflow", "optuna")
GROUPS = ("task", "lag", "variant", "match")
CONFIDENCE = 0.95
#: What a frame of runs begins with, in this order; settings follow.
COLUMNS = (
    *("task", "lag", "variant", "match", "width", "parameters", "seed", "epochs", "metric", "score", "loss"),
    *("order", "unseen", "seconds_per_epoch", "epochs_to_level", "losses", "scores"),
)


def machine():
    """The machine and the versions that results were made with; nothing that names a person or a place."""
    from importlib.metadata import PackageNotFoundError

    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:  # one of the two builds of TensorFlow
            continue
    return {"cores": os.cpu_count(), "processor": _processor(), "system": platform.system(), "versions": versions}


def _processor():
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def read_records(path):
    """Read a file of results: its header, and one dictionary for each run.

    A last line without its end, as an interruption leaves it, is left out.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        It is no file of results, or one of another version. The message names file and line.
    """
    path = Path(path)
    text = path.read_text(encoding="utf-8")
    lines = text[: text.rfind("\n") + 1].splitlines()
    parsed = [_parse(path, number, line) for number, line in enumerate(lines, 1)]
    if not parsed or "format" not in parsed[0]:
        raise ValueError(f"{path}, line 1: expected the header of a file of results, got {text[:40]!r}")
    if parsed[0]["format"] != FORMAT:
        raise ValueError(
            f"{path}: expected results of format {FORMAT}, got {parsed[0]['format']!r}; make them anew with"
            " `python -m studies.study`, or in another file"
        )
    return parsed[0], parsed[1:]


def _parse(path, number, line):
    try:
        record = json.loads(line)
    except ValueError as error:
        raise ValueError(f"{path}, line {number}: expected a JSON object, got {line[:40]!r} ({error})") from error
    if not isinstance(record, dict):
        raise ValueError(f"{path}, line {number}: expected a JSON object, got {line[:40]!r}")
    return record


class Store:
    """A file of results that grows by one line for each finished run.

    Parameters
    ----------
    path
        Made with its folder where it is missing; None keeps the records in memory only.

    Attributes
    ----------
    records : list of dict
        What is there so far.
    """

    def __init__(self, path):
        self.path = Path(path) if path is not None else None
        self.header, self.records = {"format": FORMAT} | machine() | {"seconds": 0.0}, []
        self.begun = time.perf_counter()
        self.grown = False
        if self.path is None:
            return
        if self.path.exists() and self.path.stat().st_size:
            self.header, self.records = read_records(self.path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._write()  # also drops a line that was cut

    def find(self, key):
        """The record of a run that has these values, or None."""
        key = json.loads(json.dumps(key))
        return next((record for record in self.records if key.items() <= record.items()), None)

    def add(self, record):
        """Keep the record of a finished run."""
        self.records.append(record)
        self.grown = True
        if self.path is not None:
            with self.path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(_line(record))

    def close(self):
        """Note in the header how many seconds were spent, earlier sessions included, if anything was added."""
        if not self.grown:
            return
        self.header["seconds"] = round(self.header["seconds"] + time.perf_counter() - self.begun, 1)
        self.begun = time.perf_counter()
        if self.path is not None:
            self._write()

    def _write(self):
        beside = self.path.with_suffix(".part")
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(map(_line, [self.header, *self.records]))
        beside.replace(self.path)


def _line(record):
    return json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"


def to_frame(records):
    """Records as a tidy frame, one row for each run; what is missing is NaN."""
    import pandas as pd

    rows = [{**record, **record.get("subsets", {})} for record in records]
    for row in rows:
        row.pop("subsets", None)
        row |= {name: value for name, value in row.pop("settings", {}).items() if name not in row}
    frame = pd.DataFrame(rows)
    frame = frame.reindex(columns=[*COLUMNS, *(name for name in frame.columns if name not in COLUMNS)])
    numbers = ("lag", "score", "loss", "order", "unseen", "seconds_per_epoch", "epochs_to_level")
    return frame.astype(dict.fromkeys(numbers, float))


def load_results(source):
    """Load results: those of the full study by name, or a file of one's own.

    Parameters
    ----------
    source : path
        The name of a part of the study, such as "emoji" or "adding", or the path of a ``.jsonl`` file.

    Returns
    -------
    pandas.DataFrame
        As ``compare`` returns it (or ``sweep``, for a name that begins with "sweep"). ``frame.attrs["header"]`` says on
        which machine and with which versions it was made.

    Raises
    ------
    ValueError
        There is no part of that name (lists those there are), or the file is broken or of another version.
    """
    import pandas as pd

    path = Path(source)
    if path.suffix != SUFFIX:
        path = SHIPPED / f"{source}{SUFFIX}"
        if not path.exists():
            there = sorted(one.stem for one in SHIPPED.glob(f"*{SUFFIX}"))
            raise ValueError(f"expected results named {', '.join(there) or 'by a file'}, got {str(source)!r}")
    header, records = read_records(path)
    frame = pd.DataFrame(records) if records and "trial" in records[0] else to_frame(records)
    frame.attrs["header"] = header
    return frame


def curves(frame):
    """The curves in long form: one row for each epoch of each run.

    Parameters
    ----------
    frame : pandas.DataFrame
        As ``compare`` and ``load_results`` return it.

    Returns
    -------
    pandas.DataFrame
        task, lag, variant, match, seed, epoch (from 1), loss (in training), score (in validation).
    """
    import pandas as pd

    parts = []
    for row in frame.itertuples():
        epochs = len(row.scores)
        part = pd.DataFrame({"epoch": range(1, epochs + 1), "loss": row.losses[:epochs], "score": row.scores})
        parts.append(part.assign(**{name: getattr(row, name) for name in (*GROUPS, "seed")}))
    columns = [*GROUPS, "seed", "epoch", "loss", "score"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def summarise(frame, value="score", by=GROUPS):
    """Mean and 95% interval over the seeds.

    The interval is Student's: mean plus and minus t * s / sqrt(n) with n - 1 degrees of freedom. It says how sure the
    mean is, over other seeds, on these data. With one seed it is NaN.

    Parameters
    ----------
    frame : pandas.DataFrame
        As ``compare`` and ``load_results`` return it.
    value : str
        A column of numbers, such as "score", "order" or "seconds_per_epoch". Runs without it are left out.
    by : iterable of str
        Columns that tell one group of runs from another.

    Returns
    -------
    pandas.DataFrame
        One row for each group, in the order in which they come: the columns of ``by``, metric, width, parameters, n,
        mean, low, high.

    Raises
    ------
    ValueError
        There is no such column.
    """
    import numpy as np
    import pandas as pd
    from scipy.stats import t as student

    by = list(by)
    missing = [name for name in (value, *by) if name not in frame.columns]
    if missing:
        raise ValueError(f"expected columns among {', '.join(map(str, frame.columns))}, got {', '.join(missing)}")
    rows = []
    for group, runs in frame.groupby(by, sort=False, dropna=False):
        values = runs[value].dropna().to_numpy(dtype=float)
        n = len(values)
        mean = values.mean() if n else np.nan
        half = student.ppf((1 + CONFIDENCE) / 2, n - 1) * values.std(ddof=1) / np.sqrt(n) if n > 1 else np.nan
        row = dict(zip(by, group, strict=True)) | {"metric": runs["metric"].iloc[0] if value == "score" else value}
        row |= {name: runs[name].iloc[0] for name in ("width", "parameters") if name in runs and name not in row}
        rows.append(row | {"n": n, "mean": mean, "low": mean - half, "high": mean + half})
    return pd.DataFrame(rows)
