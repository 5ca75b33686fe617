"""The class list of a learning management system becomes the course's roster, whole or not at all."""

import shutil
from dataclasses import replace

import pytest
from class_lists import ADA, BEN, CLASS, SYSTEMS, ZOE
from small_course import course_command, empty_gradebook

from autograders.collect import roster, tables
from autograders.course import CONFIG_FILE, Course

pytestmark = pytest.mark.slow


@pytest.fixture
def course(tmp_path):
    """A course directory without assignments."""
    (tmp_path / CONFIG_FILE).touch()
    shutil.copy(empty_gradebook(), tmp_path)
    return Course(tmp_path)


def save(course, text, encoding="utf-8"):
    path = course.root / "class.csv"
    path.write_bytes(text.encode(encoding))
    return path


def kept(course):
    """Return the roster as it lies in the course directory."""
    return [roster.Student(**row) for row in tables.read(course.root / roster.FILE, roster.COLUMNS)]


@pytest.mark.parametrize("system", SYSTEMS)
class TestSystems:
    """Each system's list, as it exports it."""

    def test_has_the_same_students(self, course, system):
        roster.take_in(course, save(course, SYSTEMS[system]()))
        names = [(one.first_name, one.last_name) for one in roster.of(course)]
        assert names == [(one.first_name, one.last_name) for one in CLASS]

    def test_gives_ids_that_are_known_there(self, course, system):
        roster.take_in(course, save(course, SYSTEMS[system]()))
        kind = "id_number" if system == "gradescope" else "username"
        assert [one.student for one in kept(course)] == [getattr(one, kind) for one in CLASS]

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    @pytest.mark.parametrize("delimiter", [";", "\t"])
    def test_is_read_with_other_delimiters_and_a_byte_order_mark(self, course, system, encoding, delimiter):
        roster.take_in(course, save(course, SYSTEMS[system]()))
        before = kept(course)
        text = SYSTEMS[system]().replace('","', f'"{delimiter}"')
        roster.take_in(course, save(course, text, encoding))
        assert kept(course) == before

    def test_is_read_whatever_the_order_of_its_columns(self, course, system):
        roster.take_in(course, save(course, SYSTEMS[system]()))
        before = kept(course)
        lines = [line[1:-1].split('"\t"' if "\t" in line else '","') for line in SYSTEMS[system]().splitlines()]
        text = "\n".join(",".join(f'"{cell}"' for cell in reversed(line)) for line in lines)
        roster.take_in(course, save(course, text))
        assert kept(course) == before


def test_formgrader_and_exports_see_the_names(course):
    roster.take_in(course, save(course, SYSTEMS["canvas"]()))
    with course.gradebook() as gradebook:
        ben = gradebook.find_student("ben")
        assert (ben.first_name, ben.last_name, ben.lms_user_id) == ("Ben", "O'Brien-Smith", "72")


def test_the_roster_itself_is_a_list_that_is_read(course):
    roster.take_in(course, save(course, SYSTEMS["moodle"]()))
    before = kept(course)
    roster.take_in(course, course.root / roster.FILE)
    assert kept(course) == before


def test_who_comes_and_goes_is_said_and_keeps_the_marks(course):
    roster.take_in(course, save(course, SYSTEMS["moodle"]()))
    change = roster.take_in(course, save(course, SYSTEMS["moodle"]().replace("ada", "eva").replace("1001", "1009")))
    assert (change.new, change.gone) == (["eva"], ["ada"])
    with course.gradebook() as gradebook:
        assert gradebook.find_student("ada").last_name == "Lovelace"


def test_another_column_may_give_the_ids(course):
    roster.take_in(course, save(course, SYSTEMS["moodle"]()), "id_number")
    assert [one.student for one in kept(course)] == [one.id_number for one in CLASS]


def test_nobody_becomes_two_students(course):
    roster.take_in(course, save(course, SYSTEMS["moodle"]()))
    with pytest.raises(ValueError, match="Ada Lovelace would be called '1001', but is 'ada' in this course"):
        roster.take_in(course, save(course, SYSTEMS["moodle"]()), "id_number")
    assert [one.student for one in kept(course)] == [one.student for one in CLASS]


@pytest.mark.parametrize("first", SYSTEMS)
@pytest.mark.parametrize("second", SYSTEMS)
def test_lists_of_two_systems_complete_each_other(course, first, second):
    roster.take_in(course, save(course, SYSTEMS[first]()))
    before = {one.student: one for one in kept(course)}
    roster.take_in(course, save(course, SYSTEMS[second]()))
    after = {one.student: one for one in kept(course)}
    assert list(after) == list(before)
    for one, whole in zip(after.values(), CLASS, strict=True):
        for name in roster.COLUMNS[1:]:
            told = getattr(one, name)
            assert told in ("", getattr(whole, name))
            assert told or not getattr(before[one.student], name)


def test_without_a_list_the_gradebook_is_the_roster(course):
    with course.gradebook() as gradebook:
        gradebook.add_student("ada", first_name="Ada", last_name="Lovelace")
    assert list(roster.of(course)) == [roster.Student("ada", "Ada", "Lovelace")]


