"""Nothing is done for a request that the carrier did not sign for this account."""

from collections.abc import AsyncIterator

import httpx
import pytest

from hotline.calls.model import CallState
from hotline.settings import Settings
from hotline.storage.session import Database
from hotline.telephony.signature import sign
from hotline.web.app import create_app
from hotline.web.bodies import MOST_WEBHOOK_BYTES
from tests.fakes import FakeClock
from tests.hotline.web.api.conftest import SITE, client_of, house_on
from tests.hotline.web.voice.conftest import (
    ACCOUNT,
    CHILD,
    DIALLED,
    TOKEN,
    VoiceScene,
    leads_to,
    says,
)

pytestmark = pytest.mark.anyio

CALL = {"AccountSid": ACCOUNT, "CallSid": "CA-child", "From": CHILD, "To": DIALLED}


@pytest.fixture
async def rotating(database: Database, clock: FakeClock) -> AsyncIterator[VoiceScene]:
    """The line while its token is being changed: the scene signs with the one before."""
    settings = Settings(
        public_url=SITE,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token="the-next-token",
        twilio_auth_token_old=TOKEN,
    )
    backend = house_on(database, clock, settings)
    async with client_of(create_app(backend)) as http:
        made = VoiceScene(backend, clock, http)
        await made.furnish()
        yield made


@pytest.fixture(params=[SITE, f"{SITE}/", f" {SITE}//\n", SITE.upper(), f"{SITE}:443/"], ids=repr)
async def named_otherwise(
    database: Database, clock: FakeClock, request: pytest.FixtureRequest
) -> AsyncIterator[VoiceScene]:
    """The line, whose public address was written in one of many ways."""
    settings = Settings(
        public_url=request.param, twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN
    )
    backend = house_on(database, clock, settings)
    async with client_of(create_app(backend)) as http:
        made = VoiceScene(backend, clock, http)
        await made.furnish()
        yield made


async def test_a_signature_fits_however_the_public_address_was_written(
    named_otherwise: VoiceScene,
) -> None:
    said = await named_otherwise.child_calls()

    assert "<Gather" in said


async def refused(scene: VoiceScene, answer: httpx.Response) -> bool:
    """Whether there was no word for the caller, no reason given, and nothing done."""
    nothing_done = await scene.calls() == []
    return answer.status_code == httpx.codes.FORBIDDEN and "Say" not in answer.text and nothing_done


async def test_a_request_without_a_signature_is_refused(scene: VoiceScene) -> None:
    assert await refused(scene, await scene.http.post("/voice/incoming", data=CALL))


@pytest.mark.parametrize("signature", ["", "bm90IHRoaXMgb25l", "签名"])
async def test_a_request_with_a_wrong_signature_is_refused(
    scene: VoiceScene, signature: str
) -> None:
    headers = {b"X-Twilio-Signature": signature.encode()}

    answer = await scene.http.post("/voice/incoming", data=CALL, headers=headers)

    assert await refused(scene, answer)


async def test_a_request_that_was_changed_on_its_way_is_refused(scene: VoiceScene) -> None:
    signature = sign(f"{SITE}/voice/incoming", list(CALL.items()), TOKEN)

    answer = await scene.posts(
        "/voice/incoming", CALL | {"From": "15400000009"}, **{"X-Twilio-Signature": signature}
    )

    assert await refused(scene, answer)


async def test_a_signature_of_another_turn_does_not_fit(scene: VoiceScene) -> None:
    await scene.child_calls()
    path = f"/voice/calls/{(await scene.call()).id}/flow"
    signature = sign(f"{SITE}{path}?turn=2", list(CALL.items()), TOKEN)

    answer = await scene.posts(f"{path}?turn=1", CALL, **{"X-Twilio-Signature": signature})

    assert answer.status_code == httpx.codes.FORBIDDEN
    assert (await scene.call()).turn == 1


@pytest.mark.parametrize("account", ["AC" + "1" * 32, ""])
async def test_a_request_for_another_account_is_refused(scene: VoiceScene, account: str) -> None:
    assert await refused(
        scene, await scene.posts("/voice/incoming", CALL | {"AccountSid": account})
    )


