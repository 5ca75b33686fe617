"""Pictures that are small as files and huge when they are shown."""

import struct
import zlib


def png(width, height):
    """Return a PNG of one colour: of a billion pixels it has some hundred kilobytes.

    Parameters
    ----------
    width, height : int

    Returns
    -------
    bytes
    """

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    line = bytes(1 + (width + 7) // 8)
    packed = b"".join(packer.compress(line) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
