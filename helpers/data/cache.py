"""Where the course keeps what it can make or fetch again: downloads, and word vectors ready to open."""

import contextlib
import os
import tempfile
from pathlib import Path

CACHE_VARIABLE = "COURSE_CACHE"
CACHE_NAME = "recurrent-networks-course"


def cache_folder(*parts):
    """Name a folder in the user's cache; it need not exist yet.

    Parameters
    ----------
    *parts : str
        Names of folders inside it, such as ``"downloads"``.

    Returns
    -------
    Path
        Inside the folder named by the environment variable ``COURSE_CACHE`` where that is set, else inside the place
        that the operating system sets aside for caches.
    """
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen).expanduser().joinpath(*parts)
    from platformdirs import user_cache_path

    return user_cache_path(CACHE_NAME, appauthor=False).joinpath(*parts)


@contextlib.contextmanager
def whole_file(path):
    """Write a file that appears whole or not at all.

    However many processes write it at once, and whenever one is killed: each writes a file of its own beside it, which
    takes the place of `path` at the end. Whatever exception the block raises comes through, and leaves no file.

    Parameters
    ----------
    path : Path
        Its folder is made where it is missing.

    Yields
    ------
    file
        Open for writing bytes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
