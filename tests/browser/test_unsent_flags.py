"""A flag is never lost: offline, over reloads and log-ins, beside other flags."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.browser.people import (
    Demo,
    Duty,
    answers,
    goes_on_duty,
    loses_the_log_in,
    raises_flag,
    signs_in,
)

pytestmark = pytest.mark.browser

FLAGS = "**/flags"
ROOF, BRIDGE = "在教学楼楼顶", "在人民桥上"


def in_a_talk(page: Page, duty: Duty, username: str) -> Page:
    goes_on_duty(page, duty.demo, username)
    duty.a_child_calls("1")
    answers(page)
    return page


def sent_flags(context: BrowserContext) -> list[dict[str, str]]:
    """What the browser asks the server from now on; filled while it does."""
    flags: list[dict[str, str]] = []

    def note(request: Request) -> None:
        if request.url.endswith("/flags"):
            flags.append(json.loads(request.post_data or "{}"))

    context.on("requestfinished", note)
    return flags


def waiting_flags(page: Page, count: int) -> None:
    expect(page.get_by_test_id("not-sent")).to_have_attribute("data-count", str(count))
    expect(page.get_by_test_id("not-sent")).to_be_visible(visible=count > 0)


def test_flags_pressed_offline_all_arrive_the_loudest_first(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = in_a_talk(somebody(), duty, "li")
    sent = sent_flags(desk.context)

    desk.context.set_offline(True)
    raises_flag(desk, "high", BRIDGE)
    raises_flag(desk, "imminent", ROOF)
    waiting_flags(desk, 2)
    expect(desk.get_by_test_id("not-sent-words")).to_contain_text("迫在眉睫 1 条、高风险 1 条")
    desk.context.set_offline(False)

    waiting_flags(desk, 0)
    assert [(flag["level"], flag["summary"]) for flag in sent] == [
        ("imminent", ROOF),
        ("high", BRIDGE),
    ]
    expect(desk.locator("#facts")).to_contain_text("迫在眉睫")


def test_having_phoned_stays_said_until_a_further_flag(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = in_a_talk(somebody(), duty, "li")
    desk.route(FLAGS, lambda route: route.abort())
    phoned = desk.get_by_test_id("phoned")
    raises_flag(desk, "imminent", ROOF)

    phoned.click()
    expect(phoned).to_have_attribute("aria-pressed", "true")
    desk.reload()
    waiting_flags(desk, 1)
    expect(phoned).to_have_attribute("aria-pressed", "true")

    raises_flag(desk, "high", BRIDGE)
    waiting_flags(desk, 2)
    expect(phoned).to_have_attribute("aria-pressed", "false")


def test_an_unsent_flag_outlives_the_log_in_and_nobody_else_can_read_it(
    demo: Demo, duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = in_a_talk(somebody(), duty, "li")
    sent = sent_flags(desk.context)
    desk.route(FLAGS, lambda route: route.abort())
    raises_flag(desk, "imminent", ROOF)
    waiting_flags(desk, 1)
    loses_the_log_in(desk)

    desk.goto(f"{demo.url}/login")
    waiting_flags(desk, 1)
    assert ROOF not in desk.evaluate("JSON.stringify(localStorage)")
    signs_in(desk, demo, "chen")
    waiting_flags(desk, 1)
    expect(desk.get_by_test_id("not-sent-words")).to_contain_text("上报的同事登录后")
    desk.unroute(FLAGS)
    loses_the_log_in(desk)
    signs_in(desk, demo, "li")

    waiting_flags(desk, 0)
    assert [(flag["level"], flag["summary"]) for flag in sent] == [("imminent", ROOF)]
    assert "hotline.flag." not in desk.evaluate("Object.keys(localStorage).join()")
