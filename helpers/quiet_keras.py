"""Keras, imported without the messages that TensorFlow writes while it starts, and set for small networks.

Most of them would go, too, if oneDNN were switched off; but then training takes half as long again.
"""

import contextlib
import os
import sys


@contextlib.contextmanager
def _silence():
    """Throw away what C++ code writes to the error stream; exceptions of Python still come through."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # for what it would write later
# The course's networks are small: threads that share one operation wait for each other longer than they compute.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
if "keras" in sys.modules:
    import keras
else:
    with _silence():
        import keras  # noqa: F401  (for notebooks: `from helpers.quiet_keras import keras`)
