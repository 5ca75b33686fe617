"""nbgrader's two steps that ask the gradebook about one cell after the other; here they ask once for a notebook."""

from nbgrader import preprocessors
from nbgrader.api import BaseCell, Comment, Grade, Gradebook, GradeCell, MissingEntry, SourceCell, TaskCell
from nbgrader.preprocessors import NbGraderPreprocessor


class _Fetched:
    """Stands in for the gradebook: finds cells, grades and comments among what was fetched."""

    def __init__(self, **rows):
        self.rows = rows  # kind -> {name of the cell: row}
        self.db = self

    def commit(self):
        """Do nothing: all is written at once, after the last cell."""

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
            raise MissingEntry(f"the gradebook has no {kind} of a cell {cell} in this notebook")
        return self.rows[kind][cell]


class OverwriteCells(preprocessors.OverwriteCells):
    """nbgrader's step that gives the instructor's cells back what they were at release."""

    def preprocess(self, nb, resources):
        """Go through the cells. Missing ones are not added, whatever is configured: `intake.Restore` has done so."""
        ids = resources["nbgrader"]
        self.notebook_id, self.assignment_id = ids["notebook"], ids["assignment"]
        with Gradebook(ids["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(self.notebook_id, self.assignment_id)

            def cells(kind):
                return {cell.name: cell for cell in gradebook.db.query(kind).filter(kind.notebook_id == notebook.id)}

            self.gradebook = _Fetched(source=cells(SourceCell), graded=cells(GradeCell) | cells(TaskCell))
            return NbGraderPreprocessor.preprocess(self, nb, resources)


class SaveAutoGrades(preprocessors.SaveAutoGrades):
    """nbgrader's step that writes marks into the gradebook: here all of a notebook's or none."""

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
