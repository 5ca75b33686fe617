"""A learner's screen: the released notebook in a real JupyterLab, in headless Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest

from autograders.demo import Desk

NAME = "step_by_step_rnn"
SCREENSHOT = "COURSE_SCREENSHOT"  # where to keep the picture for the README, if anywhere
START_SECONDS, CELL_SECONDS = 60, 60
CHROMIUM_FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--window-size=1400,700",
)  # fmt: skip

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("chromium") and shutil.which("chromedriver")), reason="needs chromium and chromedriver"
    ),
]


@pytest.fixture
def learner(course):
    """A learner's copy in which the first exercise is written with a sigmoid for tanh."""
    desk = Desk(course, NAME)
    notebook = desk.notebook([(0, 0)], left_out=range(1, len(desk.exercises)))
    folder = course.path("release", NAME)
    nbformat.write(notebook, folder / f"{NAME}.ipynb")
    return folder


@pytest.fixture
def lab(learner):
    """JupyterLab on the learner's folder; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", f"--port={port}", "--port-retries=0",
        "--IdentityProvider.token=", f"--ServerApp.root_dir={learner}",
    ]  # fmt: skip
    quiet = learner.parent / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    quiet.parent.mkdir(parents=True)
    quiet.write_text('{"fetchNews": "false", "checkForUpdates": false}', encoding="utf-8")
    environment = dict(os.environ, JUPYTERLAB_SETTINGS_DIR=str(learner.parent / "settings"))
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{address}/api/status", timeout=1).close()
                break
            except OSError:
                time.sleep(0.3)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture
def browser():
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for flag in CHROMIUM_FLAGS:
        options.add_argument(flag)
    options.binary_location = shutil.which("chromium")
    driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()


def test_learner_runs_a_check_and_reads_the_mistake(lab, browser):
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
    browser.get(f"{lab}/lab/tree/{NAME}.ipynb?reset")
    wait.until(lambda _: find(".jp-Notebook-ExecutionIndicator, .jp-Toolbar-kernelName", ""))
    wait.until(lambda _: find(".jp-RenderedMarkdown", "Building your Recurrent Neural Network"))
    run("import numpy as np")
    run("def rnn_cell_forward")
    run("check(rnn_cell_forward)")
    error = wait.until(lambda _: find(".jp-OutputArea-output", "Likely reason"))
    assert "sigmoid" in error.text
    assert "Traceback" not in error.text
    if os.environ.get(SCREENSHOT):
        browser.execute_script("document.querySelector('.jp-Dialog')?.remove()")
        browser.execute_script("arguments[0].scrollIntoView({block: 'end'})", error)
        time.sleep(1)
        browser.save_screenshot(os.environ[SCREENSHOT])
