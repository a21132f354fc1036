"""An administrator changes by form what has to be changed at night, and adds and removes a file."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Demo

pytestmark = pytest.mark.browser

FORMS = (
    "/lines/women-12338/edit",
    "/staff/edit?key=li",
    "/staff/edit",
    "/stations/edit?key=gz-tianhe",
)
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def puts_in_force(page: Page, demo: Demo, note: str) -> None:
    page.get_by_test_id("note").fill(note)
    page.get_by_test_id("apply").click()
    page.wait_for_url(f"{demo.url}/administration/history")
    expect(page.get_by_test_id("history")).to_contain_text(note)


def test_the_duty_phone_and_the_hours_of_a_line_by_keyboard(admin: Page, demo: Demo) -> None:
    admin.goto(f"{demo.url}/administration/lines/women-12338")
    admin.get_by_test_id("edit").click()

    phone = admin.get_by_test_id("field-duty_phone")
    phone.fill("nobody")
    expect(admin.get_by_test_id("fault-duty_phone")).to_be_visible()
    expect(phone).to_have_attribute("aria-invalid", "true")
    phone.fill("02000000019")
    expect(admin.get_by_test_id("fault-duty_phone")).to_be_hidden()
    hours = admin.get_by_test_id("field-hours")
    hours.locator("[data-add]").press("Enter")
    admin.keyboard.press("Space")
    row = hours.get_by_test_id("hours-row").last
    row.locator("[data-part=from]").fill("19:00")
    row.locator("[data-part=to]").fill("21:00")
    row.locator("[data-part=to]").press("Control+Enter")

    told = admin.get_by_test_id("differences")
    expect(told).to_have_text("热线 women-12338：改了 值班电话、接听时间")
    puts_in_force(admin, demo, "夜里换了值班电话")
    admin.goto(f"{demo.url}/administration/lines/women-12338")
    expect(admin.get_by_test_id("week")).to_contain_text("19:00–21:00")


def test_an_account_is_switched_off(admin: Page, demo: Demo) -> None:
    admin.goto(f"{demo.url}/administration/staff")
    admin.get_by_test_id("edit-xu").click()

    admin.get_by_test_id("field-active").uncheck()
    admin.get_by_test_id("preview").click()

    expect(admin.get_by_test_id("differences")).to_have_text("人员 xu：改了 账号是否启用")
    puts_in_force(admin, demo, "离职")


def test_a_plan_is_added_and_taken_away_again(admin: Page, demo: Demo) -> None:
    files = f"{demo.url}/administration/files"
    admin.goto(f"{files}?path=plans/night.yaml&copy=plans/day-lines.yaml")
    admin.get_by_test_id("preview").click()
    puts_in_force(admin, demo, "夜间方案")

    admin.goto(f"{files}?path=plans/day-lines.yaml")
    admin.get_by_test_id("take-away").click()
    expect(admin.get_by_test_id("faults")).to_contain_text("plans/day-lines.yaml")
    expect(admin.get_by_test_id("apply")).to_be_hidden()
    admin.goto(f"{files}?path=plans/night.yaml")
    admin.get_by_test_id("take-away").click()
    puts_in_force(admin, demo, "不用了")


def test_every_form_fits_a_field_phone(admin: Page, demo: Demo) -> None:
    admin.set_viewport_size({"width": 390, "height": 844})

    for path in FORMS:
        admin.goto(f"{demo.url}/administration{path}")

        expect(admin.get_by_test_id("form")).to_be_visible()
        assert admin.evaluate(TOO_WIDE) <= 0, path
