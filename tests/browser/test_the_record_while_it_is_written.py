"""The record: any field alone is kept, and what is shown of it is true."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.people import Duty, answers, goes_on_duty, talks_with_a_child

pytestmark = pytest.mark.browser


def in_a_talk(page: Page, duty: Duty, username: str) -> Page:
    goes_on_duty(page, duty.demo, username)
    duty.a_child_calls("1")
    answers(page)
    expect(page.get_by_test_id("record-form")).to_be_visible()
    return page


def wraps_up(desk: Page) -> None:
    desk.keyboard.press("e")
    desk.keyboard.press("e")
    expect(desk.get_by_test_id("callbar")).to_have_attribute("data-state", "wrapping_up")


def test_words_alone_are_saved_and_still_there_after_a_reload(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = in_a_talk(somebody(), duty, "li")
    state = desk.get_by_test_id("save-state")
    assert desk.locator('[name="contact_type"]:checked').count() == 0

    desk.get_by_test_id("narrative").fill("孩子说不想回家")
    expect(state).to_contain_text("已保存")
    desk.reload()

    expect(desk.get_by_test_id("narrative")).to_have_value("孩子说不想回家")
    expect(state).to_contain_text("已保存")
    assert desk.locator('[name="contact_type"]:checked').count() == 0


def test_words_written_before_the_page_is_quite_there_are_saved(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = in_a_talk(somebody(), duty, "li")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    desk.route("**/record.js", hold)
    with desk.expect_request("**/record.js"):
        desk.reload(wait_until="commit")

    desk.get_by_test_id("narrative").fill("他不敢说话")
    expect(desk.get_by_test_id("save-state")).to_contain_text("还没有内容")
    held[0].continue_()
    desk.unroute("**/record.js")

    expect(desk.get_by_test_id("save-state")).to_contain_text("已保存")
    desk.reload()
    expect(desk.get_by_test_id("narrative")).to_have_value("他不敢说话")


def test_what_is_not_saved_says_so_and_why_until_it_is(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = in_a_talk(somebody(), duty, "li")
    state = desk.get_by_test_id("save-state")
    desk.context.set_offline(True)

    desk.get_by_test_id("narrative").fill("在楼顶")
    expect(state).to_contain_text("没有保存，已加密留在这台电脑上，会自动再试：网络不通")
    expect(state).to_have_attribute("data-state", "kept")
    desk.context.set_offline(False)

    expect(state).to_contain_text("已保存")


def test_a_record_is_finished_only_with_what_must_be_known(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = in_a_talk(somebody(), duty, "li")
    wraps_up(desk)

    desk.get_by_test_id("save-ready").click()
    expect(desk.get_by_test_id("toast")).to_contain_text("还缺：来电类型")
    desk.locator('[name="contact_type"][value="thanks"]').check(force=True)
    desk.get_by_test_id("save-ready").click()

    expect(desk.locator("#now .hero")).to_have_attribute("data-state", "ready")


def test_who_finishes_later_takes_the_next_call_and_the_record_is_due(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = in_a_talk(somebody(), duty, "li")
    call = duty.one("select id from call where state = 'talking'")
    wraps_up(desk)

    desk.get_by_test_id("narrative").fill("还没写完")
    desk.get_by_test_id("finish-later").click()

    expect(desk.locator("#now .hero")).to_have_attribute("data-state", "ready")
    expect(desk.get_by_test_id("due").locator(f'a[href$="{call}"]')).to_be_visible()
    desk.get_by_test_id("due").locator(f'a[href$="{call}"]').click()
    expect(desk.get_by_test_id("narrative")).to_have_value("还没写完")


def test_who_writes_up_a_crisis_decides_to_answer_the_next_child_in_danger(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    talks_with_a_child(desk, duty, "9")
    desk.keyboard.press("e")
    desk.keyboard.press("e")
    expect(desk.get_by_test_id("callbar")).to_have_attribute("data-state", "wrapping_up")
    desk.get_by_test_id("narrative").fill("第一个孩子安全了")
    second = duty.a_child_calls("9")

    strip = desk.get_by_test_id("danger-waiting")
    expect(strip).to_contain_text("有 1 位有危险的来电者在等")
    expect(desk.get_by_test_id("danger-rule")).to_contain_text("系统不会呼叫您")
    desk.keyboard.press("F8")
    answers(desk)

    assert duty.is_in_a_talk(second)
    assert duty.one("select count(*) from record where narrative_sealed <> ''") > 0
