"""Draw the figures of the notebook `step_by_step_rnn`.

    python docs/figures/draw_step_by_step.py [--out FOLDER]

Every figure has the same width, so that all are shown at one scale. In each, time runs from left to right, inputs come
from below and predictions leave upwards (from an LSTM or GRU cell, whose state runs along the top, to the right). Only
the backward figures run the other way, as the gradients do. Letters, names and shapes are those of the notebook.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from drawing import MUTED, PALETTE, SANS, Figure, Point, Rect, save_all

FIGURES = Path(__file__).parents[2] / "notebooks" / "step_by_step_rnn" / "figures"
WIDTH = 1000

# labels that several figures share
A_PREV, A_NEXT = "a^{<t-1>}", "a^{<t>}"
C_PREV, C_NEXT = "c^{<t-1>}", "c^{<t>}"
X, Y = "x^{<t>}", "ŷ^{<t>}"
D = r"\d|"  # the upright d of a gradient
STATE_SHAPE, INPUT_SHAPE, OUTPUT_SHAPE = "(n_{a}, m)", "(n_{x}, m)", "(n_{y}, m)"

INPUT_KEY, HIDDEN_KEY, CELL_KEY = ("x", "input x"), ("a", "hidden state a"), ("c", "cell state c")
GATE_KEY, OUTPUT_KEY, PARAM_KEY = ("gate", "gate, 0 to 1"), ("y", "prediction ŷ"), ("param", "weights and biases")
GRAD_KEY = ("grad", "gradient")
PRODUCT_KEY, SUM_KEY = ("⊙", "product entry by entry"), ("+", "sum")


def captioned_pill(
    figure: Figure, x: float, y: float, label: str, kind: str, code: str, shape: str, beside: bool = False
) -> Rect:
    """Draw a quantity with its name in the code and its shape, under it or `beside` it."""
    pill = figure.pill(x, y, label, kind)
    if beside:
        figure.code(pill.right[0] + 12, y - 9, code, anchor="start")
        figure.shape(pill.right[0] + 12, y + 11, shape, anchor="start")
    else:
        figure.code(x, y + 36, code)
        figure.shape(x, y + 56, shape)
    return pill


# ------------------------------------------------------------------------------------------------ basic RNN


def rnn_cell() -> Figure:
    """One step of the basic RNN, every operation of the equations a box of its own."""
    figure = Figure(
        "rnn_cell", WIDTH, 640, "A basic RNN cell",
        "One step of a basic recurrent network: the previous hidden state times Waa, the input times Wax and the "
        "bias ba are added and go through tanh to give the new hidden state, which leaves to the right and, times "
        "Wya plus by through softmax, gives the prediction above.",
    )
    main = 370
    figure.frame(165, 105, 800, 510)
    before = captioned_pill(figure, 85, main, A_PREV, "a", "a_prev", STATE_SHAPE)
    after = captioned_pill(figure, 905, main, A_NEXT, "a", "a_next", STATE_SHAPE)
    xt = captioned_pill(figure, 430, 560, X, "x", "xt", INPUT_SHAPE, beside=True)
    yt = captioned_pill(figure, 665, 60, Y, "y", "yt_pred", OUTPUT_SHAPE, beside=True)

    waa = figure.box(290, main, "W_{aa}", "param")
    wax = figure.box(430, 455, "W_{ax}", "param")
    ba = figure.box(430, 285, "b_{a}", "param", w=56)
    total = figure.operation(430, main, "+")
    tanh = figure.box(555, main, r"\tanh")
    branch = figure.dot(665, main, "a")
    wya = figure.box(665, 290, "W_{ya}", "param")
    scores = figure.operation(665, 220, "+")
    by = figure.box(752, 220, "b_{y}", "param", w=56)
    softmax = figure.box(665, 150, r"\softmax", w=104)

    figure.arrow(before.right, waa.left, kind="a")
    figure.arrow(waa.right, total.left, kind="plain")
    figure.arrow(xt.top, wax.bottom, kind="x")
    figure.arrow(wax.top, total.bottom, kind="plain")
    figure.arrow(ba.bottom, total.top, kind="plain")
    figure.arrow(total.right, tanh.left, kind="plain")
    figure.arrow(tanh.right, after.left, kind="a")
    figure.arrow(branch, wya.bottom, kind="a")
    figure.arrow(wya.top, scores.bottom, kind="plain")
    figure.arrow(by.left, scores.right, kind="plain")
    figure.arrow(scores.top, softmax.bottom, kind="plain")
    figure.arrow(softmax.top, yt.bottom, kind="y")

    figure.text(
        190, 148, f"«a {A_NEXT}» = \\tanh(W_{{ax}} «x {X}» + W_{{aa}} «a {A_PREV}» + b_{{a}})", size=20, anchor="start"
    )
    figure.text(190, 190, f"«y {Y}» = \\softmax(W_{{ya}} «a {A_NEXT}» + b_{{y}})", size=20, anchor="start")
    figure.legend(612, INPUT_KEY, HIDDEN_KEY, OUTPUT_KEY, ("param", "weights, to multiply by, and biases"), SUM_KEY)
    return figure


STEPS = {"1": 235.0, "2": 405.0, "T_{x}": 660.0}  # the time steps that an unrolled figure shows, and where
LEFT_OUT = 532.0  # where the steps between are left out
FIRST, LAST, STACKED = 80.0, 805.0, 915.0
CELL_WIDTH = 104


@dataclass(frozen=True)
class Lane:
    """What is carried from step to step: its letter, where its line runs, and its start value's name in the code."""

    letter: str
    y: float
    start: str


