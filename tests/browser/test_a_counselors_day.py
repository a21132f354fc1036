"""One counselor's day in one browser, by keys alone: what goes wrong on it costs nobody a word."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import (
    DUTY_PHONE,
    Duty,
    has_the_phone,
    loses_the_log_in,
    raises_flag,
    signs_in,
    talks,
)
from tests.browser.test_ones_own_account import (
    clear_accounts,
    phone_shows,
    sets_up_a_phone,
    types_password,
)
from tests.browser.test_the_main_job import acknowledges_with_the_pin
from tests.browser.test_unsent_flags import waiting_flags
from tests.browser.test_what_was_written_is_kept import is_kept, is_saved

pytestmark = pytest.mark.browser

OUR_API = "**/api/v1/**"
ROOF, PLACE = "在教学楼楼顶", "广州市天河区"
MOST_QUESTIONS = 20
LED_ON = """() => {
  const form = document.querySelector('[data-testid="record-form"]');
  const field = document.activeElement.closest("[data-field]")?.dataset.field;
  const led = field && field !== "narrative" && field !== form?.dataset.ledTo;
  if (led && form) form.dataset.ledTo = field;
  return !form || led;
}"""
TALKING = "select id from call where state = 'talking'"
FIRST, SECOND, THIRD, FOURTH = "他在学校，", "说不想回家，", "老师不知道，", "说好明天再谈。"


@pytest.fixture
def fresh(duty: Duty) -> Iterator[Duty]:
    """Nobody has a second factor, before and after."""
    clear_accounts(duty)
    yield duty
    clear_accounts(duty)


def types_a_code(page: Page, code: str) -> None:
    """The second step of a log-in, which has the focus."""
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/desk"))


def arrives(page: Page, duty: Duty) -> str:
    """Logs in with password and phone, and lets calls come. Returns a recovery code."""
    signs_in(page, duty.demo, "li")
    page.goto(f"{duty.demo.url}/account")
    duty.connection.execute("update staff_session set confirmed_at = now() - interval '1 hour'")
    secret, recovery = sets_up_a_phone(page, duty)
    loses_the_log_in(page)
    types_password(page, duty.demo, "li")
    types_a_code(page, phone_shows(duty, secret, steps=1))
    has_the_phone(page)
    page.get_by_test_id("presence-ready").first.press("Enter")
    expect(page.locator("#now .hero")).to_have_attribute("data-state", "ready")
    return recovery


def takes_a_call(page: Page, duty: Duty) -> str:
    """Returns the child's number."""
    child = duty.a_child_calls("1")
    expect(page.get_by_test_id("answer")).to_be_focused()
    page.keyboard.press("Enter")
    talks(page)
    return child


def writes_on(page: Page, words: str) -> None:
    """At the end of what stands there."""
    page.get_by_test_id("narrative").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def loses_the_network(page: Page, duty: Duty) -> None:
    """In the middle of a sentence and of an alarm: both are kept, and arrive.

    Not the phone's: its carrier holds it for three seconds, and typing takes longer at times.
    """
    page.context.route(OUR_API, lambda route: route.abort("internetdisconnected"))
    writes_on(page, SECOND)
    is_kept(page)
    raises_flag(page, "imminent", ROOF)
    waiting_flags(page, 1)
    page.context.unroute(OUR_API)
    waiting_flags(page, 0)
    is_saved(page, FIRST + SECOND)
    assert duty.one("select count(*) from escalation where state <> 'closed'") == 1


def is_signed_out(page: Page, duty: Duty, recovery: str) -> None:
    """In the middle of the talk, which goes on. Signs in beside, without the phone at hand."""
    page.context.clear_cookies()
    writes_on(page, THIRD)
    is_kept(page)
    beside = page.context.new_page()
    types_password(beside, duty.demo, "li")
    types_a_code(beside, recovery)
    beside.close()
    is_saved(page, FIRST + SECOND + THIRD)


def crashes(page: Page, duty: Duty) -> Page:
    """The tab is killed. Returns the next one, which has the record and the talk.

    It is opened before: the carrier gives a phone three seconds, a busy machine a page more.
    """
    again = page.context.new_page()
    again.goto(f"{duty.demo.url}/desk")
    page.close(run_before_unload=False)
    talks(again)
    is_saved(again, FIRST + SECOND + THIRD)
    return again


def a_station_answers_for_it(page: Page, station: Page, duty: Duty) -> None:
    """By its telephone; the desk says so."""
    station.goto(f"{duty.demo.phone}?number={DUTY_PHONE}")
    acknowledges_with_the_pin(station)
    expect(page.locator("#facts")).to_contain_text("已确认")


def agrees_to_be_called(page: Page) -> None:
    """What the child said of being called again."""
    form = page.get_by_test_id("consent")
    said = form.locator('[name="said"]')
    said.focus()
    said.select_option("agreed")
    form.get_by_role("button").press("Enter")
    expect(page.get_by_test_id("desk-follow-up")).to_have_attribute("data-state", "running")


def fills_in_what_is_missing(page: Page) -> None:
    """The page leads from one question to the next; the first answer to each will do."""
    form = page.get_by_test_id("record-form")
    for _ in range(MOST_QUESTIONS):
        page.keyboard.press("Control+Enter")
        page.wait_for_function(LED_ON)
        if not form.is_visible():
            return
        if page.evaluate("document.activeElement.matches('summary')"):
            page.keyboard.press("Enter")  # topics are folded by group: unfolds the first
            page.keyboard.press("Tab")
        if page.evaluate("['radio', 'checkbox'].includes(document.activeElement.type)"):
            page.keyboard.press("Space")
        else:
            page.keyboard.type(PLACE)
    pytest.fail("the form asks without end")


def test_a_counselors_day_by_keys_alone(fresh: Duty, somebody: Callable[[], Page]) -> None:
    desk = somebody()
    recovery = arrives(desk, fresh)
    child = takes_a_call(desk, fresh)
    call = str(fresh.one(TALKING))

    writes_on(desk, FIRST)
    desk.reload()
    is_saved(desk, FIRST)
    loses_the_network(desk, fresh)
    is_signed_out(desk, fresh, recovery)
    desk = crashes(desk, fresh)
    a_station_answers_for_it(desk, somebody(), fresh)
    agrees_to_be_called(desk)
    fresh.acts(child, "hang_up")
    expect(desk.get_by_test_id("callbar")).to_have_attribute("data-state", "wrapping_up")
    writes_on(desk, FOURTH)
    is_saved(desk, FIRST + SECOND + THIRD + FOURTH)

    fills_in_what_is_missing(desk)

    expect(desk.locator("#now .hero")).to_have_attribute("data-state", "paused")  # a rest is due
    assert fresh.one("select state from call where id = %s", call) == "ended"
    assert fresh.one("select count(*) from record_version where call_id = %s", call) >= 1
    expect(desk.get_by_test_id("due")).to_be_visible()
