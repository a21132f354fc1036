"""Nothing that a counselor wrote is lost: reloads, crashes, a lost network, an ended log-in."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from tests.browser.people import Duty, signs_in, talks_with_a_child

pytestmark = pytest.mark.browser

RECORD = "**/api/v1/calls/*/record"
STORY = "孩子说不想回家"
KEPT = """async () => {
  const open = indexedDB.open("hotline", 1);
  await new Promise((done) => (open.onsuccess = done));
  const all = open.result.transaction("drafts").objectStore("drafts").getAll();
  await new Promise((done) => (all.onsuccess = done));
  const text = new TextDecoder();
  return all.result.map((entry) => JSON.stringify(entry) + text.decode(entry.sealed));
}"""


def talking(desk: Page, duty: Duty) -> str:
    """li talks with a child, and the record is open. The call."""
    talks_with_a_child(desk, duty)
    expect(desk.get_by_test_id("record-form")).to_be_visible()
    return str(duty.one("select id from call where state = 'talking'"))


def writes_unsaved(desk: Page, words: str = STORY) -> None:
    """What is written does not get through, and is kept."""
    desk.context.route(RECORD, lambda route: route.abort())
    desk.get_by_test_id("narrative").fill(words)
    is_kept(desk)


def is_kept(desk: Page) -> None:
    state = desk.get_by_test_id("save-state")
    expect(state).to_have_attribute("data-state", "kept")
    expect(state).to_contain_text("已加密留在这台电脑上")


def is_saved(desk: Page, words: str = STORY) -> None:
    """The server has it, and the browser has let go of it."""
    expect(desk.get_by_test_id("narrative")).to_have_value(words)
    expect(desk.get_by_test_id("save-state")).to_contain_text("已保存")
    desk.wait_for_function(f"({KEPT})().then((all) => all.length === 0)")


def versions(duty: Duty, call: str) -> int:
    return int(duty.one("select count(*) from record_version where call_id = %s", call))


def test_what_did_not_get_through_is_back_after_a_reload_and_is_saved(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    talking(desk, duty)
    writes_unsaved(desk)
    desk.locator('[name="contact_type"][value="self"]').check(force=True)
    [kept] = desk.evaluate(KEPT)
    assert STORY not in kept

    desk.reload()
    expect(desk.get_by_test_id("narrative")).to_have_value(STORY)
    expect(desk.get_by_test_id("toast")).to_contain_text("找回了")
    is_kept(desk)
    desk.context.unroute(RECORD)

    is_saved(desk)
    expect(desk.locator('[name="contact_type"]:checked')).to_have_value("self")


def test_a_tab_that_is_killed_takes_no_word_with_it(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    talking(desk, duty)
    writes_unsaved(desk)
    context = desk.context
    desk.close(run_before_unload=False)
    context.unroute(RECORD)

    again = context.new_page()
    again.goto(f"{duty.demo.url}/desk")

    is_saved(again)


def test_the_next_person_at_this_computer_cannot_read_it_and_its_writer_gets_it_back(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    call = talking(desk, duty)
    writes_unsaved(desk)
    desk.goto("about:blank")
    desk.context.clear_cookies()

    signs_in(desk, duty.demo, "chen")
    expect(desk.get_by_test_id("due")).to_be_visible()
    [kept] = desk.evaluate(KEPT)
    assert STORY not in kept
    assert STORY not in desk.content()
    expect(desk.get_by_test_id("kept-drafts")).to_be_hidden()
    desk.goto("about:blank")
    desk.context.clear_cookies()
    desk.context.unroute(RECORD)
    signs_in(desk, duty.demo, "li")
    desk.goto(f"{duty.demo.url}/desk/calls/{call}")

    is_saved(desk)
    assert versions(duty, call) == 1


def test_a_page_that_was_drawn_just_before_the_last_save_shows_it(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    address = f"{duty.demo.url}/desk/calls/{talking(desk, duty)}"
    drawn_before = desk.request.get(address).text()
    desk.get_by_test_id("narrative").fill(STORY)
    is_saved(desk)

    desk.route(address, lambda route: route.fulfill(body=drawn_before, content_type="text/html"))
    desk.goto(address)

    is_saved(desk)
    desk.get_by_test_id("narrative").fill(STORY + STORY)
    is_saved(desk, STORY + STORY)


def test_who_is_signed_out_while_writing_signs_in_beside_and_it_is_saved(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    talking(desk, duty)
    desk.context.clear_cookies()

    desk.get_by_test_id("narrative").fill(STORY)
    is_kept(desk)
    with desk.context.expect_page() as opened:
        desk.get_by_test_id("record-sign-in").click()
    opened.value.close()
    signs_in(desk.context.new_page(), duty.demo, "li")

    is_saved(desk)
    expect(desk.get_by_test_id("record-sign-in")).to_be_hidden()


def test_nothing_is_saved_in_the_name_of_somebody_who_signed_in_beside(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    call = talking(desk, duty)
    desk.context.clear_cookies()
    signs_in(desk.context.new_page(), duty.demo, "he")

    desk.get_by_test_id("narrative").fill(STORY)

    is_kept(desk)
    expect(desk.get_by_test_id("save-state")).to_contain_text("现在登录的是别人")
    assert versions(duty, call) == 0
    desk.context.clear_cookies()
    signs_in(desk.context.new_page(), duty.demo, "li")
    is_saved(desk)
    author = "select s.username from record_version v join staff s on s.id = v.staff_id"
    assert duty.one(f"{author} where v.call_id = %s", call) == "li"


def test_a_save_whose_answer_was_lost_is_one_version(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    call = talking(desk, duty)
    lost: list[int] = []

    def answer_is_lost(route: Route) -> None:
        lost.append(route.fetch().status)
        route.abort()

    desk.context.route(RECORD, answer_is_lost)
    desk.get_by_test_id("narrative").fill(STORY)
    is_kept(desk)
    assert lost[0] == 200
    desk.context.unroute(RECORD)
    is_saved(desk)
    assert versions(duty, call) == 1

    desk.get_by_test_id("narrative").fill(STORY + "。他在楼下。")
    is_saved(desk, STORY + "。他在楼下。")
    assert versions(duty, call) == 2


def test_a_lost_answer_and_a_reload_ask_nobody_to_choose(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    call = talking(desk, duty)

    def answer_is_lost(route: Route) -> None:
        route.fetch()
        route.abort()

    desk.context.route(RECORD, answer_is_lost)
    desk.get_by_test_id("narrative").fill(STORY)
    is_kept(desk)
    desk.get_by_test_id("narrative").fill("孩子说想回家了")
    desk.reload()
    desk.context.unroute(RECORD)

    is_saved(desk, "孩子说想回家了")
    expect(desk.get_by_test_id("clashes")).to_be_hidden()
    assert versions(duty, call) <= 3


def test_leaving_asks_only_where_something_is_neither_saved_nor_kept(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    call = talking(desk, duty)
    duty.asks("li", "POST", f"/calls/{call}/end")
    asked: list[str] = []

    def note(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    desk.on("dialog", note)
    expect(desk.get_by_test_id("callbar")).to_have_attribute("data-state", "wrapping_up")
    writes_unsaved(desk)
    desk.reload()
    assert asked == []

    expect(desk.get_by_test_id("narrative")).to_have_value(STORY)
    desk.evaluate("() => { IDBObjectStore.prototype.put = () => { throw new Error('full') } }")
    desk.get_by_test_id("narrative").fill(STORY * 2)
    state = desk.get_by_test_id("save-state")
    expect(state).to_have_attribute("data-state", "bad")
    expect(state).to_contain_text("也没能留在这台电脑上")
    desk.reload()
    assert asked == ["beforeunload"]


def test_what_is_left_of_an_earlier_call_is_shown_at_rest(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    call = talking(desk, duty)
    duty.asks("li", "POST", f"/calls/{call}/end")
    writes_unsaved(desk)
    desk.goto("about:blank")
    duty.asks("li", "PUT", "/me/presence", {"state": "ready", "finish_later": True})
    desk.context.unroute(RECORD)

    desk.goto(f"{duty.demo.url}/desk")
    link = desk.get_by_test_id("kept-drafts").locator("a")
    expect(link).to_be_visible()
    link.click()

    is_saved(desk)


def test_a_draft_of_last_week_is_gone(duty: Duty, somebody: Callable[[], Page]) -> None:
    desk = somebody()
    talking(desk, duty)
    writes_unsaved(desk)
    desk.goto(f"{duty.demo.url}/healthz")
    desk.evaluate(
        """async () => {
          const open = indexedDB.open("hotline", 1);
          await new Promise((done) => (open.onsuccess = done));
          const store = open.result.transaction("drafts", "readwrite").objectStore("drafts");
          const all = store.getAll();
          await new Promise((done) => (all.onsuccess = done));
          for (const one of all.result) store.put({ ...one, at: one.at - 8 * 86400000 });
          await new Promise((done) => (store.transaction.oncomplete = done));
        }"""
    )

    desk.goto(f"{duty.demo.url}/desk")

    expect(desk.get_by_test_id("record-form")).to_be_visible()
    desk.wait_for_function(f"({KEPT})().then((all) => all.length === 0)")
    expect(desk.get_by_test_id("narrative")).to_have_value("")
