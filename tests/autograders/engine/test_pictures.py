"""How many pixels a picture says that it has, and which pictures get room."""

import base64
import io
import struct

import pytest
from drawing import picture
from hostile.pictures import png
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from autograders.engine.outputs import PIXELS_PER_BYTE, clean_output, size
from autograders.engine.pictures import FORMATS, MAX_PIXELS, Room, pixels, pixels_of_text


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("shape", [(1, 1), (3, 700), (640, 480)])
def test_pixels_are_width_times_height(kind, shape, tmp_path):
    data = picture(*shape, kind)
    (tmp_path / "picture").write_bytes(data)
    assert pixels(data) == pixels(tmp_path / "picture") == shape[0] * shape[1]
    assert pixels_of_text(base64.b64encode(data).decode("ascii")) == shape[0] * shape[1]


def test_a_huge_picture_is_told_by_its_header():
    assert pixels(png(30_000, 30_000)) in (None, 900_000_000)
    assert not Room().takes(pixels(png(30_000, 30_000)))
    assert pixels(png(9_000, 9_000)) == 81_000_000


def test_of_a_gif_the_first_frame_counts_where_it_is_larger_than_the_canvas():
    data = bytearray(picture(3_000, 2_000, "GIF"))
    data[6:10] = struct.pack("<HH", 1, 1)
    assert pixels(bytes(data)) == 6_000_000


@pytest.mark.parametrize("kind", ["BMP", "WEBP", "TIFF", "ICO"])
def test_pictures_of_other_kinds_are_none(kind):
    assert pixels(picture(16, 16, kind)) is None


@given(st.binary(max_size=200), st.sampled_from([b"", *(picture(2, 2, kind)[:20] for kind in FORMATS)]))
def test_bytes_that_are_no_picture_are_none(data, begin):
    number = pixels(begin + data)
    assert number is None or number > 0


@pytest.mark.parametrize("value", [None, 7, [], {}, "", "\ud800", "x", "data:image/png;base64,", "AAAA\u00e4"])
def test_text_that_is_no_picture_is_none(value):
    assert pixels_of_text(value) is None


def test_only_line_breaks_may_stand_in_a_pictures_text():
    """A page shows the text as it is, and a browser takes no other spaces out of an address."""
    text = base64.b64encode(picture(2, 2, FORMATS[0])).decode("ascii")
    assert pixels_of_text(f"{text[:8]}\r\n{text[8:]}\n") == 2 * 2
    for space in ("\u2028", "\u00a0", "\x0b", "\x1c"):
        assert pixels_of_text(text + space) is None


def test_room_is_for_all_pictures_together():
    room = Room(100)
    assert [room.takes(number) for number in (60, 60, None, 40, 1, 0)] == [True, False, False, True, False, True]


def shown(data):
    return clean_output("display_data", {"data": {"image/png": base64.b64encode(data).decode("ascii")}})


def test_of_what_a_cell_shows_a_picture_counts_by_its_pixels_though_its_file_is_small():
    side = int((MAX_PIXELS - 1) ** 0.5)
    assert shown(png(side, side)) is not None
    assert size(shown(png(side, side))) > side * side // PIXELS_PER_BYTE
    assert shown(png(side + 1, side + 1)) is None


def test_that_small_picture_is_what_it_says():
    assert len(png(30_000, 30_000)) < 200_000
    assert Image.open(io.BytesIO(png(40, 30))).convert("L").size == (40, 30)
