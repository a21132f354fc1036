"""Back-off, the limit in flight, the carrier's address, and being warm."""

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import respx
from anyio import wait_all_tasks_blocked

from hotline.errors import CarrierBusy, CarrierUnreachable
from hotline.ports import Dial, LegStatus
from hotline.telephony.carrier_client import TwilioCarrier
from hotline.telephony.wire import AT_ONCE, FIRST_PAUSE_S, LONGEST_PAUSE_S, TRIES
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio

Build = Callable[..., dict[str, Any]]
THROTTLED = httpx.Response(429, json={"code": 20429, "message": "Too Many Requests", "status": 429})


def client_at(api_url: str) -> TwilioCarrier:
    return TwilioCarrier(
        account_sid="AC1",
        auth_token="t0ken",
        clock=FakeClock(),
        api_url=api_url,
        timeout=2.0,
    )


async def test_a_throttled_request_is_sent_again_until_it_is_taken(
    carrier: TwilioCarrier, twilio: respx.MockRouter, slept: list[float]
) -> None:
    taken = httpx.Response(201, json={"sid": "SM1"})
    messages = twilio.post("/Messages.json").mock(side_effect=[THROTTLED, THROTTLED, taken])

    sid = await carrier.send_message(to="10086", from_="12355", body="1", status_url="https://x/y")

    assert sid == "SM1"
    assert messages.call_count == 3
    assert len(slept) == 2


async def test_a_throttled_question_is_asked_again_too(
    carrier: TwilioCarrier, twilio: respx.MockRouter, call_json: Build, page_json: Build
) -> None:
    listed = httpx.Response(200, json=page_json("calls", call_json()))
    twilio.get("/Calls.json").mock(side_effect=[THROTTLED, listed])

    legs = await carrier.find_legs(to="client:li", since=FakeClock().now())

    assert [leg.sid for leg in legs] == ["CA1"]


async def test_a_request_throttled_for_ever_was_never_done(
    carrier: TwilioCarrier, twilio: respx.MockRouter, slept: list[float]
) -> None:
    call = twilio.post("/Calls/CA1.json").mock(return_value=THROTTLED)

    with pytest.raises(CarrierUnreachable):
        await carrier.hang_up("CA1")

    assert call.call_count == TRIES
    ceilings = [min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**n) for n in range(TRIES - 1)]
    assert all(0 <= pause <= most for pause, most in zip(slept, ceilings, strict=True))
    assert len(set(slept)) == len(slept)


async def test_who_asks_for_themselves_whether_it_is_still_wanted_is_told_at_once(
    twilio: respx.MockRouter,
) -> None:
    calls = twilio.post("/Calls.json").mock(return_value=THROTTLED)
    told = TwilioCarrier(account_sid="AC1", auth_token="t0ken", clock=FakeClock())

    with pytest.raises(CarrierBusy):
        await told.repeats_nothing().dial(
            Dial(to="1", from_="2", answer_url="https://x/a", status_url="", ring_s=9)
        )

    assert calls.call_count == 1


async def test_no_more_than_the_limit_is_in_flight(
    carrier: TwilioCarrier, twilio: respx.MockRouter, call_json: Build
) -> None:
    in_flight = 0
    may_answer = asyncio.Event()

    async def answer(_request: httpx.Request) -> httpx.Response:
        nonlocal in_flight
        in_flight += 1
        await may_answer.wait()
        return httpx.Response(200, json=call_json())

    twilio.get("/Calls/CA1.json").mock(side_effect=answer)
    asked = [asyncio.create_task(carrier.leg("CA1")) for _ in range(AT_ONCE + 10)]

    await wait_all_tasks_blocked()

    assert in_flight == AT_ONCE
    may_answer.set()
    assert all(await asyncio.gather(*asked))
    assert in_flight == AT_ONCE + 10


@pytest.mark.parametrize(
    "api_url", ["http://127.0.0.1:9000/carrier", "http://127.0.0.1:9000/carrier/"]
)
async def test_another_carrier_is_reached_by_its_own_address(
    api_url: str, call_json: Build
) -> None:
    with respx.mock(base_url="http://127.0.0.1:9000/carrier/2010-04-01/Accounts/AC1") as other:
        other.get("/Calls/b2f1-77.json").respond(json=call_json("b2f1-77", status="ringing"))
        client = client_at(api_url)

        report = await client.leg("b2f1-77")
        await client.aclose()

    assert report is not None
    assert (report.sid, report.status) == ("b2f1-77", LegStatus.RINGING)


async def test_the_next_page_of_a_list_is_fetched_from_the_same_carrier(
    call_json: Build, page_json: Build
) -> None:
    first = page_json("calls", call_json("CA2")) | {
        "next_page_uri": "/2010-04-01/Accounts/AC1/Calls.json?Page=1"
    }
    with respx.mock(base_url="http://127.0.0.1:9000/2010-04-01/Accounts/AC1") as other:
        other.get("/Calls.json", params={"Page": "1"}).respond(
            json=page_json("calls", call_json("CA1"))
        )
        other.get("/Calls.json").respond(json=first)
        client = client_at("http://127.0.0.1:9000")

        legs = await client.find_legs(to="client:li", since=FakeClock().now())
        await client.aclose()

    assert [leg.sid for leg in legs] == ["CA2", "CA1"]


async def test_every_request_has_a_time_limit(
    carrier: TwilioCarrier, twilio: respx.MockRouter, call_json: Build
) -> None:
    call = twilio.get("/Calls/CA1.json").respond(json=call_json())

    await carrier.leg("CA1")

    limits = call.calls.last.request.extensions["timeout"]
    assert limits == {"connect": 3.0, "read": 8.0, "write": 8.0, "pool": 8.0}


async def test_warming_up_loads_what_the_first_call_needs(carrier: TwilioCarrier) -> None:
    carrier.warm_up()

    assert "twilio.rest.api.v2010.account.call" in sys.modules
    assert "twilio.rest.api.v2010.account.conference.participant" in sys.modules
