"""Release: the public checks beside the learner's version of a notebook, and its first cell."""

from pathlib import Path

from nbformat.v4 import new_code_cell
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from autograders.coursedir import course_directory
from autograders.engine.exercise import exercises_of
from autograders.engine.reference import Reference
from autograders.engine.verdict import expected, fingerprints
from autograders.release.remembered import remembered
from autograders.release.trying import slips_on
from helpers.check.public import SUFFIX, Answers, PublicChecks, write_checks
from helpers.language import compiled, language
from helpers.notebook import record, skipped


def checks_of(exercise, reference, cases, search=False):
    """Return the cases of an exercise, with what the reference and the known mistakes return for them.

    Parameters
    ----------
    exercise : Exercise
    reference : Reference
    cases : list of Case
    search : bool
        Whether to try slips and pairs of mistakes, too, which takes seconds.

    Returns
    -------
    PublicChecks
    """
    own, *standing = (
        Answers(
            expected(reference, exercise, tuple(cases), stood),
            fingerprints(exercise, reference, cases, stood),
            slips_on(reference, exercise, tuple(cases), stood) if search else [],
        )
        for stood in ((False, True) if exercise.stand_ins else (False,))
    )
    return PublicChecks(exercise.spec, cases, own, *standing)


def public_checks(notebook, path, root=None):
    """Return the checks file of a source notebook, with the words of slips in the language that is spoken.

    Parameters
    ----------
    notebook : NotebookNode
    path : Path
        The source notebook's file.
    root : str or Path, optional
        The course directory.

    Returns
    -------
    bytes or None
        None for a notebook that names no exercises.
    """
    exercises = exercises_of(notebook, root)
    if not exercises:
        return None

    def make():
        reference = Reference(path)
        return write_checks(checks_of(one, reference, one.public_cases(), search=True) for one in exercises.values())

    return remembered("checks", make, path, exercises.values(), root, _state_of_language())


def _state_of_language():
    """Return what the words of another language depend on."""
    return compiled(language()).read_bytes().hex() if language() and compiled(language()).is_file() else ""


def write_public_checks(notebook, path, root=None):
    """Write the checks file of a source notebook beside it; return the file, or None (see `public_checks`)."""
    checks = public_checks(notebook, path, root)
    if not checks:
        return None
    target = Path(path).with_suffix(SUFFIX)
    target.write_bytes(checks)
    return target


class WriteChecks(NbGraderPreprocessor):
    """Step of `nbgrader generate_assignment`: writes the checks file beside the source and beside the release."""

    def preprocess(self, nb, resources):
        """Write the checks file to the source folder, and hand it to nbconvert's writer for the release folder."""
        path = Path(resources["metadata"]["path"], resources["metadata"]["name"] + ".ipynb")
        written = write_public_checks(nb, path, course_directory(self).root)
        if written:
            resources.setdefault("outputs", {})[written.name] = written.read_bytes()
        return nb, resources


DOOR_ID = "course-package"
# The first code cell of a learner's notebook. On Colab it installs the course's package, if that is missing.
DOOR = """\
# Does this machine have the course's package? If so, this cell does nothing.
import sys
from importlib.util import find_spec

if find_spec("helpers") is None:
    package = {package!r}
    if package and "google.colab" in sys.modules:
        get_ipython().run_line_magic("pip", f"install --quiet {{package}}")
    elif package:
        print(f"The course's package is missing here. Run this once in a cell:  %pip install {{package}}")
    else:
        print("The course's package is missing here: ask your instructor for the file that `pip install` takes.")"""


class OpenDoor(NbGraderPreprocessor):
    """Step of `nbgrader generate_assignment`: adds a first cell that says how to get the course's package.

    The grader takes it for a cell that the learner added: it is run, and not judged.
    """

    package = Unicode(
        help="What pip installs the learner's package from, such as the address of its wheel or git+https://...; "
        "where empty, learners are told to ask their instructor."
    ).tag(config=True)

    def preprocess(self, nb, resources):
        """Add the cell before the first code cell, if the notebook uses `helpers`."""
        code = [number for number, cell in enumerate(nb.cells) if cell.cell_type == "code"]
        if any("helpers" in nb.cells[number].source for number in code):
            nb.cells.insert(code[0], new_code_cell(DOOR.format(package=self.package), id=DOOR_ID))
        return nb, resources


class KnowCells(NbGraderPreprocessor):
    """Last step of `nbgrader generate_assignment`: tells tools at the learner's side what each cell is.

    `helpers.ready` and `course update` read from its record whether it was changed. nbgrader's Validate, as any other
    run by nbclient, leaves out a cell with the tag `skip-execution`; a learner in JupyterLab runs it as any other.
    """

    def preprocess_cell(self, cell, resources, index):
        """Record the cell, and tag it if the grader does not run it either."""
        record(cell)
        if skipped(cell):
            cell.metadata.tags.append("skip-execution")
        return cell, resources
