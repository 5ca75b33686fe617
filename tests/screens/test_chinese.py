"""The course in Chinese as people see it: notebooks in JupyterLab, a feedback page, the class report, in Chromium."""

import os
from pathlib import Path

import nbformat
import pytest
from browsing import CELLS_OUT_OF_SIGHT, browser, jupyter, needs_chromium  # noqa: F401 (a fixture)
from shown import run_all_but_trainings
from sources import NOTEBOOKS, ROOT
from window import loaded

from autograders.course import Course
from autograders.demo import Desk, make_course
from autograders.results import class_report
from helpers.notebook import checked
from helpers.plotting import FONTS

LANGUAGE = "zh_CN"
SCREENSHOTS = "COURSE_SCREENSHOTS"  # the folder where pictures are kept, if anywhere
WIDTH, HEIGHT = 1300, 2000
LOAD_SECONDS = 60
BLOCKS = ":is(h1, h2, h3, h4, p, li, td, th, summary, figcaption)"
# What has several English words beside code, equations and links, and no Chinese character.
ENGLISH = """
return [...document.querySelectorAll(arguments[0])].map((one) => {
  const copy = one.cloneNode(true);
  copy.querySelectorAll("code, pre, mjx-container, math, a, ul, ol, table").forEach((part) => part.remove());
  return copy.textContent.trim();
}).filter((text) => !/[\\u3400-\\u9fff]/.test(text) && (text.match(/\\b[A-Za-z]{2,}\\b/g) || []).length >= 3);
"""
TOO_WIDE = """
return [...document.querySelectorAll(arguments[0] + " table")].filter((one) => {
  const box = one.closest(".jp-RenderedMarkdown, .scroll, .marks, td") || document.body;
  return one.getBoundingClientRect().right > box.getBoundingClientRect().right + 1
    && getComputedStyle(box).overflowX === "visible";
}).map((one) => one.textContent.trim().slice(0, 60));
"""

pytestmark = [*needs_chromium, pytest.mark.long, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module", autouse=True)
def font(tmp_path_factory):
    """The course's own Chinese font for Chromium, so that a machine without one shows no boxes."""
    settings = tmp_path_factory.mktemp("fonts") / "fonts.conf"
    settings.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>'
        f"<dir>{FONTS[LANGUAGE].parent}</dir></fontconfig>",
        encoding="utf-8",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FONTCONFIG_FILE", str(settings))
        yield


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course directory that speaks Chinese."""
    return Course(make_course(tmp_path_factory.mktemp("chinese") / "course", ROOT).root, language=LANGUAGE)


def window(browser):  # noqa: F811
    """Give the browser's window a size at which a picture shows much and can be read."""
    size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def pictures(browser, name, scrolled):  # noqa: F811
    """Keep a page in pictures, one below the other, if pictures are kept; `scrolled` is what scrolls."""
    if not (folder := os.environ.get(SCREENSHOTS)):
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    browser.execute_script("document.querySelector('.jp-Dialog')?.remove()")
    height, step = browser.execute_script(
        f"const it = document.querySelector('{scrolled}'); "
        f"return [it.scrollHeight, Math.min(it.clientHeight, {HEIGHT})]"
    )
    for number in range(-(-height // step)):
        browser.execute_script(f"document.querySelector('{scrolled}').scrollTo(0, {number * step})")
        browser.save_screenshot(str(Path(folder, f"{name}-{number + 1:02}.png")))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook(course, browser, tmp_path, name):  # noqa: F811
    from selenium.webdriver.support.ui import WebDriverWait

    course.release(name)
    desk = Desk(course, name)
    notebook = desk.notebook([(0, 0)])  # a mistake in the first exercise, of which all hints are shown
    place = next(number for number, cell in enumerate(notebook.cells) if checked(cell))
    first = checked(notebook.cells[place])
    notebook.cells.insert(place + 1, nbformat.v4.new_code_cell(f"check({first}, hint=3)"))
    path = desk.released
    nbformat.write(notebook, path)
    run_all_but_trainings(path)
    window(browser)
    with jupyter("lab", path.parent, tmp_path / "server.log", tmp_path / "settings", CELLS_OUT_OF_SIGHT) as address:
        browser.get(f"{address}/lab/tree/{path.name}?reset")
        all_drawn = "return document.querySelectorAll('.jp-Notebook .jp-Cell:not(.jp-mod-placeholder)').length"
        wait = WebDriverWait(browser, LOAD_SECONDS)
        wait.until(lambda _: browser.execute_script(all_drawn) >= len(notebook.cells))
        wait.until(loaded)
        pictures(browser, name, ".jp-Notebook .jp-WindowedPanel-outer")
        told = browser.execute_script("return document.querySelector('.jp-Notebook').textContent")
        assert browser.execute_script(ENGLISH, f".jp-RenderedMarkdown {BLOCKS}") == []
        assert browser.execute_script(TOO_WIDE, ".jp-RenderedMarkdown") == []
    for words in ("问题：", "可能的原因：", "请重读：", "什么也没有发送"):
        assert words in told


def test_a_feedback_page_and_the_class_report(course, browser):  # noqa: F811
    name = "step_by_step_rnn"
    course.release(name)
    desk = Desk(course, name)
    works = {"ada": desk.notebook(), "chen": desk.notebook([(0, 0), (2, 1)]), "goro": desk.notebook(left_out=range(99))}
    for student, work in works.items():
        folder = course.path("submitted", name, student)
        folder.mkdir(parents=True)
        nbformat.write(work, folder / desk.name)
    results = [course.grade(name, student) for student in works]
    course.config.ClassReport.language = LANGUAGE
    report = class_report.write(course, name, results)
    pages = {"feedback": course.feedback(name, "chen") / f"{name}.html", "report": report}
    pages |= {f"report-{path.stem}": path for path in report.with_suffix("").glob("*.html")}
    window(browser)
    for kind, path in pages.items():
        browser.get(path.resolve().as_uri())
        browser.execute_script("document.querySelectorAll('details').forEach((one) => one.open = true)")
        pictures(browser, kind, "html")
        assert browser.execute_script("return document.documentElement.lang").startswith("zh"), kind
        assert browser.execute_script(ENGLISH, BLOCKS) == [], kind
        assert browser.execute_script("return document.documentElement.scrollWidth") <= WIDTH, kind
