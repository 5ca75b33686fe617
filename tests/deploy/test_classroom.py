"""A whole class on one machine: accounts, hub, exchange, formgrader. Real servers, over HTTP as browsers use them."""

import ast
import contextlib
import json
import pwd
import re
import subprocess
import threading

import nbformat
import pytest
import requests
from browsing import browser, needs_chromium  # noqa: F401 (a fixture)
from classroom import ADA, BEN, CHEN, COURSE, FOLDER, GRADER, INSTRUCTOR, LEARNERS, Classroom, why_not
from moodle import new_key, platform  # noqa: F401 (a fixture)
from postgres import postgres  # noqa: F401 (a fixture)
from sources import NOTEBOOKS, ROOT
from window import Window

from autograders.course import Course
from autograders.demo import Desk

pytestmark = [
    pytest.mark.slow,
    pytest.mark.long,
    pytest.mark.skipif(bool(why_not()), reason=str(why_not())),
    pytest.mark.timeout(1800),
]
NAME = "step_by_step_rnn"
NOTEBOOK = f"{NAME}/{NAME}.ipynb"
GUIDE = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def classroom(clean_copy, wheel, jail):
    """The classroom, open."""
    with Classroom(clean_copy).opened() as opened:
        yield opened


@pytest.fixture(scope="module")
def instructor(classroom):
    """The instructor, who has released the notebook from the formgrader."""
    person = classroom.log_in(INSTRUCTOR)
    person.open(f"/services/{COURSE}/lab")
    person.formgrader("POST", f"assignment/{NAME}/assign")
    person.formgrader("POST", f"assignment/{NAME}/release")
    return person


def a_learner(classroom, name):
    person = classroom.log_in(name)
    assert person.open(f"{person.home}lab").ok
    person.assignments("/fetch", assignment_id=NAME)
    return person


@pytest.fixture(scope="module")
def ada(classroom, instructor):
    """A learner who has fetched the notebook."""
    return a_learner(classroom, ADA)


@pytest.fixture(scope="module")
def ben(classroom, instructor):
    """Another one."""
    return a_learner(classroom, BEN)


@pytest.fixture(scope="module")
def desk(classroom, instructor):
    """Solutions and mistakes."""
    return Desk(Course(classroom.course), NAME)


def save(person, notebook):
    content = {"type": "notebook", "format": "json", "content": json.loads(json.dumps(notebook))}
    person.ask("PUT", f"{person.home}api/contents/{NOTEBOOK}", json=content)


def mark_of(instructor, student):
    found = {entry["student"]: entry for entry in instructor.formgrader("GET", f"submissions/{NAME}")}
    return found[student]["code_score"]


def grade(instructor, student):
    instructor.formgrader("POST", f"assignment/{NAME}/collect")
    instructor.formgrader("POST", f"submission/{NAME}/{student}/autograde")


def test_from_the_release_to_the_feedback(instructor, ada, desk):
    wrong = desk.notebook([(0, 0)], optional=False)
    save(ada, wrong)
    cells = [cell.source for cell in wrong.cells if cell.cell_type == "code"]
    exercise = next(iter(desk.exercises.values()))
    first = next(number for number, source in enumerate(cells) if f"check({exercise.name}" in source)
    opened = ada.ask("GET", f"{ada.home}api/contents/{NOTEBOOK}")["content"]
    assert [cell["source"] for cell in opened["cells"] if cell["cell_type"] == "code"] == cells
    shown = ada.run([f"%cd {NAME}", *cells[: first + 1]])
    assert exercise.mistakes[0].question.split(".")[0] in " ".join(shown[-1].split())

    assert ada.assignments("/submit", assignment_id=NAME)["submitted"]
    grade(instructor, ADA)
    assert 0 < mark_of(instructor, ADA) < 100
    instructor.formgrader("POST", f"assignment/{NAME}/{ADA}/generate_feedback")
    instructor.formgrader("POST", f"assignment/{NAME}/{ADA}/release_feedback")
    back = ada.assignments("/fetch_feedback", assignment_id=NAME)["submitted"]["submissions"][0]
    page = ada.call("GET", f"{ada.home}files/{NAME}/feedback/{back['timestamp']}/{NAME}.html").text
    assert exercise.mistakes[0].hint.split(".")[0] in " ".join(page.split())


