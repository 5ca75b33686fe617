"""What was handed in through other systems comes into `submitted/`: everybody's, to its place, and nothing else."""

import shutil
import stat
import zipfile
from dataclasses import asdict, replace
from datetime import timedelta

import downloads
import pytest
from class_lists import ADA, BEN, CHI, CLASS, ZOE
from downloads import LAYOUTS, TELL_THE_TIME, WHEN, zipped
from hostile.assignment import source_notebook
from nbformat import write as write_notebook
from nbgrader.utils import parse_utc
from small_course import course_command, empty_gradebook

from autograders.collect import archive, roster, tables
from autograders.collect import collecting as collect
from autograders.course import CONFIG_FILE, Course

pytestmark = pytest.mark.slow

WORK = {one: f'{{"of": "{one.student}"}}'.encode() for one in CLASS}
LATER = {one: data + b"\n" for one, data in WORK.items()}


@pytest.fixture
def course(tmp_path):
    """A course with one assignment and a roster."""
    root = tmp_path / "course"
    for name in ("small",):
        add_assignment(root, name)
    (root / CONFIG_FILE).write_text("c = get_config()\nc.CourseDirectory.source_directory = 'notebooks'\n")
    shutil.copy(empty_gradebook(), root)
    tables.write(root / roster.FILE, roster.COLUMNS, map(asdict, CLASS))
    return Course(root)


def add_assignment(root, name):
    folder = root / "notebooks" / name
    folder.mkdir(parents=True)
    write_notebook(source_notebook(), folder / f"{name}.ipynb")


def collected(course, files, *arguments):
    """Collect by the command; return its result."""
    path = course.root.parent / "download.zip"
    path.write_bytes(files if isinstance(files, bytes) else zipped(files))
    return course_command("collect", str(path), *arguments, cwd=course.root)


def submitted(course, top="submitted"):
    """Return {path: bytes} of what lies in `submitted/`."""
    folder = course.root / top
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def works(course):
    return {path: data for path, data in submitted(course).items() if not path.endswith("timestamp.txt")}


EVERYBODY = {f"{one.student}/small/small.ipynb": data for one, data in WORK.items()}


@pytest.mark.parametrize("system", LAYOUTS)
class TestSystems:
    """Each system's layout."""

    def test_everybodys_work_comes_to_its_place(self, course, system):
        result = collected(course, LAYOUTS[system](WORK))
        assert result.returncode == 0, result.stdout
        assert "collected: 4 new" in result.stdout
        assert works(course) == EVERYBODY

    def test_folder_is_as_good_as_an_archive(self, course, system, tmp_path):
        for name, data in LAYOUTS[system](WORK).items():
            path = tmp_path / "unpacked" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        result = course_command("collect", str(tmp_path / "unpacked"), cwd=course.root)
        assert result.returncode == 0, result.stdout
        assert works(course) == EVERYBODY

    def test_time_is_taken_where_the_archive_tells_it(self, course, system):
        collected(course, LAYOUTS[system](WORK))
        stamp = course.path("submitted", "small", "ada") / "timestamp.txt"
        assert stamp.exists() == (system in TELL_THE_TIME)
        if stamp.exists():
            assert parse_utc(stamp.read_text(encoding="ascii").strip()) == WHEN.replace(tzinfo=None)

    def test_same_archive_again_changes_nothing(self, course, system):
        collected(course, LAYOUTS[system](WORK))
        before = submitted(course)
        result = collected(course, LAYOUTS[system](WORK))
        assert (result.returncode, "collected: 4 as they were" in result.stdout) == (0, True)
        assert submitted(course) == before and not (course.root / "earlier").exists()

    def test_dry_run_writes_nothing(self, course, system):
        result = collected(course, LAYOUTS[system](WORK), "--dry-run")
        assert (result.returncode, "would be collected: 4 new" in result.stdout) == (0, True)
        assert not (course.root / "submitted").exists() and not (course.root / collect.FILE).exists()

    def test_earlier_work_is_kept_aside(self, course, system):
        collected(course, LAYOUTS[system](WORK))
        result = collected(course, LAYOUTS[system]({**LATER, ADA: WORK[ADA]}))
        assert (
            "collected: 1 as they were, 3 handed in anew" in result.stdout or "3 handed in anew, 1 as" in result.stdout
        )
        assert "the earlier submission is kept in earlier/ben/small/" in result.stdout
        assert works(course)["ben/small/small.ipynb"] == LATER[BEN]
        assert submitted(course, "earlier")["ben/small/001/small.ipynb"] == WORK[BEN]

    def test_stranger_is_told_and_the_others_are_collected(self, course, system):
        eve = replace(
            ADA, student="eve", first_name="Eve", last_name="X", username="eve", id_number="9", email="e@x", lms_id="9"
        )
        result = collected(course, LAYOUTS[system]({**WORK, eve: b"{}"}))
        assert result.returncode == 1
        assert "not collected" in result.stdout and "nobody of the roster" in result.stdout
        assert works(course) == EVERYBODY


