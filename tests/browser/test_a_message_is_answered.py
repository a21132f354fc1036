"""Nobody was there: a counselor finds the message in the list, listens, and calls back at once."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Demo, Duty, goes_on_duty, signs_in

pytestmark = pytest.mark.browser

FETCHED_MS = 90_000
PLAYS = "() => { const sound = document.querySelector('audio'); sound.muted = true; sound.play(); }"
HAS_PLAYED = "() => document.querySelector('audio').currentTime > 0"
HAS_SPOKEN = """() => {
    window.began ??= performance.now();
    return performance.now() - window.began > 2500;
}"""  # the recorder's clock is real, and what is shorter than a second is nothing


@pytest.fixture
def closed_line(duty: Duty) -> Duty:
    """After hours: whoever calls is asked for a message."""
    duty.asks("he", "POST", "/floor/lines/youth-12355/close", {"reason": "nobody until eight"})
    return duty


def test_a_message_is_heard_where_it_stands_and_answered_by_one_click(
    demo: Demo, closed_line: Duty, somebody: Callable[[], Page]
) -> None:
    duty, page = closed_line, somebody()
    goes_on_duty(page, demo, "li")
    child = duty.a_child_calls("1")
    duty.comes_to_the_recorder(child)
    page.wait_for_function(HAS_SPOKEN)
    duty.acts(child, "hang_up")
    page.goto(f"{demo.url}/messages")
    message = page.get_by_test_id("message")

    expect(page.get_by_test_id("messages-count")).to_have_text("1")
    expect(message.get_by_test_id("player")).to_be_visible(timeout=FETCHED_MS)
    page.evaluate(PLAYS)
    page.wait_for_function(HAS_PLAYED)
    expect(message.get_by_test_id("heard")).to_contain_text("最近听过")
    message.get_by_test_id("call-now").click()

    expect(page.get_by_test_id("answer")).to_be_visible()
    expect(message.get_by_test_id("in-hand")).to_be_visible()
    page.keyboard.press("Escape")
    expect(message.get_by_test_id("in-hand")).to_have_count(0)


def test_a_supervisor_opens_a_number_which_is_shown_once_and_told_of(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    page = somebody()
    child = duty.a_child_calls("1")
    call_id = duty.one("select id from call where state <> 'ended' order by arrived_at desc")
    signs_in(page, demo, "he")
    page.goto(f"{demo.url}/calls/{call_id}")

    page.get_by_test_id("number-form").locator("summary").click()
    page.locator("[data-opens-number] input").fill("救护车要核对号码")
    page.get_by_test_id("open-number").click()
    shown = page.get_by_test_id("opened-number")
    expect(shown.locator("[data-number]")).to_have_text(child)
    page.get_by_test_id("close-number").click()

    expect(shown).to_be_hidden()
    expect(shown.locator("[data-number]")).to_have_text("")
    assert child not in page.content()
    assert child not in page.url
    page.goto(f"{demo.url}/floor/acts")
    expect(page.get_by_test_id("acts")).to_contain_text("救护车要核对号码")