def test_of_two_hand_ins_within_a_second_the_last_counts(instructor, ada, desk):
    save(ada, desk.notebook([(0, 0)], optional=False))
    before = len(ada.assignments("/submit", assignment_id=NAME)["submitted"]["submissions"])
    save(ada, desk.notebook(optional=False))
    handed_in = ada.assignments("/submit", assignment_id=NAME)["submitted"]["submissions"]
    assert len(handed_in) == before + 1
    grade(instructor, ADA)
    assert mark_of(instructor, ADA) == 100


@pytest.mark.parametrize("fault", ["gone", "closed"])
def test_an_exchange_that_does_not_work_is_said_and_loses_nothing(ada, fault):
    values = {"course_id": COURSE, "assignment_id": NAME}
    before = len(ada.assignments("/submit", assignment_id=NAME)["submitted"]["submissions"])
    exchange, away = FOLDER / "exchange", FOLDER / "away"
    if fault == "gone":
        exchange.rename(away)
    else:
        exchange.chmod(0o700)
    try:
        listed = ada.call("GET", f"{ada.home}assignments", params=values).json()
        handed_in = ada.call("POST", f"{ada.home}assignments/submit", data=values).json()
    finally:
        if fault == "gone":
            away.rename(exchange)
        exchange.chmod(0o1777)
    assert not listed["success"] and "exchange directory does not exist" in listed["value"]
    assert not handed_in["success"] and f"please contact your instructor: {exchange}" in handed_in["value"]
    assert len(ada.assignments()["submitted"]["submissions"]) == before


def test_an_inbound_folder_that_nobody_may_write_to_is_said_and_loses_nothing(ada):
    before = len(ada.assignments("/submit", assignment_id=NAME)["submitted"]["submissions"])
    inbound = FOLDER / "exchange" / COURSE / "inbound"
    inbound.chmod(0o755)
    try:
        values = {"course_id": COURSE, "assignment_id": NAME}
        handed_in = ada.call("POST", f"{ada.home}assignments/submit", data=values).json()
    finally:
        inbound.chmod(0o3733)
    assert not handed_in["success"] and f"write permissions to the directory: {inbound}" in handed_in["value"]
    assert len(ada.assignments()["submitted"]["submissions"]) == before


def test_another_course_is_said_and_loses_nothing(ada):
    before = len(ada.assignments("/submit", assignment_id=NAME)["submitted"]["submissions"])
    values = {"course_id": "another_course", "assignment_id": NAME}
    handed_in = ada.call("POST", f"{ada.home}assignments/submit", data=values).json()
    assert not handed_in["success"] and "another_course" in handed_in["value"]
    assert len(ada.assignments()["submitted"]["submissions"]) == before


@pytest.mark.parametrize(
    "path", [f"/user/{ADA}/lab", f"/user/{ADA}/files/{NOTEBOOK}", f"/services/{COURSE}/formgrader"]
)
def test_no_page_of_another_opens(ada, ben, path):
    assert ada.open("/hub/home").ok and ben.open(path).status_code == 403


@pytest.mark.parametrize(
    ("path", "answers"),
    [
        (f"/user/{ADA}/api/contents", [403]),
        (f"/services/{COURSE}/api/contents", [403]),
        (f"/services/{COURSE}/formgrader/api/grades", [403]),
        ("/hub/api/users", [403]),
        (f"/hub/api/users/{ADA}", [403, 404]),
        (f"/hub/api/services/{COURSE}", [403, 404]),
        (f"/user/{BEN}/formgrader/api/assignments", [404]),
    ],
)
def test_no_api_tells_of_another(ada, ben, path, answers):
    assert ada.open("/hub/home").ok and ben.call("GET", path).status_code in answers


