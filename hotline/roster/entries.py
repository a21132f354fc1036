"""One row of a file of shifts and leave, as it was written and as it is meant. Pure.

What is wrong with a row is told by its number and its column; nothing is guessed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from hotline.i18n.catalog import english
from hotline.i18n.roster_words import ROSTER_WORDS
from hotline.lines.hours import SHANGHAI
from hotline.roster.model import DAY_MIN, QUARTER_MIN, LeaveKind, ShiftKind, ShiftTime
from hotline.texts import plain_cell

SheetCell = str | int | float | date | time | timedelta | None
MOST_ROWS = 2_000
LONGEST_SHOWN = 40  # of what stood in a cell
DATES = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
CLOCKS = re.compile(r"(\d{1,2})[:：](\d{2})(?::00)?")
BETWEEN = re.compile(r"[、,，;；/]")
WHOLE_DAY = timedelta(days=1)


class SheetColumn(StrEnum):
    """What a file says of a shift."""

    DAY = "day"
    START = "start"
    END = "end"
    NAME = "name"
    ACCOUNT = "account"
    KIND = "kind"
    LINES = "lines"


NEEDED = (SheetColumn.DAY, SheetColumn.START, SheetColumn.END)


class SheetFault(StrEnum):
    """What is wrong with a cell, a row or the file."""

    UNREADABLE = "unreadable"
    NO_COLUMN = "no_column"
    TOO_MANY = "too_many"
    EMPTY = "empty"
    FORMULA = "formula"
    NO_DATE = "no_date"
    NO_TIME = "no_time"
    NOT_QUARTERS = "not_quarters"
    TOO_LONG = "too_long"
    REPEATS = "repeats"
    NO_PERSON = "no_person"
    TWO_PEOPLE = "two_people"
    NO_KIND = "no_kind"
    NO_LINE = "no_line"
    NOT_OF_LINE = "not_of_line"
    OVER = "over"
    HAS_SHIFT = "has_shift"
    IS_AWAY = "is_away"
    TWICE = "twice"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultyCell:
    """Where something is wrong. `row` counts as a spreadsheet does; `column`: as the file names it.

    `value`: what stood there.
    """

    row: int
    column: str
    fault: SheetFault
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRow:
    """A row by the meaning of its columns; `names`: what the file calls them.

    `formulas`: columns in which a spreadsheet would calculate.
    """

    row: int
    cells: Mapping[SheetColumn, SheetCell]
    names: Mapping[SheetColumn, str]
    formulas: frozenset[SheetColumn] = frozenset()

    def text(self, column: SheetColumn) -> str:
        """What stands there, without the apostrophe that keeps a spreadsheet from calculating."""
        said = str(self.cells.get(column) or "").strip()
        return said[1:] if said.startswith("'") and plain_cell(said[1:]) != said[1:] else said

    def fault(self, column: SheetColumn, fault: SheetFault) -> FaultyCell:
        """Something is wrong there."""
        said = str(self.cells.get(column) or "")[:LONGEST_SHOWN]
        name = self.names.get(column, column.value)
        return FaultyCell(row=self.row, column=name, fault=fault, value=said)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeantRow:
    """What a row says of a time: a shift of a kind, or leave of one."""

    begins_at: datetime
    ends_at: datetime
    kind: ShiftKind | LeaveKind


def words_for(kind: str) -> Mapping[str, str]:
    """Each word of a closed list as files may write it: its key, in Chinese and in English."""
    found = {}
    for key, chinese in ROSTER_WORDS[kind].items():
        for word in (key, chinese, english().get(chinese, chinese)):
            found[word.casefold()] = key
    return found


def meant(written: WrittenRow) -> MeantRow | list[FaultyCell]:
    """The time and kind of a row, or everything that is wrong with them."""
    faults = [written.fault(one, SheetFault.FORMULA) for one in sorted(written.formulas)]
    day, start, end = (_read(written, one, faults) for one in NEEDED)
    kind = _kind(written)
    if kind is None:
        faults.append(written.fault(SheetColumn.KIND, SheetFault.NO_KIND))
    if faults or kind is None:
        return faults
    assert isinstance(day, date)  # noqa: S101 – what is none is a fault
    assert isinstance(start, int)  # noqa: S101
    assert isinstance(end, int)  # noqa: S101
    span = ShiftTime(day, start, end)
    return MeantRow(begins_at=span.begins_at, ends_at=span.ends_at, kind=kind)


def _read(
    written: WrittenRow, column: SheetColumn, faults: list[FaultyCell]
) -> date | int | SheetFault:
    cell = written.cells.get(column)
    found = day_in(cell) if column is SheetColumn.DAY else minute_in(cell)
    if isinstance(found, SheetFault) and column not in written.formulas:
        faults.append(written.fault(column, found))
    return found


def day_in(cell: SheetCell) -> date | SheetFault:
    """2026-12-07, 2026/12/7, 2026年12月7日, or a cell that is a date."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = DATES.fullmatch(str(cell or "").strip())
    try:
        return date(*map(int, found.groups())) if found else SheetFault.NO_DATE
    except ValueError:
        return SheetFault.NO_DATE


