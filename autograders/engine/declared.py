"""Where a course directory declares its exercises."""

from pathlib import Path

FOLDER = "assignments"  # in a course directory and in this package: where assignments are declared


def own_folder(assignment, root):
    """Return where a course directory declares an assignment of its own, whether the folder exists or not."""
    return Path(root, FOLDER, assignment).resolve()


def declaration(notebook, root):
    """Return the files in which a course directory declares a notebook's exercises, by relative path.

    Parameters
    ----------
    notebook : NotebookNode
        A source notebook.
    root : str or Path
        The course directory.

    Returns
    -------
    dict of str to bytes
        Empty where the exercises are declared in `autograders.assignments`, or none are.
    """
    name = notebook.metadata.get("course", {}).get("exercises")
    folder = own_folder(name, root) if name else Path(root)
    paths = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"] if name else []
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(paths)}
