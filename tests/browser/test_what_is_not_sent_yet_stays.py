"""A part of a page that is drawn anew takes nothing away that its reader has typed or chosen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Demo, Duty, flagged_talk, signs_in

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


ASKS_TWICE = """<button class="button" id="twice" type="button" data-command="{does}"
    data-confirm="再按一次"><span data-word>{word}</span></button>"""
IS_DRAWN = """(html) => {
    const spot = document.querySelector("#spot") ?? document.querySelector("main").appendChild(
        Object.assign(document.createElement("div"), {id: "spot"}));
    window.Idiomorph.morph(spot, html, {morphStyle: "innerHTML"});
}"""


def test_a_button_that_was_pressed_once_keeps_asking_unless_it_became_another(
    demo: Demo, somebody: Callable[[], Page]
) -> None:
    page = somebody()
    signs_in(page, demo, "he")
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if "/api/v1/spot" in one.url else None)
    page.clock.install()
    button = page.locator("#twice")
    page.evaluate(IS_DRAWN, ASKS_TWICE.format(does="POST /spot/1", word="删除"))

    button.click()
    page.evaluate(IS_DRAWN, ASKS_TWICE.format(does="POST /spot/1", word="删除"))
    expect(button).to_have_text("再按一次")
    page.evaluate(IS_DRAWN, ASKS_TWICE.format(does="POST /spot/2", word="移走"))

    expect(button).to_have_text("移走")
    button.click()
    expect(button).to_have_text("再按一次")
    assert sent == []
    page.clock.fast_forward(4000)
    expect(button).to_have_text("移走")