async def test_a_body_of_more_than_a_form_is_refused(scene: VoiceScene) -> None:
    answer = await scene.posts("/voice/incoming", CALL | {"Padding": "x" * MOST_WEBHOOK_BYTES})

    assert answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
    assert await scene.calls() == []


async def test_an_empty_field_is_part_of_what_was_signed(scene: VoiceScene) -> None:
    answer = await scene.posts("/voice/incoming", CALL | {"CallerName": ""})

    assert answer.status_code == httpx.codes.OK


async def test_the_token_before_counts_while_tokens_are_changed(rotating: VoiceScene) -> None:
    said = await rotating.child_calls()

    assert says(said, "menu.danger")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("path", "heard"),
    [("/voice/fallback", "这不是你的错"), ("/voice/calls/c1/music", "先听一会儿音乐")],
)
async def test_what_is_always_there_is_given_by_either_method(
    scene: VoiceScene, method: str, path: str, heard: str
) -> None:
    if method == "GET":
        url = f"{path}?AccountSid={ACCOUNT}&ErrorCode=11200"
        headers = {"X-Twilio-Signature": sign(SITE + url, [], TOKEN)}
        answer = await scene.http.get(url, headers=headers)
    else:
        answer = await scene.posts(path, CALL)

    assert answer.status_code == httpx.codes.OK
    assert heard in answer.text


@pytest.mark.parametrize("path", ["/voice/fallback", "/voice/calls/c1/music"])
async def test_what_is_always_there_is_signed_for_too(scene: VoiceScene, path: str) -> None:
    answer = await scene.http.get(f"{path}?AccountSid={ACCOUNT}")

    assert answer.status_code == httpx.codes.FORBIDDEN


async def test_a_copy_with_its_fields_in_another_order_is_a_copy(scene: VoiceScene) -> None:
    await scene.call_stands(CallState.WAITING, waits=5)
    form = CALL | {"CallStatus": "in-progress", "Digits": "1"}
    path = "/voice/calls/c1/wait?turn=3"

    first = await scene.posts(path, form)
    again = await scene.posts(path, dict(reversed(form.items())))

    call = await scene.call()
    assert first.text == again.text
    assert (call.waits, call.turn) == (6, 4)


@pytest.mark.parametrize("path", ["/voice/incoming", "/voice/fallback"])
async def test_a_form_that_names_no_call_makes_none_and_hears_something_safe(
    scene: VoiceScene, path: str
) -> None:
    said = await scene.asks(path, CallSid="", From=CHILD, To=DIALLED)

    assert "<Hangup" not in said
    assert await scene.calls() == []


async def test_a_report_that_names_no_call_makes_none(scene: VoiceScene) -> None:
    form = {"From": CHILD, "To": DIALLED, "CallSid": "", "CallStatus": "completed"}

    status = await scene.reports("/voice/status", **form)

    assert status == httpx.codes.NO_CONTENT
    assert await scene.calls() == []


@pytest.mark.parametrize("path", ["/voice/incoming", "/voice/status", "/voice/calls/c1/wait"])
async def test_what_changes_something_cannot_be_got(scene: VoiceScene, path: str) -> None:
    url = f"{path}?AccountSid={ACCOUNT}"

    answer = await scene.http.get(url, headers={"X-Twilio-Signature": sign(SITE + url, [], TOKEN)})

    assert answer.status_code == httpx.codes.METHOD_NOT_ALLOWED


@pytest.mark.parametrize("odd", ["1\x005400000001", "\x1b[31m", "\x00"])
async def test_a_child_is_answered_whatever_characters_the_carrier_sends(
    scene: VoiceScene, odd: str
) -> None:
    said = await scene.child_calls(From=odd, CallerName=odd, SpeechResult=odd)

    assert "/flow?" in leads_to(said)
    assert len(await scene.calls()) == 1


async def test_a_document_for_the_carrier_is_never_compressed(scene: VoiceScene) -> None:
    form = CALL | {"CallStatus": "ringing"}

    answer = await scene.posts("/voice/incoming", form, **{"Accept-Encoding": "gzip"})

    assert len(answer.content) > 500
    assert "content-encoding" not in answer.headers
