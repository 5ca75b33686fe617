"""A progress bar and a picture that grow while something trains; where no notebook shows them, nothing at all."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DRAW_SECONDS = 1.0  # the picture is drawn again at most this often


def in_notebook() -> bool:
    """Whether this Python runs in a Jupyter kernel."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return bool(shell) and hasattr(shell, "kernel")


class Monitor:
    """Shows how training goes.

    Parameters
    ----------
    epochs
        How many there will be.
    draw
        Draws the curves so far and returns their axes; called now and then, and at the end.
    live
        Whether to show anything; None means in a notebook only.
    """

    def __init__(self, epochs: int, draw: Callable[[], Axes], live: bool | None = None) -> None:
        self.draw = draw
        self.bar = self.handle = None
        self.drawn = 0.0
        if in_notebook() if live is None else live:
            from IPython.display import HTML, display
            from tqdm.auto import tqdm

            self.bar = tqdm(total=epochs, unit="epoch")
            self.handle = display(HTML(""), display_id=True)  # a place on the page for the picture to come

    def update(self, text: str) -> None:
        """Note the end of an epoch, with a few words about it."""
        if self.bar is None:
            return
        self.bar.set_postfix_str(text)
        self.bar.update()
        if time.perf_counter() - self.drawn > DRAW_SECONDS:
            self._show()

    def close(self) -> None:
        """Note the end of training, also of one that was interrupted."""
        if self.bar is not None:
            self.bar.close()
            self._show()

    def _show(self) -> None:
        import matplotlib.pyplot as plt

        if self.handle is not None and self.bar.n:
            axes = self.draw()
            self.handle.update(axes.figure)
            plt.close(axes.figure)
        self.drawn = time.perf_counter()
