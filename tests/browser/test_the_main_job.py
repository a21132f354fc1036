"""The main job as people do it: one call from dial to station, in real browsers on the demo."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import DUTY_PHONE, Demo, Duty, signs_in

pytestmark = pytest.mark.browser

CHILD, PIN = "15400000001", "1232"
HEARD = re.compile(r"0\.[0-9]*[1-9]")  # any level above silence


def is_in_state(page: Page, state: str) -> None:
    expect(page.get_by_test_id("state")).to_have_attribute("data-state", state)


def hears_somebody(page: Page) -> None:
    expect(page.get_by_test_id("voice-audio")).to_have_attribute("data-peak-out", HEARD)


def dials_and_chooses_mandarin(child: Page) -> None:
    is_in_state(child, "idle")
    child.get_by_test_id("dial").fill("12355")
    child.get_by_test_id("call").click()
    expect(child.get_by_test_id("transcript")).to_contain_text("青少年服务台")
    child.get_by_test_id("key-1").click()


def acknowledges_with_the_pin(station: Page) -> None:
    is_in_state(station, "ringing")
    station.get_by_test_id("answer").click()
    expect(station.get_by_test_id("transcript")).to_contain_text("未成年人保护个案")
    expect(station.get_by_test_id("gathering")).to_be_visible()
    for key in f"{PIN}#":
        station.get_by_test_id(f"key-{key}").click()


def shows(floor: Page, what: str, state: str) -> None:
    expect(floor.locator(f'[data-testid="{what}"][data-state="{state}"]')).to_be_visible()


def test_a_child_is_heard_and_a_station_answers_for_it(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    child, desk, floor, station = somebody(), somebody(), somebody(), somebody()
    signs_in(desk, demo, "li")
    signs_in(floor, demo, "he")
    floor.goto(f"{demo.url}/floor")
    station.goto(f"{demo.phone}?number={DUTY_PHONE}")
    child.goto(f"{demo.phone}?number={CHILD}")
    desk.get_by_test_id("presence-ready").first.click()
    expect(desk.locator("#now .hero")).to_have_attribute("data-state", "ready")
    shows(floor, "counselor", "ready")

    dials_and_chooses_mandarin(child)
    expect(desk.get_by_test_id("incoming")).to_be_visible()
    expect(desk.get_by_test_id("answer")).to_be_focused()
    desk.keyboard.press("Enter")
    is_in_state(child, "talking")
    shows(floor, "caller", "talking")
    hears_somebody(child)
    hears_somebody(desk)

    desk.keyboard.press("F9")
    desk.get_by_test_id("crisis-send").click()
    shows(floor, "strip", "open")
    acknowledges_with_the_pin(station)
    shows(floor, "strip", "acknowledged")

    child.get_by_test_id("hangup").click()
    shows(floor, "counselor", "wrapping_up")
    expect(floor.locator('[data-testid="caller"]')).to_have_count(0)
    expect(desk.get_by_test_id("record-form")).to_be_visible()


def test_the_guided_page_signs_every_seat_in(demo: Demo, somebody: Callable[[], Page]) -> None:
    page = somebody()

    page.goto(f"{demo.url}/demo")

    expect(page.frame_locator('iframe[name="desk"]').get_by_test_id("state").first).to_be_visible()
    expect(page.frame_locator('iframe[name="floor"]').get_by_test_id("floor")).to_be_visible()
    expect(
        page.frame_locator('iframe[name="station"]').get_by_test_id("escalations")
    ).to_be_visible()
    expect(page.frame_locator('iframe[name="child"]').get_by_test_id("call")).to_be_visible()


def test_the_cast_makes_the_floor_live(demo: Demo, somebody: Callable[[], Page]) -> None:
    page = somebody()
    page.goto(f"{demo.url}/demo")
    floor = page.frame_locator('iframe[name="floor"]')
    expect(floor.get_by_test_id("floor")).to_be_visible()

    page.get_by_test_id("cast").check()

    expect(floor.locator('[data-testid="counselor"]').first).to_be_visible()
    expect(floor.locator('[data-testid="caller"]').first).to_be_visible(timeout=60_000)
    page.get_by_test_id("cast").uncheck()
    expect(floor.locator('[data-testid="caller"]')).to_have_count(0)
