"""How the grader and an interpreter speak: a frame of JSON, then the frames that belong to it.

A frame is its length in 8 bytes, then its content.
"""

import json
import struct
from base64 import b64encode

LENGTH = struct.Struct(">Q")


def packed(head, frames=()):
    """Return a message as bytes.

    Parameters
    ----------
    head : dict
        What JSON can hold; bytes, as of a picture, become base64, and what it cannot hold becomes text.
    frames : sequence of bytes

    Returns
    -------
    bytes
    """
    data = json.dumps(head | {"frames": len(frames)}, default=_text).encode("ascii")
    return b"".join(part for frame in (data, *frames) for part in (LENGTH.pack(len(frame)), frame))


def _text(value):
    return b64encode(value).decode("ascii") if isinstance(value, bytes) else str(value)


def read_frame(source):
    """Return the next frame of a binary file; b"" at its end."""
    start = source.read(LENGTH.size)
    return source.read(*LENGTH.unpack(start)) if start else b""
