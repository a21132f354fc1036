"""Who is planned to be there at a moment. Reads only.

A person with rows on the roster for a day follows them, also where all of them were removed or
given away. Without any, the weekly hours of the file count. Who has neither, and no row in the
whole week, may be there at any time, as before there was a roster.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import col, select

from hotline.roster.model import (
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
from hotline.staff.revocation import may_be_called_in
from hotline.storage.session import Work
from hotline.storage.tables import RosterShift, Staff

MOMENT = timedelta(microseconds=1)


class DutySource(StrEnum):
    """What says so."""

    ROSTER = "roster"
    WEEKLY_HOURS = "weekly_hours"
    NO_HOURS = "no_hours"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedNow:
    """Somebody who is planned now. `until`: None where nothing says when it ends."""

    staff_id: str
    name: str
    lines: tuple[str, ...]
    kind: ShiftKind
    source: DutySource
    until: datetime | None


async def on_duty(work: Work, at: datetime) -> list[PlannedNow]:
    """Everybody, once for each shift that lasts at this moment; by id."""
    monday = monday_of(local_day(at))
    begin, end = midnight(monday), midnight(monday + timedelta(days=7))
    rows = await shifts_in(work, begin, end)
    people = (
        await work.exec(select(Staff).where(may_be_called_in()).order_by(col(Staff.id)))
    ).all()
    away = {one.staff_id for one in await absences_in(work, at, at + MOMENT)}
    here = [one for one in people if one.id not in away]
    found = list(_of_shifts(here, rows, at))
    known = {one.staff_id for one in found}
    others = [one for one in here if one.id not in known]
    found += _without_hours(others, rows, at)
    return sorted(found, key=lambda one: (one.staff_id, one.kind, one.lines))


def _of_shifts(
    people: Sequence[Staff], rows: Sequence[RosterShift], at: datetime
) -> Iterator[PlannedNow]:
    today = local_day(at)
    yesterday = today - timedelta(days=1)
    of_roster = [planned(one) for one in rows if one.state == ShiftState.PLANNED]
    of_file = weekly_shifts(map(weekly_hours, people), rostered_days(rows), yesterday, today)
    for source, shifts in (
        (DutySource.ROSTER, of_roster),
        (DutySource.WEEKLY_HOURS, list(of_file)),
    ):
        for one in people:
            mine = (each for each in shifts if each.staff_id == one.id)
            yield from (_now(one, each, source) for each in mine if _lasts(each, at))


def _lasts(shift: PlannedShift, at: datetime) -> bool:
    return shift.begins_at <= at < shift.ends_at


def _now(one: Staff, shift: PlannedShift, source: DutySource) -> PlannedNow:
    return PlannedNow(
        staff_id=one.id,
        name=one.name,
        lines=tuple(sorted(shift.lines & frozenset(one.lines))),
        kind=shift.kind,
        source=source,
        until=shift.ends_at,
    )


def _without_hours(
    people: Sequence[Staff], rows: Sequence[RosterShift], at: datetime
) -> Iterator[PlannedNow]:
    """Their week has nothing to follow."""
    monday = monday_of(local_day(at))
    followed = {who for who, day in rostered_days(rows) if monday_of(day) == monday}
    for one in people:
        if not one.shifts and one.id not in followed:
            yield PlannedNow(
                staff_id=one.id,
                name=one.name,
                lines=tuple(sorted(one.lines)),
                kind=ShiftKind.DUTY,
                source=DutySource.NO_HOURS,
                until=None,
            )