def unrolled(figure: Figure, cell: str, parameters: str, lanes: list[Lane], prediction: str, bar: float) -> None:
    """Draw a network unrolled over time: the `cell` at some steps, all sharing the `parameters` in a wide `bar`."""
    top, height = 110, lanes[-1].y - lanes[0].y + 90
    middle = (lanes[0].y + lanes[-1].y) / 2
    bottom = middle + height / 2 + 85
    half = CELL_WIDTH / 2
    shared = figure.box(sum(STEPS.values()) / 3, bottom + 95, parameters, "param", w=bar, h=46, size=18)
    edges = []
    for step, x in STEPS.items():
        at = figure.box(x, middle, cell, "plain", w=CELL_WIDTH, h=height, size=19, below=f"t = {step}", radius=14)
        xt = figure.pill(x, bottom, f"x^{{<{step}>}}", "x")
        yt = figure.pill(x, top, f"ŷ^{{<{step}>}}", "y")
        figure.arrow(xt.top, at.bottom, kind="x")
        figure.arrow(at.top, yt.bottom, kind="y")
        foot = (x - half + 5, at.bottom[1] + 2)
        figure.arrow((foot[0], shared.top[1]), foot, kind="param", head=False, thin=True)
        edges += [x - half, x + half]

    for lane in lanes:
        kind, y = lane.letter, lane.y
        width = 3.6 if kind == "c" else 2.4
        start = figure.pill(FIRST, y, f"{kind}^{{<0>}}", kind)
        stop = figure.pill(LAST, y, f"{kind}^{{<T_{{x}}>}}", kind)
        figure.arrow(start.right, (edges[0], y), kind=kind, width=width)
        figure.arrow((edges[1], y), (edges[2], y), kind=kind, width=width)
        figure.arrow((edges[3], y), (LEFT_OUT - 22, y), kind=kind, width=width, head=False)
        figure.arrow((LEFT_OUT + 22, y), (edges[4], y), kind=kind, width=width)
        figure.arrow((edges[5], y), stop.left, kind=kind, width=width)
        for x, step in (((edges[1] + edges[2]) / 2, "1"), ((edges[3] + LEFT_OUT - 22) / 2, "2")):
            figure.text(x, y - 18, f"{kind}^{{<{step}>}}", size=16, colour=PALETTE[kind].text)
        figure.dots(LEFT_OUT, y, kind)
        captions(figure, FIRST, y + 42, lane.start, STATE_SHAPE)
        captions(figure, STACKED, y, kind, "(n_{a}, m, T_{x})")
    figure.dots(LEFT_OUT, top, "y")
    figure.dots(LEFT_OUT, bottom, "x")
    figure.text(FIRST, top - 38, "one step", size=14, family=SANS, bold=True)
    figure.text(STACKED, top - 38, "all steps", size=14, family=SANS, bold=True)
    captions(figure, FIRST, top, "yt_pred", OUTPUT_SHAPE)
    captions(figure, STACKED, top, prediction, "(n_{y}, m, T_{x})")
    captions(figure, FIRST, bottom, "xt", INPUT_SHAPE)
    captions(figure, STACKED, bottom, "x", "(n_{x}, m, T_{x})")
    figure.note(FIRST, bottom + 95, "used by all steps")


def captions(figure: Figure, x: float, y: float, code: str, shape: str) -> None:
    """Write a name in the code and, under it, the shape."""
    figure.code(x, y - 9, code)
    figure.shape(x, y + 10, shape)


