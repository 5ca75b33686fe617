"""Draw the figures of the notebook `emojify`.

    python docs/figures/draw_emojify.py [--out FOLDER]

Every figure has the same width, so that all are shown at one scale. Time runs from left to right. The numbers in the
figures are made up; letters, names and shapes are those of the notebook.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from drawing import INK, MUTED, PALETTE, SANS, Figure, Rect, save_all

FIGURES = Path(__file__).parents[2] / "notebooks" / "emojify" / "figures"
WIDTH = 1000
LABELS = ("heart", "baseball", "smile", "disappointed", "fork and knife")
CELL = 17.0  # the side of one number of a vector
EMPTY = "#ffffff"  # a place that holds zero

WORD_KEY, VECTOR_KEY, STATE_KEY = ("x", "word, or its index"), ("c", "word vector"), ("a", "state of an LSTM")
OUTPUT_KEY, PARAM_KEY, FROZEN_KEY = ("y", "probability"), ("param", "weights to learn"), ("c", "frozen vectors")


def strip(figure: Figure, x: float, y: float, kind: str, cells: int = 6, zero: bool = False) -> Rect:
    """Draw a vector as a row of numbers whose middle is at (x, y); a `zero` vector is empty."""
    colours, left = PALETTE[kind], x - cells * CELL / 2
    for number in range(cells):
        a, b = left + number * CELL, y - CELL / 2
        corners = [(a, b), (a + CELL, b), (a + CELL, b + CELL), (a, b + CELL)]
        figure.polygon(corners, EMPTY if zero else colours.fill, colours.line)
    at = Rect(x, y, cells * CELL, CELL)
    figure.nodes.append(at)
    return at


def word(figure: Figure, x: float, y: float, text: str, kind: str = "x", w: float = 104) -> Rect:
    """Draw a word, or an index, that enters."""
    at = Rect(x, y, w, 38)
    figure.rect("nodes", at, PALETTE[kind].fill, PALETTE[kind].line, radius=19)
    figure.nodes.append(at)
    figure.text(x, y, text, size=16, colour=PALETTE[kind].text, family=SANS, inside=at)
    return at


def layer(figure: Figure, x: float, y: float, text: str, kind: str, w: float, h: float = 44, below: str = "") -> Rect:
    """Draw a layer, with what is to be said of it `below` its name."""
    at = Rect(x, y, w, h)
    figure.rect("nodes", at, PALETTE[kind].fill, PALETTE[kind].line, radius=8)
    figure.nodes.append(at)
    figure.text(x, y - (10 if below else 0), text, size=16, colour=PALETTE[kind].text, family=SANS, inside=at)
    if below:
        figure.text(x, y + 12, below, size=14, colour=PALETTE[kind].text, family=SANS, inside=at)
    return at


def probabilities(figure: Figure, left: float, top: float, shares: tuple[float, ...], length: float = 90) -> Rect:
    """Draw five probabilities as bars with their labels; return the place of the bars."""
    pitch, colours = 25.0, PALETTE["y"]
    for row, (label, share) in enumerate(zip(LABELS, shares, strict=True)):
        y = top + (row + 0.5) * pitch
        width = max(share * length, 2)
        figure.rect("nodes", Rect(left + width / 2, y, width, 14), colours.line, colours.line, radius=2, stroke=1)
        figure.note(left + width + 8, y, label, anchor="start")
    return Rect(left + length / 2, top + len(shares) * pitch / 2, length, len(shares) * pitch)


# ------------------------------------------------------------------------------------------------ V1


def emojifier_v1() -> Figure:
    """The average of the word vectors, and softmax regression on it."""
    figure = Figure(
        "emojifier_v1", WIDTH, 400, "Emojifier-V1: one pot for all words",
        "Each of the three words of a sentence is looked up and becomes a vector of n_x numbers; the three vectors are "
        "averaged to one vector, which is multiplied by the weights W, added to the bias b and sent through softmax: "
        "five probabilities, of which that of fork and knife is the largest.",
    )
    middle = 182.0
    average = layer(figure, 385, middle, "average", "plain", 92)
    for text, y in (("such", middle - 75), ("tasty", middle), ("noodles", middle + 75)):
        start = word(figure, 88, y, text)
        vector = strip(figure, 238, y, "c")
        figure.arrow(start.right, vector.left, kind="x")
        if y == middle:
            figure.arrow(vector.right, average.left, kind="c")
        else:
            figure.arrow(vector.right, (385, y), average.top if y < middle else average.bottom, kind="c")
    one = strip(figure, 505, middle, "c")
    weights = layer(figure, 622, middle, "W , b", "param", 74)
    softmax = layer(figure, 732, middle, "softmax", "plain", 88)
    figure.arrow(average.right, one.left, kind="c")
    figure.arrow(one.right, weights.left, kind="c")
    figure.arrow(weights.right, softmax.left, kind="plain")
    bars = probabilities(figure, 815, middle - 62.5, (0.07, 0.05, 0.12, 0.05, 0.71), length=64)
    figure.arrow(softmax.right, (bars.left[0] - 4, middle), kind="y")

    line = 312.0
    figure.code(88, line, "sentence")
    figure.code(238, line, "word_to_vec_map")
    figure.shape(238, line + 20, r"(n_{x},) \each")
    figure.code(505, line, "avg")
    figure.shape(505, line + 20, "(n_{x},)")
    figure.code(622, line, "W, b")
    figure.shape(622, line + 20, "(n_{y}, n_{x}),  (n_{y},)")
    figure.code(870, line, "a")
    figure.shape(870, line + 20, "(n_{y},)")
    figure.note(385, line, "any number of words,")
    figure.note(385, line + 20, "one vector")
    figure.legend(372, ("x", "word"), VECTOR_KEY, PARAM_KEY, OUTPUT_KEY)
    return figure


# ------------------------------------------------------------------------------------------------ V2

STEPS = (("not", 1), ("feeling", 2), ("happy", 3), ("0", 0), ("0", 0))
INDICES = ("36", "1420", "803", "0", "0")
FIRST_STEP, STEP = 105.0, 117.0


def emojifier_v2() -> Figure:
    """Embedding, LSTM, dropout, LSTM, dropout, dense and softmax over the steps of a padded sentence."""
    figure = Figure(
        "emojifier_v2", WIDTH, 710, "Emojifier-V2: one word after the other",
        "A sentence of three words, padded with two zeros to five steps, goes upwards: indices, the frozen embedding, "
        "a first LSTM whose state goes on to the right and, at every step, upwards through dropout to a second LSTM; "
        "only the last state of the second LSTM goes on through dropout, a dense layer and softmax to five "
        "probabilities, of which that of disappointed is the largest.",
    )
    columns = [FIRST_STEP + number * STEP for number in range(len(STEPS))]
    centre, wide = columns[2], 4 * STEP + 92
    y_word, y_index, y_table, y_first, y_drop, y_second = 644.0, 602.0, 527.0, 417.0, 332.0, 247.0
    table = layer(figure, centre, y_table, "embedding, frozen: row of each index", "c", wide)
    drop = layer(figure, centre, y_drop, "dropout", "plain", wide, 36)
    first = [layer(figure, x, y_first, "LSTM", "a", 76, 48) for x in columns]
    second = [layer(figure, x, y_second, "LSTM", "a", 76, 48) for x in columns]
    for x, (text, place), index, low, high in zip(columns, STEPS, INDICES, first, second, strict=True):
        start = word(figure, x, y_index, index, w=76)
        figure.note(x, y_word, text if place else "padding")
        figure.arrow(start.top, (x, table.bottom[1]), kind="x")
        figure.arrow((x, table.top[1]), low.bottom, kind="c")
        figure.arrow(low.top, (x, drop.bottom[1]), kind="a")
        figure.arrow((x, drop.top[1]), high.bottom, kind="a")
    for row in (first, second):
        for one, other in zip(row, row[1:], strict=False):
            figure.arrow(one.right, other.left, kind="a")

    last = layer(figure, 690, y_second, "dropout", "plain", 88, 36)
    dense = layer(figure, 796, y_second, "dense", "param", 76)
    softmax = layer(figure, 905, y_second, "softmax", "plain", 92)
    figure.arrow(second[-1].right, last.left, kind="a")
    figure.arrow(last.right, dense.left, kind="a")
    figure.arrow(dense.right, softmax.left, kind="plain")
    bars = probabilities(figure, 800, 60, (0.06, 0.05, 0.2, 0.64, 0.05))
    figure.arrow(softmax.top, (softmax.x, bars.bottom[1] + 4), kind="y")

    side = 668.0
    for y, words, shape in (
        (y_index, "indices", "(m, T_{x})"),
        ((y_table + y_first) / 2 + 2, "vectors of the words", "(m, T_{x}, n_{x})"),
        (y_first - 38, "128 numbers at every step", "(m, T_{x}, 128)"),
    ):
        figure.note(side, y - 9, words, anchor="start")
        figure.shape(side, y + 11, shape, anchor="start")
    figure.note(632, 180, "the last state only", anchor="middle")
    figure.shape(632, 200, "(m, 128)")
    figure.shape(905, 288, "(m, 5)")
    figure.legend(684, WORD_KEY, FROZEN_KEY, STATE_KEY, ("param", "dense layer"), OUTPUT_KEY)
    return figure


# ------------------------------------------------------------------------------------------------ padding

ROWS = (
    (("pizza", "for", "everyone"), ("2610", "11", "915"), "pizza for everyone", ""),
    (("i", "love", "you"), ("41", "835", "82"), "i zzzzyx love you", "zzzzyx has no index: skipped"),
    (
        ("we", "won", "the", "game", "by", "one"), ("54", "371", "1", "199", "22", "48"),
        "we won the game by one run in the end", "run in the end: cut off",
    ),
)  # fmt: skip


def padding() -> Figure:
    """Three sentences as rows of one table of indices."""
    figure = Figure(
        "padding", WIDTH, 400, "Sentences of any length become rows of one length",
        "Three sentences as rows of a table with six columns: the indices of three words followed by three zeros; the "
        "indices of the three known words of a sentence of four, without a gap, followed by three zeros; and the "
        "indices of the first six words of a sentence of ten.",
    )
    left, top, wide, high, max_len = 400.0, 92.0, 92.0, 68.0, 6
    for row, (words, indices, sentence, remark) in enumerate(ROWS):
        y = top + (row + 0.5) * high
        figure.text(370, y - (9 if remark else 0), sentence, size=16, anchor="end", family=SANS, colour=INK)
        if remark:
            figure.note(370, y + 13, remark, anchor="end")
        for column in range(max_len):
            place = Rect(left + (column + 0.5) * wide, y, wide - 6, high - 10)
            known = column < len(words)
            colours = PALETTE["x" if known else "param"]
            figure.rect("nodes", place, colours.fill if known else EMPTY, colours.line, radius=5)
            figure.nodes.append(place)
            index = indices[column] if known else "0"
            lift = 11 if known else 0
            figure.text(place.x, y - lift, index, size=18, colour=colours.text, inside=place)
            if known:
                figure.text(place.x, y + 13, words[column], size=14, colour=colours.text, family=SANS, inside=place)
    bottom = top + len(ROWS) * high + 14
    ends = (left + 3, left + max_len * wide - 3)
    for start, stop in (((ends[0], bottom), (ends[1], bottom)), *(((x, bottom), (x, bottom - 7)) for x in ends)):
        figure.arrow(start, stop, kind="plain", head=False, width=1.6)
    figure.code((ends[0] + ends[1]) / 2, bottom + 18, "max_len = 6")
    figure.code(370, bottom + 6, "sentences_to_indices", anchor="end")
    figure.shape(370, bottom + 26, "(m, T_{x})", anchor="end")
    figure.legend(372, ("x", "index of a word"), ("plain", "0: no word here"))
    return figure


# ------------------------------------------------------------------------------------------------ embedding

TABLE = (("0", "no word"), ("1", "the"), ("2", "you"), ("3", "love"), ("4", "game"), ("", ""), ("V", "zone"))


def embedding() -> Figure:
    """Indices pick the rows of a matrix."""
    figure = Figure(
        "embedding", WIDTH, 470, "An embedding layer looks rows up",
        "In the middle a matrix with rows 0 to V of n_x numbers each, row 0 empty; on the left the indices 3, 2, 0 and "
        "0 of the padded sentence love you; each picks its row of the matrix, and the rows picked stand on the right "
        "as the four vectors of the sentence, the last two zero.",
    )
    middle, top, pitch = 500.0, 108.0, 40.0
    rows = {}
    for number, (index, text) in enumerate(TABLE):
        y = top + number * pitch
        if not index:
            figure.dots(middle, y, "param")
            continue
        rows[index] = strip(figure, middle, y, "c", cells=8, zero=index == "0")
        figure.text(middle - 86, y - 14, index, size=15, colour=MUTED)
        figure.note(middle + 82, y - 12, text, anchor="start", size=13)
    picked = (("3", "love", 150.0), ("2", "you", 210.0), ("0", "padding", 270.0), ("0", "padding", 330.0))
    for lane, (index, text, y) in enumerate(picked):
        start = word(figure, 130, y, index, w=60)
        figure.note(start.left[0] - 10, y, text, anchor="end", size=14)
        vector = strip(figure, 850, y, "c", cells=8, zero=index == "0")
        row = rows[index]
        turn, leave = 250 + 34 * lane, 725 - 34 * lane
        nudge = {2: -3.0, 3: 3.0}.get(lane, 0.0)
        figure.arrow(start.right, (turn, y), (turn, row.y + nudge), (row.left[0], row.y + nudge), kind="x")
        figure.arrow((row.right[0], row.y + nudge), (leave, row.y + nudge), (leave, y), vector.left, kind="c")
    line = 396.0
    figure.code(130, line, "X_indices[i]")
    figure.shape(130, line + 20, "(T_{x},)")
    figure.note(middle, line, "the matrix of the layer")
    figure.shape(middle, line + 20, "(V + 1, n_{x})")
    figure.note(850, line, "what the layer gives")
    figure.shape(850, line + 20, "(T_{x}, n_{x})")
    figure.legend(446, ("x", "index"), FROZEN_KEY, ("plain", "zero"))
    return figure


DRAWINGS: tuple[Callable[[], Figure], ...] = (emojifier_v1, emojifier_v2, padding, embedding)


if __name__ == "__main__":
    save_all(DRAWINGS, "emojify", FIGURES)
