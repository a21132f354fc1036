"""Scripts and referral places beside the talk: by the keyboard, and while the server is away."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Duty, goes_on_duty, talks_with_a_child

pytestmark = pytest.mark.browser


def in_a_talk(page: Page, duty: Duty) -> None:
    """With the page of the talk, where one can look for materials."""
    talks_with_a_child(page, duty)
    expect(page.get_by_test_id("open-materials")).to_be_enabled()


def test_one_key_finds_a_script_while_the_server_is_away_and_esc_gives_the_focus_back(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    in_a_talk(desk, duty)
    desk.get_by_test_id("narrative").click()
    desk.context.set_offline(True)

    desk.keyboard.press("F4")
    expect(desk.get_by_test_id("find-materials")).to_be_focused()
    desk.keyboard.type("吸气 鼻子")
    shown = desk.get_by_test_id("script").filter(visible=True)
    expect(shown).to_have_count(1)
    expect(shown).to_have_attribute("id", "script-breathing")
    desk.keyboard.press("Enter")
    expect(shown).to_have_attribute("open", "")
    expect(shown.locator("li").first).to_be_visible()

    desk.keyboard.press("Escape")
    expect(desk.get_by_test_id("narrative")).to_be_focused()
    desk.context.set_offline(False)


def test_arrows_walk_through_what_was_found_and_back_to_the_search(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    in_a_talk(desk, duty)

    desk.keyboard.press("F4")
    desk.keyboard.type("示例")
    places = desk.get_by_test_id("referral").filter(visible=True)
    expect(desk.get_by_test_id("script").filter(visible=True)).to_have_count(0)
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    expect(places.nth(1).locator("summary")).to_be_focused()
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("ArrowUp")
    expect(desk.get_by_test_id("find-materials")).to_be_focused()
    desk.keyboard.type("没有这样的东西")
    expect(desk.get_by_test_id("materials")).to_contain_text("没有找到")


def test_who_listens_to_the_page_hears_once_who_rings(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    goes_on_duty(desk, duty.demo, "li")

    duty.a_child_calls("9")

    expect(desk.get_by_test_id("said")).to_contain_text("来电")
    expect(desk.get_by_test_id("said")).to_contain_text("可能有生命危险")
    expect(desk.get_by_test_id("said")).not_to_contain_text("0:")


def test_a_referral_is_noted_once_into_what_was_written(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    in_a_talk(desk, duty)
    narrative = desk.get_by_test_id("narrative")
    narrative.fill("他说很累")
    place = desk.locator("#place-youth-line")
    place.locator("summary").click()

    place.get_by_test_id("note-referral").click()
    place.get_by_test_id("note-referral").click()

    expect(narrative).to_have_value("他说很累\n转介：青少年服务台，电话 12355。")
    expect(desk.get_by_test_id("save-state")).to_contain_text("已保存")


def test_what_is_meant_for_danger_comes_up_when_the_counselor_finds_a_high_risk(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    in_a_talk(desk, duty)
    scripts = desk.get_by_test_id("script")
    expect(scripts.first).to_have_attribute("data-fits", "any")

    desk.locator("[name=risk][value=high]").check(force=True)
    desk.keyboard.press("F4")

    expect(scripts.first).to_have_attribute("data-fits", "danger")
    expect(desk.get_by_test_id("save-state")).to_contain_text("已保存")
    desk.reload()
    expect(desk.get_by_test_id("script").first).to_have_attribute("data-fits", "danger")
