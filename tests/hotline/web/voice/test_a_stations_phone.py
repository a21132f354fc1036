"""A station's duty phone is answered: the minimum is said, and only its PIN acknowledges."""

import httpx
import pytest
from sqlmodel import select

from hotline.calls.service import lock_call
from hotline.escalations.model import EscalationState, Level
from hotline.escalations.service import NewFlag, acknowledge, raise_flag
from hotline.staff.actor import Actor
from hotline.storage.tables import Attempt, Delivery, Escalation, EscalationEntry, StationContact
from tests.hotline.escalations.conftest import PIN, PIN_HASH
from tests.hotline.web.voice.conftest import (
    VoiceScene,
    asks_again_at,
    leads_to,
    says,
    silent,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
async def attempt(scene: VoiceScene) -> str:
    """Li has raised a flag, and the duty phone rings. Returns what stands in its addresses."""
    await scene.change(StationContact, "duty", pin_hash=PIN_HASH)
    await scene.talks()
    flag = NewFlag(raised_by="li", level=Level.IMMINENT, summary="says so", client_key="k")
    async with scene.backend.database.work() as work:
        call = await lock_call(work, "c1")
        now = scene.clock.now()
        await raise_flag(work, scene.backend.vault, call=call, flag=flag, at=now)
    async with scene.backend.database.work() as work:
        attempt_id = (await work.exec(select(Attempt.id))).one()
    await scene.change(Delivery, attempt_id, state="submitted", tries=1, carrier_sid="CA-duty")
    return attempt_id


async def escalation(scene: VoiceScene) -> Escalation:
    """The only one there is."""
    async with scene.backend.database.work() as work:
        return (await work.exec(select(Escalation))).one()


async def tells(scene: VoiceScene, kind: str) -> int:
    """How often something stands in the escalation's timeline."""
    async with scene.backend.database.work() as work:
        query = select(EscalationEntry).where(EscalationEntry.kind == kind)
        return len((await work.exec(query)).all())


async def answers(scene: VoiceScene, attempt: str) -> str:
    """Somebody lifts the receiver."""
    return await scene.asks(f"/voice/stations/{attempt}/answer", CallSid="CA-duty")


async def enters(scene: VoiceScene, keys: str) -> str:
    """Keys at whatever was said last, or silence."""
    return await scene.asks(leads_to(scene.document), CallSid="CA-duty", Digits=keys)


async def another_takes_it(scene: VoiceScene) -> None:
    """Somebody acknowledges on a page."""
    found = await escalation(scene)
    async with scene.backend.database.work() as work:
        await acknowledge(work, found.id, by=Actor.of_staff("chen"), at=scene.clock.now())


async def test_whoever_answers_hears_the_minimum_and_is_asked_for_the_pin(
    scene: VoiceScene, attempt: str
) -> None:
    said = await answers(scene, attempt)

    number = (await escalation(scene)).number
    assert says(said, "station.notice", line="青少年", number=number, level="紧急")
    assert 'finishOnKey="#"' in said
    assert asks_again_at(said) == f"/voice/stations/{attempt}/pin?tries=1"
    assert (await scene.get(Delivery, attempt)).state == "answered"
    assert (await escalation(scene)).state == EscalationState.OPEN


async def test_a_number_is_read_digit_by_digit(scene: VoiceScene, attempt: str) -> None:
    said = await answers(scene, attempt)

    assert " ".join((await escalation(scene)).number) in said


async def test_a_repeated_answer_is_told_once(scene: VoiceScene, attempt: str) -> None:
    first = await answers(scene, attempt)
    again = await answers(scene, attempt)

    assert first == again
    assert await tells(scene, "attempt.answered") == 1


async def test_the_right_pin_acknowledges_and_is_confirmed(scene: VoiceScene, attempt: str) -> None:
    await answers(scene, attempt)

    said = await enters(scene, PIN)

    found = await escalation(scene)
    assert says(said, "station.acknowledged")
    assert said.endswith("<Hangup /></Response>")
    assert (found.state, found.acknowledged_by) == ("acknowledged", str(Actor.of_contact("duty")))


async def test_a_wrong_pin_is_asked_for_again_and_the_right_one_then_counts(
    scene: VoiceScene, attempt: str
) -> None:
    await answers(scene, attempt)

    asked_again = await enters(scene, "0000")
    confirmed = await enters(scene, PIN)

    assert says(asked_again, "station.wrong_pin")
    assert asks_again_at(asked_again) == f"/voice/stations/{attempt}/pin?tries=2"
    assert says(confirmed, "station.acknowledged")


@pytest.mark.parametrize("keys", ["", "0000"])
async def test_after_three_tries_the_call_ends_and_the_next_contact_is_announced(
    scene: VoiceScene, attempt: str, keys: str
) -> None:
    await answers(scene, attempt)

    said = [await enters(scene, keys) for _ in range(3)]

    assert says(said[2], "station.not_acknowledged")
    assert said[2].endswith("<Hangup /></Response>")
    assert await tells(scene, "attempt.wrong_pin") == 3
    assert (await escalation(scene)).state == EscalationState.OPEN


async def test_repeated_keys_are_one_try(scene: VoiceScene, attempt: str) -> None:
    pin = leads_to(await answers(scene, attempt))

    for _ in range(4):
        await scene.asks(pin, CallSid="CA-duty", Digits="0000")

    assert await tells(scene, "attempt.wrong_pin") == 1


async def test_a_count_of_tries_that_is_no_number_is_no_error(
    scene: VoiceScene, attempt: str
) -> None:
    await answers(scene, attempt)

    said = await scene.asks(f"/voice/stations/{attempt}/pin?tries=x", CallSid="CA-duty", Digits="0")

    assert says(said, "station.wrong_pin")


async def test_who_answers_after_another_took_it_is_thanked_and_asked_for_nothing(
    scene: VoiceScene, attempt: str
) -> None:
    await another_takes_it(scene)

    said = await answers(scene, attempt)

    assert says(said, "station.already_taken")
    assert "<Gather" not in said


async def test_who_enters_the_pin_after_another_took_it_is_told_so(
    scene: VoiceScene, attempt: str
) -> None:
    await answers(scene, attempt)
    await another_takes_it(scene)

    said = await enters(scene, PIN)

    assert says(said, "station.already_taken")
    assert (await escalation(scene)).acknowledged_by == str(Actor.of_staff("chen"))


async def test_a_call_to_a_station_that_ends_without_a_pin_has_failed_and_the_next_comes_sooner(
    scene: VoiceScene, attempt: str
) -> None:
    await answers(scene, attempt)
    before = await escalation(scene)

    status = await scene.reports(f"/voice/stations/{attempt}/status", CallStatus="completed")

    found = await escalation(scene)
    assert status == 204
    assert (await scene.get(Delivery, attempt)).state == "failed"
    assert found.state == EscalationState.OPEN
    assert found.next_due_at is not None
    assert before.next_due_at is not None
    assert found.next_due_at < before.next_due_at


@pytest.mark.parametrize("word", ["initiated", "ringing", "in-progress", "mumble"])
async def test_a_call_to_a_station_that_goes_on_has_not_failed(
    scene: VoiceScene, attempt: str, word: str
) -> None:
    status = await scene.reports(f"/voice/stations/{attempt}/status", CallStatus=word)

    assert status == 204
    assert (await scene.get(Delivery, attempt)).state == "submitted"


async def test_hanging_up_after_the_pin_takes_nothing_back(scene: VoiceScene, attempt: str) -> None:
    await answers(scene, attempt)
    await enters(scene, PIN)

    await scene.reports(f"/voice/stations/{attempt}/status", CallStatus="completed")

    assert (await scene.get(Delivery, attempt)).state == "acknowledged"
    assert (await escalation(scene)).state == EscalationState.ACKNOWLEDGED


async def test_a_station_that_nobody_rang_is_hung_up(scene: VoiceScene) -> None:
    said = await scene.asks("/voice/stations/nobody/answer", CallSid="CA-nobody")

    assert silent(said)
    assert "<Hangup" in said


async def test_a_pin_for_a_call_that_nobody_made_acknowledges_nothing(
    scene: VoiceScene, attempt: str
) -> None:
    said = await scene.asks("/voice/stations/nobody/pin?tries=1", CallSid="CA-nobody", Digits=PIN)

    assert says(said, "station.not_acknowledged")
    assert (await escalation(scene)).state == EscalationState.OPEN


@pytest.mark.parametrize("word", ["left", "answered", "PIN", "take"])
async def test_an_address_that_was_never_given_out_is_no_answer(
    scene: VoiceScene, attempt: str, word: str
) -> None:
    assert await scene.reports(f"/voice/stations/{attempt}/{word}") == httpx.codes.NOT_FOUND

    assert await tells(scene, "attempt.answered") == 0