def rnn_unrolled() -> Figure:
    """The basic RNN over T_x steps."""
    figure = Figure(
        "rnn_unrolled", WIDTH, 560, "The same cell at every time step",
        "A basic recurrent network unrolled over T_x time steps: at each step the same cell, with the same weights "
        "Wax, Waa, Wya, ba and by, takes one slice of x and the hidden state of the step before, and gives the next "
        "hidden state and a prediction; stacked over time they have the shapes (n_x, m, T_x), (n_a, m, T_x) and "
        "(n_y, m, T_x).",
    )
    unrolled(figure, r"\RNN", "W_{ax} ,  W_{aa} ,  W_{ya} ,  b_{a} ,  b_{y}", [Lane("a", 235, "a0")], "y_pred", 530)
    figure.legend(528, INPUT_KEY, HIDDEN_KEY, OUTPUT_KEY, PARAM_KEY)
    return figure


# ------------------------------------------------------------------------------------------------ LSTM

GATE_X = {"f": 300.0, "i": 422.0, "c": 544.0, "o": 666.0}  # one column for each gate and the candidate
GATE_WORDS = {"f": "forget gate", "i": "input gate", "c": "candidate", "o": "output gate"}
CELL_LINE, HIDDEN_LINE, READ_OUT = 145.0, 300.0, 770.0


def lstm_cell() -> Figure:
    """One step of the LSTM."""
    figure = Figure(
        "lstm_cell", WIDTH, 770, "An LSTM cell",
        "One step of an LSTM: the previous hidden state stacked on the input feeds the forget, input and output "
        "gates and the candidate; along the top the forget gate scales the old cell state, the input gate scales the "
        "candidate, their sum is the new cell state, and the output gate scales its tanh to give the new hidden state.",
    )
    figure.frame(115, 95, 890, 600)
    c_before = captioned_pill(figure, 60, CELL_LINE, C_PREV, "c", "c_prev", STATE_SHAPE)
    c_after = captioned_pill(figure, 942, CELL_LINE, C_NEXT, "c", "c_next", STATE_SHAPE)
    a_after = captioned_pill(figure, 942, HIDDEN_LINE, A_NEXT, "a", "a_next", STATE_SHAPE)
    y_after = captioned_pill(figure, 942, 440, Y, "y", "yt_pred", OUTPUT_SHAPE)
    a_before = captioned_pill(figure, 60, 495, A_PREV, "a", "a_prev", STATE_SHAPE)
    xt = captioned_pill(figure, 190, 655, X, "x", "xt", INPUT_SHAPE, beside=True)

    upper = figure.box(190, 495, A_PREV, "a", w=84, h=40, radius=4)
    lower = figure.box(190, 535, X, "x", w=84, h=40, radius=4)
    figure.note(190, 437, "stacked")
    figure.shape(190, 457, "(n_{a} + n_{x}, m)")
    bus = 515
    for letter, x in GATE_X.items():
        kind = "c" if letter == "c" else "gate"
        label = r"\tanh" if letter == "c" else "σ"
        gate = figure.box(x, 430, label, kind, w=84, h=62, below=f"W_{{{letter}}} , b_{{{letter}}}")
        figure.arrow((x, bus), gate.bottom, kind="plain")
        if letter != "o":
            figure.dot(x, bus, "plain")
        value = "c~^{<t>}" if letter == "c" else f"{letter}^{{<t>}}"
        figure.text(x + 12, 370, value, size=19, anchor="start", colour=PALETTE[kind].text)
        figure.note(x, 545, GATE_WORDS[letter])
        figure.code(x, 566, "cct" if letter == "c" else f"{letter}t")
    figure.arrow((232, bus), (GATE_X["o"], bus), kind="plain", head=False)

    forget = figure.operation(GATE_X["f"], CELL_LINE, "⊙")
    update = figure.operation(GATE_X["c"], HIDDEN_LINE, "⊙")
    total = figure.operation(GATE_X["c"], CELL_LINE, "+")
    output = figure.operation(READ_OUT, HIDDEN_LINE, "⊙")
    tanh = figure.box(READ_OUT, 222, r"\tanh")
    figure.arrow(c_before.right, forget.left, kind="c", width=3.6)
    figure.arrow(forget.right, total.left, kind="c", width=3.6)
    figure.arrow(total.right, c_after.left, kind="c", width=3.6)
    figure.arrow((GATE_X["f"], 399), forget.bottom, kind="gate")
    figure.arrow((GATE_X["i"], 399), (GATE_X["i"], HIDDEN_LINE), update.left, kind="gate")
    figure.arrow((GATE_X["c"], 399), update.bottom, kind="c")
    figure.arrow(update.top, total.bottom, kind="c")
    figure.arrow((GATE_X["o"], 399), (GATE_X["o"], HIDDEN_LINE), output.left, kind="gate")
    figure.arrow(figure.dot(READ_OUT, CELL_LINE, "c"), tanh.top, kind="c")
    figure.arrow(tanh.bottom, output.top, kind="plain")
    figure.arrow(output.right, a_after.left, kind="a")
    softmax = figure.box(822, 440, r"\softmax", w=98, h=62, size=18, below="W_{y} , b_{y}")
    figure.arrow(figure.dot(822, HIDDEN_LINE, "a"), softmax.top, kind="a")
    figure.arrow(softmax.right, y_after.left, kind="y")
    figure.arrow(a_before.right, upper.left, kind="a")
    figure.arrow(xt.top, lower.bottom, kind="x")

    figure.text(
        360, 645, f"«c {C_NEXT}» = «gate f^{{<t>}}» ⊙ «c {C_PREV}» + «gate i^{{<t>}}» ⊙ «c c~^{{<t>}}»",
        size=19, anchor="start",
    )
    figure.text(
        360, 684, f"«a {A_NEXT}» = «gate o^{{<t>}}» ⊙ \\tanh(«c {C_NEXT}»)", size=19, anchor="start"
    )
    figure.text(600, 684, f"«y {Y}» = \\softmax(W_{{y}} «a {A_NEXT}» + b_{{y}})", size=19, anchor="start")
    figure.legend(
        740, INPUT_KEY, HIDDEN_KEY, ("c", "cell state c, candidate"), GATE_KEY, OUTPUT_KEY, PRODUCT_KEY, SUM_KEY, gap=14
    )
    return figure


