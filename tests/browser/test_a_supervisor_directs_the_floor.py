"""A supervisor moves a caller, sets a counselor aside, undoes both; the counselor reads why."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE_SIZE
from tests.browser.people import Demo, Duty, goes_on_duty, signs_in

pytestmark = pytest.mark.browser

MEANT_FOR = "select staff.username from call join staff on staff.id = meant_for_id"
DIRECTS_YOUTH = '[data-testid="direct-line"][hx-get="/floor/lines/youth-12355/acts"]'


def waits_for(duty: Duty) -> str:
    """Whom the child who waits is meant for."""
    return str(duty.one(MEANT_FOR) or "nobody")


def test_two_clicks_do_it_and_one_key_undoes_it(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk, floor = somebody(), somebody()
    goes_on_duty(desk, demo, "li")
    signs_in(floor, demo, "he")
    floor.goto(f"{demo.url}/floor")

    # Li is set aside, for a reason that is read on the desk.
    floor.get_by_test_id("direct-person").first.click()
    floor.get_by_test_id("aside-rest").click()
    expect(desk.get_by_test_id("notice")).to_contain_text("请先休息一下")
    expect(desk.locator("#presence")).to_contain_text("督导安排")
    expect(floor.get_by_test_id("act-panel")).to_be_hidden()

    # A child waits, and is meant for li; by key both are undone, the newest first.
    duty.a_child_calls("1")
    expect(floor.get_by_test_id("caller")).to_have_attribute("data-state", "waiting")
    floor.get_by_test_id("direct-caller").first.click()
    floor.get_by_test_id("move-to-counselor").first.click()
    expect(floor.get_by_test_id("meant-for")).to_be_visible()
    assert waits_for(duty) == "li"
    expect(floor.get_by_test_id("undo")).to_have_count(2)
    floor.keyboard.press("u")
    expect(floor.get_by_test_id("undo")).to_have_count(1)
    expect(floor.get_by_test_id("meant-for")).to_have_count(0)
    assert waits_for(duty) == "nobody"
    floor.keyboard.press("u")
    expect(floor.get_by_test_id("undo")).to_have_count(0)

    # Who had not read the reason need not; the child rings at li again.
    expect(desk.get_by_test_id("answer")).to_be_visible()
    expect(desk.get_by_test_id("notice")).to_have_count(0)


def test_the_floor_is_directed_by_keyboard_and_many_at_once(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk, other, floor = somebody(), somebody(), somebody()
    goes_on_duty(desk, demo, "li")
    goes_on_duty(other, demo, "chen")
    signs_in(floor, demo, "he")
    floor.goto(f"{demo.url}/floor")
    expect(floor.get_by_test_id("choose")).to_have_count(2)

    for box in floor.get_by_test_id("choose").all():
        box.check()
    floor.keyboard.press("p")
    expect(floor.get_by_test_id("aside-come_to_me")).to_be_visible()
    floor.keyboard.press("2")
    for page in (desk, other):
        expect(page.get_by_test_id("notice-words")).to_have_text("请来找我")
    desk.get_by_test_id("notice-read").click()
    expect(desk.get_by_test_id("notice")).to_have_count(0)

    floor.keyboard.press("m")
    floor.get_by_test_id("message-text").fill("十分钟后开短会")
    floor.get_by_test_id("send-message").click()
    expect(desk.get_by_test_id("notice-words")).to_have_text("十分钟后开短会")
    floor.goto(f"{demo.url}/floor/acts")
    expect(floor.get_by_test_id("act")).to_have_count(2)


def test_the_queue_is_closed_and_opened_on_a_telephone_and_nothing_is_cut_off(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    floor = somebody()
    floor.set_viewport_size(PHONE_SIZE)
    signs_in(floor, demo, "he")
    floor.goto(f"{demo.url}/floor")

    floor.locator(DIRECTS_YOUTH).click()
    floor.get_by_test_id("close-line").click()
    expect(floor.get_by_test_id("queue-elsewhere")).to_be_visible()
    assert duty.one("select count(*) from line_diversion where ended_at is null") == 1
    wide = floor.evaluate("document.documentElement.scrollWidth")
    floor.locator(DIRECTS_YOUTH).click()
    floor.get_by_test_id("reopen").click()

    expect(floor.get_by_test_id("queue-elsewhere")).to_have_count(0)
    assert wide == PHONE_SIZE["width"]
