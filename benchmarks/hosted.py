"""Does the wheel run in a hosted notebook service, and leave there what is there?

    python benchmarks/hosted.py FOLDER --python python3.13

Makes in FOLDER an environment with the versions of such a service (it fetches them: 700 MB), installs the wheel and
compares what is installed before and after. Then it runs the released notebooks there with the reference solutions: all
cells but those that train and draw. Ends with status 1 where a package was replaced or a cell failed. What is in FOLDER
already is used again.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from autograders.demo import Desk, make_course
from autograders.shells import RunAndJudge

ROOT = Path(__file__).parents[1]
VERSIONS = (
    "keras==3.13.2", "tensorflow==2.20.0", "numpy==2.1.3", "pandas==2.2.3", "matplotlib==3.10.0", "scipy==1.16.3",
    "music21==9.9.2", "ipython==7.34.0", "ipykernel==6.17.1", "jupyter-client==7.4.9", "traitlets==5.7.1",
    "notebook==6.5.7", "rich==13.9.4", "requests==2.32.4", "tqdm==4.67.1", "platformdirs", "typer", "pip", "setuptools",
)  # fmt: skip
RUN = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for source in {sources!r}:
    shell.run_cell(source).raise_error()
"""


def pip(python, *arguments):
    """Run pip for an environment; return what it prints."""
    command = [sys.executable, "-m", "pip", "--python", python, *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def installed(python):
    """{package: version} of an environment."""
    return {one["name"]: one["version"] for one in json.loads(pip(python, "list", "--format", "json"))}


def sources(course, name):
    """The cells of a released notebook, solutions filled in, that do not train or draw."""
    shown = set(RunAndJudge.skipped_tags.default())
    cells = [cell for cell in Desk(course, name).notebook().cells if cell.cell_type == "code"]
    return [cell.source for cell in cells if not shown & set(cell.metadata.get("tags", []))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--python", default=sys.executable, help="the interpreter of the service")
    options = parser.parse_args()
    folder = options.folder.resolve()
    python = folder / "env" / "bin" / "python"
    if not python.exists():
        subprocess.run([options.python, "-m", "venv", "--without-pip", folder / "env"], check=True)
    pip(python, "install", "--quiet", *VERSIONS)
    pip(python, "uninstall", "--quiet", "--yes", "recurrent-networks-course")
    before = installed(python)
    shutil.rmtree(ROOT / "build", ignore_errors=True)  # setuptools takes along what an earlier build left there
    with tempfile.TemporaryDirectory() as made:
        pip(python, "wheel", "--quiet", "--no-deps", "--wheel-dir", made, ROOT)
        pip(python, "install", "--quiet", *Path(made).glob("*.whl"))
    after = installed(python)
    replaced = {name: (version, after.get(name)) for name, version in before.items() if after.get(name) != version}
    print("added:", *(f"{name} {version}" for name, version in after.items() if name not in before))
    print("replaced:", replaced or "nothing")
    course = make_course(folder / "course", ROOT)
    failed = bool(replaced)
    for name in course.assignments():
        learners = course.release(name)
        command = [python, "-c", RUN.format(sources=sources(course, name))]
        env = os.environ | {"MPLBACKEND": "Agg"}
        done = subprocess.run(command, cwd=learners, env=env, capture_output=True, text=True)
        print(f"{name}:", "runs" if done.returncode == 0 else (done.stdout + done.stderr)[-2000:])
        failed |= done.returncode != 0
    sys.exit(failed)


if __name__ == "__main__":
    main()
