"""Learners' pictures: which kinds a page may show, and how many pixels its reader's browser must unpack for them.

A file of 100 KB can unpack to a billion pixels. So what is counted is not bytes, but the size that the header states.
"""

import base64
import binascii
import io
import warnings

from PIL import Image

FORMATS = ("PNG", "JPEG", "GIF")
SUFFIXES = (".png", ".jpg", ".jpeg", ".gif")
MAX_PIXELS = 50_000_000  # of one picture, and of all pictures in the text cells of a notebook together


def pixels(picture):
    """Return the number of pixels that a picture's header states.

    Parameters
    ----------
    picture : bytes or Path

    Returns
    -------
    int or None
        None for anything that is no picture of these kinds or cannot be read.
    """
    source = io.BytesIO(picture) if isinstance(picture, bytes) else picture
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of large pictures; here the caller decides
            with Image.open(source, formats=FORMATS) as opened:  # reads the header only
                return opened.width * opened.height
    except Exception:  # nobody knows all that Pillow may raise over a stranger's bytes
        return None


def pixels_of_text(text):
    """Return the number of pixels of a picture that is base64 text in a notebook; None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        return pixels(base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True))
    except (ValueError, binascii.Error):
        return None


class Room:
    """Room for a number of pixels: first come, first served; a picture that no longer fits is turned away."""

    def __init__(self, left=MAX_PIXELS):
        self.left = left

    def takes(self, number):
        """Whether so many pixels still fit; if so, the room shrinks. None, for what is no picture, never fits."""
        if number is None or number > self.left:
            return False
        self.left -= number
        return True
