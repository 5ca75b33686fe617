"""A real notebook in another language, from release to marks: solutions get all points, the release as it is none."""

import nbformat
import pytest
from sources import NOTEBOOKS, ROOT

from autograders.course import Course
from autograders.demo import ANSWER, Desk, make_course
from helpers.catalogues import FOLDER

CATALOGUES = [(path.parent.name, path.stem) for path in sorted((ROOT / FOLDER).glob("*/*.po"))]
CATALOGUES = [(language, name) for language, name in CATALOGUES if name in NOTEBOOKS]


@pytest.mark.long
@pytest.mark.parametrize(("language", "name"), CATALOGUES)
def test_solutions_get_full_marks_and_the_release_none(language, name, tmp_path):
    course = Course(make_course(tmp_path / "course", ROOT).root, language=language)
    course.release(name)
    desk = Desk(course, name)
    works = {"ada": desk.answer(desk.notebook(), ANSWER), "goro": nbformat.read(desk.released, as_version=4)}
    for student, work in works.items():
        folder = course.path("submitted", name, student)
        folder.mkdir(parents=True)
        nbformat.write(work, folder / desk.name)
    done, blank = (course.grade(name, student) for student in works)
    assert done.score == sum(one.points for one in desk.exercises.values()) and done.problem is None
    assert (blank.score, blank.waiting, blank.problem) == (0, 0, None)
    ((_, judged),) = course.judged(name, "ada")
    assert judged["metadata"]["course"]["language"] == language
