"""Nobody takes a caller: by its deadlines a line rings whoever is left, one after the other."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlmodel import col, select

from hotline.callcontrol.dialler import Dialler
from hotline.callcontrol.offers import accept_offer, leg_ended
from hotline.callcontrol.participants import lock_participant
from hotline.callcontrol.sweep import sweep, tend_participants
from hotline.callcontrol.talks import caller_left, counselor_lost
from hotline.calls.service import lock_call, make_urgent
from hotline.ports import LegStatus
from hotline.staff.presence import choose_presence
from hotline.staff.model import PresenceState
from hotline.storage.tables import Call, CallEntry, Line, Offer, Participant, Presence
from hotline.switchboard.alarm import look_at_alarms
from hotline.switchboard.leadership import Lead
from tests.fakes import NOON, FakeCarrier
from tests.hotline.switchboard.conftest import ANYONE, SwitchboardScene, a_line, later

pytestmark = pytest.mark.anyio

DUTY, SUPERVISOR, AT_HOME = "02000000010", "02000000011", "15400000301"


@dataclass
class AlarmScene:
    """A line with a duty phone and a supervisor's, and the switchboard that looks each second."""

    floor: SwitchboardScene
    lead: Lead
    carrier: FakeCarrier
    dialler: Dialler

    async def waits(self, call_id: str = "c1", **values: Any) -> None:
        """A child in danger waits since noon, and was looked at once."""
        danger = {"urgency": "crisis", "alarm_since": NOON, **values}
        await self.floor.caller(call_id, **danger)
        await self.looks()

    async def is_at_home(self, staff_id: str, phone: str = AT_HOME, **staff: Any) -> None:
        """A counselor who is off duty, and may be rung."""
        account = {"own_phone": phone, "rings_off_duty": True, "roles": ["counselor"], **staff}
        await self.floor.counselor(staff_id, "offline", staff=account)

    async def looks(self) -> None:
        """One look at everything, as each second; what it asks of the carrier is done."""
        now = self.floor.clock.now()
        await look_at_alarms(self.floor.database, self.lead, self.dialler, at=now)
        await tend_participants(self.floor.database, self.dialler)
        await self.dialler.jobs.settled()

    async def passes(self, seconds: float) -> None:
        """Time passes, with a look at its end."""
        self.floor.clock.advance(seconds)
        await self.looks()

    async def leg(self, phone: str = DUTY) -> Participant:
        """Whoever was rung last at this phone."""
        rung = [one for one in await self.legs() if one.address == phone]
        return rung[-1]

    async def legs(self) -> list[Participant]:
        """Everybody who was rung, in order."""
        query = select(Participant).order_by(col(Participant.created_at), col(Participant.id))
        async with self.floor.database.work() as work:
            return list((await work.exec(query.where(Participant.role == "counselor"))).all())

    async def takes(self, phone: str = DUTY) -> bool:
        """Whoever answered this phone presses the key."""
        one = await self.leg(phone)
        async with self.floor.database.work() as work:
            await lock_call(work, one.call_id)
            leg = await lock_participant(work, one.id)
            return await accept_offer(work, leg, at=self.floor.clock.now())

    async def ends(self, phone: str = DUTY, status: LegStatus = LegStatus.NO_ANSWER) -> None:
        """The carrier says that the phone rings no more."""
        one = await self.leg(phone)
        async with self.floor.database.work() as work:
            await lock_call(work, one.call_id)
            leg = await lock_participant(work, one.id)
            await leg_ended(work, leg, status=status, at=self.floor.clock.now())

    async def call(self, call_id: str = "c1") -> Call:
        """The child's call as it is now."""
        async with self.floor.database.work() as work:
            return await work.get_one(Call, call_id)

    async def told(self) -> list[tuple[str, Any]]:
        """What the timeline tells of the alarm."""
        entries = [one for one in await self.floor.all_of(CallEntry) if "alarm." in one.kind]
        return [(one.kind, one.facts.get("step")) for one in entries]


@pytest.fixture
async def alarm(
    floor: SwitchboardScene, lead: Lead, carrier: FakeCarrier
) -> AsyncIterator[AlarmScene]:
    """Nobody is on duty."""
    await floor.change(Line, "youth", duty_phone=DUTY, supervisor_phone=SUPERVISOR)
    dialler = Dialler(
        database=floor.database, carrier=carrier, clock=floor.clock, base_url="https://x.example"
    )
    yield AlarmScene(floor, lead, carrier, dialler)
    await dialler.stop()


