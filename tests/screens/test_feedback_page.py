"""A learner's feedback page in headless Chromium: its hints are folded, and the keyboard opens them."""

import os

from browsing import browser, needs_chromium  # noqa: F401 (a fixture)
from hostile.assignment import BY_NAME
from small_course import NAME, WRONG, Class

SCREENSHOT = "COURSE_SCREENSHOT"  # where to keep the picture, if anywhere
TABS = 100  # more than the page has links before its first hint

pytestmark = needs_chromium


def test_the_keyboard_opens_one_hint_after_the_other(tmp_path, browser):  # noqa: F811
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    klass = Class(tmp_path / "course")
    klass.grade("ada", klass.notebook(scale=WRONG.replace("x + 1", "x + factor")))
    browser.get((klass.course.feedback(NAME, "ada") / f"{NAME}.html").resolve().as_uri())
    (mistake,) = BY_NAME["scale"].mistakes
    for step, words in enumerate((mistake.question, mistake.hint, mistake.section), start=1):
        hint = browser.find_elements(By.CSS_SELECTOR, ".verdict details")[step - 1]
        folded = hint.size["height"]
        assert hint.get_attribute("open") is None
        assert hint.find_element(By.TAG_NAME, "summary").value_of_css_property("display") == "list-item"
        for _ in range(TABS):
            browser.switch_to.active_element.send_keys(Keys.TAB)
            if browser.switch_to.active_element.text.startswith(f"Hint {step}: "):
                break
        browser.switch_to.active_element.send_keys(Keys.ENTER)
        assert hint.get_attribute("open") and words in hint.text
        assert hint.size["height"] > 1.5 * folded
    if os.environ.get(SCREENSHOT):
        browser.save_screenshot(os.environ[SCREENSHOT])
