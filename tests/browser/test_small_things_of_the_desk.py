"""What one stumbles over: the focus, icons, old words, and steps that tick by themselves."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Demo, Duty, answers, goes_on_duty, has_the_phone, signs_in

pytestmark = pytest.mark.browser


def test_esc_leaves_the_crisis_panel_and_the_focus_is_where_it_was(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    goes_on_duty(desk, duty.demo, "li")
    duty.a_child_calls("1")
    answers(desk)
    desk.get_by_test_id("narrative").click()

    desk.keyboard.press("F9")
    expect(desk.get_by_test_id("crisis-summary")).to_be_focused()
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
    desk.context.set_offline(False)
    ready.click()

    expect(desk.locator("#due .hero")).to_have_attribute("data-state", "ready")
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
