"""After the right PIN: accept, hand on, listen again, hear who is next. Silence undoes nothing."""

import pytest
from sqlmodel import col, select

from hotline.escalations.model import EscalationState
from hotline.escalations.service import accept, close, give_back
from hotline.staff.actor import Actor
from hotline.storage.tables import Attempt, Delivery, StationContact
from hotline.web.voice.leg_documents import MENU_ROUNDS
from tests.hotline.escalations.conftest import PIN
from tests.hotline.web.voice.conftest import VoiceScene, asks_again_at, leads_to, says, silent
from tests.hotline.web.voice.test_a_stations_phone import (
    answers,
    attempt,
    enters,
    escalation,
    tells,
)

pytestmark = pytest.mark.anyio

__all__ = ["attempt"]  # a fixture, used by its name


async def acknowledges(scene: VoiceScene, attempt_id: str) -> str:
    """The duty contact has entered the PIN, and hears the menu."""
    await answers(scene, attempt_id)
    return await enters(scene, PIN)


async def rung(scene: VoiceScene) -> list[str]:
    """Whose phones were to be rung, in order."""
    async with scene.backend.database.work() as work:
        return list((await work.exec(select(Attempt.contact_id).order_by(col(Attempt.step)))).all())


async def test_after_the_pin_there_is_a_choice(scene: VoiceScene, attempt: str) -> None:
    said = await acknowledges(scene, attempt)

    assert says(said, "station.acknowledged")
    assert says(said, "station.menu")
    assert asks_again_at(said) == f"/voice/stations/{attempt}/menu?asked=1"


async def test_one_accepts(scene: VoiceScene, attempt: str) -> None:
    await acknowledges(scene, attempt)

    said = await enters(scene, "1")

    assert says(said, "station.accepted")
    assert (await escalation(scene)).state == EscalationState.ACCEPTED


async def test_one_once_more_is_no_error(scene: VoiceScene, attempt: str) -> None:
    menu = leads_to(await acknowledges(scene, attempt))
    await enters(scene, "1")

    said = await scene.asks(f"{menu}0", CallSid="CA-duty", Digits="1")

    assert says(said, "station.accepted")
    assert await tells(scene, "escalation.accepted") == 1


async def test_two_hands_on_and_the_next_is_asked_for_at_once(
    scene: VoiceScene, attempt: str
) -> None:
    await acknowledges(scene, attempt)

    said = await enters(scene, "2")

    assert says(said, "station.handed_on")
    assert (await escalation(scene)).state == EscalationState.OPEN
    assert len(await rung(scene)) == 2
    assert await tells(scene, "escalation.given_back") == 1


async def test_three_says_it_again_and_asks_again(scene: VoiceScene, attempt: str) -> None:
    await acknowledges(scene, attempt)

    said = await enters(scene, "3")

    number = (await escalation(scene)).number
    assert says(said, "station.notice", line="青少年", number=number, level="紧急")
    assert asks_again_at(said) == f"/voice/stations/{attempt}/menu?asked=2"


async def test_four_says_who_would_be_next(scene: VoiceScene, attempt: str) -> None:
    await acknowledges(scene, attempt)
    found = await escalation(scene)
    last = found.chain[min(1, len(found.chain) - 1)]["contact_id"]
    name = (await scene.get(StationContact, last)).name

    said = await enters(scene, "4")

    assert says(said, "station.next", who=name)
    assert says(said, "station.menu")


@pytest.mark.parametrize("keys", ["7", "*", ""])
async def test_another_key_is_asked_for_again_and_not_for_ever(
    scene: VoiceScene, attempt: str, keys: str
) -> None:
    await acknowledges(scene, attempt)

    said = [await enters(scene, keys) for _ in range(MENU_ROUNDS)]

    assert says(said[0], "station.menu")
    assert not says(said[-1], "station.menu")
    assert said[-1].endswith("<Hangup /></Response>")
    assert (await escalation(scene)).state == EscalationState.ACKNOWLEDGED