# ── the deadlines ───────────────────────────────────────────────────────────────────────────────


async def test_a_child_in_danger_has_a_deadline_from_the_first_look_on(alarm: AlarmScene) -> None:
    await alarm.waits()

    assert (await alarm.call()).alarm_due_at == later(20)
    assert alarm.carrier.journal == []


async def test_after_twenty_seconds_who_is_ready_on_another_line_is_offered_the_call(
    alarm: AlarmScene,
) -> None:
    await alarm.floor.add(a_line(id="legal"))
    legal = {"lines": ["legal"], "skills": {"languages": {"cmn": 5}, "certified": True}}
    await alarm.floor.counselor("lee", staff=legal)
    await alarm.floor.counselor("sun", staff={"lines": ["legal"]})
    await alarm.waits()

    await alarm.passes(19)
    before = alarm.carrier.dialled()
    await alarm.passes(1)

    (offer,) = await alarm.floor.all_of(Offer)
    assert (before, alarm.carrier.dialled()) == ([], ["client:lee"])
    assert (offer.staff_id, offer.state, offer.stage) == ("lee", "pending", "any_line")
    assert (await alarm.floor.presence("lee")).state == "offered"
    assert await alarm.told() == [("alarm.rang", "any_line")]


async def test_who_is_not_trained_for_danger_is_asked_where_nobody_else_is_ready(
    alarm: AlarmScene,
) -> None:
    await alarm.floor.counselor("sun", staff={"lines": ["legal"]})
    await alarm.waits()

    await alarm.passes(20)

    assert alarm.carrier.dialled() == ["client:sun"]


async def test_then_counselors_off_duty_who_allow_it_the_duty_phone_and_the_supervisor(
    alarm: AlarmScene,
) -> None:
    await alarm.floor.counselor("sun", staff={"lines": ["legal"]})
    await alarm.is_at_home("lin")
    await alarm.is_at_home("chen", "15400000302", rings_off_duty=False)
    await alarm.waits()

    rung: list[list[str]] = []
    for seconds in (20, 20, 20, 30):
        await alarm.passes(seconds)
        rung.append(alarm.carrier.dialled()[sum(map(len, rung)) :])

    assert rung == [["client:sun"], [AT_HOME], [DUTY], [SUPERVISOR]]


async def test_after_the_last_step_and_its_pause_the_round_begins_anew(alarm: AlarmScene) -> None:
    await alarm.waits()
    await alarm.passes(90)
    await alarm.ends()
    await alarm.looks()
    await alarm.ends(SUPERVISOR)
    await alarm.looks()

    await alarm.passes(29)
    before = alarm.carrier.dialled()
    await alarm.passes(1)

    assert before == [DUTY, SUPERVISOR]
    assert alarm.carrier.dialled() == [DUTY, SUPERVISOR, DUTY]


async def test_a_step_that_reaches_nobody_is_followed_by_the_next_at_once(
    alarm: AlarmScene,
) -> None:
    await alarm.waits()

    await alarm.passes(20)

    assert alarm.carrier.dialled() == [DUTY]
    assert await alarm.told() == [
        ("alarm.reached_nobody", "any_line"),
        ("alarm.reached_nobody", "own_phones"),
        ("alarm.rang", "duty_phone"),
    ]


async def test_a_line_that_can_ring_nobody_goes_on_looking(alarm: AlarmScene) -> None:
    await alarm.floor.change(Line, "youth", duty_phone="", supervisor_phone="")
    await alarm.waits()

    await alarm.passes(20)
    await alarm.is_at_home("lin")
    await alarm.passes(100)

    assert alarm.carrier.dialled() == [AT_HOME]


async def test_the_deadlines_are_those_of_the_line(alarm: AlarmScene) -> None:
    danger = {"duty_phone_s": 5, "supervisor_s": 8}
    await alarm.floor.change(Line, "youth", alarm={"danger": danger})
    await alarm.waits()

    await alarm.passes(5)
    first = alarm.carrier.dialled()
    await alarm.passes(3)

    assert first == [DUTY]
    assert alarm.carrier.dialled() == [DUTY, SUPERVISOR]


