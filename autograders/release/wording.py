"""Whether a translation fits its message, as far as a program can tell: code, numbers, links, terms, typography."""

import re
from collections import Counter

from autograders.release.segments import CODE, EQUATION, MARKDOWN

HAN = r"[\u3400-\u9fff]"
WIDE = r"[，。：；？！、（）“”《》「」]"
SAME = {  # what a translation has as often as its message: (what it is called, how it is found)
    "code": re.compile(CODE),
    "equations": re.compile(EQUATION, re.S),
    "links": re.compile(r"\]\([^)]*\)"),
    "tags": re.compile(r"</?\w[^>]*>"),
    "columns": re.compile(r" \|(?= |$)"),
}
PLAIN = {  # the same, where no code and no equation stands
    "placeholders": re.compile(r"\{\w*(?:![rs])?(?::[^}]*)?\}|%(?:\(\w+\))?[sd]"),
    "numbers": re.compile(r"\d+(?:[.,]\d+)*"),
}
TYPOGRAPHY = (  # of Chinese: (what is wrong, what was expected)
    (re.compile(rf"{HAN}[,;:?!()]|[,;:?!()]{HAN}"), "a full-width mark such as ，：（ beside a Chinese character"),
    (re.compile(rf"{HAN}\.(?!\.)"), "。 after a Chinese character"),
    (re.compile(rf"{HAN}[A-Za-z0-9$`]|[A-Za-z0-9$`%]{HAN}"), "a space between Chinese and Latin letters or digits"),
    (re.compile(rf"{HAN} +{HAN}"), "no space between Chinese characters"),
    (re.compile(rf" {WIDE}|{WIDE} (?!\|)"), "no space beside a full-width mark"),
)


def faults(message, translation, terms, met):
    """Yield what is wrong with a translation, a sentence each.

    Parameters
    ----------
    message, translation : str
    terms : dict of str to str
        {English term: its translation}: where a message has the one, its translation has the other.
    met : set of str
        The English terms that stood in earlier messages of the catalogue, in the order in which learners read them;
        added to. Where a term comes first, its translation has the English term beside it.

    Yields
    ------
    str
    """
    plain, said = _plain(message), _plain(translation)
    compared = [(name, find, message, translation) for name, find in SAME.items()]
    compared += [(name, find, plain, said) for name, find in PLAIN.items()]
    for name, find, before, after in compared:
        wanted, got = Counter(find.findall(before)), Counter(find.findall(after))
        if wanted != got:
            yield f"{name}: expected {_listed(wanted - got)}, got {_listed(got - wanted)} in {translation!r}"
    for name in ("strong", "em"):
        wanted, got = _marked(plain, name), _marked(said, name)
        if wanted != got:
            yield f"{name}: expected {wanted} places between asterisks, got {got} in {translation!r}"
    plain, said = plain.replace("*", ""), said.replace("*", "")
    for english, other in terms.items():
        if not re.search(rf"\b{re.escape(english)}(?:e?s)?\b", plain, re.I):
            continue
        if other not in said:
            yield f"term: expected {other} for {english!r}, got none in {translation!r}"
        elif english not in met and english.lower() not in said.lower():
            yield f"term: expected {english!r} beside {other} where it comes first, got {translation!r}"
        met.add(english)
    for find, wanted in TYPOGRAPHY:
        if found := find.search(said):
            place = said[max(found.start() - 8, 0) : found.end() + 8]
            yield f"typography: expected {wanted}, got {place!r}"


def _plain(text):
    """Return a text without addresses and tags, and with an `x` for each piece of code and each equation."""
    for name, letter in (("code", "x"), ("equations", "x"), ("links", "]"), ("tags", "")):
        text = SAME[name].sub(letter, text)
    return text


def _listed(counted):
    return ", ".join(sorted(counted.elements())) or "nothing else"


def _marked(text, name):
    """Return how many places of a text are strong or em: asterisks beside a full-width mark may not count."""
    tokens = MARKDOWN.parseInline(text)[0].children
    return sum(token.type == f"{name}_open" for token in tokens)
