"""nbgrader's settings for this course; the folder of this file is the course directory."""

from autograders import nbgrader_overrides
from autograders.course import put_environment_on_path

c = get_config()  # noqa: F821 (nbgrader defines it)

put_environment_on_path()  # nbgrader runs `alembic` by name
nbgrader_overrides.install()  # of what was handed in, nbgrader opens plain files only

c.CourseDirectory.course_id = "recurrent_networks"
c.CourseDirectory.source_directory = "notebooks"

# Where learners' notebooks get the course's package from, if it is missing: what `pip install` takes, such as the
# address of the wheel. Where this is empty, they say to ask the instructor.
c.OpenDoor.package = ""

# The language of the class report, one of translations/, such as "zh_CN"; where it is empty, English.
c.ClassReport.language = ""

# Release tries the notebook first, and writes the public checks beside the learners' version.
c.GenerateAssignment.preprocessors = [
    "autograders.release.authoring.Prove",
    "autograders.release.preprocessors.WriteChecks",
    "autograders.release.preprocessors.OpenDoor",
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "autograders.release.translations.Translate",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
    "autograders.release.preprocessors.KnowCells",
]

# Grading is one step, as in `course grade`: it takes in any file, sets the learner's cells into the instructor's
# notebook, judges outside the learner's kernel, and writes the marks.
c.Autograde.exporter_class = "autograders.shells.SubmissionExporter"
c.Autograde.pre_convert_hook = "autograders.course.name_notebooks"
c.Autograde.sanitize_preprocessors = ["autograders.shells.RunAndJudge"]
c.Autograde.autograde_preprocessors = []

# In the formgrader's pages nothing of a learner's runs.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {
    "clean_html": "autograders.results.markup.clean_html",
    "markdown2html": "autograders.results.markup.markdown_to_html",
    "highlight_code": "autograders.results.markup.ColourCode",
    "ansi2html": "autograders.results.markup.colour_text",
    "strip_files_prefix": "autograders.results.markup.keep_links",
}

# Feedback: one file for each notebook, with all that it shows inside.
c.GenerateFeedback.exporter_class = "autograders.results.pages.PageExporter"
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "autograders.results.by_hand.TellWaiting",
    "autograders.results.pages.HideTests",
]

# One submission without what the exchange puts beside it stops nobody's feedback.
c.ExchangeFactory.release_feedback = "autograders.collect.exchange.ReleaseFeedback"
