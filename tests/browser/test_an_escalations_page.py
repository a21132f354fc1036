"""The page of an escalation while it moves: nothing that somebody reads or writes is taken away."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Demo, Duty, flagged_talk, signs_in, talks_with_a_child

pytestmark = pytest.mark.browser

EVERY_STATION = 20  # as many as are shown where nothing is sought yet


def supervisor_at_a_flag(demo: Demo, duty: Duty, somebody: Callable[[], Page]) -> tuple[Page, str]:
    """Li has flagged a child, and he reads the escalation's page. Returns its id as well."""
    desk, he = somebody(), somebody()
    escalation = str(flagged_talk(desk, duty)["escalation_id"])
    signs_in(he, demo, "he")
    he.goto(f"{demo.url}/escalations/{escalation}")
    return he, escalation


def officer_at_a_flag(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> tuple[Page, dict[str, str]]:
    """Li has flagged a child, and an officer reads the station's page of it."""
    desk, station = somebody(), somebody()
    ids = dict(flagged_talk(desk, duty))
    signs_in(station, demo, "tianhe")
    station.goto(f"{demo.url}/escalations/{ids['escalation_id']}")
    station.wait_for_url("**/station/*")
    return station, ids


def chooses(station: Page, step: str) -> None:
    """Of what stands behind "more"."""
    station.get_by_test_id("more").click()
    station.get_by_test_id(f"choose-{step}").click()


def test_what_was_unfolded_and_written_stays_while_the_page_follows(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    station, ids = officer_at_a_flag(demo, duty, somebody)
    station.get_by_test_id("told").first.locator("summary").click()
    chooses(station, "comment")
    station.locator("#comment").fill("孩子已安全")

    duty.asks(
        "li", "POST", f"/calls/{ids['call_id']}/flags", {"level": "imminent", "summary": "又说了"}
    )

    expect(station.get_by_test_id("story-in-short")).to_contain_text("再次标记危机")
    expect(station.get_by_test_id("told").first.locator("details")).to_have_attribute("open", "")
    expect(station.locator("#comment")).to_have_value("孩子已安全")
    expect(station.locator("#comment")).to_be_visible()
    station.get_by_test_id("back-to-next").click()
    station.get_by_test_id("acknowledge").click()
    expect(station.get_by_test_id("holder")).to_contain_text("由您负责")
    expect(station.get_by_test_id("accept")).to_be_visible()


def test_an_escalation_is_closed_only_after_the_consequence_was_confirmed(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    station, ids = officer_at_a_flag(demo, duty, somebody)
    escalation = ids["escalation_id"]
    duty.asks("tianhe", "POST", f"/escalations/{escalation}/rescue", {"agency": "120"})
    station.reload()
    chooses(station, "closed")
    station.locator("#close").fill("孩子已安全")

    station.get_by_test_id("close").press("Enter")
    expect(station.get_by_test_id("sure-close")).to_be_focused()
    station.get_by_test_id("keep-from-close").press("Enter")

    expect(station.get_by_test_id("sure-close")).to_be_hidden()
    expect(station.locator("#close")).to_be_focused()
    assert duty.one("select state from escalation where id = %s", escalation) == "open"
    station.get_by_test_id("close").press("Enter")
    station.keyboard.press("Tab")
    station.keyboard.press("Enter")
    expect(station.get_by_test_id("holder")).to_contain_text("已结案")


def test_an_escalation_is_returned_only_after_the_consequence_was_confirmed(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    station, ids = officer_at_a_flag(demo, duty, somebody)
    escalation = ids["escalation_id"]
    duty.asks("tianhe", "POST", f"/escalations/{escalation}/acknowledge")
    expect(station.get_by_test_id("accept")).to_be_visible()
    chooses(station, "return")
    station.locator("#return").fill("不是本区")

    station.get_by_test_id("return").press("Enter")
    expect(station.get_by_test_id("sure-return")).to_be_focused()
    expect(station.get_by_test_id("sure-return")).to_contain_text("没有人对孩子负责")
    station.keyboard.press("Escape")

    expect(station.get_by_test_id("sure-return")).to_be_hidden()
    expect(station.locator("#return")).to_be_focused()
    state = duty.one("select state from escalation where id = %s", escalation)
    assert state == "acknowledged"
    station.get_by_test_id("return").press("Enter")
    station.keyboard.press("Tab")
    station.keyboard.press("Enter")
    expect(station.get_by_test_id("given-back")).to_be_visible()


def test_the_list_and_the_acts_are_reached_by_keys(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk, he = somebody(), somebody()
    escalation = flagged_talk(desk, duty)["escalation_id"]
    signs_in(he, demo, "he")
    he.goto(demo.url + "/escalations")
    expect(he.get_by_test_id("next").first).to_be_visible()

    he.keyboard.press("j")
    expect(he.locator("[data-row]").first).to_be_focused()
    he.keyboard.press("Enter")
    expect(he.get_by_test_id("story-in-short")).to_be_visible()
    he.keyboard.press("c")
    expect(he.locator("#comment")).to_be_focused()
    he.keyboard.type("在天桥上")
    he.get_by_test_id("comment").click()

    expect(he.get_by_test_id("story-in-short")).to_contain_text("补充了说明")
    expect(he.locator("#comment")).to_have_value("")
    kind = duty.one("select kind from escalation_event where escalation_id = %s"
                    " and kind = 'escalation.commented'", escalation)  # fmt: skip
    assert kind == "escalation.commented"


def test_another_station_is_found_and_it_is_handed_over_after_the_consequence_was_read(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    he, escalation = supervisor_at_a_flag(demo, duty, somebody)

    with he.expect_response(lambda answer: "/stations?q=%" in answer.url):
        he.locator("#hand-q").fill("广州市未成年人救助保护中心")
    expect(he.locator("#hand-found label")).not_to_have_count(EVERY_STATION)  # before words came
    he.locator("#hand-found label").filter(has_text="广州市未成年人救助保护中心").click()
    he.locator("#hand").fill("孩子在外区")
    he.get_by_test_id("hand-to").click()
    expect(he.get_by_test_id("sure-hand")).to_contain_text("不再负责")
    he.get_by_test_id("hand-for-good").click()

    expect(he.get_by_test_id("story-in-short")).to_contain_text("转给 广州市未成年人救助保护中心")
    assert duty.one("select station_id from escalation where id = %s", escalation) == "gz-city"


def test_a_supervisor_rings_reminds_and_is_answered_without_a_mouse(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    he, escalation = supervisor_at_a_flag(demo, duty, somebody)
    he.locator("#ring").select_option(label="天河站长")
    he.locator("#ring").focus()

    he.keyboard.press("Tab")
    expect(he.get_by_test_id("ring-now")).to_be_focused()
    he.keyboard.press("Enter")
    expect(he.get_by_test_id("story-in-short")).to_contain_text("何静 要求马上呼叫")
    duty.asks("tianhe", "POST", f"/escalations/{escalation}/acknowledge")
    expect(he.get_by_test_id("remind")).to_be_visible()
    he.locator("body").press("d")

    expect(he.get_by_test_id("reminded")).to_contain_text("督办 ×1")


def test_a_rescue_is_confirmed_it_is_closed_and_opened_again_without_a_mouse(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk, he = somebody(), somebody()
    escalation = flagged_talk(desk, duty)["escalation_id"]
    duty.asks("tianhe", "POST", f"/escalations/{escalation}/acknowledge")
    signs_in(he, demo, "he")
    he.goto(f"{demo.url}/escalations/{escalation}")
    expect(he.locator("#rescue")).to_have_value("")  # nobody has said who came

    he.locator("#rescue").press("ArrowDown")
    for key in ("Tab", "Tab", "Enter"):
        he.keyboard.press(key)
    expect(he.get_by_test_id("rescue-confirmed")).to_contain_text("110")
    he.locator("#close").fill("孩子已安全")
    for key in ("Enter", "Tab", "Enter"):
        he.keyboard.press(key)
    expect(he.get_by_test_id("holder")).to_contain_text("已结案")
    expect(he.locator("#reopen")).to_be_visible()
    he.locator("body").press("o")
    expect(he.locator("#reopen")).to_be_focused()
    he.keyboard.type("又来电")
    for key in ("Enter", "Tab", "Enter"):
        he.keyboard.press(key)

    expect(he.get_by_test_id("story-in-short")).to_contain_text("何静 重新打开")
    assert duty.one("select state from escalation where id = %s", escalation) == "open"


def test_a_station_that_was_asked_for_in_vain_is_told_until_it_is_handed_on(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk, he = somebody(), somebody()
    talks_with_a_child(desk, duty)
    call_id = duty.one("select id from call where state = 'talking'")
    flag = {"level": "high", "station": "没有这个站"}
    escalation = duty.asks("li", "POST", f"/calls/{call_id}/flags", flag)["escalation_id"]
    signs_in(he, demo, "he")
    he.goto(f"{demo.url}/escalations/{escalation}")
    expect(he.get_by_test_id("chosen-in-vain")).to_contain_text("天河区未成年人保护工作站")

    over = {"station": "gz-city", "text": "在外区"}
    duty.asks("he", "POST", f"/escalations/{escalation}/hand-to", over)

    expect(he.get_by_test_id("chosen-in-vain")).to_have_count(0)
