"""The REST half: what the house can ask of the carrier, and how the carrier says no."""

import httpx
import pytest

from hotline.carrier.rest import API
from tests.harness.carrier import Carrier
from tests.hotline.simulator.conftest import SID, Application

pytestmark = pytest.mark.anyio

CALLS = f"{API}/{SID}/Calls"


async def dialled(carrier: Carrier, application: Application, to: str) -> httpx.Response:
    form = {
        "To": to,
        "From": "12355",
        "Url": f"{application.url}/answer",
        "StatusCallback": f"{application.url}/leg",
        "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
        "Timeout": "20",
    }
    return await carrier.http.post(f"{CALLS}.json", data=form)


async def test_a_dialled_phone_rings_is_answered_and_asks_for_its_document(
    carrier: Carrier, application: Application
) -> None:
    application.documents = {"/answer": "<Say>a call for you</Say>"}
    phone = carrier.handset("02000000202")

    created = await dialled(carrier, application, "02000000202")
    await phone.rings()
    await phone.answers()
    await phone.hears("a call for you")
    await phone.is_hung_up()
    await carrier.passes(0)

    assert created.status_code == httpx.codes.CREATED
    assert created.json()["status"] in ("queued", "initiated", "ringing")
    assert created.json()["date_created"] is None
    told = [fields["CallStatus"] for path, fields in application.asked if path == "/leg"]
    assert sorted(told) == sorted(["initiated", "ringing", "in-progress", "completed"])


async def test_a_phone_that_nobody_answers_stops_after_its_time(
    carrier: Carrier, application: Application
) -> None:
    created = await dialled(carrier, application, "02000000202")
    await carrier.handset("02000000202").rings()

    await carrier.passes(26)

    leg = await carrier.http.get(f"{CALLS}/{created.json()['sid']}.json")
    assert leg.json()["status"] == "no-answer"


async def test_a_softphone_that_is_not_registered_fails(
    carrier: Carrier, application: Application
) -> None:
    created = await dialled(carrier, application, "client:nobody")
    await carrier.passes(0)

    leg = await carrier.http.get(f"{CALLS}/{created.json()['sid']}.json")
    assert leg.json()["status"] == "failed"


async def test_only_a_call_in_progress_can_be_redirected(
    carrier: Carrier, application: Application
) -> None:
    created = await dialled(carrier, application, "02000000202")

    answer = await carrier.http.post(
        f"{CALLS}/{created.json()['sid']}.json", data={"Url": f"{application.url}/other"}
    )

    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert answer.json()["code"] == 21220


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"From": "1", "Url": "http://x"}, 21201),
        ({"To": "1", "Url": "http://x"}, 21213),
        ({"To": "1", "From": "12355"}, 21205),
    ],
)
async def test_a_dial_without_its_parts_is_refused_with_the_carriers_number(
    carrier: Carrier, form: dict[str, str], code: int
) -> None:
    answer = await carrier.http.post(f"{CALLS}.json", data=form)

    assert answer.json()["code"] == code


async def test_a_wrong_token_is_refused(carrier: Carrier) -> None:
    answer = await carrier.http.get(f"{CALLS}.json", auth=(SID, "wrong"))

    assert answer.status_code == httpx.codes.UNAUTHORIZED
    assert answer.json()["code"] == 20003


async def test_faults_spoil_as_many_requests_as_they_were_given(
    carrier: Carrier, application: Application
) -> None:
    await carrier.faults(rest_429=1, rest_500_with_effect=1)

    busy = await dialled(carrier, application, "02000000202")
    unclear = await dialled(carrier, application, "02000000202")
    listed = (await carrier.http.get(f"{CALLS}.json")).json()["calls"]

    assert busy.json()["code"] == 20429
    assert unclear.status_code == httpx.codes.INTERNAL_SERVER_ERROR
    assert len(listed) == 1


async def test_a_participant_is_held_and_taken_off_hold(
    carrier: Carrier, application: Application
) -> None:
    application.documents = {"/voice": "<Dial><Conference>room</Conference></Dial>"}
    one, two = carrier.handset("15400000001"), carrier.handset("15400000002")
    await one.dials("12355")
    await two.dials("12355")
    await one.is_talking_to_somebody()
    conferences = f"{API}/{SID}/Conferences"
    found = await carrier.http.get(f"{conferences}.json", params={"FriendlyName": "room"})
    who = f"{conferences}/{found.json()['conferences'][0]['sid']}/Participants/{await one.sid()}"

    held = await carrier.http.post(f"{who}.json", data={"Hold": "true"})
    back = await carrier.http.post(f"{who}.json", data={"Hold": "false"})

    assert (held.json()["hold"], back.json()["hold"]) == (True, False)


@pytest.mark.parametrize(("faults", "times"), [({"duplicate": 3}, 3), ({"lose": ["status"]}, 0)])
async def test_reports_come_as_often_as_the_faults_say(
    carrier: Carrier, application: Application, faults: dict[str, object], times: int
) -> None:
    application.documents = {"/voice": "<Say>hello</Say>"}
    await carrier.faults(**faults)
    child = carrier.handset("15400000001")

    await child.dials("12355")
    await child.is_hung_up()
    await carrier.passes(0)

    assert application.count("/status") == times
