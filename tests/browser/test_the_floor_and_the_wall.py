"""A night with danger on floor and wall: danger stands on top, and nothing is cut off."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE_SIZE
from tests.browser.people import Demo, Duty, flagged_talk, signs_in

pytestmark = pytest.mark.browser

WALL: ViewportSize = {"width": 1920, "height": 1080}
SMALL_WALL: ViewportSize = {"width": 1440, "height": 900}
ALARMED_MS = 60_000  # the first step of an alarm comes after 20 s
CUT_OFF = """() => [...document.querySelectorAll(".card")].flatMap((card) => {
    const edge = card.getBoundingClientRect().right;
    const isOut = (part) => part.getBoundingClientRect().right > edge + 1;
    return [...card.querySelectorAll("*")].filter(isOut).map((part) => part.outerHTML.slice(0, 80));
})"""
TEXT_BELOW_28 = """() => [...document.querySelectorAll("main *")].filter((part) => {
    const hasText = [...part.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
    return hasText && !part.closest(".sr-only") && parseFloat(getComputedStyle(part).fontSize) < 28;
}).map((part) => part.outerHTML.slice(0, 80))"""


def top_of(page: Page, testid: str) -> float:
    """Where it begins."""
    top: float = page.get_by_test_id(testid).evaluate("(part) => part.getBoundingClientRect().top")
    return top


@pytest.mark.parametrize("language", ["zh", "en"])
def test_danger_stands_on_top_and_nothing_is_cut_off(
    demo: Demo, duty: Duty, somebody: Callable[[], Page], language: str
) -> None:
    desk, watch = somebody(), somebody()
    flagged_talk(desk, duty)
    duty.a_child_calls("1")
    duty.a_child_calls("9")
    signs_in(watch, demo, "he")

    faults: list[Any] = []
    for path, sizes in (("/floor", (DESKTOP, PHONE_SIZE)), ("/wall", (WALL, SMALL_WALL))):
        watch.goto(f"{demo.url}{path}?lang={language}")
        if path == "/floor":
            expect(watch.get_by_test_id("nobody")).to_be_visible(timeout=ALARMED_MS)
        for size in sizes:
            watch.set_viewport_size(size)
            faults += watch.evaluate(CUT_OFF)
            assert top_of(watch, "in-danger") < top_of(watch, "lines")
    small = watch.evaluate(TEXT_BELOW_28)
    needs = watch.evaluate("document.documentElement.scrollHeight")

    assert faults == []
    assert small == []
    assert needs <= SMALL_WALL["height"]
