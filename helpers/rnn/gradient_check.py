"""Set gradients that were derived by hand against gradients that were measured."""

from dataclasses import dataclass

import numpy as np

from helpers.language import _

STEP = 1e-5  # for central differences in float64: truncation and rounding both stay near 1e-10
TOLERANCE = 1e-7


@dataclass(frozen=True)
class GradientRow:
    """How one gradient compares with the measured one."""

    name: str
    error: float  # relative, see `relative_error`; NaN where the two cannot be compared
    message: str


@dataclass(frozen=True)
class GradientReport:
    """What `gradient_check` found; print it, or end a cell with it, to read it."""

    rows: tuple
    tolerance: float

    @property
    def ok(self):
        """Whether every gradient agrees with the measured one."""
        return all(row.error <= self.tolerance for row in self.rows)

    @property
    def wrong(self):
        """Names of the gradients that do not agree."""
        return [row.name for row in self.rows if not row.error <= self.tolerance]

    def __str__(self):
        width = max((len(row.name) for row in self.rows), default=0)
        lines = []
        for row in self.rows:
            state = _("agrees") if row.error <= self.tolerance else _("IS OFF")
            lines.append(f"{row.name:<{width}}  {state}  {row.message}")
        end = _("look at {names} (limit: {limit:.0e} relative)")
        if self.ok:
            end = _("every gradient agrees (limit: {limit:.0e} relative)")
        return "\n".join([*lines, end.format(names=", ".join(self.wrong), limit=self.tolerance)])

    __repr__ = __str__


def relative_error(one, other):
    """Return |one - other| / (|one| + |other|) in Euclidean norms; 0 where both are zero.

    Parameters
    ----------
    one, other : ndarray
        Of the same shape.

    Returns
    -------
    float
    """
    scale = np.linalg.norm(one) + np.linalg.norm(other)
    return float(np.linalg.norm(one - other) / scale) if scale else 0.0


def numerical_gradients(loss, arrays, step=STEP):
    """Measure the gradient of a loss by central differences, one entry at a time.

    Parameters
    ----------
    loss : callable
        loss(arrays) -> a single number.
    arrays : dict of str to ndarray
        What the loss depends on; copied to float64, never changed.
    step : float
        How far each entry is moved to either side.

    Returns
    -------
    dict of str to ndarray
        For each name in `arrays` the gradient, of the array's shape.
    """
    arrays = {name: np.array(array, dtype=np.float64) for name, array in arrays.items()}
    gradients = {}
    for name, array in arrays.items():
        gradients[name] = np.zeros(array.shape)
        for index in np.ndindex(array.shape):
            kept = array[index]
            array[index] = kept + step
            above = float(loss(arrays))
            array[index] = kept - step
            below = float(loss(arrays))
            array[index] = kept
            gradients[name][index] = (above - below) / (2 * step)
    return gradients


def gradient_check(loss, arrays, gradients, tolerance=TOLERANCE, step=STEP):
    """Compare gradients derived by hand with measured ones.

    Parameters
    ----------
    loss : callable
        loss(arrays) -> a single number, computed with the forward function.
    arrays : dict of str to ndarray
        What the loss depends on: {"xt": ..., "Wax": ...}.
    gradients : dict of str to ndarray
        What the backward function returns: the gradient of "xt" stands under "dxt", and so on.
    tolerance : float
        The largest relative error that counts as agreement.
    step : float
        As for `numerical_gradients`.

    Returns
    -------
    GradientReport

    Raises
    ------
    TypeError
        If `gradients` is not a dict.
    """
    if not isinstance(gradients, dict):
        raise TypeError(f"gradients: expected a dict of arrays, got a {type(gradients).__name__}")
    measured = numerical_gradients(loss, arrays, step)
    rows = []
    for name, wanted in measured.items():
        key = f"d{name}"
        if key not in gradients:
            rows.append(GradientRow(key, float("nan"), _("is missing from the gradients")))
            continue
        got = np.asarray(gradients[key])
        if got.shape != wanted.shape:
            text = _("expected shape {wanted}, got {got}").format(wanted=wanted.shape, got=got.shape)
            rows.append(GradientRow(key, float("nan"), text))
            continue
        error = relative_error(wanted, got)
        rows.append(GradientRow(key, error, _("relative error {error:.1e}").format(error=error)))
    return GradientReport(tuple(rows), tolerance)
