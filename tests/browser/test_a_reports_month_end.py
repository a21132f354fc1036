"""A month-end: the form is read and taken, a mail is set and stopped, calls behind a figure."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE_SIZE
from tests.browser.people import Demo, Duty, signs_in
from tests.browser.test_pages_for_everybody import faults_of

pytestmark = pytest.mark.browser

CLOSED = "select now() - interval '40 days'"  # in a month that is closed, whatever today is
SEEDED = """
insert into call (id, carrier_sid, line_id, from_masked, from_index, state, language, urgency, step,
    misses, turn, waits, arrived_at, heard_at, queued_at, left_at, ended_at, outcome, outcome_step,
    place_code, place_source)
select 'month-' || n, 'CA-month-' || n, 'youth-12355', '154****0001', '', 'ended', 'cmn', 'routine',
    '', 0, 0, 0, at, at, at, at + interval '1 minute', at + interval '1 minute', 'hung_up', '',
    case when n <= 9 then '440106' else '440305' end, 'number'
from generate_series(1, 12) n, (values (%s::timestamptz)) one (at)
"""  # nine from Guangzhou, three from Shenzhen; each hung up in the queue
GONE = "delete from told_month; delete from call where id like 'month-%'; delete from report_mail"
BEGINS = {"csv": b"\xef\xbb\xbf", "xlsx": b"PK", "pdf": b"%PDF"}


@pytest.fixture
def month(duty: Duty) -> Iterator[str]:
    """One that is closed, with twelve calls on the youth line."""
    day = duty.one(CLOSED).replace(day=15)
    duty.connection.execute(GONE)
    duty.connection.execute(SEEDED, (day,))
    yield f"{day:%Y-%m}"
    duty.connection.execute(GONE)


def of_month(page: Page, demo: Demo, month: str, **more: str) -> None:
    """The monthly form of the youth line."""
    asked = "".join(f"&{name}={value}" for name, value in more.items())
    page.goto(f"{demo.url}/reports?kind=month&on={month}-15&line=youth-12355{asked}")


def taken(page: Page, kind: str) -> bytes:
    """What its button saves."""
    with page.expect_download() as saved:
        page.get_by_test_id(f"export-{kind}").click()
    return Path(saved.value.path()).read_bytes()


def test_a_closed_month_is_read_by_line_and_city_and_taken_without_small_numbers(
    demo: Demo, month: str, somebody: Callable[[], Page]
) -> None:
    he = somebody()
    signs_in(he, demo, "he")
    of_month(he, demo, month, lang="zh")
    expect(he.get_by_test_id("form")).to_contain_text("来电总数")
    expect(he.get_by_test_id("form")).to_contain_text("12")
    expect(he.get_by_test_id("cities")).to_contain_text("<5")
    expect(he.get_by_test_id("footnote")).to_contain_text("少于 5")

    files = {kind: taken(he, kind) for kind in BEGINS}
    assert {kind: raw[: len(BEGINS[kind])] for kind, raw in files.items()} == BEGINS
    assert "<5" in files["csv"].decode("utf-8-sig")

    he.get_by_label("来电城市").select_option(label="深圳市")
    he.get_by_role("button", name="查看").click()
    expect(he.get_by_test_id("form")).to_contain_text("<5")
    he.set_viewport_size(PHONE_SIZE)
    of_month(he, demo, month, lang="en")
    expect(he.get_by_test_id("report")).to_contain_text("Answered within 15 s")
    assert he.evaluate("document.documentElement.scrollWidth") == PHONE_SIZE["width"]


def test_a_figure_leads_to_its_calls(demo: Demo, month: str, somebody: Callable[[], Page]) -> None:
    he = somebody()
    signs_in(he, demo, "he")
    of_month(he, demo, month)

    he.get_by_test_id("kpi-abandoned").get_by_role("link").click()
    expect(he.get_by_test_id("open-call")).to_have_count(12)
    he.get_by_test_id("open-call").first.click()

    he.wait_for_url("**/calls/month-*")
    expect(he.locator("#main")).to_contain_text("154****0001")


def test_a_mail_is_set_and_stopped(demo: Demo, month: str, somebody: Callable[[], Page]) -> None:
    he = somebody()
    signs_in(he, demo, "he")
    he.goto(f"{demo.url}/reports/mails?lang=zh")
    expect(he.get_by_test_id("mails-empty")).to_be_visible()
    form = he.get_by_test_id("mail-form")
    form.locator("[name=kind]").select_option("month")
    form.locator("[name=address]").fill("he@hotline.example")
    he.get_by_test_id("mail-add").click()
    expect(he.get_by_test_id("mails")).to_contain_text("he@hotline.example")
    assert faults_of(he) == []

    he.goto(f"{demo.url}/reports/mails?lang=en")
    stop = he.get_by_test_id("mail-stop")
    stop.click()
    stop.click()
    expect(he.get_by_text("he@hotline.example")).to_have_count(0)
