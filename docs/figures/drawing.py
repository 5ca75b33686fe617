"""A small drawing kit for the figures of the course: boxes, arrows, gates and mathematical labels, written as SVG.

The kit uses the standard library only and gives the same bytes on every run. A figure is a card with an opaque,
rounded background, so that it reads the same on a light and on a dark page. One colour stands for one quantity in
every figure (`PALETTE`); gradients are dashed as well as coloured, so that no meaning hangs on colour alone.

Labels are written in a short markup:

====================  =================================================================
``a^{<t-1>}``         superscript; ``<`` and ``>`` become angle brackets, ``-`` a minus
``W_{ax}``            subscript; ``a^{<T_{x}>}`` is one inside a superscript
``c~``                the letter with a tilde over it
two spaces            a wide space
``\\tanh``             an upright word (letters are italic otherwise); ``\\d|a`` is an upright d before an a
``«a a^{<t>}»``       a stretch in the text colour of the palette entry ``a``
====================  =================================================================
"""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape

# families of equal metrics, so that a label is as wide on every system as it was when the figure was looked at
SANS = "Arial, Helvetica, 'Liberation Sans', sans-serif"
SERIF = "'Times New Roman', Times, 'Liberation Serif', serif"
MONO = "Consolas, Menlo, 'DejaVu Sans Mono', monospace"

CARD = "#fcfcfa"
CARD_EDGE = "#d3d7de"
CELL = "#f3f4f7"
CELL_EDGE = "#9aa2b1"
INK = "#262c36"
MUTED = "#4d5563"


@dataclass(frozen=True)
class Colours:
    """The three shades that draw one quantity: its lines, its filled shapes and its text."""

    line: str
    fill: str
    text: str


PALETTE = {
    "x": Colours("#2f7d32", "#e4f2e4", "#1d5c20"),  # input
    "a": Colours("#1f5fa8", "#e1ecf9", "#174a84"),  # hidden state
    "c": Colours("#b35c00", "#fdecd6", "#7f4100"),  # cell state, and what may be written into it
    "gate": Colours("#6d3aa8", "#eee5f9", "#55288a"),  # gate, between 0 and 1
    "y": Colours("#00707a", "#dcf2f3", "#00535b"),  # prediction
    "grad": Colours("#c2184b", "#fde4eb", "#970d37"),  # gradient
    "param": Colours("#6a7280", "#e9ebef", "#343b47"),  # weights and biases
    "plain": Colours("#4a5260", "#ffffff", "#262c36"),  # a function or an operation
}

SHIFT = {"base": 0.0, "sub": 0.26, "sup": -0.38, "supsub": -0.26}  # of the baseline, in units of the font size
SCALE = {"base": 1.0, "sub": 0.72, "sup": 0.72, "supsub": 0.56}  # of the font size
TILDE = "\u02dc"  # a spacing tilde, set back over its letter: few fonts place a combining one
CENTRE = 0.33  # from the middle of a line of text down to its baseline, of the font size
CORNER = 10  # radius where an arrow turns
HEAD_LENGTH, HEAD_WIDTH = 11, 9
HOP = 10  # radius of the leap of one line over another
Point = tuple[float, float]


