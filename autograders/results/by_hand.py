"""What the page must know of the gradebook beside the marks: which are still open, and when the work came."""

from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from autograders.collect import deadlines
from autograders.coursedir import course_directory
from autograders.engine.handed_in import grade_id
from helpers.language import N_, Told


class TellWaiting(NbGraderPreprocessor):
    """Step of `nbgrader generate_feedback`, after GetGrades: marks the cells that nobody has decided on yet.

    It also says when the work was handed in, and how late.
    """

    def preprocess(self, nb, resources):
        """Put `waits` into their metadata, and `handed_in` into the resources; the page says both."""
        ids = resources["nbgrader"]
        with Gradebook(ids["db_url"]) as gradebook:
            submission = gradebook.find_submission_notebook(ids["notebook"], ids["assignment"], ids["student"])
            grades = [one for one in submission.grades if one.needs_manual_grade and one.manual_score is None]
            waiting = {grade.name for grade in grades}
            handed_in, late = deadlines.lateness(submission.assignment)
        without_time = deadlines.told_late(course_directory(self).root, ids["assignment"]).get(ids["student"])
        when = deadlines.told(handed_in, late) if handed_in else ""
        ids["handed_in"] = Told(N_("handed in: {when}"), when=when) if handed_in else without_time
        for cell in nb.cells:
            if grade_id(cell) in waiting:
                cell.metadata["waits"] = True
        return nb, resources
