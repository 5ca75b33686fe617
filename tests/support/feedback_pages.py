"""What stands on a feedback page: its table, its verdicts, and whether a hidden input is among it."""

import html
import re

import numpy as np

DIGITS = 6  # of a number by which it is known again


def rows(page):
    """Return the table on top of a page, a list of texts for each row."""
    table = re.search(r"<table>.*?your marks.*?</table>", page, re.S)
    if not table:
        return None
    found = re.findall(r"<tr>(.*?)</tr>", table[0], re.S)[1:]
    return [[re.sub(r"<[^>]*>", "", one).strip() for one in re.findall(r"<td.*?</td>", row, re.S)] for row in found]


def verdicts(page):
    """Return {exercise: lines} of a page: of each verdict the heading, the hints, and what is right or wrong."""
    found = {}
    for text in re.findall(r'<div class="verdict".*?</div>', page, re.S):
        heading = re.search(r"<b>(.*?)</b>", text)[1]
        rows = [re.findall(r"<td[^>]*>(.*?)</td>", row)[:2] for row in re.findall(r"<tr>(.*?)</tr>", text, re.S)]
        hints = re.findall(r"<details><summary[^>]*>Hint \d: (.*?)</summary>(.*?)</details>", text, re.S)
        lines = [heading, *(f"{step.capitalize()}: {words}" for step, words in hints)]
        lines += [f"  {mark} {words}" for mark, words in rows]
        found[heading.partition(":")[0]] = [html.unescape(line) for line in lines]
    return found


def hidden_values(exercises, reference, seed):
    """Return the hidden inputs and what is expected of them: an array of all real numbers without sign, and the texts.

    Short texts are left out: they stand on many pages by chance.
    """
    numbers, texts = [], set()

    def gather(value):
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, (list, tuple)):
            for item in value:
                gather(item)
        elif isinstance(value, str):
            texts.update([value] if len(value) > DIGITS else [])
        elif value is not None and np.asarray(value).dtype.kind == "f":
            numbers.append(np.abs(np.asarray(value, dtype=float)).ravel())

    for exercise in exercises:
        cases = exercise.hidden_cases(seed)
        gather([case.inputs for case in cases])
        gather([outcome["value"] for outcome in reference.outcomes(exercise, cases)])
    return np.concatenate(numbers), texts


def hidden_on(text, hidden):
    """Return what of `hidden` stands in a text: numbers that one of them is rounded to, and texts."""
    numbers, texts = hidden
    found = {one for one in texts if one in text}
    for word in re.findall(r"\d+\.\d+(?:e[+-]?\d+)?", text):
        digits, _, exponent = word.partition("e")
        last = 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))  # the place of the last digit
        if len(digits.replace(".", "").lstrip("0")) >= DIGITS and (np.abs(numbers - float(word)) < 0.51 * last).any():
            found.add(word)
    return found


def told(page):
    """Return of a page what is told after hidden inputs were tried, and the table on top."""
    table = re.search(r"<table>.*?your marks.*?</table>", page, re.S)
    return (table[0] if table else "") + page[page.index('class="verdict"') :]