def lstm_unrolled() -> Figure:
    """The LSTM over T_x steps."""
    figure = Figure(
        "lstm_unrolled", WIDTH, 660, "An LSTM carries a hidden state and a cell state from step to step",
        "An LSTM unrolled over T_x time steps: the same cell with the same weights at every step; the cell state c, "
        "which starts at zero, and the hidden state a, which starts at a0, run from step to step; each step reads "
        "one slice of x and gives one prediction.",
    )
    lanes = [Lane("c", 235, "zeros"), Lane("a", 335, "a0")]
    parameters = ",  ".join(f"W_{{{letter}}} , b_{{{letter}}} " for letter in "ficoy").rstrip()
    unrolled(figure, r"\LSTM", parameters, lanes, "y", 530)
    figure.legend(628, INPUT_KEY, HIDDEN_KEY, CELL_KEY, OUTPUT_KEY, PARAM_KEY)
    return figure


# ------------------------------------------------------------------------------------------------ backward


def rnn_backward() -> Figure:
    """The gradients through one basic RNN cell."""
    figure = Figure(
        "rnn_backward", WIDTH, 690, "Backward through one basic RNN cell",
        "Gradients run from right to left: the gradient given for this step, from above, and the one handed back by "
        "step t+1 add up to da of step t; times the slope of tanh it becomes dz, which gives the gradients of the "
        "weights and the bias, of the input below and of the previous hidden state, and this last one is handed "
        "back to step t-1.",
    )
    main, fork, top = 375, 265, 180
    figure.frame(150, 90, 705, 515)
    before = figure.pill(75, main, D + A_PREV, "grad", w=92)
    dx = figure.pill(430, 570, D + X, "grad", w=92)
    back = figure.pill(925, main, D + r"a^{\back}", "grad", w=92)
    given = figure.pill(800, 225, D + "a_{[:, :, t]}", "grad", w=92)
    total = figure.operation(800, main, "+", "grad")
    slope = figure.box(572, main, f"1 - «a {A_NEXT}» ⊙ «a {A_NEXT}»", w=150, h=46)
    waa = figure.box(290, main, r"W_{aa}^{\T}", "param")
    wax = figure.box(430, 460, r"W_{ax}^{\T}", "param")
    dz = D + "z^{<t>}"
    to_wax = figure.box(248, top, rf"{D}W_{{ax}} = {dz} «x x^{{<t>\T}}»", "grad", w=170, h=46, size=17)
    to_waa = figure.box(430, top, rf"{D}W_{{aa}} = {dz} «a a^{{<t-1>\T}}»", "grad", w=170, h=46, size=17)
    to_ba = figure.box(612, top, rf"{D}b_{{a}} = Σ_{{j}} ({dz})_{{·j}}", "grad", w=170, h=46, size=17)

    figure.arrow(given.bottom, total.top, kind="grad")
    figure.arrow(back.left, total.right, kind="grad")
    figure.arrow(total.left, slope.right, kind="grad")
    figure.arrow(slope.left, waa.right, kind="grad")
    figure.arrow(waa.left, before.right, kind="grad")
    branch = figure.dot(430, main, "grad")
    figure.arrow(branch, wax.top, kind="grad")
    figure.arrow(wax.bottom, dx.top, kind="grad")
    figure.arrow(branch, to_waa.bottom, kind="grad")
    figure.dot(430, fork, "grad")
    figure.arrow((430, fork), (248, fork), to_wax.bottom, kind="grad")
    figure.arrow((430, fork), (612, fork), to_ba.bottom, kind="grad")

    colour = PALETTE["grad"].text
    figure.note(430, 125, "each adds up over all time steps")
    figure.text(464, main - 20, dz, size=19, colour=colour)
    figure.note(572, main + 42, "slope of tanh")
    figure.text(744, main - 20, D + A_NEXT, size=19, colour=colour)
    figure.code(744, main + 20, "da_next")
    captions(figure, 75, main + 46, "da_prev", STATE_SHAPE)
    figure.note(75, main + 82, "back to step t − 1")
    captions(figure, 925, main + 46, "da_prev", STATE_SHAPE)
    figure.note(925, main + 82, "of step t + 1")
    figure.note(860, 216, "given, from", anchor="start")
    figure.note(860, 235, "this step's loss", anchor="start")
    figure.code(488, 561, "dxt", anchor="start")
    figure.shape(488, 581, INPUT_SHAPE, anchor="start")
    figure.text(
        600, 561, f"«grad {dz}» = (1 - «a {A_NEXT}» ⊙ «a {A_NEXT}») ⊙ «grad {D + A_NEXT}»", size=18, anchor="start"
    )
    figure.text(
        600, 599,
        rf"«grad {D + A_PREV}» = W_{{aa}}^{{\T}} «grad {dz}»  «grad {D + X}» = W_{{ax}}^{{\T}} «grad {dz}»",
        size=18, anchor="start",
    )
    figure.legend(
        656, GRAD_KEY, ("param", "multiply by this matrix"), ("plain", "multiply entry by entry"), HIDDEN_KEY,
        INPUT_KEY, SUM_KEY, gap=20,
    )
    return figure


