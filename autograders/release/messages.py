"""What `check`, plots and pages say: the messages in the code, in the templates of pages, and in the declarations."""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

from autograders.engine.declared import FOLDER
from autograders.engine.exercise import load
from autograders.release.segments import words
from helpers.data.download import MANIFEST, list_data
from helpers.language import with_braces

ROOT = Path(__file__).parents[2]
KEYWORDS = {"_": None, "N_": None, "Told": None, "ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**.html": {"trimmed": "true"}}


def template(root=ROOT):
    """Return the catalogue of these messages, without translations.

    Parameters
    ----------
    root : str or Path
        The course directory, which may declare assignments of its own.

    Returns
    -------
    Catalog
        Each message says in which file it stands; hints and the names of cases and parts, of which exercise they are.
    """
    catalog = Catalog()
    for part in ("helpers", "autograders"):
        found = extract_from_dir(ROOT / part, METHODS, OPTIONS, KEYWORDS)
        for file, _, message, _, _ in sorted(found, key=lambda one: (one[0], one[1])):
            catalog.add(message, locations=[(f"{part}/{file}", None)])
    for source in list_data():
        catalog.add(source.entry["about"], locations=[(MANIFEST.name, None)])
    declared = [*(ROOT / "autograders").glob(f"{FOLDER}/*/__init__.py"), *Path(root).glob(f"{FOLDER}/*/__init__.py")]
    for name in sorted({path.parent.name for path in declared}):
        for exercise in load(name, root).values():
            for message in said_of(exercise):
                catalog.add(message, locations=[(exercise.name, None)])
    return catalog


def said_of(exercise):
    """Return what learners may read of an exercise: names of its parts and cases, and the hints of its mistakes."""
    cases = exercise.public_cases()
    parts = [part for part in exercise.parts if part not in exercise.returns]
    names = [*parts, *(with_braces(case.label) for case in cases), *(case.beyond for case in cases)]
    hints = [text for one in exercise.mistakes for text in (one.question, one.hint, one.section)]
    return list(dict.fromkeys([*filter(words, names), *hints]))
