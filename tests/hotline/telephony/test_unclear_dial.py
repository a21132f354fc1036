"""Dials whose answer was lost: the leg is adopted once, and never dialled again."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
import respx

from hotline.errors import CarrierUnclear
from hotline.ports import Dial
from hotline.telephony.carrier_client import LOOKS_AFTER_S, TwilioCarrier

pytestmark = pytest.mark.anyio

DIAL = Dial(
    to="client:li",
    from_="12355",
    answer_url="https://line.example/voice/leg/7",
    status_url="https://line.example/voice/status/7",
    ring_s=15,
)
Build = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    "failure",
    [httpx.Response(500), httpx.ReadTimeout("late"), httpx.Response(201, json={"sid": None})],
)
async def test_a_leg_that_was_made_all_the_same_is_adopted(
    carrier: TwilioCarrier,
    twilio: respx.MockRouter,
    call_json: Build,
    page_json: Build,
    failure: httpx.Response | httpx.TransportError,
) -> None:
    dialled = twilio.post("/Calls.json").mock(side_effect=[failure])
    twilio.get("/Calls.json").respond(json=page_json("calls", call_json("CA1")))

    assert await carrier.dial(DIAL) == "CA1"
    assert dialled.call_count == 1


async def test_a_leg_that_shows_up_late_in_the_list_is_adopted(
    carrier: TwilioCarrier,
    twilio: respx.MockRouter,
    slept: list[float],
    call_json: Build,
    page_json: Build,
) -> None:
    twilio.post("/Calls.json").respond(500)
    twilio.get("/Calls.json").mock(
        side_effect=[
            httpx.Response(503),
            httpx.Response(200, json=page_json("calls")),
            httpx.Response(200, json=page_json("calls", call_json("CA1"))),
        ]
    )

    assert await carrier.dial(DIAL) == "CA1"
    assert tuple(slept) == LOOKS_AFTER_S


async def test_a_leg_that_was_not_made_is_not_dialled_again(
    carrier: TwilioCarrier, twilio: respx.MockRouter, page_json: Build
) -> None:
    dialled = twilio.post("/Calls.json").respond(500)
    looked = twilio.get("/Calls.json").respond(json=page_json("calls"))

    with pytest.raises(CarrierUnclear):
        await carrier.dial(DIAL)

    assert dialled.call_count == 1
    assert looked.call_count == len(LOOKS_AFTER_S)


async def test_a_leg_is_adopted_by_one_dial_only(
    carrier: TwilioCarrier, twilio: respx.MockRouter, call_json: Build, page_json: Build
) -> None:
    twilio.post("/Calls.json").respond(500)
    twilio.get("/Calls.json").respond(json=page_json("calls", call_json("CA1")))
    await carrier.dial(DIAL)

    with pytest.raises(CarrierUnclear):
        await carrier.dial(DIAL)


async def test_a_leg_from_an_earlier_clear_dial_is_not_adopted(
    carrier: TwilioCarrier, twilio: respx.MockRouter, call_json: Build, page_json: Build
) -> None:
    answers = [httpx.Response(201, json=call_json("CA1")), httpx.Response(500)]
    twilio.post("/Calls.json").mock(side_effect=answers)
    listed = page_json("calls", call_json("CA2"), call_json("CA1"))
    twilio.get("/Calls.json").respond(json=listed)
    await carrier.dial(DIAL)

    assert await carrier.dial(DIAL) == "CA2"


async def test_of_two_new_legs_none_is_adopted(
    carrier: TwilioCarrier, twilio: respx.MockRouter, call_json: Build, page_json: Build
) -> None:
    twilio.post("/Calls.json").respond(500)
    listed = page_json("calls", call_json("CA2"), call_json("CA1"))
    twilio.get("/Calls.json").respond(json=listed)

    with pytest.raises(CarrierUnclear):
        await carrier.dial(DIAL)


async def test_while_another_dial_to_the_same_address_is_under_way_its_leg_is_not_adopted(
    carrier: TwilioCarrier, twilio: respx.MockRouter, call_json: Build, page_json: Build
) -> None:
    under_way, may_answer = asyncio.Event(), asyncio.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        if b"leg%2F8" in request.content:
            return httpx.Response(500)
        under_way.set()
        await may_answer.wait()
        return httpx.Response(201, json=call_json("CA1"))

    twilio.post("/Calls.json").mock(side_effect=answer)
    twilio.get("/Calls.json").respond(json=page_json("calls", call_json("CA1")))
    first = asyncio.create_task(carrier.dial(DIAL))
    await under_way.wait()

    with pytest.raises(CarrierUnclear):
        await carrier.dial(replace(DIAL, answer_url="https://line.example/voice/leg/8"))

    may_answer.set()
    assert await first == "CA1"
