"""The flag button works with the softphone dead, the session ended and the server away."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Duty, raises_flag, signs_in, talks_with_a_child

pytestmark = pytest.mark.browser

ROOF = "在教学楼楼顶"
RAISED = (
    "select count(*) from crisis_flag where created_at > now() - interval '1 hour' and call_id = "
)


def test_a_flag_is_raised_with_the_phone_dead_the_session_ended_and_the_server_away(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    talks_with_a_child(desk, duty)
    call = str(duty.one("select id from call where state = 'talking'"))
    desk.route("**/phone.js", lambda route: route.abort())
    desk.reload()
    desk.context.clear_cookies()
    desk.route("**/flags", lambda route: route.abort())

    raises_flag(desk, "imminent", ROOF)
    band = desk.get_by_test_id("not-sent")
    expect(band).to_contain_text("未送达，请立即致电工作站")
    expect(desk.get_by_test_id("not-sent-alarms").locator("a")).to_be_visible()
    desk.unroute("**/flags")
    expect(desk.get_by_test_id("not-sent-words")).to_contain_text("登录")
    assert duty.one(RAISED + "%s", call) == 0

    another = desk.context.new_page()
    signs_in(another, duty.demo, "li")

    expect(band).to_be_hidden()
    assert duty.one(RAISED + "%s", call) == 1
