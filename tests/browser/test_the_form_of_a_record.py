"""The form of a record in a browser: the same rules as on the server, and keys all through."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from hotline.records.forms.model import read_form
from hotline.records.forms.rules import rules_of
from tests.browser.people import Demo, Duty, answers, goes_on_duty

pytestmark = pytest.mark.browser

CASES = Path(__file__).parents[1] / "hotline" / "records" / "forms" / "cases.json"
JUDGE = """async ([rules, cases]) => {
    const sheet = document.querySelector('link[href*="/hotline.css"]').href;
    const { asked, faultsOf } = await import(new URL("form_rules.js", sheet).href);
    return cases.map(({ values }) => ({
        asked: asked(rules, values).map(({ key }) => key),
        faults: faultsOf(rules, values),
    }));
}"""

UNFOLD = "one => [one, ...one.querySelectorAll('details')].forEach(part => { part.open = true })"


def test_the_browser_judges_every_case_as_the_server_does(
    demo: Demo, somebody: Callable[[], Page]
) -> None:
    shared = json.loads(CASES.read_text(encoding="utf-8"))
    page = somebody()
    page.goto(f"{demo.url}/login")

    judged = page.evaluate(JUDGE, [rules_of(read_form(shared["form"])), shared["cases"]])

    expected = [{"asked": one["asked"], "faults": one["faults"]} for one in shared["cases"]]
    assert dict(zip(map(named, shared["cases"]), judged, strict=True)) == dict(
        zip(map(named, shared["cases"]), expected, strict=True)
    )


def named(case: dict[str, Any]) -> str:
    return str(case["name"])


@pytest.fixture
def desk(duty: Duty, somebody: Callable[[], Page]) -> Page:
    """Li talks with a child, on a small screen."""
    page = somebody()
    page.set_viewport_size({"width": 1280, "height": 720})
    goes_on_duty(page, duty.demo, "li")
    duty.a_child_calls("1")
    answers(page)
    expect(page.get_by_test_id("record-form")).to_be_visible()
    return page


def section(page: Page, key: str) -> Any:
    return page.locator(f'[data-section="{key}"]')


def chooses(page: Page, name: str, value: str) -> None:
    page.locator(f'[name="{name}"][value="{value}"]').check(force=True)


def test_the_words_stand_first_and_the_way_to_save_is_always_in_sight(desk: Page) -> None:
    narrative, save = desk.get_by_test_id("narrative"), desk.locator(".record-foot")

    expect(narrative).to_be_in_viewport()
    expect(save.get_by_role("button")).to_be_in_viewport(ratio=1)
    chooses(desk, "contact_type", "about_another")
    for key in ("caller", "person_at_risk", "issues", "actions", "follow_up"):
        section(desk, key).locator(":scope > summary").click()
    desk.evaluate("scrollTo(0, 300)")

    expect(save.get_by_role("button")).to_be_in_viewport(ratio=1)
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_sections_come_and_go_with_the_kind_of_contact(desk: Page) -> None:
    expect(section(desk, "caller")).to_be_hidden()

    chooses(desk, "contact_type", "about_another")
    expect(section(desk, "person_at_risk")).to_be_visible()
    chooses(desk, "contact_type", "self")
    expect(section(desk, "person_at_risk")).to_be_hidden()
    expect(section(desk, "caller")).to_contain_text("还差 4 项")
    chooses(desk, "contact_type", "silent")

    expect(section(desk, "caller")).to_be_hidden()
    expect(section(desk, "contact")).to_contain_text("已齐")


def test_what_is_missing_is_named_and_the_cursor_goes_there(desk: Page) -> None:
    chooses(desk, "contact_type", "self")
    desk.get_by_test_id("narrative").fill("他说家里很吵")

    desk.locator(".record-foot button").click()

    told = desk.get_by_test_id("toast")
    expect(told).to_contain_text("还缺：年龄段、性别、未成年、所在区县")
    expect(section(desk, "caller")).to_have_attribute("open", "")
    assert desk.evaluate("document.activeElement.name") == "age_band"


def test_a_record_is_filled_in_by_keys_and_is_still_there_after_a_reload(
    desk: Page, duty: Duty
) -> None:
    desk.get_by_test_id("narrative").fill("她担心弟弟")
    desk.keyboard.press("Alt+1")
    desk.keyboard.press("ArrowRight")
    expect(desk.locator('[name="contact_type"][value="about_another"]')).to_be_checked()
    desk.keyboard.press("Alt+3")
    desk.keyboard.press("Space")
    desk.locator('[name="person_name"]').fill("小明")
    desk.keyboard.press("Alt+2")
    place = desk.locator('[data-field="place"] input.input')
    place.fill("广州市天河区")
    expect(desk.get_by_test_id("save-state")).to_contain_text("已保存")
    desk.reload()

    expect(desk.locator('[name="person_age_band"][value="0_6"]')).to_be_checked()
    expect(place).to_have_value("广州市天河区")
    expect(desk.locator('[name="person_name"]')).to_have_value("小明")
    kept = duty.one("select answers from record order by saved_at desc limit 1")
    assert kept["place"] == "440106"
    assert "person_name" not in kept


def test_no_fourth_topic_can_be_chosen(desk: Page) -> None:
    chooses(desk, "contact_type", "self")
    section(desk, "issues").evaluate(UNFOLD)
    for code in ("family.siblings", "study.school", "non_counselling"):
        chooses(desk, "topics", code)

    expect(desk.locator('[name="topics"][value="family.caregiver"]')).to_be_disabled()
    desk.locator('[name="topics"][value="non_counselling"]').uncheck(force=True)
    expect(desk.locator('[name="topics"][value="family.caregiver"]')).to_be_enabled()


def test_a_place_is_a_name_or_one_of_what_stands_instead(desk: Page) -> None:
    chooses(desk, "contact_type", "self")
    section(desk, "caller").locator(":scope > summary").click()
    place = desk.locator('[data-field="place"]')
    place.locator("input.input").fill("天河")

    place.locator('[data-instead="unknown"]').check(force=True)
    expect(place.locator("input.input")).to_have_value("")
    place.locator("input.input").fill("广州市")

    expect(place.locator('[data-instead="unknown"]')).not_to_be_checked()
