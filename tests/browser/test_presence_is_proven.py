"""A desk has to answer: a page that is frozen is not ready, and its caller is offered on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Duty, goes_on_duty, has_the_phone, signs_in

pytestmark = pytest.mark.browser

Somebody = Callable[[], Page]
LOOKS, PAUSE_S = 200, 0.2


@contextmanager
def frozen(page: Page) -> Iterator[None]:
    """No script of the page runs, while the browser keeps its connections open.

    By the debugger: the lifecycle state "frozen" stops no page that the headless browser shows.
    """
    debugger = page.context.new_cdp_session(page)
    debugger.send("Debugger.enable")
    debugger.send("Debugger.pause")
    yield
    debugger.send("Debugger.disable")


def waits_at_the_desk(page: Page, duty: Duty, username: str) -> None:
    """On duty as soon as they press the button; it may ring at once."""
    signs_in(page, duty.demo, username)
    has_the_phone(page)
    expect(page.get_by_test_id("check-live")).to_have_attribute("data-health", "good")


def test_the_caller_of_a_frozen_page_is_offered_to_somebody_else(
    duty: Duty, somebody: Somebody
) -> None:
    desk, other = somebody(), somebody()
    waits_at_the_desk(other, duty, "zhang")
    goes_on_duty(desk, duty.demo, "li")
    duty.a_child_calls("1")
    expect(desk.get_by_test_id("answer")).to_be_visible()

    with frozen(desk):
        other.get_by_test_id("presence-ready").first.click()
        expect(other.get_by_test_id("answer")).to_be_visible()

    missed = duty.one(
        "select offer.reason from offer join staff on staff.id = staff_id"
        " where username = 'li' order by offered_at desc"
    )
    assert missed == "console_gone"  # found out before the time to answer was over
    expect(desk.get_by_test_id("state")).to_contain_text("工作台没有回应")


def test_a_page_that_is_back_soon_is_ready_again(duty: Duty, somebody: Somebody) -> None:
    desk = somebody()
    goes_on_duty(desk, duty.demo, "li")

    with frozen(desk):
        is_off_duty(duty, "li")

    expect(desk.locator("#now .hero")).to_have_attribute("data-state", "ready")


def is_off_duty(duty: Duty, username: str) -> None:
    """Waited for."""
    state = "select state from presence join staff on staff.id = staff_id where username = %s"
    for _ in range(LOOKS):
        if duty.one(state, username) == "offline":
            return
        Event().wait(PAUSE_S)
    pytest.fail("somebody whose page is frozen is still ready")
