"""Warned, breached, rung for until somebody acts; and the answer asked for (demands 34, 35)."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from hotline.ports import LegStatus
from hotline.staff.model import Role
from hotline.staff.sign_in import SignedIn
from hotline.statutory.acts import answered, none_yet
from hotline.statutory.deadlines import press_on
from hotline.statutory.phones import late_report_answered, late_report_heard, late_report_hung_up
from hotline.statutory.queries import seen_on_floor
from hotline.statutory.watched import untold_since
from hotline.storage.tables import Delivery, Line, Staff, StatutoryReport
from tests.fakes import NOON
from tests.hotline.statutory.conftest import HE_PHONE, SUN_PHONE, ReportScene

pytestmark = pytest.mark.anyio
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


async def is_late(scene: ReportScene) -> StatutoryReport:
    """Half an hour has passed, and the first phone rings."""
    report = await scene.suspects()
    await scene.passes(15 * MINUTE)
    await scene.passes(15 * MINUTE)
    return report


async def a_delivery(scene: ReportScene) -> Delivery:
    """The newest."""
    found: list[Delivery] = await scene.all(Delivery)
    return max(found, key=lambda one: (one.created_at, one.dedupe_key))


async def presses(scene: ReportScene, digits: str = "1") -> bool:
    """Somebody lifts the newest phone and presses a key."""
    delivery = await a_delivery(scene)
    async with scene.work() as work:
        assert await late_report_answered(work, delivery.id, at=scene.now()) == "青少年"
    async with scene.work() as work:
        return await late_report_heard(work, delivery.id, digits, at=scene.now())


async def test_it_is_warned_of_at_a_quarter_and_breached_at_half_an_hour(
    scene: ReportScene,
) -> None:
    await scene.suspects()

    await scene.passes(15 * MINUTE - 1)
    assert await scene.told() == ["statutory.opened"]
    await scene.passes(1)
    assert await scene.told() == ["statutory.opened", "statutory.warned"]
    assert await scene.rung() == []
    await scene.passes(15 * MINUTE - 1)
    assert await scene.rung() == []
    await scene.passes(1)

    assert (await scene.told())[2:] == ["statutory.breached", "statutory.rung"]
    assert await scene.rung() == [HE_PHONE]


async def test_supervisors_are_rung_one_after_the_other_and_again_until_somebody_acts(
    scene: ReportScene,
) -> None:
    report = await is_late(scene)

    await scene.passes(MINUTE)
    assert await scene.rung() == [HE_PHONE, SUN_PHONE]
    await scene.passes(MINUTE)
    assert (await scene.told())[-1] == "statutory.nobody_came"
    await scene.passes(5 * MINUTE)
    assert await scene.rung() == [HE_PHONE, SUN_PHONE, HE_PHONE]

    await scene.reports(report.id)
    await scene.passes(HOUR)
    assert len(await scene.rung()) == 3


async def test_who_pressed_the_key_has_ten_minutes_and_then_it_rings_again(
    scene: ReportScene,
) -> None:
    await is_late(scene)

    assert await presses(scene)
    await scene.passes(10 * MINUTE - 1)
    assert await scene.rung() == [HE_PHONE]
    await scene.passes(1)
    assert await scene.rung() == [HE_PHONE, HE_PHONE]


async def test_another_key_is_no_answer(scene: ReportScene) -> None:
    await is_late(scene)

    assert not await presses(scene, "5")
    assert "statutory.heard" not in await scene.told()


async def test_a_mailbox_presses_no_key_and_the_next_is_rung_at_once(scene: ReportScene) -> None:
    await is_late(scene)
    delivery = await a_delivery(scene)

    async with scene.work() as work:
        await late_report_answered(work, delivery.id, at=scene.now())
        await late_report_hung_up(work, delivery.id, LegStatus.COMPLETED, at=scene.now())
    await scene.tick()

    assert await scene.rung() == [HE_PHONE, SUN_PHONE]


async def test_whoever_lifts_after_it_was_reported_is_told_nothing(scene: ReportScene) -> None:
    report = await is_late(scene)
    delivery = await a_delivery(scene)
    await scene.reports(report.id)

    async with scene.work() as work:
        assert await late_report_answered(work, delivery.id, at=scene.now()) is None
        assert not await late_report_heard(work, delivery.id, "1", at=scene.now())
    assert (await scene.report()).next_due_at is not None


async def test_without_a_phone_it_is_tried_again_and_stays_late(scene: ReportScene) -> None:
    await scene.change(Staff, "he", own_phone="")
    await scene.change(Staff, "sun", own_phone="")
    await is_late(scene)
    assert (await scene.told())[-1] == "statutory.nobody_came"

    await scene.change(Line, "youth", duty_phone="02000000010")
    await scene.passes(5 * MINUTE)

    assert await scene.rung() == ["02000000010"]


async def test_two_processes_press_on_once(scene: ReportScene) -> None:
    await scene.suspects()
    for _ in range(2):
        scene.clock.advance(15 * MINUTE)
        await asyncio.gather(*(scene.another_look().tick() for _ in range(3)))

    assert await scene.told() == [
        "statutory.opened", "statutory.warned", "statutory.breached", "statutory.rung",
    ]  # fmt: skip
    assert await scene.rung() == [HE_PHONE]


async def begins_and_is_killed(scene: ReportScene, report_id: str) -> None:
    """A process presses on and does not live to commit it."""
    with suppress(RuntimeError):
        async with scene.work() as work:
            await press_on(work, report_id, at=scene.now())
            raise RuntimeError


async def test_what_a_process_that_was_killed_had_begun_is_done_by_the_next(
    scene: ReportScene,
) -> None:
    report = await scene.suspects()
    scene.clock.advance(15 * MINUTE)
    await begins_and_is_killed(scene, report.id)

    await scene.tick()

    assert await scene.told() == ["statutory.opened", "statutory.warned"]


async def test_after_a_night_without_any_process_it_is_warned_and_rung_at_once(
    scene: ReportScene,
) -> None:
    await scene.suspects()

    await scene.passes(8 * HOUR)
    await scene.tick()

    assert await scene.rung() == [HE_PHONE]


async def test_a_clock_set_back_delays_by_one_step_at_most(scene: ReportScene) -> None:
    await scene.suspects()
    scene.clock.time = NOON - timedelta(days=400)

    await scene.tick()
    assert (await scene.report()).next_due_at == scene.now() + timedelta(minutes=30)
    await scene.passes(30 * MINUTE)
    await scene.tick()
    await scene.passes(30 * MINUTE)

    assert await scene.rung() == [HE_PHONE]


async def test_the_answer_is_asked_for_after_three_days_and_each_day_from_then_on(
    scene: ReportScene,
) -> None:
    report = await scene.suspects()
    await scene.reports(report.id)

    await scene.passes(3 * DAY - 1)
    assert (await scene.report()).reminded == 0
    await scene.passes(1)
    await scene.passes(DAY)

    found = await scene.report()
    assert (found.reminded, found.state) == (2, "reported")
    assert found.feedback_due_at == NOON + timedelta(days=3)
    assert await scene.rung() == []


async def test_an_answer_that_nobody_asks_for_comes_to_the_floor(scene: ReportScene) -> None:
    report = await scene.suspects()
    assert await on_the_floor(scene) == [report.id]
    await scene.reports(report.id)
    assert await on_the_floor(scene) == []

    await scene.passes(3 * DAY)  # the owner alone is asked first
    assert await on_the_floor(scene) == []
    await scene.passes(DAY)
    assert await on_the_floor(scene) == [report.id]
    assert await on_the_floor(scene, "other") == []


async def on_the_floor(scene: ReportScene, line: str = "youth") -> list[str]:
    """What a supervisor of the line is shown."""
    he = SignedIn(staff_id="he", username="he", name="He", roles=(Role.SUPERVISOR,), lines=(line,),
                  station_id=None)  # fmt: skip
    async with scene.work() as work:
        return [row.report.id for row in await seen_on_floor(work, he)]


async def test_none_yet_asks_again_in_three_days_and_an_answer_ends_it(scene: ReportScene) -> None:
    report = await scene.suspects()
    await scene.reports(report.id)
    await scene.passes(3 * DAY)

    async with scene.work() as work:
        await none_yet(work, scene.act(), report.id)
    await scene.passes(3 * DAY)
    assert (await scene.report()).reminded == 1
    async with scene.work() as work:
        await answered(work, scene.act(), report.id, "opened, an officer went there")
    await scene.passes(30 * DAY)

    found = await scene.report()
    assert (found.state, found.next_due_at, found.reminded) == ("answered", None, 1)
    assert "officer" not in found.feedback_sealed


async def test_an_auditor_finds_what_nobody_was_told_of(scene: ReportScene) -> None:
    report = await scene.suspects()
    scene.clock.advance(15 * MINUTE + 16)

    async with scene.work() as work:
        before = scene.now() - timedelta(seconds=15)
        assert await untold_since(work, before=before) == [(report.id, report.warn_at)]
    await scene.tick()
    async with scene.work() as work:
        assert await untold_since(work, before=scene.now() - timedelta(seconds=15)) == []


@pytest.mark.parametrize("state", ["open", "reported"])
async def test_the_database_refuses_one_without_a_deadline(scene: ReportScene, state: str) -> None:
    report = await scene.suspects()

    with pytest.raises(IntegrityError):
        await loses_its_deadline(scene, report.id, state)


async def loses_its_deadline(scene: ReportScene, report_id: str, state: str) -> None:
    statement = "update statutory_report set next_due_at = null, state = :state where id = :id"
    async with scene.work() as work:
        await work.sql(text(statement), {"id": report_id, "state": state})
