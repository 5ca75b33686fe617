"""The language that `check`, plots and pages speak: English, or another one that a catalogue of messages is there for.

The first cell of a translated notebook says its language in the environment. The grader says that of each notebook it
judges. What a catalogue lacks stays English. Catalogues are compiled from `translations/LANGUAGE/messages.po` when the
package is built, and in a checkout when one is needed that is older than its source.
"""

import gettext as standard
import os
import re
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from pathlib import Path

VARIABLE = "COURSE_LANGUAGE"
DOMAIN = "messages"
NUMBER = re.compile(r"\d+(?:,\d{3})*")
CATALOGUES = Path(__file__).parent / "locale"
SOURCES = Path(__file__).parents[1] / "translations"  # in a checkout
_chosen = ContextVar("language", default=None)


def language():
    """Return the language that is spoken, such as "zh_CN"; empty for English."""
    chosen = _chosen.get()
    return os.environ.get(VARIABLE, "") if chosen is None else chosen


@contextmanager
def speaking(name):
    """Speak a language inside a `with` block, whatever the environment says; English where the name is empty."""
    token = _chosen.set(name or "")
    try:
        yield
    finally:
        _chosen.reset(token)


def speak(name):
    """Speak a language from now on; English where the name is empty."""
    _chosen.set(name or "")


def of_machine():
    """Return the language that LANGUAGE, LC_ALL, LC_MESSAGES or LANG name, as gettext reads them; empty for English."""
    for path in SOURCES.glob(f"*/{DOMAIN}.po"):
        compiled(path.parent.name)
    found = standard.find(DOMAIN, CATALOGUES)
    return Path(found).parents[1].name if found else ""


def compiled(name):
    """Return where `gettext` looks for the compiled catalogue of a language; it is never older than its source.

    Raises
    ------
    ValueError
        As `helpers.catalogues.read`.
    """
    source, target = SOURCES / name / f"{DOMAIN}.po", CATALOGUES / name / "LC_MESSAGES" / f"{DOMAIN}.mo"
    if source.is_file() and not (target.is_file() and target.stat().st_mtime >= source.stat().st_mtime):
        from helpers.catalogues import compile_catalogue

        with suppress(PermissionError):  # in the jail; the grader, outside, has compiled what it says
            compile_catalogue(source, target)
    return target


@cache
def _catalogue(name):
    compiled(name)
    return standard.translation(DOMAIN, CATALOGUES, [name], fallback=True)


def _(message):
    """Return a message in the language that is spoken; the message itself where there is no translation.

    A message is a whole sentence, with names in braces: `_("expected {names}, got {count}").format(...)`.
    """
    name = language()
    return _catalogue(name).gettext(message) if name and message else message  # of "" gettext returns the header


def ngettext(one, many, count):
    """Return the form of a message that fits a count."""
    return _catalogue(language()).ngettext(one, many, count)


class Told(str):
    """A message in English, with its values filled in, that can still be said in another language (see `said`).

    Parameters
    ----------
    message : str
        As `_` takes it.
    *places, **values
        For its braces, numbered and named. Those that are such messages themselves are said, too; others stay.
    """

    def __new__(cls, message, *places, **values):
        told = super().__new__(cls, message.format(*places, **values) if places or values else message)
        told.message, told.places, told.values = message, places, values
        return told

    def __getnewargs_ex__(self):  # for pickles: a worker hands it on
        return (self.message, *self.places), self.values

    def mapped(self, change):
        """Return the same message with its texts changed, those of the messages in it as well."""

        def changed(value):
            return change(value) if isinstance(value, str) else value

        return Told(self.message, *map(changed, self.places), **{k: changed(v) for k, v in self.values.items()})


def as_told(text):
    """Return a message, without values or `Told`, as one that stands in another one."""
    return text if isinstance(text, Told) else Told(text)


def listed(items):
    """Put several texts one behind the other, as the language does that is spoken."""
    together = ""
    for one in items:
        together = Told("{first}, {next}", first=together, next=one) if together else one
    return together


def said(text):
    """Return a text in the language that is spoken, if it is a message or is `Told`; anything else as it is."""
    if isinstance(text, Told):

        def inner(value):
            return said(value) if isinstance(value, Told) else value

        message, values = _(text.message), {name: inner(value) for name, value in text.values.items()}
        return message.format(*map(inner, text.places), **values) if text.places or values else message
    return _(text) if isinstance(text, str) else text


def as_data(text):
    """Return a text as JSON data, from which `from_data` makes the same one."""
    if isinstance(text, Told):
        values = {name: as_data(value) for name, value in text.values.items()}
        return {"message": text.message, "places": list(map(as_data, text.places)), "values": values}
    return text if isinstance(text, (str, int, float)) else str(text)


def from_data(data):
    """Return the text that `as_data` was given."""
    if isinstance(data, dict):
        message, values = data["message"], {name: from_data(value) for name, value in data["values"].items()}
        return Told(message, *map(from_data, data["places"]), **values)
    return data


def of_templates(environment):
    """Let the templates of a Jinja environment find their words; data is translated by the filter `said`."""
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(_, ngettext, newstyle=True)
    environment.filters["said"] = said


def with_braces(text):
    """Return a text with {} in the place of its numbers: "{} words" for "9 words" and "17 words" alike."""
    return NUMBER.sub("{}", text)


def with_numbers(text):
    """Translate a text whose numbers may be any; its message has braces in their places."""
    return _(with_braces(text)).format(*NUMBER.findall(text))


def N_(message):
    """Return a message as it is: it is marked here, and translated where it is shown."""
    return message
