"""The instructor's screen: nbgrader's formgrader with our configuration, in headless Chromium."""

import os
import shutil

import pytest
from accessible import GRAVE, axe, violations  # noqa: F401 (a fixture)
from browsing import browser, jupyter, needs_chromium  # noqa: F401 (a fixture)
from feedback_pages import score
from small_course import ANSWER, FULL, NAME, POINTS, Class

ADDS = "def scale(x, factor, name):\n    return x + factor\n"

SCREENSHOT = "COURSE_SCREENSHOT"  # where to keep the pictures, if anywhere: a prefix of file names
PAGE_SECONDS = 60

IN_THE_FRAME = {  # what nbgrader's own templates get wrong: rule -> what it is
    "color-contrast": "Bootstrap's grey and blue on light grey, white on light blue",
    "html-has-lang": "no page says its language",
    "link-in-text-block": "a link in a warning is told by its colour alone",
    "link-name": "links that are icons have no text",
    "list": "the menu on the left has roles that are no list items",
    "nested-interactive": "a button that unfolds a part lies in another one",
}
IN_A_NOTEBOOK = (  # rule, part of the element's address, and what it is
    ("color-contrast", ".c1", "nbconvert's colour of comments"),
    ("color-contrast", ".ow", "nbconvert's colour of words such as in"),
)

pytestmark = needs_chromium


@pytest.fixture
def klass(tmp_path):
    """Ada hands in all right, with a written answer; Ben's first function is wrong. Nothing is released yet."""
    klass = Class(tmp_path / "course", [ANSWER])
    klass.hand_in("ada", klass.notebook(answer="Gates help, see the **first** figure. <script>alert(1)</script>"))
    klass.hand_in("ben", klass.notebook(scale=ADDS))
    shutil.rmtree(klass.course.path("release", NAME))
    return klass


@pytest.fixture
def server(klass):
    """A Jupyter server in the course directory; gives the formgrader's address."""
    root = klass.course.root
    with jupyter("server", root, root.parent / "server.log", root.parent / "settings") as address:
        yield f"{address}/formgrader"


class Screen:
    """What the instructor sees and does."""

    def __init__(self, driver):
        from selenium.common.exceptions import (
            ElementClickInterceptedException,
            ElementNotInteractableException,
            StaleElementReferenceException,
        )
        from selenium.webdriver.common.by import By
        from selenium.webdriver.support.ui import WebDriverWait

        # The tables are drawn anew while one looks, and messages move while one clicks.
        moving = [StaleElementReferenceException, ElementNotInteractableException, ElementClickInterceptedException]
        self.driver, self.by = driver, By
        self.waiting = WebDriverWait(driver, PAGE_SECONDS, ignored_exceptions=moving)

    def go(self, address):
        """Open a page. Nothing fades in or out there: a dialog that is closed while it still opens stays open."""
        self.driver.get(address)
        self.driver.execute_script("if (window.jQuery) jQuery.support.transition = false")

    def see(self, selector, text=""):
        """Wait for an element that shows a text; return it."""

        def found(driver):
            elements = driver.find_elements(self.by.CSS_SELECTOR, selector)
            return next((one for one in elements if one.is_displayed() and text in one.text), None)

        return self.waiting.until(found, f"no {selector} with {text!r}")

    def row(self, name):
        """Wait for a table's row; return its text."""
        return self.waiting.until(lambda driver: self.see("tbody tr", name).text)

    def press(self, name, selector):
        """Click a button in a table's row."""
        self.waiting.until(lambda driver: self.button(name, selector).click() is None)

    def button(self, name, selector):
        """Return a button in a table's row."""
        return self.see("tbody tr", name).find_element(self.by.CSS_SELECTOR, selector)

    def success(self):
        """Wait for the message that all went well, and close it; return its text."""
        text = self.waiting.until(lambda driver: self.see(".modal.in .modal-body", "uccess").text)
        self.waiting.until(lambda driver: self.see("#success-modal .modal-footer button").click() is None)
        self.waiting.until(lambda driver: not driver.find_elements(self.by.CSS_SELECTOR, ".modal-backdrop"))
        return text

    def keep(self, name):
        """Keep a picture, where one is asked for."""
        if os.environ.get(SCREENSHOT):
            self.driver.save_screenshot(f"{os.environ[SCREENSHOT]}{name}.png")