def lstm_backward() -> Figure:
    """The gradients through one LSTM cell, on the drawing of its forward step."""
    figure = Figure(
        "lstm_backward", WIDTH, 850, "Backward through one LSTM cell",
        "Gradients run from right to left: da goes through the output gate and, times the slope of tanh, joins dc "
        "in the whole gradient of the cell state, which flows left through the forget gate to the previous cell state "
        "and down to the forget and input gates and the candidate; the four gradients, each times its transposed "
        "weights, are added and split into those of the previous state and of the input.",
    )
    colour = PALETTE["grad"].text
    figure.frame(120, 95, 880, 660)
    dc_prev = figure.pill(63, CELL_LINE, D + C_PREV, "grad", w=92)
    dc_next = figure.pill(937, CELL_LINE, D + C_NEXT, "grad", w=92)
    da_next = figure.pill(937, HIDDEN_LINE, D + A_NEXT, "grad", w=92)
    da_prev = figure.pill(63, 555, D + A_PREV, "grad", w=92)
    dx = figure.pill(190, 720, D + X, "grad", w=92)
    for x, y, code, words in (
        (63, CELL_LINE, "dc_prev", "to t − 1"),
        (937, CELL_LINE, "dc_next", "from t + 1"),
        (63, 555, "da_prev", "to t − 1"),
    ):
        figure.code(x, y + 36, code)
        figure.note(x, y + 56, words)
    figure.code(937, HIDDEN_LINE + 36, "da_next")
    figure.text(937, HIDDEN_LINE + 60, f"= «grad {D}a_{{[:, :, t]}}»", size=16)
    figure.text(937, HIDDEN_LINE + 86, rf"+ «grad {D}a^{{\back}}»", size=16)
    figure.code(248, 711, "dxt", anchor="start")
    figure.shape(248, 731, INPUT_SHAPE, anchor="start")

    upper = figure.box(190, 555, r"n_{a} \rows", "grad", w=94, h=40, radius=4, size=17)
    lower = figure.box(190, 595, r"n_{x} \rows", "grad", w=94, h=40, radius=4, size=17)
    bus = 575
    slopes = {"c": "1 - «c c~» ⊙ «c c~»"} | {k: f"«gate {k}» ⊙ (1 - «gate {k}»)" for k in "fio"}
    sums, gates = {}, {}
    for letter, x in GATE_X.items():
        gates[letter] = figure.box(x, 405, slopes[letter], w=110, h=46, size=17)
        weights = figure.box(x, 497, rf"W_{{{letter}}}^{{\T}}", "param", h=38)
        figure.arrow(gates[letter].bottom, weights.top, kind="grad")
        figure.text(x + 12, 451, f"{D}z_{{{letter}}}", size=18, anchor="start", colour=colour)
        if letter == "o":
            figure.arrow(weights.bottom, (x, bus), sums["c"].right, kind="grad")
        else:
            sums[letter] = figure.operation(x, bus, "+", "grad")
            figure.arrow(weights.bottom, sums[letter].top, kind="grad")
        figure.note(x, 621, GATE_WORDS[letter])
    figure.arrow(sums["c"].left, sums["i"].right, kind="grad")
    figure.arrow(sums["i"].left, sums["f"].right, kind="grad")
    figure.arrow(sums["f"].left, (237, bus), kind="grad")
    figure.arrow(upper.left, da_prev.right, kind="grad")
    figure.arrow(lower.bottom, dx.top, kind="grad")

    forget = figure.operation(GATE_X["f"], CELL_LINE, "⊙")
    update = figure.operation(GATE_X["c"], HIDDEN_LINE, "⊙")
    output = figure.operation(READ_OUT, HIDDEN_LINE, "⊙")
    total = figure.operation(READ_OUT, CELL_LINE, "+", "grad")
    slope = figure.box(READ_OUT, 222, f"1 - \\tanh^{{2}}(«c {C_NEXT}»)", w=140)
    figure.arrow(dc_next.left, total.right, kind="grad", width=3.2)
    figure.arrow(total.left, forget.right, kind="grad", width=3.2)
    figure.arrow(forget.left, dc_prev.right, kind="grad", width=3.2)
    figure.arrow(da_next.left, output.right, kind="grad")
    figure.arrow(output.top, slope.bottom, kind="grad")
    figure.arrow(slope.top, total.bottom, kind="grad")
    figure.arrow(output.left, (GATE_X["o"], HIDDEN_LINE), gates["o"].top, kind="grad")
    figure.arrow(figure.dot(GATE_X["c"], CELL_LINE, "grad"), update.top, kind="grad")
    figure.arrow(update.bottom, gates["c"].top, kind="grad")
    figure.arrow(update.left, (GATE_X["i"], HIDDEN_LINE), gates["i"].top, kind="grad")
    figure.arrow(forget.bottom, gates["f"].top, kind="grad")

    # what a gradient is multiplied by on its way out of a product: the other factor
    figure.text(205, CELL_LINE - 20, "⊙ «gate f^{<t>}»")
    figure.text(GATE_X["f"] + 12, 205, f"⊙ «c {C_PREV}»", anchor="start")
    figure.text(650, CELL_LINE - 20, "δc^{<t>}", size=19, colour=colour)
    figure.text(474, HIDDEN_LINE - 20, "⊙ «c c~^{<t>}»")
    figure.text(GATE_X["c"] + 12, 348, "⊙ «gate i^{<t>}»", anchor="start")
    figure.text(700, HIDDEN_LINE - 20, f"⊙ \\tanh(«c {C_NEXT}»)", size=16)
    figure.text(READ_OUT + 12, 263, "⊙ «gate o^{<t>}»", anchor="start")

    figure.text(
        345, 700,
        f"«grad δ{C_NEXT}» = «grad {D + C_NEXT}» + «grad {D + A_NEXT}» ⊙ «gate o^{{<t>}}» "
        f"⊙ (1 - \\tanh^{{2}}(«c {C_NEXT}»))",
        size=18, anchor="start",
    )
    figure.text(
        345, 742,
        rf"«grad {D}W_{{g}}» = «grad {D}z_{{g}}» [«a {A_PREV}»; «x {X}»]^{{\T}}"
        rf"  «grad {D}b_{{g}}» = Σ_{{j}} («grad {D}z_{{g}}»)_{{·j}}  g ∈ {{f, i, c, o}}", size=18, anchor="start",
    )
    figure.legend(
        812, GRAD_KEY, ("param", "multiply by this matrix"), ("plain", "multiply entry by entry"),
        ("⊙", "product on the way forward"), SUM_KEY, gap=18,
    )
    return figure


