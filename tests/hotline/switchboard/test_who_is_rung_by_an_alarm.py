"""Whom an alarm rings: who takes the child, who is let go, and what becomes of the others."""

from typing import Any

import pytest

from hotline.callcontrol.revocation import end_revoked
from hotline.callcontrol.sweep import Sweep
from hotline.callcontrol.talks import caller_left, counselor_lost
from hotline.calls.service import lock_call
from hotline.ports import LegStatus
from hotline.staff.model import PresenceState
from hotline.staff.presence import choose_presence
from hotline.storage.tables import Call, Participant, Presence, Staff
from tests.hotline.switchboard.alarm_scene import AT_HOME, BASE, DUTY, SUPERVISOR, AlarmScene
from tests.hotline.switchboard.conftest import later

pytestmark = pytest.mark.anyio


async def test_who_answers_the_duty_phone_and_presses_the_key_has_the_child(
    alarm: AlarmScene,
) -> None:
    await alarm.waits()
    await alarm.passes(20)

    assert await alarm.takes()
    await alarm.looks()

    call = await alarm.call()
    assert (call.state, call.counselor_id) == ("connecting", None)
    assert (await alarm.leg()).state == "in_talk"
    (sent,) = [told for what, told in alarm.carrier.journal if what == "redirect"]
    assert sent.startswith(f"CA-c1 {BASE}/voice/calls/c1/join?turn={call.turn}&")


async def test_a_counselor_at_home_who_takes_the_call_talks_and_is_off_duty_afterwards(
    alarm: AlarmScene,
) -> None:
    await alarm.is_at_home("lin")
    await alarm.waits()
    await alarm.passes(20)

    assert await alarm.takes(AT_HOME)
    talking = await alarm.floor.presence("lin")
    async with alarm.floor.database.work() as work:
        await caller_left(work, await lock_call(work, "c1"), at=alarm.floor.clock.now())

    assert (talking.state, talking.call_id, talking.reason) == ("talking", "c1", "called_in")
    assert (await alarm.call()).counselor_id == "lin"
    assert (await alarm.floor.presence("lin")).state == "offline"


async def test_a_counselor_at_home_with_a_console_open_writes_the_record(
    alarm: AlarmScene,
) -> None:
    await alarm.is_at_home("lin")
    await alarm.waits()
    await alarm.passes(20)
    await alarm.takes(AT_HOME)
    await alarm.floor.change(Presence, "lin", lease_until=later(600))

    async with alarm.floor.database.work() as work:
        await caller_left(work, await lock_call(work, "c1"), at=alarm.floor.clock.now())

    assert (await alarm.floor.presence("lin")).state == "wrapping_up"


async def test_the_others_are_let_go_when_one_takes_the_call(alarm: AlarmScene) -> None:
    await alarm.waits()
    await alarm.passes(90)
    await alarm.passes(10)

    assert await alarm.takes(SUPERVISOR)
    late = await alarm.takes(DUTY)
    await alarm.looks()

    assert not late
    assert (await alarm.leg(DUTY)).wanted == "out"
    assert ("hang_up", (await alarm.leg(DUTY)).carrier_sid) in alarm.carrier.journal


async def test_a_mailbox_does_not_take_the_child_and_the_next_is_rung_at_once(
    alarm: AlarmScene,
) -> None:
    await alarm.waits()
    await alarm.passes(20)

    await alarm.ends(status=LegStatus.COMPLETED)
    await alarm.passes(1)

    assert (await alarm.call()).state == "waiting"
    assert alarm.carrier.dialled() == [DUTY, SUPERVISOR]
    assert ("alarm.not_taken", None) in await alarm.told()


async def test_a_phone_that_rings_for_one_child_is_not_dialled_for_another(
    alarm: AlarmScene,
) -> None:
    await alarm.waits("c1")
    await alarm.waits("c2")

    await alarm.passes(20)

    assert sorted(alarm.carrier.dialled()) == [DUTY, SUPERVISOR]


async def test_the_duty_phone_is_hung_up_when_the_child_leaves(alarm: AlarmScene) -> None:
    await alarm.waits()
    await alarm.passes(20)

    async with alarm.floor.database.work() as work:
        await caller_left(work, await lock_call(work, "c1"), at=alarm.floor.clock.now())
    await alarm.looks()

    assert ("hang_up", (await alarm.leg()).carrier_sid) in alarm.carrier.journal
    assert not await alarm.takes()


