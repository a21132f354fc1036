"""Whatever anybody sends, there is an answer: no fault of ours, no request that never ends.

The API's requests are made from its own description (schemathesis), for people of every role and
relation; pages and webhooks from their routes. The examples are the same in every run.
"""

import asyncio
import json
import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from fastapi.routing import iter_route_contexts
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from structlog.testing import capture_logs

from hotline.settings import Settings
from hotline.staff.model import Role
from hotline.storage.session import Database
from hotline.texts import cleaned
from hotline.web.app import create_app
from tests.fakes import FakeClock
from tests.hotline.web.api.conftest import PEOPLE, SITE, ApiScene, client_of, house_on, scene
from tests.hotline.web.api.listening import STREAMS
from tests.hotline.web.api.test_who_may import EVERYBODY, MAY, address, escalation
from tests.hotline.web.voice.conftest import ACCOUNT, TOKEN, VoiceScene

pytestmark = pytest.mark.anyio

assert escalation, scene  # fixtures, by name

SECONDS = 30  # none takes that long: a request that does not end fails here
SETTINGS = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),  # the scene is one for all examples, as it may be
)
BY_ROLE = {role: [name for name, (roles, _) in PEOPLE.items() if role in roles] for role in Role}
FOR_EACH_ROLE = 200  # more than there are operations
NOWHERE = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
APP = create_app(house_on(NOWHERE, FakeClock(), Settings(public_url=SITE)))
SCHEMA = schemathesis.openapi.from_dict(APP.openapi())
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)]
# Streams do not end, signing out would end the example for all that follow, a sound is no JSON.
LEFT_OUT = {
    *STREAMS,
    "/api/v1/sessions/current",
    "/api/v1/prompts/{language}/keys/{key}/takes",
}
ODD = st.text(max_size=20)
HEADERS = st.dictionaries(
    st.sampled_from(["Idempotency-Key", "Accept-Language", "Cookie", "Accept", "If-None-Match"]),
    ODD.map(lambda text: text.encode("utf-8", "replace")),
)


@dataclass(frozen=True)
class Asked:
    """One request, by whom, with the ids of real things or with those of the example."""

    who: str
    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, bytes]


@st.composite
def commands(draw: st.DrawFn) -> Asked:
    """As the API's description allows them, and beyond: an example is often none that fits."""
    operation = draw(st.sampled_from([it for it in OPERATIONS if it.path not in LEFT_OUT]))
    case = draw(operation.as_strategy())
    path = re.sub(r"\{.*?\}", "{id}", operation.path)
    if not draw(st.integers(0, 3)):
        path = case.formatted_path
    body = case.body if isinstance(case.body, dict | list | str | int | float | None) else ...
    if isinstance(body, dict) and draw(st.booleans()):
        body = {
            name: cleaned(value) if isinstance(value, str) else value
            for name, value in body.items()
        }
    query = {str(name): str(value) for name, value in (case.query or {}).items()}
    return Asked("", operation.method.upper(), path, query, body, draw(HEADERS))


@st.composite
def openings(draw: st.DrawFn) -> Asked:
    """A page or a part of one, with an odd address, query or headers."""
    path = draw(st.sampled_from([path for method, path in MAY if not path.startswith("/api/")]))
    if not draw(st.integers(0, 3)):
        path = path.replace("{id}", quote(draw(ODD), safe=""))
    query = draw(st.dictionaries(st.sampled_from(["lang", "line", "page", "x"]), ODD))
    return Asked(draw(st.sampled_from(EVERYBODY)), "GET", path, query, ..., draw(HEADERS))


