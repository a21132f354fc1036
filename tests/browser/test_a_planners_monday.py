"""A planner's Monday: a week is copied, leave is asked for, a swap is refused, mended, approved."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE_SIZE
from tests.browser.people import Demo, Duty, signs_in
from tests.browser.test_pages_for_everybody import faults_of

pytestmark = pytest.mark.browser

LINE = "youth-12355"
PLANNED, COPIED = "2027-03-01", "2027-03-08"  # two Mondays
WEEK = f"/roster?day={PLANNED}"
NEXT_WEEK = f"/roster?day={COPIED}"
CLEARED = "delete from roster_swap; delete from roster_leave; delete from roster_shift"


@pytest.fixture
def planned(duty: Duty) -> Iterator[Duty]:
    """On a Monday admin leads, li and chen take calls: nobody speaks Teochew."""
    duty.connection.execute(CLEARED)
    for who in ("admin", "li", "chen"):
        staff = duty.one("select id from staff where username = %s", who)
        shift = {"staff": staff, "lines": [LINE], "day": PLANNED, "start": "09:00", "end": "17:00"}
        duty.asks("he", "POST", "/roster/shifts", shift)
    yield duty
    duty.connection.execute(CLEARED)


def shift_of(page: Page, name: str, day: str = COPIED) -> Locator:
    """Somebody's shift of that day."""
    of_day = page.get_by_role("row", name=name).locator(f'[data-cell][data-day="{day}"]')
    return of_day.get_by_test_id("shift")


def nobody_speaks_teochew(page: Page) -> Locator:
    """The holes of a whole Monday, as they are drawn: for any child, and for one in danger."""
    monday = page.get_by_test_id("roster-holes").locator("td").first.locator("li")
    return monday.filter(has_text="12355").filter(has_text="00:00–24:00").filter(has_text="潮汕话")


def copies_the_week(planner: Page, demo: Demo) -> None:
    """By key, and goes there."""
    planner.goto(f"{demo.url}{WEEK}&lang=zh")
    expect(shift_of(planner, "李明慧", PLANNED)).to_be_visible()
    planner.keyboard.press("c")
    expect(planner.get_by_test_id("copy-week")).to_contain_text("再按一次")
    planner.keyboard.press("c")
    expect(planner.get_by_test_id("toast").filter(has_text="已复制到下周")).to_be_visible()
    planner.get_by_test_id("after").click()
    for name in ("系统管理员", "李明慧", "陈志强"):
        expect(shift_of(planner, name)).to_be_visible()


def asks_leave_on_tuesday(counselor: Page) -> None:
    counselor.get_by_text("I would like leave").click()
    form = counselor.get_by_test_id("ask-leave")
    form.locator("[name=begins_at]").fill("2027-03-09T09:00")
    form.locator("[name=ends_at]").fill("2027-03-09T18:00")
    form.get_by_role("button").click()
    expect(counselor.get_by_test_id("roster-leaves")).to_contain_text("9 Mar 09:00")


def asks_colleagues_to_take_monday(counselor: Page) -> None:
    shift_of(counselor, "李明慧").click()
    counselor.get_by_test_id("offer-shift").click()
    expect(counselor.get_by_test_id("roster-swaps")).to_contain_text("李明慧")


def plans_lin_on_monday(planner: Page) -> None:
    planner.get_by_role("row", name="林晓燕").locator(f'[data-day="{COPIED}"]').click()
    form = planner.get_by_test_id("new-shift")
    form.locator(f'[name=lines][value="{LINE}"]').check()
    form.get_by_role("button", name="排班").click()
    expect(shift_of(planner, "林晓燕")).to_be_visible()


def test_a_swap_that_opens_a_hole_is_refused_and_once_it_is_mended_approved(
    demo: Demo, planned: Duty, somebody: Callable[[], Page]
) -> None:
    planner, counselor = somebody(), somebody()
    signs_in(planner, demo, "he")
    copies_the_week(planner, demo)
    expect(nobody_speaks_teochew(planner)).to_have_count(2)

    # On her telephone, in English, li asks for leave and for somebody to take her Monday.
    counselor.set_viewport_size(PHONE_SIZE)
    signs_in(counselor, demo, "li")
    counselor.goto(f"{demo.url}{NEXT_WEEK}&lang=en")
    asks_leave_on_tuesday(counselor)
    asks_colleagues_to_take_monday(counselor)
    assert counselor.evaluate("document.documentElement.scrollWidth") == PHONE_SIZE["width"]
    assert faults_of(counselor) + faults_of(planner) == []
    planner.get_by_test_id("approve-leave").click()
    expect(planner.get_by_test_id("roster-leaves")).to_contain_text("已批准")

    # Wong is not certified: nobody could help a child in danger.
    swap = planned.one("select id from roster_swap where state = 'offered'")
    planned.asks("wong", "POST", f"/roster/swaps/{swap}/take")
    planner.get_by_test_id("approve-swap").click()
    refused = planner.get_by_test_id("toast").filter(has_text="没有人能帮来电者，没有改动")
    expect(refused).to_contain_text("林晓燕")
    expect(shift_of(planner, "李明慧")).to_be_visible()

    # The colleague that the refusal named is planned, and the swap goes through.
    plans_lin_on_monday(planner)
    planner.get_by_test_id("approve-swap").click()
    expect(shift_of(planner, "黄嘉欣")).to_be_visible()
    expect(shift_of(planner, "李明慧")).to_have_count(0)
    expect(nobody_speaks_teochew(planner)).to_have_count(0)
