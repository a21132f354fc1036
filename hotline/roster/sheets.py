"""Spreadsheets: CSV and XLSX read into rows, and the roster written as XLSX. No formula either way.

What a spreadsheet would calculate is refused when it comes in, and a text when it goes out.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO, StringIO
from itertools import islice
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from hotline.i18n.catalog import _
from hotline.i18n.words import label
from hotline.roster.entries import (
    MOST_ROWS,
    FaultyCell,
    SheetCell,
    SheetColumn,
    SheetFault,
    WrittenRow,
    columns_in,
    missing,
)
from hotline.texts import plain_cell

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

ZIP = b"PK\x03\x04"
MOST_UNPACKED = 16 * 1024 * 1024
MOST_COLUMNS = 40
WIDTHS = {"A": 12, "B": 8, "C": 8, "D": 14, "E": 14, "F": 10, "G": 40}
ReadCell = tuple[SheetCell, bool]  # and whether it is a formula


def rows_of_sheet(raw: bytes) -> list[WrittenRow | FaultyCell]:
    """Every row that is not empty, or why the file cannot be read. Takes a while: in a thread."""
    found = _cells_of_xlsx(raw) if raw.startswith(ZIP) else _cells_of_csv(raw)
    if found is None:
        return [FaultyCell(row=1, column="", fault=SheetFault.UNREADABLE)]
    head, *rest = found or [[]]
    columns = columns_in([cell for cell, _formula in head])
    lacking = missing(columns)
    if lacking:
        return [*lacking]
    if len(rest) > MOST_ROWS:
        return [FaultyCell(row=MOST_ROWS + 2, column="", fault=SheetFault.TOO_MANY)]
    names = {column: str(head[at][0]) for column, at in columns.items()}
    rows = list(_rows(rest, columns, names))
    return [*rows] or [FaultyCell(row=2, column="", fault=SheetFault.EMPTY)]


def _rows(
    rest: Sequence[Sequence[ReadCell]],
    columns: dict[SheetColumn, int],
    names: dict[SheetColumn, str],
) -> Iterator[WrittenRow]:
    for number, row in enumerate(rest, start=2):
        cells = {column: row[at] for column, at in columns.items() if at < len(row)}
        if any(cell not in (None, "") for cell, _formula in cells.values()):
            yield WrittenRow(
                row=number,
                cells={column: cell for column, (cell, _formula) in cells.items()},
                names=names,
                formulas=frozenset(column for column, (_cell, formula) in cells.items() if formula),
            )


def _cells_of_csv(raw: bytes) -> list[list[ReadCell]] | None:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:  # as Chinese spreadsheets write it
        text = raw.decode("gb18030", "replace")
    if "\0" in text or "\ufffd" in text:
        return None
    between = max(",;\t", key=text.partition("\n")[0].count)
    lines = csv.reader(StringIO(text, newline=""), delimiter=between)
    try:
        rows = list(islice(lines, MOST_ROWS + 2))
    except csv.Error:
        return None
    return [[(cell, plain_cell(cell) != cell) for cell in row[:MOST_COLUMNS]] for row in rows]


def _cells_of_xlsx(raw: bytes) -> list[list[ReadCell]] | None:
    from openpyxl import load_workbook  # noqa: PLC0415 – takes half a second, and few ask

    try:
        with ZipFile(BytesIO(raw)) as packed:
            if sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
                return None
        book = load_workbook(BytesIO(raw), read_only=True)
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS)
        return [[(_cell(one.value), _calculates(one)) for one in row] for row in rows]
    except (BadZipFile, KeyError, ValueError, TypeError, IndexError, SyntaxError, OSError):
        return None  # a broken XML is a SyntaxError


def _calculates(cell: object) -> bool:
    kind, value = getattr(cell, "data_type", ""), getattr(cell, "value", None)
    return kind == "f" or (isinstance(value, str) and plain_cell(value) != value)


def _cell(value: object) -> SheetCell:
    return value if isinstance(value, str | int | float | date | time | timedelta) else None


# ── writing ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """A shift as a row of a file; times as clocks show them here."""

    day: date
    start: str
    end: str
    name: str
    account: str
    kind: str
    lines: str


def xlsx_of(rows: Sequence[SheetRow], days: Sequence[date]) -> bytes:
    """Two sheets: a list that can be read in again, and people by days to hang up."""
    from openpyxl import Workbook  # noqa: PLC0415 – takes half a second, and few ask

    book = Workbook()
    book.remove(book.worksheets[0])
    _fill(book.create_sheet(_("排班")), list(_list(rows)))
    _fill(book.create_sheet(_("一览")), list(_by_days(rows, days)))
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def _list(rows: Sequence[SheetRow]) -> Iterator[Sequence[str | date]]:
    yield [label("roster_column", one.value) for one in SheetColumn]
    for one in rows:
        yield [one.day, one.start, one.end, one.name, one.account, one.kind, one.lines]


def _by_days(rows: Sequence[SheetRow], days: Sequence[date]) -> Iterator[Sequence[str | date]]:
    yield [label("roster_column", "name"), *(f"{one:%m-%d}" for one in days)]
    people = sorted({(one.name, one.account) for one in rows})
    for name, account in people:
        mine = [one for one in rows if one.account == account and one.name == name]
        yield [name, *("\n".join(_span(one) for one in mine if one.day == day) for day in days)]


def _span(one: SheetRow) -> str:
    return f"{one.start}–{one.end} {one.kind}"


def _fill(sheet: Worksheet, rows: Sequence[Sequence[str | date]]) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415 – with the rest of it

    for at, row in enumerate(rows, start=1):
        for place, value in enumerate(row, start=1):
            cell = sheet.cell(at, place)
            cell.value = value if isinstance(value, date | datetime) else plain_cell(value)
            if isinstance(value, str):
                cell.data_type = "s"  # whatever it begins with, it is no formula
            else:
                cell.number_format = "yyyy-mm-dd"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=at == 1)
    sheet.freeze_panes = "A2"
    for letter, width in WIDTHS.items():
        sheet.column_dimensions[letter].width = width
