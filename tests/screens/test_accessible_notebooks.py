"""The three notebooks in JupyterLab, with what their cells show: axe-core finds no grave fault in what is ours."""

import shutil

import nbformat
import pytest
from accessible import GRAVE, axe, violations  # noqa: F401 (a fixture)
from browsing import CELLS_OUT_OF_SIGHT, browser, jupyter, needs_chromium  # noqa: F401 (a fixture)
from shown import run_all_but_trainings
from sources import NOTEBOOKS
from window import loaded

from autograders.release.preprocessors import write_public_checks

LOAD_SECONDS = 60
THEMES = ("JupyterLab Light", "JupyterLab Dark")
OF_JUPYTERLAB = (  # rule, part of the element's address, and what it is
    ("aria-input-field-name", ".cm-content", "the editor of a cell has no name"),
    ("aria-required-children", ".jp-WindowedPanel-viewport", "the list of cells holds more than list items"),
    ("button-name", "button[data-heading-level=", "the button that folds a section has no name"),
)

pytestmark = [*needs_chromium, pytest.mark.long, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module", params=NOTEBOOKS)
def shown(request, tmp_path_factory):
    """A notebook of which all cells were run but the trainings, in a folder with its figures."""
    path = NOTEBOOKS[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    shutil.copytree(path.parent / "figures", folder / "figures")
    copy = folder / path.name
    copy.write_bytes(path.read_bytes())
    write_public_checks(nbformat.read(copy, as_version=4), copy)
    run_all_but_trainings(copy)
    return copy


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_grave(shown, browser, axe, tmp_path, theme):  # noqa: F811
    from selenium.webdriver.support.ui import WebDriverWait

    settings = CELLS_OUT_OF_SIGHT | {"apputils-extension/themes": {"theme": theme}}
    cells = len(nbformat.read(shown, as_version=4).cells)
    with jupyter("lab", shown.parent, tmp_path / "server.log", tmp_path / "settings", settings) as address:
        browser.get(f"{address}/lab/tree/{shown.name}?reset")
        all_drawn = "return document.querySelectorAll('.jp-Notebook .jp-Cell:not(.jp-mod-placeholder)').length"
        WebDriverWait(browser, LOAD_SECONDS).until(lambda _: browser.execute_script(all_drawn) >= cells)
        seen = WebDriverWait(browser, LOAD_SECONDS).until(loaded)
        found = violations(browser, axe, ".jp-Notebook", [one[:2] for one in OF_JUPYTERLAB])
    assert len(seen["outputs"]) >= 3 and all(len(words) > 20 for words, _ in seen["outputs"])
    grave = [fault for fault in found if fault.startswith(GRAVE)]
    assert not grave, "\n".join(grave)
