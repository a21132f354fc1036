"""Text messages: on their way over the clock, listed, refused and deleted."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from hotline.carrier.rest import API
from tests.harness.carrier import Carrier
from tests.hotline.simulator.conftest import SID, Application

pytestmark = pytest.mark.anyio

MESSAGES = f"{API}/{SID}/Messages"
STATION, PARENT = "02000000202", "15400000004"


async def texts(carrier: Carrier, to: str = STATION, **form: Any) -> httpx.Response:
    asked = {"To": to, "From": "12355", "Body": "A case waits for you.", **form}
    return await carrier.http.post(f"{MESSAGES}.json", data=asked)


async def status(carrier: Carrier, sid: str) -> Any:
    return (await carrier.http.get(f"{MESSAGES}/{sid}.json")).json()["status"]


async def test_a_message_is_queued_sent_and_delivered(
    carrier: Carrier, application: Application
) -> None:
    answer = await texts(carrier, StatusCallback=f"{application.url}/sms")
    sid, statuses = answer.json()["sid"], [answer.json()["status"]]
    for seconds in (1, 2):
        await carrier.passes(seconds)
        statuses.append(await status(carrier, sid))

    told = [fields["MessageStatus"] for path, fields in application.asked if path == "/sms"]
    assert answer.status_code == httpx.codes.CREATED
    assert statuses == ["queued", "sent", "delivered"]
    assert told == ["sent", "delivered"]


# | fault       | told                  | error |
FAILURES = [
    ("undelivered", ["sent", "undelivered"], 30003),
    ("failed", ["failed"], 30008),
]


@pytest.mark.parametrize(("fault", "told", "code"), FAILURES)
async def test_a_number_that_a_fault_names_gets_no_message(
    carrier: Carrier, application: Application, fault: str, told: list[str], code: int
) -> None:
    await carrier.faults(messages={STATION: fault})
    lost = await texts(carrier, StatusCallback=f"{application.url}/lost")
    other = await texts(carrier, PARENT)

    await carrier.passes(5)

    found = (await carrier.http.get(f"{MESSAGES}/{lost.json()['sid']}.json")).json()
    reports = [fields for path, fields in application.asked if path == "/lost"]
    assert [fields["MessageStatus"] for fields in reports] == told
    assert (found["error_code"], reports[-1]["ErrorCode"]) == (code, str(code))
    assert await status(carrier, other.json()["sid"]) == "delivered"


async def test_messages_are_listed_newest_first_by_whom_they_went_to(carrier: Carrier) -> None:
    for to in (STATION, PARENT, STATION):
        await texts(carrier, to)
    await carrier.passes(1)

    everything = (await carrier.http.get(f"{MESSAGES}.json", params={"PageSize": 2})).json()
    to_station = (await carrier.http.get(f"{MESSAGES}.json", params={"To": STATION})).json()

    assert [one["to"] for one in everything["messages"]] == [STATION, PARENT]
    assert everything["next_page_uri"] is not None
    assert len(to_station["messages"]) == 2


async def test_a_delivered_message_is_deleted_and_one_on_its_way_is_not(carrier: Carrier) -> None:
    sid = (await texts(carrier)).json()["sid"]

    early = await carrier.http.delete(f"{MESSAGES}/{sid}.json")
    await carrier.passes(5)
    later = await carrier.http.delete(f"{MESSAGES}/{sid}.json")
    gone = await carrier.http.get(f"{MESSAGES}/{sid}.json")

    assert early.status_code == httpx.codes.CONFLICT
    assert later.status_code == httpx.codes.NO_CONTENT
    assert gone.json()["code"] == 20404


@pytest.mark.parametrize(("body", "parts"), [("a" * 160, "1"), ("a" * 161, "2"), ("危" * 71, "2")])
async def test_a_long_message_takes_more_than_one_part(
    carrier: Carrier, body: str, parts: str
) -> None:
    assert (await texts(carrier, Body=body)).json()["num_segments"] == parts


REFUSALS: list[tuple[Mapping[str, Any], int]] = [
    ({"To": ""}, 21604),
    ({"To": "nobody"}, 21211),
    ({"From": ""}, 21603),
    ({"From": PARENT}, 21606),
    ({"Body": " "}, 21602),
    ({"Body": "x" * 1601}, 21617),
    ({"StatusCallback": "somewhere"}, 21609),
]


@pytest.mark.parametrize(("form", "code"), REFUSALS)
async def test_a_message_that_cannot_go_is_refused_with_the_carriers_number(
    carrier: Carrier, form: Mapping[str, Any], code: int
) -> None:
    answer = await texts(carrier, **form)

    assert (answer.status_code, answer.json()["code"]) == (httpx.codes.BAD_REQUEST, code)
    assert (await carrier.http.get(f"{MESSAGES}.json")).json()["messages"] == []


async def test_a_handset_writes_and_the_application_is_told(
    carrier: Carrier, application: Application
) -> None:
    numbers = {"12355": {"voice_url": f"{application.url}/v", "sms_url": f"{application.url}/in"}}
    await carrier.http.put("/simulator/numbers", json=numbers)

    await carrier.handset(PARENT).writes("call me", sid="SM" + "1" * 32)

    [told] = [fields for path, fields in application.asked if path == "/in"]
    assert (told["From"], told["To"], told["Body"]) == (PARENT, "12355", "call me")
    assert told["MessageSid"] == "SM" + "1" * 32
    assert await status(carrier, told["MessageSid"]) == "received"


async def test_a_number_without_an_address_for_texts_takes_none(carrier: Carrier) -> None:
    asked = {"to": "12355", "text": "call me"}

    answer = await carrier.http.post(f"/simulator/texts/{PARENT}", json=asked)

    assert answer.status_code == httpx.codes.NOT_FOUND
