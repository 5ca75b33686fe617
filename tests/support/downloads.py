"""Archives as learning management systems make them. `docs/classes.md` says where each layout is from."""

import io
import zipfile
from datetime import UTC, datetime

WHEN = datetime(2026, 11, 3, 17, 30, 5, tzinfo=UTC)


def zipped(files):
    """Return a zip archive as bytes.

    Parameters
    ----------
    files : dict of str to bytes, or iterable of (str or ZipInfo, bytes)
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items() if isinstance(files, dict) else files:
            archive.writestr(name, data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def moodle(work, name="rnn.ipynb", number=5000):
    """Moodle 4.1 and later: a folder for each learner, called by full name; some signs are taken out of it."""
    folders = {
        one: f"{one.first_name} {one.last_name.replace(chr(39), '')}_{number + place}_assignsubmission_file"
        for place, one in enumerate(work)
    }
    return {f"{folders[one]}/{name}": data for one, data in work.items()}


def worksheet(work, when=WHEN, number=5000):
    """Moodle's grading worksheet, which is downloaded apart; its times are the server's, to the minute."""
    rows = [
        f'"Participant {number + place}","{one.first_name} {one.last_name}",{one.email},"Submitted for grading",,'
        f'"{when.astimezone():%A, %d %B %Y, %I:%M %p}",-'
        for place, one in enumerate(work)
    ]
    header = 'Identifier,"Full name","Email address",Status,Grade,"Last modified (submission)","Last modified (grade)"'
    return "\n".join(["\ufeff" + header, *rows, '"Participant 1","A B",a@b,"No submission",,-,-', ""]).encode()


def old_moodle(work):
    """Moodle before 4.1: the folders' names end with a low line."""
    return {path.replace("_file/", "_file_/"): data for path, data in moodle(work).items()}


def flat_moodle(work):
    """Moodle without folders."""
    return {path.replace("_file/", "_file_"): data for path, data in moodle(work).items()}


def canvas(work, late=(), name="rnn-1.ipynb"):
    """Canvas: what is no letter, digit or low line is taken out of `family name, first name`."""
    files = {}
    for place, (one, data) in enumerate(work.items()):
        letters = "".join(letter for letter in one.last_name + one.first_name if letter.isalnum()).lower()
        files[f"{letters}_{'LATE_' if one in late else ''}{one.lms_id}_{9000 + place}_{name}"] = data
    return files


def blackboard(work, when=WHEN, assignment="Week_3 RNN"):
    """Blackboard: a file for each that was handed in, and a text with who, when and what; times are the server's."""
    files = {}
    for one, data in work.items():
        front = f"{assignment}_{one.username}_attempt_{when.astimezone():%Y-%m-%d-%H-%M-%S}"
        files[f"{front}.txt"] = (
            f"Name: {one.first_name} {one.last_name} ({one.username})\nAssignment: {assignment}\n"
            f"Date Submitted: {when:%c}\nCurrent Grade: Needs Grading\n\nSubmission Field:\nThere is no student "
            f"submission text data for this assignment.\n\nComments:\nThere are no student comments.\n\nFiles:\n"
            f"\tOriginal filename: rnn.ipynb\n\tFilename: {front}_rnn.ipynb\n"
        ).encode()
        files[f"{front}_rnn.ipynb"] = data
    return files


def gradescope(work, when=WHEN):
    """Gradescope: a folder for each submission, and a file of metadata with Ruby's symbols for keys."""
    top, said, files = "assignment_4711_export", [], {}
    for place, (one, data) in enumerate(work.items()):
        folder = f"submission_{880 + place}"
        files[f"{top}/{folder}/rnn.ipynb"] = data
        said.append(
            f"{folder}:\n  :submitters:\n  - :name: {one.first_name} {one.last_name}\n    :sid: '{one.id_number}'\n"
            f"    :email: {one.email}\n  :created_at: {when:%Y-%m-%d %H:%M:%S}.123456000 Z\n  :score: 0.0\n"
            "  :history: []\n"
        )
    return {f"{top}/submission_metadata.yml": "".join(said).encode()} | files


def exchange(work, when=WHEN):
    """nbgrader's exchange, the folder `inbound/` of a course."""
    files = {}
    for one, data in work.items():
        folder = f"{one.student}+small+{when:%Y-%m-%d %H:%M:%S.%f} UTC+Nj2x"
        files[f"{folder}/timestamp.txt"] = f"{when:%Y-%m-%d %H:%M:%S.%f} UTC".encode()
        files[f"{folder}/rnn.ipynb"] = data
    return files


def by_id(work):
    """Notebooks called by the student."""
    return {f"class/{one.student}.ipynb": data for one, data in work.items()}


def by_name(work):
    """Notebooks called by the student's name and the assignment."""
    return {f"{one.last_name}, {one.first_name} - small.ipynb": data for one, data in work.items()}


def in_folders(work):
    """A copy of `submitted/`."""
    return {f"submitted/{one.student}/small/rnn.ipynb": data for one, data in work.items()}


LAYOUTS = {
    one.__name__: one
    for one in (
        moodle, old_moodle, flat_moodle, canvas, blackboard, gradescope, exchange, by_id, by_name, in_folders,
    )
}  # fmt: skip
TELL_THE_TIME = ("blackboard", "gradescope", "exchange")