def test_no_terminal_reaches_what_is_anothers(classroom, ada, ben):
    closed = [
        f"ls {FOLDER}/home/{ADA}", f"ls {FOLDER}/home/{GRADER}", f"cat {classroom.course}/gradebook.db",
        f"ls {classroom.course}/notebooks", f"ls {FOLDER}/hub", f"cat {FOLDER}/passwords.csv",
        f"ls {FOLDER}/exchange/{COURSE}/inbound", f"mv {FOLDER}/exchange/{COURSE} {FOLDER}/exchange/away",
        f"mkdir {FOLDER}/exchange/{COURSE}/outbound/fake", f"ls {classroom.checkout}",
        f"rm -r {FOLDER}/exchange/{COURSE}/inbound/{ADA}*",
        "python -c 'import autograders.assignments'", "cat /proc/$(pgrep -u " + GRADER + " | head -1)/environ",
        f"rm -f {FOLDER}/settings/nbgrader_config.py", f"touch {FOLDER}/environment/new",
    ]  # fmt: skip
    for command, (status, shown) in zip(closed, ben.terminal(*closed), strict=True):
        assert status != 0, f"{command}\n{shown}"
    open_to_all = [
        "python -c 'import helpers.rnn'", "course --help", f"pgrep -u {GRADER}", f"ls {FOLDER}/home",
        f"ls {FOLDER}/exchange/{COURSE}/outbound", f"ls {FOLDER}/settings/nbgrader_config.py",
    ]  # fmt: skip
    for command, (status, shown) in zip(open_to_all, ben.terminal(*open_to_all), strict=True):
        assert status == 0, f"{command}\n{shown}"


def test_the_course_command_in_a_terminal_of_the_formgrader(instructor, ada, desk):
    save(ada, desk.notebook([(0, 0)], optional=False))
    ada.assignments("/submit", assignment_id=NAME)
    instructor.formgrader("POST", f"assignment/{NAME}/collect")
    command = f"course grade {NAME} --student {ADA}"
    [(status, shown)] = instructor.terminal(command, server=f"/services/{COURSE}/")
    assert status == 0, shown
    assert 0 < mark_of(instructor, ADA) < 100


def test_each_role_has_its_buttons(instructor, ben):
    def offered(person, path):
        page = person.open(path).text
        data = json.loads(
            page.partition('id="jupyter-config-data" type="application/json">')[2].partition("</script>")[0]
        )
        off = {name.rpartition(":")[2] for name in data["disabledExtensions"]}
        return {"assignment-list", "validate-assignment", "formgrader", "create-assignment", "course-list"} - off

    assert offered(ben, f"{ben.home}lab") == {"assignment-list", "validate-assignment"}
    own = offered(instructor, f"{instructor.home}lab")
    assert own == {"assignment-list", "validate-assignment", "create-assignment", "course-list"}
    formgrader = offered(instructor, f"/services/{COURSE}/lab")
    assert formgrader == {"formgrader", "validate-assignment", "create-assignment"}
    courses = instructor.ask("GET", f"{instructor.home}formgraders")["value"]
    assert [(course["course_id"], course["kind"]) for course in courses] == [(COURSE, "jupyterhub")]


def test_the_grader_runs_as_its_own_account_and_not_as_root(classroom, ada):
    owners = {path.owner() for path in (classroom.course / "autograded").rglob("*")}
    assert owners == {GRADER}
    running = subprocess.run(["ps", "-ww", "-eo", "user:32,args"], capture_output=True, text=True).stdout.splitlines()
    servers = {line.split()[0] for line in running if f"{FOLDER}/environment/bin/jupyterhub-singleuser" in line}
    assert {GRADER, ADA} <= servers and "root" not in servers