# ------------------------------------------------------------------------------------------------ GRU and shapes


def gru_cell() -> Figure:
    """One step of the GRU, as `keras.layers.GRU(reset_after=False)` computes it."""
    figure = Figure(
        "gru_cell", WIDTH, 790, "A GRU cell",
        "One step of a gated recurrent unit: the reset gate r scales the previous hidden state before it enters the "
        "candidate; the update gate z then blends old and new, z times the previous hidden state plus one minus z "
        "times the candidate, which is the next hidden state.",
    )
    line, middle, low, bus = 150, 285, 425, 520
    figure.frame(115, 95, 890, 560)
    before = captioned_pill(figure, 60, line, A_PREV, "a", "a_prev", STATE_SHAPE)
    after = captioned_pill(figure, 942, line, A_NEXT, "a", "a_next", STATE_SHAPE)
    yt = captioned_pill(figure, 942, 300, Y, "y", "yt_pred", OUTPUT_SHAPE)
    xt = captioned_pill(figure, 415, 615, X, "x", "xt", INPUT_SHAPE, beside=True)
    reset = figure.box(265, low, "σ", "gate", h=62, below="W_{r} , b_{r}")
    update = figure.box(710, low, "σ", "gate", h=62, below="W_{z} , b_{z}")
    candidate = figure.box(415, middle, r"\tanh", "c", h=62, below="W_{c} , b_{c}")
    product = figure.operation(265, middle, "⊙")
    blend = figure.box(645, line, f"«gate z» ⊙ «a {A_PREV}» + (1 - «gate z») ⊙ «c c~»", w=244, h=54, size=18)
    softmax = figure.box(829, 300, r"\softmax", w=98, h=62, size=18, below="W_{y} , b_{y}")

    figure.arrow(before.right, blend.left, kind="a")
    figure.arrow(blend.right, after.left, kind="a")
    figure.arrow(figure.dot(155, line, "a"), (155, low), reset.left, kind="a")
    figure.arrow(figure.dot(265, line, "a"), product.top, kind="a")
    figure.arrow(figure.dot(500, line, "a"), (500, low), update.left, kind="a")
    figure.arrow(reset.top, product.bottom, kind="gate")
    figure.arrow(product.right, candidate.left, kind="a")
    figure.arrow(candidate.right, (595, middle), (595, blend.bottom[1]), kind="c", hop=500)
    figure.arrow(update.top, (710, blend.bottom[1]), kind="gate")
    figure.arrow(figure.dot(829, line, "a"), softmax.top, kind="a")
    figure.arrow(softmax.right, yt.left, kind="y")
    figure.arrow(xt.top, candidate.bottom, kind="x")
    figure.dot(415, bus, "x")
    figure.arrow((415, bus), (265, bus), reset.bottom, kind="x")
    figure.arrow((415, bus), (710, bus), update.bottom, kind="x")

    figure.text(277, 360, "r^{<t>}", size=19, anchor="start", colour=PALETTE["gate"].text)
    figure.text(722, 300, "z^{<t>}", size=19, anchor="start", colour=PALETTE["gate"].text)
    figure.text(607, 232, "c~^{<t>}", size=19, anchor="start", colour=PALETTE["c"].text)
    figure.text(326, middle - 20, f"«gate r» ⊙ «a {A_PREV}»", size=15)
    for x, y, words, code in (
        (277, 474, "reset gate", "rt"),
        (427, 337, "candidate", "cct"),
        (722, 474, "update gate", "zt"),
    ):
        figure.note(x, y, words, anchor="start")
        figure.code(x, y + 20, code, anchor="start")

    stacked = f"[«a {A_PREV}»; «x {X}»]"
    figure.text(40, 670, f"«gate z^{{<t>}}» = σ(W_{{z}} {stacked} + b_{{z}})", anchor="start", size=18)
    figure.text(40, 706, f"«gate r^{{<t>}}» = σ(W_{{r}} {stacked} + b_{{r}})", anchor="start", size=18)
    figure.text(
        440, 670, f"«c c~^{{<t>}}» = \\tanh(W_{{c}} [«gate r^{{<t>}}» ⊙ «a {A_PREV}»; «x {X}»] + b_{{c}})",
        anchor="start", size=18,
    )
    figure.text(
        440, 706, f"«a {A_NEXT}» = «gate z^{{<t>}}» ⊙ «a {A_PREV}» + (1 - «gate z^{{<t>}}») ⊙ «c c~^{{<t>}}»",
        anchor="start", size=18,
    )
    figure.legend(756, INPUT_KEY, HIDDEN_KEY, ("c", "candidate"), GATE_KEY, OUTPUT_KEY, PRODUCT_KEY, gap=20)
    return figure


