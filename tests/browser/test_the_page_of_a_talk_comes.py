"""The page of a talk did not come when the child was answered: it is asked for again by itself."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.people import Duty, answers, goes_on_duty

pytestmark = pytest.mark.browser


def is_refused(route: Route) -> None:
    route.fulfill(status=503, content_type="text/html", body="")


def is_lost(route: Route) -> None:
    route.abort()


@pytest.mark.parametrize("fails", [is_refused, is_lost])
def test_the_record_is_there_although_its_page_did_not_come_at_first(
    duty: Duty, somebody: Callable[[], Page], fails: Callable[[Route], None]
) -> None:
    desk = somebody()
    goes_on_duty(desk, duty.demo, "li")
    desk.route("**/desk/calls/*", fails, times=2)

    duty.a_child_calls("1")
    answers(desk)

    expect(desk.get_by_test_id("record-form")).to_be_visible()
    expect(desk.get_by_test_id("toast")).to_have_count(0)
