"""What an attempt's fate means for its escalation: the next contact, a page, or nothing."""

import asyncio

import pytest

from hotline.deliveries.model import DeliveryEvent
from hotline.deliveries.policy import LEASE, LOOK_WITHIN_S, MAX_TRIES
from hotline.errors import CarrierRefused, CarrierUnclear, CarrierUnreachable
from hotline.escalations.attempts import AttemptNews, follow_attempt
from hotline.escalations.policy import ACK_WITHIN
from hotline.escalations.progress import lock_escalation
from hotline.escalations.service import acknowledge, close
from hotline.escalations.station_call import RING_S, StationCalls, call_answered
from hotline.ports import LegStatus
from hotline.staff.actor import Actor
from hotline.storage.tables import Attempt, Delivery
from hotline.storage.tables import StationContact as Contact
from tests.fakes import Fault
from tests.hotline.escalations.conftest import CITY, DUTY, HEAD, EscalationScene

pytestmark = pytest.mark.anyio


async def test_a_refused_number_is_followed_by_the_next_contact_at_once(
    scene: EscalationScene,
) -> None:
    scene.carrier.fails(Fault(CarrierRefused(21211)))
    await scene.flag()
    await scene.rings()

    await scene.tick()

    assert scene.carrier.dialled() == [HEAD]
    assert (await scene.deliveries())[0].last_error == "refused 21211"
    [first] = await scene.facts("attempt.failed")
    assert first["why"] == "refused 21211"


async def test_a_chain_of_refused_numbers_is_not_hammered(scene: EscalationScene) -> None:
    scene.carrier.fails(*(Fault(CarrierRefused(21211)) for _ in range(100)))
    await scene.flag()
    await scene.rings()

    for _ in range(60):
        await scene.passes(1)

    assert (await scene.escalation()).round == 1
    assert [wish for wish, _ in scene.carrier.journal] == ["dial"] * 6


async def test_an_attempt_that_is_given_up_pages_supervisors_and_the_next_contact_is_rung(
    scene: EscalationScene,
) -> None:
    scene.carrier.fails(*(Fault(CarrierUnreachable()) for _ in range(MAX_TRIES)))
    await scene.flag()
    await scene.rings()

    for _ in range(MAX_TRIES):
        await scene.passes(8)

    assert scene.carrier.journal[:6] == [("dial", DUTY)] * 5 + [("dial", HEAD)]
    assert (await scene.states())[0] == ("duty", "dead")
    assert (await scene.facts("supervisors.paged"))[0]["why"] == "attempt_dead"


async def test_a_leg_that_was_busy_when_it_was_found_is_followed_by_the_next_contact(
    scene: EscalationScene,
) -> None:
    scene.carrier.fails(Fault(CarrierUnclear(), after_effect=True))
    await scene.flag()
    await scene.rings()
    scene.carrier.legs[0].status = LegStatus.BUSY

    await scene.tick()
    await scene.tick()

    assert scene.carrier.dialled() == [DUTY, HEAD]


async def test_while_one_contacts_call_is_in_doubt_the_chain_goes_on(
    scene: EscalationScene,
) -> None:
    await scene.change(Contact, "head", active=False)
    scene.carrier.fails(Fault(CarrierUnclear()))
    await scene.flag()
    await scene.rings()

    await scene.passes(120)

    assert CITY in scene.carrier.dialled()


def test_a_doubt_is_settled_and_a_pin_asked_for_before_the_next_contacts_turn() -> None:
    assert LEASE.total_seconds() + LOOK_WITHIN_S < ACK_WITHIN.total_seconds()
    assert ACK_WITHIN.total_seconds() / 2 > RING_S


async def test_what_happens_to_an_attempt_is_told_in_the_timeline(scene: EscalationScene) -> None:
    scene.carrier.fails(Fault(CarrierUnreachable()))
    await scene.flag()
    await scene.rings()
    await scene.passes(1)

    kinds = [kind for kind in await scene.kinds() if kind.startswith("attempt.")]
    assert kinds == [
        "attempt.planned",
        "attempt.claimed",
        "attempt.not_taken",
        "attempt.claimed",
        "attempt.taken",
    ]
    [attempt] = await scene.attempts()
    assert await scene.facts("attempt.taken") == [{"attempt_id": attempt.id}]


