"""nbgrader's settings for this course; the folder of this file is the course directory."""

from autograders import strict_files
from autograders.course import put_environment_on_path

c = get_config()  # noqa: F821 (nbgrader defines it)

put_environment_on_path()  # nbgrader runs `alembic` by name
strict_files.install()  # of what was handed in, nbgrader opens plain files only

c.CourseDirectory.course_id = "recurrent_networks"
c.CourseDirectory.source_directory = "notebooks"

# Where learners' notebooks get the course's package from, if it is missing: what `pip install` takes, such as the
# address of the wheel. Where this is empty, they say to ask the instructor.
c.OpenDoor.package = ""

# Release tries the notebook first, and writes the public checks beside the learners' version.
c.GenerateAssignment.preprocessors = [
    "autograders.authoring.Prove",
    "autograders.release.WriteChecks",
    "autograders.release.OpenDoor",
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
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Grading takes in any file, restores the instructor's cells, and judges outside the learner's kernel. Metadata are not
# checked again: they are the source's, which were checked at release.
c.Autograde.exporter_class = "autograders.intake.SubmissionExporter"
c.Autograde.pre_convert_hook = "autograders.intake.prepare_hook"
c.Autograde.sanitize_preprocessors = [
    "autograders.intake.Restore",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "autograders.gradebook.OverwriteCells",
]
c.Autograde.autograde_preprocessors = [
    "autograders.run_and_judge.RunAndJudge",
    "nbgrader.preprocessors.IgnorePattern",
    "autograders.run_and_judge.Settle",
    "nbgrader.preprocessors.LimitOutput",
    "autograders.gradebook.SaveAutoGrades",
    "autograders.by_hand.NothingToMark",
    "autograders.deadlines.Extend",
    "nbgrader.preprocessors.AssignLatePenalties",
]

# In the formgrader's pages nothing of a learner's runs.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {
    "clean_html": "autograders.markup.clean_html",
    "markdown2html": "autograders.markup.markdown_to_html",
    "highlight_code": "autograders.markup.ColourCode",
    "ansi2html": "autograders.markup.colour_text",
    "strip_files_prefix": "autograders.markup.keep_links",
}

# Feedback: one file for each notebook, with all that it shows inside.
c.GenerateFeedback.exporter_class = "autograders.feedback.PageExporter"
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "autograders.by_hand.TellWaiting",
    "autograders.feedback.HideTests",
]
