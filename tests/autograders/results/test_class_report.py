"""The class report of a made-up class: who and what is in it, its numbers, its groups, and how its pages are built."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from types import SimpleNamespace
from urllib.parse import unquote, urldefrag

import made_up_class
import pytest
from made_up_class import NAME
from scipy.stats import pointbiserialr
from small_course import NAME as SMALL
from small_course import WRONG, Class

from autograders.results import class_report
from autograders.results.item_analysis import Answer, Item

SIZE = 80
EMPTY = {"meta", "link", "br", "img", "input", "wbr", "hr"}
ATTACK = "</code></pre><script>attack()</script><img src=x onerror='attack()'>"
COLOURS = ("#1f2328", "#57606a", "#0b5cad", "#a40e26")  # of letters
GROUNDS = ("#ffffff", "#f6f8fa")
CELLS = {"full": "#dafbe1", "some": "#fff8c5", "none": "#ffebe9"}


class Page(HTMLParser):
    """A page as a list of elements: tag, attributes, the text inside, and the tags around it."""

    def __init__(self, path):
        super().__init__()
        self.path, self.source = path, path.read_text(encoding="utf-8")
        self.all, self.open = [], []
        self.feed(self.source)
        self.close()
        assert self.open == [], f"{path}: not closed: {[one.tag for one in self.open]}"

    def handle_starttag(self, tag, attributes):
        one = SimpleNamespace(tag=tag, text="", inside=[*self.open], **{"attrs": dict(attributes)})
        self.all.append(one)
        if tag not in EMPTY:
            self.open.append(one)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1].tag == tag, f"{self.path}: </{tag}> closes {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data):
        for one in self.open:
            one.text += data

    def find(self, *tags):
        return [one for one in self.all if one.tag in tags]

    def rows(self, table_id):
        """Return the cells of each row of a table's body."""
        table = next(one for one in self.find("table") if one.attrs.get("id") == table_id)
        rows = [one for one in self.find("tr") if table in one.inside and any(o.tag == "tbody" for o in one.inside)]
        return [[one for one in self.find("th", "td") if row in one.inside] for row in rows]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The made-up class; one learner's name, code and notes are an attack."""
    found = made_up_class.make(tmp_path_factory.mktemp("class") / "course", SIZE)
    made_up_class.write_roster(found)
    path = found.course.path("autograded", NAME, found.results[3].student) / f"{NAME}.ipynb"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("    raise NotImplementedError", ATTACK).replace("    return ", ATTACK), encoding="utf-8"
    )
    found.results[3].notes.append(ATTACK)
    return found


@pytest.fixture(scope="module")
def data(made):
    return class_report.collect(made.course, NAME, made.results)


@pytest.fixture(scope="module")
def pages(made):
    first = class_report.write(made.course, NAME, made.results)
    return [Page(path) for path in (first, *sorted(first.with_suffix("").glob("*.html")))]


@pytest.fixture(scope="module")
def first(pages):
    return pages[0]