def by_hand(source):
    """Return a solution as a learner would type it: without its docstring and comments."""
    tree = ast.parse(source)
    del tree.body[0].body[0]
    return ast.unparse(tree)


@needs_chromium[1]
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_round_in_a_browser(classroom, instructor, browser, name):  # noqa: F811
    teacher = Window(browser, classroom, INSTRUCTOR)
    teacher.open_formgrader()
    teacher.find("td.name", name)
    teacher.picture("formgrader")
    if name != NAME:  # which is released already
        teacher.manage("manage_assignments")
        teacher.button(name, "assign", "Successfully created")
        teacher.button(name, "release", "Successfully released")

    desk = Desk(Course(classroom.course), name)
    exercise = next(iter(desk.exercises.values()))
    sources = [desk.reference.edited(exercise.name, edits) for edits in (exercise.mistakes[0].edits, ())]
    wrong, right = map(by_hand, sources)
    chen = Window(browser, classroom, CHEN)
    chen.choose("Nbgrader", "Assignment List")
    chen.click("#released_assignments_list .list_item", name, "button")
    chen.find("#fetched_assignments_list .list_item", name)
    chen.picture(f"{name}-fetched")
    chen.open_notebook(f"{name}/{name}.ipynb")
    chen.type_over(f"def {exercise.name}(", wrong)
    chen.cell(f"check({exercise.name}")
    chen.choose("Run", "Run All Above Selected Cell")
    chen.run(f"check({exercise.name}")
    chen.find(".jp-OutputArea-output", " ".join(exercise.mistakes[0].question.split()[:4]))
    chen.picture(f"{name}-wrong")
    chen.type_over(f"def {exercise.name}(", right)
    chen.run(f"def {exercise.name}(")
    chen.run(f"check({exercise.name}")
    chen.find(".jp-OutputArea-output", f"{exercise.name}: right")
    seen = chen.seen()
    assert seen["images"] and seen["formulas"] > 10 and all(words for words, _ in seen["outputs"])
    if name == "jazz_lstm":
        assert any(words.startswith("Sheet music of ") for words, _ in seen["outputs"])
        assert seen["players"] and all("seconds of music" in label for label, _ in seen["players"])

    chen.type_over("YOUR ANSWER HERE", "Gates keep what is far back.", "Markdown")
    chen.choose("File", "Save Notebook")
    at_home = FOLDER / "home" / CHEN / name / f"{name}.ipynb"
    chen.until(lambda _: "Gates keep what" in at_home.read_text(encoding="utf-8"), "not saved")
    saved = nbformat.read(at_home, as_version=4)
    assert right in [cell.source for cell in saved.cells]
    chen.click(".jp-NotebookPanel-toolbar jp-button", "Validate")
    chen.find(".jp-Dialog", "not written yet")
    chen.picture(f"{name}-validated")
    chen.click(".jp-Dialog-button")
    chen.choose("Nbgrader", "Assignment List")
    chen.click("#fetched_assignments_list .list_item", name, "button")
    chen.find("#submitted_assignments_list .list_item", name)
    chen.picture(f"{name}-submitted")

    teacher = Window(browser, classroom, INSTRUCTOR)
    teacher.open_formgrader()
    teacher.manage("manage_assignments")
    teacher.button(name, "collect", "Successfully collected")
    teacher.manage(f"manage_submissions/{name}")
    teacher.button(CHEN, "autograde", "Successfully autograded")
    assert teacher.find("tbody tr", CHEN).find_element("css selector", "td.score").text == f"{exercise.points:g} / 110"
    notebooks = instructor.formgrader("GET", f"submitted_notebooks/{name}/{name}")
    (number,) = [one["id"] for one in notebooks if one["student"] == CHEN]
    teacher.manage(f"submissions/{number}/")
    teacher.find(".nbgrader_cell, #notebook", f"{exercise.name}: right")
    (answer,) = [cell.metadata.nbgrader.grade_id for cell in saved.cells if "Gates keep what" in cell.source]
    mark = teacher.find(f"input#{answer}")
    mark.send_keys("8\t")
    teacher.picture(f"{name}-marked")
    marked = {"student": CHEN, "written_score": 8}
    teacher.until(
        lambda _: any(marked.items() <= one.items() for one in instructor.formgrader("GET", f"submissions/{name}")),
        "the mark given by hand is not in the gradebook",
    )
    teacher.manage(f"manage_submissions/{name}")
    teacher.button(CHEN, "generate-feedback", "Successfully generated feedback")
    teacher.button(CHEN, "release-feedback", "Successfully released feedback")

    chen = Window(browser, classroom, CHEN)
    chen.choose("Nbgrader", "Assignment List")
    chen.click("#submitted_assignments_list .list_item", name, "button")
    chen.find("#submitted_assignments_list a", "view feedback")
    chen.until(lambda _: list(at_home.parent.glob("feedback/*/*.html")), "no page")
    (page,) = at_home.parent.glob("feedback/*/*.html")
    browser.get(f"{classroom.address}/user/{CHEN}/files/{page.relative_to(FOLDER / 'home' / CHEN)}")
    chen.find(".score", f"{exercise.points + 8:g} of 110 points")
    chen.picture(f"{name}-feedback")
    browser.get(f"{classroom.address}/user/{CHEN}/lab")
    chen.choose("Nbgrader", "Assignment List")
    chen.click("#fetched_assignments_list .list_item", name, "button")
    times = "return document.querySelectorAll('#submitted_assignments_list .list_item .list_item').length"
    chen.until(lambda _: browser.execute_script(times) >= 2, "not handed in again")


