"""Who may see or do what: every route × everybody, and what an unsigned or foreign page may not.

Everybody: each role, in each relation to one call and its escalation.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from hotline.staff.model import Role
from hotline.storage.tables import Line, Station, StationContact
from hotline.web.api import breaks, calls, escalations, floor, live, me, records, sessions
from hotline.web.deps import open_work
from hotline.web.idempotency import IdempotentRoute, open_command_work
from tests.hotline.web.api.conftest import OUR_PAGE, PASSWORD, PEOPLE, ApiScene
from tests.hotline.web.api.listening import listening

pytestmark = pytest.mark.anyio

# Of another line, of a station further up the chain; `wong` is rung for the call that `li` has.
NEWCOMERS: dict[str, tuple[Role, str, str | None]] = {
    "wong": (Role.COUNSELOR, "youth", None),
    "lee": (Role.COUNSELOR, "legal", None),
    "sun": (Role.SUPERVISOR, "legal", None),
    "city": (Role.OFFICER, "", "city"),
}
# Written by hand: what stands here is the promise, whatever the code says. ok: it is done, or the
# state of the thing forbids it (409). All ids are those of li's call, its escalation, wong's offer.
COMMANDS = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /me                             ok   ok   ok   ok   ok   ok   ok     ok   ok     ok
PUT /me/presence                    ok   ok   ok   ok   403  403  403    403  403    403
POST /breaks/swaps                  ok   403  403  404  ok   404  403    403  403    403
GET /me/softphone                   ok   ok   ok   ok   403  403  403    403  403    403
POST /offers/{id}/decline           404  ok   404  404  403  403  403    403  403    403
GET /calls/{id}                     ok   ok   404  404  ok   404  403    403  403    403
GET /calls/{id}/routing             ok   ok   404  404  ok   404  403    403  403    403
POST /calls/{id}/flags              ok   ok   404  404  ok   404  403    403  403    403
POST /calls/{id}/hold               ok   403  404  404  ok   404  403    403  403    403
POST /calls/{id}/resume             ok   403  404  404  ok   404  403    403  403    403
POST /calls/{id}/interpreter        ok   403  404  404  ok   404  403    403  403    403
PUT /calls/{id}/understanding       ok   403  404  404  ok   404  403    403  403    403
POST /calls/{id}/end                ok   403  404  404  ok   404  403    403  403    403
PUT /calls/{id}/record              ok   403  404  404  ok   404  403    403  403    403
GET /calls/{id}/record              ok   403  404  404  ok   404  403    403  403    403
GET /calls/{id}/record/versions     ok   403  404  404  ok   404  403    403  403    403
GET /escalations                    ok   ok   ok   ok   ok   ok   ok     ok   ok     ok
GET /escalations/{id}               ok   ok   ok   404  ok   404  ok     ok   404    403
GET /escalations/{id}/summary       403  403  403  403  ok   404  ok     ok   404    403
POST /escalations/{id}/acknowledge  403  403  403  403  ok   404  ok     ok   404    403
POST /escalations/{id}/accept       403  403  403  403  ok   404  ok     ok   404    403
POST /escalations/{id}/return       403  403  403  403  ok   404  ok     ok   404    403
POST /escalations/{id}/report       403  403  403  403  ok   404  ok     ok   404    403
POST /escalations/{id}/close        403  403  403  403  ok   404  ok     ok   404    403
GET /floor                          ok   ok   ok   ok   ok   ok   403    403  403    403
GET /live                           ok   ok   ok   ok   ok   ok   ok     ok   ok     ok
DELETE /sessions/current            ok   ok   ok   ok   ok   ok   ok     ok   ok     ok
"""
PAGES = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /                               303  303  303  303  303  303  303    303  303    303
GET /desk                           ok   ok   ok   ok   403  403  403    403  403    403
GET /desk/due                       ok   ok   ok   ok   403  403  403    403  403    403
GET /desk/presence                  ok   ok   ok   ok   403  403  403    403  403    403
GET /desk/break                     ok   ok   ok   ok   403  403  403    403  403    403
GET /desk/danger                    ok   ok   ok   ok   403  403  403    403  403    403
GET /desk/bar                       ok   ok   ok   ok   403  403  403    403  403    403
GET /desk/calls/{id}                ok   403  404  404  403  403  403    403  403    403
GET /desk/calls/{id}/facts          ok   403  404  404  403  403  403    403  403    403
GET /floor                          403  403  403  403  ok   ok   403    403  403    403
GET /floor/live                     403  403  403  403  ok   ok   403    403  403    403
GET /wall                           403  403  403  403  ok   ok   403    403  403    403
GET /calls/{id}                     ok   ok   404  404  ok   404  403    403  403    403
GET /calls/{id}/live                ok   ok   404  404  ok   404  403    403  403    403
GET /escalations                    ok   ok   ok   ok   ok   ok   403    403  403    403
GET /escalations/live               ok   ok   ok   ok   ok   ok   403    403  403    403
GET /escalations/{id}               ok   ok   ok   404  ok   404  ok     ok   404    404
GET /escalations/{id}/live          ok   ok   ok   404  ok   404  ok     ok   404    404
GET /escalations/{id}/acts          ok   ok   ok   404  ok   404  ok     ok   404    404
GET /escalations/{id}/story         403  403  403  404  ok   404  ok     ok   404    404
GET /station                        403  403  403  403  403  403  ok     ok   ok     403
GET /station/live                   403  403  403  403  403  403  ok     ok   ok     403
"""
FOR_ANYBODY = {
    ("POST", "/api/v1/tokens"),
    ("POST", "/api/v1/sessions"),
    ("GET", "/api/docs"),
    ("GET", "/api/openapi.json"),
    ("GET", "/login"),
    ("GET", "/demo"),  # where the demo runs
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
}
ELSEWHERE = ("/static", "/voice/")  # files; the carrier's webhooks, which are signed
API = "/api/v1"
TEXT = {"text": "x"}
BODIES: dict[str, Any] = {
    "presence": {"state": "ready"},
    "swaps": {"giver": "li", "taker": "wong"},
    "flags": {"level": "high"},
    "understanding": {"also_speaks": ["yue"]},
    "record": {"contact_type": "self", "disposition": "listened"},
    **dict.fromkeys(("return", "report", "close"), TEXT),
}


def read_table(table: str, prefix: str) -> dict[tuple[str, str], dict[str, str]]:
    """By method and path: what each person is answered."""
    header, *rows = [line.split() for line in table.strip().splitlines()]
    return {
        (method, prefix + path): dict(zip(header, cells, strict=True))
        for method, path, *cells in rows
    }


MAY = {**read_table(PAGES, ""), **read_table(COMMANDS, API)}
EVERYBODY = sorted({*PEOPLE, *NEWCOMERS})


def routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    for route in iter_route_contexts(app.routes):
        path = re.sub(r"\{.*?\}", "{id}", route.path or "")
        for method in (route.methods or {"GET"}) - {"HEAD"}:
            if not path.startswith(ELSEWHERE):
                yield method, path


@pytest.fixture
async def escalation(scene: ApiScene) -> str:
    """Of li's call, which is offered to wong as well; its record is written."""
    await scene.add(
        Line(id="legal", name="法律", name_en="Legal", number_shown="2"),
        Station(id="city", name="市", name_en="City", division="440100", phone="3"),
        StationContact(id="of-city", station_id="city", rank=0, name="", phone="4", pin_hash=""),
    )
    await scene.change(Station, "tianhe", parent_id="city")
    await scene.change(Line, "youth", interpreters={"cmn": "02000000020"})
    for name, (role, line, station) in NEWCOMERS.items():
        await scene.hires(name, role, line=line, station=station)
    await scene.offers_to("wong", "call")
    await scene.person("li").does("PUT", "/calls/call/record", BODIES["record"])
    told = await scene.person("li").does("POST", "/calls/call/flags", BODIES["flags"])
    return str(told["escalation_id"])


