"""Pictures for tests."""

import io
import re

from PIL import Image

DESCRIBED = re.compile(r'<img alt="[^"]{20,}" src="data:image/(png|svg\+xml);base64,')


def picture(width, height, kind="PNG"):
    """Return a real picture, all black."""
    stream = io.BytesIO()
    Image.new("L", (width, height)).save(stream, kind)
    return stream.getvalue()


def described(cell):
    """Return the kinds of the pictures that a cell shows together with a text that says what they show."""
    shown = (output.get("data", {}).get("text/html", "") for output in cell.outputs)
    return [found[1] for text in shown if (found := DESCRIBED.match(text))]
