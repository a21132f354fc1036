"""The link in a text to a station, opened on any telephone: no account, no scripts."""

import hashlib
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE_MS, PHONE_SIZE
from tests.browser.people import Duty, flagged_talk

pytestmark = pytest.mark.browser

PIN, WRONG_PIN = "1232", "0000"
SMALLEST_TARGET = 48
MADE = """insert into ack_token (hash, attempt_id, expires_at)
    select %s, attempt.id, now() + make_interval(mins => %s) from attempt
    join station_contact on station_contact.id = attempt.contact_id
    where escalation_id = %s and station_contact.name = '天河值班' limit 1"""


@pytest.fixture
def handset(chromium: Browser) -> Iterator[Page]:
    """A small telephone on which nothing runs."""
    context = chromium.new_context(
        locale="zh-CN", viewport=PHONE_SIZE, has_touch=True, java_script_enabled=False
    )
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    yield context.new_page()
    context.close()


def a_link(duty: Duty, escalation: str, *, minutes: int = 20) -> str:
    """As it stands in a text to the duty contact; good for so long."""
    token = f"link-{escalation}-{minutes}"
    kept = hashlib.sha256(token.encode()).hexdigest()
    duty.connection.execute(MADE, (kept, minutes, escalation))
    return f"{duty.demo.url}/a/{token}"


def test_a_wrong_pin_is_told_and_the_right_one_acknowledges_with_the_keypad_alone(
    duty: Duty, somebody: Callable[[], Page], handset: Page
) -> None:
    escalation = flagged_talk(somebody(), duty)["escalation_id"]
    handset.goto(a_link(duty, escalation))
    expect(handset.locator("#pin")).to_be_focused()
    expect(handset.locator("#pin")).to_have_attribute("inputmode", "numeric")

    handset.keyboard.type(WRONG_PIN)
    handset.keyboard.press("Enter")
    expect(handset.get_by_role("alert")).to_contain_text("什么也没有登记")
    expect(handset.locator("#pin")).to_be_focused()
    assert duty.one("select state from escalation where id = %s", escalation) == "open"
    handset.keyboard.type(PIN)
    handset.keyboard.press("Enter")

    expect(handset.get_by_text("已登记由您接收")).to_be_visible()
    assert duty.one("select state from escalation where id = %s", escalation) == "acknowledged"


def test_everything_fits_a_small_screen_and_can_be_hit_with_a_thumb(
    duty: Duty, somebody: Callable[[], Page], handset: Page
) -> None:
    escalation = flagged_talk(somebody(), duty)["escalation_id"]
    handset.goto(a_link(duty, escalation))

    for name in ("acknowledge", "hand-on"):
        box = handset.get_by_test_id(name).bounding_box()
        assert box is not None
        assert box["height"] >= SMALLEST_TARGET
        assert box["x"] + box["width"] <= PHONE_SIZE["width"]


def test_a_link_that_is_too_old_says_whom_to_ring_and_asks_for_no_pin(
    duty: Duty, somebody: Callable[[], Page], handset: Page
) -> None:
    escalation = flagged_talk(somebody(), duty)["escalation_id"]

    handset.goto(a_link(duty, escalation, minutes=-1))

    expect(handset.get_by_test_id("link-expired").locator("a[href^='tel:']")).to_be_visible()
    expect(handset.locator("#pin")).to_have_count(0)
