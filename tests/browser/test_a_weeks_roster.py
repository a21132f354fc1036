"""A supervisor plans a week by keys and by dragging; a counselor sees it and asks for leave."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.people import Demo, Duty, signs_in

pytestmark = pytest.mark.browser

WEEK = "/roster?day=2027-03-01"  # a Monday on which nothing was planned


@pytest.fixture
def planner(demo: Demo, duty: Duty, somebody: Callable[[], Page]) -> Iterator[Page]:
    """The supervisor looks at the week. Nothing is planned before, nor stays afterwards."""
    page = somebody()
    signs_in(page, demo, "he")
    page.goto(demo.url + WEEK)
    expect(page.get_by_test_id("roster-week")).to_be_visible()
    yield page
    duty.connection.execute("delete from roster_swap; delete from roster_leave;"
                            "delete from roster_shift")  # fmt: skip


def cell(page: Page, row: str, day: str) -> Locator:
    """One person's day."""
    return page.get_by_role("row", name=row).locator(f'[data-cell][data-day="{day}"]')


def first_counselor(page: Page) -> str:
    """The first row below those that nobody has."""
    return page.locator("tbody tr th").nth(1).inner_text()


def takes_presses(page: Page) -> None:
    """A press of a button waits for what the page brings; a key before it is lost."""
    page.get_by_test_id("new").click()
    expect(page.get_by_test_id("new-shift")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("roster-sheet")).to_be_hidden()


def plans_by_keys(page: Page) -> None:
    """On the focused cell."""
    page.keyboard.press("Enter")
    page.get_by_test_id("new-shift").get_by_role("button", name="排班").click()
    expect(page.get_by_test_id("roster-sheet")).to_be_hidden()


def test_a_shift_is_planned_by_keys_moved_by_dragging_and_copied_by_c(planner: Page) -> None:
    who = first_counselor(planner)
    expect(planner.get_by_test_id("roster-empty")).to_be_visible()
    takes_presses(planner)
    planner.locator('[data-cell][tabindex="0"]').focus()
    planner.keyboard.press("ArrowDown")
    planner.keyboard.press("ArrowRight")
    plans_by_keys(planner)
    expect(cell(planner, who, "2027-03-02").get_by_test_id("shift")).to_have_text("09:00–17:00")
    expect(cell(planner, who, "2027-03-02")).to_be_focused()

    cell(planner, who, "2027-03-02").get_by_test_id("shift").drag_to(
        cell(planner, who, "2027-03-04")
    )
    expect(cell(planner, who, "2027-03-04").get_by_test_id("shift")).to_be_visible()
    expect(cell(planner, who, "2027-03-02").get_by_test_id("shift")).to_have_count(0)

    planner.keyboard.press("c")
    expect(planner.get_by_test_id("copy-week")).to_contain_text("再按一次")
    planner.keyboard.press("c")
    expect(planner.get_by_test_id("toast").filter(has_text="已复制到下周")).to_be_visible()
    planner.get_by_test_id("after").click()
    expect(cell(planner, who, "2027-03-11").get_by_test_id("shift")).to_be_visible()


def test_a_shift_is_opened_by_enter_and_removed(planner: Page) -> None:
    who = first_counselor(planner)
    takes_presses(planner)
    cell(planner, who, "2027-03-01").focus()
    plans_by_keys(planner)
    expect(cell(planner, who, "2027-03-01").get_by_test_id("shift")).to_be_visible()

    planner.keyboard.press("Enter")
    remove = planner.get_by_test_id("remove-shift")
    remove.click()
    remove.click()

    expect(cell(planner, who, "2027-03-01").get_by_test_id("shift")).to_have_count(0)


def test_a_repeat_says_before_what_it_plans_and_its_rest_is_removed_in_one_act(
    planner: Page,
) -> None:
    who = first_counselor(planner)
    takes_presses(planner)
    cell(planner, who, "2027-03-01").click()
    form = planner.get_by_test_id("new-shift")
    form.get_by_text("每周重复").click()
    form.get_by_test_id("until").fill("2027-03-12")
    form.get_by_test_id("until").blur()
    expect(form.get_by_test_id("preview")).to_contain_text("会排 10 班")
    form.get_by_role("button", name="排班").click()
    expect(cell(planner, who, "2027-03-05").get_by_test_id("shift")).to_be_visible()

    cell(planner, who, "2027-03-02").get_by_test_id("shift").click()
    rest = planner.get_by_role("button", name="以后的也去掉")
    rest.click()
    planner.get_by_role("button", name="再按一次：以后的也去掉").click()

    expect(planner.get_by_test_id("shift")).to_have_count(1)


def test_a_counselor_asks_for_leave_and_the_supervisor_sees_it_come(
    demo: Demo, planner: Page, somebody: Callable[[], Page]
) -> None:
    counselor = somebody()
    signs_in(counselor, demo, "li")
    counselor.goto(demo.url + WEEK)
    counselor.get_by_text("我要休假").click()
    counselor.get_by_test_id("ask-leave").get_by_role("button").click()

    expect(counselor.get_by_test_id("roster-leaves")).to_contain_text("待批")
    expect(planner.get_by_test_id("approve-leave")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("view", ["week", "month"])
def test_nothing_is_wider_than_the_page(demo: Demo, planner: Page, view: str, width: int) -> None:
    planner.set_viewport_size({"width": width, "height": 900})
    planner.goto(f"{demo.url}{WEEK}&view={view}")

    wide = planner.evaluate("document.documentElement.scrollWidth")

    assert wide <= width
