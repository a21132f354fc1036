"""Looking back: the slider, the steps, the play; the floor of then stands still and fits."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE_SIZE
from tests.browser.people import Demo, Duty, flagged_talk, signs_in

pytestmark = pytest.mark.browser

WIDER = """() => [...document.querySelectorAll("#main *")].filter((part) => {
    return part.getBoundingClientRect().right > document.documentElement.clientWidth + 1;
}).map((part) => part.outerHTML.slice(0, 80))"""


def shown(page: Page) -> str:
    """The moment that the band names."""
    return page.locator("[data-past-moment]").inner_text()


def second(page: Page) -> int:
    """Where the slider stands."""
    return int(page.get_by_test_id("past-slider").input_value())


def test_a_supervisor_goes_back_and_forth_over_a_flag(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    flagged_talk(somebody(), duty)
    flagged_at = duty.one("select max(created_at) from crisis_flag") + timedelta(seconds=1)
    watch = somebody()
    signs_in(watch, demo, "he")
    watch.get_by_test_id("look-back").click()
    expect(watch.get_by_test_id("past-band")).to_be_visible()

    watch.goto(f"{demo.url}/floor/past?stretch=day&at={flagged_at:%Y-%m-%dT%H:%M:%SZ}")
    floor = watch.get_by_test_id("floor-past")
    expect(floor.get_by_test_id("strip")).to_be_visible()
    expect(floor.locator("button")).to_have_count(0)

    begun, before = second(watch), shown(watch)
    watch.keyboard.press("Shift+ArrowLeft")
    watch.keyboard.press("Shift+ArrowLeft")
    watch.keyboard.press("ArrowRight")
    assert second(watch) in range(begun - 110 - 10, begun - 110 + 10)
    assert shown(watch) < before
    expect(floor.get_by_test_id("strip")).to_have_count(0)
    assert "at=" in watch.url

    watch.get_by_test_id("past-speed").select_option("60")
    watch.get_by_test_id("past-play").click()
    expect(floor.get_by_test_id("strip")).to_be_visible()
    watch.get_by_test_id("past-play").click()

    marks = watch.get_by_test_id("past-list")
    if marks.get_attribute("open") is None:  # many stories left theirs on this day
        marks.locator("summary").click()
    watch.get_by_test_id("past-mark").first.click()
    expect(watch.get_by_test_id("past-band")).to_be_visible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_past_fits_a_desk_and_a_phone(
    demo: Demo, duty: Duty, somebody: Callable[[], Page], language: str
) -> None:
    flagged_talk(somebody(), duty)
    watch = somebody()
    signs_in(watch, demo, "he")
    at = duty.one("select max(created_at) from crisis_flag") + timedelta(seconds=1)
    watch.goto(f"{demo.url}/floor/past?lang={language}&at={at:%Y-%m-%dT%H:%M:%SZ}")

    for size in (DESKTOP, PHONE_SIZE):
        watch.set_viewport_size(size)
        assert watch.evaluate(WIDER) == []
