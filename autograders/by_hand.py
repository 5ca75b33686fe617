"""Cells that a person marks: one that was not handed in gets 0 at once; the page says which marks are still open."""

from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from autograders.intake import MISSING


class NothingToMark(NbGraderPreprocessor):
    """Step of `nbgrader autograde`, after SaveAutoGrades: what was not handed in gets 0, and waits for nobody.

    That is a cell that the learner deleted or left blank, and every cell of a file that is no notebook. A mark that a
    person gave stays.
    """

    def preprocess(self, nb, resources):
        """Change the gradebook, not the notebook."""
        ids = resources["nbgrader"]
        unreadable = bool(nb.metadata.get("problem"))
        empty = {
            cell.metadata.nbgrader.grade_id
            for cell in nb.cells
            if _is_marked(cell) and (unreadable or cell.metadata.get(MISSING) or not cell.source.strip())
        }
        if empty:
            with Gradebook(ids["db_url"]) as gradebook:
                submission = gradebook.find_submission_notebook(ids["notebook"], ids["assignment"], ids["student"])
                for grade in submission.grades:
                    if grade.name in empty:
                        grade.auto_score = 0.0
                        grade.needs_manual_grade = grade.manual_score is not None
                gradebook.db.commit()
        return nb, resources


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
