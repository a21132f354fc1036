"""What a caller understands is noted with the keyboard, and stands there at once."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Duty, talks_with_a_child

pytestmark = pytest.mark.browser


def test_a_counselor_notes_it_during_the_talk_without_leaving_the_keyboard(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    talks_with_a_child(desk, duty)
    expect(desk.get_by_test_id("understands")).to_contain_text("未知，按接听方案的对照表")

    desk.get_by_test_id("understanding-change").focus()
    desk.keyboard.press("Enter")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")

    expect(desk.get_by_test_id("understands")).to_have_text("粤语")
    expect(desk.get_by_test_id("understanding-change")).to_be_focused()
