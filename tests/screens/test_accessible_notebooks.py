"""The three notebooks in JupyterLab, with what their cells show: axe-core finds no grave fault in what is ours."""

import json
import shutil

import nbformat
import pytest
from accessible import GRAVE, axe, violations  # noqa: F401 (a fixture)
from browsing import browser, jupyter, needs_chromium  # noqa: F401 (a fixture)
from nbformat.sign import NotebookNotary
from sources import NOTEBOOKS, ROOT
from window import loaded

from autograders.release.preprocessors import write_public_checks

SECONDS = 600
LOAD_SECONDS = 60
ALL_CELLS = {"windowingMode": "none"}  # JupyterLab draws cells out of sight as well
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
    from nbclient import NotebookClient

    path = NOTEBOOKS[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    shutil.copytree(path.parent / "figures", folder / "figures")
    copy = folder / path.name
    copy.write_bytes(path.read_bytes())
    run = nbformat.read(copy, as_version=4)
    write_public_checks(run, copy)
    for cell in run.cells:
        if cell.id == "stuck":  # recorded weights in place of a training
            cell.source = "\n".join(line.removeprefix("# ") for line in cell.source.splitlines())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("CUDA_VISIBLE_DEVICES", "-1")
        place = {"metadata": {"path": str(folder)}}
        quick = {"skip_cells_with_tag": "training", "allow_errors": True}  # what needs a trained model shows an error
        NotebookClient(run, timeout=SECONDS, resources=place, **quick).execute()
    nbformat.write(run, copy)
    NotebookNotary().sign(run)  # as of a notebook that was run in JupyterLab; of others it shows no player
    return copy


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_grave(shown, browser, axe, tmp_path, theme):  # noqa: F811
    from selenium.webdriver.support.ui import WebDriverWait

    own = tmp_path / "settings" / "@jupyterlab"
    for extension, settings in {
        "notebook-extension/tracker": ALL_CELLS, "apputils-extension/themes": {"theme": theme},
    }.items():  # fmt: skip
        file = own / f"{extension}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings), encoding="utf-8")
    cells = len(nbformat.read(shown, as_version=4).cells)
    with jupyter("lab", shown.parent, tmp_path / "server.log", tmp_path / "settings") as address:
        browser.get(f"{address}/lab/tree/{shown.name}?reset")
        all_drawn = "return document.querySelectorAll('.jp-Notebook .jp-Cell:not(.jp-mod-placeholder)').length"
        WebDriverWait(browser, LOAD_SECONDS).until(lambda _: browser.execute_script(all_drawn) >= cells)
        seen = WebDriverWait(browser, LOAD_SECONDS).until(loaded)
        found = violations(browser, axe, ".jp-Notebook", [one[:2] for one in OF_JUPYTERLAB])
    assert len(seen["outputs"]) >= 3 and all(len(words) > 20 for words, _ in seen["outputs"])
    grave = [fault for fault in found if fault.startswith(GRAVE)]
    assert not grave, "\n".join(grave)