async def test_a_repeated_key_is_one_key(scene: VoiceScene, attempt: str) -> None:
    menu = leads_to(await acknowledges(scene, attempt))

    for _ in range(3):
        await scene.asks(menu, CallSid="CA-duty", Digits="2")

    assert await tells(scene, "escalation.given_back") == 1


async def test_who_has_not_acknowledged_has_no_say(scene: VoiceScene, attempt: str) -> None:
    await answers(scene, attempt)

    said = await scene.asks(
        f"/voice/stations/{attempt}/menu?asked=1", CallSid="CA-duty", Digits="1"
    )

    assert "<Gather" not in said
    assert (await escalation(scene)).state == EscalationState.OPEN


async def test_what_was_given_back_or_closed_meanwhile_is_not_theirs_any_more(
    scene: VoiceScene, attempt: str
) -> None:
    await acknowledges(scene, attempt)
    found, now = await escalation(scene), scene.clock.now()
    async with scene.backend.database.work() as work:
        by = Actor.of_staff("chen")
        await give_back(work, scene.backend.vault, found.id, by=by, reason="no", at=now)

    said = await enters(scene, "1")

    assert says(said, "station.already_taken")
    assert (await escalation(scene)).state == EscalationState.OPEN


@pytest.mark.parametrize("key", ["1", "2"])
async def test_what_a_colleague_accepted_meanwhile_is_not_taken_from_them(
    scene: VoiceScene, attempt: str, key: str
) -> None:
    await acknowledges(scene, attempt)
    found, now = await escalation(scene), scene.clock.now()
    async with scene.backend.database.work() as work:
        await accept(work, found.id, by=Actor.of_staff("chen"), at=now)

    said = await enters(scene, key)

    assert says(said, "station.already_taken")
    assert (await escalation(scene)).state == EscalationState.ACCEPTED
    assert await tells(scene, "escalation.given_back") == 0


async def test_a_closed_case_is_accepted_by_nobody(scene: VoiceScene, attempt: str) -> None:
    await acknowledges(scene, attempt)
    found, now = await escalation(scene), scene.clock.now()
    async with scene.backend.database.work() as work:
        by = Actor.of_staff("chen")
        await close(work, scene.backend.vault, found.id, by=by, reason="done", at=now)

    said = await enters(scene, "1")

    assert says(said, "station.already_taken")
    assert (await escalation(scene)).state == EscalationState.CLOSED


async def test_a_key_in_a_call_that_nobody_made_is_hung_up(scene: VoiceScene) -> None:
    said = await scene.asks("/voice/stations/nobody/menu?asked=x", CallSid="CA-nobody", Digits="1")

    assert silent(said)
    assert "<Hangup" in said


async def test_a_contact_is_spoken_to_in_their_language(scene: VoiceScene, attempt: str) -> None:
    await scene.change(StationContact, "duty", language="eng")

    said = await answers(scene, attempt)
    menu = await enters(scene, PIN)

    assert "child protection case" in said
    assert "level imminent" in said
    assert "press 1" in menu


async def test_a_text_that_arrived_is_told_and_acknowledges_nothing(
    scene: VoiceScene, attempt: str
) -> None:
    await scene.change(Delivery, attempt, channel="text")

    for word in ("delivered", "mumble", "failed"):
        status = await scene.reports(
            f"/voice/stations/{attempt}/text", MessageStatus=word, MessageSid="SM1"
        )
        assert status == 204

    assert (await scene.get(Delivery, attempt)).state == "delivered"
    assert (await escalation(scene)).state == EscalationState.OPEN


async def test_a_text_that_was_refused_by_the_phones_network_has_failed(
    scene: VoiceScene, attempt: str
) -> None:
    await scene.change(Delivery, attempt, channel="text")

    await scene.reports(
        f"/voice/stations/{attempt}/text", MessageStatus="undelivered", ErrorCode="30003"
    )

    found = await scene.get(Delivery, attempt)
    assert (found.state, found.last_error) == ("failed", "error 30003")
