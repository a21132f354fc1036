"""The weekly hours that stand in a person's file, as shifts: for the days nobody planned. Pure."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from hotline.lines.hours import OpenSpan
from hotline.roster.model import PlannedShift, ShiftKind, midnight

FROM_FILE = "weekly"
RosteredDays = Collection[tuple[str, date]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyHours:
    """Of one person. `spans`: none, where nothing stands there."""

    staff_id: str
    lines: frozenset[str]
    spans: tuple[OpenSpan, ...]


def weekly_shifts(
    people: Iterable[WeeklyHours], rostered: RosteredDays, first: date, last: date
) -> Iterator[PlannedShift]:
    """Of every person and day without a row on the roster, `last` included."""
    for one in people:
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            if (one.staff_id, day) not in rostered:
                yield from _of_day(one, day)


def _of_day(one: WeeklyHours, day: date) -> Iterator[PlannedShift]:
    for span in one.spans:
        if day.weekday() in span.days:
            yield PlannedShift(
                id=f"{file_key(one.staff_id, day)} {span.start}",
                staff_id=one.staff_id,
                lines=one.lines,
                kind=ShiftKind.DUTY,
                begins_at=midnight(day) + timedelta(minutes=span.start),
                ends_at=midnight(day) + timedelta(minutes=span.end, days=int(span.past_midnight)),
            )


def file_key(staff_id: str, day: date) -> str:
    """How the ids of such shifts begin."""
    return f"{FROM_FILE} {staff_id} {day}"
