"""Nobody takes a caller who waits: step by step, whoever is left is rung.

Each step is in the rows: its deadline, what was rung, what came of it. Whose phone rings here is
a participant without an offer; who answers and presses the key joins the talk
(`offers.accept_offer`). Who is ready is offered the call by `hotline.switchboard.alarm`.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import col, func, or_, select

from hotline.callcontrol.model import ParticipantRole, ParticipantState
from hotline.callcontrol.overflow import take_over
from hotline.callcontrol.participants import let_go
from hotline.calls.model import CallState, OfferState
from hotline.calls.service import add_call_entry
from hotline.lines.alarm import AlarmPlan, AlarmStep
from hotline.lines.overflow import OVERFLOW_STEPS, alarm_for, partner_of
from hotline.staff.model import PresenceState, Role
from hotline.staff.skills import is_certified
from hotline.storage.session import Work
from hotline.storage.tables import Call, Line, Offer, Participant, Presence, Staff
from hotline.storage.tables.columns import new_id

ROWS_A_LOOK = 500
RING_TOGETHER = 3  # phones of people at one step
LOOK_AGAIN = timedelta(seconds=15)  # at a caller whom somebody on duty may still take
TOO_FAR_AWAY = timedelta(hours=2)  # no alarm has such a pause: the clock was set back

MayBeTaken = Callable[[Call], bool]
"""Whether somebody on duty could still take this caller."""


class Phone(NamedTuple):
    """Whom a step rings. Without `staff_id`: a phone that is nobody's account.

    `partner`: the name of the line's partner, whose phone it is.
    """

    address: str
    staff_id: str | None = None
    partner: str = ""


async def lock_due(work: Work, *, at: datetime) -> Sequence[Call]:
    """Callers about whom something may have to be done now, those in danger first.

    A call in other hands at this moment is left to them, and to the next look.
    """
    due = col(Call.alarm_due_at)
    query = (
        select(Call)
        .where(Call.state == CallState.WAITING)
        .where(or_(due.is_(None), due <= at, due > at + TOO_FAR_AWAY))
        .order_by(Call.urgency, due.nulls_first())  # "crisis" comes before "routine"
        .limit(ROWS_A_LOOK)
    )
    return (await work.exec(query.with_for_update(skip_locked=True))).all()


def put_off(call: Call, line: Line, may_be_taken: MayBeTaken, *, at: datetime) -> bool:
    """Give a caller a deadline, or a new one. False where a step is to be taken now.

    Nobody is alarmed for somebody in no danger whom a counselor on duty takes in their turn, but
    for who has waited too long for that: danger always comes before them.
    """
    plan = alarm_for(line, call, at=at)
    if call.alarm_due_at is None or call.alarm_due_at > at + plan.longest:
        call.alarm_due_at = min(_since(call), at) + plan.due_after(call.alarm_step)
    due = call.alarm_due_at <= at
    may_wait = at < min(_since(call), at) + timedelta(seconds=plan.long_wait_s)
    for_later = plan.step(call.alarm_step) not in OVERFLOW_STEPS
    if due and may_wait and for_later and may_be_taken(call):
        call.alarm_due_at = at + LOOK_AGAIN
    return call.alarm_due_at > at


def _since(call: Call) -> datetime:
    return call.alarm_since or call.queued_at or call.arrived_at


async def take_step(work: Work, call_id: str, *, at: datetime) -> AlarmStep | None:
    """The next step of one caller, if it is still due: so two leaders take each step once."""
    query = select(Call).where(Call.id == call_id, Call.state == CallState.WAITING)
    locked = query.where(col(Call.alarm_due_at) <= at).with_for_update(skip_locked=True)
    call = (await work.exec(locked.execution_options(populate_existing=True))).one_or_none()
    if call is None:
        return None
    line = await work.get_one(Line, call.line_id)
    plan = alarm_for(line, call, at=at)
    step = plan.step(call.alarm_step)
    call.alarm_step += 1
    call.alarm_due_at = _next_due(call, plan, at)
    if await take_over(work, call, line, step, at=at):
        return step
    if step is not AlarmStep.ANY_LINE:  # those are offered the call by the switchboard
        phones = await _phones(work, call, line, step)
        for phone in phones:
            _ring(work, call, phone, at=at)
        await end_step(work, call, step, rung=len(phones), at=at)
        if step in OVERFLOW_STEPS:  # the next look says whether the steps after it are needed
            return None
    return step


async def end_step(work: Work, call: Call, step: AlarmStep, *, rung: int, at: datetime) -> None:
    """Tell the timeline. A step that reaches nobody is followed by the next at once."""
    kind = "alarm.rang" if rung else "alarm.reached_nobody"
    add_call_entry(work, call, kind, at=at, facts={"step": step, "rung": rung})
    if not rung and step not in OVERFLOW_STEPS:  # a line that cannot help changes no deadline
        await hurry_alarm(work, call, at=at)


def _next_due(call: Call, plan: AlarmPlan, at: datetime) -> datetime:
    """By the plan; after the last step never before its pause, however late that step was."""
    due = _since(call) + plan.due_after(call.alarm_step)
    pause = timedelta(seconds=plan.pause_s)
    return max(due, at + pause) if plan.round_over(call.alarm_step) else due


async def hurry_alarm(work: Work, call: Call, *, at: datetime) -> None:
    """Nobody rings any more: the next step at once, but for the pause after the last one."""
    line = await work.get_one(Line, call.line_id)
    plan = alarm_for(line, call, at=at)
    if call.state != CallState.WAITING or plan.round_over(call.alarm_step):
        return
    if not await _is_offered(work, call):
        call.alarm_due_at = at
        work.announce("call", call.id)


async def _is_offered(work: Work, call: Call) -> bool:
    query = select(Offer.id).where(Offer.call_id == call.id, Offer.state == OfferState.PENDING)
    return (await work.exec(query.limit(1))).first() is not None


# ── whom ────────────────────────────────────────────────────────────────────────────────────────


async def _phones(work: Work, call: Call, line: Line, step: AlarmStep) -> list[Phone]:
    """Whose phones ring at this step, but for those that ring, or are talked on, already."""
    match step:
        case AlarmStep.ANY_LINE:
            return []
        case AlarmStep.PARTNER | AlarmStep.BACK:
            return _partners(line)  # many seats, one number: busy or not is theirs to say
        case AlarmStep.OWN_PHONES:
            found = await _counselors_at_home(work, call)
        case AlarmStep.DUTY_PHONE:
            found = [Phone(line.duty_phone)]
        case AlarmStep.SUPERVISOR:
            known = line.supervisor_phone
            found = [Phone(known)] if known else await _supervisors(work, line)
    busy = await _busy(work)
    free = [phone for phone in found if phone.address and phone.address not in busy]
    return free[:RING_TOGETHER]


def _partners(line: Line) -> list[Phone]:
    found = partner_of(line)
    return [Phone(found.number, partner=found.name)] if found and found.number else []


async def _busy(work: Work) -> set[str]:
    query = select(Participant.address).where(Participant.state != ParticipantState.ENDED)
    return set((await work.exec(query)).all())


async def _counselors_at_home(work: Work, call: Call) -> list[Phone]:
    """Those not rung yet first, then those of the line, then those trained for danger."""
    query = (
        select(Staff, Presence)
        .where(Presence.staff_id == Staff.id, Presence.state == PresenceState.OFFLINE)
        .where(col(Staff.active), col(Staff.rings_off_duty), col(Staff.own_phone) != "")
        .where(col(Staff.roles).contains([Role.COUNSELOR]))
    )
    rung = await _rung_before(work, call)
    people = sorted(
        (await work.exec(query)).all(),
        key=lambda one: (
            rung[one[0].own_phone],
            call.line_id not in one[0].lines,
            not is_certified(one[0]),
            one[1].idle_since,
            one[0].id,
        ),
    )
    return [Phone(staff.own_phone, staff.id) for staff, _ in people]


async def _rung_before(work: Work, call: Call) -> Counter[str]:
    query = select(Participant.address, func.count()).where(Participant.call_id == call.id)
    return Counter(dict((await work.exec(query.group_by(Participant.address))).all()))


async def _supervisors(work: Work, line: Line) -> list[Phone]:
    query = (
        select(Staff.own_phone, Staff.id)
        .where(col(Staff.active), col(Staff.own_phone) != "")
        .where(col(Staff.roles).contains([Role.SUPERVISOR]))
        .where(col(Staff.lines).contains([line.id]))
        .order_by(col(Staff.id))
    )
    return [Phone(address, staff_id) for address, staff_id in (await work.exec(query)).all()]


# ── their phones ────────────────────────────────────────────────────────────────────────────────


def _ring(work: Work, call: Call, phone: Phone, *, at: datetime) -> None:
    one = Participant(
        id=new_id(),
        call_id=call.id,
        role=ParticipantRole.COUNSELOR,
        staff_id=phone.staff_id,
        address=phone.address,
        name=phone.partner,
        created_at=at,
    )
    work.add(one)
    work.announce("leg", one.id)


def is_called_in(one: Participant) -> bool:
    """Somebody who was rung because nobody on duty took the caller."""
    return one.role == ParticipantRole.COUNSELOR and one.offer_id is None


def is_partner(one: Participant) -> bool:
    """The partner of a line: somebody outside, with a name and no account."""
    return is_called_in(one) and one.staff_id is None and bool(one.name)


async def called_in_to(work: Work, call: Call) -> Sequence[Participant]:
    """Whose phones ring for a call by an alarm, or who listen to what it is about; locked."""
    query = select(Participant).where(
        Participant.call_id == call.id,
        Participant.role == ParticipantRole.COUNSELOR,
        col(Participant.offer_id).is_(None),
        col(Participant.state).not_in([ParticipantState.ENDED, ParticipantState.IN_TALK]),
    )
    return (await work.exec(query.with_for_update())).all()


async def let_go_of_called_in(work: Work, call: Call, *, at: datetime) -> None:
    """Somebody has taken the call, or nobody needs to."""
    for one in await called_in_to(work, call):
        let_go(work, call, one, at=at)


async def called_in_ended(work: Work, call: Call, *, at: datetime, why: str) -> None:
    """A phone that an alarm rang was not taken by a person. Hold the call before."""
    if call.state != CallState.WAITING:
        return
    add_call_entry(work, call, "alarm.not_taken", at=at, facts={"why": why})
    if not await called_in_to(work, call):
        await hurry_alarm(work, call, at=at)
