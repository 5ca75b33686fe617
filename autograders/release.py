"""Release: write the public checks beside the learner's version of a notebook."""

from pathlib import Path

from nbgrader.preprocessors import NbGraderPreprocessor

from autograders.exercise import load
from autograders.reference import Reference
from autograders.verdict import fingerprints
from helpers.checks_file import SUFFIX, PublicChecks, write_checks


def exercises_of(notebook):
    """Return the exercises that a source notebook names in its metadata, {"course": {"exercises": "<module>"}}.

    Parameters
    ----------
    notebook : NotebookNode

    Returns
    -------
    dict of str to Exercise
        Empty for a notebook that is none of the course's own.
    """
    name = notebook.metadata.get("course", {}).get("exercises")
    return load(name) if name else {}


def public_checks(exercises, reference):
    """Yield the public checks of each exercise.

    Parameters
    ----------
    exercises : dict of str to Exercise
    reference : Reference

    Yields
    ------
    PublicChecks
    """
    for exercise in exercises.values():
        cases = exercise.public_cases()
        yield PublicChecks(
            exercise.spec,
            [case.label for case in cases],
            [case.inputs for case in cases],
            reference.outcomes(exercise, cases),
            fingerprints(exercise, exercises, reference, cases),
        )


def write_public_checks(notebook, path):
    """Write the checks file of a source notebook beside it.

    Parameters
    ----------
    notebook : NotebookNode
    path : Path
        The source notebook's file.

    Returns
    -------
    Path or None
        The file written; None for a notebook that names no exercises.
    """
    exercises = exercises_of(notebook)
    if not exercises:
        return None
    target = Path(path).with_suffix(SUFFIX)
    target.write_bytes(write_checks(public_checks(exercises, Reference(path))))
    return target


class WriteChecks(NbGraderPreprocessor):
    """Step of `nbgrader generate_assignment`: the checks file, beside the source and beside the release."""

    def preprocess(self, nb, resources):
        """Write the checks file to the source folder, and hand it to nbconvert's writer for the release folder."""
        path = Path(resources["metadata"]["path"], resources["metadata"]["name"] + ".ipynb")
        written = write_public_checks(nb, path)
        if written:
            resources.setdefault("outputs", {})[written.name] = written.read_bytes()
        return nb, resources
