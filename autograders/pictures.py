"""Learners' pictures: of which kinds they may be, and how many pixels the browser of who reads a page must unpack.

A file of 100 KB can say of itself that it has a billion pixels: so not bytes are counted, but what its header says.
"""

import base64
import binascii
import io
import warnings

from PIL import Image

FORMATS = ("PNG", "JPEG", "GIF")
SUFFIXES = (".png", ".jpg", ".jpeg", ".gif")
MAX_PIXELS = 50_000_000  # of one picture; of all those in the text cells of a notebook together


def pixels(picture):
    """Return the number of pixels that a picture's header tells of.

    Parameters
    ----------
    picture : bytes or Path

    Returns
    -------
    int or None
        None for what is no picture of the kinds above, or cannot be read.
    """
    source = io.BytesIO(picture) if isinstance(picture, bytes) else picture
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's, about sizes that are judged here
            with Image.open(source, formats=FORMATS) as opened:  # reads the header only
                return opened.width * opened.height
    except Exception:  # a stranger's bytes: there is no list of what Pillow may raise over them
        return None


def pixels_of_text(text):
    """Return the number of pixels of a picture that stands as base64 in a notebook; None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        return pixels(base64.b64decode("".join(text.split()), validate=True))
    except (ValueError, binascii.Error):
        return None


class Room:
    """Room for so many pixels of pictures: those that fit get in, in the order in which they come."""

    def __init__(self, left=MAX_PIXELS):
        self.left = left

    def takes(self, number):
        """Whether a picture of so many pixels still fits; None stands for what is no picture, which never does."""
        if number is None or number > self.left:
            return False
        self.left -= number
        return True
