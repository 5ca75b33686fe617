"""How far something is that takes a while: a line with the time left, and a picture that grows. In notebooks only."""

import html
import sys
import time

from helpers.language import _

LINE_SECONDS, PICTURE_SECONDS = 0.2, 5.0  # both are shown anew at most this often; a picture takes a quarter second


def in_notebook():
    """Return whether this Python runs in a Jupyter kernel."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return bool(shell) and hasattr(shell, "kernel")


class Progress:
    """Shows how much is done and how long the rest will take. It needs no widgets, and leaves one line.

    Parameters
    ----------
    total : int
        How many epochs, networks and so on there will be.
    unit : str
        How many are done, as a message: "{done} of {total} epochs".
    draw : callable, optional
        Draws the curves so far on a new figure and returns its matplotlib axes.
    live : bool, optional
        Whether to show anything; by default in a notebook only.
    """

    def __init__(self, total, unit, draw=None, live=None):
        self.total, self.unit, self.draw = total, unit, draw
        self.done, self.text = 0, ""
        self.begun = self.drawn = time.perf_counter()
        self.written = -LINE_SECONDS
        self.line = self.picture = None
        if in_notebook() if live is None else live:
            from IPython.display import HTML, display

            self.line = display({"text/plain": _(unit).format(done=0, total=total)}, raw=True, display_id=True)
            self.picture = draw and display(HTML(""), display_id=True)  # a place on the page for the picture to come

    def update(self, text, by=1):
        """Move on by one, or by a part of one, and write a few words beside it."""
        self.done, self.text = self.done + by, text
        now = time.perf_counter()
        if self.line and now - self.written > LINE_SECONDS:
            self.written = now
            left = (now - self.begun) / self.done * (self.total - self.done)
            left = _("about {seconds:.0f} s left").format(seconds=left)
            self._write(left, f'<progress value="{self.done}" max="{self.total}"></progress> ')
        if self.picture and now - self.drawn > PICTURE_SECONDS:
            self._draw()

    def close(self):
        """Leave the last line and the last picture; to be called after an interruption, too."""
        if self.line:
            self._write(_("{seconds:.0f} s").format(seconds=time.perf_counter() - self.begun))
        if self.picture and self.done:
            self._draw()

    def _write(self, seconds, bar=""):
        done = _(self.unit).format(done=int(self.done + 1e-6), total=self.total)  # thirds need not sum to 1
        words = _("{done}, {seconds}").format(done=done, seconds=seconds)
        words = _("{part}: {fault}").format(part=words, fault=self.text) if self.text else words
        self.line.update({"text/plain": words, "text/html": bar + html.escape(words)}, raw=True)

    def _draw(self):
        import matplotlib.pyplot as plt

        figure = self.draw().figure
        self.picture.update(figure)
        plt.close(figure)
        self.drawn = time.perf_counter()
