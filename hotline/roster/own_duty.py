"""Where somebody stands in their own plan at a moment: on duty, soon, over, or not planned then.

It proposes and reminds; it keeps nobody from being ready, and ends no shift.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import col, select

from hotline.roster.model import (
    BESIDE,
    PlannedShift,
    ShiftKind,
    ShiftState,
    local_day,
    midnight,
    monday_of,
)
from hotline.roster.period import (
    absences_in,
    planned,
    rostered_days,
    shifts_in,
    weekly_hours,
)
from hotline.roster.weekly import weekly_shifts
from hotline.storage.session import Work
from hotline.storage.tables import RosterShift, Staff

SOON = timedelta(minutes=30)
ASKED_FOR = timedelta(hours=4)  # after an end that nobody renewed
WEEK_AROUND = timedelta(days=1)


class DutyPhase(StrEnum):
    """How a moment lies to what somebody is planned for."""

    NOW = "now"
    SOON = "soon"
    OVER = "over"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDuty:
    """`shift`: the one that lasts, comes or is over; with `OFF`, the next one, if any."""

    phase: DutyPhase
    shift: PlannedShift | None


async def own_duty(work: Work, staff_id: str, *, at: datetime) -> OwnDuty | None:
    """None for whom nothing is planned around this moment: as before there was a roster."""
    staff = await work.get_one(Staff, staff_id)
    begin = midnight(monday_of(local_day(at)))
    rows = await shifts_in(work, begin - WEEK_AROUND, begin + timedelta(days=9), of=staff_id)
    first, last = local_day(at) - WEEK_AROUND, local_day(at) + WEEK_AROUND
    theirs = [planned(one) for one in rows if one.state == ShiftState.PLANNED]
    theirs += weekly_shifts([weekly_hours(staff)], rostered_days(rows), first, last)
    if not theirs:
        return None
    moment = await absences_in(work, at, at + timedelta(microseconds=1))
    away = any(one.staff_id == staff_id for one in moment)
    return OwnDuty(phase=DutyPhase.OFF, shift=None) if away else phase_of(theirs, at)


def phase_of(shifts: Sequence[PlannedShift], at: datetime) -> OwnDuty:
    """Pure. What lasts goes before what comes, and that before what is over."""
    by_time = sorted(shifts, key=lambda one: (one.begins_at, one.id))
    lasting = [one for one in by_time if one.begins_at <= at < one.ends_at]
    coming = [one for one in by_time if at < one.begins_at]
    over = [one for one in by_time if at - ASKED_FOR <= one.ends_at <= at]
    if lasting:
        return OwnDuty(phase=DutyPhase.NOW, shift=lasting[0])
    if coming and coming[0].begins_at <= at + SOON:
        return OwnDuty(phase=DutyPhase.SOON, shift=coming[0])
    if over:
        return OwnDuty(phase=DutyPhase.OVER, shift=over[-1])
    return OwnDuty(phase=DutyPhase.OFF, shift=coming[0] if coming else None)


async def beside_now(work: Work, at: datetime) -> Mapping[str, ShiftKind]:
    """Who is on call or second line at this moment, and as which; not who is away."""
    query = (
        select(RosterShift)
        .where(col(RosterShift.kind).in_(BESIDE), RosterShift.state == ShiftState.PLANNED)
        .where(RosterShift.begins_at <= at, RosterShift.ends_at > at)
    )
    rows = (await work.exec(query)).all()
    away = {one.staff_id for one in await absences_in(work, at, at + timedelta(microseconds=1))}
    return {
        one.staff_id: ShiftKind(one.kind)
        for one in rows
        if one.staff_id is not None and one.staff_id not in away
    }
