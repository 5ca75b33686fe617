"""Right answers to the exercises of `ASSIGNMENT`, written differently from the solutions: the grader must accept them.

A function `exercise__variant` takes the place of the solution; it may use what the notebook's setup cells import.
"""
# ruff: noqa: F821  (np comes from the notebook)


def ASSIGNMENT__product(x):
    return x @ np.ones(x.shape[1])
