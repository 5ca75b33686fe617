"""A sealed assignment: all that the judge must know of it. It is made once for a run and can be sent to a worker."""

import atexit
import json
import shutil
import tempfile
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, lru_cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograders.engine.declared import declaration, own_folder


@dataclass(frozen=True)
class Settings:
    """How notebooks are judged; `autograders.shells.RunAndJudge` says what each setting means."""

    sandbox: bool
    cell_timeout: float
    notebook_timeout: float
    skipped_tags: tuple


@dataclass(frozen=True, eq=False)
class SealedNotebook:
    """One notebook of an assignment.

    Attributes
    ----------
    path : Path
        Where the source notebook was read; messages name it.
    text : str
        Its content, which holds the solutions.
    frame : NotebookNode
        The released cells, with the points and, in solution cells, the text that learners start from.
    settings : Settings
    root : Path
        The course directory, which may declare exercises of its own.
    frames : dict of str to NotebookNode
        For each other language that learners may have had the notebook in, the frame in that language.
    declared : dict of str to bytes
        The files of the course directory that declare the exercises; empty if no file there does.
    """

    path: Path
    text: str
    frame: NotebookNode
    settings: Settings
    root: Path
    frames: dict = field(default_factory=dict)
    declared: dict = field(default_factory=dict)

    def __reduce__(self):
        """Pickle the attributes, and nothing that is made of them."""
        return type(self), tuple(getattr(self, one.name) for one in fields(self))

    @property
    def name(self):
        """The notebook's name."""
        return self.path.stem

    @cached_property
    def source(self):
        """The source notebook."""
        return nbformat.reads(self.text, as_version=4)

    @cached_property
    def exercises(self):
        """{name: Exercise}; empty for a notebook that names none."""
        from autograders.engine.exercise import exercises_of

        here = declaration(self.source, self.root) == self.declared  # not where a worker has another disk
        return exercises_of(self.source, self.root if here else self._unpacked())

    def _unpacked(self):
        """Write the declaration of the exercises into a folder of this process's own; return it."""
        root = Path(tempfile.mkdtemp(prefix="declared-"))
        atexit.register(shutil.rmtree, root, ignore_errors=True)
        for name, content in self.declared.items():
            path = own_folder(self.source.metadata["course"]["exercises"], root) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return root

    @cached_property
    def reference(self):
        """The solutions; None for a notebook that names no exercises."""
        return _reference(self.path, self.text) if self.exercises else None

    @cached_property
    def tensorflow(self):
        """Whether the kernel is to have imported TensorFlow."""
        return needs_tensorflow(self.source)

    @cached_property
    def cell_seconds(self):
        """How long one cell may take."""
        return float(self.source.metadata.get("course", {}).get("cell_seconds", self.settings.cell_timeout))


@lru_cache(maxsize=8)
def _reference(path, text):
    """Return the same Reference for the same text: what it returned for a seed's cases is remembered with it."""
    from autograders.engine.reference import Reference

    return Reference(path, nbformat.reads(text, as_version=4))


@dataclass(frozen=True, eq=False)
class SealedAssignment:
    """An assignment: its notebooks that were released, and the files beside them, by relative path."""

    notebooks: tuple
    files: dict

    @property
    def frames(self):
        """{name: frame} of the notebooks."""
        return {one.name: one.frame for one in self.notebooks}

    def only(self, name):
        """Return the same with one of its notebooks."""
        return replace(self, notebooks=tuple(one for one in self.notebooks if one.name == name))

    @property
    def parts(self):
        """All that it consists of, as texts and bytes: what a checksum is made of."""
        for one in self.notebooks:
            yield from (one.name, one.text, one.settings, json.dumps(one.frame), one.frames.keys())
            yield from (part for item in sorted(one.declared.items()) for part in item)
            yield from map(json.dumps, one.frames.values())
        yield from (part for item in sorted(self.files.items()) for part in item)


def needs_tensorflow(source):
    """Whether the kernel that grades a notebook is to have imported TensorFlow.

    Parameters
    ----------
    source : NotebookNode
        The source notebook. Its metadata may say `course.tensorflow: false`, for a lighter kernel.
    """
    return bool(source.metadata.get("course", {}).get("tensorflow", True))
