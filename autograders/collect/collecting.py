"""Bring what was handed in elsewhere into `submitted/`, whole or not at all for each learner.

Nothing is written before the archive was looked through. A submission is made ready beside its place and put there in
one step; an earlier one moves to `earlier/`.
"""

import io
import os
import re
import shutil
import tempfile
from collections import defaultdict
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from nbgrader.api import MissingEntry

from autograders import locks
from autograders.collect import archive, layouts, roster, tables
from autograders.collect.misplaced import assignment_names, plain
from autograders.collect.strict_files import MAX_FILES, MAX_TOTAL_BYTES, contents
from autograders.coursedir import expected_notebooks

FILE = "collected.csv"
COLUMNS = ("assignment", "student", "system", "back", "late")
EARLIER = "earlier"
MAX_NAME_BYTES = 200
LONG_AGO = datetime.min.replace(tzinfo=UTC)
NEW, CHANGED, SAME, OLDER = "new", "changed", "same", "older"
STATES = {NEW: "new", CHANGED: "handed in anew", SAME: "as they were", OLDER: "older than what is there"}


@dataclass
class Collected:
    """What became of an archive.

    Attributes
    ----------
    placed : list of (str, str, str)
        Assignment, student and NEW, CHANGED (the earlier submission was kept aside), SAME or OLDER (not taken).
    notes : list of str
        What the instructor should know.
    left : list of (str, str)
        What could not be placed, with the reason.
    """

    placed: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    left: list = field(default_factory=list)


def collect(course, source, assignment=None, dry_run=False, worksheet=None):
    """Put the hand-ins of an archive into `submitted/<student>/<assignment>/`.

    Parameters
    ----------
    course : Course
    source : Path
        A zip archive or a folder.
    assignment : str, optional
        Whose hand-ins these are; if not given, names in the archive must tell, or the course have one assignment only.
    dry_run : bool
        Write nothing.
    worksheet : Path, optional
        Moodle's grading worksheet, which tells the times and has e-mail addresses; see `layouts.use_worksheet`.

    Returns
    -------
    Collected

    Raises
    ------
    ValueError
        If the archive as a whole is refused, or nobody is known who could have handed in.
    """
    with nullcontext() if dry_run else locks.writing(course.root, "tables"):
        result = Collected()
        found = _sort_out(course, source, assignment, worksheet, result)
        records = {(row["assignment"], row["student"]): row for row in tables.read(course.root / FILE, COLUMNS)}
        for key, several in sorted(found.items()):
            if one := _take_last(course, *key, several, dry_run, result):
                record = (*key, one.system, one.back, "yes" if one.late else "")
                records[key] = dict(zip(COLUMNS, record, strict=True))
        if not dry_run and result.placed:
            tables.write(course.root / FILE, COLUMNS, [records[key] for key in sorted(records)])
    return result


def _sort_out(course, source, assignment, worksheet, result):
    """Return {(assignment, student): [(hand-in, its files)]}; what cannot be placed goes into `result.left`."""
    people = roster.of(course)
    if not len(people):
        raise ValueError(
            "nobody is in the roster yet: run `course roster FILE` with the class list of your system first"
        )
    names = course.assignments()
    assignment = assignment or (names[0] if len(names) == 1 else None)
    known = {word: name for word, name in assignment_names(course).items() if assignment in (name, None)}
    hand_ins, left = layouts.sort_out(archive.members(source), people, known)
    if worksheet:
        layouts.use_worksheet(hand_ins, worksheet)
    result.left += left
    found = defaultdict(list)
    for one in hand_ins:
        try:
            which = assignment or _assignment(one, known)
            students = _students(one, people, result.notes)
            files = _files(one, course, which)
        except (LookupError, ValueError) as error:
            result.left.append((one.place, error.args[0]))
            continue
        for student in students:
            found[which, student].append((one, files))
    return found


def _take_last(course, assignment, student, several, dry_run, result):
    """Put the last of a student's hand-ins in its place; return it, or None if it is not taken."""
    _, (one, files) = max(enumerate(several), key=lambda numbered: (numbered[1][0].time or LONG_AGO, numbered[0]))
    say = f"{student}, {assignment}:"
    if len(several) > 1:
        result.notes.append(f"{say} {len(several)} hand-ins, the last counts: {one.place}")
    try:
        state = _place(course, assignment, student, files, one.time, dry_run)
    except ValueError as error:  # damaged: found only when it is read
        result.left.append((one.place, error.args[0]))
        return None
    result.placed.append((assignment, student, state))
    if state == CHANGED:
        kept = f"{EARLIER}/{student}/{assignment}/"
        result.notes.append(f"{say} handed in anew; the earlier submission is kept in {kept}")
    elif state == OLDER:
        result.notes.append(f"{say} {one.place} is older than what is in submitted/, and is not taken")
    return None if state == OLDER else one


