"""A progress bar and a picture that grow while something trains. Outside a notebook they do nothing."""

import sys
import time

DRAW_SECONDS = 1.0  # the picture is drawn again at most this often


def in_notebook():
    """Return whether this Python runs in a Jupyter kernel."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return bool(shell) and hasattr(shell, "kernel")


class Monitor:
    """Shows how training goes.

    Parameters
    ----------
    epochs : int
        How many there will be.
    draw : callable
        Draws the curves so far on a new figure and returns its matplotlib axes; called at most once a second, and at
        the end.
    live : bool, optional
        Whether to show anything; by default in a notebook only.
    """

    def __init__(self, epochs, draw, live=None):
        self.draw = draw
        self.bar = self.handle = None
        self.drawn = 0.0
        if in_notebook() if live is None else live:
            from IPython.display import HTML, display
            from tqdm.auto import tqdm

            self.bar = tqdm(total=epochs, unit="epoch")
            self.handle = display(HTML(""), display_id=True)  # a place on the page for the picture to come

    def update(self, text):
        """Move the bar on by an epoch, and write a few words beside it."""
        if self.bar is None:
            return
        self.bar.set_postfix_str(text)
        self.bar.update()
        if time.perf_counter() - self.drawn > DRAW_SECONDS:
            self._show()

    def close(self):
        """Draw the last picture and end the bar; to be called after interrupted training, too."""
        if self.bar is not None:
            self.bar.close()
            self._show()

    def _show(self):
        import matplotlib.pyplot as plt

        if self.handle is not None and self.bar.n:
            figure = self.draw().figure
            self.handle.update(figure)
            plt.close(figure)
        self.drawn = time.perf_counter()
