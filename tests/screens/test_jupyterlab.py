"""A learner's screen: the released notebook in a real JupyterLab, in headless Chromium."""

import os
import time

import nbformat
import pytest
import typer
from browsing import browser, jupyter, needs_chromium  # noqa: F401 (a fixture)

from autograders import cli
from autograders.demo import Desk

NAME = "step_by_step_rnn"
FILE = "mine.ipynb"
SCREENSHOT = "COURSE_SCREENSHOT"  # where to keep the picture for the README, if anywhere
CELL_SECONDS = 60
IDLE = ".jp-Notebook-ExecutionIndicator[data-status=idle]"

pytestmark = needs_chromium


@pytest.fixture
def learner(course):
    """A learner's copy, under another name, in which the first exercise is written with a sigmoid for tanh."""
    desk = Desk(course, NAME)
    notebook = desk.notebook([(0, 0)], left_out=range(1, len(desk.exercises)))
    folder = course.path("release", NAME)
    nbformat.write(notebook, folder / FILE)
    return folder


@pytest.fixture
def lab(learner):
    """JupyterLab on the learner's folder; gives its address."""
    beside = learner.parent
    with jupyter("lab", learner, beside / "server.log", beside / "settings") as address:
        yield address


@pytest.mark.long  # a minute
def test_learner_runs_a_check_reads_the_mistake_and_asks_what_is_missing(lab, browser):  # noqa: F811
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait

    def find(selector, text=""):
        cells = browser.find_elements(By.CSS_SELECTOR, selector)
        return next((cell for cell in cells if text in cell.text), None)

    def run(text):
        cell = wait.until(lambda _: find(".jp-CodeCell", text))
        browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", cell)
        cell.find_element(By.CSS_SELECTOR, ".jp-InputPrompt").click()
        browser.switch_to.active_element.send_keys(Keys.CONTROL, Keys.ENTER)

    wait = WebDriverWait(browser, CELL_SECONDS)
    browser.get(f"{lab}/lab/tree/{FILE}?reset")
    wait.until(lambda _: find(".jp-Notebook-ExecutionIndicator, .jp-Toolbar-kernelName", ""))
    wait.until(lambda _: find(".jp-RenderedMarkdown", "Building your Recurrent Neural Network"))
    run("import numpy as np")
    run("def rnn_cell_forward")
    run("check(rnn_cell_forward)")
    error = wait.until(lambda _: find(".jp-OutputArea-output", "Question: Which function keeps the hidden state"))
    assert "check(rnn_cell_forward, hint=2) says more." in error.text and "sigmoid" not in error.text
    assert "Traceback" not in error.text
    if os.environ.get(SCREENSHOT):
        browser.execute_script("document.querySelector('.jp-Dialog')?.remove()")
        browser.execute_script("arguments[0].scrollIntoView({block: 'end'})", error)
        time.sleep(1)
        browser.save_screenshot(os.environ[SCREENSHOT])
    run("ready()")
    table = wait.until(lambda _: find(".jp-OutputArea-output", "Nothing was sent")).text
    assert f"{FILE}, saved at" in table
    assert "rnn_cell_forward    wrong" in table and "your answer         empty" in table


@pytest.mark.long  # a quarter of a minute
def test_course_lab_offers_no_page_that_needs_an_exchange(tmp_path, browser, monkeypatch):  # noqa: F811
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    def texts(selector):
        return [one.text for one in browser.find_elements(By.CSS_SELECTOR, selector)]

    def look(command, env):
        monkeypatch.setenv("JUPYTER_CONFIG_PATH", env["JUPYTER_CONFIG_PATH"])
        with jupyter("lab", folder, tmp_path / "server.log", tmp_path / "settings") as address:
            browser.get(f"{address}/lab/tree/{FILE}?reset")
            wait.until(lambda _: browser.find_elements(By.CSS_SELECTOR, IDLE))
            wait.until(lambda _: "Validate" in " ".join(texts(".jp-NotebookPanel-toolbar jp-button")))
            menus.extend(wait.until(lambda _: texts(".lm-MenuBar-itemLabel")))
        return 0

    wait, menus = WebDriverWait(browser, CELL_SECONDS), []
    folder = tmp_path / "mine"
    folder.mkdir()
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(metadata=kernel), folder / FILE)
    monkeypatch.setattr("subprocess.call", look)  # in place of a window on this screen
    with pytest.raises(typer.Exit):
        cli.lab(course_dir=folder)
    assert "Help" in menus and "Nbgrader" not in menus
