"""Where the data are: those that ship with the course, downloads, and the cache."""

from importlib.resources import files
from pathlib import Path


def data_path(*parts: str) -> Path:
    """Return the path of shipped data, in a checkout or in an installed course.

    Parameters
    ----------
    *parts
        Folders and a file below `data/`, such as ``"emoji", "train.csv"``.
    """
    return Path(str(files("course_data"))).joinpath(*parts)
