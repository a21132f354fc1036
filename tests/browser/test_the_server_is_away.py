"""A page that is opened while the server is away says what was not sent, and comes back with it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import DESKTOP, PATIENCE_MS
from tests.browser.people import Duty, raises_flag, talks_with_a_child

pytestmark = pytest.mark.browser

ROOF = "在教学楼楼顶"
FLAGS = "select count(*) from crisis_flag where call_id = %s"


@pytest.fixture
def browser_of_li(chromium: Browser) -> Iterator[BrowserContext]:
    """As at a real desk: with what it keeps for when nothing answers."""
    context = chromium.new_context(locale="zh-CN", permissions=["microphone"], viewport=DESKTOP)
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    yield context
    context.close()


def is_not_sent(page: Page) -> None:
    band = page.get_by_test_id("not-sent")
    expect(band).to_be_visible()
    expect(band).to_contain_text("未送达，请立即致电工作站")
    expect(page.get_by_test_id("not-sent-alarms").locator("a")).to_be_visible()


def test_a_reload_while_the_server_is_away_still_says_not_sent_and_sends_it_afterwards(
    duty: Duty, browser_of_li: BrowserContext
) -> None:
    desk = browser_of_li.new_page()
    talks_with_a_child(desk, duty)
    call = str(duty.one("select id from call where state = 'talking'"))
    desk.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    browser_of_li.set_offline(True)
    raises_flag(desk, "imminent", ROOF)
    is_not_sent(desk)

    desk.goto(f"{duty.demo.url}/desk")

    expect(desk.get_by_test_id("away")).to_be_visible()
    is_not_sent(desk)
    desk.get_by_test_id("phoned").click()
    expect(desk.get_by_test_id("phoned")).to_have_attribute("aria-pressed", "true")
    with desk.expect_response(lambda answer: answer.url.endswith("/flags") and answer.ok):
        browser_of_li.set_offline(False)

    expect(desk.get_by_test_id("away")).to_be_hidden()
    expect(desk.get_by_test_id("not-sent")).to_be_hidden()
    assert duty.one(FLAGS, call) == 1
