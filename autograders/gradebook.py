"""Two steps of nbgrader's that ask the gradebook once for each cell; here they ask once for a whole notebook."""

import copy

from nbgrader import preprocessors, utils
from nbgrader.api import BaseCell, Comment, Grade, Gradebook, GradeCell, MissingEntry, SourceCell, TaskCell
from nbgrader.preprocessors import NbGraderPreprocessor

from autograders.intake import course_directory, grade_id


class _Fetched:
    """Takes the gradebook's place: finds cells, grades and comments among rows that were fetched before."""

    def __init__(self, **rows):
        self.rows = rows  # kind -> {name of the cell: row}
        self.db = self

    def commit(self):
        """Do nothing: `SaveAutoGrades` writes everything at once, after the last cell."""

    def find_source_cell(self, cell, *_):
        return self._find("source", cell)

    def find_graded_cell(self, cell, *_):
        return self._find("graded", cell)

    def find_grade(self, cell, *_):
        return self._find("grade", cell)

    def find_comment(self, cell, *_):
        return self._find("comment", cell)

    def _find(self, kind, cell):
        if cell not in self.rows[kind]:
            raise MissingEntry(f"expected a {kind} row for the cell {cell} of this notebook in the gradebook, got none")
        return self.rows[kind][cell]


class OverwriteCells(preprocessors.OverwriteCells):
    """nbgrader's step that sets the instructor's cells back to what they were at release."""

    def preprocess(self, nb, resources):
        """Go through the cells. No missing ones are added, whatever is configured: `intake.Restore` has done so."""
        ids = resources["nbgrader"]
        self.notebook_id, self.assignment_id = ids["notebook"], ids["assignment"]
        with Gradebook(ids["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(self.notebook_id, self.assignment_id)

            def cells(kind):
                return {cell.name: cell for cell in gradebook.db.query(kind).filter(kind.notebook_id == notebook.id)}

            self.gradebook = _Fetched(source=cells(SourceCell), graded=cells(GradeCell) | cells(TaskCell))
            self.translate = None
            if language := nb.metadata.get("course", {}).get("language"):
                from autograders import segments, translations  # most submissions need none

                translate = translations.translator(course_directory(self).root, language, self.assignment_id)
                self.translate = lambda cell: segments.of_cell(cell, translate)
            return NbGraderPreprocessor.preprocess(self, nb, resources)

    def preprocess_cell(self, cell, resources, index):
        """Set a cell back; then, where the learner's version was in another language, to what it was there.

        The gradebook has the English text only. The checksum tells an answer that was left as it came.
        """
        cell, resources = super().preprocess_cell(cell, resources, index)
        if self.translate and (name := grade_id(cell)):
            released = copy.deepcopy(cell)
            released.source = self.gradebook.find_source_cell(name).source
            released.source = self.translate(released)
            cell.metadata.nbgrader.checksum = utils.compute_checksum(released)
            if not utils.is_solution(cell):
                cell.source = released.source
        return cell, resources


class SaveAutoGrades(preprocessors.SaveAutoGrades):
    """nbgrader's step that writes marks into the gradebook: all of a notebook or none."""

    def preprocess(self, nb, resources):
        """Go through the cells."""
        ids = resources["nbgrader"]
        self.notebook_id, self.assignment_id, self.student_id = ids["notebook"], ids["assignment"], ids["student"]
        with Gradebook(ids["db_url"]) as gradebook:
            submitted = gradebook.find_submission_notebook(self.notebook_id, self.assignment_id, self.student_id)

            def rows(kind):
                pairs = gradebook.db.query(BaseCell.name, kind).join(BaseCell, BaseCell.id == kind.cell_id)
                return {name: row for name, row in pairs.filter(kind.notebook_id == submitted.id)}

            self.gradebook = _Fetched(grade=rows(Grade), comment=rows(Comment))
            nb, resources = NbGraderPreprocessor.preprocess(self, nb, resources)
            gradebook.db.commit()
        return nb, resources
