"""Wrong Keras answers get a true name: a sample of what `benchmarks/wrong_models.py` tries."""

import ast
import sys

import pytest
from grading import ASSIGNMENTS, REFERENCES
from sources import ROOT

from helpers.check.report import Hint

sys.path.append(str(ROOT / "benchmarks"))

import wrong_models  # noqa: E402

pytestmark = pytest.mark.slow

COUNT = 12  # programs with one edit, and half as many with two


@pytest.mark.long
@pytest.mark.parametrize("exercise", wrong_models.EXERCISES)
def test_wrong_answers_get_a_true_name(exercise):
    rows = wrong_models.survey(exercise, COUNT)
    assert len({program.source for program, *_ in rows}) == COUNT + COUNT // 2
    rejected = [(program.source, fate, names) for program, fate, names in rows if fate != "right answer"]
    wrongly = [row for row in rejected if row[1] == "wrongly"]
    assert not wrongly
    assert sum(fate in ("rightly", "same function") for _, fate, _ in rejected) >= 0.8 * len(rejected), rejected


@pytest.mark.parametrize(
    ("old", "new", "name", "due"),
    [
        ("matrix[index] =", "matrix[index - 1] =", "rows_begin_at_0", "rightly"),
        ("matrix[index] =", "matrix[index - 1] =", "row_0_ones", "wrongly"),
        ("matrix[index] =", "matrix[index - 1] =", "one_row_too_few", "wrongly"),
        ("(n_rows, n_x, trainable", "(n_rows, trainable", "arguments of Embedding: embedding_layer = ", "rightly"),
        ("(n_rows, n_x, trainable", "(n_rows, trainable", "vectors: all zeros", "fact"),
        ("    return embedding_layer", "    pass", "nothing is returned", "rightly"),
        ("np.zeros((n_rows, n_x))", "np.zeros(n_rows)", "nothing is returned", "fact"),
        ("np.zeros((n_rows, n_x))", "np.zeros(n_rows)", "matrix_returned", "wrongly"),
    ],
)
def test_a_name_counts_as_right_only_where_it_is_the_edit(old, new, name, due):
    exercise = "pretrained_embedding_layer"
    source = ast.unparse(ast.parse(REFERENCES["emojify"].source(exercise).replace(old, new)))
    kind = "nothing returned" if "pass" in new else "row"
    program = wrong_models.Program((kind,), source, (source,))
    declared = {one.name: one for one in ASSIGNMENTS["emojify"][exercise].mistakes}
    text = declared[name].hint if name in declared else ""
    hint = Hint(name, "", text, "", tuple(ASSIGNMENTS["emojify"][exercise].parts))
    assert wrong_models.truth(exercise, program, hint) == due