def address(path: str, escalation: str = "none") -> str:
    """The path for these things."""
    ids = {"calls": "call", "escalations": escalation, "offers": "offer-wong"}
    asked = "?shown=" if path.endswith("/acts") else ""  # what the page shows already
    return re.sub(r"(\w+)/\{id\}", lambda found: f"{found[1]}/{ids[found[1]]}", path) + asked


async def answered(scene: ApiScene, who: str, route: tuple[str, str], escalation: str) -> str:
    """What somebody is answered, in the words of the table."""
    method, path = route[0], address(route[1], escalation)
    if path.endswith("/live") and path.startswith(API):
        async with listening(scene.app, who) as heard:
            await heard.until("clock")
        return "ok" if heard.status == 200 else str(heard.status)
    answer = await scene.http.request(
        method, path, json=BODIES.get(path.split("/")[-1]), headers=scene.person(who).headers
    )
    done = {200} if method == "GET" else {200, 201, 204, 409}
    return "ok" if answer.status_code in done else str(answer.status_code)


async def test_the_tables_have_every_route(scene: ApiScene) -> None:
    assert sorted(routes(scene.app)) == sorted(MAY.keys() | FOR_ANYBODY)


@pytest.mark.parametrize("username", EVERYBODY)
async def test_each_is_answered_what_the_tables_say(
    scene: ApiScene, escalation: str, username: str
) -> None:
    told = {route: await answered(scene, username, route, escalation) for route in MAY}

    assert told == {route: cells[username] for route, cells in MAY.items()}