async def test_who_becomes_a_child_in_danger_while_waiting_has_deadlines_from_then_on(
    alarm: AlarmScene,
) -> None:
    await alarm.waits(urgency="routine")
    await alarm.passes(100)
    async with alarm.floor.database.work() as work:
        make_urgent(work, await lock_call(work, "c1"), at=later(100), why="key_while_waiting")
    await alarm.looks()

    await alarm.passes(20)

    assert alarm.carrier.dialled() == [DUTY]


async def test_a_waiting_call_of_a_version_before_has_a_deadline_after_one_look(
    alarm: AlarmScene,
) -> None:
    await alarm.waits(alarm_since=None)

    assert (await alarm.call()).alarm_due_at == later(20)


async def test_a_clock_set_back_delays_by_no_more_than_one_round(alarm: AlarmScene) -> None:
    await alarm.waits()
    await alarm.floor.change(Call, "c1", alarm_due_at=later(6 * 3600))

    await alarm.passes(20)

    assert (await alarm.call()).alarm_due_at is not None
    assert alarm.carrier.dialled() == [DUTY]


# ── no danger, and nobody left ──────────────────────────────────────────────────────────────────


async def test_for_a_caller_in_no_danger_the_duty_phone_rings_later_and_again(
    alarm: AlarmScene,
) -> None:
    await alarm.waits(urgency="routine")

    await alarm.passes(179)
    before = alarm.carrier.dialled()
    await alarm.passes(1)
    await alarm.ends()
    await alarm.passes(179)
    once = alarm.carrier.dialled()
    await alarm.passes(1)

    assert (before, once) == ([], [DUTY])
    assert alarm.carrier.dialled() == [DUTY, DUTY]


@pytest.mark.parametrize("state", ["ready", "offered", "talking", "wrapping_up"])
async def test_nobody_is_alarmed_while_somebody_at_work_could_take_a_caller_in_no_danger(
    alarm: AlarmScene, state: str
) -> None:
    await alarm.floor.counselor("li", state)
    await alarm.waits(urgency="routine")

    await alarm.passes(600)

    assert alarm.carrier.dialled() == []
    assert (await alarm.call()).alarm_due_at == later(615)


@pytest.mark.parametrize(
    ("state", "lines"), [("paused", ["youth"]), ("offline", ["youth"]), ("ready", ["legal"])]
)
async def test_the_duty_phone_rings_where_nobody_at_work_fits_any_stage_of_the_plan(
    alarm: AlarmScene, state: str, lines: list[str]
) -> None:
    await alarm.floor.change(Line, "youth", plan=ANYONE, plan_version="anyone")
    await alarm.floor.counselor("li", state, staff={"lines": lines})
    await alarm.waits(urgency="routine")

    await alarm.passes(180)

    assert alarm.carrier.dialled() == [DUTY]


# ── who is rung ─────────────────────────────────────────────────────────────────────────────────


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
    assert ("redirect", f"CA-c1 https://x.example/voice/calls/c1/join?turn={call.turn}") in (
        alarm.carrier.journal
    )


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
    await alarm.floor.change(
        Participant, leg.id, state="ended", ended_at=alarm.floor.clock.now()
    )
    alarm.carrier.legs[0].sid = "CA-c1"  # the carrier knows the child's leg, and it is up

    now = alarm.floor.clock.advance(3)
    await sweep(alarm.floor.database, alarm.dialler, alarm.carrier, at=now)
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


# ── leaders ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_new_leader_goes_on_at_the_same_step(alarm: AlarmScene) -> None:
    await alarm.waits()
    await alarm.passes(20)

    successor = Dialler(
        database=alarm.floor.database,
        carrier=alarm.carrier,
        clock=alarm.floor.clock,
        base_url="https://x.example",
    )
    alarm.dialler = successor
    await alarm.passes(1)
    before = alarm.carrier.dialled()
    await alarm.passes(69)

    assert before == [DUTY]
    assert alarm.carrier.dialled() == [DUTY, SUPERVISOR]


async def test_two_leaders_at_once_ring_each_phone_once(alarm: AlarmScene) -> None:
    await alarm.waits()
    alarm.floor.clock.advance(20)

    await asyncio.gather(alarm.looks(), alarm.looks())

    assert alarm.carrier.dialled() == [DUTY]


async def test_an_alarm_that_is_not_understood_has_the_default_deadlines(
    alarm: AlarmScene,
) -> None:
    await alarm.floor.change(Line, "youth", alarm={"danger": {"pause_s": "soon"}})
    await alarm.waits()

    await alarm.passes(20)

    assert alarm.carrier.dialled() == [DUTY]
