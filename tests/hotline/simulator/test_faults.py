"""Faults that meet one kind of request and leave all others alone."""

import asyncio
from typing import Any

import httpx
import pytest

from hotline.carrier.rest import API
from tests.harness.carrier import Carrier
from tests.hotline.simulator.conftest import SID

pytestmark = pytest.mark.anyio

STATION = "02000000202"
CONFERENCES = f"{API}/{SID}/Conferences"


async def invites(carrier: Carrier) -> httpx.Response:
    form = {"From": "12355", "To": STATION, "Label": "station"}
    return await carrier.http.post(f"{CONFERENCES}/room/Participants.json", data=form)


async def holds(carrier: Carrier, **form: str) -> httpx.Response:
    where = f"{CONFERENCES}/room/Participants/station.json"
    return await carrier.http.post(where, data={"Hold": "true", **form})


async def is_held(carrier: Carrier) -> bool:
    return bool((await carrier.conferences())["room"].one(STATION)["hold"])


@pytest.fixture
async def room(carrier: Carrier) -> Carrier:
    """One who is in a conference."""
    await invites(carrier)
    await carrier.handset(STATION).rings()
    await carrier.handset(STATION).answers()
    await carrier.until(lambda e: e["kind"] == "joined", "the station comes in")
    return carrier


# | what               | answer | had its effect |
ANSWERS = [
    ("429", 429, False),
    ("500_without_effect", 500, False),
    ("500_with_effect", 500, True),
]


@pytest.mark.parametrize(("what", "status", "effect"), ANSWERS)
async def test_the_act_that_is_aimed_at_fails_once_and_had_its_effect_or_not(
    room: Carrier, what: str, status: int, *, effect: bool
) -> None:
    await room.faults(rest=[{"path": "Participants/", "method": "POST", "what": what}])

    other = await room.http.get(f"{CONFERENCES}/room/Participants.json")
    first = await holds(room)
    held = await is_held(room)
    second = await holds(room)

    assert (other.status_code, first.status_code, held) == (httpx.codes.OK, status, effect)
    assert second.json()["hold"] is True


async def test_a_fault_can_be_aimed_at_a_field_of_the_form(room: Carrier) -> None:
    await room.faults(rest=[{"form": {"Hold": "false"}, "what": "429", "times": 2}])

    answers = [(await holds(room, Hold=hold)).status_code for hold in ("true", "false", "false")]

    assert answers == [200, 429, 429]


# | what        | held while the answer is awaited |
LATE = [("late", True), ("late_effect", False)]


@pytest.mark.parametrize(("what", "at_once"), LATE)
async def test_an_answer_comes_late_with_its_effect_or_after_it(
    room: Carrier, what: str, *, at_once: bool
) -> None:
    await room.faults(rest=[{"path": "Participants/", "what": what, "late_s": 5}])
    asked: asyncio.Task[Any] = asyncio.create_task(holds(room))
    await room.until(lambda e: e["kind"] == "rest" and e["fault"] == what, "it is asked")
    await room.passes(0)
    held, answered = await is_held(room), asked.done()

    await room.passes(5)
    answer = await asked

    assert (held, answered) == (at_once, False)
    assert answer.json()["hold"] is True
    assert await is_held(room)


async def test_a_list_that_is_asked_for_can_fail_as_well(room: Carrier) -> None:
    await room.faults(rest=[{"path": "Conferences.json", "what": "500_with_effect"}])

    answer = await room.http.get(f"{CONFERENCES}.json")

    assert answer.status_code == httpx.codes.INTERNAL_SERVER_ERROR