async def test_nobody_who_is_not_signed_in_gets_past_any_route(scene: ApiScene) -> None:
    answers = {it: (await scene.http.request(it[0], address(it[1]))).status_code for it in MAY}

    assert answers == dict.fromkeys(MAY, 401)


async def test_a_cookie_without_our_header_changes_nothing(scene: ApiScene) -> None:
    credentials = {"username": "he", "password": PASSWORD}
    await scene.http.post("/api/v1/sessions", json=credentials, headers=OUR_PAGE)
    unsafe = [it for it in MAY if it[0] != "GET"]

    answers = [(await scene.http.request(m, address(p))).status_code for m, p in unsafe]

    assert answers == [403] * len(unsafe)
    assert (await scene.http.get("/api/v1/me")).json()["username"] == "he"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Hotline": "1", "Sec-Fetch-Site": "same-origin"}, 204),
        ({"X-Hotline": "1", "Origin": "https://hotline.test"}, 204),
        ({"X-Hotline": "1", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"X-Hotline": "1", "Sec-Fetch-Site": "same-site"}, 403),
        ({"X-Hotline": "1", "Origin": "https://hotline.test.evil.example"}, 403),
        ({"X-Hotline": "1", "Origin": "null"}, 403),
        ({"X-Hotline": "1"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 403),
        ({"Origin": "https://hotline.test"}, 403),
        ({}, 403),
    ],
)
async def test_only_our_own_page_may_sign_a_browser_in_or_out(
    scene: ApiScene, headers: dict[str, str], status: int
) -> None:
    credentials = {"username": "he", "password": PASSWORD}

    came = await scene.http.post("/api/v1/sessions", json=credentials, headers=headers)
    await scene.http.post("/api/v1/sessions", json=credentials, headers=OUR_PAGE)
    went = await scene.http.delete("/api/v1/sessions/current", headers=headers)

    assert (came.status_code, went.status_code) == (status, status)


def leaves(dependant: Dependant) -> Iterator[object]:
    for one in dependant.dependencies:
        yield one.call
        yield from leaves(one)


def test_every_command_works_in_the_transaction_that_keeps_its_answer() -> None:
    rooms = (breaks, calls, escalations, floor, live, me, records)
    routes = [route for room in rooms for route in room.router.routes]
    commands = [it for it in routes if isinstance(it, APIRoute) and "POST" in (it.methods or ())]

    used = {it.path: set(leaves(it.dependant)) for it in commands}

    assert len(commands) == len([it for it in MAY if it[0] == "POST"])
    assert all(isinstance(it, IdempotentRoute) for it in commands)
    assert all(open_command_work in calls and open_work not in calls for calls in used.values())
    assert not any(isinstance(route, IdempotentRoute) for route in sessions.router.routes)