async def sending_of_the_first(scene: EscalationScene) -> "asyncio.Task[None]":
    """A flag was raised, and the carrier has not yet said whether it dials."""
    await scene.flag()
    [attempt] = await scene.attempts()
    return await scene.is_being_sent(attempt)


async def answered(scene: EscalationScene, attempt: Attempt) -> None:
    async with scene.work() as work:
        await call_answered(work, attempt.id, scene.clock.now())


async def taken_by(scene: EscalationScene, officer: Actor) -> None:
    escalation = await scene.escalation()
    async with scene.work() as work:
        await acknowledge(work, escalation.id, by=officer, at=scene.clock.now())


async def test_a_dead_end_that_was_answered_meanwhile_pages_nobody(scene: EscalationScene) -> None:
    scene.carrier.fails(Fault(CarrierUnreachable()))
    await scene.flag()
    [attempt] = await scene.attempts()
    await scene.change(Delivery, attempt.id, tries=MAX_TRIES - 1)
    slow = await scene.is_being_sent(attempt)
    await answered(scene, attempt)

    scene.carrier.gate.set()
    await slow

    assert await scene.states() == [("duty", "answered")]
    assert await scene.facts("supervisors.paged") == []


async def test_a_phone_that_was_answered_while_it_was_dialled_stays_answered(
    scene: EscalationScene,
) -> None:
    slow = await sending_of_the_first(scene)
    [attempt] = await scene.attempts()
    await answered(scene, attempt)

    scene.carrier.gate.set()
    await slow

    assert await scene.states() == [("duty", "answered")]
    assert (await scene.kinds()).count("attempt.taken") == 0


@pytest.mark.parametrize("error", [CarrierUnreachable(), CarrierRefused(1)])
async def test_a_dial_that_fails_after_somebody_took_the_escalation_is_no_failure(
    scene: EscalationScene, officer: Actor, error: Exception
) -> None:
    scene.carrier.fails(*(Fault(error) for _ in range(MAX_TRIES)))
    slow = await sending_of_the_first(scene)
    await taken_by(scene, officer)

    scene.carrier.gate.set()
    await slow
    await scene.passes(8)

    assert await scene.states() == [("duty", "superseded")]
    assert scene.carrier.journal == [("dial", DUTY)]


async def test_an_attempt_of_an_escalation_that_was_taken_is_not_sent(
    scene: EscalationScene, officer: Actor
) -> None:
    dying = await sending_of_the_first(scene)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    scene.carrier.gate.set()
    scene.jobs.reachable = False
    await taken_by(scene, officer)

    await scene.passes(LEASE.total_seconds())

    assert await scene.states() == [("duty", "superseded")]
    assert scene.carrier.dialled() == []


async def test_an_attempt_of_a_closed_escalation_is_not_sent(scene: EscalationScene) -> None:
    escalation = await scene.flag()
    [attempt] = await scene.attempts()
    async with scene.work() as work:
        by, at = Actor.of_staff("li"), scene.clock.now()
        await close(work, scene.vault, escalation.id, by=by, reason="safe", at=at)
    await scene.change(Delivery, attempt.id, state="pending", ended_at=None)

    await scene.rings()

    assert scene.carrier.journal == []
    assert await scene.states() == [("duty", "superseded")]


async def test_late_news_of_a_closed_escalation_gives_it_no_deadline(
    scene: EscalationScene,
) -> None:
    raised = await scene.flag()
    at = scene.clock.now()
    async with scene.work() as work:
        by = Actor.of_staff("li")
        await close(work, scene.vault, raised.id, by=by, reason="safe", at=at)

    async with scene.work() as work:
        escalation = await lock_escalation(work, raised.id)
        news = AttemptNews("late", DeliveryEvent.FAILED, "busy")
        await follow_attempt(work, escalation, news, at=at)

    assert (await scene.escalation()).next_due_at is None


async def test_a_delivery_without_an_attempt_is_nobodys(scene: EscalationScene) -> None:
    now, calls = scene.clock.now(), StationCalls()
    stray = Delivery(
        channel="phone",
        purpose="escalation",
        address=DUTY,
        sender="12355",
        dedupe_key="stray",
        due_at=now,
        created_at=now,
    )

    async with scene.work() as work:
        wanted = await calls.lock(work, stray.id)
        await calls.told(work, stray, DeliveryEvent.SUPERSEDED, at=now, why="")

    assert not wanted
    assert await scene.kinds() == []
