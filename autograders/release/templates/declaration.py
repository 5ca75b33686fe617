"""The exercises of `ASSIGNMENT`: what each function must do, and how learners get it wrong."""

from autograders.engine.exercise import Case, Exercise, Mistake
from helpers.check.comparing import INPUTS


def cases(rng):
    """Return inputs of several sizes, drawn from a NumPy Generator."""
    return [
        Case(f"{rows} rows, {columns} columns", {"x": rng.standard_normal((rows, columns))})
        for rows, columns in ((3, 4), (1, 5), (6, 1))
    ]


EXERCISES = (
    Exercise(
        name="ASSIGNMENT",
        returns=("sums",),
        parts={"sums": 0.9, INPUTS: 0.1},
        cases=cases,
        mistakes=(
            Mistake(
                "columns_summed",
                "How many rows does the table have, and how many sums do you return?",
                "the columns are summed (axis 0); each row is to be summed (axis 1).",
                "section 1, the equation",
                (("axis=1", "axis=0"),),
            ),
        ),
    ),
)
