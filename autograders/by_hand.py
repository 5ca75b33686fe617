"""Cells that a person marks: the page says which marks are still open."""

from nbformat.v4 import new_markdown_cell
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor


class TellWaiting(NbGraderPreprocessor):
    """Step of `nbgrader generate_feedback`, after GetGrades: says which points nobody has decided on yet."""

    def preprocess(self, nb, resources):
        """Put a line on top of the page, and one above each cell that waits; mark that cell for the summary."""
        ids = resources["nbgrader"]
        with Gradebook(ids["db_url"]) as gradebook:
            submission = gradebook.find_submission_notebook(ids["notebook"], ids["assignment"], ids["student"])
            waiting = {
                grade.name: grade.max_score
                for grade in submission.grades
                if grade.needs_manual_grade and grade.manual_score is None
            }
        cells = []
        for number, cell in enumerate(nb.cells):
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if name in waiting and _is_marked(cell):
                text = f"**This answer waits for manual grading**: its {waiting[name]:g} points are not decided yet."
                cells.append(new_markdown_cell(text, id=f"waits-{number}"))
                cell.metadata["waits"] = True
            cells.append(cell)
        if waiting:
            text = (
                f"**{sum(waiting.values()):g} of {ids['max_score']:g} points wait for manual grading.** "
                "The score above does not include them."
            )
            cells.insert(0, new_markdown_cell(text, id="waits"))
        nb.cells = cells
        return nb, resources


def _is_marked(cell):
    return utils.is_grade(cell) or utils.is_task(cell)
