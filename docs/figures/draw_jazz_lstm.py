"""Draw the figures of the notebook `jazz_lstm`.

    python docs/figures/draw_jazz_lstm.py [--out FOLDER]

As in the figures of the first notebook, time runs from left to right, inputs come from below and predictions leave
upwards; a colour stands for the same quantity, and letters, names and shapes are those of the notebook.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from drawing import MONO, PALETTE, SANS, Figure, Rect, save_all

FIGURES = Path(__file__).parents[2] / "notebooks" / "jazz_lstm" / "figures"
WIDTH = 1000

SLICE_SHAPE, STATE_SHAPE = "(m, n_{values})", "(m, n_{a})"
STEP_SHAPE = "(m, 1, n_{values})"
CELL_W, CELL_H = 112, 120
LANES = {"c": -26.0, "a": 26.0}  # cell state above, hidden state below, from the middle of the cell
KEYS = (("a", "hidden state a"), ("c", "cell state c"), ("y", "prediction ŷ"))


def lane_start(figure: Figure, x: float, middle: float) -> dict[str, Rect]:
    """Draw the two start values, with their names in the code and their shape."""
    pills = {}
    for kind, offset in LANES.items():
        pills[kind] = figure.pill(x, middle + offset, f"{kind}^{{<0>}}", kind)
    figure.code(x, middle - 65, "a0, c0")
    figure.shape(x, middle + 67, STATE_SHAPE)
    return pills


def band(figure: Figure, left: float, right: float, middle: float, height: float, words: str) -> None:
    """Draw the frame of one layer that is called at every step."""
    figure.frame(left, middle - height / 2, right, middle + height / 2)
    figure.text(right + 16, middle - 10, words, size=14, anchor="start", family=SANS, bold=True)
    figure.note(right + 16, middle + 12, "one layer, shared", anchor="start")


def outputs_caption(figure: Figure, x: float, y: float, count: str) -> None:
    """Say what a model's outputs are: a list, and the shape of each."""
    figure.code(x, y - 21, "outputs", anchor="start")
    figure.shape(x, y, rf"\a \list \of {count}", anchor="start")
    figure.shape(x, y + 21, SLICE_SHAPE, anchor="start")


def djmodel() -> Figure:
    """The training model over T_x steps."""
    figure = Figure(
        "djmodel", WIDTH, 740, "The model that is trained",
        "The input X holds one slice for each of T_x time steps; each slice goes through the reshaper into the one "
        "shared LSTM cell, which takes the hidden state a and the cell state c of the step before and hands its own to "
        "the next step; the one shared densor turns each hidden state into a prediction, so there are T_x outputs.",
    )
    steps = {"1": 265.0, "2": 445.0, "T_{x}": 715.0}
    left_out, left, right = 580.0, 185.0, 800.0
    y_out, y_densor, y_cell, y_reshape, y_input = 105.0, 210.0, 370.0, 520.0, 640.0
    band(figure, left, right, y_densor, 70, "densor")
    band(figure, left, right, y_cell, CELL_H + 34, "LSTM_cell")
    band(figure, left, right, y_reshape, 70, "reshaper")
    whole = figure.box((left + right) / 2, y_input, "X", "x", w=right - left, h=46)
    starts = lane_start(figure, 90, y_cell)
    cells = []
    for step, x in steps.items():
        t = f"<{step}>"
        out = figure.pill(x, y_out, f"ŷ^{{{t}}}", "y")
        densor = figure.box(x, y_densor, r"\softmax", "plain", w=104)
        cell = figure.box(x, y_cell, r"\LSTM", "plain", w=CELL_W, h=CELL_H, below=f"t = {step}", radius=14)
        reshape = figure.box(x, y_reshape, STEP_SHAPE, "x", w=126, size=16)
        figure.arrow((x, whole.top[1]), reshape.bottom, kind="x")
        figure.arrow(reshape.top, cell.bottom, kind="x")
        figure.arrow(cell.top, densor.bottom, kind="a")
        figure.arrow(densor.top, out.bottom, kind="y")
        figure.text(x + 12, 270, f"a^{{{t}}}", size=16, anchor="start", colour=PALETTE["a"].text)
        index = {"1": "0", "2": "1"}.get(step, "Tx-1")
        figure.code(x + 12, 587, f"X[:, {index}, :]", anchor="start")
        cells.append(cell)
    for kind, offset in LANES.items():
        y = y_cell + offset
        width = 3.6 if kind == "c" else 2.4
        figure.arrow(starts[kind].right, (cells[0].left[0], y), kind=kind, width=width)
        figure.arrow((cells[0].right[0], y), (cells[1].left[0], y), kind=kind, width=width)
        figure.arrow((cells[1].right[0], y), (left_out - 20, y), kind=kind, width=width, head=False)
        figure.arrow((left_out + 20, y), (cells[2].left[0], y), kind=kind, width=width)
        figure.dots(left_out, y, kind)
        place = (cells[0].right[0] + cells[1].left[0]) / 2
        figure.text(place, y - 17, f"{kind}^{{<1>}}", size=16, colour=PALETTE[kind].text)
    figure.dots(left_out, y_out, "y")
    figure.dots(left_out, y_reshape, "x")
    outputs_caption(figure, 816, y_out, "T_{x}")
    figure.shape(816, y_input, "(m, T_{x}, n_{values})", anchor="start")
    figure.legend(706, ("x", "input, one-hot"), *KEYS)
    return figure


