"""A part of a page that is drawn anew takes nothing away that its reader has typed or chosen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Duty, flagged_talk

pytestmark = pytest.mark.browser

DRAWN_ANEW = """() => new Promise((drawn) => {
    document.querySelector("#follow-up").addEventListener("htmx:afterSettle", drawn, {once: true});
    htmx.trigger(document.body, "sse:resync");
})"""
ALL_FIELDS = """(form) => [...new FormData(form)].map(([, value]) => value)"""


def test_what_is_chosen_and_written_outlives_news_and_is_gone_once_sent(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    flagged_talk(desk, duty)
    form = desk.get_by_test_id("consent").locator("form")

    form.locator("[name=said]").select_option("agreed")
    form.locator("[name=from_hour]").fill("15")
    form.locator("[name=words]").fill("放学以后")
    desk.evaluate(DRAWN_ANEW)

    assert form.evaluate(ALL_FIELDS) == ["agreed", "15", "21", "放学以后"]
    form.get_by_role("button").press("Enter")
    expect(desk.get_by_test_id("desk-follow-up")).to_have_attribute("data-state", "running")
    desk.evaluate(DRAWN_ANEW)
    assert form.evaluate(ALL_FIELDS) == ["", "15", "21", ""]
