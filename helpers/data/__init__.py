"""Where the data are: those that ship with the course, downloads, and the cache."""

from importlib.resources import files
from pathlib import Path


def data_path(*parts):
    """Return the path of shipped data, in a checkout or in an installed course.

    Parameters
    ----------
    *parts : str
        Folders and a file below `data/`, such as ``"emoji", "train.csv"``.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    FileNotFoundError
        If the course was installed without its data, or they were removed since.
    """
    try:
        path = Path(str(files("course_data"))).joinpath(*parts)
    except ModuleNotFoundError:
        path = Path("course_data", *parts)
    if not path.exists():
        raise FileNotFoundError(
            f"{path}: expected a part of the course's data, got no file; install the course's package again"
        )
    return path
