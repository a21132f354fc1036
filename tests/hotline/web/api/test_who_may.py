"""Who may see or do what: every route × everybody, and what an unsigned or foreign page may not.

Everybody: each role, in each relation to one call and its escalation.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from hotline.staff.model import Role
from hotline.storage.tables import (
    HelpCall,
    Line,
    Notice,
    PromptRecording,
    Station,
    StationContact,
    SupervisorAct,
)
from hotline.web.addresses import WEBHOOKS
from tests.hotline.fieldwork.photos import photo
from tests.hotline.prompts.conftest import tone
from tests.hotline.web.api import messages_may
from tests.hotline.web.api.account_routes import ACCOUNT_BODIES, ACCOUNT_TABLES, STRANGERS
from tests.hotline.web.api.case_rights import CASE_BODIES, CASE_COMMANDS, CASE_PAGES, a_case
from tests.hotline.web.api.conftest import OUR_PAGE, PASSWORD, PEOPLE, ApiScene
from tests.hotline.web.api.consent_rights import (
    CONSENT_BODIES,
    CONSENT_COMMANDS,
    CONSENT_PAGES,
    a_consent,
)
from tests.hotline.web.api.debrief_rights import DEBRIEF_BODIES, DEBRIEF_COMMANDS
from tests.hotline.web.api.escalation_rights import (
    ESCALATION_BODIES,
    ESCALATION_COMMANDS,
    ESCALATION_PAGES,
)
from tests.hotline.web.api.fieldwork_rights import (
    FIELDWORK_BODIES,
    FIELDWORK_COMMANDS,
    FIELDWORK_PAGES,
    a_file,
    a_shift,
)
from tests.hotline.web.api.follow_up_rights import (
    FOLLOW_UP_BODIES,
    FOLLOW_UP_COMMANDS,
    FOLLOW_UP_PAGES,
)
from tests.hotline.web.api.group_rights import (
    GROUP_BODIES,
    GROUP_COMMANDS,
    GROUP_PAGES,
    MEMBERS_ROUTES,
    a_member,
)
from tests.hotline.web.api.listening import STREAMS, listening
from tests.hotline.web.api.may_do import COMMANDS, PAGES
from tests.hotline.web.api.may_text import TEXT_BODIES, TEXT_COMMANDS, TEXT_PAGES, a_text
from tests.hotline.web.api.reading_rights import (
    ANSWERS,
    READING_BODIES,
    READING_COMMANDS,
    READING_PAGES,
    a_reading,
)
from tests.hotline.web.api.record_rights import RECORD_BODIES, RECORD_COMMANDS, RECORD_PAGES
from tests.hotline.web.api.referral_rights import (
    REFERRAL_BODIES,
    REFERRAL_COMMANDS,
    REFERRAL_PAGES,
    a_referral,
)
from tests.hotline.web.api.rights_rights import (
    RIGHTS_BODIES,
    RIGHTS_COMMANDS,
    RIGHTS_PAGES,
    a_request,
)
from tests.hotline.web.api.risk_rights import RISK_BODIES, RISK_COMMANDS
from tests.hotline.web.api.statutory_rights import (
    STATUTORY_BODIES,
    STATUTORY_COMMANDS,
    STATUTORY_PAGES,
    a_report,
)
from tests.hotline.web.api.supervision_rights import (
    SUPERVISION_BODIES,
    SUPERVISION_TABLES,
    what_is_planned,
)
from tests.hotline.web.api.things_asked_for import ids_of, what_follows_the_call
from tests.hotline.web.api.visit_rights import VISIT_BODIES, VISIT_COMMANDS, VISIT_PAGES

pytestmark = pytest.mark.anyio

# Of another line, of a station further up the chain; `wong` is rung for the call that `li` has.
NEWCOMERS: dict[str, tuple[Role, str, str | None]] = {
    "wong": (Role.COUNSELOR, "youth", None),
    "lee": (Role.COUNSELOR, "legal", None),
    "sun": (Role.SUPERVISOR, "legal", None),
    "city": (Role.OFFICER, "", "city"),
}
FOR_ANYBODY = {
    ("POST", "/api/v1/tokens"),
    ("POST", "/api/v1/sessions"),
    ("GET", "/api/docs"),
    ("GET", "/api/openapi.json"),
    ("GET", "/login"),
    ("GET", "/away"),  # kept by browsers for when nothing answers
    ("GET", "/away-worker.js"),
    ("GET", "/station.webmanifest"),  # what a phone needs to install the station's pages
    ("GET", "/station-worker.js"),
    ("GET", "/station/away"),  # kept by phones for when nothing answers
    ("GET", "/a/{id}"),  # a link in a text to a station: its PIN says who acts
    ("POST", "/a/{id}"),
    ("GET", "/f/{id}"),  # a link in a text to a receiver: its code says who acts
    ("POST", "/f/{id}"),
    ("GET", "/r/{id}.ics"),  # the secret address of one person's shifts, for their calendar
    ("GET", "/demo"),  # where the demo runs
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/sounds/hold.wav"),  # the carrier fetches it
    ("GET", "/sounds/prompts/{id}.wav"),  # and what somebody recorded
    ("GET", "/sounds/wait-{id}.wav"),
    ("GET", "/metrics"),
}
ELSEWHERE = ("/static", *WEBHOOKS)  # files; the carrier's webhooks, which are signed
API = "/api/v1"
TEXT = {"text": "x"}
BODIES: dict[str, Any] = {
    "rescue": {"agency": "110"},
    **TEXT_BODIES,
    **RISK_BODIES,
    **DEBRIEF_BODIES,
    **CONSENT_BODIES,
    **READING_BODIES,
    **CASE_BODIES,
    **RECORD_BODIES,
    **FOLLOW_UP_BODIES,
    **ESCALATION_BODIES,
    **FIELDWORK_BODIES,
    **GROUP_BODIES,
    **STATUTORY_BODIES,
    **VISIT_BODIES,
    **RIGHTS_BODIES,
    "here": {"console": "one browser", "phone": "good"},
    "presence": {"state": "ready"},
    "swaps": {"giver": "li", "taker": "wong"},
    "flags": {"level": "high"},
    "consult": {"colleague": "wong"},
    "guest": {"number": "110"},
    "send-on": {"topic": "family"},
    "no-callback": {"no_callback": True},
    "same-counselor": {"agreed": True},
    "understanding": {"also_speaks": ["yue"]},
    "notice": {"how": "told"},
    "place": {"place": "天河区"},
    "abusive": {"code": "insulting"},
    "block": {"code": "insulting"},
    "plan": {
        "counselor": "li",
        "times": "x",
        "minutes": 30,
        "goals": "x",
        "review_on": "2026-03-20",
    },
    "record": {"contact_type": "self", "disposition": "listened"},
    "move": {"topic": "family"},
    "priority": {"priority": "ahead"},
    "divert": {"to": "youth"},
    "presences": {"people": ["li"], "state": "paused", "reason": "x"},
    "skills": {"people": ["li"], "certified": True},
    "messages": {"text": "x", "people": ["li"]},
    "check": {"base": 1},
    "configuration": {"base": 1},
    "edit": {"base": 1, "part": "lines", "key": "youth"},
    "undo": {"base": 1, "number": 1},
    **dict.fromkeys(("return", "report"), TEXT),
    "close": {**TEXT, "closed_as": "not_needed", "result": "safe"},
    **messages_may.BODIES,
    **REFERRAL_BODIES,
    **SUPERVISION_BODIES,
}


def read_table(table: str, prefix: str) -> dict[tuple[str, str], dict[str, str]]:
    """By method and path: what each person is answered."""
    header, *rows = [line.split() for line in table.strip().splitlines()]
    return {
        (method, prefix + path): dict(zip(header, cells, strict=True))
        for method, path, *cells in rows
    }


TABLES = (
    (PAGES, ""),
    (messages_may.PAGES, ""),
    (TEXT_PAGES, ""),
    (FOLLOW_UP_PAGES, ""),
    *ACCOUNT_TABLES,
    (messages_may.COMMANDS, API),
    (TEXT_COMMANDS, API),
    (RISK_COMMANDS, API),
    (DEBRIEF_COMMANDS, API),
    (READING_PAGES, ""),
    (RECORD_PAGES, ""),
    (RECORD_COMMANDS, API),
    (FOLLOW_UP_COMMANDS, API),
    (ESCALATION_PAGES, ""),
    (ESCALATION_COMMANDS, API),
    (GROUP_PAGES, ""),
    (GROUP_COMMANDS, API),  # before the case is closed
    (STATUTORY_PAGES, ""),
    (STATUTORY_COMMANDS, API),  # before the case is divided
    (CASE_PAGES, ""),
    (CASE_COMMANDS, API),
    (FIELDWORK_PAGES, ""),
    (FIELDWORK_COMMANDS, API),
    (CONSENT_PAGES, ""),
    (CONSENT_COMMANDS, API),
    (REFERRAL_PAGES, ""),
    (REFERRAL_COMMANDS, API),
    (VISIT_PAGES, ""),
    (VISIT_COMMANDS, API),
    (RIGHTS_PAGES, ""),
    (RIGHTS_COMMANDS, API),
    *SUPERVISION_TABLES,
    (COMMANDS, API),
    (
        READING_COMMANDS,
        API,
    ),  # after all others: who reads in an emergency knows the call from then on
)
MAY = {it: cells for rows, at in TABLES for it, cells in read_table(rows, at).items()}
SIGNS_OUT = ("DELETE", f"{API}/sessions/current")
MAY[SIGNS_OUT] = MAY.pop(SIGNS_OUT)  # last: nobody is anybody after it
EVERYBODY = sorted({*PEOPLE, *NEWCOMERS})


def routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    for route in iter_route_contexts(app.routes):
        path = re.sub(r"\{.*?\}", "{id}", route.path or "")
        for method in (route.methods or {"GET"}) - {"HEAD"}:
            if not path.startswith(ELSEWHERE):
                yield method, path


async def everything_about_one_call(scene: ApiScene, tmp_path: Path) -> str:
    """li's call, which is offered to wong as well, and all that follows; the escalation's id."""
    scene.house.settings = scene.house.settings.model_copy(update={"data_dir": tmp_path})
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
    await an_act_told_to_li(scene)
    await scene.add(HelpCall(id="wanted", call_id="call", line_id="youth", staff_id="li",
                             asked_at=scene.clock.now()))  # fmt: skip
    now = scene.clock.now()
    await scene.add(a_take(now), a_text(scene.house.vault, at=now), a_reading(at=now))
    await scene.add(*what_follows_the_call(now))
    await scene.add(*a_case(now), *a_consent(now), *a_member(now), *a_referral(now))
    await scene.add(*a_report(now), *a_request(now), *what_is_planned(now))
    await scene.person("li").does("PUT", "/calls/call/record", BODIES["record"])
    told = await scene.person("li").does("POST", "/calls/call/flags", BODIES["flags"])
    await scene.add(a_file(str(told["escalation_id"]), now), a_shift(now))
    return str(told["escalation_id"])


@pytest.fixture
async def escalation(scene: ApiScene, tmp_path: Path) -> str:
    """Of li's call, with a row of each kind about it."""
    return await everything_about_one_call(scene, tmp_path)


