"""The queue of a line: diverted to another with those who wait, closed to new callers, reopened.

A diverted line sends everybody on, also who comes back to its queue later: `follow_diversions`
looks at it each second. A closed line asks new callers for a message; danger still gets to people.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, or_, select

from hotline.audit.model import ActKind, NewAct, SubjectKind
from hotline.audit.service import note_undone, record_act
from hotline.callcontrol.offers import withdraw_offers
from hotline.calls.model import CallEvent, CallState, Urgency
from hotline.calls.moving import WaitingPlace, diversion_of, move_waiting
from hotline.calls.service import lock_call, move_call, put_in_queue
from hotline.directing.callers import stop_unfit_phones
from hotline.directing.hindrances import ActRefused, Hindrance
from hotline.directing.notices import NoticeKind, Telling, take_back, tell
from hotline.directing.reach import line_to_direct, on_duty_of
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Call, CallEntry, LineDiversion, SupervisorAct


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueChange:
    """`to_line_id`: who serves the queue from now on; None: it is closed.

    `waiting_leave_message`: of a closed line, those in no danger who wait are asked as well.
    """

    line_id: str
    to_line_id: str | None = None
    waiting_leave_message: bool = False
    reason: str = ""


async def divert_line(
    work: Work, change: QueueChange, who: SignedIn, *, at: datetime
) -> SupervisorAct:
    """Divert or close a queue, with those who wait. Raises `ActRefused`."""
    await _require_may_change(work, change, who)
    act = await record_act(work, _changed(change, who), at=at)
    work.add(
        LineDiversion(line_id=change.line_id, to_line_id=change.to_line_id, act_id=act.id, at=at)
    )
    work.announce("line", change.line_id)
    moved = await _take_along(work, change, at=at)
    act.after = {**act.after, "calls": moved}
    facts = {"line": change.line_id, "to": change.to_line_id}
    told = Telling(kind=NoticeKind.LINE, text=change.reason, facts=facts)
    lines = [change.line_id, *([change.to_line_id] if change.to_line_id else [])]
    tell(work, act, await on_duty_of(work, lines), told, at=at)
    return act


async def _require_may_change(work: Work, change: QueueChange, who: SignedIn) -> None:
    lines = sorted({change.line_id, change.to_line_id or change.line_id})
    for line_id in lines:  # held in order: two who divert to each other meet here
        await line_to_direct(work, line_id, who)
    if change.line_id == change.to_line_id:
        raise ActRefused(Hindrance.SAME_LINE)
    if await diversion_of(work, change.line_id) is not None:
        raise ActRefused(Hindrance.NOT_SERVED_HERE)
    if change.to_line_id and await diversion_of(work, change.to_line_id) is not None:
        raise ActRefused(Hindrance.NOT_SERVED)
    if await _takes_anothers(work, change.line_id):
        raise ActRefused(Hindrance.TAKES_ANOTHERS)


async def _takes_anothers(work: Work, line_id: str) -> bool:
    query = select(LineDiversion.id).where(
        LineDiversion.to_line_id == line_id, col(LineDiversion.ended_at).is_(None)
    )
    return (await work.exec(query)).first() is not None


def _changed(change: QueueChange, who: SignedIn) -> NewAct:
    diverted = change.to_line_id is not None
    return NewAct(
        by_id=who.staff_id,
        kind=ActKind.LINE_DIVERTED if diverted else ActKind.LINE_CLOSED,
        subject=SubjectKind.LINE,
        subject_id=change.line_id,
        lines=frozenset({change.line_id, change.to_line_id or change.line_id}),
        after={"to": change.to_line_id},
        reason=change.reason,
    )


async def _take_along(work: Work, change: QueueChange, *, at: datetime) -> list[str]:
    """Those who wait go with the queue. Their ids."""
    calls = await _waiting_of(work, change.line_id)
    if change.to_line_id is not None:
        for call in calls:
            await _send_on(work, call, change.to_line_id, at=at)
        return [call.id for call in calls]
    if not change.waiting_leave_message:
        return []
    asked = [call for call in calls if call.urgency != Urgency.CRISIS]
    for call in asked:
        move_call(work, call, CallEvent.MESSAGE_STARTED, at=at)
        await withdraw_offers(work, call, at=at, reason="line_closed")
    return [call.id for call in asked]


async def _send_on(work: Work, call: Call, line_id: str, *, at: datetime) -> None:
    place = WaitingPlace(line_id=line_id, topic=call.topic)
    move_waiting(work, call, place, at=at, why="line_diverted")
    await stop_unfit_phones(work, call, at=at)


async def _waiting_of(work: Work, line_id: str) -> Sequence[Call]:
    query = (
        select(Call)
        .where(Call.line_id == line_id, Call.state == CallState.WAITING)
        .order_by(col(Call.id))
        .with_for_update()
    )
    return (await work.exec(query.execution_options(populate_existing=True))).all()


async def reopen_line(work: Work, line_id: str, who: SignedIn, *, at: datetime) -> SupervisorAct:
    """The queue is served here again. Raises `ActRefused` where it is."""
    await line_to_direct(work, line_id, who)
    diversion = await diversion_of(work, line_id)
    if diversion is None:
        raise ActRefused(Hindrance.OPEN)
    act = await work.get_one(SupervisorAct, diversion.act_id, with_for_update=True)
    await undo_diversion(work, act, who, at=at)
    note_undone(work, act, by_id=who.staff_id, at=at)
    return act


async def undo_diversion(work: Work, act: SupervisorAct, who: SignedIn, *, at: datetime) -> None:
    """Open the queue; who still waits elsewhere because of it comes back, each to their place."""
    diversion = await diversion_of(work, act.subject_id)
    if diversion is None or diversion.act_id != act.id:
        raise ActRefused(Hindrance.OPENED_SINCE)
    diversion.ended_at = at
    work.announce("line", diversion.line_id)
    await work.flush()
    if diversion.to_line_id is not None:
        await _bring_back(work, diversion, who, at=at)
    else:
        await _let_wait_again(work, act, at=at)
    await take_back(work, act, by_id=who.staff_id, at=at)


async def _bring_back(work: Work, diversion: LineDiversion, who: SignedIn, *, at: datetime) -> None:
    sent_on = (
        select(CallEntry.call_id)
        .where(CallEntry.kind == "call.moved", col(CallEntry.at) >= diversion.at)
        .where(col(CallEntry.facts).contains({"why": "line_diverted", "from": diversion.line_id}))
    )
    for call in await _waiting_of(work, diversion.to_line_id or ""):
        if (await work.exec(sent_on.where(CallEntry.call_id == call.id))).first() is not None:
            place = WaitingPlace(line_id=diversion.line_id, topic=call.topic)
            move_waiting(work, call, place, at=at, staff_id=who.staff_id, why="line_reopened")
            await stop_unfit_phones(work, call, at=at)


async def _let_wait_again(work: Work, act: SupervisorAct, *, at: datetime) -> None:
    """Who was asked for a message and has left none: they are still on the line."""
    for call_id in sorted(act.after.get("calls", ())):
        call = await lock_call(work, call_id)
        if call.state == CallState.MESSAGE and call.outcome is None:
            put_in_queue(work, call, at=at)


async def follow_diversions(work: Work, *, at: datetime) -> None:
    """Who came into a diverted queue meanwhile, or back to it, is sent on."""
    query = (
        select(Call, LineDiversion.to_line_id)
        .join(LineDiversion, col(LineDiversion.line_id) == col(Call.line_id))
        .where(Call.state == CallState.WAITING, col(LineDiversion.ended_at).is_(None))
        .where(col(LineDiversion.to_line_id).is_not(None))
        .order_by(col(Call.id))
        .with_for_update(of=Call, skip_locked=True)
    )
    for call, to_line_id in (await work.exec(query)).all():
        await _send_on(work, call, to_line_id or call.line_id, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueNow:
    """A queue that is not served by its own line. `to`: by which; None: it is closed."""

    line_id: str
    to: str | None
    act_id: str
    since: datetime
    reason: str


async def queues_elsewhere(work: Work, lines: Collection[str]) -> list[QueueNow]:
    """Of these lines, those that are diverted or closed, or take another's queue."""
    query = (
        select(LineDiversion, SupervisorAct.reason)
        .join(SupervisorAct, col(SupervisorAct.id) == col(LineDiversion.act_id))
        .where(col(LineDiversion.ended_at).is_(None))
        .where(or_(col(LineDiversion.line_id).in_(lines), col(LineDiversion.to_line_id).in_(lines)))
        .order_by(col(LineDiversion.at))
    )
    return [
        QueueNow(
            line_id=row.line_id, to=row.to_line_id, act_id=row.act_id, since=row.at, reason=reason
        )
        for row, reason in (await work.exec(query)).all()
    ]
