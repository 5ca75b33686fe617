"""What somebody sees and does in a browser, in a classroom of `deploy/`."""

import os
from pathlib import Path

from classroom import COURSE

SCREENSHOTS = "CLASSROOM_SCREENSHOTS"  # the folder where pictures of the browser are kept, if anywhere
SECONDS = 600  # for the longest wait: a release is tried out before it is written
SEEN = """
const shown = (selector) => [...document.querySelectorAll(selector)];
return {
  images: shown(".jp-RenderedMarkdown img").map((one) => one.naturalWidth),
  formulas: shown(".jp-RenderedMarkdown mjx-container").length,
  outputs: shown(".jp-OutputArea-output img").map((one) => [one.alt, one.naturalWidth]),
  players: shown(".jp-OutputArea-output audio").map((one) => [one.ariaLabel, one.readyState]),
};
"""


def loaded(driver):
    """Return what of figures, formulas, plots and players a notebook shows; None until all of them are loaded."""
    seen = driver.execute_script(SEEN)
    sizes = [*seen["images"], *(size for _, size in seen["outputs"] + seen["players"])]
    return seen if seen["images"] and seen["formulas"] and all(sizes) else None


class Window:
    """A window of a browser, in which somebody has just logged in.

    Parameters
    ----------
    driver : selenium.webdriver.Chrome
    classroom : Classroom
    name : str
        The account.
    """

    def __init__(self, driver, classroom, name):
        from selenium.common.exceptions import (
            ElementClickInterceptedException,
            ElementNotInteractableException,
            NoSuchElementException,
            StaleElementReferenceException,
        )
        from selenium.webdriver.support.ui import WebDriverWait

        moving = (
            ElementClickInterceptedException, ElementNotInteractableException, NoSuchElementException,
            StaleElementReferenceException,
        )  # fmt: skip
        self.driver, self.classroom, self.name = driver, classroom, name
        self.wait = WebDriverWait(driver, SECONDS, ignored_exceptions=moving)
        driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        driver.get(f"{classroom.address}/hub/login")
        driver.find_element("id", "username_input").send_keys(name)
        driver.find_element("id", "password_input").send_keys(classroom.password(name))
        driver.find_element("id", "login_submit").click()

    def until(self, holds, words):
        """Wait until something holds, however often the page is drawn anew meanwhile; return it."""
        from selenium.common.exceptions import TimeoutException

        try:
            return self.wait.until(holds, words)
        except TimeoutException:
            self.picture("timeout")
            raise

    def find(self, selector, text=""):
        """Wait for an element that shows a text; return it."""

        def visible(_):
            found = self.driver.find_elements("css selector", selector)
            return next((one for one in found if text in one.text and one.is_displayed()), None)

        return self.until(visible, f"{selector} {text}")

    def click(self, selector, text="", inside=""):
        """Wait for an element that shows a text, and click on it or on the first of a kind inside of it."""

        def clicked(_):
            found = self.find(selector, text)
            (found.find_element("css selector", inside) if inside else found).click()
            return True

        self.until(clicked, f"{selector} {text} {inside}")

    def choose(self, menu, item):
        """Choose an item of a menu of JupyterLab."""
        self.click(".lm-MenuBar-item", menu)
        self.click(".lm-Menu-item", item)

    def press(self, *keys):
        """Press keys together, wherever the cursor is."""
        self.driver.switch_to.active_element.send_keys(*keys)

    def open_notebook(self, path):
        """Open a notebook in the own JupyterLab, and wait until its kernel is there."""
        self.driver.get(f"{self.classroom.address}/user/{self.name}/lab/tree/{path}?reset")
        self.find(".jp-Notebook .jp-RenderedMarkdown h1")
        self.find(".jp-Notebook-ExecutionIndicator[data-status=idle]")

    def cell(self, text, kind="Code"):
        """Find a cell by what stands in it, and choose it."""
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", self.find(f".jp-{kind}Cell", text))
        self.click(f".jp-{kind}Cell", text, ".jp-InputPrompt")

    def type_over(self, text, source, kind="Code"):
        """Type a cell's source by the keyboard, in place of what stands there; JupyterLab's own indents are undone."""
        from selenium.webdriver.common.keys import Keys

        self.cell(text, kind)
        self.press(Keys.ENTER)
        self.press(Keys.CONTROL, "a")
        self.press(Keys.DELETE)
        for number, line in enumerate(source.split("\n")):
            if number:
                self.press(Keys.ENTER)
                self.press(Keys.SHIFT, Keys.HOME)
            self.press(*line)
        self.press(Keys.ESCAPE)

    def run(self, text):
        """Run a cell by the keyboard."""
        from selenium.webdriver.common.keys import Keys

        self.cell(text)
        self.press(Keys.CONTROL, Keys.ENTER)

    def seen(self):
        """Wait until all that the notebook shows is loaded; return it as `loaded` does."""
        return self.until(loaded, "a picture or a player is not there")

    def open_formgrader(self):
        """Go to the formgrader as an instructor does: by the Course List."""
        self.choose("Nbgrader", "Course List")
        self.driver.get(self.find("#formgrader_list a", COURSE).get_attribute("href"))
        self.driver.switch_to.frame(self.find("iframe[src$=formgrader]"))

    def manage(self, page):
        """Open a page of the formgrader; nothing fades in or out there."""
        self.driver.get(f"{self.classroom.address}/services/{COURSE}/formgrader/{page}")
        self.driver.execute_script("jQuery.support.transition = false")

    def button(self, row, name, told):
        """Press a button in a row of the formgrader's table, read what it says, and close that."""
        self.click("tbody tr", row, f"td.{name} a")
        self.find(".modal-dialog", told)
        self.click(".modal-footer button")
        self.until(lambda driver: not driver.find_elements("css selector", ".modal-backdrop"), "a dialog is open")

    def picture(self, name):
        """Keep a screenshot, if pictures are kept."""
        if folder := os.environ.get(SCREENSHOTS):
            self.driver.save_screenshot(str(Path(folder, f"{name}.png")))
