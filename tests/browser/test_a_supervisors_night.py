"""A supervisor's night: an alert, a line diverted, a talk coached and taken over."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE_SIZE
from tests.browser.people import (
    Demo,
    Duty,
    acts_in_the_talk,
    answers,
    has_the_phone,
    signs_in,
)
from tests.browser.test_pages_for_everybody import faults_of

pytestmark = pytest.mark.browser

LINE = "youth-12355"
DIRECTS_YOUTH = f'[data-testid="direct-line"][hx-get="/floor/lines/{LINE}/acts"]'
NOTE = "黄老师正在路上"
# Beyond the thirty seconds after which danger that nobody answers is an alarm.
HAVE_WAITED = "update call set queued_at = queued_at - interval '1 minute' where state = 'waiting'"


def danger_alert(page: Page) -> Locator:
    """That a caller in danger waits on the youth line."""
    strip = f'[data-testid="alert-strip"][data-rule="danger_waiting"][data-line="{LINE}"]'
    return page.locator(strip)


def a_child_in_danger_waits(duty: Duty) -> None:
    """For a minute, and nobody is on duty."""
    duty.a_child_calls("9")
    duty.connection.execute(HAVE_WAITED)


def test_an_alert_is_taken_on_a_phone_noted_and_handed_to_a_colleague(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    phone, floor = somebody(), somebody()
    phone.set_viewport_size(PHONE_SIZE)
    signs_in(phone, demo, "he")
    phone.goto(f"{demo.url}/floor?lang=en")
    signs_in(floor, demo, "he")
    floor.goto(f"{demo.url}/floor?lang=zh")

    a_child_in_danger_waits(duty)
    strip = danger_alert(phone)
    expect(strip).to_contain_text("Guangdong 12355 youth line")
    assert phone.evaluate("document.documentElement.scrollWidth") == PHONE_SIZE["width"]
    assert faults_of(phone) + faults_of(floor) == []
    strip.get_by_test_id("take-alert").click()
    strip = danger_alert(floor)
    expect(strip.get_by_test_id("alert-owner")).to_contain_text("何静 已接手")

    strip.get_by_test_id("direct-alert").click()
    floor.get_by_test_id("reason").fill(NOTE)
    floor.get_by_test_id("note-alert").click()
    expect(strip).to_contain_text(NOTE)
    strip.get_by_test_id("direct-alert").click()
    floor.get_by_test_id("hand-alert").filter(has_text="系统管理员").click()
    expect(strip.get_by_test_id("alert-owner")).to_contain_text("归 系统管理员")


def test_the_line_is_diverted_then_a_talk_is_coached_and_taken_over_and_the_alert_is_over(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk, floor = somebody(), somebody()
    signs_in(floor, demo, "he")
    floor.goto(f"{demo.url}/floor")
    has_the_phone(floor)
    a_child_in_danger_waits(duty)
    expect(danger_alert(floor)).to_be_visible()

    floor.locator(DIRECTS_YOUTH).click()
    floor.get_by_test_id("divert").filter(has_text="12356").click()
    expect(danger_alert(floor)).to_have_count(0)
    expect(floor.get_by_test_id("queue-elsewhere")).to_be_visible()
    floor.locator(DIRECTS_YOUTH).click()
    floor.get_by_test_id("reopen").click()
    expect(danger_alert(floor)).to_be_visible()

    signs_in(desk, demo, "li")
    has_the_phone(desk)
    desk.get_by_test_id("presence-ready").first.click()
    answers(desk)
    expect(danger_alert(floor)).to_have_count(0)
    acts_in_the_talk(floor, "whisper")
    expect(desk.get_by_test_id("supervisor")).to_have_attribute("data-voice", "coach")
    acts_in_the_talk(floor, "take-over")
    expect(desk.get_by_test_id("callbar")).to_have_attribute("data-state", "wrapping_up")
    expect(floor.get_by_test_id("callbar")).to_have_attribute("data-state", "talking")
