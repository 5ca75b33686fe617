"""A notebook with what its cells show, made quickly: nothing is trained."""

import nbformat
import pytest
from nbformat.sign import NotebookNotary
from sources import ROOT

SECONDS = 600


def run_all_but_trainings(path):
    """Run a notebook file in its folder, and write it with its outputs; what needs a trained model shows an error."""
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.id == "stuck":  # recorded weights in place of a training
            cell.source = "\n".join(line.removeprefix("# ") for line in cell.source.splitlines())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("CUDA_VISIBLE_DEVICES", "-1")
        place = {"metadata": {"path": str(path.parent)}}
        quick = {"skip_cells_with_tag": "training", "allow_errors": True}
        NotebookClient(notebook, timeout=SECONDS, resources=place, **quick).execute()
    nbformat.write(notebook, path)
    NotebookNotary().sign(notebook)  # as if it had been run in JupyterLab, which shows no player of any other notebook