def inference() -> Figure:
    """The composing model over T_y steps."""
    figure = Figure(
        "inference", WIDTH, 670, "The model that composes",
        "The start x0 goes into the shared LSTM cell; the shared densor turns its state into probabilities, which are "
        "an output of the model; the most probable token, as a one-hot vector, is the input of the next step, together "
        "with the hidden state a and the cell state c.",
    )
    steps = {"1": 240.0, "2": 500.0, "T_{y}": 800.0}
    y_out, y_choose, y_densor, y_cell, y_input = 100.0, 180.0, 285.0, 440.0, 570.0
    left, right = 165.0, 875.0
    figure.frame(left, y_densor - 36, right, y_densor + 36)
    figure.frame(left, y_cell - 80, right, y_cell + 80)
    for middle, words in ((y_densor, "densor"), (y_cell, "LSTM_cell")):
        figure.text(right + 12, middle - 10, words, size=14, anchor="start", family=SANS, bold=True)
        figure.note(right + 12, middle + 12, "one, shared", anchor="start")
    starts = lane_start(figure, 80, y_cell)
    places = list(steps.values())
    cells = []
    for step, x in steps.items():
        t = f"<{step}>"
        out = figure.pill(x, y_out, f"ŷ^{{{t}}}", "y")
        densor = figure.box(x, y_densor, r"\softmax", "plain", w=104)
        cell = figure.box(x, y_cell, r"\LSTM", "plain", w=CELL_W, h=CELL_H, below=f"t = {step}", radius=14)
        figure.arrow(cell.top, densor.bottom, kind="a")
        figure.arrow(densor.top, out.bottom, kind="y")
        cells.append(cell)
    start = figure.pill(places[0], y_input, "x^{<1>}", "x")
    figure.arrow(start.top, cells[0].bottom, kind="x")
    figure.code(start.left[0] - 12, y_input - 10, "x0", anchor="end")
    figure.shape(start.left[0] - 12, y_input + 11, STEP_SHAPE, anchor="end")

    gaps = [(places[0] + places[1]) / 2, 622.0]
    for number, (x, gap) in enumerate(zip(places, gaps, strict=False)):
        choose = Rect(gap, y_choose, 100, 64)
        figure.rect("nodes", choose, PALETTE["gate"].fill, PALETTE["gate"].line)
        figure.text(gap, y_choose - 11, r"\argmax", 19, colour=PALETTE["gate"].text, inside=choose)
        figure.text(gap, y_choose + 14, "one-hot", 14, colour=PALETTE["gate"].text, family=SANS, inside=choose)
        figure.arrow(figure.dot(x, y_choose, "y"), choose.left, kind="y")
        following = f"<{number + 2}>"
        end = places[1] if number == 0 else 690.0
        if number == 0:
            figure.arrow(choose.bottom, (gap, y_input), (end, y_input), cells[1].bottom, kind="x")
        else:
            figure.arrow(choose.bottom, (gap, y_input), (end - 14, y_input), kind="x", head=False)
            figure.dots(end + 8, y_input, "x")
            figure.arrow((end + 30, y_input), (places[2], y_input), cells[2].bottom, kind="x")
        figure.text((gap + end) / 2, y_input + 20, f"x^{{{following}}}", size=17, colour=PALETTE["x"].text)
    figure.text((720 + places[2]) / 2, y_input + 20, "x^{<T_{y}>}", size=17, colour=PALETTE["x"].text)
    for kind, offset in LANES.items():
        y = y_cell + offset
        width = 3.6 if kind == "c" else 2.4
        figure.arrow(starts[kind].right, (cells[0].left[0], y), kind=kind, width=width)
        figure.arrow((cells[0].right[0], y), (cells[1].left[0], y), kind=kind, width=width, hop=gaps[0])
        figure.arrow((cells[1].right[0], y), (678, y), kind=kind, width=width, head=False, hop=gaps[1])
        figure.dots(698, y, kind)
        figure.arrow((718, y), (cells[2].left[0], y), kind=kind, width=width)
    figure.dots(690, y_out, "y")
    outputs_caption(figure, 860, y_out, "T_{y}")
    figure.legend(640, ("x", "input, one-hot"), *KEYS, ("gate", "the choice"))
    return figure


