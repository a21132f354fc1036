"""The requests about recordings, and what the carrier's answers become."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qs

import anyio.lowlevel
import httpx
import pytest
import respx

from hotline.errors import CarrierRefused, CarrierUnclear, CarrierUnreachable, LegGone
from hotline.recordings.carrier import AtCarrier, RecordingCarrier, RecordingReport
from hotline.telephony.recordings import TwilioRecordings

pytestmark = pytest.mark.anyio

Build = Callable[..., dict[str, Any]]


@pytest.fixture
async def recordings() -> AsyncIterator[TwilioRecordings]:
    """A client for the account AC1, whose pauses take no time."""

    async def pause(_seconds: float) -> None:
        await anyio.lowlevel.checkpoint()

    made = TwilioRecordings(account_sid="AC1", auth_token="t0ken", sleep=pause)
    yield made
    await made.aclose()


def recording(sid: str = "RE1", **changes: Any) -> dict[str, Any]:
    """As the carrier shows it."""
    return {
        "sid": sid,
        "account_sid": "AC1",
        "call_sid": "CA1",
        "status": "in-progress",
        "source": "StartCallRecordingAPI",
        "channels": 2,
        "duration": None,
        "date_created": "Sun, 01 Mar 2026 12:00:00 +0000",
    } | changes


def error(status: int, code: int) -> httpx.Response:
    return httpx.Response(status, json={"code": code, "message": "of +8613…", "status": status})


def sent(route: respx.Route) -> dict[str, list[str]]:
    return parse_qs(route.calls.last.request.content.decode())


async def test_the_client_is_the_carrier_that_recordings_ask_for(
    recordings: TwilioRecordings,
) -> None:
    port: RecordingCarrier = recordings

    assert port is recordings


async def test_a_leg_is_recorded_with_a_channel_for_each_side(
    recordings: TwilioRecordings, twilio: respx.MockRouter
) -> None:
    route = twilio.post("/Calls/CA1/Recordings.json").respond(201, json=recording())

    sid = await recordings.start("CA1")

    assert (sid, sent(route)) == ("RE1", {"RecordingChannels": ["dual"]})


async def test_pause_resume_and_stop_are_asked_for_by_name(
    recordings: TwilioRecordings, twilio: respx.MockRouter
) -> None:
    route = twilio.post("/Calls/CA1/Recordings/RE1.json").respond(200, json=recording())

    await recordings.pause("CA1", "RE1")
    paused = sent(route)
    await recordings.resume("CA1", "RE1")
    resumed = sent(route)
    await recordings.stop("CA1", "RE1")

    assert paused == {"Status": ["paused"], "PauseBehavior": ["silence"]}
    assert (resumed, sent(route)) == ({"Status": ["in-progress"]}, {"Status": ["stopped"]})


@pytest.mark.parametrize("answer", [error(404, 20404), error(400, 21220)])
async def test_what_is_over_is_over(
    recordings: TwilioRecordings, twilio: respx.MockRouter, answer: httpx.Response
) -> None:
    twilio.post("/Calls/CA1/Recordings/RE1.json").mock(return_value=answer)
    twilio.post("/Calls/CA1/Recordings.json").mock(return_value=answer)

    for asked in (recordings.stop("CA1", "RE1"), recordings.start("CA1")):
        with pytest.raises(LegGone):
            await asked


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (error(401, 20003), CarrierRefused),
        (error(429, 20429), CarrierUnreachable),
        (error(500, 20500), CarrierUnclear),
        (httpx.Response(201, json={}), CarrierUnclear),
    ],
)
async def test_a_start_that_failed_says_whether_it_may_have_begun(
    recordings: TwilioRecordings,
    twilio: respx.MockRouter,
    answer: httpx.Response,
    fault: type[Exception],
) -> None:
    twilio.post("/Calls/CA1/Recordings.json").mock(return_value=answer)

    with pytest.raises(fault):
        await recordings.start("CA1")


async def test_a_legs_recordings_are_those_that_we_began(
    recordings: TwilioRecordings, twilio: respx.MockRouter, page_json: Build
) -> None:
    rows = (
        recording("RE1", status="completed", duration="61"),
        recording("RE2", source="RecordVerb", status="completed", duration="7"),
        recording("RE3", status="paused"),
        recording("RE4", status="some new word"),
    )
    page = page_json("recordings", *rows)
    twilio.get("/Calls/CA1/Recordings.json").respond(200, json=page)

    found = await recordings.of_leg("CA1")

    assert found == [
        RecordingReport(sid="RE1", status=AtCarrier.COMPLETED, seconds=61),
        RecordingReport(sid="RE3", status=AtCarrier.PAUSED),
        RecordingReport(sid="RE4", status=AtCarrier.PROCESSING),
    ]
    assert await recordings.messages_of_leg("CA1") == [
        RecordingReport(sid="RE2", status=AtCarrier.COMPLETED, seconds=7)
    ]


async def test_a_list_that_cannot_be_read_is_a_refusal(
    recordings: TwilioRecordings, twilio: respx.MockRouter
) -> None:
    twilio.get("/Calls/CA1/Recordings.json").mock(return_value=error(404, 20404))

    with pytest.raises(CarrierRefused):
        await recordings.of_leg("CA1")


async def test_it_is_deleted_and_then_the_carrier_has_it_no_more(
    recordings: TwilioRecordings, twilio: respx.MockRouter
) -> None:
    twilio.delete("/Recordings/RE1.json").mock(side_effect=[httpx.Response(204), error(404, 20404)])
    twilio.get("/Recordings/RE1.json").mock(return_value=error(404, 20404))

    await recordings.delete("RE1")
    await recordings.delete("RE1")

    assert await recordings.report("RE1") is None


@pytest.mark.parametrize("answer", [error(401, 20003), error(503, 20503)])
async def test_an_error_is_no_proof_that_it_is_gone(
    recordings: TwilioRecordings, twilio: respx.MockRouter, answer: httpx.Response
) -> None:
    twilio.get("/Recordings/RE1.json").mock(return_value=answer)

    with pytest.raises((CarrierRefused, CarrierUnreachable)):
        await recordings.report("RE1")


async def test_the_sound_is_streamed_with_both_channels(
    recordings: TwilioRecordings, twilio: respx.MockRouter
) -> None:
    raw = bytes(200_000)
    route = twilio.get("/Recordings/RE1.wav").respond(200, content=raw)

    async with recordings.sound("RE1") as media:
        pieces = [piece async for piece in media.chunks]

    asked = route.calls.last.request
    assert (media.length, b"".join(pieces)) == (len(raw), raw)
    assert asked.url.params["RequestedChannels"] == "2"
    assert asked.headers["Authorization"].startswith("Basic ")


async def test_a_sound_that_is_refused_or_breaks_off_is_none(
    recordings: TwilioRecordings, twilio: respx.MockRouter
) -> None:
    route = twilio.get("/Recordings/RE1.wav")
    route.mock(side_effect=[httpx.Response(404), httpx.ReadError("")])

    for fault in (CarrierRefused, CarrierUnreachable):
        with pytest.raises(fault):
            async with recordings.sound("RE1"):
                pass
