"""Two tabs, or two people, write one record: nothing is overwritten, nothing is dropped."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Duty, talks_with_a_child

pytestmark = pytest.mark.browser

RECORD = "**/api/v1/calls/*/record"
FIRST, SECOND = "孩子说不想回家。", "爸爸昨晚喝了酒。"
STORY = f"{FIRST}\n{SECOND}"


def writing(desk: Page, duty: Duty) -> str:
    """li has saved two paragraphs. The call."""
    talks_with_a_child(desk, duty)
    desk.get_by_test_id("narrative").fill(STORY)
    is_saved(desk)
    return str(duty.one("select id from call where state = 'talking'"))


def is_saved(desk: Page) -> None:
    expect(desk.get_by_test_id("save-state")).to_contain_text("已保存")


def says(desk: Page, words: str) -> None:
    expect(desk.get_by_test_id("narrative")).to_have_value(words)


def he_saves(duty: Duty, call: str, narrative: str, **answers: Any) -> None:
    """The supervisor saves on top of what stands there, on the same form."""
    stands = kept(duty, call)
    asked = {**stands["answers"], **answers}
    same = {name: stands[name] for name in ("form", "risk", "version")}
    body = {**same, "narrative": narrative, "answers": asked}
    duty.asks("he", "PUT", f"/calls/{call}/record", body)


def kept(duty: Duty, call: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = duty.asks("he", "GET", f"/calls/{call}/record")
    return found


def chooses(page: Page, name: str, value: str) -> None:
    page.locator(f'[name="{name}"][value="{value}"]').check(force=True)


def has_chosen(page: Page, name: str, value: str) -> None:
    expect(page.locator(f'[name="{name}"]:checked')).to_have_value(value)


def test_fields_and_paragraphs_that_one_left_alone_are_merged_by_themselves(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    call = writing(desk, duty)
    he_saves(duty, call, f"{STORY}\n督导：已问过妈妈。", contact_type="self", actions=["advised"])

    desk.get_by_test_id("narrative").fill(f"孩子说今晚不想回家。\n{SECOND}")

    says(desk, f"孩子说今晚不想回家。\n{SECOND}\n督导：已问过妈妈。")
    has_chosen(desk, "contact_type", "self")
    has_chosen(desk, "actions", "advised")
    expect(desk.get_by_test_id("clashes")).to_be_hidden()
    is_saved(desk)
    found = kept(duty, call)
    assert found["narrative"] == f"孩子说今晚不想回家。\n{SECOND}\n督导：已问过妈妈。"
    assert (found["contact_type"], found["answers"]) == ("self", {"actions": ["advised"]})


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("mine", f"{FIRST}\n我写的第二段。"),
        ("theirs", f"{FIRST}\n督导写的第二段。"),
        ("both", f"{FIRST}\n我写的第二段。\n督导写的第二段。"),
    ],
)
def test_where_both_changed_the_same_a_person_chooses_and_nothing_is_dropped(
    duty: Duty, somebody: Callable[[], Page], way: str, words: str
) -> None:
    desk = somebody()
    call = writing(desk, duty)
    he_saves(duty, call, f"{FIRST}\n督导写的第二段。", contact_type="silent")
    chooses(desk, "contact_type", "self")
    desk.get_by_test_id("narrative").fill(f"{FIRST}\n我写的第二段。")

    clashes = desk.get_by_test_id("clashes")
    expect(clashes).to_contain_text("有 2 处不同")
    expect(desk.get_by_test_id("clash-narrative-mine")).to_have_text("我写的第二段。")
    expect(desk.get_by_test_id("clash-narrative-theirs")).to_have_text("督导写的第二段。")
    expect(desk.get_by_test_id("clash-contact_type-theirs")).to_have_text("无声")
    expect(desk.get_by_test_id("save-state")).to_have_attribute("data-state", "kept")
    expect(desk.get_by_test_id("clashes-confirm")).to_be_disabled()
    desk.get_by_test_id("clash-contact_type-use-mine").click()
    expect(desk.get_by_test_id("clashes-confirm")).to_be_disabled()
    desk.get_by_test_id(f"clash-narrative-use-{way}").click()
    desk.get_by_test_id("clashes-confirm").click()

    says(desk, words)
    is_saved(desk)
    expect(clashes).to_be_hidden()
    found = kept(duty, call)
    assert (found["narrative"], found["contact_type"]) == (words, "self")
    versions = duty.asks("he", "GET", f"/calls/{call}/record/versions")
    assert len(versions) >= 3, "each version is kept"


def test_a_clash_outlives_a_reload_and_nothing_is_saved_before_it_is_settled(
    duty: Duty, somebody: Callable[[], Page]
) -> None:
    desk = somebody()
    call = writing(desk, duty)
    he_saves(duty, call, "督导重写了。")
    desk.get_by_test_id("narrative").fill("我也重写了。")
    expect(desk.get_by_test_id("clashes")).to_be_visible()

    desk.reload()

    expect(desk.get_by_test_id("clash-narrative-mine")).to_have_text("我也重写了。")
    expect(desk.get_by_test_id("clash-narrative-theirs")).to_have_text("督导重写了。")
    assert kept(duty, call)["narrative"] == "督导重写了。"


def test_two_windows_of_one_person_agree(duty: Duty, somebody: Callable[[], Page]) -> None:
    desk = somebody()
    call = writing(desk, duty)
    beside = desk.context.new_page()
    beside.goto(f"{duty.demo.url}/desk/calls/{call}")
    says(beside, STORY)

    desk.get_by_test_id("narrative").fill(f"{STORY}\n他答应了。")
    says(beside, f"{STORY}\n他答应了。")
    is_saved(beside)
    chooses(beside, "contact_type", "information")

    has_chosen(desk, "contact_type", "information")
    is_saved(desk)
    expect(desk.get_by_test_id("clashes")).to_be_hidden()
    assert kept(duty, call)["narrative"] == f"{STORY}\n他答应了。"
