"""Who is in the class: the list of a learning management system becomes the course's roster, `roster.csv`.

The gradebook has the students' names and e-mail addresses, as nbgrader keeps them. The roster has the rest, above all
the other names by which the systems call a student; so it tells whose a downloaded file is, and whose a mark.
"""

import csv
import io
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field, fields, replace

from nbgrader import api

from autograders import locks
from autograders.collect import tables

FILE = "roster.csv"
DELIMITERS = ",;\t"
MAX_ID_LETTERS = 100
MAX_LETTERS = 128  # of a name or an address: the gradebook's columns hold no more
# What the systems call their columns, without capitals, spaces and signs. docs/classes.md says where each is from.
HEADERS = {
    "student": "name", "name": "name", "fullname": "name",  # "student" is Canvas's, of this file's own: see `_columns`
    "firstname": "first_name", "first": "first_name", "givenname": "first_name",
    "lastname": "last_name", "last": "last_name", "surname": "last_name", "familyname": "last_name",
    "email": "email", "emailaddress": "email", "mail": "email",
    "username": "username", "sisloginid": "username", "loginid": "username", "login": "username",
    "idnumber": "id_number", "studentid": "id_number", "sid": "id_number", "sisuserid": "id_number",
    "id": "lms_id", "lmsid": "lms_id", "userid": "lms_id",
    "group": "group", "groups": "group", "section": "group", "sections": "group",
    "role": "role", "roles": "role",
}  # fmt: skip
IDENTIFIERS = ("username", "id_number", "email", "lms_id")  # the first that everybody has names the folders
STAFF = {"instructor", "teacher", "tutor", "manager", "reader", "assistant", "ta", "admin", "designer", "creator"}
NO_STUDENT = ("points possible", "student, test")  # rows that Canvas puts among the students
BAD_LETTERS = {
    "/": "a slash", "\\": "a backslash", '"': "a quote", "'": "a quote", "`": "a quote", "<": "a bracket <",
    ">": "a bracket >", ":": "a colon", "|": "a bar", "?": "a question mark", "*": "an asterisk",
}  # fmt: skip
BAD_STARTS = {
    "=": "an equals sign, as a formula does", "+": "a plus sign, as a formula does", "@": "an @, as a formula does",
    "-": "a minus sign, as a formula and an option do", ".": "a dot, as a hidden file does", "~": "a tilde",
}  # fmt: skip


@dataclass(frozen=True)
class Student:
    """One student, and the names that the systems have for them; an empty text where one is not known.

    Attributes
    ----------
    student : str
        The id in the gradebook and the name of the folders.
    first_name, last_name, email, username : str
    id_number : str
        The institution's number: Moodle's ID number, Canvas's SIS User ID, Blackboard's Student ID, Gradescope's SID.
    lms_id : str
        The number that Canvas gives, which stands in the names of downloaded files.
    group : str
    """

    student: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    username: str = ""
    id_number: str = ""
    lms_id: str = ""
    group: str = ""

    @property
    def name(self):
        """First and last name; the id where there is none."""
        return f"{self.first_name} {self.last_name}".strip() or self.student


COLUMNS = tuple(one.name for one in fields(Student))


def id_fault(student):
    """Say why a text cannot be a student's id, which names folders; None if it can."""
    if not student.strip():
        return "is empty"
    if len(student) > MAX_ID_LETTERS:
        return f"has {len(student)} letters, more than {MAX_ID_LETTERS}"
    for letter in student:
        if letter in BAD_LETTERS:
            return f"has {BAD_LETTERS[letter]} in it"
        if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
            kind = (
                "right-to-left or other invisible mark" if unicodedata.category(letter) == "Cf" else "control character"
            )
            return f"has a {kind} in it (U+{ord(letter):04X})"
    if student[0] in BAD_STARTS:
        return f"begins with {BAD_STARTS[student[0]]}"
    if student != student.strip() or student.endswith("."):
        return "begins or ends with a space, or ends with a dot"
    return None


