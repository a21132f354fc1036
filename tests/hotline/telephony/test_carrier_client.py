"""The client's requests, and what the carrier's answers become."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
import respx

from hotline.errors import CarrierRefused, CarrierUnclear, CarrierUnreachable, LegGone
from hotline.ports import Carrier, Dial, LegReport, LegStatus, PlaceChange, TextCarrier
from hotline.telephony.carrier_client import TwilioCarrier

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MUSIC = "https://line.example/music"
DIAL = Dial(
    to="client:li",
    from_="12355",
    answer_url="https://line.example/voice/leg/7",
    status_url="https://line.example/voice/status/7",
    ring_s=15,
)
Build = Callable[..., dict[str, Any]]


def sent(route: respx.Route) -> dict[str, list[str]]:
    """The form of the last request."""
    return parse_qs(route.calls.last.request.content.decode(), keep_blank_values=True)


def error(status: int, code: int) -> httpx.Response:
    body = {"code": code, "message": "The number +8613800138000 ...", "status": status}
    return httpx.Response(status, json=body)


def problem(status: int, code: int) -> httpx.Response:
    body = {"type": "about:blank", "title": "No", "status": status, "code": code}
    return httpx.Response(status, json=body)


async def send_text(carrier: TwilioCarrier) -> str:
    return await carrier.send_message(
        to="+8613800138000", from_="12355", body="请回电", status_url="https://line.example/sms/1"
    )


async def test_the_client_is_the_carrier_the_house_asks_for(carrier: TwilioCarrier) -> None:
    port: Carrier = carrier
    texts: TextCarrier = carrier

    assert port is carrier
    assert texts is carrier


async def test_words_that_travel_with_a_dial_are_asked_of_no_web_of_ours(
    carrier: TwilioCarrier, twilio: respx.MockRouter, call_json: Build
) -> None:
    calls = twilio.post("/Calls.json").respond(201, json=call_json(date_created=None))

    await carrier.dial(replace(DIAL, document="<Response><Say>alarm</Say></Response>"))

    asked = sent(calls)
    assert asked["Twiml"] == ["<Response><Say>alarm</Say></Response>"]
    assert asked.keys().isdisjoint({"Url", "FallbackUrl"})
    assert asked["StatusCallback"] == ["https://line.example/voice/status/7"]


async def test_dialling_starts_a_leg(
    carrier: TwilioCarrier, twilio: respx.MockRouter, call_json: Build
) -> None:
    calls = twilio.post("/Calls.json").respond(201, json=call_json(date_created=None))

    sid = await carrier.dial(DIAL)

    assert sid == "CA1"
    assert sent(calls) == {
        "To": ["client:li"],
        "From": ["12355"],
        "Url": ["https://line.example/voice/leg/7"],
        "FallbackUrl": ["https://line.example/voice/leg/7"],
        "StatusCallback": ["https://line.example/voice/status/7"],
        "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
        "Timeout": ["15"],
    }
    assert calls.calls.last.request.headers["authorization"].startswith("Basic ")


async def test_a_leg_is_redirected(
    carrier: TwilioCarrier, twilio: respx.MockRouter, call_json: Build
) -> None:
    call = twilio.post("/Calls/CA1.json").respond(200, json=call_json(status="in-progress"))

    await carrier.redirect("CA1", "https://line.example/voice/join")

    assert sent(call) == {"Url": ["https://line.example/voice/join"], "Method": ["POST"]}


@pytest.mark.parametrize(
    "answer", [error(404, 20404), error(400, 21220), problem(404, 20404), problem(400, 21220)]
)
async def test_redirecting_a_leg_that_has_ended_says_so(
    carrier: TwilioCarrier, twilio: respx.MockRouter, answer: httpx.Response
) -> None:
    twilio.post("/Calls/CA1.json").mock(return_value=answer)

    with pytest.raises(LegGone):
        await carrier.redirect("CA1", "https://line.example/voice/join")


async def test_a_leg_is_hung_up(
    carrier: TwilioCarrier, twilio: respx.MockRouter, call_json: Build
) -> None:
    call = twilio.post("/Calls/CA1.json").respond(200, json=call_json(status="completed"))

    await carrier.hang_up("CA1")

    assert sent(call) == {"Status": ["completed"]}


async def test_a_phone_that_rings_is_stopped_and_an_answered_one_is_not(
    carrier: TwilioCarrier, twilio: respx.MockRouter, call_json: Build
) -> None:
    call = twilio.post("/Calls/CA1.json").respond(200, json=call_json(status="canceled"))

    await carrier.stop_ringing("CA1")

    assert sent(call) == {"Status": ["canceled"]}


async def test_hanging_up_a_leg_that_has_ended_is_fine(
    carrier: TwilioCarrier, twilio: respx.MockRouter
) -> None:
    call = twilio.post("/Calls/CA1.json").mock(return_value=error(400, 21220))

    await carrier.hang_up("CA1")

    assert call.call_count == 1


async def test_an_id_of_free_form_stays_inside_its_place_in_the_path(
    carrier: TwilioCarrier, twilio: respx.MockRouter, call_json: Build
) -> None:
    call = twilio.post(url__regex="Calls/").respond(200, json=call_json())

    await carrier.hang_up("../Messages/b2f1?x")

    assert call.calls.last.request.url.raw_path.endswith(b"/Calls/..%2FMessages%2Fb2f1%3Fx.json")


@pytest.mark.parametrize(
    ("held", "form"),
    [
        (True, {"Hold": ["true"], "HoldUrl": ["https://line.example/music"]}),
        (False, {"Hold": ["false"]}),
    ],
)
async def test_a_participant_is_held_and_resumed(
    carrier: TwilioCarrier,
    twilio: respx.MockRouter,
    page_json: Build,
    held: bool,  # noqa: FBT001 – a parameter of the table above
    form: dict[str, list[str]],
) -> None:
    others = {"sid": "CF8", "friendly_name": "call-8"}
    ours = {"sid": "CF7", "friendly_name": "call-7"}
    rooms = twilio.get("/Conferences.json").respond(json=page_json("conferences", others, ours))
    seat = twilio.post("/Conferences/CF7/Participants/CA1.json").respond(json={"call_sid": "CA1"})

    await carrier.change("call-7", "CA1", PlaceChange(held=held, music_url=MUSIC))

    asked = rooms.calls.last.request.url.params
    assert (asked["FriendlyName"], asked["Status"]) == ("call-7", "in-progress")
    assert sent(seat) == form


async def test_holding_in_a_conference_that_is_over_says_that_the_leg_is_gone(
    carrier: TwilioCarrier, twilio: respx.MockRouter, page_json: Build
) -> None:
    twilio.get("/Conferences.json").respond(json=page_json("conferences"))

    with pytest.raises(LegGone):
        await carrier.change("call-7", "CA1", PlaceChange(held=True, music_url=MUSIC))


async def test_holding_a_participant_who_has_just_left_says_so(
    carrier: TwilioCarrier, twilio: respx.MockRouter, page_json: Build
) -> None:
    room = {"sid": "CF7", "friendly_name": "call-7"}
    twilio.get("/Conferences.json").respond(json=page_json("conferences", room))
    twilio.post("/Conferences/CF7/Participants/CA1.json").mock(return_value=error(404, 20404))

    with pytest.raises(LegGone):
        await carrier.change("call-7", "CA1", PlaceChange(held=True, music_url=MUSIC))


async def test_a_leg_is_looked_up(
    carrier: TwilioCarrier, twilio: respx.MockRouter, call_json: Build
) -> None:
    begun = call_json(status="in-progress", start_time="Sun, 01 Mar 2026 12:00:04 +0000")
    twilio.get("/Calls/CA1.json").respond(json=begun)

    report = await carrier.leg("CA1")

    assert report == LegReport(
        sid="CA1", to="client:li", status=LegStatus.UP, started_at=NOON + timedelta(seconds=4)
    )


async def test_an_unknown_status_word_decides_nothing(
    carrier: TwilioCarrier, twilio: respx.MockRouter, call_json: Build
) -> None:
    twilio.get("/Calls/CA1.json").respond(json=call_json(status="parked", to=None))

    report = await carrier.leg("CA1")

    assert report == LegReport(sid="CA1", to="", status=LegStatus.DIALING, started_at=None)


async def test_a_leg_nobody_knows_is_none(carrier: TwilioCarrier, twilio: respx.MockRouter) -> None:
    twilio.get("/Calls/CA1.json").mock(return_value=error(404, 20404))

    assert await carrier.leg("CA1") is None


async def test_only_recent_legs_to_that_address_are_found_newest_first(
    carrier: TwilioCarrier, twilio: respx.MockRouter, call_json: Build, page_json: Build
) -> None:
    listed = twilio.get("/Calls.json").respond(
        json=page_json(
            "calls",
            call_json("CA-later", start_time="Sun, 01 Mar 2026 12:00:09 +0000"),
            call_json("CA-stranger", to="client:wang"),
            call_json("CA-queued", date_created=None),
            call_json("CA-earlier", date_created="Sun, 01 Mar 2026 11:59:59 +0000"),
            call_json("CA-yesterday", date_created="Sat, 28 Feb 2026 12:00:00 +0000"),
        )
    )

    legs = await carrier.find_legs(to="client:li?case=7", since=NOON)

    assert [leg.sid for leg in legs] == ["CA-queued", "CA-later", "CA-earlier"]
    asked = listed.calls.last.request.url.params
    assert asked["To"] == "client:li"
    assert "StartTime>" not in asked


async def test_a_number_is_found_however_the_carrier_spells_it(
    carrier: TwilioCarrier, twilio: respx.MockRouter, call_json: Build, page_json: Build
) -> None:
    calls = page_json("calls", call_json(to="+8613800138000"), call_json("CA2", to=None))
    twilio.get("/Calls.json").respond(json=calls)

    legs = await carrier.find_legs(to="13800138000", since=NOON)

    assert [leg.sid for leg in legs] == ["CA1"]


async def test_a_message_is_sent(carrier: TwilioCarrier, twilio: respx.MockRouter) -> None:
    messages = twilio.post("/Messages.json").respond(201, json={"sid": "SM1", "status": "queued"})

    assert await send_text(carrier) == "SM1"
    assert sent(messages) == {
        "To": ["+8613800138000"],
        "From": ["12355"],
        "Body": ["请回电"],
        "StatusCallback": ["https://line.example/sms/1"],
    }


async def test_texts_of_ours_are_found_by_whom_they_went_to(
    carrier: TwilioCarrier, twilio: respx.MockRouter, page_json: Build
) -> None:
    known = {"to": "+8613800138000", "from": "12355", "body": "请回电", "status": "failed",
             "error_code": 30008, "direction": "outbound-api",
             "date_created": "Sun, 01 Mar 2026 12:00:01 +0000"}  # fmt: skip
    listed = twilio.get("/Messages.json").respond(
        json=page_json(
            "messages",
            {"sid": "SM1", **known},
            {"sid": "SM2", **known, "date_created": None, "error_code": None, "status": "queued"},
            {"sid": "SM-theirs", **known, "direction": "inbound"},
            {"sid": "SM-old", **known, "date_created": "Sun, 01 Mar 2026 11:59:00 +0000"},
        )
    )

    texts = await carrier.find_messages(to="+8613800138000", since=NOON)

    assert [(one.sid, one.from_, one.status, one.error) for one in texts] == [
        ("SM1", "12355", "failed", 30008),
        ("SM2", "12355", "queued", 0),
    ]
    asked = listed.calls.last.request.url.params
    assert asked["To"] == "+8613800138000"
    assert "DateSent>" not in asked


@pytest.mark.parametrize("answer", [error(400, 21211), problem(400, 21211)])
async def test_a_refusal_carries_the_carriers_code_and_no_number(
    carrier: TwilioCarrier, twilio: respx.MockRouter, answer: httpx.Response
) -> None:
    twilio.post("/Calls.json").mock(return_value=answer)

    with pytest.raises(CarrierRefused) as refused:
        await carrier.dial(DIAL)

    assert refused.value.code == 21211
    assert "138" not in str(refused.value)
    assert refused.value.__suppress_context__


async def test_a_refusal_without_a_code_has_code_zero(
    carrier: TwilioCarrier, twilio: respx.MockRouter
) -> None:
    twilio.post("/Calls.json").respond(422, json={"message": "no", "code": None})

    with pytest.raises(CarrierRefused) as refused:
        await carrier.dial(DIAL)

    assert refused.value.code == 0


async def test_a_wrong_account_is_a_refusal_and_no_vanished_leg(
    carrier: TwilioCarrier, twilio: respx.MockRouter
) -> None:
    twilio.post("/Calls.json").mock(return_value=error(404, 20404))
    twilio.get("/Calls.json").mock(return_value=error(404, 20404))

    with pytest.raises(CarrierRefused):
        await carrier.dial(DIAL)
    with pytest.raises(CarrierRefused):
        await carrier.find_legs(to="client:li", since=NOON)


@pytest.mark.parametrize(
    "failure",
    [
        httpx.Response(500),
        httpx.Response(503, text="<html>later</html>"),
        httpx.ReadTimeout("late"),
        httpx.WriteTimeout("late"),
        httpx.RemoteProtocolError("hung up"),
        httpx.Response(200, text="<html>a hotel's sign-in page</html>"),
        httpx.Response(200, content=b"\xff\xfe\xfa"),
        httpx.Response(201, json=[]),
        httpx.Response(201, json={"status": "queued"}),
    ],
)
async def test_a_change_with_a_broken_answer_is_unclear_and_not_repeated(
    carrier: TwilioCarrier, twilio: respx.MockRouter, failure: httpx.Response | httpx.TransportError
) -> None:
    messages = twilio.post("/Messages.json").mock(side_effect=[failure])

    with pytest.raises(CarrierUnclear):
        await send_text(carrier)

    assert messages.call_count == 1


@pytest.mark.parametrize(
    "failure",
    [httpx.Response(500), httpx.ReadTimeout("late"), httpx.Response(200, text="<html></html>")],
)
async def test_a_question_with_a_broken_answer_has_changed_nothing(
    carrier: TwilioCarrier, twilio: respx.MockRouter, failure: httpx.Response | httpx.TransportError
) -> None:
    twilio.get("/Calls/CA1.json").mock(side_effect=[failure])

    with pytest.raises(CarrierUnreachable):
        await carrier.leg("CA1")


@pytest.mark.parametrize(
    "fault",
    [httpx.ConnectError("refused"), httpx.ConnectTimeout("late"), httpx.PoolTimeout("full")],
)
async def test_without_a_connection_nothing_was_done(
    carrier: TwilioCarrier,
    twilio: respx.MockRouter,
    slept: list[float],
    fault: httpx.TransportError,
) -> None:
    calls = twilio.post("/Calls.json").mock(side_effect=fault)

    with pytest.raises(CarrierUnreachable):
        await carrier.dial(DIAL)

    assert calls.call_count == 1
    assert slept == []
