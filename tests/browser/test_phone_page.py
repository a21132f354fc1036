"""The phone page in a real browser: the real simulator, and a small application behind it."""

import re

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from tests.browser.phones import HOTLINE, ROOM, OpenPage, Simulator, a_number, is_in_state

pytestmark = pytest.mark.browser

HEARD = re.compile(r"^(0\.(0[2-9]|[1-9])|1)")  # the fake microphone's beep, not mere noise
CHINESE = re.compile(r"[一-鿿]")


def dial(page: Page, number: str) -> None:
    is_in_state(page, "idle")
    page.get_by_test_id("dial").fill(number)
    page.get_by_test_id("call").click()


def lines(page: Page, language: str) -> Locator:
    return page.locator(f'[data-testid="line"][data-language^="{language}"]')


def hears_somebody(page: Page) -> None:
    expect(page.get_by_test_id("voice-audio")).to_have_attribute("data-peak-out", HEARD)


def test_the_phone_shows_what_is_said_and_in_which_language(
    simulator: Simulator, open_page: OpenPage
) -> None:
    page = open_page(simulator.phone(a_number()))

    page.get_by_test_id(f"quick-{HOTLINE}").click()

    is_in_state(page, "talking")
    expect(lines(page, "cmn")).to_contain_text("您好，这里是青少年服务热线。")
    expect(lines(page, "cmn")).to_contain_text("普通话")
    expect(lines(page, "yue")).to_contain_text("粤语")
    expect(page.get_by_test_id("gathering")).to_have_text("请按键或说话")


def test_only_numbers_that_lead_somewhere_are_offered(
    simulator: Simulator, open_page: OpenPage
) -> None:
    page = open_page(simulator.phone(a_number()))

    expect(page.get_by_test_id(f"quick-{HOTLINE}")).to_be_visible()
    expect(page.get_by_test_id(f"quick-{ROOM}")).to_be_visible()
    expect(page.locator("[data-quick]:visible")).to_have_count(2)


def test_a_pressed_key_reaches_the_application(simulator: Simulator, open_page: OpenPage) -> None:
    page = open_page(simulator.phone(a_number()))
    dial(page, HOTLINE)
    expect(page.get_by_test_id("gathering")).to_be_visible()

    page.get_by_test_id("key-2").click()

    expect(lines(page, "cmn").last).to_contain_text("您选择了 2。")
    expect(page.get_by_test_id("gathering")).to_be_hidden()


def test_typed_words_reach_the_application_as_speech(
    simulator: Simulator, open_page: OpenPage
) -> None:
    page = open_page(simulator.phone(a_number()))
    dial(page, HOTLINE)

    page.get_by_test_id("say-text").fill("我害怕")
    page.get_by_test_id("say").click()

    expect(lines(page, "cmn").last).to_contain_text("您选择了 我害怕。")


def test_the_computer_keyboard_dials_presses_and_hangs_up(
    simulator: Simulator, open_page: OpenPage
) -> None:
    page = open_page(simulator.phone(a_number()))
    is_in_state(page, "idle")

    page.keyboard.type(HOTLINE)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("gathering")).to_be_visible()
    page.keyboard.press("3")
    expect(lines(page, "cmn").last).to_contain_text("您选择了 3。")
    page.keyboard.press("Escape")

    is_in_state(page, "ended")


def test_a_number_that_nobody_has_is_explained(simulator: Simulator, open_page: OpenPage) -> None:
    page = open_page(simulator.phone(a_number()))

    dial(page, "99999")

    is_in_state(page, "ended")
    expect(page.get_by_test_id("band")).to_contain_text("没有 99999 这个号码")


def test_a_reloaded_page_is_back_in_its_call(simulator: Simulator, open_page: OpenPage) -> None:
    page = open_page(simulator.phone(a_number()))
    dial(page, HOTLINE)
    is_in_state(page, "talking")

    page.reload()

    is_in_state(page, "talking")
    expect(page.get_by_test_id("number")).to_have_text(HOTLINE)


def test_an_incoming_call_can_be_answered(simulator: Simulator, open_page: OpenPage) -> None:
    station = a_number()
    page = open_page(simulator.phone(station))
    is_in_state(page, "idle")

    simulator.calls(station)
    expect(page.get_by_test_id("number")).to_have_text(HOTLINE)
    page.get_by_test_id("answer").click()

    is_in_state(page, "talking")
    expect(lines(page, "cmn")).to_contain_text("您好，这里是青少年服务热线。")


def test_an_incoming_call_can_be_declined(simulator: Simulator, open_page: OpenPage) -> None:
    station = a_number()
    page = open_page(simulator.phone(station))
    is_in_state(page, "idle")

    simulator.calls(station)
    page.get_by_test_id("decline").click()

    is_in_state(page, "ended")
    expect(page.get_by_test_id("note").last).to_have_text("未接通")


def test_two_phones_in_one_conference_hear_each_other(
    simulator: Simulator, open_page: OpenPage
) -> None:
    child, friend = (open_page(simulator.phone(a_number())) for _ in range(2))

    for page in (child, friend):
        dial(page, ROOM)

    hears_somebody(child)
    hears_somebody(friend)


def test_a_lost_line_comes_back_and_the_call_with_it(
    simulator: Simulator, open_page: OpenPage
) -> None:
    page = open_page("about:blank")
    wires: list[WebSocketRoute] = []

    def tap(wire: WebSocketRoute) -> None:
        wires.append(wire)
        wire.connect_to_server()

    page.route_web_socket(re.compile("/handsets/"), tap)
    page.goto(simulator.phone(a_number()))
    dial(page, HOTLINE)
    is_in_state(page, "talking")

    wires[0].close(code=1011)

    expect(page.get_by_test_id("band")).to_contain_text("正在重连")
    is_in_state(page, "talking")
    expect(page.get_by_test_id("band")).to_be_hidden()


def test_without_a_microphone_the_page_says_so_and_keys_still_work(
    simulator: Simulator, open_page: OpenPage
) -> None:
    page = open_page("about:blank")
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = () =>"
        " Promise.reject(new DOMException('', 'NotAllowedError'))"
    )
    page.goto(simulator.phone(a_number()))

    dial(page, HOTLINE)

    expect(page.get_by_test_id("band")).to_contain_text("麦克风未获允许")
    expect(page.get_by_test_id("gathering")).to_be_visible()
    page.get_by_test_id("key-1").click()
    expect(lines(page, "cmn").last).to_contain_text("您选择了 1。")


def test_the_english_page_holds_no_chinese_but_the_way_back(
    simulator: Simulator, open_page: OpenPage
) -> None:
    page = open_page(simulator.phone(a_number(), language="en"))
    is_in_state(page, "idle")

    words = page.locator("main").inner_text().replace("中文", "")

    assert not CHINESE.search(words)
    expect(page.get_by_test_id("call")).to_have_text(re.compile("Call"))
