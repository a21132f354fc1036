"""An account by its pages: codes of a phone, sessions ended elsewhere, a link to begin with."""

import re
from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import Page, expect

from hotline.i18n.catalog import LANGUAGES
from tests.browser.people import (
    PASSWORD,
    Demo,
    Duty,
    flagged_talk,
    loses_the_log_in,
    refused_request,
    signs_in,
)
from tests.browser.test_pages_for_everybody import PAGES, faults_of

pytestmark = pytest.mark.browser

NEW = "seven green umbrellas dance"
STEP_S = 30


def clear_accounts(duty: Duty) -> None:
    """As the demo begins."""
    duty.connection.execute(
        "delete from recovery_code; delete from second_factor; delete from account_act;"
        "delete from invitation; delete from half_sign_in; delete from sign_in_try;"
        "update staff set disabled_at = null, active = true where disabled_at is not null"
    )


@pytest.fixture
def fresh(duty: Duty) -> Duty:
    """Nobody has a second factor."""
    clear_accounts(duty)
    return duty


def phone_shows(duty: Duty, secret: str, *, steps: int) -> str:
    """A code of this half minute, or of the next: each counts, also when typing takes long."""
    now = duty.one("select extract(epoch from now())::int")
    return pyotp.TOTP(secret).at(now + steps * STEP_S)


def types_password(page: Page, demo: Demo, username: str, password: str = PASSWORD) -> None:
    """Without a mouse: the name has the focus when the page is there."""
    page.goto(f"{demo.url}/login")
    expect(page.locator("#username")).to_be_focused()
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def confirms(page: Page) -> None:
    """In the dialog that asks who it is, if an earlier proof is too old; the focus is there."""
    expect(page.get_by_test_id("confirm-identity")).to_be_visible()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("confirm-identity")).to_have_count(0)


def sets_up_a_phone(page: Page, duty: Duty) -> tuple[str, str]:
    """By keyboard. Returns the phone's secret, and one of the recovery codes."""
    page.get_by_test_id("factor-begin").focus()
    page.keyboard.press("Enter")
    confirms(page)
    expect(page.get_by_test_id("factor-code")).to_be_focused()
    secret = page.get_by_test_id("factor-secret").inner_text().replace(" ", "")
    page.keyboard.type(phone_shows(duty, secret, steps=0))
    page.keyboard.press("Enter")
    codes = page.get_by_test_id("recovery-codes").locator("li")
    expect(codes).to_have_count(10)
    recovery = codes.first.inner_text()
    page.get_by_test_id("codes-kept").press("Enter")
    expect(page.get_by_test_id("factor-on")).to_be_visible()
    return secret, recovery


def test_a_supervisor_signs_in_with_a_phone_and_once_without_it_by_keyboard_alone(
    demo: Demo, fresh: Duty, somebody: Callable[[], Page]
) -> None:
    page = somebody()
    signs_in(page, demo, "he")
    page.goto(f"{demo.url}/account")
    fresh.connection.execute("update staff_session set confirmed_at = now() - interval '1 hour'")
    secret, recovery = sets_up_a_phone(page, fresh)

    loses_the_log_in(page)
    types_password(page, demo, "he")
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("toast")).to_contain_text("验证码不对")
    page.locator("#code").fill(phone_shows(fresh, secret, steps=1))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/floor"))

    loses_the_log_in(page)
    types_password(page, demo, "he")
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.type(recovery)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/floor"))
    clear_accounts(fresh)


def test_a_session_that_is_ended_elsewhere_is_led_to_the_log_in(
    demo: Demo, fresh: Duty, somebody: Callable[[], Page]
) -> None:
    lost, own = somebody(), somebody()
    signs_in(lost, demo, "he")
    signs_in(own, demo, "he")
    own.goto(f"{demo.url}/account")

    expect(own.get_by_test_id("session").first).to_contain_text("Chrome")
    own.get_by_test_id("end-others").click()
    own.get_by_test_id("end-others").click()

    lost.wait_for_url(re.compile("/login"))
    expect(own.get_by_test_id("session")).to_have_count(1)


def test_an_administrator_hands_a_link_over_and_a_person_begins_with_it(
    demo: Demo, fresh: Duty, somebody: Callable[[], Page]
) -> None:
    admin, person = somebody(), somebody()
    kept = fresh.one("select password_hash from staff where username = 'chen'")
    signs_in(admin, demo, "admin")
    admin.goto(f"{demo.url}/accounts")
    row = admin.get_by_test_id("account-chen")

    row.locator("summary").click()
    row.get_by_test_id("reset").click()
    row.get_by_test_id("reset").click()
    expect(admin.get_by_test_id("link")).to_have_value(re.compile("/invitation#.{43}"))
    person.goto(admin.get_by_test_id("link").input_value())
    expect(person.get_by_test_id("invited")).to_contain_text("chen")
    expect(person.locator("#password")).to_be_focused()
    person.keyboard.type("hotline-demo")
    expect(person.get_by_test_id("advice")).to_contain_text("太容易猜")
    person.locator("#password").fill(NEW)
    expect(person.get_by_test_id("advice")).to_have_text("这个密码可以用。")
    person.keyboard.press("Enter")
    person.wait_for_url(re.compile("/login"))
    types_password(person, demo, "chen", NEW)
    person.wait_for_url(re.compile("/account"))
    expect(person.get_by_test_id("untold")).to_contain_text("重设了密码")
    person.get_by_test_id("told").click()
    person.wait_for_url(re.compile("/desk"))

    fresh.connection.execute(
        "update staff set password_hash = %s, password_chosen = false where username = 'chen'",
        (kept,),
    )
    clear_accounts(fresh)


def refused_by_policy(page: Page) -> list[str]:
    """Filled with what the browser did not let a page do."""
    found: list[str] = []

    def note(message: str) -> None:
        if "Content Security Policy" in message or "Content-Security-Policy" in message:
            found.append(f"{page.url}: {message[:200]}")

    page.on("console", lambda one: note(one.text))
    page.on("pageerror", lambda one: note(str(one)))
    return found


def test_no_page_does_what_the_content_policy_refuses(
    demo: Demo, fresh: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    refused = [refused_by_policy(desk)]
    ids = {**flagged_talk(desk, fresh), "token": "0" * 24}
    ids["request_id"] = refused_request(fresh, ids["call_id"])

    for who, paths in PAGES.items():
        page = somebody()
        refused.append(refused_by_policy(page))
        if who is not None:
            signs_in(page, demo, who)
        for path in paths:
            page.goto(f"{demo.url}{path.format(**ids)}", wait_until="load")
        page.goto(f"{demo.url}/api/docs")

    assert [one for page_found in refused for one in page_found] == []


def test_pages_of_accounts_can_be_read_by_everybody(
    demo: Demo, fresh: Duty, somebody: Callable[[], Page]
) -> None:
    faults: list[str] = []
    page = somebody()
    page.goto(f"{demo.url}/invitation")
    faults += faults_of(page)
    signs_in(page, demo, "admin")
    for language in LANGUAGES:
        for path in ("/account", "/accounts"):
            page.goto(f"{demo.url}{path}?lang={language}")
            faults += faults_of(page)
    page.goto(f"{demo.url}/account")
    page.get_by_test_id("factor-begin").click()
    expect(page.get_by_test_id("factor-code")).to_be_focused()
    faults += faults_of(page)

    assert faults == []
