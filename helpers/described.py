"""Plots for people who cannot see them: each one that a notebook shows has a text that says what it shows.

Jupyter keeps no text beside a plot or a drawing. HTML does, so both are shown as HTML.
"""

import base64
import html
import re

from helpers.language import _
from helpers.live import in_notebook
from helpers.plotting import pyplot

MOST_WORDS = 14  # names or numbers of one kind in a description; of more, the first ones
COLORBAR = "<colorbar>"  # how matplotlib labels the axes of one
LETTER = re.compile(r"[^\W\d_]")


def describe_pictures():
    """From now on, show each matplotlib figure and each SVG drawing with a text that says what it shows.

    It does so in a Jupyter notebook only.
    """
    if not in_notebook():
        return
    from IPython import get_ipython
    from IPython.core.pylabtools import print_figure
    from IPython.display import SVG
    from matplotlib.figure import Figure

    pyplot().draw_if_interactive()  # loads the notebook's backend, which sets how figures are shown when it is loaded
    shown_as = get_ipython().display_formatter.formatters

    def figure_as_html(figure):
        drawn = print_figure(figure, "png", base64=True)
        try:
            words = describe(figure)
        except Exception:  # nobody knows all that learners may draw; it is shown all the same
            words = _("A plot")
        return as_html("png", drawn, words)

    def drawing_as_html(drawing):
        title = re.search(r"<title[^>]*>(.*?)</title>", drawing.data, re.S)
        data = base64.b64encode(drawing.data.encode("utf-8")).decode("ascii")
        return as_html("svg+xml", data, html.unescape(title[1]) if title else _("A drawing"))

    def show_as_html(*cell):
        shown_as["image/png"].pop(Figure, None)
        shown_as["text/html"].for_type(Figure, figure_as_html)
        shown_as["image/svg+xml"].for_type(SVG, lambda drawing: None)
        shown_as["text/html"].for_type(SVG, drawing_as_html)

    show_as_html()
    for when in ("pre_run_cell", "post_execute"):  # a backend that is loaded later sets it anew in the middle of a cell
        get_ipython().events.register(when, show_as_html)


def as_html(kind, data, words):
    """Return an HTML element for a picture: its kind, such as "png", its bytes as base64 text, and its description."""
    return f'<img alt="{html.escape(words)}" src="data:image/{kind};base64,{data}">'


def describe(figure):
    """Say what a matplotlib figure shows, read off the figure itself: titles, axes, lines, bars and words in it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        As it was drawn.

    Returns
    -------
    str
        A few sentences.
    """
    said = [figure.get_suptitle()]
    for ax in figure.axes:
        is_scale = ax.get_label() == COLORBAR
        scale = _("The colours show {axis}").format(axis=_axis(ax.yaxis, _("values"))) if is_scale else ""
        said.append(scale or _panel(ax))
    return " ".join(_("{words}.").format(words=" ".join(text.split())) for text in said if text)


def _panel(ax):
    """Say what one pair of axes shows."""
    text = _("{title}: {y} against {x}")
    axes = {"y": _axis(ax.yaxis, _("y axis")), "x": _axis(ax.xaxis, _("x axis"))}
    said = [text.format(title=ax.get_title() or _("Plot"), **axes)]
    names = _names(ax.xaxis), _names(ax.yaxis)
    handles, labels = ax.get_legend_handles_labels()
    if not labels:  # lines of two points are borders and the like
        handles = [line for line in ax.lines if len(line.get_xdata()) > 2]
        labels = [_("a line")] * len(handles)
        if legend := ax.get_legend():
            said.append(_("colours: {names}").format(names=_few(text.get_text() for text in legend.get_texts())))
    said += [f"{label}{_values(handle, *names)}" for handle, label in zip(handles, labels, strict=True)]
    if words := [text.get_text().strip() for text in ax.texts if LETTER.search(text.get_text())]:
        said.append(_("in it: {words}").format(words=_few(words)))
    return _("; ").join(said)


def _axis(axis, otherwise):
    """Say what an axis measures, and its names or its range."""
    names, (low, high) = _names(axis), sorted(axis.get_view_interval())
    values = _few(names.values()) if names else _("{low:.3g} to {high:.3g}").format(low=low, high=high)
    return _("{axis} ({values})").format(axis=axis.get_label_text() or otherwise, values=values)


def _values(handle, x_names, y_names):
    """Say which values a line or a group of bars has: by name where an axis has names, else the first and the last."""
    from matplotlib.container import BarContainer, ErrorbarContainer
    from matplotlib.lines import Line2D

    if isinstance(handle, BarContainer):
        flat = handle.orientation == "horizontal"
        middles = [bar.get_y() + bar.get_height() / 2 if flat else bar.get_x() + bar.get_width() / 2 for bar in handle]
        x, y = (handle.datavalues, middles) if flat else (middles, handle.datavalues)
    else:
        line = handle[0] if isinstance(handle, ErrorbarContainer) else handle
        if not isinstance(line, Line2D) or not len(line.get_xdata()):
            return ""
        x, y = line.get_data()
    for names, places, values in ((y_names, y, x), (x_names, x, y)):
        if names:
            pairs = zip(places, values, strict=True)
            nearest = ((min(names, key=lambda at, place=place: abs(at - place)), value) for place, value in pairs)
            return f" {_few(f'{names[at]} {value:.3g}' for at, value in nearest)}"
    text = _(" from {first:.3g} to {last:.3g}") if len(set(y)) > 1 else " {first:.3g}"
    return text.format(first=y[0], last=y[-1])


def _names(axis):
    """Return {place: name} of an axis of which the ticks have names; {} where they have numbers."""
    named = {tick.get_loc(): tick.label1.get_text() for tick in axis.get_major_ticks() if tick.label1.get_text()}
    return named if any(LETTER.search(name) and "mathdefault" not in name for name in named.values()) else {}


def _few(words):
    words = list(words)
    return ", ".join(words[:MOST_WORDS]) + (", ..." if len(words) > MOST_WORDS else "")
