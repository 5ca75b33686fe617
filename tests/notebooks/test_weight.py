"""The notebooks stay light enough for a hosted service: the memory of a whole run, and the file with its outputs."""

import re
import sys

import pytest
from sources import NOTEBOOKS, ROOT

sys.path.append(str(ROOT / "benchmarks"))


@pytest.mark.long
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_whole_run_needs_no_more_memory_than_the_table_says(name, monkeypatch):
    import cells

    table = (ROOT / "README.md").read_text(encoding="utf-8")
    (gigabytes,) = re.findall(rf"^\| `{name}` \|.*\| ([\d.]+) GB \|", table, re.M)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    result = cells.run(NOTEBOOKS[name])
    assert 0 < result.memory < float(gigabytes) * 1e9
    assert result.size < cells.NOTEBOOK_MB * 1e6
