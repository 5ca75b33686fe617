"""Keras, imported without what TensorFlow writes to the error stream while it starts.

Turning oneDNN off would silence the most of it as well, and make training half as slow again.
"""

import contextlib
import os
import sys


@contextlib.contextmanager
def _silence():
    """Send what C++ code writes to the error stream nowhere; Python's exceptions come through."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # messages of later
if "keras" in sys.modules:
    import keras
else:
    with _silence():
        import keras  # noqa: F401  (for notebooks: `from helpers.quiet_keras import keras`)
