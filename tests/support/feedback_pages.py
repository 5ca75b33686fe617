"""What stands on a feedback page: its score, its table and its verdicts."""

import html
import re


def score(page):
    """Return the score on top of a page, as in "23.5 of 29"."""
    return "{} of {}".format(*re.search(r'<p class="score"><b>(.*?)</b> of (.*?) points</p>', page).groups())


def rows(page):
    """Return the table on top of a page, a list of texts for each row."""
    table = re.search(r'<table class="marks">.*?</table>', page, re.S)
    if not table:
        return None
    found = re.findall(r"<tr[^>]*>(.*?)</tr>", table[0], re.S)[1:]
    return [[re.sub(r"<[^>]*>", "", one).strip() for one in re.findall(r"<td.*?</td>", row, re.S)] for row in found]


def verdicts(page):
    """Return {exercise: lines} of a page: of each verdict the heading, the hints, and what is right or wrong."""
    found = {}
    for text in re.findall(r'<div class="verdict".*?</div>', page, re.S):
        heading = re.search(r"<b>(.*?)</b>", text)[1]
        table = re.search(r"<table>.*?</table>", text, re.S)[0]
        rows = [re.findall(r"<td[^>]*>(.*?)</td>", row)[:2] for row in re.findall(r"<tr>(.*?)</tr>", table, re.S)]
        hints = re.findall(r"<details><summary[^>]*>Hint \d: (.*?)</summary>(.*?)</details>", text, re.S)
        lines = [heading, *(f"{step.capitalize()}: {words}" for step, words in hints)]
        lines += [f"  {mark} {words}" for mark, words in rows]
        found[heading.partition(":")[0]] = [html.unescape(line) for line in lines]
    return found
