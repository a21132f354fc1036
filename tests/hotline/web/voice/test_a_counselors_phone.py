"""A counselor's phone rings: who takes the call, who does not, and what the carrier says of it."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from hotline.calls.model import CallState, OfferState
from hotline.storage.tables import Offer, Participant, Presence
from tests.fakes import NOON
from tests.hotline.web.voice.conftest import ACCOUNT, VoiceScene, leads_to, says, silent

pytestmark = pytest.mark.anyio

OWN_PHONE = "15400000301"


async def li_answers(scene: VoiceScene, **form: str) -> str:
    """Li's phone is picked up."""
    return await scene.asks("/voice/legs/li/answer", CallSid="CA-li", **form)


async def li_presses(scene: VoiceScene, key: str) -> str:
    """A key on li's own phone."""
    return await scene.asks(leads_to(scene.document), CallSid="CA-li", Digits=key)


async def offer_is(scene: VoiceScene, name: str = "li") -> tuple[str, str]:
    """State and reason of a counselor's offer."""
    offer = await scene.get(Offer, f"offer-{name}")
    return offer.state, offer.reason


# ── taking the call ─────────────────────────────────────────────────────────────────────────────


async def test_a_softphone_that_answers_takes_the_call(scene: VoiceScene) -> None:
    await scene.is_offered()

    scene.clock.advance(4)
    said = await li_answers(scene)

    call = await scene.call()
    assert ">call-c1</Conference>" in said
    assert 'endConferenceOnExit="true"' in said
    assert leads_to(said) == "/voice/legs/li/left"
    assert (call.state, call.counselor_id) == (CallState.CONNECTING, "li")
    assert call.accepted_at == scene.clock.now()
    assert await offer_is(scene) == (OfferState.ACCEPTED, "")
    assert (await scene.get(Presence, "li")).state == "talking"
    assert (await scene.get(Participant, "li")).carrier_sid == "CA-li"


async def test_whoever_took_the_call_is_shown_in_again_when_asked_twice(scene: VoiceScene) -> None:
    await scene.is_offered()

    await li_answers(scene)
    said = await li_answers(scene, ApiVersion="2010-04-01")

    assert "<Conference" in said
    assert await scene.kinds() == ["call.accepted"]


async def test_an_own_phone_is_asked_for_a_key_before_it_takes_a_child(scene: VoiceScene) -> None:
    await scene.is_offered(OWN_PHONE)

    said = await li_answers(scene)

    assert says(said, "counselor.offer", line="青少年")
    assert leads_to(said) == "/voice/legs/li/take"
    assert said.endswith("<Hangup /></Response>")
    assert (await scene.call()).state == CallState.WAITING
    assert (await scene.get(Participant, "li")).state == "up"


async def test_key_1_on_an_own_phone_takes_the_call(scene: VoiceScene) -> None:
    await scene.is_offered(OWN_PHONE)
    await li_answers(scene)

    said = await li_presses(scene, "1")

    assert "<Conference" in said
    assert (await scene.call()).counselor_id == "li"


@pytest.mark.parametrize("key", ["2", "0", "", "11"])
async def test_another_key_or_none_refuses_and_the_child_goes_on_waiting(
    scene: VoiceScene, key: str
) -> None:
    await scene.is_offered(OWN_PHONE)
    await li_answers(scene)

    said = await li_presses(scene, key)
    await scene.reports("/voice/legs/li/status", CallSid="CA-li", CallStatus="completed")

    assert "<Hangup" in said
    assert (await scene.call()).state == CallState.WAITING
    assert await offer_is(scene) == (OfferState.DECLINED, "answered_but_not_taken")


async def test_of_two_who_are_rung_the_first_gets_the_child_and_the_other_is_free_again(
    scene: VoiceScene,
) -> None:
    await scene.is_offered(urgency="crisis")
    await scene.rings_at("chen", "client:chen")

    first = await li_answers(scene)
    second = await scene.asks("/voice/legs/chen/answer", CallSid="CA-chen")

    assert "<Conference" in first
    assert "<Conference" not in second
    assert "<Hangup" in second
    assert (await scene.call()).counselor_id == "li"
    assert await offer_is(scene, "chen") == (OfferState.WITHDRAWN, "taken_by_another")
    assert (await scene.get(Presence, "chen")).state == "ready"


async def test_who_answers_after_the_child_has_hung_up_is_hung_up_too(scene: VoiceScene) -> None:
    await scene.is_offered()
    await scene.reports("/voice/status", CallStatus="completed")

    said = await li_answers(scene)

    assert "<Hangup" in said
    assert silent(said)
    assert (await scene.call()).counselor_id is None


