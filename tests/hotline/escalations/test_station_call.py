"""The call to a station's phone: the minimum is said, only the right PIN acknowledges."""

import pytest

from hotline.escalations.model import EscalationState
from hotline.escalations.service import acknowledge
from hotline.escalations.station_call import PinResult, call_answered, call_ended, key_pressed
from hotline.ports import LegStatus
from hotline.staff.actor import Actor
from hotline.storage.tables import Attempt, StationContact
from tests.hotline.escalations.conftest import DUTY, HEAD, PIN, EscalationScene

pytestmark = pytest.mark.anyio


async def ringing(scene: EscalationScene) -> Attempt:
    """The duty phone rings."""
    await scene.flag()
    await scene.rings()
    return (await scene.attempts())[0]


async def press(scene: EscalationScene, attempt: Attempt, keys: str) -> PinResult:
    """Keys on the station's phone."""
    async with scene.work() as work:
        return await key_pressed(work, attempt.id, keys, scene.clock.now())


async def test_whoever_answers_hears_the_minimum(scene: EscalationScene) -> None:
    attempt = await ringing(scene)

    async with scene.work() as work:
        notice = await call_answered(work, attempt.id, scene.clock.now())

    assert notice is not None
    assert (notice.line_name, notice.level, notice.language) == ("青少年热线", "imminent", "cmn")
    assert notice.number == (await scene.escalation()).number
    assert not notice.already_taken
    assert await scene.states() == [("duty", "answered")]


async def test_answering_alone_acknowledges_nothing(scene: EscalationScene) -> None:
    attempt = await ringing(scene)

    async with scene.work() as work:
        await call_answered(work, attempt.id, scene.clock.now())
        await call_answered(work, attempt.id, scene.clock.now())

    assert (await scene.escalation()).state == EscalationState.OPEN
    assert (await scene.kinds()).count("attempt.answered") == 1


async def test_an_answer_for_an_unknown_attempt_is_no_notice(scene: EscalationScene) -> None:
    async with scene.work() as work:
        assert await call_answered(work, "none", scene.clock.now()) is None


async def test_who_answers_late_is_told_that_it_is_taken(scene: EscalationScene) -> None:
    attempt = await ringing(scene)
    async with scene.work() as work:
        await acknowledge(
            work, attempt.escalation_id, by=Actor.of_staff("li"), at=scene.clock.now()
        )

    async with scene.work() as work:
        notice = await call_answered(work, attempt.id, scene.clock.now())

    assert notice is not None
    assert notice.already_taken


@pytest.mark.parametrize("keys", [PIN, f"{PIN}#", f" {PIN} "])
async def test_the_right_pin_acknowledges(
    scene: EscalationScene, keys: str, officer: Actor
) -> None:
    attempt = await ringing(scene)

    assert await press(scene, attempt, keys) is PinResult.ACKNOWLEDGED

    escalation = await scene.escalation()
    assert (escalation.state, escalation.acknowledged_by) == ("acknowledged", str(officer))
    assert await scene.states() == [("duty", "acknowledged")]


async def test_the_right_pin_in_the_call_of_an_earlier_step_acknowledges(
    scene: EscalationScene,
) -> None:
    attempt = await ringing(scene)
    await scene.passes(120)

    assert await press(scene, attempt, PIN) is PinResult.ACKNOWLEDGED

    assert (await scene.escalation()).state == EscalationState.ACKNOWLEDGED


async def test_the_same_keys_twice_are_confirmed_twice(scene: EscalationScene) -> None:
    attempt = await ringing(scene)
    await press(scene, attempt, PIN)

    assert await press(scene, attempt, PIN) is PinResult.ACKNOWLEDGED


async def test_keys_after_somebody_else_took_it_are_answered_so(scene: EscalationScene) -> None:
    attempt = await ringing(scene)
    async with scene.work() as work:
        await acknowledge(
            work, attempt.escalation_id, by=Actor.of_staff("li"), at=scene.clock.now()
        )

    assert await press(scene, attempt, PIN) is PinResult.ALREADY_TAKEN


@pytest.mark.parametrize("keys", ["0000", "", "#"])
async def test_wrong_keys_and_silence_are_asked_again_three_times(
    scene: EscalationScene, keys: str
) -> None:
    attempt = await ringing(scene)

    said = [await press(scene, attempt, keys) for _ in range(3)]

    assert said == [PinResult.TRY_AGAIN, PinResult.TRY_AGAIN, PinResult.NO_MORE_TRIES]
    assert (await scene.escalation()).state == EscalationState.OPEN


