"""Nobody answers: the receiver is told again, then whoever referred, then a supervisor."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from hotline.deliveries.model import DeliveryEvent
from hotline.errors import CarrierRefused
from hotline.handovers.consents import withdraw as take_back
from hotline.handovers.model import WithdrawnWho
from hotline.referrals.acts import accept, decline
from hotline.referrals.late import ReferralLook
from hotline.referrals.letters import PURPOSE, text_reported
from hotline.referrals.model import DeclineReason, ReferralUrgency
from hotline.referrals.watched import left_since
from hotline.storage.tables import Delivery, Referral
from tests.hotline.referrals.conftest import (
    CLINIC_TEXT,
    DAY,
    HOUR,
    LI,
    ReferralScene,
    a_place,
    receives,
)

pytestmark = pytest.mark.anyio


async def ours(scene: ReferralScene) -> list[Delivery]:
    """Letters to receivers: the flag rings a station as well."""
    return [one for one in await scene.all(Delivery) if one.purpose == PURPOSE]


async def test_without_an_answer_one_after_the_other_is_told(scene: ReferralScene) -> None:
    referral = await scene.refers()
    await scene.looks()
    assert [one.to for one in scene.texts.sent] == [CLINIC_TEXT]

    await scene.goes_by(24 * HOUR - 1)
    assert await scene.state(referral) == ("sent", 0)
    await scene.goes_by(1)
    assert await scene.state(referral) == ("sent", 1)
    assert [one.to for one in scene.texts.sent] == [CLINIC_TEXT] * 2
    await scene.goes_by(DAY)
    assert await scene.state(referral) == ("sent", 2)
    await scene.goes_by(DAY)
    assert await scene.state(referral) == ("sent", 3)

    await scene.goes_by(10 * DAY)
    row = await scene.referral(referral)
    assert row.due_at is not None
    assert row.due_at > scene.clock.now()
    assert (await scene.told()).count("referral.late") == 3
    assert len(scene.texts.sent) == 2


async def test_what_is_for_today_does_not_wait_for_the_promise_of_the_place(
    scene: ReferralScene,
) -> None:
    referral = await scene.refers(urgency=ReferralUrgency.TODAY)

    for hours, told in ((4, 1), (1, 2), (1, 3)):
        await scene.goes_by(hours * HOUR)
        assert await scene.state(referral) == ("sent", told)


async def test_a_result_that_does_not_come_goes_the_same_way(scene: ReferralScene) -> None:
    referral = await scene.refers()
    async with scene.work() as work:
        await accept(work, scene.of_receiver(), referral, None)

    for days, told in ((30, 1), (1, 2), (1, 3)):
        await scene.goes_by(days * DAY)
        assert await scene.state(referral) == ("accepted", told)


async def test_what_was_declined_and_left_alone_reaches_a_supervisor(scene: ReferralScene) -> None:
    referral = await scene.refers()
    async with scene.work() as work:
        await decline(work, scene.of_receiver(), referral, DeclineReason.FULL)

    await scene.goes_by(DAY)

    assert await scene.state(referral) == ("declined", 3)


async def test_two_looks_at_once_tell_it_once(scene: ReferralScene) -> None:
    await scene.refers()
    scene.later(hours=24)
    other = ReferralLook(database=scene.database, clock=scene.clock)

    await asyncio.gather(scene.look.tick(), other.tick())

    assert (await scene.told()).count("referral.late") == 1


async def test_a_row_that_cannot_be_looked_at_holds_up_none_of_the_others(
    scene: ReferralScene,
) -> None:
    broken, fine = await scene.refers(), await scene.refers()
    await scene.add(a_place("broken", receives={"takes": []}))
    await scene.change(Referral, broken, place_id="broken")
    scene.later(hours=24)

    await scene.looks()

    assert await scene.state(fine) == ("sent", 1)
    assert await scene.state(broken) == ("sent", 0)
    async with scene.work() as work:
        left = await left_since(work, before=scene.clock.now() + timedelta(seconds=1))
    assert broken in [key for key, _ in left]


async def test_a_consent_that_is_withdrawn_ends_what_stood_on_it(scene: ReferralScene) -> None:
    grounds = await scene.consents()
    referral = await scene.refers(grounds)
    assert grounds.consent_id is not None
    async with scene.work() as work:
        await take_back(work, grounds.consent_id, who=WithdrawnWho.GIVER,
                        withdrawn_at=scene.clock.now(), by=LI, at=scene.clock.now())  # fmt: skip

    await scene.goes_by(24 * HOUR)

    assert await scene.state(referral) == ("withdrawn", 0)
    assert (await scene.told())[-1] == "referral.uncarried"
    assert scene.texts.sent == []  # the letter that waited is not sent any more


async def test_a_receiver_that_cannot_be_reached_is_told_to_whoever_referred_at_once(
    scene: ReferralScene,
) -> None:
    referral = await scene.refers()
    scene.texts.fails(CarrierRefused(code=21211, reason="no such number"))

    await scene.looks()
    await scene.looks()

    assert await scene.state(referral) == ("sent", 2)
    assert "referral.not_reached" in await scene.told()


async def test_a_text_that_did_not_arrive_counts_as_not_reached(scene: ReferralScene) -> None:
    referral = await scene.refers()
    await scene.looks()
    [delivery] = await ours(scene)
    at = scene.clock.now()
    for word in ("sent", "undelivered", "nonsense"):
        async with scene.work() as work:
            await text_reported(work, delivery.id, word, at=at, sid="SM1")
    assert await scene.state(referral) == ("sent", 1)

    async with scene.work() as work:
        await text_reported(work, "nobody's", "failed", at=at, sid="SM1")
    await scene.looks()
    assert await scene.state(referral) == ("sent", 2)


async def test_another_way_that_works_is_enough(scene: ReferralScene) -> None:
    await scene.add(a_place("both", receives=receives(mail="duty@clinic.example")))
    referral = await scene.refers(place_id="both")

    await scene.looks()  # nobody here sends mail

    assert {one.channel for one in await ours(scene)} == {"text", "mail"}
    assert await scene.state(referral) == ("sent", 0)
    assert DeliveryEvent.FAILED in {one.state for one in await ours(scene)}


async def test_an_open_referral_without_a_time_cannot_be_stored(scene: ReferralScene) -> None:
    referral = await scene.refers()

    with pytest.raises(IntegrityError, match="open_is_due"):
        await scene.change(Referral, referral, due_at=None)
