"""Who is rung when nobody acknowledges, and that it never ends by itself."""

import pytest
from structlog.testing import capture_logs

from hotline.escalations.late import DoneInField
from hotline.escalations.model import EscalationState
from hotline.escalations.policy import ACCEPT_WITHIN, ACK_WITHIN, REPORT_WITHIN, ROUND_PAUSE
from hotline.escalations.service import accept, acknowledge, report
from hotline.escalations.station_call import call_ended
from hotline.ports import LegStatus
from hotline.staff.actor import Actor
from hotline.storage.tables import Escalation, Line
from hotline.storage.tables import StationContact as Contact
from tests.hotline.escalations.conftest import CITY, DUTY, HEAD, EscalationScene

pytestmark = pytest.mark.anyio

STEP_S = ACK_WITHIN.total_seconds()


async def test_the_duty_phone_is_dialled_with_addresses_of_its_own(scene: EscalationScene) -> None:
    await scene.flag()

    await scene.rings()

    [(attempt, delivery)] = await scene.tried()
    dial = scene.carrier.legs[0].dial
    assert (dial.to, dial.from_, dial.ring_s) == (DUTY, "12355", 40)
    assert dial.answer_url == f"https://hotline.test/voice/stations/{attempt.id}/answer"
    assert dial.status_url == f"https://hotline.test/voice/stations/{attempt.id}/status"
    assert (delivery.state, delivery.carrier_sid) == ("submitted", "CA1")


async def test_unacknowledged_in_time_the_next_contact_is_rung_then_the_parent_station(
    scene: EscalationScene,
) -> None:
    await scene.flag()
    await scene.rings()

    await scene.passes(STEP_S)
    await scene.passes(STEP_S)

    assert scene.carrier.dialled() == [DUTY, HEAD, CITY]
    escalation = await scene.escalation()
    assert (escalation.state, escalation.step, escalation.round) == ("open", 2, 0)


async def test_before_the_deadline_nobody_else_is_rung(scene: EscalationScene) -> None:
    await scene.flag()
    await scene.rings()

    await scene.passes(STEP_S - 1)

    assert scene.carrier.dialled() == [DUTY]


async def test_after_the_last_contact_it_begins_again_and_supervisors_are_paged(
    scene: EscalationScene,
) -> None:
    await scene.flag()
    await scene.rings()

    for _ in range(3):
        await scene.passes(STEP_S)

    assert scene.carrier.dialled() == [DUTY, HEAD, CITY, DUTY]
    assert (await scene.escalation()).round == 1
    assert await scene.facts("supervisors.paged") == [{"why": "chain_exhausted", "round": 1}]


async def test_after_many_rounds_it_is_still_open_and_still_has_a_deadline(
    scene: EscalationScene,
) -> None:
    await scene.flag()
    await scene.rings()

    for _ in range(10):
        await scene.passes(STEP_S)

    escalation = await scene.escalation()
    assert escalation.state == EscalationState.OPEN
    assert escalation.next_due_at == scene.clock.now() + ACK_WITHIN
    assert len(scene.carrier.legs) == 11


async def test_a_chain_of_nobody_pages_supervisors_at_each_deadline_until_there_is_somebody(
    scene: EscalationScene,
) -> None:
    for contact in ("duty", "head", "city"):
        await scene.change(Contact, contact, active=False)
    await scene.flag()
    await scene.rings()
    await scene.passes(STEP_S)
    assert [fact["round"] for fact in await scene.facts("supervisors.paged")] == [0, 1]

    await scene.change(Contact, "head", active=True)
    await scene.passes(STEP_S)

    assert scene.carrier.dialled() == [HEAD]


async def test_a_running_escalation_stays_with_its_station_when_the_line_gets_another(
    scene: EscalationScene,
) -> None:
    await scene.flag()
    await scene.rings()
    await scene.change(Line, "12355", station_id="city")

    await scene.passes(STEP_S)

    assert scene.carrier.dialled() == [DUTY, HEAD]


@pytest.mark.parametrize(
    "status", [LegStatus.BUSY, LegStatus.NO_ANSWER, LegStatus.FAILED, LegStatus.COMPLETED]
)
async def test_a_contact_who_cannot_be_reached_is_followed_by_the_next_at_once(
    scene: EscalationScene, status: LegStatus
) -> None:
    await scene.flag()
    await scene.rings()
    [attempt] = await scene.attempts()

    async with scene.work() as work:
        await call_ended(work, attempt.id, status, scene.clock.now())
    await scene.tick()

    assert scene.carrier.dialled() == [DUTY, HEAD]
    assert (await scene.deliveries())[0].last_error == status.value