def plain(text):
    """Return a name without what the systems change in it: capitals, spaces, hyphens, apostrophes, other signs."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(letter for letter in text if unicodedata.category(letter)[0] in "LMN")


class Roster:
    """The students of a course, found by any of the names that they have.

    Parameters
    ----------
    students : iterable of Student
    """

    def __init__(self, students):
        self.students = {one.student: one for one in students}
        self._by = {kind: defaultdict(set) for kind in ("student", *IDENTIFIERS, "name")}
        for one in self.students.values():
            for kind in ("student", *IDENTIFIERS):
                self._by[kind][getattr(one, kind).casefold()].add(one)
            for name in (one.first_name + one.last_name, one.last_name + one.first_name):
                self._by["name"][plain(name)].add(one)

    def __iter__(self):
        return iter(self.students.values())

    def __len__(self):
        return len(self.students)

    def get(self, student):
        """Return a student by id; one of whom nothing but the id is known where the roster has none."""
        return self.students.get(student, Student(student))

    def is_called(self, name):
        """Whether a student has this name, in either order, however it is written."""
        return bool(self._by["name"].get(plain(name)))

    def team(self, name):
        """Return the students of a group."""
        wanted = plain(name)
        return [one for one in self if wanted and wanted in map(plain, re.split("[,;]", one.group))]

    def find(self, **names):
        """Find the student that a downloaded file belongs to.

        Parameters
        ----------
        **names : str
            What the file says: `student`, one of IDENTIFIERS, `name` (in either order, however written), or `anything`.
            The surest is taken first.

        Returns
        -------
        Student

        Raises
        ------
        LookupError
            If nobody, or more than one, is called so; it says which.
        """
        if anything := names.pop("anything", None):
            names = dict.fromkeys(self._by, anything)
        for kind, index in self._by.items():
            text = names.get(kind) or ""
            found = index.get(plain(text) if kind == "name" else text.casefold(), ()) if text else ()
            if len(found) > 1:
                several = ", ".join(sorted(one.student for one in found))
                raise LookupError(f"{len(found)} students of the roster have the {_spoken(kind)} {text!r}: {several}")
            if found:
                return next(iter(found))
        said = sorted({text for text in names.values() if text})
        raise LookupError(f"nobody of the roster is called {' or '.join(map(repr, said))}")


def _spoken(kind):
    return {"student": "id", "id_number": "ID number", "lms_id": "LMS id", "email": "e-mail address"}.get(kind, kind)


def of(course):
    """Return the Roster of a course: what `roster.csv` says, or else the students whom the gradebook knows."""
    rows = tables.read(course.root / FILE, COLUMNS)
    if rows:
        return Roster(Student(**row) for row in rows)
    with course.gradebook() as gradebook:
        return Roster(
            Student(one.id, one.first_name or "", one.last_name or "", one.email or "", lms_id=one.lms_user_id or "")
            for one in gradebook.students
        )


def absent(course, assignment):
    """Return the students of `roster.csv` who have handed in nothing for an assignment."""
    there = set(course.submissions(assignment))
    rows = tables.read(course.root / FILE, COLUMNS)
    return [Student(**row) for row in rows if row["student"] not in there]


@dataclass
class Change:
    """What `take_in` did to the class.

    Attributes
    ----------
    students : list of Student
    identifier : str
        The name of the column that gave the ids.
    new, gone : list of str
        Ids that were not in the roster before, and such that are no more in it; the gradebook keeps their marks.
    left_out : list of str
        Teachers and other rows that are no students, a sentence each.
    """

    students: list
    identifier: str
    new: list = field(default_factory=list)
    gone: list = field(default_factory=list)
    left_out: list = field(default_factory=list)


def take_in(course, path, identifier=None):
    """Make a system's list the course's roster: all of it, or nothing where a line cannot be taken.

    Parameters
    ----------
    course : Course
    path : Path
        A CSV as Moodle, Canvas, Blackboard and Gradescope write it, or `roster.csv` itself.
    identifier : str, optional
        One of IDENTIFIERS, which becomes the students' id; the first that everybody has when not given. Who is in the
        roster already keeps the id.

    Returns
    -------
    Change

    Raises
    ------
    ValueError
        With file, line and what was expected.
    """
    read, kind, left_out = parse(path, identifier)
    with locks.writing(course.root, "tables"):
        before = Roster(Student(**row) for row in tables.read(course.root / FILE, COLUMNS))
        students = [_known(one, before) for one in read]
        for one, now in zip(read, students, strict=True):
            if identifier and one.student != now.student:
                raise ValueError(
                    f"{path.name}: {now.name} would be called {one.student!r}, but is {now.student!r} in this course, "
                    "with folders and marks of that name: leave out --id"
                )
        if twice := [student for student, count in Counter(one.student for one in students).items() if count > 1]:
            text = f"two students would be called {twice[0]!r}; correct {FILE}. Nothing was changed"
            raise ValueError(f"{path.name}: {text}")
        _tell_gradebook(course, students)
        tables.write(course.root / FILE, COLUMNS, map(asdict, students))
    names = {one.student for one in students}
    new, gone = sorted(names - set(before.students)), sorted(set(before.students) - names)
    return Change(students, kind, new, gone, left_out)


def _tell_gradebook(course, students):
    """Put the names of all students into the gradebook, or of none."""
    with course.gradebook() as gradebook:
        rows = {row.id: row for row in gradebook.students}
        for one in students:
            row = rows.get(one.student) or api.Student(id=one.student)
            row.first_name, row.last_name, row.email = one.first_name or None, one.last_name or None, one.email or None
            row.lms_user_id = one.lms_id or one.id_number or None
            gradebook.db.add(row)
        gradebook.db.commit()


def _known(one, before):
    """Return a student of a new list with the id that they have in the course, and what only an earlier list told."""
    for kind in IDENTIFIERS:
        try:
            old = asdict(before.find(**{kind: getattr(one, kind)}))
        except LookupError:
            continue
        return replace(one, **{name: text for name, text in old.items() if name == "student" or not getattr(one, name)})
    return one


def parse(path, identifier=None):
    """Read a system's list; return (students, the identifier that gave the ids, who was left out)."""
    rows = read_list(path)
    header, kinds = _columns(path, rows[0][1])
    if identifier not in (None, *IDENTIFIERS):
        raise ValueError(f"expected one of {', '.join(IDENTIFIERS)} for --id, got {identifier!r}")
    people, left_out = [], []
    for line, cells in rows[1:]:
        if len(cells) > len(header) and any(cells[len(header) :]):
            raise ValueError(f"{path.name}, line {line}: expected {len(header)} fields, got {len(cells)}")
        person = {}
        for kind, cell in zip(kinds, cells, strict=False):
            if kind and not person.get(kind):
                person[kind] = cell.strip()
        name = person.pop("name", "")
        role = person.pop("role", "")
        if not any(person.get(kind) for kind in ("student", *IDENTIFIERS)) or name.casefold() in NO_STUDENT:
            if name and name.casefold() not in NO_STUDENT:
                raise ValueError(
                    f"{path.name}, line {line}: expected an id of {name!r} in one of the columns, got none"
                )
            continue
        if STAFF & set(re.findall(r"\w+", role.casefold())):
            left_out.append(f"line {line}: {name or person.get('email') or person.get('username')} is {role}")
            continue
        if name and not person.get("first_name") and not person.get("last_name"):
            last, comma, first = name.partition(",")
            first, last = (first, last) if comma else (name.rpartition(" ")[0], name.rpartition(" ")[2])
            person |= {"first_name": first.strip(), "last_name": last.strip()}
        for name in ("first_name", "last_name", "email"):
            if len(person.get(name, "")) > MAX_LETTERS:
                raise ValueError(
                    f"{path.name}, line {line}: expected at most {MAX_LETTERS} letters of a name or an address, got "
                    f"{len(person[name])}"
                )
        people.append((line, person))
    if not people:
        raise ValueError(f"{path.name}: expected a line for each student below the header, got none")
    kind = identifier or _identifier(people)
    students = _with_ids(path, people, kind)
    return students, kind, left_out


