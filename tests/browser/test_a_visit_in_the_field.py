"""An officer writes a visit down on a phone, where there is no network, and goes on elsewhere."""

from collections.abc import Callable
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE_SIZE
from tests.browser.people import Demo, Duty, signs_in

pytestmark = pytest.mark.browser

NUMBERS = count(7654001)
A_CASE = """insert into care_case (id, number, line_id, station_id, division, state, opened_as,
    opened_by, opened_at) values (%s, %s, 'youth-12355', 'gz-tianhe', '440106', 'open', 'by_hand',
    'system', now() - interval '2 days')"""
WORDS = "with her aunt, eats again"
SMALLEST_TARGET = 48


@pytest.fixture
def case(duty: Duty) -> str:
    """Of nobody's call, held by the station of tianhe."""
    number = str(next(NUMBERS))
    duty.connection.execute(A_CASE, (f"field-{number}", number))
    return f"field-{number}"


@pytest.fixture
def phone(demo: Demo, case: str, somebody: Callable[[], Page]) -> Page:
    """The officer's, on the page of the case, with the form unfolded."""
    page = somebody()
    page.set_viewport_size(PHONE_SIZE)
    signs_in(page, demo, "tianhe")
    opens(page, demo, case)
    page.get_by_test_id("visit").locator("> summary").click()
    return page


def opens(page: Page, demo: Demo, case: str) -> None:
    page.goto(f"{demo.url}/cases/{case}")
    expect(page.get_by_test_id("case-visits")).to_be_visible()


def fills(page: Page, words: str = WORDS) -> None:
    page.locator(".choice:has(input[name=seen][value=yes])").click()
    page.locator(".choice:has(input[name=place][value=home])").click()
    page.get_by_test_id("visit-form").locator("textarea[name=note]").fill(words)


def kept(duty: Duty, case: str) -> int:
    found: int = duty.one("select count(*) from case_visit where case_id = %s", case)
    return found


def past(page: Page, visits: int) -> None:
    summary = page.get_by_test_id("past-visits").locator("summary")
    expect(summary).to_contain_text(f"（{visits} 次）")


def test_three_touches_keep_a_visit_and_nothing_is_wider_than_the_phone(
    duty: Duty, case: str, phone: Page
) -> None:
    send = phone.get_by_test_id("send-visit").bounding_box()
    assert send is not None
    assert send["height"] >= SMALLEST_TARGET
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE_SIZE["width"]

    fills(phone)
    phone.get_by_test_id("send-visit").click()

    past(phone, 1)
    assert kept(duty, case) == 1
    expect(phone.get_by_test_id("visit-form").locator("textarea[name=note]")).to_have_value("")


def test_without_a_network_it_is_kept_and_sent_once_when_it_is_back(
    duty: Duty, case: str, phone: Page
) -> None:
    fills(phone)
    phone.context.set_offline(True)
    phone.get_by_test_id("send-visit").click()
    expect(phone.locator("[data-kept]")).to_contain_text("恢复后自动发送")
    assert kept(duty, case) == 0

    phone.context.set_offline(False)

    past(phone, 1)
    assert kept(duty, case) == 1


def test_it_survives_a_closed_page_and_keeps_the_time_at_which_it_was_written(
    demo: Demo, duty: Duty, case: str, phone: Page
) -> None:
    fills(phone)
    phone.context.set_offline(True)
    phone.get_by_test_id("send-visit").click()
    expect(phone.locator("[data-kept]")).to_contain_text("恢复后自动发送")
    context = phone.context
    phone.close()
    context.set_offline(False)
    closed_at = duty.one("select now()")

    again = context.new_page()
    opens(again, demo, case)
    expect(again.get_by_test_id("visit-form").locator("textarea[name=note]")).to_have_value(WORDS)
    expect(again.locator("input[name=place][value=home]")).to_be_checked()
    again.get_by_test_id("send-visit").click()

    past(again, 1)
    assert kept(duty, case) == 1
    visited_at = duty.one("select visited_at from case_visit where case_id = %s", case)
    assert visited_at < closed_at


def test_of_two_visits_that_were_not_sent_each_comes_back_by_itself(
    demo: Demo, duty: Duty, case: str, phone: Page
) -> None:
    context = phone.context
    other = context.new_page()
    opens(other, demo, case)
    other.get_by_test_id("visit").locator("> summary").click()
    context.set_offline(True)
    for page, words in ((phone, "the first visit"), (other, "the second visit")):
        fills(page, words)
        page.get_by_test_id("send-visit").click()
        expect(page.locator("[data-kept]")).to_contain_text("恢复后自动发送")
    phone.close()
    other.close()
    context.set_offline(False)

    again = context.new_page()
    opens(again, demo, case)
    note = again.get_by_test_id("visit-form").locator("textarea[name=note]")
    for words in ("the first visit", "the second visit"):
        expect(note).to_have_value(words)
        again.get_by_test_id("send-visit").click()

    past(again, 2)
    assert kept(duty, case) == 2
    expect(note).to_have_value("")


def test_words_are_opened_by_hand_and_the_colour_is_confirmed_with_a_reason(
    case: str, phone: Page
) -> None:
    phone.get_by_test_id("visit-more").locator("summary").click()
    form = phone.get_by_test_id("confirm")
    form.locator("select[name=colour]").select_option("red")
    form.locator("textarea[name=reason]").fill(WORDS)
    form.locator("button[type=submit]").click()

    expect(phone.get_by_test_id("confirmed")).to_contain_text("红")
    expect(phone.get_by_test_id("due")).to_contain_text("下次走访")
    expect(phone.get_by_text(WORDS)).to_have_count(0)
    phone.get_by_test_id("open-words").click()
    expect(phone.get_by_test_id("visit-words")).to_contain_text(WORDS)
    assert case


def test_words_that_were_opened_stay_open_while_somebody_else_works_on_the_case(
    duty: Duty, case: str, phone: Page
) -> None:
    red = {"colour": "red", "reason": WORDS}
    duty.asks("tianhe", "POST", f"/cases/{case}/colour", red)
    phone.get_by_test_id("open-words").click()
    expect(phone.get_by_test_id("visit-words")).to_contain_text(WORDS)

    duty.asks("tianhe", "POST", f"/cases/{case}/colour", {**red, "colour": "yellow"})

    expect(phone.get_by_test_id("confirmed")).to_contain_text("黄")
    expect(phone.get_by_test_id("visit-words")).to_contain_text(WORDS)
