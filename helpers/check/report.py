"""The verdict on one exercise, in words: as text for the notebook, as HTML for the feedback page."""

import textwrap
from dataclasses import dataclass, field
from html import escape

from helpers.language import N_, Told, _, as_data, said, with_numbers

GREEN, RED, GREY = "#1a7f37", "#b3261e", "#57606a"
LAST_HINT = 3
NOT_WRITTEN = N_("not written yet")
WIDTH = 88  # so many characters fit beside JupyterLab's list of files; it cuts longer lines in the middle of a word


def sound(text):
    """Return a text as one that UTF-8 can hold: half of a surrogate pair becomes a question mark."""
    if isinstance(text, Told):
        return text.mapped(sound)
    return text.encode("utf-8", "replace").decode("utf-8")


@dataclass(frozen=True)
class PartResult:
    """Whether one part of an answer is right, and if not, how it differs."""

    part: str
    share: float
    ok: bool
    message: str | None = None


@dataclass(frozen=True)
class Hint:
    """A known mistake that explains the wrong parts, told in three steps: each says more than the one before."""

    mistake: str
    question: str
    text: str
    section: str
    parts: tuple

    def steps(self):
        """Return (heading, sentence) of the question, of the likely reason, and of where to read."""
        return [
            (_("Question"), said(self.question)),
            (_("Likely reason"), said(self.text)),
            (_("Read again"), _(self.section)),
        ]


@dataclass(frozen=True)
class Remark:
    """What a right answer does not do on an input that goes beyond the task's own data; it costs nothing."""

    case: str
    text: str
    section: str
    hint: Hint | None = None

    def sentence(self):
        """Return the remark as the learner reads it."""
        text = _("right on the course's data; beyond it, {case}: {fault} (see {section})")
        told = text.format(case=with_numbers(self.case), fault=self.text, section=_(self.section))
        reason = said(self.hint.text) if self.hint else ""
        return _("{remark}. {reason}").format(remark=told, reason=reason[0].upper() + reason[1:]) if reason else told


@dataclass(frozen=True)
class FailingCase:
    """The smallest case on which an answer is wrong.

    Attributes
    ----------
    label : str
    inputs : dict of str to str
        What each input is, in a few words.
    call : str
        Python that calls the function on the case; empty where that would be too long.
    entries : list of (str, str, str)
        Of the first numbers that differ: place, expected number, number that came.
    """

    label: str
    inputs: dict
    call: str
    entries: list

    def html(self):
        """Return it as HTML for the feedback page."""
        one = _("{part}: {fault}")
        inputs = {f"<code>{escape(name)}</code>": escape(what) for name, what in self.inputs.items()}
        given = _("; ").join(one.format(part=name, fault=what) for name, what in inputs.items())
        rows = "".join(f"<tr>{''.join(f'<td>{escape(one)}</td>' for one in entry)}</tr>" for entry in self.entries)
        heads = (_("the first that differ"), _("expected"), _("yours"))
        head = f"<tr>{''.join(f'<th>{escape(one)}</th>' for one in heads)}</tr>"
        table = f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>" if rows else ""
        call = _("It is too large to be written out here: try your function on other inputs of these sizes.")
        call = f"<p>{escape(call)}</p>"
        if self.call:
            summary = _("Try this case in your notebook (numbers rounded)")
            call = f"<details><summary>{escape(summary)}</summary><pre>{escape(self.call)}</pre></details>"
        first = _("The smallest case that fails: <b>{case}</b>. {inputs}.")
        return f"<p>{first.format(case=escape(with_numbers(self.label)), inputs=given)}</p>{table}{call}"


