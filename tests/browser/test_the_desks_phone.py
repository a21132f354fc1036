"""The softphone of the desk: whose tab rings, what is muted, and which key answers."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Demo, Duty, answers, goes_on_duty, has_the_phone, signs_in, talks

pytestmark = pytest.mark.browser

Somebody = Callable[[], Page]


def second_tab(page: Page, demo: Demo) -> Page:
    tab = page.context.new_page()
    tab.goto(f"{demo.url}/desk")
    return tab


def rings(page: Page) -> None:
    expect(page.get_by_test_id("answer")).to_be_visible()


# ── one tab has the phone ───────────────────────────────────────────────────────────────────────


def test_a_second_tab_takes_the_phone_only_when_told_to_and_gives_it_back(
    demo: Demo, somebody: Somebody
) -> None:
    first = somebody()
    signs_in(first, demo, "li")
    has_the_phone(first)

    second = second_tab(first, demo)
    expect(second.get_by_test_id("phone-band")).to_contain_text("软电话在另一个窗口里")
    has_the_phone(first)
    second.get_by_test_id("phone-heal").click()
    has_the_phone(second)
    expect(first.get_by_test_id("phone-band")).to_contain_text("软电话在另一个窗口里")
    second.close()

    has_the_phone(first)
    expect(first.get_by_test_id("phone-band")).to_be_hidden()


def test_a_talk_outlives_a_second_tab_that_took_the_phone(duty: Duty, somebody: Somebody) -> None:
    first = somebody()
    goes_on_duty(first, duty.demo, "li")
    child = duty.a_child_calls("1")
    answers(first)

    second = second_tab(first, duty.demo)
    second.get_by_test_id("phone-heal").click()
    expect(second.get_by_test_id("toast")).to_contain_text("您正在另一个窗口通话")
    has_the_phone(first)
    second.get_by_test_id("phone-heal").click()
    has_the_phone(second)
    second.close()

    has_the_phone(first)
    talks(first)
    duty.comes_into_a_talk(child)
    assert (
        duty.one(
            "select count(*) from offer join call on call.id = call_id where call.state <> 'ended'"
        )
        == 1
    )  # nobody was lost, and rung again


def test_the_guided_page_leaves_the_phone_to_the_desk_that_has_it(
    demo: Demo, somebody: Somebody
) -> None:
    desk = somebody()
    signs_in(desk, demo, "li")
    has_the_phone(desk)

    guided = desk.context.new_page()
    guided.goto(f"{demo.url}/demo")

    seat = guided.frame_locator('iframe[name="desk"]')
    expect(seat.get_by_test_id("phone-band")).to_contain_text("软电话在另一个窗口里")
    has_the_phone(desk)


def test_the_softphone_button_heals_a_phone_that_did_not_connect(
    demo: Demo, somebody: Somebody
) -> None:
    desk = somebody()
    desk.route("**/me/softphone", lambda route: route.abort())
    signs_in(desk, demo, "li")
    expect(desk.get_by_test_id("phone-band")).to_contain_text("软电话没有连上")
    desk.unroute("**/me/softphone")

    desk.get_by_test_id("phone-health").click()

    has_the_phone(desk)
    expect(desk.get_by_test_id("phone-band")).to_be_hidden()


def test_a_phone_that_another_browser_took_says_so_and_comes_back_by_its_button(
    demo: Demo, somebody: Somebody
) -> None:
    here, elsewhere = somebody(), somebody()
    signs_in(here, demo, "li")
    has_the_phone(here)

    signs_in(elsewhere, demo, "li")
    expect(here.get_by_test_id("phone-band")).to_contain_text("另一台电脑或另一个浏览器")
    here.get_by_test_id("phone-heal").click()

    has_the_phone(here)


def test_a_second_browser_leaves_the_phone_where_somebody_talks_and_takes_it_when_told_twice(
    duty: Duty, somebody: Somebody
) -> None:
    here, elsewhere = somebody(), somebody()
    goes_on_duty(here, duty.demo, "li")
    duty.a_child_calls("1")
    answers(here)

    signs_in(elsewhere, duty.demo, "li")
    expect(elsewhere.get_by_test_id("phone-band")).to_contain_text("另一台电脑或另一个浏览器")
    talks(here)
    elsewhere.get_by_test_id("phone-heal").click()
    has_the_phone(here)
    elsewhere.get_by_test_id("phone-heal").click()

    has_the_phone(elsewhere)
    expect(here.get_by_test_id("phone-band")).to_contain_text("另一台电脑或另一个浏览器")


# ── a phone that two children share ─────────────────────────────────────────────────────────────

# In place of the desk's own modules: a device that rings as told, and a bell that says if it rings.
DEVICE = """
export async function openSoftphone(hears, made) {
  made({ state: "registered", on() {}, destroy() {} });
  window.rings = (name) => {
    const heard = {};
    const on = (event, does) => { heard[event] = [...(heard[event] ?? []), does]; };
    hears.incoming({ on, isMuted: () => false, mute() {}, accept() {} });
    window[name] = (event) => heard[event]?.forEach((does) => does());
  };
  return { state: "registered", on() {}, destroy() {} };
}
"""
BELL = """
export function startRing() { window.isRinging = true; }
export function stopRing() { window.isRinging = false; }
"""


def takes_the_place_of(page: Page, module: str, text: str) -> None:
    page.route(
        f"**/static/*/{module}.js",
        lambda route: route.fulfill(content_type="text/javascript", body=text),
    )


def test_the_ring_of_the_second_child_goes_on_when_that_of_the_first_stops(
    demo: Demo, somebody: Somebody
) -> None:
    desk = somebody()
    takes_the_place_of(desk, "softphone", DEVICE)
    takes_the_place_of(desk, "ring", BELL)
    signs_in(desk, demo, "li")
    has_the_phone(desk)

    # In one go: news from the server that comes in between stops the bell, since no child calls.
    heard = desk.evaluate(
        "() => { rings('first'); rings('second'); isRinging = true;"
        " first('cancel'); const after = isRinging; second('cancel'); return [after, isRinging]; }"
    )

    assert heard == [True, False]


# ── muted ───────────────────────────────────────────────────────────────────────────────────────


def test_muted_is_what_the_device_says_and_is_said_in_words(duty: Duty, somebody: Somebody) -> None:
    desk = somebody()
    goes_on_duty(desk, duty.demo, "li")
    duty.a_child_calls("1")
    answers(desk)
    mute, said = desk.get_by_test_id("mute"), desk.get_by_test_id("muted")

    for pressed in ("true", "false", "true", "false"):
        desk.keyboard.press("m")
        expect(mute).to_have_attribute("aria-pressed", pressed)
        expect(said).to_be_visible(visible=pressed == "true")

    desk.keyboard.press("m")
    expect(said).to_contain_text("孩子听不到您")
    desk.get_by_test_id("hold").click()
    expect(desk.get_by_test_id("held")).to_be_visible()
    expect(mute).to_have_attribute("aria-pressed", "true")


# ── which key answers ───────────────────────────────────────────────────────────────────────────


def test_enter_answers_although_a_button_has_the_focus(duty: Duty, somebody: Somebody) -> None:
    desk = somebody()
    goes_on_duty(desk, duty.demo, "li")
    desk.locator("[data-try-bell]").click()
    expect(desk.locator("[data-try-bell]")).not_to_be_focused()
    desk.get_by_test_id("presence-menu").focus()
    duty.a_child_calls("1")
    rings(desk)

    desk.keyboard.press("Enter")

    talks(desk)


def test_who_types_answers_with_f2_and_enter_stays_a_new_line(
    duty: Duty, somebody: Somebody
) -> None:
    desk = somebody()
    goes_on_duty(desk, duty.demo, "zhang")
    duty.a_child_calls("1")
    answers(desk)
    desk.keyboard.press("e")
    desk.keyboard.press("e")
    expect(desk.get_by_test_id("callbar")).to_have_attribute("data-state", "wrapping_up")
    duty.ages("zhang", seconds=60)
    desk.get_by_test_id("narrative").click()
    duty.a_child_calls("9")
    rings(desk)

    desk.keyboard.press("Enter")
    expect(desk.get_by_test_id("narrative")).to_have_value("\n")
    rings(desk)
    expect(desk.get_by_test_id("answer").locator("kbd:visible")).to_have_text("F2")
    desk.keyboard.press("F2")

    talks(desk)


# ── the microphone ──────────────────────────────────────────────────────────────────────────────


def test_a_ring_that_nobody_answered_leaves_no_alarm_of_the_microphone(
    duty: Duty, somebody: Somebody
) -> None:
    desk = somebody()
    goes_on_duty(desk, duty.demo, "li")
    microphone = desk.get_by_test_id("check-microphone")
    expect(microphone).to_have_attribute("data-health", "good")
    child = duty.a_child_calls("1")
    rings(desk)

    duty.acts(child, "hang_up")
    expect(desk.get_by_test_id("incoming")).to_be_hidden()

    desk.clock.install()
    desk.clock.run_for(3000)
    expect(microphone).to_have_attribute("data-health", "good")