class TestMarks:
    def test_everybody_is_in_the_table_once_and_in_order(self, made, first):
        shown = [row[0].text.split()[0] for row in first.rows("marks-table")]
        assert shown == [one.student for one in made.results]

    def test_everybody_is_in_the_bars(self, made, first):
        counts = class_report.bins([one.percent for one in made.results])
        assert sum(count for *_, count in counts) == SIZE
        (bars,) = first.find("ol")
        shown = [one.text.split() for one in first.find("li") if bars in one.inside]
        assert shown == [[*([str(count)] if count else []), f"{low}–{high}"] for low, high, count in counts]

    @pytest.mark.parametrize("percents, last", [([100, 100, 90], 3), ([110, 89.9], 1), ([0, -5], 0)])
    def test_full_marks_and_more_are_in_the_last_bar(self, percents, last):
        counts = class_report.bins(percents)
        assert counts[-1] == (90, 100, last)
        assert sum(count for *_, count in counts) == len(percents)

    def test_who_has_not_handed_in_is_told(self, made, first):
        after = first.source.partition(f"Not handed in: {len(made.absent)}</h2>")[2].partition("<h2")[0]
        assert re.findall(r"s\d{4}", after) == made.absent

    def test_cells_sort_by_what_they_show(self, made, data, first):
        for row, result in zip(first.rows("marks-table"), made.results, strict=True):
            assert float(row[1].attrs["data-sort"]) == result.score
            assert float(row[-2].attrs["data-sort"]) == result.handed_in.timestamp()
            assert ("1 day 3 hours late" in row[-2].text) == ("late: −5" in row[1].text) == bool(result.late)
            for cell, item in zip(row[2:-2], data["items"], strict=True):
                answer = item.answers[result.student]
                assert cell.attrs["data-sort"] == ("" if answer.share is None else str(answer.share))
                assert cell.text.strip().startswith(answer.text)

    def test_names_and_groups_are_those_of_the_roster(self, made, first):
        for n, row in enumerate(first.rows("marks-table")):
            assert row[0].text.split() == [made.results[n].student, f"First{n:03}", f"Last{n:03}"]
            assert row[0].attrs["data-sort"] == f"Last{n:03} First{n:03} {made.results[n].student}"
            assert row[0].inside[-1].attrs["data-group"] == "AB"[n % 2]
        assert [one.text for one in first.find("option")] == ["all", "A", "B"]

    def test_without_a_roster_the_gradebook_tells_who_is_in_the_class(self, made, first):
        roster = made.course.root / "roster.csv"
        roster.unlink()
        try:
            page = Page(class_report.write(made.course, NAME, made.results))
        finally:
            made_up_class.write_roster(made)
            class_report.write(made.course, NAME, made.results)
        assert f"Not handed in: {len(made.absent)}" in page.source and "First001" not in page.source
        assert not page.find("select")

    def test_a_mark_by_hand_is_shown_instead_of_the_graders(self, made, data):
        item = data["items"][0]
        result = next(one for one in made.results if item.answers[one.student].score == 0)
        frames = {cell: mark for one in made.results for cell, mark in one.exercises.items()}
        cell = next(iter(frames), (NAME, "test_rnn_cell_forward"))
        changed = replace(result, exercises={cell: (item.points, item.points)})
        again = class_report.collect(made.course, NAME, [changed])["items"][0].answers[result.student]
        assert (again.text, again.colour, again.by_hand) == (f"{item.points:g}", "full", True)
        assert item.answers[result.student].colour == "none"

    def test_the_graders_own_mark_is_not_called_a_persons(self, made, data):
        item = data["items"][0]
        result = made.results[0]
        score = item.answers[result.student].verdict["score"]
        changed = replace(result, exercises={(NAME, "test_rnn_cell_forward"): (score, item.points)})
        assert not class_report.collect(made.course, NAME, [changed])["items"][0].answers[result.student].by_hand


class TestExercises:
    def test_numbers_are_those_of_the_verdicts(self, made, data):
        for item in data["items"]:
            counted = [
                one
                for one in item.answers.values()
                if not one.unread and one.share is not None and (item.points or one.written)
            ]
            assert item.difficulty == pytest.approx(sum(one.share for one in counted) / len(counted))
            if item.points:
                assert item.mean == pytest.approx(item.difficulty * item.points)

    def test_discrimination_is_the_point_biserial_correlation_with_the_rest(self, made, data):
        seen = 0
        for item in data["items"]:
            rests, solved = [], []
            for one in item.counted:
                if one.share is None:
                    continue
                others = [other for other in data["items"] if other.name != item.name and other.points]
                marks = [mark for other in others if (mark := other.answers[one.student].score) is not None]
                rests.append(
                    sum(marks) / (sum(other.points for other in others) - (10 if len(marks) < len(others) else 0))
                )
                solved.append(one.share == 1)
            if 0 < sum(solved) < len(solved):
                assert item.discrimination(data["items"]) == pytest.approx(pointbiserialr(solved, rests).statistic)
                seen += 1
        assert seen > 5

    @pytest.mark.parametrize("scores", [[1, 1, 1], [0, 0], [1], []])
    def test_where_all_are_alike_there_is_no_discrimination(self, scores):
        answers = {f"s{n}": Answer(f"s{n}", score, 1.0) for n, score in enumerate(scores)}
        items = [Item(name, 1.0, answers) for name in "ab"]
        assert items[0].discrimination(items) is None

    def test_groups_hold_equals_and_all_of_them(self, made, data):
        for item in data["items"]:
            found = {frozenset(group.students) for group in item.groups}
            assert found == {frozenset(who) for (name, _), who in made.wrong.items() if name == item.name and who}
            assert [group.size for group in item.groups] == sorted((group.size for group in item.groups), reverse=True)
            for group in item.groups:
                assert len({one.verdict["sketch"] for one in group.answers}) == 1
                assert group.specimen.code and f"def {item.name}(" in group.specimen.code

    def test_answers_of_different_seeds_are_in_different_groups(self):
        verdict = {"parts": [{"part": "a", "ok": False, "message": "no"}], "mistakes": [], "sketch": "same"}
        answers = {f"s{seed}": Answer(f"s{seed}", 0.0, 1.0, verdict, seed) for seed in (1, 2)}
        assert len(Item("f", 1.0, answers).groups) == 2

    def test_known_mistakes_are_no_group_and_are_counted(self, made, data):
        for item in data["items"]:
            named = {student for students in item.mistakes.values() for student in students}
            assert named.isdisjoint(student for group in item.groups for student in group.students)
            assert named == {one.student for one in item.answers.values() if one.mistakes}
            counts = [len(students) for students in item.mistakes.values()]
            assert counts == sorted(counts, reverse=True)

    def test_each_has_a_page_with_one_specimen_of_each_group(self, data, pages):
        for item in data["items"]:
            page = next(one for one in pages if one.path.name == item.file)
            shown = [one.text.removeprefix("The code of ") for one in page.find("summary") if "code" in one.text]
            assert shown == [group.specimen.student for group in item.groups]
            assert len(page.find("pre")) == len(item.groups)

    def test_pages_of_exercises_that_are_no_more_go(self, made, pages):
        old = pages[0].path.with_suffix("") / "removed_exercise.html"
        old.write_text("old", encoding="utf-8")
        class_report.write(made.course, NAME, made.results)
        assert not old.exists()
        assert all(page.path.is_file() for page in pages)


