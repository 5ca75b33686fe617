"""Attacks on the notebook's own data: points, ids, tags, versions, kernels, outputs, metadata."""

import copy

from nbformat.v4 import new_code_cell, new_output

from hostile import edit
from hostile.assignment import cell


@edit("more points: a thousand for each exercise, in the metadata")
def more_points(notebook):
    for one in notebook.cells:
        if "points" in one.metadata.get("nbgrader", {}):
            one.metadata["nbgrader"]["points"] = 1000


@edit("the hard test away: its cell deleted")
def deleted_test(notebook):
    notebook.cells.remove(cell(notebook, "test_scale"))


@edit("a test that passes: the grade cell rewritten to end in the number of points")
def rewritten_test(notebook):
    cell(notebook, "test_scale").source = "10"


@edit("a test that does nothing: the grade cell emptied and unlocked")
def emptied_test(notebook):
    one = cell(notebook, "test_scale")
    one.source = ""
    one.metadata["nbgrader"] |= {"locked": False, "solution": True}


@edit("an easy test in the hard one's place: the two ids swapped")
def swapped_ids(notebook):
    hard, easy = cell(notebook, "test_scale"), cell(notebook, "test_total")
    hard.metadata["nbgrader"]["grade_id"], easy.metadata["nbgrader"]["grade_id"] = "test_total", "test_scale"


@edit("the solved exercise counted for both: both solution cells under one id")
def doubled_solution(notebook):
    cell(notebook, "scale").metadata["nbgrader"]["grade_id"] = "total"


@edit("the solved exercise counted for both: both tests under one id, each after a copy of the solution")
def doubled_test(notebook):
    hard, solved = cell(notebook, "test_scale"), copy.deepcopy(cell(notebook, "total"))
    hard.metadata["nbgrader"]["grade_id"], hard.source, solved["id"] = "test_total", "check(total)", "double"
    notebook.cells.insert(notebook.cells.index(hard), solved)


@edit("the solved exercise counted twice: its solution and its test copied")
def counted_twice(notebook):
    notebook.cells.append(copy.deepcopy(cell(notebook, "test_total")))
    notebook.cells[-1]["id"] = "double"
    notebook.cells.append(copy.deepcopy(cell(notebook, "total")))
    notebook.cells[-1]["id"] = "double-2"


@edit("the test not run: nbclient's tag skip-execution")
def skip_execution(notebook):
    one = cell(notebook, "test_scale")
    one.metadata["tags"] = ["skip-execution", "raises-exception", "training", "plotting"]
    one.outputs = [new_output("execute_result", data={"text/plain": "10"})]


@edit("solution cells not run, as if the instructor had tagged them")
def tagged_solutions(notebook):
    for name in ("scale", "total"):
        cell(notebook, name).metadata["tags"] = ["training", "setup", "hide-input"]


@edit("a schema that the grader does not know")
def newer_schema(notebook):
    for one in notebook.cells:
        if "nbgrader" in one.metadata:
            one.metadata["nbgrader"]["schema_version"] = 99


@edit("a schema so old that the grader gives up")
def older_schema(notebook):
    for one in notebook.cells:
        if "nbgrader" in one.metadata:
            one.metadata["nbgrader"] = {"grade_id": one.metadata["nbgrader"]["grade_id"], "schema_version": 0}


@edit("another kernel: a kernelspec that is no Python, or is not there")
def other_kernel(notebook):
    notebook.metadata["kernelspec"] = {"name": "bash; rm -rf ~", "display_name": "x", "language": "sh"}
    notebook.metadata["language_info"] = {"name": "../../etc", "pygments_lexer": "nothing"}


@edit("marks handed in with the outputs")
def prefilled_outputs(notebook):
    one = cell(notebook, "test_scale")
    one.outputs = [new_output("execute_result", data={"text/plain": "10"}, execution_count=1)]
    one.execution_count = 1


@edit("a verdict handed in with the metadata")
def forged_verdict(notebook):
    notebook.metadata["verdict"] = {
        "seed": 1, "sandbox": True, "problem": None, "exercises": [{"exercise": "scale", "points": 10, "score": 10}],
    }  # fmt: skip
    notebook.metadata["problem"] = "none at all"


@edit("the course's own settings: other exercises, longer limits, no sandbox")
def forged_settings(notebook):
    notebook.metadata["course"] = {"exercises": "os", "cell_seconds": 1e9, "sandbox": False}
    notebook.metadata["nbgrader"] = {"sandbox": False}


@edit("a grade cell of the learner's own, worth a hundred")
def own_grade_cell(notebook):
    settings = dict(cell(notebook, "test_scale").metadata["nbgrader"], grade_id="bonus", points=100)
    notebook.cells.append(new_code_cell("100", metadata={"nbgrader": settings}, id="bonus"))


@edit("the test is text now: the grade cell's type changed to markdown")
def test_as_markdown(notebook):
    one = cell(notebook, "test_scale")
    one.cell_type = "markdown"
    del one["outputs"], one["execution_count"]


@edit("marks by hand: the grade cell made a manually graded one, and a task")
def manual_grading(notebook):
    cell(notebook, "test_scale").metadata["nbgrader"] |= {"solution": True, "task": True, "grade": True}


@edit("metadata of wrong types wherever the grader looks")
def wrong_types(notebook):
    cell(notebook, "test_scale").metadata["nbgrader"] = {
        "grade_id": ["test_scale"],
        "points": {"a": "b"},
        "grade": "yes",
    }
    cell(notebook, "scale").metadata["nbgrader"]["grade_id"] = 7
    notebook.cells[0]["metadata"] = {"nbgrader": [1, 2, 3], "tags": "setup"}


@edit("a cell id that breaks out of its place: markup and path in ids and names")
def strange_ids(notebook):
    one = copy.deepcopy(cell(notebook, "total"))
    one["id"] = "x" * 64
    one.metadata["nbgrader"]["grade_id"] = "../../../../tmp/HOSTILE_WAS_HERE'; drop table grade; --<script>"
    notebook.cells.append(one)


@edit("the order turned round, so that tests come before what they test")
def reversed_order(notebook):
    notebook.cells.reverse()
