"""What one stumbles over: the focus, icons, old words, and steps that tick by themselves."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE_SIZE
from tests.browser.people import (
    DUTY_PHONE,
    Demo,
    Duty,
    answers,
    goes_on_duty,
    has_the_phone,
    signs_in,
    talks_with_a_child,
)

pytestmark = pytest.mark.browser


def test_esc_leaves_the_crisis_panel_and_the_focus_is_where_it_was(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    talks_with_a_child(desk, duty)
    desk.get_by_test_id("narrative").click()

    desk.keyboard.press("F9")
    expect(desk.get_by_test_id("crisis-summary")).to_be_focused()
    desk.keyboard.press("Escape")

    expect(desk.get_by_test_id("crisis-panel")).to_be_hidden()
    expect(desk.get_by_test_id("narrative")).to_be_focused()


def test_the_danger_key_while_it_rings_opens_the_panel_with_the_talk(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    goes_on_duty(desk, duty.demo, "li")
    duty.a_child_calls("1")
    expect(desk.get_by_test_id("answer")).to_be_focused()

    desk.keyboard.press("F9")
    expect(desk.get_by_test_id("toast")).to_contain_text("接通后马上打开")
    expect(desk.get_by_test_id("crisis-panel")).to_be_hidden()
    desk.keyboard.press("Enter")

    expect(desk.get_by_test_id("crisis-summary")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.get_by_test_id("raised")).to_be_visible()


def test_the_danger_key_at_a_ring_that_is_declined_opens_nothing(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    goes_on_duty(desk, duty.demo, "li")
    duty.a_child_calls("1")
    expect(desk.get_by_test_id("answer")).to_be_focused()

    desk.keyboard.press("F9")
    desk.keyboard.press("Escape")
    expect(desk.get_by_test_id("incoming")).to_have_count(0)
    desk.get_by_test_id("presence-ready").first.click()
    duty.a_child_calls("1")
    answers(desk)

    expect(desk.get_by_test_id("crisis-panel")).to_be_hidden()


def test_esc_gives_the_focus_back_to_a_field_that_was_drawn_anew_meanwhile(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    talks_with_a_child(desk, duty)
    desk.get_by_test_id("narrative").click()

    desk.keyboard.press("F9")
    desk.get_by_test_id("narrative").evaluate("(field) => field.replaceWith(field.cloneNode(true))")
    desk.keyboard.press("Escape")

    expect(desk.get_by_test_id("crisis-panel")).to_be_hidden()
    expect(desk.get_by_test_id("narrative")).to_be_focused()


def test_a_success_takes_the_error_before_it_away_and_both_have_their_icon(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    signs_in(desk, duty.demo, "li")
    has_the_phone(desk)
    ready, toast = desk.get_by_test_id("presence-ready").first, desk.get_by_test_id("toast")
    desk.context.set_offline(True)

    ready.click()
    expect(toast.first).to_contain_text("网络不通")
    expect(toast.first.locator("svg.icon").first.locator("path").first).to_be_attached()
    expect(ready).to_be_enabled()  # the check of the microphone is over, and the press was sent
    desk.context.set_offline(False)
    ready.click()

    expect(desk.locator("#now .hero")).to_have_attribute("data-state", "ready")
    expect(toast).to_have_count(0)


def test_the_guided_page_ticks_only_what_happened_since_it_was_opened(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    goes_on_duty(desk, demo, "zhang")
    duty.a_child_calls("1")
    answers(desk)
    call = desk.get_by_test_id("callbar").get_attribute("data-call")
    duty.asks("zhang", "POST", f"/calls/{call}/flags", {"level": "high"})

    page = somebody()
    page.goto(f"{demo.url}/demo")

    expect(page.get_by_test_id("demo-state")).to_contain_text("请按高亮的步骤做")
    expect(page.locator(".demo-steps .is-done")).to_have_count(0)
    expect(page.locator('[data-step="ready"]')).to_have_class("is-now")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_a_phone_taking_calls_is_offered_once_and_the_line_can_be_read(
    demo: Demo, duty: Duty, somebody: Callable[[], Page], language: str
) -> None:
    desk = somebody()
    desk.set_viewport_size(PHONE_SIZE)
    signs_in(desk, demo, "li")

    desk.goto(f"{demo.url}/desk?lang={language}")
    to_ready = desk.locator('[data-body=\'{"state": "ready"}\']:visible')
    expect(to_ready).to_have_count(1)
    to_ready.click()
    expect(desk.locator("#now .hero")).to_have_attribute("data-state", "ready")

    needs, has = desk.get_by_test_id("whose-page").evaluate("(e) => [e.scrollWidth, e.clientWidth]")
    assert needs <= has


def test_a_desk_whose_phone_is_elsewhere_does_not_say_that_calls_ring_here(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk, another = somebody(), somebody()
    goes_on_duty(desk, demo, "li")
    expect(desk.get_by_role("heading", level=1)).to_have_text("您已就绪，来电会响铃")

    signs_in(another, demo, "li")
    has_the_phone(another)

    expect(desk.locator("body")).to_have_attribute("data-phone", "replaced")
    expect(desk.get_by_role("heading", level=1)).to_have_text("您已就绪，但来电不在这里响铃")


def test_the_stations_phone_of_the_demo_waits_for_a_call(
    demo: Demo, somebody: Callable[[], Page]
) -> None:
    station, child = somebody(), somebody()

    station.goto(f"{demo.phone}?number={DUTY_PHONE}")
    child.goto(demo.phone)

    expect(station.locator("#empty-title")).to_have_text("等待来电")
    expect(child.locator("#empty-title")).to_have_text("拨 12355 试试")