def test_a_restart_loses_nothing(classroom, instructor, ada):
    mark = mark_of(instructor, ADA)
    assert "the classroom is closed" in classroom.do("stop")
    running = subprocess.run(["ps", "-ww", "-eo", "user:32,args"], capture_output=True, text=True).stdout
    assert str(FOLDER) not in running and ADA not in running
    assert "the classroom was not running" in classroom.do("stop")
    exchange = FOLDER / "exchange"
    modes = {path: path.stat().st_mode for path in (exchange, exchange / COURSE, exchange / COURSE / "inbound")}
    for path in reversed(modes):
        path.chmod(0o700)
    assert "the classroom is open" in classroom.do("start")
    assert {path: path.stat().st_mode for path in modes} == modes
    assert "runs already" in classroom.do("start")
    assert ada.open("/hub/spawn").url.endswith(f"{ada.home}lab")  # still logged in
    assert ada.assignments()["fetched"] and ada.assignments()["submitted"]
    instructor.open(f"/services/{COURSE}/lab")
    assert mark_of(instructor, ADA) == mark


def test_a_restart_in_the_middle_of_a_hand_in_loses_nothing(classroom, instructor, ada, desk):
    notebook = desk.notebook(optional=False)
    save(ada, notebook)
    stopping = threading.Thread(target=classroom.do, args=["stop"])
    stopping.start()
    while stopping.is_alive():
        with contextlib.suppress(OSError):  # the hub is gone
            ada.call("POST", f"{ada.home}assignments/submit", data={"course_id": COURSE, "assignment_id": NAME})
    assert "the classroom is open" in classroom.do("start")
    ada.open("/hub/spawn")
    kept = ada.ask("GET", f"{ada.home}api/contents/{NOTEBOOK}")["content"]
    assert [one["source"] for one in kept["cells"]] == [one.source for one in notebook.cells]
    assert ada.assignments("/submit", assignment_id=NAME)["submitted"]
    instructor.open(f"/services/{COURSE}/lab")
    grade(instructor, ADA)
    assert mark_of(instructor, ADA) == 100


