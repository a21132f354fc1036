"""Hours, holidays and partners of lines: checked, told by file and line, and as rows have them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from hotline.configuration.files import Document
from hotline.configuration.plans import quarters, written
from hotline.configuration.schema import CalendarDayFile, LineFile, LinesFile
from hotline.lines.hours import SHANGHAI, year_is_announced
from routing.policy.roster import QUARTERS_A_DAY

LEAST_HOURS = {"youth": 24, "child_protection": 24, "mental_health": 18}
"""A day, by kind of line (domain research, requirement 2)."""

DAYS_A_WEEK = 7
LOOK_AHEAD = timedelta(days=60)  # the next year's calendar is announced in the autumn


def calendar_of(line: LineFile, calendar: Sequence[CalendarDayFile]) -> dict[str, Any]:
    """What the row of a line says of holidays. Dates without `lines` are meant for all."""
    days = [
        {"date": one.date, "is": one.is_, "reason": one.reason}
        for one in calendar
        if not one.lines or line.id in one.lines
    ]
    return {"holidays": line.holidays, "days": sorted(days, key=lambda one: one["date"])}


def overflow_of_file(line: LineFile) -> dict[str, Any]:
    """What the row of a line says of its partner."""
    return {} if line.overflow is None else line.overflow.model_dump()


# ── faults ──────────────────────────────────────────────────────────────────────────────────────


def hours_faults(document: Document, read: LinesFile) -> Iterator[str]:
    """Partners that lead nowhere, or round in a circle; dates for lines that there are not."""
    known = {line.id for line in read.lines}
    ours = {number for line in read.lines for number in (*line.numbers, line.number_shown)}
    for place, line in enumerate(read.lines):
        partner, where = line.overflow, document.where(("lines", place, "overflow"))
        if partner is None:
            continue
        if partner.line and partner.line not in known:
            yield f"{where}: line {partner.line} is not in this file: add it or correct it."
        if partner.line == line.id:
            yield f"{where}: {line.id} would take over from itself: name another line."
        if partner.number in ours:
            yield f"{where}: {partner.number} is a number of ours: write `line` in place of it."
    yield from _calendar_faults(document, read.calendar, known)


def _calendar_faults(
    document: Document, calendar: Sequence[CalendarDayFile], known: set[str]
) -> Iterator[str]:
    seen: set[tuple[str, str]] = set()
    for place, day in enumerate(calendar):
        where = document.where(("calendar", place))
        for unknown in [line for line in day.lines if line not in known]:
            yield f"{where}: line {unknown} is not in this file: add it or correct it."
        for line in day.lines or sorted(known):
            if (day.date, line) in seen:
                yield f"{where}: {day.date} stands here a second time for {line}: keep one."
            seen.add((day.date, line))


# ── warnings ────────────────────────────────────────────────────────────────────────────────────


def hours_warnings(document: Document, lines: Sequence[LineFile]) -> Iterator[str]:
    """Lines that are closed when what they are for says they should be there."""
    for place, line in enumerate(lines):
        least = LEAST_HOURS.get(line.kind, 0)
        served = _hours_of_shortest_day(line)
        if served < least:
            where = document.where(("lines", place, "hours"))
            yield (
                f"{where}: {line.id} is served {served:g} hours on its shortest day; a line of the"
                f" kind {line.kind} should be for {least} or more."
            )


def _hours_of_shortest_day(line: LineFile) -> float:
    """Of an ordinary week, and of holidays where nobody is there on them."""
    if line.holidays == "closed":
        return 0
    week = quarters([written(one) for one in line.hours])
    days = [week >> QUARTERS_A_DAY * day for day in range(DAYS_A_WEEK)]
    return min((day & ((1 << QUARTERS_A_DAY) - 1)).bit_count() for day in days) / 4


def calendar_warnings(
    lines: Sequence[LineFile], calendar: Sequence[CalendarDayFile], *, at: datetime
) -> Iterator[str]:
    """Years whose moved working days nobody has told us, while a line goes by them."""
    if all(line.holidays == "as_usual" for line in lines):
        return
    written_down = {day.date[:4] for day in calendar if day.is_ == "working_day"}
    soon = {moment.astimezone(SHANGHAI).year for moment in (at, at + LOOK_AHEAD)}
    for year in sorted(soon):
        if str(year) not in written_down and not year_is_announced(year):
            yield (
                f"lines.yaml: which weekends of {year} are worked for holidays (调休) is not known"
                " yet. Until then weekends of that year are weekends: update the `holidays`"
                " package, or write them under `calendar`."
            )