async def test_a_duty_phone_that_loses_the_child_is_rung_again_at_once(alarm: AlarmScene) -> None:
    await alarm.waits()
    await alarm.passes(20)
    await alarm.takes()
    await alarm.ends(status=LegStatus.COMPLETED)
    async with alarm.floor.database.work() as work:
        await counselor_lost(work, await lock_call(work, "c1"), at=alarm.floor.clock.now())

    await alarm.passes(1)

    assert alarm.carrier.dialled() == [DUTY, DUTY]


async def test_a_duty_phone_of_which_nobody_tells_the_end_is_found_out(alarm: AlarmScene) -> None:
    await alarm.waits()
    await alarm.passes(20)
    await alarm.takes()
    await alarm.looks()
    leg = await alarm.leg()
    await alarm.floor.change(Participant, leg.id, state="ended", ended_at=alarm.floor.clock.now())
    alarm.carrier.legs[0].sid = "CA-c1"  # the carrier knows the child's leg, and it is up

    now = alarm.floor.clock.advance(3)
    await Sweep(alarm.floor.database, alarm.dialler, alarm.carrier).look(at=now)
    await alarm.dialler.jobs.settled()

    assert (await alarm.call()).state == "waiting"


async def test_a_counselor_who_comes_on_duty_gets_the_child_and_the_phone_is_let_go(
    alarm: AlarmScene,
) -> None:
    await alarm.is_at_home("li", rings_off_duty=False)
    await alarm.waits()
    await alarm.passes(20)
    now = alarm.floor.clock.now()
    async with alarm.floor.database.work() as work:
        await choose_presence(work, "li", PresenceState.READY, at=now)
    await alarm.passes(100)
    await alarm.passes(30)

    assert await alarm.takes("client:li")
    await alarm.looks()

    assert (await alarm.call()).counselor_id == "li"
    assert (await alarm.leg()).wanted == "out"


TAKEN_AWAY = [{"active": False}, {"roles": ["admin"]}, {"own_phone": "15400000399"}]


@pytest.mark.parametrize("taken", TAKEN_AWAY)
async def test_whose_account_was_taken_away_while_an_alarm_rings_gets_no_child(
    alarm: AlarmScene, taken: dict[str, Any]
) -> None:
    await alarm.is_at_home("lin")
    await alarm.waits()
    await alarm.passes(20)

    await alarm.floor.change(Staff, "lin", **taken)

    assert not await alarm.takes(AT_HOME)
    assert (await alarm.call()).state == "waiting"


@pytest.mark.parametrize("taken", TAKEN_AWAY)
async def test_a_phone_of_an_account_that_was_taken_away_stops_ringing_and_others_are_rung(
    alarm: AlarmScene, taken: dict[str, Any]
) -> None:
    await alarm.is_at_home("lin")
    await alarm.waits()
    await alarm.passes(20)
    await alarm.floor.change(Staff, "lin", **taken)

    async with alarm.floor.database.work() as work:
        await end_revoked(work, at=alarm.floor.clock.now())
    await alarm.looks()

    assert (await alarm.leg(AT_HOME)).wanted == "out"
    assert alarm.carrier.dialled()[:2] == [AT_HOME, DUTY]


async def test_a_duty_phone_whose_end_was_never_told_can_be_rung_again(alarm: AlarmScene) -> None:
    await alarm.waits()
    await alarm.passes(20)
    (leg,) = [one for one in alarm.carrier.legs if one.dial.to == DUTY]
    await alarm.floor.change(Participant, (await alarm.leg()).id, state="ringing")
    await alarm.floor.change(Call, "c1", heard_at=later(600))
    leg.status = LegStatus.NO_ANSWER

    await alarm.passes(45)
    await Sweep(alarm.floor.database, alarm.dialler, alarm.carrier).look(at=alarm.floor.clock.now())
    await alarm.dialler.jobs.settled()
    await alarm.passes(60)  # the supervisor
    await alarm.passes(60)  # the next round

    assert (await alarm.legs())[0].ended_as == "no_answer"
    assert alarm.carrier.dialled().count(DUTY) == 2
