"""The level of a risk beside the record: by keys, taken back, drawn, and with the net cut."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Duty, answers, goes_on_duty

pytestmark = pytest.mark.browser

ESCALATIONS = "select count(*) from escalation where state <> 'closed'"


def in_a_talk(page: Page, duty: Duty) -> Page:
    goes_on_duty(page, duty.demo, "li")
    duty.a_child_calls("1")
    answers(page)
    expect(page.get_by_test_id("open-instrument")).to_be_enabled()
    return page


def step(level: str) -> str:
    return f'[name="risk"][value="{level}"]'


def test_an_instrument_is_filled_in_by_number_keys_and_its_level_is_seen_as_it_grows(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = in_a_talk(somebody(), duty)
    screener = desk.locator('[data-instrument="c_ssrs_screener"]')
    result = screener.get_by_test_id("instrument-result")

    desk.keyboard.press("a")
    expect(screener).to_have_attribute("open", "")
    for key in "22":
        desk.keyboard.press(key)
    expect(result).to_have_text("至少 低")
    desk.keyboard.press("2")
    expect(result).to_have_text("至少 中")
    for key in "112":
        desk.keyboard.press(key)
    expect(result).to_have_text("中")
    desk.keyboard.press("Enter")

    expect(desk.get_by_test_id("risk-level")).to_contain_text("中")
    expect(desk.locator(step("moderate"))).to_be_checked()
    expect(desk.locator(step("low"))).to_be_disabled()


def test_a_level_chosen_by_mistake_is_taken_back_before_anybody_is_rung(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = in_a_talk(somebody(), duty)
    desk.locator(step("imminent")).check(force=True)
    expect(desk.get_by_test_id("slip")).to_contain_text("之后开始呼叫保护站")
    assert duty.one(ESCALATIONS) == 1

    desk.keyboard.press("z")

    expect(desk.get_by_test_id("risk-level")).to_contain_text("未评估")
    expect(desk.locator(step("not_assessed"))).to_be_checked()
    assert duty.one(ESCALATIONS) == 0
    assert duty.one("select count(*) from attempt join escalation on escalation.id ="
                    " escalation_id where call_id = (select max(call_id) from risk_assessment"
                    " where kind = 'taken_back')") == 0  # fmt: skip


def test_ratings_at_start_and_end_are_kept_and_the_change_is_drawn(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = in_a_talk(somebody(), duty)
    desk.get_by_test_id("ratings").locator("summary").click()
    hope = desk.get_by_test_id("rating-hope")

    hope.locator('[data-rating="start"]').fill("20")
    hope.locator('[data-rating="end"]').fill("65")
    hope.locator('[data-rating="end"]').press("Tab")
    expect(hope.get_by_test_id("rating-change")).to_have_text("+45")
    expect(hope.locator("svg")).to_be_visible()
    desk.reload()

    desk.get_by_test_id("ratings").locator("summary").click()
    expect(hope.get_by_test_id("rating-change")).to_have_text("+45")


def test_a_level_that_is_chosen_while_the_net_is_cut_arrives_with_the_record(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = in_a_talk(somebody(), duty)
    desk.context.set_offline(True)

    desk.locator(step("high")).check(force=True)
    expect(desk.get_by_test_id("save-state")).to_have_attribute("data-state", "kept")
    desk.context.set_offline(False)

    expect(desk.get_by_test_id("risk-level")).to_contain_text("高")
    assert duty.one(ESCALATIONS) == 1
