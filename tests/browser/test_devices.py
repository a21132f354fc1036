"""Before somebody is ready: the phone rings here and the microphone is heard. And which devices."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Demo, Duty, has_the_phone, signs_in
from tests.browser.test_twilio_softphone import rings_by_twilio

pytestmark = pytest.mark.browser

Somebody = Callable[[], Page]

# A headset whose mute button is pressed: the stream is there, and nothing comes from it.
SILENT = """
navigator.mediaDevices.getUserMedia = async () =>
  new AudioContext().createMediaStreamDestination().stream;
"""
REFUSED = """
navigator.mediaDevices.getUserMedia = async () => {
  throw new DOMException("no", "NotAllowedError");
};
"""
SINKS = """
window.sinks = [];
AudioContext.prototype.setSinkId = async function (id) { window.sinks.push(id); };
"""


def presses_ready(page: Page) -> None:
    page.get_by_test_id("presence-ready").first.click()


def test_a_microphone_that_brings_no_sound_is_told_before_anybody_is_put_through(
    duty: Duty, somebody: Somebody
) -> None:
    desk = somebody()
    desk.add_init_script(SILENT)
    signs_in(desk, duty.demo, "li")
    has_the_phone(desk)

    presses_ready(desk)
    expect(desk.get_by_test_id("toast")).to_contain_text("麦克风没有声音")
    expect(desk.get_by_test_id("check-microphone")).to_contain_text("没有声音")
    expect(desk.locator("#now .hero")).to_have_attribute("data-state", "offline")
    presses_ready(desk)

    expect(desk.locator("#now .hero")).to_have_attribute("data-state", "ready")


def test_nobody_is_ready_whose_microphone_was_refused(duty: Duty, somebody: Somebody) -> None:
    desk = somebody()
    desk.add_init_script(REFUSED)
    signs_in(desk, duty.demo, "li")
    has_the_phone(desk)

    for _ in range(2):
        presses_ready(desk)
        expect(desk.get_by_test_id("toast")).to_contain_text("浏览器没有使用麦克风的权限")
        expect(desk.get_by_test_id("presence-ready").first).to_be_enabled()

    expect(desk.locator("#now .hero")).to_have_attribute("data-state", "offline")


def test_nobody_is_ready_at_a_desk_whose_softphone_is_not_connected(
    duty: Duty, somebody: Somebody
) -> None:
    desk = somebody()
    desk.route("**/me/softphone", lambda route: route.abort())
    signs_in(desk, duty.demo, "li")
    expect(desk.get_by_test_id("phone-band")).to_contain_text("软电话没有连上")

    presses_ready(desk)

    expect(desk.get_by_test_id("toast")).to_contain_text("还不能开始接听")
    expect(desk.locator("#now .hero")).to_have_attribute("data-state", "offline")


def test_devices_are_chosen_heard_and_remembered(demo: Demo, somebody: Somebody) -> None:
    desk = somebody()
    rings_by_twilio(desk)
    desk.add_init_script(SINKS)
    signs_in(desk, demo, "li")
    has_the_phone(desk)

    desk.get_by_test_id("devices").locator("summary").click()
    expect(desk.get_by_test_id("own-level")).not_to_have_attribute("data-level", "0")
    for use in ("input", "output", "ring"):
        desk.get_by_test_id(f"device-{use}").select_option(index=1)
    desk.locator("[data-try-bell]").click()
    chosen = desk.get_by_test_id("device-ring").input_value()
    sinks = desk.evaluate("sinks")
    desk.reload()
    has_the_phone(desk)
    desk.get_by_test_id("devices").locator("summary").click()

    expect(desk.get_by_test_id("device-ring")).to_have_value(chosen)
    assert chosen in sinks
    expect(desk.get_by_test_id("device-input")).not_to_have_value("")
    expect(desk.get_by_test_id("phone-band")).to_be_hidden()


def test_a_softphone_that_knows_no_devices_says_so(demo: Demo, somebody: Somebody) -> None:
    desk = somebody()
    signs_in(desk, demo, "li")
    has_the_phone(desk)

    desk.get_by_test_id("devices").locator("summary").click()

    expect(desk.get_by_test_id("device-input")).to_be_disabled()
    expect(desk.get_by_test_id("device-ring")).to_be_enabled()
    expect(desk.locator("[data-default-only]")).to_be_visible()


DEVICES = """
const real = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
window.pulledOut = [];
navigator.mediaDevices.enumerateDevices = async () =>
  (await real()).filter((device) => !window.pulledOut.includes(device.kind));
window.pullsOut = (...kinds) => {
  window.pulledOut = kinds;
  navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
};
"""


def test_a_headset_pulled_out_while_ready_takes_nobody_and_is_ready_again_when_back(
    duty: Duty, somebody: Somebody
) -> None:
    desk = somebody()
    desk.add_init_script(DEVICES)
    signs_in(desk, duty.demo, "li")
    has_the_phone(desk)
    presses_ready(desk)
    expect(desk.locator("#now .hero")).to_have_attribute("data-state", "ready")

    desk.evaluate("pullsOut('audioinput')")

    expect(desk.get_by_test_id("toast")).to_contain_text("没有找到麦克风")
    expect(desk.get_by_test_id("check-microphone")).to_contain_text("没有找到麦克风")
    expect(desk.locator("#now .hero")).to_have_attribute("data-state", "offline", timeout=40_000)
    expect(desk.get_by_test_id("state")).to_contain_text("软电话或麦克风没有连上")

    desk.evaluate("pullsOut()")

    expect(desk.locator("#now .hero")).to_have_attribute("data-state", "ready")


def test_who_has_no_headphones_is_told_before_anybody_is_put_through(
    duty: Duty, somebody: Somebody
) -> None:
    desk = somebody()
    desk.add_init_script(DEVICES)
    signs_in(desk, duty.demo, "li")
    has_the_phone(desk)
    desk.evaluate("window.pulledOut = ['audiooutput']")

    presses_ready(desk)

    expect(desk.get_by_test_id("toast")).to_contain_text("没有找到耳机或扬声器")
    expect(desk.locator("#now .hero")).to_have_attribute("data-state", "offline")