def _identifier(people):
    """Return the first kind of name that everybody has; if there is none, the first that anybody has."""
    kinds = ("student", *IDENTIFIERS)
    for wanted in (all, any):
        for kind in kinds:
            if wanted(person.get(kind) for _, person in people):
                return kind
    raise AssertionError("a row without an id is refused before")


def _with_ids(path, people, kind):
    """Return the students, their ids taken from one column; raise an error that tells every bad line."""
    students, faults, seen = [], [], {}
    for line, person in people:
        student = person.get(kind, "")
        fault = id_fault(student)
        folder = unicodedata.normalize("NFC", student).casefold()  # so do folders on Windows and macOS compare
        if not fault and folder in seen:
            other, place = seen[folder]
            fault = (
                f"is that of line {place}, too"
                if other == student
                else f"differs from {other!r} of line {place} by capitals only"
            )
        if fault:
            faults.append(f"{path.name}, line {line}: the {_spoken(kind)} {student!r} {fault}; it is to name a folder")
        seen.setdefault(folder, (student, line))
        students.append(Student(**(person | {"student": student})))
    if len(faults) > 1:
        raise ValueError(
            "\n".join([f"{path.name}: {len(faults)} lines cannot be taken, see above; nothing was changed", *faults])
        )
    if faults:
        raise ValueError(f"{faults[0]}; nothing was changed")
    return students


def read_list(path):
    """Return [(line number, cells)] of a CSV that is not empty: UTF-8 or UTF-16, comma, semicolon or tab."""
    data = path.read_bytes()
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"{path.name}, line {line}: expected text in UTF-8, got the byte 0x{data[error.start]:02x}; "
            'a spreadsheet saves it as "CSV UTF-8"'
        ) from None
    first = text.lstrip().partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((reader.line_num, cells))
    except csv.Error as error:
        raise ValueError(f"{path.name}, line {reader.line_num}: expected a table in CSV, got {error}") from None
    if not rows:
        raise ValueError(f"{path.name}: expected a table of students in CSV, got an empty file")
    return rows


def _columns(path, header):
    """Return the header and what each column holds, None where that is not known."""
    if tuple(header) == COLUMNS:  # the roster itself, corrected by hand
        return header, COLUMNS
    kinds = [HEADERS.get(plain(cell)) for cell in header]
    if "name" not in kinds and "last_name" not in kinds or not set(IDENTIFIERS) & set(kinds):
        raise ValueError(
            f"{path.name}, line 1: expected the header of a class list of Moodle, Canvas, Blackboard or Gradescope, "
            "with names (Student, Full name, or First name and Last name) and an id (Username, SIS Login ID, "
            f"ID number, Student ID, SID, or Email address), got {', '.join(header)[:200]}"
        )
    return header, kinds
