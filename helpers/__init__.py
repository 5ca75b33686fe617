"""What the notebooks of this course import, one room for each. No solution of an exercise is in here.

`check` and `ready` are for every notebook; `rnn`, `music` and `words` for one each; `lab` compares networks; `data`
finds the data.
"""

import importlib
import sys
import warnings
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec

MOVED = {  # old copies of the notebooks import these names of version 0.1; version 0.3 drops them
    "answers": "words", "emoji": "words", "glove": "words", "sentences": "words", "train_emojify": "words.training",
    "evaluate": "music", "grammar": "music.grammar", "harmony": "music.harmony", "jazz": "music", "midi": "music.midi",
    "notes": "music.notes",
    "playing": "music.band", "score": "music", "sound": "music", "train": "music.training",
    "variations": "music.variations", "weimar": "music.weimar", "gradient_check": "rnn", "keras_compare": "rnn",
}  # fmt: skip


class _OldNames(MetaPathFinder, Loader):
    """Finds a module under its old name, and says the new one."""

    def find_spec(self, name, path=None, target=None):
        package, _, old = name.partition(".")
        return ModuleSpec(name, self) if package == __name__ and old in MOVED else None

    def create_module(self, spec):
        return None  # Python makes an ordinary empty module

    def exec_module(self, module):
        new = f"{__name__}.{MOVED[module.__name__.partition('.')[2]]}"
        warnings.warn(f"{module.__name__} is {new} now: fetch the notebook again", DeprecationWarning, stacklevel=2)
        public = {name: value for name, value in vars(importlib.import_module(new)).items() if name[0] != "_"}
        module.__dict__.update(public, __getattr__=_gone(module.__name__, new))


def _gone(old, new):
    """Return the module's `__getattr__`: it tells what to do about a name that the new module does not have."""

    def __getattr__(name):
        if name.startswith("__"):  # Python itself asks for these, and goes on without
            raise AttributeError(name)
        try:
            return getattr(importlib.import_module(new), name)  # it may know the name as an old one of its own
        except AttributeError:
            raise ImportError(f"{old}.{name} is no more, nor is it in {new}: fetch the notebook again") from None

    return __getattr__


def old_names(module, renamed):
    """Return a module's `__getattr__`: it finds functions under their old names, and says the new ones."""

    def __getattr__(name):
        if name not in renamed:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        new = f"{module}.{renamed[name]}"
        warnings.warn(f"{module}.{name} is {new} now: fetch the notebook again", DeprecationWarning, stacklevel=2)
        return getattr(sys.modules[module], renamed[name])

    return __getattr__


if not any(type(finder).__name__ == "_OldNames" for finder in sys.meta_path):
    sys.meta_path.append(_OldNames())