def bracket(figure: Figure, start: Point, end: Point, tick: Point) -> None:
    """Draw a measure from `start` to `end` whose ends point along `tick`."""
    for here, there in ((start, end), (start, plus(start, tick)), (end, plus(end, tick))):
        figure.arrow(here, there, kind="plain", head=False, width=1.6)


def plus(point: Point, step: Point, times: float = 1) -> Point:
    """Go from `point` a number of times by `step`."""
    return (point[0] + step[0] * times, point[1] + step[1] * times)


def sheets(figure: Figure, left: float, top: float, rows: int, kind: str, letter: str) -> Point:
    """Draw a tensor as a row of sheets, one for each time step, and return the middle of sheet t's upper edge."""
    examples, steps, chosen, pitch, height, depth = 3, 5, 2, 48.0, 26.0, (13.0, -11.0)
    colours = PALETTE[kind]
    for step in range(steps):
        fill, edge = (colours.fill, colours.line) if step == chosen else ("#ffffff", "#929aa6")
        for row in range(rows):
            for example in range(examples):
                near = plus((left + step * pitch, top + row * height), depth, example)
                far = plus(near, depth)
                figure.polygon([near, far, plus(far, (0, height)), plus(near, (0, height))], fill, edge)
    bottom, last = top + rows * height, left + (steps - 1) * pitch
    bracket(figure, (left - 12, top), (left - 12, bottom), (7, 0))
    figure.text(left - 31, (top + bottom) / 2, f"n_{{{letter}}}", size=19)
    corner = plus((left, top), (-6, -8))
    bracket(figure, corner, plus(corner, depth, examples), (4, 5))
    figure.text(corner[0] + 9, corner[1] - 26, "m", size=19)
    bracket(figure, (left, bottom + 38), (last, bottom + 38), (0, -7))
    figure.text((left + last) / 2, bottom + 59, "T_{x}", size=19)
    for step, label in ((0, "1"), (chosen, "t"), (steps - 1, "T_{x}")):
        figure.text(left + step * pitch, bottom + 17, label, colour=colours.text if step == chosen else MUTED, size=16)
    for step in (1, 3):
        figure.dots(left + step * pitch, bottom + 18, "param")
    captions(figure, (left + last) / 2, 406, letter, f"(n_{{{letter}}}, m, T_{{x}})")
    return plus((left + chosen * pitch, top), depth, examples / 2)


