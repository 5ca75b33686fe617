"""A Jupyter server on this machine and a headless Chromium that looks at it."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

START_SECONDS = 60
CHROMIUM_FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--window-size=1400,700",
)  # fmt: skip
NO_NEWS = {"apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False}}
CELLS_OUT_OF_SIGHT = {"notebook-extension/tracker": {"windowingMode": "none"}}  # JupyterLab draws them as well
needs_chromium = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("chromium") and shutil.which("chromedriver")), reason="needs chromium and chromedriver"
    ),
]


@contextlib.contextmanager
def jupyter(application, folder, log, settings, more=None):
    """Run `jupyter APPLICATION` on a folder; yield its address.

    Parameters
    ----------
    application : str
        "lab" or "server".
    folder : Path
        What it shows, and where it runs.
    log : Path
        What it says goes there.
    settings : Path
        Folder of the user's settings of JupyterLab: no news are fetched.
    more : dict of str to dict, optional
        More settings, by extension, such as `CELLS_OUT_OF_SIGHT`.
    """
    for extension, values in {**NO_NEWS, **(more or {})}.items():
        file = settings / "@jupyterlab" / f"{extension}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "jupyter", application, "--no-browser", "--allow-root", f"--port={port}",
        "--ServerApp.port_retries=0", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}",
    ]  # fmt: skip
    environment = dict(os.environ, JUPYTERLAB_SETTINGS_DIR=str(settings))
    with open(log, "w", encoding="utf-8") as stream:
        process = subprocess.Popen(command, cwd=folder, stdout=stream, stderr=stream, env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/api/status")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def _wait_for(address):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=1).close()
            return
        except OSError:
            time.sleep(0.3)


@pytest.fixture
def browser():
    """A window of Chromium."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for flag in CHROMIUM_FLAGS:
        options.add_argument(flag)
    options.binary_location = shutil.which("chromium")
    driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()
