"""Calls over REST: documents sent along, lists and their pages, and what the carrier refuses."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from hotline.carrier.rest import API
from tests.harness.carrier import Carrier
from tests.hotline.simulator.conftest import SID, Application

pytestmark = pytest.mark.anyio

CALLS = f"{API}/{SID}/Calls"
STATION = "02000000202"
Form = Mapping[str, Any]


async def dials(carrier: Carrier, to: str = STATION, **form: Any) -> httpx.Response:
    asked = {"To": to, "From": "12355", "Twiml": "<Response><Pause length='60'/></Response>"}
    return await carrier.http.post(f"{CALLS}.json", data=asked | form)


async def lists(carrier: Carrier, **query: Any) -> list[str]:
    answer = await carrier.http.get(f"{CALLS}.json", params=query)
    return [call["to"] for call in answer.json()["calls"]]


async def is_answered(carrier: Carrier, to: str = STATION) -> None:
    await carrier.handset(to).rings()
    await carrier.handset(to).answers()


async def test_a_document_can_be_sent_along_with_a_dial(carrier: Carrier) -> None:
    await dials(carrier, Twiml="<Response><Say>somebody asks for you</Say></Response>")

    await is_answered(carrier)

    await carrier.handset(STATION).hears("somebody asks for you")


async def test_an_address_wins_over_a_document(carrier: Carrier, application: Application) -> None:
    application.documents = {"/answer": "<Say>from the address</Say>"}

    await dials(carrier, Url=f"{application.url}/answer")
    await is_answered(carrier)

    await carrier.handset(STATION).hears("from the address")


async def test_a_live_leg_can_be_given_a_document(carrier: Carrier) -> None:
    leg = await dials(carrier)
    await is_answered(carrier)

    words = {"Twiml": "<Response><Say>please wait</Say></Response>"}
    await carrier.http.post(f"{CALLS}/{leg.json()['sid']}.json", data=words)

    await carrier.handset(STATION).hears("please wait")
    await carrier.handset(STATION).is_hung_up()


async def test_a_dialled_leg_has_a_fallback_of_its_own(
    carrier: Carrier, application: Application
) -> None:
    application.documents = {"/spare": "<Say>sorry</Say>"}

    await dials(carrier, Url=f"{application.url}/no", FallbackUrl=f"{application.url}/spare")
    await is_answered(carrier)

    await carrier.handset(STATION).hears("sorry")


async def test_an_address_can_be_asked_by_get(carrier: Carrier, application: Application) -> None:
    application.documents = {"/answer": "<Say>hello</Say>"}

    await dials(carrier, Url=f"{application.url}/answer", Method="GET")
    await is_answered(carrier)
    await carrier.handset(STATION).hears("hello")

    assert application.methods["/answer"] == "GET"


async def test_a_cancel_reaches_only_who_has_not_answered(carrier: Carrier) -> None:
    first = await dials(carrier)
    await is_answered(carrier)
    second = await dials(carrier, "15400000009")
    await carrier.handset("15400000009").rings()

    statuses = []
    for leg in (first, second):
        where = f"{CALLS}/{leg.json()['sid']}.json"
        statuses.append((await carrier.http.post(where, data={"Status": "canceled"})).json())

    assert [leg["status"] for leg in statuses] == ["in-progress", "canceled"]


# | filter | finds |
FILTERS: list[tuple[Form, list[str]]] = [
    ({}, ["client:nobody", "15400000009", STATION]),
    ({"Status": "in-progress"}, [STATION]),
    ({"Status": "failed"}, ["client:nobody"]),
    ({"To": "15400000009"}, ["15400000009"]),
    ({"From": "12356"}, []),
    ({"StartTime>": "today"}, ["client:nobody", "15400000009", STATION]),
    ({"StartTime": "today"}, ["client:nobody", "15400000009", STATION]),
    ({"StartTime<": "yesterday"}, []),
    ({"StartTime>": "in an hour"}, []),
    ({"EndTime<": "in an hour"}, ["client:nobody"]),
]


@pytest.mark.parametrize(("query", "found"), FILTERS)
async def test_a_list_holds_what_was_asked_for(
    carrier: Carrier, query: Form, found: list[str]
) -> None:
    now = datetime.now(UTC)  # noqa: TID251 – the simulator's clock stands beside the system's
    moments = {
        "today": now.date().isoformat(),
        "yesterday": (now - timedelta(days=1)).date().isoformat(),
        "in an hour": (now + timedelta(hours=1)).isoformat(),
    }
    await dials(carrier)
    await is_answered(carrier)
    await dials(carrier, "15400000009")
    await dials(carrier, "client:nobody")
    await carrier.handset("client:nobody").is_hung_up()

    assert await lists(carrier, **{key: moments.get(at, at) for key, at in query.items()}) == found


async def test_a_list_is_read_page_by_page_with_its_filters(carrier: Carrier) -> None:
    numbers = [f"1540000000{last}" for last in range(5)]
    for number in [*numbers, STATION]:
        await dials(carrier, number)

    seen: list[str] = []
    pages: list[dict[str, Any]] = []
    uri: str | None = f"{CALLS}.json?PageSize=2&From=12355"
    while uri is not None:
        pages.append((await carrier.http.get(uri)).json())
        seen += [call["to"] for call in pages[-1]["calls"]]
        uri = pages[-1]["next_page_uri"]

    assert seen == [STATION, *reversed(numbers)]
    assert [(one["page"], one["start"], one["end"]) for one in pages] == [
        (0, 0, 1),
        (1, 2, 3),
        (2, 4, 5),
    ]
    assert pages[1]["previous_page_uri"] == pages[0]["uri"] == pages[1]["first_page_uri"]


@pytest.mark.parametrize(
    "query", [{"PageSize": "many"}, {"PageSize": "0"}, {"Status": "x"}, {"StartTime<": "noon"}]
)
async def test_a_question_that_cannot_be_read_is_refused(carrier: Carrier, query: Form) -> None:
    answer = await carrier.http.get(f"{CALLS}.json", params=query)

    assert (answer.status_code, answer.json()["code"]) == (httpx.codes.BAD_REQUEST, 20001)


DIALS: list[tuple[Form, int]] = [
    ({"To": "no number"}, 21211),
    ({"From": "no number"}, 21212),
    ({"From": "15400000001"}, 21210),
    ({"Url": "somewhere"}, 21205),
    ({"Twiml": ""}, 21205),
    ({"Twiml": "x" * 4001}, 20001),
    ({"Timeout": "601"}, 20001),
    ({"Method": "PUT"}, 20001),
    ({"StatusCallback": "somewhere"}, 20001),
    ({"StatusCallbackEvent": "waking"}, 20001),
]


@pytest.mark.parametrize(("form", "code"), DIALS)
async def test_a_dial_that_cannot_be_is_refused_with_the_carriers_number(
    carrier: Carrier, form: Form, code: int
) -> None:
    answer = await dials(carrier, **form)

    refused = answer.json()
    assert (answer.status_code, refused["code"]) == (httpx.codes.BAD_REQUEST, code)
    assert refused["message"]
    assert refused["more_info"].endswith(str(code))
    assert await lists(carrier) == []


UPDATES: list[tuple[Form, int]] = [
    ({"Status": "asleep"}, 20001),
    ({"Url": "somewhere"}, 21205),
    ({"Twiml": "<Response/>"}, 21220),
]


@pytest.mark.parametrize(("form", "code"), UPDATES)
async def test_an_update_that_cannot_be_is_refused(carrier: Carrier, form: Form, code: int) -> None:
    leg = await dials(carrier)

    answer = await carrier.http.post(f"{CALLS}/{leg.json()['sid']}.json", data=form)

    assert (answer.status_code, answer.json()["code"]) == (httpx.codes.BAD_REQUEST, code)


# ── a number of the application's own ───────────────────────────────────────────────────────────

OWN = "02000000990"


async def own_number(carrier: Carrier, application: Application, document: str) -> None:
    application.documents = {"/own": document}
    own = {
        OWN: {"voice_url": f"{application.url}/own", "listed": False},
        "12355": {"voice_url": ""},
    }
    await carrier.http.put("/simulator/numbers", json=own)


async def test_a_number_of_the_applications_own_is_announced_to_it_and_its_keys_are_heard(
    carrier: Carrier, application: Application
) -> None:
    keys = '<Pause length="3"/><Play digits="w12#"/><Pause length="9"/>'
    await own_number(carrier, application, keys)
    application.documents["/heard"] = "<Hangup/>"
    asks = f"<Response><Gather action='{application.url}/heard' finishOnKey='#'/></Response>"

    sid = (await dials(carrier, OWN, Twiml=asks)).json()["sid"]
    await application_was_asked(carrier, application, "/own")
    await carrier.passes(4)
    await application_was_asked(carrier, application, "/heard")

    assert application.last("/own")["From"] == "12355"
    assert application.last("/heard") | {"Digits": "12", "CallSid": sid} == application.last(
        "/heard"
    )


async def test_an_own_number_that_rejects_is_busy_or_not_answered(
    carrier: Carrier, application: Application
) -> None:
    await own_number(carrier, application, "<Reject reason='busy'/>")

    sid = (await dials(carrier, OWN)).json()["sid"]
    await application_was_asked(carrier, application, "/own")

    await carrier.look()
    told = [one for one in carrier.journal if one.get("sid") == sid and one["kind"] == "leg"]
    assert told[-1]["status"] == "busy"


async def test_when_one_end_hangs_up_the_other_is_over(
    carrier: Carrier, application: Application
) -> None:
    await own_number(carrier, application, "<Hangup/>")

    await dials(carrier, OWN)
    await application_was_asked(carrier, application, "/own")

    assert (await carrier.http.get("/simulator/legs")).json() == []


async def test_a_number_that_is_not_listed_is_offered_by_no_phone(
    carrier: Carrier, application: Application
) -> None:
    await own_number(carrier, application, "<Hangup/>")

    assert (await carrier.http.get("/phone/numbers")).json() == ["12355"]


async def application_was_asked(carrier: Carrier, application: Application, path: str) -> None:
    while application.count(path) == 0:
        await carrier.look(0.5)
