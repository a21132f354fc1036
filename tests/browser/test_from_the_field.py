"""An officer's telephone: a photo on a bad line, the end of the duty, and being told at once."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.conftest import PATIENCE_MS, PHONE_SIZE
from tests.browser.people import Demo, Duty, flagged_talk, held_back, signs_in
from tests.hotline.fieldwork.photos import bomb, document, photo

pytestmark = pytest.mark.browser

FILES = "select count(*) from attachment where subject_id = %s and removed_at is null"
QUESTIONS = 5000
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
    .map((one) => ({title: one.title, body: one.body, tag: one.tag, url: one.data.url}))"""


@pytest.fixture
def telephone(chromium: Browser) -> Iterator[Page]:
    """Of an officer who allowed notifications."""
    context: BrowserContext = chromium.new_context(
        locale="zh-CN", permissions=["notifications"], viewport=PHONE_SIZE
    )
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    yield context.new_page()
    context.close()


def by_scope(told: list[dict[str, Any]]) -> dict[str, str]:
    """Each worker's id, by the address of what it serves."""
    return {one["scopeURL"]: one["registrationId"] for one in told}


def chosen(page: Page, name: str, raw: bytes) -> None:
    files: Any = [{"name": name, "mimeType": "application/octet-stream", "buffer": raw}]
    page.get_by_test_id("file-input").set_input_files(files)


def at_a_flag(page: Page, duty: Duty, somebody: Callable[[], Page]) -> str:
    """tianhe has the flag that li raised, and reads its page. Its id."""
    escalation = str(flagged_talk(somebody(), duty)["escalation_id"])
    duty.asks("tianhe", "POST", f"/escalations/{escalation}/acknowledge")
    signs_in(page, duty.demo, "tianhe")
    page.goto(f"{duty.demo.url}/escalations/{escalation}")
    expect(page.get_by_test_id("no-files")).to_be_visible()
    return escalation


def test_a_photo_whose_upload_broke_off_comes_once_and_opens_only_when_it_is_pressed(
    duty: Duty, telephone: Page, somebody: Callable[[], Page]
) -> None:
    escalation = at_a_flag(telephone, duty, somebody)
    keys: list[str] = []

    def lose(route: Route) -> None:
        """The first answer is lost after it had its effect."""
        if route.request.method != "POST":
            route.continue_()
            return
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    telephone.route("**/attachments", lose)
    chosen(telephone, "door.jpg", photo(2400, 1600))
    coming = telephone.get_by_test_id("file-coming")
    expect(coming).to_contain_text("网络不通")
    coming.get_by_role("button", name="再试一次").click()

    expect(coming).to_have_count(0)
    expect(telephone.get_by_test_id("file")).to_have_count(1)
    assert (duty.one(FILES, escalation), len(set(keys)), len(keys)) == (1, 1, 2)
    assert telephone.locator("#files img").count() == 0
    telephone.get_by_test_id("open-picture").click()
    picture = telephone.locator("#files img")
    expect(picture).to_be_visible()
    wide = "(one) => one.decode().then(() => one.naturalHeight)"
    assert picture.evaluate(wide) == 320


def test_a_file_that_cannot_be_taken_says_what_to_do_and_the_others_come(
    duty: Duty, telephone: Page, somebody: Callable[[], Page]
) -> None:
    escalation = at_a_flag(telephone, duty, somebody)
    held = held_back(telephone, "**/downloads.js")
    chosen(telephone, "bomb.png", bomb())
    expect(telephone.get_by_test_id("file-coming")).to_contain_text("照片太大")
    with telephone.expect_request("**/downloads.js"):  # still on its way when it is wanted
        chosen(telephone, "paper.pdf", document())
    expect(telephone.get_by_test_id("file")).to_have_attribute("data-kind", "document")

    with telephone.expect_download() as saved:
        telephone.get_by_test_id("open-document").click()
        held.pop().continue_()
    assert saved.value.path().read_bytes() == document()
    remove = telephone.get_by_test_id("remove-file")
    remove.click()
    remove.click()
    expect(telephone.get_by_test_id("no-files")).to_be_visible()
    assert duty.one(FILES, escalation) == 0


def test_a_shift_is_handed_over_with_a_note_and_can_be_taken_back(
    duty: Duty, telephone: Page, somebody: Callable[[], Page]
) -> None:
    at_a_flag(telephone, duty, somebody)
    telephone.goto(f"{duty.demo.url}/station")

    telephone.get_by_test_id("end-shift").locator("summary").click()
    telephone.locator("#shift-note").fill("钥匙在门卫")
    telephone.get_by_test_id("hand-over-shift").click()
    expect(telephone.get_by_test_id("shift-waits")).to_contain_text("仍由你负责")
    telephone.get_by_test_id("withdraw-shift").click()

    expect(telephone.get_by_test_id("shift-waits")).to_have_count(0)
    expect(telephone.get_by_test_id("end-shift")).to_be_visible()


def test_a_push_is_shown_by_number_and_level_and_the_same_one_twice_is_shown_once(
    demo: Demo, telephone: Page
) -> None:
    signs_in(telephone, demo, "tianhe")
    worker = telephone.evaluate(
        """async () => {
            await navigator.serviceWorker.register("/away-worker.js");
            return (await navigator.serviceWorker.ready).scope;
        }"""
    )
    developer = telephone.context.new_cdp_session(telephone)
    registrations: dict[str, str] = {}
    event = "ServiceWorker.workerRegistrationUpdated"
    developer.on(event, lambda news: registrations.update(by_scope(news["registrations"])))
    developer.send("ServiceWorker.enable")
    for _ in range(QUESTIONS):  # it is told at some time after the answer: each is a pause
        if worker not in registrations:
            telephone.evaluate("0")
    registration = registrations[worker]
    where = f"{demo.url}/escalations/x"
    told = {"tag": "123456", "title": "上报 123456（紧急）", "body": "打开", "url": where}
    for data in (json.dumps(told), json.dumps(told), "no json"):
        developer.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": demo.url, "registrationId": registration, "data": data},
        )

    telephone.wait_for_function(f"async () => (await ({SHOWN})()).length === 2")

    shown = {one["tag"]: one for one in telephone.evaluate(SHOWN)}
    assert shown["123456"] == told
    assert "打开" in shown["hotline"]["body"]
