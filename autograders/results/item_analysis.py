"""A class's answers to one exercise: how hard it is, whom it tells apart, and how its wrong answers go together."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from statistics import mean

import numpy as np

from helpers.check.report import NOT_WRITTEN
from helpers.language import _, from_data, said


@dataclass
class Answer:
    """What one learner has for one exercise.

    Attributes
    ----------
    student : str
    score : float or None
        The mark, a person's before the grader's; None while it waits for a person.
    points : float
    verdict : dict or None
        The grader's record of the exercise (see `helpers.check.report.Report.plain`); None for what a person marks.
    seed : int or None
        Of the hidden inputs on which it was judged.
    code : str
        The solution cell.
    seconds : float or None
        What calling it took, if that is known.
    by_hand : bool
        Whether a person gave the mark.
    unread : bool
        Whether the notebook could not be read, so that the mark says nothing of the exercise.
    """

    student: str
    score: float | None
    points: float
    verdict: dict | None = None
    seed: int | None = None
    code: str = ""
    seconds: float | None = None
    by_hand: bool = False
    unread: bool = False

    @property
    def parts(self):
        """The grader's verdicts on the parts; none for what a person marks."""
        return self.verdict["parts"] if self.verdict else []

    @property
    def share(self):
        """The share of the points that was won; of an optional exercise, of its parts; None while it waits."""
        if self.points:
            return None if self.score is None else self.score / self.points
        if self.parts and all(part["ok"] for part in self.parts):
            return 1.0  # the sum of twelve twelfths is less
        return sum(part["share"] for part in self.parts if part["ok"])

    @property
    def written(self):
        """Whether something was handed in for it that could be judged."""
        if self.unread or not self.parts:
            return not self.unread
        told = (self.verdict or {}).get("written")  # an earlier version told it in words alone
        return any(NOT_WRITTEN not in (part["message"] or "") for part in self.parts) if told is None else told

    @property
    def mistakes(self):
        """The known mistakes that were found, in plain words of the language that is spoken."""
        found = self.verdict or {"mistakes": []}
        reasons = found.get("reasons") or [name.replace("_", " ") for name in found["mistakes"]]
        return [said(from_data(one)) for one in reasons]

    @property
    def text(self):
        """What stands in the table of marks."""
        if self.points:
            return _("waits") if self.score is None else f"{self.score:g}"
        if not self.written:
            return "–"
        return _("{right} of {count}").format(right=sum(part["ok"] for part in self.parts), count=len(self.parts))

    @property
    def colour(self):
        """The class of its cell in the table of marks."""
        if self.share is None or not (self.points or self.share):
            return "left"
        return "full" if self.share >= 1 else "some" if self.share else "none"


@dataclass
class Group:
    """Answers that are wrong in the same way, which no known mistake explains."""

    answers: list

    @property
    def students(self):
        """The learners whose answers these are."""
        return [one.student for one in self.answers]

    @property
    def size(self):
        """How many they are."""
        return len(self.answers)

    @property
    def specimen(self):
        """The shortest of them, to be read."""
        return min(self.answers, key=lambda one: (len(one.code), one.student))

    @property
    def faults(self):
        """What the grader says of the specimen's wrong parts: {message: parts}."""
        found = {}
        for part in self.specimen.parts:
            if not part["ok"]:
                found.setdefault(part["message"], []).append(part["part"])
        return found


@dataclass
class Item:
    """One exercise of the report, or one cell that a person marks, with everybody's answers.

    Attributes
    ----------
    name : str
        With the notebook's name before it, where there are several notebooks.
    points : float
        0 for an optional exercise.
    answers : dict of str to Answer
        By learner.
    """

    name: str
    points: float
    answers: dict = field(default_factory=dict)

    @property
    def file(self):
        """The name of its page."""
        return f"{re.sub(r'[^A-Za-z0-9_]+', '-', self.name)}.html"

    @cached_property
    def counted(self):
        """The answers that statistics are made of: all that could be read; of an optional exercise, those written."""
        return [one for one in self.answers.values() if not one.unread and (one.points or one.written)]

    @property
    def shares(self):
        """The share of the points that each counted answer has, but those that wait."""
        return [one.share for one in self.counted if one.share is not None]

    @property
    def percents(self):
        """The shares in percent."""
        return [100 * share for share in self.shares]

    @property
    def mean(self):
        """The mean mark; None where there is none."""
        return mean(self.shares) * self.points if self.shares and self.points else None

    @property
    def difficulty(self):
        """The share of the points that the class has won: 1 is easy, 0 is hard."""
        return mean(self.shares) if self.shares else None

    def discrimination(self, items):
        """Say whether those who solve this exercise are those who have many points elsewhere.

        Parameters
        ----------
        items : list of Item
            All of the report.

        Returns
        -------
        float or None
            The point-biserial correlation between "all points or not" here and the share of the points of all other
            exercises, without those that wait for a person; None where either is the same for everybody.
        """
        solved, rest = [], []
        for one in self.counted:
            others = [item.answers[one.student] for item in items if item is not self and one.student in item.answers]
            decided = [other for other in others if other.points and other.score is not None]
            if decided and one.share is not None:
                solved.append(float(one.share >= 1))
                rest.append(sum(other.score for other in decided) / sum(other.points for other in decided))
        alike = not solved or np.ptp(solved) == 0 or np.ptp(rest) == 0
        return None if alike else float(np.corrcoef(solved, rest)[0, 1])

    @cached_property
    def mistakes(self):
        """{mistake in plain words: learners}, the commonest first."""
        found = {}
        for one in self.answers.values():
            for mistake in dict.fromkeys(one.mistakes):
                found.setdefault(mistake, []).append(one.student)
        return dict(sorted(found.items(), key=lambda pair: -len(pair[1])))

    @cached_property
    def groups(self):
        """Wrong answers that no declared mistake explains, put together where they gave the same; the largest first."""
        found = {}
        for one in self.answers.values():
            wrong = tuple(part["message"] for part in one.parts if not part["ok"])
            if not wrong or not one.written:
                continue
            if sketch := one.verdict.get("sketch"):
                found.setdefault((one.seed, sketch), []).append(one)
            elif not one.mistakes:  # it was never called, since it is no Python
                found.setdefault(wrong, []).append(one)
        return sorted(map(Group, found.values()), key=lambda group: (-group.size, group.specimen.student))

    @property
    def not_written(self):
        """Who has left it as it was."""
        return [one.student for one in self.answers.values() if not one.unread and not one.written]

    @property
    def parts(self):
        """{part: share of those who have it right, of all who wrote something}."""
        found = {}
        for part in (part for one in self.counted if one.written for part in one.parts):
            found.setdefault(part["part"], []).append(part["ok"])
        return {part: mean(right) for part, right in found.items()}

    @property
    def verdicts(self):
        """The grader's records; none of a cell that a person marks."""
        return [one.verdict for one in self.answers.values() if one.verdict]

    @property
    def seconds(self):
        """What calling it took for each learner, in seconds."""
        return [one.seconds for one in self.answers.values() if one.seconds is not None]
