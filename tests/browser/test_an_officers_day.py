"""An officer's day on a phone: the network goes and comes, a colleague acts meanwhile, the app is
closed and opened again. Nothing that was done or written is lost, and nothing is done twice.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from hotline.storage.connection import dsn
from tests.browser.conftest import PHONE_SIZE
from tests.browser.people import held_back
from tests.browser.station_place import (
    COMES_TO_BE,
    StationPlace,
    is_kept,
    phone_of,
    postgres_beside,
    station_on,
)
from tests.browser.test_pages_for_everybody import faults_of
from tests.hotline.deliveries.browsers import Browser as Device

pytestmark = pytest.mark.browser

NOTE = "奶奶开的门，孩子在里屋睡着"
QUEUED = "已排队，恢复后自动发送"
STEPS = ["acknowledged", "accepted", "on_the_way", "contact_made", "reported"]
OVER = "update escalation set state = 'closed', next_due_at = null, closed_at = now()"
KEPT_ACTS = """() => new Promise((resolve) => {
    const opening = indexedDB.open("hotline.station");
    opening.onsuccess = () => {
        const all = opening.result.transaction("acts").objectStore("acts").getAll();
        all.onsuccess = () => resolve(all.result.map((act) =>
            JSON.stringify(act) + new TextDecoder().decode(act.letter.sealed)));
    };
})"""


WRITES_DOWN = """() => {
    window.written = [];
    for (const what of ["add", "delete"]) {
        const really = IDBObjectStore.prototype[what];
        IDBObjectStore.prototype[what] = function (...given) {
            if (this.name === "acts") window.written.push(what);
            return really.apply(this, given);
        };
    }
}"""
A_PUSH_SERVICE = """
const there = "push.service", browser = BROWSER;
const subscription = () => ({
    options: { applicationServerKey: keyOf() },
    endpoint: browser.endpoint,
    toJSON: () => browser,
    unsubscribe: async () => localStorage.removeItem(there),
});
const keyOf = () => {
    const plain = document.querySelector("#push").dataset.key.replace(/-/g, "+").replace(/_/g, "/");
    return Uint8Array.from(atob(plain), (letter) => letter.charCodeAt(0)).buffer;
};
Notification.requestPermission = async () => "granted";
PushManager.prototype.getSubscription = async () => localStorage.getItem(there) && subscription();
PushManager.prototype.subscribe = async () => (localStorage.setItem(there, "yes"), subscription());
"""


@pytest.fixture(scope="module")
def place() -> Iterator[StationPlace]:
    with postgres_beside() as database, station_on(database) as running:
        yield running


@pytest.fixture
def escalation(place: StationPlace) -> Iterator[str]:
    """A flag that the station has not answered."""
    yield place.flag(NOTE)
    place.network.mend()
    with psycopg.connect(dsn(place.database)) as connection:
        connection.execute(OVER)


def opens(page: Page, place: StationPlace, escalation: str, who: str = "tianhe") -> None:
    """Signed in, at one escalation."""
    place.signs_in(page.context, who)
    page.goto(f"{place.url}/station/{escalation}")


def queued(page: Page) -> list[str]:
    return [str(one.get_attribute("data-what")) for one in page.get_by_test_id("queued").all()]


def does_three_steps(page: Page) -> None:
    """Accepts, sets out, meets the child: each form comes by itself."""
    page.get_by_test_id("accept").click()
    page.locator("#minutes").fill("20")
    page.get_by_test_id("on-the-way").click()
    expect(page.get_by_test_id("child-seen")).to_be_visible()
    page.get_by_test_id("child-seen").check(force=True)
    page.locator("#contact").fill(NOTE)
    page.get_by_test_id("contact-made").click()
    expect(page.get_by_test_id("queued")).to_have_count(3)


def the_network_goes_mid_step(phone: BrowserContext, place: StationPlace, escalation: str) -> None:
    page = phone.new_page()
    place.signs_in(phone, "tianhe")
    page.goto(f"{place.url}/station")
    is_kept(page, f"{place.url}/station")
    page.get_by_test_id("open-case").first.click()
    page.get_by_test_id("acknowledge").click()
    expect(page.get_by_test_id("holder")).to_contain_text("由您负责")
    is_kept(page, f"{place.url}/station/{escalation}")
    place.goes_offline(phone)

    does_three_steps(page)

    expect(page.get_by_test_id("queued").first).to_contain_text(QUEUED)
    expect(page.get_by_test_id("report")).to_be_visible()
    assert not any(NOTE in kept for kept in page.evaluate(KEPT_ACTS))


def the_app_is_opened_again(phone: BrowserContext, place: StationPlace, escalation: str) -> Page:
    """Without a network, and then with one."""
    place.goes_offline(phone)
    page = phone.new_page()
    page.goto(f"{place.url}/station")
    expect(page.get_by_test_id("kept-page")).to_be_visible()
    expect(page.get_by_test_id("queued")).to_have_count(3)
    assert queued(page) == ["accept", "on-the-way", "contact-made"]
    page.goto(f"{place.url}/station/{escalation}")
    expect(page.get_by_test_id("kept-page")).to_be_visible()
    assert NOTE not in page.content()
    page.locator("#report").fill("已交给奶奶照看")
    page.get_by_test_id("report").click()
    expect(page.get_by_test_id("queued")).to_have_count(4)
    place.is_online_again(phone)
    return page


def test_a_day_with_the_network_cut_mid_step_and_the_app_closed_and_opened_again(
    chromium: Browser, place: StationPlace, escalation: str, tmp_path: Path
) -> None:
    with phone_of(chromium, tmp_path) as phone:
        the_network_goes_mid_step(phone, place, escalation)
    assert place.steps(escalation) == STEPS[:1]
    place.clock.advance(150)  # so long the phone lies in a pocket

    with phone_of(chromium, tmp_path) as phone:
        page = the_app_is_opened_again(phone, place, escalation)
        page.wait_for_url("**/login")  # a log-in ends with the browser; what is queued does not
        place.signs_in(phone, "tianhe")
        page.goto(f"{place.url}/station/{escalation}")

        expect(page.get_by_test_id("queue")).to_be_hidden()
        expect(page.get_by_test_id("kept-page")).to_be_hidden()
        expect(page.get_by_test_id("story-in-short")).to_contain_text("约 20 分钟到")
        expect(page.get_by_test_id("story-in-short")).to_contain_text("断网后补发")
    assert place.steps(escalation) == STEPS


def test_what_is_pressed_before_the_scripts_of_a_page_have_come_is_done_when_they_are_there(
    place: StationPlace, somebody: Callable[[], Page], escalation: str
) -> None:
    page = somebody()
    place.signs_in(page.context, "tianhe")
    held = held_back(page, "**/station.js")
    with page.expect_request("**/station.js"):
        page.goto(f"{place.url}/station/{escalation}", wait_until="commit")

    page.get_by_test_id("acknowledge").click()
    assert place.steps(escalation) == []
    held.pop().continue_()

    expect(page.get_by_test_id("holder")).to_contain_text("由您负责")
    assert place.steps(escalation) == STEPS[:1]


def test_what_is_queued_can_be_taken_back_before_it_is_sent(
    place: StationPlace, somebody: Callable[[], Page], escalation: str
) -> None:
    page = somebody()
    opens(page, place, escalation)
    page.context.set_offline(True)
    page.get_by_test_id("acknowledge").click()
    expect(page.get_by_test_id("queued")).to_have_count(1)
    expect(page.get_by_test_id("accept")).to_be_visible()

    page.get_by_test_id("queued-withdraw").click()

    expect(page.get_by_test_id("queue")).to_be_hidden()
    expect(page.get_by_test_id("acknowledge")).to_be_visible()
    page.context.set_offline(False)
    page.reload()
    assert place.steps(escalation) == []


def test_a_colleague_who_acted_meanwhile_is_named_and_what_follows_waits_for_a_decision(
    place: StationPlace, somebody: Callable[[], Page], escalation: str
) -> None:
    page = somebody()
    opens(page, place, escalation)
    page.get_by_test_id("acknowledge").click()
    expect(page.get_by_test_id("holder")).to_contain_text("由您负责")  # the server has it
    page.context.set_offline(True)
    page.get_by_test_id("accept").click()
    page.get_by_test_id("on-the-way").click()
    expect(page.get_by_test_id("queued")).to_have_count(2)
    place.asks("wang", "POST", f"/escalations/{escalation}/accept")

    page.context.set_offline(False)

    first, second = page.get_by_test_id("queued").first, page.get_by_test_id("queued").nth(1)
    expect(first).to_have_attribute("data-state", "refused")
    expect(first).to_contain_text("没有发送“受理上报”：王五 在")
    expect(second).to_have_attribute("data-state", "held")
    assert place.steps(escalation) == ["acknowledged", "accepted"]
    first.get_by_test_id("queued-withdraw").click()
    expect(page.get_by_test_id("queue")).to_be_hidden()
    assert place.steps(escalation) == ["acknowledged", "accepted", "on_the_way"]


def test_what_was_written_to_a_refused_act_is_kept_and_goes_as_a_comment(
    place: StationPlace, somebody: Callable[[], Page], escalation: str
) -> None:
    page = somebody()
    opens(page, place, escalation)
    page.get_by_test_id("acknowledge").click()
    expect(page.get_by_test_id("holder")).to_contain_text("由您负责")  # the server has it
    page.context.set_offline(True)
    page.get_by_test_id("more").click()
    page.get_by_test_id("choose-return").click()
    page.locator("#return").fill(NOTE)
    page.get_by_test_id("return").click()
    page.get_by_test_id("return-for-good").click()
    expect(page.get_by_test_id("queued")).to_have_count(1)
    place.asks("wang", "POST", f"/escalations/{escalation}/accept")

    page.context.set_offline(False)

    refused = page.get_by_test_id("queued")
    expect(refused).to_have_attribute("data-state", "refused")
    expect(refused).to_contain_text("没有发送“退回”：王五 在")
    for choice in ("copy", "again", "withdraw"):
        expect(refused.get_by_test_id(f"queued-{choice}")).to_be_visible()
    page.evaluate(WRITES_DOWN)
    refused.get_by_test_id("queued-as-comment").click()
    expect(page.get_by_test_id("queue")).to_be_hidden()
    expect(page.get_by_test_id("story-in-short")).to_contain_text("补充了说明")
    assert page.evaluate("window.written.slice(0, 2)") == ["add", "delete"]
    page.get_by_test_id("open-story").click()
    expect(page.locator("#story p").last).to_contain_text(NOTE)
    assert place.steps(escalation) == ["acknowledged", "accepted"]


def test_another_officer_of_the_same_phone_is_not_told_by_the_first_ones_subscription(
    chromium: Browser, place: StationPlace, tmp_path: Path
) -> None:
    told = "select staff_id from push_subscription where ended_at is null"
    with phone_of(chromium, tmp_path) as phone:
        page = phone.new_page()
        page.add_init_script(A_PUSH_SERVICE.replace("BROWSER", json.dumps(Device().said)))
        word = page.locator("[data-push-state]")
        for who in ("tianhe", "wang"):
            place.signs_in(phone, who)
            page.goto(f"{place.url}/station")
            expect(word).to_contain_text("还没有打开提醒")
            page.get_by_test_id("push-switch").click()
            expect(word).to_contain_text("会立即提醒你")
            assert place.one(told) == who
            page.reload()
            expect(word).to_contain_text("会立即提醒你")


@pytest.mark.parametrize("is_done", [False, True], ids=["before", "after"])
def test_a_server_that_breaks_before_or_after_the_effect_is_asked_again_and_acts_once(
    place: StationPlace, somebody: Callable[[], Page], escalation: str, *, is_done: bool
) -> None:
    page = somebody()
    opens(page, place, escalation)
    broken: list[Any] = []

    def breaks(route: Route) -> None:
        if broken:
            route.continue_()
            return
        broken.append(route.fetch() if is_done else None)
        route.fulfill(status=503, json={"type": "NotStored", "detail": "away"})

    page.route("**/acknowledge", breaks)
    page.get_by_test_id("acknowledge").click()
    expect(page.get_by_test_id("queued")).to_contain_text(QUEUED)

    expect(page.get_by_test_id("queue")).to_be_hidden()
    expect(page.get_by_test_id("holder")).to_contain_text("由您负责")
    assert place.steps(escalation) == ["acknowledged"]


def test_signing_out_leaves_nothing_of_the_station_on_the_phone(
    chromium: Browser, place: StationPlace, escalation: str, tmp_path: Path
) -> None:
    inbox = f"{place.url}/station"
    with phone_of(chromium, tmp_path) as phone:
        page = phone.new_page()
        place.signs_in(phone, "tianhe")
        page.goto(inbox)
        is_kept(page, inbox)

        page.locator("details.menu summary").first.click()
        page.get_by_test_id("sign-out").click()
        page.wait_for_url("**/login")

        assert page.evaluate(COMES_TO_BE, [inbox, False])
        place.goes_offline(phone)
        page.goto(inbox)
        expect(page.get_by_test_id("station-away")).to_be_visible()


def test_who_is_asked_whether_they_are_sure_is_still_asked_when_the_page_is_looked_at_again(
    place: StationPlace, somebody: Callable[[], Page], escalation: str
) -> None:
    page = somebody()
    opens(page, place, escalation)
    page.get_by_test_id("more").click()
    page.get_by_test_id("choose-closed").click()
    page.locator("#close").fill("x")
    page.get_by_test_id("close").click()
    expect(page.get_by_test_id("sure-close")).to_be_visible()

    with page.expect_response(f"**/station/{escalation}/live"):
        place.asks("wang", "POST", f"/escalations/{escalation}/acknowledge")
    expect(page.get_by_test_id("holder")).to_contain_text("王五")

    expect(page.get_by_test_id("sure-close")).to_be_visible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_queued_can_be_read_and_used_by_everybody(
    place: StationPlace, somebody: Callable[[], Page], escalation: str, language: str
) -> None:
    page = somebody()
    page.set_viewport_size(PHONE_SIZE)
    opens(page, place, f"{escalation}?lang={language}")
    page.route("**/acknowledge", lambda route: route.abort())
    page.get_by_test_id("acknowledge").click()
    expect(page.get_by_test_id("queued")).to_be_visible()

    faults = faults_of(page)
    page.get_by_test_id("more").click()
    page.get_by_test_id("choose-closed").click()
    page.locator("#close").fill("x")
    page.get_by_test_id("close").click()
    expect(page.get_by_test_id("sure-close")).to_be_visible()

    assert faults + faults_of(page) == []
    button = page.get_by_test_id("close-for-good").bounding_box()
    assert button is not None
    assert button["height"] >= 48
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE_SIZE["width"]


def test_the_counselor_who_raised_the_flag_hears_the_station_at_once(
    place: StationPlace, somebody: Callable[[], Page], escalation: str
) -> None:
    desk = somebody()
    place.signs_in(desk.context, "li")
    desk.goto(f"{place.url}/escalations")
    expect(desk.locator("body")).to_have_attribute("data-live", "good")

    place.asks("tianhe", "POST", f"/escalations/{escalation}/acknowledge")

    number = place.one("select number from escalation where id = %s", escalation)
    news = desk.get_by_test_id("station-news").filter(has_text=number)
    expect(news).to_contain_text("陈晓岚 已确认接收")
    news.get_by_test_id("news-read").click()
    expect(news).to_have_count(0)


def test_the_pages_can_be_kept_as_an_app(
    chromium: Browser, place: StationPlace, escalation: str, tmp_path: Path
) -> None:
    with phone_of(chromium, tmp_path) as phone:
        page = phone.new_page()
        opens(page, place, escalation)
        is_kept(page, f"{place.url}/station/{escalation}")
        session = phone.new_cdp_session(page)

        told = session.send("Page.getAppManifest")

        assert told["url"] == f"{place.url}/station.webmanifest"
        assert told["errors"] == []
        assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
