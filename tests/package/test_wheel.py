"""What a learner has: the wheel, the packages that it asks for, and a folder made by `course release`."""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from autograders.demo import Desk, make_course
from autograders.shells import RunAndJudge

pytestmark = pytest.mark.slow

PROJECT = "recurrent-networks-course"
SMALL_BUILD = {"tensorflow": "tensorflow-cpu"}  # the same library under another name
SHOWN = set(RunAndJudge.skipped_tags.default())
KERAS = ("jazz_lstm", "emojify")
SECONDS = 400


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    """The Python of a fresh environment with the wheel in it; it reaches this one's packages and not the checkout."""
    folder = tmp_path_factory.mktemp("learner") / "env"
    venv.create(folder, with_pip=False, symlinks=True)
    program = folder / "bin" / "python"
    command = [sys.executable, "-m", "pip", "--python", program, "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run(command, check=True)
    # As a path alone: files *.pth that lie there, such as that of an editable install, are not read.
    Path(packages_of(folder), "lower.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return program


def packages_of(folder):
    return sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})


@pytest.fixture(scope="module")
def foreign(python):
    """Modules that are here, and that no package brings which the wheel asks for."""
    (own,) = importlib.metadata.distributions(name=PROJECT, path=[packages_of(python.parents[1])])
    closure, todo = set(), [("", text) for text in own.requires]
    while todo:
        extra, text = todo.pop()
        requirement = Requirement(text)
        name = canonicalize_name(requirement.name)
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        for one in {name, SMALL_BUILD.get(name, name)}:
            for wanted in {"", *requirement.extras} if (one, "") not in closure else requirement.extras:
                if (one, wanted) not in closure:
                    closure.add((one, wanted))
                    todo += [(wanted, text) for text in requires(one)]
    names = {name for name, _ in closure}
    modules = importlib.metadata.packages_distributions()
    return [one for one, by in modules.items() if not {canonicalize_name(name) for name in by} & {*names, PROJECT}]


def requires(name):
    try:
        return importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return []


@pytest.fixture(scope="module")
def learner(root, tmp_path_factory):
    """A course whose `release/` a learner gets."""
    return make_course(tmp_path_factory.mktemp("course") / "course", root)


def run(python, foreign, code, folder):
    """Run code where the foreign modules cannot be imported; return what became of it."""
    hide = f"import sys\nsys.modules |= dict.fromkeys({foreign!r})\n"
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"MPLBACKEND": "Agg"}
    command = [python, "-c", hide + code]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=SECONDS)


def test_wheel_holds_helpers_and_data_and_no_solution(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    rooms = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert rooms == {"helpers", "course_data", "autograders"}
    notebooks = [name for name in names if name.endswith(".ipynb")]
    assert notebooks == ["autograders/release/templates/notebook.ipynb"]  # what `course new` lays down
    assert not [name for name in names if "assignments" in name]
    for needed in (
        "emoji/train.csv",
        "vectors/minilm-words.50d.txt.gz",
        "lab/jazz.jsonl",
        "jazz/recorded.npz",
        "manifest.json",
    ):
        assert f"course_data/{needed}" in names
    assert any(re.fullmatch(r"course_data/jazz/.+\.mid", name) for name in names)


def test_wheel_has_every_package_of_helpers(root, wheel):
    """The list in pyproject.toml is written by hand."""
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {str(path.relative_to(root)) for path in (root / "helpers").rglob("*.py")} <= names


def test_wheel_speaks_chinese_and_brings_the_font_for_it(python, foreign, tmp_path):
    code = "from helpers import language, plotting\nwith language.speaking('zh_CN'): print(language._('right'))\n"
    done = run(python, foreign, code + "print(plotting.FONTS['zh_CN'].is_file())", tmp_path)
    assert done.stdout.split() == ["对", "True"], done.stderr


def test_other_modules_are_out_of_reach(python, foreign, tmp_path):
    assert {"nbgrader", "jupyterlab", "optuna", "pytest"} <= set(foreign)
    assert not {"numpy", "keras", "tensorflow", "music21", "IPython", "typer"} & set(foreign)
    done = run(python, foreign, "import helpers, course_data; print(helpers.__file__, course_data.__file__)", tmp_path)
    assert done.stdout.count(packages_of(python.parents[1])) == 2, done.stderr


@pytest.mark.parametrize("name", ["step_by_step_rnn", *(pytest.param(one, marks=pytest.mark.long) for one in KERAS)])
def test_released_notebook_runs_with_the_wheel_alone(learner, python, foreign, name, tmp_path):
    """All but what trains and draws for a long time: imports, data, the learner's functions, `check`."""
    folder = tmp_path / name
    shutil.copytree(learner.release(name), folder)
    cells = [cell for cell in Desk(learner, name).notebook().cells if cell.cell_type == "code"]
    sources = [cell.source for cell in cells if not SHOWN & set(cell.metadata.get("tags", []))]
    code = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        f"for source in {sources!r}:\n    shell.run_cell(source).raise_error()\n"
        "print('done')"
    )
    done = run(python, foreign, code, folder)
    assert done.returncode == 0 and done.stdout.endswith("done\n"), done.stdout[-3000:] + done.stderr[-3000:]
    assert "package is missing" not in done.stdout


