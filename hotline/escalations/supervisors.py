"""Every flag is a supervisor's business: seen on screen, or their phones ring one after the other.

The alarm is a row beside its escalation, with a deadline of its own: whoever looks rings the next
phone. It ends when a supervisor has seen it, or a person closed the escalation. After a round
through all phones it goes on only while no station has acknowledged.

Locks are taken in the order escalation, alarm, delivery.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import col, select

from hotline.deliveries.model import DeliveryEvent
from hotline.deliveries.service import (
    NewDelivery,
    ask_for_delivery,
    subject_behind,
    withdraw_deliveries,
)
from hotline.escalations.apart import done_apart
from hotline.escalations.model import EscalationState
from hotline.escalations.on_call import supervisor_phones
from hotline.escalations.timeline import add_escalation_entry, page_supervisors
from hotline.ports import Clock
from hotline.risk.levels import SLIP_WITHIN
from hotline.staff.actor import Actor
from hotline.storage.session import Database, Work
from hotline.storage.tables import Call, Delivery, Escalation, Line, SupervisorAlarm

log = structlog.get_logger()

FLAGGED = "flag_supervisor"  # the purpose of these deliveries
USUAL_S = {"first_s": 30.0, "next_s": 60.0}  # domain research 31
APART = timedelta(minutes=5)  # between two rounds through all phones
MOST_ALARMS_AT_ONCE = 50
PHONE_PAUSE = timedelta(seconds=5)  # a phone rings for one flag at a time: others need the lines
RungAt = dict[str, datetime]  # by phone
ENDED_IN_VAIN = (DeliveryEvent.FAILED, DeliveryEvent.GIVEN_UP)


# ── begun, and ended by a person ────────────────────────────────────────────────────────────────


def begin_alarm(work: Work, escalation: Escalation, *, rings_at: datetime) -> None:
    """With the escalation. `rings_at`: from when the phones of stations ring."""
    within_s = escalation.policy.get("deadline_s")
    work.add(
        SupervisorAlarm(
            escalation_id=escalation.id,
            due_at=rings_at + timedelta(seconds=_times(escalation)["first_s"]),
            deadline_at=None if within_s is None else rings_at + timedelta(seconds=within_s),
        )
    )
    work.announce("supervisors", escalation.id)


async def supervisor_saw(
    work: Work, escalation: Escalation, *, by: Actor, at: datetime, how: str = "screen"
) -> bool:
    """A supervisor knows: no phone rings any more. False where that was known before.

    The caller holds the escalation.
    """
    alarm = await lock_alarm(work, escalation.id)
    if alarm is None or alarm.seen_at is not None:
        return False
    alarm.seen_at, alarm.due_at = at, None
    add_escalation_entry(work, escalation, "supervisors.seen", at=at, actor=by, how=how)
    await withdraw_supervisor_calls(work, escalation, at=at)
    return True


async def withdraw_supervisor_calls(work: Work, escalation: Escalation, *, at: datetime) -> None:
    """Nobody needs to be told any more: what rings is to stop. The caller holds the escalation."""
    ours = select(Delivery.id).where(
        Delivery.purpose == FLAGGED, col(Delivery.dedupe_key).startswith(_key(escalation, ""))
    )
    await withdraw_deliveries(work, ours, at=at)


async def call_supervisors(work: Work, escalation: Escalation, *, at: datetime) -> None:
    """Their phones ring now, whoever of them has seen it before: something has become worse."""
    alarm = await lock_alarm(work, escalation.id)
    if alarm is None:  # of an escalation that is older than these alarms
        alarm = SupervisorAlarm(escalation_id=escalation.id, due_at=at)
        work.add(alarm)
    alarm.seen_at, alarm.due_at = None, at
    alarm.round_from = alarm.rung


async def show_supervisors_again(work: Work, escalation: Escalation, *, since: datetime) -> None:
    """One more flag, of what they have seen: it is theirs to see as well, like a first one."""
    alarm = await lock_alarm(work, escalation.id)
    if alarm is not None and alarm.due_at is None:
        alarm.seen_at, alarm.round_from = None, alarm.rung
        alarm.due_at = since + timedelta(seconds=_times(escalation)["first_s"])
        work.announce("supervisors", escalation.id)


async def lock_alarm(work: Work, escalation_id: str) -> SupervisorAlarm | None:
    """The alarm, held until the unit of work ends. Its escalation is held before."""
    await work.flush()
    query = select(SupervisorAlarm).where(SupervisorAlarm.escalation_id == escalation_id)
    held = query.with_for_update().execution_options(populate_existing=True)
    return (await work.exec(held)).one_or_none()


def _times(escalation: Escalation) -> dict[str, float]:
    return {**USUAL_S, **escalation.policy.get("supervisors", {})}


def _key(escalation: Escalation, number: object) -> str:
    return f"{FLAGGED}|{escalation.id}|{number}"


# ── once a second ───────────────────────────────────────────────────────────────────────────────


class SupervisorLook:
    """One of possibly several: each phone's turn has one key, whoever asks for it."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """On these rows, by this clock."""
        self._database = database
        self._clock = clock
        self._rung: RungAt = {}  # of this process: a second one rings once more, which is bearable

    async def tick(self) -> None:
        """Ring whoever is next, and tell what nobody has acknowledged in time."""
        at = self._clock.now()
        async with self._database.work() as work:
            look_at = partial(_look_at, work, rung=self._rung, at=at)
            for escalation_id in (await work.exec(_due(at))).all():
                await done_apart(work, escalation_id, look_at)


def _waits() -> ColumnElement[bool]:
    return func.num_nonnulls(col(SupervisorAlarm.due_at), col(SupervisorAlarm.deadline_at)) > 0