def test_on_a_new_machine_accounts_get_homes_and_passwords_back(classroom, ada):
    classroom.do("stop")
    numbers = {name: pwd.getpwnam(name).pw_uid for name in (INSTRUCTOR, GRADER, *LEARNERS)}
    for name in numbers:
        subprocess.run(["userdel", name], check=True)
    waiting = classroom.begin("start", "--wait")
    assert any("the classroom is open" in line for line in waiting.stdout)
    again = classroom.log_in(ADA)
    assert again.open("/hub/spawn").ok and again.assignments()["fetched"]
    assert {name: pwd.getpwnam(name).pw_uid for name in numbers} == numbers
    waiting.terminate()
    assert waiting.communicate()[0].splitlines() == ["the classroom is closed"]
    assert "the classroom is open" in classroom.do("start")
    assert ada.open("/hub/spawn").ok


def test_hub_and_gradebook_in_postgresql(classroom, instructor, ada, desk, postgres):  # noqa: F811
    save(ada, desk.notebook(optional=False))
    ada.assignments("/submit", assignment_id=NAME)
    instructor.formgrader("POST", f"assignment/{NAME}/collect")
    classroom.do("stop")
    classroom.write_settings(hub_db=f"{postgres}hub", gradebook_db=f"{postgres}gradebook")
    said = classroom.do("start")
    assert "the classroom is open" in said, said
    teacher = classroom.log_in(INSTRUCTOR)
    teacher.open(f"/services/{COURSE}/lab")
    teacher.formgrader("POST", f"assignment/{NAME}/assign")
    teacher.formgrader("POST", f"submission/{NAME}/{ADA}/autograde")
    assert mark_of(teacher, ADA) == 100
    classroom.do("stop")
    classroom.write_settings()
    assert "the classroom is open" in classroom.do("start")
    again = classroom.log_in(ADA)
    assert again.open("/hub/spawn").ok and again.assignments()["submitted"]


@pytest.fixture
def lti(classroom):
    """The package by which a hub takes logins from a learning platform, in the classroom's environment."""
    pip = [FOLDER / "environment" / "bin" / "python", "-m", "pip", "--quiet"]
    command = re.search(r"pip install (jupyterhub-ltiauthenticator\S*[\w.])", GUIDE)
    if subprocess.run([*pip, "install", "--root-user-action=ignore", "--retries", "1", command[1]]).returncode:
        pytest.skip(f"{command[1]} cannot be had here")
    yield
    subprocess.run([*pip, "uninstall", "--root-user-action=ignore", "--yes", "jupyterhub-ltiauthenticator"], check=True)


def test_a_login_from_a_learning_platform(classroom, lti, platform):  # noqa: F811
    lines = "\n".join(re.findall(r"^    (c\..*LTI13.*)$", GUIDE, re.M))
    own = lines.replace("https://moodle.example.org", platform.address).replace("CLIENT_ID", platform.client)
    classroom.do("stop")
    (FOLDER / "hub" / "own_config.py").write_text(own, encoding="utf-8")
    try:
        assert "the classroom is open" in classroom.do("start")
        ada, stranger, forger = requests.Session(), requests.Session(), requests.Session()
        answer = platform.open_tool(ada, classroom.address, ADA)
        assert answer.ok and f"/hub/spawn-pending/{ADA}" in answer.url
        assert platform.open_tool(stranger, classroom.address, "rnntest-stranger").status_code == 403
        assert platform.open_tool(forger, classroom.address, ADA, key=new_key()).status_code == 400
        home = f"{classroom.address}/hub/home"
        seen = [one.get(home, allow_redirects=False).status_code for one in (ada, stranger, forger)]
        assert seen == [200, 302, 302]  # who is not logged in is sent to the login
    finally:
        classroom.do("stop")
        (FOLDER / "hub" / "own_config.py").unlink()
        assert "the classroom is open" in classroom.do("start")
