"""Where the course keeps what it can make or fetch again: downloads, and word vectors ready to open."""

import os
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