def a_take(now: datetime) -> PromptRecording:
    """Of words that are not said any more."""
    return PromptRecording(id="take", language="hak", key="wait.first", script="", sha256="",
                           sound=b"", seconds=1, staff_id="root", created_at=now)  # fmt: skip


async def an_act_told_to_li(scene: ApiScene) -> None:
    """Of the call's line; li has not read of it."""
    at = scene.clock.now()
    act = SupervisorAct(id="act", group_id="act", by_id="he", at=at, kind="caller_raised",
                        subject_kind="call", subject_id="call", lines=["youth"])  # fmt: skip
    told = Notice(id="told", staff_id="li", act_id="act", by_id="he", at=at, kind="message")
    await scene.add(act, told)


def address(path: str, escalation: str = "none") -> str:
    """The path for these things."""
    ids = ids_of(escalation)
    shown = path.endswith("/acts") and "escalations" in path  # what the page shows already
    asked = "?shown=" if shown else "?people=li&state=talking" if "/floor/people" in path else ""
    asked = "?line=youth" if path.endswith("/prompts/{id}") else asked
    asked = "?month=2026-03" if path.endswith("/counts") else asked
    asked = "?day=2026-03-02" if path.startswith("/roster/") else asked
    asked = f"?asked={ids['what-ifs']}" if path.endswith("/what-if/answer") else asked
    asked = "?what=consult" if path.endswith("/ask") else asked
    asked = "?at=2026-03-01T12:00:00Z" if "/floor/past" in path else asked
    return re.sub(r"([\w-]+)/\{id\}", lambda found: f"{found[1]}/{ids[found[1]]}", path) + asked


async def answered(scene: ApiScene, who: str, route: tuple[str, str], escalation: str) -> str:
    """What somebody is answered, in the words of the table."""
    method, path = route[0], address(route[1], escalation)
    if path in STREAMS:
        async with listening(scene.app, who, path=path) as heard:
            await heard.event()
        return "ok" if heard.status == 200 else str(heard.status)
    own = ACCOUNT_BODIES.get(path.removeprefix(API))
    own = ANSWERS if "/readings/reading/" in path else own
    sent: dict[str, Any] = {"json": own or BODIES.get(path.split("/")[-1])}
    if path.endswith("/attachments") and method == "POST":
        sent = {"content": photo(20, 20)}
    if path.endswith("/takes") and method == "POST":
        sent = {"content": tone()}
    answer = await scene.http.request(method, path, headers=scene.person(who).headers, **sent)
    done = {200} if method == "GET" else {200, 201, 204, 409}
    return "ok" if answer.status_code in done else str(answer.status_code)


async def test_the_tables_have_every_route(scene: ApiScene) -> None:
    assert sorted(routes(scene.app)) == sorted(
        MAY.keys() | FOR_ANYBODY | STRANGERS | MEMBERS_ROUTES
    )


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
