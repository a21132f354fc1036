"""Days, weeks, months and years of Guangdong, and the parts that a chart shows of them. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from hotline.i18n.catalog import HERE

A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)
CLOSES_AFTER = timedelta(days=3)  # for records that are written later, and calls back of the night
MONTHS = 12
MORNING = timedelta(hours=8)


class PeriodKind(StrEnum):
    """How long it is. A week begins on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days from `first` on."""

    kind: PeriodKind
    first: date

    @classmethod
    def around(cls, kind: PeriodKind, day: date) -> "Period":
        """The one in which a day lies."""
        match kind:
            case PeriodKind.DAY:
                return cls(kind, day)
            case PeriodKind.WEEK:
                return cls(kind, day - day.weekday() * A_DAY)
            case PeriodKind.MONTH:
                return cls(kind, day.replace(day=1))
            case PeriodKind.YEAR:
                return cls(kind, date(day.year, 1, 1))

    @property
    def end(self) -> date:
        """The day after it."""
        match self.kind:
            case PeriodKind.DAY:
                return self.first + A_DAY
            case PeriodKind.WEEK:
                return self.first + 7 * A_DAY
            case PeriodKind.MONTH:
                return _month_after(self.first)
            case PeriodKind.YEAR:
                return date(self.first.year + 1, 1, 1)

    @property
    def since(self) -> datetime:
        """Midnight, in the time of Guangdong."""
        return _midnight(self.first)

    @property
    def until(self) -> datetime:
        """The midnight after it."""
        return _midnight(self.end)

    def is_closed(self, at: datetime) -> bool:
        """Whether it is over, and what is written after it is in."""
        return self.until + CLOSES_AFTER <= at

    @property
    def before(self) -> "Period":
        """The one that ended when this one began."""
        return Period.around(self.kind, self.first - A_DAY)

    @property
    def after(self) -> "Period":
        """The one that begins when this one ends."""
        return Period.around(self.kind, self.end)

    @property
    def name(self) -> str:
        """As it is written in addresses and names of files: 2026-11-30, 2026-11, 2026."""
        digits = {PeriodKind.MONTH: 7, PeriodKind.YEAR: 4}.get(self.kind, 10)
        return self.first.isoformat()[:digits]

    @property
    def months(self) -> Iterator["Period"]:
        """Of a year its twelve; of all else the one it begins in."""
        first = self.first.replace(day=1)
        while first < self.end:
            yield Period(PeriodKind.MONTH, first)
            first = _month_after(first)

    @property
    def days(self) -> list[datetime]:
        """When each of its days begins."""
        return [self.since + n * A_DAY for n in range((self.end - self.first).days)]

    @property
    def parts(self) -> list[datetime]:
        """When each part of its chart begins: hours of a day, months of a year, else days."""
        if self.kind is PeriodKind.YEAR:
            return [one.since for one in self.months]
        step = AN_HOUR if self.kind is PeriodKind.DAY else A_DAY
        return [self.since + n * step for n in range(round((self.until - self.since) / step))]

    def part_of(self, at: datetime) -> int:
        """In which of its parts a moment within it lies."""
        there = at.astimezone(HERE)
        match self.kind:
            case PeriodKind.DAY:
                return there.hour
            case PeriodKind.YEAR:
                return there.month - 1
            case _:
                return (there.date() - self.first).days


def newest_told(kind: PeriodKind, at: datetime) -> Period:
    """The newest one of which people are told: it is over, or closed, and morning has come."""
    waits = CLOSES_AFTER if kind in (PeriodKind.MONTH, PeriodKind.YEAR) else timedelta()
    period = Period.around(kind, at.astimezone(HERE).date()).before
    return period if period.until + waits + MORNING <= at else period.before


def _month_after(first: date) -> date:
    return date(first.year + first.month // MONTHS, first.month % MONTHS + 1, 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), HERE)
