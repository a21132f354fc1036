"""A period of the roster as it stands: rows made into what the proof is made of. Reads only."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import col, select

from hotline.errors import Invalid
from hotline.lines.hours import (
    HolidayRule,
    ServiceHours,
    hours_of,
    span_of,
    year_is_announced,
)
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
from hotline.staff.revocation import may_be_called_in, works_for
from hotline.staff.skills import can_be_read, skills_of
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


def weeks_of(times: Iterable[PlannedShift]) -> list[RosterPeriod]:
    """The whole weeks in which any of these lies; adjoining ones are one period. By time."""
    found: list[RosterPeriod] = []
    for one in sorted(times, key=lambda one: one.begins_at):
        around = weeks_around(one.begins_at, one.ends_at)
        if found and around.first <= found[-1].last + timedelta(days=1):
            last = max(around.last, found[-1].last)
            found[-1] = RosterPeriod(first=found[-1].first, last=last)
        else:
            found.append(around)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLine:
    """A line, the languages it answers in, and when it is served."""

    id: str
    languages: tuple[str, ...]
    hours: ServiceHours


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRead:
    """A period as it was read, in plain values: what takes long is made of it beside the loop.

    `shifts`: those of the roster; `weekly`: hours of files, which count on days not `rostered`.
    """

    period: RosterPeriod
    lines: tuple[OpenLine, ...]
    people: tuple[Plannable, ...]
    weekly: tuple[WeeklyHours, ...]
    rostered: frozenset[tuple[str, date]]
    shifts: tuple[PlannedShift, ...]
    absences: tuple[Absence, ...]

    @property
    def quarters(self) -> int:
        """How many the period has."""
        return (self.period.ends_at - self.period.begins_at) // QUARTER


async def read_roster(work: Work, lines: Collection[str], period: RosterPeriod) -> RosterRead:
    """All that is known of these lines in a period."""
    rows = await shifts_in(work, period.begins_at, period.ends_at)
    people = await people_of_lines(work, lines)
    return RosterRead(
        period=period,
        lines=tuple(await _open_lines(work, lines, period)),
        people=tuple(_worker(one) for one in people),
        weekly=tuple(weekly_hours(one) for one in people),
        rostered=frozenset(rostered_days(rows)),
        shifts=tuple(planned(one) for one in rows if one.state in STANDING),
        absences=tuple(await absences_in(work, period.begins_at, period.ends_at)),
    )


async def _open_lines(work: Work, lines: Collection[str], period: RosterPeriod) -> list[OpenLine]:
    query = select(Line).where(col(Line.id).in_(lines)).order_by(col(Line.id))
    found = []
    for line in (await work.exec(query)).all():
        hours = hours_of(line)
        _fill_in_calendar(hours, period)
        found.append(OpenLine(id=line.id, languages=tuple(line.languages), hours=hours))
    return found


def _fill_in_calendar(hours: ServiceHours, period: RosterPeriod) -> None:
    """The public calendar fills in a year when it is first asked about: never in a thread."""
    if hours.rule is not HolidayRule.AS_USUAL:
        for day in (period.first - timedelta(days=1), period.last):
            year_is_announced(day.year)


def bare_plan(read: RosterRead) -> RosterPlan:
    """Who is there by the roster and, where it is silent, the file; of no line yet. Pure."""
    before = read.period.first - timedelta(days=1)  # what goes past midnight
    weekly = weekly_shifts(read.weekly, read.rostered, before, read.period.last)
    return RosterPlan(
        begins_at=read.period.begins_at,
        quarters=read.quarters,
        lines=(),
        people=read.people,
        shifts=(*read.shifts, *weekly),
        absences=read.absences,
    )


def served_in(read: RosterRead, within: Mapping[str, int]) -> tuple[ServedLine, ...]:
    """The lines named, each served in those of its quarter hours. Pure."""
    return tuple(
        ServedLine(
            id=line.id,
            languages=line.languages,
            served=served_quarters(line.hours, read.period.begins_at, within[line.id]),
        )
        for line in read.lines
        if line.id in within
    )


def whole_plan(read: RosterRead) -> RosterPlan:
    """Every line in every quarter hour of the period. Pure."""
    every = (1 << read.quarters) - 1
    return replace(bare_plan(read), lines=served_in(read, {one.id: every for one in read.lines}))


async def people_of_lines(work: Work, lines: Collection[str]) -> Sequence[Staff]:
    """Who can be planned for any of them, by name."""
    query = (
        select(Staff)
        .where(may_be_called_in(), works_for(lines))
        .order_by(col(Staff.name), col(Staff.id))
    )
    found = (await work.exec(query)).all()
    return [one for one in found if can_be_read(one.skills, one.lines)]


def _worker(one: Staff) -> Plannable:
    return Plannable(
        id=one.id,
        skills=skills_of(one),
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


async def shifts_in(
    work: Work, begins_at: datetime, ends_at: datetime, *, of: str | None = None
) -> Sequence[RosterShift]:
    """Every row that could touch this time, whatever became of it; by time. `of`: one person's."""
    query = (
        select(RosterShift)
        .where(RosterShift.begins_at >= begins_at - LONGEST_SHIFT, RosterShift.begins_at < ends_at)
        .order_by(col(RosterShift.begins_at), col(RosterShift.id))
    )
    if of is not None:
        query = query.where(RosterShift.staff_id == of)
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