def _due(at: datetime) -> Any:
    """Also candidates of a clock that was set back (`_clamp`)."""
    due = or_(
        col(SupervisorAlarm.due_at) <= at,
        col(SupervisorAlarm.deadline_at) <= at,
        col(SupervisorAlarm.due_at) > at + APART,
        and_(_waits(), col(Escalation.created_at) > at),
    )
    return (
        select(Escalation.id)
        .join(SupervisorAlarm, col(SupervisorAlarm.escalation_id) == col(Escalation.id))
        .where(Escalation.state != EscalationState.CLOSED, due)
        .order_by(col(Escalation.created_at))
        .limit(MOST_ALARMS_AT_ONCE)
        .with_for_update(of=Escalation, skip_locked=True)
    )


async def _look_at(work: Work, escalation: Escalation, *, rung: RungAt, at: datetime) -> None:
    alarm = await lock_alarm(work, escalation.id)
    if alarm is None:
        return
    _clamp(escalation, alarm, at=at)
    if alarm.deadline_at is not None and alarm.deadline_at <= at:
        alarm.deadline_at = None
        if escalation.state == EscalationState.OPEN:
            page_supervisors(work, escalation, "deadline_passed", at=at)
            await call_supervisors(work, escalation, at=at)
    if alarm.due_at is not None and alarm.due_at <= at:
        await _ring_next(work, escalation, alarm, rung, at=at)


def _clamp(escalation: Escalation, alarm: SupervisorAlarm, *, at: datetime) -> None:
    """A clock set back delays by no more than one pause."""
    times = {key: timedelta(seconds=seconds) for key, seconds in _times(escalation).items()}
    longest = max(APART, times["next_s"]) if alarm.rung else SLIP_WITHIN + times["first_s"]
    if alarm.due_at is not None:
        alarm.due_at = min(alarm.due_at, at + longest)
    within_s = escalation.policy.get("deadline_s")
    if alarm.deadline_at is not None and within_s is not None:
        alarm.deadline_at = min(alarm.deadline_at, at + SLIP_WITHIN + timedelta(seconds=within_s))


async def _ring_next(
    work: Work, escalation: Escalation, alarm: SupervisorAlarm, rung: RungAt, *, at: datetime
) -> None:
    call = await work.get_one(Call, escalation.call_id)
    line = await work.get_one(Line, call.line_id)
    phones = await supervisor_phones(work, line, at=at)
    done = alarm.rung - alarm.round_from
    if not phones or done >= len(phones):
        _end_round(work, escalation, alarm, at=at)
        if not phones:
            page_supervisors(work, escalation, "no_supervisor_phone", at=at)
        return
    phone = phones[done]
    if phone in rung and at - PHONE_PAUSE < rung[phone] <= at:
        alarm.due_at = rung[phone] + PHONE_PAUSE
        return
    rung[phone] = at
    wanted = NewDelivery(
        purpose=FLAGGED,
        key=_key(escalation, alarm.rung),
        address=phone,
        sender=line.number_shown,
        urgent=True,
    )
    await ask_for_delivery(work, wanted, at=at)
    alarm.rung += 1
    times = _times(escalation)
    alarm.due_at = at + timedelta(seconds=times["next_s"] - times["first_s"])
    add_escalation_entry(work, escalation, "supervisors.rung", at=at, turn=done + 1)


def _end_round(work: Work, escalation: Escalation, alarm: SupervisorAlarm, *, at: datetime) -> None:
    """All were rung. Again in a while, unless a station answers for the child by now."""
    is_open = escalation.state == EscalationState.OPEN
    alarm.round_from = alarm.rung
    alarm.due_at = at + APART if is_open else None
    if is_open:
        page_supervisors(work, escalation, "no_supervisor_saw_it", at=at)


# ── sent and answered ───────────────────────────────────────────────────────────────────────────


class SupervisorCalls:
    """Who asks for these deliveries, as `deliveries.asker` wants to see it."""

    path = "/voice/supervisors"
    ring_s = 28  # the next one is rung 30 s after this one

    async def lock(self, work: Work, delivery_id: str) -> bool:
        """Hold the escalation. What a supervisor has seen or a person closed needs no phone."""
        escalation = await lock_flagged(work, delivery_id)
        if escalation is None or escalation.state == EscalationState.CLOSED:
            return False
        alarm = await lock_alarm(work, escalation.id)
        return alarm is not None and alarm.seen_at is None

    async def told(
        self, work: Work, delivery: Delivery, event: DeliveryEvent, *, at: datetime, why: str
    ) -> None:
        """Who cannot be reached is followed by the next one at once."""
        log.info("supervisor.phone", delivery_id=delivery.id, happened=event, why=why)
        if event in ENDED_IN_VAIN:
            await next_at_once(work, delivery.id, at=at)


async def next_at_once(work: Work, delivery_id: str, *, at: datetime) -> None:
    """This phone will not tell anybody: no use in waiting it out. Not at the end of a round."""
    escalation = await lock_flagged(work, delivery_id)
    alarm = None if escalation is None else await lock_alarm(work, escalation.id)
    if alarm is None or alarm.due_at is None or alarm.rung == alarm.round_from:
        return
    alarm.due_at = min(alarm.due_at, at)


async def lock_flagged(work: Work, delivery_id: str) -> Escalation | None:
    """The escalation of such a delivery, held; None where it is no such delivery."""
    flagged = await subject_behind(work, delivery_id, FLAGGED)
    if flagged is None:
        return None
    held = select(Escalation).where(Escalation.id == flagged).with_for_update()
    return (await work.exec(held.execution_options(populate_existing=True))).one_or_none()