@pytest.mark.parametrize(
    "names",
    [
        {"name": "Ada Lovelace"}, {"name": "lovelaceada"}, {"email": "ADA@uni.example"}, {"username": "ada"},
        {"lms_id": "71", "name": "someoneelse"}, {"lms_id": "999", "name": "lovelaceada"}, {"anything": "1001"},
        {"anything": "lovelace, ada"}, {"id_number": None, "email": "ada@uni.example"},
    ],
)  # fmt: skip
def test_student_is_found_by_any_name(names):
    assert roster.Roster(CLASS).find(**names) == ADA


@pytest.mark.parametrize("name", ["Ben OBrien-Smith", "obriensmithben", "BEN O\u2019BRIEN SMITH"])
def test_name_is_found_as_systems_change_it(name):
    assert roster.Roster(CLASS).find(name=name) == BEN


@pytest.mark.parametrize("name", ["Zo\u00eb M\u00fcller", "Zoe\u0308 Mu\u0308ller"])
def test_name_is_found_composed_and_decomposed(name):
    assert roster.Roster(CLASS).find(name=name) == ZOE


def test_nobody_is_taken_for_another():
    twin = replace(ADA, student="ada2", email="", username="", id_number="", lms_id="")
    with pytest.raises(LookupError, match="2 students of the roster have the name 'Ada Lovelace': ada, ada2"):
        roster.Roster([*CLASS, twin]).find(name="Ada Lovelace")
    with pytest.raises(LookupError, match="nobody of the roster is called 'Ada'"):
        roster.Roster(CLASS).find(name="Ada")
    with pytest.raises(LookupError, match="nobody of the roster is called "):
        roster.Roster([replace(ADA, email="")]).find(email="")


HEAD = "First name,Last name,Username\n"
BAD = {
    "slash": ("a/b", "'a/b' has a slash in it"),
    "climbing": ("..", "'..' begins with a dot"),
    "backslash": ("a\\b", "has a backslash in it"),
    "apostrophe": ("o'b", "has a quote in it"),
    "quote": ('"a""b"', "has a quote in it"),
    "formula": ("=1+1", "'=1+1' begins with an equals sign, as a formula does"),
    "option": ("-rf", "begins with a minus sign"),
    "right-to-left": ("ad\u202ea", "has a right-to-left or other invisible mark in it (U+202E)"),
    "zero width": ("ad\u200ba", "(U+200B)"),
    "control": ("ad\x07a", "has a control character in it (U+0007)"),
    "long": ("a" * 101, "has 101 letters, more than 100"),
    "twice": ("eve", "is that of line 2, too"),
    "capitals": ("EVE", "differs from 'eve' of line 2 by capitals only"),
}


@pytest.mark.parametrize(("student", "expected"), BAD.values(), ids=BAD)
def test_id_that_can_name_no_folder_is_told_in_one_line(course, student, expected):
    path = save(course, f"{HEAD}Eve,E,eve\nAda,L,{student}\n")
    result = course_command("roster", str(path), cwd=course.root)
    assert result.returncode == 1
    (line,) = result.stdout.strip().splitlines()
    assert line.startswith("error: class.csv, line 3: the username") and expected in line
    assert line.endswith("it is to name a folder; nothing was changed")
    assert not kept(course)
    with course.gradebook() as gradebook:
        assert not gradebook.students


BAD_FILES = {
    "no header": (b"Ada,Lovelace,ada\n", "class.csv, line 1: expected the header of a class list of Moodle"),
    "no id": (b"First name,Last name\nAda,L\n", "line 1: expected the header"),
    "empty": (b"", "class.csv: expected a table of students in CSV, got an empty file"),
    "nobody": (HEAD.encode(), "expected a line for each student below the header, got none"),
    "latin-1": (HEAD.encode() + b"Zo\xeb,M,zoe\n", "line 2: expected text in UTF-8, got the byte 0xeb"),
    "long name": (HEAD.encode() + b"A" * 129 + b",L,ada\n", "class.csv, line 2: expected at most 128 letters"),
    "open quote": (HEAD.encode() + b'Ada,"L,ada\n', "class.csv, line 2: expected a table in CSV"),
    "too many": (HEAD.encode() + b"Ada,L,ada,x\n", "line 2: expected 3 fields, got 4"),
    "a workbook": (b"PK\x03\x04\xff", "class.csv, line 1: expected text in UTF-8"),
    "missing id": (b'Student,SIS Login ID\n"L, Ada",ada\n"B, Ben",\n', "line 3: expected an id of 'B, Ben'"),
}


@pytest.mark.parametrize(("data", "expected"), BAD_FILES.values(), ids=BAD_FILES)
def test_file_that_is_no_class_list_is_told_in_one_line(course, data, expected):
    (course.root / "class.csv").write_bytes(data)
    result = course_command("roster", "class.csv", cwd=course.root)
    assert result.returncode == 1
    (line,) = result.stdout.strip().splitlines()
    assert expected in line
    assert not kept(course)


def test_several_bad_lines_are_all_told(course):
    result = course_command("roster", str(save(course, f"{HEAD}A,B,a/b\nC,D,=c\n")), cwd=course.root)
    assert "line 2" in result.stdout and "line 3" in result.stdout and "2 lines cannot be taken" in result.stdout


def test_command_says_what_it_did(course):
    result = course_command("roster", str(save(course, SYSTEMS["gradescope"]())), cwd=course.root)
    assert result.returncode == 0
    assert "4 students, 4 of them new, called by id_number" in result.stdout
    assert "left out, no student: line 6: grace@uni.example is Instructor" in result.stdout
