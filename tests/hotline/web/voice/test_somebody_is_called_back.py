"""The two legs of a call of ours: the counselor's own phone first, then theirs whom we call."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from hotline.calls.model import CallState, OfferKind
from hotline.storage.tables import Call, Offer, Participant, Presence
from tests.fakes import NOON
from tests.hotline.web.voice.conftest import VoiceScene, says, silent

pytestmark = pytest.mark.anyio


async def is_to_be_called(scene: VoiceScene, address: str = "client:li", **values: Any) -> None:
    """Li's own phone rings, for a call `c1` of ours."""
    await scene.call_stands(CallState.CONNECTING, direction="out", counselor_id="li", **values)
    await scene.change(Call, "c1", carrier_sid="not-dialled-c1")
    await scene.rings_at("li", address, state="ringing")
    await scene.change(Offer, "offer-li", kind=OfferKind.CALL_BACK, stage="call_back")


async def is_being_rung(scene: VoiceScene, **values: Any) -> None:
    """Li is at her phone, and theirs rings as the leg `them`."""
    await scene.call_stands(CallState.CONNECTING, direction="out", counselor_id="li", **values)
    await scene.change(Call, "c1", carrier_sid="not-dialled-c1")
    there: dict[str, Any] = {"call_id": "c1", "created_at": NOON}
    await scene.add(
        Offer(id="o", call_id="c1", staff_id="li", kind=OfferKind.CALL_BACK, state="accepted",
              offered_at=NOON, expires_at=NOON + timedelta(seconds=20)),
        Participant(id="li", role="counselor", offer_id="o", staff_id="li", address="client:li",
                    state="in_talk", joined_at=NOON, carrier_sid="CA-li", **there),
        Participant(id="them", role="caller", address="", state="ringing", **there),
    )  # fmt: skip
    await scene.change(Presence, "li", state="talking", call_id="c1")


async def caller(scene: VoiceScene) -> Participant:
    [one] = [one for one in await participants(scene) if one.role == "caller"]
    return one


async def participants(scene: VoiceScene) -> list[Participant]:
    async with scene.backend.database.work() as work:
        return list((await work.exec(select(Participant))).all())


async def test_their_phone_is_only_wanted_when_the_counselor_is_there(scene: VoiceScene) -> None:
    await is_to_be_called(scene)
    before = len(await participants(scene))

    document = await scene.asks("/voice/legs/li/answer", CallSid="CA-li")

    them = await caller(scene)
    assert "<Conference" in document
    assert (before, them.state, them.address, them.carrier_sid) == (1, "asked", "", None)
    assert (await scene.get(Presence, "li")).state == "talking"
    assert (await scene.call()).state == "connecting"


async def test_an_own_phone_is_told_no_number_and_asks_for_a_key(scene: VoiceScene) -> None:
    await is_to_be_called(scene, "02000000301")

    document = await scene.asks("/voice/legs/li/answer", CallSid="CA-li")

    assert says(document, "counselor.call_back")
    assert "<Gather" in document
    assert [one.role for one in await participants(scene)] == ["counselor"]


@pytest.mark.parametrize("language", ["cmn", "yue", "eng"])
async def test_who_picks_up_hears_neutral_words_and_is_in_the_talk(
    scene: VoiceScene, language: str
) -> None:
    await is_being_rung(scene, language=language)

    document = await scene.asks("/voice/legs/them/answer", CallSid="CA-them")

    call = await scene.call()
    assert says(document, "called_back.welcome", language)
    assert "call-c1" in document
    assert (call.state, call.carrier_sid) == ("talking", "CA-them")
    assert "青少年" not in document


@pytest.mark.parametrize(
    ("status", "step"),
    [("busy", "busy"), ("no-answer", "no_answer"), ("failed", "failed"), ("canceled", "no_answer")],
)
async def test_who_is_not_reached_ends_the_call_and_frees_the_counselor(
    scene: VoiceScene, status: str, step: str
) -> None:
    await is_being_rung(scene)

    await scene.reports("/voice/legs/them/status", CallSid="CA-them", CallStatus=status)

    call = await scene.call()
    assert (call.state, call.outcome, call.outcome_step) == ("ended", "not_reached", step)
    assert (await scene.get(Presence, "li")).state == "ready"
    assert (await scene.get(Participant, "li")).wanted == "out"


async def test_a_counselor_whose_line_breaks_while_it_rings_leaves_nobody_in_a_queue(
    scene: VoiceScene,
) -> None:
    await is_being_rung(scene)

    await scene.reports("/voice/legs/li/status", CallSid="CA-li", CallStatus="completed")

    them = await scene.get(Participant, "them")
    assert (await scene.call()).outcome == "not_reached"
    assert (them.state, them.wanted) == ("ringing", "out")


async def test_who_picks_up_too_late_hears_nothing(scene: VoiceScene) -> None:
    await is_being_rung(scene)
    await scene.reports("/voice/legs/li/status", CallSid="CA-li", CallStatus="completed")

    document = await scene.asks("/voice/legs/them/answer", CallSid="CA-them")

    assert silent(document)
    assert "<Hangup" in document
    assert (await scene.call()).state == "ended"


async def test_a_report_that_overtakes_the_answer_changes_nothing_after_it(
    scene: VoiceScene,
) -> None:
    await is_being_rung(scene)
    await scene.asks("/voice/legs/them/answer", CallSid="CA-them")

    await scene.reports("/voice/legs/them/status", CallSid="CA-them", CallStatus="ringing")

    assert (await scene.get(Participant, "them")).state == "in_talk"


async def test_who_leaves_the_talk_leaves_a_record_to_write(scene: VoiceScene) -> None:
    await is_being_rung(scene)
    await scene.asks("/voice/legs/them/answer", CallSid="CA-them")

    await scene.reports("/voice/legs/them/status", CallSid="CA-them", CallStatus="completed")

    assert (await scene.call()).outcome == "talked"
    assert (await scene.get(Presence, "li")).state == "wrapping_up"


async def test_a_mailbox_is_cut_off_without_a_word(scene: VoiceScene) -> None:
    await is_being_rung(scene)
    await scene.asks("/voice/legs/them/answer", CallSid="CA-them")
    await scene.change(Call, "c1", state="closing", outcome="not_reached")

    document = await scene.child_is_silent()

    assert silent(document)
    assert "<Hangup" in document


async def test_who_lost_their_counselor_in_the_middle_of_it_waits_like_any_caller(
    scene: VoiceScene,
) -> None:
    await is_being_rung(scene)
    await scene.asks("/voice/legs/them/answer", CallSid="CA-them")

    document = await scene.child_is_silent()

    call = await scene.call()
    assert (call.state, call.queued_at) == ("waiting", call.arrived_at)
    assert says(document, "after.dropped")