def tensor_shapes() -> Figure:
    """How the input is cut into one matrix for each time step, and the states are put together again."""
    figure = Figure(
        "tensor_shapes", WIDTH, 480, "One slice for each time step",
        "The input x with sides n_x, m and T_x is drawn as a row of sheets, one for each time step; the sheet of "
        "step t, x[:, :, t], with n_x rows and one column for each of the m examples, goes into the cell, and the "
        "state that comes out, n_a by m, becomes sheet t of a with sides n_a, m and T_x.",
    )
    centre, roof = 235.0, 100.0
    from_x = sheets(figure, 85, centre - 52, 4, "x", "x")
    into_a = sheets(figure, 738, centre - 65, 5, "a", "a")

    rows, examples, wide, high = 4, 3, 36.0, 30.0
    left, top = 400.0, centre - rows * high / 2
    right, bottom, middle = left + examples * wide, top + rows * high, left + examples * wide / 2
    for row in range(rows):
        for example in range(examples):
            x, y = left + example * wide, top + row * high
            fill = "#bfe0bf" if example == 1 else PALETTE["x"].fill
            corners = [(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)]
            figure.polygon(corners, fill, PALETTE["x"].line)
    bracket(figure, (left - 12, top), (left - 12, bottom), (7, 0))
    figure.text(left - 31, centre, "n_{x}", size=19)
    bracket(figure, (left, bottom + 14), (right, bottom + 14), (0, -7))
    figure.text(middle, bottom + 34, "m", size=19)
    figure.note(middle, bottom + 57, "one column, one example")
    captions(figure, middle, 406, "xt", INPUT_SHAPE)

    cell = figure.box(614, centre, r"\cell", w=84, h=80, radius=14)
    figure.arrow(plus(from_x, (0, -2)), (from_x[0], roof), (middle, roof), (middle, top), kind="x")
    figure.arrow((right, centre), cell.left, kind="x")
    figure.arrow(cell.top, (cell.x, roof), (into_a[0], roof), plus(into_a, (0, -2)), kind="a")
    figure.code((from_x[0] + middle) / 2, roof - 18, "x[:, :, t]", size=15)
    figure.code((cell.x + into_a[0]) / 2, roof - 18, "a[:, :, t]", size=15)
    figure.text((right + cell.left[0]) / 2 - 3, centre - 20, X, size=19, colour=PALETTE["x"].text)
    figure.text(cell.x + 12, 150, A_NEXT, size=19, anchor="start", colour=PALETTE["a"].text)
    words = r"t \runs \from 1 \to T_{x} \in \the \text, \from 0 \to T_{x} - 1 \in \NumPy"
    figure.shape(40, 452, words, anchor="start", size=16)
    return figure


DRAWINGS: tuple[Callable[[], Figure], ...] = (
    rnn_cell, rnn_unrolled, lstm_cell, lstm_unrolled, rnn_backward, lstm_backward, gru_cell, tensor_shapes,
)


if __name__ == "__main__":
    save_all(DRAWINGS, "step_by_step_rnn", FIGURES)
