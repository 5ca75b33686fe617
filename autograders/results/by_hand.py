"""Cells that a person marks: the page says which marks are still open."""

from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor


class TellWaiting(NbGraderPreprocessor):
    """Step of `nbgrader generate_feedback`, after GetGrades: marks the cells that nobody has decided on yet."""

    def preprocess(self, nb, resources):
        """Put `waits` into their metadata; the page says it."""
        ids = resources["nbgrader"]
        with Gradebook(ids["db_url"]) as gradebook:
            submission = gradebook.find_submission_notebook(ids["notebook"], ids["assignment"], ids["student"])
            grades = [one for one in submission.grades if one.needs_manual_grade and one.manual_score is None]
            waiting = {grade.name for grade in grades}
        for cell in nb.cells:
            if _is_marked(cell) and cell.metadata.nbgrader.grade_id in waiting:
                cell.metadata["waits"] = True
        return nb, resources


def _is_marked(cell):
    return utils.is_grade(cell) or utils.is_task(cell)