class TestSimilar:
    def test_copies_come_first_and_few_others_after_them(self, made, data):
        found = [pair.learners for pair in data["pairs"]]
        assert set(found[: len(made.copies)]) == made.copies
        assert len(found) <= 2 * len(made.copies) < SIZE

    def test_both_sources_stand_side_by_side_with_the_common_lines_marked(self, made, data, pages):
        page = next(one for one in pages if one.path.name == "similar-pairs.html")
        beside = [one for one in page.find("div") if one.attrs.get("class") == "beside"]
        exercises = [(pair, name) for pair in data["pairs"] for name in pair.exercises]
        assert len(beside) == len(exercises)
        for (pair, name), block in zip(exercises, beside, strict=True):
            shown = [one.text.strip("\n") for one in page.find("pre") if block in one.inside]
            assert shown == [data["codes"][learner][name].strip("\n") for learner in pair.learners]
            marked = [one.text for one in page.find("mark") if block in one.inside]
            assert len(marked) == sum(map(len, pair.exercises[name].lines))


@pytest.fixture(scope="module")
def klass(tmp_path_factory):
    """Six learners whose work was judged on the same inputs; a person gave one of them another mark."""
    made = Class(tmp_path_factory.mktemp("graded") / "course")
    made.course.config.RunAndJudge.seed = 7
    for student, line in {
        "ada": "return x + 1", "ben": "y = 1 + x\n    return y", "chen": "import time; time.sleep(0.2); return x + 2",
        "dora": "return x + factor", "emre": "return x * factor", "fatou": "raise NotImplementedError",
    }.items():  # fmt: skip
        made.grade(student, made.notebook(scale=WRONG.replace("return x + 1", line)))
    with made.course.gradebook() as gradebook:
        gradebook.find_grade("test_scale", SMALL, SMALL, "chen").manual_score = 4.5
        gradebook.db.commit()
    return made


@pytest.fixture(scope="module")
def item(klass):
    return class_report.collect(klass.course, SMALL, klass.course.class_results(SMALL))["items"][0]


@pytest.mark.parametrize("count", range(1, 13))
def test_all_parts_of_an_optional_exercise_are_all_of_it(count):
    parts = [{"part": str(n), "share": 1 / count, "ok": True, "message": None} for n in range(count)]
    answer = Answer("ada", None, 0.0, {"parts": parts})
    assert (answer.share, answer.colour, answer.text) == (1, "full", f"{count} of {count}")


