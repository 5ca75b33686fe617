"""What `nbgrader autograde` and the formgrader's button run in place of nbgrader's own steps: shells of the judge."""

import secrets
from pathlib import Path
from weakref import WeakKeyDictionary

from nbconvert.exporters import NotebookExporter
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook
from nbgrader.preprocessors import IgnorePattern, LimitOutput, NbGraderPreprocessor
from traitlets import Bool, Dict, Float, Integer, List

from autograders.collect.intake import take_in
from autograders.coursedir import converter_of
from autograders.engine.sealed import Settings
from autograders.gradebook import record, seal
from autograders.sandbox.limits import Limits
from helpers.notebook import SKIPPED_TAGS

SEED_BITS = 32
RUNS = WeakKeyDictionary()  # {converter: (seed, {assignment: SealedAssignment})}, while it is grading


class SubmissionExporter(NotebookExporter):
    """Opens no submitted file: `RunAndJudge` does, whatever is in it (`c.Autograde.exporter_class`)."""

    def from_filename(self, filename, resources=None, **kw):
        """Begin with an empty notebook where a submitted one is to be converted; read a judged one."""
        ids, coursedir = resources["nbgrader"], converter_of(self).coursedir
        folder = coursedir.format_path(coursedir.submitted_directory, ids["student"], ids["assignment"])
        if Path(filename).parent != Path(folder):
            return super().from_filename(filename, resources=resources, **kw)
        return self.from_notebook_node(new_notebook(), resources=resources, **kw)


class RunAndJudge(NbGraderPreprocessor):
    """Reads, judges and records one submitted notebook. Its settings are those of all grading."""

    sandbox = Bool(True, help="Run learners' code in a jail; where that cannot be, refuse").tag(config=True)
    limits = Dict(help="What a jailed kernel may use: see autograders.sandbox.limits.Limits").tag(config=True)
    cell_timeout = Float(
        60.0, help="Seconds that one cell may take, unless the source notebook's metadata say course.cell_seconds"
    ).tag(config=True)
    notebook_timeout = Float(180.0, help="Seconds that cells and calls of one notebook may take").tag(config=True)
    skipped_tags = List(list(SKIPPED_TAGS), help="Tags of locked cells that are not run when grading").tag(config=True)
    seed = Integer(None, allow_none=True, help="Seed of the hidden cases; one for each run when None").tag(config=True)

    def settings(self):
        """Return the settings that are sealed with an assignment."""
        return Settings(self.sandbox, self.cell_timeout, self.notebook_timeout, tuple(self.skipped_tags))

    def seed_of_run(self):
        """Return the configured seed, or a fresh one: all that are judged with it get the same hidden inputs."""
        return secrets.randbits(SEED_BITS) if self.seed is None else self.seed

    def preprocess(self, nb, resources):
        """Judge the submitted file; what nbconvert made of it is left aside."""
        from autograders.engine.judge import judge  # here: a run with nothing new does without it

        ids, converter = resources["nbgrader"], converter_of(self)
        name, assignment, student = ids["notebook"], ids["assignment"], ids["student"]
        coursedir = converter.coursedir
        seed, sealed = RUNS.setdefault(converter, (self.seed_of_run(), {}))
        if assignment not in sealed:
            own = converter.exclude_overwriting.get(assignment, ())
            with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
                sealed[assignment] = seal(gradebook, coursedir, assignment, self.settings(), own)
        folder = Path(coursedir.format_path(coursedir.submitted_directory, student, assignment))
        submission = take_in(folder, sealed[assignment].frames, coursedir.ignore)
        (notebook,) = [one for one in sealed[assignment].notebooks if one.name == name]
        files = submission.files | sealed[assignment].files
        judged = judge(submission.notebooks[name], files, notebook, seed, Limits(**self.limits))
        for text in (*submission.notes, *judged.log):
            self.log.warning(text)
        with Gradebook(ids["db_url"], coursedir.course_id) as gradebook:
            record(gradebook, coursedir, self.config, assignment, student, {name: judged})
        return tidied(judged.notebook, self.config), resources


def tidied(notebook, config):
    """Return a judged notebook with less output, as nbgrader's IgnorePattern and LimitOutput are configured.

    What a test cell wrote to stderr is text like any other: nbgrader takes it for a failure.
    """
    notebook, _ = IgnorePattern(config=config).preprocess(notebook, {})
    for cell in notebook.cells:
        settings = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and settings.get("grade") and not settings.get("solution"):
            for output in cell.outputs:
                if output.output_type == "stream":
                    output.name = "stdout"
    return LimitOutput(config=config).preprocess(notebook, {})[0]