def test_canvas_says_who_was_late(course):
    collected(course, downloads.canvas(WORK, late=[CHI]))
    rows = {row["student"]: row["late"] for row in tables.read(course.root / collect.FILE, collect.COLUMNS)}
    assert rows == {"ada": "", "ben": "", "chi": "yes", "zoe": ""}


class TestWorksheet:
    """Moodle's archive tells neither times nor addresses; its grading worksheet does."""

    @pytest.mark.parametrize("layout", ["moodle", "old_moodle", "flat_moodle"])
    def test_tells_times_and_keeps_namesakes_apart(self, course, layout):
        twin = replace(ADA, student="ada2", email="ada2@uni.example", username="", id_number="", lms_id="")
        work = {**WORK, twin: b'{"of": "ada2"}'}
        tables.write(course.root / roster.FILE, roster.COLUMNS, map(asdict, work))
        (course.root / "sheet.csv").write_bytes(downloads.worksheet(work))
        result = collected(course, LAYOUTS[layout](work), "--worksheet", str(course.root / "sheet.csv"))
        assert result.returncode == 0, result.stdout
        assert works(course) == EVERYBODY | {"ada2/small/small.ipynb": work[twin]}
        stamp = (course.path("submitted", "small", "ben") / "timestamp.txt").read_text(encoding="ascii")
        assert parse_utc(stamp.strip()) == WHEN.replace(second=0, tzinfo=None)

    @pytest.mark.parametrize(
        ("before", "after", "expected"),
        [(b"Identifier", b"Number", "line 1: expected Moodle's grading worksheet, got no column Identifier"),
         (b"Participant 5", b"Participant 6", "expected the worksheet of these hand-ins, got one of others"),
         (b"-,-", b"never,-", "line 6: expected a date and time, got 'never'")],
    )  # fmt: skip
    def test_that_is_none_is_told_in_one_line(self, course, before, after, expected):
        (course.root / "sheet.csv").write_bytes(downloads.worksheet(WORK).replace(before, after))
        result = collected(course, downloads.moodle(WORK), "--worksheet", str(course.root / "sheet.csv"))
        (line,) = result.stdout.strip().splitlines()
        assert result.returncode == 1 and line.startswith("error: sheet.csv") and line.endswith(expected)
        assert not submitted(course)


def test_last_attempt_counts_whatever_the_order(course):
    before = downloads.blackboard({ADA: b"{}"}, WHEN - timedelta(days=1))
    result = collected(course, downloads.blackboard(WORK) | before)
    assert (result.returncode, works(course)) == (0, EVERYBODY)
    assert "ada, small: 2 hand-ins, the last counts" in result.stdout


def test_time_of_earlier_work_is_not_that_of_the_new_one(course):
    collected(course, downloads.gradescope(WORK))
    with course.gradebook() as gradebook:
        gradebook.add_assignment("small")
        for student in ("ada", "ben"):
            gradebook.add_student(student)
            gradebook.add_submission("small", student, timestamp=WHEN.replace(tzinfo=None))
    collected(course, downloads.canvas({ADA: LATER[ADA], BEN: WORK[BEN]}))
    with course.gradebook() as gradebook:
        times = [gradebook.find_submission("small", student).timestamp for student in ("ada", "ben")]
    assert times == [None, WHEN.replace(tzinfo=None)]
    assert not (course.path("submitted", "small", "ada") / "timestamp.txt").exists()
    assert (course.path("submitted", "small", "ben") / "timestamp.txt").exists()


def test_older_archive_takes_nothing_back(course):
    collected(course, downloads.gradescope(LATER))
    result = collected(course, downloads.gradescope(WORK, WHEN - timedelta(days=1)))
    assert "4 older than what is there" in result.stdout
    assert works(course)["ada/small/small.ipynb"] == LATER[ADA]