@pytest.mark.slow
class TestGraded:
    """What a real grader records is what the report is made of."""

    def test_equal_wrong_answers_are_one_group_and_named_ones_are_none(self, item):
        assert [group.students for group in item.groups] == [["ada", "ben"], ["chen"]]
        assert "x + 1" in item.groups[0].specimen.code
        assert [students for students in item.mistakes.values()] == [["dora"]]
        assert item.not_written == ["fatou"]

    def test_what_calls_took_is_known(self, item):
        assert item.answers["chen"].seconds >= 3 * 0.2  # three cases
        assert len(item.seconds) == 6

    def test_a_mark_by_hand_stands_in_the_table(self, klass, item):
        assert (item.answers["chen"].text, item.answers["chen"].by_hand) == ("4.5", True)
        page = class_report.write(klass.course, SMALL, klass.course.class_results(SMALL)).read_text(encoding="utf-8")
        assert '<td class="some" data-sort="0.45">4.5 <small>by hand</small></td>' in page


class TestPages:
    """What a checker of accessibility looks for, what a browser runs, and where links lead."""

    def test_each_has_a_language_a_title_one_main_and_one_first_heading(self, pages):
        assert len({page.find("title")[0].text for page in pages}) == len(pages)
        for page in pages:
            assert page.find("html")[0].attrs["lang"] == "en"
            assert (len(page.find("main")), len(page.find("h1"))) == (1, 1)
            outside = [
                one
                for one in page.find("h1", "h2", "h3", "p", "table", "pre")
                if page.find("main")[0] not in one.inside
            ]
            assert outside == []

    def test_headings_skip_no_level(self, pages):
        for page in pages:
            levels = [int(one.tag[1]) for one in page.find("h1", "h2", "h3", "h4")]
            assert levels[0] == 1
            assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))

    def test_heads_of_tables_say_what_they_are_heads_of(self, pages):
        for page in pages:
            for one in page.find("th"):
                inside = {other.tag for other in one.inside}
                assert one.attrs["scope"] == ("col" if "thead" in inside else "row")
                assert one.text.strip()

    def test_what_scrolls_is_reached_by_keyboard_and_has_a_name(self, pages):
        for page in pages:
            scrolled = [one for one in page.find("div") if "scroll" in one.attrs.get("class", "").split()]
            assert all(one.attrs["tabindex"] == "0" and one.attrs["aria-label"] for one in scrolled)
            assert all(one.attrs["tabindex"] == "0" for one in page.find("pre"))
            labelled = [one for one in page.find("input", "select") if "label" not in {o.tag for o in one.inside}]
            assert labelled == []

    def test_links_lead_somewhere(self, pages):
        for page in pages:
            for one in page.find("a"):
                address, place = urldefrag(one.attrs["href"])
                target = (page.path.parent / unquote(address)).resolve() if address else page.path
                other = next((found for found in pages if found.path.resolve() == target), None)
                assert other, one.attrs["href"]
                assert not place or place in {found.attrs.get("id") for found in other.all}

    def test_nothing_but_our_own_script_can_run(self, pages):
        for page in pages:
            (script,) = page.find("script")
            policy = next(one.attrs["content"] for one in page.find("meta") if "http-equiv" in one.attrs)
            digest = base64.b64encode(hashlib.sha256(script.text.encode("utf-8")).digest()).decode("ascii")
            assert policy == f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
            assert script.text == (class_report.TEMPLATES / "report.js").read_text(encoding="utf-8")
            assert not page.find("img", "iframe", "object", "embed", "link", "form", "svg")
            assert not [name for one in page.all for name in one.attrs if name.startswith("on")]
            assert not re.search(r"https?://", page.source)

    def test_the_attack_is_shown_as_text(self, made, pages):
        assert "&lt;script&gt;attack()" in pages[0].source

    def test_letters_can_be_told_from_their_ground(self):
        css = (class_report.TEMPLATES / "report.css").read_text(encoding="utf-8").lower()
        assert all(colour in css for colour in (*COLOURS, *CELLS.values()))
        pairs = [(ink, ground) for ink in COLOURS for ground in GROUNDS]
        pairs += [(COLOURS[0], ground) for ground in (*CELLS.values(), "#ffe8b3")]
        pairs += [(COLOURS[1], ground) for ground in CELLS.values()]  # "by hand"
        assert {pair: contrast(*pair) for pair in pairs if contrast(*pair) < 4.5} == {}


def contrast(one, other):
    """Return the contrast of two colours as WCAG 2 defines it."""

    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)