async def test_five_wrong_pins_end_the_attempt_and_the_next_contact_is_rung(
    scene: EscalationScene,
) -> None:
    attempt = await ringing(scene)

    said = [await press(scene, attempt, "0000") for _ in range(5)]
    await scene.tick()

    assert said[-1] is PinResult.NO_MORE_TRIES
    assert scene.carrier.dialled() == [DUTY, HEAD]
    assert (await scene.deliveries())[0].last_error == "wrong_pins"


async def test_after_five_wrong_pins_the_right_one_comes_too_late(scene: EscalationScene) -> None:
    attempt = await ringing(scene)
    for _ in range(5):
        await press(scene, attempt, "0000")

    assert await press(scene, attempt, PIN) is PinResult.NO_MORE_TRIES

    assert (await scene.escalation()).state == EscalationState.OPEN


async def test_a_contact_without_a_pin_cannot_acknowledge_by_telephone(
    scene: EscalationScene,
) -> None:
    await scene.change(StationContact, "duty", pin_hash="")
    attempt = await ringing(scene)

    assert await press(scene, attempt, PIN) is PinResult.TRY_AGAIN


async def test_keys_for_an_unknown_attempt_are_refused(scene: EscalationScene) -> None:
    async with scene.work() as work:
        said = await key_pressed(work, "none", PIN, scene.clock.now())

    assert said is PinResult.NO_MORE_TRIES


async def test_another_contacts_pin_does_not_fit(scene: EscalationScene) -> None:
    hash_of_another = (await _contact(scene, "head")).pin_hash
    await scene.change(StationContact, "duty", pin_hash=hash_of_another.replace("$m=8", "$m=16"))
    attempt = await ringing(scene)

    assert await press(scene, attempt, PIN) is PinResult.TRY_AGAIN


async def _contact(scene: EscalationScene, contact_id: str) -> StationContact:
    async with scene.work() as work:
        return await work.get_one(StationContact, contact_id)


async def test_a_mailbox_that_takes_the_call_is_followed_by_the_next_contact(
    scene: EscalationScene,
) -> None:
    attempt = await ringing(scene)
    async with scene.work() as work:
        await call_answered(work, attempt.id, scene.clock.now())
    for _ in range(3):
        await press(scene, attempt, "")

    async with scene.work() as work:
        await call_ended(work, attempt.id, LegStatus.COMPLETED, scene.clock.now())
    await scene.tick()

    assert (await scene.escalation()).state == EscalationState.OPEN
    assert scene.carrier.dialled() == [DUTY, HEAD]


async def test_a_call_that_still_rings_has_not_ended(scene: EscalationScene) -> None:
    attempt = await ringing(scene)

    async with scene.work() as work:
        await call_ended(work, attempt.id, LegStatus.RINGING, scene.clock.now())

    assert await scene.states() == [("duty", "submitted")]


async def test_the_end_of_an_unknown_attempts_call_changes_nothing(scene: EscalationScene) -> None:
    await scene.flag()

    async with scene.work() as work:
        await call_ended(work, "none", LegStatus.BUSY, scene.clock.now())

    assert await scene.states() == [("duty", "pending")]


async def test_hanging_up_after_the_pin_changes_nothing(scene: EscalationScene) -> None:
    attempt = await ringing(scene)
    await press(scene, attempt, PIN)

    async with scene.work() as work:
        await call_ended(work, attempt.id, LegStatus.COMPLETED, scene.clock.now())
    await scene.tick()

    assert await scene.states() == [("duty", "acknowledged")]
    assert scene.carrier.dialled() == [DUTY]


async def test_a_phone_that_was_still_ringing_when_another_took_it_is_no_failure(
    scene: EscalationScene,
) -> None:
    attempt = await ringing(scene)
    async with scene.work() as work:
        await acknowledge(
            work, attempt.escalation_id, by=Actor.of_staff("li"), at=scene.clock.now()
        )

    async with scene.work() as work:
        await call_ended(work, attempt.id, LegStatus.NO_ANSWER, scene.clock.now())

    assert await scene.states() == [("duty", "superseded")]