def test_work_of_a_team_is_everybodys(course):
    files = downloads.gradescope({ADA: WORK[ADA]})
    path = next(iter(files))
    files[path] = files[path].replace(
        b"  :created_at", f"  - :name: Zoe\n    :email: {ZOE.email}\n  :created_at".encode()
    )
    assert collected(course, files).returncode == 0
    assert works(course) == {f"{student}/small/small.ipynb": WORK[ADA] for student in ("ada", "zoe")}


@pytest.mark.parametrize("name", ["Friday_77_assignsubmission_file/rnn.ipynb", "friday_72_9001_rnn.ipynb"])
def test_work_of_a_group_is_everybodys(course, name):
    result = collected(course, {name: b"{}"})
    assert (result.returncode, "another name" in result.stdout) == (0, False)
    assert set(works(course)) == {f"{student}/small/small.ipynb" for student in ("ben", "chi")}


def test_work_that_may_be_a_teams_is_told(course):
    result = collected(course, {"projectx_72_9001_rnn.ipynb": b"{}"})
    assert set(works(course)) == {"ben/small/small.ipynb"}
    assert "collected for ben, whose number it bears, though 'projectx' is another name" in result.stdout


def test_work_of_nobody_is_told(course):
    files = downloads.gradescope(WORK)
    path = next(iter(files))
    files[path] = files[path].replace(
        b"submission_880:\n  :submitters:\n", b"submission_880:\n  :submitters: []\n  :x:\n"
    )
    result = collected(course, files)
    assert (result.returncode, "the system names nobody who handed it in" in result.stdout) == (1, True)
    assert works(course) == {path: data for path, data in EVERYBODY.items() if "ada" not in path}


def test_user_names_with_low_lines(course):
    tables.write(course.root / roster.FILE, roster.COLUMNS, [asdict(replace(ADA, student="a_l", username="a_l"))])
    collected(
        course,
        {
            name: data
            for name, data in downloads.blackboard({replace(ADA, username="a_l"): b"{}"}).items()
            if not name.endswith(".txt")
        },
    )
    assert list(works(course)) == ["a_l/small/small.ipynb"]


def test_archive_of_the_learners_is_opened(course):
    inner = zipped({"my work/rnn.ipynb": WORK[ADA], "my work/data/a.csv": b"1"})
    collected(course, {path.replace(".ipynb", ".zip"): inner for path in downloads.moodle({ADA: b""})})
    assert works(course) == {"ada/small/small.ipynb": WORK[ADA], "ada/small/my work/data/a.csv": b"1"}


def test_of_two_notebooks_with_one_name_none_is_lost(course):
    collected(course, {f"{FOLDER}/rnn.ipynb": b"1", f"{FOLDER}/old/rnn.ipynb": b"2"})
    assert works(course) == {"ada/small/rnn.ipynb": b"1", "ada/small/old/rnn.ipynb": b"2"}


@pytest.mark.parametrize("stamp", ["nonsense", "9999-99-99 00:00:00 UTC", ""])
def test_time_that_is_none_stops_nothing(course, stamp):
    files = {path: data for path, data in downloads.in_folders(WORK).items()}
    files["submitted/ada/small/timestamp.txt"] = stamp.encode()
    result = collected(course, files)
    assert (result.returncode, submitted(course)) == (0, EVERYBODY)


def test_attempt_at_no_time_is_told(course):
    files = {
        path.replace("2026-11-03", "2026-99-99") if "_ada_" in path else path: data
        for path, data in downloads.blackboard(WORK).items()
    }
    result = collected(course, files)
    assert (result.returncode, "expected the time of an attempt in its name, got 2026-99-99" in result.stdout) == (
        1,
        True,
    )
    assert works(course) == {path: data for path, data in EVERYBODY.items() if "ada" not in path}


@pytest.mark.parametrize("zone", ["UTC", "CET"])
def test_time_of_the_exchange_has_a_zone(course, zone):
    collected(course, {f"ada+small+2026-11-03 18:30:05.000000 {zone}/rnn.ipynb": b"{}"})
    stamp = submitted(course)["ada/small/timestamp.txt"].decode()
    assert stamp == f"2026-11-03 {18 if zone == 'UTC' else 17}:30:05 UTC\n"


@pytest.mark.parametrize("stamp", [b"2026-11-03 18:30:05 Europe/Berlin", b"2026-11-03T18:30:05+01:00"])
def test_time_of_a_copied_submission_has_a_zone(course, stamp):
    collected(course, {"ada/small/rnn.ipynb": b"{}", "ada/small/timestamp.txt": stamp})
    assert submitted(course)["ada/small/timestamp.txt"] == b"2026-11-03 17:30:05 UTC\n"


