"""An administrator changes the hours of a line, sees what it means, and takes it back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Demo, signs_in

pytestmark = pytest.mark.browser

PAGES = (
    "",
    "/lines/youth-12355",
    "/staff",
    "/stations",
    "/files",
    "/history",
    "/history/1",
)
HOURS = '    hours: [{days: [mon, tue], from: "08:30", to: "17:30"}]\n'
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def puts_hours_in(page: Page, demo: Demo, hours: str) -> None:
    """At the end of the first line's part of the file, by hand."""
    page.goto(f"{demo.url}/administration/files?path=lines.yaml")
    text = page.get_by_test_id("text")
    before = text.input_value()
    text.fill(
        before.replace(
            "    flow: flows/youth-12355.yaml\n", f"    flow: flows/youth-12355.yaml\n{hours}"
        )
    )


def test_hours_are_changed_looked_at_put_in_force_and_undone(admin: Page, demo: Demo) -> None:
    expect(admin).to_have_url(f"{demo.url}/administration")

    puts_hours_in(admin, demo, HOURS)
    admin.get_by_test_id("text").press("Control+Enter")
    expect(admin.get_by_test_id("differences")).to_have_text("热线 youth-12355：改了 接听时间")
    admin.get_by_test_id("note").fill("只在周一周二开放")
    admin.get_by_test_id("apply").click()
    admin.wait_for_url(f"{demo.url}/administration/history")
    expect(admin.get_by_test_id("history")).to_contain_text("只在周一周二开放")
    admin.goto(f"{demo.url}/administration/lines/youth-12355")
    expect(admin.get_by_test_id("week")).to_contain_text("08:30–17:30")

    admin.goto(f"{demo.url}/administration/history/1")
    admin.get_by_test_id("undo").click()
    admin.get_by_test_id("undo").click()
    admin.wait_for_url(f"{demo.url}/administration/history")
    admin.goto(f"{demo.url}/administration/lines/youth-12355")
    expect(admin.get_by_test_id("week")).to_contain_text("全天候")


def test_a_fault_stands_beside_its_line_and_nothing_can_be_put_in_force(
    admin: Page, demo: Demo
) -> None:
    puts_hours_in(admin, demo, "    hours: never\n")

    fault = admin.get_by_test_id("faults").locator("li").first
    expect(fault).to_contain_text("`hours` 必须写成列表")
    number = re.findall(r"lines\.yaml:(\d+)", fault.inner_text())
    expect(admin.locator(".editor-lines .is-fault")).to_have_text(number)
    expect(admin.get_by_test_id("apply")).to_be_hidden()
    admin.once("dialog", lambda dialog: dialog.accept())


def test_every_page_fits_a_field_phone(admin: Page, demo: Demo) -> None:
    admin.set_viewport_size({"width": 390, "height": 844})

    for path in PAGES:
        admin.goto(f"{demo.url}/administration{path}")

        assert admin.evaluate(TOO_WIDE) <= 0, path


def test_a_counselor_is_refused_everywhere(demo: Demo, somebody: Callable[[], Page]) -> None:
    page = somebody()
    signs_in(page, demo, "li")

    for path in PAGES:
        page.goto(f"{demo.url}/administration{path}")

        expect(page.get_by_test_id("refusal")).to_be_visible()
