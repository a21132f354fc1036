"""Recordings of a leg as the carrier makes them: what can be asked, and what is heard in them."""

import io
import wave
from array import array
from typing import Any

import httpx
import pytest

from hotline.carrier.rest import API
from tests.harness.carrier import Carrier
from tests.hotline.simulator.conftest import SID, Application

pytestmark = pytest.mark.anyio

ACCOUNT = f"{API}/{SID}"


async def on_the_line(carrier: Carrier, application: Application) -> str:
    """A leg in the middle of something. Its recordings' address."""
    application.documents = {"/voice": "<Pause length='3600'/>"}
    phone = carrier.handset("15400000001")
    await phone.dials("12355")
    await carrier.passes(0)
    return f"{ACCOUNT}/Calls/{await phone.sid()}/Recordings"


async def recorded(carrier: Carrier, at: str, **form: str) -> dict[str, Any]:
    answer = await carrier.http.post(f"{at}.json", data={"RecordingChannels": "dual"} | form)
    assert answer.status_code == httpx.codes.CREATED, answer.text
    return dict(answer.json())


async def becomes(carrier: Carrier, at: str, sid: str, status: str, **form: str) -> httpx.Response:
    return await carrier.http.post(f"{at}/{sid}.json", data={"Status": status} | form)


def channels_of(raw: bytes) -> tuple[float, list[list[int]]]:
    """Seconds, and for each channel the loudest value of each second."""
    with wave.open(io.BytesIO(raw)) as file:
        count, rate = file.getnchannels(), file.getframerate()
        values = array("h", file.readframes(file.getnframes()))
        length = file.getnframes() / rate
    sides = [values[side::count] for side in range(count)]
    seconds = range(0, int(length) * rate, rate)
    return length, [[max(side[at : at + rate]) for at in seconds] for side in sides]


async def test_a_leg_is_recorded_in_two_channels_with_silence_where_it_was_paused(
    carrier: Carrier, application: Application
) -> None:
    at = await on_the_line(carrier, application)
    sid = (await recorded(carrier, at))["sid"]
    await carrier.passes(3)
    await becomes(carrier, at, sid, "paused", PauseBehavior="silence")
    await carrier.passes(4)
    await becomes(carrier, at, "Twilio.CURRENT", "in-progress")
    await carrier.passes(3)

    await becomes(carrier, at, sid, "stopped")
    sound = await carrier.http.get(f"{ACCOUNT}/Recordings/{sid}.wav?RequestedChannels=2")

    length, sides = channels_of(sound.content)
    assert 10 <= length < 12
    assert [(side[1] > 0, side[5], side[8] > 0) for side in sides] == [(True, 0, True)] * 2


async def test_what_is_skipped_takes_no_time_and_one_channel_can_be_asked_for(
    carrier: Carrier, application: Application
) -> None:
    at = await on_the_line(carrier, application)
    sid = (await recorded(carrier, at))["sid"]
    await becomes(carrier, at, sid, "paused", PauseBehavior="skip")
    await carrier.passes(60)
    await becomes(carrier, at, sid, "stopped")

    sound = await carrier.http.get(f"{ACCOUNT}/Recordings/{sid}.wav?RequestedChannels=1")

    length, sides = channels_of(sound.content)
    assert (length < 30, len(sides)) == (True, 1)


async def test_it_ends_with_its_leg_is_told_and_is_kept_until_it_is_deleted(
    carrier: Carrier, application: Application
) -> None:
    at = await on_the_line(carrier, application)
    told = {"RecordingStatusCallback": f"{application.url}/recorded"}
    sid = (await recorded(carrier, at, **told))["sid"]
    await carrier.passes(20)
    early = await carrier.http.get(f"{ACCOUNT}/Recordings/{sid}.wav")
    await carrier.handset("15400000001").hangs_up()
    await carrier.passes(0)

    kept = (await carrier.http.get(f"{ACCOUNT}/Recordings/{sid}.json")).json()
    gone = await carrier.http.delete(f"{ACCOUNT}/Recordings/{sid}.json")
    after = await carrier.http.get(f"{ACCOUNT}/Recordings/{sid}.json")

    assert early.status_code == httpx.codes.NOT_FOUND
    assert (kept["status"], kept["duration"], kept["channels"]) == ("completed", "20", 2)
    assert application.last("/recorded")["RecordingStatus"] == "completed"
    assert application.last("/recorded")["RecordingDuration"] == "20"
    assert (gone.status_code, after.status_code) == (204, 404)
    assert (await carrier.http.get(f"{at}.json")).json()["recordings"] == []


async def test_two_may_run_and_then_none_is_the_current_one(
    carrier: Carrier, application: Application
) -> None:
    at = await on_the_line(carrier, application)
    first, second = await recorded(carrier, at), await recorded(carrier, at)

    unclear = await becomes(carrier, at, "Twilio.CURRENT", "paused")
    clear = await becomes(carrier, at, second["sid"], "paused")
    listed = (await carrier.http.get(f"{at}.json")).json()["recordings"]

    assert (unclear.json()["code"], clear.json()["status"]) == (21220, "paused")
    assert [one["sid"] for one in listed] == [second["sid"], first["sid"]]


async def test_what_cannot_be_is_refused_with_the_carriers_number(
    carrier: Carrier, application: Application
) -> None:
    at = await on_the_line(carrier, application)
    sid = (await recorded(carrier, at))["sid"]

    odd = await carrier.http.post(f"{at}.json", data={"RecordingChannels": "three"})
    word = await becomes(carrier, at, sid, "rewound")
    unknown = await becomes(carrier, at, "RE1", "paused")
    await carrier.handset("15400000001").hangs_up()
    over = await becomes(carrier, at, sid, "paused")
    late = await carrier.http.post(f"{at}.json")

    codes = [answer.json()["code"] for answer in (odd, word, unknown, over, late)]
    assert codes == [21235, 20001, 20404, 21220, 21220]


async def test_a_start_may_have_its_effect_though_it_fails(
    carrier: Carrier, application: Application
) -> None:
    at = await on_the_line(carrier, application)
    await carrier.faults(rest_500_with_effect=1)

    answer = await carrier.http.post(f"{at}.json")
    listed = (await carrier.http.get(f"{at}.json")).json()["recordings"]

    assert answer.status_code == httpx.codes.INTERNAL_SERVER_ERROR
    assert [one["status"] for one in listed] == ["in-progress"]