def _students(hand_in, people, notes):
    """Return the ids of those whose hand-in this is: whom the system names, or a group of the roster."""
    if not hand_in.who:
        raise LookupError("the system names nobody who handed it in")
    name = hand_in.who[0].get("name") or ""
    team = people.team(name) if len(hand_in.who) == 1 and not people.is_called(name) else ()
    students = [one.student for one in team or (people.find(**names) for names in hand_in.who)]
    if hand_in.system == "canvas" and not team and not people.is_called(name):
        notes.append(
            f"{hand_in.place}: collected for {students[0]}, whose number it bears, though {name!r} is another name: "
            "if that is a team, the others have no work yet"
        )
    return students


def _assignment(hand_in, known):
    """Return the assignment whose name is around a hand-in."""
    stems = [plain(word.removesuffix(layouts.NOTEBOOK)) for word in hand_in.words]
    found = {known[stem] for stem in stems if stem in known}
    if len(found) != 1:
        raise LookupError("its name does not tell the assignment: say `course collect ARCHIVE ASSIGNMENT`")
    return found.pop()


def _files(hand_in, course, assignment):
    """Return {path in the submission: Member} of a hand-in; raise ValueError if it cannot be a submission.

    A zip archive that is handed in instead of a notebook is opened. A time that the learner wrote is not taken.
    """
    members = hand_in.files
    if not any(_is_notebook(path) for path, _ in members):
        zips = [(path, member) for path, member in members if path[-1].lower().endswith(".zip")]
        if len(zips) == 1 and zips[0][1].size <= MAX_TOTAL_BYTES:
            inner = archive.members(io.BytesIO(zips[0][1].read()), zips[0][1].path)
            members = [(one.parts, one) for one in inner]
    if not any(_is_notebook(path) for path, _ in members):
        raise ValueError(f"no notebook is in it, but {', '.join(path[-1] for path, _ in members[:3])}")
    size = sum(member.size for _, member in members)
    if size > MAX_TOTAL_BYTES or len(members) > MAX_FILES:
        raise ValueError(
            f"{size / 2**20:.0f} MiB in {len(members)} files were handed in: expected at most "
            f"{MAX_TOTAL_BYTES / 2**20:g} MiB in {MAX_FILES} files"
        )
    files = {}
    for path, member in members:
        if any(len(part.encode()) > MAX_NAME_BYTES for part in path):
            raise ValueError(f"the name of a file in it is longer than {MAX_NAME_BYTES} bytes")
        path = tuple(re.sub(r'[\x00-\x1f\x7f<>:"|?*]', "_", part) for part in path)
        if _is_notebook(path) and path[-1] not in files:  # of two with one name, the second stays in its folder
            path = path[-1:]
        if path != (layouts.TIMESTAMP,):
            files["/".join(path)] = member
    folders = {parent.as_posix() for path in files for parent in PurePosixPath(path).parents}
    if both := sorted(folders & set(files)):
        raise ValueError(f"{both[0]} is both a file and a folder in it")
    expected = expected_notebooks(course.directory, assignment)
    notebooks = [path for path in files if _is_notebook((path,))]
    if len(expected) == len(notebooks) == 1:
        files[f"{expected[0]}{layouts.NOTEBOOK}"] = files.pop(notebooks[0])
    return files


def _is_notebook(path):
    return path[-1].lower().endswith(layouts.NOTEBOOK)


def _place(course, assignment, student, files, time, dry_run):
    """Put one submission in its place; return NEW, CHANGED, SAME or OLDER."""
    if fault := roster.id_fault(student):
        raise ValueError(f"the id {student!r} {fault}, and is to name a folder: correct it in the roster")
    content = {path: member.read() for path, member in files.items()}
    if time:
        content[layouts.TIMESTAMP] = f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC\n".encode("ascii")
    target = course.path("submitted", assignment, student)
    there = target.is_dir() and any(target.iterdir())
    if there:
        before = course.directory.get_existing_timestamp(str(target))
        if before and time and time.astimezone(UTC).replace(tzinfo=None, microsecond=0) < before.replace(microsecond=0):
            return OLDER
        if content == _content(target, with_time=bool(time)):
            return SAME
    if not dry_run:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".collect-", dir=target.parent) as draft:
            made = Path(draft, assignment)
            for path, data in content.items():
                (made / path).parent.mkdir(parents=True, exist_ok=True)
                (made / path).write_bytes(data)
            if there:
                keep_aside(course, assignment, student)
                if not time:
                    _forget_time(course, assignment, student)
            elif target.is_dir():
                target.rmdir()
            os.replace(made, target)
    return CHANGED if there else NEW


def _forget_time(course, assignment, student):
    """Take the earlier submission's time out of the gradebook: nbgrader would take it for that of the new one."""
    with course.gradebook() as gradebook:
        try:
            gradebook.find_submission(assignment, student).timestamp = None
        except MissingEntry:
            return
        gradebook.db.commit()


def keep_aside(course, assignment, student):
    """Move a submission to `earlier/<student>/<assignment>/<number>/`; return that folder."""
    folder = course.root / EARLIER / student / assignment
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{1 + sum(1 for _ in folder.iterdir()):03}"
    shutil.move(course.path("submitted", assignment, student), place)
    return place


def _content(folder, with_time):
    """Return {path: bytes} of the plain files of a submission."""
    content = contents(folder)
    return content if with_time else {path: data for path, data in content.items() if path != layouts.TIMESTAMP}
