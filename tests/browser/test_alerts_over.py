"""Alerts that are over, and those that stood at a moment of the past: both fit desk and phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE_SIZE
from tests.browser.people import Demo, Duty, signs_in
from tests.browser.test_pages_for_everybody import faults_of
from tests.browser.test_the_floor_and_the_wall import CUT_OFF
from tests.browser.test_the_floor_as_it_was import WIDER

pytestmark = pytest.mark.browser

ALERTS = """
insert into floor_alert (id, rule, line_id, measure, level, threshold, value, worst, since,
    raised_at, owner_id, owner_since, acknowledged_by, acknowledged_at, was_passed_on, unreached,
    cleared_at, note, note_by)
select one.id, one.id, staff.lines ->> 0, measure, level, limit_s, limit_s + 5, worst, began, began,
    staff.id, began, case when taken then staff.id end, case when taken then began end, passed,
    unreached, ended, words, case when words <> '' then staff.id end
from staff, lateral (values
    ('over_wait', 'longest_wait_s', 'alarm', 180, 912, now() - interval '40 seconds', true, true,
        '', now(), '已经打电话请同事上线，九点以后会有两位咨询员接班，请继续留意排队的人数'),
    ('over_share', 'service_level_15s', 'warning', 70, 41, now() - interval '30 seconds', false,
        false, '', now(), ''),
    ('open_danger', 'danger_waiting_s', 'alarm', 30, 99, now() - interval '20 seconds', false, true,
        'undelivered', null, '')
) as one(id, measure, level, limit_s, worst, began, taken, passed, unreached, ended, words)
where staff.username = 'he'
"""
STOOD = """
select max(at) from row_version where row_id = 'open_danger' and facts ->> 'cleared_at' is null
"""  # the switchboard knows no such rule, and soon clears it
READ = {"zh": "最长 15:12，界限 3:00", "en": "longest 15:12, limit 3:00"}


def sees_alerts(page: Page, duty: Duty) -> Page:
    """A supervisor of the line where they were and are."""
    duty.connection.execute(ALERTS)
    signs_in(page, duty.demo, "he")
    return page


def sticks_out(page: Page) -> list[str]:
    """At desk and on a phone: what is wider than the page, or cut off."""
    found: list[str] = []
    for size in (DESKTOP, PHONE_SIZE):
        page.set_viewport_size(size)
        found += page.evaluate(WIDER) + page.evaluate(CUT_OFF)
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_supervisor_reads_what_became_of_alerts(
    demo: Demo, duty: Duty, somebody: Callable[[], Page], language: str
) -> None:
    watch = sees_alerts(somebody(), duty)
    watch.goto(f"{demo.url}/floor?lang={language}")
    watch.locator('.page-head a[href="/floor/alerts/over"]').click()

    expect(watch.locator('[data-rule="over_wait"]')).to_contain_text(READ[language])
    assert faults_of(watch) == []
    assert sticks_out(watch) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_floor_of_then_shows_the_alerts_of_then(
    demo: Demo, duty: Duty, somebody: Callable[[], Page], language: str
) -> None:
    watch = sees_alerts(somebody(), duty)
    at = duty.one(STOOD)
    watch.goto(f"{demo.url}/floor/past?lang={language}&at={at:%Y-%m-%dT%H:%M:%S.%fZ}")

    then = watch.get_by_test_id("floor-past").get_by_test_id("alerts")
    expect(then.locator('[data-rule="open_danger"]')).to_be_visible()
    expect(then.get_by_test_id("alert-unreached").first).to_be_visible()
    assert sticks_out(watch) == []
