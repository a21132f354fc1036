"""A talk of the demo is recorded; a supervisor watches where it stands, and plays it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Demo, Duty, answers, goes_on_duty, signs_in

pytestmark = pytest.mark.browser

FETCHED_MS = 90_000  # the notice is said at the pace of a voice, and a busy machine is no fault
ALWAYS = """update line set recording = '{"when": "always"}'"""
RULES = "select id, recording::text from line"
RESTORE = "update line set recording = %s::json where id = %s"
PLAYS = "() => { const sound = document.querySelector('audio'); sound.muted = true; sound.play(); }"
HAS_PLAYED = "() => document.querySelector('audio').currentTime > 0"


@pytest.fixture
def recorded_line(duty: Duty) -> Iterator[Duty]:
    """The line records for as long as the story lasts; then every rule is as it was."""
    rules = duty.connection.execute(RULES).fetchall()
    duty.connection.execute(ALWAYS)
    yield duty
    for line_id, rule in rules:
        duty.connection.execute(RESTORE, [rule, line_id])


def test_a_recording_is_followed_on_the_calls_page_and_played_there(
    demo: Demo, recorded_line: Duty, somebody: Callable[[], Page]
) -> None:
    duty, desk, page = recorded_line, somebody(), somebody()
    goes_on_duty(desk, demo, "li")
    child = duty.a_child_calls("1")
    answers(desk)
    signs_in(page, demo, "he")
    call_id = duty.one("select id from call where state = 'talking'")
    page.goto(f"{demo.url}/calls/{call_id}")
    recording = page.get_by_test_id("recording")

    expect(recording).to_have_attribute("data-shown", "running", timeout=FETCHED_MS)
    duty.acts(child, "hang_up")
    expect(recording).to_have_attribute("data-shown", "kept", timeout=FETCHED_MS)
    page.evaluate(PLAYS)
    page.wait_for_function(HAS_PLAYED)

    expect(page.locator(".timeline").last).to_contain_text("播放录音")
