"""The page of an escalation while it moves: nothing that somebody reads or writes is taken away."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Demo, Duty, flagged_talk, signs_in

pytestmark = pytest.mark.browser


def test_what_was_unfolded_and_written_stays_while_the_page_follows(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk, station = somebody(), somebody()
    ids = flagged_talk(desk, duty)
    path = f"/escalations/{ids['escalation_id']}"
    signs_in(station, demo, "tianhe")
    station.goto(demo.url + path)
    station.locator("#every-entry > summary").click()
    station.locator("#close").fill("孩子已安全")

    duty.asks(
        "li", "POST", f"/calls/{ids['call_id']}/flags", {"level": "imminent", "summary": "又说了"}
    )

    expect(station.get_by_test_id("story-in-short")).to_contain_text("再次标记危机")
    expect(station.locator("#every-entry")).to_have_attribute("open", "")
    expect(station.locator("#close")).to_have_value("孩子已安全")
    station.get_by_test_id("acknowledge").click()
    expect(station.get_by_test_id("holder")).to_contain_text("天河")
    expect(station.locator("#return")).to_be_visible()


def test_an_escalation_is_closed_only_after_the_consequence_was_confirmed(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk, station = somebody(), somebody()
    escalation = flagged_talk(desk, duty)["escalation_id"]
    signs_in(station, demo, "tianhe")
    station.goto(f"{demo.url}/escalations/{escalation}")
    station.locator("#close").fill("孩子已安全")

    station.keyboard.press("Enter")
    expect(station.get_by_test_id("sure-close")).to_be_focused()
    station.get_by_test_id("keep-from-close").press("Enter")

    expect(station.get_by_test_id("sure-close")).to_be_hidden()
    expect(station.locator("#close")).to_be_focused()
    assert duty.one("select state from escalation where id = %s", escalation) == "open"
    station.keyboard.press("Enter")
    station.keyboard.press("Tab")
    station.keyboard.press("Enter")
    expect(station.get_by_test_id("holder")).to_contain_text("已结案")


def test_an_escalation_is_returned_only_after_the_consequence_was_confirmed(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk, station = somebody(), somebody()
    escalation = flagged_talk(desk, duty)["escalation_id"]
    path = f"/escalations/{escalation}"
    duty.asks("tianhe", "POST", f"{path}/acknowledge")
    signs_in(station, demo, "tianhe")
    station.goto(demo.url + path)
    station.locator("#return").fill("不是本区")

    station.keyboard.press("Enter")
    expect(station.get_by_test_id("sure-return")).to_be_focused()
    expect(station.get_by_test_id("sure-return")).to_contain_text("没有人对孩子负责")
    station.keyboard.press("Escape")

    expect(station.get_by_test_id("sure-return")).to_be_hidden()
    expect(station.locator("#return")).to_be_focused()
    state = duty.one("select state from escalation where id = %s", escalation)
    assert state == "acknowledged"
    station.keyboard.press("Enter")
    station.keyboard.press("Tab")
    station.keyboard.press("Enter")
    expect(station.get_by_test_id("given-back")).to_be_visible()