def test_time_that_a_learner_wrote_is_not_taken(course):
    folder = next(iter(downloads.moodle({ADA: b""}))).partition("/")[0]
    collected(course, {f"{folder}/rnn.ipynb": b"{}", f"{folder}/timestamp.txt": b"2001-01-01 00:00:00 UTC"})
    assert list(submitted(course)) == ["ada/small/small.ipynb"]


def test_learners_path_does_not_choose_another_learner(course):
    folder = next(iter(downloads.moodle({ADA: b""}))).partition("/")[0]
    other = next(iter(downloads.moodle({BEN: b""}))).partition("/")[0]
    collected(course, {f"{folder}/{other}/rnn.ipynb": b"{}"})
    assert list(submitted(course)) == ["ada/small/small.ipynb"]


class TestSeveralAssignments:
    """A course with more than one assignment: names tell, or the instructor does."""

    def test_names_tell(self, course):
        add_assignment(course.root, "large")
        files = {f"submitted/ada/{name}/{name}.ipynb": name.encode() for name in ("small", "large")}
        assert collected(course, files).returncode == 0
        assert works(course) == {f"ada/{name}/{name}.ipynb": name.encode() for name in ("small", "large")}

    def test_else_it_is_asked(self, course):
        add_assignment(course.root, "large")
        result = collected(course, downloads.moodle(WORK))
        assert result.returncode == 1
        assert result.stdout.count("say `course collect ARCHIVE ASSIGNMENT`") == 4
        assert collected(course, downloads.moodle(WORK), "small").returncode == 0
        assert works(course) == EVERYBODY

    def test_unknown_one_is_refused(self, course):
        result = collected(course, downloads.moodle(WORK), "smal")
        assert (result.returncode, "(small), got smal" in result.stdout) == (1, True)


def link(name):
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


FOLDER = "Ada Lovelace_5000_assignsubmission_file"
BOMB = bytes(archive.RATIO_FROM_BYTES + 1)
UNSAFE = {
    "climbing": ([(f"{FOLDER}/../../x.ipynb", b"{}")], "leads out of the archive"),
    "absolute": ([("/etc/x.ipynb", b"{}")], "leads out of the archive"),
    "backslashes": ([(f"{FOLDER}\\..\\..\\x.ipynb", b"{}")], "leads out of the archive"),
    "drive": ([("C:\\x.ipynb", b"{}")], "leads out of the archive"),
    "link": ([(link(f"{FOLDER}/rnn.ipynb"), b"/etc/passwd")], "is a link or a device, not a file"),
    "bomb": ([(f"{FOLDER}/rnn.ipynb", BOMB)], "that is a zip bomb"),
}


@pytest.mark.parametrize(("files", "expected"), UNSAFE.values(), ids=UNSAFE)
def test_unsafe_archive_is_refused_in_one_line_before_anything_is_written(course, files, expected):
    result = collected(course, zipped([*downloads.moodle({BEN: b"{}"}).items(), *files]))
    assert result.returncode == 1
    (line,) = result.stdout.strip().splitlines()
    assert line.startswith("error: ") and expected in line and line.endswith("Nothing was collected")
    assert not (course.root / "submitted").exists()


def test_archive_of_two_gigabytes_is_refused(course, monkeypatch):
    with open(course.root / "large.zip", "wb") as stream:
        stream.truncate(archive.MAX_BYTES + 1)
    result = course_command("collect", "large.zip", cwd=course.root)
    assert "error: large.zip is of 2.0 GB: expected at most 2 GB; collect it in parts" in result.stdout
    monkeypatch.setattr(archive, "MAX_BYTES", 10)
    with pytest.raises(ValueError, match="holds 0.0 GB in 4 files: expected at most"):
        path = course.root.parent / "folder"
        for name, data in downloads.moodle(WORK).items():
            (path / name).parent.mkdir(parents=True)
            (path / name).write_bytes(data)
        collect.collect(course, path)
    assert not (course.root / "submitted").exists()


def test_link_in_a_folder_is_refused(course, tmp_path):
    folder = tmp_path / "unpacked" / "ada"
    folder.mkdir(parents=True)
    (folder / "rnn.ipynb").symlink_to("/etc/passwd")
    result = course_command("collect", str(folder.parent), cwd=course.root)
    assert "error: ada/rnn.ipynb is a symbolic link, not a file. Nothing was collected" in result.stdout
    assert not (course.root / "submitted").exists()


