"""Pages of ours for people who see or move otherwise: axe-core finds no fault; nothing is cut off at twice the size."""

import made_up_class
import nbformat
import pytest
from accessible import axe, violations  # noqa: F401 (a fixture)
from browsing import browser, needs_chromium  # noqa: F401 (a fixture)
from small_course import ANSWER, NAME, WRONG, Class, cell
from sources import NOTEBOOKS

from autograders.results import class_report
from autograders.results import pages as feedback

WIDTH, PHONE = 1280, 400  # pixels across
SIZE = 12  # learners in the report

pytestmark = [*needs_chromium, pytest.mark.long]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """{name: path} of all kinds of pages that the course writes: what learners read, and the whole class report."""
    klass = Class(tmp_path_factory.mktemp("pages") / "course", [ANSWER])
    empty = klass.notebook()
    for name in ("scale", "total"):
        cell(empty, name).source = f"def {name}(*inputs):\n    raise NotImplementedError()"
    raises = "print('\\x1b[31mred\\x1b[0m')\nraise ValueError('an error of a cell of mine')"
    mine = klass.notebook(answer="# Mine\n\n## A [link](https://example.org)\n\n| a | b |\n|--|--|\n| 1 | 2 |")
    mine.cells.append(nbformat.v4.new_code_cell(raises))
    handed_in = {
        "right": klass.notebook(answer="Gates help."), "wrong": klass.notebook(scale=WRONG), "empty": empty,
        "own cells": mine, "unreadable": b"{",
    }  # fmt: skip
    found = {}
    for number, (name, notebook) in enumerate(handed_in.items()):
        klass.grade(f"s{number}", notebook)
        found[name] = klass.course.feedback(NAME, f"s{number}") / f"{NAME}.html"
    for name, path in NOTEBOOKS.items():
        notebook = nbformat.read(path, as_version=4)
        for one in notebook.cells:
            if "nbgrader" in one.metadata:
                one.metadata.nbgrader.update(score=0.0)
        found[name] = klass.course.root / f"{name}.html"
        found[name].write_text(feedback.page(notebook, notebook, figures=path.parent), encoding="utf-8")
    made = made_up_class.make(tmp_path_factory.mktemp("class") / "course", SIZE)
    made_up_class.write_roster(made)
    report = class_report.write(made.course, made_up_class.NAME, made.results)
    return found | {f"report/{path.relative_to(report.parent)}": path for path in report.parent.rglob("*.html")}


def test_every_kind_of_page_is_among_them():
    assert {path.parent.name for path in feedback.TEMPLATES.rglob("*.html")} == {"feedback", "report"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(pages, browser, axe, scheme):  # noqa: F811
    scheme = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
    found = []
    for name, path in pages.items():
        browser.get(path.resolve().as_uri())
        found += [f"{name}: {fault}" for fault in violations(browser, axe)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("width", [WIDTH // 2, PHONE])  # twice the size on a common screen, and a phone
def test_nothing_is_cut_off(pages, browser, width):  # noqa: F811
    settings = {"width": width, "height": 800, "deviceScaleFactor": 2, "mobile": width == PHONE}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", settings)
    wider = {}
    for name, path in pages.items():
        browser.get(path.resolve().as_uri())
        wider[name] = browser.execute_script("return document.documentElement.scrollWidth") - width
    assert {name: pixels for name, pixels in wider.items() if pixels > 0} == {}