@dataclass(frozen=True)
class Report:
    """The verdict on one exercise.

    Attributes
    ----------
    name : str
    points : float
    parts : list of PartResult
    hints : list of Hint
    remarks : list of Remark
    given : tuple of str
        Earlier functions for which stand-ins were used, since the answer is not right with the learner's own.
    sketch : str
        Of a wrong answer that no declared mistake explains, a short hash of what was returned: the same for all that
        are wrong in the same way, as long as they were judged on the same cases.
    failing : FailingCase or None
        The grader tells it; `check` does not.
    """

    name: str
    points: float
    parts: list
    hints: list
    remarks: list = field(default_factory=list)
    given: tuple = ()
    sketch: str = ""
    failing: FailingCase | None = None

    @property
    def ok(self):
        """Whether every part is right."""
        return all(part.ok for part in self.parts)

    @property
    def score(self):
        """Points earned: the shares of the right parts, rounded to hundredths."""
        return round(self.points * sum(part.share for part in self.parts if part.ok), 2)

    @property
    def written(self):
        """Whether there is an answer at all."""
        return not all(_(NOT_WRITTEN) in (part.message or "") for part in self.parts)

    def state(self):
        """Return how much of the exercise is right, in a few words."""
        right, count = sum(part.ok for part in self.parts), len(self.parts)
        state = _("right") if self.ok else _("{right} of {count} parts are right").format(right=right, count=count)
        names = _(" and ").join(self.given)
        return _("{state}, given your {names}").format(state=state, names=names) if self.given else state

    def headline(self):
        """Return one line: the exercise and how much of it is right."""
        return _("{part}: {fault}").format(part=self.name, fault=self.state())

    def notes(self):
        """Return (heading, sentence) of each remark, and of stand-ins that were used."""
        notes = []
        if self.given:
            text = _("judged with another {names} in the place of yours, which is not right yet")
            notes.append((_("Note"), text.format(names=_(" and ").join(self.given))))
        return notes + [(_("Remark (costs nothing)"), remark.sentence()) for remark in self.remarks]

    def lines(self):
        """Return (parts, whether right, sentence) for each line of the report; parts with the same fault share one."""
        groups = {}
        for part in self.parts:
            key = (part.ok, part.message) if part.message else (part.ok, part.part)
            groups.setdefault(key, []).append(part)
        return [(group, ok, _sentence(group)) for (ok, _), group in groups.items()]

    def text(self, hint=1):
        """Return the report as plain text: each step of a hint, then a line for each part and each note.

        Parameters
        ----------
        hint : int
            How many steps of each hint are shown, up to 3; the last line tells how to see the next one.
        """
        steps = [step for one in self.hints for step in one.steps()[:hint]]
        lines = [self.headline(), *_lines(steps)]
        if not self.ok:
            lines += [f"  {_(_mark(ok))} {sentence}" for _parts, ok, sentence in self.lines()]
        lines += _lines(self.notes())
        if self.hints and hint < LAST_HINT:
            lines.append(_("{call} says more.").format(call=f"check({self.name}, hint={hint + 1})"))
        elif not self.ok and not self.hints and hint > 1:
            lines.append(
                _("No hint: this answer is none of the known mistakes. The lines above say all that is known.")
            )
        return "\n".join(lines)

    def html(self):
        """Return the report as a small table for the feedback page, with the hints folded above it.

        Bootstrap, which nbgrader's pages use, takes from a summary its triangle; as a list item it has one again.
        """
        rows = "".join(
            f'<tr><td class="{_mark(ok)}" style="color:{GREEN if ok else RED};text-align:left">{_(_mark(ok))}</td>'
            f'<td style="text-align:left;padding-left:.7em">{escape(sentence)}</td>'
            f'<td style="padding-left:.7em">{self.points * sum(part.share for part in group):g}</td></tr>'
            for group, ok, sentence in self.lines()
        )
        summary = _("Hint {number}: {heading}")
        hints = "".join(
            f'<details><summary style="display:list-item">{summary.format(number=number, heading=heading.lower())}'
            f"</summary>{escape(sentence)}</details>"
            for hint in self.hints
            for number, (heading, sentence) in enumerate(hint.steps(), start=1)
        )
        line = _("{part}: {fault}")
        notes = "".join(
            f'<p style="margin:.4em 0 0">{line.format(part=f"<b>{heading}</b>", fault=escape(sentence))}</p>'
            for heading, sentence in self.notes()
        )
        points = _("({score:g} of {points:g} points)").format(score=self.score, points=self.points)
        return (
            f'<div class="verdict" style="border-left:4px solid {GREEN if self.ok else RED};padding-left:.8em">'
            f'<p style="margin:0 0 .3em"><b>{escape(self.headline())}</b> '
            f'<span class="points" style="color:{GREY}">{escape(points)}</span></p>'
            f"{hints}<table>{rows}</table>{self.failing.html() if self.failing else ''}{notes}</div>"
        )

    def plain(self):
        """Return the report as JSON data, for the notebook's metadata and the class report."""
        return {
            "exercise": self.name,
            "points": self.points,
            "score": self.score,
            "parts": [{"part": p.part, "share": p.share, "ok": p.ok, "message": p.message} for p in self.parts],
            "mistakes": [hint.mistake for hint in self.hints],
            "reasons": [as_data(hint.text) for hint in self.hints],
            "remarks": [remark.sentence() for remark in self.remarks],
            "given": list(self.given),
            "written": self.written,
            "sketch": self.sketch,
        }


def wrapped(text):
    """Return the lines of a text as a notebook shows them: long ones are broken between words, and go on indented."""
    options = {"subsequent_indent": " " * 4, "break_long_words": False, "break_on_hyphens": False}
    return [part for line in text.splitlines() for part in textwrap.wrap(line, WIDTH, **options) or [""]]


def _lines(pairs):
    return [_("{part}: {fault}").format(part=heading, fault=sentence) for heading, sentence in pairs]


def _mark(ok):
    return N_("right") if ok else N_("wrong")


def _sentence(group):
    """Return the parts' names and what is wrong with them, the name not said twice."""
    names, message = _(", ").join(_(part.part) for part in group), group[0].message
    if not message or message.startswith(_(group[0].part)):
        return message or names
    return _("{part}: {fault}").format(part=names, fault=message)