def damaged(files):
    """Return an archive in which the last file's content is not what its checksum says."""
    data = bytearray(zipped([*files.items(), (zipfile.ZipInfo(f"{FOLDER}/rnn.ipynb"), b"{}")]))
    with zipfile.ZipFile(downloads.io.BytesIO(bytes(data))) as opened:
        at = opened.infolist()[-1].header_offset
    data[at + 14] ^= 1
    central = data.rindex(b"PK\x01\x02")
    data[central + 16] ^= 1
    return bytes(data)


LEFT = {
    "damaged": (damaged(downloads.moodle({BEN: b"{}"})), "cannot be unpacked: Bad CRC-32"),
    "no notebook": ({f"{FOLDER}/report.pdf": b"%PDF"}, "no notebook is in it, but report.pdf"),
    "too many": ({f"{FOLDER}/{n}.ipynb": b"{}" for n in range(2001)}, "in 2001 files were handed in"),
    "long name": ({f"{FOLDER}/{'n' * 201}.ipynb": b"{}"}, "longer than 200 bytes"),
    "file twice": ({f"{FOLDER}/{name}": b"" for name in ("a.ipynb", "b", "b/c")}, "both a file and a folder"),
    "bomb inside": ({f"{FOLDER}/a.zip": zipped({"rnn.ipynb": BOMB})}, "that is a zip bomb"),
    "climbing inside": ({f"{FOLDER}/a.zip": zipped({"../rnn.ipynb": b""})}, "leads out of the archive"),
    "no archive inside": ({f"{FOLDER}/a.zip": b"?"}, "got a file that is none"),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), LEFT.values(), ids=LEFT)
def test_hand_in_that_cannot_be_taken_is_told_and_the_others_are_collected(course, files, expected):
    result = collected(course, files if isinstance(files, bytes) else downloads.moodle({BEN: b"{}"}) | files)
    assert result.returncode == 1
    assert "not collected: Ada Lovelace" in result.stdout and expected in result.stdout
    assert list(works(course)) == ["ben/small/small.ipynb"]
    assert [path.name for path in (course.root / "submitted").iterdir()] == ["ben"]
    assert not list(course.root.rglob(".collect-*"))


def test_two_of_the_same_name_are_told(course):
    twin = replace(ADA, student="ada2", email="", username="", id_number="", lms_id="")
    tables.write(course.root / roster.FILE, roster.COLUMNS, map(asdict, (*CLASS, twin)))
    result = collected(course, downloads.moodle(WORK))
    assert (result.returncode, "2 students of the roster have the name 'Ada Lovelace': ada, ada2" in result.stdout) == (
        1,
        True,
    )
    assert works(course) == {path: data for path, data in EVERYBODY.items() if "ada" not in path}


@pytest.mark.parametrize("student", ["a/b", "a'b", 'a"b', "=1+1", "a\u202eb", ".."])
def test_id_that_can_name_no_folder_is_told_in_one_line(course, student):
    """A roster that was edited by hand; `course roster` itself takes no such line."""
    tables.write(course.root / roster.FILE, roster.COLUMNS, [asdict(replace(ADA, student=student)), asdict(BEN)])
    result = collected(course, downloads.moodle({ADA: WORK[ADA], BEN: WORK[BEN]}))
    (line,) = [one for one in result.stdout.splitlines() if one.startswith("not collected: Ada")]
    assert result.returncode == 1 and line.endswith("and is to name a folder: correct it in the roster")
    assert works(course) == {"ben/small/small.ipynb": WORK[BEN]}


def test_roster_is_asked_for_first(course):
    (course.root / roster.FILE).unlink()
    result = collected(course, downloads.moodle(WORK))
    assert (result.returncode, "error: nobody is in the roster yet: run `course roster FILE`" in result.stdout) == (
        1,
        True,
    )


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"no archive", "download.zip: expected a zip archive or a folder"),
        (zipped({"submission_metadata.yml": b"- a"}), "submission_metadata.yml: expected what Gradescope writes"),
        (zipped({"submission_metadata.yml": b"a: !!python/object:os.system x"}), "expected what Gradescope writes"),
    ],
)
def test_what_is_no_archive_is_told(course, data, expected):
    result = collected(course, data)
    assert (result.returncode, len(result.stdout.strip().splitlines())) == (1, 1)
    assert expected in result.stdout
