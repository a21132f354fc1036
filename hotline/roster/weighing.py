"""What a change would open on the roster as it stands, and whether a time is free. Reads only."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import col, select

from hotline.roster.model import (
    Absence,
    PlannedShift,
    ShiftKind,
    ShiftState,
    local_day,
)
from hotline.roster.period import (
    RosterPeriod,
    RosterRead,
    absences_in,
    bare_plan,
    planned,
    read_roster,
    served_in,
    shifts_in,
    weeks_around,
    weeks_of,
)
from hotline.roster.proof import (
    Fix,
    Hole,
    RosterChange,
    RosterPlan,
    fixes_for,
    opens_hole,
    touched_by,
)
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

WEIGHED_AHEAD = timedelta(weeks=8)
"""Of a long repeat that goes: what lies farther is looked at when it comes nearer, in the proof."""


async def weigh(
    work: Work, change: RosterChange, lines: Collection[str], *times: PlannedShift
) -> Weighed:
    """What it opens on these lines. `times`: all that it touches; whole weeks around are read.

    Weeks between two of them are not: a swap may be for a shift of half a year later.
    """
    told = [await _weighed(work, change, lines, period) for period in weeks_of(times)]
    return Weighed(
        holes=[hole for one in told for hole in one.holes],
        fixes=[fix for one in told for fix in one.fixes],
    )


async def weigh_between(
    work: Work,
    change: RosterChange,
    lines: Collection[str],
    begins_at: datetime,
    ends_at: datetime,
) -> Weighed:
    """The same, where it may touch anything from one moment to another."""
    return await _weighed(work, change, lines, weeks_around(begins_at, ends_at))


def first_weeks(times: Sequence[PlannedShift]) -> list[PlannedShift]:
    """Those that begin within `WEIGHED_AHEAD` of the first. By time."""
    return [one for one in times if one.begins_at < times[0].begins_at + WEIGHED_AHEAD]


async def _weighed(
    work: Work, change: RosterChange, lines: Collection[str], period: RosterPeriod
) -> Weighed:
    """Weighed beside the loop: it is long work for many people, and callers wait."""
    read = await read_roster(work, lines, period)
    holes, fixes = await asyncio.to_thread(holes_and_fixes, read, change)
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


def holes_and_fixes(read: RosterRead, change: RosterChange) -> tuple[list[Hole], list[Fix]]:
    """What a change opens, looking at no line and no hour that it does not touch. Pure."""
    bare = bare_plan(read)
    whole = replace(change, gone=change.gone | _replaced(bare, change.new))
    before = replace(bare, lines=served_in(read, touched_by(bare, whole)))
    holes = opens_hole(before, whole)
    return holes, fixes_for(before, whole) if holes else []


def _replaced(before: RosterPlan, new: Sequence[PlannedShift]) -> frozenset[str]:
    """A first row of a day replaces the weekly hours that counted for it."""
    keys = [file_key(one.staff_id, local_day(one.begins_at)) for one in new if one.staff_id]
    return frozenset(one.id for one in before.shifts for key in keys if one.id.startswith(key))


async def _names(work: Work, ids: Collection[str]) -> dict[str, str]:
    query = select(Staff.id, Staff.name).where(col(Staff.id).in_(ids))
    return dict((await work.exec(query)).all())


def refuse_holes(weighed: Weighed) -> None:
    """Raises `RosterRefused` with holes and fixes, where there is any hole, told or not."""
    if weighed.opens:
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
    for _, reason in await clashes_of(work, staff_id, times, but=but):
        raise RosterRefused(reason)


async def clashes_of(
    work: Work, staff_id: str, times: Sequence[PlannedShift], *, but: Collection[str] = ()
) -> list[tuple[PlannedShift, RosterRefusal]]:
    """Which of these they cannot have, and why: a shift of theirs goes before a leave."""
    begins_at = min(one.begins_at for one in times)
    ends_at = max(one.ends_at for one in times)
    rows = await shifts_in(work, begins_at, ends_at, of=staff_id)
    mine = [planned(one) for one in rows if _is_held(one, staff_id) and one.id not in but]
    away = [one for one in await absences_in(work, begins_at, ends_at) if one.staff_id == staff_id]
    found = ((time, _clash(time, mine, away)) for time in times)
    return [(time, reason) for time, reason in found if reason is not None]


def _clash(
    time: PlannedShift, mine: Sequence[PlannedShift], away: Sequence[Absence]
) -> RosterRefusal | None:
    if any(one.overlaps(time.begins_at, time.ends_at) for one in mine):
        return RosterRefusal.HAS_SHIFT
    if any(time.overlaps(one.begins_at, one.ends_at) for one in away):
        return RosterRefusal.IS_AWAY
    return None


def _is_held(row: RosterShift, staff_id: str) -> bool:
    return row.state == ShiftState.PLANNED and row.staff_id == staff_id


def require_to_come(ends_at: datetime, at: datetime) -> None:
    """Raises `RosterRefused` for what is over."""
    if ends_at <= at:
        raise RosterRefused(RosterRefusal.OVER)
