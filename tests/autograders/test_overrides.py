"""The insides of nbgrader that are replaced are there, and called as they were when the replacements were written."""

import inspect
from importlib.metadata import requires

import nbgrader.converters.base as converters
import pytest
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from packaging.requirements import Requirement

from autograders import nbgrader_overrides

INSIDES = {  # (owner, name) -> (parameters, names that its code uses and that are replaced or relied on)
    (Autograde, "init_assignment"): (["self", "assignment_id", "student_id"], ["self.notebooks", "super("]),
    (GenerateFeedback, "init_assignment"): (["self", "assignment_id", "student_id"], []),
    (CourseDirectory, "get_existing_timestamp"): (["self", "dest_path"], ["timestamp.txt"]),
    (converters.BaseConverter, "init_notebooks"): (["self"], ["glob.glob(", "self.notebooks"]),
    (converters.BaseConverter, "init_assignment"): (["self", "assignment_id", "student_id"], ["find_all_files("]),
}


@pytest.mark.parametrize("inside", INSIDES, ids=[f"{owner.__name__}.{name}" for owner, name in INSIDES])
def test_inside_is_as_it_was(inside):
    owner, name = inside
    parameters, used = INSIDES[inside]
    if owner is GenerateFeedback and name not in vars(owner):
        owner = converters.BaseConverter
    original = inspect.unwrap(getattr(owner, name))
    assert list(inspect.signature(original).parameters) == parameters
    source = inspect.getsource(original)
    assert [words for words in used if words not in source] == []


def test_names_that_are_replaced_are_looked_up_in_the_module():
    assert {"find_all_files", "glob"} <= vars(converters).keys()


def test_versions_that_they_were_tried_with_are_required():
    wanted = [Requirement(one) for one in requires("recurrent-networks-course") or []]
    (nbgrader,) = [one.specifier for one in wanted if one.name == "nbgrader"]
    assert "0.9.6" in nbgrader and "0.10" not in nbgrader and "1.0" not in nbgrader
    assert "0.9.6" in nbgrader_overrides.__doc__
