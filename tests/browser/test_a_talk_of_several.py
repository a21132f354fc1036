"""Consult, hand over and third party on real consoles: who hears whom is measured by pitch."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import (
    Demo,
    Duty,
    acts_in_the_talk,
    answers,
    goes_on_duty,
    has_the_phone,
    signs_in,
)
from tests.browser.phones import is_in_state
from tests.browser.voices import MUSIC, all_hear, hears, speaks_with

pytestmark = pytest.mark.browser

CHILD, LI, CHEN, PARENT, SUPERVISOR = (
    700,
    1100,
    1500,
    1900,
    2300,
)  # what each of them sounds like, in hertz
RINGS_FOR_MS = 45_000  # twenty seconds, and time for a busy machine
PARENTS_NUMBER = "13800000199"


@dataclass
class TalkOfSeveral:
    """A child on a phone talks with li; chen is on duty as well."""

    child: Page
    li: Page
    chen: Page

    def consults(self) -> None:
        """Li asks chen; the child hears music while it rings."""
        self.li.bring_to_front()
        self.li.keyboard.press("c")
        self.li.get_by_test_id("colleague").first.click()
        self.second_is("ringing")

    def second_is(self, place: str) -> None:
        """Where the colleague or guest stands, as li's bar says."""
        expect(self.li.get_by_test_id("second")).to_have_attribute("data-place", place)

    def are_two_again(self) -> None:
        """The child and li, and nobody else."""
        expect(self.li.get_by_test_id("second")).to_have_count(0)
        all_hear({self.child: (LI,), self.li: (CHILD,)})


@pytest.fixture
def talk(demo: Demo, duty: Duty, somebody: Callable[[], Page]) -> TalkOfSeveral:
    """Child and li hear each other."""
    child, li, chen = somebody(), somebody(), somebody()
    for page, hertz in ((child, CHILD), (li, LI), (chen, CHEN)):
        speaks_with(page, hertz)
    goes_on_duty(li, demo, "li")
    number = duty.a_number()
    child.goto(f"{demo.phone}?number={number}")
    is_in_state(child, "idle")
    child.get_by_test_id("dial").fill("12355")
    child.get_by_test_id("call").click()
    expect(child.get_by_test_id("transcript")).to_contain_text("青少年服务台")
    child.get_by_test_id("key-1").click()
    answers(li)
    goes_on_duty(chen, demo, "chen")
    found = TalkOfSeveral(child, li, chen)
    found.are_two_again()
    return found


def test_a_consult_is_heard_by_the_two_alone_and_ends_in_a_warm_transfer(
    talk: TalkOfSeveral,
) -> None:
    talk.consults()
    hears(talk.child, MUSIC)
    talk.chen.get_by_test_id("answer").click()
    talk.second_is("apart")
    all_hear({talk.child: (MUSIC,), talk.li: (CHEN,), talk.chen: (LI,)})

    talk.li.keyboard.press("h")
    talk.second_is("together")
    all_hear({talk.child: (LI, CHEN), talk.li: (CHILD, CHEN), talk.chen: (CHILD, LI)})
    talk.li.keyboard.press("t")
    talk.li.keyboard.press("t")

    all_hear({talk.child: (CHEN,), talk.chen: (CHILD,)})
    expect(talk.li.get_by_test_id("callbar")).to_have_attribute("data-state", "wrapping_up")
    expect(talk.chen.get_by_test_id("record-form")).to_be_visible()


def test_a_colleague_who_declines_leaves_the_child_with_the_counselor(talk: TalkOfSeveral) -> None:
    talk.consults()
    hears(talk.child, MUSIC)

    talk.chen.get_by_test_id("decline").click()

    talk.are_two_again()
    expect(talk.child.get_by_test_id("transcript")).to_contain_text("继续和刚才的辅导员")


def test_a_colleague_who_does_not_answer_leaves_the_child_with_the_counselor(
    talk: TalkOfSeveral,
) -> None:
    talk.consults()
    hears(talk.child, MUSIC)

    expect(talk.li.get_by_test_id("second")).to_have_count(0, timeout=RINGS_FOR_MS)

    talk.are_two_again()


