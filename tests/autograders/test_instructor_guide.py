"""`docs/instructor.md` is followed line by line, in a course directory of its own."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from autograders.course import Course

NAME = "step_by_step_rnn"
ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.long]

STEPS = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "docs" / "instructor.md").read_text(encoding="utf-8"), re.M | re.S)
CLEAN_UP = STEPS[-1]
ELSEWHERE = "make wheel\n"  # tests/package/test_wheel.py makes one


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """The course directory before the last step, and what each step wrote."""
    from autograders.demo import make_course

    folder = make_course(tmp_path_factory.mktemp("guide") / "course", ROOT).root
    (folder / "dist").mkdir()
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    said = []
    for step in STEPS[:-1]:
        script = step.replace(ELSEWHERE, "").replace('export PATH="$PWD/.venv/bin:$PATH"\n', "")
        done = subprocess.run(["bash", "-e"], input=script, cwd=folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{step}\n{done.stdout}\n{done.stderr}"
        said.append(done.stdout)
    return folder, said


def test_it_has_every_step(followed):
    _, said = followed
    assert len(said) == len(re.findall(r"^```sh$", (ROOT / "docs" / "instructor.md").read_text(), re.M)) - 1 > 8


def test_marks_are_as_the_guide_says(followed):
    folder, said = followed
    (report,) = (folder / "reports").glob("*.html")
    assert "Okri" in report.read_text(encoding="utf-8")
    assert f"class report: {report}" in said[STEPS.index("course grade step_by_step_rnn\n")].replace("\n", " ")
    graded = Course(folder).results(NAME)
    assert (graded["ada"].score, graded["ben"].score, graded["ben"].waiting) == (0, 100, 10)
    marks = pd.read_csv(folder / "marks.csv").set_index("ID number")
    (column,) = [name for name in marks if NAME in name]
    assert marks.loc["ada", column] == 0 and pd.isna(marks.loc["ben", column])


def test_pages_and_the_record_are_there(followed):
    folder, _ = followed
    assert {name.split("/")[0] for name in zipfile.ZipFile(folder / "pages.zip").namelist()}
    names = zipfile.ZipFile(folder / "ada.zip").namelist()
    assert any(name.endswith(".html") for name in names) and any(name.endswith(".ipynb") for name in names)
    assert not any("ben" in name for name in names)


def test_the_last_step_leaves_the_course_as_it_was(followed):
    folder, _ = followed
    subprocess.run(["bash", "-e"], input=CLEAN_UP, cwd=folder, text=True, check=True)
    assert {path.name for path in folder.iterdir() if not path.name.startswith(".")} == {
        "dist", "nbgrader_config.py", "notebooks", "release", "translations",
    }  # fmt: skip
