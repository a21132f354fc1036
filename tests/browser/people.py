"""Who takes part in the stories that are told in real browsers, and what they do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
import psycopg
import pytest
from playwright.sync_api import Page, Route, expect

from hotline.numbers import as_people_dial

PASSWORD = "hotline-demo"
DUTY_PHONE = "02000000202"
OVER = "('acknowledged', 'failed', 'superseded', 'dead')"  # an attempt to reach a station
RINGS = f"from delivery where channel = 'phone' and state not in {OVER}"  # a text need not be read
RUNG = f"select array_agg(address) {RINGS}"
LEFT = f"select array_agg(row_to_json(delivery)) {RINGS}"
NUMBERS = count(15400000501)  # a child of its own for each story
PATIENCE_S = 10.0
LONGEST_NEWS = 60  # looks at the carrier's journal before a recorder must run


@dataclass(frozen=True)
class Demo:
    """The running demo and where it is reached."""

    url: str
    phone: str
    database: str

    @property
    def carrier(self) -> str:
        """The simulated carrier's control desk."""
        return self.phone.removesuffix("/phone")


@dataclass
class Duty:
    """The floor of the demo, set up and looked at from outside the browsers."""

    demo: Demo
    connection: psycopg.Connection
    children: list[str] = field(default_factory=list)

    def clear(self) -> None:
        """Everybody hangs up, nobody is on duty, and nobody is owed a rest or a call."""
        for child in self.children:
            self.acts(child, "hang_up", fails=True)
        self._end_alarms()
        self.connection.execute(
            "update offer set state = 'withdrawn' where state = 'pending';"
            "update call set state = 'ended', outcome = coalesce(outcome, 'hung_up'),"
            " ended_at = now() where state <> 'ended';"
            "update call set joined_at = null where state = 'ended';"  # nothing is left to write
            "update presence set state = 'offline', reason = '', call_id = null, back_at = null,"
            " missed = 0, crisis_in_a_row = 0, crisis_ended_at = null, working_since = now(),"
            " lease_until = null, console = '', phone = '', cut_short_call_id = null;"
            "delete from debrief; delete from notice; delete from line_diversion;"
            "delete from floor_alert;"
            "insert into station_news_read select staff.id, one.escalation_id, max(one.id), now()"
            " from staff, escalation_event one group by 1, 2"
            " on conflict (staff_id, escalation_id) do update set entry_id = excluded.entry_id;"
            "delete from supervisor_act;"
            "delete from callback_attempt; delete from callback_cause; delete from callback;"
            "update staff set skills = skills_kept, skills_kept = null, skills_until = null"
            " where skills_kept is not null"
        )

    def _end_alarms(self) -> None:
        """A flag of an earlier story rings at the station: let it ring, declined and closed."""
        self.connection.execute(
            "update escalation set state = 'closed', next_due_at = null, closed_at = now()"
        )
        last = 0
        while rung := self.one(RUNG):
            for number in rung:  # of what was returned, the next station's phone
                self.acts(as_people_dial(number), "decline", fails=True)
            before, last = last, self._news_after(last)
            if last == before:  # what is withdrawn before it is dialled is no news of the carrier
                assert not self.one(RUNG), f"neither dialled nor given up: {self.one(LEFT)}"

    def _news_after(self, last: int) -> int:
        """The carrier's journal tells when to look again."""
        news = {"after": last, "patience_s": PATIENCE_S}
        url = f"{self.demo.carrier}/simulator/journal"
        return int(httpx.get(url, params=news, timeout=2 * PATIENCE_S).json()["last"])

    def acts(self, number: str, what: str, *, fails: bool = False, **more: str) -> bool:
        """One act of a handset; whether it was possible. `fails`: it need not be."""
        url = f"{self.demo.carrier}/simulator/handsets/{number}"
        answer = httpx.post(url, json={"what": what, **more})
        assert fails or answer.is_success, answer.text
        return answer.is_success

    def a_number(self) -> str:
        """That of a child of this story."""
        self.children.append(str(next(NUMBERS)))
        return self.children[-1]

    def a_child_calls(self, *keys: str) -> str:
        """A child dials and presses; their number."""
        child = self.a_number()
        self.acts(child, "dial", to="12355")
        for key in keys:
            self._is_asked(child)
            self.acts(child, "press", digits=key)
        return child

    def _is_asked(self, number: str) -> None:
        """Until the hotline listens for a key."""
        handset, last = f"{self.demo.carrier}/simulator/handsets/{number}", 0
        while not httpx.get(handset).json()["gathering"]:
            before, last = last, self._news_after(last)
            assert last > before, "the hotline asked for nothing"

    def comes_to_the_recorder(self, number: str) -> None:
        """Until the carrier listens to what they say: long words are said before."""
        last = 0
        for _ in range(LONGEST_NEWS):
            if self._is_recorded(number):
                return
            last = self._news_after(last)
        pytest.fail("no recorder runs")

    def _is_recorded(self, number: str) -> bool:
        told = httpx.get(f"{self.demo.carrier}/simulator/journal").json()["entries"]
        return any(one["kind"] == "recording" and one["address"] == number for one in told)

    def is_in_a_talk(self, number: str) -> bool:
        """Whether somebody else is with them."""
        told = httpx.get(f"{self.demo.carrier}/simulator/handsets/{number}").json()
        return bool(told["with_others"])

    def comes_into_a_talk(self, number: str) -> None:
        """Until somebody else is with them."""
        last = 0
        while not self.is_in_a_talk(number):
            before, last = last, self._news_after(last)
            assert last > before, "nobody came"

    def ages(self, who: str, *, seconds: int) -> None:
        """What somebody does now, they have done for longer."""
        self.connection.execute(
            "update presence set since = since - make_interval(secs => %s)"
            " where staff_id = (select id from staff where username = %s)",
            (seconds, who),
        )

    def asks(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """A command of somebody, beside their browser."""
        base = f"{self.demo.url}/api/v1"
        token = httpx.post(f"{base}/tokens", json={"username": who, "password": PASSWORD})
        headers = {"Authorization": f"Bearer {token.json()['token']}"}
        answer = httpx.request(method, base + path, json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def one(self, query: str, *values: Any) -> Any:
        """The first column of the first row."""
        row = self.connection.execute(query, values).fetchone()
        return row[0] if row else None


def signs_in(page: Page, demo: Demo, username: str) -> None:
    """Through the log-in page; where it leads depends on the role."""
    page.goto(f"{demo.url}/login")
    page.locator("#username").fill(username)
    page.locator("#password").fill(PASSWORD)
    page.get_by_test_id("login").click()
    page.wait_for_url(re.compile(r"/(desk|floor|station|administration)"))


def loses_the_log_in(page: Page) -> None:
    """With no page open that would go to the log-in by itself at the same moment."""
    page.goto("about:blank")
    page.context.clear_cookies()


def goes_on_duty(page: Page, demo: Demo, username: str) -> None:
    """Signed in, phone connected, ready."""
    signs_in(page, demo, username)
    has_the_phone(page)
    page.get_by_test_id("presence-ready").first.click()
    expect(page.locator("#now .hero")).to_have_attribute("data-state", "ready")


def has_the_phone(page: Page) -> None:
    """Calls ring in this tab."""
    expect(page.locator("body")).to_have_attribute("data-phone", "good")


def talks(page: Page) -> None:
    """The counselor is in the talk, and this tab has its sound."""
    expect(page.get_by_test_id("callbar")).to_have_attribute("data-state", "talking")
    expect(page.get_by_test_id("hold")).to_be_enabled()


def answers(page: Page) -> None:
    """The next call, by its button."""
    page.get_by_test_id("answer").click()
    talks(page)


def acts_in_the_talk(supervisor: Page, what: str) -> None:
    """From the floor, in two presses."""
    supervisor.bring_to_front()
    supervisor.get_by_test_id("direct-caller").first.click()
    supervisor.get_by_test_id(f"talk-{what}").click()


def talks_with_a_child(page: Page, duty: Duty, key: str = "1") -> None:
    """li answers the next child. `key`: what the child presses, 9 in danger."""
    goes_on_duty(page, duty.demo, "li")
    duty.a_child_calls(key)
    answers(page)


def flagged_talk(page: Page, duty: Duty) -> Mapping[str, str]:
    """li talks with a child and has raised the alarm; nobody has acknowledged it."""
    talks_with_a_child(page, duty)
    call_id = duty.one("select id from call where state = 'talking'")
    told = duty.asks("li", "POST", f"/calls/{call_id}/flags", {"level": "imminent"})
    case_id = duty.one("select case_id from case_link where subject_id = %s", call_id)
    return {"call_id": call_id, "escalation_id": told["escalation_id"], "case_id": case_id}


def held_back(page: Page, address: str) -> list[Route]:
    """What the page asks for there, until somebody goes on with it: a slow network."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.context.route(address, hold)  # also what a worker of the page asks for
    return held


def refused_request(duty: Duty, call_id: str) -> str:
    """The child asked li for a copy, and he said that nothing is kept: a request with a letter."""
    asked = {"kind": "copy", "asker": "minor", "who": "本人", "proved": "called_back"}
    request_id = str(duty.asks("li", "POST", f"/calls/{call_id}/rights", asked)["id"])
    no = {"text": "没有保存", "refusal": "nothing_kept"}
    duty.asks("he", "POST", f"/rights/{request_id}/refuse", no)
    return request_id


def raises_flag(page: Page, level: str, words: str) -> None:
    """With the keyboard, as in a hurry."""
    page.keyboard.press("F9")
    page.get_by_test_id(f"crisis-{level}").check(force=True)
    page.get_by_test_id("crisis-summary").fill(words)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("crisis-panel")).to_be_hidden()