def number(value: float) -> str:
    """Write a coordinate with at most one decimal."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


# ------------------------------------------------------------------------------------------------ text


@dataclass(frozen=True)
class Run:
    """A stretch of a label that is drawn in one style."""

    text: str
    italic: bool
    level: str
    colour: str | None


def parse(markup: str, level: str = "base", colour: str | None = None) -> list[Run]:
    """Split the label `markup` into runs of one style."""
    runs: list[Run] = []

    def add(text: str, italic: bool) -> None:
        last = runs[-1] if runs else None
        if last and last.text != TILDE and (last.italic, last.level, last.colour) == (italic, level, colour):
            runs[-1] = Run(last.text + text, italic, level, colour)
        else:
            runs.append(Run(text, italic, level, colour))

    at = 0
    markup = markup.replace("  ", "\u2003")
    while at < len(markup):
        if word := re.compile(r"\\([A-Za-z]+)\|?").match(markup, at):
            add(word[1], False)
            at = word.end()
        elif script := re.compile(r"([_^])\{((?:[^{}]|\{[^{}]*\})*)\}").match(markup, at):
            inner = "supsub" if level == "sup" else "sub" if script[1] == "_" else "sup"
            runs += parse(script[2], inner, colour)
            at = script.end()
        elif tinted := re.compile(r"«(\w+) ([^»]*)»").match(markup, at):
            runs += parse(tinted[2], level, PALETTE[tinted[1]].text)
            at = tinted.end()
        else:
            char = markup[at]
            if char == "~":
                runs.append(Run(TILDE, False, level, colour))
            else:
                char = {"<": "\u27e8", ">": "\u27e9", "-": "\u2212"}.get(char, char)
                add(char, char.isalpha() and char not in "ΓΣ")
            at += 1
    return runs


def advance(char: str, family: str) -> float:
    """Estimate, on the generous side, the width of one character in units of the font size."""
    if char == TILDE:
        return 0.15  # it stands over its letter; the rest is room for its overhang
    if char == "\u2003":
        return 1.0
    if family == MONO:
        return 0.61
    if char in " .,;:|'ijl":
        return 0.3
    if char in "()[]tfr\u27e8\u27e9":
        return 0.39
    if char in "mwMW⊙":
        return 0.86
    if char.isupper() or char in "=+\u2212Σ∈":
        return 0.7
    return 0.56 if family == SANS else 0.53


@dataclass(frozen=True)
class Rect:
    """An axis-parallel rectangle, given by its centre and its size; also the shape of a node."""

    x: float
    y: float
    w: float
    h: float

    @property
    def left(self) -> Point:
        return (self.x - self.w / 2, self.y)

    @property
    def right(self) -> Point:
        return (self.x + self.w / 2, self.y)

    @property
    def top(self) -> Point:
        return (self.x, self.y - self.h / 2)

    @property
    def bottom(self) -> Point:
        return (self.x, self.y + self.h / 2)

    def overlaps(self, other: Rect, gap: float = 0.0) -> bool:
        """Say whether two rectangles come closer than `gap`."""
        return (
            abs(self.x - other.x) < (self.w + other.w) / 2 + gap
            and abs(self.y - other.y) < (self.h + other.h) / 2 + gap
        )

    def holds(self, other: Rect) -> bool:
        """Say whether `other` lies inside."""
        return (
            abs(self.x - other.x) <= (self.w - other.w) / 2
            and abs(self.y - other.y) <= (self.h - other.h) / 2
        )


def spanning(start: Point, end: Point, thickness: float) -> Rect:
    """Make the rectangle that a straight line of a `thickness` covers."""
    (x0, y0), (x1, y1) = start, end
    return Rect((x0 + x1) / 2, (y0 + y1) / 2, abs(x1 - x0) + thickness, abs(y1 - y0) + thickness)


# ------------------------------------------------------------------------------------------------ figure


class Figure:
    """One figure: shapes are collected in layers and written out together.

    Parameters
    ----------
    name : str
        File name without its ending.
    width, height : int
        Size of the card in SVG units; the figures of a notebook share a width, so that they are shown at one scale.
    title, desc : str
        What a screen reader says: a short name, and what is to be seen.
    """

    LAYERS = ("card", "frames", "lines", "nodes", "labels")

    def __init__(self, name: str, width: int, height: int, title: str, desc: str) -> None:
        self.name, self.width, self.height, self.title, self.desc = name, width, height, title, desc
        self.layers: dict[str, list[str]] = {layer: [] for layer in self.LAYERS}
        self.labels: list[tuple[str, Rect, Rect | None]] = []  # markup, the place it takes, the node it stands in
        self.segments: list[tuple[Point, Point]] = []
        self.nodes: list[Rect] = []
        card = Rect(width / 2, height / 2, width - 4, height - 4)
        self.rect("card", card, CARD, CARD_EDGE, radius=18, stroke=1.5)
        self.text(30, 38, title, size=20, anchor="start", family=SANS, bold=True)

    # --- shapes

    def rect(self, layer: str, at: Rect, fill: str, edge: str, radius: float = 8, stroke: float = 2) -> None:
        """Draw a rounded rectangle."""
        x, y = at.left[0], at.top[1]
        self.layers[layer].append(
            f'<rect x="{number(x)}" y="{number(y)}" width="{number(at.w)}" height="{number(at.h)}" '
            f'rx="{number(radius)}" fill="{fill}" stroke="{edge}" stroke-width="{number(stroke)}"/>'
        )

    def polygon(self, points: list[Point], fill: str, edge: str, layer: str = "nodes", stroke: float = 1.2) -> None:
        """Draw a closed shape with straight sides."""
        corners = " ".join(f"{number(x)},{number(y)}" for x, y in points)
        self.layers[layer].append(
            f'<polygon points="{corners}" fill="{fill}" stroke="{edge}" '
            f'stroke-width="{number(stroke)}" stroke-linejoin="round"/>'
        )

    def frame(self, left: float, top: float, right: float, bottom: float) -> Rect:
        """Draw the outline of a cell: what is inside happens at one time step."""
        at = Rect((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)
        self.rect("frames", at, CELL, CELL_EDGE, radius=16, stroke=1.5)
        return at

    def box(
        self, x: float, y: float, label: str, kind: str = "plain", w: float = 84, h: float = 40, size: float = 19,
        below: str = "", radius: float = 8,
    ) -> Rect:
        """Draw a box that does something to what flows through it, with an optional second line `below`."""
        at, colours = Rect(x, y, w, h), PALETTE[kind]
        self.rect("nodes", at, colours.fill, colours.line, radius=radius)
        self.nodes.append(at)
        lift = 11 if below else 0
        self.text(x, y - lift, label, size=size, colour=colours.text, inside=at)
        if below:
            self.text(x, y + 14, below, size=15, colour=colours.text, inside=at)
        return at

    def pill(self, x: float, y: float, label: str, kind: str, w: float = 74, h: float = 42) -> Rect:
        """Draw a quantity that enters or leaves."""
        return self.box(x, y, label, kind, w, h, radius=h / 2)

    def operation(self, x: float, y: float, sign: str, kind: str = "plain", radius: float = 16) -> Rect:
        """Draw a circle for an operation entry by entry: ``⊙``, the product, or ``+``."""
        colours, arm = PALETTE[kind], radius * 0.42
        self.layers["nodes"].append(
            f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{colours.fill}" '
            f'stroke="{colours.line}" stroke-width="2"/>'
        )
        if sign == "⊙":
            mark = f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius * 0.2)}" fill="{colours.text}"/>'
        else:
            cross = f"M{number(x - arm)} {number(y)}H{number(x + arm)}M{number(x)} {number(y - arm)}V{number(y + arm)}"
            mark = f'<path d="{cross}" stroke="{colours.text}" stroke-width="2" stroke-linecap="round"/>'
        self.layers["nodes"].append(mark)
        at = Rect(x, y, 2 * radius, 2 * radius)
        self.nodes.append(at)
        return at

    def dot(self, x: float, y: float, kind: str) -> Point:
        """Draw the point where a line divides: each branch carries the same value."""
        self.layers["nodes"].append(f'<circle cx="{number(x)}" cy="{number(y)}" r="4.5" fill="{PALETTE[kind].line}"/>')
        return (x, y)

    def dots(self, x: float, y: float, kind: str) -> None:
        """Draw the three points that stand for what is left out."""
        for place in (x - 11, x, x + 11):
            self.layers["nodes"].append(
                f'<circle cx="{number(place)}" cy="{number(y)}" r="2.6" fill="{PALETTE[kind].line}"/>'
            )

    def arrow(
        self, *points: Point, kind: str, head: bool = True, width: float = 2.4, thin: bool = False,
        hop: float | None = None,
    ) -> None:
        """Draw a line through `points` with rounded turns and, at its end, a head.

        A gradient is dashed. A `thin` line is a dotted tie, not a flow. Where the first, rightward stretch crosses a
        line that it does not meet, at ``x = hop``, it leaps over it; that line must be drawn before.
        """
        colour = PALETTE[kind].line
        self.segments += list(pairwise(points))
        points = list(points)
        if head:
            (x0, y0), (x1, y1) = points[-2:]
            length = math.hypot(x1 - x0, y1 - y0)
            ux, uy = (x1 - x0) / length, (y1 - y0) / length
            tip = (x1 - ux, y1 - uy)
            base = (tip[0] - ux * HEAD_LENGTH, tip[1] - uy * HEAD_LENGTH)
            half = HEAD_WIDTH / 2 + (width - 2.4)
            side = (-uy * half, ux * half)
            corners = [tip, (base[0] + side[0], base[1] + side[1]), (base[0] - side[0], base[1] - side[1])]
            points[-1] = (base[0] + ux * 2, base[1] + uy * 2)
        path = f"M{number(points[0][0])} {number(points[0][1])}"
        if hop is not None:
            y = number(points[0][1])
            arc = f"{number(hop - HOP)} {y}A{HOP} {HOP} 0 0 1 {number(hop + HOP)} {y}"
            self.layers["lines"].append(f'<path d="M{arc}" fill="none" stroke="{CELL}" stroke-width="8"/>')
            path += f"L{arc}"
        for before, here, after in zip(points, points[1:], points[2:], strict=False):
            enter, leave = _towards(here, before, CORNER), _towards(here, after, CORNER)
            path += f"L{number(enter[0])} {number(enter[1])}"
            path += f"Q{number(here[0])} {number(here[1])} {number(leave[0])} {number(leave[1])}"
        path += f"L{number(points[-1][0])} {number(points[-1][1])}"
        dash = ' stroke-dasharray="7 4"' if kind == "grad" else ""
        if thin:
            width, dash = 1.5, ' stroke-dasharray="1.5 4.5" stroke-linecap="round"'
        self.layers["lines"].append(
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{number(width)}"{dash}/>'
        )
        if head:
            self.polygon(corners, colour, colour, layer="lines", stroke=0.5)

    # --- labels

    def text(
        self, x: float, y: float, markup: str, size: float = 17, anchor: str = "middle", colour: str = INK,
        family: str = SERIF, bold: bool = False, inside: Rect | None = None,
    ) -> None:
        """Write a label whose middle line is at `y`; `anchor` says what of it is at `x`."""
        if family == SERIF:
            runs = parse(markup)
        else:
            runs = [Run(markup, False, "base", None)]
        spans, raised, back, length = "", 0.0, 0.0, 0.0
        for index, run in enumerate(runs):
            accent = run.text == TILDE
            scale = size * SCALE[run.level]
            shift = SHIFT[run.level] * size
            style = ' font-style="italic"' if run.italic else ""
            if accent:
                shift -= (0.24 if runs[index - 1].text[-1] in "bdfhkl" else 0.02) * scale
                back = -0.41 * scale
            if back:
                style += f' dx="{number(back)}"'
                back = 0.08 * scale if accent else 0.0
            if run.level != "base":
                style += f' font-size="{number(scale)}"'
            if abs(shift - raised) > 0.04:
                style += f' dy="{number(shift - raised)}"'
                raised += float(number(shift - raised))
            if run.colour:
                style += f' fill="{run.colour}"'
            content = escape(run.text)
            spans += f"<tspan{style}>{content}</tspan>" if style else content
            length += sum(advance(c, family) for c in run.text) * scale * (1.05 if bold else 1)
        weight = ' font-weight="600"' if bold else ""
        place = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self.layers["labels"].append(
            f'<text x="{number(x)}" y="{number(y + CENTRE * size)}" font-family="{family}" '
            f'font-size="{number(size)}"{weight}{place} fill="{colour}">{spans}</text>'
        )
        middle = x + {"start": length / 2, "middle": 0, "end": -length / 2}[anchor]
        self.labels.append((markup, Rect(middle, y, length, size * 0.95), inside))

    def note(self, x: float, y: float, words: str, anchor: str = "middle", size: float = 14) -> None:
        """Write words beside a part of the figure."""
        self.text(x, y, words, size, anchor, MUTED, SANS)

    def code(self, x: float, y: float, words: str, anchor: str = "middle", size: float = 13.5) -> None:
        """Write a name as it stands in the learner's code."""
        self.text(x, y, words, size, anchor, MUTED, MONO)

    def shape(self, x: float, y: float, markup: str, anchor: str = "middle", size: float = 15) -> None:
        """Write the shape of an array."""
        self.text(x, y, markup, size, anchor, MUTED)

    def legend(self, y: float, *entries: tuple[str, str], x: float = 40, gap: float = 26) -> None:
        """Write the key of colours: each entry is a palette name, or the sign of an operation, and its meaning."""
        for kind, words in entries:
            if kind in ("⊙", "+"):
                self.operation(x + 11, y, kind, radius=10)
            elif kind == "grad":
                self.arrow((x - 5, y), (x + 25, y), kind="grad")
                x += 3
            else:
                swatch = Rect(x + 11, y, 22, 15)
                self.rect("nodes", swatch, PALETTE[kind].fill, PALETTE[kind].line, radius=5)
            self.note(x + 30, y, words, anchor="start", size=14)
            x += 30 + sum(advance(c, SANS) for c in words) * 14 * 0.92 + gap

    # --- result

    def collisions(self) -> list[str]:
        """Name each label that touches a line, another label or the edge of a node (widths are estimates)."""
        found = []
        card = Rect(self.width / 2, self.height / 2, self.width - 24, self.height - 24)
        for index, (markup, place, inside) in enumerate(self.labels):
            if not card.holds(place):
                found.append(f"{markup!r} leaves the card")
            if inside and not inside.holds(place):
                found.append(f"{markup!r} is wider than its box")
            if not inside:
                found += [
                    f"{markup!r} touches the line {start}-{end}"
                    for start, end in self.segments
                    if (start[0] == end[0] or start[1] == end[1]) and place.overlaps(spanning(start, end, 3), 1)
                ]
                found += [f"{markup!r} touches the node at ({n.x}, {n.y})" for n in self.nodes if place.overlaps(n, 1)]
            found += [
                f"{markup!r} touches {other!r}"
                for other, taken, _ in self.labels[index + 1 :]
                if place.overlaps(taken)
            ]
        return found

    def svg(self) -> str:
        """Return the figure as SVG text."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
            f'width="{self.width}" height="{self.height}" role="img" '
            f'aria-labelledby="{self.name}-title {self.name}-desc">\n'
            f'<title id="{self.name}-title">{escape(self.title)}</title>\n'
            f'<desc id="{self.name}-desc">{escape(self.desc)}</desc>\n'
        )
        body = ""
        for layer in self.LAYERS:
            if self.layers[layer]:
                body += "<g>\n" + "\n".join(self.layers[layer]) + "\n</g>\n"
        return head + body + "</svg>\n"

    def save(self, folder: Path) -> Path:
        """Write the figure into `folder` and return its path."""
        path = folder / f"{self.name}.svg"
        path.write_text(self.svg(), encoding="utf-8", newline="\n")
        return path


def save_all(drawings: Sequence[Callable[[], Figure]], notebook: str, folder: Path) -> None:
    """Draw the figures of a notebook and write them into `folder`, or where the command line's `--out` says."""
    parser = argparse.ArgumentParser(description=f"Draw the figures of the notebook {notebook}.")
    parser.add_argument("--out", type=Path, default=folder, help="folder to write into")
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    for draw in drawings:
        print(draw().save(folder).name)


def _towards(start: Point, end: Point, distance: float) -> Point:
    """Go from `start` towards `end`, at most half of the way."""
    length = math.hypot(end[0] - start[0], end[1] - start[1])
    part = min(distance / length, 0.5)
    return (start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part)
