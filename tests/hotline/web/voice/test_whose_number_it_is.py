"""The caller's own number is kept, also where others passed the call on."""

import json

import pytest

from hotline.calls.returning import number_of
from tests.hotline.web.voice.conftest import CHILD, DIALLED, VoiceScene

pytestmark = pytest.mark.anyio


async def test_a_call_that_was_passed_on_shows_and_calls_back_the_original_number(
    scene: VoiceScene,
) -> None:
    await scene.child_calls(From="12345", SipHeader_Diversion=f"<sip:{CHILD}@trunk>")

    call, vault = await scene.call(), scene.backend.vault
    assert (call.number_kind, call.from_masked) == ("forwarded", "138****8000")
    assert call.from_index == vault.index(f"+86{CHILD}")
    assert number_of(vault, call) == f"+86{CHILD}"
    sent = json.loads(vault.open(call.sent_sealed, place=f"call.sent.{call.id}"))
    assert sent["From"] == "12345"
    assert CHILD not in call.sent_sealed


@pytest.mark.parametrize(
    ("sent", "kind"),
    [(CHILD, "direct"), ("anonymous", "withheld"), ("#7", "malformed"), ("12345", "trunk")],
)
async def test_whoever_calls_is_served_and_what_is_not_known_is_said(
    scene: VoiceScene, sent: str, kind: str
) -> None:
    said = await scene.child_calls(From=sent)

    assert "<Gather" in said
    assert (await scene.call()).number_kind == kind


async def test_a_number_of_ours_is_no_callers(scene: VoiceScene) -> None:
    await scene.child_calls()

    await scene.child_calls(From=DIALLED, CallSid="CA-other")

    kinds = {call.carrier_sid: call.number_kind for call in await scene.calls()}
    assert kinds == {"CA-child": "direct", "CA-other": "trunk"}


@pytest.mark.parametrize(
    ("sent", "place"), [("02083330000", "440100"), ("anonymous", ""), ("12345", "")]
)
async def test_about_where_the_call_comes_from_is_kept_with_it(
    scene: VoiceScene, sent: str, place: str
) -> None:
    await scene.child_calls(From=sent)

    assert (await scene.call()).place_code == place
