"""A browser goes to the identity provider and comes back, as people do it."""

import re
from collections.abc import Callable, Iterator

import psycopg
import pytest
from playwright.sync_api import Page, expect

from hotline.clock import SystemClock
from tests.browser.conftest import demo_in
from tests.browser.people import PASSWORD, Demo
from tests.browser.test_ones_own_account import types_password
from tests.browser.test_pages_for_everybody import faults_of
from tests.loopback_provider import CLIENT, SECRET, LoopbackProvider, running

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def provider() -> Iterator[LoopbackProvider]:
    with running(LoopbackProvider(SystemClock().now)) as made:
        yield made


@pytest.fixture(scope="module")
def house(provider: LoopbackProvider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo whose people may sign in through the provider."""
    settings = {
        "HOTLINE_OIDC_ISSUER": provider.issuer,
        "HOTLINE_OIDC_CLIENT_ID": CLIENT,
        "HOTLINE_OIDC_CLIENT_SECRET": SECRET,
    }
    with demo_in(tmp_path_factory.mktemp("oidc") / "data", settings) as made:
        yield made


def goes_there(page: Page, house: Demo) -> None:
    """By the button on the log-in page."""
    page.goto(f"{house.url}/login")
    assert faults_of(page) == []
    page.get_by_test_id("provider").click()


def test_the_provider_leads_a_supervisor_to_the_first_page_of_the_role(
    house: Demo, provider: LoopbackProvider, somebody: Callable[[], Page]
) -> None:
    provider.username = "he"
    page = somebody()

    goes_there(page, house)

    page.wait_for_url(re.compile("/floor"))
    cookies = {one["name"]: one["sameSite"] for one in page.context.cookies()}
    assert cookies["hotline_session"] == "Strict"
    assert not any("way" in name for name in cookies), "what was needed on the way is gone"


def test_who_has_no_account_here_reads_what_to_do(
    house: Demo, provider: LoopbackProvider, somebody: Callable[[], Page]
) -> None:
    provider.username = "nobody"
    page = somebody()

    goes_there(page, house)

    expect(page.get_by_test_id("provider-return")).to_contain_text("这里没有您的账号")
    assert faults_of(page) == []
    page.get_by_role("link", name="从头开始").click()
    expect(page.get_by_test_id("login-form")).to_be_visible()


def test_a_provider_that_is_away_is_told_on_the_log_in_page_where_passwords_still_work(
    house: Demo, provider: LoopbackProvider, somebody: Callable[[], Page]
) -> None:
    page = somebody()
    provider.username, provider.refuses = "he", "temporarily_unavailable"

    goes_there(page, house)
    expect(page.get_by_test_id("provider-return")).to_contain_text("没有应答")
    provider.refuses = ""
    types_password(page, house, "he", PASSWORD)

    page.wait_for_url(re.compile("/floor"))


def test_somebody_proves_again_at_the_provider_before_what_reaches_far(
    house: Demo, provider: LoopbackProvider, somebody: Callable[[], Page]
) -> None:
    """In a window of its own, which goes away; what was begun then goes on by itself."""
    provider.username = "admin"
    page = somebody()
    goes_there(page, house)
    page.wait_for_url(re.compile("/administration"))
    with psycopg.connect(house.database, autocommit=True) as connection:
        connection.execute("update staff_session set confirmed_at = now() - interval '1 hour'")
    page.goto(f"{house.url}/account")
    page.get_by_test_id("factor-begin").click()
    expect(page.get_by_test_id("confirm-identity")).to_be_visible()

    with page.context.expect_page() as other:
        page.get_by_test_id("confirm-at-provider").click()

    expect(page.get_by_test_id("confirm-identity")).to_have_count(0)
    expect(page.get_by_test_id("factor-code")).to_be_focused()
    if not other.value.is_closed():
        other.value.wait_for_event("close")
    assert provider.asked[-1]["prompt"] == "login"


def test_a_second_factor_of_ours_is_still_wanted_after_the_provider(
    house: Demo, provider: LoopbackProvider, somebody: Callable[[], Page]
) -> None:
    provider.username = "he"
    with psycopg.connect(house.database, autocommit=True) as connection:
        connection.execute(
            "insert into second_factor (staff_id, secret_sealed, created_at, confirmed_at,"
            " last_step) select id, 'sealed', now(), now(), 0 from staff where username = 'he'"
        )
        page = somebody()

        goes_there(page, house)

        expect(page.locator("#code")).to_be_focused()
        assert page.url.endswith("/login")
        connection.execute("delete from second_factor")
