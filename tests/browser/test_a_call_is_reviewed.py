"""A supervisor reviews a call by its form, and the counselor reads it and answers."""

from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE_SIZE
from tests.browser.people import Demo, Duty, signs_in
from tests.browser.test_pages_for_everybody import faults_of

pytestmark = pytest.mark.browser

DRAWN = """
delete from call_review;
delete from staff_certificate;
delete from supervision_session;
insert into call (id, carrier_sid, line_id, from_masked, from_index, state, language, urgency, step,
    misses, turn, waits, alarm_step, arrived_at, heard_at, joined_at, ended_at, outcome,
    outcome_step, counselor_id)
select 'reviewed', 'CA-reviewed', 'youth-12355', '154****0001', '', 'ended', 'cmn', 'crisis', '', 0,
    0, 0, 0, now(), now(), now() - interval '40 days', now(), 'talked', '', id
from staff where username = 'li'
on conflict (id) do update set joined_at = excluded.joined_at, ended_at = excluded.ended_at;
insert into call_review (id, call_id, line_id, month, counselor_id, imminent, state, scores,
    history, drawn_at, due_at)
select 'review', 'reviewed', 'youth-12355', to_char(now(), 'YYYY-MM'), id, true, 'drawn', '{}',
    '[]', now(), now() + interval '3 days'
from staff where username = 'li';
insert into staff_certificate (id, staff_id, kind, issued_on, valid_until, noted_by_id, noted_at)
select 'ending', one.id, 'crisis', now() - interval '2 years', now() + interval '10 days',
    two.id, now()
from staff one, staff two where one.username = 'li' and two.username = 'he';
"""
READ = """
insert into call_event (call_id, at, kind, staff_id, facts)
select 'reviewed', now(), 'record.read', id, '{}' from staff where username = 'he'
"""
GONE = "delete from call_review; delete from staff_certificate"


@pytest.fixture
def drawn(duty: Duty) -> psycopg.Connection:
    """A call of li's was drawn; a certificate of his ends in ten days."""
    duty.connection.execute(DRAWN)
    return duty.connection


def scores(page: Page) -> None:
    """The best of each criterion that the call shows."""
    for choice in page.get_by_test_id("score-form").locator("select").all():
        last = choice.locator("option").last
        choice.select_option(last.get_attribute("value"))
    page.get_by_label("说给咨询员的话（加密保存）").fill("先听后问，很稳。")
    page.get_by_test_id("save-scores").click()


def test_a_review_is_written_given_read_and_answered(
    demo: Demo, drawn: psycopg.Connection, somebody: Callable[[], Page]
) -> None:
    he, li = somebody(), somebody()
    signs_in(he, demo, "he")
    he.goto(f"{demo.url}/quality")
    expect(he.get_by_test_id("ending")).to_contain_text("有效至")
    faults = faults_of(he)
    he.get_by_test_id("take-review").click()
    expect(he.get_by_test_id("review")).to_contain_text("待评议")
    he.get_by_test_id("review").get_by_role("link").click()
    expect(he.get_by_test_id("read-first")).to_be_visible()
    drawn.execute(READ)
    he.goto(f"{demo.url}/quality/reviews/review")
    faults += faults_of(he)
    scores(he)
    give = he.get_by_test_id("give")
    give.click()
    give.click()
    expect(he.get_by_test_id("what")).to_contain_text("对方未读")

    li.set_viewport_size(PHONE_SIZE)
    signs_in(li, demo, "li")
    li.goto(f"{demo.url}/account")
    li.get_by_test_id("my-feedback").get_by_role("link").click()
    expect(li.get_by_test_id("feedback")).to_contain_text("先听后问")
    faults += faults_of(li)
    li.get_by_label("想说的话").fill("谢谢，下次注意。")
    li.get_by_test_id("answer-feedback").click()
    expect(li.get_by_test_id("answer")).to_contain_text("下次注意")
    he.reload()
    expect(he.get_by_test_id("answer")).to_contain_text("下次注意")
    drawn.execute(GONE)
    assert faults == []


def test_a_session_is_written_down_and_nobody_is_late_any_more(
    demo: Demo, drawn: psycopg.Connection, somebody: Callable[[], Page]
) -> None:
    page = somebody()
    page.set_viewport_size(PHONE_SIZE)
    signs_in(page, demo, "he")
    page.goto(f"{demo.url}/quality")
    expect(page.get_by_test_id("late")).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE_SIZE["width"]

    page.get_by_text("登记一次督导").click()
    form = page.locator("#note-session")
    form.get_by_label("督导了谁").select_option(label="李明慧")
    form.get_by_label("什么时候").fill(_an_hour_ago(drawn))
    form.get_by_label("多少分钟").fill("50")
    form.get_by_test_id("note-session").click()

    expect(page.get_by_test_id("late")).to_be_hidden()
    drawn.execute(f"{GONE}; delete from supervision_session")


def _an_hour_ago(connection: psycopg.Connection) -> str:
    """As clocks show it here."""
    said = (
        "to_char(now() at time zone 'Asia/Shanghai' - interval '1 hour', 'YYYY-MM-DD\"T\"HH24:MI')"
    )
    found = connection.execute(f"select {said}").fetchone()
    assert found is not None
    return str(found[0])
