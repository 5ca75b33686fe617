"""How the grader and an interpreter speak: a frame of JSON, then the frames that belong to it.

A frame is its length in 8 bytes, then its content.
"""

import json
import struct

LENGTH = struct.Struct(">Q")


def send(channel, head, frames=()):
    """Send a message.

    Parameters
    ----------
    channel : socket
        A stream.
    head : dict
        What JSON can hold; what it cannot becomes text.
    frames : sequence of bytes

    Raises
    ------
    OSError
        If the other side is gone, or takes nothing within the channel's timeout.
    """
    data = json.dumps(head | {"frames": len(frames)}, default=str).encode("ascii")
    for frame in (data, *frames):
        channel.sendall(LENGTH.pack(len(frame)))
        channel.sendall(frame)
