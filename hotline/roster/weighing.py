"""What a change would open on the roster as it stands, and whether a time is free. Reads only."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import col, select

from hotline.roster.model import (
    PlannedShift,
    ShiftKind,
    ShiftState,
    local_day,
)
from hotline.roster.period import (
    absences_in,
    planned,
    roster_of,
    shifts_in,
    weeks_around,
)
from hotline.roster.proof import RosterChange, RosterPlan, fixes_for, opens_hole
from hotline.roster.refusals import (
    FixShown,
    NamedWorker,
    RosterRefusal,
    RosterRefused,
    Weighed,
)
from hotline.roster.weekly import file_key
from hotline.staff.permissions import Permission, may_anywhere
from hotline.storage.session import Work
from hotline.storage.tables import RosterShift, Staff


async def weigh(
    work: Work, change: RosterChange, lines: Collection[str], *times: PlannedShift
) -> Weighed:
    """What it opens on these lines. `times`: all that it touches; whole weeks around are read."""
    begins_at = min(one.begins_at for one in times)
    ends_at = max(one.ends_at for one in times)
    return await weigh_between(work, change, lines, begins_at, ends_at)


async def weigh_between(
    work: Work,
    change: RosterChange,
    lines: Collection[str],
    begins_at: datetime,
    ends_at: datetime,
) -> Weighed:
    """The same, where the time is known."""
    before = await roster_of(work, lines, weeks_around(begins_at, ends_at))
    whole = replace(change, gone=change.gone | _replaced(before, change.new))
    holes = opens_hole(before, whole)
    if not holes:
        return Weighed()
    fixes = fixes_for(before, whole)
    names = await _names(work, {who for one in fixes for who in one.people})
    return Weighed(
        holes=holes,
        fixes=[
            FixShown(
                lines=one.lines,
                kind=one.kind,
                begins_at=one.begins_at,
                ends_at=one.ends_at,
                people=tuple(NamedWorker(who, names.get(who, "")) for who in one.people),
            )
            for one in fixes
        ],
    )


def _replaced(before: RosterPlan, new: Sequence[PlannedShift]) -> frozenset[str]:
    """A first row of a day replaces the weekly hours that counted for it."""
    keys = [file_key(one.staff_id, local_day(one.begins_at)) for one in new if one.staff_id]
    return frozenset(one.id for one in before.shifts for key in keys if one.id.startswith(key))


async def _names(work: Work, ids: Collection[str]) -> dict[str, str]:
    query = select(Staff.id, Staff.name).where(col(Staff.id).in_(ids))
    return dict((await work.exec(query)).all())


def refuse_holes(weighed: Weighed) -> None:
    """Raises `RosterRefused` with holes and fixes, where there is any hole."""
    if weighed.holes:
        raise RosterRefused(RosterRefusal.OPENS_HOLE, weighed)


def handed(shift: RosterShift, to: str) -> PlannedShift:
    """The same shift as a colleague's."""
    return PlannedShift(
        id=f"{shift.id} handed",
        staff_id=to,
        lines=frozenset(shift.lines),
        kind=ShiftKind(shift.kind),
        begins_at=shift.begins_at,
        ends_at=shift.ends_at,
    )


# ── whether somebody can have it ────────────────────────────────────────────────────────────────


async def require_able(work: Work, staff_id: str, lines: Collection[str]) -> Staff:
    """An account that is on and works for all of these lines. Raises `RosterRefused`."""
    staff = await work.get(Staff, staff_id)
    fits = staff is not None and staff.active and set(lines) <= set(staff.lines)
    plannable = (Permission.TAKE_CALLS, Permission.DIRECT_FLOOR)
    if staff is None or not fits or not any(may_anywhere(staff.roles, one) for one in plannable):
        raise RosterRefused(RosterRefusal.NOT_OF_LINE)
    return staff


async def require_free(
    work: Work, staff_id: str, times: Sequence[PlannedShift], *, but: Collection[str] = ()
) -> None:
    """No other shift and no leave of theirs at any of these times. `but`: rows that do not count.

    Raises `RosterRefused`.
    """
    begins_at = min(one.begins_at for one in times)
    ends_at = max(one.ends_at for one in times)
    rows = await shifts_in(work, begins_at, ends_at)
    mine = [planned(one) for one in rows if _is_held(one, staff_id) and one.id not in but]
    away = [one for one in await absences_in(work, begins_at, ends_at) if one.staff_id == staff_id]
    for time in times:
        if any(one.overlaps(time.begins_at, time.ends_at) for one in mine):
            raise RosterRefused(RosterRefusal.HAS_SHIFT)
        if any(time.overlaps(one.begins_at, one.ends_at) for one in away):
            raise RosterRefused(RosterRefusal.IS_AWAY)


def _is_held(row: RosterShift, staff_id: str) -> bool:
    return row.state == ShiftState.PLANNED and row.staff_id == staff_id


def require_to_come(ends_at: datetime, at: datetime) -> None:
    """Raises `RosterRefused` for what is over."""
    if ends_at <= at:
        raise RosterRefused(RosterRefusal.OVER)
