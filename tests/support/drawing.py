"""Pictures for tests."""

import io

from PIL import Image


def picture(width, height, kind="PNG"):
    """Return a real picture, all black."""
    stream = io.BytesIO()
    Image.new("L", (width, height)).save(stream, kind)
    return stream.getvalue()
