"""A weekly repeat before it is planned: its days without holidays, and what they collide with.

Whose day is a holiday says the calendar of the lines' files, and where it is silent the public one:
also for a line that is served as usual then, since whoever plans asks for it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import col, select

from hotline.errors import Invalid
from hotline.lines.hours import DayKind, ServiceHours, hours_of, public_day, year_is_announced
from hotline.roster.model import NO_DAY, PlannedShift, ShiftKind, ShiftTime, local_day
from hotline.roster.refusals import RosterRefusal
from hotline.roster.weighing import clashes_of
from hotline.storage.session import Work
from hotline.storage.tables import Line

FREE_DAYS = (DayKind.HOLIDAY, DayKind.CLOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShift:
    """What is planned. `staff_id`: None: open to volunteers. `times`: of a repeat, all.

    `skip_holidays`, `skip_clashes`: without the days that are holidays of all the lines, or on
    which the person has a shift or is away.
    """

    staff_id: str | None
    lines: frozenset[str]
    kind: ShiftKind
    times: Sequence[ShiftTime]
    skip_holidays: bool = False
    skip_clashes: bool = False

    def as_planned(self) -> list[PlannedShift]:
        """The times as shifts."""
        return [
            PlannedShift(
                id="",
                staff_id=self.staff_id,
                lines=self.lines,
                kind=self.kind,
                begins_at=time.begins_at,
                ends_at=time.ends_at,
            )
            for time in self.times
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayClash:
    """A day on which the person cannot have it, and why."""

    day: date
    reason: RosterRefusal


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatPreview:
    """What would be planned. `unannounced`: years whose holidays are not all known yet."""

    shifts: int
    first: date | None
    last: date | None
    holidays: tuple[date, ...]
    clashes: tuple[DayClash, ...]
    unannounced: tuple[int, ...]


async def previewed(work: Work, new: NewShift) -> RepeatPreview:
    """Nothing is written. What collides counts as planned, unless it is to be skipped."""
    worked, holidays = await _without_holidays(work, new)
    clashes = await _clashes(work, worked)
    skipped = {one.day for one in clashes} if new.skip_clashes else set()
    days = [one.day for one in worked.times if one.day not in skipped]
    years = {one.day.year for one in new.times} if new.skip_holidays else set()
    return RepeatPreview(
        shifts=len(days),
        first=min(days, default=None),
        last=max(days, default=None),
        holidays=tuple(holidays),
        clashes=tuple(clashes),
        unannounced=tuple(year for year in sorted(years) if not year_is_announced(year)),
    )


async def cleared(work: Work, new: NewShift) -> NewShift:
    """Without what it skips. Raises `Invalid` where nothing is left."""
    worked, _ = await _without_holidays(work, new)
    busy = {one.day for one in await _clashes(work, worked)} if new.skip_clashes else set()
    left = replace(worked, times=[one for one in worked.times if one.day not in busy])
    if not left.times:
        raise Invalid(NO_DAY)
    return left


async def _without_holidays(work: Work, new: NewShift) -> tuple[NewShift, list[date]]:
    if not new.skip_holidays:
        return new, []
    query = select(Line).where(col(Line.id).in_(new.lines))
    calendars = [hours_of(line) for line in (await work.exec(query)).all()]
    free = [one.day for one in new.times if is_free_day(one.day, calendars)]
    return replace(new, times=[one for one in new.times if one.day not in free]), free


def is_free_day(day: date, calendars: Collection[ServiceHours]) -> bool:
    """Whether it is a holiday, or closed, for every one of these. Pure."""
    kinds = [(one.days or {}).get(day) or public_day(day) for one in calendars]
    return bool(kinds) and all(kind in FREE_DAYS for kind in kinds)


async def _clashes(work: Work, new: NewShift) -> list[DayClash]:
    if new.staff_id is None or not new.times:
        return []
    found = await clashes_of(work, new.staff_id, new.as_planned())
    return [DayClash(day=local_day(one.begins_at), reason=reason) for one, reason in found]
