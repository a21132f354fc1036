"""iCalendar: the roster as events that other calendars show, and events read into rows.

A summary says `name · kind · lines`, each part after the name as wished. Of a feed it says no name:
it is one person's, and lies with whoever keeps their calendar.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from hotline.roster.entries import (
    MOST_ROWS,
    WHOLE_DAY,
    FaultyCell,
    SheetCell,
    SheetColumn,
    SheetFault,
    WrittenRow,
    here,
)

if TYPE_CHECKING:
    from icalendar import Component

BEGINS = b"BEGIN:VCALENDAR"
OURS = "-//Hotline//Roster//ZH"
AGAIN_AFTER = timedelta(hours=1)  # how often whoever follows it should look
APART = " · "
PARTS = (SheetColumn.NAME, SheetColumn.KIND, SheetColumn.LINES)
NAMES = {
    SheetColumn.DAY: "DTSTART",
    SheetColumn.START: "DTSTART",
    SheetColumn.END: "DTEND",
    **dict.fromkeys(PARTS, "SUMMARY"),
}
CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """What stands in a calendar. `changed_at`: when it was planned so."""

    id: str
    summary: str
    begins_at: datetime
    ends_at: datetime
    changed_at: datetime


def calendar_of(name: str, events: Sequence[CalendarEvent]) -> bytes:
    """A file of RFC 5545. `name`: what calendars call it."""
    from icalendar import Calendar, Event  # noqa: PLC0415 – few ask for it

    calendar = Calendar()
    head = {"prodid": OURS, "version": "2.0", "method": "PUBLISH", "x-wr-calname": name}
    for key, value in head.items():
        calendar.add(key, value)
    calendar.add("refresh-interval", AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    for one in events:
        event = Event()
        event.add("uid", f"{one.id}@roster")
        event.add("dtstamp", one.changed_at)
        event.add("dtstart", one.begins_at)
        event.add("dtend", one.ends_at)
        event.add("summary", one.summary)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def rows_of_calendar(raw: bytes) -> list[WrittenRow | FaultyCell]:
    """A row for each event, counted from one; what is no shift of a day is told."""
    from icalendar import Calendar  # noqa: PLC0415 – few ask for it

    try:
        events = Calendar.from_ical(raw).walk("VEVENT")
    except (ValueError, IndexError, KeyError):
        return [FaultyCell(row=1, column="", fault=SheetFault.UNREADABLE)]
    if len(events) > MOST_ROWS:
        return [FaultyCell(row=MOST_ROWS + 1, column="", fault=SheetFault.TOO_MANY)]
    rows = [row for at, one in enumerate(events, start=1) for row in _rows(at, one)]
    return rows or [FaultyCell(row=1, column="", fault=SheetFault.EMPTY)]


def _rows(at: int, event: Component) -> Iterator[WrittenRow | FaultyCell]:
    """One for each day of an event that lasts for several whole ones: leave does."""
    if str(event.get("STATUS", "")).upper() == CANCELLED:
        return
    if "RRULE" in event or "RDATE" in event:
        yield FaultyCell(row=at, column="RRULE", fault=SheetFault.REPEATS)
        return
    begins, ends = _moment(event, "DTSTART"), _moment(event, "DTEND")
    if begins is None or ends is None or ends <= begins:
        column = "DTSTART" if begins is None else "DTEND"
        yield FaultyCell(row=at, column=column, fault=SheetFault.NO_TIME)
        return
    whole_days = begins.time() == ends.time() == time()
    if ends - begins > WHOLE_DAY and not whole_days:
        yield FaultyCell(row=at, column="DTEND", fault=SheetFault.TOO_LONG)
        return
    yield from _by_days(at, event, begins, ends)


def _by_days(at: int, event: Component, begins: datetime, ends: datetime) -> Iterator[WrittenRow]:
    said = [one.strip() for one in str(event.get("SUMMARY", "")).split(APART.strip())]
    words = dict(zip(PARTS, said, strict=False))
    while begins < ends:
        until = min(ends, begins + WHOLE_DAY)
        cells: dict[SheetColumn, SheetCell] = {SheetColumn.DAY: begins.date(), **words}
        cells |= {SheetColumn.START: begins.time(), SheetColumn.END: until.time()}
        yield WrittenRow(row=at, cells=cells, names=NAMES)
        begins = until


def _moment(event: Component, name: str) -> datetime | None:
    """A day alone is its midnight. Calendars say its end as the day after."""
    value: Any = getattr(event.get(name), "dt", None)
    if isinstance(value, datetime):
        return here(value)
    if isinstance(value, date):
        return here(datetime.combine(value, datetime.min.time()))
    return None