def test_a_colleague_whose_line_breaks_leaves_the_child_with_the_counselor(
    duty: Duty, talk: TalkOfSeveral
) -> None:
    talk.consults()
    talk.chen.get_by_test_id("answer").click()
    talk.second_is("apart")
    all_hear({talk.child: (MUSIC,), talk.li: (CHEN,)})

    duty.acts("client:chen", "hang_up")

    talk.are_two_again()


def test_a_parent_is_asked_in_by_consent_and_the_counselor_may_leave(
    demo: Demo, talk: TalkOfSeveral, somebody: Callable[[], Page]
) -> None:
    parent = somebody()
    speaks_with(parent, PARENT)
    parent.goto(f"{demo.phone}?number={PARENTS_NUMBER}")
    is_in_state(parent, "idle")
    talk.li.bring_to_front()
    talk.li.keyboard.press("g")
    form = talk.li.get_by_test_id("guest-form")
    form.locator("[name=number]").fill(PARENTS_NUMBER)
    form.locator("[name=consent]").check(force=True)
    form.locator("[type=submit]").click()
    talk.second_is("ringing")

    is_in_state(parent, "ringing")
    parent.get_by_test_id("answer").click()
    expect(parent.get_by_test_id("gathering")).to_be_visible()
    parent.get_by_test_id("key-1").click()
    talk.second_is("apart")
    all_hear({talk.child: (MUSIC,), talk.li: (PARENT,), parent: (LI,)})
    talk.li.keyboard.press("h")
    talk.second_is("together")
    talk.li.keyboard.press("t")
    talk.li.keyboard.press("t")

    all_hear({talk.child: (PARENT,), parent: (CHILD,)})


def supervisor_at(demo: Demo, page: Page) -> Page:
    """On the floor, with a phone in the browser."""
    speaks_with(page, SUPERVISOR)
    signs_in(page, demo, "he")
    page.goto(f"{demo.url}/floor")
    has_the_phone(page)
    return page


def test_a_supervisor_listens_whispers_joins_and_takes_over(
    demo: Demo, talk: TalkOfSeveral, somebody: Callable[[], Page]
) -> None:
    he = supervisor_at(demo, somebody())

    acts_in_the_talk(he, "listen")
    all_hear({talk.child: (LI,), talk.li: (CHILD,), he: (CHILD, LI)})
    expect(talk.li.get_by_test_id("supervisor")).to_have_attribute("data-voice", "muted")
    acts_in_the_talk(he, "whisper")
    all_hear({talk.child: (LI,), talk.li: (CHILD, SUPERVISOR), he: (CHILD, LI)})
    acts_in_the_talk(he, "join")
    all_hear({talk.child: (LI, SUPERVISOR), talk.li: (CHILD, SUPERVISOR), he: (CHILD, LI)})
    acts_in_the_talk(he, "take-over")

    all_hear({talk.child: (SUPERVISOR,), he: (CHILD,)})
    expect(talk.li.get_by_test_id("callbar")).to_have_attribute("data-state", "wrapping_up")


def test_help_rings_on_the_floor_and_one_press_leads_to_the_counselors_ear(
    demo: Demo, talk: TalkOfSeveral, somebody: Callable[[], Page]
) -> None:
    he = supervisor_at(demo, somebody())

    talk.li.bring_to_front()
    talk.li.keyboard.press("F7")
    expect(talk.li.get_by_test_id("help-asked")).to_be_visible()
    expect(he.get_by_test_id("help-strip")).to_be_visible()
    he.bring_to_front()
    expect(he.locator("[data-listen=answer]")).to_be_visible()
    he.get_by_test_id("help-go").click()

    all_hear({talk.child: (LI,), talk.li: (CHILD, SUPERVISOR), he: (CHILD, LI)})
    expect(he.get_by_test_id("help-strip")).to_have_count(0)
    expect(talk.li.get_by_test_id("help-asked")).to_have_count(0)