async def test_a_chain_that_cannot_be_reached_at_all_is_rung_again_after_a_pause(
    scene: EscalationScene,
) -> None:
    await scene.change(Contact, "head", active=False)
    await scene.change(Contact, "city", active=False)
    await scene.flag()
    await scene.rings()
    [attempt] = await scene.attempts()
    async with scene.work() as work:
        await call_ended(work, attempt.id, LegStatus.BUSY, scene.clock.now())

    await scene.passes(ROUND_PAUSE.total_seconds() - 1)
    assert scene.carrier.dialled() == [DUTY]
    await scene.passes(1)

    assert scene.carrier.dialled() == [DUTY, DUTY]


async def test_the_end_of_an_earlier_call_does_not_cut_the_present_one_short(
    scene: EscalationScene,
) -> None:
    await scene.flag()
    await scene.rings()
    await scene.passes(STEP_S)
    first = (await scene.attempts())[0]

    async with scene.work() as work:
        await call_ended(work, first.id, LegStatus.NO_ANSWER, scene.clock.now())
    await scene.tick()

    assert scene.carrier.dialled() == [DUTY, HEAD]
    assert (await scene.escalation()).next_due_at == scene.clock.now() + ACK_WITHIN


async def test_an_acknowledged_escalation_that_nobody_accepts_opens_again_at_the_same_step(
    scene: EscalationScene, officer: Actor
) -> None:
    escalation = await scene.flag()
    await scene.rings()
    async with scene.work() as work:
        await acknowledge(work, escalation.id, by=officer, at=scene.clock.now())

    await scene.passes(ACCEPT_WITHIN.total_seconds())

    escalation = await scene.escalation()
    assert (escalation.state, escalation.step, escalation.acknowledged_by) == ("open", 0, "")
    assert scene.carrier.dialled() == [DUTY, DUTY]
    assert await scene.facts("escalation.reopened") == [{"overdue_in": "acknowledged", "step": 0}]


async def test_an_accepted_escalation_without_a_report_opens_again(
    scene: EscalationScene, officer: Actor
) -> None:
    escalation = await scene.flag()
    async with scene.work() as work:
        await acknowledge(work, escalation.id, by=officer, at=scene.clock.now())
        await accept(work, escalation.id, by=officer, at=scene.clock.now())

    await scene.passes(REPORT_WITHIN.total_seconds())

    assert (await scene.escalation()).state == EscalationState.OPEN
    assert (await scene.facts("escalation.reopened"))[0]["overdue_in"] == "accepted"


async def test_a_reported_escalation_that_nobody_closes_comes_back(
    scene: EscalationScene, officer: Actor
) -> None:
    escalation = await scene.flag()
    async with scene.work() as work:
        await acknowledge(work, escalation.id, by=officer, at=scene.clock.now())
        await accept(work, escalation.id, by=officer, at=scene.clock.now())
        await report(
            work,
            scene.vault,
            escalation.id,
            by=officer,
            done=DoneInField("visited"),
            at=scene.clock.now(),
        )

    await scene.passes(24 * 3600)

    assert (await scene.escalation()).state == EscalationState.OPEN


async def test_a_clock_set_back_delays_by_no_more_than_one_step(scene: EscalationScene) -> None:
    await scene.flag()
    await scene.rings()

    await scene.passes(-3600)
    await scene.passes(STEP_S)

    assert scene.carrier.dialled() == [DUTY, HEAD]
    assert await scene.facts("escalation.deadline_clamped") == [{}]


async def test_a_step_that_may_take_longer_is_left_its_time(scene: EscalationScene) -> None:
    escalation = await scene.flag()
    link = {"contact_id": "duty", "station_id": "district", "ack_within_s": 600}
    later = scene.clock.now().replace(minute=9)
    await scene.change(Escalation, escalation.id, chain=[link], next_due_at=later)

    await scene.tick()

    assert (await scene.escalation()).next_due_at == later


async def test_a_step_that_cannot_be_carried_out_does_not_hold_up_the_others(
    scene: EscalationScene,
) -> None:
    await scene.add(scene.call("other"))
    broken, sound = await scene.flag("key-1"), await scene.flag("key-2", call="other")
    await scene.rings()
    await scene.change(Escalation, broken.id, chain=[{"contact": "?"}])

    with capture_logs() as logs:
        await scene.passes(STEP_S)
    assert (await scene.escalation(sound.id)).step == 1
    await scene.tick()

    assert scene.carrier.dialled() == [DUTY, DUTY, HEAD]
    assert (await scene.facts("supervisors.paged"))[0]["why"] == "step_failed"
    assert ("escalation.step_failed", broken.id) in [
        (entry["event"], entry["escalation_id"]) for entry in logs if "escalation_id" in entry
    ]


async def test_a_snapshot_that_cannot_be_read_is_taken_anew(scene: EscalationScene) -> None:
    escalation = await scene.flag()
    await scene.change(Escalation, escalation.id, chain=[{"contact": "?"}])
    await scene.rings()

    with capture_logs():
        await scene.passes(STEP_S)
    await scene.passes(STEP_S)

    assert scene.carrier.dialled() == [DUTY, DUTY]
