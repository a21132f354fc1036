"""The caller's own addresses are answered before all other layers, where nothing is odd."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hotline.telephony.signature import sign
from hotline.web.traffic import WebhookTraffic
from hotline.web.voice.short_way import ShortWay
from tests.hotline.web.api.conftest import SITE, client_of
from tests.hotline.web.voice.conftest import ACCOUNT, CHILD, DIALLED, TOKEN, VoiceScene

pytestmark = pytest.mark.anyio

FORM = {"AccountSid": ACCOUNT, "CallSid": "CA-child", "From": CHILD, "To": DIALLED}
BODY = urlencode(FORM).encode()


def signed(path: str) -> dict[str, str]:
    """The headers of a genuine request."""
    return {"X-Twilio-Signature": sign(SITE + path, list(FORM.items()), TOKEN)}


@dataclass
class UsualWay:
    """All other layers: keeps what is handed on to them."""

    bodies: dict[str, bytes] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.bodies[scope["path"]] = await Request(scope, receive).body()
        await Response(status_code=418)(scope, receive, send)


@dataclass
class Ways:
    """Both ways, and who has forged something."""

    usual: UsualWay
    traffic: WebhookTraffic
    http: httpx.AsyncClient


@pytest.fixture
async def ways(scene: VoiceScene) -> AsyncIterator[Ways]:
    usual, traffic = UsualWay(), WebhookTraffic()
    async with client_of(ShortWay(usual, scene.backend, traffic)) as http:
        yield Ways(usual, traffic, http)


@pytest.mark.parametrize(
    ("path", "status"), [("/voice/incoming", 200), ("/voice/status", 204)], ids=str
)
async def test_a_signed_request_at_a_callers_address_is_answered_without_the_other_layers(
    ways: Ways, path: str, status: int
) -> None:
    answer = await ways.http.post(path, content=BODY, headers=signed(path))

    assert (answer.status_code, ways.usual.bodies) == (status, {})
    assert ways.traffic.none.is_set()


async def test_what_the_first_document_asks_for_next_goes_the_same_way(ways: Ways) -> None:
    path = "/voice/calls/0123abcd/wait?turn=1&language=cmn"

    answer = await ways.http.post(path, content=BODY, headers=signed(path))

    assert (answer.status_code, ways.usual.bodies) == (200, {})


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/voice/incoming", {"X-Twilio-Signature": "forged"}),
        ("/voice/incoming", {}),
        ("/voice/legs/1/take", signed("/voice/legs/1/take")),
        ("/voice/calls/0123abcd/music", signed("/voice/calls/0123abcd/music")),
    ],
)
async def test_everything_else_is_handed_on_whole(
    ways: Ways, path: str, headers: dict[str, str]
) -> None:
    answer = await ways.http.post(path, content=BODY, headers=headers)

    assert (answer.status_code, ways.usual.bodies) == (418, {path: BODY})


async def test_a_body_that_is_too_large_is_refused(ways: Ways) -> None:
    headers = signed("/voice/incoming")
    answer = await ways.http.post("/voice/incoming", content=BODY * 2000, headers=headers)

    assert (answer.status_code, ways.usual.bodies) == (413, {})


async def test_who_has_just_forged_a_request_goes_the_usual_way(ways: Ways) -> None:
    ways.traffic.note("127.0.0.1", forged=True)

    answer = await ways.http.post(
        "/voice/incoming", content=BODY, headers=signed("/voice/incoming")
    )

    assert answer.status_code == 418