async def test_who_presses_the_key_after_another_took_the_call_is_hung_up(
    scene: VoiceScene,
) -> None:
    await scene.is_offered(OWN_PHONE)
    await scene.rings_at("chen", "client:chen")
    await li_answers(scene)
    await scene.asks("/voice/legs/chen/answer", CallSid="CA-chen")

    said = await scene.asks("/voice/legs/li/take", CallSid="CA-li", Digits="1")

    assert "<Hangup" in said
    assert (await scene.call()).counselor_id == "chen"


async def test_who_takes_a_call_with_a_foreign_language_gets_an_interpreter(
    scene: VoiceScene,
) -> None:
    await scene.is_offered(language="hak")
    await scene.change(Offer, "offer-li", interpreter=True)

    await li_answers(scene)

    assert await scene.kinds() == ["call.accepted", "interpreter.none"]


# ── leaving ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_counselor_who_comes_out_of_the_talk_is_hung_up(scene: VoiceScene) -> None:
    await scene.talks()

    said = await scene.asks("/voice/legs/counselor/left", CallSid="CA-of-li")

    leg = await scene.get(Participant, "counselor")
    assert "<Hangup" in said
    assert (leg.state, leg.ended_as) == ("ended", "completed")
    assert (await scene.call()).state == CallState.TALKING


async def test_a_conference_that_a_counselor_left_ends_the_leg(scene: VoiceScene) -> None:
    await scene.talks()

    status = await scene.reports("/voice/conferences/c1", CallSid="CA-of-li",
                                 StatusCallbackEvent="participant-leave")  # fmt: skip

    assert status == 204
    assert (await scene.get(Participant, "counselor")).state == "ended"
    assert (await scene.get(Participant, "caller")).state == "in_talk"


@pytest.mark.parametrize(
    ("event", "wanted"), [("participant-hold", False), ("participant-unhold", True)]
)
async def test_the_carriers_own_news_of_what_the_caller_hears_are_reason_to_ask_again(
    scene: VoiceScene, event: str, *, wanted: bool
) -> None:
    await scene.talks()
    await scene.change(Participant, "caller", held=wanted, hold_wanted=wanted)

    await scene.reports("/voice/conferences/c1", CallSid="CA-child", StatusCallbackEvent=event)

    caller = await scene.get(Participant, "caller")
    assert caller.held is None
    assert caller.hold_wanted is wanted, "the wish is the counselor's alone"


@pytest.mark.parametrize(
    ("sid", "event"),
    [
        ("CA-child", "participant-leave"),
        ("CA-nobody", "participant-leave"),
        ("", "conference-end"),
        ("CA-of-li", "participant-join"),
        ("CA-of-li", "participant-hold"),
        ("CA-of-li", "participant-mumbles"),
    ],
)
async def test_no_other_news_of_a_conference_ends_anything(
    scene: VoiceScene, sid: str, event: str
) -> None:
    await scene.talks()

    status = await scene.reports("/voice/conferences/c1", CallSid=sid, StatusCallbackEvent=event)

    assert status == 204
    assert (await scene.get(Participant, "counselor")).state == "in_talk"
    assert (await scene.get(Participant, "caller")).state == "in_talk"
    assert (await scene.call()).state == CallState.TALKING


# ── what the carrier says of the leg ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (["initiated"], "dialing"),
        (["initiated", "ringing"], "ringing"),
        (["initiated", "ringing", "in-progress"], "up"),
        (["ringing", "initiated"], "ringing"),
        (["in-progress", "ringing", "initiated"], "up"),
        (["ringing", "mumble", ""], "ringing"),
        (["ringing", "in-progress", "completed"], "ended"),
        (["completed", "in-progress", "ringing"], "ended"),
        (["no-answer", "completed"], "ended"),
    ],
)
async def test_a_leg_goes_forward_only_in_whatever_order_its_news_come(
    scene: VoiceScene, words: list[str], state: str
) -> None:
    await scene.is_offered()

    said = [
        await scene.reports("/voice/legs/li/status", CallSid="CA-li", CallStatus=word)
        for word in words
    ]

    assert said == [204] * len(words)
    assert (await scene.get(Participant, "li")).state == state


