"""The verdict on one exercise, in words: as text for the notebook, as HTML for the feedback page."""

from dataclasses import dataclass
from html import escape

GREEN, RED, GREY = "#1a7f37", "#b3261e", "#57606a"


@dataclass(frozen=True)
class PartResult:
    """Whether one part of an answer is right, and if not, how it differs."""

    part: str
    share: float
    ok: bool
    message: str | None = None


@dataclass(frozen=True)
class Hint:
    """A mistake that explains the wrong parts; `carried` names the earlier function that it comes from, if any."""

    mistake: str
    text: str
    parts: tuple
    carried: str | None = None

    def sentence(self):
        """Return the hint as the learner reads it."""
        if self.carried:
            return f"this repeats a mistake of your {self.carried}: {self.text}"
        return self.text


@dataclass(frozen=True)
class Report:
    """The verdict on one exercise."""

    name: str
    points: float
    parts: list
    hints: list

    @property
    def ok(self):
        """Whether every part is right and nothing is inherited from a mistake before."""
        return all(part.ok for part in self.parts) and not self.hints

    @property
    def score(self):
        """Points earned: the shares of the right parts, rounded to hundredths."""
        return round(self.points * sum(part.share for part in self.parts if part.ok), 2)

    def headline(self):
        """Return one line: the exercise and how much of it is right."""
        right = sum(part.ok for part in self.parts)
        state = f"all {right} parts are right" if self.ok else f"{right} of {len(self.parts)} parts are right"
        return f"{self.name}: {state}"

    def lines(self):
        """Return (parts, whether right, sentence) for each line of the report; parts with the same fault share one."""
        groups = {}
        for part in self.parts:
            key = (part.ok, part.message) if part.message else (part.ok, part.part)
            groups.setdefault(key, []).append(part)
        return [(group, ok, _sentence(group)) for (ok, _), group in groups.items()]

    def text(self):
        """Return the report as plain text, a line for each part and each hint."""
        lines = [self.headline()]
        if not self.ok:
            lines += [f"  {_mark(ok)} {sentence}" for _, ok, sentence in self.lines()]
            lines += [f"Likely reason: {hint.sentence()}" for hint in self.hints]
        return "\n".join(lines)

    def html(self):
        """Return the report as a small table for the feedback page."""
        rows = "".join(
            f'<tr><td style="color:{GREEN if ok else RED};text-align:left">{_mark(ok)}</td>'
            f'<td style="text-align:left;padding-left:.7em">{escape(sentence)}</td>'
            f'<td style="padding-left:.7em">{self.points * sum(part.share for part in group):g}</td></tr>'
            for group, ok, sentence in self.lines()
        )
        hints = "".join(
            f'<p style="margin:.4em 0 0"><b>Likely reason:</b> {escape(hint.sentence())}</p>' for hint in self.hints
        )
        return (
            f'<div class="verdict" style="border-left:4px solid {GREEN if self.ok else RED};padding-left:.8em">'
            f'<p style="margin:0 0 .3em"><b>{escape(self.headline())}</b> '
            f'<span style="color:{GREY}">({self.score:g} of {self.points:g} points)</span></p>'
            f"<table>{rows}</table>{hints}</div>"
        )

    def plain(self):
        """Return the report as JSON data, for the notebook's metadata and the class report."""
        return {
            "exercise": self.name,
            "points": self.points,
            "score": self.score,
            "parts": [{"part": p.part, "share": p.share, "ok": p.ok, "message": p.message} for p in self.parts],
            "mistakes": [{"name": h.mistake, "carried": h.carried} for h in self.hints],
        }


def _mark(ok):
    return "right" if ok else "wrong"


def _sentence(group):
    """Return the parts' names and what is wrong with them, the name not said twice."""
    names, message = ", ".join(part.part for part in group), group[0].message
    return names if not message else message if message.startswith(group[0].part) else f"{names}: {message}"
