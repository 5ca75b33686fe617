"""What axe-core, the usual measure of a page's accessibility, finds in a page that a browser shows."""

import shutil
import subprocess
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent / "axe"
GRAVE = ("serious", "critical")
RUN = """
const [place, done] = arguments;
axe.run(place, {resultTypes: ["violations"]}).then(({violations}) => done(violations.flatMap(({id, impact, nodes}) =>
  nodes.map(({target, failureSummary}) => [id, impact, target.flat().join(" "), failureSummary]))));
"""


@pytest.fixture(scope="session")
def axe(tmp_path_factory):
    """The source of axe-core, in the version that the lock names."""
    if not shutil.which("npm"):
        pytest.skip("needs npm")
    folder = tmp_path_factory.mktemp("axe")
    for file in ("package.json", "package-lock.json"):
        shutil.copy(PACKAGE / file, folder)
    subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=folder, check=True)
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def violations(browser, axe, place="html", known=()):
    """Return what axe-core finds fault with in the page that a browser shows.

    Parameters
    ----------
    browser : selenium.webdriver.Chrome
    axe : str
        The source of axe-core.
    place : str
        A selector: what is looked at.
    known : iterable of (rule, selector)
        Faults of others that are left out: of this rule, in elements of which the address contains this selector.

    Returns
    -------
    list of str
        For each element and rule a line: how grave it is, the rule, the element, and what would mend it.
    """
    browser.execute_script(axe)
    found = browser.execute_async_script(RUN, place)
    return [
        f"{impact}: {rule}: {element}: {' '.join(summary.split())}"
        for rule, impact, element, summary in found
        if not any(rule == one and part in element for one, part in known)
    ]
