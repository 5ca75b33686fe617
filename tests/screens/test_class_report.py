"""The class report in headless Chromium: it sorts, finds and scrolls, on a phone as well; its script may be missing."""

import made_up_class
import pytest
from browsing import browser, needs_chromium  # noqa: F401 (a fixture)
from made_up_class import NAME

from autograders.results import class_report

SIZE = 60
PHONE = 400  # pixels across

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    made = made_up_class.make(tmp_path_factory.mktemp("class") / "course", SIZE)
    made_up_class.write_roster(made)
    return class_report.write(made.course, NAME, made.results).resolve().as_uri()


def column(browser, number):  # noqa: F811
    """Return what the visible rows of the marks sort by, in one column."""
    return browser.execute_script(
        "return [...document.querySelectorAll('#marks-table tbody tr')].filter((row) => !row.hidden)"
        f".map((row) => row.cells[{number}].dataset.sort)"
    )


@pytest.mark.long
def test_every_column_sorts_both_ways_by_keyboard(address, browser):  # noqa: F811
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    browser.get(address)
    for number, head in enumerate(browser.find_elements(By.CSS_SELECTOR, "#marks-table thead th")[:-1]):
        for direction in ("ascending", "descending"):
            head.find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
            assert head.get_attribute("aria-sort") == direction
            values = column(browser, number)
            full = [one for one in values if one != ""]
            key = float if number else str
            assert full == sorted(full, key=key, reverse=direction == "descending")
            assert values == full + [""] * (SIZE - len(full))
    assert len(browser.find_elements(By.CSS_SELECTOR, "[aria-sort]")) == 1


def test_learners_are_found_by_name_and_group(address, browser):  # noqa: F811
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.select import Select

    browser.get(address)
    Select(browser.find_element(By.TAG_NAME, "select")).select_by_visible_text("B")
    assert len(column(browser, 0)) == SIZE // 2
    browser.find_element(By.CSS_SELECTOR, "input[type=search]").send_keys("last01")
    assert [one.split()[0] for one in column(browser, 0)] == [f"Last{n:03}" for n in range(11, 20, 2)]
    assert browser.find_element(By.TAG_NAME, "output").text == f"5 of {SIZE} shown"


@pytest.mark.parametrize("width", [1280, PHONE])
def test_names_and_heads_stay_in_sight_and_the_page_is_no_wider_than_the_screen(address, browser, width):  # noqa: F811
    settings = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width == PHONE}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", settings)
    browser.get(address)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    box, head, name = browser.execute_script(
        "const box = document.querySelector('.marks'); box.scrollIntoView(); box.scrollTo(300, 600);"
        "const place = (one) => { const {left, top} = one.getBoundingClientRect(); return [left, top]; };"
        "return [place(box), place(box.querySelectorAll('thead th')[1]), place(box.querySelectorAll('tbody th')[40])]"
    )
    assert head[1] - box[1] == pytest.approx(1, abs=1)  # beside the border
    assert name[0] - box[0] == pytest.approx(1, abs=1)


def test_without_its_script_it_is_a_plain_table(address, browser):  # noqa: F811
    from selenium.webdriver.common.by import By

    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get(address)
    assert not browser.find_elements(By.TAG_NAME, "button")
    assert not browser.find_element(By.CSS_SELECTOR, ".controls").is_displayed()
    assert len(browser.find_elements(By.CSS_SELECTOR, "#marks-table tbody tr")) == SIZE