#: A bar over B flat 7: (pitch or None for a rest, length in quavers, the token).
BAR = (
    (70, 1, "C 1/2 +0..+0"),
    (72, 1, "L 1/2 +1..+2"),
    (73, 1, "A 1/2 +1..+2"),
    (74, 2, "C 1 +1..+2"),
    (None, 1, "R 1/2"),
    (77, 1, "C 1/2 +3..+4"),
    (75, 1, "S 1/2 -2..-1"),
)
NOTE_NAMES = {70: "B♭", 72: "C", 73: "C♯", 74: "D", 75: "E♭", 77: "F"}
KIND_WORDS = {"C": "chord tone", "L": "colour tone", "A": "approach", "S": "scale tone", "R": "rest"}
KIND_COLOUR = {"C": "a", "L": "y", "A": "c", "S": "x", "R": "param"}


def token_anatomy() -> Figure:
    """A bar of melody, and the token of each note."""
    figure = Figure(
        "token_anatomy", WIDTH, 560, "A bar of melody, and its tokens",
        "Six notes and a rest over the chord B flat 7, drawn as a piano roll: B flat, C, C sharp, D, a rest, F, E "
        "flat. Below each stands its token: the kind of tone over the chord, the length in quarter notes, and the "
        "range of the interval from the note before.",
    )
    left, quaver, semitone, floor = 70.0, 108.0, 20.0, 262.0
    figure.frame(left - 14, 66, left + 8 * quaver + 14, floor + 26)
    figure.text(left, 88, r"\B♭7", size=20, anchor="start")
    x, before = left, None
    for pitch, length, token in BAR:
        wide = length * quaver
        middle = x + wide / 2
        kind = token[0]
        colour = KIND_COLOUR[kind]
        if pitch is not None:
            y = floor - (pitch - 70) * semitone
            note = figure.box(middle, y, rf"\{NOTE_NAMES[pitch]}", colour, w=wide - 8, h=26, size=16, radius=6)
            if before is not None:
                figure.arrow((note.left[0] - 4, before), (note.left[0] - 4, y), kind="param", head=False, thin=True)
            before = y
        fields = token.split()
        card = Rect(middle, 358, wide - 12, 112)
        figure.rect("nodes", card, PALETTE[colour].fill, PALETTE[colour].line, radius=10)
        for field, place, size in zip(fields, (326, 358, 390), (22, 17, 17), strict=False):
            figure.text(middle, place, field, size=size, colour=PALETTE[colour].text, family=MONO, inside=card)
        figure.note(middle, 436, KIND_WORDS[kind])
        x += wide
    figure.text(500, 480, "C 1/2 +3..+4", size=19, family=MONO)
    figure.note(500, 512, "kind: a chord tone    ·    length: half a quarter note, a quaver    ·    "
                "window: three or four semitones above the last note")
    return figure


DRAWINGS: tuple[Callable[[], Figure], ...] = (djmodel, inference, token_anatomy)


if __name__ == "__main__":
    save_all(DRAWINGS, "jazz_lstm", FIGURES)
