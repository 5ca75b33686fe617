"""How learning management systems lay out what was handed in: whose a file is, and when it came.

docs/classes.md says where each layout is from.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

import dateutil.parser
import yaml
from nbgrader.utils import parse_utc

from autograders.collect.misplaced import plain
from autograders.collect.roster import read_list
from autograders.collect.strict_files import MAX_TIMESTAMP_BYTES

WORKSHEET = ("Identifier", "Email address", "Last modified (submission)")  # columns of Moodle's grading worksheet
MAX_METADATA_BYTES = 16 * 2**20
NOTEBOOK = ".ipynb"
TIMESTAMP = "timestamp.txt"
METADATA = "submission_metadata.yml"
# Moodle: a folder or, in older versions or by choice, a beginning of the file's name. The number is the participant's.
MOODLE = re.compile(r"(?P<back>(?P<name>.+)_\d+_assignsubmission)_[a-z]+(?:_(?P<file>.*))?$")
# Canvas: family name and first name without a space, the user's number, the attachment's number, the file's name.
CANVAS = re.compile(r"(?P<back>(?P<name>.+?)_(?P<late>LATE_)?(?P<lms_id>\d+)_\d+)_(?P<file>.+)$")
# Blackboard: the assignment's name, the user name, the time of the attempt, the file's name; its own text has none.
BLACKBOARD = re.compile(r"(?P<back>.+_attempt_(?P<time>\d{4}(?:-\d\d){5}))(?:_(?P<file>.+)|\.txt)$")
BLACKBOARD_NAME = re.compile(r"^Name: (?P<name>.*) \((?P<username>[^()]+)\)\s*$", re.M)
# nbgrader's exchange, inbound/: student, assignment, time, and a random text.
EXCHANGE = re.compile(r"(?P<back>(?P<student>.+)\+(?P<assignment>[^+]+)\+(?P<time>\d{4}-\d\d-\d\d [^+]+))(?:\+[^+]*)?$")


@dataclass
class HandIn:
    """What one learner, or one team, handed in at one time.

    Attributes
    ----------
    system : str
    key : str
        The same for all files of a hand-in.
    back : str
        How the names of files begin by which the system takes feedback back; empty where it takes none.
    who : list of dict of str to str
        For each learner the names to find them by; see `Roster.find`.
    files : list of (tuple of str, Member)
        The path of each as the learner handed it in, and the file.
    time : datetime or None
        When it came, if the archive tells; with a time zone.
    late : bool
        Whether the system says that it came late.
    words : tuple of str
        Names around it, one of which may be the assignment's.
    """

    system: str
    key: str
    back: str
    who: list
    files: list = field(default_factory=list)
    time: datetime | None = None
    late: bool = False
    words: tuple = ()

    @property
    def place(self):
        """Where it is in the archive."""
        return self.files[0][1].path


def sort_out(members, roster, known):
    """Tell which files of an archive belong to which hand-in.

    Parameters
    ----------
    members : list of Member
    roster : Roster
        Needed for folders that no system made: which part of a path is a learner's name.
    known : dict of str to str
        See `misplaced.assignment_names`; those of one assignment where the archive is of no other.

    Returns
    -------
    hand_ins : list of HandIn
    left : list of (str, str)
        Files that are nobody's, with the reason.
    """
    metadata = next((one for one in members if one.parts[-1] == METADATA), None)
    if metadata:
        return _gradescope(members, metadata)
    hand_ins, left = {}, []
    for member in members:
        try:
            one, path = _of_system(member, roster, known)
        except LookupError as error:
            left.append((member.path, error.args[0]))
            continue
        hand_in = hand_ins.setdefault((one.system, one.key), one)
        hand_in.late = hand_in.late or one.late
        if path:
            hand_in.files.append((path, member))
        elif one.system == "blackboard" and member.size < MAX_METADATA_BYTES:
            said = BLACKBOARD_NAME.search(_text(member))
            hand_in.who = [said.groupdict()] if said else hand_in.who
        elif one.system in ("exchange", "folder") and member.size < MAX_TIMESTAMP_BYTES:
            hand_in.time = _time(_text(member)) or hand_in.time
    return [one for one in hand_ins.values() if one.files], left


def _of_system(member, roster, known):
    """Return a HandIn without files, and the path of a file in it; an empty one for what the system wrote."""
    for index, part in enumerate(member.parts):
        if found := MOODLE.match(part):
            path = tuple(filter(None, (found["file"], *member.parts[index + 1 :])))
            back = f"{found['back']}_file_"
            return HandIn("moodle", back, back, [{"name": found["name"]}], words=(member.parts[-1],)), path
        if found := EXCHANGE.match(part):
            path = member.parts[index + 1 :]
            who, words = [{"student": found["student"]}], (found["assignment"],)
            one = HandIn("exchange", part, "", who, time=_time(found["time"]), words=words)
            return one, () if path == (TIMESTAMP,) else path
    last = member.parts[-1]
    if found := BLACKBOARD.match(last):
        front, user = found["back"].partition("_attempt_")[0], _user_at_end(found["back"], roster)
        try:
            time = datetime.strptime(found["time"], "%Y-%m-%d-%H-%M-%S").astimezone()
        except ValueError:
            raise LookupError(f"expected the time of an attempt in its name, got {found['time']}") from None
        words = (front.removesuffix(f"_{user}"), found["file"] or "")
        one = HandIn("blackboard", found["back"], "", [{"username": user}], time=time, words=words)
        return one, (found["file"],) if found["file"] else ()
    if found := CANVAS.match(last):
        who = [{"lms_id": found["lms_id"], "name": found["name"]}]
        key, late = f"{found['name']}_{found['lms_id']}", bool(found["late"])
        return HandIn("canvas", key, f"{found['back']}_", who, late=late, words=(found["file"],)), (found["file"],)
    return _of_folder(member, roster, known)


def _user_at_end(back, roster):
    """Return the user name in a name of Blackboard's; both it and the assignment's name may have low lines in them."""
    front = back.rpartition("_attempt_")[0]
    ends = [front.split("_", cut)[-1] for cut in range(front.count("_") + 1)]
    for end in ends:
        try:
            roster.find(username=end)
            return end
        except LookupError:
            continue
    return ends[-1]


def _of_folder(member, roster, known):
    """A folder that no system made: the first part of the path that is a learner's name counts."""
    stem = member.parts[-1].removesuffix(NOTEBOOK)
    for index, part in enumerate((*member.parts[:-1], stem)):
        for text in (part, _without(part, known)):
            try:
                student = roster.find(anything=text).student
            except LookupError as error:
                if "nobody" not in error.args[0]:
                    raise
                continue
            path = member.parts[index + 1 :] or member.parts[-1:]
            words = (*member.parts[:-1], stem)
            if path[:-1] and plain(path[0]) in known:
                path = path[1:]
            named = (
                {known[plain(word)] for word in words if plain(word) in known} if len(set(known.values())) > 1 else ()
            )
            key = "/".join((*member.parts[:index], student, *sorted(named)))
            return HandIn("folder", key, "", [{"student": student}], words=words), () if path == (TIMESTAMP,) else path
    raise LookupError(
        "nobody of the roster is named in its path: expected STUDENT.ipynb, a folder STUDENT, or a download of Moodle, "
        "Canvas, Blackboard or Gradescope"
    )


