"""Grade one exercise of a class anew, after its cases were mended: whose mark changes is known before it is written."""

from collections import defaultdict
from dataclasses import dataclass, replace

from nbformat.v4 import new_notebook

from autograders import locks, stamps
from autograders.collect.strict_files import contents
from autograders.course import Course, Result, Ungraded, encoded, put, reason
from autograders.engine.handed_in import grade_id
from autograders.engine.judge import Judged
from autograders.gradebook import record
from autograders.shells import tidied
from helpers.notebook import checked, settings

NOT_GRADED = "not graded yet: `course grade` does it"
HANDED_IN_ANEW = "handed in anew since it was graded: `course grade` grades it"


@dataclass
class Compared(Result):
    """What a submission gets for one exercise now. Nothing of it is written yet.

    Attributes
    ----------
    old, new : float or None
        The grader's marks: as the gradebook has it, and now.
    by_hand : float or None
        The mark that a person gave for the exercise, if so: it stays.
    reworded : bool
        Whether the verdict says something else than the recorded one, be the mark the same.
    judged : Judged or None
        Of the notebook's cells, the exercise's grade cell; of its marks, this one; of its reports, this one.
    """

    old: float | None = None
    new: float | None = None
    by_hand: float | None = None
    reworded: bool = False
    judged: Judged | None = None

    @property
    def differs(self):
        """Whether the grader's mark changes."""
        return self.old != self.new


class Regrade(Course):
    """A course in which a run judges one exercise anew, on the hidden inputs that it was judged on, and writes nothing.

    Parameters
    ----------
    root : str or Path
    exercise : str
    db_url : str, optional
        As of a Course.
    """

    def __init__(self, root, exercise, db_url=None):
        super().__init__(root, db_url)
        self.exercise = exercise

    def compare(self, assignment, students, workers=None):
        """Judge what is graded already.

        Parameters
        ----------
        assignment : str
        students : list of str
        workers : int, optional
            As for `workers.grade`.

        Yields
        ------
        Result
            In the order in which they are done. A Compared one, or one with a `problem`.

        Raises
        ------
        ValueError
            If the assignment has no such exercise, or several notebooks of it have one of that name.
        """
        from autograders.workers import grade

        self.seal(assignment)
        of_seed = defaultdict(list)  # mostly one: a class is graded in one run
        for student in students:
            recorded = self._recorded(assignment, student)
            of_seed[recorded and recorded[1]["metadata"]["verdict"]["seed"]].append((assignment, student))
        for _, student in of_seed.pop(None, ()):
            yield self.refuse(assignment, student, Ungraded(NOT_GRADED))
        for seed, todo in of_seed.items():
            self.config.RunAndJudge.seed = seed
            yield from grade(self, todo, workers, force=True)

    def seal(self, assignment):
        """Return the assignment with the notebook that has the exercise, and no other."""
        sealed = super().seal(assignment)
        cells = {one.name: list(filter(None, map(checked, one.source.cells))) for one in sealed.notebooks}
        found = [name for name, exercises in cells.items() if self.exercise in exercises]
        if len(found) != 1:
            known = ", ".join(dict.fromkeys(name for exercises in cells.values() for name in exercises))
            got = f"one of {' and '.join(found)}" if found else repr(self.exercise)
            raise ValueError(f"expected an exercise of one notebook of {assignment} ({known}), got {got}")
        return sealed.only(found[0])

    def write(self, gradebook, assignment, student, sealed, submission, judged, stamp=None):
        """Compare a judged submission with the recorded one, where grading writes it."""
        path, recorded = self._recorded(assignment, student)
        now = judged[path.stem]
        # Pages have shown the inputs of this seed: nothing but what was judged before may be judged on them.
        before = _work(recorded), _files(path.parent, sealed)
        if before != (_work(now.notebook), _files(self.path("submitted", assignment, student), sealed)):
            return self.refuse(assignment, student, Ungraded(HANDED_IN_ANEW))
        (cell,) = [one for one in now.notebook.cells if checked(one) == self.exercise]
        (report,) = [one for one in now.verdict.reports if one.name == self.exercise]
        grade = gradebook.find_grade(grade_id(cell), path.stem, assignment, student)
        only = Judged(
            tidied(new_notebook(cells=[cell]), self.config), {grade.name: now.marks[grade.name]}, now.unanswered,
            replace(now.verdict, reports=(report,)),
        )  # fmt: skip
        return Compared(
            student, assignment, old=grade.auto_score, new=now.marks[grade.name], by_hand=grade.manual_score,
            reworded=report.plain() not in recorded["metadata"]["verdict"]["exercises"], judged=only,
        )  # fmt: skip

    def refuse(self, assignment, student, error):
        """Return the Result that says why a submission stays as it is."""
        return Result(student, assignment, problem=reason(error))

    def apply(self, gradebook, one):
        """Write what `compare` found into `autograded/` and the gradebook: this mark, and a late penalty made of it.

        Parameters
        ----------
        gradebook : Gradebook
            Open.
        one : Compared
        """
        with locks.writing(self.root):
            path, recorded = self._recorded(one.assignment, one.student)
            recorded["cells"] = [
                one.judged.notebook.cells[0] if checked(cell) == self.exercise else cell for cell in recorded["cells"]
            ]
            verdict = recorded["metadata"]["verdict"]
            reports = {report["exercise"]: report for report in verdict["exercises"]}
            reports |= {report.name: report.plain() for report in one.judged.verdict.reports}
            verdict["exercises"] = list(reports.values())
            put(path, encoded(recorded))
            self._autograde.set_permissions(one.assignment, one.student)
            record(gradebook, self.directory, self.config, one.assignment, one.student, {path.stem: one.judged})

    def _recorded(self, assignment, student):
        """Return (path, notebook) of the graded notebook that has the exercise; None if there is none."""
        graded = self.judged(assignment, student)
        return next((one for one in graded if any(checked(cell) == self.exercise for cell in one[1]["cells"])), None)


def _work(notebook):
    """Return what a learner wrote, of a judged notebook."""
    return [cell["source"] for cell in notebook["cells"] if not settings(cell).get("locked")]


def _files(folder, sealed):
    """Return {path: bytes} of what a learner handed in beside the notebooks."""
    found = contents(folder, ["*.ipynb", stamps.FILE])
    return {name: content for name, content in found.items() if name not in sealed.files}