def minute_in(cell: SheetCell) -> int | SheetFault:
    """8:00, 08:00 or a cell that is a time, as minutes of a day; 24:00 is its end."""
    match cell:
        case datetime() | time():
            minute = cell.hour * 60 + cell.minute
        case timedelta():
            minute = int(cell.total_seconds()) // 60
        case _:
            found = CLOCKS.fullmatch(str(cell or "").strip())
            if not found:
                return SheetFault.NO_TIME
            minute = int(found[1]) * 60 + int(found[2])
            if int(found[2]) >= 60:  # noqa: PLR2004 – minutes of an hour
                return SheetFault.NO_TIME
    if minute > DAY_MIN:
        return SheetFault.NO_TIME
    return SheetFault.NOT_QUARTERS if minute % QUARTER_MIN else minute % DAY_MIN


def _kind(written: WrittenRow) -> ShiftKind | LeaveKind | None:
    """Without a word it is duty."""
    said = written.text(SheetColumn.KIND).casefold()
    if not said:
        return ShiftKind.DUTY
    if said in words_for("roster_kind"):
        return ShiftKind(words_for("roster_kind")[said])
    return LeaveKind(words_for("roster_leave")[said]) if said in words_for("roster_leave") else None


def lines_in(said: str, names: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Which lines are named, and which words are none. `names`: line by its id and its names."""
    words = [one.strip() for one in BETWEEN.split(said) if one.strip()]
    known = [names[one.casefold()] for one in words if one.casefold() in names]
    return known, [one for one in words if one.casefold() not in names]


def columns_in(head: Sequence[SheetCell]) -> dict[SheetColumn, int]:
    """Where each column stands, by its heading in either language."""
    words = words_for("roster_column")
    said = [str(one or "").strip().casefold() for one in head]
    return {SheetColumn(words[one]): at for at, one in enumerate(said) if one in words}


def missing(found: Iterable[SheetColumn]) -> list[FaultyCell]:
    """Columns that a file must have and has not: who, by name or account, is one of them."""
    known = set(found)
    lacking = [one for one in NEEDED if one not in known]
    if known.isdisjoint({SheetColumn.NAME, SheetColumn.ACCOUNT}):
        lacking.append(SheetColumn.NAME)
    return [
        FaultyCell(row=1, column=ROSTER_WORDS["roster_column"][one], fault=SheetFault.NO_COLUMN)
        for one in lacking
    ]


def here(at: datetime) -> datetime:
    """As clocks show it; without a zone it is meant so already."""
    return at.astimezone(SHANGHAI) if at.tzinfo is not None else at.replace(tzinfo=SHANGHAI)
