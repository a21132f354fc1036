"""A teacher is invited by a form, comes in by link and code on a small phone, writes, is ended."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress

import httpx
import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.conftest import PATIENCE_MS, PHONE_SIZE
from tests.browser.people import PATIENCE_S, Duty, flagged_talk, signs_in
from tests.browser.test_pages_for_everybody import LANGUAGES, faults_of, looks_at

pytestmark = pytest.mark.browser

PHONE = "15400000901"
MOST_NEWS = 60  # looks at the carrier's journal
SMALLEST_TARGET = 48
SIX_DIGITS = r"(?<!\d)(\d{6})(?!\d)"


def text_to(duty: Duty, wanted: str, *, after: int = 0) -> tuple[str, int]:
    """What the newest text to the teacher says in the place of the group, and where it stands."""
    last = after
    for _ in range(MOST_NEWS):
        url = f"{duty.demo.carrier}/simulator/journal"
        news = httpx.get(
            url, params={"after": last, "patience_s": PATIENCE_S}, timeout=2 * PATIENCE_S
        ).json()
        for one in news["entries"]:
            mine = one["kind"] == "message" and one["address"].endswith(PHONE)
            found = re.search(wanted, one["text"]) if mine else None
            if found is not None:
                return found[1], news["last"]
        last = news["last"]
    pytest.fail("no such text was sent")


@pytest.fixture
def handset(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(locale="zh-CN", viewport=PHONE_SIZE, has_touch=True)
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    yield context.new_page()
    context.close()


def invites_the_teacher(station: Page, duty: Duty, case_id: str) -> None:
    """By the form, on a statutory duty."""
    signs_in(station, duty.demo, "tianhe")
    station.goto(f"{duty.demo.url}/cases/{case_id}")
    station.get_by_test_id("invite").click()
    for field, words in {
        "name": "王老师",
        "body": "第一中学",
        "phone": PHONE,
        "called": "小雨",
        "asked": "每天看她有没有到校",
        "task": "周五前联系一次家访老师",
    }.items():
        station.locator(f"#{field}").fill(words)
    station.locator("#basis").select_option("statutory_duty")
    station.locator("#article").select_option("minors_11")
    station.get_by_test_id("send-invitation").click()
    expect(station.get_by_test_id("group-member")).to_contain_text("王老师")


def comes_to_the_door(handset: Page, duty: Duty, link: str, last: int) -> list[str]:
    """The link alone shows nothing; a wrong code says so, the right one opens. What axe found."""
    handset.goto(link)
    expect(handset.get_by_test_id("door-asks")).not_to_contain_text("小雨")
    faults = [one for language in LANGUAGES for one in looks_at(handset, f"{link}?lang={language}")]
    handset.goto(f"{link}?lang=zh")
    handset.get_by_test_id("send-code").click()
    expect(handset.get_by_test_id("door-sent")).to_be_visible()
    code, _ = text_to(duty, SIX_DIGITS, after=last)
    handset.locator("#code").fill("000000" if code != "000000" else "111111")
    handset.get_by_test_id("enter-code").click()
    expect(handset.get_by_role("alert")).to_contain_text("验证码不对")
    handset.locator("#code").fill(code)
    handset.get_by_test_id("enter-code").click()
    expect(handset.get_by_test_id("asked")).to_contain_text("每天看她有没有到校")
    return faults


def reads_their_part(handset: Page, link: str) -> list[str]:
    """It fits a small screen, and can be hit with a thumb. What axe found."""
    expect(handset.get_by_test_id("known")).to_contain_text("小雨")
    expect(handset.get_by_test_id("ends")).to_be_visible()
    faults = [one for language in LANGUAGES for one in looks_at(handset, f"{link}?lang={language}")]
    handset.goto(f"{link}?lang=zh")
    for button in handset.locator(".button.is-large:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= SMALLEST_TARGET
        assert box["x"] + box["width"] <= PHONE_SIZE["width"]
    assert handset.evaluate("document.documentElement.scrollWidth") <= PHONE_SIZE["width"]
    return faults


def does_what_was_asked(handset: Page) -> None:
    """A task is done, a note written; and something cannot be done."""
    handset.get_by_test_id("done").click()
    expect(handset.get_by_test_id("task")).to_contain_text("已完成")
    handset.locator("#note-words").fill("今天到校了，很安静")
    handset.get_by_test_id("write-note").click()
    expect(handset.get_by_test_id("note")).to_contain_text("很安静")
    handset.get_by_test_id("cannot").locator("summary").click()
    handset.locator("#cannot-words").fill("联系不上家访老师")
    handset.get_by_test_id("say-cannot").click()
    expect(handset.get_by_test_id("note")).to_have_count(2)


def looks_and_ends(station: Page) -> list[str]:
    """Who answers for the case sees what was read and written, and ends it. What axe found."""
    expect(station.get_by_test_id("group-member")).to_contain_text("2 条记录")
    station.get_by_test_id("group-member").get_by_role("link").click()
    expect(station.get_by_test_id("member-notes")).to_contain_text("很安静")
    expect(station.get_by_test_id("member-events")).to_contain_text("班主任看了")
    faults = faults_of(station)
    station.get_by_test_id("draw-code").click()
    expect(station.get_by_test_id("told-code")).to_contain_text(re.compile(r"\d{3} \d{3}"))
    station.get_by_test_id("end-member").locator("summary").click()
    station.locator("#why").fill("转学了")
    station.get_by_test_id("end").click()
    expect(station.get_by_test_id("group-member")).to_contain_text("已结束参加")
    return faults


def test_a_teacher_is_invited_comes_in_reads_writes_and_is_ended(
    duty: Duty, somebody: Callable[[], Page], handset: Page
) -> None:
    station, case_id = somebody(), flagged_talk(somebody(), duty)["case_id"]
    invites_the_teacher(station, duty, case_id)
    link, last = text_to(duty, r"(http\S+/g/\S+)")
    faults = comes_to_the_door(handset, duty, link, last)
    faults += reads_their_part(handset, link)
    does_what_was_asked(handset)
    faults += looks_and_ends(station)

    handset.locator("#note-words").fill("太晚了")
    handset.get_by_test_id("write-note").click()
    expect(handset.locator(".toast")).to_be_visible()
    handset.reload()

    expect(handset.get_by_test_id("door-over")).to_be_visible()
    assert faults == []


def test_after_signing_out_going_back_shows_nothing(
    duty: Duty, somebody: Callable[[], Page], handset: Page
) -> None:
    station, case_id = somebody(), flagged_talk(somebody(), duty)["case_id"]
    url = f"{duty.demo.carrier}/simulator/journal"
    last = httpx.get(url, params={"after": 0}).json()["last"]
    invites_the_teacher(station, duty, case_id)
    link, last = text_to(duty, r"(http\S+/g/\S+)", after=last)
    handset.goto(link)
    handset.get_by_test_id("send-code").click()
    code, _ = text_to(duty, SIX_DIGITS, after=last)
    handset.locator("#code").fill(code)
    handset.get_by_test_id("enter-code").click()
    expect(handset.get_by_test_id("group-part")).to_be_visible()

    handset.get_by_test_id("sign-out").click()
    expect(handset.get_by_test_id("door-asks")).to_be_visible()
    with suppress(Error):  # Chromium keeps no such page, and asks before it sends a form again
        handset.go_back()

    expect(handset.get_by_test_id("group-part")).to_have_count(0)
    expect(handset.locator("body")).not_to_contain_text("小雨")
    handset.goto(link)
    expect(handset.get_by_test_id("door-asks")).to_be_visible()
