"""Participants that the carrier itself rings for a conference."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from hotline.carrier.rest import API
from tests.harness.carrier import Carrier
from tests.hotline.simulator.conftest import SID, Application

pytestmark = pytest.mark.anyio

CHILD, STATION = "15400000001", "02000000202"
CONFERENCES = f"{API}/{SID}/Conferences"
Form = Mapping[str, Any]


async def invites(carrier: Carrier, to: str, *, into: str = "room", **form: Any) -> httpx.Response:
    asked = {"From": "12355", "To": to, **form}
    return await carrier.http.post(f"{CONFERENCES}/{into}/Participants.json", data=asked)


async def two_in_the_room(carrier: Carrier, **form: Any) -> None:
    for who in (CHILD, STATION):
        await invites(carrier, who, **form)
        await carrier.handset(who).rings()
        await carrier.handset(who).answers()
    await carrier.handset(CHILD).is_talking_to_somebody()


async def test_a_name_without_a_conference_makes_one_and_the_phone_rings_for_it(
    carrier: Carrier,
) -> None:
    answer = await invites(carrier, STATION, Label="station")
    await carrier.handset(STATION).rings()
    listed = await carrier.http.get(f"{CONFERENCES}/room/Participants/station.json")

    assert answer.status_code == httpx.codes.CREATED
    assert answer.json()["status"] == "queued"
    assert answer.json()["conference_sid"] == listed.json()["conference_sid"]
    assert (listed.json()["status"], listed.json()["label"]) == ("ringing", "station")


async def test_two_who_answer_talk_to_each_other_without_any_document(carrier: Carrier) -> None:
    await two_in_the_room(carrier)

    company = (await carrier.conferences())["room"]

    assert company.hears(CHILD) == {STATION}
    assert company.hears(STATION) == {CHILD}


async def test_they_come_in_as_they_were_asked_for(
    carrier: Carrier, application: Application
) -> None:
    await invites(carrier, CHILD, StartConferenceOnEnter="false", WaitUrl="", Muted="true")
    await carrier.handset(CHILD).rings()
    await carrier.handset(CHILD).answers()
    await invites(carrier, STATION, EndConferenceOnExit="true")
    await carrier.handset(STATION).rings()
    alone = (await carrier.conferences())["room"]
    await carrier.handset(STATION).answers()
    together = (await carrier.conferences())["room"]
    await carrier.handset(STATION).hangs_up()
    await carrier.handset(CHILD).is_hung_up()

    assert alone.in_silence() == {CHILD}
    assert together.heard_by(CHILD) == set()
    assert await carrier.conferences() == {}


async def test_a_coach_is_rung_and_comes_in_heard_by_one(carrier: Carrier) -> None:
    await two_in_the_room(carrier)
    company = (await carrier.conferences())["room"]
    coached = company.one(STATION)["sid"]

    await carrier.handset("client:he").registers()
    await invites(carrier, "client:he", Coaching="true", CallSidToCoach=coached)
    await carrier.handset("client:he").rings()
    await carrier.handset("client:he").answers()

    company = (await carrier.conferences())["room"]
    assert company.heard_by("client:he") == {STATION}
    assert company.hears("client:he") == {CHILD, STATION}


async def test_nobody_comes_where_nobody_answers_and_the_conference_is_over(
    carrier: Carrier,
) -> None:
    answer = await invites(carrier, STATION, Timeout="20")
    await carrier.handset(STATION).rings()

    await carrier.passes(26)

    sid = answer.json()["conference_sid"]
    ended = await carrier.http.get(f"{CONFERENCES}/{sid}.json")
    gone = await carrier.http.get(
        f"{CONFERENCES}/{sid}/Participants/{answer.json()['call_sid']}.json"
    )
    assert ended.json()["status"] == "completed"
    assert gone.status_code == httpx.codes.NOT_FOUND


async def test_nobody_is_rung_on_for_a_conference_that_is_over(carrier: Carrier) -> None:
    await two_in_the_room(carrier, EndConferenceOnExit="true")
    await invites(carrier, "15400000009")
    await carrier.handset("15400000009").rings()

    await carrier.handset(CHILD).hangs_up()

    await carrier.handset("15400000009").is_hung_up()


async def test_who_is_sent_away_while_it_rings_is_rung_no_longer(carrier: Carrier) -> None:
    answer = await invites(carrier, STATION)
    await carrier.handset(STATION).rings()

    await carrier.http.delete(f"{CONFERENCES}/room/Participants/{answer.json()['call_sid']}.json")

    await carrier.handset(STATION).is_hung_up()


async def test_the_leg_and_the_conference_report_what_they_were_asked_to(
    carrier: Carrier, application: Application
) -> None:
    reports = {
        "StatusCallback": f"{application.url}/leg",
        "StatusCallbackEvent": ["ringing", "answered"],
        "ConferenceStatusCallback": f"{application.url}/conference",
        "ConferenceStatusCallbackEvent": "start join",
    }

    await two_in_the_room(carrier, **reports)
    await carrier.passes(0)

    legs = [fields["CallStatus"] for path, fields in application.asked if path == "/leg"]
    assert sorted(legs) == ["in-progress", "in-progress", "ringing", "ringing"]
    assert len(application.told("/conference", "conference-start")) == 1
    assert len(application.told("/conference", "participant-join")) == 2


REFUSALS: list[tuple[Form, int]] = [
    ({"To": ""}, 21201),
    ({"From": ""}, 21213),
    ({"To": "nobody"}, 21211),
    ({"From": "nobody"}, 21212),
    ({"Timeout": "soon"}, 20001),
    ({"Timeout": "4"}, 20001),
    ({"Label": "x" * 129}, 20001),
    ({"Coaching": "true"}, 20001),
    ({"CallSidToCoach": "CA" + "0" * 32}, 16028),
    ({"WaitUrl": "somewhere"}, 20001),
    ({"StatusCallbackEvent": "waking"}, 20001),
]


@pytest.mark.parametrize(("form", "code"), REFUSALS)
async def test_who_cannot_come_in_is_not_rung(carrier: Carrier, form: Form, code: int) -> None:
    answer = await invites(carrier, **{"to": STATION, **form})

    assert (answer.status_code, answer.json()["code"]) == (httpx.codes.BAD_REQUEST, code)
    assert await carrier.dialled(STATION) == 0
    assert await carrier.conferences() == {}


async def test_a_label_stands_for_one_only(carrier: Carrier) -> None:
    await invites(carrier, CHILD, Label="child")

    answer = await invites(carrier, STATION, Label="child")

    assert answer.json()["code"] == 16025


async def test_a_conference_that_is_over_is_joined_by_nobody(carrier: Carrier) -> None:
    first = await invites(carrier, STATION)
    await carrier.handset(STATION).rings()
    await carrier.handset(STATION).declines()

    answer = await invites(carrier, CHILD, into=first.json()["conference_sid"])

    assert (answer.status_code, answer.json()["code"]) == (httpx.codes.NOT_FOUND, 20404)
