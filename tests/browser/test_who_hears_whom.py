"""Who hears whom, measured by the pitch that each phone speaks with, in real browsers."""

from dataclasses import dataclass
from itertools import count

import pytest
from playwright.sync_api import Page

from tests.browser.phones import HOTLINE, OpenPage, Simulator, a_number, is_in_state
from tests.browser.voices import all_hear, speaks_with

pytestmark = pytest.mark.browser

TALKS = count(1)  # a conference of its own for each story
CHILD, COUNSELOR, SUPERVISOR = 700, 1100, 1500  # what each of them sounds like, in hertz


@dataclass
class MeasuredTalk:
    """Three phones that the carrier rang for one conference, and what each of them sounds like."""

    simulator: Simulator
    name: str
    pages: dict[int, Page]
    sids: dict[int, str]

    def asks(self, who: int, **form: str) -> None:
        """An update of one participant."""
        self.simulator.asks(f"{self.name}/Participants/{self.sids[who]}", **form)

    def is_heard(self, expected: dict[int, str]) -> None:
        """Each phone hears just what is said here, and goes on to when all have been asked."""
        all_hear({self.pages[who]: (heard,) for who, heard in expected.items()})


@pytest.fixture
def talk(simulator: Simulator, open_page: OpenPage) -> MeasuredTalk:
    """Everybody hears everybody."""
    found = MeasuredTalk(simulator, f"talk-{next(TALKS)}", {}, {})
    for hertz in (CHILD, COUNSELOR, SUPERVISOR):
        number, page = a_number(), open_page("about:blank")
        speaks_with(page, hertz)
        page.goto(simulator.phone(number))
        is_in_state(page, "idle")
        asked = {"From": HOTLINE, "To": number}
        found.sids[hertz] = simulator.asks(f"{found.name}/Participants", **asked)["call_sid"]
        page.get_by_test_id("answer").click()
        found.pages[hertz] = page
    found.is_heard({CHILD: "1100 1500", COUNSELOR: "700 1500", SUPERVISOR: "700 1100"})
    return found


def test_the_held_one_hears_music_alone_and_comes_back(talk: MeasuredTalk) -> None:
    music = f"{talk.simulator.application_url}/music"

    talk.asks(CHILD, Hold="true", HoldUrl=music)
    talk.is_heard({CHILD: "music", COUNSELOR: "1500", SUPERVISOR: "1100"})
    talk.asks(CHILD, Hold="false")

    talk.is_heard({CHILD: "1100 1500", COUNSELOR: "700 1500", SUPERVISOR: "700 1100"})


def test_the_coach_hears_all_is_heard_by_one_and_then_joins(talk: MeasuredTalk) -> None:
    talk.asks(SUPERVISOR, Coaching="true", CallSidToCoach=talk.sids[COUNSELOR])
    talk.is_heard({CHILD: "1100", COUNSELOR: "700 1500", SUPERVISOR: "700 1100"})

    talk.asks(SUPERVISOR, Coaching="false")

    talk.is_heard({CHILD: "1100 1500", COUNSELOR: "700 1500", SUPERVISOR: "700 1100"})


def test_the_muted_one_hears_and_is_not_heard(talk: MeasuredTalk) -> None:
    talk.asks(SUPERVISOR, Muted="true")

    talk.is_heard({CHILD: "1100", COUNSELOR: "700", SUPERVISOR: "700 1100"})


def test_who_is_alone_before_the_start_hears_music_until_somebody_comes(
    simulator: Simulator, open_page: OpenPage
) -> None:
    found = MeasuredTalk(simulator, f"talk-{next(TALKS)}", {}, {})
    for hertz in (CHILD, COUNSELOR):
        number, page = a_number(), open_page("about:blank")
        speaks_with(page, hertz)
        page.goto(simulator.phone(number))
        is_in_state(page, "idle")
        simulator.asks(f"{found.name}/Participants", From=HOTLINE, To=number)
        page.get_by_test_id("answer").click()
        found.pages[hertz] = page
        if hertz == CHILD:
            found.is_heard({CHILD: "music"})

    found.is_heard({CHILD: "1100", COUNSELOR: "700"})