def in_gradebook(klass):
    """Return the mark and the comment that Ada's answer was given by hand."""
    with klass.course.gradebook() as gradebook:
        grade = gradebook.find_grade("answer", NAME, NAME, "ada")
        return grade.manual_score, gradebook.find_comment("answer", NAME, NAME, "ada").manual_comment


@pytest.mark.long
def test_instructor_grades_in_the_browser(klass, server, browser):  # noqa: F811
    screen = Screen(browser)

    screen.go(f"{server}/manage_assignments")
    screen.press(NAME, ".generate a, .glyphicon-education")
    screen.success()
    assert (klass.course.path("release", NAME) / f"{NAME}.checks.zip").is_file()

    screen.go(f"{server}/manage_submissions/{NAME}")
    for student in ("ada", "ben"):
        assert "needs autograding" in screen.row(student)
        screen.press(student, ".autograde a")
        assert "Successfully autograded" in screen.success()
    assert f"{FULL:g} / {FULL + 5:g}" in screen.row("ada")
    assert "needs manual grading" in screen.row("ada")
    assert f"{FULL - POINTS:g} / {FULL + 5:g}" in screen.row("ben")
    assert "needs" not in screen.row("ben")  # an answer that is not there waits for nobody
    screen.keep("submissions")

    with klass.course.gradebook() as gradebook:
        of_ada, of_ben = (gradebook.find_submission(NAME, name).notebooks[0].id for name in ("ada", "ben"))
    screen.go(f"{server}/submissions/{of_ben}/")
    assert screen.see(".verdict summary", "Hint 1: question").value_of_css_property("display") == "list-item"
    screen.keep("hints")
    screen.go(f"{server}/submissions/{of_ada}/")
    assert ": right" in screen.see("#notebook").text
    assert browser.find_element(screen.by.ID, "test_scale").get_attribute("placeholder") == f"{POINTS:g}"
    answer = screen.see(".nbgrader_cell", "Gates help")
    assert answer.find_element(screen.by.TAG_NAME, "strong").text == "first"
    answer.find_element(screen.by.ID, "answer").send_keys("4\t")
    comment = answer.find_element(screen.by.ID, "answer-comment")
    comment.send_keys("Which figure?")
    browser.execute_script("arguments[0].blur()", comment)
    screen.waiting.until(lambda _: in_gradebook(klass) == (4, "Which figure?"))
    screen.keep("marking")

    screen.go(f"{server}/manage_submissions/{NAME}")
    assert f"{FULL + 4:g} / {FULL + 5:g}" in screen.row("ada")
    assert "needs" not in screen.row("ada")
    screen.press("ada", ".generate-feedback a")
    screen.success()
    page = klass.course.path("feedback", NAME, "ada") / f"{NAME}.html"
    text = page.read_text(encoding="utf-8")
    assert score(text) == f"{FULL + 4:g} of {FULL + 5:g}"
    assert "Which figure?" in text
    assert "<script>alert" not in text
    screen.go(page.as_uri())
    assert ": right" in screen.see("main").text
    screen.keep("feedback")


@pytest.mark.long
def test_axe_finds_nothing_grave_of_ours(klass, server, browser, axe):  # noqa: F811
    """On every page of the formgrader, those with learners' work among them."""
    from nbgrader.server_extensions.formgrader.handlers import default_handlers

    klass.course.release(NAME)
    for student in ("ada", "ben"):
        klass.course.grade(NAME, student)
    with klass.course.gradebook() as gradebook:
        of_ben = gradebook.find_submission(NAME, "ben").notebooks[0].id
    routes = [route[0] for route in default_handlers if "(.*)" not in route[0] and "?P<" not in route[0]]
    parts = {"submissions": [of_ben], "manage_students": ["ben", NAME]}
    pages = []
    for route in routes:
        first, *more = route.removeprefix("/formgrader/").removesuffix("/?").split("/([^/]+)")
        filled = zip(more, parts.get(first, [NAME, NAME]), strict=False)
        pages.append("/".join([first.removeprefix("?"), *(value for _, value in filled)]))
    assert len(pages) == len(set(pages)) >= 9
    screen, grave = Screen(browser), []
    for page in pages:
        screen.go(f"{server}/{page}")
        screen.see("#notebook, tbody tr")
        faults = violations(browser, axe, known=[(rule, "") for rule in IN_THE_FRAME])
        if page.startswith("submissions/"):
            faults += violations(browser, axe, "#notebook", [one[:2] for one in IN_A_NOTEBOOK])
        grave += [f"{page}: {fault}" for fault in faults if fault.startswith(GRAVE)]
    assert not grave, "\n".join(grave)
