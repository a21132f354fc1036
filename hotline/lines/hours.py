"""When a line is served: its weekly hours, holidays, and days that are announced or ours. Pure.

China moves working days: a holiday is lengthened, and a Saturday or Sunday worked for it (调休).
The `holidays` package knows those that were announced; `calendar` of the files goes before it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from hotline.lines.kept import KeptDocuments
from hotline.storage.tables import Line

if TYPE_CHECKING:
    from holidays import HolidayBase

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONDAY, SATURDAY, SUNDAY = 0, 5, 6


class HolidayRule(StrEnum):
    """What a public holiday is for a line. With the last two, moved working days count."""

    AS_USUAL = "as_usual"  # no day is different from others
    CLOSED = "closed"
    AS_SUNDAY = "as_sunday"


class DayKind(StrEnum):
    """What a date is. `closed`: whatever the rule, also where a line is served round the clock."""

    USUAL = "usual"
    HOLIDAY = "holiday"
    WORKING_DAY = "working_day"  # a weekend day that is worked: the hours of a Monday
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class OpenSpan:
    """Minutes of the day, from and to. An end no later than the beginning is on the next day."""

    days: frozenset[int]
    start: int
    end: int

    @property
    def past_midnight(self) -> bool:
        """Whether it reaches into the next day."""
        return self.end <= self.start


@dataclass(frozen=True, slots=True)
class ServiceHours:
    """`spans`: none means round the clock. `days`: dates that are not what they seem."""

    spans: tuple[OpenSpan, ...] = ()
    rule: HolidayRule = HolidayRule.AS_USUAL
    days: Mapping[date, DayKind] | None = None

    def open_at(self, moment: datetime) -> bool:
        """Whether anybody is there for callers at this moment."""
        here = moment.astimezone(SHANGHAI)
        minute, today = here.hour * 60 + here.minute, here.date()
        yesterday = today - timedelta(days=1)
        return self._covers(today, minute) or self._covers(yesterday, minute + 24 * 60)

    def _covers(self, day: date, minute: int) -> bool:
        """Whether what begins on this day covers a minute, counted from its midnight."""
        weekday = self.served_as(day)
        if weekday is None:
            return False
        if not self.spans:
            return minute < 24 * 60
        return any(
            weekday in span.days
            and span.start <= minute < span.end + 24 * 60 * int(span.past_midnight)
            for span in self.spans
        )

    def served_as(self, day: date) -> int | None:
        """The day of the week whose hours count, 0 for Monday; None: nobody is there."""
        match self.kind_of(day):
            case DayKind.CLOSED:
                return None
            case DayKind.HOLIDAY if self.rule is not HolidayRule.AS_USUAL:
                return SUNDAY if self.rule is HolidayRule.AS_SUNDAY else None
            case DayKind.WORKING_DAY if self.rule is not HolidayRule.AS_USUAL:
                return MONDAY if day.weekday() >= SATURDAY else day.weekday()
            case _:
                return day.weekday()

    def kind_of(self, day: date) -> DayKind:
        """What the files say of a date, else the public calendar, where it is asked for at all."""
        told = (self.days or {}).get(day)
        if told is not None:
            return told
        return DayKind.USUAL if self.rule is HolidayRule.AS_USUAL else public_day(day)


def public_day(day: date) -> DayKind:
    """What a date is in mainland China, as far as it was announced."""
    known = _china()
    if day in known:
        return DayKind.HOLIDAY
    worked = day.weekday() >= SATURDAY and known.is_working_day(day)
    return DayKind.WORKING_DAY if worked else DayKind.USUAL


def year_is_announced(year: int) -> bool:
    """Whether the moved working days of a year are known. The festivals themselves always are."""
    known = _china()
    _ = date(year, 1, 1) in known  # a year is filled in when it is first asked about
    return any(day.year == year for day in known.weekend_workdays)


@cache
def _china() -> HolidayBase:
    """Loaded when a line first asks: it takes a third of a second, and most lines never close."""
    import holidays  # noqa: PLC0415

    return holidays.country_holidays("CN")


# ── of a line ───────────────────────────────────────────────────────────────────────────────────


def _read(document: Mapping[str, Any]) -> ServiceHours:
    calendar = document["calendar"]
    return ServiceHours(
        spans=tuple(span_of(one) for one in document["hours"]),
        rule=HolidayRule(calendar.get("holidays", HolidayRule.AS_USUAL)),
        days={
            date.fromisoformat(one["date"]): DayKind(one["is"]) for one in calendar.get("days", ())
        },
    )


def span_of(written: Mapping[str, Any]) -> OpenSpan:
    """Hours of a week as a file or a row has them."""
    days = frozenset(DAYS.index(day) for day in written["days"])
    return OpenSpan(days, _minute(written["from"]), _minute(written["to"]))


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def served_hours(hours: Sequence[Mapping[str, Any]], *, holidays: str) -> ServiceHours:
    """Of anybody who has hours as a line has them: none, round the clock."""
    return _read({"hours": hours, "calendar": {"holidays": holidays}})


_hours = KeptDocuments("hours", _read, fallback=ServiceHours())


def hours_of(line: Line) -> ServiceHours:
    """The hours in force."""
    document = {"hours": line.hours, "calendar": line.calendar}
    return _hours.of(document, version=json.dumps(document, sort_keys=True))


def is_open(line: Line, *, at: datetime) -> bool:
    """Whether a line is served at a moment. A line without hours is, round the clock."""
    return hours_of(line).open_at(at)