def _without(part, known):
    """Return a file's name without the name of an assignment or a notebook in it: `ada_small` is Ada's."""
    for word in sorted(known, key=len, reverse=True):
        part = re.sub(re.escape(word).replace("_", "[_ -]"), "", part, flags=re.I)
    return part.strip(" _-+.")


def use_worksheet(hand_ins, path):
    """Add to hand-ins of Moodle what its grading worksheet says of them: whose they are, surely, and when they came.

    Parameters
    ----------
    hand_ins : list of HandIn
        Those of other systems stay as they are.
    path : Path
        The CSV of "Download grading worksheet". Its times are in this machine's time zone.

    Raises
    ------
    ValueError
        If it is no such file, or that of another assignment, or a time in it is none.
    """
    (_, header), *rows = read_list(path)
    if absent := [name for name in WORKSHEET if name not in header]:
        raise ValueError(f"{path.name}, line 1: expected Moodle's grading worksheet, got no column {', '.join(absent)}")
    said = {}
    for line, cells in rows:
        row = dict(zip(header, cells, strict=False))
        who = {"id_number": row.get("ID number", ""), "email": row["Email address"], "name": row.get("Full name", "")}
        text = row["Last modified (submission)"].strip(" -")
        try:
            time = dateutil.parser.parse(text).astimezone() if text else None
        except (ValueError, OverflowError):
            raise ValueError(f"{path.name}, line {line}: expected a date and time, got {text!r}") from None
        said[row["Identifier"].rpartition(" ")[2]] = who, time
    numbers = {one.back.rsplit("_", 4)[1]: one for one in hand_ins if one.system == "moodle"}
    if not said.keys() & numbers.keys():
        raise ValueError(f"{path.name}: expected the worksheet of these hand-ins, got one of others")
    for number in said.keys() & numbers.keys():
        who, numbers[number].time = said[number]
        numbers[number].who = [who]


def _gradescope(members, metadata):
    """Gradescope: a folder for each submission, and a file that says whose it is and when it came."""
    top = metadata.parts[:-1]
    if metadata.size > MAX_METADATA_BYTES:
        raise ValueError(f"{metadata.path} is of {metadata.size / 2**20:.0f} MiB: expected at most 16")
    try:
        said = yaml.load(metadata.read(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        said = {
            str(key): (value, [_gradescope_names(one) for one in value[":submitters"]]) for key, value in said.items()
        }
    except (yaml.YAMLError, TypeError, KeyError, AttributeError, ValueError) as error:
        first = str(error).splitlines()[0]
        raise ValueError(f"{metadata.path}: expected what Gradescope writes about submissions, got {first}") from None
    hand_ins, left = {}, []
    for member in members:
        if member is metadata:
            continue
        key, *path = member.parts[len(top) :] if member.parts[: len(top)] == top else member.parts
        if key not in said or not path:
            left.append((member.path, f"{METADATA} does not say whose it is"))
            continue
        facts, who = said[key]
        hand_in = hand_ins.setdefault(key, HandIn("gradescope", key, "", who, time=_time(facts.get(":created_at"))))
        hand_in.files.append((tuple(path), member))
        hand_in.words += (path[-1],)
    return list(hand_ins.values()), left


def _gradescope_names(one):
    keys = {"id_number": ":sid", "email": ":email", "name": ":name"}
    return {kind: str(one.get(key) or "") for kind, key in keys.items()}


def _text(member):
    """Return the text of a file; an empty one if it is damaged."""
    try:
        return member.read().decode("utf-8", "replace")
    except ValueError:
        return ""


def _time(value):
    """Return a time with its zone; None for what is none. Without a zone it is UTC, as nbgrader takes it."""
    try:
        return parse_utc(value.strip() if isinstance(value, str) else value).replace(tzinfo=UTC)
    except (AttributeError, TypeError, ValueError, OverflowError):
        return None
