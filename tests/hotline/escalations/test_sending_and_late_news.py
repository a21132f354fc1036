"""What reaches an attempt late, twice or from a clock that was set back."""

import asyncio

import pytest

from hotline.errors import CarrierRefused, CarrierUnclear, CarrierUnreachable
from hotline.escalations.attempts import MAX_TRIES
from hotline.escalations.model import AttemptState
from hotline.escalations.sending import LEASE
from hotline.escalations.service import acknowledge
from hotline.escalations.station_call import call_answered
from hotline.staff.actor import Actor
from hotline.storage.tables import Attempt
from hotline.storage.tables import StationContact as Contact
from tests.fakes import Fault
from tests.hotline.escalations.conftest import CITY, DUTY, EscalationScene
from tests.hotline.escalations.senders import is_left_submitting, only

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("error", [CarrierUnclear(), CarrierUnreachable(), CarrierRefused(1)])
async def test_a_phone_that_was_answered_is_not_rung_again_whatever_the_carrier_said(
    scene: EscalationScene, error: Exception
) -> None:
    scene.carrier.fails(Fault(error, after_effect=True))
    await scene.flag()
    attempt = await only(scene)
    scene.carrier.hold()
    slow = asyncio.create_task(scene.dispatcher.send_attempt(attempt.id))
    await scene.carrier.asked.wait()
    async with scene.work() as work:
        await call_answered(work, attempt.id, scene.clock.now())

    scene.carrier.gate.set()
    await slow
    scene.jobs.reachable = False
    await scene.passes(30)

    assert scene.carrier.dialled().count(DUTY) == 1


async def test_a_dead_end_that_was_answered_meanwhile_pages_nobody(scene: EscalationScene) -> None:
    scene.carrier.fails(Fault(CarrierUnreachable()))
    await scene.flag()
    attempt = await only(scene)
    await scene.change(Attempt, attempt.id, tries=MAX_TRIES - 1)
    scene.carrier.hold()
    slow = asyncio.create_task(scene.dispatcher.send_attempt(attempt.id))
    await scene.carrier.asked.wait()
    async with scene.work() as work:
        await call_answered(work, attempt.id, scene.clock.now())

    scene.carrier.gate.set()
    await slow

    assert (await only(scene)).state == AttemptState.ANSWERED
    assert await scene.facts("supervisors.paged") == []


async def test_an_attempt_of_an_escalation_that_was_taken_is_not_sent(
    scene: EscalationScene, officer: Actor
) -> None:
    attempt = await is_left_submitting(scene, rang=False)
    async with scene.work() as work:
        await acknowledge(work, attempt.escalation_id, by=officer, at=scene.clock.now())

    await scene.passes(LEASE.total_seconds())

    assert await scene.states() == [("duty", "superseded")]
    assert scene.carrier.dialled() == []


async def test_an_attempt_is_sent_once_however_often_it_is_asked_for(
    scene: EscalationScene,
) -> None:
    await scene.flag()
    attempt = await only(scene)

    await asyncio.gather(*(scene.dispatcher.send_attempt(attempt.id) for _ in range(6)))

    assert scene.carrier.dialled() == [DUTY]


async def test_a_job_for_an_attempt_that_does_not_exist_does_nothing(
    scene: EscalationScene,
) -> None:
    await scene.dispatcher.send_attempt("none")

    assert scene.carrier.journal == []


async def test_a_doubtful_attempt_is_looked_into_by_one_only(scene: EscalationScene) -> None:
    scene.carrier.fails(Fault(CarrierUnclear()))
    await scene.flag()
    await scene.rings()
    attempt = await only(scene)
    sender = scene.dispatcher._sender

    await asyncio.gather(sender.settle(attempt.id), sender.settle(attempt.id))

    assert scene.carrier.journal.count(("find_legs", DUTY)) == 1


async def test_while_one_contacts_call_is_in_doubt_the_chain_goes_on(
    scene: EscalationScene,
) -> None:
    await scene.change(Contact, "head", active=False)
    scene.carrier.fails(Fault(CarrierUnclear()))
    await scene.flag()
    await scene.rings()

    await scene.passes(120)

    assert CITY in scene.carrier.dialled()


async def test_a_clock_set_back_does_not_keep_an_attempt_waiting(scene: EscalationScene) -> None:
    scene.carrier.fails(Fault(CarrierUnreachable()))
    await scene.flag()
    await scene.rings()

    await scene.passes(-3600)

    assert scene.carrier.dialled() == [DUTY]


async def test_a_clock_set_back_does_not_keep_a_dead_senders_lease_alive(
    scene: EscalationScene,
) -> None:
    await is_left_submitting(scene, rang=False)

    await scene.passes(-3600)
    await scene.passes(LEASE.total_seconds())
    await scene.tick()

    assert scene.carrier.dialled() == [DUTY]