COMMAND = "from autograders.cli import main\nsys.argv[1:] = {!r}\nmain()"
SUBSTITUTE = (
    "import os, subprocess\nsubprocess.call = lambda command, env: print(' '.join(command)) or 0\n"  # no JupyterLab
)


def words(done):
    assert "Traceback" not in done.stdout + done.stderr
    return " ".join((done.stdout + done.stderr).split())


@pytest.mark.parametrize(
    "arguments",
    [
        ["release"],
        ["roster", "a.csv"],
        ["collect", "a.zip"],
        ["due", "a"],
        ["grade"],
        ["feedback"],
        ["export"],
        ["demo"],
    ],
)
def test_commands_for_grading_say_in_one_line_what_is_missing(learner, python, foreign, arguments):
    done = run(python, foreign, COMMAND.format(arguments), learner.root)
    assert done.returncode == 1
    assert re.search(r"error: \w+(\.\w+)* is not installed: .*make setup", words(done))
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize("arguments", [["--help"], ["data", "list"], ["data", "verify"]])
def test_commands_for_learners_need_no_grading_side(python, foreign, arguments, tmp_path):
    done = run(python, foreign, COMMAND.format(arguments), tmp_path)
    assert done.returncode == 0, words(done)


@pytest.mark.parametrize("command", ["ready", "update"])
def test_commands_on_a_notebook_need_no_grading_side(python, foreign, command, tmp_path):
    done = run(python, foreign, COMMAND.format([command, "nowhere.ipynb"]), tmp_path)
    assert done.returncode == 1 and re.search(r"error: there is no file .*nowhere\.ipynb", words(done))


def lab(python, foreign, folder, *arguments):
    hidden = [name for name in foreign if name != "jupyterlab"]
    return run(python, hidden, SUBSTITUTE + COMMAND.format(["lab", *arguments]), folder)


def test_lab_opens_the_folder_that_a_learner_was_given(python, foreign, tmp_path):
    (tmp_path / "emojify").mkdir()
    (tmp_path / "emojify" / "emojify.ipynb").write_text("{}", encoding="utf-8")
    done = lab(python, foreign, tmp_path)
    assert done.returncode == 0 and f"--ServerApp.root_dir={tmp_path}" in words(done)
    assert "--LabApp.default_url=/lab/tree/emojify/emojify.ipynb" in words(done)  # the one notebook is open


def test_lab_says_where_there_is_no_notebook_and_what_is_missing(python, foreign, tmp_path):
    assert f"no notebook in {tmp_path}" in words(lab(python, foreign, tmp_path))
    assert "pip install jupyterlab" in words(run(python, foreign, COMMAND.format(["lab"]), tmp_path))


def test_lab_in_a_course_directory_copies_what_was_released_and_keeps_work(learner, python, foreign, tmp_path):
    (tmp_path / "nbgrader_config.py").touch()
    assert "no assignment in" in words(lab(python, foreign, tmp_path))
    for name in ("one", "two"):
        (tmp_path / "release" / name).mkdir(parents=True)
        (tmp_path / "release" / name / "a.ipynb").write_text("released", encoding="utf-8")
    begun = tmp_path / "my_notebooks" / "one"
    begun.mkdir(parents=True)
    (begun / "a.ipynb").write_text("begun", encoding="utf-8")
    done = lab(python, foreign, tmp_path)
    assert f"--ServerApp.root_dir={tmp_path / 'my_notebooks'}" in words(done) and "default_url" not in words(done)
    assert "--LabApp.default_url=/lab/tree/two/a.ipynb" in words(lab(python, foreign, tmp_path, "two"))
    found = {
        name: (tmp_path / "my_notebooks" / name / "a.ipynb").read_text(encoding="utf-8") for name in ("one", "two")
    }
    assert found == {"one": "begun", "two": "released"}
    assert "no three in" in words(lab(python, foreign, tmp_path, "three"))


@pytest.mark.parametrize("installed", [True, False])
def test_course_without_its_data_says_so(python, foreign, installed, tmp_path):
    code = "import helpers.words" if installed else "sys.modules['course_data'] = None\nimport helpers.words"
    (tmp_path / "course_data").mkdir()
    (tmp_path / "course_data" / "__init__.py").touch()  # comes before the right one
    last = run(python, foreign, code, tmp_path).stderr.splitlines()[-1]
    assert last.startswith("FileNotFoundError: ")
    assert "expected a part of the course's data, got no file; install" in last


def test_search_without_optuna_says_what_to_install(python, foreign, tmp_path):
    code = "from helpers.lab import sweep, tasks\nsweep({'width': (4, 8)}, tasks.adding(lag=5), budget=1)"
    assert run(python, foreign, code, tmp_path).stderr.splitlines()[-1].endswith("pip install optuna")