@pytest.mark.parametrize(
    ("word", "becomes", "reason"),
    [
        ("busy", OfferState.DECLINED, "busy"),
        ("no-answer", OfferState.EXPIRED, "no_answer"),
        ("canceled", OfferState.EXPIRED, "no_answer"),
        ("completed", OfferState.DECLINED, "answered_but_not_taken"),
    ],
)
async def test_a_phone_that_rang_in_vain_sets_the_counselor_aside_and_keeps_the_childs_place(
    scene: VoiceScene, word: str, becomes: OfferState, reason: str
) -> None:
    await scene.is_offered()

    for said in ("ringing", word):
        await scene.reports("/voice/legs/li/status", CallSid="CA-li", CallStatus=said)

    call, presence = await scene.call(), await scene.get(Presence, "li")
    assert await offer_is(scene) == (becomes, reason)
    assert (call.state, call.queued_at) == (CallState.WAITING, NOON)
    assert (presence.state, presence.reason, presence.missed) == ("paused", reason, 1)
    assert presence.back_at > NOON + timedelta(seconds=1)
    assert await scene.told(f"offer.{becomes}") == [{"why": reason}]


@pytest.mark.parametrize(
    ("address", "words", "reason"),
    [
        (OWN_PHONE, ["failed"], "carrier_refused"),
        (OWN_PHONE, ["initiated", "busy"], "carrier_refused"),
        (OWN_PHONE, ["no-answer"], "carrier_refused"),
        (OWN_PHONE, ["canceled"], "carrier_refused"),
        (OWN_PHONE, ["ringing", "failed"], "carrier_refused"),
        ("client:li", ["initiated", "failed"], "not_reachable"),
    ],
)
async def test_a_leg_that_never_rang_is_no_missed_call(
    scene: VoiceScene, address: str, words: list[str], reason: str
) -> None:
    await scene.is_offered(address)

    for word in words:
        await scene.reports("/voice/legs/li/status", CallSid="CA-li", CallStatus=word)

    presence = await scene.get(Presence, "li")
    assert await offer_is(scene) == (OfferState.FAILED, reason)
    assert (presence.state, presence.reason, presence.missed) == ("ready", reason, 0)
    assert (await scene.call()).queued_at == NOON


async def test_who_declines_in_the_browser_is_believed_before_the_ringing_is_heard_of(
    scene: VoiceScene,
) -> None:
    await scene.is_offered("client:li")

    for word in ("busy", "ringing"):
        await scene.reports("/voice/legs/li/status", CallSid="CA-li", CallStatus=word)

    assert await offer_is(scene) == (OfferState.DECLINED, "busy")


async def test_the_first_word_for_the_end_of_a_leg_stands(scene: VoiceScene) -> None:
    await scene.is_offered()

    for word in ("ringing", "busy", "completed"):
        await scene.reports("/voice/legs/li/status", CallSid="CA-li", CallStatus=word)

    assert await offer_is(scene) == (OfferState.DECLINED, "busy")
    assert (await scene.get(Presence, "li")).missed == 1


async def test_a_counselors_leg_that_ends_says_nothing_of_the_childs(scene: VoiceScene) -> None:
    await scene.talks()

    await scene.reports("/voice/legs/counselor/status", CallStatus="completed", CallSid="CA-of-li")

    assert (await scene.call()).state == CallState.TALKING
    assert (await scene.get(Participant, "caller")).state == "in_talk"


async def test_an_answer_that_comes_after_the_end_of_its_leg_joins_nobody(
    scene: VoiceScene,
) -> None:
    await scene.is_offered()
    await scene.reports("/voice/legs/li/status", CallSid="CA-li", CallStatus="no-answer")

    said = await li_answers(scene)

    assert "<Hangup" in said
    assert (await scene.call()).state == CallState.WAITING


# ── addresses ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("word", ["join", "mumble", "answer/again"])
async def test_a_word_that_is_no_address_of_a_leg_is_refused_and_joins_nobody(
    scene: VoiceScene, word: str
) -> None:
    await scene.is_offered()

    answer = await scene.posts(f"/voice/legs/li/{word}", {"AccountSid": ACCOUNT, "Digits": "1"})

    assert answer.status_code in (httpx.codes.NOT_FOUND, httpx.codes.METHOD_NOT_ALLOWED)
    assert (await scene.call()).state == CallState.WAITING


@pytest.mark.parametrize("what", ["answer", "take", "left"])
async def test_a_leg_that_nobody_dialled_is_hung_up(scene: VoiceScene, what: str) -> None:
    form: dict[str, Any] = {"CallSid": "CA-nobody", "Digits": "1"}

    said = await scene.asks(f"/voice/legs/nobody/{what}", **form)

    assert "<Hangup" in said


@pytest.mark.parametrize("word", ["ringing", "completed"])
async def test_news_of_a_leg_that_nobody_dialled_are_taken_in_and_change_nothing(
    scene: VoiceScene, word: str
) -> None:
    status = await scene.reports("/voice/legs/nobody/status", CallStatus=word)

    assert status == httpx.codes.NO_CONTENT
