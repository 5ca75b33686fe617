"""A class of four, and its list as each learning management system exports it."""

from autograders.collect.roster import Student

ADA = Student("ada", "Ada", "Lovelace", "ada@uni.example", "ada", "1001", "71", "Tuesday")
BEN = Student("ben", "Ben", "O'Brien-Smith", "ben@uni.example", "ben", "1002", "72", "Friday")
CHI = Student("chi", "Chimamanda Ngozi", "Adichie", "chi@uni.example", "chi", "1003", "73", "Friday")
ZOE = Student("zoe", "Zo\u00eb", "M\u00fcller", "zoe@uni.example", "zoe", "1004", "74", "")
CLASS = (ADA, BEN, CHI, ZOE)


def _table(header, rows, delimiter=",", quote='"'):
    lines = [header, *rows]
    return "".join(delimiter.join(f"{quote}{cell}{quote}" for cell in line) + "\r\n" for line in lines)


def moodle():
    """Moodle 4, grades of a course; participants have the same headers, and groups."""
    return _table(
        ("First name", "Last name", "ID number", "Email address", "Username", "Groups"),
        [(one.first_name, one.last_name, one.id_number, one.email, one.username, one.group) for one in CLASS],
    )


def canvas():
    """Canvas, the gradebook: a row of points, and the student that Canvas makes up."""
    rows = [
        (f"{one.last_name}, {one.first_name}", one.lms_id, one.id_number, one.username, one.group, "") for one in CLASS
    ]
    points, test = ("    Points Possible", "", "", "", "", "110"), ("Student, Test", "79", "", "f3a9", "Friday", "")
    return _table(("Student", "ID", "SIS User ID", "SIS Login ID", "Section", "RNN (55)"), [points, *rows, test])


def blackboard():
    """Blackboard, the grade centre: a table with tabs."""
    rows = [(one.last_name, one.first_name, one.username, one.id_number, "2026-10-01") for one in CLASS]
    return _table(("Last Name", "First Name", "Username", "Student ID", "Last Access"), rows, "\t")


def gradescope():
    """Gradescope, the roster: with its teachers."""
    rows = [(one.first_name, one.last_name, one.id_number, one.email, "Student", one.group) for one in CLASS]
    staff = [
        ("Grace", "Hopper", "9", "grace@uni.example", "Instructor", ""),
        ("Al", "K", "8", "al@u.example", "TA", ""),
    ]
    return _table(("First Name", "Last Name", "SID", "Email", "Role", "Sections"), [*rows, *staff])


SYSTEMS = {"moodle": moodle, "canvas": canvas, "blackboard": blackboard, "gradescope": gradescope}