async def is_answered(scene: ApiScene, asked: Asked, escalation: str) -> None:
    """With something that is no fault of ours, and in a sentence where it is a refusal."""
    sent = None if asked.body is ... else json.dumps(asked.body).encode()
    own = {**scene.person(asked.who).headers, "Content-Type": "application/json"}
    odd = [(name.encode(), value) for name, value in asked.headers.items()]
    headers = [*odd, *((name.encode(), value.encode()) for name, value in own.items())]
    async with asyncio.timeout(SECONDS):
        answer = await scene.http.request(
            asked.method,
            address(asked.path, escalation),
            params=asked.query or None,
            content=sent,
            headers=headers,
        )

    assert answer.status_code < 500, f"{asked}: {answer.text[:300]}"
    if answer.status_code >= 400:
        assert answer.json()["detail"], asked


@pytest.mark.parametrize("role", Role)
@settings(SETTINGS, max_examples=FOR_EACH_ROLE)
@given(asked=commands(), place=st.integers(0, 9))
async def test_every_command_and_question_of_each_role_is_answered(
    scene: ApiScene, escalation: str, role: Role, asked: Asked, place: int
) -> None:
    people = BY_ROLE[role]
    await is_answered(scene, replace(asked, who=people[place % len(people)]), escalation)


@SETTINGS
@given(asked=openings())
async def test_every_page_opened_by_anybody_is_answered(
    scene: ApiScene, escalation: str, asked: Asked
) -> None:
    await is_answered(scene, asked, escalation)


@SETTINGS
@given(body=st.binary(max_size=200), kind=st.sampled_from(["application/json", "text/x", ""]))
async def test_bytes_that_mean_nothing_are_refused(scene: ApiScene, body: bytes, kind: str) -> None:
    assume(not body.startswith(b"{"))

    answer = await scene.http.post(
        "/api/v1/tokens", content=body, headers={"Content-Type": kind} if kind else {}
    )

    assert answer.status_code in (400, 422)


# ── webhooks ────────────────────────────────────────────────────────────────────────────────────

FIELDS = st.dictionaries(
    st.sampled_from(
        [
            "CallStatus",
            "From",
            "To",
            "Digits",
            "SpeechResult",
            "Confidence",
            "SequenceNumber",
            "Timestamp",
            "RecordingSid",
            "RecordingDuration",
            "ConferenceSid",
            "FriendlyName",
            "StatusCallbackEvent",
            "CallbackSource",
            "AnsweredBy",
            "DialCallStatus",
            "x",
            "",
        ]
    ),
    st.one_of(
        ODD,
        st.sampled_from(["completed", "in-progress", "ringing", "9", "2", "#", "-1", "1e9", "NaN"]),
    ),
)


@pytest.fixture
async def voice(database: Database, clock: FakeClock) -> Any:
    """A child waits, li's phone is rung, and everything of ours has an id that is known."""
    backend = house_on(
        database,
        clock,
        Settings(public_url=SITE, twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN),
    )
    async with client_of(create_app(backend)) as http:
        made = VoiceScene(backend, clock, http)
        await made.furnish()
        await made.is_offered()
        yield made


WEBHOOKS = sorted(
    {route.path or "" for route in iter_route_contexts(APP.routes)
     if (route.path or "").startswith("/voice/")}
)  # fmt: skip
IDS = {
    "call_id": "c1",
    "what": "wait",
    "leg_id": "li",
    "participant_id": "li",
    "attempt_id": "none",
}


@SETTINGS
@given(path=st.sampled_from(WEBHOOKS), fields=FIELDS, turn=st.integers(-2, 5))
async def test_every_form_that_the_carrier_signs_is_answered_without_a_fault(
    voice: VoiceScene, path: str, fields: dict[str, str], turn: int
) -> None:
    where = path.format_map({**IDS, **dict.fromkeys(re.findall(r"\{(\w+)\}", path), "li"), **IDS})
    leg = "CA-li" if path.startswith("/voice/legs/") else "CA-child"  # no two legs bear one sid
    form = {"CallSid": leg, "AccountSid": ACCOUNT, **fields}

    with capture_logs() as logs:
        async with asyncio.timeout(SECONDS):
            answer = await voice.posts(f"{where}?turn={turn}", form)

    assert answer.status_code < 500, answer.text
    assert [line for line in logs if line["event"].endswith(".failed")] == []
