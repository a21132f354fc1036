"""A period of the roster as it stands: rows made into what the proof is made of. Reads only."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import array
from sqlmodel import col, select

from hotline.errors import Invalid
from hotline.lines.hours import hours_of, span_of
from hotline.roster.model import (
    QUARTER,
    STANDING,
    Absence,
    LeaveState,
    PlannedShift,
    ShiftKind,
    ShiftState,
    local_day,
    midnight,
    monday_of,
)
from hotline.roster.proof import Plannable, RosterPlan, ServedLine, served_quarters
from hotline.roster.weekly import WeeklyHours, weekly_shifts
from hotline.staff.permissions import Permission, may_anywhere
from hotline.staff.revocation import may_be_called_in
from hotline.staff.skills import can_be_read, skills_from
from hotline.storage.session import Work
from hotline.storage.tables import Line, RosterLeave, RosterShift, Staff

LONGEST_SHIFT = timedelta(days=1)
MOST_DAYS = 62
TOO_LONG = f"Ask for {MOST_DAYS} days at most, the last one not before the first."


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPeriod:
    """Whole days here, the last included."""

    first: date
    last: date

    @property
    def begins_at(self) -> datetime:
        """In UTC."""
        return midnight(self.first)

    @property
    def ends_at(self) -> datetime:
        """Where the last day ends, in UTC."""
        return midnight(self.last + timedelta(days=1))


def period_of(first: date, last: date) -> RosterPeriod:
    """What somebody asked for. Raises `Invalid` for more than can be shown, or for none."""
    if not 0 <= (last - first).days < MOST_DAYS:
        raise Invalid(TOO_LONG)
    return RosterPeriod(first=first, last=last)


def weeks_around(begins_at: datetime, ends_at: datetime) -> RosterPeriod:
    """The whole weeks in which something lies."""
    last = monday_of(local_day(ends_at)) + timedelta(days=6)
    return RosterPeriod(first=monday_of(local_day(begins_at)), last=last)


async def roster_of(work: Work, lines: Collection[str], period: RosterPeriod) -> RosterPlan:
    """Who is there for these lines in a period, by the roster and, where it is silent, the file."""
    rows = await shifts_in(work, period.begins_at, period.ends_at)
    people = await people_of_lines(work, lines)
    rostered = rostered_days(rows)
    before = period.first - timedelta(days=1)  # what goes past midnight
    weekly = weekly_shifts(map(weekly_hours, people), rostered, before, period.last)
    return RosterPlan(
        begins_at=period.begins_at,
        quarters=(period.ends_at - period.begins_at) // QUARTER,
        lines=tuple(await _served(work, lines, period)),
        people=tuple(_worker(one) for one in people),
        shifts=(*(planned(one) for one in rows if one.state in STANDING), *weekly),
        absences=tuple(await absences_in(work, period.begins_at, period.ends_at)),
    )


async def _served(work: Work, lines: Collection[str], period: RosterPeriod) -> list[ServedLine]:
    query = select(Line).where(col(Line.id).in_(lines)).order_by(col(Line.id))
    quarters = (period.ends_at - period.begins_at) // QUARTER
    return [
        ServedLine(
            id=line.id,
            languages=tuple(line.languages),
            served=served_quarters(hours_of(line), period.begins_at, quarters),
        )
        for line in (await work.exec(query)).all()
    ]


async def people_of_lines(work: Work, lines: Collection[str]) -> Sequence[Staff]:
    """Who can be planned for any of them, by name."""
    query = (
        select(Staff)
        .where(may_be_called_in(), col(Staff.lines).op("?|")(array(list(lines), type_=Text)))
        .order_by(col(Staff.name), col(Staff.id))
    )
    found = (await work.exec(query)).all()
    return [one for one in found if can_be_read(one.skills, one.lines)]


def _worker(one: Staff) -> Plannable:
    return Plannable(
        id=one.id,
        skills=skills_from(one.skills, one.lines),
        takes_calls=may_anywhere(one.roles, Permission.TAKE_CALLS),
        supervises=may_anywhere(one.roles, Permission.DIRECT_FLOOR),
    )


def weekly_hours(one: Staff) -> WeeklyHours:
    """What stands in their file."""
    spans = tuple(span_of(each) for each in one.shifts)
    return WeeklyHours(staff_id=one.id, lines=frozenset(one.lines), spans=spans)


def planned(row: RosterShift) -> PlannedShift:
    """A row as the proof sees it: whoever only volunteers does not have it."""
    return PlannedShift(
        id=row.id,
        staff_id=row.staff_id if row.state == ShiftState.PLANNED else None,
        lines=frozenset(row.lines),
        kind=ShiftKind(row.kind),
        begins_at=row.begins_at,
        ends_at=row.ends_at,
    )


def rostered_days(rows: Iterable[RosterShift]) -> set[tuple[str, date]]:
    """Who follows the roster on which day: also who has no shift of that day any more."""
    return {(one.staff_id, local_day(one.begins_at)) for one in rows if one.staff_id is not None}


async def shifts_in(work: Work, begins_at: datetime, ends_at: datetime) -> Sequence[RosterShift]:
    """Every row that could touch this time, whatever became of it; by time."""
    query = (
        select(RosterShift)
        .where(RosterShift.begins_at >= begins_at - LONGEST_SHIFT, RosterShift.begins_at < ends_at)
        .order_by(col(RosterShift.begins_at), col(RosterShift.id))
    )
    return (await work.exec(query)).all()


async def absences_in(work: Work, begins_at: datetime, ends_at: datetime) -> list[Absence]:
    """Approved leave that touches this time."""
    query = (
        select(RosterLeave)
        .where(RosterLeave.ends_at > begins_at, RosterLeave.begins_at < ends_at)
        .where(RosterLeave.state == LeaveState.APPROVED)
        .order_by(col(RosterLeave.begins_at), col(RosterLeave.id))
    )
    return [
        Absence(staff_id=one.staff_id, begins_at=one.begins_at, ends_at=one.ends_at)
        for one in (await work.exec(query)).all()
    ]
