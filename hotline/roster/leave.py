"""Leave: wanted by somebody, approved or refused by whoever plans for a line of theirs.

An approved leave removes no shift. It covers what is planned, so that taking it back brings that
back; proof and duty both look at it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline.errors import Invalid
from hotline.roster.model import (
    CAN_WAIT,
    Absence,
    LeaveEvent,
    LeaveKind,
    LeaveState,
    check_span,
    leave_after,
)
from hotline.roster.proof import RosterChange
from hotline.roster.refusals import Weighed, told_to
from hotline.roster.telling import RosterAct, RosterDeed, ToldOf, tell_roster
from hotline.roster.weighing import refuse_holes, require_to_come, weigh_between
from hotline.storage.session import Work
from hotline.storage.tables import RosterLeave, Staff

LONGEST = timedelta(days=190)  # a maternity leave here: 178 days
TOO_LONG = f"A leave of more than {LONGEST.days} days is an absence for an administrator to set."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLeave:
    """When somebody would be away, and by which word."""

    kind: LeaveKind
    begins_at: datetime
    ends_at: datetime


async def ask_leave(work: Work, act: RosterAct, staff: Staff, new: NewLeave) -> RosterLeave:
    """Raises `Invalid` or `RosterRefused` for a time that cannot be."""
    check_span(new.begins_at, new.ends_at)
    if new.ends_at - new.begins_at > LONGEST:
        raise Invalid(TOO_LONG)
    require_to_come(new.ends_at, act.at)
    leave = RosterLeave(
        staff_id=staff.id,
        kind=new.kind,
        state=LeaveState.WANTED,
        begins_at=new.begins_at,
        ends_at=new.ends_at,
        at=act.at,
    )
    work.add(leave)
    await work.flush()
    await tell_roster(work, act, RosterDeed.LEAVE_WANTED, _told(leave, staff))
    return leave


async def approve_leave(
    work: Work, act: RosterAct, leave: RosterLeave, staff: Staff, lines: Collection[str]
) -> Weighed:
    """Raises `RosterRefused` where it opens a hole on any line of theirs, with who could close it.

    But for an illness: who is ill is not there whatever is decided, and the holes are returned.
    `lines`: of whoever approves, who is told of no other line who works there and when.
    """
    require_to_come(leave.ends_at, act.at)
    state = leave_after(leave.state, LeaveEvent.APPROVED)
    begins_at, ends_at = leave.begins_at, leave.ends_at
    away = Absence(staff_id=staff.id, begins_at=begins_at, ends_at=ends_at)
    change = RosterChange(absent=(away,))
    opened = await weigh_between(work, change, staff.lines, begins_at, ends_at)
    weighed = told_to(lines, opened)
    if CAN_WAIT[LeaveKind(leave.kind)]:
        refuse_holes(weighed)
    _decide(act, leave, state)
    await tell_roster(work, act, RosterDeed.LEAVE_APPROVED, _told(leave, staff))
    return weighed


async def refuse_leave(
    work: Work, act: RosterAct, leave: RosterLeave, staff: Staff, answer: str
) -> None:
    """`answer`: why, for whoever asked."""
    _decide(act, leave, leave_after(leave.state, LeaveEvent.REFUSED), answer)
    await tell_roster(work, act, RosterDeed.LEAVE_REFUSED, _told(leave, staff))


async def withdraw_leave(work: Work, act: RosterAct, leave: RosterLeave, staff: Staff) -> None:
    """It is not wanted any more: they are there as planned."""
    require_to_come(leave.ends_at, act.at)
    _decide(act, leave, leave_after(leave.state, LeaveEvent.WITHDRAWN))
    await tell_roster(work, act, RosterDeed.LEAVE_WITHDRAWN, _told(leave, staff))


def _decide(act: RosterAct, leave: RosterLeave, state: LeaveState, answer: str = "") -> None:
    leave.state, leave.answer = state, answer
    leave.decided_by, leave.decided_at = act.by_id, act.at


def _told(leave: RosterLeave, staff: Staff) -> ToldOf:
    said = {
        "kind": leave.kind,
        "begins_at": leave.begins_at.isoformat(),
        "ends_at": leave.ends_at.isoformat(),
    }
    return ToldOf(
        lines=staff.lines, person=staff.id, row_id=leave.id, after=said, reason=leave.answer
    )
